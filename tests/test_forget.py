"""`mma forget`: rows and exact figures go, released tables and openbaar reports stay."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit_pages import edition_in, reports_in, write
from mma_analysis import audit, bundle, evaluation
from mma_analysis.cli import app
from mma_analysis.domain import MmaError
from mma_analysis.edition import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.forget import forget
from mma_analysis.pipeline import prepare
from mma_analysis.publish.batch import letters, standing
from mma_analysis.storage import read_manifest

TABLES = {
    "clean/meldingen.parquet": "rij",
    "measures/per_period.parquet": "beschermd",
    "measures_intern/borne/per_period.parquet": "precies",
}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """An edition with tables and audited files, made by hand, and bundles of them."""
    workspace = Workspace(tmp_path)
    edition = edition_in(workspace.raw("proef"))
    for name, content in TABLES.items():
        write(workspace.processed("proef") / name, content)
    manifest = {"edition": "proef", "key": "k", "outputs": dict.fromkeys(TABLES, "hash")}
    write(workspace.processed("proef") / "manifest.json", json.dumps(manifest))
    folder = reports_in(workspace.reports("proef"))
    audit.write_result(audit.examine(edition, folder, before=folder), "proef", folder)
    bundle.bundle(edition, folder, workspace.bundles("proef"), bundle.recipients())
    return workspace


def run(workspace: Workspace, *options: str):
    return CliRunner().invoke(app, ["forget", "proef", "--root", str(workspace.root), *options])


def files(workspace: Workspace) -> set[str]:
    found = (path for path in workspace.root.rglob("*") if path.is_file())
    return {path.relative_to(workspace.root).as_posix() for path in found}


def test_rows_and_exact_figures_go_and_all_else_stays(workspace):
    before = files(workspace)

    forget(workspace, workspace.edition("proef"))

    assert before - files(workspace) == {
        "data/processed/proef/clean/meldingen.parquet",
        "data/processed/proef/measures_intern/borne/per_period.parquet",
        "reports/proef/intern/borne/borne.html",
        "reports/proef-pakketten/proef-borne.zip",
    }
    assert files(workspace) - before <= {".mma/proef/lock"}


def test_what_a_killed_run_left_goes_and_what_is_of_another_edition_stays(workspace):
    write(workspace.work("proef") / "tables/new/clean/meldingen.parquet", "rij")
    write(workspace.executed("proef") / "intern/borne/borne.ipynb", "precies")
    write(workspace.reports("proef-afgekeurd") / "intern/borne/borne.html", "precies")
    write(workspace.work("proef") / "reports/previous/intern/borne.html", "precies")
    write(workspace.bundles("proef") / "proef-borne.half", "half")
    others = {".mma/proef-2/tables/new/clean/a", "data/processed/proef-2/clean/a"}
    for name in others:
        write(workspace.root / name, "van een ander")

    forget(workspace, workspace.edition("proef"))

    left = {path.name for path in workspace.root.rglob("*")}
    assert left.isdisjoint({"borne.ipynb", "proef-afgekeurd", "proef-borne.half", "previous"})
    assert [path.name for path in workspace.work("proef").iterdir()] == ["lock"]
    assert others <= files(workspace)


def test_the_manifest_says_what_is_forgotten_and_names_no_table_that_is_gone(workspace):
    forget(workspace, workspace.edition("proef"))

    manifest = read_manifest(workspace.processed("proef"))
    assert manifest is not None
    assert manifest["forgotten"] == ["clean", "measures_intern"]
    assert list(manifest["outputs"]) == ["measures/per_period.parquet"]


def test_the_manifest_says_so_before_anything_goes(workspace, monkeypatch):
    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        forget(workspace, workspace.edition("proef"))
    monkeypatch.undo()

    manifest = read_manifest(workspace.processed("proef"))
    assert manifest is not None
    assert manifest["forgotten"]
    assert forget(workspace, workspace.edition("proef"))
    assert not (workspace.processed("proef") / "clean").exists()


def test_the_openbaar_files_are_still_audited_and_can_be_bundled(workspace):
    edition, folder = workspace.edition("proef"), workspace.reports("proef")
    forget(workspace, edition)

    made = bundle.bundle(edition, folder, workspace.bundles("proef"), bundle.recipients(["dvo"]))

    assert made[0].files[-1] == "controlegetallen.txt"
    assert audit.audit(edition, folder) == []


def test_a_result_that_did_not_stand_is_not_made_to_stand(workspace):
    edition, folder = workspace.edition("proef"), workspace.reports("proef")
    write(folder / "openbaar/manifest.json", '{"edition": "proef", "later": 1}')
    audit.write_result(
        audit.Verdict((), (), (), {"openbaar/borne.html": "x"}, "k"), "proef", folder
    )

    forget(workspace, edition)

    with pytest.raises(MmaError, match="changed since the audit"):
        audit.refuse_unaudited(edition, folder)


# --- the command ---------------------------------------------------------------------------------


def test_without_yes_it_says_what_goes_and_what_stays_and_removes_nothing(workspace):
    before = files(workspace)

    ended = run(workspace)

    assert ended.exit_code != 0
    assert f"would remove {workspace.processed('proef') / 'clean'}" in ended.stdout
    assert f"would remove {workspace.reports('proef') / 'intern'}" in ended.stdout
    assert f"stays: {workspace.processed('proef') / 'measures'}" in ended.stdout
    assert f"stays: {workspace.raw('proef')}" in ended.stdout
    assert files(workspace) == before


def test_with_yes_it_says_what_it_removed(workspace):
    ended = run(workspace, "--yes")

    assert ended.exit_code == 0
    assert f"removed {workspace.processed('proef') / 'clean'}" in ended.stdout


def test_a_second_time_there_is_nothing_left(workspace):
    run(workspace, "--yes")

    assert "there was nothing left to forget" in run(workspace, "--yes").stdout


def test_an_edition_that_was_not_prepared_has_nothing_to_forget(tmp_path):
    workspace = Workspace(tmp_path)
    edition = edition_in(workspace.raw("proef"))

    with pytest.raises(MmaError, match="not prepared: there is nothing to forget"):
        forget(workspace, edition)


# --- afterwards, on the example ------------------------------------------------------------------


@pytest.fixture
def forgotten(request, tmp_path) -> Workspace:
    prepared: Workspace = request.getfixturevalue("example")
    there = Workspace(Path(shutil.copytree(prepared.root, tmp_path / "root")))
    forget(there, there.edition(EXAMPLE))
    return there


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Workspace:
    from conftest import prepared

    return prepared(tmp_path_factory.mktemp("prepared"))


@pytest.mark.slow
def test_later_commands_say_that_the_rows_were_forgotten(forgotten, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(forgotten.root))

    with pytest.raises(MmaError, match="were forgotten.*mma prepare voorbeeld-2023 --force"):
        prepare(forgotten, EXAMPLE)
    with pytest.raises(MmaError, match="were forgotten"):
        letters(forgotten, EXAMPLE)
    with pytest.raises(MmaError, match="exact figures of 'voorbeeld-2023' were forgotten"):
        evaluation.load("borne", EXAMPLE, "intern")
    assert len(standing(forgotten, EXAMPLE)) == 29


@pytest.mark.slow
def test_released_tables_can_still_be_explored(forgotten, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(forgotten.root))

    table = evaluation.load("twente").table("per_period")

    assert set(table["area"]) >= {"twente", "almelo"}


@pytest.mark.slow
def test_with_the_deliveries_everything_can_be_made_again(forgotten, example):
    prepare(forgotten, EXAMPLE, force=True, say=lambda line: None)

    assert read_manifest(forgotten.processed(EXAMPLE)) == read_manifest(example.processed(EXAMPLE))


# --- at rest -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner-only mode")
def test_only_the_owner_can_open_what_is_computed(example):
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in example.processed(EXAMPLE).rglob("*")
    }

    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert stat.S_IMODE(example.processed(EXAMPLE).stat().st_mode) == 0o700


@pytest.mark.slow
def test_rows_are_nowhere_but_in_clean_and_the_own_tables_of_a_gemeente(example):
    clean = example.processed(EXAMPLE) / "clean"
    with_rows = {"source_file", "source_row", "melding_id", "also_source_row"}

    import pyarrow.parquet as pq

    found = {
        path.relative_to(example.processed(EXAMPLE)).parts[0]
        for path in example.processed(EXAMPLE).rglob("*.parquet")
        if with_rows & set(pq.read_schema(path).names)
    }

    assert (clean / "meldingen.parquet").is_file()
    assert found <= {"clean", "measures_intern"}
    assert "clean" in found


@pytest.mark.slow
def test_an_openbaar_page_reads_released_tables_only(example, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(example.root))
    shared = {path.stem for path in (example.processed(EXAMPLE) / "measures").glob("*.parquet")}

    e = evaluation.load("borne", EXAMPLE, "openbaar")

    assert {path.parent.name for path in e._files.values()} == {"measures"}
    assert set(e._files) == shared
