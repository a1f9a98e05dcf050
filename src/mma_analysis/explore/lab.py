"""`mma lab`: JupyterLab on the notebooks, for this machine alone, in Dutch, no news."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mma_analysis.settings import NOTEBOOKS, ROOT_VARIABLE, Workspace, shipped
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import PACKAGE, DataError

INSTALL_LAB = "`make lab`, of `pip install -e .[lab]` in de map van het project,"
BENCH = "verkenning.ipynb"
OF_NO_PAGE = (BENCH, "vragen.ipynb")  # those of pages: see `mma notebook`
NEEDED_MODULES = ("jupyterlab", "ipywidgets", "jupyterlab_language_pack_nl_NL")
# Jupyter makes a token of its own, unless it is told one.
TOKENS = ("JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE")
# Of IPython in this lab: no history is kept, and what can follow a dot is there at once.
# Jedi takes two seconds for a table, and JupyterLab waits one. Without it what stands
# before the dot is computed: by the user, who could compute it anyway.
PROFILE = """\
c.HistoryManager.enabled = False
c.Completer.use_jedi = False
c.Completer.evaluation = "unsafe"
"""
SECONDS_TO_END = 10  # in which Jupyter ends its kernels; after that it is ended


def missing_parts() -> list[str]:
    """The packages of the extra `lab` that are not installed."""
    missing = []
    for module in NEEDED_MODULES:
        if importlib.util.find_spec(module) is None:
            missing.append(module.replace("_", "-"))
    return missing


def start_lab(workspace: Workspace, opens_browser: bool = True) -> int:
    """Start JupyterLab on the workspace, open the bench, and wait for it to end.

    It can be reached from this machine only, and only with the token in the address that it
    prints. What a person changed in Jupyter elsewhere does not count here: an old setting
    could switch the token off.
    """
    missing = missing_parts()
    if missing:
        raise DataError.of(
            "lab_incomplete",
            missing=", ".join(missing),
            install=INSTALL_LAB,
        )
    own = workspace.work("lab")
    _copy_notebooks(workspace.root / "notebooks")
    _write_settings(own)
    lab = command(workspace.root, opens_browser)
    return run_to_its_end(lab, _environment(workspace, own))


def _write_settings(own: Path) -> None:
    """Write how this lab looks and behaves, in its own folder."""
    ours = PACKAGE / "explore"
    text = (ours / "lab.json").read_text(encoding="utf-8")
    settings = json.loads(text)
    folder = own / "settings" / "@jupyterlab"
    for name, values in settings.items():
        path = folder / f"{name}.jupyterlab-settings"
        if not path.exists():  # unless a person chose otherwise in this lab
            content = json.dumps(values, indent=2)
            write_whole(path, content.encode())

    profile = own / "ipython" / "profile_default"
    write_whole(profile / "ipython_config.py", PROFILE.encode())
    look = (ours / "lab.css").read_bytes()
    write_whole(own / "config" / "custom" / "custom.css", look)


def _environment(workspace: Workspace, own: Path) -> dict[str, str]:
    """The variables of this process, without tokens, and with the folders of this lab."""
    variables = dict(os.environ)
    for name in TOKENS:
        variables.pop(name, None)
    variables[ROOT_VARIABLE] = str(workspace.root)
    variables["IPYTHONDIR"] = str(own / "ipython")
    variables["JUPYTER_CONFIG_DIR"] = str(own / "config")
    variables["JUPYTER_RUNTIME_DIR"] = str(own / "runtime")
    variables["JUPYTERLAB_SETTINGS_DIR"] = str(own / "settings")
    variables["JUPYTERLAB_WORKSPACES_DIR"] = str(own / "workspaces")
    return variables


def _copy_notebooks(folder: Path) -> None:
    """Put the notebooks to explore with in a workspace that has none of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in OF_NO_PAGE:
        if not (folder / name).exists():
            shutil.copyfile(shipped(NOTEBOOKS) / name, folder / name)


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


def command(root: Path, opens_browser: bool) -> list[str]:
    """The command that starts it, without the token: other users could read that there."""
    options = [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.open_browser={opens_browser}",
        f"--FileContentsManager.pre_save_hook={__name__}.{without_output.__name__}",
        f"--LabApp.default_url=/lab/tree/notebooks/{BENCH}",
        "--LabApp.custom_css=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelManager.transport_encryption=required",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container, where nobody else is
        options.append("--ServerApp.allow_root=True")
    return [sys.executable, "-m", "jupyterlab", *options]


def without_output(path: str, model: dict[str, Any], **unused: Any) -> None:
    """Leave out what the cells show when Jupyter saves a notebook: it can hold rows."""
    is_notebook = model["type"] == "notebook" and path.endswith(".ipynb")
    if not is_notebook:
        return
    for cell in model["content"]["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
