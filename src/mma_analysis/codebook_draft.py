"""A first code book from an export, for a person to correct."""

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import pandas as pd

from mma_analysis.codebook import Codebook, is_survey_word, split_header, tidied
from mma_analysis.settings import as_toml
from mma_analysis.vocabulary import DataError, Vocabulary, filled_in, plain
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS, SurveyExport

LONGEST_OPTION, MOST_OPTIONS = 60, 12
LONGEST_LABEL, SHORT_WORD = 45, 3
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\s*%?")
# Four words and a full stop: nobody can choose that, and no page may print it.
SENTENCE = re.compile(r"(\S+\s+){3,}\S+[.!?]$")
# `Geef aan in hoeverre u het eens bent.MMA helpt ons`: a statement of a matrix in MS Forms.
START = re.compile(r"(?P<start>.{8,}[.?!:])(?P<rest>\s*[^\s.].*)")
CODE = re.compile(r"[A-Za-z]+\d+[A-Za-z]?\d*")
# Of a known scale so many words must have been chosen: `neutraal` alone is in more than one.
FEWEST_OF_SCALE = 2


# An option goes out to everybody: so many gemeenten wrote it, in their last answers.
FEWEST_GEMEENTEN = 3
NOT_PUBLIC = form("not_public")
OWN_WORDS = form("own_words")
ORGANISATION = form("organisation")


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
    starts = _common_starts(export)
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
        statement = part or _without_start(question, starts)
        short = textwrap.shorten(statement, LONGEST_LABEL, placeholder="…").lstrip("…")
        keys = {"code": taken[-1], "kolom": header if has_code else "", "tekst": header}
        keys |= {"kort": short or statement[:LONGEST_LABEL], "soort": kind}
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
    public = Public(vocabulary, export)
    guesses: list[Guess] = []
    for question, headers in parts.items():
        together = _question_with_parts(public, question, headers, export)
        alone = (_question(public, header, export) for header in headers)
        guesses += [together] if together else alone
    headers = [guess.header for guess in guesses if guess.header in export.rows]
    shares = _shares_of_names(vocabulary, export, headers)
    if not shares:
        raise DataError.of("no_whole_question", file=export.file)
    chosen = max(shares, key=lambda header: (shares[header], "gemeente" in header.lower()))
    who = Guess(chosen, "gemeente", note="" if shares[chosen] else "guessed")
    return [who if guess.header == chosen else guess for guess in guesses]


def _shares_of_names(
    vocabulary: Vocabulary,
    export: SurveyExport,
    headers: Iterable[str],
) -> dict[str, float]:
    """Header → which part of what was filled in below it is the name of a gemeente."""
    shares: dict[str, float] = {}
    for header in headers:
        given = _values(export, header)
        named = [value for value in given if vocabulary.gemeente_of(value)]
        shares[header] = len(named) / (len(given) or 1)
    return shares


class Public:
    """Which answers may become options: those that no respondent can have made alone.

    Of a gemeente that answered more than once the last answer counts.
    """

    def __init__(self, vocabulary: Vocabulary, export: SurveyExport) -> None:
        self.vocabulary = vocabulary
        headers = [name for name in export.rows.columns if name not in SURVEY_COLUMNS]
        shares = _shares_of_names(vocabulary, export, headers)
        who = max(shares, key=lambda header: shares[header]) if headers else ""
        in_order = export.rows.sort_values("completed_on", kind="stable")
        names = [self._sender(name) for name in in_order[who]] if who else []
        is_last = ~pd.Index(names).duplicated(keep="last")
        self._last = in_order[is_last]
        ours = [row["word"] for row in vocabulary.reference("scales")]
        self._ours = {word.casefold() for word in ours}

    def _sender(self, name: str) -> str:
        return self.vocabulary.gemeente_of(name) or plain(name)

    def options(
        self,
        header: str,
        given: Iterable[str],
        separator: str | None = None,
    ) -> tuple[str, ...]:
        """Those answers below a header, or parts of them, that may become options."""
        times: Counter[str] = Counter()
        for cell in self._last[header]:
            parts = cell.split(separator) if separator else [cell]
            times.update({part.strip().casefold() for part in parts})
        return tuple(value for value in given if self._may_be_option(value, times))

    def _may_be_option(self, value: str, times: Mapping[str, int]) -> bool:
        text = value.casefold()
        is_ours = text in self._ours or plain(value) in self.vocabulary.words("yes_no")
        if is_ours:
            return True
        if OWN_WORDS.match(value) or self._may_point_at_somebody(value):
            return False
        return times[text] >= FEWEST_GEMEENTEN

    def _may_point_at_somebody(self, value: str) -> bool:
        """Whether a text has the form of a name, a number of somebody or an address."""
        if plain(value) in self.vocabulary.words("also_sent_to"):
            return False
        rest = value
        for area in self.vocabulary.areas:
            rest = rest.replace(area.name, area.slug)
        # Its capitals are no name of a person; what stands beside it may be one.
        rest = ORGANISATION.sub(_in_small_letters, rest)
        return NOT_PUBLIC.search(rest) is not None


def _in_small_letters(found: re.Match[str]) -> str:
    return found[0].lower()


def _common_starts(export: SurveyExport) -> set[str]:
    """What two questions or more begin with: the sentence above a matrix of statements."""
    starts: Counter[str] = Counter()
    for header in export.rows.columns:
        found = START.match(header)
        if found:
            starts[found["start"]] += 1
    return {start for start, number in starts.items() if number > 1}


def _without_start(question: str, starts: Collection[str]) -> str:
    found = START.match(question)
    if found and found["start"] in starts:
        return found["rest"].strip()
    return question


def _values(export: SurveyExport, header: str) -> list[str]:
    return [value for value in export.rows[header] if value]


def _question_with_parts(
    public: Public, question: str, parts: Sequence[str], export: SurveyExport
) -> Guess | None:
    """One question of several columns: its options, or an answer and what was written beside it."""
    vocabulary = public.vocabulary
    labels = {part: split_header(part)[1] for part in parts if part != question}
    written = [part for part, label in labels.items() if is_survey_word(vocabulary, label, "other")]
    options = {part: label for part, label in labels.items() if part not in written}
    other = ("anders",) if written else ()
    if len(parts) < 2 or (options and question in parts):
        return None
    if question in parts:
        whole = _question(public, question, export)
        given = tuple(o for o in whole.options if o != "-oth-" and o.casefold() not in other)
        kind = "multi" if whole.kind == "multi" else "single"
        return Guess(question, kind, (*given, *other), "order")
    values = {value for part in options for value in _values(export, part)}
    ticks = (is_survey_word(vocabulary, value, "chosen", "not_chosen") for value in values)
    if not options or not all(ticks):
        return None
    return Guess(question, "multi", _once((*options.values(), *other)), "order")


def _question(public: Public, header: str, export: SurveyExport) -> Guess:
    vocabulary = public.vocabulary
    values = _values(export, header)
    if values and all(NUMBER.fullmatch(value) for value in values):
        return Guess(header, "number", note="limits")
    scale = _scale_of(vocabulary, values)
    if scale and _are_options(values, repeated=1.0):
        own = public.options(header, values)
        return Guess(header, "likert", _once([*scale, *own]), "scaled")
    # One separator is used in the whole column, the rarest: a comma stands in options too.
    cut = [value for value in values if not is_survey_word(vocabulary, value, "other")]
    used = [separator for separator in export.separators if any(separator in v for v in cut)]
    pieces = [piece for value in values for piece in (value.split(used[-1]) if used else [value])]
    choices = [piece.strip() for piece in pieces if piece.strip()]
    is_multi = len(choices) > len(values) and _are_options(choices, repeated=1.5)
    if is_multi or _are_options(values):
        given = choices if is_multi else values
        separator = used[-1] if is_multi else None
        options = public.options(header, _once(given), separator)
        if not options:
            return Guess(header, "open", note="few")
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
