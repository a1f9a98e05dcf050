"""What a survey tool writes around the questions, and what has to be known to read it."""

from collections.abc import Callable
from dataclasses import dataclass

from mma_analysis import domain
from mma_analysis.codebook import is_survey_word, split_header, survey_words
from mma_analysis.domain import SURVEY_COLUMNS

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"

Rows = list[list[str]]


@dataclass(frozen=True)
class Headers:
    """The header of each column, and how many rows of the sheet it takes."""

    names: list[str]
    rows: int = 1


def one_row(rows: Rows) -> Headers:
    """Take the first row as the header."""
    return Headers(rows[0])


def as_written(text: str, header: str) -> str:
    """Leave an answer as it is."""
    return text


def nothing_more(header: str, headers: list[str]) -> bool:
    """Say that the tool writes no other columns than those of `survey_words.csv`."""
    return False


@dataclass(frozen=True)
class Tool:
    """One survey tool.

    `headers` makes the headers from the rows that start at the header row. `answer` undoes what the
    tool did to an answer, below its header. `writes` says whether a column that is not in
    `survey_words.csv` is the tool's own. `separators` may stand between the choices in one cell,
    the commonest sign first. Unless `sends_only_complete`, a sheet without a moment of sending was
    never sent.
    """

    name: str
    separators: tuple[str, ...] = ()
    headers: Callable[[Rows], Headers] = one_row
    answer: Callable[[str, str], str] = as_written
    writes: Callable[[str, list[str]], bool] = nothing_more
    sends_only_complete: bool = True

    def signed(self, row: list[str]) -> bool:
        """Whether this row starts as the header of this tool does, and says when it was sent."""
        filled = [cell for cell in row if cell]
        return (
            bool(filled)
            and is_survey_word(domain._now(), "first", filled[0], self.name)
            and bool(self.sent(filled))
        )

    def sent(self, headers: list[str]) -> list[str]:
        """The headers of the moment of sending."""
        return [
            header for header in headers if is_survey_word(domain._now(), "sent", header, self.name)
        ]

    def signature(self) -> str:
        """Say by which headers this tool is known."""
        first, sent = (
            " or ".join(survey_words(domain._now(), use, self.name)) for use in ("first", "sent")
        )
        return f"{self.name}: starts with {first}, and has {sent}"

    def is_question(self, header: str, headers: list[str]) -> bool:
        """Whether a column is an answer, and not written by the tool or about who answered."""
        own = any(
            is_survey_word(domain._now(), use, header, self.name)
            for use in ("first", "sent", "tool")
        )
        who = any(
            is_survey_word(domain._now(), "who", text) for text in (header, split_header(header)[0])
        )
        return not own and not who and not self.writes(header, headers)


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
