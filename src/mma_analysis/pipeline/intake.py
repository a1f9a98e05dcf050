"""Deliveries and survey → clean tables, with every row accounted for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from mma_analysis import clean, codebook, measure, read
from mma_analysis.days import WEEK
from mma_analysis.settings import Edition
from mma_analysis.storage import sha256
from mma_analysis.vocabulary import DataError, message, rows_of
from mma_analysis.vocabulary.errors import MmaError
from mma_analysis.vocabulary.schema import CODINGS, DATES, RESPONSES, Delivery, SurveyExport


@dataclass(frozen=True)
class Cleaned(clean.CleanMeldingen):
    """The clean tables of an edition, what each file gave, and what is known of its survey.

    `coded` is what tables of open answers are made from, and `themes` has one row per gemeente and
    theme, with what people decided. No text of an answer is written but what was released.
    """

    files: list[dict[str, Any]]
    responses: pd.DataFrame
    book: codebook.Codebook | None = None
    coded: dict[str, Any] = field(default_factory=dict)
    themes: pd.DataFrame | None = None

    def uncounted(self, edition: Edition) -> set[str]:
        """The gemeenten of which rows came in, and none could be counted for a fault in them."""
        effect = edition.vocabulary.by_code("reasons", "effect")
        uncounted = set()
        for slug in edition.gemeenten.keys() - {*self.meldingen["gemeente"]}:
            refused = self.rejected_of(slug, edition)
            is_sent = refused["source_file"].isin(edition.gemeente(slug).levering)
            if refused.loc[is_sent, "reason_code"].map(effect).ne("outside").any():
                uncounted.add(slug)
        return uncounted

    def rejected_of(self, slug: str, edition: Edition) -> pd.DataFrame:
        """What a gemeente can repair: its own rows, and those of its files that name none."""
        rejected = self.rejected
        is_in_its_file = rejected["source_file"].isin(edition.gemeente(slug).levering)
        is_nobodys = rejected["gemeente"].isin(["", None])
        return rejected[(is_nobodys & is_in_its_file) | (rejected["gemeente"] == slug)]


def read_and_clean(edition: Edition) -> Cleaned:
    """Read every delivery and the survey, and clean them; raises when a row is lost."""
    deliveries, export = _read_all(edition)
    tips = clean.clean_meldingen(deliveries, edition)
    files = [_file_row(edition, delivery, tips) for delivery in deliveries]
    for file, newer in edition.replaced().items():  # delivered but not read
        senders = [slug for slug, one in edition.gemeenten.items() if file in one.levering]
        files.append(_accounted_for(edition, file, senders, 0, (0, 0, 0)) | {"replaced_by": newer})
    book = codebook.load(edition)
    if book is None or export is None:
        nothing = {column.name: pd.Series(dtype=column.dtype) for column in RESPONSES}
        return Cleaned(**vars(tips), files=files, responses=pd.DataFrame(nothing))
    sheets = clean.clean_responses(export, book, edition)
    files.append(_survey_row(edition, export, sheets, book))
    survey = {"book": book, **_open_answers(edition, book, sheets.open_answers)}
    decisions = survey["coded"].get("coding", pd.DataFrame({"decision": []}))["decision"]
    if divided := int(decisions.eq(codebook.DIVIDED).sum()):
        files[-1]["notes"].append(message("note_divided", number=divided))
    rejected = pd.concat([tips.rejected, sheets.rejected, sheets.unreadable], ignore_index=True)
    duplicates = pd.concat([tips.duplicates, sheets.superseded], ignore_index=True)
    tables = vars(tips) | {"rejected": rejected, "duplicates": duplicates}
    return Cleaned(**tables, files=files, responses=sheets.responses, **survey)


def _read_all(edition: Edition) -> tuple[list[Delivery], SurveyExport | None]:
    """Every delivery and the survey, or one error that names all files that cannot be read."""
    contents, faults, asked = list[Any](), list[str](), edition.vragenlijst
    readers: list[Callable[[], Any]]
    readers = [partial(read.read_delivery, edition, file) for file in edition.deliveries()]
    if asked:
        path = edition.folder / asked.bestand
        readers.append(partial(read.read_export, edition.vocabulary, path, asked.bestand))
    for reader in readers:
        try:
            contents.append(reader())
        except MmaError as fault:
            faults.append(str(fault))
    if faults:
        count = message("one_file" if len(faults) == 1 else "several_files", number=len(faults))
        raise DataError.of("unreadable_files", count=count, faults="\n".join(faults))
    export = contents.pop() if asked else None
    return contents, export


def _open_answers(
    edition: Edition, book: codebook.Codebook, answers: pd.DataFrame
) -> dict[str, Any]:
    """`coded` and `themes`: what people decided of open answers, and the quotes they released."""
    may_be_released = answers["question"].isin([vraag.code for vraag in book.released])
    quotes = clean.released_quotes(edition, answers[may_be_released]).drop(columns="answer_id")
    frame = codebook.load_themes(edition, book)
    if frame is None:
        return {"coded": {"quotes": quotes}}
    file = edition.vragenlijst.coderingen if edition.vragenlijst else None
    nothing = pd.DataFrame(columns=list(CODINGS))
    codings = read.read_codings(edition.folder / file, file) if file else nothing
    ratings = clean.ratings_of(codings, answers, frame)
    coding = clean.code_answers(answers, frame, ratings)
    coded = {"quotes": quotes, "open_answers": answers, "coding": coding, "themes": frame}
    return {
        "coded": coded | {"ratings": ratings},
        "themes": measure.themes_per_gemeente(answers, coding),
    }


def _file_row(edition: Edition, delivery: Delivery, tips: clean.CleanMeldingen) -> dict[str, Any]:
    """What became of the rows of one delivery; raises when rows were lost."""
    counts = [
        int((table["source_file"] == delivery.file).sum())
        for table in (tips.meldingen, tips.rejected, tips.duplicates)
    ]
    row = _accounted_for(edition, delivery.file, delivery.senders, len(delivery.rows), counts)
    notes = [
        message("note_weeks", file=delivery.file, column=delivery.headers[field])
        for field in DATES
        if field in delivery.headers
        and WEEK in {edition.gemeente(slug).date_order(field) for slug in delivery.senders}
    ]
    notes += delivery.unread
    words = clean.unknown_words(delivery, edition)
    for name, rows in words.groupby("field", sort=False)["rows"].sum().items():
        where = {"file": delivery.file, "column": delivery.headers[str(name)]}
        note = "note_names" if name == "gemeente" else "note_words"
        notes.append(message(note, **where, rows=rows_of(rows), edition=edition.slug))
    if len(delivery.senders) == 1 and "gemeente" in delivery.rows:
        sender = edition.vocabulary.area(delivery.senders[0])
        is_other = clean.names_another(edition.vocabulary, delivery.rows["gemeente"], sender.slug)
        counted = tips.meldingen.loc[tips.meldingen["source_file"] == delivery.file, "source_row"]
        if number := int((is_other & delivery.rows["source_row"].isin(counted)).sum()):
            where = {"file": delivery.file, "column": delivery.headers["gemeente"]}
            notes.append(message("note_others", **where, rows=rows_of(number), name=sender.name))
    refused = tips.rejected.loc[tips.rejected["source_file"] == delivery.file, "reason"]
    doubts = tips.warnings.query("source_file == @delivery.file and reason_code != 'niet_begrepen'")
    row |= {"columns": delivery.headers, "reasons": refused.value_counts().sort_index().to_dict()}
    row |= {"doubts": doubts["reason"].value_counts().sort_index().to_dict()}
    return row | ({"notes": notes} if notes else {})


def _survey_row(
    edition: Edition, export: SurveyExport, survey: clean.CleanResponses, book: codebook.Codebook
) -> dict[str, Any]:
    """What became of the answer sheets, and what pages look for and this survey does not ask."""
    # A sheet counts when it stands for any gemeente. Who sent one that is refused gets no letter.
    counted, refused = set(survey.responses["source_row"]), set(survey.rejected["source_row"])
    counts = len(counted), len(refused), len(set(survey.superseded["source_row"]) - counted)
    row = _accounted_for(edition, export.file, (), len(export.rows), counts)
    refused_rows = survey.rejected[["source_row", "reason"]].drop_duplicates()
    notes = [
        message("note_sheet_refused", file=export.file, row=number, reason=reason)
        for number, reason in refused_rows.itertuples(index=False)
    ]
    for reason, number in survey.unreadable["reason"].value_counts().sort_index().items():
        notes.append(message("note_answers", file=export.file, number=number, reason=reason))
    looked_for = edition.vocabulary.by_code("asked", "kind")
    known = {vraag.code for vraag in book.vraag} | {"gemeente"}
    absent = [code for code, kind in looked_for.items() if not {code, kind} & known]
    shown = [v.code for v in book.released if v.soort not in ("likert", "open")]
    more = [code for code in shown if code not in looked_for]
    for note, names in {"note_not_asked": absent, "note_not_shown": more}.items():
        notes += [message(note, codes=", ".join(names))] if names else []
    return row | {"notes": notes}


def _accounted_for(
    edition: Edition, file: str, senders: Sequence[str], read: int, counts: Sequence[int]
) -> dict[str, Any]:
    """What the manifest says of every file; `counts`: the rows that are clean, refused, double."""
    if read != sum(counts):
        raise DataError.of("rows_lost", file=file, read=read, accounted=sum(counts))
    row = {"path": file, "sha256": sha256(edition.folder / file), "gemeenten": list(senders)}
    return row | dict(zip(("read", "clean", "rejected", "duplicate"), (read, *counts), strict=True))
