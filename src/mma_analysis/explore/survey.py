"""What gemeenten answered to a survey, as ordered categories and numbers."""

from dataclasses import dataclass, field

import pandas as pd

from mma_analysis.pipeline.questions import clean_table
from mma_analysis.settings import Edition, Workspace
from mma_analysis.settings.codebook import Codebook, Vraag, load
from mma_analysis.vocabulary.answers import NO_OPINION, ONE_OF, SCALE


@dataclass(frozen=True, repr=False)
class SurveyAnswers:
    """What gemeenten answered, in the words of the code book.

    - `answers`: one row per gemeente, question and answer; `position` is the place of the
      answer among the options, which of opinions is their order
    - `wide`: one row per gemeente, one column per question with one answer, an ordered
      category (`cat.codes` counts) or a number; *weet niet* is on no scale of opinions:
      there it is missing
    - `questions`: one row per question
    - `rejected`, `duplicates`, `unreadable`: what does not count, and why

    A text that somebody typed is not in it. The answers say who gave them.
    """

    answers: pd.DataFrame
    questions: pd.DataFrame
    wide: pd.DataFrame
    rejected: pd.DataFrame = field(default_factory=pd.DataFrame)
    duplicates: pd.DataFrame = field(default_factory=pd.DataFrame)
    unreadable: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        return f"{len(self.wide)} gemeenten, {len(self.questions)} questions"


def survey_of(workspace: Workspace, settings: Edition) -> SurveyAnswers | None:
    """The survey of an edition, as it was cleaned for it; none when it has no survey."""
    book = load(settings)
    if book is None:
        return None
    responses = clean_table(workspace, settings, "responses")
    return survey_answers(responses, book)


def survey_answers(responses: pd.DataFrame, book: Codebook) -> SurveyAnswers:
    """Answers that were cleaned, in the order of the code book."""
    return SurveyAnswers(
        answers=_in_order(responses, book),
        questions=_questions(book),
        wide=_wide(responses, book),
    )


def _questions(book: Codebook) -> pd.DataFrame:
    """One row per question: its code, label, text, kind, options and if it is internal."""
    rows = []
    for one in book.questions:
        row = {
            "question": one.code,
            "label": one.kort,
            "text": one.tekst,
            "kind": one.soort,
            "options": list(one.opties),
            "is_internal": one.intern,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _in_order(responses: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """One row per gemeente, question and answer, with the place of it among the options."""
    place = {}
    label = {}
    for one in book.questions:
        label[one.code] = one.kort
        for position, option in enumerate(one.opties):
            place[(one.code, option)] = position

    pairs = zip(responses["question"], responses["value"], strict=True)
    positions = pd.array([place.get(pair) for pair in pairs], "Int64")
    answers = responses[["gemeente", "question", "kind", "value", "answered_by"]]
    return answers.assign(
        label=responses["question"].map(label),
        position=positions,
    )


def _wide(responses: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """One row per gemeente, a column per question of which there is one answer."""
    gemeenten = sorted(responses["gemeente"].unique())
    index = pd.Index(gemeenten, name="gemeente")
    columns = {}
    for one in book.questions:
        is_asked = responses["question"] == one.code
        answers = responses[is_asked].set_index("gemeente")["value"]
        if one.soort == "number":
            numbers = pd.to_numeric(answers, errors="coerce")
            columns[one.code] = numbers.reindex(index).astype("Float64")
        elif one.soort in (SCALE, ONE_OF):
            columns[one.code] = _in_categories(answers, _scale(one)).reindex(index)
    return pd.DataFrame(columns, index)


def _in_categories(answers: pd.Series, scale: list[str]) -> pd.Series:
    """The answers as ordered categories; missing when they are not on the scale."""
    is_on_scale = answers.isin(scale)
    ordered = pd.CategoricalDtype(scale, ordered=True)
    return answers.where(is_on_scale).astype(ordered)


def _scale(question: Vraag) -> list[str]:
    """The options in their order; of opinions without the one that is no opinion."""
    if question.soort != SCALE:
        return list(question.opties)
    return [one for one in question.opties if not one.lower().startswith(NO_OPINION)]
