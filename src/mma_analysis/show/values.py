"""One number of a released table, by its id: what it is, how it reads, and where it stands."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.annex.cells import STATE_WORDS, Known, spoken
from mma_analysis.show.annex.sheets import Column, columns_of
from mma_analysis.vocabulary import UsageError, did_you_mean

DECIMALS = {"count": 0, "rounded": 0, "share": 0, "euro": 0, "cents": 2, "year": 0, "number": 1}
UNITS = {"share": "%", "euro": "€", "cents": "€", "year": "jaar", "rounded": "meldingen"}
COUNTED = ("gemeenten", "dagen", "regels")  # what is counted exactly, where the indicator says so
ESTIMATES = ("change", "ratio", "expected", "median_days")  # lie from `low` to `high`


@dataclass(frozen=True)
class Value:
    """A number with its id (`cell#column`), or why there is none; `low` and `high` as released."""

    id: str
    number: float | None
    text: str
    unit: str
    decimals: int
    state: str
    low: float | None
    high: float | None
    label: str
    sheet: str


def value(e: Evaluation, identity: str) -> Value:
    """Look up a number by its id: `cell#column`, or `cell#column:low` for an end of its interval.

    Raises
    ------
    UsageError
        When there is no such table, row or column.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> e = evaluation.load("twente")
    >>> shown = value(e, "per_period|twente|whole#count")
    >>> shown.text, shown.low, shown.high, shown.sheet
    ('585', 581.0, 589.0, 'Per periode')
    """
    cell, _, rest = identity.partition("#")
    name, _, end = rest.partition(":")
    row, column = _row(e, cell, name)
    table = cell.split("|")[0]
    meaning = next(one for one in e.vocabulary.reference("indicators") if one["table"] == table)
    low, high = _interval(row, name)
    number = {"": _number(row[name]), "low": low, "high": high}[end]
    state = str(row.get("state", "shown"))
    return Value(
        id=identity,
        number=number,
        text=_text(row, name, number, state, column.form, end),
        unit=_unit(column, meaning["unit"]),
        decimals=DECIMALS[column.form],
        state=state,
        low=low,
        high=high,
        label=_label(e, row, meaning, column),
        sheet=meaning["sheet"],
    )


def _row(e: Evaluation, cell: str, name: str) -> tuple[dict[str, Any], Column]:
    table = cell.split("|")[0]
    if not e.has(table):
        raise UsageError(f"no table '{table}'{did_you_mean(table, e.tables)}")
    rows = e.rows(table, cell=cell)
    if not rows:
        near = did_you_mean(cell, e.table(table)["cell"])
        raise UsageError(f"no row '{cell}' in table '{table}'{near}")
    numbers = [c for c in rows[0] if c in e.table(table).select_dtypes("number")]
    if name not in numbers:
        raise UsageError(f"no number '{name}' in table '{table}'{did_you_mean(name, numbers)}")
    return rows[0], columns_of(e.vocabulary, table, e.table(table))[name]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _interval(row: dict[str, Any], name: str) -> tuple[float | None, float | None]:
    """The ends that are released beside it; of a rounded count what it can have been."""
    ends = ("low", "high") if name in ESTIMATES else (f"{name}_low", f"{name}_high")
    if set(ends) <= row.keys():
        low, high = (_number(row[end]) for end in ends)
        return low, high
    count, basis = _number(row.get(name)), int(row.get("basis", 1))
    if name not in ("count", "total") or count is None:
        return None, None
    return max(count - basis + 1, 0.0), count + basis - 1


def _unit(column: Column, of_indicator: str) -> str:
    if column.form == "count":
        return of_indicator if of_indicator in COUNTED else "aantal"
    return UNITS.get(column.form, of_indicator)


def _text(
    row: dict[str, Any], name: str, number: float | None, state: str, form: str, end: str
) -> str:
    if number is None:
        return STATE_WORDS.get(state, "niet te bepalen") if state != "shown" else "niet te bepalen"
    if form == "share":
        return words.percent(number)
    if form in ("euro", "cents"):
        return words.money(number, cents=form == "cents")
    basis = int(row.get("basis", 1))
    if name == "count" and basis > 1 and not end:
        return words.number(words.Rounded(int(number), basis))
    return words.number(number, DECIMALS[form])


def _label(e: Evaluation, row: dict[str, Any], meaning: dict[str, str], column: Column) -> str:
    """`Meldingen per gebied en periode: Twente, jul 2021 – jun 2023. Aantal`."""
    known, told = Known(e), []
    for key in meaning["keys"].split():
        if key == "area":
            told.append(e.vocabulary.area(str(row[key])).name)
        elif key == "period":
            told.append(known.periods[str(row[key])])
        elif key == "question" and "label" in row:
            told.append(str(row["label"]))
        elif isinstance(row[key], str):
            told.append(spoken(known, meaning["table"], row, key))
        else:
            told.append(str(row[key]))
    return f"{meaning['title'] or meaning['name']}: {', '.join(told)}. {column.head}"
