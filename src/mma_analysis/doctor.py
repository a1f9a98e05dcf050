"""What a newcomer needs to know when it does not work: what is missing, and how to get it."""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from mma_analysis.explore.starting import INSTALL_LAB, missing_parts
from mma_analysis.settings import SETTINGS_FILE, Workspace
from mma_analysis.vocabulary import DataError


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at: is it well, and if not, what to do."""

    what: str
    state: Literal["ok", "note", "fault"]
    remedy: str = ""


def diagnose(workspace: Workspace) -> list[Diagnosis]:
    """Look at everything that a run needs, without running anything."""
    of_the_machine = [_python(), _kernel(), _bundle(), _notebooks()]
    here = [_editions(workspace), _writable(workspace), _leftovers(workspace)]
    return [*of_the_machine, *here, _lab()]


def _python() -> Diagnosis:
    running = ".".join(map(str, sys.version_info[:3]))
    what = f"mma-analysis {version('mma-analysis')} with Python {running} at {sys.executable}"
    return Diagnosis(what, "ok")


def _kernel() -> Diagnosis:
    """The kernel `python3` must start this Python, or notebooks miss the package."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = f"run `{sys.executable} -m ipykernel install --sys-prefix`"
    try:
        starts = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Diagnosis("kernel python3", "fault", remedy)
    if starts in ("python", "python3") or Path(starts) == Path(sys.executable):
        return Diagnosis("kernel python3 starts this Python", "ok")
    return Diagnosis(f"kernel python3 starts {starts}, not {sys.executable}", "fault", remedy)


def _bundle() -> Diagnosis:
    from mma_analysis.publish.templates import has_bundle

    if has_bundle():
        return Diagnosis("plotly.js bundle for small pages", "ok")
    return Diagnosis(
        "plotly.js bundle is not there: pages work, but are about 5 MB each",
        "note",
        "run `make report`, or `python tools/setup.py plotly`",
    )


def _notebooks() -> Diagnosis:
    from mma_analysis.publish.notebooks import folder

    try:
        where = folder()
    except DataError as error:
        return Diagnosis(str(error), "fault", "install mma-analysis again")
    return Diagnosis(f"report notebooks in {where}", "ok")


def _editions(workspace: Workspace) -> Diagnosis:
    found = sorted(path.parent.name for path in workspace.raw("").glob(f"*/{SETTINGS_FILE}"))
    if found:
        return Diagnosis(f"editions: {', '.join(found)}", "ok")
    return Diagnosis(
        f"no edition under {workspace.raw('')}",
        "fault",
        "go to the project's folder, or give --root; `mma example` writes the example",
    )


def _writable(workspace: Workspace) -> Diagnosis:
    for wanted in (workspace.processed(""), workspace.reports("")):
        folder = next(path for path in (wanted, *wanted.parents) if path.is_dir())
        try:
            with tempfile.TemporaryFile(dir=folder):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            what = f"cannot write in {folder}: {error.strerror}"
            return Diagnosis(what, "fault", "change its rights")
        if free < 200 * 1024 * 1024:
            return Diagnosis(f"less than 200 MB free in {folder}", "fault", "make room")
    return Diagnosis(f"can write below {workspace.root}", "ok")


def _leftovers(workspace: Workspace) -> Diagnosis:
    """A run that could not tidy up leaves rows of meldingen in a hidden folder."""
    folders = (workspace.processed(""), workspace.reports(""))
    left = sorted(str(path) for folder in folders for path in folder.glob(".*-*"))
    if left:
        remedy = "remove them, unless a run is going on now"
        return Diagnosis(
            f"left behind by a run that was cut off: {', '.join(left)}", "note", remedy
        )
    return Diagnosis("nothing left behind by earlier runs", "ok")


def _lab() -> Diagnosis:
    if missing := missing_parts():
        remedy = f"run {INSTALL_LAB} to explore; reports do not need it"
        return Diagnosis(f"JupyterLab is not complete: no {', '.join(missing)}", "note", remedy)
    return Diagnosis(f"JupyterLab {version('jupyterlab')} with the bench's widgets", "ok")
