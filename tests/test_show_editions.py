"""Everything a notebook shows, for editions that lack something: a sentence, never an exception.

Each is prepared from a file of a few meldingen, so that its tables are what an edition has.
"""

import ast
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock

from mma_analysis import evaluation, show
from mma_analysis.evaluation import Evaluation
from mma_analysis.pipeline import prepare
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.show import facts
from mma_analysis.show.blocks import Block, Chart, Terms
from mma_analysis.vocabulary import Area, Vocabulary
from show_tables import SETTINGS

VOCABULARY = Vocabulary()
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SLUGS = [area.slug for area in VOCABULARY.areas]
GLOSSARY = "show.accountability.definitions(e)"


@cache
def shown_by(area: Area) -> dict[str, Callable[[Evaluation], Block]]:
    """What the notebook of this area shows: each call as it stands there, and its function."""
    notebook = nbformat.read(NOTEBOOKS / f"{area.level}.ipynb", as_version=4)
    calls = [cell.source for cell in notebook.cells if cell.source.startswith("show.")]
    return {call: _function(ast.parse(call, mode="eval").body) for call in calls}


def _function(node: ast.expr) -> Callable[[Evaluation], Block]:
    if isinstance(node, ast.Call):
        return _function(node.func)
    if isinstance(node, ast.Attribute):
        return getattr(_function(node.value), node.attr)
    assert isinstance(node, ast.Name)
    return show


def page(e: Evaluation) -> dict[str, Block]:
    """All blocks of a page."""
    return {call: function(e) for call, function in shown_by(e.area).items()}


def words_of(block: Any) -> Iterator[str]:
    """Every text of a block that somebody reads or hears, HTML left out."""
    if isinstance(block, Chart):
        yield from (block.title, block.unit, block.alt, block.caption)
        yield from words_of(block.table)
        return
    html = block._repr_html_()
    yield re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@cache
def around(area: Area) -> str:
    """What the notebook of this area tells by itself."""
    notebook = nbformat.read(NOTEBOOKS / f"{area.level}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def not_explained(area: Area, blocks: dict[str, Block]) -> list[str]:
    """The words of `terms.csv` that a page uses but does not explain."""
    told = [around(area)]
    told += [t for call, b in blocks.items() if call != GLOSSARY for t in words_of(b)]
    text, glossary = "\n".join(told).lower(), blocks[GLOSSARY]
    assert isinstance(glossary, Terms)
    explained = dict(glossary.terms)
    return [
        row["word"]
        for row in VOCABULARY.reference("terms")
        if row["word"] not in explained and any(form in text for form in row["forms"].split(";"))
    ]


def sentences(blocks: dict[str, Block]) -> list[str]:
    """All that a page says, with the call that says it."""
    return [f"{call}: {text}" for call, block in blocks.items() for text in words_of(block)]


# --- editions that lack something ----------------------------------------------------------------

Days = Sequence[str]
Editions = Callable[[str, Days], Workspace]


@pytest.fixture(scope="session")
def editions(shared: Path) -> Editions:
    """An edition of these settings, prepared once, with a melding in Borne on each of the days."""

    def made(settings: str, days: Days = ()) -> Workspace:
        root = shared / "lacking" / hashlib.sha256(repr((settings, days)).encode()).hexdigest()
        raw = root / "data" / "raw" / "proef"
        raw.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{root}.lock"):
            if not (root / "made").exists():
                rows = [f"M2022-{n:06};{day};;Borne" for n, day in enumerate(days)]
                heads = "Meldnummer;Datum ontvangst;Onderwerp;Woonplaats"
                (raw / "x.csv").write_text("\n".join([heads, *rows]), encoding="utf-8")
                (raw / "evaluatie.toml").write_text(settings, encoding="utf-8")
                prepare(Workspace(root), "proef")
                (root / "made").touch()
        return Workspace(root)

    return made


ONE_GEMEENTE = SETTINGS.replace(
    "[gemeenten.borne]", '[gemeenten.borne]\naangesloten = 2022-02-01\nlevering = ["x.csv"]'
)
MANY = [f"2022-{month:02}-10" for month in range(2, 13)] * 2
LACKING = {
    "a delivery without meldingen": (ONE_GEMEENTE, []),
    "one melding": (ONE_GEMEENTE, MANY[:1]),
    "one gemeente and no survey, costs or campaigns": (ONE_GEMEENTE, MANY),
    "no connection date": (ONE_GEMEENTE.replace("aangesloten = 2022-02-01\n", ""), MANY),
    "connected after the peildatum": (
        ONE_GEMEENTE.replace("aangesloten = 2022-02-01", "aangesloten = 2024-02-01"),
        [],
    ),
    "less than a year": (ONE_GEMEENTE.replace("2021-07-01", "2022-09-01"), MANY[7:11]),
    "a single month": (
        ONE_GEMEENTE.replace("2021-07-01", "2022-09-01").replace("2023-06-30", "2022-09-30"),
        ["2022-09-10"] * 6,
    ),
    "a year and a half": (ONE_GEMEENTE.replace("2023-06-30", "2022-12-31"), MANY),
    "tariffs without campaigns": (
        ONE_GEMEENTE + "[[kosten.tarief]]\nvanaf_inwoners = 0\nper_jaar = 800\nper_melding = 2\n",
        MANY,
    ),
    "a campaign without topics": (
        ONE_GEMEENTE + '[[campagnes]]\nnaam = "X"\nbegin = 2022-03-01\neind = 2022-03-02\n',
        MANY,
    ),
    "the largest basis": (ONE_GEMEENTE + "[bescherming]\nbasis = 100\n", MANY),
}
WHO = [("twente", "openbaar"), ("borne", "openbaar"), ("borne", "intern")]
CASES = [(lack, *who) for lack in LACKING for who in WHO]
CASES += [("one gemeente and no survey, costs or campaigns", "wierden", "openbaar")]

# These say nothing when nothing is known: the sentence before them says that.
SILENT = {
    *("show.changes.definitions_table(e)", "show.development.assumptions_table(e)"),
    *("show.development.halves_chart(e)", "show.follow_up.steps_chart(e)"),
    *("show.practice.never_sentence(e)", "show.costs.per_gemeente_table(e)"),
    *("show.comparison.peers_table(e)", "show.follow_up.duration_sentence(e)"),
}


@pytest.mark.parametrize(("lack", "area", "audience"), CASES)
def test_what_an_edition_lacks_is_said_and_never_fails(editions, lack, area, audience):
    blocks = page(evaluation.load(area, "proef", audience, editions(*LACKING[lack])))
    told = sentences(blocks)

    assert not_explained(VOCABULARY.area(area), blocks) == []
    silent = [text.removesuffix(": ") for text in told if text.endswith(": ")]
    assert set(silent) <= SILENT
    assert [text for text in told if NEVER.search(text)] == []


# --- the example edition -------------------------------------------------------------------------

# What no page may say: a value that is none, a noun in the wrong number, a sentence that is broken.
NEVER = re.compile(
    r"\b(nan|None|NaT|<NA>|inf|True|False)\b"
    r"|\b1 (meldingen|gemeenten|maanden|dagen|bestanden|regels|stellingen)\b"
    r"|(?<![\d,.])(?:[2-9]|\d\d+) (melding|gemeente|dag|bestand|regel|stelling)\b"
    r"|\b(1|één|enige) \w*gemeenten? (zijn|hebben|willen|zeggen|gaven)\b"
    r"|\.\.|\. \.|,,| ,| \.(?!\d)|::|\bde geen\b|\ben geen van\b"
    r"|\b(er|een) een aantal\b|-\d+%"
)


@pytest.mark.parametrize(
    "bad",
    [
        *("er zijn nan meldingen", "1 meldingen", "2 melding", "12 gemeente", "1 gemeente hebben"),
        *("Dat is zo..", "Dat , is", "met -3%", "a:: b", "er een aantal"),
    ],
)
def test_a_broken_sentence_would_be_found(bad):
    assert NEVER.search(bad)


@pytest.mark.parametrize(
    "good", ["1 melding", "2 meldingen", "geen meldingen", "1,5 maanden", "van 1 tot 5", "12,1 per"]
)
def test_a_whole_sentence_would_not_be_found(good):
    assert not NEVER.search(good)


PAGES = [(slug, "openbaar") for slug in SLUGS] + [(slug, "intern") for slug in SLUGS[:-1]]


@pytest.fixture(scope="module")
def example(workspace: Workspace) -> Callable[[str, str], dict[str, Block]]:
    """All blocks of a page of the example edition, made once."""

    @cache
    def blocks(area: str, audience: str) -> dict[str, Block]:
        return page(evaluation.load(area, EXAMPLE, audience, workspace))

    return blocks


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_every_page_of_the_example_reads_well(example, area, audience):
    assert [text for text in sentences(example(area, audience)) if NEVER.search(text)] == []


# Words of this work that a mayor need not know, and where each is on a page of the example.
UNUSUAL = {
    *("DVO", "Informatiepositie", "Ondermijning", "Peildatum", "Platform IVZ"),
    *("RIEC", "Vastgoedcampagne", "Verdiepingsdag", "Wegingskader", "Zaaksysteem", "MMA"),
}


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_every_unusual_word_on_a_page_is_explained_on_it(example, area, audience):
    assert not_explained(VOCABULARY.area(area), example(area, audience)) == []


def test_the_district_explains_every_word_that_a_mayor_need_not_know(example):
    glossary = example("twente", "openbaar")[GLOSSARY]

    words = [word for word, _ in glossary.terms]

    assert set(words) >= UNUSUAL
    assert words == sorted(words, key=str.lower)


def test_a_word_of_another_edition_is_not_explained(editions):
    e = evaluation.load("twente", "proef", workspace=editions(ONE_GEMEENTE))

    words = [word for word, _ in show.accountability.definitions(e).terms]

    assert "RIEC" in words
    assert {"Platform IVZ", "Zaaksysteem"} & set(words) == set()


LABEL = re.compile(r"^(Hoe|Waar|Wat|Welke|Wie|Meldingen|Aantal|Percentage)\b[^:]*$")


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_the_title_of_every_figure_states_a_finding(example, area, audience):
    charts = [b for b in example(area, audience).values() if isinstance(b, Chart)]

    assert charts
    assert [chart.title for chart in charts if LABEL.match(chart.title)] == []


COUNTED = re.compile(r"\b(\d+|één) melding(?:en)?\b(?! rechtstreeks)")
NO_COUNT = re.compile(r"hoogstens \d+ (van de \d+ )?meldingen|minder dan 50 meldingen")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_count_in_a_sentence_for_everybody_is_rounded(example, slug):
    told = [NO_COUNT.sub("", text) for text in sentences(example(slug, "openbaar"))]
    counts = [found for text in told for found in COUNTED.findall(text)]

    assert counts
    assert [count for count in counts if not count.isdigit() or int(count) % 5] == []


def test_a_small_gemeente_tells_no_number_of_its_own_anywhere(example, workspace):
    """Wierden has 3 meldingen in the example: its public page says 5, and no more of them."""
    own, told = (
        evaluation.load("wierden", EXAMPLE, audience, workspace)
        for audience in ("intern", "openbaar")
    )

    assert facts.total(own).value == 3
    assert facts.total(told).value == 5
    pages = sentences(example("wierden", "openbaar"))
    assert [text for text in pages if re.search(r"\b3 meldingen\b", text)] == []
