"""Read a delivered file: headers become our fields, free text stops here, nothing else changes."""

from mma_analysis.read.headers import UnknownHeaderError
from mma_analysis.read.meldingen import read_delivery
from mma_analysis.read.survey import read_codings, read_export
