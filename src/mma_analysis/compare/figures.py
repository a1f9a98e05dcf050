"""Released figures of two editions: which changed, without a word on what is hidden."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

WHOLE = "whole"
COUNTED = (
    *("per_period", "per_topic", "per_topic_group", "per_background", "per_follow_up"),
    "per_recipient",
)
KEY = ("area", "period", "breakdown", "value")
# Table → what a row of it is about.
VERDICTS = {
    "trend": (),
    "year_on_year": ("area",),
    "comparison": ("area",),
    "topic_shift": ("value",),
    "campaigns": ("campaign",),
}
SHOWN, ABSENT = "shown", "absent"


def totals(now: Path, before: Path) -> list[dict[str, Any]]:
    """The count of the whole period per area in both editions, with the days that it is of."""
    both = [_whole(folder) for folder in (before, now)]
    return [
        {"area": area}
        | {
            f"{name}_{when}": value
            for when, table in zip(("before", "after"), both, strict=True)
            for name, value in _figures_of(table, area).items()
        }
        for area in sorted(set(both[0]["area"]) | set(both[1]["area"]))
    ]


def _whole(folder: Path) -> pd.DataFrame:
    table = _dated(folder, "per_period")
    return table[table["kind"] == WHOLE]


def _figures_of(table: pd.DataFrame, area: str) -> dict[str, Any]:
    rows = table[table["area"] == area]
    if rows.empty:
        return {"period": None, "count": None, "state": ABSENT}
    row = rows.iloc[0]
    return {"period": row["period"], "count": _count(row), "state": row["state"]}


def changed_counts(now: Path, before: Path) -> list[dict[str, Any]]:
    """Counts of one area, period and value that both editions have, and that are not the same.

    A period is its days: `whole`, or a last month, can be longer in a later edition.

    Returns
    -------
    list[dict[str, Any]]
        One per count: `table`, the key, and `count` and `state` before and after. A count that is
        not shown is none, whatever it is in the other edition.
    """
    found = []
    for name in COUNTED:
        one, other = _by_key(_dated(before, name)), _by_key(_dated(now, name))
        for key in sorted(one.keys() & other.keys()):
            old, new = one[key], other[key]
            if old != new:
                row = {"table": name, **dict(zip(KEY, key, strict=True))}
                row |= {"count_before": old[0], "state_before": old[1]}
                found.append(row | {"count_after": new[0], "state_after": new[1]})
    return found


def _by_key(table: pd.DataFrame) -> dict[tuple[str, ...], tuple[int | None, str]]:
    return {
        tuple(str(row.get(name, "")) for name in KEY): (_count(row), str(row["state"]))
        for _, row in table.iterrows()
    }


def _count(row: Any) -> int | None:
    """The count of a row when it is shown; anything else is not for us to say."""
    return int(row["count"]) if row["state"] == SHOWN else None


def changed_verdicts(now: Path, before: Path) -> list[dict[str, Any]]:
    """What was concluded, where that is another conclusion now; none where there was none."""
    found = []
    for name, key in VERDICTS.items():
        old, new = (_verdicts(folder, name, key) for folder in (before, now))
        for about in sorted(old | new):
            if old.get(about) != new.get(about):
                row = {"table": name, "about": about}
                found.append(row | {"before": old.get(about), "after": new.get(about)})
    return found


def _verdicts(folder: Path, name: str, key: Sequence[str]) -> dict[str, str]:
    table = _table(folder, name)
    if "verdict" not in table:
        return {}
    told = table.dropna(subset=["verdict"])
    return {" ".join(str(row[k]) for k in key): str(row["verdict"]) for _, row in told.iterrows()}


def _dated(folder: Path, name: str) -> pd.DataFrame:
    """A released table with the first and last day of each period instead of its name."""
    periods = pd.read_parquet(folder / "periods.parquet")
    names = zip(periods["period"], periods["begin"], periods["end"], strict=True)
    days = {name: f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}" for name, begin, end in names}
    table = _table(folder, name)
    return table.assign(period=table["period"].map(days))


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A released table; an empty one when this edition does not have it."""
    path = folder / f"{name}.parquet"
    empty = pd.DataFrame(columns=["area", "period", "kind", "count", "state"])
    return pd.read_parquet(path) if path.is_file() else empty
