"""Tables and pages are made anew after any change of what they are made of, and only then."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mma_analysis import pipeline
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline import run as run_module
from mma_analysis.publish import plan
from mma_analysis.settings import Workspace
from mma_analysis.storage import code_hash, files, freshness
from small_edition import BORNE, OF_TWO, write

PACKAGE = Path(pipeline.__file__).parent.parent


class MadeAnewError(Exception):
    """In the place of making tables."""


@pytest.fixture
def own(small, tmp_path, monkeypatch) -> Workspace:
    """Prepared and to change; making tables anew is an error, which is what tests look for."""

    def made_anew(workspace, edition, folder):
        raise MadeAnewError

    monkeypatch.setattr(run_module, "run_stages", made_anew)
    return Workspace(shutil.copytree(small.root, tmp_path / "own"))


def test_the_second_time_nothing_is_done_and_what_stands_stays(own, caplog):
    caplog.set_level("INFO", "mma_analysis")
    before = own.processed("proef").stat().st_ino

    assert prepare(own, "proef").was_up_to_date
    assert own.processed("proef").stat().st_ino == before
    assert caplog.messages == []


def a_cell_of_a_delivery(own: Workspace) -> None:
    write(own, "meldingen/borne.csv", BORNE.replace("31-02-2022", "28-02-2022"))


def a_setting(own: Workspace) -> None:
    write(own, "evaluatie.toml", OF_TWO + "[bescherming]\nbasis = 10\n")


def a_correction(own: Workspace) -> None:
    write(own, "correcties.toml", "")


def a_reference_table_of_its_own(own: Workspace) -> None:
    table = (PACKAGE / "reference" / "topic_aliases.csv").read_text(encoding="utf-8")
    write(own, "reference/topic_aliases.csv", table)


def a_table_that_is_damaged(own: Workspace) -> None:
    (own.processed("proef") / "measures" / "trend.parquet").write_bytes(b"")


def a_table_that_is_gone(own: Workspace) -> None:
    (own.processed("proef") / "clean" / "meldingen.parquet").unlink()


def a_file_that_does_not_belong_there(own: Workspace) -> None:
    (own.processed("proef") / "measures" / "eigen.parquet").touch()


def a_manifest_that_is_damaged(own: Workspace) -> None:
    path = own.processed("proef") / "manifest.json"
    path.write_bytes(path.read_bytes()[:100])


def a_manifest_that_is_no_table(own: Workspace) -> None:
    (own.processed("proef") / "manifest.json").write_text("[]", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        *(a_cell_of_a_delivery, a_setting, a_correction, a_reference_table_of_its_own),
        *(a_table_that_is_damaged, a_table_that_is_gone),
        *(a_file_that_does_not_belong_there, a_manifest_that_is_damaged),
        a_manifest_that_is_no_table,
    ],
)
def test_tables_are_made_anew_after(own, change: Callable[[Workspace], None]):
    assert prepare(own, "proef").was_up_to_date

    change(own)

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


@pytest.mark.parametrize(
    ("name", "now"), [("version", lambda package: "99"), ("code_hash", lambda modules: "other")]
)
def test_tables_are_made_anew_by_another_version_of_a_library_or_of_our_code(
    own, monkeypatch, name, now
):
    monkeypatch.setattr(freshness, name, now)

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


# --- our code: which of it belongs to tables, and which to pages ---------------------------------


def test_every_module_that_can_change_a_table_or_a_page_is_looked_at():
    named = (path for path in PACKAGE.iterdir() if path.name[0] not in "_.")
    modules = {path.stem for path in named if path.suffix in ("", ".py")}
    cannot = {"audit", "cli", "coding", "doctor", "example", "forms", "scaffold", "storage", "py"}
    cannot |= {"catalogue", "codebook_draft", "district", "explore", "forget", "statline"}

    assert modules - cannot | {"__init__"} == {*freshness.CODE, *plan.CODE}
    assert set(freshness.CODE) & cannot == set(plan.CODE) & cannot == set()


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of the package, to change, of which hashes are taken."""
    copy = tmp_path / "mma_analysis"
    shutil.copytree(PACKAGE, copy)
    monkeypatch.setattr(files, "__file__", str(copy / "storage" / "files.py"))
    code_hash.cache_clear()
    yield copy
    code_hash.cache_clear()


@pytest.mark.parametrize(
    ("file", "tables", "pages"),
    [
        ("reference/areas.csv", True, True),
        ("measure/rates.py", True, False),
        ("show/words.py", False, True),
        ("publish/template/mma/index.html.j2", False, True),
        ("cli/pages.py", False, False),
    ],
)
def test_a_file_of_the_package_belongs_to_tables_or_pages(package, file, tables, pages):
    before = code_hash(freshness.CODE), code_hash(plan.CODE)
    with (package / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    code_hash.cache_clear()

    after = code_hash(freshness.CODE), code_hash(plan.CODE)

    assert (before[0] != after[0], before[1] != after[1]) == (tables, pages)
