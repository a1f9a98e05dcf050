"""Registrations as read → `meldingen` in our schema, with what was refused and what was double."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis import corrections
from mma_analysis.clean import words as values
from mma_analysis.clean.corrections import correct
from mma_analysis.clean.dates import delivery_dates
from mma_analysis.clean.duplicates import find_duplicates, refuse_overlap, reused_numbers
from mma_analysis.clean.numbers import melding_numbers, with_surrogates
from mma_analysis.clean.places import canonical_places, receivers
from mma_analysis.clean.reasons import explained, reasons
from mma_analysis.clean.words import Words, map_cells, words_of
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError, Vocabulary, plain
from mma_analysis.vocabulary.schema import (
    DUPLICATES,
    FOLLOW_UP,
    MELDINGEN,
    RAW_MELDINGEN,
    REDUCED,
    REJECTED,
    SOURCE,
    UNREADABLE,
    Column,
    Delivery,
)

SOURCE_COLUMNS = list(SOURCE)
WARN = "warn"  # the effect of a reason for which a row still counts
NOTHING = Delivery(
    file="",
    senders=(),
    headers={},
    rows=pd.DataFrame(
        {"source_file": "", "source_sheet": "", "source_row": 0}, index=range(0)
    ).astype({"source_file": "str", "source_sheet": "str", "source_row": "int64"}),
)


@dataclass(frozen=True)
class CleanMeldingen:
    """What became of every delivered row: counted, refused with a reason, or double.

    `warnings` has one row per counted row and thing that is wrong with it (`schema.REJECTED`: where
    and what, as for a refused row), `reused_numbers` one per counted row whose number stands for
    another melding too, `corrections` one per correction that was applied before anything was
    cleaned.
    """

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    warnings: pd.DataFrame
    reused_numbers: pd.DataFrame
    corrections: pd.DataFrame


def clean_meldingen(deliveries: Sequence[Delivery], edition: Edition) -> CleanMeldingen:
    """Put every delivered row in `meldingen`, `rejected` or `duplicates`: never in two, or none.

    The known faults of `correcties.toml` are repaired first. Which fault refuses a row and which is
    only a warning is the column `effect` of `reasons.csv`; any other cell that cannot be read
    becomes missing or `onbekend`. A refused row is never a duplicate.

    `meldingen` has one row per melding and receiving gemeente, `rejected` one per refused row,
    `duplicates` one per row that another row stands for; sorted by file, sheet and row, in whatever
    order the deliveries are.

    Raises
    ------
    DataError
        When the dates of a column can be read in two ways, two files of a gemeente have meldingen
        in common, or a correction does not fit its file; the message names all of one kind.
    UsageError
        When the settings give a meaning with a field or code that does not exist.
    """
    corrected = correct(deliveries, corrections.load(edition))
    raw, decided = _decide_each(corrected.deliveries, edition)
    shifted = frozenset((one.file, "", row) for one in deliveries for row in one.shifted)
    found = reasons(
        raw,
        decided,
        _is_one_of(raw, corrected.removed),
        _is_one_of(raw, shifted),
        edition,
    )
    rows = _rows(edition.vocabulary, raw, decided)
    headers = {delivery.file: delivery.headers for delivery in deliveries}
    faults = explained(edition.vocabulary, found, rows, headers)
    refused = raw.index.isin(found.index[found["effect"] != WARN])
    accepted = rows.loc[~refused, [*SOURCE, "gemeente", "number", "filled"]]
    refuse_overlap(accepted, edition)
    duplicates = find_duplicates(accepted)
    counted = rows[~refused & ~rows.index.isin(duplicates.index)]
    return CleanMeldingen(
        meldingen=_as_table(counted, MELDINGEN),
        rejected=_as_table(_first_per_row(faults, rows[refused]), REJECTED),
        duplicates=_as_table(duplicates, DUPLICATES),
        warnings=_as_table(_of_rows(faults[faults["effect"] == WARN], counted), REJECTED),
        reused_numbers=reused_numbers(counted, rows[rows.index.isin(duplicates.index)]),
        corrections=corrected.applied,
    )


def _decide_each(
    deliveries: Sequence[Delivery], edition: Edition
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All rows as delivered, and what their files decide; every file that is at fault is named."""
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    wrong: list[str] = []
    for delivery in sorted(deliveries, key=lambda one: one.file):
        try:
            parts.append(_decide(delivery, edition))
        except DataError as fault:
            wrong.append(str(fault))
    if wrong:
        raise DataError("\n".join(wrong))
    raw, decided = (
        pd.concat(tables, ignore_index=True)
        for tables in zip(*(parts or [_decide(NOTHING, edition)]), strict=True)
    )
    order = raw[SOURCE_COLUMNS].sort_values(SOURCE_COLUMNS, kind="stable").index
    # Most often they are in order already, and moving every cell of every row is slow.
    if order.equals(raw.index):
        return raw, decided
    return raw.take(order).reset_index(drop=True), decided.take(order).reset_index(drop=True)


def _decide(delivery: Delivery, edition: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of one delivery in all our fields, and what its settings and other rows decide."""
    raw = _with_all_fields(delivery.rows)
    days = delivery_dates(raw, delivery.headers, delivery.senders, edition)
    words = _words(raw, words_of(edition, delivery.senders))
    if "status" not in delivery.rows:
        words["status"] = words["status"].mask(days["closed_on"].notna(), "afgesloten")
    found = receivers(edition.vocabulary, delivery.rows, delivery.senders)
    return raw, pd.DataFrame({**{name: found[name] for name in found}, **days, **words})


def _of_rows(faults: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return faults[faults.index.isin(rows.index)]


def _first_per_row(faults: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Why each of these rows does not count: the first reason for which it does not."""
    return _of_rows(faults[faults["effect"] != WARN], rows).drop_duplicates(SOURCE_COLUMNS)


def _as_table(rows: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    dtypes = {column.name: column.dtype for column in columns}
    return rows[list(dtypes)].astype(dtypes).reset_index(drop=True)


def _rows(vocabulary: Vocabulary, raw: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Every row with all columns of the clean tables, counted or not."""
    rows = pd.DataFrame(
        {
            **{name: raw[name] for name in SOURCE},
            **{name: decided[name] for name in decided},
            "topic_group": values.topic_groups(vocabulary, decided["topic"]),
            "topic_as_delivered": values.short_labels(raw["topic"]),
            **{field: values.presence(raw[field]) for field in REDUCED},
            "place": _place_names(vocabulary, raw["place"]),
            "number": melding_numbers(raw["melding_id"]),
            "filled": _filled(raw),
        }
    )
    return rows.assign(melding_id=with_surrogates(rows))


def _is_one_of(raw: pd.DataFrame, places: frozenset[tuple[str, str, int]]) -> pd.Series:
    if not places:
        return pd.Series(False, index=raw.index)
    sheets = pd.MultiIndex.from_frame(raw[SOURCE_COLUMNS])
    return pd.Series(sheets.isin(list(places)), index=raw.index, dtype="bool")


def _with_all_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """A field that the file does not have is empty in every row."""
    nothing = pd.Series("", index=rows.index, dtype="str")
    fields = {name: rows.get(name, nothing) for name in (*RAW_MELDINGEN, *SOURCE)}
    return pd.DataFrame(fields, index=rows.index)


def _words(raw: pd.DataFrame, words: Words) -> dict[str, pd.Series]:
    return {
        "topic": values.topic_codes(raw["topic"], words["topic"]),
        "also_sent_to": values.receiver_codes(raw["also_sent_to"], words["also_sent_to"]),
        **{field: values.codes(raw[field], words[field]) for field in FOLLOW_UP},
    }


def _place_names(vocabulary: Vocabulary, cells: pd.Series) -> pd.Series:
    """Names in the district only: a cell with anything else may hold an address."""
    names = canonical_places(vocabulary)
    return map_cells(cells, lambda cell: names.get(plain(cell)))


def _filled(raw: pd.DataFrame) -> pd.Series:
    """Number of filled cells; a reduced `nee` may have been an empty cell, so it is not one."""
    as_delivered = [field for field in RAW_MELDINGEN if field not in REDUCED]
    filled = [~raw[field].isin(["", UNREADABLE]) for field in as_delivered]
    return pd.Series(
        np.sum([*filled, *(raw[field] == "ja" for field in REDUCED)], axis=0),
        index=raw.index,
    )
