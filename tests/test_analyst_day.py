"""A day of an analyst: a sentence and a figure changed in `mma lab`, and then on the page."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from mma_analysis.settings import EXAMPLE, Workspace
from test_lab import PATIENCE, SHOWN, Lab, opened

NOTEBOOK = "district.ipynb"
ORANGE = "rgb(179, 84, 30)"  # of #b3541e, as a browser says it
DRAWN_BARS = ".bars .point > path"
SENTENCE = "%%tekst opbrengst"
FIGURE, TABLE = 'naam="groei"', 'naam="blijft"'

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE)


def mma(root: Path, *words: str) -> str:
    """What a command says that ends well."""
    command = [sys.executable, "-m", "mma_analysis", *words, "--root", str(root)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def root(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared example, with a notebook of its own."""
    root = tmp_path_factory.mktemp("day")
    shutil.copytree(workspace.root / "data", root / "data")
    said = mma(root, "notebook", "district", "--editie", EXAMPLE)
    assert f"data/raw/{EXAMPLE}/notebooks/{NOTEBOOK}" in said
    return root


@pytest.fixture(scope="module")
def path(root: Path) -> Path:
    return Workspace(root).raw(EXAMPLE) / "notebooks" / NOTEBOOK


@pytest.fixture(scope="module")
def lab(root: Path) -> Iterator[Lab]:
    with opened(root, {"width": 1500, "height": 1100}) as lab:
        open_by_its_folders(lab.page)
        run_all(lab.page)
        yield lab


def open_by_its_folders(page: Page) -> None:
    """Go to the notebook as `mma notebook` says it."""
    page.locator(".jp-BreadCrumbs-home").click()
    for name in ("data", "raw", EXAMPLE, "notebooks", NOTEBOOK):
        page.locator(".jp-DirListing-item", has_text=re.compile(f"^{name}")).dblclick()
    cell(page, SENTENCE).wait_for()


def run_all(page: Page) -> None:
    """Run every cell by the menu: who sees that nothing starts clicks again."""
    begun = page.locator(f"{SHOWN} .jp-InputPrompt", has_text=re.compile(r"\[[\d*]+\]")).first
    for _ in range(6):
        page.click("li.lm-MenuBar-item:has-text('Uitvoeren')")
        page.locator("li[data-command='runmenu:run-all']").click()
        try:
            begun.wait_for(timeout=20_000, state="attached")
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    last = page.locator(f"{SHOWN} .jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]"))


def cell(page: Page, words: str) -> Locator:
    """The cell with these words in it."""
    editor = page.locator(".cm-content", has_text=words)
    return page.locator(f"{SHOWN} .jp-CodeCell", has=editor)


def change(page: Page, path: Path, words: str, new: Mapping[str, str]) -> None:
    """Write in a cell something else than is saved of it, and run it."""
    cells = nbformat.read(path, as_version=4).cells
    (source,) = [one.source for one in cells if words in one.source]
    for old, other in new.items():
        assert old in source
        source = source.replace(old, other)
    cell(page, words).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def shown(page: Page, words: str) -> Locator:
    """What stands below the cell with these words."""
    return cell(page, words).locator(".jp-Cell-outputArea")


def test_a_sentence_a_figure_and_a_table_stand_below_their_cells(lab):
    page = lab.page

    expect(shown(page, "%%tekst kop")).to_contain_text("In Twente kwamen 585 anonieme meldingen")
    shown(page, FIGURE).scroll_into_view_if_needed()
    expect(shown(page, FIGURE).locator(DRAWN_BARS)).to_have_count(4)
    expect(shown(page, TABLE).locator("thead th").first).to_have_text("Als …")
    expect(page.locator(f"{SHOWN} [data-mime-type='application/vnd.jupyter.error']")).to_have_count(
        0
    )


def test_a_mistake_in_a_sentence_is_said_in_dutch_where_it_is(lab, path):
    page = lab.page

    change(page, path, SENTENCE, {"{{ bekend }} meldingen": "{{ bekendd }} meldingen"})

    said = shown(page, SENTENCE)
    expect(said).to_contain_text("regel 3: ‘bekendd’ bestaat hier niet; bedoelde u ‘bekend’?")
    number = cell(page, SENTENCE).locator(".jp-InputPrompt").inner_text().strip(" :")
    assert f"TekstFout: cel {number}, {SENTENCE}, regel 3" in said.inner_text()
    assert "Traceback" not in said.inner_text()

    change(page, path, SENTENCE, {})

    expect(said).to_contain_text("is het resultaat bekend")


def test_what_is_changed_and_saved_is_on_the_page(lab, root, path):
    page = lab.page
    before = [one.source for one in nbformat.read(path, as_version=4).cells]
    chart = 'px.bar(delen, x="count", y="deel", color_discrete_sequence=["#b3541e"])'

    change(page, path, SENTENCE, {"werden niet bevestigd": "bleken niet te kloppen"})
    imported = {"if split": "import plotly.express as px\n\nif split"}
    change(page, path, FIGURE, {**imported, 'staven(delen, "deel", "count")': chart})

    expect(shown(page, SENTENCE)).to_contain_text("bleken niet te kloppen")
    for bar in range(4):
        expect(shown(page, FIGURE).locator(DRAWN_BARS).nth(bar)).to_have_css("fill", ORANGE)
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
    cells = nbformat.read(path, as_version=4).cells
    assert sum(one.source != old for one, old in zip(cells, before, strict=True)) == 2
    assert [one.outputs for one in cells if one.get("outputs")] == []

    mma(root, "report", EXAMPLE, "--only", "twente", "--audience", "openbaar")
    made = page.context.new_page()
    made.goto((Workspace(root).reports(EXAMPLE) / "openbaar" / "district.html").as_uri())
    expect(made.locator("main")).to_contain_text("bleken niet te kloppen")
    made.locator("#fig-groei").scroll_into_view_if_needed()
    bars = made.locator(f"#fig-groei {DRAWN_BARS}")
    expect(bars).to_have_count(4)
    expect(bars.first).to_have_css("fill", ORANGE)
    expect(made.locator("footer")).to_contain_text(
        f"2 van {len(cells)} cellen zijn van deze editie"
    )


def test_nothing_was_asked_of_the_network_and_nothing_complained(lab):
    assert lab.elsewhere == []
    assert lab.complaints == []
