"""The code book of a survey and its code frame: what is asked, and how answers are coded."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from mma_analysis.settings import Edition, Section, read_toml
from mma_analysis.vocabulary import UsageError, did_you_mean

Kind = Literal["likert", "single", "multi", "number", "open", "gemeente"]
KINDS = tuple(kind for kind in get_args(Kind) if kind != "gemeente")
CHOICES = ("likert", "single", "multi")

# How an answer is kept when it is not an option or a number.
NOT_ANSWERED = ""
FILLED_IN = "ja"

# What this coder writes is what the coders agreed on after they compared: for an answer it alone
# counts.
AGREED = "besluit"
# What people decided about a theme of an answer; empty when nobody judged it.
YES, NO, DIVIDED, UNDECIDED = "ja", "nee", "verdeeld", ""

# The workbook in which people code: a sheet per coder, with a row per answer.
CODING_FILE = "coderingen.xlsx"
ANSWER_ID, THEME = "answer_id", "thema"
NO_THEME = "geen van deze thema's"
HELP_SHEET, LIST_SHEET = "Uitleg", "Keuzelijsten"


def tidied(text: str) -> str:
    """Write a text the way it is compared: however a tool wrote it, the same words are equal.

    HTML entities are resolved, characters that cannot be seen are dropped, and each run of spaces
    and line breaks becomes one space. Capitals and punctuation stay.
    """
    plain = unicodedata.normalize("NFKC", html.unescape(text))
    seen = (letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).split())


def _refuse_twice(what: str, words: Iterable[str]) -> None:
    twice = [word for word, times in Counter(words).items() if word and times > 1]
    if twice:
        raise ValueError(f"{what}: {', '.join(twice)}")


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, AfterValidator(tidied), Field(min_length=1)]


class Vraag(Section):
    """One question: `laagste` and `hoogste` are the limits of a number, when it has any.

    `kolom` is the header in the export when that is not the question itself (LimeSurvey: a code),
    and `codes` says which option, or which gemeente, a code in the export stands for. Answers to a
    question that is `intern` are never released, such as how many meldingen a gemeente received:
    what is told of that is decided elsewhere.
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

    def option_of(self, text: str) -> str:
        """The option that a text of the export is, whatever its capitals; empty when none is."""
        word = self.codes.get(text, text).casefold()
        return next((option for option in self.opties if option.casefold() == word), "")

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> Self:
        limits = (self.laagste, self.hoogste)
        if (self.soort in CHOICES) != bool(self.opties):
            what = "has no" if self.opties else "needs"
            raise ValueError(f"'{self.code}' is {self.soort} and {what} opties")
        if self.soort != "number" and limits != (None, None):
            raise ValueError(f"'{self.code}' is {self.soort}; only number has laagste and hoogste")
        if self.laagste is not None and self.hoogste is not None and self.laagste > self.hoogste:
            raise ValueError(f"'{self.code}': laagste must not be above hoogste")
        if self.intern and self.soort == "gemeente":
            raise ValueError(f"'{self.code}' is gemeente and not intern: a page says who answered")
        _refuse_twice(f"'{self.code}' has an option twice", map(str.casefold, self.opties))
        if self.codes and self.soort in ("number", "open"):
            raise ValueError(f"'{self.code}' is {self.soort} and has no codes")
        strange = [word for word in self.codes.values() if word not in self.opties]
        if self.soort in CHOICES and strange:
            near = did_you_mean(strange[0], self.opties)
            raise ValueError(f"'{self.code}': '{strange[0]}' in codes is not an option{near}")
        return self


class Codebook(Section):
    """All questions, in the order of the survey."""

    vraag: Annotated[tuple[Vraag, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _questions_can_be_told_apart(self) -> Self:
        for key in ("code", "tekst", "kolom"):
            names = [getattr(vraag, key) for vraag in self.vraag]
            _refuse_twice(f"{key} stands at two questions", names)
        of_gemeente = [vraag.code for vraag in self.vraag if vraag.soort == "gemeente"]
        if len(of_gemeente) != 1:
            found = ", ".join(of_gemeente) or "none"
            raise ValueError(f"one question must be of soort gemeente; there is: {found}")
        return self

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


def load(edition: Edition) -> Codebook | None:
    """Read the code book of the edition's survey; nothing when the edition has no survey.

    The message of a UsageError names file, question, key and what is allowed.
    """
    if edition.vragenlijst is None:
        return None
    return read_toml(edition.folder / edition.vragenlijst.codeboek, Codebook)


# --- the code frame: into which themes open answers are coded ---


class Thema(Section):
    """One theme of the answers to one question.

    `woorden` are what the machine goes by when it proposes the theme: a word of the answer begins
    with one of them.
    """

    code: Code
    label: str = Field(min_length=1)
    vraag: str
    woorden: tuple[Annotated[str, Field(min_length=2)], ...] = ()

    def is_proposed_for(self, text: str) -> bool:
        """Whether the machine proposes this theme for an answer; only a person decides."""
        return any(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in self.woorden)


class CodeFrame(Section):
    """All themes, in the order in which they are shown."""

    thema: Annotated[tuple[Thema, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _themes_can_be_told_apart(self) -> Self:
        codes = [f"{thema.vraag}: {thema.code}" for thema in self.thema]
        labels = [f"{thema.vraag}: {thema.label.casefold()}" for thema in self.thema]
        _refuse_twice("a theme stands there twice", codes)
        _refuse_twice("two themes of a question have one label", labels)
        return self

    def of(self, question: str) -> tuple[Thema, ...]:
        """The themes of one question."""
        return tuple(thema for thema in self.thema if thema.vraag == question)


def load_themes(edition: Edition, codebook: Codebook) -> CodeFrame | None:
    """Read the code frame of the edition; nothing when the edition has none.

    A theme for a question that is not an open one of the code book, or is intern, is an error:
    counts of themes are released.
    """
    if edition.vragenlijst is None or edition.vragenlijst.themas is None:
        return None
    path = edition.folder / edition.vragenlijst.themas
    frame = read_toml(path, CodeFrame)
    known = [vraag.code for vraag in codebook.released if vraag.soort == "open"]
    intern = [vraag.code for vraag in codebook.questions if vraag.intern]
    for thema in frame.thema:
        if thema.vraag in intern:
            raise UsageError(
                f"{path}: thema '{thema.code}': '{thema.vraag}' is intern in the code book, so its "
                "themes cannot be counted; take the thema out, or intern"
            )
        if thema.vraag not in known:
            raise UsageError(
                f"{path}: thema '{thema.code}': '{thema.vraag}' is not an open question of the "
                f"code book{did_you_mean(thema.vraag, known)}"
            )
    return frame
