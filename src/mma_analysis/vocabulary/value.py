"""One released number: how it reads in Dutch, and from which cell of a table it comes."""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from operator import add, sub
from typing import Any, NamedTuple, Self
from urllib.parse import quote, unquote

import pandas as pd
from markupsafe import Markup, escape

from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.errors import message
from mma_analysis.vocabulary.glance import glance_at
from mma_analysis.vocabulary.reference import OFF, headings, words_of

SHOWN = "shown"
STATE_UNKNOWN = "unknown"
NEVER = "never"
NOT_UNDERSTOOD = "not_understood"
# Of no melding it is known: not registered, or in other words.
NOT_KEPT = (NEVER, NOT_UNDERSTOOD)
# Its rows went with `mma forget`, and no numbers that went out add up to it.
FORGOTTEN = "forgotten"
CANNOT_TELL = "cannot_tell"
# With these the trend itself may be another one; with `own_courses` that of a gemeente.
TAKES_BACK = ("start_up", "last_quarter")
# State → how it reads. Of two numbers counted together the later state is that of both.
SPOKEN = {
    SHOWN: "",
    NEVER: "niet in het bestand",
    NOT_UNDERSTOOD: "niet begrepen",
    STATE_UNKNOWN: "niet te zeggen",
    "not_applicable": "niet van toepassing",
    "missing": "geen gegevens",
    FORGOTTEN: "niet te maken: de rijen van eerdere dagen zijn verwijderd",
    "hidden": "niet getoond",
}
# In a table: what nobody keeps, and what is too small; empty where nothing could be.
STATE_SIGNS = {
    NEVER: "niet",
    NOT_UNDERSTOOD: "niet begrepen",
    FORGOTTEN: "niet te maken",
    "hidden": "·",
    STATE_UNKNOWN: "·",
}
# Forms of columns in `labels.csv` → those of a value.
OF_COLUMN = {"rounded": "count", "count": "count", "share": "share", "number": "rate"}
OF_COLUMN |= {"euro": "euro", "cents": "cents", "date": "day", "period": "period"}
# Shares that are certain, whatever the unknown ones are: these are rounded outwards.
CERTAIN_ENDS = {"least": "at_least", "whole_low": "at_least", "partly_low": "at_least"}
CERTAIN_ENDS |= {"most": "at_most", "whole_high": "at_most", "partly_high": "at_most"}
FORMS_OF_WORDS = ("code", "day", "period")  # no numbers
NEAR_WHOLE = 0.35  # of `ruim drie keer`: beyond it the number itself is said
FEWEST_TIMES = 2  # nobody says `ruim één keer`
OWN_TABLE = "own_"  # what tables are called that one gemeente alone has
ONE_HALF = 0.5
NEAR_HALF = 0.015  # of a half: `de helft`
WELL_NEAR = 0.085  # `ruim` or `bijna de helft`
NEARLY_ALL_MELDINGEN = 0.95
NEARLY_NONE = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class Value:
    """A released number, day or code, or the reason why there is none.

    What is computed from it keeps how it was computed. `cell`: `table|key|…#column`, or an
    expression of those. `off`: how far a count may be from the truth, as its table says; of
    a sum and of a difference that of both together. `parts`: of a share its two counts.
    `most`: of a part of a total, what it can be at most. `own`: of an exact row, which is
    for its gemeente alone, or computed from one.

    Examples
    --------
    >>> yes = Value(55, "count", "t|borne|ja#count", off=4)
    >>> no = Value(25, "count", "t|borne|nee#count", off=4)
    >>> print(yes / (yes + no), (yes / (yes + no)).cell)
    69% t|borne|ja#count / (t|borne|ja#count + t|borne|nee#count)
    >>> (yes + no).off
    8
    """

    raw: Any
    form: str = "count"
    cell: str = ""
    state: str = SHOWN
    low: float | None = None
    high: float | None = None
    off: int = 0
    parts: tuple["Value", "Value"] | None = None
    most: float = math.inf
    own: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a number to tell; of 0 there is."""
        return self.raw is not None

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __float__(self) -> float:
        return math.nan if self.raw is None else float(self.raw)

    def __str__(self) -> str:
        if self.raw is None:
            return SPOKEN[self.state]
        write = FORMS[self.form]
        return write(self)

    def __repr__(self) -> str:  # for who looks in a notebook what it is
        return f"{self} ({self.cell})"

    def _repr_html_(self) -> str:  # the same in JupyterLab
        warning = message("own_number") if self.own else ""
        return glance_at(self.in_full, self.cell, warning)

    @property
    def in_full(self) -> str:
        """With how far off it may be, and with its interval: `180, hoogstens 4 ernaast`."""
        said = str(self)
        if not self.shown:
            return said
        if self.off:
            said += f", hoogstens {self.off} ernaast"
        low = self.onder
        high = self.boven
        if low.shown and high.shown:
            said += f", 95%: {low} tot {high}"
        return said

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
        of_bound = Markup(' data-off="{}"').format(self.off) if self.off else ""
        begin = Markup('<data class="v" value="{}" data-cell="{}" data-form="{}"{}>')
        opened = begin.format(str(self.raw), self.cell, self.form, of_bound)
        return Markup("{}{}</data>").format(opened, text)

    @property
    def sign(self) -> str:
        """For a table: the number, or the sign of why there is none."""
        if self.raw is None:
            return STATE_SIGNS.get(self.state, "")
        return numbers.short(str(self))

    def as_form(self, form: str) -> Self:
        """The same, written in another way: one of `FORMS`."""
        if form not in FORMS:
            forms = ", ".join([*FORMS, "grenzen", "balk", "stippen"])
            raise KeyError(message("no_form", form=form, forms=forms))
        if form.startswith("part") and self.form != "share":
            raise TypeError("alleen een aandeel is een deel; zet haken: (a / b) | deel")
        for kin in (FORMS_OF_DAYS, FORMS_OF_PARTS):
            is_kin = form in kin
            if is_kin is not (self.form in kin):
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
        cell = f"{self.cell}:{side}"
        state = self.state
        if number is None and state == SHOWN:
            state = STATE_UNKNOWN
        return Value(number, self.form, cell, state, own=self.own)

    def __add__(self, other: "Value") -> "Value":
        alike = self._alike(other)
        return self._with(alike, add, "+", self.form)

    def __radd__(self, nothing: int) -> "Value":  # so that `sum` works
        if nothing != 0:
            return self._refuse(nothing)
        return self

    def __sub__(self, other: "Value") -> "Value":
        form = self.form
        if form == "share":
            form = "points"
        alike = self._alike(other)
        return self._with(alike, sub, "-", form)

    def _alike(self, other: Any) -> "Value":
        """The other, when it is of the same kind: a count and a rate have no sum."""
        if not isinstance(other, Value):
            return self._refuse(other)
        are_counts = self.form in FORMS_OF_COUNTS and other.form in FORMS_OF_COUNTS
        if self.form != other.form and not are_counts:
            raise TypeError(message("not_alike"))
        return other

    def _refuse(self, number: Any) -> "Value":
        raise TypeError(message("plain_number"))

    __mul__ = __rmul__ = __rsub__ = __rtruediv__ = _refuse

    def __round__(self, digits: int = 0) -> "Value":
        raise TypeError(message("rounds_itself"))

    __int__ = __abs__ = __round__

    def __truediv__(self, other: "Value") -> "Value":
        if not isinstance(other, Value):
            return self._refuse(other)
        # Meldingen for each gemeente are no part of anything.
        is_each = bool(self.off) and not other.off
        are_counts = self.form in FORMS_OF_COUNTS and other.form in FORMS_OF_COUNTS
        is_part = are_counts and not is_each
        cell = f"{_inner(self.cell)} / {_inner(other.cell)}"
        form = "share" if is_part else "rate"
        state = self._state_with(other)
        too_few = is_part and bool(other.raw) and other.raw < numbers.FEW
        if state == SHOWN and (too_few or not other.raw):
            state = STATE_UNKNOWN
        if state != SHOWN:
            return Value(None, form, cell, state)
        parts = (self, other) if is_part else None
        own = self.own or other.own
        return Value(self.raw / other.raw, form, cell, parts=parts, own=own)

    def _with(
        self,
        other: "Value",
        do: Callable[[Any, Any], Any],
        sign: str,
        form: str,
    ) -> "Value":
        """A sum or a difference: as far off as both together."""
        cell = f"{self.cell} {sign} {_inner(other.cell)}"  # read from left to right
        state = self._state_with(other)
        if state != SHOWN:
            return Value(None, form, cell, state)
        raw = do(self.raw, other.raw)
        off = self.off + other.off
        own = self.own or other.own
        return Value(raw, form, cell, off=off, own=own)

    def _state_with(self, other: "Value") -> str:
        order = [*SPOKEN]
        return max(self.state, other.state, key=order.index)

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
        if not isinstance(other, int | float | Value):
            return False
        raw = other.raw if isinstance(other, Value) else other
        if self.raw is None:
            return False
        return bool(self.raw == raw)

    def __hash__(self) -> int:
        return hash(self.raw)


FORMS_OF_COUNTS = ("count", "word", "capital_word", "range", "range_words")
FORMS_OF_DAYS = ("day", "month", "short_month")
FORMS_OF_SHARES = ("share", "at_least", "at_most")  # percentages
FORMS_OF_PARTS = (*FORMS_OF_SHARES, "part", "part_of", "change", "points")


def _inner(cell: str) -> str:
    if " " in cell:
        return f"({cell})"
    return cell


def _count(value: Value) -> str:
    """A 0 that is off by 4 is none or a few: `0–4`."""
    if value.raw == 0 and value.off:
        return f"0–{value.off}"
    return numbers.number(value.raw)


def _range(value: Value, between: str = "–") -> str:
    """Between which ends the count lies: `12–24`; exact, the count itself."""
    if not value.off:
        return numbers.number(value.raw)
    least = max(value.raw - value.off, 0)
    most = min(value.raw + value.off, value.most)
    return f"{numbers.number(least)}{between}{numbers.number(most)}"


def _share(value: Value) -> str:
    """Of rounded counts nothing and all are only bounds: 0 of 100 may be 4 of 96."""
    if value.parts is None:
        return numbers.percent(value.raw)
    part, whole = value.parts
    if part.off and part.raw == 0:
        most = (part.off + 1) / whole.raw
        return f"minder dan {math.ceil(100 * most)}%"
    if part.off and part.raw == whole.raw:
        least = (whole.raw - part.off - 1) / (whole.raw + whole.off)
        return f"meer dan {math.floor(100 * least)}%"
    return numbers.percent(value.raw)


def _part(value: Value) -> str:
    """A share in words: `ruim de helft`, `zeven op de tien`."""
    share = float(value.raw)
    from_half = share - ONE_HALF
    if abs(from_half) <= NEAR_HALF:
        return "de helft"
    if abs(from_half) <= WELL_NEAR:
        return "ruim de helft" if from_half > 0 else "bijna de helft"
    if share > NEARLY_ALL_MELDINGEN:
        return "bijna alles"
    if share < NEARLY_NONE:
        return "bijna niets"
    fractions = [(n, 10) for n in range(1, 10)]
    fractions += [(1, 4), (1, 3), (2, 3), (3, 4)]

    def distance(fraction: tuple[int, int]) -> float:
        n, of = fraction
        return abs(share - n / of)

    n, of = min(fractions, key=distance)
    return f"{numbers.in_words(n)} op de {numbers.in_words(of)}"


def _part_of(value: Value) -> str:
    """The same before what it is a part of: `ruim de helft van de`, `zeven op de tien`."""
    ends = {"bijna alles": "bijna alle", "bijna niets": "bijna geen"}
    part = _part(value)
    if part.endswith("helft"):
        return f"{part} van de"
    return ends.get(part, part)


def _about_times(number: float) -> str:
    """`ruim drie keer`, `bijna drie keer`; of less, and halfway, the number: `2,5 keer`."""
    whole = round(number)
    from_whole = number - whole
    is_halfway = abs(from_whole) > NEAR_WHOLE
    if whole < FEWEST_TIMES or is_halfway:
        return f"{numbers.number(number, 1)} keer"
    rounded = round(from_whole, 1)
    before = "ruim " if rounded > 0 else "bijna " if rounded < 0 else ""
    return f"{before}{numbers.in_words(whole)} keer"


def _tens(number: float) -> int:
    """A half goes away from nothing: what is rounded to fives is often one."""
    half = math.copysign(0.5, number)
    tens = int(number / 10 + half)
    return 10 * tens


def _by_sign(value: Value, less: str, same: str, more: str) -> str:
    if value.raw > 0:
        return more
    if value.raw < 0:
        return less
    return same


def _code(value: Value) -> str:
    column = value.cell.rpartition("#")[2]
    code = str(value.raw)
    return words_of(column).get(code, code)


def _period(value: Value) -> str:
    if value.raw == "whole":
        return "hele periode"
    first, _, last = str(value.raw).partition("/")
    month = last[:7] or first
    return numbers.span(pd.Timestamp(first), pd.Timestamp(month))


FORMS: Mapping[str, Callable[[Value], str]] = {
    "count": _count,
    "word": lambda value: numbers.in_words(int(value.raw)),
    "capital_word": lambda value: numbers.capital(numbers.in_words(int(value.raw))),
    "range": _range,
    "range_words": lambda value: _range(value, " tot en met "),
    "tens": lambda value: numbers.number(_tens(value.raw)),
    "signed_tens": lambda value: numbers.signed(_tens(value.raw)),
    "share": _share,
    "at_least": lambda value: numbers.percent_at_least(value.raw),
    "at_most": lambda value: numbers.percent_at_most(value.raw),
    "part": _part,
    "part_of": _part_of,
    "change": lambda value: f"{numbers.signed(numbers.hundred(value.raw))}%",
    "points": lambda value: numbers.signed(numbers.hundred(value.raw)),
    "rate": lambda value: numbers.number(value.raw, 1),
    "times": lambda value: f"{numbers.number(value.raw, 1)} keer",
    "about_times": lambda value: _about_times(float(value.raw)),
    "euro": lambda value: numbers.money(value.raw),
    "cents": lambda value: numbers.money(value.raw, cents=True),
    "day": lambda value: numbers.day(pd.Timestamp(value.raw)),
    "month": lambda value: numbers.month(pd.Timestamp(value.raw)),
    "short_month": lambda value: numbers.short_month(pd.Timestamp(value.raw)),
    "grew": lambda value: _by_sign(value, "daalde", "bleef gelijk", "groeide"),
    "capital_more": lambda value: _by_sign(value, "Minder", "Evenveel", "Meer"),
    "period": _period,
    "code": _code,
    "capital_code": lambda value: numbers.capital(_code(value)),
    "typed": lambda value: str(value.raw),
}


class Described(NamedTuple):
    """What `labels.csv` says that a column holds, and where its interval is."""

    kind: str
    low: str
    high: str


@cache
def columns_of_released(table: str, columns: tuple[str, ...]) -> dict[str, Described]:
    """What each column of a released table holds; without an interval no columns of ends.

    The ends are `share_low` and `share_high`, or `low` and `high` right after it.
    """
    known = headings([table], columns)
    described = {}
    for column, after in zip(columns, (*columns[1:], ""), strict=True):
        kind = known[column]["form"] if column in known else "text"
        stem = column.rpartition("_")[0]
        begins = [f"{column}_", f"{stem}_"]
        begins += [""] if after == "low" else []
        begin = next((one for one in begins if f"{one}low" in columns), None)
        if begin is None:
            described[column] = Described(kind, "", "")
        else:
            described[column] = Described(kind, f"{begin}low", f"{begin}high")
    return described


@cache
def names_of_ends(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Column of an end of an interval → its name in an id: it goes by its column.

    `share_low` is `share:low`, on a page and in the tidy annex.
    """
    names: dict[str, str] = {}
    for column, about in columns_of_released(table, columns).items():
        is_end = column in (about.low, about.high)
        if about.low and not is_end:
            names.setdefault(about.low, f"{column}:low")
            names.setdefault(about.high, f"{column}:high")
    return names


def bound_of(column: str) -> str:
    """The column that says how far a column of counts may be from the truth."""
    if column == "count":
        return OFF
    return f"{column}_{OFF}"


def counted_in(bound: str) -> str:
    """The column of counts that a column of bounds is about."""
    if bound == OFF:
        return "count"
    return bound.removesuffix(f"_{OFF}")


def is_bound(column: str) -> bool:
    """Whether a column says how far another may be from the truth."""
    ends = f"_{OFF}"
    return column == OFF or column.endswith(ends)


def value_named(row: Mapping[str, Any], name: str) -> Value:
    """What a name says of a row: a column, or an end of its interval (`share:low`)."""
    column, _, side = name.partition(":")
    value = value_of(row, column)
    if side == "low":
        return value.onder
    if side == "high":
        return value.boven
    return value


def value_of(row: Mapping[str, Any], column: str) -> Value:
    """One column of one row of a released table, with its interval and its own bound.

    A count without a column of its bound beside it is exact.
    """
    table = str(row["cell"]).partition("|")[0]
    columns = tuple(row)
    name = names_of_ends(table, columns).get(column, column)
    cell = f"{quoted(row['cell'])}#{name}"
    described = columns_of_released(table, columns)[column]
    form = _form_of(described.kind, row, column)
    is_share = described.kind == "share"
    state = _state_of(row, column, is_share)
    if state != SHOWN:
        return Value(None, form, cell, state)
    raw = row[column]
    if form == "day":
        return Value(f"{pd.Timestamp(raw).date()}", form, cell)
    if form in FORMS_OF_WORDS:
        return Value(str(raw), form, cell)
    is_whole = form == "count" and float(raw).is_integer()
    number = int(raw) if is_whole else float(raw)
    off = row.get(bound_of(column), 0)
    return Value(
        number,
        form,
        cell,
        low=_end_of(row, described.low),
        high=_end_of(row, described.high),
        off=int(off),
        parts=_parts_of(row) if column == "share" else None,
        most=_most_of(row) if column == "count" else math.inf,
        own=is_own(row),
    )


def is_own(row: Mapping[str, Any]) -> bool:
    """Whether a row is exact where a released one is rounded: for one gemeente alone."""
    cell = str(row.get("cell", ""))
    if cell.startswith(OWN_TABLE):
        return True
    if row.get(OFF) != 0:
        return False
    count = row.get("count")
    if pd.isna(count):
        return False
    return bool(count > 0)


def _most_of(row: Mapping[str, Any]) -> float:
    """What a count can be at most: the total that it is a part of, when the row has it."""
    total = row.get("total")
    if pd.isna(total):
        return math.inf
    return float(total) + row.get(bound_of("total"), 0)


def _form_of(kind: str, row: Mapping[str, Any], column: str) -> str:
    is_change = column in ("change", "composition", "national_change")
    if kind == "share" and is_change:
        return "points" if "share_from" in row else "change"
    if kind == "share" and column in CERTAIN_ENDS:
        return CERTAIN_ENDS[column]
    return OF_COLUMN.get(kind, "code")


def _state_of(row: Mapping[str, Any], column: str, is_share: bool) -> str:
    """Why there is no number (of few there is no share), or that it is shown."""
    state = str(row.get("state", SHOWN))
    registers = str(row.get("registers", ""))
    total = row.get("total")
    too_few = is_share and not pd.isna(total) and total < numbers.FEW
    is_absent = pd.isna(row[column]) or too_few
    for why in (registers, state):
        if why in NOT_KEPT and (is_absent or is_share):
            return why
    if not is_absent:
        return SHOWN
    return STATE_UNKNOWN if state == SHOWN else state


def _end_of(row: Mapping[str, Any], column: str) -> float | None:
    end = row.get(column)
    if pd.isna(end):
        return None
    return float(end)


def _parts_of(row: Mapping[str, Any]) -> tuple[Value, Value] | None:
    """The two counts that a share is of, when the row has both."""
    if "count" not in row or "total" not in row:
        return None
    part = value_of(row, "count")
    whole = value_of(row, "total")
    if not part.shown or not whole.shown:
        return None
    return part, whole


TOKEN_OF_SUM = re.compile(r"tel\([^()]*\)|[^\s()]+|[()]")
MARKS = (*"+-/()",)
Lookup = Callable[[str], Value]


@lru_cache(maxsize=100_000)
def quoted(cell: str) -> str:
    """A cell as part of an id: without what an expression is made of."""
    return quote(cell, safe="|/-_:.;=' ëéïöüÉ&*@!~").replace(" ", "%20")


unquoted = unquote  # the cell of an id


def computed(expression: str, lookup: Lookup) -> Value:
    """What an id, or a sum, difference or ratio of ids, is; `lookup` gives that of one id.

    `ValueError`: it is no expression of ids.
    """
    values: list[Value] = []
    formula = ""
    for token in TOKEN_OF_SUM.findall(expression):
        if token in MARKS:
            formula += token
            continue
        formula += f" v[{len(values)}] "
        values.append(lookup(token))
    with suppress(SyntaxError, TypeError):
        # Signs, brackets and numbered values.
        result = eval(formula, {"v": values})  # noqa: S307
        if isinstance(result, Value):
            return result
    raise ValueError(f"'{expression}' is no expression of cells")
