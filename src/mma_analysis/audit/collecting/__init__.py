"""Everything that a reader or a program can find in a finished file, with its place."""

from mma_analysis.audit.collecting.documents import (
    Cell,
    Document,
    Figure,
    Script,
    Table,
    Tag,
    Text,
)
from mma_analysis.audit.collecting.opening import collect, open_document

__all__ = [
    "Cell",
    "Document",
    "Figure",
    "Script",
    "Table",
    "Tag",
    "Text",
    "collect",
    "open_document",
]
