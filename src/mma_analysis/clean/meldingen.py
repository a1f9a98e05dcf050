"""Registrations as read → `meldingen` in our schema, what was refused, what was double."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from mma_analysis.clean import numbers, overlap, words
from mma_analysis.clean.corrections import correct
from mma_analysis.clean.dates import DATE_DTYPE, delivery_dates
from mma_analysis.clean.places import places, receivers
from mma_analysis.clean.words import WORD_FIELDS, as_table, blank, map_cells
from mma_analysis.clean.years import refuse_unknown_places, with_years
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, Vocabulary, plain, schema
from mma_analysis.vocabulary.days import (
    ONLY_MONTH,
    ONLY_QUARTER,
    WITHOUT_YEAR,
    kind_of_part,
)
from mma_analysis.vocabulary.schema import (
    DATES,
    REDUCED,
    SOURCE,
    UNREADABLE,
    WORD_NOT_UNDERSTOOD,
    Delivery,
)
from mma_analysis.vocabulary.text import short_hash, visible, word
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD

WARN = "warn"  # the effect of a reason for which a row still counts
OTHER_TIME = ("voor_begin", "na_peildatum")  # reasons: about days outside the evaluation
DIFFERS = "dubbel_anders"
UNDATED = {
    ONLY_QUARTER: "datum_kwartaal",
    ONLY_MONTH: "datum_maand",
    WITHOUT_YEAR: "datum_zonder_jaar",
}
OF_NO_ROWS = {"source_file": "str", "source_sheet": "str", "source_row": "int64"}
NO_ROWS = pd.DataFrame(columns=list(OF_NO_ROWS)).astype(OF_NO_ROWS)
NO_DELIVERY = Delivery("", (), {}, NO_ROWS)


@dataclass(frozen=True)
class CleanMeldingen:
    """What became of every delivered row: counted, refused with a reason, or double.

    `warnings` has one row per counted row and thing that is wrong with it
    (`schema.REJECTED_TABLE`: where and what, as for a refused row), `registration` one per
    gemeente and field with why it is not known, `corrections` one per correction that was
    applied before anything was cleaned. `other_days` has one row per file and
    gemeente with rows that are no fault but of another time: the first and last of these
    days.
    """

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    warnings: pd.DataFrame
    registration: pd.DataFrame
    corrections: pd.DataFrame
    other_days: pd.DataFrame


class Decided(NamedTuple):
    """The rows of one delivery: as read in all our fields, and what was decided of each.

    `decided` has the columns of a `Receiver`, a day for every field of `DATES`, a code for
    every field of `WORD_FIELDS`, and whether a row is `shifted`, `removed`, `withdrawn` or
    `struck`.
    """

    raw: pd.DataFrame
    decided: pd.DataFrame


class ReasonOfRows(NamedTuple):
    """A reason, the rows that it holds for, and its field: one, or one per row."""

    reason_code: str
    holds: pd.Series
    field: str | pd.Series = ""


def clean_meldingen(deliveries: Sequence[Delivery], edition: Edition) -> CleanMeldingen:
    """Put each row of these files in `meldingen`, `rejected` or `duplicates`, and once.

    The faults of `correcties.toml` are repaired first. Tables are sorted by file, sheet and
    row. A DataError, which names all of one kind, when dates can be read in two ways, two
    files of a gemeente have meldingen in common, or a correction does not fit.
    """
    repaired, applied = correct(deliveries, edition)
    raw, decided = _decide_all(repaired, edition)
    codes = raw.copy()
    for field in WORD_FIELDS:
        codes[field] = decided[field]

    by_file = {delivery.file: delivery for delivery in deliveries}
    possible = _possible_reasons(codes, decided, edition)
    rows = _rows(edition, raw, decided)
    faults = _faults(possible, rows, by_file, edition.vocabulary)
    is_warning = faults["effect"] == WARN
    warnings = faults[is_warning]
    refusals = faults[~is_warning]

    is_refused = rows.index.isin(refusals.index)
    accepted = rows[~is_refused]
    overlap.refuse_same_twice(accepted, edition, by_file)
    contradicted = numbers.contradictions(accepted)
    duplicates = numbers.find_duplicates(_first_goes_first(accepted, contradicted))
    is_double = rows.index.isin(duplicates.index)
    counted = rows[~is_refused & ~is_double]

    # A row is refused for the first reason only; a warning is about a row that counts.
    rejected = refusals.drop_duplicates(list(SOURCE))
    differing = []
    for field, holds in contradicted.items():
        differing.append(ReasonOfRows(DIFFERS, holds, field))
    of_doubles = _faults(differing, accepted, by_file, edition.vocabulary)
    warnings = pd.concat([warnings, of_doubles]).sort_index(kind="stable")
    warnings = warnings[warnings.index.isin(counted.index)]
    return CleanMeldingen(
        meldingen=as_table(counted, schema.MELDINGEN),
        rejected=as_table(rejected, schema.REJECTED_TABLE),
        duplicates=as_table(duplicates, schema.DUPLICATES),
        warnings=as_table(warnings, schema.REJECTED_TABLE),
        registration=_registration(edition.vocabulary, by_file, raw, codes, counted),
        corrections=applied,
        other_days=_other_days(rows, rejected),
    )


def refuse_unclear_days(deliveries: Sequence[Delivery], edition: Edition) -> None:
    """Raise, for all files at once, where day or month may go first in a date."""
    _decide_all(deliveries, edition)


# --- what is decided of each row ----------------------------------------------------------


def _decide_all(deliveries: Sequence[Delivery], edition: Edition) -> Decided:
    """The rows of all files, by file, sheet and row; one error has all that is wrong."""
    # Of an edition in which nobody delivered anything the tables are there, without rows.
    if not deliveries:
        return _decide(NO_DELIVERY, edition)

    refuse_unknown_places(deliveries, edition)
    parts: list[Decided] = []
    faults: list[str] = []
    for delivery in sorted(deliveries, key=lambda one: one.file):
        try:
            parts.append(_decide(delivery, edition))
        except DataError as fault:
            faults.append(str(fault))
    if faults:
        raise DataError("\n".join(faults))

    raw = pd.concat([part.raw for part in parts], ignore_index=True)
    decided = pd.concat([part.decided for part in parts], ignore_index=True)
    raw = raw.sort_values(list(SOURCE), kind="stable")
    decided = decided.loc[raw.index]
    return Decided(raw.reset_index(drop=True), decided.reset_index(drop=True))


def _decide(delivery: Delivery, edition: Edition) -> Decided:
    """The rows of one delivery, and what its settings and the other rows decide."""
    rows = delivery.rows
    senders = delivery.senders
    nothing = pd.Series("", index=rows.index, dtype="str")
    fields = {name: rows.get(name, nothing) for name in (*schema.RAW_MELDINGEN, *SOURCE)}
    raw = pd.DataFrame(fields, index=rows.index)
    raw["received_on"] = with_years(raw, senders, edition)

    days = delivery_dates(raw, delivery.headers, senders, edition)
    meanings = words.meanings_of(edition, senders)
    several = edition.evaluatie.meer_onderwerpen

    codes: dict[str, pd.Series] = {}
    for field in WORD_FIELDS:
        code = partial(words.code_of, field, words=meanings[field], several=several)
        codes[field] = map_cells(raw[field], code)
    if "status" not in rows:
        is_closed = days["closed_on"].notna()
        codes["status"] = codes["status"].mask(is_closed, "afgesloten")

    own_names = meanings["gemeente"]
    if "gemeente" in rows and own_names:
        named = map_cells(rows["gemeente"], lambda cell: own_names.get(word(cell), cell))
        rows = rows.assign(gemeente=named)
    received = receivers(edition.vocabulary, rows, senders)
    decided = received.assign(
        **days,
        **codes,
        shifted=rows.get("shifted", False),
        removed=rows.get("removed", False),
        withdrawn=rows.get("withdrawn", False),
        struck=rows.get("struck", False),
    )
    return Decided(raw, decided)


def _delivered_on(edition: Edition, gemeente: pd.Series, files: pd.Series) -> pd.Series:
    """The day on which the file of each row came in, by the settings of its gemeente."""
    sent = pd.DataFrame({"slug": gemeente, "file": files})
    days = pd.Series(pd.NaT, gemeente.index, dtype=DATE_DTYPE)
    for (slug, file), rows in sent.groupby(["slug", "file"]):
        own = edition.gemeente(str(slug))
        day = own.file_delivered_on(str(file))
        if day is not None:
            days[rows.index] = pd.Timestamp(day)
    return days


def _connected_on(edition: Edition, gemeente: pd.Series) -> pd.Series:
    """The day on which the gemeente of each row was connected; missing when not given."""
    return map_cells(gemeente, lambda slug: edition.gemeente(slug).aangesloten, DATE_DTYPE)


# --- rows as they count -------------------------------------------------------------------


def _rows(edition: Edition, raw: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Every row as it would count, and how many of its cells are `filled`.

    Its `number` is as it counts, and as it is `compared` with others.
    """
    vocabulary = edition.vocabulary
    known = decided.replace(UNREADABLE, UNKNOWN)
    rows = pd.concat([raw[list(SOURCE)], known], axis=1)
    rows["topic_group"] = map_cells(known["topic"], vocabulary.group_of_topic.__getitem__)
    rows["topic_as_delivered"] = map_cells(raw["topic"], words.short_label)

    # Names in the district only: a cell with anything else may hold an address.
    in_district = places(vocabulary).names
    rows["place"] = map_cells(raw["place"], lambda cell: in_district.get(plain(cell)))

    is_present = {"ja": True, "nee": False}  # neither: not registered
    for field in REDUCED:
        rows[field] = map_cells(raw[field], is_present.get, "boolean")

    rows = _with_numbers(edition, rows, raw["melding_id"])
    rows["filled"] = _filled(vocabulary, raw)

    names = _names(rows[rows["number"] == ""])
    rows["melding_id"] = names.reindex(rows.index).fillna(rows["number"])
    return rows


def _with_numbers(edition: Edition, rows: pd.DataFrame, cells: pd.Series) -> pd.DataFrame:
    """With the number of each row; one number when the settings say that its ways are."""
    number = numbers.melding_numbers(cells)
    is_number = number != ""
    numbered = rows.assign(
        number=number,
        number_as_delivered=map_cells(cells.where(is_number, ""), visible),
        compared=numbers.as_compared(cells).where(is_number, ""),
        plain_way=numbers.without_decimals(cells),
    )
    is_same = map_cells(
        rows["gemeente"],
        lambda slug: edition.gemeente(slug).zelfde_nummer is True,
        "bool",
    )
    one_way = numbers.longest_way(numbered[is_same & is_number])
    numbered.loc[one_way.index, "number"] = one_way
    return numbered


def _filled(vocabulary: Vocabulary, raw: pd.DataFrame) -> pd.Series:
    """How many cells of each row say something, besides its number.

    A reduced `nee` may have been an empty cell, so it is not a filled one.
    """
    filled = (raw[list(REDUCED)] == "ja").sum(axis=1)
    for field in schema.RAW_MELDINGEN:
        # Rows are compared that have the same number.
        if field == "melding_id" or field in REDUCED:
            continue
        is_readable = raw[field] != UNREADABLE
        filled += is_readable & ~blank(vocabulary, raw[field])
    return filled


def _names(rows: pd.DataFrame) -> pd.Series:
    """The name of a row without a number, the same as long as the row stays there."""
    row_numbers = rows["source_row"].astype(str)
    where = rows["source_file"] + "|" + rows["source_sheet"] + "|" + row_numbers
    return "zonder-nummer-" + rows["gemeente"] + "-" + map_cells(where, short_hash)


def _other_days(rows: pd.DataFrame, rejected: pd.DataFrame) -> pd.DataFrame:
    """The first and last day of what is of another time: by file and gemeente."""
    is_of_other_time = rejected["reason_code"].isin(OTHER_TIME)
    refused = rows.loc[rejected.index[is_of_other_time]]
    days = refused.groupby(["source_file", "gemeente"], dropna=False)["received_on"]
    spans = pd.DataFrame({"first_on": days.min(), "last_on": days.max()})
    return as_table(spans.reset_index(), schema.OTHER_DAYS)


# --- faults -------------------------------------------------------------------------------


def _first_goes_first(
    rows: pd.DataFrame,
    contradicted: Mapping[str, pd.Series],
) -> pd.DataFrame:
    """These rows, where the first of a file stays when another says something else.

    Nobody knows which is right, so what is empty in the first stays empty.
    """
    differs = pd.concat(contradicted, axis=1).any(axis=1)
    files = rows.groupby(numbers.MELDING)["source_file"].transform("nunique")
    is_in_one_file = files == 1
    return rows.assign(filled=rows["filled"].mask(differs & is_in_one_file, 0))


def _faults(
    reasons: Sequence[ReasonOfRows],
    rows: pd.DataFrame,
    deliveries: Mapping[str, Delivery],
    vocabulary: Vocabulary,
) -> pd.DataFrame:
    """`schema.REJECTED_TABLE` and `effect`, in the order of `reasons.csv`."""
    sentences = vocabulary.by_code("reasons", "sentence")
    effects = vocabulary.by_code("reasons", "effect")
    order = list(effects)

    found = [reason for reason in reasons if reason.holds.any()]
    tables: list[pd.DataFrame] = []
    for reason in found or reasons[:1]:  # without any, a table without rows
        named = rows[[*SOURCE, "gemeente"]].assign(
            field=reason.field,
            reason_code=reason.reason_code,
        )
        tables.append(named[reason.holds])
    table = pd.concat(tables)
    table = table.sort_values(
        "reason_code",
        key=lambda codes: codes.map(order.index),
        kind="stable",
    )

    headers: list[str] = []
    for file, field in zip(table["source_file"], table["field"], strict=True):
        headers.append(deliveries[file].headers[field] if field else "")
    table["column"] = pd.array(headers, "str")
    table["reason"] = map_cells(table["reason_code"], sentences.__getitem__)
    table["effect"] = map_cells(table["reason_code"], effects.__getitem__)
    return table.sort_index(kind="stable")


def _possible_reasons(
    raw: pd.DataFrame,
    decided: pd.DataFrame,
    edition: Edition,
) -> list[ReasonOfRows]:
    """Everything that may be wrong with a row, and of which rows it is.

    The words in `raw` are codes already.
    """
    gemeente = decided["gemeente"]
    reason_code = decided["reason_code"]
    received_on = decided["received_on"]
    begin = pd.Timestamp(edition.begin)
    peildatum = pd.Timestamp(edition.peildatum)
    delivered_on = _delivered_on(edition, gemeente, raw["source_file"])
    connected_on = _connected_on(edition, gemeente)
    is_missing = received_on.isna() & blank(edition.vocabulary, raw["received_on"])
    is_no_day: dict[str, pd.Series] = {}
    for field in DATES:
        is_filled = ~blank(edition.vocabulary, raw[field])
        is_no_day[field] = decided[field].isna() & is_filled
    is_cut_off = raw["melding_id"].str.fullmatch(numbers.CUT_OFF)

    reasons = [
        ReasonOfRows("verwijderd", decided["removed"]),
        ReasonOfRows("doorgehaald", decided["struck"]),
        ReasonOfRows("vervallen", decided["withdrawn"]),
        ReasonOfRows("te_veel_velden", decided["shifted"]),
        ReasonOfRows("datum_ontbreekt", is_missing, "received_on"),
        *_undated(raw["received_on"], is_no_day["received_on"]),
        ReasonOfRows("datum_onmogelijk", is_no_day["received_on"], "received_on"),
        ReasonOfRows("voor_begin", received_on < begin, "received_on"),
        ReasonOfRows("na_peildatum", received_on > peildatum, "received_on"),
        ReasonOfRows("na_levering", received_on > delivered_on, "received_on"),
        ReasonOfRows("voor_aansluiting", received_on < connected_on, "received_on"),
    ]
    for code in reason_code.unique():
        if code:
            reasons.append(ReasonOfRows(code, reason_code == code, decided["field"]))
    for field in DATES[1:]:
        reasons.append(ReasonOfRows("datum_niet_gelezen", is_no_day[field], field))
    reasons.append(ReasonOfRows("nummer_afgekapt", is_cut_off, "melding_id"))
    has_several = numbers.several(raw["melding_id"])
    reasons.append(ReasonOfRows("meer_nummers", has_several, "melding_id"))
    for field in schema.RAW_MELDINGEN:
        if field not in DATES:
            is_unreadable = raw[field] == UNREADABLE
            reasons.append(ReasonOfRows(WORD_NOT_UNDERSTOOD, is_unreadable, field))
    return reasons


def _undated(cells: pd.Series, is_no_day: pd.Series) -> list[ReasonOfRows]:
    """Which rows have no day because a sender wrote a month, a quarter, or no year."""
    kinds = map_cells(cells.where(is_no_day, ""), kind_of_part)
    reasons: list[ReasonOfRows] = []
    for kind, reason_code in UNDATED.items():
        reasons.append(ReasonOfRows(reason_code, kinds == kind, "received_on"))
    return reasons


# --- what a gemeente registers ------------------------------------------------------------


def _registration(
    vocabulary: Vocabulary,
    deliveries: Mapping[str, Delivery],
    raw: pd.DataFrame,
    codes: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Count per gemeente and field of how many meldingen it is known, and else why not.

    meldingen = known + not_filled + said_unknown + not_understood + no_column
    """
    files = counted[["gemeente", "source_file"]].drop_duplicates()
    counts: dict[str, pd.DataFrame] = {}
    header_of: dict[str, pd.Series] = {}
    for field in (*WORD_FIELDS, *REDUCED):
        headers: dict[str, str] = {}
        for file, delivery in deliveries.items():
            if field in delivery.headers:
                headers[file] = delivery.headers[field]
        named = [headers.get(file, "") for file in files["source_file"]]
        header_of[field] = pd.Series(named, files.index)
        has_column = counted["source_file"].isin(list(headers))
        is_empty = words.not_filled(vocabulary, raw[field])
        counts[field] = _known(counted[field], codes[field], has_column, is_empty)

    sums = pd.concat(counts, axis=1).groupby(counted["gemeente"]).sum()
    # Of two files with other headers one is named.
    columns = pd.DataFrame(header_of).groupby(files["gemeente"]).max()
    parts = [sums[field].assign(field=field, column=columns[field]) for field in counts]
    by_field = pd.concat(parts).reset_index()
    table = by_field.sort_values("gemeente", kind="stable")

    is_always = table["known"] == table["meldingen"]
    is_sometimes = table["known"] > 0
    is_not_understood = table["not_understood"] > 0
    registers = np.select(
        [is_always, is_sometimes, is_not_understood],
        ["always", "sometimes", NOT_UNDERSTOOD],
        NEVER,
    )
    return as_table(table.assign(registers=registers), schema.REGISTRATION)


def _known(
    field: pd.Series,
    codes: pd.Series,
    has_column: pd.Series,
    is_empty: pd.Series,
) -> pd.DataFrame:
    """Whether a field of each counted melding is known, and else why not."""
    is_unsaid = has_column & codes.isin(["", UNKNOWN])
    of_each_melding = {
        "meldingen": True,
        "known": field.notna() & (field != UNKNOWN),
        "not_filled": is_unsaid & is_empty,
        "said_unknown": is_unsaid & ~is_empty,
        "not_understood": codes == UNREADABLE,
        "no_column": ~has_column,
    }
    return pd.DataFrame(of_each_melding, index=field.index)
