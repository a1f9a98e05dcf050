"""What is searched for in words that were typed: numbers, comparisons, signs, persons."""

import re
from collections.abc import Iterator

from mma_analysis.vocabulary.reference import package_table

NUMBER_BY_ITSELF = r"(?<![\w.,+-])(?:{})(?![\w]|[.,-]\d)"  # not within a longer number


def _searched() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Kind of finding, and a pattern of what is one."""
    for row in package_table("searched"):
        pattern = row["pattern"]
        if row["whole"]:
            pattern = NUMBER_BY_ITSELF.format(pattern)
        yield row["kind"], re.compile(pattern)


def _patterns_of(kind: str) -> list[re.Pattern[str]]:
    """What is searched for of one kind."""
    return [form for of_kind, form in SEARCHED if of_kind == kind]


SEARCHED = list(_searched())
SEARCHED_SIGNS = _patterns_of("sign")
# Any number or comparison that only a table can know.
NEEDS_A_CELL = re.compile("|".join(form.pattern for form in _patterns_of("bare")))
