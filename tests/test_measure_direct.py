"""What direct receipt brings: days, before and after connection, and what gemeenten say of it."""

import pandas as pd
import pytest

from mma_analysis.measure.direct import experience, time_to_receive
from mma_analysis.measure.growth import before_connection
from small_edition import framed

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


# --- before and after ----------------------------------------------------------------------------

HALVES = ["2021-07/2021-12", "2022-01/2022-06", "2022-07/2022-12", "2023-01/2023-06"]


def compared(
    connected_on: str | None, *counts: int | None, basis: int = 1, **others: tuple[int, ...]
) -> pd.DataFrame:
    """What Borne, and others, had in each half year; none when it was not registered."""
    rows = [
        (slug, half, n, "not_applicable" if n is None else "shown")
        for slug, own in {"borne": counts, **others}.items()
        for half, n in zip(HALVES, own, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["area", "period", "count", "state"]).assign(basis=basis)
    of = framed(dict.fromkeys(["borne", *others], connected_on))
    table = table.astype({"count": "Int64"})
    return before_connection(of, table, table)


SIDES = ["count_before", "months_before", "count_after", "months_after"]


def test_the_ratio_is_that_of_the_counts_per_month_with_its_exact_interval():
    # Connected within the second half: 11 in six months, then 21 in twelve. R's poisson.test(c(11,
    # 21), c(800, 3011)) is 1.971488 (0.8584264, 4.2772659) for 11 / 800 over 21 / 3011: the same
    # counts the other way round, with another ratio of times.
    row = compared("2022-02-01", 11, 999, 10, 11).iloc[0]

    assert row[SIDES].to_list() == [11, 6, 21, 12]
    times = (3011 / 800) * (6 / 12)
    assert row["ratio"] == pytest.approx(times / 1.971488, rel=1e-6)
    assert row["low"] == pytest.approx(times / 4.2772659, rel=1e-6)
    assert row["high"] == pytest.approx(times / 0.8584264, rel=1e-6)
    assert row["verdict"] == "cannot_tell"


@pytest.mark.parametrize(
    ("counts", "basis", "verdict"),
    [
        ((5, 5, 40, 40), 1, "more"),
        ((40, 40, 5, 5), 1, "fewer"),
        ((2, 2, 2, 2), 1, "cannot_tell"),
        ((None, None, 40, 40), 1, "not_registered"),
        ((None, 10, 40, 40), 1, "more"),
        ((None, 20, 20, 20), 1, "cannot_tell"),  # 20 in a half year, before and after
        # 15 heads or more in twenty throws are 0.0207; 5 / sqrt(20 / 4 + 2) is 1.89 errors.
        ((0, 5, 0, 15), 1, "more"),
        ((0, 5, 0, 15), 5, "cannot_tell"),
    ],
)
def test_each_outcome_has_its_verdict(counts: tuple[int | None, ...], basis: int, verdict: str):
    assert compared("2022-07-01", *counts, basis=basis)["verdict"].to_list() == [verdict]


@pytest.mark.parametrize("day", [None, "2021-07-01", "2023-06-01"])
def test_without_half_years_on_both_sides_nothing_is_compared(day: str | None):
    assert compared(day, 10, 10, 10, 10).empty


def test_half_years_of_which_nothing_is_registered_are_left_out_with_their_months():
    row = compared("2022-07-01", None, 10, 30, 30).iloc[0]

    assert row[SIDES].to_list() == [10, 6, 60, 12]
    assert row["ratio"] == pytest.approx((60 / 12) / (10 / 6))


def test_of_many_gemeenten_at_most_one_in_twenty_verdicts_may_be_chance():
    # 1 and then 9: by counting heads in ten throws the chance is 2 * 11 / 1024 = 0.021. Below 0.05
    # for one gemeente, but not for the smallest of five (0.05 / 5).
    one = (0, 1, 9, 0)
    others = dict.fromkeys(["almelo", "enschede", "hengelo", "losser"], (0, 9, 9, 0))

    alone = compared("2022-07-01", *one).iloc[0]
    together = compared("2022-07-01", *one, **others).set_index("area").loc["borne"]

    assert (alone["verdict"], together["verdict"]) == ("more", "cannot_tell")
    assert together["low"] == alone["low"] > 1


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
