"""The annex: every released table that a page shows, as sheets for a workbook."""

from mma_analysis.show.annex.sheets import Column, LeftOut, Sheet, left_out, sheets
from mma_analysis.show.annex.texts import (
    FICTITIOUS,
    Definition,
    Sign,
    cover,
    definitions,
    notes,
    signs,
)

__all__ = [
    "FICTITIOUS",
    "Column",
    "Definition",
    "LeftOut",
    "Sheet",
    "Sign",
    "cover",
    "definitions",
    "left_out",
    "notes",
    "sheets",
    "signs",
]
