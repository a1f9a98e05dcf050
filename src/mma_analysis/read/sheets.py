"""Which sheets of a delivered file hold tips, and whether each can be trusted to be read."""

import json
from dataclasses import replace
from pathlib import PurePosixPath

from mma_analysis import domain
from mma_analysis.domain import MmaError, UsageError
from mma_analysis.read.grid import Grid, place_of
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import ROWS_TO_SEARCH, Header, find_header, header_targets
from mma_analysis.read.leftover import refuse_tips_around, tips_of_sheet
from mma_analysis.read.naming import check_header
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
    """The sheets to read with their headers, every header checked.

    A sheet is not skipped in silence when it looks like tips: one without headers, or a hidden one
    that the settings do not name, which is an old copy or was forgotten.
    """
    targets = header_targets(edition, senders)
    sheets = registrations([grid for grid in grids if not grid.hidden], targets)
    others = [grid for grid in grids if all(grid is not known for known, _ in sheets)]
    _refuse_tips_on(others, [grid for grid, _ in sheets], file, senders[0], targets)
    if not sheets:
        raise _no_header(grids, file, senders[0])
    for grid, header in sheets:
        place = f"{place_of(file, grid)}, row {header.row + 1}"
        check_header(grid, header, place, senders[0], targets)
        refuse_tips_around(grid, header, file, targets)
    return sheets


def registrations(grids: list[Grid], targets: dict[str, str]) -> list[tuple[Grid, Header]]:
    """The sheets in which a row is recognised as headers, and that hold tips.

    A sheet that names fields but no day of receipt and holds no days or numbers of tips is not a
    registration: a list of choices, a table of totals.
    """
    headed = [(grid, header) for grid in grids if (header := find_header(grid, targets))]
    return [
        (grid, header)
        for grid, header in headed
        if header.has("received_on") or _holds_tips(grid.rows[header.row + 1 :])
    ] or headed[:1]


def _holds_tips(rows: list[list[str]]) -> bool:
    cells = (cell for row in rows for cell in row)
    return any(looks_like_a_date(cell) or looks_like_a_number_of_m(cell) for cell in cells)


def _refuse_tips_on(
    others: list[Grid], read: list[Grid], file: str, sender: str, targets: dict[str, str]
) -> None:
    lost = [(grid, place) for grid in others if (place := tips_of_sheet(grid, file, targets))]
    if not lost:
        return
    told = "\n".join(
        f"{place}: here are cells that look like tips and are not read: "
        + (
            "the sheet is hidden"
            if grid.hidden
            else f"no row with headers is recognised among the first {ROWS_TO_SEARCH} rows"
        )
        for grid, place in lost
    )
    advice: list[str] = []
    if not all(grid.hidden for grid, _ in lost):
        advice.append(
            f"name the headers under [gemeenten.{sender}.kolommen] in {SETTINGS_FILE} (`mma check "
            "--suggest` writes the lines), or ask the sender for headers above the rows when there "
            "are none"
        )
    sheets = [grid.sheet for grid in [*read, *(grid for grid, _ in lost if grid.hidden)]]
    if any(sheets):
        advice.append(
            f"when these rows do not count, name in {SETTINGS_FILE} under [gemeenten.{sender}] the "
            "sheets that do, without a hidden one that is an old copy:\n"
            f"blad = {json.dumps(sheets, ensure_ascii=False)}"
        )
    raise MmaError("; ".join([told, *advice]))


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
