"""Tables and pages are made anew after any change of what they are made of, and only then."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mma_analysis import pipeline
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline import run as run_module
from mma_analysis.settings import Workspace
from mma_analysis.storage import freshness, made_with
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
def test_tables_stay_as_they_are_until_something_changed_and_are_made_anew_then(own, file, content):
    assert prepare(own, "proef").was_up_to_date
    path = own.root / "data" / file
    path.parent.mkdir(exist_ok=True)

    path.write_text(content, encoding="utf-8") if content is not None else path.unlink()

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of the package, to change, of which hashes are taken."""
    copy = tmp_path / "mma_analysis"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(freshness, "PACKAGE", copy)
    made_with.cache_clear()
    yield copy
    made_with.cache_clear()


@pytest.mark.parametrize("file", ["", "reference/areas.csv", "publish/template/page.html"])
def test_tables_are_made_anew_by_another_version_of_a_library_or_of_our_code(
    own, package, monkeypatch, file
):
    assert prepare(own, "proef").was_up_to_date
    if file:
        (package / file).write_text("anders", encoding="utf-8")
    else:
        monkeypatch.setattr(freshness, "version", lambda package: "99")
    made_with.cache_clear()

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")
