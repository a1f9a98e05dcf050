"""Who installs the wheel, and has no checkout, can make a page too."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import PROJECT, contents

from small_edition import of_two

PACKAGE = PROJECT / "src/mma_analysis"
EXAMPLE = PROJECT / "data/raw/voorbeeld-2023"
LARGEST_PAGE = 200_000  # bytes


def run(*command: str | Path, at: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run a program as a new user would: without this shell's settings for Python and for us."""
    ours = ("PYTHON", "MMA_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [str(part) for part in command],
        cwd=at,
        env={**kept, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The programs of an empty environment with the wheel and its own dependencies, as locked."""
    venv = tmp_path_factory.mktemp("empty") / "venv"
    uv = [sys.executable, "-m", "uv"]
    run(*uv, "venv", "--quiet", "--python", sys.executable, venv)
    install = [*uv, "pip", "install", "--quiet", "--python", venv, wheel]
    locked = ["--constraints", "requirements.lock.txt"]
    # what set-up fetched is still in uv's cache, mostly: then no network is needed
    if run(*install, *locked, "--offline").returncode:
        online = run(*install, *locked)
        assert online.returncode == 0, online.stderr
    return venv / ("Scripts" if os.name == "nt" else "bin")


NOTEBOOKS = ("gemeente", "district", "hoe-wij-telden", "verkenning", "vragen")


def test_the_wheel_holds_the_package_the_notebooks_and_the_example_and_no_more(wheel):
    files = [file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    expected = {f"mma_analysis/{file.relative_to(PACKAGE).as_posix()}" for file in files}
    expected |= {f"mma_analysis/notebooks/{name}.ipynb" for name in NOTEBOOKS}
    expected |= {f"mma_analysis/{EXAMPLE.name}/{name}" for name in contents(EXAMPLE)}

    names = set(zipfile.ZipFile(wheel).namelist())

    assert {name for name in names if ".dist-info/" not in name} == expected


@pytest.mark.slow
def test_with_the_wheel_alone_there_is_an_example_and_a_page_and_no_jupyterlab(installed, tmp_path):
    of_two(tmp_path)

    made = run(installed / "mma", "run", "proef", "--only", "borne", at=tmp_path)
    example = run(installed / "mma", "example", at=tmp_path)
    listed = run(sys.executable, "-m", "uv", "pip", "list", "--python", installed.parent)

    assert (made.returncode, example.returncode) == (0, 0), made.stderr + example.stderr
    page = tmp_path / "reports/proef/openbaar/borne.html"
    assert "<h1" in page.read_text(encoding="utf-8")
    assert page.stat().st_size <= LARGEST_PAGE
    assert contents(tmp_path / "data/raw" / EXAMPLE.name) == contents(EXAMPLE)
    names = {line.split()[0] for line in listed.stdout.splitlines() if line}
    assert "mma-analysis" in names
    assert names & {"jupyterlab", "playwright", "distributed", "pytest", "rfc3987-syntax"} == set()
