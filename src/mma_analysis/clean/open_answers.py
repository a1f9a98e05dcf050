"""Open answers → themes: a machine's proposal, what people decided; and released quotes."""

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd
from pydantic import Field

from mma_analysis.settings import Edition, Section, codebook, read_blocks
from mma_analysis.settings.codebook import AGREED, NO_THEME, CodeFrame
from mma_analysis.vocabulary import DataError, did_you_mean, message
from mma_analysis.vocabulary.schema import NO, YES

THEME_COLUMNS = {"answer_id": "str", "question": "str", "theme": "str"}
RATINGS = THEME_COLUMNS | {"coder": "str", "chosen": "bool"}
CODING = THEME_COLUMNS | {"proposed": "bool", "coders": "int64", "decision": "str"}


def ratings_of(
    codings: pd.DataFrame,
    open_answers: pd.DataFrame,
    frame: CodeFrame,
) -> pd.DataFrame:
    """Say of each answer and theme what each coder decided: a row per three (`RATINGS`).

    A coder who gave an answer one theme, or wrote that none fits, has judged all themes of
    that question. `codings` (`schema.CODINGS`) name a theme by its label or its code. An
    error never says what was answered.
    """
    by_number = open_answers.set_index("answer_id")
    question_of = by_number["question"].to_dict()
    codes = _codes(frame)
    is_theme = codings["theme"].str.casefold() != NO_THEME
    with_theme = codings.loc[is_theme, ["answer_id", "coder"]]
    has_theme = set(with_theme.itertuples(index=False, name=None))

    faults: list[str] = []
    given: dict[tuple[str, str], set[str]] = {}
    for file, sheet, row, coder, answer, theme in codings.itertuples(index=False):
        question = question_of.get(answer, "")
        written = theme.casefold()
        is_none = written == NO_THEME
        code = "" if is_none else codes.get((question, written), "")
        fault = ""
        if not question:
            fault = _without_question(answer, open_answers["answer_id"])
        elif is_none and (answer, coder) in has_theme:
            fault = message("theme_and_none", none=NO_THEME)
        elif not is_none and not code:
            labels = [thema.label for thema in frame.of(question)]
            near = did_you_mean(theme, [*labels, NO_THEME])
            fault = message("no_theme", question=question, near=near)

        if fault:
            where = message("coded_row", file=file, sheet=sheet, row=row, fault=fault)
            faults.append(where)
        given.setdefault((answer, coder), set()).add(code)
    if faults:
        raise DataError("\n".join(faults))

    ratings: list[tuple[object, ...]] = []
    for (answer, coder), chosen in given.items():
        question = question_of[answer]
        for thema in frame.of(question):
            is_chosen = thema.code in chosen
            ratings.append((answer, question, thema.code, coder, is_chosen))
    return pd.DataFrame(ratings, columns=list(RATINGS)).astype(RATINGS)


def _codes(frame: CodeFrame) -> dict[tuple[str, str], str]:
    """Question and how a coder may write a theme of it → its code."""
    codes: dict[tuple[str, str], str] = {}
    for thema in frame.thema:
        codes[thema.vraag, thema.label.casefold()] = thema.code
    for thema in frame.thema:
        codes[thema.vraag, thema.code] = thema.code
    return codes


def _without_question(answer: str, numbers: Iterable[str]) -> str:
    """That a number is of no answer; when it was given anew, the new one.

    Only numbers that we gave are shown: any cell may hold an answer.
    """
    # The last part of a number changes with the text.
    start = answer.rpartition("-")[0]
    for number in numbers:
        if start and number.rpartition("-")[0] == start:
            return message("answer_replaced", new=number)
    return message("no_answer")


def code_answers(
    open_answers: pd.DataFrame,
    frame: CodeFrame,
    ratings: pd.DataFrame,
) -> pd.DataFrame:
    """Put the machine's proposal, which never counts, beside the decision of people.

    A theme is decided when all coders of the answer say the same, or coder `besluit` does.
    One row per answer and theme of its question (`CODING`): `decision` is `ja`, `nee`,
    `verdeeld`, or empty.
    """
    votes = _votes(ratings)
    rows: list[tuple[object, ...]] = []
    once = open_answers.drop_duplicates("answer_id")
    texts = once[["answer_id", "question", "text"]]
    for answer, question, text in texts.itertuples(index=False):
        for thema in frame.of(question):
            given = votes.get((answer, thema.code), {})
            coders = given.keys() - {AGREED}
            row = (
                answer,
                question,
                thema.code,
                thema.is_proposed_for(text),
                len(coders),
                _decision(given),
            )
            rows.append(row)
    return pd.DataFrame(rows, columns=list(CODING)).astype(CODING)


def _votes(ratings: pd.DataFrame) -> dict[tuple[str, str], dict[str, bool]]:
    """Answer and theme → coder → whether that coder chose it."""
    votes: dict[tuple[str, str], dict[str, bool]] = {}
    columns = ratings[["answer_id", "theme", "coder", "chosen"]]
    for answer, theme, coder, is_chosen in columns.itertuples(index=False):
        key = (answer, theme)
        votes.setdefault(key, {})
        votes[key][coder] = is_chosen
    return votes


def _decision(given: Mapping[str, bool]) -> str:
    """What coder → chosen comes to, for one answer and theme."""
    said = set(given.values())
    if AGREED in given:
        said = {given[AGREED]}
    if not said:
        return codebook.UNDECIDED
    if len(said) > 1:
        return codebook.DIVIDED
    is_chosen = said.pop()
    return YES if is_chosen else NO


ANSWER_COLUMNS = ("answer_id", "question", "text", "released_by", "released_on")


class Citaat(Section):
    """One quote: which answer it is from, its words, and who released it when."""

    answer_id: str = Field(min_length=1)
    tekst: str = Field(min_length=1)
    vrijgegeven_door: str = Field(min_length=1)
    datum: dt.date


def released_quotes(edition: Edition, open_answers: pd.DataFrame) -> pd.DataFrame:
    """Read the quotes that may be released: no other words of a respondent ever are.

    A quote stands in its answer word for word; only line breaks may differ. One row per
    quote (`ANSWER_COLUMNS`; `answer_id` is internal: it names the gemeente). A message
    never shows a text.
    """
    survey = edition.vragenlijst
    if survey is None or survey.citaten is None:
        return pd.DataFrame(columns=list(ANSWER_COLUMNS), dtype="str")

    by_number = open_answers.set_index("answer_id")
    question_of = by_number["question"].to_dict()
    text_of = by_number["text"].to_dict()
    faults: list[str] = []
    rows: list[tuple[str, ...]] = []
    path = edition.folder / survey.citaten
    for quote in read_blocks(path, "citaat", Citaat, secret=True):
        answer_id = quote.answer_id
        question = question_of.get(answer_id, "")
        words = " ".join(quote.tekst.split())
        is_in_text = words != "" and words in text_of.get(answer_id, "")
        if not is_in_text:
            fault = "quote_differs" if answer_id in text_of else "quote_without_answer"
            faults.append(message(fault, file=survey.citaten, answer=answer_id))

        row = (
            answer_id,
            question,
            words,
            quote.vrijgegeven_door,
            quote.datum.isoformat(),
        )
        rows.append(row)

    if faults:
        raise DataError("\n".join(faults))
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS), dtype="str")
