"""Why a row is refused, and what is wrong with a row that counts: the table `reasons.csv`."""

from collections.abc import Mapping

import pandas as pd

from mma_analysis import domain
from mma_analysis.clean.dates import DATE
from mma_analysis.clean.numbers import cut_off
from mma_analysis.clean.words import map_cells, says_nothing
from mma_analysis.edition import Edition

# What holds for each row: reason → (rows, the field that it is in). A field may differ per row.
Found = list[tuple[str, pd.Series, str | pd.Series]]


def reasons(
    raw: pd.DataFrame,
    days: Mapping[str, pd.Series],
    receivers: pd.DataFrame,
    removed: pd.Series,
    edition: Edition,
) -> pd.DataFrame:
    """Everything that is wrong with each row.

    Returns
    -------
    pandas.DataFrame
        One row per row and reason, with the index of `raw` and `reason_code`, `field` and `effect`,
        in the order of `reasons.csv`. The day of receipt goes before the gemeente there: without it
        a row cannot be counted wherever it belongs.
    """
    found = [
        ("verwijderd", removed, ""),
        *_of_receipt(raw["received_on"], days["received_on"], receivers["gemeente"], edition),
        *_of_receiver(receivers),
        *_of_other_dates(raw, days),
        ("nummer_afgekapt", cut_off(raw["melding_id"]), "melding_id"),
    ]
    order = list(domain.reason_effects())
    applying = [one for one in found if one[1].any()] or found[:1]
    table = pd.concat([_rows(*one) for one in applying])
    table = table.assign(
        effect=map_cells(table["reason_code"], domain.reason_effects().__getitem__)
    )
    return table.sort_values("reason_code", key=lambda codes: codes.map(order.index), kind="stable")


def explained(faults: pd.DataFrame, headers: Mapping[str, str]) -> pd.DataFrame:
    """`column`, `reason_code` and `reason` as the sender reads them."""
    return pd.DataFrame(
        {
            "column": map_cells(faults["field"], {"": "", **headers}.__getitem__),
            "reason_code": faults["reason_code"],
            "reason": map_cells(faults["reason_code"], domain.rejection_reasons().__getitem__),
        }
    )


def _rows(reason: str, applies: pd.Series, field: str | pd.Series) -> pd.DataFrame:
    where = field[applies] if isinstance(field, pd.Series) else field
    index = applies.index[applies]
    return pd.DataFrame({"reason_code": reason, "field": where}, index=index, dtype="str")


def _of_receipt(
    cells: pd.Series, received_on: pd.Series, gemeente: pd.Series, edition: Edition
) -> Found:
    empty = _is_empty(cells)
    delivered = map_cells(gemeente, lambda slug: edition.gemeente(slug).geleverd_op, DATE)
    connected = map_cells(gemeente, lambda slug: edition.gemeente(slug).aangesloten, DATE)
    applies = {
        "datum_ontbreekt": received_on.isna() & empty,
        "datum_onmogelijk": received_on.isna() & ~empty,
        "voor_begin": received_on < pd.Timestamp(edition.begin),
        "na_peildatum": received_on > pd.Timestamp(edition.peildatum),
        "na_levering": received_on > delivered,
        "voor_aansluiting": received_on < connected,
    }
    return [(reason, rows, "received_on") for reason, rows in applies.items()]


def _of_receiver(receivers: pd.DataFrame) -> Found:
    codes = receivers["reason_code"]
    return [(code, codes == code, receivers["field"]) for code in codes.unique() if code]


def _of_other_dates(raw: pd.DataFrame, days: Mapping[str, pd.Series]) -> Found:
    return [
        ("datum_niet_gelezen", days[field].isna() & ~_is_empty(raw[field]), field)
        for field in domain.DATES
        if field != "received_on"
    ]


def _is_empty(cells: pd.Series) -> pd.Series:
    return map_cells(cells, says_nothing, "bool")
