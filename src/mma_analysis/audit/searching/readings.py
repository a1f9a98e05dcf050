"""Other ways in which a text can be read: unpacked, put together, or turned around.

One layer deep: what is packed twice, or with a key, is not unpacked.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote

from mma_analysis.audit.collecting.documents import Document, Text
from mma_analysis.audit.searching.known import without_disguise

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){6,}")
CSS_SIGN = re.compile(r"\\([0-9A-Fa-f]{1,6})\s?")
# At least this many letters one by one are a word that is spelled.
FEWEST_SPELLED = 5
SPELLED = re.compile(rf"(?<!\w)[^\W_](?:[\W_]+[^\W_](?!\w)){{{FEWEST_SPELLED - 1},}}")
TURNED = re.compile("[\u202b\u202d\u202e\u2067\u2068]")
LARGEST_SIGN = 0x10FFFF


def with_other_readings(document: Document) -> Document:
    """The same file, with each text that can be read in another way also read so."""
    more = [
        Text(text.place, other, is_read=False) for text, other in document.found(other_readings)
    ]
    more += _spelled_over_texts([text for text in document.texts if text.is_read])
    if not more:
        return document
    return replace(document, texts=[*document.texts, *more])


@lru_cache(maxsize=100_000)
def other_readings(text: str) -> tuple[str, ...]:
    """What a text says when its signs are taken as a browser, a program or a patient reader can."""
    readings = [
        without_disguise(text),
        html.unescape(text),
        unquote(text, errors="replace"),
        CSS_SIGN.sub(_sign, text),
        *(re.sub(r"[\W_]+", "", match[0]) for match in SPELLED.finditer(text)),
        *_unpacked(text),
    ]
    if TURNED.search(text):
        readings.append(without_disguise(text)[::-1])
    return tuple(dict.fromkeys(reading for reading in readings if reading != text))


def _sign(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if 0 < number <= LARGEST_SIGN else ""


def _unpacked(text: str) -> Iterator[str]:
    for match in BASE64.finditer(text):
        plain = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield from _as_text(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
        except binascii.Error:  # it only looked like it
            continue
    for match in HEXADECIMAL.finditer(text):
        yield from _as_text(bytes.fromhex(match[0]))


def _as_text(content: bytes) -> Iterator[str]:
    """The bytes as text, when they are that."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    if all(sign.isprintable() or sign.isspace() for sign in text):
        yield text


def _spelled_over_texts(texts: Sequence[Text]) -> Iterator[Text]:
    """A word or a number of which each letter or digit stands in a text of its own."""
    kinds = (unicodedata.category(t.words)[0] if len(t.words) == 1 else "" for t in texts)
    for kind, group in groupby(zip(kinds, texts, strict=True), itemgetter(0)):
        signs = [text for _, text in group]
        if kind in ("L", "N") and len(signs) >= FEWEST_SPELLED:
            yield Text(signs[0].place, "".join(t.words for t in signs), is_read=False)
