"""One model of all questions about time: the course that gemeenten share.

expected(gemeente, month) = level × connected time × exp(columns × coefficients)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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
SECONDS_PER_YEAR = 365.25 * 86400
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

    def seasons(self) -> dict[str, Floats]:
        """Columns of a season: one wave a year, two when there is time enough to see them."""
        is_long = len(self.months) >= MONTHS_OF_TWO_WAVES
        return season(self.year, 2 if is_long else 1)

    def trend(self) -> dict[str, Floats]:
        """Columns of a straight trend and a season."""
        return {"year": self.year} | self.seasons()

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
                if name in self.early:
                    rows.append(self.early[name])
        return columns, rows


def season(year: Floats, waves: int) -> dict[str, Floats]:
    """Sine and cosine columns for so many waves a year, at these times in years."""
    columns = {}
    for n in range(1, waves + 1):
        turn = 2 * np.pi * n * year
        columns[f"sine_{n}"] = np.sin(turn)
        columns[f"cosine_{n}"] = np.cos(turn)
    return columns


class Ratio(NamedTuple):
    """By what factor there is more, with its 95 % interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Course:
    """A course fitted to totals; intervals have the larger of two covariances, and Student's t.

    The covariances are of the coefficients, in the order of the columns:

        by_chance = φ (Dᵀ V⁻ D)⁻¹            by_waves = (Dᵀ V⁻ D)⁻¹ + σ² B C Bᵀ

    in the symbols of `fitted`. σ² is the `wave_variance`.
    """

    given: Totals
    columns: Mapping[str, Floats]
    coefficients: dict[str, float]  # of each column, on the scale of the logarithm
    by_chance: Floats
    by_waves: Floats
    misfit: float  # Q = rᵀ V⁻ r
    free: int  # degrees of freedom
    wave_variance: float  # of a wave through the district, on the scale of the logarithm
    means: Floats  # expected, of levels × months
    weights: Floats  # of each level in the first coefficient; together 1
    wider: float = 1.0

    @property
    def dispersion(self) -> float:
        """φ: how much more totals vary than by chance; at least 1."""
        phi = self.misfit / self.free
        return max(1.0, phi)

    @property
    def critical_value(self) -> float:
        """How many standard errors the 95 % interval goes to each side."""
        tail = (1 - LEVEL) / 2
        return float(t.isf(tail, self.free))

    @property
    def widening(self) -> float:
        """How much wider waves make the error of the first column."""
        by_chance = self.by_chance[0, 0]
        by_waves = self.by_waves[0, 0]
        more = max(1.0, by_waves / by_chance)
        return float(np.sqrt(more))

    def variance(self, direction: Floats) -> float:
        """Variance of a combination of the coefficients."""
        by_chance = direction @ self.by_chance @ direction
        by_waves = direction @ self.by_waves @ direction
        larger = max(by_chance, by_waves)
        return float(larger) * self.wider**2

    def ratio(self, column: str, more_variance: float = 0.0) -> Ratio:
        """The factor that one step of a column makes, with its 95 % interval."""
        log = self.coefficients[column]
        direction = np.array([float(name == column) for name in self.coefficients])
        error = np.sqrt(self.variance(direction) + more_variance)
        off = self.critical_value * error
        ends = np.exp([log, log - off, log + off])
        return Ratio(*ends.tolist())

    def on_months(self, columns: Mapping[str, Floats]) -> Floats:
        """What these columns together add to each level and month, on the scale of the log."""
        added = np.zeros(self.given.time.shape)
        for name, column in columns.items():
            added = added + self.coefficients[name] * column
        return added


def fitted(
    given: Totals,
    columns: Mapping[str, Floats],
    rows: Sequence[Row] = (),
    wider: float = 1.0,
    prior: Mapping[str, float] | None = None,
) -> Course | None:
    """Fit the course by Fisher scoring on the quasi-score of the released totals.

    Of level g and month k, with connected time t and N received (McCullagh 1983):

        p_gk = t_gk exp(x_gk β) / Σ_k t_gk exp(x_gk β)        m_gk = N_g p_gk
        μ = A m    D = A m (x − x̄_g)    V = A diag(m) Aᵀ − Σ_g N_g q_g q_gᵀ + R,    q_g = A p_g
        β ← β + (Dᵀ V⁻ D + P)⁻¹ (Dᵀ V⁻ (Y − μ) − P β)

    A says which levels and months a total Y adds up, R is the covariance of its rounding.

    `columns`: x, per month or per level and month. `rows`: totals beside those of the months; with
    these `wider` is the `widening` of the fit without. `prior`: column → the standard deviation
    around 0 within which its coefficient is expected, of a normal distribution: P has the
    inverse of its square. None without one best fit or free totals.
    """
    model = _Model.of(given, columns, rows, prior or {})
    beta = np.zeros(len(columns))
    at = model.at(beta)
    for _ in range(MOST_STEPS):
        at = model.at(beta)
        if not np.linalg.cond(at.information) < WORST_CONDITION:
            return None
        step = np.linalg.solve(at.information, at.score)
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            break
    else:
        return None
    free = at.rank - len(columns)
    has_empty_month = at.means.sum(axis=0).min() < CLOSE
    if free < FEWEST_FREE or has_empty_month:
        return None
    misfit = float(at.residuals @ at.inverse @ at.residuals)
    bread = np.asarray(np.linalg.inv(at.information), "float64")
    gain = bread @ at.moves.T @ at.inverse  # B: how the coefficients follow the totals
    of_a_wave = model.of_a_wave(at)  # C
    wave_variance = _wave_variance(at, gain, of_a_wave, misfit - free)
    return Course(
        given,
        columns,
        coefficients=dict(zip(columns, beta.tolist(), strict=True)),
        by_chance=max(1.0, misfit / free) * bread,
        by_waves=bread + wave_variance * gain @ of_a_wave @ gain.T,
        misfit=misfit,
        free=free,
        wave_variance=wave_variance,
        means=at.means,
        weights=gain[0] @ at.moves_of_levels[..., 0],
        wider=wider,
    )


@dataclass(frozen=True)
class _At:
    """The model at some coefficients: what it makes expected, in the symbols of `fitted`."""

    shares: Floats  # p, of levels × months
    means: Floats  # m, of levels × months
    shares_of_totals: Floats  # q, of totals × levels
    moves_of_levels: Floats  # D, of totals × levels × columns
    moves: Floats  # D, of totals × columns
    residuals: Floats  # Y − μ
    inverse: Floats  # V⁻
    rank: int  # of V without rounding
    information: Floats  # Dᵀ V⁻ D + P
    score: Floats


@dataclass(frozen=True)
class _Model:
    """Which totals are told, and what they add up; in the symbols of `fitted`."""

    given: Totals
    design: Floats  # x, of levels × months × columns
    adds_up: Floats  # A, of totals × levels × months
    counts: Floats  # Y
    rounding: Floats  # R
    precision: Floats  # the diagonal of P

    @classmethod
    def of(
        cls,
        given: Totals,
        columns: Mapping[str, Floats],
        rows: Sequence[Row],
        prior: Mapping[str, float],
    ) -> "_Model":
        """The months of these totals, and the rows beside them."""
        shape = given.time.shape
        levels, months = shape
        design = [np.broadcast_to(column, shape) for column in columns.values()]
        each_month = np.eye(months)[:, np.newaxis, :]
        of_months = np.broadcast_to(each_month, (months, levels, months))
        of_rows = [row.part[np.newaxis] for row in rows]
        counts = [row.count for row in rows]
        precision = np.zeros(len(columns))
        for place, name in enumerate(columns):
            if name in prior:
                precision[place] = prior[name] ** -2
        return cls(
            given,
            design=np.stack(design, axis=-1),
            adds_up=np.concatenate([of_months, *of_rows]),
            counts=np.concatenate([given.counts, counts]),
            rounding=_rounding(given, rows),
            precision=precision,
        )

    def at(self, beta: Floats) -> _At:
        """What is expected at these coefficients, and in which direction it fits better."""
        received = self.given.received
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            log = np.log(self.given.time) + self.design @ beta
        shares = softmax(log, axis=1)
        means = received[:, np.newaxis] * shares
        centre = (shares[..., np.newaxis] * self.design).sum(axis=1, keepdims=True)
        of_columns = means[..., np.newaxis] * (self.design - centre)
        moves_of_levels = self._of_levels(of_columns)
        moves = moves_of_levels.sum(axis=1)

        flat = self.adds_up.reshape(len(self.counts), -1)
        residuals = self.counts - flat @ means.ravel()
        q = self._of_levels(shares)
        # Given what each level received, its totals are a multinomial.
        by_chance = (flat * means.ravel()) @ flat.T - (q * received) @ q.T
        rank = int(np.linalg.matrix_rank(by_chance, rtol=NOTHING, hermitian=True))
        inverse = _inverse(by_chance + self.rounding, rank)
        information = moves.T @ inverse @ moves + np.diag(self.precision)
        score = moves.T @ inverse @ residuals - self.precision * beta
        return _At(
            shares,
            means,
            shares_of_totals=q,
            moves_of_levels=moves_of_levels,
            moves=moves,
            residuals=residuals,
            inverse=inverse,
            rank=rank,
            information=information,
            score=score,
        )

    def of_a_wave(self, at: _At) -> Floats:
        """C = J ρ^|i−j| Jᵀ: the covariance of totals by a wave of variance 1.

        J = A m − q N p: a month's level goes up for all, and what each received is given.
        """
        of_month = np.einsum("sgk,gk->sk", self.adds_up, at.means, optimize=True)
        received = self.given.received
        of_level = at.shares_of_totals * received
        moved = of_month - of_level @ at.shares
        correlation = persistence(len(self.given.months))
        return moved @ correlation @ moved.T

    def _of_levels(self, of_cells: Floats) -> Floats:
        """What each total adds up of each level, of something of levels × months."""
        return np.einsum("sgk,gk...->sg...", self.adds_up, of_cells, optimize=True)


def _wave_variance(at: _At, gain: Floats, of_a_wave: Floats, excess: float) -> float:
    """σ² = (Q − df) / tr(V⁻ H C Hᵀ),    H = I − D B: by how much the misfit is too large."""
    fitted = at.moves @ gain
    leaves = np.eye(len(fitted)) - fitted
    of_residuals = leaves @ of_a_wave @ leaves.T
    room = float(np.trace(at.inverse @ of_residuals))
    if room <= 0:
        return 0.0
    return max(0.0, excess / room)


def _rounding(given: Totals, rows: Sequence[Row]) -> Floats:
    """The covariance of the roundings: of months, and of other totals by themselves."""
    number = len(given.months)
    of_rows = [row.rounding for row in rows]
    variances = np.concatenate([np.zeros(number), of_rows])
    covariance = np.diag(variances)
    covariance[:number, :number] = given.rounding
    return covariance


def _inverse(matrix: Floats, rank: int) -> Floats:
    """The inverse in so many directions, those that vary most: the others are no freedom."""
    values, vectors = np.linalg.eigh(matrix)
    first = len(values) - rank
    largest = values[first:]
    directions = vectors[:, first:]
    return (directions / largest) @ directions.T


def persistence(months: int) -> Floats:
    """The correlation between months of a wave through the district."""
    place = np.arange(months)
    apart = np.abs(place[:, np.newaxis] - place)
    return PERSISTENCE**apart


# --- what it is fitted to ------------------------------------------------------------------------


def with_time(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time; of that a rate may be made.

    Without the time of areas of which too much came in before they were connected: a rate would be
    too high. Early is what stands in half years without a connected day.
    """
    columns = ["area", "period", "kind", "count", "off", "state"]
    rows = counts.loc[counts["table"] == "per_period", columns]
    per_period = rows.merge(of.exposure, on=["area", "period"], how="left")
    early = _before_connection(of, per_period)
    beside = per_period.join(early, on=["area", "period"])
    is_too_much = beside["early"] > MOST_EARLY * beside["count"]
    is_too_much = is_too_much.fillna(False)
    table = per_period.copy()
    for time in ("connected_months", "inhabitant_years"):
        table[time] = per_period[time].mask(is_too_much)
    return table


def _before_connection(of: Frame, per_period: pd.DataFrame) -> pd.Series:
    """What came in before a connection, as `early`, per area and period that holds it."""
    halves = per_period[per_period["kind"] == HALF]
    is_before = of.is_before_connection(halves["area"], halves["period"])
    has_delivered = halves["area"].isin(of.delivered)
    early = halves[is_before & has_delivered]
    of_half = early[["area", "period", "count"]]
    year_of = of.calendar.drop_duplicates(HALF).set_index(HALF)[YEAR]
    of_whole = of_half.assign(period=WHOLE)
    of_year = of_half.assign(period=of_half["period"].map(year_of))
    of_gemeenten = pd.concat([of_half, of_whole, of_year])
    of_district = of_gemeenten.assign(area=of.district)
    every = pd.concat([of_gemeenten, of_district])
    count = every.groupby(["area", "period"])["count"].sum()
    return count.rename("early")


def totals(of: Frame, counts: pd.DataFrame) -> Totals | None:
    """The totals that tell of the course; None without a connection date, a count or a melding."""
    per_period = with_time(of, counts)
    gemeenten = per_period[per_period["area"].isin(of.delivered)]
    has_dates = of.connected_on[list(of.delivered)].notna().all()
    if gemeenten.empty or not has_dates:
        return None
    levels = _levels(gemeenten, of)
    received = levels["received"].to_numpy()
    time = levels[list(of.calendar.index)].to_numpy()
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    months = _elapsed(of)[is_heard]
    district = per_period[per_period["area"] == of.district].set_index("period")
    tips = district["count"].reindex(months.index)
    is_missing = tips.isna().any() or np.isnan(received).any()
    if not is_heard.any() or is_missing or not tips.sum():
        return None

    basis = of.edition.bescherming.basis
    parts = _parts_since(of, list(levels.index), months)
    off = district["off"].where(district["count"].notna())
    rounding = pd.Series(rounding_variance(off, basis), off.index)
    # The district counts a tip that two gemeenten received once, the gemeenten twice.
    per_tip = received.sum() / tips.sum()
    return Totals(
        months=months,
        levels=list(levels.index),
        received=received,
        time=time[:, is_heard],
        counts=tips.to_numpy(dtype="float64") * per_tip,
        early=_early(counts, parts, basis),
        parts=parts,
        rounding=rounding_covariance(months, rounding),
        rounding_received=rounding_variance(levels["off"], basis),
    )


def _elapsed(of: Frame) -> pd.DataFrame:
    """The months, with the years `elapsed` from the first day to the middle of each."""
    begin = of.calendar["begin"]
    end = of.calendar["end"]
    halfway = begin + (end - begin) / 2
    passed = halfway - begin.min()
    years = passed.dt.total_seconds() / SECONDS_PER_YEAR
    return of.calendar.assign(elapsed=years)


def _early(counts: pd.DataFrame, parts: Mapping[str, Floats], basis: int) -> dict[str, Row]:
    """The released totals of the first months after a connection, by their name."""
    is_since = counts["table"] == "since_connection"
    since = counts[is_since & counts["period"].isin(list(parts))]
    since = since.dropna(subset="count")
    variance = rounding_variance(since["off"], basis)
    early = {}
    for name, count, rounding in zip(since["period"], since["count"], variance, strict=True):
        early[name] = Row(float(count), parts[name], float(rounding))
    return early


def _levels(gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What each level `received`, how far that may be `off`, and its connected time per month.

    Without those of which one of both is nothing.
    """
    whole = gemeenten[gemeenten["kind"] == WHOLE].set_index("area")
    is_later = whole["state"] == "not_applicable"
    count = whole["count"].mask(is_later, 0)
    count = count.astype("float64")
    early = _told_before_connection(gemeenten, of).reindex(whole.index)
    before = early["received"].fillna(0.0)
    off_before = early["off"].fillna(0.0)
    received = count - before
    connected = of.months_counted(of.calendar)
    later = connected.reindex(whole.index)
    later["received"] = received.clip(lower=0.0)
    later["off"] = whole["off"] + off_before
    earlier = early.rename(index=lambda slug: f"{slug} {BEFORE}")
    levels = pd.concat([later, earlier])
    has_time = levels[list(of.calendar.index)].sum(axis=1) > 0
    is_some = levels["received"] > 0
    return levels[has_time & is_some].astype("float64")


def _told_before_connection(gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What is shown of half years before a connection: `received`, `off`, and time per month.

    On the gemeente.
    """
    halves = gemeenten[gemeenten["kind"] == HALF]
    is_before = of.is_before_connection(halves["area"], halves["period"])
    is_shown = halves["state"] == "shown"
    early = halves[is_before & is_shown]
    counts = early.pivot_table("count", "area", "period", "sum")
    days = (of.calendar["end"] - of.calendar["begin"]).dt.days + 1
    months = days / DAYS_PER_MONTH
    is_told = counts.reindex(columns=of.calendar[HALF]).notna()
    time = is_told * months.to_numpy()
    time = time.set_axis(of.calendar.index, axis=1)
    received = counts.sum(axis=1).astype("float64")
    off = early.groupby("area")["off"].sum()
    return time.assign(received=received, off=off)


def _parts_since(of: Frame, levels: list[str], months: pd.DataFrame) -> dict[str, Floats]:
    """Months since then → which part of the connected time of each level and month is in these."""
    is_connected = of.days_since["value"] != BEFORE
    spans = of.days_since[is_connected].set_index(["value", "area"])
    days = days_inside(spans, months)
    of_area = days.groupby("area").transform("sum")
    parts = (days / of_area).fillna(0.0)
    since = {}
    for name in parts.index.unique("value"):
        of_levels = parts.loc[name].reindex(levels, fill_value=0.0)
        since[str(name)] = of_levels.to_numpy()
    return since
