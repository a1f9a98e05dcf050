"""Everything between the deliveries and the released tables, in reading order, on disk.

Tables are what they should be, or made anew; and what is sent becomes an issue.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mma_analysis import storage
from mma_analysis.settings import AUDIENCES, SETTINGS_FILE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError, message


class Prepared(NamedTuple):
    """What `prepare` did: the manifest, and whether it had to do anything."""

    manifest: dict[str, Any]
    was_up_to_date: bool


def prepare(workspace: Workspace, slug: str, force: bool = False) -> Prepared:
    """Turn the deliveries of an edition into clean tables and released tables.

    Does nothing when all that tables depend on (`storage.inputs_of`) is as it was the last
    time and the tables are still as they were written. The tables are swapped in whole. All
    unreadable files are named in one DataError.
    """
    edition = workspace.edition(slug)
    if not edition.deliveries():
        raise UsageError.of("no_delivery", path=edition.folder / SETTINGS_FILE)

    with storage.locked(workspace, slug):
        manifest = None if force else storage.read_manifest(workspace.processed(slug))
        if manifest is not None:
            storage.refuse_forgotten(manifest)
            if not storage.outdated(workspace, edition, manifest):
                return Prepared(manifest, was_up_to_date=True)
        return Prepared(_made_anew(workspace, edition), was_up_to_date=False)


def _made_anew(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    """Run the stages, swap in what they wrote, and give its manifest."""
    # What the stages need takes seconds to import: not when there is nothing to do.
    from mma_analysis.pipeline.run import run_stages

    slug = edition.slug
    inputs = storage.inputs_of(workspace, workspace.edition(slug))
    edition = workspace.edition(slug)  # as it was hashed

    with storage.swapped_in(workspace.processed(slug)) as folder:
        manifest = run_stages(workspace, edition, folder)
        outputs = storage.hashes_below(folder)
        measures = storage.hashes_below(folder / storage.MEASURES)
        manifest |= {
            "inputs": inputs,
            "outputs": outputs,
            "figures": storage.hash_of(measures),
        }
        storage.write_json(folder / storage.MANIFEST, manifest)
        storage.owner_only(folder)

        changed = _changed_meanwhile(manifest, storage.inputs_of(workspace, edition))
        if changed:
            names = ", ".join(sorted(changed))
            raise DataError.of("changed_meanwhile", files=names, slug=slug)
    return manifest


def _changed_meanwhile(manifest: dict[str, Any], inputs: dict[str, str]) -> set[str]:
    """The files that changed since before the stages: now, or when they were read."""
    before = manifest["inputs"]
    changed = set(storage.differing(before, inputs))
    for file in manifest["files"]:
        path = file["path"]
        if file["sha256"] != before.get(path):
            changed.add(path)
    return changed


# --- what is sent -------------------------------------------------------------------------


def issued(workspace: Workspace, edition: Edition, day: dt.date) -> storage.Issue | None:
    """Keep what the pages say as the next issue; none when the last one says the same.

    DataError: it must not go out (`sendable`). What goes out of another edition at the same
    moment waits, and is then looked at beside this.
    """
    with storage.issuing(workspace):
        outgoing = sendable(workspace, edition)
        return storage.add_issue(workspace, edition.slug, outgoing, day)


def sendable(workspace: Workspace, edition: Edition) -> storage.Outgoing:
    """What the pages say, as the next issue keeps it, and the rows that are booked with it.

    DataError: there are no tables; what they depend on changed since, of which an issue of
    another edition is a part; the pages are of other tables; or a reader would learn a
    count.
    """
    processed = workspace.processed(edition.slug)
    manifest = storage.read_manifest(processed)
    path = processed / f"{storage.CANDIDATE}.parquet"
    if manifest is None or not path.is_file():
        raise DataError.of("no_tables", slug=edition.slug)
    content = path.read_bytes()

    # Rows that were forgotten cannot be counted anew, and what went out already is no news.
    is_forgotten = manifest.get(storage.ROWS_FORGOTTEN)
    is_new = storage.sent_as(workspace, edition.slug, content) is None
    if is_new or not is_forgotten:
        _refuse_stale(workspace, edition, manifest)

    _refuse_other_pages(workspace.reports(edition.slug), storage.sha256(path), edition.slug)
    _refuse_known(manifest, edition.slug)
    booking = processed / storage.CLEAN / storage.BOOKING
    return storage.Outgoing(
        said=content,
        booked=booking.read_bytes() if booking.is_file() else None,
        revision=manifest.get("revision", {}).get("reason", ""),
    )


def _refuse_stale(
    workspace: Workspace,
    edition: Edition,
    manifest: Mapping[str, Any],
) -> None:
    """Stop when what the tables were made of is different now."""
    why = storage.outdated(workspace, edition, manifest)
    if why:
        is_forgotten = manifest.get(storage.ROWS_FORGOTTEN)
        what_to_do = "stale_and_forgotten" if is_forgotten else "stale"
        raise DataError.of(what_to_do, why=why, slug=edition.slug)


def _refuse_other_pages(reports: Path, candidate: str, slug: str) -> None:
    """Stop when a set of pages is not of these tables."""
    for audience in AUDIENCES:
        made = storage.read_manifest(reports / audience)
        if made is not None and made.get("candidate") != candidate:
            raise DataError.of("other_tables", audience=audience, slug=slug)


def _refuse_known(manifest: Mapping[str, Any], slug: str) -> None:
    """Stop when a reader would learn a count exactly or as a few, or nobody knows."""
    if storage.can_go_out(manifest):
        return
    known = manifest["attack"]["known"]
    certain = sum(is_certain for _, _, is_certain in known)
    why = message("would_be_known" if certain else "not_attacked", number=certain)
    raise DataError.of("cannot_go_out", slug=slug, why=why)
