"""The example edition, prepared once and published once, for all tests."""

import csv
import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from filelock import FileLock
from hypothesis import settings as effort

from mma_analysis.evaluation import Evaluation, load
from mma_analysis.pipeline import prepare
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, SETTINGS_FILE, Edition, Workspace

PROJECT = Path(__file__).parent
# What takes longest begins first: a process that begins it last keeps the others waiting.
LONGEST = (
    *("test_faults.py", "test_second_district.py", "test_no_network.py"),
    *("test_wheel.py", "test_lab.py", "test_analyst_day.py", "test_site.py", "test_processes.py"),
    *("test_pipeline_released.py", "test_notebooks.py", "test_pipeline.py"),
)
# Modules of which the examples open an edition; the name of an example begins with its module.
OPENING = tuple(f"mma_analysis.{room}" for room in ("evaluation", "explore", "pipeline", "show"))

effort.register_profile("any machine", deadline=None)  # how long one takes says nothing
effort.load_profile("any machine")

Papers = Callable[[Evaluation, Path, str], None]


@dataclass(frozen=True)
class Run:
    """One run of `mma` that ended well: where, and what it said."""

    workspace: Workspace
    out: str
    err: str


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C also below nohup."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what we start inherits it


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what was collected out of the garbage collector's way: it is there to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files go first and then those with slow tests: so processes end together.

    Those that need all pages of the example come after the others: else every process begins by
    waiting for the one that makes them.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    waiting = {item.path for item in items if "reports" in getattr(item, "fixturenames", ())}
    rank = {name: number for number, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> tuple[int, bool, bool]:
        path = item.path
        return rank.get(path.name, len(LONGEST)), path not in slow, path in waiting

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """What the shell of a kernel sets for whom it starts, such as colours, ends with its test."""
    with patch.dict(os.environ):
        yield


def cases(name: str) -> list[Any]:
    """The rows of `tests/cases/<name>.csv` for a test; the last column says why a row is there."""
    with (PROJECT / "tests" / "cases" / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table))[1:]
    return [pytest.param(*row[:-1], id=row[-1] or " ".join(row)) for row in rows]


def toml_cases(name: str, kind: str = "case") -> list[Any]:
    """The `[[kind]]` of `tests/cases/<name>.toml` for a test; `why` says why one is there."""
    text = (PROJECT / "tests" / "cases" / f"{name}.toml").read_text(encoding="utf-8")
    return [pytest.param(case, id=case.get("why")) for case in tomllib.loads(text)[kind]]


def contents(folder: Path) -> dict[str, bytes]:
    """Path below the folder → what is in the file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def command(*arguments: str | Path) -> list[str]:
    """`mma` with these arguments, as another process starts it."""
    return [sys.executable, "-m", "mma_analysis", *map(str, arguments)]


def python(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own: how it ended, and what it said."""
    given = {"capture_output": True, "text": True, "encoding": "utf-8"}
    return subprocess.run([sys.executable, *map(str, arguments)], **given, **options)


def mma(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """`mma` in a process of its own: how it ended, and what it said."""
    return python("-m", "mma_analysis", *arguments, **options)


def delivered(root: Path, *only: str) -> Workspace:
    """A workspace with the deliveries of the example edition in it; of all gemeenten or a few.

    The survey, campaigns and costs stay; with a few it is prepared sooner.
    """
    workspace = Workspace(root)
    shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
    settings, begin = workspace.raw(EXAMPLE) / SETTINGS_FILE, "[gemeenten."
    first, *blocks = settings.read_text(encoding="utf-8").split(begin)
    for number, block in enumerate(blocks):
        if only and block.partition("]")[0] not in only:
            blocks[number] = re.sub(r"^(levering|geleverd_op) .*\n", "", block, flags=re.M)
    settings.write_text(begin.join([first, *blocks]), encoding="utf-8")
    return workspace


def once(root: Path, make: Callable[[Path], object]) -> Workspace:
    """A workspace that the first process to ask for it makes."""
    made = root.with_suffix(".made")
    with FileLock(root.with_suffix(".lock")):
        if not made.exists():
            make(root)
            made.touch()
    return Workspace(root)


@pytest.fixture(autouse=True)
def example_for_docstrings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples in docstrings that open an edition find the prepared one."""
    if request.node.name.startswith(OPENING):
        monkeypatch.setenv(ROOT_VARIABLE, str(request.getfixturevalue("workspace").root))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def workspace(shared: Path) -> Workspace:
    """The prepared example edition; tests read it and leave it as it is."""
    return once(shared / "workspace", lambda root: prepare(delivered(root), EXAMPLE))


@pytest.fixture(scope="session")
def district(workspace: Workspace) -> Evaluation:
    """What everybody may read of the district of the example."""
    return load("twente", EXAMPLE, workspace=workspace)


@pytest.fixture(scope="session")
def small(shared: Path) -> Workspace:
    """The edition of two gemeenten, prepared; tests read it and leave it as it is."""
    from small_edition import of_two

    return once(shared / "small", lambda root: prepare(of_two(root), "proef"))


@pytest.fixture(scope="session")
def papers(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """In the place of `write_papers`: the papers of the example, which are made once."""
    from mma_analysis.publish.set_files import write_papers, write_tidy_annex

    made = tmp_path_factory.mktemp("papers")
    (made / "openbaar").mkdir()
    district = load("twente", EXAMPLE, workspace=workspace)
    write_papers(district, made, "")
    write_tidy_annex(district, made)

    def copy(e: Evaluation, reports: Path, warning: str) -> None:
        shutil.copytree(made, reports, dirs_exist_ok=True)

    return copy


@pytest.fixture
def broken() -> set[str]:
    """Paths of the pages that cannot be made; a test may add to it."""
    return set()


@pytest.fixture
def quickly_but_pages(monkeypatch: pytest.MonkeyPatch, papers: Papers) -> pytest.MonkeyPatch:
    """Copy the papers and do not read them. The audit keeps its books all the same."""
    from mma_analysis.audit import examination
    from mma_analysis.publish import set_files

    monkeypatch.setattr(set_files, "write_papers", papers)
    monkeypatch.setattr(set_files, "write_tidy_annex", lambda e, reports: None)

    def audited(edition: Edition, reports: Path, tables: Path, kept: Any) -> examination.Audited:
        findings = sorted(examination._in_manifests(reports, {}))
        return examination.Audited(findings, {}, set())

    monkeypatch.setattr(examination, "audit", audited)
    return monkeypatch


@pytest.fixture
def quickly(quickly_but_pages: pytest.MonkeyPatch, broken: set[str]) -> None:
    """The same, and pages that hold their name: only which ones matters."""
    from mma_analysis.publish import batch, plan

    def make(stands, pages, staging, jobs, scheduler, tell):
        for page in pages:
            path = staging / page.path
            fails = page.path in broken
            if not fails:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{page.path} {sorted(page.parts.items())}", encoding="utf-8")
            state, reason = (plan.FAILED, "cel 3: stuk") if fails else (plan.MADE, "")
            tell(replace(page, state=state, reason=reason))
            yield replace(page, state=state, reason=reason)

    quickly_but_pages.setattr(batch, "make_pages", make)


@pytest.fixture(scope="session")
def reports(shared: Path) -> Run:
    """`mma run` of the example edition, from nothing to all pages; tests leave them as they are."""
    said = shared / "reports.json"

    def make(root: Path) -> None:
        ended = mma("run", "--root", delivered(root).root)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        said.write_text(json.dumps([ended.stdout, ended.stderr]), encoding="utf-8")

    return Run(once(shared / "reports", make), *json.loads(said.read_text(encoding="utf-8")))
