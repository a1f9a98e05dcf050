"""What a page may say of its notebook: how much of it the edition changed, counted anew."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mma_analysis.settings import NOTEBOOKS, Edition, shipped
from mma_analysis.vocabulary.notebooks import (
    OTHER_SENTENCES,
    SENTENCES,
    NotebookCell,
    changes,
    changes_in_words,
    compared_cells,
)

PAGE = ".html"
OF_GEMEENTEN = "gemeente"  # the notebook that makes the pages of all of them
WHY_CHANGED = "wat aan het notebook is veranderd"  # in the place of a cell, of what is said


def said_of_notebooks(edition: Edition, file: str) -> set[str]:
    """What a file may say of a notebook: a page of its own, the annex what any page says.

    Of a notebook of the package nothing is said.
    """
    place = PurePosixPath(file)
    sentences = set()
    for notebook in shipped(NOTEBOOKS).glob("*.ipynb"):
        kind = notebook.stem
        is_page = place.suffix == PAGE
        if is_page and kind != _kind_of(place.stem, edition):
            continue
        said = _said_of(edition, kind)
        if said:
            sentences.add(said)
    return sentences


def _kind_of(page: str, edition: Edition) -> str:
    """The notebook that makes a page."""
    for area in edition.vocabulary.gemeenten:
        if area.slug == page:
            return OF_GEMEENTEN
    return page


def _said_of(edition: Edition, kind: str) -> str:
    """What a page says of the notebook of this kind; nothing of the package's own."""
    package = shipped(NOTEBOOKS) / f"{kind}.ipynb"
    own = edition.folder / NOTEBOOKS
    said = list(_said_of_cells(own / package.name, package))
    if (own / SENTENCES).is_file():
        said.append(OTHER_SENTENCES)
    return f"{'; '.join(said)}." if said else ""


def _said_of_cells(own: Path, package: Path) -> Iterator[str]:
    """How many cells of a notebook of an edition are its own, when it has that notebook."""
    if not own.is_file():
        return
    cells = _cells_of(own)
    found = changes(_cells_of(package), cells)
    yield from changes_in_words(found, len(cells))


def _cells_of(notebook: Path) -> list[NotebookCell]:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return compared_cells(content["cells"])
