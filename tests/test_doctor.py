"""What a newcomer is told: what is missing, and how to get it."""

import json
import os
import re
import subprocess
import sys
from unittest.mock import Mock

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from typer.testing import CliRunner

from mma_analysis.cli import app, doctor
from mma_analysis.cli.doctor import diagnose
from mma_analysis.explore import lab
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError, message
from says import says


def test_where_everything_is_there_all_is_well(workspace):
    findings = list(diagnose(workspace))

    assert {(finding.state, finding.remedy) for finding in findings} == {("ok", "")}, findings


OTHER = KernelSpec(argv=["/elders/bin/python", "-m", "ipykernel_launcher"])
KERNEL = (KernelSpecManager, "get_kernel_spec")
FILE = (doctor.tempfile, "TemporaryFile")
NO_KERNEL = Mock(side_effect=NoSuchKernel("python3"))
NO_RIGHTS = Mock(side_effect=PermissionError(13, "denied"))


@pytest.mark.parametrize(
    ("where", "name", "instead", "code", "state", "remedy"),
    [
        (*KERNEL, lambda *_: OTHER, "doctor_other_kernel", "fault", "doctor_install_kernel"),
        (*KERNEL, NO_KERNEL, "doctor_no_kernel", "fault", "doctor_install_kernel"),
        (*FILE, NO_RIGHTS, "doctor_cannot_write", "fault", "doctor_rights"),
        (Workspace, "names", lambda _: [], "doctor_no_edition", "fault", "doctor_where"),
        (
            lab,
            "NEEDED_MODULES",
            ("no_such_part",),
            "doctor_no_lab",
            "note",
            "doctor_lab_remedy",
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(
    workspace, monkeypatch, where, name, instead, code, state, remedy
):
    monkeypatch.setattr(where, name, instead)

    if where is lab:
        with pytest.raises(DataError, match="make lab"):
            lab.start_lab(workspace)
    (finding,) = [one for one in diagnose(workspace) if one.state != "ok"]

    assert finding.state == state
    assert re.fullmatch(says(code), finding.what)
    assert re.fullmatch(says(remedy), finding.remedy)


def test_what_there_is_of_memory_and_disk_stands_beside_what_is_needed(workspace, monkeypatch):
    tenth_short = 2**30 * 9 // 10
    usage = Mock(return_value=Mock(free=tenth_short))
    monkeypatch.setattr(doctor.shutil, "disk_usage", usage)
    monkeypatch.setattr(doctor.os, "sysconf_names", {"SC_PHYS_PAGES": 1})
    monkeypatch.setattr(
        doctor.os, "sysconf", {"SC_PHYS_PAGES": 3 * 2**18, "SC_PAGE_SIZE": 2**11}.get
    )

    notes = [one for one in diagnose(workspace) if one.state == "note"]

    memory, disk = notes
    assert memory.what == "geheugen: 1,5 GB in deze computer; nodig is 2 GB"
    assert memory.remedy.startswith("sluit andere programma's")
    assert disk.what.startswith("schijf: 0,8 GB vrij voor ")
    assert disk.what.endswith("; nodig is 1 GB")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without telling it")
def test_jupyterlab_ends_when_the_command_is_ended(tmp_path):
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    script = (
        "import sys; from mma_analysis import cli; from mma_analysis.explore import lab; "
        f"lab.command = lambda *_: [sys.executable, '-c', {child!r}]; "
        f"sys.argv = ['mma', 'lab', '--root', {str(tmp_path)!r}]; cli.main()"
    )
    started = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with started:
        assert started.stdout is not None
        jupyter = psutil.Process(int(started.stdout.readline()))
        started.terminate()
        code = started.wait(20)
    left = jupyter.is_running()
    if left:
        jupyter.kill()

    assert (code, left) == (130, False)


def test_the_lab_is_in_dutch_and_what_a_person_changed_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(lab, "run_to_its_end", lambda *_: 7)
    assert lab.start_lab(Workspace(tmp_path)) == 7

    (chosen,) = tmp_path.glob(".mma/lab/settings/**/plugin.jupyterlab-settings")
    (cells,) = tmp_path.glob(".mma/lab/settings/**/tracker.jupyterlab-settings")
    bench = tmp_path / "notebooks" / "verkenning.ipynb"
    assert json.loads(chosen.read_text(encoding="utf-8")) == {"locale": "nl_NL"}
    of_cells = json.loads(cells.read_text(encoding="utf-8"))["codeCellConfig"]
    assert of_cells == {"lineWrap": True, "lineNumbers": True}
    assert json.loads(bench.read_text(encoding="utf-8"))["cells"]

    for path in (chosen, bench):
        path.write_text("of a person", encoding="utf-8")
    lab.start_lab(Workspace(tmp_path))

    for path in (chosen, bench):
        assert path.read_text(encoding="utf-8") == "of a person"


def test_the_command_ends_with_1_when_something_is_missing(tmp_path):
    asked = ["doctor", "--root", str(tmp_path)]

    ended, told = (CliRunner().invoke(app, [*asked, *more]) for more in ([], ["--json"]))

    assert ended.exit_code == told.exit_code == 1
    said = message("doctor_no_edition", path=Workspace(tmp_path).raw(""))
    assert f"fout   {said}" in ended.stdout
    assert "fault" in {row["state"] for row in json.loads(told.stdout)["findings"]}
    assert list(tmp_path.iterdir()) == []
