"""What the tables of an edition are made of, and what of that changed since."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from mma_analysis.settings import Edition, Workspace
from mma_analysis.storage.files import code_hash, hashes_below, read_manifest, sha256
from mma_analysis.storage.issue_files import CANDIDATE, all_issues
from mma_analysis.vocabulary import message

MEASURES = "measures"  # the released tables, below those of an edition
NAMED = 5  # files in a message
# Packages whose version can change a number or a byte of a table.
VERSIONED = (
    *("mma-analysis", "pandas", "numpy", "scipy", "statsmodels", "pyarrow"),
    *("great-expectations", "python-calamine", "openpyxl", "xlrd", "lxml", "krippendorff"),
    *("babel", "highspy"),
)
# Modules that can do so.
CODE = (
    *("__init__", "vocabulary", "days", "settings", "codebook"),
    *("reference", "pipeline"),
    *("read", "clean", "check", "measure", "protect", "attack", "compare"),
)


def made_with(workspace: Workspace, edition: Edition) -> dict[str, str]:
    """All that tables depend on beside the files of the edition: its name → a hash."""
    earlier = edition.bescherming.vorige_editie
    return {
        "libraries": hash_of(versions(VERSIONED)),
        "code": code_hash(CODE),
        f"wat {earlier or 'geen editie'} vrijgaf": _released_by(workspace, earlier),
    }


def went_out(workspace: Workspace) -> list[dict[str, Any]]:
    """Every issue of every edition: tables say nothing else than these did."""
    return [
        {"edition": issue.edition, "number": issue.number, "sha256": sha256(issue.path)}
        for issue in all_issues(workspace)
    ]


def versions(packages: Sequence[str]) -> dict[str, str]:
    """The versions of Python, of which the last number changes no byte, and of these packages."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python} | {package: version(package) for package in packages}


def outdated(workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]) -> str:
    """Why the tables do not hold any more, in words; empty when they do."""
    outputs, slug = manifest.get("outputs", {}), edition.slug
    before = {**manifest.get("inputs", {}), **manifest.get("made_with", {})}
    now = {**edition.input_hashes(), **made_with(workspace, edition)}
    for hashes, issues in ((before, manifest.get("issues", ())), (now, went_out(workspace))):
        hashes |= {f"uitgave {i['number']} van {i['edition']}": i["sha256"] for i in issues}
    # That these tables themselves were sent since then changes nothing.
    same = outputs.get(f"{CANDIDATE}.parquet")
    if changed := [name for name in _other(before, now) if now.get(name, "") != same]:
        return message("inputs_changed", files=", ".join(changed), slug=slug)
    processed = workspace.processed(slug)
    if changed := _other(outputs, hashes_below(processed)):
        return message("outputs_changed", files=", ".join(changed[:NAMED]), folder=processed)
    return ""


def _other(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | now if before.get(name) != now.get(name))


def hash_of(content: Any) -> str:
    """One hash of lists and names with what belongs to them; names in any order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _released_by(workspace: Workspace, earlier: str | None) -> str:
    """The hash of what an earlier edition has released, and meant by it."""
    processed = workspace.processed(earlier) if earlier else None
    manifest = read_manifest(processed) if processed else None
    if not manifest or not processed:
        return ""
    figures = hash_of(hashes_below(processed / MEASURES))
    return hash_of({"figures": figures, "meant": manifest.get("definitions")})
