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

PAGE = ".html"
OF_GEMEENTEN = "gemeente"  # the notebook that makes the pages of all of them
SHARED_SENTENCES = "sentences.j2"
PARAMETERS = "parameters"
WHY_CHANGED = "wat aan het notebook is veranderd"  # in the place of a cell, of what is said


def said_of_notebooks(edition: Edition, file: str) -> set[str]:
    """What a file may say of a notebook: a page of its own, the annex what any page says.

    Of a notebook of the package nothing is said.
    """
    kinds = [path.stem for path in shipped(NOTEBOOKS).glob("*.ipynb")]
    place = PurePosixPath(file)
    if place.suffix == PAGE:
        slugs = {area.slug for area in edition.vocabulary.gemeenten}
        kind = OF_GEMEENTEN if place.stem in slugs else place.stem
        kinds = [kind] if kind in kinds else []
    sentences = {_said_of(edition, kind) for kind in kinds}
    return sentences - {""}


def _said_of(edition: Edition, kind: str) -> str:
    """What a page says of the notebook of this kind; nothing of the package's own."""
    package = shipped(NOTEBOOKS) / f"{kind}.ipynb"
    own = edition.folder / NOTEBOOKS
    said = list(_said_of_cells(own / package.name, package))
    if (own / SHARED_SENTENCES).is_file():
        said.append(OTHER_SENTENCES)
    return f"{'; '.join(said)}." if said else ""


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
