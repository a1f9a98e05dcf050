"""The code frame: into which themes the open answers to a question are coded."""

import re
from typing import Annotated

from pydantic import Field, model_validator

from mma_analysis.codebook.files import load_file, named_twice
from mma_analysis.codebook.questions import Codebook
from mma_analysis.settings import Edition, Part
from mma_analysis.vocabulary import UsageError, did_you_mean

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

Word = Annotated[str, Field(min_length=2)]


class Thema(Part):
    """One theme of the answers to one question.

    `woorden` are what the machine goes by when it proposes the theme: a word of the answer begins
    with one of them.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    vraag: str
    woorden: tuple[Word, ...] = ()

    def is_proposed_for(self, text: str) -> bool:
        """Whether the machine proposes this theme for an answer; only a person decides."""
        return any(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in self.woorden)


class CodeFrame(Part):
    """All themes, in the order in which they are shown."""

    thema: Annotated[tuple[Thema, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _themes_can_be_told_apart(self) -> "CodeFrame":
        twice = named_twice(f"{thema.vraag}: {thema.code}" for thema in self.thema)
        if twice:
            raise ValueError(f"a theme stands there twice: {', '.join(twice)}")
        twice = named_twice(f"{thema.vraag}: {thema.label.casefold()}" for thema in self.thema)
        if twice:
            raise ValueError(f"two themes of a question have one label: {', '.join(twice)}")
        return self

    def of(self, question: str) -> tuple[Thema, ...]:
        """The themes of one question."""
        return tuple(thema for thema in self.thema if thema.vraag == question)


def load_themes(edition: Edition, codebook: Codebook) -> CodeFrame | None:
    """Read the code frame of the edition; nothing when the edition has none.

    Raises
    ------
    UsageError
        When the file is not TOML, holds a wrong key, or has a theme for a question that is not an
        open question of the code book, or is intern: counts of themes are released.
    """
    if edition.vragenlijst is None or edition.vragenlijst.themas is None:
        return None
    path = edition.folder / edition.vragenlijst.themas
    frame = load_file(path, CodeFrame, Thema)
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
