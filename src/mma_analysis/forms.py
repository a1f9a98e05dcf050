"""Workbooks that people fill in: the meldingen of a gemeente, and the themes of open answers."""

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter

from mma_analysis import codebook
from mma_analysis.codebook import Codebook, CodeFrame
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Area, UsageError, Vocabulary, filled_in, message

SHEET = "Meldingen"
ROWS = 1000  # rows with drop-downs; more rows are read as well
# A fixed moment: the same content gives the same bytes.
CREATED = dt.datetime(2000, 1, 1)
WRAPPED = {"text_wrap": True, "valign": "top"}
A_DAY = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
A_DAY |= {"error_title": "Deze datum kan niet", "error_message": message("form_day")}
FROM_LIST = {"validate": "list", "error_title": "Kies uit de lijst"}
FROM_LIST |= {"error_message": message("form_list")}
# More themes in one answer are rare; a column with the header `thema 5` is read as well.
MOST_THEMES = 4
# What a cell of a workbook can hold, with room for the line that says that there is more.
LONGEST_TEXT = 32_000
MORE = " … (de rest staat in de export)"
# What a workbook program takes as the name of a sheet, and the names that are taken.
CODER = re.compile(r"[^\[\]:*?/\\']{1,31}")
TAKEN = (codebook.AGREED, codebook.HELP_SHEET.casefold(), codebook.LIST_SHEET.casefold(), "history")


class Sheet(NamedTuple):
    """A sheet to fill in: header → its width and the look of its cells, rules, and texts.

    A rule holds for cells: a word of the list of that name, or a day when there is no such list.
    """

    name: str
    columns: Mapping[str, tuple[int, dict[str, Any]]]
    rules: Sequence[tuple[tuple[int, int, int, int], str]]
    rows: Sequence[Sequence[str]] = ()


def _workbook(
    title: str, lines: Sequence[str], sheets: Sequence[Sheet], choices: Mapping[str, Sequence[str]]
) -> bytes:
    """Instructions, sheets to fill in, and a hidden one with lists; a text is never a formula."""
    content = io.BytesIO()  # no temporary file holds a text
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED, "title": title})
        wrapped = book.add_format(WRAPPED)
        bold = book.add_format({"bold": True, "bottom": 1, **WRAPPED})
        explanation = book.add_worksheet(codebook.HELP_SHEET)
        explanation.set_column(0, 0, 100)
        explanation.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        for row, line in enumerate(lines, start=2):
            explanation.write_string(row, 0, line, wrapped)
        # Below each other: side by side they would read as the header of a delivery.
        words, known = list[str](), dict[str, dict[str, Any]]()
        for name, some in choices.items():
            place = f"={codebook.LIST_SHEET}!$A${len(words) + 1}:$A${len(words) + len(some)}"
            known[name] = FROM_LIST | {"source": place}
            words += some
        for name, columns, rules, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            looks = [book.add_format(look) for _, look in columns.values()]
            for at, (header, (width, _)) in enumerate(columns.items()):
                sheet.set_column(at, at, width, looks[at])
                sheet.write_string(0, at, header, bold)
            for row, texts in enumerate(rows, start=1):
                for at, text in enumerate(texts):
                    sheet.write_string(row, at, text, looks[at])
            for cells, list_name in rules:
                sheet.data_validation(*cells, known.get(list_name, A_DAY))
        lists = book.add_worksheet(codebook.LIST_SHEET)
        lists.hide()
        for row, word in enumerate(words):
            lists.write_string(row, 0, word)
    return content.getvalue()


# --- what a gemeente delivers --------------------------------------------------------------------


def delivery_form(area: Area, edition: Edition) -> bytes:
    """The workbook in which a gemeente can register and deliver its meldingen: `mma template`."""
    columns = edition.vocabulary.reference("form_columns")
    words = {c["field"]: some for c in columns if (some := choices(edition.vocabulary, c))}
    looks = {"date": {"num_format": "dd-mm-yyyy"}, "text": {"num_format": "@"}}
    rules = [
        ((1, at, ROWS, at), column["field"])
        for at, column in enumerate(columns)
        if column["kind"] == "date" or column["field"] in words
    ]
    table = {column["header"]: (20, looks.get(column["kind"], {})) for column in columns}
    title, *lines = _help(area, edition)
    return _workbook(title, lines, [Sheet(SHEET, table, rules)], words)


def form_texts(edition: Edition) -> list[str]:
    """Every text that stands in the workbooks of an edition before anybody fills them in."""
    vocabulary = edition.vocabulary
    columns = vocabulary.reference("form_columns")
    texts = [line for area in vocabulary.gemeenten for line in _help(area, edition)]
    texts += [column["header"] for column in columns]
    texts += [word for column in columns for word in choices(vocabulary, column)]
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
    text = filled_in("leveren.txt.j2", edition=edition, sheet=SHEET, columns=columns)
    return [f"Meldingen van M. in {area.name}", *re.split(r"\n\n+", text.strip())]


# --- into which themes people code the open answers ----------------------------------------------


def coding_workbook(
    open_answers: pd.DataFrame, book: Codebook, frame: CodeFrame, coders: Sequence[str]
) -> bytes:
    """A workbook with a sheet for each coder and one for what they agree on: `mma code`.

    `open_answers` as in `schema`; of a joint answer once, of a question without themes none.
    """
    taken = [*TAKEN]
    for coder in coders:
        if not CODER.fullmatch(coder.strip()):
            raise UsageError.of("coder_name", coder=coder)
        if coder.strip().casefold() in taken:
            raise UsageError.of("coder_twice", coder=coder)
        taken.append(coder.strip().casefold())
    themes = {thema.vraag: frame.of(thema.vraag) for thema in frame.thema}
    labels = {code: [*(t.label for t in some), codebook.NO_THEME] for code, some in themes.items()}
    asked = {vraag.code: vraag.tekst for vraag in book.questions}
    answers = open_answers[open_answers["question"].isin(themes)].drop_duplicates("answer_id")
    answers = answers.assign(place=answers["question"].map(list(themes).index))
    answers = answers.sort_values(["place", "answer_id"])
    rows, rules = [], []
    for row, answer in enumerate(answers.to_dict("records"), start=1):
        question, words = answer["question"], answer["text"]
        fitting = words if len(words) <= LONGEST_TEXT else words[:LONGEST_TEXT] + MORE
        proposed = "; ".join(t.label for t in themes[question] if t.is_proposed_for(words))
        rows.append((answer["answer_id"], asked[question], fitting, proposed))
        rules.append(((row, 4, row, 3 + MOST_THEMES), question))
    # With a quote before it, a text that begins with = stays text when somebody edits the cell.
    text = {"quote_prefix": True, **WRAPPED}
    widths = {codebook.ANSWER_ID: 30, "vraag": 24, "antwoord": 70, "voorstel van de computer": 24}
    widths |= {f"{codebook.THEME} {number}": 22 for number in range(1, MOST_THEMES + 1)}
    columns = {header: (width, text) for header, width in widths.items()}
    words = {"no_theme": codebook.NO_THEME, "agreed": codebook.AGREED, "themas": frame.thema}
    lines = re.split(r"\n\n+", filled_in("coderen.txt.j2", coders=coders, **words).strip())
    sheets = [Sheet(name, columns, rules, rows) for name in (*coders, codebook.AGREED)]
    return _workbook("Open antwoorden coderen", lines, sheets, labels)
