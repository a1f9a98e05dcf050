"""Editions as the example could have been, drawn from worlds of which it is known what changes.

Not a benchmark: coverage.py asks what the package says of these. Gemeenten, sizes and joining dates
are those of the example, over as many months as are asked for; the totals are those that would be
released, exact or rounded together.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis import protect
from mma_analysis.measure import comparison, gemeenten
from mma_analysis.measure.counts import Counts, counted
from mma_analysis.measure.course import Floats, HalfYear, Totals, fitted
from mma_analysis.measure.frame import (
    ALL_RECEIPTS,
    BEFORE_CONNECTION,
    DOUBLE,
    MONTHS_OF_KIND,
    WHOLE,
    WINDOW,
    Frame,
    frame,
)
from mma_analysis.measure.gemeenten import Baseline, Cells, baseline
from mma_analysis.measure.nested import rounding_covariance
from mma_analysis.measure.rates import rounding_variance
from mma_analysis.measure.released import exact_counts
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import TOTAL

LATER = 12  # months after an edition
ROUNDED_TO = 5  # when totals are rounded: multiples of this
WAVE = 0.2  # standard deviation of a wave


@dataclass(frozen=True)
class World:
    """How meldingen come; without anything: a constant rate per gemeente, and chance."""

    name: str
    change: float = 0.0  # per year (logarithm)
    season: float = 0.0  # height of a wave a year (logarithm)
    noise: float = 0.0  # NB: variance μ + noise μ² of a gemeente and month
    phi: float = 1.0  # NB1: variance phi μ
    wave: float | None = None  # AR: what is left of a wave through the district a month later
    start: tuple[float, ...] = ()  # factors of months 1-3, 4-6 and 7-12 since the connection
    last: tuple[float, ...] = ()  # factors of the last months
    one: tuple[str, float] = ("", 1.0)  # factor of one gemeente
    ends: tuple[str, int] = ("", 0)  # a gemeente whose file ends so many months early
    slopes: float = 0.0  # how much gemeenten differ in their change per year (logarithm)
    apart: float | None = None  # and per inhabitant (None: as in the example)
    twice: float = 0.025  # part of the tips that comes in at a second gemeente too
    campaign: float = 1.0  # factor of its topics in its months
    own: float = 0.0  # change of its topics per year beside other topics (logarithm)
    shares: float = 0.0  # how much gemeenten differ in the share of its topics (logit)
    off: int = 0  # how far totals may be from the truth: 0, or one rounding


@dataclass(frozen=True)
class Layout:
    """What is the same in every edition of so many months.

    In `given` and `base` are, instead of counts, the rows of `totals` in which these are. `later`:
    with a year more. `sums`: what of receipts (per months since the connection, gemeente and month)
    and of tips that came again (per month) each of the totals adds up.
    """

    of: Frame
    given: Totals
    base: Baseline
    compared: pd.DataFrame
    later: Totals
    totals: pd.DataFrame
    relations: pd.DataFrame
    sums: csr_array
    rates: Floats  # per connected month of each gemeente, in the example

    def rows(self, areas: list[str], periods: list[str]) -> np.ndarray:
        """Where the totals of these areas and periods are."""
        names = [f"{area}|{period}|{TOTAL}|{TOTAL}" for area in areas for period in periods]
        return self.totals.index.get_indexer(names)


@cache
def layout(months: int) -> Layout:
    """The example edition, so many months long."""
    edition = Workspace.here().edition(EXAMPLE)
    meldingen = read_and_clean(edition).meldingen
    # Its files end with the example: these editions go on.
    whole = {}
    for slug, one in edition.gemeenten.items():
        whole[slug] = one.model_copy(update={"geleverd_op": None})
    edition = edition.model_copy(update={"gemeenten": whole})

    def lasting(number: int) -> tuple[Frame, Counts, Baseline, Totals]:
        last = (pd.Timestamp(edition.begin) + pd.DateOffset(months=number, days=-1)).date()
        told = edition.evaluatie.model_copy(update={"peildatum": last})
        of = frame(edition.model_copy(update={"evaluatie": told}))
        exact = counted(meldingen, of)
        is_total = exact.cells["breakdown"].eq(TOTAL) & exact.cells["kind"].ne(WINDOW)
        cells = exact.cells[is_total].sort_values("table")  # no gemeente is on row 0
        rows = exact_counts(replace(exact, cells=cells.assign(count=range(len(cells)))))
        base = baseline(of, rows)
        assert base.course is not None
        return of, replace(exact, cells=cells), base, base.course.given

    of, exact, base, given = lasting(months)
    cells, relations, example = exact.cells, exact.relations, frame(edition)
    is_whole = relations["cell"].isin(cells.index).groupby(relations["relation"]).transform("all")
    published, time = cells["table"].ne(""), example.exposure.query(f"period == '{WHOLE}'")
    time = time.set_index("area")["connected_months"][given.levels].to_numpy()
    return Layout(
        of=of,
        given=given,
        base=base,
        compared=comparison.compared(base, base.per_period),
        later=lasting(months + LATER)[-1],
        totals=cells.assign(
            published=published,
            is_total=published & (cells["kind"].eq(WHOLE) | cells["table"].eq("received")),
            is_district=cells["area"].eq(of.vocabulary.district.slug),
            # Nothing went out before.
            set=cells.index,
            kept=np.nan,
            held=np.nan,
            least=np.nan,
            most=np.nan,
            off=float(ROUNDED_TO - 1),
            is_forgotten=False,
        ),
        relations=relations[is_whole],
        sums=_sums(of, given, cells),
        rates=meldingen["gemeente"].value_counts()[given.levels].to_numpy() / time,
    )


def _sums(of: Frame, given: Totals, cells: pd.DataFrame) -> csr_array:
    levels = np.array(given.levels)
    district, every = of.vocabulary.district.slug, levels != ""
    who = {slug: levels == slug for slug in levels}
    who |= {district: every, ALL_RECEIPTS: every, DOUBLE: ~every}
    for _, group_of in of.groups.items():
        who |= {name: np.isin(levels, one.index) for name, one in group_of.groupby(group_of)}
    who |= dict.fromkeys(set(cells["area"]) - who.keys(), ~every)  # a group without anybody
    again = {district: -1, DOUBLE: 1}
    longer = [given.months[kind] for kind in MONTHS_OF_KIND]
    rows = []
    for area, period in zip(cells["area"], cells["period"], strict=True):
        since = [one == period for one in given.parts]
        is_since = period == BEFORE_CONNECTION or any(since)
        when = np.any([one == period for one in longer], axis=0) | (period == WHOLE) | is_since
        receipts = np.outer(since if is_since else np.ones(len(since)), who[area])
        rows.append(np.append(np.multiply.outer(receipts, when), again.get(area, 0) * when))
    return csr_array(np.array(rows, dtype="float64"))


@dataclass(frozen=True)
class Edition:
    """What came in, and what is known of it.

    `expected`, `receipts`: per months since the connection, gemeente and month, with the year after
    it; `seen`: what was expected with the wave. `changes`: of each gemeente per year. `numbers`:
    all totals as they are released, and what the package makes of these.
    """

    world: World
    at: Layout
    changes: Floats
    expected: Floats
    seen: Floats
    receipts: Floats
    numbers: Floats
    received: pd.Series
    base: Baseline

    @property
    def length(self) -> int:
        """Its months."""
        return len(self.at.given.months)

    @property
    def change(self) -> float:
        """What changes per year in these gemeenten together (logarithm).

        Each one's own change, weighted by what its months tell of it: Σ μ (t − t̄)², as in a
        Poisson regression with a level per gemeente and one slope.
        """
        mean = self.expected[:, :, : self.length].sum(axis=0)
        year = self.at.later.year[: self.length]
        middle = mean @ year / mean.sum(axis=1)
        information = (mean * (year - middle[:, None]) ** 2).sum(axis=1)
        return float(np.average(self.changes, weights=information))


def drawn(world: World, months: int, chance: np.random.Generator) -> Edition:
    """Draw an edition of a world."""
    at = layout(months)
    levels, later = at.given.levels, at.later
    rates = at.rates
    if world.apart is not None:
        people, time = at.compared["exposure"][levels].to_numpy(), at.given.time.sum(axis=1)
        rates = people / time * (rates @ time) / people.sum()
        rates = rates * np.exp(world.apart * chance.standard_normal(len(levels)))
    rates = rates * [world.one[1] if slug == world.one[0] else 1.0 for slug in levels]
    changes = world.change + world.slopes * chance.standard_normal(len(levels))
    years = later.year - at.given.year.mean()
    log = changes[:, None] * years + world.season * np.sin(2 * np.pi * later.year)
    factor = np.ones(len(years))
    factor[months - len(world.last) : months] = world.last or 1.0
    start = np.array([*world.start, *[1.0] * (len(later.parts) - len(world.start))])
    is_told = told_months(world, later, months)
    expected = rates[:, None] * later.time * is_told * factor * np.exp(log)
    expected = expected * start[:, None, None] * np.array(list(later.parts.values()))
    wave = chance.standard_normal(len(years)) * (0.0 if world.wave is None else WAVE)
    for place in range(1, len(years) if world.wave else 0):
        moved = np.sqrt(1 - world.wave**2) * wave[place]
        wave[place] = world.wave * wave[place - 1] + moved
    seen = expected * np.exp(wave)
    receipts, again = came(world, seen, chance)
    expected = expected * (1 + world.twice)
    told = known(world, at, receipts, again)
    return Edition(world, at, changes, expected, seen, receipts, *told)


def told_months(world: World, given: Totals, months: int) -> Floats:
    """Which months of which level are in a file: of these it is known, as the package asks."""
    slug, early = world.ends
    is_told = np.ones(given.time.shape)
    if early:
        is_told[given.levels.index(slug), months - early : months] = 0.0
    return is_told


def came(world: World, mean: Floats, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """What comes in when this is to be expected, and how many of these tips came before."""
    of_month, noise = mean.sum(axis=0), np.ones(mean.shape[1:])
    if world.noise:
        noise = chance.gamma(1 / world.noise, world.noise, of_month.shape)
    if world.phi > 1:
        shape = np.maximum(of_month, 1e-9) / (world.phi - 1)
        noise = chance.gamma(shape) / shape
    mean = mean * noise
    receipts = chance.poisson(mean)
    again = chance.binomial(receipts.sum(axis=(0, 1)), world.twice)
    for place in np.flatnonzero(again):
        parts = mean[:, :, place].ravel() / mean[:, :, place].sum()
        receipts[:, :, place] += chance.multinomial(again[place], parts).reshape(mean.shape[:2])
    return receipts, again


def known(
    world: World, at: Layout, receipts: Floats, again: Floats
) -> tuple[Floats, pd.Series, Baseline]:
    """The last three fields of an edition."""
    months = len(at.given.months)
    is_told = told_months(world, at.given, months)
    numbers = at.sums @ np.append(receipts[:, :, :months], again[:months])
    if world.off:
        table = at.totals.assign(count=numbers.astype("int64"))
        rounded = protect.rounded(table, at.relations, ROUNDED_TO)
        assert rounded is not None
        numbers = rounded.reindex(table.index).to_numpy(dtype="float64", na_value=np.nan)
    received = pd.Series(numbers[at.given.received.astype(int)], at.given.levels)
    is_level = received.to_numpy() > 0
    tips = numbers[at.rows([at.of.vocabulary.district.slug], list(at.given.months.index))]
    parts = {since: part[is_level] for since, part in at.given.parts.items()}
    rounding = float(rounding_variance(world.off, ROUNDED_TO))
    early = {}
    for since, row in at.given.early.items():
        early[since] = HalfYear(numbers[int(row.count)], parts[since], rounding)
    given = replace(
        at.given,
        levels=[slug for slug in at.given.levels if received[slug] > 0],
        received=received.to_numpy()[is_level],
        time=(at.given.time * is_told)[is_level],
        counts=tips * received.sum() / tips.sum(),
        early=early,
        parts=parts,
        rounding=rounding_covariance(at.given.months, pd.Series(rounding, at.of.periods["period"])),
        rounding_received=rounding,
    )
    cells = {}
    for slug in [slug for slug in given.levels if slug in at.base.cells]:
        counts = numbers[at.base.cells[slug].counts.astype(int)]
        of_cells = rounding_variance(world.off, ROUNDED_TO, counts)
        connected = at.base.cells[slug].months & (given.time[given.levels.index(slug)] > 0)
        is_cell = connected.any(axis=1)
        if is_cell.sum() > 1:
            cells[slug] = Cells(counts[is_cell], connected[is_cell], of_cells[is_cell])
    course = fitted(given, given.trend())
    assert course is not None
    phi = pd.Series(gemeenten.dispersions(course, cells))
    phi = phi.reindex(at.given.levels).fillna(1.0)
    rows = at.base.per_period["count"]
    counts = pd.Series(numbers[rows.fillna(0).astype(int)], rows.index).where(rows.notna())
    per_period = at.base.per_period.assign(count=counts, off=world.off)
    return numbers, received, Baseline(at.of, per_period, course, cells, phi)
