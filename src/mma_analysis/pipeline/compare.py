"""Two editions side by side, nothing subtracted: differences of rounded counts say less."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.settings import Workspace
from mma_analysis.storage import MEASURES, hashes_below, read_manifest
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.parquet import stored_table
from mma_analysis.vocabulary.reference import REGISTRY
from mma_analysis.vocabulary.value import CANNOT_TELL, TAKES_BACK, bound_of

Definitions = Mapping[str, Any]
Keyed = Mapping[Any, Any]
ComparedRow = dict[str, Any]

SETTINGS = ("begin", "peildatum", "basis", "topics")
COMPARED_PARTS = {"connected": "connected", "group": "groups", "indicator": "indicators"}
COUNT_OF = ["released.totals", "released.broken_down"]  # what makes a table of counts
# The tables of which each count says how far it may be off.
BOUNDED = [row["table"] for row in REGISTRY if row["function"] in COUNT_OF]
COUNT_KEY = ["area", "period", "breakdown", "value"]
COUNTS_BESIDE = ["count_before", "state_before", "count_after", "state_after"]


def compare(workspace: Workspace, slug: str, previous: str) -> dict[str, Any]:
    """Compare the released tables of an edition with those of an earlier one, as records.

    `definitions` is none when an edition did not write them down. `totals` are the whole
    periods of both, of the same days or not. In `counts` each row has one area, period (as
    its days) and value that both have, whose count or state changed; one that is hidden is
    none. `verdicts` are the conclusions that are others now, but for those of single
    periods.
    """
    now, definitions = _released(workspace, slug)
    before, definitions_before = _released(workspace, previous)
    totals = _totals(now, before).astype("object")
    return {
        "edition": slug,
        "previous": previous,
        "definitions": _changed_definitions(definitions, definitions_before),
        "totals": totals.where(totals.notna(), None).to_dict("records"),
        "counts": list(_changed_counts(now, before)),
        "verdicts": list(_changed_verdicts(now, before)),
    }


def change_tables(
    now: Path, before: Path, definitions: Sequence[Definitions | None]
) -> dict[str, pd.DataFrame]:
    """What changed since the earlier edition, as released tables of the later one.

    One row per area with the whole period of each edition; one per definition (of this
    edition, and of the earlier one) that is not what it was: there is no such table when
    that is not known.
    """
    tables = {"changed_totals": _totals(now, before)}
    rows = _changed_definitions(*definitions)
    if rows is not None:
        changed = pd.DataFrame(rows, columns=["what", "of", "before", "after"])
        is_there = changed.notna()
        tables["changed_definitions"] = changed.astype("str").where(is_there, None)
    return tables


# --- what is not the same -----------------------------------------------------------------


def _changed_definitions(
    now: Definitions | None,
    before: Definitions | None,
) -> list[ComparedRow] | None:
    """What is defined otherwise; none when one of the two did not write it down."""
    if now is None or before is None:
        return None
    rows: list[ComparedRow] = []
    for name in SETTINGS:
        setting = {"": now.get(name)}
        setting_before = {"": before.get(name)}
        rows += _changed_parts(name, setting, setting_before)
    for what, part in COMPARED_PARTS.items():
        rows += _changed_parts(what, now.get(part, {}), before.get(part, {}))
    return rows


def _changed_parts(what: str, now: Keyed, before: Keyed) -> Iterator[ComparedRow]:
    """A row per part of a definition that is not what it was."""
    for of, old, new in _changes(now, before):
        yield {
            "what": what,
            "of": of,
            "before": _version(old),
            "after": _version(new),
        }


def _version(definition: Any) -> Any:
    """What is said of a definition: of that of an indicator its version."""
    if isinstance(definition, Mapping):
        return definition["version"]
    return definition


def _changed_counts(now: Path, before: Path) -> Iterator[ComparedRow]:
    """A row per count that both editions have and that changed."""
    for name in BOUNDED:
        said = ["count", "state"]
        counts = _keyed(_dated(now, name), COUNT_KEY, said)
        counts_before = _keyed(_dated(before, name), COUNT_KEY, said)
        columns = ["table", *COUNT_KEY, *COUNTS_BESIDE]
        for key, old, new in _changes(counts, counts_before):
            if old and new:
                values = [name, *key, *old, *new]
                yield dict(zip(columns, values, strict=True))


def _changed_verdicts(now: Path, before: Path) -> Iterator[ComparedRow]:
    """A row per conclusion that is another one now, or is in one of the editions alone."""
    for indicator in REGISTRY:
        name = indicator["table"]
        keys = indicator["keys"].split()
        if "period" in keys:
            continue
        verdicts = _keyed(_table(now, name), keys, ["verdict", "qualifier"])
        verdicts_before = _keyed(_table(before, name), keys, ["verdict", "qualifier"])
        for key, old, new in _changes(verdicts, verdicts_before):
            row = {
                "table": name,
                "about": " ".join(key),
                "before": _said(old),
                "after": _said(new),
            }
            if row["before"] != row["after"]:
                yield row


def _said(verdict: tuple[str, str] | None) -> str | None:
    """A verdict as pages say it: one that an assumption takes back is none."""
    if verdict is None:
        return None
    conclusion, qualifier = verdict
    return CANNOT_TELL if qualifier in TAKES_BACK else conclusion


def _totals(now: Path, before: Path) -> pd.DataFrame:
    """The count of the whole period per area in both editions, with its days."""
    sides = [_whole(before, "before"), _whole(now, "after")]
    both = sides[0].merge(sides[1], how="outer", on="area")
    both = both.fillna({"state_before": "absent", "state_after": "absent"})
    bounds = [bound_of(f"count_{side}") for side in ("before", "after")]
    # Where there is no number, there is nothing that could be off.
    both[bounds] = both[bounds].fillna(0).astype("int64")
    columns = ["area", "period_before", "period_after"]
    for side, bound in zip(("before", "after"), bounds, strict=True):
        columns += [f"count_{side}", bound, f"state_{side}"]
    return both[columns]


def _whole(folder: Path, side: str) -> pd.DataFrame:
    """The count of the whole period per area in one edition; its columns named by side."""
    table = _dated(folder, "per_period")
    whole = table[table["kind"] == "whole"]
    count = f"count_{side}"
    names = {"period": f"period_{side}", "count": count, "state": f"state_{side}"}
    names["off"] = bound_of(count)
    return whole[["area", *names]].rename(columns=names)


def _changes(now: Keyed, before: Keyed) -> Iterator[tuple[Any, Any, Any]]:
    """What is not the same: its key, before and now; none where there was none."""
    for key in sorted(now.keys() | before.keys()):
        old = before.get(key)
        new = now.get(key)
        if old != new:
            yield key, old, new


# --- what was released --------------------------------------------------------------------


def _released(workspace: Workspace, slug: str) -> tuple[Path, Definitions | None]:
    """The folder of released tables, as they were written, and what they mean."""
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        workspace.check_edition(slug)
        raise DataError.of("not_prepared", slug=slug)

    written = manifest.get("outputs", {})
    changed = written.items() ^ hashes_below(folder).items()
    strange = {path for path, _ in changed if path.startswith(f"{MEASURES}/")}
    if strange:
        files = ", ".join(sorted(strange))
        raise DataError.of("tables_touched", files=files, folder=folder, slug=slug)
    return folder / MEASURES, manifest.get("definitions")


def _keyed(table: pd.DataFrame, keys: list[str], columns: list[str]) -> Keyed:
    """Key → what stands in these columns, of rows in which anything does; else none."""
    used = table.reindex(columns=[*keys, *columns], fill_value="").astype("object")
    used = used.where(used.notna(), None)
    keyed = {}
    for row in used.itertuples(index=False, name=None):
        key = tuple(map(str, row[: len(keys)]))
        values = row[len(keys) :]
        if any(values):
            keyed[key] = values
    return keyed


def _dated(folder: Path, name: str) -> pd.DataFrame:
    """A released table; each period is named by its days, a count not shown is none."""
    periods = stored_table(folder / "periods.parquet").set_index("period")
    begin = pd.to_datetime(periods["begin"]).dt.strftime("%Y-%m-%d")
    end = pd.to_datetime(periods["end"]).dt.strftime("%Y-%m-%d")
    days = begin + "/" + end

    table = _table(folder, name)
    is_shown = table["state"] == "shown"
    return table.assign(
        period=table["period"].map(days),
        count=table["count"].astype("Int64").where(is_shown),
    )


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A released table; an empty one when this edition does not have it.

    `DataError`: it is of a version that did not write down how far each count may be off.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return pd.DataFrame(columns=["area", "period", "kind", "count", "off", "state"])
    table = stored_table(path)
    if "count" in table and "off" not in table and name in BOUNDED:
        raise DataError.of("older_tables", path=path, slug=folder.parent.name)
    return table
