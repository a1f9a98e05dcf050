"""Two periods of the same gemeenten side by side: where growth comes from, and who has more."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from mma_analysis.measure.course import fitted, totals
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import complete_years
from mma_analysis.measure.rates import Z, rounding_variance
from mma_analysis.measure.released import NOT_APPLICABLE
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean

CAUSES = ["new", "months", "same"]
GROWTH = ["period_from", "period_to", "count_from", "count_to", *CAUSES]
SURE = ["joined", "same_low", "same_high", "joined_low", "joined_high", "share_low", "share_high"]
ENDS = ("from", "to")
SHARES = (-1.0, 2.0)  # of a growth: further away joining is not looked for


def growth_between(
    vocabulary: Vocabulary, counts: pd.DataFrame, first: str, last: str
) -> pd.DataFrame:
    """Split the growth between any two periods into its three causes, per gemeente and in all.

    `new`: no connected time in the first period; then all that came in the last. `months`: more or
    less connected time. `same`: more or fewer per connected month (Kitagawa 1955); what came before
    the connection lowers it. The three add up exactly to the growth.

    Receipts `counts`: `area`, `period`, `count`, `connected_months`, missing when hidden or
    unknown; one row per gemeente for each of both periods.
    `first` and `last`: codes of two periods, which may be of unlike length.

    One row per gemeente, and one for the district, their sum: `area`, `period_from`, `period_to`,
    `count_from`, `count_to`, `new`, `months`, `same`; the causes are missing when a count or the
    time is, and for the district when they are for any.

    Raises
    ------
    UsageError
        When a period is not in the table.

    Examples
    --------
    Two a month for half a year, then three a month for a whole year:

    >>> own = pd.DataFrame({"area": "borne", "period": ["a", "b"], "count": [12, 36]})
    >>> own = own.assign(connected_months=[6.0, 12.0])
    >>> split = growth_between(Vocabulary(), own, "a", "b")
    >>> split[["new", "months", "same"]].iloc[0].to_list()
    [0.0, 15.0, 9.0]
    """
    known = list(counts["period"].unique())
    for code in (first, last):
        if code not in known:
            near = did_you_mean(code, known)
            raise UsageError(f"no counts of period '{code}' in the table{near}")
    district = vocabulary.district.slug
    both = counts[counts["period"].isin([first, last])]
    wide = timed_periods(both, first, last)
    wide = pd.concat([wide, wide.sum(skipna=False).to_frame(district).T])
    causes = _causes(wide.iloc[:-1])
    causes = pd.concat([causes, causes.sum(skipna=False).to_frame(district).T])
    split = causes.assign(
        period_from=first, period_to=last, count_from=wide["n_from"], count_to=wide["n_to"]
    )
    return split.rename_axis("area").reset_index()[["area", *GROWTH]]


def growth_split(of: Frame, per_period: pd.DataFrame, dispersion: pd.DataFrame) -> pd.DataFrame:
    """The growth of what all gemeenten received together, and how sure its causes are.

    One row with the columns of `growth_between` but `area`, and `same_low`, `same_high`, `joined`
    (`new` and `months`) with `joined_low`, `joined_high`, and `share_low`, `share_high`: between
    which parts of the growth comes from joining (missing when the growth itself is not clear). No
    row when nobody delivered, there are no two years, or a connection date is not known.
    """
    grown = _grown(of, per_period)
    of_all = grown[grown["area"] == of.vocabulary.district.slug].dropna()
    if of_all.empty:
        return pd.DataFrame(columns=[*GROWTH, *SURE])
    first, last = of_all.iloc[0][["period_from", "period_to"]]
    noise = dispersion.set_index("area")["dispersion"]
    years = timed_periods(_shown(of, per_period), first, last)
    given = totals(of, per_period)
    course = fitted(given, given.trend()) if given is not None else None
    ends = split_ends(
        years.assign(dispersion=noise.reindex(years.index).fillna(1.0)),
        course.reach if course else Z,
    )
    return of_all[GROWTH].assign(**ends).reset_index(drop=True)


def split_ends(years: pd.DataFrame, reach: float = Z) -> dict[str, float]:
    """How sure the causes of growth are, as in `growth_split`: all are linear in the counts.

    `years`: as made by `timed_periods`, with the `dispersion` of each gemeente.
    """
    t1, t2 = years["t_from"], years["t_to"]
    both, is_new = t1 + t2, t1 == 0
    # `same` per melding of the first and of the last year; the rest of the growth is joining.
    of_first = (-both / (2 * t1)).where(~is_new, -1.0)
    of_last = (both / (2 * t2)).where(~is_new & (t2 > 0), 0.0)
    rounding = rounding_variance(years["basis"])
    noise = [years["dispersion"] * years[n] + rounding for n in ("n_from", "n_to")]
    noise[0] = noise[0].mask(is_new & years["n_from"].eq(0), 0.0)  # nothing, for certain

    def of(first: pd.Series, last: pd.Series) -> tuple[float, float]:
        """A sum of counts with these coefficients, and its standard deviation."""
        value = float((first * years["n_from"] + last * years["n_to"]).sum())
        return value, float(np.sqrt((first**2 * noise[0] + last**2 * noise[1]).sum()))

    same, joined = (of_first, of_last), (-1 - of_first, 1 - of_last)

    def beyond(share: float) -> float:
        """How many standard deviations joining is above this part of the growth."""
        value, deviation = of(joined[0] + share, joined[1] - share)
        return value / deviation if deviation else np.inf * np.sign(value)

    ends = {"joined": of(*joined)[0]}
    for name, parts in (("same", same), ("joined", joined)):
        value, deviation = of(*parts)
        ends |= {
            f"{name}_low": value - reach * deviation,
            f"{name}_high": value + reach * deviation,
        }
    growth, deviation = of(of_first * 0 - 1, of_last * 0 + 1)
    is_clear = growth > reach * deviation
    for name, side in (("share_low", reach), ("share_high", -reach)):
        ends[name] = _crossing(lambda share, at=side: beyond(share) - at) if is_clear else np.nan
    return ends


def _crossing(falls: Callable[[float], float]) -> float:
    """Where a function of a share, falling, is 0; the end when it is not between −1 and 2."""
    low, high = SHARES
    if falls(low) <= 0:
        return low
    return high if falls(high) >= 0 else float(brentq(falls, low, high))


def _grown(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Each gemeente that delivered, and what they received together under the district's name."""
    years, own = complete_years(of.periods)[-2:], _shown(of, per_period)
    if len(years) < 2 or own.empty:
        return pd.DataFrame(columns=["area", *GROWTH])
    return growth_between(of.vocabulary, own, *years)


def _shown(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Those of gemeenten that delivered; nothing came in before a connection."""
    own = per_period[per_period["area"].isin(of.delivered)]
    return own.assign(count=own["count"].mask(own["state"] == NOT_APPLICABLE, 0))


def both_periods(
    table: pd.DataFrame, keys: list[str], values: list[str], first: str, last: str
) -> pd.DataFrame:
    """Values of two periods side by side: `<value>_from` and `<value>_to`, on the keys of both."""
    ends = [
        table[(table["period"] == code).to_numpy()].set_index(keys)[values].add_suffix(f"_{end}")
        for end, code in zip(ENDS, (first, last), strict=True)
    ]
    return pd.concat(ends, axis=1)


def timed_periods(counts: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """Counts and connected months of two periods per area: `n_from`, `n_to`, `t_from`, `t_to`, and
    the `basis` of the counts."""
    known = counts if "basis" in counts else counts.assign(basis=1)
    short = known.rename(columns={"count": "n", "connected_months": "t"})
    short = short.astype({"n": "float64", "t": "float64"})
    basis = known.groupby("area", sort=False)["basis"].max()
    wide = both_periods(short, ["area"], ["n", "t"], first, last)
    return wide.reindex(basis.index).assign(basis=basis)


def _causes(wide: pd.DataFrame) -> pd.DataFrame:
    """The three causes per row of `timed_periods`; they add up to the growth of that row."""
    growth = wide["n_to"] - wide["n_from"]
    is_new = wide["t_from"] == 0
    rate_from, rate_to = (wide[f"n_{w}"] / wide[f"t_{w}"].where(wide[f"t_{w}"] > 0) for w in ENDS)
    months = (wide["t_to"] - wide["t_from"]) * (rate_from + rate_to) / 2
    causes = pd.DataFrame(
        {"new": wide["n_to"].where(is_new, 0.0), "months": months.mask(is_new, 0.0)}
    )
    causes = causes.assign(same=growth - causes["new"] - causes["months"])
    return causes.where(causes.notna().all(axis=1))
