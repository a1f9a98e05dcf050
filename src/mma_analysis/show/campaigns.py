"""Campagnes: what was reported in the months of each, beside all other months."""

from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text

FOUR = ("target_during", "target_otherwise", "other_during", "other_otherwise")
UNKNOWN = "Of de campagne verschil maakte, is niet vast te stellen"


def sentences(e: Evaluation) -> Text:
    """For each campaign: when it was, who took part, and what can be said of it."""
    told = [_sentence(e, row) for row in _rows(e)]
    return text(*(told or ["Voor deze evaluatie zijn geen campagnes opgegeven."]))


def counts_table(e: Evaluation) -> Block:
    """The counts behind each campaign that could be compared."""
    counted = [row for row in _rows(e) if facts.real(row[FOUR[0]]) is not None]
    if not counted:
        return text("Er zijn geen campagnes waarvan wij aantallen kunnen vergelijken.")
    kinds = (("onderwerpen van de campagne", FOUR[:2]), ("andere onderwerpen", FOUR[2:]))
    return Table(
        "Meldingen in de maanden van de campagne en in andere maanden",
        ["Meldingen", "In de campagnemaanden", "In andere maanden"],
        [
            [f"{row['campaign']}: {what}", *[_count(e, row[name]) for name in names]]
            for row in counted
            for what, names in kinds
        ],
        note="Van gemeenten die meededen. De twee maanden na de campagne tellen niet mee. Het gaat "
        "om wat gemeenten ontvingen: een melding bij twee gemeenten telt twee keer.",
        sources=("campaigns",),
    )


def _rows(e: Evaluation) -> list[Any]:
    return e.table("campaigns").to_dict("records")


def _sentence(e: Evaluation, row: dict[str, Any]) -> str:
    campaign = next(one for one in e.edition.campagnes if one.naam == row["campaign"])
    topics = [words.small(e.vocabulary.topics[topic]) for topic in campaign.topics]
    is_coming = row["verdict"] == "not_started"
    lasts, is_about = ("duurt", "gaat") if is_coming else ("duurde", "ging")
    about = f" De campagne {is_about} over {words.listing(topics)}." if topics else ""
    when = words.days(campaign.begin, campaign.eind)
    return (
        f"{campaign.naam} {lasts} van {when}. {_who(e, campaign, is_coming)}.{about} "
        f"{_verdict(row, bool(topics))}"
    )


def _who(e: Evaluation, campaign: Any, is_coming: bool) -> str:
    """Who took part, or for whom a campaign is that is still to come."""
    who = "alle gemeenten" if campaign.gemeenten == "alle" else facts.names(e, campaign.gemeenten)
    if is_coming:
        return f"Zij is bedoeld voor {who}"
    is_one = campaign.gemeenten != "alle" and len(campaign.gemeenten) == 1
    return f"{words.capital(who)} {'deed' if is_one else 'deden'} mee"


def _verdict(row: dict[str, Any], has_topics: bool) -> str:
    said, ratio = row["verdict"], facts.real(row["ratio"])
    if said == "not_started":
        return "Deze campagne begint pas na de peildatum. Er is nog niets te zien."
    if not has_topics:
        return f"Er zijn geen onderwerpen opgegeven. {UNKNOWN}."
    if ratio is None:
        return f"{UNKNOWN}: daarvoor zijn er te weinig meldingen of andere maanden."
    if said in ("more", "fewer"):
        others = "minder" if said == "more" else "meer"
        return (
            f"In de campagnemaanden gingen meldingen {words.number(ratio, 1)} keer zo vaak over "
            f"deze onderwerpen als anders. Met 95% zekerheid ligt dat "
            f"{words.between_times(row['low'], row['high'])}. Dat kan door de campagne komen, of "
            f"doordat er {others} meldingen over andere onderwerpen waren."
        )
    if said == "no_change":
        return "In de campagnemaanden was er geen duidelijk verschil."
    seen = words.number(row["detectable"], 1)
    return f"{UNKNOWN}: een verschil was pas te zien geweest vanaf {seen} keer zo vaak."


def _count(e: Evaluation, value: Any) -> str:
    return words.number(facts.counted(e, value))
