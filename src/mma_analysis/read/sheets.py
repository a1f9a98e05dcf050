"""Which sheets of a delivered file hold tips, and whether each can be trusted to be read."""

import json
from dataclasses import replace
from pathlib import PurePosixPath

from mma_analysis import domain
from mma_analysis.domain import MmaError, UsageError, plain
from mma_analysis.read.beside import refuse_tips_beside
from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import (
    ROWS_TO_SEARCH,
    Header,
    find_header,
    header_targets,
    may_be_a_tip,
    refuse_second_header,
    refuse_tips_above,
)
from mma_analysis.read.lost import named, rows_like_tips
from mma_analysis.read.naming import check_header, refuse_counts
from mma_analysis.read.repeats import refuse_repeats
from mma_analysis.read.rows import data_rows
from mma_analysis.read.words import looks_like_a_date, looks_like_a_number_of_m
from mma_analysis.settings import SETTINGS_FILE, Edition

TELLS_GEMEENTE = ("gemeente", "postcode", "place")


def senders_of(edition: Edition, file: str) -> tuple[str, ...]:
    """The gemeenten that deliver this file.

    Raises
    ------
    UsageError
        When the settings do not name the file.
    """
    senders = edition.deliveries().get(file)
    if senders is None:
        raise UsageError(f"{SETTINGS_FILE}: no gemeente has '{file}' in its levering")
    return senders


def chosen_grids(edition: Edition, file: str, senders: tuple[str, ...]) -> list[Grid]:
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


def sheets_with_header(
    edition: Edition, grids: list[Grid], file: str, senders: tuple[str, ...]
) -> list[tuple[Grid, Header]]:
    """The sheets to read with their headers, every header checked."""
    targets = header_targets(edition, senders)
    named_in_settings = {plain(text) for s in senders for text in edition.gemeente(s).kolommen}
    headed = headed_sheets(grids, targets)
    without = [grid for grid in grids if all(grid is not known for known, _ in headed)]
    _refuse_dates_without_header(without, registrations(headed), file, senders[0])
    if not headed:
        raise _no_header(grids, file, senders[0])
    sheets = registrations(headed)
    _refuse_hidden(sheets, grids, file, senders[0])
    for grid, header in sheets:
        _refuse_a_tip_as_header(grid, header, file, targets)
        place = place_of(file, grid)
        check_header(grid, header, f"{place}, row {header.row + 1}", senders[0], targets)
        refuse_tips_above(grid, header, place, targets)
        refuse_tips_beside(grid, header, place)
        refuse_counts(grid, header, place, senders[0], named_in_settings)
        refuse_second_header(grid, header, place, targets)
    refuse_repeats(sheets, file, senders[0])
    return sheets


def _refuse_a_tip_as_header(grid: Grid, header: Header, file: str, targets: dict[str, str]) -> None:
    """No cell of a tip is told as a header that is not recognised."""
    if may_be_a_tip(grid, header, targets):
        raise MmaError(
            f"{place_of(file, grid)}, row {header.row + 1}: this row has words of headers, but "
            "looks like a tip, so its cells are not told here: there seems to be no row with "
            "headers; ask the sender for a list with a row for each tip and headers above it"
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


def headed_sheets(grids: list[Grid], targets: dict[str, str]) -> list[tuple[Grid, Header]]:
    """The sheets in which a row is recognised as headers."""
    return [(grid, header) for grid in grids if (header := find_header(grid, targets))]


def registrations(headed: list[tuple[Grid, Header]]) -> list[tuple[Grid, Header]]:
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
        f"{place_of(file, grid)}: there are rows with dates ({named(rows)}) but no row with "
        f"headers is recognised among the first {ROWS_TO_SEARCH} rows"
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


def check_tells_gemeente(headers: list[Header], file: str, senders: tuple[str, ...]) -> None:
    """A file of several gemeenten says of each row whose it is.

    Raises
    ------
    MmaError
        When no column does.
    """
    tells = any(header.has(field) for header in headers for field in TELLS_GEMEENTE)
    if len(senders) > 1 and not tells:
        raise MmaError(
            f"{file}: the file is for {', '.join(senders)}, but no column tells them apart; it "
            "needs a column with the gemeente, the postcode or the woonplaats"
        )


def place_of(file: str, grid: Grid) -> str:
    """How a sheet is named in an error."""
    return f"{file}, sheet '{grid.sheet}'" if grid.sheet else file
