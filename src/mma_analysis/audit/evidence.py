"""How counts were protected, for who signs: per table, in words and Dutch numbers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mma_analysis.settings import Edition
from mma_analysis.vocabulary.numbers import listing, number
from mma_analysis.vocabulary.reference import INDICATORS

TITLES = {row["table"]: row["title"] for row in INDICATORS if row["title"]}
# Counts that no table shows itself are told under the table that is made of them.
TITLES["campaign_counts"] = TITLES["campaigns"]
READER_IN_WORDS = {"buitenstaander": "een buitenstaander", "politie": "de politie"}


class Protected(NamedTuple):
    """What was done for the counts of one table, each as it is read."""

    title: str
    counts: str
    smallest: str
    zero: str
    narrowest: str
    reader: str
    mean: str
    most: str
    kept: str


def evidence(edition: Edition, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the dossier tells of protection; empty when no count was protected.

    `tables`: a `Protected` for each; `readers`: for whom it was tried to find counts,
    beside so many `issues`; `is_attacked`: whether that was finished; `known`: how many
    counts a reader knows too well, and `by` whom; `left_out`: how many lines do not go out
    for it.
    """
    rows = manifest.get("evidence", [])
    if not rows:
        return {}
    names = READER_IN_WORDS | {area.slug: area.name for area in edition.vocabulary.areas}
    attack = manifest["attack"]
    readers = [str(names.get(reader, reader)) for reader in attack["readers"]]
    known_by = [_together(reader, names) for reader, *_ in attack["known"]]
    tables = [_protected(row, names) for row in rows]
    return {
        "tables": [table._asdict() for table in tables],
        "readers": listing(readers),
        "issues": len(manifest["issues"]),
        "is_attacked": attack["is_attacked"],
        "known": len(known_by),
        "by": listing(list(dict.fromkeys(known_by))),
        "left_out": len(attack["left_out"]),
    }


def _protected(row: Mapping[str, Any], names: Mapping[str, str]) -> Protected:
    smallest = row["smallest"]
    narrowest = row["narrowest"]
    return Protected(
        title=TITLES[row["table"]],
        counts=number(row["counts"]),
        smallest="geen" if smallest is None else number(smallest),
        zero=number(row["zero"]),
        narrowest="niet gevraagd" if narrowest is None else number(narrowest, 1),
        reader=_together(row["reader"], names) if row["reader"] else "",
        mean=number(row["mean"], 1),
        most=number(row["most"]),
        kept=number(row["kept"]),
    )


def _together(reader: str, names: Mapping[str, str]) -> str:
    """A reader as people call it: `Almelo en Borne samen`, `10 organisaties samen`."""
    named = [names.get(one, one) for one in reader.split(" + ")]
    together = " samen" if len(named) > 1 else ""
    return f"{listing(named)}{together}"
