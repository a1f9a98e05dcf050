"""Pages as PDF, on request: each by itself, and all that one reader gets with bookmarks."""

import base64
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mma_analysis import audit
from mma_analysis.publish.plan import LETTER, PROPOSAL_PAGE, own_path, pages
from mma_analysis.publish.templates import asset, written
from mma_analysis.settings import Edition
from mma_analysis.storage import swapped_in
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PLACES = tuple(asset("browsers.txt").splitlines())
NO_NETWORK = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
DRAWN = "() => [...document.querySelectorAll('.plot')].every(p => p.querySelector('.main-svg'))"
A4 = dict.fromkeys(("tagged", "outline", "prefer_css_page_size", "print_background"), True)


def print_pages(
    edition: Edition,
    reports: Path,
    target: Path,
    only: Sequence[str] = (),
    audience: str | None = None,
) -> list[Path]:
    """Print finished pages: tagged A4 with running titles, page numbers and bookmarks.

    One file per page, and one with all pages that a reader gets: everybody, or a gemeente; of the
    very files that were audited. `target` is swapped in whole, and then holds no others.
    """
    audit.refuse_unaudited(edition, reports)
    readers: dict[str, list[Path]] = {}
    for page in pages(edition.vocabulary, only, audience):
        beside = [own_path(page.area, LETTER)] if page.audience == "intern" else []
        beside += [PROPOSAL_PAGE] if page.kind == "district" else []
        there = [reports / path for path in (page.path, *beside) if (reports / path).is_file()]
        readers.setdefault(Path(page.path).parent.as_posix(), []).extend(there)
    if not any(readers.values()):
        raise DataError.of("nothing_to_print", folder=reports)
    with swapped_in(target) as folder:
        made = list(_print_all(readers, folder))
    return [target / path for path in made]


def _print_all(readers: Mapping[str, Sequence[Path]], folder: Path) -> Iterator[Path]:
    """Sheets below each other in one file, each with its own running title."""
    with _browser() as browser:
        for reader, paths in readers.items():
            sheets = {}
            for path in paths:
                with browser.new_page() as tab:
                    tab.goto(path.resolve().as_uri())
                    tab.wait_for_function(DRAWN, timeout=60_000)  # milliseconds
                    sheets[path.stem] = [tab.evaluate(asset("print.js"), path.stem)]
            if len(sheets) > 1:
                sheets["alles"] = [sheet for (sheet,) in sheets.values()]
            for name, together in sheets.items():
                path = Path(reader) / f"{name}.pdf"
                with browser.new_page() as tab:
                    tab.set_content(written("print.html", sheets=together))
                    tab.pdf(path=folder / path, **A4)
                yield path


def picture(page: str, kind: str, width: int, height: int) -> bytes:
    """Draw the one figure of a page (`#figuur`) as `png` or `svg`, without any network."""
    with ThreadPoolExecutor(1) as thread:  # the kernel of a notebook has a loop of its own
        return thread.submit(_drawn, page, kind, width, height).result()


def _drawn(page: str, kind: str, width: int, height: int) -> bytes:
    wanted = {"format": kind, "width": width, "height": height, "scale": 2}
    with _browser() as browser, browser.new_page() as tab:
        tab.set_content(page)
        address = tab.evaluate("wanted => Plotly.toImage('figuur', wanted)", wanted)
    content = address.partition(",")[2]
    return unquote(content).encode() if kind == "svg" else base64.b64decode(content)


@contextmanager
def _browser() -> "Iterator[BrowserContext]":
    executable = browser_path()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise DataError.of("pdf_extra") from error
    try:
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=executable, args=NO_NETWORK) as browser,
            browser.new_context(offline=True, color_scheme="light", locale="nl-NL") as context,
        ):
            yield context
    except Error as error:
        reason = str(error).splitlines()[0]
        raise DataError.of("cannot_print", browser=executable, reason=reason) from error


def browser_path() -> str:
    """Where the browser is that prints."""
    for found in filter(None, map(shutil.which, map(os.path.expandvars, PLACES))):
        return found
    names = [place for place in PLACES if not {*"/\\"} & {*place}]
    raise DataError.of("no_browser", names=", ".join(names))
