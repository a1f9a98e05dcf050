"""What a finished file is to the audit: texts, values with their cells, tables and figures."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

INTERN = "intern"
PLACE = "Vindplaats"  # the column of the annex with the cell of each row
CLAIMED = "\ufffc"  # in a text, in the place of a value
JUDGED_THERE = "there"  # of a text: judged where it stands, and searched like any other


@dataclass(frozen=True)
class Text:
    """Words that stand in a file outside its values, and what of them is nobody's but ours.

    `figure` is the number of the figure that they are in, counted from 1. `only` is the one kind of
    finding that they can be: pieces of one word may make a number, a name may be no word of ours.
    """

    place: str
    words: str
    figure: int = 0
    only: str = ""


def texts_in(match: re.Match[str], place: str, figure: int = 0) -> Iterator[Text]:
    """The words in a value of the list of markup, and the names in it: those are words of ours."""
    for name, words in match.groupdict().items():
        if words:
            is_name = name == "naam"
            plain = re.sub(r"[-#._]", " ", words) if is_name else words
            yield Text(place, " ".join(plain.split()), figure, "word" if is_name else "")


@dataclass(frozen=True)
class Claim:
    """What a page says that it has from a released table: `<data value data-cell>`.

    `cell` says where it is from, `value` is what a program gets and `words` what a reader gets,
    written in a `form`. With a `state` there is nothing, and that says why.
    """

    place: str
    cell: str
    value: str
    words: str
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
    """A table: its heads and its rows, and the number of the figure that it is in."""

    place: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figure: int = 0
    sheet: str = ""
    top: int = 0  # the row of a sheet in which its heads are


@dataclass(frozen=True)
class Figure:
    """A figure as the page's script gets it, with packed numbers written out."""

    place: str
    content: Mapping[str, Any]
    strings: tuple[str, ...]
    number: int = 0


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

    def said(self, figure: int) -> Iterator[str]:
        """The words of the values in a figure."""
        return (claim.words for claim in self.claims if claim.figure == figure and claim.words)
