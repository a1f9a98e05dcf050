"""Tables of finished files as counts with a key."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mma_analysis.audit.collecting import Cell, Document, Table
from mma_analysis.audit.placing.vocabulary import (
    ANSWER,
    FIELD,
    Key,
    Periods,
    areas,
    codes_of,
    periods_in,
)
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary, plain

SHOWN, HIDDEN, MISSING, NOT_APPLICABLE = "shown", "hidden", "missing", "not_applicable"
COUNT, SHARE = "count", "share"
RECEIVED = "ontvangen"  # an area of our own: what gemeenten received together

HIDDEN_SIGN = re.compile(r"·|[x*]|niet getoond|[<≤]\s*\d+", re.I)
# What a rounded count of 0 is printed as.
FEW_SIGN = re.compile(r"0 – \d+")
ZERO_SIGNS = {"–": MISSING, "-": MISSING, "—": MISSING, "n.v.t.": NOT_APPLICABLE}
NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
PERCENTAGE = re.compile(r"[<>]?\s*(\d+(?:,\d+)?)\s*%")
COUNTED = ("meldingen", "aantal", "werkelijk", "ontvangenmeldingen", "aantalmeldingen", "ontvangen")


@dataclass(frozen=True)
class Placed:
    """One number, or sign instead of it, of which we know which count or share it is."""

    key: Key
    measure: str
    state: str
    value: float
    file: str
    place: str
    owner: str = ""


def counted_cells(
    vocabulary: Vocabulary, document: Document, table: Table, periods: Periods
) -> Iterator[Placed]:
    """Read a table of which caption and heads say what is counted."""
    filled = [row for row in table.rows if row]
    rows = codes_of(vocabulary, [row[0].words for row in filled])
    columns = _columns(vocabulary, table.head[1:])
    around = _around(vocabulary, document, table, periods)
    for number, (row, codes) in enumerate(zip(filled, rows, strict=True), start=1):
        for column, (cell, meaning) in enumerate(zip(row[1:], columns, strict=False), start=2):
            if meaning is None or codes is None:
                continue
            place = f"{table.place}, row {number}, column {column}"
            key, is_field = _key({**around, **codes, **meaning[1]})
            for value in _values(cell, meaning[0], is_field):
                yield Placed(key, *value, document.file, place, document.owner)


def _columns(
    vocabulary: Vocabulary, heads: Sequence[str]
) -> list[tuple[str, dict[str, str]] | None]:
    """Per column what it measures and what it is about; nothing for one that is no count."""
    stripped = [re.sub(r"^Aandeel\b\s*", "", head) for head in heads]
    apart = [rest for rest in stripped if rest and plain(rest) not in COUNTED]
    understood = dict(zip(apart, codes_of(vocabulary, apart), strict=True))
    found: list[tuple[str, dict[str, str]] | None] = []
    for head, rest in zip(heads, stripped, strict=True):
        codes = understood.get(rest, {})
        found.append(None if codes is None else (SHARE if rest != head else COUNT, codes))
    return found


def _around(
    vocabulary: Vocabulary, document: Document, table: Table, periods: Periods
) -> dict[str, str]:
    """What a table is about when its heads do not say so."""
    known = areas(vocabulary)
    about = document.about if document.about in known.values() else vocabulary.district.slug
    caption = plain(table.caption)
    # The longest: the name of a gemeente can hold that of the district.
    named = max((name for name in known if name in caption), key=len, default="")
    return {
        "area": known.get(named, about),
        "period": next(iter(periods_in(table.caption)), periods.whole),
    }


def _key(codes: dict[str, str]) -> tuple[Key, bool]:
    """The key that codes make; whether only a field is known, of which `unknown` is the value."""
    area, period = codes.pop("area"), codes.pop("period")
    field, answer = codes.pop(FIELD, ""), codes.pop(ANSWER, "")
    if field:
        return Key(area, period, field, answer or UNKNOWN), not answer
    if not codes:
        return Key(area, period, TOTAL, TOTAL), False
    breakdown, value = codes.popitem()
    return Key(area, period, breakdown, value), False


def _values(cell: Cell, measure: str, is_field: bool) -> Iterator[tuple[str, str, float]]:
    """Measure, state and number; nothing for a cell that is no number of ours."""
    text = cell.words
    if share := PERCENTAGE.fullmatch(text):
        yield SHARE, SHOWN, float(share[1].replace(",", ".")) / 100
    elif is_field or measure == SHARE:
        if HIDDEN_SIGN.fullmatch(text):
            yield SHARE, HIDDEN, 0.0
    elif HIDDEN_SIGN.fullmatch(text):
        yield COUNT, HIDDEN, 0.0
    elif text in ZERO_SIGNS:
        yield COUNT, ZERO_SIGNS[text], 0.0
    elif FEW_SIGN.fullmatch(text):
        yield COUNT, SHOWN, 0.0
    elif NUMBER.fullmatch(text):
        yield COUNT, SHOWN, float(text.replace(".", ""))


def growth_cells(document: Document, table: Table) -> Iterator[Placed]:
    """What gemeenten received in two years; what lies between is an estimate and no count."""
    for number, row in enumerate(table.rows, start=1):
        named = periods_in(row[0].words) if row else []
        if named and len(row) > 1 and NUMBER.fullmatch(row[1].words):
            key = Key(RECEIVED, named[0], TOTAL, TOTAL)
            place, count = f"{table.place}, row {number}, column 2", row[1].words.replace(".", "")
            yield Placed(key, COUNT, SHOWN, float(count), document.file, place, document.owner)
