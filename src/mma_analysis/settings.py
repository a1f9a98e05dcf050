"""One evaluation: a folder with `evaluatie.toml`, the deliveries and the survey export."""

import datetime as dt
import hashlib
import os
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from mma_analysis import domain
from mma_analysis.domain import UsageError

SETTINGS_FILE = "evaluatie.toml"
CORRECTIONS_FILE = "correcties.toml"
EXAMPLE = "voorbeeld-2023"
ROOT_VARIABLE = "MMA_ROOT"


@dataclass(frozen=True)
class Workspace:
    """Where an edition's folders are: one root with `data/raw`, `data/processed`, `reports`."""

    root: Path

    @classmethod
    def here(cls, root: Path | None = None) -> "Workspace":
        """The workspace at `root`, else at $MMA_ROOT, else the project that we stand in."""
        if root is None and os.environ.get(ROOT_VARIABLE):
            root = Path(os.environ[ROOT_VARIABLE])
        if root is None:
            here = Path.cwd()
            root = next((p for p in (here, *here.parents) if (p / "data" / "raw").is_dir()), here)
        return cls(root.resolve())

    def raw(self, slug: str) -> Path:
        """The edition's settings and deliveries."""
        return self.root / "data" / "raw" / slug

    def processed(self, slug: str) -> Path:
        """Everything computed from the edition."""
        return self.root / "data" / "processed" / slug

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

    def edition(self, slug: str) -> "Edition":
        """Read the settings of one edition.

        Raises
        ------
        UsageError
            When there is no such edition; the message names the editions that there are.
        """
        folder = self.raw(slug)
        if not (folder / SETTINGS_FILE).is_file():
            there = sorted(p.parent.name for p in self.raw("").glob(f"*/{SETTINGS_FILE}"))
            raise UsageError(
                f"no edition '{slug}' under {self.raw('')} (no {SETTINGS_FILE} in it); "
                f"there are: {', '.join(there) or 'none'}; "
                "give the name of an edition, or another --root"
            )
        return load(folder)


class Part(BaseModel):
    """A part of `evaluatie.toml`: a key that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evaluatie(Part):
    """What is evaluated: title, district and period."""

    titel: str
    district: str
    begin: dt.date
    peildatum: dt.date
    fictief: bool = False

    @model_validator(mode="after")
    def begin_before_peildatum(self) -> "Evaluatie":
        """An evaluation lasts at least a day."""
        if self.begin >= self.peildatum:
            raise ValueError("begin must be before peildatum")
        return self


class Groepsonthulling(Part):
    """What somebody decided of an area of which all meldingen have the same value."""

    gebied: str
    uitsplitsing: str
    waarde: str
    besluit: Literal["tonen", "verbergen"]
    reden: str = Field(min_length=1)

    @property
    def key(self) -> tuple[str, str, str]:
        """Which one: area, breakdown and value."""
        return self.gebied, self.uitsplitsing, self.waarde


class Bescherming(Part):
    """How small counts are protected, and which earlier edition everybody still has."""

    drempel: int = Field(default=5, ge=2, le=100)
    methode: Literal["verbergen", "afronden"] = "verbergen"
    vorige_editie: str | None = None
    groepsonthulling: tuple[Groepsonthulling, ...] = ()

    @model_validator(mode="after")
    def rounded_goes_alone(self) -> "Bescherming":
        """Exact counts that were released before would be mixed with rounded ones."""
        if self.rounds and self.vorige_editie:
            raise ValueError("methode 'afronden' cannot go with vorige_editie; leave one out")
        return self

    @property
    def rounds(self) -> bool:
        """Whether every count is shown, rounded, instead of some of them exactly."""
        return self.methode == "afronden"

    @property
    def shown_groups(self) -> list[tuple[str, str, str]]:
        """What may be shown although it is true of all meldingen of an area."""
        return [one.key for one in self.groepsonthulling if one.besluit == "tonen"]

    @property
    def hidden_groups(self) -> list[tuple[str, str, str]]:
        """What was looked at, and stays hidden."""
        return [one.key for one in self.groepsonthulling if one.besluit == "verbergen"]


DateOrder = Literal["dag-maand-jaar", "maand-dag-jaar", "jaar-maand-dag"]
DateField = Literal["received_on", "reported_on", "closed_on", "fed_back_on"]


class Gemeente(Part):
    """What is known of one gemeente: since when it is connected and what it delivered.

    Of two files with the same tips `vervangt` (newer file → older file) says that the older one is
    not read, `vult_aan` (newer → older) that both count and a number in both is one tip.
    """

    aangesloten: dt.date | None = None
    aangesloten_bron: str = ""
    levering: tuple[str, ...] = ()
    vervangt: dict[str, str] = {}
    vult_aan: dict[str, str] = {}
    blad: str | tuple[str, ...] | None = None
    geleverd_op: dt.date | None = None
    datumformaat: DateOrder | dict[DateField, DateOrder] | None = None
    kolommen: dict[str, str] = {}
    waarden: dict[str, dict[str, str]] = {}

    @model_validator(mode="after")
    def files_are_delivered(self) -> "Gemeente":
        """A file can replace or supplement only a file that is delivered before it."""
        for key, pairs in (("vervangt", self.vervangt), ("vult_aan", self.vult_aan)):
            for file in (*pairs, *pairs.values()):
                if file not in self.levering:
                    near = domain.did_you_mean(file, self.levering)
                    raise ValueError(f"{key}: '{file}' is not in levering{near}")
            if any(_leads_back(file, pairs) for file in pairs):
                raise ValueError(f"{key}: the files name each other in a circle")
        return self

    @property
    def bladen(self) -> tuple[str, ...]:
        """The sheets that count, when not all of them do."""
        return (self.blad,) if isinstance(self.blad, str) else self.blad or ()

    def date_order(self, field: str) -> str:
        """The order of day, month and year that was set for a column; empty when none was."""
        if isinstance(self.datumformaat, dict):
            return next((order for f, order in self.datumformaat.items() if f == field), "")
        return self.datumformaat or ""


def _leads_back(file: str, older: dict[str, str]) -> bool:
    there = older[file]
    for _ in older:
        if there == file:
            return True
        there = older.get(there, "")
    return False


class Vragenlijst(Part):
    """The survey: the export, its code book and who could not answer.

    Of the open answers: `themas` is the code frame, `coderingen` what people decided with it, and
    `citaten` the quotes that may be released.
    """

    bestand: str
    codeboek: str
    themas: str | None = None
    coderingen: str | None = None
    citaten: str | None = None
    geen_ervaring: tuple[str, ...] = ()
    gezamenlijk: dict[str, tuple[str, ...]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of the survey that the settings name."""
        optional = (self.themas, self.coderingen, self.citaten)
        return (self.bestand, self.codeboek, *(file for file in optional if file))

    @model_validator(mode="after")
    def coding_needs_themes(self) -> "Vragenlijst":
        """Answers are coded with a code frame."""
        if self.coderingen and not self.themas:
            raise ValueError("coderingen needs themas: the file that names the themes")
        return self


class Tarief(Part):
    """What M. asks of a gemeente of at least this size."""

    vanaf_inwoners: int = Field(ge=0)
    per_jaar: float = Field(ge=0)
    aansluiting: float = Field(default=0, ge=0)
    per_melding: float = Field(default=0, ge=0)


class Fase(Part):
    """Who pays from when to when."""

    begin: dt.date
    eind: dt.date | None = None
    betaler: str

    @model_validator(mode="after")
    def begin_before_eind(self) -> "Fase":
        """A phase lasts at least a day."""
        if self.eind is not None and self.begin > self.eind:
            raise ValueError("begin must not be after eind")
        return self


class Scenario(Part):
    """What may change in the year after the peildatum: the least and the most, in percents."""

    naam: str
    meldingen_procent: tuple[float, float] = (0, 0)
    tarief_procent: tuple[float, float] = (0, 0)

    @model_validator(mode="after")
    def least_before_most(self) -> "Scenario":
        """A range runs from the least to the most, and nothing shrinks by more than itself."""
        for key in ("meldingen_procent", "tarief_procent"):
            least, most = getattr(self, key)
            if not -100 <= least <= most:
                raise ValueError(f"{key} must be [least, most], from -100")
        return self


class Kosten(Part):
    """Tariffs per size class, who pays in which phase, and what next year may bring."""

    tarief: tuple[Tarief, ...] = ()
    fase: tuple[Fase, ...] = ()
    scenario: tuple[Scenario, ...] = ()

    @model_validator(mode="after")
    def one_payer_at_a_time(self) -> "Kosten":
        """Phases follow each other: else an amount would be paid twice."""
        phases = sorted(self.fase, key=lambda phase: phase.begin)
        for phase, following in pairwise(phases):
            if phase.eind is None or phase.eind >= following.begin:
                raise ValueError(
                    f"fase of '{phase.betaler}' and of '{following.betaler}' overlap from "
                    f"{following.begin}; give the first an eind before that day"
                )
        return self


class Campagne(Part):
    """A campaign: when, where, and on which topics."""

    naam: str
    begin: dt.date
    eind: dt.date
    gemeenten: Literal["alle"] | tuple[str, ...] = "alle"
    topics: tuple[str, ...] = ()

    @model_validator(mode="after")
    def begin_before_eind(self) -> "Campagne":
        """A campaign lasts at least a day."""
        if self.begin > self.eind:
            raise ValueError("begin must not be after eind")
        return self


class Voorstel(Part):
    """The heading of the proposal to the DVO."""

    onderwerp: str = ""
    agendapunt: str = ""
    datum: dt.date | None = None
    openbaar: bool | None = None
    behandeld_door: str = ""
    registratienummer: str = ""
    telefoonnummer: str = ""
    portefeuillehouder: str = ""


class Edition(Part):
    """The settings of one evaluation, with the folder they came from."""

    evaluatie: Evaluatie
    gemeenten: Annotated[dict[str, Gemeente], Field(min_length=1)]
    bescherming: Bescherming = Bescherming()
    vragenlijst: Vragenlijst | None = None
    kosten: Kosten | None = None
    campagnes: tuple[Campagne, ...] = ()
    voorstel: Voorstel | None = None

    _folder: Path = PrivateAttr()

    @property
    def folder(self) -> Path:
        """Where the edition's deliveries are: `data/raw/<slug>`."""
        return self._folder

    @property
    def slug(self) -> str:
        """The edition's name: its folder's name, and that of everything made from it."""
        return self._folder.name

    @property
    def begin(self) -> dt.date:
        """First day that counts."""
        return self.evaluatie.begin

    @property
    def peildatum(self) -> dt.date:
        """Last day that counts."""
        return self.evaluatie.peildatum

    def gemeente(self, slug: str) -> Gemeente:
        """What is known of this gemeente; nothing when the settings do not name it."""
        return self.gemeenten.get(slug, Gemeente())

    def input_hashes(self) -> dict[str, str]:
        """sha256 of each file of the edition as it is now: settings, deliveries, survey."""
        survey = self.vragenlijst
        of_survey = survey.files if survey else ()
        corrections = (CORRECTIONS_FILE,) if (self.folder / CORRECTIONS_FILE).is_file() else ()
        delivered = dict.fromkeys((*self.deliveries(), *self.replaced()))
        named = (SETTINGS_FILE, *corrections, *delivered, *of_survey)
        return {f: hashlib.sha256((self.folder / f).read_bytes()).hexdigest() for f in named}

    def deliveries(self) -> dict[str, tuple[str, ...]]:
        """Delivered file → the gemeenten it is for, in the order of the settings.

        A file that another one replaces is not among them.
        """
        senders: dict[str, tuple[str, ...]] = {}
        for slug, gemeente in self.gemeenten.items():
            for file in gemeente.levering:
                if file not in gemeente.vervangt.values():
                    senders[file] = (*senders.get(file, ()), slug)
        return senders

    def replaced(self) -> dict[str, str]:
        """Delivered file that is not read → the file that came in its place."""
        newer = {
            older: file
            for gemeente in self.gemeenten.values()
            for file, older in gemeente.vervangt.items()
        }
        return {file: newer[file] for file in newer if file not in self.deliveries()}


def load(folder: Path) -> Edition:
    """Read the settings of the edition in this folder.

    Raises
    ------
    UsageError
        When the file is absent, is not TOML, or holds a wrong key, type, date, gemeente, topic or
        file; the message names file, key, value and what is allowed.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise UsageError(
            f"no edition at {folder}: {SETTINGS_FILE} is missing; "
            "`mma new NAME --begin 2023-07-01 --peildatum 2025-06-30` makes an edition"
        )
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a TOML file in UTF-8: {error}") from error
    try:
        edition = Edition.model_validate(settings)
    except ValidationError as error:
        raise UsageError(_explain(path, error)) from error
    edition._folder = folder
    _check_words(path, edition)
    _check_files(path, edition)
    return edition


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = _known_keys(fault["loc"][:-1])
            lines.append(f"unknown key '{key}'{domain.did_you_mean(str(fault['loc'][-1]), known)}")
        elif fault["type"] == "missing":
            lines.append(f"key '{key}' is missing")
        elif fault["type"] == "value_error":  # about several keys: the input is the whole block
            lines.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{key} = {fault['input']!r}: {fault['msg']}")
    return f"{path}: " + "; ".join(lines)


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a place in the settings."""
    parts = {
        "evaluatie": Evaluatie,
        "bescherming": Bescherming,
        "gemeenten": Gemeente,
        "vragenlijst": Vragenlijst,
        "kosten": Kosten,
        "campagnes": Campagne,
        "voorstel": Voorstel,
        "tarief": Tarief,
        "fase": Fase,
        "groepsonthulling": Groepsonthulling,
        "scenario": Scenario,
    }
    named = [parts[part] for part in location if isinstance(part, str) and part in parts]
    return list((named[-1] if named else Edition).model_fields)


def _check_words(path: Path, edition: Edition) -> None:
    """Gemeenten and topics in the settings are words of this project."""
    named: list[tuple[str, str]] = [("gemeenten", slug) for slug in edition.gemeenten]
    if edition.vragenlijst:
        named += [("vragenlijst.geen_ervaring", s) for s in edition.vragenlijst.geen_ervaring]
        for joint, slugs in edition.vragenlijst.gezamenlijk.items():
            named += [(f"vragenlijst.gezamenlijk.{joint}", slug) for slug in slugs]
    for campaign in edition.campagnes:
        if campaign.gemeenten != "alle":
            named += [(f"campagnes '{campaign.naam}'.gemeenten", s) for s in campaign.gemeenten]
    _check_groups(path, edition)
    known = [area.slug for area in domain.gemeenten()]
    for key, slug in named:
        if slug not in known:
            near = domain.did_you_mean(slug, known)
            raise UsageError(f"{path}: {key}: '{slug}' is not a gemeente of the district{near}")
    for campaign in edition.campagnes:
        for topic in campaign.topics:
            if topic not in domain.topics():
                near = domain.did_you_mean(topic, domain.topics())
                raise UsageError(
                    f"{path}: campagnes '{campaign.naam}'.topics: '{topic}' is not a topic{near}"
                )


def _check_groups(path: Path, edition: Edition) -> None:
    """A decision names an area and a breakdown of this project."""
    areas = [area.slug for area in domain.areas()]
    breakdowns = [row["breakdown"] for row in domain.reference("breakdowns")]
    for one in edition.bescherming.groepsonthulling:
        for key, word, known in (
            ("gebied", one.gebied, areas),
            ("uitsplitsing", one.uitsplitsing, breakdowns),
        ):
            if word not in known:
                near = domain.did_you_mean(word, known)
                raise UsageError(
                    f"{path}: bescherming.groepsonthulling.{key}: '{word}' is not known{near}"
                )


def _check_files(path: Path, edition: Edition) -> None:
    """Every file that the settings name is inside the edition's folder and is there."""
    named = [("levering", file) for file in (*edition.deliveries(), *edition.replaced())]
    if edition.vragenlijst:
        named.append(("vragenlijst.bestand", edition.vragenlijst.bestand))
        named.append(("vragenlijst.codeboek", edition.vragenlijst.codeboek))
        for key in ("themas", "coderingen", "citaten"):
            file = getattr(edition.vragenlijst, key)
            named += [(f"vragenlijst.{key}", file)] if file else []
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
            raise UsageError(f"{path}: {key} = '{file}' {_why_no_file(target)}")


def _why_no_file(target: Path) -> str:
    folder = target if target.is_dir() else target.parent
    there = sorted(p.name for p in folder.glob("*")) if folder.is_dir() else []
    holds = ", ".join(there) or "nothing"
    if target.is_dir():
        return f"is a folder; name a file: it holds: {holds}"
    return f"is not there; the folder holds: {holds}"
