"""One model of all questions about time: the course that gemeenten share.

expected(gemeente, month) = level × connected time × exp(columns × coefficients)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import t

from mma_analysis.measure.frame import (
    BEFORE,
    DAYS_PER_MONTH,
    HALF,
    WHOLE,
    YEAR,
    Frame,
    days_inside,
)
from mma_analysis.measure.nested import rounding_covariance
from mma_analysis.measure.rates import LEVEL, rounding_variance

Floats = NDArray[np.float64]
MOST_STEPS, CLOSE = 100, 1e-8
WORST_CONDITION = 1e10  # of the information: beyond it two columns cannot be told apart
NOTHING = 1e-7  # of the largest eigenvalue: what is smaller is a sum that holds by itself
FEWEST_FREE = 4  # totals beyond those that the columns need
MONTHS_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
NO_END = 10**6  # of the last months since a connection
MOST_EARLY = 0.05  # of what was received: before the connection
SHORT_START_UP = 6  # months since the connection
PERSISTENCE = 0.6  # how much of a wave through the district is left a month later


@dataclass(frozen=True)
class Row:
    """A released total beside those of the months, as a gemeente's own half year."""

    count: float
    part: Floats  # of the expected receipts of each level and month
    rounding: float = 0.0  # its variance; none of an exact one


@dataclass(frozen=True)
class Totals:
    """Released totals of an edition: what the course is fitted to."""

    months: pd.DataFrame  # with the years `elapsed` since the first
    levels: list[str]  # the gemeenten, and apart what one received before its connection
    received: Floats  # by each level
    time: Floats  # connected, of levels × months
    counts: Floats  # of all per month
    early: Mapping[str, Row] = field(default_factory=dict)  # of months since the connection
    parts: Mapping[str, Floats] = field(default_factory=dict)  # which part of the time is in these
    rounding: Floats | float = 0.0  # its covariance, in the counts
    rounding_received: Floats | float = 0.0  # and in what each level received

    @property
    def year(self) -> Floats:
        """The middle of each month, in years since the first."""
        return self.months["elapsed"].to_numpy(dtype="float64")

    def seasons(self, waves: int | None = None) -> dict[str, Floats]:
        """Columns of a season: so many waves a year, two when there is time enough to see them."""
        enough = 2 if len(self.months) >= MONTHS_OF_TWO_WAVES else 1
        return season(self.year, enough if waves is None else waves)

    def trend(self) -> dict[str, Floats]:
        """Columns of a straight trend and a season."""
        return {"year": self.year, **self.seasons()}

    def start_up(self, until: int = SHORT_START_UP) -> tuple[dict[str, Floats], list[Row]]:
        """Columns of the first months after connection, until this one, and their totals."""
        columns = {}
        rows = []
        for name, part in self.parts.items():
            last = name.split("-")[1]
            end = int(last or NO_END)
            has_time = (part * self.time).any()
            if end <= until and has_time:
                columns[name] = part
                rows += [self.early[name]] if name in self.early else []
        return columns, rows


def season(year: Floats, waves: int) -> dict[str, Floats]:
    """Sine and cosine columns for so many waves a year, at these times in years."""
    turns = {n: 2 * np.pi * n * year for n in range(1, waves + 1)}
    shapes = (("sine", np.sin), ("cosine", np.cos))
    return {f"{name}_{n}": of(turn) for n, turn in turns.items() for name, of in shapes}


@dataclass(frozen=True)
class Course:
    """A course fitted to totals; intervals have the larger of two covariances, and Student's t."""

    given: Totals
    columns: Mapping[str, Floats]
    coefficients: dict[str, float]  # of each column, on the scale of the logarithm
    by_chance: Floats  # their covariance with the dispersion
    by_waves: Floats  # and with a wave of variance `waves`
    misfit: float  # Q of the residuals
    free: int  # degrees of freedom
    waves: float
    means: Floats  # expected, of levels × months
    parts: Floats  # of levels in the first column
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
        """How much wider waves make the error of the first column."""
        return float(np.sqrt(max(1.0, self.by_waves[0, 0] / self.by_chance[0, 0])))

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
    given: Totals,
    columns: Mapping[str, Floats],
    rows: Sequence[Row] = (),
    wider: float = 1.0,
    prior: Mapping[str, float] | None = None,
) -> Course | None:
    """Fit the course by Fisher scoring on the quasi-score of the released totals.

    `columns`: per month or per level and month. `rows`: totals beside those of the months; with
    these `wider` is the `widening` of the fit without. `prior`: column → the standard deviation
    around 0 within which its coefficient is expected, of a normal distribution. None without
    one best fit or free totals.
    """
    levels, months = given.time.shape
    design = np.stack([np.broadcast_to(c, (levels, months)) for c in columns.values()], axis=-1)
    of_months = np.broadcast_to(np.eye(months)[:, None, :], (months, levels, months))
    parts = np.concatenate([of_months, *[row.part[None] for row in rows]])
    counts = np.concatenate([given.counts, [row.count for row in rows]])

    def together(of_cells: Floats) -> Floats:
        return np.einsum("sgk,gk...->sg...", parts, of_cells, optimize=True)

    noise = _by_rounding(given, rows)
    precision = np.zeros(len(columns))
    for place, name in enumerate(columns):
        if prior and name in prior:
            precision[place] = prior[name] ** -2
    beta = np.zeros(len(columns))
    for _ in range(MOST_STEPS):
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            shares = softmax(np.log(given.time) + design @ beta, axis=1)
        means = given.received[:, None] * shares
        centred = design - (shares[..., None] * design).sum(axis=1, keepdims=True)
        by_level, of_level = together(means[..., None] * centred), together(shares)
        flat = parts.reshape(len(parts), -1)
        by_chance = (flat * means.ravel()) @ flat.T - (of_level * given.received) @ of_level.T
        rank = int(np.linalg.matrix_rank(by_chance, rtol=NOTHING, hermitian=True))
        inverse = _inverse(by_chance + noise, rank)
        slopes, residuals = by_level.sum(axis=1), counts - flat @ means.ravel()
        information = slopes.T @ inverse @ slopes + np.diag(precision)
        if not np.linalg.cond(information) < WORST_CONDITION:
            return None
        score = slopes.T @ inverse @ residuals - precision * beta
        step = np.linalg.solve(information, score)
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
    return Course(
        given,
        columns,
        dict(zip(columns, beta.tolist(), strict=True)),
        by_chance=max(1.0, misfit / free) * bread,
        by_waves=bread + waves * gain @ covariance @ gain.T,
        misfit=misfit,
        free=free,
        waves=waves,
        means=means,
        parts=gain[0] @ by_level[..., 0],
        wider=wider,
    )


def _by_rounding(given: Totals, rows: Sequence[Row]) -> Floats:
    """The covariance of the roundings: of months, and of other totals by themselves."""
    number = len(given.months)
    of_rows = [row.rounding for row in rows]
    noise = np.diag(np.concatenate([np.zeros(number), of_rows]))
    noise[:number, :number] = given.rounding
    return noise


def _inverse(matrix: Floats, rank: int) -> Floats:
    """The inverse in so many directions, those that vary most: the others are no freedom."""
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[len(values) - rank :], vectors[:, len(values) - rank :]
    return (vectors / values) @ vectors.T


def persistence(months: int) -> Floats:
    """The correlation between months of a wave through the district."""
    place = np.arange(months)
    return PERSISTENCE ** np.abs(place[:, None] - place)


# --- what it is fitted to ------------------------------------------------------------------------


def with_time(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time; of that a rate may be made.

    Without the time of areas of which too much came in before they were connected: a rate would be
    too high. Early is what stands in half years without a connected day.
    """
    columns = ["area", "period", "kind", "count", "off", "state"]
    rows = counts.loc[counts["table"] == "per_period", columns]
    per_period = rows.merge(of.exposure, on=["area", "period"], how="left")
    is_half = per_period["kind"] == HALF
    is_before = of.is_before_connection(per_period["area"], per_period["period"])
    is_early = is_half & is_before & per_period["area"].isin(of.delivered)
    half = per_period.loc[is_early, ["area", "period", "count"]]
    year_of = dict(zip(of.calendar[HALF], of.calendar[YEAR], strict=True))
    parts = [half.assign(period=WHOLE), half.assign(period=half["period"].map(year_of))]
    of_gemeenten = pd.concat(parts)
    parts = [of_gemeenten, of_gemeenten.assign(area=of.district)]
    early = pd.concat(parts).groupby(["area", "period"])["count"].sum().rename("early")
    rows = per_period.join(early, on=["area", "period"])
    is_too_much = rows["early"].gt(MOST_EARLY * rows["count"]).fillna(False)
    time = ["connected_months", "inhabitant_years"]
    return per_period.assign(**{name: per_period[name].mask(is_too_much) for name in time})


def totals(of: Frame, counts: pd.DataFrame) -> Totals | None:
    """The totals that tell of the course; None without a connection date, a count or a melding."""
    per_period = with_time(of, counts)
    gemeenten = per_period[per_period["area"].isin(of.delivered)]
    if gemeenten.empty or of.connected_on[list(of.delivered)].isna().any():
        return None
    halfway = of.calendar["begin"] + (of.calendar["end"] - of.calendar["begin"]) / 2
    elapsed = (halfway - of.calendar["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    levels = _levels(gemeenten, of)
    received, time = levels["received"].to_numpy(), levels[list(of.calendar.index)].to_numpy()
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    months = of.calendar.assign(elapsed=elapsed)[is_heard]
    district = per_period[per_period["area"] == of.district].set_index("period")
    tips = district["count"].reindex(months.index)
    if not is_heard.any() or tips.isna().any() or np.isnan(received).any() or not tips.sum():
        return None
    basis = of.edition.bescherming.basis
    parts = _parts_since(of, list(levels.index), months)
    is_since = counts["table"] == "since_connection"
    since = counts[is_since & counts["count"].notna()]
    variance = rounding_variance(since["off"], basis)
    early = {}
    for name, count, rounding in zip(since["period"], since["count"], variance, strict=True):
        if name in parts:
            early[name] = Row(float(count), parts[name], float(rounding))
    off = district["off"].where(district["count"].notna())
    rounding = pd.Series(rounding_variance(off, basis), off.index)
    return Totals(
        months=months,
        levels=list(levels.index),
        received=received,
        time=time[:, is_heard],
        # The district counts a tip that two gemeenten received once, the gemeenten twice.
        counts=tips.to_numpy(dtype="float64") * received.sum() / tips.sum(),
        early=early,
        parts=parts,
        rounding=rounding_covariance(months, rounding),
        rounding_received=rounding_variance(levels["off"], basis),
    )


def _levels(gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What each level `received`, how far that may be `off`, and its connected time per month.

    Without those of which one of both is nothing.
    """
    whole = gemeenten[gemeenten["kind"] == WHOLE].set_index("area")
    is_later = whole["state"] == "not_applicable"
    count = whole["count"].mask(is_later, 0).astype("float64")
    connected = of.months_counted(of.calendar)
    connected = connected.reindex(whole.index)
    # What a gemeente registered, shown, in half years before its connection; and their time.
    is_half = gemeenten["kind"] == HALF
    is_before = of.is_before_connection(gemeenten["area"], gemeenten["period"])
    is_early = is_half & is_before
    is_shown = gemeenten["state"] == "shown"
    early = gemeenten[is_early & is_shown]
    halves = early.pivot_table("count", "area", "period", "sum")
    halves = halves.reindex(whole.index)
    days = (of.calendar["end"] - of.calendar["begin"]).dt.days + 1
    months = days / DAYS_PER_MONTH
    is_told = halves.reindex(columns=of.calendar[HALF]).notna()
    time = is_told * months.to_numpy()
    time = time.set_axis(of.calendar.index, axis=1)
    before = halves.sum(axis=1).astype("float64")
    off_before = early.groupby("area")["off"].sum()
    off_before = off_before.reindex(whole.index, fill_value=0)
    received = (count - before).clip(lower=0.0)
    off = whole["off"] + off_before
    later = connected.assign(received=received, off=off)
    earlier = time.assign(received=before, off=off_before)
    earlier = earlier.rename(index=lambda slug: f"{slug} {BEFORE}")
    levels = pd.concat([later, earlier])
    has_time = levels[list(of.calendar.index)].sum(axis=1) > 0
    is_nothing = levels["received"] <= 0
    return levels[has_time & ~is_nothing].astype("float64")


def _parts_since(of: Frame, levels: list[str], months: pd.DataFrame) -> dict[str, Floats]:
    """Months since then → which part of the connected time of each level and month is in these."""
    spans = of.days_since[of.days_since["value"] != BEFORE].set_index(["value", "area"])
    days = days_inside(spans, months)
    parts = (days / days.groupby("area").transform("sum")).fillna(0.0)
    names = parts.index.unique("value")
    return {str(n): parts.loc[n].reindex(levels, fill_value=0.0).to_numpy() for n in names}
