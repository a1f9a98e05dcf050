"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

from mma_analysis.bundle.bundling import Bundled, bundle, of_earlier_files
from mma_analysis.bundle.contents import DVO, Recipient, recipients
from mma_analysis.bundle.passphrases import passphrases

__all__ = [
    "DVO",
    "Bundled",
    "Recipient",
    "bundle",
    "of_earlier_files",
    "passphrases",
    "recipients",
]
