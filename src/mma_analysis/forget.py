"""`mma forget`: an edition without its rows; what may be shown stays."""

from pathlib import Path

from mma_analysis import storage
from mma_analysis.publish import bundle
from mma_analysis.settings import Workspace
from mma_analysis.storage import CANDIDATE, MANIFEST
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
    printed, packed = workspace.printed(slug), workspace.bundles(slug)
    folders = [processed / name for name in ROW_LEVEL]
    folders += [workspace.executed(slug), reports / "intern", printed / "intern"]
    folders += [reports.with_name(f"{slug}-afgekeurd")]
    folders += [path for path in sorted(packed.glob("*")) if path != _open_bundle(workspace, slug)]
    folders += sorted(path for path in workspace.work(slug).glob("*") if path.is_dir())
    for folder in (processed, reports, printed, packed):
        folders += storage.besides(folder)
    return [path for path in folders if path.exists()]


def _open_bundle(workspace: Workspace, slug: str) -> Path:
    return workspace.bundles(slug) / f"{slug}-{bundle.DVO}.zip"


def stays(workspace: Workspace, slug: str) -> list[Path]:
    """What is left of an edition: deliveries, released tables, what went out, openbaar files."""
    processed, reports = workspace.processed(slug), workspace.reports(slug)
    kept = [processed / "measures", processed / MANIFEST, reports / "openbaar"]
    kept += [processed / f"{CANDIDATE}.parquet", workspace.issued(slug), reports / "audit.json"]
    kept += [_open_bundle(workspace, slug), workspace.raw(slug)]
    return [path for path in kept if path.exists()]


def forget(workspace: Workspace, slug: str) -> list[Path]:
    """Remove everything that is to be forgotten, and give what was removed.

    The manifest says so first: after a kill halfway the same command goes on where it stopped. A
    disk or a backup can hold files longer. The deliveries in `data/raw` are not ours to remove.
    """
    processed, reports = workspace.processed(slug), workspace.reports(slug)
    if storage.read_manifest(processed) is None and not to_forget(workspace, slug):
        raise DataError.of("nothing_to_forget", slug=slug)
    for target in (processed, reports):
        storage.check_place(target)
    with storage.locked(workspace, slug):
        going = to_forget(workspace, slug)
        if manifest := storage.read_manifest(processed):
            outputs, files = manifest.get("outputs", {}), manifest.get("files", [])
            kept = {name: outputs[name] for name in outputs if name.split("/")[0] not in ROW_LEVEL}
            files = [{name: file[name] for name in OF_A_FILE if name in file} for file in files]
            left = {"files": files, "outputs": kept, storage.FORGOTTEN: list(ROW_LEVEL)}
            left |= {"group_disclosures": []}  # of whom all meldingen are alike
            storage.write_json(processed / MANIFEST, manifest | left)
        for path in going:
            if path.is_symlink():
                raise DataError.of("forget_link", path=path)
            try:
                storage.remove(path) if path.is_dir() else path.unlink()
            except PermissionError as error:
                words = {"file": error.filename, "error": error.strerror}
                raise DataError.of("forget_open", **words) from error
    return going
