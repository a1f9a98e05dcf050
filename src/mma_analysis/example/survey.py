"""The survey export: an MS Forms workbook of the invented answers."""

import datetime as dt
from typing import Any

from mma_analysis.example.cells import Cell
from mma_analysis.example.sheets import Sheet
from mma_analysis.example.tables import table

JOINT = {"Noaberkracht": ("dinkelland", "tubbergen")}
STANDARD = ("ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam")
# MS Forms leaves a no-break space behind where the maker of the form typed one.
STRAY_SPACE = {"rapportcijfer": "\u00a0"}
FIRST_ID = 3


def sheet() -> Sheet:
    """Lay the answers out as MS Forms exports them: one row per answer sheet."""
    questions = table("codeboek")["vraag"]
    header = [q["tekst"] + STRAY_SPACE.get(q["code"], "") for q in questions]
    rows = [
        (*_standard(number, answer), *(_cell(answer.get(q["code"])) for q in questions))
        for number, answer in enumerate(table("antwoorden")["answer"], FIRST_ID)
    ]
    return Sheet("Sheet1", ((*STANDARD, *header), *rows))


def counted() -> dict[str, dict[str, Any]]:
    """Give the answers that count: one per gemeente, the joint one for both."""
    return {
        slug: answer
        for answer in table("antwoorden")["answer"]
        if not answer.get("superseded")
        for slug in slugs_of(answer["gemeente"])
    }


def slugs_of(gemeente: str) -> tuple[str, ...]:
    """Give the gemeenten that an answer stands for."""
    return JOINT.get(gemeente, (gemeente.lower().replace(" ", "-"),))


def canaries() -> set[str]:
    """Collect the invented strings in names, e-mail addresses and open answers."""
    return {text for answer in table("antwoorden")["answer"] for text in answer.get("canaries", [])}


def _standard(number: int, answer: dict[str, Any]) -> tuple[Cell, ...]:
    end = answer["begin"] + dt.timedelta(minutes=answer["minutes"], seconds=number)
    return (number, answer["begin"], end, answer.get("email", "anonymous"), answer.get("name"))


def _cell(value: Any) -> Cell:
    """MS Forms ends every choice of a question with more choices with a semicolon."""
    return "".join(f"{choice};" for choice in value) if isinstance(value, list) else value
