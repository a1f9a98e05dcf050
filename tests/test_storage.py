"""Folders are written whole or not at all, by one run at a time, and say what is in them."""

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mma_analysis.domain import MmaError
from mma_analysis.storage import (
    code_hash,
    files,
    hashes_below,
    locked,
    read_manifest,
    recover,
    rolled_back,
    swapped_in,
    swapping,
    write_json,
    write_whole,
)


def contents(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


@pytest.fixture
def target(tmp_path) -> Path:
    """A folder with a file of an earlier run in it."""
    folder = tmp_path / "reports" / "proef"
    folder.mkdir(parents=True)
    (folder / "oud.html").write_text("oud", encoding="utf-8")
    return folder


@pytest.fixture
def work(tmp_path) -> Path:
    """The folder in which the new one is written."""
    return tmp_path / "work"


def fill(folder: Path, name: str = "nieuw") -> None:
    (folder / f"{name}.html").write_text(name, encoding="utf-8")


# --- one takes the place of the other ------------------------------------------------------------


def test_where_nothing_can_be_written_no_work_is_begun(target, work):
    shutil.rmtree(target.parent)
    target.parent.write_text("a file where a folder should be", encoding="utf-8")

    with pytest.raises(OSError, match="reports"), swapped_in(target, work):
        pytest.fail("the work was begun")


def test_the_new_folder_takes_the_place_of_the_old_one(target, work):
    with swapped_in(target, work) as staging:
        fill(staging)
        assert contents(target.parent) == {"proef/oud.html": "oud"}

    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}
    assert contents(work) == {}


def test_a_folder_that_was_not_there_is_made(tmp_path, work):
    with swapped_in(tmp_path / "reports" / "proef", work) as staging:
        fill(staging)

    assert contents(tmp_path) == {"reports/proef/nieuw.html": "nieuw"}


def fill_half(target: Path, work: Path, fault: type[BaseException]) -> None:
    with swapped_in(target, work) as staging:
        fill(staging)
        raise fault


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_folder_is_as_it_was(target, work, fault):
    with pytest.raises(fault):
        fill_half(target, work, fault)

    assert contents(target.parent) == {"proef/oud.html": "oud"}
    assert contents(work) == {}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_what_is_not_finished_is_for_its_owner_only(target, work):
    with swapped_in(target, work) as staging:
        assert staging.stat().st_mode & 0o077 == 0


@pytest.fixture
def immovable(monkeypatch):
    """Make a folder impossible to move, as Windows does while a file in it is open."""

    def make(name: str) -> None:
        original = Path.replace

        def replace(self: Path, other: Path) -> Path:
            if self.name == name:
                raise PermissionError(13, "in use by another program")
            return original(self, other)

        monkeypatch.setattr(Path, "replace", replace)

    return make


@pytest.mark.parametrize("name", ["proef", "new"])
def test_a_file_that_is_open_in_another_program_is_an_error_that_changes_nothing(
    target, work, immovable, name
):
    immovable(name)

    with (
        pytest.raises(MmaError, match=r"cannot replace .*proef.*Close the files"),
        swapped_in(target, work) as staging,
    ):
        fill(staging)

    assert contents(target.parent) == {"proef/oud.html": "oud"}
    assert [path.name for path in target.parent.iterdir()] == ["proef"]


@pytest.fixture
def looked_at(monkeypatch) -> list[str]:
    """Refuse the first move or removal of what is named here, as Windows does to a scanner."""
    names: list[str] = []
    replace, rmtree = Path.replace, shutil.rmtree

    def refuse_once(path: Path) -> None:
        if path.name in names:
            names.remove(path.name)
            raise PermissionError(13, "in use by another program")

    def replaced(self: Path, other: Path) -> Path:
        refuse_once(self)
        return replace(self, other)

    def removed(folder: Path, **how: bool) -> None:
        refuse_once(folder)
        rmtree(folder, **how)

    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(shutil, "rmtree", removed)
    monkeypatch.setattr(files, "AGAIN_AFTER", (0, 0))
    return names


def test_what_a_scanner_is_just_looking_at_is_tried_again(target, work, looked_at):
    (work / "previous").mkdir(parents=True)
    with swapped_in(target, work, keeps_previous=True) as staging:
        fill(staging)
        looked_at += ["proef", "new", "leaving", "previous"]

    assert looked_at == []
    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}
    assert (work / "previous" / "oud.html").read_text("utf-8") == "oud"


def test_a_file_that_a_scanner_is_just_looking_at_gets_its_name(tmp_path, looked_at):
    looked_at.append(f"a.{os.getpid()}.half")

    write_json(tmp_path / "a.json", {})

    assert looked_at == []
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_where_a_file_that_may_only_be_read_cannot_be_removed_it_may_be_written_first(
    tmp_path, monkeypatch
):
    file = tmp_path / "previous" / "oud.html"
    file.parent.mkdir()
    file.touch(0o400)
    modes: list[int] = []
    monkeypatch.setattr(swapping, "KEEPS_READ_ONLY", True)
    monkeypatch.setattr(shutil, "rmtree", lambda folder: modes.append(file.stat().st_mode))

    swapping._remove(file.parent)

    assert [mode & stat.S_IWRITE for mode in modes] == [stat.S_IWRITE]


@pytest.fixture
def on_two_disks(monkeypatch) -> None:
    """What is not in the same folder is on another disk."""
    original = Path.replace

    def replace(self: Path, other: Path) -> Path:
        if self.parent != Path(other).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return original(self, other)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.usefixtures("on_two_disks")
def test_to_another_disk_a_folder_comes_whole_by_way_of_a_copy(target, work):
    with swapped_in(target, work, keeps_previous=True) as staging:
        fill(staging)

    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}
    assert contents(work) == {"previous/oud.html": "oud"}
    assert [path.name for path in target.parent.iterdir()] == ["proef"]


@pytest.mark.usefixtures("on_two_disks")
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_copy_to_another_disk_is_for_its_owner_only_until_it_is_whole(target, work, monkeypatch):
    seen = []
    copytree = shutil.copytree

    def copied(folder: Path, copy: Path, **how: bool) -> None:
        seen.append((copy.name, stat.S_IMODE(copy.stat().st_mode)))
        copytree(folder, copy, **how)

    monkeypatch.setattr(shutil, "copytree", copied)
    with swapped_in(target, work) as staging:
        fill(staging)

    assert seen == [(".leaving-copy", 0o700), (".proef-copy", 0o700)]


@pytest.mark.usefixtures("on_two_disks")
def test_a_folder_that_may_not_leave_for_another_disk_stays_whole(target, work, monkeypatch):
    replace = Path.replace

    def stays(self: Path, other: Path) -> Path:
        if self == target and other.parent == target.parent:
            raise PermissionError(13, "Permission denied", str(self))
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", stays)
    with pytest.raises(MmaError, match=r"cannot replace .*proef"), swapped_in(target, work) as new:
        fill(new)

    assert contents(target.parent) == {"proef/oud.html": "oud"}
    assert not (work / "leaving").exists()


def test_what_a_kill_left_beside_a_folder_on_another_disk_goes(target, work):
    for name in (".proef-copy", ".proef-gone"):
        (target.parent / name).mkdir()
        fill(target.parent / name)

    recover(target, work)

    assert contents(target.parent) == {"proef/oud.html": "oud"}


def test_a_link_is_refused_by_name_and_stays(target, work):
    elsewhere = target.rename(target.with_name("elders"))
    target.symlink_to(elsewhere, target_is_directory=True)

    refused = pytest.raises(MmaError, match="proef is a link; nothing was changed")
    with refused, swapped_in(target, work):
        pass

    assert target.is_symlink()
    assert (elsewhere / "oud.html").read_text("utf-8") == "oud"


def test_when_what_was_there_cannot_be_put_away_the_new_stands_and_it_is_said(
    target, work, monkeypatch
):
    (work / "previous").mkdir(parents=True)
    rmtree = shutil.rmtree

    def fixed(folder: Path, **how: bool) -> None:
        if folder.name == "previous":
            raise PermissionError(1, "Operation not permitted", str(folder))
        rmtree(folder, **how)

    monkeypatch.setattr(shutil, "rmtree", fixed)
    with (
        pytest.raises(MmaError, match=r"what is new is in its place, .*Remove .*previous"),
        swapped_in(target, work, keeps_previous=True) as staging,
    ):
        fill(staging)

    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}


# --- what a kill leaves, and going back ----------------------------------------------------------


def test_when_a_run_was_killed_between_the_two_moves_the_old_folder_comes_back(target, work):
    work.mkdir()
    shutil.move(target, work / "leaving")
    (work / "new").mkdir()
    fill(work / "new")

    recover(target, work)

    assert contents(target.parent) == {"proef/oud.html": "oud"}


def test_when_a_run_was_killed_after_the_second_move_the_new_folder_stays(target, work):
    (work / "leaving").mkdir(parents=True)
    fill(work / "leaving", "ouder")

    recover(target, work)
    assert contents(target.parent) == {"proef/oud.html": "oud"}

    rolled_back(target, work)
    assert contents(target.parent) == {"proef/ouder.html": "ouder"}


def test_the_next_run_begins_with_an_empty_folder_whatever_a_kill_left(target, work):
    (work / "new").mkdir(parents=True)
    fill(work / "new", "half")

    with swapped_in(target, work) as staging:
        assert contents(staging) == {}
        fill(staging)

    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}


def test_going_back_twice_is_where_one_was(target, work):
    with swapped_in(target, work, keeps_previous=True) as staging:
        fill(staging)

    rolled_back(target, work)
    assert contents(target) == {"oud.html": "oud"}
    rolled_back(target, work)
    assert contents(target) == {"nieuw.html": "nieuw"}


def test_there_is_nothing_to_go_back_to_when_nothing_was_kept(target, work):
    with swapped_in(target, work) as staging:
        fill(staging)

    with pytest.raises(MmaError, match="no earlier proef to go back to"):
        rolled_back(target, work)
    assert contents(target) == {"nieuw.html": "nieuw"}


# --- one run at a time ---------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from mma_analysis.storage import locked
sys.argv = ["mma", "run"]
with locked(Path(sys.stdin.readline().strip())):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(work):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{work}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_who_finds_the_lock_taken_is_told_by_whom(holder, work):
    with (
        pytest.raises(MmaError, match=rf"`mma run` \(process {holder.pid} on .*, since \d\d:\d\d"),
        locked(work),
    ):
        pass


@pytest.mark.parametrize("signed", ["[]", "{}", '{"command": "mma run"}', '{"x": 1}', "{"])
def test_who_holds_the_lock_need_not_have_signed(holder, work, signed):
    (work / "holder.json").write_text(signed, encoding="utf-8")

    with pytest.raises(MmaError, match="another process is working on this edition"), locked(work):
        pass


def test_on_a_full_disk_the_lock_is_taken_unsigned(work, monkeypatch):
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with locked(work):
        assert not (work / "holder.json").exists()


def test_the_lock_of_a_killed_process_is_taken_over(holder, work):
    holder.kill()
    holder.wait()

    with locked(work):
        signed = json.loads((work / "holder.json").read_text(encoding="utf-8"))

    assert signed["process"] == os.getpid()
    assert not (work / "holder.json").exists()


def test_who_holds_the_lock_may_take_it_again(work):
    with locked(work):
        with locked(work):
            time.sleep(0)
        assert (work / "holder.json").exists()


# --- what is in a folder -------------------------------------------------------------------------


def test_the_same_content_is_the_same_bytes(tmp_path):
    write_json(tmp_path / "a.json", {"b": 1, "a": "één"})
    write_json(tmp_path / "b.json", {"a": "één", "b": 1})

    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_file_has_its_name_only_when_the_disk_has_all_of_it(tmp_path, monkeypatch):
    path = tmp_path / "new" / "page.html"
    write_whole(path, b"old")

    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert [found.name for found in path.parent.iterdir()] == ["page.html"]


def test_a_manifest_that_is_absent_or_damaged_is_none(tmp_path):
    assert read_manifest(tmp_path) is None

    for damaged in ('{"key": ', "[]", "null", '"x"'):
        (tmp_path / "manifest.json").write_text(damaged, encoding="utf-8")
        assert read_manifest(tmp_path) is None

    write_json(tmp_path / "manifest.json", {"key": "a"})
    assert read_manifest(tmp_path) == {"key": "a"}


def test_the_hash_of_code_is_of_the_modules_that_are_named():
    named = (("domain",), ("show",), ("domain", "show"), ("domai",))

    assert len({code_hash(names) for names in named}) == 4


def test_every_file_but_the_manifest_has_its_hash_by_a_path_that_is_the_same_everywhere(tmp_path):
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "a.parquet").write_bytes(b"abc")
    write_json(tmp_path / "manifest.json", {})

    # sha256 of "abc", as in FIPS 180-4
    assert hashes_below(tmp_path) == {
        "measures/a.parquet": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }
