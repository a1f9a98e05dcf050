"""Counts broken down by topic, background or follow-up, and what may be said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Chart, Table
from mma_analysis.show.facts import Interval
from mma_analysis.show.words import Count
from mma_analysis.vocabulary import UNKNOWN, Area, Vocabulary, derived


@dataclass(frozen=True)
class Part:
    """One value of a breakdown; the share is missing unless count and total are shown."""

    code: str
    label: str
    count: Count
    share: Interval | None

    @property
    def share_text(self) -> str:
        """For a table: the share, or the sign of why there is none."""
        if self.share is not None:
            return words.share(self.share.value)
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
    def is_whole(self) -> bool:
        """Whether the total and every part are shown."""
        return self.total.is_shown and all(part.count.is_shown for part in self.parts)

    @property
    def known(self) -> int | None:
        """Of how many meldingen the field is registered, when shown counts tell."""
        counts = [part.count.value for part in self.known_parts]
        shown = [count for count in counts if count is not None]
        if len(shown) == len(counts):
            return sum(shown)
        if self.total.value is None or self.unknown.count.value is None:
            return None
        return self.total.value - self.unknown.count.value

    @property
    def known_share(self) -> float | None:
        """The share of the meldingen of which the field is registered."""
        known, total = self.known, self.total.value
        if not total or known is None or (isinstance(total, words.Rounded) and total < words.FEW):
            return None
        return known / total

    def shares(self, *codes: str) -> list[float] | None:
        """The shares of these parts; none when one of them is not shown."""
        shown = [share.value for code in codes if (share := self.part(code).share) is not None]
        return shown if len(shown) == len(codes) else None

    def among_known(self, code: str) -> tuple[int, int] | None:
        """A part's count and the number of meldingen of which the field is registered."""
        count = self.part(code).count.value
        return (count, self.known) if count is not None and self.known else None

    def bounds(self, code: str) -> tuple[int, int] | None:
        """Between which counts the part lies, whatever the unknown meldingen are."""
        low, unknown = self.part(code).count.value, self.unknown.count.value
        return None if low is None or unknown is None else (low, low + unknown)

    @property
    def largest(self) -> Part | None:
        """The largest known part, when it is larger than all others before they were rounded."""
        counted = {part.count.value: part for part in self.known_parts if part.count.is_shown}
        counts = [part.count.value for part in self.known_parts if part.count.value is not None]
        if not counts or not self.is_whole:
            return None
        first, *others = sorted(counts, reverse=True)
        is_sure = all(words.is_larger(first, other) for other in others)
        return counted[first] if first and is_sure else None


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
    found = {
        str(row["value"]): Part(
            code=str(row["value"]),
            label=labels[str(row["value"])],
            count=words.count_of(row),
            share=facts.interval(row, "share", "share_low", "share_high"),
        )
        for row in rows
    }
    return Breakdown(
        field=field,
        area=area,
        total=words.only_count(e.rows("per_period", area=area.slug, period=period)),
        parts=tuple(found[code] for code in labels),
        source=_tables(e.vocabulary)[field],
    )


def is_counted(e: Evaluation, field: str) -> bool:
    """Whether there are counts of this area by this field, over the whole evaluation."""
    return bool(
        e.rows(_tables(e.vocabulary)[field], area=e.area.slug, breakdown=field, period=facts.WHOLE)
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
    counts are hidden, or everything is still possible. Percents are rounded as those in the figure
    beside it.
    """
    bounds, total = shown.bounds(code), shown.total.value
    if bounds is None or not total or bounds == (0, total):
        return ""
    low, high = bounds
    if low == high:
        amount, is_one = words.of_meldingen(low, total), low < 2 or words.FEW <= total > low
    elif total < words.FEW:
        least = f"minstens {low} en " if low else ""
        amount, is_one = f"{least}hoogstens {high} van de {total} meldingen", high == 1
    else:
        percents = [words.number(100 * bound / total) for bound in bounds]
        least = f"minstens {percents[0]}% en " if percents[0] != "0" else ""
        amount, is_one = f"{least}hoogstens {percents[1]}% van de meldingen", True
    return f"{amount} in {shown.area.name} {one if is_one else more}"
