"""What the bench shows of a choice: area, breakdown and period, in figures and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, development, facts, parts, words
from mma_analysis.show.blocks import Text, text
from mma_analysis.show.facts import MONTH, Interval
from mma_analysis.show.words import Count
from mma_analysis.vocabulary import TOTAL

KINDS = {
    "whole": "Hele evaluatie",
    "year": "Per jaar",
    "half": "Per half jaar",
    "quarter": "Per kwartaal",
    "month": "Per maand",
}


@dataclass(frozen=True)
class Line:
    """One row of what is shown: the period, the value, its count and its rate or share."""

    period: str
    label: str
    count: Count
    size: Interval | None
    connected: int = 0


def breakdowns(e: Evaluation) -> dict[str, str]:
    """The breakdowns that are told of this area: code → Dutch label.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> list(breakdowns(evaluation.load("enschede")))[:3]
    ['totaal', 'topic_group', 'has_time']
    """
    rows = e.vocabulary.reference("breakdowns")
    return {row["breakdown"]: row["label"] for row in rows if row[e.area.level]}


def kinds(e: Evaluation, breakdown: str) -> dict[str, str]:
    """The kinds of period in which a breakdown of this area is told: code → Dutch label.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> kinds(evaluation.load("borne"), "topic_group")
    {'whole': 'Hele evaluatie'}
    """
    rows = {row["breakdown"]: row for row in e.vocabulary.reference("breakdowns")}
    return {kind: KINDS[kind] for kind in rows[breakdown][e.area.level].split()}


def sentences(e: Evaluation) -> Text:
    """How many meldingen, how many per month and per inhabitant, and whether that changes.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> "180 meldingen" in sentences(evaluation.load("enschede")).plain
    True
    """
    told = facts.whole(e)
    known = (
        (told.per_month, "per aangesloten maand"),
        (told.per_10000, "per 10.000 inwoners per jaar"),
    )
    rates = [
        f"{words.number(rate.value, 1)} {what} "
        f"(tussen {words.number(rate.low, 1)} en {words.number(rate.high, 1)})"
        for rate, what in known
        if rate
    ]
    rate = f" Dat is {words.listing(rates)}." if rates else ""
    is_district = e.area.is_district
    change = development.district_trend(e) if is_district else development.gemeente_trend(e)
    first = f"{e.area.name}, {facts.whole_span(e)}: {told.count.sentence}.{rate}"
    return text(first, change.plain)


def lines(e: Evaluation, breakdown: str, kind: str) -> list[Line]:
    """What is told of a choice, in reading order.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> [line.count.value for line in lines(evaluation.load("twente"), "totaal", "year")]
    [175, 410]
    """
    if breakdown == TOTAL:
        return [
            Line(r.period.label, "Meldingen", r.count, r.per_month, r.connected_gemeenten)
            for r in facts.received(e, kind)
        ]
    return [
        Line(period.label, part.label, part.count, part.share)
        for period in facts.periods(e, kind)
        for part in parts.breakdown(e, breakdown, e.area, period.code).parts
    ]


def figure(shown: Sequence[Line], kind: str) -> go.Figure:
    """Bars of what is told; months of the total as dots with who was connected below them.

    Examples
    --------
    >>> one = Line("jul 2021", "Meldingen", Count(3, "shown"), None, 1)
    >>> len(figure([one], "whole").data)
    1
    """
    if kind == MONTH:
        return charts.months(
            [charts.Month(one.period, one.count.value, one.connected) for one in shown]
        )
    several = len({one.period for one in shown}) > 1
    labels = [_label(one, several, len({line.label for line in shown}) > 1) for one in shown]
    return charts.bars(
        [
            charts.Bar(label, one.count.value, one.count.spoken)
            for label, one in zip(labels, shown, strict=True)
        ]
    )


def table(shown: Sequence[Line], breakdown: str) -> pd.DataFrame:
    """The same with Dutch heads, to sort, to filter and to save.

    One row per line: period, value, count (missing when not shown), why it is not shown, and the
    rate per connected month of a total, the share of any other, with its interval.

    Examples
    --------
    >>> one = Line("jul 2021", "Meldingen", Count(None, "hidden"), None)
    >>> table([one], "totaal")["Toestand"].item()
    'niet getoond'
    """
    what = "Per maand" if breakdown == TOTAL else "Aandeel"
    sizes = {
        what: [one.size and one.size.value for one in shown],
        "Laagst": [one.size and one.size.low for one in shown],
        "Hoogst": [one.size and one.size.high for one in shown],
    }
    counts = {
        "Periode": [one.period for one in shown],
        "Waarde": [one.label for one in shown],
        "Meldingen": pd.array([one.count.value for one in shown], dtype="Int64"),
        "Toestand": ["getoond" if c.is_shown else c.spoken for c in (one.count for one in shown)],
    }
    return pd.DataFrame({**counts, **sizes}).round(3)


def _label(one: Line, several_periods: bool, several_values: bool) -> str:
    if several_periods and several_values:
        return f"{one.label}, {one.period}"
    return one.period if several_periods else one.label
