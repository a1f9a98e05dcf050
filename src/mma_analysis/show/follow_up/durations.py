"""How soon meldingen are closed."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Text, text

NOT_FOLLOWED = (
    "Welk deel binnen 30 of 90 dagen is afgesloten, is nog niet te zeggen: te weinig meldingen "
    "waren zo lang te volgen."
)
STILL_OPEN = "Meldingen die op de peildatum nog open stonden, tellen mee als nog niet klaar."


def duration_sentence(e: Evaluation) -> Text:
    """How soon meldingen are closed, with open ones counted as open."""
    where = e.area.name if e.is_intern else f"heel {e.district.name}"
    # Of the district only some gemeenten count: what is told is of these.
    counted = where if e.is_intern else f"de gemeenten in {e.district.name} die dit bijhouden,"
    closing = (e.own if e.is_intern else e.of_district)("time_to_close")
    if closing.empty:
        return text(_no_closing_sentence(e, where))
    return text(_closing_sentence(closing, counted), STILL_OPEN, _dated_sentence(e))


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


def _dated_sentence(e: Evaluation) -> str:
    """Which gemeenten count, and the bound that follows; the part itself could be a few."""
    who = f"{e.area.name} mee omdat" if e.is_intern else "een gemeente mee als"
    return (
        f"Voor de tijd tot afsluiten telt {who} van minstens 90% van wat zij afsloot de dag bekend "
        "is. Afgesloten meldingen zonder die dag tellen niet mee: dat is hoogstens 10%."
    )


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
