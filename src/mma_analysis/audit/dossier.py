"""The release dossier: what goes out, how it is protected, and what two people must sign for."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
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
# What a line says, and its head. With another `content` it takes another signature.
HEADS = {
    **{"output": "uitvoer", "what": "wat", "kind": "soort", "cells": "cellen", "risk": "risico"},
    **{"treatment": "behandeling", "attack": "aanval", "issues": "eerdere uitgaven"},
    **{"status": "status", "content": "inhoud", "note": "opmerking"},
}
# What has no kind cannot be judged.
NO_KIND = {"kind": "onbekend", "risk": "onbekend", "treatment": "geen", "attack": "geen"}
SAME = ("kind", "treatment", "attack", "issues", "status")  # lines that differ in no more are one
PREFIX = "sha256:"
RELEASES = {row["release"]: row for row in package_table("releases")}
# What an edition brings itself, and no program can judge: folder and kind of file → kind of output.
BRINGS = {
    **{(NOTEBOOKS, ".ipynb"): "author", (NOTEBOOKS, ".j2"): "author"},
    **{(HOUSE_STYLE, ".docx"): "template"},
    **{(HOUSE_STYLE, ".svg"): "picture", (HOUSE_STYLE, ".png"): "picture"},
}
Line = dict[str, Any]


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


def lines(
    edition: Edition, tables: Path, cells: Mapping[str, int], findings: Sequence[Finding]
) -> list[Line]:
    """Every output of an edition, as `vrijgave.toml` leaves it: a value for each of `HEADS`.

    `cells` says of each finished file how many cells it names; `tables` is the folder of the
    released tables. Raises UsageError when `vrijgave.toml` cannot be read as such.
    """
    manifest = read_manifest(tables) or {}
    attack = manifest.get("attack", {})
    readers = ", ".join(attack.get("readers", ())) if attack.get("is_attacked") else ""
    issues = ", ".join(str(one.get("number", "")) for one in manifest.get("issues", ())) or "geen"
    stopped = {finding.file for finding in findings if not finding.is_signable}
    drafts = _before_files(edition, tables)
    for file, number in cells.items():
        more = {"status": BLOCKED, "note": "zie de bevindingen"} if file in stopped else {}
        release = INTERN if file.startswith(INTERN) else "page"
        drafts.append(_line(file, release, cells=number, **more))
    for finding in findings:
        more = {} if finding.is_signable else {"status": BLOCKED}
        name = f"bevinding {finding.id}"
        drafts.append(_line(name, "finding", finding.content, risk=finding.sentence, **more))
    for line in drafts:
        line["issues"] = issues
        line["attack"] = line["attack"].replace("{attack}", readers or "niet aangevallen")
    return _signed(edition, drafts)


def is_signed(edition: Edition, tables: Path) -> bool:
    """Whether two people signed for all that has to be judged before there are files to look at."""
    drafts = _before_files(edition, tables)
    return all(line["status"] != REVIEW for line in _signed(edition, drafts)[: len(drafts)])


def _line(output: str, release: str, content: str = "", **more: Any) -> Line:
    """The line of an output of a kind of the list, with the hash of what is signed for."""
    nothing = dict.fromkeys(HEADS, "") | NO_KIND | {"cells": 0, "status": BLOCKED}
    row = {name: text for name, text in RELEASES.get(release, {}).items() if name in HEADS}
    line = nothing | row | {"output": output} | more
    return line | {"content": f"{PREFIX}{content}" if line["status"] == REVIEW else ""}


def _before_files(edition: Edition, tables: Path) -> list[Line]:
    """The lines of the released tables that say something, and of what an edition brings itself."""
    found = []
    for path in sorted((tables / "measures").glob("*.parquet")):
        table = pd.read_parquet(path)
        row = next((one for one in INDICATORS if one["table"] == path.stem and one["release"]), {})
        where = f" (bijlage, tabblad {row['sheet']})" if row.get("sheet") else ""
        what, release = f"{row.get('title', '')}{where}", row.get("release", "")
        content = ""
        if RELEASES.get(release, {}).get("status") == REVIEW:
            # What is read; to six digits it is the same on every machine.
            text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
            content = hashlib.sha256(text.encode()).hexdigest()
        line = _line(f"tabel {path.stem}", release, content, what=what, cells=len(table))
        found += [line] if len(table) else []
    for path in files_below(edition.folder):
        name = path.relative_to(edition.folder).as_posix()
        release = BRINGS.get((name.partition("/")[0], path.suffix))
        is_notebook = path.suffix == ".ipynb"
        is_copy = is_notebook and cells_of(path) == package_notebooks().get(path.name)
        if release and not is_copy:
            found.append(_line(name, release, sha256(path)))
    return found


def _signed(edition: Edition, drafts: Sequence[Line]) -> list[Line]:
    """The lines, with what two people signed for; a signature that does not fit waits as well."""
    releases = read_blocks(edition.folder / RELEASES_FILE, "vrijgave", Vrijgave)
    there = {line["output"]: line for line in drafts}
    found, seen = dict(there), Counter(release.uitvoer for release in releases)
    for release in releases:
        of_nothing = _line(release.uitvoer, "", kind="handtekening", risk="geen", status="")
        line, status = there.get(release.uitvoer, of_nothing), REVIEW
        if not line["status"]:
            note = f"staat niet (meer) in het dossier; haal de regel uit {RELEASES_FILE}"
        elif line["status"] == OK:
            note = f"heeft geen handtekening nodig; haal de regel uit {RELEASES_FILE}"
        elif line["status"] == BLOCKED:
            status, note = BLOCKED, "hiervoor kan niemand tekenen; los de bevinding op"
        elif seen[release.uitvoer] > 1:
            note = f"staat twee keer in {RELEASES_FILE}; laat één regel staan"
        elif release.inhoud != line["content"]:
            note = "de handtekening past niet meer: de inhoud is veranderd"
        else:
            status, note = RELEASED, ""
        found[release.uitvoer] = line | {"status": status, "note": note}
    return list(found.values())


def signature_hash(folder: Path) -> str:
    """sha256 of what was signed; empty when nothing was."""
    path = folder / RELEASES_FILE
    return sha256(path) if path.is_file() else ""


def as_csv(lines: Sequence[Line]) -> str:
    """The dossier for a program: a line per output."""
    table = pd.DataFrame(lines, columns=[*HEADS]).replace({"status": IN_WORDS})
    return "\ufeff" + table.rename(columns=HEADS).to_csv(
        sep=";", index=False, lineterminator="\r\n"
    )


def as_html(lines: Sequence[Line], edition: Edition) -> str:
    """The dossier for who signs: what waits first, with the lines to put in `vrijgave.toml`."""
    source = files("mma_analysis").joinpath("audit", "dossier.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    rows = [line | {"same": "|".join(line[name] for name in SAME)} for line in lines]
    template = environment.from_string(source)
    return template.render(edition=edition, lines=rows, words=IN_WORDS, file=RELEASES_FILE)
