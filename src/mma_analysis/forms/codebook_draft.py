"""A first code book from an export, for a person to correct."""

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from mma_analysis.settings import as_toml
from mma_analysis.settings.codebook import (
    Codebook,
    Vraag,
    is_survey_word,
    split_header,
    tidied,
)
from mma_analysis.vocabulary import DataError, Vocabulary, filled_in, plain
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS, SurveyExport

LONGEST_OPTION = 60
MOST_OPTIONS = 12
LONGEST_LABEL = 45
SHORT_WORD = 3
WORDS_OF_CODE = 3
LIKE_A_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\s*%?")
# Four words and a full stop: nobody can choose that, and no page may print it.
LIKE_A_SENTENCE = re.compile(r"(\S+\s+){3,}\S+[.!?]$")
# `Geef aan in hoeverre u het eens bent.MMA helpt ons`: a statement of a matrix in MS Forms.
START = re.compile(r"(?P<start>.{8,}[.?!:])(?P<rest>\s*[^\s.].*)")
CODE = re.compile(r"[A-Za-z]+\d+[A-Za-z]?\d*")
OTHER_OPTION = "anders"
MARK_OF_OTHER = "-oth-"  # what LimeSurvey has for it
# So many words of a known scale must have been chosen: `neutraal` is in more than one.
FEWEST_OF_SCALE = 2
# Options are chosen so often, on average: of a known scale, of one choice, of several.
REPEATED_OF_SCALE = 1.0
REPEATED = 2.0
REPEATED_OF_SEVERAL = 1.5

# An option goes out to everybody: so many gemeenten wrote it, in their last answers.
FEWEST_WRITERS = 3
NOT_PUBLIC = form("not_public")
OWN_WORDS = form("own_words")
ORGANISATION = form("organisation")


class Guess(NamedTuple):
    """What a question seems to be, and what was not sure."""

    header: str
    kind: str
    options: tuple[str, ...] = ()
    note: str = ""


class Proposed(NamedTuple):
    """A question as it is written down: which notes hold, and its keys with values."""

    notes: dict[str, object]
    keys: dict[str, object]


def draft(
    vocabulary: Vocabulary,
    export: SurveyExport,
    earlier: Codebook | None = None,
) -> str:
    """Write a code book that fits the export, with comments that say what to correct.

    A question that is word for word in an earlier code book is taken from there, with its
    code.
    """
    before: dict[str, Vraag] = {}
    if earlier is not None:
        for vraag in earlier.vraag:
            header = vraag.kolom or vraag.tekst
            before[header] = vraag
    taken = [vraag.code for vraag in before.values()]
    starts = _common_starts(export)
    questions: list[Proposed] = []
    for guess in _guesses(vocabulary, export):
        vraag = before.get(tidied(guess.header))
        if vraag is not None and _agree_on_who_answers(vraag, guess):
            questions.append(_from_before(vraag, guess))
            continue
        code = _free_code(guess, taken)
        taken.append(code)
        questions.append(_new(guess, code, starts))
    return filled_in(
        "forms/codeboek.toml.j2",
        file=export.file,
        tool=export.tool,
        questions=questions,
        toml=as_toml,
    )


def _agree_on_who_answers(vraag: Vraag, guess: Guess) -> bool:
    """Whether both are the question who answers, or neither is: that stays as it was."""
    was_who = vraag.soort == "gemeente"
    is_who = guess.kind == "gemeente"
    return was_who == is_who


def _from_before(vraag: Vraag, guess: Guess) -> Proposed:
    """The question as the earlier code book has it."""
    is_known = [bool(vraag.option_of(option)) for option in guess.options]
    has_new_option = bool(vraag.opties) and not all(is_known)
    notes: dict[str, object] = {
        "taken": True,
        "new_option": has_new_option,
        "not_intern": _asks_for_number(guess) and not vraag.intern,
    }
    keys = vraag.model_dump(exclude_defaults=True)
    return Proposed(notes, keys)


def _new(guess: Guess, code: str, starts: Collection[str]) -> Proposed:
    """A question that no earlier code book has."""
    question, part = split_header(guess.header)
    has_code = _is_code(question)
    asks_for_number = _asks_for_number(guess)
    statement = part or _without_start(question, starts)
    short = textwrap.shorten(statement, LONGEST_LABEL, placeholder="…").lstrip("…")
    keys = {
        "code": code,
        "kolom": guess.header if has_code else "",
        "tekst": guess.header,
        "kort": short or statement[:LONGEST_LABEL],
        "soort": guess.kind,
        "opties": guess.options,
        "intern": asks_for_number,
    }
    notes: dict[str, object] = {
        "coded": has_code,
        guess.note: guess.note,
        "counts": asks_for_number,
    }
    filled = {key: value for key, value in keys.items() if value}
    return Proposed(notes, filled)


def _asks_for_number(guess: Guess) -> bool:
    """Whether a question asks how many meldingen there are: protection tells that."""
    if guess.kind == "gemeente":
        return False
    words = guess.header.casefold()
    is_number = "hoeveel" in words or "aantal" in words
    return is_number and "melding" in words


def _is_code(question: str) -> bool:
    """Whether the export has a code for a question and not its words."""
    return CODE.fullmatch(question) is not None


def _free_code(guess: Guess, taken: Collection[str]) -> str:
    """A code for a question that no other has; with a number behind it when one has."""
    question, part = split_header(guess.header)
    words = guess.header if _is_code(question) else part or question
    first = _code(words)
    code = first
    number = 1
    while code in taken:
        number += 1
        code = f"{first}_{number}"
    return code


def _guesses(vocabulary: Vocabulary, export: SurveyExport) -> list[Guess]:
    """What the columns are; the one with the most names of gemeenten says who answers."""
    public = Public(vocabulary, export)
    guesses: list[Guess] = []
    for question, headers in _headers_of_questions(export).items():
        together = _question_with_parts(public, question, headers, export)
        if together is not None:
            guesses.append(together)
        else:
            guesses += [_question(public, header, export) for header in headers]

    whole = [guess.header for guess in guesses if guess.header in export.rows]
    shares = _shares_of_names(vocabulary, export, whole)
    if not shares:
        raise DataError.of("no_whole_question", file=export.file)
    chosen = _who_answers(shares)
    note = "" if shares[chosen] else "guessed"
    who = Guess(chosen, "gemeente", note=note)
    return [who if guess.header == chosen else guess for guess in guesses]


def _who_answers(shares: Mapping[str, float]) -> str:
    """The header with the most names of gemeenten; of equals one that says `gemeente`."""
    most = max(shares.values())
    headers = [header for header, share in shares.items() if share == most]
    for header in headers:
        if "gemeente" in header.lower():
            return header
    return headers[0]


def _headers_of_questions(export: SurveyExport) -> dict[str, list[str]]:
    """Question → the headers of its columns."""
    headers: dict[str, list[str]] = {}
    for header in _questions_in(export):
        question, _ = split_header(header)
        headers.setdefault(question, []).append(header)
    return headers


def _questions_in(export: SurveyExport) -> list[str]:
    """The headers that are of questions."""
    return [header for header in export.rows.columns if header not in SURVEY_COLUMNS]


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
        shares[header] = len(named) / len(given) if given else 0.0
    return shares


class Public:
    """Which answers may become options: those that no respondent can have made alone.

    Of a gemeente that answered more than once the last answer counts.
    """

    def __init__(self, vocabulary: Vocabulary, export: SurveyExport) -> None:
        self.vocabulary = vocabulary
        self._last = self._last_answers(export)
        self._ours: set[str] = set()
        for row in vocabulary.reference("scales"):
            word = row["word"]
            self._ours.add(word.casefold())

    def _last_answers(self, export: SurveyExport) -> pd.DataFrame:
        """Of each gemeente its last answers; of an export without questions everything."""
        in_order = export.rows.sort_values("completed_on", kind="stable")
        shares = _shares_of_names(self.vocabulary, export, _questions_in(export))
        if not shares:
            return in_order
        who = max(shares, key=lambda header: shares[header])
        senders = in_order[who].map(self._sender)
        is_answered_again = senders.duplicated(keep="last")
        return in_order[~is_answered_again]

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
            in_cell = {part.strip().casefold() for part in parts}
            times.update(in_cell)
        public = [value for value in given if self._may_be_option(value, times)]
        return tuple(public)

    def _may_be_option(self, value: str, times: Mapping[str, int]) -> bool:
        text = value.casefold()
        is_ours = text in self._ours or plain(value) in self.vocabulary.words("yes_no")
        if is_ours:
            return True
        if OWN_WORDS.match(value) or self._may_point_at_somebody(value):
            return False
        return times[text] >= FEWEST_WRITERS

    def _may_point_at_somebody(self, value: str) -> bool:
        """Whether a text has the form of a name, a number of somebody or an address."""
        if plain(value) in self.vocabulary.words("also_sent_to"):
            return False
        # In small letters nothing has the form of a name: so the name of a gemeente, and of
        # an organisation, is none; what stands beside it may be one.
        rest = value
        for area in self.vocabulary.areas:
            rest = rest.replace(area.name, area.slug)
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
    public: Public,
    question: str,
    headers: Sequence[str],
    export: SurveyExport,
) -> Guess | None:
    """One question of several columns: of its options, or of an answer and an own text."""
    written: list[str] = []
    options: dict[str, str] = {}
    for header in headers:
        if header == question:
            continue
        label = split_header(header)[1]
        if is_survey_word(public.vocabulary, label, "other"):
            written.append(header)
        else:
            options[header] = label
    has_whole = question in headers
    if len(headers) < 2 or (options and has_whole):
        return None

    other = (OTHER_OPTION,) if written else ()
    if has_whole:
        return _question_with_other(public, question, other, export)
    if not options or not _are_ticked(public.vocabulary, options, export):
        return None
    labels = _once((*options.values(), *other))
    return Guess(question, "multi", labels, "order")


def _question_with_other(
    public: Public,
    question: str,
    other: tuple[str, ...],
    export: SurveyExport,
) -> Guess:
    """A question of choice with a column beside it for what people wrote themselves."""
    whole = _question(public, question, export)
    options: list[str] = []
    for option in whole.options:
        is_other = option == MARK_OF_OTHER or option.casefold() in other
        if not is_other:
            options.append(option)
    kind = "multi" if whole.kind == "multi" else "single"
    return Guess(question, kind, (*options, *other), "order")


def _are_ticked(
    vocabulary: Vocabulary,
    headers: Iterable[str],
    export: SurveyExport,
) -> bool:
    """Whether all that stands below these headers says chosen, or not chosen."""
    for header in headers:
        for value in set(_values(export, header)):
            if not is_survey_word(vocabulary, value, "chosen", "not_chosen"):
                return False
    return True


def _question(public: Public, header: str, export: SurveyExport) -> Guess:
    """What one column is: numbers, grades of a scale, one choice or more, open answers."""
    vocabulary = public.vocabulary
    values = _values(export, header)
    if _are_numbers(values):
        return Guess(header, "number", note="limits")
    scale = _scale_of(vocabulary, values)
    if scale and _are_options(values, REPEATED_OF_SCALE):
        own = public.options(header, values)
        options = _once((*scale, *own))
        return Guess(header, "likert", options, "scaled")

    separator = _separator_of(vocabulary, values, export)
    choices = _choices_in(values, separator)
    has_several = len(choices) > len(values)
    if has_several and _are_options(choices, REPEATED_OF_SEVERAL):
        options = public.options(header, _once(choices), separator)
        return _choice(header, "multi", options)
    if _are_options(values, REPEATED):
        options = public.options(header, _once(values))
        return _choice(header, "single", options)

    note = ""
    if not values:
        note = "nobody"
    elif max(map(len, values)) <= LONGEST_OPTION:
        note = "short"
    return Guess(header, "open", note=note)


def _choice(header: str, kind: str, options: tuple[str, ...]) -> Guess:
    """A question of choice; open when no option may go out to everybody."""
    if not options:
        return Guess(header, "open", note="few")
    return Guess(header, kind, options, "order")


def _are_numbers(values: Sequence[str]) -> bool:
    is_number = [LIKE_A_NUMBER.fullmatch(value) is not None for value in values]
    return bool(values) and all(is_number)


def _separator_of(
    vocabulary: Vocabulary,
    values: Iterable[str],
    export: SurveyExport,
) -> str | None:
    """What stands between choices in the whole column; none when each cell is one choice.

    It is the rarest: a comma stands in options too.
    """
    found = None
    cut = [value for value in values if not is_survey_word(vocabulary, value, "other")]
    for separator in export.separators:
        is_used = any(separator in value for value in cut)
        if is_used:
            found = separator
    return found


def _choices_in(values: Iterable[str], separator: str | None) -> list[str]:
    """Every choice in some cells, as often as it was made."""
    choices: list[str] = []
    for value in values:
        pieces = value.split(separator) if separator else [value]
        stripped = [piece.strip() for piece in pieces]
        choices += [piece for piece in stripped if piece]
    return choices


def _scale_of(vocabulary: Vocabulary, values: Iterable[str]) -> list[str]:
    """The known scale, from low to high, of which most words were chosen; none when few."""
    scales: dict[str, list[str]] = {}
    for row in vocabulary.reference("scales"):
        scales.setdefault(row["scale"], []).append(row["word"])
    chosen = {value.casefold() for value in values}
    best: list[str] = []
    most = FEWEST_OF_SCALE - 1
    for scale in scales.values():
        words = {word.casefold() for word in scale}
        number = len(chosen & words)
        if number > most:
            best = scale
            most = number
    return best


def _are_options(values: Sequence[str], repeated: float) -> bool:
    """Few, short, and given more than once: an open answer is none of these."""
    different = _once(values)
    number = len(different)
    if number == 0 or number > MOST_OPTIONS:
        return False
    if len(values) < repeated * number:
        return False
    is_short = [len(value) <= LONGEST_OPTION for value in different]
    is_sentence = [LIKE_A_SENTENCE.match(value) is not None for value in different]
    return all(is_short) and not any(is_sentence)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    """Each option once, as it was first written."""
    first: dict[str, str] = {}
    for value in values:
        first.setdefault(value.casefold(), value)
    return tuple(first.values())


def _code(text: str) -> str:
    """The first words that say something."""
    all_words = [plain(word) for word in re.split(r"[^\w]+", text)]
    long_words = [word for word in all_words if len(word) > SHORT_WORD]
    words = long_words or all_words
    together = "_".join(words[:WORDS_OF_CODE])
    without_signs = re.sub(r"[^a-z0-9_]", "", together)
    code = without_signs.strip("_")
    if code[:1].isalpha():
        return code
    return f"vraag_{code}".rstrip("_")
