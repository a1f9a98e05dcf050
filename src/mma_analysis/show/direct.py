"""Rechtstreeks ontvangen: what only the gemeente got, and what gemeenten say it brings."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, parts, words
from mma_analysis.show.blocks import Text, text
from mma_analysis.show.survey import agreement_sentence

FIELD, ONLY = "also_sent_to", "alleen_gemeente"
NOT_TOLD = "Daarvan weet de politie niets zolang de gemeente ze niet doorgeeft."
NOT_BEFORE = "Wat gemeenten vroeger via de politie hoorden, weten wij niet."
STATEMENTS = ("informatiepositie", "sneller_dan_politie", "kwaliteit")


def sentence(e: Evaluation) -> Text:
    """Which meldingen only the gemeente got, and what is certain of the others."""
    own = parts.breakdown(e, FIELD)
    if not own.is_shown:
        return text(facts.absence(e, f"Wie de meldingen in {e.area.name} nog meer kreeg,"))
    if words.is_none(own.known):
        return text("In de registratie staat niet wie de meldingen nog meer kreeg.")
    only, unknown, total = own.count(ONLY), own.unknown.count.value, own.total.value or 0
    of = words.of_meldingen(only, total)
    sentences = [f"Bij {of} is geregistreerd dat alleen de gemeente ze kreeg."]
    if not words.is_none(only):
        sentences.append(NOT_TOLD)
    if unknown:
        sentences.append(
            f"Bij {words.of_meldingen(unknown, total)} is niet geregistreerd wie ze nog meer kreeg."
        )
    certain = parts.certain(
        parts.within(own, ONLY, "alleen naar de gemeente ging", "alleen naar de gemeente gingen")
    )
    return text(" ".join(sentences), certain)


def statements_sentence(e: Evaluation) -> Text:
    """What gemeenten say about receiving tips directly."""
    return agreement_sentence(e, STATEMENTS)


def speed_sentence(e: Evaluation) -> Text:
    """How fast meldingen come, and that nobody knows how that was before."""
    table = e.of_district("time_to_receive")
    if table.empty:
        return text("Hoe snel een gemeente een melding heeft, is niet bekend.", NOT_BEFORE)
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
        f"via de politie duurde, is niet bekend. {NOT_BEFORE}"
    )


def _within(days: int) -> str:
    return f"binnen {words.plural(days, 'dag', 'dagen')}" if days else "op dezelfde dag"
