"""What points at a person whoever delivered it: plates, telephones, addresses, numbers."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.findings import Finding

# Weights of the eleven-test of a citizen service number, first digit first.
BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

# The forms of Dutch plates (RDW), with signs between the groups.
_PLATES = (
    "[A-Z]{2}-\\d{2}-\\d{2}|\\d{2}-\\d{2}-[A-Z]{2}|\\d{2}-[A-Z]{2}-\\d{2}|[A-Z]{2}-\\d{2}-[A-Z]{2}|"
    "[A-Z]{2}-[A-Z]{2}-\\d{2}|\\d{2}-[A-Z]{2}-[A-Z]{2}|\\d{2}-[A-Z]{3}-\\d|\\d-[A-Z]{3}-\\d{2}|"
    "[A-Z]{2}-\\d{3}-[A-Z]|[A-Z]-\\d{3}-[A-Z]{2}|[A-Z]{3}-\\d{2}-[A-Z]|[A-Z]-\\d{2}-[A-Z]{3}|"
    "\\d-[A-Z]{2}-\\d{3}|\\d{3}-[A-Z]{2}-\\d|\\d{2}-[A-Z]{2}-\\d[A-Z]"
)
_STREETS = "straat|weg|laan|plein|steeg|kade|dijk|singel|gracht|plantsoen|pad|hof|dreef|markt|park"


def passes_eleven_test(digits: str) -> bool:
    """Whether nine digits can be a citizen service number (BSN)."""
    total = sum(w * int(digit) for w, digit in zip(BSN_WEIGHTS, digits, strict=True))
    return total % 11 == 0 and digits != "0" * 9


def passes_mod97(account: str) -> bool:
    """Whether a text can be an IBAN (ISO 13616: the rest by 97 is 1)."""
    plain = re.sub(r"[\s.-]", "", account).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _always(match: str) -> bool:
    del match
    return True


def _is_bsn(match: str) -> bool:
    return passes_eleven_test(re.sub(r"\D", "", match))


def _as_token(pattern: str) -> re.Pattern[str]:
    """Not within a longer number: a fraction in the data of a figure is no telephone."""
    return re.compile(rf"(?<![\w.,+-])(?:{pattern})(?![\w]|[.,-]\d)")


_IBAN = r"[A-Z]{2}\d{2}(?:[ .]?[A-Z0-9]{4}){2,7}(?:[ .]?[A-Z0-9]{1,3})?"
PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("plate", _as_token(_PLATES), _always),
    ("phone", _as_token(r"(?:\+|00)31[ -]?(?:\(0\))?[1-9](?:[ -]?\d){8}"), _always),
    ("phone", _as_token(r"0[1-9](?:[ -]?\d){8}"), _always),
    ("mail", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"), _always),
    ("account", _as_token(_IBAN), passes_mod97),
    ("citizen", _as_token(r"\d{9}|\d{4}[. ]\d{2}[. ]\d{3}"), _is_bsn),
    ("postcode", _as_token(r"[1-9]\d{3} ?[A-Z]{2}"), _always),
    ("address", re.compile(rf"\b[A-Z]\w+(?:{_STREETS})\s+\d{{1,4}}(?! ?%)\b"), _always),
)


def find_people(document: Document, own: str) -> Iterator[Finding]:
    """Find what points at a person, unless the project prints it itself, as a heading does.

    `own` is the settings of the edition as one text: they hold a telephone number.
    """
    for text, (kind, match) in document.found(_people_in):
        if match not in own:
            yield Finding(document.file, text.place, kind)


@lru_cache(maxsize=100_000)
def _people_in(words: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (kind, match[0])
        for kind, pattern, is_one in PATTERNS
        for match in pattern.finditer(words)
        if is_one(match[0])
    )
