"""Released tables: made by the registry, those of counts themselves, and in words."""

import datetime as dt
from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from mma_analysis.measure.bounded import Bounded, bounded_as, put, summed, taken
from mma_analysis.measure.counts import (
    CLEAN_ROWS,
    COUNT_KEYS,
    DELIVERED,
    DUPLICATE,
    REJECTED,
    Counts,
    counted,
)
from mma_analysis.measure.course import with_time
from mma_analysis.measure.frame import (
    ALL_RECEIPTS,
    BEFORE_CONNECTION,
    DAYS_PER_MONTH,
    EXISTING,
    NEW_GEMEENTEN,
    WHOLE,
    Frame,
    days_inside,
)
from mma_analysis.measure.gemeenten import baseline
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.vocabulary import TOTAL, DataError, message
from mma_analysis.vocabulary.reference import INDICATORS, REGISTRY, headings, words_of
from mma_analysis.vocabulary.released import CELL, released_columns
from mma_analysis.vocabulary.value import FORGOTTEN, NOT_KEPT, bound_of

LATER = "later"  # connected after the peildatum
OF_ROWS = {"receipts", "tips"}  # in the registry, what a table is made of beside counts
ROUNDED = "rounded"  # in the registry, of a table, and in the labels, of a column
RELEASED_COLUMNS = ["table", *COUNT_KEYS, "kind", "count", "off", "state"]
TYPES = dict.fromkeys(RELEASED_COLUMNS, "str") | {"count": "Int64", "off": "int64"}
NONE_LOST = pd.Index([])


class Connection(NamedTuple):
    """A gemeente: from when until when it counts, and what came of its delivery."""

    area: str
    connected_on: dt.date | None
    source: str
    has_delivered: bool
    delivery: str
    delivered_on: dt.date | None
    covered_until: pd.Timestamp


def made(given: Mapping[str, Any], scope: str) -> dict[str, pd.DataFrame]:
    """Make every table of a scope (`public`, `own` or `changes`) by the registry.

    Without an input it is not made. A table with two rows of the same keys is a
    `DataError`.
    """
    rows = {}
    needs_of = {}
    for row in REGISTRY:
        if row["scope"] in (scope, "both"):
            name = row["table"]
            needs = row["inputs"].split()
            rows[name] = row
            # What was handed over may have the name of its table.
            needs_of[name] = [need for need in needs if need != name]

    known = dict(given)
    tables = {}
    for name in TopologicalSorter(needs_of).static_order():
        if name not in rows:
            continue
        row = rows[name]
        table = _made(row, known)
        if table is None:
            continue
        known[name] = table
        tables[name] = with_cells(table.reset_index(drop=True), row)
    return tables


def made_of_rows(scope: str) -> list[str]:
    """The tables of a scope that are made of rows, not of counts."""
    tables = []
    for row in REGISTRY:
        needs = row["inputs"].split()
        is_of_rows = not OF_ROWS.isdisjoint(needs)
        if is_of_rows and row["scope"] in (scope, "both"):
            tables.append(row["table"])
    return tables


def _made(row: Mapping[str, str], known: Mapping[str, Any]) -> pd.DataFrame | None:
    """One table by its row in the registry; none without one of its inputs."""
    values = []
    for need in row["inputs"].split():
        value = row["table"] if need == "table" else known.get(need)
        if value is None:
            return None
        values.append(value)

    name, function = row["function"].rsplit(".", 1)
    module = import_module(f"mma_analysis.measure.{name}")
    make = getattr(module, function)
    return make(*values)


def given_of(
    of: Frame,
    public: pd.DataFrame,
    counts: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """What tables of `counts` need, beside what everybody has, as the registry names it."""
    of_all = baseline(of, public)
    return {
        "of": of,
        "district": of.district,
        "every_period": of.periods,
        "covered_until": of.covered_until,
        "baseline": of_all,
        "dispersion": of_all.dispersion,
        "counts": public if counts is None else counts,
        "basis": of.edition.bescherming.basis,
    }


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table that follows from counts, of clean rows of your choice. Exact."""
    counts = exact_counts(counted(meldingen, of))
    given = given_of(of, counts)
    return made(given, "public")


def with_cells(table: pd.DataFrame, row: Mapping[str, str]) -> pd.DataFrame:
    """With the `cell` of each row (table and keys), and what the indicator is in `attrs`.

    Each column has the type that its name has in every table.

    `DataError`: the columns are not those of the registry, two rows have the same keys, or
    a column of rounded counts does not say how far these may be off.
    """
    name = row["table"]
    table = typed(table, name)
    cell = _cell(table, row)
    is_again = cell.duplicated()
    twice = cell[is_again]
    if len(twice):
        what = message("row_twice", table=name, cell=twice.iloc[0])
        raise DataError.of("ours", what=what)
    if row["release"] == ROUNDED:
        _check_bounds(table, name)

    table = table.assign(cell=cell)
    table.attrs["indicator"] = row["code"]
    for key in ("method", "source", "version"):
        table.attrs[key] = row[key]
    return table


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A released table of which each column has its type; its cells come after this.

    `DataError`: it has other columns than the registry says, or in another order.
    """
    columns = [column for column in released_columns(name) if column.name != CELL]
    expected = [column.name for column in columns]
    found = [str(column) for column in table]
    if found != expected:
        what = message(
            "other_columns",
            table=name,
            found=", ".join(found),
            expected=", ".join(expected),
        )
        raise DataError.of("ours", what=what)
    dtypes = {column.name: column.dtype for column in columns}
    return table.astype(dtypes)


def _cell(table: pd.DataFrame, row: Mapping[str, str]) -> pd.Series:
    """The id of each row: the name of the table and the values of its keys."""
    cell = pd.Series(row["table"], table.index, dtype="str")
    for key in row["keys"].split():
        values = table[key]
        if is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        is_there = values.notna()
        said = values.astype("object").where(is_there, "")
        cell = cell + "|" + said.astype("str")
    return cell


def _check_bounds(table: pd.DataFrame, name: str) -> None:
    """Refuse rounded counts without the column of how far they may be off."""
    columns = [str(column) for column in table]
    for column, heading in headings([name], columns).items():
        bound = bound_of(column)
        is_rounded = heading["form"] == ROUNDED
        if is_rounded and bound not in columns:
            what = message("no_bound", table=name, column=column, bound=bound)
            raise DataError.of("ours", what=what)


def public_counts(
    counted: Counts,
    rounded: pd.Series,
    off: pd.Series,
    of: Frame,
    lost: pd.Index = NONE_LOST,
) -> pd.DataFrame:
    """The counts that everybody may read: `rounded`, by name of a cell.

    Missing if not released. `off`: how far each of these may be from the truth, by the same
    names. In the table it is 0 where there is no number, and where nothing could be: that
    is known.

    `state`: `shown`, `hidden`, `forgotten` (`lost`: its rows are gone), `missing` (no
    delivery), `not_applicable` (not connected yet), `never` or `not_understood`. In reading
    order: of each breakdown gemeenten, then the district.
    """
    of_delivered = _counts_of(counted.cells, rounded, off, lost)
    rows = pd.concat([of_delivered, _absent(of)], ignore_index=True)

    places = {area.slug: place for place, area in enumerate(of.vocabulary.areas)}
    place = pd.DataFrame(
        {
            "breakdown": pd.factorize(rows["breakdown"])[0],
            "is_district": rows["area"] == of.district,
            "kind": pd.factorize(rows["kind"])[0],
            "area": rows["area"].map(places),
        }
    )
    in_order = place.sort_values(["breakdown", "is_district", "kind", "area"]).index
    return rows.loc[in_order].reset_index(drop=True)


def _absent(of: Frame) -> pd.DataFrame:
    """The counts of who delivered nothing, and why there are none; a row each."""
    is_later = of.connected_on > of.periods["end"].max()
    why = is_later.map({True: "not_applicable", False: "missing"})
    absent = of.connected_on.index.difference(list(of.delivered), sort=False)
    names = ["period", "value", "area"]
    parts = []
    for row in of.vocabulary.reference("breakdowns"):
        breakdown = row["code"]
        values = list(of.vocabulary.values(breakdown)) or [TOTAL]
        for kind in row["gemeente"].split():
            periods = of.of_kind(kind)["period"]
            every = pd.MultiIndex.from_product([periods, values, absent], names=names)
            part = every.to_frame(index=False)
            part = part.assign(table=row["table"], breakdown=breakdown, kind=kind)
            parts.append(part)

    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(count=pd.NA, off=0, state=rows["area"].map(why))
    return rows[RELEASED_COLUMNS].astype(TYPES)


def exact_counts(counted: Counts) -> pd.DataFrame:
    """The counts of who delivered, as `public_counts` has them, and exact."""
    cells = counted.cells
    nothing = pd.Series(0, cells.index)
    return _counts_of(cells, cells["count"], nothing, NONE_LOST)


def _counts_of(
    cells: pd.DataFrame, numbers: pd.Series, off: pd.Series, lost: pd.Index
) -> pd.DataFrame:
    """The cells that stand in a table, with these numbers and how far each may be off."""
    is_in_table = cells["table"] != ""
    cells = cells[is_in_table]
    count = numbers.reindex(cells.index).astype("Int64")
    structural = cells["structural"]
    is_lost = count.isna() & cells.index.isin(lost)
    state = count.isna().map({True: "hidden", False: "shown"})
    state = state.mask(is_lost, FORGOTTEN)
    state = state.where(structural == "", structural)

    is_shown = state == "shown"
    bound = off.reindex(cells.index)
    table = cells.assign(
        count=count.where(is_shown),
        off=bound.where(is_shown, 0),
        state=state,
    )
    return table[RELEASED_COLUMNS].astype(TYPES).reset_index(drop=True)


def totals(
    of: Frame,
    counts: pd.DataFrame,
    basis: int,
    dispersion: pd.Series,
) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time and the rates of that."""
    per_period = with_time(of, counts)
    return with_rate(per_period, basis, dispersion)


def broken_down(counts: pd.DataFrame, table: str, basis: int) -> pd.DataFrame:
    """Meldingen per area, period and value of breakdowns of a table, with their share."""
    columns = ["area", "period", "kind", "breakdown", "value", "count", "off", "state"]
    rows = counts.loc[counts["table"] == table, columns]
    keys = ["area", "period"]
    of_all = counts[counts["table"] == "per_period"]
    totals = of_all.set_index(keys)[["count", "off"]]
    totals = totals.rename(columns=bounded_as("total"))

    beside = rows.join(totals, on=keys)
    beside = beside.reset_index(drop=True)
    return share_of(beside, basis)


def received(counts: pd.DataFrame) -> pd.DataFrame:
    """What all gemeenten received, and per year those that joined in it and the others."""
    rows = counts[counts["table"] == "received"]
    names = {ALL_RECEIPTS: "all", NEW_GEMEENTEN: "new", EXISTING: "existing"}
    words = rows["area"].str.split(" ")
    value = words.str[0].map(names)
    rows = rows.assign(value=value)
    rows = rows.sort_values(["kind", "period", "value"])
    return rows[["period", "kind", "value", "count", "off", "state"]]


def received_twice(
    received: pd.DataFrame, per_period: pd.DataFrame, district: str, basis: int
) -> pd.DataFrame:
    """One row: receipts, tips, how often one came in again, and the rate of receipts."""
    is_whole = per_period["kind"] == WHOLE
    is_district = per_period["area"] == district
    of_district = per_period[is_whole & is_district].reset_index(drop=True)
    of_all = received[received["kind"] == WHOLE].reset_index(drop=True)
    tips = taken(of_district)
    receipts = taken(of_all)

    # The rate is that of `count`.
    table = put(of_district, "count", receipts)
    table = put(table, "receipts", receipts)
    table = put(table, "tips", tips)
    table = put(table, "again", receipts - tips)
    table = with_rate(table, basis)
    columns = ["area"]
    for name in ("receipts", "tips", "again"):
        columns += [name, bound_of(name)]
    columns.append("per_10000")
    return table[columns].astype({"receipts": "Int64", "per_10000": "float64"})


def since_connection(counts: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What gemeenten received before, and in the first months after, their connection."""
    spans = of.days_since.set_index("value")
    inside = days_inside(spans, of.of_kind(WHOLE))
    days = inside.groupby("value").sum()[0]
    months = days / DAYS_PER_MONTH
    is_before = months.index == BEFORE_CONNECTION
    time = months.mask(is_before, 0.0)

    rows = counts[counts["table"] == "since_connection"]
    value = rows["period"]
    connected = value.map(time)
    rows = rows.assign(value=value, connected_months=connected)
    return rows[["value", "count", "off", "state", "connected_months"]]


def deliveries(counts: pd.DataFrame, sent: dict[str, int], district: str) -> pd.DataFrame:
    """What happened to all delivered rows together: read = clean + rejected + duplicate.

    What was read is no count of its own: it is the sum of the others, with their bounds.
    `DataError`: one of these was not counted; that is no 0.
    """
    delivered = counts[counts["table"] == "deliveries"]
    is_whole = counts["kind"] == WHOLE
    is_received = is_whole & (counts["table"] == "received")
    # What was counted is what all gemeenten received: that has a bound of its own.
    received = counts[is_received].assign(value=CLEAN_ROWS)
    rows = pd.concat([delivered, received]).set_index("value")
    parts = {}
    for name in (CLEAN_ROWS, REJECTED, DUPLICATE):
        if name not in rows.index:
            raise DataError.of("ours", what=message("not_counted", name=name))
        of_one = rows.loc[[name]].reset_index(drop=True)
        parts[name] = taken(of_one)

    about = {"area": district, "files": sent["files"]}
    table = pd.DataFrame([about])
    table = put(table, "read", summed(parts.values()))
    for name, count in parts.items():
        table = put(table, name, count)
    return table.assign(warnings=sent["warnings"])


def connection(of: Frame) -> pd.DataFrame:
    """One row per gemeente: from when until when it counts, and whether it delivered."""
    is_later = of.connected_on > of.periods["end"].max()
    rows: list[Connection] = []
    for slug in map(str, of.connected_on.index):
        own = of.edition.gemeente(slug)
        # Days that went out are still counted when it delivers nothing that can be.
        is_counted = slug in of.delivered
        delivery = DELIVERED if is_counted else of.absent[slug]
        if is_later[slug]:
            delivery = LATER
        connected = Connection(
            area=slug,
            connected_on=own.aangesloten,
            source=own.aangesloten_bron,
            has_delivered=is_counted and not is_later[slug],
            delivery=delivery,
            delivered_on=own.delivered_on,
            covered_until=of.covered_until[slug],
        )
        rows.append(connected)
    names = ["connected_on", "delivered_on", "covered_until"]
    days = dict.fromkeys(names, "datetime64[us]")
    return pd.DataFrame(rows).astype(days)


def own_return(tips: pd.DataFrame) -> pd.DataFrame:
    """What a gemeente can tell M. of each melding that it received: for it alone."""
    numbers = ["melding_id", "number_as_delivered"]
    said = ["disposition", "result", "usable", "fed_back_on"]
    rows = tips[["area", *numbers, "received_on", *said]]
    return rows.sort_values(["area", "received_on", "melding_id"])


def as_given(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was handed over."""
    return table


def values_of(counts: pd.DataFrame, breakdown: str) -> dict[str, Bounded]:
    """Value of a breakdown → its counts of the whole evaluation, per area; 0 if never kept.

    With their bounds, that add up with them: `values["ja"] + values["nee"]`.
    """
    is_whole = counts["kind"] == WHOLE
    is_of_breakdown = counts["breakdown"] == breakdown
    rows = with_none_where_never_kept(counts[is_whole & is_of_breakdown])
    areas = pd.Index(rows["area"].unique(), name="area")
    values = {}
    for value, of_value in rows.groupby("value", sort=False):
        per_area = of_value.set_index("area").reindex(areas)
        count = per_area["count"]
        off = per_area["off"].astype("Float64")
        values[str(value)] = Bounded(count, off)
    return values


def with_none_where_never_kept(rows: pd.DataFrame) -> pd.DataFrame:
    """The counts, 0 where nobody keeps that; what is not told stays missing."""
    is_never = rows["state"].isin(NOT_KEPT)
    count = rows["count"].astype("Float64")
    told = count.mask(is_never, 0)
    return rows.assign(count=told)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Put a measured table in words, for a reader elsewhere; codes that people chose stay.

    >>> table = pd.DataFrame({"area": ["borne"], "verdict": ["more"]})
    >>> labelled(table).to_dict("records")
    [{'Gebied': 'borne', 'Oordeel': 'meer'}]
    """
    in_words = table.copy()
    for column in table.select_dtypes(exclude="number"):
        words = words_of(str(column))
        codes = table[column]
        if isinstance(codes.dtype, pd.CategoricalDtype):
            in_words[column] = codes.cat.rename_categories(words)
        else:
            in_words[column] = codes.replace(words)

    code = table.attrs.get("indicator")
    of_code = [row["table"] for row in INDICATORS if row["code"] == code]
    columns = [str(column) for column in table]
    names = {}
    for column, heading in headings(of_code, columns).items():
        names[column] = heading["nl"]
    return in_words.rename(columns=names)
