"""How words of a delivery are compared."""

import re

from mma_analysis import domain
from mma_analysis.domain import plain

DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?[-/. ]\d\d?[-/. ]'?\d\d|\d\d?[ -][a-z]{3,9}\.?[ -]'?\d\d", re.I
)


@domain.remembered()
def yes_no_words() -> dict[str, str]:
    """Plain word → `ja`, `nee` or `onbekend`."""
    aliases = [row for row in domain.reference("value_aliases") if row["field"] == "yes_no"]
    return {plain(row["alias"]): row["code"] for row in aliases}


def looks_like_a_date(cell: str) -> bool:
    """Whether a cell begins like a date: enough to tell a registration from a cover sheet."""
    return DATE.match(cell) is not None
