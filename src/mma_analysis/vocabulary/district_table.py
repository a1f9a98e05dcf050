"""The table of another district: its gemeenten, their inhabitants and places, in one file."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from mma_analysis.vocabulary.errors import UsageError, message
from mma_analysis.vocabulary.own_tables import check_areas, check_cells, read_table
from mma_analysis.vocabulary.reference import Table, Tables, package_table

AREAS = ("slug", "name", "level", "cbs_code", "tile_row", "tile_column", "source")
TILE = ("tile_row", "tile_column")
INHABITANTS = re.compile(r"inhabitants_(\d{4})")
PLACES = "places"
PLACE = re.compile(r"(?P<name>.*\D) (?P<first>\d{4})(-(?P<last>\d{4}))?")


def read_district(path: Path) -> Tables:
    """The reference tables of a district, from one table with a row per gemeente and its own row.

    Its columns are those of `areas.csv`, `inhabitants_<year>` for each first of January of which
    the number is known, and perhaps `places`: woonplaatsen with their four-digit postcodes, as
    `Goor 7471-7472; Delden 7491`. The district's own row needs no tile and no inhabitants.

    Nothing is known yet of other spellings, and of what is elsewhere: those tables have no rows.
    """
    rows = read_table(path, AREAS, rf"{INHABITANTS.pattern}|{PLACES}")
    areas = tuple({column: _tile(row, column) for column in AREAS} for row in rows)
    check_cells(path, "areas", areas)
    check_areas(path, areas)
    district = next(row for row in areas if row["level"] == "district")
    return {
        "areas": areas,
        "gemeente_aliases": (),
        "here": ({"word": district["name"], "source": "naam van het district"},),
        "places": tuple(_places(path, rows)),
        "population": tuple(_population(path, rows)),
    }


def table_text(name: str, rows: Table) -> str:
    """A reference table as CSV, with the columns of the package's own."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(package_table(name)[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _tile(row: dict[str, str], column: str) -> str:
    return row[column] or ("0" if column in TILE and row["level"] != "gemeente" else "")


def _population(path: Path, rows: Table) -> Iterator[dict[str, str]]:
    years = {column: match[1] for column in rows[0] if (match := INHABITANTS.fullmatch(column))}
    if not years:
        raise UsageError.of("no_inhabitants_column", path=path)
    for number, row in enumerate(rows, start=2):
        if row["level"] == "district":
            continue
        known = {column: row[column] for column in years if row[column]}
        if not known:
            raise UsageError.of("no_inhabitants", path=path, row=number, slug=row["slug"])
        for column, people in known.items():
            if not re.fullmatch(r"[0-9]+", people):
                fault = message("no_whole_number", cell=people)
                where = {"path": path, "row": number, "column": column}
                raise UsageError.of("table_cell", **where, fault=fault)
            day = f"{years[column]}-01-01"
            yield {"slug": row["slug"], "reference_date": day} | {
                "inhabitants": people,
                "source": row["source"],
            }


def _places(path: Path, rows: Table) -> Iterator[dict[str, str]]:
    for number, row in enumerate(rows, start=2):
        for text in filter(None, map(str.strip, row.get(PLACES, "").split(";"))):
            match = PLACE.fullmatch(text)
            if match is None:
                where = {"path": path, "row": number, "column": PLACES}
                raise UsageError.of("table_cell", **where, fault=message("no_place", cell=text))
            yield {
                "place": match["name"].strip(),
                "gemeente": row["slug"],
                "kind": "woonplaats",
                "pc4_from": match["first"],
                "pc4_to": match["last"] or match["first"],
                "also_in": "",
                "mostly_elsewhere": "",
                "source": row["source"],
            }
