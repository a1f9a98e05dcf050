"""The counts and tables of a whole country: 342 gemeenten, six years, a million meldingen.

    .venv/bin/python benchmarks/country.py              prints it for each number of meldingen
    .venv/bin/python benchmarks/country.py 5200 40      of so many meldingen of 40 gemeenten

Invented clean rows, seeded, in memory; no file is read. From those rows to every public table as
`pipeline` makes them, in a Python of its own so that the peak of the memory is its own.
"""

import datetime as dt
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mma_analysis import measure
from mma_analysis import settings as edition
from mma_analysis.pipeline.intake import CleanedEdition
from mma_analysis.pipeline.released import Released
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import (
    BACKGROUND,
    DUPLICATES,
    FOLLOW_UP,
    MELDINGEN,
    OTHER_DAYS,
    REGISTRATION,
    REJECTED_TABLE,
    RESPONSES,
    Column,
)

GEMEENTEN = int(sys.argv[2]) if len(sys.argv) > 2 else 342
ROWS = 1_000_000
GROWTH = (10_000, 100_000, ROWS)
BEGIN, PEILDATUM = dt.date(2018, 1, 1), dt.date(2023, 12, 31)
SLUGS = [f"gemeente-{number:03}" for number in range(1, GEMEENTEN + 1)]
SAID = ("rows", "peak", "rounds", "left_out", "ended")  # beside the seconds of each step
TWICE = 0.02  # of the tips a second gemeente received too


def of_the_country() -> Vocabulary:
    """The words of the package, with as many gemeenten as there are in the country."""
    areas, people = (Vocabulary().reference(name) for name in ("areas", "population"))
    own = [areas[0] | {"slug": slug, "name": slug} for slug in SLUGS]
    district = [row for row in areas if row["level"] == "district"]
    inhabitants = (people[0] | {"slug": slug, "inhabitants": "50000"} for slug in SLUGS)
    return Vocabulary({"areas": (*own, *district), "population": tuple(inhabitants)})


def settings() -> edition.Edition:
    """An edition in which the gemeenten joined one after another, with one campaign."""
    days = np.random.default_rng(2018).integers(0, 1500, GEMEENTEN)
    gemeenten = {
        slug: {"aangesloten": BEGIN + dt.timedelta(days=int(day)), "levering": [f"{slug}.xlsx"]}
        for slug, day in zip(SLUGS, days, strict=True)
    }
    period = {"titel": "Land", "district": "Land", "begin": BEGIN, "peildatum": PEILDATUM}
    campaign = {"naam": "C", "begin": dt.date(2022, 3, 1), "eind": dt.date(2022, 5, 31)}
    country = edition.Edition.model_validate(
        {
            "evaluatie": period,
            "gemeenten": gemeenten,
            "campagnes": [campaign | {"topics": ["woonfraude"]}],
        }
    )
    country._vocabulary = of_the_country()
    return country


def meldingen(of: measure.Frame, rows: int) -> pd.DataFrame:
    """So many clean rows, each received after its gemeente was connected."""
    chance = np.random.default_rng(2023)
    place = chance.integers(0, GEMEENTEN, rows)
    twice = int(rows * TWICE)
    # No gemeente has a tip twice.
    step = chance.integers(1, GEMEENTEN, twice)
    place[-twice:] = (place[:twice] + step) % GEMEENTEN
    connected = of.connected_on.to_numpy().astype("datetime64[D]")[place]
    open_days = (np.datetime64(PEILDATUM) - connected).astype(int) + 1
    received = connected + (chance.random(rows) * open_days).astype(int)
    number = np.arange(rows)
    number[-twice:] = number[:twice]
    closed = received + chance.integers(1, 120, rows)
    topics = chance.choice(list(of.vocabulary.topics), rows)
    drawn = {
        "melding_id": pd.Series(number).astype("str"),
        "gemeente": pd.Series(np.array(SLUGS)[place]),
        "received_on": pd.Series(received),
        "topic": pd.Series(topics),
        "topic_group": pd.Series(topics).map(of.vocabulary.group_of_topic),
        "closed_on": pd.Series(np.where(chance.random(rows) < 0.7, closed, np.datetime64("NaT"))),
        "fed_back_on": pd.Series(np.where(chance.random(rows) < 0.3, closed, np.datetime64("NaT"))),
        "reported_on": pd.Series(received - chance.integers(0, 4, rows)),
        **{field: pd.Series(chance.random(rows) < 0.6) for field in BACKGROUND},
        **{
            field: pd.Series(chance.choice(list(of.vocabulary.values(field)), rows))
            for field in (*FOLLOW_UP, "also_sent_to")
        },
        "source_file": pd.Series("f.xlsx", index=range(rows)),
        "source_sheet": pd.Series("", index=range(rows)),
        "source_row": pd.Series(np.arange(rows)),
    }
    own = [column for column in MELDINGEN if column.name in drawn]
    return pd.DataFrame({column.name: drawn[column.name].astype(column.dtype) for column in own})


def cleaned(meldingen: pd.DataFrame) -> CleanedEdition:
    """These rows, with nothing refused, all understood and no survey."""
    return CleanedEdition(
        meldingen=meldingen,
        rejected=_without_rows(REJECTED_TABLE),
        warnings=_without_rows(REJECTED_TABLE),
        registration=_without_rows(REGISTRATION),
        duplicates=_without_rows(DUPLICATES),
        corrections=pd.DataFrame(),
        other_days=_without_rows(OTHER_DAYS),
        files=[],
        responses=_without_rows(RESPONSES),
    )


def _without_rows(columns: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({one.name: pd.Series(dtype=one.dtype) for one in columns})


def timed(cost: dict[str, float], step: str, work: Callable[[], Any]) -> Any:
    """Do the work and write down how many seconds of the processor it took."""
    start = time.process_time()
    result = work()
    cost[step] = time.process_time() - start
    return result


def measured(number: int) -> dict[str, float]:
    """Seconds of the processor per step, and the peak memory of this process in MB."""
    cost: dict[str, float] = {}
    own = settings()
    of = timed(cost, "frame: periods and connected months", lambda: measure.frame(own))
    rows = meldingen(of, number)
    clean, before = cleaned(rows), _peak()
    released = Released(clean, of)
    timed(cost, "check", lambda: released.first_deliveries)
    timed(cost, "count", lambda: released.counted)
    attacked = timed(cost, "round, and attack as all readers", lambda: released.candidate.attacked)
    if attacked.disclosures:
        raise RuntimeError("a reader learns a count")
    given = measure.given_of(of, released.counts)
    timed(cost, "public tables", lambda: measure.made(given, "public"))
    said = {
        "rows": before,
        "peak": _peak(),
        "rounds": attacked.rounds,
        "left_out": len(attacked.left_out),
        "ended": float(attacked.is_attacked),
    }
    return cost | said


def _peak() -> float:
    """Peak memory of this process in MB; not known on Windows."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def main() -> None:
    """Measure each number of rows in another Python, and say the results."""
    found = {number: _elsewhere(number) for number in GROWTH}
    whole = found[ROWS]
    cost = {step: seconds for step, seconds in whole.items() if step not in SAID}
    before = whole["rows"]
    peak = whole["peak"]
    lines = [
        "# The counts and tables of a whole country",
        "",
        f"`benchmarks/country.py` on {platform.system()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores: {GEMEENTEN} gemeenten, {PEILDATUM.year - BEGIN.year + 1} years, "
        f"{ROWS:,} meldingen. Peak memory {peak:.0f} MB, of which {before:.0f} MB before anything "
        "was measured. Only the ratios mean something on another machine.",
        "",
        "| step | seconds of the processor |",
        "|---|---:|",
        *[f"| {step} | {seconds:.1f} |" for step, seconds in cost.items()],
        f"| together | {sum(cost.values()):.1f} |",
        "",
        "## More meldingen",
        "",
        "Of few meldingen most counts are a few, and nearly every one is asked of every reader. An "
        "attack that does not end within its own limit holds the sending back.",
        "",
        "| meldingen | seconds of the processor | rounds | left out | attack | peak memory (MB) |",
        "|---:|---:|---:|---:|---|---:|",
        *[_row(number, one) for number, one in found.items()],
    ]
    print("\n".join(lines))


def _elsewhere(number: int) -> dict[str, float]:
    command = [sys.executable, __file__, str(number)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def _row(number: int, cost: dict[str, float]) -> str:
    seconds = sum(own for step, own in cost.items() if step not in SAID)
    ended = "ended" if cost["ended"] else "did not end"
    parts = [f"{number:,}", f"{seconds:.1f}", f"{cost['rounds']:.0f}", f"{cost['left_out']:.0f}"]
    return f"| {' | '.join([*parts, ended, format(cost['peak'], '.0f')])} |"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
    else:
        main()
