"""Clean a registration, or read a survey, in memory: of an edition, or any loose file.

What is wrong is said in English here: who calls this writes Python.
"""

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import clean as cleaning
from mma_analysis import read
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.explore.survey import SurveyAnswers, survey_answers
from mma_analysis.pipeline.questions import marked
from mma_analysis.settings import Edition, Place, Workspace, read_toml
from mma_analysis.settings.codebook import Codebook, columns_of_questions
from mma_analysis.settings.edition import DateOrder, Gemeente
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.errors import MmaError
from mma_analysis.vocabulary.schema import (
    RAW_MELDINGEN,
    SURVEY_COLUMNS,
    Delivery,
    SurveyExport,
)

FIRST_DAY = dt.date(2002, 1, 1)  # M. has existed since; with it no period is left out
MOST_FILES_NAMED = 10  # files of a folder, the most alike first
FRAME = "frame"  # how the rows of a DataFrame say where they came from
# What settings of a gemeente say of its words also holds for another file of hers.
OF_EVERY_FILE = {
    "aangesloten",
    "aangesloten_bron",
    "datumformaat",
    "kolommen",
    "waarden",
    "zelfde_nummer",
    "vervallen_telt",
}


# --- a registration -----------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Cleaned:
    """One registration after cleaning: each row is in one of the first three tables.

    - `meldingen`: one row per melding that counts, in our words
    - `rejected`: one row per row that cannot count, with the reason
    - `duplicates`: one row per row of a melding that is there already, and of which
    - `warnings`: one row per melding and cell of it that could not be used
    - `headers`: our field → the header that it was read from

    The tables are about single meldingen: `mma.save` refuses them.
    """

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    warnings: pd.DataFrame
    headers: dict[str, str]

    def __repr__(self) -> str:
        return (
            f"{len(self.meldingen)} meldingen, {len(self.rejected)} rejected, "
            f"{len(self.duplicates)} duplicates, {len(self.warnings)} warnings"
        )


def clean(
    source: str | Path | pd.DataFrame,
    gemeente: str,
    edition: OpenEdition | str | None = None,
    *,
    begin: dt.date | None = None,
    peildatum: dt.date | None = None,
    columns: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    dates: DateOrder | None = None,
) -> Cleaned:
    """Clean what one gemeente registered: a file in any known shape, or a DataFrame.

    `edition`: whose period and words hold; a file that it names is cleaned as it was there.
    Without one the words are those of the program, and every day from 2002 to today counts.
    `begin` and `peildatum`, the first and the last day, go before both. `columns` says what
    a header is (`{"Binnen": "received_on"}`), `words` what a word means
    (`{"topic": {"wiet": "drugsdelicten"}}`), `dates` in which order days are written.

    >>> import pandas as pd
    >>> received = ["19-04-2022", "soon"]
    >>> rows = pd.DataFrame({"Datum ontvangst": received, "Onderwerp": "drugs"})
    >>> clean(rows, "borne")
    1 meldingen, 1 rejected, 0 duplicates, 0 warnings
    """
    asked = Asked(
        gemeente=gemeente,
        begin=begin,
        peildatum=peildatum,
        columns=dict(columns or {}),
        words=dict(words or {}),
        dates=dates,
    )
    settings = None if edition is None else _settings_of(edition)
    if isinstance(source, pd.DataFrame):
        return _clean_frame(source, asked, settings)
    if isinstance(source, str | Path):
        return _clean_file(_existing(source), asked, settings)
    raise UsageError.of("py_no_source", kind=type(source).__name__)


def _clean_frame(frame: pd.DataFrame, asked: "Asked", settings: Edition | None) -> Cleaned:
    """Clean the rows of a table that a program made."""
    loose = asked.settings(FRAME, Path(), settings)
    sheet = read.grid_of(frame, FRAME)
    opened = partial(read.delivery_in, loose, FRAME, [sheet])
    return _cleaned(FRAME, loose, opened)


def _clean_file(path: Path, asked: "Asked", settings: Edition | None) -> Cleaned:
    """Clean a file: as the edition that names it does, else with what is asked."""
    own = _own_file(path, asked, settings)
    if settings is not None and own:
        opened = partial(read.read_delivery, settings, own)
        return _cleaned(own, settings, opened)
    loose = asked.settings(path.name, path.parent, settings)
    opened = partial(read.read_delivery, loose, path.name)
    return _cleaned(path.name, loose, opened)


@dataclass(frozen=True)
class Asked:
    """What a caller says of a registration, in place of `evaluatie.toml`."""

    gemeente: str
    begin: dt.date | None
    peildatum: dt.date | None
    columns: dict[str, str]
    words: dict[str, Mapping[str, str]]
    dates: DateOrder | None

    def settings(self, file: str, folder: Path, edition: Edition | None) -> Edition:
        """Settings of this one file, with what an edition says besides."""
        vocabulary = Vocabulary() if edition is None else edition.vocabulary
        slug = _slug_of(self.gemeente, vocabulary)
        _check_fields(self.columns)
        evaluation: dict[str, Any] = {
            "titel": file,
            "district": vocabulary.district.name,
            "begin": FIRST_DAY,
            "peildatum": dt.date.today(),
        }
        known = Gemeente()
        words_of_all: dict[str, dict[str, str]] = {}
        if edition is not None:
            evaluation |= edition.evaluatie.model_dump(exclude={"erratum"})
            known = edition.gemeente(slug)
            words_of_all = edition.waarden

        evaluation["begin"] = self.begin or evaluation["begin"]
        evaluation["peildatum"] = self.peildatum or evaluation["peildatum"]
        own = known.model_dump(include=OF_EVERY_FILE)
        own["levering"] = [file]
        own["kolommen"] |= self.columns
        for name, meanings in self.words.items():
            own["waarden"][name] = own["waarden"].get(name, {}) | dict(meanings)
        if self.dates:
            own["datumformaat"] = self.dates

        # The file need not be there: a frame is none.
        place = Place(folder, vocabulary, removed=True)
        said = {"evaluatie": evaluation, "gemeenten": {slug: own}, "waarden": words_of_all}
        return Edition.model_validate(said, context=place)

    @property
    def is_bare(self) -> bool:
        """Whether nothing is said but the gemeente."""
        said = (self.begin, self.peildatum, self.columns, self.words, self.dates)
        return not any(said)


def _cleaned(file: str, settings: Edition, opened: "partial[Delivery]") -> Cleaned:
    """Read and clean one delivery; what is wrong with it in English."""
    try:
        delivery = opened()
        found = cleaning.clean_meldingen([delivery], settings)
    except read.NoDayError as fault:
        headers = ", ".join(fault.headers)
        raise DataError.of("py_no_date", file=file, headers=headers) from fault
    except read.UnknownHeaderError as fault:
        raise _unknown(file, fault) from fault
    except MmaError as fault:
        fields = ", ".join(RAW_MELDINGEN)
        raise DataError.of("py_refused", file=file, fields=fields, fault=fault) from fault
    return Cleaned(
        meldingen=marked(found.meldingen),
        rejected=marked(found.rejected),
        duplicates=marked(found.duplicates),
        warnings=marked(found.warnings),
        headers=dict(delivery.headers),
    )


def _unknown(file: str, fault: read.UnknownHeaderError) -> DataError:
    """That headers are not known, and what each may be."""
    lines = []
    for header, unknown in fault.headers.items():
        fields = ", ".join(unknown.fields)
        lines.append(message("py_header_line", header=header, fields=fields))
    first = next(iter(fault.headers.values()))
    return DataError.of(
        "py_headers",
        file=file,
        lines="\n".join(lines),
        first=first.header,
        field=first.fields[0],
        fields=", ".join(RAW_MELDINGEN),
    )


def _settings_of(edition: OpenEdition | str) -> Edition:
    """The settings of an edition that is open, or of the one with this name."""
    if isinstance(edition, str):
        return Workspace.here().edition(edition)
    return edition.settings


def _slug_of(gemeente: str, vocabulary: Vocabulary) -> str:
    """The slug of a gemeente, by any of its names."""
    slugs = [area.slug for area in vocabulary.gemeenten]
    slug = vocabulary.gemeente_of(str(gemeente))
    if slug not in slugs:
        raise UsageError.of("py_no_gemeente", name=gemeente, known=", ".join(slugs))
    return slug


def _check_fields(columns: Mapping[str, str]) -> None:
    known = (*RAW_MELDINGEN, "free_text", "ignored")
    for name in columns.values():
        if name not in known:
            raise UsageError.of("py_no_field", field=name, fields=", ".join(known))


def _own_file(path: Path, asked: Asked, settings: Edition | None) -> str:
    """What an edition calls this file; empty when it does not name it for this gemeente.

    What a caller says besides makes it another one.
    """
    if settings is None or not asked.is_bare:
        return ""
    slug = _slug_of(asked.gemeente, settings.vocabulary)
    for file, senders in settings.deliveries().items():
        is_here = (settings.folder / file).resolve() == path.resolve()
        if is_here and slug in senders:
            return file
    return ""


def _existing(given: str | Path) -> Path:
    """The file at this path; the error says what there is."""
    path = Path(given)
    if path.is_file():
        return path
    folder = path.resolve().parent
    if not folder.is_dir():
        raise UsageError.of("py_no_folder", path=path, folder=folder)
    names = sorted(one.name for one in folder.glob("[!.]*") if one.is_file())
    near = difflib.get_close_matches(path.name, names, n=MOST_FILES_NAMED, cutoff=0)
    there = ", ".join(near) or message("py_none")
    raise UsageError.of("py_no_file", path=path, folder=folder, there=there)


# --- a survey -----------------------------------------------------------------------------


def read_survey(
    path: str | Path,
    codebook: str | Path,
    edition: OpenEdition | str | None = None,
) -> SurveyAnswers:
    """Read the export of a survey tool, by its code book (`codeboek.toml`).

    `edition`: who answered together, and other names of gemeenten; without one each answer
    is of one gemeente of the district that comes with the program.
    """
    export_file = _existing(path)
    book_file = _existing(codebook)
    settings = None if edition is None else _settings_of(edition)
    if settings is None:
        settings = _no_settings(export_file)
    try:
        book = read_toml(book_file, Codebook)
    except MmaError as fault:
        raise UsageError.of("py_no_codebook", path=book_file.name, fault=fault) from fault

    vocabulary = settings.vocabulary
    try:
        export = read.read_export(vocabulary, export_file, export_file.name)
    except DataError as fault:
        tools = ", ".join(row["tool"] for row in vocabulary.reference("survey_tools"))
        raise DataError.of(
            "py_no_survey", file=export_file.name, tools=tools, fault=fault
        ) from fault
    try:
        found = cleaning.clean_responses(export, book, settings)
    except DataError as fault:
        raise _other_survey(export, book, book_file.name, vocabulary) from fault
    return replace(
        survey_answers(found.responses, book),
        rejected=found.rejected,
        duplicates=found.superseded,
        unreadable=found.unreadable,
    )


def _no_settings(path: Path) -> Edition:
    """Settings of no edition: nobody answered together."""
    vocabulary = Vocabulary()
    first = vocabulary.gemeenten[0].slug
    asked = Asked(first, None, None, {}, {}, None)
    return asked.settings(path.name, path.parent, None)


def _other_survey(
    export: SurveyExport,
    book: Codebook,
    file: str,
    vocabulary: Vocabulary,
) -> DataError:
    """How much of a code book an export has, and which headers are left."""
    headers = [str(name) for name in export.rows if name not in SURVEY_COLUMNS]
    found = columns_of_questions(vocabulary, book, headers)
    claimed = {header for parts in found.values() for header in parts}
    missing = [question.tekst for question in book.vraag if not found[question.code]]
    unasked = [header for header in headers if header not in claimed]
    return DataError.of(
        "py_codebook",
        file=export.file,
        codebook=file,
        questions=len(book.vraag),
        found=len(book.vraag) - len(missing),
        missing="; ".join(missing) or message("py_none"),
        unasked="; ".join(unasked) or message("py_none"),
    )
