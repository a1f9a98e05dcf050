"""The tables of `reference/`: the package's, those of an edition, those of a district."""

import csv
import functools
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mma_analysis.vocabulary.errors import PACKAGE, UsageError, message
from mma_analysis.vocabulary.text import did_you_mean, plain

ReferenceTable = tuple[dict[str, str], ...]
Tables = Mapping[str, ReferenceTable]
TABLES_FOLDER = "reference"


@functools.cache
def package_table(name: str) -> ReferenceTable:
    """One table of `reference/` as the package has it: a row per line, every value text."""
    text = (PACKAGE / TABLES_FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def package_columns(name: str) -> tuple[str, ...]:
    """The columns of a table of `reference/`, as the package has it."""
    return tuple(package_table(name)[0])


def form(use: str) -> re.Pattern[str]:
    """How a text of this use is written in a delivery, by `reference/recognised.csv`."""
    patterns = (row["pattern"] for row in package_table("recognised") if row["use"] == use)
    return re.compile("|".join(patterns), re.IGNORECASE)


def table_names() -> tuple[str, ...]:
    """The names of the tables of `reference/`, in alphabetical order."""
    return tuple(sorted(path.stem for path in (PACKAGE / TABLES_FOLDER).glob("*.csv")))


# What the code does: the same for every edition, as no edition can have one of its own.
INDICATORS = package_table("indicators")
REGISTRY = tuple(row for row in INDICATORS if row["scope"])  # what is made, a row per table
KEYS_OF_TABLE = {row["table"]: row["keys"].split() for row in REGISTRY}
LABELS = package_table("labels")
CODES = package_table("codes")
# What differs from one district or evaluation to another; what its columns may hold.
OWN_COLUMNS = package_table("own_columns")
OWN_TABLES_NAMED = tuple(dict.fromkeys(row["table"] for row in OWN_COLUMNS))
# With other areas these cannot stay as they are: their rows are about gemeenten.
ABOUT_AREAS = ("gemeente_aliases", "here", "places", "population")
# Ends of an interval, two periods side by side, how far a count may be off: by its name.
SIDES = {row["side"]: row for row in package_table("sides")}
# How far a count may be from the truth: its column beside `count`; for others a name's end.
OFF = "off"
DISTRICT = "district"  # the level of the one area that is no gemeente
TABLE_DELIMITERS = ",;\t"


def read_own(folder: Path) -> Tables:
    """The tables in the folder `reference/` of an edition, by name; none without it."""
    paths = {path.stem: path for path in sorted((folder / TABLES_FOLDER).glob("*.csv"))}
    own: dict[str, ReferenceTable] = {}
    for name, path in paths.items():
        if name not in OWN_TABLES_NAMED:
            near = did_you_mean(name, OWN_TABLES_NAMED)
            raise UsageError.of("own_table", path=path, name=name, near=near)
        own[name] = read_table(path, package_columns(name))
    for name, path in paths.items():
        check_table(path, name, own)
    if "areas" in own:
        for name in ABOUT_AREAS:
            if name not in own:
                raise UsageError.of("beside_areas", path=paths["areas"], name=name)
    return own


def read_table(path: Path, columns: Sequence[str], also: str = "") -> ReferenceTable:
    """The rows of a CSV file, every value text without spaces around it.

    Separated by commas, semicolons or tabs: Excel in Dutch writes semicolons.

    `columns`: what it must have, in any order.
    `also`: pattern of the names of columns that it may have besides.
    """
    header, *rows = _grid(path) or [[]]
    _check_header(path, header, columns, also)
    table = []
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise UsageError.of(
                "table_cells",
                path=path,
                row=number,
                cells=len(cells),
                expected=len(header),
            )
        table.append(dict(zip(header, cells, strict=True)))
    return tuple(table)


def _grid(path: Path) -> list[list[str]]:
    """The lines of a CSV file as cells, without empty lines below them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError.of("not_utf8", path=path) from error
    except OSError as error:
        raise UsageError.of("cannot_open", path=path, error=error.strerror) from error

    first_line = text.partition("\n")[0]
    delimiter = max(TABLE_DELIMITERS, key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        grid = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        number = lines.line_num
        raise UsageError.of("not_csv", path=path, line=number, error=error) from error
    while grid and not any(grid[-1]):
        grid.pop()
    return grid


def _check_header(
    path: Path,
    header: Sequence[str],
    columns: Sequence[str],
    also: str,
) -> None:
    """Refuse a header without one of these columns, with another one, or with one twice."""
    others = [column for column in header if column not in columns]
    faults = {
        "table_lacks": [column for column in columns if column not in header],
        "table_strange": [column for column in others if not re.fullmatch(also, column)],
        "table_twice": [column for column in header if header.count(column) > 1],
    }
    for code, wrong in faults.items():
        if wrong:
            raise UsageError.of(
                code,
                path=path,
                columns=", ".join(columns),
                column=wrong[0],
                near=did_you_mean(wrong[0], columns),
            )


def check_table(path: Path, name: str, own: Tables) -> None:
    """Refuse what a table may not hold, by `own_columns.csv`; `own` has those beside it."""
    rows = own[name]
    for rule in OWN_COLUMNS:
        if rule["table"] == name:
            _check_cells(path, rows, rule, own)
            _check_needed(path, rows, rule, own)
            _check_once(path, rows, rule)
    if name == "areas":
        levels = [row.get("level") for row in rows]
        has_one_district = levels.count(DISTRICT) == 1
        has_gemeenten = len(rows) > 1
        if not has_one_district or not has_gemeenten:
            raise UsageError.of("one_district", path=path)


def _check_cells(
    path: Path, rows: ReferenceTable, rule: Mapping[str, str], own: Tables
) -> None:
    """Each cell of a column is a known word, if its rule has any, and fits its pattern."""
    column = rule["column"]
    known = _words(rule["known"], own)
    for number, row in enumerate(rows, start=2):
        cell = row[column]
        is_known = not known or cell in known
        if not is_known or not re.fullmatch(rule["pattern"], cell):
            raise _cell_error(path, number, column, rule["fault"], cell, known)


def _check_needed(
    path: Path, rows: ReferenceTable, rule: Mapping[str, str], own: Tables
) -> None:
    """Each word that a column must have, stands in a row."""
    there = {row[rule["column"]] for row in rows}
    for word in _words(rule["needed"], own):
        if word not in there:
            raise UsageError.of("row_missing", path=path, word=word)


def _check_once(path: Path, rows: ReferenceTable, rule: Mapping[str, str]) -> None:
    """No two rows have the same words in the columns that tell rows apart."""
    columns = rule["once"].split()
    if not columns:
        return
    first_at: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        cells = " ".join(plain(row[column]) for column in columns)
        first = first_at.setdefault(cells, number)
        if first < number:
            raise UsageError.of(
                "same_cells",
                path=path,
                column=rule["column"],
                one=first,
                other=number,
            )


def _words(names: str, own: Tables) -> list[str]:
    """Words of a rule; the name of a list of codes stands for its codes."""
    codes = {}
    for name in ("topics", "topic_groups"):
        rows = own.get(name, package_table(name))
        codes[name] = [row["code"] for row in rows]
    areas = own.get("areas", package_table("areas"))
    codes["gemeenten"] = [row["slug"] for row in areas if row["level"] == "gemeente"]
    words = []
    for name in names.split():
        words += codes.get(name, [name])
    return words


def _cell_error(
    path: Path,
    row: int,
    column: str,
    fault: str,
    cell: str = "",
    known: Collection[str] = (),
) -> UsageError:
    """That a cell is wrong, and what was probably meant."""
    said = message(fault, cell=cell, near=did_you_mean(cell, known))
    return UsageError.of("table_cell", path=path, row=row, column=column, fault=said)


def table_text(name: str, rows: ReferenceTable) -> str:
    """A reference table as CSV, with the columns of the package's own."""
    text = io.StringIO()
    writer = csv.DictWriter(text, package_columns(name), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


INHABITANTS = re.compile(r"inhabitants_(\d{4})")
PLACE_AND_POSTCODES = re.compile(
    r"(?P<place>.*[^\d ]) +(?P<pc4_from>\d{4})(-(?P<pc4_to>\d{4}))?"
)


def read_district(path: Path) -> Tables:
    """The reference tables of a district, from a table with a row per gemeente and its own.

    Its columns are those of `areas.csv`, `inhabitants_<year>` for each first of January of
    which the number is known, and perhaps `places`: woonplaatsen with their four-digit
    postcodes, as `Goor 7471-7472; Delden 7491`. The row of the district needs no number.

    Nothing is known yet of other spellings, and of what is elsewhere: those tables have no
    rows.
    """
    columns = package_columns("areas")
    rows = read_table(path, columns, rf"{INHABITANTS.pattern}|places")
    areas = tuple({column: row[column] for column in columns} for row in rows)
    check_table(path, "areas", {"areas": areas})
    days = _days_of_inhabitants(rows[0])
    if not days:
        raise UsageError.of("no_inhabitants_column", path=path)

    population: list[dict[str, str]] = []
    places: list[dict[str, str]] = []
    for number, row in enumerate(rows, start=2):
        population += _population_of(path, number, row, days)
        places += _places_of(path, number, row)
    district = next(row["name"] for row in areas if row["level"] == DISTRICT)
    return {
        "areas": areas,
        "gemeente_aliases": (),
        "here": ({"word": district, "source": "naam van het district"},),
        "places": tuple(places),
        "population": tuple(population),
    }


def _days_of_inhabitants(columns: Iterable[str]) -> dict[str, str]:
    """Column with numbers of inhabitants → the day on which there were so many."""
    days = {}
    for column in columns:
        match = INHABITANTS.fullmatch(column)
        if match:
            days[column] = f"{match[1]}-01-01"
    return days


def _population_of(
    path: Path,
    number: int,
    row: Mapping[str, str],
    days: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    """The rows of `population.csv` of one gemeente, which has one at least."""
    if row["level"] == DISTRICT:
        return
    slug = row["slug"]
    known = [column for column in days if row[column]]
    if not known:
        raise UsageError.of("no_inhabitants", path=path, row=number, slug=slug)
    for column in known:
        inhabitants = row[column]
        if not re.fullmatch("[1-9][0-9]*", inhabitants):
            raise _cell_error(path, number, column, "no_whole_number", inhabitants)
        yield {
            "slug": slug,
            "reference_date": days[column],
            "inhabitants": inhabitants,
            "source": row["source"],
        }


def _places_of(path: Path, number: int, row: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The rows of `places.csv` of one gemeente: its woonplaatsen."""
    nothing = dict.fromkeys(package_columns("places"), "")
    about = {"gemeente": row["slug"], "kind": "woonplaats", "source": row["source"]}
    for part in row.get("places", "").split(";"):
        text = part.strip()
        if not text:
            continue
        match = PLACE_AND_POSTCODES.fullmatch(text)
        if match is None:
            raise _cell_error(path, number, "places", "no_place", text)
        # One postcode alone is the first and the last.
        place = match.groupdict(match["pc4_from"])
        yield nothing | about | place


# --- what a reader calls the columns and codes of a table ---------------------------------


def headings(tables: Collection[str], columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Column → its words (`nl`) and `form`, by `reference/labels.csv`, if it is told.

    The word of one of these tables goes before the common one. Ends of an interval, two
    periods side by side, and how far a count may be `off`, are named after their column:
    `share_low`, or `low` after `share`.
    """
    told = {}
    for column, label in labels_of(tables, columns).items():
        if label["form"]:
            told[column] = label
    return told


def labels_of(tables: Collection[str], columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Column → its row of `reference/labels.csv`; also of those that no sheet tells."""
    rows = sorted(LABELS, key=lambda row: row["table"])  # the common ones first
    known = {row["column"]: dict(row) for row in rows if row["table"] in ("", *tables)}
    found = {}
    before = ""
    for column in columns:
        label = _label(column, before, known)
        if label is not None:
            found[column] = label
        side = column.rpartition("_")[2]
        if side not in SIDES:
            before = column
    return found


def _label(
    column: str,
    before: str,
    known: Mapping[str, dict[str, str]],
) -> dict[str, str] | None:
    """The label of one column, that stands after the column `before`."""
    if column in known:
        return known[column]
    base, _, side = column.rpartition("_")
    if side not in SIDES:
        return None
    is_bound = side == OFF
    usual = "count" if is_bound else before
    of_column = _label(base or usual, before, known)
    if of_column is None:
        return None
    label = dict(of_column)
    for key in ("nl", "en", "meaning", "meaning_en"):
        label[key] = SIDES[side][key].format(of_column[key])
    label["dtype"] = SIDES[side]["dtype"] or of_column["dtype"]
    if is_bound:
        label["form"] = "count"
    return label


def words_of(column: str) -> dict[str, str]:
    """Code → word for a column, by `reference/codes.csv`."""
    return {row["code"]: row["nl"] for row in CODES if column == row["column"]}
