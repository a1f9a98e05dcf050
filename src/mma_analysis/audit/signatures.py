"""What two people signed for, in `vrijgave.toml` in the folder of an edition."""

import datetime as dt
from collections.abc import Iterator

from pydantic import Field

from mma_analysis.settings import Edition, Section, read_blocks
from mma_analysis.storage import RELEASES_FILE
from mma_analysis.vocabulary import message, plain

PREFIX = "sha256:"


class Ondertekenaar(Section):
    """Who decided, in which function, and when."""

    naam: str = Field(min_length=2)
    functie: str = Field(min_length=2)
    datum: dt.date


class Vrijgave(Section):
    """One line of the dossier that two people let go out: which, what is in it, and why."""

    uitvoer: str = Field(min_length=1)
    inhoud: str = Field(pattern=rf"^{PREFIX}[0-9a-f]{{64}}$")
    reden: str = Field(min_length=5)
    eerste: Ondertekenaar
    tweede: Ondertekenaar

    def _faults(self) -> Iterator[str]:
        if plain(self.eerste.naam) == plain(self.tweede.naam):
            yield message("same_person")
        if self.tweede.datum < self.eerste.datum:
            yield message("second_is_first")


def signed_for(edition: Edition) -> tuple[Vrijgave, ...]:
    """What two people wrote, in its order. UsageError: it cannot be read as such."""
    return read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
