"""What a page may say of its notebook: how much of it the edition changed, counted anew."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mma_analysis.settings import NOTEBOOKS, Edition, shipped
from mma_analysis.vocabulary.notebooks import (
    OTHER_SENTENCES,
    Cell,
    changes,
    changes_in_words,
)

OF_GEMEENTEN = "gemeente"  # the notebook that makes the pages of all of them
SHARED_SENTENCES = "sentences.j2"
PARAMETERS = "parameters"
WHY_CHANGED = "wat aan het notebook is veranderd"  # in the place of a cell, of what is said


def said_of_notebook(edition: Edition, file: str) -> str:
    """What the page in this file says of its notebook; nothing of the package's own."""
    page = PurePosixPath(file)
    slugs = {area.slug for area in edition.vocabulary.gemeenten}
    kind = OF_GEMEENTEN if page.stem in slugs else page.stem
    package = shipped(NOTEBOOKS) / f"{kind}.ipynb"
    if page.suffix != ".html" or not package.is_file():
        return ""
    said = list(_said_of_cells(edition.folder / NOTEBOOKS / package.name, package))
    if (edition.folder / NOTEBOOKS / SHARED_SENTENCES).is_file():
        said.append(OTHER_SENTENCES)
    return "; ".join(said) + "." if said else ""


def _said_of_cells(own: Path, package: Path) -> Iterator[str]:
    """How many cells of a notebook of an edition are its own, when it has that notebook."""
    if not own.is_file():
        return
    cells = _cells_of(own)
    found = changes(_cells_of(package), cells)
    yield from changes_in_words(found, len(cells))


def _cells_of(notebook: Path) -> list[Cell]:
    """The kind and the source of each cell; with what it is run does not matter."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cells = []
    for cell in content["cells"]:
        tags = cell.get("metadata", {}).get("tags", ())
        source = "" if PARAMETERS in tags else "".join(cell["source"]).strip()
        cells.append((cell["cell_type"], source))
    return cells
