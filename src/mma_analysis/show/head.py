"""The top of the page."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Head

NOTICE = (
    "Alleen voor de gemeente {name}. Hier staan eigen aantallen die in de openbare uitgave niet "
    "worden getoond. Geef deze pagina niet door."
)


def head(e: Evaluation) -> Head:
    """Say where we are and what the main finding is."""
    title = _district_title(e) if e.area.is_district else _gemeente_title(e)
    return Head(
        kicker=f"{e.edition.evaluatie.titel} · Meld Misdaad Anoniem · "
        + (f"district {e.area.name}" if e.area.is_district else f"gemeente {e.area.name}"),
        title=title,
        facts=[
            ("Periode", f"{words.month(e.begin)} – {words.month(e.peildatum)}"),
            ("Peildatum", words.day(e.peildatum)),
            ("Uitgave", e.audience),
        ],
        notice=NOTICE.format(name=e.area.name) if e.is_intern else "",
    )


def _district_title(e: Evaluation) -> str:
    split = e.table("growth_split")
    if split.empty:
        return f"{words.capital(facts.total(e).sentence)} in {e.area.name}"
    row = split.iloc[0]
    growth = row["count_to"] - row["count_from"]
    if growth > 0 and row["new"] + row["months"] > row["same"]:
        return "Meer meldingen, vooral doordat meer gemeenten zijn aangesloten"
    if growth > 0:
        return "Meer meldingen, vooral binnen dezelfde gemeenten"
    return "Niet meer meldingen dan het jaar ervoor"


def _gemeente_title(e: Evaluation) -> str:
    verdict = e.own("year_on_year")["verdict"]
    found = {
        "more": f"Meer meldingen in {e.area.name} dan een jaar eerder",
        "fewer": f"Minder meldingen in {e.area.name} dan een jaar eerder",
        "no_change": f"Geen duidelijke verandering van het aantal meldingen in {e.area.name}",
    }
    for value in verdict:
        if value in found:
            return found[value]
    count = facts.total(e)
    if count.is_shown:
        return f"{words.capital(count.sentence)} in {e.area.name} sinds de aansluiting"
    if count.state == "missing":
        return f"Van {e.area.name} zijn geen meldingen ontvangen voor deze evaluatie"
    return f"Weinig meldingen in {e.area.name} sinds de aansluiting"
