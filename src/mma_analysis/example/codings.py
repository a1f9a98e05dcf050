"""What people made of the open answers: the coding workbook, filled in, and released quotes."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from mma_analysis.example import survey
from mma_analysis.example.cells import Cell
from mma_analysis.example.sheets import Sheet
from mma_analysis.example.tables import table

QUESTION = "verbeterpunten"
CODERS = ("codeur 1", "codeur 2")
AGREED, NO_THEME = "besluit", "geen van deze thema's"
HEADER = (
    *("answer_id", "vraag", "antwoord", "voorstel van de computer"),
    *("thema 1", "thema 2", "thema 3", "thema 4"),
)


def sheets() -> tuple[Sheet, ...]:
    """Lay the choices out as in the workbook of `mma code`: a sheet per coder, and the decision."""
    coded = sorted(table("coderingen")["antwoord"], key=_answer_id)
    choices = [[answer["codeurs"][number] for answer in coded] for number in range(len(CODERS))]
    agreed = [answer.get("besluit") for answer in coded]
    return tuple(
        Sheet(name, (HEADER, *(_row(a, c) for a, c in zip(coded, chosen, strict=True))))
        for name, chosen in zip((*CODERS, AGREED), (*choices, agreed), strict=True)
    )


def quotes() -> bytes:
    """Give the quotes that may be published, as `citaten.toml`."""
    return "\n".join(_quotes()).encode()


def gemeenten_per_theme() -> dict[str, int]:
    """Count the gemeenten whose answer has each theme, by what was decided."""
    themes = {theme["code"]: 0 for theme in table("themas")["thema"]}
    for answer in table("coderingen")["antwoord"]:
        for theme in answer.get("besluit", answer["codeurs"][0]):
            themes[theme] += len(survey.slugs_of(answer["gemeente"]))
    return themes


def _quotes() -> Iterator[str]:
    yield "# Verzonnen. Een citaat mag alleen woorden hebben die zo in het antwoord staan."
    for answer in table("coderingen")["antwoord"]:
        if "citaat" in answer:
            yield ""
            yield "[[citaat]]"
            yield f"answer_id = {json.dumps(_answer_id(answer))}"
            yield f"tekst = {json.dumps(answer['citaat'], ensure_ascii=False)}"
            yield 'vrijgegeven_door = "verzonnen projectleider"'
            yield "datum = 2023-07-06"
    yield ""


def _row(answer: dict[str, Any], themes: list[str] | None) -> tuple[Cell, ...]:
    question = next(q["tekst"] for q in table("codeboek")["vraag"] if q["code"] == QUESTION)
    text = _text(answer)
    labels = {theme["code"]: theme["label"] for theme in table("themas")["thema"]}
    chosen = None if themes is None else [labels[theme] for theme in themes] or [NO_THEME]
    return (_answer_id(answer), question, text, _proposal(text), *(chosen or []))


def _proposal(text: str) -> str:
    return "; ".join(
        theme["label"]
        for theme in table("themas")["thema"]
        if any(re.search(rf"\b{re.escape(w)}", text, re.IGNORECASE) for w in theme["woorden"])
    )


def _text(answer: dict[str, Any]) -> str:
    counted = survey.counted()[survey.slugs_of(answer["gemeente"])[0]]
    return counted[QUESTION]


def _answer_id(answer: dict[str, Any]) -> str:
    """The same as the pipeline gives it: who answered, question, and a mark of the text."""
    mark = hashlib.sha256(_text(answer).encode("utf-8")).hexdigest()[:8]
    return f"{answer['gemeente'].lower().replace(' ', '-')}-{QUESTION}-{mark}"
