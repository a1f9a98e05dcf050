"""Counts in sentences, and which count each is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.placing.vocabulary import MONTH, Key, periods_in
from mma_analysis.vocabulary import TOTAL, Vocabulary, derived

IN_WORDS = {
    **{"één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7},
    **{"acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14},
}
# `hoogstens 4 meldingen` is what a rounded count of 0 can be; what a year `begint bij` is reckoned.
_BEFORE = r"(?<!hoogstens )(?<!– )(?<!begint bij )(?<![\w.,+−-])"
_NUMBER = rf"{_BEFORE}(\d{{1,3}}(?:\.\d{{3}})+|\d+|{'|'.join(IN_WORDS)})"
# `12 nieuwe meldingen` is a count of them, `12 gemeenten meldingen` is not.
_BETWEEN = r"(?: van de \d+)?(?: (?!gemeente|maand|keer|jaar|dag)\w+)?"
COUNT = re.compile(rf"{_NUMBER}{_BETWEEN} (?:meldingen?|tips?)\b", re.I)
# `Wierden: 4` and `Wierden (vier)` count meldingen as well, as long as no unit follows.
BESIDE_NAME = (
    rf"\s*[:=(]\s*(\d{{1,3}}(?:\.\d{{3}})+|\d+|(?:{'|'.join(IN_WORDS)})\b)"
    r"(?=\s*(?:[.;)]\s|[.;)]?$))"
)
SHARE = re.compile(r"\d+(?:,\d+)? ?% van (?:de|alle|haar|hun) (?:\w+ )?(?:meldingen|tips)", re.I)
# About those of which something is registered: a sum of counts in the table, not all of them.
AMONG_KNOWN = re.compile(r"\bvoor zover bekend\b|\bis bekend hoe ver\b", re.I)
GENERAL = ("onbekend", "ontvangen", "overig")
# The year of `ontvangt sinds september 2022 meldingen` counts nothing.
DATED = re.compile(rf"\b{MONTH} \d{{4}}\b", re.I)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


@dataclass(frozen=True)
class Said:
    """One count or share in a sentence; `key` is none when the sentence names two of a kind.

    Also when it counts only the meldingen of which something is known. A share has no `count`.
    """

    file: str
    place: str
    key: Key | None
    count: int | None
    owner: str


def said_counts(vocabulary: Vocabulary, document: Document, whole: str) -> Iterator[Said]:
    """Find every count of meldingen in sentences, and every share of them (without a count).

    A sentence is about the area that it names, else about the area of its file, and about the
    period that it names, else the whole evaluation.
    """
    for text in document.texts:
        if not text.is_read:
            continue
        for sentence, counts in _counts_in(vocabulary, text.words):
            key = _key(vocabulary, sentence, document.about, whole)
            for count in counts:
                yield Said(document.file, text.place, key, count, document.owner)


@derived
def _definitions(vocabulary: Vocabulary) -> frozenset[str]:
    """What each figure is, as every edition says it: `minstens 20 meldingen` counts nothing."""
    rows = vocabulary.reference("indicators")
    return frozenset(text for row in rows for text in row.values())


@derived
def _counts_in(vocabulary: Vocabulary, text: str) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    """The sentences of a text that hold a count, and the counts; none stands for a share."""
    if text in _definitions(vocabulary):
        return ()
    found = []
    for sentence in SENTENCE.split(text):
        undated = DATED.sub("", sentence)
        matches = (*COUNT.finditer(undated), *_beside_name(vocabulary).finditer(undated))
        counts = [_count(match[1]) for match in matches]
        is_share = bool(SHARE.search(sentence)) and not AMONG_KNOWN.search(sentence)
        shares = [None] if is_share else []
        if counts or shares:
            found.append((sentence, (*counts, *shares)))
    return tuple(found)


@derived
def _beside_name(vocabulary: Vocabulary) -> re.Pattern[str]:
    names = "|".join(re.escape(area.name) for area in vocabulary.gemeenten)
    return re.compile(rf"\b(?:{names}){BESIDE_NAME}", re.I)


def _count(text: str) -> int:
    digits = text.replace(".", "")
    return int(digits) if digits.isdigit() else IN_WORDS[text.lower()]


@derived
def _key(vocabulary: Vocabulary, sentence: str, about: str, whole: str) -> Key | None:
    areas = {area.slug for area in vocabulary.gemeenten if _names(sentence, area.name)}
    times = set(periods_in(sentence))
    parts = {
        (breakdown, code)
        for breakdown, labels in _labels(vocabulary)
        for code, label in labels.items()
        if _names(sentence, label)
    }
    if len(areas) > 1 or len(times) > 1 or len({code for _, code in parts}) > 1:
        return None
    if AMONG_KNOWN.search(sentence):
        return None
    known = {area.slug for area in vocabulary.areas}
    is_of_district = about not in known or _names_district(vocabulary, sentence)
    area = next(iter(areas), vocabulary.district.slug if is_of_district else about)
    breakdown, code = min(parts, default=(TOTAL, TOTAL), key=lambda part: part[0] != "topic_group")
    return Key(area, next(iter(times), whole), breakdown, code)


def _names_district(vocabulary: Vocabulary, sentence: str) -> bool:
    """Whether a sentence names the district; one that names `Hof van Twente` names a gemeente."""
    name = vocabulary.district.name
    for longer in (area.name for area in vocabulary.gemeenten if name in area.name):
        sentence = sentence.replace(longer, "")
    return bool(re.search(rf"\b{re.escape(name)}\b|\bhet district\b", sentence))


def _labels(vocabulary: Vocabulary) -> list[tuple[str, dict[str, str]]]:
    fields = ("status", "disposition", "result", "also_sent_to")
    return [
        ("topic_group", vocabulary.topic_groups),
        ("topic", vocabulary.topics),
        *((field, vocabulary.values(field)) for field in fields),
    ]


def _names(sentence: str, label: str) -> bool:
    """Whether a label stands in a sentence as a word; short or general ones are left alone."""
    folded = label.casefold()
    if folded not in sentence.casefold() or folded in GENERAL:
        return False
    return bool(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", sentence, re.I))
