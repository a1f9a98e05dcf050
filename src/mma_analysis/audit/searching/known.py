"""Words that this project prints itself: they give nothing of a delivery away."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from mma_analysis import domain
from mma_analysis.edition import SETTINGS_FILE, Edition

RUN = 4
# Signs within a word that a reader does not see.
WORD = re.compile(r"[^\W_]+")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@lru_cache(maxsize=100_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without capitals, accents, punctuation or invisible signs."""
    letters = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", UNSEEN.sub("", letters))
        letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(WORD.findall(letters))


def runs_of(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every run of `RUN` words."""
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


def own_texts(edition: Edition) -> list[str]:
    """What the project may print: its tables and texts, the settings, and released quotes."""
    titles = [f"Meld Misdaad Anoniem {area.level} {area.name}" for area in domain.areas()]
    return [*_shipped(), *titles, *settings_texts(edition)]


def settings_texts(edition: Edition) -> list[str]:
    """Every text in the settings, the code book, and the quotes that a person released."""
    survey = edition.vragenlijst
    named = () if survey is None else (survey.codeboek, survey.themas, survey.citaten)
    paths = [edition.folder / name for name in (SETTINGS_FILE, *filter(None, named))]
    return [text for path in paths for text in _toml_texts(path)]


def _toml_texts(path: Path) -> Iterator[str]:
    yield from _texts_in(tomllib.loads(path.read_text(encoding="utf-8-sig")))


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
    folders = ("reference", "show", "publish/template")
    of_package = [p for name in folders for p in _below(package.joinpath(*name.split("/")))]
    return tuple(path.read_text(encoding="utf-8") for path in of_package)


def _below(folder: Traversable) -> Iterable[Traversable]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            yield from _below(path)
        elif path.name.endswith((".csv", ".py", ".html", ".j2")):
            yield path
