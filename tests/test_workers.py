"""Warm processes: each job has one, and what goes wrong in it is the job's alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from mma_analysis.publish.workers import FORK, HOW, SPAWN, Limits, default_how, work


def square(number: int) -> int:
    return number * number


def soil_and_tell(number: int) -> tuple[int, int]:
    """Change the process, and say what an earlier job changed."""
    before = pd.get_option("display.max_rows")
    pd.set_option("display.max_rows", 7000 + number)
    return before, os.getpid()


def misbehave(job: str) -> str:
    if job == "dies":
        os._exit(9)
    if job == "tells":
        print(os.getpid(), flush=True)
    if job in ("hangs", "tells"):
        time.sleep(600)
    if job == "shares":
        eaten = bytearray(os.urandom(400_000_000))
        for _ in range(3):
            if not os.fork():
                time.sleep(600)
        time.sleep(1)  # until somebody looked
        return f"{len(eaten):,}"
    if job == "eats":
        eaten = []
        while True:
            eaten.append(bytearray(os.urandom(1_000_000)))
    if job == "raises":
        raise ValueError("wrong")
    if job == "raises without words":
        raise ValueError
    return job


def test_here_workers_are_forked_where_that_is_safe():
    assert (default_how() == FORK) == (sys.platform == "linux")


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_every_job_is_done_once_however_many_processes(how):
    done = list(work(range(7), square, at_a_time=2, how=how))

    assert sorted((one.job, one.result, one.fault) for one in done) == [
        (number, number * number, "") for number in range(7)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_what_goes_wrong_fails_its_own_job_only(how):
    jobs = ["fine", "dies", "eats", "raises", "raises without words", "fine too"]

    done = work(jobs, misbehave, at_a_time=2, how=how, limits=Limits(120, 1500))

    assert {one.job: one.fault or one.result for one in done} == {
        "fine": "fine",
        "fine too": "fine too",
        "dies": "the process that made it ended unexpectedly",
        "eats": "it took more than 1500 MB of memory",
        "raises": "wrong",
        "raises without words": "ValueError",
    }


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not tell")
def test_memory_that_processes_share_counts_once():
    (done,) = work(["shares"], misbehave, at_a_time=1, how=FORK, limits=Limits(120, 1200))

    assert (done.result, done.fault) == ("400,000,000", "")


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_what_hangs_is_ended(how):
    (done,) = work(["hangs"], misbehave, at_a_time=2, how=how, limits=Limits(2, 1500))

    assert done.fault == "it took more than 2 seconds"


@pytest.mark.slow
def test_where_somebody_likes_to_see_figures_is_no_matter_of_pages(monkeypatch):
    monkeypatch.setenv("PLOTLY_RENDERER", "nosuch")  # plotly cannot be imported with it

    assert next(work([3], square, at_a_time=1, how=SPAWN)).result == 9


@pytest.mark.slow
def test_a_forked_job_cannot_notice_another():
    done = list(work(range(3), soil_and_tell, at_a_time=1, how=FORK))

    assert {one.result[0] for one in done} == {pd.get_option("display.max_rows")}
    assert len({one.result[1] for one in done}) == 3


ORPHANED = """
from test_workers import misbehave
from mma_analysis.publish.workers import work
list(work(["tells"], misbehave, at_a_time=1, how={how!r}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_a_job_ends_with_who_asked_for_it(how):
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANED.format(how=how)],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        text=True,
    ) as asked:
        assert asked.stdout
        worker = psutil.Process(int(asked.stdout.readline()))

        asked.kill()

        worker.wait(30)


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_no_process_is_left_when_the_work_is_broken_off(how):
    jobs = work(["fine", "hangs", "hangs"], misbehave, at_a_time=2, how=how)
    next(jobs)
    running = {p.pid for p in psutil.Process().children(recursive=True)}

    jobs.close()

    assert running
    for pid in running:
        # The server that forks, and Python's own tracker, stay for the next time.
        assert not psutil.pid_exists(pid) or "multiprocessing" in " ".join(
            psutil.Process(pid).cmdline()
        )


@pytest.mark.slow
def test_the_process_that_is_forked_has_one_thread():
    assert next(work([0], threads_of_parent, at_a_time=1, how=FORK)).result == 1


def threads_of_parent(job: int) -> int:
    return psutil.Process(os.getppid()).num_threads() if sys.platform == "linux" else 1


# Ctrl-C at the two moments where a process has half begun: its server is still reading what it must
# import, and its server waits for what the process is to be given.
BEGINS = """
begin = forkserver.ForkServer.ensure_running

def begin_and_ctrl_c(server):
    begin(server)
    time.sleep(0.5)
    os.kill(server._forkserver_pid, signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)

forkserver.ForkServer.ensure_running = begin_and_ctrl_c
"""
WAITS = """
send = reduction.sendfds

def second_time(*given):
    os.kill(os.getpid(), signal.SIGINT)
    send(*given)

def first_time(*given):
    send(*given)
    reduction.sendfds = second_time

reduction.sendfds = first_time
"""
BROKEN_OFF = """
import os, signal, time
from multiprocessing import forkserver, reduction
from test_workers import square
from mma_analysis.publish.workers import FORK, work
{moment}
try:
    print(list(work([1, 2], square, at_a_time=2, how=FORK)))
except KeyboardInterrupt:
    print("broken off")
time.sleep(0.5)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked")
@pytest.mark.parametrize("moment", [BEGINS, WAITS], ids=["its server begins", "its server waits"])
def test_ctrl_c_while_a_process_begins_is_heard_by_who_asked_alone(moment):
    ended = subprocess.run(
        [sys.executable, "-c", BROKEN_OFF.format(moment=moment)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )

    assert (ended.stdout, ended.stderr) == ("broken off\n", "")
