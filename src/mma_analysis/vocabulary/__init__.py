"""The words of this project: code lists, areas, columns of tables, and what can go wrong.

Every word is a row of a table under `reference/`, or of the table that an edition has
instead of it. A `Vocabulary` holds those of one edition; whoever needs a word has it, or
its edition, as an argument.
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
    lines_of,
    message,
    rows_of,
)
from mma_analysis.vocabulary.reference import ReferenceTable, Tables
from mma_analysis.vocabulary.schema import TOTAL, UNKNOWN
from mma_analysis.vocabulary.text import (
    did_you_mean,
    fingerprint,
    listed,
    plain,
    short_hash,
    word,
)

# What a function says of a vocabulary is worked out once: a vocabulary never changes.
# Arguments are given by position, and nobody may change an answer.
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

    `own`: name → rows of each reference table that the edition has instead of the one of
    the package, checked by `read_own` or `read_district`.
    """

    def __init__(self, own: Tables | None = None) -> None:
        self.own: Tables = dict(own or {})

    def reference(self, name: str) -> ReferenceTable:
        """One table of `reference/`: a row per line, every value text."""
        if name in self.own:
            return self.own[name]
        return reference.package_table(name)

    def fingerprint(self, *tables: str) -> str:
        """A mark of these reference tables together, another one when a word changes."""
        rows = [self.reference(name) for name in tables]
        return fingerprint(rows)

    def catalogue(self) -> Iterator[dict[str, Any]]:
        """Every reference table as this edition uses it, by name.

        `mark` is another one as soon as a word changes; `newest` is the last day, year or
        version in it, empty when it has none; `sources` are those of its rows, of most rows
        first.
        """
        for name in reference.table_names():
            rows = self.reference(name)
            rows_of_source = Counter(row["source"] for row in rows)
            yield {
                "name": name,
                "of_edition": name in self.own,
                "may_be_of_edition": name in reference.OWN_TABLES_NAMED,
                "rows": len(rows),
                "newest": _newest(rows),
                "mark": self.fingerprint(name),
                "sources": [source for source, _ in rows_of_source.most_common()],
            }

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """All areas: the gemeenten in alphabetical order, then the district."""
        every = []
        for row in self.reference("areas"):
            area = Area(row["slug"], row["name"], row["level"], row["cbs_code"])
            every.append(area)
        every.sort(key=lambda area: (area.is_district, plain(area.name)))
        return tuple(every)

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
        known = {area.slug: area for area in self.areas}
        if slug not in known:
            near = did_you_mean(slug, known)
            raise UsageError.of("no_area", slug=slug, near=near)
        return known[slug]

    def area_named(self, text: str) -> Area:
        """Look an area up by its slug, its name, another name of it, or its CBS code."""
        district = self.district
        of_district = (district.slug, district.name, district.cbs_code)
        if plain(text) in [plain(name) for name in of_district if name]:
            return district

        slug = self.gemeente_of(text)
        if slug in [area.slug for area in self.gemeenten]:
            return self.area(slug)
        return self.area(text)  # a slug, or an error that names one near it

    def gemeente_of(self, text: str) -> str:
        """The gemeente that a text names by its name, an alias or its CBS code, or empty.

        `buiten_district` for a name that is known to be elsewhere.
        """
        name = GEMEENTE.sub("", text)
        return self._gemeente_names.get(plain(name), "")

    @cached_property
    def _gemeente_names(self) -> dict[str, str]:
        """Every name of a gemeente, only its letters and digits → its slug."""
        slug_of = {}
        for row in self.reference("gemeente_aliases"):
            slug_of[plain(row["alias"])] = row["gemeente"]
        for area in self.gemeenten:
            digits = area.cbs_code.removeprefix("GM")
            number = digits.lstrip("0")
            for name in (area.name, area.slug, area.cbs_code, digits, number):
                slug_of[plain(name)] = area.slug
        return slug_of

    @derived
    def by_code(self, table: str, column: str) -> dict[str, str]:
        """Code of a row of this reference table → what stands in a column, in its order."""
        rows = self.reference(table)
        return {row["code"]: row[column] for row in rows}

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
        table = "topic_aliases" if field == "topic" else "value_aliases"
        code_of = {}
        for row in self.reference(table):
            is_of_field = row.get("field", field) == field
            if is_of_field:
                code_of[word(row["alias"])] = row["code"]
        return code_of

    @derived
    def words(self, field: str) -> dict[str, str]:
        """Plain word → code: aliases, labels and the codes themselves; to be left as it is.

        What says nothing in any field (`-`, `n.v.t.`) is `onbekend` in each.
        """
        code_of = self.aliases("any") | self.aliases("empty") | self.aliases(field)
        codes = self.values(field)
        for code, label in codes.items():
            code_of[plain(label)] = code
        for code in codes:
            code_of[plain(code)] = code
        return code_of


def _newest(rows: ReferenceTable) -> str:
    """The last day, year or version in a table."""
    moments = []
    for row in rows:
        moments += [row[column] for column in WHEN if row.get(column)]
    # A higher version is later.
    return max(moments, key=lambda moment: (len(moment), moment), default="")
