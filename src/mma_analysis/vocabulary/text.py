"""How words are compared, whatever capitals, accents or invisible signs are in them."""

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence

from mma_analysis.vocabulary.errors import message

# Nearly every text has only these signs; a table is ten times as fast as a look at each.
_ASCII = [chr(code) for code in range(128)]
_PLAIN_ASCII = {ord(sign): sign.lower() if sign.isalnum() else None for sign in _ASCII}

# Unicode's categories of signs that nobody sees, and of what only changes how one is drawn.
_NOT_A_SIGN = ("Cc", "Cf", "Mn", "Zs")

_LONGEST_ID = 60

# Marks that nobody sees; one of them turns the text after it around.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]",
)


def slug(text: str) -> str:
    """A text as an id: lower case, without accents or signs."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    with_hyphens = re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")
    return with_hyphens[:_LONGEST_ID].strip("-")


def plain(text: str) -> str:
    """Only the letters and digits, without capitals, accents, punctuation or spaces.

    So that `Datum ontvangst`, `datum_ontvangst` and `DATUM-ONTVANGST:` are one word.
    """
    if text.isascii():
        return text.translate(_PLAIN_ASCII)
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if character.isalnum())


def word(text: str) -> str:
    """`plain`, or the signs when there is no letter or digit: a tick is a word too.

    A sign that is repeated stands once, and every dash is `-`.
    """
    letters = plain(text)
    if letters:
        return letters
    signs: dict[str, None] = {}
    for sign in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(sign)
        if category not in _NOT_A_SIGN:
            is_dash = category == "Pd"
            signs["-" if is_dash else sign] = None
    return "".join(signs)


def visible(text: str) -> str:
    """Only what is seen of a text, on one line: what a sender wrote, as it may be shown."""
    on_one_line = " ".join(text.split())
    return _UNSEEN.sub("", on_one_line)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or which words there are."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return message("did_you_mean", near=near[0])
    return message("choices", words=", ".join(words))


def listed(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines, each column as wide as its longest cell."""
    columns = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for row in rows:
        cells = map(str.ljust, row, widths)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def fingerprint(rows: object) -> str:
    """A short mark of rows of a table, another one as soon as a word changes."""
    text = json.dumps(rows, ensure_ascii=False)
    return short_hash(text)


def short_hash(text: str) -> str:
    """The first eight digits of its sha256: the same in every run."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
