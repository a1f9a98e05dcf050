"""Fill an edition that `mma new --district` made with invented deliveries and answers.

    python -m tools.example_edition.elsewhere data/raw/<editie>

Its gemeenten are those of its own reference tables; they deliver and answer as the example's do.
"""

import csv
import datetime as dt
import re
import sys
import tomllib
from collections import Counter
from itertools import cycle
from pathlib import Path

from . import survey
from .files import xlsx
from .rows import CLEAN, rows_of
from .sheets import sheets_of
from .tables import EDITION, table
from .tips import District

# About what the example's own gemeenten receive.
INHABITANTS_PER_TIP = 1500
FEWEST_A_YEAR = 5
MONTHS_OF_JOINING = 12
NEIGHBOURS_SHARE = 2
# A layout with one of these names its gemeente, or needs words in the settings.
OF_ONE_GEMEENTE = {"titles", "own_words"}
# What is filled in of the settings that `mma new` writes as remarks.
FILLED_IN = re.compile(
    r"^# (?=levering +=|geleverd_op|\[vragenlijst\]|bestand|codeboek|\[\[kosten\.(tarief|fase)"
    r"|vanaf_inwoners|per_jaar|begin   =|betaler)",
    re.MULTILINE,
)


def write(folder: Path) -> dict[str, int]:
    """Write deliveries, the answers to the survey, and the settings.

    Returns
    -------
    dict[str, int]
        Slug → the meldingen that must be counted, from the model and not from the files.
    """
    settings = (folder / "evaluatie.toml").read_text("utf-8")
    begin = tomllib.loads(settings)["evaluatie"]["begin"]
    areas = _rows(folder, "areas")
    names = {row["slug"]: row["name"] for row in areas if row["level"] == "gemeente"}
    connected = {slug: _joined(begin, number) for number, slug in enumerate(names)}
    counted = _deliver(folder, names, connected)
    _answer(folder, names)
    for slug, day in connected.items():
        block = f"[gemeenten.{slug}]\n# aangesloten = 2022-01-01"
        filled = f'[gemeenten.{slug}]\naangesloten = {day}\naangesloten_bron = "verzonnen"'
        settings = settings.replace(block, filled)
    settings = settings.replace("[bescherming]", "fictief   = true\n\n[bescherming]")
    settings = FILLED_IN.sub("", settings).replace("begin   = 2025-01-01", f"begin   = {begin}")
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8", newline="\n")
    return counted


def _deliver(folder: Path, names: dict[str, str], connected: dict[str, dt.date]) -> dict[str, int]:
    """Write a delivery of each gemeente, in turn like those of the example."""
    people = {row["slug"]: int(row["inhabitants"]) for row in _rows(folder, "population")}
    places: dict[str, dict[str, str]] = {slug: {} for slug in names}
    for row in _rows(folder, "places"):
        places[row["gemeente"]][row["place"]] = row["pc4_from"]
    gemeenten = {
        slug: {
            "per_year": max(FEWEST_A_YEAR, people[slug] // INHABITANTS_PER_TIP),
            "places": places[slug] or {name: ""},
        }
        for slug, name in names.items()
    }
    largest = max(people, key=lambda slug: people[slug])
    neighbour = next(slug for slug in people if slug != largest)
    shared = [{"first": largest, "second": neighbour, "tips": NEIGHBOURS_SHARE}]
    district = District(gemeenten, connected, shared)
    received = district.receipts()
    layouts = [
        layout
        for layout in table("layouts")["file"]
        if len(layout["gemeenten"]) == 1 and not OF_ONE_GEMEENTE & layout.keys()
    ]
    counted = Counter()
    for slug, like in zip(names, cycle(layouts), strict=False):
        layout = like | {"name": f"{slug}.xlsx", "gemeenten": [slug]}
        rows = rows_of(layout, [r for r in received if r.gemeente == slug], district)
        (folder / "meldingen" / layout["name"]).write_bytes(xlsx(sheets_of(layout, rows)))
        counted[slug] = sum(row.verdict == CLEAN for row in rows)
    return counted


def _answer(folder: Path, names: dict[str, str]) -> None:
    """Write the example's answers, one for each gemeente but the last, and its code book."""
    given = [a for a in table("antwoorden")["answer"] if not a.get("superseded")]
    pairs = zip(given, [*names.values()][:-1], strict=False)
    answers = [answer | {"gemeente": name} for answer, name in pairs]
    (folder / "vragenlijst" / "antwoorden.xlsx").write_bytes(xlsx((survey.export(answers),)))
    book = (EDITION / "vragenlijst" / "codeboek.toml").read_text("utf-8")
    own = next(row["name"] for row in _rows(folder, "areas") if row["level"] == "district")
    book = book.replace("Twente", own)
    (folder / "vragenlijst" / "codeboek.toml").write_text(book, encoding="utf-8", newline="\n")


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one reference table of the edition."""
    text = (folder / "reference" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _joined(begin: dt.date, number: int) -> dt.date:
    """One gemeente after another, on the first of a month in the first year."""
    month = begin.month - 1 + (5 * number) % MONTHS_OF_JOINING
    return dt.date(begin.year + month // 12, month % 12 + 1, 1)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
