"""The code book of a survey, its code frame, and which columns of an export answer a question."""

import html
import re
import unicodedata
from collections import Counter
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

Kind = Literal["likert", "single", "multi", "number", "open", "gemeente"]
KINDS = tuple(kind for kind in get_args(Kind) if kind != "gemeente")
CHOICES = ("likert", "single", "multi")

# How an answer is kept when it is not an option or a number.
NOT_ANSWERED = ""
FILLED_IN = "ja"

# What this coder writes the coders agreed on: for an answer it alone counts.
AGREED = "besluit"
# What people decided about a theme of an answer; empty when nobody judged it.
YES, NO, DIVIDED, UNDECIDED = "ja", "nee", "verdeeld", ""

# The workbook in which people code: a sheet per coder, with a row per answer.
CODING_FILE = "coderingen.xlsx"
ANSWER_ID, THEME = "answer_id", "thema"
NO_THEME = "geen van deze thema's"
HELP_SHEET, LIST_SHEET = "Uitleg", "Keuzelijsten"


def tidied(text: str) -> str:
    """Write a text as it is compared: without HTML entities, unseen signs and double spaces."""
    plain = unicodedata.normalize("NFKC", html.unescape(text))
    seen = (letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).split())


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, AfterValidator(tidied), Field(min_length=1)]


class Vraag(Section):
    """One question, with the limits of a number; answers that are `intern` are never released.

    `op_naam`: the gemeenten agreed that the report says who answered what. `kolom` is the header
    in the export when that is not the question itself, and `codes` says which
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
        """The option that a text of the export is, whatever its capitals; empty when none is."""
        word = self.codes.get(text, text).casefold()
        return next((option for option in self.opties if option.casefold() == word), "")

    def _faults(self) -> Iterator[str]:
        lowest, highest = self.laagste, self.hoogste
        is_choice, has_limits = self.soort in CHOICES, (lowest, highest) != (None, None)
        faults = {
            "has_no_options": not is_choice and self.opties,
            "needs_options": is_choice and not self.opties,
            "only_number": self.soort != "number" and has_limits,
            "lowest_above": lowest is not None and highest is not None and lowest > highest,
            "gemeente_intern": self.intern and self.soort == "gemeente",
            "named_intern": self.op_naam and self.intern,
            "named_choice": self.op_naam and not is_choice,
            "has_no_codes": self.codes and self.soort in ("number", "open"),
        }
        for fault, holds in faults.items():
            if holds:
                yield message(fault, code=self.code, kind=self.soort)
        refuse_twice("option_twice", map(str.casefold, self.opties), code=self.code)
        for option in self.codes.values() if is_choice else ():
            refuse_unknown("code_no_option", option, self.opties, code=self.code)


class Codebook(Section):
    """All questions, in the order of the survey."""

    vraag: Annotated[tuple[Vraag, ...], Field(min_length=1)]

    def _faults(self) -> Iterator[str]:
        for key in ("code", "tekst", "kolom"):
            names = [getattr(vraag, key) for vraag in self.vraag]
            refuse_twice("question_twice", names, key=key)
        of_gemeente = [vraag.code for vraag in self.vraag if vraag.soort == "gemeente"]
        if len(of_gemeente) != 1:
            codes = ", ".join(of_gemeente) or message("none")
            yield message("one_gemeente", codes=codes)

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
    """Read the code book of the edition's survey; nothing when the edition has no survey."""
    if edition.vragenlijst is None:
        return None
    book = read_toml(edition.folder / edition.vragenlijst.codeboek, Codebook)
    named = [question.code for question in book.named]
    for campaign in edition.campagnes:
        asked = campaign.vraag
        if asked and asked not in named:
            near = did_you_mean(asked, named)
            fault = message("campaign_question", name=campaign.naam, word=asked, near=near)
            raise UsageError.of("faults", path=edition.folder / SETTINGS_FILE, faults=fault)
    return book


# --- the code frame: into which themes open answers are coded ------------------------------------


class Thema(Section):
    """One theme of the answers to a question; `woorden` are beginnings of words that propose it."""

    code: Code
    label: str = Field(min_length=1)
    vraag: str
    woorden: tuple[Annotated[str, Field(min_length=2)], ...] = ()

    @field_validator("vraag")
    @classmethod
    def _counts_can_be_released(cls, code: str, read: ValidationInfo) -> str:
        if read.context:
            codes = [one.code for one in read.context.released if one.soort == "open"]
            refuse_unknown("theme_not_open", code, codes)
        return code

    def is_proposed_for(self, text: str) -> bool:
        """Whether the machine proposes this theme for an answer; only a person decides."""
        return any(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in self.woorden)


class CodeFrame(Section):
    """All themes, in the order in which they are shown."""

    thema: Annotated[tuple[Thema, ...], Field(min_length=1)]

    def _faults(self) -> Iterable[str]:
        for fault, key in (("theme_twice", "code"), ("label_twice", "label")):
            names = [f"{thema.vraag}: {getattr(thema, key).casefold()}" for thema in self.thema]
            refuse_twice(fault, names)
        return ()

    def of(self, question: str) -> tuple[Thema, ...]:
        """The themes of one question."""
        return tuple(thema for thema in self.thema if thema.vraag == question)


def load_themes(edition: Edition, codebook: Codebook) -> CodeFrame | None:
    """Read the code frame of the edition, for open questions that are released; none without."""
    if edition.vragenlijst is None or edition.vragenlijst.themas is None:
        return None
    path = edition.folder / edition.vragenlijst.themas
    return read_toml(path, CodeFrame, context=codebook)


# --- which columns of an export hold the answer to which question --------------------------------

SUB_HEADER = re.compile(r"(.*\S)\s*\[([^\[\]]+)\]")


def split_header(header: str) -> tuple[str, str]:
    """Question and option, statement or sub-question of a header: `Q5[SQ001]` has both."""
    parts = SUB_HEADER.fullmatch(header)
    return (parts[1], parts[2].strip()) if parts else (header, "")


@derived
def survey_words(vocabulary: Vocabulary, use: str, tool: str = "") -> tuple[str, ...]:
    """Look up the words of a tool, or of all tools, for one use in `survey_words.csv`."""
    table = vocabulary.reference("survey_words")
    return tuple(row["word"] for row in table if (row["use"], row["tool"]) == (use, tool))


def is_survey_word(vocabulary: Vocabulary, text: str, *uses: str, tool: str = "") -> bool:
    """Whether a text is a word for one of these uses, however it is punctuated."""
    words = (word for use in uses for word in survey_words(vocabulary, use, tool))
    return plain(text) in map(plain, words)


# Header of an export → the part of an answer that stands there: an option, or one of these.
Parts = dict[str, str | None]
WHOLE, OTHER = "", None  # OTHER is what was written beside the options


def columns_of(
    vocabulary: Vocabulary, codebook: Codebook, headers: Sequence[str]
) -> dict[str, Parts]:
    """Find the columns of each question, by its code; none when the export has none.

    Of a grid, `Question [statement]`, the statement may be the `tekst`, if one column ends in it.
    """
    names = {v.code: {_spaced(name) for name in (v.tekst, v.kolom) if name} for v in codebook.vraag}
    columns: dict[str, Parts] = {
        code: {header: WHOLE for header in [h for h in headers if _spaced(h) in spaced][:1]}
        for code, spaced in names.items()
    }
    taken = {header for parts in columns.values() for header in parts}
    rest = {header: split_header(header) for header in headers if header not in taken}
    statements = Counter(split_header(header)[1] for header in headers)
    for vraag in codebook.vraag:
        parts = columns[vraag.code]
        for header, (question, part) in rest.items():
            if question in names[vraag.code]:
                if vraag.soort == "multi" and (option := vraag.option_of(part)):
                    parts[header] = option
                elif vraag.opties and is_survey_word(vocabulary, part, "other"):
                    parts[header] = OTHER
        if not parts and statements[vraag.tekst] == 1:
            parts |= {h: WHOLE for h, (_, part) in rest.items() if part == vraag.tekst}
    return columns


def _spaced(header: str) -> str:
    """`Q5[SQ001]` and `Q5 [SQ001]` are one header."""
    question, part = split_header(header)
    return f"{question} [{part}]" if part else question
