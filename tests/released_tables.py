"""Released tables of a few rows, written by hand, and what a notebook opens of them."""

import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import nbformat
import pandas as pd
import pyarrow as pa
from nbformat.v4 import new_code_cell, new_notebook
from papermill.engines import papermill_engines

from mma_analysis.evaluation import Evaluation
from mma_analysis.settings import NOTEBOOKS, Edition, shipped
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.reference import REGISTRY
from mma_analysis.vocabulary.value import bound_of
from small_edition import SETTINGS

VOCABULARY = Vocabulary()
KEYS = {row["table"]: row["keys"].split() for row in REGISTRY}


class InMemory(Evaluation):
    """An evaluation of tables that stand in no file, with the types that a file gives them back."""

    def __init__(self, *where: Any, frames: dict[str, pd.DataFrame]) -> None:
        super().__init__(*where)
        self.frames = frames

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return {"version": "1", "edition": "proef", "key": "abc", "figures": "abcdefghijklmnop"}

    @cached_property
    def tables(self) -> list[str]:
        return sorted(self.frames)

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self.frames and name not in self._tables:
            table = pa.Table.from_pandas(self.frames[name], preserve_index=False).to_pandas()
            self._tables[name] = table
        return super().__getitem__(name)


@cache
def edition(settings: str) -> Edition:
    """The edition with these settings."""
    made = Edition.model_validate(tomllib.loads(settings))
    made._folder, made._vocabulary = Path("proef"), VOCABULARY
    return made


def reading(
    area: str = "twente",
    audience: Literal["openbaar", "intern"] = "openbaar",
    settings: str = SETTINGS,
    **tables: pd.DataFrame,
) -> Evaluation:
    """What `open_editie` gives a notebook, of these tables."""
    where = (VOCABULARY.area(area), edition(settings), audience)
    return InMemory(*where, Path("nergens/data/processed/proef"), frames=tables)


def released(name: str, columns: str, *rows: tuple) -> pd.DataFrame:
    """The released table of this name; `cell` is made of its keys.

    Each count was rounded once (to 5), unless it is said how far it is off.
    """
    table = pd.DataFrame(list(rows), columns=columns.split())
    for column in ("count", "total"):
        bound = bound_of(column)
        if column in table and bound not in table:
            table[bound] = 4
    keys = [table[key].astype(str) for key in KEYS[name]]
    return table.assign(cell=["|".join([name, *row]) for row in zip(*keys, strict=True)])


def distribution(
    field: str, total: int | str, counts: dict[str, int | str], area: str = "twente"
) -> pd.DataFrame:
    """The meldingen of an area by one field: a count, or the state of one that is not there.

    Of a value that is not given there are none; the others keep the order of the code list.
    """
    codes = {"topic_group": VOCABULARY.topic_groups}.get(field) or VOCABULARY.values(field)
    assert set(counts) <= set(codes)
    whole, rows = total if isinstance(total, int) else None, []
    for code in codes:
        told = counts.get(code, 0)
        count, state = (told, "shown") if isinstance(told, int) else (None, told)
        share = count / whole if count is not None and whole else None
        rows.append((area, "whole", "whole", field, code, count, state, whole, share))
    table = next(row for row in VOCABULARY.reference("breakdowns") if row["code"] == field)
    columns = "area period kind breakdown value count state total share"
    numbers = {"count": "Int64", "total": "Int64", "share": "Float64"}
    return released(table["table"], columns, *rows).astype(numbers)


@cache
def cells_of(name: str) -> tuple[nbformat.NotebookNode, ...]:
    """The cells of a report notebook, as the package has it."""
    return tuple(nbformat.read(shipped(NOTEBOOKS) / f"{name}.ipynb", as_version=4).cells)


def text_cells(name: str) -> dict[str, str]:
    """Of each cell of text with a name: its template, without the line that begins with `%%`."""
    texts = [cell.source.partition("\n") for cell in cells_of(name) if is_text(cell)]
    return {first.split()[-1]: template for first, _, template in texts if len(first.split()) > 1}


def is_text(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell is one of text."""
    return cell.cell_type == "code" and cell.source.startswith("%%tekst")


def run(*sources: str) -> list[list[nbformat.NotebookNode]]:
    """What each cell shows of a notebook with this code in it; nothing after one that fails."""
    content = new_notebook(cells=[new_code_cell(source) for source in sources])
    for part in (content, *content.cells):
        part.metadata["papermill"] = nbformat.NotebookNode()
    engine = papermill_engines.get_engine("mma")
    ran = engine.execute_notebook(content, "python3", progress_bar=False)
    return [cell.get("outputs", []) for cell in ran.cells]
