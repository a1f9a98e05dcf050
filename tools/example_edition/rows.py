"""The data rows of a delivery: receipts, doubles and rows that cannot be counted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .cells import BACKGROUND, ENUMS, Cell, Layout, Pen, date_cell, date_style
from .draw import Draw
from .tables import table
from .tips import District, Receipt

CLEAN, DUPLICATE = "clean", "duplicate"
# A lesser double misses these.
MISSED = ("result", "usable", "closed_on", "disposition", "reported_on", "also_sent_to")
# In a real date cell nothing impossible can stand: it is text there.
IMPOSSIBLE = {"dmy": "31-02-2022", "date": "30-02-2023", "short": "31-4-2023"}
IMPOSSIBLE_LONG = "31 februari 2022"
BEFORE_BEGIN = dt.date(2012, 3, 12)
OUTSIDE: dict[str, Cell] = {"place": "Hardenberg", "postcode": "7772 SA"}
NOWHERE: dict[str, Cell] = {"place": None, "postcode": None}


@dataclass(frozen=True)
class Row:
    """One data row of a delivery and what must become of it.

    `verdict` is clean, duplicate or the code of the reason for which it is refused; `counted`
    holds the codes that a clean row counts under.
    """

    cells: tuple[Cell, ...]
    verdict: str
    counted: Mapping[str, str]
    receipt: Receipt


def rows_of(layout: Layout, received: Sequence[Receipt], district: District) -> list[Row]:
    """Write down what the gemeenten of this layout received, in the order in which it came in.

    One row per data row of the file: every receipt once, and the doubles and the rows that cannot
    be counted that the layout asks for.
    """
    strays = _strays(layout, received, district)
    written = sorted(
        [*((r, CLEAN) for r in received), *strays], key=lambda pair: pair[0].received_on
    )
    pen = Pen(layout)
    rows = [
        _row(layout, pen, receipt, verdict, sequence)
        for sequence, (receipt, verdict) in enumerate(written, 1)
    ]
    return _with_doubles(layout, rows)


def fields_of(layout: Layout) -> list[str]:
    """Name what each column of the layout holds, from left to right."""
    return [column for _, column in layout["columns"]]


def _strays(
    layout: Layout, received: Sequence[Receipt], district: District
) -> list[tuple[Receipt, str]]:
    """Draw receipts beside those that count, each with the reason that it will be refused for."""
    draw = Draw(f"strays/{layout['name']}")
    strays = []
    for reason, number in layout.get("faults", {}).items():
        for _ in range(number):
            near = draw.pick(received)
            day = near.received_on
            if reason == "na_peildatum":
                day = table("world")["peildatum"] + dt.timedelta(days=draw.between(1, 3))
            strays.append((district.receipt(draw, near.gemeente, day), reason))
    return strays


def _row(layout: Layout, pen: Pen, receipt: Receipt, verdict: str, sequence: int) -> Row:
    """Write one receipt down, with the fault that its verdict names."""
    columns = fields_of(layout)
    written = [pen.write(column, receipt, sequence) for column in columns]
    fault = _fault(verdict, date_style(layout, receipt))
    cells = tuple(
        fault.get(column, cell) for column, (cell, _) in zip(columns, written, strict=True)
    )
    absent = dict.fromkeys((*ENUMS, *BACKGROUND), "onbekend")
    return Row(cells, verdict, absent | dict(code for _, code in written if code), receipt)


def _fault(verdict: str, style: str) -> dict[str, Cell]:
    """Give the cells that make a row end the way its verdict says."""
    faults: dict[str, dict[str, Cell]] = {
        "datum_ontbreekt": {"received_on": None},
        "datum_onmogelijk": {"received_on": IMPOSSIBLE.get(style, IMPOSSIBLE_LONG)},
        "voor_begin": {"received_on": date_cell(BEFORE_BEGIN, style)},
        "buiten_district": OUTSIDE,
        "gemeente_ontbreekt": NOWHERE,
    }
    return faults.get(verdict, {})


def _with_doubles(layout: Layout, rows: list[Row]) -> list[Row]:
    """Add the doubles that the layout asks for: after, then before the row that counts.

    They miss part of the follow-up; the last of more than one is a plain copy.
    """
    number = layout.get("doubles", 0)
    candidates = [row for row in rows if row.verdict == CLEAN and _can_be_lesser(layout, row)]
    result = list(rows)
    for position in range(number):
        chosen = candidates[len(candidates) * (2 * position + 1) // (2 * number)]
        plain = number > 1 and position == number - 1
        cells = chosen.cells if plain else _less(layout, chosen.cells)
        before = position % 2 == 1
        double = replace(chosen, cells=cells, verdict=DUPLICATE)
        result.insert(result.index(chosen) + (0 if before else 1), double)
    return result


def _less(layout: Layout, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    pairs = zip(fields_of(layout), cells, strict=True)
    return tuple(None if column in MISSED else cell for column, cell in pairs)


def _can_be_lesser(layout: Layout, row: Row) -> bool:
    pairs = zip(fields_of(layout), row.cells, strict=True)
    return sum(column in MISSED and bool(cell) for column, cell in pairs) >= 2
