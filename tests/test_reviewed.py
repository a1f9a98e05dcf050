"""What the pages of the example say is what was reviewed: a changed sentence is a changed line."""

import difflib

import pytest

from mma_analysis.settings import EXAMPLE
from reviewed import PAGES, REVIEWED, text_of

HOW = "read what changed; is it right: python tests/reviewed.py reports/voorbeeld-2023"
MOST_LINES = 1_200  # of all together: what nobody reads in a diff is not reviewed


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_was_reviewed(reports, name):
    said = text_of(reports.workspace.reports(EXAMPLE) / PAGES[name])

    reviewed = (REVIEWED / f"{name}.txt").read_text(encoding="utf-8")
    changed = difflib.unified_diff(reviewed.splitlines(), said.splitlines(), "reviewed", name, n=0)
    assert said == reviewed, "\n".join([HOW, *changed])


def test_every_reviewed_text_is_of_a_page_and_all_are_small_enough_to_read():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in REVIEWED.iterdir()}

    assert texts.keys() == PAGES.keys()
    assert sum(text.count("\n") for text in texts.values()) <= MOST_LINES


def test_a_changed_number_or_word_is_another_text(tmp_path):
    page = tmp_path / "een.html"
    begin = "<html><body><main><p>Er waren er {}. Dat is genoeg.</p></main></body></html>"
    texts = []
    for count in ("180", "185"):
        page.write_text(begin.format(count), encoding="utf-8")
        texts.append(text_of(page))

    assert texts == ["Er waren er 180.\nDat is genoeg.\n", "Er waren er 185.\nDat is genoeg.\n"]
