"""Which notebook makes a page: where it is looked for, what it must be, and what is said of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from conftest import delivered
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.explore.starting import without_output
from mma_analysis.publish import batch, notebooks
from mma_analysis.publish.notebooks import copy_to_edition, find, folder
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError, UsageError

ROOT = Path(__file__).resolve().parent.parent
CELLS = len(json.loads((folder() / "gemeente.ipynb").read_text("utf-8"))["cells"])


@pytest.fixture
def own(tmp_path) -> Workspace:
    """The deliveries of one gemeente, and no notebooks."""
    return delivered(tmp_path, "borne")


def write(path: Path, change: Callable[[list], object] = lambda cells: None, **metadata) -> Path:
    """The package's notebook of gemeenten, changed."""
    content = json.loads((folder() / "gemeente.ipynb").read_text("utf-8"))
    change(content["cells"])
    content["metadata"] |= metadata
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def of_edition(own: Workspace) -> Path:
    return own.raw(EXAMPLE) / "notebooks" / "gemeente.ipynb"


def other_text(cells: list) -> None:
    """Change one cell, put one in, and leave out two others."""
    cells[2]["source"] = "e"
    cells[-2:] = []
    cells.insert(5, {"cell_type": "markdown", "metadata": {}, "source": "Een zin."})


def test_that_of_the_edition_goes_before_that_of_the_organisation_and_the_packages(own):
    package = find("gemeente", own, EXAMPLE)
    ours = write(own.root / "notebooks" / "gemeente.ipynb", other_text)
    organisation = find("gemeente", own, EXAMPLE)
    theirs = write(of_edition(own), lambda cells: cells[-1].update(source="e"))
    edition = find("gemeente", own, EXAMPLE)

    assert package.path == folder() / "gemeente.ipynb"
    assert (organisation.path, edition.path) == (ours, theirs)
    assert package.sentence == ""
    assert organisation.sentence == (
        f"2 van {CELLS - 1} cellen zijn van de eigen organisatie; "
        "2 cellen van het pakket zijn weggelaten"
    )
    assert edition.sentence == f"1 van {CELLS} cellen is van deze editie"
    assert find("district", own, EXAMPLE).origin == package.origin == "van het pakket"


def test_in_the_project_itself_its_notebooks_are_the_packages():
    found = find("gemeente", Workspace(ROOT), EXAMPLE)

    assert (found.path, found.sentence) == (ROOT / "notebooks" / "gemeente.ipynb", "")


def test_a_copy_of_which_no_cell_was_changed_is_the_packages(own):
    before = find("gemeente", own, EXAMPLE)

    copy_to_edition("gemeente", own, EXAMPLE)

    assert find("gemeente", own, EXAMPLE) == before


def parameters(source: str) -> Callable[[list], object]:
    return lambda cells: cells[0].update(source=source)


ALL = 'gebied = "borne"\neditie = "e"\ndoelgroep = "openbaar"\n'
WRONG = {
    "another name": (parameters(ALL.replace("gebied", "gebeid")), "declares parameters ['doelg"),
    "one more": (parameters(f"{ALL}jaar = '2023'"), "'jaar'], expected ['doelgroep', 'editie', 'g"),
    "none": (lambda cells: cells.pop(0), r"declares parameters [], expected"),
    "a number": (parameters(ALL.replace('"e"', "7")), "'editie' must be a text in quotes, not 7"),
    "nothing": (parameters(ALL.replace('"e"', "None")), "must be a text in quotes, not None"),
    "again": (
        lambda cells: cells[4].update(source="%a\ngebied = 'b'"),
        ", cell 5 gives 'gebied' a",
    ),
    "output": (lambda cells: cells[2].update(source="7", outputs=[{}]), "stores output, which can"),
    "no cell": (lambda cells: cells.append("e"), "is no notebook of Jupyter (TypeError"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_what_would_make_wrong_pages_is_refused_with_its_file(own, change, message):
    path = write(of_edition(own), lambda cells: (cells[-1].update(source="e"), change(cells)))

    with pytest.raises(DataError) as error:
        find("gemeente", own, EXAMPLE)

    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [], "nbformat": 3, "metadata": {}}'])
def test_what_is_no_notebook_is_refused(own, text):
    write(of_edition(own)).write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match="is no notebook of Jupyter"):
        find("gemeente", own, EXAMPLE)


def why(own: Workspace) -> dict[str, str]:
    return {row["page"]: row["why"] for row in batch.standing(own, EXAMPLE)[0] if row["why"]}


def test_what_changed_makes_its_pages_anew_and_nothing_else_does(workspace, tmp_path, quickly):
    own = Workspace(tmp_path)
    (tmp_path / "data").symlink_to(workspace.root / "data")
    batch.report(own, EXAMPLE)
    assert {outcome.state for outcome in batch.report(own, EXAMPLE)} == {"kept"}

    write(tmp_path / "notebooks" / "gemeente.ipynb", other_text)
    of_gemeenten = why(own)
    batch.report(own, EXAMPLE)
    (tmp_path / "notebooks" / "sentences.j2").write_text("{% macro a() %}", encoding="utf-8")
    of_all = why(own)
    batch.report(own, EXAMPLE)

    assert set(of_gemeenten.values()) == set(of_all.values()) == {"changed: notebook"}
    assert set(of_all) - set(of_gemeenten) == {"openbaar/district.html"}
    assert why(own) == {}
    assert "de gedeelde zinnen zijn aangepast" in find("gemeente", own, EXAMPLE).sentence


def test_every_file_of_the_house_style_counts(own):
    found = [find("district", own, EXAMPLE).parts]
    for name in ("stijl.css", "beelden/logo.svg"):
        path = own.raw(EXAMPLE) / "huisstijl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a", encoding="utf-8")
        found.append(find("district", own, EXAMPLE).parts)

    assert len({parts["house style"] for parts in found}) == 3
    assert len({parts["notebook"] for parts in found}) == 1


def mma(own: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--root", str(own.root)])


def test_the_command_copies_it_and_it_opens_on_the_edition(own):
    ended = mma(own, "notebook", "gemeente", "--editie", EXAMPLE)

    assert ended.output.startswith(f"gemaakt: {of_edition(own)}\n")
    content = json.loads(of_edition(own).read_text("utf-8"))
    assert f'editie = "{EXAMPLE}"' in content["cells"][0]["source"]
    assert content["metadata"]["mma"] == {"version": notebooks.OUR_VERSION}
    before = of_edition(own).read_bytes()
    again = mma(own, "notebook", "gemeente", "--editie", EXAMPLE)
    assert isinstance(again.exception, UsageError)
    assert "is er al, en is niet veranderd" in str(again.exception)
    assert of_edition(own).read_bytes() == before
    assert mma(own, "notebook", "verkenning", "--editie", EXAMPLE).exit_code == 2
    assert isinstance(mma(own, "notebook", "district", "--editie", "e").exception, UsageError)


def test_list_says_whose_notebook_it_is_and_of_which_version(own):
    write(of_edition(own), other_text, mma={"version": "0.0.1"})
    sentence = find("gemeente", own, EXAMPLE).sentence

    said = mma(own, "list").output
    rows = json.loads(mma(own, "list", "--json").output)["notebooks"]

    assert f"{sentence}; gemaakt van versie 0.0.1\n" in said
    assert "district.ipynb" not in said
    assert (rows["gemeente"]["sentence"], rows["gemeente"]["copy_of"]) == (sentence, "0.0.1")
    assert rows["district"]["origin"] == "van het pakket"


def test_jupyter_saves_a_notebook_of_pages_without_output_and_another_one_as_it_is():
    shown = {"cell_type": "code", "outputs": [1], "execution_count": 3}
    model = {"type": "notebook", "content": {"cells": [shown, {"cell_type": "markdown"}]}}

    without_output("notebooks/verkenning.ipynb", model)
    assert shown["outputs"] == [1]
    without_output("data/raw/a/notebooks/gemeente.ipynb", model)
    assert (shown["outputs"], shown["execution_count"]) == ([], None)
