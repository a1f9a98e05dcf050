"""Any released table as it is: `show.released.<table>(e)`, for one without words of its own."""

from collections.abc import Callable
from functools import partial

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.annex.cells import Cell
from mma_analysis.show.annex.sheets import sheet_of_area
from mma_analysis.show.blocks import Table, Text, text
from mma_analysis.vocabulary.reference import REGISTRY


def __getattr__(table: str) -> Callable[[Evaluation], Table | Text]:
    """What shows one table of the registry that has a sheet in the annex."""
    if table not in {row["table"] for row in REGISTRY if row["sheet"]}:
        raise AttributeError(f"no table '{table}' with a sheet in reference/indicators.csv")
    return partial(_of_area, table)


def _of_area(table: str, e: Evaluation) -> Table | Text:
    """The row of an area, a line per column, under the heads that the annex has."""
    sheet = sheet_of_area(e, table)
    if not sheet.rows:
        return text(f"{sheet.title}: hierover is niets te vertellen.")
    basis = 1 if e.is_intern else e.edition.bescherming.basis
    lines = [
        [column.head, *(_said(cell, column.form, basis) for cell in cells)]
        for column, *cells in zip(sheet.columns, *sheet.rows, strict=True)
        if column.form != "area"
    ]
    return Table(f"{sheet.title} in {e.area.name}", ["Cijfer", e.area.name], lines, sources=[table])


def _said(cell: Cell, form: str, basis: int) -> str:
    """A cell as on a page; a word in the place of a number stays that word."""
    if not isinstance(cell, int | float):
        return str(cell)
    if form == "rounded":
        return words.number(words.Rounded(int(cell), basis))
    if form in ("euro", "cents"):
        return words.money(cell, cents=form == "cents")
    return words.share(cell) if form == "share" else words.number(cell, int(form == "number"))
