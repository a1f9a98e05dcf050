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
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean, message

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
            near = did_you_mean(slug, there) if there else message("none_yet")
            words = {"folder": self.raw(""), "settings": SETTINGS_FILE, "near": near}
            raise UsageError.of("no_edition", slug=slug, **words)


# --- reading the settings, and saying what is wrong with them -------------------------------------


def load(folder: Path, removed: bool = False) -> Edition:
    """Read the settings of the edition in this folder, and its reference tables.

    `removed`: its deliveries may have been removed: they need not be there.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise UsageError.of("no_settings", folder=folder, settings=SETTINGS_FILE)
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
        raise UsageError.of("other_district", path=path, named=named, known=known)
    for key, words, known, kind in _named_words(edition):
        for word in words:
            if word not in known:
                near = did_you_mean(word, known)
                words = {"word": word, "kind": message(kind), "near": near}
                raise UsageError.of("not_known", path=path, key=key, **words)


def _named_words(edition: Edition) -> Iterator[tuple[str, Iterable[str], Collection[str], str]]:
    """Each key with words of this project: its words, those that may be there, their kind."""
    vocabulary, survey = edition.vocabulary, edition.vragenlijst
    areas = [area.slug for area in vocabulary.areas]
    breakdowns = [row["breakdown"] for row in vocabulary.reference("breakdowns")]
    of_district = [area.slug for area in vocabulary.gemeenten], "kind_gemeente"
    yield "gemeenten", edition.gemeenten, *of_district
    for one in edition.bescherming.groepsonthulling:
        key = "bescherming.groepsonthulling"
        yield f"{key}.gebied", [one.gebied], areas, "kind_area"
        yield f"{key}.uitsplitsing", [one.uitsplitsing], breakdowns, "kind_breakdown"
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
        yield f"{key}.topics", campaign.topics, vocabulary.topics, "kind_topic"


def _check_files(path: Path, edition: Edition) -> None:
    """Every file that the settings name is inside the edition's folder and is there."""
    survey = edition.vragenlijst.files if edition.vragenlijst else {}
    named = [("levering", file) for file in (*edition.deliveries(), *edition.replaced())]
    named += [(f"vragenlijst.{key}", file) for key, file in survey.items()]
    root = edition.folder.resolve()
    nfc = partial(unicodedata.normalize, "NFC")
    for key, file in named:
        where = {"path": path, "key": key, "file": file}
        if "\\" in file or not file.isprintable():
            raise UsageError.of("no_path", **where)
        target = (edition.folder / file).resolve()
        if not target.is_relative_to(root):
            raise UsageError.of("outside", **where)
        if not target.is_file():
            folder = target if target.is_dir() else target.parent
            names = sorted(path.name for path in folder.glob("*"))
            looks_same = nfc(target.name) in map(nfc, names)
            what = "is_folder" if target.is_dir() else "looks_same" if looks_same else "not_there"
            raise UsageError.of(what, **where, there=", ".join(names) or message("nothing"))
