"""Counts broken down by topic, background or follow-up, and what may be said of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.facts import Interval
from mma_analysis.show.words import Count
from mma_analysis.vocabulary import UNKNOWN, Area, Vocabulary, derived

NEVER = Interval(0.0, 0.0, 0.0)  # the share of a value that a gemeente never fills in


@dataclass(frozen=True)
class Part:
    """One value of a breakdown of `total` meldingen; too few of these have no share."""

    code: str
    label: str
    count: Count
    share: Interval | None
    total: int | None = None

    @property
    def share_text(self) -> str:
        """For a table: the share, or the sign of why there is none."""
        if self.share is not None and self.count.value is not None and self.total:
            return words.short(words.share_of(self.count.value, self.total))
        return words.STATE_TEXT.get(self.count.state, words.TOO_FEW if self.count.value else "")


@dataclass(frozen=True)
class Breakdown:
    """The meldingen of one area, each under one value of a field."""

    field: str
    area: Area
    total: Count
    parts: tuple[Part, ...]

    def part(self, code: str) -> Part:
        """The part with this code."""
        return next(part for part in self.parts if part.code == code)

    def count(self, code: str) -> int:
        """How many meldingen the part with this code has, of a breakdown that is shown."""
        count = self.part(code).count.value
        return 0 if count is None else count

    @property
    def unknown(self) -> Part:
        """The meldingen of which the field is not registered."""
        return self.part(UNKNOWN)

    @property
    def known_parts(self) -> tuple[Part, ...]:
        """All parts but the unknown one."""
        return tuple(part for part in self.parts if part.code != UNKNOWN)

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to see: a count that is shown and is not 0."""
        return bool(self.total.value) and any(part.count.value for part in self.parts)

    @property
    def known(self) -> int | None:
        """Of how many meldingen the field is registered; none when that is not shown."""
        if all(words.is_none(part.count.value) for part in self.known_parts):
            return 0
        if self.total.value is None or self.unknown.count.value is None:
            return None
        return self.total.value - self.unknown.count.value

    @property
    def known_share(self) -> float | None:
        """The share of the meldingen of which the field is registered, of enough of them."""
        known, total = self.known, self.total.value
        return known / total if known is not None and total and words.has_shares(total) else None

    def shares(self, *codes: str) -> list[float] | None:
        """The shares of these parts; none when there is none of one of them."""
        found = [share.value for code in codes if (share := self.part(code).share) is not None]
        return found if len(found) == len(codes) else None

    def among_known(self, code: str) -> tuple[int, int] | None:
        """A part's count and the number of meldingen of which the field is registered."""
        count = self.part(code).count.value
        return (count, self.known) if count is not None and self.known else None


@derived
def _tables(vocabulary: Vocabulary) -> dict[str, str]:
    """Breakdown → the released table that holds it."""
    return {row["breakdown"]: row["table"] for row in vocabulary.reference("breakdowns")}


def breakdown(
    e: Evaluation, field: str, area: Area | None = None, period: str = facts.WHOLE
) -> Breakdown:
    """The meldingen of an area and period by the values of one field, in reading order."""
    area = area or e.area
    rows = e.rows(_tables(e.vocabulary)[field], area=area.slug, breakdown=field, period=period)
    labels = facts.labels(e.vocabulary, field)
    total = words.only_count(e.rows("per_period", area=area.slug, period=period))
    is_never = all(row["state"] == "never" for row in rows if row["value"] != UNKNOWN)
    found = {
        str(row["value"]): Part(
            code=str(row["value"]),
            label=labels[str(row["value"])],
            count=words.count_of({**row, "basis": 1} if is_never else row),
            share=NEVER
            if row["state"] == "never" and words.has_shares(total.value)
            else facts.interval(row, "share", "share_low", "share_high"),
            total=total.value,
        )
        for row in rows
    }
    return Breakdown(
        field=field,
        area=area,
        total=total,
        parts=tuple(found[code] for code in labels),
    )


def told(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table, without the columns in which every cell says that it is too few."""
    kept = [n for n, cells in enumerate(zip(*rows, strict=True)) if {*cells} - {"", words.TOO_FEW}]
    return [head[n] for n in kept], [[row[n] for n in kept] for row in rows]


def certain(*told: str) -> str:
    """What is certain whatever the unknown meldingen are, as told by `within`; empty when nothing.

    Empty parts are left out.
    """
    said = [clause for clause in told if clause]
    openings = ["Zeker is dat", *["Ook is zeker dat"] * len(said)]
    return " ".join(f"{opening} {clause}." for opening, clause in zip(openings, said, strict=False))


def within(shown: Breakdown, code: str, one: str, more: str) -> str:
    """Between which bounds a part lies, whatever the unknown meldingen are, as a clause.

    `one` and `more` are what is true of them: `bruikbaar is` and `bruikbaar zijn`. Empty when
    counts are hidden, when everything is still possible, and of few rounded meldingen: the bounds
    leave room for what was rounded.
    """
    count, unknown, total = (
        one.value for one in (shown.part(code).count, shown.unknown.count, shown.total)
    )
    if count is None or unknown is None or total is None or not words.has_shares(total):
        return ""
    most, where = count + unknown, f"in {shown.area.name}"
    if most == count and not words.off(most):
        is_one = count < 2 or words.FEW <= total > count
        return f"{words.of_meldingen(count, total)} {where} {one if is_one else more}"
    low, high = int(count) - words.off(count), int(most) + words.off(most)
    whole, sign, of_what, is_one = int(total), "", f"de {total} meldingen", high == 1
    if total >= words.FEW:
        low = math.floor(100 * low / (whole + words.off(total)))
        high = math.ceil(100 * high / (whole - words.off(total)))
        whole, sign, of_what, is_one = 100, "%", "de meldingen", True
    bounds = [f"minstens {low}{sign}"] if low > 0 else []
    bounds += [f"hoogstens {high}{sign}"] if high < whole else []
    told = f"{' en '.join(bounds)} van {of_what} {where} {one if is_one else more}"
    return told if bounds else ""
