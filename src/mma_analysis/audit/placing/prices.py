"""Prices per melding: with the costs beside them they give the count back."""

import re
from collections.abc import Iterator

from mma_analysis.audit.collecting import Document, Table
from mma_analysis.audit.placing.tables import PRICE, SHOWN, Placed
from mma_analysis.audit.placing.vocabulary import Key, Periods, codes_of
from mma_analysis.vocabulary import TOTAL, Vocabulary, plain

COSTS, PER_MELDING = "kostenindeperiode", "permelding"
# A workbook holds the amount as a number, without its sign.
EUROS = re.compile(r"(?:€\s*)?([\d.]+(?:,\d\d)?)")


def priced_counts(
    vocabulary: Vocabulary, document: Document, table: Table, periods: Periods
) -> Iterator[Placed]:
    """How many meldingen a gemeente can have had: its costs divided by the price of one.

    Both are rounded, to euros or to cents, so it is a range.
    """
    heads = [plain(head) for head in table.head]
    if not {COSTS, PER_MELDING} <= set(heads):
        return
    rows = [row for row in table.rows if len(row) == len(heads)]
    gemeenten = {area.slug for area in vocabulary.gemeenten}
    meanings = codes_of(vocabulary, [row[0].words for row in rows])
    for number, (row, codes) in enumerate(zip(rows, meanings, strict=True), start=1):
        area = (codes or {}).get("area", "")
        costs, price = (_euros(row[heads.index(name)].words) for name in (COSTS, PER_MELDING))
        if area not in gemeenten or costs is None or price is None or price[0] <= 0:
            continue
        key = Key(area, periods.whole, TOTAL, TOTAL)
        low, high = costs[0] / price[1], costs[1] / price[0]
        yield Placed(
            *(key, PRICE, SHOWN, low, high, document.file),
            *(f"{table.place}, row {number}", document.owner),
        )


def _euros(text: str) -> tuple[float, float] | None:
    """The smallest and largest amount that is written like this."""
    match = EUROS.fullmatch(text)
    if match is None:
        return None
    amount = float(match[1].replace(".", "").replace(",", "."))
    half = 0.005 if "," in match[1] else 0.5
    return amount - half, amount + half
