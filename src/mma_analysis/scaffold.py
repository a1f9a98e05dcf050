"""A new edition: a folder with a commented `evaluatie.toml`, and what carries over: `mma new`."""

import datetime as dt
import json
import re
from collections.abc import Iterable

from mma_analysis import domain
from mma_analysis.domain import UsageError
from mma_analysis.edition import SETTINGS_FILE, Edition, Gemeente, Workspace

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
FOLDERS = ("meldingen", "vragenlijst")


def new_edition(
    workspace: Workspace,
    slug: str,
    begin: dt.date,
    peildatum: dt.date,
    previous: Edition | None = None,
) -> list[str]:
    """Make the folder of a new edition.

    From an earlier edition come the connection dates, the headers and words of each gemeente, the
    threshold and the tariffs: they seldom change, and each is marked to be looked at. Deliveries,
    survey, campaigns and the proposal do not carry over.

    Returns
    -------
    list[str]
        What was made, relative to the workspace.

    Raises
    ------
    UsageError
        When the name cannot be a folder, the edition exists, or the dates are the wrong way round.
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
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    text = settings_text(slug, begin, peildatum, previous)
    (folder / SETTINGS_FILE).write_text(text, encoding="utf-8", newline="\n")
    paths = [folder / SETTINGS_FILE, *(folder / name for name in FOLDERS)]
    return [path.relative_to(workspace.root).as_posix() for path in paths]


def settings_text(slug: str, begin: dt.date, peildatum: dt.date, previous: Edition | None) -> str:
    """The settings of a new edition, as text with comments for the analyst."""
    return "\n".join(
        [
            *_heading(slug, begin, peildatum, previous),
            *(line for area in domain.gemeenten() for line in _gemeente(area.slug, previous)),
            *_survey(),
            *_costs(previous),
            *_scenarios(),
            *_rest(),
        ]
    ) + "\n"  # fmt: skip


def _heading(
    slug: str, begin: dt.date, peildatum: dt.date, previous: Edition | None
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
    yield f"district  = {_text(domain.district().name)}"
    yield f"begin     = {begin}           # eerste dag die meetelt"
    yield f"peildatum = {peildatum}           # laatste dag die meetelt"
    yield ""
    yield "[bescherming]"
    yield f"drempel = {threshold}  # openbaar: kleinere aantallen tonen wij niet"
    yield ""
    yield "# Een blok per gemeente. Haal het hekje weg voor levering zodra het bestand er is:"
    yield '#   levering    = ["meldingen/naam.xlsx"]'
    yield "#   geleverd_op = 2025-07-03"
    yield ""


def _gemeente(slug: str, previous: Edition | None) -> Iterable[str]:
    known = previous.gemeente(slug) if previous else Gemeente()
    yield f"[gemeenten.{slug}]"
    if known.aangesloten:
        yield f"aangesloten      = {known.aangesloten}"
        if known.aangesloten_bron:
            yield f"aangesloten_bron = {_text(known.aangesloten_bron)}"
    else:
        yield "# aangesloten = 2022-01-01"
    yield f'# levering    = ["meldingen/{slug}.xlsx"]'
    yield "# geleverd_op ="
    if known.kolommen:
        yield f"[gemeenten.{slug}.kolommen]"
        yield from _pairs(known.kolommen)
    for field, words in known.waarden.items():
        yield f"[gemeenten.{slug}.waarden.{field}]"
        yield from _pairs(words)
    yield ""


def _survey() -> Iterable[str]:
    yield "# [vragenlijst]"
    yield '# bestand       = "vragenlijst/antwoorden.xlsx"   # de export, zoals gedownload'
    yield '# codeboek      = "vragenlijst/codeboek.toml"'
    yield "# geen_ervaring = []                               # te kort aangesloten om te oordelen"
    yield "# [vragenlijst.gezamenlijk]                        # een antwoord voor meer gemeenten"
    yield '# noaberkracht  = ["dinkelland", "tubbergen"]'
    yield ""


def _costs(previous: Edition | None) -> Iterable[str]:
    if previous is None or previous.kosten is None:
        yield "# [[kosten.tarief]]              # per grootteklasse"
        yield "# vanaf_inwoners = 0"
        yield "# per_jaar       = 800.00"
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


def _pairs(words: dict[str, str]) -> Iterable[str]:
    for word, code in words.items():
        yield f"{_text(word)} = {_text(code)}"


def _text(value: str) -> str:
    # A JSON string is a TOML string.
    return json.dumps(value, ensure_ascii=False)
