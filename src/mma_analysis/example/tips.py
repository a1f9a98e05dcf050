"""What happens in the fictitious district, before anybody writes it down."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mma_analysis.example.draw import Draw
from mma_analysis.example.tables import table

WORKDAYS_A_YEAR = 260
MOST_A_DAY = 3
# M. gives out about 20,000 numbers a year.
NUMBERS_A_DAY = 55
DAYS_BEFORE_STARTED = 21
FEEDBACK_DAY = (1, 17)
FEEDBACK_GIVEN = 0.6


@dataclass(frozen=True)
class FollowUp:
    """What a gemeente did with a tip."""

    status: str
    disposition: str
    result: str
    usable: str
    closed_on: dt.date | None
    fed_back_on: dt.date | None


UNTOUCHED = FollowUp("ontvangen", "onbekend", "onbekend", "onbekend", None, None)


@dataclass(frozen=True)
class Receipt:
    """One tip as one gemeente received it; `shared` when another gemeente received it too."""

    gemeente: str
    melding_id: str
    received_on: dt.date
    reported_on: dt.date
    topic: str
    place: str
    postcode: str
    also_sent_to: str
    has_time: bool
    has_location: bool
    has_person: bool
    has_vehicle: bool
    follow_up: FollowUp
    shared: bool = False

    def value(self, field: str) -> Any:
        """Look a field up in the receipt or in its follow-up."""
        return getattr(self if hasattr(self, field) else self.follow_up, field)


class Numbers:
    """Give out numbers of M., each once, rising with the day."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def next(self, draw: Draw, day: dt.date) -> str:
        """Give the number of a tip that M. took on this day."""
        number = (day.timetuple().tm_yday - 1) * NUMBERS_A_DAY + draw.between(1, NUMBERS_A_DAY)
        while (text := f"M{day.year}-{number:06d}") in self._given:
            number += 1
        self._given.add(text)
        return text


def draw_receipts(connected: Mapping[str, dt.date], numbers: Numbers) -> tuple[Receipt, ...]:
    """Draw the receipts of all gemeenten from their connection up to the peildatum.

    One receipt per tip and gemeente. Nobody receives anything before it is connected; while it is
    connected its rate does not change, so all growth of the district comes from connecting.
    """
    own = [
        receipt
        for gemeente, since in connected.items()
        for receipt in _of_gemeente(gemeente, since, numbers)
    ]
    return _with_shared(own, connected)


def draw_receipt(draw: Draw, gemeente: str, received_on: dt.date, numbers: Numbers) -> Receipt:
    """Draw one receipt of this gemeente on this day."""
    world = table("world")
    place = draw.pick(list(world["gemeenten"][gemeente]["places"]))
    reported_on = received_on - dt.timedelta(days=int(draw.weighted(world["days_to_receipt"])))
    background = world["background"]
    return Receipt(
        gemeente=gemeente,
        melding_id=numbers.next(draw, reported_on),
        received_on=received_on,
        reported_on=reported_on,
        topic=draw.weighted(_topic_weights(received_on)),
        place=place,
        postcode=_postcode(draw, gemeente, place),
        also_sent_to=draw.weighted(world["also_sent_to"]),
        has_time=draw.chance(background["has_time"]),
        has_location=draw.chance(background["has_location"]),
        has_person=draw.chance(background["has_person"]),
        has_vehicle=draw.chance(background["has_vehicle"]),
        follow_up=follow_up(draw, received_on),
    )


def follow_up(draw: Draw, received_on: dt.date) -> FollowUp:
    """Draw what became of a tip; what would end after the peildatum is still open."""
    world = table("world")
    first, last = draw.weighted(world["days_to_closing"]).split("-")
    closed_on = _workday(received_on + dt.timedelta(days=draw.between(int(first), int(last))))
    if closed_on > world["peildatum"]:
        waits = (world["peildatum"] - received_on).days < DAYS_BEFORE_STARTED
        return UNTOUCHED if waits else replace(UNTOUCHED, status="in_behandeling")
    disposition = draw.weighted(world["disposition"])
    result = draw.weighted(world["result"])
    return FollowUp(
        status="afgesloten",
        disposition=disposition,
        result="onbekend" if disposition == "niet_actiewaardig" else result,
        usable=draw.weighted(world["usable"]),
        closed_on=closed_on,
        fed_back_on=_feedback(draw, closed_on),
    )


def _of_gemeente(gemeente: str, since: dt.date, numbers: Numbers) -> list[Receipt]:
    draw = Draw(f"receipts/{gemeente}")
    world = table("world")
    per_day = world["gemeenten"][gemeente]["per_year"] / WORKDAYS_A_YEAR / MOST_A_DAY
    return [
        draw_receipt(draw, gemeente, day, numbers)
        for day in _workdays(since, world["peildatum"])
        for _ in range(MOST_A_DAY)
        if draw.chance(per_day * world["season"][day.month - 1])
    ]


def _with_shared(own: list[Receipt], connected: Mapping[str, dt.date]) -> tuple[Receipt, ...]:
    """Let the first gemeente of each pair receive some tips of the second as well."""
    draw = Draw("shared")
    everything = list(own)
    for pair in table("world")["shared"]:
        candidates = [
            receipt
            for receipt in everything
            if receipt.gemeente == pair["second"]
            and receipt.received_on >= connected[pair["first"]]
            and not receipt.shared
        ]
        for chosen in _spread(candidates, pair["tips"]):
            everything[everything.index(chosen)] = replace(chosen, shared=True)
            everything.append(_at_neighbour(draw, chosen, pair["first"]))
    return tuple(sorted(everything, key=lambda receipt: (receipt.received_on, receipt.melding_id)))


def _at_neighbour(draw: Draw, known: Receipt, gemeente: str) -> Receipt:
    place = draw.pick(list(table("world")["gemeenten"][gemeente]["places"]))
    return replace(
        known,
        gemeente=gemeente,
        place=place,
        postcode=_postcode(draw, gemeente, place),
        follow_up=follow_up(draw, known.received_on),
        shared=True,
    )


def _spread(candidates: list[Receipt], number: int) -> list[Receipt]:
    """Take this many, evenly over time."""
    step = len(candidates) / number
    return [candidates[int(step * (position + 0.5))] for position in range(number)]


def _topic_weights(day: dt.date) -> dict[str, float]:
    world = table("world")
    fireworks = world["fireworks"]
    factor = fireworks["season" if day.month in fireworks["months"] else "otherwise"]
    weights = dict(world["topics"])
    weights["illegaal_vuurwerk"] *= factor
    return weights


def _postcode(draw: Draw, gemeente: str, place: str) -> str:
    digits = table("world")["gemeenten"][gemeente]["places"][place]
    return f"{digits} {draw.pick(table('words')['invented']['postcode_letters'])}"


def _feedback(draw: Draw, closed_on: dt.date) -> dt.date | None:
    """The contract asks a gemeente to tell M. once a year what came of its tips."""
    day = dt.date(closed_on.year + 1, *FEEDBACK_DAY)
    told = draw.chance(FEEDBACK_GIVEN) and day <= table("world")["peildatum"]
    return day if told else None


def _workdays(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return (day for day in days if day.weekday() < 5)


def _workday(day: dt.date) -> dt.date:
    """This day, or the Monday after a weekend."""
    return day if day.weekday() < 5 else day + dt.timedelta(days=7 - day.weekday())
