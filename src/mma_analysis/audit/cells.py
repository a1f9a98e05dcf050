"""Each value of a file is that of its cell, and so is what stands beside it in another form."""

import base64
import csv
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from mma_analysis.audit import figures
from mma_analysis.audit.document import PLACE, TYPED, Cell, Claim, Document, Table
from mma_analysis.audit.released import NO_CELL, SETTING, Released
from mma_analysis.audit.wording import Wording
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.code_lists import derived
from mma_analysis.vocabulary.headings import headings
from mma_analysis.vocabulary.reference import INDICATORS
from mma_analysis.vocabulary.value import Value, unquoted, value_of

Fault = tuple[str, str]  # the place, and the kind of finding
WIDE = re.compile(r"--deel:([\d.]+)%")  # how wide the bar in a cell is
DOT = "●"
KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
NUMERIC = ("count", "rounded", "number", "share", "euro", "cents")
CLOSE = 1e-6
DAY_0 = pd.Timestamp(1899, 12, 30)  # of the numbers that Excel has for days


def faults(document: Document, of: Released, wording: Wording) -> Iterator[Fault]:
    """Find what is not as the released tables of a file's reader have it."""
    for claim in document.claims:
        try:
            if not _is_so(claim, of):
                yield claim.place, "cell"
        except NO_CELL:
            yield claim.place, "origin"
    # Where numbers come from is said of numbers of the page, without a number of its own.
    there = {claim.cell for claim in document.claims}.union(*(f.strings for f in document.figures))
    for cell, said in document.origins.items():
        # What tells a row apart may be a number or a day: it is not what is in it.
        keys = tuple(filter(None, map(unquoted, KEYS.split(cell))))
        if cell not in there:
            yield "waar getallen vandaan komen", "origin"
        elif not cell.startswith(TYPED) and wording.faults(said, keys):
            yield "waar getallen vandaan komen", "bare"
    for figure in document.figures:
        for where, _ in figures.faults(figure, of.value, wording):
            yield f"{figure.place}, {where}", "mark"
    for place, source, number in document.files:
        beside = [table for table in document.tables if table.figure == number != 0]
        if not beside or not _is_same(source, beside[0], wording):
            yield place, "file"
    for table in document.tables:
        for number, row in enumerate(table.rows, start=1):
            if not all(map(_is_drawn_right, row)):
                yield f"{table.place}, rij {number}", "cell"
        if table.head[:1] == (PLACE,):
            yield from _annex(table, of, wording.vocabulary)
        elif table.sheet:
            # Beside rows that name a cell there are numbers that were given, and how many rows.
            sizes = {(one.sheet, str(len(one.rows))) for one in document.tables}
            for number, row in enumerate(table.rows, start=table.top + 1):
                numbers = [c.words for c in row if c.style != "s" and c.words not in wording.given]
                if any(words and (row[0].words, words) not in sizes for words in numbers):
                    yield f"{table.place}, rij {number}", "cell"


def _is_so(claim: Claim, of: Released) -> bool:
    if claim.cell.startswith(TYPED):
        why = claim.cell.removeprefix(TYPED).strip()
        return claim.words == claim.value and bool(why) and not claim.state
    # An empty place can be of no cell at all.
    is_empty = claim.state and not claim.cell
    value = Value(None, state=claim.state) if is_empty else of.value(claim.cell)
    value = value.as_form(claim.form) if claim.form else value
    if not value.shown:  # and what stands there says no number
        signs = {None, "", value.sign, str(value), f"{value.sign}{value}"}
        return claim.state in ("", value.state) and claim.words in signs and not claim.value
    if claim.cell.startswith(SETTING):  # an author may write a day as a month
        ways = figures.written([value])
    else:
        ways = {None, *(" ".join(way.split()) for way in (str(value), value.sign))}
    return not claim.state and claim.words in ways and _is_of(claim.value, value.raw, value.form)


def _is_of(text: str, raw: Any, form: str = "") -> bool:
    """Whether a text is this number to its last digit, this day or this code."""
    if isinstance(raw, pd.Timestamp):
        return text == str((raw - DAY_0).days)
    try:
        number, released = float(text.replace(",", ".")), float(raw)
    except (TypeError, ValueError):
        return text in (str(raw), f"'{raw}")
    ways = (released, round(released)) if form == "euro" else (released,)
    return any(abs(number - one) <= CLOSE * max(1.0, abs(one)) for one in ways)


def _is_drawn_right(cell: Cell) -> bool:
    """Whether a bar or dots in a cell, which say a number without a digit, say its value."""
    wide, dots = WIDE.findall(cell.style), cell.words.count(DOT)
    if not wide and not dots:
        return True
    value = next((claim.value for claim in cell.claims if not claim.state), "")
    is_wide = not wide or (NUMBER.fullmatch(value) and wide == [f"{float(value):.1%}"[:-1]])
    return bool(is_wide) and dots in (0, int(value) if value.isdecimal() else 0)


def _is_same(source: str, table: Table, wording: Wording) -> bool:
    """Whether a packed file has the heads and the rows of a table, to the last digit."""
    try:
        text = base64.b64decode(source, validate=True).decode("utf-8-sig")
    except ValueError:
        return False
    head, *lines = [tuple(line) for line in csv.reader(io.StringIO(text), delimiter=";")] or [()]
    if head != table.head or list(map(len, lines)) != list(map(len, table.rows)):
        return False
    for line, row in zip(lines, table.rows, strict=True):
        for said, cell in zip(line, row, strict=True):
            claim = next((one for one in cell.claims if not one.state), None)
            words = " ".join(said.split())
            is_value = claim and (said == claim.words or _is_of(said, claim.value))
            is_words = not claim and (words == cell.words or not wording.faults(words))
            if not is_value and not is_words:
                return False
    return True


def _annex(table: Table, of: Released, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Every number of a sheet is that of its row and column; its words are judged as words."""
    for number, (first, *row) in enumerate(table.rows, start=table.top + 1):
        place, name = f"{table.place}, rij {number}", first.words.partition("|")[0]
        try:
            released = of.rows(name)[first.words]
        except LookupError:
            yield place, "origin"
            continue
        columns = _columns(vocabulary, name, tuple(released))
        for head, cell in zip(table.head[1:], row, strict=True):
            column, form = columns.get(head, ("", ""))
            if cell.style != "s" and cell.words:
                is_so = _is_of(cell.words, released.get(column), form)
            elif form in NUMERIC:
                is_shown = value_of(released, column).shown and not math.isinf(released[column])
                is_so = not is_shown and not re.search(r"\d", cell.words)
            else:
                continue
            if not is_so:
                yield f"{place}, kolom ‘{head}’", "cell"


@derived
def _columns(
    vocabulary: Vocabulary, table: str, names: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Head of a sheet → its column and the form of that."""
    own = (table, *(row["code"] for row in INDICATORS if row["table"] == table))
    found = headings(vocabulary.reference("labels"), own, names)
    return {row["nl"]: (name, row["form"]) for name, row in found.items()}
