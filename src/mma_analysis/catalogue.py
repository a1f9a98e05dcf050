"""What reference tables there are: whose, how many rows, how new, and where they come from."""

from collections import Counter
from typing import Any

from mma_analysis.settings import Edition
from mma_analysis.vocabulary.own_tables import OWN
from mma_analysis.vocabulary.reference import table_names

# Columns that say of when a row is.
WHEN = ("reference_date", "valid_from", "year", "version")


def catalogue(edition: Edition) -> list[dict[str, Any]]:
    """Every reference table as this edition uses it, by name.

    `mark` is another one as soon as a word changes; `newest` is the last day, year or version in
    it, empty when it has none; `sources` are the different sources of its rows, most rows first.
    """
    vocabulary, entries = edition.vocabulary, []
    for name in table_names():
        rows = vocabulary.reference(name)
        moments = [row[column] for row in rows for column in WHEN if row.get(column)]
        entries.append(
            {
                "name": name,
                "of_edition": name in vocabulary.own,
                "may_be_of_edition": name in OWN,
                "rows": len(rows),
                # A higher version is later.
                "newest": max(moments, key=lambda cell: (len(cell), cell), default=""),
                "mark": vocabulary.fingerprint(name),
                "sources": [word for word, _ in Counter(r["source"] for r in rows).most_common()],
            }
        )
    return entries
