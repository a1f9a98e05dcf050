"""Where a delivery is seen to end before the days that it should cover."""

import datetime as dt
from math import floor, log

import pandas as pd

from mma_analysis.measure.frame import DeliveryEnd
from mma_analysis.settings import Edition

ONE_IN_TWENTY = 0.05


def ends_of(
    meldingen: pd.DataFrame,
    edition: Edition,
    went_out: pd.Series | None = None,
) -> dict[str, DeliveryEnd]:
    """Gemeente → where its delivery is seen to end, of clean `meldingen`.

    That is the last day of the month of its last melding, when the whole months of silence
    after it are no chance:

    (days until then / all days) ** meldingen < 1/20

    None of who says (`klopt`) that nothing came in later. Of a gemeente that went out until
    a day (`went_out`), and has no melding of later, it stays that day: else a row less
    could make later days a zero.
    """
    ends = {}
    closed = {} if went_out is None else went_out.to_dict()
    for name, days in meldingen.groupby("gemeente")["received_on"]:
        slug = str(name)
        if edition.gemeente(slug).klopt:
            continue
        last = edition.covered_until(slug)
        until = closed.get(slug)
        if until is not None and until.date() < last and days.max() <= until:
            end = DeliveryEnd(until.date())
        else:
            first = _first_day(slug, edition)
            end = _end(days, first, last)
        if end is not None:
            ends[slug] = end
    return ends


def _first_day(slug: str, edition: Edition) -> dt.date:
    """The first day of the evaluation on which a gemeente could receive meldingen."""
    begin = edition.begin
    connected_on = edition.gemeente(slug).aangesloten
    if connected_on is None:
        return begin
    return max(connected_on, begin)


def _end(days: pd.Series, first: dt.date, last: dt.date) -> DeliveryEnd | None:
    """Where meldingen of these days end, of a delivery that should go on to the `last`."""
    end_of_month = days.max() + pd.offsets.MonthEnd(0)
    day = end_of_month.date()
    if day >= last or day < first:
        return None
    is_counted = days >= pd.Timestamp(first)
    number = int(is_counted.sum())
    before = (day - first).days + 1
    whole = (last - first).days + 1
    part = before / whole

    by_chance = part**number
    if by_chance >= ONE_IN_TWENTY:
        return None
    # The first whole number of meldingen of which it is no chance.
    fewest = floor(log(ONE_IN_TWENTY) / log(part)) + 1
    return DeliveryEnd(day, fewest)
