"""Deliveries and survey → clean tables, with every row accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis import clean, codebook, measure, read
from mma_analysis.days import WEEK
from mma_analysis.settings import Edition
from mma_analysis.storage import sha256
from mma_analysis.vocabulary import DataError, MmaError, message, rows_of
from mma_analysis.vocabulary.schema import CODINGS, DATES, RESPONSES, Delivery, SurveyExport


@dataclass(frozen=True)
class Cleaned(clean.CleanMeldingen):
    """The clean tables of an edition, those of its survey among them, and what each file gave."""

    files: list[dict[str, Any]]
    survey: "Survey"


@dataclass(frozen=True)
class Survey:
    """The answers to the survey, what people decided of open ones, and released quotes.

    `themes` has one row per gemeente and theme, with what people decided; `coded` is what tables
    of open answers are made from. No text of an answer is written but what was released.
    """

    book: codebook.Codebook | None
    responses: pd.DataFrame
    coded: dict[str, Any]
    themes: pd.DataFrame | None = None


def read_and_clean(edition: Edition) -> Cleaned:
    """Read every delivery and the survey, and clean them; raises when a row is lost."""
    deliveries, export = _read_all(edition)
    cleaned = clean.clean_meldingen(deliveries, edition)
    files = [_file_row(edition, d, cleaned) for d in deliveries] + _replaced_rows(edition)
    rejected, duplicates = [cleaned.rejected], [cleaned.duplicates]
    book, nothing = codebook.load(edition), {c.name: pd.Series(dtype=c.dtype) for c in RESPONSES}
    survey = Survey(None, pd.DataFrame(nothing), {})
    if book is not None and export is not None:
        sheets = clean.clean_responses(export, book, edition)
        coded, themes = _open_answers(edition, book, sheets.open_answers)
        survey = Survey(book, sheets.responses, coded, themes)
        files.append(_survey_row(edition, export, sheets, book))
        rejected += [sheets.rejected, sheets.unreadable]
        duplicates += [sheets.superseded]
    both = {
        "rejected": pd.concat(rejected, ignore_index=True),
        "duplicates": pd.concat(duplicates, ignore_index=True),
    }
    return Cleaned(**vars(cleaned) | both, files=files, survey=survey)


def _open_answers(
    edition: Edition, book: codebook.Codebook, answers: pd.DataFrame
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    """What people decided of the open answers, and the quotes that they released."""
    may_be_released = answers["question"].isin([vraag.code for vraag in book.released])
    quotes = clean.released_quotes(edition, answers[may_be_released]).drop(columns="answer_id")
    frame = codebook.load_themes(edition, book)
    if frame is None:
        return {"quotes": quotes}, None
    file = edition.vragenlijst.coderingen if edition.vragenlijst else None
    nothing = pd.DataFrame(columns=list(CODINGS))
    codings = read.read_codings(edition.folder / file, file) if file else nothing
    ratings = clean.ratings_of(codings, answers, frame)
    coding = clean.code_answers(answers, frame, ratings)
    coded = {"quotes": quotes, "open_answers": answers, "coding": coding, "themes": frame}
    return coded | {"ratings": ratings}, measure.themes_per_gemeente(answers, coding)


def _read_all(edition: Edition) -> tuple[list[Delivery], SurveyExport | None]:
    """Every delivery and the survey, or one error that names all files that cannot be read."""
    deliveries, export, faults = [], None, []
    for file in edition.deliveries():
        try:
            delivery = read.read_delivery(edition, file)
        except MmaError as fault:
            faults.append(str(fault))
        else:
            deliveries.append(delivery)
    if edition.vragenlijst is not None:
        try:
            file = edition.vragenlijst.bestand
            export = read.read_export(edition.vocabulary, edition.folder / file, file)
        except MmaError as fault:
            faults.append(str(fault))
    if faults:
        count = message("one_file" if len(faults) == 1 else "several_files", number=len(faults))
        raise DataError.of("unreadable_files", count=count, faults="\n".join(faults))
    return deliveries, export


def _file_row(
    edition: Edition, delivery: Delivery, cleaned: clean.CleanMeldingen
) -> dict[str, Any]:
    """What became of the rows of one delivery; raises when rows were lost."""
    counts = {
        name: int((table["source_file"] == delivery.file).sum())
        for name, table in (
            ("clean", cleaned.meldingen),
            ("rejected", cleaned.rejected),
            ("duplicate", cleaned.duplicates),
        )
    }
    notes = [
        message("note_weeks", file=delivery.file, column=delivery.headers[field])
        for field in DATES
        if field in delivery.headers
        and WEEK in {edition.gemeente(slug).date_order(field) for slug in delivery.senders}
    ]
    notes += delivery.unread
    words = clean.unknown_words(delivery, edition).groupby("field", sort=False)["rows"].sum()
    for field, rows in words.items():
        where = {"file": delivery.file, "column": delivery.headers[str(field)]}
        notes.append(message("note_words", **where, rows=rows_of(rows), edition=edition.slug))
    refused = cleaned.rejected[cleaned.rejected["source_file"] == delivery.file]
    reasons = {str(reason): int(rows) for reason, rows in refused["reason"].value_counts().items()}
    return {
        **_accounted_for(edition, delivery.file, delivery.senders, len(delivery.rows), counts),
        "columns": delivery.headers,
        "reasons": dict(sorted(reasons.items())),
        **({"notes": notes} if notes else {}),
    }


def _replaced_rows(edition: Edition) -> list[dict[str, Any]]:
    """The files that were delivered but not read, as another one came in their place."""
    rows: list[dict[str, Any]] = []
    for file, newer in edition.replaced().items():
        senders = [slug for slug, g in edition.gemeenten.items() if file in g.levering]
        nothing = {"clean": 0, "rejected": 0, "duplicate": 0}
        rows.append(_accounted_for(edition, file, senders, 0, nothing) | {"replaced_by": newer})
    return rows


def _survey_row(
    edition: Edition, export: SurveyExport, survey: clean.CleanResponses, book: codebook.Codebook
) -> dict[str, Any]:
    """What became of the answer sheets; a sheet counts when it stands for any gemeente.

    A sheet that is refused is named with its reason: no letter does when its gemeente is unknown.
    And what pages look for and this survey does not ask, and the other way round.
    """
    counted = set(survey.responses["source_row"])
    refused = set(survey.rejected["source_row"])
    replaced = set(survey.superseded["source_row"]) - counted
    counts = {"clean": len(counted), "rejected": len(refused), "duplicate": len(replaced)}
    refused_rows = survey.rejected[["source_row", "reason"]].drop_duplicates()
    notes = [
        message("note_sheet_refused", file=export.file, row=number, reason=reason)
        for number, reason in refused_rows.itertuples(index=False)
    ]
    asked, codes = edition.vocabulary.reference("asked"), {vraag.code for vraag in book.vraag}
    absent = [row["code"] for row in asked if not {row["code"], row["kind"]} & {*codes, "gemeente"}]
    more = [
        vraag.code
        for vraag in book.released
        if vraag.soort not in ("likert", "open")
        if vraag.code not in [row["code"] for row in asked]
    ]
    for note, names in {"note_not_asked": absent, "note_not_shown": more}.items():
        notes += [message(note, codes=", ".join(names))] if names else []
    row = _accounted_for(edition, export.file, (), len(export.rows), counts)
    return row | {"notes": notes}


def _accounted_for(
    edition: Edition, file: str, senders: Sequence[str], rows: int, counts: dict[str, int]
) -> dict[str, Any]:
    if rows != sum(counts.values()):
        raise DataError.of("rows_lost", file=file, read=rows, accounted=sum(counts.values()))
    return {
        "path": file,
        "sha256": sha256(edition.folder / file),
        "gemeenten": list(senders),
        "read": rows,
        **counts,
    }
