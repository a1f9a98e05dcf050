"""Count rows of meldingen yourself, with intervals; exact, so not to share."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis import measure
from mma_analysis.explore import open_edition
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.measure.counts import MISSING
from mma_analysis.measure.frame import MONTHS_OF_KIND, WHOLE
from mma_analysis.pipeline.questions import answers_in_words
from mma_analysis.vocabulary import TOTAL, UsageError

RECEIVED_ON = "received_on"
AREA = "gemeente"
PERIOD = "period"
SHOWN = "shown"  # the state of a count that is known, as in released tables
TIME_COLUMNS = ["connected_months", "inhabitant_years"]
BASIS = 5  # of exact counts nothing depends on it


def aggregate(
    frame: pd.DataFrame,
    by: str | Sequence[str] = (),
    edition: OpenEdition | str | None = None,
    area: str | Sequence[str] = "",
) -> pd.DataFrame:
    """Count rows by columns of your choice, with shares, rates and their 95% intervals.

    `by`: columns of the rows, and one of `year`, `half`, `quarter` and `month` of the day
    of receipt, which becomes `period`. One row per combination, also of those that do not
    occur: `count`, with the interval of a count that varies by chance alone (Garwood).
    Beside other columns than gemeente and period also `total`, of the same gemeente and
    period, and `share`, with the interval of Wilson.

    With an `edition` each of its gemeenten and periods has rows, and `per_month` and
    `per_10000` (inhabitants, per year) are those of its own connected time. A count that is
    not known is empty, and `state` says why: before the connection (`not_applicable`), not
    delivered (`missing`), or of a field that is never kept (`never`) or was not understood.
    `area` says of which area the rows are, or of which gemeenten, when not of all.

    With `gemeente` each receipt counts, without it each tip once. The counts are exact:
    show or keep none of a few people. `edition.meldingen.count` gives those that you may
    show.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"topic": ["drugs"] * 3 + ["afval"]})
    >>> aggregate(rows, "topic")[["topic", "count", "total", "share"]].values.tolist()
    [['afval', 1, 4, 0.25], ['drugs', 3, 4, 0.75]]
    """
    if isinstance(edition, str):
        edition = open_edition.edition(edition)
    names = [by] if isinstance(by, str) else list(by)
    kinds = [name for name in names if name in MONTHS_OF_KIND and name not in frame]
    _check(frame, names, kinds)
    rows = frame if AREA in names else _of_tips(frame)
    areas = []
    if edition is not None:
        areas = _areas_of(frame, names, edition, area)
        if _has_days(rows):
            _periods(rows, WHOLE, edition)  # a day outside it is of no time that we know

    columns = {}
    possible = []
    for name in names:
        if name in kinds:
            label = PERIOD
            values, known = _periods(rows, name, edition)
        else:
            label = name
            values = answers_in_words(rows[name])
            known = sorted(set(values))
        if name == AREA and areas:
            known = areas
        columns[label] = values
        possible.append(known)

    table = _counted(pd.DataFrame(columns, rows.index), possible)
    if edition is not None:
        table = _with_state(table, edition, areas[0])
    count = table["count"].astype("Float64")
    low, high = measure.poisson_interval(count)
    table = table.assign(count_low=low, count_high=high)
    around = [name for name in (AREA, PERIOD) if name in columns]
    if set(columns) - set(around):
        table = _with_share(table, around)
    if edition is not None:
        table = _with_rates(table, edition, areas[0])
    return table


# --- what is counted ----------------------------------------------------------------------


def _check(frame: pd.DataFrame, names: Sequence[str], kinds: Sequence[str]) -> None:
    """Refuse a column that is not there, and two kinds of periods."""
    there = ", ".join(str(column) for column in frame)
    for name in names:
        if name not in frame and name not in kinds:
            raise UsageError.of("py_column", name=name, known=there)
    if len(kinds) > 1:
        raise UsageError.of("py_two_periods", names=", ".join(kinds))
    if not kinds:
        return
    if not _has_days(frame):
        raise UsageError.of("py_no_day_column", name=kinds[0], known=there)


def _has_days(frame: pd.DataFrame) -> bool:
    """Whether it says of each row when it was received, and not as a text."""
    if RECEIVED_ON not in frame:
        return False
    days = frame[RECEIVED_ON]
    return pd.api.types.is_datetime64_any_dtype(days)


def _of_tips(frame: pd.DataFrame) -> pd.DataFrame:
    """The first receipt of each tip; all rows of a table that does not tell these apart."""
    if not {"melding_id", AREA, RECEIVED_ON} <= set(frame):
        return frame
    return frame[measure.is_first_receipt(frame)]


def _periods(
    rows: pd.DataFrame,
    kind: str,
    edition: OpenEdition | None,
) -> tuple[pd.Series, list[str]]:
    """The period of each row, and all there are: of the evaluation, or of the calendar."""
    days = rows[RECEIVED_ON]
    if edition is not None:
        of_kind = edition.measures["periods"].query("kind == @kind")
        period = measure.period_of(days, of_kind)
        outside = int(period.isna().sum())
        if outside:
            settings = edition.settings
            raise UsageError.of(
                "py_outside",
                number=outside,
                begin=settings.begin,
                peildatum=settings.peildatum,
                edition=edition.name,
            )
        return period, list(of_kind["period"])

    months = MONTHS_OF_KIND[kind]
    since = days.dt.year * 12 + days.dt.month - 1
    first = since // months * months
    if first.empty:
        return first.astype("str"), []
    last = int(first.max())
    every = range(int(first.min()), last + 1, months)
    names = {month: _name_of(month, months) for month in every}
    return first.map(names).astype("str"), list(names.values())


def _name_of(first: int, months: int) -> str:
    """How a period is called, as in the tables: `2022-01`, `2022-01/2022-03`."""
    last = first + months - 1
    begin = f"{first // 12}-{first % 12 + 1:02}"
    end = f"{last // 12}-{last % 12 + 1:02}"
    return begin if begin == end else f"{begin}/{end}"


def _counted(columns: pd.DataFrame, possible: Sequence[Sequence[str]]) -> pd.DataFrame:
    """How many rows each combination has; without columns all rows are one."""
    names = list(columns)
    if not names:
        return pd.DataFrame({"count": [len(columns)]})
    every = pd.MultiIndex.from_product(possible, names=names)
    by_name = columns.groupby(names)
    counts = by_name.size()
    if len(names) == 1:
        only = [counts.index]
        counts.index = pd.MultiIndex.from_arrays(only, names=names)
    counts = counts.reindex(every, fill_value=0)
    counts = counts.rename("count")
    counts = counts.astype("int64")
    return counts.reset_index()


def _with_state(table: pd.DataFrame, edition: OpenEdition, area: str) -> pd.DataFrame:
    """With why a count is not known, and then no count: only what is known is a zero.

    As in the reports: by the time that each gemeente counts, and the fields that it keeps.
    """
    why = edition.meldingen.why_no_number
    areas, periods = _where(table, area)
    of_time = areas + "|" + periods
    cells = of_time + f"|{TOTAL}|{TOTAL}"
    state = cells.map(why)
    state = state.fillna(MISSING)
    others = table.columns.difference([AREA, PERIOD, "count"])
    for name in others:
        breakdown = f"|{WHOLE}|{name}|"
        cells = areas + breakdown + table[name]
        of_field = cells.map(why)
        of_field = of_field.fillna("")
        state = state.where(state != "", of_field)

    count = table["count"].astype("Int64")
    is_any = count > 0
    is_known = is_any | (state == "")
    state = state.mask(is_known, SHOWN)
    return table.assign(
        count=count.where(is_known),
        state=state.astype("str"),
    )


def _where(table: pd.DataFrame, area: str) -> tuple[pd.Series, pd.Series]:
    """Of which area and which period each row is."""
    areas = pd.Series(area, table.index, dtype="str")
    if AREA in table:
        areas = table[AREA]
        areas = areas.astype("str")
    periods = pd.Series(WHOLE, table.index, dtype="str")
    if PERIOD in table:
        periods = table[PERIOD]
        periods = periods.astype("str")
    return areas, periods


def _with_share(table: pd.DataFrame, around: list[str]) -> pd.DataFrame:
    """With what part of the same gemeente and period each count is."""
    count = table["count"].astype("Float64").astype("float64")
    total = pd.Series(count.sum(), table.index)
    if around:
        keys = [table[name] for name in around]
        total = count.groupby(keys).transform("sum", min_count=1)
    some = total.where(total > 0)
    low, high = measure.wilson(count, some)
    return table.assign(
        total=total.astype(table["count"].dtype),
        share=count / some,
        share_low=low,
        share_high=high,
    )


# --- rates --------------------------------------------------------------------------------


def _areas_of(
    frame: pd.DataFrame,
    names: Sequence[str],
    edition: OpenEdition,
    area: str | Sequence[str],
) -> list[str]:
    """Of which area the rows are; of which gemeenten, when they are counted by these."""
    vocabulary = edition.settings.vocabulary
    district = vocabulary.district.slug
    every = [one.slug for one in vocabulary.gemeenten]
    asked = [area] if isinstance(area, str) else list(area)
    slugs = [vocabulary.area_named(one).slug for one in asked if one]
    present: list[str] = []
    if AREA in frame:
        named = set(frame[AREA])
        present = sorted(named)
    if not slugs:
        slugs = [district]
        delivered = sorted(edition.meldingen.delivered)
        if present != delivered:
            said = ", ".join(present) or AREA
            one = present[0] if present else every[0]
            raise UsageError.of("py_which_area", present=said, one=one, district=district)
    if len(slugs) > 1 and AREA not in names:
        raise UsageError.of("py_areas_together", areas=", ".join(slugs))

    gemeenten = slugs
    if slugs == [district]:
        gemeenten = every
    known = ", ".join(gemeenten)
    for one in present:
        if one not in gemeenten:
            raise UsageError.of("py_no_gemeente", name=one, known=known)
    return gemeenten if AREA in names else slugs


def _with_rates(table: pd.DataFrame, edition: OpenEdition, area: str) -> pd.DataFrame:
    """With `per_month` and `per_10000` of the connected time of each area and period."""
    time = edition.meldingen.exposure.set_index(["area", "period"])[TIME_COLUMNS]
    areas, periods = _where(table, area)
    keys = pd.MultiIndex.from_arrays([areas, periods])
    of_row = time.reindex(keys)
    of_row.index = table.index

    counts = table.join(of_row)
    counts["off"] = 0
    rated = measure.with_rate(counts, BASIS)
    return rated.drop(columns="off")
