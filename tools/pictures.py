"""The pictures in docs/beelden: of the example edition, and of the workbook with questions.

    .venv/bin/python tools/pictures.py             make all of them, in about a minute
    .venv/bin/python tools/pictures.py werkmap-    only those of which the name begins so

Whoever changes how a page or a workbook looks makes them again, looks at them, and commits
them. The same Chromium, LibreOffice, poppler and fonts give the same bytes.
"""

import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, sync_playwright

from mma_analysis.pipeline.question_book import write_question_book
from mma_analysis.publish import plan
from mma_analysis.publish.templates import written
from mma_analysis.settings import EXAMPLE, Workspace

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "beelden"
LARGEST = 150_000
HEIGHT = 640
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
FAULT = "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen"


def main() -> None:
    """Make the example's pages in a folder of their own, and a picture of each that is wanted."""
    begin = sys.argv[1] if len(sys.argv) > 1 else ""
    pages = [name for name in SHOTS if name.startswith(begin)]
    sheets = [name for name in SHEETS if name.startswith(begin)]
    with tempfile.TemporaryDirectory() as folder:
        if pages:
            _picture_pages(pages, Path(folder))
        if sheets:
            _picture_sheets(sheets, Path(folder))
    for path in sorted(PICTURES.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    if large := [p.name for p in PICTURES.glob("*.png") if p.stat().st_size > LARGEST]:
        sys.exit(f"larger than {LARGEST:,} bytes: {', '.join(large)}; take a smaller part")


def _program(setting: str) -> str:
    """The first of these programs that is on this machine."""
    names = runpy.run_path(str(ROOT / "tools" / "setup.py"))[setting]
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        sys.exit(f"none of {', '.join(names)} is on the PATH; `make test` installs one")
    return found


def _picture_pages(names: list[str], folder: Path) -> None:
    """Take these parts of the pages of the example."""
    with sync_playwright() as playwright:
        reports = _reports(folder)
        executable = _program("BROWSERS")
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name in names:
            page, width, take = SHOTS[name]
            path = PICTURES / f"{name}.png"
            size = {"width": width, "height": HEIGHT}
            context = browser.new_context(viewport=size, reduced_motion="reduce")
            opened = context.new_page()
            opened.goto((reports / page).as_uri())
            take(opened, path)
            context.close()
        browser.close()


def _reports(folder: Path) -> Path:
    """Every page of the example, and one that could not be made."""
    workspace = Workspace(folder)
    shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
    command = [sys.executable, "-m", "mma_analysis", "run", "--root", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    edition = workspace.edition(EXAMPLE)
    (page,) = plan.pages(edition.vocabulary, ["borne"], "openbaar")
    html = written("placeholder.html", edition=edition, page=page, reason=FAULT)
    (workspace.reports(EXAMPLE) / page.path).write_text(html, encoding="utf-8")
    return workspace.reports(EXAMPLE)


def _picture_sheets(names: list[str], folder: Path) -> None:
    """Take these sheets of the workbook with questions, answered, as LibreOffice shows it."""
    workspace = Workspace(folder)
    shutil.copytree(ROOT / "tests" / "cases" / "vragen", workspace.raw(ASKING))
    path = write_question_book(workspace.edition(ASKING))
    book = openpyxl.load_workbook(path)
    shown = [sheet for sheet, _ in SHEETS.values()]
    for page in book:
        page.print_options.headings = True
        page.print_options.gridLines = True
        page.sheet_state = "visible" if page.title in shown else "hidden"
        for row in page.iter_rows(min_row=2):
            for cell in row[:-1]:
                answer = ANSWERS.get(str(cell.value))
                if answer and page.title in shown:
                    row[-1].value = answer
    book.active = book.sheetnames.index(shown[0])
    filled = folder / "vragen.xlsx"
    book.save(filled)
    _run(_program("OFFICES"), "--headless", "--convert-to", "pdf", "--outdir", folder, filled)

    pdf = folder / "vragen.pdf"
    for name in names:
        _, number = SHEETS[name]
        one = ("-f", str(number), "-l", str(number))
        words = _run("pdftotext", "-bbox", *one, pdf, "-")
        part = [str(side) for side in _around(words)]
        cut = [word for pair in zip(("-x", "-y", "-W", "-H"), part, strict=True) for word in pair]
        goal = PICTURES / name
        _run("pdftoppm", "-png", "-singlefile", "-r", str(RESOLUTION), *one, *cut, pdf, goal)


def _around(words: str) -> tuple[int, int, int, int]:
    """What to cut out: the corner, the width and the height of all words, and a margin."""
    sides = re.findall(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">', words)
    scale = RESOLUTION / POINTS
    lefts, tops, rights, bottoms = zip(*sides, strict=True)
    left = min(map(float, lefts)) - MARGIN
    top = min(map(float, tops)) - MARGIN
    right = max(map(float, rights)) + END_OF_CELL
    bottom = max(map(float, bottoms)) + MARGIN
    corner = int(left * scale), int(top * scale)
    return *corner, int((right - left) * scale), int((bottom - top) * scale)


def _run(*command: str | Path) -> str:
    """Run a program that says what it did."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _part(top: int, bottom: int) -> Callable[[Page, Path], None]:
    """A part of the page, over its whole width."""

    def take(page: Page, path: Path) -> None:
        width = page.viewport_size["width"]
        page.set_viewport_size({"width": width, "height": bottom})
        page.screenshot(path=path, clip={"x": 0, "y": top, "width": width, "height": bottom - top})

    return take


def _figure(page: Page, path: Path) -> None:
    """The first figure of the page, drawn, with its table open."""
    figure = page.locator("figure:has(.plot)").first
    figure.scroll_into_view_if_needed()
    figure.locator("summary").first.click()
    figure.screenshot(path=path)


# Name → page, width of the window, and what of the page is taken.
SHOTS = {
    "district": ("openbaar/district.html", 1280, _part(0, 700)),
    "index": ("openbaar/index.html", 1000, _part(40, 900)),
    "figuur": ("openbaar/enschede.html", 1000, _figure),
    "kwaliteitsbrief": ("intern/enschede/kwaliteit.html", 900, _part(90, 1150)),
    "voorstel": ("openbaar/voorstel-dvo.html", 1000, _part(44, 640)),
    "geen-rapport": ("openbaar/borne.html", 1000, _part(0, 430)),
}
# Name → the sheet of the workbook with questions, and its page when these are printed.
SHEETS = {
    "werkmap-koppen": ("koppen", 1),
    "werkmap-woorden": ("woorden", 2),
}
# What is chosen in it, by what stands in a row.
ANSWERS = {
    "Geslaagd": "resultaat",
    "Pakt op": "tekst van de melding: niet gelezen",
    "Gesloten": "dag van afsluiten",
    "Coördinator": "tekst van de melding: niet gelezen",
    "wietplantje": "Drugsdelicten",
    "zwerfvuilnis": "Milieudelicten",
}
ASKING = "evaluatie-2025"
RESOLUTION = 130
POINTS = 72  # to an inch
MARGIN = 6  # points around what is cut out
END_OF_CELL = 30  # where the last cell goes on behind its words


if __name__ == "__main__":
    main()
