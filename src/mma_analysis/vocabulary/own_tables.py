"""The reference tables that an edition has of its own, in its folder `reference/`, checked."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mma_analysis.vocabulary.errors import UsageError, message
from mma_analysis.vocabulary.reference import Table, Tables, package_table
from mma_analysis.vocabulary.schema import UNKNOWN
from mma_analysis.vocabulary.text import did_you_mean, plain

FOLDER = "reference"
# What differs from one district or evaluation to another. The other tables say what the code does.
OWN = (
    *("areas", "gemeente_aliases", "here", "places", "population"),
    *("national", "size_classes", "topics", "topic_groups"),
    *("column_aliases", "topic_aliases", "value_aliases", "survey_words", "terms"),
)
# With other areas these cannot stay as they are: their rows are about gemeenten.
ABOUT_AREAS = ("gemeente_aliases", "here", "places", "population")
ELSEWHERE = "buiten_district"  # in `gemeente_aliases.csv`: the name of what is in no gemeente
NEEDED_TOPICS = ("overig", UNKNOWN)
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
DELIMITERS = ",;\t"


def read_own(folder: Path) -> Tables:
    """The tables in the folder `reference/` of an edition by name; none without such a folder."""
    paths = sorted((folder / FOLDER).glob("*.csv"))
    for path in paths:
        if path.stem not in OWN:
            near = did_you_mean(path.stem, OWN)
            raise UsageError.of("own_table", path=path, name=path.stem, near=near)
    own = {path.stem: read_table(path, tuple(package_table(path.stem)[0])) for path in paths}
    for path in paths:
        check_cells(path, path.stem, own[path.stem])
    _check_together(folder / FOLDER, own)
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
    wants = {"path": path, "columns": ", ".join(columns)}
    if missing := [column for column in columns if column not in header]:
        raise UsageError.of("table_lacks", column=missing[0], **wants)
    if strange := [c for c in header if c not in columns and not re.fullmatch(also, c)]:
        near = did_you_mean(strange[0], columns)
        raise UsageError.of("table_strange", column=strange[0], near=near, **wants)
    if len(set(header)) < len(header):
        raise UsageError.of("table_twice", **wants)
    for row, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            numbers = {"cells": len(cells), "expected": len(header)}
            raise UsageError.of("table_cells", path=path, row=row, **numbers)
    return tuple(dict(zip(header, cells, strict=True)) for cells in rows)


# --- one table -----------------------------------------------------------------------------------


def check_cells(path: Path, name: str, rows: Table) -> None:
    """Refuse a cell that is of another kind than all those of the package's table of this name."""
    package = package_table(name)
    for column in package[0]:
        cells = [row[column] for row in package]
        holds, fault = next(kind for kind in KINDS if all(map(kind[0], cells)))
        for number, row in enumerate(rows, start=2):
            if not holds(cell := row[column]):
                raise _cell_error(path, number, column, message(fault, cell=cell))


def _cell_error(path: Path, row: int, column: str, fault: str) -> UsageError:
    return UsageError.of("table_cell", path=path, row=row, column=column, fault=fault)


def _is_whole_number(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal()


def _is_a_day(cell: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(cell))
    except ValueError:
        return False


# What every cell of a column may be, the narrowest first, and what is told of one that is not.
KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (_is_whole_number, "no_whole_number"),
    (_is_a_day, "no_table_day"),
    (bool, "empty_cell"),
    (lambda _: True, ""),
)


# --- tables together -----------------------------------------------------------------------------


def _check_together(folder: Path, own: Tables) -> None:
    if "areas" in own:
        check_areas(folder / "areas.csv", own["areas"])
        if absent := [name for name in ABOUT_AREAS if name not in own]:
            raise UsageError.of("beside_areas", path=folder / "areas.csv", name=absent[0])
    for name, column, known in _named_elsewhere(own):
        for number, row in enumerate(own.get(name, ()), start=2):
            if row[column] not in known:
                near = did_you_mean(row[column], known)
                fault = message("unknown_cell", cell=row[column], near=near)
                raise _cell_error(folder / f"{name}.csv", number, column, fault)
    counted = {row["slug"] for row in own.get("population", ())}
    for row in own.get("areas", ()):
        if row["level"] == "gemeente" and row["slug"] not in counted:
            raise UsageError.of("row_missing", path=folder / "population.csv", word=row["slug"])
    topics = {row["code"] for row in own.get("topics", ())}
    for code in NEEDED_TOPICS:
        if topics and code not in topics:
            raise UsageError.of("row_missing", path=folder / "topics.csv", word=code)


def _named_elsewhere(own: Tables) -> Iterator[tuple[str, str, list[str]]]:
    """Table, column, and the words that may stand in it because another table has them."""
    levels = {row["slug"]: row["level"] for row in _rows("areas", own)}
    gemeenten = [slug for slug, level in levels.items() if level == "gemeente"]
    yield "places", "gemeente", gemeenten
    yield "population", "slug", gemeenten
    yield "gemeente_aliases", "gemeente", [*gemeenten, ELSEWHERE]
    topics = [row["code"] for row in _rows("topics", own)]
    yield "topics", "group", [row["code"] for row in _rows("topic_groups", own)]
    yield "topic_aliases", "code", topics
    yield "terms", "when", list({row["when"]: "" for row in package_table("terms")})


def _rows(name: str, own: Tables) -> Table:
    return own[name] if name in own else package_table(name)


def check_areas(path: Path, rows: Table) -> None:
    """Refuse areas but one district with gemeenten of which each has its slug, name and tile."""
    levels = [row["level"] for row in rows]
    for number, row in enumerate(rows, start=2):
        if row["level"] not in ("gemeente", "district"):
            raise _cell_error(path, number, "level", message("no_level", cell=row["level"]))
        if not SLUG.fullmatch(row["slug"]):
            raise _cell_error(path, number, "slug", message("no_slug", cell=row["slug"]))
        if row["level"] == "gemeente" and "0" in (row["tile_row"], row["tile_column"]):
            raise _cell_error(path, number, "tile_row", message("no_tile"))
    if levels.count("district") != 1 or levels.count("gemeente") == 0:
        raise UsageError.of("one_district", path=path)
    for column in ("slug", "name", "cbs_code"):
        _check_once(path, column, [plain(row[column]) for row in rows])
    own = [row for row in rows if row["level"] == "gemeente"]
    _check_once(path, "tile_row", [f"{row['tile_row']}.{row['tile_column']}" for row in own])


def _check_once(path: Path, column: str, cells: list[str]) -> None:
    for number, cell in enumerate(cells):
        if cell in cells[:number]:
            rows = {"one": cells.index(cell) + 2, "other": number + 2}
            raise UsageError.of("same_cells", path=path, column=column, **rows)
