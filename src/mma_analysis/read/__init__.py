"""Read a delivered file: headers become our fields, and free text stops here."""

from mma_analysis.read.asked import REPEATABLE, UnknownHeader, UnknownHeaderError
from mma_analysis.read.grids import TABLES, open_grids
from mma_analysis.read.meldingen import read_delivery
from mma_analysis.read.survey import read_codings, read_export
