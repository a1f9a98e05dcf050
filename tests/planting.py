"""The finished files of the example, and how a leak is planted in one of them.

Beside its deliveries stand two that nobody wrote: with a tip, and with an open answer.
"""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mma_analysis.audit.document import Finding
from mma_analysis.audit.examining import Auditor
from mma_analysis.settings import EXAMPLE, Workspace, load
from mma_analysis.vocabulary import DataError

BORNE, DISTRICT = "openbaar/borne.html", "openbaar/district.html"
INTERN, LETTER = "intern/borne/borne.html", "intern/borne/kwaliteit.html"
BOOK, PAPER, DATA = "openbaar/bijlage.xlsx", "openbaar/voorstel-dvo.docx", "openbaar/bijlage.csv"
MANIFEST = "openbaar/manifest.json"
Change = Callable[[bytes], bytes]
Plant = tuple[str, Change]

FREE_TEXT = (
    "Volgens de melder woont Teunis Pruimedoorn boven het café. Het codewoord is Piepzakroute."
)
OPEN_ANSWER = "Spreek eerst af welke brilslang voorgaat; dan volgt de rest."
TIP = f"""M-nummer;Datum ontvangst;Soort;Naam betrokkene;Straat en huisnummer;Toelichting
M2021-994877;01-10-2021;drugs;Wubbe Mistwandelaar;Kabouterstuwdijk 114;{FREE_TEXT}
"""
MOMENT = (1980, 1, 1, 0, 0, 0)


class Files:
    """Finished files below a folder, and who audits them."""

    def __init__(self, reports: Path, auditor: Auditor, folder: Path) -> None:
        self.reports, self.auditor, self._folder = reports, auditor, folder

    def found(self, file: str, change: Change = lambda content: content) -> list[Finding]:
        """What the audit finds in a file that was changed."""
        path, page = self._folder / f"changed{Path(file).suffix}", PAPER.replace(".docx", ".html")
        path.write_bytes(change((self.reports / file).read_bytes()))
        try:
            document = self.auditor.open(path, file)
        except DataError as error:
            return [Finding(file, str(error), "unread")]
        twin = self.auditor.open(self.reports / page, page) if file == PAPER else None
        return sorted({*self.auditor.look(document, twin)})


def example_files(workspace: Workspace, folder: Path) -> Files:
    """Those of the example, of which two deliveries more are searched for."""
    raw = Path(shutil.copytree(workspace.raw(EXAMPLE), folder / EXAMPLE))
    (raw / "meldingen" / "tip.csv").write_text(TIP, encoding="utf-8")
    answer = f"Wat kan er beter?;Naam;Functie\n{OPEN_ANSWER};Eefke Knarsepoort;x\n"
    (raw / "vragenlijst" / "los.csv").write_text(answer, encoding="utf-8")
    auditor = Auditor(load(raw), workspace.processed(EXAMPLE))
    return Files(workspace.reports(EXAMPLE), auditor, folder)


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
            plant = instead(old or "</main>", new if old else f"{new}\n</main>", row["file"])
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
        text = parts[name].decode() if old else ""
        assert re.search(old, text), old
        return packed(
            parts | {name: re.sub(old, new, text, count=1).encode() if old else new.encode()}
        )

    return file, change


def packed(parts: dict[str, bytes], moment: tuple[int, ...] = MOMENT) -> bytes:
    """A zip as ours are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, moment)  # pyright: ignore[reportArgumentType]
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(part, content)
    return written.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
