"""The report notebooks hold prose and calls, and nothing that needs a test of its own."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from mma_analysis.publish.notebooks import PARAMETERS

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
REPORTS = ["district", "gemeente"]
MOST_LINES = 5
SECTIONS = [
    "Samenvatting",
    "Ontwikkeling van de meldingen",
    "Onderwerpen",
    "Werkwijze, samenwerking en registratie",
    "Opvolging",
    "Rechtstreeks ontvangen",
    "Verbeterpunten",
    "Kosten en financiering",
    "Campagnes",
    "Vragenlijst",
    "Vergelijking tussen gemeenten",
    "Vervolg",
    "Veranderd sinds de vorige editie",
    "Verantwoording",
]
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.For, ast.AsyncFor, ast.While, ast.If, ast.IfExp, ast.Try, ast.TryStar),
    *(ast.With, ast.AsyncWith, ast.Match, ast.Raise, ast.Assert),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Subscript, ast.JoinedStr),
)


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def faults(source: str) -> list[str]:
    """What a cell holds that does not belong in a notebook."""
    tree = ast.parse(source)
    found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, LOGIC)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"import {alias.name}" for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module != "mma_analysis":
            found.append(f"from {node.module}")
    if len(source.splitlines()) > MOST_LINES:
        found.append("more than five lines")
    return found


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
        *("def f(): pass", "class A: pass", "for x in y: pass", "while x: pass", "if x: pass"),
        *("try: pass\nexcept E: pass", "with x: pass", "[x for x in y]", "{x for x in y}"),
        *("{x: 1 for x in y}", "x + 1", "-x", "x and y", "x < 1", "x[0]", "f'{x}'", "lambda: 1"),
        *("1 if x else 2", "import pandas", "from pandas import NA", "a\nb\nc\nd\ne\nf"),
        "from mma_analysis.measure import tables",
    ],
)
def test_logic_in_a_cell_would_be_found(source):
    assert faults(source)


@pytest.mark.parametrize(
    "source", ["show.topics.sentence(e, 1)", "show.head(x)", "e.table('x')", "show.a(e)\nshow.b(e)"]
)
def test_anything_but_one_call_of_show_would_be_found(source):
    assert not is_a_call_of_show(source)


@pytest.mark.parametrize("name", REPORTS)
def test_cells_hold_calls_and_no_logic(name):
    found = {cell.source: faults(cell.source) for cell in code(read(name))}

    assert {source: fault for source, fault in found.items() if fault} == {}


@pytest.mark.parametrize("name", REPORTS)
def test_after_loading_every_cell_shows_one_thing(name):
    parameters, load, *shown = code(read(name))

    assert "parameters" in parameters.metadata.get("tags", [])
    assert load.source.startswith("from mma_analysis import evaluation, show\n")
    assert "evaluation.load(" in load.source
    assert [cell.source for cell in shown if not is_a_call_of_show(cell.source)] == []


@pytest.mark.parametrize("name", REPORTS)
def test_the_parameters_are_dutch_names_for_literals_and_load_takes_them_all(name):
    parameters, load = code(read(name))[:2]
    assigned = ast.parse(parameters.source).body

    names = [node.targets[0].id for node in assigned]
    assert names == list(PARAMETERS[name])
    assert all(isinstance(node.value, ast.Constant) for node in assigned)
    assert f"e = evaluation.load({', '.join(names)})" in load.source


@pytest.mark.parametrize("name", REPORTS)
def test_one_cell_only_is_tagged_parameters(name):
    tagged = [cell for cell in read(name).cells if "parameters" in cell.metadata.get("tags", [])]

    assert len(tagged) == 1


@pytest.mark.parametrize("name", REPORTS)
def test_the_fourteen_sections_are_told_in_their_order(name):
    prose = [cell.source for cell in read(name).cells if cell.cell_type == "markdown"]
    headings = [line for source in prose for line in source.splitlines() if line.startswith("#")]

    assert headings == [f"## {title}" for title in SECTIONS]
    assert all(source.startswith("## ") for source in prose)


@pytest.mark.parametrize("name", REPORTS)
def test_every_section_shows_something_and_says_how_sure_it_is(name):
    sections: dict[str, list[str]] = {}
    for cell in read(name).cells:
        if cell.cell_type == "markdown":
            sections[cell.source.splitlines()[0]] = []
        elif sections:
            sections[list(sections)[-1]].append(cell.source)

    without = [
        title
        for title, cells in sections.items()
        if not any(cell.endswith(("sure(e)", "before_after(e)")) for cell in cells)
    ]

    assert all(sections.values())
    assert without == ["## Samenvatting", "## Verantwoording"]


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_stored_and_the_kernel_is_that_of_everybody(name):
    notebook = read(name)

    assert all(cell.outputs == [] for cell in code(notebook))
    assert all(cell.execution_count is None for cell in code(notebook))
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_shown_twice_and_cells_keep_their_own_id(name):
    cells = read(name).cells
    sources = [cell.source for cell in cells]

    assert len(set(sources)) == len(sources)
    assert len({cell.id for cell in cells}) == len(cells)
