"""The yearly return to MMA: each row is one of the gemeente's own table, and there is no other."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pandas as pd

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.released import Released
from mma_analysis.audit.wording import Wording
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary import UNKNOWN, Vocabulary, numbers

DONE = ("disposition", "result", "usable")
NOT_KNOWN, WITHOUT_NUMBER = "niet bekend", "zonder nummer"


def is_return(file: str) -> bool:
    """Whether this is the return of a gemeente, the one file that may hold numbers of tips."""
    return file.endswith(f"/{YEARLY_RETURN}")


def find_in_return(
    document: Document, of: Released, vocabulary: Vocabulary, wording: Wording
) -> Iterator[Finding]:
    """Find what a return says otherwise than the own table of its gemeente, or besides it."""
    own = [row for row in of.rows("own_return").values() if row["area"] == document.owner]
    expected = [_in_words(row, vocabulary) for row in own]
    told = [tuple(cell.words for cell in row) for table in document.tables for row in table.rows]
    for number, (row, words) in enumerate(zip_longest(told, expected), start=1):
        if row != words:
            yield Finding(document.file, f"row {number}", "cell")
    of_table = {words for row in expected for words in row}
    for text in document.texts:
        is_judged = " part word/" in text.place and text.is_read and text.words not in of_table
        for word in wording.faults(text.words) if is_judged else ():
            yield Finding(document.file, f"{text.place}: ‘{word}’", "bare")


def _in_words(row: dict[str, Any], vocabulary: Vocabulary) -> tuple[str, ...]:
    number = str(row["melding_id"])
    done = (vocabulary.values(name) | {UNKNOWN: NOT_KNOWN} for name in DONE)
    return (
        WITHOUT_NUMBER if number.startswith(f"{WITHOUT_NUMBER.replace(' ', '-')}-") else number,
        numbers.day(row["received_on"]),
        *(labels[row[name]] for labels, name in zip(done, DONE, strict=True)),
        "" if pd.isna(row["fed_back_on"]) else numbers.day(row["fed_back_on"]),
    )
