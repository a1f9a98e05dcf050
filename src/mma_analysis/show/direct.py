"""Rechtstreeks ontvangen: what only the gemeente got, and what gemeenten say it brings."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, parts, words
from mma_analysis.show.blocks import Block, Meaning, Sure, Text, text
from mma_analysis.show.survey import likert_chart

FIELD, ONLY = "also_sent_to", "alleen_gemeente"
NOT_BEFORE = (
    "Of gemeenten door de aansluiting meer horen dan vroeger via de politie, is niet vast te "
    "stellen. Wat zij vroeger via de politie hoorden, weten wij niet."
)
STATEMENTS = ("informatiepositie", "sneller_dan_politie", "kwaliteit", "waard_wat_het_kost")


def sentence(e: Evaluation) -> Text:
    """Which meldingen only the gemeente got."""
    own = parts.breakdown(e, FIELD)
    if not own.is_shown:
        reason = facts.absence(e, f"Wie de meldingen in {e.area.name} nog meer kreeg,")
        return text(facts.instead(e, reason))
    if words.is_none(own.known):
        return text("In de registratie staat niet wie de meldingen nog meer kreeg.")
    only, unknown, total = own.count(ONLY), own.unknown.count.value, own.total.value or 0
    of = words.of_meldingen(only, total)
    sentences = [f"Bij {of} is geregistreerd dat alleen de gemeente ze kreeg."]
    if unknown:
        sentences.append(
            f"Bij {words.of_meldingen(unknown, total)} is niet geregistreerd wie ze nog meer kreeg."
        )
    return text(" ".join(sentences))


def recipients_chart(e: Evaluation) -> Block:
    """Who else received the tips, where that is registered."""
    shown = parts.shown_breakdown(e, FIELD)
    if not shown.known or not shown.total.value:
        return text()
    where = f"Bij {words.of_meldingen(shown.known, shown.total.value)} in {shown.area.name}"
    return parts.counts_chart(
        shown,
        f"{where} is geregistreerd wie ze nog meer kreeg",
        "Dit is wat gemeenten hebben geregistreerd. Onbekend betekent: niet geregistreerd.",
        ("Ontvangers van de meldingen", "Ontvanger"),
    )


def statements_chart(e: Evaluation) -> Block:
    """What gemeenten say about receiving tips directly."""
    return likert_chart(e, STATEMENTS)


def before_after(e: Evaluation) -> Block:
    """What is certain about the meldingen that only the gemeente got, and what is not."""
    shown = parts.shown_breakdown(e, FIELD)
    certain = parts.certain(
        parts.within(shown, ONLY, "alleen naar de gemeente ging", "alleen naar de gemeente gingen")
    )
    return Sure(f"{certain} {NOT_BEFORE}".strip())


def speed_sentence(e: Evaluation) -> Text:
    """How fast meldingen come."""
    table = e.of_district("time_to_receive")
    if table.empty:
        return text("Hoe snel een gemeente een melding heeft, is niet bekend.")
    row = table.iloc[0]
    median, low, high = (int(row[name]) for name in ("median_days", "low", "high"))
    sure = (
        ""
        if low == high
        else f" Met 95% zekerheid ligt dat tussen {low} en {words.plural(high, 'dag', 'dagen')}."
    )
    who = words.plural(int(row["gemeenten"]), "gemeente", "gemeenten")
    return text(
        f"In heel {e.district.name} was de helft van de meldingen {_within(median)} bij de "
        f"gemeente.{sure} Dat is geteld "
        f"vanaf de dag dat M. ze kreeg, bij {who} met beide dagen in de registratie. Hoe lang het "
        "via de politie duurde, is niet bekend."
    )


def meaning(e: Evaluation) -> Block:
    """What follows for the meldingen that only the gemeente got."""
    shown = parts.shown_breakdown(e, FIELD)
    if words.is_none(shown.known):
        return Meaning(
            "Zolang niet is geregistreerd wie een melding nog meer kreeg, is niet te zeggen wat "
            "een gemeente door de aansluiting extra hoort."
        )
    if words.is_none(shown.part(ONLY).count.value):
        return Meaning("Waar het is geregistreerd, kreeg ook altijd iemand anders de melding.")
    return Meaning(
        "Van een melding die alleen de gemeente kreeg, weet de politie niets zolang de gemeente "
        "haar niet doorgeeft."
    )


def _within(days: int) -> str:
    return f"binnen {words.plural(days, 'dag', 'dagen')}" if days else "op dezelfde dag"
