"""A comparison in lines for the analyst."""

from collections.abc import Iterator, Mapping
from typing import Any

from mma_analysis.compare.comparing import Comparison

NOT_SHOWN = {
    "hidden": "not shown",
    "missing": "not delivered",
    "not_applicable": "not connected",
    "never": "never filled in",
    "absent": "not in this edition",
}


def told(comparison: Comparison) -> list[str]:
    """Say what changed: definitions first, for they explain what figures do."""
    lines = [f"{comparison.edition} compared with {comparison.previous}", "", "definitions"]
    lines += _definitions(comparison)
    for heading, are_the_same in (
        ("whole period: of the same days in both", True),
        ("whole period: not of the same days, so this is no growth", False),
    ):
        both = [(row, row["period_before"] == row["period_after"]) for row in comparison.totals]
        if rows := [_changed(row["area"], row) for row, same in both if same == are_the_same]:
            lines += ["", heading, *rows]
    lines += ["", "counts of the same days that changed"]
    lines += [_count(row) for row in comparison.counts] or ["  none"]
    hidden = [row for row in comparison.counts if row["state_after"] == "hidden"]
    if gone := sum(row["state_before"] == "shown" for row in hidden):
        lines.append(f"  {gone} of these were shown before: hiding them now takes nothing back")
    lines += ["", "conclusions that changed"]
    return lines + (
        [_otherwise(row["table"], row["about"], row) for row in comparison.verdicts] or ["  none"]
    )


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
        if row["before"] == row["after"]:
            yield f"  {row['what']} {row['of']}: other words, the same version {row['after']}"
        else:
            yield _otherwise(row["what"], row["of"], row)


def _otherwise(what: str, of: str, row: Mapping[str, Any]) -> str:
    before, after = ("nothing" if row[it] is None else row[it] for it in ("before", "after"))
    return f"  {f'{what} {of}'.rstrip()}: {before} → {after}"


def _count(row: Mapping[str, Any]) -> str:
    about = (row["area"], row["period"], row["breakdown"], row["value"])
    return _changed(" ".join(part for part in about if part), row)


def _changed(about: str, row: Mapping[str, Any]) -> str:
    return f"  {about}: {_figure(row, 'before')} → {_figure(row, 'after')}"


def _figure(row: Mapping[str, Any], when: str) -> str:
    count, state = row[f"count_{when}"], row[f"state_{when}"]
    figure = NOT_SHOWN.get(str(state), str(state)) if count is None else str(count)
    period = row.get(f"period_{when}")
    return f"{figure} ({period})" if period else figure
