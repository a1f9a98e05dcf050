"""What is kept where: rows only where they belong, and for nobody but their owner."""

import io
import json
import os
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from mma_analysis.audit.examination import Auditor
from mma_analysis.cli import app
from mma_analysis.settings import EXAMPLE
from planting import page, parts_of

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no owner-only mode")
OF_ONE_TIP = {"source_file", "source_row", "melding_id", "received_on"}


def modes(folder: Path) -> tuple[set[int], set[int]]:
    """The modes of folders, and those of files."""
    there = [folder, *folder.rglob("*")]
    return (
        {stat.S_IMODE(path.stat().st_mode) for path in there if path.is_dir()},
        {stat.S_IMODE(path.stat().st_mode) for path in there if path.is_file()},
    )


@posix
def test_only_the_owner_can_open_what_is_computed_not_finished_or_for_one_gemeente(reports):
    there = reports.workspace
    notebooks = sorted(there.executed(EXAMPLE).rglob("*.ipynb"))

    assert modes(there.processed(EXAMPLE)) == ({0o700}, {0o600})
    assert modes(there.reports(EXAMPLE) / "intern") == ({0o700}, {0o600})
    assert stat.S_IMODE(there.work(EXAMPLE).stat().st_mode) == 0o700
    assert notebooks
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in notebooks} == {0o700}


def test_rows_are_in_clean_and_lists_to_repair_and_nowhere_else(workspace):
    folder = workspace.processed(EXAMPLE)
    stored = {path: [path.read_bytes()] for path in folder.rglob("*.parquet")}
    stored |= {path: parts_of(path.read_bytes()).values() for path in folder.rglob("*.zip")}
    found = {
        path.relative_to(folder).parts[0]
        for path, tables in stored.items()
        if any(OF_ONE_TIP & {*pq.read_schema(io.BytesIO(table)).names} for table in tables)
    }

    assert found == {"clean", "measures_intern"}


def test_a_notebook_of_an_openbaar_page_holds_protected_figures_only(reports, tmp_path):
    """What the notebook of Borne shows, as a page: the audit finds nothing of anybody in it."""
    there = reports.workspace
    path = there.executed(EXAMPLE) / "openbaar" / "borne.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = [o.get("data", {}) for cell in cells for o in cell.get("outputs", [])]
    html = ["".join(data["text/html"]) for data in shown if "text/html" in data]
    assert len(html) > 10

    target = tmp_path / "borne.html"
    target.write_text(page("\n".join(html)), encoding="utf-8")
    auditor = Auditor(there.edition(EXAMPLE), there.processed(EXAMPLE))

    # What makes a page of it adds the marks by which a figure is known.
    found = auditor.look(auditor.open(target, "openbaar/borne.html"))
    assert {finding.kind for finding in found} <= {"markup"}


@posix
def test_what_is_made_for_deliveries_is_for_its_owner_only(tmp_path):
    days = ["--begin", "2023-07-01", "--peildatum", "2025-06-30", "--root", str(tmp_path)]
    assert CliRunner().invoke(app, ["new", "proef", *days]).exit_code == 0
    assert CliRunner().invoke(app, ["template", "proef", *days[-2:]]).exit_code == 0

    folder = tmp_path / "data/raw/proef"
    assert modes(folder) == ({0o700}, {0o600})
