"""The export of a survey tool → one row per answer sheet; what people coded → one row per theme."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from mma_analysis.codebook import ANSWER_ID, HELP_SHEET, LIST_SHEET, THEME, tidied
from mma_analysis.days import DAY_FIRST, MONTH_FIRST, day_of
from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import WORKBOOKS, open_grids
from mma_analysis.read.survey_tools import Tool, numbered, tools
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.schema import CODINGS, SurveyExport


def read_survey(edition: Edition) -> SurveyExport:
    """Read the answers to the survey of an edition; a DataError as for `read_export`."""
    if edition.vragenlijst is None:
        raise UsageError.of("no_survey", path=edition.folder / SETTINGS_FILE)
    file = edition.vragenlijst.bestand
    return read_export(edition.vocabulary, edition.folder / file, file)


def read_export(vocabulary: Vocabulary, path: Path, file: str) -> SurveyExport:
    """Read the answers to a survey as text, and leave out who filled them in.

    The tool is known by its first headers (`reference/survey_words.csv`). A question that stands
    there again gets a number, as MS Forms does: `Tweede keuze 2`. The order of day and month is
    decided for the file and not per cell: month/day with slashes when every moment can be read so.
    An answer sheet that LimeSurvey has no moment of sending for was begun and never sent: it is
    read, and marked as not complete. The texts of open answers are still in the rows: keep these in
    memory only. `file` is how an error names it: relative to the edition.

    One row per answer sheet: a text column per column with answers, and those of
    `schema.SURVEY_COLUMNS`.
    """
    grids = [
        Grid(grid.sheet, [[tidied(cell) for cell in row] for row in grid.rows])
        for grid in open_grids(path, file)
    ]
    tool, grid, header_at = _find_header(tools(vocabulary), grids, file)
    table = _as_table(tool, grid, header_at, file)
    headers = list(table.columns)
    moments = read_moments(table[tool.sent(headers)[0]], file)
    questions = [header for header in headers if tool.is_question(header, headers)]
    rows = table[questions].assign(
        completed_on=moments,
        complete=[tool.sends_only_complete or moment != "" for moment in moments],
        source_file=file,
        source_sheet=grid.sheet,
        source_row=table.index,
    )
    return SurveyExport(file, tool.name, rows.reset_index(drop=True), tool.separators)


def _find_header(known: Sequence[Tool], grids: Sequence[Grid], file: str) -> tuple[Tool, Grid, int]:
    found = [
        (tool, grid, number)
        for grid in grids
        for number, row in enumerate(grid.rows)
        for tool in known
        if tool.signed(row)
    ]
    if not found:
        expected = "\n".join(f"  {tool.signature()}" for tool in known)
        raise DataError.of("no_tool", file=file, tools=expected)
    if len(found) > 1:
        places = (message("sheet_row", sheet=grid.sheet, row=n + 1) for _, grid, n in found)
        raise DataError.of("two_tools", file=file, places=", ".join(places))
    return found[0]


def _as_table(tool: Tool, grid: Grid, header_at: int, file: str) -> pd.DataFrame:
    """One row per filled row below the header, indexed by its row number in the sheet."""
    headers, header_rows = tool.headers(grid.rows[header_at:])
    below = enumerate(grid.rows[header_at + header_rows :], start=header_at + header_rows + 1)
    filled = {number: row for number, row in below if any(row)}
    width = max(len(row) for row in [headers, *filled.values()])
    names = [*headers, *[""] * (width - len(headers))]
    rows = [
        [tool.answer(cell, name) for cell, name in zip_longest(row, names, fillvalue="")]
        for row in filled.values()
    ]
    for number, name in enumerate(names):
        if not name and any(row[number] for row in rows):
            raise DataError.of("no_question", file=file, row=header_at + 1, column=number + 1)
    table = pd.DataFrame(rows, columns=numbered(names), index=list(filled), dtype="str")
    return table.loc[:, [name != "" for name in names]]


# --- moments of sending --------------------------------------------------------------------------

TIME = re.compile(r"[T ]([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\S*( ?[ap]\.?m\b)?", re.IGNORECASE)


def read_moments(texts: pd.Series, file: str) -> list[str]:
    """ISO text of each moment; empty when the tool gave none.

    One order is chosen for the whole column, and month/day when every moment can be read so: csv of
    Forms has it, also under Dutch headers. With dashes the day goes first. The zone that Google
    adds is left out: it is the same place for all.
    """
    readings = [[_read(text, order) for text in texts] for order in (MONTH_FIRST, DAY_FIRST)]
    best = max(readings, key=lambda moments: sum(moment != "" for moment in moments))
    unread = [row for row, text, m in zip(texts.index, texts, best, strict=True) if text and not m]
    if unread:
        raise DataError.of("no_moment", file=file, row=unread[0], column=texts.name)
    return best


def _read(text: str, order: str) -> str:
    time = TIME.search(text)
    written = text[: time.start()] if time else text
    day = day_of(written, DAY_FIRST if "-" in written else order)
    if day is None or time is None:
        return f"{day}T00:00:00" if day else ""
    hour, minute, second = (int(part or 0) for part in time.groups()[:3])
    if half := time[4]:
        hour = hour % 12 + (12 if "p" in half.lower() else 0)
    return f"{day}T{hour:02}:{minute:02}:{second:02}"


# --- what coders chose ---------------------------------------------------------------------------


def read_codings(path: Path, file: str) -> pd.DataFrame:
    """Read which themes each coder chose; the answers beside them are not read.

    The name of a sheet, without capitals, is the name of its coder. A row in which no theme was
    chosen was not judged and is left out. `file` is how an error names it: relative to the edition.

    One row per answer, coder and cell with a theme: `schema.CODINGS`, as text.
    """
    if path.suffix.lower() not in WORKBOOKS:
        raise DataError.of("not_coded", file=file)
    rows: list[tuple[str, str, int, str, str, str]] = []
    for sheet in open_grids(path, file):
        if sheet.sheet in (HELP_SHEET, LIST_SHEET) or not any(map(any, sheet.rows)):
            continue
        header = [cell.casefold() for cell in sheet.rows[0]]
        themes = [place for place, cell in enumerate(header) if cell.startswith(THEME)]
        if ANSWER_ID not in header or not themes:
            words = {"sheet": sheet.sheet, "answer": ANSWER_ID, "theme": THEME}
            raise DataError.of("no_coder", file=file, **words)
        answer, coder = header.index(ANSWER_ID), sheet.sheet.strip().casefold()
        rows += [
            (file, sheet.sheet, number, coder, row[answer], row[place])
            for number, row in enumerate(sheet.rows[1:], 2)
            for place in themes
            if place < len(row) and row[place]
        ]
    table = pd.DataFrame(rows, columns=list(CODINGS))
    return table.astype({name: "str" for name in CODINGS if name != "source_row"})
