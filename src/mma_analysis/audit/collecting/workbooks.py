"""A workbook: every sheet, also a hidden one, and everything else that is in the file."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.audit.collecting.documents import Cell, Document, Table
from mma_analysis.audit.collecting.parts import (
    BLACK,
    WHITE,
    all_text,
    can_be_read,
    children,
    local,
    note_everything,
    xml_parts,
)

HIDDEN = "·"
A_FEW = re.compile(r'"0–\d+"')  # how a rounded count of 0 is shown
COLOUR = re.compile("[0-9A-Fa-f]{2}([0-9A-Fa-f]{6})")
LARGEST_GAP = 3  # rows: what stands farther below is not looked for there
DARK = "1"  # the place of the colour of text in a theme
SHEET = re.compile(r"xl/worksheets/(sheet\d+)\.xml")
# Texts between quotes, signs after a backslash, and what is between brackets show no number.
FIXED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
SHOWS = re.compile(r"[0#?@ymdhs]|general", re.I)


def open_workbook(path: Path, file: str) -> Document:
    """Take a workbook apart; each of Excel's own tables is a table, with its title above it.

    A sheet without one is a table of which the first row is the head.
    """
    document = Document(file)
    parts = dict(xml_parts(path, document))
    for name, root in parts.items():
        note_everything(name, root, document)
    shared = parts.get("xl/sharedStrings.xml")
    strings = [] if shared is None else [all_text(item) for item in children(shared, "si")]
    formats = _formats_of(parts.get("xl/styles.xml"))
    covered = _covered_styles(parts.get("xl/styles.xml"))
    for name, root in parts.items():
        if match := SHEET.fullmatch(name):
            refs = _tables_of(match[1], parts)
            grid = {
                _place(cell.attrib.get("r", "")): _covered(cell, _value(cell, strings), formats)
                for cell in children(root, "c")
            }
            document.tables += [_in_sheet(match[1], grid, ref) for ref in refs or [""]]
            document.unseen += [f"cell {c} of {match[1]}" for c in _unseen(root, refs, covered)]
    return document


def _covered_styles(styles: ElementTree.Element | None) -> set[str]:
    """The styles, by the number that cells name them by, that make words as good as vanish.

    Only colours that are written out can be compared; ours are.
    """
    if styles is None:
        return set()
    fonts = [font for group in children(styles, "fonts") for font in children(group, "font")]
    fills = [fill for group in children(styles, "fills") for fill in children(group, "fill")]
    letters, behind = [_letters(font) for font in fonts], [_behind(fill) for fill in fills]
    cells = [style for group in children(styles, "cellXfs") for style in children(group, "xf")]
    pairs = [
        (_of(letters, style.get("fontId", "0")), _of(behind, style.get("fillId", "0")))
        for style in cells
    ]
    return {
        str(number)
        for number, (words, paper) in enumerate(pairs)
        if not (words and paper and can_be_read(words, paper))
    }


def _of(colours: list[str], number: str) -> str:
    return colours[int(number)] if int(number) < len(colours) else ""


def _letters(font: ElementTree.Element) -> str:
    """The colour of a font as RRGGBB; empty when it is not written out."""
    for colour in children(font, "color"):
        return BLACK if colour.get("theme") == DARK else _written_out(colour)
    return BLACK


def _written_out(colour: ElementTree.Element) -> str:
    match = COLOUR.fullmatch(colour.get("rgb", ""))
    return match[1] if match else ""


def _behind(fill: ElementTree.Element) -> str:
    for pattern in children(fill, "patternFill"):
        if pattern.get("patternType") == "solid":
            return next((_written_out(colour) for colour in children(pattern, "fgColor")), "")
        return WHITE if pattern.get("patternType", "none") == "none" else ""
    return ""


def _unseen(root: ElementTree.Element, refs: list[str], covered: set[str]) -> list[str]:
    """The cells with something in them that a reader does not see, or where nobody looks.

    On a sheet with tables all is inside one, or above one in the first column; on another one every
    cell is near the one before.
    """
    filled = [cell for cell in children(root, "c") if len(cell)]
    places = {cell.attrib.get("r", ""): _place(cell.attrib.get("r", "")) for cell in filled}
    far = _outside(places, refs) if refs else _after_a_gap(places)
    return [
        name
        for cell in filled
        if (name := cell.attrib.get("r", "")) in far or cell.get("s", "0") in covered
    ]


def _outside(places: dict[str, tuple[int, int]], refs: list[str]) -> set[str]:
    corners = [tuple(map(_place, ref.split(":"))) for ref in refs]
    last = max(bottom for _, (bottom, _) in corners)
    return {
        name
        for name, (row, column) in places.items()
        if not (column == 0 and row < last)
        and not any(t <= row <= b and le <= column <= ri for (t, le), (b, ri) in corners)
    }


def _after_a_gap(places: dict[str, tuple[int, int]]) -> set[str]:
    rows = {0, *(row for row, _ in places.values())}
    columns = {-1, *(column for _, column in places.values())}
    last_row, last_column = _before_gap(rows, LARGEST_GAP), _before_gap(columns, 1)
    return {n for n, (row, column) in places.items() if row > last_row or column > last_column}


def _before_gap(numbers: set[int], largest: int) -> int:
    """The last number of a row of numbers in which no step is larger."""
    ordered = sorted(numbers)
    after = (a for a, b in pairwise(ordered) if b - a > largest)
    return next(after, ordered[-1])


def _tables_of(sheet: str, parts: dict[str, ElementTree.Element]) -> list[str]:
    """Where the tables of a sheet are, as `A6:C9`, from top to bottom."""
    relations = parts.get(f"xl/worksheets/_rels/{sheet}.xml.rels")
    targets = (
        []
        if relations is None
        else [r.attrib["Target"] for r in children(relations, "Relationship")]
    )
    tables = [f"xl/tables/{name.rpartition('/')[2]}" for name in targets if "/tables/" in name]
    refs = [parts[table].attrib.get("ref", "") for table in tables]
    return sorted(filter(None, refs), key=lambda ref: _place(ref.partition(":")[0]))


def _in_sheet(name: str, grid: dict[tuple[int, int], Cell], ref: str) -> Table:
    """One table of a sheet, or without `ref` the whole sheet."""
    bottom, right = max((r for r, _ in grid), default=0), max((c for _, c in grid), default=-1)
    (top, left), (bottom, right) = map(_place, ref.split(":")) if ref else ((0, 0), (bottom, right))
    filled = sorted({row for row, _ in grid})
    above = [row for row in filled if row < top]
    begun = [row for row in above if row - 1 not in above]  # below a blank row
    caption = grid.get((begun[-1], 0), Cell("")).words if begun else ""
    filled = [row for row in filled if top <= row <= bottom]
    columns = range(left, right + 1)
    rows = [tuple(grid.get((row, column), Cell("")) for column in columns) for row in filled]
    head = tuple(cell.words for cell in rows[0]) if rows else ()
    return Table(name, caption, head, tuple(rows[1:]))


def _place(reference: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]*)(\d*)", reference).groups()  # pyright: ignore[reportOptionalMemberAccess]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits or 0), column - 1


def _covered(cell: ElementTree.Element, value: Cell, formats: list[str]) -> Cell:
    """A number that its format covers up stands beside what is shown instead."""
    style = int(cell.attrib.get("s", "0"))
    form = formats[style] if style < len(formats) else ""
    if value.words == "0" and A_FEW.search(form):
        return value
    if cell.attrib.get("t", "n") == "n" and value.words and _covers(form, float(value.words)):
        return Cell(HIDDEN, f"{value.words} {value.beside}")
    return value


def _value(cell: ElementTree.Element, strings: list[str]) -> Cell:
    """What a cell says; a formula stands beside its value."""
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return Cell(all_text(cell))
    values = {local(part.tag): part.text or "" for part in cell}
    words = values.get("v", "")
    if kind == "s" and words.isdigit() and int(words) < len(strings):
        words = strings[int(words)]
    return Cell(words.removesuffix(".0"), values.get("f", ""))


def _formats_of(styles: ElementTree.Element | None) -> list[str]:
    """The number format of each style, in the order by which cells name them; empty: built in."""
    if styles is None:
        return []
    codes = {
        form.attrib.get("numFmtId", ""): form.attrib.get("formatCode", "")
        for form in children(styles, "numFmt")
    }
    cells = [style for group in children(styles, "cellXfs") for style in children(group, "xf")]
    return [codes.get(style.attrib.get("numFmtId", ""), "") for style in cells]


def _covers(form: str, number: float) -> bool:
    """Whether a format shows a number without one of its digits.

    A format has parts for what is above, below and equal to nothing; the first is for the rest.
    """
    if not form:
        return False
    parts = FIXED.sub("", form).split(";")
    place = 0 if number > 0 else 1 if number < 0 else 2
    return not SHOWS.search(parts[place] if place < len(parts) else parts[0])
