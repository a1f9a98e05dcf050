"""Small editions and meldingen to count: what a test does not say is as plain as can be."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pandas as pd

from mma_analysis import measure
from mma_analysis.pipeline.run import Released
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN

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
    before: pd.DataFrame | None = None,
) -> Released:
    """What is made of these rows, of which the refused ones have a file and no more."""
    none = pd.DataFrame({"source_file": []}, dtype="str")
    refused = none if rejected is None else rejected
    tables = {"meldingen": meldingen, "rejected": refused, "duplicates": none}
    cleaned: Any = SimpleNamespace(**tables, registration=None)
    return Released(cleaned, measure.frame(of), pd.DataFrame() if before is None else before)


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
