"""The research bench: the same measures, on rows of your own choice.

Exact, of meldingen: for who may see the rows. Nothing of it may be shown to anybody else without
the protection that the released tables went through.
"""

from collections.abc import Iterable

import pandas as pd

from mma_analysis.measure.cells import SHOWN, first_receipts
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import period_of
from mma_analysis.measure.rates import with_rate
from mma_analysis.measure.tables import (
    Frame,
    all_cells,
    district_tables,
    released_counts,
    released_tables,
)

RECEIPTS, TIPS = "receipts", "tips"
KEYS = ["area", "period", "kind", "counted"]


def volume(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Count receipts and unique tips per area and period of every kind, with their rates.

    A tip that two gemeenten received is two receipts of the district and one tip, on the day that
    the first of them wrote down; so tips of periods add up as receipts do. A gemeente that
    delivered and has none of these meldingen has zeros; one that delivered nothing has no rows.
    Exact.

    Parameters
    ----------
    meldingen
        Clean meldingen: all of them, or some.
    of
        As made by `measure.frame` of the edition.

    Returns
    -------
    pd.DataFrame
        One row per area, period and what is counted: `area`, `period`, `kind`, `counted`
        (`receipts`, and for the district `tips`), `count`, and the time and rates of
        `rates.with_rate`.

    Examples
    --------
    One tip that two gemeenten received, and one more in Borne, in a year:

    >>> from mma_analysis.settings import Edition
    >>> from mma_analysis.measure.tables import frame
    >>> own = {"aangesloten": "2022-01-01", "levering": ["x.csv"]}
    >>> edition = Edition.model_validate({
    ...     "evaluatie": {"titel": "Proef", "district": "Twente",
    ...                   "begin": "2022-01-01", "peildatum": "2022-12-31"},
    ...     "gemeenten": {"borne": own, "losser": own},
    ... })
    >>> days = pd.to_datetime(["2022-01-03", "2022-01-04", "2022-01-05"])
    >>> tips = pd.DataFrame({"melding_id": ["1", "1", "2"], "received_on": days,
    ...                      "gemeente": ["borne", "losser", "borne"], "source_row": [1, 1, 2]})
    >>> tips = tips.assign(source_file="x.csv", source_sheet="")
    >>> found = volume(tips, frame(edition)).query("period == 'whole' and area == 'twente'")
    >>> found[["counted", "count", "connected_gemeenten"]].to_numpy().tolist()
    [['receipts', 3, 2], ['tips', 2, 2]]
    """
    district = [of.vocabulary.district.slug]
    levels = [
        (RECEIPTS, of.delivered, meldingen.assign(area=meldingen["gemeente"])),
        (RECEIPTS, district, meldingen.assign(area=district[0])),
        (TIPS, district, first_receipts(of.vocabulary, meldingen)),
    ]
    parts = [
        _counts(rows, areas, of_kind).assign(kind=kind, counted=what)
        for what, areas, rows in levels
        for kind, of_kind in of.periods.groupby("kind", sort=False)
    ]
    table = pd.concat(parts, ignore_index=True)[[*KEYS, "count"]]
    timed = table.merge(of.exposure, on=["area", "period"], how="left")
    return described(with_rate(timed), "volume")


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table of counts and what follows from them, from rows of your own choice.

    The same functions as for the released tables, with nothing hidden: one topic, some gemeenten,
    only what was confirmed. Exact.

    Parameters
    ----------
    meldingen
        Clean meldingen: all columns, and the rows of your choice.
    of
        As made by `measure.frame` of the edition.

    Returns
    -------
    dict[str, pd.DataFrame]
        Table name → table, as `tables.released_tables` and `tables.district_tables`.
    """
    cells = all_cells(meldingen, of)
    counts = released_counts(cells, pd.Series(SHOWN, index=cells.index), of)
    tables = released_tables(counts, of)
    return tables | district_tables(tables, of)


def _counts(rows: pd.DataFrame, areas: Iterable[str], of_kind: pd.DataFrame) -> pd.DataFrame:
    """How many rows each area has in each of these periods, none included."""
    period = period_of(rows["received_on"], of_kind)
    every = pd.MultiIndex.from_product([areas, of_kind["period"]], names=["area", "period"])
    counts = rows.groupby(["area", period.rename("period")]).size().reindex(every, fill_value=0)
    return counts.rename("count").reset_index().astype({"count": "Int64"})
