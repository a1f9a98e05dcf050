"""Deliveries and survey → clean tables, with every row accounted for."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis import check, clean, measure, read
from mma_analysis.pipeline.first_look import look, not_searchable
from mma_analysis.settings import Edition, codebook
from mma_analysis.storage import sha256
from mma_analysis.vocabulary import DataError, message, rows_of
from mma_analysis.vocabulary.days import WEEK
from mma_analysis.vocabulary.errors import MmaError
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import (
    CODINGS,
    DATES,
    RESPONSES,
    WORD_NOT_UNDERSTOOD,
    Delivery,
    SurveyExport,
)

OF_ANOTHER = "antwoord_gemeente_onbekend"  # reason: no gemeente of this district
REFUSING = "reject"  # the effect of a reason: the row is a fault
LONGEST_NAME = 60
NOT_PUBLIC = form("not_public")
FileRow = dict[str, Any]  # what the manifest says of a file


@dataclass(frozen=True)
class CleanedEdition(clean.CleanMeldingen):
    """The clean tables of an edition, what each file gave, and what is known of its survey.

    `coded` is what tables of open answers are made from, and `themes` has one row per
    gemeente and theme, with what people decided. No text of an answer is written but what
    was released.
    """

    files: list[FileRow]
    responses: pd.DataFrame
    book: codebook.Codebook | None = None
    coded: dict[str, Any] = field(default_factory=dict)
    themes: pd.DataFrame | None = None

    def absent(self, edition: Edition) -> dict[str, str]:
        """Gemeente → why none of its rows could be counted: how many it has is not known.

        There is a fault in its rows, or its files are about another period.
        """
        effect = edition.vocabulary.by_code("reasons", "effect")
        without = edition.gemeenten.keys() - set(self.meldingen["gemeente"])
        absent = {}
        for slug in without:
            files = edition.gemeente(slug).levering
            refused = self.rejected_of(slug, edition)
            why = refused.loc[refused["source_file"].isin(files), "reason_code"]
            is_counted = self.meldingen["source_file"].isin(files)
            is_of_other_time = why.isin(clean.OTHER_TIME)
            if (why.map(effect) == REFUSING).any():
                absent[slug] = measure.FILE_UNREADABLE
            elif is_of_other_time.any() and not is_counted.any():
                absent[slug] = measure.FILE_OF_OTHER_PERIOD
        return absent

    def rejected_of(self, slug: str, edition: Edition) -> pd.DataFrame:
        """What a gemeente can repair: its rows, and those of its files that name none."""
        return _its_own(self.rejected, slug, edition)

    def other_days_of(self, slug: str, edition: Edition) -> tuple[dt.date, dt.date]:
        """The first and the last day outside the evaluation of what a gemeente sent."""
        spans = _its_own(self.other_days, slug, edition)
        first = spans["first_on"].min()
        last = spans["last_on"].max()
        return first.date(), last.date()


def _its_own(rows: pd.DataFrame, slug: str, edition: Edition) -> pd.DataFrame:
    """The rows of a gemeente, and those of its files that name none."""
    is_its_own = rows["gemeente"] == slug
    is_nobodys = rows["gemeente"].isin(["", None])
    is_in_its_file = rows["source_file"].isin(edition.gemeente(slug).levering)
    return rows[is_its_own | (is_nobodys & is_in_its_file)]


class RowNumbers(NamedTuple):
    """How many rows of a file were read, and what became of them."""

    read: int
    clean: int = 0
    rejected: int = 0
    duplicate: int = 0


def read_and_clean(edition: Edition) -> CleanedEdition:
    """Read every delivery and the survey, and clean them; raises when a row is lost."""
    deliveries, export = _read_all(edition)
    tips = clean.clean_meldingen(deliveries, edition)
    files = [_file_row(edition, delivery, tips) for delivery in deliveries]
    files += _replaced_rows(edition)

    book = codebook.load(edition)
    if book is None or export is None:
        columns = {column.name: pd.Series(dtype=column.dtype) for column in RESPONSES}
        return CleanedEdition(**vars(tips), files=files, responses=pd.DataFrame(columns))

    sheets = clean.clean_responses(export, book, edition)
    check.refuse_contradictions(sheets.responses, book, edition)
    survey_row = _survey_row(edition, export, sheets, book)
    coded, themes = _open_answers(edition, book, sheets.open_answers)
    if "coding" in coded:
        divided = int(coded["coding"]["decision"].eq(codebook.DIVIDED).sum())
        if divided:
            survey_row["notes"].append(message("note_divided", number=divided))
    files.append(survey_row)

    rejected = [tips.rejected, sheets.rejected, sheets.unreadable]
    duplicates = [tips.duplicates, sheets.superseded]
    return CleanedEdition(
        meldingen=tips.meldingen,
        rejected=pd.concat(rejected, ignore_index=True),
        duplicates=pd.concat(duplicates, ignore_index=True),
        warnings=tips.warnings,
        registration=tips.registration,
        corrections=tips.corrections,
        other_days=tips.other_days,
        files=files,
        responses=sheets.responses,
        book=book,
        coded=coded,
        themes=themes,
    )


def _read_all(edition: Edition) -> tuple[list[Delivery], SurveyExport | None]:
    """Every delivery and the survey, or one error with all files that cannot be read."""
    readers: list[Callable[[], Any]] = []
    for file in edition.deliveries():
        readers.append(partial(read.read_delivery, edition, file))
    survey = edition.vragenlijst
    if survey:
        path = edition.folder / survey.bestand
        readers.append(partial(read.read_export, edition.vocabulary, path, survey.bestand))

    contents: list[Any] = []
    faults: list[str] = []
    for reader in readers:
        try:
            contents.append(reader())
        except MmaError as fault:
            faults.append(str(fault))
    faults += not_searchable(edition)
    if faults:
        # What hides behind the first fault of a file, and what the others ask.
        faults += [fault for fault in look(edition).faults if fault not in faults]
        number = len(faults)
        count = message("one_thing" if number == 1 else "several_things", number=number)
        raise DataError.of("unreadable_files", count=count, faults="\n".join(faults))

    export = contents.pop() if survey else None
    return contents, export


def _open_answers(
    edition: Edition, book: codebook.Codebook, answers: pd.DataFrame
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    """`coded` and `themes`: what people decided of answers, the quotes they released."""
    released = [question.code for question in book.released]
    may_be_quoted = answers["question"].isin(released)
    quotes = clean.released_quotes(edition, answers[may_be_quoted])
    quotes = quotes.drop(columns="answer_id")
    themes = codebook.load_themes(edition, book)
    if themes is None:
        return {"quotes": quotes}, None

    file = edition.vragenlijst.coderingen if edition.vragenlijst else None
    codings = pd.DataFrame(columns=list(CODINGS))
    if file:
        codings = read.read_codings(edition.folder / file, file)
    ratings = clean.ratings_of(codings, answers, themes)
    coding = clean.code_answers(answers, themes, ratings)
    coded = {
        "quotes": quotes,
        "open_answers": answers,
        "coding": coding,
        "themes": themes,
        "ratings": ratings,
    }
    return coded, measure.themes_per_gemeente(answers, coding)


# --- a row per file -----------------------------------------------------------------------


def _file_row(
    edition: Edition, delivery: Delivery, cleaned: clean.CleanMeldingen
) -> FileRow:
    """What became of the rows of one delivery; raises when rows were lost."""
    meldingen = _of_file(cleaned.meldingen, delivery)
    rejected = _of_file(cleaned.rejected, delivery)
    duplicates = _of_file(cleaned.duplicates, delivery)
    numbers = RowNumbers(len(delivery.rows), len(meldingen), len(rejected), len(duplicates))
    row = _accounted_for(edition, delivery.file, delivery.senders, numbers)

    warnings = _of_file(cleaned.warnings, delivery)
    is_doubt = warnings["reason_code"] != WORD_NOT_UNDERSTOOD
    doubts = warnings[is_doubt]
    row["columns"] = delivery.headers
    row["reasons"] = _per_reason(rejected)
    row["doubts"] = _per_reason(doubts)
    if delivery.second_tables:
        row["second_tables"] = list(delivery.second_tables)
    row["choices"] = clean.choices_of(delivery, edition)

    notes = [
        *_notes_of_weeks(edition, delivery),
        *clean.years_asked(delivery, edition),
        *delivery.unread,
        *_notes_of_words(edition, delivery),
        *_notes_of_others(edition, delivery, meldingen),
    ]
    if notes:
        row["notes"] = notes
    return row


def _of_file(table: pd.DataFrame, delivery: Delivery) -> pd.DataFrame:
    is_of_file = table["source_file"] == delivery.file
    return table[is_of_file]


def _per_reason(rows: pd.DataFrame) -> dict[Any, int]:
    """Reason → how many rows have it."""
    numbers = rows["reason"].value_counts()
    return numbers.sort_index().to_dict()


def _notes_of_weeks(edition: Edition, delivery: Delivery) -> Iterator[str]:
    """Dates that are weeks."""
    senders = [edition.gemeente(slug) for slug in delivery.senders]
    for date in DATES:
        is_in_weeks = any(sender.date_order(date) == WEEK for sender in senders)
        if is_in_weeks and date in delivery.headers:
            column = delivery.headers[date]
            yield message("note_weeks", file=delivery.file, column=column)


def _notes_of_words(edition: Edition, delivery: Delivery) -> Iterator[str]:
    """Words that nobody gave a meaning."""
    words = clean.unknown_words(delivery, edition)
    for name, number in words.groupby("field", sort=False)["rows"].sum().items():
        yield message(
            "note_names" if name == "gemeente" else "note_words",
            file=delivery.file,
            column=delivery.headers[str(name)],
            rows=rows_of(number),
            edition=edition.slug,
        )


def _notes_of_others(
    edition: Edition, delivery: Delivery, meldingen: pd.DataFrame
) -> Iterator[str]:
    """Rows that count for the only sender, and name another gemeente."""
    if len(delivery.senders) != 1 or "gemeente" not in delivery.rows:
        return
    sender = edition.vocabulary.area(delivery.senders[0])
    names = delivery.rows["gemeente"]
    is_other = clean.names_another(edition.vocabulary, names, sender.slug)
    is_counted = delivery.rows["source_row"].isin(meldingen["source_row"])
    number = int((is_other & is_counted).sum())
    if number:
        yield message(
            "note_others",
            file=delivery.file,
            column=delivery.headers["gemeente"],
            rows=rows_of(number),
            name=sender.name,
        )


def _replaced_rows(edition: Edition) -> list[FileRow]:
    """The files that were delivered and not read: another one came in their place."""
    rows = []
    for file, newer in edition.replaced().items():
        senders = [slug for slug, one in edition.gemeenten.items() if file in one.levering]
        row = _accounted_for(edition, file, senders, RowNumbers(read=0))
        rows.append(row | {"replaced_by": newer})
    return rows


def _survey_row(
    edition: Edition,
    export: SurveyExport,
    survey: clean.CleanResponses,
    book: codebook.Codebook,
) -> FileRow:
    """What became of the answer sheets, and what pages look for and this survey lacks."""
    # A sheet counts when it stands for any gemeente.
    # Who sent one that is refused gets no letter.
    counted = set(survey.responses["source_row"])
    refused = set(survey.rejected["source_row"])
    superseded = set(survey.superseded["source_row"]) - counted
    rows = RowNumbers(len(export.rows), len(counted), len(refused), len(superseded))
    row = _accounted_for(edition, export.file, (), rows)

    notes = []
    once = survey.rejected.drop_duplicates(["source_row", "reason"])
    for sheet in once.to_dict("records"):
        note = message(
            "note_sheet_refused",
            file=export.file,
            row=sheet["source_row"],
            reason=sheet["reason"],
        )
        if sheet["reason_code"] == OF_ANOTHER:
            note = f"{note} {_who_answered(export, sheet)}"
        notes.append(note)
    for reason, number in _per_reason(survey.unreadable).items():
        note = message("note_answers", file=export.file, number=number, reason=reason)
        notes.append(note)

    looked_for = edition.vocabulary.by_code("asked", "kind")
    known = {question.code for question in book.vraag} | {"gemeente"}
    absent = [code for code, kind in looked_for.items() if known.isdisjoint((code, kind))]
    if absent:
        notes.append(message("note_not_asked", codes=", ".join(absent)))

    choices = [one.code for one in book.released if one.soort not in ("likert", "open")]
    not_shown = [code for code in choices if code not in looked_for]
    if not_shown:
        notes.append(message("note_not_shown", codes=", ".join(not_shown)))

    row["notes"] = notes
    return row


def _who_answered(export: SurveyExport, sheet: Mapping[Hashable, Any]) -> str:
    """What was filled in as organisation, when it is short and points at no person."""
    is_row = export.rows["source_row"] == sheet["source_row"]
    cells = export.rows.loc[is_row, sheet["column"]]
    filled = str(cells.iloc[0]).strip()
    is_shown = 0 < len(filled) <= LONGEST_NAME and not NOT_PUBLIC.search(filled)
    if not is_shown:
        return message("who_is_not_said")
    return message("who_is_other", filled=filled)


def _accounted_for(
    edition: Edition,
    file: str,
    senders: Sequence[str],
    rows: RowNumbers,
) -> FileRow:
    """What is said of every file; raises when a row that was read became nothing."""
    accounted = rows.clean + rows.rejected + rows.duplicate
    if rows.read != accounted:
        raise DataError.of("rows_lost", file=file, read=rows.read, accounted=accounted)
    return {
        "path": file,
        "sha256": sha256(edition.folder / file),
        "gemeenten": list(senders),
        **rows._asdict(),
    }
