"""Open answers → themes: the machine's proposal beside what people decided; released quotes."""

import datetime as dt

import pandas as pd
from pydantic import Field

from mma_analysis.codebook import (
    AGREED,
    DIVIDED,
    NO,
    NO_THEME,
    UNDECIDED,
    YES,
    CodeFrame,
)
from mma_analysis.settings import Edition, Section, read_blocks
from mma_analysis.vocabulary import DataError, did_you_mean, message

THEME = {"answer_id": "str", "question": "str", "theme": "str"}
RATINGS = THEME | {"coder": "str", "chosen": "bool"}
CODING = THEME | {"proposed": "bool", "coders": "int64", "decision": "str"}


def ratings_of(codings: pd.DataFrame, open_answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """Say of each answer and theme what each coder decided.

    A coder who gave an answer one theme has judged all themes of that question: what is not given
    does not apply. So it is when the coder wrote that none of the themes fits.

    `codings` (`schema.CODINGS`) name a theme by its label or its code. An error about one names
    file, sheet and row, and never what was answered.

    One row per answer, theme of its question and coder who judged it: `answer_id`, `question`,
    `theme`, `coder`, `chosen`.
    """
    questions = dict(zip(open_answers["answer_id"], open_answers["question"], strict=True))
    labels = {(thema.vraag, thema.label.casefold()): thema.code for thema in frame.thema}
    codes = labels | {(thema.vraag, thema.code): thema.code for thema in frame.thema}
    rows = [(*row, row[-1].casefold() == NO_THEME) for row in codings.itertuples(index=False)]
    themed = {(answer, coder) for *_, coder, answer, _, is_none in rows if not is_none}
    faults: list[str] = []
    given: dict[tuple[str, str], set[str]] = {}
    for file, sheet, row, coder, answer, theme, is_none in rows:
        question = questions.get(answer, "")
        code = "" if is_none else codes.get((question, theme.casefold()), "")
        fault = ""
        # Only numbers that we gave are shown: any cell may hold an answer.
        if not question:
            fault = _no_such_answer(answer, questions)
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
    """Put the machine's proposal beside the decision of people; the proposal never counts.

    A theme is decided when all coders of the answer say the same. Where they differ it is
    `verdeeld` and not counted, until somebody writes down as coder `besluit` which themes the
    answer has.

    One row per answer and theme of its question: `answer_id`, `question`, `theme`, `proposed`,
    `coders` (how many judged it), `decision` (`ja`, `nee`, `verdeeld`, or empty).
    """
    judged = ratings.groupby(["answer_id", "theme"])
    votes = {key: dict(zip(own["coder"], own["chosen"], strict=True)) for key, own in judged}
    answers = open_answers.drop_duplicates("answer_id")
    rows = []
    for answer, question, text in zip(
        answers["answer_id"], answers["question"], answers["text"], strict=True
    ):
        for thema in frame.of(question):
            own = votes.get((answer, thema.code), {})
            coders = len(own.keys() - {AGREED})
            proposed = thema.is_proposed_for(text)
            rows.append((answer, question, thema.code, proposed, coders, _decision(own)))
    return pd.DataFrame(rows, columns=list(CODING)).astype(CODING)


def _decision(votes: dict[str, bool]) -> str:
    said = {votes[AGREED]} if AGREED in votes else set(votes.values())
    if len(said) > 1:
        return DIVIDED
    return {True: YES, False: NO}[said.pop()] if said else UNDECIDED


def _no_such_answer(answer_id: str, questions: dict[str, str]) -> str:
    """The last part of a number changes with the text: the answer may have been given anew."""
    owner = answer_id.rpartition("-")[0]
    anew = [known for known in questions if owner and known.rpartition("-")[0] == owner]
    if anew:
        return message("answer_replaced", new=anew[0])
    return message("no_answer")


# --- quotes --------------------------------------------------------------------------------------


COLUMNS = ("answer_id", "question", "text", "released_by", "released_on")


class Citaat(Section):
    """One quote: which answer it is from, its words, and who released it when."""

    answer_id: str = Field(min_length=1)
    tekst: str = Field(min_length=1)
    vrijgegeven_door: str = Field(min_length=1)
    datum: dt.date


def released_quotes(edition: Edition, open_answers: pd.DataFrame) -> pd.DataFrame:
    """Read the quotes that may be released: no other words of a respondent ever are.

    A quote must stand in its answer word for word; only line breaks may differ. A quote that names
    its sender by its contents is not recognised here: that is why a person releases it. A message
    never shows a text.

    One row per quote: `answer_id` (internal: it names the gemeente), `question`, `text`,
    `released_by`, `released_on`.
    """
    survey = edition.vragenlijst
    if survey is None or survey.citaten is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    quotes = read_blocks(edition.folder / survey.citaten, "citaat", Citaat, secret=True)
    columns = open_answers[["answer_id", "question", "text"]]
    answers = {number: asked for number, *asked in columns.itertuples(index=False)}
    faults: list[str] = []
    rows: list[tuple[str, ...]] = []
    for quote in quotes:
        words = " ".join(quote.tekst.split())
        where = {"file": survey.citaten, "answer": quote.answer_id}
        if quote.answer_id not in answers:
            faults.append(message("quote_without_answer", **where))
            continue
        question, text = answers[quote.answer_id]
        if not words or words not in text:
            faults.append(message("quote_differs", **where))
        by, day = quote.vrijgegeven_door, quote.datum.isoformat()
        rows.append((quote.answer_id, question, words, by, day))
    if faults:
        raise DataError("\n".join(faults))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
