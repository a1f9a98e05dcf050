"""What each indicator is: `reference/indicators.csv`, and the names of its columns for readers."""

from typing import Literal

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import UsageError

Language = Literal["nl", "en"]


def described(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Let a table say which indicator it holds and by which method and version it was made.

    Parameters
    ----------
    code
        A code of `reference/indicators.csv`.

    Returns
    -------
    pd.DataFrame
        The same rows; `attrs` names `indicator`, `method`, `source` and `version`.

    Examples
    --------
    >>> described(pd.DataFrame({"change": [0.1]}), "district_trend").attrs["version"]
    '1'
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
        When there is no such indicator; the message names the nearest ones.
    """
    known = {row["code"]: dict(row) for row in domain.reference("indicators")}
    if code not in known:
        near = domain.did_you_mean(code, known)
        raise UsageError(f"'{code}' is not an indicator of reference/indicators.csv{near}")
    return known[code]


def labelled(table: pd.DataFrame, language: Language = "nl") -> pd.DataFrame:
    """Name the columns of a measured table in words, for a reader outside this project.

    Examples
    --------
    >>> list(labelled(pd.DataFrame(columns=["area", "count"]), "en"))
    ['Area', 'Count']
    """
    names = {row["column"]: row[language] for row in domain.reference("labels")}
    return table.rename(columns=names)
