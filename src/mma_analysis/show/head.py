"""The top of the page."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Head
from mma_analysis.show.development.district import JOINING

NOTICE = (
    "Alleen voor de gemeente {name}. Hier staan uw eigen aantallen zoals ze zijn. Geef deze pagina "
    "niet door. De aantallen van anderen zijn afgerond op veelvouden van {basis}."
)
CHANGES = {
    "more": "Het aantal meldingen per maand {where} nam toe",
    "fewer": "Het aantal meldingen per maand {where} nam af",
}


def head(e: Evaluation) -> Head:
    """Say where we are and what the main finding is."""
    return Head(
        kicker=f"{e.edition.evaluatie.titel} · Meld Misdaad Anoniem · {e.area.level} {e.area.name}",
        title=_district_title(e) if e.area.is_district else _gemeente_title(e),
        facts=[
            ("Periode", f"{words.month(e.begin)} – {words.month(e.peildatum)}"),
            ("Peildatum", words.day(e.peildatum)),
            ("Uitgave", e.audience),
        ],
        notice=NOTICE.format(name=e.area.name, basis=e.edition.bescherming.basis)
        if e.is_intern
        else facts.rounding(e),
        corrected=corrected(e),
    )


def corrected(e: Evaluation) -> str:
    """The days on which this edition was put right since it was first sent; empty when it was not.

    Never what: who knows which numbers a correction touched knows about which meldingen it was.
    """
    days = sorted({one.datum for one in e.edition.evaluatie.erratum})
    return words.listing([words.day(day) for day in days])


def _district_title(e: Evaluation) -> str:
    split, trend = facts.split(e), facts.trend(e)
    if split is None:
        return _count_title(e)
    if trend is not None and trend.is_seen and not split.is_by_joining:
        return CHANGES[trend.verdict].format(where="binnen dezelfde gemeenten")
    if split.by_joining:
        return f"Meer meldingen, {split.by_joining} {JOINING}"
    return _unchanged_title(e, trend)


def _count_title(e: Evaluation) -> str:
    return f"{words.capital(facts.total(e).sentence)} in {facts.where(e, e.area)}"


def _unchanged_title(e: Evaluation, trend: facts.Change | None) -> str:
    """More or fewer in a year is no finding when it cannot be told from chance."""
    is_clear = trend is not None and trend.verdict == "no_change"
    told = "geen duidelijke verandering" if is_clear else "verandering niet vast te stellen"
    return f"{_count_title(e)}: {told}"


def _gemeente_title(e: Evaluation) -> str:
    change = facts.own_trend(e)
    if change is not None and change.verdict in CHANGES:
        return CHANGES[change.verdict].format(where=f"in {e.area.name}")
    count = facts.total(e)
    if count.is_shown:
        return f"{words.capital(count.sentence)} in {e.area.name}{_since(e)}"
    if count.state == "missing":
        return f"Van {e.area.name} zijn geen meldingen ontvangen voor deze evaluatie"
    return f"{e.area.name} was op de peildatum nog niet aangesloten"


def _since(e: Evaluation) -> str:
    """Since when, for a gemeente that was connected during the evaluation."""
    connected_on = facts.connection(e).connected_on
    if connected_on is None or not e.begin <= connected_on.date() <= e.peildatum:
        return ""
    return f" sinds {words.day(connected_on)}"
