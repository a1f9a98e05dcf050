"""Quotes from open answers that somebody released."""

import datetime as dt

import pandas as pd
from pydantic import Field

from mma_analysis.codebook import load_file
from mma_analysis.domain import MmaError
from mma_analysis.settings import Edition, Part

COLUMNS = ("answer_id", "question", "text", "released_by", "released_on")


class Citaat(Part):
    """One quote: which answer it is from, its words, and who released it when."""

    answer_id: str = Field(min_length=1)
    tekst: str = Field(min_length=1)
    vrijgegeven_door: str = Field(min_length=1)
    datum: dt.date


class Citaten(Part):
    """All quotes that may be released."""

    citaat: tuple[Citaat, ...] = ()


def released_quotes(edition: Edition, open_answers: pd.DataFrame) -> pd.DataFrame:
    """Read the quotes that may be released: no other words of a respondent ever are.

    A quote must stand in its answer word for word; only line breaks may differ. A quote that names
    its sender by its contents is not recognised here: that is why a person releases it.

    Returns
    -------
    pd.DataFrame
        One row per quote: `answer_id` (internal: it names the gemeente), `question`, `text`,
        `released_by`, `released_on`.

    Raises
    ------
    UsageError
        When the file is not TOML or holds a wrong key; a message never shows a text.
    MmaError
        When a quote is from an answer that is not there, or is not in it word for word.
    """
    survey = edition.vragenlijst
    if survey is None or survey.citaten is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    quotes = load_file(edition.folder / survey.citaten, Citaten, Citaat, secret=True).citaat
    texts = dict(zip(open_answers["answer_id"], open_answers["text"], strict=True))
    questions = dict(zip(open_answers["answer_id"], open_answers["question"], strict=True))
    faults = [fault for quote in quotes if (fault := _fault(quote, texts))]
    if faults:
        raise MmaError("\n".join(f"{survey.citaten}: {fault}" for fault in faults))
    rows = [
        (
            quote.answer_id,
            questions[quote.answer_id],
            _one_line(quote.tekst),
            quote.vrijgegeven_door,
            quote.datum.isoformat(),
        )
        for quote in quotes
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def _fault(quote: Citaat, texts: dict[str, str]) -> str:
    if quote.answer_id not in texts:
        return (
            f"there is no answer '{quote.answer_id}' (any more), or its question is intern; "
            "take its number from the open answers, or take the quote out"
        )
    if not _one_line(quote.tekst) or _one_line(quote.tekst) not in texts[quote.answer_id]:
        return (
            f"the quote from answer '{quote.answer_id}' does not stand in it word for word; "
            "copy it from the open answers, or take it out"
        )
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
