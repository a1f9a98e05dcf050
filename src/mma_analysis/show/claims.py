"""What may be said: of growth, of the trend, of a campaign; and what a gemeente never registers."""

from dataclasses import dataclass
from typing import Any

from mma_analysis.show.reading import Reading, Row
from mma_analysis.vocabulary.value import NEVER, Value

NEARLY_ALL, MOST = 0.9, 0.5  # of the growth, by its lower bound
CANNOT_TELL = "cannot_tell"
SEEN = ("more", "fewer")
# With these the trend itself may be another one; with `own_courses` only that of a gemeente.
TAKES_BACK = ("start_up", "last_quarter")


@dataclass(frozen=True)
class Groei:
    """The growth between the last two years, and how far it comes from joining.

    `woord`: `bijna helemaal`, `vooral`, `mede`, `misschien mede`, `voor minder dan de helft` or
    `niet`; empty when the growth itself is not clear.
    """

    rij: Row
    woord: str

    def __bool__(self) -> bool:
        return bool(self.rij)

    @property
    def extra(self) -> Value:
        """How many more in the last year."""
        return self.rij.count_to - self.rij.count_from

    @property
    def door_aansluiten(self) -> bool:
        """Whether at least half of the growth comes from joining."""
        return self.woord in ("bijna helemaal", "vooral")


def groei(e: Reading) -> Groei:
    """Where the growth between the last two years comes from; false when that cannot be told."""
    row = e.een("growth_split")
    if not row or not row.share_low.shown:
        return Groei(row, "")
    low, high = float(row.share_low), float(row.share_high)
    if high < MOST:
        some = high > 0 and float(row.joined_high) >= 1
        return Groei(row, "voor minder dan de helft" if some else "niet")
    steps = ((NEARLY_ALL, "bijna helemaal"), (MOST, "vooral"), (0.0, "mede"))
    return Groei(row, next((word for least, word in steps if low >= least), "misschien mede"))


def oordeel(row: Row) -> str:
    """What may be said of a change: `more`, `fewer`, `no_change` or `cannot_tell`."""
    if not row or not row.change.shown:
        return CANNOT_TELL
    taken_back = getattr(row, "qualifier", "") in TAKES_BACK and row.verdict in SEEN
    return CANNOT_TELL if taken_back else str(row.verdict)


def nooit(e: Reading, field: str) -> list[str]:
    """The gemeenten that never register a field, by name."""
    rows = e.tabel("completeness", field=field, registers=NEVER, period="whole")
    return e.namen(area for area in rows.get("area", []) if area != e.district)


def campagnes(e: Reading) -> list[tuple[Row, Any]]:
    """Every campaign that can be said anything of, with its settings: of one name, one row."""
    settings = {one.naam: one for one in e.evaluation.edition.campagnes}
    rows = e.tabel("campaigns").mma
    return [(row, settings[row.campaign]) for row in rows if row.campaign in settings]
