"""How words of a delivery are compared."""

import re

from mma_analysis import domain
from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.domain import plain

# `M2022-0001`, `20220001` or `2022-0001`: how numbers of tips are written. `2022-2023` is a period.
NUMBER_OF_M = re.compile(
    r"m[\W_]*\d[\d\W_]*|\d{6,}|(?:19|20)\d\d[-/._ ](?!(?:19|20)\d\d$)\d{3,}", re.IGNORECASE
)


@domain.remembered()
def yes_no_words() -> dict[str, str]:
    """Plain word → `ja`, `nee` or `onbekend`."""
    aliases = [row for row in domain.reference("value_aliases") if row["field"] == "yes_no"]
    return {plain(row["alias"]): row["code"] for row in aliases}


@domain.remembered()
def topic_words() -> frozenset[str]:
    """Plain words that mean a topic: aliases, labels and codes."""
    aliases = {plain(row["alias"]) for row in domain.reference("topic_aliases")}
    return frozenset(aliases | {plain(word) for pair in domain.topics().items() for word in pair})


def looks_like_a_date(cell: str) -> bool:
    """Whether a cell begins like a date: enough to tell a registration from a cover sheet."""
    return begins_with_a_day(cell)


def looks_like_a_number_of_m(cell: str) -> bool:
    """Whether a cell is written as the number of a tip is."""
    return NUMBER_OF_M.fullmatch(cell) is not None


def belongs_to_a_tip(cell: str) -> bool:
    """Whether a cell holds a day or the number of a tip: no header does."""
    return looks_like_a_date(cell) or is_number_of_a_day(cell) or looks_like_a_number_of_m(cell)
