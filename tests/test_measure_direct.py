"""What direct receipt brings: days, before and after connection, and what gemeenten say of it."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.direct import experience_by_answer, time_to_receive
from mma_analysis.measure.growth import before_connection
from mma_analysis.measure.periods import periods

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

TWO_YEARS = periods(dt.date(2021, 7, 1), dt.date(2023, 6, 30))
HALVES = ["2021-07/2021-12", "2022-01/2022-06", "2022-07/2022-12", "2023-01/2023-06"]


def compared(connected_on: str | None, *cells: int | str) -> pd.Series | None:
    counts = pd.DataFrame(
        {
            "area": "borne",
            "period": HALVES,
            "count": pd.array([n if isinstance(n, int) else pd.NA for n in cells], dtype="Int64"),
            "state": ["shown" if isinstance(n, int) else n for n in cells],
        }
    )
    days = pd.Series({"borne": connected_on}, dtype="datetime64[us]")
    table = before_connection(counts, days, TWO_YEARS)
    return None if table.empty else table.iloc[0]


def test_the_ratio_is_that_of_the_counts_per_month_with_its_exact_interval():
    # Connected within the second half: 11 in six months, then 21 in twelve. R's poisson.test(c(11,
    # 21), c(800, 3011)) is 1.971488 (0.8584264, 4.2772659) for 11 / 800 over 21 / 3011: the same
    # counts the other way round, with another ratio of times.
    row = compared("2022-02-01", 11, 999, 10, 11)

    assert row is not None
    assert row[["count_before", "months_before", "count_after", "months_after"]].to_list() == [
        *(11, 6, 21, 12)
    ]
    times = (3011 / 800) * (6 / 12)
    assert row["ratio"] == pytest.approx(times / 1.971488, rel=1e-6)
    assert row["low"] == pytest.approx(times / 4.2772659, rel=1e-6)
    assert row["high"] == pytest.approx(times / 0.8584264, rel=1e-6)
    assert row["verdict"] == "cannot_tell"


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ((5, 5, 40, 40), "more"),
        ((40, 40, 5, 5), "fewer"),
        ((2, 2, 2, 2), "cannot_tell"),
        (("hidden", 5, 40, 40), "hidden"),
        ((5, 5, "hidden", 40), "hidden"),
        (("not_applicable", "not_applicable", 40, 40), "not_registered"),
        (("not_applicable", "hidden", 40, 40), "hidden"),
        (("not_applicable", 10, 40, 40), "more"),
        (("not_applicable", 20, 20, 20), "cannot_tell"),  # 20 in a half year, before and after
    ],
)
def test_each_outcome_has_its_verdict(cells: tuple[int | str, ...], verdict: str):
    row = compared("2022-07-01", *cells)

    assert row is not None
    assert row["verdict"] == verdict


@pytest.mark.parametrize("day", [None, "2021-07-01", "2023-06-01"])
def test_without_half_years_on_both_sides_nothing_is_compared(day: str | None):
    assert compared(day, 10, 10, 10, 10) is None


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
    found = experience_by_answer(responses, rows, whole, PEOPLE, ["sneller", "meer"])
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


# --- before and after, of several gemeenten ------------------------------------------------------


def test_half_years_of_which_nothing_is_registered_are_left_out_with_their_months():
    # 90 in eighteen months, and 10 in the only six of which it was written down.
    cut = periods(dt.date(2021, 1, 1), dt.date(2023, 12, 31))
    counts = pd.DataFrame(
        {
            "area": "borne",
            "period": cut.loc[cut["kind"] == "half", "period"],
            "count": pd.array([pd.NA, pd.NA, 10, 30, 30, 30], dtype="Int64"),
            "state": ["not_applicable"] * 2 + ["shown"] * 4,
        }
    )
    since = pd.Series({"borne": pd.Timestamp("2022-07-01")})

    row = before_connection(counts, since, cut).iloc[0]

    assert row[["count_before", "months_before", "count_after", "months_after"]].to_list() == [
        *(10, 6, 90, 18)
    ]
    assert row["ratio"] == pytest.approx((90 / 18) / (10 / 6))


def test_of_many_gemeenten_at_most_one_in_twenty_verdicts_may_be_chance():
    # 1 and then 9: by counting heads in ten throws the chance is 2 * 11 / 1024 = 0.021. Below 0.05
    # for one gemeente, but not for the smallest of five (0.05 / 5).
    counts = pd.DataFrame(
        [
            (slug, period, n, "shown")
            for slug in SLUGS[:5]
            for period, n in zip(HALVES[1:3], (1, 9) if slug == SLUGS[0] else (9, 9), strict=True)
        ],
        columns=["area", "period", "count", "state"],
    ).astype({"count": "Int64"})
    since = pd.Series(dict.fromkeys(SLUGS[:5], pd.Timestamp("2022-07-01")))

    alone = before_connection(counts[counts["area"] == SLUGS[0]], since, TWO_YEARS).iloc[0]
    together = before_connection(counts, since, TWO_YEARS).iloc[0]

    assert (alone["verdict"], together["verdict"]) == ("more", "cannot_tell")
    assert together["low"] == alone["low"] > 1
