"""Tables and pages are made anew after any change of what they are made of, and only then."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mma_analysis import pipeline, storage
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline import run as run_module
from mma_analysis.publish import plan
from mma_analysis.settings import Workspace
from mma_analysis.storage import code_hash
from small_edition import BORNE, TOGETHER

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


def test_the_second_time_nothing_is_done_and_what_stands_stays(own):
    before = own.processed("proef").stat().st_ino

    assert prepare(own, "proef").was_up_to_date
    assert own.processed("proef").stat().st_ino == before


TABLES, CLEAN = "processed/proef/measures", "processed/proef/clean/meldingen.parquet"
ALIASES = (PACKAGE / "reference" / "topic_aliases.csv").read_text(encoding="utf-8")
# What changed → its file below `data`, and what is in it now; none when it is gone.
CHANGES = {
    "a cell of a delivery": ("raw/proef/meldingen/borne.csv", BORNE.replace("31-02", "28-02")),
    "a setting": ("raw/proef/evaluatie.toml", f"{TOGETHER}basis = 10\n"),
    "a correction": ("raw/proef/correcties.toml", ""),
    "a reference table of its own": ("raw/proef/reference/topic_aliases.csv", ALIASES),
    "a table that is damaged": (f"{TABLES}/trend.parquet", ""),
    "a table that is gone": (CLEAN, None),
    "a file that does not belong there": (f"{TABLES}/eigen.parquet", ""),
    "a manifest that is damaged": ("processed/proef/manifest.json", '{"edition": "pro'),
    "a manifest that is no table": ("processed/proef/manifest.json", "[]"),
}


@pytest.mark.parametrize(("file", "content"), CHANGES.values(), ids=CHANGES)
def test_tables_are_made_anew_after(own, file, content):
    assert prepare(own, "proef").was_up_to_date
    path = own.root / "data" / file
    path.parent.mkdir(exist_ok=True)

    path.write_text(content, encoding="utf-8") if content is not None else path.unlink()

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


@pytest.mark.parametrize(
    ("name", "now"), [("version", lambda package: "99"), ("code_hash", lambda modules: "other")]
)
def test_tables_are_made_anew_by_another_version_of_a_library_or_of_our_code(
    own, monkeypatch, name, now
):
    monkeypatch.setattr(storage, name, now)

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


# --- our code: which of it belongs to tables, and which to pages ---------------------------------


def test_every_module_that_can_change_a_table_or_a_page_is_looked_at():
    named = (path for path in PACKAGE.iterdir() if path.name[0] not in "_.")
    modules = {path.stem for path in named if path.suffix in ("", ".py")}
    cannot = {"audit", "cli", "doctor", "example", "forms", "scaffold", "storage", "py"}
    cannot |= {"codebook_draft", "district", "explore", "forget", "statline"}

    assert modules - cannot | {"__init__"} == {*storage.CODE, *plan.CODE}
    assert set(storage.CODE) & cannot == set(plan.CODE) & cannot == set()


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of the package, to change, of which hashes are taken."""
    copy = tmp_path / "mma_analysis"
    shutil.copytree(PACKAGE, copy)
    monkeypatch.setattr(storage, "__file__", str(copy / "storage.py"))
    code_hash.cache_clear()
    yield copy
    code_hash.cache_clear()


@pytest.mark.parametrize(
    ("file", "tables", "pages"),
    [
        ("reference/areas.csv", True, True),
        ("measure/rates.py", True, False),
        ("show/words.py", False, True),
        ("publish/template/page.html", False, True),
        ("cli/pages.py", False, False),
    ],
)
def test_a_file_of_the_package_belongs_to_tables_or_pages(package, file, tables, pages):
    before = code_hash(storage.CODE), code_hash(plan.CODE)
    with (package / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    code_hash.cache_clear()

    after = code_hash(storage.CODE), code_hash(plan.CODE)

    assert (before[0] != after[0], before[1] != after[1]) == (tables, pages)
