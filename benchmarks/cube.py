"""What protection costs and what it leaves open, method beside method, on one cube of counts.

    .venv/bin/python benchmarks/cube.py              writes benchmarks/cube.md
    .venv/bin/python benchmarks/cube.py COUNTS.csv   the same for counts of your own

The cube is invented: 14 gemeenten in 4 regions × 12 topics in 3 groups × 6 years, with all totals:
2,128 counts. COUNTS.csv has the columns mun, district, cat, group, year, n; lines that begin with #
are skipped. Every plan is attacked twice, by a reader who sees zeros and by one who does not.
tau-ARGUS is in the table when `pytauargus` is installed; it is no dependency of ours.
"""

import importlib.util
import itertools
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from mma_analysis import protect

RESULTS = Path(__file__).with_name("cube.md")
THRESHOLD = 5
KEYS = ["mun", "cat", "year"]
ALL = "all"
GROUPS = {"mun": "district", "cat": "group"}
REGIONS = [0] * 5 + [1] * 4 + [2] * 3 + [3] * 2
TOPIC_GROUPS = [0] * 5 + [1] * 4 + [2] * 3


def invented_counts() -> pd.DataFrame:
    """Counts of gemeenten of very different sizes and topics that are common or rare."""
    chance = np.random.default_rng(20230701)
    size = 0.8 ** np.arange(14) * chance.uniform(0.7, 1.3, 14)
    topic = 0.75 ** np.arange(12) * chance.uniform(0.7, 1.3, 12)
    year = np.linspace(1.0, 1.4, 6)
    mean = 9000 / (size.sum() * topic.sum() * year.sum()) * np.einsum("i,j,k", size, topic, year)
    counts = chance.negative_binomial(4, 4 / (4 + mean))
    return pd.DataFrame(
        [
            (f"M{i:02}", f"D{REGIONS[i]}", f"C{j:02}", f"G{TOPIC_GROUPS[j]}", 2018 + k, int(n))
            for (i, j, k), n in np.ndenumerate(counts)
        ],
        columns=["mun", "district", "cat", "group", "year", "n"],
    )


def cube(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every count and total as cells, and every sum as a relation."""
    counts = counts.assign(year=counts["year"].astype("str"), **{ALL: ALL})
    levels = [["mun", "district", ALL], ["cat", "group", ALL], ["year", ALL]]
    tables = []
    for level in itertools.product(*levels):
        sums = counts.groupby(list(level), sort=False)["n"].sum()
        tables.append(sums.rename_axis(KEYS).reset_index(name="count"))
    table = pd.concat(tables, ignore_index=True)
    table = table.assign(
        cell=table[KEYS].agg("|".join, axis=1),
        published=True,
        owner=table["mun"].where(table["mun"].isin(counts["mun"]), ""),
        cost=np.sqrt(table["count"] + 1.0),
    )
    relations = pd.concat(list(_relations(table, counts)), ignore_index=True)
    return table.set_index("cell"), relations


def _relations(table: pd.DataFrame, counts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The parts of each total along each side of the cube."""
    for key in KEYS:
        above = {part: ALL for part in set(counts[key].astype("str"))}
        if key in GROUPS:
            above = dict(zip(counts[key], counts[GROUPS[key]], strict=True))
            above |= {group: ALL for group in counts[GROUPS[key]]}
        parts = table.assign(coefficient=1, **{key: table[key].map(above)}).dropna(subset=[key])
        wholes = table[table[key].isin(set(above.values()))].assign(coefficient=-1)
        both = pd.concat([parts, wholes])
        both["relation"] = key + ":" + both[KEYS].agg("|".join, axis=1)
        yield both[["relation", "cell", "coefficient"]]


def line_rule(cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    """What is often done: no sum with a single hidden count; the smallest other count goes too."""
    hidden = cells["count"].between(1, THRESHOLD - 1)
    lines = relations.groupby("relation")["cell"].agg(list)
    is_open = True
    while is_open:
        is_open = False
        for line in lines:
            others = cells.loc[line, "count"][~hidden[line]]
            others = others[others > 0]
            if hidden[line].sum() == 1 and len(others):
                hidden[others.idxmin()] = is_open = True
    return hidden.map({True: "hidden", False: "shown"})


def one_plan(cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    """Our plan, against readers from outside."""
    return protect.plan(cells.assign(owner=""), relations, THRESHOLD)


def one_plan_for_insiders(cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    """Our plan, also against each gemeente that knows its own counts."""
    return protect.plan(cells, relations, THRESHOLD)


def plan_per_report(cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    """Each gemeente's report and the overview protected on its own; shown anywhere is shown."""
    shown = pd.Series(False, index=cells.index)
    reports = [cells["mun"] == name for name in cells.loc[cells["owner"] != "", "mun"].unique()]
    reports.append(cells["year"] == ALL)
    for is_in in reports:
        is_inside = relations["cell"].map(is_in).groupby(relations["relation"]).transform("all")
        states = protect.plan(cells[is_in].assign(owner=""), relations[is_inside], THRESHOLD)
        shown[states.index[states == "shown"]] = True
    is_apart = ~np.logical_or.reduce(reports)
    shown |= is_apart & ~cells["count"].between(1, THRESHOLD - 1)
    return shown.map({True: "shown", False: "hidden"})


def tau_argus(counts: pd.DataFrame, cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    """Optimal suppression by tau-ARGUS, of one row per melding; it knows of no attacker."""
    from pytauargus import protect as suppressed

    rows = counts.loc[counts.index.repeat(counts["n"]), KEYS].astype("str").assign(one=1.0)
    rule = f"FREQ({THRESHOLD},20)"
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # it writes where it stands
        trees = {key: _tree(counts, key, group, Path(folder)) for key, group in GROUPS.items()}
        found = suppressed(
            rows, KEYS, "one", rule, "OPT(1)", hrc=trees, hierleadstring="@", workdir=folder
        )
        table = found.tables[0].dataframe()
    named = table[KEYS].replace("Total", ALL).agg("|".join, axis=1)
    status = pd.Series(table["status"].to_numpy(), named).reindex(cells.index)
    return status.isin(["U", "M"]).map({True: "hidden", False: "shown"})


def _tree(counts: pd.DataFrame, key: str, group: str, folder: Path) -> str:
    """The file in which tau-ARGUS reads which values are in which group."""
    lines = []
    for name, own in counts.groupby(group):
        lines += [str(name), *(f"@{value}" for value in sorted(own[key].unique()))]
    path = folder / f"{key}.hrc"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


Method = Callable[[pd.DataFrame, pd.DataFrame], pd.Series]
METHODS: dict[str, Method] = {
    "greedy line rule": line_rule,
    "our plan, each report apart": plan_per_report,
    "our plan, all at once": one_plan,
    "our plan, also against gemeenten that know their own": one_plan_for_insiders,
}


def measured(method: Method, cells: pd.DataFrame, relations: pd.DataFrame) -> list[str]:
    """How many more were hidden, what can be learned all the same, and the seconds of each."""
    start = time.process_time()
    states = method(cells, relations)
    planned = time.process_time() - start
    primary = cells["count"].between(1, THRESHOLD - 1)
    extra = int((states == "hidden").sum() - primary.sum())
    start = time.process_time()
    unprinted, printed = (
        protect.attack(cells, relations, states, zeros) for zeros in (False, True)
    )
    attacked = time.process_time() - start
    small = primary.reindex(printed.index)
    exact = [int((of["lowest"] == of["highest"])[small].sum()) for of in (unprinted, printed)]
    below = int((printed["highest"] < THRESHOLD)[small].sum())
    insiders = set()
    for owner in cells["owner"].unique():
        weak = protect.weaknesses(cells, relations, states, THRESHOLD, insider=owner)
        insiders |= set(weak.index)
    return [
        *(str(n) for n in (extra, *exact, below, len(insiders))),
        f"{planned:.1f}",
        f"{attacked:.1f}",
    ]


def main() -> None:
    """Run every method on the same cube and write the table."""
    named = sys.argv[1:2]
    counts = pd.read_csv(named[0], comment="#") if named else invented_counts()
    cells, relations = cube(counts)
    small = int(cells["count"].between(1, THRESHOLD - 1).sum())
    lines = [
        "# Protecting a cube",
        "",
        f"`benchmarks/cube.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: {len(cells):,} counts, {small} of them from 1 to "
        f"{THRESHOLD - 1}. Seconds are of the processor; only their ratios mean something.",
        "",
        "| method | extra hidden | learned exactly, zeros not printed | zeros printed "
        '| learned "below 5" | weak to any gemeente | plan (s) | two attacks (s) |',
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    methods = dict(METHODS)
    if importlib.util.find_spec("pytauargus"):
        methods["tau-ARGUS, optimal (pytauargus)"] = partial(tau_argus, counts)
    for name, method in methods.items():
        print(f"{name} …", flush=True)
        lines.append(f"| {name} | {' | '.join(measured(method, cells, relations))} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if not named:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
