"""Verantwoording: definitions, deliveries, protection, and what the page was made from."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text


def deliveries_sentence(e: Evaluation) -> Text:
    """What became of all delivered rows."""
    row = e.table("deliveries").iloc[0]
    return text(
        f"Er zijn {words.number(row['files'])} bestanden gelezen met samen "
        f"{words.number(row['read'])} regels. Daarvan zijn er {words.number(row['clean'])} geteld, "
        f"{words.number(row['rejected'])} konden niet worden geteld en "
        f"{words.number(row['duplicate'])} stonden er dubbel in. Samen is dat elke regel."
    )


def connection_table(e: Evaluation) -> Block:
    """Since when each gemeente is connected, and whether it delivered."""
    table = e.table("connection")
    return Table(
        "Aansluiting en levering per gemeente",
        ["Gemeente", "Aangesloten sinds", "Bron", "Bestand ontvangen"],
        [
            [
                facts.name(row["area"]),
                _day(row["connected_on"]),
                row["source"] or "opgave gemeente",
                _day(row["delivered_on"]) if row["has_delivered"] else "niet ontvangen",
            ]
            for _, row in table.iterrows()
        ],
        is_text=True,
    )


def protection_sentence(e: Evaluation) -> Text:
    """The rule by which small counts are protected."""
    threshold = e.edition.bescherming.drempel
    if e.is_intern:
        return text(
            "Op deze pagina staan uw eigen aantallen zoals ze zijn. Aantallen van andere gemeenten "
            "staan er zoals in de openbare uitgave."
        )
    return text(
        f"Aantallen van 1 tot en met {threshold - 1} tonen wij niet ({words.HIDDEN}). Zou iemand "
        "zo'n aantal kunnen uitrekenen uit andere aantallen, dan verbergen wij nog een aantal. Dat "
        "gebeurt in een keer voor alle rapporten samen. Percentages en gemiddelden komen alleen "
        "uit aantallen die wij wel tonen. Zo blijft een melder onherkenbaar."
    )


def own_quality(e: Evaluation) -> Block:
    """What could not be counted of the gemeente's own delivery; only on its intern page."""
    if not e.is_intern:
        return text(
            "Elke gemeente krijgt apart bericht over wat er in haar eigen bestand te verbeteren is."
        )
    rejected = e.table("own_rejected")
    if rejected.empty:
        return text("Alle regels uit uw bestand met meldingen konden worden geteld.")
    return Table(
        "Regels uit uw bestand die niet zijn geteld",
        ["Bestand", "Tabblad", "Regel", "Kolom", "Reden"],
        [
            [
                row["source_file"],
                row["source_sheet"] or "–",
                str(row["source_row"]),
                row["column"] or "–",
                row["reason"],
            ]
            for _, row in rejected.iterrows()
        ],
        is_text=True,
    )


def definitions(e: Evaluation) -> Text:
    """What the words on this page mean."""
    return text(
        "Melding: een anonieme tip die Meld Misdaad Anoniem (M.) aan een gemeente doorgaf. Een "
        "gemeente telt wat zij ontving. Het district telt een melding die bij twee gemeenten "
        "binnenkwam een keer.",
        "Aangesloten maand: een maand waarin een gemeente meldingen rechtstreeks kon ontvangen. "
        "Een halve maand telt voor de helft.",
        "Met 95% zekerheid: zou alles zich op dezelfde manier herhalen, dan ligt de werkelijkheid "
        "in 95 van de 100 gevallen tussen de genoemde grenzen.",
    )


def colophon(e: Evaluation) -> Text:
    """What the page was made from, so that it can be made again."""
    manifest = e.manifest
    return text(
        f"Gemaakt met mma-analysis {manifest['version']} uit de editie {manifest['edition']}. "
        f"Kenmerk van de gegevens: {manifest['key'][:12]}."
    )


def _day(value: pd.Timestamp) -> str:
    return "niet bekend" if pd.isna(value) else words.day(value)
