"""Whatever happens to a run: nothing half-written is seen, and the next run mends it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mma_analysis.storage import hashes_below
from test_pipeline import delivered

pytestmark = pytest.mark.slow

# An edition of two gemeenten, and a page of one of them; forced: every run has work to do.
EDITION = "proef"
RUN = ("run", EDITION, "--force", "--only", "borne", "--audience", "openbaar")
PAGES = ("report", *RUN[1:])  # the tables stay
KILLS = 10
# Runs `mma`, killed before its how manieth change on disk; prints how many it made when it is not.
KILLED = """
import os, runpy, signal, sys

changes, last = 0, int(sys.argv.pop(1))


def count(event, given):
    global changes
    is_written = event == "open" and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR)
    if is_written or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"):
        changes += 1
        if changes == last:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(count)
try:
    runpy.run_module("mma_analysis", run_name="__main__", alter_sys=True)
finally:
    print(changes)
"""


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


def killed(root: Path, last: int) -> subprocess.CompletedProcess[str]:
    """Run `mma`, and kill it before this change on disk; with 0 it is left alone."""
    program = [sys.executable, "-c", KILLED, str(last), *RUN, "--root", str(root)]
    return subprocess.run(program, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot kill so")
def test_killed_at_any_moment_the_old_set_stands_whole_and_the_next_run_makes_the_same_bytes(own):
    expected = everything(own)
    changes = int(killed(own, 0).stdout.split()[-1])
    moments = random.Random(1)

    for _ in range(KILLS):
        ended = killed(own, moments.randint(1, changes // 2))  # what is left is not much
        assert (ended.returncode, ended.stderr) == (-signal.SIGKILL, "")
        seen = everything(own)
        # Of each folder there is the whole set or, for the blink between two moves, none.
        for folder in ("reports", "data/processed"):
            here = {path: seen[path] for path in seen if path.startswith(folder)}
            whole = {path: expected[path] for path in expected if path.startswith(folder)}
            assert here in ({}, whole)

    assert mma(own, *RUN).returncode == 0
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
    assert "nothing half made was put in its place. Make room and run again" in ended.stderr
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
