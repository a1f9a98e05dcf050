"""WCAG 2.2 AA where axe does not look: inside figures, in dark mode, and at what can be touched."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Page

from test_browser import (  # noqa: F401
    DIFFERENT,
    INDEX,
    Opened,
    browser,
    draw_all,
    violations,
    visit,
)

pytestmark = pytest.mark.slow

LIGHT, DARK = "light", "dark"
TEXT, MARK = 4.5, 3.0  # what WCAG asks of text (1.4.3) and of what is not text (1.4.11)
SMALLEST_TARGET = 24

# Every text of every figure with its colour, and the colours of every mark that says something.
COLOURS = """() => {
  const paper = getComputedStyle(document.body).backgroundColor;
  const fill = e => getComputedStyle(e).fill;
  const found = {paper, texts: [], marks: []};
  for (const plot of document.querySelectorAll('.plot')) {
    for (const text of plot.querySelectorAll('svg text')) {
      if (!text.textContent.trim() || text.closest('.hoverlayer')) continue;
      const point = text.closest('.point');
      const bar = point && point.querySelector('path');
      const inside = bar && text.classList.contains('bartext-inside');
      found.texts.push([text.textContent, fill(text), inside ? fill(bar) : paper]);
    }
    const dots = '.scatterlayer .point, .scatterlayer .js-line';
    for (const mark of plot.querySelectorAll(dots)) {
      const style = getComputedStyle(mark);
      const isFilled = style.fill !== 'none' && parseFloat(style.fillOpacity) > 0.5;
      found.marks.push(isFilled ? style.fill : style.stroke);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def seen(visit) -> Iterator[Callable[..., Opened]]:  # noqa: F811
    """A page with its figures drawn, opened once for all tests that only look at it."""
    with ExitStack() as stack:

        @cache
        def seen(path: str, scheme: str = LIGHT) -> Opened:
            opened = stack.enter_context(visit(path, color_scheme=scheme))
            draw_all(opened.page)
            opened.page.wait_for_timeout(300)
            return opened

        yield seen


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it; black is 0 and white is 1."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def small_targets(page: Page) -> list[str]:
    """What can be clicked and is too small; a link within a sentence may be (2.5.8)."""
    return page.evaluate(
        """smallest => [...document.querySelectorAll('a[href], summary, button')]
        .filter(e => e.checkVisibility() && !e.classList.contains('skip'))
        .filter(e => !(e.tagName === 'A' && e.closest('p:not(.back), dd, figcaption')))
        .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < smallest || box.height < smallest)
        .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)""",
        SMALLEST_TARGET,
    )


def test_contrast_is_what_wcag_says_it_is():
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("path", DIFFERENT)
def test_every_text_and_mark_of_a_figure_can_be_told_from_what_is_behind_it(seen, path, scheme):
    found = seen(path, scheme).page.evaluate(COLOURS)

    assert len(found["texts"]) > 50
    weak = {
        (text, colour, behind)
        for text, colour, behind in found["texts"]
        if contrast(colour, behind) < TEXT
    }
    assert weak == set()
    assert {mark for mark in found["marks"] if contrast(mark, found["paper"]) < MARK} == set()


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_a_dark_page_is_as_accessible_as_a_light_one_and_is_dark(seen, path):
    opened = seen(path, DARK)
    paper = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert luminance(paper) < 0.05
    assert violations(opened.page) == []
    assert opened.complaints == []


def test_a_page_follows_the_reader_who_turns_the_light_off_and_paper_stays_white(visit):  # noqa: F811
    with visit("openbaar/district.html", color_scheme=LIGHT) as opened:
        draw_all(opened.page)
        bar = ".plot .barlayer .point path"
        seen = []
        for scheme in (LIGHT, DARK):
            opened.page.emulate_media(color_scheme=scheme)
            opened.page.wait_for_timeout(500)
            seen.append(opened.page.eval_on_selector(bar, "e => getComputedStyle(e).fill"))
        opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        opened.page.wait_for_timeout(500)
        seen.append(opened.page.eval_on_selector(bar, "e => getComputedStyle(e).fill"))

    light, dark, paper = seen
    assert light == paper
    assert light != dark


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_everything_that_can_be_touched_is_large_enough(seen, path):
    assert small_targets(seen(path).page) == []


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_on_a_phone_everything_that_can_be_touched_is_large_enough(visit, path):  # noqa: F811
    with visit(path, width=390) as opened:
        assert small_targets(opened.page) == []


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_headings_go_down_one_step_at_a_time(seen, path):
    levels = seen(path).page.eval_on_selector_all(
        "h1, h2, h3, h4, h5, h6", "all => all.map(e => Number(e.tagName[1]))"
    )

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("path", DIFFERENT)
def test_every_figure_has_a_name_words_for_its_image_and_a_table_of_its_own(seen, path):
    figures = seen(path).page.eval_on_selector_all(
        "figure",
        """all => all.map(f => ({
            name: document.getElementById(f.getAttribute('aria-labelledby'))?.textContent,
            words: f.querySelector('[role=img]')?.getAttribute('aria-label'),
            rows: f.querySelectorAll('details tbody tr').length,
            heads: f.querySelectorAll('details th[scope=col]').length}))""",
    )

    assert len(figures) >= 3
    assert [f for f in figures if not (f["name"] and len(f["words"] or "") > 20)] == []
    assert [f for f in figures if not (f["rows"] and f["heads"] >= 2)] == []
    assert len({f["name"] for f in figures}) == len(figures)


@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_a_page_is_in_dutch_and_says_so(seen, path):
    languages = seen(path).page.eval_on_selector_all("[lang]", "all => all.map(e => e.lang)")

    assert languages == ["nl"]


def test_folded_tables_are_open_on_paper_and_folded_again_after(visit):  # noqa: F811
    with visit("openbaar/district.html") as opened:
        draw_all(opened.page)
        table = opened.page.locator("details.keep table").first
        seen = [table.is_visible()]
        for event in ("beforeprint", "afterprint"):
            opened.page.evaluate(f"dispatchEvent(new Event('{event}'))")
            seen.append(table.is_visible())

    assert seen == [False, True, False]


def test_nothing_moves_while_figures_are_drawn(visit):  # noqa: F811
    with visit("openbaar/district.html") as opened:
        moved = opened.page.evaluate(
            """() => new Promise(done => {
                let sum = 0;
                new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
                    .observe({type: 'layout-shift', buffered: true});
                setTimeout(() => done(sum), 3000);
            })"""
        )

    assert moved < 0.01
