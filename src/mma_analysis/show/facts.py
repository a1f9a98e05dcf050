"""The facts that more than one section tells: totals, years, names."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.words import Count

UNKNOWN = domain.UNKNOWN


def total(e: Evaluation, area: str | None = None) -> Count:
    """All meldingen of an area in the whole period; of this area unless another is named."""
    return words.find_count(e.table("per_period"), area=area or e.area.slug, kind="whole")


def years(e: Evaluation) -> pd.DataFrame:
    """The years of the evaluation: `period`, `begin`, `end`, `is_complete`, `label`."""
    return periods(e, "year")


def periods(e: Evaluation, kind: str) -> pd.DataFrame:
    """The periods of one kind, each with its Dutch label."""
    table = e.table("periods")
    table = table[table["kind"] == kind].reset_index(drop=True)
    labels = [words.span(row.begin, row.end) for row in table.itertuples()]
    return table.assign(label=labels)


def per_period(e: Evaluation, kind: str, area: str | None = None) -> pd.DataFrame:
    """The counts of one area in the periods of one kind, in order, with their label."""
    table = e.table("per_period")
    own = table[table["area"] == (area or e.area.slug)]
    return periods(e, kind).merge(own.drop(columns="kind"), on="period", how="left")


def breakdown(e: Evaluation, table: str, name: str, area: str | None = None) -> pd.DataFrame:
    """The whole period's counts of one breakdown for one area, in reading order."""
    rows = e.table(table)
    return rows[
        (rows["area"] == (area or e.area.slug))
        & (rows["kind"] == "whole")
        & (rows["breakdown"] == name)
    ].reset_index(drop=True)


def whole_span(e: Evaluation) -> str:
    """`juli 2021 tot en met juni 2023`."""
    return f"{words.month(e.begin)} tot en met {words.month(e.peildatum)}"


def name(area: str) -> str:
    """The name of an area."""
    return domain.area(area).name


def names(areas: pd.Series | list[str]) -> str:
    """The names of areas, in a sentence."""
    return words.listing([name(area) for area in areas])


def registered_share(rows: pd.DataFrame, value: str) -> float | None:
    """Share of one value among the meldingen of which the field is known; none when not shown."""
    shown = rows.set_index("value")["count"]
    known = shown.drop(UNKNOWN)
    if known.isna().any() or not known.sum():
        return None
    return float(known[value] / known.sum())
