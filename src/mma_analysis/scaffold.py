"""A new edition, the survey in it, and the example: `mma new`, `codebook` and `example`."""

import datetime as dt
import filecmp
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mma_analysis.settings import (
    EXAMPLE,
    SETTINGS_FILE,
    Edition,
    Gemeente,
    Workspace,
    as_toml,
    shipped,
)
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import UsageError, Vocabulary, filled_in, message, plain
from mma_analysis.vocabulary.numbers import month
from mma_analysis.vocabulary.reference import FOLDER as REFERENCE
from mma_analysis.vocabulary.reference import Tables, table_text

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LEFT_THERE = (".", "~$")  # how a name begins of what programs leave in a folder
SURVEY_FOLDER, DELIVERIES = "vragenlijst", "meldingen"
SHORTEST_YEAR = 360  # days
CODEBOOK_FILE = f"{SURVEY_FOLDER}/codeboek.toml"


class Survey(NamedTuple):
    """The export of a survey as downloaded, and the text of the code book made from it."""

    export: Path
    codebook: str

    @property
    def settings(self) -> str:
        """The block of the settings that names its files."""
        names = as_toml(f"{SURVEY_FOLDER}/{self.export.name}"), as_toml(CODEBOOK_FILE)
        return message("survey_block", export=names[0], codebook=names[1])

    def add_to(self, folder: Path) -> Path:
        """Copy the export into an edition, write its code book, and give the path of that.

        Never overwrites a file; the same export may be there already.
        """
        export, codebook = folder / SURVEY_FOLDER / self.export.name, folder / CODEBOOK_FILE
        if codebook.exists():
            raise UsageError.of("codebook_is_there", path=codebook)
        codebook.parent.mkdir(exist_ok=True)
        if not export.exists():
            shutil.copyfile(self.export, export)
        elif not filecmp.cmp(self.export, export, shallow=False):
            raise UsageError.of("other_export", path=export)
        write_whole(codebook, self.codebook.encode())
        return codebook


def new_edition(
    workspace: Workspace,
    slug: str,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None = None,
    survey: Survey | None = None,
    district: Tables | None = None,
    deliveries: Path | None = None,
) -> Edition:
    """Make the folder of a new edition, with a survey and a folder of deliveries copied into it.

    From an earlier edition come its tables, the connection dates, the headers and words of each
    gemeente, the threshold and the tariffs: each is marked to be looked at.
    """
    if not NAME.fullmatch(slug):
        raise UsageError.of("edition_name", slug=slug)
    if workspace.raw(slug).exists():
        raise UsageError.of("folder_is_there", path=workspace.raw(slug))
    if begin >= peildatum:
        raise UsageError.of("begin_before", begin=begin, peildatum=peildatum)
    if previous and district:
        raise UsageError.of("from_other_district", slug=previous.slug)
    if deliveries and not deliveries.is_dir():
        raise UsageError.of("no_folder", path=deliveries)
    vocabulary = previous.vocabulary if previous else Vocabulary(district)
    delivered = [
        path
        for path in sorted(deliveries.iterdir() if deliveries else ())
        if path.is_file() and not path.name.startswith(LEFT_THERE)
        if not survey or not path.samefile(survey.export)
    ]
    with _made_whole(workspace.raw(slug)) as folder:
        for name in (DELIVERIES, SURVEY_FOLDER):
            (folder / name).mkdir()
        for name, rows in vocabulary.own.items():
            write_whole(folder / REFERENCE / f"{name}.csv", table_text(name, rows).encode())
        named_by: dict[str, list[str]] = {area.slug: [] for area in vocabulary.gemeenten}
        for file in delivered:
            shutil.copyfile(file, folder / DELIVERIES / file.name)
            for area in vocabulary.gemeenten:
                if plain(area.name) in plain(file.stem):
                    named_by[area.slug].append(f"{DELIVERIES}/{file.name}")
        words = {"vocabulary": vocabulary, "delivered": named_by, "previous": previous}
        words |= {"title": f"Evaluatie MMA {_period(begin, peildatum)}", "toml": as_toml}
        words |= {"day_of_delivery": peildatum + dt.timedelta(days=3), "unknown": Gemeente()}
        words |= {"begin": begin, "peildatum": peildatum}
        words |= {"survey": survey.settings if survey else ""}
        text = filled_in("evaluatie.toml.j2", **words)
        write_whole(folder / SETTINGS_FILE, text.encode())
        if survey:
            survey.add_to(folder)
    return workspace.edition(slug)


def write_example(workspace: Workspace) -> bool:
    """Write the example edition whole, and give whether it was: what is there stays as it is."""
    target, source = workspace.raw(EXAMPLE), shipped(f"data/raw/{EXAMPLE}")
    if target.exists():
        return False
    with _made_whole(target) as folder:
        shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return True


@contextmanager
def _made_whole(target: Path) -> Iterator[Path]:
    """A new folder that gets its name when the block ends without an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as aside:
        folder = Path(aside) / target.name
        folder.mkdir()
        yield folder
        folder.rename(target)


def _period(begin: dt.date, peildatum: dt.date) -> str:
    """The year of an evaluation; of one of a part of a year, which part."""
    if (peildatum - begin).days >= SHORTEST_YEAR:
        return str(peildatum.year)
    return f"{month(begin).removesuffix(f' {peildatum.year}')} tot en met {month(peildatum)}"
