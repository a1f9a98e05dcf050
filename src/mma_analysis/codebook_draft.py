"""A first code book from an export, for a person to correct."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from mma_analysis.codebook import Codebook, is_survey_word, split_header, tidied
from mma_analysis.settings import as_toml
from mma_analysis.vocabulary import DataError, Vocabulary, filled_in, plain
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS, SurveyExport

LONGEST_OPTION, MOST_OPTIONS = 60, 12
LONGEST_LABEL, SHORT_WORD = 45, 3
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\s*%?")
# Four words and a full stop: nobody can choose that, and no page may print it.
SENTENCE = re.compile(r"(\S+\s+){3,}\S+[.!?]$")
CODE = re.compile(r"[A-Za-z]+\d+[A-Za-z]?\d*")
# Of a known scale so many words must have been chosen: `neutraal` alone is in more than one.
FEWEST_OF_SCALE = 2


class Guess(NamedTuple):
    """What a question seems to be, and what was not sure."""

    header: str
    kind: str
    options: tuple[str, ...] = ()
    note: str = ""


def draft(vocabulary: Vocabulary, export: SurveyExport, earlier: Codebook | None = None) -> str:
    """Write a code book that fits the export, with comments that say what to correct.

    A question that is word for word in an earlier code book is taken from there, with its code.
    """
    before = {v.kolom or v.tekst: v for v in earlier.vraag} if earlier else {}
    taken = [vraag.code for vraag in before.values()]
    questions: list[tuple[dict[str, object], dict[str, object]]] = []
    for header, kind, options, note in _guesses(vocabulary, export):
        vraag, words, is_who = before.get(tidied(header)), header.casefold(), kind == "gemeente"
        # How many meldingen there are is for the protection to tell.
        asks = "melding" in words and ("hoeveel" in words or "aantal" in words) and not is_who
        if vraag and (vraag.soort == "gemeente") == is_who:  # who answers stays who answers
            is_new = vraag.opties and not all(map(vraag.option_of, options))
            notes = {"taken": True, "new_option": is_new, "not_intern": asks and not vraag.intern}
            questions.append((notes, vraag.model_dump(exclude_defaults=True)))
            continue
        question, part = split_header(header)
        has_code = bool(CODE.fullmatch(question))  # the export has a code for it, not its words
        first = _code(header if has_code else part or question)
        names = (first if number == 1 else f"{first}_{number}" for number in count(1))
        taken.append(next(name for name in names if name not in taken))
        short = textwrap.shorten(part or question, LONGEST_LABEL, placeholder="…").lstrip("…")
        keys = {"code": taken[-1], "kolom": header if has_code else "", "tekst": header}
        keys |= {"kort": short or (part or question)[:LONGEST_LABEL], "soort": kind}
        keys |= {"opties": options, "intern": asks}
        notes = {"coded": has_code, note: note, "counts": asks}
        questions.append((notes, {key: value for key, value in keys.items() if value}))
    words = {"file": export.file, "tool": export.tool, "questions": questions, "toml": as_toml}
    return filled_in("codeboek.toml.j2", **words)


def _guesses(vocabulary: Vocabulary, export: SurveyExport) -> list[Guess]:
    """What the columns are; the one with the most names of gemeenten says who answers."""
    parts: dict[str, list[str]] = {}
    for header in export.rows.columns:
        if header not in SURVEY_COLUMNS:
            parts.setdefault(split_header(header)[0], []).append(header)
    guesses: list[Guess] = []
    for question, headers in parts.items():
        together = _question_with_parts(vocabulary, question, headers, export)
        alone = (_question(vocabulary, header, export) for header in headers)
        guesses += [together] if together else alone
    shares: dict[str, float] = {}
    for guess in guesses:
        if guess.header in export.rows:
            given = _values(export, guess.header)
            named = sum(map(bool, map(vocabulary.gemeente_of, given)))
            shares[guess.header] = named / (len(given) or 1)
    if not shares:
        raise DataError.of("no_whole_question", file=export.file)
    chosen = max(shares, key=lambda header: (shares[header], "gemeente" in header.lower()))
    who = Guess(chosen, "gemeente", note="" if shares[chosen] else "guessed")
    return [who if guess.header == chosen else guess for guess in guesses]


def _values(export: SurveyExport, header: str) -> list[str]:
    return [value for value in export.rows[header] if value]


def _question_with_parts(
    vocabulary: Vocabulary, question: str, parts: Sequence[str], export: SurveyExport
) -> Guess | None:
    """One question of several columns: its options, or an answer and what was written beside it."""
    labels = {part: split_header(part)[1] for part in parts if part != question}
    written = [part for part, label in labels.items() if is_survey_word(vocabulary, label, "other")]
    options = {part: label for part, label in labels.items() if part not in written}
    other = ("anders",) if written else ()
    if len(parts) < 2 or (options and question in parts):
        return None
    if question in parts:
        whole = _question(vocabulary, question, export)
        given = tuple(o for o in whole.options if o != "-oth-" and o.casefold() not in other)
        kind = "multi" if whole.kind == "multi" else "single"
        return Guess(question, kind, (*given, *other), "order")
    values = {value for part in options for value in _values(export, part)}
    ticks = (is_survey_word(vocabulary, value, "chosen", "not_chosen") for value in values)
    if not options or not all(ticks):
        return None
    return Guess(question, "multi", _once((*options.values(), *other)), "order")


def _question(vocabulary: Vocabulary, header: str, export: SurveyExport) -> Guess:
    values = _values(export, header)
    if values and all(NUMBER.fullmatch(value) for value in values):
        return Guess(header, "number", note="limits")
    scale = _scale_of(vocabulary, values)
    if scale and _are_options(values, repeated=1.0):
        return Guess(header, "likert", _once([*scale, *values]), "scaled")
    # One separator is used in the whole column, the rarest: a comma stands in options too.
    cut = [value for value in values if not is_survey_word(vocabulary, value, "other")]
    used = [separator for separator in export.separators if any(separator in v for v in cut)]
    pieces = [piece for value in values for piece in (value.split(used[-1]) if used else [value])]
    choices = [piece.strip() for piece in pieces if piece.strip()]
    is_multi = len(choices) > len(values) and _are_options(choices, repeated=1.5)
    if is_multi or _are_options(values):
        # What one respondent alone wrote may be a text of their own, and no page may print that.
        given = choices if is_multi else values
        times = Counter(value.casefold() for value in given)
        options = tuple(value for value in _once(given) if times[value.casefold()] > 1)
        return Guess(header, "multi" if is_multi else "single", options, "order")
    is_short = all(len(value) <= LONGEST_OPTION for value in values)
    return Guess(header, "open", note=("short" if values else "nobody") if is_short else "")


def _scale_of(vocabulary: Vocabulary, values: Sequence[str]) -> list[str]:
    """The known scale, from low to high, of which most words were chosen; none when few were."""
    chosen, scales = {value.casefold() for value in values}, dict[str, list[str]]()
    for row in vocabulary.reference("scales"):
        scales.setdefault(row["scale"], []).append(row["word"])
    given = {name: len(chosen & set(map(str.casefold, words))) for name, words in scales.items()}
    best = max(given, key=lambda name: given[name])
    return scales[best] if given[best] >= FEWEST_OF_SCALE else []


def _are_options(values: Sequence[str], repeated: float = 2.0) -> bool:
    """Few, short, and given more than once: an open answer is none of these."""
    different = _once(values)
    few = 0 < len(different) <= MOST_OPTIONS and len(values) >= repeated * len(different)
    is_choice = (len(value) <= LONGEST_OPTION and not SENTENCE.match(value) for value in different)
    return few and all(is_choice)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    """Each option once, as it was first written."""
    first: dict[str, str] = {}
    for value in values:
        first.setdefault(value.casefold(), value)
    return tuple(first.values())


def _code(text: str) -> str:
    """The first words that say something."""
    all_words = [plain(word) for word in re.split(r"[^\w]+", text)]
    words = [word for word in all_words if len(word) > SHORT_WORD] or all_words
    code = re.sub(r"[^a-z0-9_]", "", "_".join(words[:3])).strip("_")
    return code if code[:1].isalpha() else f"vraag_{code}".rstrip("_")
