"""What of a notebook of an edition is not the package's, in words: pages say it."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

SENTENCES = "sentences.j2"  # that notebooks share; an edition may have its own
PARAMETERS_TAG = "parameters"  # of the cell whose values papermill replaces
OF_EDITION = "van deze editie"
OTHER_SENTENCES = "de gedeelde zinnen zijn aangepast"
NotebookCell = tuple[str, str]  # its kind, and its source


class Change(NamedTuple):
    """Some cells of the package, one after the other, and those in their place.

    Either may be 0: of cells that were put in, or that were left out.
    """

    before: int
    after: int


def compared_cells(cells: Iterable[Mapping[str, Any]]) -> list[NotebookCell]:
    """The kind and the source of each cell of a notebook; of parameters it does not matter.

    A source may be one text, or a list of lines as in a file.
    """
    compared = []
    for cell in cells:
        source = "".join(cell["source"])
        metadata = cell.get("metadata", {})
        tags = metadata.get("tags", ())
        if PARAMETERS_TAG in tags:
            source = ""
        kind = cell["cell_type"]
        compared.append((kind, source.strip()))
    return compared


def changes(ours: Sequence[NotebookCell], own: Sequence[NotebookCell]) -> list[Change]:
    """Where a notebook has other cells than that of the package."""
    matcher = difflib.SequenceMatcher(None, ours, own, autojunk=False)
    found = []
    for kind, begin, end, own_begin, own_end in matcher.get_opcodes():
        if kind != "equal":
            found.append(Change(end - begin, own_end - own_begin))
    return found


def changes_in_words(found: Sequence[Change], cells: int) -> list[str]:
    """How many of so many cells were changed and how many left out.

    Examples
    --------
    >>> changes_in_words([Change(3, 2)], cells=14)
    ['2 van 14 cellen zijn van deze editie', '1 cel van het pakket is weggelaten']
    """
    said = []
    changed = sum(change.after for change in found)
    if changed:
        are = "is" if changed == 1 else "zijn"
        said.append(f"{changed} van {cells} cellen {are} {OF_EDITION}")
    gone = sum(max(0, change.before - change.after) for change in found)
    if gone:
        cells_are = "cel van het pakket is" if gone == 1 else "cellen van het pakket zijn"
        said.append(f"{gone} {cells_are} weggelaten")
    return said
