"""`notebooks/vragen.ipynb`: ten questions, each short, and concluded from the data itself."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from mma_analysis.publish import page
from mma_analysis.settings import NOTEBOOKS, ROOT_VARIABLE, Workspace, shipped

PATH = shipped(NOTEBOOKS) / "vragen.ipynb"
MOST_LINES = 15
HEADING = re.compile(r"## (\d+)\. .+\?( – alleen voor u)?\n")
OF_ROWS = (".row_level()", ".closing(", ".registration", "antwoorden(")
UNITS = re.compile(r"1\.000 inwoners|10\.000 inwoners|95% zekerheid")


@cache
def sections() -> list[tuple[str, list[str]]]:
    """The text of each question, and the code below it."""
    found: list[tuple[str, list[str]]] = []
    for cell in nbformat.read(PATH, as_version=4).cells:
        if cell.cell_type == "markdown" and HEADING.match(cell.source):
            found.append((cell.source, []))
        elif found:
            found[-1][1].append(cell.source)
    return found


def test_there_are_ten_questions_and_nothing_is_stored():
    cells = nbformat.read(PATH, as_version=4).cells

    assert [HEADING.match(text)[1] for text, _ in sections()] == [str(n) for n in range(1, 11)]
    assert [one for one in cells if one.get("outputs") or one.get("execution_count")] == []
    assert len({one.id for one in cells}) == len(cells)


@pytest.mark.parametrize("number", range(10))
def test_a_question_is_two_sentences_fifteen_lines_of_code_and_a_conclusion(number):
    text, code = sections()[number]
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z`])", text.partition("\n")[2])
    without_prose = re.sub(r'"""(.*?)"""', "zin", "\n".join(code), flags=re.S)
    lines = [line for line in without_prose.splitlines() if line.strip()]

    assert len(sentences) == 2
    assert len(lines) <= MOST_LINES
    assert "Markdown(" in code[-1]
    # of another edition a number that was typed could be untrue
    assert re.search(r"\d", UNITS.sub("", text.partition("?")[2])) is None


def test_what_was_counted_in_rows_says_that_it_is_for_who_asks_alone():
    for text, code in sections():
        is_of_rows = any(door in cell for cell in code for door in OF_ROWS)
        assert ("alleen voor u" in text.partition("\n")[0]) == is_of_rows, text


@pytest.fixture(scope="module")
def said(workspace) -> list[str]:
    """What the notebook concludes of the example, in order, each on one line."""
    return concluded_of(workspace, PATH)


def concluded_of(workspace: Workspace, notebook: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ROOT_VARIABLE, str(workspace.root))
        ran = page.execute(notebook, {})
    return [" ".join(text.split()) for cell in ran.cells for text in concluded(cell)]


def concluded(cell: NotebookNode) -> list[str]:
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [one["text/markdown"] for one in data if "text/markdown" in one]


def test_each_question_is_answered_from_the_data(said):
    """Of the report, of the files of the example, and of its survey, counted by hand."""
    assert len(said) == 10
    # Enschede alone has more than 150,000 inhabitants.
    assert "in Enschede. De grenzen van die twee" in said[0]
    # Only Almelo, Enschede and Hengelo have fifty meldingen.
    assert said[1].startswith("Van 3 van de 14 gemeenten is het te zeggen.")
    # The median of the report, and its eight gemeenten.
    assert said[2].startswith("De helft is afgesloten na 32 dagen (28 tot 40);")
    assert "Dit gaat over 8 van de 14 gemeenten" in said[2]
    # Twelve answered for a gemeente, and all of them had an opinion.
    assert said[4].startswith("Van 12 gemeenten is het te zeggen")
    assert "6 gemeenten schrijven het niet op" in said[5]
    assert [text for text in said if re.search(r"\bnan\b|<NA>|None", text)] == []
