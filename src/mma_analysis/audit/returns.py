"""The yearly return to MMA: the one file with numbers of tips, each that of the own table."""

from typing import Any

import pandas as pd

from mma_analysis.audit.document import Document, Text
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.released import Released
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary import UNKNOWN, Vocabulary, numbers

DONE = ("disposition", "result", "usable")
NOT_KNOWN, WITHOUT_NUMBER = "niet bekend", "zonder nummer"
BODY = "deel word/document.xml, "


def is_return(document: Document) -> bool:
    """Whether this is the return of a gemeente."""
    return bool(document.owner) and document.file.endswith(f"/{YEARLY_RETURN}")


def take_rows(document: Document, of: Released, vocabulary: Vocabulary) -> list[Finding]:
    """Take the rows out of what is judged and searched, when they are those of the own table.

    All of them, in its order and in our words; what else stands there is judged like any text.
    """
    own = [row for row in of.rows("own_return").values() if row["area"] == document.owner]
    expected = [words for row in own for words in _in_words(row, vocabulary) if words]
    body: list[Text] = [text for text in document.texts if text.place.startswith(BODY)]
    said = [text.words for text in body]
    start = said.index(expected[0]) if expected and expected[0] in said else 0
    if said[start : start + len(expected)] != expected:
        return [Finding(document.file, "de tabel", "cell")]
    rows = {text.place for text in body[start : start + len(expected)]}
    document.texts = [text for text in document.texts if text.place not in rows]
    return []


def _in_words(row: dict[str, Any], vocabulary: Vocabulary) -> tuple[str, ...]:
    number = str(row["melding_id"])
    done = (vocabulary.values(name) | {UNKNOWN: NOT_KNOWN} for name in DONE)
    return (
        WITHOUT_NUMBER if number.startswith(f"{WITHOUT_NUMBER.replace(' ', '-')}-") else number,
        numbers.day(row["received_on"]),
        *(labels[row[name]] for labels, name in zip(done, DONE, strict=True)),
        "" if pd.isna(row["fed_back_on"]) else numbers.day(row["fed_back_on"]),
    )
