"""What changes in the district: its trend, beside the country, and month by month."""

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import nbinom, poisson

from mma_analysis.measure.frame import Frame
from mma_analysis.measure.growth import FEWEST_MELDINGEN
from mma_analysis.measure.loglinear import LogLinear, log_linear, waves
from mma_analysis.measure.periods import MONTH
from mma_analysis.measure.rates import (
    CANNOT_TELL,
    LEVEL,
    NO_CHANGE,
    rounding_variance,
    verdict,
)
from mma_analysis.measure.within import Margins, margins, within
from mma_analysis.vocabulary import Vocabulary

FEWEST_OF_TREND = 50
FEWEST_MONTHS_OF_TREND = 18  # with less a season cannot be told from a trend
MONTHS_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
TREND = ["change", "low", "high", "dispersion", "verdict"]
MONTHS_OF_YEAR = 12
NATIONAL = ["year_from", "year_to", "change", "low", "high", "verdict", "national_change"]
MONTHS_BACK = 36
FEWEST_MONTHS_BEFORE = 12
MONTHS_OF_SEASON = 24  # with less, a season cannot be told from chance
LAST_MONTHS, FEWEST_IN_LAST = 4, 5
EXPECTED = ["area", "period", "count", "expected", "low", "high", "verdict"]


def district_trend(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Estimate the yearly change within gemeenten, whatever the moment they joined.

    One row: `area` (the district), `change` per year (0.05 is +5 %), `low`, `high` (all rounded to
    0.01), `dispersion` and `verdict`: `more` or `fewer` when the rounded interval leaves out 0,
    else `no_change`; `cannot_tell`, and nothing else, with fewer than `FEWEST_MONTHS_OF_TREND`
    months or `FEWEST_OF_TREND` tips, or without a finite estimate.
    """
    table = trend_of(margins(of, per_period))
    return table.assign(area=of.vocabulary.district.slug)[["area", *TREND]]


def trend_of(margins: Margins | None) -> pd.DataFrame:
    """The trend in these margins, as `district_trend`, without `area`; None when there are none."""
    fitted = _fitted(margins)
    if fitted is None:
        nothing = [*[np.nan] * 4, CANNOT_TELL]
        return pd.DataFrame([nothing], columns=TREND)
    change, low, high = (round(factor - 1, 2) for factor in fitted.ratio("year"))
    # Of the rounded interval: what is said must agree with the limits that a reader sees.
    told = verdict(low, high, 0.0)
    row = (change, low, high, round(fitted.dispersion, 2), told)
    return pd.DataFrame([row], columns=TREND)


def _fitted(margins: Margins | None) -> LogLinear | None:
    """The course with a straight trend, when there is enough to see one."""
    if (
        margins is None
        or len(margins.months) < FEWEST_MONTHS_OF_TREND
        or margins.counts.sum() < FEWEST_OF_TREND
    ):
        return None
    year = margins.months["years_since_begin"]
    season = waves(year, 2 if len(year) >= MONTHS_OF_TWO_WAVES else 1)
    return within(margins, pd.DataFrame({"year": year}).join(season))


def national_comparison(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Compare calendar years within the same gemeenten, and those years in the whole country.

    One row per pair of successive whole calendar years in the evaluation: `year_from`, `year_to`,
    `change`, `low`, `high` (rounded to 0.01), `verdict` (as for the trend; `cannot_tell` when one
    of the years has fewer than `FEWEST_MELDINGEN` tips), `national_change` (missing when not
    known).
    """
    return years_beside(of.vocabulary, margins(of, per_period), of.periods)


def years_beside(
    vocabulary: Vocabulary, margins: Margins | None, periods: pd.DataFrame
) -> pd.DataFrame:
    """The calendar years in these margins beside the country's, as `national_comparison`."""
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]]
    number = months["begin"].dt.year.value_counts()
    years = sorted(number.index[number == MONTHS_OF_YEAR])
    pairs = [(first, last) for first, last in pairwise(years) if last == first + 1]
    rows = [(*pair, *_change(margins, *pair), _national(vocabulary, *pair)) for pair in pairs]
    return pd.DataFrame(rows, columns=NATIONAL)


def _change(margins: Margins | None, first: int, last: int) -> tuple[float, float, float, str]:
    nothing = (np.nan, np.nan, np.nan, CANNOT_TELL)
    if margins is None:
        return nothing
    year = margins.months["begin"].dt.year
    counts = pd.Series(margins.counts, year.index).groupby(year).sum()
    if counts.reindex([first, last], fill_value=0).min() < FEWEST_MELDINGEN:
        return nothing
    others = [one for one in sorted(year.unique()) if one != first]
    steps = pd.DataFrame({f"{one}": (year == one).astype("float64") for one in others})
    fitted = within(margins, steps.join(waves(margins.months["years_since_begin"], 1)))
    change, low, high = (round(factor - 1, 2) for factor in fitted.ratio(f"{last}"))
    return (change, low, high, verdict(low, high, 0.0))


def _national(vocabulary: Vocabulary, first: int, last: int) -> float:
    rows = vocabulary.reference("national")
    known = {int(row["year"]): int(row["forwarded"]) for row in rows}
    return known[last] / known[first] - 1 if {first, last} <= set(known) else np.nan


def expected_months(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Say for each month of the district between which numbers it could be expected to lie.

    From the months of the three years before it (indicator `expected_months`). About one month in
    twenty lies outside by chance alone: it is no alarm.

    One row per complete month: `area`, `period`, `count`, `expected`, `low`, `high` (both within
    the range), `verdict`: `more`, `fewer`, `no_change` (within), or `cannot_tell`, with nothing
    expected: fewer than `FEWEST_MONTHS_BEFORE` months come before it, fewer than `FEWEST_IN_LAST`
    meldingen in the last `LAST_MONTHS` of them, or what comes before it has no finite estimate.
    """
    is_month = per_period["area"].eq(of.vocabulary.district.slug) & per_period["kind"].eq(MONTH)
    return months_expected(per_period[is_month], of.periods)


def months_expected(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Between which numbers the months of one area could be expected, as `expected_months`.

    `counts`: `area`, `period`, `count`, `basis`, `inhabitant_years`; a count may be missing.
    """
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]]
    table = months[["period", "begin"]].merge(counts, on="period").sort_values("begin")
    known = table[table["count"].notna() & (table["inhabitant_years"] > 0)]
    rows = [_expected(month, known) for _, month in table.iterrows()]
    told = pd.DataFrame(rows, columns=["expected", "low", "high"], index=table.index)
    told = table.join(told.astype("float64"))
    count = told["count"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    told["verdict"] = np.select(
        [told["expected"].isna(), count > told["high"], count < told["low"]],
        [CANNOT_TELL, "more", "fewer"],
        NO_CHANGE,
    )
    return told[EXPECTED].reset_index(drop=True)


def limits(mean: float, dispersion: float, outside: float = (1 - LEVEL) / 2) -> tuple[float, float]:
    """The smallest and largest number that chance does not make rare; `outside` on either side.

    Of the negative binomial distribution with variance dispersion × mean; Poisson up to 1.
    """
    tails = [outside, 1 - outside]
    chance = poisson(mean) if dispersion <= 1 else nbinom(mean / (dispersion - 1), 1 / dispersion)
    low, high = (float(chance.ppf(tail)) for tail in tails)
    return low, high


def _expected(month: pd.Series, known: pd.DataFrame) -> tuple[float, float, float]:
    """Mean and limits for one month from the shown months before it; missing when too few."""
    since = month["begin"] - pd.DateOffset(months=MONTHS_BACK)
    before = known[(known["begin"] < month["begin"]) & (known["begin"] >= since)]
    is_known = known["period"].eq(month["period"]).any()
    few = before["count"].tail(LAST_MONTHS).sum() < FEWEST_IN_LAST
    if not is_known or few or len(before) < FEWEST_MONTHS_BEFORE:
        return (np.nan, np.nan, np.nan)
    number = 1 if len(before) >= MONTHS_OF_SEASON else 0
    fitted = log_linear(
        before["count"].astype("float64"),
        _design(before["begin"], number),
        before["inhabitant_years"].astype("float64"),
    )
    row = _design(pd.Series([month["begin"]]), number)
    return _range(fitted, row, month["inhabitant_years"], month["basis"])


def _design(begin: pd.Series, number: int) -> pd.DataFrame:
    level = pd.DataFrame({"level": 1.0}, index=begin.index)
    return level.join(waves((begin.dt.month - 0.5) / 12, number))


def _range(
    fitted: LogLinear, design: pd.DataFrame, exposure: float, basis: int
) -> tuple[float, float, float]:
    row = design.iloc[0].to_numpy()
    mean = float(exposure * np.exp(row @ fitted.coefficients.to_numpy()))
    # Variance of the mean, by the delta method, as a part of the mean.
    uncertainty = mean * float(row @ fitted.covariance.to_numpy() @ row)
    rounding = rounding_variance(basis) / mean if mean else 0.0
    return (mean, *limits(mean, fitted.dispersion + uncertainty + rounding))
