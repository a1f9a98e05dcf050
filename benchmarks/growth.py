"""What `mma prepare` costs for fourteen gemeenten that send more and more meldingen.

    .venv/bin/python benchmarks/growth.py              writes benchmarks/growth.md
    .venv/bin/python benchmarks/growth.py 10000        of so many meldingen only, and prints

From fourteen workbooks to prepared tables, the attack and all, as a command of its own: seconds of
the processor and by the clock, and its largest process. The workbooks are those of intake.py. Each
number of meldingen is prepared once: it is the growth that counts, and not the seconds.
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from clock import Spent, adopt, spent
from intake import make_edition

from mma_analysis.settings import Workspace

RESULTS = Path(__file__).with_name("growth.md")
SIZES = (10_000, 100_000, 1_000_000)
EDITION = "groei"


def prepared(rows: int) -> Spent:
    """What preparing so many meldingen costs."""
    with tempfile.TemporaryDirectory(prefix="mma-bench-") as root:
        folder = Workspace(Path(root)).raw(EDITION)
        folder.mkdir(parents=True)
        make_edition(folder, rows)
        cost = spent(["-m", "mma_analysis", "prepare", EDITION], Path(root))
    if cost.code:
        raise SystemExit(f"mma prepare of {rows} meldingen failed")
    return cost


def written(found: dict[int, Spent]) -> str:
    """The page of results."""
    lines = [
        "# More meldingen of fourteen gemeenten",
        "",
        f"`benchmarks/growth.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: `mma prepare` of fourteen workbooks with invented meldingen of "
        "two years, once of each number. Only the growth means something.",
        "",
        "| meldingen | processor (s) | by the clock (s) | processor for each thousand more (s) "
        "| largest process (MB) |",
        "|---:|---:|---:|---:|---:|",
    ]
    before = 0
    cost_before = 0.0
    for rows, cost in found.items():
        more = (cost.processor - cost_before) / (rows - before) * 1000
        each = f"{more:.3f}" if before else "–"
        lines.append(
            f"| {rows:,} | {cost.processor:.1f} | {cost.wall:.1f} | {each} | {cost.peak:.0f} |"
        )
        before = rows
        cost_before = cost.processor
    lines += [
        "",
        "What does not grow with the meldingen is rounding and the attack: the tables have as many "
        "counts, of any number of meldingen. A whole country is in [country.md](country.md).",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Prepare each size, and write the page; of one size only print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int)
    asked = parser.parse_args().sizes
    adopt()
    found = {rows: prepared(rows) for rows in asked or SIZES}
    page = written(found)
    if not asked:
        RESULTS.write_text(page, encoding="utf-8", newline="\n")
    print(page)


if __name__ == "__main__":
    main()
