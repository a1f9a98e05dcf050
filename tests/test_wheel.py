"""Who installs the wheel, and has no checkout, can make a page too."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT, contents
from packaging.requirements import Requirement
from packaging.version import Version

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


@pytest.fixture(scope="module")
def lowest(wheel, tmp_path_factory) -> Path:
    """The programs of an environment with the lowest versions that we say we can do with."""
    venv = tmp_path_factory.mktemp("lowest") / "venv"
    uv = [sys.executable, "-m", "uv"]
    run(*uv, "venv", "--quiet", "--python", sys.executable, venv)
    install = [*uv, "pip", "install", "--quiet", "--python", venv]
    lowest = ["--resolution", "lowest-direct", "--only-binary", ":all:"]
    of_us = [*install, *lowest, "--requirements", "pyproject.toml"]
    offline = run(*of_us, "--offline")  # of what was fetched before, that may be a higher one
    if offline.returncode or versions_in(venv)["pandas"] != lowest_allowed()["pandas"]:
        online = run(*of_us, "--reinstall")
        if online.returncode:
            pytest.skip(f"the lowest versions cannot be fetched here: {online.stderr[-300:]}")
    added = run(*install, "--no-deps", "--offline", wheel)
    assert added.returncode == 0, added.stderr
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


@pytest.mark.slow
def test_with_the_lowest_versions_that_we_name_the_numbers_are_the_same(
    installed, lowest, tmp_path
):
    """A hub has versions of its own: who asks for newer ones than needed cannot live there."""
    tables = {}
    for name, programs in (("locked", installed), ("lowest", lowest)):
        of_two(tmp_path / name)
        made = run(programs / "mma", "run", "proef", "--only", "borne", at=tmp_path / name)
        assert made.returncode == 0, made.stderr
        folder = tmp_path / name / "data/processed/proef/measures"
        tables[name] = {path.stem: pd.read_parquet(path) for path in sorted(folder.iterdir())}

    assert versions_in(lowest.parent)["pandas"] == lowest_allowed()["pandas"]
    assert versions_in(lowest.parent)["plotly"] == lowest_allowed()["plotly"]
    assert list(tables["lowest"]) == list(tables["locked"])
    assert len(tables["lowest"]) > 20
    for name, table in tables["lowest"].items():
        pd.testing.assert_frame_equal(table, tables["locked"][name], obj=name)


def versions_in(venv: Path) -> dict[str, Version]:
    """Package → the version that an environment has."""
    listed = run(sys.executable, "-m", "uv", "pip", "freeze", "--python", venv).stdout
    pins = [line.split("==") for line in listed.splitlines() if "==" in line]
    return {name: Version(version) for name, version in pins}


def lowest_allowed() -> dict[str, Version]:
    """Package → the lowest version that we say we can do with."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest = {}
    for requirement in map(Requirement, project["dependencies"]):
        (floor,) = [one for one in requirement.specifier if one.operator == ">="]
        lowest[requirement.name] = Version(floor.version)
    return lowest
