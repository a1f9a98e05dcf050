"""How a leak is planted in finished files that give nothing away; each is a file and a plant."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit_pages import (
    letter,
    workbook,
)

BORNE, DISTRICT = "openbaar/borne.html", "openbaar/district.html"
INTERN, INDEX = "intern/borne/borne.html", "openbaar/index.html"
BOOK, LETTER = "openbaar/bijlage.xlsx", "openbaar/voorstel-dvo.docx"
Plant = Callable[[Path], None]


def says(body: str, file: str = BORNE) -> tuple[str, Plant]:
    """Put something at the end of a page."""

    def plant(reports: Path) -> None:
        source = (reports / file).read_text(encoding="utf-8")
        assert "</main>" in source
        changed = source.replace("</main>", f"{body}\n</main>")
        (reports / file).write_text(changed, encoding="utf-8")

    return file, plant


def instead(old: str, new: str, file: str = DISTRICT) -> tuple[str, Plant]:
    """Put something in the place of something else on a page."""

    def plant(reports: Path) -> None:
        source = (reports / file).read_text(encoding="utf-8")
        assert old in source
        (reports / file).write_text(source.replace(old, new, 1), encoding="utf-8")

    return file, plant


def in_book(extra: Callable[[Any, Any], Any]) -> tuple[str, Plant]:
    return BOOK, lambda reports: workbook(reports / BOOK, extra)


def on_book(method: str, *arguments: Any) -> tuple[str, Plant]:
    return in_book(lambda book, sheet: getattr(book, method)(*arguments))


def on_sheet(method: str, *arguments: Any) -> tuple[str, Plant]:
    return in_book(lambda book, sheet: getattr(sheet, method)(*arguments))


def in_letter(body: str = "", **parts: str) -> tuple[str, Plant]:
    return LETTER, lambda reports: letter(reports / LETTER, body, **parts)


def adds(file: str, content: bytes) -> tuple[str, Plant]:
    def plant(reports: Path) -> None:
        (reports / file).write_bytes(content)

    return file, plant


def in_zip(file: str, part: str, content: str) -> tuple[str, Plant]:
    def plant(reports: Path) -> None:
        with zipfile.ZipFile(reports / file, "a") as archive:
            archive.writestr(zipfile.ZipInfo(part), content)

    return file, plant


def replaced(part: str, old: str, new: str, file: str = BOOK) -> tuple[str, Plant]:
    """Change one part of an office file."""

    def plant(reports: Path) -> None:
        path = reports / file
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new, 1)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(zipfile.ZipInfo(name), content)

    return file, plant


def manifest(content: Any) -> tuple[str, Plant]:
    return adds("openbaar/manifest.json", json.dumps({"edition": "proef"} | content).encode())
