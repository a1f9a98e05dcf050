"""A new edition, the survey in it, and the example: `mma new`, `codebook` and `example`."""

import datetime as dt
import filecmp
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Edition, Gemeente, Workspace
from mma_analysis.vocabulary import UsageError, Vocabulary
from mma_analysis.vocabulary.district_table import table_text
from mma_analysis.vocabulary.own_tables import FOLDER as REFERENCE
from mma_analysis.vocabulary.reference import Tables

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SURVEY_FOLDER = "vragenlijst"
FOLDERS = ("meldingen", SURVEY_FOLDER)
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
) -> list[str]:
    """Make the folder of a new edition, with the survey in it when there is one already.

    From an earlier edition come the connection dates, the headers and words of each gemeente, the
    threshold and the tariffs: they seldom change, and each is marked to be looked at. Deliveries,
    survey, campaigns and the proposal do not carry over. Its reference tables do, unless there are
    those of another district: the new edition is about that one.

    Returns
    -------
    list[str]
        What was made, relative to the workspace.

    Raises
    ------
    UsageError
        When the name cannot be a folder, the edition exists, the dates are the wrong way round, or
        both an earlier edition and another district are given.
    """
    folder = workspace.raw(slug)
    if not NAME.fullmatch(slug):
        raise UsageError(
            f"'{slug}' cannot be the name of an edition; use a-z, 0-9 and -, as in 'evaluatie-2025'"
        )
    if folder.exists():
        raise UsageError(f"{folder} is there already; nothing was changed: choose another name")
    if begin >= peildatum:
        raise UsageError(f"begin {begin} must be before peildatum {peildatum}")
    if previous and district:
        raise UsageError(
            f"the settings of '{previous.slug}' are about its own gemeenten; an edition of another "
            "district begins without --from"
        )
    vocabulary = previous.vocabulary if previous else Vocabulary(district)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    for name, rows in vocabulary.own.items():
        path = folder / REFERENCE / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(table_text(name, rows), encoding="utf-8", newline="\n")
    settings = settings_text(vocabulary, slug, begin, peildatum, previous, survey)
    (folder / SETTINGS_FILE).write_text(settings, encoding="utf-8", newline="\n")
    folders = (*FOLDERS, REFERENCE) if vocabulary.own else FOLDERS
    paths = [folder / SETTINGS_FILE, *(folder / name for name in folders)]
    made = [path.relative_to(workspace.root).as_posix() for path in paths]
    return [*made, *(add_survey(workspace, slug, survey) if survey else [])]


def add_survey(workspace: Workspace, slug: str, survey: Survey) -> list[str]:
    """Copy the export of a survey into an edition, and write the code book made from it.

    Never overwrites a file: an export that is there already, the same to the byte, is left alone.

    Returns
    -------
    list[str]
        What was made, relative to the workspace.

    Raises
    ------
    UsageError
        When there is no such edition, it has a code book, or another file has the export's name.
    """
    folder = workspace.raw(slug)
    export, codebook = folder / survey.file, folder / CODEBOOK_FILE
    if not (folder / SETTINGS_FILE).is_file():
        raise UsageError(f"{folder}: there is no {SETTINGS_FILE}; make the edition with `mma new`")
    if codebook.exists():
        raise UsageError(f"{codebook} is there already; nothing was changed: rename it first")
    is_there = export.exists()
    if is_there and not filecmp.cmp(survey.export, export, shallow=False):
        raise UsageError(
            f"{export} is another file of that name; nothing was changed: rename the export"
        )
    export.parent.mkdir(exist_ok=True)
    if not is_there:
        shutil.copyfile(survey.export, export)
    codebook.write_text(survey.codebook, encoding="utf-8", newline="\n")
    made = [codebook] if is_there else [export, codebook]
    return [path.relative_to(workspace.root).as_posix() for path in made]


def write_example(workspace: Workspace) -> bool:
    """Write the example edition whole, from the installed package or the project it runs from.

    Returns
    -------
    bool
        Whether it was written; not when it is there already, the same to the byte.

    Raises
    ------
    UsageError
        When its folder is there, and a file of the example is not in it as it is here.
    """
    package, target = Path(str(files("mma_analysis"))), workspace.raw(EXAMPLE)
    source = package / EXAMPLE
    if not source.is_dir():
        source = package.parents[1] / "data" / "raw" / EXAMPLE
    if target.exists():
        names = [str(file.relative_to(source)) for file in source.rglob("*") if file.is_file()]
        _, other, missing = filecmp.cmpfiles(source, target, names, shallow=False)
        if other or missing:
            raise UsageError(
                f"{target} is there already and is not the example: {min(other + missing)} is "
                "missing or another file; nothing was changed: move that folder away first"
            )
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as aside:
        whole = shutil.copytree(source, Path(aside) / EXAMPLE, copy_function=shutil.copyfile)
        whole.rename(target)
    return True


def survey_settings(survey: Survey) -> str:
    """The block of the settings that names the survey's files."""
    return "\n".join(
        [
            "[vragenlijst]",
            f"bestand  = {_text(survey.file)}   # de export, zoals gedownload",
            f"codeboek = {_text(CODEBOOK_FILE)}   # een voorstel: controleer het",
        ]
    )


def settings_text(
    vocabulary: Vocabulary,
    slug: str,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None,
    survey: Survey | None = None,
) -> str:
    """The settings of a new edition, as text with comments for the analyst."""
    return "\n".join(
        [
            *_heading(vocabulary, slug, begin, peildatum, previous),
            *_gemeenten(vocabulary, peildatum + dt.timedelta(days=3), previous),
            *_survey(vocabulary, survey),
            *_costs(previous),
            *_scenarios(),
            *_rest(),
        ]
    ) + "\n"  # fmt: skip


def _heading(
    vocabulary: Vocabulary,
    slug: str,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None,
) -> Iterable[str]:
    threshold = previous.bescherming.drempel if previous else 5
    yield "# De instellingen van deze evaluatie. Alles achter een hekje is uitleg."
    yield "# Wat u niet weet, laat u weg: onbekend wordt ook zo getoond."
    if previous:
        yield f"# Overgenomen uit {previous.slug}: aansluiting, koppen, woorden en tarieven."
        yield "# Controleer of dat nog klopt."
    yield ""
    yield "[evaluatie]"
    yield f"titel     = {_text(f'Evaluatie MMA {peildatum.year}')}"
    yield f"district  = {_text(vocabulary.district.name)}"
    yield f"begin     = {begin}           # eerste dag die meetelt"
    yield f"peildatum = {peildatum}           # laatste dag die meetelt"
    yield ""
    yield "[bescherming]"
    yield f"drempel = {threshold}  # openbaar: kleinere aantallen tonen wij niet"
    yield '# methode = "afronden"        # alle aantallen op vijftallen, in plaats van verbergen'
    earlier = previous.slug if previous else f"{vocabulary.district.slug}-{begin.year}"
    yield f"# vorige_editie = {_text(earlier)}  # al verstuurd, en over een deel van dezelfde tijd"
    yield ""
    yield "# Een blok per gemeente. Haal het hekje weg voor levering zodra het bestand er is:"
    yield '#   levering    = ["meldingen/naam.xlsx"]'
    yield "#   geleverd_op = 2025-07-03"
    yield ""


def _gemeenten(vocabulary: Vocabulary, after: dt.date, previous: Edition | None) -> Iterable[str]:
    for area in vocabulary.gemeenten:
        yield from _gemeente(area.slug, after, previous)


def _gemeente(slug: str, after: dt.date, previous: Edition | None) -> Iterable[str]:
    known = previous.gemeente(slug) if previous else Gemeente()
    yield f"[gemeenten.{slug}]"
    if known.aangesloten:
        yield f"aangesloten      = {known.aangesloten}"
        if known.aangesloten_bron:
            yield f"aangesloten_bron = {_text(known.aangesloten_bron)}"
    else:
        yield "# aangesloten = 2022-01-01"
    yield f'# levering    = ["meldingen/{slug}.xlsx"]'
    yield f"# geleverd_op = {after}"
    if known.kolommen:
        yield f"[gemeenten.{slug}.kolommen]"
        yield from _pairs(known.kolommen)
    for field, words in known.waarden.items():
        yield f"[gemeenten.{slug}.waarden.{field}]"
        yield from _pairs(words)
    yield ""


def _survey(vocabulary: Vocabulary, survey: Survey | None) -> Iterable[str]:
    if survey:
        yield survey_settings(survey)
    else:
        yield "# Het codeboek maakt u met `mma codebook`; dat zegt wat hier moet staan."
        yield "# [vragenlijst]"
        yield '# bestand       = "vragenlijst/antwoorden.xlsx"   # de export, zoals gedownload'
        yield '# codeboek      = "vragenlijst/codeboek.toml"'
    yield '# themas        = "vragenlijst/themas.toml"       # de thema\'s van open antwoorden'
    yield '# coderingen    = "vragenlijst/coderingen.xlsx"   # wat mensen besloten'
    yield '# citaten       = "vragenlijst/citaten.toml"      # wat geciteerd mag worden'
    yield "# geen_ervaring = []                               # te kort aangesloten om te oordelen"
    yield "# [vragenlijst.gezamenlijk]                        # een antwoord voor meer gemeenten"
    two = [area.slug for area in vocabulary.gemeenten][:2]
    yield f"# samen         = [{', '.join(map(_text, two))}]"
    yield ""


def _costs(previous: Edition | None) -> Iterable[str]:
    if previous is None or previous.kosten is None:
        yield "# [[kosten.tarief]]              # per grootteklasse"
        yield "# vanaf_inwoners = 0"
        yield "# per_jaar       = 800.00"
        yield "# [[kosten.fase]]                # wie betaalt, vanaf welke dag"
        yield "# begin   = 2025-01-01"
        yield '# betaler = "gemeente"'
        yield ""
        return
    for tariff in previous.kosten.tarief:
        yield "[[kosten.tarief]]"
        yield f"vanaf_inwoners = {tariff.vanaf_inwoners}"
        yield f"per_jaar       = {tariff.per_jaar:.2f}"
        yield f"aansluiting    = {tariff.aansluiting:.2f}"
        yield f"per_melding    = {tariff.per_melding:.2f}"
    for phase in previous.kosten.fase:
        yield "[[kosten.fase]]"
        yield f"begin   = {phase.begin}"
        if phase.eind:
            yield f"eind    = {phase.eind}"
        yield f"betaler = {_text(phase.betaler)}"
    yield ""


def _scenarios() -> Iterable[str]:
    yield "# [[kosten.scenario]]            # wat er in het volgende jaar kan veranderen:"
    yield '# naam              = "Nieuwe campagne"'
    yield '# gekozen_door      = ""         # wie deze procenten koos; komt op de pagina'
    yield "# meldingen_procent = [0, 20]    # van het minste tot het meeste; minder met een min"
    yield "# tarief_procent    = [0, 5]     # hogere of lagere tarieven"
    yield ""


def _rest() -> Iterable[str]:
    yield "# [[campagnes]]"
    yield '# naam      = "Vastgoedcampagne"'
    yield "# begin     = 2025-09-01"
    yield "# eind      = 2025-12-31"
    yield '# gemeenten = "alle"             # of een lijst van korte namen'
    yield '# topics    = ["woonfraude"]     # codes uit reference/topics.csv'
    yield ""
    yield "# [voorstel]                     # de kop van het voorstel; leeg = nog in te vullen"
    yield '# onderwerp          = "Evaluatie Meld Misdaad Anoniem"'
    yield '# agendapunt         = ""'
    yield "# datum              = 2025-09-11"
    yield "# openbaar           = true"
    yield '# behandeld_door     = ""'
    yield '# registratienummer  = ""'
    yield '# telefoonnummer     = ""'
    yield '# portefeuillehouder = ""'


def _pairs(words: dict[str, str]) -> Iterable[str]:
    for word, code in words.items():
        yield f"{_text(word)} = {_text(code)}"


def _text(value: str) -> str:
    # A JSON string is a TOML string.
    return json.dumps(value, ensure_ascii=False)
