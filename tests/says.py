"""A sentence of the catalogue, of which a test gives only the words that it is about."""

import re
from string import Formatter

from mma_analysis.vocabulary import errors

TEXTS = {code: text for code, text in errors.MESSAGES.items() if isinstance(text, str)}


def blanks(code: str) -> set[str]:
    """What the program fills in in this text."""
    return {name for _, name, *_ in Formatter().parse(TEXTS[code]) if name}


def says(code: str, /, **words: object) -> str:
    """A pattern of this text: what is not given may be anything, a given word stands in its place.

    A word may be a part of what is filled in there; an empty one says that nothing is.
    """
    assert set(words) <= blanks(code), f"{code} has no {set(words) - blanks(code)}"
    pattern = "(?s)"
    for text, name, *_ in Formatter().parse(TEXTS[code].strip()):
        pattern += re.escape(text)
        if name in words:
            word = re.escape(str(words[name]))
            pattern += rf"(.*(?<!\w))?{word}((?!\w).*)?" if word else ""
        elif name:
            pattern += ".*"
    return pattern


def given(words: str) -> dict[str, str]:
    """The words of a case, written as `name=word | name=word`."""
    return dict(word.split("=", 1) for word in words.split(" | ") if word)
