"""What became of a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mma_analysis.publish.plan import Page

MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
BLOCKED_REASON = "de levering van deze gemeente heeft een fout die eerst hersteld moet worden"


@dataclass(frozen=True)
class Outcome:
    """What became of one page: `made`, `kept` (still up to date), `failed`, `blocked`, `absent`.

    `parts` is what it depends on, as in `plan.page_parts`, and `key` one hash of that.
    """

    page: Page
    key: str
    state: str
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether there is a page."""
        return self.state in (MADE, KEPT)
