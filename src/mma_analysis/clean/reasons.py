"""Why a row is refused, and what is wrong with a row that counts: the table `reasons.csv`."""

from collections.abc import Mapping

import pandas as pd

from mma_analysis.clean.dates import DATE
from mma_analysis.clean.numbers import CUT_OFF, several
from mma_analysis.clean.words import blank, map_cells
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import DATES, RAW_MELDINGEN, SOURCE, UNREADABLE, Delivery

NO_DAYS = [field for field in RAW_MELDINGEN if field not in DATES]


def reasons(
    raw: pd.DataFrame,
    decided: pd.DataFrame,
    removed: pd.Series,
    shifted: pd.Series,
    edition: Edition,
) -> pd.DataFrame:
    """Everything that is wrong with each row.

    One row per row and reason, with the index of `raw` and `reason_code`, `field` and `effect`, in
    the order of `reasons.csv`. The day of receipt goes before the gemeente there: without it a row
    cannot be counted wherever it belongs.

    Parameters
    ----------
    raw
        The cells as read, words as our codes.
    decided
        The same rows: their days, and what `receivers` says of them.
    removed
        Whether a correction removes the row.
    shifted
        Whether the row has more cells than there are headers.
    """
    numbers, received_on, gemeente = raw["melding_id"], decided["received_on"], decided["gemeente"]
    delivered = map_cells(gemeente, lambda slug: edition.gemeente(slug).geleverd_op, DATE)
    connected = map_cells(gemeente, lambda slug: edition.gemeente(slug).aangesloten, DATE)
    empty = {field: blank(edition.vocabulary, raw[field]) for field in DATES}
    no_day = {field: decided[field].isna() & ~empty[field] for field in DATES}
    # Reason, the rows that it holds for, and the field that it is in: one, or another per row.
    found: list[tuple[str, pd.Series, str | pd.Series]] = [
        ("verwijderd", removed, ""),
        ("te_veel_velden", shifted, ""),
        ("datum_ontbreekt", received_on.isna() & empty["received_on"], "received_on"),
        ("datum_onmogelijk", no_day["received_on"], "received_on"),
        ("voor_begin", received_on < pd.Timestamp(edition.begin), "received_on"),
        ("na_peildatum", received_on > pd.Timestamp(edition.peildatum), "received_on"),
        ("na_levering", received_on > delivered, "received_on"),
        ("voor_aansluiting", received_on < connected, "received_on"),
        *(
            (code, decided["reason_code"] == code, decided["field"])
            for code in decided["reason_code"].unique()
            if code
        ),
        *(("datum_niet_gelezen", no_day[field], field) for field in DATES[1:]),
        ("nummer_afgekapt", numbers.str.fullmatch(CUT_OFF.pattern, case=False), "melding_id"),
        ("meer_nummers", map_cells(numbers, several, "bool"), "melding_id"),
        *(("niet_begrepen", raw[field] == UNREADABLE, field) for field in NO_DAYS),
    ]
    effects = edition.vocabulary.reason_effects
    rows = [
        pd.DataFrame({"reason_code": code, "field": field}, index=raw.index, dtype="str")[applies]
        for code, applies, field in found
        if applies.any()
    ]
    table = pd.concat(rows or [pd.DataFrame(columns=["reason_code", "field"], dtype="str")])
    table = table.assign(effect=map_cells(table["reason_code"], effects.__getitem__))
    order = [*effects].index
    return table.sort_values("reason_code", key=lambda codes: codes.map(order), kind="stable")


def explained(
    vocabulary: Vocabulary,
    faults: pd.DataFrame,
    rows: pd.DataFrame,
    deliveries: Mapping[str, Delivery],
) -> pd.DataFrame:
    """The faults as the sender reads them, with where they are, in the order of the rows."""
    places = rows.loc[faults.index, [*SOURCE, "gemeente"]]
    fields = zip(places["source_file"], faults["field"], strict=True)
    headers = {file: delivery.headers for file, delivery in deliveries.items()}
    sentences = map_cells(faults["reason_code"], vocabulary.rejection_reasons.__getitem__)
    table = places.assign(
        column=pd.array([headers[file][field] if field else "" for file, field in fields], "str"),
        reason_code=faults["reason_code"],
        reason=sentences,
        effect=faults["effect"],
    )
    return table.sort_index(kind="stable")
