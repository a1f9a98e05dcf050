"""Findings that a person released, and the result that says whether files may be sent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import Field

from mma_analysis.audit.findings import RESULT, Finding
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Section
from mma_analysis.storage import ISSUES_FILE, code_hash, files_below, sha256
from mma_analysis.vocabulary import UsageError

RELEASES_FILE = "vrijgave.toml"
# Modules and packages that can change what is found.
CODE = (
    *("audit", "read", "days", "vocabulary", "settings", "forms"),
    *("reference", "show", "publish", "storage"),
)
MOST_LINES = 20
VERSIONED = ("mma-analysis", "python-calamine")


class Vrijgave(Section):
    """One finding that may stay: which, why, and who decided that."""

    bestand: str = Field(min_length=1)
    bevinding: str = Field(min_length=1)
    reden: str = Field(min_length=1)
    door: str = Field(min_length=1)


@dataclass(frozen=True)
class Verdict:
    """What an audit led to: what was found, what of that a person released, about which files.

    `key` stands for everything that the outcome depends on: files, deliveries, settings, code.
    `typed` are the numbers that an author typed: no finding, but for a person to look at.
    """

    findings: tuple[Finding, ...]
    released: tuple[tuple[Finding, Vrijgave], ...]
    files: dict[str, str]
    key: str
    inputs: dict[str, str] = field(default_factory=dict)
    typed: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found but what a person released."""
        return not self.findings

    def as_json(self, slug: str) -> dict[str, Any]:
        """The result as it is written: the same for the same files, without a clock time."""
        return {
            "edition": slug,
            "key": self.key,
            "clean": self.is_clean,
            "files": self.files,
            "inputs": self.inputs,
            "findings": [_row(finding) for finding in self.findings],
            "released": [
                _row(finding) | {"reden": release.reden, "door": release.door}
                for finding, release in self.released
            ],
            "typed": self.typed,
        }


def explained(verdict: Verdict) -> str:
    """Say what was found, each with the name by which a person can release it."""
    lines = [f"{finding.id}  {finding.sentence}" for finding in verdict.findings[:MOST_LINES]]
    if more := len(verdict.findings) - len(lines):
        lines.append(f"and {more} more")
    return "\n".join(
        [
            *lines,
            "each is a fault of mma-analysis or of a text: repair it, or, when it gives nothing "
            f"away, release it in {RELEASES_FILE} with its file, its name and your reason",
        ]
    )


def _row(finding: Finding) -> dict[str, str]:
    return {"id": finding.id, "sentence": finding.sentence, **vars(finding)}


def release(
    findings: Sequence[Finding], releases: Sequence[Vrijgave]
) -> tuple[tuple[Finding, ...], tuple[tuple[Finding, Vrijgave], ...]]:
    """Set apart the findings that a person released.

    A release of a finding that is not there (any more) is an error: it would hide a later one.
    """
    by_name = {(r.bestand, r.bevinding): r for r in releases}
    there = {(f.file, f.id) for f in findings}
    unused = [f"{file} {name}" for file, name in by_name if (file, name) not in there]
    if unused:
        raise UsageError(
            f"{RELEASES_FILE}: there is no such finding: {', '.join(unused)}; take it out"
        )
    kept = tuple(f for f in findings if (f.file, f.id) not in by_name)
    released = tuple((f, by_name[f.file, f.id]) for f in findings if (f.file, f.id) in by_name)
    return kept, released


def file_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, but for the audit's own result."""
    found = _hashes(folder, files_below(folder))
    return {name: digest for name, digest in found.items() if name != RESULT}


def input_hashes(folder: Path, before: dict[str, str] | None = None) -> dict[str, str]:
    """sha256 of every file of an edition that can change what is found.

    Not of the mark of a workbook that somebody has open, nor of notebooks and house style: what
    they bring about stands in the pages.

    What was there before and was removed counts as it was: of a delivery that is gone nothing new
    can be found. Not so of what a person released: without that, more is found.
    """
    ours = {folder / name for name in PRESENTATION}
    paths = [path for path in files_below(folder) if ours.isdisjoint(path.parents)]
    # What went out is written down when the files are packed: that changes none of them.
    now = _hashes(
        folder,
        [p for p in paths if not p.name.startswith(OPEN_ELSEWHERE) and p.name != ISSUES_FILE],
    )
    kept = {name: digest for name, digest in (before or {}).items() if name != RELEASES_FILE}
    return kept | now


def _hashes(folder: Path, paths: Sequence[Path]) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256(p) for p in paths if p.is_file()}


def audit_key(inputs: dict[str, str], files: dict[str, str]) -> str:
    """Hash everything that an audit's outcome depends on."""
    parts = {
        "files": files,
        "edition": inputs,
        "versions": {package: version(package) for package in VERSIONED},
        "code": code_hash(CODE),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
