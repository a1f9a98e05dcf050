"""Tables of which each row names its own area and part, as the sheets of the annex do."""

import re
from collections.abc import Iterator

from mma_analysis.audit.collecting import Document, Table
from mma_analysis.audit.placing.tables import (
    COUNT,
    HIDDEN,
    HIDDEN_SIGN,
    MISSING,
    NOT_APPLICABLE,
    SHARE,
    SHOWN,
    Placed,
)
from mma_analysis.audit.placing.vocabulary import Key, Periods, areas, periods_in, values
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary, plain

AREA, PERIOD, BREAKDOWN = "gebied", "periode", "verdeling"
# The head of a period → the head of the count that is of it.
PAIRS = {
    PERIOD: "aantal",
    "eersteperiode": "aantalindeeersteperiode",
    "laatsteperiode": "aantalindelaatsteperiode",
}
GIVEN, IS_KNOWN, SHARE_KNOWN = "gegeven", "bekend", "aandeelbekend"
WITHOUT = {"geengegevens": MISSING, "nietvantoepassing": NOT_APPLICABLE}
DECIMAL = re.compile(r"\d+(?:\.\d+)?(?:E-?\d+)?")

Row = dict[str, str]
Value = tuple[str, str, float]


def is_tidy(table: Table) -> bool:
    """Whether each row of a table says which area, and which period or part, it is about."""
    heads = [plain(head) for head in table.head]
    return AREA in heads and not set(heads).isdisjoint({*PAIRS, BREAKDOWN})


def tidy_cells(
    vocabulary: Vocabulary, document: Document, table: Table, periods: Periods
) -> Iterator[Placed]:
    """Read the counts in a table, and their shares of a total beside them.

    Without a period they are of the whole evaluation. Of one that is not understood nothing is
    read.
    """
    heads = [plain(head) for head in table.head]
    for number, cells in enumerate(table.rows, start=1):
        row = dict(zip(heads, (cell.words for cell in cells), strict=False))
        for key, value in _counts(vocabulary, row, periods.whole):
            place = f"{table.place}, row {number}"
            yield Placed(key, *value, document.file, place, document.owner)


def _counts(vocabulary: Vocabulary, row: Row, whole: str) -> Iterator[tuple[Key, Value]]:
    area = areas(vocabulary).get(plain(row[AREA]), "")
    is_whole = row.keys().isdisjoint(PAIRS)
    for head, count in PAIRS.items():
        named = whole if is_whole and head == PERIOD else ""
        period = next(iter(periods_in(row.get(head, ""))), named)
        part = _part(vocabulary, row)
        if not (area and period and part):
            continue
        if GIVEN in row:
            key = Key(area, period, part[0], UNKNOWN)
            yield from ((key, value) for value in _known(row))
        elif count in row:
            key = Key(area, period, *part)
            yield from ((key, value) for value in _of_count(row[count]))
            if head == PERIOD and (share := _number(row.get("aandeel", ""))) is not None:
                yield key, (SHARE, SHOWN, share)


def _part(vocabulary: Vocabulary, row: Row) -> tuple[str, str] | None:
    """Which part of the meldingen a row is about; none when its words are not ours."""
    if GIVEN in row:
        breakdown = _breakdowns(vocabulary).get(plain(row[GIVEN]), "")
        return (breakdown, UNKNOWN) if breakdown else None
    if "hoofdgroep" in row:
        code = values(vocabulary, "topic_group").get(plain(row["hoofdgroep"]))
        return ("topic_group", code) if code else None
    if BREAKDOWN not in row:
        return TOTAL, TOTAL
    breakdown = _breakdowns(vocabulary).get(plain(row[BREAKDOWN]), "")
    if breakdown == TOTAL:
        return TOTAL, TOTAL
    code = values(vocabulary, breakdown).get(plain(row.get("waarde", ""))) if breakdown else None
    return (breakdown, code) if code else None


def _breakdowns(vocabulary: Vocabulary) -> dict[str, str]:
    rows = vocabulary.reference("breakdowns")
    return {plain(row["label"]): row["breakdown"] for row in rows}


def _of_count(text: str) -> Iterator[Value]:
    if HIDDEN_SIGN.fullmatch(text):
        yield COUNT, HIDDEN, 0.0
    elif plain(text) in WITHOUT:
        yield COUNT, WITHOUT[plain(text)], 0.0
    elif text.isdigit():
        yield COUNT, SHOWN, float(text)


def _known(row: Row) -> Iterator[Value]:
    """Of how many meldingen a field is known: then also of how many it is not."""
    known, total = row.get(IS_KNOWN, ""), row.get("totaal", "")
    if known.isdigit() and total.isdigit():
        yield COUNT, SHOWN, float(total) - float(known)
    elif (share := _number(row.get(SHARE_KNOWN, ""))) is not None:
        yield SHARE, SHOWN, 1 - share


def _number(text: str) -> float | None:
    return float(text) if DECIMAL.fullmatch(text) else None
