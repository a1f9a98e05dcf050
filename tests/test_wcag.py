"""WCAG 2.2 AA where axe does not look: inside figures, and in dark mode."""

import re

import pytest

from mma_analysis.publish.templates import contrast
from test_browser import DIFFERENT, INDEX, browser, violations, visit  # noqa: F401

pytestmark = pytest.mark.slow

LIGHT, DARK = "light", "dark"
TEXT, MARK = 4.5, 3.0  # what WCAG asks of text (1.4.3) and of what is not text (1.4.11)

# Every text of every figure with its colour and what is behind it, and the colours of every mark.
COLOURS = """() => {
  const paper = getComputedStyle(document.body).backgroundColor;
  const found = {paper, texts: [], marks: []};
  for (const plot of document.querySelectorAll('.plot > .wide')) {
    const bars = [...plot.querySelectorAll('[data-cell] > rect')]
      .filter(bar => !getComputedStyle(bar).fill.startsWith('url'));
    for (const text of plot.querySelectorAll('text')) {
      const box = text.getBoundingClientRect(), style = getComputedStyle(text);
      const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      const behind = bars.find(bar => {
        const place = bar.getBoundingClientRect();
        return place.left < x && x < place.right && place.top < y && y < place.bottom;
      });
      const colour = behind ? getComputedStyle(behind).fill : paper;
      found.texts.push([text.textContent, style.fill, colour]);
    }
    for (const mark of plot.querySelectorAll('circle, path[stroke], [data-cell] > line')) {
      const style = getComputedStyle(mark);
      // the line around a dot that is filled, and that on both sides of an interval, is paper
      const isFilled = mark.tagName === 'circle' && style.fill !== paper;
      const colour = isFilled ? style.fill : style.stroke;
      if (colour !== paper) found.marks.push(colour);
    }
  }
  return found;
}"""


def in_digits(colour: str) -> str:
    """`rgb(0, 0, 0)`, as a browser says it, as `#000000`."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("path", [INDEX, *DIFFERENT])
def test_a_page_is_as_accessible_in_the_dark_and_all_in_a_figure_can_be_told_from_its_paper(
    visit,  # noqa: F811
    path,
    scheme,
):
    with visit(path, color_scheme=scheme) as opened:
        found = opened.page.evaluate(COLOURS)
        faults = violations(opened.page) if scheme == DARK else []

    assert faults == []
    assert opened.complaints == []
    assert (len(found["texts"]) > 5) == (path != INDEX)
    weak = {
        (text, colour, behind)
        for text, colour, behind in found["texts"]
        if contrast(in_digits(colour), in_digits(behind)) < TEXT
    }
    assert weak == set()
    paper = in_digits(found["paper"])
    assert (contrast(paper, "#000000") < 2) == (scheme == DARK)  # as dark as 5% of white
    assert {m for m in found["marks"] if contrast(in_digits(m), paper) < MARK} == set()


def test_a_page_follows_the_reader_who_turns_the_light_off_and_paper_stays_white(visit):  # noqa: F811
    with visit("openbaar/district.html", color_scheme=LIGHT) as opened:
        bar = ".plot .wide [data-cell] > rect"
        seen = []
        for media, scheme in (("screen", LIGHT), ("screen", DARK), ("print", DARK)):
            opened.page.emulate_media(media=media, color_scheme=scheme)
            seen.append(opened.page.eval_on_selector(bar, "e => getComputedStyle(e).fill"))

    light, dark, paper = seen
    assert light == paper
    assert light != dark


def test_nothing_moves_while_a_page_is_read(visit):  # noqa: F811
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
