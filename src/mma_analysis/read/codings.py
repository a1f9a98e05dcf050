"""The workbook in which people coded open answers → what each of them chose."""

from pathlib import Path

import pandas as pd

from mma_analysis.codebook import ANSWER_ID, HELP_SHEET, LIST_SHEET, THEME
from mma_analysis.read.errors import refusal
from mma_analysis.read.grids import WORKBOOKS, open_grids
from mma_analysis.vocabulary.schema import CODINGS


def read_codings(path: Path, file: str) -> pd.DataFrame:
    """Read which themes each coder chose; the answers beside them are not read.

    The name of a sheet, without capitals, is the name of its coder. A row in which no theme was
    chosen was not judged and is left out. `file` is how an error names it: relative to the edition.

    One row per answer, coder and cell with a theme: `schema.CODINGS`, as text.
    """
    if path.suffix.lower() not in WORKBOOKS:
        raise refusal("not_coded", file=file)
    rows: list[tuple[str, str, int, str, str, str]] = []
    for sheet in open_grids(path, file):
        if sheet.sheet in (HELP_SHEET, LIST_SHEET) or not any(map(any, sheet.rows)):
            continue
        header = [cell.casefold() for cell in sheet.rows[0]]
        themes = [place for place, cell in enumerate(header) if cell.startswith(THEME)]
        if ANSWER_ID not in header or not themes:
            raise refusal("no_coder", file=file, sheet=sheet.sheet, answer=ANSWER_ID, theme=THEME)
        answer, coder = header.index(ANSWER_ID), sheet.sheet.strip().casefold()
        rows += [
            (file, sheet.sheet, number, coder, row[answer], row[place])
            for number, row in enumerate(sheet.rows[1:], 2)
            for place in themes
            if place < len(row) and row[place]
        ]
    table = pd.DataFrame(rows, columns=list(CODINGS))
    return table.astype({name: "str" for name in CODINGS if name != "source_row"})
