"""The release dossier: what goes out, how it is protected, who signed, what was found."""

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mma_analysis import storage
from mma_analysis.audit.crate import crate
from mma_analysis.audit.evidence import evidence
from mma_analysis.audit.files import (
    AUDIT_RESULT,
    CRATE,
    DOSSIER,
    DOSSIER_DATA,
    INTERN_FOLDER,
    MANIFESTS,
    OUTSIDE,
)
from mma_analysis.audit.signatures import PREFIX, Vrijgave, signed_for
from mma_analysis.settings import Edition, codebook
from mma_analysis.storage import (
    ISSUE_NUMBER,
    RELEASES_FILE,
    Kept,
    files_below,
    hash_of,
    input_hashes,
    manifest_of_issue,
    read_json,
    sha256,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.errors import filled_in
from mma_analysis.vocabulary.numbers import day, listing
from mma_analysis.vocabulary.numbers import number as in_dutch
from mma_analysis.vocabulary.parquet import stored_table
from mma_analysis.vocabulary.reference import INDICATORS, package_table

if TYPE_CHECKING:
    from mma_analysis.audit.document import Finding
    from mma_analysis.audit.examination import Audited

OK = "ok"
REVIEW = "review"
BLOCKED = "blocked"
SIGNED_FOR = "released"
STATE_IN_WORDS = {
    OK: "akkoord",
    REVIEW: "te tekenen",
    BLOCKED: "geblokkeerd",
    SIGNED_FOR: "getekend",
}
DOSSIER_HEADS = {
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
# Kind of output → what is said of it; form of a file that an edition brings → its kind.
RELEASES = {row["release"]: row for row in package_table("releases")}
BROUGHT = {form: kind for kind, row in RELEASES.items() for form in row["brought"].split()}
OF_TABLE = {row["table"]: row for row in reversed(INDICATORS) if row["release"]}
OF_NO_TABLE = {"title": "", "sheet": "", "release": "unknown"}
# Status of a line that nobody has to sign → why a signature for it does not fit.
UNFIT = {OK: "sign_needless", BLOCKED: "sign_blocked", "": "sign_nothing"}
# How a text of the package types a number, and why.
TYPED_IN_TEXT = re.compile(r"""vast\(["']?([^"']+)["']?, ["']([^"']+)["']\)""")
LIST_OF_INTERN = f"{INTERN_FOLDER}/{storage.MANIFEST}"
MOST_FINDINGS_SHOWN = 20
CHANGED = "anders geleverd"  # and of which gemeente
REVISION = "herziening"
KEPT_TABLES = "tables"  # what is kept of the released tables
FILE_ENDS = "bestand houdt op"  # and of which gemeente
Verdict = dict[str, Any]


class DossierLine(NamedTuple):
    """An output: what it is, what could go wrong, what was done about it, and who signed.

    `content` stands for what is signed for: with another one it takes another signature.
    """

    output: str
    what: str = ""
    kind: str = ""
    cells: int = 0
    risk: str = ""
    treatment: str = ""
    attack: str = ""
    issues: str = ""
    status: str = ""
    content: str = ""
    note: str = ""


class NotReleasedError(DataError):
    """Files that are well, and for which two people must still sign."""

    exit_code = 3


class Signed(NamedTuple):
    """Why a line may go out, and who said so, as it is read in the dossier."""

    reason: str
    first: str
    second: str


NO_SIGNATURES = Signed("", "", "")


def examine(
    edition: Edition,
    reports: Path,
    tables: Path,
    kept: Kept | None = None,
) -> Verdict:
    """Audit the files of an edition, with what two people signed for.

    Gives what is written beside them: their `findings`, the `lines` of the dossier, whether
    they are `clean` and may stand, and `released` and may be sent; and which `issue` they
    say they are. The same for the same files, without a clock time, but that a signature of
    a day to come is said until that day. UsageError:
    `vrijgave.toml` cannot be read as such. `kept`: what was examined before and is still
    the same is not examined again.
    """
    from mma_analysis.audit.examination import audit  # takes a second

    _signed(edition, ())  # what is wrong in the file of signatures is said before all else
    files = storage.hashes_below(reports, OUTSIDE)
    inputs = input_hashes(edition.folder)
    audited = audit(edition, reports, tables, kept)
    if kept is not None:
        _keep_tables(tables / storage.MEASURES, kept)
    lines = _lines(edition, tables, audited, kept)
    statuses = {line.status for line in lines}
    manifests = [read_json(reports / file) or {} for file in MANIFESTS]
    numbers = [manifest[ISSUE_NUMBER] for manifest in manifests if ISSUE_NUMBER in manifest]
    said = []
    for finding in audited.findings:
        about = {"id": finding.id, "sentence": finding.sentence}
        said.append(about | finding._asdict())
    of_tables = storage.read_manifest(tables) or {}
    return {
        "edition": edition.slug,
        "figures": of_tables.get("figures", ""),
        "files": files,
        "inputs": inputs,
        "findings": said,
        "lines": [line._asdict() for line in lines],
        "evidence": evidence(edition, of_tables),
        "choices": _choices(edition, of_tables),
        "clean": BLOCKED not in statuses,
        "released": statuses.isdisjoint({BLOCKED, REVIEW}),
        ISSUE_NUMBER: max(numbers, default=None),
    }


def write_result(verdict: Verdict, edition: Edition, reports: Path) -> None:
    """Write what came out beside the files: for programs, and for who decides."""
    import pandas as pd

    storage.write_json(reports / AUDIT_RESULT, verdict)
    lines = verdict["lines"]
    signatures = _signatures(edition)
    until = edition.brief.uiterlijk
    html = filled_in(
        "audit/dossier.html.j2",
        edition=edition,
        lines=lines,
        issue=verdict.get(ISSUE_NUMBER),
        words=STATE_IN_WORDS,
        file=RELEASES_FILE,
        signatures=signatures,
        evidence=verdict.get("evidence"),
        choices=verdict.get("choices"),
        figures=verdict.get("figures"),
        last_signed=_last_signed(edition, lines),
        until=day(until) if until else "",
        questions=_public_options(edition),
        named=_asked_by_name(edition),
        quotes=_public_quotes(edition),
        number=in_dutch,
    )
    storage.write_whole(reports / DOSSIER, html.encode())

    table = pd.DataFrame(lines, columns=list(DOSSIER_HEADS))
    table = table.replace({"status": STATE_IN_WORDS}).rename(columns=DOSSIER_HEADS)
    by = []
    for line in lines:
        is_signed = line["status"] == SIGNED_FOR
        by.append(signatures[line["output"]] if is_signed else NO_SIGNATURES)
    table["eerste handtekening"] = [one.first for one in by]
    table["tweede handtekening"] = [one.second for one in by]
    text = table.to_csv(sep=";", index=False, lineterminator="\r\n")
    storage.write_whole(reports / DOSSIER_DATA, f"\ufeff{text}".encode())
    storage.write_json(reports / CRATE, crate(verdict, edition))


def _choices(edition: Edition, manifest: Verdict) -> list[str]:
    """For which gemeente was chosen how her files are read, and how often.

    Not what: a header or tab can have a name in it, and a dossier is kept.
    """
    names = _names_of_gemeenten(edition)
    chosen: dict[str, int] = {}
    for file in manifest.get("files", ()):
        for slug in file["gemeenten"]:
            number = len(file.get("choices", ()))
            chosen[slug] = chosen.get(slug, 0) + number
    lines = []
    for slug, number in chosen.items():
        if number:
            lines.append(message("choice_of", name=names[slug], number=number))
    return sorted(lines)


def _public_options(edition: Edition) -> dict[str, tuple[str, ...]]:
    """Each question of which answers go out to everybody → what could be chosen."""
    book = _book(edition)
    released = book.released if book else ()
    return {question.tekst: question.opties for question in released if question.opties}


def _asked_by_name(edition: Edition) -> set[str]:
    """The texts of questions of which goes out which gemeente answered what."""
    book = _book(edition)
    named = book.named if book else ()
    return {question.tekst for question in named}


def _book(edition: Edition) -> codebook.Codebook | None:
    """The code book of the survey; nothing without a survey or its file."""
    survey = edition.vragenlijst
    if survey is None or not (edition.folder / survey.codeboek).is_file():
        return None
    return codebook.load(edition)


def _public_quotes(edition: Edition) -> list[str]:
    """The texts of respondents that somebody released."""
    survey = edition.vragenlijst
    if survey is None or not survey.citaten:
        return []
    path = edition.folder / survey.citaten
    if not path.is_file():
        return []
    said = tomllib.loads(path.read_text("utf-8-sig"))
    return [str(one.get("tekst", "")) for one in said.get("citaat", [])]


def _signatures(edition: Edition) -> dict[str, Signed]:
    """Output → what two people wrote when they signed for it."""
    signatures = {}
    for release in signed_for(edition):
        people = []
        for person in (release.eerste, release.tweede):
            people.append(f"{person.naam}, {person.functie}, {day(person.datum)}")
        signatures[release.uitvoer] = Signed(release.reden, *people)
    return signatures


def _last_signed(edition: Edition, lines: Sequence[dict[str, Any]]) -> str:
    """The last day on which somebody signed for one of these; empty when nobody did."""
    signed = {line["output"] for line in lines if line["status"] == SIGNED_FOR}
    days = []
    for release in signed_for(edition):
        if release.uitvoer in signed:
            days += [release.eerste.datum, release.tweede.datum]
    return day(max(days)) if days else ""


def explained(verdict: Verdict) -> str:
    """Say what stops the files, or what waits for two people, in sentences."""
    said = []
    if verdict["clean"]:
        what = message("audit_sign", dossier=DOSSIER, file=RELEASES_FILE)
        for line in verdict["lines"]:
            if line["status"] == REVIEW:
                said.append(f"{line['output']}: {line['note'] or line['risk']}")
    else:
        what = message("audit_repair")
        for finding in verdict["findings"]:
            said.append(f"{finding['id']}  {finding['sentence']}")

    more = len(said) - MOST_FINDINGS_SHOWN
    said = said[:MOST_FINDINGS_SHOWN]
    if more > 0:
        said.append(f"en nog {more}")
    return "\n".join([*said, what])


# --- the last audit -----------------------------------------------------------------------


def was_clean(edition: Edition, reports: Path) -> bool:
    """Whether the files are those of the last audit, and they may stand."""
    with suppress(DataError):
        refuse_unaudited(edition, reports)
        return True
    return False


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
    verdict[ISSUE_NUMBER] = number
    write_result(verdict, edition, reports)


def waits_for(reports: Path) -> list[str]:
    """The outputs for which two people must still sign, by the last audit."""
    lines = _last_result(reports).get("lines", [])
    return [line["output"] for line in lines if line["status"] == REVIEW]


def refuse_unaudited(edition: Edition, reports: Path) -> None:
    """Make sure that these are all the files of the last audit, and that they may stand.

    Deliveries, settings or a program that changed since are an error as well: more may be
    found. What was clean stays clean with less beside it: a set that was forgotten whole.
    """
    slug = edition.slug
    last = _last_result(reports)
    files = storage.hashes_below(reports, OUTSIDE)
    if not files or not last:
        raise DataError.of("audit_first", folder=reports, slug=slug)

    audited = {}
    for file, hashed in last.get("files", {}).items():
        audience, _, _ = file.partition("/")
        if (reports / audience).exists():
            audited[file] = hashed
    changed = storage.differing(audited, files)
    if changed:
        raise DataError.of("changed_since_audit", files=", ".join(changed), slug=slug)
    if last.get("clean") is not True:
        raise DataError.of("audit_found", folder=reports, slug=slug)

    # Of a delivery that is gone nothing new can be found.
    inputs = input_hashes(edition.folder)
    if not inputs.items() <= last.get("inputs", {}).items():
        raise DataError.of("audit_again", slug=slug)


def refuse_unreleased(edition: Edition, reports: Path) -> None:
    """Make sure that two people signed for all that has to be judged, with this content."""
    if _last_result(reports).get("released") is not True:
        waiting = waits_for(reports)[:MOST_FINDINGS_SHOWN]
        raise NotReleasedError.of(
            "two_must_sign",
            waiting=", ".join(waiting),
            dossier=reports / DOSSIER,
            file=RELEASES_FILE,
            slug=edition.slug,
        )
    for file in MANIFESTS:
        manifest = read_json(reports / file) or {}
        if manifest.get("released") is False:
            raise NotReleasedError.of("still_says", slug=edition.slug)


def _last_result(folder: Path) -> Verdict:
    return read_json(folder / AUDIT_RESULT) or {}


# --- a line per output --------------------------------------------------------------------


def is_signed(edition: Edition, tables: Path, kept: Kept | None = None) -> bool:
    """Whether two people signed for all that can be judged before there are files."""
    drafts = _before_files(edition, tables, kept)
    lines = _signed(edition, drafts)
    of_drafts = lines[: len(drafts)]
    return all(line.status != REVIEW for line in of_drafts)


def _lines(
    edition: Edition,
    tables: Path,
    audited: "Audited",
    kept: Kept | None,
) -> list[DossierLine]:
    """Every output, with what was found in the finished files."""
    drafts = [
        *_before_files(edition, tables, kept),
        *_of_files(audited),
        *_of_findings(audited.findings),
    ]
    if audited.typed:
        what = "; ".join(sorted(audited.typed))
        kind = "threshold" if _are_ours(audited.typed) else "typed"
        line = _line("getypte getallen", kind, _hash(what))
        drafts.append(line._replace(what=what))

    manifest = storage.read_manifest(tables) or {}
    attack = manifest.get("attack", {})
    readers = attack.get("readers", ()) if attack.get("is_attacked") else ()
    attacked_by = ", ".join(readers) or "niet aangevallen"
    numbers = [str(issue.get("number", "")) for issue in manifest.get("issues", ())]
    issues = ", ".join(numbers) or "geen"
    lines = []
    for line in drafts:
        said = line.attack.replace("{attack}", attacked_by)
        lines.append(line._replace(issues=issues, attack=said))
    return _signed(edition, lines)


def _are_ours(typed: Collection[str]) -> bool:
    """Whether a text of the package types each number with its reason: nobody here did."""
    from mma_analysis.audit.wording import shipped_texts

    ours: set[tuple[str, str]] = set()
    for text in shipped_texts():
        ours.update(TYPED_IN_TEXT.findall(text))
    for one in typed:
        why, _, number = one.rpartition(": ")
        if (number, why) not in ours:
            return False
    return True


def _before_files(edition: Edition, tables: Path, kept: Kept | None) -> list[DossierLine]:
    """The lines of released tables that say something, of what is otherwise than what went
    out, and of what an edition brings.
    """
    return [
        *_of_tables(tables, kept),
        *_of_ends(edition, tables),
        *_of_changes(edition, tables),
        *_of_brought(edition),
    ]


def _of_tables(tables: Path, kept: Kept | None) -> Iterator[DossierLine]:
    """Released tables with a row."""
    for name, told in _told_tables(tables / storage.MEASURES, kept).items():
        indicator = OF_TABLE.get(name, OF_NO_TABLE)
        what = indicator["title"]
        if indicator["sheet"]:
            what += f" (bijlage, tabblad {indicator['sheet']})"
        line = _line(f"tabel {name}", indicator["release"], told["content"])
        yield line._replace(what=what, cells=told["rows"])


def _told_tables(folder: Path, kept: Kept | None) -> dict[str, dict[str, Any]]:
    """Table with a row → how many it has, and a hash of what is read in it."""
    if kept is not None:
        told = kept.read(KEPT_TABLES, _made_from(folder))
        if told is not None:
            return told
    told = {}
    for path in sorted(folder.glob("*.parquet")):
        table = stored_table(path)
        if len(table):
            # To six digits it is the same on every machine.
            text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
            told[path.stem] = {"rows": len(table), "content": _hash(text)}
    return told


def _keep_tables(folder: Path, kept: Kept) -> None:
    """Keep what the dossier tells of tables, for the next time that they are these."""
    told = _told_tables(folder, kept)
    kept.write(KEPT_TABLES, _made_from(folder), told)


def _made_from(folder: Path) -> str:
    """One hash of tables, and of what can tell something else of them."""
    return hash_of([storage.made_with(), storage.hashes_below(folder)])


def _of_ends(edition: Edition, tables: Path) -> Iterator[DossierLine]:
    """Gemeenten of which the delivery is seen to end, and nobody said that it is so."""
    manifest = storage.read_manifest(tables) or {}
    names = _names_of_gemeenten(edition)
    for slug, text in manifest.get("ends", {}).items():
        last = dt.date.fromisoformat(text)
        what = message("seen_to_end", name=names[slug], day=day(last), slug=slug)
        line = _line(f"{FILE_ENDS}: {slug}", "ends", _hash(what))
        yield line._replace(what=what)


def _names_of_gemeenten(edition: Edition) -> dict[str, str]:
    """Slug of a gemeente → its name."""
    return {area.slug: area.name for area in edition.vocabulary.gemeenten}


def _of_changes(edition: Edition, tables: Path) -> Iterator[DossierLine]:
    """Gemeenten of which rows of days that went out are otherwise now, and a revision."""
    manifest = storage.read_manifest(tables) or {}
    revision = manifest.get("revision") or {"gemeenten": []}
    names = _names_of_gemeenten(edition)
    of_revised = []
    for row in manifest.get("changed", ()):
        slug = row["area"]
        what = message(
            "changed_rows",
            name=names[slug],
            added=row["added"],
            gone=row["gone"],
            changed=row["changed"],
        )
        line = _line(f"{CHANGED}: {slug}", "changed", _hash(what))._replace(what=what)
        if slug in revision["gemeenten"]:
            line = line._replace(treatment=message("revised_too"))
            of_revised.append(what)
        yield line

    if revision["gemeenten"]:
        revised = listing([names[slug] for slug in revision["gemeenten"]])
        what = message(
            "revised",
            names=revised,
            reason=revision["reason"],
            moved=revision["moved"],
        )
        # Who signs for it sees how many rows are otherwise.
        content = _hash("\n".join([what, *of_revised]))
        yield _line(REVISION, "revision", content)._replace(what=what)


def _of_brought(edition: Edition) -> Iterator[DossierLine]:
    """Files that an edition brings itself, but for copies of notebooks of the package."""
    for name, path in files_below(edition.folder).items():
        kind = _kind_of(name)
        if kind and not _is_copy(path):
            yield _line(name, kind, sha256(path))


def _kind_of(name: str) -> str:
    """The kind of a file that an edition may bring; empty when it is none."""
    for form, kind in BROUGHT.items():
        if fnmatch(name, form):
            return kind
    return ""


def _is_copy(path: Path) -> bool:
    """Whether this is a notebook that says what the one of the package says."""
    from mma_analysis.audit.wording import package_notebooks, text_of_cells

    if path.suffix != ".ipynb":
        return False
    return text_of_cells(path) == package_notebooks().get(path.name)


def _of_files(audited: "Audited") -> Iterator[DossierLine]:
    """Finished files, with the number of cells that each names."""
    stopped = {one.file for one in audited.findings if not one.is_signable}
    for file, number in audited.cells.items():
        if file == LIST_OF_INTERN:
            release = "listed"
        else:
            release = "intern" if file.startswith(INTERN_FOLDER) else "page"
        line = _line(file, release)._replace(cells=number)
        if file in stopped:
            line = line._replace(status=BLOCKED, note="zie de bevindingen")
        yield line


def _of_findings(findings: Sequence["Finding"]) -> Iterator[DossierLine]:
    """What the audit found; what nobody may let stand is blocked."""
    for finding in findings:
        line = _line(f"bevinding {finding.id}", "finding", finding.content)
        line = line._replace(risk=finding.sentence)
        if not finding.is_signable:
            line = line._replace(status=BLOCKED, content="")
        yield line


def _line(output: str, release: str, content: str = "") -> DossierLine:
    """The line of an output of a kind of the list, with the hash of what is signed for."""
    row = RELEASES[release]
    return DossierLine(
        output=output,
        kind=row["kind"],
        risk=row["risk"],
        treatment=row["treatment"],
        attack=row["attack"],
        status=row["status"],
        content=f"{PREFIX}{content}" if row["status"] == REVIEW else "",
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _signed(edition: Edition, drafts: Sequence[DossierLine]) -> list[DossierLine]:
    """The lines, with what two people signed for; a signature that does not fit waits."""
    unsigned = {line.output: line for line in drafts}
    lines = dict(unsigned)
    for release in signed_for(edition):
        output = release.uitvoer
        # A change or a revision that went out is settled: nobody need undo the signature.
        is_settled = output.startswith((CHANGED, REVISION, FILE_ENDS))
        if is_settled and output not in unsigned:
            continue
        line = unsigned.get(output) or _line(output, "signature")
        unfit = _unfit(line, release)
        if not unfit:
            note = _of_a_day_to_come(release)
            lines[output] = line._replace(status=SIGNED_FOR, note=note)
            continue
        status = BLOCKED if line.status == BLOCKED else REVIEW
        note = message(unfit, file=RELEASES_FILE)
        lines[output] = line._replace(status=status, note=note)
    return list(lines.values())


def _of_a_day_to_come(release: Vrijgave) -> str:
    """That a signature is of a day to come; empty when none is.

    It stops nothing: the clock of a machine may be behind.
    """
    last = release.tweede.datum
    if last <= dt.date.today():
        return ""
    return message("signed_later", day=day(last))


def _unfit(line: DossierLine, release: Vrijgave) -> str:
    """Why a signature does not fit a line: the code of a message; empty when it does."""
    if line.status in UNFIT:
        return UNFIT[line.status]
    if line.content != release.inhoud:
        return "sign_again"
    return ""
