"""A delivered registration of tips → one table of text in our fields, without free text."""

from collections.abc import Iterable
from functools import reduce
from itertools import zip_longest

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import UNREADABLE, Delivery, plain
from mma_analysis.read.grid import Grid
from mma_analysis.read.headers import LEFT_OUT, Header, header_targets, likeliest_header
from mma_analysis.read.leftover import told_unread
from mma_analysis.read.naming import suggested_lines
from mma_analysis.read.rows import data_rows, is_shifted, with_merged_cells
from mma_analysis.read.sheets import (
    check_tells_gemeente,
    chosen_grids,
    registrations,
    senders_of,
    sheets_with_header,
)
from mma_analysis.read.words import BEGINS_OF_ERRORS, FORMULA_ERROR, reduce_to_presence
from mma_analysis.read.workbooks import in_our_calendar
from mma_analysis.settings import Edition

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60


def read_delivery(edition: Edition, file: str) -> Delivery:
    """Read every data row of a delivered file; the content of a tip does not come along.

    Free text and columns without a header are not read at all. Where, when, who and which vehicle
    are reduced to `ja` or `nee`, a postcode to its four digits, any other cell to 60 characters.
    Each sheet has its own header; a sheet that has none and holds no dates is a cover sheet.

    Parameters
    ----------
    edition
        Whose settings say for which gemeenten the file is and which headers are theirs.
    file
        As named in the settings: relative to the edition.

    Returns
    -------
    Delivery
        One row per data row, in the order of the file.

    Raises
    ------
    UsageError
        When the settings do not name the file, or name a column or sheet that cannot be.
    MmaError
        When the file cannot be read or a header is unknown, double or missing.
    """
    senders = senders_of(edition, file)
    grids = chosen_grids(edition, file, senders)
    sheets = sheets_with_header(edition, grids, file, senders)
    check_tells_gemeente([header for _, header in sheets], file, senders)
    table = pd.concat([_sheet_table(grid, header, file) for grid, header in sheets])
    columns = _columns_of_fields(header for _, header in sheets)
    return Delivery(
        file,
        senders,
        _headers_of_fields(sheets),
        _in_our_fields(table, columns),
        frozenset(table.loc[table["shifted"], "source_row"].tolist()),
        tuple(line for g, h in sheets for line in told_unread(g, h, file)),
    )


def suggest(edition: Edition, file: str) -> str:
    """The TOML block for all headers of a delivered file that are not recognised.

    What a header is nearest to is only proposed: who pastes the block decides. Empty when every
    header of the file is recognised; a comment when no row can be one. When the settings have
    the block already, only its lines.

    Raises
    ------
    UsageError
        When the settings do not name the file, or name a column or sheet that cannot be.
    MmaError
        When the file cannot be read.
    """
    senders = senders_of(edition, file)
    targets = header_targets(edition, senders)
    grids = chosen_grids(edition, file, senders)
    known = registrations(grids, targets)
    if not known:
        likeliest = [(grid, likeliest_header(grid, targets)) for grid in grids]
        known = [(grid, header) for grid, header in likeliest if header]
    if not known:
        return f"# {file}: no row with headers is found; ask the sender for headers\n"
    lines: dict[str, str] = {}
    for grid, header in known:
        lines = suggested_lines(grid, header, targets) | lines
    if not lines:
        return ""
    block = f"[gemeenten.{senders[0]}.kolommen]"
    # A block that stands in a TOML file twice is an error.
    there = edition.gemeente(senders[0]).kolommen
    first = f"# {file}: below the {block} that is there" if there else f"{block}  # {file}"
    return "\n".join([first, *lines.values()]) + "\n"


# --- which columns -------------------------------------------------------------------------------


def _kept(header: Header) -> dict[str, tuple[int, str]]:
    """Name of a column in the table of this file → its place in the sheet and its field.

    The same header on two sheets is one column; a header that stands twice on a sheet is two.
    """
    kept: dict[str, tuple[int, str]] = {}
    for column in header.columns:
        name = plain(column.header)
        while name in kept:
            name += "+"
        if column.target not in LEFT_OUT:
            kept[name] = (column.index, column.target)
    return kept


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
    cells = {name: columns.get(place, nothing) for name, (place, _) in _kept(header).items()}
    if grid.from_1904:
        cells |= {
            name: tuple(map(in_our_calendar, cells[name]))
            for name, (_, field) in _kept(header).items()
            if field in domain.DATES
        }
    table = pd.DataFrame(cells, dtype="str")
    numbers = pd.Series([index + 1 for index in indexes], dtype="int64")
    return table.assign(
        source_file=file,
        source_sheet=grid.sheet,
        source_row=numbers,
        shifted=pd.Series(shifted, dtype="bool"),
    )


def _columns_of_fields(headers: Iterable[Header]) -> dict[str, list[str]]:
    """Field → the columns of the table that hold it, over all sheets."""
    columns: dict[str, list[str]] = {}
    for header in headers:
        for name, (_, field) in _kept(header).items():
            if name not in columns.setdefault(field, []):
                columns[field].append(name)
    return columns


def _headers_of_fields(sheets: list[tuple[Grid, Header]]) -> dict[str, str]:
    """Field → its header as delivered; different headers are joined with ` / `."""
    headers: dict[str, list[str]] = {}
    for _, header in sheets:
        for column in header.columns:
            named = headers.setdefault(column.target, [])
            if column.header not in named:
                named.append(column.header)
    return {field: " / ".join(headers[field]) for field in domain.RAW_MELDINGEN if field in headers}


# --- what is kept of a cell ----------------------------------------------------------------------


def _in_our_fields(table: pd.DataFrame, columns: dict[str, list[str]]) -> pd.DataFrame:
    fields = {
        field: _field(field, [table[name] for name in columns[field]])
        for field in domain.RAW_MELDINGEN
        if field in columns
    }
    return pd.DataFrame(fields | {name: table[name] for name in domain.SOURCE}).reset_index(
        drop=True
    )


def _field(field: str, columns: list[pd.Series]) -> pd.Series:
    """One field from the columns that hold it: of a field that is not reduced a row has one.

    Where a formula failed the cell is `UNREADABLE`: it is not known whether it says anything.
    """
    if field in domain.REDUCED:
        return reduce_to_presence(columns)
    text = reduce(lambda text, part: text.where(text.notna(), part), columns).fillna("")
    failed = _failed(text)
    if field == "postcode":
        text = text.str.extract(r"^\D*(\d{4})(?!\d)", expand=False).fillna("").astype("str")
    return text.str.slice(stop=LONGEST_WORD).mask(failed, UNREADABLE)


def _failed(cells: pd.Series) -> pd.Series:
    begins_so = cells.str.startswith(BEGINS_OF_ERRORS)
    if not begins_so.any():  # as in nearly all columns: a pattern is six times as slow
        return begins_so
    return cells.str.fullmatch(FORMULA_ERROR.pattern, case=False)
