"""Files that end early, are of another year, or never came: what is not known is never zero."""

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import situations
from mma_analysis import measure
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.run import frame_of
from mma_analysis.protect import Book
from mma_analysis.publish import batch
from mma_analysis.settings import Workspace
from mma_analysis.storage import read_manifest
from situations import SITUATIONS, SLUG, Situation

pytestmark = pytest.mark.slow
SEEDS = range(1, 12)
KINDS = ["half", "quarter", "year", "month"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Workspace:
    """The edition, with its tables."""
    workspace = situations.write_situations(tmp_path_factory.mktemp("situations"))
    prepare(workspace, SLUG)
    return workspace


@pytest.fixture(scope="module")
def pages(made: Workspace) -> Path:
    """The folder of its reports."""
    batch.report(made, SLUG, only=["twente", "borne", "hengelo"])
    return made.reports(SLUG)


def table(workspace: Workspace, name: str) -> pd.DataFrame:
    return pd.read_parquet(workspace.processed(SLUG) / "measures" / f"{name}.parquet")


def text(path: Path) -> str:
    """What a page says."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.S)
    words = unescape(re.sub(r"<[^>]+>", " ", html))
    said = re.sub(r"\s+", " ", words)
    return re.sub(r" ([.,:;?])", r"\1", said)


# --- wrong zeros --------------------------------------------------------------------------


def test_until_when_each_delivery_goes_is_as_it_is(made):
    connection = table(made, "connection").set_index("area")["covered_until"]

    for slug in situations.slugs():
        until = SITUATIONS.get(slug, Situation()).covered_until
        said = connection[slug]
        assert (f"{said:%Y-%m-%d}" if pd.notna(said) else "") == until, slug


def test_no_number_is_said_of_days_that_nobody_delivered(made):
    per_period = table(made, "per_period")
    of_parts = per_period[per_period["kind"].isin(KINDS)]
    checked = 0
    for row in of_parts.to_dict("records"):
        slug = row["area"]
        if slug not in situations.slugs() or slug == situations.LATE:
            continue
        until = SITUATIONS.get(slug, Situation()).covered_until
        begin = row["period"][:7]
        if begin > until[:7]:
            checked += 1
            assert (row["state"], pd.isna(row["count"])) == ("missing", True), row["cell"]
    assert checked > 10


def test_nobody_is_named_fewer_by_a_file_that_ends_early(tmp_path):
    named = []
    for seed in SEEDS:
        workspace = situations.write_situations(tmp_path / f"{seed}", seed)
        edition = workspace.edition(SLUG)
        cleaned = read_and_clean(edition)
        of = frame_of(edition, cleaned, Book())
        tables = measure.exact_tables(cleaned.meldingen, of)
        verdicts = tables["gemeente_trends"].set_index("area")["verdict"]
        named += [(seed, slug) for slug in situations.SHORT if verdicts[slug] == "fewer"]
    assert named == []


def test_a_quarter_that_three_of_fourteen_sent_is_no_fall(tmp_path):
    """All receive as many all the time; seven draws."""
    every = situations.updated_by_three()
    verdicts = []
    for seed in range(1, 8):
        workspace = situations.write_situations(tmp_path / f"{seed}", seed, every)
        edition = workspace.edition(SLUG)
        cleaned = read_and_clean(edition)
        tables = measure.exact_tables(cleaned.meldingen, frame_of(edition, cleaned, Book()))
        trend = tables["trend"]
        verdicts.append(trend["verdict"].iloc[0])
        per_period = tables["per_period"]
        is_last = per_period["period"].eq("2023-04/2023-06") & per_period["area"].isin(every)
        assert per_period.loc[is_last, "count"].isna().all()
        of_all = per_period[per_period["area"].eq("twente") & per_period["kind"].eq("quarter")]
        # Four a month each, of who delivered; of three only, chance is the largest.
        assert of_all["per_month"].between(2.5, 5.5).all()
    assert set(verdicts) == {"no_change"}


# --- what is said of it -------------------------------------------------------------------


def test_the_pages_for_all_say_who_delivered_until_when(pages):
    said = (
        "Niet elke gemeente leverde tot en met de peildatum: Enschede tot en met 31 december 2022, "
        "Dinkelland tot en met 31 maart 2023 en Borne tot en met 31 mei 2023. "
        "Wat daarna bij hen binnenkwam, is niet bekend."
    )
    for page in ("index.html", "district.html", "voorstel-dvo.html"):
        assert said in text(pages / "openbaar" / page), page


def test_the_index_tells_no_file_one_without_rows_and_another_period_apart(pages):
    said = text(pages / "openbaar" / "index.html")

    assert "Haaksbergen jul 2021 geen bestand over deze periode" in said
    assert "Hellendoorn jul 2021 niets te tellen" in said
    assert "Hengelo jul 2021 geen bestand" in said
    assert "kregen 10 gemeenten in" in said


def test_a_card_says_until_when_its_own_delivery_goes(pages):
    for page in ("openbaar/borne.html", "intern/borne/borne.html"):
        assert "Borne leverde meldingen tot en met 31 mei 2023." in text(pages / page)


@pytest.mark.parametrize(
    ("slug", "asked"),
    [
        ("borne", "Wilt u ook de meldingen van na 31 mei 2023 sturen?"),
        ("enschede", "Wilt u ook de meldingen van na 31 december 2022 sturen?"),
        ("haaksbergen", "Wilt u het bestand over deze periode sturen?"),
        ("hellendoorn", "Wilt u de regels uit de lijst herstellen?"),
        ("hengelo", "Wilt u uw bestand met meldingen sturen?"),
    ],
)
def test_a_letter_asks_for_what_is_lacking(pages, slug, asked):
    assert asked in text(pages / "intern" / slug / "kwaliteit.html")


def test_a_letter_about_other_days_says_which_and_asks_to_change_no_row(pages):
    said = text(pages / "intern" / "haaksbergen" / "kwaliteit.html")

    # Its meldingen are of two years before.
    assert re.search(r"Uw bestand gaat over \d+ juli 2019 tot en met \d+ juni 2021,", said)
    assert "meldingen van 1 juli 2021 tot en met 30 juni 2023" in said
    assert said.count("Aan de datums mankeert niets") == 1
    assert "herstel" not in said.casefold()
    assert "ligt voor het begin" not in said


def test_the_terminal_says_of_a_file_about_other_days_what_its_letter_asks(made):
    files = (read_manifest(made.processed(SLUG)) or {})["files"]

    (file,) = [one for one in files if one["path"] == "meldingen/haaksbergen.csv"]

    (said,) = file["questions"]["haaksbergen"]
    assert said.startswith("Uw bestand gaat over ")


def test_of_a_file_that_came_before_the_peildatum_that_is_said_once(pages):
    said = text(pages / "intern" / "borne" / "kwaliteit.html")

    assert said.count("Uw levering is van 31 mei 2023") == 1
    assert "Na 31 mei 2023 staan er geen" not in said
    assert "In de laatste drie maanden" not in said


def test_who_signs_reads_of_which_files_it_is_seen_that_they_end(made, pages):
    ends = (read_manifest(made.processed(SLUG)) or {})["ends"]

    assert ends == {"dinkelland": "2023-03-31", "enschede": "2022-12-31"}
    dossier = text(pages / "dossier.html")
    assert "In het bestand van Enschede staat na 31 december 2022 niets meer" in dossier
