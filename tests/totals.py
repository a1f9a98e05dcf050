"""Released totals of gemeenten and the district, from days of receipt, with some of them hidden."""

import datetime as dt
from collections.abc import Collection, Mapping

import pandas as pd

from counting import edition
from mma_analysis.measure.frame import Frame, exposure
from mma_analysis.measure.periods import MONTH, QUARTER, period_of
from mma_analysis.measure.within import Margins, margins
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

Days = Mapping[str, Collection[dt.date | pd.Timestamp]]


def totals(
    days: Days,
    since: Mapping[str, str | None],
    cut: pd.DataFrame,
    hidden: Collection[tuple[str, str]] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Totals as `per_period` has them, without those of `hidden` (area, period); and the exposure.

    Every tip is of one gemeente only. The district is called twente.
    """
    received = {slug: pd.Series(list(own), dtype="datetime64[us]") for slug, own in days.items()}
    of_all = pd.concat(received.values(), ignore_index=True)
    connected_on = pd.Series(dict(since), dtype="datetime64[us]")
    time = exposure(VOCABULARY, connected_on, list(days), cut)
    rows = []
    for area, own in {**received, "twente": of_all}.items():
        for kind, of_kind in cut.groupby("kind", sort=False):
            if area == "twente" or kind not in (QUARTER, MONTH):
                number = period_of(own, of_kind).value_counts()
                rows += [(area, code, kind, number.get(code, 0)) for code in of_kind["period"]]
    table = pd.DataFrame(rows, columns=["area", "period", "kind", "count"])
    table = table.merge(time, on=["area", "period"]).astype({"count": "Int64"})
    is_hidden = pd.MultiIndex.from_frame(table[["area", "period"]]).isin(list(hidden))
    is_none = table["connected_months"].eq(0) & table["count"].eq(0) & table["area"].ne("twente")
    state = pd.Series("shown", table.index).mask(is_none, "not_applicable")
    table = table.assign(state=state.mask(is_hidden, "hidden"))
    told = table.assign(count=table["count"].where(table["state"] == "shown"), basis=1)
    return told, time


def margins_of(
    days: Days,
    since: Mapping[str, str | None],
    cut: pd.DataFrame,
    hidden: Collection[tuple[str, str]] = (),
) -> Margins | None:
    """The margins of those totals."""
    table, time = totals(days, since, cut, hidden)
    connected_on = pd.Series(dict(since), dtype="datetime64[us]")
    of = Frame(edition({"almelo": {}}), cut, connected_on, time, tuple(days))
    received = pd.DataFrame({"receipts": [sum(len(own) for own in days.values())]})
    return margins(of, table, received)
