"""The export of a survey tool → one row per answer sheet; what people coded → one row per theme."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from mma_analysis import codebook
from mma_analysis.codebook import ANSWER_ID, THEME, is_survey_word, split_header
from mma_analysis.days import DAY_FIRST, MONTH_FIRST, day_of
from mma_analysis.read.grids import WORKBOOKS, open_grids
from mma_analysis.vocabulary import DataError, Vocabulary, message
from mma_analysis.vocabulary.schema import CODINGS, SURVEY_COLUMNS, SurveyExport

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"
IMPORT_ID = '{"ImportId"'
PART = re.compile(r".+_\d+(_TEXT)?")  # the code of a column that is one option of a question
BESIDE = (
    " - (Selected Choice(?= - |$)|Text$)"  # what Qualtrics writes behind a question with own words
)

Rows = list[list[str]]


def read_export(vocabulary: Vocabulary, path: Path, file: str) -> SurveyExport:
    """Read the answers to a survey as text, and leave out who filled them in.

    The tool is known by its first headers (`reference/survey_words.csv`). A question that stands
    there again gets a number. The texts of open answers are still there: keep them in memory only.
    """
    tool, sheet, rows, at = _signed(vocabulary, path, file)
    headers, header_rows = tool.headers(rows[at:])
    first = at + header_rows
    filled = {number: row for number, row in enumerate(rows[first:], first + 1) if any(row)}
    columns = [*zip_longest(headers, *filled.values(), fillvalue="")]
    for column, (header, *cells) in enumerate(columns, start=1):
        if not header and any(cells):
            raise DataError.of("no_question", file=file, row=at + 1, column=column)
    names = _numbered([header for header, *_ in columns])
    answers = {
        name: [tool.answer(cell, name) for cell in cells]
        for name, (_, *cells) in zip(names, columns, strict=True)
        if name
    }
    sent = next(name for name in answers if tool.says(name, "sent"))
    moments = _moments(answers[sent])
    for number, text, moment in zip(filled, answers[sent], moments, strict=True):
        if text and not moment:
            raise DataError.of("no_moment", file=file, row=number, column=sent)
    said = [answers[name] for name in answers if tool.says(name, "finished")]
    is_sent = [
        not any(tool.says(cell, "unsent") for cell in row) for row in zip(*said, strict=True)
    ]
    questions = {name: answers[name] for name in tool.questions(answers)}
    table = pd.DataFrame(questions, range(len(filled)), dtype="str").assign(
        completed_on=moments,
        # Unless the tool sends only complete sheets, one without a moment was never sent.
        complete=[
            (tool.row["sends_only_complete"] == "ja" or bool(moment)) and sent
            for moment, sent in zip(moments, is_sent or [True] * len(filled), strict=True)
        ],
        source_file=file,
        source_sheet=sheet,
        source_row=list(filled),
    )
    return SurveyExport(file, tool.row["tool"], table, tool.parts("separators"))


def _signed(vocabulary: Vocabulary, path: Path, file: str) -> tuple["Tool", str, Rows, int]:
    """The one table of a tool in this file: tool, sheet, rows, and index of its first header."""
    tools = [Tool(vocabulary, row) for row in vocabulary.reference("survey_tools")]
    sheets = [
        (grid.sheet, [[codebook.tidied(cell) for cell in row] for row in grid.rows])
        for grid in open_grids(path, file)
    ]
    signed = [
        (tool, sheet, rows, at)
        for sheet, rows in sheets
        for at, row in enumerate(rows)
        for tool in tools
        if tool.signed(row) and not (at and tool.signed(rows[at - 1]))  # codes, then their texts
    ]
    if not signed:
        expected = "\n".join(f"  {tool.signature()}" for tool in tools)
        raise DataError.of("no_tool", file=file, tools=expected)
    if len(signed) > 1:
        places = (message("sheet_row", sheet=sheet, row=at + 1) for _, sheet, _, at in signed)
        raise DataError.of("two_tools", file=file, places=", ".join(places))
    return signed[0]


@dataclass(frozen=True)
class Tool:
    """A survey tool: its row of `survey_tools.csv`, and the words by which an edition knows it."""

    vocabulary: Vocabulary
    row: dict[str, str]

    def parts(self, key: str) -> tuple[str, ...]:
        """The parts of a value: `separators` between choices, words `beside_question`."""
        return tuple(filter(None, self.row[key].split("|")))

    def says(self, text: str, *uses: str) -> bool:
        """Whether a text is a word of this tool for one of these uses."""
        return is_survey_word(self.vocabulary, text, *uses, tool=self.row["tool"])

    def signed(self, row: Sequence[str]) -> bool:
        """Whether this row starts as the header of this tool does, and says when it was sent."""
        is_first = self.says(next(filter(None, row), ""), "first")
        return is_first and any(self.says(header, "sent") for header in row)

    def signature(self) -> str:
        """By which headers this tool is known, in words."""
        name, either = self.row["tool"], message("or")
        words = {u: codebook.survey_words(self.vocabulary, u, name) for u in ("first", "sent")}
        return message("tool_signature", name=name, **{u: either.join(w) for u, w in words.items()})

    def questions(self, headers: Iterable[str]) -> list[str]:
        """The headers of answers: not what the tool wrote itself, or who answered."""
        question_of = {header: split_header(header)[0] for header in headers}
        of_tool = {
            text
            for word in self.parts("beside_question")
            for header in question_of.values()
            for text in (f"{word}{header}", f"{header}{word}")
        }
        return [
            header
            for header, question in question_of.items()
            if header not in of_tool
            and not is_survey_word(self.vocabulary, question, "who")
            and not self.is_own(header)
        ]

    def is_own(self, header: str) -> bool:
        """Whether the tool wrote a column itself, or it says who answered."""
        return (
            is_survey_word(self.vocabulary, header, "who")
            or self.says(header, "first", "sent", "tool", "finished")
            or re.fullmatch(self.row["own_headers"], header, re.IGNORECASE) is not None
        )

    def headers(self, rows: Rows) -> tuple[list[str], int]:
        """The header of each column, and how many of these rows, from the header row, it takes."""
        texts, second = rows[0], rows[1] if rows[1:] else []
        if self.row["second_row"] == "texts" and second:
            below = [any(cell.startswith(IMPORT_ID) for cell in row) for row in rows[1:3]]
            if below[0] or " " in next(filter(None, texts)):  # the codes or the texts are not there
                return texts, 2 if below[0] else 1
            # Of a column of which the code has a part, Qualtrics writes a dash before the option.
            second = [re.sub(BESIDE, "", text) for text in second]
            cut = [text.rpartition(" - ") for text in second]
            names = [
                f"{question} [{part}]" if question and PART.fullmatch(code) else text
                for code, text, (question, _, part) in zip(texts, second, cut, strict=False)
            ]
            # The texts of its own columns are in the language of who exported.
            names = [c if self.is_own(c) else n for c, n in zip(texts, names, strict=False)]
            return names, 3 if any(below) else 2
        if self.row["second_row"] == "options":
            # Under the number of a respondent stands no option: then there is one row of headers.
            if any(second[:1]):
                return _numbered(texts), 1
            names, question = [], ""
            # The row of questions has the text above the first option only.
            for text, option in zip_longest(_numbered(texts), second, fillvalue=""):
                question = text or (question if option else "")
                only_answer = not option or self.says(option, "answer")
                names.append(question if only_answer else f"{question} [{option}]")
            return names, 2
        # Spaces may be exported as underscores: then there is no space in any header.
        signs = [text for text in texts if self.says(text, "first", "sent")]
        if not any(" " in text for text in texts) and any("_" in text for text in signs):
            texts = [text.replace("_", " ") for text in texts]
        if pattern := self.row["sub_question"]:
            texts = [re.sub(f"^{pattern}$", r"\1[\2]", text) for text in texts]
        return texts, 1

    def answer(self, text: str, header: str) -> str:
        """An answer below this header, without what the tool did to it; empty when not asked."""
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
        name, number = header, 1
        while header and name in (*SURVEY_COLUMNS, *names):
            number += 1
            name = f"{header} {number}"
        names.append(name)
    return names


TIME = re.compile(r"[T ]((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)\S*( ?[ap]\.?m\b)?", re.IGNORECASE)


def _moments(texts: Sequence[str]) -> list[str]:
    """ISO text of each moment, without the zone that Google adds; empty when it is none."""
    # One order for the whole column: month/day when every moment can be read so, as csv of Forms
    # has it. With dashes the day goes first.
    readings: list[list[str]] = []
    for order in (MONTH_FIRST, DAY_FIRST):
        moments = []
        for text in texts:
            time = TIME.search(text)
            written = text[: time.start()] if time else text
            day = day_of(written, DAY_FIRST if "-" in written else order)
            of_day = f"{time[1]}{(time[2] or '').replace('.', '')}" if time else ""
            moments.append(pd.Timestamp(f"{day} {of_day}").isoformat() if day else "")
        readings.append(moments)
    return max(readings, key=lambda moments: sum(moment != "" for moment in moments))


def read_codings(path: Path, file: str) -> pd.DataFrame:
    """Read which themes each coder chose; the answers beside them are not read.

    The name of a sheet, without capitals, is its coder. A row without a theme was not judged. One
    row per answer, coder and cell with a theme: `schema.CODINGS`, as text.
    """
    if path.suffix.lower() not in WORKBOOKS:
        raise DataError.of("not_coded", file=file)
    rows: list[tuple[str, str, int, str, str, str]] = []
    for sheet in open_grids(path, file):
        if sheet.sheet in (codebook.HELP_SHEET, codebook.LIST_SHEET) or not any(
            map(any, sheet.rows)
        ):
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
