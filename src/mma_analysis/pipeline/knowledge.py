"""What readers know: what all issues said, what the program's own rules tell, and the rows.

`attack` is given tables of names and numbers; this is where they are put together.
"""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mma_analysis import attack, measure, protect
from mma_analysis.measure.counts import (
    AGAIN,
    COUNTED_FIELDS,
    DELIVERED,
    DUPLICATE,
    RECEIPTS,
    REJECTED,
    STRUCTURAL,
)
from mma_analysis.measure.sets import delivered_name, family_name, field_of
from mma_analysis.protect.book import MELDING_KEY
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import BACKGROUND, NO, NOT_FINAL, PROGRESS, YES
from mma_analysis.vocabulary.value import SHOWN

# --- parts and wholes that went out -------------------------------------------------------


def nested(sets: pd.DataFrame, shown: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Of each count the most that went out of a part, and the least of a whole around it.

    Rounding alone could turn these round, and that would tell: a part of 5 in a whole of
    0–4. What stays known on a later peildatum is a part too, and what is still unknown is
    one the other way.
    """
    none = pd.Series(np.nan, sets.index)
    if shown.empty:
        return none, none
    both = _compared(sets, shown)
    parts = both[both["contains"]].groupby("cell")["number"]
    wholes = both[both["is_contained"]].groupby("cell")["number"]
    least = none.fillna(parts.max())
    most = none.fillna(wholes.min())
    return least, most


def _compared(sets: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Every count beside what went out of the same classes: one row for each two.

    `contains`: the count is never less than the `number` that went out; `is_contained`: it
    is never more.
    """
    keys = ["counted", "field", "codes"]
    ours = sets.reset_index(names="cell")
    theirs = shown.reset_index().astype({"number": "float64"})
    ours["field"] = ours["family"].map(field_of)
    theirs["field"] = theirs["family"].map(field_of)
    both = ours.merge(theirs, on=keys, suffixes=("", "_of"))
    both = both[both["name"] != both["name_of"]]

    days = attack.Days.of([*ours["region"], *theirs["region"]])
    regions = pd.Index(ours["region"]).unique()
    parts = pd.Index(theirs["region"]).unique()
    region = regions.get_indexer(pd.Index(both["region"]))
    part = parts.get_indexer(pd.Index(both["region_of"]))
    contains = days.contains(regions, parts)[region, part]
    is_contained = days.contains(parts, regions)[part, region]

    # Of one field a later peildatum has a later name.
    is_later = both["family"] > both["family_of"]
    is_earlier = both["family"] < both["family_of"]
    is_same = both["family"] == both["family_of"]
    grows = _stays(both)
    shrinks = both["codes"] == UNKNOWN
    never_less = is_same | (is_later & grows) | (is_earlier & shrinks)
    never_more = is_same | (is_earlier & grows) | (is_later & shrinks)
    return both.assign(
        contains=contains & never_less,
        is_contained=is_contained & never_more,
    )


def _stays(classes: pd.DataFrame) -> pd.Series:
    """Whether a melding stays in the `codes` of a `field` once it is in one of them."""
    final = _final()
    stays = []
    for field, codes in zip(classes["field"], classes["codes"], strict=True):
        of_field = final.get(field, frozenset())
        stays.append(of_field.issuperset(codes.split(",")))
    return pd.Series(stays, classes.index, dtype=bool)


def _final() -> dict[str, frozenset[str]]:
    """Of each field of what came of a melding the classes in which it stays."""
    final: dict[str, frozenset[str]] = {}
    for row in package_table("values"):
        field = row["field"]
        code = row["code"]
        not_final = (UNKNOWN, *NOT_FINAL.get(field, ()))
        if field in PROGRESS and code not in not_final:
            final[field] = final.get(field, frozenset()) | {code}
    return final


# --- what everybody knows -----------------------------------------------------------------


def of_everybody(said: pd.DataFrame, rows: pd.DataFrame) -> attack.Knowledge:
    """What everybody knows of these sets, and of these rows."""
    rules, none = _told_by_rules(said)
    return attack.Knowledge(
        said=_intervals(said),
        rules=rules,
        none=none,
        final=_final(),
        revisions=tuple(_revisions(rows)),
    )


def _intervals(said: pd.DataFrame) -> pd.DataFrame:
    """Between which ends each number that was said lies; a 0 by its nature is one."""
    numbers = said[["number", "off"]].astype("float64")
    high = numbers["number"] + numbers["off"]
    is_zero = said["state"].isin(STRUCTURAL)
    is_known = is_zero | said["state"].eq(SHOWN)
    intervals = pd.DataFrame(
        {
            "low": _least(said).mask(is_zero, 0.0),
            "high": high.mask(is_zero, 0.0),
        }
    )
    return intervals[is_known].reset_index(names="name")


def _least(said: pd.DataFrame) -> pd.Series:
    """The least that each number can be."""
    numbers = said[["number", "off", "least"]].astype("float64")
    low = numbers["number"] - numbers["off"]
    return low.clip(lower=numbers["least"])


def _told_by_rules(said: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """What the program's own rules tell everybody of numbers that are shown.

    Of a field that is not *nooit* something is known; where nothing is withheld, not all
    meldingen are alike; who tells M. what came of one, does so of all of that file. Gives
    the rules, and the sets of which a reader takes it that there are none.
    """
    rules = _Rules()
    none = set[str]()
    is_public = said["state"].isin([SHOWN, *STRUCTURAL])
    is_again = said["counted"] == AGAIN
    public = said[is_public & ~is_again]
    total_of = _totals_of_some(public)

    is_total = public["family"] == ""
    is_delivered = public["family"].str.startswith(DELIVERED)
    classes = public[~is_total & ~is_delivered]
    for key, own in classes.groupby(["counted", "region", "family"], sort=False):
        counted, region, family = map(str, key)
        total = total_of.get((counted, region))
        shown = own[own["state"] == SHOWN]
        if total is None or shown.empty:
            continue
        # Not all are alike: each class is less than the total.
        known = shown.index[shown["codes"] != UNKNOWN]
        for name in known:
            rules.add({total: 1.0, name: -1.0})

        field = field_of(family)
        if counted != RECEIPTS or field not in COUNTED_FIELDS or not _is_of_one(region):
            continue
        unknown = own.index[own["codes"] == UNKNOWN]
        is_never = own["state"].isin(STRUCTURAL)
        if is_never.any() or not len(known) or not len(unknown):
            continue
        rules.add({total: 1.0, unknown[0]: -1.0})
        if field == "fed_back":
            none.add(unknown[0])
            told = shown.index[shown["codes"] == YES]
            rules.add(dict.fromkeys(told, 1.0))
    return rules.table(), frozenset(none)


def _is_of_one(region: str) -> bool:
    """Whether a region is of one gemeente."""
    return "," not in region and " " not in region


def _totals_of_some(public: pd.DataFrame) -> dict[tuple[str, str], str]:
    """What is counted where → the name of its total, when that is surely one or more."""
    is_total = public["family"] == ""
    is_shown = public["state"] == SHOWN
    totals = public[is_total & is_shown]
    is_some = _least(totals) >= 1
    total_of = {}
    for row in totals[is_some].reset_index().to_dict("records"):
        total_of[row["counted"], row["region"]] = row["name"]
    return total_of


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
        columns = ["rule", "name", "coefficient"]
        return pd.DataFrame(self._rows, columns=columns)


# --- rows ---------------------------------------------------------------------------------


def all_rows(rows: pd.DataFrame, book: protect.Book, peildatum: dt.date) -> pd.DataFrame:
    """Every melding that any issue counted, or this one would, with its classes.

    One row per melding and version of a gemeente: `day`, `booked`, and a column per family.
    """
    new = rows.assign(gemeente=book.versions(rows["gemeente"]))
    every = pd.concat([book.rows, new], ignore_index=True) if book else new
    # Booked rows come first: of a melding that is in both, what was booked stays.
    every = every.drop_duplicates(MELDING_KEY).reset_index(drop=True)
    table = every[[*MELDING_KEY, "booked"]].assign(
        day=every["received_on"],
        topic=_known(every["topic"]),
        also_sent_to=_known(every["also_sent_to"]),
    )
    for field in BACKGROUND:
        answers = every[field].map({True: YES, False: NO})
        table[field] = _known(answers)

    keys = pd.MultiIndex.from_frame(every[MELDING_KEY])
    for day, outcomes in _outcomes(new, book, peildatum).items():
        found = outcomes.reindex(keys)
        for field in PROGRESS:
            table[f"{field}@{day}"] = _known(found[field]).to_numpy()
    return table


def _known(values: pd.Series) -> pd.Series:
    """Classes, where nothing is known *onbekend*."""
    return values.astype("object").fillna(UNKNOWN)


def _outcomes(
    new: pd.DataFrame, book: protect.Book, peildatum: dt.date
) -> dict[dt.date, pd.DataFrame]:
    """Peildatum → what had come of each melding by then, as counted; on `MELDING_KEY`."""
    fields = list(PROGRESS)
    none = pd.DataFrame(columns=fields)
    outcomes = {}
    for day, booked in book.outcomes().items():
        outcomes[day] = booked[fields]
    outcomes.setdefault(peildatum, none)
    for issue in book.issues:
        outcomes.setdefault(issue.peildatum, none)

    # What this edition has, and no issue of its day.
    current = new.drop_duplicates(MELDING_KEY).set_index(MELDING_KEY)[fields]
    booked = outcomes[peildatum]
    more = current[~current.index.isin(booked.index)]
    outcomes[peildatum] = more if booked.empty else pd.concat([booked, more])
    return outcomes


def all_refused(
    refused: pd.DataFrame, book: protect.Book, of: measure.Frame
) -> pd.DataFrame:
    """How many rows were refused or double, of each issue and of this one.

    `refused` are those of this one, per version of a `gemeente`. One row per `gemeente`,
    `family` and `code`: the `count` that went out first.
    """
    tables = []
    for issue in book.issues:
        if issue.deliveries is not None:
            own = issue.deliveries.rename(columns={"area": "gemeente"})
            family = delivered_name(issue.begin, issue.peildatum)
            tables.append(own.assign(family=family))
    tables.append(refused.assign(family=family_name(DELIVERED, of)))

    every = pd.concat(tables, ignore_index=True).melt(
        ["gemeente", "family"],
        [REJECTED, DUPLICATE],
        var_name="code",
        value_name="count",
    )
    every = every.dropna().drop_duplicates(["gemeente", "family", "code"])
    return every.astype({"count": "int64"})


# --- revisions ----------------------------------------------------------------------------


def _revisions(rows: pd.DataFrame) -> list[attack.Revision]:
    """Every gemeente of which all rows were booked anew: which came in, which went out."""
    found = []
    for version in sorted(rows["gemeente"].unique()):
        number = protect.number_of(version)
        if number > 1:
            slug = protect.slug_of(version)
            before = protect.version_of(slug, number - 1)
            found.append(_revision(before, version, rows))
    return found


def _revision(before: str, after: str, rows: pd.DataFrame) -> attack.Revision:
    """The rows that one of these versions has, and the other has not or otherwise."""
    compared = rows.drop(columns=["gemeente", "booked"])
    content = compared.astype("str").agg("|".join, axis=1)
    is_before = rows["gemeente"] == before
    is_after = rows["gemeente"] == after
    is_in_before = content.isin(content[is_before])
    is_in_after = content.isin(content[is_after])
    return attack.Revision(
        before,
        after,
        into=rows[is_after & ~is_in_before],
        out=rows[is_before & ~is_in_after],
    )
