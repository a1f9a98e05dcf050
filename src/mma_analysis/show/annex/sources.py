"""The tables behind the sheets: released ones as they are, and those that are told otherwise."""

from collections.abc import Callable

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import changes
from mma_analysis.show.annex.cells import NOT_APPLICABLE

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
    if table == changes.DEFINITIONS:
        return pd.DataFrame(changes.definitions(e), columns=["what", "before", "after"])
    found = _beside_earlier(e) if table == changes.TOTALS else e.table(table)
    if table == "survey_answers":
        found = found[found["kind"].eq("likert") | found["question"].isin(SHOWN_QUESTIONS)]
    found = found.drop(columns=[*DROPPED.get(table, []), *{"cell", "basis"} & set(found)])
    return _with_days(e, found) if "period" in found else found


def _with_days(e: Evaluation, table: pd.DataFrame) -> pd.DataFrame:
    days = e.table("periods").drop_duplicates("period").set_index("period")
    place = list(table).index("period") + 1
    told = table.copy()
    for column in ("end", "begin"):
        told.insert(place, column, table["period"].map(days[column]))
    return told


def _beside_earlier(e: Evaluation) -> pd.DataFrame:
    """The whole period of each area as on every sheet, and beside it that of the earlier edition.

    An area that is no longer in this edition has no row: no page tells of it.
    """
    found = e.table(changes.TOTALS)
    found = found[found["period_after"].notna()].reset_index(drop=True)
    before = [
        NOT_APPLICABLE if pd.isna(period) else changes.days(str(period))
        for period in found["period_before"]
    ]
    return pd.DataFrame(
        {
            "area": found["area"],
            "period": found["period_after"].map(_names_of_days(e)),
            "count": found["count_after"],
            "state": found["state_after"],
            "period_before": before,
            "count_before": found["count_before"],
            "state_before": found["state_before"].replace("absent", "not_applicable"),
        }
    )


def _names_of_days(e: Evaluation) -> dict[str, str]:
    """First and last day as in the comparison → name of that period."""
    return {
        f"{row['begin']:%Y-%m-%d}/{row['end']:%Y-%m-%d}": str(row["period"])
        for row in e.table("periods").to_dict("records")
    }


def _national(e: Evaluation) -> pd.DataFrame:
    rows = [
        {"year": int(row["year"]), "forwarded": int(row["forwarded"]), "source": row["source"]}
        for row in e.vocabulary.reference("national")
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
