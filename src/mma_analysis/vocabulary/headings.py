"""What a reader calls the columns and codes of a table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from mma_analysis.vocabulary.reference import CODES

Language = Literal["nl", "en"]
SIDES = {
    "low": (("nl", "van"), ("en", "from")),
    "high": (("nl", "tot"), ("en", "to")),
    "from": (("nl", "eerst"), ("en", "first")),
    "to": (("nl", "daarna"), ("en", "then")),
}


def headings(
    labels: Sequence[Mapping[str, str]], own: Collection[str | None], columns: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Column → its words (`nl`, `en`) and `form`, by `reference/labels.csv`.

    The word of an indicator or table (`own`) goes before the common one. Ends of an interval, and
    two periods side by side, are named after their column: `share_low`, or `low` after `share`.
    """
    rows = sorted(labels, key=lambda row: row["indicator"])  # the common ones first
    known = {row["column"]: dict(row) for row in rows if row["indicator"] in ("", *own)}
    found: dict[str, dict[str, str]] = {}
    before = ""
    for column in columns:
        base, _, side = column.rpartition("_")
        base = base or before
        if column in known:
            found[column] = known[column]
        elif side in SIDES and base in known:
            words = {language: f"{known[base][language]} {word}" for language, word in SIDES[side]}
            found[column] = known[base] | words
        before = before if side in SIDES else column
    return found


def words_of(column: str, language: Language = "nl") -> dict[str, str]:
    """Code → word for a column, by `reference/codes.csv`."""
    return {row["code"]: row[language] for row in CODES if column == row["column"]}
