"""Rechtstreeks ontvangen: what only the gemeente got, and what gemeenten say it brings."""

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table
from mma_analysis.show.survey import likert_chart

STATEMENTS = ("informatiepositie", "sneller_dan_politie", "kwaliteit", "waard_wat_het_kost")


def recipients_chart(e: Evaluation) -> Block:
    """Who else received the tips."""
    rows = facts.breakdown(e, "per_recipient", "also_sent_to")
    labels = domain.values("also_sent_to")
    counts = [
        (labels[row["value"]], words.count_of(row), row["share"]) for _, row in rows.iterrows()
    ]
    bars = [
        charts.Bar(label, count.value, count.text if count.is_shown else "niet getoond")
        for label, count, _ in counts
    ]
    return Chart(
        title=f"Wie de meldingen in {e.area.name} nog meer kreeg",
        unit="Aantal meldingen",
        figure=charts.bars(bars),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        caption="Alleen wat gemeenten hebben geregistreerd. Onbekend betekent: niet genoteerd.",
        table=Table(
            f"Ontvangers van de meldingen in {e.area.name}",
            ["Ontvanger", "Meldingen", "Aandeel"],
            [
                [
                    label,
                    count.text,
                    words.share(share),
                ]
                for label, count, share in counts
            ],
        ),
    )


def before_after(e: Evaluation) -> Block:
    """Whether before and after connection can be compared."""
    return Sure(
        "Of gemeenten door de aansluiting meer meldingen krijgen dan vroeger via de politie, is "
        "niet vast te stellen. Van de tijd voor de aansluiting zijn geen registraties geleverd."
    )


def statements_chart(e: Evaluation) -> Block:
    """What gemeenten say about receiving tips directly."""
    return likert_chart(e, STATEMENTS, "Wat gemeenten zeggen over rechtstreeks ontvangen")
