"""One evaluation: a folder with `evaluatie.toml`, the deliveries and the survey export."""

from mma_analysis.settings.edition import (
    CORRECTIONS_FILE,
    SETTINGS_FILE,
    Edition,
    Gemeente,
    Kosten,
    Opsteller,
    Tarief,
    Voorstel,
)
from mma_analysis.settings.toml import (
    Section,
    as_toml,
    read_blocks,
    read_toml,
    refuse_twice,
    refuse_unknown,
)
from mma_analysis.settings.workspace import (
    AUDIENCES,
    EXAMPLE,
    HOUSE_STYLE,
    NOTEBOOKS,
    OPEN_ELSEWHERE,
    PRESENTATION,
    ROOT_VARIABLE,
    Audience,
    Workspace,
    load,
)
