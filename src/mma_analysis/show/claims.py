"""What may be said of growth, the trend, a campaign, and of what gemeenten answered."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import CANNOT_TELL, NEVER, TAKES_BACK, Value

NEARLY_ALL, MOST = 0.9, 0.5  # of the growth, by its lower bound
SEEN = ("more", "fewer")
NO_OPINION = "weet niet"  # begins an option that is not on the scale
YES, NO = "ja", "nee"
OPINIONS = ("oneens", "tussenin", "eens")


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


def groei(e: Evaluation) -> Groei:
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


def nooit(e: Evaluation, field: str) -> list[str]:
    """The gemeenten that never register a field, by name."""
    rows = e.tabel("completeness", field=field, registers=NEVER, period="whole")
    return e.namen(area for area in rows.get("area", []) if area != e.district)


def campagnes(e: Evaluation) -> list[tuple[Row, Any]]:
    """Every campaign that can be said anything of, with its settings: of one name, one row."""
    settings = {one.naam: one for one in e.edition.campagnes}
    rows = e.tabel("campaigns").mma
    return [(row, settings[row.campaign]) for row in rows if row.campaign in settings]


# --- what gemeenten answered ---------------------------------------------------------------------


def antwoorden(e: Evaluation, vraag: str) -> pd.DataFrame:
    """The counted answers to one question, in the order of its options; empty when not asked."""
    table = e.tabel("survey_answers", question=vraag)
    return table if len(table) and table["answered"].iloc[0] else table.iloc[:0]


def meningen(e: Evaluation, vragen: list[str] | None = None) -> pd.DataFrame:
    """Per statement, and per question with *ja* and *nee*, how many gemeenten say what.

    Columns `label oneens tussenin eens van`, all but the first a Value; who agrees most on top.
    Who does not know is in between. Questions with other options are left out.
    """
    table = e.tabel("survey_answers", kind=["likert", "single"])
    opinions = (mening(e, code) for code in vragen or dict.fromkeys(table.get("question", [])))
    frame = pd.DataFrame(filter(None, opinions), columns=["label", *OPINIONS, "van"])
    order = frame["eens"].map(float) - frame["oneens"].map(float) / 100
    return frame.iloc[(-order).argsort(kind="stable")].reset_index(drop=True)


def mening(e: Evaluation, vraag: str) -> dict[str, object] | None:
    """The same of one question; none when it was not asked or has other options."""
    table = antwoorden(e, vraag)
    if table.empty or table["kind"].iloc[0] not in ("likert", "single"):
        return None
    rows = list(table.mma)
    scale = [row.value for row in rows if not row.value.lower().startswith(NO_OPINION)]
    half = len(scale) // 2
    if table["kind"].iloc[0] == "likert":
        agree, disagree = scale[len(scale) - half :], scale[:half]
    else:
        agree = [value for value in scale if value.lower().split(",")[0] == YES]
        disagree = [value for value in scale if value.lower() == NO]
        if not agree or not disagree:
            return None
    sides = {"oneens": disagree, "eens": agree}
    sides["tussenin"] = [row.value for row in rows if row.value not in (*agree, *disagree)]
    nobody = Value(None, "count", state="missing")  # when the question has no such option
    counts = {side: table.mma.som(*of) if of else nobody for side, of in sides.items()}
    return {"label": rows[0].label, **counts, "van": rows[0].answered}
