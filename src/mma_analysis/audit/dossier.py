"""The release dossier: what goes out, how it is protected, who signed, and what the audit found."""

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
from mma_analysis.storage import RELEASES_FILE, files_below, input_hashes, read_json, sha256
from mma_analysis.vocabulary import DataError, message, plain
from mma_analysis.vocabulary.errors import filled_in
from mma_analysis.vocabulary.reference import INDICATORS, package_table

RESULT, DOSSIER, DOSSIER_DATA = OUTSIDE
OK, REVIEW, BLOCKED, RELEASED = "ok", "review", "blocked", "released"
IN_WORDS = {OK: "akkoord", REVIEW: "te tekenen", BLOCKED: "geblokkeerd", RELEASED: "getekend"}
# What a line says, and its head. With another `content` it takes another signature.
HEADS = {
    **{"output": "uitvoer", "what": "wat", "kind": "soort", "cells": "cellen", "risk": "risico"},
    **{"treatment": "behandeling", "attack": "aanval", "issues": "eerdere uitgaven"},
    **{"status": "status", "content": "inhoud", "note": "opmerking"},
}
PREFIX = "sha256:"
# Kind of output → what is said of it; and which files that an edition brings itself are that.
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
    """One line of the dossier that two people let go out: which, with which content, and why."""

    uitvoer: str = Field(min_length=1)
    inhoud: str = Field(pattern=rf"^{PREFIX}[0-9a-f]{{64}}$")
    reden: str = Field(min_length=5)
    eerste: Ondertekenaar
    tweede: Ondertekenaar

    def _faults(self) -> Iterator[str]:
        first, second = (plain(one.naam) for one in (self.eerste, self.tweede))
        if first == second:
            yield message("same_person")
        if self.tweede.datum < self.eerste.datum:
            yield message("second_is_first")


def examine(edition: Edition, reports: Path, tables: Path) -> Verdict:
    """Audit the files of an edition, with what two people signed for.

    Gives what is written beside them: their `findings`, the `lines` of the dossier, whether they
    are `clean` and may stand, and `released` and may be sent. The same for the same files, without
    a clock time. UsageError: `vrijgave.toml` cannot be read as such.
    """
    _signed(edition, ())  # what is wrong in the file of signatures is said before all else
    files, inputs = storage.hashes_below(reports, OUTSIDE), input_hashes(edition.folder)
    findings, cells, typed = audit(edition, reports, tables)
    lines = _lines(edition, tables, cells, findings, typed)
    statuses = {line["status"] for line in lines}
    return {
        "edition": edition.slug,
        "files": files,
        "inputs": inputs,
        "findings": [{"id": one.id, "sentence": one.sentence, **one._asdict()} for one in findings],
        "lines": lines,
        "clean": BLOCKED not in statuses,
        "released": statuses.isdisjoint({BLOCKED, REVIEW}),
    }


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides about sending."""
    storage.write_json(reports / RESULT, verdict)
    words = {"edition": edition, "lines": verdict["lines"], "words": IN_WORDS}
    html = filled_in("audit/dossier.html.j2", **words, file=RELEASES_FILE)
    (reports / DOSSIER).write_text(html, "utf-8", newline="\n")
    table = pd.DataFrame(verdict["lines"], columns=[*HEADS]).replace({"status": IN_WORDS})
    text = table.rename(columns=HEADS).to_csv(sep=";", index=False, lineterminator="\r\n")
    (reports / DOSSIER_DATA).write_text(f"\ufeff{text}", "utf-8", newline="")


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    said = [f"{one['id']}  {one['sentence']}" for one in verdict["findings"]]
    what = message("audit_repair")
    if verdict["clean"]:
        waiting = [line for line in verdict["lines"] if line["status"] == REVIEW]
        said = [f"{line['output']}: {line['note'] or line['risk']}" for line in waiting]
        what = message("audit_sign", dossier=DOSSIER, file=RELEASES_FILE)
    more = [f"en nog {len(said) - MOST_LINES}"] if len(said) > MOST_LINES else []
    return "\n".join([*said[:MOST_LINES], *more, what])


# --- the last audit ------------------------------------------------------------------------------


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

    Deliveries, settings or a program that changed since are an error as well: more may be found.
    What was clean stays clean with less beside it: a set that was forgotten whole.
    """
    last, files = _last_result(reports), storage.hashes_below(reports, OUTSIDE)
    where = {"folder": reports, "slug": edition.slug}
    if not files or not last:
        raise DataError.of("audit_first", **where)
    audited = last.get("files", {})
    there = {f: one for f, one in audited.items() if (reports / f.partition("/")[0]).exists()}
    if changed := storage.differing(there, files):
        raise DataError.of("changed_since_audit", files=", ".join(changed), slug=edition.slug)
    if last.get("clean") is not True:
        raise DataError.of("audit_found", **where)
    # Of a delivery that is gone nothing new can be found.
    if not input_hashes(edition.folder).items() <= last.get("inputs", {}).items():
        raise DataError.of("audit_again", slug=edition.slug)


def refuse_unreleased(edition: Edition, reports: Path) -> None:
    """Make sure that two people signed for all that has to be judged, and for this content."""
    if _last_result(reports).get("released") is not True:
        waiting = ", ".join(waits_for(reports)[:MOST_LINES])
        where = {"dossier": reports / DOSSIER, "file": RELEASES_FILE, "slug": edition.slug}
        raise NotReleasedError.of("two_must_sign", waiting=waiting, **where)
    if any((read_json(reports / file) or {}).get("released") is False for file in MANIFESTS):
        raise NotReleasedError.of("still_says", slug=edition.slug)


def _last_result(folder: Path) -> Verdict:
    return read_json(folder / RESULT) or {}


# --- a line per output ---------------------------------------------------------------------------


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files to look at."""
    drafts = _before_files(edition, tables)
    return all(line["status"] != REVIEW for line in _signed(edition, drafts)[: len(drafts)])


def _lines(
    edition: Edition,
    tables: Path,
    cells: Mapping[str, int],
    findings: Sequence[Finding],
    typed: Set[str],
) -> list[Line]:
    """Every output; `cells` says of each finished file how many cells it names."""
    manifest = storage.read_manifest(tables) or {}
    attack = manifest.get("attack", {})
    readers = ", ".join(attack.get("readers", ())) if attack.get("is_attacked") else ""
    issues = ", ".join(str(one.get("number", "")) for one in manifest.get("issues", ())) or "geen"
    stopped = {finding.file for finding in findings if not finding.is_signable}
    drafts = _before_files(edition, tables)
    for file, number in cells.items():
        more = {"status": BLOCKED, "note": "zie de bevindingen"} if file in stopped else {}
        release = "intern" if file.startswith(INTERN) else "page"
        drafts.append(_line(file, release, cells=number, **more))
    for finding in findings:
        more = {} if finding.is_signable else {"status": BLOCKED}
        name = f"bevinding {finding.id}"
        drafts.append(_line(name, "finding", finding.content, risk=finding.sentence, **more))
    if typed:
        what = "; ".join(sorted(typed))
        drafts.append(_line("getypte getallen", "typed", _hash(what), what=what))
    for line in drafts:
        line["issues"] = issues
        line["attack"] = line["attack"].replace("{attack}", readers or "niet aangevallen")
    return _signed(edition, drafts)


def _line(output: str, release: str, content: str = "", **more: Any) -> Line:
    """The line of an output of a kind of the list, with the hash of what is signed for."""
    row = {name: text for name, text in RELEASES[release].items() if name in HEADS}
    line = dict.fromkeys(HEADS, "") | {"cells": 0} | row | {"output": output} | more
    return line | {"content": f"{PREFIX}{content}" if line["status"] == REVIEW else ""}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _before_files(edition: Edition, tables: Path) -> list[Line]:
    """The lines of the released tables that say something, and of what an edition brings itself."""
    lines = []
    for path in sorted((tables / "measures").glob("*.parquet")):
        table = pd.read_parquet(path)
        row = OF_TABLE.get(path.stem, {"title": "", "sheet": "", "release": "unknown"})
        where = f" (bijlage, tabblad {row['sheet']})" if row["sheet"] else ""
        # What is read; to six digits it is the same on every machine.
        text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        about = f"{row['title']}{where}"
        line = _line(
            f"tabel {path.stem}", row["release"], _hash(text), what=about, cells=len(table)
        )
        lines += [line] if len(table) else []
    for name, path in files_below(edition.folder).items():
        release = next((BROUGHT[form] for form in BROUGHT if fnmatch(name, form)), "")
        is_copy = path.suffix == ".ipynb" and cells_of(path) == package_notebooks().get(path.name)
        if release and not is_copy:
            lines.append(_line(name, release, sha256(path)))
    return lines


def _signed(edition: Edition, drafts: Sequence[Line]) -> list[Line]:
    """The lines, with what two people signed for; a signature that does not fit waits as well."""
    unsigned = {line["output"]: line for line in drafts}
    lines = dict(unsigned)
    for release in read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave):
        line = unsigned.get(release.uitvoer) or _line(release.uitvoer, "signature")
        is_other = line["content"] != release.inhoud
        unfit = UNFIT.get(line["status"], "sign_again" if is_other else "")
        note = message(unfit, file=RELEASES_FILE) if unfit else ""
        status = BLOCKED if line["status"] == BLOCKED else REVIEW if unfit else RELEASED
        lines[release.uitvoer] = line | {"status": status, "note": note}
    return list(lines.values())
