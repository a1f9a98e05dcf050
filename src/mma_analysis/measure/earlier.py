"""What an earlier edition released: it cannot be taken back, and every reader still has it."""

import pandas as pd

from mma_analysis.measure.cells import KEYS, SHOWN, with_identity
from mma_analysis.measure.periods import HALF, MONTH, QUARTER, WHOLE, YEAR
from mma_analysis.vocabulary import TOTAL, Vocabulary

SPAN = ["begin", "end"]
LEVEL = ["area", "breakdown", "kind"]
EARLIER = "earlier"  # kind of a period of an earlier edition that this one does not have
COLUMNS = ["area", "breakdown", "value", *SPAN, "count"]


def released_before(
    vocabulary: Vocabulary, tables: dict[str, pd.DataFrame], periods: pd.DataFrame
) -> pd.DataFrame:
    """List the counts that an earlier edition showed, and from which day to which day.

    From its released tables of counts by name, and its own periods. One row per count: `area`,
    `breakdown`, `value`, `begin`, `end`, `count`.
    """
    names = dict.fromkeys(row["table"] for row in vocabulary.reference("breakdowns"))
    parts = [_shown(tables[name]) for name in names if name in tables]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    days = periods.set_index("period")[SPAN]
    return pd.concat(parts, ignore_index=True).join(days, on="period")[COLUMNS]


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    is_total = "breakdown" not in table
    named = table.assign(breakdown=TOTAL, value=TOTAL) if is_total else table
    return named[named["state"] == SHOWN]


def dated(before: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Add the code of this edition's `period` from the same day to the same day.

    `2021-07-01/2022-06-30` when there is none; what is not wholly inside this edition is left out:
    nothing here adds up to it.
    """
    first, last = periods["begin"].min(), periods["end"].max()
    inside = before[(before["begin"] >= first) & (before["end"] <= last)]
    codes = periods.drop_duplicates(SPAN).set_index(SPAN)["period"]
    found = codes.reindex(pd.MultiIndex.from_frame(inside[SPAN])).to_numpy()
    own = inside["begin"].dt.strftime("%Y-%m-%d") + "/" + inside["end"].dt.strftime("%Y-%m-%d")
    return inside.assign(period=pd.Series(found, inside.index).fillna(own).astype("str"))


def with_released(
    vocabulary: Vocabulary,
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    before: pd.DataFrame,
    periods: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put what an earlier edition showed into the system, as counts that stay shown (`released`).

    A count of a period that this edition has is that count, told here or not. One of another period
    is a part of the whole, and the sum of shorter periods when there are such; what remains of the
    whole is in no table either, and must be protected all the same: whoever has both editions can
    subtract. A count that is not what it was, because gemeenten delivered anew, is no sum here and
    is left out.

    Made are the cells, with `released`, and the relations.
    """
    if before.empty:
        return cells.assign(released=False), relations
    named = dated(before, periods)
    named = named.assign(cell=named[KEYS[0]].str.cat(named[KEYS[1:]], sep="|")).set_index("cell")
    old = named.loc[named.index.intersection(cells.index, sort=False)]
    same = old.index[old["count"].astype("int64") == cells.loc[old.index, "count"]]
    is_same = cells.index.isin(same)
    levels = pd.MultiIndex.from_frame(cells[LEVEL])
    beside = cells["coarsened"] & levels.isin(levels[is_same])
    kept = cells.assign(
        released=is_same,
        published=cells["published"] | is_same | beside,
        coarsened=cells["coarsened"] | is_same & ~cells["published"],
        withheld=cells["withheld"] & ~is_same,
    )
    parts = _parts(vocabulary, cells, named[~named.index.isin(cells.index)], periods)
    if not parts:
        return kept, relations
    added = pd.concat([cell for cell, _ in parts])
    terms = pd.concat([relations, *(term for _, term in parts)], ignore_index=True)
    return pd.concat([kept, added]), terms


def _parts(
    vocabulary: Vocabulary, cells: pd.DataFrame, named: pd.DataFrame, periods: pd.DataFrame
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Each count of another period, with what remains of the whole, as cells with relations."""
    days = periods.set_index("period")[SPAN]
    by_keys = {
        keys: own.join(days, on="period")
        for keys, own in cells[cells["period"].isin(days.index)].groupby(KEYS[:1] + KEYS[2:])
    }
    parts = []
    for name, row in named.iterrows():
        own = by_keys.get((row["area"], row["breakdown"], row["value"]))
        if own is not None:
            parts.append(_part(vocabulary, str(name), row, own))
    return [part for part in parts if part is not None]


def _part(
    vocabulary: Vocabulary, name: str, row: pd.Series, own: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    whole = own[own["kind"] == WHOLE]
    inner = _tiles(row, own)
    count = int(row["count"])
    if count > int(whole["count"].iloc[0]) or (len(inner) and int(inner["count"].sum()) != count):
        return None
    rest = int(whole["count"].iloc[0]) - count
    rows = [(row["period"], count), (f"{row['period']} rest", rest)]
    table = pd.DataFrame(rows, columns=["period", "count"]).assign(
        area=row["area"], breakdown=row["breakdown"], value=row["value"], kind=WHOLE
    )
    added = with_identity(vocabulary, table).assign(
        published=True,
        coarsened=True,
        withheld=False,
        released=[True, False],
        kind=EARLIER,
    )
    sums = {f"{name} in whole": ([*added.index], whole.index[0])}
    if len(inner):
        sums[f"{name} of parts"] = ([*inner.index], added.index[0])
    terms = [(r, cell, 1) for r, (cells, _) in sums.items() for cell in cells]
    terms += [(r, total, -1) for r, (_, total) in sums.items()]
    return added, pd.DataFrame(terms, columns=["relation", "cell", "coefficient"])


def _tiles(row: pd.Series, own: pd.DataFrame) -> pd.DataFrame:
    """The longest periods of one kind that together are exactly this period; none when none are."""
    inside = own[(own["begin"] >= row["begin"]) & (own["end"] <= row["end"])]
    length = (row["end"] - row["begin"]).days + 1
    for kind in (YEAR, HALF, QUARTER, MONTH):
        of_kind = inside[inside["kind"] == kind]
        days = (of_kind["end"] - of_kind["begin"]).dt.days + 1
        if len(of_kind) and int(days.sum()) == length:
            return of_kind
    return inside.iloc[:0]
