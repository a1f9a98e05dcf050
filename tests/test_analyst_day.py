"""A day of an analyst: a sentence and a figure changed in `mma lab`, and then on the page."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from conftest import mma
from playwright.sync_api import Locator, expect

from mma_analysis.settings import EXAMPLE, Workspace
from test_lab import PATIENCE, SHOWN, Lab, opened, run_all

NOTEBOOK = f"data/raw/{EXAMPLE}/notebooks/district.ipynb"
ORANGE = "rgb(179, 84, 30)"  # of #b3541e, as a browser says it
BARS = ".bars .point > path"
SENTENCE, FIGURE, TABLE = "%%tekst opbrengst", 'naam="groei"', 'naam="blijft"'
IMPORTED = "import plotly.express as px\n\n"

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE)


@dataclass
class Day:
    """The notebook of the edition, open in JupyterLab."""

    lab: Lab
    path: Path

    def sources(self) -> list[str]:
        """What is saved of each cell."""
        return [one.source for one in nbformat.read(self.path, as_version=4).cells]

    def cell(self, words: str) -> Locator:
        """The cell with these words in it; of a long one not all lines are on the page."""
        (number,) = [n for n, source in enumerate(self.sources()) if words in source]
        return self.lab.page.locator(f"{SHOWN} .jp-Notebook-cell").nth(number)

    def shown(self, words: str) -> Locator:
        """What stands below it."""
        return self.cell(words).locator(".jp-Cell-outputArea")

    def change(self, words: str, other: Mapping[str, str] | None = None) -> None:
        """Write in a cell something else than is saved of it, and run it."""
        (source,) = [source for source in self.sources() if words in source]
        for old, new in (other or {}).items():
            assert old in source
            source = source.replace(old, new)
        self.cell(words).locator(".cm-content").click()
        self.lab.page.keyboard.press("Control+a")
        self.lab.page.keyboard.insert_text(source)
        self.lab.page.keyboard.press("Control+Enter")


@pytest.fixture(scope="module")
def day(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    root = tmp_path_factory.mktemp("day")
    shutil.copytree(workspace.root / "data", root / "data")
    said = mma("notebook", "district", "--editie", EXAMPLE, "--root", root, check=True)
    assert NOTEBOOK in said.stdout
    with opened(root, {"width": 1500, "height": 1100}, NOTEBOOK) as lab:
        run_all(lab.page)
        yield Day(lab, root / NOTEBOOK)


def test_a_sentence_a_figure_and_a_table_stand_below_their_cells(day):
    expect(day.shown("%%tekst kop")).to_contain_text(
        "kregen 14 gemeenten in Twente 585 anonieme meldingen"
    )
    day.shown(FIGURE).scroll_into_view_if_needed()
    expect(day.shown(FIGURE).locator(BARS)).to_have_count(4)
    expect(day.shown(TABLE).locator("thead th").first).to_have_text("Aanname")


def test_what_is_changed_and_saved_is_on_the_page(day):
    before, page = day.sources(), day.lab.page

    day.change(SENTENCE, {"werden niet bevestigd": "bleken niet te kloppen"})
    drawn = 'px.bar(delen, x="count", y="deel", color_discrete_sequence=["#b3541e"])'
    day.change(
        FIGURE, {'waterval(delen, "deel", "count")': drawn, "if split": f"{IMPORTED}if split"}
    )

    expect(day.shown(SENTENCE)).to_contain_text("bleken niet te kloppen")
    expect(day.shown(FIGURE).locator(BARS).first).to_have_css("fill", ORANGE)
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
    assert sum(new != old for new, old in zip(day.sources(), before, strict=True)) == 2
    cells = nbformat.read(day.path, as_version=4).cells
    assert [cell.outputs for cell in cells if cell.get("outputs")] == []

    root = Workspace(day.path.parents[4])
    only = ("--only", "twente", "--audience", "openbaar")
    mma("report", EXAMPLE, *only, "--root", root.root, check=True)
    made = page.context.new_page()
    made.goto((root.reports(EXAMPLE) / "openbaar" / "district.html").as_uri())
    expect(made.locator("main")).to_contain_text("bleken niet te kloppen")
    bars = made.locator("#fig-groei .wide [data-cell] rect")
    expect(bars.nth(3)).to_have_css("fill", ORANGE)
    expect(made.locator("footer")).to_contain_text(f"2 van {len(cells)} cellen zijn van deze")
    assert (day.lab.elsewhere, day.lab.complaints) == ([], [])
