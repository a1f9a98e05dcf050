"""What somebody typed in a text that only a table can know: a number, or a comparison."""

import re
from functools import cache, lru_cache

from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.searched import NEEDS_A_CELL

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
LINK_TARGET = re.compile(r"\]\([^)]*\)")
ELEMENT = re.compile(r"<[^<>]*>")
PLACE_IN_PHRASE = re.compile(r"\\\{\w+\\\}")
APART = " \ufffc "  # in the place of what is no typed word


@lru_cache(maxsize=1_000)
def typed_words(template: str) -> tuple[str, ...]:
    """Each number and comparison that stands in a text itself, and not in `{{ … }}`, once.

    The audit stops a page with one: it cannot see if it is true. What the package says in
    fixed phrases is none, such as *per 10.000 inwoners*.
    """
    text = template
    for pattern in (TAG, LINK_TARGET, ELEMENT, _phrases()):
        text = pattern.sub(APART, text)
    found = NEEDS_A_CELL.findall(text)
    return tuple(dict.fromkeys(found))


@cache
def _phrases() -> re.Pattern[str]:
    """Any phrase that may stand in a text, the longest first."""
    phrases = [row["phrase"] for row in package_table("registered_words")]
    forms = []
    for phrase in sorted(phrases, key=len, reverse=True):
        form = PLACE_IN_PHRASE.sub(r"\\w+", re.escape(phrase))
        forms.append(form)
    any_phrase = "|".join(forms)
    return re.compile(rf"(?<!\w)(?:{any_phrase})(?!\w)", re.IGNORECASE)
