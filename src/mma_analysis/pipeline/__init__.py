"""Everything between the deliveries and the released tables, in reading order, on disk.

Tables are what they should be, or made anew; and what is sent becomes an issue.
"""

import datetime as dt
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

    Does nothing when the files of the edition, this package and its libraries are those of the last
    time and the tables are still as they were written. The tables are swapped in whole. All
    unreadable files are named in one DataError.
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
        # Everything that the stages need takes seconds to import: not when there is nothing to do.
        from mma_analysis.pipeline.run import run_stages

        inputs = storage.inputs_of(workspace, edition)
        edition = workspace.edition(slug)  # as it was hashed
        with storage.swapped_in(target) as folder:
            manifest = run_stages(workspace, edition, folder) | {
                "inputs": inputs,
                "outputs": storage.hashes_below(folder),
                "figures": storage.hash_of(storage.hashes_below(folder / storage.MEASURES)),
            }
            storage.write_json(folder / storage.MANIFEST, manifest)
            storage.owner_only(folder)
            changed = {*storage.differing(inputs, storage.inputs_of(workspace, edition))}
            read = {file["path"]: file["sha256"] for file in manifest["files"]}
            changed |= {file for file in read if read[file] != inputs.get(file)}
            if changed:
                names = ", ".join(sorted(changed))
                raise DataError.of("changed_meanwhile", files=names, slug=slug)
    return Prepared(manifest, was_up_to_date=False)


def issued(workspace: Workspace, edition: Edition, day: dt.date) -> storage.Issue | None:
    """Keep what the pages say as the next issue; none when the last one says the same."""
    slug, processed = edition.slug, workspace.processed(edition.slug)
    manifest, path = storage.read_manifest(processed), processed / f"{storage.CANDIDATE}.parquet"
    if manifest is None or not path.is_file():
        raise DataError.of("no_tables", slug=slug)
    for audience in AUDIENCES:
        made = storage.read_manifest(workspace.reports(slug) / audience)
        if made is not None and made.get("candidate") != storage.sha256(path):
            raise DataError.of("other_tables", audience=audience, slug=slug)
    if not storage.can_go_out(manifest):
        certain = [count for _, count, is_certain in manifest["attack"]["learnt"] if is_certain]
        why = message("would_be_known" if certain else "not_attacked", number=len(certain))
        raise DataError.of("cannot_go_out", slug=slug, why=why)
    return storage.add_issue(workspace, slug, path.read_bytes(), day)
