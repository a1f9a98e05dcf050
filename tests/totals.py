"""Released totals of gemeenten and the district, from days of receipt."""

from collections.abc import Collection, Mapping

import pandas as pd

from mma_analysis.measure import Frame
from mma_analysis.measure.periods import MONTH, QUARTER, period_of
from mma_analysis.measure.within import Margins, margins
from small_edition import framed

Days = Mapping[str, Collection[pd.Timestamp]]


def totals(days: Days, of: Frame) -> pd.DataFrame:
    """Totals as `per_period` has them; every tip is of one gemeente only."""
    received = {slug: pd.Series(list(own), dtype="datetime64[us]") for slug, own in days.items()}
    of_all = pd.concat(received.values(), ignore_index=True)
    rows = []
    for area, own in {**received, "twente": of_all}.items():
        for kind, of_kind in of.by_kind:
            if area == "twente" or kind not in (QUARTER, MONTH):
                number = period_of(own, of_kind).value_counts()
                rows += [(area, code, kind, number.get(code, 0)) for code in of_kind["period"]]
    table = pd.DataFrame(rows, columns=["area", "period", "kind", "count"]).assign(basis=1)
    table = table.merge(of.exposure, on=["area", "period"]).astype({"count": "Int64"})
    is_none = table["connected_months"].eq(0) & table["count"].eq(0) & table["area"].ne("twente")
    state = is_none.map({True: "not_applicable", False: "shown"})
    return table.assign(state=state, count=table["count"].mask(is_none))


def margins_of(days: Days, since: Mapping[str, str | None], **time: str) -> Margins | None:
    """The margins of those totals; `time`: `begin` and `peildatum`."""
    of = framed({slug: since[slug] for slug in days}, **time)
    return margins(of, totals(days, of))
