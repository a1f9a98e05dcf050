"""A delivered registration of meldingen → one table of text in our fields, without free text."""

from dataclasses import replace
from functools import reduce
from itertools import chain, zip_longest
from pathlib import PurePosixPath

import pandas as pd

from mma_analysis.days import begins_with_a_day
from mma_analysis.read.grid import Grid, place_of, rows_named
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import (
    LEFT_OUT,
    ROWS_TO_SEARCH,
    Header,
    check_header,
    find_header,
    header_targets,
    likeliest_header,
    suggested_lines,
    with_best_topic,
)
from mma_analysis.read.leftover import (
    refuse_meldingen_around,
    refuse_unread_sheets,
    told_unread,
)
from mma_analysis.read.rows import data_rows, is_shifted, with_merged_cells
from mma_analysis.read.words import (
    FORMULA_ERROR,
    looks_like_a_number_of_m,
    reduce_to_presence,
)
from mma_analysis.read.workbooks import in_our_calendar
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean, plain
from mma_analysis.vocabulary.schema import (
    DATES,
    RAW_MELDINGEN,
    REDUCED,
    SOURCE,
    UNREADABLE,
    Delivery,
)

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60
TELLS_GEMEENTE = ("gemeente", "postcode", "place")


def read_delivery(edition: Edition, file: str) -> Delivery:
    """Read every data row of a delivered file; the content of a melding does not come along.

    Free text and columns without a header are not read at all. Where, when, who and which vehicle
    are reduced to `ja` or `nee`, a postcode to its four digits, any other cell to 60 characters.
    Each sheet has its own header; a sheet that has none and holds no dates is a cover sheet. The
    settings say for which gemeenten the file is and which headers are theirs.
    """
    senders = _senders_of(edition, file)
    grids = _chosen_grids(edition, file, senders)
    sheets, notes = _sheets_with_header(edition, grids, file, senders)
    tells = any(header.has(field) for _, header in sheets for field in TELLS_GEMEENTE)
    if len(senders) > 1 and not tells:
        raise DataError.of("no_gemeente", file=file, senders=", ".join(senders))
    vocabulary = edition.vocabulary
    tables = [_sheet_table(grid, header, file) for grid, header in sheets]
    unread = [
        told_unread(grid, header, file, set(own["source_row"]))
        for (grid, header), own in zip(sheets, tables, strict=True)
    ]
    table = pd.concat(tables)
    fields: dict[str, pd.Series] = {}
    for field in RAW_MELDINGEN:
        columns = [table[name] for name in table if str(name).startswith(f"{field} ")]
        if columns:
            fields[field] = _field(vocabulary, field, columns)
    return Delivery(
        file,
        senders,
        _headers_of_fields(sheets),
        pd.DataFrame(fields | {name: table[name] for name in SOURCE}).reset_index(drop=True),
        frozenset(table.loc[table["shifted"], "source_row"].tolist()),
        (*notes, *chain.from_iterable(unread)),
    )


def unknown_headers(edition: Edition, file: str) -> dict[str, str]:
    """Header of a delivered file that is not recognised → the line to paste (`suggested_lines`)."""
    senders = _senders_of(edition, file)
    targets = header_targets(edition, senders)
    grids = _chosen_grids(edition, file, senders)
    vocabulary = edition.vocabulary
    headed = _registrations(vocabulary, grids, targets)
    if not headed:
        likeliest = [(grid, likeliest_header(vocabulary, grid, targets)) for grid in grids]
        headed = [(grid, header) for grid, header in likeliest if header]
    if not headed:
        raise DataError.of("no_header_found", file=file)
    lines: dict[str, str] = {}
    # What the sheet with the most rows says goes first: an empty one bears nothing out.
    for grid, header in sorted(headed, key=lambda one: -len(one[0].rows)):
        lines = suggested_lines(grid, header, targets) | lines
    return lines


# --- which sheets --------------------------------------------------------------------------------


def _senders_of(edition: Edition, file: str) -> tuple[str, ...]:
    """The gemeenten that deliver this file."""
    senders = edition.deliveries().get(file)
    if senders is None:
        raise UsageError.of("not_delivered", settings=SETTINGS_FILE, file=file)
    return senders


def _chosen_grids(edition: Edition, file: str, senders: tuple[str, ...]) -> list[Grid]:
    """The sheets that the settings name, or all of them."""
    grids = open_grids(edition.folder / PurePosixPath(file), file)
    chosen = {sheet for slug in senders for sheet in edition.gemeente(slug).bladen}
    there = [grid.sheet for grid in grids]
    if not chosen or there == [""]:
        return grids
    for sheet in chosen:
        if sheet not in there:
            near = did_you_mean(sheet, there)
            words = {"settings": SETTINGS_FILE, "sheet": sheet, "file": file}
            raise UsageError.of("no_such_sheet", **words, near=near)
    # Who names a hidden sheet has seen it.
    return [replace(grid, hidden=False) for grid in grids if grid.sheet in chosen]


def _sheets_with_header(
    edition: Edition, grids: list[Grid], file: str, senders: tuple[str, ...]
) -> tuple[list[tuple[Grid, Header]], list[str]]:
    """The sheets to read with their headers, every header checked, and what to know of them."""
    vocabulary = edition.vocabulary
    targets = header_targets(edition, senders)
    sheets = _registrations(vocabulary, [grid for grid in grids if not grid.hidden], targets)
    others = [grid for grid in grids if all(grid is not known for known, _ in sheets)]
    refuse_unread_sheets(vocabulary, others, [grid for grid, _ in sheets], file, senders[0])
    if not sheets:
        raise _no_header(grids, file, senders[0])
    chosen = {plain(text) for slug in senders for text in edition.gemeente(slug).kolommen}
    checked: list[tuple[Grid, Header]] = []
    notes: list[str] = []
    for grid, found in sheets:
        place = f"{place_of(file, grid)}, {rows_named([found.row])}"
        header, of_topic = with_best_topic(vocabulary, grid, found, chosen, place)
        check_header(grid, header, place, senders[0], targets)
        refuse_meldingen_around(vocabulary, grid, header, file, targets)
        checked.append((grid, header))
        notes += of_topic
    return checked, notes


def _registrations(
    vocabulary: Vocabulary, grids: list[Grid], targets: dict[str, str]
) -> list[tuple[Grid, Header]]:
    """The sheets in which a row is recognised as headers, and that hold meldingen.

    A sheet that names fields but no day of receipt and holds no days or numbers of meldingen is not
    a registration: a list of choices, a table of totals.
    """
    headers = [(grid, find_header(vocabulary, grid, targets)) for grid in grids]
    headed = [(grid, header) for grid, header in headers if header]
    return [
        (grid, header)
        for grid, header in headed
        if header.has("received_on") or _holds_meldingen(grid.rows[header.row + 1 :])
    ] or headed[:1]


def _holds_meldingen(rows: list[list[str]]) -> bool:
    cells = (cell for row in rows for cell in row)
    return any(begins_with_a_day(cell) or looks_like_a_number_of_m(cell) for cell in cells)


def _no_header(grids: list[Grid], file: str, sender: str) -> DataError:
    if all(len([cell for cell in row if cell]) < 2 for grid in grids for row in grid.rows):
        return DataError.of("one_column", file=file)
    block = f"[gemeenten.{sender}.kolommen] in {SETTINGS_FILE}"
    return DataError.of("no_header", file=file, rows=ROWS_TO_SEARCH, block=block)


# --- which columns -------------------------------------------------------------------------------


def _sheet_table(grid: Grid, header: Header, file: str) -> pd.DataFrame:
    """One row per data row of a sheet, a text column per header that is kept.

    Of a row that is shifted no cell is kept: which field it is cannot be known.
    """
    indexes = data_rows(grid, header)
    delivered = with_merged_cells(grid, indexes)
    shifted = [is_shifted(row, grid, header) for row in delivered]
    rows = [[] if out else row for row, out in zip(delivered, shifted, strict=True)]
    columns = dict(enumerate(zip_longest(*rows, fillvalue="")))
    nothing = ("",) * len(rows)
    cells: dict[str, tuple[str, ...]] = {}
    for column in header.columns:
        # The same header on two sheets is one column; one that stands twice on a sheet is two.
        name = f"{column.target} {plain(column.header)}"
        while name in cells:
            name += "+"
        if column.target not in LEFT_OUT:
            cells[name] = columns.get(column.index, nothing)
        if grid.from_1904 and column.target in DATES:
            cells[name] = tuple(map(in_our_calendar, cells[name]))
    table = pd.DataFrame(cells, dtype="str")
    numbers = pd.Series([index + 1 for index in indexes], dtype="int64")
    return table.assign(
        source_file=file,
        source_sheet=grid.sheet,
        source_row=numbers,
        shifted=pd.Series(shifted, dtype="bool"),
    )


def _headers_of_fields(sheets: list[tuple[Grid, Header]]) -> dict[str, str]:
    """Field → its header as delivered; different headers are joined with ` / `."""
    columns = [column for _, header in sheets for column in header.columns]
    headers = {
        field: dict.fromkeys(column.header for column in columns if column.target == field)
        for field in (*RAW_MELDINGEN, *LEFT_OUT)
    }
    return {field: " / ".join(named) for field, named in headers.items() if named}


# --- what is kept of a cell ----------------------------------------------------------------------


def _field(vocabulary: Vocabulary, field: str, columns: list[pd.Series]) -> pd.Series:
    """One field from the columns that hold it: of a field that is not reduced a row has one.

    Where a formula failed the cell is `UNREADABLE`: it is not known whether it says anything.
    """
    if field in REDUCED:
        return reduce_to_presence(vocabulary, columns)
    text = reduce(lambda text, part: text.where(text.notna(), part), columns).fillna("")
    failed = text.str.fullmatch(FORMULA_ERROR.pattern, case=False)
    if field == "postcode":
        text = text.str.extract(r"^\D*(\d{4})(?!\d)", expand=False).fillna("").astype("str")
    return text.str.slice(stop=LONGEST_WORD).mask(failed, UNREADABLE)
