"""From data rows to sheets: titles, header, blank rows, totals and notes."""

from collections.abc import Iterable
from dataclasses import dataclass

from .cells import Cell, Layout, sheet_of
from .draw import Draw
from .rows import Row


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or the whole of a text file, as a grid of cells."""

    name: str
    grid: tuple[tuple[Cell, ...], ...]


def sheets_of(layout: Layout, rows: list[Row]) -> tuple[Sheet, ...]:
    """Lay the rows of one file out the way this gemeente does."""
    cover = layout.get("cover")
    first = [Sheet(cover["name"], tuple((line,) for line in cover["lines"]))] if cover else []
    data = [
        Sheet(name, _grid(layout, name, [r for r in rows if sheet_of(layout, r.receipt) == name]))
        for name in layout["sheets"]
    ]
    return (*first, *data)


def _grid(layout: Layout, name: str, rows: list[Row]) -> tuple[tuple[Cell, ...], ...]:
    header = tuple(text for text, _ in layout["columns"])
    body = _with_blanks(layout, name, [row.cells for row in rows])
    if layout.get("repeated_header"):
        body.insert(len(body) // 2, header)
    titles = (tuple(title) for title in layout.get("titles", []))
    return (*titles, header, *body, *_below(layout, len(rows)))


def _with_blanks(layout: Layout, name: str, body: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Put empty rows between the others."""
    draw = Draw(f"blanks/{layout['name']}/{name}")
    result = list(body)
    for _ in range(layout.get("blank_rows", 0)):
        result.insert(draw.between(1, len(result) - 1), tuple(None for _ in layout["columns"]))
    return result


def _below(layout: Layout, number: int) -> Iterable[tuple[Cell, ...]]:
    """Lay out what stands under the table and is no melding."""
    if layout.get("total"):
        yield ("Totaal", number)
    if "note" in layout:
        yield ()
        yield (layout["note"],)
