"""A comparison in lines for the analyst."""

from collections.abc import Iterator, Mapping
from typing import Any

from mma_analysis.compare.comparing import Comparison

NOT_SHOWN = {"hidden": "not shown", "missing": "not delivered", "not_applicable": "not connected"}
NOT_SHOWN["absent"] = "not in this edition"


def told(comparison: Comparison) -> list[str]:
    """Say what changed: definitions first, for they explain what figures do."""
    lines = [f"{comparison.edition} compared with {comparison.previous}", "", "definitions"]
    lines += _definitions(comparison)
    lines += _totals(comparison)
    lines += ["", "counts of the same days that changed"]
    lines += [_count(row) for row in comparison.counts] or ["  none"]
    if gone := sum(row["state_before"] == "shown" for row in hidden_now(comparison)):
        lines.append(f"  {gone} of these were shown before: hiding them now takes nothing back")
    lines += ["", "conclusions that changed"]
    lines += [_verdict(row) for row in comparison.verdicts] or ["  none"]
    return lines


def hidden_now(comparison: Comparison) -> list[dict[str, Any]]:
    """The changed counts that are hidden in the later edition."""
    return [row for row in comparison.counts if row["state_after"] == "hidden"]


def _definitions(comparison: Comparison) -> Iterator[str]:
    if comparison.definitions is None:
        yield (
            "  not written down when one of the two was prepared; `mma prepare --force` with its "
            "deliveries does, with the definitions of now"
        )
        return
    if not comparison.definitions:
        yield "  the same"
    for row in comparison.definitions:
        name = f"{row['what']} {row['of']}".rstrip()
        if row["before"] == row["after"]:
            yield f"  {name}: other words, the same version {row['after']}"
        else:
            yield f"  {name}: {_or_nothing(row['before'])} → {_or_nothing(row['after'])}"


def _totals(comparison: Comparison) -> Iterator[str]:
    """The whole periods, under what can be said of them: the same days, or not."""
    for heading, are_the_same in (
        ("whole period: of the same days in both", True),
        ("whole period: not of the same days, so this is no growth", False),
    ):
        rows = [row for row in comparison.totals if _has_the_same_days(row) == are_the_same]
        if rows:
            yield from ("", heading)
            yield from map(_total, rows)


def _has_the_same_days(row: Mapping[str, Any]) -> bool:
    return row["period_before"] == row["period_after"]


def _total(row: Mapping[str, Any]) -> str:
    one, other = (_figure(row, when) for when in ("before", "after"))
    return f"  {row['area']}: {one} → {other}"


def _count(row: Mapping[str, Any]) -> str:
    about = " ".join(part for part in (row["breakdown"], row["value"]) if part)
    name = " ".join(part for part in (row["area"], row["period"], about) if part)
    return f"  {name}: {_figure(row, 'before')} → {_figure(row, 'after')}"


def _figure(row: Mapping[str, Any], when: str) -> str:
    count, state = row[f"count_{when}"], row[f"state_{when}"]
    figure = NOT_SHOWN.get(str(state), str(state)) if count is None else str(count)
    period = row.get(f"period_{when}")
    return f"{figure} ({period})" if period else figure


def _verdict(row: Mapping[str, Any]) -> str:
    name = f"{row['table']} {row['about']}".rstrip()
    return f"  {name}: {_or_nothing(row['before'])} → {_or_nothing(row['after'])}"


def _or_nothing(value: Any) -> str:
    return "nothing" if value is None else str(value)
