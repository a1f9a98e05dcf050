"""What is sent becomes an issue: from then on its numbers stay as they are."""

import datetime as dt

from mma_analysis.settings import Edition, Workspace
from mma_analysis.storage import CANDIDATE, Issue, add_issue, read_manifest, sha256
from mma_analysis.vocabulary import DataError


def issued(workspace: Workspace, edition: Edition, day: dt.date) -> Issue | None:
    """Keep what the pages say as the next issue; none when the last one says the same."""
    slug, processed = edition.slug, workspace.processed(edition.slug)
    manifest, path = read_manifest(processed), processed / f"{CANDIDATE}.parquet"
    if manifest is None or not path.is_file():
        raise DataError(f"edition '{slug}' has no tables; run `mma run {slug}` first")
    content = path.read_bytes()
    for audience in ("openbaar", "intern"):
        made = read_manifest(workspace.reports(slug) / audience)
        if made is not None and made.get("candidate") != sha256(path):
            raise DataError(
                f"the {audience} pages are not of the tables that are there now, so nobody would "
                f"know what went out; run `mma run {slug}` first"
            )
    attack = manifest["attack"]
    certain = [count for _, count, is_certain in attack["learnt"] if is_certain]
    if not attack["is_attacked"] or certain:
        why = (
            f"{len(certain)} counts would be known exactly, or as a few"
            if certain
            else ("it is not known what these tables give away: the attack did not end")
        )
        raise DataError(
            f"edition '{slug}' cannot go out: {why}. Leave the newest period out (an earlier "
            f"peildatum), run `mma run {slug}`, and try again; see docs/handleiding/versturen.md"
        )
    return add_issue(workspace, slug, content, day)
