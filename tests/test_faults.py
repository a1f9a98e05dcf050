"""Whatever happens to a run: nothing half-written is seen, and the next run mends it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mma_analysis.settings import Workspace
from mma_analysis.storage import hashes_below
from preloaded import Preloaded
from test_pipeline import delivered

pytestmark = pytest.mark.slow

# An edition of two gemeenten, and a page of one of them; forced: every run has work to do.
EDITION = "proef"
RUN = ("run", EDITION, "--force", "--only", "borne", "--audience", "openbaar")
PAGES = ("report", *RUN[1:])  # the tables stay
RESUMED = (*PAGES, "--resume")  # and so does a page that was finished
KILLS = 50
Runs = dict[tuple[str, ...], int]
SOURCE = Path(__file__).resolve().parent.parent / "src"


def command(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "mma_analysis", *arguments, "--root", str(root)]


def mma(root: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(root, *arguments), capture_output=True, text=True, encoding="utf-8", **options
    )


def everything(root: Path) -> dict[str, str]:
    """Every file that a reader may see, with its manifest, and its hash."""
    found = {}
    for folder in ("reports", "data/processed"):
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root).as_posix()
            if path.is_file() and "-notebooks/" not in inside:
                found[inside] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Path:
    """A root in which `mma run` was left alone."""
    root = tmp_path_factory.mktemp("undisturbed")
    delivered(root)
    ended = mma(root, *RUN)
    assert ended.returncode == 0, ended.stderr
    return root


@pytest.fixture
def own(undisturbed, tmp_path) -> Path:
    """A root of one's own, as the run that was left alone left it."""
    shutil.copytree(undisturbed, tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory) -> Iterator[Preloaded]:
    with Preloaded(tmp_path_factory.mktemp("preloaded")) as preloaded:
        yield preloaded


def changes_of(preloaded: Preloaded, root: Path, *arguments: str) -> int:
    """How many changes on disk it makes when it is left alone."""
    assert preloaded.mma(*arguments, "--root", str(root), source=[SOURCE])[0] == 0
    return preloaded.changes


@pytest.fixture(scope="module")
def runs(preloaded, undisturbed, tmp_path_factory) -> Runs:
    """What is killed, and how many changes on disk it makes: all, or what is not yet made."""
    root = tmp_path_factory.mktemp("counted") / "root"
    shutil.copytree(undisturbed, root)
    return {given: changes_of(preloaded, root, *given) for given in (RUN, RESUMED)}


def kill(preloaded: Preloaded, root: Path, times: int, seed: int, runs: Runs) -> None:
    """Kill one of these runs, so many times, each at or just after one of its changes on disk."""
    moments = random.Random(seed)
    killed = 0
    for _ in range(3 * times):
        # most go on where the one before was killed: that takes a third of the time
        given, changes = moments.choices(list(runs.items()), weights=[1, 14])[0]
        ended, said = preloaded.mma(
            *(*given, "--root", str(root)),
            source=[SOURCE],
            killed_after=(moments.randint(1, changes), moments.choice([0, 0.001, 0.03])),
        )
        assert ended in (0, -signal.SIGKILL), said
        killed += ended == -signal.SIGKILL
        if killed == times:
            return
    pytest.fail(f"only {killed} of {3 * times} runs were still there to be killed")


# One that is killed between greeting the server that forks and asking it for a process.
ASKS = """
import multiprocessing, os, signal, sys
from multiprocessing import reduction

if sys.argv[1] == "and is killed":
    reduction.sendfds = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
process = multiprocessing.get_context("forkserver").Process(target=int)
process.start()
process.join()
sys.exit(process.exitcode)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork, nor kill so")
def test_one_that_is_killed_does_not_take_along_what_the_next_one_needs(preloaded, tmp_path):
    program = tmp_path / "mma_analysis" / "__main__.py"
    program.parent.mkdir()
    program.write_text(ASKS, encoding="utf-8")
    program.with_name("__init__.py").touch()

    for asks, end in [("and is killed", -signal.SIGKILL), ("and waits", 0)] * 2:
        assert preloaded.mma(asks, source=[tmp_path])[0] == end


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork, nor kill so")
def test_killed_at_any_moment_the_old_set_stands_whole_and_the_next_run_makes_the_same_bytes(
    preloaded, runs, own
):
    expected = everything(own)

    kill(preloaded, own, KILLS, 1, runs)

    seen = everything(own)
    # Of each folder there is the whole set or, for the blink between two moves, none.
    for folder in ("reports", "data/processed"):
        here = {path: seen[path] for path in seen if path.startswith(folder)}
        whole = {path: expected[path] for path in expected if path.startswith(folder)}
        assert here in ({}, whole)
    assert preloaded.mma(*RUN, "--root", str(own), source=[SOURCE])[0] == 0
    assert everything(own) == expected
    assert [path.name for path in (own / "reports").iterdir()] == [EDITION]


def test_after_ctrl_c_everything_is_as_it_was(own):
    before = everything(own)
    with subprocess.Popen(command(own, *RUN), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(line.startswith("protect: ") for line in process.stdout)  # halfway
        process.send_signal(signal.SIGINT)
        process.communicate()

    assert process.returncode == 130
    assert everything(own) == before


def test_pages_that_were_finished_before_a_kill_are_taken_over(own):
    finished = Workspace(own).work(EDITION) / "finished"
    only = ("--only", "borne", "--only", "losser", "--only", "twente")
    run = ("report", EDITION, "--force", "--jobs", "1", "--audience", "openbaar", *only)
    with subprocess.Popen(command(own, *run), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        made = next(line for line in process.stdout if line.startswith("made "))
        process.kill()
    there = [path for path in finished.iterdir() if path.suffix == ".html"]

    assert made
    assert there
    ended = mma(own, *run, "--resume")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("made openbaar/") == 3
    assert not finished.exists()


def limited() -> None:
    """No file may become larger than a page: what a full disk does, without filling one."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
def test_when_there_is_no_room_nothing_is_changed_and_the_message_says_so(own):
    before = everything(own)

    ended = mma(own, *PAGES, preexec_fn=limited)

    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert "nothing was changed" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert everything(own) == before


@pytest.mark.parametrize("place", [".mma", "reports", "data/processed"])
def test_a_folder_that_cannot_be_written_is_named(own, place):
    shutil.rmtree(own / place)
    (own / place).write_text("a file where a folder should be", encoding="utf-8")

    ended = mma(own, *RUN)

    assert ended.returncode == 1
    assert str(own / place) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_run_at_the_same_time_is_told_who_is_working(own):
    with subprocess.Popen(command(own, *RUN), stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        first.stdout.readline()  # it has begun
        second = mma(own, *RUN)
        first.communicate()

    assert second.returncode == 1
    assert f"process {first.pid} on" in second.stderr
    assert first.returncode == 0


def test_files_from_the_future_are_no_reason_to_do_anything(own):
    later = time.time() + 10 * 365 * 86400
    for path in own.rglob("*"):
        os.utime(path, (later, later))

    ended = mma(own, "run", EDITION, "--only", "borne", "--audience", "openbaar")

    assert f"prepare: {EDITION} is up to date" in ended.stdout
    assert "0 made" in ended.stdout


def test_the_pages_before_the_last_ones_come_back_and_go_again(own):
    reports = own / "reports" / EDITION
    page = reports / "openbaar" / "borne.html"
    first = hashes_below(reports)
    page.write_text("changed by hand", encoding="utf-8")
    changed = hashes_below(reports)
    assert mma(own, *PAGES).returncode == 0

    assert mma(own, "rollback", EDITION).returncode == 0
    assert hashes_below(reports) == changed
    assert mma(own, "rollback", EDITION).returncode == 0
    assert hashes_below(reports) == first
