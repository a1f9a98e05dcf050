"""One released number: how it reads in Dutch, and from which cell of which table it comes."""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from operator import add, sub, truediv
from typing import Any, Self
from urllib.parse import quote, unquote

import pandas as pd
from markupsafe import Markup, escape

from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.errors import message
from mma_analysis.vocabulary.reference import headings, words_of

SHOWN, UNKNOWN, NEVER, NOT_UNDERSTOOD = "shown", "unknown", "never", "not_understood"
NOT_KEPT = (NEVER, NOT_UNDERSTOOD)  # of no melding it is known: not registered, or in other words
CANNOT_TELL = "cannot_tell"
# With these the trend itself may be another one; with `own_courses` only that of a gemeente.
TAKES_BACK = ("start_up", "last_quarter")
# State → how it reads. Of two numbers that are counted together the later state is that of both.
SPOKEN = {
    SHOWN: "",
    NEVER: "nooit opgeschreven",
    NOT_UNDERSTOOD: "niet begrepen",
    UNKNOWN: "niet te zeggen",
    "not_applicable": "niet van toepassing",
    "missing": "geen gegevens",
    "hidden": "niet getoond",
}
# In a table: what nobody keeps, and what is too small; an empty place where nothing could be.
SIGNS = {NEVER: "nooit", NOT_UNDERSTOOD: "niet begrepen", "hidden": "·", UNKNOWN: "·"}
# Forms of columns in `labels.csv` → those of a value.
OF_COLUMN = {"rounded": "count", "count": "count", "share": "share", "number": "rate"}
OF_COLUMN |= {"euro": "euro", "cents": "cents", "date": "day", "period": "period"}
WORDS = ("code", "day", "period")  # no numbers
HALF = 0.5
NEAR, WELL_NEAR = 0.015, 0.085  # of a half: `de helft`, and `ruim` or `bijna de helft`


@dataclass(frozen=True, eq=False, repr=False)
class Value:
    """A released number, day or code, or the reason why there is none.

    What is computed from it keeps how it was computed. `cell`: `table|key|…#column`, or an
    expression of those. `off`: how far a rounded count may be from the truth. `parts`: of a share
    its two counts.

    Examples
    --------
    >>> a, b = (Value(n, "count", f"t|enschede|{c}#count") for c, n in (("ja", 56), ("nee", 26)))
    >>> print(a / (a + b), (a / (a + b)).cell)
    68% t|enschede|ja#count / (t|enschede|ja#count + t|enschede|nee#count)
    """

    raw: Any
    form: str = "count"
    cell: str = ""
    state: str = SHOWN
    low: float | None = None
    high: float | None = None
    off: int = 0
    parts: tuple["Value", "Value"] | None = None

    @property
    def shown(self) -> bool:
        """Whether there is a number to tell; of 0 there is."""
        return self.raw is not None

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __float__(self) -> float:
        return math.nan if self.raw is None else float(self.raw)

    def __str__(self) -> str:
        return SPOKEN[self.state] if self.raw is None else FORMS[self.form](self)

    def __repr__(self) -> str:  # for who looks in a notebook what it is
        return f"{self} ({self.cell})"

    def __html__(self) -> Markup:
        """With the cell it comes from: the audit checks it, and a reader can ask."""
        return self.html(str(self))

    def html(self, text: str) -> Markup:
        """The same around another way to write it, as a table has."""
        if not self.cell:  # where no number could be, there is nothing to look up
            return escape(text)
        if self.raw is None:
            made = Markup('<span class="v" data-state="{}" data-cell="{}">{}</span>')
            return made.format(self.state, self.cell, text)
        made = Markup('<data class="v" value="{}" data-cell="{}" data-form="{}">{}</data>')
        return made.format(str(self.raw), self.cell, self.form, text)

    @property
    def sign(self) -> str:
        """For a table: the number, or the sign of why there is none."""
        return SIGNS.get(self.state, "") if self.raw is None else numbers.short(str(self))

    def as_form(self, form: str) -> Self:
        """The same, written in another way: one of `FORMS`."""
        if form not in FORMS:
            forms = ", ".join([*FORMS, "grenzen", "balk", "stippen"])
            raise KeyError(message("no_form", form=form, forms=forms))
        if form.startswith("part") and self.form != "share":
            raise TypeError("alleen een aandeel is een deel; zet haken: (a / b) | deel")
        if any((form in kin) is not (self.form in kin) for kin in (DAYS, PARTS)):
            raise TypeError(message("form_of_other", form=form))
        return replace(self, form=form)

    @property
    def onder(self) -> "Value":
        """The lower end of its 95% interval."""
        return self._end("low", self.low)

    @property
    def boven(self) -> "Value":
        """The upper end."""
        return self._end("high", self.high)

    def _end(self, side: str, number: float | None) -> "Value":
        state = UNKNOWN if number is None and self.state == SHOWN else self.state
        return Value(number, self.form, f"{self.cell}:{side}", state)

    def __add__(self, other: "Value") -> "Value":
        return self._with(self._alike(other), add, "+", self.form)

    def __radd__(self, nothing: int) -> "Value":  # so that `sum` works
        return self if nothing == 0 else self._refuse(nothing)

    def __sub__(self, other: "Value") -> "Value":
        form = "points" if self.form == "share" else self.form
        return self._with(self._alike(other), sub, "-", form)

    def _alike(self, other: Any) -> "Value":
        """The other, when it is as much a number of something: a count and a rate have no sum."""
        other = other if isinstance(other, Value) else self._refuse(other)
        if self.form != other.form and not {self.form, other.form} <= {*COUNTS}:
            raise TypeError(message("not_alike"))
        return other

    def _refuse(self, number: Any) -> "Value":
        raise TypeError(message("plain_number"))

    __mul__ = __rmul__ = __rsub__ = __rtruediv__ = _refuse

    def __round__(self, digits: int = 0) -> "Value":
        raise TypeError(message("rounds_itself"))

    __int__ = __abs__ = __round__

    def __truediv__(self, other: "Value") -> "Value":
        other = other if isinstance(other, Value) else self._refuse(other)
        # Meldingen for each gemeente are no part of anything.
        is_each = bool(self.off) and not other.off
        counts = self.form in COUNTS and other.form in COUNTS and not is_each
        ratio = self._with(other, truediv, "/", "share" if counts else "rate")
        return replace(ratio, parts=(self, other)) if counts and ratio.shown else ratio

    def _with(self, other: "Value", do: Callable[[Any, Any], Any], sign: str, form: str) -> "Value":
        left = _inner(self.cell) if sign == "/" else self.cell  # read from left to right
        cell = f"{left} {sign} {_inner(other.cell)}"
        state = max(self.state, other.state, key=[*SPOKEN].index)
        too_few = sign == "/" and form == "share" and bool(other.raw) and other.raw < numbers.FEW
        if state != SHOWN or too_few or (sign == "/" and not other.raw):
            return Value(None, form, cell, UNKNOWN if state == SHOWN else state)
        off = 0 if sign == "/" else self.off + other.off
        return Value(do(self.raw, other.raw), form, cell, off=off)

    # As with nan: what is not shown is not more, less or the same as anything.
    def __lt__(self, other: Any) -> bool:
        return float(self) < float(other)

    def __le__(self, other: Any) -> bool:
        return float(self) <= float(other)

    def __gt__(self, other: Any) -> bool:
        return float(self) > float(other)

    def __ge__(self, other: Any) -> bool:
        return float(self) >= float(other)

    def __eq__(self, other: object) -> bool:
        raw = other.raw if isinstance(other, Value) else other
        is_one = isinstance(other, int | float | Value)
        return is_one and self.raw is not None and self.raw == raw

    def __hash__(self) -> int:
        return hash(self.raw)


COUNTS = ("count", "word", "capital_word")
DAYS = ("day", "month", "short_month")
PARTS = ("share", "part", "part_of", "change", "points")


def _inner(cell: str) -> str:
    return f"({cell})" if " " in cell else cell


def _count(value: Value) -> str:
    return f"0–{value.off}" if value.raw == 0 and value.off else numbers.number(value.raw)


def _share(value: Value) -> str:
    """Of rounded counts nothing and all are only bounds: 0 of 100 may be 4 of 96."""
    part, whole = value.parts or (Value(None), Value(None))
    if part.raw == 0 and part.off:
        return f"minder dan {math.ceil(100 * (part.off + 1) / whole.raw)}%"
    if part.shown and part.raw == whole.raw and part.off:
        least = (whole.raw - part.off - 1) / (whole.raw + whole.off)
        return f"meer dan {math.floor(100 * least)}%"
    return numbers.percent(value.raw)


def _part(value: Value) -> str:
    """A share in words: `ruim de helft`, `zeven op de tien`."""
    share = float(value.raw)
    if abs(share - HALF) <= WELL_NEAR:
        near = "" if abs(share - HALF) <= NEAR else "ruim " if share > HALF else "bijna "
        return f"{near}de helft"
    if share > 0.95 or share < 0.05:
        return "bijna alles" if share > HALF else "bijna niets"
    fractions = [(n, 10) for n in range(1, 10)] + [(1, 4), (1, 3), (2, 3), (3, 4)]
    n, of = min(fractions, key=lambda one: abs(share - one[0] / one[1]))
    return f"{numbers.in_words(n)} op de {numbers.in_words(of)}"


def _part_of(value: Value) -> str:
    """The same before what it is a part of: `ruim de helft van de`, `zeven op de tien`."""
    ends = {"bijna alles": "bijna alle", "bijna niets": "bijna geen"}
    part = _part(value)
    return f"{part} van de" if part.endswith("helft") else ends.get(part, part)


def _tens(number: float) -> int:
    """A half goes away from nothing: what is rounded to fives is often one."""
    return 10 * int(number / 10 + math.copysign(0.5, number))


def _code(value: Value) -> str:
    return words_of(value.cell.rpartition("#")[2]).get(str(value.raw), str(value.raw))


def _period(value: Value) -> str:
    if value.raw == "whole":
        return "hele periode"
    first, _, last = str(value.raw).partition("/")
    return numbers.span(pd.Timestamp(first), pd.Timestamp(last[:7] or first))


FORMS: Mapping[str, Callable[[Value], str]] = {
    "count": _count,
    "word": lambda value: numbers.in_words(int(value.raw)),
    "capital_word": lambda value: numbers.capital(numbers.in_words(int(value.raw))),
    "tens": lambda value: numbers.number(_tens(value.raw)),
    "signed_tens": lambda value: numbers.signed(_tens(value.raw)),
    "share": _share,
    "part": _part,
    "part_of": _part_of,
    "change": lambda value: f"{numbers.signed(numbers.hundred(value.raw))}%",
    "points": lambda value: numbers.signed(numbers.hundred(value.raw)),
    "rate": lambda value: numbers.number(value.raw, 1),
    "times": lambda value: f"{numbers.number(value.raw, 1)} keer",
    "euro": lambda value: numbers.money(value.raw),
    "cents": lambda value: numbers.money(value.raw, cents=True),
    "day": lambda value: numbers.day(pd.Timestamp(value.raw)),
    "month": lambda value: numbers.month(pd.Timestamp(value.raw)),
    "short_month": lambda value: numbers.short_month(pd.Timestamp(value.raw)),
    "grew": lambda value: ("bleef gelijk", "groeide", "daalde")[(value.raw > 0) - (value.raw < 0)],
    "capital_more": lambda value: ("Evenveel", "Meer", "Minder")[(value.raw > 0) - (value.raw < 0)],
    "period": _period,
    "code": _code,
    "capital_code": lambda value: numbers.capital(_code(value)),
    "typed": lambda value: str(value.raw),
}


@cache
def columns_of(table: str, columns: tuple[str, ...]) -> dict[str, tuple[str, str, str]]:
    """What `labels.csv` says each column of a released table holds, and where its interval is.

    That is `share_low`, or `low` right after it.
    """
    kinds = {name: row["form"] for name, row in headings([table], columns).items()}
    described = {}
    for column, after in zip(columns, (*columns[1:], ""), strict=True):
        begins = (f"{column}_", f"{column.rpartition('_')[0]}_", "" if after == "low" else "?")
        begin = next((one for one in begins if f"{one}low" in columns), None)
        ends = ("", "") if begin is None else (f"{begin}low", f"{begin}high")
        described[column] = (kinds.get(column, "text"), *ends)
    return described


def value_of(row: Mapping[str, Any], column: str, basis: int = 1) -> Value:
    """One column of one row of a released table, with its interval; counts rounded to `basis`."""
    raw, cell = row[column], f"{quoted(row['cell'])}#{column}"
    kind, *ends = columns_of(str(row["cell"]).partition("|")[0], tuple(row))[column]
    form = OF_COLUMN.get(kind, "code")
    if kind == "share" and column in ("change", "composition", "national_change"):
        form = "points" if "share_from" in row else "change"
    state = str(row.get("state", SHOWN))
    total = row.get("total")
    too_few = kind == "share" and total is not None and not pd.isna(total) and total < numbers.FEW
    not_kept = next((why for why in (row.get("registers"), state) if why in NOT_KEPT), None)
    if pd.isna(raw) or too_few or (kind == "share" and not_kept):
        return Value(None, form, cell, not_kept or (UNKNOWN if state == SHOWN else state))
    if form in WORDS:
        return Value(f"{pd.Timestamp(raw).date()}" if form == "day" else str(raw), form, cell)
    number = int(raw) if float(raw).is_integer() and form == "count" else float(raw)
    low, high = (None if pd.isna(row.get(end)) else float(row[end]) for end in ends)
    off = basis - 1 if kind == "rounded" else 0
    parts = None
    if column == "share" and {"count", "total"} <= row.keys():
        of = value_of(row, "count", basis), value_of(row, "total", basis)
        parts = of if of[0].shown and of[1].shown else None
    return Value(number, form, cell, low=low, high=high, off=off, parts=parts)


TOKEN = re.compile(r"tel\([^()]*\)|[^\s()]+|[()]")
MARKS = (*"+-/()",)
Lookup = Callable[[str], Value]


@lru_cache(maxsize=100_000)
def quoted(cell: str) -> str:
    """A cell as part of an id: without what an expression is made of."""
    return quote(cell, safe="|/-_:.;=' ëéïöüÉ&*@!~").replace(" ", "%20")


unquoted = unquote  # the cell of an id


def computed(expression: str, lookup: Lookup) -> Value:
    """What an id, or a sum, difference or ratio of ids, is; `lookup` gives the value of one id.

    `ValueError`: it is no expression of ids.
    """
    values: list[Value] = []
    formula = ""
    for token in TOKEN.findall(expression):
        if token not in MARKS:
            values.append(lookup(token))
            token = f" v[{len(values) - 1}] "
        formula += token
    with suppress(SyntaxError, TypeError):
        result = eval(formula, {"v": values})  # noqa: S307  signs, brackets and numbered values
        if isinstance(result, Value):
            return result
    raise ValueError(f"'{expression}' is no expression of cells")
