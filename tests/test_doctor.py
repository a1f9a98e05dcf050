"""What a newcomer is told: what is missing, and how to get it."""

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from mma_analysis import cli, doctor
from mma_analysis.doctor import diagnose
from mma_analysis.explore import starting
from mma_analysis.publish import notebooks, plotly_bundle
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError


def found(workspace: Workspace, word: str) -> doctor.Finding:
    """The one finding that is about this."""
    return next(finding for finding in diagnose(workspace) if word in finding.what)


def test_where_everything_is_there_all_is_well(workspace):
    findings = diagnose(workspace)

    assert {finding.state for finding in findings} == {"ok"}, findings
    assert all(finding.remedy == "" for finding in findings)
    assert len(findings) == 9


def test_looking_changes_nothing(tmp_path):
    diagnose(Workspace(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_no_edition_is_a_fault_and_says_where_was_looked(tmp_path):
    finding = found(Workspace(tmp_path), "no edition")

    assert finding.state == "fault"
    assert str(tmp_path) in finding.what
    assert "--root" in finding.remedy


def test_without_the_bundle_pages_are_made_but_large(workspace, monkeypatch):
    monkeypatch.setattr(plotly_bundle, "BUNDLE", "not-fetched.js")

    finding = found(workspace, "plotly.js")

    assert finding.state == "note"
    assert "tools/setup.py plotly" in finding.remedy


def test_a_python_that_is_too_old_is_a_fault(workspace, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))

    finding = found(workspace, "Python 3.10.4")

    assert finding.state == "fault"
    assert "3.11, 3.12 or 3.13" in finding.remedy


def test_a_package_that_is_missing_is_named(workspace, monkeypatch):
    original = doctor.version

    def version(name: str) -> str:
        if name == "papermill":
            raise PackageNotFoundError(name)
        return original(name)

    monkeypatch.setattr(doctor, "version", version)

    assert found(workspace, "packages papermill").state == "fault"


def test_a_kernel_of_another_python_is_a_fault(workspace, monkeypatch):
    other = KernelSpec(argv=["/elders/bin/python", "-m", "ipykernel_launcher"])
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda self, name: other)

    finding = found(workspace, "kernel python3 starts /elders/bin/python")

    assert finding.state == "fault"
    assert "ipykernel install" in finding.remedy


def test_no_kernel_is_a_fault(workspace, monkeypatch):
    def get_kernel_spec(self, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", get_kernel_spec)

    assert found(workspace, "kernel python3").state == "fault"


def test_an_installation_without_notebooks_is_a_fault(workspace, monkeypatch, tmp_path):
    monkeypatch.setattr(notebooks, "files", lambda package: tmp_path)

    assert found(workspace, "no report notebooks in").state == "fault"


def test_a_folder_that_cannot_be_written_is_a_fault(workspace, monkeypatch):
    def refuse(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)

    finding = found(workspace, "cannot write in")

    assert (finding.state, finding.remedy) == ("fault", "change its rights")


def test_a_disk_that_is_almost_full_is_a_fault(workspace, monkeypatch):
    usage = doctor.shutil.disk_usage(workspace.root)
    monkeypatch.setattr(
        doctor.shutil, "disk_usage", lambda folder: usage._replace(free=100 * 1024 * 1024)
    )

    assert found(workspace, "less than 200 MB free").state == "fault"


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


def test_jupyterlab_starts_on_this_machine_only_and_asks_nobody_for_news(started, tmp_path):
    assert started["command"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in started["command"]
    assert "--ServerApp.open_browser=False" in started["command"]
    assert "--LabApp.news_url=None" in started["command"]
    assert "--LabApp.default_url=/lab/tree/verkenning.ipynb" in started["command"]
    assert started["env"]["MMA_ROOT"] == str(tmp_path)


def test_a_token_or_setting_from_elsewhere_does_not_count_in_the_lab(started, tmp_path):
    assert "JUPYTER_TOKEN" not in started["env"]
    assert started["env"]["JUPYTER_CONFIG_DIR"].startswith(str(tmp_path))


def test_the_lab_is_in_dutch_unless_a_person_chose_otherwise(started, tmp_path, monkeypatch):
    (chosen,) = tmp_path.glob(".mma/lab/settings/**/plugin.jupyterlab-settings")
    assert json.loads(chosen.read_text(encoding="utf-8")) == {"locale": "nl_NL"}

    chosen.write_text('{"locale": "en"}', encoding="utf-8")
    starting.start_lab(Workspace(tmp_path))

    assert json.loads(chosen.read_text(encoding="utf-8")) == {"locale": "en"}


def test_the_notebooks_are_copied_once_and_then_left_alone(started, tmp_path):
    bench = tmp_path / "notebooks" / "verkenning.ipynb"
    bench.write_text("of a person", encoding="utf-8")

    starting.start_lab(Workspace(tmp_path))

    assert bench.read_text(encoding="utf-8") == "of a person"


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
