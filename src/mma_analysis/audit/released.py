"""The released tables as one reader may see them: read once more, by the name of a cell."""

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from mma_analysis.settings import Edition
from mma_analysis.vocabulary.numbers import short
from mma_analysis.vocabulary.parquet import arrow_table
from mma_analysis.vocabulary.reference import headings
from mma_analysis.vocabulary.value import (
    FORMS_OF_COUNTS,
    FORMS_OF_DAYS,
    MARKS,
    TOKEN_OF_SUM,
    Value,
    computed,
    unquoted,
    value_of,
)

TableRow = dict[Any, Any]
TYPED = "vast|"  # in the place of a cell: a number that the author typed, and why
COUNTED = "tel("  # tel(table;key=value;…): the number of rows
SETTING = "instelling|"  # `instelling|kosten.fase.1.begin`
BETWEEN_KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
END_IN_NAMES = {"low": "onder", "high": "boven"}
# How a page says how far a number may be from the truth.
BOUNDS = ("hoogstens {} naast", "Hoogstens {} naast", "hoogstens {} ernaast")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
# Form of a value → in which forms a text may say it; in any other it says another number.
# Of a form that is not here there is that one alone.
FORMS_OF_AMOUNTS = ("euro", "cents")
SAID_AS: dict[str, Sequence[str]] = {
    "count": FORMS_OF_COUNTS,
    "share": ("share", "part", "part_of"),
    "rate": ("rate", "count"),
    "euro": FORMS_OF_AMOUNTS,
    "cents": FORMS_OF_AMOUNTS,
    "day": FORMS_OF_DAYS,
    "month": FORMS_OF_DAYS,
    "short_month": FORMS_OF_DAYS,
    "code": ("code", "capital_code"),
}
OF_NUMBERS = ("count", "rate")  # of these there may be an estimate, a ratio, a difference
OF_ESTIMATES = ("tens", "signed_tens")
OF_RATIOS = ("times", "about_times")
OF_DIFFERENCES = ("grew", "capital_more")
# What no meldingen were counted for, and could have a part: its unit and its type.
UNITS_OF_ESTIMATES = ("meldingen", "ontvangen meldingen")
UNIT_OF_RATIOS = "keer"
# What makes an expression one of no cell that there is.
NO_CELL = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class ReleasedValues:
    """What a reader may know: everybody, or one gemeente (`owner`) with its own tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._tables = tables
        self._settings = edition.evaluatie.model_dump() | edition.model_dump()
        # Each of these is asked for over and over.
        self._heads = cache(self._columns_by_head)
        self.rows = cache(self._rows)
        self.value = cache(self._computed)
        self.sayable = cache(self._sayable)
        self.forms = cache(self._forms)

    def _sayable(self, cell: str, owner: str) -> tuple[str, ...]:
        """What is said of a cell: its value, an end of its interval, a key of its row."""
        if cell.startswith(TYPED):
            return (cell.removeprefix(TYPED),)
        said = [unquoted(key) for key in BETWEEN_KEYS.split(cell)]
        with suppress(*NO_CELL):  # that is a finding already
            value = self.value(cell, owner)
            if value.off:
                said += [form.format(value.off) for form in BOUNDS]
            forms = self.forms(cell, owner)
            for end in with_ends(value):
                said += _in_forms(end, forms)

        tidy = [" ".join(text.split()) for text in said if text]
        return tuple(dict.fromkeys(tidy))

    def _rows(self, table: str, owner: str = "") -> dict[str, TableRow]:
        """The rows of a table by their cell; of its own area a gemeente has other ones."""
        file = f"{table}.parquet"
        public = self._tables / "measures" / file
        if not owner:
            if not table.isidentifier() or not public.is_file():
                raise KeyError(table)
            return _by_cell(public.read_bytes())

        packed = self._tables / "measures_intern" / owner / "tables.zip"
        try:
            with ZipFile(packed) as archive:
                content = archive.read(file)
                own = _by_cell(content)
        except (FileNotFoundError, KeyError):  # it has no such rows
            return self.rows(table)
        own_areas = {row["area"] for row in own.values()}
        try:
            public_rows = self.rows(table)
        except KeyError:  # there are none
            return own
        others = {}
        for cell, row in public_rows.items():
            if row["area"] not in own_areas:
                others[cell] = row
        return others | own

    def in_order(self, table: str, owner: str) -> list[str]:
        """The cells of a table in reading order: of a gemeente alone, those of its rows.

        What the public table has too stands in its order.
        """
        rows = self.rows(table, owner)
        if not owner:
            return list(rows)
        try:
            public = list(self.rows(table))
        except KeyError:  # there are none
            public = []
        place = {cell: number for number, cell in enumerate(public)}
        own = []
        for cell, row in rows.items():
            if row["area"] == owner:
                own.append(cell)
        own.sort(key=lambda cell: place.get(cell, len(place)))
        return own

    def heads(self, table: str, cell: str, owner: str) -> dict[str, str]:
        """Column of a row → its head in the annex."""
        columns = tuple(self.rows(table, owner)[cell])
        by_head = self._heads(table, columns)
        return {column: head for head, column in by_head.items()}

    def _computed(self, expression: str, owner: str, form: str = "") -> Value:
        """The value of an id or an expression of ids; an error when it has no such form."""
        is_one_id = " " not in expression and not expression.startswith("(")
        if is_one_id:
            value = self._value(expression, owner)
        else:
            value = computed(expression, lambda one: self.value(one, owner))
        if form:
            value = value.as_form(form)
            str(value)  # an error when it cannot be written so
        return value

    def _value(self, name: str, owner: str) -> Value:
        """The value of one id; a column may go by its head in the annex."""
        if name.startswith(COUNTED):
            return self._number_of_rows(name, owner)
        if name.startswith(SETTING):
            return self._setting(name)
        _, row, column, side = self._place(name, owner)
        value = value_of(row, column)
        return getattr(value, END_IN_NAMES[side]) if side else value

    def _place(self, name: str, owner: str) -> tuple[str, TableRow, str, str]:
        """The table, row and column of an id, and which end of its interval it is."""
        quoted_cell, _, quoted_column = name.rpartition("#")
        cell = unquoted(quoted_cell)
        table = cell.partition("|")[0]
        row = self.rows(table, owner)[cell]

        column, _, side = unquoted(quoted_column).partition(":")
        if column not in row:
            of_head = self._heads(table, tuple(row))
            column = of_head[column]
        return table, row, column, side

    def _number_of_rows(self, name: str, owner: str) -> Value:
        """How many rows of a table have these values: `tel(table;key=value;…)`."""
        table, *conditions = name.removeprefix(COUNTED).removesuffix(")").split(";")
        asked = [condition.split("=", 1) for condition in conditions]
        rows = self.rows(table, owner).values()
        counted = [row for row in rows if _has(row, asked)]
        return Value(len(counted), "count", name)

    def _setting(self, name: str) -> Value:
        """A number, a day or a text of the settings."""
        setting: Any = self._settings
        for step in name.removeprefix(SETTING).split("."):
            is_number = step.isdecimal()
            setting = setting[int(step) if is_number else step]
        if isinstance(setting, int | float):
            return Value(setting, "count", name)
        form = "day" if isinstance(setting, dt.date) else "typed"
        return Value(f"{setting}", form, name)

    def _forms(self, expression: str, owner: str) -> tuple[str, ...]:
        """In which forms a text may say the value of an id or an expression of ids.

        A count is never said in tens, and an estimate may be; only of a difference is it
        said that it is more or less, and only of a ratio how many times.
        """
        form = self.value(expression, owner).form
        forms = [*SAID_AS.get(form, (form,))]
        if form not in OF_NUMBERS:
            return tuple(forms)
        ids = [one for one in TOKEN_OF_SUM.findall(expression) if one not in MARKS]
        is_ratio = " / " in expression
        abouts = [self._about(one, owner) for one in ids]
        if not is_ratio and all(_is_estimate(about) for about in abouts):
            forms += OF_ESTIMATES
        is_one_ratio = len(ids) == 1 and abouts[0].get("unit") == UNIT_OF_RATIOS
        if is_ratio or is_one_ratio:
            forms += OF_RATIOS
        if not is_ratio and " - " in expression:
            forms += OF_DIFFERENCES
        of_ids = [self.value(one, owner).form for one in ids]
        is_of_amount = is_ratio and not set(FORMS_OF_AMOUNTS).isdisjoint(of_ids)
        if is_of_amount or expression.startswith(SETTING):
            forms += FORMS_OF_AMOUNTS
        return tuple(forms)

    def _about(self, name: str, owner: str) -> dict[str, str]:
        """What `labels.csv` says of the column of an id; nothing of one without a table."""
        if name.startswith((COUNTED, SETTING)):
            return {}
        table, row, column, _ = self._place(name, owner)
        return headings([table], tuple(row)).get(column, {})

    def _columns_by_head(self, table: str, columns: tuple[str, ...]) -> dict[str, str]:
        """Head of a column in the annex → the column."""
        of_column = headings([table], columns)
        return {row["nl"]: name for name, row in of_column.items()}


def _has(row: TableRow, asked: Iterable[Sequence[str]]) -> bool:
    """Whether a row has each value that is asked for, behind its key."""
    return all(str(row[key]) == unquoted(value) for key, value in asked)


def _is_estimate(about: Mapping[str, str]) -> bool:
    """Whether a column holds meldingen that nobody counted: it can have a part of one."""
    is_of_meldingen = about.get("unit") in UNITS_OF_ESTIMATES
    return is_of_meldingen and about.get("dtype") == "Float64"


def with_ends(value: Value) -> tuple[Value, Value, Value]:
    """A value, and the ends of its interval."""
    return value, value.onder, value.boven


def _in_forms(value: Value, forms: Iterable[str]) -> Iterator[str]:
    """How a text and a table may say a value, in each of these forms."""
    if not value.shown:
        return
    for form in forms:
        with suppress(*NO_CELL):  # of a number that is no share there is no part
            text = str(value.as_form(form))
            yield text
            yield short(text)


def ways(value: Value) -> set[str]:
    """How it reads in a text and in a table, or why there is none."""
    every = [str(value), value.sign]
    if not value.shown:
        every += ["", f"{value.sign}{value}"]
    return {" ".join(way.split()) for way in every}


def is_at(number: float, accepted: Iterable[float]) -> bool:
    """Whether a number is one of these, to its last digit but one."""
    return any(math.isclose(number, one, rel_tol=1e-6, abs_tol=1e-6) for one in accepted)


def is_raw(text: str, value: Value) -> bool:
    """Whether a text is the number, day or code of a value, for a program."""
    raw = value.raw
    if not value.shown:
        return text == ""
    if not is_number(raw):
        return text in (f"{raw}", f"'{raw}")
    if not NUMBER.fullmatch(text):
        return False
    number = float(text.replace(",", "."))
    if isinstance(raw, int):
        return number == raw
    return is_at(number, [raw])


def is_number(one: object) -> bool:
    """Whether it is a number, and not yes or no, or nothing."""
    return isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)


def _by_cell(content: bytes) -> dict[str, TableRow]:
    """The rows of a table, by the cell that each has."""
    columns = arrow_table(content).to_pydict()
    by_cell = {}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        by_cell[row["cell"]] = row
    return by_cell
