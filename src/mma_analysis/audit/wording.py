"""What may stand in a finished file outside its values: our own words, and no number."""

import ast
import datetime as dt
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from mma_analysis.audit.notebooks import WHY_CHANGED, said_of_notebooks
from mma_analysis.settings import (
    HOUSE_STYLE,
    NOTEBOOKS,
    SETTINGS_FILE,
    Edition,
    codebook,
    shipped,
)
from mma_analysis.storage import CANDIDATE, MANIFEST, files_below, read_json
from mma_analysis.vocabulary import PACKAGE, numbers
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.searched import NEEDS_A_CELL, SEARCHED_SIGNS

CLAIMED = "\ufffc"  # in words, in the place of a value
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
WRITTEN_CLASS = re.compile(r'\bclass=\\?"([^"<>]*)\\?"')
TEXT_CELL_LINE = re.compile(r"^%%tekst +(.*)$", re.MULTILINE)
NOWHERE = "(?!)"  # a pattern of nothing
LIKE_A_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")
# Tables of `reference/` of which pages print words; the others are words of deliveries.
PRINTED = (
    "indicators",
    "labels",
    "codes",
    "terms",
    "values",
    "topics",
    "topic_groups",
    "breakdowns",
    "reasons",
    "grades",
    "grade_reasons",
    "rules",
    "size_classes",
    "scales",
    "areas",
    "national",
    "registered_words",
)
# What no page prints of these: it describes data to a program.
NOT_PRINTED = {
    "indicators": ("columns",),
    "labels": ("en", "dtype", "unit", "order", "meaning", "meaning_en"),
}
# Of a column, and of the ends of its interval: in a table, and as a page names them.
NAME_ENDINGS = ("", "_low", "_high", ":low", ":high")
ONE_WORD = re.compile(r"[^\W_]+")
FOUR_LETTERS = re.compile(r"[^\W\d_]{4}")
# Parts of a Word document of which a reader gets the words.
WORD_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml|docProps/core\.xml")
ACCENTS = re.compile("[\u0300-\u036f]+")
Steps = tuple[Any, ...]  # names and numbers: the way to a value


class Wording:
    """What may stand bare on the pages of one edition.

    `made_of`: name in a pattern of ours → what stands there in what is made of `tables`.
    """

    def __init__(self, edition: Edition, tables: Path | None = None) -> None:
        self._edition = edition
        self.vocabulary = edition.vocabulary
        self.made_of = made_of(edition, tables)
        self.settings = list(settings_texts(edition))
        printed = list(self.settings)
        for name in PRINTED:
            for row in self.vocabulary.reference(name):
                unseen = NOT_PRINTED.get(name, ())
                printed += [row[column] for column in row if column not in unseen]
        dated = list(_dated(edition, self.settings))
        phrases = _phrases(edition, printed, dated)
        self._alone = self._texts_alone(printed)
        self._allowed = _pattern_of(phrases, self.made_of)
        self._typed_as = {}
        for row in package_table("typed"):
            pattern = pattern_filled_in(row["pattern"], self.made_of)
            self._typed_as[row["why"]] = re.compile(pattern)

        own = _own_texts(edition)
        texts = {*shipped_texts(), *printed, *dated, *own}
        # What only notebooks of the edition say.
        self.only_own = notebook_texts(edition) - texts
        self.texts = texts | self.only_own
        # Classes that templates and code of ours write, and those of text cells.
        self.classes = _found_in(WRITTEN_CLASS, {*shipped_texts(), *own})
        self.text_cells = _found_in(TEXT_CELL_LINE, self.texts)
        self.words = frozenset(word for text in self.texts for word in letters_of(text))

        # Numbers that were given, as those of the whole country and of the tariff.
        given = list(self.settings)
        for row in self.vocabulary.reference("national"):
            given += row.values()
        self.given = {text.removesuffix(".0") for text in given}
        self.faults = lru_cache(maxsize=100_000)(self._faults)

    def typed_as(self, why: str, file: str) -> re.Pattern[str] | None:
        """What may stand in a file as a typed number with a reason of ours; else none."""
        if why == WHY_CHANGED:
            said = said_of_notebooks(self._edition, file)
            return re.compile("|".join(map(re.escape, said)) or NOWHERE)
        return self._typed_as.get(why)

    def _texts_alone(self, printed: Iterable[str]) -> set[str]:
        """What may be all that stands there: a text that says what it is about, a head."""
        alone = [text for text in printed if " " in text or _is_named(text)]
        for row in self.vocabulary.reference("labels"):
            column = row["column"]
            alone.append(row["nl"])
            alone += [f"{column}{side}" for side in NAME_ENDINGS]
        return {text.casefold() for text in alone}

    def _faults(self, text: str, also: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """What in a text is not ours, nor in `also`: its kind, a word that may be said."""
        if text.casefold() in self._alone:
            return ()
        rest = self._allowed.sub(CLAIMED, text)
        for words in sorted(also, key=len, reverse=True):
            if words in rest:
                whole = rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)"
                rest = re.sub(whole, CLAIMED, rest)

        bare = NEEDS_A_CELL.findall(rest)
        without_digits = [LIKE_A_DIGIT.sub("#", word).casefold() for word in bare]
        faults = [("bare", word) for word in dict.fromkeys(without_digits)]
        if not self.words.issuperset(letters_of(rest)):
            faults.append(("word", ""))
        if any(form.search(rest) for form in SEARCHED_SIGNS):
            faults.append(("sign", ""))
        return tuple(faults)


# --- what may stand there -----------------------------------------------------------------


def _dated(edition: Edition, settings: Iterable[str]) -> Iterator[str]:
    """Days of the settings, months of its years, and its period, as pages write them."""
    first = edition.begin
    last = edition.peildatum
    days = {dt.date.fromisoformat(text) for text in settings if ISO_DAY.fullmatch(text)}
    months = {day.replace(day=1) for day in days}
    for year in range(first.year, last.year + 1):
        months |= {dt.date(year, month, 1) for month in range(1, 13)}

    for day in days:
        with_year = numbers.day(day)
        without_year = with_year.rpartition(" ")[0]
        yield with_year
        yield without_year
    for month in months:
        yield numbers.month(month)
        yield numbers.short_month(month)
    yield f"van {first:%d-%m-%Y} tot en met {last:%d-%m-%Y}"
    yield f"van {numbers.day(first)} tot en met {numbers.day(last)}"
    yield f"van {numbers.month(first)} tot en met {numbers.month(last)}"


def _phrases(edition: Edition, printed: Iterable[str], dated: Iterable[str]) -> set[str]:
    """What may stand in a text although a number or a comparison is in it.

    `meer` is no phrase of ours, and `meer dan één gemeente` is.
    """
    sentences = [text for text in printed if " " in text and _is_named(text)]
    phrases = {edition.slug}
    for text in (*sentences, *dated):
        if NEEDS_A_CELL.search(text):
            phrases.add(" ".join(text.split()))
    for row in package_table("registered_words"):
        phrases.add(row["phrase"])
    return phrases


def made_of(edition: Edition, tables: Path | None) -> dict[str, str]:
    """Name in a pattern of ours → what stands there in what is made of these tables."""
    basis = edition.bescherming.basis
    manifest = {}
    if tables is not None:
        manifest = read_json(tables / MANIFEST) or {}
    return {
        "{basis}": f"{basis}",
        "{least}": f"{basis - 1}",
        "{edition}": edition.slug,
        "{version}": manifest.get("version", ""),
        "{candidate}": manifest.get("outputs", {}).get(f"{CANDIDATE}.parquet", ""),
        "{figures}": manifest.get("figures", "")[:12],
    }


def pattern_filled_in(pattern: str, places: Mapping[str, str]) -> str:
    """A pattern with what stands in each of its places; of nothing there is no match."""
    filled = pattern
    for name, words in places.items():
        form = re.escape(words) if words else NOWHERE
        filled = filled.replace(name, form)
    return filled


def _pattern_of(phrases: Iterable[str], places: Mapping[str, str]) -> re.Pattern[str]:
    """Any of these phrases, the longest first, with what may stand in its places."""
    forms = []
    for phrase in sorted(phrases, key=len, reverse=True):
        form = re.escape(phrase).replace(r"\{", "{").replace(r"\}", "}")
        forms.append(pattern_filled_in(form, places))
    any_phrase = "|".join(forms)
    whole = rf"(?<![\w.,+−-])(?:{any_phrase})(?![\w]|[.,]\d)"
    return re.compile(whole, re.IGNORECASE)


def _own_texts(edition: Edition) -> Iterator[str]:
    """Texts of its own templates, and what its pages are called."""
    yield from _texts_below(edition.folder / HOUSE_STYLE)
    for area in edition.vocabulary.areas:
        yield f"Meld Misdaad Anoniem {area.level} {area.name}"


def notebook_texts(edition: Edition) -> set[str]:
    """Texts of its own notebooks, and of what is beside them."""
    return set(_texts_below(edition.folder / NOTEBOOKS))


def _texts_below(folder: Path) -> Iterator[str]:
    """What files of the edition say: who signs the release reads them."""
    for path in files_below(folder).values():
        if path.suffix != ".py":
            yield from _texts_of(path)


def _is_named(text: str) -> bool:
    """Whether a text is more than a number or a comparison alone."""
    without_numbers = NEEDS_A_CELL.sub(" ", text)
    return bool(FOUR_LETTERS.search(without_numbers))


def settings_texts(edition: Edition) -> Iterator[str]:
    """Every text in the settings, the code book, and the quotes that a person released."""
    paths = [edition.folder / SETTINGS_FILE]
    survey = edition.vragenlijst
    if survey is not None:
        named = [survey.codeboek, survey.themas, survey.citaten]
        paths += [edition.folder / name for name in named if name]
        if (edition.folder / survey.codeboek).is_file():
            yield from _questions_with_option(edition)
    for path in paths:
        if not path.is_file():
            continue
        settings = tomllib.loads(path.read_text("utf-8-sig"))
        for steps, leaf in leaves(settings):
            yield from (step for step in steps if isinstance(step, str))
            yield str(leaf)


def _questions_with_option(edition: Edition) -> Iterator[str]:
    """Every question with each of its options behind it: a header may have both."""
    book = codebook.load(edition)
    if book is None:
        return
    for question in book.vraag:
        for option in question.opties:
            yield f"{question.tekst} [{option}]"


def _found_in(pattern: re.Pattern[str], texts: Iterable[str]) -> set[str]:
    """Each word of what a pattern finds in texts."""
    found = set()
    for text in texts:
        for words in pattern.findall(text):
            found.update(words.split())
    return found


# --- texts and words ----------------------------------------------------------------------


def leaves(content: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """The way to every value in what JSON or TOML holds, and the value or its absence."""
    if not content or not isinstance(content, dict | list | tuple):
        yield steps, content
        return
    parts = content.items() if isinstance(content, dict) else enumerate(content)
    for step, part in parts:
        yield from leaves(part, (*steps, step))


@lru_cache(maxsize=100_000)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text, without capitals, accents and punctuation."""
    letters = text
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        letters = ACCENTS.sub("", apart)
    return tuple(ONE_WORD.findall(letters.casefold()))


def letters_of(text: str) -> Iterator[str]:
    """The words of a text that are no number in digits."""
    return (word for word in plain_words(text) if not word.isdigit())


@cache
def shipped_texts() -> frozenset[str]:
    """The texts of templates, notebooks, and code that writes Dutch."""
    texts = set[str]()
    for room in ("show", "publish", "vocabulary"):
        for path in files_below(PACKAGE / room).values():
            if "assets" not in path.parts:
                texts.update(_texts_of(path))
    for cells in package_notebooks().values():
        texts.update(cells)
    return frozenset(texts)


@cache
def package_notebooks() -> dict[str, tuple[str, ...]]:
    """The cells of each notebook of the package, by its name."""
    paths = sorted(shipped(NOTEBOOKS).glob("*.ipynb"))
    return {path.name: text_of_cells(path) for path in paths}


def text_of_cells(notebook: Path) -> tuple[str, ...]:
    """What stands in the cells of a notebook, but for the one that names its page."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    sources = []
    for cell in content["cells"]:
        tags = cell.get("metadata", {}).get("tags", ())
        if "parameters" not in tags:
            sources.append("".join(cell["source"]))
    return tuple(sources)


def _texts_of(path: Path) -> Iterator[str]:
    """What a template, a notebook or a module says; of another file nothing."""
    if path.suffix == ".docx":
        yield from _paragraphs_of(path)
    elif path.suffix == ".ipynb":
        yield from text_of_cells(path)
    elif path.suffix in (".html", ".j2"):
        yield path.read_text(encoding="utf-8")
    elif path.suffix == ".py":
        yield from _strings_of(path)


def _paragraphs_of(document: Path) -> Iterator[str]:
    """The paragraphs of a Word document, and what stands above and below its pages."""
    with ZipFile(document) as archive:
        for name in archive.namelist():
            if WORD_PARTS.fullmatch(name):
                part = archive.read(name).decode()
                for paragraph in part.split("</w:p>"):
                    without_markup = re.sub("<[^>]*>", "", paragraph)
                    yield unescape(without_markup)


def _strings_of(module: Path) -> Iterator[str]:
    """The texts in a module of Python."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
