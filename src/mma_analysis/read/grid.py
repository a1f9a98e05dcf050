"""One sheet as text, whatever kind of file it came from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """One sheet as text: index in `rows` + 1 is the row number that a spreadsheet program shows.

    A text file has one grid with an empty sheet name. Rows may differ in length. `merged` are the
    cells that were merged downwards: column, first row and last row as indexes. `from_1904` is the
    calendar of old Macs, in which a day has a number that is 1,462 less. `delimited`
    is text that was cut at delimiters, of which one may have stood in a cell.
    """

    sheet: str
    rows: list[list[str]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int], ...] = ()
    from_1904: bool = False
    delimited: bool = False


def letters(index: int) -> str:
    """The column as a spreadsheet program names it."""
    before = letters(index // 26 - 1) if index >= 26 else ""
    return before + chr(ord("A") + index % 26)
