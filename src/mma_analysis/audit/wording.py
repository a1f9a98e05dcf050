"""Words and numbers that may stand on a page by themselves, and those that need a cell."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from mma_analysis.audit.searching.known import settings_texts
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary, numbers
from mma_analysis.vocabulary.reference import package_table

_UNITS = "twee|drie|vier|vijf|zes|zeven|acht|negen"
NUMBERS = (
    rf"(?:(?:{_UNITS}|één|een)[eë]n)?(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig"
    rf"|negentig)|(?:{_UNITS}|der|veer)tien|{_UNITS}|tien|elf|twaalf|\w*honderd|\w*duizend|miljoen"
    r"|helft|halve|derde|kwart|driekwart|tweederde|(?:een|één) (?:vierde|vijfde|tiende)|dubbele?"
    r"|\w+maal zo|één(?= (?:melding|tip|gemeente|van|op|keer))"
)
COMPARISONS = (
    r"meer|minder|meeste?n?|minste?n?|weinig|veel|vaker|vaakst|zeldener|hoger|hoogste?|lager|laagste?"
    r"|groter|grootste?|kleiner|kleinste?|stij(?:gt|gen|gende|ging)|gestegen|steeg|stegen|gedaald"
    r"|daa?l(?:t|de|den|en|ing)|toename|toegenomen|toenemende?|afname|afgenomen|afnemende?"
    r"|gegroeid|groei(?:t|de|den|en)|(?:ver|ge)(?:dubbel|drievoudig|halveer)\w*|halveer\w*"
    r"|merendeel|meerderheid|minderheid|overgrote"
)
DIGITS = r"[\d½¼¾⅓⅔](?:[\d.,]*\d)?"
NEEDS_A_CELL = re.compile(rf"(?<!\w)(?:{NUMBERS}|{COMPARISONS})(?!\w)|{DIGITS}", re.I)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a registered phrase may hold in one place: a number of a figure, a mark of an issue.
PLACES = {"{n}": r"\d{1,3}", "{version}": r"\d+(?:\.\w+)*", "{code}": "[0-9a-f]{12}"}
# Tables of `reference/` of which pages print words; the others are words of deliveries.
PRINTED = (
    *("indicators", "labels", "codes", "terms", "values", "topics", "topic_groups", "breakdowns"),
    *("reasons", "grades", "grade_reasons", "rules", "size_classes", "scales", "areas"),
)


class Wording:
    """What may stand bare on the pages of one edition."""

    def __init__(self, edition: Edition) -> None:
        texts = settings_texts(edition)
        days = {dt.date.fromisoformat(text) for text in texts if DAY.fullmatch(text)}
        printed = [*_printed(edition.vocabulary), *texts]
        written = [*filter(_says_more, printed), *_days(days, edition), *_tariffs(edition)]
        registered = [row["phrase"] for row in package_table("registered_words")]
        # Heads of columns and options of a question are ours when they stand there by themselves.
        heads = {row["nl"] for row in edition.vocabulary.reference("labels")}
        alone = {*heads, *(text for text in printed if " " in text or _is_named(text))}
        self._alone = {text.casefold() for text in alone}
        phrases = {" ".join(text.split()) for text in (*written, f"editie {edition.slug}")}
        phrases = {*registered, *filter(NEEDS_A_CELL.search, phrases)}
        either = "|".join(map(_pattern, sorted(phrases, key=len, reverse=True)))
        self._allowed = re.compile(rf"(?<![\w.,+−-])(?:{either})(?![\w]|[.,]\d)", re.I)
        self.faults = lru_cache(maxsize=100_000)(self._faults)

    def _faults(self, text: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
        """What in a text needs a cell: the word, and of a number only that it is one.

        `also` are texts that may stand here besides, such as those of the values beside it.
        """
        if not NEEDS_A_CELL.search(text) or text.casefold() in self._alone:
            return ()
        rest = self._allowed.sub(" ", text)
        for words in sorted(also, key=len, reverse=True):
            rest = re.sub(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", " ", rest)
        found = (re.sub(r"[\d½¼¾⅓⅔]", "#", word) for word in NEEDS_A_CELL.findall(rest))
        return tuple(dict.fromkeys(word.casefold() for word in found))


def _pattern(phrase: str) -> str:
    pattern = re.escape(phrase)
    for name, form in PLACES.items():
        pattern = pattern.replace(re.escape(name), form)
    return pattern


def _says_more(text: str) -> bool:
    """Whether a text is more than a number or a comparison alone: `meer` is no phrase of ours."""
    return " " in text and _is_named(text)


def _is_named(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{4}", NEEDS_A_CELL.sub(" ", text)))


def _printed(vocabulary: Vocabulary) -> Iterator[str]:
    for name in PRINTED:
        for row in vocabulary.reference(name):
            yield from (text for column, text in row.items() if column != "source")


def _days(days: Iterable[dt.date], edition: Edition) -> Iterator[str]:
    """Each day of the settings as pages write it, and each month from the first to the last."""
    for day in days:
        yield from (numbers.day(day), numbers.day(day).rpartition(" ")[0])
    months = {day.replace(day=1) for day in days}
    first, last = edition.begin, edition.peildatum
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    every = (first.month - 1 + n for n in range(count))
    months |= {dt.date(first.year + n // 12, n % 12 + 1, 1) for n in every}
    for month in months:
        yield from (numbers.month(month), numbers.short_month(month))


def _tariffs(edition: Edition) -> Iterator[str]:
    """The lines of the tariff: `€ 1.400`, `30.000 tot 50.000`, `100.000 of meer`."""
    tariffs = edition.kosten.tarief if edition.kosten else ()
    for line in tariffs:
        amounts = (line.per_jaar, line.aansluiting, line.per_melding)
        for amount in filter(None, amounts):
            yield from (numbers.money(amount), numbers.money(amount, cents=True))
    steps = sorted({line.vanaf_inwoners for line in tariffs if line.vanaf_inwoners})
    written = [numbers.number(step) for step in steps]
    for low, high in pairwise(written):
        yield f"{low} tot {high}"
    if written:
        yield from (f"minder dan {written[0]}", f"{written[-1]} of meer")
