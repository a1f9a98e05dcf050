"""Titles of figures and tables are findings: with a verb, and about what is shown below them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from conftest import Run, cases

from mma_analysis.settings import EXAMPLE

VERBS = {row.values[0] for row in cases("verbs")}
ROW_OF_CELL = re.compile(r"\w+\|[^#()\s]+(?=#)")
TYPED = "vast|"


@pytest.fixture(scope="module")
def pages(reports: Run) -> list[Path]:
    return sorted(reports.workspace.reports(EXAMPLE).rglob("*.html"))


def titled(pages: list[Path]) -> Iterator[tuple[str, Tag, Tag]]:
    """Every figure or table with a title: where it is, its title and itself."""
    for page in pages:
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        for figure in soup.select("figure"):
            title = figure.select_one(".ti")
            if title is not None:
                yield f"{page.name}#{figure['id']}", title, figure


def numbers_in(part: Tag) -> list[Tag]:
    """What has a cell, but for what an author typed."""
    marked = part.select("[data-cell]")
    return [one for one in marked if not str(one["data-cell"]).startswith(TYPED)]


def rows_of(*numbers: Tag) -> set[str]:
    """The rows of released tables that these come from."""
    return {row for one in numbers for row in ROW_OF_CELL.findall(str(one["data-cell"]))}


def words(title: Tag) -> list[str]:
    return re.findall(r"\w+", title.get_text(" ").casefold())


def test_every_title_of_a_figure_or_table_has_a_verb(pages):
    without = [where for where, title, _ in titled(pages) if VERBS.isdisjoint(words(title))]

    assert without == []


def test_what_a_title_says_follows_from_the_numbers_below_it(pages):
    """From a row that is drawn or in the table or the unit, or it is a number that stands there."""
    elsewhere = []
    for where, title, figure in titled(pages):
        title.extract()
        below = numbers_in(figure)
        rows, said = rows_of(*below), {one.get("value") for one in below}
        for number in numbers_in(title):
            if number.get("value") not in said and not rows_of(number) <= rows:
                elsewhere.append((where, number["data-cell"]))

    assert elsewhere == []


def test_most_titles_hold_a_number_or_a_word_of_a_table(pages):
    """A title without any is a finding in words: it has a claim in `true_sentences.csv`."""
    every = list(titled(pages))
    with_numbers = [where for where, title, _ in every if title.select("[data-cell]")]

    assert len(every) > 100
    assert len(with_numbers) > len(every) / 2
