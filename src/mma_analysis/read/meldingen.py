"""A delivered registration of tips → one table of text in our fields, without free text."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from pathlib import PurePosixPath

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import Delivery, MmaError, UsageError, plain
from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import in_our_calendar, open_grids
from mma_analysis.read.headers import (
    LEFT_OUT,
    ROWS_TO_SEARCH,
    Header,
    check_header,
    find_header,
    header_targets,
    likeliest_header,
    may_be_a_tip,
    refuse_second_header,
    refuse_tips_above,
    suggested_lines,
)
from mma_analysis.read.lost import named, rows_like_tips
from mma_analysis.read.reduce import reduce_to_presence
from mma_analysis.read.rows import data_rows, is_shifted, with_merged_cells
from mma_analysis.read.words import looks_like_a_date, looks_like_a_number_of_m
from mma_analysis.settings import SETTINGS_FILE, Edition

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60
TELLS_GEMEENTE = ("gemeente", "postcode", "place")


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
    senders = _senders(edition, file)
    targets = header_targets(edition, senders)
    grids = _chosen_grids(edition, file, senders)
    sheets = _sheets_with_header(grids, file, senders, targets)
    _check_tells_gemeente([header for _, header in sheets], file, senders)
    table = pd.concat([_sheet_table(grid, header, file) for grid, header in sheets])
    columns = _columns_of_fields(header for _, header in sheets)
    return Delivery(
        file,
        senders,
        _headers_of_fields(sheets),
        _in_our_fields(table, columns),
        frozenset(table.loc[table["shifted"], "source_row"].tolist()),
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
    senders = _senders(edition, file)
    targets = header_targets(edition, senders)
    grids = _chosen_grids(edition, file, senders)
    sheets = _registrations(_headed(grids, targets))
    headers = [header for grid, header in sheets if not may_be_a_tip(grid, header, targets)]
    if not headers:
        likeliest = [likeliest_header(grid, targets) for grid in grids]
        headers = [header for header in likeliest if header]
    if not headers:
        return f"# {file}: no row with headers is found; ask the sender for headers\n"
    lines = dict.fromkeys(line for header in headers for line in suggested_lines(header, targets))
    if not lines:
        return ""
    block = f"[gemeenten.{senders[0]}.kolommen]"
    # A block that stands in a TOML file twice is an error.
    there = edition.gemeente(senders[0]).kolommen
    first = f"# {file}: below the {block} that is there" if there else f"{block}  # {file}"
    return "\n".join([first, *lines]) + "\n"


def _senders(edition: Edition, file: str) -> tuple[str, ...]:
    senders = edition.deliveries().get(file)
    if senders is None:
        raise UsageError(f"{SETTINGS_FILE}: no gemeente has '{file}' in its levering")
    return senders


# --- which sheets --------------------------------------------------------------------------------


def _chosen_grids(edition: Edition, file: str, senders: tuple[str, ...]) -> list[Grid]:
    """The sheets that the settings name, or all of them."""
    grids = open_grids(edition.folder / PurePosixPath(file), file)
    chosen = {sheet for slug in senders for sheet in edition.gemeente(slug).bladen}
    there = [grid.sheet for grid in grids]
    if not chosen or there == [""]:
        return grids
    for sheet in chosen:
        if sheet not in there:
            near = domain.did_you_mean(sheet, there)
            raise UsageError(f"{SETTINGS_FILE}: blad = '{sheet}' is not a sheet of {file}{near}")
    # Who names a hidden sheet has seen it.
    return [replace(grid, hidden=False) for grid in grids if grid.sheet in chosen]


def _sheets_with_header(
    grids: list[Grid], file: str, senders: tuple[str, ...], targets: dict[str, str]
) -> list[tuple[Grid, Header]]:
    """The sheets to read with their headers, every header checked."""
    headed = _headed(grids, targets)
    without = [grid for grid in grids if all(grid is not known for known, _ in headed)]
    _refuse_dates_without_header(without, _registrations(headed), file, senders[0])
    if not headed:
        raise _no_header(grids, file, senders[0])
    sheets = _registrations(headed)
    _refuse_hidden(sheets, grids, file, senders[0])
    for grid, header in sheets:
        _refuse_a_tip_as_header(grid, header, file, targets)
        check_header(header, f"{_place(file, grid)}, row {header.row + 1}", senders[0], targets)
        refuse_tips_above(grid, header, _place(file, grid), targets)
        refuse_second_header(grid, header, _place(file, grid), targets)
    return sheets


def _refuse_a_tip_as_header(grid: Grid, header: Header, file: str, targets: dict[str, str]) -> None:
    """No cell of a tip is told as a header that is not recognised."""
    if may_be_a_tip(grid, header, targets):
        raise MmaError(
            f"{_place(file, grid)}, row {header.row + 1}: this row has words of headers, but looks "
            "like a tip, so its cells are not told here: there seems to be no row with headers; "
            "ask the sender for a list with a row for each tip and headers above it"
        )


def _no_header(grids: list[Grid], file: str, sender: str) -> MmaError:
    if all(len([cell for cell in row if cell]) < 2 for grid in grids for row in grid.rows):
        return MmaError(
            f"{file}: no row has more than one filled cell, and a registration has at least two "
            "columns (such as Datum ontvangst and Onderwerp); ask the sender for .xlsx, or for "
            "text with a ; between the cells"
        )
    return MmaError(
        f"{file}: no row with headers is recognised (such as Datum ontvangst, Onderwerp, Status) "
        f"among the first {ROWS_TO_SEARCH} rows; name at least two under "
        f"[gemeenten.{sender}.kolommen] in {SETTINGS_FILE}: `mma check --suggest` writes the "
        "lines. Is it a table of totals, or does it have no headers? Then ask the sender for a "
        "list with a row for each tip and headers above it"
    )


def _headed(grids: list[Grid], targets: dict[str, str]) -> list[tuple[Grid, Header]]:
    return [(grid, header) for grid in grids if (header := find_header(grid, targets))]


def _registrations(headed: list[tuple[Grid, Header]]) -> list[tuple[Grid, Header]]:
    """The sheets that hold tips.

    A sheet that names fields but no day of receipt and holds no dates or numbers of tips is not a
    registration: a list of choices, a table of totals.
    """
    return [(g, h) for g, h in headed if h.has("received_on") or _holds_tips(g, h)] or headed[:1]


def _refuse_hidden(
    sheets: list[tuple[Grid, Header]], grids: list[Grid], file: str, sender: str
) -> None:
    """A hidden sheet with tips is an old copy or a forgotten one: a person must say which."""
    hidden = [grid.sheet for grid, header in sheets if grid.hidden and data_rows(grid, header)]
    if hidden:
        visible = [grid.sheet for grid in grids if not grid.hidden]
        raise MmaError(
            f"{file}: hidden sheet {_quoted(hidden)} holds a registration too; name the sheets "
            f"that count in {SETTINGS_FILE} under [gemeenten.{sender}], without the hidden one "
            f"when it is an old copy:\nblad = {json.dumps([*visible, *hidden], ensure_ascii=False)}"
        )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _refuse_dates_without_header(
    without: list[Grid], sheets: list[tuple[Grid, Header]], file: str, sender: str
) -> None:
    """A sheet that looks like a registration is not skipped in silence."""
    lost = [
        f"{_place(file, grid)}: there are rows with dates ({named(rows)}) but no row with headers "
        f"is recognised among the first {ROWS_TO_SEARCH} rows"
        for grid in without
        if (rows := rows_like_tips(grid.rows))
    ]
    if lost:
        raise MmaError(
            "\n".join(lost) + f"; name the headers under [gemeenten.{sender}.kolommen] in "
            f"{SETTINGS_FILE} (`mma check --suggest` writes the lines), or ask the sender for "
            f"headers above the rows when there are none{_without_these(sheets, sender)}"
        )


def _without_these(sheets: list[tuple[Grid, Header]], sender: str) -> str:
    """What to do when the other sheets do count: the setting that names them."""
    count = [grid.sheet for grid, _ in sheets if grid.sheet]
    if not count:
        return ""
    return (
        f". When these rows are no tips, name the sheets that count under [gemeenten.{sender}]:\n"
        f"blad = {json.dumps(count, ensure_ascii=False)}"
    )


def _holds_tips(grid: Grid, header: Header) -> bool:
    """Whether a sheet without a day of receipt holds tips: it has dates, or numbers of tips."""
    if any(looks_like_a_date(cell) for row in grid.rows for cell in row):
        return True
    places = [column.index for column in header.columns if column.target == "melding_id"]
    below = grid.rows[header.row + 1 :]
    numbers = (row[place] for row in below for place in places if place < len(row))
    return any(map(looks_like_a_number_of_m, numbers)) or bool(rows_like_tips(below))


def _check_tells_gemeente(headers: list[Header], file: str, senders: tuple[str, ...]) -> None:
    tells = any(header.has(field) for header in headers for field in TELLS_GEMEENTE)
    if len(senders) > 1 and not tells:
        raise MmaError(
            f"{file}: the file is for {', '.join(senders)}, but no column tells them apart; it "
            "needs a column with the gemeente, the postcode or the woonplaats"
        )


def _place(file: str, grid: Grid) -> str:
    return f"{file}, sheet '{grid.sheet}'" if grid.sheet else file


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
    cells = {
        name: [row[place] if place < len(row) else "" for row in rows]
        for name, (place, _) in _kept(header).items()
    }
    if grid.from_1904:
        cells |= {
            name: list(map(in_our_calendar, cells[name]))
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
    """One field from the columns that hold it: of a field that is not reduced a row has one."""
    if field in domain.REDUCED:
        return reduce_to_presence(columns)
    text = reduce(lambda text, part: text.where(text.notna(), part), columns).fillna("")
    if field == "postcode":
        return text.str.extract(r"^\D*(\d{4})(?!\d)", expand=False).fillna("").astype("str")
    return text.str.slice(stop=LONGEST_WORD)
