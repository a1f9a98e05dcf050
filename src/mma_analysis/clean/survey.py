"""The survey as read → `responses`: which gemeente chose what, in the words of the code book."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from mma_analysis.clean.survey_answers import (
    Answer,
    answer_to,
    blurred_options,
    missing_options,
    text_of,
)
from mma_analysis.codebook import (
    NOT_ANSWERED,
    Codebook,
    QuestionColumns,
    Vraag,
    columns_of,
    is_survey_word,
    unclaimed,
)
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError, Vocabulary, derived, schema
from mma_analysis.vocabulary.schema import Column, SurveyExport

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
class Sheet:
    """One answer sheet of one gemeente: `answers` is header → text of the cell."""

    gemeente: str
    answered_by: str
    completed_on: str
    source: tuple[str, str, int]
    answers: Mapping[str, str]


def clean_responses(export: SurveyExport, codebook: Codebook, edition: Edition) -> CleanResponses:
    """Turn answer sheets into one row per gemeente, question and answer.

    A joint answer counts only for the gemeenten that the settings declare, once for each. A sheet
    that was begun and never sent is refused, also when it is the only one of its gemeente, and so
    is one in which no question was answered. Of two sheets of one gemeente the last completed
    counts, whole: answers are never mixed. A choice that is not in the code book is the
    respondent's own text: it becomes the option `Anders …` when the question has one, and otherwise
    it is not counted and named in `unreadable`. Of an open answer `responses` only says whether it
    was filled in; its text goes to `open_answers`. A question without an answer has a row with an
    empty value.

    Raises
    ------
    DataError
        When a question or option of the code book has no column, or a column has no question.
    """
    columns = columns_of(edition.vocabulary, codebook, _headers(export))
    _check_columns(edition.vocabulary, export, codebook, columns)
    sheets, rejected = _sheets(export, columns, codebook, edition)
    latest = _latest_per_gemeente(sheets)
    vocabulary, separators = edition.vocabulary, export.separators
    responses, unreadable, texts = _answers(
        vocabulary, latest.values(), codebook, columns, separators
    )
    earlier = [sheet for sheet in sheets if sheet is not latest[sheet.gemeente]]
    superseded: Rows = [
        (*sheet.source, sheet.gemeente, *latest[sheet.gemeente].source) for sheet in earlier
    ]
    return CleanResponses(
        responses=_table(responses, schema.RESPONSES),
        superseded=_table(superseded, schema.DUPLICATES),
        rejected=_table(rejected, schema.REJECTED),
        unreadable=_table(unreadable, schema.REJECTED),
        open_answers=_table(texts, schema.OPEN_ANSWERS),
    )


def _table(rows: Rows, columns: tuple[Column, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[column.name for column in columns])
    return table.astype({column.name: column.dtype for column in columns})


def _reason(vocabulary: Vocabulary, code: str) -> tuple[str, str]:
    sentences = {row["code"]: row["sentence"] for row in vocabulary.reference("rules")}
    return code, sentences[code]


# --- columns and questions -----------------------------------------------------------------------


def _headers(export: SurveyExport) -> list[str]:
    return [header for header in export.rows.columns if header not in schema.SURVEY_COLUMNS]


def _check_columns(
    vocabulary: Vocabulary,
    export: SurveyExport,
    codebook: Codebook,
    columns: Mapping[str, QuestionColumns],
) -> None:
    unasked = unclaimed(columns, _headers(export))
    missing = [vraag for vraag in codebook.vraag if not columns[vraag.code].headers]
    faults = [_no_column(vocabulary, vraag, unasked) for vraag in missing]
    faults += [_no_question(header, [vraag.tekst for vraag in missing]) for header in unasked]
    faults += [
        f"question '{vraag.code}' has no column for the option '{option}'; make the option equal "
        "to the words in its header, or name its code in codes"
        for vraag in codebook.vraag
        for option in missing_options(vraag, columns[vraag.code])
    ]
    faults += [
        f"question '{vraag.code}': {export.tool} writes the option '{option}' the same as other "
        "options that were chosen together; give the options other words in the survey tool"
        for vraag in codebook.vraag
        for option in blurred_options(vraag, columns[vraag.code], export.separators)
    ]
    if faults:
        raise DataError(f"{export.file}: " + "\n".join(faults))


def _no_column(vocabulary: Vocabulary, vraag: Vraag, unasked: list[str]) -> str:
    name = f"question '{vraag.code}' of the code book has no column"
    if is_survey_word(vocabulary, "who", vraag.tekst):
        return f"{name}: it says who answered and is never read; take it out of the code book"
    return (
        f"{name}{_nearest(vraag.tekst, unasked)}; "
        "make its tekst equal to the header, or write the header as kolom"
    )


def _no_question(header: str, missing: list[str]) -> str:
    return (
        f"column '{header}' has no question in the code book{_nearest(header, missing)}; "
        "add a [[vraag]] with this header as tekst, or correct the tekst or the opties"
    )


def _nearest(text: str, texts: list[str]) -> str:
    """The text that is most like it; a question has a question mark of its own."""
    near = difflib.get_close_matches(text, texts, n=1, cutoff=0)
    return f"; the nearest is '{near[0]}'" if near else ""


# --- answer sheets and gemeenten -----------------------------------------------------------------


def _sheets(
    export: SurveyExport,
    columns: Mapping[str, QuestionColumns],
    codebook: Codebook,
    edition: Edition,
) -> tuple[list[Sheet], Rows]:
    """The sheets of each gemeente in the order of the file, and the refused ones."""
    header = columns[codebook.gemeente.code].whole
    joint = edition.vragenlijst.gezamenlijk if edition.vragenlijst else {}
    codes = codebook.gemeente.codes
    vocabulary = edition.vocabulary
    sheets: list[Sheet] = []
    rejected: Rows = []
    for record in export.rows.to_dict("records"):
        row = {str(column): cell for column, cell in record.items()}
        source = (row["source_file"], row["source_sheet"], row["source_row"])
        name = str(codes.get(row[header], row[header]))
        slugs, answered_by = owners(vocabulary, name, joint)
        if not row["complete"]:
            reason = ("", *_reason(vocabulary, "antwoord_onvolledig"))
            rejected += [(*source, slug, *reason) for slug in slugs or ("",)]
        elif not slugs:
            code = reason_without_owner(vocabulary, name)
            rejected.append((*source, "", header, *_reason(vocabulary, code)))
        elif not _has_an_answer(vocabulary, row, columns, codebook, export.separators):
            rejected += [
                (*source, slug, "", *_reason(vocabulary, "antwoord_leeg")) for slug in slugs
            ]
        else:
            sheets += [Sheet(s, answered_by, row["completed_on"], source, row) for s in slugs]
    return sheets, rejected


def _has_an_answer(
    vocabulary: Vocabulary,
    cells: Mapping[str, str],
    columns: Mapping[str, QuestionColumns],
    codebook: Codebook,
    separators: tuple[str, ...],
) -> bool:
    """Whether any question was answered, also when its answer cannot be counted."""
    answers = (
        answer_to(vocabulary, v, cells, columns[v.code], separators) for v in codebook.questions
    )
    return any(answer != Answer((NOT_ANSWERED,)) for answer in answers)


def _latest_per_gemeente(sheets: list[Sheet]) -> dict[str, Sheet]:
    """A sheet without a moment is the earliest; of two at one moment the lower row counts."""
    ordered = sorted(sheets, key=lambda sheet: sheet.completed_on)
    return {sheet.gemeente: sheet for sheet in ordered}


# --- answers -------------------------------------------------------------------------------------


def _answers(
    vocabulary: Vocabulary,
    sheets: Iterable[Sheet],
    codebook: Codebook,
    columns: Mapping[str, QuestionColumns],
    separators: tuple[str, ...],
) -> tuple[Rows, Rows, Rows]:
    """Rows of `responses`, `unreadable` and `open_answers`, by gemeente and then as asked."""
    responses: Rows = []
    unreadable: Rows = []
    texts: Rows = []
    for sheet in sorted(sheets, key=lambda sheet: sheet.gemeente):
        for vraag in codebook.questions:
            own = columns[vraag.code]
            answer = answer_to(vocabulary, vraag, sheet.answers, own, separators)
            owner = (sheet.gemeente, vraag.code, vraag.soort)
            responses += [
                (*owner, value, sheet.answered_by, *sheet.source) for value in answer.values
            ]
            if answer.reason_code:
                reason = _reason(vocabulary, answer.reason_code)
                unreadable.append((*sheet.source, sheet.gemeente, vraag.tekst, *reason))
            text = text_of(sheet.answers, own)
            if vraag.soort == "open" and text:
                texts.append((sheet.gemeente, vraag.code, _answer_id(sheet, vraag, text), text))
    return responses, unreadable, texts


def _answer_id(sheet: Sheet, vraag: Vraag, text: str) -> str:
    """The same in every run, one for a joint answer, and another when the text is another.

    So that a coder's decision can never be about a text that the coder did not see.
    """
    mark = hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
    return f"{sheet.answered_by or sheet.gemeente}-{vraag.code}-{mark}"


# --- for which gemeenten an answer sheet is ------------------------------------------------------


def owners(
    vocabulary: Vocabulary, text: str, joint: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], str]:
    """The gemeenten that this answer is for, and the name of the joint answer.

    A list of names counts as the declared joint answer of exactly these gemeenten.
    """
    name = _plain(text)
    slug = _slugs(vocabulary).get(name)
    if slug:
        return (slug,), ""
    for key, slugs in joint.items():
        if name == _plain(key) or _named(vocabulary, name) == set(slugs):
            return slugs, key
    return (), ""


def reason_without_owner(vocabulary: Vocabulary, text: str) -> str:
    """Code of the reason why no gemeente can be given this answer."""
    several = len(_named(vocabulary, _plain(text))) > 1
    return "antwoord_gezamenlijk" if several else "antwoord_gemeente_onbekend"


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").strip().removeprefix("gemeente ").strip()


@derived
def _slugs(vocabulary: Vocabulary) -> dict[str, str]:
    """Every way to write one gemeente → its slug."""
    aliases = {
        _plain(row["alias"]): row["gemeente"] for row in vocabulary.reference("gemeente_aliases")
    }
    known = {area.slug for area in vocabulary.gemeenten}
    return {**{name: slug for name, slug in aliases.items() if slug in known}, **_names(vocabulary)}


def _names(vocabulary: Vocabulary) -> dict[str, str]:
    return {_plain(area.name): area.slug for area in vocabulary.gemeenten}


def _named(vocabulary: Vocabulary, text: str) -> set[str]:
    names = _names(vocabulary)
    return {slug for name, slug in names.items() if re.search(rf"\b{re.escape(name)}\b", text)}
