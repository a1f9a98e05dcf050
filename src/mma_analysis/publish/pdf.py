"""The pages of the openbaar set as PDF, on request: printed by a browser, as a reader would."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mma_analysis import audit
from mma_analysis.publish.plan import Page
from mma_analysis.settings import Edition
from mma_analysis.storage import swapped_in
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("msedge", "microsoft-edge"),
)
# Where they are on macOS and Windows, which do not put them on the PATH.
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
)
NO_NETWORK = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
DRAWN = "() => [...document.querySelectorAll('.plot')].every(p => p.querySelector('.main-svg'))"
MILLISECONDS = 60_000


def print_pages(
    edition: Edition, reports: Path, target: Path, only: Sequence[str] = ()
) -> list[Path]:
    """Print the openbaar pages of an edition: tagged A4, with page numbers and bookmarks.

    They are made of the very files that were audited, and are not audited again: a browser adds
    nothing to a page; one that is not as the audit saw it is an error. Beside the set and not in
    it: the set is what the audit and the manifest are about. `target` is swapped in whole, and then
    holds the pages that were asked for (all without `only`) and no others.
    """
    audit.refuse_unaudited(edition, reports)
    words = edition.vocabulary
    areas = [words.area(slug) for slug in only] or words.areas
    asked = {Path(Page(area, "openbaar").path).stem for area in areas}
    found = sorted((reports / "openbaar").glob("*.html"))
    pages = [page for page in found if page.stem in asked]
    if not pages:
        raise DataError(f"no pages to print in {reports / 'openbaar'}")
    with swapped_in(target) as folder:
        _print_all(pages, folder)
    return [target / f"{page.stem}.pdf" for page in pages]


def _print_all(pages: Sequence[Path], folder: Path) -> None:
    executable = browser_path()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise DataError(
            "PDF needs the extra 'pdf', which is not installed; run "
            "`pip install 'mma-analysis[pdf]'`, or leave out --pdf"
        ) from error
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=NO_NETWORK)
            for page in pages:
                (folder / f"{page.stem}.pdf").write_bytes(_printed(browser, page))
            browser.close()
    except Error as error:
        raise DataError(f"{executable} could not print: {str(error).splitlines()[0]}") from error


def browser_path() -> str:
    """Where the browser is that prints."""
    programs = (*BROWSERS, *map(os.path.expandvars, PLACES))
    found = next((path for path in map(shutil.which, programs) if path), None)
    if found is None:
        raise DataError(
            "PDF needs a Chromium, Chrome or Edge, and there is none where they usually are, nor "
            f"on the PATH one of these: {', '.join(BROWSERS)}; install one, or print a page from "
            "any browser, or leave out --pdf"
        )
    return found


def _printed(browser: "Browser", page: Path) -> bytes:
    """One page as a browser prints it, when all its figures are drawn."""
    context = browser.new_context(offline=True, color_scheme="light", locale="nl-NL")
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    tab.wait_for_function(DRAWN, timeout=MILLISECONDS)
    content = tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    context.close()
    return content
