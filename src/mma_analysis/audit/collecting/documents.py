"""What a finished file is to the audit: texts, tables, figures, scripts and tags, with places."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Found = TypeVar("Found")
OPEN, INTERN = "openbaar", "intern"


@dataclass(frozen=True)
class Text:
    """A piece of text: of a sentence, a cell, an attribute, a string in a figure.

    `is_read` says that a reader sees or hears it; other texts only a program finds. `figure` is the
    number of the `<figure>` that it is in, 0 outside of one.
    """

    place: str
    words: str
    is_read: bool = True
    figure: int = 0


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
    """One cell of a table: what it says, and what else is in it that a reader does not see."""

    words: str
    beside: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table: its caption, its heads, and its rows; the first cell of a row is its head."""

    place: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figure: int = 0


@dataclass(frozen=True)
class Figure:
    """A figure as the page's script gets it, with number arrays written out.

    `spoken` is its description for who cannot see it; `table` is the number, counted from 0, of
    the table that comes after it and says the same; `strings` is every text in it, once.
    """

    place: str
    content: Mapping[str, Any]
    spoken: str
    table: int
    strings: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """Something that a browser carries out or styles with: a script or a style sheet."""

    place: str
    kind: str
    source: str


@dataclass(frozen=True)
class Tag:
    """The beginning of an element, with its attributes."""

    place: str
    name: str
    attributes: Mapping[str, str]
    figure: int = 0


@dataclass
class Document:
    """One finished file, by its path below the edition's reports."""

    file: str
    texts: list[Text] = field(default_factory=list)
    # What a page claims, and what a reader sees or hears of it beside its claims.
    claims: list[Claim] = field(default_factory=list)
    bare: list[Text] = field(default_factory=list)
    told: set[str] = field(default_factory=set)  # whole texts with claims in them
    origins: dict[str, str] = field(default_factory=dict)  # cell → where that is, in words
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    # Parts that hold what this audit cannot read: a macro, a picture, an embedded file.
    unread: list[str] = field(default_factory=list)
    # Places that hold what ours never hold, and places that a reader does not see.
    strange: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def found(self, find: Callable[[str], Iterable[Found]]) -> Iterator[tuple[Text, Found]]:
        """Each text with each thing that is found in it.

        The same words stand on a page many times, and are searched once.
        """
        found = {words: tuple(find(words)) for words in {text.words for text in self.texts}}
        if any(found.values()):
            yield from ((text, thing) for text in self.texts for thing in found[text.words])

    @property
    def owner(self) -> str:
        """The gemeente that an intern file is for; empty for a file for everybody."""
        parts = self.file.split("/")
        return parts[1] if parts[0] == INTERN and len(parts) > 2 else ""

    @property
    def about(self) -> str:
        """The area that the file is about, by its name."""
        return self.owner or self.file.split("/")[-1].rpartition(".")[0]
