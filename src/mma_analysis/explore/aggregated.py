"""Count rows of meldingen yourself, with intervals; exact, so not to share."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis import measure
from mma_analysis.explore import open_edition
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.measure.frame import MONTHS_OF_KIND, WHOLE
from mma_analysis.pipeline.questions import answers_in_words
from mma_analysis.vocabulary import UsageError

RECEIVED_ON = "received_on"
AREA = "gemeente"
PERIOD = "period"
TIME_COLUMNS = ["connected_months", "inhabitant_years"]
BASIS = 5  # of exact counts nothing depends on it


def aggregate(
    frame: pd.DataFrame,
    by: str | Sequence[str] = (),
    edition: OpenEdition | str | None = None,
    area: str = "",
) -> pd.DataFrame:
    """Count rows by columns of your choice, with shares, rates and their 95% intervals.

    `by`: columns of the rows, and one of `year`, `half`, `quarter` and `month` of the day
    of receipt, which becomes `period`. One row per combination, also of those that do not
    occur: `count`, with the interval of a count that varies by chance alone (Garwood).
    Beside other columns than gemeente and period also `total`, of the same gemeente and
    period, and `share`, with the interval of Wilson. With an `edition` also `per_month` and
    `per_10000` (inhabitants, per year) of the connected time, as its tables have that;
    `area` says of which area the rows are when they are not counted by gemeente.

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
        columns[label] = values
        possible.append(known)

    table = _counted(pd.DataFrame(columns, rows.index), possible)
    low, high = measure.poisson_interval(table["count"])
    table = table.assign(count_low=low, count_high=high)
    around = [name for name in (AREA, PERIOD) if name in columns]
    if set(columns) - set(around):
        table = _with_share(table, around)
    if edition is not None:
        kind = kinds[0] if kinds else WHOLE
        table = _with_rates(table, kind, edition, _area_of(frame, names, edition, area))
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
    has_days = RECEIVED_ON in frame and pd.api.types.is_datetime64_any_dtype(
        frame[RECEIVED_ON]
    )
    if not has_days:
        raise UsageError.of("py_no_day_column", name=kinds[0], known=there)


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
    counts = columns.groupby(names).size()
    if len(names) == 1:
        counts.index = pd.MultiIndex.from_arrays([counts.index], names=names)
    counts = counts.reindex(every, fill_value=0)
    return counts.rename("count").astype("int64").reset_index()


def _with_share(table: pd.DataFrame, around: list[str]) -> pd.DataFrame:
    """With what part of the same gemeente and period each count is."""
    count = table["count"].astype("float64")
    total = pd.Series(count.sum(), table.index)
    if around:
        keys = [table[name] for name in around]
        total = count.groupby(keys).transform("sum")
    some = total.where(total > 0)
    low, high = measure.wilson(count, some)
    return table.assign(
        total=total.astype("int64"),
        share=count / some,
        share_low=low,
        share_high=high,
    )


# --- rates --------------------------------------------------------------------------------


def _area_of(
    frame: pd.DataFrame,
    names: Sequence[str],
    edition: OpenEdition,
    area: str,
) -> str:
    """Of which area the rows are; empty when they are counted by gemeente."""
    vocabulary = edition.settings.vocabulary
    if AREA in names:
        return ""
    if area:
        return vocabulary.area_named(area).slug
    district = vocabulary.district.slug
    gemeenten = edition.settings.gemeenten
    delivered = {slug for slug, one in gemeenten.items() if one.read}
    present = sorted(set(frame[AREA])) if AREA in frame else []
    if set(present) != delivered:
        said = ", ".join(present) or AREA
        one = present[0] if present else next(iter(gemeenten))
        raise UsageError.of("py_which_area", present=said, one=one, district=district)
    return district


def _with_rates(
    table: pd.DataFrame,
    kind: str,
    edition: OpenEdition,
    area: str,
) -> pd.DataFrame:
    """With `per_month` and `per_10000` of the connected time of each area and period."""
    per_period = edition.measures["per_period"]
    of_kind = per_period[per_period["kind"] == kind]
    time = of_kind.set_index(["area", "period"])[TIME_COLUMNS]

    areas = pd.Series(area, table.index)
    if AREA in table:
        areas = table[AREA]
    periods = pd.Series(WHOLE, table.index)
    if PERIOD in table:
        periods = table[PERIOD]
    keys = pd.MultiIndex.from_arrays([areas, periods])
    of_row = time.reindex(keys)
    of_row.index = table.index

    counts = table.join(of_row)
    counts["off"] = 0
    rated = measure.with_rate(counts, BASIS)
    return rated.drop(columns="off")
