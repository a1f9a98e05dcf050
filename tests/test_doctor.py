"""What a newcomer is told: what is missing, and how to get it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from mma_analysis import cli, doctor
from mma_analysis.doctor import diagnose
from mma_analysis.explore import starting
from mma_analysis.publish import notebooks, templates
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError


def found(workspace: Workspace, word: str) -> doctor.Diagnosis:
    """The one finding that is about this."""
    return next(finding for finding in diagnose(workspace) if word in finding.what)


def test_where_everything_is_there_all_is_well(workspace):
    findings = diagnose(workspace)

    assert {finding.state for finding in findings} == {"ok"}, findings
    assert all(finding.remedy == "" for finding in findings)
    assert len(findings) == 8


def test_looking_changes_nothing(tmp_path):
    diagnose(Workspace(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_no_edition_is_a_fault_and_says_where_was_looked(tmp_path):
    finding = found(Workspace(tmp_path), "no edition")

    assert finding.state == "fault"
    assert str(tmp_path) in finding.what
    assert "--root" in finding.remedy


def raising(error: Exception):
    def refuse(*arguments, **named):
        raise error

    return refuse


OTHER = KernelSpec(argv=["/elders/bin/python", "-m", "ipykernel_launcher"])
FULL = SimpleNamespace(free=100 * 1024 * 1024)


@pytest.mark.parametrize(
    ("where", "name", "instead", "what", "state", "remedy"),
    [
        (templates, "BUNDLE", "no.js", "plotly.js", "note", "tools/setup.py plotly"),
        (
            *(KernelSpecManager, "get_kernel_spec", lambda *_: OTHER),
            *("kernel python3 starts /elders/bin/python", "fault", "ipykernel install"),
        ),
        (
            *(KernelSpecManager, "get_kernel_spec", raising(NoSuchKernel("python3"))),
            *("kernel python3", "fault", "ipykernel install"),
        ),
        (
            *(notebooks, "files", lambda _: Path("/no/where/at/all")),
            *("no report notebooks in", "fault", "install mma-analysis again"),
        ),
        (
            *(doctor.tempfile, "TemporaryFile", raising(PermissionError(13, "denied"))),
            *("cannot write in", "fault", "change its rights"),
        ),
        (
            *(doctor.shutil, "disk_usage", lambda _: FULL),
            *("less than 200 MB free", "fault", "make room"),
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(
    workspace, monkeypatch, where, name, instead, what, state, remedy
):
    monkeypatch.setattr(where, name, instead)

    finding = found(workspace, what)

    assert finding.state == state
    assert remedy in finding.remedy


def test_what_a_run_left_behind_is_pointed_out(workspace, tmp_path):
    left = tmp_path / "data" / "processed" / ".voorbeeld-2023-abc"
    left.mkdir(parents=True)

    finding = found(Workspace(tmp_path), "left behind by a run that was cut off")

    assert finding.state == "note"
    assert str(left) in finding.what


def test_without_jupyterlab_reports_work(workspace, monkeypatch):
    monkeypatch.setattr(starting.importlib.util, "find_spec", lambda name: None)

    finding = found(workspace, "JupyterLab is not complete: no jupyterlab, ipywidgets")

    assert finding.state == "note"
    assert "make lab" in finding.remedy
    with pytest.raises(DataError, match="make lab"):
        starting.start_lab(workspace)


@pytest.fixture
def started(tmp_path, monkeypatch):
    """What `mma lab` would start in a new folder, in an environment that sets a token."""
    called = {}

    def call(command, env):
        called.update(command=command, env=env)
        return 7

    monkeypatch.setattr(starting, "run_to_its_end", call)
    monkeypatch.setenv("JUPYTER_TOKEN", "known")
    assert starting.start_lab(Workspace(tmp_path), opens_browser=False) == 7
    return called


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without telling it")
def test_jupyterlab_ends_when_the_command_is_ended(tmp_path):
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    script = (
        "import sys; from mma_analysis import cli; from mma_analysis.explore import starting; "
        f"starting.command = lambda *_: [sys.executable, '-c', {child!r}]; "
        f"sys.argv = ['mma', 'lab', '--root', {str(tmp_path)!r}]; cli.main()"
    )
    started = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with started:
        assert started.stdout is not None
        lab = psutil.Process(int(started.stdout.readline()))
        started.terminate()
        code = started.wait(20)
    left = lab.is_running()
    if left:
        lab.kill()

    assert (code, left) == (130, False)


def test_the_command_ends_as_jupyterlab_does():
    command = [sys.executable, "-c", "raise SystemExit(7)"]

    assert starting.run_to_its_end(command, os.environ) == 7


def test_the_lab_is_in_dutch_and_what_a_person_changed_is_left_alone(started, tmp_path):
    (chosen,) = tmp_path.glob(".mma/lab/settings/**/plugin.jupyterlab-settings")
    (cells,) = tmp_path.glob(".mma/lab/settings/**/tracker.jupyterlab-settings")
    bench = tmp_path / "notebooks" / "verkenning.ipynb"
    assert json.loads(chosen.read_text(encoding="utf-8")) == {"locale": "nl_NL"}
    of_cells = json.loads(cells.read_text(encoding="utf-8"))["codeCellConfig"]
    assert of_cells == {"lineWrap": True, "lineNumbers": True}
    assert json.loads(bench.read_text(encoding="utf-8"))["cells"]

    for path in (chosen, bench):
        path.write_text("of a person", encoding="utf-8")
    starting.start_lab(Workspace(tmp_path))

    for path in (chosen, bench):
        assert path.read_text(encoding="utf-8") == "of a person"


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_ends_with_1_when_something_is_missing(tmp_path, monkeypatch, capsys, as_json):
    arguments = ["mma", "doctor", "--root", str(tmp_path), *(["--json"] if as_json else [])]
    monkeypatch.setattr(sys, "argv", arguments)

    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr().out

    assert end.value.code == 1
    if as_json:
        assert "fault" in {row["state"] for row in json.loads(said)["findings"]}
    else:
        assert f"fault no edition under {tmp_path}" in said
