"""The code book of a survey: which question has which code, kind, options and order."""

from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from mma_analysis.codebook.files import load_file, named_twice
from mma_analysis.codebook.texts import tidied
from mma_analysis.settings import Edition, Part
from mma_analysis.vocabulary import did_you_mean

Kind = Literal["likert", "single", "multi", "number", "open", "gemeente"]
KINDS = tuple(kind for kind in get_args(Kind) if kind != "gemeente")
CHOICES = ("likert", "single", "multi")

# How an answer is kept when it is not an option or a number.
NOT_ANSWERED = ""
FILLED_IN = "ja"


Text = Annotated[str, AfterValidator(tidied), Field(min_length=1)]


class Vraag(Part):
    """One question: `laagste` and `hoogste` are the limits of a number, when it has any.

    `kolom` is the header in the export when that is not the question itself (LimeSurvey: a code),
    and `codes` says which option, or which gemeente, a code in the export stands for. Answers to a
    question that is `intern` are never released, such as how many meldingen a gemeente received:
    what is told of that is decided elsewhere.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    tekst: Text
    kolom: Annotated[str, AfterValidator(tidied)] = ""
    codes: dict[str, Text] = {}
    kort: str = Field(min_length=1, max_length=45)
    soort: Kind
    opties: tuple[Text, ...] = ()
    laagste: float | None = None
    hoogste: float | None = None
    intern: bool = False

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> "Vraag":
        limits = (self.laagste, self.hoogste)
        if self.soort in CHOICES and not self.opties:
            raise ValueError(f"'{self.code}' is {self.soort} and needs opties")
        if self.soort not in CHOICES and self.opties:
            raise ValueError(f"'{self.code}' is {self.soort} and has no opties")
        if self.soort != "number" and limits != (None, None):
            raise ValueError(f"'{self.code}' is {self.soort}; only number has laagste and hoogste")
        if self.laagste is not None and self.hoogste is not None and self.laagste > self.hoogste:
            raise ValueError(f"'{self.code}': laagste must not be above hoogste")
        return self

    @model_validator(mode="after")
    def _who_answers_is_released(self) -> "Vraag":
        if self.intern and self.soort == "gemeente":
            raise ValueError(f"'{self.code}' is gemeente and not intern: a page says who answered")
        return self

    @model_validator(mode="after")
    def _options_can_be_told_apart(self) -> "Vraag":
        twice = named_twice(option.casefold() for option in self.opties)
        if twice:
            raise ValueError(f"'{self.code}' has an option twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _codes_stand_for_options(self) -> "Vraag":
        if self.codes and self.soort in ("number", "open"):
            raise ValueError(f"'{self.code}' is {self.soort} and has no codes")
        strange = [word for word in self.codes.values() if word not in self.opties]
        if self.soort in CHOICES and strange:
            near = did_you_mean(strange[0], self.opties)
            raise ValueError(f"'{self.code}': '{strange[0]}' in codes is not an option{near}")
        return self


class Codebook(Part):
    """All questions, in the order of the survey."""

    vraag: Annotated[tuple[Vraag, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _questions_can_be_told_apart(self) -> "Codebook":
        for key in ("code", "tekst", "kolom"):
            twice = named_twice(getattr(vraag, key) for vraag in self.vraag)
            if twice:
                raise ValueError(f"{key} stands at two questions: {', '.join(twice)}")
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

    Raises
    ------
    UsageError
        When the file is not TOML, or holds a wrong key, kind or option; the message names file,
        question, key and what is allowed.
    """
    if edition.vragenlijst is None:
        return None
    return load_file(edition.folder / edition.vragenlijst.codeboek, Codebook, Vraag)
