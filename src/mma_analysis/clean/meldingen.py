"""Registrations as read → `meldingen` in our schema, with what was refused and what was double."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mma_analysis import domain
from mma_analysis.clean import values
from mma_analysis.clean.dates import read_dates
from mma_analysis.clean.duplicates import find_duplicates
from mma_analysis.clean.gemeente import receivers
from mma_analysis.clean.numbers import surrogates, tip_numbers
from mma_analysis.clean.places import canonical_places
from mma_analysis.clean.words import Words, map_cells, says_nothing, words_of
from mma_analysis.domain import Column, Delivery, plain
from mma_analysis.edition import Edition

DATES = ("received_on", "reported_on", "closed_on", "fed_back_on")
SOURCE = list(domain.SOURCE)


@dataclass(frozen=True)
class CleanMeldingen:
    """What became of every delivered row: counted, refused with a reason, or double."""

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame


def clean_meldingen(deliveries: Sequence[Delivery], edition: Edition) -> CleanMeldingen:
    """Put every delivered row in `meldingen`, `rejected` or `duplicates`: never in two, or none.

    A row is refused only when its day of receipt or its gemeente cannot be used; any other cell
    that cannot be read becomes missing or `onbekend`. A refused row is never a duplicate.

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
    UsageError
        When the settings give a meaning with a field or code that does not exist.
    """
    rows = _in_order([_clean_delivery(delivery, edition) for delivery in deliveries])
    refused = rows["reason_code"] != ""
    accepted = rows[~refused]
    duplicates = find_duplicates(accepted)
    return CleanMeldingen(
        meldingen=_as_table(accepted.drop(index=duplicates.index), domain.MELDINGEN),
        rejected=_as_table(rows[refused], domain.REJECTED),
        duplicates=_as_table(duplicates, domain.DUPLICATES),
    )


def _in_order(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table in the order of file, sheet and row, whatever the order of the deliveries."""
    columns = {column.name: column.dtype for column in (*domain.MELDINGEN, *domain.REJECTED)}
    empty = pd.DataFrame(columns=[*columns, "number", "filled"]).astype(columns)
    rows = pd.concat([empty, *parts]) if not parts else pd.concat(parts)
    return rows.sort_values(SOURCE, kind="stable", ignore_index=True)


def _as_table(rows: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    dtypes = {column.name: column.dtype for column in columns}
    return rows[list(dtypes)].astype(dtypes).reset_index(drop=True)


def _clean_delivery(delivery: Delivery, edition: Edition) -> pd.DataFrame:
    """Every row of one delivery with all columns of the clean tables and its reason, if refused."""
    raw = _with_all_fields(delivery.rows)
    found = receivers(delivery.rows, delivery.senders)
    days = {field: read_dates(raw[field], raw["source_sheet"]) for field in DATES}
    faults = _faults(raw["received_on"], days["received_on"], found, edition)
    rows = raw[SOURCE].assign(
        gemeente=found["gemeente"],
        **days,
        **_words(raw, words_of(edition, delivery.senders)),
        **{field: values.presence(raw[field]) for field in domain.REDUCED},
        place=map_cells(raw["place"], _place_names(raw["place"])).replace("", None),
        number=tip_numbers(raw["melding_id"]),
        filled=_filled(raw),
        **_explained(faults, delivery.headers),
    )
    if "status" not in delivery.rows:
        rows["status"] = rows["status"].mask(rows["closed_on"].notna(), "afgesloten")
    rows["melding_id"] = rows["number"].where(rows["number"] != "", surrogates(rows))
    return rows


def _with_all_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """A field that the file does not have is empty in every row."""
    absent = [field for field in domain.RAW_MELDINGEN if field not in rows]
    return rows.assign(**{field: pd.Series("", index=rows.index, dtype="str") for field in absent})


def _words(raw: pd.DataFrame, words: Words) -> dict[str, pd.Series]:
    topics = values.topic_codes(raw["topic"], words["topic"])
    return {
        "topic": topics,
        "topic_group": values.topic_groups(topics),
        "topic_as_delivered": values.short_labels(raw["topic"]),
        "also_sent_to": values.receiver_codes(raw["also_sent_to"], words["also_sent_to"]),
        **{field: values.codes(raw[field], words[field]) for field in domain.FOLLOW_UP},
    }


def _place_names(cells: pd.Series) -> dict[str, str]:
    """Names in the district only: a cell with anything else may hold an address."""
    return {cell: canonical_places().get(plain(cell), "") for cell in cells.unique()}


def _filled(raw: pd.DataFrame) -> pd.Series:
    """Number of filled cells; a reduced `nee` may have been an empty cell, so it is not one."""
    as_delivered = [field for field in domain.RAW_MELDINGEN if field not in domain.REDUCED]
    filled = (raw[as_delivered] != "").sum(axis="columns")
    return filled + (raw[list(domain.REDUCED)] == "ja").sum(axis="columns")


# --- refused rows --------------------------------------------------------------------------------


def _faults(
    cells: pd.Series, received_on: pd.Series, found: pd.DataFrame, edition: Edition
) -> pd.DataFrame:
    """The first reason to refuse each row, in the order of `reasons.csv`, and the field it is in.

    The day of receipt goes first: without it the row cannot be counted wherever it belongs.
    """
    empty = cells.map({cell: says_nothing(cell) for cell in cells.unique()}).astype(bool)
    faults = found[["reason_code", "field"]]
    for reason, applies in (
        ("na_peildatum", received_on > pd.Timestamp(edition.peildatum)),
        ("voor_begin", received_on < pd.Timestamp(edition.begin)),
        ("datum_onmogelijk", received_on.isna()),
        ("datum_ontbreekt", received_on.isna() & empty),
    ):
        faults = faults.assign(
            reason_code=faults["reason_code"].mask(applies, reason),
            field=faults["field"].mask(applies, "received_on"),
        )
    return faults


def _explained(faults: pd.DataFrame, headers: dict[str, str]) -> dict[str, pd.Series]:
    sentences = {"": "", **domain.rejection_reasons()}
    return {
        "reason_code": faults["reason_code"],
        "reason": map_cells(faults["reason_code"], sentences),
        "column": map_cells(faults["field"], {"": "", **headers}),
    }
