"""What a checkout promises before any code of ours runs: locks, ranges and places."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import plotly.offline
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

# What a conda user needs besides the package's own dependencies.
ONLY_IN_CONDA = {"python", "nodejs", "pip"}
# The extra `lab`, which conda users get as well.
ONLY_IN_CONDA |= {"ipywidgets", "jupyterlab", "jupyterlab-language-pack-nl-nl"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lock_entries() -> dict[str, list[str]]:
    """Requirement → its hashes, from requirements.lock.txt."""
    entries: dict[str, list[str]] = {}
    requirement = ""
    for line in text("requirements.lock.txt").splitlines():
        if line.startswith(" "):
            entries[requirement].append(line.strip(" \\").removeprefix("--hash="))
        else:
            requirement = line.strip(" \\")
            entries[requirement] = []
    return entries


def locked_names() -> set[str]:
    return {canonicalize_name(Requirement(entry).name) for entry in lock_entries()}


def requirements_of(*groups: list) -> dict[str, SpecifierSet]:
    """Package → allowed versions; an included group is not a requirement of its own."""
    parsed = [Requirement(line) for group in groups for line in group if isinstance(line, str)]
    return {canonicalize_name(one.name): one.specifier for one in parsed}


def all_requirements() -> dict[str, SpecifierSet]:
    return requirements_of(
        PROJECT["dependencies"],
        *PROJECT["optional-dependencies"].values(),
        *PYPROJECT["dependency-groups"].values(),
    )


# --- the Python lock -----------------------------------------------------------------------------


def test_every_locked_requirement_is_one_version_with_a_sha256_and_no_address():
    loose = [
        entry
        for entry, hashes in lock_entries().items()
        if not re.match(r"[\w.\-]+==[^ ;]+( ; .+)?$", entry)
        or not hashes
        or not all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)
    ]

    assert loose == []
    assert "://" not in text("requirements.lock.txt")


def test_every_dependency_is_locked_at_a_version_that_it_allows():
    allowed = all_requirements()
    locked = [Requirement(entry) for entry in lock_entries()]

    refused = [
        str(one)
        for one in locked
        for pin in one.specifier
        if not allowed.get(canonicalize_name(one.name), SpecifierSet()).contains(pin.version)
    ]

    assert set(allowed) - locked_names() == set()
    assert refused == []


# --- Python and conda ----------------------------------------------------------------------------


def test_conda_users_get_the_same_dependencies_python_and_jupyterlab_and_the_checkout():
    conda = yaml.safe_load(text("environment.yml"))
    lines = conda["dependencies"]
    requirements = requirements_of([line for line in lines if isinstance(line, str)])
    pip = [line["pip"] for line in lines if isinstance(line, dict)]

    ours = {name: one for name, one in requirements.items() if name not in ONLY_IN_CONDA}
    assert ours == requirements_of(PROJECT["dependencies"])
    assert set(requirements) >= ONLY_IN_CONDA
    assert requirements["python"] == SpecifierSet(PROJECT["requires-python"])
    assert requirements["jupyterlab"] == all_requirements()["jupyterlab"]
    assert conda["channels"] == ["conda-forge", "nodefaults"]
    assert pip == [["-e .[cbs,pdf]"]]


# --- npm -----------------------------------------------------------------------------------------


def npm_lock() -> dict[str, dict]:
    return json.loads(text("package-lock.json"))["packages"]


def test_the_npm_lock_names_no_address_and_has_a_hash_for_every_package():
    packages = {name: package for name, package in npm_lock().items() if name}

    unsafe = [n for n, p in packages.items() if not p.get("integrity", "").startswith("sha512-")]

    assert "://" not in text("package-lock.json")
    assert "omit-lockfile-registry-resolved=true" in text(".npmrc").splitlines()
    assert unsafe == []


def test_the_fetched_bundle_is_the_locked_one_which_the_plotly_package_was_made_for():
    bundle = ROOT / "src/mma_analysis/publish/assets/plotly-basic.min.js"
    locked = npm_lock()["node_modules/plotly.js-basic-dist-min"]["version"]

    title = bundle.read_text(encoding="utf-8").splitlines()[1]

    assert title.endswith(f" v{locked}")
    assert locked == plotly.offline.get_plotlyjs_version()


# --- before a commit, and after it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "is_refused"),
    [
        (["data/raw/2025/meldingen/borne.xlsx", "data/raw/los.csv"], True),
        (["data/processed/voorbeeld-2023/manifest.json"], True),
        (["reports/voorbeeld-2023/openbaar/index.html"], True),
        (["data/raw/voorbeeld-2023/meldingen/borne.xlsx"], False),
        ([f"{folder}/README.md" for folder in ("data/raw", "data/processed", "reports")], False),
        (["src/mma_analysis/reference/areas.csv"], False),
    ],
)
def test_the_hook_before_a_commit_refuses_deliveries_and_what_is_made_from_them(paths, is_refused):
    hooks = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    (files,) = [hook["files"] for hook in hooks if hook["id"] == "data"]

    assert {bool(re.search(files, path)) for path in paths} == {is_refused}


# --- the environment ------------------------------------------------------------------------------


def test_set_up_never_empties_an_environment_that_is_only_linked_to(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("setup_tool", ROOT / "tools" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "kept").write_text("of somebody else", encoding="utf-8")
    link = tmp_path / ".venv"
    try:
        link.symlink_to(shared, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    monkeypatch.setattr(tool, "VENV", link)
    monkeypatch.setattr(tool, "VENV_PYTHON", link / "bin" / "python")
    monkeypatch.setattr(tool, "STAMP", link / "stamp")

    with pytest.raises(tool.SetUpError, match="link to another environment"):
        tool.environment()

    assert (shared / "kept").read_text(encoding="utf-8") == "of somebody else"
