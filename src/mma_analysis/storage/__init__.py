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
from mma_analysis.storage.issue_files import (
    CANDIDATE,
    ISSUES_FILE,
    Issue,
    add_issue,
    all_issues,
    issues,
)
from mma_analysis.storage.swapping import besides, check_place, locked, rolled_back, swapped_in
