"""How the texts of a survey are compared, and which words of a survey tool have a meaning."""

import html
import re
import unicodedata

from mma_analysis.vocabulary import Vocabulary, derived, plain

SUB_HEADER = re.compile(r"(.*\S)\s*\[([^\[\]]+)\]")


def tidied(text: str) -> str:
    """Write a text the way it is compared: however a tool wrote it, the same words are equal.

    HTML entities are resolved, characters that cannot be seen are dropped, and each run of spaces
    and line breaks becomes one space. Capitals and punctuation stay.

    Examples
    --------
    >>> tidied("Wat vindt u&nbsp;van de samenwerking? ")
    'Wat vindt u van de samenwerking?'
    """
    plain = unicodedata.normalize("NFKC", html.unescape(text))
    seen = (letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).split())


def split_header(header: str) -> tuple[str, str]:
    """Split the header of one option, statement or sub-question from its question.

    Examples
    --------
    >>> split_header("Waar registreert u? [Excel]")
    ('Waar registreert u?', 'Excel')
    >>> split_header("Q5[SQ001]")
    ('Q5', 'SQ001')
    >>> split_header("Wat kan er beter?")
    ('Wat kan er beter?', '')
    """
    found = SUB_HEADER.fullmatch(header)
    return (found[1], found[2].strip()) if found else (header, "")


def survey_words(vocabulary: Vocabulary, use: str, tool: str = "") -> tuple[str, ...]:
    """Look up the words of a tool, or of all tools, for one use in `survey_words.csv`."""
    table = vocabulary.reference("survey_words")
    return tuple(row["word"] for row in table if (row["use"], row["tool"]) == (use, tool))


def is_survey_word(vocabulary: Vocabulary, use: str, text: str, tool: str = "") -> bool:
    """Whether a text is such a word, however it is punctuated."""
    return plain(text) in _plain_words(vocabulary, use, tool)


@derived
def _plain_words(vocabulary: Vocabulary, use: str, tool: str) -> frozenset[str]:
    return frozenset(plain(word) for word in survey_words(vocabulary, use, tool))
