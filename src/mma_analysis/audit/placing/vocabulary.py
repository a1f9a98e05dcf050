"""The Dutch labels of pages, read back into codes with the reference tables."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary, derived, plain

MONTHS = {
    **{"jan": 1, "feb": 2, "maa": 3, "mrt": 3, "apr": 4, "mei": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dec": 12},
}
MONTH_NAMES = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september"),
    *("oktober", "november", "december"),
)
_MONTH = (
    r"(?P<month{0}>jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    r"|sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# `juli 2021`, `jul – dec 2021`, `juli 2021 tot en met juni 2023`; a day before it makes it a date.
PERIOD = re.compile(
    r"(?<!\d )\b"
    + _MONTH.format(1)
    + r"(?: (?P<year1>\d{4}))?(?:\s*(?:–|-|tot en met|t/m)\s*"
    + _MONTH.format(2)
    + r")? (?P<year2>\d{4})\b|(?<!\d )\b"
    + _MONTH.format(3)
    + r" (?P<year3>\d{4})\b",
    re.I,
)
ANSWERS = {
    **{"staaterin": "ja", "staaternietin": "nee", "nietgeregistreerd": UNKNOWN},
    **{"ja": "ja", "nee": "nee", "onbekend": UNKNOWN},
}
FIELD, ANSWER = "field", "answer"
TOTALS = ("totaal", "samen", "alles", "allemeldingen")
Read = Callable[[str], dict[str, str]]


class Key(NamedTuple):
    """Which count: `area` and `value` as in the reference tables, `period` as `2021-07/2021-12`."""

    area: str
    period: str
    breakdown: str
    value: str


@dataclass(frozen=True)
class Periods:
    """The months that an evaluation is about, and the longer periods that they make up."""

    begin: dt.date
    end: dt.date

    @property
    def whole(self) -> str:
        """The whole evaluation."""
        return _code(self.months[0], self.months[-1])

    @property
    def months(self) -> list[tuple[int, int]]:
        """Year and month of each month."""
        first = self.begin.year * 12 + self.begin.month - 1
        last = self.end.year * 12 + self.end.month - 1
        return [(number // 12, number % 12 + 1) for number in range(first, last + 1)]

    def parts(self, length: int) -> list[str]:
        """The periods of so many months from the begin on; the last one may be shorter."""
        months = self.months
        return [
            _code(months[start], months[min(start + length, len(months)) - 1])
            for start in range(0, len(months), length)
        ]


def _code(first: tuple[int, int], last: tuple[int, int]) -> str:
    return f"{first[0]}-{first[1]:02}/{last[0]}-{last[1]:02}"


def periods_in(text: str) -> list[str]:
    """Every period that a text names; days are no periods."""
    return [period_of(match) for match in PERIOD.finditer(text)]


def period_of(match: re.Match[str]) -> str:
    """The code of a period as it was found."""
    found = match.groupdict()
    if found["month3"]:
        month = (int(found["year3"]), MONTHS[found["month3"][:3].lower()])
        return _code(month, month)
    first, last = found["month1"], found["month2"] or found["month1"]
    begin = int(found["year1"] or found["year2"])
    return _code(
        (begin, MONTHS[first[:3].lower()]), (int(found["year2"]), MONTHS[last[:3].lower()])
    )


def codes_of(vocabulary: Vocabulary, labels: Sequence[str]) -> list[dict[str, str] | None]:
    """Read the labels along one side of a table, all as the same kind of thing.

    The kind that most of them are is chosen: `Overig` is a topic among topics, and a group too. Per
    label the dimension and code that it stands for; nothing for one of a total; None for one that
    is not understood: all are, when no kind has more than half of them.
    """
    found = _codes_of(vocabulary, tuple(labels))
    return [None if codes is None else dict(codes) for codes in found]


@derived
def _codes_of(vocabulary: Vocabulary, labels: tuple[str, ...]) -> tuple[dict[str, str] | None, ...]:
    named = [label for label in labels if plain(label) not in TOTALS]
    kinds = [[read(label) for label in named] for read in _readers(vocabulary)]
    best = max(kinds, key=lambda codes: sum(map(bool, codes)))
    if not named or 2 * sum(map(bool, best)) <= len(named):
        return (None,) * len(labels)
    codes = dict(zip(named, best, strict=True))
    return tuple(codes.get(label, {}) or (None if label in codes else {}) for label in labels)


@derived
def _readers(vocabulary: Vocabulary) -> list[Read]:
    as_area = partial(_as_value, "area", areas(vocabulary))
    as_step = partial(_as_step, vocabulary)
    return [as_area, _as_period, *_by_dimension(vocabulary), as_step]


def _as_period(label: str) -> dict[str, str]:
    match = PERIOD.fullmatch(label.strip())
    return {"period": period_of(match)} if match else {}


def _as_step(vocabulary: Vocabulary, label: str) -> dict[str, str]:
    """`Resultaat: bevestigd` is a value of a field that is named before it."""
    field, _, value = label.partition(": ")
    breakdown = fields(vocabulary).get(plain(field), "")
    code = values(vocabulary, breakdown).get(plain(value), "")
    return {breakdown: code} if code else {}


def _by_dimension(vocabulary: Vocabulary) -> list[Read]:
    """A reader per breakdown, one for their names, and one for yes, no and unknown."""
    own = [name for name in dimensions(vocabulary) if name != TOTAL]
    known = [(name, values(vocabulary, name)) for name in own]
    known += [(FIELD, fields(vocabulary)), (ANSWER, ANSWERS)]
    return [partial(_as_value, name, codes) for name, codes in known]


def _as_value(dimension: str, codes: dict[str, str], label: str) -> dict[str, str]:
    code = codes.get(plain(label))
    return {dimension: code} if code else {}


@derived
def areas(vocabulary: Vocabulary) -> dict[str, str]:
    """Name of an area, plain → slug."""
    return {plain(area.name): area.slug for area in vocabulary.areas}


@derived
def fields(vocabulary: Vocabulary) -> dict[str, str]:
    """Label of a breakdown, plain → its code."""
    of_fields = {
        plain(row["label"]): row["breakdown"]
        for row in vocabulary.reference("breakdowns")
        if row["breakdown"] not in (TOTAL, "topic_group")
    }
    return of_fields | {plain("Wie de melding nog meer kreeg"): "also_sent_to"}


@derived
def dimensions(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The breakdowns; groups before topics, which share a few labels with them."""
    return tuple(row["breakdown"] for row in vocabulary.reference("breakdowns"))


@derived
def values(vocabulary: Vocabulary, breakdown: str) -> dict[str, str]:
    """Label of a value of a breakdown, plain → its code."""
    if breakdown == "topic":
        labels = vocabulary.topics
    elif breakdown == "topic_group":
        labels = vocabulary.topic_groups
    else:
        labels = vocabulary.values(breakdown)
    return {plain(label): code for code, label in labels.items()}
