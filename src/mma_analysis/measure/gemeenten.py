"""What can be said of one gemeente: how its counts vary, its own course, how it differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure.course import (
    CLOSE,
    FEWEST_FREE,
    FEWEST_MONTHS,
    MOST_STEPS,
    SHORT_START_UP,
    Course,
    Floats,
    Totals,
    fitted,
    totals,
)
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import (
    HALF,
    MONTH,
    WHOLE,
    YEAR,
    inhabitants,
    longer_period,
    middle,
)
from mma_analysis.measure.rates import poisson_interval, rounding_variance
from mma_analysis.measure.released import SHOWN
from mma_analysis.measure.spread import Between, paule_mandel
from mma_analysis.measure.verdicts import (
    CANNOT_TELL,
    FEWER,
    LEVEL,
    MORE,
    level_of_named,
    named,
    verdict,
)
from mma_analysis.vocabulary import Vocabulary

Slopes = dict[str, tuple[float, float]]  # gemeente → yearly change (log), and its variance
PER, MONTHS_PER_YEAR = 10_000, 12
FEWEST_COMPARED = 5  # with fewer gemeenten, how much they usually differ cannot be estimated
AS_EXPECTED = "as_expected"
NOTHING = (np.nan, np.nan, np.nan)
TAILS = (0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2)
TRENDS = ["area", "change", "low", "high", "verdict"]
COMPARISON = [
    *("area", "inhabitants", "size_class", "count", "basis"),
    *("expected", "expected_low", "expected_high", "ratio", "low", "high", "verdict"),
    *("per_10k", "per_10k_low", "per_10k_high"),
]


# --- how much counts of a gemeente vary ----------------------------------------------------------


def dispersion(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """Estimate how much more the counts of each gemeente vary than by chance.

    One row per area that delivered, the district last: `area`, `dispersion` (1 is chance alone).
    """
    rows = counts[counts["table"] == "per_period"]
    columns = ["area", "period", "kind", "count", "basis", "state"]
    per_period = rows[columns].merge(of.exposure, on=["area", "period"], how="left")
    given = totals(of, per_period)
    course = given and fitted(given, given.trend())
    district = of.vocabulary.district.slug
    if not given or not course:
        found = dict.fromkeys([*of.delivered, district], 1.0)
    else:
        found = dispersions(given, course, cells_of(of, per_period, given))
        found = {slug: found.get(slug, 1.0) for slug in of.delivered}
        found[district] = course.dispersion
    return pd.DataFrame({"area": list(found), "dispersion": list(found.values())})


@dataclass(frozen=True)
class Cells:
    """Counts of one gemeente that cut its time up: `months` says which month is in which."""

    counts: Floats
    months: Floats
    rounding: Floats


def dispersions(given: Totals, course: Course, cells: Mapping[str, Cells]) -> dict[str, float]:
    """Per gemeente: what its cells show, and what a noise of months of this size would give it."""
    means = course.means
    # Rounding varies as it does: only what chance has a part in can be more than chance.
    variance = means.sum() + given.rounding * len(given.months)
    noise = max(0.0, course.misfit / course.free - 1) * variance / (means**2).sum()
    misfit, free, by_chance = 0.0, 0, 0.0
    for slug, own in cells.items():
        expected = own.months @ means[given.levels.index(slug)]
        expected = expected * own.counts.sum() / expected.sum()
        is_there = expected > 0
        variance = (expected + own.rounding)[is_there]
        misfit += float(((own.counts - expected)[is_there] ** 2 / variance).sum())
        free += int(is_there.sum()) - 1
        part = expected[is_there] / expected.sum()
        by_chance += float(((1 - part) * expected[is_there] / variance).sum())
    of_cells = max(1.0, 1 + (misfit - free) / by_chance) if free >= FEWEST_FREE else 1.0
    return {
        slug: max(of_cells, 1 + noise * float((own**2).sum() / own.sum()))
        for slug, own in zip(given.levels, means, strict=True)
    }


def cells_of(of: Frame, per_period: pd.DataFrame, given: Totals) -> dict[str, Cells]:
    """Gemeente → its half years, or years when a half is not shown; of one cell alone none."""
    found = {}
    for slug in of.delivered:
        own = per_period[per_period["area"].eq(slug) & per_period["count"].notna()]
        own = own[own["state"].eq(SHOWN) & own["connected_months"].gt(0)]
        for kind in (HALF, YEAR):
            cells = _cells(of, own[own["kind"] == kind], given, slug, kind)
            if cells is not None:
                found[slug] = cells
                break
    return found


def _cells(of: Frame, own: pd.DataFrame, given: Totals, slug: str, kind: str) -> Cells | None:
    if slug not in given.levels:
        return None
    longer = longer_period(of.periods, MONTH, kind).reindex(given.months["period"])
    connected = given.time[given.levels.index(slug)] > 0
    needed = set(longer[connected])
    if len(needed) < 2 or not needed <= set(own["period"]):
        return None
    own = own[own["period"].isin(needed)]
    months = np.array([(longer == period).to_numpy() for period in own["period"]])
    counts = own["count"].to_numpy(dtype="float64")
    rounding = rounding_variance(own["basis"], counts)
    return Cells(counts, months & connected, rounding)


# --- its own course ------------------------------------------------------------------------------


def gemeente_trends(
    of: Frame,
    per_period: pd.DataFrame,
    public_per_period: pd.DataFrame,
    public_since_connection: pd.DataFrame,
    public_dispersion: pd.DataFrame,
    public_trend: pd.DataFrame,
) -> pd.DataFrame:
    """Estimate the yearly change of each gemeente (indicator `gemeente_trend`).

    A gemeente is named by its own counts alone; of all others the estimate is drawn to those of
    other gemeenten, so that few counts say something too.

    `per_period`: the counts of the gemeente itself; `public_…`: what everybody has, of all.

    One row per gemeente that delivered: `area`, `change` (0.05 is +5 %), `low`, `high`, `verdict`:
    `more` or `fewer` when it is named, else `no_change` or `cannot_tell`.
    """
    given = totals(of, public_per_period, public_since_connection)
    base = fitted(given, given.trend()) if given is not None else None
    whole = per_period[per_period["kind"] == WHOLE].set_index("area")["count"]
    if given is None or base is None or len(given.months) < FEWEST_MONTHS:
        rows = [(slug, *NOTHING, CANNOT_TELL) for slug in of.delivered]
        return pd.DataFrame(rows, columns=TRENDS)
    phi = public_dispersion.set_index("area")["dispersion"]
    own, public = (cells_of(of, table, given) for table in (per_period, public_per_period))
    # What the district cannot tell from its start-up, no gemeente can.
    may_name = public_trend["qualifier"].iloc[0] != "start_up"
    counts = {slug: whole.get(slug) for slug in of.delivered}
    return pd.DataFrame(
        trends_of(given, base, counts, (own, public), phi, may_name), columns=TRENDS
    )


def trends_of(
    given: Totals,
    base: Course,
    counts: Mapping[str, Any],
    cells: tuple[Mapping[str, Cells], Mapping[str, Cells]],
    phi: pd.Series,
    may_name: bool,
) -> list[tuple[str, float, float, float, str]]:
    """The rows of `gemeente_trends`, of the gemeenten in `counts`: what each received in all.

    `cells`: as each gemeente has its own, and as everybody has them.
    """
    passes = [
        [slopes(given, base, whose, phi, by) for whose in cells] for by in (0.0, _start_up(given))
    ]
    rows = []
    for slug, count in counts.items():
        both = [_beside_others(slug, *one) for one in passes]
        rows.append((slug, *_trend_of(slug in passes[0][0], both, may_name, count)))
    return rows


def slopes(
    given: Totals,
    base: Course,
    cells: Mapping[str, Cells],
    phi: pd.Series,
    by: Floats | float = 0.0,
) -> Slopes:
    """The own yearly change of gemeenten with cells, beside the season of all, and its variance.

    `by`: what else is known of months (levels × months, on the scale of the logarithm).
    """
    known = dict(zip(base.columns, base.coefficients, strict=True))
    season = sum((known[name] * values for name, values in given.seasons().items()), np.zeros(1))
    weights = given.time * np.exp(season + by)
    return {
        slug: slope(own, weights[given.levels.index(slug)], given.year, float(phi[slug]))
        for slug, own in cells.items()
        if own.counts.sum() > 0
    }


def slope(cells: Cells, weights: Floats, year: Floats, phi: float = 1.0) -> tuple[float, float]:
    """The yearly change of one gemeente, on the scale of the logarithm, and its variance.

    Multinomial, given the sum of its cells; half a unit for each keeps it finite.

    `weights`: what would come in without a change, per month; `year`: of the middle of each.
    """
    flat = cells.months @ weights
    counts = cells.counts + len(flat) * flat / flat.sum() / 2
    change, information, off = 0.0, 1.0, np.zeros(len(flat))
    for _ in range(MOST_STEPS):
        of_months = weights * np.exp(change * year)
        expected = cells.months @ of_months
        years = cells.months @ (of_months * year) / expected
        off = years - expected @ years / expected.sum()
        information = float(counts.sum() * (expected / expected.sum()) @ off**2)
        step = float(counts @ off) / information
        change += float(np.clip(step, -2.0, 2.0))
        if abs(step) < CLOSE:
            break
    by_chance = phi / (information * cells.counts.sum() / counts.sum())
    return change, by_chance + float(cells.rounding @ off**2) / information**2


def _start_up(given: Totals) -> Floats:
    """What the first months after connection had beside later ones, on the scale of the log."""
    columns, rows = given.start_up(SHORT_START_UP)
    course = fitted(given, given.trend() | columns, rows) if columns else None
    by = np.zeros(given.time.shape)
    if course is not None:
        for name, part in columns.items():
            by += course.coefficients[course.columns.index(name)] * part
    return by


def _beside_others(slug: str, own: Slopes, public: Slopes) -> Floats:
    """Changes and variances: what everybody has of others, then that of this gemeente, if any."""
    others = [estimate for other, estimate in public.items() if other != slug]
    return np.array([*others, *([own[slug]] if slug in own else [])]).reshape(-1, 2)


def _trend_of(
    has_own: bool, passes: list[Floats], may_name: bool, count: Any
) -> tuple[float, float, float, str]:
    """The change of one gemeente: its own when that is named, else drawn to the others."""
    if pd.isna(count) or count == 0 or len(passes[0]) < 2:
        return (*NOTHING, CANNOT_TELL)
    if has_own and may_name:
        first, second = (2 * ndtr(-np.abs(b) / np.sqrt(v)) for b, v in (one.T for one in passes))
        (change, variance), (again, _) = (one[-1] for one in passes)
        is_named = named(first)
        if is_named[-1] and second[-1] < 1 - LEVEL and change * again > 0:
            reach = norm.ppf((1 + level_of_named(is_named, len(is_named))) / 2) * np.sqrt(variance)
            middle, low, high = _changes(change, change - reach, change + reach)
            return middle, low, high, MORE if change > 0 else FEWER
    place = len(passes[0]) - 1 if has_own else None
    drawn = [Between(*one.T).shrunken(place, TAILS) for one in passes]
    lows, highs = ([one[end] for one in drawn] for end in (1, 2))
    change, low, high = _changes(drawn[0][0], min(lows), max(highs))
    # Of an estimate that is drawn to others nobody is named.
    return change, low, high, verdict(1 + low, 1 + high, is_named=False)


def _changes(*logs: float) -> tuple[float, ...]:
    return tuple(round(float(np.exp(log)) - 1, 2) for log in logs)


# --- beside other gemeenten ----------------------------------------------------------------------


def comparison(
    of: Frame,
    per_period: pd.DataFrame,
    public_per_period: pd.DataFrame,
    public_dispersion: pd.DataFrame,
) -> pd.DataFrame:
    """Compare each gemeente with what fits its inhabitants and time at the rate of the others.

    A difference is no judgement (indicator `comparison`). Ordered by size, never by rate.

    One row per gemeente that delivered, with a known count and time: `area`, `inhabitants`,
    `size_class`, `count`, `basis`, `expected` with `expected_low`, `expected_high` (of the others
    alone), `ratio`, `low`, `high`, `verdict` in `as_expected`,
    `more` and `fewer` (named) and `cannot_tell` (fewer than `FEWEST_COMPARED`, or a rounded 0), and
    `per_10k` (per 10,000 inhabitants per connected year) with `per_10k_low`, `per_10k_high`.
    """
    phi = public_dispersion.set_index("area")["dispersion"]
    own, public = (compared(of, table, phi) for table in (per_period, public_per_period))
    among = {slug: beside(public, slug) for slug in public.index}
    rows = []
    for slug, row in own.iterrows():
        both = pd.concat([public.drop(slug, errors="ignore"), own.loc[[slug]]])
        own_place = beside(both, str(slug))
        expected = own_place.expected
        family = [place.chance for other, place in among.items() if other != slug]
        is_named = named([*family, own_place.chance])
        level = level_of_named(is_named, len(is_named)) if is_named[-1] else LEVEL
        low, high = poisson_interval(row["count"], row["basis"], row["dispersion"], level)
        verdict = MORE if row["count"] > expected else FEWER
        rows.append(
            (
                *own_place[:3],
                *(row["count"] / expected, low / expected, high / expected),
                CANNOT_TELL
                if np.isnan(own_place.chance)
                else verdict
                if is_named[-1]
                else AS_EXPECTED,
            )
        )
    names = ["expected", "expected_low", "expected_high", "ratio", "low", "high", "verdict"]
    table = own.join(pd.DataFrame(rows, own.index, names))
    low, high = poisson_interval(table["count"], table["basis"], table["dispersion"])
    time = table["exposure"] / PER / MONTHS_PER_YEAR
    table = table.assign(
        per_10k=table["count"] / time, per_10k_low=low / time, per_10k_high=high / time
    )
    table = table.sort_values("exposure").rename_axis("area").reset_index()
    return table[COMPARISON].astype({"count": "Int64"})


def compared(of: Frame, per_period: pd.DataFrame, phi: pd.Series) -> pd.DataFrame:
    """What is compared, on the gemeente: its inhabitants, count, noise and inhabitants × time."""
    whole = per_period[per_period["kind"].eq(WHOLE) & per_period["area"].isin(of.delivered)]
    whole = whole.set_index("area").dropna(subset=["connected_months", "count"])
    spans = of.periods[of.periods["kind"] == WHOLE]
    known = inhabitants(of.vocabulary, middle(spans["begin"], spans["end"]).iloc[0])
    people = known.reindex(whole.index)
    table = pd.DataFrame(
        {
            "inhabitants": people.astype("int64"),
            "size_class": size_classes(of.vocabulary, people),
            "count": whole["count"].astype("float64"),
            "basis": whole["basis"],
            "exposure": people * whole["connected_months"],
            "dispersion": phi.reindex(whole.index),
        }
    )
    return table[table["exposure"] > 0]


class Place(NamedTuple):
    """What a gemeente would have by the others, with the interval of that, and how rare its own
    count then is; missing where nothing can be said."""

    expected: float
    low: float = np.nan
    high: float = np.nan
    chance: float = np.nan


def beside(table: pd.DataFrame, slug: str) -> Place:
    """What a gemeente would have at the rate of the others, and how rare its count then is.

    On the scale of the root, where chance is even; how much gemeenten usually differ is of the
    others (Paule and Mandel), and the interval that of a prediction.

    `table`: as made by `compared`.
    """
    others = table.drop(slug)
    if not others["exposure"].sum() or not others["count"].sum():
        return Place(np.nan)
    expected = table["exposure"] * others["count"].sum() / others["exposure"].sum()
    rounding = rounding_variance(table["basis"])
    variance = (table["dispersion"] + rounding / expected) / expected / 4
    root = np.sqrt(table["count"] / expected)
    is_judged = table["count"].gt(0) | table["basis"].eq(1)  # a rounded 0 may be 0 to 4
    known = is_judged.drop(slug)
    known = known.index[known]
    fits = float(expected[slug])
    if len(known) < FEWEST_COMPARED - 1:
        return Place(fits)
    tau2, mean, error = paule_mandel(root[known].to_numpy(), variance[known].to_numpy())
    free, off = len(known) - 1, np.sqrt(variance[slug] + tau2 + error**2)
    reach = float(student.ppf((1 + LEVEL) / 2, free)) * off
    low, high = max(mean - reach, 0.0) ** 2 * fits, (mean + reach) ** 2 * fits
    chance = 2 * student.sf(abs(root[slug] - mean) / off, free)
    return Place(fits, float(low), float(high), float(chance) if is_judged[slug] else np.nan)


def overdispersion(of: Frame, per_period: pd.DataFrame, dispersion: pd.DataFrame) -> pd.DataFrame:
    """Estimate how much gemeenten usually differ, beyond chance.

    One row: `area` (the district), `gemeenten` (compared), `usual` (0.2: usually 20 % more or less
    than fits inhabitants and time); missing with fewer than `FEWEST_COMPARED`.
    """
    table = compared(of, per_period, dispersion.set_index("area")["dispersion"])
    table = table[table["count"] > 0]
    usual = np.nan
    if len(table) >= FEWEST_COMPARED:
        expected = table["exposure"] * table["count"].sum() / table["exposure"].sum()
        rounding = rounding_variance(table["basis"])
        variance = (table["dispersion"] + rounding / expected) / expected / 4
        root = np.sqrt(table["count"] / expected)
        # Twice as much on the scale itself as on that of its root.
        usual = 2 * np.sqrt(paule_mandel(root.to_numpy(), variance.to_numpy())[0])
    row = (of.vocabulary.district.slug, len(table), usual)
    return pd.DataFrame([row], columns=["area", "gemeenten", "usual"])


def peers(of: Frame) -> pd.DataFrame:
    """Name the gemeenten of the same size class; without any, the two nearest in size.

    One row per gemeente and peer: `area`, `peer`.
    """
    spans = of.periods[of.periods["kind"] == WHOLE]
    people = inhabitants(of.vocabulary, middle(spans["begin"], spans["end"]).iloc[0])
    sizes, rows = size_classes(of.vocabulary, people), []
    for slug in people.index:
        others = people.drop(slug)
        same = list(others.index[sizes[others.index] == sizes[slug]])
        nearest = (others - people[slug]).abs().sort_values(kind="stable").index[:2]
        rows += [(slug, peer) for peer in same or nearest]
    return pd.DataFrame(rows, columns=["area", "peer"])


def size_classes(vocabulary: Vocabulary, inhabitants: pd.Series) -> pd.Series:
    """Size class of each gemeente, by `reference/size_classes.csv`: its size peers share one."""
    rows = vocabulary.reference("size_classes")
    edges = [*(float(row["from_inhabitants"]) for row in rows), np.inf]
    found = pd.cut(inhabitants, edges, right=False, labels=[row["code"] for row in rows])
    return found.astype("str")
