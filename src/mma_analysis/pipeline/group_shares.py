"""Counts of an answer → which part of each group has a value, and how others differ."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis import measure
from mma_analysis.vocabulary import UNKNOWN, UsageError, did_you_mean

SUMMED = ["count", "off"]


def each_against_others(
    counts: pd.DataFrame,
    between: str,
    field: str,
    values: Sequence[str],
    basis: int,
) -> pd.DataFrame:
    """Set each group of `between` against all others together: one row per group.

    `counts` has a row per group and value of `field`. Only what is known counts. New are
    the `share` that has one of `values`, `share_of_others`, and how much the first is above
    the second: `change` (0.1 is ten percent points), `low`, `high` and `verdict`.
    """
    is_known = (counts[between] != UNKNOWN) & (counts[field] != UNKNOWN)
    known = counts[is_known]
    there = sorted(set(known[field]))
    for value in values:
        if value not in there:
            near = did_you_mean(value, there)
            raise UsageError.of("compare_value", field=field, name=value, near=near)

    has_value = known[known[field].isin(values)]
    part = has_value.groupby(between)[SUMMED].sum()
    whole = known.groupby(between)[SUMMED].sum()
    groups = pd.DataFrame(
        {
            "count": part["count"],
            "off": part["off"],
            "total": whole["count"],
            "total_off": whole["off"],
        }
    )
    shares = measure.share_of(groups, basis)
    differences = measure.with_difference(_against_others(groups), basis)
    return shares.assign(
        share_of_others=differences["share_from"],
        change=differences["change"],
        low=differences["low"],
        high=differences["high"],
        verdict=differences["verdict"],
    ).reset_index()


def _against_others(groups: pd.DataFrame) -> pd.DataFrame:
    """Each group beside the others: what these have together, and are off together."""
    others = groups.sum() - groups
    return pd.DataFrame(
        {
            "count_from": others["count"],
            "count_from_off": others["off"],
            "total_from": others["total"],
            "total_from_off": others["total_off"],
            "count_to": groups["count"],
            "count_to_off": groups["off"],
            "total_to": groups["total"],
            "total_to_off": groups["total_off"],
        }
    )
