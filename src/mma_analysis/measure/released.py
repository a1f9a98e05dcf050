"""Released tables: made by the registry, those of counts themselves, and in words."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Any

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from mma_analysis.measure.categories import DUPLICATE, READ, RECEIVED, REJECTED, first_receipts
from mma_analysis.measure.counts import KEYS, Counts, allowed_values, counted
from mma_analysis.measure.course import with_time
from mma_analysis.measure.frame import BEFORE, DAYS_PER_MONTH, WHOLE, Frame, period_of
from mma_analysis.measure.gemeenten import baseline
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.headings import Language, headings, words_of
from mma_analysis.vocabulary.reference import INDICATORS, LABELS, REGISTRY
from mma_analysis.vocabulary.value import NOT_KEPT

COLUMNS = ["table", *KEYS, "kind", "count", "basis", "state"]
TYPES = dict.fromkeys(COLUMNS, "str") | {"count": "Int64", "basis": "int64"}


def made(given: Mapping[str, Any], scope: str) -> dict[str, pd.DataFrame]:
    """Make every table of a scope (`public`, `own` or `changes`) by its row in the registry.

    A row names a function of this room and its inputs: what is given, or another table. Without an
    input it is not made. Of scope `own` they are of the exact counts of all gemeenten, each row for
    its own gemeente alone. A table with two rows of the same keys is a `DataError`.
    """
    rows = {row["table"]: row for row in REGISTRY if row["scope"] in (scope, "both")}
    inputs = {name: row["inputs"].split() for name, row in rows.items()}
    known, tables = dict(given), {}
    for name in TopologicalSorter(inputs).static_order():
        row = rows.get(name)
        if row is None:
            continue
        values = [name if need == "table" else known.get(need) for need in inputs[name]]
        if any(value is None for value in values):
            continue
        module, function = row["function"].rsplit(".", 1)
        make = getattr(import_module(f"mma_analysis.measure.{module}"), function)
        known[name] = make(*values)
        tables[name] = with_cells(known[name].reset_index(drop=True), row)
    return tables


def given_of(of: Frame, public: pd.DataFrame, counts: pd.DataFrame | None = None) -> dict[str, Any]:
    """What tables need of an edition, by the names that the registry has for it.

    `public`: the counts that everybody has; `counts`: those of which the tables are, if others.
    """
    counts = public if counts is None else counts
    return {
        "of": of,
        "vocabulary": of.vocabulary,
        "district": of.district,
        "every_period": of.periods,
        "peildatum": pd.Timestamp(of.edition.peildatum),
        "baseline": baseline(of, public),
        "counts": counts,
        "basis": int(counts["basis"].max()) if len(counts) else 1,
    }


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table that follows from counts, from clean rows of your own choice. Exact."""
    return made(given_of(of, exact_counts(counted(meldingen, of))), "public")


def with_cells(table: pd.DataFrame, row: Mapping[str, str]) -> pd.DataFrame:
    """The same rows with their `cell` (table and keys, in the order of the registry), and what the
    indicator is in `attrs`."""
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
    """The counts that everybody may read, with the kinds of no number kept apart.

    `rounded`: count by name of a cell; missing where it is not told. `state`: `shown`, `hidden`,
    `missing` (what a gemeente without delivery would have had), `not_applicable` (not connected
    yet) or `never` (the gemeente does not keep this field).
    """
    basis = of.edition.bescherming.basis
    absent = [
        (row["table"], slug, period, row["breakdown"], value, kind, None, basis, "missing")
        for row in of.vocabulary.reference("breakdowns")
        for kind in row["gemeente"].split()
        for period in of.of_kind(kind)["period"]
        for value in allowed_values(of, row["breakdown"])
        for slug in of.connected_on.index
        if slug not in of.delivered
    ]
    of_nobody = pd.DataFrame(absent, columns=COLUMNS).astype(TYPES)
    return pd.concat([_told(counted, rounded, basis), of_nobody], ignore_index=True)


def exact_counts(counted: Counts) -> pd.DataFrame:
    """The counts of who delivered, as `public_counts` has them, exact: their `basis` is 1."""
    return _told(counted, counted.cells["count"], 1)


def _told(counted: Counts, numbers: pd.Series, basis: int) -> pd.DataFrame:
    cells = counted.cells[counted.cells["table"] != ""]
    count = numbers.reindex(cells.index).astype("Int64")
    told = count.isna().map({True: "hidden", False: "shown"})
    state = cells["structural"].where(cells["structural"] != "", told)
    cells = cells.assign(count=count.where(state == "shown"), state=state, basis=basis)
    return cells[COLUMNS].astype(TYPES).reset_index(drop=True)


def totals(of: Frame, counts: pd.DataFrame, basis: int, dispersion: pd.DataFrame) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time and the rates of that."""
    return with_rate(with_time(of, counts), basis, dispersion)


def broken_down(counts: pd.DataFrame, table: str, basis: int) -> pd.DataFrame:
    """Meldingen per area, period and value of the breakdowns of this table, with their share."""
    rows = counts[counts["table"] == table].reset_index(drop=True)
    of_all = counts[counts["table"] == "per_period"].set_index(["area", "period"])["count"]
    keys = pd.MultiIndex.from_frame(rows[["area", "period"]])
    total = pd.Series(of_all.reindex(keys).to_numpy(), rows.index, dtype="Int64")
    columns = ["area", "period", "kind", "breakdown", "value", "count", "basis", "state"]
    return share_of(rows[columns], total, basis)


def received(counts: pd.DataFrame) -> pd.DataFrame:
    """What all gemeenten received, and per year of those that joined in it and of the others."""
    rows = counts[counts["table"] == "received"]
    names = {RECEIVED: "all", "nieuw": "new", "bestaand": "existing"}
    value = rows["area"].str.split(" ").str[0].map(names)
    return rows.assign(value=value)[["period", "kind", "value", "count", "basis", "state"]]


def received_twice(
    received: pd.DataFrame, per_period: pd.DataFrame, district: str, basis: int
) -> pd.DataFrame:
    """One row: receipts, tips, and how often a tip came in at one more gemeente.

    `per_10000` is of receipts: beside tips every gemeente would seem to receive more.
    """
    whole = per_period[per_period["area"].eq(district) & per_period["kind"].eq(WHOLE)]
    tips = whole["count"].sum(skipna=False)
    receipts = received.loc[received["kind"] == WHOLE, "count"].sum(skipna=False)
    row = {"area": district, "receipts": receipts, "tips": tips, "again": receipts - tips}
    table = pd.DataFrame([row]).astype(dict.fromkeys(["receipts", "tips", "again"], "Int64"))
    rate = with_rate(whole.head(1).assign(count=receipts), basis)["per_10000"].to_numpy()
    return table.assign(per_10000=rate)


def since_connection(counts: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What all gemeenten received in the first months after they were connected, and later.

    `value`: months since the connection, `before` too; `connected_months`: of all together.
    """
    rows = counts[counts["table"] == "since_connection"]
    since = of.days_since
    days = ((since["end"] - since["begin"]).dt.days + 1).clip(lower=0)
    time = days.groupby(since["value"]).sum() / DAYS_PER_MONTH
    time[BEFORE] = 0.0
    rows = rows.assign(value=rows["period"], connected_months=rows["period"].map(time))
    return rows[["value", "count", "basis", "state", "connected_months"]]


def deliveries(counts: pd.DataFrame, sent: dict[str, int], district: str) -> pd.DataFrame:
    """What happened to all delivered rows together: read = clean + rejected + duplicate.

    `sent`: how many `files` there were, and `warnings` about their fields.
    """
    rows = counts[counts["table"] == "deliveries"].set_index("value")["count"]
    read, rejected, duplicate = (rows.get(value, pd.NA) for value in (READ, REJECTED, DUPLICATE))
    numbers = {"read": read, "clean": read - rejected - duplicate}
    numbers |= {"rejected": rejected, "duplicate": duplicate}
    row = {"area": district, "files": sent["files"], **numbers, "warnings": sent["warnings"]}
    return pd.DataFrame([row]).astype(dict.fromkeys(numbers, "Int64"))


def connection(of: Frame) -> pd.DataFrame:
    """One row per gemeente: since when it is connected, and whether it delivered."""
    settings = [of.edition.gemeente(slug) for slug in of.connected_on.index]
    table = of.connected_on.rename_axis("area").rename("connected_on").reset_index()
    days = pd.Series([one.geleverd_op for one in settings], dtype="datetime64[us]")
    return table.assign(
        source=[one.aangesloten_bron for one in settings],
        has_delivered=table["area"].isin(of.delivered),
        delivered_on=days,
    )


def own_return(tips: pd.DataFrame) -> pd.DataFrame:
    """What a gemeente can tell M. of each melding that it received: for that gemeente alone."""
    columns = ["area", "melding_id", "received_on", "disposition", "result", "usable"]
    return tips[[*columns, "fed_back_on"]].sort_values(["area", "received_on", "melding_id"])


def as_given(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was handed over."""
    return table


def whole_total(counts: pd.DataFrame, breakdown: str, value: str) -> pd.Series:
    """The count of one value over the whole evaluation, per area; none of what is never kept."""
    is_breakdown = counts["kind"].eq(WHOLE) & counts["breakdown"].eq(breakdown)
    rows = counts[is_breakdown & counts["value"].eq(value)].set_index("area")
    return rows["count"].astype("Int64").mask(rows["state"].isin(NOT_KEPT), 0)


def volume(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Count receipts and unique tips per area and period of every kind, with their rates. Exact.

    A tip that two gemeenten received is two `receipts` of the district and one of its `tips`, on
    the day that the first of them wrote down. Who delivered none of these meldingen has zeros.

    Examples
    --------
    >>> from mma_analysis.measure.frame import frame
    >>> from mma_analysis.settings import EXAMPLE, Workspace
    >>> of = frame(Workspace.here().edition(EXAMPLE))
    >>> days = pd.to_datetime(["2022-01-03", "2022-01-04", "2022-01-05"])
    >>> tips = pd.DataFrame({"melding_id": ["1", "1", "2"], "received_on": days,
    ...                      "gemeente": ["borne", "losser", "borne"], "source_row": [1, 1, 2]})
    >>> tips = tips.assign(source_file="x.csv", source_sheet="")
    >>> found = volume(tips, of).query("period == 'whole' and area == 'twente'")
    >>> found[["counted", "count"]].to_numpy().tolist()
    [['receipts', 3], ['tips', 2]]
    """
    parts = []
    for what, areas, rows in (
        ("receipts", list(of.delivered), meldingen.assign(area=meldingen["gemeente"])),
        ("receipts", [of.district], meldingen.assign(area=of.district)),
        ("tips", [of.district], first_receipts(of.vocabulary, meldingen)),
    ):
        for kind, of_kind in of.by_kind:
            period = period_of(rows["received_on"], of_kind).rename("period")
            every = pd.MultiIndex.from_product([areas, of_kind["period"]], names=["area", "period"])
            counts = rows.groupby(["area", period]).size().reindex(every, fill_value=0)
            parts.append(counts.rename("count").reset_index().assign(kind=kind, counted=what))
    table = pd.concat(parts, ignore_index=True).astype({"count": "Int64"})
    table = table[["area", "period", "kind", "counted", "count"]]
    return with_rate(table.merge(of.exposure, on=["area", "period"], how="left"))


def labelled(table: pd.DataFrame, language: Language = "nl") -> pd.DataFrame:
    """Put a measured table in words, for a reader outside this project.

    Codes that people chose (topics, answers) and what has no word stay as they are.

    Examples
    --------
    >>> table = pd.DataFrame({"area": ["borne"], "verdict": ["more"]})
    >>> labelled(table).to_dict("records")
    [{'Gebied': 'borne', 'Oordeel': 'meer'}]
    """
    code = table.attrs.get("indicator")
    of_table = [row["table"] for row in INDICATORS if row["code"] == code]
    names = headings(LABELS, (code, *of_table), [str(column) for column in table])
    words = {str(column): words_of(str(column), language) for column in table}
    in_words = table.assign(
        **{
            column: table[column].map(of_column).fillna(table[column])
            for column, of_column in words.items()
            if of_column and not is_numeric_dtype(table[column])
        }
    )
    in_words.attrs = dict(table.attrs)
    return in_words.rename(columns={column: row[language] for column, row in names.items()})
