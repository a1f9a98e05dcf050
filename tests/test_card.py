"""The page of a gemeente: its card is short and one A4, and what it says is about itself."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from mma_analysis.publish import page
from mma_analysis.settings import EXAMPLE
from mma_analysis.show.reading import words_seen
from released_tables import VOCABULARY
from test_browser import browser, draw_all, visit  # noqa: F401

GEMEENTEN = [area.slug for area in VOCABULARY.gemeenten]
PAGES = [f"openbaar/{slug}.html" for slug in GEMEENTEN]
PAGES += [f"intern/{slug}/{slug}.html" for slug in GEMEENTEN]
LEAST_OWN = 0.8
# A key of an id may be anywhere: `costs_per_phase|2021-07-01|almelo#amount`.
KEYS = re.compile(r"[|#;=()+/ ]+")
# Of the ten that are next to a gemeente stand only the least and the most.
ENDS = {"van", "tot"}
BESIDE = "fig-verwacht"  # the figure of what is next to it


def numbers(soup: BeautifulSoup, slug: str) -> Iterator[tuple[bool, str]]:
    """Of every number on a page, but for those that stand there to compare with: is it its own?"""
    others = {area.name for area in VOCABULARY.areas if area.slug != slug} | ENDS
    for one in soup.select(".kop data, .kern data, main data"):
        cell, is_beside = one.find_parent("td"), False
        if cell is not None:
            heads = [head.text.strip() for head in cell.find_parent("table").select("thead th")]
            is_of_another = heads[len(cell.find_previous_siblings())] in others
            is_beside = is_of_another or cell.find_parent("figure", id=BESIDE) is not None
        if not is_beside and not one["data-cell"].startswith("vast|"):
            is_own = slug in KEYS.split(str(one["data-cell"]))
            yield is_own, f"{one.text}: {one['data-cell']}"


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_most_numbers_on_the_page_of_a_gemeente_are_its_own(reports, path):
    html = (reports.workspace.reports(EXAMPLE) / path).read_text(encoding="utf-8")
    found = list(numbers(BeautifulSoup(html, "html.parser"), Path(path).stem))

    own = sum(is_own for is_own, _ in found)
    assert len(found) > 10
    assert own >= LEAST_OWN * len(found), [said for is_own, said in found if not is_own]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_card_is_one_a4_and_no_longer_than_it_may_be(reports, visit, path):  # noqa: F811
    html = (reports.workspace.reports(EXAMPLE) / path).read_text(encoding="utf-8")
    card, begun, _ = html.partition(page.SECTION)
    first = BeautifulSoup(html, "html.parser").select_one("main section h2")

    assert begun
    assert 150 < len(words_seen(card).split()) <= page.MOST_WORDS["gemeente"]
    with visit(path) as opened:
        draw_all(opened.page)
        paper = opened.page.pdf(prefer_css_page_size=True)
    second = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-", "-"], input=paper, capture_output=True, check=True
    ).stdout.decode()
    assert first is not None
    assert second.strip().startswith(first.text)
