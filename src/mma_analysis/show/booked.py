"""What may be said of days that went out before: to everybody, and to one gemeente."""

from dataclasses import dataclass

from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.show.text import lijst
from mma_analysis.vocabulary.value import Value


@dataclass(frozen=True)
class Geboekt:
    """What everybody may know: it never says whether rows are otherwise now.

    `tot`: up to which day the numbers are those of the first issue about them; none when
    nothing went out before. `herzien`: the gemeenten that were revised, by name.
    """

    tot: Value | None = None
    herzien: tuple[str, ...] = ()


def geboekt(e: Evaluation) -> Geboekt:
    """Up to which day numbers went out before, and which gemeenten were revised."""
    table = e.tabel("closed_days")
    if table.empty:
        return Geboekt()
    is_revised = table["is_revised"].astype(bool)
    revised = e.namen(table.loc[is_revised, "area"])
    first = table[~is_revised].sort_values("closed_until", kind="stable")
    last = first.tail(1).mma.een
    until = last.woord("closed_until") if last else None
    return Geboekt(until, tuple(revised))


def anders_geleverd(e: Evaluation) -> Markup:
    """What a gemeente delivers otherwise: `twee meldingen erbij en drie veranderd`.

    Of days that went out before; empty when nothing is, and on a page for everybody.
    """
    row = e.een("own_changed", area=e.gebied)
    if not row:
        return Markup("")
    numbers = {"erbij": row.added, "weg": row.gone, "veranderd": row.changed}
    said: list[Markup] = []
    for word, count in numbers.items():
        if not count:
            continue
        in_words = count.as_form("word")
        noun = ""
        if not said:
            noun = "melding " if count == 1 else "meldingen "
        text = Markup("{} {}{}").format(in_words, noun, word)
        said.append(text)
    return lijst(said)
