"""The outcome of an audit, beside the files: it says whether they may stand, and may be sent."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mma_analysis.audit import dossier
from mma_analysis.audit.document import Finding
from mma_analysis.audit.dossier import RELEASES_FILE, Line
from mma_analysis.audit.examining import MANIFESTS, OUTSIDE, audit
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import ISSUES_FILE, code_hash, files_below, read_json, sha256, write_json
from mma_analysis.vocabulary import DataError

RESULT, DOSSIER, DOSSIER_DATA = OUTSIDE
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

    `key` stands for everything that the findings depend on: files, deliveries, settings, code;
    `signed` for what two people signed.
    """

    edition: str
    key: str
    signed: str
    files: dict[str, str]
    inputs: dict[str, str]
    findings: list[Finding]
    cells: dict[str, int]  # how many each file names
    lines: list[Line]

    @property
    def is_clean(self) -> bool:
        """Whether the files may stand: nothing was found that nobody can sign for."""
        return not self.of(dossier.BLOCKED)

    @property
    def is_released(self) -> bool:
        """Whether the files may be sent: two people signed for all that has to be judged."""
        return self.is_clean and not self.of(dossier.REVIEW)

    def of(self, status: str) -> list[Line]:
        """The lines of the dossier with this status."""
        return [line for line in self.lines if line.status == status]

    def as_json(self) -> dict[str, Any]:
        """The result as it is written: the same for the same files, without a clock time."""
        told = [{"id": one.id, "sentence": one.sentence, **vars(one)} for one in self.findings]
        row = {"clean": self.is_clean, "released": self.is_released, "findings": told}
        return asdict(self) | row


def examine(edition: Edition, reports: Path, tables: Path, before: Path) -> Verdict:
    """Audit the files of an edition, unless the last clean audit was of the very same.

    The result of that one is in `before`. What two people signed for is read anew each time. Raises
    UsageError when `vrijgave.toml` cannot be read as such.
    """
    files, inputs = file_hashes(reports), input_hashes(edition.folder)
    key, last = audit_key(inputs, files), _last_result(before)
    if last.get("key") == key and last.get("clean") is True:
        names, cells = Finding.__match_args__, last["cells"]
        findings = [Finding(*(row[name] for name in names)) for row in last["findings"]]
    else:
        findings, cells = audit(edition, reports, tables)
    lines = dossier.lines(edition, tables, cells, findings)
    signed = dossier.signature_hash(edition.folder)
    return Verdict(edition.slug, key, signed, files, inputs, findings, cells, lines)


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides about sending."""
    write_json(reports / RESULT, verdict.as_json())
    (reports / DOSSIER).write_text(dossier.as_html(verdict.lines, edition), "utf-8", newline="\n")
    (reports / DOSSIER_DATA).write_text(dossier.as_csv(verdict.lines), "utf-8", newline="")


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    said = [f"{one.id}  {one.sentence}" for one in verdict.findings]
    what = "los dit op, en maak de rapporten opnieuw"
    if verdict.is_clean:
        said = [f"{one.output}: {one.note or one.risk}" for one in verdict.of(dossier.REVIEW)]
        what = (
            f"hiervoor moeten twee mensen tekenen; in {DOSSIER} staat wat zij moeten bekijken en "
            f"wat zij in {RELEASES_FILE} zetten"
        )
    more = [f"en nog {len(said) - MOST_LINES}"] if len(said) > MOST_LINES else []
    return "\n".join([*said[:MOST_LINES], *more, what])


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and they may stand."""
    last = _last_result(reports)
    now = audit_key(input_hashes(edition.folder), file_hashes(reports))
    return last.get("clean") is True and last["key"] == now


def waits_for(reports: Path) -> list[str]:
    """The outputs for which two people must still sign, by the last audit."""
    rows = _last_result(reports).get("lines", [])
    return [row["output"] for row in rows if row["status"] == dossier.REVIEW]


def refuse_unaudited(edition: Edition, reports: Path) -> dict[str, Any]:
    """Make sure that the finished files are, byte for byte, those of the last clean audit.

    All of them: what one file gives away, another one can complete. Gives the result of that audit.
    Deliveries, settings or a program that changed since are an error as well: then more may be
    found.
    """
    last, files = _last_result(reports), file_hashes(reports)
    again = f"draai `mma audit {edition.slug}`"
    if not files or not last:
        again = f"draai eerst `mma report {edition.slug}`"
        raise DataError(f"{reports}: er is niets nagekeken; {again}")
    changed = sorted(file for file, _ in files.items() ^ last.get("files", {}).items())
    if changed:
        raise DataError(f"veranderd na de audit: {', '.join(dict.fromkeys(changed))}; {again}")
    if last.get("clean") is not True:
        raise DataError(f"de audit vond iets in {reports}; {again} om te zien wat")
    inputs = input_hashes(edition.folder, last.get("inputs"))  # of which files may be gone
    if last.get("key") != audit_key(inputs, files):
        what = "leveringen, instellingen of mma-analysis zelf veranderden na de audit"
        raise DataError(f"{what}; {again}")
    return last


def refuse_unreleased(edition: Edition, reports: Path) -> None:
    """Make sure that two people signed for all that has to be judged, and for this content."""
    last, again = _last_result(reports), f"draai `mma audit {edition.slug}`"
    if last.get("signed", "") != dossier.signature_hash(edition.folder):
        raise NotReleasedError(f"{RELEASES_FILE} veranderde na de audit; {again}")
    if last.get("released") is not True:
        raise NotReleasedError(
            f"nog niet vrijgegeven: {', '.join(waits_for(reports)[:MOST_LINES])}. Twee mensen "
            f"moeten tekenen in {RELEASES_FILE}; {reports / DOSSIER} zegt hoe. Daarna {again}"
        )
    if any((read_json(reports / file) or {}).get("released") is False for file in MANIFESTS):
        raise NotReleasedError.of("still_says", slug=edition.slug)


def leave_out(folder: Path, reports: Path, is_gone: Callable[[str], bool]) -> None:
    """Let the last result stand for the files that are left when others are gone.

    What was clean stays clean with less beside it, also when deliveries in `folder` are gone. A
    result that did not stand is left as it is.
    """
    last = _last_result(reports)
    inputs = input_hashes(folder, last.get("inputs"))
    if not last.get("files") or last.get("key") != audit_key(inputs, last["files"]):
        return
    for name, named in (("findings", "file"), ("lines", "output")):
        last[name] = [row for row in last[name] if not is_gone(row[named])]
    for name in ("files", "cells"):
        last[name] = {file: one for file, one in last[name].items() if not is_gone(file)}
    write_json(reports / RESULT, last | {"key": audit_key(inputs, last["files"])})


def file_hashes(folder: Path, but: tuple[str, ...] = OUTSIDE) -> dict[str, str]:
    """sha256 of every file below a folder, but for what the audit itself wrote."""
    paths = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    return {
        name: sha256(path) for name, path in paths.items() if name not in but and path.is_file()
    }


def input_hashes(folder: Path, before: dict[str, str] | None = None) -> dict[str, str]:
    """sha256 of every file of an edition that can change what is found.

    Not of the mark of a workbook that somebody has open, nor of house style: what that brings about
    stands in the pages. What was there before and was removed counts as it was: of a delivery that
    is gone nothing new can be found. What went out and what was signed are written down afterwards:
    that changes nothing of what is found.
    """
    found = file_hashes(folder, (ISSUES_FILE, RELEASES_FILE))
    inside = {name: name.split("/") for name in found}
    return (before or {}) | {
        name: digest
        for name, digest in found.items()
        if inside[name][0] not in PRESENTATION and not inside[name][-1].startswith(OPEN_ELSEWHERE)
    }


def audit_key(inputs: dict[str, str], files: dict[str, str]) -> str:
    """Hash everything that an audit's findings depend on."""
    versions = {package: version(package) for package in VERSIONED}
    parts = {"files": files, "edition": inputs, "versions": versions, "code": code_hash(CODE)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _last_result(folder: Path) -> dict[str, Any]:
    """The result of the last audit; damaged it says nothing, and everything is audited again."""
    return read_json(folder / RESULT) or {}
