"""What a newcomer needs to know when it does not work: what is missing, how to get it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from mma_analysis.explore.lab import INSTALL_LAB, missing_parts
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import message

GIGABYTE = 2**30
# An estimate, with room: the example takes a quarter of this, with two pages at a time.
MEMORY_NEEDED = 2
DISK_NEEDED = 1


class Diagnosis(NamedTuple):
    """One thing that was looked at: `ok`, `note` or `fault`; if not well, what to do."""

    what: str
    state: str
    remedy: str = ""


def diagnose(workspace: Workspace) -> Iterator[Diagnosis]:
    """Look at everything that a run needs, without running anything."""
    running = ".".join(map(str, sys.version_info[:3]))
    words = {"version": version("mma-analysis"), "python": running, "path": sys.executable}
    yield Diagnosis(message("doctor_python", **words), "ok")
    yield _kernel()
    names = ", ".join(workspace.names())
    if names:
        yield Diagnosis(message("doctor_editions", names=names), "ok")
    else:
        what = message("doctor_no_edition", path=workspace.raw(""))
        yield Diagnosis(what, "fault", message("doctor_where"))
    yield _writable(workspace)
    yield from _memory()
    yield _disk(workspace)
    missing = ", ".join(missing_parts())
    if missing:
        remedy = message("doctor_lab_remedy", install=INSTALL_LAB)
        yield Diagnosis(message("doctor_no_lab", missing=missing), "note", remedy)
    else:
        yield Diagnosis(message("doctor_lab", version=version("jupyterlab")), "ok")


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


def _writable(workspace: Workspace) -> Diagnosis:
    for wanted in (workspace.processed(""), workspace.reports("")):
        folder = next(path for path in (wanted, *wanted.parents) if path.is_dir())
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            what = message("doctor_cannot_write", path=folder, error=error.strerror)
            return Diagnosis(what, "fault", message("doctor_rights"))
    return Diagnosis(message("doctor_writes", path=workspace.root), "ok")


def _memory() -> Iterator[Diagnosis]:
    """How much memory there is, where the system says so."""
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    what = message("doctor_memory", there=_gigabytes(there), needed=MEMORY_NEEDED)
    if there < MEMORY_NEEDED * GIGABYTE:
        yield Diagnosis(what, "note", message("doctor_memory_remedy"))
    else:
        yield Diagnosis(what, "ok")


def _disk(workspace: Workspace) -> Diagnosis:
    wanted = workspace.processed("")
    folder = next(path for path in (wanted, *wanted.parents) if path.is_dir())
    there = shutil.disk_usage(folder).free
    words = {"there": _gigabytes(there), "path": folder, "needed": DISK_NEEDED}
    what = message("doctor_disk", **words)
    if there < DISK_NEEDED * GIGABYTE:
        return Diagnosis(what, "note", message("doctor_disk_remedy"))
    return Diagnosis(what, "ok")


def _gigabytes(number: int) -> str:
    """In GB, with one decimal; cut off, so that too little never looks enough."""
    tenths = number * 10 // GIGABYTE
    return f"{tenths // 10},{tenths % 10}"
