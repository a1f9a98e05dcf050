"""The released tables as one reader may see them: read here once more, by the name of a cell."""

import datetime as dt
import io
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from pyarrow.parquet import ParquetFile

from mma_analysis.settings import Edition
from mma_analysis.vocabulary.numbers import short
from mma_analysis.vocabulary.reference import headings
from mma_analysis.vocabulary.value import FORMS, Value, computed, unquoted, value_of

Row = dict[Any, Any]
TYPED = "vast|"  # in the place of a cell: a number that the author typed, and why
COUNTED = "tel("  # tel(table;key=value;…): the number of rows
SETTING = "instelling|"  # `instelling|kosten.fase.1.begin`
KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
ENDS = {"low": "onder", "high": "boven"}
# How a page says how far a number may be from the truth.
BOUNDS = ("hoogstens {} naast", "Hoogstens {} naast", "hoogstens {} ernaast")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
# Forms of numbers, days and amounts; of words there is one way.
DAYS, AMOUNTS = ("day", "month", "short_month"), ("euro", "cents")
NUMBERS = FORMS.keys() - {*DAYS, *AMOUNTS, "period", "code", "capital_code", "typed"}
# What makes an expression one of no cell that there is.
NO_CELL = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)


class Released:
    """What a reader may know: everybody, or one gemeente (`owner`) that also has its own tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._tables = tables
        self._settings = edition.evaluatie.model_dump() | edition.model_dump()
        # Each of these is asked for over and over.
        self._heads, self.rows = cache(self._columns_by_head), cache(self._rows)
        self.value, self.sayable = cache(self._computed), cache(self._sayable)

    def _sayable(self, cell: str, owner: str) -> tuple[str, ...]:
        """What is said of a cell: its value or an end of its interval, or a key of its row."""
        if cell.startswith(TYPED):
            return (cell.removeprefix(TYPED),)
        said = [*map(unquoted, KEYS.split(cell))]
        with suppress(*NO_CELL):  # that is a finding already
            value = self.value(cell, owner)
            said += [form.format(value.off) for form in BOUNDS] if value.off else []
            for end in with_ends(value):
                kin = next((kind for kind in (NUMBERS, DAYS, AMOUNTS) if end.form in kind), ())
                for form in (end.form, *kin) if end.shown else ():
                    with suppress(*NO_CELL):  # of a number that is no share there is no part
                        said += [text := str(end.as_form(form)), short(text)]
        return tuple(dict.fromkeys(" ".join(text.split()) for text in said if text))

    def _rows(self, table: str, owner: str = "") -> dict[str, Row]:
        """The rows of a table by their cell; a gemeente's own take the place of the public ones."""
        file = f"{table}.parquet"
        public = self._tables / "measures" / file
        if not owner:
            if not table.isidentifier() or not public.is_file():
                raise KeyError(table)
            return _by_cell(public)
        try:
            with ZipFile(self._tables / "measures_intern" / owner / "tables.zip") as packed:
                own = _by_cell(io.BytesIO(packed.read(file)))
        except (FileNotFoundError, KeyError):  # it has no such rows
            return self.rows(table)
        ours, others = {row["area"] for row in own.values()}, dict[str, Row]()
        with suppress(KeyError):  # there are no others
            others = self.rows(table)
        return {cell: row for cell, row in others.items() if row["area"] not in ours} | own

    def _computed(self, expression: str, owner: str, form: str = "") -> Value:
        """The value of an id or an expression of ids; an error when it has no such form."""
        if " " not in expression and expression[:1] != "(":
            value = self._value(expression, owner)
        else:
            value = computed(expression, lambda one: self.value(one, owner))
        if form:
            str(value := value.as_form(form))
        return value

    def _value(self, name: str, owner: str) -> Value:
        """The value of one id; a column may go by its head in the annex."""
        if name.startswith(COUNTED):
            table, *where = name.removeprefix(COUNTED).removesuffix(")").split(";")
            asked = [one.split("=", 1) for one in where]
            rows = self.rows(table, owner).values()
            same = [row for row in rows if all(str(row[k]) == unquoted(v) for k, v in asked)]
            return Value(len(same), "count", name)
        if name.startswith(SETTING):
            setting: Any = self._settings
            for step in name.removeprefix(SETTING).split("."):
                setting = setting[int(step) if step.isdecimal() else step]
            is_number = isinstance(setting, int | float)
            form = "day" if isinstance(setting, dt.date) else "count" if is_number else "typed"
            return Value(setting if is_number else f"{setting}", form, name)
        cell, _, column = map(unquoted, name.rpartition("#"))
        column, _, side = column.partition(":")
        table = cell.partition("|")[0]
        row = self.rows(table, owner)[cell]
        column = column if column in row else self._heads(table, tuple(row))[column]
        value = value_of(row, column)
        return getattr(value, ENDS[side]) if side else value

    def _columns_by_head(self, table: str, columns: tuple[str, ...]) -> dict[str, str]:
        return {row["nl"]: name for name, row in headings([table], columns).items()}


def with_ends(value: Value) -> tuple[Value, Value, Value]:
    """A value, and the ends of its interval."""
    return value, value.onder, value.boven


def ways(value: Value) -> set[str]:
    """How it reads in a text and in a table, or why there is none."""
    absent = () if value.shown else ("", f"{value.sign}{value}")
    return {" ".join(way.split()) for way in (str(value), value.sign, *absent)}


def is_at(number: float, accepted: Iterable[float]) -> bool:
    """Whether a number is one of these, to its last digit but one."""
    return any(math.isclose(number, one, rel_tol=1e-6, abs_tol=1e-6) for one in accepted)


def is_raw(text: str, value: Value) -> bool:
    """Whether a text is the number, day or code of a value, for a program."""
    if not is_number(value.raw):
        return text in ([f"{value.raw}", f"'{value.raw}"] if value.shown else [""])
    if not NUMBER.fullmatch(text):
        return False
    number = float(text.replace(",", "."))
    whole = math.floor(value.raw + 0.5) if value.form == "euro" else value.raw
    is_whole = isinstance(value.raw, int)
    return number == value.raw if is_whole else is_at(number, [value.raw, whole])


def is_number(one: object) -> bool:
    """Whether it is a number, and not yes or no, or nothing."""
    return isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)


def _by_cell(table: Path | io.BytesIO) -> dict[str, Row]:
    with ParquetFile(table) as file:  # without threads and pandas: a quarter of its time
        columns = file.read(use_threads=False).to_pydict()
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return {row["cell"]: row for row in rows}
