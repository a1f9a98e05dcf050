"""The tables of `reference/`: the package's, those of an edition, and those of another district."""

import csv
import functools
import io
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from mma_analysis.vocabulary.errors import PACKAGE, UsageError, message
from mma_analysis.vocabulary.text import did_you_mean, plain

Table = tuple[dict[str, str], ...]
Tables = Mapping[str, Table]
FOLDER = "reference"


@functools.cache
def package_table(name: str) -> Table:
    """One table of `reference/` as the package has it: a row per line, every value text."""
    text = (PACKAGE / FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def form(use: str) -> re.Pattern[str]:
    """How a text of this use is written in a delivery, by `reference/recognised.csv`."""
    patterns = (row["pattern"] for row in package_table("recognised") if row["use"] == use)
    return re.compile("|".join(patterns), re.IGNORECASE)


def table_names() -> tuple[str, ...]:
    """The names of the tables of `reference/`, in alphabetical order."""
    return tuple(sorted(path.stem for path in (PACKAGE / FOLDER).glob("*.csv")))


# What the code does: the same for every edition, as no edition can have one of its own.
INDICATORS = package_table("indicators")
REGISTRY = tuple(row for row in INDICATORS if row["scope"])  # what is made, a row per table
LABELS = package_table("labels")
CODES = package_table("codes")
# What differs from one district or evaluation to another, and what each of its columns may hold.
OWN_COLUMNS = package_table("own_columns")
OWN = tuple(dict.fromkeys(row["table"] for row in OWN_COLUMNS))
# With other areas these cannot stay as they are: their rows are about gemeenten.
ABOUT_AREAS = ("gemeente_aliases", "here", "places", "population")
# Ends of an interval, and two periods side by side.
SIDES = {"low": "van", "high": "tot", "from": "eerst", "to": "daarna"}
# How far a count may be from the truth: the column of `count`, and the end of those of others.
OFF = "off"
OFF_SAID = "hoogstens ernaast"
DISTRICT = "district"  # the level of the one area that is no gemeente
DELIMITERS = ",;\t"


def read_own(folder: Path) -> Tables:
    """The tables in the folder `reference/` of an edition by name; none without such a folder."""
    paths = {path.stem: path for path in sorted((folder / FOLDER).glob("*.csv"))}
    own: dict[str, Table] = {}
    for name, path in paths.items():
        if name not in OWN:
            raise UsageError.of("own_table", path=path, name=name, near=did_you_mean(name, OWN))
        own[name] = read_table(path, tuple(package_table(name)[0]))
    for name, path in paths.items():
        check_table(path, name, own)
    if "areas" in own and (absent := [name for name in ABOUT_AREAS if name not in own]):
        raise UsageError.of("beside_areas", path=paths["areas"], name=absent[0])
    return own


def read_table(path: Path, columns: Sequence[str], also: str = "") -> Table:
    """The rows of a CSV file, every value text without spaces around it.

    Separated by commas, semicolons or tabs: Excel in Dutch writes semicolons.

    `columns`: what it must have, in any order.
    `also`: pattern of the names of columns that it may have besides.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError.of("not_utf8", path=path) from error
    except OSError as error:
        raise UsageError.of("cannot_open", path=path, error=error.strerror) from error
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        grid = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        raise UsageError.of("not_csv", path=path, line=lines.line_num, error=error) from error
    while grid and not any(grid[-1]):  # empty rows below
        grid.pop()
    header, *rows = grid or [[]]
    for code, wrong in (
        ("table_lacks", [column for column in columns if column not in header]),
        ("table_strange", [c for c in header if c not in columns and not re.fullmatch(also, c)]),
        ("table_twice", [column for column in header if header.count(column) > 1]),
    ):
        if wrong:
            words = {"path": path, "columns": ", ".join(columns), "column": wrong[0]}
            raise UsageError.of(code, **words, near=did_you_mean(wrong[0], columns))
    for row, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            numbers = {"cells": len(cells), "expected": len(header)}
            raise UsageError.of("table_cells", path=path, row=row, **numbers)
    return tuple(dict(zip(header, cells, strict=True)) for cells in rows)


def check_table(path: Path, name: str, own: Tables) -> None:
    """Refuse what a table may not hold, by `own_columns.csv`; `own` has the tables beside it."""
    rows = own[name]
    for rule in (rule for rule in OWN_COLUMNS if rule["table"] == name):
        column, known = rule["column"], _words(rule["known"], own)
        for number, row in enumerate(rows, start=2):
            is_known = not known or row[column] in known
            if not is_known or not re.fullmatch(rule["pattern"], row[column]):
                raise _cell_error(path, number, column, rule["fault"], row[column], known)
        for word in _words(rule["needed"], own):
            if word not in {row[column] for row in rows}:
                raise UsageError.of("row_missing", path=path, word=word)
        parts = rule["once"].split()
        cells = [" ".join(plain(row[part]) for part in parts) for row in rows if parts]
        for number, cell in enumerate(cells, start=2):
            if (first := cells.index(cell) + 2) < number:
                raise UsageError.of("same_cells", path=path, column=column, one=first, other=number)
    is_one = len(rows) > 1 and [row.get("level") for row in rows].count(DISTRICT) == 1
    if name == "areas" and not is_one:
        raise UsageError.of("one_district", path=path)


def _words(names: str, own: Tables) -> list[str]:
    there = {name: own.get(name, package_table(name)) for name in ("topics", "topic_groups")}
    codes = {name: [row["code"] for row in rows] for name, rows in there.items()}
    areas = own.get("areas", package_table("areas"))
    codes["gemeenten"] = [row["slug"] for row in areas if row["level"] == "gemeente"]
    return [word for name in names.split() for word in codes.get(name, [name])]


def _cell_error(
    path: Path, row: int, column: str, fault: str, cell: str = "", known: Collection[str] = ()
) -> UsageError:
    said = message(fault, cell=cell, near=did_you_mean(cell, known))
    return UsageError.of("table_cell", path=path, row=row, column=column, fault=said)


def table_text(name: str, rows: Table) -> str:
    """A reference table as CSV, with the columns of the package's own."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(package_table(name)[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


INHABITANTS = re.compile(r"inhabitants_(\d{4})")
PLACE = re.compile(r"(?P<place>.*[^\d ]) +(?P<pc4_from>\d{4})(-(?P<pc4_to>\d{4}))?")


def read_district(path: Path) -> Tables:
    """The reference tables of a district, from one table with a row per gemeente and its own row.

    Its columns are those of `areas.csv`, `inhabitants_<year>` for each first of January of which
    the number is known, and perhaps `places`: woonplaatsen with their four-digit postcodes, as
    `Goor 7471-7472; Delden 7491`. The district's own row needs no inhabitants.

    Nothing is known yet of other spellings, and of what is elsewhere: those tables have no rows.
    """
    columns = tuple(package_table("areas")[0])
    rows = read_table(path, columns, rf"{INHABITANTS.pattern}|places")
    areas = tuple({column: row[column] for column in columns} for row in rows)
    check_table(path, "areas", {"areas": areas})
    population, places = list[dict[str, str]](), list[dict[str, str]]()
    years = {column: match[1] for column in rows[0] if (match := INHABITANTS.fullmatch(column))}
    if not years:
        raise UsageError.of("no_inhabitants_column", path=path)
    for number, row in enumerate(rows, start=2):
        slug, source = row["slug"], row["source"]
        known = {c: row[c] for c in years if row[c] and row["level"] != DISTRICT}
        if not known and row["level"] != DISTRICT:
            raise UsageError.of("no_inhabitants", path=path, row=number, slug=slug)
        for column, people in known.items():
            if not re.fullmatch("[1-9][0-9]*", people):
                raise _cell_error(path, number, column, "no_whole_number", people)
            day = {"slug": slug, "reference_date": f"{years[column]}-01-01"}
            population.append(day | {"inhabitants": people, "source": source})
        for text in filter(None, map(str.strip, row.get("places", "").split(";"))):
            match = PLACE.fullmatch(text)
            if match is None:
                raise _cell_error(path, number, "places", "no_place", text)
            nothing = dict.fromkeys(package_table("places")[0], "")
            about = {"gemeente": slug, "kind": "woonplaats", "source": source}
            places.append(nothing | about | match.groupdict(match["pc4_from"]))
    district = next(row["name"] for row in areas if row["level"] == DISTRICT)
    return {
        "areas": areas,
        "gemeente_aliases": (),
        "here": ({"word": district, "source": "naam van het district"},),
        "places": tuple(places),
        "population": tuple(population),
    }


# --- what a reader calls the columns and codes of a table -----------------------------------------


def headings(tables: Collection[str], columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Column → its words (`nl`) and `form`, by `reference/labels.csv`.

    The word of one of these tables goes before the common one. Ends of an interval, two periods
    side by side, and how far a count may be `off`, are named after their column: `share_low`, or
    `low` after `share`.
    """
    rows = sorted(LABELS, key=lambda row: row["table"])  # the common ones first
    known = {row["column"]: dict(row) for row in rows if row["table"] in ("", *tables)}
    found = {}
    before = ""
    for column in columns:
        heading = _heading(column, before, known)
        if heading is not None:
            found[column] = heading
        side = column.rpartition("_")[2]
        if side not in (*SIDES, OFF):
            before = column
    return found


def _heading(
    column: str, before: str, known: Mapping[str, dict[str, str]]
) -> dict[str, str] | None:
    """The words and form of one column, that stands after the column `before`."""
    if column in known:
        return known[column]
    base, _, side = column.rpartition("_")
    if side == OFF:
        of_count = _heading(base or "count", before, known)
        return of_count and of_count | {
            "nl": f"{of_count['nl']}, {OFF_SAID}",
            "form": "count",
        }
    of_column = known.get(base or before)
    if side not in SIDES or of_column is None:
        return None
    return of_column | {"nl": f"{of_column['nl']} {SIDES[side]}"}


def words_of(column: str) -> dict[str, str]:
    """Code → word for a column, by `reference/codes.csv`."""
    return {row["code"]: row["nl"] for row in CODES if column == row["column"]}
