"""A new edition, the survey in it, and the example: `mma new`, `codebook` and `example`."""

import datetime as dt
import filecmp
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mma_analysis import storage
from mma_analysis.settings import (
    CORRECTIONS_FILE,
    EXAMPLE,
    SETTINGS_FILE,
    Edition,
    Gemeente,
    Workspace,
    as_toml,
    shipped,
)
from mma_analysis.settings.edition import Campagne
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import UsageError, Vocabulary, filled_in, message, plain
from mma_analysis.vocabulary.numbers import month
from mma_analysis.vocabulary.reference import TABLES_FOLDER as REFERENCE
from mma_analysis.vocabulary.reference import Tables, table_text

EDITION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LEFT_THERE = (".", "~$")  # how a name begins of what programs leave in a folder
SURVEY_FOLDER = "vragenlijst"
DELIVERIES_FOLDER = "meldingen"
SHORTEST_YEAR = 360  # days
MONTH_AFTER = re.compile(r"-\d{4}-\d{2}$")  # as in borne-2025-09.xlsx
CODEBOOK_FILE = f"{SURVEY_FOLDER}/codeboek.toml"


class Survey(NamedTuple):
    """The export of a survey as downloaded, and the text of the code book made from it."""

    export: Path
    codebook: str

    @property
    def settings(self) -> str:
        """The block of the settings that names its files."""
        return message(
            "survey_block",
            export=as_toml(f"{SURVEY_FOLDER}/{self.export.name}"),
            codebook=as_toml(CODEBOOK_FILE),
        )

    def add_to(self, folder: Path) -> Path:
        """Copy the export into an edition, write its code book, and give the path of that.

        Never overwrites a file; the same export may be there already.
        """
        export = folder / SURVEY_FOLDER / self.export.name
        codebook = folder / CODEBOOK_FILE
        if codebook.exists():
            raise UsageError.of("codebook_is_there", path=codebook)
        codebook.parent.mkdir(exist_ok=True)
        if not export.exists():
            shutil.copyfile(self.export, export)
        elif not filecmp.cmp(self.export, export, shallow=False):
            raise UsageError.of("other_export", path=export)
        write_whole(codebook, self.codebook.encode())
        return codebook


@dataclass(frozen=True)
class EarlierEdition:
    """What of an earlier edition goes into the settings of a new one, from `begin` on."""

    edition: Edition
    begin: dt.date
    peildatum: dt.date

    @property
    def is_invented(self) -> bool:
        """Whether its days, amounts and files are made up: no fact of a real edition."""
        return self.edition.evaluatie.fictief

    @property
    def is_compared(self) -> bool:
        """Whether pages of the new edition say what changed since."""
        return self.edition.peildatum < self.peildatum and not self.is_invented

    @property
    def is_continued(self) -> bool:
        """Whether its files are also about the new period."""
        return self.begin <= self.edition.peildatum and not self.is_invented

    def files_of(self, slug: str) -> tuple[str, ...]:
        """The files of a gemeente that go along; none when one of them is not there."""
        files = self.edition.gemeente(slug).levering
        are_there = all((self.edition.folder / file).is_file() for file in files)
        return files if self.is_continued and are_there else ()

    def left_out(self) -> list[str]:
        """The files that do not go along."""
        out = []
        for slug, gemeente in self.edition.gemeenten.items():
            if gemeente.levering != self.files_of(slug):
                out += [file for file in gemeente.levering if file not in out]
        return out

    def copy_to(self, folder: Path) -> None:
        """Copy the files that go along, and what was corrected in them."""
        names: list[str] = []
        for slug in self.edition.gemeenten:
            names += self.files_of(slug)
        corrections = self.edition.folder / CORRECTIONS_FILE
        if names and not self.left_out() and corrections.is_file():
            names.append(CORRECTIONS_FILE)

        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.edition.folder / name, target)

    def next_file(self, slug: str) -> str:
        """How the next file of a gemeente could be named: as its last, with the month."""
        last = Path(self.files_of(slug)[-1])
        stem = MONTH_AFTER.sub("", last.stem)
        return last.with_name(f"{stem}-{self.peildatum:%Y-%m}{last.suffix}").as_posix()

    def campaigns(self) -> list[Campagne]:
        """The campaigns that end in the new period."""
        return [one for one in self.edition.campagnes if one.eind >= self.begin]


def new_edition(
    workspace: Workspace,
    slug: str,
    begin: dt.date | None,
    peildatum: dt.date,
    previous: Edition | None = None,
    survey: Survey | None = None,
    district: Tables | None = None,
    deliveries: Path | None = None,
) -> Edition:
    """Make the folder of a new edition, with a survey and deliveries copied into it.

    From an earlier edition comes what seldom changes (`EarlierEdition`), and its files when
    they are about days of the new one; without a `begin` that is when the earlier one
    began. Nothing that somebody decided or signed. It is for its owner only.
    """
    begin = _begin_of(begin, peildatum, previous)
    if not EDITION_NAME.fullmatch(slug):
        raise UsageError.of("edition_name", slug=slug)
    if workspace.raw(slug).exists():
        raise UsageError.of("folder_is_there", path=workspace.raw(slug))
    if previous and district:
        raise UsageError.of("from_other_district", slug=previous.slug)

    earlier = EarlierEdition(previous, begin, peildatum) if previous else None
    vocabulary = previous.vocabulary if previous else Vocabulary(district)
    delivered = _files_in(deliveries, survey)
    with _made_whole(workspace, slug) as folder:
        for name in (DELIVERIES_FOLDER, SURVEY_FOLDER):
            (folder / name).mkdir()
        for name, rows in vocabulary.own.items():
            write_whole(folder / REFERENCE / f"{name}.csv", table_text(name, rows).encode())
        if earlier:
            earlier.copy_to(folder)
        added = _added(delivered, folder)
        text = filled_in(
            "forms/evaluatie.toml.j2",
            vocabulary=vocabulary,
            delivered=_named_by(added, vocabulary),
            earlier=earlier,
            previous=previous,
            title=_title(begin, peildatum, previous),
            toml=as_toml,
            day_of_delivery=peildatum + dt.timedelta(days=3),
            day_of_letter=peildatum + dt.timedelta(days=10),
            day_of_answer=peildatum + dt.timedelta(days=28),
            day_of_proposal=peildatum + dt.timedelta(days=73),
            day_of_decision=dt.date(peildatum.year + 1, 1, 1),
            unknown=Gemeente(),
            begin=begin,
            peildatum=peildatum,
            survey=survey.settings if survey else "",
        )
        write_whole(folder / SETTINGS_FILE, text.encode())
        if survey:
            survey.add_to(folder)
        storage.owner_only(folder)
    return workspace.edition(slug)


def _begin_of(
    begin: dt.date | None,
    peildatum: dt.date,
    previous: Edition | None,
) -> dt.date:
    """The first day of a new edition: as given, or as in the earlier one."""
    if previous and peildatum < previous.begin:
        raise UsageError.of(
            "before_earlier",
            peildatum=peildatum,
            earlier=previous.slug,
            begin=previous.begin,
        )
    if begin is None and previous is None:
        raise UsageError.of("begin_needed")
    first = begin or (previous.begin if previous else peildatum)
    if first >= peildatum:
        raise UsageError.of("begin_before", begin=first, peildatum=peildatum)
    return first


def _files_in(deliveries: Path | None, survey: Survey | None) -> list[Path]:
    """The files of a folder that can be deliveries."""
    if deliveries is None:
        return []
    if not deliveries.is_dir():
        raise UsageError.of("no_folder", path=deliveries)
    files = []
    for path in sorted(deliveries.iterdir()):
        is_survey = survey is not None and path.samefile(survey.export)
        is_left = path.name.startswith(LEFT_THERE)
        if path.is_file() and not is_left and not is_survey:
            files.append(path)
    return files


def _added(delivered: Sequence[Path], folder: Path) -> list[str]:
    """Copy deliveries into an edition; give those that were not there yet.

    UsageError: another file, that came from an earlier edition, has that name.
    """
    added = []
    for file in delivered:
        name = f"{DELIVERIES_FOLDER}/{file.name}"
        target = folder / name
        if not target.exists():
            shutil.copyfile(file, target)
            added.append(name)
        elif not filecmp.cmp(file, target, shallow=False):
            raise UsageError.of("same_name", file=file, name=name)
    return added


def _named_by(files: Sequence[str], vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Gemeente → the files with her name in theirs."""
    named_by: dict[str, list[str]] = {area.slug: [] for area in vocabulary.gemeenten}
    for file in files:
        for area in vocabulary.gemeenten:
            if plain(area.name) in plain(Path(file).stem):
                named_by[area.slug].append(file)
    return named_by


def write_example(workspace: Workspace) -> bool:
    """Write the example edition, and give whether it was: what is there stays as it is."""
    if workspace.raw(EXAMPLE).exists():
        return False
    source = shipped(f"data/raw/{EXAMPLE}")
    with _made_whole(workspace, EXAMPLE) as folder:
        shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return True


@contextmanager
def _made_whole(workspace: Workspace, slug: str) -> Iterator[Path]:
    """The folder of a new edition, that gets its name when the block ends without an error.

    What a kill leaves of it, with copies of deliveries in it, goes when the next edition is
    made, of whatever name.
    """
    storage.mend_begun(workspace)
    target = workspace.raw(slug)
    with storage.locked(workspace, slug), storage.swapped_in(target) as folder:
        yield folder


def _title(begin: dt.date, peildatum: dt.date, previous: Edition | None) -> str:
    """The title of a new edition; never that of the earlier one."""
    title = f"Evaluatie MMA {_period(begin, peildatum)}"
    if previous and previous.evaluatie.titel == title:
        return f"Evaluatie MMA tot en met {month(peildatum)}"
    return title


def _period(begin: dt.date, peildatum: dt.date) -> str:
    """The year of an evaluation; of one of a part of a year, which part."""
    if (peildatum - begin).days >= SHORTEST_YEAR:
        return str(peildatum.year)
    first_month = month(begin).removesuffix(f" {peildatum.year}")
    return f"{first_month} tot en met {month(peildatum)}"
