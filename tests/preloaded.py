"""`mma` in processes that are forked from one in which the libraries are imported already.

For tests that start the program often: most of a start is the same imports again. What is forked is
a process like any other, which can be killed and imports `mma_analysis` itself.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from mma_analysis.publish.starting import ONE_THREAD

LIBRARIES = ("great_expectations", "highspy", "plotly.graph_objects", "statsmodels.api", "typer")

# Begins a process for every line that it reads; says its number, and later how it ended.
SERVER = """
import gc, importlib, json, os, runpy, signal, sys

os.environ["GX_ANALYTICS_ENABLED"] = "false"
for name in sys.argv[1:]:
    importlib.import_module(name)
gc.collect()
gc.freeze()
for line in sys.stdin:
    if not (process := os.fork()):
        break
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
else:
    os._exit(0)

arguments, path, out = json.loads(line)
signal.signal(signal.SIGINT, signal.default_int_handler)
for descriptor, name in enumerate((os.devnull, out, out)):
    os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
os.environ["PYTHONPATH"] = os.pathsep.join(path)
sys.path[:0] = path
sys.argv = ["mma", *arguments]
runpy.run_module("mma_analysis", run_name="__main__", alter_sys=True)
"""


class Preloaded:
    """The process that forks; one at a time runs."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "said"
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER, *LIBRARIES],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.communicate()

    def mma(
        self, *arguments: str, source: Sequence[Path], killed_after: float | None = None
    ) -> tuple[int, str]:
        """Run a copy of the program, and give how it ended and what it said.

        Parameters
        ----------
        source
            Where Python finds the copy, before all else.
        killed_after
            After so many seconds it is killed, when it did not end before.
        """
        assert self._server.stdin
        assert self._server.stdout
        self._out.write_text("", encoding="utf-8")
        asked = [arguments, [str(path) for path in source], str(self._out)]
        self._server.stdin.write(json.dumps(asked).encode() + b"\n")
        process = int(self._server.stdout.readline())
        if not select.select([self._server.stdout], [], [], killed_after)[0]:
            os.kill(process, signal.SIGKILL)
        ended = int(self._server.stdout.readline())
        return ended, self._out.read_text(encoding="utf-8")
