"""Whether a reader at level B1 can read the finished pages: short sentences, and words he knows.

Writing guides for Dutch government texts ask for sentences of about ten words, seldom more than
fifteen; a mean of twelve leaves room for names, amounts and dates. A word on Zipf's scale below 2.5
comes less than once in three million: it is explained, a name, or listed here as a compound.
"""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from conftest import PROJECT, cases
from wordfreq import zipf_frequency

from mma_analysis.settings import EXAMPLE

MOST_WORDS, LONG, MOST_LONG, MOST_ON_AVERAGE, RAREST = 25, 20, 0.05, 12, 2.5
WORD = re.compile(r"\b[^\W\d_]+(?:-[^\W\d_]+)*\b")
TOLD = "p, li, dt, dd, h1, h2, h3, figcaption span, caption, summary"

WORDS = [case.values for case in cases("readers_words")]
# Words that others wrote: they are recognised, and explained nowhere.
OF_OTHERS = ("column_aliases", "gemeente_aliases", "topic_aliases", "value_aliases")
OF_OTHERS += ("recognised", "survey_words")

pytestmark = pytest.mark.slow


def told(html: str) -> Iterator[str]:
    """Each text of a page that is a sentence or more; what respondents wrote is theirs."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select("script, style, noscript, blockquote, .spoken"):
        tag.decompose()
    for tag in soup.select(TOLD):
        if not tag.select(TOLD):
            yield " ".join(tag.get_text(" ").split())


def sentences(text: str) -> list[str]:
    """A text cut after each end; a colon with a capital or a figure after it is an end too."""
    return re.split(r"(?<=[.!?:;])\s+(?=[^\W\d_a-zà-ÿ]|[‘“€\d])", text)


def length(sentence: str) -> int:
    """The words of a sentence; a list after a colon is read item by item, and counts as one."""
    before, colon, after = sentence.partition(": ")
    if colon and after.count(", ") >= 2:
        return len(before.split()) + 1
    return len(sentence.split())


@pytest.fixture(scope="module")
def read(reports) -> set[str]:
    """Every different sentence of every page, letter and index."""
    folder = reports.workspace.reports(EXAMPLE)
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 30
    return {
        sentence
        for page in pages
        for text in told(page.read_text(encoding="utf-8"))
        for sentence in sentences(text)
    }


def known() -> set[str]:
    """The words that a reader can look up, or that are names."""
    tables = (PROJECT / "src" / "mma_analysis" / "reference").glob("*.csv")
    ours = [table for table in tables if table.stem not in OF_OTHERS]
    files = [PROJECT / "docs" / "begrippen.md", *ours]
    words = {w.lower() for file in files for w in WORD.findall(file.read_text(encoding="utf-8"))}
    return words | {f"{word}s" for word in words} | {f"{word}en" for word in words}


def test_no_sentence_is_longer_than_a_reader_can_hold_and_most_are_short(read):
    assert sorted(s for s in read if length(s) > MOST_WORDS) == []
    lengths = [length(sentence) for sentence in read if length(sentence) > 3]
    assert sum(lengths) / len(lengths) <= MOST_ON_AVERAGE
    assert sum(words > LONG for words in lengths) / len(lengths) <= MOST_LONG


def test_every_rare_word_can_be_looked_up(read):
    words = {word.lower() for sentence in read for word in WORD.findall(sentence)}
    rare = {word for word in words if zipf_frequency(word, "nl") < RAREST}

    assert sorted(rare - known() - {word for word, kind in WORDS if kind != "office"}) == []


def test_no_office_language_where_a_plain_word_does(read):
    text, office = "\n".join(read).lower(), [word for word, kind in WORDS if kind == "office"]

    assert [word for word in office if re.search(rf"\b{re.escape(word)}\b", text)] == []
