"""What a checkout promises before any code of ours runs: locks, versions, and what is in git."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from tools import setup

import mma_analysis
from docs_pages import text

PYPROJECT = tomllib.loads(text("pyproject.toml"))
OURS = PYPROJECT["project"]

# What a conda user needs besides the package's own dependencies.
ONLY_IN_CONDA = {"python", "pip"}
# The extra `lab`, which conda users get as well.
ONLY_IN_CONDA |= {"ipywidgets", "jupyterlab", "jupyterlab-language-pack-nl-nl", "watchfiles"}


def requirements_of(*groups: list) -> dict[str, SpecifierSet]:
    """Package → allowed versions; an included group is not a requirement of its own."""
    parsed = [Requirement(line) for group in groups for line in group if isinstance(line, str)]
    return {canonicalize_name(one.name): one.specifier for one in parsed}


ALLOWED = requirements_of(
    OURS["dependencies"],
    *OURS["optional-dependencies"].values(),
    *PYPROJECT["dependency-groups"].values(),
)


# --- locks, and the same for who uses conda ------------------------------------------------------

# A requirement of one version, maybe on some machines only, with its hashes.
LOCKED = re.compile(
    r"^([\w.\-]+)==([^ ;]+)(?: ; .+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.M
)


@pytest.mark.parametrize("name", ["requirements.lock.txt", "requirements.report.lock.txt"])
def test_every_locked_requirement_is_one_version_with_a_sha256_and_no_address(name):
    lock = text(name)

    assert LOCKED.sub("", lock) == ""
    assert "://" not in lock


def test_every_dependency_is_locked_at_a_version_that_it_allows():
    locked = LOCKED.findall(text("requirements.lock.txt"))
    pins = [(canonicalize_name(name), version) for name, version in locked]

    assert set(ALLOWED) - {name for name, _ in pins} == set()
    assert [pin for pin in pins if not ALLOWED.get(pin[0], SpecifierSet()).contains(pin[1])] == []


def pins_of(name: str) -> dict[str, set[str]]:
    """Package → its locked versions: two when not every system or Python has the same."""
    pins: dict[str, set[str]] = {}
    for package, version in LOCKED.findall(text(name)):
        pins.setdefault(canonicalize_name(package), set()).add(version)
    return pins


def test_who_makes_reports_gets_the_versions_that_are_tested_and_nothing_that_only_tests_need():
    tested = pins_of("requirements.lock.txt")
    for_reports = pins_of("requirements.report.lock.txt")

    differing = [name for name in for_reports if not for_reports[name] <= tested.get(name, set())]
    assert differing == []
    setting_up = requirements_of(PYPROJECT["dependency-groups"]["setup"])
    assert {*requirements_of(OURS["dependencies"]), *setting_up} - {*for_reports} == set()
    only_in_extras = requirements_of(*OURS["optional-dependencies"].values())
    only_in_tests = requirements_of(*PYPROJECT["dependency-groups"].values())
    assert {*only_in_extras, *only_in_tests} & {*for_reports} == {
        *setting_up,
        "beautifulsoup4",  # of nbconvert
        "packaging",  # of many
        "psutil",  # of ipykernel
        "pyyaml",  # of papermill
    }


def test_conda_users_get_the_same_dependencies_python_and_jupyterlab_and_the_checkout():
    conda = yaml.safe_load(text("environment.yml"))
    requirements = requirements_of(conda["dependencies"])
    pip = [line["pip"] for line in conda["dependencies"] if isinstance(line, dict)]

    ours = {name: one for name, one in requirements.items() if name not in ONLY_IN_CONDA}
    assert ours == requirements_of(OURS["dependencies"])
    assert set(requirements) >= ONLY_IN_CONDA
    assert requirements["python"] == SpecifierSet(OURS["requires-python"])
    assert requirements["jupyterlab"] == ALLOWED["jupyterlab"]
    assert conda["channels"] == ["conda-forge", "nodefaults"]
    assert pip == [["-e .[cbs,pdf]"]]


NPM = json.loads(text("package-lock.json"))["packages"]


def test_the_npm_lock_names_no_address_and_has_a_hash_for_every_package():
    hashes = {name: package.get("integrity", "") for name, package in NPM.items() if name}

    assert "://" not in text("package-lock.json")
    assert "omit-lockfile-registry-resolved=true" in text(".npmrc").splitlines()
    assert [name for name in hashes if not hashes[name].startswith("sha512-")] == []


def test_npm_has_nothing_but_what_tests_need():
    assert "dependencies" not in json.loads(text("package.json"))


def test_every_file_says_the_same_version_and_licence():
    """Those that a public body publishes beside its code too."""
    code, cited = (yaml.safe_load(text(name)) for name in ("publiccode.yml", "CITATION.cff"))
    newest = text("CHANGELOG.md").split("## [")[1].split("]")[0]

    versions = {code["softwareVersion"], cited["version"], newest, mma_analysis.__version__}
    assert versions == {OURS["version"]}
    assert {code["legal"]["license"], cited["license"]} == {OURS["license"]}
    assert f"SPDX-License-Identifier: {OURS['license']}\n" in text("LICENSE")


# --- who sets it up elsewhere --------------------------------------------------------------------


def test_a_development_container_has_a_python_that_we_take_and_sets_up_what_tests_need():
    container = json.loads(text(".devcontainer/devcontainer.json"))
    image, _, tag = container["image"].partition(":")
    python, program, job = container["postCreateCommand"].split()

    assert image == "python"
    assert SpecifierSet(OURS["requires-python"]).contains(tag.split("-")[0])
    assert (python, program) == ("python3", "tools/setup.py")
    assert setup.JOBS[job] == setup.JOBS["test"]


def test_a_server_runs_what_stands_in_our_own_file_and_nothing_else():
    (job,) = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"].values()
    targets = re.findall(r"^make ([a-z-]+)$", text(".ci/run"), re.M)

    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert targets == ["test", "test-long"]


# --- what is in git, and what must never be ------------------------------------------------------

LARGEST = 2 * 1024 * 1024
# In pieces, so that this file does not name what it forbids.
FORBIDDEN = [
    *("py" + "pi.org", "python" + "hosted.org", "npm" + "js", "deb." + "debian"),
    *("anaconda" + ".org", "anaconda" + ".com", "yarn" + "pkg.com"),
    *("/" + place + "/" for place in ("work", "root", "farm")),
    "bash" + "_jobs",
]


@pytest.fixture(scope="module")
def in_git() -> list[str]:
    """Files that are in git or would be after `git add`: ignored ones are not."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout: what is in git cannot be seen")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    names = listed.stdout.decode("utf-8").split("\0")
    return [name for name in names if name and (PROJECT / name).is_file()]


def refused(paths: Iterable[str]) -> list[str]:
    """Those that the hook before a commit refuses."""
    hooks = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    (files,) = [hook["files"] for hook in hooks if hook["id"] == "data"]
    return [path for path in paths if re.search(files, path)]


def test_no_script_or_style_of_somebody_else_is_in_git(in_git):
    # A page's own scripts are short. The file of a library is megabytes in lines without an end.
    ours = [name for name in in_git if name.endswith((".js", ".css", ".html"))]
    strange = [name for name in ours if max(map(len, text(name).splitlines())) > 1_000]

    assert ours
    assert strange == []


def test_of_data_and_reports_only_the_example_and_the_readmes_are_in_git_or_may_be(in_git):
    kept = [name for name in in_git if name.startswith(("data/", "reports/"))]
    strays = [name for name in kept if not name.startswith("data/raw/voorbeeld-2023/")]

    folders = ("data/booked", "data/issued", "data/processed", "data/raw", "reports")
    assert sorted(strays) == [f"{folder}/README.md" for folder in folders]
    assert refused(in_git) == []
    never = ["data/raw/2025/meldingen/borne.xlsx", "data/raw/los.csv"]
    never += ["data/processed/voorbeeld-2023/manifest.json", "reports/voorbeeld-2023/index.html"]
    assert refused(never) == never


def test_no_file_in_git_is_large_or_names_a_registry_or_a_place_on_one_machine(in_git):
    for name in in_git:
        content = (PROJECT / name).read_bytes()
        assert len(content) <= LARGEST, name
        assert [word for word in FORBIDDEN if word.encode() in content] == [], name


@pytest.fixture
def own_environment(tmp_path, monkeypatch):
    """A folder in which set-up makes its environment; what it would run is kept in a list."""
    ran = []
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / "stamp")
    monkeypatch.setattr(setup, "run", lambda command: ran.append(list(map(str, command))))
    (tmp_path / ".venv").mkdir()
    return ran


def synced(ran: list[list[str]]) -> list[str]:
    """The locks that the environment was made from."""
    return [Path(command[-1]).name for command in ran if "sync" in command]


def test_reports_need_their_own_lock_and_whoever_tests_loses_nothing_by_making_one(
    own_environment,
):
    setup.environment_for_reports()
    setup.environment_for_reports()
    assert synced(own_environment) == ["requirements.report.lock.txt"]

    setup.environment()
    setup.environment_for_reports()

    assert synced(own_environment)[1:] == ["requirements.lock.txt"]


def test_set_up_never_empties_an_environment_that_is_only_linked_to(tmp_path, monkeypatch):
    shared, link = tmp_path / "shared", tmp_path / ".venv"
    shared.mkdir()
    (shared / "kept").write_text("of somebody else", encoding="utf-8")
    try:
        link.symlink_to(shared, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    monkeypatch.setattr(setup, "VENV", link)
    monkeypatch.setattr(setup, "VENV_PYTHON", link / "bin" / "python")
    monkeypatch.setattr(setup, "STAMP", link / "stamp")

    with pytest.raises(setup.SetUpError, match="link to another environment"):
        setup.environment()

    assert (shared / "kept").read_text(encoding="utf-8") == "of somebody else"
