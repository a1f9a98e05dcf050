"""What receiving meldingen directly brings: how fast they come, and what gemeenten say of it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy.stats import quantile_test

from mma_analysis.measure.costs import people_of
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import WHOLE
from mma_analysis.measure.rates import LEVEL

FEWEST_MELDINGEN = 10
FEWEST_GEMEENTEN = 3  # with one answer: fewer, and a reader could tell who gave it
RECEIVE = ["area", "gemeenten", "median_days", "low", "high"]
BY_ANSWER = ["question", "value", "rank", "median_days"]


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding (indicator `time_to_receive`).

    Made from exact rows, but in whole days and without a count.

    `meldingen`: clean meldingen, with `area`: what to summarise them by.

    One row per area with at least `FEWEST_MELDINGEN` meldingen of which both days are known and in
    order: `area`, `gemeenten` (that register both), `median_days`, `low`, `high`.

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
    return pd.DataFrame(rows, columns=RECEIVE)


# Statements of the survey about receiving more, and sooner.
ON_DIRECT_RECEIPT = ("informatiepositie", "sneller_dan_politie")


def experience_by_answer(
    of: Frame, per_period: pd.DataFrame, meldingen: pd.DataFrame, responses: pd.DataFrame
) -> pd.DataFrame:
    """Put what gemeenten say of direct receipt beside their released totals: as `experience`."""
    whole = per_period[per_period["kind"] == WHOLE]
    return experience(responses, meldingen, whole, people_of(of), ON_DIRECT_RECEIPT)


def experience(
    responses: pd.DataFrame,
    meldingen: pd.DataFrame,
    counts: pd.DataFrame,
    inhabitants: pd.Series,
    questions: Sequence[str],
) -> pd.DataFrame:
    """Put what gemeenten say of direct receipt beside what was measured, as a description.

    Only answers of at least `FEWEST_GEMEENTEN` gemeenten of which the count is known, and two such
    answers. Which group received more is told, not how many: with the counts of all gemeenten a
    reader could else work out who gave which answer.

    `responses` has one row per gemeente and question: `gemeente`, `question`, `value`.
    Released totals `counts` of each gemeente over the whole period: `area`, `count`,
    `connected_months`.
    `questions`: codes of the statements to compare by.

    One row per question and answer: `question`, `value`, `rank` (1 for the most receipts per 10 000
    inhabitants and connected year; the same rank for the same whole number), `median_days` (between
    M. and the gemeente, in whole days; missing with fewer than `FEWEST_MELDINGEN` meldingen or
    `FEWEST_GEMEENTEN` gemeenten that register both days).
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
    return table.assign(rank=ranks)[BY_ANSWER]


def _days(meldingen: pd.DataFrame) -> pd.Series:
    """Days from M. to the gemeente; missing when one is not known or they are the wrong way."""
    days = (meldingen["received_on"] - meldingen["reported_on"]).dt.days
    return days.where(days >= 0)


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
