"""What each hole and claim of `tests/cases/true_sentences.csv` promises, and if it is so.

A sentence there has a hole for each number: `{kind what}`. The kind says what the page promises:

- `rond`: it is off by no more than its rounding; `precies`: not at all
- `duur`: as `rond`, of months: no count, and not rounded to what counts are rounded to
- `minst`, `hoogst`: the truth is not below, not above it; `laag`, `hoog`: the ends of an interval
- `cel`: a cell of a table: a number, *niet*, *niet altijd*, between two numbers, or nothing said
- `deel`: a cell that can only be a percentage; `tussen`: *niet*, or between two numbers
- `stippen`: as many dots as the number beside it; `breuk`: *zeven op de tien*
- `eigennaam`: the name of a campaign or of who wrote it, which may hold a full stop
- `gebied`, `veld`, `groep`, `periode`: what the numbers after it are about
- `dag`, `maand`, `jaar`, `tekst`, `namen`, `oordeel`: words that must be the true ones
- `schatting`, `nr`, `tab`, `kenmerk`: another test or claim has these

What it is about is a count (`result=bevestigd+deels_bevestigd`, `result=!onbekend`, `alle`), a
part (`a / b`), or the name of a function that is marked `value`.
"""

import csv
import datetime as dt
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from conftest import PROJECT
from scipy import stats
from tools.example_edition.cells import MONTHS
from tools.example_edition.tables import REFERENCE, of_edition

from true_world import (
    FIELDS,
    OFF,
    TWENTE,
    UNKNOWN,
    Value,
    World,
    half_closed,
)

PAGES = {
    "district": TWENTE,
    "enschede": "enschede",
    "borne": "borne",
    "losser": "losser",
    "wierden": "wierden",
    "voorstel-dvo": TWENTE,
}
# Numbers that a sentence may hold without a hole: units, and what intervals mean.
UNITS = re.compile(
    r"95%|10\.000 inwoners|1\.000 inwoners|20\.000 tot 50\.000 inwoners|50\.000 inwoners"
    r"|\(bijlage 1\)|binnen 90 dagen|voorbeeld-2023"
)
SMALL = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")
WORDS = {word: number for number, word in enumerate((*SMALL, "elf", "twaalf", "dertien"))}
WORDS["veertien"] = 14
FRACTIONS = {
    "ruim de helft van de": (0.5, 0.6),
    "zeven op de tien": (0.65, 0.75),
    "drie op de vier": (0.70, 0.80),
    "twee op de drie": (0.62, 0.71),
}
NO_CHANGE, CANNOT_TELL = "geen duidelijke verandering", "niet vast te stellen"
NOTHING = ("·", "· niet te zeggen")
NUMBER = r"(?:€ )?[+−]?\d+(?:\.\d{3})*(?:,\d+)?%?"
MONTH = r"(?:jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)"
LONG_MONTH = "|".join(MONTHS)
NAME = r"[A-Z][\w-]+(?: van Twente)?"
NAMES = rf"{NAME}(?:(?:, | en ){NAME})*"
FIELD_NAMES = "|".join(re.escape(name) for name in FIELDS)
PATTERNS = {
    **dict.fromkeys(("minst", "hoogst", "laag", "hoog", "schatting"), NUMBER),
    "rond": rf"0–{OFF}|{NUMBER}",
    "duur": NUMBER,
    "precies": rf"{NUMBER}|{'|'.join(WORDS)}|{'|'.join(word.title() for word in WORDS)}",
    "cel": rf"niet in het bestand|niet altijd|niet|wel|· niet te zeggen|·|\d+–\d+|>?{NUMBER}|",
    "deel": r">?\d+%",
    "tussen": r"niet in het bestand|niet|\d+–\d+",
    "stippen": r"(?:●* ?\d+|\d+ ●+)?",
    "breuk": "|".join(FRACTIONS),
    "oordeel": "|".join((NO_CHANGE, CANNOT_TELL, "toename", "afname")),
    "dag": rf"\d+ (?:{LONG_MONTH}) \d{{4}}",
    "maand": rf"(?:{LONG_MONTH}|{MONTH}) \d{{4}}",
    "periode": rf"{MONTH}(?: \d{{4}})? – {MONTH} \d{{4}}",
    "gebied": NAME,
    "namen": NAMES,
    "veld": FIELD_NAMES,
    "groep": "|".join(
        rf"(?i:{label})" for label in ("Drugs", "Fraude en geld", "Wonen en uitbuiting")
    )
    + r"|(?i:Geweld en wapens)|(?i:Ondermijning)|(?i:Overig)",
    "tekst": r"(?:(?![a-z0-9]\. |: ).)+?",  # within a sentence
    "eigennaam": r"[A-Z]\w+ \d{4}|[A-Z]\. [A-Z]\w+",
    "nr": r"\d+",
    "jaar": r"\d{4}",
    "tab": r"[^‘’]+(?:’(?:, | en )‘[^‘’]+)*",
    "kenmerk": r"[0-9a-f]{12}",
}
GROUPS = {
    "drugs": "drugs",
    "fraude en geld": "fraude_en_geld",
    "wonen en uitbuiting": "wonen_en_uitbuiting",
    "geweld en wapens": "geweld",
    "ondermijning": "ondermijning",
    "overig": "overig",
}


@dataclass
class Place:
    """Where a number stands: on whose page, and what the words before it chose."""

    world: World
    area: str
    of: str = ""
    asked: str = ""
    group: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    said: str = ""
    read: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.of = self.area
        self.first = self.world.begin
        self.last = self.world.peildatum

    def numbers(self, *kinds: str) -> list[float]:
        """What was read in holes of these kinds."""
        return [number(text) for kind, _, text in self.read if kind in kinds]

    def name(self, slug: str) -> str:
        return next(name for name, own in self.world.names.items() if own == slug)


@dataclass
class Sentence:
    """One row of the table: what a page may say, and what else must hold if it does."""

    text: str
    claims: tuple[str, ...]

    @property
    def holes(self) -> list[tuple[str, str]]:
        found = re.findall(r"\{(\w+) ?([^}]*)\}", self.text)
        return [(kind, what) for kind, what in found]

    @property
    def literal(self) -> str:
        return re.sub(r"\{[^}]*\}", "", self.text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        pieces = re.split(r"\{(\w+)[^}]*\}", self.text)
        written = [re.escape(pieces[0])]
        for kind, after in zip(pieces[1::2], pieces[2::2], strict=True):
            written += [f"({PATTERNS[kind]})", re.escape(after)]
        end = "$" if pieces[-2:] == ["tekst", ""] else r"(?= |$)"
        return re.compile("".join(written) + end)


VALUES: dict[str, Callable[..., Value | float | str | dt.date | list[str]]] = {}
CLAIMS: dict[str, Callable[[Place], bool]] = {}


def value(function: Callable) -> Callable:
    """A true value that a hole names."""
    VALUES[function.__name__] = function
    return function


def claim(function: Callable[[Place], bool]) -> Callable[[Place], bool]:
    """What a sentence claims, with words instead of numbers."""
    CLAIMS[function.__name__] = function
    return function


# --- From what is printed to a number, and what a kind of number promises ---


def number(text: str) -> float:
    """A number as it is printed: `€ 20.525`, `−37%`, `4,4`, `Vijf`."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    plain = text.removeprefix("€ ").replace("−", "-").replace("+", "").replace(".", "")
    of_hundred = plain.endswith("%")
    read = float(plain.removesuffix("%").replace(",", "."))
    return read / 100 if of_hundred else read


def half_unit(text: str) -> float:
    """Half of the last digit that is printed."""
    after = len(text.partition(",")[2].removesuffix("%"))
    return 0.5 * 10**-after * (0.01 if text.endswith("%") else 1)


def day_of(text: str) -> dt.date:
    day, month, year = text.split()
    return dt.date(int(year), MONTHS.index(month) + 1, int(day))


def month_of(text: str) -> dt.date:
    """The first day of `jul 2021` or `juli 2021`."""
    month, year = text.split()
    short = [name[:3] for name in MONTHS]
    short[2] = "mrt"
    found = MONTHS.index(month) if month in MONTHS else short.index(month)
    return dt.date(int(year), found + 1, 1)


def days_of(text: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of `okt – dec 2021` or `jul 2021 – jun 2022`."""
    begin, end = text.split(" – ")
    begin = begin if " " in begin else f"{begin} {end.split()[1]}"
    last = month_of(end)
    after = dt.date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return month_of(begin), after - dt.timedelta(days=1)


def resolve(place: Place, what: str) -> Value:
    """The true value that a hole is about."""
    what = what.replace("veld=", f"{place.asked}=").replace("groep", f"topic_group={place.group}")
    if " / " in what:
        part, whole = what.split(" / ")
        return place.world.share(place.of, part, whole)
    name, *arguments = what.split("~") if "~" in what else what.split()
    if re.match(r"\w+=|alle$", what):
        return place.world.number(place.of, what)
    true = VALUES[name.strip()](place, *(argument.strip() for argument in arguments))
    return true if isinstance(true, Value) else Value(float(true))  # pyright: ignore


def holds(place: Place, kind: str, what: str, text: str) -> bool:
    """Whether what is printed in one hole keeps the promise of its kind."""
    if kind in SETTING:
        return SETTING[kind](place, what, text)
    if kind in ("dag", "maand", "jaar", "tekst", "eigennaam", "namen"):
        return _text_holds(place, kind, what, text)
    if kind == "schatting":
        return True  # the claim `tussen_haar_grenzen` has it
    true = resolve(place, what)
    if kind in ("rond", "duur"):
        return _near(text, true)
    if kind == "precies":
        return number(text) == true.true
    if kind == "minst":
        return number(text) <= true.true + 1e-9
    if kind == "hoogst":
        return number(text) >= true.true - 1e-9
    if kind == "laag":
        return number(text) <= true.true + half_unit(text)
    if kind == "hoog":
        return number(text) >= true.true - half_unit(text)
    if kind == "breuk":
        least, most = FRACTIONS[text]
        return least <= true.true <= most
    if text == "niet altijd":
        return 0 < true.true < len(place.world.of(place.of))
    if kind in ("cel", "deel", "tussen"):
        return _cell_holds(text, true)
    if kind == "stippen":
        return _dots_hold(text, true)
    raise AssertionError(kind)


def _near(text: str, true: Value) -> bool:
    if "–" in text:
        return 0 <= true.true <= OFF
    return abs(number(text) - true.true) <= true.off + half_unit(text) + 1e-9


def _cell_holds(text: str, true: Value) -> bool:
    if text in ("niet", "niet in het bestand"):
        return true.true == 0
    if text == "wel":
        return true.true > 0
    if text in ("", *NOTHING):
        return True
    if text.startswith(">"):
        return true.true > number(text[1:])
    if "–" in text:
        least, most = map(int, text.split("–"))
        return least <= true.true <= most
    return _near(text, true)


def _dots_hold(text: str, true: Value) -> bool:
    """One dot for each; nothing where nobody can answer so."""
    if not text:
        return true.true == 0
    dots = text.count("●")
    return int(re.sub(r"\D", "", text)) == dots == true.true


def _text_holds(place: Place, kind: str, what: str, text: str) -> bool:
    name, *arguments = what.split("~") if "~" in what else what.split()
    true = VALUES[name.strip()](place, *(argument.strip() for argument in arguments))
    if kind == "dag":
        return day_of(text) == true
    if kind == "maand":
        return month_of(text) == true.replace(day=1)  # pyright: ignore
    if kind == "namen":
        return re.split(", | en ", text) == [place.name(slug) for slug in true]  # pyright: ignore
    if kind == "jaar":
        return int(text) == true.year  # pyright: ignore
    return text == true


def _of_area(place: Place, what: str, text: str) -> bool:
    place.of = place.world.names.get(text, "")
    return bool(place.of) and (not what or place.of == VALUES[what](place))


def _of_field(place: Place, what: str, text: str) -> bool:
    place.asked = FIELDS[text]
    return True


def _of_group(place: Place, what: str, text: str) -> bool:
    place.group = GROUPS[text.lower()]
    return not what or place.group == what


def _of_period(place: Place, what: str, text: str) -> bool:
    place.first, place.last = days_of(text)
    return True


def _verdict(place: Place, what: str, text: str) -> bool:
    """Nothing changes in the world of the example; so much must the interval leave open."""
    low, high = place.numbers("laag", "hoog")[-2:]
    is_narrow = low > -0.5 and high < 1
    return text == (NO_CHANGE if is_narrow else CANNOT_TELL) and low < 0 < high


SETTING = {
    "gebied": _of_area,
    "veld": _of_field,
    "groep": _of_group,
    "periode": _of_period,
    "oordeel": _verdict,
    "nr": lambda place, what, text: True,  # see the test of figures and tables
    "tab": lambda place, what, text: True,  # see the test of the annex
    "kenmerk": lambda place, what, text: True,  # a hash, and no number
}


# --- True values ---


@value
def dit(place: Place) -> str:
    return place.area


@value
def naam(place: Place) -> str:
    return place.name(place.area)


@value
def peildatum(place: Place) -> dt.date:
    return place.world.peildatum


@value
def begin(place: Place) -> dt.date:
    return place.world.begin


@value
def na_peildatum(place: Place) -> dt.date:
    return place.world.peildatum + dt.timedelta(days=1)


@value
def aangesloten(place: Place) -> dt.date:
    return place.world.connected[place.of]


@value
def opsteller(place: Place, key: str) -> str | dt.date:
    return place.world.settings["opsteller"][key]


@value
def uiterlijk(place: Place) -> dt.date:
    """The day by which each gemeente is asked to answer."""
    return place.world.settings["brief"]["uiterlijk"]


@value
def titel(place: Place) -> str:
    return place.world.settings["evaluatie"]["titel"]


@value
def voorstel(place: Place, key: str) -> str | dt.date:
    return place.world.settings["voorstel"][key]


@value
def campagne(place: Place, which: str, key: str) -> str | dt.date:
    return _campaign(place, which)[key]


@value
def betaler(place: Place) -> str:
    return place.world.settings["kosten"]["fase"][0]["betaler"]


@value
def versie(place: Place) -> str:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]


@value
def ondergrens(place: Place) -> int:
    """So many meldingen before a share or an amount of a gemeente is told: see docs/methode.md."""
    return 50


@value
def jaar_een(place: Place) -> Value:
    last = place.world.begin.replace(year=place.world.begin.year + 1) - dt.timedelta(days=1)
    return Value(place.world.received(TWENTE, place.world.begin, last), OFF)


@value
def jaar_twee(place: Place) -> Value:
    first = place.world.begin.replace(year=place.world.begin.year + 1)
    return Value(place.world.received(TWENTE, first, place.world.peildatum), OFF)


@value
def van_nieuwe(place: Place) -> Value:
    """What who was not connected in the first year received in the second; each rounded."""
    first = eind_jaar_een(place) + dt.timedelta(days=1)
    new = [slug for slug, day in place.world.connected.items() if day >= first]
    received = sum(place.world.received(slug, first, place.world.peildatum) for slug in new)
    return Value(received, len(new) * OFF)


@value
def langer_aangesloten(place: Place) -> Value:
    """By more connected months alone: without who was not there in the first year."""
    joining, _ = _split(place)
    new = van_nieuwe(place)
    return Value(joining.true - new.true, joining.off + new.off)


@value
def eind_jaar_een(place: Place) -> dt.date:
    return place.world.begin.replace(year=place.world.begin.year + 1) - dt.timedelta(days=1)


@value
def landelijk_jaar(place: Place) -> dt.date:
    """The last year that was over on the peildatum."""
    return dt.date(place.world.peildatum.year - 1, 12, 31)


@value
def landelijk(place: Place) -> int:
    """What MMA passed on in the whole country, as newspapers wrote it."""
    return int(_national(place)["forwarded"])


@value
def landelijke_bron(place: Place) -> str:
    """Which newspaper wrote that, and when."""
    return _national(place)["source"]


def _national(place: Place) -> dict[str, str]:
    year = str(landelijk_jaar(place).year)
    with (REFERENCE / "national.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["year"] == year)


@value
def brief(place: Place, key: str) -> str | dt.date:
    return place.world.settings["brief"][key]


@value
def gemeenten(place: Place) -> int:
    return len(place.world.connected)


@value
def bestanden(place: Place) -> int:
    return len(place.world.files)


@value
def basis(place: Place) -> int:
    return place.world.settings["bescherming"]["basis"]


@value
def regels(place: Place, verdict: str) -> Value:
    rows = [row.verdict for rows in place.world.files.values() for row in rows]
    kinds = {"clean": rows.count("clean"), "duplicate": rows.count("duplicate")}
    kinds["gelezen"] = len(rows)
    kinds["rejected"] = len(rows) - kinds["clean"] - kinds["duplicate"]
    return Value(kinds[verdict], OFF)


@value
def dubbel(place: Place) -> Value:
    return Value(len(place.world.receipts) - len(place.world.tips), OFF)


@value
def bekend(place: Place, name: str) -> Value:
    """How many meldingen it is known of: what all is less what is unknown."""
    known = place.world.known(place.of, name or place.asked)
    return Value(known, 2 * OFF)


@value
def bekend_veld(place: Place) -> Value:
    return bekend(place, place.asked)


@value
def deel_bekend(place: Place, name: str) -> Value:
    every = len(place.world.of(place.of))
    share = place.world.known(place.of, name) / every
    return Value(share, 3 * OFF / every)


@value
def deel_bekend_veld(place: Place) -> Value:
    return deel_bekend(place, place.asked)


@value
def mist(place: Place) -> Value:
    return place.world.share(place.of, f"{place.asked}=nee", f"{place.asked}=!{UNKNOWN}")


@value
def dicht_zonder_resultaat(place: Place) -> int:
    every = place.world.of(place.of)
    closed = [one for one in every if one.fields["status"] == "afgesloten"]
    return sum(one.fields["result"] == UNKNOWN for one in closed)


@value
def dicht_ongeveer(place: Place) -> Value:
    """Told as *ongeveer*, in tens."""
    return Value(dicht_zonder_resultaat(place), 5 + OFF)


@value
def aantal_na_invullen(place: Place) -> Value:
    """What is known and what is closed without a result together, in tens."""
    known = place.world.known(place.of, "result")
    return Value(known + dicht_zonder_resultaat(place), 5 + 2 * OFF)


@value
def na_invullen(place: Place) -> Value:
    """The part with a result if each that is closed had one; from four counts that are off."""
    every = len(place.world.of(place.of))
    known = place.world.known(place.of, "result") + dicht_zonder_resultaat(place)
    return Value(known / every, 4 * OFF / every)


@value
def na_invullen_minst(place: Place, *results: str) -> Value:
    """What is confirmed then, if new results are as the known ones, and the open ones not."""
    known = place.world.known(place.of, "result")
    so_far = sum(place.world.count(place.of, f"result={one}").true for one in results)
    part = na_invullen(place)
    return Value(so_far / known * part.true, part.off + len(results) * OFF / known)


@value
def na_invullen_hoogst(place: Place, *results: str) -> Value:
    least, part = na_invullen_minst(place, *results), na_invullen(place)
    return Value(least.true + 1 - part.true, least.off)


@value
def zeker(place: Place, query: str) -> float:
    """The part of all that has this for sure."""
    return place.world.number(place.of, query).true / len(place.world.of(place.of))


@value
def mogelijk(place: Place, query: str) -> float:
    """The part that has this if all that is unknown has it."""
    unknown = place.world.count(place.of, f"{query.partition('=')[0]}={UNKNOWN}").true
    return zeker(place, query) + unknown / len(place.world.of(place.of))


@value
def klopt_als(place: Place, times: str) -> Value:
    """The part that is right if what is unknown is right so many times as often."""
    every = len(place.world.of(place.of))
    right = place.world.count(place.of, "result=bevestigd+deels_bevestigd")
    known = place.world.known(place.of, "result")
    of_unknown = min(1.0, float(times) * right.true / known)
    return Value((right.true + of_unknown * (every - known)) / every, 5 * OFF / every)


@value
def dagen_tot_dicht(place: Place) -> Value:
    still_open = half_closed(_lasted(place))
    return Value(next(day for day in range(1, 999) if still_open(day) <= 0.5))


@value
def dicht_binnen(place: Place, days: str) -> Value:
    """Told in steps of five hundredths."""
    return Value(1 - half_closed(_lasted(place))(int(days)), 0.025)


@value
def gemeenten_met(place: Place, column: str) -> int:
    return len(place.world.has_column(column))


@value
def dagen_onderweg(place: Place) -> int:
    having = place.world.has_column("reported_on")
    receipts = [one for one in place.world.receipts if one.gemeente in having]
    lasted = sorted((one.day - one.reported_on).days for one in receipts if one.reported_on)
    return lasted[len(lasted) // 2]


@value
def ontvangen(place: Place) -> Value:
    """Receipts of the days that were named."""
    assert place.first
    assert place.last
    return Value(place.world.received(place.of, place.first, place.last), OFF)


@value
def geteld(place: Place) -> Value:
    """Meldingen of the days that were named; in the district each counts once."""
    assert place.first
    assert place.last
    every = place.world.of(place.of)
    return Value(sum(place.first <= one.day <= place.last for one in every), OFF)


@value
def aangesloten_gemeenten(place: Place) -> int:
    assert place.first
    assert place.last
    days = [place.world.days(one, place.first, place.last) for one in place.world.connected]
    return sum(number > 0 for number in days)


@value
def per_maand(place: Place) -> Value:
    assert place.first
    assert place.last
    months = place.world.months(place.of, place.first, place.last)
    return Value(geteld(place).true / months, OFF / months)


@value
def maanden(place: Place, of: str = "") -> Value:
    """Told in half months."""
    return _of_peers(place, of, lambda slug: Value(place.world.months(slug), 0.25))


@value
def per_10_000(place: Place, of: str = "") -> Value:
    if place.of == TWENTE:
        return place.world.rate(*place.world.connected)
    return _of_peers(place, of, place.world.rate)


@value
def per_10_000_vanaf_50_000(place: Place) -> Value:
    return place.world.rate(*_large(place))


@value
def per_10_000_onder_50_000(place: Place) -> Value:
    return place.world.rate(*(one for one in place.world.connected if one not in _large(place)))


@value
def laagste_van_alle(place: Place) -> Value:
    return min((place.world.rate(one) for one in place.world.connected), key=lambda x: x.true)


@value
def hoogste_van_alle(place: Place) -> Value:
    return max((place.world.rate(one) for one in place.world.connected), key=lambda x: x.true)


@value
def door_aansluiten(place: Place) -> Value:
    return _split(place)[0]


@value
def door_tempo(place: Place) -> Value:
    return _split(place)[1]


@value
def tempo(place: Place) -> Value:
    """What all receive in a year as in the last year, told in tens."""
    world = place.world
    first = world.peildatum.replace(year=world.peildatum.year - 1) + dt.timedelta(days=1)
    whole = most_off = 0.0
    for slug in world.connected:
        months = world.months(slug, first, world.peildatum)
        whole += 12 * world.received(slug, first, world.peildatum) / months
        most_off += 12 * OFF / months
    return Value(whole, 5 + most_off / 2)


@value
def verandering(place: Place) -> int:
    """The rate of a gemeente does not change in the world of the example."""
    return 0


@value
def tarief(place: Place, of: str = "") -> Value:
    return _of_peers(place, of, lambda slug: Value(place.world.tariff(slug)))


@value
def laagste_tarief(place: Place) -> Value:
    return Value(min(map(place.world.tariff, place.world.connected)))


@value
def hoogste_tarief(place: Place) -> Value:
    return Value(max(map(place.world.tariff, place.world.connected)))


@value
def tarief_samen(place: Place) -> float:
    return sum(place.world.tariff(slug) for slug in place.world.connected)


@value
def tarief_per_1000(place: Place, of: str = "") -> Value:
    if place.of == TWENTE:
        people = sum(map(place.world.inhabitants, place.world.connected))
        return Value(tarief_samen(place) / people * 1000)

    def each(slug: str) -> Value:
        return Value(place.world.tariff(slug) / place.world.inhabitants(slug) * 1000)

    return _of_peers(place, of, each)


@value
def betaald(place: Place) -> Value:
    return Value(place.world.paid(place.of))


@value
def kosten_per_melding(place: Place) -> Value:
    return _cost(place, place.of)


@value
def kosten_per_melding_van(place: Place, end: str) -> Value:
    """The lowest or highest of the gemeenten that pay what was named."""
    price = next(number(text) for kind, what, text in place.read if what == "tarief_van_deze")
    paying = [slug for slug in place.world.connected if place.world.tariff(slug) == price]
    if end == "enige" and len(paying) != 1:
        return Value(math.nan)  # who pay this are more than one, and no one number holds
    choose = min if end == "laagste" else max
    return choose((_cost(place, slug) for slug in paying), key=lambda one: one.true)


@value
def aantal_vanaf_50_000(place: Place) -> int:
    return len(_large(place))


@value
def aantal_onder_50_000(place: Place) -> int:
    return len(_small(place))


@value
def kosten_vanaf_50_000(place: Place) -> Value:
    return _cost_together(place, _large(place))


@value
def kosten_onder_50_000(place: Place) -> Value:
    return _cost_together(place, _small(place))


@value
def tarief_van_deze(place: Place) -> float:
    slug = place.world.names[_named(place)[0]]
    return place.world.tariff(slug)


@value
def betalen_samen(place: Place) -> list[str]:
    """Those that pay what the first that is named pays; claim `alle_met_dit_tarief` has it."""
    return [place.world.names[name] for name in _named(place)]


@value
def kosten_bruikbaar(place: Place, end: str) -> float:
    useful = place.world.count(place.of, "usable=ja").true
    unknown = place.world.count(place.of, f"usable={UNKNOWN}").true
    return place.world.paid(place.of) / (useful + unknown if end == "minst" else useful)


@value
def tijdens(place: Place, topics: str) -> Value:
    """Receipts of who took part, about these topics, in the months that the campaign touches."""
    return Value(len([one for one in _around(place, topics) if _is_during(one.day)]), OFF)


@value
def anders(place: Place, topics: str) -> Value:
    every = _around(place, topics)
    return Value(len([o for o in every if not _is_during(o.day) and not _is_after(o.day)]), OFF)


@value
def te_zien_vanaf(place: Place) -> float:
    """How many times as often chance alone hides with a chance of 80%."""
    cells = [f(place, of).true for f in (tijdens, anders) for of in ("eigen", "andere")]
    error = math.sqrt(sum(1 / (cell + 0.5) for cell in cells))
    return math.exp(error * (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)))


@value
def antwoorden(place: Place) -> int:
    return len(place.world.answers)


@value
def zonder_antwoord(place: Place) -> int:
    return len(place.world.connected) - len(place.world.answers)


@value
def zonder_ervaring(place: Place) -> list[str]:
    return place.world.settings["vragenlijst"]["geen_ervaring"]


@value
def niet_ingevuld(place: Place) -> list[str]:
    return [slug for slug in sorted(place.world.connected) if slug not in place.world.answers]


@value
def antwoordde(place: Place, question: str, choice: str) -> list[str]:
    """Who answered so, by the alphabet."""
    given = place.world.answers
    return [slug for slug in sorted(given) if given[slug].get(question) == choice]


@value
def deden_mee(place: Place) -> list[str]:
    return sorted(_campaign(place, "gehouden")["gemeenten"])


@value
def cijfer(place: Place, of: str) -> float:
    """The mark of the usefulness: the joint answer counts for both who gave it."""
    marks = [float(answer["rapportcijfer"]) for answer in place.world.answers.values()]
    if of == "gemiddeld":
        return sum(marks) / len(marks)
    return min(marks) if of == "laagste" else max(marks)


@value
def samen_geantwoord(place: Place) -> list[str]:
    return place.world.settings["vragenlijst"]["gezamenlijk"]["noaberkracht"]


@value
def kant(place: Place, question: str, side: str) -> int:
    return place.world.side(question, side)


@value
def koos(place: Place, question: str, choice: str) -> int:
    return place.world.chose(question, choice)


@value
def koos_anders(place: Place, question: str) -> int:
    """Gemeenten with an answer that is not one of the choices, or is *anders*."""
    book = of_edition("vragenlijst/codeboek.toml")["vraag"]
    choices = next(one["opties"] for one in book if one["code"] == question)
    own = [answer.get(question, []) for answer in place.world.answers.values()]
    return sum(any(one not in choices or one == "anders" for one in chosen) for chosen in own)


@value
def noemt(place: Place, theme: str) -> int:
    truth = json.loads((PROJECT / "tests/truth/voorbeeld-2023.json").read_bytes())
    return truth["survey"]["themes"][theme]


@value
def citaat(place: Place) -> str:
    """One of the quotes that somebody released, and that stands so in an answer."""
    quotes = [one["tekst"] for one in of_edition("vragenlijst/citaten.toml")["citaat"]]
    said = [str(answer["verbeterpunten"]) for answer in place.world.answers.values()]
    read = place.read[-1][2]
    return read if read in quotes and any(read in one for one in said) else ""


@value
def nooit_resultaat(place: Place) -> list[str]:
    return place.world.never("result")


@value
def vanaf_twintig(place: Place) -> int:
    """By the documentation: of fewer meldingen there is no rate."""
    return 20


@value
def te_weinig_voor_tempo(place: Place) -> list[str]:
    """Rounded fewer than twenty."""
    return [slug for slug in sorted(place.world.connected) if not place.world.has_rate(slug)]


@value
def aantal_nooit_resultaat(place: Place) -> int:
    return len(place.world.never("result"))


@value
def zonder_kolom_resultaat(place: Place) -> Value:
    """Received by gemeenten whose file has no result; each is rounded apart."""
    never = place.world.never("result")
    received = sum(len(place.world.of(slug)) for slug in never)
    return Value(received, OFF * len(never))


@value
def dicht_ongeveer_bij(place: Place, slug: str) -> Value:
    """As `dicht_zonder_resultaat`, of one gemeente; what is known then less what is known now."""
    closed = [one for one in place.world.of(slug) if one.fields["status"] == "afgesloten"]
    return Value(sum(one.fields["result"] == UNKNOWN for one in closed), 2 * OFF)


@value
def organisatie(place: Place) -> str:
    return str(place.world.settings["opsteller"]["organisatie"])


@value
def aantal_nooit_stand(place: Place) -> int:
    return len(place.world.never("status"))


@value
def nooit_stand(place: Place) -> list[str]:
    return place.world.never("status")


@value
def wie_schrijft(place: Place, name: str) -> list[str]:
    """Who knows this of a melding at least."""
    never = place.world.never(name)
    return [slug for slug in sorted(place.world.connected) if slug not in never]


@value
def aantal_schrijft(place: Place, name: str) -> int:
    return len(wie_schrijft(place, name))


@value
def aantal_zonder_antwoord(place: Place) -> int:
    return gemeenten(place) - antwoorden(place)


@value
def aantal_met_tempo(place: Place) -> int:
    """Of how many there is a rate: rounded twenty or more."""
    return len(place.world.connected) - len(te_weinig_voor_tempo(place))


@value
def velden(place: Place) -> int:
    """The fields of a delivery, beside what it tells MMA."""
    return len([name for name in FIELDS.values() if name != "fed_back"])


@value
def velden_wel(place: Place) -> int:
    """How many fields this gemeente knows of one melding or more."""
    kept = [name for name in FIELDS.values() if name != "fed_back"]
    return sum(place.of not in place.world.never(name) for name in kept)


@value
def aantal_gelijken(place: Place) -> int:
    return len(place.world.peers(place.area))


@value
def gelijken_die_opschrijven(place: Place) -> list[str]:
    never = place.world.never("result")
    return [one for one in place.world.peers(place.area) if one not in never]


@value
def gelijken_met_resultaat(place: Place) -> int:
    return len(gelijken_die_opschrijven(place))


@value
def gelijken_met_tempo(place: Place) -> int:
    """How many of its peers have enough meldingen for a rate."""
    return sum(place.world.has_rate(one) for one in place.world.peers(place.area))


@value
def gelijken_zonder_resultaat(place: Place) -> int:
    return aantal_gelijken(place) - gelijken_met_resultaat(place)


def _regressed(world: World) -> tuple[float, float]:
    """Between what the change in a year lies, with 95%."""
    received, columns, exposed = [], [], []
    for slug in world.connected:
        for month in range(24):
            first = dt.date(2021 + (month + 6) // 12, (month + 6) % 12 + 1, 1)
            last = dt.date(2021 + (month + 7) // 12, (month + 7) % 12 + 1, 1) - dt.timedelta(days=1)
            months = world.months(slug, first, last)
            if months:
                level = [float(slug == one) for one in world.connected]
                angle = 2 * math.pi * month / 12
                columns.append([month / 12, math.sin(angle), math.cos(angle), *level])
                received.append(world.received(slug, first, last))
                exposed.append(months)
    change, error = _poisson(np.array(columns), np.array(received), np.array(exposed))
    low = math.exp(change - 1.96 * error) - 1
    high = math.exp(change + 1.96 * error) - 1
    return low, high


def _poisson(columns: np.ndarray, counts: np.ndarray, exposed: np.ndarray) -> tuple[float, float]:
    """The first coefficient of a Poisson regression, and its error (Newton's method)."""
    beta = np.zeros(columns.shape[1])
    beta[3:] = np.log(counts.sum() / exposed.sum())
    information = np.eye(len(beta))
    for _ in range(50):
        means = exposed * np.exp(columns @ beta)
        information = (columns.T * means) @ columns
        beta = beta + np.linalg.solve(information, columns.T @ (counts - means))
    return float(beta[0]), float(np.linalg.inv(information)[0, 0] ** 0.5)


def _campaign(place: Place, which: str) -> dict:
    held, coming = place.world.settings["campagnes"]
    return held if which == "gehouden" else coming


def _named(place: Place) -> list[str]:
    text = next(text for kind, _, text in place.read if kind == "namen")
    return re.split(", | en ", text)


def _of_peers(place: Place, of: str, each: Callable[[str], Value]) -> Value:
    if not of:
        return each(place.of)
    end, _, among = of.partition("_")
    choose = min if end == "laagste" else max
    peers = place.world.peers(place.of)
    if among:  # only those that a rate is told of
        peers = [one for one in peers if place.world.has_rate(one)]
    return choose((each(slug) for slug in peers), key=lambda one: one.true)


def _cost(place: Place, slug: str) -> Value:
    paid, every = place.world.paid(slug), len(place.world.of(slug))
    return Value(paid / every, paid / (every - OFF) - paid / every)


def _large(place: Place) -> list[str]:
    return [one for one in place.world.connected if place.world.inhabitants(one) >= 50_000]


def _small(place: Place) -> list[str]:
    large = _large(place)
    return [one for one in place.world.connected if one not in large]


def _cost_together(place: Place, slugs: list[str]) -> Value:
    """The amount of all covered days through what these gemeenten received."""
    paid = sum(place.world.paid(slug) for slug in slugs)
    received = sum(len(place.world.of(slug)) for slug in slugs)
    return Value(paid / received, paid / (received - OFF) - paid / received)


def _split(place: Place) -> tuple[Value, Value]:
    """Kitagawa: of more connected months at the mean rate, and of another rate."""
    world = place.world
    joining = pace = 0.0
    middle = world.begin.replace(year=world.begin.year + 1)
    before = middle - dt.timedelta(days=1)
    for slug in world.connected:
        first = world.months(slug, world.begin, before)
        second = world.months(slug, middle, world.peildatum)
        received = world.received(slug, middle, world.peildatum)
        if not first:
            joining += received
            continue
        rates = world.received(slug, world.begin, before) / first, received / second
        joining += (second - first) * sum(rates) / 2
        pace += (first + second) / 2 * (rates[1] - rates[0])
    return Value(joining, 5 + 2 * OFF), Value(pace, 5 + 2 * OFF)


def _lasted(place: Place) -> list[tuple[int, bool]]:
    having = place.world.has_column("closed_on")
    lasted = []
    for one in place.world.tips:
        if one.gemeente in having:
            end = one.closed_on or place.world.peildatum
            lasted.append(((end - one.day).days, one.closed_on is not None))
    return lasted


def _around(place: Place, topics: str) -> list:
    held = _campaign(place, "gehouden")
    mine = [one for one in place.world.receipts if one.gemeente in held["gemeenten"]]
    return [one for one in mine if (one.fields["topic"] in held["topics"]) == (topics == "eigen")]


def _is_during(day: dt.date) -> bool:
    return (day.year, day.month) in ((2022, 6), (2022, 7))


def _is_after(day: dt.date) -> bool:
    return (day.year, day.month) in ((2022, 8), (2022, 9))


# --- Claims in words ---


@claim
def uitleg(place: Place) -> bool:
    """A heading, a meaning of words, an advice, a way of counting: nothing of these meldingen."""
    return True


@claim
def tussen_haar_grenzen(place: Place) -> bool:
    (estimate,) = place.numbers("schatting")
    low, high = place.numbers("laag", "hoog")
    return low < estimate < high


@claim
def zoals_eigen_regressie(place: Place) -> bool:
    """Poisson on exact months of gemeenten: own level, one wave a year, connected time."""
    (estimate,) = place.numbers("schatting")
    low, high = _regressed(place.world)
    return low < estimate < high


@claim
def allen(place: Place) -> bool:
    """All who answered said so."""
    return place.numbers("precies")[0] == len(place.world.answers)


@claim
def uitkomst_het_minst_bekend(place: Place) -> bool:
    """Of more tips the result is not known than anything else that the figure has."""
    others = ("also_sent_to", "disposition", "usable", "fed_back")
    known = {name: place.world.known(TWENTE, name) for name in ("result", *others)}
    return known["result"] < min(known[name] for name in others)


@claim
def geen_verandering_te_zien(place: Place) -> bool:
    low, high = _regressed(place.world)
    return low < 0 < high


@claim
def dan_preciezer(place: Place) -> bool:
    """Of what is known then, at most half as much is open as now."""
    now = 1 - deel_bekend(place, "result").true
    then = na_invullen(place)
    return 2 * (1 - then.true - then.off) <= now


@claim
def groei_vooral_door_aansluiten(place: Place) -> bool:
    """Of the growth that happened, and of what the model of the example gives, over half."""
    joining, pace = _split(place)
    return joining.true > 0.5 * (joining.true + pace.true)


@claim
def trend_niet_te_zien(place: Place) -> bool:
    """The only interval that is told leaves open that it halves or doubles."""
    low, high = place.numbers("laag", "hoog")
    return low < 0 < high and (low <= -0.5 or high >= 1)


@claim
def telt_dubbel(place: Place) -> bool:
    return len(place.world.receipts) > len(place.world.tips)


@claim
def niemand_springt_eruit(place: Place) -> bool:
    """Each rate fits those of the others: on the scale of the root, with 14 looked at."""
    rates = {slug: place.world.rate(slug) for slug in place.world.connected}
    sure = 1 - 0.05 / 2 / len(rates)
    for slug, own in rates.items():
        others = [math.sqrt(one.true) for other, one in rates.items() if other != slug]
        center = sum(others) / len(others)
        variance = sum((one - center) ** 2 for one in others) / (len(others) - 1)
        far = abs(math.sqrt(own.true) - center) / math.sqrt(variance * (1 + 1 / len(others)))
        if far > stats.t.ppf(sure, len(others) - 1):
            return False
    return True


@claim
def gemeenten_verschillen(place: Place) -> bool:
    """More than chance gives: Pearson against one rate for all."""
    world = place.world
    rate = world.rate(*world.connected).true
    squares = 0.0
    for slug in world.connected:
        expected = rate * world.lived(slug)
        squares += (len(world.of(slug)) - expected) ** 2 / expected
    return stats.chi2.sf(squares, len(world.connected) - 1) < 0.05


@claim
def grootte_geen_toeval(place: Place) -> bool:
    """The rates of large gemeenten and of the others are more than three errors apart."""
    large = _large(place)
    others = [one for one in place.world.connected if one not in large]
    apart = place.world.rate(*large).true - place.world.rate(*others).true
    variance = 0.0
    for size in (large, others):
        variance += place.world.rate(*size).true / place.world.lived(*size)
    return apart > 3 * variance**0.5


@claim
def grootste_groepen(place: Place) -> bool:
    """The groups that are named are the largest that have a topic."""
    every = [group for group in GROUPS.values()]
    true = {group: place.world.count(place.of, f"topic_group={group}").true for group in every}
    named = [GROUPS[text.lower()] for kind, _, text in place.read if kind == "groep"]
    left_out = [number for group, number in true.items() if group not in named]
    return min(true[group] for group in named) >= max(left_out)


@claim
def registraties_verschillen(place: Place) -> bool:
    kept = {
        tuple(place.world.known(slug, name) > 0 for name in FIELDS.values())
        for slug in place.world.connected
    }
    return len(kept) > 1


@claim
def ook_zonder_vervolg(place: Place) -> bool:
    """Of what is closed without a result, a part needed no more or could have no more."""
    closed = [one for one in place.world.of(place.of) if one.fields["status"] == "afgesloten"]
    unknown = [one for one in closed if one.fields["result"] == UNKNOWN]
    return any(one.fields["disposition"] == "niet_actiewaardig" for one in unknown)


@claim
def alle_met_dit_tarief(place: Place) -> bool:
    slugs = [place.world.names[name] for name in _named(place)]
    price = place.world.tariff(slugs[0])
    return slugs == [one for one in place.world.connected if place.world.tariff(one) == price]


@claim
def alles_is_geteld(place: Place) -> bool:
    """What was read counts, does not count or is double, in what is printed too."""
    read, counted, rejected, double = place.numbers("rond")[:4]
    return read == counted + rejected + double


@claim
def te_weinig_om_te_zeggen(place: Place) -> bool:
    return len(place.world.of(place.area)) < 50


@claim
def te_weinig_voor_een_tempo(place: Place) -> bool:
    """The rounded count of the row is fewer than twenty."""
    count = next(text for kind, _, text in place.read if kind == "rond")
    return number(count) < 20


@claim
def te_zien_vanaf_ruim_drie_keer(place: Place) -> bool:
    """What is told is no less than what chance alone hides."""
    return 2.5 < te_zien_vanaf(place) <= 3.4


@claim
def van_deze_grootte(place: Place) -> bool:
    """It and its peers are all that have from 20.000 to 50.000 inhabitants."""
    of_this_size = [
        one for one in place.world.connected if 20_000 <= place.world.inhabitants(one) < 50_000
    ]
    return sorted(of_this_size) == sorted([place.area, *place.world.peers(place.area)])


@claim
def nooit_een_resultaat(place: Place) -> bool:
    return place.world.known(place.area, "result") == 0


@claim
def kort_en_nooit_een_resultaat(place: Place) -> bool:
    """Connected for less than a year, so that it can still begin."""
    days = place.world.peildatum - place.world.connected[place.area]
    return days.days < 365 and nooit_een_resultaat(place)


@claim
def deels_een_resultaat(place: Place) -> bool:
    return 0 < place.world.known(place.area, "result") < len(place.world.of(place.area))


@claim
def wil_blijven(place: Place) -> bool:
    """Without conditions: with them the page says so."""
    return place.world.answers.get(place.area, {}).get("voortzetten") == "ja"


@claim
def doet_mee(place: Place) -> bool:
    return place.world.answers.get(place.area, {}).get("vastgoedcampagne") == "ja"


@claim
def ligt_ertussen(place: Place) -> bool:
    """What was received lies between what could be expected."""
    low, high = place.numbers("laag", "hoog")[-2:]
    return low <= len(place.world.of(place.area)) <= high


@claim
def hoort_bij_campagne(place: Place) -> bool:
    joined = _campaign(place, "komend")["gemeenten"]
    return joined == "alle" or place.area in joined


@claim
def stellen_voorwaarden(place: Place) -> bool:
    """Somebody who wants to go on does so on a condition."""
    return place.world.chose("voortzetten", "ja, onder voorwaarden") > 0


@claim
def wil_verdiepingsdag(place: Place) -> bool:
    """More than half of who answered wants to take part."""
    return 2 * place.world.side("verdiepingsdag", "eens") > antwoorden(place)


@claim
def en_over_deze_punten(place: Place) -> bool:
    """What most gemeenten want, and what most do not say they have."""
    half = antwoorden(place) / 2
    wanted = [place.world.side(one, "eens") for one in ("wegingskader", "publiciteit")]
    had = [place.world.side(one, "eens") for one in ("kwaliteit", "capaciteit")]
    return min(wanted) > half and max(had) <= half


@claim
def na_de_evaluatie(place: Place) -> bool:
    return _campaign(place, "komend")["begin"] > place.world.peildatum


@claim
def vulde_niet_in(place: Place) -> bool:
    is_short = place.area in place.world.settings["vragenlijst"]["geen_ervaring"]
    return is_short and place.area not in place.world.answers


@claim
def iedereen_leverde(place: Place) -> bool:
    return all(of.get("levering") for of in place.world.settings["gemeenten"].values())


@claim
def grootste_groepen_na_drugs(place: Place) -> bool:
    place.read.append(("groep", "", "drugs"))
    return grootste_groepen(place)


@claim
def daarna_betaalt_de_gemeente(place: Place) -> bool:
    last = place.world.settings["kosten"]["fase"][-1]
    is_next = last["begin"] == place.world.peildatum + dt.timedelta(days=1)
    return is_next and last["betaler"] == "gemeente"


@claim
def vanaf_vijftig(place: Place) -> bool:
    """Gemeenten of at least fifty meldingen have an amount, the others none."""
    has_amount = any(kind == "cel" and text not in NOTHING for kind, _, text in place.read)
    counts = [len(place.world.of(place.world.names[name])) for name in _named(place)]
    return all((count >= ondergrens(place)) == has_amount for count in counts)


@claim
def campagne_niet_te_zien(place: Place) -> bool:
    """The ratio of ratios is smaller than what could be seen, in either direction."""
    own, other = tijdens(place, "eigen").true, tijdens(place, "andere").true
    own_else, other_else = anders(place, "eigen").true, anders(place, "andere").true
    ratio = (own / own_else) / (other / other_else)
    return 1 / te_zien_vanaf(place) < ratio < te_zien_vanaf(place)


@claim
def naast_gelijken(place: Place) -> bool:
    """Those beside it have about its size: here those of the cards with names in the columns."""
    named = [text for kind, _, text in place.read if kind == "gebied"][1:]
    return {place.world.names[name] for name in named} == {*place.world.peers(place.area)}


@claim
def staat_in_aanleiding(place: Place) -> bool:
    return place.said == place.world.settings["voorstel"]["aanleiding"]


@claim
def staat_in_tot_antwoord(place: Place) -> bool:
    """Said of those who answered on a condition, or did not answer."""
    is_waiting = bool(place.world.settings["voorstel"]["tot_antwoord"] == place.said)
    return is_waiting and zonder_antwoord(place) > 0


@claim
def alle_stille_te_kort(place: Place) -> bool:
    """Who did not answer, had no experience, all of them."""
    return sorted(niet_ingevuld(place)) == sorted(zonder_ervaring(place))


@claim
def is_verzonnen(place: Place) -> bool:
    return place.world.settings["evaluatie"]["fictief"] is True


@claim
def voorstel_is_openbaar(place: Place) -> bool:
    return place.world.settings["voorstel"]["openbaar"] is True


# --- The pages ---


@cache
def sentences() -> list[Sentence]:
    with (PROJECT / "tests/cases/true_sentences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Sentence(row["sentence"], tuple(row["claims"].split())) for row in rows]


@dataclass
class Reading:
    """What came of one page: faults, what no row has, and which rows and holes it used."""

    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    holes: list[tuple[str, str, str]] = field(default_factory=list)


def read(lines: list[str], world: World, area: str) -> Reading:
    """Hold every line of a page against the truth."""
    reading = Reading()
    for line in lines:
        left = line
        while left:
            said = said_first(left)
            if said is None:
                reading.unknown.append(left)
                break
            sentence, found = said
            reading.used.add(sentence.text)
            for (kind, what), text in zip(sentence.holes, found.groups(), strict=True):
                reading.holes.append((kind, what, text))
            reading.faults += _faults(sentence, found, Place(world, area))
            left = left[found.end() :].strip()
    return reading


def said_first(text: str) -> tuple[Sentence, re.Match[str]] | None:
    """The row that says the most of how this text begins."""
    found = [(one, one.pattern.match(text)) for one in sentences()]
    matches = [(one, match) for one, match in found if match]
    return max(matches, key=lambda pair: (pair[1].end(), len(pair[0].literal)), default=None)


def _faults(sentence: Sentence, found: re.Match[str], place: Place) -> Iterator[str]:
    place.said = found.group()
    for (kind, what), text in zip(sentence.holes, found.groups(), strict=True):
        place.read.append((kind, what, text))
        if not holds(place, kind, what, text):
            yield f"{found.group()}: {text} ({kind} {what})"
    for name in sentence.claims:
        if not CLAIMS[name](place):
            yield f"{found.group()}: {name}"
