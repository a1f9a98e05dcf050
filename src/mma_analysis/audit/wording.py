"""What may stand in a finished file outside its values: our own words, and no number."""

import ast
import datetime as dt
import json
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

from mma_analysis.audit.document import CLAIMED, JUDGED_THERE
from mma_analysis.audit.office import texts_of
from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, SETTINGS_FILE, Edition
from mma_analysis.vocabulary import Vocabulary, numbers
from mma_analysis.vocabulary.reference import package_table, table_names

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
    *("national", "registered_words"),
)
WORD = re.compile(r"[^\W_]+")
# Letters of Latin, and the signs that sentences and names of cells are made of.
SIGNS = re.compile(r"[^\w\s.,:;?!'‘’“”\"()/%+&#@*=>|_·…–−→←↑↓×÷≤≥€●✓\ufffc-]")
LATIN = re.compile(r"[^\W\d_]")
FEWEST_SPELLED = 4
SPELLED = re.compile(rf"(?<!\w)[^\W_](?:[\W_]+[^\W_](?!\w)){{{FEWEST_SPELLED - 1},}}")
REPEATED = re.compile(r"([^\w\s.\ufffc])(?:\s*\1){2,}")
DOTS = re.compile(f"^●+ {CLAIMED}$")  # as many as the value beside them says, which is checked
ACCENTS = re.compile("[\u0300-\u036f]+")
BARE, OTHER, SIGN = "bare", "word", "sign"  # kinds of findings


class Wording:
    """What may stand bare on the pages of one edition."""

    def __init__(self, edition: Edition) -> None:
        texts, vocabulary = settings_texts(edition), edition.vocabulary
        self.vocabulary = vocabulary
        days = {dt.date.fromisoformat(text) for text in texts if DAY.fullmatch(text)}
        printed = [*_printed(vocabulary), *texts]
        dated = list(_days(days, edition))
        written = [*filter(_says_more, printed), *dated, *_tariffs(edition)]
        registered = [row["phrase"] for row in package_table("registered_words")]
        # Heads of columns and options of a question are ours when they stand there by themselves.
        labels = vocabulary.reference("labels")
        columns = [row["column"] for row in labels]
        heads = {*columns, *(row["nl"] for row in labels)}
        heads |= {f"{column}_{side}" for column in columns for side in ("low", "high")}
        alone = {*heads, *(text for text in printed if " " in text or _is_named(text))}
        self._alone = {text.casefold() for text in alone}
        phrases = {" ".join(text.split()) for text in written}
        phrases = {*registered, f"editie {edition.slug}", *filter(NEEDS_A_CELL.search, phrases)}
        basis = edition.bescherming.basis
        places = PLACES | {"{basis}": str(basis), "{least}": str(basis - 1)}
        ordered = sorted(phrases, key=len, reverse=True)
        either = "|".join(_pattern(phrase, places) for phrase in ordered)
        self._allowed = re.compile(rf"(?<![\w.,+−-])(?:{either})(?![\w]|[.,]\d)", re.I)
        every = (*shipped_texts(), *printed, *dated, *_periods(edition), *_own(edition))
        self.texts = tuple(dict.fromkeys(every))
        # Words that say nothing of a delivery, also when no page has them: those of every list.
        lists = [_printed(vocabulary, table_names()), self.texts]
        every = {text for texts in lists for text in texts}
        self.known = frozenset(word for text in every for word in letters_of(text))
        # Numbers that were given, as those of the whole country and of the tariff.
        rows = [value for row in vocabulary.reference("national") for value in row.values()]
        self.given = frozenset(value.removesuffix(".0") for value in (*rows, *texts))
        self.words = frozenset(word for text in self.texts for word in letters_of(text))
        self.faults = lru_cache(maxsize=100_000)(self._faults)

    def _faults(
        self,
        text: str,
        also: tuple[str, ...] = (),
        heads: frozenset[str] = frozenset(),
        only: str = "",
    ) -> tuple[tuple[str, str], ...]:
        """What in a text is not ours: the kind of finding, and the word when it may be said.

        `also` are texts that may stand here besides, such as those of the values beside it; `heads`
        are words that may, such as the heads of the file that a letter is about. `only`: the one
        kind of finding that this text can be.
        """
        if only == JUDGED_THERE:
            return ()
        if only == OTHER:
            return () if self.words.issuperset(words_of(text)) else ((OTHER, ""),)
        if text.casefold() in self._alone:
            return ()
        rest = self._allowed.sub(CLAIMED, DOTS.sub("", text))
        for words in sorted(also, key=len, reverse=True):
            rest = re.sub(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", CLAIMED, rest)
        bare = (re.sub(r"[\d½¼¾⅓⅔]", "#", word) for word in NEEDS_A_CELL.findall(rest))
        found = [(BARE, word) for word in dict.fromkeys(word.casefold() for word in bare)]
        if only == BARE:
            return tuple(found)
        if any(word not in self.words and word not in heads for word in letters_of(rest)):
            found.append((OTHER, ""))
        if _has_strange_signs(rest):
            found.append((SIGN, ""))
        return tuple(found)


def _has_strange_signs(text: str) -> bool:
    """Signs of no sentence of ours, letters of another alphabet, and words that are spelled."""
    if SIGNS.search(text) or REPEATED.search(text) or SPELLED.search(text):
        return True
    return not text.isascii() and any(
        not unicodedata.name(sign, "").startswith("LATIN") for sign in LATIN.findall(text)
    )


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


# --- numbers that are ours -----------------------------------------------------------------------


def _pattern(phrase: str, places: Mapping[str, str]) -> str:
    pattern = re.escape(phrase)
    for name, form in places.items():
        pattern = pattern.replace(re.escape(name), form)
    return pattern


def _says_more(text: str) -> bool:
    """Whether a text is more than a number or a comparison alone: `meer` is no phrase of ours."""
    return " " in text and _is_named(text)


def _is_named(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{4}", NEEDS_A_CELL.sub(" ", text)))


def _printed(vocabulary: Vocabulary, names: Iterable[str] = PRINTED) -> Iterator[str]:
    for name in names:
        for row in vocabulary.reference(name):
            yield from row.values()


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


# --- words that are ours -------------------------------------------------------------------------


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


def _own(edition: Edition) -> Iterator[str]:
    """The texts of an edition's own notebooks and templates: who signs the release reads those."""
    for path in sorted((edition.folder / HOUSE_STYLE).glob("*.docx")):
        yield from texts_of(path)
    for path in sorted((edition.folder / NOTEBOOKS).glob("*.ipynb")):
        yield from cells_of(path)
    for path in sorted((edition.folder / NOTEBOOKS).glob("*.j2")):
        yield path.read_text(encoding="utf-8")
    for level, name in ((area.level, area.name) for area in edition.vocabulary.areas):
        yield f"Meld Misdaad Anoniem {level} {name}"


def _periods(edition: Edition) -> Iterator[str]:
    """The period of an edition in the forms in which pages and letters print it.

    Who delivers may write it as well, between words that are not ours.
    """
    first, last = edition.begin, edition.peildatum
    forms = (
        (f"{first:%d-%m-%Y}", f"{last:%d-%m-%Y}"),
        (numbers.day(first), numbers.day(last)),
        (numbers.month(first), numbers.month(last)),
    )
    yield from (f"van {begin} tot en met {end}" for begin, end in forms)


@cache
def shipped_texts() -> tuple[str, ...]:
    """The texts of templates, notebooks, and code that writes Dutch."""
    package = files("mma_analysis")
    found = [text for name in ("show", "publish", "vocabulary") for text in _below(package / name)]
    found += [text for cells in package_notebooks().values() for text in cells]
    every = (numbers.month(dt.date(2000, month, 1)) for month in range(1, 13))
    short = (numbers.short_month(dt.date(2000, month, 1)) for month in range(1, 13))
    return (*found, *every, *short)


@cache
def package_notebooks() -> dict[str, tuple[str, ...]]:
    """The cells of each notebook of the package, by its name."""
    folder = files("mma_analysis").joinpath("notebooks")
    if not folder.is_dir():  # a package that is not installed has them beside its source
        folder = Path(str(files("mma_analysis"))).parents[1] / "notebooks"
    paths = [path for path in folder.iterdir() if path.name.endswith(".ipynb")]
    return {path.name: cells_of(path) for path in sorted(paths, key=lambda one: one.name)}


def cells_of(notebook: Traversable | Path) -> tuple[str, ...]:
    """What stands in the cells of a notebook, but for the one that says of which page it is."""
    cells: Collection[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    told = (c for c in cells if "parameters" not in c.get("metadata", {}).get("tags", ()))
    return tuple("".join(cell["source"]) for cell in told)


def _below(folder: Traversable) -> Iterator[str]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            yield from _below(path) if path.name != "assets" else ()
        elif path.name.endswith((".html", ".j2")):
            yield path.read_text(encoding="utf-8")
        elif path.name.endswith(".py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
        elif path.name.endswith(".docx"):
            yield from texts_of(Path(str(path)))
