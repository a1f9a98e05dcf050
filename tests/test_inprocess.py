"""Our papermill engine shows what a kernel shows; plain papermill runs the same notebooks."""

import subprocess
import sys

import nbformat
import nbformat.v4 as nb
import papermill
import pytest
from papermill.engines import NBClientEngine
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from mma_analysis.publish import notebooks
from mma_analysis.publish.inprocess import InProcess
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

CELLS = {
    "nothing": "x = 1",
    "a value": "x = 3\nx + 4",
    "a value that is not wanted": "7;",
    "print, display and a value, in order": "from IPython.display import HTML, display\n"
    "print('a')\ndisplay(HTML('<b>b</b>'))\nprint('c')\n'd'",
    "pieces of one line": "print('a', end='')\nprint('b')",
    "a table": "import pandas as pd\npd.DataFrame({'n': [1, 2]})",
    "an image of bytes": "display({'image/png': b'\\x89PNG'}, raw=True)",
    "numbers as keys": "display({'application/json': {1: (2, 3)}}, raw=True)",
    "numbers of numpy": "import numpy as np\n"
    "display({'application/json': {'a': np.int64(3), 'b': np.float32(2.5)}}, raw=True)",
    "an update": "h = display('a', display_id='one')\nh.update('b')",
    "to be updated by the next": "h = display('a', display_id='two')",
    "an update of the one before": "h.update('b')",
    "cleared": "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
    "cleared when something comes": "print('a')\nclear_output(wait=True)\nprint('b')",
    "cleared when nothing comes": "print('a')\nclear_output(wait=True)",
    "await at the top": "import asyncio\nawait asyncio.sleep(0)\n'waited'",
    "the earlier value": "(_, Out[max(Out)])",
    "a magic": "%precision 2\n3.14159",
    "a figure": "import plotly.graph_objects as go\n"
    "display({'application/vnd.plotly.v1+json': go.Figure(go.Bar(y=[1])).to_dict()}, raw=True)",
    "figures as plotly shows them": "go.Figure(go.Bar(y=[1])).show()\ngo.Figure(go.Bar(y=[2]))",
    "half a sign": "print('a\\udcffb')",
    "a log": "import logging, sys\n"
    "logging.getLogger('x').addHandler(logging.StreamHandler(sys.stdout))\n"
    "logging.getLogger('x').warning('said')",
    "much text": "print('x' * 100_000)",
    "unicode": "print('é ‘aanhaling’ 🙂')",
    "another program": "!echo a",
    "an error that may be": "def f():\n    return {}['k']\nf()",
    "no Python": "a b",
    "an error while it is shown": "class A:\n    def __repr__(self):\n        1 / 0\nA()",
    "skipped": "1 / 0",
}
TAGS = {
    "an error that may be": "raises-exception",
    "no Python": "raises-exception",
    "an error while it is shown": "raises-exception",
    "skipped": "skip-execution",
}


def notebook(*sources: str) -> nb.nbbase.NotebookNode:
    content = nb.new_notebook(cells=[nb.new_code_cell(source) for source in sources])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    return content


def run(engine: type, content: nb.nbbase.NotebookNode) -> list[list[dict]]:
    """What every cell shows, below papermill's own check for errors."""
    for part in (content, *content.cells):
        part.metadata["papermill"] = nb.nbbase.NotebookNode()
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
    shown = {}
    for engine in (InProcess, NBClientEngine):
        content = notebook(*CELLS.values())
        for name, cell in zip(CELLS, content.cells, strict=True):
            cell.metadata["tags"] = [TAGS[name]] if name in TAGS else []
        shown[engine] = dict(zip(CELLS, run(engine, content), strict=True))

    for name, ours in shown[InProcess].items():
        assert ours == shown[NBClientEngine][name], name
    assert shown[InProcess]["an error that may be"][0]["ename"] == "KeyError"
    assert shown[InProcess]["skipped"] == []


@pytest.mark.slow
def test_a_page_shows_what_its_notebook_shows_in_a_kernel(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    area = VOCABULARY.area("borne")
    given = notebooks.parameters(area, EXAMPLE, "openbaar")
    path = str(notebooks.folder() / "gemeente.ipynb")
    ours, theirs = (
        run(engine, parameterize_notebook(load_notebook_node(path), given))
        for engine in (InProcess, NBClientEngine)
    )

    assert ours == theirs
    assert sum(map(len, ours)) > 10


def test_what_is_printed_on_two_streams_stays_in_order():
    # A kernel sends the streams apart, and may put them together in another order.
    shown = run(InProcess, notebook("import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)"))

    found = [(o["name"], o["text"]) for o in shown[0]]
    assert found == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]


def test_after_a_cell_that_fails_no_other_runs():
    shown = run(InProcess, notebook("1 / 0", "'next'"))

    assert shown[0][0]["ename"] == "ZeroDivisionError"
    assert shown[1] == []


def test_a_limit_of_time_per_cell_is_refused_and_not_forgotten(tmp_path):
    nbformat.write(notebook("1"), tmp_path / "eigen.ipynb")

    with pytest.raises(ValueError, match="no limit of time per cell"):
        papermill.execute_notebook(
            str(tmp_path / "eigen.ipynb"), None, engine_name="mma", execution_timeout=5
        )


@pytest.mark.slow
@pytest.mark.parametrize("engine", [[], ["--engine", "mma"]], ids=["a kernel", "ours"])
def test_papermill_itself_runs_a_notebook(tmp_path, engine):
    content = notebook("gebied = 'borne'", "gebied")
    content.cells[0].metadata["tags"] = ["parameters"]
    path, to = tmp_path / "eigen.ipynb", tmp_path / "uit.ipynb"
    nbformat.write(content, path)

    command = [sys.executable, "-m", "papermill", *engine, "-p", "gebied", "losser"]
    subprocess.run([*command, str(path), str(to)], check=True, capture_output=True)

    executed = nbformat.read(to, 4)
    nbformat.validate(executed)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "'losser'"
