"""The survey among all gemeenten, a census and no sample: answers, and themes of open ones."""

from collections.abc import Sequence

import krippendorff
import pandas as pd

from mma_analysis.codebook import AGREED, NO, YES, Codebook, CodeFrame, Vraag
from mma_analysis.vocabulary import Vocabulary

ANSWERED, JOINT, NO_EXPERIENCE, NO_ANSWER = "answered", "joint", "no_experience", "no_answer"


def response(
    responses: pd.DataFrame, gemeenten: Sequence[str], no_experience: Sequence[str]
) -> pd.DataFrame:
    """Say per gemeente whether it answered, and if not, why.

    One row per gemeente: `area`, `state` (`answered`, `joint`, `no_experience`, `no_answer`),
    `answered_by` (name of the joint answer, or empty).

    Examples
    --------
    >>> given = pd.DataFrame({"gemeente": ["borne", "losser"], "answered_by": ["", "samen"]})
    >>> response(given, ["almelo", "borne", "losser"], ["almelo"])["state"].to_list()
    ['no_experience', 'answered', 'joint']
    """
    answered_by = responses.drop_duplicates("gemeente").set_index("gemeente")["answered_by"]
    rows = []
    for slug in gemeenten:
        joint = answered_by.get(slug, "")
        state = (
            (JOINT if joint else ANSWERED)
            if slug in answered_by.index
            else (NO_EXPERIENCE if slug in no_experience else NO_ANSWER)
        )
        rows.append((slug, state, joint))
    return pd.DataFrame(rows, columns=["area", "state", "answered_by"])


def answers(vocabulary: Vocabulary, responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Count per question that is not intern how many gemeenten chose each answer.

    A joint answer counts for each gemeente that it was declared for. A census: no intervals.

    One row per question and option: `question`, `kind`, `label`, `position`, `value`, `count`,
    `answered` (gemeenten with an answer to this question), `least`, `most` (of all gemeenten, when
    none or all of those without an answer would choose this).

    Examples
    --------
    Two of the fourteen answered:

    >>> one = {"code": "goed", "tekst": "Is het goed?", "kort": "Goed", "soort": "likert",
    ...        "opties": ["oneens", "eens", "weet niet"]}
    >>> who = {"code": "gemeente", "tekst": "Wie?", "kort": "Wie", "soort": "gemeente"}
    >>> given = pd.DataFrame({"gemeente": ["borne", "losser"], "question": "goed",
    ...                       "value": ["eens", "weet niet"]})
    >>> found = answers(Vocabulary(), given, Codebook.model_validate({"vraag": [who, one]}))
    >>> found[found["question"] == "goed"][["value", "count", "least", "most"]].to_numpy().tolist()
    [['oneens', 0, 0, 12], ['eens', 1, 1, 13], ['weet niet', 1, 1, 13]]
    """
    columns = ["question", "kind", "label", "position", "value", "count", "answered"]
    rows = []
    for question in codebook.released:
        if question.soort == "number":
            continue
        own = _answers_to(question, responses)
        counts = own.groupby("value")["gemeente"].nunique()
        others = sorted(set(counts.index) - set(question.opties))
        head = (question.code, question.soort, question.kort)
        for position, value in enumerate([*question.opties, *others]):
            count = int(counts.get(value, 0))
            rows.append((*head, position, value, count, own["gemeente"].nunique()))
    table = pd.DataFrame(rows, columns=columns)
    silent = len(vocabulary.gemeenten) - table["answered"]
    return table.assign(least=table["count"], most=table["count"] + silent)


def _answers_to(question: Vraag, responses: pd.DataFrame) -> pd.DataFrame:
    is_filled = responses["value"].notna() & (responses["value"] != "")
    return responses[is_filled & (responses["question"] == question.code)]


def numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Summarise the questions that ask for a number, such as a grade, and are not intern.

    One row per question: `question`, `label`, `answered`, `lowest`, `median`, `mean`, `highest`. A
    joint answer counts for each gemeente that it was declared for.

    Examples
    --------
    >>> grade = {"code": "cijfer", "tekst": "Welk cijfer?", "kort": "Cijfer", "soort": "number"}
    >>> who = {"code": "gemeente", "tekst": "Wie?", "kort": "Wie", "soort": "gemeente"}
    >>> given = pd.DataFrame({"gemeente": ["almelo", "borne", "losser"], "question": "cijfer",
    ...                       "value": ["6", "7", "9.5"]})
    >>> found = numbers(given, Codebook.model_validate({"vraag": [who, grade]}))
    >>> found[["answered", "lowest", "median", "mean", "highest"]].to_numpy().tolist()
    [[3.0, 6.0, 7.0, 7.5, 9.5]]
    """
    columns = ["question", "label", "answered", "lowest", "median", "mean", "highest"]
    rows = []
    for question in codebook.released:
        if question.soort != "number":
            continue
        given = _answers_to(question, responses)["value"].astype("float64")
        summary = (len(given), given.min(), given.median(), given.mean(), given.max())
        rows.append((question.code, question.kort, *summary))
    return pd.DataFrame(rows, columns=columns)


def theme_counts(
    open_answers: pd.DataFrame, coding: pd.DataFrame, frame: CodeFrame
) -> pd.DataFrame:
    """Count per theme how many gemeenten brought it up, by what people decided.

    What the machine proposed does not count, nor what coders are divided about; a joint answer
    counts for each gemeente.

    `open_answers`: one row per gemeente and open answer.
    `coding`: one row per answer and theme, with its `decision`.

    One row per theme of the frame: `question`, `theme`, `label`, `count` (gemeenten with the
    theme), `coded` (gemeenten whose answer was decided for this theme: below `answered` the count
    is not final), `answered` (gemeenten with an answer).

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
    return pd.DataFrame(rows, columns=columns)


def themes_per_gemeente(open_answers: pd.DataFrame, coding: pd.DataFrame) -> pd.DataFrame:
    """Say of each gemeente which themes its answer was taken to have: for its intern page alone.

    One row per gemeente that answered and theme: `gemeente`, `question`, `theme`, `decision` (`ja`,
    `nee`, `verdeeld`, or empty when nobody judged it).

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

    `ratings`: one row per answer, theme and coder, with `chosen`; what was decided together (coder
    `besluit`) is left out.

    One row per theme that two coders judged: `question`, `theme`, `answers` (judged by two or
    more), `agreed` (of these, all the same), `alpha`.

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
    return table.astype({"answers": "int64", "agreed": "int64", "alpha": "float64"})


def alpha(judgements: pd.DataFrame) -> float:
    """Krippendorff's nominal alpha (2011, section D): 1 is perfect agreement, 0 what chance would
    give.

    `judgements`: one row per coder and one column per unit, with the value that the coder gave, or
    missing.

    NaN when no unit has two coders, or no two values differ: chance would agree as well.

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
