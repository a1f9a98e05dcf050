"""Everything a notebook shows, for editions that lack something: a sentence, never an exception.

The tables are made by `measure` from a few meldingen, so that they are what an edition would have.
"""

import ast
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from filelock import FileLock

from mma_analysis import measure, show
from mma_analysis.evaluation import Evaluation
from mma_analysis.settings import EXAMPLE, Kosten, Workspace, load
from mma_analysis.show.blocks import Block, Chart, Table, Terms
from mma_analysis.vocabulary import Area, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN
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

COLUMNS = [column.name for column in MELDINGEN]
Days = Sequence[tuple[str, str]]


def meldingen(*days: tuple[str, str]) -> pd.DataFrame:
    """Meldingen of which only gemeente and day are known."""
    table = pd.DataFrame(
        [
            {
                "melding_id": f"M{number}",
                "gemeente": gemeente,
                "received_on": pd.Timestamp(day),
                **{"topic": "onbekend", "topic_group": "onbekend", "also_sent_to": "onbekend"},
                **dict.fromkeys(FOLLOW_UP, "onbekend"),
                **{"source_file": "x.csv", "source_sheet": "", "source_row": number},
            }
            for number, (gemeente, day) in enumerate(days)
        ],
        columns=COLUMNS,
    )
    return table.astype({column.name: column.dtype for column in MELDINGEN})


def released(folder: Path, settings: str, rows: pd.DataFrame, audience: str) -> Path:
    """Write the released tables of an edition without survey; small counts are hidden."""
    raw = folder / "raw" / "proef"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / "evaluatie.toml").write_text(settings, encoding="utf-8")
    (raw / "x.csv").write_text("", encoding="utf-8")
    edition = load(raw)
    of = measure.frame(edition)
    cells, _ = measure.count_system(rows, of)
    small = cells["count"].between(1, edition.bescherming.drempel - 1) & (audience != "intern")
    states = pd.Series("shown", index=cells.index).mask(small, "hidden")
    peildatum = pd.Timestamp(edition.peildatum)
    released = measure.released_tables(measure.released_counts(cells, states, of), of)
    tables = released | {
        **measure.district_tables(released, of),
        "time_to_receive": measure.time_to_receive(rows.assign(area="twente")),
        "experience_by_answer": pd.DataFrame(columns=["question"]),
        "campaign_series": measure.campaign_series(
            of.vocabulary, rows, edition.campagnes, of.exposure, of.periods
        ),
        "coarsened": coarsened(),
        "closing_curve": measure.closing_curve(rows.assign(area="twente"), peildatum),
        "time_to_close": measure.time_to_close(rows.assign(area="twente"), peildatum),
        "time_to_feedback": measure.time_to_feedback(rows.assign(area="twente"), peildatum),
        "outcomes_over_time": measure.outcomes_over_time(
            of.vocabulary, rows.assign(area="twente"), peildatum
        ),
        "own_time_to_close": measure.time_to_close(rows.assign(area="borne"), peildatum),
        "grades": pd.DataFrame(
            {"area": [area.slug for area in VOCABULARY.gemeenten], "grade": None}
        ),
        "own_time_to_feedback": measure.time_to_feedback(rows.assign(area="borne"), peildatum),
        "own_rejected": pd.DataFrame(columns=["source_file"]),
        "own_responses": pd.DataFrame(columns=["question", "value"]),
        "deliveries": pd.DataFrame(
            [{"files": 1, "read": len(rows), "clean": len(rows), "rejected": 0, "duplicate": 0}]
        ),
    }
    receipts = measure.receipts_of_last_year(measure.released_counts(cells, states, of), of)
    kosten = edition.kosten or Kosten()
    tables["cost_scenarios"] = measure.cost_scenarios(
        kosten, tables["costs"], receipts, tables["trend"]
    )
    (folder / "measures").mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / "measures" / f"{name}.parquet", index=False)
    manifest = {"version": "1", "edition": "proef", "key": "abc", "figures": "abc"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return raw


Editions = Callable[..., Path]


@pytest.fixture(scope="session")
def editions(shared: Path) -> Editions:
    """The same as `released`, of these days; an edition that was asked for before is copied."""

    def written(folder: Path, settings: str, days: Days = (), audience: str = "openbaar") -> Path:
        asked = repr((settings, list(days), audience)).encode()
        kept = shared / "released" / hashlib.sha256(asked).hexdigest()
        kept.parent.mkdir(exist_ok=True)
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                half = kept.with_suffix(".half")
                released(half, settings, meldingen(*days), audience)
                half.rename(kept)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return folder / "raw" / "proef"

    return written


ONE_GEMEENTE = SETTINGS.replace(
    "[gemeenten.borne]", '[gemeenten.borne]\naangesloten = 2022-02-01\nlevering = ["x.csv"]'
)
MANY = [("borne", f"2022-{month:02}-10") for month in range(2, 13)] * 2
LACKING = {
    "no deliveries at all": (SETTINGS, []),
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
        [("borne", "2022-09-10")] * 6,
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
    "the highest threshold": (ONE_GEMEENTE + "[bescherming]\ndrempel = 100\n", MANY),
}
WHO = [("twente", "openbaar"), ("borne", "openbaar"), ("borne", "intern")]
CASES = [(lack, *who) for lack in LACKING for who in WHO]
CASES += [("one gemeente and no survey, costs or campaigns", "wierden", "openbaar")]

# Without an earlier edition the first block of that section says so, and the others nothing.
SILENT = [
    f"show.changes.{name}(e)" for name in ("figures_table", "definitions_table", "sure", "meaning")
]


@pytest.mark.parametrize(("lack", "area", "audience"), CASES)
def test_what_an_edition_lacks_is_said_and_never_fails(editions, tmp_path, lack, area, audience):
    settings, days = LACKING[lack]
    raw = editions(tmp_path, settings, days, audience)
    who = "intern" if audience == "intern" else "openbaar"

    blocks = page(Evaluation(VOCABULARY.area(area), load(raw), who, tmp_path))
    told = sentences(blocks)

    assert not_explained(VOCABULARY.area(area), blocks) == []
    assert [text.removesuffix(": ") for text in told if text.endswith(": ")] == SILENT
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
    edition = workspace.edition(EXAMPLE)

    @cache
    def blocks(area: str, audience: str) -> dict[str, Block]:
        who = "intern" if audience == "intern" else "openbaar"
        return page(Evaluation(VOCABULARY.area(area), edition, who, workspace.processed(EXAMPLE)))

    return blocks


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_every_page_of_the_example_reads_well(example, area, audience):
    assert [text for text in sentences(example(area, audience)) if NEVER.search(text)] == []


# Words of this work that a mayor need not know, and where each is on a page of the example.
UNUSUAL = {
    *("DVO", "Informatiepositie", "Ondermijning", "Peildatum", "Platform IVZ", "Procentpunt"),
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


def test_a_word_of_another_edition_is_not_explained(editions, tmp_path):
    raw = editions(tmp_path, SETTINGS)
    e = Evaluation(VOCABULARY.district, load(raw), "openbaar", tmp_path)

    words = [word for word, _ in show.accountability.definitions(e).terms]

    assert "RIEC" in words
    assert {"Platform IVZ", "Zaaksysteem"} & set(words) == set()


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_no_two_things_on_a_page_have_the_same_id(example, area, audience):
    blocks = example(area, audience).values()
    charts = [block for block in blocks if isinstance(block, Chart)]
    tables = [block for block in blocks if isinstance(block, Table)]
    ids = [*(c.anchor for c in charts), *(t.anchor for t in [*tables, *(c.table for c in charts)])]

    assert sorted({name for name in ids if ids.count(name) > 1}) == []


# Only how many are about something else than drugs is shown: of what that is, nothing is known.
WITHOUT_FINDING = {"Waar de meldingen in Rijssen-Holten over gaan"}
LABEL = re.compile(r"^(Hoe|Waar|Wat|Welke|Wie|Meldingen|Aantal|Percentage)\b[^:]*$")


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_the_title_of_every_figure_states_a_finding(example, area, audience):
    charts = [b for b in example(area, audience).values() if isinstance(b, Chart)]

    assert charts
    assert {chart.title for chart in charts if LABEL.match(chart.title)} <= WITHOUT_FINDING


@pytest.mark.parametrize("area", SLUGS)
def test_every_figure_has_words_a_table_and_plain_numbers(example, area):
    charts = [b for b in example(area, "openbaar").values() if isinstance(b, Chart)]

    assert charts
    for chart in charts:
        spec = str(chart.figure.to_json())
        assert len(chart.alt) > 20
        assert chart.caption.endswith(".")
        assert chart.table.rows
        assert all(len(row) == len(chart.table.head) for row in chart.table.rows)
        assert "bdata" not in spec
        assert "NaN" not in spec


def test_a_hidden_gemeente_tells_no_number_of_its_own_anywhere(example, workspace):
    """Wierden has 3 meldingen in the example: its public page holds no count of them at all."""
    slug = "wierden"
    blocks = example(slug, "openbaar")
    own = workspace.processed(EXAMPLE) / "measures_intern" / slug / "per_period.parquet"
    exact = pd.read_parquet(own).query("area == @slug and kind == 'whole'")["count"].item()

    assert exact == 3
    assert not [text for text in sentences(blocks) if re.search(r"\b3 meldingen\b", text)]
    for call, block in blocks.items():
        if isinstance(block, Chart) and "Wierden" in block.title:
            raise AssertionError(f"{call} is about {slug}: {block.title}")
