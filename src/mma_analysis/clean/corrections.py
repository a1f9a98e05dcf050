"""Known faults in the deliveries of an edition, and their repair: `correcties.toml`."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from mma_analysis.clean.words import as_table, in_sheet
from mma_analysis.settings import CORRECTIONS_FILE, Edition, Section, read_blocks
from mma_analysis.vocabulary import DataError, UsageError, did_you_mean, message, schema, short_hash
from mma_analysis.vocabulary.schema import Delivery

HASHED = "sha256:"
# What a cell of these holds is never about anybody, so it may stand in the file as it is.
OPEN_FIELDS = (*schema.DATES, *schema.REDUCED, "melding_id", "postcode", *schema.FOLLOW_UP)


class Correction(Section):
    """One repaired cell, or one row that does not count, with why and who was asked to repair it.

    `verwacht` is what the cell of `kolom` holds as delivered. With `status = "hersteld"` the source
    is repaired and the correction is only a record.
    """

    bestand: str
    blad: str = ""
    rij: int = Field(ge=1)
    kolom: str
    actie: Literal["vervang", "verwijder"]
    verwacht: str
    waarde: str | None = None
    reden: str = Field(min_length=1)
    gemeld_aan: str = Field(min_length=1)
    status: Literal["open", "hersteld"] = "open"

    @field_validator("verwacht", "waarde", mode="before")
    @classmethod
    def _day_is_text(cls, value: object) -> object:
        # A day without quotation marks is the day as a workbook stores it.
        return value.isoformat() if isinstance(value, dt.date) else value

    def _faults(self) -> Iterator[str]:
        if self.kolom not in schema.RAW_MELDINGEN:
            near = did_you_mean(self.kolom, schema.RAW_MELDINGEN)
            yield message("no_correction_field", field=self.kolom, near=near)
        if (self.waarde is None) == (self.actie == "vervang"):
            yield message("value_needed")
        if self.kolom not in OPEN_FIELDS and not self.verwacht.startswith(HASHED):
            yield message("hash_needed", field=self.kolom, hashed=HASHED)

    def is_row_of(self, rows: pd.DataFrame) -> pd.Series:
        """Which of these rows it is about."""
        return (rows["source_row"] == self.rij) & (rows["source_sheet"] == self.blad)

    def fault(self, rows: pd.DataFrame) -> str:
        """Why it does not fit the rows of its file; empty when it does."""
        if self.kolom not in rows:
            return message("no_column")
        cells = rows.loc[self.is_row_of(rows), self.kolom]
        if cells.empty:
            return message("no_row")
        is_wrong = self.verwacht in (cells.iloc[0], hash_of(cells.iloc[0]))
        if self.status == "open":
            return "" if is_wrong else message("repaired", now=hash_of(cells.iloc[0]))
        return message("not_repaired") if is_wrong else ""

    def repaired(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of its file with what it says."""
        is_row = self.is_row_of(rows)
        if self.waarde is None:
            return rows.assign(removed=rows.get("removed", False) | is_row)
        return rows.assign(**{self.kolom: rows[self.kolom].mask(is_row, self.waarde)})


def hash_of(cell: str) -> str:
    """What to write in `verwacht` for a cell that may hold content."""
    return HASHED + short_hash(cell)


def correct(
    deliveries: Sequence[Delivery], edition: Edition
) -> tuple[tuple[Delivery, ...], pd.DataFrame]:
    """Apply the open corrections: the deliveries, and what was applied (`schema.CORRECTIONS`).

    A row that does not count is `removed`, a column that deliveries without such rows do not have.
    """
    path, files = edition.folder / CORRECTIONS_FILE, list(edition.deliveries())
    by_file = {delivery.file: delivery for delivery in deliveries}
    faults: list[str] = []
    applied: list[tuple[object, ...]] = []
    for number, one in enumerate(read_blocks(path, "correctie", Correction, secret=True), start=1):
        if one.bestand not in files:
            near = did_you_mean(one.bestand, files)
            words = {"path": path, "number": number, "file": one.bestand}
            raise UsageError.of("correction_file", **words, near=near)
        delivery = by_file[one.bestand]
        if fault := one.fault(delivery.rows):
            where = {"corrections": CORRECTIONS_FILE, "number": number, "file": one.bestand}
            where |= {"sheet": in_sheet(one.blad), "row": one.rij, "column": one.kolom}
            faults.append(message("correction", **where, fault=fault))
        elif one.status == "open":
            by_file[one.bestand] = replace(delivery, rows=one.repaired(delivery.rows))
            cell = (one.bestand, one.blad, one.rij, one.kolom)
            applied.append((*cell, one.actie, one.reden, one.gemeld_aan))
    if faults:
        raise DataError("\n".join(faults))
    return tuple(by_file.values()), as_table(applied, schema.CORRECTIONS)
