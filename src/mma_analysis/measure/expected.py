"""Which months had more or fewer meldingen than the months before let expect."""

import numpy as np
import pandas as pd
from scipy.stats import nbinom, poisson

from mma_analysis.measure.indicators import described
from mma_analysis.measure.loglinear import LEVEL, LogLinear, log_linear, waves
from mma_analysis.measure.periods import MONTH
from mma_analysis.measure.trend import CANNOT_TELL

MONTHS_BACK = 36
FEWEST_MONTHS_BEFORE = 12
MONTHS_OF_SEASON = 24  # with less, a season cannot be told from chance
LAST_MONTHS, FEWEST_IN_LAST = 4, 5
COLUMNS = ["area", "period", "count", "expected", "low", "high", "verdict"]


def expected_months(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Say for each month of one area between which numbers it could be expected to lie.

    After Farrington (1996) and Noufaily (2013), made plain for short series: a quasi-Poisson model
    of the shown months of the three years before, with inhabitants × connected time as exposure; a
    yearly wave once there are two years, no trend, and no weighing down of earlier peaks. The
    limits are the 2.5 % and 97.5 % points of the negative binomial distribution with that mean and
    dispersion (`nbPlugin` of R's surveillance); how uncertain the mean itself is, is added to the
    dispersion. About one month in twenty lies outside by chance alone: it is information, no alarm.

    Assumes as many meldingen per inhabitant in every connected gemeente: a month can also lie
    outside because a gemeente joined that receives more or fewer. Made from shown months only, so
    it tells nothing that a reader does not have; months that are not shown are small more often
    than not, which makes what is expected a little too high.

    Parameters
    ----------
    counts
        Protected counts of one area: `area`, `period`, `count`, `inhabitant_years`.
    periods
        As made by `periods.periods`; the months among them that are complete are told.

    Returns
    -------
    pd.DataFrame
        One row per complete month: `area`, `period`, `count`, `expected`, `low`, `high` (both
        within the range), `verdict`: `more`, `fewer`, `no_change` (within), or `cannot_tell`, with
        nothing expected: the month is not shown, fewer than `FEWEST_MONTHS_BEFORE` shown months
        come before it, fewer than `FEWEST_IN_LAST` meldingen in the last `LAST_MONTHS` of them, or
        what comes before it has no finite estimate.

    Examples
    --------
    A year of eight and ten a month, and then thirty:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2022, 1, 1), dt.date(2023, 1, 31))
    >>> months = cut.loc[cut["kind"] == "month", ["period"]].assign(area="twente")
    >>> months = months.assign(count=[8, 10] * 6 + [30], inhabitant_years=1.0)
    >>> expected_months(months, cut)["verdict"].iloc[-1]
    'more'
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
        "no_change",
    )
    return described(told[COLUMNS].reset_index(drop=True), "expected_months")


def limits(mean: float, dispersion: float, outside: float = (1 - LEVEL) / 2) -> tuple[float, float]:
    """The smallest and largest number that chance does not make rare; `outside` on either side.

    Quantiles of the negative binomial distribution with variance dispersion × mean; of the Poisson
    distribution without overdispersion.
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
    return _range(fitted, _design(pd.Series([month["begin"]]), number), month["inhabitant_years"])


def _design(begin: pd.Series, number: int) -> pd.DataFrame:
    level = pd.DataFrame({"level": 1.0}, index=begin.index)
    return level.join(waves((begin.dt.month - 0.5) / 12, number))


def _range(fitted: LogLinear, design: pd.DataFrame, exposure: float) -> tuple[float, float, float]:
    row = design.iloc[0].to_numpy()
    mean = float(exposure * np.exp(row @ fitted.coefficients.to_numpy()))
    # Variance of the mean, by the delta method, as a part of the mean.
    uncertainty = mean * float(row @ fitted.covariance.to_numpy() @ row)
    return (mean, *limits(mean, fitted.dispersion + uncertainty))
