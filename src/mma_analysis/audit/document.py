"""What a finished file is to the audit: texts, values, tables, figures; and what is found."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from mma_analysis.vocabulary.reference import package_table

INTERN = "intern"
PLACE = "Vindplaats"  # the column of the annex with the cell of each row
CLAIMED = "\ufffc"  # in a text, in the place of a value
# Kind of finding → what is the matter and what to do, and whether two people may let it stand.
KINDS = {row["kind"]: row for row in package_table("findings")}
TYPED = "vast|"  # in the place of a cell: a number that the author typed, and why
BARE, OTHER = "bare", "word"  # kinds of findings
# In the list of markup: what stands here is judged as words are, or names something.
VALUES = {"woorden": "(?P<woorden>(?s:.*))", "naam": "(?P<naam>(?s:.*))"}
TOKEN = r"(?<![\w.,+-])(?:{})(?![\w]|[.,-]\d)"  # not within a longer number
CSS_SIGN = re.compile(r"\\([0-9a-f]{1,4}) ")
Part = tuple[tuple[Any, ...], str | list[Any]]


@dataclass(frozen=True)
class Text:
    """Words that stand in a file outside its values, in a figure (by its number) or in none.

    `also` may stand in it. `only` is the one kind of finding that it can be: pieces of one word may
    make a number, a name may be no word of ours.
    """

    place: str
    words: str
    figure: int = 0
    only: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """What a page says that it has from a released table: `<data value data-cell>`.

    `cell` says where it is from, `value` is what a program gets and `words` what a reader gets
    (none when those are a text beside it), in a `form`. With a `state` there is nothing, and why.
    """

    place: str
    cell: str
    value: str
    words: str | None
    form: str = ""
    state: str = ""
    figure: int = 0


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its words, the values in it, and how it is drawn."""

    words: str
    style: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of a figure (by its number), or of a sheet with its heads in row `top`."""

    place: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figure: int = 0
    sheet: str = ""
    top: int = 0


@dataclass(frozen=True)
class Figure:
    """A figure as the page's script gets it, and every text and list in it: where, and what."""

    place: str
    content: Mapping[str, Any]
    parts: tuple[Part, ...]

    @property
    def strings(self) -> set[str]:
        """Every text in it, names as well."""
        every = (
            one for _, part in self.parts for one in ([part] if isinstance(part, str) else part)
        )
        return {one for one in every if isinstance(one, str)}


@dataclass
class Document:
    """One finished file, by its path below the edition's reports.

    `faults` are places with what ours never have, by the kind of finding.
    """

    file: str
    texts: list[Text] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    headings: set[str] = field(default_factory=set)  # whole texts with values in them
    origins: dict[str, str] = field(default_factory=dict)  # cell → where that is, in words
    files: list[tuple[str, str, int]] = field(default_factory=list)  # place, source, figure
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """The gemeente that an intern file is for; empty for a file for everybody."""
        parts = self.file.split("/")
        return parts[1] if parts[0] == INTERN and len(parts) > 2 else ""

    @property
    def typed(self) -> list[Claim]:
        """The numbers that an author typed: a person judges them, no table can."""
        return [claim for claim in self.claims if claim.cell.startswith(TYPED)]

    def fault(self, place: str, kind: str = "markup") -> None:
        """Write down that something stands there that ours never have."""
        self.faults.append((place, kind))

    def say(self, place: str, words: str, *more: Any) -> None:
        """Write down words that stand there."""
        if words := " ".join(words.split()):
            self.texts.append(Text(place, words, *more))

    def judge(
        self,
        kind: str,
        place: str,
        element: str,
        values: Iterable[tuple[str, str]],
        figure: int = 0,
    ) -> None:
        """Hold an element and its attributes against the list of markup of this kind of file."""
        if (element, "") not in markup(kind):
            self.fault(place)
        for name, value in values:
            said = _said_in(kind, element, name, value)
            if said is None:
                self.fault(place)
            for group, words in (said or {}).items():
                where = f"{place}, {name}" if kind == "html" else place
                if group == "bestand":
                    self.files.append((place, words, figure))
                else:
                    self.say(where, words, figure, OTHER if group == "naam" else "")


@dataclass(frozen=True, order=True)
class Finding:
    """One leak: the file below the edition's reports, the place in it, and what kind it is.

    `source` is where it came from in the deliveries (file, sheet, row, column), when that is known;
    `mark` stands for the words that were found, and changes with them.
    """

    file: str
    place: str
    kind: str
    source: str = ""
    mark: str = ""

    @property
    def is_signable(self) -> bool:
        """Whether two people may let it stand: a public telephone number, a name of a street."""
        return bool(KINDS[self.kind]["signable"])

    @property
    def id(self) -> str:
        """A short name that stays the same as long as file, place and kind do."""
        parts = "\n".join((self.file, self.place, self.kind, self.source))
        return hashlib.sha256(parts.encode()).hexdigest()[:10]

    @property
    def content(self) -> str:
        """What two people sign for: other words in the same place are another finding."""
        return hashlib.sha256(f"{self.id}\n{self.mark}".encode()).hexdigest()

    @property
    def sentence(self) -> str:
        """What is the matter, where, and what to do, for the analyst; the value is not in it."""
        source = f" (komt uit {self.source})" if self.source else ""
        return f"{self.file}, {self.place}: {KINDS[self.kind]['sentence']}{source}"


@cache
def markup(kind: str) -> dict[tuple[str, str], re.Pattern[str]]:
    """Element and attribute → what may stand there."""
    return {
        (row["element"], row["attribute"]): re.compile(VALUES.get(row["value"], row["value"]))
        for row in package_table("markup")
        if row["file"] == kind
    }


@lru_cache(maxsize=100_000)
def _said_in(kind: str, element: str, attribute: str, value: str) -> dict[str, str] | None:
    """The words in a value, and the names; none when it is not as the list has it."""
    pattern = markup(kind).get((element, attribute))
    match = pattern.fullmatch(value) if pattern else None
    if match is None:
        return None
    said = {group: words for group, words in match.groupdict().items() if words}
    if "naam" in said:
        said["naam"] = re.sub(r"[-#._]", " ", said["naam"])
    if "woorden" in said:
        said["woorden"] = CSS_SIGN.sub(lambda sign: chr(int(sign[1], 16)), said["woorden"])
    return said


@cache
def searched(*kinds: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """The patterns of these kinds of findings: kind, what it is, and the pattern."""
    return tuple(
        (row["kind"], row["what"], re.compile(TOKEN.format(pattern) if row["whole"] else pattern))
        for row in package_table("searched")
        for pattern in [row["pattern"]]
        if row["kind"] in kinds
    )
