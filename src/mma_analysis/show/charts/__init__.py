"""Plotly figures in one style: direct labels, one palette, the same encoding for the same thing."""

from mma_analysis.show.charts.bars import Bar, Step, bars, waterfall
from mma_analysis.show.charts.months import Month, months
from mma_analysis.show.charts.stacks import Stack, diverging, stacks
from mma_analysis.show.charts.style import BLUE, LIKERT_COLOURS, ORANGE, UNKNOWN_COLOUR

__all__ = [
    "BLUE",
    "LIKERT_COLOURS",
    "ORANGE",
    "UNKNOWN_COLOUR",
    "Bar",
    "Month",
    "Stack",
    "Step",
    "bars",
    "diverging",
    "months",
    "stacks",
    "waterfall",
]
