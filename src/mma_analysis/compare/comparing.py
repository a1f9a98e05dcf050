"""Two editions side by side: their definitions, and the figures that both released."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mma_analysis.compare.definitions import changed_definitions
from mma_analysis.compare.figures import changed_counts, changed_verdicts, totals
from mma_analysis.settings import Workspace
from mma_analysis.storage import read_manifest, sha256
from mma_analysis.vocabulary import DataError

MEASURES = "measures"


@dataclass(frozen=True)
class Comparison:
    """What changed from one edition to a later one; each list in the order of its keys.

    `definitions` is none when the earlier edition did not write them down. `totals` are the whole
    periods of both, of the same days or not. In `counts` each row has one area, period and
    value, the same in both editions, whose count or state changed; a count that is hidden in one
    of them is none in it.
    """

    edition: str
    previous: str
    definitions: list[dict[str, Any]] | None
    totals: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    verdicts: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The same, for a machine."""
        return asdict(self)


def compare(workspace: Workspace, slug: str, previous: str) -> Comparison:
    """Compare the released tables of an edition with those of an earlier one.

    Nothing is subtracted: the difference of two shown counts can be a count that is hidden.

    Raises
    ------
    UsageError
        When there is no such edition; the message names those that there are.
    DataError
        When an edition was not prepared, or a released table is not as it was written.
    """
    now, before = (_released(workspace, name) for name in (slug, previous))
    manifests = [read_manifest(folder.parent) or {} for folder in (now, before)]
    return Comparison(
        edition=slug,
        previous=previous,
        definitions=changed_definitions(*(manifest.get("definitions") for manifest in manifests)),
        totals=totals(now, before),
        counts=changed_counts(now, before),
        verdicts=changed_verdicts(now, before),
    )


def _released(workspace: Workspace, slug: str) -> Path:
    """The folder of released tables, as they were written."""
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        workspace.check_edition(slug)
        raise DataError(f"edition '{slug}' is not prepared; run `mma prepare {slug}` first")
    if strange := _strange(folder, manifest):
        raise DataError(
            f"{folder}: {', '.join(strange)} is not as it was written; "
            f"run `mma prepare {slug} --force`"
        )
    return folder / MEASURES


def _strange(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    written = {
        path: digest
        for path, digest in manifest.get("outputs", {}).items()
        if path.startswith(f"{MEASURES}/")
    }
    there = {f"{MEASURES}/{path.name}": path for path in (folder / MEASURES).glob("*.parquet")}
    return sorted(
        path
        for path in written | there
        if path not in there or sha256(there[path]) != written.get(path)
    )
