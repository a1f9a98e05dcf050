"""Folders are written whole or not at all, by one run at a time, and say what is in them."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import contents, python

from mma_analysis.settings import Workspace
from mma_analysis.storage import (
    folders,
    issuing,
    locked,
    rolled_back,
    swapped_in,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message
from says import says


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def target(workspace) -> Path:
    """A folder with a file of an earlier run in it."""
    folder = workspace.reports("proef")
    folder.mkdir(parents=True)
    fill(folder, "oud")
    return folder


def fill(folder: Path, name: str = "nieuw") -> None:
    (folder / f"{name}.html").write_text(name, encoding="utf-8")


# --- one takes the place of the other ------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_what_is_not_finished_is_for_its_owner_only(target):
    with swapped_in(target) as staging:
        assert staging.stat().st_mode & 0o077 == 0


ALWAYS = 9


@pytest.fixture
def refused(monkeypatch) -> dict[str, int]:
    """Name → how often it cannot be moved or removed yet, as on Windows while it is open."""
    times: dict[str, int] = {}
    replace, rmtree = Path.replace, shutil.rmtree

    def refuse(path: Path) -> None:
        if times.get(path.name, 0):
            times[path.name] -= 1
            raise PermissionError(13, "in use by another program", str(path))

    def replaced(self: Path, other: Path) -> Path:
        refuse(self)
        return replace(self, other)

    def removed(folder: Path, **how: bool) -> None:
        if not how:  # else what it could not do is no error
            refuse(folder)
        rmtree(folder, **how)

    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(shutil, "rmtree", removed)
    monkeypatch.setattr(folders, "AGAIN_AFTER", (0, 0))
    monkeypatch.setattr(folders, "_change_names", lambda *_: False)  # Windows cannot
    return times


@pytest.mark.parametrize(
    ("name", "error", "stands"),
    [
        ("proef", says("cannot_replace", path="proef"), "oud"),
        (".proef-new", says("cannot_replace", path="proef"), "oud"),
        (".proef-previous", says("cannot_put_away", previous="proef-previous"), "nieuw"),
    ],
)
def test_when_something_is_open_in_another_program_the_old_or_the_new_stands_and_it_is_said(
    target, refused, name, error, stands
):
    previous = target.with_name(".proef-previous")
    previous.mkdir()
    refused[name] = ALWAYS

    refusal = pytest.raises(DataError, match=error)
    with refusal, swapped_in(target, keeps_previous=True) as staging:
        fill(staging)

    assert contents(target) == {f"{stands}.html": stands.encode()}
    assert previous.is_dir()
    assert not staging.exists()


def test_what_a_scanner_is_just_looking_at_is_tried_again(target, refused):
    previous = target.with_name(".proef-previous")
    previous.mkdir()
    with swapped_in(target, keeps_previous=True) as staging:
        fill(staging)
        refused |= dict.fromkeys(("proef", ".proef-new", ".proef-leaving", ".proef-previous"), 1)
    refused[f"a.{os.getpid()}.half"] = 1
    write_whole(target / "a.json", b"{}")

    assert not any(refused.values())
    assert contents(target) == {"nieuw.html": b"nieuw", "a.json": b"{}"}
    assert contents(previous) == {"oud.html": b"oud"}


def test_a_link_is_refused_by_name_and_stays(target):
    elsewhere = target.rename(target.with_name("elders"))
    target.symlink_to(elsewhere, target_is_directory=True)

    refused = pytest.raises(DataError, match=says("is_link", path="proef"))
    with refused, swapped_in(target):
        pass

    assert target.is_symlink()
    assert (elsewhere / "oud.html").read_text("utf-8") == "oud"


def can_exchange(folder: Path) -> bool:
    """Whether this system and disk let two folders change names in one call."""
    pair = [folder / "een", folder / "twee"]
    for one in pair:
        one.mkdir()
    return folders._exchanged(*pair)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_two_folders_change_names_in_one_call_and_what_is_not_there_stays_so(target, tmp_path):
    other = tmp_path / "ander"
    other.mkdir()
    if not folders._exchanged(target, other):
        pytest.skip("this disk has it not")

    assert contents(other) == {"oud.html": b"oud"}
    assert contents(target) == {}
    assert not folders._exchanged(target, tmp_path / "niets")
    assert contents(target) == {}


# --- what a kill leaves, and going back ----------------------------------------------------------


# Ends a process that makes a set or goes back, before its first change on disk, its second, and so
# on. Says each time what a reader sees, what there is after the next lock, and after the next set.
KILLED = """
import json, os, shutil, sys
from pathlib import Path
from mma_analysis.settings import Workspace
from mma_analysis.storage import folders, locked, rolled_back, swapped_in

if sys.argv[3] == "in two moves":
    folders._exchanged = lambda *_: False
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
workspace, goes_back = Workspace(Path(sys.argv[1])), sys.argv[2] == "goes back"
keeps = sys.argv[2] != "makes tables"
target = workspace.reports("proef") if keeps else workspace.processed("proef")


def make(name):
    with swapped_in(target, keeps_previous=keeps) as new:
        for page in "ab":
            (new / page).write_text(name)


def sets():
    folders = {folder.name: [page.read_text() for page in folder.iterdir()]
        for folder in target.parent.iterdir()}
    return folders.get("proef"), folders.get(".proef-previous"), len(folders)


def killed_before(change):
    def count(event, given):
        nonlocal change
        is_written = event == "open" and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        change -= bool(is_written or event in CHANGES)
        if not change:
            os._exit(9)

    sys.addaudithook(count)
    with locked(workspace, "proef"):
        rolled_back(target) if goes_back else make("new")
    os._exit(0)


change, ended, told = 0, 9, []
while ended:
    change += 1
    shutil.rmtree(workspace.root, ignore_errors=True)
    make("oldest")
    make("old")
    if not (child := os.fork()):
        killed_before(change)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    told.append([sets()])
    with locked(workspace, "proef"):
        told[-1].append(sets())
        make("next")
    told[-1].append(sets())
print(json.dumps(told))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
@pytest.mark.parametrize(("what", "other"), [("makes a set", "new"), ("goes back", "oldest")])
@pytest.mark.parametrize("how", ["in one call", "in two moves"])
def test_killed_at_any_moment_a_set_is_seen_whole_and_the_next_one_finds_two(
    tmp_path, what, other, how
):
    ended = python("-c", KILLED, tmp_path / "root", what, how)
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)

    # Between two moves there is no set, when a kill comes just then: the next lock mends that.
    is_never_gone = how == "in one call" and can_exchange(tmp_path)
    gone = [] if is_never_gone else [None]
    assert [seen for (seen, *_), _, _ in rows if seen is None] == gone
    # Before: `old` stands and `oldest` is kept. What was there until this time is kept next.
    kept = {"old": "oldest", "new": "old", "oldest": "old"}
    for (seen, *_), (stands, previous, number), after in rows:
        assert seen in (None, ["old"] * 2, [other] * 2)
        assert stands in (["old"] * 2, [other] * 2)
        assert previous == [kept[stands[0]]] * 2
        assert number == 2
        assert after == [["next"] * 2, stands, 2]
    assert rows[0][1][0] == ["old"] * 2
    assert rows[-1][1][0] == [other] * 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
@pytest.mark.parametrize("how", ["in one call", "in two moves"])
def test_of_tables_none_is_kept_whenever_a_run_is_killed(tmp_path, how):
    ended = python("-c", KILLED, tmp_path / "root", "makes tables", how)
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)

    for (seen, *_), now, after in rows:
        assert seen in (None, ["old"] * 2, ["new"] * 2)
        assert now in ([["old"] * 2, None, 1], [["new"] * 2, None, 1])
        assert after == [["next"] * 2, None, 1]
    assert rows[0][1][0] == ["old"] * 2
    assert rows[-1][1][0] == ["new"] * 2


def test_what_a_killed_run_was_writing_is_gone_as_soon_as_the_next_command_begins(workspace):
    """Also when there is nothing to do: it can hold rows."""
    for place in (workspace.processed, workspace.reports, workspace.printed):
        new = place("proef").with_name(f".{place('proef').name}-new")
        new.mkdir(parents=True)
        fill(new, "half")

    with locked(workspace, "proef"):
        assert {*contents(workspace.root)} == {".mma/proef/lock", ".mma/proef/holder.txt"}


def test_there_is_nothing_to_go_back_to_when_nothing_was_kept(target):
    with swapped_in(target) as staging:
        fill(staging)

    with pytest.raises(DataError, match=says("nothing_earlier", name="proef")):
        rolled_back(target)
    assert contents(target) == {"nieuw.html": b"nieuw"}


# Writes each file in a process that ends when the disk is asked to have all of it.
KILLED_WRITING = """
import os, sys
from pathlib import Path
from mma_analysis.storage import write_whole

os.fsync = lambda descriptor: os._exit(9)
for name in sys.argv[1:]:
    if not os.fork():
        write_whole(Path(name), b"{")
    os.wait()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_half_a_file_is_no_input_and_goes_as_soon_as_the_next_command_begins(workspace):
    raw, reports = workspace.raw("proef"), workspace.reports("proef")
    files = [
        raw / "uitgaven.toml",
        # Open answers of respondents, a form, a table, a notebook.
        raw / "vragenlijst" / "coderen.xlsx",
        raw / "formulieren" / "borne.xlsx",
        raw / "tabellen" / "population.csv",
        raw / "notebooks" / "gemeente.ipynb",
        workspace.processed("proef") / "manifest.json",
        workspace.concept("proef") / "intern" / "borne" / "borne.html",
        workspace.work("proef") / "kept" / "around.json",
        workspace.issued("proef") / "1.komt",
        workspace.booked("proef") / "1.komt",
        reports / "audit.json",
        reports / "openbaar" / "manifest.json",
        reports / "intern" / "manifest.json",
    ]
    ended = python("-c", KILLED_WRITING, *files)
    assert ended.returncode == 0, ended.stderr
    left = [path.parent for path in workspace.root.rglob("*.half")]
    assert sorted(left) == sorted(path.parent for path in files)
    assert not folders.files_below(raw)

    with locked(workspace, "proef"):
        assert {*contents(workspace.root)} == {".mma/proef/lock", ".mma/proef/holder.txt"}


def test_what_an_analyst_called_half_stays_and_so_does_what_a_link_leads_to(workspace, tmp_path):
    raw = workspace.raw("proef")
    raw.mkdir(parents=True)
    theirs = ["borne.half", "2023.half", "borne.oud.half", "a.7.half.txt", "a.7.halfvol.half"]
    for name in theirs:
        (raw / name).write_text("van iemand", encoding="utf-8")
    (raw / "map.7.half").mkdir()
    (raw / "map.7.half" / "in.txt").write_text("van iemand", encoding="utf-8")
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    (elsewhere / "a.7.half").write_text("van iemand", encoding="utf-8")
    (raw / "link").symlink_to(elsewhere, target_is_directory=True)
    (raw / "b.8.half").symlink_to(elsewhere / "a.7.half")
    workspace.issued("proef").parent.mkdir(parents=True)
    workspace.issued("proef").symlink_to(elsewhere, target_is_directory=True)

    with locked(workspace, "proef"):
        expected = {*theirs, "map.7.half/in.txt", "b.8.half"}
        assert {*contents(raw)} == expected
        assert {*contents(elsewhere)} == {"a.7.half"}


# --- one run at a time ---------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from mma_analysis.settings import Workspace
from mma_analysis.storage import locked
root, sys.argv = Path(sys.argv[1]), ["mma", "run"]
with locked(Workspace(root), "proef"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(workspace):
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, str(workspace.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_finds_the_lock_taken_is_told_by_whom(holder, workspace):
    who = says("who_since", command="`mma run`", process=holder.pid).removeprefix("(?s)")
    with pytest.raises(DataError, match=who), locked(workspace, "proef"):
        pass

    (workspace.work("proef") / "holder.txt").unlink()  # it has the lock and has not signed yet
    somebody = says("busy", who=message("somebody"))
    with pytest.raises(DataError, match=somebody), locked(workspace, "proef"):
        pass
    with locked(workspace, "proef-2"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="Windows has locks on each disk")
def test_on_a_disk_without_locks_a_file_is_the_lock_and_it_is_said_in_dutch(
    workspace, monkeypatch, caplog, recwarn
):
    def no_locks(descriptor: int, what: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", no_locks)
    of_edition = workspace.work("proef") / "lock.bestand"
    of_issues = workspace.work("") / "uitgaven.lock.bestand"

    with locked(workspace, "proef"):
        assert of_edition.is_file()
        busy = pytest.raises(DataError, match=rf"proces {os.getpid()} op .* is met deze editie")
        with busy, locked(workspace, "proef"):
            pass
    with issuing(workspace):
        assert of_issues.is_file()

    places = [of_edition, of_edition, of_issues]
    assert caplog.messages == [message("disk_without_locks", path=path) for path in places]
    assert not any(path.exists() for path in places)
    assert [str(one.message) for one in recwarn] == []


@pytest.fixture
def full_disk(monkeypatch) -> None:
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)


def test_on_a_full_disk_the_lock_is_taken_unsigned(workspace, full_disk):
    with locked(workspace, "proef"):
        assert not (workspace.work("proef") / "holder.txt").exists()


def test_the_lock_of_a_killed_process_is_taken_over(holder, workspace):
    signed = workspace.work("proef") / "holder.txt"
    holder.kill()
    holder.wait()

    with locked(workspace, "proef"):
        assert f"proces {os.getpid()} op" in signed.read_text(encoding="utf-8")

    assert not signed.exists()


def test_a_file_has_its_name_only_when_the_disk_has_all_of_it(target, full_disk):
    path = target / "oud.html"

    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")

    assert contents(target) == {"oud.html": b"oud"}
