"""What may be said: one verdict, one rule for many verdicts at once, one rule of coverage."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

MORE, FEWER, NO_CHANGE, CANNOT_TELL = "more", "fewer", "no_change", "cannot_tell"
ROOM = 2.0  # an interval that holds a halving or a doubling says nothing
ROOM_OF_SHARE = 0.15  # the same of a difference between shares
FALSE_DISCOVERIES = 0.05  # of what is named, at most this part may be chance
LEVEL = 0.95  # of every interval

# How much of a field must be known before something is said of it (docs/methode.md).
OF_ALL, UNKNOWN_FIRST, ONLY_KNOWN = "of_all", "unknown_first", "only_known"
HALF_KNOWN, QUARTER_KNOWN = 0.5, 0.25
FEWEST_GEMEENTEN = 3


def verdict(low: float, high: float, is_named: bool = True) -> str:
    """Say what the interval of a ratio allows; `low` and `high` as they are printed.

    `more` and `fewer` when it leaves out 1, and, in a family, is named; `no_change` when it leaves
    out a halving and a doubling, else `cannot_tell`; that too without an interval.

    Examples
    --------
    >>> verdict(1.01, 1.2), verdict(0.8, 1.3), verdict(0.45, 1.3)
    ('more', 'no_change', 'cannot_tell')
    """
    if np.isnan([low, high]).any():
        return CANNOT_TELL
    if is_named and low > 1:
        return MORE
    if is_named and high < 1:
        return FEWER
    return NO_CHANGE if low > 1 / ROOM and high < ROOM else CANNOT_TELL


def verdict_of_difference(low: float, high: float, is_named: bool) -> str:
    """The same of a difference between two shares, of which a family is looked at together.

    `more` and `fewer` of what is named; `no_change` when it leaves out `ROOM_OF_SHARE` either way.
    """
    if np.isnan([low, high]).any():
        return CANNOT_TELL
    if is_named:
        return MORE if low > 0 else FEWER
    return NO_CHANGE if low > -ROOM_OF_SHARE and high < ROOM_OF_SHARE else CANNOT_TELL


def named(chances: Any) -> Any:
    """Which of a family are named: those that survive Benjamini and Hochberg (1995) at 5 %.

    `chances`: p-values; missing ones are not of the family.

    Examples
    --------
    >>> named([0.001, 0.04, float("nan"), 0.8]).tolist()
    [True, False, False, False]
    """
    values = np.asarray(chances, dtype="float64")
    is_known, found = ~np.isnan(values), np.zeros(len(values), dtype=bool)
    if is_known.any():
        found[is_known] = false_discovery_control(values[is_known]) <= FALSE_DISCOVERIES
    return found


def level_of_named(is_named: Sequence[bool], family: int) -> float:
    """The level of the intervals of those that are named (Benjamini and Yekutieli 2005)."""
    number = int(np.sum(is_named))
    return 1 - (1 - LEVEL) * number / family if number else LEVEL


def may_say(known: Any, total: Any, gemeenten: Any, delivered: Any) -> str:
    """Say what may be said of a field of which so much is known.

    `known` of `total` meldingen, at `gemeenten` of those that `delivered` (1 of 1 for a gemeente
    itself): `of_all`, `unknown_first` (the unknown is said first, and it is no verdict) or
    `only_known` (only how often it is known).

    Examples
    --------
    >>> [may_say(n, 100, 7, 14) for n in (50, 49, 24)]
    ['of_all', 'unknown_first', 'only_known']
    >>> may_say(80, 100, 2, 14)
    'unknown_first'
    """
    if pd.isna(known) or pd.isna(total) or total <= 0 or known < QUARTER_KNOWN * total:
        return ONLY_KNOWN
    is_wide = gemeenten >= min(FEWEST_GEMEENTEN, delivered) and gemeenten >= delivered / 2
    return OF_ALL if known >= HALF_KNOWN * total and is_wide else UNKNOWN_FIRST
