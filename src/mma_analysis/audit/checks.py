"""What is checked of everything that a file says: it is of its cells, or it is words of ours."""

import math
import re
from collections.abc import Callable, Iterator

import pandas as pd

from mma_analysis.audit.flat import TYPED, Document, Kind, Said
from mma_analysis.audit.released import NO_CELL, SETTING, Released, with_ends, written
from mma_analysis.audit.wording import Wording
from mma_analysis.vocabulary.value import SPOKEN, WORDS, Value, unquoted

Fault = tuple[str, str]  # the place, and the kind of finding
KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
NO_NUMBER = [*SPOKEN.values(), "geen bovengrens"]
CLOSE = 1e-6
DAY_0 = pd.Timestamp(1899, 12, 30)  # of the numbers that Excel has for days
JUDGED_AS_WORDS = (Kind.WORDS, Kind.BESIDE)


def faults(
    document: Document,
    of: Released,
    wording: Wording,
    heads: frozenset[str] = frozenset(),
    is_again: Callable[[str], bool] = lambda text: False,
) -> Iterator[Fault]:
    """Find what is not as the released tables of a file's reader have it, or is not ours.

    `heads` are words that may stand in it as well; `is_again` says of a text that it was judged
    where each of its values has its cell.
    """
    for said in document.says:
        try:
            values = [_value(said, cell, of) for cell in said.cells if not cell.startswith(TYPED)]
            is_of_cells = said.kind not in ACCEPTED or _is_of_its_cells(said, values)
        except NO_CELL:
            yield said.place, "origin"
            continue
        if said.kind == Kind.NAME and not wording.is_ours(said.text):
            yield said.place, "word"
        elif said.kind == Kind.GIVEN and said.text not in wording.given:
            yield said.place, "cell"
        elif not is_of_cells:
            yield said.place, "mark" if said.kind in (Kind.DRAWN, Kind.ENDS) else "cell"
        elif said.kind in JUDGED_AS_WORDS and wording.faults(said.text, (), heads):
            also = _sayable(said, of)
            if said.text not in also and not is_again(said.text):
                for kind, word in wording.faults(said.text, also, heads):
                    yield f"{said.place}{f': ‘{word}’' if word else ''}", kind


def _value(said: Said, cell: str, of: Released) -> Value:
    if said.kind == Kind.ABSENT and not cell:  # an empty place can be of no cell at all
        return Value(None, state=said.form)
    value = of.value(cell)
    is_written = said.form and said.kind in (Kind.RAW, Kind.VALUE)
    return value.as_form(said.form) if is_written else value


def _is_of_its_cells(said: Said, values: list[Value]) -> bool:
    """Whether it is one of what may be said: a text to the letter, a number to its last digit."""
    accepted = [one for value in values for one in ACCEPTED[said.kind](said, value)]
    if said.kind != Kind.DRAWN:
        return any(_is_same(said.text, one) for one in accepted)
    # A mark without a length says nothing; else one of its tips is at a value.
    tips = said.text.split()
    return not tips or any(_is_same(tip, one) for tip in tips for one in accepted)


def _is_same(text: str, accepted: str | float) -> bool:
    if isinstance(accepted, str):
        return text == accepted
    try:
        return abs(float(text.replace(",", ".")) - accepted) <= CLOSE * max(1.0, abs(accepted))
    except ValueError:
        return False


def _raw(said: Said, value: Value) -> list[str | float]:
    """The number, day or code of a cell, for a program."""
    if not value.shown:
        return [""]
    if value.form == "day":
        return [value.raw, str((pd.Timestamp(value.raw) - DAY_0).days)]
    if not _is_number(value.raw):
        return [str(value.raw), f"'{value.raw}"]
    return [value.raw, round(value.raw)] if value.form == "euro" else [value.raw]


def _ways(said: Said, value: Value) -> list[str | float]:
    """How it reads in a text and in a table, or why there is none."""
    if said.cells[0].startswith(SETTING):  # an author may write a day as a month
        return [*written(value)]
    ways = [str(value), value.sign, *([] if value.shown else ["", f"{value.sign}{value}"])]
    return [" ".join(way.split()) for way in ways]


def _absent(said: Said, value: Value) -> list[str | float]:
    return [] if value.shown or said.form != value.state else _ways(said, value)


def _beside(said: Said, value: Value) -> list[str | float]:
    """Of a number how it reads, or that there is none; a code or a day is judged as words."""
    if value.form in WORDS:
        return [said.text]
    return _ways(said, value) if _is_number(value.raw) else [*NO_NUMBER]


def _numbers(*values: Value) -> list[float]:
    return [float(value.raw) for value in values if _is_number(value.raw)]


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)


ACCEPTED: dict[Kind, Callable[[Said, Value], list[str | float]]] = {
    Kind.RAW: _raw,
    Kind.VALUE: _ways,
    Kind.EITHER: lambda said, value: _raw(said, value) + _ways(said, value),
    Kind.ABSENT: _absent,
    Kind.BESIDE: _beside,
    Kind.WIDTH: lambda said, value: [f"{number:.1%}"[:-1] for number in _numbers(value)],
    Kind.DRAWN: lambda said, value: [sign * n for n in _numbers(value) for sign in (1, -1)],
    Kind.ENDS: lambda said, value: [*_numbers(*with_ends(value))],
}


def _sayable(said: Said, of: Released) -> tuple[str, ...]:
    """What is said of a cell may be its value, and the keys that tell its row apart."""
    found = dict[str, None]()
    for cell in dict.fromkeys(said.cells):
        reason = (cell.removeprefix(TYPED),) if cell.startswith(TYPED) else of.written(cell)
        found |= dict.fromkeys((*reason, *map(unquoted, KEYS.split(cell))))
    return tuple(filter(None, found))
