"""Onderwerpen: what the tips are about, and how that shifts."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text


def sentence(e: Evaluation) -> Text:
    """The largest topic group and the share of which the topic is not known."""
    rows = facts.breakdown(e, "per_topic_group", "topic_group")
    known = rows[(rows["value"] != domain.UNKNOWN) & rows["share"].notna()]
    if known.empty:
        return text(
            "Waar de meldingen in deze gemeente over gaan, tonen wij niet: daarvoor zijn het er te "
            "weinig. Het beeld van het hele district staat hieronder."
        )
    largest = known.sort_values("count", ascending=False).iloc[0]
    label = domain.topic_groups()[largest["value"]].lower()
    unknown = rows.loc[rows["value"] == domain.UNKNOWN, "share"].iloc[0]
    return text(
        f"Het vaakst gaat een melding over {label}: {words.percent(largest['share'])} van alle "
        "meldingen."
        + (
            f" Van {words.percent(unknown)} is het onderwerp niet bekend."
            if pd.notna(unknown)
            else ""
        )
    )


def shift_chart(e: Evaluation) -> Block:
    """The district's topic groups in its first and its last year."""
    years = facts.years(e)
    if len(years) < 2:
        return text("Er is nog maar een jaar; een verschuiving is niet vast te stellen.")
    first, last = years.iloc[0], years.iloc[-1]
    rows = e.of_district("per_topic_group")
    shares = {
        p: rows[rows["period"] == p].set_index("value") for p in (first["period"], last["period"])
    }
    labels = domain.topic_groups()
    order = (
        shares[last["period"]]["count"]
        .astype("Float64")
        .fillna(0)
        .sort_values(ascending=False)
        .index
    )
    data = [
        (labels[code], *(_share(shares[p], code) for p in (first["period"], last["period"])))
        for code in order
    ]
    return Chart(
        title=_shift_title(data),
        unit=f"Aandeel van de meldingen in {first['label']} en in {last['label']}",
        figure=charts.dumbbells(data, (first["label"], last["label"])),
        key=[(f"{first['label']} (open)", "#ffffff"), (f"{last['label']} (dicht)", charts.BLUE)],
        alt="Aandeel per onderwerp in het eerste en het laatste jaar. "
        + " ".join(f"{label}: {words.share(a)} en {words.share(b)}." for label, a, b in data),
        caption="Een open rondje is het eerste jaar, een dicht rondje het laatste. Een onderwerp "
        "zonder rondje tonen wij niet, omdat het aantal te klein is.",
        table=Table(
            "Meldingen per onderwerp en jaar",
            [
                "Onderwerp",
                *[f"{year['label']}" for year in (first, last)],
                *[f"Aandeel {year['label']}" for year in (first, last)],
            ],
            [
                [
                    labels[code],
                    *[words.count_of(shares[y["period"]].loc[code]).text for y in (first, last)],
                    *[words.share(_share(shares[y["period"]], code)) for y in (first, last)],
                ]
                for code in order
            ],
        ),
    )


def own_chart(e: Evaluation) -> Block:
    """The gemeente's topic groups as counts, with the district's shares in the table."""
    labels = domain.topic_groups()
    own = facts.breakdown(e, "per_topic_group", "topic_group").set_index("value")
    district = facts.breakdown(e, "per_topic_group", "topic_group", e.district.slug).set_index(
        "value"
    )
    counts = {code: words.count_of(own.loc[code]) for code in labels}
    bars = [
        charts.Bar(labels[code], count.value, count.text if count.is_shown else "niet getoond")
        for code, count in counts.items()
    ]
    return Chart(
        title=f"Waar de meldingen in {e.area.name} over gaan",
        unit=f"Aantal meldingen, {facts.whole_span(e)}",
        figure=charts.bars(bars),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        caption="Aantallen van 1 tot en met "
        f"{e.edition.bescherming.drempel - 1} tonen wij niet. Soms verbergen wij nog een aantal, "
        "zodat niemand het eerste kan uitrekenen."
        if not e.is_intern
        else "Uw eigen aantallen, onbewerkt.",
        table=Table(
            f"Onderwerpen in {e.area.name} en in {e.district.name}",
            ["Onderwerp", e.area.name, f"Aandeel {e.area.name}", f"Aandeel {e.district.name}"],
            [
                [
                    labels[code],
                    counts[code].text,
                    words.share(_share(own, code)),
                    words.share(_share(district, code)),
                ]
                for code in labels
            ],
        ),
    )


def topics_table(e: Evaluation) -> Block:
    """The district's topics on M.'s own list."""
    labels = domain.topics()
    rows = facts.breakdown(e, "per_topic", "topic", e.district.slug)
    ordered = rows.assign(n=rows["count"].astype("Float64").fillna(0)).sort_values(
        "n", ascending=False, kind="stable"
    )
    return Table(
        "Meldingen per onderwerp van de lijst van M.",
        ["Onderwerp", "Meldingen", "Aandeel"],
        [
            [
                labels[row["value"]],
                words.count_of(row).text,
                words.share(None if pd.isna(row["share"]) else float(row["share"])),
            ]
            for _, row in ordered.iterrows()
        ],
        note="De onderwerpen zijn die uit het contract van M. met gemeenten. Woorden van gemeenten "
        "zelf zijn daarin ondergebracht; wat niet herkend is, staat onder onbekend.",
    )


def _share(rows: pd.DataFrame, code: str) -> float | None:
    share = rows.loc[code, "share"]
    return None if pd.isna(share) else float(share)


def _shift_title(data: list[tuple[str, float | None, float | None]]) -> str:
    largest = max(data, key=lambda row: row[2] or 0)
    if largest[1] is None or largest[2] is None:
        return "Waar de meldingen over gaan"
    verb = "bleef" if abs(largest[2] - largest[1]) < 0.05 else "is"
    return f"{largest[0]} {verb} het grootste onderwerp"
