"""The reference tables that an edition has of its own, in its folder `reference/`, checked."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mma_analysis.vocabulary.errors import UsageError
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
            raise UsageError(f"{path}: an edition can have no table '{path.stem}' of its own{near}")
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
        raise UsageError(f"{path}: not UTF-8; save it as 'CSV UTF-8'") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; give a file that can be read") from error
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        grid = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        raise UsageError(f"{path}, line {lines.line_num}: not a CSV file: {error}") from error
    while grid and not any(grid[-1]):  # empty rows below
        grid.pop()
    header, *rows = grid or [[]]
    wants = f"it must have: {', '.join(columns)}"
    if missing := [column for column in columns if column not in header]:
        raise UsageError(f"{path}, row 1: column '{missing[0]}' is missing; {wants}")
    if strange := [c for c in header if c not in columns and not re.fullmatch(also, c)]:
        near = did_you_mean(strange[0], columns)
        raise UsageError(f"{path}, row 1: unknown column '{strange[0]}'{near}; {wants}")
    if len(set(header)) < len(header):
        raise UsageError(f"{path}, row 1: a column is there twice; {wants}")
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise UsageError(
                f"{path}, row {number}: {len(cells)} cells, expected {len(header)}; leave no row "
                "empty, and put a text with a separator in it between double quotes"
            )
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
                raise UsageError(f"{path}, row {number}, column '{column}': {fault.format(cell)}")


def _is_whole_number(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal()


def _is_a_day(cell: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(cell))
    except ValueError:
        return False


# What every cell of a column may be, the narrowest first, and what is told of one that is not.
KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (_is_whole_number, "'{}' is no whole number"),
    (_is_a_day, "'{}' is no day; write it as 2024-01-01"),
    (bool, "it is empty, and must not be"),
    (lambda _: True, ""),
)


# --- tables together -----------------------------------------------------------------------------


def _check_together(folder: Path, own: Tables) -> None:
    if "areas" in own:
        check_areas(folder / "areas.csv", own["areas"])
        if absent := [name for name in ABOUT_AREAS if name not in own]:
            raise UsageError(
                f"{folder / 'areas.csv'}: {absent[0]}.csv must be there too: that of the package "
                "is about another district; a header without rows will do"
            )
    for name, column, known in _named_elsewhere(own):
        for number, row in enumerate(own.get(name, ()), start=2):
            if row[column] not in known:
                near = did_you_mean(row[column], known)
                raise UsageError(
                    f"{folder / name}.csv, row {number}, column '{column}': "
                    f"'{row[column]}' is not known{near}"
                )
    counted = {row["slug"] for row in own.get("population", ())}
    for row in own.get("areas", ()):
        if row["level"] == "gemeente" and row["slug"] not in counted:
            raise UsageError(f"{folder / 'population.csv'}: a row for '{row['slug']}' is missing")
    topics = {row["code"] for row in own.get("topics", ())}
    for code in NEEDED_TOPICS:
        if topics and code not in topics:
            raise UsageError(f"{folder / 'topics.csv'}: a row with code '{code}' is missing")


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
        where = f"{path}, row {number}, column"
        if row["level"] not in ("gemeente", "district"):
            raise UsageError(f"{where} 'level': '{row['level']}' is not gemeente or district")
        if not SLUG.fullmatch(row["slug"]):
            raise UsageError(f"{where} 'slug': '{row['slug']}' may have only a-z, 0-9 and -")
        if row["level"] == "gemeente" and "0" in (row["tile_row"], row["tile_column"]):
            raise UsageError(f"{where} 'tile_row': tiles are counted from 1")
    if levels.count("district") != 1 or levels.count("gemeente") == 0:
        raise UsageError(f"{path}: expected gemeenten and one row with level 'district'")
    for column in ("slug", "name", "cbs_code"):
        _check_once(path, column, [plain(row[column]) for row in rows])
    own = [row for row in rows if row["level"] == "gemeente"]
    _check_once(path, "tile_row", [f"{row['tile_row']}.{row['tile_column']}" for row in own])


def _check_once(path: Path, column: str, cells: list[str]) -> None:
    for number, cell in enumerate(cells):
        if cell in cells[:number]:
            raise UsageError(
                f"{path}, column '{column}': rows {cells.index(cell) + 2} and {number + 2} have "
                "the same; each area must have its own"
            )
