"""Everything that can go wrong with counts: within a file and between files."""

import re
from collections.abc import Collection, Iterator, Sequence

from mma_analysis.audit.collecting.documents import Document, Table
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.placing.sentences import Said, said_counts
from mma_analysis.audit.placing.tables import (
    COUNT,
    HIDDEN,
    HIDDEN_SIGN,
    NUMBER,
    SHOWN,
    Placed,
    placed_cells,
)
from mma_analysis.audit.placing.vocabulary import Key, whole_of
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import TOTAL


def find_counts(documents: Sequence[Document], edition: Edition) -> Iterator[Finding]:
    """Find counts that are exact where they must be rounded, or hidden here and told there.

    What everybody gets is looked at as one: public counts are rounded together and add up. A
    gemeente's own exact ones are for itself only.
    """
    whole, vocabulary, basis = whole_of(edition), edition.vocabulary, edition.bescherming.basis
    placed = [p for document in documents for p in placed_cells(vocabulary, document, whole)]
    said = [s for document in documents for s in said_counts(vocabulary, document, whole)]
    public = [p for p in placed if not p.owner]
    hidden = {p.key for p in public if _is(p, HIDDEN)}
    gemeenten = {area.slug for area in vocabulary.gemeenten}
    yield from _in_tables(public, hidden, basis)
    yield from _in_sentences(_without_totals(said, public), hidden, basis)
    yield from _of_others(placed, public, gemeenten)
    for document in documents:
        for table in document.tables:
            yield from _beside(document.file, table)


def _beside(file: str, table: Table) -> Iterator[Finding]:
    """A hidden cell that holds a number beside its sign."""
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row, start=1):
            is_hidden = HIDDEN_SIGN.match(cell.words) and not NUMBER.match(cell.words)
            rest = HIDDEN_SIGN.sub("", cell.words, count=1) + " " + cell.beside
            if is_hidden and re.search(r"\d", rest):
                yield Finding(file, f"{table.place}, row {number}, column {column}", "beside")


def _is(placed: Placed, state: str) -> bool:
    return placed.measure == COUNT and placed.state == state


def _in_tables(public: Sequence[Placed], hidden: Collection[Key], basis: int) -> Iterator[Finding]:
    """A count that has two values, is exact, or is hidden in another place; also as a share."""
    seen: dict[Key, float] = {}
    for p in public:
        if _is(p, SHOWN) and seen.setdefault(p.key, p.value) != p.value:
            yield Finding(p.file, p.place, "contradiction")
        if _is(p, SHOWN) and p.value % basis:
            yield Finding(p.file, p.place, "unrounded")
        if p.key in hidden and p.state != HIDDEN:
            yield Finding(p.file, p.place, "twice" if p.measure == COUNT else "rate")


def _without_totals(said: Sequence[Said], public: Sequence[Placed]) -> list[Said]:
    """Leave out a total that is shown, in a sentence that names a part of it as well."""
    shown = {(p.key, p.value) for p in public if _is(p, SHOWN) and p.key.breakdown == TOTAL}
    return [
        s
        for s in said
        if s.key is None
        or s.key.breakdown == TOTAL
        or (s.key._replace(breakdown=TOTAL, value=TOTAL), s.count) not in shown
    ]


def _in_sentences(said: Sequence[Said], hidden: Collection[Key], basis: int) -> Iterator[Finding]:
    for s in said:
        if s.owner and (s.key is None or s.owner == s.key.area):
            continue
        if s.count is None:
            if s.key in hidden:
                yield Finding(s.file, s.place, "rate")
        elif s.count % basis:
            yield Finding(s.file, s.place, "foreign" if s.owner else "unrounded")
        elif s.key in hidden:
            yield Finding(s.file, s.place, "foreign" if s.owner else "twice")


def _of_others(
    placed: Sequence[Placed], public: Sequence[Placed], gemeenten: Collection[str]
) -> Iterator[Finding]:
    """An intern file may show of another gemeente what is public, and nothing else."""
    known = {(p.key, p.measure, p.value) for p in public}
    for p in placed:
        if not p.owner or p.key.area == p.owner or p.key.area not in gemeenten:
            continue
        if p.state == SHOWN and (p.key, p.measure, p.value) not in known:
            yield Finding(p.file, p.place, "foreign")
