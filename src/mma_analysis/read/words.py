"""How words of a delivery are compared."""

from functools import cache

from mma_analysis import domain
from mma_analysis.domain import plain


@cache
def yes_no_words() -> dict[str, str]:
    """Plain word → `ja`, `nee` or `onbekend`."""
    aliases = [row for row in domain.reference("value_aliases") if row["field"] == "yes_no"]
    return {plain(row["alias"]): row["code"] for row in aliases}
