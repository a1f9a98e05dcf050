"""Plotly figures in one style: direct labels, one palette, the same encoding for the same thing."""

from mma_analysis.show.charts.bars import Bar, Step, bars, waterfall
from mma_analysis.show.charts.curve import CurvePoint, curve
from mma_analysis.show.charts.months import Band, Month, months
from mma_analysis.show.charts.pairs import Pair, dumbbells
from mma_analysis.show.charts.stacks import Stack, diverging, stacks
from mma_analysis.show.charts.style import BLUE, LIKERT_COLOURS, ORANGE, UNKNOWN_COLOUR
from mma_analysis.show.charts.tiles import Tile, tile_map

__all__ = [
    "BLUE",
    "LIKERT_COLOURS",
    "ORANGE",
    "UNKNOWN_COLOUR",
    "Band",
    "Bar",
    "CurvePoint",
    "Month",
    "Pair",
    "Stack",
    "Step",
    "Tile",
    "bars",
    "curve",
    "diverging",
    "dumbbells",
    "months",
    "stacks",
    "tile_map",
    "waterfall",
]
