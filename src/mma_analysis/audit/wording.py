"""What may stand in a finished file outside its values: our own words, and no number."""

import ast
import datetime as dt
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from mma_analysis import codebook
from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, SETTINGS_FILE, Edition, shipped
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import PACKAGE, numbers
from mma_analysis.vocabulary.reference import package_table

CLAIMED = "\ufffc"  # in words, in the place of a value
TOKEN = r"(?<![\w.,+-])(?:{})(?![\w]|[.,-]\d)"  # not within a longer number
# Kind of finding, and a pattern of what is one.
SEARCHED = [
    (row["kind"], re.compile(TOKEN.format(row["pattern"]) if row["whole"] else row["pattern"]))
    for row in package_table("searched")
]
NEEDS_A_CELL = re.compile("|".join(form.pattern for kind, form in SEARCHED if kind == "bare"))
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a registered phrase may hold in one place: a number of a figure, a mark of an issue.
PLACES = {"{n}": r"\d{1,3}", "{version}": r"\d+(?:\.\w+)*", "{code}": "[0-9a-f]{12}"}
# Tables of `reference/` of which pages print words; the others are words of deliveries.
PRINTED = (
    *("indicators", "labels", "codes", "terms", "values", "topics", "topic_groups", "breakdowns"),
    *("reasons", "grades", "grade_reasons", "rules", "size_classes", "scales", "areas"),
    *("national", "registered_words"),
)
WORD = re.compile(r"[^\W_]+")
# Parts of a Word document of which a reader gets the words.
TEXTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml|docProps/core\.xml")
ACCENTS = re.compile("[\u0300-\u036f]+")


class Wording:
    """What may stand bare on the pages of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.vocabulary = vocabulary = edition.vocabulary
        self.settings = [*settings_texts(edition)]
        rows = (row for name in PRINTED for row in vocabulary.reference(name))
        printed = [*self.settings, *(text for row in rows for text in row.values())]
        dated = [*self._dated(edition)]
        # The options of a question, and heads of columns, may stand by themselves.
        labels, ends = vocabulary.reference("labels"), ("", "_low", "_high")
        heads = (name for row in labels for name in (row["nl"], *(row["column"] + e for e in ends)))
        alone = [text for text in printed if " " in text or _is_named(text)]
        self._alone = {text.casefold() for text in (*heads, *alone)}
        # `meer` is no phrase of ours, and `meer dan één gemeente` is.
        sentences = [text for text in printed if " " in text and _is_named(text)]
        phrases = {" ".join(t.split()) for t in (*sentences, *dated) if NEEDS_A_CELL.search(t)}
        phrases |= {edition.slug, *(row["phrase"] for row in package_table("registered_words"))}
        either = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
        basis = edition.bescherming.basis
        for name, form in (PLACES | {"{basis}": f"{basis}", "{least}": f"{basis - 1}"}).items():
            either = either.replace(re.escape(name), form)
        self._allowed = re.compile(rf"(?<![\w.,+−-])(?:{either})(?![\w]|[.,]\d)", re.I)
        # Who signs the release reads the texts of its own notebooks and templates.
        style, notebooks = (files_below(edition.folder / name) for name in (HOUSE_STYLE, NOTEBOOKS))
        brought = [*style.values(), *notebooks.values()]
        own = [text for path in brought if path.suffix != ".py" for text in _texts_of(path)]
        own += [f"Meld Misdaad Anoniem {area.level} {area.name}" for area in vocabulary.areas]
        self.texts = {*shipped_texts(), *printed, *dated, *own}
        self.words = frozenset(word for text in self.texts for word in letters_of(text))
        # Numbers that were given, as those of the whole country and of the tariff.
        national = (text for row in vocabulary.reference("national") for text in row.values())
        self.given = {text.removesuffix(".0") for text in (*national, *self.settings)}
        self.faults = lru_cache(maxsize=100_000)(self._faults)

    def _dated(self, edition: Edition) -> Iterator[str]:
        """The days of the settings, the months of its years and its period, as pages write them."""
        first, last = edition.begin, edition.peildatum
        days = {dt.date.fromisoformat(text) for text in self.settings if DAY.fullmatch(text)}
        for day in days:
            yield from (numbers.day(day), numbers.day(day).rpartition(" ")[0])
        years = range(first.year, last.year + 1)
        months = {dt.date(year, month, 1) for year in years for month in range(1, 13)}
        for month in months.union(day.replace(day=1) for day in days):
            yield from (numbers.month(month), numbers.short_month(month))
        for write in ("{:%d-%m-%Y}".format, numbers.day, numbers.month):
            yield f"van {write(first)} tot en met {write(last)}"

    def _faults(self, text: str, also: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """What in a text is not ours, nor in `also`: its kind, and the word when it may be said."""
        if text.casefold() in self._alone:
            return ()
        rest = self._allowed.sub(CLAIMED, text)
        for words in sorted(also, key=len, reverse=True):
            if words in rest:
                rest = re.sub(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", CLAIMED, rest)
        bare = (re.sub(r"[\d½¼¾⅓⅔]", "#", word) for word in NEEDS_A_CELL.findall(rest))
        faults = [("bare", word) for word in dict.fromkeys(word.casefold() for word in bare)]
        if any(word not in self.words for word in letters_of(rest)):
            faults.append(("word", ""))
        if any(kind == "sign" and form.search(rest) for kind, form in SEARCHED):
            faults.append(("sign", ""))
        return tuple(faults)


def leaves(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value in what JSON or TOML holds, or that nothing is there, and the way to it."""
    if not content or not isinstance(content, dict | list | tuple):
        yield path, content
    else:
        pairs = content.items() if isinstance(content, dict) else enumerate(content)
        for step, below in pairs:
            yield from leaves(below, (*path, step))


@lru_cache(maxsize=100_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without capitals, accents and punctuation."""
    letters = text
    if not text.isascii():
        letters = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return tuple(WORD.findall(letters.casefold()))


def letters_of(text: str) -> Iterator[str]:
    """The words of a text that are no number in digits."""
    return (word for word in words_of(text) if not word.isdigit())


def _is_named(text: str) -> bool:
    """Whether a text is more than a number or a comparison alone."""
    return bool(re.search(r"[^\W\d_]{4}", NEEDS_A_CELL.sub(" ", text)))


def settings_texts(edition: Edition) -> Iterator[str]:
    """Every text in the settings, the code book, and the quotes that a person released."""
    survey = edition.vragenlijst
    named = () if survey is None else (survey.codeboek, survey.themas, survey.citaten)
    if survey and (edition.folder / survey.codeboek).is_file():
        book = codebook.load(edition)
        for one in book.vraag if book else ():  # a header may have both
            yield from (f"{one.tekst} [{option}]" for option in one.opties)
    paths = [edition.folder / name for name in (SETTINGS_FILE, *filter(None, named))]
    for path in filter(Path.is_file, paths):
        for steps, leaf in leaves(tomllib.loads(path.read_text("utf-8-sig"))):
            yield from (step for step in steps if isinstance(step, str))
            yield str(leaf)


@cache
def shipped_texts() -> frozenset[str]:
    """The texts of templates, notebooks, and code that writes Dutch."""
    rooms = [files_below(PACKAGE / name) for name in ("show", "publish", "vocabulary")]
    paths = [path for room in rooms for path in room.values() if "assets" not in path.parts]
    texts = [text for path in paths for text in _texts_of(path)]
    return frozenset([*texts, *(text for cells in package_notebooks().values() for text in cells)])


@cache
def package_notebooks() -> dict[str, tuple[str, ...]]:
    """The cells of each notebook of the package, by its name."""
    paths = sorted(shipped(NOTEBOOKS).glob("*.ipynb"))
    return {path.name: cells_of(path) for path in paths}


def cells_of(notebook: Path) -> tuple[str, ...]:
    """What stands in the cells of a notebook, but for the one that says of which page it is."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = (c for c in cells if "parameters" not in c.get("metadata", {}).get("tags", ()))
    return tuple("".join(cell["source"]) for cell in sources)


def _texts_of(path: Path) -> Iterator[str]:
    """What a template, a notebook or a module says; of another file nothing."""
    if path.suffix == ".docx":
        with ZipFile(path) as archive:
            parts = [archive.read(n).decode() for n in archive.namelist() if TEXTS.fullmatch(n)]
        for paragraph in (one for part in parts for one in part.split("</w:p>")):
            yield unescape(re.sub("<[^>]*>", "", paragraph))
    elif path.suffix == ".ipynb":
        yield from cells_of(path)
    elif path.suffix in (".html", ".j2"):
        yield path.read_text(encoding="utf-8")
    elif path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
