"""The top of the page."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Head

NOTICE = (
    "Alleen voor de gemeente {name}. Hier staan uw eigen aantallen, ook als wij ze in de openbare "
    "uitgave niet tonen. Geef deze pagina niet door."
)
ROUNDED = (
    "Alle aantallen meldingen zijn veelvouden van {basis}: ze wijken hoogstens {most} af van wat "
    "is geteld, en alles wat daaruit volgt is ermee berekend. Zo blijven melders onherkenbaar."
)
OTHERS_ROUNDED = "De aantallen van anderen zijn veelvouden van {basis}."
CHANGES = {
    "more": "Meer meldingen per maand in {name} dan een jaar eerder",
    "fewer": "Minder meldingen per maand in {name} dan een jaar eerder",
    "no_change": "Geen duidelijke verandering van het aantal meldingen in {name}",
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
        notice=_notice(e),
        errata=errata(e),
    )


def errata(e: Evaluation) -> list[tuple[str, str]]:
    """What was put right since this edition was first sent: the day, and what; newest first."""
    told = sorted(e.edition.evaluatie.erratum, key=lambda one: one.datum, reverse=True)
    return [(words.day(one.datum), one.tekst) for one in told]


def _notice(e: Evaluation) -> str:
    own = NOTICE.format(name=e.area.name) if e.is_intern else ""
    basis = e.edition.bescherming.basis
    if own:
        return f"{own} {OTHERS_ROUNDED.format(basis=basis)}"
    return ROUNDED.format(basis=basis, most=basis - 1)


def _district_title(e: Evaluation) -> str:
    split = facts.split(e)
    if split is None:
        return _count_title(e)
    trend = facts.trend(e)
    is_seen = trend is not None and trend.verdict in ("more", "fewer")
    if split.growth < 0:
        return "Minder meldingen dan een jaar eerder" if is_seen else _unchanged_title(e, trend)
    if split.growth == 0:
        return "Evenveel meldingen als een jaar eerder"
    if split.months > split.growth / 2:
        return "Meer meldingen, vooral doordat gemeenten langer waren aangesloten"
    if split.new > split.growth / 2:
        return "Meer meldingen, vooral doordat er gemeenten bij kwamen"
    if split.same > split.growth / 2:
        more = "Meer meldingen, vooral in dezelfde gemeenten"
        return more if is_seen else _unchanged_title(e, trend)
    return "Meer meldingen, vooral doordat er gemeenten bij kwamen of langer waren aangesloten"


def _count_title(e: Evaluation) -> str:
    count = facts.total(e)
    what = count.sentence if count.is_shown else "anonieme meldingen"
    return f"{words.capital(what)} in {facts.where(e, e.area)}"


def _unchanged_title(e: Evaluation, trend: facts.Change | None) -> str:
    """More or fewer in a year is no finding when it cannot be told from chance."""
    told = "geen duidelijke verandering" if trend else "verandering niet vast te stellen"
    return f"{_count_title(e)}: {told}"


def _gemeente_title(e: Evaluation) -> str:
    change = facts.year_on_year(e)
    if change is not None:
        return CHANGES[change.verdict].format(name=e.area.name)
    count = facts.total(e)
    if count.is_shown:
        return f"{words.capital(count.sentence)} in {e.area.name}{_since(e)}"
    if count.state == "missing":
        return f"Van {e.area.name} zijn geen meldingen ontvangen voor deze evaluatie"
    if count.state == "not_applicable":
        return f"{e.area.name} was op de peildatum nog niet aangesloten"
    return f"Meldingen in {e.area.name}: het aantal tonen wij niet"


def _since(e: Evaluation) -> str:
    """Since when, for a gemeente that was connected during the evaluation."""
    connected_on = facts.connection(e).connected_on
    if connected_on is None or not e.begin <= connected_on.date() <= e.peildatum:
        return ""
    return f" sinds {words.day(connected_on)}"
