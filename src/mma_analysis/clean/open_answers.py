"""Open answers → themes: the machine's proposal beside what people decided; released quotes."""

import datetime as dt

import pandas as pd
from pydantic import Field

from mma_analysis import codebook
from mma_analysis.codebook import AGREED, NO_THEME, CodeFrame
from mma_analysis.settings import Edition, Section, read_blocks
from mma_analysis.vocabulary import DataError, did_you_mean, message

THEME = {"answer_id": "str", "question": "str", "theme": "str"}
RATINGS = THEME | {"coder": "str", "chosen": "bool"}
CODING = THEME | {"proposed": "bool", "coders": "int64", "decision": "str"}


def ratings_of(codings: pd.DataFrame, open_answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """Say of each answer and theme what each coder decided: a row for each three (`RATINGS`).

    A coder who gave an answer one theme, or wrote that none fits, has judged all themes of that
    question. `codings` (`schema.CODINGS`) name a theme by its label or its code. An error never
    says what was answered.
    """
    questions = dict(zip(open_answers["answer_id"], open_answers["question"], strict=True))
    codes = {(thema.vraag, thema.label.casefold()): thema.code for thema in frame.thema}
    codes |= {(thema.vraag, thema.code): thema.code for thema in frame.thema}
    rows = list(codings.itertuples(index=False))
    themed = {(answer, coder) for *_, coder, answer, theme in rows if theme.casefold() != NO_THEME}
    faults: list[str] = []
    given: dict[tuple[str, str], set[str]] = {}
    for file, sheet, row, coder, answer, theme in rows:
        question, is_none = questions.get(answer, ""), theme.casefold() == NO_THEME
        code, fault = "" if is_none else codes.get((question, theme.casefold()), ""), ""
        # Only numbers that we gave are shown: any cell may hold an answer.
        if not question:
            # The last part of a number changes with the text: it may have been given anew.
            start = answer.rpartition("-")[0]
            anew = [number for number in questions if start and number.rpartition("-")[0] == start]
            fault = message("answer_replaced", new=anew[0]) if anew else message("no_answer")
        elif is_none and (answer, coder) in themed:
            fault = message("theme_and_none", none=NO_THEME)
        elif not is_none and not code:
            near = did_you_mean(theme, [*(thema.label for thema in frame.of(question)), NO_THEME])
            fault = message("no_theme", question=question, near=near)
        if fault:
            faults.append(message("coded_row", file=file, sheet=sheet, row=row, fault=fault))
        given.setdefault((answer, coder), set()).add(code)
    if faults:
        raise DataError("\n".join(faults))
    judged = [
        (answer, questions[answer], thema.code, coder, thema.code in chosen)
        for (answer, coder), chosen in given.items()
        for thema in frame.of(questions[answer])
    ]
    return pd.DataFrame(judged, columns=list(RATINGS)).astype(RATINGS)


def code_answers(
    open_answers: pd.DataFrame, frame: CodeFrame, ratings: pd.DataFrame
) -> pd.DataFrame:
    """Put the machine's proposal, which never counts, beside the decision of people.

    A theme is decided when all coders of the answer say the same, or coder `besluit` does. One row
    per answer and theme of its question (`CODING`): `decision` is `ja`, `nee`, `verdeeld`, or
    empty.
    """
    judged = ratings.groupby(["answer_id", "theme"])
    votes = {key: dict(zip(group["coder"], group["chosen"], strict=True)) for key, group in judged}
    names = {True: codebook.YES, False: codebook.NO}
    rows: list[tuple[object, ...]] = []
    answers = open_answers.drop_duplicates("answer_id")[["answer_id", "question", "text"]]
    for answer, question, text in answers.itertuples(index=False):
        for thema in frame.of(question):
            given = votes.get((answer, thema.code), {})
            different = {given[AGREED]} if AGREED in given else {*given.values()}
            decision = codebook.DIVIDED if different else codebook.UNDECIDED
            if len(different) == 1:
                decision = names[different.pop()]
            proposed, coders = thema.is_proposed_for(text), len(given.keys() - {AGREED})
            rows.append((answer, question, thema.code, proposed, coders, decision))
    return pd.DataFrame(rows, columns=list(CODING)).astype(CODING)


COLUMNS = ("answer_id", "question", "text", "released_by", "released_on")


class Citaat(Section):
    """One quote: which answer it is from, its words, and who released it when."""

    answer_id: str = Field(min_length=1)
    tekst: str = Field(min_length=1)
    vrijgegeven_door: str = Field(min_length=1)
    datum: dt.date


def released_quotes(edition: Edition, open_answers: pd.DataFrame) -> pd.DataFrame:
    """Read the quotes that may be released: no other words of a respondent ever are.

    A quote stands in its answer word for word; only line breaks may differ. One row per quote
    (`COLUMNS`; `answer_id` is internal: it names the gemeente). A message never shows a text.
    """
    survey = edition.vragenlijst
    if survey is None or survey.citaten is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    columns = open_answers[["answer_id", "question", "text"]].itertuples(index=False)
    answers = {number: (question, text) for number, question, text in columns}
    faults: list[str] = []
    rows: list[tuple[str, ...]] = []
    for quote in read_blocks(edition.folder / survey.citaten, "citaat", Citaat, secret=True):
        answer_id, words = quote.answer_id, " ".join(quote.tekst.split())
        question, text = answers.get(answer_id, ("", ""))
        if not words or words not in text:
            fault = "quote_differs" if answer_id in answers else "quote_without_answer"
            faults.append(message(fault, file=survey.citaten, answer=answer_id))
        rows.append((answer_id, question, words, quote.vrijgegeven_door, f"{quote.datum}"))
    if faults:
        raise DataError("\n".join(faults))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
