"""The survey among all gemeenten, a census and no sample: answers, and themes of open ones.

A joint answer counts for each gemeente that it was declared for.
"""

from collections.abc import Sequence

import krippendorff
import pandas as pd

from mma_analysis.codebook import AGREED, NO, YES, Codebook, CodeFrame, Vraag
from mma_analysis.vocabulary import Vocabulary


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


def answers(vocabulary: Vocabulary, responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Count per question that is not intern how many gemeenten chose each answer. No intervals.

    `least`, `most`: of all, when none or all of those without an answer would choose this.
    """
    columns, rows = ["question", "kind", "label", "position", "value", "count", "answered"], []
    for question in (one for one in codebook.released if one.soort != "number"):
        given = _given(responses, question)
        counts, answered = given.groupby("value")["gemeente"].nunique(), given["gemeente"].nunique()
        values = [*question.opties, *sorted(set(counts.index) - set(question.opties))]
        head = (question.code, question.soort, question.kort)
        for position, value in enumerate(values):
            rows.append((*head, position, value, int(counts.get(value, 0)), answered))
    table = pd.DataFrame(rows, columns=columns)
    silent = len(vocabulary.gemeenten) - table["answered"]
    return table.assign(least=table["count"], most=table["count"] + silent)


def numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Summarise the questions that ask for a number, such as a grade, and are not intern."""
    rows = []
    for question in (one for one in codebook.released if one.soort == "number"):
        values = _given(responses, question)["value"].astype("float64")
        summary = (values.min(), values.median(), values.mean(), values.max())
        rows.append((question.code, question.kort, len(values), *summary))
    columns = ["question", "label", "answered", "lowest", "median", "mean", "highest"]
    return pd.DataFrame(rows, columns=columns)


def _given(responses: pd.DataFrame, question: Vraag) -> pd.DataFrame:
    is_given = responses["value"].notna() & responses["value"].ne("")
    return responses[is_given & responses["question"].eq(question.code)]


def theme_counts(
    open_answers: pd.DataFrame, coding: pd.DataFrame, frame: CodeFrame
) -> pd.DataFrame:
    """Count per theme how many gemeenten brought it up, by what people decided.

    What the machine proposed does not count, nor what coders are divided about. `coded`: gemeenten
    whose answer was decided for this theme (below `answered` the count is not final).
    """
    decided = themes_per_gemeente(open_answers, coding)
    rows = []
    for thema in frame.thema:
        own = decided[decided["question"].eq(thema.vraag) & decided["theme"].eq(thema.code)]
        count, coded = (
            own.loc[own["decision"].isin(decisions), "gemeente"].nunique()
            for decisions in ([YES], [YES, NO])
        )
        answered = open_answers.loc[open_answers["question"].eq(thema.vraag), "gemeente"].nunique()
        rows.append((thema.vraag, thema.code, thema.label, count, coded, answered))
    columns = ["question", "theme", "label", "count", "coded", "answered"]
    return pd.DataFrame(rows, columns=columns)


def themes_per_gemeente(open_answers: pd.DataFrame, coding: pd.DataFrame) -> pd.DataFrame:
    """Say of each gemeente which themes its answer was taken to have: for its intern page alone."""
    decided = open_answers[["gemeente", "answer_id"]].merge(coding, on="answer_id")
    return decided[["gemeente", "question", "theme", "decision"]]


def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """Say per theme how well coders agreed, before they compared.

    `answers`: judged by two or more; `agreed`: of these, all the same; `alpha`: Krippendorff's.
    """
    rows = []
    alone = ratings[ratings["coder"].ne(AGREED)]
    for (question, theme), judged in alone.groupby(["question", "theme"], sort=False):
        by_answer = judged.groupby("answer_id")["chosen"].agg(["size", "min", "max"])
        paired = by_answer[by_answer["size"] > 1]
        if len(paired):
            same = int((paired["min"] == paired["max"]).sum())
            by_coder = judged.pivot_table("chosen", "coder", "answer_id", aggfunc="first")
            rows.append((question, theme, len(paired), same, alpha(by_coder)))
    table = pd.DataFrame(rows, columns=["question", "theme", "answers", "agreed", "alpha"])
    return table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})


def alpha(judgements: pd.DataFrame) -> float:
    """Krippendorff's nominal alpha (2011, section D) of coders (rows) on units (columns).

    NaN when no unit has two coders, or no two values differ: chance would agree as well.
    """
    paired = judgements.loc[:, judgements.count() > 1]
    values = sorted(pd.Series(paired.to_numpy().ravel()).dropna().unique())
    if len(values) < 2:
        return float("nan")
    counts = [[int((paired[unit] == value).sum()) for value in values] for unit in paired]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
