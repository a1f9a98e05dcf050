"""The release dossier: what goes out, how it is protected, who signed, what was found."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from mma_analysis import storage
from mma_analysis.audit.document import Finding
from mma_analysis.audit.examining import INTERN, MANIFESTS, OUTSIDE, audit
from mma_analysis.audit.wording import cells_of, package_notebooks
from mma_analysis.settings import Edition, Section, read_blocks
from mma_analysis.storage import (
    NUMBER,
    RELEASES_FILE,
    files_below,
    input_hashes,
    manifest_of_issue,
    read_json,
    sha256,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message, plain
from mma_analysis.vocabulary.errors import filled_in
from mma_analysis.vocabulary.reference import INDICATORS, package_table

RESULT, DOSSIER, DOSSIER_DATA = OUTSIDE
OK = "ok"
REVIEW = "review"
BLOCKED = "blocked"
RELEASED = "released"
IN_WORDS = {
    OK: "akkoord",
    REVIEW: "te tekenen",
    BLOCKED: "geblokkeerd",
    RELEASED: "getekend",
}
# What a line says, and its head. With another `content` it takes another signature.
HEADS = {
    "output": "uitvoer",
    "what": "wat",
    "kind": "soort",
    "cells": "cellen",
    "risk": "risico",
    "treatment": "behandeling",
    "attack": "aanval",
    "issues": "eerdere uitgaven",
    "status": "status",
    "content": "inhoud",
    "note": "opmerking",
}
PREFIX = "sha256:"
# Kind of output → what is said of it; and which files that an edition brings itself are
# that.
RELEASES = {row["release"]: row for row in package_table("releases")}
BROUGHT = {form: kind for kind, row in RELEASES.items() for form in row["brought"].split()}
OF_TABLE = {row["table"]: row for row in reversed(INDICATORS) if row["release"]}
# Status of a line that nobody has to sign → why a signature for it does not fit.
UNFIT = {OK: "sign_needless", BLOCKED: "sign_blocked", "": "sign_nothing"}
MOST_LINES = 20
Line = dict[str, Any]
Verdict = dict[str, Any]


class NotReleasedError(DataError):
    """Files that are well, and for which two people must still sign."""

    exit_code = 3


class Ondertekenaar(Section):
    """Who decided, in which function, and when."""

    naam: str = Field(min_length=2)
    functie: str = Field(min_length=2)
    datum: dt.date


class Vrijgave(Section):
    """A line of the dossier that two people let go out: which, as it is now, and why."""

    uitvoer: str = Field(min_length=1)
    inhoud: str = Field(pattern=rf"^{PREFIX}[0-9a-f]{{64}}$")
    reden: str = Field(min_length=5)
    eerste: Ondertekenaar
    tweede: Ondertekenaar

    def _faults(self) -> Iterator[str]:
        if plain(self.eerste.naam) == plain(self.tweede.naam):
            yield message("same_person")
        if self.tweede.datum < self.eerste.datum:
            yield message("second_is_first")


def examine(edition: Edition, reports: Path, tables: Path) -> Verdict:
    """Audit the files of an edition, with what two people signed for.

    Gives what is written beside them: their `findings`, the `lines` of the dossier, whether
    they are `clean` and may stand, and `released` and may be sent; and which `issue` they
    say they are. The same for the same files, without a clock time. UsageError:
    `vrijgave.toml` cannot be read as such.
    """
    _signed(edition, ())  # what is wrong in the file of signatures is said before all else
    files = storage.hashes_below(reports, OUTSIDE)
    inputs = input_hashes(edition.folder)
    findings, cells, typed = audit(edition, reports, tables)
    lines = _lines(edition, tables, cells, findings, typed)
    statuses = {line["status"] for line in lines}
    manifests = [read_json(reports / file) or {} for file in MANIFESTS]
    numbers = [manifest[NUMBER] for manifest in manifests if NUMBER in manifest]
    return {
        "edition": edition.slug,
        "files": files,
        "inputs": inputs,
        "findings": [_as_row(finding) for finding in findings],
        "lines": lines,
        "clean": BLOCKED not in statuses,
        "released": statuses.isdisjoint({BLOCKED, REVIEW}),
        NUMBER: max(numbers, default=None),
    }


def _as_row(finding: Finding) -> dict[str, Any]:
    row = finding._asdict()
    row["id"] = finding.id
    row["sentence"] = finding.sentence
    return row


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides."""
    storage.write_json(reports / RESULT, verdict)
    html = filled_in(
        "audit/dossier.html.j2",
        edition=edition,
        lines=verdict["lines"],
        issue=verdict.get(NUMBER),
        words=IN_WORDS,
        file=RELEASES_FILE,
    )
    (reports / DOSSIER).write_text(html, "utf-8", newline="\n")
    table = pd.DataFrame(verdict["lines"], columns=[*HEADS])
    table = table.replace({"status": IN_WORDS}).rename(columns=HEADS)
    text = table.to_csv(sep=";", index=False, lineterminator="\r\n")
    (reports / DOSSIER_DATA).write_text(f"\ufeff{text}", "utf-8", newline="")


def name_issue(edition: Edition, reports: Path, number: int) -> None:
    """Let manifests and dossier say of which issue these files are, once they are sent.

    Nothing else of what was audited changes.
    """
    verdict = _last_result(reports)
    for file in MANIFESTS:
        path = reports / file
        if path.is_file():
            write_whole(path, manifest_of_issue(path, number))
            verdict["files"][file] = sha256(path)
    verdict[NUMBER] = number
    write_result(verdict, edition, reports)


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    said = []
    if verdict["clean"]:
        what_to_do = message("audit_sign", dossier=DOSSIER, file=RELEASES_FILE)
        for line in verdict["lines"]:
            if line["status"] == REVIEW:
                said.append(f"{line['output']}: {line['note'] or line['risk']}")
    else:
        what_to_do = message("audit_repair")
        for finding in verdict["findings"]:
            said.append(f"{finding['id']}  {finding['sentence']}")
    too_many = len(said) - MOST_LINES
    if too_many > 0:
        said[MOST_LINES:] = [f"en nog {too_many}"]
    return "\n".join([*said, what_to_do])


# --- the last audit -----------------------------------------------------------------------


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and they may stand."""
    with suppress(DataError):
        refuse_unaudited(edition, reports)
        return True
    return False


def waits_for(reports: Path) -> list[str]:
    """The outputs for which two people must still sign, by the last audit."""
    rows = _last_result(reports).get("lines", [])
    return [row["output"] for row in rows if row["status"] == REVIEW]


def refuse_unaudited(edition: Edition, reports: Path) -> None:
    """Make sure that these are all the files of the last audit, and that they may stand.

    Deliveries, settings or a program that changed since are an error as well: more may be
    found. What was clean stays clean with less beside it: a set that was forgotten whole.
    """
    last = _last_result(reports)
    files = storage.hashes_below(reports, OUTSIDE)
    if not files or not last:
        raise DataError.of("audit_first", folder=reports, slug=edition.slug)
    there = {}
    for file, digest in last.get("files", {}).items():
        its_set = reports / file.partition("/")[0]
        if its_set.exists():
            there[file] = digest
    changed = storage.differing(there, files)
    if changed:
        names = ", ".join(changed)
        raise DataError.of("changed_since_audit", files=names, slug=edition.slug)
    if last.get("clean") is not True:
        raise DataError.of("audit_found", folder=reports, slug=edition.slug)
    audited = last.get("inputs", {})
    for file, digest in input_hashes(edition.folder).items():
        if audited.get(file) != digest:  # of one that is gone nothing new can be found
            raise DataError.of("audit_again", slug=edition.slug)


def refuse_unreleased(edition: Edition, reports: Path) -> None:
    """Make sure that two people signed for all that has to be judged, as it is now."""
    if _last_result(reports).get("released") is not True:
        raise NotReleasedError.of(
            "two_must_sign",
            waiting=", ".join(waits_for(reports)[:MOST_LINES]),
            dossier=reports / DOSSIER,
            file=RELEASES_FILE,
            slug=edition.slug,
        )
    for file in MANIFESTS:
        manifest = read_json(reports / file) or {}
        if manifest.get("released") is False:
            raise NotReleasedError.of("still_says", slug=edition.slug)


def _last_result(folder: Path) -> Verdict:
    return read_json(folder / RESULT) or {}


# --- a line per output --------------------------------------------------------------------


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files."""
    drafts = _before_files(edition, tables)
    lines = _signed(edition, drafts)[: len(drafts)]
    return all(line["status"] != REVIEW for line in lines)


def _lines(
    edition: Edition,
    tables: Path,
    cells: Mapping[str, int],
    findings: Sequence[Finding],
    typed: Set[str],
) -> list[Line]:
    """Every output; `cells` says of each finished file how many cells it names."""
    drafts = _before_files(edition, tables)
    stopped = {finding.file for finding in findings if not finding.is_signable}
    for file, number in cells.items():
        drafts.append(_of_file(file, number, is_stopped=file in stopped))
    drafts += [_of_finding(finding) for finding in findings]
    if typed:
        what = "; ".join(sorted(typed))
        drafts.append(_line("getypte getallen", "typed", _hash(what), what=what))
    readers, issues = _protection(storage.read_manifest(tables) or {})
    for line in drafts:
        line["issues"] = issues
        line["attack"] = line["attack"].replace("{attack}", readers)
    return _signed(edition, drafts)


def _protection(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Which readers tried to learn a count, and beside which issues."""
    attack = manifest.get("attack", {})
    readers = ""
    if attack.get("is_attacked"):
        readers = ", ".join(attack.get("readers", ()))
    numbers = [str(one.get("number", "")) for one in manifest.get("issues", ())]
    return readers or "niet aangevallen", ", ".join(numbers) or "geen"


def _of_file(file: str, cells: int, is_stopped: bool) -> Line:
    """The line of a finished file; one in which something was found is stopped by that."""
    release = "intern" if file.startswith(INTERN) else "page"
    line = _line(file, release, cells=cells)
    if is_stopped:
        line["status"] = BLOCKED
        line["note"] = "zie de bevindingen"
        line["content"] = ""
    return line


def _of_finding(finding: Finding) -> Line:
    """The line of a finding, for which two people can sign or nobody can."""
    name = f"bevinding {finding.id}"
    line = _line(name, "finding", finding.content, risk=finding.sentence)
    if not finding.is_signable:
        line["status"] = BLOCKED
        line["content"] = ""
    return line


def _line(output: str, release: str, content: str = "", **more: Any) -> Line:
    """The line of an output of a kind of the list, with the hash of what is signed for."""
    line: Line = dict.fromkeys(HEADS, "")
    line["cells"] = 0
    for name, text in RELEASES[release].items():
        if name in HEADS:
            line[name] = text
    line["output"] = output
    line.update(more)
    if line["status"] == REVIEW:
        line["content"] = f"{PREFIX}{content}"
    return line


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _before_files(edition: Edition, tables: Path) -> list[Line]:
    """The lines of the released tables with rows, and of what an edition brings itself."""
    lines = []
    for path in sorted((tables / "measures").glob("*.parquet")):
        table = pd.read_parquet(path)
        if len(table):
            lines.append(_of_table(path.stem, table))
    for name, path in files_below(edition.folder).items():
        release = _brought(name)
        if release and not _is_copy(path):
            lines.append(_line(name, release, sha256(path)))
    return lines


def _of_table(name: str, table: pd.DataFrame) -> Line:
    """The line of a released table, and where it is read."""
    row = OF_TABLE.get(name, {"title": "", "sheet": "", "release": "unknown"})
    where = f" (bijlage, tabblad {row['sheet']})" if row["sheet"] else ""
    # What is read; to six digits it is the same on every machine.
    text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return _line(
        f"tabel {name}",
        row["release"],
        _hash(text),
        what=f"{row['title']}{where}",
        cells=len(table),
    )


def _brought(name: str) -> str:
    """Which kind of output a file of an edition is; empty when it is none."""
    for form, release in BROUGHT.items():
        if fnmatch(name, form):
            return release
    return ""


def _is_copy(path: Path) -> bool:
    """Whether a notebook of an edition is the package's, cell for cell."""
    is_notebook = path.suffix == ".ipynb"
    return is_notebook and cells_of(path) == package_notebooks().get(path.name)


def _signed(edition: Edition, drafts: Sequence[Line]) -> list[Line]:
    """The lines, with what two people signed for; one that does not fit waits too."""
    unsigned = {line["output"]: line for line in drafts}
    lines = dict(unsigned)
    for release in read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave):
        name = release.uitvoer
        line = unsigned.get(name) or _line(name, "signature")
        lines[name] = _with(release, line)
    return list(lines.values())


def _with(release: Vrijgave, line: Line) -> Line:
    """A line for which two people signed, or why their signature does not fit."""
    status = line["status"]
    if status in UNFIT:
        unfit = UNFIT[status]
    elif line["content"] != release.inhoud:
        unfit = "sign_again"
    else:
        return line | {"status": RELEASED, "note": ""}
    note = message(unfit, file=RELEASES_FILE)
    return line | {"status": BLOCKED if status == BLOCKED else REVIEW, "note": note}
