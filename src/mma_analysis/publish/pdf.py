"""Pages as PDF, on request: each by itself, and all that one reader gets with bookmarks."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mma_analysis import audit
from mma_analysis.publish.plan import PROPOSAL_PAGE, Page, letter_path
from mma_analysis.settings import AUDIENCES, Edition
from mma_analysis.storage import swapped_in
from mma_analysis.vocabulary import Area, DataError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOGETHER = "alles"  # the file with all pages of one reader

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
# A page as it is printed: its styles, also those that plotly.js added, what it says and its
# running title. Ids are those of this page, so that pages can stand below each other.
TAKEN = """name => {
  window.dispatchEvent(new Event("beforeprint"));
  const styles = [...document.querySelectorAll("style")].map(style =>
    style.textContent.trim() || [...style.sheet.cssRules].map(rule => rule.cssText).join("\\n"));
  document.querySelectorAll("script, noscript, .skip, #bron").forEach(one => one.remove());
  document.querySelectorAll("[id]").forEach(one => {
    if (!one.closest("svg")) one.id = `${name}--${one.id}`;
  });
  document.querySelectorAll("[aria-labelledby]").forEach(one =>
    one.setAttribute("aria-labelledby", `${name}--${one.getAttribute("aria-labelledby")}`));
  const links = [...document.querySelectorAll("a[href]")];
  links.forEach(link => {
    const [file, id] = link.getAttribute("href").split("#");
    const page = file ? file.replace(/\\.html$/, "") : name;
    if (!/^[a-z]+:/.test(file)) link.href = id ? `#${page}--${id}` : `#${page}`;
  });
  return {
    name: name,
    title: document.title,
    css: styles.join("\\n").replace(/#([a-z][\\w-]*)(?=[^{}]*\\{)/g, '[id$="--$1"]'),
    body: document.body.innerHTML,
    running: document.documentElement.style.getPropertyValue("--running") || '""',
  };
}"""
# A link to what is not in this file leads nowhere, and would name a folder of this computer.
LINKED = """() => document.querySelectorAll('a[href^="#"]').forEach(link => {
  if (!document.getElementById(link.hash.slice(1))) link.removeAttribute("href");
})"""


class Sheet(NamedTuple):
    """One page as it is printed."""

    name: str
    title: str
    css: str
    body: str
    running: str


def print_pages(
    edition: Edition,
    reports: Path,
    target: Path,
    only: Sequence[str] = (),
    audience: str | None = None,
) -> list[Path]:
    """Print finished pages: tagged A4 with running titles, page numbers and bookmarks.

    One file per page, and one with all pages that a reader gets: everybody, or a gemeente. They are
    made of the very files that were audited, and are not audited again: a browser adds nothing to a
    page; one that is not as the audit saw it is an error. Beside the set and not in it: the set is
    what the audit and the manifest are about. `target` is swapped in whole, and then holds what was
    asked for (all without `only` and `audience`) and no others.
    """
    audit.refuse_unaudited(edition, reports)
    words = edition.vocabulary
    areas = [words.area(slug) for slug in only] or words.areas
    readers = [_of_reader(areas, one, reports) for one in AUDIENCES if audience in (None, one)]
    if not any(pages for reader in readers for pages in reader.values()):
        raise DataError(f"no pages to print in {reports}")
    with swapped_in(target) as folder:
        made = list(_print_all([one for r in readers for one in r.items()], reports, folder))
    return [target / path for path in made]


def _of_reader(areas: Sequence[Area], audience: str, reports: Path) -> dict[str, list[str]]:
    """Folder of a reader → the pages that he gets, in reading order."""
    if audience == "openbaar":
        pages = [Page(area, "openbaar").path for area in areas]
        pages += [PROPOSAL_PAGE] if any(area.is_district for area in areas) else []
        found = {"openbaar": pages}
    else:
        gemeenten = [area for area in areas if not area.is_district]
        found = {
            f"intern/{area.slug}": [Page(area, "intern").path, letter_path(area)]
            for area in gemeenten
        }
    return {
        folder: there
        for folder, pages in found.items()
        if (there := [page for page in pages if (reports / page).is_file()])
    }


def _print_all(
    readers: Sequence[tuple[str, list[str]]], reports: Path, folder: Path
) -> Iterator[Path]:
    executable = browser_path()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise DataError(
            "voor een pdf is de extra 'pdf' nodig, en die is niet geïnstalleerd: draai "
            "`pip install 'mma-analysis[pdf]'`, of laat --pdf weg"
        ) from error
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=NO_NETWORK)
            for reader, pages in readers:
                sheets = [_taken(browser, reports / page) for page in pages]
                files = [(sheet.name, [sheet]) for sheet in sheets]
                for name, those in [*files, *([(TOGETHER, sheets)] if len(sheets) > 1 else [])]:
                    path = Path(reader) / f"{name}.pdf"
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_bytes(_printed(browser, those))
                    yield path
            browser.close()
    except Error as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{executable} kan niet afdrukken: {reason}") from error


def browser_path() -> str:
    """Where the browser is that prints."""
    programs = (*BROWSERS, *map(os.path.expandvars, PLACES))
    found = next((path for path in map(shutil.which, programs) if path), None)
    if found is None:
        raise DataError(
            "voor een pdf is Chromium, Chrome of Edge nodig. Geen van die staat op de gewone plek "
            f"of op het PATH ({', '.join(BROWSERS)}). Installeer er een, druk een pagina af vanuit "
            "uw eigen browser, of laat --pdf weg"
        )
    return found


def _taken(browser: "Browser", page: Path) -> Sheet:
    """One page as a browser prints it, when all its figures are drawn."""
    context = browser.new_context(offline=True, color_scheme="light", locale="nl-NL")
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    tab.wait_for_function(DRAWN, timeout=MILLISECONDS)
    taken = Sheet(**tab.evaluate(TAKEN, page.stem))
    context.close()
    return taken


def _printed(browser: "Browser", sheets: Sequence[Sheet]) -> bytes:
    """Sheets below each other in one file; each has its own running title."""
    styles = dict.fromkeys(sheet.css for sheet in sheets)
    styles |= dict.fromkeys(
        f"@page {name} {{ @bottom-left {{ content: {running}; }} }} "
        f"#{name} {{ page: {name}; break-before: page; }}"
        for name, _, _, _, running in sheets
    )
    title = sheets[0].title if len(sheets) == 1 else sheets[0].title.partition(" · ")[0]
    bodies = "".join(f'<div id="{sheet.name}">{sheet.body}</div>' for sheet in sheets)
    context = browser.new_context(offline=True, color_scheme="light", locale="nl-NL")
    tab = context.new_page()
    style = "\n".join(styles)
    tab.set_content(
        f'<!doctype html><html lang="nl" class="js"><head><title>{title}</title>'
        f"<style>{style}</style></head><body>{bodies}</body></html>"
    )
    tab.evaluate(LINKED)
    content = tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    context.close()
    return content
