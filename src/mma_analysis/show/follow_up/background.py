"""What result goes with which background."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, text


def background_table(e: Evaluation) -> Block:
    """What result goes with which background, in the district."""
    labels, table = facts.fields(e.vocabulary), e.of_district("result_by_background")
    table = table.assign(label=[words.small(labels[field]) for field in table["background"]])
    known = table[table["verdict"] != facts.CANNOT_TELL]
    if known.empty:
        return text("Of een melding met meer achtergrond vaker klopt, is niet vast te stellen.")
    return Table(
        "Hoe vaak een bekend resultaat een bevestiging is, met en zonder achtergrond",
        ["In de melding staat een", "Met", "Zonder, of niet bekend", "Verschil in procentpunten"],
        [_background_row(row) for _, row in table.iterrows()],
        note="Alleen meldingen met een bekend resultaat. Deels bevestigd telt als bevestigd. "
        f"{_background_finding(known)} {words.ROUNDED_APART} Een verschil is geen "
        "oorzaak: wie meer opschrijft, zoekt misschien ook meer uit. Deze tabel is bedoeld voor "
        "een gesprek over het wegingskader, en niet om een melding een cijfer te geven.",
        sources=("result_by_background",),
    )


def _background_row(row: pd.Series) -> list[str]:
    with_it, without, change, low, high = (
        facts.real(row[name]) for name in ("share_to", "share_from", "change", "low", "high")
    )
    if with_it is None or without is None or change is None or low is None or high is None:
        return [row["label"], *[words.CANNOT_TELL] * 3]
    difference = words.signed(change * 100)
    return [
        row["label"],
        f"{words.share(with_it)} van {words.number(row['total_to'])}",
        f"{words.share(without)} van {words.number(row['total_from'])}",
        f"{difference} ({words.signed(low * 100)} tot {words.signed(high * 100)})",
    ]


def _background_finding(known: pd.DataFrame) -> str:
    """What is beyond chance, or that nothing is."""
    more = known.loc[known["verdict"] == "more", "label"].to_list()
    fewer = known.loc[known["verdict"] == "fewer", "label"].to_list()
    if not more and not fewer:
        return "Geen verschil is groter dan past bij toeval."
    told = [
        f"Met {words.listing(fields)} is een resultaat {how} een bevestiging dan past bij toeval."
        for fields, how in ((more, "vaker"), (fewer, "minder vaak"))
        if fields
    ]
    return " ".join(told)
