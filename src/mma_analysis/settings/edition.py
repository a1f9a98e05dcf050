"""What `evaluatie.toml` can say, part by part."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from mma_analysis.settings.toml import Section, refuse_twice, refuse_unknown
from mma_analysis.vocabulary import Vocabulary, message
from mma_analysis.vocabulary.datapackage import LICENCES, About

SETTINGS_FILE = "evaluatie.toml"
CORRECTIONS_FILE = "correcties.toml"
YEARLY_RETURN = "terugmelding-mma.docx"  # of one gemeente, row by row
SET_ASIDE = "apart"  # a folder for files that somebody keeps, and that do not count


@dataclass(frozen=True)
class Place:
    """Where settings are read: what they say is compared with the words and files there.

    `removed`: its deliveries may have been removed. Without a place, as in a test, all is
    well.
    """

    folder: Path
    vocabulary: Vocabulary
    removed: bool = False


def _word(
    kind: str, known: Callable[[Vocabulary], Iterable[str]]
) -> Callable[[str, ValidationInfo], str]:
    def check(word: str, read: ValidationInfo) -> str:
        if read.context:
            words = list(known(read.context.vocabulary))
            refuse_unknown("not_known", word, words, kind=message(kind))
        return word

    return check


_is_gemeente = _word("kind_gemeente", lambda words: (one.slug for one in words.gemeenten))
_is_area = _word("kind_area", lambda words: (one.slug for one in words.areas))
_is_breakdown = _word("kind_breakdown", lambda words: words.by_code("breakdowns", "label"))
_is_topic = _word("kind_topic", lambda words: words.topics)


def _are_gemeenten(
    given: str | tuple[str, ...],
    read: ValidationInfo,
) -> str | tuple[str, ...]:
    if given != "alle":
        for slug in given:
            _is_gemeente(slug, read)
    return given


def _is_there(file: str, read: ValidationInfo) -> str:
    """Refuse what is no file in the folder of the edition."""
    if read.context is None or read.context.removed:
        return file
    if "\\" in file or not file.isprintable():
        raise ValueError(message("no_path"))
    folder = read.context.folder.resolve()
    target = _where_it_leads(folder / file)
    if not target.is_relative_to(folder):
        raise ValueError(message("outside"))
    if target.is_symlink():
        raise ValueError(message("leads_nowhere"))
    if target.is_dir():
        raise ValueError(message("is_folder", there=_names_in(target)))
    if target.exists() and not target.is_file():
        raise ValueError(message("is_no_file"))
    if not target.exists():
        raise ValueError(_what_is_there(target))
    return file


def _where_it_leads(path: Path) -> Path:
    """The file that a path leads to; a link that leads to itself is itself."""
    try:
        return path.resolve()
    except RuntimeError:  # before Python 3.13, of such a link
        return path


def _names_in(folder: Path) -> str:
    """What is in a folder, in words."""
    names = sorted(path.name for path in folder.iterdir())
    return ", ".join(names) or message("nothing")


def _what_is_there(target: Path) -> str:
    """That a file is not there, and which are; of these one may look the same."""
    around = target
    while not around.is_dir():
        around = around.parent
    as_read = [_composed(path.name) for path in around.iterdir()]
    looks_same = _composed(target.name) in as_read
    there = _names_in(around)
    return message("looks_same" if looks_same else "not_there", there=there)


def _composed(name: str) -> str:
    """A name with each letter and its accent as one character."""
    return unicodedata.normalize("NFC", name)


def _is_district(name: str, read: ValidationInfo) -> str:
    if read.context:
        known = read.context.vocabulary.district.name
        if name != known:
            raise ValueError(message("other_district", known=known))
    return name


def _is_licence(name: str) -> str:
    if name:
        refuse_unknown("no_licence", name, list(LICENCES))
    return name


def _as_several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Slug = Annotated[str, AfterValidator(_is_gemeente)]
ExistingFile = Annotated[str, AfterValidator(_is_there)]


class Erratum(Section):
    """When an edition was put right and sent again; what was wrong, analysts alone read."""

    datum: dt.date
    tekst: str = ""


class Evaluatie(Section):
    """What is evaluated: title, district and period.

    `meer_onderwerpen` says what a melding with several topics in its cell counts as: the
    first of them, or `overig`. Without it the cell is not understood; the letter tells so.
    """

    titel: str
    district: Annotated[str, AfterValidator(_is_district)]
    begin: dt.date
    peildatum: dt.date
    fictief: bool = False
    meer_onderwerpen: Literal["eerste", "overig"] | None = None
    erratum: tuple[Erratum, ...] = ()

    def _faults(self) -> Iterator[str]:
        if self.begin >= self.peildatum:
            yield message("begin_after_peildatum")


class Groepsonthulling(Section):
    """What somebody decided of an area of which all meldingen have the same value."""

    gebied: Annotated[str, AfterValidator(_is_area)]
    uitsplitsing: Annotated[str, AfterValidator(_is_breakdown)]
    waarde: str
    besluit: Literal["tonen", "verbergen"]
    reden: str = Field(min_length=1)


class Bescherming(Section):
    """How counts are rounded, who is one reader, and which edition this one is beside."""

    basis: int = Field(default=5, ge=5, le=100)
    samen: tuple[tuple[Slug, ...], ...] = ()
    vorige_editie: str | None = None
    groepsonthulling: tuple[Groepsonthulling, ...] = ()

    def groups(self, besluit: str) -> list[tuple[str, str, str]]:
        """Area, breakdown and value of what somebody decided so about."""
        decided = []
        for one in self.groepsonthulling:
            if one.besluit == besluit:
                decided.append((one.gebied, one.uitsplitsing, one.waarde))
        return decided


class Herziening(Section):
    """The gemeenten of which all rows are counted anew, also what went out, and why."""

    gemeenten: Annotated[tuple[Slug, ...], Field(min_length=1)]
    reden: str = Field(min_length=1)


# No melding was received before there was a line.
CalendarYear = Annotated[int, Field(ge=2002, le=2100)]
DateOrder = Literal["dag-maand-jaar", "maand-dag-jaar", "jaar-maand-dag", "week"]
DateField = Literal["received_on", "reported_on", "closed_on", "fed_back_on"]


def _kind_of_days(given: object) -> str:
    return "[files]" if isinstance(given, dict) else "[day]"


# One day, or a day per file; so a fault is said of what was meant.
DayOrDays = Annotated[
    Annotated[dt.date, Tag("[day]")] | Annotated[dict[str, dt.date], Tag("[files]")],
    Discriminator(_kind_of_days),
]


class Gemeente(Section):
    """What is known of one gemeente: since when it is connected and what it delivered.

    - Of two files with the same tips `vervangt` (newer file → older file) says that the
      older one is not read, `vult_aan` (newer → older) that both count and a number in
      both is one tip.
    - `zelfde_nummer`: whether numbers that differ in zeros or spaces only are one; when
      nobody says so, rows that are alike but for that are a question.
    - `vervallen_telt`: whether rows count that are struck through, or say *vervallen* or
      *test*; when nobody says so, such rows are a question.
    - `jaar` (sheet or file → year): the year of its days of receipt that have none.
    - `geleverd_op`: the day on which it delivered, or such a day per file.
    - `stuurde`: what she sent that cannot be read as rows: `totalen` or `onleesbaar`. Her
      file stands in `meldingen/apart/`, and is no delivery.
    - `klopt`: why the delivery holds all that came in up to the peildatum, although it
      looks as if it ends earlier.
    """

    aangesloten: dt.date | None = None
    aangesloten_bron: str = ""
    levering: tuple[ExistingFile, ...] = ()
    vervangt: dict[str, str] = {}
    vult_aan: dict[str, str] = {}
    # The sheets that count, when not all do.
    blad: Annotated[tuple[str, ...], BeforeValidator(_as_several)] = ()
    zelfde_nummer: bool | None = None
    vervallen_telt: bool | None = None
    stuurde: Literal["totalen", "onleesbaar"] | None = None
    geleverd_op: DayOrDays | None = None
    klopt: str | None = Field(default=None, min_length=1)
    datumformaat: DateOrder | dict[DateField, DateOrder] | None = None
    jaar: dict[str, CalendarYear] = {}
    kolommen: dict[str, str] = {}
    waarden: dict[str, dict[str, str]] = {}

    def _faults(self) -> Iterator[str]:
        if self.stuurde and self.levering:
            yield message("sent_and_delivered")
        for key in ("vervangt", "vult_aan"):
            pairs = getattr(self, key)
            for file in (*pairs, *pairs.values()):
                refuse_unknown("not_in_delivery", file, self.levering, key=key)
            order = TopologicalSorter[str]()
            for newer, older in pairs.items():
                order.add(newer, older)
            try:
                order.prepare()
            except CycleError:
                yield message("circle", key=key)
        yield from self._faults_of_days()

    def _faults_of_days(self) -> Iterator[str]:
        """What cannot be so of the days on which files came in."""
        if isinstance(self.geleverd_op, dict):
            for file in self.geleverd_op:
                refuse_unknown("not_in_delivery", file, self.levering, key="geleverd_op")
        for newer, older in (self.vult_aan | self.vervangt).items():
            day = self.file_delivered_on(newer)
            day_before = self.file_delivered_on(older)
            if day and day_before and day < day_before:
                yield message(
                    "newer_came_earlier",
                    newer=newer,
                    older=older,
                    day=day,
                    day_before=day_before,
                )

    @property
    def read(self) -> list[str]:
        """Its files that are read: no newer one came in their place."""
        replaced = self.vervangt.values()
        return [file for file in self.levering if file not in replaced]

    def file_delivered_on(self, file: str) -> dt.date | None:
        """The day on which a file came in; none when nobody wrote that down."""
        if isinstance(self.geleverd_op, dict):
            return self.geleverd_op.get(file)
        return self.geleverd_op

    @property
    def delivered_on(self) -> dt.date | None:
        """The day on which its last file came in; none when that is not known of each."""
        if not isinstance(self.geleverd_op, dict):
            return self.geleverd_op
        days = []
        for file in self.read:
            day = self.file_delivered_on(file)
            days.append(day)
        known = [day for day in days if day is not None]
        is_known_of_each = len(known) == len(days)
        return max(known) if known and is_known_of_each else None

    def date_order(self, field: str) -> str:
        """The order of day, month and year that was set for a column; empty without any."""
        orders = self.datumformaat
        if isinstance(orders, dict):
            of_field = {str(name): order for name, order in orders.items()}
            return of_field.get(field, "")
        return orders or ""


class Vragenlijst(Section):
    """The survey: the export, its code book and who could not answer.

    Of the open answers: `themas` is the code frame, `coderingen` what people decided with
    it, and `citaten` the quotes that may be released.
    """

    bestand: ExistingFile
    codeboek: ExistingFile
    themas: ExistingFile | None = None
    coderingen: ExistingFile | None = None
    citaten: ExistingFile | None = None
    geen_ervaring: tuple[Slug, ...] = ()
    gezamenlijk: dict[str, tuple[Slug, ...]] = {}

    def _faults(self) -> Iterator[str]:
        if self.coderingen and not self.themas:
            yield message("coding_needs_themes")


class Tarief(Section):
    """What M. asks of a gemeente of at least this size."""

    vanaf_inwoners: int = Field(ge=0)
    per_jaar: float = Field(ge=0)
    aansluiting: float = Field(default=0, ge=0)
    per_melding: float = Field(default=0, ge=0)


class Fase(Section):
    """Who pays from when to when."""

    begin: dt.date
    eind: dt.date | None = None
    betaler: str

    def _faults(self) -> Iterator[str]:
        if self.eind and self.begin > self.eind:
            yield message("begin_after_end")


def _least_before_most(limits: tuple[float, float]) -> tuple[float, float]:
    if not -100 <= limits[0] <= limits[1]:
        raise ValueError(message("least_most"))
    return limits


Range = Annotated[tuple[float, float], AfterValidator(_least_before_most)]


class Scenario(Section):
    """What may change in the year after the peildatum, from the least to the most (%)."""

    naam: str
    gekozen_door: str = ""  # who assumes it; pages say it when nobody is named
    meldingen_procent: Range = (0, 0)
    tarief_procent: Range = (0, 0)


class Kosten(Section):
    """Tariffs per size class, who pays in which phase, and what next year may bring."""

    tarief: tuple[Tarief, ...] = ()
    fase: tuple[Fase, ...] = ()
    scenario: tuple[Scenario, ...] = ()

    def _faults(self) -> Iterator[str]:
        sizes = [f"{tariff.vanaf_inwoners}" for tariff in self.tarief]
        refuse_twice("tariff_twice", sizes)
        names = [scenario.naam for scenario in self.scenario]
        refuse_twice("scenario_twice", names)

        phases = sorted(self.fase, key=lambda phase: phase.begin)
        for phase, following in pairwise(phases):
            if phase.eind is None or phase.eind >= following.begin:
                yield message(
                    "phases_overlap",
                    one=phase.betaler,
                    other=following.betaler,
                    day=following.begin,
                )


class Campagne(Section):
    """A campaign: when, where, and on which topics.

    `vraag`: the question of the survey that says which gemeenten take part, by its code.
    """

    naam: str
    begin: dt.date
    eind: dt.date
    gemeenten: Annotated[
        Literal["alle"] | tuple[str, ...],
        AfterValidator(_are_gemeenten),
    ] = "alle"
    topics: tuple[Annotated[str, AfterValidator(_is_topic)], ...] = ()
    vraag: str = ""

    def _faults(self) -> Iterator[str]:
        if self.begin > self.eind:
            yield message("begin_after_end")


class Opsteller(Section):
    """Who made the report, whom a reader can ask, and the day it was sent."""

    naam: str = ""
    organisatie: str = ""
    contact: str = ""
    datum: dt.date | None = None


class Publicatie(Section):
    """How the public tables may be used: the SPDX name of a licence, or nothing."""

    licentie: Annotated[str, AfterValidator(_is_licence)] = ""


class Brief(Section):
    """Until when a gemeente can send what its letter asks, where to, and its new card."""

    uiterlijk: dt.date | None = None
    retour: str = ""
    nieuwe_kaart: dt.date | None = None


class Voorstel(Section):
    """The heading of the proposal to the DVO, and what led to it."""

    onderwerp: str = ""
    agendapunt: str = ""
    datum: dt.date | None = None
    openbaar: bool | None = None
    behandeld_door: str = ""
    registratienummer: str = ""
    telefoonnummer: str = ""
    portefeuillehouder: str = ""
    aanleiding: str = ""  # what the board decided before, and that it would be evaluated
    tot_antwoord: str = ""  # what holds for a gemeente until it says if it goes on


class Besluit(Section):
    """A decision that the board is asked to take; one that is not complete is not asked.

    `vraag` is the code of the question of the survey with what gemeenten want, or says in
    words why there is none; `kosten` is an amount or words.
    """

    tekst: str = ""
    vraag: str = ""
    kosten: float | str = ""
    eigenaar: str = ""
    datum: dt.date | None = None

    @property
    def lacks(self) -> list[str]:
        """The keys that are not filled in."""
        return [key for key in type(self).model_fields if getattr(self, key) in ("", None)]


class Edition(Section):
    """The settings of one evaluation, with the folder they came from.

    `waarden`: field → word → code, for all gemeenten; what one says itself goes first.
    """

    evaluatie: Evaluatie
    gemeenten: Annotated[dict[Slug, Gemeente], Field(min_length=1)]
    bescherming: Bescherming = Bescherming()
    herziening: Herziening | None = None
    vragenlijst: Vragenlijst | None = None
    kosten: Kosten = Kosten()
    campagnes: tuple[Campagne, ...] = ()
    opsteller: Opsteller = Opsteller()
    publicatie: Publicatie = Publicatie()
    brief: Brief = Brief()
    voorstel: Voorstel | None = None
    besluiten: tuple[Besluit, ...] = ()
    waarden: dict[str, dict[str, str]] = {}

    @field_validator("campagnes")
    @classmethod
    def _campaigns_can_be_told_apart(
        cls,
        campaigns: tuple[Campagne, ...],
    ) -> tuple[Campagne, ...]:
        refuse_twice("campaign_twice", [campaign.naam for campaign in campaigns])
        return campaigns

    def _faults(self) -> Iterator[str]:
        for campaign in self.campagnes:
            if campaign.vraag and self.vragenlijst is None:
                name = campaign.naam
                yield message("campaign_without_survey", name=name, word=campaign.vraag)

    @field_validator("brief")
    @classmethod
    def _answer_comes_after_letter(cls, brief: Brief, read: ValidationInfo) -> Brief:
        answered = brief.uiterlijk
        if answered is None:
            return brief
        sent = read.data.get("opsteller", Opsteller()).datum
        if sent and answered <= sent:
            raise ValueError(message("return_too_early"))
        seen = brief.nieuwe_kaart
        if seen and seen <= answered:
            raise ValueError(message("new_card_too_early"))
        return brief

    _folder: Path
    _vocabulary: Vocabulary

    def model_post_init(self, context: Place | None, /) -> None:
        """Keep where it was read; in a test that may be nowhere."""
        self._folder = context.folder if context else Path()
        self._vocabulary = context.vocabulary if context else Vocabulary()

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
        """The words of this edition: the package's, and those that it has instead."""
        return self._vocabulary

    @property
    def begin(self) -> dt.date:
        """First day that counts."""
        return self.evaluatie.begin

    @property
    def peildatum(self) -> dt.date:
        """Last day that counts."""
        return self.evaluatie.peildatum

    @property
    def about(self) -> About:
        """What the edition is called, whose it is, and about which place and days."""
        return About(
            slug=self.slug,
            title=self.evaluatie.titel,
            district=self.vocabulary.district.name,
            maker=self.opsteller.organisatie,
            begin=self.begin,
            end=self.peildatum,
            is_invented=self.evaluatie.fictief,
            licence=self.publicatie.licentie,
        )

    def gemeente(self, slug: str) -> Gemeente:
        """What is known of this gemeente; nothing when the settings do not name it."""
        return self.gemeenten.get(slug, Gemeente())

    def covered_until(self, slug: str) -> dt.date:
        """The last day on which the delivery of a gemeente holds all that came in.

        That is the day on which it came, and at most the peildatum; also the peildatum when
        somebody looked and says that it is all (`klopt`), or when nothing is known.
        """
        gemeente = self.gemeente(slug)
        if gemeente.klopt or gemeente.delivered_on is None:
            return self.peildatum
        return min(gemeente.delivered_on, self.peildatum)

    def deliveries(self) -> dict[str, tuple[str, ...]]:
        """Delivered file → the gemeenten it is for, in the order of the settings.

        A file that another one replaces is not among them.
        """
        senders: dict[str, tuple[str, ...]] = {}
        for slug, gemeente in self.gemeenten.items():
            for file in gemeente.read:
                before = senders.get(file, ())
                senders[file] = (*before, slug)
        return senders

    def unnamed(self) -> list[str]:
        """The files in `meldingen/` that are of no gemeente: they are not read.

        What somebody set aside in `meldingen/apart/` is not among them.
        """
        named = set(self.deliveries())
        named.update(self.replaced())
        unnamed = []
        for path in sorted(self.folder.glob("meldingen/[!.~]*")):
            file = f"meldingen/{path.name}"
            is_set_aside = path.is_dir() and path.name == SET_ASIDE
            if file not in named and not is_set_aside:
                unnamed.append(file)
        return unnamed

    def replaced(self) -> dict[str, str]:
        """Delivered file that is not read → the file that came in its place."""
        read = self.deliveries()
        replaced = {}
        for gemeente in self.gemeenten.values():
            for newer, older in gemeente.vervangt.items():
                if older not in read:
                    replaced[older] = newer
        return replaced
