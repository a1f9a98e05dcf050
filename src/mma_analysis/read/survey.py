"""The export of a survey tool → a row per answer sheet; what was coded → one per theme."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import WORKBOOKS, open_grids
from mma_analysis.settings import codebook
from mma_analysis.settings.codebook import (
    ANSWER_ID,
    THEME_KIND,
    is_survey_word,
    split_header,
)
from mma_analysis.vocabulary import DataError, Vocabulary, message
from mma_analysis.vocabulary.days import DAY_FIRST, MONTH_FIRST, day_of
from mma_analysis.vocabulary.schema import CODINGS, SURVEY_COLUMNS, SurveyExport

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"
IMPORT_ID = '{"ImportId"'
# The code of a column that is one option of a question.
PART = re.compile(r".+_\d+(_TEXT)?")
# What Qualtrics writes behind a question with own words.
OWN_WORDS_BEHIND = r" - (Selected Choice(?= - |$)|Text$)"
# What stands behind it, a zone, is left out.
TIME_OF_ANSWER = re.compile(
    r"[T ](?P<hour>[01]?\d|2[0-3])(?P<minutes>:[0-5]\d(?::[0-5]\d)?)(?:[.,]\d+)?"
    r"(?: ?(?P<half>[ap])\.?m\b)?",
    re.IGNORECASE,
)
HOURS = 12  # on a clock with a.m. and p.m.

RowsOfExport = list[list[str]]


def read_export(vocabulary: Vocabulary, path: Path, file: str) -> SurveyExport:
    """Read the answers to a survey as text, and leave out who filled them in.

    The tool is known by its first headers (`reference/survey_words.csv`). A question that
    stands there again gets a number. The texts of open answers are still there: keep them
    in memory only.
    """
    found = _found_table(vocabulary, path, file)
    tool = found.tool
    header = found.at
    headers, header_rows = tool.headers(found.rows[header:])
    first = header + header_rows
    below = enumerate(found.rows[first:], start=first + 1)
    filled = {number: row for number, row in below if any(row)}
    columns = list(zip_longest(headers, *filled.values(), fillvalue=""))
    for number, (name, *cells) in enumerate(columns, start=1):
        if not name and any(cells):
            raise DataError.of("no_question", file=file, row=header + 1, column=number)

    names = _numbered([name for name, *_ in columns])
    answers: dict[str, list[str]] = {}
    for name, (_, *cells) in zip(names, columns, strict=True):
        if name:
            answers[name] = [tool.answer(cell, name) for cell in cells]

    sent = next(name for name in answers if tool.says(name, "sent"))
    moments = _moments(answers[sent])
    for number, text, moment in zip(filled, answers[sent], moments, strict=True):
        if text and not moment:
            raise DataError.of("no_moment", file=file, row=number, column=sent)

    is_complete = _are_complete(tool, answers, moments)
    questions = {name: answers[name] for name in tool.questions(answers)}
    table = pd.DataFrame(questions, range(len(filled)), dtype="str").assign(
        completed_on=moments,
        complete=is_complete,
        source_file=file,
        # Every gemeente reads where her answer stands; who named the sheet is not hers.
        source_sheet="",
        source_row=list(filled),
    )
    return SurveyExport(file, tool.row["tool"], table, tool.parts("separators"))


def _are_complete(
    tool: "Tool",
    answers: Mapping[str, list[str]],
    moments: Sequence[str],
) -> list[bool]:
    """Whether each sheet was sent, by its moment and by the columns that say so."""
    # Unless the tool sends only complete sheets, one without a moment was never sent.
    sends_only_complete = tool.row["sends_only_complete"] == "ja"
    are_complete = [sends_only_complete or moment != "" for moment in moments]
    for header, cells in answers.items():
        if tool.says(header, "finished"):
            for place, cell in enumerate(cells):
                if tool.says(cell, "unsent"):
                    are_complete[place] = False
    return are_complete


class FoundTable(NamedTuple):
    """The table of a tool: on which sheet it is, and the index of its first header."""

    tool: "Tool"
    sheet: str
    rows: RowsOfExport
    at: int


def _found_table(vocabulary: Vocabulary, path: Path, file: str) -> FoundTable:
    """The one table of a tool in this file."""
    tools = [Tool(vocabulary, row) for row in vocabulary.reference("survey_tools")]
    found: list[FoundTable] = []
    for grid in open_grids(path, file):
        rows: RowsOfExport = []
        for row in grid.rows:
            rows.append([codebook.tidied(cell) for cell in row])
        for at, row in enumerate(rows):
            for tool in tools:
                if not tool.signed(row):
                    continue
                # Some tools have a row of codes and then one of their texts.
                is_second = at > 0 and tool.signed(rows[at - 1])
                if not is_second:
                    found.append(FoundTable(tool, grid.sheet, rows, at))

    if not found:
        expected = "\n".join(f"  {tool.signature()}" for tool in tools)
        raise DataError.of("no_tool", file=file, tools=expected)
    if len(found) > 1:
        places = [message("sheet_row", sheet=one.sheet, row=one.at + 1) for one in found]
        raise DataError.of("two_tools", file=file, places=", ".join(places))
    return found[0]


# --- what a tool writes -------------------------------------------------------------------


class Headers(NamedTuple):
    """The header of each column, and how many rows these take, from the header row."""

    names: list[str]
    rows: int


@dataclass(frozen=True)
class Tool:
    """A survey tool: its row of `survey_tools.csv`, and the words by which it is known."""

    vocabulary: Vocabulary
    row: dict[str, str]

    def parts(self, key: str) -> tuple[str, ...]:
        """The parts of a value: `separators` between choices, words `beside_question`."""
        return tuple(part for part in self.row[key].split("|") if part)

    def says(self, text: str, *uses: str) -> bool:
        """Whether a text is a word of this tool for one of these uses."""
        return is_survey_word(self.vocabulary, text, *uses, tool=self.row["tool"])

    def signed(self, row: Sequence[str]) -> bool:
        """Whether a row starts as the header of this tool, and says when it was sent."""
        first = next((cell for cell in row if cell), "")
        return self.says(first, "first") and any(self.says(cell, "sent") for cell in row)

    def signature(self) -> str:
        """By which headers this tool is known, in words."""
        name = self.row["tool"]
        either = message("or")
        first = codebook.survey_words(self.vocabulary, "first", name)
        sent = codebook.survey_words(self.vocabulary, "sent", name)
        return message(
            "tool_signature",
            name=name,
            first=either.join(first),
            sent=either.join(sent),
        )

    def questions(self, headers: Iterable[str]) -> list[str]:
        """The headers of answers: not what the tool wrote itself, or who answered."""
        question_of = {header: split_header(header)[0] for header in headers}
        of_tool: set[str] = set()
        for word in self.parts("beside_question"):
            for question in question_of.values():
                of_tool |= {f"{word}{question}", f"{question}{word}"}

        questions: list[str] = []
        for header, question in question_of.items():
            is_about_who = is_survey_word(self.vocabulary, question, "who")
            is_of_tool = header in of_tool or self.is_own(header)
            if not is_about_who and not is_of_tool:
                questions.append(header)
        return questions

    def is_own(self, header: str) -> bool:
        """Whether the tool wrote a column itself, or it says who answered."""
        return (
            is_survey_word(self.vocabulary, header, "who")
            or self.says(header, "first", "sent", "tool", "finished")
            or re.fullmatch(self.row["own_headers"], header, re.IGNORECASE) is not None
        )

    def headers(self, rows: RowsOfExport) -> Headers:
        """The headers in these rows, of which the first is the header row."""
        texts = rows[0]
        second = rows[1] if len(rows) > 1 else []
        if self.row["second_row"] == "texts" and second:
            return self._codes_and_texts(rows)
        if self.row["second_row"] == "options":
            return self._questions_and_options(texts, second)
        return Headers(self._one_row(texts), 1)

    def _codes_and_texts(self, rows: RowsOfExport) -> Headers:
        """A row of codes, then their texts; one with `ImportId` may stand below either."""
        codes = rows[0]
        are_ids = [any(cell.startswith(IMPORT_ID) for cell in row) for row in rows[1:3]]
        first = next(code for code in codes if code)
        if are_ids[0]:  # the texts, or the codes, are not there
            return Headers(codes, 2)
        if " " in first:
            return Headers(codes, 1)

        names: list[str] = []
        for code, written in zip(codes, rows[1], strict=False):
            text = re.sub(OWN_WORDS_BEHIND, "", written)
            # Of a column of which the code has a part, a dash stands before the option.
            question, _, part = text.rpartition(" - ")
            if self.is_own(code):
                # The text of its own column is in the language of who exported.
                names.append(code)
            elif question and PART.fullmatch(code):
                names.append(f"{question} [{part}]")
            else:
                names.append(text)
        return Headers(names, 3 if any(are_ids) else 2)

    def _questions_and_options(self, texts: list[str], options: list[str]) -> Headers:
        """A row of questions, with below each its options."""
        # Under the number of a respondent stands no option: then there is one row of
        # headers.
        if any(options[:1]):
            return Headers(_numbered(texts), 1)
        names: list[str] = []
        question = ""
        # The row of questions has the text above the first option only.
        for text, option in zip_longest(_numbered(texts), options, fillvalue=""):
            if text:
                question = text
            elif not option:
                question = ""
            is_only_answer = not option or self.says(option, "answer")
            names.append(question if is_only_answer else f"{question} [{option}]")
        return Headers(names, 2)

    def _one_row(self, texts: list[str]) -> list[str]:
        # Spaces may be exported as underscores: then there is no space in any header.
        signs = [text for text in texts if self.says(text, "first", "sent")]
        has_spaces = any(" " in text for text in texts)
        has_underscores = any("_" in text for text in signs)
        if has_underscores and not has_spaces:
            texts = [text.replace("_", " ") for text in texts]

        pattern = self.row["sub_question"]
        if pattern:
            texts = [re.sub(f"^{pattern}$", r"\1[\2]", text) for text in texts]
        return texts

    def answer(self, text: str, header: str) -> str:
        """An answer below this header, without what the tool adds; empty when not asked."""
        if self.says(text, "not_shown"):
            return ""
        # An option that was chosen may have its own words below it, also `Nee`.
        if self.row["second_row"] and text and text == split_header(header)[1]:
            return CHOSEN
        return text[1:] if text.startswith("'=") else text


def _numbered(headers: Sequence[str]) -> list[str]:
    """Give a header that is there already, or that is a word of ours, the next number."""
    names: list[str] = []
    for header in headers:
        name = header
        number = 1
        while header and name in (*SURVEY_COLUMNS, *names):
            number += 1
            name = f"{header} {number}"
        names.append(name)
    return names


# --- moments ------------------------------------------------------------------------------


def _moments(texts: Sequence[str]) -> list[str]:
    """ISO text of each moment, without the zone that Google adds; empty when it is none."""
    # One order for the whole column: month/day when every moment can be read so, as csv of
    # Forms has it.
    month_first = [_moment(text, MONTH_FIRST) for text in texts]
    day_first = [_moment(text, DAY_FIRST) for text in texts]
    fewer = day_first.count("") < month_first.count("")
    return day_first if fewer else month_first


def _moment(text: str, order: str) -> str:
    time = TIME_OF_ANSWER.search(text)
    written = text[: time.start()] if time else text
    # With dashes the day goes first.
    day = day_of(written, DAY_FIRST if "-" in written else order)
    if day is None:
        return ""
    if time is None:
        return pd.Timestamp(day).isoformat()
    hour = _hour_of_day(int(time["hour"]), time["half"])
    if hour is None:
        return ""
    return pd.Timestamp(f"{day} {hour:02}{time['minutes']}").isoformat()


def _hour_of_day(hour: int, half: str | None) -> int | None:
    """The hour from 0 to 23; none when no clock with a.m. and p.m. has it: `13 PM`."""
    if half is None:
        return hour
    if not 1 <= hour <= HOURS:
        return None
    is_afternoon = half.casefold() == "p"
    since_noon = hour % HOURS
    return since_noon + HOURS if is_afternoon else since_noon


# --- what people coded --------------------------------------------------------------------


def read_codings(path: Path, file: str) -> pd.DataFrame:
    """Read which themes each coder chose; the answers beside them are not read.

    The name of a sheet, without capitals, is its coder. A row without a theme was not
    judged. One row per answer, coder and cell with a theme: `schema.CODINGS`, as text.
    """
    if path.suffix.lower() not in WORKBOOKS:
        raise DataError.of("not_coded", file=file)
    rows: list[tuple[str, str, int, str, str, str]] = []
    for sheet in open_grids(path, file):
        # A web page is often named .xls, and has no sheet with the name of a coder.
        if not sheet.sheet:
            raise DataError.of("not_coded", file=file)
        is_of_a_coder = sheet.sheet not in (codebook.HELP_SHEET, codebook.LIST_SHEET)
        is_filled = any(any(row) for row in sheet.rows)
        if is_of_a_coder and is_filled:
            rows += _codings(sheet)

    table = pd.DataFrame(rows, columns=list(CODINGS))
    texts = [name for name in CODINGS if name != "source_row"]
    return table.astype(dict.fromkeys(texts, "str"))


def _codings(sheet: Grid) -> Iterator[tuple[str, str, int, str, str, str]]:
    """A row of `schema.CODINGS` per answer and cell with a theme, of one coder."""
    header = [cell.casefold() for cell in sheet.rows[0]]
    themes = [place for place, cell in enumerate(header) if cell.startswith(THEME_KIND)]
    if ANSWER_ID not in header or not themes:
        raise DataError.of(
            "no_coder",
            file=sheet.file,
            sheet=sheet.sheet,
            answer=ANSWER_ID,
            theme=THEME_KIND,
        )

    coder = sheet.sheet.strip().casefold()
    answer = header.index(ANSWER_ID)
    for number, row in enumerate(sheet.rows[1:], start=2):
        for place in themes:
            if place < len(row) and row[place]:
                number_of_answer = row[answer] if answer < len(row) else ""
                source = (sheet.file, sheet.sheet, number)
                yield (*source, coder, number_of_answer, row[place])
