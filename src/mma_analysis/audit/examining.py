"""The audit of one edition's finished files, from opening them to the verdict."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mma_analysis.audit.findings import RESULT, Finding
from mma_analysis.audit.releasing import (
    RELEASES_FILE,
    Verdict,
    Vrijgave,
    audit_key,
    file_hashes,
    input_hashes,
    release,
)
from mma_analysis.settings import Edition, read_blocks
from mma_analysis.storage import MANIFEST, read_json, write_json
from mma_analysis.vocabulary import DataError

SETS = ("openbaar", "intern")


def audit(edition: Edition, reports: Path, tables: Path) -> list[Finding]:
    """Search the finished files of an edition, and say what leaks or is wrong, in their order.

    Reads the files as they would be sent, the deliveries as they came in, and the released tables
    in the folder `tables`, from which each number says it is; nothing of the plan in between. What
    a person released is still among the findings. No file at all, or one that cannot be read, is an
    error. `reports` has `openbaar` and `intern` in it.
    """
    return _audited(edition, reports, tables)[0]


def _audited(
    edition: Edition, reports: Path, tables: Path
) -> tuple[list[Finding], list[dict[str, str]]]:
    """What is found, and the numbers that an author typed."""
    # What searches takes a second to import: not when the files are those of last time.
    from mma_analysis.audit.cells import find_cells, typed, word_files
    from mma_analysis.audit.collecting.opening import collect
    from mma_analysis.audit.searching.search import search

    documents = collect(reports)
    if not documents:
        raise DataError(f"no finished files in {reports}; run `mma report {edition.slug}` first")
    pages = _pages(reports) | word_files(documents)
    found = set(find_cells(documents, pages, edition, tables))
    found |= {*search(documents, edition), *_unattacked(reports)}
    return sorted(found), list(typed(documents))


def _pages(reports: Path) -> set[str]:
    """The pages that were made from a notebook, by the manifests."""
    manifests = (read_json(reports / folder / MANIFEST) or {} for folder in SETS)
    return {path for manifest in manifests for path in manifest.get("pages", {})}


def _unattacked(reports: Path) -> Iterator[Finding]:
    """The sets of which the manifest says that nobody knows what their figures give away."""
    for folder in SETS:
        name = f"{folder}/{MANIFEST}"
        if (read_json(reports / name) or {}).get("attacked") is False:
            yield Finding(name, "figures", "unattacked")


def examine(edition: Edition, reports: Path, tables: Path, before: Path) -> Verdict:
    """Audit the files of an edition, unless the last clean audit was of the very same.

    The result of that one is in `before`. Raises UsageError when `vrijgave.toml` cannot be read, or
    releases a finding that is not there.
    """
    files = file_hashes(reports)
    inputs = input_hashes(edition.folder)
    key = audit_key(inputs, files)
    releases = read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
    last = _last_result(before)
    was_clean = last.get("key") == key and last.get("clean") is True
    if was_clean and not releases:
        return Verdict((), (), files, key, inputs, last.get("typed", []))
    found, typed = _audited(edition, reports, tables)
    return Verdict(*release(found, releases), files, key, inputs, typed)


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and it found nothing that was not released."""
    last = _last_result(reports)
    now = audit_key(input_hashes(edition.folder), file_hashes(reports))
    return last.get("clean") is True and last["key"] == now


def write_result(verdict: Verdict, slug: str, reports: Path) -> None:
    """Write what came out beside the files, for who decides whether they may be sent."""
    write_json(reports / RESULT, verdict.as_json(slug))


class Audited(NamedTuple):
    """A clean audit: `key` stands for all it depended on, `files` is the sha256 of each file."""

    key: str
    files: dict[str, str]


def refuse_unaudited(edition: Edition, reports: Path) -> Audited:
    """Make sure that the finished files are, byte for byte, those of the last clean audit.

    All of them: what one file gives away, another one can complete. Gives the key of that audit and
    the hash of each file. Deliveries, settings or a program that changed since are an error as
    well: then more may be found.
    """
    last = _last_result(reports)
    files = file_hashes(reports)
    again = f"run `mma audit {edition.slug}`"
    if not files or not last:
        raise DataError(f"{reports}: no audited files; run `mma report {edition.slug}` first")
    audited = last.get("files", {})
    if changed := sorted(f for f in files | audited if files.get(f) != audited.get(f)):
        raise DataError(f"changed since the audit: {', '.join(changed)}; {again}")
    if last.get("clean") is not True:
        raise DataError(f"the audit found something in {reports}; {again} to see what")
    inputs = input_hashes(edition.folder, last.get("inputs"))  # of which files may be gone
    if last.get("key") != audit_key(inputs, files):
        raise DataError(
            f"deliveries, settings or mma-analysis itself changed since the audit; {again}"
        )
    return Audited(str(last["key"]), files)


def leave_out(folder: Path, reports: Path, is_gone: Callable[[str], bool]) -> None:
    """Let the last result stand for the files that are left when others are gone.

    What was clean stays clean with less beside it, also when deliveries in
    `folder` are gone. A result that did not stand is left as it is.
    """
    last = _last_result(reports)
    audited = last.get("files", {})
    inputs = input_hashes(folder, last.get("inputs"))
    if not audited or last.get("key") != audit_key(inputs, audited):
        return
    files = {file: digest for file, digest in audited.items() if not is_gone(file)}
    gone = {
        name: [row for row in last.get(name, []) if not is_gone(row["file"])]
        for name in ("findings", "released", "typed")
    }
    changed = gone | {"files": files, "key": audit_key(inputs, files)}
    write_json(reports / RESULT, last | changed)


def _last_result(folder: Path) -> dict[str, Any]:
    """The result of the last audit; damaged it says nothing, and everything is audited again."""
    return read_json(folder / RESULT) or {}
