"""What tables and pages depend on, and why they do not hold any more."""

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from mma_analysis.settings import BESIDE, Edition, Workspace
from mma_analysis.storage.folders import hashes_below, read_manifest, sha256
from mma_analysis.storage.issues import CANDIDATE, ISSUES_FILE, RELEASES_FILE, all_issues
from mma_analysis.vocabulary import PACKAGE, DataError, message

FORGOTTEN = "forgotten"  # in a manifest: what `mma forget` removed
CLEAN = "clean"  # the rows, below those of an edition
MEASURES = "measures"  # the released tables, below those of an edition
NAMED = 5  # files in a message
OURS = "mma-analysis"
UNDERNEATH = ("markupsafe",)  # what others need, and can change a byte of a page


def refuse_forgotten(manifest: dict[str, Any]) -> None:
    """Stop when the rows of an edition were forgotten: what is asked for needs them."""
    if manifest.get(FORGOTTEN):
        raise DataError.of("forgotten", slug=manifest["edition"])


def outdated(workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]) -> str:
    """Why the tables do not hold any more, in words; empty when they do."""
    changed = _changed_inputs(workspace, edition, manifest)
    if changed:
        return message("inputs_changed", files=", ".join(changed), slug=edition.slug)
    processed = workspace.processed(edition.slug)
    changed = differing(manifest.get("outputs", {}), hashes_below(processed))
    if changed:
        named = ", ".join(changed[:NAMED])
        return message("outputs_changed", files=named, folder=processed)
    return ""


def _changed_inputs(
    workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]
) -> list[str]:
    """What the tables depend on that is not as it was.

    That these tables themselves were sent since then changes nothing. After `mma forget` a
    delivery may be gone as well: nothing new can be found in it.
    """
    now = inputs_of(workspace, edition)
    before = manifest.get("inputs", {})
    outputs = manifest.get("outputs", {})
    own = outputs.get(f"{CANDIDATE}.parquet")

    changed = differing(before, now)
    if manifest.get(FORGOTTEN):
        changed = [name for name in changed if name in now]
    return [name for name in changed if now.get(name, "") != own]


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names that came, went or have another hash."""
    names = sorted({*before, *now})
    return [name for name in names if before.get(name) != now.get(name)]


# --- what is hashed -----------------------------------------------------------------------


def inputs_of(workspace: Workspace, edition: Edition) -> dict[str, str]:
    """All that tables depend on, and its hash: files, and more by a name in words."""
    inputs = input_hashes(edition.folder)
    earlier = edition.bescherming.vorige_editie
    if not earlier:
        inputs["wat geen editie vrijgaf"] = ""
    else:
        inputs[f"wat {earlier} vrijgaf"] = _released_by(workspace, earlier)
    for issue in all_issues(workspace):
        name = f"uitgave {issue.number} van {issue.edition}"
        inputs[name] = sha256(issue.path)
    return inputs


def _released_by(workspace: Workspace, slug: str) -> str:
    """One hash of the released tables of an edition, and of what they mean."""
    processed = workspace.processed(slug)
    manifest = read_manifest(processed)
    if not manifest:
        return ""
    figures = hash_of(hashes_below(processed / MEASURES))
    return hash_of({"figures": figures, "meant": manifest.get("definitions")})


def input_hashes(folder: Path) -> dict[str, str]:
    """sha256 of what tables and findings depend on: the program, and files of an edition.

    Not those that say how pages look, which stand in the pages; nor what went out and was
    signed, which is written down afterwards.
    """
    inputs = dict(made_with())
    files = hashes_below(folder, but=(ISSUES_FILE, RELEASES_FILE))
    for name, digest in files.items():
        is_beside = name.partition("/")[0] in BESIDE
        if not is_beside:
            inputs[name] = digest
    return inputs


@cache
def made_with() -> dict[str, str]:
    """What can change a byte of anything: versions of all packages, and every file of ours.

    Of Python without its last number; bytecode does not count: it changes when nothing
    does.
    """
    code = {}
    for name, digest in hashes_below(PACKAGE).items():
        if "__pycache__" not in name:
            code[name] = digest
    return {"pakketten": hash_of(_versions()), "code en sjablonen": hash_of(code)}


def _versions() -> dict[str, str]:
    """Package → its version, of ours and of all that it needs; and Python's."""
    major, minor, _ = platform.python_version_tuple()
    versions = {"python": f"{major}.{minor}"}
    packages = [OURS, *UNDERNEATH]
    for needed in requires(OURS) or ():
        if "extra" not in needed:
            packages.append(re.split(r"[^\w-]", needed)[0])

    for package in packages:
        versions[package] = version(package)
    return versions


def hash_of(content: Any) -> str:
    """One hash of lists and names with what belongs to them; names in any order."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
