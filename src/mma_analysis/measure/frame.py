"""What an edition measures, and how long each gemeente could receive meldingen in it."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mma_analysis.measure.cells import MISSING, allowed_values
from mma_analysis.measure.periods import inhabitant_years, periods
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary

DAYS_PER_MONTH = 365.25 / 12
COUNT_COLUMNS = ["area", "period", "kind", "breakdown", "value", "count", "state"]


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures; nothing of it comes from meldingen."""

    edition: Edition
    periods: pd.DataFrame
    connected_on: pd.Series
    exposure: pd.DataFrame
    delivered: tuple[str, ...]

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the edition."""
        return self.edition.vocabulary

    @cached_property
    def missing(self) -> pd.DataFrame:
        """The cells that gemeenten without a delivery would have had."""
        absent = [a.slug for a in self.vocabulary.gemeenten if a.slug not in self.delivered]
        rows = [
            (slug, period.period, period.kind, row["breakdown"], value, pd.NA, MISSING)
            for row in self.vocabulary.reference("breakdowns")
            for period in self.periods.itertuples()
            if period.kind in row["gemeente"].split()
            for value in allowed_values(self.vocabulary, row["breakdown"])
            for slug in absent
        ]
        return pd.DataFrame(rows, columns=COUNT_COLUMNS).astype({"count": "Int64"})


def frame(edition: Edition) -> Frame:
    """Set up periods, connection dates and exposure of an edition."""
    cut = periods(edition.begin, edition.peildatum)
    slugs = [area.slug for area in edition.vocabulary.gemeenten]
    connected_on = pd.Series(
        {slug: edition.gemeente(slug).aangesloten for slug in slugs}, dtype="datetime64[us]"
    )
    delivered = tuple(slug for slug in slugs if edition.gemeente(slug).levering)
    return Frame(
        edition=edition,
        periods=cut,
        connected_on=connected_on,
        exposure=exposure(edition.vocabulary, connected_on, delivered, cut),
        delivered=delivered,
    )


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """Measure per gemeente and period how many months (of 30,4375 days) it was connected.

    `connected_on`: connection date per gemeente slug; missing when unknown.

    One row per gemeente and period: `area`, `period`, `connected_months`, missing without a known
    date: it is not assumed to be connected, nor to be unconnected.
    """
    dates = connected_on.rename_axis("area").rename("connected_on").reset_index()
    both = dates.merge(periods, how="cross")
    from_day = both[["begin", "connected_on"]].max(axis=1, skipna=False)
    days = (both["end"] - from_day).dt.days + 1
    return pd.DataFrame(
        {
            "area": both["area"],
            "period": both["period"],
            "connected_months": days.clip(lower=0) / DAYS_PER_MONTH,
        }
    )


def exposure(
    vocabulary: Vocabulary,
    connected_on: pd.Series,
    delivered: Collection[str],
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Measure connected months per area and period.

    The district is the sum of the gemeenten that delivered, the others' meldingen being in no
    count; missing when one of them has no known date: a rate over too little time would be too
    high.

    One row per area and period: `area`, `period`, `connected_months`, `inhabitant_years`
    (inhabitants × connected years), `connected_gemeenten` (how many are known to be connected on at
    least one day of it).
    """
    own = connected_months(connected_on, periods).assign(
        inhabitant_years=lambda t: inhabitant_years(vocabulary, t, periods),
        connected_gemeenten=lambda t: (t["connected_months"] > 0).astype("int64"),
    )
    counted = own[own["area"].isin(delivered)].groupby("period")
    summed = periods[["period"]].assign(
        area=vocabulary.district.slug,
        connected_months=periods["period"].map(counted["connected_months"].sum(skipna=False)),
        inhabitant_years=periods["period"].map(counted["inhabitant_years"].sum(skipna=False)),
        connected_gemeenten=periods["period"].map(counted["connected_gemeenten"].sum()),
    )
    return pd.concat([own, summed.fillna({"connected_gemeenten": 0})], ignore_index=True).astype(
        {"connected_gemeenten": "int64"}
    )
