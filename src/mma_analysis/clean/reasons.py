"""Why a row is refused, what is wrong with one that counts, and why a field is not known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mma_analysis.clean.dates import DATE
from mma_analysis.clean.numbers import CUT_OFF, several
from mma_analysis.clean.words import WORD_FIELDS, as_table, blank, map_cells
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary, schema
from mma_analysis.vocabulary.schema import DATES, REDUCED, UNREADABLE, Delivery
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD


def reasons(
    raw: pd.DataFrame, decided: pd.DataFrame, deliveries: Mapping[str, Delivery], edition: Edition
) -> pd.DataFrame:
    """Everything that is wrong with each row, as the sender reads it, with where it is.

    One row per row and reason, with the index of `raw`: `schema.REJECTED` and `effect`, for each
    row in the order of `reasons.csv`. `raw`: the cells as read, words as our codes. `decided`:
    their days, what `receivers` says, and whether the row is `removed` by a correction or has too
    many cells (`shifted`).
    """
    vocabulary = edition.vocabulary
    numbers, received_on, gemeente = raw["melding_id"], decided["received_on"], decided["gemeente"]
    delivered = map_cells(gemeente, lambda slug: edition.gemeente(slug).geleverd_op, DATE)
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
        ("nummer_afgekapt", numbers.str.fullmatch(CUT_OFF.pattern, case=False), "melding_id"),
        ("meer_nummers", map_cells(numbers, several, "bool"), "melding_id"),
        *(("niet_begrepen", raw[field] == UNREADABLE, field) for field in no_days),
    ]
    applying = [one for one in faults if one[1].any()] or faults[:1]
    table = pd.concat(
        raw[[*schema.SOURCE]].assign(gemeente=gemeente, field=field, reason_code=code)[applies]
        for code, applies, field in applying
    )
    order = list(vocabulary.by_code("reasons", "effect"))
    table = table.sort_values("reason_code", key=lambda code: code.map(order.index), kind="stable")
    headers = [
        deliveries[file].headers[field] if field else ""
        for file, field in zip(table["source_file"], table["field"], strict=True)
    ]
    return table.assign(
        column=pd.array(headers, "str"),
        reason=map_cells(
            table["reason_code"], vocabulary.by_code("reasons", "sentence").__getitem__
        ),
        effect=map_cells(table["reason_code"], vocabulary.by_code("reasons", "effect").__getitem__),
    ).sort_index(kind="stable")


def registration(
    vocabulary: Vocabulary,
    deliveries: Mapping[str, Delivery],
    raw: pd.DataFrame,
    codes: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Count per gemeente and field of how many meldingen it is known, and why not of the others.

    `raw`: as for `reasons`; `codes`: its words as our codes; `counted`: the meldingen on their
    index.
    """
    tables: list[pd.DataFrame] = []
    for field in (*WORD_FIELDS, *REDUCED):
        headers = {file: one.headers.get(field, "") for file, one in deliveries.items()}
        column, code = counted["source_file"].map(headers), codes[field]
        numbers = {
            "meldingen": 1,
            "known": counted[field].notna() & counted[field].ne(UNKNOWN),
            "not_filled": column.ne("") & blank(vocabulary, raw[field]) & code.isin(["", UNKNOWN]),
            "not_understood": code.eq(UNREADABLE),
            "no_column": column.eq(""),
        }
        by_gemeente = counted.assign(column=column, **numbers).groupby("gemeente")
        # Of two files with other headers one is named.
        table = (
            by_gemeente[[*numbers]].sum().assign(column=by_gemeente["column"].max(), field=field)
        )
        tables.append(table.reset_index())
    table = pd.concat(tables).sort_values("gemeente", kind="stable")
    holds = [table["known"].eq(table["meldingen"]), table["known"] > 0, table["not_understood"] > 0]
    registers = np.select(holds, ["always", "sometimes", NOT_UNDERSTOOD], NEVER)
    return as_table(table.assign(registers=registers), schema.REGISTRATION)
