"""`mma lab`: JupyterLab on the notebooks, for this machine alone, in Dutch, and without news."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mma_analysis.publish.notebooks import folder
from mma_analysis.settings import ROOT_VARIABLE, Workspace
from mma_analysis.vocabulary import DataError

INSTALL_LAB = "`make lab`, or `pip install -e .[lab]` in the project's folder"
BENCH = "verkenning.ipynb"
NOTEBOOKS = (BENCH, "district.ipynb", "gemeente.ipynb")
# What the lab needs beside itself: module → package.
PARTS = {
    "jupyterlab": "jupyterlab",
    "ipywidgets": "ipywidgets",
    "anywidget": "anywidget",
    "itables": "itables",
    "jupyterlab_language_pack_nl_NL": "jupyterlab-language-pack-nl-NL",
}
# Jupyter makes a token of its own, unless it is told one.
TOKENS = ("JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE")
SECONDS_TO_END = 10  # in which Jupyter ends its kernels; after that it is ended
SETTINGS = {
    "translation-extension/plugin": {"locale": "nl_NL"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def missing_parts() -> list[str]:
    """The packages of the extra `lab` that are not installed."""
    return [package for name, package in PARTS.items() if importlib.util.find_spec(name) is None]


def start_lab(workspace: Workspace, opens_browser: bool = True) -> int:
    """Start JupyterLab on the workspace's notebooks, open the bench, and wait for it to end.

    It can be reached from this machine only, and only with the token in the address that it
    prints. What a person changed in Jupyter elsewhere does not count here, so that an old setting
    cannot switch the token off.
    """
    if missing := missing_parts():
        raise DataError(f"JupyterLab is not complete: no {', '.join(missing)}; run {INSTALL_LAB}")
    notebooks = notebooks_of(workspace)
    own = workspace.work("lab")
    _write_settings(own / "settings")
    return run_to_its_end(
        command(notebooks, opens_browser),
        {
            **{name: value for name, value in os.environ.items() if name not in TOKENS},
            ROOT_VARIABLE: str(workspace.root),
            "JUPYTER_CONFIG_DIR": str(own / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        },
    )


def run_to_its_end(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a command and give its exit code; what interrupts us before it, ends it first."""
    with subprocess.Popen(command, env=env) as started:
        try:
            return started.wait()
        finally:
            if started.poll() is None:
                started.terminate()
                try:
                    started.wait(SECONDS_TO_END)
                except subprocess.TimeoutExpired:
                    started.kill()


def command(notebooks: Path, opens_browser: bool) -> list[str]:
    """The command that starts it; the token is not on it, where other users could read it."""
    options = [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={notebooks}",
        f"--ServerApp.open_browser={opens_browser}",
        f"--LabApp.default_url=/lab/tree/{BENCH}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelManager.transport_encryption=required",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:  # in a container, where nobody else is
        options.append("--ServerApp.allow_root=True")
    return [sys.executable, "-m", "jupyterlab", *options]


def notebooks_of(workspace: Workspace) -> Path:
    """The notebooks of the workspace; the first time they are copied from the package."""
    own = workspace.root / "notebooks"
    own.mkdir(parents=True, exist_ok=True)
    for name in NOTEBOOKS:
        if not (own / name).exists():
            shutil.copyfile(folder() / name, own / name)
    return own


def _write_settings(where: Path) -> None:
    """Dutch menus and no news, unless a person chose otherwise in this lab."""
    for name, values in SETTINGS.items():
        path = where / "@jupyterlab" / f"{name}.jupyterlab-settings"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values, indent=2), encoding="utf-8")
