"""The workbook in which people code the open answers into themes: `mma code`."""

import datetime as dt
import io
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd
import xlsxwriter
from jinja2 import Template
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mma_analysis import codebook
from mma_analysis.codebook import AGREED, NO_THEME, Codebook, CodeFrame
from mma_analysis.vocabulary import UsageError

# A fixed moment: the same answers give the same bytes.
CREATED = dt.datetime(2000, 1, 1)
# More themes in one answer are rare; a column with the header `thema 5` is read as well.
MOST_THEMES = 4
HEADERS = (
    codebook.ANSWER_ID,
    "vraag",
    "antwoord",
    "voorstel van de computer",
    *(f"{codebook.THEME} {number}" for number in range(1, MOST_THEMES + 1)),
)
WIDTHS = (30, 24, 70, 24, *([22] * MOST_THEMES))
# What a cell of a workbook can hold, with room for the line that says that there is more.
LONGEST_TEXT = 32_000
MORE = " … (de rest staat in de export)"
# What a workbook program takes as the name of a sheet.
CODER = re.compile(r"[^\[\]:*?/\\']{1,31}")


def coding_workbook(
    open_answers: pd.DataFrame, book: Codebook, frame: CodeFrame, coders: Sequence[str]
) -> bytes:
    """Write a workbook with a sheet for each coder and one for what they agree on afterwards.

    A coder does not see what another chose. An answer is always text, also when it begins as a
    formula does. It is made in memory: no temporary file holds an answer. `open_answers` as in
    `schema`; a joint answer is written once, and one to a question without themes not at all.
    """
    taken = [AGREED, codebook.HELP_SHEET.casefold(), codebook.LIST_SHEET.casefold(), "history"]
    for coder in coders:
        if not CODER.fullmatch(coder.strip()):
            raise UsageError.of("coder_name", coder=coder)
        if coder.strip().casefold() in taken:
            raise UsageError.of("coder_twice", coder=coder)
        taken.append(coder.strip().casefold())
    questions = list(dict.fromkeys(thema.vraag for thema in frame.thema))
    answers = open_answers[open_answers["question"].isin(questions)].drop_duplicates("answer_id")
    place = answers["question"].map(questions.index)
    answers = answers.assign(place=place).sort_values(["place", "answer_id"], ignore_index=True)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": CREATED, "title": "Open antwoorden coderen"})
        explanation = workbook.add_worksheet(codebook.HELP_SHEET)
        wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        explanation.set_column(0, 0, 100, wrap)
        bold = workbook.add_format({"bold": True, "font_size": 14})
        explanation.write_string(0, 0, "Open antwoorden coderen", bold)
        source = files("mma_analysis").joinpath("coderen.txt.j2").read_text(encoding="utf-8")
        words = {"coders": coders, "no_theme": NO_THEME, "agreed": AGREED, "themas": frame.thema}
        paragraphs = Template(source).render(words).split("\n\n")
        for row, text in enumerate(filter(None, map(str.strip, paragraphs)), start=2):
            explanation.write_string(row, 0, text, wrap)
        sheets = [workbook.add_worksheet(name) for name in (*coders, AGREED)]
        lists = workbook.add_worksheet(codebook.LIST_SHEET)
        lists.hide()
        ranges: dict[str, str] = {}
        for column, question in enumerate(questions):
            labels = [*(thema.label for thema in frame.of(question)), NO_THEME]
            for row, label in enumerate(labels):
                lists.write_string(row, column, label)
            name = xl_col_to_name(column, col_abs=True)
            ranges[question] = f"={codebook.LIST_SHEET}!{name}$1:{name}${len(labels)}"
        for sheet in sheets:
            _write_answers(sheet, workbook, answers, book, frame, ranges)
    return content.getvalue()


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, on systems that have such rights: not Windows."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)


def _write_answers(
    sheet: Worksheet,
    workbook: Workbook,
    answers: pd.DataFrame,
    book: Codebook,
    frame: CodeFrame,
    ranges: dict[str, str],
) -> None:
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    # With a quote before it, a text that begins with = stays text when somebody edits the cell.
    text = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    asked = {vraag.code: vraag.tekst for vraag in book.questions}
    for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 1)
    for row, (_, answer) in enumerate(answers.iterrows(), start=1):
        question, words = answer["question"], answer["text"]
        fitting = words if len(words) <= LONGEST_TEXT else words[:LONGEST_TEXT] + MORE
        proposed = "; ".join(t.label for t in frame.of(question) if t.is_proposed_for(words))
        cells = (answer["answer_id"], asked[question], fitting, proposed)
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, text)
        choice = {
            "validate": "list",
            "source": ranges[question],
            "error_title": "Kies uit de lijst",
            "error_message": "Kies een van de thema's uit de lijst.",
        }
        sheet.data_validation(row, len(cells), row, len(HEADERS) - 1, choice)
