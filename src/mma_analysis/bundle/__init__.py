"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

from mma_analysis.bundle.bundling import Bundled, bundle, of_earlier_files
from mma_analysis.bundle.contents import DVO, Recipient, recipients
from mma_analysis.bundle.passphrases import asked_for, read_from

__all__ = [
    "DVO",
    "Bundled",
    "Recipient",
    "asked_for",
    "bundle",
    "of_earlier_files",
    "read_from",
    "recipients",
]
