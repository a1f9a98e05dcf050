"""The finished pages in a browser: with mouse or keyboard, on paper or phone, without scripts."""

import re
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import PROJECT
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from tools.setup import BROWSERS

from mma_analysis.settings import EXAMPLE

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

INTERN = ["intern/almelo/almelo.html", "intern/wierden/wierden.html"]
# the largest, the middle, and the smallest ones: with and without a total that is shown
SIZES = ("enschede", "almelo", "rijssen-holten", "tubbergen", "haaksbergen", "wierden")
REPORTS = ["openbaar/district.html", *(f"openbaar/{slug}.html" for slug in SIZES), *INTERN]
# of fewer than twenty meldingen there is nothing to draw
FEW = ("tubbergen", "haaksbergen", "wierden")
WITHOUT_FIGURES = {*(f"openbaar/{slug}.html" for slug in FEW), "intern/wierden/wierden.html"}
INDEX = "openbaar/index.html"
LETTERS = ["intern/almelo/kwaliteit.html", "intern/hellendoorn/kwaliteit.html"]
PROPOSAL = "openbaar/voorstel-dvo.html"  # in which the links "Lees verder" are 17 pixels high
LETTERS += [PROPOSAL]
# the longest page, a small gemeente of which something is drawn, and one for itself alone
DIFFERENT = ["openbaar/district.html", "openbaar/oldenzaal.html", "intern/almelo/almelo.html"]

FOCUSABLE = "a[href], summary, [tabindex='0'], button, input, select, textarea"

pytestmark = pytest.mark.slow


@dataclass
class Opened:
    """A page that is open, and what happened since: requests, lines on the console, errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium, or the Chrome that is there; `make test` installs one otherwise."""
    executable = next((path for path in map(shutil.which, BROWSERS) if path), None)
    assert executable, f"none of {BROWSERS} is on the PATH: `make test` installs Chromium"
    return playwright.chromium.launch(executable_path=executable, args=FLAGS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as launched:
        yield launched


@pytest.fixture(scope="module")
def visit(browser, reports):
    """Open a page of the example edition, in a browser window of its own."""

    @contextmanager
    def visit(path: str, width: int = 1280, height: int = 900, **settings) -> Iterator[Opened]:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.goto((reports.workspace.reports(EXAMPLE) / path).as_uri())
        yield opened
        context.close()

    return visit


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # of what is well nothing is written down, and only what is not well comes back
    run = """async tags => (await axe.run({
        runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
    })).violations"""
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {node['target']}"
        for fault in page.evaluate(run, AXE_TAGS)
        for node in fault["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def too_small(page: Page) -> list[str]:
    """What can be touched and is less than 24 pixels; a link in a sentence may be (WCAG 2.5.8)."""
    return page.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, button')]
        .filter(e => e.checkVisibility() && !e.classList.contains('skip'))
        .filter(e => !(e.tagName === 'A' && e.closest('p, dd, figcaption, .src')))
        .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)"""
    )


def ill_placed(page: Page) -> list[str]:
    """Texts of figures that are cut off, over each other, or smaller than 16 pixels."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
            const place = plot.getBoundingClientRect(), found = [], zoom = plot.currentCSSZoom || 1;
            const texts = [...plot.querySelectorAll('text')]
                .flatMap(text => text.children.length ? [...text.children] : [text])
                .filter(text => text.getBoundingClientRect().width);
            if (!texts.length) found.push('nothing is drawn');
            const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
            boxes.forEach(([words, box], n) => {
                if (box.left < place.left - 1 || box.right > place.right + 1
                    || box.top < place.top - 1 || box.bottom > place.bottom + 1)
                    found.push('cut off: ' + words);
                boxes.slice(n + 1).forEach(([others, other]) => {
                    if (box.left < other.right - 1 && other.left < box.right - 1
                        && box.top < other.bottom - 4 && other.top < box.bottom - 4)
                        found.push('over each other: ' + words + ', ' + others);
                });
            });
            const size = text => parseFloat(getComputedStyle(text).fontSize);
            texts.filter(text => size(text) < 16 * Math.min(1, zoom))
                .forEach(text => found.push('small: ' + text.textContent));
            return found.map(one => plot.closest('figure').id + ': ' + one);
        })"""
    )


# --- every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*REPORTS, INDEX, *LETTERS])
def test_a_page_shows_every_figure_asks_for_nothing_and_is_accessible(visit, path):
    with visit(path) as opened:
        drawn = {*REPORTS, PROPOSAL} - WITHOUT_FIGURES
        assert (opened.page.locator(".plot").count() >= 1) == (path in drawn)
        assert violations(opened.page) == []
        assert path == PROPOSAL or too_small(opened.page) == []
        assert opened.complaints == []
        assert len(opened.requests) == 1, opened.requests
        assert ill_placed(opened.page) == []


# --- a phone, and large letters ------------------------------------------------------------------


PHONE, SMALL_PHONE = {"width": 390, "height": 700}, {"width": 320, "height": 700}
TWICE_AS_LARGE = {"width": 640, "height": 450, "device_scale_factor": 2}


@pytest.mark.parametrize("window", [PHONE, SMALL_PHONE, TWICE_AS_LARGE])
@pytest.mark.parametrize("path", [INDEX, *DIFFERENT, *LETTERS])
def test_on_a_phone_and_with_large_letters_nobody_scrolls_sideways_or_touches_beside(
    visit, path, window
):
    with visit(path, **window) as opened:
        assert sideways(opened.page) <= 0
        assert ill_placed(opened.page) == []
        assert path == PROPOSAL or too_small(opened.page) == []


# --- the keyboard --------------------------------------------------------------------------------


def focused(page: Page) -> dict:
    return page.evaluate(
        """() => { const e = document.activeElement, s = getComputedStyle(e);
        const box = e.getBoundingClientRect();
        return {tag: e.tagName, text: e.textContent.trim().slice(0, 60),
            is_marked: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
            is_in_sight: box.width > 0 && box.bottom > 0 && box.right > 0
                && box.top < innerHeight && box.left < innerWidth}; }"""
    )


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_the_tab_key_visits_everything_once_visibly_and_its_first_leads_to_the_content(visit, path):
    with visit(path, reduced_motion="reduce") as opened:
        visible = f'[...document.querySelectorAll("{FOCUSABLE}")].filter(e => e.checkVisibility())'
        visited = []
        for _ in range(opened.page.evaluate(f"{visible}.length")):
            opened.page.keyboard.press("Tab")
            visited.append(focused(opened.page))
        opened.page.keyboard.press("Tab")
        gets_out = opened.page.evaluate("document.activeElement === document.body")
        opened.page.keyboard.press("Tab")
        opened.page.keyboard.press("Enter")

        assert [v for v in visited if not (v["is_marked"] and v["is_in_sight"])] == []
        assert {v["tag"] for v in visited} <= {"A", "SUMMARY", "DIV", "INPUT", "BUTTON"}
        assert gets_out
        assert visited[0]["text"] == "Naar de inhoud"
        assert opened.page.evaluate("document.activeElement.id") == "inhoud"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_opens_and_closes_the_table_of_a_figure(visit, key):
    with visit("openbaar/district.html") as opened:
        summary = opened.page.locator("figure summary").first
        table = opened.page.locator("figure table").first
        seen = [table.is_visible()]
        for _ in range(2):
            summary.focus()
            opened.page.keyboard.press(key)
            seen.append(table.is_visible())

        assert seen == [False, True, False]


# --- where a number comes from, and what can be taken along --------------------------------------

NUMBER = "main p [data-cell]"


@pytest.mark.parametrize("path", DIFFERENT)
def test_a_number_that_is_clicked_says_where_it_comes_from_until_escape(visit, path):
    with visit(path) as opened:
        told = opened.page.locator("#bron")
        opened.page.locator("main [data-cell]").first.click()
        said = told.inner_text()
        opened.page.keyboard.press("Escape")

        assert re.search("(Bijlage|Eigen cijfers), tabblad", said)
        if path == DIFFERENT[0]:  # this one is computed: first with which numbers
            assert said.startswith("315 gedeeld door 585. ")
        assert told.inner_text() == ""
        assert told.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_who_asks_for_sources_goes_through_the_numbers_with_the_arrows(visit, key):
    with visit("openbaar/district.html") as opened:
        number = opened.page.locator(".head [data-cell]").first
        before = number.get_attribute("tabindex")
        opened.page.locator("#bronnen").focus()
        opened.page.keyboard.press("Space")
        stops = opened.page.locator("[data-cell][tabindex='0']").count()
        numbers = opened.page.locator("[data-cell][role=button]").count()
        number.focus()
        opened.page.keyboard.press("ArrowRight")
        opened.page.keyboard.press("ArrowRight")
        opened.page.keyboard.press("ArrowLeft")
        second = opened.page.locator(".head [data-cell]").nth(1)
        is_second = second.evaluate("one => one === document.activeElement")
        opened.page.keyboard.press(key)

        assert before is None
        # Each part of the page is one stop of the tab key: with hundreds nobody gets past.
        assert stops <= 40 < 200 < numbers
        assert is_second
        assert focused(opened.page)["is_marked"]
        assert "Bijlage, tabblad" in opened.page.locator("#bron").inner_text()
        assert violations(opened.page) == []


def test_a_bar_that_is_clicked_says_where_it_comes_from(visit):
    with visit("openbaar/district.html") as opened:
        opened.page.locator(".plot .wide [data-cell] rect").first.click(position={"x": 3, "y": 3})

        assert opened.page.locator("#bron").inner_text().startswith("Bijlage, tabblad")


def words_in(svg: str) -> list[str]:
    """Every word of a drawing."""
    return " ".join(ElementTree.fromstring(svg).itertext()).split()


def test_a_figure_can_be_taken_along_as_a_slide_its_numbers_as_a_file_and_its_place_as_a_link(
    visit,
):
    with visit("openbaar/district.html") as opened:
        one = opened.page.locator("figure:has(.plot):has(.note)").first
        with opened.page.expect_download() as picture:
            one.get_by_text("PNG").click()
        with opened.page.expect_download() as drawing:
            one.get_by_text("SVG").click()
        with opened.page.expect_download() as numbers:
            one.get_by_text("CSV").click()
        one.get_by_text("Link").click()

        content = Path(picture.value.path()).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert struct.unpack(">II", content[16:24]) == (1600, 900)
        assert picture.value.suggested_filename.endswith(".png")
        kept = Path(drawing.value.path()).read_text(encoding="utf-8")
        for part in ("figcaption .ti", ".note", ".src"):  # on a slide all that it needs to say
            assert set(one.locator(part).inner_text().split()) <= set(words_in(kept))
        assert b";" in Path(numbers.value.path()).read_bytes()
        assert opened.page.url.endswith(f"#{one.get_attribute('id')}")
        assert opened.complaints == []


# --- paper ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DIFFERENT)
def test_a_page_prints_on_a4_with_whole_figures(visit, path):
    with visit(path) as opened:
        details = opened.page.locator("figure details")
        details.first.locator("summary").click()
        # what remains of A4 between the margins of the style sheet, in CSS pixels
        opened.page.set_viewport_size({"width": 680, "height": 1005})
        opened.page.emulate_media(media="print")

        assert sideways(opened.page) <= 0
        assert ill_placed(opened.page) == []
        assert not opened.page.locator("nav.toc").is_visible()
        assert opened.page.locator("figcaption").first.is_visible()
        shown = [one.is_visible() for one in opened.page.locator("figure details table").all()]
        assert shown == [True, *[False] * (len(shown) - 1)]

        opened.page.emulate_media(media="null")

        paper = opened.page.pdf(prefer_css_page_size=True)
        assert paper.startswith(b"%PDF-")
        assert b"/MediaBox [0 0 594.95" in paper  # points: 210 mm
        assert opened.complaints == []


# --- without scripts -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", DIFFERENT)
def test_without_scripts_there_are_figures_sentences_and_tables(visit, path):
    with visit(path, java_script_enabled=False) as opened:
        figures = opened.page.locator("figure:has(.plot)")
        assert figures.count() >= 1

        for number in range(figures.count()):
            figure = figures.nth(number)
            assert figure.locator(".plot > .wide").bounding_box()["height"] > 50
            assert not figure.locator("button").first.is_visible()
            assert len(figure.locator("figcaption").inner_text()) > 20
            assert figure.locator("tbody tr").first.is_visible()
        assert opened.complaints == []


def test_without_scripts_the_switch_shows_the_sheet_of_every_number(visit):
    with visit("openbaar/district.html", java_script_enabled=False) as opened:
        # What is set, as a period, has no sheet.
        number = opened.page.locator(f"{NUMBER}:not([data-tab=instelling])").first
        after = "getComputedStyle(e, '::after').content"
        seen = [number.evaluate(f"e => {after}")]
        opened.page.locator("#bronnen").check()
        seen.append(number.evaluate(f"e => {after}"))

        sheet = number.get_attribute("data-tab")
        assert seen == ["none", f'" [{sheet}]"']
