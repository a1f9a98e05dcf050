"""What happens in a fictitious district, before anybody writes it down."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .draw import Draw
from .tables import table

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


class District:
    """The gemeenten of a district, what they receive, and the numbers that M. gives out.

    Parameters
    ----------
    gemeenten
        Slug → tips `per_year` while connected, and `places` with their postcode.
    connected
        Slug → the first day on which the gemeente receives.
    shared
        How many `tips` of the `second` gemeente the `first` received as well.
    """

    def __init__(
        self,
        gemeenten: Mapping[str, Mapping[str, Any]],
        connected: Mapping[str, dt.date],
        shared: Sequence[Mapping[str, Any]],
    ) -> None:
        self._gemeenten, self._connected, self._shared = gemeenten, connected, shared
        self._given: set[str] = set()

    def receipts(self) -> list[Receipt]:
        """Draw the receipts of all gemeenten from their connection up to the peildatum.

        One receipt per tip and gemeente. Nobody receives anything before it is connected; while it
        is connected its rate does not change, so all growth of the district comes from connecting.
        """
        everything = [
            receipt for slug in self._connected for receipt in self._receipts_of_gemeente(slug)
        ]
        draw = Draw("shared")
        for pair in self._shared:
            candidates = [
                receipt
                for receipt in everything
                if receipt.gemeente == pair["second"]
                and receipt.received_on >= self._connected[pair["first"]]
                and not receipt.shared
            ]
            step = len(candidates) / pair["tips"]
            for position in range(pair["tips"]):  # evenly over time
                chosen = candidates[int(step * (position + 0.5))]
                everything[everything.index(chosen)] = replace(chosen, shared=True)
                everything.append(self._at_neighbour(draw, chosen, pair["first"]))
        return sorted(everything, key=lambda receipt: (receipt.received_on, receipt.melding_id))

    def receipt(self, draw: Draw, gemeente: str, received_on: dt.date) -> Receipt:
        """Draw one receipt of this gemeente on this day."""
        world = table("world")
        place = draw.pick(list(self._gemeenten[gemeente]["places"]))
        reported_on = received_on - dt.timedelta(days=int(draw.weighted(world["days_to_receipt"])))
        background = world["background"]
        return Receipt(
            gemeente=gemeente,
            melding_id=self._number(draw, reported_on),
            received_on=received_on,
            reported_on=reported_on,
            topic=draw.weighted(_topic_weights(received_on)),
            place=place,
            postcode=self._postcode(draw, gemeente, place),
            also_sent_to=draw.weighted(world["also_sent_to"]),
            has_time=draw.chance(background["has_time"]),
            has_location=draw.chance(background["has_location"]),
            has_person=draw.chance(background["has_person"]),
            has_vehicle=draw.chance(background["has_vehicle"]),
            follow_up=_follow_up(draw, received_on),
        )

    def _receipts_of_gemeente(self, slug: str) -> list[Receipt]:
        draw = Draw(f"receipts/{slug}")
        world = table("world")
        per_day = self._gemeenten[slug]["per_year"] / WORKDAYS_A_YEAR / MOST_A_DAY
        since = self._connected[slug]
        days = (since + dt.timedelta(days=n) for n in range((world["peildatum"] - since).days + 1))
        return [
            self.receipt(draw, slug, day)
            for day in days
            if day.weekday() < 5
            for _ in range(MOST_A_DAY)
            if draw.chance(per_day * world["season"][day.month - 1])
        ]

    def _at_neighbour(self, draw: Draw, known: Receipt, gemeente: str) -> Receipt:
        place = draw.pick(list(self._gemeenten[gemeente]["places"]))
        return replace(
            known,
            gemeente=gemeente,
            place=place,
            postcode=self._postcode(draw, gemeente, place),
            follow_up=_follow_up(draw, known.received_on),
            shared=True,
        )

    def _number(self, draw: Draw, day: dt.date) -> str:
        """Give the number of a tip that M. took on this day: each once, rising with the day."""
        number = (day.timetuple().tm_yday - 1) * NUMBERS_A_DAY + draw.between(1, NUMBERS_A_DAY)
        while (text := f"M{day.year}-{number:06d}") in self._given:
            number += 1
        self._given.add(text)
        return text

    def _postcode(self, draw: Draw, gemeente: str, place: str) -> str:
        digits = self._gemeenten[gemeente]["places"][place]
        return f"{digits} {draw.pick(table('words')['invented']['postcode_letters'])}"


def _follow_up(draw: Draw, received_on: dt.date) -> FollowUp:
    """Draw what became of a tip; what would end after the peildatum is still open."""
    world = table("world")
    first, last = draw.weighted(world["days_to_closing"]).split("-")
    closed_on = received_on + dt.timedelta(days=draw.between(int(first), int(last)))
    if closed_on.weekday() > 4:  # the Monday after a weekend
        closed_on += dt.timedelta(days=7 - closed_on.weekday())
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


def _topic_weights(day: dt.date) -> dict[str, float]:
    world = table("world")
    fireworks = world["fireworks"]
    factor = fireworks["season" if day.month in fireworks["months"] else "otherwise"]
    weights = dict(world["topics"])
    weights["illegaal_vuurwerk"] *= factor
    return weights


def _feedback(draw: Draw, closed_on: dt.date) -> dt.date | None:
    """The contract asks a gemeente to tell M. once a year what came of its tips."""
    day = dt.date(closed_on.year + 1, *FEEDBACK_DAY)
    told = draw.chance(FEEDBACK_GIVEN) and day <= table("world")["peildatum"]
    return day if told else None
