"""Leaks of every kind, planted in finished files: each is caught, and a clean file gives nothing.

And numbers that are not those of their cell, in a page and tables that were written by hand: to
gemeente Borne its exact 8 is known, to everybody else 10.
"""

import base64
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import planting
from mma_analysis.audit.examination import Auditor
from mma_analysis.audit.figures import are_heard
from mma_analysis.settings import EXAMPLE, load
from planting import DISTRICT, INTERN, Files, leaks, says

NAME, RUN = "Pruimedoorn", "Volgens de melder woont"


@pytest.fixture(scope="module")
def world(reports, tmp_path_factory) -> Files:
    """The files of the example, of which two deliveries more are searched for."""
    there, folder = reports.workspace, tmp_path_factory.mktemp("planted")
    raw = shutil.copytree(there.raw(EXAMPLE), folder / EXAMPLE)
    planting.write(raw / "meldingen" / "tip.csv", planting.TIP)
    planting.write(raw / "vragenlijst" / "los.csv", planting.ANSWER)
    return Files(there.reports(EXAMPLE), Auditor(load(raw), there.processed(EXAMPLE)), folder)


@pytest.mark.parametrize("file", planting.FILES)
def test_a_file_of_the_example_has_no_findings(world, file):
    assert world.found(file) == []


@pytest.mark.parametrize(("kind", "file", "change"), leaks("example"))
def test_a_planted_leak_is_caught_and_never_said(world, kind, file, change):
    found = world.found(file, change)

    assert found
    said = json.dumps([finding.sentence for finding in found], ensure_ascii=False).casefold()
    for secret in (NAME, "994877", "melder woont", "12345678", "piepzak"):
        assert secret.casefold() not in said


def figure_of(page: str, name: str) -> str:
    """The markup of one figure."""
    found = re.search(rf'<figure id="{name}".*?</figure>', page, re.DOTALL)
    assert found, name
    return found[0]


def test_a_file_of_a_figure_with_another_end_of_an_interval_is_caught(world):
    page = (world.reports / DISTRICT).read_text("utf-8")
    file = re.search(r"base64,([\w+/=]+)", figure_of(page, "fig-gemeenten"))
    rows = base64.b64decode(file[1]).decode().split("\r\n")
    heads, of_almelo = rows[0].split(";"), rows[1].split(";")
    place = next(n for n, head in enumerate(heads) if head.endswith("(bovengrens)"))
    of_almelo[place] = "99,5"
    rows[1] = ";".join(of_almelo)
    changed = base64.b64encode("\r\n".join(rows).encode()).decode()

    found = world.found(*planting.instead(file[1], changed, DISTRICT))

    assert {one.kind for one in found} == {"unread"}


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("fig-gemeenten", "Almelo", "Enschede"),
        ("fig-weg", "Wie kreeg de melding?", "Wat deed de gemeente ermee?"),
        ("fig-achtergrond", "Tijdstip", "Plaats"),
    ],
)
@pytest.mark.parametrize("kind", ["narrow", "wide"])
def test_two_names_of_rows_that_changed_places_in_a_drawing_are_caught(
    world, name, one, other, kind
):
    page = (world.reports / DISTRICT).read_text("utf-8")
    before, begin, drawn = figure_of(page, name).partition(f'<svg class="{kind}"')
    first, second = f">{one}</tspan>", f">{other}</tspan>"
    swapped = drawn.replace(first, ">\0<", 1).replace(second, first, 1)
    swapped = swapped.replace(">\0<", second, 1)

    found = world.found(
        *planting.instead(before + begin + drawn, before + begin + swapped, DISTRICT)
    )

    assert {one.kind for one in found} == {"mark"}


OF_PLACES = ["Plaats: wel 340", "Plaats: niet 210", "Tijd: wel 180"]
OF_GEMEENTEN = ["Almelo: 8,5, tussen 6,9 en 10,4", "Borne: 5,0"]


@pytest.mark.parametrize(
    ("heard", "titles", "are_said"),
    [
        ("Plaats wel 340, niet 210. Tijd wel 180.", OF_PLACES, True),
        ("Plaats wel 340; Plaats niet 210; Tijd wel 180.", OF_PLACES, True),
        ("Plaats wel 340, niet 210, wel 180.", OF_PLACES, False),  # whose is the last?
        ("Plaats wel 210, niet 340. Tijd wel 180.", OF_PLACES, False),
        ("Plaats wel 340, 210. Tijd wel 180.", OF_PLACES, False),
        ("Plaats wel 340, niet 210.", OF_PLACES, False),
        ("Plaats wel 340, niet 210. Tijd wel 180. Tijd wel 180.", OF_PLACES, False),
        ("Almelo 8,5, tussen 6,9 en 10,4; Borne 5,0.", OF_GEMEENTEN, True),
        ("Borne 5,0; Almelo 8,5, tussen 6,9 en 10,4.", OF_GEMEENTEN, False),
        ("Almelo 8,5; Borne 5,0.", OF_GEMEENTEN, False),
        ("", [], True),
    ],
)
def test_a_sentence_says_each_mark_in_order_and_nothing_else(heard, titles, are_said):
    assert are_heard(heard, titles) == are_said


# --- the own page in the place of the public one -------------------------------------------------


def test_no_line_of_an_own_page_passes_in_the_public_one_that_says_another_number(world):
    tried, passed = 0, []
    for slug in ("borne", "enschede", "wierden", "almelo"):
        public, own = f"openbaar/{slug}.html", f"intern/{slug}/{slug}.html"
        there, ours = ((world.reports / file).read_text("utf-8") for file in (public, own))
        lines = dict.fromkeys(ours.partition("<body>")[2].splitlines())
        for line in [one for one in lines if "data-cell" in one and one not in there]:
            tried += 1
            if not world.found(*says(str(BeautifulSoup(line, "html.parser")), public)):
                passed.append((slug, line))
    assert tried > 20
    # What passes names only cells that say the same in both.
    assert [line for slug, line in passed if _says_more(world, slug, line)] == []


def _says_more(world: Files, slug: str, line: str) -> bool:
    """Whether a line holds a value that the public tables do not have so."""
    value = world.auditor._released.value
    cells = [str(tag["data-cell"]) for tag in BeautifulSoup(line, "html.parser").select("data")]
    return any(str(value(c, "")) != str(value(c, slug)) for c in cells if "vast|" not in c)


# --- numbers that are not those of their cell ----------------------------------------------------

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("cells")
    for file, name in ((DISTRICT, "audit_district.html"), (INTERN, "audit_borne.html")):
        planting.write(folder / file, planting.page((CASES / name).read_text(encoding="utf-8")))
    tables = folder / "tables"
    own = tables / "measures_intern" / "borne" / "tables.zip"
    for path in (tables / "measures", own.parent):
        path.mkdir(parents=True)
    for path in (CASES / "audit_tables").glob("*.csv"):
        table = pd.read_csv(path)
        if path.stem.startswith("own_"):
            name = path.stem.removeprefix("own_") + ".parquet"
            own.write_bytes(planting.packed({name: table.to_parquet()}))
        else:
            table.to_parquet(tables / "measures" / f"{path.stem}.parquet")
    return Files(folder, Auditor(planting.edition_in(folder / "proef"), tables), folder)


@pytest.mark.parametrize("harmless", [(DISTRICT,), (INTERN,)])
def test_a_page_of_which_each_number_is_that_of_its_cell_has_no_findings(clean, harmless):
    assert clean.found(*harmless) == []


@pytest.mark.parametrize(("length", "is_right"), [(120, True), (60, False)])
def test_a_plane_that_stands_in_no_row_goes_from_all_to_a_value_of_the_figure(
    clean, length, is_right
):
    """In a drawing without names: from 1, at 20, to 0.4, at 140, and not to 0.7."""
    line = '<g data-cell="per_follow_up|twente|whole|result|bevestigd#share"><title>Bevestigd: 40%'
    first = f"{line}</title><circle"
    plane = f'<rect x="10%" y="20" width="5%" height="{length}" fill="#c9dceb"></rect>'

    found = clean.found(*planting.instead(first, plane + first, DISTRICT))

    assert [one.kind for one in found] == ([] if is_right else ["mark"])


@pytest.mark.parametrize(("kind", "file", "change"), leaks("written"))
def test_what_is_not_as_the_released_tables_have_it_is_caught(clean, kind, file, change):
    assert kind in {finding.kind for finding in clean.found(file, change)}


def test_a_finding_says_a_word_and_never_a_number(clean):
    found = clean.found(*says("<p>Dat gebeurt 4711 keer vaker.</p>", DISTRICT))

    said = [finding.sentence for finding in found]
    assert len(said) == 2
    assert all("openbaar/district.html, onderdeel 1, regel" in one for one in said)
    assert ["‘vaker’" in one for one in said] == ["‘####’" not in one for one in said]
    assert "4711" not in "".join(said)


@pytest.mark.parametrize(
    ("classes", "cell"),
    [
        ("tekst kop", ", cel ‘%%tekst kop’ van het notebook: "),
        ("tekst kern cijfers-jaar", ", cel ‘%%tekst kern cijfers-jaar’ van het notebook: "),
        ("tekst", ""),
        ("wrap kop", ""),
        ("tekst Pruimedoorn", ""),
        ("tekst m-994877", ""),
    ],
)
def test_a_finding_in_a_text_says_which_cell_wrote_it_and_never_a_name_that_is_not_ours(
    clean, classes, cell
):
    text = "<p>Dat zijn <b>4711</b> meldingen.</p>"
    found = clean.found(*says(f'<div class="{classes}">{text}</div>', DISTRICT))

    bare = [one.sentence for one in found if one.kind == "bare"]
    assert len(bare) == 1
    assert re.search(rf"onderdeel 1, regel \d+{re.escape(cell) or ': '}", bare[0])
    assert ("cel ‘" in bare[0]) == bool(cell)
    said = " ".join(one.sentence for one in found)
    assert NAME not in said
    assert "994877" not in said
    assert "4711" not in said


def test_what_stands_behind_a_text_of_a_cell_is_not_of_that_cell(clean):
    written = '<div class="tekst kop"><p>Meldingen.</p></div><p>Dat zijn 4711 meldingen.</p>'
    found = clean.found(*says(written, DISTRICT))

    assert [one.kind for one in found] == ["bare"]
    assert "cel ‘" not in found[0].sentence
