"""The outcome of an audit, beside the files: it says whether they may stand, and may be sent."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mma_analysis.audit import dossier
from mma_analysis.audit.dossier import RELEASES_FILE
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
VERSIONED = ("mma-analysis", "lxml", "python-calamine")
MOST_LINES = 20
Verdict = dict[str, Any]


class NotReleasedError(DataError):
    """Files that are well, and for which two people must still sign."""


def examine(edition: Edition, reports: Path, tables: Path) -> Verdict:
    """Audit the files of an edition, with what two people signed for.

    Gives what is written beside them: of the files their `findings` and the `lines` of the dossier,
    whether they are `clean` and may stand, and are `released` and may be sent. `key` stands for
    everything that the findings depend on: files, deliveries, settings, code. The same for the same
    files, without a clock time. Raises UsageError when `vrijgave.toml` cannot be read as such.
    """
    files, inputs = file_hashes(reports), input_hashes(edition.folder)
    findings, cells = audit(edition, reports, tables)
    lines = dossier.lines(edition, tables, cells, findings)
    statuses = {line["status"] for line in lines}
    return {
        "edition": edition.slug,
        "key": audit_key(inputs, files),
        "signed": dossier.signature_hash(edition.folder),
        "files": files,
        "inputs": inputs,
        "findings": [{"id": one.id, "sentence": one.sentence, **vars(one)} for one in findings],
        "lines": lines,
        "clean": dossier.BLOCKED not in statuses,
        "released": statuses.isdisjoint({dossier.BLOCKED, dossier.REVIEW}),
    }


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides about sending."""
    write_json(reports / RESULT, verdict)
    lines = verdict["lines"]
    (reports / DOSSIER).write_text(dossier.as_html(lines, edition), "utf-8", newline="\n")
    (reports / DOSSIER_DATA).write_text(dossier.as_csv(lines), "utf-8", newline="")


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    said = [f"{one['id']}  {one['sentence']}" for one in verdict["findings"]]
    what = "los dit op, en maak de rapporten opnieuw"
    if verdict["clean"]:
        waiting = [line for line in verdict["lines"] if line["status"] == dossier.REVIEW]
        said = [f"{line['output']}: {line['note'] or line['risk']}" for line in waiting]
        what = (
            f"hiervoor moeten twee mensen tekenen; in {DOSSIER} staat wat zij moeten bekijken en "
            f"wat zij in {RELEASES_FILE} zetten"
        )
    more = [f"en nog {len(said) - MOST_LINES}"] if len(said) > MOST_LINES else []
    return "\n".join([*said[:MOST_LINES], *more, what])


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and they may stand."""
    return not _doubt(edition, reports)


def waits_for(reports: Path) -> list[str]:
    """The outputs for which two people must still sign, by the last audit."""
    rows = _last_result(reports).get("lines", [])
    return [row["output"] for row in rows if row["status"] == dossier.REVIEW]


def refuse_unaudited(edition: Edition, reports: Path) -> Verdict:
    """Give the last audit; an error when it is not of these very files, or they may not stand.

    All of them: what one file gives away, another one can complete. Deliveries, settings or a
    program that changed since are an error as well: then more may be found.
    """
    if doubt := _doubt(edition, reports):
        raise DataError(doubt)
    return _last_result(reports)


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


def file_hashes(folder: Path, but: tuple[str, ...] = OUTSIDE) -> dict[str, str]:
    """sha256 of every file below a folder, but for what the audit itself wrote."""
    paths = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    return {
        name: sha256(path) for name, path in paths.items() if name not in but and path.is_file()
    }


def input_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file of an edition that can change what is found.

    What house style brings about stands in the pages; what went out and what was signed are written
    down afterwards.
    """
    return {
        name: digest
        for name, digest in file_hashes(folder, (ISSUES_FILE, RELEASES_FILE)).items()
        if name.partition("/")[0] not in PRESENTATION
        and not name.rpartition("/")[2].startswith(OPEN_ELSEWHERE)
    }


def audit_key(inputs: dict[str, str], files: dict[str, str]) -> str:
    """Hash everything that an audit's findings depend on."""
    versions = {package: version(package) for package in VERSIONED}
    parts = {"files": files, "edition": inputs, "versions": versions, "code": code_hash(CODE)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _doubt(edition: Edition, reports: Path) -> str:
    """Why the last audit does not say that these files may stand; empty when it does.

    What was clean stays clean with less beside it: a set that was forgotten whole. Of a delivery
    that is gone nothing new can be found.
    """
    last, files = _last_result(reports), file_hashes(reports)
    again = f"draai `mma audit {edition.slug}`"
    if not files or not last:
        return f"{reports}: er is niets nagekeken; draai eerst `mma report {edition.slug}`"
    audited, inputs = last.get("files", {}), last.get("inputs", {})
    there = {f: one for f, one in audited.items() if (reports / f.partition("/")[0]).exists()}
    if changed := sorted({file for file, _ in files.items() ^ there.items()}):
        return f"veranderd na de audit: {', '.join(changed)}; {again}"
    if last.get("clean") is not True:
        return f"de audit vond iets in {reports}; {again} om te zien wat"
    if last.get("key") != audit_key(inputs | input_hashes(edition.folder), audited):
        return f"leveringen, instellingen of mma-analysis zelf veranderden na de audit; {again}"
    return ""


def _last_result(folder: Path) -> Verdict:
    """The result of the last audit; damaged it says nothing, and everything is audited again."""
    return read_json(folder / RESULT) or {}
