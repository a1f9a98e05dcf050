"""Released tables: made by the registry, those of counts themselves, and in words."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Any

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from mma_analysis.measure.counts import DUPLICATE, KEYS, READ, REJECTED, Counts, counted
from mma_analysis.measure.course import with_time
from mma_analysis.measure.frame import BEFORE, DAYS_PER_MONTH, RECEIVED, WHOLE, Frame, days_inside
from mma_analysis.measure.gemeenten import baseline
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.vocabulary import TOTAL, DataError, message
from mma_analysis.vocabulary.reference import INDICATORS, REGISTRY, headings, words_of
from mma_analysis.vocabulary.value import NOT_KEPT

COLUMNS = ["table", *KEYS, "kind", "count", "basis", "state"]
TYPES = dict.fromkeys(COLUMNS, "str") | {"count": "Int64", "basis": "int64"}


def made(given: Mapping[str, Any], scope: str) -> dict[str, pd.DataFrame]:
    """Make every table of a scope (`public`, `own` or `changes`) by its row in the registry.

    Without an input it is not made. A table with two rows of the same keys is a `DataError`.
    """
    rows = {row["table"]: row for row in REGISTRY if row["scope"] in (scope, "both")}
    inputs = {name: row["inputs"].split() for name, row in rows.items()}
    # What was handed over may have the name of its table.
    above = {name: [need for need in needs if need != name] for name, needs in inputs.items()}
    known, tables = dict(given), {}
    for name in (name for name in TopologicalSorter(above).static_order() if name in rows):
        values = [name if need == "table" else known.get(need) for need in inputs[name]]
        if all(value is not None for value in values):
            module, function = rows[name]["function"].rsplit(".", 1)
            make = getattr(import_module(f"mma_analysis.measure.{module}"), function)
            known[name] = make(*values)
            tables[name] = with_cells(known[name].reset_index(drop=True), rows[name])
    return tables


def given_of(of: Frame, public: pd.DataFrame, counts: pd.DataFrame | None = None) -> dict[str, Any]:
    """What tables of `counts` need, beside what everybody has, by its names in the registry."""
    counts, of_all = public if counts is None else counts, baseline(of, public)
    return {
        "of": of,
        "district": of.district,
        "every_period": of.periods,
        "peildatum": pd.Timestamp(of.edition.peildatum),
        "baseline": of_all,
        "noise": of_all.noise,
        "counts": counts,
        "basis": int(counts["basis"].max()) if len(counts) else 1,
    }


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table that follows from counts, from clean rows of your own choice. Exact."""
    return made(given_of(of, exact_counts(counted(meldingen, of))), "public")


def with_cells(table: pd.DataFrame, row: Mapping[str, str]) -> pd.DataFrame:
    """With the `cell` of each row (table and keys), and what the indicator is in `attrs`."""
    cell = pd.Series(row["table"], table.index, dtype="str")
    for key in row["keys"].split():
        values = table[key]
        if is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        cell = cell + "|" + values.astype("object").where(values.notna(), "").astype("str")
    if cell.duplicated().any():
        twice = cell[cell.duplicated()].iloc[0]
        raise DataError.of("ours", what=message("row_twice", table=row["table"], cell=twice))
    table = table.assign(cell=cell)
    attrs = {key: row[key] for key in ("method", "source", "version")}
    table.attrs.update(indicator=row["code"], **attrs)
    return table


def public_counts(counted: Counts, rounded: pd.Series, of: Frame) -> pd.DataFrame:
    """The counts that everybody may read: `rounded`, by name of a cell, missing if not released.

    `state`: `shown`, `hidden`, `missing` (no delivery), `not_applicable` (not connected yet),
    `never` or `not_understood`. In reading order: of each breakdown gemeenten, then the district.
    """
    basis, is_later = of.edition.bescherming.basis, of.connected_on > of.periods["end"].max()
    why = is_later.map({True: "not_applicable", False: "missing"})
    absent = [
        (row["table"], slug, period, row["code"], value, kind, None, basis, why[slug])
        for row in of.vocabulary.reference("breakdowns")
        for kind in row["gemeente"].split()
        for period in of.of_kind(kind)["period"]
        for value in of.vocabulary.values(row["code"]) or [TOTAL]
        for slug in of.connected_on.index.difference(list(of.delivered), sort=False)
    ]
    of_nobody = pd.DataFrame(absent, columns=COLUMNS).astype(TYPES)
    rows = pd.concat([exact_counts(counted, rounded, basis), of_nobody], ignore_index=True)
    slugs = {area.slug: place for place, area in enumerate(of.vocabulary.areas)}
    place = pd.DataFrame(
        {
            "breakdown": pd.factorize(rows["breakdown"])[0],
            "is_district": rows["area"].eq(of.district),
            "kind": pd.factorize(rows["kind"])[0],
            "area": rows["area"].map(slugs),
        }
    )
    in_order = place.sort_values(["breakdown", "is_district", "kind", "area"]).index
    return rows.loc[in_order].reset_index(drop=True)


def exact_counts(counted: Counts, numbers: pd.Series | None = None, basis: int = 1) -> pd.DataFrame:
    """The counts of who delivered, as `public_counts` has them; exact unless others are given."""
    cells = counted.cells[counted.cells["table"] != ""]
    count = (cells["count"] if numbers is None else numbers).reindex(cells.index).astype("Int64")
    state = count.isna().map({True: "hidden", False: "shown"})
    state = cells["structural"].where(cells["structural"] != "", state)
    cells = cells.assign(count=count.where(state == "shown"), state=state, basis=basis)
    return cells[COLUMNS].astype(TYPES).reset_index(drop=True)


def totals(of: Frame, counts: pd.DataFrame, basis: int, noise: pd.Series) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time and the rates of that."""
    return with_rate(with_time(of, counts), basis, noise)


def broken_down(counts: pd.DataFrame, table: str, basis: int) -> pd.DataFrame:
    """Meldingen per area, period and value of the breakdowns of this table, with their share."""
    rows = counts[counts["table"] == table].reset_index(drop=True)
    of_all = counts[counts["table"] == "per_period"].set_index(["area", "period"])["count"]
    total = of_all.reindex(pd.MultiIndex.from_frame(rows[["area", "period"]])).set_axis(rows.index)
    columns = ["area", "period", "kind", "breakdown", "value", "count", "basis", "state"]
    return share_of(rows[columns], total, basis)


def received(counts: pd.DataFrame) -> pd.DataFrame:
    """What all gemeenten received, and per year of those that joined in it and of the others."""
    rows = counts[counts["table"] == "received"]
    names = {RECEIVED: "all", "nieuw": "new", "bestaand": "existing"}
    value = rows["area"].str.split(" ").str[0].map(names)
    rows = rows.assign(value=value).sort_values(["kind", "period", "value"])
    return rows[["period", "kind", "value", "count", "basis", "state"]]


def received_twice(
    received: pd.DataFrame, per_period: pd.DataFrame, district: str, basis: int
) -> pd.DataFrame:
    """One row: receipts, tips, how often a tip came in once more, and the rate of receipts."""
    whole = per_period[per_period["area"].eq(district) & per_period["kind"].eq(WHOLE)]
    receipts = received.loc[received["kind"] == WHOLE, "count"].sum(skipna=False)
    rows = whole.assign(receipts=receipts, tips=whole["count"], again=receipts - whole["count"])
    table = with_rate(rows.assign(count=receipts), basis).reset_index(drop=True)
    types = {"receipts": "Int64", "per_10000": "float64"}
    return table[["area", "receipts", "tips", "again", "per_10000"]].astype(types)


def since_connection(counts: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What all gemeenten received before, and in the first months after, their connection."""
    inside = days_inside(of.days_since.set_index("value"), of.of_kind(WHOLE))
    inside = inside.groupby("value").sum()[0]
    time = (inside / DAYS_PER_MONTH).mask(inside.index == BEFORE, 0.0)
    rows = counts[counts["table"] == "since_connection"].rename(columns={"period": "since"})
    rows = rows.assign(value=rows["since"], connected_months=rows["since"].map(time))
    return rows[["value", "count", "basis", "state", "connected_months"]]


def deliveries(counts: pd.DataFrame, sent: dict[str, int], district: str) -> pd.DataFrame:
    """What happened to all delivered rows together: read = clean + rejected + duplicate."""
    rows = counts[counts["table"] == "deliveries"].set_index("value")["count"]
    names = [READ, "clean", REJECTED, DUPLICATE]
    table = rows.reindex(names).to_frame().T.astype("Int64").reset_index(drop=True)
    table["clean"] = table[READ] - table[REJECTED] - table[DUPLICATE]
    table = table.assign(area=district, **sent).rename_axis(None, axis=1)
    return table[["area", "files", *names, "warnings"]]


def connection(of: Frame) -> pd.DataFrame:
    """One row per gemeente: since when it is connected, and whether its meldingen were counted."""
    rows = []
    for slug in map(str, of.connected_on.index):
        own = of.edition.gemeente(slug)
        delivered = slug in of.delivered, own.geleverd_op
        rows.append((slug, own.aangesloten, own.aangesloten_bron, *delivered))
    columns = ["area", "connected_on", "source", "has_delivered", "delivered_on"]
    days = dict.fromkeys(["connected_on", "delivered_on"], "datetime64[us]")
    return pd.DataFrame(rows, columns=columns).astype(days)


def own_return(tips: pd.DataFrame) -> pd.DataFrame:
    """What a gemeente can tell M. of each melding that it received: for that gemeente alone."""
    columns = ["area", "melding_id", "received_on", "disposition", "result", "usable"]
    return tips[[*columns, "fed_back_on"]].sort_values(["area", "received_on", "melding_id"])


def as_given(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was handed over."""
    return table


def values_of(counts: pd.DataFrame, breakdown: str) -> pd.DataFrame:
    """The counts of the whole evaluation: a row per area, a column per value; 0 if never kept."""
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].eq(breakdown)]
    count = rows["count"].astype("Float64").mask(rows["state"].isin(NOT_KEPT), 0)
    table = rows.assign(count=count)
    return table.pivot_table("count", "area", "value", "first", sort=False, dropna=False)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Put a measured table in words, for a reader elsewhere; codes that people chose stay.

    >>> table = pd.DataFrame({"area": ["borne"], "verdict": ["more"]})
    >>> labelled(table).to_dict("records")
    [{'Gebied': 'borne', 'Oordeel': 'meer'}]
    """
    code = table.attrs.get("indicator")
    of_table = [row["table"] for row in INDICATORS if row["code"] == code]
    names = headings(of_table, [str(column) for column in table])
    in_words = table.copy()
    for column in table.select_dtypes(exclude="number"):
        in_words[column] = table[column].replace(words_of(str(column)))
    return in_words.rename(columns={column: row["nl"] for column, row in names.items()})
