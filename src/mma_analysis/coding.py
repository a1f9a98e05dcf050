"""The workbook in which people code the open answers into themes: `mma code`."""

import datetime as dt
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mma_analysis.codebook import (
    AGREED,
    ANSWER_ID,
    HELP_SHEET,
    LIST_SHEET,
    NO_THEME,
    THEME,
    Codebook,
    CodeFrame,
)
from mma_analysis.vocabulary import UsageError

# A fixed moment: the same answers give the same bytes.
CREATED = dt.datetime(2000, 1, 1)
# More themes in one answer are rare; a column with the header `thema 5` is read as well.
MOST_THEMES = 4
HEADERS = (
    ANSWER_ID,
    "vraag",
    "antwoord",
    "voorstel van de computer",
    *(f"{THEME} {number}" for number in range(1, MOST_THEMES + 1)),
)
WIDTHS = (30, 24, 70, 24, *([22] * MOST_THEMES))
# What a cell of a workbook can hold, with room for the line that says that there is more.
LONGEST_TEXT = 32_000
MORE = " … (de rest staat in de export)"
# What a workbook program takes as the name of a sheet.
CODER = re.compile(r"[^\[\]:*?/\\']{1,31}")
HELP = """\
In dit bestand staan de woorden van gemeenten. Er kunnen gegevens over personen in staan. \
Bewaar het alleen hier en mail het niet.

1. Elke codeur heeft een eigen tabblad: {coders}. Kijk niet bij een ander.

2. Lees het antwoord. Kies bij 'thema 1' een thema uit de lijst. Past er nog een, kies dat dan \
bij 'thema 2'. Wat u niet kiest, past niet.

3. Past er geen enkel thema? Kies dan '{no_theme}'. Een lege regel telt als nog niet bekeken.

4. Het voorstel van de computer komt van losse woorden in het antwoord. Het telt niet mee. U \
beslist.

5. Vergelijk daarna samen. Vul op het tabblad '{agreed}' alleen de antwoorden in waar u het niet \
over eens was. Wat daar staat, geldt. Verander de eerste keuzes niet: daaruit blijkt hoe eens u \
het was.

6. Verander de koppen, de namen van de tabbladen en de nummers niet.

Mag een citaat in het rapport? Zet het dan in citaten.toml, naast dit bestand. Wij nemen een \
citaat alleen over als het er woord voor woord zo staat:
[[citaat]]
answer_id = "het nummer uit de eerste kolom"
tekst = "de woorden, precies zoals ze er staan"
vrijgegeven_door = "wie dat besloot"
datum = 2025-07-01

De thema's:"""


def coding_workbook(
    open_answers: pd.DataFrame, book: Codebook, frame: CodeFrame, coders: Sequence[str]
) -> bytes:
    """Write a workbook with a sheet for each coder and one for what they agree on afterwards.

    A sheet each, so that a coder does not see what another chose: agreement says something only
    then. An answer is always text, also when it begins as a formula does. All of it is made in
    memory: no temporary file holds an answer.

    `open_answers`: one row per gemeente and open answer, as `schema.OPEN_ANSWERS`; a joint answer
    is written once, and one to a question without themes not at all.
    """
    _check_coders(coders)
    answers = _in_order(open_answers, frame)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": CREATED, "title": "Open antwoorden coderen"})
        _write_help(workbook.add_worksheet(HELP_SHEET), workbook, frame, coders)
        sheets = [workbook.add_worksheet(name) for name in (*coders, AGREED)]
        ranges = _write_lists(workbook.add_worksheet(LIST_SHEET), frame)
        for sheet in sheets:
            _write_answers(sheet, workbook, answers, book, frame, ranges)
    return content.getvalue()


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, on systems that have such rights: not Windows."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)


def _check_coders(coders: Sequence[str]) -> None:
    taken = [AGREED, HELP_SHEET.casefold(), LIST_SHEET.casefold(), "history"]
    for coder in coders:
        if not CODER.fullmatch(coder.strip()):
            raise UsageError.of("coder_name", coder=coder)
        if coder.strip().casefold() in taken:
            raise UsageError.of("coder_twice", coder=coder)
        taken.append(coder.strip().casefold())


def _in_order(open_answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """The answers that can be coded, each once, by question and then by number."""
    questions = list(dict.fromkeys(thema.vraag for thema in frame.thema))
    coded = open_answers[open_answers["question"].isin(questions)].drop_duplicates("answer_id")
    place = coded["question"].map(questions.index)
    return coded.assign(place=place).sort_values(["place", "answer_id"], ignore_index=True)


def _write_lists(sheet: Worksheet, frame: CodeFrame) -> dict[str, str]:
    """The themes of each question in a column of its own: question → the range to choose from."""
    ranges = {}
    for column, question in enumerate(dict.fromkeys(thema.vraag for thema in frame.thema)):
        labels = [*(thema.label for thema in frame.of(question)), NO_THEME]
        for row, label in enumerate(labels):
            sheet.write_string(row, column, label)
        name = xl_col_to_name(column, col_abs=True)
        ranges[question] = f"={LIST_SHEET}!{name}$1:{name}${len(labels)}"
    sheet.hide()
    return ranges


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


def _write_help(
    sheet: Worksheet, workbook: Workbook, frame: CodeFrame, coders: Sequence[str]
) -> None:
    bold = workbook.add_format({"bold": True, "font_size": 14})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100, wrap)
    sheet.write_string(0, 0, "Open antwoorden coderen", bold)
    told = HELP.format(coders=", ".join(coders), no_theme=NO_THEME, agreed=AGREED).split("\n\n")
    themes = [
        f"{t.label}: de computer let op {', '.join(t.woorden)}" if t.woorden else t.label
        for t in frame.thema
    ]
    for row, line in enumerate([*told, *themes], start=2):
        sheet.write_string(row, 0, line, wrap)
