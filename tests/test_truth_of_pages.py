"""What pages of the example say is true: every number and sentence beside what was made.

`tests/cases/true_sentences.csv` has each sentence that a page may say, `true_sentences.py` what it
promises, and `true_world.py` counts what is so, from the rows of the generator and not by the
package. A sentence without a row fails, and so does a row that no page says.

What is drawn is not read: the tables below the figures are. Meanings of words (`.uitleg`) are
those of `terms.csv`. Nothing is promised of *niet te zeggen*, of the hash of the figures, and of
the estimate of a trend but that it lies within its interval.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from conftest import PROJECT, Run, cases

from mma_analysis.settings import EXAMPLE
from page_lines import lines_of
from true_sentences import (
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
from true_world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


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


def test_a_source_names_a_sheet_of_the_annex(readings, folder):
    sheets = openpyxl.load_workbook(folder / "bijlage.xlsx", read_only=True).sheetnames
    holes = [hole for reading in readings.values() for hole in reading.holes]
    named = {tab for kind, text in holes if kind == "tab" for tab in re.split("’.*?‘", text)}

    assert named <= {*sheets}


def test_intervals_hold_the_rates_that_the_example_was_made_with(pages, world):
    """Of 95% of all: one in twenty may miss, and the first of fourteen is no surprise."""
    row = re.compile(r"Gemeente: (.+?) \| Sinds: .*\((.+)–(.+)\)")
    found = [match.groups() for line in pages["district"] if (match := row.match(line))]

    held = [
        number(low) <= world.model_rate(world.names[name]) <= number(high)
        for name, low, high in found
    ]

    assert len(held) == 14
    assert sum(held) >= 13


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


def _changes(place: Place, kind: str, what: str, text: str) -> Iterator[str]:
    """What would no longer be true."""
    if kind in ("dag", "maand"):
        yield re.sub(r"\d{4}$", lambda year: str(int(year[0]) + 1), text)
    if kind in ("namen", "velden"):
        yield re.split(", | en ", text)[0] if re.search(", | en ", text) else "Almelo en Borne"
    if kind not in ("rond", "precies", "minst", "hoogst", "laag", "hoog", "cel", "stippen"):
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
        yield f"{true.true + 1:.0f}–{true.true + 9:.0f}" if kind == "cel" else "25"
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
