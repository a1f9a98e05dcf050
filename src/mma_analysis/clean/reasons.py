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

# What holds for each row: reason → (rows, the field that it is in). A field may differ per row.
Found = list[tuple[str, pd.Series, str | pd.Series]]


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
    codes, numbers = decided["reason_code"], raw["melding_id"]
    found = [
        ("verwijderd", removed, ""),
        ("te_veel_velden", shifted, ""),
        *_of_receipt(raw["received_on"], decided["received_on"], decided["gemeente"], edition),
        *((code, codes == code, decided["field"]) for code in codes.unique() if code),
        *(
            ("datum_niet_gelezen", decided[f].isna() & ~blank(edition.vocabulary, raw[f]), f)
            for f in DATES
            if f != "received_on"
        ),
        ("nummer_afgekapt", numbers.str.fullmatch(CUT_OFF.pattern, case=False), "melding_id"),
        ("meer_nummers", map_cells(numbers, several, "bool"), "melding_id"),
        *(("niet_begrepen", raw[f] == UNREADABLE, f) for f in NO_DAYS),
    ]
    effects = edition.vocabulary.reason_effects
    order = list(effects)
    applying = [one for one in found if one[1].any()] or found[:1]
    table = pd.concat([_rows(*one) for one in applying])
    table = table.assign(effect=map_cells(table["reason_code"], effects.__getitem__))
    return table.sort_values("reason_code", key=lambda codes: codes.map(order.index), kind="stable")


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


def _rows(reason: str, applies: pd.Series, field: str | pd.Series) -> pd.DataFrame:
    where = field[applies] if isinstance(field, pd.Series) else field
    index = applies.index[applies]
    return pd.DataFrame({"reason_code": reason, "field": where}, index=index, dtype="str")


def _of_receipt(
    cells: pd.Series, received_on: pd.Series, gemeente: pd.Series, edition: Edition
) -> Found:
    empty = blank(edition.vocabulary, cells)
    delivered = map_cells(gemeente, lambda slug: edition.gemeente(slug).geleverd_op, DATE)
    connected = map_cells(gemeente, lambda slug: edition.gemeente(slug).aangesloten, DATE)
    applies = {
        "datum_ontbreekt": received_on.isna() & empty,
        "datum_onmogelijk": received_on.isna() & ~empty,
        "voor_begin": received_on < pd.Timestamp(edition.begin),
        "na_peildatum": received_on > pd.Timestamp(edition.peildatum),
        "na_levering": received_on > delivered,
        "voor_aansluiting": received_on < connected,
    }
    return [(reason, rows, "received_on") for reason, rows in applies.items()]
