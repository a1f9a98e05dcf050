"""Registrations as read → `meldingen` in our schema, with what was refused and what was double."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis import corrections, domain
from mma_analysis.clean import values
from mma_analysis.clean.corrections import correct
from mma_analysis.clean.date_orders import delivery_dates
from mma_analysis.clean.duplicates import find_duplicates, refuse_overlap
from mma_analysis.clean.gemeente import receivers
from mma_analysis.clean.near import near_duplicates
from mma_analysis.clean.numbers import tip_numbers, with_surrogates
from mma_analysis.clean.places import canonical_places
from mma_analysis.clean.reasons import explained, reasons
from mma_analysis.clean.words import Words, map_cells, words_of
from mma_analysis.domain import Column, Delivery, MmaError, plain
from mma_analysis.edition import Edition

SOURCE = list(domain.SOURCE)


@dataclass(frozen=True)
class CleanMeldingen:
    """What became of every delivered row: counted, refused with a reason, or double.

    `warnings` has one row per counted row and thing that is wrong with it (`domain.REJECTED`: where
    and what, as for a refused row), `near_duplicates` one per pair of counted rows that may be one
    tip, `corrections` one per correction that was applied before anything was cleaned.
    """

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    warnings: pd.DataFrame
    near_duplicates: pd.DataFrame
    corrections: pd.DataFrame


def clean_meldingen(deliveries: Sequence[Delivery], edition: Edition) -> CleanMeldingen:
    """Put every delivered row in `meldingen`, `rejected` or `duplicates`: never in two, or none.

    The known faults of `correcties.toml` are repaired first. Which fault refuses a row and which is
    only a warning is the column `effect` of `reasons.csv`; any other cell that cannot be read
    becomes missing or `onbekend`. A refused row is never a duplicate.

    Parameters
    ----------
    deliveries
        As read, in any order.
    edition
        Whose settings say which words the senders use and which days count.

    Returns
    -------
    CleanMeldingen
        `meldingen` has one row per tip and receiving gemeente, `rejected` one per refused row,
        `duplicates` one per row that another row stands for; sorted by file, sheet and row.

    Raises
    ------
    MmaError
        When the dates of a column can be read in two ways, two files of a gemeente have tips in
        common, or a correction does not fit its file; the message names all of one kind.
    UsageError
        When the settings give a meaning with a field or code that does not exist.
    """
    corrected = correct(deliveries, corrections.load(edition))
    parts = _clean_each(corrected.deliveries, corrected.removed, edition)
    rows = _in_order([part for part, _ in parts], _empty_rows())
    faults = _in_order([part for _, part in parts], _empty(domain.REJECTED))
    refused = rows["refused"].astype(bool)
    tips = rows.loc[~refused, [*SOURCE, "gemeente", "number", "filled"]]
    refuse_overlap(tips, edition)
    duplicates = find_duplicates(tips)
    counted = rows[~refused & ~rows.index.isin(duplicates.index)]
    return CleanMeldingen(
        meldingen=_as_table(counted, domain.MELDINGEN),
        rejected=_as_table(_first_per_row(faults, rows[refused], "reject"), domain.REJECTED),
        duplicates=_as_table(duplicates, domain.DUPLICATES),
        warnings=_as_table(_of_rows(faults, counted, "warn"), domain.REJECTED),
        near_duplicates=near_duplicates(counted),
        corrections=corrected.applied,
    )


def _clean_each(
    deliveries: Sequence[Delivery], removed: frozenset[tuple[str, str, int]], edition: Edition
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Rows and faults of each delivery; every delivery that cannot be cleaned is named."""
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    wrong: list[str] = []
    for delivery in deliveries:
        try:
            parts.append(_clean_delivery(delivery, removed, edition))
        except MmaError as fault:
            if fault.exit_code != MmaError.exit_code:
                raise
            wrong.append(str(fault))
    if wrong:
        raise MmaError("\n".join(wrong))
    return parts


def _in_order(parts: list[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    """One table in the order of file, sheet and row, whatever the order of the deliveries."""
    rows = pd.concat(parts, ignore_index=True) if parts else empty
    order = rows[SOURCE].sort_values(SOURCE, kind="stable").index
    # Most often they are in order already, and moving every cell of every row is slow.
    return rows if order.equals(rows.index) else rows.take(order).reset_index(drop=True)


def _empty(columns: Sequence[Column]) -> pd.DataFrame:
    table = pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in columns})
    return table.assign(effect=pd.Series(dtype="str"))


def _empty_rows() -> pd.DataFrame:
    return _empty(domain.MELDINGEN).assign(number="", filled=0, refused=False)


def _of_rows(faults: pd.DataFrame, rows: pd.DataFrame, effect: str) -> pd.DataFrame:
    """The faults of these rows with this effect."""
    with_effect = faults[faults["effect"] == effect]
    places = pd.MultiIndex.from_frame(with_effect[SOURCE])
    return with_effect[places.isin(pd.MultiIndex.from_frame(rows[SOURCE]))]


def _first_per_row(faults: pd.DataFrame, rows: pd.DataFrame, effect: str) -> pd.DataFrame:
    return _of_rows(faults, rows, effect).drop_duplicates(SOURCE)


def _as_table(rows: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    dtypes = {column.name: column.dtype for column in columns}
    return rows[list(dtypes)].astype(dtypes).reset_index(drop=True)


def _clean_delivery(
    delivery: Delivery, removed: frozenset[tuple[str, str, int]], edition: Edition
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every row of one delivery with all columns of the clean tables, and all its faults."""
    raw = _with_all_fields(delivery.rows)
    found = receivers(delivery.rows, delivery.senders)
    days = delivery_dates(raw, delivery.headers, delivery.senders, edition)
    faults = reasons(raw, days, found, _is_one_of(raw, removed), edition)
    rows = pd.DataFrame(
        {
            **{name: raw[name] for name in SOURCE},
            "gemeente": found["gemeente"],
            **days,
            **_words(raw, words_of(edition, delivery.senders)),
            **{field: values.presence(raw[field]) for field in domain.REDUCED},
            "place": map_cells(raw["place"], _place_name),
            "number": tip_numbers(raw["melding_id"]),
            "filled": _filled(raw),
            "refused": raw.index.isin(faults.index[faults["effect"] == "reject"]),
        }
    )
    if "status" not in delivery.rows:
        rows["status"] = rows["status"].mask(rows["closed_on"].notna(), "afgesloten")
    rows["melding_id"] = with_surrogates(rows)
    sentences = explained(faults, delivery.headers).assign(effect=faults["effect"])
    return rows, sentences.join(rows[[*SOURCE, "gemeente"]])


def _is_one_of(raw: pd.DataFrame, places: frozenset[tuple[str, str, int]]) -> pd.Series:
    if not places:
        return pd.Series(False, index=raw.index)
    sheets = pd.MultiIndex.from_frame(raw[SOURCE])
    return pd.Series(sheets.isin(list(places)), index=raw.index, dtype="bool")


def _with_all_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """A field that the file does not have is empty in every row."""
    nothing = pd.Series("", index=rows.index, dtype="str")
    fields = {name: rows.get(name, nothing) for name in (*domain.RAW_MELDINGEN, *SOURCE)}
    return pd.DataFrame(fields, index=rows.index)


def _words(raw: pd.DataFrame, words: Words) -> dict[str, pd.Series]:
    topics = values.topic_codes(raw["topic"], words["topic"])
    return {
        "topic": topics,
        "topic_group": values.topic_groups(topics),
        "topic_as_delivered": values.short_labels(raw["topic"]),
        "also_sent_to": values.receiver_codes(raw["also_sent_to"], words["also_sent_to"]),
        **{field: values.codes(raw[field], words[field]) for field in domain.FOLLOW_UP},
    }


def _place_name(cell: str) -> str | None:
    """Names in the district only: a cell with anything else may hold an address."""
    return canonical_places().get(plain(cell))


def _filled(raw: pd.DataFrame) -> pd.Series:
    """Number of filled cells; a reduced `nee` may have been an empty cell, so it is not one."""
    as_delivered = [field for field in domain.RAW_MELDINGEN if field not in domain.REDUCED]
    filled = [raw[field] != "" for field in as_delivered]
    return pd.Series(
        np.sum([*filled, *(raw[field] == "ja" for field in domain.REDUCED)], axis=0),
        index=raw.index,
    )
