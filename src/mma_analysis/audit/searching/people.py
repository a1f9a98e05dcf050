"""What points at a person whoever delivered it: plates, telephones, addresses, numbers."""

import re
from collections.abc import Iterator
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


def passes_eleven_test(number: str) -> bool:
    """Whether nine digits can be a citizen service number (BSN)."""
    digits = re.sub(r"\D", "", number)
    total = sum(w * int(digit) for w, digit in zip(BSN_WEIGHTS, digits, strict=True))
    return total % 11 == 0 and digits != "0" * 9


def passes_mod97(account: str) -> bool:
    """Whether a text can be an IBAN (ISO 13616: the rest by 97 is 1)."""
    plain = re.sub(r"[\s.-]", "", account).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _as_token(pattern: str) -> re.Pattern[str]:
    """Not within a longer number: a fraction in the data of a figure is no telephone."""
    return re.compile(rf"(?<![\w.,+-])(?:{pattern})(?![\w]|[.,-]\d)")


_IBAN = r"[A-Z]{2}\d{2}(?:[ .]?[A-Z0-9]{4}){2,7}(?:[ .]?[A-Z0-9]{1,3})?"
PATTERNS = (
    ("plate", _as_token(_PLATES)),
    ("phone", _as_token(r"(?:\+|00)31[ -]?(?:\(0\))?[1-9](?:[ -]?\d){8}")),
    ("phone", _as_token(r"0[1-9](?:[ -]?\d){8}")),
    ("mail", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("account", _as_token(_IBAN)),
    ("citizen", _as_token(r"\d{9}|\d{4}[. ]\d{2}[. ]\d{3}")),
    ("postcode", _as_token(r"[1-9]\d{3} ?[A-Z]{2}")),
    ("address", re.compile(rf"\b[A-Z]\w+(?:{_STREETS})\s+\d{{1,4}}(?! ?%)\b")),
)
TESTS = {"account": passes_mod97, "citizen": passes_eleven_test}


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
        for kind, pattern in PATTERNS
        for match in pattern.finditer(words)
        if kind not in TESTS or TESTS[kind](match[0])
    )
