"""Known faults in the deliveries of an edition: `correcties.toml`."""

import datetime as dt
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from mma_analysis.settings import CORRECTIONS_FILE, Edition, Section, read_blocks
from mma_analysis.vocabulary import UsageError, did_you_mean, message, short_hash
from mma_analysis.vocabulary.schema import DATES, FOLLOW_UP, RAW_MELDINGEN, REDUCED

HASHED = "sha256:"
# What a cell of these holds is never about anybody, so it may stand in the file as it is.
OPEN_FIELDS = (*DATES, *REDUCED, "melding_id", "postcode", *FOLLOW_UP)


class Correction(Section):
    """One repaired cell, or one row that does not count, with why and who was told.

    `verwacht` is what the cell of `kolom` holds as delivered: the correction stops when the source
    changes. With `status = "hersteld"` the source is repaired and the correction is only a record.
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

    @model_validator(mode="after")
    def _holds_no_content(self) -> Self:
        if self.kolom not in RAW_MELDINGEN:
            near = did_you_mean(self.kolom, RAW_MELDINGEN)
            raise ValueError(message("no_correction_field", field=self.kolom, near=near))
        if (self.waarde is None) == (self.actie == "vervang"):
            raise ValueError(message("value_needed"))
        if self.kolom not in OPEN_FIELDS and not self.verwacht.startswith(HASHED):
            raise ValueError(message("hash_needed", field=self.kolom, hashed=HASHED))
        return self

    def expects(self, cell: str) -> bool:
        """Whether the cell still holds what was delivered."""
        return self.verwacht in (cell, hash_of(cell))


def hash_of(cell: str) -> str:
    """What to write in `verwacht` for a cell that may hold content."""
    return HASHED + short_hash(cell)


def load(edition: Edition) -> tuple[Correction, ...]:
    """Read the corrections of an edition; none when it has no `correcties.toml`."""
    path = edition.folder / CORRECTIONS_FILE
    corrections = read_blocks(path, "correctie", Correction, secret=True)
    files = list(edition.deliveries())
    for number, correction in enumerate(corrections, start=1):
        if correction.bestand not in files:
            near = did_you_mean(correction.bestand, files)
            words = {"path": path, "number": number, "file": correction.bestand}
            raise UsageError.of("correction_file", **words, near=near)
    return corrections
