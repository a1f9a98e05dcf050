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

    Does nothing when the files of the edition, this package and its libraries are those of
    the last time and the tables are still as they were written. The tables are swapped in
    whole. All unreadable files are named in one DataError.
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
    inputs = storage.inputs_of(workspace, edition)
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


def issued(workspace: Workspace, edition: Edition, day: dt.date) -> storage.Issue | None:
    """Keep what the pages say as the next issue; none when the last one says the same."""
    slug = edition.slug
    processed = workspace.processed(slug)
    candidate = processed / f"{storage.CANDIDATE}.parquet"
    manifest = storage.read_manifest(processed)
    if manifest is None or not candidate.is_file():
        raise DataError.of("no_tables", slug=slug)

    for audience in AUDIENCES:
        pages = storage.read_manifest(workspace.reports(slug) / audience)
        if pages is not None and pages.get("candidate") != storage.sha256(candidate):
            raise DataError.of("other_tables", audience=audience, slug=slug)

    if not storage.can_go_out(manifest):
        certain = sum(is_certain for *_, is_certain in manifest["attack"]["learnt"])
        why = message("would_be_known" if certain else "not_attacked", number=certain)
        raise DataError.of("cannot_go_out", slug=slug, why=why)
    return storage.add_issue(workspace, slug, candidate.read_bytes(), day)
