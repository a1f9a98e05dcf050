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

    Does nothing when the files of the edition, this package and its libraries are those of
    the last time and the tables are still as they were written. The tables are swapped in
    whole. All unreadable files are named in one DataError.
    """
    edition = workspace.edition(slug)
    if not edition.deliveries():
        raise UsageError.of("no_delivery", path=edition.folder / SETTINGS_FILE)
    target = workspace.processed(slug)
    with storage.locked(workspace, slug):
        manifest = None if force else storage.read_manifest(target)
        if manifest is not None:
            storage.refuse_forgotten(manifest)
            if not storage.outdated(workspace, edition, manifest):
                return Prepared(manifest, was_up_to_date=True)
        # Everything that the stages need takes seconds to import: not when there is nothing
        # to do.
        from mma_analysis.pipeline.run import run_stages

        inputs = storage.inputs_of(workspace, edition)
        edition = workspace.edition(slug)  # as it was hashed
        with storage.swapped_in(target) as folder:
            manifest = run_stages(workspace, edition, folder)
            figures = storage.hashes_below(folder / storage.MEASURES)
            manifest["inputs"] = inputs
            manifest["outputs"] = storage.hashes_below(folder)
            manifest["figures"] = storage.hash_of(figures)
            storage.write_json(folder / storage.MANIFEST, manifest)
            storage.owner_only(folder)
            _refuse_changed(slug, manifest, storage.inputs_of(workspace, edition))
    return Prepared(manifest, was_up_to_date=False)


def _refuse_changed(slug: str, manifest: Mapping[str, Any], now: Mapping[str, str]) -> None:
    """Stop when a file changed while it was read: then nobody knows what was read."""
    inputs = manifest["inputs"]
    changed = {*storage.differing(inputs, now)}
    for file in manifest["files"]:
        if file["sha256"] != inputs.get(file["path"]):
            changed.add(file["path"])
    if changed:
        names = ", ".join(sorted(changed))
        raise DataError.of("changed_meanwhile", files=names, slug=slug)


# --- what is sent -------------------------------------------------------------------------


def issued(workspace: Workspace, edition: Edition, day: dt.date) -> storage.Issue | None:
    """Keep what the pages say as the next issue; none when the last one says the same.

    DataError: it must not go out (`sendable`). What goes out of another edition at the same
    moment waits, and is then looked at beside this.
    """
    with storage.issuing(workspace):
        content = sendable(workspace, edition)
        return storage.add_issue(workspace, edition.slug, content, day)


def sendable(workspace: Workspace, edition: Edition) -> bytes:
    """What the pages say, as the next issue keeps it.

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
    is_forgotten = manifest.get(storage.FORGOTTEN)
    is_new = storage.sent_as(workspace, edition.slug, content) is None
    if is_new or not is_forgotten:
        _refuse_stale(workspace, edition, manifest)

    _refuse_other_pages(workspace.reports(edition.slug), storage.sha256(path), edition.slug)
    _refuse_known(manifest, edition.slug)
    return content


def _refuse_stale(
    workspace: Workspace,
    edition: Edition,
    manifest: Mapping[str, Any],
) -> None:
    """Stop when what the tables were made of is different now."""
    why = storage.outdated(workspace, edition, manifest)
    if why:
        is_forgotten = manifest.get(storage.FORGOTTEN)
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
    learnt = manifest["attack"]["learnt"]
    certain = sum(is_certain for _, _, is_certain in learnt)
    known = "would_be_known" if certain else "not_attacked"
    why = message(known, number=certain)
    raise DataError.of("cannot_go_out", slug=slug, why=why)
