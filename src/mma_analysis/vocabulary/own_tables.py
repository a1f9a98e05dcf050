"""Reference tables that an edition has of its own in `reference/`, or another district; checked."""

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
    own = {}
    for path in sorted((folder / FOLDER).glob("*.csv")):
        if path.stem not in OWN:
            near = did_you_mean(path.stem, OWN)
            raise UsageError.of("own_table", path=path, name=path.stem, near=near)
        own[path.stem] = read_table(path, tuple(package_table(path.stem)[0]))
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
        _check_areas(folder / "areas.csv", own["areas"])
        if absent := [name for name in ABOUT_AREAS if name not in own]:
            raise UsageError.of("beside_areas", path=folder / "areas.csv", name=absent[0])
    for name, column, known in _named_elsewhere(own):
        for number, row in enumerate(own.get(name, ()), start=2):
            if row[column] not in known:
                near = did_you_mean(row[column], known)
                fault = message("unknown_cell", cell=row[column], near=near)
                raise _cell_error(folder / f"{name}.csv", number, column, fault)
    slugs = [row["slug"] for row in own.get("areas", ()) if row["level"] == "gemeente"]
    for name, column, needed in (("population", "slug", slugs), ("topics", "code", NEEDED_TOPICS)):
        there = {row[column] for row in own.get(name, ())}
        for word in needed:
            if name in own and word not in there:
                raise UsageError.of("row_missing", path=folder / f"{name}.csv", word=word)


def _named_elsewhere(own: Tables) -> Iterator[tuple[str, str, list[str]]]:
    """Table, column, and the words that may stand in it because another table has them."""
    package = {name: package_table(name) for name in ("areas", "topics", "topic_groups", "terms")}
    there = package | dict(own)
    gemeenten = [row["slug"] for row in there["areas"] if row["level"] == "gemeente"]
    yield "places", "gemeente", gemeenten
    yield "population", "slug", gemeenten
    yield "gemeente_aliases", "gemeente", [*gemeenten, ELSEWHERE]
    yield "topics", "group", [row["code"] for row in there["topic_groups"]]
    yield "topic_aliases", "code", [row["code"] for row in there["topics"]]
    yield "terms", "when", list({row["when"]: "" for row in package["terms"]})


def _check_areas(path: Path, rows: Table) -> None:
    """Refuse areas but one district with gemeenten of which each has its slug, name and tile."""
    tiles = {row["slug"]: (row["tile_row"], row["tile_column"]) for row in rows}
    gemeenten = [row["slug"] for row in rows if row["level"] == "gemeente"]
    for number, row in enumerate(rows, start=2):
        for column, fault, is_wrong in (
            ("level", "no_level", row["level"] not in ("gemeente", "district")),
            ("slug", "no_slug", not SLUG.fullmatch(row["slug"])),
            ("tile_row", "no_tile", row["slug"] in gemeenten and "0" in tiles[row["slug"]]),
        ):
            if is_wrong:
                raise _cell_error(path, number, column, message(fault, cell=row[column]))
    if not gemeenten or len(gemeenten) != len(rows) - 1:
        raise UsageError.of("one_district", path=path)
    once = {column: [plain(row[column]) for row in rows] for column in ("slug", "name", "cbs_code")}
    once["tile_row"] = [".".join(tiles[row["slug"]]) for row in rows]
    for column, cells in once.items():
        for number, cell in enumerate(cells):
            if cell in cells[:number]:
                places = {"one": cells.index(cell) + 2, "other": number + 2}
                raise UsageError.of("same_cells", path=path, column=column, **places)


# --- another district, in one table --------------------------------------------------------------

NO_TILE = {"tile_row": "0", "tile_column": "0"}
INHABITANTS = re.compile(r"inhabitants_(\d{4})")
PLACE = re.compile(r"(?P<place>.*[^\d ]) +(?P<pc4_from>\d{4})(-(?P<pc4_to>\d{4}))?")


def read_district(path: Path) -> Tables:
    """The reference tables of a district, from one table with a row per gemeente and its own row.

    Its columns are those of `areas.csv`, `inhabitants_<year>` for each first of January of which
    the number is known, and perhaps `places`: woonplaatsen with their four-digit postcodes, as
    `Goor 7471-7472; Delden 7491`. The district's own row needs no tile and no inhabitants.

    Nothing is known yet of other spellings, and of what is elsewhere: those tables have no rows.
    """
    columns = tuple(package_table("areas")[0])
    rows = read_table(path, columns, rf"{INHABITANTS.pattern}|places")
    areas = tuple(
        {column: row[column] for column in columns}
        | ({} if row["level"] == "gemeente" else NO_TILE)
        for row in rows
    )
    check_cells(path, "areas", areas)
    _check_areas(path, areas)
    district = next(row for row in areas if row["level"] == "district")
    return {
        "areas": areas,
        "gemeente_aliases": (),
        "here": ({"word": district["name"], "source": "naam van het district"},),
        "places": tuple(_places(path, rows)),
        "population": tuple(_population(path, rows)),
    }


def _population(path: Path, rows: Table) -> Iterator[dict[str, str]]:
    years = {column: match[1] for column in rows[0] if (match := INHABITANTS.fullmatch(column))}
    if not years:
        raise UsageError.of("no_inhabitants_column", path=path)
    for number, row in enumerate(rows, start=2):
        known = {column: row[column] for column in years if row[column]}
        if row["level"] != "district" and not known:
            raise UsageError.of("no_inhabitants", path=path, row=number, slug=row["slug"])
        for column, people in known.items() if row["level"] != "district" else ():
            if not _is_whole_number(people):
                raise _cell_error(path, number, column, message("no_whole_number", cell=people))
            day = {"slug": row["slug"], "reference_date": f"{years[column]}-01-01"}
            yield day | {"inhabitants": people, "source": row["source"]}


def _places(path: Path, rows: Table) -> Iterator[dict[str, str]]:
    for number, row in enumerate(rows, start=2):
        for text in filter(None, map(str.strip, row.get("places", "").split(";"))):
            match = PLACE.fullmatch(text)
            if match is None:
                raise _cell_error(path, number, "places", message("no_place", cell=text))
            named = match.groupdict(match["pc4_from"])
            about = {"gemeente": row["slug"], "kind": "woonplaats", "source": row["source"]}
            yield dict.fromkeys(package_table("places")[0], "") | about | named


def table_text(name: str, rows: Table) -> str:
    """A reference table as CSV, with the columns of the package's own."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(package_table(name)[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
