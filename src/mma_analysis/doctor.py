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
from mma_analysis.vocabulary import DataError, message


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
    words = {"version": version("mma-analysis"), "python": running, "path": sys.executable}
    return Diagnosis(message("doctor_python", **words), "ok")


def _kernel() -> Diagnosis:
    """The kernel `python3` must start this Python, or notebooks miss the package."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = message("doctor_install_kernel", path=sys.executable)
    try:
        starts = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Diagnosis(message("doctor_no_kernel"), "fault", remedy)
    if starts in ("python", "python3") or Path(starts) == Path(sys.executable):
        return Diagnosis(message("doctor_kernel"), "ok")
    other = message("doctor_other_kernel", other=starts, path=sys.executable)
    return Diagnosis(other, "fault", remedy)


def _bundle() -> Diagnosis:
    from mma_analysis.publish.templates import has_bundle

    if has_bundle():
        return Diagnosis(message("doctor_plotly"), "ok")
    return Diagnosis(message("doctor_no_plotly"), "note", message("doctor_fetch"))


def _notebooks() -> Diagnosis:
    from mma_analysis.publish.notebooks import folder

    try:
        where = folder()
    except DataError as error:
        return Diagnosis(str(error), "fault", message("doctor_install"))
    return Diagnosis(message("doctor_notebooks", path=where), "ok")


def _editions(workspace: Workspace) -> Diagnosis:
    found = sorted(path.parent.name for path in workspace.raw("").glob(f"*/{SETTINGS_FILE}"))
    if found:
        return Diagnosis(message("doctor_editions", names=", ".join(found)), "ok")
    what = message("doctor_no_edition", path=workspace.raw(""))
    return Diagnosis(what, "fault", message("doctor_where"))


def _writable(workspace: Workspace) -> Diagnosis:
    for wanted in (workspace.processed(""), workspace.reports("")):
        folder = next(path for path in (wanted, *wanted.parents) if path.is_dir())
        try:
            with tempfile.TemporaryFile(dir=folder):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            what = message("doctor_cannot_write", path=folder, error=error.strerror)
            return Diagnosis(what, "fault", message("doctor_rights"))
        if free < 200 * 1024 * 1024:
            return Diagnosis(message("doctor_full", path=folder), "fault", message("doctor_room"))
    return Diagnosis(message("doctor_writes", path=workspace.root), "ok")


def _leftovers(workspace: Workspace) -> Diagnosis:
    """A run that could not tidy up leaves rows of meldingen in a hidden folder."""
    folders = (workspace.processed(""), workspace.reports(""))
    left = sorted(str(path) for folder in folders for path in folder.glob(".*-*"))
    if left:
        what = message("doctor_left", paths=", ".join(left))
        return Diagnosis(what, "note", message("doctor_remove"))
    return Diagnosis(message("doctor_clean"), "ok")


def _lab() -> Diagnosis:
    if missing := missing_parts():
        what = message("doctor_no_lab", missing=", ".join(missing))
        return Diagnosis(what, "note", message("doctor_lab_remedy", install=INSTALL_LAB))
    return Diagnosis(message("doctor_lab", version=version("jupyterlab")), "ok")
