"""`bijlage.xlsx` and `bijlage.csv`: every released table with a sheet in the registry, as it is.

`eigen-cijfers.xlsx` is the same of one gemeente: its own rows, exact.
"""

import csv
import datetime as dt
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.office import CREATED, settled, subject
from mma_analysis.show.origin import word
from mma_analysis.show.reading import Reading
from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.headings import headings, words_of
from mma_analysis.vocabulary.reference import INDICATORS, LABELS
from mma_analysis.vocabulary.value import SPOKEN, value_of

Cell = str | int | float | dt.date
PLACE = "Vindplaats"  # the cell of a row, as pages and the tidy file name it
GUIDE, CONTENTS, CODES, DEFINITIONS = "Leeswijzer", "Inhoud", "Codeboek", "Definities"
FICTITIOUS = (
    "Fictieve voorbeelddata. Deze cijfers zijn verzonnen en zeggen niets over de genoemde "
    "gemeenten."
)
NOT_KNOWN, ENDLESS = "niet bekend", "geen bovengrens"
A4, COLUMNS_ON_PAPER, WIDEST, WIDEST_TEXT = 9, 10, 215, 635  # the last two in pixels
DIGITS = 6  # more than anybody needs, and the same on every machine
INK, SOFT, RULE = "#1b2430", "#5b6675", "#0b3c5d"
# 413 is Dutch: LibreOffice then writes numbers the Dutch way on any machine, and both write months.
FORMATS = {
    "count": "[$-413]#,##0",
    "number": "[$-413]#,##0.00",
    "share": "[$-413]0.0%",
    "euro": '[$-413]"€" #,##0',
    "cents": '[$-413]"€" #,##0.00',
    "year": "0",
    "date": "[$-413]d mmm yyyy",
}
KINDS = {"rounded": "aantal, afgerond", "count": "aantal", "number": "getal", "share": "aandeel"}
KINDS |= {"euro": "euro", "cents": "euro en centen", "date": "dag", "period": "periode"}
OWN = "own"  # the scope of a table for one gemeente alone
LISTS = {"compared": ("area", {}), "topics": ("value", {"breakdown": "topic"})}
# A spreadsheet reads a text that begins like this as a formula once it is saved as text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Table:
    """What stands below each other on a sheet: lines about it, heads with their form, rows."""

    code: str
    sheet: str
    title: str
    about: str
    chapter: str
    heads: Mapping[str, str]
    rows: Sequence[Sequence[Cell]]


def annex_workbook(e: Evaluation) -> bytes:
    """Write the annex of an edition, from the public evaluation of the district or an intern one.

    No cell is a formula, and no text can become one. Small tables of a chapter share a sheet, as
    the column `sheet` of the registry says.
    """
    registered = _registered(e)
    order = [row["sheet"] for row in registered]
    registered.sort(key=lambda row: order.index(row["sheet"]))
    tables = [_table(e, row) for row in registered]
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        about = {"title": _title(e), "subject": subject(e.edition, e.district), "created": CREATED}
        book.set_properties(about)
        styles = _styles(book, 1 if e.is_intern else e.edition.bescherming.basis)
        every = [*_around(e, tables), *tables]
        for name in dict.fromkeys(table.sheet for table in every):
            of_sheet = [table for table in every if table.sheet == name]
            _write(book.add_worksheet(name), of_sheet, e.edition.evaluatie.fictief, styles)
    return settled(written.getvalue())


def annex_csv(e: Evaluation) -> str:
    """The same numbers, days and codes as a tidy file, a line per cell and column.

    `value` is for programs, with a Dutch decimal comma as in every file of ours; `text` is what it
    says to a reader.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(["cell", "column", "value", "text"])
    for registered in _registered(e):
        name, keys = registered["table"], registered["keys"].split()
        for row in Reading(e).tabel(name).to_dict("records"):
            for column, told in _columns(name, list(map(str, row))).items():
                if column not in keys and "cell" in row:
                    cell = _cell(e, row, column, told["form"])
                    place = harmless(str(row["cell"]))
                    writer.writerow(
                        [place, column, _raw(row[column], cell), _spoken(row, column, cell)]
                    )
    return f"\ufeff{written.getvalue()}"


def _raw(value: Any, cell: Cell) -> str:
    """A number as the workbook has it, with a comma; a code as it is."""
    if isinstance(cell, int | float):
        return str(cell).replace(".", ",")
    if isinstance(cell, dt.date):
        return str(cell)
    return harmless(str(value)) if isinstance(value, str | bool | np.bool_) else ""


def _spoken(row: Mapping[Any, Any], column: str, cell: Cell) -> str:
    """A cell as it reads: a number with its unit, in Dutch."""
    if isinstance(cell, str):
        return cell
    return str(value_of(row, column, int(row["basis"])))


# --- what stands in the tables -------------------------------------------------------------------


def _registered(e: Evaluation) -> list[dict[str, str]]:
    """The tables of the registry with a sheet that say anything to this audience."""
    return [row for row in _for_audience(e) if len(_rows(e, row["table"]))]


def _for_audience(e: Evaluation) -> list[dict[str, str]]:
    return [
        row
        for row in INDICATORS
        if row["sheet"] and (row["table"] in e.own_tables if e.is_intern else row["scope"] != OWN)
    ]


def _rows(e: Evaluation, table: str) -> pd.DataFrame:
    """A released table; the two of which the numbers were given and not counted have no cells."""
    if e.is_intern:
        return Reading(e).tabel(table, area=e.area.slug)
    if table == "national":
        years = [
            row for row in e.vocabulary.reference(table) if int(row["year"]) <= e.peildatum.year
        ]
        frame = pd.DataFrame(years, columns=["year", "forwarded", "source"])
        return frame.astype({"year": int, "forwarded": int})
    if table == "tariffs":
        lines = e.edition.kosten.tarief if e.edition.kosten else ()
        given = [(t.vanaf_inwoners, t.per_jaar, t.aansluiting, t.per_melding) for t in lines]
        columns = ["from_inhabitants", "per_year", "connecting", "per_receipt"]
        return pd.DataFrame(sorted(given, reverse=True), columns=columns)
    return Reading(e).tabel(table)


def _columns(table: str, columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """The columns that a reader sees, with their heads and forms."""
    own = (table, *(row["code"] for row in INDICATORS if row["table"] == table))
    return headings(LABELS, own, [name for name in columns if name not in ("cell", "basis")])


def _table(e: Evaluation, row: dict[str, str]) -> Table:
    frame = _rows(e, row["table"])
    told = _columns(row["table"], list(map(str, frame)))
    place = {PLACE: "place"} if "cell" in frame else {}
    heads = place | {one["nl"]: one["form"] for one in told.values()}
    rows = [
        [
            *([harmless(str(record["cell"]))] if place else []),
            *(_cell(e, record, column, one["form"]) for column, one in told.items()),
        ]
        for record in frame.to_dict("records")
    ]
    return Table(
        row["table"], row["sheet"], row["title"], row["about"], row["chapter"], heads, rows
    )


def _cell(e: Evaluation, row: Mapping[Any, Any], column: str, form: str) -> Cell:
    """A number or a day as what it is; a code in words, and why there is no number."""
    value = row[column]
    if form in (*FORMATS, "rounded") and form != "date":
        return number(value, form) if _is_shown(row, column) else _absent(row, column)
    if pd.isna(value) or value == "":
        return NOT_KNOWN if pd.isna(value) else SPOKEN["not_applicable"]
    if form == "date":
        return pd.Timestamp(value).date()
    if form == "yes_no":
        return "ja" if value else "nee"
    if form == "code":
        return harmless(str(value))
    key, of = LISTS.get(column, (column, row))
    each = str(value).split(", ") if column in LISTS else [str(value)]
    return harmless(numbers.listing([word(e, key, one, dict(of)).strip("‘’") for one in each]))


def _is_shown(row: Mapping[Any, Any], column: str) -> bool:
    """Whether there is a number to tell, as on a page; what was given always is."""
    return "cell" not in row or value_of(row, column).shown


def _absent(row: Mapping[Any, Any], column: str) -> str:
    """Why there is no number, as pages say it; each of two editions has its own reason."""
    own = column.replace("count", "state") if column.startswith("count_") else "state"
    state = str(row.get(own, row.get("state", "shown"))).replace("absent", "not_applicable")
    return str(value_of({**row, "state": state}, column))


def number(value: Any, form: str) -> Cell:
    """A number to six digits; an amount in whole euros, as on the pages.

    From two amounts to the cent a hidden count could be worked out.
    """
    if math.isinf(value):
        return ENDLESS
    exact = math.floor(float(value) + 0.5) if form == "euro" else round(float(value), DIGITS)
    return int(exact) if float(exact).is_integer() else exact


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before one that looks so."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


# --- what stands around them ---------------------------------------------------------------------


def _around(e: Evaluation, tables: Sequence[Table]) -> Iterator[Table]:
    """How to read it, what is where, what each column and each figure is."""
    yield _texts(
        *(GUIDE, _title(e)),
        "Wat dit is, hoe u de tabellen leest, en wat er staat waar geen getal is.",
        ("Onderwerp", "Uitleg"),
        list(_guide(e)),
    )
    yield _texts(
        *(CONTENTS, "Inhoud", "Kies een tabblad."),
        ("Tabblad", "Wat erin staat", "Onderwerp", "Rijen"),
        [(table.sheet, table.title, table.chapter, len(table.rows)) for table in tables],
    )
    yield _texts(
        *(CODES, "Codeboek", "Elke kolom, zoals zij ook in bijlage.csv heet, en haar woorden."),
        ("Tabblad", "Tabel", "Kolom", "Naam", "Soort", "Woorden"),
        list(_code_book(e)),
    )
    used = {table.code for table in tables}
    kept = ("name", "unit", "definition", "method", "assumption", "limit", "source")
    yield _texts(
        *(DEFINITIONS, "Definities"),
        "Wat elk cijfer is, hoe het is berekend, en wat het niet zegt.",
        ("Cijfer", "Eenheid", "Wat het is", "Berekening", "Aanname", "Grens", "Bron"),
        [[row[name] for name in kept] for row in INDICATORS if row["table"] in used],
    )


def _title(e: Evaluation) -> str:
    what = f"Eigen cijfers van {e.area.name}" if e.is_intern else "Bijlage met tabellen"
    return f"{what} bij {e.edition.evaluatie.titel}"


def _texts(
    name: str, title: str, about: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> Table:
    forms = {head: "count" if head == "Rijen" else "text" for head in heads}
    return Table(name.lower(), name, title, about, "", forms, rows)


def _guide(e: Evaluation) -> Iterator[tuple[str, str]]:
    basis, made = e.edition.bescherming.basis, e.manifest
    yield "Evaluatie", f"{e.edition.evaluatie.titel}, district {e.district.name}"
    yield "Periode", f"{numbers.day(e.begin)} tot en met {numbers.day(e.peildatum)}"
    yield "Gemaakt met", f"mma-analysis {made['version']} uit de editie {made['edition']}"
    yield "Kenmerk", f"Kenmerk van de openbare cijfers: {made['figures'][:12]}"
    yield PLACE, "Naam van een rij. Een getal in een rapport noemt deze naam en de kolom."
    if e.is_intern:
        yield "Alleen voor u", "Deze cijfers zijn precies. Geef deze werkmap niet door."
    else:
        yield from _public_guide(basis)
    yield "Van en tot", "De grenzen van 95%, of het laagste en het hoogste dat mogelijk is."
    for text, why in {
        SPOKEN["hidden"]: "niet getoond, om melders te beschermen",
        SPOKEN["never"]: "de gemeente houdt dit gegeven niet bij",
        SPOKEN["missing"]: "wij kregen geen gegevens: het kunnen er nul zijn, of veel",
        SPOKEN["not_applicable"]: "er kon niets zijn, zoals voor de aansluiting",
        SPOKEN[
            "unknown"
        ]: "dit volgt uit een cijfer dat niet is getoond, of er is te weinig geteld",
        NOT_KNOWN: "dit is voor deze evaluatie niet opgegeven",
        ENDLESS: "het kan oneindig veel meer zijn",
    }.items():
        yield numbers.capital(text), numbers.capital(why) + "."
    for grade in e.vocabulary.reference("grades"):
        yield f"Kwaliteit: {numbers.small(grade['label'])}", grade["rule"]
    for row in () if e.is_intern else INDICATORS:
        if row["reason"]:
            yield f"Niet in deze bijlage: {row['name']}", row["reason"]
        elif row in _for_audience(e) and not len(_rows(e, row["table"])):
            yield f"Niet in deze bijlage: {row['title']}", "In deze evaluatie is hier niets over."


def _public_guide(basis: int) -> Iterator[tuple[str, str]]:
    yield "bijlage.csv", "Dezelfde cijfers voor een programma: een regel per vindplaats en kolom."
    yield (
        "Bescherming",
        f"Elk aantal meldingen is een veelvoud van {basis}, en wijkt hoogstens {basis - 1} af van "
        "wat is geteld. Percentages en grenzen komen uit de afgeronde aantallen.",
    )
    yield f"0–{basis - 1}", "Er waren geen meldingen, of een paar."


def _code_book(e: Evaluation) -> Iterator[tuple[str, ...]]:
    for row in _registered(e):
        frame = _rows(e, row["table"])
        for column, told in _columns(row["table"], list(map(str, frame))).items():
            words = words_of(column)
            used = [str(code) for code in dict.fromkeys(frame[column]) if code in words]
            pairs = "; ".join(f"{code} = {words[code]}" for code in used)
            kind = KINDS.get(told["form"], "woorden")
            yield row["sheet"], row["title"], told["nl"], column, kind, pairs or "–"


# --- writing -------------------------------------------------------------------------------------


def _styles(book: Workbook, basis: int) -> dict[str, Format]:
    def style(**options: object) -> Format:
        return book.add_format(
            {"font_name": "Arial", "font_size": 10, "font_color": INK, **options}
        )

    head = {"bold": True, "text_wrap": True, "bg_color": "#dde7ef", "bottom": 1, "valign": "top"}
    # A rounded count of 0 may be a few: the number stays 0, and is read as what it can be.
    few = f';-#,##0;"0–{basis - 1}"' if basis > 1 else ""
    formats = FORMATS | {"rounded": FORMATS["count"] + few}
    return {
        "title": style(bold=True, font_size=14, font_color=RULE),
        "line": style(font_color=SOFT),
        "warning": style(bold=True, font_color="#9a3412"),
        "link": style(font_color="#0b5cad", underline=1, valign="top"),
        "head": style(**head, align="left", indent=1),
        "number head": style(**head, align="right"),
        "text": style(valign="top", align="left", text_wrap=True, indent=1),
        "place": style(valign="top", font_color=SOFT),
        "without": style(valign="top", align="right", italic=True, font_color=SOFT),
        **{f: style(valign="top", align="right", num_format=code) for f, code in formats.items()},
    }


def _write(
    sheet: Worksheet, tables: Sequence[Table], is_example: bool, styles: Mapping[str, Format]
) -> None:
    """Tables below each other, each with its title; of a single one the head stays in sight."""
    row, head, wide = 0, 0, max(len(table.heads) for table in tables)
    above: list[tuple[int, str, str]] = []
    for table in tables:
        above += [(row, table.title, "title"), (row + 1, table.about, "line")]
        row += 2
        if row == 2:
            above += [(row, FICTITIOUS, "warning")] if is_example else []
            row += 2
        head = row
        _write_table(sheet, table, head, styles)
        row += max(len(table.rows), 1) + 3
    sheet.autofit(WIDEST if wide > 4 else WIDEST_TEXT)
    for number, text, style in above:  # after the widths: a title may go on over its neighbours
        sheet.write_string(number, 0, text, styles[style])
    if tables[0].sheet != GUIDE:
        back = GUIDE if tables[0].sheet == CONTENTS else CONTENTS
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


def _write_table(sheet: Worksheet, table: Table, head: int, styles: Mapping[str, Format]) -> None:
    forms = list(table.heads.values())
    is_number = [form in FORMATS or form == "rounded" for form in forms]
    heads = [
        {"header": name, "header_format": styles["number head" if right else "head"]}
        for name, right in zip(table.heads, is_number, strict=True)
    ]
    options = {"name": f"tabel_{table.code}", "title": table.title, "description": table.about}
    options |= {"style": "Table Style Light 1", "banded_rows": False, "columns": heads}
    sheet.add_table(head, 0, head + len(table.rows), len(heads) - 1, options)
    for number, cells in enumerate(table.rows, start=head + 1):
        for column, (cell, form) in enumerate(zip(cells, forms, strict=True)):
            if table.sheet == CONTENTS and column == 0:
                link = f"internal:'{cell}'!A1"
                sheet.write_url(number, column, link, styles["link"], str(cell), f"Naar {cell}")
            elif isinstance(cell, dt.date):
                day = dt.datetime(cell.year, cell.month, cell.day)
                sheet.write_datetime(number, column, day, styles["date"])
            elif isinstance(cell, int | float):
                sheet.write_number(number, column, cell, styles[form])
            else:  # never handed to the part that looks for formulas
                style = "without" if is_number[column] else "place" if form == "place" else "text"
                sheet.write_string(number, column, cell, styles[style])
