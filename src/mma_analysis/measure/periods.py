"""The periods in which meldingen are counted, each a union of whole months."""

import datetime as dt

import pandas as pd

WHOLE, YEAR, HALF, MONTH = "whole", "year", "half", "month"
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods

# Each kind is a union of periods of the next: that is what makes the counts one system.
KINDS = {WHOLE: None, YEAR: 12, HALF: 6, MONTH: 1}


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years and months, counted from its first day.

    Years of the evaluation, not of the calendar: an evaluation that starts in July has years from
    July to June. The last period of a kind is shorter when the peildatum falls inside it; then
    `is_complete` is false.

    Returns
    -------
    pd.DataFrame
        One row per period: `period` (its code, such as `2021-07/2022-06`), `kind`, `begin`, `end`
        (both included) and `is_complete`.
    """
    rows = []
    for kind, months in KINDS.items():
        start = pd.Timestamp(begin)
        last = pd.Timestamp(peildatum)
        while start <= last:
            whole_end = last if months is None else _end_of_block(start, months)
            end = min(whole_end, last)
            rows.append((_code(kind, start, end), kind, start, end, end == whole_end))
            start = end + pd.Timedelta(days=1)
    return pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls."""
    edges = [*of_kind["begin"], of_kind["end"].iloc[-1] + pd.Timedelta(days=1)]
    return pd.cut(days, edges, right=False, labels=of_kind["period"]).astype("str")


def _end_of_block(start: pd.Timestamp, months: int) -> pd.Timestamp:
    first_of_month = start.replace(day=1)
    return first_of_month + pd.DateOffset(months=months) - pd.Timedelta(days=1)


def _code(kind: str, start: pd.Timestamp, end: pd.Timestamp) -> str:
    if kind == MONTH:
        return f"{start:%Y-%m}"
    return f"{start:%Y-%m}/{end:%Y-%m}" if kind != WHOLE else WHOLE
