"""Our papermill engine: the outputs of a kernel, and nothing left behind in the process."""

import copy
import decimal
import gc
import json
import locale
import logging
import os
import random
import signal
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import nbformat.v4 as nb
import numpy as np
import pandas as pd
import papermill
import plotly.io as pio
import pytest
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from mma_analysis import domain
from mma_analysis.publish import page
from mma_analysis.publish.engine.engine import MmaEngine
from mma_analysis.publish.engine.shell import Shell
from mma_analysis.publish.making import ENGINES, Order, make_pages
from mma_analysis.publish.plan import Page
from mma_analysis.settings import EXAMPLE

# What differs between two runs of one notebook, whatever runs it.
VOLATILE = ("papermill", "execution", "widgets")

SOIL = """
import decimal, locale, logging, os, random, sys, tempfile, warnings
import numpy as np, pandas as pd, plotly.io as pio, plotly.graph_objects as go
left_behind = "here"
os.chdir(tempfile.gettempdir())
os.environ["MMA_SOILED"] = "yes"
os.environ.pop("PATH")
sys.path.insert(0, "nowhere")
sys.argv.append("more")
random.seed(1); np.random.seed(1)
warnings.simplefilter("error")
locale.setlocale(locale.LC_ALL, "C")
decimal.getcontext().prec = 3
logging.getLogger().setLevel(1); logging.getLogger().addHandler(logging.NullHandler())
logging.disable(50)
pd.set_option("display.max_rows", 3); pd.set_option("display.precision", 1)
pio.templates["soiled"] = go.layout.Template(layout={"font": {"size": 99}})
pio.templates["plotly"].layout.font.size = 77
pio.templates.default = "soiled"
pio.renderers.default = "json"
"""


def notebook(*sources: str) -> nb.nbbase.NotebookNode:
    content = nb.new_notebook(cells=[nb.new_code_cell(source) for source in sources])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    return content


def saved(folder: Path, *sources: str) -> Path:
    path = folder / "eigen.ipynb"
    nbformat.write(notebook(*sources), path)
    return path


def run(path: Path, engine: str | None = "mma", **options) -> nb.nbbase.NotebookNode:
    """Run a notebook as papermill does; without an engine of ours, in a kernel."""
    return papermill.execute_notebook(
        str(path), None, engine_name=engine, kernel_name="python3", progress_bar=False, **options
    )


def outputs(executed) -> list[list[dict]]:
    return [[dict(output) for output in cell.outputs] for cell in executed.cells]


def state() -> dict[str, object]:
    """All that the notebook above changes."""
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "arguments": list(sys.argv),
        "random": random.getstate(),
        "numpy": np.random.get_state()[1].tolist(),
        "warnings": list(warnings.filters),
        "locale": locale.setlocale(locale.LC_ALL),
        "decimals": decimal.getcontext().prec,
        "logging": (logging.root.level, list(logging.root.handlers), logging.root.manager.disable),
        "pandas": (pd.get_option("display.max_rows"), pd.get_option("display.precision")),
        "templates": (pio.templates.default, sorted(pio.templates)),
        "template": pio.templates["plotly"].layout.font.size,
        "renderer": pio.renderers.default,
        "main": sys.modules["__main__"],
        "streams": (sys.stdout, sys.stderr, sys.displayhook),
    }


# --- nothing is left behind ----------------------------------------------------------------------


def test_what_a_notebook_changes_of_its_process_is_put_back(tmp_path):
    state()  # the first time plotly reads its template
    before = state()

    run(saved(tmp_path, SOIL))

    assert state() == before


def test_the_next_notebook_has_a_namespace_of_its_own(tmp_path):
    run(saved(tmp_path, SOIL))
    executed = run(saved(tmp_path, "'left_behind' in dir(), len(In), get_ipython() is not None"))

    assert executed.cells[0].outputs[0].data["text/plain"] == "(False, 2, True)"


def test_a_shell_ends_with_its_notebook_and_not_with_the_process(tmp_path):
    run(saved(tmp_path, "1"))
    gc.collect()

    assert [each for each in gc.get_objects() if isinstance(each, Shell)] == []


def test_a_notebook_that_fails_leaves_nothing_behind_either(tmp_path):
    before = state()

    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        run(saved(tmp_path, SOIL, "1 / 0", "left_behind"))

    assert state() == before


# --- the outputs of a kernel ---------------------------------------------------------------------

CELLS = {
    "nothing": "x = 1",
    "a value": "x = 3\nx + 4",
    "a value that is not wanted": "7;",
    "none": "None",
    "print, display and a value, in order": "from IPython.display import HTML, display\n"
    "print('a')\ndisplay(HTML('<b>b</b>'))\nprint('c')\n'd'",
    "pieces of one line": "print('a', end='')\nprint('b')",
    "a table": "import pandas as pd\npd.DataFrame({'n': [1, 2]})",
    "text of bytes": "from IPython.display import display\n"
    "display({'image/png': b'\\x89PNG'}, raw=True)",
    "numbers as keys": "from IPython.display import display\n"
    "display({'application/json': {1: (2, 3)}}, raw=True)",
    "an update": "from IPython.display import display\n"
    "h = display('a', display_id='one')\nh.update('b')",
    "cleared": "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
    "cleared when something comes": "from IPython.display import clear_output\n"
    "print('a')\nclear_output(wait=True)\nprint('b')",
    "cleared when nothing comes": "from IPython.display import clear_output\n"
    "print('a')\nclear_output(wait=True)",
    "await at the top": "import asyncio\nawait asyncio.sleep(0)\n'waited'",
    "earlier values": "40 + 2",
    "the earlier value": "(_, Out[max(Out)])",
    "a function and its doc": "def f():\n    'doc'\nf.__doc__",
    "a magic": "%precision 2\n3.14159",
    "a figure": "import plotly.graph_objects as go\n"
    "display({'application/vnd.plotly.v1+json': go.Figure(go.Bar(y=[1])).to_dict()}, raw=True)",
    "figures as plotly shows them": "import plotly.graph_objects as go\n"
    "go.Figure(go.Bar(y=[1])).show()\ngo.Figure(go.Bar(y=[2]))",
    "numbers of numpy": "import numpy as np\nfrom IPython.display import display\n"
    "display({'application/json': {'a': np.int64(3), 'b': np.float32(2.5)}}, raw=True)",
    "half a sign": "print('a\\udcffb')",
    "a warning": "import warnings\nwarnings.simplefilter('ignore')\nwarnings.warn('quiet')",
    "a log": "import logging, sys\n"
    "h = logging.StreamHandler(sys.stdout)\nlogging.getLogger('x').addHandler(h)\n"
    "logging.getLogger('x').warning('said')",
    "a value with a mark of its own": "class A:\n    def _repr_html_(self):\n"
    "        return '<i>a</i>'\n    def __repr__(self):\n        return 'A'\nA()",
    "much text": "print('x' * 100_000)",
    "unicode": "print('é ‘aanhaling’ 🙂')",
}


@pytest.fixture(scope="module")
def in_both(tmp_path_factory) -> dict[str, tuple[list[dict], list[dict]]]:
    """What each cell shows, in our engine and in a kernel."""
    path = saved(tmp_path_factory.mktemp("both"), *CELLS.values())
    config = page.IN_KERNEL
    ours, theirs = outputs(run(path)), outputs(run(path, None, **config))
    return {name: (ours[i], in_one_piece(theirs[i])) for i, name in enumerate(CELLS)}


def in_one_piece(shown: list[dict]) -> list[dict]:
    """A kernel sends what is printed by the clock: on a busy machine in more pieces."""
    joined: list[dict] = []
    for output in shown:
        stream = output.get("name")
        if stream is not None and joined and joined[-1].get("name") == stream:
            joined[-1] = output | {"text": joined[-1]["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


@pytest.mark.slow
@pytest.mark.parametrize("name", CELLS)
def test_a_cell_shows_what_it_shows_in_a_kernel(in_both, name):
    ours, theirs = in_both[name]

    assert ours == theirs


def test_copies_of_a_notebook_share_a_figure_and_nothing_else(tmp_path):
    show = """from IPython.display import display
display({"application/json": {"a": [1]}, "text/plain": "a"}, raw=True)"""
    executed = run(saved(tmp_path, show))

    copied = copy.deepcopy(executed)

    (mine,), (theirs,) = outputs(executed)[0], outputs(copied)[0]
    assert copied == executed
    assert theirs["data"]["application/json"] is mine["data"]["application/json"]
    assert theirs["data"] is not mine["data"]


def test_an_update_reaches_what_an_earlier_cell_showed(tmp_path):
    show = "from IPython.display import display\nh = display('a', display_id='one')"

    executed = run(saved(tmp_path, show, "h.update('b')"))

    assert [o["data"]["text/plain"] for o in outputs(executed)[0]] == ["'b'"]


def test_what_is_printed_on_two_streams_stays_in_order(tmp_path):
    # A kernel sends the streams apart, and may put them together in another order.
    executed = run(saved(tmp_path, "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)"))

    found = [(o["name"], o["text"]) for o in outputs(executed)[0]]
    assert found == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]


def run_tagged(tag: str, *sources: str) -> nb.nbbase.NotebookNode:
    """Run cells of which the first has this tag, below papermill's own check for errors."""
    content = notebook(*sources)
    content.cells[0].metadata["tags"] = [tag]
    for part in (content, *content.cells):
        part.metadata["papermill"] = nb.nbbase.NotebookNode()
    return MmaEngine.execute_notebook(content, "python3", progress_bar=False)


def test_a_cell_that_may_fail_shows_its_error_and_the_next_one_runs():
    executed = run_tagged("raises-exception", "{}['k']", "'next'")

    assert executed.cells[0].outputs[0].ename == "KeyError"
    assert executed.cells[1].outputs[0].data["text/plain"] == "'next'"


def test_a_cell_with_the_tag_for_it_is_skipped():
    executed = run_tagged("skip-execution", "1 / 0", "'next'")

    assert executed.cells[0].outputs == []
    assert executed.cells[1].execution_count == 1


def test_a_cell_that_asks_to_leave_is_no_end_of_the_notebook(tmp_path):
    executed = run(saved(tmp_path, "exit()", "'next'"))

    assert executed.cells[1].outputs[0].data["text/plain"] == "'next'"


def test_notebooks_in_two_threads_show_their_own(tmp_path):
    wait = "import time\ntime.sleep(0.2)\nprint(name)"
    paths = {}
    for name in "ab":
        (tmp_path / name).mkdir()
        paths[name] = saved(tmp_path / name, f"name = {name!r}", wait, "name")
    with ThreadPoolExecutor(2) as pool:
        executed = dict(zip(paths, pool.map(run, paths.values()), strict=True))

    for name, found in executed.items():
        (printed,), (value,) = outputs(found)[1:]
        assert printed["text"] == f"{name}\n"
        assert value["data"]["text/plain"] == repr(name)


def test_in_another_thread_a_limit_of_time_is_refused_in_words(tmp_path):
    path = saved(tmp_path, "1")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(run, path, execution_timeout=5)

        with pytest.raises(RuntimeError, match="in the main thread only"):
            asked.result()


@pytest.mark.parametrize("heard", [signal.default_int_handler, signal.SIG_IGN])
def test_a_cell_that_takes_too_long_is_interrupted(tmp_path, heard, request):
    before = signal.signal(signal.SIGINT, heard)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    path = saved(tmp_path, "while True:\n    pass")

    with pytest.raises(CellTimeoutError):
        run(path, execution_timeout=0.5)
    assert signal.getsignal(signal.SIGINT) is heard


def test_what_asks_a_question_fails_and_does_not_wait(tmp_path, monkeypatch):
    reads, writes = os.pipe()  # a terminal at which nobody types
    with os.fdopen(reads, encoding="utf-8") as typed, os.fdopen(writes, "wb"):
        monkeypatch.setattr(sys, "stdin", typed)

        with pytest.raises(PapermillExecutionError, match="EOFError"):
            run(saved(tmp_path, "input('naam?')"))


@pytest.mark.slow
def test_papermill_itself_can_use_the_engine(tmp_path):
    path = saved(tmp_path, "gebied = 'borne'", "gebied")
    content = nbformat.read(path, 4)
    content.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(content, path)
    to = tmp_path / "uit.ipynb"

    command = [sys.executable, "-m", "papermill", "--engine", "mma", "-p", "gebied", "losser"]
    subprocess.run([*command, str(path), str(to)], check=True, capture_output=True)

    executed = nbformat.read(to, 4)
    nbformat.validate(executed)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "'losser'"
    assert executed.metadata.language_info.name == "python"


# --- the real notebooks --------------------------------------------------------------------------


def stripped(path: Path) -> dict:
    """An executed notebook without what differs between two runs."""
    content = copy.deepcopy(json.loads(path.read_text(encoding="utf-8")))
    for cell in content["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            del cell["id"]  # papermill draws it
    for part in (content, *content["cells"]):
        part["metadata"] = {k: v for k, v in part["metadata"].items() if k not in VOLATILE}
    return content


@pytest.mark.slow
def test_all_engines_make_the_same_page_and_the_same_executed_notebook(workspace, tmp_path):
    wanted = (Page(domain.district(), "openbaar"), Page(domain.area("borne"), "intern"))
    found = {}
    for engine in ENGINES:
        orders = [
            Order(
                one, workspace, EXAMPLE, tmp_path / engine / one.path,
                tmp_path / engine / f"{one.area.slug}.ipynb", engine,
            )
            for one in wanted
        ]  # fmt: skip
        assert [done.fault for done in make_pages(orders)] == ["", ""]
        found[engine] = [(o.to.read_bytes(), stripped(o.executed)) for o in orders]

    assert found["fork"] == found["spawn"] == found["kernel"]
    assert len(found["fork"][0][1]["cells"]) > 80
