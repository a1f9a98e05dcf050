"""How words of a delivery are compared."""

import unicodedata
from functools import cache

from mma_analysis import domain


def plain(text: str) -> str:
    """Only the letters and digits, without capitals, accents, punctuation or spaces.

    `Datum ontvangst`, `datum_ontvangst` and `DATUM-ONTVANGST:` are one header.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if character.isalnum())


@cache
def yes_no_words() -> dict[str, str]:
    """Plain word → `ja`, `nee` or `onbekend`."""
    aliases = [row for row in domain.reference("value_aliases") if row["field"] == "yes_no"]
    return {plain(row["alias"]): row["code"] for row in aliases}
