"""The export of a survey tool, one module per tool."""

from mma_analysis.read.survey.export import read_export, read_survey

__all__ = ["read_export", "read_survey"]
