"""The survey: an MS Forms workbook of the invented answers, and the coding workbook, filled in."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .cells import Cell
from .sheets import Sheet
from .tables import of_edition, table

JOINT = {"Noaberkracht": ("dinkelland", "tubbergen")}
STANDARD = ("ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam")
# MS Forms leaves a no-break space behind where the maker of the form typed one.
STRAY_SPACE = {"rapportcijfer": "\u00a0"}
FIRST_ID = 3
CODED = "verbeterpunten"
CODERS = ("codeur 1", "codeur 2")
AGREED, NO_THEME = "besluit", "geen van deze thema's"
CODING_HEADER = (
    *("answer_id", "vraag", "antwoord", "voorstel van de computer"),
    *("thema 1", "thema 2", "thema 3", "thema 4"),
)


def questions() -> list[dict[str, Any]]:
    """Give the questions of the code book."""
    return of_edition("vragenlijst/codeboek.toml")["vraag"]


def themes() -> list[dict[str, Any]]:
    """Give the themes that open answers are coded into."""
    return of_edition("vragenlijst/themas.toml")["thema"]


def export(answers: Iterable[Mapping[str, Any]]) -> Sheet:
    """Lay the answers out as MS Forms exports them: one row per answer sheet."""
    header = [q["tekst"] + STRAY_SPACE.get(q["code"], "") for q in questions()]
    rows = [
        (*_standard(number, answer), *(_cell(answer.get(q["code"])) for q in questions()))
        for number, answer in enumerate(answers, FIRST_ID)
    ]
    return Sheet("Sheet1", ((*STANDARD, *header), *rows))


def counted() -> dict[str, dict[str, Any]]:
    """Give the answers that count: one per gemeente, the joint one for both."""
    return {
        slug: answer
        for answer in table("antwoorden")["answer"]
        if not answer.get("superseded")
        for slug in _slugs_of(answer["gemeente"])
    }


def canaries() -> set[str]:
    """Collect the invented strings in names, e-mail addresses and open answers."""
    return {text for answer in table("antwoorden")["answer"] for text in answer.get("canaries", [])}


def coding_sheets() -> tuple[Sheet, ...]:
    """Lay the choices out as in the workbook of `mma code`: a sheet per coder, and the decision."""
    coded = sorted(table("coderingen")["antwoord"], key=_answer_id)
    choices = [[answer["codeurs"][number] for answer in coded] for number in range(len(CODERS))]
    agreed = [answer.get("besluit") for answer in coded]
    return tuple(
        Sheet(name, (CODING_HEADER, *(_coded(a, c) for a, c in zip(coded, chosen, strict=True))))
        for name, chosen in zip((*CODERS, AGREED), (*choices, agreed), strict=True)
    )


def gemeenten_per_theme() -> dict[str, int]:
    """Count the gemeenten whose answer has each theme, by what was decided."""
    number = {theme["code"]: 0 for theme in themes()}
    for answer in table("coderingen")["antwoord"]:
        for theme in answer.get("besluit", answer["codeurs"][0]):
            number[theme] += len(_slugs_of(answer["gemeente"]))
    return number


def _slugs_of(gemeente: str) -> tuple[str, ...]:
    """Give the gemeenten that an answer stands for."""
    return JOINT.get(gemeente, (gemeente.lower().replace(" ", "-"),))


def _standard(number: int, answer: Mapping[str, Any]) -> tuple[Cell, ...]:
    end = answer["begin"] + dt.timedelta(minutes=answer["minutes"], seconds=number)
    return (number, answer["begin"], end, answer.get("email", "anonymous"), answer.get("name"))


def _cell(value: Any) -> Cell:
    """MS Forms ends every choice of a question with more choices with a semicolon."""
    return "".join(f"{choice};" for choice in value) if isinstance(value, list) else value


def _coded(answer: dict[str, Any], chosen: list[str] | None) -> tuple[Cell, ...]:
    question = next(q["tekst"] for q in questions() if q["code"] == CODED)
    labels = {theme["code"]: theme["label"] for theme in themes()}
    chosen = [] if chosen is None else [labels[theme] for theme in chosen] or [NO_THEME]
    return (_answer_id(answer), question, _text(answer), _proposal(_text(answer)), *chosen)


def _proposal(text: str) -> str:
    return "; ".join(
        theme["label"]
        for theme in themes()
        if any(re.search(rf"\b{re.escape(w)}", text, re.IGNORECASE) for w in theme["woorden"])
    )


def _text(answer: dict[str, Any]) -> str:
    return counted()[_slugs_of(answer["gemeente"])[0]][CODED]


def _answer_id(answer: dict[str, Any]) -> str:
    """The same as the pipeline gives it: who answered, question, and a mark of the text."""
    mark = hashlib.sha256(_text(answer).encode("utf-8")).hexdigest()[:8]
    return f"{answer['gemeente'].lower().replace(' ', '-')}-{CODED}-{mark}"
