"""Pages as PDF, on request: each by itself, and all that one reader gets with bookmarks."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mma_analysis import audit
from mma_analysis.publish.browser import opened_browser
from mma_analysis.publish.plan import LETTER_PAGE, PROPOSAL_PAGE, Page, own_path, pages
from mma_analysis.publish.templates import asset, written
from mma_analysis.settings import Edition
from mma_analysis.storage import swapped_in
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def print_pages(
    edition: Edition,
    reports: Path,
    target: Path,
    only: Sequence[str] = (),
    audience: str | None = None,
) -> list[Path]:
    """Print finished pages: tagged A4 with running titles, page numbers and bookmarks.

    One file per page, and one with all pages that a reader gets: everybody, or a gemeente;
    of the very files that were audited. `target` is swapped in whole, and then holds no
    others.
    """
    audit.refuse_unaudited(edition, reports)
    readers: dict[str, list[Path]] = {}
    for page in pages(edition.vocabulary, only, audience):
        there = [path for path in _with_beside(page, reports) if path.is_file()]
        reader = Path(page.path).parent.as_posix()
        readers.setdefault(reader, []).extend(there)
    if not any(readers.values()):
        raise DataError.of("nothing_to_print", folder=reports)
    with swapped_in(target) as folder:
        made = list(_print_all(readers, folder))
    return [target / path for path in made]


def _with_beside(page: Page, reports: Path) -> Iterator[Path]:
    """Where a page stands, and what its reader gets beside it."""
    yield reports / page.path
    if page.audience == "intern":
        yield reports / own_path(page.area, LETTER_PAGE)
    if page.kind == "district":
        yield reports / PROPOSAL_PAGE


def _print_all(readers: Mapping[str, Sequence[Path]], folder: Path) -> Iterator[Path]:
    """Print each page of each reader, and all of them together; give each file's path."""
    with opened_browser() as browser:
        for reader, paths in readers.items():
            sheets = {}
            for path in paths:
                sheets[path.stem] = [_sheet(browser, path)]
            if len(sheets) > 1:
                every_sheet = chain.from_iterable(sheets.values())
                sheets["alles"] = list(every_sheet)
            for name, together in sheets.items():
                path = Path(reader) / f"{name}.pdf"
                _print(browser, together, folder / path)
                yield path


def _sheet(browser: "BrowserContext", path: Path) -> Any:
    """What is printed of a page: its content and its title."""
    with browser.new_page() as tab:
        tab.goto(path.resolve().as_uri())
        return tab.evaluate(asset("print.js"), path.stem)


def _print(browser: "BrowserContext", sheets: Sequence[Any], path: Path) -> None:
    """Print sheets below each other in one file, each with its own running title."""
    with browser.new_page() as tab:
        tab.set_content(written("print.html", sheets=sheets))
        tab.pdf(
            path=path,
            tagged=True,
            outline=True,
            prefer_css_page_size=True,
            print_background=True,
        )


def picture(page: str, kind: str, width: int, height: int) -> bytes:
    """Draw the one figure of a page (`#figuur`) as `png` or `svg`, without any network."""
    with ThreadPoolExecutor(1) as thread:  # the kernel of a notebook has a loop of its own
        return thread.submit(_drawn, page, kind, width, height).result()


def _drawn(page: str, kind: str, width: int, height: int) -> bytes:
    wanted = {"format": kind, "width": width, "height": height, "scale": 2}
    with opened_browser() as browser, browser.new_page() as tab:
        tab.set_content(page)
        address = tab.evaluate("wanted => Plotly.toImage('figuur', wanted)", wanted)
    _, _, content = address.partition(",")
    if kind == "svg":
        return unquote(content).encode()
    return base64.b64decode(content)
