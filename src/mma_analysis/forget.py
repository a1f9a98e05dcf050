"""`mma forget`: an edition without its rows; what may be shown stays."""

import shutil
from pathlib import Path
from typing import Any

from mma_analysis.publish import bundle
from mma_analysis.settings import Workspace
from mma_analysis.storage import (
    CANDIDATE,
    FORGOTTEN,
    MANIFEST,
    besides,
    check_place,
    locked,
    read_manifest,
    write_json,
)
from mma_analysis.vocabulary import DataError

# Below `data/processed/<edition>`: rows, and the exact counts of single gemeenten.
ROW_LEVEL = ("clean", "measures_intern")
# What the manifest still says of a delivered file: how many rows it had is exact for its gemeente.
OF_A_FILE = ("path", "sha256", "gemeenten", "replaced_by")


def to_forget(workspace: Workspace, slug: str) -> list[Path]:
    """Everything of an edition that is about single tips, or exact for one gemeente.

    Rows and exact tables; intern pages, also printed, letters and executed notebooks; bundles of
    gemeenten; files that the audit refused; what a killed run left behind, and what is kept to go
    back to. Those that are there, in the order in which they are removed.
    """
    processed, reports = workspace.processed(slug), workspace.reports(slug)
    printed = workspace.printed(slug)
    open_bundle = f"{slug}-{bundle.DVO}.zip"
    packed = workspace.bundles(slug)
    folders = [processed / name for name in ROW_LEVEL]
    folders += [folder / "intern" for folder in (workspace.executed(slug), reports, printed)]
    folders += [reports.with_name(f"{slug}-afgekeurd")]
    folders += [path for path in sorted(packed.glob("*")) if path.name != open_bundle]
    folders += sorted(path for path in workspace.work(slug).glob("*") if path.is_dir())
    for folder in (processed, reports, printed, packed):
        folders += besides(folder)
    return [path for path in folders if path.exists()]


def stays(workspace: Workspace, slug: str) -> list[Path]:
    """What is left of an edition: deliveries, released tables, what went out, openbaar files."""
    processed, reports = workspace.processed(slug), workspace.reports(slug)
    kept = [processed / "measures", processed / MANIFEST, reports / "openbaar"]
    kept += [processed / f"{CANDIDATE}.parquet", workspace.issued(slug)]
    kept += [reports / "audit.json", workspace.bundles(slug) / f"{slug}-{bundle.DVO}.zip"]
    return [path for path in (*kept, workspace.raw(slug)) if path.exists()]


def forget(workspace: Workspace, slug: str) -> list[Path]:
    """Remove everything that is to be forgotten, and give what was removed.

    The manifest says so first: after a kill halfway it is clear what was going on, and the same
    command goes on where it stopped. Files are removed as the system does that: a disk or a backup
    can hold them longer. The deliveries in `data/raw` are not ours to remove; they, and the
    settings, may be gone already.
    """
    processed, reports = workspace.processed(slug), workspace.reports(slug)
    if read_manifest(processed) is None and not to_forget(workspace, slug):
        raise DataError.of("nothing_to_forget", slug=slug)
    for target in (processed, reports):
        check_place(target)
    with locked(workspace, slug):
        manifest = read_manifest(processed)
        going = to_forget(workspace, slug)
        if manifest is not None:
            write_json(processed / MANIFEST, _without_rows(manifest))
        for path in going:
            _remove(path)
    return going


def _without_rows(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest that says what is forgotten, and names only tables that are still there.

    Of the deliveries it says which there were, and not how many rows they had or what was noted.
    """
    outputs = manifest.get("outputs", {}).items()
    kept = {path: digest for path, digest in outputs if path.partition("/")[0] not in ROW_LEVEL}
    files = [{n: file[n] for n in OF_A_FILE if n in file} for file in manifest.get("files", [])]
    return manifest | {"files": files, "outputs": kept, FORGOTTEN: list(ROW_LEVEL)}


def _remove(path: Path) -> None:
    if path.is_symlink():
        raise DataError.of("forget_link", path=path)
    try:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    except PermissionError as error:
        raise DataError.of("forget_open", file=error.filename, error=error.strerror) from error
