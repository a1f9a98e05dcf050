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
    released,
    scenarios,
    summary,
    survey,
    topics,
)
from mma_analysis.show.head import head

__all__ = [
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
    "released",
    "scenarios",
    "summary",
    "survey",
    "topics",
]
