"""The one flat form of every finished file: what it says, where, of which cells; what is found."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache

from mma_analysis.vocabulary.reference import package_table

INTERN = "intern"
TYPED = "vast|"  # in the place of a cell: a number that the author typed, and why
CLAIMED = "\ufffc"  # in words, in the place of a value
# Kind of finding → what is the matter and what to do, and whether two people may let it stand.
KINDS = {row["kind"]: row for row in package_table("findings")}
TOKEN = r"(?<![\w.,+-])(?:{})(?![\w]|[.,-]\d)"  # not within a longer number
CSS_SIGN = re.compile(r"\\([0-9a-f]{1,4}) ")
Cells = tuple[str, ...]
Pair = tuple[str, str]


class Kind(StrEnum):
    """What a thing that is said claims to be, and so by which check it is judged."""

    WORDS = "woorden"  # ours, without a number but those of its cells
    NAME = "naam"  # of a part: words of ours
    SEARCHED = "gezocht"  # no reader gets it, or a person judges it
    BESIDE = "ernaast"  # words in the place of a number that there is not
    RAW = "waarde"  # the number, day or code of its cell
    VALUE = "tekst"  # how its cell reads
    EITHER = "een van beide"
    ABSENT = "afwezig"  # that its cell has nothing, and why
    WIDTH = "deel"  # how much of a place a bar fills
    DRAWN = "getekend"  # as long as a cell
    ENDS = "einden"  # at a cell, or an end of its interval
    GIVEN = "opgegeven"  # a number that was not counted


# The others are of a cell to the last sign: a delivery cannot stand in them.
OF_CELLS = {*Kind} - {Kind.WORDS, Kind.NAME, Kind.SEARCHED, Kind.BESIDE}
# In the list of markup a value may be all of one kind.
WHOLE: dict[str, str] = {kind: f"(?P<{kind}>(?s:.*))" for kind in (Kind.WORDS, Kind.NAME)}


@dataclass(frozen=True)
class Said:
    """One thing that a file says; `form` is how a value is written, or why it is absent."""

    place: str
    text: str
    kind: Kind
    cells: Cells
    form: str


@dataclass
class Document:
    """One finished file, by its path below the edition's reports.

    `whole` are its texts with their values; `faults` are places with what ours never have, by the
    kind of finding.
    """

    file: str
    says: list[Said] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    faults: list[Pair] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """The gemeente that an intern file is for; empty for a file for everybody."""
        parts = self.file.split("/")
        return parts[1] if parts[0] == INTERN and len(parts) > 2 else ""

    @property
    def cells(self) -> set[str]:
        """The cells of which it says the value."""
        return {cell for one in self.says if one.kind in OF_CELLS for cell in one.cells}

    def fault(self, place: str, kind: str = "markup") -> None:
        """Write down that something stands there that ours never have."""
        self.faults.append((place, kind))

    def say(
        self, place: str, text: str, kind: Kind = Kind.WORDS, cells: Cells = (), form: str = ""
    ) -> None:
        """Write down what stands there; no words say nothing."""
        text = " ".join(text.split())
        if text or kind in OF_CELLS:
            self.says.append(Said(place, text, kind, cells, form))

    def judge(
        self, kind: str, place: str, element: str, values: Iterable[Pair], cells: Cells = ()
    ) -> None:
        """Hold an element and its attributes against the list of markup of this kind of file."""
        if (element, "") not in markup(kind):
            self.fault(place)
        for name, value in values:
            said = _said_in(kind, element, name, value)
            if said is None:
                self.fault(place)
            for group, words in (said or {}).items():
                self.say(f"{place}, {name}", words, Kind(group), cells)


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
def markup(kind: str) -> dict[Pair, re.Pattern[str]]:
    """Element and attribute → what may stand there."""
    return {
        (row["element"], row["attribute"]): re.compile(WHOLE.get(row["value"], row["value"]))
        for row in package_table("markup")
        if row["file"] == kind
    }


@lru_cache(maxsize=100_000)
def _said_in(kind: str, element: str, attribute: str, value: str) -> dict[str, str] | None:
    """What a value says, by kind; none when it is not as the list has it."""
    pattern = markup(kind).get((element, attribute))
    match = pattern.fullmatch(value) if pattern else None
    if match is None:
        return None
    said = {group: words for group, words in match.groupdict().items() if words}
    if Kind.NAME in said:
        said[Kind.NAME] = re.sub(r"[-#._]", " ", said[Kind.NAME])
    if Kind.WORDS in said:
        said[Kind.WORDS] = CSS_SIGN.sub(lambda sign: chr(int(sign[1], 16)), said[Kind.WORDS])
    return said


@cache
def searched(*kinds: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of these kinds of findings, each with its kind."""
    return tuple(
        (row["kind"], re.compile(TOKEN.format(row["pattern"]) if row["whole"] else row["pattern"]))
        for row in package_table("searched")
        if row["kind"] in kinds
    )
