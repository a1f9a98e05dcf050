"""Where the folders of an edition are, and reading its settings."""

import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from mma_analysis.settings.edition import SETTINGS_FILE, Edition
from mma_analysis.settings.toml import read_toml
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean

EXAMPLE = "voorbeeld-2023"
ROOT_VARIABLE = "MMA_ROOT"
# Who a page is for: everybody, or one gemeente alone.
Audience = Literal["openbaar", "intern"]
AUDIENCES: tuple[Audience, ...] = ("openbaar", "intern")
# Folders of an edition that say how its pages read and look; what was delivered is in others.
PRESENTATION = NOTEBOOKS, HOUSE_STYLE = "notebooks", "huisstijl"
# How a spreadsheet program names what it leaves beside a workbook that is open.
OPEN_ELSEWHERE = ("~$", ".~lock.")


@dataclass(frozen=True)
class Workspace:
    """Where an edition's folders are: one root with `data/raw`, `data/processed`, `reports`."""

    root: Path

    @classmethod
    def here(cls, root: str | Path | None = None) -> "Workspace":
        """The workspace at `root`, else at $MMA_ROOT, else the project that we stand in."""
        if root is None and os.environ.get(ROOT_VARIABLE):
            root = Path(os.environ[ROOT_VARIABLE])
        if root is None:
            here = Path.cwd()
            root = next((p for p in (here, *here.parents) if (p / "data" / "raw").is_dir()), here)
        return cls(Path(root).resolve())

    def raw(self, slug: str) -> Path:
        """The edition's settings and deliveries."""
        return self.root / "data" / "raw" / slug

    def own(self, slug: str, name: str) -> Path | None:
        """What is there in place of a notebook, or a file beside it, of the package.

        The edition's own goes before that of the organisation, which is for all its editions.
        """
        folders = (self.raw(slug) / NOTEBOOKS, self.root / NOTEBOOKS)
        return next((path for one in folders if (path := one / name).is_file()), None)

    def processed(self, slug: str) -> Path:
        """Everything computed from the edition."""
        return self.root / "data" / "processed" / slug

    def issued(self, slug: str) -> Path:
        """What went out of the edition: its numbers that everybody has, for ever."""
        return self.root / "data" / "issued" / slug

    def executed(self, slug: str) -> Path:
        """The edition's notebooks as they were run last, for the analyst's eyes only."""
        return self.root / "data" / "processed" / f"{slug}-notebooks"

    def reports(self, slug: str) -> Path:
        """The edition's finished pages."""
        return self.root / "reports" / slug

    def work(self, slug: str) -> Path:
        """Where we write what is not finished, and keep what was there before."""
        return self.root / ".mma" / slug

    def bundles(self, slug: str) -> Path:
        """The edition's parcels, one zip per recipient: beside the pages, not among them."""
        return self.root / "reports" / f"{slug}-pakketten"

    def printed(self, slug: str) -> Path:
        """The openbaar pages as PDF: beside the pages, not among them."""
        return self.root / "reports" / f"{slug}-pdf"

    def edition(self, slug: str, removed: bool = False) -> Edition:
        """Read the settings of one edition; `removed` as for `load`."""
        self.check_edition(slug)
        return load(self.raw(slug), removed)

    def names(self) -> list[str]:
        """The names of the editions that there are."""
        return sorted(path.parent.name for path in self.raw("").glob(f"*/{SETTINGS_FILE}"))

    def check_edition(self, slug: str) -> None:
        """Refuse the name of an edition that is not there."""
        if slug not in (there := self.names()):
            near = did_you_mean(slug, there) if there else "; there is none yet"
            raise UsageError(
                f"no edition '{slug}' under {self.raw('')} (no {SETTINGS_FILE} in it); "
                f"give the name of an edition, or another --root{near}"
            )


# --- reading the settings, and saying what is wrong with them -------------------------------------


def load(folder: Path, removed: bool = False) -> Edition:
    """Read the settings of the edition in this folder, and its reference tables.

    `removed`: its deliveries may have been removed: they need not be there.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise UsageError(
            f"no edition at {folder}: {SETTINGS_FILE} is missing; "
            "`mma new NAME --begin 2023-07-01 --peildatum 2025-06-30` makes an edition"
        )
    edition = read_toml(path, Edition)
    edition._folder = folder
    edition._vocabulary = Vocabulary.of_edition(folder)
    _check_words(path, edition)
    if not removed:
        _check_files(path, edition)
    return edition


def _check_words(path: Path, edition: Edition) -> None:
    """The district, areas, breakdowns and topics in the settings are words of this edition."""
    named, known = edition.evaluatie.district, edition.vocabulary.district.name
    if named != known:
        raise UsageError(
            f"{path}: evaluatie.district = '{named}', but the reference tables are about "
            f"'{known}'; `mma new NAME --district TABLE.csv` makes an edition of another district"
        )
    for key, words, known, kind in _named_words(edition):
        for word in words:
            if word not in known:
                near = did_you_mean(word, known)
                raise UsageError(f"{path}: {key}: '{word}' is not {kind}{near}")


def _named_words(edition: Edition) -> Iterator[tuple[str, Iterable[str], Collection[str], str]]:
    """Each key with words of this project: its words, those that may be there, what these are."""
    vocabulary, survey = edition.vocabulary, edition.vragenlijst
    areas = [area.slug for area in vocabulary.areas]
    breakdowns = [row["breakdown"] for row in vocabulary.reference("breakdowns")]
    of_district = [area.slug for area in vocabulary.gemeenten], "a gemeente of the district"
    yield "gemeenten", edition.gemeenten, *of_district
    for one in edition.bescherming.groepsonthulling:
        yield "bescherming.groepsonthulling.gebied", [one.gebied], areas, "known"
        yield "bescherming.groepsonthulling.uitsplitsing", [one.uitsplitsing], breakdowns, "known"
    for together in edition.bescherming.samen:
        yield "bescherming.samen", together, *of_district
    if survey:
        yield "vragenlijst.geen_ervaring", survey.geen_ervaring, *of_district
        for joint, slugs in survey.gezamenlijk.items():
            yield f"vragenlijst.gezamenlijk.{joint}", slugs, *of_district
    for campaign in edition.campagnes:
        key = f"campagnes '{campaign.naam}'"
        if campaign.gemeenten != "alle":
            yield f"{key}.gemeenten", campaign.gemeenten, *of_district
        yield f"{key}.topics", campaign.topics, vocabulary.topics, "a topic"


def _check_files(path: Path, edition: Edition) -> None:
    """Every file that the settings name is inside the edition's folder and is there."""
    survey = edition.vragenlijst.files if edition.vragenlijst else {}
    named = [("levering", file) for file in (*edition.deliveries(), *edition.replaced())]
    named += [(f"vragenlijst.{key}", file) for key, file in survey.items()]
    root = edition.folder.resolve()
    for key, file in named:
        if "\\" in file or not file.isprintable():
            raise UsageError(
                f"{path}: {key} = {file!r} is no path; write it with / and never with \\, as in "
                "'meldingen/losser.xlsx'"
            )
        target = (edition.folder / file).resolve()
        if not target.is_relative_to(root):
            raise UsageError(
                f"{path}: {key} = '{file}' points outside the edition's folder; put the file "
                "itself in meldingen/ or vragenlijst/ and name it from there"
            )
        if not target.is_file():
            what = "is a folder; name a file" if target.is_dir() else "is not there"
            folder = target if target.is_dir() else target.parent
            names = sorted(path.name for path in folder.glob("*"))
            nfc = partial(unicodedata.normalize, "NFC")
            if nfc(target.name) in map(nfc, names):
                what += (
                    ", and a file that looks the same is: a Mac writes accents in another way; "
                    "rename that file by typing its whole name anew"
                )
            there = ", ".join(names) or "nothing"
            raise UsageError(f"{path}: {key} = '{file}' {what}; the folder holds: {there}")
