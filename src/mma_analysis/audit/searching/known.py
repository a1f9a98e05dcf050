"""Words that this project prints itself: they give nothing of a delivery away."""

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from mma_analysis.settings import SETTINGS_FILE, Edition

RUN = 4
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september"),
    *("oktober", "november", "december"),
)
WORD = re.compile(r"[^\W_]+")
# Unicode's categories of signs that a reader does not see, and of accents.
UNSEEN, ACCENTS = ("Cf",), ("Mn", "Me")
# Greek and Cyrillic letters that look like one of ours.
LOOK_ALIKES = str.maketrans(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bf\u03bd\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043a\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u0131",
    "ABEZHIKMNOPTYXovABEKMHOPCTXSIJaekopcyxsijdqwi",
)


@lru_cache(maxsize=100_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without capitals, accents, punctuation or invisible signs."""
    letters = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", without_disguise(text))
        letters = "".join(sign for sign in plain if unicodedata.category(sign) not in ACCENTS)
    return tuple(WORD.findall(letters.casefold()))


def without_disguise(text: str) -> str:
    """A text without signs that nobody sees, and with each letter as the one it looks like."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    seen = (sign for sign in plain if unicodedata.category(sign) not in UNSEEN)
    return "".join(seen).replace("\u034f", "").translate(LOOK_ALIKES)


def runs_of(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every run of `RUN` words."""
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


def own_texts(edition: Edition) -> list[str]:
    """What the project may print: its tables and texts, the settings, and released quotes."""
    vocabulary = edition.vocabulary
    titles = [f"Meld Misdaad Anoniem {area.level} {area.name}" for area in vocabulary.areas]
    own = [text for rows in vocabulary.own.values() for row in rows for text in row.values()]
    return [*_shipped(), *MONTHS, *titles, *own, *settings_texts(edition), *_periods(edition)]


def _periods(edition: Edition) -> list[str]:
    """The period of an edition in the forms in which pages and letters print it.

    Who delivers may write it as well, between words that are not ours.
    """
    first, last = edition.begin, edition.peildatum
    forms = (
        (f"{first:%d-%m-%Y}", f"{last:%d-%m-%Y}"),
        (f"{first.day} {_month(first)}", f"{last.day} {_month(last)}"),
        (_month(first), _month(last)),
    )
    return [f"van {begin} tot en met {end}" for begin, end in forms]


def _month(day: dt.date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def settings_texts(edition: Edition) -> list[str]:
    """Every text in the settings, the code book, and the quotes that a person released."""
    survey = edition.vragenlijst
    named = () if survey is None else (survey.codeboek, survey.themas, survey.citaten)
    paths = [edition.folder / name for name in (SETTINGS_FILE, *filter(None, named))]
    written = [path.read_text(encoding="utf-8-sig") for path in paths if path.is_file()]
    return [text for content in written for text in _texts_in(tomllib.loads(content))]


def _texts_in(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from _texts_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts_in(value)
    else:
        yield str(content)


@cache
def _shipped() -> tuple[str, ...]:
    """The texts of reference tables, templates, code that writes Dutch, and notebooks."""
    package = files("mma_analysis")
    folders = [package.joinpath(name) for name in ("reference", "show", "publish", "notebooks")]
    if not folders[-1].is_dir():  # a package that is not installed has them beside its source
        folders[-1] = Path(str(package)).parents[1] / "notebooks"
    paths = [path for folder in folders for path in _below(folder)]
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def _below(folder: Traversable) -> Iterable[Traversable]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            yield from _below(path)
        elif path.name.endswith((".csv", ".py", ".html", ".j2", ".ipynb")):
            yield path
