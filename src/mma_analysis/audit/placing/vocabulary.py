"""The Dutch labels of pages, read back into codes with the reference tables."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from mma_analysis.days import MONTHS
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary, derived, plain

MONTH = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    r"|sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# `juli 2021`, `jul – dec 2021`, `juli 2021 tot en met juni 2023`; a day before it makes it a date.
PERIOD = re.compile(
    rf"(?<!\d )\b(?P<first>{MONTH})"
    rf"(?:(?: (?P<begin>\d{{4}}))?\s*(?:–|-|tot en met|t/m)\s*(?P<last>{MONTH}))?"
    r" (?P<end>\d{4})\b",
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


def whole_of(edition: Edition) -> str:
    """The code of the whole evaluation."""
    return f"{edition.begin:%Y-%m}/{edition.peildatum:%Y-%m}"


def periods_in(text: str) -> list[str]:
    """The code of every period that a text names; days are no periods."""
    return [_code(match) for match in PERIOD.finditer(text)]


def _code(match: re.Match[str]) -> str:
    first, begin, last, end = match.group("first", "begin", "last", "end")
    ends = (begin or end, first), (end, last or first)
    return "/".join(f"{year}-{MONTHS[month[:3].lower()]:02}" for year, month in ends)


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
    """A reader of periods, of areas, per breakdown, of their names, of answers, and of steps."""
    rows = vocabulary.reference("breakdowns")
    own = [row["breakdown"] for row in rows if row["breakdown"] != TOTAL]
    known = [("area", areas(vocabulary)), *((name, values(vocabulary, name)) for name in own)]
    known += [(FIELD, fields(vocabulary)), (ANSWER, ANSWERS)]
    by_value = [partial(_as_value, name, codes) for name, codes in known]
    return [_as_period, *by_value, partial(_as_step, vocabulary)]


def _as_period(label: str) -> dict[str, str]:
    match = PERIOD.fullmatch(label.strip())
    return {"period": _code(match)} if match else {}


def _as_step(vocabulary: Vocabulary, label: str) -> dict[str, str]:
    """`Resultaat: bevestigd` is a value of a field that is named before it."""
    field, _, value = label.partition(": ")
    breakdown = fields(vocabulary).get(plain(field), "")
    code = values(vocabulary, breakdown).get(plain(value), "")
    return {breakdown: code} if code else {}


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
def values(vocabulary: Vocabulary, breakdown: str) -> dict[str, str]:
    """Label of a value of a breakdown, plain → its code."""
    if breakdown == "topic":
        labels = vocabulary.topics
    elif breakdown == "topic_group":
        labels = vocabulary.topic_groups
    else:
        labels = vocabulary.values(breakdown)
    return {plain(label): code for code, label in labels.items()}
