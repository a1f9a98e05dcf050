"""Pages made on a cluster: a scheduler and two workers, each a process of its own, on loopback."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from mma_analysis.domain import MmaError
from typer.testing import CliRunner

from mma_analysis import domain
from mma_analysis.cli import app
from mma_analysis.publish import cluster, making
from mma_analysis.publish.making import Order, make_pages
from mma_analysis.publish.plan import Page
from mma_analysis.publish.workers import Limits
from mma_analysis.settings import EXAMPLE, Workspace

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

PAGES = [
    Page(domain.district(), "openbaar"),
    *(Page(domain.area(slug), "openbaar") for slug in ("borne", "losser", "wierden", "almelo")),
    Page(domain.area("borne"), "intern"),
]


def dask(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait until a process says something on stderr."""
    assert process.stderr
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError(f"{process.args} ended without saying {pattern}")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    yield said(process, r"tcp://127\.0\.0\.1:\d+")
    process.kill()
    process.wait()


def worker(address: str, threads: int = 1, nanny: str = "--no-nanny") -> subprocess.Popen[str]:
    options = ["--nthreads", str(threads), nanny, "--no-dashboard"]
    started = dask("worker", address, "--host", "127.0.0.1", *options)
    said(started, "Registered to")
    return started


@pytest.fixture
def workers(address) -> Iterator[list[subprocess.Popen[str]]]:
    running = [worker(address), worker(address)]
    yield running
    for one in running:
        one.kill()
        one.wait()


def orders(workspace, folder: Path, engine: str = "") -> list[Order]:
    return [
        Order(one, workspace, EXAMPLE, folder / one.path, folder / f"{number}.ipynb", engine)
        for number, one in enumerate(PAGES)
    ]


@pytest.fixture(scope="module")
def here(workspace, tmp_path_factory) -> list[bytes]:
    """The same pages, made on this machine."""
    made = orders(workspace, tmp_path_factory.mktemp("here"))
    assert not [done.fault for done in make_pages(made) if done.fault]
    return [order.to.read_bytes() for order in made]


def test_when_a_worker_is_killed_the_other_makes_the_same_bytes(
    workspace, tmp_path, address, workers, here
):
    there = orders(workspace, tmp_path)

    done = make_pages(there, scheduler=address)
    first = next(done)
    workers[0].kill()
    rest = list(done)

    assert [one.fault for one in (first, *rest)] == [""] * len(PAGES)
    assert [order.to.read_bytes() for order in there] == here
    assert all(order.executed.is_file() for order in there)


@pytest.mark.parametrize("ends", ["scheduler", "last worker"])
def test_when_nobody_is_left_to_make_pages_it_is_said_in_words(workspace, tmp_path, caplog, ends):
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    only = worker(address := said(scheduler, r"tcp://127\.0\.0\.1:\d+"))
    done = make_pages(orders(workspace, tmp_path), scheduler=address)
    assert not next(done).fault

    (scheduler if ends == "scheduler" else only).kill()

    with pytest.raises(MmaError, match=r"scheduler at .* or the last worker is gone.*--resume"):
        list(done)
    assert caplog.text == ""
    for process in (only, scheduler):
        process.kill()
        process.wait()


def test_a_worker_that_joins_later_with_other_code_makes_no_page(
    workspace, tmp_path, address, workers, monkeypatch
):
    ours = cluster.make_mark()
    monkeypatch.setattr(cluster, "_check_workers", lambda client, where: {**ours, "notebooks": "x"})

    done = list(make_pages(orders(workspace, tmp_path)[:1], scheduler=address))

    assert "joined later and is not as it must be" in done[0].fault


def hanging(process: subprocess.Popen[str]) -> None:
    """Let a worker stand still."""
    os.kill(process.pid, signal.SIGSTOP)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process for a while")
def test_pages_of_workers_that_hang_fail_in_time_and_the_others_go_on(
    workspace, tmp_path, address, workers, here
):
    there = orders(workspace, tmp_path)
    assert not any(one.fault for one in make_pages(there[:4], scheduler=address))  # both are warm
    made = make_pages(there, limits=Limits(seconds=5), scheduler=address)
    done = [next(made)]
    hanging(workers[0])
    done += [next(made)]  # of the other, or one that was made and is not given any more
    hanging(workers[1])

    with pytest.raises(MmaError, match=r"hang and cannot be started again.*--resume"):
        done += made  # neither has a nanny
    expected = dict(zip([order.page for order in there], here, strict=True))
    late = {"it took more than 5 seconds", "the worker that made it does not answer"}
    assert {one.fault for one in done} <= {"", *late}
    assert any(one.fault for one in done)
    for one in done:
        assert one.fault or one.job.to.read_bytes() == expected[one.job.page]


def test_a_worker_with_a_nanny_begins_again(workspace, tmp_path, address):
    only = worker(address, nanny="--nanny")

    with cluster._connected(address) as client:
        cluster._start_again(client, address)

    assert [
        one.fault for one in make_pages(orders(workspace, tmp_path)[:1], scheduler=address)
    ] == [""]
    for one in psutil.Process(only.pid).children(recursive=True):
        one.kill()
    only.kill()
    only.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process for a while")
def test_a_worker_that_hangs_from_the_beginning_is_said_in_words(
    workspace, tmp_path, address, workers, monkeypatch
):
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 2)
    hanging(workers[0])

    with pytest.raises(MmaError, match="a worker of .* does not answer in 2 seconds"):
        next(make_pages(orders(workspace, tmp_path), scheduler=address))


def test_what_listens_and_says_nothing_is_no_scheduler(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(MmaError, match=f"no scheduler answers at tcp://127.0.0.1:{port}"):
            list(make_pages(orders(workspace, tmp_path), scheduler=f"tcp://127.0.0.1:{port}"))


def test_a_cluster_that_cannot_be_used_is_said_before_anything_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    shutil.copytree(Workspace.here().raw(EXAMPLE), Workspace(tmp_path).raw(EXAMPLE))

    ended = CliRunner().invoke(
        app, ["run", "--root", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    )

    assert isinstance(ended.exception, MmaError)
    assert "no scheduler answers" in str(ended.exception)
    assert not Workspace(tmp_path).processed(EXAMPLE).exists()


def test_a_page_that_fails_there_says_why(workspace, tmp_path, address, workers):
    nowhere = replace(domain.area("borne"), slug="nergens")
    wrong = replace(orders(workspace, tmp_path)[1], page=Page(nowhere, "openbaar"))

    done = list(make_pages([wrong], scheduler=address))

    assert len(done) == 1
    assert "no area 'nergens'" in done[0].fault
    assert not wrong.to.exists()


def test_workers_with_other_code_or_more_threads_are_refused(
    workspace, tmp_path, address, monkeypatch
):
    two = worker(address, threads=2)
    with pytest.raises(MmaError, match="has 2 threads.*--nthreads 1"):
        list(make_pages(orders(workspace, tmp_path), scheduler=address))
    two.kill()
    two.wait()
    one = worker(address)
    time.sleep(0.5)  # until the scheduler has noticed that the other is gone
    ours = cluster.make_mark()
    monkeypatch.setattr(cluster, "make_mark", Mark({**ours, "pandas": "0"}))
    with pytest.raises(MmaError, match="differs from here in: pandas"):
        list(make_pages(orders(workspace, tmp_path), scheduler=address))
    one.kill()
    one.wait()


class Mark:
    """Says something else here than on a worker."""

    def __init__(self, ours: dict[str, str]) -> None:
        self._ours: dict[str, str] | None = ours

    def __call__(self) -> dict[str, str]:
        return self._ours if self._ours is not None else cluster.make_mark()

    def __reduce__(self):
        return getattr, (cluster, "make_mark")


def test_no_scheduler_is_said_at_once(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)

    with pytest.raises(MmaError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        list(make_pages(orders(workspace, tmp_path), scheduler="tcp://127.0.0.1:9"))


def test_rows_and_deliveries_stay_here(workspace):
    made = orders(workspace, Path("nowhere"))
    for packed in (cluster._luggage(made, "openbaar"), cluster._own_luggage(made[-1])):
        names = zip_contents(packed)
        assert not [name for name in names if "/clean/" in name]
        assert not [
            name
            for name, size in names.items()
            if re.search("meldingen/|vragenlijst/", name) and size
        ]
    others = [n for n in zip_contents(cluster._own_luggage(made[-1])) if "/borne/" not in n]
    assert not others
    assert making.ENGINES


def zip_contents(packed: bytes) -> dict[str, int]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(packed)) as box:
        return {info.filename: info.file_size for info in box.infolist()}
