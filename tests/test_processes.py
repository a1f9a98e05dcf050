"""Each job has a fresh process, here or on a cluster; what goes wrong in it is that job's alone."""

import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest
from conftest import delivered
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from misbehaving import misbehave
from mma_analysis.cli import app
from mma_analysis.cli import pages as commands
from mma_analysis.publish import batch
from mma_analysis.publish.page import execute
from mma_analysis.publish.page_set import PageSet
from mma_analysis.publish.plan import Page
from mma_analysis.publish.processes import each
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.storage import read_manifest
from mma_analysis.vocabulary import DataError, UsageError, message
from says import says

pytestmark = pytest.mark.slow

WELL = {"fine": "fine", "soils": "clean", "looks": "clean"}
# What goes wrong → what is said of it.
FAULTS = {
    "raises": "wrong",
    "raises without words": "ValueError",
    "finds no room": "[Errno 28] No space left on device",
    "asks": "EOF when reading a line",
    "exits": "SystemExit",
    "leaves": message("process_ended"),
    "is killed": message("process_ended"),
}


@pytest.mark.parametrize("is_far", [False, True], ids=["here", "on a cluster"])
def test_what_goes_wrong_fails_its_own_job_only_and_no_job_notices_another(request, is_far):
    scheduler = request.getfixturevalue("address") if is_far else ""
    if is_far:
        request.getfixturevalue("workers")

    among_well = each(misbehave, [*FAULTS, *WELL], 3, scheduler=scheduler)
    became = {job: result or str(error) for job, result, error in among_well}
    hanging = each(misbehave, ["hangs", "hangs"], 1, seconds=1, scheduler=scheduler)

    assert became == FAULTS | WELL
    # The second waits for the first.
    assert [str(error) for *_, error in hanging] == [message("took_too_long", seconds=1)] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no such limit")
def test_a_job_that_takes_too_much_memory_is_told_how_much_it_may_have(monkeypatch):
    monkeypatch.setenv("MMA_MEMORY", "1,5")

    ended = {
        job: (result, error) for job, result, error in each(misbehave, ["takes memory", "fine"], 1)
    }

    result, error = ended["takes memory"]
    assert result is None
    assert "takes memory had meer geheugen nodig dan de 1,5 GB" in str(error)
    assert ended["fine"] == ("fine", None)


def test_a_cell_that_takes_too_much_memory_is_no_fault_of_its_notebook(tmp_path):
    cell = new_code_cell("raise MemoryError")
    path = tmp_path / "cel.ipynb"
    write(new_notebook(cells=[cell]), path)

    with pytest.raises(MemoryError):
        execute(path, {})


@pytest.mark.parametrize("typed", ["veel", "0,5", "-4", "inf", "nan"])
def test_a_limit_that_is_no_number_of_gigabytes_is_refused(monkeypatch, typed):
    monkeypatch.setenv("MMA_MEMORY", typed)

    with pytest.raises(UsageError, match=says("memory_wrong")):
        list(each(misbehave, ["fine"], 1))


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no groups of processes")
def test_what_a_job_started_ends_with_it():
    ((_, started, error),) = each(misbehave, ["starts another"], 1)

    assert error is None
    with suppress(psutil.NoSuchProcess):
        # Who adopted it may not have looked yet.
        psutil.Process(int(started)).wait(20)
    assert not psutil.pid_exists(int(started))


def standing(workspace: Workspace) -> PageSet:
    manifest = read_manifest(workspace.processed(EXAMPLE))
    assert manifest is not None
    return PageSet(workspace, workspace.edition(EXAMPLE), manifest)


def test_who_is_interrupted_while_it_is_said_waits_for_no_other_job(workspace, tmp_path):
    stands = standing(workspace)

    def interrupted(page: Page) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as kept:  # and what its frames hold, as a program does
        batch.make_pages(stands, stands.pages, tmp_path, 2, "", interrupted)

    assert multiprocessing.active_children() == []
    assert len(list(tmp_path.rglob("*.html"))) == 1
    del kept


# --- on a cluster: a scheduler and two workers, each a process of its own, on loopback ------------


def dask(kind: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1"]
    return subprocess.Popen(
        [*command, "--no-dashboard", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
    )


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait until a process says something on stderr."""
    assert process.stderr
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError(f"{process.args} ended without saying {pattern}")


@pytest.fixture
def scheduler() -> Iterator[subprocess.Popen[str]]:
    pytest.importorskip("distributed")
    process = dask("scheduler", "--port", "0")
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def address(scheduler) -> str:
    return said(scheduler, r"tcp://127\.0\.0\.1:\d+")


@pytest.fixture
def workers(address) -> Iterator[list[subprocess.Popen[str]]]:
    running = [dask("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    for one in running:
        said(one, "Registered to")
    yield running
    for one in running:
        one.kill()
        one.communicate()  # until the processes of its jobs have ended too


def four(workspace: Workspace) -> list[Page]:
    """Four pages, one of them of a gemeente for itself."""
    planned = standing(workspace).pages
    return [*planned[:3], planned[-1]]


def made(workspace: Workspace, asked: Sequence[Page], scheduler: str = "") -> Iterator[tuple]:
    make = partial(batch.make_one, workspace, EXAMPLE)
    for page, html, error in each(make, asked, 2, scheduler=scheduler):
        assert not error, error
        yield page.path, html[0]


def test_when_a_worker_is_killed_the_other_makes_the_same_bytes(workspace, address, workers):
    asked = four(workspace)
    here = dict(made(workspace, asked))

    there = made(workspace, asked, address)
    first = next(there)
    workers[0].kill()

    assert dict([first, *there]) == here
    assert all(batch.executed(workspace, EXAMPLE, page).is_file() for page in asked)


def test_when_the_scheduler_is_gone_it_is_said_in_words(scheduler, address, workers):
    done = each(misbehave, ["fine", "hangs", "hangs"], 2, scheduler=address)
    assert next(done)[1] == "fine"

    scheduler.kill()

    with pytest.raises(DataError, match=says("scheduler_gone", address=address)):
        list(done)


def test_a_worker_with_other_code_makes_no_page(workspace):
    page = four(workspace)[0]
    other = batch.replace(page, parts=page.parts | {"pakketten": "other", "notebook": "other"})

    ((_, page, error),) = each(partial(batch.make_one, workspace, EXAMPLE), [other], 1)

    assert page is None
    assert message("worker_differs", parts="notebook, pakketten") == str(error)


@pytest.mark.parametrize(("listens", "code"), [(False, "no_scheduler"), (True, "no_workers")])
def test_a_cluster_that_cannot_be_used_is_said_before_anything_is_made(
    tmp_path, monkeypatch, request, listens, code
):
    monkeypatch.setattr(commands, "SECONDS_TO_CONNECT", 5)
    address = request.getfixturevalue("address") if listens else "tcp://127.0.0.1:9"
    workspace = delivered(tmp_path)

    ended = CliRunner().invoke(app, ["run", "--root", str(tmp_path), "--scheduler", address])

    with pytest.raises(DataError, match=says(code, address=address)):
        raise ended.exception or AssertionError
    assert not workspace.processed(EXAMPLE).exists()
