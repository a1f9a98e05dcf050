"""The code book of a survey, its code frame, and the columns that answer a question."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from mma_analysis.settings import (
    SETTINGS_FILE,
    Edition,
    Section,
    read_toml,
    refuse_twice,
    refuse_unknown,
)
from mma_analysis.vocabulary import (
    UsageError,
    Vocabulary,
    derived,
    did_you_mean,
    message,
    plain,
)
from mma_analysis.vocabulary.days import UNSEEN

Kind = Literal["likert", "single", "multi", "number", "open", "gemeente"]
QUESTION_KINDS = tuple(kind for kind in get_args(Kind) if kind != "gemeente")
CHOICE_KINDS = ("likert", "single", "multi")

# How an answer is kept when it is not an option or a number.
NOT_ANSWERED = ""
FILLED_IN = "ja"

# What this coder writes the coders agreed on: for an answer it alone counts.
AGREED = "besluit"
# What people decided about a theme of an answer besides a yes or a no; empty when nobody
# judged it.
DIVIDED = "verdeeld"
UNDECIDED = ""

# The workbook in which people code: a sheet per coder, with a row per answer.
CODING_FILE = "coderingen.xlsx"
ANSWER_ID = "answer_id"
THEME_KIND = "thema"
NO_THEME = "geen van deze thema's"
HELP_SHEET = "Uitleg"
LIST_SHEET = "Keuzelijsten"


def tidied(text: str) -> str:
    """Write a text as it is compared: no HTML entities, unseen signs or double spaces."""
    without_entities = html.unescape(text)
    seen = ""
    for letter in unicodedata.normalize("NFKC", without_entities):
        if unicodedata.category(letter) != UNSEEN:
            seen += letter
    return " ".join(seen.split())


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, AfterValidator(tidied), Field(min_length=1)]
BeginningOfWord = Annotated[str, Field(min_length=2)]


class Vraag(Section):
    """One question, with the limits of a number; answers that are `intern` never go out.

    `op_naam`: the gemeenten agreed that the report says who answered what. `kolom` is the
    header in the export when that is not the question itself, and `codes` says which
    option a code in the export stands for.
    """

    code: Code
    kolom: Annotated[str, AfterValidator(tidied)] = ""
    tekst: Text
    kort: str = Field(min_length=1, max_length=45)
    soort: Kind
    opties: tuple[Text, ...] = ()
    codes: dict[str, Text] = {}
    laagste: float | None = None
    hoogste: float | None = None
    intern: bool = False
    op_naam: bool = False

    def option_of(self, text: str) -> str:
        """The option that a text of the export is, in any capitals; empty when none is."""
        word = self.codes.get(text, text).casefold()
        for option in self.opties:
            if option.casefold() == word:
                return option
        return ""

    def _faults(self) -> Iterator[str]:
        is_choice = self.soort in CHOICE_KINDS
        is_number = self.soort == "number"
        has_lowest = self.laagste is not None
        has_highest = self.hoogste is not None
        faults = {
            "has_no_options": bool(self.opties) and not is_choice,
            "needs_options": is_choice and not self.opties,
            "only_number": not is_number and (has_lowest or has_highest),
            "lowest_above": self._is_lowest_above_highest(),
            "gemeente_intern": self.intern and self.soort == "gemeente",
            "named_intern": self.op_naam and self.intern,
            "named_choice": self.op_naam and not is_choice,
            "has_no_codes": bool(self.codes) and self.soort in ("number", "open"),
        }
        for fault, holds in faults.items():
            if holds:
                yield message(fault, code=self.code, kind=self.soort)

        in_small_letters = [option.casefold() for option in self.opties]
        refuse_twice("option_twice", in_small_letters, code=self.code)
        if is_choice:
            for option in self.codes.values():
                refuse_unknown("code_no_option", option, self.opties, code=self.code)

    def _is_lowest_above_highest(self) -> bool:
        if self.laagste is None or self.hoogste is None:
            return False
        return self.laagste > self.hoogste


class Codebook(Section):
    """All questions, in the order of the survey."""

    vraag: Annotated[tuple[Vraag, ...], Field(min_length=1)]

    def _faults(self) -> Iterator[str]:
        for key in ("code", "tekst", "kolom"):
            names = [getattr(vraag, key) for vraag in self.vraag]
            refuse_twice("question_twice", names, key=key)
        of_gemeente = [vraag.code for vraag in self.vraag if vraag.soort == "gemeente"]
        if len(of_gemeente) == 1:
            return
        codes = ", ".join(of_gemeente)
        yield message("one_gemeente", codes=codes or message("none"))

    @cached_property
    def gemeente(self) -> Vraag:
        """The question that says for which gemeente the answer is."""
        return next(vraag for vraag in self.vraag if vraag.soort == "gemeente")

    @cached_property
    def questions(self) -> tuple[Vraag, ...]:
        """The questions that are counted: all but the one for the gemeente."""
        return tuple(vraag for vraag in self.vraag if vraag.soort != "gemeente")

    @cached_property
    def released(self) -> tuple[Vraag, ...]:
        """The questions of which answers may be released: those that are not intern."""
        return tuple(vraag for vraag in self.questions if not vraag.intern)

    @cached_property
    def named(self) -> tuple[Vraag, ...]:
        """The questions of which may be released which gemeente answered what."""
        return tuple(vraag for vraag in self.released if vraag.op_naam)


def load(edition: Edition) -> Codebook | None:
    """Read the code book of the survey; nothing when the edition has no survey."""
    if edition.vragenlijst is None:
        return None
    path = edition.folder / edition.vragenlijst.codeboek
    book = read_toml(path, Codebook)
    named = [question.code for question in book.named]
    for campaign in edition.campagnes:
        asked = campaign.vraag
        if not asked or asked in named:
            continue
        near = did_you_mean(asked, named)
        fault = message("campaign_question", name=campaign.naam, word=asked, near=near)
        settings = edition.folder / SETTINGS_FILE
        raise UsageError.of("faults", path=settings, faults=fault)
    return book


# --- the code frame: into which themes open answers are coded -----------------------------


class Thema(Section):
    """One theme of answers to a question; words that begin with `woorden` propose it."""

    code: Code
    label: str = Field(min_length=1)
    vraag: str
    woorden: tuple[BeginningOfWord, ...] = ()

    @field_validator("vraag")
    @classmethod
    def _counts_can_be_released(cls, code: str, read: ValidationInfo) -> str:
        book: Codebook | None = read.context
        if book is not None:
            codes = [vraag.code for vraag in book.released if vraag.soort == "open"]
            refuse_unknown("theme_not_open", code, codes)
        return code

    def is_proposed_for(self, text: str) -> bool:
        """Whether the machine proposes this theme for an answer; only a person decides."""
        for word in self.woorden:
            beginning = rf"\b{re.escape(word)}"
            if re.search(beginning, text, re.IGNORECASE):
                return True
        return False


class CodeFrame(Section):
    """All themes, in the order in which they are shown."""

    thema: Annotated[tuple[Thema, ...], Field(min_length=1)]

    def _faults(self) -> Iterable[str]:
        codes = [f"{thema.vraag}: {thema.code.casefold()}" for thema in self.thema]
        labels = [f"{thema.vraag}: {thema.label.casefold()}" for thema in self.thema]
        refuse_twice("theme_twice", codes)
        refuse_twice("label_twice", labels)
        return ()

    def of(self, question: str) -> tuple[Thema, ...]:
        """The themes of one question."""
        return tuple(thema for thema in self.thema if thema.vraag == question)


def load_themes(edition: Edition, codebook: Codebook) -> CodeFrame | None:
    """Read the code frame of the edition, for released open questions; none without."""
    if edition.vragenlijst is None or edition.vragenlijst.themas is None:
        return None
    path = edition.folder / edition.vragenlijst.themas
    return read_toml(path, CodeFrame, context=codebook)


# --- which columns of an export hold the answer to which question -------------------------

SUB_HEADER = re.compile(r"(.*\S)\s*\[([^\[\]]+)\]")


def split_header(header: str) -> tuple[str, str]:
    """Question and option, statement or sub-question of a header: `Q5[SQ001]` has both."""
    found = SUB_HEADER.fullmatch(header)
    if found is None:
        return header, ""
    question, part = found.groups()
    return question, part.strip()


@derived
def survey_words(vocabulary: Vocabulary, use: str, tool: str = "") -> tuple[str, ...]:
    """Look up the words of a tool, or of all tools, for one use in `survey_words.csv`."""
    words = []
    for row in vocabulary.reference("survey_words"):
        if row["use"] == use and row["tool"] == tool:
            words.append(row["word"])
    return tuple(words)


def is_survey_word(vocabulary: Vocabulary, text: str, *uses: str, tool: str = "") -> bool:
    """Whether a text is a word for one of these uses, however it is punctuated."""
    given = plain(text)
    for use in uses:
        for word in survey_words(vocabulary, use, tool):
            if plain(word) == given:
                return True
    return False


# Header of an export → the part of an answer that stands there: an option, or one
# of the two below.
PartOfHeader = dict[str, str | None]
WHOLE_ANSWER = ""
WRITTEN_BESIDE = None  # what was written beside the options


def columns_of_questions(
    vocabulary: Vocabulary,
    codebook: Codebook,
    headers: Sequence[str],
) -> dict[str, PartOfHeader]:
    """Find the columns of each question, by its code; none when the export has none.

    Of a grid, `Question [statement]`, the statement may be the `tekst`, if one column ends
    in it.
    """
    columns: dict[str, PartOfHeader] = {}
    taken: set[str] = set()
    for vraag in codebook.vraag:
        header = _header_of(vraag, headers)
        columns[vraag.code] = {} if header is None else {header: WHOLE_ANSWER}
        if header is not None:
            taken.add(header)

    rest = [header for header in headers if header not in taken]
    statements = [split_header(header)[1] for header in headers]
    for vraag in codebook.vraag:
        parts = columns[vraag.code]
        parts |= _parts_of(vocabulary, vraag, rest)
        if not parts and statements.count(vraag.tekst) == 1:
            for header in rest:
                statement = split_header(header)[1]
                if statement == vraag.tekst:
                    parts[header] = WHOLE_ANSWER
    return columns


def _header_of(vraag: Vraag, headers: Sequence[str]) -> str | None:
    """The first header that is the question itself, or its `kolom`."""
    names = _names_of(vraag)
    for header in headers:
        if _spaced(header) in names:
            return header
    return None


def _parts_of(vocabulary: Vocabulary, vraag: Vraag, headers: Sequence[str]) -> PartOfHeader:
    """The headers with an option of a question, or with what was written beside these."""
    names = _names_of(vraag)
    parts: PartOfHeader = {}
    for header in headers:
        question, part = split_header(header)
        if question not in names:
            continue
        option = vraag.option_of(part) if vraag.soort == "multi" else ""
        if option:
            parts[header] = option
        elif vraag.opties and is_survey_word(vocabulary, part, "other"):
            parts[header] = WRITTEN_BESIDE
    return parts


def _names_of(vraag: Vraag) -> set[str]:
    """What a question can be called in a header."""
    names = {_spaced(vraag.tekst)}
    if vraag.kolom:
        names.add(_spaced(vraag.kolom))
    return names


def _spaced(header: str) -> str:
    """`Q5[SQ001]` and `Q5 [SQ001]` are one header."""
    question, part = split_header(header)
    return f"{question} [{part}]" if part else question
