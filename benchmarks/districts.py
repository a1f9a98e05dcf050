"""Many gemeenten as one edition, through the real pipeline, on disk.

    .venv/bin/python benchmarks/districts.py          60 and 342; writes benchmarks/districts.md
    .venv/bin/python benchmarks/districts.py 342      one size, and writes nothing

An edition is made from a table as `mma new --district` makes one, filled with invented deliveries
(one file per gemeente, in the example's layouts), prepared and protected. A few pages, the annex
and the proposal are made, and the audit attacks those. Names, codes and inhabitants are invented.
Each size has a Python of its own, so that the peak of the memory is its own.
"""

import csv
import datetime as dt
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

from mma_analysis.audit import audit
from mma_analysis.pipeline import prepare
from mma_analysis.publish.page import make_page
from mma_analysis.publish.papers import write_papers
from mma_analysis.publish.plan import Page
from mma_analysis.scaffold import new_edition
from mma_analysis.settings import Edition, Workspace
from mma_analysis.vocabulary.district_table import read_district

sys.path.append(str(Path(__file__).resolve().parent.parent))
from tools.example_edition import elsewhere  # noqa: E402  tools is not installed

RESULTS = Path(__file__).with_name("districts.md")
SIZES = (60, 342)
COLUMNS = 18
BEGIN, PEILDATUM = dt.date(2021, 7, 1), dt.date(2023, 6, 30)
SLUG = "land-2023"
PAGES = (("land", "openbaar"), *((f"gemeente-{n:03}", "openbaar") for n in (1, 60)))
OWN = (("gemeente-001", "intern"), ("gemeente-060", "intern"))
Cost = dict[str, tuple[float, float]]


def table(path: Path, gemeenten: int) -> None:
    """Write the table of the country: gemeenten without a name of their own, on a square map."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        head = ("slug", "name", "level", "cbs_code", "tile_row", "tile_column")
        writer.writerow([*head, "inhabitants_2022", "source"])
        for number in range(1, gemeenten + 1):
            row, column = divmod(number - 1, COLUMNS)
            people = 12_000 + (number * 7_919) % 90_000
            # No digits: "Gemeente 001 kreeg 30 meldingen" has one number too many for the audit.
            letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
            own = [f"gemeente-{number:03}", f"Dorp{letters}", "gemeente", f"GM{number:04}"]
            writer.writerow([*own, row + 1, column + 1, people, "verzonnen"])
        writer.writerow(["land", "Land", "district", "NL00", "", "", "", "verzonnen"])


def timed(cost: Cost, step: str, work: Callable[[], Any]) -> Any:
    """Do the work and write down its seconds by the clock and of this process."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    cost[step] = time.perf_counter() - clock, time.process_time() - processor
    print(step, *(f"{seconds:.1f}" for seconds in cost[step]), flush=True)
    return result


def measured(gemeenten: int, root: Path) -> dict[str, Any]:
    """Cost per step, and how much there was of everything."""
    workspace, cost = Workspace(root), {}
    table(root / "land.csv", gemeenten)
    district = timed(cost, "read the table", lambda: read_district(root / "land.csv"))
    days = BEGIN, PEILDATUM
    timed(cost, "mma new", lambda: new_edition(workspace, SLUG, *days, district=district))
    timed(cost, "invent deliveries", lambda: elsewhere.write(workspace.raw(SLUG)))
    edition = timed(cost, "load the edition", lambda: workspace.edition(SLUG))
    said = BufferingHandler(capacity=1_000)
    log = logging.getLogger("mma_analysis")
    log.addHandler(said)
    log.setLevel(logging.INFO)
    prepared = timed(cost, "mma prepare", lambda: prepare(workspace, SLUG))
    after_prepare = peak()
    os.environ["MMA_ROOT"] = str(root)
    reports = workspace.reports(SLUG)
    largest = max(write_page(cost, *page, edition, reports) for page in (*PAGES, *OWN))
    processed = workspace.processed(SLUG)
    timed(cost, "annex and proposal", lambda: write_papers(edition, processed, reports))
    findings = timed(cost, "audit of these files", lambda: audit(edition, reports))
    print(*findings, sep="\n", flush=True)
    files = prepared.manifest["files"]
    return {
        **{"gemeenten": gemeenten, "cost": cost, "files": len(files)},
        **{"rows": sum(file["read"] for file in files), "largest": largest},
        **{"findings": len(findings), "prepared": after_prepare, "peak": peak()},
        "protected": next(
            line for line in map(said.format, said.buffer) if line.startswith("protect")
        ),
    }


def write_page(cost: Cost, slug: str, audience: str, edition: Edition, reports: Path) -> int:
    """Make one page, put it in its place, and say how large it is."""
    page = Page(edition.vocabulary.area(slug), audience)
    html = timed(cost, f"page of {slug}, {audience}", lambda: make_page(page, edition))
    path = reports / page.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")
    return path.stat().st_size


def peak() -> float:
    """Peak memory of this process in MB; not known on Windows."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000)


def in_its_own_folder(gemeenten: int) -> dict[str, Any]:
    """Measure one size in a folder that is gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="mma-land-"))
    try:
        return measured(gemeenten, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def of_size(gemeenten: int) -> dict[str, Any]:
    """Measure one size in another Python, and let it say how far it is."""
    command = [sys.executable, __file__, str(gemeenten)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        lines = [line for line in run.stdout or () if not print(line, end="", flush=True)]
    return json.loads(lines[-1])


def told(found: dict[str, Any]) -> str:
    """One size in a sentence."""
    return (
        f"- {found['gemeenten']} gemeenten: {found['files']} files, {found['rows']:,} rows; "
        f"{found['protected'].removeprefix('protect: ')}. The largest page is "
        f"{found['largest'] / 1e6:.1f} MB. Peak memory {found['prepared']:.0f} MB when prepared, "
        f"{found['peak']:.0f} MB in all. The audit found {found['findings'] or 'nothing'}."
    )


def main() -> None:
    """Measure every size, and write the results."""
    sizes = [of_size(gemeenten) for gemeenten in SIZES]
    heads = [f"{found['gemeenten']} gemeenten" for found in sizes]
    lines = [
        "# Many gemeenten as one edition",
        "",
        f"`benchmarks/districts.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores. Seconds by the clock, and of the processor between brackets. "
        "Only the ratios mean something on another machine.",
        "",
        *(told(found) for found in sizes),
        "",
        f"| step | {' | '.join(heads)} |",
        f"|---|{'---:|' * len(sizes)}",
    ]
    for step in sizes[0]["cost"]:
        both = [found["cost"][step] for found in sizes]
        seconds = " | ".join(f"{clock:.1f} ({own:.1f})" for clock, own in both)
        lines.append(f"| {step} | {seconds} |")
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(in_its_own_folder(int(sys.argv[1]))))
    else:
        main()
