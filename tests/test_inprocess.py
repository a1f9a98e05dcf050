"""Our papermill engine shows what a kernel shows; plain papermill runs the same notebooks."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest
from papermill.engines import NBClientEngine

from mma_analysis.publish.inprocess import InProcess
from released_tables import run

CELLS = Path(__file__).parent / "cases" / "cells.ipynb"  # what a cell can do, each with its name


def run_cells(engine: type) -> list[list[dict]]:
    """What every cell shows, below papermill's own check for errors."""
    content = nbformat.read(CELLS, 4)
    for part in (content, *content.cells):
        part.metadata["papermill"] = nbformat.NotebookNode()
    ran = engine.execute_notebook(content, "python3", progress_bar=False)
    return [in_one_piece(cell.get("outputs", [])) for cell in ran.cells]


def in_one_piece(shown: list[dict]) -> list[dict]:
    """A kernel sends what is printed by the clock: on a busy machine in more pieces."""
    joined: list[dict] = []
    for output in map(dict, shown):
        stream = output.get("name")
        if stream is not None and joined and joined[-1].get("name") == stream:
            joined[-1] = output | {"text": joined[-1]["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


@pytest.mark.slow
def test_every_cell_shows_what_it_shows_in_a_kernel():
    names = [cell.id for cell in nbformat.read(CELLS, 4).cells]
    # Our engine is for a fresh process: what other tests did to Plotly in this one is not its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        shown = fresh.submit(run_cells, InProcess).result()
    ours = dict(zip(names, shown, strict=True))
    theirs = dict(zip(names, run_cells(NBClientEngine), strict=True))

    for name in names:
        assert ours[name] == theirs[name], name
    assert ours["an-error-that-may-be"][0]["ename"] == "KeyError"
    assert ours["skipped"] == []


def test_a_magic_that_is_not_there_is_said_as_a_fault_of_its_cell():
    fails, after = run("%%tekts kop\nEen zin.", "'next'")

    assert ([one["output_type"] for one in fails], after) == (["error"], [])
    assert "tekts" in fails[0]["evalue"]


def test_two_streams_stay_in_order_and_after_a_cell_that_fails_no_other_runs():
    # A kernel sends the streams apart, and may put them together in another order.
    prints = "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)"

    streams, fails, after = run(prints, "1 / 0", "'next'")

    found = [(o["name"], o["text"]) for o in streams]
    assert found == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]
    assert (fails[0]["ename"], after) == ("ZeroDivisionError", [])


@pytest.mark.filterwarnings("ignore:To exit")
@pytest.mark.parametrize("stops", ["exit()", "quit()", "import sys\nsys.exit(3)"])
def test_a_cell_that_ends_the_program_ends_its_own_notebook_and_says_so(stops):
    fails, after = run(stops, "'next'")

    assert fails[0]["ename"] == "SystemExit"
    assert after == []
