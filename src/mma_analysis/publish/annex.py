"""`bijlage.xlsx` and `.csv`: every released table; `eigen-cijfers.xlsx`: those of one gemeente."""

import datetime as dt
import io
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.papers import CREATED, TEMPLATES, settled, subject
from mma_analysis.publish.templates import written
from mma_analysis.show.origin import word
from mma_analysis.show.text import plain
from mma_analysis.vocabulary import message, numbers
from mma_analysis.vocabulary.reference import INDICATORS, headings, words_of
from mma_analysis.vocabulary.value import SPOKEN, bound_of, counted_in, is_bound, value_of

Cell = str | int | float | dt.date
# The cell of a row, as pages and the tidy file name it; and what stands in a table of words.
PLACE, AS_IT_IS = {"cell": {"nl": "Vindplaats", "form": "place"}}, "as it is"
GUIDE, CONTENTS = "Leeswijzer", "Inhoud"
A4, COLUMNS_ON_PAPER, WIDEST, WIDEST_TEXT = 9, 10, 215, 635  # the last two in pixels
DIGITS = 6  # more than anybody needs, and the same on every machine
LOOK = tomllib.loads((TEMPLATES / "workbook.toml").read_text(encoding="utf-8"))
ROUNDED = "rounded"  # the form of a count of meldingen
NUMBERS = {*LOOK["formats"], ROUNDED} - {"date"}
LISTS = {"compared": ("area", {}), "topics": ("value", {"breakdown": "topic"})}
TARIFF = {"vanaf_inwoners": "from_inhabitants", "per_jaar": "per_year"}
TARIFF |= {"aansluiting": "connecting", "per_melding": "per_receipt"}
# A spreadsheet reads a text that begins like this as a formula once it is saved as text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Table(NamedTuple):
    """What stands on a sheet: its row of the registry, column → words and form, and its rows."""

    about: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    records: Sequence[Mapping[Any, Any]]


def annex_workbook(e: Evaluation, warning: str = "") -> bytes:
    """Write the annex of an edition, from the public evaluation of the district or an intern one.

    No cell is a formula, and no text can become one. Small tables of a chapter share a sheet.
    `warning`: that it may not be sent yet.
    """
    sheets: dict[str, list[Table]] = {}
    for table in _tables(e):
        sheets.setdefault(table.about["sheet"], []).append(table)
    title = f"Eigen cijfers van {e.naam}" if e.is_intern else "Bijlage met tabellen"
    title += f" bij {e.edition.evaluatie.titel}"
    every = [table for tables in sheets.values() for table in tables]
    around = _around(e, title, warning, every)
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": title, "subject": subject(e), "created": CREATED})
        looks = dict(LOOK["styles"])
        for form, how in (LOOK["formats"] | _formats_of_rounded(every)).items():
            looks[form] = looks["number"] | {"num_format": how}
        styles = {name: book.add_format(LOOK["every"] | look) for name, look in looks.items()}
        for name, tables in ({one.about["sheet"]: [one] for one in around} | sheets).items():
            _write(book.add_worksheet(name), tables, e, styles)
    return settled(content.getvalue())


def _formats_of_rounded(tables: Sequence[Table]) -> dict[str, str]:
    """How rounded counts are written: a 0 that may be a few stays 0, and is read as what it can be.

    One for each bound that a count of these tables has.
    """
    bounds = set()
    for table in tables:
        for column, words in table.columns.items():
            if words["form"] == ROUNDED:
                bound = bound_of(column)
                bounds |= {int(record.get(bound, 0)) for record in table.records}
    formats = {}
    for off in sorted(bounds):
        few = f';-#,##0;"0–{off}"' if off else ""
        formats[f"{ROUNDED} {off}"] = LOOK["formats"]["count"] + few
    return formats


def annex_csv(e: Evaluation) -> str:
    """The same numbers, days and codes as a tidy file, a line per cell and column.

    `value` is for programs, with a Dutch decimal comma; `text` is what it says to a reader.
    """
    lines = []
    for about, columns, records in _tables(e):
        for record in records if "cell" in columns else ():
            for column in [c for c in columns if c not in ("cell", *about["keys"].split())]:
                cell, raw = _cell(e, record, column, columns[column]["form"]), record[column]
                value, text = str(cell).replace(".", ","), cell
                if isinstance(cell, str):  # a code as it is
                    value = harmless(str(raw)) if isinstance(raw, str | bool | np.bool_) else ""
                else:
                    text = value_of(record, column)
                lines.append((harmless(str(record["cell"])), column, value, text))
    frame = pd.DataFrame(lines, columns=["cell", "column", "value", "text"])
    return "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")


# --- what stands in the tables -------------------------------------------------------------------


def _tables(e: Evaluation) -> Iterator[Table]:
    """The tables of the registry that say anything to this audience, as a reader sees them."""
    for about in INDICATORS:
        name = about["table"]
        is_there = name in e.own_tables if e.is_intern else about["scope"] != "own"
        if about["sheet"] and is_there and len(frame := _rows(e, name)):
            seen = [column for column in map(str, frame) if _is_told(e, frame, column)]
            columns = headings([name], seen)
            yield Table(
                about, (PLACE if "cell" in frame else {}) | columns, frame.to_dict("records")
            )


def _is_told(e: Evaluation, table: pd.DataFrame, column: str) -> bool:
    """Whether a column stands in the annex: of a bound only when it is another than the guide says.

    The guide says it of every count that was rounded once; in a workbook of exact figures none is.
    """
    if not is_bound(column):
        return column != "cell"
    usual = 0 if e.is_intern else e.edition.bescherming.basis - 1
    counts = table[counted_in(column)]
    bounds = table[column][counts.notna()]
    return bool((bounds != usual).any())


def _rows(e: Evaluation, table: str) -> pd.DataFrame:
    """A released table; the two of which the numbers were given and not counted have no cells."""
    if e.is_intern:
        return e.tabel(table, area=e.gebied)
    if table == "national":
        given = pd.DataFrame(e.vocabulary.reference(table), columns=["year", "forwarded", "source"])
        given = given.astype({"year": int, "forwarded": int})
        return given[given["year"] <= e.edition.peildatum.year]
    if table == "tariffs":
        lines = pd.DataFrame(map(vars, e.edition.kosten.tarief), columns=[*TARIFF])
        return lines.rename(columns=TARIFF).sort_values("from_inhabitants", ascending=False)
    return e.tabel(table)


def _cell(e: Evaluation, row: Mapping[Any, Any], column: str, form: str) -> Cell:
    """A number or a day as what it is; a code in words, and why there is no number."""
    value = row[column]
    if form == AS_IT_IS:
        return value
    if form in NUMBERS:
        if "cell" not in row or value_of(row, column).shown:
            return number(value, form)
        # Why not, as pages say it; each of two editions has its own reason.
        own = column.replace("count", "state") if column.startswith("count_") else "state"
        state = str(row.get(own, row.get("state", "shown"))).replace("absent", "not_applicable")
        return str(value_of({**row, "state": state}, column))
    if pd.isna(value) or value == "":
        return "niet bekend" if pd.isna(value) else SPOKEN["not_applicable"]
    if form == "date":
        return pd.Timestamp(value).date()
    if form == "yes_no":
        return "ja" if value else "nee"
    if form in ("code", "place"):
        return harmless(str(value))
    key, of = LISTS.get(column, (column, row))
    each = str(value).split(", ") if column in LISTS else [str(value)]
    return harmless(numbers.listing([word(e, key, one, dict(of)).strip("‘’") for one in each]))


def number(value: Any, form: str) -> Cell:
    """A number to six digits; whole euros: from two in cents a hidden count could be computed."""
    exact = float(value)
    if math.isinf(exact):
        return "geen bovengrens"
    exact = math.floor(exact + 0.5) if form == "euro" else round(exact, DIGITS)
    return int(exact) if float(exact).is_integer() else exact


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before one that looks so."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def _around(e: Evaluation, title: str, warning: str, tables: Sequence[Table]) -> Iterator[Table]:
    """How to read it, what is where, what each column and each figure is: as the template says."""
    names = {"title": title, "tables": tables, "words_of": words_of, "spoken": SPOKEN}
    names |= {
        "warning": plain(warning),
        "used": {table.about["table"] for table in tables},
        "indicators": INDICATORS,
        "ernaast": any(is_bound(column) for table in tables for column in table.columns),
    }
    for sheet in written("annex.j2", e=e, **names).rstrip().split("\n\n"):
        (name, named, about), heads, *rows = (line.split(" | ") for line in sheet.splitlines())
        columns = {
            head: {"nl": head, "form": "count" if head == "Rijen" else AS_IT_IS} for head in heads
        }
        registered = {"table": name.lower(), "sheet": name, "title": named, "about": about}
        yield Table(registered, columns, [dict(zip(columns, row, strict=True)) for row in rows])


# --- writing -------------------------------------------------------------------------------------


def _write(
    sheet: Worksheet, tables: Sequence[Table], e: Evaluation, styles: Mapping[str, Format]
) -> None:
    """Tables below each other, each with its title; of a single one the head stays in sight."""
    name = tables[0].about["sheet"]
    row, head, wide = 0, 0, max(len(table.columns) for table in tables)
    above: list[tuple[int, str, str]] = []
    for table in tables:
        above += [(row, table.about["title"], "title"), (row + 1, table.about["about"], "line")]
        head = row + (2 if row else 4)
        _write_table(sheet, table, head, e, styles)
        row = head + max(len(table.records), 1) + 3
    sheet.autofit(WIDEST if wide > 4 else WIDEST_TEXT)
    above += [(2, message("fictitious"), "warning")] if e.edition.evaluatie.fictief else []
    for number, text, style in above:  # after the widths: a title may go on over its neighbours
        sheet.write(number, 0, text, styles[style])
    if name != GUIDE:
        back = GUIDE if name == CONTENTS else CONTENTS
        link = f"internal:'{back}'!A1"
        sheet.write_url(3, 0, link, styles["link"], f"Naar {back.lower()}", f"Naar {back}")
    if len(tables) == 1:
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head)
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(math.ceil(wide / COLUMNS_ON_PAPER), 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&A&RPagina &P van &N")


def _write_table(
    sheet: Worksheet, table: Table, head: int, e: Evaluation, styles: Mapping[str, Format]
) -> None:
    about, columns, records = table
    is_number = [words["form"] in (*NUMBERS, "date") for words in columns.values()]
    heads = [
        {"header": words["nl"], "header_format": styles["number head" if right else "head"]}
        for words, right in zip(columns.values(), is_number, strict=True)
    ]
    options = {"name": f"tabel_{about['table']}", "title": about["title"], "banded_rows": False}
    options |= {"description": about["about"], "style": "Table Style Light 1", "columns": heads}
    sheet.add_table(head, 0, head + len(records), len(heads) - 1, options)
    for row, record in enumerate(records, start=head + 1):
        for column, (name, words) in enumerate(columns.items()):
            cell = _cell(e, record, name, words["form"])
            form = words["form"]
            if form == ROUNDED:
                form = f"{ROUNDED} {int(record.get(bound_of(name), 0))}"
            if is_number[column] and isinstance(cell, str):
                form = "without"
            if about["sheet"] == CONTENTS and column == 0:
                link = f"internal:'{cell}'!A1"
                sheet.write_url(row, column, link, styles["link"], str(cell), f"Naar {cell}")
            else:
                sheet.write(row, column, cell, styles.get(form, styles["text"]))
