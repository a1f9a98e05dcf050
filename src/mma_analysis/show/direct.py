"""Rechtstreeks ontvangen: what only the gemeente got, and what gemeenten say it brings."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, parts, words
from mma_analysis.show.blocks import Block, Meaning, Sure, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.show.survey import likert_chart

FIELD, ONLY = "also_sent_to", "alleen_gemeente"
STATEMENTS = ("informatiepositie", "sneller_dan_politie", "kwaliteit", "waard_wat_het_kost")


def sentence(e: Evaluation) -> Text:
    """Which meldingen only the gemeente got."""
    own = parts.breakdown(e, FIELD)
    if not own.is_shown:
        return text(facts.instead(e, f"Wie de meldingen in {e.area.name} nog meer kreeg,"))
    if own.known == 0:
        return text("In de registratie staat niet wie de meldingen nog meer kreeg.")
    only, unknown, total = own.part(ONLY).count.value, own.unknown.count.value, own.total.value or 0
    sentences = [
        "Hoeveel meldingen alleen de gemeente kreeg, tonen wij niet."
        if only is None
        else f"Bij {words.of_meldingen(only, total)} staat dat alleen de gemeente ze kreeg."
    ]
    if unknown:
        sentences.append(
            f"Bij {words.of_meldingen(unknown, total)} staat niet wie ze nog meer kreeg."
        )
    return text("In de registratie: " + words.small(" ".join(sentences)))


def recipients_chart(e: Evaluation) -> Block:
    """Who else received the tips; the district's when nothing of its own is shown."""
    shown = parts.shown_breakdown(e, FIELD)
    return parts.counts_chart(
        shown,
        _title(shown),
        "Dit is wat gemeenten hebben geregistreerd. Onbekend betekent: niet geregistreerd.",
        ("Ontvangers van de meldingen", "Ontvanger"),
    )


def _title(shown: Breakdown) -> str:
    if shown.known is None or not shown.total.value:
        return f"Wie de meldingen in {shown.area.name} nog meer kreeg"
    where = f"Bij {words.of_meldingen(shown.known, shown.total.value)} in {shown.area.name}"
    return f"{where} is geregistreerd wie ze nog meer kreeg"


def statements_chart(e: Evaluation) -> Block:
    """What gemeenten say about receiving tips directly."""
    return likert_chart(e, STATEMENTS)


def before_after(e: Evaluation) -> Block:
    """What is certain about the meldingen that only the gemeente got, and what is not."""
    shown = parts.shown_breakdown(e, FIELD)
    certain = parts.certain(parts.within(shown, ONLY, "Alleen naar de gemeente"))
    unknown = (
        "Of gemeenten door de aansluiting meer horen dan vroeger via de politie, is niet vast te "
        "stellen: wat zij voor de aansluiting hoorden, is niet bekend."
    )
    return Sure(f"{certain} {unknown}".strip())


def meaning(e: Evaluation) -> Block:
    """What follows for the meldingen that only the gemeente got."""
    shown = parts.shown_breakdown(e, FIELD)
    if shown.known == 0:
        return Meaning(
            "Zolang niet is geregistreerd wie een melding nog meer kreeg, is niet te zeggen wat "
            "een gemeente door de aansluiting extra hoort."
        )
    if shown.part(ONLY).count.value == 0:
        return Meaning("Waar het is geregistreerd, kreeg ook altijd iemand anders de melding.")
    return Meaning("Een melding die alleen de gemeente kreeg, kan ook alleen de gemeente oppakken.")
