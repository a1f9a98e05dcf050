"""Many gemeenten as one edition, through the real pipeline, on disk.

    .venv/bin/python benchmarks/districts.py          writes benchmarks/districts.md
    .venv/bin/python benchmarks/districts.py 342      the whole country, and writes nothing

An edition is made from a table as `mma new --district` makes one, filled with invented deliveries
(one file per gemeente, in the example's layouts), prepared and protected, and the pages of the
district and of two gemeenten are made. Names, codes and inhabitants are invented.
"""

import csv
import datetime as dt
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mma_analysis.district import read_district
from mma_analysis.domain import areas
from mma_analysis.example import elsewhere
from mma_analysis.pipeline import prepare
from mma_analysis.publish.page import make_page
from mma_analysis.publish.plan import Page
from mma_analysis.scaffold import new_edition
from mma_analysis.settings import Workspace

RESULTS = Path(__file__).with_name("districts.md")
GEMEENTEN = int(sys.argv[1]) if len(sys.argv) > 1 else 60
COLUMNS = 18
BEGIN, PEILDATUM = dt.date(2021, 7, 1), dt.date(2023, 6, 30)
SLUG = "land-2023"
PAGES = ("land", "gemeente-001", f"gemeente-{GEMEENTEN:03}")
Cost = dict[str, tuple[float, float]]


def table(path: Path) -> None:
    """Write the table of the country: gemeenten without a name of their own, on a square map."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        head = ("slug", "name", "level", "cbs_code", "tile_row", "tile_column")
        writer.writerow([*head, "inhabitants_2022", "source"])
        for number in range(1, GEMEENTEN + 1):
            row, column = divmod(number - 1, COLUMNS)
            people = 12_000 + (number * 7_919) % 90_000
            own = [f"gemeente-{number:03}", f"Gemeente {number:03}", "gemeente", f"GM{number:04}"]
            writer.writerow([*own, row + 1, column + 1, people, "verzonnen"])
        writer.writerow(["land", "Land", "district", "NL00", "", "", "", "verzonnen"])


def timed(cost: Cost, step: str, work: Callable[[], Any]) -> Any:
    """Do the work and write down its seconds by the clock and of this process."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    cost[step] = time.perf_counter() - clock, time.process_time() - processor
    print(step, *(f"{seconds:.1f}" for seconds in cost[step]), flush=True)
    return result


def measured(root: Path) -> tuple[Cost, Mapping[str, Any], int]:
    """Cost per step, the manifest, and the size of the largest page."""
    workspace, cost = Workspace(root), {}
    table(root / "land.csv")
    district = timed(cost, "read the table", lambda: read_district(root / "land.csv"))
    days = BEGIN, PEILDATUM
    timed(cost, "mma new", lambda: new_edition(workspace, SLUG, *days, district=district))
    timed(cost, "invent deliveries", lambda: elsewhere.write(workspace.raw(SLUG)))
    edition = timed(cost, "load the edition", lambda: workspace.edition(SLUG))
    quiet = dict.fromkeys(("say",), lambda line: print(" ", line[:100]))
    prepared = timed(cost, "mma prepare", lambda: prepare(workspace, SLUG, **quiet))
    os.environ["MMA_ROOT"] = str(root)
    largest = 0
    for area in (area for area in areas() if area.slug in PAGES):
        page = Page(area, "openbaar")
        html = timed(cost, f"page of {area.slug}", lambda page=page: make_page(page, edition))
        largest = max(largest, len(html.encode()))
    return cost, prepared.manifest, largest


def main() -> None:
    """Measure in a folder of its own, and write the results."""
    root = Path(tempfile.mkdtemp(prefix="mma-land-"))
    try:
        cost, manifest, largest = measured(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    rows = sum(file["read"] for file in manifest["files"])
    lines = [
        "# Many gemeenten as one edition",
        "",
        f"`benchmarks/districts.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: {GEMEENTEN} gemeenten, {len(manifest['files'])} files, {rows:,} "
        f"rows. The largest page is {largest / 1e6:.1f} MB. Only the ratios mean something on "
        "another machine.",
        "",
        "| step | seconds by the clock | seconds of the processor |",
        "|---|---:|---:|",
        *[f"| {step} | {clock:.1f} | {own:.1f} |" for step, (clock, own) in cost.items()],
    ]
    if len(sys.argv) == 1:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
