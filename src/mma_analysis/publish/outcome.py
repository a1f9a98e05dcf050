"""The figure of the board paper: what became of the meldingen, on its page and in Word."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import svg
from mma_analysis.show.drawings import Balk, stapels
from mma_analysis.show.figure import PLOTLY, outputs
from mma_analysis.show.text import notebook
from mma_analysis.vocabulary.numbers import FEW
from mma_analysis.vocabulary.value import Value

NOT_KNOWN = "niet bekend"
WIDTH_OF_ALL = 42  # spaces in Word that are as wide as all meldingen
SPACE = "\u2007"  # as wide as a digit; it is never broken off, and nobody hears it
OUTCOME_HEADS = {"stap": "Stap", "deel": "Antwoord", "count": "Meldingen"}


@dataclass(frozen=True)
class Part:
    """A part of a bar, as Word shows it: `streep` is as many spaces as it is long."""

    naam: str
    aantal: Value
    streep: str
    is_onbekend: bool


@dataclass(frozen=True)
class Bar:
    """A bar, as Word shows it: a row for each of its parts."""

    vraag: str
    delen: list[Part]


@dataclass(frozen=True)
class Figure:
    """The figure of the paper: drawn for its page, and in `balken` for Word."""

    titel: Markup
    eenheid: Markup
    tekening: Markup
    tabel: Markup
    balken: list[Bar]


def outcome(e: Evaluation, title: Markup, unit: Markup) -> Figure | None:
    """Draw what became of all meldingen; nothing when there are few or nothing is known."""
    every = e.meldingen().count
    bars = [bar for bar in _bars(e) if _says_something(bar)]
    if not bars or not every.shown or every < FEW:
        return None
    rows = []
    for bar in bars:
        for name, count in bar.delen:
            rows.append((bar.vraag, name, count))
    table = pd.DataFrame(rows, columns=list(OUTCOME_HEADS))
    words = {"titel": str(title), "eenheid": str(unit)}
    within = notebook(e)
    figure = stapels(bars)
    _, drawn, _ = outputs(within, figure, table, words, OUTCOME_HEADS, name="uitkomst")
    told = drawn["metadata"]["mma"]
    as_plotly = drawn["data"][PLOTLY]
    drawing = svg.draw(as_plotly, told["id"])
    rows_below = Markup(told["table"])  # noqa: S704  every cell is escaped
    in_word = [_in_word(bar, every) for bar in bars]
    return Figure(title, unit, drawing, rows_below, in_word)


def _bars(e: Evaluation) -> Iterator[Balk]:
    """What is asked of a melding, with how many meldingen there are of each answer."""
    acted = e.verdeling("acted").mma
    disposition = e.verdeling("disposition").mma
    result = e.verdeling("result").mma
    if len(list(disposition)):
        done = [
            ("zelf iets of doorgegeven", acted["ja"].count),
            ("in een dossier", disposition["toegevoegd_aan_dossier"].count),
            ("geen vervolg nodig of mogelijk", disposition["niet_actiewaardig"].count),
            (NOT_KNOWN, disposition.onbekend),
        ]
        yield Balk("Wat deed de gemeente ermee?", done)
    if len(list(result)):
        was_right = [
            ("helemaal", result["bevestigd"].count),
            ("deels", result["deels_bevestigd"].count),
            ("niet bevestigd", result["niet_bevestigd"].count),
            (NOT_KNOWN, result.onbekend),
        ]
        yield Balk("Klopte de melding?", was_right)


def _says_something(bar: Balk) -> bool:
    """Whether anything of it is known."""
    return any(count for name, count in bar.delen if name != NOT_KNOWN)


def _in_word(bar: Balk, every: Value) -> Bar:
    """A bar as rows of a table."""
    parts = []
    for name, count in bar.delen:
        if not count.shown:
            continue
        length = round(WIDTH_OF_ALL * float(count) / float(every))
        part = Part(name, count, SPACE * length, name == NOT_KNOWN)
        parts.append(part)
    return Bar(bar.vraag, parts)
