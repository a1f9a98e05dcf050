"""Which columns of an export hold the answer to which question."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mma_analysis.codebook.questions import Codebook, Vraag
from mma_analysis.vocabulary import Vocabulary, derived, plain

SUB_HEADER = re.compile(r"(.*\S)\s*\[([^\[\]]+)\]")


def split_header(header: str) -> tuple[str, str]:
    """Split the header of one option, statement or sub-question from its question.

    `Waar registreert u? [Excel]` and `Q5[SQ001]` have both; `Wat kan er beter?` has no option.
    """
    found = SUB_HEADER.fullmatch(header)
    return (found[1], found[2].strip()) if found else (header, "")


def survey_words(vocabulary: Vocabulary, use: str, tool: str = "") -> tuple[str, ...]:
    """Look up the words of a tool, or of all tools, for one use in `survey_words.csv`."""
    table = vocabulary.reference("survey_words")
    return tuple(row["word"] for row in table if (row["use"], row["tool"]) == (use, tool))


def is_survey_word(vocabulary: Vocabulary, text: str, *uses: str, tool: str = "") -> bool:
    """Whether a text is a word for one of these uses, however it is punctuated."""
    return any(plain(text) in _plain_words(vocabulary, use, tool) for use in uses)


@derived
def _plain_words(vocabulary: Vocabulary, use: str, tool: str) -> frozenset[str]:
    return frozenset(plain(word) for word in survey_words(vocabulary, use, tool))


@dataclass(frozen=True)
class QuestionColumns:
    """The columns of one question.

    `whole` has the whole answer, `options` is column → the option that it stands for, and `other`
    has what a respondent wrote who chose none of the options.
    """

    whole: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    other: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """All columns of the question."""
        return (*([self.whole] if self.whole else []), *self.options, *self.other)


def columns_of(
    vocabulary: Vocabulary, codebook: Codebook, headers: Sequence[str]
) -> dict[str, QuestionColumns]:
    """Find the columns of each question: code → its columns, none when the export has none.

    A column belongs to the question whose `tekst` or `kolom` is its header. `Question [option]`
    belongs to the question with that option. Of a grid, `Question [statement]`, the statement alone
    may be the `tekst`, when one column ends in it.
    """
    found = {
        vraag.code: next((h for h in headers if _spaced(h) in _names(vraag)), "")
        for vraag in codebook.vraag
    }
    named = set(found.values())
    rest = [header for header in headers if header not in named]
    return {
        vraag.code: _completed(vocabulary, vraag, found[vraag.code], rest, headers)
        for vraag in codebook.vraag
    }


def unclaimed(columns: Mapping[str, QuestionColumns], headers: Iterable[str]) -> list[str]:
    """The columns that belong to no question."""
    claimed = {header for own in columns.values() for header in own.headers}
    return [header for header in headers if header not in claimed]


def _names(vraag: Vraag) -> set[str]:
    return {_spaced(name) for name in (vraag.tekst, vraag.kolom) if name}


def _spaced(header: str) -> str:
    """`Q5[SQ001]` and `Q5 [SQ001]` are one header."""
    question, part = split_header(header)
    return f"{question} [{part}]" if part else question


def _completed(
    vocabulary: Vocabulary,
    vraag: Vraag,
    own: str,
    rest: Sequence[str],
    headers: Sequence[str],
) -> QuestionColumns:
    """The columns of the question with those of its options, or else as a statement of a grid."""
    parts = {h: split_header(h)[1] for h in rest if split_header(h)[0] in _names(vraag)}
    several = parts if vraag.soort == "multi" else {}
    options = {h: option for h, part in several.items() if (option := vraag.option_of(part))}
    other = tuple(
        h
        for h, part in parts.items()
        if vraag.opties and h not in options and is_survey_word(vocabulary, part, "other")
    )
    if own or options or other:
        return QuestionColumns(own, options, other)
    statements = Counter(split_header(header)[1] for header in headers)
    found = [h for h in rest if split_header(h)[1] == vraag.tekst and statements[vraag.tekst] == 1]
    return QuestionColumns(whole=found[0] if found else "")
