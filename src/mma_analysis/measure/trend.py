"""Is it really rising? The change within the same gemeenten."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, binom, false_discovery_control

from mma_analysis.measure.growth import both_periods
from mma_analysis.measure.indicators import described
from mma_analysis.measure.loglinear import LEVEL, LogLinear, waves
from mma_analysis.measure.periods import YEAR
from mma_analysis.measure.within import Margins, within

FEWEST_MELDINGEN = 10  # in two years together: below this a comparison says nothing
# Connected in each of the two years, to the nearest half: six calendar months are 5.95 to 6.05.
FEWEST_MONTHS = 6.0
FEWEST_OF_TREND = 50
FEWEST_MONTHS_OF_TREND = 18  # with less a season cannot be told from a trend
FEWEST_STRETCHES = 8  # two for each of the four estimates: level, trend and a wave of two
STRETCHES_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
FALSE_DISCOVERIES = 0.05  # of what is said of gemeenten, at most this may be chance
CANNOT_TELL, NO_CHANGE = "cannot_tell", "no_change"
TREND = ["change", "low", "high", "dispersion", "variance", "verdict"]


def year_on_year(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare each gemeente's last two complete years, per connected month.

    Given the sum of both years, the second count is binomial: the exact (Clopper–Pearson) interval
    of its probability gives the interval of the ratio of the two rates. With fewer than
    `FEWEST_MELDINGEN` together, less than `FEWEST_MONTHS` connected in either year (to the nearest
    half month), or a hidden count, the answer is `cannot_tell`. Assumes no season within a year
    that counts for a part, and no waves beside chance: with them the interval is too narrow.
    Not for the district: there a large gemeente that joins would look like a higher rate.

    Who looks at fourteen gemeenten finds a change by chance sooner than who looks at one. So `more`
    and `fewer` are only said of what remains when at most 5 % of all that is said may be chance
    (Benjamini & Hochberg 1995, on the exact two-sided test of each gemeente in the table that can
    be told). The interval is that of the gemeente alone: one that leaves out 1 may go with
    `no_change`.

    Parameters
    ----------
    counts
        Protected counts per area and period: `area`, `period`, `count`, `connected_months`. All
        areas in it are looked at together.

    Returns
    -------
    pd.DataFrame
        One row per area: `area`, `ratio`, `low`, `high`, `verdict` in `more`, `fewer`, `no_change`,
        `cannot_tell`. Ratio and high are infinite when the first year has none.

    Examples
    --------
    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> years = periods(dt.date(2022, 1, 1), dt.date(2023, 12, 31))
    >>> codes = ["2022-01/2022-12", "2023-01/2023-12"]
    >>> own = pd.DataFrame({"area": "borne", "period": codes, "count": [1, 9]})
    >>> year_on_year(own.assign(connected_months=12.0), years)["verdict"].item()
    'more'
    """
    years = periods[(periods["kind"] == YEAR) & periods["is_complete"]]["period"].tail(2)
    table = counts[counts["period"].isin(years)]
    first, last = ["", "", *years][-2:]
    wide = both_periods(table, first, last)
    enough = wide["n_from"] + wide["n_to"] >= FEWEST_MELDINGEN
    shortest = wide[["t_from", "t_to"]].min(axis=1, skipna=False)
    told = wide[enough & ((shortest * 2).round() / 2 >= FEWEST_MONTHS)]
    time = told["t_from"] / told["t_to"]
    low, high = odds_interval(told["n_from"].to_numpy(), told["n_to"].to_numpy())
    found = pd.DataFrame({"ratio": told["n_to"] / told["n_from"], "low": low, "high": high})
    found = found.mul(time, axis=0).assign(verdict=verdicts_together(told, NO_CHANGE))
    found = found.reindex(wide.index).fillna({"verdict": CANNOT_TELL})
    return described(found.rename_axis("area").reset_index(), "year_on_year")


def district_trend(margins: Margins | None) -> pd.DataFrame:
    """Estimate the yearly change within gemeenten, whatever the moment they joined.

    Log-linear: a level for each gemeente, one yearly wave for the season (two from
    `STRETCHES_OF_TWO_WAVES` stretches; Lopez Bernal 2017) and the connected time as exposure, as
    `within.within` fits it. Overdispersion is tested (Cameron & Trivedi 1990), and the interval is
    widened by the Pearson dispersion. Because every gemeente has its own level, gemeenten that join
    later and are larger do not look like growth. Assumes one rate of change and one season for all
    gemeenten, and that what happens in one month says nothing of the next: a wave that goes through
    the whole district for months (a campaign) can look like a trend.

    Parameters
    ----------
    margins
        As made by `within.margins`; None when there are none.

    Returns
    -------
    pd.DataFrame
        One row: `change` per year (0.05 is +5 %), `low`, `high` (all three rounded to 0.01),
        `dispersion`, `variance` (what the test of overdispersion found: `poisson`,
        `quasi_poisson`) and `verdict`: `more` or `fewer` when the rounded interval leaves out 0,
        else `no_change`; `cannot_tell`, and nothing else, with fewer than `FEWEST_MONTHS_OF_TREND`
        months, `FEWEST_STRETCHES` stretches or `FEWEST_OF_TREND` tips, or without a finite
        estimate.

    Examples
    --------
    Twenty a month, and a year later forty:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> months = periods(dt.date(2022, 1, 1), dt.date(2023, 12, 31)).query("kind == 'month'")
    >>> months = months.assign(stretch=range(24), years_since_begin=np.arange(24) / 12)
    >>> counts = np.repeat([20.0, 40.0], 12)
    >>> borne = Margins(counts, months, received=np.array([720.0]), time=np.ones((1, 24)))
    >>> district_trend(borne)["verdict"].item()
    'more'
    """
    fitted = _fitted(margins)
    if fitted is None:
        nothing = [*[np.nan] * 4, None, CANNOT_TELL]
        return described(pd.DataFrame([nothing], columns=TREND), "district_trend")
    change, low, high = (round(factor - 1, 2) for factor in fitted.ratio("year"))
    # Of the rounded interval: what is said must agree with the limits that a reader sees.
    told = verdict(low, high, 0.0)
    row = (change, low, high, round(fitted.dispersion, 2), fitted.variance, told)
    return described(pd.DataFrame([row], columns=TREND), "district_trend")


def _fitted(margins: Margins | None) -> LogLinear | None:
    """The course with a straight trend, when there is enough to see one."""
    if (
        margins is None
        or len(margins.months) < FEWEST_MONTHS_OF_TREND
        or margins.stretches < FEWEST_STRETCHES
        or margins.counts.sum() < FEWEST_OF_TREND
    ):
        return None
    year = margins.months["years_since_begin"]
    season = waves(year, 2 if margins.stretches >= STRETCHES_OF_TWO_WAVES else 1)
    return within(margins, pd.DataFrame({"year": year}).join(season))


def verdict(low: float, high: float, neutral: float) -> str:
    """`more` or `fewer` when the interval leaves out what would be no change.

    Without an interval it is `cannot_tell`.
    """
    if np.isnan([low, high]).any():
        return CANNOT_TELL
    return "more" if low > neutral else "fewer" if high < neutral else NO_CHANGE


def odds_interval(
    n_first: NDArray[np.float64], n_second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Clopper–Pearson) 95 % interval of second : first, given their sum."""
    tail = (1 - LEVEL) / 2
    p_low = np.where(n_second > 0, beta.ppf(tail, n_second, n_first + 1), 0.0)
    p_high = np.where(n_first > 0, beta.ppf(1 - tail, n_second + 1, n_first), 1.0)
    with np.errstate(divide="ignore"):  # without any in the first year there is no upper end
        return p_low / (1 - p_low), p_high / (1 - p_high)


def verdicts_together(told: pd.DataFrame, otherwise: str) -> pd.Series:
    """`more` or `fewer` for what remains of all gemeenten that can be told; else `otherwise`.

    Of what is said at most `FALSE_DISCOVERIES` may be chance (Benjamini & Hochberg 1995), by the
    exact two-sided test of each gemeente: given both counts together, the second is binomial.

    Parameters
    ----------
    told
        One row per gemeente: the counts `n_from`, `n_to` and the months `t_from`, `t_to`.

    Examples
    --------
    One and then nine is more; beside nine others without a change that may well be chance:

    >>> one = pd.DataFrame({"n_from": [1], "n_to": [9], "t_from": [12.0], "t_to": [12.0]})
    >>> others = pd.concat([one, *[one.assign(n_from=9)] * 9], ignore_index=True)
    >>> verdicts_together(one, "no_change")[0], verdicts_together(others, "no_change")[0]
    ('more', 'no_change')
    """
    n = told["n_from"] + told["n_to"]
    expected = told["t_to"] / (told["t_from"] + told["t_to"])
    below, above = binom.cdf(told["n_to"], n, expected), binom.sf(told["n_to"] - 1, n, expected)
    chance = np.minimum(1.0, 2 * np.minimum(below, above))
    remains = false_discovery_control(chance) <= FALSE_DISCOVERIES
    direction = np.where(below > above, "more", "fewer")
    return pd.Series(np.where(remains, direction, otherwise), index=told.index)
