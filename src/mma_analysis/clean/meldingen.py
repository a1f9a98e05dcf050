"""Registrations as read → `meldingen` in our schema, with what was refused and what was double."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from mma_analysis.clean import numbers, words
from mma_analysis.clean.corrections import correct, load
from mma_analysis.clean.dates import delivery_dates
from mma_analysis.clean.numbers import find_duplicates, refuse_overlap
from mma_analysis.clean.places import canonical_places, receivers
from mma_analysis.clean.reasons import reasons, registration
from mma_analysis.clean.words import WORD_FIELDS, as_table, blank, map_cells
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, Vocabulary, plain, schema, word
from mma_analysis.vocabulary.schema import REDUCED, SOURCE, UNREADABLE, Delivery

SOURCE_COLUMNS = list(SOURCE)
WARN = "warn"  # the effect of a reason for which a row still counts
NO_ROWS = pd.DataFrame({"source_file": "", "source_sheet": "", "source_row": 0}, index=[])
NOTHING = Delivery("", (), {}, NO_ROWS)


@dataclass(frozen=True)
class CleanMeldingen:
    """What became of every delivered row: counted, refused with a reason, or double.

    `warnings` has one row per counted row and thing that is wrong with it (`schema.REJECTED`: where
    and what, as for a refused row), `registration` one per gemeente and field with why it is not
    known, `corrections` one per correction that was applied before anything was cleaned.
    """

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    warnings: pd.DataFrame
    registration: pd.DataFrame
    corrections: pd.DataFrame


def clean_meldingen(deliveries: Sequence[Delivery], edition: Edition) -> CleanMeldingen:
    """Put every delivered row in `meldingen`, `rejected` or `duplicates`: never in two, or none.

    The faults of `correcties.toml` are repaired first. `reasons.csv` says which fault refuses a
    row; any other cell that cannot be read becomes missing or `onbekend`. A refused row is never a
    duplicate. Tables are sorted by file, sheet and row.

    A DataError, which names all of one kind, when dates can be read in two ways, two files of a
    gemeente have meldingen in common, or a correction does not fit; a UsageError for a wrong
    meaning.
    """
    repaired, removed, applied = correct(deliveries, load(edition))
    raw, decided = _decide_each(repaired, edition)
    places = pd.MultiIndex.from_frame(raw[SOURCE_COLUMNS])
    shifted = [(one.file, "", row) for one in deliveries for row in one.shifted]
    for name, those in (("removed", removed), ("shifted", shifted)):
        decided[name] = pd.Series(places.isin(those), index=raw.index, dtype="bool")
    codes = raw.assign(**{field: decided[field] for field in WORD_FIELDS})
    by_file = {delivery.file: delivery for delivery in deliveries}
    faults = reasons(codes, decided, by_file, edition)
    rows = _rows(edition.vocabulary, raw, decided)
    doubts, why_not = faults[faults["effect"] == WARN], faults[faults["effect"] != WARN]
    refused = raw.index.isin(why_not.index)
    accepted = rows.loc[~refused, [*SOURCE, "gemeente", "number", "filled"]]
    refuse_overlap(accepted, edition)
    duplicates = find_duplicates(accepted)
    counted = rows[~refused & ~rows.index.isin(duplicates.index)]
    return CleanMeldingen(
        meldingen=as_table(counted, schema.MELDINGEN),
        rejected=as_table(why_not.drop_duplicates(SOURCE_COLUMNS), schema.REJECTED),
        duplicates=as_table(duplicates, schema.DUPLICATES),
        warnings=as_table(doubts[doubts.index.isin(counted.index)], schema.REJECTED),
        registration=registration(edition.vocabulary, by_file, raw, codes, counted),
        corrections=applied,
    )


def _decide_each(
    deliveries: Sequence[Delivery], edition: Edition
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All rows as delivered, and what their files decide; every file that is at fault is named."""
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    wrong: list[str] = []
    for delivery in sorted(deliveries or [NOTHING], key=lambda one: one.file):
        try:
            parts.append(_decide(delivery, edition))
        except DataError as fault:
            wrong.append(str(fault))
    if wrong:
        raise DataError("\n".join(wrong))
    raw, decided = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    order = raw[SOURCE_COLUMNS].sort_values(SOURCE_COLUMNS, kind="stable").index
    return raw.take(order).reset_index(drop=True), decided.take(order).reset_index(drop=True)


def _decide(delivery: Delivery, edition: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of one delivery in all our fields, and what its settings and other rows decide."""
    rows = delivery.rows
    nothing = pd.Series("", index=rows.index, dtype="str")
    fields = {name: rows.get(name, nothing) for name in (*schema.RAW_MELDINGEN, *SOURCE)}
    raw = pd.DataFrame(fields, index=rows.index)
    days = delivery_dates(raw, delivery.headers, delivery.senders, edition)
    meanings = words.words_of(edition, delivery.senders)
    more = edition.evaluatie.meer_onderwerpen
    codes = {
        field: map_cells(
            raw[field], partial(words.code_of, field, words=meanings[field], several=more)
        )
        for field in WORD_FIELDS
    }
    if "status" not in rows:
        codes["status"] = codes["status"].mask(days["closed_on"].notna(), "afgesloten")
    if "gemeente" in rows and (names := meanings["gemeente"]):
        as_named = map_cells(rows["gemeente"], lambda cell: names.get(word(cell), cell))
        rows = rows.assign(gemeente=as_named)
    received = receivers(edition.vocabulary, rows, delivery.senders)
    return raw, received.assign(**days, **codes)


def _rows(vocabulary: Vocabulary, raw: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Every row with all columns of the clean tables, counted or not."""
    places = canonical_places(vocabulary)
    present = {"ja": True, "nee": False}  # neither: not registered
    decided = decided.replace(UNREADABLE, UNKNOWN)
    # A reduced `nee` may have been an empty cell, so it is not a filled one.
    as_delivered = [raw[field] for field in schema.RAW_MELDINGEN if field not in REDUCED]
    filled = [~blank(vocabulary, cells) & cells.ne(UNREADABLE) for cells in as_delivered]
    rows = raw[SOURCE_COLUMNS].assign(
        **{str(name): decided[name] for name in decided},
        topic_group=map_cells(decided["topic"], vocabulary.group_of_topic.__getitem__),
        topic_as_delivered=map_cells(raw["topic"], words.short_label),
        **{field: map_cells(raw[field], present.get, "boolean") for field in REDUCED},
        # Names in the district only: a cell with anything else may hold an address.
        place=map_cells(raw["place"], lambda cell: places.get(plain(cell))),
        number=numbers.melding_numbers(raw["melding_id"]),
        filled=pd.concat(filled, axis=1).sum(axis=1) + (raw[[*REDUCED]] == "ja").sum(axis=1),
    )
    return rows.assign(melding_id=numbers.with_surrogates(rows))
