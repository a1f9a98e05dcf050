"""Two editions side by side, and nothing subtracted: the difference of rounded counts says less."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.settings import Workspace
from mma_analysis.storage import MEASURES, hashes_below, read_manifest
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import REGISTRY
from mma_analysis.vocabulary.value import CANNOT_TELL, TAKES_BACK, bound_of

Definitions = Mapping[str, Any]
Changes = Iterator[tuple[Any, Any, Any]]

SETTINGS = ("begin", "peildatum", "basis", "topics")
PARTS = {"connected": "connected", "group": "groups", "indicator": "indicators"}
COUNT_OF = ["released.totals", "released.broken_down"]  # what makes a table of counts
# The tables of which each count says how far it may be off.
BOUNDED = [row["table"] for row in REGISTRY if row["function"] in COUNT_OF]
KEY = ["area", "period", "breakdown", "value"]
COUNTS = ["count_before", "state_before", "count_after", "state_after"]


def compare(workspace: Workspace, slug: str, previous: str) -> dict[str, Any]:
    """Compare the released tables of an edition with those of an earlier one, for a machine.

    `definitions` is none when an edition did not write them down. `totals` are the whole periods of
    both, of the same days or not. In `counts` each row has one area, period (as its days) and value
    that both have, whose count or state changed; one that is hidden is none. `verdicts` are the
    conclusions that are others now, but for those of single periods.
    """
    (now, meant), (before, meant_before) = (_released(workspace, one) for one in (slug, previous))
    concluded = {row["table"]: row["keys"].split() for row in REGISTRY}
    totals = _totals(now, before).astype("object")

    def changed(name: str, keys: list[str], columns: list[str], read: Any = _table) -> Changes:
        return _otherwise(*(_keyed(read(one, name), keys, columns) for one in (before, now)))

    return {
        "edition": slug,
        "previous": previous,
        "definitions": _changed_definitions(meant, meant_before),
        "totals": totals.where(totals.notna(), None).to_dict("records"),
        "counts": [
            {"table": name} | dict(zip([*KEY, *COUNTS], [*key, *old, *new], strict=True))
            for name in BOUNDED
            for key, old, new in changed(name, KEY, ["count", "state"], _dated)
            if old and new
        ],
        "verdicts": [
            {"table": name, "about": " ".join(key)} | {"before": _said(old), "after": _said(new)}
            for name, keys in concluded.items()
            for key, old, new in changed(name, keys, ["verdict", "qualifier"])
            if "period" not in keys and _said(old) != _said(new)
        ],
    }


def _said(verdict: Any) -> str | None:
    """A verdict as pages say it: one that an assumption takes back is none."""
    return verdict and (CANNOT_TELL if verdict[1] in TAKES_BACK else verdict[0])


def change_tables(
    now: Path, before: Path, definitions: Sequence[Definitions | None]
) -> dict[str, pd.DataFrame]:
    """What changed since the earlier edition, as released tables for pages of the later one.

    One row per area with the whole period of each edition; one per definition (of this edition, and
    of the earlier one) that is not what it was: there is no such table when that is not known.
    """
    tables, rows = {"changed_totals": _totals(now, before)}, _changed_definitions(*definitions)
    if rows is not None:
        changed = pd.DataFrame(rows, columns=["what", "of", "before", "after"])
        tables["changed_definitions"] = changed.astype("str").where(changed.notna(), None)
    return tables


def _released(workspace: Workspace, slug: str) -> tuple[Path, Definitions | None]:
    """The folder of released tables, as they were written, and what they mean."""
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        workspace.check_edition(slug)
        raise DataError.of("not_prepared", slug=slug)
    changed = manifest.get("outputs", {}).items() ^ hashes_below(folder).items()
    if strange := sorted({path for path, _ in changed if path.startswith(f"{MEASURES}/")}):
        raise DataError.of("tables_touched", files=", ".join(strange), folder=folder, slug=slug)
    return folder / MEASURES, manifest.get("definitions")


def _otherwise(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Changes:
    """What is not the same: its name, before and after; none where there was none."""
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _changed_definitions(now: Definitions | None, before: Definitions | None) -> list[Any] | None:
    """What is defined otherwise; none when one of the two did not write it down."""
    if now is None or before is None:
        return None
    parts = [(name, {"": before.get(name)}, {"": now.get(name)}) for name in SETTINGS]
    parts += [(what, before.get(part, {}), now.get(part, {})) for what, part in PARTS.items()]
    rows = []
    for what, *both in parts:
        for of, *versions in _otherwise(*both):
            old, new = (one["version"] if isinstance(one, Mapping) else one for one in versions)
            rows.append({"what": what, "of": of, "before": old, "after": new})
    return rows


def _totals(now: Path, before: Path) -> pd.DataFrame:
    """The count of the whole period per area in both editions, with the days that it is of."""
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
    """The count of the whole period per area in one edition; columns are named after its side."""
    table = _dated(folder, "per_period")
    whole = table[table["kind"] == "whole"]
    count = f"count_{side}"
    names = {"period": f"period_{side}", "count": count, "state": f"state_{side}"}
    names["off"] = bound_of(count)
    return whole[["area", *names]].rename(columns=names)


def _keyed(table: pd.DataFrame, keys: list[str], columns: list[str]) -> dict[Any, Any]:
    """Key → what stands in these columns, of rows in which anything does; else none."""
    rows = table.reindex(columns=[*keys, *columns], fill_value="").astype("object")
    rows = rows.where(rows.notna(), None).itertuples(index=False, name=None)
    split = ((tuple(map(str, row[: len(keys)])), row[len(keys) :]) for row in rows)
    return {key: values for key, values in split if any(values)}


def _dated(folder: Path, name: str) -> pd.DataFrame:
    """A released table with the days of each period as its name, and no count that is not shown."""
    periods = pd.read_parquet(folder / "periods.parquet").set_index("period")
    begin, end = (pd.to_datetime(periods[one]).dt.strftime("%Y-%m-%d") for one in ("begin", "end"))
    table = _table(folder, name)
    shown = table["count"].astype("Int64").where(table["state"] == "shown")
    return table.assign(period=table["period"].map(begin + "/" + end), count=shown)


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A released table; an empty one when this edition does not have it.

    `DataError`: it is of a version that did not write down how far each count may be off.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return pd.DataFrame(columns=["area", "period", "kind", "count", "off", "state"])
    table = pd.read_parquet(path)
    if "count" in table and "off" not in table and name in BOUNDED:
        raise DataError.of("older_tables", path=path, slug=folder.parent.name)
    return table
