"""The periods in which meldingen are counted, each a union of whole months."""

import datetime as dt

import numpy as np
import pandas as pd

WHOLE, YEAR, HALF, QUARTER, MONTH = "whole", "year", "half", "quarter", "month"
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods

# Each kind is a union of periods of the next: that is what makes the counts one system.
MONTHS_OF_KIND = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, counted from its first month.

    Years of the evaluation, not of the calendar: an evaluation that starts in July has years from
    July to June. A period that is cut short, by a begin or a peildatum inside it, keeps the code of
    the period that it is a part of; `is_complete` is false.

    Returns
    -------
    pd.DataFrame
        One row per period: `period` (its code: `whole`, `2021-07/2022-06` for a year, half year or
        quarter, `2021-07` for a month), `kind`, `begin`, `end` (both included) and `is_complete`.
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        start = first.replace(day=1)
        while start <= last:
            next_start = start + pd.DateOffset(months=months)
            end = next_start - pd.Timedelta(days=1)
            code = f"{start:%Y-%m}" if kind == MONTH else f"{start:%Y-%m}/{end:%Y-%m}"
            rows.append(
                (code, kind, max(start, first), min(end, last), first <= start and end <= last)
            )
            start = next_start
    return pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])


def complete_years(periods: pd.DataFrame) -> list[str]:
    """The codes of the years that may be compared: those that are not cut short."""
    return list(periods.loc[(periods["kind"] == YEAR) & periods["is_complete"], "period"])


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    begins = of_kind["begin"].to_numpy()
    after = np.datetime64(of_kind["end"].iloc[-1] + pd.Timedelta(days=1))
    place = np.searchsorted(begins, days.to_numpy(), side="right") - 1
    is_inside = days.notna().to_numpy() & (place >= 0) & (days.to_numpy() < after)
    codes = of_kind["period"].array.take(np.where(is_inside, place, -1), allow_fill=True)
    return pd.Series(codes, days.index, dtype="str", name=days.name)


def longer_period(periods: pd.DataFrame, shorter: str, longer: str) -> pd.Series:
    """Per period of the shorter kind: the code of the period of the longer kind that it is in."""
    inner = periods[periods["kind"] == shorter].set_index("period")["begin"]
    return period_of(inner, periods[periods["kind"] == longer])
