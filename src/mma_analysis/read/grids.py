"""A delivered file → its sheets as grids of text: no header, no meaning, nothing dropped."""

from pathlib import Path

from mma_analysis.read.container import OLE, ZIP, refuse_lock_file, refuse_other_kinds
from mma_analysis.read.grid import LARGEST_FILE, MEGABYTE, Grid
from mma_analysis.read.markup import is_markup, open_markup
from mma_analysis.read.text import decode, open_text
from mma_analysis.read.workbooks import open_workbook
from mma_analysis.vocabulary import DataError

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")


def open_grids(path: Path, file: str) -> list[Grid]:
    """The sheets of a delivered file, as `open_all`; one in which there is nothing is an error."""
    grids = open_all(path, file)
    if not any(any(row) for grid in grids for row in grid.rows):
        raise DataError.of("empty", file=file)
    return grids


def open_all(path: Path, file: str) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a text file, as text.

    A date cell becomes ISO text (`2022-03-03`, with the time only when it is not midnight), a
    whole number loses its `.0`, a boolean becomes what Dutch Excel shows (`WAAR`, `ONWAAR`), a
    formula that failed its error (`#N/A`), an empty cell is `""`. Spaces around a cell are dropped.
    `file` is how an error names it: relative to the edition.
    """
    refuse_lock_file(file)
    kind = path.suffix.lower()
    if kind not in (*WORKBOOKS, *TEXTS):
        kinds = ", ".join((*WORKBOOKS, *TEXTS))
        raise DataError.of("other_kind", file=file, kind=kind, kinds=kinds)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        most = LARGEST_FILE // MEGABYTE
        raise DataError.of("too_large", file=file, size=size // MEGABYTE, most=most)
    content = path.read_bytes()
    # The content and not the name decides what it is: a web page is often named .xls.
    if content.startswith((ZIP, OLE)):
        return open_workbook(content, file)
    refuse_other_kinds(content, file)
    text = decode(content, file)
    if is_markup(text):
        return open_markup(text, file)
    return [Grid("", open_text(text, file), delimited=True)]
