"""What direct receipt brings: days, and what gemeenten say of it."""

import pandas as pd
import pytest

from mma_analysis.measure.direct import experience, time_to_receive

# --- how fast ------------------------------------------------------------------------------------


def received(*days: int | None, gemeente: str = "borne") -> pd.DataFrame:
    """Meldingen that came so many days after M. had them; none when M.'s day is not registered."""
    first = pd.Timestamp("2022-03-01")
    return pd.DataFrame(
        {
            "area": "twente",
            "gemeente": gemeente,
            "received_on": [first + pd.Timedelta(days=day or 0) for day in days],
            "reported_on": [pd.NaT if day is None else first for day in days],
        }
    ).astype({"received_on": "datetime64[us]", "reported_on": "datetime64[us]"})


def test_the_interval_of_the_median_is_that_of_its_order_statistics():
    # Of 15 observations the 4th to the 12th hold the median with 96.5 % (binomial, n = 15, p = ½:
    # 1 − 2 × 576/32768), the 5th to the 11th only with 88.2 %.
    row = time_to_receive(received(*range(15))).iloc[0]

    assert row[["median_days", "low", "high"]].to_list() == [7, 3, 11]


def test_only_rows_with_both_days_in_their_order_count():
    table = pd.concat(
        [received(*[2] * 10), received(*[None] * 9, gemeente="losser"), received(*[-5] * 20)]
    )

    row = time_to_receive(table).iloc[0]

    assert row[["gemeenten", "median_days", "low", "high"]].to_list() == [1, 2, 2, 2]


@pytest.mark.parametrize(("days", "rows"), [([1] * 9, 0), ([1] * 10, 1), ([], 0)])
def test_fewer_than_ten_have_no_median(days: list[int], rows: int):
    assert len(time_to_receive(received(*days))) == rows


# --- beside what gemeenten say -------------------------------------------------------------------

SLUGS = ["almelo", "borne", "enschede", "hengelo", "losser", "wierden"]
PEOPLE = pd.Series(20000, index=SLUGS)


def beside(
    answers: dict[str, str], counts: dict[str, int | None], *meldingen: pd.DataFrame
) -> list[list]:
    responses = pd.DataFrame(
        [(slug, "sneller", value) for slug, value in answers.items()],
        columns=["gemeente", "question", "value"],
    )
    whole = pd.DataFrame({"area": list(counts), "count": list(counts.values())})
    whole = whole.assign(connected_months=12.0).astype({"count": "Int64"})
    rows = pd.concat(meldingen) if meldingen else received()
    found = experience(responses, rows, whole, PEOPLE, ["sneller", "meer"])
    columns = ["value", "rank", "median_days"]
    assert list(found) == ["question", *columns]  # what a group received is not told
    return found[columns].astype(object).where(found[columns].notna(), None).to_numpy().tolist()


THREE_EACH = {slug: "eens" if place < 3 else "oneens" for place, slug in enumerate(SLUGS)}
FOUR_EACH = dict.fromkeys(SLUGS, 4) | {"losser": 10}


def test_answers_of_three_gemeenten_each_are_compared():
    # 12 and 18 receipts of 60 000 people in a year are 2 and 3 per 10 000; 12 and 14 both 2
    assert beside(THREE_EACH, FOUR_EACH) == [["eens", 2, None], ["oneens", 1, None]]
    assert beside(THREE_EACH, FOUR_EACH | {"losser": 6}) == [
        ["eens", 1, None],
        ["oneens", 1, None],
    ]


def test_days_are_compared_when_three_gemeenten_register_them():
    fast = [received(0, 1, 1, 1, gemeente=slug) for slug in SLUGS[:3]]
    of_two = [received(*[5] * 9, gemeente=slug) for slug in SLUGS[3:5]]

    found = beside(THREE_EACH, FOUR_EACH, *fast, *of_two)

    assert [row[2] for row in found] == [1, None]


@pytest.mark.parametrize(
    ("answers", "counts"),
    [
        (THREE_EACH | {"wierden": "eens"}, FOUR_EACH),  # four and two
        (dict.fromkeys(SLUGS, "eens"), FOUR_EACH),  # all the same
        (THREE_EACH, FOUR_EACH | {"wierden": None}),  # hidden: two are left
        ({}, FOUR_EACH),
    ],
)
def test_an_answer_by_which_a_gemeente_could_be_told_is_not_compared(answers, counts):
    assert beside(answers, counts) == []
