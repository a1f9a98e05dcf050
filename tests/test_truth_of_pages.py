"""What pages of the example say is true: every number and sentence beside what was made.

`tests/cases/true_sentences.csv` has each sentence that a page may say, `true_sentences.py` what it
promises, and `true_world.py` counts what is so, from the rows of the generator and not by the
package. A sentence without a row fails, and so does a row that no page says.

What is drawn is not read: the tables below the figures are. Meanings of words (`.uitleg`) are
those of `terms.csv`. Nothing is promised of *niet te zeggen*, of the hash of the figures, and of
the estimate of a trend but that it lies within its interval.
"""

import csv
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from conftest import PROJECT, Run, cases
from tools.example_edition.tables import REFERENCE

from mma_analysis.settings import EXAMPLE
from page_lines import lines_of
from true_sentences import (
    CLAIMS,
    PAGES,
    UNITS,
    Place,
    Reading,
    half_unit,
    holds,
    number,
    read,
    resolve,
    said_first,
    sentences,
)
from true_world import FIELDS, TWENTE, Melding, World


@pytest.fixture(scope="module")
def world() -> World:
    return _made()


@pytest.fixture(scope="module")
def folder(reports: Run) -> Path:
    return reports.workspace.reports(EXAMPLE) / "openbaar"


@pytest.fixture(scope="module")
def pages(folder) -> dict[str, list[str]]:
    """Page → its lines."""
    return {page: lines_of(folder / f"{page}.html") for page in PAGES}


@pytest.fixture(scope="module")
def readings(pages, world) -> dict[str, Reading]:
    return {page: read(pages[page], world, area) for page, area in PAGES.items()}


@pytest.mark.parametrize("page", PAGES)
def test_every_number_and_sentence_of_a_page_is_true(readings, page):
    assert readings[page].unknown == [], "no row of tests/cases/true_sentences.csv says this"
    assert readings[page].faults == []


def test_every_sentence_of_the_table_is_said_by_a_page(readings):
    said = set().union(*(reading.used for reading in readings.values()))

    assert [one.text for one in sentences() if one.text not in said] == []


def test_a_sentence_has_a_hole_for_each_number_or_a_claim():
    for one in sentences():
        assert not re.search(r"\d", UNITS.sub("", one.literal)), one.text
        assert one.holes or one.claims, one.text


def test_the_rows_are_those_of_the_committed_truth(world):
    truth = json.loads((PROJECT / "tests/truth/voorbeeld-2023.json").read_bytes())
    months = Counter(f"{one.day:%Y-%m}" for one in world.receipts)

    assert len(world.receipts) == truth["district"]["receipts"]
    assert len(world.tips) == truth["district"]["tips"]
    assert months == truth["district"]["receipts_per_month"]
    assert Counter(one.fields["topic"] for one in world.tips) == truth["district"]["topic"]
    for slug, counted in truth["gemeenten"].items():
        for name in counted.keys() - {"receipts", "receipts_per_year"}:
            assert Counter(one.fields[name] for one in world.of(slug)) == counted[name]


@pytest.mark.parametrize("page", PAGES)
def test_figures_and_tables_are_numbered_as_they_come(pages, page):
    for kind in ("Figuur", "Tabel"):
        titles = [line for line in pages[page] if re.match(rf"{kind} \d", line)]
        assert [int(line.split()[1]) for line in titles] == [*range(1, len(titles) + 1)]


def test_a_rounded_count_is_a_multiple_of_what_the_page_says(readings, world):
    basis = world.settings["bescherming"]["basis"]
    holes = [hole for reading in readings.values() for hole in reading.holes]
    whole = re.compile(r"[+−]?\d+(\.\d{3})*")
    counts = set()
    for kind, what, text in holes:
        # A number a month is an estimate, and may happen to be whole.
        if kind in ("rond", "cel") and what != "per_maand" and whole.fullmatch(text):
            counts.add(text)

    assert len(counts) > 40
    assert [text for text in counts if number(text) % basis] == []


@pytest.mark.parametrize("page", ["district", "borne", "wierden"])
def test_gemeenten_stand_in_the_order_of_the_alphabet(pages, page):
    for column in ("Meldingen", "Tijdstip"):
        table = rf"Gemeente: ([^|]+?) \| {column}"
        found = [match[1] for line in pages[page] if (match := re.match(table, line))]
        named = [name for name in found if name != "Twente"]
        assert named == sorted(named)


def test_a_source_names_a_sheet_of_the_annex(readings, folder):
    sheets = openpyxl.load_workbook(folder / "bijlage.xlsx", read_only=True).sheetnames
    holes = [hole for reading in readings.values() for hole in reading.holes]
    named = {tab for kind, _, text in holes if kind == "tab" for tab in re.split("’.*?‘", text)}

    assert named <= {*sheets}


@pytest.mark.parametrize("page", PAGES)
def test_a_word_means_what_the_table_of_terms_says(folder, page):
    terms = (REFERENCE / "terms.csv").read_text(encoding="utf-8")
    meanings = {row["meaning"] for row in csv.DictReader(terms.splitlines())}
    soup = BeautifulSoup((folder / f"{page}.html").read_text(encoding="utf-8"), "lxml")

    told = {one.get_text().partition(": ")[2] for one in soup.select(".uitleg")}

    assert told <= meanings


def test_intervals_hold_the_rates_that_the_example_was_made_with(pages, world):
    """Of 95% of all: one in twenty may miss, and the first of eight is no surprise."""
    row = re.compile(r"Gemeente: ([^|]+?) \| Meldingen: .*\((.+)–(.+)\)")
    found = [match.groups() for line in pages["district"] if (match := row.match(line))]

    held = [
        number(low) <= world.model_rate(world.names[name]) <= number(high)
        for name, low, high in found
    ]

    # Of the others there are fewer than twenty meldingen, and no rate.
    assert len(held) == 8
    assert sum(held) >= 7


# --- And it fails ---


@pytest.mark.parametrize("page", PAGES)
def test_a_number_that_is_off_by_more_than_its_bound_is_a_fault(pages, world, page):
    unnoticed = [
        f"{line}: {text} as {changed}"
        for line in pages[page]
        for text, changed in _unnoticed(line, Place(world, PAGES[page]))
    ]

    assert unnoticed == []


def _unnoticed(line: str, begin: Place) -> Iterator[tuple[str, str]]:
    """Each number of a line, and what it can become without a fault."""
    left = line
    while left:
        said = said_first(left)
        assert said
        sentence, found = said
        place = Place(begin.world, begin.area)
        for (kind, what), text in zip(sentence.holes, found.groups(), strict=True):
            place.read.append((kind, what, text))
            for changed in _changes(place, kind, what, text):
                if holds(place, kind, what, changed):
                    yield text, changed
            holds(place, kind, what, text)
        left = left[found.end() :].strip()


BOUNDS = {"minst", "hoogst", "laag", "hoog"}
CELLS = {"cel", "deel", "tussen", "stippen"}
WITH_A_NUMBER = BOUNDS | CELLS | {"rond", "duur", "precies"}


def _changes(place: Place, kind: str, what: str, text: str) -> Iterator[str]:
    """What would no longer be true."""
    if kind in ("dag", "maand"):
        yield re.sub(r"\d{4}$", lambda year: str(int(year[0]) + 1), text)
    if kind == "namen":
        yield re.split(", | en ", text)[0] if re.search(", | en ", text) else "Almelo en Borne"
    if kind not in WITH_A_NUMBER:
        return
    if not re.search(r"\d", text):
        return
    if what in ("tarief_van_deze",):  # who pays it is beside it: the claim has this one
        return
    true = resolve(place, what)
    if kind == "stippen":
        yield text + "●"
        return
    if re.fullmatch(r"\d+–\d+", text):
        yield f"{true.true + 1:.0f}–{true.true + 9:.0f}" if kind != "rond" else "25"
        return
    unit = 2 * half_unit(text)
    above, below = true.true + true.off + 2 * unit, true.true - true.off - 2 * unit
    if text.startswith(">"):
        yield f">{_printed(text[1:], min(above, 1.0))}"
        return
    if kind != "hoogst" and kind != "hoog":
        yield _printed(text, above)
    if kind != "minst" and kind != "laag" and (below >= 0 or "−" in text):
        yield _printed(text, below)


def _printed(like: str, number: float) -> str:
    """A number in the way that another one is printed."""
    decimals = len(like.partition(",")[2].removesuffix("%"))
    of_hundred = like.endswith("%")
    shown = f"{abs(number) * (100 if of_hundred else 1):,.{decimals}f}"
    shown = shown.replace(",", " ").replace(".", ",").replace(" ", ".")
    sign = "−" if number < 0 else "+" if like.startswith("+") else ""
    euro = "€ " if like.startswith("€") else ""
    return f"{euro}{sign}{shown}{'%' if of_hundred else ''}"


@pytest.mark.parametrize(("page", "said", "turned"), cases("turned_sentences"))
def test_a_sentence_that_is_turned_around_is_a_fault(pages, world, page, said, turned):
    lines = [line for line in pages[page] if said in line]
    assert lines, "this sentence is no longer on the page"

    reading = read([line.replace(said, turned) for line in lines], world, PAGES[page])

    assert reading.unknown or reading.faults


@cache
def _made() -> World:
    """The world of the example, which no test changes."""
    return World()


def _elsewhere(area: str = TWENTE, **read: Iterable[str]) -> Place:
    """A place on a page of another world, that a test changes; with holes of these kinds."""
    place = Place(World(deepcopy(_made().settings)), area)
    place.world.receipts = _made().receipts
    place.read = [(kind, "", text) for kind, texts in read.items() for text in texts]
    return place


def _with(place: Place, change: Callable[[Melding], list[Melding]]) -> Place:
    """The same place where each receipt is another, or more, or none."""
    place.world.receipts = [new for one in _made().receipts for new in change(one)]
    return place


def _as(one: Melding, **fields: str) -> list[Melding]:
    return [replace(one, fields=one.fields | fields)]


def _times(number: int, is_more: Callable[[Melding], bool]) -> Callable[[Melding], list[Melding]]:
    """Those of a kind so many times, each with a number of its own."""

    def copies(one: Melding) -> list[Melding]:
        times = number if is_more(one) else 1
        return [replace(one, number=f"{one.number}-{copy}") for copy in range(times)]

    return copies


def _at_one_rate(place: Place) -> Place:
    """Of each gemeente only so many that all have 2,5 per 10.000 inhabitants in a year."""
    left = {slug: round(2.5 * place.world.lived(slug)) for slug in place.world.connected}
    kept = []
    for one in _made().receipts:
        left[one.gemeente] -= 1
        if left[one.gemeente] >= 0:
            kept.append(one)
    place.world.receipts = kept
    return place


def _in_settings(place: Place, *path: str | int, value: object) -> Place:
    *above, last = path
    part = place.world.settings
    for key in above:
        part = part[key]
    part[last] = value
    return place


def _answered(place: Place, question: str, answer: str) -> Place:
    """Where every gemeente gave this answer."""
    given = {slug: said | {question: answer} for slug, said in place.world.answers.items()}
    place.world.answers = given
    return place


def _settled(one: Melding) -> bool:
    return one.fields["topic"] in ("woonfraude", "drugsdelicten", "ondermijnende_activiteiten")


def _in_campaign(one: Melding) -> bool:
    return dt.date(2022, 6, 1) <= one.day <= dt.date(2022, 7, 31) and _settled(one)


# Claim → a place where it is not so.
NOT_SO: dict[str, Callable[[], Place]] = {
    "tussen_haar_grenzen": lambda: _elsewhere(schatting=["+14%"], laag=["+20%"], hoog=["+30%"]),
    "zoals_eigen_regressie": lambda: _elsewhere(schatting=["+80%"]),
    "allen": lambda: _elsewhere(precies=["11"]),
    "uitkomst_het_minst_bekend": lambda: _with(
        _elsewhere(), lambda one: _as(one, result="bevestigd")
    ),
    "geen_verandering_te_zien": lambda: _with(
        _elsewhere(), _times(6, lambda one: one.day >= dt.date(2023, 1, 1))
    ),
    "te_zien_vanaf_ruim_drie_keer": lambda: _with(_elsewhere(), _times(6, lambda one: True)),
    "dan_preciezer": lambda: _with(_elsewhere(), lambda one: _as(one, status="ontvangen")),
    "groei_vooral_door_aansluiten": lambda: _with(
        _elsewhere(), _times(4, lambda one: one.day >= dt.date(2022, 7, 1))
    ),
    "trend_niet_te_zien": lambda: _elsewhere(laag=["−10%"], hoog=["+20%"]),
    "telt_dubbel": lambda: _with(_elsewhere(), lambda one: _as(one) if not one.shared else []),
    "niemand_springt_eruit": lambda: _with(
        _elsewhere(), _times(6, lambda one: one.gemeente == "enschede")
    ),
    "gemeenten_verschillen": lambda: _at_one_rate(_elsewhere()),
    "grootte_geen_toeval": lambda: _at_one_rate(_elsewhere()),
    "grootste_groepen": lambda: _elsewhere(groep=["drugs", "overig"]),
    "grootste_groepen_na_drugs": lambda: _elsewhere(groep=["overig"]),
    "registraties_verschillen": lambda: _with(
        _elsewhere(), lambda one: _as(one, **dict.fromkeys(FIELDS.values(), "ja"))
    ),
    "alle_met_dit_tarief": lambda: _elsewhere(namen=["Almelo en Borne"]),
    "alles_is_geteld": lambda: _elsewhere(rond=["635", "600", "20", "20"]),
    "te_weinig_voor_een_tempo": lambda: _elsewhere(rond=["20"]),
    "te_weinig_om_te_zeggen": lambda: _elsewhere("enschede"),
    "nooit_een_resultaat": lambda: _elsewhere("borne"),
    "van_deze_grootte": lambda: _elsewhere("enschede"),
    "kort_en_nooit_een_resultaat": lambda: _elsewhere("borne"),
    "deels_een_resultaat": lambda: _elsewhere("wierden"),
    "wil_blijven": lambda: _elsewhere("haaksbergen"),
    "doet_mee": lambda: _elsewhere("rijssen-holten"),
    "ook_zonder_vervolg": lambda: _with(_elsewhere(), lambda one: _as(one, result="bevestigd")),
    "ligt_ertussen": lambda: _elsewhere("enschede", laag=["200"], hoog=["300"]),
    "hoort_bij_campagne": lambda: _in_settings(
        _elsewhere("borne"), "campagnes", 1, "gemeenten", value=["almelo"]
    ),
    "stellen_voorwaarden": lambda: _answered(_elsewhere(), "voortzetten", "ja"),
    "wil_verdiepingsdag": lambda: _answered(_elsewhere(), "verdiepingsdag", "nee"),
    "en_over_deze_punten": lambda: _answered(_elsewhere(), "publiciteit", "nee"),
    "na_de_evaluatie": lambda: _in_settings(
        _elsewhere(), "campagnes", 1, "begin", value=dt.date(2023, 6, 1)
    ),
    "vulde_niet_in": lambda: _elsewhere("borne"),
    "iedereen_leverde": lambda: _in_settings(
        _elsewhere(), "gemeenten", "wierden", "levering", value=[]
    ),
    "daarna_betaalt_de_gemeente": lambda: _in_settings(
        _elsewhere(), "kosten", "fase", 1, "betaler", value="Platform IVZ"
    ),
    "vanaf_vijftig": lambda: _elsewhere(namen=["Borne"], cel=["€ 70"]),
    "campagne_niet_te_zien": lambda: _with(_elsewhere(), _times(5, _in_campaign)),
    "naast_gelijken": lambda: _elsewhere("enschede", gebied=["Enschede", "Almelo", "Borne"]),
    "alle_stille_te_kort": lambda: _in_settings(
        _elsewhere(), "vragenlijst", "geen_ervaring", value=["wierden"]
    ),
    "is_verzonnen": lambda: _in_settings(_elsewhere(), "evaluatie", "fictief", value=False),
    "voorstel_is_openbaar": lambda: _in_settings(_elsewhere(), "voorstel", "openbaar", value=False),
    "staat_in_aanleiding": _elsewhere,
    "staat_in_tot_antwoord": _elsewhere,
}


def test_a_claim_fails_where_it_is_not_so():
    assert NOT_SO.keys() == CLAIMS.keys() - {"uitleg"}
    for name, place in NOT_SO.items():
        assert not CLAIMS[name](place()), name
