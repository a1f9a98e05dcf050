"""`jupyter nbconvert`: the page of a report notebook that was run, and its cells as they stand."""

import base64
import re
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import Run
from nbconvert.exporters import HTMLExporter, get_exporter
from nbformat import NotebookNode

from mma_analysis.publish.exporter import MmaExporter
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.show.figure import PLOTLY
from mma_analysis.vocabulary import DataError, UsageError
from says import says

DISTRICT = "openbaar/district"
PAGES = [DISTRICT, "openbaar/wierden", "intern/almelo/almelo", "openbaar/hoe-wij-telden"]
OF_ALMELO = 'gebied = "almelo"\neditie = "voorbeeld-2023"'


@pytest.fixture
def folder(reports: Run, monkeypatch) -> Path:
    """The notebooks of the example's pages, as they were run."""
    monkeypatch.setenv(ROOT_VARIABLE, str(reports.workspace.root))
    return reports.workspace.executed(EXAMPLE)


def ran(folder: Path, name: str = DISTRICT) -> NotebookNode:
    return nbformat.read(folder / f"{name}.ipynb", as_version=4)


def page(notebook: NotebookNode, name: str = "district") -> str:
    named = {"metadata": {"name": name}}
    html, _ = MmaExporter().from_notebook_node(notebook, named)
    return html


def with_parameters(notebook: NotebookNode, source: str) -> NotebookNode:
    """The same notebook, of which both cells with parameters are otherwise."""
    changed = deepcopy(notebook)
    for cell in changed.cells:
        if cell.metadata.get("tags"):
            cell.source = source
    return changed


def test_nbconvert_finds_the_exporter_by_its_name():
    assert get_exporter("mma") is MmaExporter
    assert MmaExporter().file_extension == ".html"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_a_notebook_that_was_run_is_the_page_that_mma_report_made(
    folder, reports, name
):
    made = reports.workspace.reports(EXAMPLE) / f"{name}.html"

    exported, resources = MmaExporter().from_filename(str(folder / f"{name}.ipynb"))

    assert exported == made.read_text(encoding="utf-8")
    assert resources["output_extension"] == ".html"


def test_of_which_area_it_is_stands_in_the_notebook_as_jupyterlab_saves_it(folder):
    notebook = ran(folder, "openbaar/wierden")
    notebook.cells = [one for one in notebook.cells if "injected" not in str(one.metadata)]
    notebook.cells[0].source = notebook.cells[0].source.replace("enschede", "wierden")

    assert page(notebook, "mijn-kopie") == page(ran(folder, "openbaar/wierden"), "wierden")


def test_a_page_says_that_its_notebook_is_another_one(folder):
    notebook = ran(folder)
    notebook.cells[-1].source += "\n# eigen opmerking"

    assert "dit notebook is niet dat van deze editie." in page(notebook)


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ("", DataError, "notebook_without"),
        (OF_ALMELO.replace("almelo", "elders"), UsageError, "no_area"),
        (OF_ALMELO.replace("voorbeeld", "proef"), UsageError, "no_edition"),
        (f'{OF_ALMELO}\ndoelgroep = "niemand"', DataError, "notebook_no_page"),
    ],
    ids=["no parameters", "no area", "no edition", "no audience"],
)
def test_a_notebook_of_which_there_is_no_page_is_an_error_that_says_why(
    folder, parameters, error, said
):
    with pytest.raises(error, match=says(said)):
        page(with_parameters(ran(folder), parameters))


def test_a_notebook_that_was_not_run_has_no_page(folder):
    notebook = ran(folder)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []

    with pytest.raises(DataError, match=says("notebook_not_run", name="district")):
        page(notebook)


def test_nbconverts_own_html_shows_every_figure_as_a_picture(folder):
    notebook = ran(folder)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    figures = [output for output in outputs if PLOTLY in output.get("data", {})]

    html, _ = HTMLExporter().from_notebook_node(notebook)

    pictures = BeautifulSoup(html, "lxml").select("img[src^='data:image/svg+xml;base64,']")
    assert len(figures) > 4
    assert len(pictures) == len(figures)
    for picture in pictures:
        drawn = base64.b64decode(str(picture["src"]).partition(",")[2]).decode()
        assert re.search(r"<(rect|circle|line) ", drawn)
