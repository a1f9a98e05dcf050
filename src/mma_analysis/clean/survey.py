"""The survey as read → `responses`: which gemeente chose what, in the words of the code book."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mma_analysis.clean.survey_answers import (
    NO_ANSWER,
    Answer,
    answer_to,
    blurred_options,
    missing_options,
)
from mma_analysis.clean.words import as_table
from mma_analysis.codebook import (
    Codebook,
    QuestionColumns,
    columns_of,
    is_survey_word,
    unclaimed,
)
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, schema, short_hash
from mma_analysis.vocabulary.schema import SurveyExport

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class CleanResponses:
    """The survey in our words, and everything of it that is not counted.

    `responses` is `schema.RESPONSES`. `superseded` has one row per gemeente and answer sheet that a
    later sheet stands for (`schema.DUPLICATES`), `rejected` one row per answer sheet whose gemeente
    is not known, and per gemeente and sheet that was never sent or has no answer, and `unreadable`
    one row per gemeente and question whose answer was given but could not be counted (both
    `schema.REJECTED`).
    `open_answers` (`schema.OPEN_ANSWERS`) is internal: the only table with a respondent's words.
    """

    responses: pd.DataFrame
    superseded: pd.DataFrame
    rejected: pd.DataFrame
    unreadable: pd.DataFrame
    open_answers: pd.DataFrame


@dataclass(frozen=True)
class AnswerSheet:
    """One answer sheet of one gemeente; `answers` is code of the question → answer."""

    gemeente: str
    answered_by: str
    completed_on: str
    source: tuple[str, str, int]
    answers: Mapping[str, Answer]


def clean_responses(export: SurveyExport, codebook: Codebook, edition: Edition) -> CleanResponses:
    """Turn answer sheets into one row per gemeente, question and answer.

    A joint answer counts only for the gemeenten that the settings declare, once for each. A sheet
    that was begun and never sent is refused, also when it is the only one of its gemeente, and so
    is one in which no question was answered. Of two sheets of one gemeente the last completed
    counts, whole: answers are never mixed. A choice that is not in the code book is the
    respondent's own text: it becomes the option `Anders …` when the question has one, and otherwise
    it is not counted and named in `unreadable`. Of an open answer `responses` only says whether it
    was filled in; its text goes to `open_answers`. A question without an answer has a row with an
    empty value; one without a column, or a column without one, is an error.
    """
    headers = [header for header in export.rows.columns if header not in schema.SURVEY_COLUMNS]
    columns = columns_of(edition.vocabulary, codebook, headers)
    _check_columns(edition.vocabulary, export, codebook, columns, unclaimed(columns, headers))
    sheets, rejected = _sheets(export, columns, codebook, edition)
    # A sheet without a moment is the earliest; of two at one moment the lower row counts.
    latest = {s.gemeente: s for s in sorted(sheets, key=lambda sheet: sheet.completed_on)}
    superseded: Rows = [
        (*sheet.source, sheet.gemeente, *latest[sheet.gemeente].source)
        for sheet in sheets
        if sheet is not latest[sheet.gemeente]
    ]
    responses: Rows = []
    unreadable: Rows = []
    texts: Rows = []
    for slug, sheet in sorted(latest.items()):
        for vraag in codebook.questions:
            answer, by = sheet.answers[vraag.code], sheet.answered_by
            responses += [
                (slug, vraag.code, vraag.soort, value, by, *sheet.source) for value in answer.values
            ]
            if answer.reason_code:
                reason = _reason(edition.vocabulary, answer.reason_code)
                unreadable.append((*sheet.source, slug, vraag.tekst, *reason))
            if answer.text:
                # Another text is another answer: a coder never decides about a text unseen.
                answer_id = f"{by or slug}-{vraag.code}-{short_hash(answer.text)}"
                texts.append((slug, vraag.code, answer_id, answer.text))
    return CleanResponses(
        responses=as_table(responses, schema.RESPONSES),
        superseded=as_table(superseded, schema.DUPLICATES),
        rejected=as_table(rejected, schema.REJECTED),
        unreadable=as_table(unreadable, schema.REJECTED),
        open_answers=as_table(texts, schema.OPEN_ANSWERS),
    )


def _reason(vocabulary: Vocabulary, code: str) -> tuple[str, str]:
    sentences = {row["code"]: row["sentence"] for row in vocabulary.reference("rules")}
    return code, sentences[code]


def _check_columns(
    vocabulary: Vocabulary,
    export: SurveyExport,
    codebook: Codebook,
    columns: Mapping[str, QuestionColumns],
    unasked: list[str],
) -> None:
    """Every question has its columns and every column its question; all faults are named."""
    faults: list[str] = []
    for vraag in codebook.vraag:
        own, name = columns[vraag.code], message("question", code=vraag.code)
        if not own.headers:
            near = (
                message("who_is_dropped", text=vraag.tekst)
                if is_survey_word(vocabulary, vraag.tekst, "who")
                else message("make_equal", near=_nearest(vraag.tekst, unasked))
            )
            faults.append(message("question_without_column", question=name, near=near))
        faults += [
            message("option_without_column", question=name, option=option)
            for option in missing_options(vraag, own)
        ]
        faults += [
            message("blurred_option", question=name, tool=export.tool, option=option)
            for option in blurred_options(vraag, own, export.separators)
        ]
    missing = [vraag.tekst for vraag in codebook.vraag if not columns[vraag.code].headers]
    faults += [
        message("column_without_question", header=header, near=_nearest(header, missing))
        for header in unasked
    ]
    if faults:
        raise DataError.of("in_export", file=export.file, faults="\n".join(faults))


def _nearest(text: str, texts: list[str]) -> str:
    """The text that is most like it; a question has a question mark of its own."""
    near = difflib.get_close_matches(text, texts, n=1, cutoff=0)
    return message("nearest_is", near=near[0]) if near else ""


def _sheets(
    export: SurveyExport,
    columns: Mapping[str, QuestionColumns],
    codebook: Codebook,
    edition: Edition,
) -> tuple[list[AnswerSheet], Rows]:
    """The sheets of each gemeente in the order of the file, and the refused ones."""
    vocabulary, codes = edition.vocabulary, codebook.gemeente.codes
    header = columns[codebook.gemeente.code].whole
    joint = edition.vragenlijst.gezamenlijk if edition.vragenlijst else {}
    sheets: list[AnswerSheet] = []
    rejected: Rows = []
    for record in export.rows.to_dict("records"):
        row = {str(column): cell for column, cell in record.items()}
        source = (row["source_file"], row["source_sheet"], row["source_row"])
        name = str(codes.get(row[header], row[header]))
        slugs, answered_by, fault = _owners(vocabulary, name, joint)
        answers = {
            vraag.code: answer_to(vocabulary, vraag, row, columns[vraag.code], export.separators)
            for vraag in codebook.questions
        }
        column = ""
        if not row["complete"]:
            fault = "antwoord_onvolledig"
        elif fault:
            column = header
        elif all(answer == NO_ANSWER for answer in answers.values()):
            fault = "antwoord_leeg"
        if fault:
            reason = (column, *_reason(vocabulary, fault))
            rejected += [(*source, slug, *reason) for slug in slugs or ("",)]
        else:
            own = (answered_by, row["completed_on"], source, answers)
            sheets += [AnswerSheet(slug, *own) for slug in slugs]
    return sheets, rejected


def _owners(
    vocabulary: Vocabulary, text: str, joint: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], str, str]:
    """The gemeenten that this answer is for, the name of a joint answer, and why there is none.

    A list of names counts as the declared joint answer of exactly these gemeenten.
    """
    slug = vocabulary.gemeente_of(text)
    if slug in (area.slug for area in vocabulary.gemeenten):
        return (slug,), "", ""
    words = text.casefold().replace("-", " ")
    names = {a.slug: a.name.casefold().replace("-", " ") for a in vocabulary.gemeenten}
    named = {s for s, name in names.items() if re.search(rf"\b{re.escape(name)}\b", words)}
    for key, slugs in joint.items():
        if plain(text).removeprefix("gemeente") == plain(key) or named == set(slugs):
            return slugs, key, ""
    return (), "", "antwoord_gezamenlijk" if len(named) > 1 else "antwoord_gemeente_onbekend"
