"""What `evaluatie.toml` can say, part by part."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from mma_analysis.settings.costs import Kosten
from mma_analysis.settings.part import Part
from mma_analysis.vocabulary import Vocabulary, did_you_mean
from mma_analysis.vocabulary.own_tables import FOLDER as REFERENCE

SETTINGS_FILE = "evaluatie.toml"
CORRECTIONS_FILE = "correcties.toml"


class Erratum(Part):
    """What was put right when an edition was sent again, and when."""

    datum: dt.date
    tekst: str = Field(min_length=1)


class Evaluatie(Part):
    """What is evaluated: title, district and period."""

    titel: str
    district: str
    begin: dt.date
    peildatum: dt.date
    fictief: bool = False
    erratum: tuple[Erratum, ...] = ()

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
                    near = did_you_mean(file, self.levering)
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

    @field_validator("campagnes")
    @classmethod
    def campaigns_can_be_told_apart(cls, campaigns: tuple[Campagne, ...]) -> tuple[Campagne, ...]:
        """Tables and pages know a campaign by its name."""
        names = [campaign.naam for campaign in campaigns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two campaigns have the naam '{twice[0]}'; give each its own, such as "
                f"'{twice[0]} 2'"
            )
        return campaigns

    _folder: Path = PrivateAttr()
    _vocabulary: Vocabulary = PrivateAttr(default_factory=Vocabulary)

    @property
    def folder(self) -> Path:
        """Where the edition's deliveries are: `data/raw/<slug>`."""
        return self._folder

    @property
    def slug(self) -> str:
        """The edition's name: its folder's name, and that of everything made from it."""
        return self._folder.name

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of this edition: the package's, and those that it has instead of them."""
        return self._vocabulary

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
        """sha256 of each file of the edition that is there: settings, tables, what came in."""
        survey = self.vragenlijst
        of_survey = survey.files if survey else ()
        corrections = (CORRECTIONS_FILE,) if (self.folder / CORRECTIONS_FILE).is_file() else ()
        delivered = dict.fromkeys((*self.deliveries(), *self.replaced()))
        own = [f"{REFERENCE}/{name}.csv" for name in sorted(self.vocabulary.own)]
        named = (SETTINGS_FILE, *own, *corrections, *delivered, *of_survey)
        return {
            f: hashlib.sha256((self.folder / f).read_bytes()).hexdigest()
            for f in named
            if (self.folder / f).is_file()
        }

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
