"""Which days the deliveries cover, in a sentence: what came in later is not known."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.show.text import lijst
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import Value


@dataclass(frozen=True)
class Dekking:
    """Which days the deliveries of an area cover.

    `zin`: who delivered until when, when it is not all until the peildatum; else empty.
    """

    zin: Markup = Markup("")
    _first_end: pd.Timestamp | None = None

    def niet_heel(self, tabel: pd.DataFrame) -> list[Value]:
        """The periods of a table of which not everybody delivered all days."""
        if self._first_end is None:
            return []
        found = []
        for row in tabel.mma:
            last_month = row.period.rpartition("/")[2][:7]
            end = pd.Timestamp(last_month) + pd.offsets.MonthEnd(0)
            if end > self._first_end:
                found.append(row.woord("period"))
        return found


def dekking(e: Evaluation) -> Dekking:
    """Which days the deliveries cover: of the district, or of one gemeente."""
    table = e.tabel("connection")
    if table.empty:
        return Dekking()
    delivered = table[table["has_delivered"].astype(bool)]
    is_short = delivered["covered_until"] < pd.Timestamp(e.edition.peildatum)
    short = delivered[is_short]
    if not e.is_district:
        own = short[short["area"] == e.gebied].mma.een
        return _of_gemeente(e, own) if own else Dekking()
    if short.empty:
        return Dekking()
    said = _of_district(e, short, delivered[~is_short])
    return Dekking(said, short["covered_until"].min())


def _of_gemeente(e: Evaluation, own: Row) -> Dekking:
    until = own.woord("covered_until")
    first = Markup("{} leverde meldingen tot en met {}.")
    rest = Markup(" Wat daarna binnenkwam, is niet bekend en telt niet mee.")
    text = first + rest
    return Dekking(text.format(e.naam, until), own.covered_until)


def _of_district(e: Evaluation, short: pd.DataFrame, whole: pd.DataFrame) -> Markup:
    """Names those who delivered less, or, when these are most, those who delivered all."""
    if len(short) <= len(whole):
        parts = []
        for _, rows in short.groupby("covered_until", sort=True):
            names = lijst(e.namen(rows["area"]))
            until = next(iter(rows.mma)).woord("covered_until")
            parts.append(Markup("{} tot en met {}").format(names, until))
        text = Markup("Niet elke gemeente leverde tot en met de peildatum: {}.")
        said = text.format(lijst(parts))
    else:
        in_order = short.sort_values("covered_until", kind="stable")
        last = list(in_order.mma)[-1].woord("covered_until")
        text = Markup("Alleen {} {} tot en met de peildatum; de andere tot en met {}{}.")
        verb = "leverde" if len(whole) == 1 else "leverden"
        is_one_day = short["covered_until"].min() == short["covered_until"].max()
        or_less = "" if is_one_day else ", of korter"
        said = text.format(lijst(e.namen(whole["area"])), verb, last, or_less)
    return said + Markup(
        " Wat daarna bij hen binnenkwam, is niet bekend. Die dagen tellen niet mee."
    )
