"""Registrations as read → `meldingen` in our schema, with what was refused and what was double."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from mma_analysis.clean import numbers, words
from mma_analysis.clean.corrections import correct
from mma_analysis.clean.dates import DATE, delivery_dates
from mma_analysis.clean.places import places, receivers
from mma_analysis.clean.words import WORD_FIELDS, as_table, blank, map_cells
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, Vocabulary, plain, schema
from mma_analysis.vocabulary.schema import DATES, REDUCED, SOURCE, UNREADABLE, Delivery
from mma_analysis.vocabulary.text import short_hash, word
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD

WARN = "warn"  # the effect of a reason for which a row still counts


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
    """Put each row of one or more files in `meldingen`, `rejected` or `duplicates`, and once.

    The faults of `correcties.toml` are repaired first. Tables are sorted by file, sheet and row. A
    DataError, which names all of one kind, when dates can be read in two ways, two files of a
    gemeente have meldingen in common, or a correction does not fit.
    """
    repaired, applied = correct(deliveries, edition)
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    wrong: list[str] = []
    for delivery in sorted(repaired, key=lambda one: one.file):
        try:
            parts.append(_decide(delivery, edition))
        except DataError as fault:
            wrong.append(str(fault))
    if wrong:
        raise DataError("\n".join(wrong))
    raw, decided = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    raw = raw.sort_values([*SOURCE], kind="stable")
    decided = decided.loc[raw.index].reset_index(drop=True)
    raw = raw.reset_index(drop=True)
    codes = raw.assign(**{field: decided[field] for field in WORD_FIELDS})
    by_file = {delivery.file: delivery for delivery in deliveries}
    faults = _faults(codes, decided, by_file, edition)
    rows = _rows(edition.vocabulary, raw, decided)
    doubts, why_not = faults[faults["effect"] == WARN], faults[faults["effect"] != WARN]
    refused = raw.index.isin(why_not.index)
    accepted = rows.loc[~refused, [*SOURCE, "gemeente", "number", "filled"]]
    numbers.refuse_overlap(accepted, edition)
    duplicates = numbers.find_duplicates(accepted)
    counted = rows[~refused & ~rows.index.isin(duplicates.index)]
    return CleanMeldingen(
        meldingen=as_table(counted, schema.MELDINGEN),
        rejected=as_table(why_not.drop_duplicates([*SOURCE]), schema.REJECTED),
        duplicates=as_table(duplicates, schema.DUPLICATES),
        warnings=as_table(doubts[doubts.index.isin(counted.index)], schema.REJECTED),
        registration=_registration(edition.vocabulary, by_file, raw, codes, counted),
        corrections=applied,
    )


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
    left_out = {name: rows.get(name, False) for name in ("shifted", "removed")}
    return raw, received.assign(**days, **codes, **left_out)


def _rows(vocabulary: Vocabulary, raw: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    in_district, _ = places(vocabulary)
    present = {"ja": True, "nee": False}  # neither: not registered
    decided = decided.replace(UNREADABLE, UNKNOWN)
    # A reduced `nee` may have been an empty cell, so it is not a filled one; rows are compared that
    # have the same number.
    compared = [field for field in schema.RAW_MELDINGEN[1:] if field not in REDUCED]
    filled = [~blank(vocabulary, raw[field]) & raw[field].ne(UNREADABLE) for field in compared]
    rows = raw[[*SOURCE]].assign(
        **{str(name): decided[name] for name in decided},
        topic_group=map_cells(decided["topic"], vocabulary.group_of_topic.__getitem__),
        topic_as_delivered=map_cells(raw["topic"], words.short_label),
        **{field: map_cells(raw[field], present.get, "boolean") for field in REDUCED},
        # Names in the district only: a cell with anything else may hold an address.
        place=map_cells(raw["place"], lambda cell: in_district.get(plain(cell))),
        number=numbers.melding_numbers(raw["melding_id"]),
        filled=pd.concat(filled, axis=1).sum(axis=1) + (raw[[*REDUCED]] == "ja").sum(axis=1),
    )
    # Without a number it has a name, the same as long as the row stays there.
    nameless = rows[rows["number"] == ""]
    row_numbers = nameless["source_row"].astype(str)
    where = nameless["source_file"] + "|" + nameless["source_sheet"] + "|" + row_numbers
    names = "zonder-nummer-" + nameless["gemeente"] + "-" + map_cells(where, short_hash)
    return rows.assign(melding_id=names.reindex(rows.index).fillna(rows["number"]))


def _faults(
    raw: pd.DataFrame, decided: pd.DataFrame, deliveries: Mapping[str, Delivery], edition: Edition
) -> pd.DataFrame:
    """`schema.REJECTED` and `effect`, in the order of `reasons.csv`; words in `raw` are codes."""
    vocabulary = edition.vocabulary
    received_on, gemeente = decided["received_on"], decided["gemeente"]
    delivered = _delivered_on(edition, gemeente, raw["source_file"])
    connected = map_cells(gemeente, lambda slug: edition.gemeente(slug).aangesloten, DATE)
    empty = {field: blank(vocabulary, raw[field]) for field in DATES}
    no_day = {field: decided[field].isna() & ~empty[field] for field in DATES}
    no_days = [field for field in schema.RAW_MELDINGEN if field not in DATES]
    doubts = filter(None, decided["reason_code"].unique())
    # Reason, the rows that it holds for, and the field that it is in: one, or another per row.
    faults: list[tuple[str, pd.Series, str | pd.Series]] = [
        ("verwijderd", decided["removed"], ""),
        ("te_veel_velden", decided["shifted"], ""),
        ("datum_ontbreekt", received_on.isna() & empty["received_on"], "received_on"),
        ("datum_onmogelijk", no_day["received_on"], "received_on"),
        ("voor_begin", received_on < pd.Timestamp(edition.begin), "received_on"),
        ("na_peildatum", received_on > pd.Timestamp(edition.peildatum), "received_on"),
        ("na_levering", received_on > delivered, "received_on"),
        ("voor_aansluiting", received_on < connected, "received_on"),
        *((code, decided["reason_code"] == code, decided["field"]) for code in doubts),
        *(("datum_niet_gelezen", no_day[field], field) for field in DATES[1:]),
        ("nummer_afgekapt", raw["melding_id"].str.fullmatch(numbers.CUT_OFF), "melding_id"),
        ("meer_nummers", numbers.several(raw["melding_id"]), "melding_id"),
        *(("niet_begrepen", raw[field] == UNREADABLE, field) for field in no_days),
    ]
    applying = [one for one in faults if one[1].any()] or faults[:1]
    table = pd.concat(
        raw[[*schema.SOURCE]].assign(gemeente=gemeente, field=field, reason_code=code)[applies]
        for code, applies, field in applying
    )
    sentences, effects = (vocabulary.by_code("reasons", name) for name in ("sentence", "effect"))
    order = list(effects)
    table = table.sort_values("reason_code", key=lambda code: code.map(order.index), kind="stable")
    headers = [
        deliveries[file].headers[field] if field else ""
        for file, field in zip(table["source_file"], table["field"], strict=True)
    ]
    return table.assign(
        column=pd.array(headers, "str"),
        reason=map_cells(table["reason_code"], sentences.__getitem__),
        effect=map_cells(table["reason_code"], effects.__getitem__),
    ).sort_index(kind="stable")


def _delivered_on(edition: Edition, gemeente: pd.Series, files: pd.Series) -> pd.Series:
    """The day on which the file of each row came in, by the settings of its gemeente."""
    table = pd.DataFrame({"gemeente": gemeente, "file": files})
    day_of = {}
    for slug, file in table.drop_duplicates().itertuples(index=False, name=None):
        day_of[slug, file] = edition.gemeente(slug).file_delivered_on(file)
    days = [day_of[pair] for pair in zip(gemeente, files, strict=True)]
    return pd.Series(days, gemeente.index, dtype=DATE)


def _registration(
    vocabulary: Vocabulary,
    deliveries: Mapping[str, Delivery],
    raw: pd.DataFrame,
    codes: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Count per gemeente and field of how many meldingen it is known, and why not of the others.

    meldingen = known + not_filled + said_unknown + not_understood + no_column
    """
    files = counted[["gemeente", "source_file"]].drop_duplicates()
    counts: dict[str, pd.DataFrame] = {}
    named: dict[str, pd.Series] = {}
    for field in (*WORD_FIELDS, *REDUCED):
        headers = {
            file: one.headers[field] for file, one in deliveries.items() if field in one.headers
        }
        has_column, code = counted["source_file"].isin(headers), codes[field]
        is_unsaid = has_column & code.isin(["", UNKNOWN])
        is_empty = words.not_filled(vocabulary, raw[field])
        part = {
            "meldingen": True,
            "known": counted[field].notna() & counted[field].ne(UNKNOWN),
            "not_filled": is_unsaid & is_empty,
            "said_unknown": is_unsaid & ~is_empty,
            "not_understood": code.eq(UNREADABLE),
            "no_column": ~has_column,
        }
        counts[field] = pd.DataFrame(part, index=counted.index)
        # Of two files with other headers one is named.
        named[field] = files["source_file"].map(defaultdict(str, headers))
    sums = pd.concat(counts, axis=1).groupby(counted["gemeente"]).sum()
    columns = pd.DataFrame(named).groupby(files["gemeente"]).max()
    parts = [sums[field].assign(field=field, column=columns[field]) for field in counts]
    table = pd.concat(parts).reset_index().sort_values("gemeente", kind="stable")
    holds = [table["known"].eq(table["meldingen"]), table["known"] > 0, table["not_understood"] > 0]
    registers = np.select(holds, ["always", "sometimes", NOT_UNDERSTOOD], NEVER)
    return as_table(table.assign(registers=registers), schema.REGISTRATION)
