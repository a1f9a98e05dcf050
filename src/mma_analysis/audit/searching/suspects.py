"""What of the deliveries may stand nowhere in a report: numbers of tips, names, words in a row."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mma_analysis.audit.searching.deliveries import Delivered
from mma_analysis.audit.searching.known import RUN, runs_of, words_of
from mma_analysis.days import MONTHS

# A number of a tip, a case or a person: at least this many digits, and no date.
DIGITS_OF_A_NUMBER = 5
LETTERS_OF_A_NAME = 4
# So many digits also count without the letter before them.
DIGITS_ALONE = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGIT = re.compile(r"\d")
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
# A sentence begins after one of these; after an initial, as in `S. Jansen`, it does not.
BEGIN = re.compile(r"(?:^|(?<!\b\w)[.!?:;]\s+|[\"“‘(]\s*)$")


@dataclass
class Suspects:
    """Words in a row, names and numbers, each with the delivered cell that it came from."""

    runs: dict[tuple[str, ...], str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)


def suspects(cells: Iterable[Delivered], known: "Known") -> Suspects:
    """Pick from all delivered cells what would give a tip or an answer away.

    Every text cell is a suspect, whatever its column is called. Left out is only what the project
    prints itself: words in a row that stand in its own texts, words that do; and the headings of a
    file, which letters name. What occurs more often is given where it stands first.
    """
    found, first = Suspects(), dict[str, str]()
    for cell in cells:
        if not cell.is_head:
            first.setdefault(cell.words, cell.source)
    for words, source in first.items():
        for kind, value in _of_cell(words, known):
            chosen = {"run": found.runs, "name": found.names, "number": found.numbers}[kind]
            chosen.setdefault(value, source)
    return found


class Known:
    """What the project prints itself: its words, and its texts as one row of words."""

    def __init__(self, texts: Iterable[str]) -> None:
        lines = [words_of(text) for text in texts]
        self.words = {word for line in lines for word in line}
        self._runs = {run for line in lines for run in runs_of(line)}
        self._lines = "\n".join(f" {' '.join(line)} " for line in lines)

    def holds(self, words: Sequence[str]) -> bool:
        """Whether these words stand in a row in one of the texts."""
        if len(words) == RUN:
            return tuple(words) in self._runs
        if not self.words.issuperset(words):
            return False
        return f" {' '.join(words)} " in self._lines


def _of_cell(text: str, known: Known) -> Iterator[tuple[str, object]]:
    words, has_letters = words_of(text), any(sign.isalpha() for sign in text)
    choices = [words_of(choice) for choice in re.split(r"[;|]", text) if choice.strip()]
    if has_letters and all(known.holds(choice) for choice in choices):
        return
    yield from (("number", number) for number in numbers_in(text))
    if _is_a_date(text, words) or not has_letters:
        return
    if len(words) >= RUN:
        yield from (("run", run) for run in runs_of(words) if not known.holds(run))
    elif len(words) > 1 and not numbers_in(text) and not known.words.issuperset(words):
        yield "run", tuple(words)
    yield from (("name", name) for name in _names(text, len(words), known))


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, without signs."""
    if len(DIGIT.findall(text)) < DIGITS_OF_A_NUMBER:
        return ()
    tokens = re.split(r"[\s\"'<>()\[\]{},;:=]+", text)
    tokens += [part for token in tokens for part in re.split(r"[./\\?&#]", token)]
    numbers = dict.fromkeys(number for token in tokens if (number := _number(token)))
    bare = [number.lstrip(LETTERS) for number in numbers]
    return tuple(dict.fromkeys([*numbers, *(n for n in bare if len(n) >= DIGITS_ALONE)]))


def _number(token: str) -> str:
    """A token as a number of a tip, without signs; empty when it is none."""
    plain = re.sub(r"[^0-9A-Za-z]", "", token).upper()
    digits = sum(sign.isdigit() for sign in plain)
    is_number = digits >= DIGITS_OF_A_NUMBER and len(plain) - digits <= 3
    return plain if is_number and not DATE.fullmatch(token.strip(".,;:()")) else ""


def _is_a_date(text: str, words: Sequence[str]) -> bool:
    return bool(DATE.fullmatch(text.strip())) or (
        any(word.isdigit() for word in words)
        and all(word.isdigit() or word in MONTHS for word in words)
    )


def _names(text: str, length: int, known: Known) -> Iterator[str]:
    """Words with a capital that are not ours; in a longer text not at a sentence's beginning."""
    for match in re.finditer(r"[^\W\d_][\w'’-]*", text):
        if not match[0][0].isupper() or (length >= RUN and BEGIN.search(text[: match.start()])):
            continue
        for word in words_of(match[0]):
            letters = sum(sign.isalpha() for sign in word)
            if letters >= LETTERS_OF_A_NAME and word not in known.words:
                yield word
