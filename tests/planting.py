"""The finished files of the example and of a tiny edition, and how a leak is planted in one.

Beside the deliveries stand two that nobody wrote: with a tip, and with an open answer.
"""

import csv
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import pytest

from mma_analysis.audit.document import Finding
from mma_analysis.audit.examination import Auditor
from mma_analysis.settings import Edition, load
from mma_analysis.storage import as_json
from mma_analysis.vocabulary import DataError
from small_edition import settings

BORNE, DISTRICT = "openbaar/borne.html", "openbaar/district.html"
INTERN, LETTER = "intern/borne/borne.html", "intern/borne/kwaliteit.html"
PAPER = "openbaar/voorstel-dvo.docx"
PUBLIC = ("index.html", "bijlage.xlsx", "bijlage.csv", "datapakket.zip", "manifest.json")
FILES = [BORNE, DISTRICT, INTERN, LETTER, PAPER, *(f"openbaar/{name}" for name in PUBLIC)]
Change = Callable[[bytes], bytes]
Plant = tuple[str, Change]

FREE_TEXT = (
    "Volgens de melder woont Teunis Pruimedoorn boven het café. Het codewoord is Piepzakroute."
)
ANSWER = """Wat kan er beter?;Naam;Functie
Spreek eerst af welke brilslang voorgaat; dan volgt de rest.;Eefke Knarsepoort;x
"""
TIP = f"""M-nummer;Datum ontvangst;Soort;Naam betrokkene;Straat en huisnummer;Toelichting
M2021-994877;01-10-2021;drugs;Wubbe Mistwandelaar;Kabouterstuwdijk 114;{FREE_TEXT}
"""
MOMENT = (1980, 1, 1, 0, 0, 0)


class Files:
    """Finished files below a folder, and who audits them."""

    def __init__(self, reports: Path, auditor: Auditor, folder: Path) -> None:
        self.reports, self.auditor, self._folder = reports, auditor, folder
        self._untouched: dict[str, list[Finding]] = {}

    def untouched(self, file: str) -> list[Finding]:
        """What the audit finds in a file as it is."""
        if file not in self._untouched:
            self._untouched[file] = self.found(file)
        return self._untouched[file]

    def found(self, file: str, change: Change = lambda content: content) -> list[Finding]:
        """What the audit finds in a file that was changed, beside the others as they are."""
        beside = self._folder / "beside"
        if not beside.exists():
            shutil.copytree(self.reports, beside)
        content = (self.reports / file).read_bytes()
        path, page = beside / file, PAPER.replace(".docx", ".html")
        path.write_bytes(change(content))
        try:
            return self._found_in(path, file, page)
        finally:
            path.write_bytes(content)

    def _found_in(self, path: Path, file: str, page: str) -> list[Finding]:
        try:
            document = self.auditor.open(path, file)
        except DataError as error:
            return [Finding(file, str(error), "unread")]
        twin = self.auditor.open(self.reports / page, page) if file == PAPER else None
        return sorted({*self.auditor.look(document, twin)})


def leaks(files: str) -> list[Any]:
    """The leaks of `cases/leaks.csv` for these files: the kind of finding, the file, the change.

    `old` is what a leak takes the place of, in a part of an office file by a pattern; on a page by
    itself it is the end, and a part of which nothing is taken is a new one.
    """
    with (Path(__file__).parent / "cases" / "leaks.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["files"] == files]
    plants = []
    for row in rows:
        part, old, new = row["part"], row["old"], row["new"]
        if part:
            plant = in_part(part, old, new, row["file"])
        else:
            plant = instead(old, new, row["file"]) if old else says(new, row["file"])
        plants.append(pytest.param(row["kind"], *plant, id=row["name"]))
    return plants


def says(body: str, file: str = BORNE) -> Plant:
    """Put something at the end of a page."""
    return instead("</main>", f"{body}\n</main>", file)


def instead(old: str, new: str, file: str = BORNE) -> Plant:
    """Put something in the place of something else."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode(), 1)

    return file, change


def in_part(name: str, old: str, new: str, file: str) -> Plant:
    """Change one part of an office file where a pattern is found first, or put another part in."""

    def change(content: bytes) -> bytes:
        parts = parts_of(content)
        text, times = re.subn(old, new, parts[name].decode() if old else "", count=1)
        assert times, old
        return packed(parts | {name: text.encode()})

    return file, change


def packed(parts: dict[str, bytes], moment: tuple[int, ...] = MOMENT) -> bytes:
    """A zip as ours are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, moment)  # pyright: ignore[reportArgumentType]
            part.create_system = 0
            archive.writestr(part, content)
    return written.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- a tiny edition, with pages that give nothing away -------------------------------------------

TOGETHER = dict.fromkeys(["almelo", "enschede", "wierden"], "meldingen/almelo.csv")
CANDIDATE = b"what the pages say"  # stands in for the file of which they are made


def edition_in(folder: Path) -> Edition:
    """The settings, two deliveries with free text in them, and an export of a survey."""
    text = settings(TOGETHER | {"borne": "meldingen/borne.csv"})
    write(folder / "evaluatie.toml", text.replace("2023-06-30", "2022-06-30"))
    write(folder / "meldingen/almelo.csv", "Datum ontvangst;Soort\n02-10-2021;fraude\n")
    write(folder / "meldingen/borne.csv", TIP)
    write(folder / "vragenlijst/antwoorden.csv", ANSWER)
    return load(folder)


def tables_in(folder: Path) -> None:
    """Tables that can be sent, of which the rows were forgotten."""
    write(folder / "kandidaat.parquet", CANDIDATE.decode())
    attack = {"is_attacked": True, "known": []}
    outputs = {"kandidaat.parquet": hashlib.sha256(CANDIDATE).hexdigest()}
    manifest = {"attack": attack, "forgotten": ["clean"], "outputs": outputs}
    write(folder / "manifest.json", json.dumps(manifest))


def reports_in(folder: Path) -> Path:
    """Finished files that give nothing away, and what a manifest says of them."""
    for name in ("openbaar/index.html", DISTRICT, BORNE, INTERN):
        write(folder / name, page("<p>Niet getoond, om de melder te beschermen.</p>"))
    listed(folder)
    return folder


def listed(folder: Path) -> None:
    """Write the manifest of each set for the files that are there now."""
    made_of = {"edition": "proef", "candidate": hashlib.sha256(CANDIDATE).hexdigest()}
    for audience in ("openbaar", "intern"):
        paths = [p for p in (folder / audience).rglob("*") if p.is_file() and p.suffix != ".json"]
        found = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(paths)
        }
        manifest = as_json(made_of | {"files": found}).decode()
        write(folder / audience / "manifest.json", manifest)


def write(path: Path, content: str) -> None:
    """Write a text file, in a folder that need not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def page(body: str) -> str:
    """A page as ours are, without the drawing library."""
    assets = package_files("mma_analysis").joinpath("publish", "assets")
    css, js = (assets.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>Evaluatie</title>\n'
        f"<style>{css}</style></head>\n<body><main>\n{body}\n</main>\n"
        f"<script>{js}</script></body></html>\n"
    )
