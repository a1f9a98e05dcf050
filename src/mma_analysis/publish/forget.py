"""`mma forget`: an edition without its rows; what may be shown stays."""

from pathlib import Path
from typing import Any

from mma_analysis import storage
from mma_analysis.publish import bundle
from mma_analysis.settings import Workspace
from mma_analysis.storage import CANDIDATE, MANIFEST
from mma_analysis.vocabulary import DataError

# Below `data/processed/<edition>`: rows, and the exact counts of single gemeenten.
ROW_LEVEL_FOLDERS = (storage.CLEAN, "measures_intern")
# What the manifest still says of a delivered file.
# How many rows it had is exact for its gemeente.
OF_A_FILE = ("path", "sha256", "gemeenten", "replaced_by")


def to_forget(workspace: Workspace, slug: str) -> list[Path]:
    """Everything of an edition that is about single tips, or exact for one gemeente.

    Rows and exact tables; intern pages, also printed, letters and executed notebooks;
    bundles of gemeenten; files that the audit refused; what a killed run left behind, and
    what is kept to go back to. Those that are there.
    """
    processed = workspace.processed(slug)
    reports = workspace.reports(slug)
    printed = workspace.printed(slug)
    bundles = workspace.bundles(slug)

    paths = [processed / name for name in ROW_LEVEL_FOLDERS]
    paths.append(workspace.executed(slug))
    paths.append(workspace.concept(slug))
    paths.append(reports / "intern")
    paths.append(printed / "intern")
    paths.append(reports.with_name(f"{slug}-afgekeurd"))
    paths += _own_bundles(workspace, slug)
    paths += storage.booked_files(workspace, slug)
    paths += [path for path in sorted(workspace.work(slug).glob("*")) if path.is_dir()]
    for folder in (workspace.raw(slug), processed, reports, printed, bundles):
        paths += storage.besides(folder)
    return [path for path in paths if path.exists()]


def stays(workspace: Workspace, slug: str) -> list[Path]:
    """What is left: deliveries, released tables, what went out, openbaar files."""
    processed = workspace.processed(slug)
    reports = workspace.reports(slug)
    paths = [
        processed / "measures",
        processed / MANIFEST,
        reports / "openbaar",
        processed / f"{CANDIDATE}.parquet",
        workspace.issued(slug),
        reports / "audit.json",
        _open_bundle(workspace, slug),
        workspace.raw(slug),
    ]
    return [path for path in paths if path.exists()]


def _open_bundle(workspace: Workspace, slug: str) -> Path:
    """What everybody may have: it stays."""
    folder = workspace.bundles(slug)
    return folder / f"{slug}-{bundle.DVO}.zip"


def _own_bundles(workspace: Workspace, slug: str) -> list[Path]:
    """What is packed for a gemeente alone, and all else in that folder."""
    open_bundle = _open_bundle(workspace, slug)
    every = sorted(workspace.bundles(slug).glob("*"))
    return [path for path in every if path != open_bundle]


def forget(workspace: Workspace, slug: str) -> list[Path]:
    """Remove everything that is to be forgotten, and give what was removed.

    What no manifest names goes first, as that makes room. Then the manifest says that the
    rows are forgotten, and then they go: after a kill halfway the same command goes on
    where it stopped. Only when there is no room to say so, they go before it is said. A
    disk or a backup can hold files longer. The deliveries in `data/raw` are not ours to
    remove.
    """
    processed = workspace.processed(slug)
    if storage.read_manifest(processed) is None and not to_forget(workspace, slug):
        raise DataError.of("nothing_to_forget", slug=slug)
    storage.check_place(processed)
    storage.check_place(workspace.reports(slug))

    with storage.locked(workspace, slug):
        paths = to_forget(workspace, slug)
        for path in _aside(workspace, slug):
            _remove(path)
        _say_forgotten_with_room(workspace, slug)
        for path in paths:
            if path.exists():
                _remove(path)
    return paths


def _aside(workspace: Workspace, slug: str) -> list[Path]:
    """What no manifest names. It goes first: a full disk has room for the manifest then."""
    aside = [workspace.executed(slug), workspace.concept(slug)]
    aside += _own_bundles(workspace, slug)
    folders = (workspace.raw, workspace.processed, workspace.reports, workspace.bundles)
    for folder in (*folders, workspace.printed):
        aside += storage.besides(folder(slug))
    return [path for path in aside if path.exists()]


def _say_forgotten_with_room(workspace: Workspace, slug: str) -> None:
    """Say it; each time that there is no room for it, something large goes before.

    What was booked never goes before: without a word about it, it would be lost.
    """
    processed = workspace.processed(slug)
    large = [processed / name for name in ROW_LEVEL_FOLDERS]
    large.append(workspace.reports(slug) / "intern")
    for path in large:
        try:
            _say_forgotten(workspace, slug)
            return
        except OSError as error:
            if error.errno not in storage.NO_ROOM:
                raise
        if path.exists():
            _remove(path)
    _say_forgotten(workspace, slug)


def _say_forgotten(workspace: Workspace, slug: str) -> None:
    """Let the manifest, and what stands beside each booked file, say that rows are gone."""
    processed = workspace.processed(slug)
    manifest = storage.read_manifest(processed)
    if manifest:
        storage.write_json(processed / MANIFEST, _forgotten(manifest))
    storage.mark_forgotten(workspace, slug)


def _forgotten(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest of an edition without its rows."""
    outputs = {}
    for name, hashed in manifest.get("outputs", {}).items():
        folder, _, _ = name.partition("/")
        if folder not in ROW_LEVEL_FOLDERS:
            outputs[name] = hashed
    files = []
    for file in manifest.get("files", []):
        files.append({name: file[name] for name in OF_A_FILE if name in file})
    return manifest | {
        "files": files,
        "outputs": outputs,
        storage.ROWS_FORGOTTEN: list(ROW_LEVEL_FOLDERS),
        "group_disclosures": [],  # of whom all meldingen are alike
        "changed": [],
    }


def _remove(path: Path) -> None:
    if path.is_symlink():
        raise DataError.of("forget_link", path=path)
    try:
        if path.is_dir():
            storage.remove(path)
        else:
            path.unlink()
    except PermissionError as error:
        file = error.filename
        raise DataError.of("forget_open", file=file, error=error.strerror) from error
