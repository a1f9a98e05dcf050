"""The introduction of the proposal, and what comes after this evaluation."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import costs, facts, next_steps, survey, words
from mma_analysis.show.blocks import Sure


def introduction(e: Evaluation) -> list[str]:
    """What M. is, who receives meldingen, and what this evaluation rests on."""
    everyone = len(e.vocabulary.gemeenten)
    delivered = everyone - len(facts.without_delivery(e))
    who = words.gemeenten(delivered, everyone, "leverde", "leverden")
    return [
        "Bij Meld Misdaad Anoniem (M.) kan iedereen een misdaad melden zonder een naam te noemen. "
        f"M. geeft meldingen door aan de politie, aan gemeenten en aan andere partners. "
        f"{_connected(e)}",
        f"Deze evaluatie gaat over {facts.whole_span(e)}. {words.capital(who)} daarvoor een "
        f"registratie van meldingen. {survey.response_sentence(e).plain}",
        "De cijfers in dit voorstel zijn dezelfde als in het rapport van het district. Kleine "
        "aantallen staan er niet in. Zo blijven melders onherkenbaar. Wat woorden betekenen, staat "
        "achteraan.",
    ]


def _connected(e: Evaluation) -> str:
    """Since when, and how many gemeenten receive meldingen themselves."""
    known = [known.connected_on for known in facts.connections(e)]
    days = [day for day in known if day is not None and day.date() <= e.peildatum]
    if not days:
        return f"Wanneer de gemeenten in {e.district.name} zijn aangesloten, is niet bekend."
    everyone = len(e.vocabulary.gemeenten)
    who = words.gemeenten(len(days), everyone, "was", "waren")
    unknown = len(facts.without_date(e))
    beside = f" Van {words.plural(unknown, 'gemeente', 'gemeenten')} weten wij het niet."
    return (
        f"De eerste gemeente in {e.district.name} ontvangt ze rechtstreeks sinds "
        f"{words.month(min(days))}. Op de peildatum, {words.day(e.peildatum)}, {_turned(who)} "
        f"aangesloten.{beside if unknown else ''}"
    )


def _turned(who: str) -> str:
    """The verb before its subject: `alle 14 gemeenten waren` → `waren alle 14 gemeenten`."""
    subject, _, verb = who.rpartition(" ")
    return f"{verb} {subject}"


def coming(e: Evaluation) -> list[str]:
    """Whether gemeenten go on, what that costs, and what is planned."""
    after = [c for c in e.edition.campagnes if c.begin > e.peildatum]
    planned = [f"{c.naam} ({words.days(c.begin, c.eind)})" for c in after]
    sure = next_steps.sure(e)
    sentences = [
        next_steps.sentence(e).plain,
        sure.sentence if isinstance(sure, Sure) else "",
        *costs.district_sentence(e).paragraphs[1:],
        f"Na de peildatum staat gepland: {words.listing(planned)}." if planned else "",
    ]
    return [sentence for sentence in sentences if sentence]
