"""Read a delivered file: headers become our fields, and free text stops here."""

from mma_analysis.read.asked import (
    REPEATABLE,
    NoDayError,
    UnknownHeader,
    UnknownHeaderError,
)
from mma_analysis.read.frames import grid_of
from mma_analysis.read.grids import READABLE_ENDINGS, open_grids
from mma_analysis.read.meldingen import delivery_in, read_delivery
from mma_analysis.read.survey import read_codings, read_export
