"""Sixty files whose truth is known: each is exact, or asked about, or refused; never wrong."""

import random
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import sixty
from mma_analysis.pipeline.drafts import suggestions
from mma_analysis.pipeline.intake import CleanedEdition, read_and_clean
from mma_analysis.pipeline.not_understood import Questions, questions_of
from mma_analysis.pipeline.question_book import HEADERS, WORDS_SHEET, take_over, write_question_book
from mma_analysis.settings import Workspace
from small_edition import EVALUATIE

pytestmark = pytest.mark.slow
MOST_ROUNDS = 2
FILES = [(kind, seed) for kind in sixty.KINDS for seed in sixty.SEEDS]


def test_there_are_sixty():
    assert len(FILES) == 60


@pytest.mark.parametrize(("kind", "seed"), FILES, ids=lambda one: getattr(one, "__name__", one))
def test_a_file_is_exact_or_asked_about_or_refused(tmp_path, kind, seed):
    sent = kind(random.Random(seed))
    workspace = edition_with(tmp_path, sent)
    folder = workspace.raw("proef")

    first = questions_of(workspace.edition("proef"))
    asked = suggestions(workspace.edition("proef"))

    assert sent.asks in asked
    said = [asked, *answered_in_two_rounds(workspace, sent, first)]
    last = questions_of(workspace.edition("proef"))
    if sent.is_refused:
        assert last.faults or last.headers
    else:
        assert (last.faults, last.headers, last.words) == ([], [], [])
        cleaned = read_and_clean(workspace.edition("proef"))
        assert counted(cleaned) == sent.truth
        (row,) = cleaned.files
        assert (row["rejected"], row["duplicate"]) == (sent.rejected, sent.double)
        said += [table.to_csv() for table in tables_of(cleaned)]
        said.append(str(cleaned.files))
    settings = (folder / "evaluatie.toml").read_text(encoding="utf-8")
    for name in sixty.PERSONS:
        assert [text for text in (*said, settings) if name in text] == []


def edition_with(root: Path, sent: sixty.Delivered) -> Workspace:
    workspace = Workspace(root)
    folder = workspace.raw("proef") / "meldingen"
    folder.mkdir(parents=True)
    (folder / sent.name).write_bytes(sent.content)
    block = f'[gemeenten.losser]  # Losser\nlevering = ["meldingen/{sent.name}"]\n'
    settings = workspace.raw("proef") / "evaluatie.toml"
    settings.write_text(EVALUATIE + block, encoding="utf-8")
    return workspace


def answered_in_two_rounds(
    workspace: Workspace, sent: sixty.Delivered, asked: Questions
) -> list[str]:
    """Answer all that is asked, as a colleague would; the texts of the workbooks."""
    texts = []
    for _ in range(MOST_ROUNDS):
        settings = workspace.raw("proef") / "evaluatie.toml"
        if asked.faults and sent.own not in settings.read_text(encoding="utf-8"):
            with settings.open("a", encoding="utf-8") as text:
                text.write(sent.own)
        elif asked.headers or asked.words:
            path = write_question_book(workspace.edition("proef"))
            texts.append(filled(path, sent))
            take_over(workspace, "proef", path)
        asked = questions_of(workspace.edition("proef"))
    return texts


def filled(path: Path, sent: sixty.Delivered) -> str:
    """Fill in a workbook; gives all that stands in it."""
    book = openpyxl.load_workbook(path)
    for sheet, at, answers in ((HEADERS, 2, sent.headers), (WORDS_SHEET, 3, sent.words)):
        for row in book[sheet].iter_rows(min_row=2):
            if row[at].value in answers:
                row[6].value = answers[row[at].value]
    book.save(path)
    return " ".join(str(cell.value) for page in book for row in page.rows for cell in row)


def counted(cleaned: CleanedEdition) -> Counter[tuple[object, str, str]]:
    rows = cleaned.meldingen
    days = rows["received_on"].dt.date
    return Counter(zip(days, rows["topic"], rows["result"], strict=True))


def tables_of(cleaned: CleanedEdition) -> list[pd.DataFrame]:
    return [value for value in vars(cleaned).values() if isinstance(value, pd.DataFrame)]
