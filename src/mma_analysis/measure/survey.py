"""The survey among all gemeenten: who answered, and how many chose what. A census, not a sample."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.codebook import Codebook, Vraag
from mma_analysis.measure.indicators import described
from mma_analysis.vocabulary import Vocabulary

ANSWERED, JOINT, NO_EXPERIENCE, NO_ANSWER = "answered", "joint", "no_experience", "no_answer"


def response(
    responses: pd.DataFrame, gemeenten: Sequence[str], no_experience: Sequence[str]
) -> pd.DataFrame:
    """Say per gemeente whether it answered, and if not, why.

    Returns
    -------
    pd.DataFrame
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
    table = pd.DataFrame(rows, columns=["area", "state", "answered_by"])
    return described(table, "survey_response")


def answers(vocabulary: Vocabulary, responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Count per question how many gemeenten chose each answer.

    The unit is the gemeente: a joint answer counts for each gemeente that it was declared for. No
    intervals and no p-values: with all fourteen asked there is nothing to infer about others, only
    about the few that did not answer. Of all gemeenten it is certain that the count lies between
    `least`, when none of those would have chosen this, and `most`, when all of them would.

    Questions that are intern are left out.

    Returns
    -------
    pd.DataFrame
        One row per question and option: `question`, `kind`, `label`, `position`, `value`, `count`,
        `answered` (gemeenten with an answer to this question), `least`, `most` (of all gemeenten).

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
    found = table.assign(least=table["count"], most=table["count"] + silent)
    return described(found, "survey_answers")


def _answers_to(question: Vraag, responses: pd.DataFrame) -> pd.DataFrame:
    is_filled = responses["value"].notna() & (responses["value"] != "")
    return responses[is_filled & (responses["question"] == question.code)]


def numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Summarise the questions that ask for a number, such as a grade.

    A mean says little without its range and the number of answers, so they stand beside it. A joint
    answer counts for each gemeente that it was declared for. Questions that are intern are
    left out.

    Returns
    -------
    pd.DataFrame
        One row per question: `question`, `label`, `answered`, `lowest`, `median`, `mean`,
        `highest`.

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
    return described(pd.DataFrame(rows, columns=columns), "survey_numbers")
