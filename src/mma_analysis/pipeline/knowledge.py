"""What readers know: what was said in all issues, what the program's own rules tell, and the rows.

`attack` is given tables of names and numbers; this is where they are put together.
"""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mma_analysis import attack, measure
from mma_analysis.measure.counts import AGAIN, DELIVERED, DUPLICATE, RECEIPTS, REJECTED
from mma_analysis.measure.sets import family_name
from mma_analysis.protect import Book
from mma_analysis.protect.book import KEY, SAID
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import BACKGROUND, NOT_FINAL, PROGRESS
from mma_analysis.vocabulary.value import NOT_KEPT

STRUCTURAL = [*NOT_KEPT, "not_applicable"]
SHOWN = "shown"
# Breakdowns that a gemeente may never fill in.
FIELDS = (*BACKGROUND, "also_sent_to", *PROGRESS)
CLASSES = {True: "ja", False: "nee"}


def with_new(said: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """All that is out and all that would be: a row per set, on its name; what is out comes first."""
    every = pd.concat([said.reset_index(), told[list(SAID)]], ignore_index=True).astype(
        SAID
    )
    rank = every["state"].map({"hidden": 1, "unpublished": 2}).fillna(0)
    in_order = every.assign(rank=rank).sort_values("rank", kind="stable")
    return in_order.drop_duplicates("name").drop(columns="rank").set_index("name")


def nested(sets: pd.DataFrame, shown: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Of each count the most that went out of a part of it, and the least of what it is a part of.

    Rounding alone could turn these round, and that would tell: a part of 5 in a whole of 0–4. What
    stays known on a later peildatum is a part too, and what is still unknown is one the other way.
    """
    none = pd.Series(np.nan, sets.index)
    if shown.empty:
        return none, none
    days = attack.Days.of([*sets["region"], *shown["region"]])
    is_in = _compared(sets, shown, days)
    number = is_in["number"].astype("float64")
    least = number[is_in["contains"]].groupby(is_in["cell"]).max()
    most = number[is_in["is_contained"]].groupby(is_in["cell"]).min()
    return none.fillna(least), none.fillna(most)


def _compared(sets: pd.DataFrame, shown: pd.DataFrame, days: attack.Days) -> pd.DataFrame:
    """Every count beside what went out of the same classes: one row for each two."""
    final = _final()
    ours = sets.reset_index(names="cell").assign(
        stem=sets["family"].str.partition("@")[0].to_numpy()
    )
    theirs = shown.reset_index().assign(
        stem=shown["family"].str.split("@").str[0].to_numpy()
    )
    keys = ["counted", "stem", "codes"]
    both = ours.merge(
        theirs[[*keys, "family", "region", "number", "name"]], on=keys, suffixes=("", "_of")
    )
    both = both[both["name"] != both["name_of"]]
    regions, parts = pd.Index(ours["region"]).unique(), pd.Index(theirs["region"]).unique()
    at = (
        regions.get_indexer(pd.Index(both["region"])),
        parts.get_indexer(pd.Index(both["region_of"])),
    )
    is_later = both["family"] > both["family_of"]
    is_earlier = both["family"] < both["family_of"]
    stays = pd.Series(
        [
            set(codes.split(",")) <= final.get(stem, set())
            for stem, codes in zip(both["stem"], both["codes"])
        ],
        both.index,
        dtype=bool,
    )
    is_unknown = both["codes"].eq(UNKNOWN)
    contains = days.contains(regions, parts)[at]
    is_contained = days.contains(parts, regions).T[at]
    same_day = ~is_later & ~is_earlier
    both["contains"] = contains & (
        same_day | (is_later & stays) | (is_earlier & is_unknown)
    )
    both["is_contained"] = is_contained & (
        same_day | (is_earlier & stays) | (is_later & is_unknown)
    )
    return both


def of_everybody(said: pd.DataFrame, book: Book, rows: pd.DataFrame) -> attack.Knowledge:
    """What everybody knows of these sets."""
    number = said["number"].astype("float64")
    off = said["off"].astype("float64")
    low = (number - off).clip(lower=said["least"].astype("float64"))
    is_shown = said["state"].eq(SHOWN)
    is_zero = said["state"].isin(STRUCTURAL)
    ranges = pd.DataFrame(
        {
            "name": said.index,
            "low": low.mask(is_zero, 0.0).to_numpy(),
            "high": (number + off).mask(is_zero, 0.0).to_numpy(),
        }
    )
    rules, none = _told_by_rules(said)
    return attack.Knowledge(
        said=ranges[(is_shown | is_zero).to_numpy()],
        rules=rules,
        none=none,
        final=_final(),
        revisions=tuple(_revisions(book, rows)),
    )


def _final() -> dict[str, frozenset[str]]:
    """Of each field of what came of a melding the classes in which it stays."""
    final: dict[str, set[str]] = {}
    for row in package_table("values"):
        field, code = row["field"], row["code"]
        if field in PROGRESS and code not in (UNKNOWN, *NOT_FINAL.get(field, ())):
            final.setdefault(field, set()).add(code)
    return {field: frozenset(codes) for field, codes in final.items()}


def _told_by_rules(said: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """What the program's own rules tell everybody of numbers that are shown.

    Of a field that is not *nooit* something is known; where nothing is withheld, not all meldingen
    are alike; who tells M. what came of one, does so of all of that file.
    """
    rules = _Rules()
    none = set[str]()
    public = said[said["state"].isin([SHOWN, *STRUCTURAL]) & said["counted"].ne(AGAIN)]
    totals = public[public["family"].eq("") & public["state"].eq(SHOWN)]
    least = (totals["number"] - totals["off"]).astype("float64").clip(lower=totals["least"])
    totals = totals[least >= 1]
    total_of = dict(zip(zip(totals["counted"], totals["region"]), totals.index))
    classes = public[public["family"].ne("") & ~public["family"].str.startswith(DELIVERED)]
    for key, own in classes.groupby(["counted", "region", "family"], sort=False):
        counted, region, family = map(str, key)
        total = total_of.get((counted, region))
        shown = own[own["state"] == SHOWN]
        if total is None or shown.empty:
            continue
        known = shown.index[shown["codes"] != UNKNOWN]
        for name in known:
            rules.add({total: 1.0, name: -1.0})
        unknown = own.index[own["codes"] == UNKNOWN]
        field = family.partition("@")[0]
        is_single = "," not in region and " " not in region and counted == RECEIPTS
        is_kept = not own["state"].isin(STRUCTURAL).any() and len(known) and len(unknown)
        if is_single and is_kept and field in FIELDS:
            rules.add({total: 1.0, unknown[0]: -1.0})
            if field == "fed_back":
                none.add(unknown[0])
                told = shown.index[shown["codes"] == "ja"]
                rules.add({name: 1.0 for name in told})
    return rules.table(), frozenset(none)


class _Rules:
    """Rules under way: of each the sum is one or more."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, float]] = []
        self._number = 0

    def add(self, terms: Mapping[str, float]) -> None:
        for name, coefficient in terms.items():
            self._rows.append((self._number, name, coefficient))
        self._number += 1

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self._rows, columns=["rule", "name", "coefficient"])


def all_rows(rows: pd.DataFrame, book: Book, peildatum: dt.date) -> pd.DataFrame:
    """Every melding that any issue counted, or this one would, with its classes.

    One row per melding and version of a gemeente: `day`, `booked`, and a column per family.
    """
    new = rows.assign(gemeente=book.versions(rows["gemeente"]))
    every = pd.concat([book.rows, new], ignore_index=True) if book else new
    every = every.drop_duplicates(KEY).reset_index(drop=True)
    columns = {name: every[name] for name in (*KEY, "booked")}
    columns["day"] = every["received_on"]
    columns["topic"] = every["topic"].astype("object").fillna(UNKNOWN)
    columns["also_sent_to"] = every["also_sent_to"].astype("object").fillna(UNKNOWN)
    for field in BACKGROUND:
        columns[field] = every[field].map(CLASSES).astype("object").fillna(UNKNOWN)
    outcomes = book.outcomes()
    for day in (peildatum, *(issue.peildatum for issue in book.issues)):
        outcomes.setdefault(day, pd.DataFrame(columns=[*PROGRESS]))
    keys = pd.MultiIndex.from_frame(every[KEY])
    current = new.drop_duplicates(KEY).set_index(KEY)
    for day, table in outcomes.items():
        booked = table[list(PROGRESS)]
        if day == peildatum:  # rows that this edition has and no issue of that day
            rest = current.loc[~current.index.isin(booked.index), list(PROGRESS)]
            booked = rest if booked.empty else pd.concat([booked, rest])
        found = booked.reindex(keys)
        for field in PROGRESS:
            values = found[field].astype("object").fillna(UNKNOWN)
            columns[f"{field}@{day}"] = pd.Series(values.to_numpy(), every.index)
    return pd.DataFrame(columns)


def all_refused(
    refused: pd.DataFrame, book: Book, of: measure.Frame, versions: Mapping[str, str]
) -> pd.DataFrame:
    """How many rows were refused or double, of each issue and of this one."""
    tables = []
    for issue in book.issues:
        if issue.deliveries is not None:
            family = f"{DELIVERED} {issue.begin}/{issue.peildatum}"
            tables.append(
                issue.deliveries.assign(family=family, gemeente=issue.deliveries["area"])
            )
    own = refused.assign(
        family=family_name(DELIVERED, of), gemeente=refused["area"].map(versions)
    )
    tables.append(own)
    every = pd.concat(tables, ignore_index=True)
    every = every.melt(
        ["gemeente", "family"], [REJECTED, DUPLICATE], var_name="code", value_name="count"
    )
    every = every.dropna().drop_duplicates(["gemeente", "family", "code"])
    return every.astype({"count": "int64"})


def _revisions(book: Book, rows: pd.DataFrame) -> list[attack.Revision]:
    """Every gemeente of which all rows were booked anew: which came in, and which went out."""
    found = []
    versions = set(rows["gemeente"])
    for version in sorted(versions):
        slug, _, number = version.partition("#")
        if not number:
            continue
        before = slug if number == "2" else f"{slug}#{int(number) - 1}"
        old = rows[rows["gemeente"] == before]
        new = rows[rows["gemeente"] == version]
        found.append(_revision(before, version, old, new))
    return found


def _revision(
    before: str, after: str, old: pd.DataFrame, new: pd.DataFrame
) -> attack.Revision:
    compared = [name for name in old.columns if name not in ("gemeente", "booked")]
    one = old[compared].astype("str").agg("|".join, axis=1)
    other = new[compared].astype("str").agg("|".join, axis=1)
    into = new[~other.isin(one)]
    out = old[~one.isin(other)]
    return attack.Revision(before, after, into, out)
