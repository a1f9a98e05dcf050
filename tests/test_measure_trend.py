"""Is it rising? Per gemeente exactly, and for the district within the same gemeenten."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.growth import year_on_year
from mma_analysis.measure.trend import trend_of
from small_edition import framed
from totals import margins_of

FIRST, SECOND = "2021-07/2022-06", "2022-07/2023-06"
OF = framed({"borne": "2021-07-01"})

# --- the last two years of a gemeente ------------------------------------------------------------


def compared(
    counts: tuple[int | None, int | None],
    months: tuple[float | None, float | None] = (12.0, 12.0),
    basis: int = 1,
) -> pd.Series:
    table = pd.DataFrame(
        {
            "area": "borne",
            "period": [FIRST, SECOND],
            "count": pd.array(counts, dtype="Int64"),
            "connected_months": pd.array(months, dtype="float64"),
            "basis": basis,
        }
    )
    return year_on_year(OF, table, table).iloc[0]


def test_the_ratio_and_its_exact_interval_are_the_published_ones():
    # R, example of poisson.test: 11 in 800 against 21 in 3011 gives 1.971488 (0.8584264, 4.2772659)
    row = compared((21, 11), months=(3011.0, 800.0))

    assert row["ratio"] == pytest.approx(1.971488, abs=5e-7)
    assert row["low"] == pytest.approx(0.8584264, abs=5e-8)
    assert row["high"] == pytest.approx(4.2772659, abs=5e-8)
    assert row["verdict"] == "no_change"


# By counting heads in ten throws of a coin: 9 or more in 11 of 1024, 8 or more in 56 of 1024.
# Of twenty 15 or more are 0.0207; as rounded counts that is 5 / sqrt(20 / 4 + 2) = 1.89 errors.
@pytest.mark.parametrize(
    ("counts", "basis", "verdict"),
    [
        ((1, 9), 1, "more"),
        ((2, 8), 1, "no_change"),
        ((5, 5), 1, "no_change"),
        ((8, 2), 1, "no_change"),
        ((9, 1), 1, "fewer"),
        ((5, 15), 1, "more"),
        ((5, 15), 5, "no_change"),
        ((5, 25), 5, "more"),
    ],
)
def test_the_verdict_changes_where_chance_and_rounding_become_rarer_than_one_in_forty(
    counts: tuple[int, int], basis: int, verdict: str
):
    assert compared(counts, basis=basis)["verdict"] == verdict


def test_twice_the_time_explains_twice_the_meldingen():
    row = compared((8, 16), months=(6.0, 12.0))
    # January to June is six months as July to December is: a mean month has 30.4375 days.
    of_halves = compared((8, 16), months=(181 / 30.4375, 184 / 30.4375))

    assert row["ratio"] == pytest.approx(1)
    assert row["verdict"] == of_halves["verdict"] == "no_change"


def test_a_first_year_with_none_has_a_lower_limit_only():
    row = compared((0, 10))

    # The exact lower limit of 10 out of 10 is 0.025 ** (1 / 10) = 0.6915; its odds are 2.2415.
    assert row["low"] == pytest.approx(2.2415, abs=1e-4)
    assert (row["ratio"], row["high"], row["verdict"]) == (np.inf, np.inf, "more")


@pytest.mark.parametrize(
    ("counts", "months"),
    [
        ((4, 5), (12.0, 12.0)),  # nine meldingen in two years
        ((0, 0), (12.0, 12.0)),
        ((None, 20), (12.0, 12.0)),
        ((20, None), (12.0, 12.0)),
        ((20, 40), (5.7, 12.0)),  # less than half a year connected, to the nearest half month
        ((20, 40), (None, None)),  # not known since when
    ],
)
def test_too_few_hidden_or_too_short_cannot_be_told(
    counts: tuple[int | None, int | None], months: tuple[float | None, float | None]
):
    row = compared(counts, months)

    assert row["verdict"] == "cannot_tell"
    assert row[["ratio", "low", "high"]].isna().all()


def test_one_complete_year_cannot_be_compared():
    table = pd.DataFrame(
        {"area": "borne", "period": [FIRST], "count": [20], "connected_months": [12.0], "basis": 1}
    )

    found = year_on_year(framed({"borne": "2021-07-01"}, peildatum="2023-05-31"), table, table)

    assert found["verdict"].to_list() == ["cannot_tell"]
    assert list(found.columns) == ["area", "ratio", "low", "high", "verdict"]  # and no chance


# --- fourteen gemeenten together -----------------------------------------------------------------


def verdicts(*second: int) -> list[str]:
    """Gemeenten with two in the first year and these in the second, looked at together."""
    rows = [
        (f"g{n}", code, c)
        for n, new in enumerate(second)
        for code, c in ((FIRST, 2), (SECOND, new))
    ]
    table = pd.DataFrame(rows, columns=["area", "period", "count"])
    timed = table.assign(connected_months=12.0, basis=1)
    return year_on_year(OF, timed, timed)["verdict"].to_list()


# Chance of so uneven a division, twice the tail of coin throws: 2 and 10 of 12 is 158 of 4096
# (0.0386), 2 and 20 of 22 is 2 * 254 of 4194304 (0.00012).
@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([10], ["more"]),
        ([10, *[9] * 13], ["no_change"] * 14),  # clear for one, and not when fourteen are looked at
        ([20, *[9] * 13], ["more", *["no_change"] * 13]),
        # Two and three are five in two years: not told, and so no chance to be wrong.
        ([10, *[3] * 13], ["more", *["cannot_tell"] * 13]),
    ],
)
def test_the_verdicts_of_gemeenten_that_can_be_told_are_of_all_of_them_together(second, expected):
    assert verdicts(*second) == expected


# --- the trend of the district -------------------------------------------------------------------


def months(peildatum: str = "2023-06-30") -> list[pd.Timestamp]:
    return list(pd.date_range("2021-07-01", peildatum, freq="MS"))


def days(
    per_day: dict[str, Callable[[float], float]], since: dict[str, str], **time: str
) -> dict[str, list[pd.Timestamp]]:
    """Whole numbers of meldingen per month, as near as can be to a rate per connected day."""
    found: dict[str, list[pd.Timestamp]] = {slug: [] for slug in per_day}
    for slug, rate in per_day.items():
        for begin in months(**time):
            if begin >= pd.Timestamp(since[slug]):
                number = begin.days_in_month
                middle = (begin - pd.Timestamp("2021-07-01")).days + number / 2
                found[slug] += [begin] * round(number * rate(middle / 365.25))
    return found


def trend(
    per_day: dict[str, Callable[[float], float]], since: dict[str, str], **time: str
) -> pd.Series:
    return trend_of(margins_of(days(per_day, since, **time), since, **time)).iloc[0]


def constant(rate: float) -> Callable[[float], float]:
    return lambda _: rate


def test_a_series_that_grows_by_a_fifth_a_year_is_found_to_do_so():
    row = trend({"almelo": lambda year: 20 * 1.2**year}, {"almelo": "2021-07-01"})

    assert row["change"] == pytest.approx(0.20, abs=0.011)
    assert row["low"] < row["change"] < row["high"]
    assert row["verdict"] == "more"


def wave(height: float, each_year: int) -> Callable[[float], float]:
    return lambda year: 10 * float(np.exp(height * np.sin(each_year * 2 * np.pi * year)))


@pytest.mark.parametrize(
    ("per_day", "since", "peildatum", "widest"),
    [
        # In all, meldingen go from 365 in the first year to 4015 in the second.
        ({"almelo": constant(1), "enschede": constant(10)}, "2022-07-01", "2023-06-30", 1),
        ({"almelo": wave(0.3, 1)}, "", "2023-06-30", 1),  # a season
        # With two peaks, known from three years on. Some 10,950 meldingen leave a slope of less
        # than 0.03 to chance; a wave that the model does not know would add ten times that.
        ({"almelo": wave(0.4, 2)}, "", "2024-06-30", 0.08),
    ],
)
def test_who_joins_late_and_a_season_are_no_growth(per_day, since, peildatum: str, widest: float):
    row = trend(per_day, {"almelo": "2021-07-01", "enschede": since}, peildatum=peildatum)

    assert row["change"] == pytest.approx(0, abs=0.011)
    assert row["verdict"] == "no_change"
    assert row["high"] - row["low"] < widest


def test_the_dispersion_never_makes_the_interval_narrower_than_chance():
    # The same number every day varies less than chance does.
    row = trend({"almelo": constant(1)}, {"almelo": "2021-07-01"})

    assert row["dispersion"] == 1
    assert row["low"] < -0.1


def test_a_gemeente_with_nothing_since_its_connection_has_no_part_in_the_trend():
    since = {"almelo": "2021-07-01", "borne": "2021-07-01", "losser": "2022-01-01"}
    known = days({"almelo": lambda year: 20 * 1.2**year, "borne": constant(10)}, since)

    pd.testing.assert_frame_equal(
        trend_of(margins_of({**known, "losser": []}, since)),
        trend_of(margins_of(known, since)),
    )


@pytest.mark.parametrize(
    ("per_day", "peildatum"),
    [
        (constant(1), "2022-11-30"),  # 17 months
        (constant(0.06), "2023-06-30"),  # two in every month: 48
        (constant(0), "2023-06-30"),
    ],
)
def test_too_little_time_or_too_few_meldingen_give_no_trend(
    per_day: Callable[[float], float], peildatum: str
):
    row = trend({"almelo": per_day}, {"almelo": "2021-07-01"}, peildatum=peildatum)

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()


def test_fifty_meldingen_in_eighteen_months_are_enough():
    begins = months("2022-12-31")
    known = {"almelo": [*begins, *begins, *begins[:14]]}

    found = trend_of(margins_of(known, {"almelo": "2021-07-01"}, peildatum="2022-12-31"))

    assert found.notna().all(axis=None)


def test_without_counts_in_time_there_is_no_trend():
    assert trend_of(None)["verdict"].to_list() == ["cannot_tell"]


def test_meldingen_in_one_month_of_each_year_give_no_trend():
    # The wave that fits March best is always a higher one: there is no best fit.
    march = pd.to_datetime(["2022-03-01"] * 214 + ["2023-03-01"] * 216)

    row = trend_of(margins_of({"hengelo": list(march)}, {"hengelo": "2021-07-01"})).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert row.drop("verdict").isna().all()


def test_the_interval_of_rounded_months_is_as_much_wider_as_rounding_makes_them_vary():
    exact = margins_of({"almelo": months() * 5}, {"almelo": "2021-07-01"})
    assert exact is not None

    one, other = (trend_of(replace(exact, basis=basis)).iloc[0] for basis in (1, 5))

    assert one["change"] == other["change"] == 0
    assert other["low"] < one["low"] < one["high"] < other["high"]
    # Five a month, with a variance of 5 by chance and (5^2 - 1) / 12 = 2 by rounding.
    assert (one["dispersion"], other["dispersion"]) == (1.0, 1.4)
