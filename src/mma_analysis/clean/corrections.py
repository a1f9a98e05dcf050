"""Repair what is known to be wrong in a delivery, as long as it is still wrong there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from mma_analysis.clean.words import as_table, in_sheet
from mma_analysis.corrections import Correction, hash_of
from mma_analysis.settings import CORRECTIONS_FILE
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.schema import CORRECTIONS, Delivery


@dataclass(frozen=True)
class Corrected:
    """The deliveries with their cells replaced, and which rows do not count.

    `removed` has one place (file, sheet, row) per row that a correction removes, `applied` one row
    per correction that was applied (`schema.CORRECTIONS`).
    """

    deliveries: tuple[Delivery, ...]
    removed: frozenset[tuple[str, str, int]]
    applied: pd.DataFrame


def correct(deliveries: Sequence[Delivery], corrections: Sequence[Correction]) -> Corrected:
    """Apply the open corrections to the deliveries.

    A correction that is `hersteld` is not applied, and may not be needed any more. The error names
    every correction that has no row, and every one that does not say rightly whether its source has
    been repaired.
    """
    by_file = {delivery.file: delivery for delivery in deliveries}
    faults: list[str] = []
    for number, one in enumerate(corrections, start=1):
        if one.bestand in by_file and (fault := _fault(by_file[one.bestand].rows, one)):
            where = {"corrections": CORRECTIONS_FILE, "number": number, "file": one.bestand}
            where |= {"sheet": in_sheet(one.blad), "row": one.rij, "column": one.kolom}
            faults.append(message("correction", **where, fault=fault))
    if faults:
        raise DataError("\n".join(faults))
    still_open = [one for one in corrections if one.status == "open"]
    for one in still_open:
        if one.waarde is not None and one.bestand in by_file:
            delivery = by_file[one.bestand]
            cells = delivery.rows[one.kolom].mask(_is_its_row(delivery.rows, one), one.waarde)
            rows = delivery.rows.assign(**{one.kolom: cells})
            by_file[one.bestand] = replace(delivery, rows=rows)
    applied = [
        (c.bestand, c.blad, c.rij, c.kolom, c.actie, c.reden, c.gemeld_aan) for c in still_open
    ]
    return Corrected(
        deliveries=tuple(by_file.values()),
        removed=frozenset(
            (one.bestand, one.blad, one.rij) for one in still_open if one.actie == "verwijder"
        ),
        applied=as_table(applied, CORRECTIONS),
    )


def _fault(rows: pd.DataFrame, one: Correction) -> str:
    if one.kolom not in rows:
        return message("no_column")
    cells = rows.loc[_is_its_row(rows, one), one.kolom]
    if cells.empty:
        return message("no_row")
    still_wrong = one.expects(cells.iloc[0])
    if one.status == "open" and not still_wrong:
        return message("repaired", now=hash_of(cells.iloc[0]))
    return message("not_repaired") if one.status == "hersteld" and still_wrong else ""


def _is_its_row(rows: pd.DataFrame, one: Correction) -> pd.Series:
    return (rows["source_row"] == one.rij) & (rows["source_sheet"] == one.blad)
