"""What reference tables there are: whose, how many rows, how new, and where they come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary, message, rows_of
from mma_analysis.vocabulary.own_tables import OWN
from mma_analysis.vocabulary.reference import table_names

# Columns that say of when a row is.
WHEN = ("reference_date", "valid_from", "year", "version")


@dataclass(frozen=True)
class Entry:
    """One reference table as an edition uses it.

    `mark` is another one as soon as a word changes; `newest` is the last day, year or version in
    it, empty when it has none; `sources` are the different sources of its rows, most rows first.
    """

    name: str
    of_edition: bool
    may_be_of_edition: bool
    rows: int
    newest: str
    mark: str
    sources: tuple[str, ...]


def catalogue(edition: Edition) -> list[Entry]:
    """Every reference table as this edition uses it, by name."""
    return [_entry(edition.vocabulary, name) for name in table_names()]


def lines(entries: Iterable[Entry]) -> list[tuple[str, ...]]:
    """A line of cells per table: whose it is, rows, newest, mark, and its first source."""
    return [
        (
            entry.name,
            message("of_edition" if entry.of_edition else "of_package"),
            rows_of(entry.rows),
            entry.newest or message("no_date"),
            entry.mark,
            _first(entry.sources),
        )
        for entry in entries
    ]


def _entry(vocabulary: Vocabulary, name: str) -> Entry:
    rows = vocabulary.reference(name)
    sources = [row["source"] for row in rows]
    # Of when the rows are; a higher version is later.
    moments = [row[column] for row in rows for column in WHEN if row.get(column)]
    return Entry(
        name=name,
        of_edition=name in vocabulary.own,
        may_be_of_edition=name in OWN,
        rows=len(rows),
        newest=max(moments, key=lambda cell: (len(cell), cell), default=""),
        mark=vocabulary.fingerprint(name),
        sources=tuple(sorted(set(sources), key=lambda source: (-sources.count(source), source))),
    )


def _first(sources: tuple[str, ...]) -> str:
    if not sources:
        return message("no_rows_yet")
    more = len(sources) - 1
    return message("more_sources", first=sources[0], number=more) if more else sources[0]
