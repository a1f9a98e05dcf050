"""What a survey tool writes around the questions: a row of `survey_tools.csv` and its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from mma_analysis.codebook import is_survey_word, split_header, survey_words
from mma_analysis.vocabulary import Vocabulary, message
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"
IMPORT_ID = '{"ImportId"'
PART = re.compile(r".+_\d+(_TEXT)?")  # the code of a column that is one option of a question

Rows = list[list[str]]


@dataclass(frozen=True)
class Tool:
    """One survey tool: its row of `survey_tools.csv`, and the words by which an edition knows it.

    `separators` may stand between the choices in one cell, the commonest sign first. Unless it
    sends only complete sheets, one without a moment of sending was never sent. In the second row
    are the `options` of the question above, or the `texts` of the questions.
    """

    vocabulary: Vocabulary
    row: dict[str, str]

    @property
    def name(self) -> str:
        """What the tool is called."""
        return self.row["tool"]

    @property
    def separators(self) -> tuple[str, ...]:
        """What may stand between the choices in one cell."""
        return tuple(filter(None, self.row["separators"].split("|")))

    @property
    def sends_only_complete(self) -> bool:
        """Whether a sheet that was begun and never sent is not in the export."""
        return self.row["sends_only_complete"] == "ja"

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """What the tool writes before or after a question, for a column of its own."""
        return tuple(filter(None, self.row["beside_question"].split("|")))

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
        return not self._is_own(header, headers) and not any(who)

    def _is_own(self, header: str, headers: list[str]) -> bool:
        own = self.row["own_headers"]
        if self.says(header, "first", "sent", "tool"):
            return True
        if own and re.fullmatch(own, header, re.IGNORECASE):
            return True
        questions = {split_header(question)[0] for question in headers}
        return any(
            header in (f"{word}{question}", f"{question}{word}")
            for word in self.beside
            for question in questions
        )

    def headers(self, rows: Rows) -> tuple[list[str], int]:
        """The header of each column, and how many of these rows, from the header row, it takes.

        Spaces may be exported as underscores: then there is no space in any header.
        """
        texts, second = rows[0], rows[1] if len(rows) > 1 else []
        if self.row["second_row"] == "texts" and second:
            names = [_with_part(code, text) for code, text in zip(texts, second, strict=False)]
            return names, 3 if rows[2:] and any(c.startswith(IMPORT_ID) for c in rows[2]) else 2
        # Under the number of a respondent stands no option: then there is one row of headers.
        if self.row["second_row"] == "options":
            return (numbered(texts), 1) if any(second[:1]) else (self._with_options(rows), 2)
        own = [text for text in texts if self.says(text, "first", "sent")]
        if not any(" " in text for text in texts) and any("_" in text for text in own):
            texts = [text.replace("_", " ") for text in texts]
        if pattern := self.row["sub_question"]:
            texts = [re.sub(f"^{pattern}$", r"\1[\2]", text) for text in texts]
        return texts, 1

    def _with_options(self, rows: Rows) -> list[str]:
        """`Question [option]`; the row of questions has the text above the first option only."""
        names: list[str] = []
        question = ""
        for text, option in zip_longest(numbered(rows[0]), *rows[1:2], fillvalue=""):
            question = text or (question if option else "")
            only_answer = not option or self.says(option, "answer")
            names.append(question if only_answer else f"{question} [{option}]")
        return names

    def answer(self, text: str, header: str) -> str:
        """An answer below this header, without what the tool did to it.

        Without the mark that keeps a spreadsheet from calculating, and empty when the question was
        not shown. An option that was chosen may have its own words below it, also `Nee`.
        """
        if self.says(text, "not_shown"):
            return ""
        if self.row["second_row"] and text and text == split_header(header)[1]:
            return CHOSEN
        return text[1:] if text.startswith("'=") else text


def _with_part(code: str, text: str) -> str:
    """`Question [option]` of a column of which the code has a part: Qualtrics writes a dash."""
    question, _, part = text.rpartition(" - ")
    return f"{question} [{part}]" if question and PART.fullmatch(code) else text


def numbered(headers: Sequence[str]) -> list[str]:
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


def tools(vocabulary: Vocabulary) -> list[Tool]:
    """The tools that are known, in the order in which a header is compared with them."""
    return [Tool(vocabulary, row) for row in vocabulary.reference("survey_tools")]
