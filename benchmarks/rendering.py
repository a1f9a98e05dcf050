"""What a page costs, way beside way, on the notebooks of this project; writes `rendering.md`."""

import argparse
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from clock import adopt, spent

from mma_analysis.publish import plan
from mma_analysis.publish.batch import make_one
from mma_analysis.publish.plan import Page, page_parts, pages
from mma_analysis.publish.processes import each
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.storage import read_manifest
from mma_analysis.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).with_name("rendering.md")
# Not the page about how we counted: under another name it has a link to itself too much.
KINDS = ("district", "gemeente")
PUBLIC = [
    page for page in pages(Vocabulary()) if page.audience == "openbaar" and page.kind in KINDS
]
GROWTH = (1, 15, 60, 342)
ON_A_CLUSTER = (15,)  # more tells nothing new of what the network costs
REPEATS = 2
BUSY = (
    "Others worked on this machine meanwhile: look at seconds of the processor, not of the clock."
)


@dataclass(frozen=True)
class Cost:
    """What one way cost: by the clock, of the processor, and the largest process in MB."""

    pages: int
    wall: float
    processor: float
    peak: float
    spread: float = 0.0
    """How much more of the processor the dearest of several runs took than the cheapest."""


# --- the ways ------------------------------------------------------------------------------------


def papermill_cli(number: int, folder: Path) -> None:
    """What people do: two commands a page."""
    for at, page in enumerate(_some(number)):
        executed = folder / f"{at}.ipynb"
        given = [f for k, v in _parameters(page).items() for f in ("-p", k, v)]
        source = str(_notebook(page).path)
        _command("papermill", *given, source, str(executed), "--no-progress-bar")
        _command("nbconvert", "--to", "html", "--no-input", str(executed))


def papermill_api(number: int, folder: Path) -> None:
    """Papermill and nbconvert called from one process, a kernel a page."""
    import papermill
    from nbconvert import HTMLExporter

    for at, page in enumerate(_some(number)):
        executed = folder / f"{at}.ipynb"
        papermill.execute_notebook(
            str(_notebook(page).path), str(executed), parameters=_parameters(page),
            kernel_name="python3", progress_bar=False,
        )  # fmt: skip
        html, _ = HTMLExporter(exclude_input=True).from_filename(str(executed))
        executed.with_suffix(".html").write_text(html, encoding="utf-8")


def nbconvert_execute(number: int, folder: Path) -> None:
    """`nbconvert --execute`; it has no parameters, so every page is the notebook's default."""
    for at, page in enumerate(_some(number)):
        source = str(_notebook(page).path)
        out = f"--output={folder / str(at)}.html"
        _command("nbconvert", "--execute", "--to", "html", "--no-input", source, out)


def ploomber(number: int, folder: Path) -> None:
    """ploomber-engine in one process: fast, without isolation, and no longer maintained."""
    from nbconvert import HTMLExporter
    from ploomber_engine import execute_notebook

    for at, page in enumerate(_some(number)):
        executed = folder / f"{at}.ipynb"
        execute_notebook(
            str(_notebook(page).path), str(executed), parameters=_parameters(page),
            progress_bar=False, verbose=False,
        )  # fmt: skip
        html, _ = HTMLExporter(exclude_input=True).from_filename(str(executed))
        executed.with_suffix(".html").write_text(html, encoding="utf-8")


def plain(number: int, folder: Path) -> None:
    """The same as a plain function: one page after another, in one warm process."""
    for page in _orders(number):
        made, _ = make_one(Workspace.here(), EXAMPLE, page)
        (folder / Path(page.path).name).write_bytes(made.encode())


def ours(number: int, folder: Path, scheduler: str = "") -> None:
    """Our pages, two at a time."""
    make = partial(make_one, Workspace.here(), EXAMPLE)
    for page, made, error in each(make, _orders(number), 2, scheduler=scheduler):
        assert error is None, error
        (folder / Path(page.path).name).write_bytes(made[0].encode())


def _orders(number: int) -> list[Page]:
    """Pages to make, each with a name of its own."""
    edition = Workspace.here().edition(EXAMPLE)
    manifest = read_manifest(Workspace.here().processed(EXAMPLE))
    assert manifest is not None
    orders = []
    for at, one in enumerate(_some(number)):
        named = replace(one, path=f"openbaar/{at}.html")
        parts = page_parts(named, edition, manifest, _notebook(one))
        orders.append(replace(named, parts=parts))
    return orders


def on_a_cluster(number: int, folder: Path) -> None:
    """A Dask scheduler and two workers on this machine, started and stopped for it."""
    dask = [sys.executable, "-m", "distributed.cli.dask_"]
    at = folder / "scheduler.json"
    scheduler = [*dask[:-1], f"{dask[-1]}scheduler", "--no-dashboard", "--host", "127.0.0.1"]
    worker = [*dask[:-1], f"{dask[-1]}worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    named = ["--scheduler-file", str(at)]
    running = [subprocess.Popen([*scheduler, "--port", "0", *named], **quiet)]
    running += [subprocess.Popen([*worker, *named], **quiet) for _ in range(2)]
    try:
        ours(number, folder, _address_in(at, workers=2))
    finally:
        # A worker whose scheduler ended first looks for it and does not end.
        for process in reversed(running):
            process.terminate()
            process.wait(60)


def _address_in(file: Path, workers: int) -> str:
    """The address of the scheduler, once it is there and has so many workers."""
    from distributed import Client

    until = time.monotonic() + 60
    while not file.is_file():
        if time.monotonic() > until:
            raise SystemExit("no scheduler within a minute")
        time.sleep(0.05)
    with Client(scheduler_file=str(file)) as client:
        client.wait_for_workers(workers, timeout=60)
    return str(json.loads(file.read_text(encoding="utf-8"))["address"])


WAYS: dict[str, tuple[str, Callable[[int, Path], None], int]] = {
    "cli": ("papermill CLI, then nbconvert CLI, in a loop", papermill_cli, 3),
    "execute": ("`nbconvert --execute`, in a loop", nbconvert_execute, 3),
    "api": ("papermill and nbconvert in one process", papermill_api, 5),
    "ploomber": ("ploomber-engine in one process", ploomber, 15),
    "ours": ("**ours**", ours, 15),
    "plain": ("the same as a plain function, one warm process", plain, 15),
    "cluster": ("ours, on a Dask cluster of two workers on this machine", on_a_cluster, 15),
}


GOALS = (
    "## What was wanted, and what a page must cost",
    "",
    "Wanted: 0.3 s of processor for one more page, 342 pages in 110 s by the clock, the command "
    "lines 12 times dearer from 15 pages on and 20 times at 342. Where the tables above stay "
    "behind, this is why. A page runs its cells one after another in a process of its own, so "
    "that one that hangs or dies is one page; each number is looked up in its table, written "
    "with its cell, and the figures are drawn twice, for a phone and a screen. What is the same "
    "for all pages is read and compiled once, before the processes part. The last row but one is "
    "the limit of this design: the same work as a function in one process, without a page of its "
    "own for what fails. Where the command lines are less than 12 or 20 times as dear as that "
    "row, no way of running the same pages reaches those: only less on a page would.",
)


def _some(number: int) -> list[Page]:
    """So many public pages; the same ones again when there are not enough."""
    return [PUBLIC[at % len(PUBLIC)] for at in range(number)]


def _notebook(page: Page) -> plan.PlannedNotebook:
    return plan.find(page.kind, Workspace.here(), EXAMPLE)


def _parameters(page: Page) -> dict[str, str]:
    return plan.parameters(page.area, EXAMPLE, page.audience)


def _command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], check=True, capture_output=True)


# --- measuring -----------------------------------------------------------------------------------


def cost(way: str, number: int, root: Path) -> Cost:
    """Run one way in a process of its own, and wait for all that it started."""
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as folder:
        one = spent([__file__, "--way", way, "--pages", str(number), "--to", folder], root)
    if one.code:
        raise SystemExit(f"{way} failed")
    return Cost(number, one.wall, one.processor, one.peak)


def least(root: Path, rounds: int) -> dict[str, Cost]:
    """The cheapest of some runs of every way: other work on a machine only makes things dearer.

    In rounds, so that a slow quarter of an hour is one of all ways.
    """
    ways = [way for way in WAYS if is_here(way)]
    runs: dict[str, list[Cost]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            runs[way].append(cost(way, WAYS[way][2], root))
    return {way: _cheapest(runs[way]) for way in ways}


def _cheapest(runs: list[Cost]) -> Cost:
    runs = sorted(runs, key=lambda run: run.processor)
    return replace(runs[0], spread=runs[-1].processor / runs[0].processor - 1)


def is_here(way: str) -> bool:
    """Whether a way can be tried: ploomber-engine is no dependency of ours."""
    return way != "ploomber" or importlib.util.find_spec("ploomber_engine") is not None


def written(
    found: dict[str, Cost],
    growth: list[tuple[Cost, Cost | None]],
    rounds: int,
    is_busy: bool,
) -> str:
    """The page of results."""
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    lines = [
        "# What a page costs",
        "",
        f"`benchmarks/rendering.py` on {machine}: the public pages of the example edition. Seconds "
        "a page, from a cold start, imports among them; of slow ways fewer pages were made. The "
        f"least of {rounds} rounds; *spread* is how much more the dearest of them took. Only the "
        "ratios mean something.",
        "",
        *([BUSY, ""] if is_busy else []),
        "| way | pages | wall (s a page) | processor (s a page) | spread | "
        "times ours | wall, times ours | largest process (MB) |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ours_each = found["ours"].processor / found["ours"].pages
    ours_wall = found["ours"].wall / found["ours"].pages
    for way, one in found.items():
        each = one.processor / one.pages
        lines.append(
            f"| {WAYS[way][0]} | {one.pages} | {one.wall / one.pages:.2f} | {each:.2f} | "
            f"{one.spread:.0%} | {each / ours_each:.1f} | "
            f"{one.wall / one.pages / ours_wall:.1f} | {one.peak:.0f} |"
        )
    lines += [
        "",
        "## More pages, by two processes here and by a cluster of two workers here",
        "",
        "| pages | wall (s) | processor (s) | one more page (s) | times fewer than the command "
        "lines | largest process (MB) | cluster: wall (s) | processor (s) |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    loop = found["cli"].processor / found["cli"].pages
    before = Cost(0, 0, 0, 0)
    for here, there in growth:
        more = (here.processor - before.processor) / (here.pages - before.pages)
        times = loop * here.pages / here.processor
        cluster = f"{there.wall:.1f} | {there.processor:.1f}" if there else "– | –"
        lines.append(
            f"| {here.pages} | {here.wall:.1f} | {here.processor:.1f} | {more:.2f} | "
            f"{times:.1f} | {here.peak:.0f} | {cluster} |"
        )
        before = here
    lines += [
        "",
        "*One more page* is what each page costs beyond those of the row above: the first has all "
        "imports in it, the fifteenth and later ones have none. The command lines cost the same "
        f"for every page: {loop:.2f} s of processor.",
        "",
        "The cluster is started and stopped for each; its workers are as many as the processes "
        "here, so what it costs more is what going over the network costs.",
    ]
    lines += ["", *GOALS]
    if "ploomber" not in found:
        lines += ["", "ploomber-engine was not installed, so it is not in the table."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every way, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--rounds", type=int, default=REPEATS)
    parser.add_argument("--most", type=int, default=max(GROWTH), help="pages")
    parser.add_argument("--busy", action="store_true", help="others work on this machine")
    arguments = parser.parse_args()
    if arguments.way:
        WAYS[arguments.way][1](arguments.pages, arguments.to)
        return
    adopt()
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as folder:
        workspace = Workspace(Path(folder))
        shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
        spent(["-m", "mma_analysis", "prepare"], workspace.root)
        found = least(workspace.root, arguments.rounds)
        growth: list[tuple[Cost, Cost | None]] = []
        for number in [number for number in GROWTH if number <= arguments.most]:
            here = cost("ours", number, workspace.root)
            there = cost("cluster", number, workspace.root) if number in ON_A_CLUSTER else None
            growth.append((here, there))
    RESULTS.write_text(written(found, growth, arguments.rounds, arguments.busy), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
