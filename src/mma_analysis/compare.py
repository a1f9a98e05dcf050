"""Two editions side by side: their definitions, and the figures that both released.

Nothing is subtracted: both counts are rounded, so their difference can be off by twice as much.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Template

from mma_analysis.settings import Workspace
from mma_analysis.storage import MEASURES, hashes_below, read_manifest
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import REGISTRY

Definitions = Mapping[str, Any]
Rows = list[dict[str, Any]]

SETTINGS = ("begin", "peildatum", "basis", "topics")
PARTS = {"connected": "connected", "group": "groups", "indicator": "indicators"}
COUNT_OF = ["released.totals", "released.broken_down"]  # what makes a table of counts
COUNTED = tuple(row["table"] for row in REGISTRY if row["function"] in COUNT_OF)
KEY = ["area", "period", "breakdown", "value"]
WHEN = ("_before", "_after")
COUNTS = ["count_before", "state_before", "count_after", "state_after"]


def compare(workspace: Workspace, slug: str, previous: str) -> dict[str, Any]:
    """Compare the released tables of an edition with those of an earlier one, for a machine.

    `definitions` is none when the earlier edition did not write them down. `totals` are the whole
    periods of both, of the same days or not. In `counts` each row has one area, period and
    value, the same in both editions, whose count or state changed; a count that is hidden in one
    of them is none in it. `verdicts` are the conclusions that are others now.
    """
    (now, meant), (before, meant_before) = (_released(workspace, one) for one in (slug, previous))
    return {
        "edition": slug,
        "previous": previous,
        "definitions": _changed_definitions(meant, meant_before),
        "totals": _rows(_totals(now, before)),
        "counts": _changed_counts(now, before),
        "verdicts": _changed_verdicts(now, before),
    }


def sentences_of(comparison: Mapping[str, Any]) -> list[str]:
    """Say what changed in lines: definitions first, for they explain what figures do."""
    template = files("mma_analysis").joinpath("comparison.txt.j2").read_text(encoding="utf-8")
    return Template(template, trim_blocks=True).render(**comparison).splitlines()


def change_tables(
    now: Path, before: Path, definitions: Sequence[Definitions | None]
) -> dict[str, pd.DataFrame]:
    """What changed since the earlier edition, as released tables for pages of the later one.

    `changed_totals`: one row per area, with the whole period of each edition and its count.
    `changed_definitions`: one row per definition that is not what it was; without this table that
    is not known. `definitions` is what the figures of this edition mean, and those of the earlier
    one; none when it did not write that down.
    """
    tables = {"changed_totals": _totals(now, before)}
    found = _changed_definitions(*definitions)
    if found is not None:
        changed = pd.DataFrame(found, columns=["what", "of", "before", "after"])
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


def _changed_definitions(now: Definitions | None, before: Definitions | None) -> Rows | None:
    """List what is defined otherwise; none when one of the two did not write it down.

    An indicator whose words changed without a new version has the same version twice.
    """
    if now is None or before is None:
        return None
    found = [(name, "", before.get(name), now.get(name)) for name in SETTINGS]
    for what, part in PARTS.items():
        old, new = before.get(part, {}), now.get(part, {})
        found += [(what, key, old.get(key), new.get(key)) for key in sorted(old | new)]
    rows = []
    for what, of, *both in found:
        if both[0] != both[1]:
            old, new = (one["version"] if isinstance(one, Mapping) else one for one in both)
            rows.append({"what": what, "of": of, "before": old, "after": new})
    return rows


def _totals(now: Path, before: Path) -> pd.DataFrame:
    """The count of the whole period per area in both editions, with the days that it is of."""
    tables = [_dated(folder, "per_period") for folder in (before, now)]
    whole = [t.loc[t["kind"] == "whole", ["area", "period", "count", "state"]] for t in tables]
    both = whole[0].merge(whole[1], how="outer", on="area", suffixes=WHEN)
    both = both[["area", "period_before", "period_after", *COUNTS]]
    return both.fillna({"state_before": "absent", "state_after": "absent"})


def _changed_counts(now: Path, before: Path) -> Rows:
    """Counts of one area, period and value that both editions have, and that are not the same.

    A period is its days: `whole`, or a last month, can be longer in a later edition.
    """
    found: Rows = []
    for name in COUNTED:
        columns = [*KEY, "count", "state"]
        old, new = (
            _dated(folder, name).reindex(columns=columns, fill_value="") for folder in (before, now)
        )
        both = old.merge(new, on=KEY, suffixes=WHEN)
        is_same = both["count_before"].fillna(-1).eq(both["count_after"].fillna(-1))
        is_same &= both["state_before"].eq(both["state_after"])
        changed = both.loc[~is_same, [*KEY, *COUNTS]].sort_values(KEY)
        found += [{"table": name, **row} for row in _rows(changed)]
    return found


def _changed_verdicts(now: Path, before: Path) -> Rows:
    """What was concluded, where that is another conclusion now; none where there was none.

    Not of single periods: the same ones are seldom in both editions.
    """
    found: Rows = []
    for row in REGISTRY:
        name, keys = row["table"], row["keys"].split()
        both = pd.DataFrame()
        for when, folder in (("before", before), ("after", now)):
            table = _table(folder, name).reindex(columns=[*keys, "verdict"])
            table = table.dropna(subset="verdict").astype(str)
            about = table[keys].agg(" ".join, axis=1) if len(table) else []
            both = both.join(
                pd.Series([*table["verdict"]], about, name=when, dtype=str), how="outer"
            )
        changed = both[both["before"].ne(both["after"])].sort_index().reset_index(names="about")
        if "period" not in keys:
            found += [{"table": name, **verdict} for verdict in _rows(changed)]
    return found


def _rows(table: pd.DataFrame) -> Rows:
    """The rows for a machine: what is not there is none."""
    plain = table.astype("object").where(table.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]


def _dated(folder: Path, name: str) -> pd.DataFrame:
    """A released table with the days of each period as its name, and no count that is not shown."""
    periods = pd.read_parquet(folder / "periods.parquet").set_index("period")
    begin, end = (pd.to_datetime(periods[one]).dt.strftime("%Y-%m-%d") for one in ("begin", "end"))
    table = _table(folder, name)
    shown = table["count"].astype("Int64").where(table["state"] == "shown")
    return table.assign(period=table["period"].map(begin + "/" + end), count=shown)


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A released table; an empty one when this edition does not have it."""
    path = folder / f"{name}.parquet"
    empty = pd.DataFrame(columns=["area", "period", "kind", "count", "state"])
    return pd.read_parquet(path) if path.is_file() else empty
