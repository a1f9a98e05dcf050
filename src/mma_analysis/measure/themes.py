"""Themes of the open answers: how many gemeenten, and how well the coders agreed."""

from collections import Counter
from collections.abc import Hashable, Sequence

import pandas as pd

from mma_analysis.codebook import AGREED, NO, YES, CodeFrame


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
    """
    decided = open_answers[["gemeente", "answer_id"]].merge(coding, on="answer_id")
    rows = []
    for thema in frame.thema:
        own = decided[decided["question"].eq(thema.vraag) & decided["theme"].eq(thema.code)]
        count = own.loc[own["decision"].eq(YES), "gemeente"].nunique()
        coded = own.loc[own["decision"].isin([YES, NO]), "gemeente"].nunique()
        answered = open_answers.loc[open_answers["question"].eq(thema.vraag), "gemeente"].nunique()
        rows.append((thema.vraag, thema.code, thema.label, count, coded, answered))
    return pd.DataFrame(rows, columns=["question", "theme", "label", "count", "coded", "answered"])


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
        more), `agreed` (of these, all the same), `alpha` (Krippendorff, nominal; NaN when all
        judgements of the theme are the same, for then there is nothing to agree on).
    """
    rows = []
    own = ratings[ratings["coder"].ne(AGREED)]
    for (question, theme), judged in own.groupby(["question", "theme"], sort=False):
        answers = [list(answer["chosen"]) for _, answer in judged.groupby("answer_id")]
        paired = [values for values in answers if len(values) > 1]
        same = sum(len(set(values)) == 1 for values in paired)
        if paired:
            rows.append((question, theme, len(paired), same, nominal_alpha(answers)))
    table = pd.DataFrame(rows, columns=["question", "theme", "answers", "agreed", "alpha"])
    return table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})


def nominal_alpha(units: Sequence[Sequence[Hashable]]) -> float:
    """Krippendorff's alpha for nominal data: 1 is perfect agreement, 0 what chance would give.

    Written out, because no library that this project depends on has it; the package `krippendorff`
    gives the same and could take its place.

    Parameters
    ----------
    units
        For each unit the values that coders gave; missing values are left out. A unit with one
        value says nothing about agreement and does not count.

    Returns
    -------
    float
        NaN when no two values differ: chance would then agree as well.

    References
    ----------
    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D.
    """
    paired = [Counter(values) for values in units if len(values) > 1]
    total: Counter[Hashable] = Counter()
    for values in paired:
        total.update(values)
    expected = _unequal_pairs(total)
    if expected == 0:
        return float("nan")
    observed = sum(_unequal_pairs(values) / (values.total() - 1) for values in paired)
    return 1 - (total.total() - 1) * observed / expected


def _unequal_pairs(values: Counter[Hashable]) -> int:
    """How many ordered pairs of these values are two different ones."""
    return values.total() ** 2 - sum(times**2 for times in values.values())
