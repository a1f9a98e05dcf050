"""One more police district, by the same commands: IJsselland, with invented deliveries."""

import datetime as dt
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT, Run, cases, mma, python
from tools.example_edition import elsewhere

import doors
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.explore.workbench import Bench
from mma_analysis.forms.scaffold import new_edition
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.show.text import text_of_html
from mma_analysis.vocabulary import UsageError
from mma_analysis.vocabulary.reference import read_district
from says import given, says

TABLE = PROJECT / "tests" / "districts" / "ijsselland.csv"
SLUG = "ijsselland-2023"
GEMEENTEN = [
    *("dalfsen", "deventer", "hardenberg", "kampen", "olst-wijhe", "ommen", "raalte"),
    *("staphorst", "steenwijkerland", "zwartewaterland", "zwolle"),
]
OF_TWENTE = re.compile(r"Twente|Enschede|Almelo|Hengelo|Borne\b|Oldenzaal|Wierden")


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    days = dt.date(2021, 7, 1), dt.date(2023, 6, 30)
    new_edition(workspace, SLUG, *days, district=read_district(TABLE))
    return workspace


def test_a_table_makes_an_edition_with_its_own_areas_that_loads_as_it_is(made: Workspace):
    edition = made.edition(SLUG)

    assert list(edition.gemeenten) == GEMEENTEN
    assert edition.evaluatie.district == "IJsselland"
    assert [area.slug for area in edition.vocabulary.gemeenten] == GEMEENTEN
    assert edition.vocabulary.area("zwolle").cbs_code == "GM0193"
    assert edition.vocabulary.district.slug == "ijsselland"
    people = pd.DataFrame(edition.vocabulary.reference("population")).set_index("slug")
    places = pd.DataFrame(edition.vocabulary.reference("places")).set_index("place")
    assert len(people) == 22
    assert people.query("reference_date == '2023-01-01'")["inhabitants"]["zwolle"] == "131000"
    assert places.loc["Dalfsen", ["pc4_from", "pc4_to"]].to_list() == ["7721", "7722"]
    assert places.loc["Wijhe", ["pc4_from", "pc4_to"]].to_list() == ["8131", "8131"]


def test_what_an_edition_says_of_itself_names_its_own_district(made: Workspace):
    opened = OpenEdition(made, made.edition(SLUG), {})  # nothing was prepared here
    vocabulary = opened.settings.vocabulary
    described = vocabulary.reference("indicators")

    assert '.evaluation("dalfsen")' in repr(opened)
    assert OF_TWENTE.findall(repr(opened)) == []
    assert [row for row in described if OF_TWENTE.search(" ".join(row.values()))] == []


def test_the_next_edition_of_that_district_takes_its_tables_along(made: Workspace):
    days = dt.date(2023, 7, 1), dt.date(2025, 6, 30)
    new_edition(made, "volgende", *days, previous=made.edition(SLUG))

    assert made.edition("volgende").vocabulary.own == made.edition(SLUG).vocabulary.own


@pytest.mark.parametrize(("old", "new", "code", "words"), cases("district_wrong"))
def test_a_wrong_table_names_row_and_column_and_makes_nothing(
    tmp_path: Path, old: str, new: str, code: str, words: str
):
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "district.csv"
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(UsageError) as error:
        read_district(path)

    assert str(path) in str(error.value)
    assert re.fullmatch(says(code, **given(words)), str(error.value))


def test_settings_of_one_district_do_not_fit_another(made: Workspace):
    days = dt.date(2023, 7, 1), dt.date(2025, 6, 30)

    with pytest.raises(UsageError, match=says("from_other_district")):
        new_edition(made, "mis", *days, made.edition(SLUG), district=read_district(TABLE))

    assert not made.raw("mis").exists()


# --- from the table to pages ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """`mma run` of the other district; `counted.json` says what must be counted per gemeente."""
    root = tmp_path_factory.mktemp("districten")
    days = ("--begin", "2021-07-01", "--peildatum", "2023-06-30")
    mma("new", SLUG, "--district", TABLE, *days, "--root", root, check=True)
    counted = elsewhere.write(Workspace(root).raw(SLUG))
    (root / "counted.json").write_text(json.dumps(counted), encoding="utf-8")
    ended = mma("run", SLUG, "--root", root)  # it raises when the audit finds anything
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Workspace(root)


@pytest.mark.slow
def test_the_same_commands_make_all_pages_of_another_district(district: Workspace):
    counted = json.loads((district.root / "counted.json").read_text(encoding="utf-8"))
    meldingen = pd.read_parquet(district.processed(SLUG) / "clean" / "meldingen.parquet")
    assert meldingen["gemeente"].value_counts().to_dict() == counted
    openbaar = district.reports(SLUG) / "openbaar"
    pages = {path.name for path in openbaar.glob("*.html")}

    around = {"index.html", "hoe-wij-telden.html", "district.html", "voorstel-dvo.html"}
    assert pages == around | {f"{slug}.html" for slug in GEMEENTEN}
    own = (district.reports(SLUG) / "intern").glob("*/")
    assert {path.name for path in own} == {*GEMEENTEN}
    page, index = ((openbaar / f"{name}.html").read_text("utf-8") for name in ("district", "index"))
    assert "kregen 11 gemeenten in" in text_of_html(page)
    assert all(f'href="{slug}.html"' in index for slug in GEMEENTEN)


@pytest.mark.slow
def test_anybody_can_compute_its_public_numbers_again(district: Workspace):
    ended = python(district.reports(SLUG) / "openbaar" / "nagaan.py")

    assert ended.returncode == 0, ended.stdout


@pytest.mark.slow
def test_no_page_of_it_names_twente(district: Workspace):
    named = {
        path.relative_to(district.root): OF_TWENTE.findall(path.read_text(encoding="utf-8"))
        for path in district.reports(SLUG).rglob("*.html")
        if path.name != "dossier.html"
    }

    assert len(named) == 15 + 2 * 11
    assert {name: words for name, words in named.items() if words} == {}


@pytest.mark.slow
def test_the_bench_offers_the_areas_of_the_edition_that_is_chosen(
    district: Workspace, workspace: Workspace
):
    for kind in ("raw", "processed"):
        there = district.root / "data" / kind / EXAMPLE
        shutil.copytree(workspace.root / "data" / kind / EXAMPLE, there, dirs_exist_ok=True)
    shown = Bench(EXAMPLE, "borne", root=district.root)
    beside = Bench(SLUG, root=district.root)

    shown.choose(editie=SLUG)

    for bench in (shown, beside):
        assert [slug for _, slug in bench.choices["gebied"].options] == ["ijsselland", *GEMEENTEN]
        assert bench.choices["gebied"].value == "ijsselland"
    assert shown.table.equals(beside.table)
    assert beside.choose(editie=EXAMPLE, gebied="borne").choices["gebied"].value == "borne"


@pytest.mark.slow
def test_two_editions_of_two_districts_side_by_side_give_what_each_gives_alone(
    district: Workspace, reports: Run
):
    """Through every public door: part by part in turn in one process, and in two threads."""
    both, alone = ((reports.workspace, EXAMPLE), (district, SLUG)), []
    for workspace, slug in both:
        ended = python(doors.__file__, workspace.root, slug)
        assert ended.returncode == 0, ended.stderr
        alone.append(json.loads(ended.stdout))
    assert all(alone[0][door] != alone[1][door] for door in alone[0])

    for door in doors.DOORS:
        parts = [*zip_longest(*(door(workspace, slug) for workspace, slug in both))]
        for at, of_edition in enumerate(alone):
            own = [part[at] for part in parts if part[at] is not None]
            assert doors.hashed(own) == of_edition[door.__name__], door.__name__

    with ThreadPoolExecutor(2) as threads:
        for door in doors.AT_THE_SAME_TIME:
            found = [*threads.map(lambda one, door=door: doors.hashed(door(*one)), both)]
            assert found == [of_edition[door.__name__] for of_edition in alone], door.__name__
