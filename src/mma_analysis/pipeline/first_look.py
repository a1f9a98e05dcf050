"""What the files of an edition still ask of a person, before any table is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from mma_analysis import clean, read
from mma_analysis.settings import BESIDE_SETTINGS, Edition, codebook
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.schema import Delivery

RECEIVED_ON = "received_on"
FREE_TEXT = "free_text"
RESULT_FIELD = "result"


@dataclass
class Looked:
    """What could be read of each delivery, and what stops the others.

    `headers`: file → the error that says of each unknown header what it may be. `behind`:
    what is known of such a file beside these. `faults`: what else stops, each with its
    place and what to do. `years`: of which days nobody said the year; those rows do not
    count, and stop nothing.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    behind: list[Delivery] = field(default_factory=list)
    headers: dict[str, read.UnknownHeaderError] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)

    @property
    def number_of_headers(self) -> int:
        """How many headers nobody gave a meaning."""
        return sum(len(error.headers) for error in self.headers.values())

    @property
    def readable(self) -> list[Delivery]:
        """What is known of each file, also of one of which a header is asked."""
        return [*self.deliveries, *self.behind]

    def answers_to_nothing(self, edition: Edition) -> list[str]:
        """Who says what withdrawn rows are, while none of her files has any.

        A line that was pasted below all blocks is of the last gemeente.
        """
        sent = {delivery.file: delivery.has_withdrawn for delivery in self.readable}
        said: list[str] = []
        for slug, own in edition.gemeenten.items():
            has_withdrawn = [sent.get(file, True) for file in own.read]
            if own.vervallen_telt is None or any(has_withdrawn):
                continue
            sentence = message("answers_nothing", slug=slug, key="vervallen_telt")
            said.append(sentence)
        return said

    def unknown_words(self, edition: Edition) -> pd.DataFrame:
        """Words that nobody gave a meaning: one row per file, field and word."""
        tables = [pd.DataFrame(columns=["field", "word", "rows"])]
        for delivery in self.readable:
            tables.append(clean.unknown_words(delivery, edition))
        return pd.concat(tables, ignore_index=True)


def look(edition: Edition) -> Looked:
    """Read every delivery as far as it can be, and ask what their rows ask together.

    What hides behind a header that nobody knows is asked too, as far as it can be known.
    """
    looked = Looked()
    for file in edition.deliveries():
        try:
            looked.deliveries.append(read.read_delivery(edition, file))
        except read.UnknownHeaderError as unknown:
            looked.headers[file] = unknown
            _look_behind(looked, edition, file)
        except DataError as fault:
            looked.faults.append(str(fault))

    looked.faults += not_searchable(edition)
    _look_at_rows(looked, edition)
    return looked


def _look_at_rows(looked: Looked, edition: Edition) -> None:
    """Ask which day each file means, and then of doubles in all of which that is known."""
    dated: list[Delivery] = []
    for delivery in looked.readable:
        try:
            clean.refuse_unclear_days([delivery], edition)
        except DataError as fault:
            looked.faults.append(str(fault))
        else:
            dated.append(delivery)

    # Of these a header is asked first.
    half_known = [delivery.file for delivery in looked.behind]
    known = [delivery for delivery in dated if delivery.file not in half_known]
    try:
        clean.clean_meldingen(known, edition)
        for delivery in known:
            looked.years += clean.years_asked(delivery, edition)
    except DataError as fault:
        looked.faults.append(str(fault))


def _look_behind(looked: Looked, edition: Edition, file: str) -> None:
    """Read a file as if its unknown headers stand above texts in own words.

    When none of its columns is known to be the day of receipt, one with days is taken for
    it, and nothing is asked of those days.
    """
    asked = looked.headers[file].headers
    guesses: dict[str, str] = {}
    for header, unknown in asked.items():
        guesses[header] = unknown.fields[0] if unknown.is_proved else FREE_TEXT
    may_be_day = [header for header, one in asked.items() if RECEIVED_ON in one.fields]
    is_guess = may_be_day != [] and RECEIVED_ON not in guesses.values()
    if is_guess:
        guesses[may_be_day[0]] = RECEIVED_ON

    opposite = [header for header, one in asked.items() if one.may_say_the_opposite]
    if opposite:
        as_result = guesses | {opposite[0]: RESULT_FIELD}
        _supposed(looked, edition, file, as_result)
    delivery = _supposed(looked, edition, file, guesses)
    if delivery is None:
        return
    if is_guess:
        headers = {
            name: text for name, text in delivery.headers.items() if name != RECEIVED_ON
        }
        delivery = replace(delivery, headers=headers)
    looked.behind.append(delivery)


def _supposed(
    looked: Looked,
    edition: Edition,
    file: str,
    guesses: Mapping[str, str],
) -> Delivery | None:
    """A file as it would be read with these fields; what stops that is asked too."""
    try:
        return read.read_delivery(_supposing(edition, file, guesses), file)
    except read.UnknownHeaderError:
        return None  # a header of another sheet, which is asked already
    except DataError as fault:
        if str(fault) not in looked.faults:
            looked.faults.append(str(fault))
        return None


def _supposing(edition: Edition, file: str, fields: Mapping[str, str]) -> Edition:
    """The edition as it would be when these headers of a file were these fields."""
    sender = edition.deliveries()[file][0]
    own = edition.gemeente(sender)
    columns = {**own.kolommen, **fields}
    supposed = own.model_copy(update={"kolommen": columns})
    gemeenten = edition.gemeenten | {sender: supposed}
    return edition.model_copy(update={"gemeenten": gemeenten})


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
        is_beside = first in ("reference", *BESIDE_SETTINGS)
        is_table = path.suffix.lower() in read.READABLE_ENDINGS and path.is_file()
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
