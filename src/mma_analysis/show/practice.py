"""Werkwijze, samenwerking en registratie: what gemeenten say they do, and what they register."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text
from mma_analysis.show.survey import answers_sentence

NEVER = "nooit"
PARTNERS = "afstemming_met"
QUESTIONS = ("ontvanger", PARTNERS, "registratie")
IN_TABLE = {
    "has_time": "Tijdstip",
    "has_location": "Plaats",
    "also_sent_to": "Ontvanger",
    "disposition": "Afhandeling",
    "result": "Resultaat",
}


def answers(e: Evaluation) -> Text:
    """Who receives the tips, with whom gemeenten consult, and where they register them."""
    return answers_sentence(e, QUESTIONS)


def never_sentence(e: Evaluation) -> Text:
    """Which gemeenten do not register any result."""
    table = e.table("completeness")
    whole = table[table["period"].eq(facts.WHOLE) & table["field"].eq("result")]
    is_told = whole["registers"].notna() | whole["state"].eq("hidden")
    told = whole[is_told & whole["area"].ne(e.district.slug)]
    never = sorted(str(area) for area in told.loc[told["registers"].eq("never"), "area"])
    if not never:
        return text()
    who = words.gemeenten(len(never), len(told), "schrijft", "schrijven")
    return text(f"{words.capital(who)} het resultaat nooit op: {facts.names(e, never)}.")


def completeness_table(e: Evaluation) -> Block:
    """Of how many meldingen each field is known: per gemeente, or of one and of the district."""
    table = e.table("completeness")
    rows = {
        (row["area"], row["field"]): _known_text(e, row)
        for _, row in table[table["period"] == facts.WHOLE].iterrows()
    }
    shown = e.vocabulary.gemeenten if e.area.is_district else [e.area]
    return Table(
        "Hoe vaak een gegeven bekend is",
        ["Gemeente", *IN_TABLE.values()],
        [
            [area.name, *[rows.get((area.slug, field), "") for field in IN_TABLE]]
            for area in [*shown, e.district]
        ],
        note="Percentage van de meldingen waarvan het gegeven bekend is. Ontvanger: wie de melding "
        f"nog meer kreeg. {words.capital(NEVER)}: het staat bij geen enkele melding. Of het klopt, "
        "kunnen wij niet controleren.",
        sources=("completeness",),
    )


def _known_text(e: Evaluation, row: pd.Series) -> str:
    """The share that is known; in words when there is none, and else the sign of why not."""
    if row["registers"] == "never":
        return NEVER
    if row["state"] != "shown":
        return words.STATE_TEXT[row["state"]]
    if pd.isna(row["share"]):
        return words.TOO_FEW
    known, unknown, total = (
        facts.counted(e, n, row["area"])
        for n in (row["count"], row["total"] - row["count"], row["total"])
    )
    return words.known_share_of(known, unknown, total)
