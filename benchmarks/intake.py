"""From 14 raw files with 70,000 rows to clean tables, beside the same files through openpyxl.

    .venv/bin/python benchmarks/intake.py     writes benchmarks/intake.md

All run in the same run, each in a Python of its own so that the peak of the memory is its own; of
each way the run with the least processor time counts. Opening the workbooks (checked for harm, as
text) is set beside opening them as everybody's script does, `pandas.read_excel(engine="openpyxl")`.
From raw to clean is set beside the same reading of headers and the same cleaning, twice: of the
values alone, as that script gets them, and of all that intake has to know of a sheet, for which
openpyxl may not skip it: merged cells, whether it is hidden, the calendar. openpyxl is no
dependency of this project: without it those rows say so.
"""

import datetime as dt
import importlib.util
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from mma_analysis import clean, read
from mma_analysis import settings as edition
from mma_analysis.read import meldingen as deliveries_of_tips
from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import open_grids
from mma_analysis.vocabulary import Vocabulary

RESULTS = Path(__file__).with_name("intake.md")
FILES, ROWS, REPEATS = 14, 70_000, 3
BEGIN, DAYS = dt.date(2021, 7, 1), 720
HEADERS = [
    *("Meldnummer", "Datum ontvangst", "Onderwerp", "Woonplaats", "Straat", "Huisnummer"),
    *("Tijdstip bekend", "Persoon bekend", "Kenteken", "Ook naar", "Status", "Afhandeling"),
    *("Datum afhandeling", "Toelichting"),
]
TOPICS = ["Drugsdelicten", "Hennep", "Fraude", "Woonfraude", "Mensenhandel", "Illegaal vuurwerk"]
WORDS = ["auto", "huis", "straat", "avond", "bewoner", "schuur", "geluid", "bezoek", "licht"]


def make_edition(folder: Path, rows: int = ROWS) -> None:
    """An edition with one workbook per gemeente, as much alike to real ones as matters here."""
    chance = random.Random(20230701)
    blocks = []
    for number, area in enumerate(Vocabulary().gemeenten):
        name = f"{area.slug}.xlsx"
        blocks.append(f'[gemeenten.{area.slug}]\nlevering = ["{name}"]\n')
        # Numbers of its own: hardly any tip comes in at more gemeenten.
        _make_workbook(folder / name, area.name, rows // FILES, chance, number * rows)
    period = 'titel = "T"\ndistrict = "Twente"\nbegin = 2021-07-01\npeildatum = 2023-06-30\n'
    text = f"[evaluatie]\n{period}" + "".join(blocks)
    (folder / edition.SETTINGS_FILE).write_text(text, encoding="utf-8")


def _make_workbook(path: Path, place: str, rows: int, chance: random.Random, first: int) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd-mm-yyyy"}) as book:
        sheet = book.add_worksheet("Registratie")
        sheet.write_row(0, 0, HEADERS)
        for row in range(1, rows + 1):
            for column, cell in enumerate(_cells(first + row, place, chance)):
                sheet.write(row, column, cell)


def _cells(row: int, place: str, chance: random.Random) -> list[Any]:
    received = BEGIN + dt.timedelta(days=chance.randrange(DAYS))
    closed = received + dt.timedelta(days=chance.randrange(1, 90))
    return [
        *(f"{received.year}-{row:05}", received, chance.choice(TOPICS), place),
        *("Dorpsstraat", chance.randrange(1, 200), "ja", chance.choice(["ja", "nee"])),
        *("", "politie", "afgesloten", "overgedragen aan politie", closed),
        " ".join(chance.choices(WORDS, k=25)),
    ]


def ours(folder: Path) -> int:
    """Read and clean every delivery; the number of rows that are accounted for."""
    evaluation = edition.load(folder)
    deliveries = [read.read_delivery(evaluation, file) for file in evaluation.deliveries()]
    tables = clean.clean_meldingen(deliveries, evaluation)
    return sum(map(len, (tables.meldingen, tables.rejected, tables.duplicates)))


def opened(folder: Path) -> int:
    """Open every workbook as text and nothing else; the number of rows below the header."""
    return sum(
        len(grid.rows) - 1
        for path in sorted(folder.glob("*.xlsx"))
        for grid in open_grids(path, path.name)
    )


def opened_by_openpyxl(folder: Path) -> int:
    """Open every workbook with openpyxl and nothing else; the number of rows below the header."""
    return sum(
        len(grid.rows) - 1
        for path in sorted(folder.glob("*.xlsx"))
        for grid in _openpyxl_grids(path, path.name)
    )


def _openpyxl_grids(path: Path, file: str) -> list[Grid]:
    """The values that `open_grids` gives, as pandas and openpyxl read them as text."""
    import pandas as pd

    sheets = pd.read_excel(path, engine="openpyxl", dtype=str, header=None, sheet_name=None)
    return [Grid(file, str(name), _rows(table)) for name, table in sheets.items()]


def _openpyxl_whole_grids(path: Path, file: str) -> list[Grid]:
    """What `open_grids` gives, with pandas and openpyxl."""
    import pandas as pd

    whole = {"read_only": False, "data_only": True}
    with pd.ExcelFile(path, engine="openpyxl", engine_kwargs=whole) as opened:
        sheets = pd.read_excel(opened, dtype=str, header=None, sheet_name=None)
        return [_whole_grid(opened.book, file, str(name), table) for name, table in sheets.items()]


def _whole_grid(book: Any, file: str, name: str, table: Any) -> Grid:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    merged = [
        (column - 1, area.min_row - 1, area.max_row - 1)
        for area in book[name].merged_cells.ranges
        for column in range(area.min_col, area.max_col + 1)
        if area.max_row > area.min_row
    ]
    return Grid(
        file,
        name,
        _rows(table),
        hidden=book[name].sheet_state != "visible",
        merged=tuple(merged),
        from_1904=book.epoch == CALENDAR_MAC_1904,
    )


def _rows(table: Any) -> list[list[str]]:
    return table.fillna("").to_numpy().tolist()


def theirs(folder: Path) -> int:
    """The same as `ours`, but pandas and openpyxl open the workbooks, and give the values alone."""
    deliveries_of_tips.open_grids = _openpyxl_grids
    return ours(folder)


def theirs_whole(folder: Path) -> int:
    """The same as `ours`, but pandas and openpyxl open the workbooks: nothing else is different."""
    deliveries_of_tips.open_grids = _openpyxl_whole_grids
    return ours(folder)


WAYS = {
    "opened": opened,
    "opened_by_openpyxl": opened_by_openpyxl,
    "ours": ours,
    "theirs": theirs,
    "theirs_whole": theirs_whole,
}
LABELS = {
    "opened": "open, ours",
    "opened_by_openpyxl": "open, pandas + openpyxl",
    "ours": "from raw to clean, ours",
    "theirs": "from raw to clean, pandas + openpyxl, values alone",
    "theirs_whole": "from raw to clean, pandas + openpyxl, all that intake asks",
}
BESIDE = {"opened_by_openpyxl": "opened", "theirs": "ours", "theirs_whole": "ours"}


def measure(ways: list[str], folder: Path) -> dict[str, dict[str, float]]:
    """Seconds and peak memory (MB) of each way, each time in a Python of its own.

    The ways take turns, so that what else the machine does is in the way of all of them.
    """
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(REPEATS):
        for way in ways:
            command = [sys.executable, __file__, way, str(folder)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            runs[way].append(json.loads(run.stdout))
    return {way: min(runs[way], key=lambda run: run["processor"]) for way in ways}


def measured(way: str, folder: Path) -> dict[str, float]:
    """What `measure` asks of the other Python: all but the imports is timed."""
    import pandas  # noqa: F401 - not timed, for either way

    start, started = time.perf_counter(), time.process_time()
    rows = WAYS[way](folder)
    seconds, processor = time.perf_counter() - start, time.process_time() - started
    if rows != ROWS // FILES * FILES:
        raise SystemExit(f"{way}: {rows} rows instead of {ROWS}")
    return {"seconds": seconds, "processor": processor, "megabytes": _peak()}


def _peak() -> float:
    """Peak memory of this process in MB; not known on Windows."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def _row(way: str, costs: dict[str, dict[str, float]]) -> str:
    if way not in costs:
        return f"| {LABELS[way]} | openpyxl is not installed: not measured | | | |"
    cost, beside = costs[way], costs.get(BESIDE.get(way, ""))
    times = f"{cost['processor'] / beside['processor']:.1f}" if beside else ""
    return (
        f"| {LABELS[way]} | {cost['processor']:.2f} | {cost['seconds']:.2f} "
        f"| {cost['megabytes']:.0f} | {times} |"
    )


def main() -> None:
    """Time all ways and write the results."""
    has_openpyxl = importlib.util.find_spec("openpyxl") is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_edition(folder)
        costs = measure([way for way in WAYS if has_openpyxl or way not in BESIDE], folder)
    lines = [
        "# Intake of 70,000 rows",
        "",
        f"`benchmarks/intake.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: {FILES} workbooks of {ROWS // FILES:,} rows and {len(HEADERS)} "
        f"columns; of {REPEATS} runs the one with the least processor time. Only the ratios mean "
        "something on another machine.",
        "",
        "| way | seconds of the processor | by the clock | peak memory (MB) | times ours |",
        "|---|---:|---:|---:|---:|",
        *[_row(way, costs) for way in WAYS],
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
