"""The annex, `bijlage.xlsx` and `.csv`, and `eigen-cijfers.xlsx` of one gemeente alone."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.papers import subject
from mma_analysis.publish.templates import written
from mma_analysis.show.origin import TYPED, key_in_words
from mma_analysis.show.text import text_of_html
from mma_analysis.vocabulary import message, numbers
from mma_analysis.vocabulary.office import (
    AT_THE_RIGHT,
    ROUNDED_FORM,
    BoxColumn,
    FilledBox,
    Sheet,
    SheetTable,
    rounded_look,
    workbook,
)
from mma_analysis.vocabulary.reference import INDICATORS, headings, words_of
from mma_analysis.vocabulary.rows import records_of
from mma_analysis.vocabulary.value import (
    SPOKEN,
    Value,
    bound_of,
    counted_in,
    is_bound,
    names_of_ends,
    value_named,
    value_of,
)

Cell = str | int | float | dt.date | None
# Which row it is: its keys in words, as a page says where a number comes from.
PLACE_COLUMN = {"cell": {"nl": "Vindplaats", "form": "place"}}
# Why a number or a day is not there: its own box is empty, so that a column holds one kind.
WHY_EMPTY = "why_empty"
NOTE_COLUMN = {WHY_EMPTY: {"nl": "Waarom een vak leeg is", "form": "note"}}
NOT_EMPTY = "–"
NO_UPPER_BOUND = "geen bovengrens"
AS_IT_IS = "as it is"  # the form of what stands in a table of words
TARIFF = {
    "vanaf_inwoners": "from_inhabitants",
    "per_jaar": "per_year",
    "aansluiting": "connecting",
    "per_melding": "per_receipt",
}
# A spreadsheet reads a text that begins like this as a formula once it is saved as text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CodeList(NamedTuple):
    """What a column lists that has codes behind each other: a key, and the row of each."""

    key: str
    row: Mapping[str, str]


LISTS = {
    "compared": CodeList("area", {}),
    "topics": CodeList("value", {"breakdown": "topic"}),
}


class AnnexTable(NamedTuple):
    """What stands on a sheet: its row of the registry, column → words and form, rows."""

    about: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    records: Sequence[Mapping[Any, Any]]


def annex_workbook(e: Evaluation, warning: str = "") -> bytes:
    """Write the annex of an edition, for everybody, or the own figures of one gemeente.

    No cell is a formula, and no text can become one. Small tables of a chapter share a
    sheet. `warning`: that it may not be sent yet.
    """
    sheets: dict[str, list[AnnexTable]] = {}
    for table in _tables(e):
        sheets.setdefault(table.about["sheet"], []).append(table)
    tables = list(chain.from_iterable(sheets.values()))

    name = f"Eigen cijfers van {e.naam}" if e.is_intern else "Bijlage met tabellen"
    title = f"{name} bij {e.edition.evaluatie.titel}"
    all_sheets: dict[str, list[AnnexTable]] = {}
    for table in _around(e, title, warning, tables):
        all_sheets[table.about["sheet"]] = [table]
    all_sheets |= sheets

    written = [_sheet(e, sheet, of_sheet) for sheet, of_sheet in all_sheets.items()]
    return workbook(title, subject(e), written)


def _sheet(e: Evaluation, name: str, tables: Sequence[AnnexTable]) -> Sheet:
    """A sheet with its tables; of invented figures it says so."""
    warning = message("fictitious") if e.edition.evaluatie.fictief else ""
    return Sheet(name, warning, [_on_sheet(e, table) for table in tables])


def _on_sheet(e: Evaluation, table: AnnexTable) -> SheetTable:
    """A table as it stands on its sheet: in each box what it says, and how that looks."""
    columns = []
    for words in table.columns.values():
        columns.append(BoxColumn(words["nl"], words["form"]))
    rows = []
    for record in table.records:
        row = []
        for column, words in table.columns.items():
            look = _look(record, column, words["form"])
            row.append(FilledBox(_box(e, table, record, column), look))
        rows.append(row)
    about = table.about
    return SheetTable(about["name"], about["title"], about["about"], columns, rows)


def _look(record: Mapping[Any, Any], column: str, form: str) -> str:
    """The look of a box: of its form, or of how far a count may be off."""
    if form == ROUNDED_FORM:
        bound = int(record.get(bound_of(column), 0))
        return rounded_look(bound)
    return form


def annex_csv(e: Evaluation, beside: Iterable[Value] = ()) -> str:
    """The same numbers, days and codes as a tidy file, a line per cell and column.

    Cell and column are together the name that a page gives a number. `value` is for
    programs: whole, with a Dutch decimal comma; `text` is what it says to a reader.
    `beside`: what pages name that stands in no table, settings and typed numbers.
    """
    lines = []
    for table in tables_with_cells(e):
        for record in table.records:
            lines += _tidy(e, table, record)
    for value in beside:
        lines.append(_line_beside(value))
    frame = pd.DataFrame(lines, columns=["cell", "column", "value", "text"])
    return "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")


def _line_beside(value: Value) -> tuple[str, str, str, str]:
    """The line of a setting, or of a number that an author typed, with its reason.

    For one reason more than one may be typed: each has a line.
    """
    raw = harmless(str(value.raw))
    text = harmless(str(value))
    column = ""
    if value.cell.startswith(TYPED):
        column = raw
    return value.cell, column, raw, text


def _tidy(
    e: Evaluation,
    table: AnnexTable,
    record: Mapping[Any, Any],
) -> Iterator[tuple[str, str, str, Any]]:
    """The lines of one row: its cell, the column, the value and the text."""
    place = harmless(str(record["cell"]))
    for box in boxes(e, table, record):
        yield place, box.name, _for_dutch_programs(box.raw), box.text


def _for_dutch_programs(raw: Cell) -> str:
    """A number, a day or a code as the tidy file has it: with a decimal comma."""
    if raw is None:
        return ""
    if isinstance(raw, float):
        return str(raw).replace(".", ",")
    return str(raw)


class Box(NamedTuple):
    """What a program gets of one column of one row, and how that reads.

    `name` is how pages call the column. `raw` is none where nothing is: `text` says why.
    """

    column: str
    name: str
    raw: Cell
    text: Any


def boxes(e: Evaluation, table: AnnexTable, record: Mapping[Any, Any]) -> Iterator[Box]:
    """The columns of one row of a released table, each as a program gets it."""
    for column, name in names_in_csv(table).items():
        form = "count"  # of a bound that only the files for programs tell
        if column in table.columns:
            form = table.columns[column]["form"]
        cell = _cell(e, record, column, form)
        if cell is None:
            yield Box(column, name, None, _why_not(record, column))
        elif not isinstance(cell, str):
            yield Box(column, name, cell, value_named(record, name))
        else:
            yield Box(column, name, _code(record[column]), cell)


def _code(raw: Any) -> Cell:
    """A code, or yes or no, as the released table has it; none of what it does not have."""
    if isinstance(raw, bool | np.bool_):
        return bool(raw)
    return harmless(raw) if isinstance(raw, str) else None


def names_in_csv(table: AnnexTable) -> dict[str, str]:
    """Column → how it is called in the tidy file: as pages name it.

    An end of an interval goes by its column: `share:low`. Of each count it says how far it
    may be from the truth, also where the workbook does not.
    """
    every = tuple(map(str, table.records[0]))
    ends = names_of_ends(table.about["table"], every)
    names = {}
    for column in every:
        is_told = column in table.columns or is_bound(column)
        if is_told and column != "cell":
            names[column] = ends.get(column, column)
    return names


# --- what stands in the tables ------------------------------------------------------------


def _tables(e: Evaluation) -> Iterator[AnnexTable]:
    """The tables of the registry that say anything to this audience, as it sees them."""
    for about in INDICATORS:
        name = about["table"]
        is_there = name in e.own_tables if e.is_intern else about["scope"] != "own"
        if not about["sheet"] or not is_there:
            continue
        frame = _rows(e, name)
        if not len(frame):
            continue
        told = [column for column in map(str, frame) if _is_told(e, frame, column)]
        columns = headings([name], told)
        if "cell" in frame:
            columns = PLACE_COLUMN | columns
        records = records_of(frame)
        if _lacks_any(columns, records):
            columns = columns | NOTE_COLUMN
        yield AnnexTable(about, columns, records)


def tables_with_cells(e: Evaluation) -> Iterator[AnnexTable]:
    """Those of the tables of which each row has a name; the tariffs are settings."""
    for table in _tables(e):
        if "cell" in table.columns:
            yield table


def _lacks_any(
    columns: Mapping[str, Mapping[str, str]],
    records: Sequence[Mapping[Any, Any]],
) -> bool:
    """Whether any number or day of a table is not there."""
    return any(_reasons(columns, record) for record in records)


def _reasons(
    columns: Mapping[str, Mapping[str, str]],
    record: Mapping[Any, Any],
) -> dict[str, str]:
    """Column → why its number or day is not there, of those of a row that are not there."""
    reasons = {}
    for column, words in columns.items():
        if words["form"] in AT_THE_RIGHT:
            why = _why_not(record, column)
            if why:
                reasons[column] = why
    return reasons


def _note(columns: Mapping[str, Mapping[str, str]], record: Mapping[Any, Any]) -> str:
    """Why boxes of a row are empty: of a number and its interval once for all three."""
    reasons = _reasons(columns, record)
    table = _table_of(record)
    names = tuple(map(str, record))
    ends = names_of_ends(table, names)
    said = []
    for column, why in reasons.items():
        of_number, _, end = ends.get(column, column).partition(":")
        is_told = end and of_number in reasons
        if not is_told:
            said.append(f"{columns[column]['nl']}: {why}")
    return "; ".join(said) or NOT_EMPTY


def _table_of(record: Mapping[Any, Any]) -> str:
    """The table that a row is of; a row without a cell is of none."""
    return str(record.get("cell", "")).partition("|")[0]


def _is_told(e: Evaluation, table: pd.DataFrame, column: str) -> bool:
    """Whether a column stands in the annex: a bound only when the guide says another.

    The guide says it of every count that was rounded once; in a workbook of exact figures
    none is.
    """
    if not is_bound(column):
        return column != "cell"
    usual = 0 if e.is_intern else e.edition.bescherming.basis - 1
    is_counted = table[counted_in(column)].notna()
    bounds = table.loc[is_counted, column]
    return bool((bounds != usual).any())


def _rows(e: Evaluation, table: str) -> pd.DataFrame:
    """A released table; the tariffs have no cells: their numbers are in the settings."""
    if e.is_intern:
        return e.tabel(table, area=e.gebied)
    if table == "tariffs":
        return _tariffs(e)
    return e.tabel(table)


def _tariffs(e: Evaluation) -> pd.DataFrame:
    """What gemeenten pay, one row per size, the largest first."""
    lines = pd.DataFrame(map(vars, e.edition.kosten.tarief), columns=list(TARIFF))
    return lines.rename(columns=TARIFF).sort_values("from_inhabitants", ascending=False)


def _cell(e: Evaluation, row: Mapping[Any, Any], column: str, form: str) -> Cell:
    """A number or a day as what it is, and none when it is not there; a code in words."""
    value = row[column]
    if form == AS_IT_IS:
        return value
    if form in AT_THE_RIGHT:
        if _why_not(row, column):
            return None
        return pd.Timestamp(value).date() if form == "date" else cell_number(value)
    if pd.isna(value):
        return "niet bekend"
    if value == "":
        return SPOKEN["not_applicable"]
    if form == "yes_no":
        return "ja" if value else "nee"
    if form == "code":
        return harmless(str(value))

    listed = LISTS.get(column)
    if listed is None:
        words = [key_in_words(e, column, str(value), dict(row))]
    else:
        codes = str(value).split(", ")
        words = [key_in_words(e, listed.key, code, listed.row) for code in codes]
    said = numbers.listing([one.strip("‘’") for one in words])
    return harmless(said)


def _why_not(row: Mapping[Any, Any], column: str) -> str:
    """Why there is no number or day, as pages say it; empty when there is one.

    Each of two editions has its own reason.
    """
    value = row[column]
    if isinstance(value, float) and math.isinf(value):
        return NO_UPPER_BOUND
    is_day = isinstance(value, dt.date) or value is pd.NaT
    if is_day or "cell" not in row:
        return "niet bekend" if pd.isna(value) else ""
    if value_of(row, column).shown:
        return ""
    own = column.replace("count", "state") if column.startswith("count_") else "state"
    state = str(row.get(own, row.get("state", "shown")))
    state = state.replace("absent", "not_applicable")
    return str(value_of({**row, "state": state}, column))


def cell_number(value: Any) -> int | float:
    """A number as the released table has it; a whole one without a decimal comma."""
    exact = float(value)
    return int(exact) if exact.is_integer() else exact


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it."""
    looks_like_formula = text.lstrip(" ").startswith(FORMULA_SIGNS)
    return f"'{text}" if looks_like_formula else text


def _around(
    e: Evaluation,
    title: str,
    warning: str,
    tables: Sequence[AnnexTable],
) -> Iterator[AnnexTable]:
    """How to read it, what is where, what a column or figure is: as the template says."""
    has_bounds = any(is_bound(column) for table in tables for column in table.columns)
    text = written(
        "annex.j2",
        e=e,
        title=title,
        warning=text_of_html(warning),
        tables=tables,
        used={table.about["table"] for table in tables},
        indicators=INDICATORS,
        words_of=words_of,
        names_in_csv=names_in_csv,
        spoken=SPOKEN,
        ernaast=has_bounds,
    )
    for sheet in text.rstrip().split("\n\n"):
        first, heads, *rows = (line.split(" | ") for line in sheet.splitlines())
        name, title_of_sheet, about = first
        registered = {
            "table": name.lower(),
            "name": name,
            "sheet": name,
            "title": title_of_sheet,
            "about": about,
        }
        columns = {}
        for head in heads:
            form = "count" if head == "Rijen" else AS_IT_IS
            columns[head] = {"nl": head, "form": form}
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        yield AnnexTable(registered, columns, records)


def _box(e: Evaluation, table: AnnexTable, record: Mapping[Any, Any], column: str) -> Cell:
    """What stands in a box of a sheet: which row it is, what it has, why a box is empty."""
    if column == "cell":
        return _place(e, table, record)
    if column == WHY_EMPTY:
        return _note(table.columns, record)
    return _cell(e, record, column, table.columns[column]["form"])


def _place(e: Evaluation, table: AnnexTable, record: Mapping[Any, Any]) -> str:
    """Which row it is, by its keys in words: `Twente, hele periode`."""
    said = []
    for key in table.about["keys"].split():
        words = _cell(e, record, key, table.columns[key]["form"])
        if isinstance(words, dt.date):
            words = f"vanaf {numbers.day(words)}"
        said.append(f"{words}")
    return ", ".join(said)
