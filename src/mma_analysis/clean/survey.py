"""The survey as read → `responses`: which gemeente chose what, in the words of the code book."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from mma_analysis import domain
from mma_analysis.codebook import FILLED_IN, NOT_ANSWERED, Codebook, Vraag
from mma_analysis.domain import Column, MmaError, SurveyExport
from mma_analysis.edition import Edition

OTHER = "anders"

# 1.250 is not read: it may be more than a thousand, or one and a quarter.
NUMBER = re.compile(r"[+-]?(\d+([.,](?!\d{3}$)\d+)?|\d{1,3}(\.\d{3})+,\d+)", re.ASCII)


@dataclass(frozen=True)
class CleanResponses:
    """The survey in our words, and everything of it that is not counted.

    `responses` is `domain.RESPONSES`. `superseded` has one row per gemeente and answer sheet that a
    later sheet stands for (`domain.DUPLICATES`), `rejected` one row per answer sheet whose gemeente
    is not known, and `unreadable` one row per gemeente and question whose answer was given but
    could not be counted (both `domain.REJECTED`).
    """

    responses: pd.DataFrame
    superseded: pd.DataFrame
    rejected: pd.DataFrame
    unreadable: pd.DataFrame


@dataclass(frozen=True)
class Sheet:
    """One answer sheet of one gemeente: `answers` is question text → text of the cell."""

    gemeente: str
    answered_by: str
    completed_on: str
    source: tuple[str, str, int]
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What was answered to one question, and why a part of it is not counted."""

    values: tuple[str, ...]
    reason_code: str = ""


def clean_responses(export: SurveyExport, codebook: Codebook, edition: Edition) -> CleanResponses:
    """Turn answer sheets into one row per gemeente, question and answer.

    A joint answer counts only for the gemeenten that the settings declare, once for each. Of two
    sheets of one gemeente the last completed counts, whole: answers are never mixed. A choice that
    is not in the code book is the respondent's own text: it becomes the option `Anders …` when the
    question has one, and otherwise it is not counted and named in `unreadable`. Of an open answer
    only remains whether it was filled in: the text stops here. A question without an answer has a
    row with an empty value.

    Raises
    ------
    MmaError
        When a question of the code book has no column, or a column has no question.
    """
    _check_columns(export, codebook)
    sheets, rejected = _sheets(export, codebook, edition)
    latest = _latest_per_gemeente(sheets)
    responses, unreadable = _answers(latest.values(), codebook)
    earlier = [sheet for sheet in sheets if sheet is not latest[sheet.gemeente]]
    superseded = [
        (*sheet.source, sheet.gemeente, *latest[sheet.gemeente].source) for sheet in earlier
    ]
    return CleanResponses(
        responses=_table(responses, domain.RESPONSES),
        superseded=_table(superseded, domain.DUPLICATES),
        rejected=_table(rejected, domain.REJECTED),
        unreadable=_table(unreadable, domain.REJECTED),
    )


def _table(rows: Iterable[tuple[object, ...]], columns: tuple[Column, ...]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    return table.astype({column.name: column.dtype for column in columns})


def _reason(code: str) -> tuple[str, str]:
    sentences = {row["code"]: row["sentence"] for row in domain.reference("rules")}
    return code, sentences[code]


# --- columns and questions -----------------------------------------------------------------------


def _check_columns(export: SurveyExport, codebook: Codebook) -> None:
    headers = _question_headers(export)
    texts = {vraag.tekst: vraag.code for vraag in codebook.vraag}
    unasked = [header for header in headers if header not in texts]
    missing = [text for text in texts if text not in headers]
    faults = [
        f"question '{texts[text]}' of the code book has no column{_nearest(text, unasked)}; "
        "make its tekst equal to the header"
        for text in missing
    ] + [
        f"column '{header}' has no question in the code book{_nearest(header, missing)}; "
        "add a [[vraag]] with this header as tekst, or correct the tekst"
        for header in unasked
    ]
    if faults:
        raise MmaError(f"{export.file}: " + "\n".join(faults))


def _question_headers(export: SurveyExport) -> list[str]:
    ours = ("completed_on", *domain.SOURCE)
    return [header for header in export.rows.columns if header not in ours]


def _nearest(text: str, texts: list[str]) -> str:
    return domain.did_you_mean(text, texts) if texts else ""


# --- answer sheets and gemeenten -----------------------------------------------------------------


def _sheets(
    export: SurveyExport, codebook: Codebook, edition: Edition
) -> tuple[list[Sheet], list[tuple[object, ...]]]:
    """The sheets of each gemeente in the order of the file, and the refused ones."""
    joint = edition.vragenlijst.gezamenlijk if edition.vragenlijst else {}
    question = codebook.gemeente.tekst
    sheets: list[Sheet] = []
    rejected: list[tuple[object, ...]] = []
    for record in export.rows.to_dict("records"):
        row = {str(header): cell for header, cell in record.items()}
        source = (row["source_file"], row["source_sheet"], row["source_row"])
        slugs, answered_by = _owners(row[question], joint)
        if not slugs:
            code = _reason_without_owner(row[question])
            rejected.append((*source, "", question, *_reason(code)))
        sheets += [Sheet(s, answered_by, row["completed_on"], source, row) for s in slugs]
    return sheets, rejected


def _owners(text: str, joint: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """The gemeenten that this answer is for, and the name of the joint answer.

    A list of names counts as the declared joint answer of exactly these gemeenten.
    """
    name = _plain(text)
    slug = _slugs().get(name)
    if slug:
        return (slug,), ""
    for key, slugs in joint.items():
        if name == _plain(key) or _named(name) == set(slugs):
            return slugs, key
    return (), ""


def _reason_without_owner(text: str) -> str:
    several = len(_named(_plain(text))) > 1
    return "antwoord_gezamenlijk" if several else "antwoord_gemeente_onbekend"


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").strip().removeprefix("gemeente ").strip()


def _slugs() -> dict[str, str]:
    """Every way to write one gemeente → its slug."""
    aliases = {
        _plain(row["alias"]): row["gemeente"] for row in domain.reference("gemeente_aliases")
    }
    known = {area.slug for area in domain.gemeenten()}
    return {**{name: slug for name, slug in aliases.items() if slug in known}, **_names()}


def _names() -> dict[str, str]:
    return {_plain(area.name): area.slug for area in domain.gemeenten()}


def _named(text: str) -> set[str]:
    return {slug for name, slug in _names().items() if re.search(rf"\b{re.escape(name)}\b", text)}


def _latest_per_gemeente(sheets: list[Sheet]) -> dict[str, Sheet]:
    """A sheet without a moment is the earliest; of two at one moment the lower row counts."""
    ordered = sorted(sheets, key=lambda sheet: sheet.completed_on)
    return {sheet.gemeente: sheet for sheet in ordered}


# --- answers -------------------------------------------------------------------------------------


def _answers(
    sheets: Iterable[Sheet], codebook: Codebook
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of `responses` and of `unreadable`, by gemeente and in the order of the code book."""
    responses: list[tuple[object, ...]] = []
    unreadable: list[tuple[object, ...]] = []
    for sheet in sorted(sheets, key=lambda sheet: sheet.gemeente):
        for vraag in codebook.questions:
            answer = _answer(vraag, sheet.answers[vraag.tekst])
            owner = (sheet.gemeente, vraag.code, vraag.soort)
            responses += [
                (*owner, value, sheet.answered_by, *sheet.source) for value in answer.values
            ]
            if answer.reason_code:
                reason = _reason(answer.reason_code)
                unreadable.append((*sheet.source, sheet.gemeente, vraag.tekst, *reason))
    return responses, unreadable


def _answer(vraag: Vraag, text: str) -> Answer:
    if text == "":
        return Answer((NOT_ANSWERED,))
    if vraag.soort == "open":
        return Answer((FILLED_IN,))
    if vraag.soort == "number":
        return _number(text)
    if vraag.soort == "multi":
        return _choices(vraag, [choice.strip() for choice in text.split(";")])
    return _choices(vraag, [text])


def _choices(vraag: Vraag, texts: list[str]) -> Answer:
    """The options that were chosen, each once, in the order of the code book."""
    options = {option.casefold(): option for option in vraag.opties}
    other = [option for key, option in options.items() if key.startswith(OTHER)]
    given = [text.casefold() for text in texts if text]
    own_text = any(key not in options for key in given)
    chosen = {options[key] for key in given if key in options}
    if own_text and other:
        chosen.add(other[0])
    values = tuple(option for option in vraag.opties if option in chosen)
    refused = "antwoord_onbekend" if own_text and not other else ""
    return Answer(values or (NOT_ANSWERED,), refused)


def _number(text: str) -> Answer:
    """A decimal comma or point, with or without a percent sign; nothing is guessed."""
    digits = text.removesuffix("%").strip()
    if not NUMBER.fullmatch(digits):
        return Answer((NOT_ANSWERED,), "getal_onleesbaar")
    if "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    return Answer((_canonical(Decimal(digits)),))


def _canonical(number: Decimal) -> str:
    return f"{number.normalize():f}"
