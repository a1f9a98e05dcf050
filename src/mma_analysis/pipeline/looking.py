"""What the files of an edition still ask of a person, before any table is made of them."""

from dataclasses import dataclass, field

import pandas as pd

from mma_analysis import clean, codebook, read
from mma_analysis.settings import BESIDE, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.schema import Delivery


@dataclass
class Looked:
    """What could be read of each delivery, and what stops the others.

    `headers`: file → the error that has a line for each of its unknown headers. `faults`:
    what else stops, each with its place and what to do.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    headers: dict[str, read.UnknownHeaderError] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def number_of_headers(self) -> int:
        """How many headers nobody gave a meaning."""
        return sum(len(error.lines) for error in self.headers.values())

    def unknown_words(self, edition: Edition) -> pd.DataFrame:
        """Words that nobody gave a meaning: one row per file, field and word."""
        tables = [pd.DataFrame(columns=["field", "word", "rows"])]
        for delivery in self.deliveries:
            tables.append(clean.unknown_words(delivery, edition))
        return pd.concat(tables, ignore_index=True)


def look(edition: Edition) -> Looked:
    """Read every delivery as far as it can be, and ask what their rows ask together."""
    looked = Looked()
    for file in edition.deliveries():
        try:
            looked.deliveries.append(read.read_delivery(edition, file))
        except read.UnknownHeaderError as unknown:
            looked.headers[file] = unknown
        except DataError as fault:
            looked.faults.append(str(fault))

    looked.faults += not_searchable(edition)
    # Dates and doubles are asked about when all rows are there.
    is_whole = len(looked.deliveries) == len(edition.deliveries())
    if looked.deliveries and is_whole:
        try:
            clean.clean_meldingen(looked.deliveries, edition)
        except DataError as fault:
            looked.faults.append(str(fault))
    return looked


def not_searchable(edition: Edition) -> list[str]:
    """Which other tables in the folder cannot be opened, and why: the audit would stop.

    Nobody could look whether something of them stands in a report.
    """
    survey = edition.vragenlijst
    read_already = set(edition.deliveries())
    if survey:
        read_already.add(survey.bestand)

    faults: list[str] = []
    for file, path in files_below(edition.folder).items():
        first, _, _ = file.partition("/")
        is_beside = first in ("reference", *BESIDE)
        is_table = path.suffix.lower() in read.TABLES and path.is_file()
        if file in read_already or is_beside or not is_table:
            continue
        try:
            read.open_grids(path, file, may_be_empty=True)
        except DataError as fault:
            faults.append(message("cannot_search", file=file, fault=fault))
    return faults


def look_at_survey(edition: Edition) -> list[str]:
    """Why the survey of an edition cannot be read; nothing when it can, or is not there."""
    survey = edition.vragenlijst
    if survey is None:
        return []
    try:
        path = edition.folder / survey.bestand
        read.read_export(edition.vocabulary, path, survey.bestand)
        codebook.load(edition)
    except DataError as fault:
        return [str(fault)]
    return []
