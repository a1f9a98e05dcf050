"""The release dossier: what goes out, how it is protected, and what two people must sign for."""

import csv
import datetime as dt
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined
from pydantic import Field, model_validator

from mma_analysis.audit.document import INTERN
from mma_analysis.audit.findings import SIGNABLE, Finding
from mma_analysis.audit.wording import cells_of, package_notebooks
from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, Edition, Section, read_blocks
from mma_analysis.storage import files_below, read_manifest, sha256
from mma_analysis.vocabulary.reference import INDICATORS, package_table

RELEASES_FILE = "vrijgave.toml"
OK, REVIEW, BLOCKED, RELEASED = "ok", "review", "blocked", "released"
IN_WORDS = {OK: "akkoord", REVIEW: "te tekenen", BLOCKED: "geblokkeerd", RELEASED: "getekend"}
HEADS = {
    **{"output": "uitvoer", "what": "wat", "kind": "soort", "cells": "cellen"},
    **{
        "risk": "risico",
        "treatment": "behandeling",
        "attack": "aanval",
        "issues": "eerdere uitgaven",
    },
    **{"status": "status", "content": "inhoud", "note": "opmerking"},
}
DIGITS = ".6g"  # as in the annex: the same on every machine
PREFIX = "sha256:"
PICTURES = (".svg", ".png")


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

    @model_validator(mode="after")
    def _are_two(self) -> "Vrijgave":
        if " ".join(self.eerste.naam.casefold().split()) == " ".join(
            self.tweede.naam.casefold().split()
        ):
            raise ValueError("eerste en tweede zijn dezelfde persoon; laat een ander ook tekenen")
        if self.tweede.datum < self.eerste.datum:
            raise ValueError("tweede tekende vóór eerste; kijk de datums na")
        return self


@dataclass(frozen=True)
class Line:
    """One output: what it is, what could go wrong, what was done about that, and where it stands.

    `content` stands for what is signed: with other content it is another signature.
    """

    output: str
    kind: str
    cells: int
    risk: str
    treatment: str
    attack: str
    issues: str
    status: str
    content: str = ""
    note: str = ""
    what: str = ""


def lines(
    edition: Edition,
    tables: Path,
    cells: Mapping[str, int],
    findings: Sequence[Finding],
) -> list[Line]:
    """Every output of an edition, as `vrijgave.toml` leaves it.

    `cells` says of each finished file how many cells it names; `tables` is the folder of the
    released tables. Raises UsageError when `vrijgave.toml` cannot be read as such.
    """
    manifest = read_manifest(tables) or {}
    drafts = [
        *_of_tables(tables),
        *_of_files(cells, findings),
        *_of_the_author(edition),
        *_of_findings(findings),
    ]
    attack = manifest.get("attack", {})
    told = ", ".join(attack.get("readers", ())) if attack.get("is_attacked") else "niet aangevallen"
    issues = ", ".join(str(one.get("number", "")) for one in manifest.get("issues", ())) or "geen"
    filled = [
        replace(line, attack=line.attack.replace("{attack}", told), issues=issues)
        for line in drafts
    ]
    releases = read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
    return _signed(filled, releases)


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files to look at."""
    drafts = [*_of_tables(tables), *_of_the_author(edition)]
    named = {line.output for line in drafts}
    releases = read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
    return not waiting(_signed(drafts, [one for one in releases if one.uitvoer in named]))


def waiting(dossier: Sequence[Line]) -> list[Line]:
    """The lines for which two people must still sign."""
    return [line for line in dossier if line.status == REVIEW]


def _line(release: str, output: str, cells: int, content: bytes | str = b"", **more: str) -> Line:
    row = next((one for one in package_table("releases") if one["release"] == release), None)
    if row is None:  # an output without a kind cannot be judged
        return Line(output, "onbekend", cells, "onbekend", "geen", "geen", "", BLOCKED)
    digest = hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
    kept = {n: value for n, value in row.items() if n not in ("release", "source")} | more
    signed_for = f"{PREFIX}{digest}" if kept["status"] == REVIEW else ""
    return Line(output=output, cells=cells, issues="", content=signed_for, **kept)


def _of_tables(tables: Path) -> Iterator[Line]:
    """Each released table; one that the registry does not have is of an unknown kind."""
    known = {row["table"]: row for row in INDICATORS if row["release"]}
    for path in sorted((tables / "measures").glob("*.parquet")):
        table = pd.read_parquet(path)
        if len(table):
            content = table.to_csv(index=False, float_format=f"%{DIGITS}", lineterminator="\n")
            row = known.get(path.stem, {"release": "", "title": "", "sheet": ""})
            line = _line(row["release"], f"tabel {path.stem}", len(table), content)
            where = f" (bijlage, tabblad {row['sheet']})" if row["sheet"] else ""
            yield replace(line, what=f"{row['title']}{where}")


def _of_files(files: Mapping[str, int], findings: Sequence[Finding]) -> Iterator[Line]:
    stopped = {finding.file for finding in findings if finding.kind not in SIGNABLE}
    for file, cells in files.items():
        line = _line(INTERN if file.startswith(INTERN) else "page", file, cells)
        yield replace(line, status=BLOCKED, note="zie de bevindingen") if file in stopped else line


def _of_the_author(edition: Edition) -> Iterator[Line]:
    """What an edition brings itself, that no program can judge."""
    brings = {
        NOTEBOOKS: {".ipynb": "author", ".j2": "author"},
        HOUSE_STYLE: {".docx": "template", **dict.fromkeys(PICTURES, "picture")},
    }
    for path in files_below(edition.folder):
        name = path.relative_to(edition.folder).as_posix()
        release = brings.get(name.partition("/")[0], {}).get(path.suffix, "")
        if release and not _is_the_packages(path):
            yield _line(release, name, 0, path.read_bytes())


def _is_the_packages(path: Path) -> bool:
    """Whether this is a copy of a notebook of which no cell was changed."""
    return path.suffix == ".ipynb" and cells_of(path) == package_notebooks().get(path.name)


def _of_findings(findings: Sequence[Finding]) -> Iterator[Line]:
    for finding in findings:
        status = REVIEW if finding.kind in SIGNABLE else BLOCKED
        line = _line("finding", f"bevinding {finding.id}", 0, status=status)
        content = f"{PREFIX}{finding.content}" if status == REVIEW else ""
        yield replace(line, risk=finding.sentence, content=content)


def _signed(drafts: Sequence[Line], releases: Sequence[Vrijgave]) -> list[Line]:
    """The lines, with what two people signed for; a signature that does not fit waits as well."""
    found = {line.output: line for line in drafts}
    seen = Counter(release.uitvoer for release in releases)
    for release in releases:
        line, status = found.get(release.uitvoer), REVIEW
        if line is None:
            note = f"staat niet (meer) in het dossier; haal de regel uit {RELEASES_FILE}"
            line = Line(release.uitvoer, "handtekening", 0, "geen", "geen", "geen", "", REVIEW)
        elif line.status == OK:
            note = f"heeft geen handtekening nodig; haal de regel uit {RELEASES_FILE}"
        elif line.status == BLOCKED:
            status, note = BLOCKED, "hiervoor kan niemand tekenen; los de bevinding op"
        elif seen[release.uitvoer] > 1:
            note = f"staat twee keer in {RELEASES_FILE}; laat één regel staan"
        elif release.inhoud != line.content:
            note = "de handtekening past niet meer: de inhoud is veranderd"
        else:
            status, note = RELEASED, ""
        found[release.uitvoer] = replace(line, status=status, note=note)
    return list(found.values())


# --- written -------------------------------------------------------------------------------------


def dossier_csv(dossier: Sequence[Line]) -> str:
    """The dossier for a program: a line per output."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS.values())
    writer.writerows(_in_words(line).values() for line in dossier)
    return "\ufeff" + written.getvalue()


def dossier_html(dossier: Sequence[Line], edition: Edition) -> str:
    """The dossier for who signs: what waits first, with the lines to put in `vrijgave.toml`."""
    source = files("mma_analysis").joinpath("audit", "dossier.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(source)
    return template.render(
        edition=edition,
        blocked=[line for line in dossier if line.status == BLOCKED],
        waiting=waiting(dossier),
        groups=list(_grouped(dossier)),
        words=IN_WORDS,
        file=RELEASES_FILE,
    )


def _grouped(dossier: Sequence[Line]) -> Iterator[tuple[Line, list[Line]]]:
    """What is settled, with the lines of which the same is to be said."""
    alike: dict[tuple[str, ...], list[Line]] = {}
    for line in dossier:
        if line.status in (OK, RELEASED):
            same = (line.kind, line.treatment, line.attack, line.issues, line.status)
            alike.setdefault(same, []).append(line)
    yield from ((lines[0], lines) for lines in alike.values())


def _in_words(line: Line) -> dict[str, Any]:
    row = asdict(line) | {"status": IN_WORDS[line.status]}
    return {nl: row[name] for name, nl in HEADS.items()}


def signature_hash(folder: Path) -> str:
    """sha256 of what was signed; empty when nothing was."""
    path = folder / RELEASES_FILE
    return sha256(path) if path.is_file() else ""
