"""The tables of the last time, and how far they still hold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mma_analysis.settings import Edition, Workspace
from mma_analysis.storage import changed_since, hashes_below, read_manifest, refuse_forgotten

CLEAN = "clean"


@dataclass(frozen=True)
class Standing:
    """The folder of the tables, each as it was written, and their manifest."""

    folder: Path
    manifest: dict[str, Any]

    def hold_but_for_tips(self, workspace: Workspace, edition: Edition) -> bool:
        """Whether nothing they are made of has changed but deliveries of meldingen."""
        return edition.deliveries().keys() >= {*changed_since(workspace, edition, self.manifest)}

    def hold_after(self, clean: Path, files: list[dict[str, Any]]) -> bool:
        """Whether new clean tables are those of the last time, and so is all that is made of them.

        Parameters
        ----------
        clean
            The folder of the new ones, without the findings: those are made of the others.
        files
            What became of the rows of each file.
        """
        before = self.manifest["outputs"]
        now = {f"{CLEAN}/{path}": mark for path, mark in hashes_below(clean).items()}
        same = all(before.get(path) == mark for path, mark in now.items())
        return same and _accounts(files) == _accounts(self.manifest["files"])


def standing_tables(folder: Path) -> Standing | None:
    """The tables in a folder; none when there are none, or one is not as it was written.

    Raises
    ------
    DataError
        When their rows were forgotten.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    refuse_forgotten(manifest)
    return Standing(folder, manifest) if manifest.get("outputs") == hashes_below(folder) else None


def _accounts(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All but which bytes a file has."""
    return [{name: file[name] for name in file if name != "sha256"} for file in files]
