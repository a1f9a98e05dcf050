"""The release dossier: what goes out, how it is protected, and what two people must sign for."""

import csv
import datetime as dt
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pyarrow.parquet
from jinja2 import Environment, StrictUndefined
from pydantic import Field, model_validator

from mma_analysis.audit.document import INTERN, Finding
from mma_analysis.audit.wording import cells_of, package_notebooks
from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, Edition, Section, read_blocks
from mma_analysis.storage import files_below, read_manifest, sha256
from mma_analysis.vocabulary.reference import INDICATORS, package_table

RELEASES_FILE = "vrijgave.toml"
OK, REVIEW, BLOCKED, RELEASED = "ok", "review", "blocked", "released"
IN_WORDS = {OK: "akkoord", REVIEW: "te tekenen", BLOCKED: "geblokkeerd", RELEASED: "getekend"}
HEADS = (
    *("uitvoer", "wat", "soort", "cellen", "risico", "behandeling", "aanval"),
    *("eerdere uitgaven", "status", "inhoud", "opmerking"),
)
DIGITS = ".6g"  # as in the annex: the same on every machine
PREFIX = "sha256:"
# What an edition brings itself, and no program can judge: folder and kind of file → kind of output.
BRINGS = {
    **{(NOTEBOOKS, ".ipynb"): "author", (NOTEBOOKS, ".j2"): "author"},
    **{(HOUSE_STYLE, ".docx"): "template"},
    **{(HOUSE_STYLE, ".svg"): "picture", (HOUSE_STYLE, ".png"): "picture"},
}


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
        first, second = (one.naam.casefold().split() for one in (self.eerste, self.tweede))
        if first == second:
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
    what: str = ""
    kind: str = "onbekend"  # and what has no kind cannot be judged
    cells: int = 0
    risk: str = "onbekend"
    treatment: str = "geen"
    attack: str = "geen"
    issues: str = ""
    status: str = BLOCKED
    content: str = ""
    note: str = ""

    @property
    def same(self) -> str:
        """What is to be said of it, and of every line like it."""
        return "|".join((self.kind, self.treatment, self.attack, self.issues, self.status))

    @classmethod
    def of(cls, output: str, release: str, source: bytes = b"", **more: str | int) -> "Line":
        """The line of an output of a kind of the list."""
        row = next((one for one in package_table("releases") if one["release"] == release), {})
        kept = {name: row[name] for name in row if name not in ("release", "source")}
        digest = f"{PREFIX}{hashlib.sha256(source).hexdigest()}"
        signed_for = digest if row.get("status") == REVIEW else ""
        return cls(output, **{**kept, "content": signed_for, **more})  # pyright: ignore[reportArgumentType]


def lines(
    edition: Edition, tables: Path, cells: Mapping[str, int], findings: Sequence[Finding]
) -> list[Line]:
    """Every output of an edition, as `vrijgave.toml` leaves it.

    `cells` says of each finished file how many cells it names; `tables` is the folder of the
    released tables. Raises UsageError when `vrijgave.toml` cannot be read as such.
    """
    manifest = read_manifest(tables) or {}
    attack = manifest.get("attack", {})
    told = ", ".join(attack.get("readers", ())) if attack.get("is_attacked") else "niet aangevallen"
    issues = ", ".join(str(one.get("number", "")) for one in manifest.get("issues", ())) or "geen"
    stopped = {finding.file for finding in findings if not finding.is_signable}
    drafts = _before_files(edition, tables)
    for file, number in cells.items():
        line = Line.of(file, INTERN if file.startswith(INTERN) else "page", cells=number)
        is_stopped = file in stopped
        drafts += [replace(line, status=BLOCKED, note="zie de bevindingen") if is_stopped else line]
    for finding in findings:
        signed_for = f"{PREFIX}{finding.content}" if finding.is_signable else ""
        status = REVIEW if signed_for else BLOCKED
        line = Line.of(f"bevinding {finding.id}", "finding", risk=finding.sentence)
        drafts.append(replace(line, status=status, content=signed_for))
    return _signed(
        edition,
        [replace(x, attack=x.attack.replace("{attack}", told), issues=issues) for x in drafts],
    )


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files to look at."""
    drafts = _before_files(edition, tables)
    named = {line.output for line in drafts}
    signed = _signed(edition, drafts)
    return not any(line.status == REVIEW for line in signed if line.output in named)


def _before_files(edition: Edition, tables: Path) -> list[Line]:
    """The lines of the released tables that say something, and of what an edition brings itself."""
    found = []
    for path in sorted((tables / "measures").glob("*.parquet")):
        number = pyarrow.parquet.read_metadata(path).num_rows
        row = next((one for one in INDICATORS if one["table"] == path.stem and one["release"]), {})
        where = f" (bijlage, tabblad {row['sheet']})" if row.get("sheet") else ""
        about = {"what": f"{row.get('title', '')}{where}", "cells": number}
        line = Line.of(f"tabel {path.stem}", row.get("release", ""), **about)
        if line.status == REVIEW:  # what is signed for is read
            form = {"index": False, "float_format": f"%{DIGITS}", "lineterminator": "\n"}
            text = pd.read_parquet(path).to_csv(**form).encode()
            line = Line.of(line.output, row["release"], text, **about)
        found += [line] if number else []
    for path in files_below(edition.folder):
        name = path.relative_to(edition.folder).as_posix()
        release = BRINGS.get((name.partition("/")[0], path.suffix))
        is_notebook = path.suffix == ".ipynb"
        is_copy = is_notebook and cells_of(path) == package_notebooks().get(path.name)
        if release and not is_copy:
            found.append(Line.of(name, release, path.read_bytes()))
    return found


def _signed(edition: Edition, drafts: Sequence[Line]) -> list[Line]:
    """The lines, with what two people signed for; a signature that does not fit waits as well."""
    releases = read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
    found = {line.output: line for line in drafts}
    seen = Counter(release.uitvoer for release in releases)
    for release in releases:
        line, status = found.get(release.uitvoer), REVIEW
        if line is None:
            note = f"staat niet (meer) in het dossier; haal de regel uit {RELEASES_FILE}"
            line = Line(release.uitvoer, kind="handtekening", risk="geen")
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


def signature_hash(folder: Path) -> str:
    """sha256 of what was signed; empty when nothing was."""
    path = folder / RELEASES_FILE
    return sha256(path) if path.is_file() else ""


def as_csv(lines: Sequence[Line]) -> str:
    """The dossier for a program: a line per output."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows(astuple(replace(line, status=IN_WORDS[line.status])) for line in lines)
    return "\ufeff" + written.getvalue()


def as_html(lines: Sequence[Line], edition: Edition) -> str:
    """The dossier for who signs: what waits first, with the lines to put in `vrijgave.toml`."""
    source = files("mma_analysis").joinpath("audit", "dossier.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(source)
    return template.render(edition=edition, lines=lines, words=IN_WORDS, file=RELEASES_FILE)
