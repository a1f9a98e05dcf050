"""The survey among all gemeenten, a census and no sample: answers, and themes of open ones.

A joint answer counts for each gemeente that it was declared for.
"""

from collections.abc import Sequence

import krippendorff
import pandas as pd

from mma_analysis.codebook import AGREED, NO, YES, Codebook, CodeFrame


def response(
    responses: pd.DataFrame, gemeenten: Sequence[str], no_experience: Sequence[str]
) -> pd.DataFrame:
    """Say per gemeente whether it answered, or jointly (`answered_by`), and if not, why."""
    by = responses.drop_duplicates("gemeente").set_index("gemeente")["answered_by"]
    table = pd.DataFrame({"area": gemeenten}, dtype="str")
    answered_by = table["area"].map(by).astype("str")
    reason = table["area"].isin(no_experience).map({True: "no_experience", False: "no_answer"})
    state = answered_by.ne("").map({True: "joint", False: "answered"})
    state = state.where(answered_by.notna(), reason)
    return table.assign(state=state, answered_by=answered_by.fillna(""))


def answers(responses: pd.DataFrame, gemeenten: Sequence[str], codebook: Codebook) -> pd.DataFrame:
    """Count per question that is not intern how many gemeenten chose each answer.

    `least`, `most`: of all, when none or all of those without an answer would choose this.
    """
    columns, rows = ["question", "kind", "label", "position", "value", "count", "answered"], []
    given = responses[responses["value"].notna() & responses["value"].ne("")]
    for question in (one for one in codebook.released if one.soort != "number"):
        its = given[given["question"] == question.code]
        counts, answered = its.groupby("value")["gemeente"].nunique(), its["gemeente"].nunique()
        values = [*question.opties, *sorted(set(counts.index) - set(question.opties))]
        head = (question.code, question.soort, question.kort)
        for position, value in enumerate(values):
            rows.append((*head, position, value, int(counts.get(value, 0)), answered))
    table = pd.DataFrame(rows, columns=columns)
    silent = len(gemeenten) - table["answered"]
    return table.assign(least=table["count"], most=table["count"] + silent)


def numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Summarise the questions that ask for a number, such as a grade, and are not intern."""
    rows = []
    for question in (one for one in codebook.released if one.soort == "number"):
        texts = responses.loc[responses["question"] == question.code, "value"]
        values = texts[texts.notna() & texts.ne("")].astype("float64")
        summary = values.agg(["count", "min", "median", "mean", "max"])
        rows.append((question.code, question.kort, *summary))
    columns = ["question", "label", "answered", "lowest", "median", "mean", "highest"]
    return pd.DataFrame(rows, columns=columns).astype({"answered": "int64"})


def theme_counts(
    open_answers: pd.DataFrame, coding: pd.DataFrame, frame: CodeFrame
) -> pd.DataFrame:
    """Count per theme how many gemeenten brought it up, by what people decided, not the machine.

    `coded`: gemeenten whose answer was decided for this theme.
    """
    decided = themes_per_gemeente(open_answers, coding)
    answered, rows = open_answers.groupby("question")["gemeente"].nunique(), []
    for thema in frame.thema:
        its = decided[decided["question"].eq(thema.vraag) & decided["theme"].eq(thema.code)]
        numbers = [
            its.loc[its["decision"].isin(d), "gemeente"].nunique() for d in ([YES], [YES, NO])
        ]
        head = (thema.vraag, thema.code, thema.label)
        rows.append((*head, *numbers, int(answered.get(thema.vraag, 0))))
    columns = ["question", "theme", "label", "count", "coded", "answered"]
    return pd.DataFrame(rows, columns=columns)


def themes_per_gemeente(open_answers: pd.DataFrame, coding: pd.DataFrame) -> pd.DataFrame:
    """Say of each gemeente which themes its answer was taken to have: for its intern page alone."""
    decided = open_answers[["gemeente", "answer_id"]].merge(coding, on="answer_id")
    return decided[["gemeente", "question", "theme", "decision"]]


def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """Say per theme how well coders `agreed` on `answers` of two or more, before they compared."""
    rows = []
    alone = ratings[ratings["coder"].ne(AGREED)]
    for (question, theme), judged in alone.groupby(["question", "theme"], sort=False):
        by_coder = judged.pivot_table("chosen", "coder", "answer_id", aggfunc="first")
        paired = by_coder.loc[:, by_coder.count() > 1]
        if len(paired.columns):
            same = int(paired.nunique().eq(1).sum())
            rows.append((question, theme, len(paired.columns), same, alpha(paired)))
    table = pd.DataFrame(rows, columns=["question", "theme", "answers", "agreed", "alpha"])
    return table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})


def alpha(judgements: pd.DataFrame) -> float:
    """Krippendorff's nominal alpha of coders (rows) on units (columns); NaN when chance agrees."""
    paired = judgements.loc[:, judgements.count() > 1]
    counts = paired.apply(pd.Series.value_counts).fillna(0).astype("int64").T.to_numpy()
    if paired.empty or counts.shape[1] < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
