"""What a reader calls the columns and codes of a table."""

from collections.abc import Collection, Mapping, Sequence

from mma_analysis.vocabulary.reference import CODES

SIDES = {"low": "van", "high": "tot", "from": "eerst", "to": "daarna"}


def headings(
    labels: Sequence[Mapping[str, str]], own: Collection[str | None], columns: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Column → its words (`nl`) and `form`, by `reference/labels.csv`.

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
            found[column] = known[base] | {"nl": f"{known[base]['nl']} {SIDES[side]}"}
        before = before if side in SIDES else column
    return found


def words_of(column: str) -> dict[str, str]:
    """Code → word for a column, by `reference/codes.csv`."""
    return {row["code"]: row["nl"] for row in CODES if column == row["column"]}
