"""Counts that a table cell or a figure gives away, hidden or exact."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

import numpy as np

from mma_analysis.audit.collecting.documents import Cell, Document, Figure, Table
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.placing.sentences import IN_WORDS
from mma_analysis.audit.placing.tables import FEW_SIGN, HIDDEN_SIGN, NUMBER, PERCENTAGE
from mma_analysis.audit.placing.vocabulary import periods_in
from mma_analysis.vocabulary import plain

NOT_SHOWN = re.compile(r"niet getoond|·", re.I)
CLAUSE = re.compile(r"<br>|(?<=[\w%)])\.\s+|;\s+|<extra>")
SAYS = re.compile(
    r"(?P<label>[^:=(]+)(?::|=|\()\s*"
    rf"(?P<number>[+−-]?\d[\d.,]*|(?:{'|'.join(IN_WORDS)})\b)\s*(?P<share>%)?",
    re.I,
)
FEWEST_FOR_A_LINE = 3
CLOSE = 1e-6
PLACES = ("x0", "x1", "y0", "y1")
# Arrays that say where something stands, what it is called, or how it looks.
NO_VALUES = ("offset", "textangle", "symbol")
LOOKS = ("marker", "textfont", "error_x", "error_y", "width")


def find_drawn(document: Document, counted: Collection[str], basis: int) -> Iterator[Finding]:
    """Find hidden cells that hold a number beside their sign, and figures that draw them.

    In a file for everybody also figures with exact counts beside the rounded ones of their table.
    `counted`: the tables, by their place, that hold counts of meldingen.
    """
    for table in document.tables:
        yield from _beside(document.file, table)
    for figure in document.figures:
        tables = document.tables[figure.table : figure.table + 1]
        rounded = [t for t in tables if t.place in counted and not document.owner]
        if any(_drawn(figure, tables)) or any(_is_exact(figure, t, basis) for t in rounded):
            yield Finding(document.file, figure.place, "drawn")


def _beside(file: str, table: Table) -> Iterator[Finding]:
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row, start=1):
            is_hidden = HIDDEN_SIGN.match(cell.words) and not NUMBER.match(cell.words)
            rest = HIDDEN_SIGN.sub("", cell.words, count=1) + " " + cell.beside
            if is_hidden and re.search(r"\d", rest):
                yield Finding(file, f"{table.place}, row {number}, column {column}", "beside")


def _drawn(figure: Figure, tables: Sequence[Table]) -> Iterator[bool]:
    traces = _traces(figure)
    for trace in traces:
        yield _says_hidden_and_draws(trace)
    for table in tables:
        columns = list(_columns(table))
        if columns:
            yield _is_said(figure, table)
            yield _is_written(figure, table)
        for part in (*traces, _rows_of(figure.content.get("layout", {}))) if columns else ():
            arrays = [*_value_arrays(part), *_place_arrays(part)]
            yield any(_carries(values, column) for values in arrays for column in columns)


def _traces(figure: Figure) -> list[Mapping[str, Any]]:
    return [trace for trace in figure.content.get("data", []) if isinstance(trace, dict)]


# --- in words ------------------------------------------------------------------------------------


def _is_said(figure: Figure, table: Table) -> bool:
    """Whether a text of the figure gives the number of a cell that the table hides."""
    said = (SAYS.match(clause) for clause in _clauses(figure))
    return any(
        _is_hidden(says["label"].strip().split(", "), bool(says["share"]), table)
        for says in said
        if says
    )


def _clauses(figure: Figure) -> Iterator[str]:
    for string in (figure.spoken, *figure.strings):
        yield from (clause.strip() for clause in CLAUSE.split(string))


def _is_hidden(labels: Sequence[str], is_share: bool, table: Table) -> bool:
    for row in _rows_about(labels, table):
        cells = [
            (head, cell.words)
            for head, cell in zip(table.head[1:], row[1:], strict=False)
            if _is_share_column(head, table) == is_share
        ]
        named = [words for head, words in cells if any(_same(label, head) for label in labels)]
        chosen = named or [words for _, words in cells]
        if chosen and all(HIDDEN_SIGN.fullmatch(words) for words in chosen):
            return True
    return False


def _rows_about(labels: Sequence[str], table: Table) -> list[tuple[Cell, ...]]:
    return [row for row in table.rows if row and any(_same(one, row[0].words) for one in labels)]


def _is_share_column(head: str, table: Table) -> bool:
    column = table.head.index(head)
    cells = [row[column].words for row in table.rows if column < len(row)]
    return head.startswith("Aandeel") or any(PERCENTAGE.fullmatch(words) for words in cells)


@lru_cache(maxsize=100_000)
def _same(label: str, head: str) -> bool:
    """Whether two labels are one: `jul 2021` and `juli 2021` are, and `Aandeel` is no part."""
    one, other = (re.sub(r"<[^>]*>|^Aandeel ", "", text).strip() for text in (label, head))
    times = periods_in(one)
    return plain(one) == plain(other) or (bool(times) and times == periods_in(other))


def _is_written(figure: Figure, table: Table) -> bool:
    """Whether an annotation is a number that the table beside the figure does not have."""
    there = {cell.words.lstrip("+−") for row in table.rows for cell in row}
    annotations = figure.content.get("layout", {}).get("annotations", [])
    texts = [re.sub(r"<[^>]*>", "", str(a.get("text", ""))).strip() for a in annotations]
    return any(NUMBER.fullmatch(text) and text not in there for text in texts)


# --- exact ---------------------------------------------------------------------------------------


def _is_exact(figure: Figure, table: Table, basis: int) -> bool:
    """Whether a figure says a whole number that its table has rounded, or draws what it rounds."""
    return _says_exactly(figure, table, basis) or any(
        _are_near(values, _told_per_point(trace), basis)
        for trace in _traces(figure)
        for values in (*_value_arrays(trace), *_place_arrays(trace))
    )


def _says_exactly(figure: Figure, table: Table, basis: int) -> bool:
    for clause in _clauses(figure):
        says = SAYS.fullmatch(clause.rstrip("."))
        if not says or says["share"] or not _count_in(says) % basis:
            continue
        rows = _rows_about(says["label"].strip().split(", "), table)
        if rows and all(says["number"] not in {cell.words for cell in row} for row in rows):
            return True
    return False


def _count_in(says: re.Match[str]) -> int:
    text = says["number"].lower()
    return IN_WORDS.get(text, 0) or int(re.sub(r"\D", "", text.partition(",")[0]) or 0)


def _told_per_point(trace: Mapping[str, Any]) -> list[float | None]:
    """The count that the text of each point gives."""
    found = [SAYS.match(CLAUSE.split(text)[0].strip()) for text in _texts(trace)]
    return [_count_in(says) if says and not says["share"] else None for says in found]


def _texts(trace: Mapping[str, Any]) -> list[str]:
    """What is said of each point."""
    found = [trace[name] for name in ("hovertemplate", "hovertext") if _is_list(trace.get(name))]
    return [str(text) for text in found[0]] if found else []


def _are_near(values: Sequence[float | None], told: Sequence[float | None], basis: int) -> bool:
    """Whether numbers are those that are told, but for the rounding."""
    if len(values) != len(told) or len(set(values)) < 2:  # the size of a dot follows no count
        return False
    pairs = [
        (value, count)
        for value, count in zip(values, told, strict=True)
        if value is not None and count is not None
    ]
    return (
        len(pairs) >= FEWEST_FOR_A_LINE
        and all(abs(value - count) < basis for value, count in pairs)
        and any(value % 1 == 0 and value != count for value, count in pairs)
    )


# --- in numbers ----------------------------------------------------------------------------------


def _says_hidden_and_draws(trace: Mapping[str, Any]) -> bool:
    """Whether a trace calls a point not shown and has a number for it."""
    texts = _texts(trace)
    hidden = [place for place, text in enumerate(texts) if NOT_SHOWN.search(text)]
    # How a point looks may differ for other reasons; whether that follows the counts is seen later.
    told = {name: value for name, value in trace.items() if name not in LOOKS}
    rows = list(range(len(texts)))  # the place of each on an axis, up or down, says nothing of it
    arrays = [
        values
        for values in _value_arrays(told)
        if len(values) == len(texts) and values not in (rows, rows[::-1])
    ]
    return any(values[place] not in (None, 0) for values in arrays for place in hidden)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _value_arrays(trace: Mapping[str, Any]) -> Iterator[list[float | None]]:
    """Every row of numbers of a trace that is for a count: not the places along its axis."""
    for name, value in trace.items():
        if name not in (*_along(trace), *NO_VALUES):
            yield from _arrays(value)


def _place_arrays(trace: Mapping[str, Any]) -> Iterator[list[float | None]]:
    """Every row of numbers along the axis; whether it carries a count, the counts must tell."""
    for name in _along(trace):
        yield from (values for values in _arrays(trace.get(name)) if not _are_places(values))


def _along(trace: Mapping[str, Any]) -> tuple[str, str]:
    return ("y" if trace.get("orientation") == "h" else "x", "base")


def _are_places(values: Sequence[float | None]) -> bool:
    """Whether numbers are places one after another, as far apart."""
    known = [value for value in values if value is not None]
    return len(known) == len(values) and len({b - a for a, b in pairwise(known)}) < 2


def _rows_of(layout: Any) -> dict[str, Any]:
    """A layout with the places of what it draws as rows of numbers; notes stand along an axis."""
    shapes = [shape for shape in layout.get("shapes", []) if isinstance(shape, dict)]
    rows = {key: [shape.get(key) for shape in shapes] for key in PLACES}
    # What is named after an axis here is not along it.
    others = {f"layout {name}": value for name, value in layout.items() if name != "annotations"}
    return others | {"layout shapes": rows}


def _arrays(value: Any) -> Iterator[list[float | None]]:
    if isinstance(value, dict):
        for name, below in value.items():
            if name not in NO_VALUES:
                yield from _arrays(below)
    elif isinstance(value, list) and value and all(_is_list(item) for item in value):
        for column in zip(*value, strict=False):
            yield from _arrays(list(column))
        if len(value[0]) > 1:
            for row in (*value, list(chain.from_iterable(value))):
                yield from _arrays(row)
    elif isinstance(value, list):
        numbers = [_number(item) for item in value]
        if any(number is not None for number in numbers):
            yield numbers


def _number(item: Any) -> float | None:
    if isinstance(item, bool) or item is None:
        return None
    if isinstance(item, str):
        text = re.sub(r"<[^>]*>", "", item).strip()
        if FEW_SIGN.fullmatch(text):
            return 0.0
        return float(text.replace(".", "")) if NUMBER.fullmatch(text) else None
    is_number = isinstance(item, int | float) and not np.isnan(item)
    return float(item) if is_number else None


def _columns(table: Table) -> Iterator[list[str]]:
    """The columns of a table, and all its cells row by row and column by column."""
    rows = [[cell.words for cell in row[1:]] for row in table.rows]
    columns = [list(column) for column in zip(*rows, strict=False)]
    for column in (*columns, sum(rows, []), sum(columns, [])):
        if any(HIDDEN_SIGN.fullmatch(words) for words in column):
            yield column
            yield column[::-1]


def _carries(values: Sequence[float | None], column: Sequence[str]) -> bool:
    """Whether numbers follow a column's counts, also to scale, and go on where it hides them."""
    if len(values) != len(column):
        return False
    pairs = [(_number(words), value) for words, value in zip(column, values, strict=True)]
    shown = [(count, value) for count, value in pairs if count is not None and value is not None]
    hidden = [v for w, v in zip(column, values, strict=True) if HIDDEN_SIGN.fullmatch(w) and v]
    is_drawn = all(value is not None for count, value in pairs if count)
    if not hidden or not shown or not is_drawn:
        return False
    slope, base = _line(shown)
    if abs(slope) < CLOSE or any(
        abs(slope * count + base - value) > CLOSE for count, value in shown
    ):
        return False
    return any(abs(value - base) > CLOSE for value in hidden)


def _line(shown: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The line through the shown counts; of too few of them only that they are the counts."""
    counts, values = np.array(shown).T
    if len(set(counts)) < FEWEST_FOR_A_LINE:
        return 1.0, 0.0
    slope, base = np.polyfit(counts, values, 1)
    return float(slope), float(base)
