"""The survey as read → `responses`: which gemeente chose what, in the words of the code book."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.clean.numbers import find_duplicates
from mma_analysis.clean.words import as_table
from mma_analysis.codebook import (
    CHOICES,
    FILLED_IN,
    NOT_ANSWERED,
    OTHER,
    WHOLE,
    Codebook,
    Parts,
    Vraag,
    columns_of,
    is_survey_word,
)
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, schema, short_hash
from mma_analysis.vocabulary.schema import SOURCE, SurveyExport

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class CleanResponses:
    """The survey in our words, and everything of it that is not counted.

    `superseded` are the sheets that a later one stands for (`schema.DUPLICATES`), `rejected` those
    of no known gemeente, never sent or empty, `unreadable` the answers that could not be counted
    (both `schema.REJECTED`). `open_answers` is internal: it alone has a respondent's words.
    """

    responses: pd.DataFrame
    superseded: pd.DataFrame
    rejected: pd.DataFrame
    unreadable: pd.DataFrame
    open_answers: pd.DataFrame


class Answer(NamedTuple):
    """What was answered to one question, why a part is not counted, and the text of an open one."""

    values: tuple[str, ...]
    reason_code: str = ""
    text: str = ""


NO_ANSWER = Answer((NOT_ANSWERED,))


def clean_responses(export: SurveyExport, codebook: Codebook, edition: Edition) -> CleanResponses:
    """Turn answer sheets into one row per gemeente, question and answer (`schema.RESPONSES`).

    A joint answer counts for the gemeenten that the settings declare. Of two sheets of one gemeente
    the last completed counts, whole. A question without an answer has a row with an empty value;
    one without a column, or a column without one, is a DataError.
    """
    vocabulary, questions = edition.vocabulary, codebook.questions
    sentences = vocabulary.by_code("rules", "sentence")
    sheets, refused = _sheets(export, codebook, edition)
    superseded = find_duplicates(sheets).sort_values([*SOURCE, "gemeente"])
    latest = sheets.drop(superseded.index).sort_values("gemeente")
    responses: Rows = []
    unreadable: Rows = []
    texts: Rows = []
    for *source, slug, by, answers in latest[list(SHEETS[:6])].itertuples(index=False):
        for vraag, (values, fault, text) in zip(questions, answers, strict=True):
            responses += [(slug, vraag.code, vraag.soort, value, by, *source) for value in values]
            if fault:
                unreadable.append((*source, slug, vraag.tekst, fault, sentences[fault]))
            if text:
                # Another text is another answer: a coder never decides about a text unseen.
                answer_id = f"{by or slug}-{vraag.code}-{short_hash(text)}"
                texts.append((slug, vraag.code, answer_id, text))
    rejected = sorted((*one, sentences[one[-1]]) for one in refused)
    return CleanResponses(
        responses=as_table(responses, schema.RESPONSES),
        superseded=as_table(superseded, schema.DUPLICATES),
        rejected=as_table(rejected, schema.REJECTED),
        unreadable=as_table(unreadable, schema.REJECTED),
        open_answers=as_table(texts, schema.OPEN_ANSWERS),
    )


# The sheets of a gemeente are of one number, and of these the last one stays.
SHEETS = (*SOURCE, "gemeente", "answered_by", "answers", "number", "filled")


def _sheets(
    export: SurveyExport, codebook: Codebook, edition: Edition
) -> tuple[pd.DataFrame, Rows]:
    """A row per gemeente and sheet that may count (`SHEETS`), and the sheets that never do."""
    columns = _columns(edition.vocabulary, export, codebook)
    (header,) = columns[codebook.gemeente.code]
    sheets, refused = Rows(), Rows()
    # A sheet without a moment is the earliest; of two at one moment the lower row counts.
    in_order = export.rows.sort_values("completed_on", kind="stable").to_dict("records")
    for number, row in enumerate(in_order):
        slugs, answered_by, fault = _receivers(row[header], codebook, edition)
        answers = [
            _answer(edition.vocabulary, vraag, row, columns[vraag.code], export.separators)
            for vraag in codebook.questions
        ]
        source = (row["source_file"], row["source_sheet"], row["source_row"])
        column = header if fault and row["complete"] else ""
        if not row["complete"]:
            fault = "antwoord_onvolledig"
        elif not fault and all(answer == NO_ANSWER for answer in answers):
            fault = "antwoord_leeg"
        if fault:
            refused += [(*source, slug, column, fault) for slug in slugs or [""]]
        else:
            sheets += [(*source, slug, answered_by, answers, "1", number) for slug in slugs]
    return pd.DataFrame(sheets, columns=list(SHEETS)), refused


def _columns(vocabulary: Vocabulary, export: SurveyExport, codebook: Codebook) -> dict[str, Parts]:
    """The columns of every question: each column has its question too, and all faults are named."""
    headers = [header for header in export.rows.columns if header not in schema.SURVEY_COLUMNS]
    columns = columns_of(vocabulary, codebook, headers)
    claimed = {header for parts in columns.values() for header in parts}
    unasked = [header for header in headers if header not in claimed]
    faults: list[str] = []
    for vraag in codebook.vraag:
        parts, question = columns[vraag.code], message("question", code=vraag.code)
        if not parts:
            near = message("make_equal", near=_nearest(vraag.tekst, unasked))
            if is_survey_word(vocabulary, vraag.tekst, "who"):
                near = message("who_is_dropped", text=vraag.tekst)
            faults.append(message("question_without_column", question=question, near=near))
        there = {*parts.values()}
        # A tool that has a column for some options has one for each.
        for option in vraag.opties if there - {OTHER} and WHOLE not in there else ():
            if option not in there and not (_is_other(option) and OTHER in there):
                words = {"question": question, "option": option}
                faults.append(message("option_without_column", **words))
        for option in vraag.opties if WHOLE in there and vraag.soort == "multi" else ():
            # It may read the same as other options that were chosen together.
            others = [other for other in vraag.opties if other != option]
            pieces = choices_in(option, others, export.separators)
            if all(vraag.option_of(piece) not in ("", option) for piece in pieces):
                words = {"question": question, "tool": export.tool, "option": option}
                faults.append(message("blurred_option", **words))
    missing = [vraag.tekst for vraag in codebook.vraag if not columns[vraag.code]]
    faults += [
        message("column_without_question", header=header, near=_nearest(header, missing))
        for header in unasked
    ]
    if faults:
        raise DataError.of("in_export", file=export.file, faults="\n".join(faults))
    return columns


def _nearest(text: str, texts: list[str]) -> str:
    """The text that is most like it; a question has a question mark of its own."""
    near = difflib.get_close_matches(text, texts, n=1, cutoff=0)
    return message("nearest_is", near=near[0]) if near else ""


def _receivers(cell: str, codebook: Codebook, edition: Edition) -> tuple[tuple[str, ...], str, str]:
    """The gemeenten that this answer is for, the name of a joint answer, and why there is none."""
    text, vocabulary = str(codebook.gemeente.codes.get(cell, cell)), edition.vocabulary
    slug = vocabulary.gemeente_of(text)
    if slug in (area.slug for area in vocabulary.gemeenten):
        return (slug,), "", ""
    words = text.casefold().replace("-", " ")
    names = {a.slug: a.name.casefold().replace("-", " ") for a in vocabulary.gemeenten}
    named = {s for s, name in names.items() if re.search(rf"\b{re.escape(name)}\b", words)}
    joint = edition.vragenlijst.gezamenlijk if edition.vragenlijst else {}
    for key, slugs in joint.items():
        if plain(text).removeprefix("gemeente") == plain(key) or named == set(slugs):
            return slugs, key, ""
    return (), "", "antwoord_gezamenlijk" if len(named) > 1 else "antwoord_gemeente_onbekend"


# 1.250 is not read: it may be more than a thousand, or one and a quarter.
NUMBER = re.compile(r"[+-]?(\d+([.,](?!\d{3}$)\d+)?|\d{1,3}(\.\d{3})+,\d+)", re.ASCII)


def _answer(
    vocabulary: Vocabulary,
    vraag: Vraag,
    cells: Mapping[Any, str],
    columns: Parts,
    separators: tuple[str, ...],
) -> Answer:
    """What was answered on a sheet (header → text), options in the order of the code book."""
    text = "".join(cells[header] for header, part in columns.items() if part == WHOLE)
    if vraag.soort not in CHOICES:
        return _typed(vraag, text)
    written = [cells[header] for header, part in columns.items() if part is OTHER]
    if vraag.soort == "multi":
        # The cell of the column of an option says that it was chosen, or is a text of their own.
        ticked = [
            option if is_survey_word(vocabulary, cells[header], "chosen") else cells[header]
            for header, option in columns.items()
            if option and not is_survey_word(vocabulary, cells[header], "not_chosen")
        ]
        options = (*vraag.opties, *vraag.codes)
        given = [*choices_in(text, options, separators), *ticked, *written]
    else:
        # Beside an option of a question with one answer stands an explanation, not a choice.
        given = [text] if vraag.option_of(text) else [text, *written]
    chosen = {vraag.option_of(choice) for choice in given if choice}
    other = [option for option in vraag.opties if _is_other(option)]
    refused = "antwoord_onbekend" if "" in chosen and not other else ""
    if "" in chosen:
        chosen.update(other[:1])
    values = tuple(option for option in vraag.opties if option in chosen)
    return Answer(values or (NOT_ANSWERED,), refused)


def _typed(vraag: Vraag, text: str) -> Answer:
    if text == "":
        return NO_ANSWER
    if vraag.soort == "open":
        return Answer((FILLED_IN,), text=text)
    # A decimal comma or point, with or without a percent sign; nothing is guessed.
    digits = text.removesuffix("%").strip()
    if not NUMBER.fullmatch(digits):
        return Answer((NOT_ANSWERED,), "getal_onleesbaar")
    if "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    return Answer((f"{Decimal(digits).normalize():f}",))


def choices_in(text: str, options: Iterable[str], separators: tuple[str, ...]) -> list[str]:
    """Cut a cell into its choices: where an option stands, and otherwise at the next separator.

    The longest option that fits is taken, for an option may hold a separator itself.
    """
    longest_first = sorted(options, key=len, reverse=True)
    ends = tuple(separator.rstrip() for separator in separators)
    cut = re.compile("|".join(re.escape(separator.strip()) + r"\s*" for separator in separators))
    choices: list[str] = []
    while text:
        whole = (o for o in longest_first if text[: len(o)].casefold() == o.casefold())
        fits = (o for o in whole if len(o) == len(text) or text[len(o) :].startswith(ends))
        next_cut = min((text.find(s) for s in separators if s in text), default=len(text))
        end = len(choice) if (choice := next(fits, "")) else next_cut
        choices.append(text[:end].strip())
        text = cut.sub("", text[end:], count=1) if separators else ""
    return choices


def _is_other(option: str) -> bool:
    return option.casefold().startswith("anders")
