"""One model of all questions about time: the course that gemeenten share, from released totals.

    expected(gemeente, month) = level × connected time × exp(columns × coefficients)

The levels are conditioned on (fixed effects): what a gemeente received in all is given. So the
course is fitted to totals that everybody has: of the months of the district, of the first months
after connection, of the half years of one gemeente. A question is a column; a column may differ per
gemeente. `docs/methode.md` has the formulas; the numbers of tests/test_measure_course.py are R's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import t

from mma_analysis.measure.frame import BEFORE_CONNECTION, DAYS_PER_MONTH, Frame
from mma_analysis.measure.periods import HALF, MONTH, WHOLE, longer_period
from mma_analysis.measure.rates import rounding_variance
from mma_analysis.measure.released import SHOWN
from mma_analysis.measure.verdicts import LEVEL

Floats = NDArray[np.float64]
MOST_STEPS, CLOSE = 100, 1e-8
WORST_CONDITION = 1e10  # of the information: beyond it two columns cannot be told apart
NOTHING = 1e-7  # of the largest eigenvalue: what is smaller is a sum that holds by itself
FEWEST_FREE = 4  # totals beyond those that the columns need
FEWEST_MONTHS = 18  # with less a season cannot be told from a trend
MONTHS_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
SHORT_START_UP, LONG_START_UP = 6, 12  # months after the connection
NO_END = 10**6  # of the last months since a connection
PERSISTENCE = 0.6  # how much of a wave through the district is left a month later


@dataclass(frozen=True)
class Totals:
    """Released totals of an edition: what the course is fitted to.

    `months`
        One row per month in which a gemeente was connected: `period`, `begin`, `end`, `year` (of
        its middle, in years since the first).
    `levels`
        The gemeenten; what one received before its connection is a level of its own.
    `received`, `time`
        What each level received in all, and (levels × months) how long it was connected.
    `counts`
        What all levels received per month.
    `early`
        Months since the connection (`1-3`, …) → what all received in them.
    `parts`
        The same → which part of the connected time (levels × months) was in them.
    `rounding`
        The variance that rounding adds to a total; 0 when they are exact.
    """

    months: pd.DataFrame
    levels: list[str]
    received: Floats
    time: Floats
    counts: Floats
    early: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, Floats] = field(default_factory=dict)
    rounding: float = 0.0

    @property
    def year(self) -> Floats:
        """The middle of each month, in years since the first."""
        return self.months["year"].to_numpy(dtype="float64")

    def seasons(self, waves: int | None = None) -> dict[str, Floats]:
        """Columns of a season: so many waves a year, two when there is time enough to see them."""
        number = (2 if len(self.months) >= MONTHS_OF_TWO_WAVES else 1) if waves is None else waves
        return season(self.year, number)

    def trend(self) -> dict[str, Floats]:
        """Columns of a straight trend and a season."""
        return {"year": self.year, **self.seasons()}

    def start_up(self, until: int) -> tuple[dict[str, Floats], list["Row"]]:
        """Columns of the first months after connection, until this one, and their totals."""
        ends = {name: int(name.split("-")[1] or NO_END) for name in self.parts}
        names = [n for n, end in ends.items() if end <= until and (self.parts[n] * self.time).any()]
        rows = [Row(self.early[name], self.parts[name]) for name in names if name in self.early]
        return {name: self.parts[name] for name in names}, rows


def season(year: Floats, waves: int) -> dict[str, Floats]:
    """Sine and cosine columns for so many waves a year, at these times in years."""
    turns = {n: 2 * np.pi * n * year for n in range(1, waves + 1)}
    shapes = (("sine", np.sin), ("cosine", np.cos))
    return {f"{name}_{n}": of(turn) for n, turn in turns.items() for name, of in shapes}


@dataclass(frozen=True)
class Row:
    """One more released total: of which part of the expected receipts (levels × months) it is."""

    count: float
    part: Floats


@dataclass(frozen=True)
class Course:
    """A fitted course.

    `coefficients` are on the scale of the logarithm; `by_chance` is their covariance, widened by
    the `dispersion`; `by_waves` that of chance and of a wave through the district of variance
    `waves`. Every interval has the larger of both, and Student's t with `free` degrees of freedom.
    `means`: what is expected (levels × months). `parts_of_year`: which part each level has in the
    estimate of the column `year`.
    """

    columns: list[str]
    coefficients: Floats
    by_chance: Floats
    by_waves: Floats
    misfit: float  # Q of the residuals
    free: int
    waves: float
    means: Floats
    parts_of_year: Floats
    wider: float = 1.0

    @property
    def dispersion(self) -> float:
        """How much more totals vary than by chance; at least 1."""
        return max(1.0, self.misfit / self.free)

    @property
    def reach(self) -> float:
        """How many standard errors the 95 % interval goes to each side."""
        return float(t.ppf((1 + LEVEL) / 2, self.free))

    @property
    def widening(self) -> float:
        """How much wider waves make the error of the column `year`."""
        place = self.columns.index("year")
        return float(np.sqrt(max(1.0, self.by_waves[place, place] / self.by_chance[place, place])))

    def variance(self, direction: Floats) -> float:
        """Variance of a combination of the coefficients."""
        both = [
            direction @ covariance @ direction for covariance in (self.by_chance, self.by_waves)
        ]
        return float(max(both)) * self.wider**2

    def estimate(self, column: str, more_variance: float = 0.0) -> tuple[float, float, float]:
        """A coefficient with its 95 % interval, on the scale of the logarithm."""
        place = self.columns.index(column)
        error = np.sqrt(self.variance(np.eye(len(self.columns))[place]) + more_variance)
        middle = self.coefficients[place]
        return float(middle), float(middle - self.reach * error), float(middle + self.reach * error)

    def ratio(self, column: str, more_variance: float = 0.0) -> tuple[float, float, float]:
        """The factor that one step of a column makes, with its 95 % interval."""
        middle, low, high = np.exp(self.estimate(column, more_variance))
        return float(middle), float(low), float(high)


def totals(
    of: Frame, per_period: pd.DataFrame, since_connection: pd.DataFrame | None = None
) -> Totals | None:
    """Take the released totals that tell of the course.

    Parameters
    ----------
    per_period, since_connection
        Released totals: `area`, `period`, `kind`, `count`, `basis`, `state`, `connected_months`;
        and per `value` (months since the connection) `count`, when these are needed.

    Returns
    -------
    Totals | None
        None when a gemeente that delivered has no known connection date, nobody received anything
        in connected time, or a month or total was left out (state `hidden`).
    """
    own = per_period[per_period["area"].isin(of.delivered)]
    if own.empty or own["connected_months"].isna().any():
        return None
    months = _months(of.periods)
    levels, received, time = _levels(own, of, months)
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    of_district = per_period[per_period["area"] == of.vocabulary.district.slug]
    counts = of_district.set_index("period")["count"].reindex(months["period"][is_heard])
    if not is_heard.any() or counts.isna().any() or np.isnan(received).any() or not counts.sum():
        return None
    # The district counts a tip that two gemeenten received once, the gemeenten twice.
    receipts = counts.to_numpy(dtype="float64") * received.sum() / counts.sum()
    basis = int(per_period["basis"].max())
    parts, early = {}, pd.Series(dtype="float64")
    if since_connection is not None:
        parts = _parts_since(of, levels, months[is_heard])
        early = since_connection.set_index("value")["count"].dropna().astype("float64")
    return Totals(
        months=months[is_heard].reset_index(drop=True),
        levels=levels,
        received=received,
        time=time[:, is_heard],
        counts=receipts,
        early={name: float(early[name]) for name in parts if name in early.index},
        parts=parts,
        rounding=float(rounding_variance(basis)),
    )


def fitted(
    given: Totals, columns: Mapping[str, Floats], rows: list[Row] | None = None, wider: float = 1.0
) -> Course | None:
    """Fit the course by Fisher scoring on the quasi-score of the released totals.

    Parameters
    ----------
    columns
        Name → values, per month or per level and month; no intercept, as each gemeente has a level.
    rows
        Totals beside those of the months. Waves are not estimated again with these: `wider` says
        how much wider they make the errors (`Course.widening` of the fit without).

    Returns
    -------
    Course | None
        None when columns cannot be told apart, the best fit lies at infinity, or fewer than
        `FEWEST_FREE` totals are left to see how well it fits.
    """
    extra = rows or []
    shape = given.time.shape
    design = np.stack([np.broadcast_to(c, shape) for c in columns.values()], axis=-1)
    of_months = np.broadcast_to(np.eye(shape[1])[:, None, :], (shape[1], *shape))
    parts = np.concatenate([of_months, *[row.part[None] for row in extra]])
    counts = np.concatenate([given.counts, [row.count for row in extra]])
    noise = _rounding(given.rounding, shape[1], len(extra))
    beta = np.zeros(len(columns))
    for _ in range(MOST_STEPS):
        state = _State.at(given, design, parts, beta, noise)
        information = state.slopes.T @ state.inverse @ state.slopes
        if not np.linalg.cond(information) < WORST_CONDITION:
            return None
        score = state.slopes.T @ state.inverse @ (counts - state.expected)
        step = np.linalg.solve(information, score)
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            return _course(given, list(columns), beta, state, counts, wider)
    return None


@dataclass(frozen=True)
class _State:
    """All that the fit needs at one value of the coefficients."""

    shares: Floats  # levels × months: where what a level received is expected
    means: Floats
    expected: Floats  # per total
    slopes: Floats  # totals × columns: how the expected totals move
    by_level: Floats  # levels × totals × columns: which part of these slopes is each level's
    inverse: Floats  # of the covariance of the totals
    parts: Floats
    rank: int

    @classmethod
    def at(
        cls, given: Totals, design: Floats, parts: Floats, beta: Floats, noise: Floats
    ) -> "_State":
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            shares = softmax(np.log(given.time) + design @ beta, axis=1)
        means = given.received[:, None] * shares
        centred = design - (shares[..., None] * design).sum(axis=1, keepdims=True)
        by_level = np.einsum("sgk,gkj->gsj", parts, means[..., None] * centred, optimize=True)
        of_level = np.einsum("sgk,gk->sg", parts, shares, optimize=True)
        flat = parts.reshape(len(parts), -1)
        by_chance = (flat * means.ravel()) @ flat.T - (of_level * given.received) @ of_level.T
        _, rank = _inverse(by_chance)
        inverse, _ = _inverse(by_chance + noise, rank)
        slopes, expected = by_level.sum(axis=0), flat @ means.ravel()
        return cls(shares, means, expected, slopes, by_level, inverse, parts, rank)


def _course(
    given: Totals, columns: list[str], beta: Floats, state: _State, counts: Floats, wider: float
) -> Course | None:
    free = state.rank - len(columns)
    expected_at_all = state.means.sum(axis=0)
    if free < FEWEST_FREE or expected_at_all.min() < CLOSE:
        return None
    bread = np.asarray(np.linalg.inv(state.slopes.T @ state.inverse @ state.slopes), "float64")
    gain = bread @ state.slopes.T @ state.inverse
    residuals = counts - state.expected
    misfit = float(residuals @ state.inverse @ residuals)
    # What a wave moves: a month's level goes up for all, and each gemeente's total is given.
    of_level = np.einsum("sgk,gk->sg", state.parts, state.shares, optimize=True)
    moved = np.einsum("sgk,gk->sk", state.parts, state.means, optimize=True)
    moved = moved - (of_level * given.received) @ state.shares
    place = np.arange(len(given.months))
    correlation = PERSISTENCE ** np.abs(place[:, None] - place)
    covariance = moved @ correlation @ moved.T
    leaves = np.eye(len(counts)) - state.slopes @ gain
    room = float(np.trace(state.inverse @ leaves @ covariance @ leaves.T))
    waves = max(0.0, (misfit - free) / room) if room > 0 else 0.0
    parts_of_year = np.zeros(len(given.levels))
    if "year" in columns:
        year = columns.index("year")
        parts_of_year = np.array([(gain @ own)[year, year] for own in state.by_level])
    return Course(
        columns=columns,
        coefficients=beta,
        by_chance=max(1.0, misfit / free) * bread,
        by_waves=bread + waves * gain @ covariance @ gain.T,
        misfit=misfit,
        free=free,
        waves=waves,
        means=state.means,
        parts_of_year=parts_of_year,
        wider=wider,
    )


def _inverse(matrix: Floats, rank: int | None = None) -> tuple[Floats, int]:
    """The inverse in all directions that are free, and how many these are."""
    values, vectors = np.linalg.eigh(matrix)
    is_free = values > NOTHING * values.max()
    if rank is not None:
        is_free = np.arange(len(values)) >= len(values) - rank
    return (vectors[:, is_free] / values[is_free]) @ vectors[:, is_free].T, int(is_free.sum())


def _rounding(variance: float, months: int, extra: int) -> Floats:
    """Covariance by rounding: the months add up to a total that is given, other totals are free."""
    noise = np.eye(months + extra) * variance
    noise[:months, :months] -= variance / months
    return noise


def _months(periods: pd.DataFrame) -> pd.DataFrame:
    months = periods[periods["kind"] == MONTH].reset_index(drop=True)
    middle = months["begin"] + (months["end"] - months["begin"]) / 2
    elapsed = (middle - months["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    return months[["period", "begin", "end"]].assign(year=elapsed)


def _levels(own: pd.DataFrame, of: Frame, months: pd.DataFrame) -> tuple[list[str], Floats, Floats]:
    """Levels, `received` and `time` of `Totals`, without those of which one of both is nothing."""
    whole = own[own["kind"] == WHOLE].set_index("area")["count"].astype("Float64")
    whole = whole.mask(own[own["kind"] == WHOLE].set_index("area")["state"] == "not_applicable", 0)
    in_months = of.exposure[of.exposure["period"].isin(months["period"])]
    connected = in_months.pivot_table("connected_months", "area", "period", "sum")
    connected = connected.reindex(index=whole.index, columns=months["period"])
    early = [_before_connection(own[own["area"] == slug], of, months) for slug in whole.index]
    before = np.array([count for count, _ in early])
    received = whole.to_numpy(dtype="float64", na_value=np.nan) - before
    received = np.concatenate([np.maximum(received, 0.0), before])
    time = np.vstack([connected.to_numpy(dtype="float64"), *[time for _, time in early]])
    names = [*whole.index, *(f"{slug} {BEFORE_CONNECTION}" for slug in whole.index)]
    is_level = ~(received <= 0) & (time.sum(axis=1) > 0)
    return [n for n, is_in in zip(names, is_level, strict=True) if is_in], *(
        received[is_level],
        time[is_level],
    )


def _before_connection(own: pd.DataFrame, of: Frame, months: pd.DataFrame) -> tuple[float, Floats]:
    """What a gemeente registered, shown, in half years before its connection; and their time."""
    is_early = own["kind"].eq(HALF) & own["connected_months"].eq(0) & own["state"].eq(SHOWN)
    early, half = own[is_early], longer_period(of.periods, MONTH, HALF).reset_index(drop=True)
    days = (months["end"] - months["begin"]).dt.days + 1
    time = days.where(half.isin(early["period"]), 0) / DAYS_PER_MONTH
    return float(early["count"].sum()), time.to_numpy(dtype="float64")


def _parts_since(of: Frame, levels: list[str], months: pd.DataFrame) -> dict[str, Floats]:
    """Months since the connection → which part of the connected time of each month is in them."""
    since, parts = of.days_since, {}
    for name in of.since_bins:
        rows = since[since["value"] == name].set_index("area").reindex(levels)
        begin, end = (
            rows[side].to_numpy(dtype="datetime64[D]")[:, None] for side in ("begin", "end")
        )
        first, last = (months[side].to_numpy(dtype="datetime64[D]") for side in ("begin", "end"))
        connected = of.connected_on.reindex(levels).to_numpy(dtype="datetime64[D]")[:, None]
        days = (np.minimum(last, end) - np.maximum(first, begin)).astype("float64") + 1
        in_all = (last - np.maximum(first, connected)).astype("float64") + 1
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip(days, 0, None) / np.where(in_all > 0, in_all, np.nan)
        is_absent = np.isnat(begin) | np.isnat(connected)
        parts[name] = np.where(is_absent | np.isnan(part), 0.0, part)
    return parts
