"""What a survey tool writes around the questions, and what has to be known to read it."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from mma_analysis.codebook import is_survey_word, split_header, survey_words
from mma_analysis.vocabulary import Vocabulary, message
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"

Rows = list[list[str]]


@dataclass(frozen=True)
class Tool:
    """One survey tool, with the words by which an edition knows it.

    `separators` may stand between the choices in one cell, the commonest sign first. Unless
    `sends_only_complete`, a sheet without a moment of sending was never sent.
    """

    vocabulary: Vocabulary
    name: ClassVar[str]
    separators: ClassVar[tuple[str, ...]] = ()
    sends_only_complete: ClassVar[bool] = True

    def headers(self, rows: Rows) -> tuple[list[str], int]:
        """The header of each column, and how many of these rows, from the header row, it takes."""
        return rows[0], 1

    def answer(self, text: str, header: str) -> str:
        """An answer below this header, without what the tool did to it."""
        del header
        return text

    def writes(self, header: str, headers: list[str]) -> bool:
        """Whether a column that is not in `survey_words.csv` is the tool's own."""
        del header, headers
        return False

    def says(self, text: str, *uses: str) -> bool:
        """Whether a text is a word of this tool for one of these uses."""
        return is_survey_word(self.vocabulary, text, *uses, tool=self.name)

    def signed(self, row: list[str]) -> bool:
        """Whether this row starts as the header of this tool does, and says when it was sent."""
        filled = [cell for cell in row if cell]
        return bool(filled) and self.says(filled[0], "first") and bool(self.sent(filled))

    def sent(self, headers: list[str]) -> list[str]:
        """The headers of the moment of sending."""
        return [header for header in headers if self.says(header, "sent")]

    def signature(self) -> str:
        """Say by which headers this tool is known."""
        first, sent = (
            message("or").join(survey_words(self.vocabulary, use, self.name))
            for use in ("first", "sent")
        )
        return message("tool_signature", name=self.name, first=first, sent=sent)

    def is_question(self, header: str, headers: list[str]) -> bool:
        """Whether a column is an answer, and not written by the tool or about who answered."""
        who = (is_survey_word(self.vocabulary, h, "who") for h in (header, split_header(header)[0]))
        own = self.says(header, "first", "sent", "tool") or self.writes(header, headers)
        return not own and not any(who)


def numbered(headers: list[str]) -> list[str]:
    """Give a header that is there already, or that is a word of ours, the next number."""
    taken: set[str] = {*SURVEY_COLUMNS}
    names: list[str] = []
    for header in headers:
        name, number = header, 1
        while header and name in taken:
            number += 1
            name = f"{header} {number}"
        taken.add(name)
        names.append(name)
    return names


class MsForms(Tool):
    """Choices in one cell, each with a semicolon after it."""

    name = "MS Forms"
    separators = (";",)
    # A form that is a quiz has two more columns for each question.
    QUIZ = ("Points - ", "Feedback - ", "Punten - ")

    def writes(self, header: str, headers: list[str]) -> bool:
        """Those of a quiz."""
        return any(header == f"{prefix}{question}" for prefix in self.QUIZ for question in headers)


class GoogleForms(Tool):
    """Choices in one cell: the spreadsheet has commas, the csv of the form itself semicolons."""

    name = "Google Forms"
    separators = (", ", ";")


class LimeSurvey(Tool):
    """Headers are codes or full texts; a column for each choice, as `Q[SQ001]`."""

    name = "LimeSurvey"
    sends_only_complete = False
    # Sub-questions for Expression Manager: Q_SQ001 is what is otherwise Q[SQ001].
    SUB_QUESTION = re.compile(r"([A-Za-z][A-Za-z0-9]*)_(SQ\d+|other)")
    TIMING = re.compile(r"grouptime\d+|(group|question) time: .*|groepstijd: .*", re.IGNORECASE)

    def headers(self, rows: Rows) -> tuple[list[str], int]:
        """Spaces may be exported as underscores: then there is no space in any header."""
        texts = rows[0]
        own = [text for text in texts if self.says(text, "first", "sent")]
        if not any(" " in text for text in texts) and any("_" in text for text in own):
            texts = [text.replace("_", " ") for text in texts]
        return [self.SUB_QUESTION.sub(r"\1[\2]", text) for text in texts], 1

    def writes(self, header: str, headers: list[str]) -> bool:
        """How long it took to answer."""
        questions = {split_header(question)[0] for question in headers}
        of_question = header.endswith("Time") and header.removesuffix("Time") in questions
        return of_question or bool(self.TIMING.fullmatch(header))

    def answer(self, text: str, header: str) -> str:
        """Without the mark that keeps a spreadsheet from calculating; empty when not shown."""
        if self.says(text, "not_shown"):
            return ""
        return text[1:] if text.startswith("'=") else text


class SurveyMonkey(Tool):
    """The question in one row, its options in the next."""

    name = "SurveyMonkey"

    def headers(self, rows: Rows) -> tuple[list[str], int]:
        """`Question [option]`; the row of questions has the text above the first option only."""
        asked = numbered(rows[0])
        options = rows[1] if len(rows) > 1 else []
        if any(options[:1]):  # the number of a respondent: there is no second row of headers
            return asked, 1
        names: list[str] = []
        question = ""
        for text, option in zip_longest(asked, options, fillvalue=""):
            question = text or (question if option else "")
            only_answer = not option or self.says(option, "answer")
            names.append(question if only_answer else f"{question} [{option}]")
        return names, 2

    def answer(self, text: str, header: str) -> str:
        """An option that was chosen has its own words below it, also when these are `Nee`."""
        return CHOSEN if text and text == split_header(header)[1] else text


TOOLS: tuple[type[Tool], ...] = (MsForms, LimeSurvey, SurveyMonkey, GoogleForms)
