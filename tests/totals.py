"""Released totals of gemeenten and the district, from days of receipt or numbers per month."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from counting import framed
from mma_analysis.measure import Frame
from mma_analysis.measure.course import Floats, Totals, totals
from mma_analysis.measure.frame import MONTH, QUARTER, period_of
from mma_analysis.measure.gemeenten import Baseline, baseline

SIX = ["almelo", "borne", "enschede", "hengelo", "losser", "wierden"]
Days = Mapping[str, Collection[pd.Timestamp]]


def days_of(of: Frame, **numbers: Sequence[int]) -> Days:
    """So many on the first day of each month."""
    begins = of.periods.loc[of.periods["kind"] == MONTH, "begin"]
    return {
        slug: [day for day, n in zip(begins, own, strict=True) for _ in range(n)]
        for slug, own in numbers.items()
    }


def counts_of(days: Days, of: Frame, off: int = 0) -> pd.DataFrame:
    """Released counts of which every tip is of one gemeente only, each so far off at most."""
    received = {slug: pd.Series(list(own), dtype="datetime64[us]") for slug, own in days.items()}
    every = pd.concat(received.values(), ignore_index=True)
    rows = []
    for area, own in {**received, "twente": every}.items():
        for kind, of_kind in of.periods.groupby("kind", sort=False):
            if area == "twente" or kind not in (QUARTER, MONTH):
                number = period_of(own, of_kind).value_counts()
                rows += [(area, code, kind, number.get(code, 0)) for code in of_kind["period"]]
    table = pd.DataFrame(rows, columns=["area", "period", "kind", "count"])
    of_rows = pd.MultiIndex.from_frame(table[["area", "period"]])
    time = of.exposure.set_index(["area", "period"])["connected_months"].reindex(of_rows)
    is_none = time.eq(0).to_numpy() & table["count"].eq(0) & table["area"].ne("twente")
    state = is_none.map({True: "not_applicable", False: "shown"})
    table = table.assign(table="per_period", state=state, count=table["count"].mask(is_none))
    slugs = pd.Series([slug for slug, own in days.items() for _ in own], dtype="str")
    number = of.since_bin(slugs, every).value_counts()
    since = number.reindex(of.days_since["value"].unique(), fill_value=0).rename_axis("period")
    since = since.rename("count").reset_index().assign(table="since_connection", state="shown")
    counts = pd.concat([table, since], ignore_index=True).assign(off=off)
    return counts.astype({"count": "Int64"})


def baseline_of(days: Days, of: Frame, off: int = 0) -> Baseline:
    """What everybody has of these."""
    return baseline(of, counts_of(days, of, off))


def given_of(days: Days, since: Mapping[str, str | None], **time: str) -> Totals | None:
    """What the course is fitted to; `time`: `begin` and `peildatum`."""
    of = framed({slug: since[slug] for slug in days}, **time)
    return totals(of, counts_of(days, of))


def of_rows(*rows: Sequence[float], rounding: float = 0.0) -> Totals:
    """The totals of levels × months; a level counts from the first month that is not 0."""
    counts = np.array(rows, dtype="float64")
    months = np.arange(counts.shape[1])
    time = (months >= (counts > 0).argmax(axis=1)[:, None]).astype("float64")
    return of_margins(counts.sum(axis=0), counts.sum(axis=1), time, rounding)


def of_margins(
    counts: Sequence[float] | Floats,
    received: Sequence[float] | Floats,
    time: Floats,
    rounding: float = 0.0,
) -> Totals:
    """The totals of months and of levels, as they are given."""
    number = len(counts)
    months = pd.DataFrame({"elapsed": (np.arange(number) + 0.5) / 12})
    levels = [f"level {n}" for n in range(len(received))]
    sums = (np.asarray(given, dtype="float64") for given in (received, time, counts))
    return Totals(months, levels, *sums, rounding=rounding, rounding_received=rounding)
