"""The tables of a finished file, read back into counts with a key."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mma_analysis.audit.collecting.documents import Document, Table
from mma_analysis.audit.placing.vocabulary import (
    ANSWER,
    FIELD,
    Key,
    areas,
    codes_of,
    periods_in,
    values,
)
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary, plain

SHOWN, HIDDEN, MISSING, NOT_APPLICABLE = "shown", "hidden", "missing", "not_applicable"
COUNT, SHARE = "count", "share"

HIDDEN_SIGN = re.compile(r"·|[x*]|niet getoond|[<≤]\s*\d+", re.I)
# What a rounded count of 0 is printed as.
FEW_SIGN = re.compile(r"0–\d+")
WITHOUT = {
    **dict.fromkeys(("–", "-", "—", "geen gegevens"), MISSING),
    **dict.fromkeys(("n.v.t.", "niet van toepassing"), NOT_APPLICABLE),
}
NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
PERCENTAGE = re.compile(r"[<>]?\s*(\d+(?:,\d+)?)\s*%")
COUNTED = ("meldingen", "aantal", "werkelijk", "ontvangenmeldingen", "aantalmeldingen", "ontvangen")
AREA, PERIOD, BREAKDOWN = "gebied", "periode", "verdeling"
# The head of a period → the head of the count that is of it.
PAIRS = {
    PERIOD: "aantal",
    "eersteperiode": "aantalindeeersteperiode",
    "laatsteperiode": "aantalindelaatsteperiode",
}
GROUP, GIVEN, IS_KNOWN, SHARE_KNOWN = "hoofdgroep", "gegeven", "bekend", "aandeelbekend"
DECIMAL = re.compile(r"\d+(?:\.\d+)?(?:E-?\d+)?")
# What these tables count is a part of the meldingen that no key of ours can name.
APART = re.compile(
    r"campagne|zes maanden|verwacht bereik|landelijk|per 1[0.]*000|stelling|vrag|antwoord|regels|"
    r"tarief|kosten|dagen|dubbel|samen ontvingen|na de aansluiting|"
    r"bij meer gemeenten",
    re.I,
)

Row = dict[str, str]
Value = tuple[str, str, float]


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


def placed_cells(vocabulary: Vocabulary, document: Document, whole: str) -> Iterator[Placed]:
    """Read every table of a file of which caption and heads say what is counted."""
    for table in document.tables:
        if _is_tidy(table):
            yield from _tidy_cells(vocabulary, document, table, whole)
        elif not APART.search(table.caption) and len(table.head) > 1:
            yield from _counted_cells(vocabulary, document, table, whole)


def _counted_cells(
    vocabulary: Vocabulary, document: Document, table: Table, whole: str
) -> Iterator[Placed]:
    """Read a table of which caption and heads say what is counted."""
    filled = [row for row in table.rows if row]
    rows = codes_of(vocabulary, [row[0].words for row in filled])
    columns = _columns(vocabulary, table.head[1:])
    around = _around(vocabulary, document, table, whole)
    for number, (row, codes) in enumerate(zip(filled, rows, strict=True), start=1):
        for column, (cell, meaning) in enumerate(zip(row[1:], columns, strict=False), start=2):
            if meaning is None or codes is None:
                continue
            place = f"{table.place}, row {number}, column {column}"
            key, is_field = _key({**around, **codes, **meaning[1]})
            for value in _values(cell.words, meaning[0], is_field):
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


def _around(vocabulary: Vocabulary, document: Document, table: Table, whole: str) -> dict[str, str]:
    """What a table is about when its heads do not say so."""
    known = areas(vocabulary)
    about = document.about if document.about in known.values() else vocabulary.district.slug
    caption = plain(table.caption)
    # The longest: the name of a gemeente can hold that of the district.
    named = max((name for name in known if name in caption), key=len, default="")
    return {
        "area": known.get(named, about),
        "period": next(iter(periods_in(table.caption)), whole),
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


def _values(text: str, measure: str, is_field: bool) -> Iterator[Value]:
    """Measure, state and number; nothing for a cell that is no number of ours."""
    if share := PERCENTAGE.fullmatch(text):
        yield SHARE, SHOWN, float(share[1].replace(",", ".")) / 100
    elif is_field or measure == SHARE:
        if HIDDEN_SIGN.fullmatch(text):
            yield SHARE, HIDDEN, 0.0
    elif HIDDEN_SIGN.fullmatch(text):
        yield COUNT, HIDDEN, 0.0
    elif text in WITHOUT:
        yield COUNT, WITHOUT[text], 0.0
    elif FEW_SIGN.fullmatch(text):
        yield COUNT, SHOWN, 0.0
    elif NUMBER.fullmatch(text):
        yield COUNT, SHOWN, float(text.replace(".", ""))


# --- tables of which each row names its own area and part, as the sheets of the annex do ---------


def _is_tidy(table: Table) -> bool:
    """Whether each row of a table says which area, and which period or part, it is about."""
    heads = [plain(head) for head in table.head]
    return AREA in heads and not set(heads).isdisjoint({*PAIRS, BREAKDOWN})


def _tidy_cells(
    vocabulary: Vocabulary, document: Document, table: Table, whole: str
) -> Iterator[Placed]:
    """Read the counts in a table, and their shares of a total beside them.

    Without a period they are of the whole evaluation. Of one that is not understood nothing is
    read.
    """
    heads = [plain(head) for head in table.head]
    for number, cells in enumerate(table.rows, start=1):
        row = dict(zip(heads, (cell.words for cell in cells), strict=False))
        area, part = areas(vocabulary).get(plain(row[AREA]), ""), _part(vocabulary, row)
        for head, count in PAIRS.items() if area and part else ():
            named = whole if head == PERIOD and row.keys().isdisjoint(PAIRS) else ""
            if period := next(iter(periods_in(row.get(head, ""))), named):
                key, place = Key(area, period, *part), f"{table.place}, row {number}"
                for value in _known(row) if GIVEN in row else _counted(row, head, count):
                    yield Placed(key, *value, document.file, place, document.owner)


def _part(vocabulary: Vocabulary, row: Row) -> tuple[str, ...]:
    """Which part of the meldingen a row is about; empty when its words are not ours."""
    rows = vocabulary.reference("breakdowns")
    labels = {plain(row["label"]): row["breakdown"] for row in rows}
    named = row.get(GIVEN, row.get(BREAKDOWN))
    breakdown = TOTAL if named is None else labels.get(plain(named), "")
    value = row.get("waarde", "")
    if GROUP in row and GIVEN not in row:
        breakdown, value = "topic_group", row[GROUP]
    if breakdown == TOTAL:
        return TOTAL, TOTAL
    code = breakdown and values(vocabulary, breakdown).get(plain(value), "")
    code = UNKNOWN if GIVEN in row and breakdown else code
    return (breakdown, code) if code else ()


def _counted(row: Row, head: str, count: str) -> Iterator[Value]:
    yield from _values(row.get(count, ""), COUNT, is_field=False)
    if head == PERIOD and (share := _number(row.get("aandeel", ""))) is not None:
        yield SHARE, SHOWN, share


def _known(row: Row) -> Iterator[Value]:
    """Of how many meldingen a field is known: then also of how many it is not."""
    known, total = row.get(IS_KNOWN, ""), row.get("totaal", "")
    if known.isdigit() and total.isdigit():
        yield COUNT, SHOWN, float(total) - float(known)
    elif (share := _number(row.get(SHARE_KNOWN, ""))) is not None:
        yield SHARE, SHOWN, 1 - share


def _number(text: str) -> float | None:
    return float(text) if DECIMAL.fullmatch(text) else None
