"""Small editions and meldingen to count: what a test does not say is as plain as can be."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mma_analysis import measure
from mma_analysis.pipeline.intake import CleanedEdition
from mma_analysis.pipeline.released import Released
from mma_analysis.protect import Book
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import (
    DUPLICATES,
    FOLLOW_UP,
    MELDINGEN,
    OTHER_DAYS,
    REGISTRATION,
    REJECTED_TABLE,
    RESPONSES,
    Column,
)

VOCABULARY = Vocabulary()
TWENTE = VOCABULARY.district.slug
EVERY_FIELD = {field: UNKNOWN for field in ("also_sent_to", *FOLLOW_UP)}
YEAR_1, YEAR_2 = "2021-07/2022-06", "2022-07/2023-06"


def edition(
    gemeenten: dict[str, dict],
    campagnes: Sequence[dict] = (),
    begin: str = "2021-07-01",
    peildatum: str = "2023-06-30",
    **parts: object,
) -> Edition:
    """Each of these gemeenten delivered a file of its own, unless it is said otherwise."""
    evaluatie = {"titel": "Proef", "district": "Twente", "begin": begin, "peildatum": peildatum}
    named = {slug: {"levering": [f"{slug}.csv"], **of} for slug, of in gemeenten.items()}
    settings = {"evaluatie": evaluatie, "gemeenten": named, "campagnes": campagnes, **parts}
    return Edition.model_validate(settings)


def framed(since: Mapping[str, str | None], **parts: Any) -> measure.Frame:
    """What is measured when these gemeenten delivered, connected since these days."""
    gemeenten = {slug: {"aangesloten": day} for slug, day in since.items()}
    return measure.frame(edition(gemeenten, **parts))


def released(
    of: Edition,
    meldingen: pd.DataFrame,
    rejected: pd.DataFrame | None = None,
    book: Book | None = None,
) -> Released:
    """What is made of these rows, of which the refused ones have a file and no more."""
    refused = empty(REJECTED_TABLE)
    if rejected is not None:
        refused = rejected.reindex(columns=[column.name for column in REJECTED_TABLE])
    cleaned = CleanedEdition(
        meldingen=meldingen,
        rejected=refused,
        warnings=empty(REJECTED_TABLE),
        registration=empty(REGISTRATION),
        duplicates=empty(DUPLICATES),
        corrections=pd.DataFrame(),
        other_days=empty(OTHER_DAYS),
        files=_files(of),
        responses=empty(RESPONSES),
    )
    return Released(cleaned, measure.frame(of), book or Book())


def _files(of: Edition) -> list[dict[str, Any]]:
    """What the manifest says of each file: whose it is, and that there is something in it."""
    senders: dict[str, list[str]] = {}
    for slug, own in of.gemeenten.items():
        for file in own.levering:
            senders.setdefault(file, []).append(slug)
    return [{"path": file, "gemeenten": own, "read": 1} for file, own in senders.items()]


def empty(columns: Sequence[Column]) -> pd.DataFrame:
    """A table of these columns without a row."""
    return pd.DataFrame({one.name: pd.Series(dtype=one.dtype) for one in columns})


def melding(number: str, gemeente: str, received_on: object, **fields: object) -> dict[str, object]:
    """One about fraud of which nothing more was registered, but for `fields`."""
    topic = str(fields.get("topic", "fraude"))
    return {
        "melding_id": number,
        "gemeente": gemeente,
        "received_on": received_on,
        "topic": topic,
        "topic_group": VOCABULARY.group_of_topic[topic],
        **EVERY_FIELD,
        "source_file": f"{gemeente}.csv",
        "source_sheet": "",
        "source_row": 2,
        **fields,
    }


def table(*meldingen: dict[str, object]) -> pd.DataFrame:
    """Clean meldingen."""
    columns = {column.name: column.dtype for column in MELDINGEN}
    return pd.DataFrame(list(meldingen), columns=list(columns)).astype(columns)


def several(*rows: tuple[str, str, int], topic: str = "fraude") -> pd.DataFrame:
    """Gemeente, day, and how many of them, each with a number of its own."""
    return table(
        *(
            melding(f"{slug}-{day}-{topic}-{copy}", slug, day, topic=topic, source_row=copy)
            for slug, day, times in rows
            for copy in range(times)
        )
    )


def shown(meldingen: pd.DataFrame, of: measure.Frame, *hidden: str) -> pd.DataFrame:
    """Public counts as if rounding changed none; those of the breakdowns `hidden` are not told."""
    counted = measure.counted(meldingen, of)
    is_told = counted.cells["table"].ne("") & ~counted.cells["breakdown"].isin(hidden)
    return as_it_is(counted, counted.cells["count"][is_told], of)


def as_it_is(counted: measure.Counts, numbers: pd.Series, of: measure.Frame) -> pd.DataFrame:
    """Public counts of these numbers, none of them off."""
    return measure.public_counts(counted, numbers, pd.Series(0, numbers.index), of)
