"""What may be said of growth, the trend, a campaign, and of what gemeenten answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary.answers import (
    AGREES,
    DISAGREES,
    IN_BETWEEN,
    ONE_OF,
    SCALE,
    sides,
)
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import CANNOT_TELL, NEVER, TAKES_BACK, Value

NEARLY_ALL_GROWTH = 0.9  # of the growth
MOST = 0.5
SEEN = ("more", "fewer")
OPINIONS = (DISAGREES, IN_BETWEEN, AGREES)
CONDITIONS = ("voorw", ", mits ")  # in an option that agrees on a condition


@dataclass(frozen=True)
class Groei:
    """The growth between the last two years, and how far it comes from joining.

    `woord`: `bijna helemaal`, `vooral`, `mede`, `misschien mede`, `voor minder dan de
    helft` or `niet`; empty when the growth itself is not clear.
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
    """Where the growth between the last two years comes from; false if nobody can tell."""
    row = e.een("growth_split")
    if not row or not row.share_low.shown:
        return Groei(row, "")
    return Groei(row, _how_far(row))


def _how_far(row: Row) -> str:
    """How far the growth comes from joining, in words: by both ends of its share."""
    low = float(row.share_low)
    high = float(row.share_high)
    if high < MOST:
        is_some = high > 0 and float(row.joined_high) >= 1
        return "voor minder dan de helft" if is_some else "niet"
    if low >= NEARLY_ALL_GROWTH:
        return "bijna helemaal"
    if low >= MOST:
        return "vooral"
    return "mede" if low >= 0 else "misschien mede"


def oordeel(row: Row) -> str:
    """What may be said of a change: `more`, `fewer`, `no_change` or `cannot_tell`."""
    if not row or not row.change.shown:
        return CANNOT_TELL
    qualifier = getattr(row, "qualifier", "")
    if row.verdict in SEEN and qualifier in TAKES_BACK:
        return CANNOT_TELL
    return str(row.verdict)


def nooit(e: Evaluation, field: str) -> list[str]:
    """The gemeenten that never register a field, by name."""
    rows = e.tabel("completeness", field=field, registers=NEVER, period="whole")
    return e.namen(area for area in rows.get("area", []) if area != e.district)


@dataclass(frozen=True)
class Schrijvers:
    """The gemeenten that register a field, always or sometimes: by name, and how many."""

    wie: list[str]
    hoeveel: Value


def schrijven_op(e: Evaluation, field: str) -> Schrijvers:
    """Which gemeenten register a field, always or sometimes."""
    delivered = e.tabel("connection", has_delivered=True)
    areas = list(delivered.get("area", []))
    never = nooit(e, field)
    who = [name for name in e.namen(sorted(areas)) if name not in never]
    how_many = e.tel("connection", has_delivered="True")
    how_few = e.tel("completeness", period="whole", field=field, registers=NEVER)
    return Schrijvers(who, how_many - how_few)


def campagnes(e: Evaluation) -> list[tuple[Row, Any]]:
    """Every campaign that something can be said of, with its settings: a name, a row."""
    settings = {one.naam: one for one in e.edition.campagnes}
    rows = e.tabel("campaigns").mma
    return [(row, settings[row.campaign]) for row in rows if row.campaign in settings]


@dataclass(frozen=True)
class Deelname:
    """Who takes part in a campaign, by name, as gemeenten answered; false if nobody did.

    `eens`, `tussenin` and `oneens`: those that say so; `stil`: those without an answer;
    `met_voorwaarden`: those that agree on a condition. `doen_mee`, `stellen_voorwaarden`:
    how many, as a Value with its cell.
    """

    eens: list[str]
    tussenin: list[str]
    oneens: list[str]
    stil: list[str]
    met_voorwaarden: list[str]
    doen_mee: Value
    stellen_voorwaarden: Value

    def __bool__(self) -> bool:
        return bool(self.eens or self.tussenin or self.oneens)

    def van(self, naam: str) -> str:
        """What the gemeente of this name says: `eens`, `tussenin`, `oneens` or `stil`."""
        for side in (*OPINIONS, "stil"):
            if naam in getattr(self, side):
                return side
        return ""


def deelname(e: Evaluation, vraag: str) -> Deelname:
    """Which gemeenten take part, by the answers to a question that is `op_naam`."""
    table = antwoorden(e, vraag)
    by_name = e.tabel("survey_named", question=vraag)
    kind = str(table["kind"].iloc[0]) if len(table) else ""
    of_side = sides(kind, [str(row.value) for row in table.mma])
    agree = of_side.get(AGREES, [])
    on_condition = [one for one in agree if any(part in one for part in CONDITIONS)]

    def who_said(options: list[str]) -> list[str]:
        chose = by_name[by_name["value"].isin(options)] if options else by_name.iloc[:0]
        return e.namen(sorted(chose.get("area", [])))

    def how_many(options: list[str]) -> Value:
        return table.mma.som(*options) if options else Value(None, "count")

    response = e.tabel("survey_response")
    answered = set(by_name.get("area", []))
    is_silent = [area for area in response.get("area", []) if area not in answered]
    return Deelname(
        eens=who_said(agree),
        tussenin=who_said(of_side.get(IN_BETWEEN, [])),
        oneens=who_said(of_side.get(DISAGREES, [])),
        stil=e.namen(is_silent) if answered else [],
        met_voorwaarden=who_said(on_condition),
        doen_mee=how_many(agree),
        stellen_voorwaarden=how_many(on_condition),
    )


# --- what gemeenten answered --------------------------------------------------------------


def antwoorden(e: Evaluation, vraag: str) -> pd.DataFrame:
    """The counted answers to one question, in the order of its options; empty without."""
    table = e.tabel("survey_answers", question=vraag)
    is_asked = len(table) > 0 and bool(table["answered"].iloc[0])
    return table if is_asked else table.iloc[:0]


def meningen(e: Evaluation, vragen: list[str] | None = None) -> pd.DataFrame:
    """Per statement, and per question with *ja* and *nee*, how many gemeenten say what.

    Columns `label oneens tussenin eens van`, all but the first a Value; who agrees most on
    top. Who does not know is in between. Questions with other options are left out.
    """
    table = e.tabel("survey_answers", kind=[SCALE, ONE_OF])
    opinions = []
    for code in vragen or dict.fromkeys(table.get("question", [])):
        opinion = mening(e, code)
        if opinion is not None:
            opinions.append(opinion)
    frame = pd.DataFrame(opinions, columns=["label", *OPINIONS, "van"])

    # Of who agrees as much, who disagrees least comes first.
    agreement = frame["eens"].map(float) - frame["oneens"].map(float) / 100
    order = (-agreement).argsort(kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def meer_dan_de_helft(mening: Mapping[str, Any] | None) -> bool:
    """Whether more than half of who answered a question agrees; not if nobody was asked."""
    if mening is None:
        return False
    agree = mening["eens"]
    return bool(agree.shown and 2 * agree.raw > mening["van"].raw)


def mening(e: Evaluation, vraag: str) -> dict[str, object] | None:
    """The same of one question; none when it was not asked or has other options."""
    table = antwoorden(e, vraag)
    if table.empty:
        return None
    rows = list(table.mma)
    of_option = sides(table["kind"].iloc[0], [str(row.value) for row in rows])
    if not of_option:
        return None
    opinion = {"label": rows[0].label}
    for side, options in of_option.items():
        # Of a question without such an option it is not known how many would take it.
        nobody = Value(None, "count", state="missing")
        opinion[side] = table.mma.som(*options) if options else nobody
    opinion["van"] = rows[0].answered
    return opinion
