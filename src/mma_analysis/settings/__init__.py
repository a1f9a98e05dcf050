"""One evaluation: a folder with `evaluatie.toml`, the deliveries and the survey export."""

import os
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path
from typing import Literal

from mma_analysis.settings.answered import SettingLine, with_answers
from mma_analysis.settings.edition import (
    CORRECTIONS_FILE,
    SETTINGS_FILE,
    Edition,
    Gemeente,
    Place,
)
from mma_analysis.settings.toml import (
    Section,
    as_toml,
    line_of_block,
    read_blocks,
    read_toml,
    refuse_twice,
    refuse_unknown,
)
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean, message
from mma_analysis.vocabulary.errors import PACKAGE
from mma_analysis.vocabulary.reference import read_own

EXAMPLE = "voorbeeld-2023"
ROOT_VARIABLE = "MMA_ROOT"
# Who a page is for: everybody, or one gemeente alone.
Audience = Literal["openbaar", "intern"]
AUDIENCES: tuple[Audience, ...] = ("openbaar", "intern")
# Folders beside what was delivered: how pages of an edition read and look, and forms to
# fill in.
NOTEBOOKS = "notebooks"
HOUSE_STYLE = "huisstijl"
FORMS_FOLDER = "sjablonen"
BESIDE_SETTINGS = (NOTEBOOKS, HOUSE_STYLE, FORMS_FOLDER)
# How a spreadsheet program names what it leaves beside a workbook that is open.
OPEN_ELSEWHERE = ("~$", ".~lock.")


@dataclass(frozen=True)
class Workspace:
    """Where the folders of an edition are, below one root: `data/raw/…`, `reports/…`, …"""

    root: Path

    @classmethod
    def here(cls, root: str | Path | None = None) -> "Workspace":
        """The workspace at `root`, else at $MMA_ROOT, else the project that we stand in."""
        chosen = root or os.environ.get(ROOT_VARIABLE) or _project_around(Path.cwd())
        return cls(Path(chosen).resolve())

    def _of(self, below: str, slug: str) -> Path:
        return self.root / below.format(slug)

    raw = partialmethod(_of, "data/raw/{}")  # its settings and deliveries
    processed = partialmethod(_of, "data/processed/{}")  # everything computed from it
    executed = partialmethod(
        _of, "data/processed/{}-notebooks"
    )  # as run last, for analysts
    concept = partialmethod(_of, "data/processed/{}-concept")  # a page, not audited
    issued = partialmethod(_of, "data/issued/{}")  # its numbers that everybody has for ever
    booked = partialmethod(_of, "data/booked/{}")  # the rows that these were counted from
    work = partialmethod(_of, ".mma/{}")  # what is not finished, and what was there before
    # Its finished pages, and beside them: one zip per recipient, and pages as PDF.
    reports = partialmethod(_of, "reports/{}")
    bundles = partialmethod(_of, "reports/{}-pakketten")
    printed = partialmethod(_of, "reports/{}-pdf")

    def own(self, slug: str, name: str) -> Path | None:
        """What an edition has in place of a notebook of ours, or of a file beside one."""
        path = self.raw(slug) / NOTEBOOKS / name
        return path if path.is_file() else None

    def edition(self, slug: str, removed: bool = False) -> Edition:
        """Read the settings of one edition; `removed` as for `load`."""
        self.check_edition(slug)
        return load(self.raw(slug), removed)

    def names(self) -> list[str]:
        """The names of the editions that there are."""
        settings = self.raw("").glob(f"*/{SETTINGS_FILE}")
        return sorted(path.parent.name for path in settings)

    def check_edition(self, slug: str) -> None:
        """Refuse the name of an edition that is not there."""
        there = self.names()
        if slug in there:
            return
        raise UsageError.of(
            "no_edition",
            slug=slug,
            folder=self.raw(""),
            settings=SETTINGS_FILE,
            near=did_you_mean(slug, there) if there else message("none_yet"),
        )


def _project_around(here: Path) -> Path:
    """The nearest folder around this one with deliveries in it; without any this one."""
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    return here


def shipped(place: str) -> Path:
    """A folder that comes with the package: in what is installed, else in the project."""
    places = PACKAGE / Path(place).name, PACKAGE.parents[1] / place
    found = next(filter(Path.is_dir, places), None)
    if found is None:
        raise DataError.of("not_shipped", one=places[0], other=places[1])
    return found


def load(folder: Path, removed: bool = False) -> Edition:
    """Read the settings of the edition in this folder, and its reference tables.

    `removed`: its deliveries may have been removed: they need not be there.
    """
    place = Place(folder, Vocabulary(read_own(folder)), removed)
    return read_toml(folder / SETTINGS_FILE, Edition, context=place)
