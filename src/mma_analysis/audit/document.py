"""What is written down of one finished file: its words, its cells, and what is wrong."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from mma_analysis.audit.notebooks import WHY_CHANGED
from mma_analysis.audit.released import (
    NO_CELL,
    ReleasedValues,
    is_number,
    is_raw,
    ways,
    with_ends,
)
from mma_analysis.audit.wording import Wording, plain_words
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.searched import NEEDS_A_CELL
from mma_analysis.vocabulary.value import FORMS_OF_WORDS, SPOKEN, Value

# Kind of finding → what is the matter and what to do; whether two people may let it stand.
FINDING_KINDS = {row["kind"]: row for row in package_table("findings")}
# What may stand in an attribute: a sentence of ours, or a name of words of ours; else it is
# how wide a bar is.
WORDS_GROUP = "woorden"
NAME_GROUP = "naam"
NO_NUMBER = {*SPOKEN.values(), "geen bovengrens"}
CSS_SIGN = re.compile(r"\\([0-9a-f]{1,4}) ")


class Finding(NamedTuple):
    """One leak: the file below the edition's reports, the place in it, and what kind it is.

    `source` is where it came from in the deliveries (file, sheet, row, column), when that
    is known; `mark` stands for the words that were found, and changes with them.
    """

    file: str
    place: str
    kind: str
    source: str = ""
    mark: str = ""

    @property
    def is_signable(self) -> bool:
        """Whether two people may let it stand: a public telephone number, a street."""
        return bool(FINDING_KINDS[self.kind]["signable"])

    @property
    def id(self) -> str:
        """A short name that stays the same as long as file, place and kind do."""
        parts = [self.file, self.place, self.kind, self.source]
        where = "\n".join(parts)
        return _hash(where)[:10]

    @property
    def content(self) -> str:
        """What two people sign for: other words in the same place are another finding."""
        return _hash(f"{self.id}\n{self.mark}")

    @property
    def sentence(self) -> str:
        """What is the matter, where, and what to do, for the analyst; without the value."""
        what = FINDING_KINDS[self.kind]["sentence"]
        source = f" (komt uit {self.source})" if self.source else ""
        return f"{self.file}, {self.place}: {what}{source}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Passage(NamedTuple):
    """Words in a place, and the cells of which they may say the value.

    What is not `is_read` is searched only: no reader gets it, or it was judged already.
    """

    place: str
    text: str
    cells: tuple[str, ...]
    is_read: bool


class Document:
    """One finished file, by its path below the edition's reports, as its readers see it.

    `owner` is the gemeente that an intern file is for; empty for a file for everybody.
    `cells` are those of which it says the value; `whole` are its texts with their values,
    in order; `typed` are the numbers that its author typed, and why; `of_notebooks` is what
    it says of how much of a notebook was changed; `findings` are what ours never have.
    """

    def __init__(
        self, file: str, owner: str, released: ReleasedValues, wording: Wording
    ) -> None:
        self.file = file
        self.owner = owner
        self.released = released
        self.wording = wording
        self.says: list[Passage] = []
        self.cells: set[str] = set()
        self.whole: list[str] = []
        self.typed: set[str] = set()
        self.of_notebooks: set[str] = set()
        self.findings: set[Finding] = set()

    def fault(
        self,
        place: str,
        kind: str = "markup",
        source: str = "",
        mark: str = "",
    ) -> None:
        """Write down that something stands there that ours never have."""
        finding = Finding(self.file, place, kind, source, mark)
        self.findings.add(finding)

    def say(
        self,
        place: str,
        text: str,
        cells: Iterable[str] = (),
        is_read: bool = True,
    ) -> None:
        """Write down what stands there; no words say nothing."""
        tidy = " ".join(text.split())
        if tidy:
            self.says.append(Passage(place, tidy, tuple(cells), is_read))

    def value(
        self,
        place: str,
        cell: str,
        form: str = "",
        is_said: bool = True,
    ) -> Value | None:
        """The value of a cell, in another form; none for these readers is a fault."""
        if is_said:
            self.cells.add(cell)
        try:
            return self.released.value(cell, self.owner, form)
        except NO_CELL:
            self.fault(place, "origin")
            return None

    def judge_form(self, place: str, cell: str, form: str) -> None:
        """A value is said in a form that says the same number: no count in tens."""
        if not form:
            return
        with suppress(*NO_CELL):  # that is a finding already
            if form not in self.released.forms(cell, self.owner):
                self.fault(place, "form")

    def numbers(self, place: str, cells: Iterable[str], ends: bool = False) -> list[float]:
        """The numbers of cells, and the ends of their intervals."""
        values: list[Value] = []
        for cell in cells:
            value = self.value(place, cell)
            if value is None:
                continue
            values += with_ends(value) if ends else [value]
        return [float(value.raw) for value in values if is_number(value.raw)]

    def say_cell(self, place: str, cell: str, text: str) -> None:
        """Write down how a cell stands there: for a program, or how a reader gets it."""
        value = self.value(place, cell)
        tidy = " ".join(text.split())
        if value is None or is_raw(tidy, value):
            return
        if value.form in FORMS_OF_WORDS:
            self.say(place, tidy, [cell])
            return
        allowed = ways(value) if is_number(value.raw) else NO_NUMBER
        if tidy not in allowed:
            self.fault(place, "cell")

    def say_typed(self, place: str, why: str, words: str) -> None:
        """Write down what an author typed: as its reason of ours says, else a number.

        A number with another reason is for two people to read.
        """
        self.say(place, words, is_read=False)
        ours = self.wording.typed_as(why, self.file)
        if ours is not None:
            if not ours.fullmatch(words):
                self.fault(place, "cell")
            elif why == WHY_CHANGED:
                self.of_notebooks.add(words)
            return
        self.typed.add(f"{why}: {words}")
        is_number_of_ours = NEEDS_A_CELL.search(words) is not None
        for kind, _ in self.wording.faults(words):
            is_number_of_ours = is_number_of_ours and kind == "bare"
        if not why or not is_number_of_ours:
            self.fault(place, "cell")

    def judge(
        self,
        kind: str,
        place: str,
        element: str,
        values: Iterable[tuple[str, str]],
        cell: str = "",
    ) -> None:
        """Hold an element and its attributes against the markup of this kind of file."""
        allowed = markup(kind)
        itself = ("", "")
        for name, value in (itself, *values):
            pattern = allowed.get((element, name))
            match = pattern.fullmatch(value) if pattern else None
            if match is None:
                self.fault(place)
                continue
            for group, words in match.groupdict("").items():
                if group == WORDS_GROUP:
                    self._judge_sentence(f"{place}, {name}", words)
                elif group == NAME_GROUP:
                    self._judge_name(f"{place}, {name}", words)
                elif words:
                    self._judge_width(place, words, cell)

    def _judge_sentence(self, place: str, words: str) -> None:
        """In a style sheet a sign may stand as its number."""
        plain = CSS_SIGN.sub(_sign_of, words)
        self.say(place, plain)

    def _judge_name(self, place: str, words: str) -> None:
        """Every word of a name is one of ours."""
        plain = re.sub(r"[-#._]", " ", words)
        self.say(place, plain, is_read=False)
        are_ours = self.wording.words.issuperset(plain_words(plain))
        if not are_ours:
            self.fault(place, "word")

    def _judge_width(self, place: str, percentage: str, cell: str) -> None:
        """A bar is as wide as the value of its cell."""
        widths = [f"{number:.1%}" for number in self.numbers(place, [cell])]
        if f"{percentage}%" not in widths:
            self.fault(place, "cell")


def _sign_of(escape: re.Match[str]) -> str:
    """The sign of which a style sheet has the number."""
    number = int(escape[1], 16)
    return chr(number)


@cache
def markup(kind: str) -> dict[tuple[str, str], re.Pattern[str]]:
    """Element and attribute → what may stand there, or that it is all words or a name."""
    anything = "(?s:.*)"
    whole = {
        WORDS_GROUP: f"(?P<{WORDS_GROUP}>{anything})",
        NAME_GROUP: f"(?P<{NAME_GROUP}>{anything})",
    }
    allowed = {}
    for row in package_table("markup"):
        if row["file"] == kind:
            pattern = whole.get(row["value"], row["value"])
            allowed[row["element"], row["attribute"]] = re.compile(pattern)
    return allowed
