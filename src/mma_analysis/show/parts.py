"""Counts broken down by topic, background or follow-up, and what may be said of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Chart, Table
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
    source: str = ""

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

    @property
    def known_text(self) -> str:
        """The same share as it stands in a table, or why there is none."""
        known, unknown, total = self.known, self.unknown.count.value, self.total.value
        if known is None or unknown is None or not total:
            return self.unknown.count.text
        has_share = self.known_share is not None
        return words.known_share_of(known, unknown, total) if has_share else words.TOO_FEW

    @property
    def why_no_shares(self) -> str:
        """In words why parts have no share: there are too few meldingen, or they are hidden."""
        return f"{words.TOO_FEW} meldingen" if self.is_shown else words.STATE_WORDS["hidden"]

    def shares(self, *codes: str) -> list[float] | None:
        """The shares of these parts; none when there is none of one of them."""
        found = [share.value for code in codes if (share := self.part(code).share) is not None]
        return found if len(found) == len(codes) else None

    def among_known(self, code: str) -> tuple[int, int] | None:
        """A part's count and the number of meldingen of which the field is registered."""
        count = self.part(code).count.value
        return (count, self.known) if count is not None and self.known else None

    @property
    def largest(self) -> Part | None:
        """The largest known part, when it is larger than all others before they were rounded."""
        counts = {part: n for part in self.known_parts if (n := part.count.value) is not None}
        if not any(counts.values()):
            return None
        first = max(counts, key=lambda part: int(counts[part]))
        others = [count for part, count in counts.items() if part is not first]
        return first if all(words.is_larger(counts[first], other) for other in others) else None


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
    found = {
        str(row["value"]): Part(
            code=str(row["value"]),
            label=labels[str(row["value"])],
            count=words.count_of(row),
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
        source=_tables(e.vocabulary)[field],
    )


def shown_breakdown(e: Evaluation, field: str) -> Breakdown:
    """This area's breakdown; the district's when nothing of the area's own can be shown."""
    own = breakdown(e, field)
    return own if own.is_shown else breakdown(e, field, e.district)


def counts_chart(shown: Breakdown, title: str, caption: str, heads: tuple[str, str]) -> Chart:
    """A bar for each value of a breakdown; `heads` are what the table is of, and its first column.

    What is not shown has words and no bar.
    """
    what, first = heads
    bars = bars_of(shown.parts)
    return Chart(
        title=title,
        unit=f"Aantal meldingen in {shown.area.name}",
        figure=charts.bars(bars),
        alt="Staafdiagram. " + " ".join(f"{bar.spoken}." for bar in bars),
        caption=caption,
        table=Table(
            f"{what} in {shown.area.name}",
            [first, "Meldingen", "Aandeel"],
            [[part.label, part.count.text, part.share_text] for part in shown.parts],
            sources=(shown.source,) if shown.source else (),
        ),
    )


def bars_of(parts: Sequence[Part]) -> list[charts.Bar]:
    """A bar for each part, in their order; the unknown one looks like what is not known."""
    return [
        charts.Bar(
            part.label,
            part.count.value,
            part.count.spoken,
            is_unknown=part.code == UNKNOWN,
        )
        for part in parts
    ]


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
