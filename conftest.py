"""The example edition, prepared once: for the tests, and for the kernels that nbval starts."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from mma_analysis.edition import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.pipeline import prepare

PROJECT = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Give notebooks that nbval runs a prepared workspace: its kernels inherit the variable."""
    if config.getoption("nbval_lax", default=False):
        folder = Path(tempfile.mkdtemp(prefix="mma-"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ[ROOT_VARIABLE] = str(prepared(folder).root)


def prepared(root: Path) -> Workspace:
    """A workspace with the example edition in it, prepared."""
    workspace = Workspace(root)
    shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
    prepare(workspace, EXAMPLE, say=lambda line: None)
    return workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The prepared example edition; tests read it and leave it as it is."""
    return prepared(tmp_path_factory.mktemp("workspace"))
