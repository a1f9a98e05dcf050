"""`mma` in processes that are forked from one in which the libraries are imported already.

For tests that start the program often: most of a start is the same imports again. What is forked is
a process like any other, which can be killed and imports `mma_analysis` itself; so does the warm
process in which it makes pages.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from mma_analysis.publish.starting import ONE_THREAD

COUNTING = ("great_expectations", "highspy", "plotly.graph_objects", "statsmodels.api", "typer")
# What a warm process imports for pages, in its order: IPython stands before pandas. Not papermill:
# it imports engines that are installed, and so `mma_analysis`.
SHOWING = ("IPython.core.interactiveshell", "nbclient", "nbconvert", "plotly.graph_objects")
LASTING = "lasting"

# Begins a process for every line that it reads, and says how it ended.
SERVER = """
import gc, importlib, json, os, runpy, signal, sys, time
from multiprocessing.forkserver import _forkserver as warm

os.environ["GX_ANALYTICS_ENABLED"] = "false"
counting, showing = (names.split(",") for names in sys.argv[1:])
warm.set_forkserver_preload(showing)
warm.ensure_running()
for name in counting:
    importlib.import_module(name)
gc.collect()
gc.freeze()
for line in sys.stdin:
    if not (process := os.fork()):
        break
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
else:
    os._exit(0)

arguments, path, out, (last, seconds) = json.loads(line)
changes, main, (ear, bell) = 0, os.getpid(), os.pipe()
if not os.fork():
    os.close(bell)
    if os.read(ear, 1):
        time.sleep(seconds)
        os.kill(main, signal.SIGKILL)
    os._exit(0)


def count(event, given):
    global changes
    is_written = event == "open" and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR)
    if is_written or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"):
        changes += 1
        if changes == last:
            os.write(bell, b"!") if seconds else os.kill(main, signal.SIGKILL)


warm.ensure_running = lambda: None  # it runs, and is not ours to ask after
signal.signal(signal.SIGINT, signal.default_int_handler)
for descriptor, name in enumerate((os.devnull, out, out)):
    os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
os.environ["PYTHONPATH"] = os.pathsep.join(path)
sys.path[:0] = path
sys.argv = ["mma", *arguments]
sys.addaudithook(count)
try:
    runpy.run_module("mma_analysis", run_name="__main__", alter_sys=True)
finally:
    with open(out + ".changes", "w") as file:
        file.write(str(changes))
"""


class Preloaded:
    """The process that forks; one at a time runs."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "said"
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER, ",".join(COUNTING), ",".join((*SHOWING, LASTING))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": str(Path(__file__).parent)},
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.communicate()

    def mma(
        self, *arguments: str, source: Sequence[Path], killed_after: tuple[int, float] = (0, 0)
    ) -> tuple[int, str]:
        """Run a copy of the program, and give how it ended and what it said.

        Parameters
        ----------
        source
            Where Python finds the copy, before all else.
        killed_after
            It is killed before its how manieth change on disk, or so many seconds later. Never,
            when it makes fewer.
        """
        assert self._server.stdin
        assert self._server.stdout
        self._out.write_text("", encoding="utf-8")
        asked = [arguments, [str(path) for path in source], str(self._out), killed_after]
        self._server.stdin.write(json.dumps(asked).encode() + b"\n")
        ended = int(self._server.stdout.readline())
        return ended, self._out.read_text(encoding="utf-8")

    @property
    def changes(self) -> int:
        """How often the run before, which was not killed, changed something on disk."""
        return int(self._out.with_name(f"{self._out.name}.changes").read_text(encoding="utf-8"))
