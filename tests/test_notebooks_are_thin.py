"""The report notebooks hold prose and calls, and nothing that needs a test of its own."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from mma_analysis.publish.notebooks import PARAMETERS

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
REPORTS = ["district", "gemeente"]


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_a_call_of_show(source: str) -> bool:
    """Whether a cell is one call such as `show.topics.sentence(e)`."""
    statements = ast.parse(source).body
    call = statements[0].value if isinstance(statements[0], ast.Expr) else None
    if len(statements) != 1 or not isinstance(call, ast.Call) or call.keywords:
        return False
    root = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    takes_e = [isinstance(argument, ast.Name) and argument.id == "e" for argument in call.args]
    return isinstance(root, ast.Name) and root.id == "show" and takes_e == [True]


@pytest.mark.parametrize(
    "source",
    [
        *("show.topics.sentence(e, 1)", "show.head(x)", "e.table('x')", "show.a(e)\nshow.b(e)"),
        *("show.head(e) + 1", "show.a[0](e)", "[show.head(e)]", "x = show.head(e)"),
        *("for e in y: show.head(e)", "import pandas", "lambda: show.head(e)", "f'{show.head(e)}'"),
    ],
)
def test_anything_but_one_call_of_show_would_be_found(source):
    assert not is_a_call_of_show(source)


@pytest.mark.parametrize("name", REPORTS)
def test_after_parameters_and_loading_every_cell_shows_one_thing(name):
    parameters, load, *shown = code(read(name))
    assigned = ast.parse(parameters.source).body
    tagged = [cell for cell in read(name).cells if "parameters" in cell.metadata.get("tags", [])]

    names = [node.targets[0].id for node in assigned]
    assert names == list(PARAMETERS[name])
    assert all(isinstance(node.value, ast.Constant) for node in assigned)
    assert load.source == (
        f"from mma_analysis import evaluation, show\n\ne = evaluation.load({', '.join(names)})"
    )
    assert [cell.source for cell in shown if not is_a_call_of_show(cell.source)] == []
    assert tagged == [parameters]


@pytest.mark.parametrize("name", REPORTS)
def test_every_section_shows_something(name):
    sections: dict[str, list[str]] = {}
    for cell in read(name).cells:
        if cell.cell_type == "markdown":
            sections[cell.source.splitlines()[0]] = []
        elif sections:
            sections[list(sections)[-1]].append(cell.source)

    assert all(sections.values())


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_stored_or_shown_twice_and_the_kernel_is_that_of_everybody(name):
    notebook = read(name)
    sources = [cell.source for cell in notebook.cells]

    assert all(cell.outputs == [] for cell in code(notebook))
    assert all(cell.execution_count is None for cell in code(notebook))
    assert notebook.metadata.kernelspec.name == "python3"
    assert len(set(sources)) == len(sources) == len({cell.id for cell in notebook.cells})
