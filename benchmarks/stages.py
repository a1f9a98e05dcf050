"""What each stage of `mma run` costs on the example edition, side by side in one run.

    .venv/bin/python benchmarks/stages.py     writes benchmarks/results.md

Every stage runs `REPEATS` times; the least time counts. Only the ratios mean something: another
machine has other times. The first import of a heavy library is a row of its own. Then whole runs,
as commands: of everything, of nothing, and after a change in one delivery. Last, one whole run with
a clock around each of its steps.
"""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from clock import Spent, adopt, spent

from mma_analysis import check, clean, measure, read
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import EXAMPLE, NOTEBOOKS, Workspace, codebook, shipped

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).with_name("results.md")
REPEATS = 3
SENTENCE = "Elke gemeente bepaalt zelf"
# The steps of a run, as `pipeline.run` and `publish.batch` call them; what is left is imports,
# hashes, and the swap.
STEPS = {
    ("pipeline.run", "read_and_clean"): "read and clean",
    ("check", "check_meldingen"): "check, great_expectations imported",
    ("measure", "counted"): "count and round",
    ("pipeline.candidate.Candidate", "attacked"): "count and round",
    ("measure", "made"): "tables for everybody, and exact ones of the gemeenten",
    ("pipeline.run", "write_tables"): "write tables",
    ("pipeline.run", "write_packed"): "write tables",
    ("publish.batch", "make_pages"): "pages, side by side",
    ("publish.set_files", "write_set_files"): "index, letters, annex and papers",
    ("audit", "examine"): "audit",
}

# What a page spends its time on; the rest is papermill around its cells.
CELLS = "every cell"
WRITTEN = "the page itself, with figures drawn for a phone and for a screen"
PAGE_STEPS = {
    ("publish.inprocess._Client", "execute_cell"): CELLS,
    ("show.text", "show_text"): "sentences, filled in",
    ("show.figure", "_show_table"): "tables, each number with its cell",
    ("show.figure", "outputs"): "figures: their cells, a picture, what is heard",
    ("publish.page", "to_html"): WRITTEN,
}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The least of `REPEATS` times, and what the work gave."""
    times, result = [], None
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


def import_seconds(module: str) -> float:
    """The time a fresh Python needs to import a module, without its own start."""
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(REPEATS)
    ]
    return min(float(run.stdout) for run in runs)


def stages(workspace: Workspace) -> dict[str, float]:
    """Seconds per stage, from deliveries to one page."""
    edition = workspace.edition(EXAMPLE)
    cost: dict[str, float] = {}
    cost["read"], deliveries = timed(
        lambda: [read.read_delivery(edition, file) for file in edition.deliveries()]
    )
    cost["clean"], tips = timed(lambda: clean.clean_meldingen(deliveries, edition))
    book = codebook.load(edition)
    if book is None or edition.vragenlijst is None:
        raise SystemExit("the example edition has no code book")
    file = edition.vragenlijst.bestand
    cost["survey: read and clean"], survey = timed(
        lambda: clean.clean_responses(
            read.read_export(edition.vocabulary, edition.folder / file, file), book, edition
        )
    )
    cost["check: import of great_expectations"] = import_seconds("great_expectations")
    importlib.import_module("great_expectations")
    cost["check"], _ = timed(
        lambda: (
            check.check_meldingen(tips.meldingen, edition),
            check.check_responses(survey.responses, book, edition),
        )
    )
    of, cleaned = measure.frame(edition), read_and_clean(edition)
    cost["measure: count"], _ = timed(lambda: measure.counted(tips.meldingen, of))
    cost["count, and round together"], counts = timed(lambda: Released(cleaned, of).counts)
    cost["measure: tables for everybody"], _ = timed(
        lambda: measure.made(measure.given_of(of, counts), "public")
    )
    return cost


def page_seconds(workspace: Workspace) -> tuple[float, dict[str, float]]:
    """Seconds for one page, papermill imported; and of another one by its steps."""
    from mma_analysis.pipeline import prepare
    from mma_analysis.publish.page import make_page
    from mma_analysis.publish.plan import find, pages

    os.environ["MMA_ROOT"] = str(workspace.root)
    prepare(workspace, EXAMPLE)
    edition, processed = workspace.edition(EXAMPLE), workspace.processed(EXAMPLE)
    (page,) = pages(edition.vocabulary, ["enschede"], "openbaar")
    notebook = find("gemeente", workspace, EXAMPLE)
    executed = workspace.executed(EXAMPLE) / "enschede.ipynb"
    seconds = timed(lambda: make_page(page, edition, processed, notebook, executed))[0]
    took = dict.fromkeys(PAGE_STEPS.values(), 0.0)
    _put_clocks(PAGE_STEPS, took)
    begin = time.perf_counter()
    make_page(page, edition, processed, notebook, executed)
    whole = time.perf_counter() - begin
    cells = took.pop(CELLS)
    page_itself = took.pop(WRITTEN)
    shares = took | {
        "other cells: rows looked up in tables, and computed with": cells - sum(took.values()),
        WRITTEN: page_itself,
        "papermill around the cells": whole - cells - page_itself,
    }
    return seconds, {step: spent_on / whole for step, spent_on in shares.items()}


def whole_runs(root: Path) -> dict[str, Spent]:
    """What `mma run` costs: all of it, nothing, and after one of two changes in a delivery."""
    delivery = Workspace(root).raw(EXAMPLE) / "meldingen" / "hengelo.csv"
    content = delivery.read_bytes()
    text = b"Bij Knikkerkuilweg 5 wordt"
    topic = b"M2021-014877;01-10-2021;28-09-2021;dumping drugsafval"
    if text not in content or topic not in content:
        raise SystemExit("hengelo.csv is not the delivery that this benchmark changes")
    runs = {"everything": _run(root), "nothing changed": _run(root)}
    runs |= _short_commands(root)
    delivery.write_bytes(content.replace(text, b"Bij Knikkerkuilweg 6 wordt", 1))
    runs["one delivery sent again, with another text about a tip"] = _run(root)
    corrected = topic.replace(b"dumping drugsafval", b"oplichting")
    delivery.write_bytes(content.replace(topic, corrected, 1))
    runs["one delivery sent again, with one topic corrected"] = _run(root)
    return runs


def _short_commands(root: Path) -> dict[str, Spent]:
    """What somebody who writes asks for all day: what there is, and one page again."""
    own = Workspace(root).raw(EXAMPLE) / "notebooks" / "gemeente.ipynb"
    own.parent.mkdir()
    ours = shipped(NOTEBOOKS).joinpath("gemeente.ipynb").read_text(encoding="utf-8")
    if SENTENCE not in ours:
        raise SystemExit("gemeente.ipynb does not have the sentence that this benchmark changes")
    runs = {"`mma report`, nothing changed": _run(root, "report"), "`mma list`": _run(root, "list")}
    # With the first change the whole set has to be signed, which letters and workbooks say too.
    for sentence in ("Een gemeente bepaalt zelf", "Iedere gemeente bepaalt zelf"):
        own.write_text(ours.replace(SENTENCE, sentence), encoding="utf-8")
        once_more = _run(root, "report", "--only", "borne")
    runs["`mma report --only borne`, a sentence of its notebook changed again"] = once_more
    only_seen = _run(root, "report", "--only", "borne", "--concept")
    runs["`mma report --only borne --concept`: its page alone, not examined"] = only_seen
    shutil.rmtree(own.parent)
    return runs


def _run(root: Path, *command: str) -> Spent:
    done = spent(["-m", "mma_analysis", *(command or ("run",))], root)
    if done.code:
        raise SystemExit(f"mma {' '.join(command)} failed")
    return done


def breakdown(root: Path) -> dict[str, float]:
    """Seconds by the clock of every step of one whole run, and of the run."""
    command = [sys.executable, __file__, "--steps"]
    here = os.environ | {"MMA_ROOT": str(root)}
    done = subprocess.run(command, env=here, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_with_clocks() -> None:
    """In a process of its own: run, and print what each step took as a line of JSON."""
    begin = time.perf_counter()
    took = dict.fromkeys(STEPS.values(), 0.0)
    _put_clocks(STEPS, took)
    from mma_analysis.cli import app

    app(["run"], standalone_mode=False)
    print(json.dumps(took | {"all of it": time.perf_counter() - begin}))


def _put_clocks(steps: dict[tuple[str, str], str], took: dict[str, float]) -> None:
    """Let each function of these steps add to `took` how long it takes, from now on."""
    for (module, name), step in steps.items():
        home = pkgutil.resolve_name(f"mma_analysis.{module}")
        whole = vars(home)[name]
        if isinstance(whole, cached_property):
            whole.func = clocked(whole.func, step, took)
        else:
            setattr(home, name, clocked(whole, step, took))


def clocked(work: Callable[..., Any], step: str, took: dict[str, float]) -> Callable[..., Any]:
    """The same function; what it takes is added to its step, until its last result is given."""

    def one_by_one(results: Iterator[Any]) -> Iterator[Any]:
        begin = time.perf_counter()
        yield from results
        took[step] += time.perf_counter() - begin

    @wraps(work)
    def timed_work(*given: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        result = work(*given, **named)
        took[step] += time.perf_counter() - begin
        return one_by_one(result) if isinstance(result, Iterator) else result

    return timed_work


def main() -> None:
    """Time everything and write the results, or run with a clock around each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", action="store_true")
    if parser.parse_args().steps:
        run_with_clocks()
        return
    adopt()
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as folder:
        shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, Workspace(Path(folder)).raw(EXAMPLE))
        runs = whole_runs(Path(folder))
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as folder:
        shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, Workspace(Path(folder)).raw(EXAMPLE))
        steps = breakdown(Path(folder))
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as folder:
        workspace = Workspace(Path(folder))
        shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
        cost = stages(workspace)
        cost["publish: one page"], of_page = page_seconds(workspace)
    RESULTS.write_text(written(cost, runs, steps, of_page), encoding="utf-8", newline="\n")
    print(RESULTS.read_text(encoding="utf-8"))


def written(
    cost: dict[str, float],
    runs: dict[str, Spent],
    steps: dict[str, float],
    of_page: dict[str, float],
) -> str:
    """The page of results."""
    whole = steps.pop("all of it")
    steps = steps | {"the rest": whole - sum(steps.values())}
    page, all_of_it = cost["publish: one page"], runs["everything"].processor
    lines = [
        "# What each stage costs",
        "",
        f"`make bench` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores; the least of {REPEATS} runs. Only the ratios mean something.",
        "",
        "| stage | seconds | of one page |",
        "|---|---:|---:|",
        *[f"| {name} | {seconds:.2f} | {seconds / page:.2f} |" for name, seconds in cost.items()],
        "",
        "## Whole runs",
        "",
        "`mma run`, or the command that is named, with its start, its imports, the audit and "
        "whatever it started.",
        "",
        "| what had changed | clock (s) | processor (s) | of everything | largest process (MB) |",
        "|---|---:|---:|---:|---:|",
        *[
            f"| {what} | {one.wall:.1f} | {one.processor:.1f} | "
            f"{one.processor / all_of_it:.2f} | {one.peak:.0f} |"
            for what, one in runs.items()
        ],
        "",
        "A corrected topic changes counts of the district, of which every page tells.",
        "",
        "## Where a whole run spends its time",
        "",
        "| step | clock (s) | of the run |",
        "|---|---:|---:|",
        *[f"| {step} | {took:.1f} | {took / whole:.0%} |" for step, took in steps.items()],
        "",
        "The rest is imports, hashes, and the swap.",
        "",
        "## Where one page spends its time",
        "",
        "A card, in a process that made one before.",
        "",
        "| step | of the page |",
        "|---|---:|",
        *[f"| {step} | {share:.0%} |" for step, share in of_page.items()],
        "",
        "Elsewhere: [a page, way beside way, and 15, 60 and 342 pages](rendering.md); "
        "[10,000 to 1,000,000 meldingen](growth.md), and [of a whole country](country.md); "
        "[reading and cleaning](intake.md).",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
