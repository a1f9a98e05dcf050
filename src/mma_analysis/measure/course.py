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
    BEFORE_CONNECTION,
    DAYS_PER_MONTH,
    HALF_YEAR,
    WHOLE,
    YEAR,
    Frame,
    days_inside,
)
from mma_analysis.measure.nested import rounding_covariance
from mma_analysis.measure.rates import LEVEL, rounding_variance

Floats = NDArray[np.float64]
MOST_STEPS = 100  # of a search
CLOSE = 1e-8  # so small a step ends it
WORST_CONDITION = 1e10  # of the information: beyond it two columns cannot be told apart
# Of the largest eigenvalue: what is smaller is a sum that holds by itself.
SMALLEST_EIGENVALUE = 1e-7
FEWEST_FREE = 4  # totals beyond those that the columns need
MONTHS_OF_TWO_WAVES = 36  # a second wave a year costs two more estimates
NO_END = 10**6  # of the last months since a connection
MOST_EARLY = 0.05  # of what was received: before the connection
SHORT_START_UP = 6  # months since the connection
SECONDS_PER_YEAR = 365.25 * 86400
PERSISTENCE = 0.6  # how much of a wave through the district is left a month later


@dataclass(frozen=True)
class HalfYear:
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
    early: Mapping[str, HalfYear] = field(
        default_factory=dict
    )  # of months since the connection
    # Which part of the time is in these.
    parts: Mapping[str, Floats] = field(default_factory=dict)
    rounding: Floats | float = 0.0  # its covariance, in the counts
    rounding_received: Floats | float = 0.0  # and in what each level received

    @property
    def year(self) -> Floats:
        """The middle of each month, in years since the first."""
        return self.months["elapsed"].to_numpy(dtype="float64")

    def seasons(self) -> dict[str, Floats]:
        """Columns of a season: one wave a year, two when there is time to see them."""
        is_long = len(self.months) >= MONTHS_OF_TWO_WAVES
        waves = 2 if is_long else 1
        return season(self.year, waves)

    def trend(self) -> dict[str, Floats]:
        """Columns of a straight trend and a season."""
        return {"year": self.year} | self.seasons()

    def start_up(
        self, until: int = SHORT_START_UP
    ) -> tuple[dict[str, Floats], list[HalfYear]]:
        """Columns of the first months after connection, until this one, and totals."""
        columns = {}
        rows = []
        for name, part in self.parts.items():
            _, last = name.split("-")
            end = int(last) if last else NO_END
            has_time = (part * self.time).any()
            if end > until or not has_time:
                continue
            columns[name] = part
            if name in self.early:
                rows.append(self.early[name])
        return columns, rows


def season(year: Floats, waves: int) -> dict[str, Floats]:
    """Sine and cosine columns for so many waves a year, at these times in years."""
    columns = {}
    for wave in range(1, waves + 1):
        turn = 2 * np.pi * wave * year
        columns[f"sine_{wave}"] = np.sin(turn)
        columns[f"cosine_{wave}"] = np.cos(turn)
    return columns


class Ratio(NamedTuple):
    """By what factor there is more, with its 95 % interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Course:
    """A course fitted to totals.

    Intervals have the larger of two covariances, and Student's t. The covariances are of
    the coefficients, in the order of the columns:

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
        names = np.array(list(self.coefficients))
        direction = (names == column).astype("float64")
        variance = self.variance(direction) + more_variance
        margin = self.critical_value * np.sqrt(variance)

        log = self.coefficients[column]
        ratio, low, high = np.exp([log, log - margin, log + margin])
        return Ratio(float(ratio), float(low), float(high))

    def on_months(self, columns: Mapping[str, Floats]) -> Floats:
        """What these columns together add to each level and month, as a logarithm."""
        added = np.zeros(self.given.time.shape)
        for name, column in columns.items():
            added = added + self.coefficients[name] * column
        return added


def fitted(
    given: Totals,
    columns: Mapping[str, Floats],
    rows: Sequence[HalfYear] = (),
    wider: float = 1.0,
    prior: Mapping[str, float] | None = None,
) -> Course | None:
    """Fit the course by Fisher scoring on the quasi-score of the released totals.

    Of level g and month k, with connected time t and N received (McCullagh 1983):

        p_gk = t_gk exp(x_gk β) / Σ_k t_gk exp(x_gk β)        m_gk = N_g p_gk
        μ = A m        D = A m (x − x̄_g)
        V = A diag(m) Aᵀ − Σ_g N_g q_g q_gᵀ + R,    q_g = A p_g
        β ← β + (Dᵀ V⁻ D + P)⁻¹ (Dᵀ V⁻ (Y − μ) − P β)

    A says which levels and months a total Y adds up, R is the covariance of its rounding.

    `columns`: x, per month or per level and month. `rows`: totals beside those of the
    months; with these `wider` is the `widening` of the fit without. `prior`: column → the
    standard deviation around 0 within which its coefficient is expected, of a normal
    distribution: P has the inverse of its square. None without one best fit or free totals.
    """
    model = _Model.of(given, columns, rows, prior or {})
    best = _best(model)
    if best is None:
        return None
    at = best.at
    free = at.rank - len(columns)
    has_empty_month = at.means.sum(axis=0).min() < CLOSE
    if free < FEWEST_FREE or has_empty_month:
        return None

    misfit = float(at.residuals @ at.inverse @ at.residuals)
    dispersion = max(1.0, misfit / free)
    unit = np.asarray(np.linalg.inv(at.information), "float64")
    estimator = unit @ at.moves.T @ at.inverse  # B: how the coefficients follow the totals
    of_a_wave = model.of_a_wave(at)  # C
    wave_variance = _wave_variance(at, estimator, of_a_wave, misfit - free)
    by_waves = wave_variance * estimator @ of_a_wave @ estimator.T
    return Course(
        given,
        columns,
        coefficients=dict(zip(columns, best.beta.tolist(), strict=True)),
        by_chance=dispersion * unit,
        by_waves=unit + by_waves,
        misfit=misfit,
        free=free,
        wave_variance=wave_variance,
        means=at.means,
        weights=estimator[0] @ at.moves_of_levels[..., 0],
        wider=wider,
    )


@dataclass(frozen=True)
class _At:
    """The model at some coefficients: what it makes expected.

    In the symbols of `fitted`.
    """

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
        rows: Sequence[HalfYear],
        prior: Mapping[str, float],
    ) -> "_Model":
        """The months of these totals, and the rows beside them."""
        levels, months = given.time.shape
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
            design=design(given, columns),
            adds_up=np.concatenate([of_months, *of_rows]),
            counts=np.concatenate([given.counts, counts]),
            rounding=_rounding(given, rows),
            precision=precision,
        )

    def at(self, beta: Floats) -> _At:
        """What is expected at these coefficients, and in which direction it fits better."""
        received = self.given.received
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            log_time = np.log(self.given.time)
        shares = softmax(log_time + self.design @ beta, axis=1)
        means = received[:, np.newaxis] * shares

        weighted = shares[..., np.newaxis] * self.design
        centre = weighted.sum(axis=1, keepdims=True)  # x̄
        of_columns = means[..., np.newaxis] * (self.design - centre)
        moves_of_levels = self._of_levels(of_columns)
        moves = moves_of_levels.sum(axis=1)

        adds_up = self.adds_up.reshape(len(self.counts), -1)
        expected = means.ravel()
        residuals = self.counts - adds_up @ expected
        q = self._of_levels(shares)
        # Given what each level received, its totals are a multinomial.
        by_chance = (adds_up * expected) @ adds_up.T - (q * received) @ q.T
        rank = np.linalg.matrix_rank(by_chance, rtol=SMALLEST_EIGENVALUE, hermitian=True)
        inverse = _inverse(by_chance + self.rounding, int(rank))

        precision = np.diag(self.precision)
        information = moves.T @ inverse @ moves + precision
        score = moves.T @ inverse @ residuals - self.precision * beta
        return _At(
            shares,
            means,
            shares_of_totals=q,
            moves_of_levels=moves_of_levels,
            moves=moves,
            residuals=residuals,
            inverse=inverse,
            rank=int(rank),
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


def design(given: Totals, columns: Mapping[str, Floats]) -> Floats:
    """x: the columns, of levels × months × columns."""
    of_levels = [np.broadcast_to(column, given.time.shape) for column in columns.values()]
    return np.stack(of_levels, axis=-1)


class _Best(NamedTuple):
    """Coefficients that fit best, and the model there."""

    beta: Floats
    at: _At


def _best(model: _Model) -> _Best | None:
    """The coefficients that fit best; None when no step is the last, or none tells them."""
    beta = np.zeros(len(model.precision))
    for _ in range(MOST_STEPS):
        at = model.at(beta)
        # Nor when that is no number.
        if not np.linalg.cond(at.information) < WORST_CONDITION:
            return None
        step = np.linalg.solve(at.information, at.score)
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            return _Best(beta, at)
    return None


def _wave_variance(at: _At, estimator: Floats, of_a_wave: Floats, excess: float) -> float:
    """By how much the misfit is too large for chance.

    σ² = (Q − df) / tr(V⁻ H C Hᵀ),    H = I − D B
    """
    followed = at.moves @ estimator
    left = np.eye(len(followed)) - followed
    of_residuals = left @ of_a_wave @ left.T
    trace = float(np.trace(at.inverse @ of_residuals))
    if trace <= 0:
        return 0.0
    return max(0.0, excess / trace)


def _rounding(given: Totals, rows: Sequence[HalfYear]) -> Floats:
    """The covariance of the roundings: of months, and of other totals by themselves."""
    number = len(given.months)
    of_rows = [row.rounding for row in rows]
    variances = np.concatenate([np.zeros(number), of_rows])
    covariance = np.diag(variances)
    covariance[:number, :number] = given.rounding
    return covariance


def _inverse(matrix: Floats, rank: int) -> Floats:
    """The inverse in so many directions, those that vary most: others are no freedom."""
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


# --- what it is fitted to -----------------------------------------------------------------


def with_time(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time that makes them a rate.

    Without the time of areas of which too much came in before they were connected: a rate
    would be too high. Early is what stands in half years without a connected day.
    """
    columns = ["area", "period", "kind", "count", "off", "state"]
    is_released = counts["table"] == "per_period"
    rows = counts.loc[is_released, columns]
    table = rows.merge(of.exposure, on=["area", "period"], how="left")

    early = _before_connection(of, table)
    beside = table.join(early, on=["area", "period"])
    is_too_much = beside["early"] > MOST_EARLY * beside["count"]
    is_too_much = is_too_much.fillna(False)
    for time in ("connected_months", "inhabitant_years"):
        table[time] = table[time].mask(is_too_much)
    return table


def _before_connection(of: Frame, per_period: pd.DataFrame) -> pd.Series:
    """What came in before a connection, as `early`, per area and period that holds it."""
    halves = per_period[per_period["kind"] == HALF_YEAR]
    is_before = of.is_before_connection(halves["area"], halves["period"])
    has_delivered = halves["area"].isin(of.delivered)
    early = halves[is_before & has_delivered]
    of_half = early[["area", "period", "count"]]
    of_whole = of_half.assign(period=WHOLE)
    one_per_half = of.calendar.drop_duplicates(HALF_YEAR).set_index(HALF_YEAR)
    year = of_half["period"].map(one_per_half[YEAR])
    of_year = of_half.assign(period=year)

    of_gemeenten = pd.concat([of_half, of_whole, of_year])
    of_district = of_gemeenten.assign(area=of.district)
    every = pd.concat([of_gemeenten, of_district])
    count = every.groupby(["area", "period"])["count"].sum()
    return count.rename("early")


def totals(of: Frame, counts: pd.DataFrame) -> Totals | None:
    """The totals that tell of the course.

    None without a connection date, a count or a melding.
    """
    per_period = with_time(of, counts)
    is_gemeente = per_period["area"].isin(of.delivered)
    gemeenten = per_period[is_gemeente]
    has_dates = of.connected_on[list(of.delivered)].notna().all()
    if gemeenten.empty or not has_dates:
        return None

    levels = _levels(gemeenten, of)
    slugs = list(levels.index)
    received = levels["received"].to_numpy()
    time = levels[list(of.calendar.index)].to_numpy()
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    months = _elapsed(of)[is_heard]

    is_district = per_period["area"] == of.district
    district = per_period[is_district].set_index("period")
    tips = district["count"].reindex(months.index)
    is_missing = tips.isna().any() or np.isnan(received).any()
    if not is_heard.any() or is_missing or not tips.sum():
        return None

    basis = of.edition.bescherming.basis
    parts = _parts_since(of, slugs, months)
    has_count = district["count"].notna()
    off = district["off"].where(has_count)
    rounding = pd.Series(rounding_variance(off, basis), off.index)
    # The district counts a tip that two gemeenten received once, the gemeenten twice.
    per_tip = received.sum() / tips.sum()
    return Totals(
        months=months,
        levels=slugs,
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


def _early(
    counts: pd.DataFrame, parts: Mapping[str, Floats], basis: int
) -> dict[str, HalfYear]:
    """The released totals of the first months after a connection, by their name."""
    is_since = counts["table"] == "since_connection"
    has_part = counts["period"].isin(list(parts))
    since = counts[is_since & has_part].dropna(subset="count")
    since = since.assign(rounding=rounding_variance(since["off"], basis))
    early = {}
    for row in since.to_dict("records"):
        name = row["period"]
        count = float(row["count"])
        early[name] = HalfYear(count, parts[name], float(row["rounding"]))
    return early


def _levels(gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What each level `received`, how far that may be `off`, and its time per month.

    The time is connected. Without levels that have none of it, or received nothing.
    """
    is_whole = gemeenten["kind"] == WHOLE
    whole = gemeenten[is_whole].set_index("area")
    is_later = whole["state"] == "not_applicable"
    count = whole["count"].mask(is_later, 0)
    count = count.astype("float64")

    early = _told_before_connection(gemeenten, of).reindex(whole.index)
    received = count - early["received"].fillna(0.0)
    connected = of.months_counted(of.calendar)
    later = connected.reindex(whole.index)
    later["received"] = received.clip(lower=0.0)
    later["off"] = whole["off"] + early["off"].fillna(0.0)
    earlier = early.rename(index=lambda slug: f"{slug} {BEFORE_CONNECTION}")

    levels = pd.concat([later, earlier])
    time = levels[list(of.calendar.index)].sum(axis=1)
    has_time = time > 0
    is_some = levels["received"] > 0
    return levels[has_time & is_some].astype("float64")


def _told_before_connection(gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What is shown of half years before a connection, on the gemeente.

    `received`, `off`, and time per month.
    """
    halves = gemeenten[gemeenten["kind"] == HALF_YEAR]
    is_before = of.is_before_connection(halves["area"], halves["period"])
    is_shown = halves["state"] == "shown"
    early = halves[is_before & is_shown]
    counts = early.pivot_table("count", "area", "period", "sum")

    # A month of a half year of which the count is told has all of its time.
    calendar = of.calendar
    is_told = counts.reindex(columns=calendar[HALF_YEAR]).notna()
    from_first_to_last = calendar["end"] - calendar["begin"]
    days = from_first_to_last.dt.days + 1
    months = days / DAYS_PER_MONTH
    time = is_told * months.to_numpy()
    told = time.set_axis(calendar.index, axis=1)

    received = counts.sum(axis=1)
    told["received"] = received.astype("float64")
    told["off"] = early.groupby("area")["off"].sum()
    return told


def _parts_since(of: Frame, levels: list[str], months: pd.DataFrame) -> dict[str, Floats]:
    """Months since the connection → which part of the connected time is in these.

    Of each level and month.
    """
    is_connected = of.days_since["value"] != BEFORE_CONNECTION
    spans = of.days_since[is_connected].set_index(["value", "area"])
    days = days_inside(spans, months)
    of_area = days.groupby("area").transform("sum")
    part = days / of_area
    parts = part.fillna(0.0)

    since = {}
    for name in parts.index.unique("value"):
        of_levels = parts.loc[name].reindex(levels, fill_value=0.0)
        since[str(name)] = of_levels.to_numpy()
    return since
