"""The outcome of an audit, beside the files: it says whether they may stand, and may be sent."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from mma_analysis.audit.findings import Finding
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import (
    ISSUES_FILE,
    code_hash,
    files_below,
    read_json,
    sha256,
    write_json,
)
from mma_analysis.vocabulary import DataError

RESULT, DOSSIER, DOSSIER_DATA = "audit.json", "dossier.html", "dossier.csv"
OUTSIDE = {RESULT, DOSSIER, DOSSIER_DATA}  # of the analyst: they are not sent
# Modules and packages that can change what is found.
CODE = (
    *("audit", "read", "days", "vocabulary", "settings", "forms"),
    *("reference", "show", "publish", "storage"),
)
VERSIONED = ("mma-analysis", "python-calamine")
MOST_LINES = 20


class NotReleasedError(DataError):
    """Files that are well, and for which two people must still sign."""


@dataclass(frozen=True)
class Verdict:
    """What an audit led to: what was found, and the lines of the dossier, about which files.

    `key` stands for everything that the findings depend on: files, deliveries, settings, code.
    `typed` are the numbers that an author typed, `cells` how many cells each file names.
    """

    findings: tuple[Finding, ...]
    lines: tuple[Any, ...]
    files: dict[str, str]
    key: str
    inputs: dict[str, str]
    typed: list[dict[str, str]]
    cells: dict[str, int]
    signed: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether the files may stand: nothing was found that nobody can sign for."""
        return not self.of("blocked")

    @property
    def is_released(self) -> bool:
        """Whether the files may be sent: two people signed for all that has to be judged."""
        return self.is_clean and not self.of("review")

    def of(self, status: str) -> list[Any]:
        """The lines of the dossier with this status."""
        return [line for line in self.lines if line.status == status]

    def as_json(self, slug: str) -> dict[str, Any]:
        """The result as it is written: the same for the same files, without a clock time."""
        return {
            "edition": slug,
            "key": self.key,
            "clean": self.is_clean,
            "released": self.is_released,
            "signed": self.signed,
            "files": self.files,
            "inputs": self.inputs,
            "findings": [{"id": f.id, "sentence": f.sentence, **vars(f)} for f in self.findings],
            "lines": [asdict(line) for line in self.lines],
            "typed": self.typed,
            "cells": self.cells,
        }


class Audited(NamedTuple):
    """A clean audit: `key` stands for all it depended on, `files` is the sha256 of each file."""

    key: str
    files: dict[str, str]


def examine(edition: Edition, reports: Path, tables: Path, before: Path) -> Verdict:
    """Audit the files of an edition, unless the last clean audit was of the very same.

    The result of that one is in `before`. What two people signed for is read anew each time. Raises
    UsageError when `vrijgave.toml` cannot be read as such.
    """
    # What reads tables takes a second to import: not when there is nothing to judge.
    from mma_analysis.audit.dossier import lines, signature_hash
    from mma_analysis.audit.examining import Found, audit

    files, inputs = file_hashes(reports), input_hashes(edition.folder)
    key, last = audit_key(inputs, files), _last_result(before)
    if last.get("key") == key and last.get("clean") is True:
        kept = [
            Finding(*(row[name] for name in Finding.__match_args__)) for row in last["findings"]
        ]
        found = Found(kept, last["typed"], last["cells"])
    else:
        found = audit(edition, reports, tables)
    dossier = lines(edition, tables, found.cells, found.findings)
    signed = signature_hash(edition.folder)
    parts = (tuple(found.findings), tuple(dossier), files, key, inputs, found.typed, found.cells)
    return Verdict(*parts, signed)


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides about sending."""
    from mma_analysis.audit.dossier import dossier_csv, dossier_html

    write_json(reports / RESULT, verdict.as_json(edition.slug))
    (reports / DOSSIER).write_text(dossier_html(verdict.lines, edition), "utf-8", newline="\n")
    (reports / DOSSIER_DATA).write_text(dossier_csv(verdict.lines), "utf-8", newline="")


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    blocked, waiting = verdict.of("blocked"), verdict.of("review")
    found = [f"{finding.id}  {finding.sentence}" for finding in verdict.findings]
    shown = found[:MOST_LINES] if blocked else [_waits(line) for line in waiting][:MOST_LINES]
    left = len(found if blocked else waiting) - len(shown)
    shown += [f"en nog {left}"] if left else []
    if blocked:
        return "\n".join([*shown, "los dit op, en maak de rapporten opnieuw"])
    what = f"in {DOSSIER} staat wat zij moeten bekijken en wat zij in vrijgave.toml zetten"
    return "\n".join([*shown, f"hiervoor moeten twee mensen tekenen; {what}"])


def _waits(line: Any) -> str:
    said = line.note or (line.risk if line.output.startswith("bevinding ") else line.kind)
    return f"{line.output}: {said}"


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and they may stand."""
    last = _last_result(reports)
    now = audit_key(input_hashes(edition.folder), file_hashes(reports))
    return last.get("clean") is True and last["key"] == now


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files."""
    from mma_analysis.audit.dossier import is_signed as _is_signed

    return _is_signed(edition, tables)


def waits_for(reports: Path) -> list[str]:
    """The outputs for which two people must still sign, by the last audit."""
    rows = _last_result(reports).get("lines", [])
    return [row["output"] for row in rows if row["status"] == "review"]


def refuse_unaudited(edition: Edition, reports: Path) -> Audited:
    """Make sure that the finished files are, byte for byte, those of the last clean audit.

    All of them: what one file gives away, another one can complete. Gives the key of that audit and
    the hash of each file. Deliveries, settings or a program that changed since are an error as
    well: then more may be found.
    """
    last, files = _last_result(reports), file_hashes(reports)
    again = f"draai `mma audit {edition.slug}`"
    if not files or not last:
        raise DataError(
            f"{reports}: er is niets nagekeken; draai eerst `mma report {edition.slug}`"
        )
    audited = last.get("files", {})
    if changed := sorted(f for f in files | audited if files.get(f) != audited.get(f)):
        raise DataError(f"veranderd na de audit: {', '.join(changed)}; {again}")
    if last.get("clean") is not True:
        raise DataError(f"de audit vond iets in {reports}; {again} om te zien wat")
    inputs = input_hashes(edition.folder, last.get("inputs"))  # of which files may be gone
    if last.get("key") != audit_key(inputs, files):
        raise DataError(
            f"leveringen, instellingen of mma-analysis zelf veranderden na de audit; {again}"
        )
    return Audited(str(last["key"]), files)


def refuse_unreleased(edition: Edition, reports: Path) -> None:
    """Make sure that two people signed for all that has to be judged, and for this content."""
    from mma_analysis.audit.dossier import RELEASES_FILE, signature_hash

    last, again = _last_result(reports), f"draai `mma audit {edition.slug}`"
    if last.get("signed", "") != signature_hash(edition.folder):
        raise NotReleasedError(f"{RELEASES_FILE} veranderde na de audit; {again}")
    if last.get("released") is not True:
        waiting = waits_for(reports)
        raise NotReleasedError(
            f"nog niet vrijgegeven: {', '.join(waiting[:MOST_LINES])}. Twee mensen moeten tekenen "
            f"in {RELEASES_FILE}; {reports / DOSSIER} zegt hoe. Daarna {again}"
        )


def leave_out(folder: Path, reports: Path, is_gone: Callable[[str], bool]) -> None:
    """Let the last result stand for the files that are left when others are gone.

    What was clean stays clean with less beside it, also when deliveries in `folder` are gone. A
    result that did not stand is left as it is.
    """
    last = _last_result(reports)
    audited = last.get("files", {})
    inputs = input_hashes(folder, last.get("inputs"))
    if not audited or last.get("key") != audit_key(inputs, audited):
        return
    files = {file: digest for file, digest in audited.items() if not is_gone(file)}
    changed: dict[str, Any] = {
        name: [row for row in last.get(name, []) if not is_gone(row["file"])]
        for name in ("findings", "typed")
    }
    changed["lines"] = [row for row in last.get("lines", []) if not is_gone(row["output"])]
    changed["cells"] = {f: n for f, n in last.get("cells", {}).items() if not is_gone(f)}
    write_json(reports / RESULT, last | changed | {"files": files, "key": audit_key(inputs, files)})


def file_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, but for what the audit itself wrote."""
    found = _hashes(folder, files_below(folder))
    return {name: digest for name, digest in found.items() if name not in OUTSIDE}


def input_hashes(folder: Path, before: dict[str, str] | None = None) -> dict[str, str]:
    """sha256 of every file of an edition that can change what is found.

    Not of the mark of a workbook that somebody has open, nor of house style: what that brings about
    stands in the pages. What was there before and was removed counts as it was: of a delivery that
    is gone nothing new can be found. What went out and what was signed are written down afterwards:
    that changes nothing of what is found.
    """
    ours = {folder / name for name in PRESENTATION}
    paths = [
        path
        for path in files_below(folder)
        if ours.isdisjoint(path.parents)
        and not path.name.startswith(OPEN_ELSEWHERE)
        and path.name not in (ISSUES_FILE, "vrijgave.toml")
    ]
    return (before or {}) | _hashes(folder, paths)


def _hashes(folder: Path, paths: Sequence[Path]) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256(p) for p in paths if p.is_file()}


def audit_key(inputs: dict[str, str], files: dict[str, str]) -> str:
    """Hash everything that an audit's findings depend on."""
    parts = {
        "files": files,
        "edition": inputs,
        "versions": {package: version(package) for package in VERSIONED},
        "code": code_hash(CODE),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _last_result(folder: Path) -> dict[str, Any]:
    """The result of the last audit; damaged it says nothing, and everything is audited again."""
    return read_json(folder / RESULT) or {}
