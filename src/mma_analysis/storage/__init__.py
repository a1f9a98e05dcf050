"""Folders that are written whole by one run at a time, and what is known of what is in them."""

from mma_analysis.storage.files import (
    FORGOTTEN,
    MANIFEST,
    NO_ROOM,
    code_hash,
    files_below,
    hashes_below,
    owner_only,
    patiently,
    read_json,
    read_manifest,
    refuse_forgotten,
    sha256,
    write_json,
    write_whole,
)
from mma_analysis.storage.freshness import (
    MEASURES,
    hash_of,
    made_with,
    outdated,
    versions,
    went_out,
)
from mma_analysis.storage.issues import CANDIDATE, ISSUES_FILE, Issue, add_issue, all_issues, issues
from mma_analysis.storage.locking import locked
from mma_analysis.storage.swapping import besides, check_place, rolled_back, swapped_in

__all__ = [
    "CANDIDATE",
    "ISSUES_FILE",
    "Issue",
    "add_issue",
    "all_issues",
    "issues",
    "FORGOTTEN",
    "MANIFEST",
    "MEASURES",
    "NO_ROOM",
    "besides",
    "check_place",
    "code_hash",
    "files_below",
    "hash_of",
    "hashes_below",
    "locked",
    "made_with",
    "outdated",
    "owner_only",
    "patiently",
    "read_json",
    "read_manifest",
    "refuse_forgotten",
    "rolled_back",
    "sha256",
    "swapped_in",
    "versions",
    "went_out",
    "write_json",
    "write_whole",
]
