"""Everything that can go wrong with counts: within a file, between files, and by calculation."""

from collections.abc import Collection, Iterator, Sequence

from mma_analysis.audit.attack import ContradictionError, weak_cells
from mma_analysis.audit.collecting import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.placing import Key, Periods, Placed, Said, placed_cells, said_counts
from mma_analysis.audit.placing.tables import COUNT, HIDDEN, MISSING, NOT_APPLICABLE, SHOWN
from mma_analysis.audit.relations import relations
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import TOTAL


def find_counts(documents: Sequence[Document], edition: Edition) -> Iterator[Finding]:
    """Find counts that are hidden in one place and given away in another, or by calculation.

    What everybody gets is attacked as one. Public counts are rounded: a gemeente's own exact ones
    add up to nothing beside them.
    """
    periods = Periods(edition.begin, edition.peildatum)
    vocabulary = edition.vocabulary
    placed = [p for document in documents for p in placed_cells(vocabulary, document, periods)]
    said = [s for document in documents for s in said_counts(vocabulary, document, periods)]
    public = [p for p in placed if not p.owner]
    hidden = {p.key: p for p in reversed(public) if _is(p, HIDDEN)}
    yield from _two_values(public)
    yield from _shown_elsewhere(public, hidden)
    told = _without_totals(said, public)
    yield from _in_sentences(told, hidden, edition.bescherming.basis)
    gemeenten = {area.slug for area in vocabulary.gemeenten}
    yield from _of_others(placed, public, gemeenten)
    yield from _unrounded(public, edition.bescherming.basis)
    yield from _attacked(public, hidden, edition)


def _is(placed: Placed, *states: str) -> bool:
    return placed.measure == COUNT and placed.state in states


def _two_values(public: Sequence[Placed]) -> Iterator[Finding]:
    seen: dict[Key, float] = {}
    for p in public:
        if _is(p, SHOWN) and seen.setdefault(p.key, p.low) != p.low:
            yield Finding(p.file, p.place, "contradiction")


def _shown_elsewhere(public: Sequence[Placed], hidden: Collection[Key]) -> Iterator[Finding]:
    for p in public:
        if p.key in hidden and _is(p, SHOWN, MISSING, NOT_APPLICABLE):
            yield Finding(p.file, p.place, "twice")


def _without_totals(said: Sequence[Said], public: Sequence[Placed]) -> list[Said]:
    """Leave out a total that is shown, in a sentence that names a part of it as well."""
    shown = {(p.key.area, p.low) for p in public if _is(p, SHOWN) and p.key.breakdown == TOTAL}
    return [
        s
        for s in said
        if s.key is None or s.key.breakdown == TOTAL or (s.key.area, s.count) not in shown
    ]


def _in_sentences(
    said: Sequence[Said], hidden: Collection[Key], threshold: int
) -> Iterator[Finding]:
    for s in said:
        is_own = s.key is not None and s.owner == s.key.area
        if s.owner and (is_own or s.key is None):
            continue
        if s.count is None:
            total = s.key and s.key._replace(breakdown=TOTAL, value=TOTAL)
            if total in hidden or s.key in hidden:
                yield Finding(s.file, s.place, "rate")
        elif s.key in hidden:
            yield Finding(s.file, s.place, "foreign" if s.owner else "twice")
        elif 0 < s.count < threshold:
            yield Finding(s.file, s.place, "foreign" if s.owner else "below")


def _unrounded(public: Sequence[Placed], basis: int) -> Iterator[Finding]:
    """Public counts are rounded: one that is not may be exact."""
    for p in public:
        if _is(p, SHOWN) and p.low % basis:
            yield Finding(p.file, p.place, "unrounded")


def _of_others(
    placed: Sequence[Placed], public: Sequence[Placed], gemeenten: Collection[str]
) -> Iterator[Finding]:
    """An intern file may show of another gemeente what is public, and nothing else."""
    known = {(p.key, p.measure, p.low, p.high) for p in public}
    for p in placed:
        if not p.owner or p.key.area == p.owner or p.key.area not in gemeenten:
            continue
        if p.state == SHOWN and (p.key, p.measure, p.low, p.high) not in known:
            yield Finding(p.file, p.place, "foreign")


def _attacked(
    public: Sequence[Placed], hidden: dict[Key, Placed], edition: Edition
) -> Iterator[Finding]:
    """Weak counts; no key when the counts contradict each other."""
    known, basis = _known(public), edition.bescherming.basis
    sought = [key for key in hidden if key not in known]
    try:
        weak = weak_cells(known, sought, relations(public, edition), basis, 0)
    except ContradictionError:
        yield Finding("openbaar", "all files", "sums")
        return
    for key, kind in sorted(weak.items()):
        yield Finding(hidden[key].file, hidden[key].place, kind)


def _known(placed: Sequence[Placed]) -> dict[Key, float]:
    return {p.key: p.low for p in placed if _is(p, SHOWN, MISSING, NOT_APPLICABLE)}
