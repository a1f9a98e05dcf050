"""What is taken down of one finished file: its words, its cells, and what is wrong in it."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from mma_analysis.audit.released import NO_CELL, Released, is_number, is_raw, ways, with_ends
from mma_analysis.audit.wording import Wording, words_of
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.value import SPOKEN, WORDS, Value

# Kind of finding → what is the matter and what to do, and whether two people may let it stand.
KINDS = {row["kind"]: row for row in package_table("findings")}
# What may stand in an attribute: a sentence of ours, a name of words of ours, how wide a bar is.
SENTENCE, NAME = "woorden", "naam"
NO_NUMBER = {*SPOKEN.values(), "geen bovengrens"}
CSS_SIGN = re.compile(r"\\([0-9a-f]{1,4}) ")


class Finding(NamedTuple):
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
        return hashlib.sha256("\n".join(self[:4]).encode()).hexdigest()[:10]

    @property
    def content(self) -> str:
        """What two people sign for: other words in the same place are another finding."""
        return hashlib.sha256(f"{self.id}\n{self.mark}".encode()).hexdigest()

    @property
    def sentence(self) -> str:
        """What is the matter, where, and what to do, for the analyst; the value is not in it."""
        source = f" (komt uit {self.source})" if self.source else ""
        return f"{self.file}, {self.place}: {KINDS[self.kind]['sentence']}{source}"


class Said(NamedTuple):
    """Words in a place, and the cells of which they may say the value.

    What is not `is_read` is searched only: no reader gets it, or it was judged already.
    """

    place: str
    text: str
    cells: tuple[str, ...]
    is_read: bool


class Document:
    """One finished file, by its path below the edition's reports, as its readers may see it.

    `owner` is the gemeente that an intern file is for; empty for a file for everybody. `cells` are
    those of which it says the value; `whole` are its texts with their values; `typed` are the
    numbers that its author typed, and why; `findings` are what ours never have.
    """

    def __init__(self, file: str, owner: str, released: Released, wording: Wording) -> None:
        self.file, self.owner, self.released, self.wording = file, owner, released, wording
        self.says: list[Said] = []
        self.cells: set[str] = set()
        self.whole: set[str] = set()
        self.typed: set[str] = set()
        self.findings: set[Finding] = set()

    def fault(self, place: str, kind: str = "markup", source: str = "", mark: str = "") -> None:
        """Write down that something stands there that ours never have."""
        self.findings.add(Finding(self.file, place, kind, source, mark))

    def say(self, place: str, text: str, cells: Iterable[str] = (), is_read: bool = True) -> None:
        """Write down what stands there; no words say nothing."""
        if text := " ".join(text.split()):
            self.says.append(Said(place, text, tuple(cells), is_read))

    def value(self, place: str, cell: str, form: str = "", is_said: bool = True) -> Value | None:
        """The value of a cell, in another form; that there is none for its readers is a fault."""
        self.cells |= {cell} if is_said else set()
        try:
            return self.released.value(cell, self.owner, form)
        except NO_CELL:
            return self.fault(place, "origin")

    def numbers(self, place: str, cells: Iterable[str], ends: bool = False) -> list[float]:
        """The numbers of cells, and the ends of their intervals."""
        values = [value for cell in cells if (value := self.value(place, cell)) is not None]
        every = [one for value in values for one in (with_ends(value) if ends else (value,))]
        return [float(one.raw) for one in every if is_number(one.raw)]

    def say_cell(self, place: str, cell: str, text: str) -> None:
        """Write down how a cell stands there: its number, day or code, or how a reader gets it."""
        value, text = self.value(place, cell), " ".join(text.split())
        if value is None or is_raw(text, value):
            return
        if value.form in WORDS:
            self.say(place, text, [cell])
        elif text not in (ways(value) if is_number(value.raw) else NO_NUMBER):
            self.fault(place, "cell")

    def judge(
        self, kind: str, place: str, element: str, values: Iterable[tuple[str, str]], cell: str = ""
    ) -> None:
        """Hold an element and its attributes against the list of markup of this kind of file."""
        allowed = markup(kind)
        for name, value in (("", ""), *values):
            pattern = allowed.get((element, name))
            match = pattern.fullmatch(value) if pattern else None
            if match is None:
                self.fault(place)
            for judged, words in match.groupdict("").items() if match else ():
                if judged == SENTENCE:
                    plain = CSS_SIGN.sub(lambda sign: chr(int(sign[1], 16)), words)
                    self.say(f"{place}, {name}", plain)
                elif judged == NAME:
                    plain = re.sub(r"[-#._]", " ", words)
                    self.say(f"{place}, {name}", plain, is_read=False)
                    if not self.wording.words.issuperset(words_of(plain)):
                        self.fault(f"{place}, {name}", "word")
                elif words and f"{words}%" not in {f"{n:.1%}" for n in self.numbers(place, [cell])}:
                    self.fault(place, "cell")


@cache
def markup(kind: str) -> dict[tuple[str, str], re.Pattern[str]]:
    """Element and attribute → what may stand there, or that it is all words or a name."""
    whole = {judged: f"(?P<{judged}>(?s:.*))" for judged in (SENTENCE, NAME)}
    return {
        (row["element"], row["attribute"]): re.compile(whole.get(row["value"], row["value"]))
        for row in package_table("markup")
        if row["file"] == kind
    }
