"""What a count is about, in words that mean the same in every edition, and of which meldingen."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.measure.categories import (
    Windows,
    acted_of_disposition,
    area_of_tips,
    categories,
)
from mma_analysis.measure.counts import (
    DELIVERED,
    DOUBLE,
    DUPLICATE,
    EXISTING,
    NEW,
    READ,
    RECEIVED,
    REJECTED,
    SINCE,
)
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import YEAR
from mma_analysis.vocabulary import TOTAL

RECEIPTS, TIPS, AGAIN = "receipts", "tips", "again"
DIMENSIONS = ["gemeenten", "counted", "period", "family", "codes"]
MELDINGEN = "clean"  # what counts, of the rows that were read


def dimensions(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Say of each count what it is about, without a word that is of one edition alone.

    A count of no day at all (the months after a campaign that ends last) has no row.

    Parameters
    ----------
    cells
        As in `measure.Counts`.

    Returns
    -------
    pd.DataFrame
        One row per count, on its name: `gemeenten` (slugs, with commas), `counted` (`receipts`,
        `tips`, or `again`: receipts of tips that came in before), `period` (`first/last` day, with
        commas when there are more),
        `since` (months since the connection; empty when it is not of those), `family` and `codes`:
        of which of the finest classes it is the sum (`topic` and its topics for a group; both empty
        for a total).
    """
    windows = Windows.of(of)
    who, when = dict(_areas(of, windows)), dict(_periods(of, windows))
    classes = dict(_classes(of, windows))
    rows = []
    names = ["area", "period", "kind", "breakdown", "value"]
    for area, period, kind, *of_class in cells[names].astype("str").to_numpy().tolist():
        is_since = kind == SINCE
        days = when.get(f"{area} {period}" if is_since else period, "")
        family, codes = classes.get(tuple(of_class), of_class)
        rows.append((*who[area], days, period if is_since else "", family, codes))
    columns = ["gemeenten", "counted", "period", "since", "family", "codes"]
    table = pd.DataFrame(rows, cells.index, columns).astype("str")
    return table[table["gemeenten"].ne("") & table["period"].ne("")]


def _areas(of: Frame, windows: Windows) -> Iterator[tuple[str, tuple[str, str]]]:
    everybody = ",".join(sorted(of.delivered))
    yield from ((slug, (slug, RECEIPTS)) for slug in of.delivered)
    yield of.vocabulary.district.slug, (everybody, TIPS)
    yield DOUBLE, (everybody, AGAIN)
    yield RECEIVED, (everybody, RECEIPTS)
    for year in of.periods.loc[of.periods["kind"] == YEAR, "period"]:
        joined = of.joined_in(year)
        yield f"{NEW} {year}", (",".join(sorted(joined)), RECEIPTS)
        yield f"{EXISTING} {year}", (",".join(sorted({*of.delivered} - {*joined})), RECEIPTS)
    for campaign in windows.campaigns:
        yield windows.part(campaign), (",".join(sorted(windows.members(campaign))), RECEIPTS)


def _periods(of: Frame, windows: Windows) -> Iterator[tuple[str, str]]:
    for row in of.periods.to_dict("records"):
        yield row["period"], f"{row['begin']:%Y-%m-%d}/{row['end']:%Y-%m-%d}"
    for campaign in windows.campaigns:
        for side, spans in windows.days(campaign):
            yield side, ",".join(f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}" for begin, end in spans)
    # Months since the connection are other days for every gemeente, and for all together none.
    for row in of.days_since.to_dict("records"):
        yield f"{RECEIVED} {row['value']}", f"{SINCE} {row['value']}"
        if row["begin"] <= row["end"]:
            days = f"{row['begin']:%Y-%m-%d}/{row['end']:%Y-%m-%d}"
            yield f"{row['area']} {row['value']}", days


def _classes(of: Frame, windows: Windows) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Breakdown and value → family and codes, of those that are no class of their own."""
    vocabulary = of.vocabulary
    yield (TOTAL, TOTAL), ("", "")
    yield (DELIVERED, READ), (DELIVERED, ",".join(sorted((DUPLICATE, MELDINGEN, REJECTED))))
    parts: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for breakdown, family, mapping in (
        ("topic_group", "topic", vocabulary.group_of_topic),
        ("acted", "disposition", acted_of_disposition(vocabulary)),
        *((windows.breakdown(name), "topic", windows.value_of(name)) for name in windows.campaigns),
    ):
        for code, value in mapping.items():
            parts.setdefault((breakdown, value), (family, []))[1].append(code)
    for key, (family, codes) in parts.items():
        yield key, (family, ",".join(sorted(codes)))


def membership(table: pd.DataFrame, meldingen: pd.DataFrame, of: Frame) -> csr_array:
    """Say which meldingen each count counts: a row per count of `table`, a column per melding.

    A way of counting of its own: by the days, gemeenten and codes of `dimensions`, not by periods
    and breakdowns. Of what is no melding (rejected, read) and of what is not of days there is none.
    """
    meldingen = meldingen.reset_index(drop=True)
    of_rows = categories(meldingen, of, Windows.of(of))
    places, gemeenten = of_rows.index.to_numpy(), of_rows["gemeente"].astype("str")
    days = meldingen["received_on"].dt.strftime("%Y-%m-%d").to_numpy()[places]
    is_counted = ~table["family"].eq(DELIVERED) & ~table["period"].str.startswith(SINCE)
    is_counted = is_counted.to_numpy()

    def is_inside(slugs: list[str], counted: str) -> np.ndarray:
        inside = gemeenten.isin(slugs).to_numpy()
        if counted == RECEIPTS:
            return inside
        is_again = area_of_tips(of.vocabulary, meldingen[meldingen["gemeente"].isin(slugs)])
        again = is_again.eq(DOUBLE).reindex(places, fill_value=False).to_numpy()
        return inside & (again == (counted == AGAIN))

    parts: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for number, (*key, codes) in enumerate(table[DIMENSIONS].to_numpy().tolist()):
        if is_counted[number]:
            parts.setdefault(tuple(key), []).append((number, codes))
    areas: dict[tuple[str, str], np.ndarray] = {}
    rows, columns = [], []
    for (slugs, counted, period, family), of_key in parts.items():
        inside = areas.get((slugs, counted))
        if inside is None:
            inside = areas[slugs, counted] = is_inside(slugs.split(","), counted)
        spans = [span.split("/") for span in period.split(",")]
        on_a_day = [(days >= first) & (days <= last) for first, last in spans]
        here = np.flatnonzero(inside & np.any(on_a_day, axis=0))
        value = of_rows[family].astype("str").to_numpy()[here] if family else None
        for number, codes in of_key:
            own = here if value is None else here[np.isin(value, codes.split(","))]
            rows.append(np.full(len(own), number))
            columns.append(places[own])
    at = (np.concatenate(rows), np.concatenate(columns)) if rows else ([], [])
    ones = np.ones(len(at[0]), dtype=np.int64)
    return csr_array((ones, at), shape=(len(table), len(meldingen)))
