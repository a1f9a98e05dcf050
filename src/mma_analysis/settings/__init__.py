"""One evaluation: a folder with `evaluatie.toml`, the deliveries and the survey export."""

from mma_analysis.settings.edition import (
    CORRECTIONS_FILE,
    SETTINGS_FILE,
    Bescherming,
    Campagne,
    Edition,
    Fase,
    Gemeente,
    Kosten,
    Opsteller,
    Scenario,
    Tarief,
    Voorstel,
)
from mma_analysis.settings.toml import Section, read_blocks, read_toml
from mma_analysis.settings.workspace import (
    AUDIENCES,
    EXAMPLE,
    OPEN_ELSEWHERE,
    ROOT_VARIABLE,
    Workspace,
    load,
)

__all__ = [
    "AUDIENCES",
    "Bescherming",
    "CORRECTIONS_FILE",
    "Campagne",
    "EXAMPLE",
    "Edition",
    "Fase",
    "Gemeente",
    "Kosten",
    "Section",
    "OPEN_ELSEWHERE",
    "Opsteller",
    "ROOT_VARIABLE",
    "SETTINGS_FILE",
    "Scenario",
    "Tarief",
    "Voorstel",
    "Workspace",
    "load",
    "read_blocks",
    "read_toml",
]
