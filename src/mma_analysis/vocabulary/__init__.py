"""The words of this project: code lists, areas, the columns of tables, and what can go wrong.

Every word is a row of a table under `reference/`, or of the table that an edition has instead of
it. A `Vocabulary` holds those of one edition; whoever needs a word has it, or its edition, as an
argument.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from mma_analysis.vocabulary import reference
from mma_analysis.vocabulary.errors import (
    PACKAGE,
    DataError,
    UsageError,
    filled_in,
    message,
    rows_of,
)
from mma_analysis.vocabulary.reference import Table, Tables
from mma_analysis.vocabulary.schema import TOTAL, UNKNOWN
from mma_analysis.vocabulary.text import did_you_mean, fingerprint, listed, plain, short_hash, word

# What a function says of a vocabulary is worked out once: a vocabulary never changes. Arguments are
# given by position, and nobody may change an answer.
derived = lru_cache(maxsize=1_000)
# Columns of a reference table that say of when a row is.
WHEN = ("reference_date", "valid_from", "year", "version")
GEMEENTE = re.compile(r"^(de )?(gemeente|gem\.?) +", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """A gemeente, or the district that holds them all."""

    slug: str
    name: str
    level: str
    cbs_code: str

    @property
    def is_district(self) -> bool:
        """Whether this is the district itself."""
        return self.level == "district"


class Vocabulary:
    """Every word of an edition; two editions with other words live side by side.

    `own`: name → rows of each reference table that the edition has instead of the package's,
    checked by `read_own` or `read_district`.
    """

    def __init__(self, own: Tables | None = None) -> None:
        self.own: Tables = dict(own or {})

    def reference(self, name: str) -> Table:
        """One table of `reference/`: a row per line, every value text."""
        return self.own[name] if name in self.own else reference.package_table(name)

    def fingerprint(self, *tables: str) -> str:
        """A mark of these reference tables together, another one as soon as a word changes."""
        return fingerprint([self.reference(name) for name in tables])

    def catalogue(self) -> Iterator[dict[str, Any]]:
        """Every reference table as this edition uses it, by name.

        `mark` is another one as soon as a word changes; `newest` is the last day, year or version
        in it, empty when it has none; `sources` are those of its rows, of most rows first.
        """
        for name in reference.table_names():
            rows = self.reference(name)
            moments = [row[column] for row in rows for column in WHEN if row.get(column)]
            yield {
                "name": name,
                "of_edition": name in self.own,
                "may_be_of_edition": name in reference.OWN,
                "rows": len(rows),
                # A higher version is later.
                "newest": max(moments, key=lambda cell: (len(cell), cell), default=""),
                "mark": self.fingerprint(name),
                "sources": [one for one, _ in Counter(r["source"] for r in rows).most_common()],
            }

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """All areas: the gemeenten in alphabetical order, then the district."""
        every = (
            Area(row["slug"], row["name"], row["level"], row["cbs_code"])
            for row in self.reference("areas")
        )
        return tuple(sorted(every, key=lambda area: (area.is_district, plain(area.name))))

    @cached_property
    def gemeenten(self) -> tuple[Area, ...]:
        """The gemeenten of the district."""
        return tuple(area for area in self.areas if not area.is_district)

    @cached_property
    def district(self) -> Area:
        """The district itself."""
        return next(area for area in self.areas if area.is_district)

    def area(self, slug: str) -> Area:
        """Look an area up by its slug."""
        known = {known.slug: known for known in self.areas}
        if slug not in known:
            raise UsageError.of("no_area", slug=slug, near=did_you_mean(slug, known))
        return known[slug]

    def gemeente_of(self, text: str) -> str:
        """The gemeente that a text names, by its name, an alias or its CBS code; empty when none.

        `buiten_district` for a name that is known to be elsewhere.
        """
        return self._gemeente_names.get(plain(GEMEENTE.sub("", text)), "")

    @cached_property
    def _gemeente_names(self) -> dict[str, str]:
        aliases = self.reference("gemeente_aliases")
        names = {plain(row["alias"]): row["gemeente"] for row in aliases}
        for area in self.gemeenten:
            digits = area.cbs_code.removeprefix("GM")
            for name in (area.name, area.slug, area.cbs_code, digits, digits.lstrip("0")):
                names[plain(name)] = area.slug
        return names

    @derived
    def by_code(self, table: str, column: str) -> dict[str, str]:
        """Code of a row of this reference table → what stands in a column, in the table's order."""
        return {row["code"]: row[column] for row in self.reference(table)}

    @property
    def topics(self) -> dict[str, str]:
        """Topic code → Dutch label, in the order of M.'s contract list."""
        return self.by_code("topics", "label")

    @property
    def topic_groups(self) -> dict[str, str]:
        """Topic group code → Dutch label, in reading order."""
        return self.by_code("topic_groups", "label")

    @property
    def group_of_topic(self) -> dict[str, str]:
        """Topic code → code of its group."""
        return self.by_code("topics", "group")

    @derived
    def values(self, field: str) -> dict[str, str]:
        """Allowed codes of a field → Dutch label, in the order in which they occur."""
        if field in ("topic", "topic_group"):
            return self.by_code(f"{field}s", "label")
        rows = self.reference("values")
        return {row["code"]: row["label"] for row in rows if row["field"] == field}

    @derived
    def aliases(self, field: str) -> dict[str, str]:
        """Plain alias → code of this field; nobody may change it.

        Or of `yes_no`, of `empty` (what says that nothing is filled in, in any field) or of
        `any` (what says in any field that it is not known).
        """
        rows = self.reference("topic_aliases" if field == "topic" else "value_aliases")
        return {word(row["alias"]): row["code"] for row in rows if row.get("field", field) == field}

    @derived
    def words(self, field: str) -> dict[str, str]:
        """Plain word → code: aliases, labels and the codes themselves; nobody may change it.

        What says nothing in any field (`-`, `n.v.t.`) is `onbekend` in each.
        """
        codes = self.values(field)
        labels = {plain(label): code for code, label in codes.items()}
        own = self.aliases(field) | labels | {plain(code): code for code in codes}
        return self.aliases("any") | self.aliases("empty") | own
