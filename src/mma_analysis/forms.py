"""The workbook in which a gemeente can register and deliver its meldingen: `mma template`."""

import datetime as dt
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Area, Vocabulary

ROWS = 1000  # rows with drop-downs; more rows are read as well
SHEET, HELP, LISTS = "Meldingen", "Uitleg", "Keuzelijsten"
# A fixed moment: the same edition gives the same bytes.
CREATED = dt.datetime(2000, 1, 1)


def write_form(path: Path, area: Area, edition: Edition) -> None:
    """Write the delivery workbook of one gemeente: instructions, an empty table, choice lists.

    Everything a sender can choose is a word that reading recognises, so that a workbook that is
    filled in as it is meant reads without any finding.
    """
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": CREATED, "title": f"Meldingen {area.name}"})
        table, help_sheet, lists = (book.add_worksheet(name) for name in (SHEET, HELP, LISTS))
        ranges = _write_lists(lists, edition.vocabulary)
        _write_table(table, book, edition, ranges)
        _write_help(help_sheet, book, area, edition)


def form_texts(edition: Edition) -> list[str]:
    """Every text that stands in the workbooks of an edition before anybody fills them in."""
    vocabulary = edition.vocabulary
    columns = vocabulary.reference("form_columns")
    texts = [line for area in vocabulary.gemeenten for line in _help_lines(area, edition)]
    texts += [column[name] for column in columns for name in ("header", "explanation")]
    texts += [word for column in columns for word in choices(vocabulary, column)]
    return list(dict.fromkeys(texts))


def choices(vocabulary: Vocabulary, column: dict[str, str]) -> list[str]:
    """What can be chosen in a column of the form; nothing for a date or a text."""
    if column["kind"] == "yes_no":
        return ["ja", "nee"]
    has_list = column["kind"] in ("topic", "values")
    return list(vocabulary.values(column["field"]).values()) if has_list else []


def _write_lists(sheet: Worksheet, vocabulary: Vocabulary) -> dict[str, str]:
    """All choices under one another: side by side they would read as the header of a delivery."""
    ranges, first = {}, 1
    for column in vocabulary.reference("form_columns"):
        words = choices(vocabulary, column)
        if words:
            for row, word in enumerate(words, start=first - 1):
                sheet.write_string(row, 0, word)
            ranges[column["field"]] = f"={LISTS}!$A${first}:$A${first + len(words) - 1}"
            first += len(words)
    sheet.hide()
    return ranges


def _write_table(
    sheet: Worksheet, book: Workbook, edition: Edition, ranges: dict[str, str]
) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = {"date": "dd-mm-yyyy", "text": "@"}
    cells = {kind: book.add_format({"num_format": it}) for kind, it in formats.items()}
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(edition.vocabulary.reference("form_columns")):
        sheet.write_string(0, index, column["header"], bold)
        sheet.set_column(index, index, 20, cells.get(column["kind"]))
        if column["kind"] == "date":
            sheet.data_validation(1, index, ROWS, index, _date_rule(column, edition))
        elif column["field"] in ranges:
            rule = {
                "validate": "list",
                "source": ranges[column["field"]],
                "error_title": "Kies uit de lijst",
                "error_message": f"{column['header']}: kies een van de woorden uit de lijst.",
            }
            sheet.data_validation(1, index, ROWS, index, rule)


def _date_rule(column: dict[str, str], edition: Edition) -> dict[str, object]:
    """Dates of receipt lie in the evaluation; other dates may come before or after it."""
    within = column["field"] == "received_on"
    first = edition.begin if within else edition.begin - dt.timedelta(days=366)
    last = edition.peildatum if within else edition.peildatum + dt.timedelta(days=366)
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": first,
        "maximum": last,
        "error_title": "Deze datum kan niet",
        "error_message": f"{column['header']}: vul een datum in van {first:%d-%m-%Y} tot en met "
        f"{last:%d-%m-%Y}.",
    }


def _write_help(sheet: Worksheet, book: Workbook, area: Area, edition: Edition) -> None:
    bold = book.add_format({"bold": True, "font_size": 14})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 32, wrap)
    sheet.set_column(1, 1, 80, wrap)
    title, *lines = _help_lines(area, edition)
    sheet.write_string(0, 0, title, bold)
    for row, line in enumerate(lines, start=2):
        sheet.merge_range(row, 0, row, 1, "", wrap)
        sheet.write_string(row, 0, line, wrap)
        sheet.set_row(row, 32)
    columns = edition.vocabulary.reference("form_columns")
    for row, column in enumerate(columns, start=len(lines) + 3):
        sheet.write_string(row, 0, column["header"])
        sheet.write_string(row, 1, column["explanation"])


def _help_lines(area: Area, edition: Edition) -> list[str]:
    """The title of the sheet with instructions, and the lines below it."""
    return [
        f"Meldingen van M. in {area.name}",
        f"Dit bestand is voor {edition.evaluatie.titel}: meldingen van "
        f"{edition.begin:%d-%m-%Y} tot en met {edition.peildatum:%d-%m-%Y}.",
        f"Vul op het tabblad {SHEET} een regel in voor elke melding. Weet u iets niet? Laat het "
        "vak leeg.",
        "Schrijf nergens namen, adressen, kentekens of de tekst van een melding op.",
        "Verander de koppen niet en voeg geen totaalregel toe.",
    ]
