"""What each indicator is: `reference/indicators.csv`, and its tables in words for readers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype

from mma_analysis.vocabulary import UsageError, did_you_mean
from mma_analysis.vocabulary.reference import CODES, INDICATORS, LABELS

Language = Literal["nl", "en"]
SIDES = {
    "low": (("nl", "van"), ("en", "from")),
    "high": (("nl", "tot"), ("en", "to")),
    "from": (("nl", "eerst"), ("en", "first")),
    "to": (("nl", "daarna"), ("en", "then")),
}


def described(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """The same table, with `attrs` that name its `indicator`, `method`, `source` and `version`.

    Examples
    --------
    >>> described(pd.DataFrame({"change": [0.1]}), "district_trend").attrs["version"]
    '6'
    """
    row = indicator(code)
    told = table.copy()
    told.attrs.update(indicator=code, **{key: row[key] for key in ("method", "source", "version")})
    return told


def indicator(code: str) -> dict[str, str]:
    """The row of one indicator in `reference/indicators.csv`.

    Raises
    ------
    UsageError
        When there is no such indicator.

    Examples
    --------
    >>> indicator("backlog")["name"]
    'Werkvoorraad'
    """
    known = {row["code"]: dict(row) for row in INDICATORS}
    if code not in known:
        near = did_you_mean(code, known)
        raise UsageError(f"'{code}' is not an indicator of reference/indicators.csv{near}")
    return known[code]


def labelled(table: pd.DataFrame, language: Language = "nl") -> pd.DataFrame:
    """Put a measured table in words, for a reader outside this project.

    Columns by `headings`, codes by `reference/codes.csv`. Codes that people chose (topics, answers)
    and what has no word stay as they are.

    Examples
    --------
    >>> table = pd.DataFrame({"area": ["borne"], "verdict": ["more"]})
    >>> labelled(table).to_dict("records")
    [{'Gebied': 'borne', 'Oordeel': 'meer'}]
    >>> labelled(table, "en").to_dict("records")
    [{'Area': 'borne', 'Verdict': 'increase'}]
    """
    code = table.attrs.get("indicator")
    of_table = [row["table"] for row in INDICATORS if row["code"] == code]
    found = headings(LABELS, (code, *of_table), [str(column) for column in table])
    names = {column: row[language] for column, row in found.items()}
    told = table.assign(
        **{
            str(column): values.map(words).fillna(values)
            for column, values in table.items()
            if (words := words_of(str(column), language)) and not is_numeric_dtype(values)
        }
    )
    told.attrs = dict(table.attrs)
    return told.rename(columns=names)


def headings(
    labels: Sequence[Mapping[str, str]], own: Collection[str | None], columns: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Column → its words (`nl`, `en`) and `form`, by `reference/labels.csv`.

    The word of an indicator or table (`own`) goes before the common one. Ends of an interval, and
    two periods side by side, are named after their column: `share_low`, or `low` after `share`.

    Examples
    --------
    >>> found = headings(LABELS, [], ["ratio", "low", "high", "share_from"])
    >>> [row["nl"] for row in found.values()]
    ['Verhouding', 'Verhouding van', 'Verhouding tot', 'Aandeel eerst']
    """
    rows = sorted(labels, key=lambda row: row["indicator"])  # the common ones first
    known = {row["column"]: dict(row) for row in rows if row["indicator"] in ("", *own)}
    found: dict[str, dict[str, str]] = {}
    before = ""
    for column in columns:
        base, _, side = column.rpartition("_")
        base = base or before
        if column in known:
            found[column] = known[column]
        elif side in SIDES and base in known:
            words = {language: f"{known[base][language]} {word}" for language, word in SIDES[side]}
            found[column] = known[base] | words
        before = before if side in SIDES else column
    return found


def words_of(column: str, language: Language = "nl") -> dict[str, str]:
    """Code → word for a column, by `reference/codes.csv`."""
    return {row["code"]: row[language] for row in CODES if column == row["column"]}
