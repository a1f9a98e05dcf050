"""Which notebook makes a page: where it is looked for, what it must be, and what is said of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from conftest import PROJECT, delivered
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.publish import batch, plan
from mma_analysis.publish.plan import find
from mma_analysis.settings import EXAMPLE, NOTEBOOKS, Workspace, shipped
from mma_analysis.vocabulary import DataError, UsageError, message
from says import says

Change = Callable[[list], object]
CELLS = len(json.loads((shipped(NOTEBOOKS) / "gemeente.ipynb").read_text("utf-8"))["cells"])


@pytest.fixture
def own(tmp_path) -> Workspace:
    """The deliveries of one gemeente, and no notebooks."""
    return delivered(tmp_path, "borne")


def write(path: Path, change: Change, **metadata) -> Path:
    """The package's notebook of gemeenten, changed."""
    content = json.loads((shipped(NOTEBOOKS) / "gemeente.ipynb").read_text("utf-8"))
    change(content["cells"])
    content["metadata"] |= metadata
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def of_edition(own: Workspace) -> Path:
    return own.raw(EXAMPLE) / "notebooks" / "gemeente.ipynb"


def other_cells(cells: list) -> None:
    """Change one cell, put one in, and leave out two others."""
    cells[2]["source"] = "e"
    cells[-2:] = []
    cells.insert(5, {"cell_type": "markdown", "id": "eigen", "metadata": {}, "source": "Een zin."})


def test_that_of_the_edition_goes_before_that_of_the_package_and_no_other_is_read(own):
    write(own.root / "notebooks" / "gemeente.ipynb", other_cells)  # nobody signs for it
    package = find("gemeente", own, EXAMPLE)
    path = write(of_edition(own), other_cells)
    edition = find("gemeente", own, EXAMPLE)
    write(path, lambda cells: cells[-1].update(source="e"))

    assert (package.path, edition.path) == (shipped(NOTEBOOKS) / "gemeente.ipynb", path)
    assert package.sentence == find("gemeente", Workspace(PROJECT), EXAMPLE).sentence == ""
    said = f"2 van {CELLS - 1} cellen zijn van deze editie"
    assert edition.sentence == f"{said}; 2 cellen van het pakket zijn weggelaten"
    assert find("gemeente", own, EXAMPLE).sentence == f"1 van {CELLS} cellen is van deze editie"
    assert find("district", own, EXAMPLE).origin == package.origin == "van het pakket"


def parameters(source: str) -> Change:
    return lambda cells: cells[0].update(source=source)


ALL = 'gebied = "borne"\neditie = "e"\ndoelgroep = "openbaar"\n'
PRINTED = {"output_type": "stream", "name": "stdout", "text": "7"}
WRONG: dict[str, tuple[Change, str]] = {
    "another": (parameters(ALL.replace("gebied", "gebeid")), says("parameters", found="gebeid")),
    "one more": (parameters(f"{ALL}jaar = '2023'"), says("parameters", found="jaar")),
    "none": (lambda cells: cells.pop(0), says("parameters", found="")),
    "again": (
        lambda cells: cells[4].update(source="%a\ngebied = ''"),
        says("parameter_again", cell=5),
    ),
    "output": (lambda cells: cells[2].update(outputs=[PRINTED]), says("stores_output")),
    "no cell": (lambda cells: cells.append("e"), says("no_notebook")),
}


@pytest.mark.parametrize(("change", "why"), WRONG.values(), ids=WRONG)
def test_what_would_make_wrong_pages_is_refused_with_its_file(own, change, why):
    path = write(of_edition(own), lambda cells: (cells[-1].update(source="e"), change(cells)))

    with pytest.raises(DataError, match=f"{why}$") as error:
        find("gemeente", own, EXAMPLE)
    assert str(path) in str(error.value)
    for text in ("", "[]", '{"cells": [], "nbformat": 3, "metadata": {}}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=says("no_notebook")):
            find("gemeente", own, EXAMPLE)


@pytest.mark.slow
def test_what_changed_makes_its_pages_anew_and_nothing_else_does(workspace, tmp_path, quickly):
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    own = Workspace(tmp_path)

    def changed() -> dict[str, str]:
        pages, _ = batch.standing(own, EXAMPLE)
        batch.report(own, EXAMPLE)
        return {page.path: page.reason for page in pages if page.reason}

    changed()
    plan.copy_to_edition("gemeente", own, EXAMPLE)
    assert batch.standing(own, EXAMPLE)[1], "a copy of which no cell was changed is the package's"
    write(of_edition(own), other_cells)
    of_gemeenten = changed()
    of_edition(own).with_name("sentences.j2").write_text("Een zin.", encoding="utf-8")
    of_all = changed()
    (own.raw(EXAMPLE) / "huisstijl").mkdir()
    (own.raw(EXAMPLE) / "huisstijl" / "stijl.css").write_text(":root{}", encoding="utf-8")
    of_style = changed()

    made = (of_gemeenten, of_all, of_style, changed())
    assert [len(pages) for pages in made] == [28, 30, 30, 0]
    assert {*of_gemeenten.values(), *of_all.values()} == {message("why_changed", parts="notebook")}
    assert {*of_style.values()} == {message("why_changed", parts="huisstijl")}
    assert find("district", own, EXAMPLE).sentence == "de gedeelde zinnen zijn aangepast"


def mma(own: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--root", str(own.root)])


def test_the_command_copies_it_once_and_it_opens_on_the_edition(own):
    ended = mma(own, "notebook", "gemeente", "--editie", EXAMPLE)
    again = mma(own, "notebook", "gemeente", "--editie", EXAMPLE)
    content = json.loads(of_edition(own).read_text("utf-8"))

    assert ended.output.startswith(f"gemaakt: {of_edition(own)}\n")
    assert f'editie = "{EXAMPLE}"\n' in content["cells"][0]["source"]
    assert content["metadata"]["mma"] == {"version": plan.OUR_VERSION}
    assert isinstance(again.exception, UsageError)
    assert "is er al, en is niet veranderd" in str(again.exception)


def test_list_says_whose_notebook_it_is_and_of_which_version(own):
    write(of_edition(own), other_cells, mma={"version": "0.0.1"})
    sentence = find("gemeente", own, EXAMPLE).sentence

    said = mma(own, "list").output
    rows = json.loads(mma(own, "list", "--json").output)["notebooks"]

    assert f"{sentence}; gemaakt van versie 0.0.1\n" in said
    assert "district.ipynb" not in said
    assert (rows["gemeente"]["sentence"], rows["gemeente"]["copy_of"]) == (sentence, "0.0.1")
    assert rows["district"]["origin"] == "van het pakket"
