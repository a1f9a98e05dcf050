"""A new edition, the survey in it, and the example: `mma new`, `codebook` and `example`."""

import datetime as dt
import filecmp
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Template

from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Edition, Gemeente, Workspace
from mma_analysis.vocabulary import UsageError, Vocabulary, plain
from mma_analysis.vocabulary.numbers import month
from mma_analysis.vocabulary.own_tables import FOLDER as REFERENCE
from mma_analysis.vocabulary.own_tables import table_text
from mma_analysis.vocabulary.reference import Tables

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LEFT_THERE = (".", "~$")  # how a name begins of what programs leave in a folder
SURVEY_FOLDER, DELIVERIES = "vragenlijst", "meldingen"
SHORTEST_YEAR = 360  # days
CODEBOOK_FILE = f"{SURVEY_FOLDER}/codeboek.toml"


@dataclass(frozen=True)
class Survey:
    """The export of a survey as downloaded, and the text of the code book made from it."""

    export: Path
    codebook: str

    @property
    def file(self) -> str:
        """Where the export goes, relative to the edition."""
        return f"{SURVEY_FOLDER}/{self.export.name}"


def new_edition(
    workspace: Workspace,
    slug: str,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None = None,
    survey: Survey | None = None,
    district: Tables | None = None,
    deliveries: Sequence[Path] = (),
) -> tuple[list[str], list[str]]:
    """Make the folder of a new edition, with a survey and deliveries that there are in it.

    Gives what was made, and the names of deliveries of which the name names no gemeente.

    From an earlier edition come the connection dates, the headers and words of each gemeente, the
    threshold and the tariffs: they seldom change, and each is marked to be looked at. Deliveries,
    survey, campaigns and the proposal do not carry over. Its reference tables do, unless there are
    those of another district: the new edition is about that one.
    """
    folder = workspace.raw(slug)
    if not NAME.fullmatch(slug):
        raise UsageError.of("edition_name", slug=slug)
    if folder.exists():
        raise UsageError.of("folder_is_there", path=folder)
    if begin >= peildatum:
        raise UsageError.of("begin_before", begin=begin, peildatum=peildatum)
    if previous and district:
        raise UsageError.of("from_other_district", slug=previous.slug)
    vocabulary = previous.vocabulary if previous else Vocabulary(district)
    made = [DELIVERIES, SURVEY_FOLDER, *([REFERENCE] if vocabulary.own else [])]
    for name in made:
        (folder / name).mkdir(parents=True)
    for name, rows in vocabulary.own.items():
        text = table_text(name, rows)
        (folder / REFERENCE / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    for file in deliveries:
        shutil.copyfile(file, folder / DELIVERIES / file.name)
    senders = {file.name: _senders(vocabulary, file.stem) for file in deliveries}
    settings = settings_text(vocabulary, begin, peildatum, previous, survey, senders)
    (folder / SETTINGS_FILE).write_text(settings, encoding="utf-8", newline="\n")
    paths = _below(workspace, [folder / SETTINGS_FILE, *(folder / name for name in made)])
    paths += add_survey(workspace, slug, survey) if survey else []
    return paths, [name for name, slugs in senders.items() if not slugs]


def delivered_files(folder: Path) -> list[Path]:
    """The files in a folder with deliveries, but for what programs leave there."""
    if not folder.is_dir():
        raise UsageError.of("no_folder", path=folder)
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [path for path in paths if not path.name.startswith(LEFT_THERE)]


def _senders(vocabulary: Vocabulary, name: str) -> list[str]:
    """The gemeenten that the name of a file names."""
    return [area.slug for area in vocabulary.gemeenten if plain(area.name) in plain(name)]


def add_survey(workspace: Workspace, slug: str, survey: Survey) -> list[str]:
    """Copy the export of a survey into an edition, write its code book, and give what was made.

    Never overwrites a file: an export that is there already, the same to the byte, is left alone.
    """
    folder = workspace.raw(slug)
    export, codebook = folder / survey.file, folder / CODEBOOK_FILE
    if not (folder / SETTINGS_FILE).is_file():
        raise UsageError.of("no_settings_there", folder=folder, settings=SETTINGS_FILE)
    if codebook.exists():
        raise UsageError.of("codebook_is_there", path=codebook)
    is_there = export.exists()
    if is_there and not filecmp.cmp(survey.export, export, shallow=False):
        raise UsageError.of("other_export", path=export)
    export.parent.mkdir(exist_ok=True)
    if not is_there:
        shutil.copyfile(survey.export, export)
    codebook.write_text(survey.codebook, encoding="utf-8", newline="\n")
    return _below(workspace, [codebook] if is_there else [export, codebook])


def _below(workspace: Workspace, paths: list[Path]) -> list[str]:
    return [path.relative_to(workspace.root).as_posix() for path in paths]


def write_example(workspace: Workspace) -> bool:
    """Write the example edition whole, from the installed package or the project it runs from.

    Gives whether it was written: not when it is there already, the same to the byte.
    """
    package, target = Path(str(files("mma_analysis"))), workspace.raw(EXAMPLE)
    source = package / EXAMPLE
    if not source.is_dir():
        source = package.parents[1] / "data" / "raw" / EXAMPLE
    if target.exists():
        names = [str(file.relative_to(source)) for file in source.rglob("*") if file.is_file()]
        _, other, missing = filecmp.cmpfiles(source, target, names, shallow=False)
        if other or missing:
            raise UsageError.of("not_the_example", path=target, file=min(other + missing))
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as aside:
        whole = shutil.copytree(source, Path(aside) / EXAMPLE, copy_function=shutil.copyfile)
        whole.rename(target)
    return True


def survey_settings(survey: Survey) -> str:
    """The block of the settings that names the survey's files."""
    return (
        "[vragenlijst]\n"
        f"bestand  = {_text(survey.file)}   # de export, zoals gedownload\n"
        f"codeboek = {_text(CODEBOOK_FILE)}   # een voorstel: controleer het"
    )


def settings_text(
    vocabulary: Vocabulary,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None,
    survey: Survey | None = None,
    senders: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The settings of a new edition, as text with comments for the analyst."""
    source = files("mma_analysis").joinpath("evaluatie.toml.j2").read_text(encoding="utf-8")
    template = Template(source, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return template.render(
        vocabulary=vocabulary,
        title=f"Evaluatie MMA {_period(begin, peildatum)}",
        senders=senders or {},
        folder=DELIVERIES,
        begin=begin,
        peildatum=peildatum,
        delivered=peildatum + dt.timedelta(days=3),
        previous=previous,
        unknown=Gemeente(),
        survey=survey_settings(survey) if survey else "",
        text=_text,
    )


def _period(begin: dt.date, peildatum: dt.date) -> str:
    """The year of an evaluation; of one of a part of a year, which part."""
    if (peildatum - begin).days >= SHORTEST_YEAR:
        return str(peildatum.year)
    return f"{month(begin).removesuffix(f' {peildatum.year}')} tot en met {month(peildatum)}"


def _text(value: str) -> str:
    # A JSON string is a TOML string.
    return json.dumps(value, ensure_ascii=False)
