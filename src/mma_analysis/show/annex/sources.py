"""The tables behind the sheets: released ones as they are, and the two that are not measured."""

from collections.abc import Callable

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation

# Questions of the survey that a page shows answer by answer, beside the statements.
SHOWN_QUESTIONS = (
    *("ontvanger", "afstemming_met", "registratie", "publiciteit", "verdiepingsdag"),
    *("wegingskader", "vastgoedcampagne", "voortzetten"),
)
# Columns for programs, or said better by the column beside them.
DROPPED = {
    "survey_answers": ["question", "position", "kind"],
    "survey_numbers": ["question"],
    "survey_themes": ["theme"],
    "survey_quotes": ["released_by", "released_on"],
}


def source(e: Evaluation, table: str) -> pd.DataFrame:
    """The table of one sheet; without rows when this edition does not have it.

    A period gets its first and last day beside it.
    """
    if table in _OWN:
        return _OWN[table](e)
    if not e.has(table):
        return pd.DataFrame()
    found = e.table(table)
    if table == "survey_answers":
        found = found[found["kind"].eq("likert") | found["question"].isin(SHOWN_QUESTIONS)]
    found = found.drop(columns=DROPPED.get(table, []))
    return _with_days(e, found) if "period" in found else found


def _with_days(e: Evaluation, table: pd.DataFrame) -> pd.DataFrame:
    days = e.table("periods").drop_duplicates("period").set_index("period")
    place = list(table).index("period") + 1
    told = table.copy()
    for column in ("end", "begin"):
        told.insert(place, column, table["period"].map(days[column]))
    return told


def _national(e: Evaluation) -> pd.DataFrame:
    rows = [
        {"year": int(row["year"]), "forwarded": int(row["forwarded"]), "source": row["source"]}
        for row in domain.reference("national")
        if int(row["year"]) <= e.peildatum.year
    ]
    return pd.DataFrame(rows)


def _tariffs(e: Evaluation) -> pd.DataFrame:
    tariffs = e.edition.kosten.tarief if e.edition.kosten else ()
    rows = [
        {
            "from_inhabitants": tariff.vanaf_inwoners,
            "per_year": tariff.per_jaar,
            "connecting": tariff.aansluiting,
            "per_receipt": tariff.per_melding,
        }
        for tariff in sorted(tariffs, key=lambda tariff: -tariff.vanaf_inwoners)
    ]
    return pd.DataFrame(rows)


_OWN: dict[str, Callable[[Evaluation], pd.DataFrame]] = {
    "national": _national,
    "tariffs": _tariffs,
}
