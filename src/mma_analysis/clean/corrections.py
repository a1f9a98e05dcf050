"""Known faults in the deliveries of an edition, and their repair: `correcties.toml`."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from mma_analysis.clean.words import as_table, in_sheet
from mma_analysis.settings import CORRECTIONS_FILE, Edition, Section, read_blocks
from mma_analysis.vocabulary import (
    DataError,
    UsageError,
    did_you_mean,
    message,
    schema,
    short_hash,
)
from mma_analysis.vocabulary.schema import Delivery

HASHED = "sha256:"
# What a cell of these holds is never about anybody, so it may stand in the file as it is.
OPEN_FIELDS = (
    "melding_id",
    "postcode",
    *schema.DATES,
    *schema.REDUCED,
    *schema.FOLLOW_UP,
)


class Correction(Section):
    """One repaired cell, or a row that does not count; why, and who was asked to repair it.

    `verwacht` is what the cell of `kolom` holds as delivered. With `status = "hersteld"`
    the source is repaired and the correction is only a record.
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
        has_value = self.waarde is not None
        needs_value = self.actie == "vervang"
        if has_value != needs_value:
            yield message("value_needed")
        is_open = self.kolom in OPEN_FIELDS
        if not is_open and not self.verwacht.startswith(HASHED):
            yield message("hash_needed", field=self.kolom, hashed=HASHED)

    def is_row_of(self, rows: pd.DataFrame) -> pd.Series:
        """Which of these rows it is about."""
        is_on_sheet = rows["source_sheet"] == self.blad
        has_number = rows["source_row"] == self.rij
        return is_on_sheet & has_number

    def fault(self, rows: pd.DataFrame) -> str:
        """Why it does not fit the rows of its file; empty when it does."""
        if self.kolom not in rows:
            return message("no_column")
        cells = rows.loc[self.is_row_of(rows), self.kolom]
        if cells.empty:
            return message("no_row")
        cell = cells.iloc[0]
        hashed = hash_of_cell(cell)
        is_as_delivered = self.verwacht in (cell, hashed)
        if self.status == "open":
            return "" if is_as_delivered else message("repaired", now=hashed)
        return message("not_repaired") if is_as_delivered else ""

    def repaired(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of its file with what it says."""
        is_row = self.is_row_of(rows)
        if self.waarde is None:
            is_removed = rows.get("removed", False) | is_row
            return rows.assign(removed=is_removed)
        column = {self.kolom: rows[self.kolom].mask(is_row, self.waarde)}
        return rows.assign(**column)

    @property
    def record(self) -> tuple[object, ...]:
        """Its row of `schema.CORRECTIONS`."""
        return (
            self.bestand,
            self.blad,
            self.rij,
            self.kolom,
            self.actie,
            self.reden,
            self.gemeld_aan,
        )


def hash_of_cell(cell: str) -> str:
    """What to write in `verwacht` for a cell that may hold content."""
    return HASHED + short_hash(cell)


def correct(
    deliveries: Sequence[Delivery],
    edition: Edition,
) -> tuple[tuple[Delivery, ...], pd.DataFrame]:
    """Apply the open corrections: the deliveries, and a table of these (`CORRECTIONS`).

    One of a file that is not among these waits until it is. A row that does not count is
    `removed`, a column that deliveries without such rows do not have.
    """
    path = edition.folder / CORRECTIONS_FILE
    files = list(edition.deliveries())
    by_file = {delivery.file: delivery for delivery in deliveries}
    faults: list[str] = []
    applied: list[tuple[object, ...]] = []
    corrections = read_blocks(path, "correctie", Correction, secret=True)
    for number, one in enumerate(corrections, start=1):
        file = one.bestand
        if file not in files:
            raise UsageError.of(
                "correction_file",
                path=path,
                number=number,
                file=file,
                near=did_you_mean(file, files),
            )

        delivery = by_file.get(file)
        if delivery is None:
            continue
        fault = one.fault(delivery.rows)
        if fault:
            said = message(
                "correction",
                corrections=CORRECTIONS_FILE,
                number=number,
                file=file,
                sheet=in_sheet(one.blad),
                row=one.rij,
                column=one.kolom,
                fault=fault,
            )
            faults.append(said)
        elif one.status == "open":
            rows = one.repaired(delivery.rows)
            by_file[file] = replace(delivery, rows=rows)
            applied.append(one.record)

    if faults:
        raise DataError("\n".join(faults))
    return tuple(by_file.values()), as_table(applied, schema.CORRECTIONS)
