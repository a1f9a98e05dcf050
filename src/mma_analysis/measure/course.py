"""One model of all questions about time: the course that gemeenten share, from released totals.

    expected(gemeente, month) = level × connected time × exp(columns × coefficients)

The levels are conditioned on (fixed effects): what a gemeente received in all is given. So the
course is fitted to totals that everybody has. A question is a column, which may differ per
gemeente. `docs/methode.md` has the formulas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import t

from mma_analysis.measure.frame import BEFORE, DAYS_PER_MONTH, HALF, WHOLE, Frame
from mma_analysis.measure.rates import LEVEL, rounding_variance

Floats = NDArray[np.float64]
Row = tuple[float, Floats]  # a released total, and which part of the expected receipts it is of
MOST_STEPS, CLOSE = 100, 1e-8
WORST_CONDITION = 1e10  # of the information: beyond it two columns cannot be told apart
NOTHING = 1e-7  # of the largest eigenvalue: what is smaller is a sum that holds by itself
FEWEST_FREE = 4  # totals beyond those that the columns need
MONTHS_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
NO_END = 10**6  # of the last months since a connection
PERSISTENCE = 0.6  # how much of a wave through the district is left a month later


@dataclass(frozen=True)
class Totals:
    """Released totals of an edition: what the course is fitted to.

    `months`: with the years `elapsed` since the first; `levels`: the gemeenten, and apart
    what one received before its connection; what each `received`, and its connected `time` (levels
    × months); `counts`: of all per month; `early`, `parts`: months since the connection → what all
    received in them, and which part of the time is in them; `rounding`: its variance.
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
        return self.months["elapsed"].to_numpy(dtype="float64")

    def seasons(self, waves: int | None = None) -> dict[str, Floats]:
        """Columns of a season: so many waves a year, two when there is time enough to see them."""
        number = (2 if len(self.months) >= MONTHS_OF_TWO_WAVES else 1) if waves is None else waves
        return season(self.year, number)

    def trend(self) -> dict[str, Floats]:
        """Columns of a straight trend and a season."""
        return {"year": self.year, **self.seasons()}

    def start_up(self, until: int) -> tuple[dict[str, Floats], list[Row]]:
        """Columns of the first months after connection, until this one, and their totals."""
        ends = {name: int(name.split("-")[1] or NO_END) for name in self.parts}
        names = [n for n, end in ends.items() if end <= until and (self.parts[n] * self.time).any()]
        rows = [(self.early[name], self.parts[name]) for name in names if name in self.early]
        return {name: self.parts[name] for name in names}, rows


def season(year: Floats, waves: int) -> dict[str, Floats]:
    """Sine and cosine columns for so many waves a year, at these times in years."""
    turns = {n: 2 * np.pi * n * year for n in range(1, waves + 1)}
    shapes = (("sine", np.sin), ("cosine", np.cos))
    return {f"{name}_{n}": of(turn) for n, turn in turns.items() for name, of in shapes}


@dataclass(frozen=True)
class Course:
    """A course fitted to `given` totals: column → coefficient on the scale of the logarithm.

    `by_chance`, `by_waves`: their covariance with the dispersion, and with a wave of variance
    `waves`; intervals have the larger, and Student's t with `free` degrees of freedom. `misfit`: Q
    of the residuals; `means`: expected (levels × months); `parts_of_year`: of each level.
    """

    given: Totals
    coefficients: dict[str, float]
    by_chance: Floats
    by_waves: Floats
    misfit: float
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
        place = list(self.coefficients).index("year")
        return float(np.sqrt(max(1.0, self.by_waves[place, place] / self.by_chance[place, place])))

    def variance(self, direction: Floats) -> float:
        """Variance of a combination of the coefficients."""
        both = (direction @ of @ direction for of in (self.by_chance, self.by_waves))
        return float(max(both)) * self.wider**2

    def ratio(self, column: str, more_variance: float = 0.0) -> tuple[float, float, float]:
        """The factor that one step of a column makes, with its 95 % interval."""
        direction = np.array([float(name == column) for name in self.coefficients])
        off = self.reach * np.sqrt(self.variance(direction) + more_variance)
        ratio, low, high = np.exp(self.coefficients[column] + np.array([0, -off, off]))
        return float(ratio), float(low), float(high)

    def on_months(self, columns: Mapping[str, Floats]) -> Floats:
        """What these columns together add to each level and month, on the scale of the log."""
        added = (self.coefficients[name] * column for name, column in columns.items())
        return sum(added, np.zeros(self.given.time.shape))


def fitted(
    given: Totals, columns: Mapping[str, Floats], rows: Sequence[Row] = (), wider: float = 1.0
) -> Course | None:
    """Fit the course by Fisher scoring on the quasi-score of the released totals.

    `columns`: per month or per level and month. `rows`: totals beside those of the months; with
    these `wider` is the `Course.widening` of the fit without. None when columns cannot be told
    apart, the best fit lies at infinity, or fewer than `FEWEST_FREE` totals are left.
    """
    levels, months = given.time.shape
    design = np.stack([np.broadcast_to(c, (levels, months)) for c in columns.values()], axis=-1)
    of_months = np.broadcast_to(np.eye(months)[:, None, :], (months, levels, months))
    parts = np.concatenate([of_months, *[part[None] for _, part in rows]])
    flat = parts.reshape(len(parts), -1)
    counts = np.concatenate([given.counts, [count for count, _ in rows]])
    # By rounding: the months add up to a total that is given, other totals are free.
    noise = np.eye(len(counts)) * given.rounding
    noise[:months, :months] -= given.rounding / months
    beta = np.zeros(len(columns))
    for _ in range(MOST_STEPS):
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            shares = softmax(np.log(given.time) + design @ beta, axis=1)
        means = given.received[:, None] * shares
        centred = design - (shares[..., None] * design).sum(axis=1, keepdims=True)
        by_level = np.einsum("sgk,gkj->gsj", parts, means[..., None] * centred, optimize=True)
        of_level = np.einsum("sgk,gk->sg", parts, shares, optimize=True)
        by_chance = (flat * means.ravel()) @ flat.T - (of_level * given.received) @ of_level.T
        _, rank = _inverse(by_chance)
        inverse, _ = _inverse(by_chance + noise, rank)
        slopes, residuals = by_level.sum(axis=0), counts - flat @ means.ravel()
        information = slopes.T @ inverse @ slopes
        if not np.linalg.cond(information) < WORST_CONDITION:
            return None
        step = np.linalg.solve(information, slopes.T @ inverse @ residuals)
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            break
    else:
        return None
    free = rank - len(columns)
    if free < FEWEST_FREE or means.sum(axis=0).min() < CLOSE:
        return None
    bread = np.asarray(np.linalg.inv(information), "float64")
    gain = bread @ slopes.T @ inverse
    misfit = float(residuals @ inverse @ residuals)
    # What a wave moves: a month's level goes up for all, and each gemeente's total is given.
    moved = np.einsum("sgk,gk->sk", parts, means, optimize=True)
    moved = moved - (of_level * given.received) @ shares
    covariance = moved @ persistence(months) @ moved.T
    leaves = np.eye(len(counts)) - slopes @ gain
    room = float(np.trace(inverse @ leaves @ covariance @ leaves.T))
    waves = max(0.0, (misfit - free) / room) if room > 0 else 0.0
    parts_of_year = np.zeros(levels)
    if "year" in columns:
        year = list(columns).index("year")
        parts_of_year = np.array([(gain @ one)[year, year] for one in by_level])
    return Course(
        given,
        dict(zip(columns, beta.tolist(), strict=True)),
        by_chance=max(1.0, misfit / free) * bread,
        by_waves=bread + waves * gain @ covariance @ gain.T,
        misfit=misfit,
        free=free,
        waves=waves,
        means=means,
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


def persistence(months: int) -> Floats:
    """The correlation between months of a wave through the district."""
    place = np.arange(months)
    return PERSISTENCE ** np.abs(place[:, None] - place)


def totals(of: Frame, counts: pd.DataFrame) -> Totals | None:
    """The totals that tell of the course; None without a connection date, a count or a melding."""
    per_period = with_time(of, counts)
    gemeenten = per_period[per_period["area"].isin(of.delivered)]
    if gemeenten.empty or gemeenten["connected_months"].isna().any():
        return None
    halfway = of.calendar["begin"] + (of.calendar["end"] - of.calendar["begin"]) / 2
    elapsed = (halfway - of.calendar["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    months = of.calendar.assign(elapsed=elapsed)
    levels, received, time = _levels(gemeenten, of, months)
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    months = months[is_heard]
    district = per_period[per_period["area"] == of.district].set_index("period")["count"]
    tips = district.reindex(months.index)
    if not is_heard.any() or tips.isna().any() or np.isnan(received).any() or not tips.sum():
        return None
    since = counts[counts["table"] == "since_connection"].set_index("period")["count"].dropna()
    parts = {name: _part_since(of, name, levels, months) for name in of.since_bins}
    return Totals(
        months=months,
        levels=levels,
        received=received,
        time=time[:, is_heard],
        # The district counts a tip that two gemeenten received once, the gemeenten twice.
        counts=tips.to_numpy(dtype="float64") * received.sum() / tips.sum(),
        early={name: float(since[name]) for name in parts if name in since.index},
        parts=parts,
        rounding=float(rounding_variance(int(per_period["basis"].max()))),
    )


def with_time(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time."""
    columns = ["area", "period", "kind", "count", "basis", "state"]
    rows = counts.loc[counts["table"] == "per_period", columns]
    return rows.merge(of.exposure, on=["area", "period"], how="left")


def _levels(
    gemeenten: pd.DataFrame, of: Frame, months: pd.DataFrame
) -> tuple[list[str], Floats, Floats]:
    """Levels, `received` and `time` of `Totals`, without those of which one of both is nothing."""
    whole = gemeenten[gemeenten["kind"] == WHOLE].set_index("area")
    count = whole["count"].astype("Float64").mask(whole["state"] == "not_applicable", 0)
    connected = of.exposure.pivot_table("connected_months", "area", "period", "sum")
    connected = connected.reindex(index=whole.index, columns=months.index)
    # What a gemeente registered, shown, in half years before its connection; and their time.
    is_early = gemeenten["kind"].eq(HALF) & gemeenten["connected_months"].eq(0)
    early = gemeenten[is_early & gemeenten["state"].eq("shown")]
    before = early.groupby("area")["count"].sum().reindex(whole.index, fill_value=0)
    before = before.to_numpy(dtype="float64")
    days = (months["end"] - months["begin"]).dt.days + 1
    early_halves = [early.loc[early["area"] == slug, "period"] for slug in whole.index]
    early_time = [days.where(months[HALF].isin(its), 0) / DAYS_PER_MONTH for its in early_halves]
    later = np.maximum(count.to_numpy(dtype="float64", na_value=np.nan) - before, 0.0)
    received = np.concatenate([later, before])
    time = np.vstack([connected.to_numpy(dtype="float64"), *early_time])
    is_level = ~(received <= 0) & (time.sum(axis=1) > 0)
    names = [*whole.index, *(f"{slug} {BEFORE}" for slug in whole.index)]
    levels = [name for name, is_one in zip(names, is_level, strict=True) if is_one]
    return levels, received[is_level], time[is_level]


def _part_since(of: Frame, name: str, levels: list[str], months: pd.DataFrame) -> Floats:
    """Which part of the connected time of each level and month is in these months since then."""
    bins = of.days_since.query("value == @name").set_index("area").reindex(levels)
    bins = bins.assign(connected=of.connected_on.reindex(levels))
    day = {
        end: bins[end].to_numpy("datetime64[D]")[:, None] for end in ("begin", "end", "connected")
    }
    first, last = (months[end].to_numpy("datetime64[D]") for end in ("begin", "end"))
    in_all = (last - np.maximum(first, day["connected"])).astype("float64") + 1
    inside = np.minimum(last, day["end"]) - np.maximum(first, day["begin"])
    is_absent = np.isnat(day["begin"]) | np.isnat(day["connected"]) | (in_all <= 0)
    inside = np.clip(inside.astype("float64") + 1, 0, None)
    return np.where(is_absent, 0.0, inside / np.maximum(in_all, 1))
