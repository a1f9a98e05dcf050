"""How soon meldingen are closed and fed back, and how they end."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text

HALF = 0.5
NOT_FOLLOWED = (
    "Welk deel binnen 30 of 90 dagen is afgesloten, is nog niet te zeggen: te weinig meldingen "
    "waren zo lang te volgen."
)
STILL_OPEN = "Meldingen die op de peildatum nog open stonden, tellen mee als nog niet klaar."
WAYS = {
    "ja": "na actie of overdracht",
    "nee": "zonder actie of overdracht",
    "onbekend": "zonder dat bekend is of er iets is gedaan",
}


def duration_sentence(e: Evaluation) -> Text:
    """How soon meldingen are closed and fed back, with open ones counted as open."""
    where = e.area.name if e.is_intern else f"heel {e.district.name}"
    # Of the district only some gemeenten count: what is told is of these.
    counted = where if e.is_intern else f"de gemeenten in {e.district.name} die dit bijhouden,"
    rows_of = e.own if e.is_intern else e.of_district
    closing, feedback = (rows_of(f"time_to_{end}") for end in ("close", "feedback"))
    return text(
        _closing_sentence(closing, counted) if len(closing) else _no_closing_sentence(e, where),
        _feedback_sentence(feedback, counted) if len(feedback) else _no_feedback_sentence(e, where),
        "" if closing.empty and feedback.empty else STILL_OPEN,
        "" if closing.empty else _dated_sentence(e),
    )


def closing_table(e: Evaluation) -> Block:
    """The part of the meldingen that is closed after so many days, in the district."""
    rows = e.rows("closing_curve", area=e.district.slug)
    if not rows:
        return text("Daarvoor zijn er te weinig meldingen of gemeenten: hier staat geen tabel.")
    days = [int(row["day"]) for row in rows]
    closed = [float(row["closed"]) for row in rows]
    return Table(
        "Afgesloten na een aantal dagen",
        ["Dagen", "Afgesloten", "Nog open"],
        [
            [str(day), words.share(done), words.share(1 - done)]
            for day, done in zip(days, closed, strict=True)
        ],
        note=f"{_closed_sentence(days, closed)}. Dit is een schatting over alle meldingen "
        "in de gemeenten die dit bijhouden, afgerond op 5%. Van wat op de peildatum nog open was, "
        "nemen wij aan dat het verder even snel gaat als bij de andere. De tabel stopt waar er te "
        "weinig meldingen over zijn.",
        sources=("closing_curve",),
    )


def _closed_sentence(days: list[int], closed: list[float]) -> str:
    half = next((d for d, share in zip(days, closed, strict=True) if share >= HALF), None)
    if half is None:
        return f"Minder dan de helft is na {words.plural(days[-1], 'dag', 'dagen')} afgesloten"
    share = words.percent(closed[days.index(half)])
    end = f", na {days[-1]} dagen {words.percent(closed[-1])}" if half != days[-1] else ""
    return f"Na {words.plural(half, 'dag', 'dagen')} is ongeveer {share} afgesloten{end}"


def ways_sentence(e: Evaluation) -> Text:
    """Which part is closed after an action, and which part without one."""
    rows = e.of_district("outcomes_over_time")
    if rows.empty:
        return text(
            "Of meldingen vaker worden afgesloten met of zonder actie, is niet vast te stellen: "
            "daarvoor zijn er te weinig gemeenten die dit bijhouden, te weinig meldingen met een "
            "datum van afsluiten, of te weinig die 90 dagen te volgen waren."
        )
    shares = rows.set_index("acted")["within_90"]
    told = [
        f"{words.capital(_about(float(shares[code])))} was afgesloten {way}."
        for code, way in WAYS.items()
        if shares[code] > 0
    ]
    return text(
        "Zo stond het 90 dagen na ontvangst, in de gemeenten die dit bijhouden. "
        f"{' '.join(told)} De rest stond nog open. Dit is een schatting, afgerond op 5%."
    )


def _no_closing_sentence(e: Evaluation, where: str) -> str:
    """What is of all must be of enough gemeenten too: one of them knows its own."""
    why = (
        "Van te weinig meldingen is geregistreerd wanneer zij zijn afgesloten."
        if e.is_intern
        else "Daarvoor leggen te weinig gemeenten vast wanneer zij meldingen afsluiten, of zijn er "
        "te weinig meldingen."
    )
    return f"Hoe lang de opvolging in {where} duurt, is niet vast te stellen. {why}"


def _closing_sentence(table: pd.DataFrame, counted: str) -> str:
    row = table.iloc[0]
    shares = [(days, facts.real(row[f"within_{days}"])) for days in (30, 90)]
    told = [
        f"{words.percent(share)} binnen {days} dagen" for days, share in shares if share is not None
    ]
    if not told:
        return f"{NOT_FOLLOWED} {_median(row, 'afgesloten')}"
    return (
        f"In {counted} is naar schatting van alle meldingen {words.listing(told)} afgesloten. "
        f"{_median(row, 'afgesloten')}"
    )


def _no_feedback_sentence(e: Evaluation, where: str) -> str:
    if e.is_intern:
        return (
            "Hoe lang het duurt voor M. hoort wat ervan kwam, is niet vast te stellen. Daarvoor "
            "zijn er te weinig meldingen waarvan de dag van terugkoppelen wordt bijgehouden."
        )
    return (
        f"Hoe lang het duurt voor M. hoort wat ervan kwam, is voor {where} niet te zeggen. "
        "Daarvoor leggen te weinig gemeenten dit vast, of zijn er te weinig meldingen."
    )


def _feedback_sentence(table: pd.DataFrame, counted: str) -> str:
    row = table.iloc[0]
    share = facts.real(row["within_90"])
    if share is None:
        return (
            "Welk deel binnen 90 dagen is teruggekoppeld, is nog niet te zeggen: te weinig "
            f"meldingen waren zo lang te volgen. {_median(row, 'teruggekoppeld')}"
        )
    return (
        f"Binnen 90 dagen is van {_about(share)} van de meldingen in {counted} aan M. "
        f"teruggekoppeld wat ervan kwam. {_median(row, 'teruggekoppeld')}"
    )


def _dated_sentence(e: Evaluation) -> str:
    """Which gemeenten count, and the bound that follows; the part itself could be a few."""
    who = f"{e.area.name} mee omdat" if e.is_intern else "een gemeente mee als"
    return (
        f"Voor de tijd tot afsluiten telt {who} van minstens 90% van wat zij afsloot de dag bekend "
        "is. Afgesloten meldingen zonder die dag tellen niet mee: dat is hoogstens 10%."
    )


def _about(share: float) -> str:
    """A share that was rounded to five percent."""
    return f"ongeveer {words.percent(share)}" if share > 0 else "minder dan 3%"


def _median(row: Any, done: str) -> str:
    median, low, high = (facts.real(row[f"median_{end}"]) for end in ("days", "low", "high"))
    if median is None:
        return f"Na hoeveel dagen de helft is {done}, is nog niet te zeggen."
    days = words.plural(round(median), "dag", "dagen")
    if low is not None and high is None:
        return (
            f"Wanneer de helft is {done}, is niet precies te zeggen: met 95% zekerheid pas na "
            f"{words.number(low)} dagen of later."
        )
    if low is None or high is None:
        return f"De helft is {done} binnen {days}; hoe zeker dat is, is niet te zeggen."
    return (
        f"De helft is {done} binnen {days}; met 95% zekerheid ligt dat tussen "
        f"{words.number(low)} en {words.number(high)} dagen."
    )
