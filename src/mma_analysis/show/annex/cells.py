"""One cell of a released table as a reader of the annex gets it: a number, a day, or words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import comparison, facts, words
from mma_analysis.show.scenarios import AS_NOW, FROM_TREND
from mma_analysis.show.survey import STATES
from mma_analysis.vocabulary import TOTAL
from mma_analysis.vocabulary.headings import words_of

Cell = str | int | float | dt.date
# Why there is no number. Words, not signs: they are heard, and they sort and filter apart.
HIDDEN, MISSING, NOT_APPLICABLE = "niet getoond", "geen gegevens", "niet van toepassing"
NEVER = "houdt dit niet bij"
UNDETERMINED, UNKNOWN, ENDLESS = "niet te bepalen", "niet bekend", "geen bovengrens"
STATE_WORDS = {
    "shown": "getoond",
    "hidden": HIDDEN,
    "missing": MISSING,
    "not_applicable": NOT_APPLICABLE,
    "never": NEVER,
}
KINDS = {
    **{"whole": "hele periode", "year": "jaar", "half": "halfjaar"},
    **{"quarter": "kwartaal", "month": "maand"},
}
VALUES = {
    "received": {
        "all": "Alle gemeenten",
        "new": "Gemeenten die in dit jaar aansloten",
        "existing": "De andere gemeenten",
    },
    "since_connection": {"before": "Voor de aansluiting"},
}
ALL = "Alle meldingen"
# These numbers are the count of all meldingen of an area and period, or follow from it.
OF_COUNT = ("count", "total", "share", "share_low", "share_high", "per_melding")
DIGITS = 6  # more than anybody needs, and the same on every machine
# A spreadsheet reads a text that begins like this as a formula once it is saved as text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before one that looks so."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def number(value: Any, form: str) -> Cell:
    """A number to six digits; an amount of money in whole euros, as on the pages.

    From two amounts to the cent a hidden count could be worked out.
    """
    if form == "euro":
        return int(Decimal(str(float(value))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if float(value) == float("inf"):
        return ENDLESS
    exact = round(float(value), DIGITS)
    return int(exact) if exact.is_integer() else exact


@dataclass(frozen=True)
class Known:
    """What more than one cell needs of an evaluation, looked up once."""

    e: Evaluation

    @cached_property
    def states(self) -> dict[tuple[str, str], str]:
        """Area and period → the state of the count of all meldingen."""
        table = self.e.table("per_period")
        columns = [table[name].astype(str) for name in ("area", "period", "state")]
        return {(area, period): state for area, period, state in zip(*columns, strict=True)}

    @cached_property
    def periods(self) -> dict[str, str]:
        """Code of a period → as on the pages: `jul 2021 – jun 2022`."""
        return {p.code: p.label for kind in KINDS for p in facts.periods(self.e, kind)}

    @cached_property
    def questions(self) -> dict[str, str]:
        """Code of a question → its label."""
        return self._pairs("survey_answers", "question")

    @cached_property
    def themes(self) -> dict[str, str]:
        """Code of a theme → its label."""
        return self._pairs("survey_themes", "theme")

    def _pairs(self, table: str, code: str) -> dict[str, str]:
        told = self.e.table(table)
        return dict(zip(told[code].astype(str), told["label"].astype(str), strict=True))


def why_empty(known: Known, row: Mapping[str, Any], column: str) -> str:
    """Why a number is not there: as the row says itself, or as its area and period say."""
    own = "state_before" if column == "count_before" and "state_before" in row else "state"
    state = str(row.get(own, "shown"))
    if state != "shown":
        return STATE_WORDS[state]
    if str(row.get("verdict")) == "not_started":
        return NOT_APPLICABLE
    if column in OF_COUNT:
        of = str(row.get("area")), str(row.get("period", facts.WHOLE))
        state = known.states.get(of, "shown")
    return UNDETERMINED if state == "shown" else STATE_WORDS[state]


def spoken(known: Known, table: str, row: Mapping[str, Any], column: str) -> str:
    """A code as its Dutch words; a text that nobody gave is `niet bekend`."""
    vocabulary, value = known.e.vocabulary, row[column]
    if column == "qualifier" and not value:
        return NOT_APPLICABLE
    if column == "answered_by":
        return words.capital(str(value)) or NOT_APPLICABLE
    if not isinstance(value, str) or not value:
        return UNKNOWN
    if column == "question":
        return known.questions[value]
    if column == "value" and value == TOTAL:
        return ALL
    if column == "value" and table in VALUES:
        return VALUES[table].get(value) or _months_since(value)
    if column in ("value", "acted") and table != "survey_answers":
        field = str(row.get("breakdown", _FIELD_OF.get(table, column)))
        return facts.labels(vocabulary, field)[value]
    if column in ("scenario", "chosen_by") and value == "trend":
        return AS_NOW if column == "scenario" else FROM_TREND
    if column == "theme":
        return known.themes[value]
    if column == "compared":
        return facts.names(known.e, value.split(", "))
    if column == "topics":
        return words.listing([words.small(vocabulary.topics[code]) for code in value.split(", ")])
    if column == "state" and table == "survey_response":
        return STATES[value]
    if column in _WORDS:
        return _WORDS[column][value]
    if column in _OF_VOCABULARY:
        return _OF_VOCABULARY[column](vocabulary)[value]
    return words.capital(value) if column == "value" else value


def _months_since(value: str) -> str:
    """`1-3` → `Maand 1 tot en met 3`, `13-` → `Vanaf maand 13`."""
    first, last = value.split("-")
    return f"Maand {first} tot en met {last}" if last else f"Vanaf maand {first}"


_FIELD_OF = {"topic_shift": "topic_group"}
_WORDS = {
    "state": STATE_WORDS,
    "state_before": STATE_WORDS,
    **{
        name: words_of(name)
        for name in ("verdict", "assumption", "qualifier", "may_say", "situation")
    },
    "kind": KINDS,
}
_OF_VOCABULARY = {
    "breakdown": facts.fields,
    "field": facts.fields,
    "background": facts.fields,
    "size_class": comparison.size_labels,
}


def day(value: Any) -> Cell:
    """A day; `niet bekend` when there is none."""
    return UNKNOWN if pd.isna(value) else pd.Timestamp(value).date()


def yes_no(value: Any) -> str:
    """`ja` or `nee`."""
    return UNKNOWN if pd.isna(value) else "ja" if value else "nee"
