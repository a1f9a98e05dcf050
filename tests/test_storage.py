"""Folders are written whole or not at all, and say what is in them."""

from pathlib import Path

import pytest

from mma_analysis.domain import MmaError
from mma_analysis.storage import code_hash, hashes_below, read_manifest, swapped_in, write_json


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


@pytest.fixture
def target(tmp_path) -> Path:
    """A folder with a file of an earlier run in it."""
    folder = tmp_path / "reports" / "proef"
    folder.mkdir(parents=True)
    (folder / "oud.html").write_text("oud", encoding="utf-8")
    return folder


def fill(folder: Path) -> None:
    (folder / "nieuw.html").write_text("nieuw", encoding="utf-8")


def test_the_new_folder_takes_the_place_of_the_old_one(target):
    with swapped_in(target) as staging:
        fill(staging)

    assert contents(target.parent) == {"proef/nieuw.html": "nieuw"}


def test_a_folder_that_was_not_there_is_made(tmp_path):
    with swapped_in(tmp_path / "reports" / "proef") as staging:
        fill(staging)

    assert contents(tmp_path) == {"reports/proef/nieuw.html": "nieuw"}


def fill_half(target: Path, fault: type[BaseException]) -> None:
    with swapped_in(target) as staging:
        fill(staging)
        raise fault


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_folder_is_as_it_was(target, fault):
    with pytest.raises(fault):
        fill_half(target, fault)

    assert contents(target.parent) == {"proef/oud.html": "oud"}


def test_nothing_else_is_left_beside_it(target):
    with swapped_in(target) as staging:
        fill(staging)

    assert [path.name for path in target.parent.iterdir()] == ["proef"]


@pytest.fixture
def locked(monkeypatch):
    """Make a folder impossible to move, as Windows does while a file in it is open."""

    def lock(name: str) -> None:
        original = Path.replace

        def replace(self: Path, other: Path) -> Path:
            if self.name.startswith(name):
                raise PermissionError(13, "in use by another program")
            return original(self, other)

        monkeypatch.setattr(Path, "replace", replace)

    return lock


@pytest.mark.parametrize("name", ["proef", ".proef-"])
def test_a_file_that_is_open_in_another_program_is_an_error_that_changes_nothing(
    target, locked, name
):
    locked(name)

    with (
        pytest.raises(MmaError, match=r"cannot replace .*proef.*Close the files"),
        swapped_in(target) as staging,
    ):
        fill(staging)

    assert contents(target.parent) == {"proef/oud.html": "oud"}
    assert [path.name for path in target.parent.iterdir()] == ["proef"]


def test_the_same_content_is_the_same_bytes(tmp_path):
    write_json(tmp_path / "a.json", {"b": 1, "a": "één"})
    write_json(tmp_path / "b.json", {"a": "één", "b": 1})

    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == '{\n "a": "één",\n "b": 1\n}\n'.encode()


def test_a_manifest_that_is_absent_or_damaged_is_none(tmp_path):
    assert read_manifest(tmp_path) is None

    (tmp_path / "manifest.json").write_text('{"key": ', encoding="utf-8")
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
