"""Every notebook runs from its first cell to its last, in a kernel, as nbval sees it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mma_analysis.settings import ROOT_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
NBVAL = ("-m", "pytest", "-q", "-n", "0", "--nbval-lax", "--nbval-current-env")


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_every_cell_of_a_notebook_runs(workspace, tmp_path, path):
    shutil.copytree(workspace.root / "data", tmp_path / "data")

    ended = subprocess.run(
        [sys.executable, *NBVAL, str(path)],
        cwd=ROOT,
        env={**os.environ, ROOT_VARIABLE: str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
