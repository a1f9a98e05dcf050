"""The pictures in docs/beelden, of the example edition as it looks now.

    .venv/bin/python tools/pictures.py    make all of them, in about a minute

Whoever changes how a page looks makes them again, looks at them, and commits them. The same
Chromium and fonts give the same bytes.
"""

import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
    names = runpy.run_path(str(ROOT / "tools" / "setup.py"))["BROWSERS"]
    executable = next((path for path in map(shutil.which, names) if path), None)
    if executable is None:
        sys.exit(f"none of {', '.join(names)} is on the PATH; `make test` installs Chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        reports = _reports(Path(folder))
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name, (page, width, take) in SHOTS.items():
            path = PICTURES / f"{name}.png"
            size = {"width": width, "height": HEIGHT}
            context = browser.new_context(viewport=size, reduced_motion="reduce")
            opened = context.new_page()
            opened.goto((reports / page).as_uri())
            take(opened, path)
            context.close()
            print(f"{path.name}: {path.stat().st_size:,} bytes")
        browser.close()
    if large := [p.name for p in PICTURES.glob("*.png") if p.stat().st_size > LARGEST]:
        sys.exit(f"larger than {LARGEST:,} bytes: {', '.join(large)}; take a smaller part")


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


if __name__ == "__main__":
    main()
