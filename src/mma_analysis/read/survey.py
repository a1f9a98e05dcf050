"""The export of a survey tool → one row per answer sheet, without who filled it in."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from functools import partial

import pandas as pd

from mma_analysis.codebook import tidied
from mma_analysis.domain import MmaError, SurveyExport, UsageError
from mma_analysis.edition import SETTINGS_FILE, Edition
from mma_analysis.read.grids import Grid, open_grids

TOOL = "MS Forms"

# NOTE: Forms writes these before the questions, in the language of who downloads the export.
# Tool's headers, in small letters → the one that says when the answers were sent.
SIGNATURES = {
    ("id", "begintijd", "tijd van voltooien"): "tijd van voltooien",
    ("id", "start time", "completion time"): "completion time",
}
FROM_THE_TOOL = frozenset(
    (
        *("id", "begintijd", "tijd van voltooien", "tijd van laatste wijziging", "taal"),
        *("start time", "completion time", "last modified time", "language"),
    )
)
WHO_FILLED_IT_IN = frozenset(
    (
        *("naam", "name", "e-mail", "email", "e-mailadres", "email address"),
        *("ip-adres", "ip address", "apparaat", "device"),
    )
)

# The first one that reads every moment of a file is the one that it is written in.
# NOTE: csv of Forms has month/day, also under Dutch headers; saved by Dutch Excel, day-month.
TEXT_MOMENTS = (
    *("%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M"),
    *("%d/%m/%y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%y %H:%M", "%d/%m/%Y %H:%M"),
    *("%d-%m-%y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%m-%y %H:%M", "%d-%m-%Y %H:%M"),
)


def read_survey(edition: Edition) -> SurveyExport:
    """Read the answers to the survey as text, and leave out who filled them in.

    Only exports of MS Forms are known, in Dutch and in English, as workbook or csv. The order of
    day and month is decided for the file and not per cell: month/day with slashes when every moment
    can be read so. The texts of open answers are still in the rows: keep these in memory only.

    Returns
    -------
    SurveyExport
        One row per answer sheet: a text column per question, `completed_on`, and the columns of
        `domain.SOURCE`.

    Raises
    ------
    UsageError
        When the edition has no survey.
    MmaError
        When the file cannot be read, is not of MS Forms, or its header cannot be trusted.
    """
    if edition.vragenlijst is None:
        raise UsageError(f"{edition.folder / SETTINGS_FILE}: there is no [vragenlijst] to read")
    file = edition.vragenlijst.bestand
    grid, header_at = _find_header(open_grids(edition.folder / file, file), file)
    table = _as_table(grid, header_at, file)
    moments = _moments(table[_header_of_moment(table)], file)
    known = FROM_THE_TOOL | WHO_FILLED_IT_IN
    questions = [header for header in table.columns if header.casefold() not in known]
    rows = table[questions].assign(
        completed_on=moments,
        source_file=file,
        source_sheet=grid.sheet,
        source_row=table.index,
    )
    return SurveyExport(file, TOOL, rows.reset_index(drop=True))


def _find_header(grids: list[Grid], file: str) -> tuple[Grid, int]:
    found = [
        (grid, number)
        for grid in grids
        for number, row in enumerate(grid.rows)
        if _signature({tidied(cell).casefold() for cell in row})
    ]
    if not found:
        expected = " or ".join(f"'{', '.join(signature)}'" for signature in SIGNATURES)
        raise MmaError(
            f"{file}: no row with the headers of an {TOOL} export ({expected}); other survey tools "
            f"are not known yet: download the answers from {TOOL} and leave the header as it is"
        )
    if len(found) > 1:
        places = ", ".join(f"sheet '{grid.sheet}' row {number + 1}" for grid, number in found)
        raise MmaError(
            f"{file}: more than one header of an {TOOL} export: {places}; keep one export per file"
        )
    return found[0]


def _signature(headers: set[str]) -> str:
    """The header of the moment of sending, when these are the headers of the tool."""
    moments = [sent for signature, sent in SIGNATURES.items() if headers.issuperset(signature)]
    return moments[0] if moments else ""


def _as_table(grid: Grid, header_at: int, file: str) -> pd.DataFrame:
    """One row per filled row below the header, indexed by its row number in the sheet."""
    filled = {
        number + 1: row
        for number, row in enumerate(grid.rows)
        if number > header_at and any(tidied(cell) for cell in row)
    }
    width = max(len(row) for row in [grid.rows[header_at], *filled.values()])
    headers = _tidied_row(grid.rows[header_at], width)
    rows = [_tidied_row(row, width) for row in filled.values()]
    _check_headers(headers, rows, f"{file}, row {header_at + 1}")
    table = pd.DataFrame(rows, columns=headers, index=list(filled), dtype="str")
    return table.loc[:, [header != "" for header in headers]]


def _tidied_row(row: list[str], width: int) -> list[str]:
    return [*(tidied(cell) for cell in row), *[""] * (width - len(row))]


def _check_headers(headers: list[str], rows: list[list[str]], place: str) -> None:
    twice = [header for header, times in Counter(headers).items() if header and times > 1]
    if twice:
        raise MmaError(
            f"{place}: more than one column has the header: {'; '.join(twice)}; "
            "make the headers different, here and in the code book"
        )
    for number, header in enumerate(headers):
        if not header and any(row[number] for row in rows):
            raise MmaError(
                f"{place}: column {number + 1} has answers but no header; "
                "write the question above it, or download the export again"
            )


# --- moments -------------------------------------------------------------------------------------


def _header_of_moment(table: pd.DataFrame) -> str:
    sent = _signature({header.casefold() for header in table.columns})
    return next(header for header in table.columns if header.casefold() == sent)


def _moments(texts: pd.Series, file: str) -> list[str]:
    """ISO text of each moment; empty when the tool gave none."""
    readers: list[Callable[[str], str]] = [_read_iso]
    readers += [partial(_read_text, form=form) for form in TEXT_MOMENTS]
    readings = [[reader(text) for text in texts] for reader in readers]
    best = max(readings, key=lambda moments: sum(moment != "" for moment in moments))
    unread = [row for row, text, m in zip(texts.index, texts, best, strict=True) if text and not m]
    if unread:
        raise MmaError(
            f"{file}, row {unread[0]}, column '{texts.name}': not a moment, or not written like "
            "the others; expected one form in the whole column, such as 2023-05-30 09:26:43, "
            "5/30/23 9:26:43 or 30-5-2023 9:26"
        )
    return best


def _read_iso(text: str) -> str:
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _read_text(text: str, form: str) -> str:
    try:
        return dt.datetime.strptime(text, form).isoformat()
    except ValueError:
        return ""
