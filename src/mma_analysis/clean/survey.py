"""The survey as read → `responses`: what each gemeente chose, in words of the code book."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.clean.numbers import find_duplicates
from mma_analysis.clean.words import as_table
from mma_analysis.settings import Edition
from mma_analysis.settings.codebook import (
    CHOICE_KINDS,
    FILLED_IN,
    NOT_ANSWERED,
    WHOLE_ANSWER,
    WRITTEN_BESIDE,
    Codebook,
    PartOfHeader,
    Vraag,
    columns_of_questions,
    is_survey_word,
)
from mma_analysis.vocabulary import (
    DataError,
    Vocabulary,
    message,
    plain,
    schema,
    short_hash,
)
from mma_analysis.vocabulary.schema import SOURCE, SurveyExport


@dataclass(frozen=True)
class CleanResponses:
    """The survey in our words, and everything of it that is not counted.

    `superseded` are the sheets that a later one stands for (`schema.DUPLICATES`),
    `rejected` those of no known gemeente, never sent or empty, `unreadable` the answers
    that could not be counted (both `schema.REJECTED_TABLE`). `open_answers` is internal:
    it alone has a respondent's words.
    """

    responses: pd.DataFrame
    superseded: pd.DataFrame
    rejected: pd.DataFrame
    unreadable: pd.DataFrame
    open_answers: pd.DataFrame


class Answer(NamedTuple):
    """What was answered to a question, why a part is not counted, and an open text."""

    values: tuple[str, ...]
    reason_code: str = ""
    text: str = ""


NO_ANSWER = Answer((NOT_ANSWERED,))


class Respondents(NamedTuple):
    """The gemeenten that a sheet is for and the name of a joint answer; or why none is."""

    slugs: tuple[str, ...] = ()
    joint: str = ""
    fault: str = ""


class AnswerSheet(NamedTuple):
    """One answer sheet of one gemeente, that may count.

    All sheets of a gemeente have one `number`, and of these the one that is `filled` last
    counts.
    """

    source_file: str
    source_sheet: str
    source_row: int
    gemeente: str
    answered_by: str
    answers: list[Answer]
    filled: int
    number: str = "1"


class Refused(NamedTuple):
    """A row of `schema.REJECTED_TABLE`: a sheet, or an answer on it, not counted."""

    source_file: str
    source_sheet: str
    source_row: int
    gemeente: str
    column: str
    reason_code: str
    reason: str


def clean_responses(
    export: SurveyExport,
    codebook: Codebook,
    edition: Edition,
) -> CleanResponses:
    """Turn answer sheets into a row per gemeente, question and answer (`schema.RESPONSES`).

    A joint answer counts for the gemeenten that the settings declare. Of two sheets of one
    gemeente the last completed counts, whole. A question without an answer has a row with
    an empty value; one without a column, or a column without one, is a DataError.
    """
    sentences = edition.vocabulary.by_code("rules", "sentence")
    sheets, rejected = _sheets(export, codebook, edition)

    table = pd.DataFrame(sheets, columns=list(AnswerSheet._fields))
    superseded = find_duplicates(table).sort_values([*SOURCE, "gemeente"])
    latest = table.drop(superseded.index).sort_values("gemeente")

    responses: list[tuple[object, ...]] = []
    unreadable: list[Refused] = []
    texts: list[tuple[str, ...]] = []
    for place in latest.index.tolist():
        sheet = sheets[place]
        slug = sheet.gemeente
        source = (sheet.source_file, sheet.source_sheet, sheet.source_row)
        for vraag, answer in zip(codebook.questions, sheet.answers, strict=True):
            for value in answer.values:
                response = (
                    slug,
                    vraag.code,
                    vraag.soort,
                    value,
                    sheet.answered_by,
                    *source,
                )
                responses.append(response)

            code = answer.reason_code
            if code:
                refused = Refused(*source, slug, vraag.tekst, code, sentences[code])
                unreadable.append(refused)

            if answer.text:
                # Another text is another answer: a coder never decides about a text unseen.
                mark = short_hash(answer.text)
                answer_id = f"{sheet.answered_by or slug}-{vraag.code}-{mark}"
                texts.append((slug, vraag.code, answer_id, answer.text))

    return CleanResponses(
        responses=as_table(responses, schema.RESPONSES),
        superseded=as_table(superseded, schema.DUPLICATES),
        rejected=as_table(sorted(rejected), schema.REJECTED_TABLE),
        unreadable=as_table(unreadable, schema.REJECTED_TABLE),
        open_answers=as_table(texts, schema.OPEN_ANSWERS),
    )


# --- sheets -------------------------------------------------------------------------------


def _sheets(
    export: SurveyExport,
    codebook: Codebook,
    edition: Edition,
) -> tuple[list[AnswerSheet], list[Refused]]:
    """A sheet per gemeente that may count, and those that never do."""
    vocabulary = edition.vocabulary
    sentences = vocabulary.by_code("rules", "sentence")
    columns = _columns(vocabulary, export, codebook)
    (header,) = columns[codebook.gemeente.code]
    sheets: list[AnswerSheet] = []
    refused: list[Refused] = []
    # A sheet without a moment is the earliest; of two at one moment the lower row counts.
    in_order = export.rows.sort_values("completed_on", kind="stable").to_dict("records")
    for number, row in enumerate(in_order):
        respondents = _respondents(row[header], codebook, edition)
        answers: list[Answer] = []
        for vraag in codebook.questions:
            parts = columns[vraag.code]
            answers.append(_answer(vocabulary, vraag, row, parts, export.separators))

        fault = ""
        column = ""
        if not row["complete"]:
            fault = "antwoord_onvolledig"
        elif respondents.fault:
            fault = respondents.fault
            column = header
        elif all(answer == NO_ANSWER for answer in answers):
            fault = "antwoord_leeg"

        source = (row["source_file"], row["source_sheet"], row["source_row"])
        if fault:
            for slug in respondents.slugs or [""]:
                refused.append(Refused(*source, slug, column, fault, sentences[fault]))
        else:
            for slug in respondents.slugs:
                sheets.append(
                    AnswerSheet(*source, slug, respondents.joint, answers, number)
                )
    return sheets, refused


def _respondents(cell: str, codebook: Codebook, edition: Edition) -> Respondents:
    """Who gave this answer, by what stands in the column of the gemeente."""
    vocabulary = edition.vocabulary
    text = str(codebook.gemeente.codes.get(cell, cell))
    slug = vocabulary.gemeente_of(text)
    if slug in [area.slug for area in vocabulary.gemeenten]:
        return Respondents((slug,))

    words = _without_dashes(text)
    named = set()
    for area in vocabulary.gemeenten:
        area_name = re.escape(_without_dashes(area.name))
        if re.search(rf"\b{area_name}\b", words):
            named.add(area.slug)

    name = plain(text).removeprefix("gemeente")
    survey = edition.vragenlijst
    joint_answers = survey.gezamenlijk if survey else {}
    for joint, slugs in joint_answers.items():
        if name == plain(joint) or named == set(slugs):
            return Respondents(slugs, joint)
    if len(named) > 1:
        return Respondents(fault="antwoord_gezamenlijk")
    return Respondents(fault="antwoord_gemeente_onbekend")


def _without_dashes(text: str) -> str:
    return text.casefold().replace("-", " ")


# --- columns ------------------------------------------------------------------------------


def _columns(
    vocabulary: Vocabulary,
    export: SurveyExport,
    codebook: Codebook,
) -> dict[str, PartOfHeader]:
    """The columns of every question, by its code; one error with all that does not fit.

    Each question has a column, and each column its question.
    """
    headers = [name for name in export.rows.columns if name not in schema.SURVEY_COLUMNS]
    columns = columns_of_questions(vocabulary, codebook, headers)
    claimed = {header for parts in columns.values() for header in parts}
    unasked = [header for header in headers if header not in claimed]
    missing = [vraag.tekst for vraag in codebook.vraag if not columns[vraag.code]]

    faults: list[str] = []
    for vraag in codebook.vraag:
        parts = columns[vraag.code]
        if not parts:
            faults.append(_without_column(vocabulary, vraag, unasked))
        faults += _options_without_column(vraag, parts)
        faults += _blurred_options(vraag, parts, export)

    for header in unasked:
        near = _nearest(header, missing)
        faults.append(message("column_without_question", header=header, near=near))
    if faults:
        raise DataError.of("in_export", file=export.file, faults="\n".join(faults))
    return columns


def _named(vraag: Vraag) -> str:
    return message("question", code=vraag.code)


def _without_column(vocabulary: Vocabulary, vraag: Vraag, unasked: list[str]) -> str:
    """That a question has no column, and which one may be meant."""
    if is_survey_word(vocabulary, vraag.tekst, "who"):
        near = message("who_is_dropped", text=vraag.tekst)
    else:
        near = message("make_equal", near=_nearest(vraag.tekst, unasked))
    return message("question_without_column", question=_named(vraag), near=near)


def _options_without_column(vraag: Vraag, parts: PartOfHeader) -> Iterator[str]:
    """A tool that has a column for some options of a question has one for each."""
    there = set(parts.values())
    has_columns_of_options = bool(there - {WRITTEN_BESIDE})
    if WHOLE_ANSWER in there or not has_columns_of_options:
        return
    for option in vraag.opties:
        is_there = option in there or (_is_other(option) and WRITTEN_BESIDE in there)
        if not is_there:
            yield message("option_without_column", question=_named(vraag), option=option)


def _blurred_options(
    vraag: Vraag, parts: PartOfHeader, export: SurveyExport
) -> Iterator[str]:
    """The options that may read, in one cell, as others that were chosen together."""
    if WHOLE_ANSWER not in parts.values() or vraag.soort != "multi":
        return
    for option in vraag.opties:
        others = [other for other in vraag.opties if other != option]
        choices = choices_in(option, others, export.separators)
        meanings = {vraag.option_of(choice) for choice in choices}
        if meanings.isdisjoint({"", option}):
            yield message(
                "blurred_option",
                question=_named(vraag),
                tool=export.tool,
                option=option,
            )


def _nearest(text: str, texts: list[str]) -> str:
    """The text that is most like it; a question has a question mark of its own."""
    near = difflib.get_close_matches(text, texts, n=1, cutoff=0)
    return message("nearest_is", near=near[0]) if near else ""


# --- answers ------------------------------------------------------------------------------


# 1.250 is not read: it may be more than a thousand, or one and a quarter.
ANSWERED_NUMBER = re.compile(
    r"[+-]?(\d+([.,](?!\d{3}$)\d+)?|\d{1,3}(\.\d{3})+,\d+)", re.ASCII
)


def _answer(
    vocabulary: Vocabulary,
    vraag: Vraag,
    cells: Mapping[Any, str],
    columns: PartOfHeader,
    separators: tuple[str, ...],
) -> Answer:
    """What was answered on a sheet (header → text), options in order of the code book."""
    whole = [cells[header] for header, part in columns.items() if part == WHOLE_ANSWER]
    text = "".join(whole)
    if vraag.soort not in CHOICE_KINDS:
        return _typed(vraag, text)

    own_words = [
        cells[header] for header, part in columns.items() if part is WRITTEN_BESIDE
    ]
    if vraag.soort == "multi":
        options = (*vraag.opties, *vraag.codes)
        in_one_cell = choices_in(text, options, separators)
        given = [*in_one_cell, *_ticked(vocabulary, cells, columns), *own_words]
    elif vraag.option_of(text):
        # Beside an option of a question with one answer stands an explanation, not a
        # choice.
        given = [text]
    else:
        given = [text, *own_words]

    chosen = {vraag.option_of(choice) for choice in given if choice}
    other = [option for option in vraag.opties if _is_other(option)]
    is_unknown = "" in chosen
    if is_unknown:
        chosen.update(other[:1])
    values = tuple(option for option in vraag.opties if option in chosen)
    reason_code = "antwoord_onbekend" if is_unknown and not other else ""
    return Answer(values or (NOT_ANSWERED,), reason_code)


def _ticked(
    vocabulary: Vocabulary,
    cells: Mapping[Any, str],
    columns: PartOfHeader,
) -> list[str]:
    """What was chosen, where each option has a column.

    The cell says that the option was chosen, or is a text of their own.
    """
    ticked: list[str] = []
    for header, option in columns.items():
        cell = cells[header]
        if not option or is_survey_word(vocabulary, cell, "not_chosen"):
            continue
        is_chosen = is_survey_word(vocabulary, cell, "chosen")
        ticked.append(option if is_chosen else cell)
    return ticked


def _typed(vraag: Vraag, text: str) -> Answer:
    if text == "":
        return NO_ANSWER
    if vraag.soort == "open":
        return Answer((FILLED_IN,), text=text)
    # A decimal comma or point, with or without a percent sign; nothing is guessed.
    digits = text.removesuffix("%").strip()
    if not ANSWERED_NUMBER.fullmatch(digits):
        return Answer((NOT_ANSWERED,), "getal_onleesbaar")
    if "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    number = Decimal(digits).normalize()
    return Answer((f"{number:f}",))


def choices_in(text: str, options: Iterable[str], separators: tuple[str, ...]) -> list[str]:
    """Cut a cell into its choices: where an option stands, else at the next separator.

    The longest option that fits is taken, for an option may hold a separator itself.
    """
    longest_first = sorted(options, key=len, reverse=True)
    signs = [re.escape(sign.strip()) + r"\s*" for sign in separators]
    separator = re.compile("|".join(signs))

    choices: list[str] = []
    rest = text
    while rest:
        option = _option_at_start(rest, longest_first, separators)
        end = len(option) or _next_separator(rest, separators)
        choices.append(rest[:end].strip())
        rest = separator.sub("", rest[end:], count=1) if separators else ""
    return choices


def _option_at_start(
    text: str,
    longest_first: Sequence[str],
    separators: tuple[str, ...],
) -> str:
    """The first of these options with which a text begins, up to a separator or its end."""
    ends = tuple(separator.rstrip() for separator in separators)
    for option in longest_first:
        length = len(option)
        is_at_start = text[:length].casefold() == option.casefold()
        is_whole = length == len(text) or text[length:].startswith(ends)
        if is_at_start and is_whole:
            return option
    return ""


def _next_separator(text: str, separators: tuple[str, ...]) -> int:
    """Where the first separator stands, else the end of the text."""
    places = [text.find(separator) for separator in separators if separator in text]
    return min(places, default=len(text))


def _is_other(option: str) -> bool:
    return option.casefold().startswith("anders")
