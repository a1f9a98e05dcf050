"""Dutch sentences, tables and charts from an evaluation; the only place that writes for readers."""

from mma_analysis.show import (
    accountability,
    campaigns,
    changes,
    comparison,
    costs,
    development,
    direct,
    follow_up,
    improvements,
    next_steps,
    practice,
    scenarios,
    summary,
    survey,
    topics,
)
from mma_analysis.show.answers import antwoorden, mening, meningen
from mma_analysis.show.claims import campagnes, groei, nooit, oordeel
from mma_analysis.show.drawings import Balk, punten, stapels, staven, tussen, verloop
from mma_analysis.show.figure import figuur, tabel
from mma_analysis.show.head import head
from mma_analysis.show.reading import open_editie
from mma_analysis.vocabulary.value import Value

__all__ = [
    "Balk",
    "Value",
    "antwoorden",
    "campagnes",
    "figuur",
    "groei",
    "mening",
    "meningen",
    "nooit",
    "oordeel",
    "open_editie",
    "punten",
    "stapels",
    "staven",
    "tabel",
    "tussen",
    "verloop",
    "accountability",
    "campaigns",
    "changes",
    "comparison",
    "costs",
    "development",
    "direct",
    "follow_up",
    "head",
    "improvements",
    "next_steps",
    "practice",
    "scenarios",
    "summary",
    "survey",
    "topics",
]
