"""The survey among all gemeenten, a census and no sample: answers, and themes of open ones.

A joint answer counts for each gemeente that it was declared for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import krippendorff
import pandas as pd

from mma_analysis.settings.codebook import AGREED, Codebook, CodeFrame
from mma_analysis.vocabulary.schema import NO, YES

ASKS_NUMBER = "number"  # kind of a question that asks for a number


@dataclass(frozen=True)
class ChosenAnswer:
    """One answer to a question: how many gemeenten chose it, of those that answered."""

    question: str
    kind: str
    label: str
    position: int
    value: str
    count: int
    answered: int


@dataclass(frozen=True)
class NamedAnswer:
    """What one gemeente answered to a question that all agreed to answer by name."""

    question: str
    label: str
    position: int
    value: str
    area: str


@dataclass(frozen=True)
class NumberSummary:
    """The numbers that gemeenten gave to a question; what nobody gave is missing."""

    question: str
    label: str
    answered: int
    lowest: float
    median: float
    mean: float
    highest: float


@dataclass(frozen=True)
class ThemeCount:
    """One theme: how many gemeenten brought it up, were coded for it, and answered."""

    question: str
    theme: str
    label: str
    count: int
    coded: int
    answered: int


@dataclass(frozen=True)
class ThemeAgreement:
    """One theme: on how many answers of two coders or more these agreed, with alpha."""

    question: str
    theme: str
    answers: int
    agreed: int
    alpha: float


# --- answers ------------------------------------------------------------------------------


def response(
    responses: pd.DataFrame, gemeenten: Sequence[str], no_experience: Sequence[str]
) -> pd.DataFrame:
    """Say of each gemeente whether it answered, and if not, why; one row per gemeente.

    `state`: `answered`, `joint` (by `answered_by`), `no_experience` or `no_answer`.
    """
    of_gemeente = responses.drop_duplicates("gemeente").set_index("gemeente")
    table = pd.DataFrame({"area": gemeenten}, dtype="str")
    answered_by = table["area"].map(of_gemeente["answered_by"]).astype("str")
    has_answered = answered_by.notna()
    is_joint = answered_by != ""
    has_no_experience = table["area"].isin(no_experience)

    how = is_joint.map({True: "joint", False: "answered"})
    why_not = has_no_experience.map({True: "no_experience", False: "no_answer"})
    return table.assign(
        state=how.where(has_answered, why_not),
        answered_by=answered_by.fillna(""),
    )


def answers(
    responses: pd.DataFrame,
    gemeenten: Sequence[str],
    codebook: Codebook,
) -> pd.DataFrame:
    """Count how many gemeenten chose each answer, of questions that are not intern.

    One row per question and answer, in the order of the code book, then what else was
    answered. `count_least`, `count_most`: of all, when none or all of those without an
    answer would choose this.
    """
    given = _given(responses)
    rows: list[ChosenAnswer] = []
    for question in codebook.released:
        if question.soort == ASKS_NUMBER:
            continue
        own = given[given["question"] == question.code]
        answered = own["gemeente"].nunique()
        chosen = own.groupby("value")["gemeente"].nunique()
        others = sorted(set(chosen.index) - set(question.opties))
        for position, value in enumerate([*question.opties, *others]):
            answer = ChosenAnswer(
                question=question.code,
                kind=question.soort,
                label=question.kort,
                position=position,
                value=value,
                count=int(chosen.get(value, 0)),
                answered=answered,
            )
            rows.append(answer)
    table = _table(rows, ChosenAnswer)
    silent = len(gemeenten) - table["answered"]
    at_most = table["count"] + silent
    return table.assign(count_least=table["count"], count_most=at_most)


def named(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Say which gemeente answered what, of the questions that are `op_naam` and not intern.

    One row per question, answer and gemeente (`area`), in the order of the code book and of
    the alphabet; of more choices a row for each. Who did not answer has no row.
    """
    given = _given(responses)
    rows: list[NamedAnswer] = []
    for question in codebook.named:
        own = given[given["question"] == question.code]
        others = sorted(set(own["value"]) - set(question.opties))
        for position, value in enumerate([*question.opties, *others]):
            chose = own.loc[own["value"] == value, "gemeente"]
            for slug in sorted(chose.unique()):
                answer = NamedAnswer(question.code, question.kort, position, value, slug)
                rows.append(answer)
    return _table(rows, NamedAnswer)


def numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Summarise each question that asks for a number, such as a grade, and is not intern.

    One row per question; what nobody answered is missing.
    """
    given = _given(responses)
    rows: list[NumberSummary] = []
    for question in codebook.released:
        if question.soort != ASKS_NUMBER:
            continue
        own = given[given["question"] == question.code]
        values = own["value"].astype("float64")
        summary = NumberSummary(
            question=question.code,
            label=question.kort,
            answered=values.count(),
            lowest=values.min(),
            median=values.median(),
            mean=values.mean(),
            highest=values.max(),
        )
        rows.append(summary)
    table = _table(rows, NumberSummary)
    return table.astype({"answered": "int64"})


def _given(responses: pd.DataFrame) -> pd.DataFrame:
    """The answers that were filled in."""
    value = responses["value"]
    is_filled_in = value.notna() & (value != "")
    return responses[is_filled_in]


def _table(rows: list[Any], record: Any) -> pd.DataFrame:
    """One row per record of this class, which may be none, and a column per field."""
    columns = [field.name for field in fields(record)]
    return pd.DataFrame(rows, columns=columns)


# --- themes -------------------------------------------------------------------------------


def theme_counts(
    open_answers: pd.DataFrame, coding: pd.DataFrame, frame: CodeFrame
) -> pd.DataFrame:
    """Count how many gemeenten brought up each theme, as people decided, not the machine.

    One row per theme. `coded`: gemeenten whose answer was decided for this theme.
    """
    decided = themes_per_gemeente(open_answers, coding)
    answered = open_answers.groupby("question")["gemeente"].nunique()
    rows: list[ThemeCount] = []
    for thema in frame.thema:
        is_asked = decided["question"] == thema.vraag
        is_theme = decided["theme"] == thema.code
        own = decided[is_asked & is_theme]
        brought_up = own[own["decision"] == YES]
        coded = own[own["decision"].isin([YES, NO])]
        theme = ThemeCount(
            question=thema.vraag,
            theme=thema.code,
            label=thema.label,
            count=brought_up["gemeente"].nunique(),
            coded=coded["gemeente"].nunique(),
            answered=int(answered.get(thema.vraag, 0)),
        )
        rows.append(theme)
    return _table(rows, ThemeCount)


def themes_per_gemeente(open_answers: pd.DataFrame, coding: pd.DataFrame) -> pd.DataFrame:
    """Say which themes an answer was taken to have; for the gemeente's intern page alone.

    One row per gemeente, answer and theme.
    """
    known = open_answers[["gemeente", "answer_id"]]
    decided = known.merge(coding, on="answer_id")
    return decided[["gemeente", "question", "theme", "decision"]]


def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """Say how well coders agreed on each theme, before they compared.

    One row per theme with `answers` that two or more judged: on how many of these they
    `agreed`, and Krippendorff's `alpha`.
    """
    is_decided_together = ratings["coder"] == AGREED
    alone = ratings[~is_decided_together]
    rows: list[ThemeAgreement] = []
    for (question, theme), judged in alone.groupby(["question", "theme"], sort=False):
        by_coder = judged.pivot_table("chosen", "coder", "answer_id", aggfunc="first")
        paired = _paired(by_coder)
        if paired.columns.empty:
            continue
        different = paired.nunique()
        is_same = different == 1
        agreed = ThemeAgreement(
            question=str(question),
            theme=str(theme),
            answers=len(paired.columns),
            agreed=int(is_same.sum()),
            alpha=alpha(paired),
        )
        rows.append(agreed)
    table = _table(rows, ThemeAgreement)
    return table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})


def alpha(judgements: pd.DataFrame) -> float:
    """Krippendorff's nominal alpha of coders (rows) on units (columns).

    NaN when no unit has two judgements, or all are the same.
    """
    paired = _paired(judgements)
    if paired.empty:
        return float("nan")
    # A row per answer, a column per unit.
    times_given = paired.apply(pd.Series.value_counts).fillna(0)
    if len(times_given) < 2:
        return float("nan")
    by_unit = times_given.astype("int64").T.to_numpy()
    found = krippendorff.alpha(value_counts=by_unit, level_of_measurement="nominal")
    return float(found)


def _paired(judgements: pd.DataFrame) -> pd.DataFrame:
    """The units (columns) that two coders (rows) or more judged."""
    has_two = judgements.count() > 1
    return judgements.loc[:, has_two]
