"""What each indicator is: `reference/indicators.csv`, and its tables in words for readers."""

import pandas as pd
from pandas.api.types import is_numeric_dtype

from mma_analysis.vocabulary import UsageError, did_you_mean
from mma_analysis.vocabulary.headings import Language, headings, words_of
from mma_analysis.vocabulary.reference import INDICATORS, LABELS


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
