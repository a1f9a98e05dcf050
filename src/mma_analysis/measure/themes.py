"""Themes of the open answers: how many gemeenten, and how well the coders agreed."""

import krippendorff
import pandas as pd

from mma_analysis.codebook import AGREED, NO, YES, CodeFrame
from mma_analysis.measure.indicators import described


def theme_counts(
    open_answers: pd.DataFrame, coding: pd.DataFrame, frame: CodeFrame
) -> pd.DataFrame:
    """Count per theme how many gemeenten brought it up, by what people decided.

    The unit is the gemeente: a joint answer counts for each gemeente that it was declared for. What
    the machine proposed does not count, nor what coders are divided about.

    Parameters
    ----------
    open_answers
        One row per gemeente and open answer.
    coding
        One row per answer and theme, with its `decision`.
    frame
        The themes, in the order of the result.

    Returns
    -------
    pd.DataFrame
        One row per theme: `question`, `theme`, `label`, `count` (gemeenten with the theme), `coded`
        (gemeenten whose answer was decided for this theme), `answered` (gemeenten with an answer).
        Where `coded` is below `answered`, the count is not final.

    Examples
    --------
    >>> from mma_analysis.codebook import CodeFrame
    >>> frame = CodeFrame.model_validate(
    ...     {"thema": [{"code": "tijd", "label": "Tijd", "vraag": "beter"}]}
    ... )
    >>> answers = pd.DataFrame({
    ...     "gemeente": ["borne", "losser"], "question": "beter", "answer_id": ["b", "l"],
    ... })
    >>> coding = pd.DataFrame({
    ...     "answer_id": ["b", "l"], "question": "beter", "theme": "tijd", "decision": ["ja", ""],
    ... })
    >>> theme_counts(answers, coding, frame)[["label", "count", "coded", "answered"]]
      label  count  coded  answered
    0  Tijd      1      1         2
    """
    decided = open_answers[["gemeente", "answer_id"]].merge(coding, on="answer_id")
    rows = []
    for thema in frame.thema:
        own = decided[decided["question"].eq(thema.vraag) & decided["theme"].eq(thema.code)]
        count = own.loc[own["decision"].eq(YES), "gemeente"].nunique()
        coded = own.loc[own["decision"].isin([YES, NO]), "gemeente"].nunique()
        answered = open_answers.loc[open_answers["question"].eq(thema.vraag), "gemeente"].nunique()
        rows.append((thema.vraag, thema.code, thema.label, count, coded, answered))
    columns = ["question", "theme", "label", "count", "coded", "answered"]
    return described(pd.DataFrame(rows, columns=columns), "survey_themes")


def themes_per_gemeente(open_answers: pd.DataFrame, coding: pd.DataFrame) -> pd.DataFrame:
    """Say of each gemeente which themes its answer was taken to have: for its intern page alone.

    Returns
    -------
    pd.DataFrame
        One row per gemeente that answered and theme of the question: `gemeente`, `question`,
        `theme`, `decision` (`ja`, `nee`, `verdeeld`, or empty when nobody judged it).

    Examples
    --------
    >>> answers = pd.DataFrame({"gemeente": ["borne"], "answer_id": ["b"], "text": ["…"]})
    >>> coding = pd.DataFrame({
    ...     "answer_id": ["b"], "question": ["beter"], "theme": ["tijd"], "decision": ["ja"],
    ... })
    >>> themes_per_gemeente(answers, coding).to_dict("records")
    [{'gemeente': 'borne', 'question': 'beter', 'theme': 'tijd', 'decision': 'ja'}]
    """
    decided = open_answers[["gemeente", "answer_id"]].merge(coding, on="answer_id")
    return decided[["gemeente", "question", "theme", "decision"]]


def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """Say per theme how well two or more coders agreed, before they compared.

    Each theme is a judgement of its own, yes or no, about each answer. What was decided together
    (coder `besluit`) is no judgement of one coder and is left out.

    Parameters
    ----------
    ratings
        One row per answer, theme and coder, with `chosen`.

    Returns
    -------
    pd.DataFrame
        One row per theme that two coders judged: `question`, `theme`, `answers` (judged by two or
        more), `agreed` (of these, all the same), `alpha` (Krippendorff, nominal; missing when all
        judgements of the theme are the same, for then there is nothing to agree on). Without a
        second coder there is no row.

    Examples
    --------
    >>> ratings = pd.DataFrame({
    ...     "answer_id": ["a", "a", "b", "b", "c", "c"],
    ...     "question": "beter", "theme": "tijd", "coder": ["an", "bo"] * 3,
    ...     "chosen": [True, True, False, False, True, False],
    ... })
    >>> agreement(ratings).round(2).to_dict("records")
    [{'question': 'beter', 'theme': 'tijd', 'answers': 3, 'agreed': 2, 'alpha': 0.44}]
    """
    rows = []
    own = ratings[ratings["coder"].ne(AGREED)]
    for (question, theme), judged in own.groupby(["question", "theme"], sort=False):
        by_answer = judged.groupby("answer_id")["chosen"].agg(["size", "min", "max"])
        paired = by_answer[by_answer["size"] > 1]
        if len(paired):
            same = int((paired["min"] == paired["max"]).sum())
            by_coder = judged.pivot_table("chosen", "coder", "answer_id", aggfunc="first")
            rows.append((question, theme, len(paired), same, alpha(by_coder)))
    table = pd.DataFrame(rows, columns=["question", "theme", "answers", "agreed", "alpha"])
    typed = table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})
    return described(typed, "coder_agreement")


def alpha(judgements: pd.DataFrame) -> float:
    """Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give.

    Nominal: any difference between two values is as large.

    Parameters
    ----------
    judgements
        One row per coder and one column per unit, with the value that the coder gave, or missing.
        A unit with one value says nothing about agreement and does not count.

    Returns
    -------
    float
        NaN when it does not exist: no unit has two coders, or no two values differ, so that chance
        would agree as well.

    References
    ----------
    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D; computed by the
    package `krippendorff`.

    Examples
    --------
    >>> alpha(pd.DataFrame([["ja", "nee", "ja"], ["ja", "nee", None]]))
    1.0
    """
    paired = judgements.loc[:, judgements.count() > 1]
    values = sorted(pd.Series(paired.to_numpy().ravel()).dropna().unique())
    if len(values) < 2:
        return float("nan")
    counts = [[int((paired[unit] == value).sum()) for value in values] for unit in paired]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
