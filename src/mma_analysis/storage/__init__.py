"""What is on disk: folders written whole by one run at a time, and what went out of them.

In this order: `folders`, `lock`, `issues`, `freshness`, `kept`.
"""

from mma_analysis.storage.folders import (
    MANIFEST,
    NO_ROOM,
    as_json,
    besides,
    check_place,
    files_below,
    hashes_below,
    owner_only,
    read_json,
    read_manifest,
    remove,
    rolled_back,
    sha256,
    swapped_in,
    write_json,
    write_whole,
)
from mma_analysis.storage.freshness import (
    BOOKING,
    CLEAN,
    MEASURES,
    ROWS_FORGOTTEN,
    differing,
    hash_of,
    input_hashes,
    inputs_of,
    made_with,
    outdated,
    refuse_forgotten,
    settings_hash,
    tables_made_with,
)
from mma_analysis.storage.issues import (
    CANDIDATE,
    ISSUE_NUMBER,
    ISSUES_FILE,
    KEEPS_EARLIER,
    RELEASES_FILE,
    Issue,
    Outgoing,
    add_issue,
    all_issues,
    booked_files,
    can_go_out,
    issues_of,
    manifest_of_issue,
    mark_forgotten,
    mark_of_issue,
    number_for,
    sent_as,
    was_revised,
)
from mma_analysis.storage.kept import Kept
from mma_analysis.storage.lock import issuing, locked, mend_begun
