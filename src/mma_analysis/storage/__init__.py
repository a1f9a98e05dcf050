"""Folders that are written whole by one run at a time, and the manifest of what is in them."""

from mma_analysis.storage.files import (
    MANIFEST,
    code_hash,
    hashes_below,
    read_manifest,
    sha256,
    write_json,
)
from mma_analysis.storage.locking import locked
from mma_analysis.storage.swapping import recover, rolled_back, swapped_in

__all__ = [
    "MANIFEST",
    "code_hash",
    "hashes_below",
    "locked",
    "read_manifest",
    "recover",
    "rolled_back",
    "sha256",
    "swapped_in",
    "write_json",
]
