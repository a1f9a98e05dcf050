"""The reviewed text of pages of the example, a sentence a line, in `tests/reviewed/`.

Who changes a sentence sees it here as a changed line, with its numbers. After `mma run`:

    python tests/reviewed.py reports/voorbeeld-2023
"""

import re
import sys
from pathlib import Path

from page_lines import lines_of

REVIEWED = Path(__file__).parent / "reviewed"
# File → the page that it has the text of, below the reports of the example. Of the cards one of a
# large, of a small and of a very small gemeente, and what the large one reads of itself.
PAGES = {
    "district": "openbaar/district.html",
    "hoe-wij-telden": "openbaar/hoe-wij-telden.html",
    "voorstel": "openbaar/voorstel-dvo.html",
    "kaart-groot": "openbaar/enschede.html",
    "kaart-klein": "openbaar/borne.html",
    "kaart-heel-klein": "openbaar/wierden.html",
    "eigen-kaart": "intern/enschede/enschede.html",
    "brief": "intern/enschede/kwaliteit.html",
}
ENDS = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)\s+(?=[^\W\d_a-zà-ÿ]|[‘“€\d])")
# Of which version and which numbers a page is made: no sentence, and other with each change.
MARK = re.compile(r"\b[0-9a-f]{12}\b")
VERSION = re.compile(r"(?<=mma-analysis )\d+(?:\.\w+)*")


def text_of(page: Path) -> str:
    """What stands on a page: a line for each sentence, title and row of a table."""
    sentences: list[str] = []
    for line in lines_of(page):
        unmarked = VERSION.sub("…", MARK.sub("…", line))
        sentences += ENDS.split(unmarked)
    return "\n".join(sentences) + "\n"


def write(reports: Path) -> None:
    """Write the text of each page as it stands in these reports."""
    for name, page in PAGES.items():
        path = REVIEWED / f"{name}.txt"
        path.write_text(text_of(reports / page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
