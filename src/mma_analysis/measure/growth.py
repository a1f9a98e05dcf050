"""Two years beside each other: where the difference comes from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis.measure import rates
from mma_analysis.measure.course import Course, Floats, persistence
from mma_analysis.measure.frame import YEAR
from mma_analysis.measure.gemeenten import Baseline
from mma_analysis.vocabulary.value import bound_of

FURTHEST_JOINING = (
    -1.0,
    2.0,
)  # of the part of a growth: further away joining is not looked for
GROWTH_COLUMNS = ["period_from", "period_to"]
GROWTH_COLUMNS += ["count_from", "count_from_off", "count_to", "count_to_off"]
GROWTH_COLUMNS += ["new", "months", "same", "joined"]
GROWTH_COLUMNS += ["same_low", "same_high", "joined_low", "joined_high"]
GROWTH_COLUMNS += ["share_low", "share_high"]


def growth_split(baseline: Baseline, received: pd.DataFrame) -> pd.DataFrame:
    """Split the growth of what all gemeenten `received`, by its causes.

    Between the last two years. No row without two years, or when a count or date is
    missing.
    """
    years = baseline.of.complete_years[-2:]
    wide = _years_of(baseline, years)
    is_missing = wide.isna().any(axis=None)
    if len(years) < 2 or wide.empty or is_missing:
        return pd.DataFrame(columns=GROWTH_COLUMNS)

    waves = None
    critical_value = rates.Z
    if baseline.course is not None:
        waves = wave_covariance(baseline.course, list(wide.index), years)
        critical_value = baseline.course.critical_value
    basis = baseline.of.edition.bescherming.basis
    causes = split(wide, basis, critical_value, waves)
    row = pd.DataFrame([causes])

    # What they add up to may stand in a table as well, with its own bound.
    is_all = received["value"] == "all"
    of_all = received[is_all].dropna(subset="count")
    off_of_all = of_all.set_index("period")["off"]
    for end, code in zip(("from", "to"), years, strict=True):
        bound = bound_of(f"count_{end}")
        off_together = wide[f"off_{end}"].sum()
        off = off_of_all.get(code, off_together)
        row[f"period_{end}"] = code
        row[bound] = int(off)
    return row[GROWTH_COLUMNS]


def _years_of(baseline: Baseline, years: list[str]) -> pd.DataFrame:
    """Per gemeente what `split` needs of these years."""
    rows = baseline.per_period.set_index("area")
    is_later = rows["state"] == "not_applicable"
    count = rows["count"].mask(is_later, 0)
    count = count.astype("float64")
    rows = rows.assign(n=count)
    wide = pd.DataFrame(index=list(baseline.of.delivered))
    for end, code in zip(("from", "to"), years, strict=False):
        of_year = rows[rows["period"] == code]
        wide[f"n_{end}"] = of_year["n"]
        wide[f"t_{end}"] = of_year["connected_months"]
        wide[f"off_{end}"] = of_year["off"]
    return wide.assign(dispersion=baseline.dispersion)


def wave_covariance(course: Course, slugs: list[str], years: list[str]) -> Floats:
    """By how much waves through the district move counts of gemeenten in two years.

    Of gemeenten in the first year, and then in the second:

        σ² Σ_k Σ_l m_gk m_hl ρ^|k − l|    of the months k of one year and l of the other
    """
    of_year = course.given.months[YEAR]
    rows = []
    for year in years:
        is_inside = (of_year == year).to_numpy()
        for slug in slugs:
            means = np.zeros(len(of_year))
            if slug in course.given.levels:
                means = course.means[course.given.levels.index(slug)]
            rows.append(means * is_inside)
    of_months = np.array(rows)
    correlation = persistence(len(of_year))
    return course.wave_variance * of_months @ correlation @ of_months.T


def split(
    years: pd.DataFrame,
    basis: int,
    critical_value: float = rates.Z,
    waves: Floats | None = None,
) -> dict[str, float]:
    """The causes of growth of these gemeenten together, and how sure (Kitagawa 1955).

    `years`: per gemeente counts, how far these may be off, and connected months (`n_from`,
    `off_from`, `t_from`, `n_to`, …), and `dispersion`. `waves`: see `wave_covariance`.

        new = Σ n_to    of who had no time in the first year
        same = Σ (n_to / t_to − n_from / t_from) (t_from + t_to) / 2    of all others
        months = growth − new − same                 joined = new + months

    What part `joined` is of a clear growth lies between `share_low` and `share_high`
    (Fieller 1954).
    """
    n_from = years["n_from"].to_numpy("float64")
    n_to = years["n_to"].to_numpy("float64")
    counts = np.concatenate([n_from, n_to])
    weights = _Weights.of(years)
    new = float(weights.new @ counts)
    same = float(weights.same @ counts)
    joined = float(weights.joined @ counts)

    covariance = _covariance(years, basis, weights.same, waves)
    margin_of_same = critical_value * _error(weights.same, covariance)
    margin_of_joined = critical_value * _error(weights.joined, covariance)
    reached = critical_value**2 * covariance
    share_low, share_high = _share(weights, counts, reached)
    return {
        "count_from": float(n_from.sum()),
        "count_to": float(n_to.sum()),
        "new": new,
        "months": joined - new,
        "same": same,
        "joined": joined,
        "same_low": same - margin_of_same,
        "same_high": same + margin_of_same,
        "joined_low": joined - margin_of_joined,
        "joined_high": joined + margin_of_joined,
        "share_low": share_low,
        "share_high": share_high,
    }


def _error(weights: Floats, covariance: Floats) -> float:
    """The standard error of a weighted sum."""
    variance = weights @ covariance @ weights
    return float(np.sqrt(variance))


@dataclass(frozen=True)
class _Weights:
    """What a melding counts for in each cause.

    Of gemeenten in the first year, and then in the second.
    """

    growth: Floats
    new: Floats
    same: Floats

    @property
    def joined(self) -> Floats:
        """All that is not a different number per month."""
        return self.growth - self.same

    @classmethod
    def of(cls, years: pd.DataFrame) -> "_Weights":
        """Those of gemeenten with this time in both years."""
        t_from = years["t_from"].to_numpy("float64")
        t_to = years["t_to"].to_numpy("float64")
        is_new = t_from == 0
        has_both = ~is_new & (t_to > 0)
        middle = (t_from + t_to) / 2
        one = np.ones(len(years))
        none = np.zeros(len(years))

        of_first = none - is_new  # what came before a connection is none of `joined`
        of_last = none.copy()
        np.divide(-middle, t_from, out=of_first, where=has_both)
        np.divide(middle, t_to, out=of_last, where=has_both)
        return cls(
            growth=np.concatenate([-one, one]),
            new=np.concatenate([none, none + is_new]),
            same=np.concatenate([of_first, of_last]),
        )


def _covariance(
    years: pd.DataFrame,
    basis: int,
    same: Floats,
    waves: Floats | None,
) -> Floats:
    """The covariance of the counts: by chance or in waves, whichever moves `same` more.

    Of each count by itself φ n + R by chance, and n + R beside waves.
    """
    n_from = years["n_from"].to_numpy("float64")
    t_from = years["t_from"].to_numpy("float64")
    counts = np.concatenate([n_from, years["n_to"]])
    phi = np.concatenate([years["dispersion"], years["dispersion"]])
    off = np.concatenate([years["off_from"], years["off_to"]])
    rounding = rates.rounding_variance(off, basis)
    # Nothing before a connection is certain.
    has_none = (t_from == 0) & (n_from == 0)
    is_sure = np.concatenate([has_none, np.zeros_like(has_none)])

    variance = np.where(is_sure, 0.0, phi * counts + rounding)
    by_chance = np.diag(variance)
    if waves is None:
        return by_chance
    variance_beside = np.where(is_sure, 0.0, counts + rounding)
    by_waves = np.diag(variance_beside) + waves
    is_wider = _error(same, by_waves) > _error(same, by_chance)
    return by_waves if is_wider else by_chance


def _share(weights: _Weights, counts: Floats, reached: Floats) -> Floats:
    """Between which parts of the growth joining lies; missing when no growth is clear.

    Fieller: the parts s of which (J − s G)² ≤ V(J − s G). `reached`: the covariance, in
    squares of the critical value.
    """
    joined = weights.joined
    growth = weights.growth
    number_joined = float(joined @ counts)
    number_grown = float(growth @ counts)
    of_growth = float(growth @ reached @ growth)
    of_both = float(joined @ reached @ growth)
    of_joined = float(joined @ reached @ joined)
    if number_grown <= of_growth**0.5:
        return np.array([np.nan, np.nan])

    # a s² − 2 b s + c = 0
    a = number_grown**2 - of_growth
    b = number_joined * number_grown - of_both
    c = number_joined**2 - of_joined
    roots = np.roots([a, -2 * b, c])
    ends = np.sort(roots.real)
    lowest, highest = FURTHEST_JOINING
    return ends.clip(lowest, highest)
