"""Rechtstreeks ontvangen: what only the gemeente got, and what gemeenten say it brings."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, parts, words
from mma_analysis.show.blocks import Block, Meaning, Sure, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.show.questions import question
from mma_analysis.show.survey import likert_chart

FIELD, ONLY = "also_sent_to", "alleen_gemeente"
COMPARED = ("informatiepositie", "sneller_dan_politie")
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
    certain = parts.certain(
        parts.within(shown, ONLY, "alleen naar de gemeente ging", "alleen naar de gemeente gingen")
    )
    return Sure(f"{certain} {NOT_BEFORE}".strip())


def experience(e: Evaluation) -> Text:
    """How fast meldingen come, and what gemeenten say of it beside what is counted."""
    return text(_days_sentence(e), *[_by_answer(e, code) for code in COMPARED])


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


def _days_sentence(e: Evaluation) -> str:
    table = e.of_district("time_to_receive")
    if table.empty:
        return "Hoe snel een gemeente een melding heeft, is niet bekend."
    row = table.iloc[0]
    median, low, high = (int(row[name]) for name in ("median_days", "low", "high"))
    sure = (
        ""
        if low == high
        else f" Met 95% zekerheid ligt dat tussen {low} en {words.plural(high, 'dag', 'dagen')}."
    )
    who = words.plural(int(row["gemeenten"]), "gemeente", "gemeenten")
    return (
        f"In heel {e.district.name} was de helft van de meldingen {_within(median)} bij de "
        f"gemeente.{sure} Dat is geteld "
        f"vanaf de dag dat M. ze kreeg, bij {who} met beide dagen in de registratie. Hoe lang het "
        "via de politie duurde, is niet bekend."
    )


def _by_answer(e: Evaluation, code: str) -> str:
    """What gemeenten that answered differently received; no proof of anything."""
    asked = question(e, code)
    if asked is None:
        return ""
    table = e.table("experience_by_answer")
    own = table[table["question"] == code]
    if own.empty:
        return (
            f"De antwoorden op ‘{asked.label}’ leggen wij niet naast wat is geteld. Daarvoor "
            "moeten twee antwoorden elk door minstens drie gemeenten zijn gegeven."
        )
    speed = _speed(own)
    return (
        f"Wij legden de antwoorden op ‘{asked.label}’ naast wat is geteld. "
        f"{words.capital(_order(own))}.{speed} Dat is alleen een beschrijving: deze gemeenten "
        "verschillen in meer dan hun antwoord."
    )


def _speed(own: pd.DataFrame) -> str:
    """How soon meldingen came by answer; of which answers that cannot be told, when of some."""
    known, unknown = own.dropna(subset="median_days"), own[own["median_days"].isna()]
    if known.empty:
        return ""
    days = [
        f"bij ‘{row['value']}’ was de helft {_within(int(row['median_days']))} bij de gemeente"
        for _, row in known.iterrows()
    ]
    others = words.listing([f"‘{value}’" for value in unknown["value"]])
    rest = f" Bij {others} is dat niet te zeggen." if others else ""
    return f" {words.capital(words.listing(days))}.{rest}"


def _order(own: pd.DataFrame) -> str:
    """Who received more per inhabitant, without how many."""
    by_rank = own.sort_values(["rank", "value"]).groupby("rank")["value"]
    groups = [words.listing([f"‘{value}’" for value in values]) for _, values in by_rank]
    if len(groups) == 2:
        more, fewer = groups
        return f"gemeenten met {more} kregen per inwoner meer meldingen dan gemeenten met {fewer}"
    if len(groups) == 1:
        return f"gemeenten met {groups[0]} kregen per inwoner ongeveer evenveel meldingen"
    most, *others = groups
    return (
        f"gemeenten met {most} kregen per inwoner de meeste meldingen, daarna gemeenten met "
        f"{' en daarna '.join(others)}"
    )


def _within(days: int) -> str:
    return f"binnen {words.plural(days, 'dag', 'dagen')}" if days else "op dezelfde dag"
