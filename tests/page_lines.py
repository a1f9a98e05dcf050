"""What stands on a page, a line for each paragraph, title and row of a table.

A row is written with its headers, so that it says by itself what its numbers are:
`Kwartaal: jul – sep 2021 | Meldingen: 15`. What is drawn is left out: the table has it.
"""

import re
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

NOT_READ = "script, style, svg, .plot, .skip, nav, .dl, .sources, output, .uitleg"
BLOCKS = (
    *("p", "li", "h1", "h2", "h3", "figcaption", "summary", "caption", "blockquote", "div"),
    *("dt", "aside", "main", "section", "header", "footer", "figure", "table", "title"),
)
SPACED = "dd, em, figcaption span, .by span, li strong"


def lines_of(page: Path | str) -> list[str]:
    """The lines of a page, with one space between words and none inside brackets."""
    text = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    soup = BeautifulSoup(text, "lxml")
    for drawn in soup.select(NOT_READ):
        drawn.decompose()
    for piece in list(soup.find_all(string=True)):
        piece.replace_with(NavigableString(re.sub(r"\s+", " ", piece)))
    for tagged in soup.select(SPACED):
        tagged.insert_before(" ")
        tagged.insert_after(" ")
    for table in soup.find_all("table"):
        table.replace_with("\n" + "\n".join(_rows(table)) + "\n")
    for block in soup.find_all(BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    assert soup.body is not None
    return [line for line in map(_plain, soup.body.get_text().split("\n")) if line]


def _rows(table: Tag) -> list[str]:
    headers = [_plain(head.get_text()) for head in table.select("thead th")]
    rows = []
    for row in table.select("tbody tr"):
        cells = [_plain(cell.get_text()) for cell in row.find_all(["th", "td"])]
        pairs = zip(headers, cells, strict=True)
        rows.append(" | ".join(f"{head}: {cell}".strip() for head, cell in pairs))
    return rows


def _plain(text: str) -> str:
    text = re.sub(r"\s+", " ", text.replace("\u00ad", "")).strip()
    text = re.sub(r" ([.,;:)])", r"\1", text)
    text = re.sub(r"·(?=\w)", "· ", text)  # the dot is for the eye, the words are for the ear
    return re.sub(r"\( ", "(", text)
