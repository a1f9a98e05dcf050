"""What was found or made before, kept with one hash of all that it depends on.

It saves work and is no promise: what is gone, damaged, edited or of anything else is found
or made again. No clock counts. Only who holds the lock of an edition writes; a reader gets
the whole of the old or of the new.
"""

from pathlib import Path
from typing import Any

from mma_analysis.settings import Workspace
from mma_analysis.storage.folders import read_json, remove, write_json
from mma_analysis.storage.freshness import hash_of

KEPT_FOLDER = "kept"


class Kept:
    """What is kept of an edition, each thing by a name."""

    def __init__(self, workspace: Workspace, slug: str) -> None:
        self._folder = workspace.work(slug) / KEPT_FOLDER

    def read(self, name: str, made_from: str) -> Any:
        """What was kept under this name; none when it is not whole, or of anything else."""
        kept = read_json(self._path(name)) or {}
        content = kept.get("content")
        is_whole = kept.get("mark") == _mark(made_from, content)
        return content if is_whole else None

    def write(self, name: str, made_from: str, content: Any) -> None:
        """Keep what can be JSON in the place of what was kept under this name."""
        mark = _mark(made_from, content)
        write_json(self._path(name), {"content": content, "mark": mark})

    def clear(self) -> None:
        """Keep nothing: all is found and made again."""
        remove(self._folder)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _mark(made_from: str, content: Any) -> str:
    """One hash of what is kept and of what it was made from: of neither another fits."""
    return hash_of([made_from, content])
