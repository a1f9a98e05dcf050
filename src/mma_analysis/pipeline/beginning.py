"""What an analyst needs before a run: headers to name, a code book, answers to code."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mma_analysis import clean, codebook, codebook_draft, coding, read
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, UsageError, Vocabulary


def suggestions(edition: Edition) -> str:
    """The lines to paste in the settings for every header that is not recognised.

    A file that cannot be read is told in a comment: the other files are not held up by it.
    """
    blocks: list[str] = []
    for file in edition.deliveries():
        try:
            blocks.append(read.suggest(edition, file))
        except DataError as fault:
            blocks.append("".join(f"# {line}\n" for line in str(fault).splitlines()))
    return "\n".join(filter(None, blocks))


def words_to_name(edition: Edition) -> str:
    """The lines to paste in the settings for every word that is not known, of a topic or a status.

    A file that cannot be read has none: `suggestions` says what is wrong with it.
    """
    blocks: list[str] = []
    for file in edition.deliveries():
        try:
            delivery = read.read_delivery(edition, file)
        except DataError:
            continue
        slug = delivery.senders[0]
        for field, rows in clean.unknown_words(delivery, edition).groupby("field", sort=False):
            block = f"[gemeenten.{slug}.waarden.{field}]"
            # A block that stands in a TOML file twice is an error.
            there = field in edition.gemeente(slug).waarden
            first = f"# {file}: below the {block} that is there" if there else f"{block}  # {file}"
            codes = ", ".join(edition.vocabulary.codes_of(str(field)))
            blocks.append(f"{first}\n{_lines_of_words(rows)}# It can be: {codes}\n")
    return "\n".join(blocks)


def _lines_of_words(rows: pd.DataFrame) -> str:
    """A line for each word; the code is a proposal, and `onbekend` when no word looks like it."""
    lines = [
        f'{json.dumps(row.word, ensure_ascii=False)} = "{row.nearest or UNKNOWN}"  # {row.rows}×'
        for row in rows.itertuples()
    ]
    return "".join(f"{line}\n" for line in lines)


def first_codebook(export: Path, previous: Edition | None = None) -> str:
    """A code book that fits the export of a survey, for a person to correct.

    What was asked in a previous edition, word for word, comes from its code book.
    """
    if not export.is_file():
        raise UsageError(f"{export}: there is no such file; give the export of the survey")
    earlier = codebook.load(previous) if previous else None
    vocabulary = previous.vocabulary if previous else Vocabulary()
    return codebook_draft.draft(
        vocabulary, read.read_export(vocabulary, export, export.name), earlier
    )


def start_coding(edition: Edition, coders: Sequence[str]) -> Path:
    """Write the workbook in which the open answers of an edition are coded, beside its survey.

    That is the only place where the words of a respondent are written: they are there already. A
    workbook in which somebody chose a theme is never overwritten.
    """
    settings = edition.folder / SETTINGS_FILE
    survey, book = edition.vragenlijst, codebook.load(edition)
    if survey is None or book is None:
        raise UsageError(f"{settings}: there is no [vragenlijst], so there is nothing to code")
    frame = codebook.load_themes(edition, book)
    if frame is None:
        raise UsageError(
            f"{settings}: [vragenlijst] names no themas; write a code frame and name it: "
            'themas = "vragenlijst/themas.toml"'
        )
    file = survey.coderingen or f"{Path(survey.bestand).parent.as_posix()}/{codebook.CODING_FILE}"
    path = edition.folder / file
    if path.is_file() and len(read.read_codings(path, file)):
        raise UsageError(f"{path} is filled in; nothing was changed: rename it to begin anew")
    answers = clean.clean_responses(read.read_survey(edition), book, edition).open_answers
    coding.write_private(path, coding.coding_workbook(answers, book, frame, coders))
    return path
