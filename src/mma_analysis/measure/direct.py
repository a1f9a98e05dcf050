"""What receiving meldingen directly brings: how fast they come, and how many."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy.stats import quantile_test

from mma_analysis.measure.cells import NOT_APPLICABLE
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import HALF
from mma_analysis.measure.trend import CANNOT_TELL, odds_interval, verdicts_together

FEWEST_MELDINGEN = 10
FEWEST_GEMEENTEN = 3  # with one answer: fewer, and a reader could tell who gave it
LEVEL = 0.95
RECEIVE = ["area", "gemeenten", "median_days", "low", "high"]
SIDES = ["count_before", "months_before", "count_after", "months_after"]
BY_ANSWER = ["question", "value", "rank", "median_days"]


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding.

    The median with the exact 95 % interval of its order statistics (Conover 1999; scipy,
    `quantile_test`). Only of gemeenten that register both days; a day of receipt before M.'s is a
    mistake and left out. Made from exact rows, but in whole days and without a count.

    Parameters
    ----------
    meldingen
        Clean meldingen, with `area`: what to summarise them by.

    Returns
    -------
    pd.DataFrame
        One row per area with at least `FEWEST_MELDINGEN` such meldingen: `area`, `gemeenten` (that
        register both days), `median_days`, `low`, `high`.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-01-01"] * 5 + ["2022-01-03"] * 6)
    >>> meldingen = pd.DataFrame({"area": "twente", "gemeente": "borne", "received_on": days,
    ...                           "reported_on": pd.Timestamp("2022-01-01")})
    >>> time_to_receive(meldingen)[["median_days", "low", "high"]].to_numpy().tolist()
    [[2, 0, 2]]
    """
    table = meldingen.assign(days=_days(meldingen)).dropna(subset="days")
    rows = []
    for area, own in table.groupby("area", sort=True):
        if len(own) >= FEWEST_MELDINGEN:
            ends: Any = quantile_test(own["days"].to_numpy(), p=0.5).confidence_interval(LEVEL)
            days = [round(float(day)) for day in (own["days"].median(), ends.low, ends.high)]
            rows.append((area, own["gemeente"].nunique(), *days))
    return described(pd.DataFrame(rows, columns=RECEIVE), "time_to_receive")


def before_connection(
    counts: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Compare what a gemeente received per month before it was connected and after.

    In whole half years: those that end before the connection, and those that begin on or after it.
    Given the sum, the second count is binomial: the exact (Clopper–Pearson) interval of its
    probability gives that of the ratio. In a half year before the connection of which nothing is
    registered, the gemeente heard nothing or did not write it down: that is no 0, and the half year
    is left out, its months too. Assumes no season and no trend.

    As in `trend.year_on_year`, `more` and `fewer` are only said of what remains when at most 5 % of
    all that is said may be chance, over the gemeenten in the table that can be compared; the
    interval is that of the gemeente alone.

    Parameters
    ----------
    counts
        Protected totals per gemeente and period: `area`, `period`, `count`, `state`. All gemeenten
        in it are looked at together.
    connected_on
        Connection date per gemeente slug; missing when unknown.

    Returns
    -------
    pd.DataFrame
        One row per gemeente with a known date and half years on both sides: `area`,
        `count_before`, `months_before` (of the half years with something registered, when there are
        any), `count_after`, `months_after`, `ratio`, `low`, `high`, `verdict` in `not_registered`,
        `hidden`, `more`, `fewer`, `cannot_tell` (fewer than `FEWEST_MELDINGEN` in all, or it may be
        chance).

    Examples
    --------
    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> halves = periods(dt.date(2022, 1, 1), dt.date(2022, 12, 31))
    >>> counts = pd.DataFrame({"area": "borne", "period": ["2022-01/2022-06", "2022-07/2022-12"],
    ...                        "count": [4, 20], "state": "shown"})
    >>> connected_on = pd.Series({"borne": pd.Timestamp("2022-07-01")})
    >>> before_connection(counts, connected_on, halves)[["ratio", "verdict"]].to_numpy().tolist()
    [[5.0, 'more']]
    """
    halves = periods[(periods["kind"] == HALF) & periods["is_complete"]]
    timed = counts.merge(halves, on="period", suffixes=("", "_of"))
    day = timed["area"].map(connected_on)
    before = dict(iter(timed[timed["end"] < day].groupby("area")))
    after = dict(iter(timed[timed["begin"] >= day].groupby("area")))
    rows = [
        {"area": slug, **_compared(before[slug], after[slug])}
        for slug in connected_on.index
        if slug in before and slug in after
    ]
    columns = ["area", *SIDES, "ratio", "low", "high", "verdict"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(SIDES, "Int64"))
    return described(_with_ratio(table), "before_connection")


def experience_by_answer(
    responses: pd.DataFrame,
    meldingen: pd.DataFrame,
    counts: pd.DataFrame,
    inhabitants: pd.Series,
    questions: Sequence[str],
) -> pd.DataFrame:
    """Put what gemeenten say of direct receipt beside what was measured.

    Descriptive: gemeenten with another answer differ in more than their answer. Only for answers
    that at least `FEWEST_GEMEENTEN` gemeenten of which the count is shown gave, and only when there
    are two such answers to compare. How many meldingen such a group received is not told, only
    which group received more: from the counts of all gemeenten a reader could else work out who
    gave which answer.

    Parameters
    ----------
    responses
        One row per gemeente and question: `gemeente`, `question`, `value`.
    meldingen
        Clean meldingen.
    counts
        Protected totals of each gemeente over the whole period: `area`, `count`,
        `connected_months`.
    questions
        Codes of the statements to compare by.

    Returns
    -------
    pd.DataFrame
        One row per question and answer: `question`, `value`, `rank` (1 for the most receipts per
        10 000 inhabitants and connected year; the same rank when that is the same whole number),
        `median_days` (between M. and the gemeente, in whole days; missing with fewer than
        `FEWEST_MELDINGEN` meldingen or `FEWEST_GEMEENTEN` gemeenten that register both days).

    Examples
    --------
    The three that agree received more per inhabitant than the three that do not:

    >>> slugs = ["almelo", "borne", "dinkelland", "enschede", "haaksbergen", "hengelo"]
    >>> given = pd.DataFrame({"gemeente": slugs, "question": "meer",
    ...                       "value": ["eens"] * 3 + ["oneens"] * 3})
    >>> whole = pd.DataFrame({"area": slugs, "count": [30] * 3 + [20] * 3,
    ...                       "connected_months": 12.0})
    >>> days = pd.Series([], dtype="datetime64[us]")
    >>> rows = pd.DataFrame({"gemeente": pd.Series(dtype="str"), "received_on": days,
    ...                      "reported_on": days})
    >>> people = pd.Series(20_000, slugs)
    >>> found = experience_by_answer(given, rows, whole, people, ["meer"])
    >>> found[["value", "rank"]].to_numpy().tolist()
    [['eens', 1], ['oneens', 2]]
    """
    timed = meldingen.assign(days=_days(meldingen)).dropna(subset="days")
    known = counts.dropna(subset=["count", "connected_months"]).set_index("area")
    parts = []
    for question in questions:
        own = responses[
            responses["question"].eq(question) & responses["gemeente"].isin(known.index)
        ]
        rows = [
            (question, value, *_measured(group["gemeente"], known, timed, inhabitants))
            for value, group in own.groupby("value")
            if group["gemeente"].nunique() >= FEWEST_GEMEENTEN
        ]
        parts += rows if len(rows) > 1 else []
    columns = ["question", "value", "rate", "median_days"]
    table = pd.DataFrame(parts, columns=columns).astype({"median_days": "Float64"})
    ranks = table.groupby("question")["rate"].rank("dense", ascending=False).astype("int64")
    return described(table.assign(rank=ranks)[BY_ANSWER], "experience_by_answer")


def _days(meldingen: pd.DataFrame) -> pd.Series:
    """Days from M. to the gemeente; missing when one is not known or they are the wrong way."""
    days = (meldingen["received_on"] - meldingen["reported_on"]).dt.days
    return days.where(days >= 0)


def _compared(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, object]:
    """Both sides, and the verdict of what cannot be compared."""
    registered = before[before["state"] != NOT_APPLICABLE]
    if registered.empty:
        months = {"months_before": 6 * len(before), "months_after": 6 * len(after)}
        return {**months, "verdict": "not_registered"}
    months = {"months_before": 6 * len(registered), "months_after": 6 * len(after)}
    n_before, n_after = registered["count"].sum(skipna=False), after["count"].sum(skipna=False)
    if pd.isna(n_before) or pd.isna(n_after):
        return {**months, "verdict": "hidden"}
    found: dict[str, object] = {
        **months,
        "count_before": int(n_before),
        "count_after": int(n_after),
    }
    if n_before + n_after < FEWEST_MELDINGEN or n_before == 0:
        return {**found, "verdict": CANNOT_TELL}
    return found


def _with_ratio(table: pd.DataFrame) -> pd.DataFrame:
    """The ratio of what can be compared, with the verdicts over these gemeenten together."""
    told = table.loc[table["verdict"].isna(), SIDES].astype("float64")
    told = told.set_axis(["n_from", "t_from", "n_to", "t_to"], axis="columns")
    time = told["t_from"] / told["t_to"]
    low, high = odds_interval(told["n_from"].to_numpy(), told["n_to"].to_numpy())
    found = pd.DataFrame({"ratio": told["n_to"] / told["n_from"], "low": low, "high": high})
    found = found.mul(time, axis=0).reindex(table.index).astype("float64")
    verdict = table["verdict"].astype("object").fillna(verdicts_together(told, CANNOT_TELL))
    joined = table.drop(columns=list(found)).join(found)
    return joined.assign(verdict=verdict.astype("str"))[list(table)]


def _measured(
    slugs: pd.Series, known: pd.DataFrame, timed: pd.DataFrame, inhabitants: pd.Series
) -> tuple[int, float | None]:
    """Their receipts per 10 000 inhabitants and year, and the days to receive one."""
    own = known.loc[slugs.unique()]
    people_years = (own["connected_months"] / 12 * inhabitants.reindex(own.index)).sum()
    rows = timed[timed["gemeente"].isin(own.index)]
    is_few = len(rows) < FEWEST_MELDINGEN or rows["gemeente"].nunique() < FEWEST_GEMEENTEN
    days = None if is_few else round(float(rows["days"].median()))
    return round(float(own["count"].sum() / people_years * 10000)), days
