"""The same twelve answers, whatever tool they were given in: `cases/survey_exports`.

`cases/answers.csv` says what was answered: gemeente, statement, overleg (option or own text),
options of waar and own text of waar, grade, open. In the exports LimeSurvey has codes (Y for a
choice, -oth- for an own text, a mark before `=`) or texts; SurveyMonkey two rows of headers, with
the option in the column of an option; Forms and Google all choices in one cell, also when an
option holds their separator.
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from mma_analysis.clean.survey import CleanResponses, clean_responses
from mma_analysis.forms import codebook_draft
from mma_analysis.read import read_export
from mma_analysis.settings import Edition, codebook
from mma_analysis.vocabulary.schema import SurveyExport
from small_edition import surveyed

CASES = Path(__file__).parent / "cases"
CODEBOOK = (CASES / "codeboek.toml").read_text(encoding="utf-8")
EXPORTS = sorted((CASES / "survey_exports").iterdir())
COUNTED = tomllib.loads((CASES / "answers_counted.toml").read_text(encoding="utf-8"))


@pytest.fixture(params=EXPORTS, ids=lambda path: path.stem)
def edition(request: pytest.FixtureRequest, tmp_path: Path) -> Edition:
    file = f"antwoorden{request.param.suffix}"
    return surveyed(tmp_path, request.param.read_bytes(), file, CODEBOOK)


def exported(edition: Edition) -> SurveyExport:
    (path,) = edition.folder.glob("antwoorden.*")
    return read_export(edition.vocabulary, path, path.name)


def cleaned_from(edition: Edition) -> tuple[codebook.Codebook, CleanResponses]:
    book = codebook.load(edition)
    return book, clean_responses(exported(edition), book, edition)


def test_the_same_twelve_answers_are_the_same_in_every_tool(edition):
    assert len(EXPORTS) == 8

    _, cleaned = cleaned_from(edition)

    rows = cleaned.responses
    assert rows["gemeente"].nunique() == 11
    assert cleaned.rejected[["gemeente", "reason_code"]].to_numpy().tolist() == [
        ["losser", "antwoord_leeg"]
    ]
    found = {question: Counter(own["value"]) for question, own in rows.groupby("question")}
    assert found == COUNTED["counts"]
    own = rows[rows["gemeente"].eq("oldenzaal")].groupby("question", sort=False)["value"].agg(list)
    assert list(own.items()) == list(COUNTED["answered"].items())
    assert cleaned.open_answers.set_index("gemeente")["text"].to_dict() == COUNTED["texts"]
    assert cleaned.unreadable.empty
    assert cleaned.superseded.empty


def test_a_code_book_made_from_an_export_loads_and_fits_it(edition, request):
    draft = codebook_draft.draft(edition.vocabulary, exported(edition))
    (edition.folder / "codeboek.toml").write_text(draft, encoding="utf-8")

    book, cleaned = cleaned_from(edition)

    has_codes = "codes" in request.node.name
    assert [vraag.soort for vraag in book.vraag] == [
        *("gemeente", "single" if has_codes else "likert"),
        *("single", "multi", "number", "open"),
    ]
    assert cleaned.responses["gemeente"].nunique() >= 10


def test_of_qualtrics_what_was_not_finished_or_only_tried_was_not_sent(tmp_path: Path):
    lines = (CASES / "survey_exports" / "qualtrics.csv").read_text(encoding="utf-8").splitlines()
    tried = [lines[3].replace(*change) for change in (("True", "False"), ("IP Address", "Spam"))]
    edition = surveyed(tmp_path, "\n".join([*lines[:4], *tried]), codebook=CODEBOOK)

    assert exported(edition).rows["complete"].to_list() == [True, False, False]
