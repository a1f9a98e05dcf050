"""Where a delivery is seen to end before the days that it should cover."""

import datetime as dt
from math import floor, log

import pandas as pd

from mma_analysis.measure.frame import End
from mma_analysis.settings import Edition

ONE_IN_TWENTY = 0.05


def ends_of(
    meldingen: pd.DataFrame,
    edition: Edition,
    went_out: pd.Series | None = None,
) -> dict[str, End]:
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
            end = End(until.date())
        else:
            end = _end(days, _first_day(slug, edition), last)
        if end is not None:
            ends[slug] = end
    return ends


def _first_day(slug: str, edition: Edition) -> dt.date:
    connected_on = edition.gemeente(slug).aangesloten or edition.begin
    return max(connected_on, edition.begin)


def _end(days: pd.Series, first: dt.date, last: dt.date) -> End | None:
    """Where meldingen of these days end, of a delivery that should go on to the `last`."""
    day = (days.max() + pd.offsets.MonthEnd(0)).date()
    if day >= last or day < first:
        return None
    number = int((days >= pd.Timestamp(first)).sum())
    before = (day - first).days + 1
    whole = (last - first).days + 1
    part = before / whole
    if part**number >= ONE_IN_TWENTY:
        return None
    fewest = floor(log(ONE_IN_TWENTY) / log(part)) + 1
    return End(day, fewest)
