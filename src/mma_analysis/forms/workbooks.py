"""Workbooks that people fill in: meldingen of a gemeente, themes of answers, questions."""

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xlsxwriter

from mma_analysis.settings import Edition, codebook
from mma_analysis.settings.codebook import Codebook, CodeFrame
from mma_analysis.vocabulary import Area, UsageError, Vocabulary, filled_in, message
from mma_analysis.vocabulary.office import CREATED

MELDINGEN_SHEET = "Meldingen"
ROWS_WITH_CHOICES = 1000  # rows with drop-downs; more rows are read as well
WRAPPED = {"text_wrap": True, "valign": "top"}
TITLE = {"bold": True, "font_size": 14}
HEADER_LOOK = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
# With a quote before it, a text that begins with = stays text when somebody edits the cell.
TYPED_TEXT = {"quote_prefix": True, "text_wrap": True, "valign": "top"}
WIDTH = 20  # of a column, in characters
EXPLANATION_WIDTH = 100
A_DAY = {
    "validate": "date",
    "criteria": ">=",
    "value": dt.date(2000, 1, 1),
    "error_title": "Deze datum kan niet",
    "error_message": message("form_day"),
}
FROM_LIST = {
    "validate": "list",
    "error_title": "Kies uit de lijst",
    "error_message": message("form_list"),
}
# More themes in one answer are rare; a column with the header `thema 5` is read as well.
MOST_THEMES = 4
FIRST_THEME = 4  # index of its column
# What a cell of a workbook can hold, with room for the line that says that there is more.
LONGEST_TEXT = 32_000
MORE_IN_EXPORT = " … (de rest staat in de export)"
# What a workbook program takes as the name of a sheet, and the names that are taken.
CODER = re.compile(r"[^\[\]:*?/\\']{1,31}")
TAKEN = (
    codebook.AGREED,
    codebook.HELP_SHEET.casefold(),
    codebook.LIST_SHEET.casefold(),
    "history",
)


@dataclass(frozen=True)
class FormColumn:
    """A column to fill in or to read: how wide it is, and how its cells look."""

    header: str
    width: int
    look: Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """What a range of cells may hold: a word of the list of this name, else a day.

    The cells are from the first row and column to the last, all counted from 0.
    """

    cells: tuple[int, int, int, int]
    list_name: str


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a workbook: its columns, the rules of its cells, and texts in its rows."""

    name: str
    columns: Sequence[FormColumn]
    rules: Sequence[Rule] = ()
    rows: Sequence[Sequence[str]] = ()
    is_hidden: bool = False


def workbook(
    title: str,
    lines: Sequence[str],
    sheets: Sequence[FormSheet],
    choices: Mapping[str, Sequence[str]],
) -> bytes:
    """Instructions, sheets to fill in, and a hidden one with lists; no text is a formula.

    `choices`: name of a list → its words.
    """
    content = io.BytesIO()  # no temporary file holds a text
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED, "title": title})
        _write_explanation(book, title, lines)
        words: list[str] = []
        rules = {"": A_DAY}
        # Below each other: side by side they would read as the header of a delivery.
        for name, some in choices.items():
            first = len(words) + 1
            words += some
            place = f"={codebook.LIST_SHEET}!$A${first}:$A${len(words)}"
            rules[name] = FROM_LIST | {"source": place}
        for sheet in sheets:
            _write_sheet(book, sheet, rules)
        _write_lists(book, words)
    return content.getvalue()


def _write_explanation(book: xlsxwriter.Workbook, title: str, lines: Sequence[str]) -> None:
    page = book.add_worksheet(codebook.HELP_SHEET)
    page.set_column(0, 0, EXPLANATION_WIDTH)
    page.write_string(0, 0, title, book.add_format(TITLE))
    wrapped = book.add_format(WRAPPED)
    for row, line in enumerate(lines, start=2):
        page.write_string(row, 0, line, wrapped)


def _write_sheet(
    book: xlsxwriter.Workbook,
    sheet: FormSheet,
    rules: Mapping[str, dict[str, Any]],
) -> None:
    page = book.add_worksheet(sheet.name)
    # On paper a row is whole.
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(1, 1)
    if sheet.is_hidden:
        page.hide()
    bold = book.add_format(HEADER_LOOK)
    looks = [book.add_format(dict(column.look)) for column in sheet.columns]
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width, looks[at])
        page.write_string(0, at, column.header, bold)
    for row, texts in enumerate(sheet.rows, start=1):
        for at, text in enumerate(texts):
            page.write_string(row, at, text, looks[at])
    for rule in sheet.rules:
        page.data_validation(*rule.cells, rules[rule.list_name])


def _write_lists(book: xlsxwriter.Workbook, words: Sequence[str]) -> None:
    lists = book.add_worksheet(codebook.LIST_SHEET)
    lists.hide()
    for row, word in enumerate(words):
        lists.write_string(row, 0, word)


# --- what a gemeente delivers -------------------------------------------------------------


def delivery_form(area: Area, edition: Edition) -> bytes:
    """The workbook in which a gemeente can register and deliver its meldingen."""
    vocabulary = edition.vocabulary
    looks = {"date": {"num_format": "dd-mm-yyyy"}, "text": {"num_format": "@"}}
    words: dict[str, list[str]] = {}
    columns: list[FormColumn] = []
    rules: list[Rule] = []
    for at, column in enumerate(vocabulary.reference("form_columns")):
        kind = column["kind"]
        field = column["field"]
        look = looks.get(kind, {})
        columns.append(FormColumn(column["header"], WIDTH, look))
        below_head = (1, at, ROWS_WITH_CHOICES, at)
        offered = choices(vocabulary, column)
        if offered:
            words[field] = offered
            rules.append(Rule(below_head, field))
        elif kind == "date":
            rules.append(Rule(below_head, ""))
    title, *lines = _help(area, edition)
    return workbook(title, lines, [FormSheet(MELDINGEN_SHEET, columns, rules)], words)


def form_texts(edition: Edition) -> list[str]:
    """Every text that stands in the workbooks of an edition that nobody filled in yet."""
    vocabulary = edition.vocabulary
    columns = vocabulary.reference("form_columns")
    texts: list[str] = []
    for area in vocabulary.gemeenten:
        texts += _help(area, edition)
    for column in columns:
        texts.append(column["header"])
    for column in columns:
        texts += choices(vocabulary, column)
    return list(dict.fromkeys(texts))


def choices(vocabulary: Vocabulary, column: dict[str, str]) -> list[str]:
    """What can be chosen in a column of the form; nothing for a date or a text."""
    if column["kind"] == "yes_no":
        return ["ja", "nee"]
    has_list = column["kind"] in ("topic", "values")
    return list(vocabulary.values(column["field"]).values()) if has_list else []


def _help(area: Area, edition: Edition) -> list[str]:
    """The title of the sheet with instructions, and the lines below it."""
    columns = edition.vocabulary.reference("form_columns")
    text = filled_in(
        "forms/leveren.txt.j2", edition=edition, sheet=MELDINGEN_SHEET, columns=columns
    )
    return [f"Meldingen van M. in {area.name}", *paragraphs(text)]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, for a cell each."""
    return re.split(r"\n\n+", text.strip())


# --- into which themes people code the open answers ---------------------------------------


def coding_workbook(
    open_answers: pd.DataFrame,
    book: Codebook,
    frame: CodeFrame,
    coders: Sequence[str],
) -> bytes:
    """A workbook with a sheet for each coder and one for what they agree on: `mma code`.

    `open_answers` as in `schema`; of a joint answer once, of a question without themes
    none.
    """
    _refuse_names(coders)
    labels: dict[str, list[str]] = {}
    for theme in frame.thema:
        if theme.vraag not in labels:
            of_question = [one.label for one in frame.of(theme.vraag)]
            labels[theme.vraag] = [*of_question, codebook.NO_THEME]

    questions = list(labels)
    answers = open_answers[open_answers["question"].isin(questions)]
    answers = answers.drop_duplicates("answer_id")
    answers = answers.assign(place=answers["question"].map(questions.index))
    answers = answers.sort_values(["place", "answer_id"])

    asked = {question.code: question.tekst for question in book.questions}
    last_theme = FIRST_THEME + MOST_THEMES - 1
    rows: list[list[str]] = []
    rules: list[Rule] = []
    for at, answer in enumerate(answers.to_dict("records"), start=1):
        question = answer["question"]
        words = answer["text"]
        fitting = (
            words if len(words) <= LONGEST_TEXT else words[:LONGEST_TEXT] + MORE_IN_EXPORT
        )
        themes = [one.label for one in frame.of(question) if one.is_proposed_for(words)]
        rows.append([answer["answer_id"], asked[question], fitting, "; ".join(themes)])
        rules.append(Rule((at, FIRST_THEME, at, last_theme), question))

    columns = _coding_columns()
    text = filled_in(
        "forms/coderen.txt.j2",
        coders=coders,
        no_theme=codebook.NO_THEME,
        agreed=codebook.AGREED,
        themas=frame.thema,
    )
    names = (*coders, codebook.AGREED)
    sheets = [FormSheet(name, columns, rules, rows) for name in names]
    return workbook("Open antwoorden coderen", paragraphs(text), sheets, labels)


def _refuse_names(coders: Sequence[str]) -> None:
    """No name of a coder is that of another sheet, or one that a sheet cannot have."""
    taken = [*TAKEN]
    for coder in coders:
        name = coder.strip()
        if not CODER.fullmatch(name):
            raise UsageError.of("coder_name", coder=coder)
        if name.casefold() in taken:
            raise UsageError.of("coder_twice", coder=coder)
        taken.append(name.casefold())


def _coding_columns() -> list[FormColumn]:
    columns = [
        FormColumn(codebook.ANSWER_ID, 30, TYPED_TEXT),
        FormColumn("vraag", 24, TYPED_TEXT),
        FormColumn("antwoord", 70, TYPED_TEXT),
        FormColumn("voorstel van de computer", 24, TYPED_TEXT),
    ]
    for number in range(1, MOST_THEMES + 1):
        columns.append(FormColumn(f"{codebook.THEME_KIND} {number}", 22, TYPED_TEXT))
    return columns
