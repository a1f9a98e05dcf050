"""Verantwoording: definitions, deliveries, protection, and what the page was made from."""

from collections.abc import Iterator

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Terms, Text, text
from mma_analysis.show.topics import list_sentence
from mma_analysis.vocabulary import Vocabulary

ALWAYS, OF_DISTRICT = "altijd", "district"


def definitions(e: Evaluation) -> Terms:
    """What the words on this page mean, in the order in which a reader looks them up.

    Some words are on every page; others come with what the edition itself names.
    """
    melding = (
        "Een anonieme tip die Meld Misdaad Anoniem (M.) aan een gemeente doorgaf. Een gemeente "
        "telt wat zij ontving. Het district telt een melding die bij meer gemeenten binnenkwam, "
        f"één keer.{_received_twice(e)}"
    )
    named = "\n".join(_named(e)).lower()
    used = [
        (row["word"], row["meaning"])
        for row in e.vocabulary.reference("terms")
        if row["when"] == ALWAYS
        or (row["when"] == OF_DISTRICT and e.area.is_district)
        or _occurs(row, named)
    ]
    return _in_order([("Melding", melding), ("Onderwerp", list_sentence(e.vocabulary)), *used])


def terms_used(vocabulary: Vocabulary, text: str) -> Terms:
    """What the words mean that occur in a text."""
    told, rows = text.lower(), vocabulary.reference("terms")
    return _in_order([(row["word"], row["meaning"]) for row in rows if _occurs(row, told)])


def _in_order(terms: list[tuple[str, str]]) -> Terms:
    return Terms(sorted(terms, key=lambda term: term[0].lower()))


def _occurs(row: dict[str, str], text: str) -> bool:
    return any(form in text for form in row["forms"].split(";"))


def _named(e: Evaluation) -> Iterator[str]:
    """What the edition itself names: its title, campaigns, who pays, questions and themes."""
    yield e.edition.evaluatie.titel
    yield from (campaign.naam for campaign in e.edition.campagnes)
    yield from (phase.betaler for phase in (e.edition.kosten.fase if e.edition.kosten else ()))
    for table, columns in (("survey_answers", ("label", "value")), ("survey_themes", ("label",))):
        if e.has(table) and (e.area.is_district or e.is_intern):
            for column in columns:
                yield from e.table(table)[column].dropna().astype(str)


def protection_sentence(e: Evaluation) -> Text:
    """How meldingen are protected."""
    if e.is_intern:
        return text(
            "Op deze pagina staan uw eigen aantallen zoals ze zijn. Aantallen van andere gemeenten "
            "staan er zoals in de openbare uitgave."
        )
    basis = e.edition.bescherming.basis
    return text(
        f"Elk aantal meldingen en regels is een veelvoud van {basis}, en wijkt hoogstens "
        f"{basis - 1} af van wat is geteld. Het afronden gebeurt in één keer voor alle rapporten "
        "samen, zo dat elk totaal de som van zijn delen blijft. Waar "
        f"{words.number(words.Rounded(0, basis))} staat, waren er geen of een paar. Percentages, "
        "gemiddelden en grenzen komen uit de afgeronde aantallen; de grenzen zijn daarom iets "
        "ruimer. Percentages van een gemeente staan er vanaf "
        f"{words.FEW} meldingen. Zo blijft een melder onherkenbaar."
    )


def deliveries_sentence(e: Evaluation) -> Text:
    """What became of all delivered rows."""
    row = e.table("deliveries").iloc[0]
    if row.isna().any():  # left out, as it would tell another count
        return text("Hoeveel regels er zijn gelezen, staat hier niet: dat zou te veel vertellen.")
    read, clean, rejected, duplicate = (
        facts.counted(e, row[name]) for name in ("read", "clean", "rejected", "duplicate")
    )
    files = int(row["files"])
    verb = "is" if files == 1 else "zijn"
    return text(
        f"Er {verb} {words.plural(files, 'bestand', 'bestanden')} gelezen met samen "
        f"{words.plural(read, 'regel', 'regels')}. Daarvan telden er {words.number(clean)} mee. "
        f"{words.capital(_regels(rejected))} niet te tellen en {_regels(duplicate)} dubbel. Zo is "
        "van elke regel bekend wat ermee is gebeurd."
    )


def own_quality(e: Evaluation) -> Block:
    """What could not be counted of the gemeente's own delivery; only on its intern page."""
    if not e.is_intern:
        return text(
            "Elke gemeente krijgt apart bericht over wat er in haar eigen bestand te verbeteren is."
        )
    rejected = e.table("own_rejected")
    if not facts.connection(e).has_delivered:
        return text("Van uw gemeente is geen bestand met meldingen ontvangen.")
    if rejected.empty:
        return text("Alle regels uit uw bestand met meldingen konden worden geteld.")
    return Table(
        "Regels uit uw bestand die niet zijn geteld",
        ["Bestand", "Tabblad", "Regel", "Kolom", "Reden"],
        [
            [
                str(row["source_file"]),
                str(row["source_sheet"] or ""),
                str(row["source_row"]),
                str(row["column"] or ""),
                str(row["reason"]),
            ]
            for _, row in rejected.iterrows()
        ],
        is_text=True,
    )


def colophon(e: Evaluation) -> Text:
    """What the page was made from, so that it can be made again."""
    manifest = e.manifest
    return text(
        f"Gemaakt met mma-analysis {manifest['version']} uit de editie {manifest['edition']}. "
        f"Kenmerk van de openbare cijfers: {manifest['figures'][:12]}."
    )


def _received_twice(e: Evaluation) -> str:
    """How many receipts were of a tip that another gemeente received too."""
    row = e.table("received_twice").iloc[0]
    if pd.isna(row["again"]):
        return ""
    receipts, tips = (facts.counted(e, row[name]) for name in ("receipts", "tips"))
    again = receipts - tips
    if not again:
        return f" In deze periode kwamen {words.meldingen(again)} bij meer gemeenten binnen."
    return (
        f" Samen ontvingen gemeenten {words.number(receipts)} keer een melding; ongeveer "
        f"{words.number(again)} keer was dat een melding die ook bij een andere gemeente "
        "binnenkwam."
    )


def _regels(count: int) -> str:
    return f"{words.plural(count, 'regel', 'regels')} {'was' if count == 1 else 'waren'}"
