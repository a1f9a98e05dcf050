"""Opvolging: from received to result, with what is not known as a visible part."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text, text

KEY = (("bekend", charts.BLUE), ("niet bekend", charts.UNKNOWN_COLOUR))
STEPS = {
    "status": "Stand van zaken",
    "disposition": "Afhandeling",
    "result": "Resultaat",
    "usable": "Bruikbaarheid",
}


def sentence(e: Evaluation) -> Text:
    """How much of the follow-up is known at all, and what is known of the results."""
    result = facts.breakdown(e, "per_follow_up", "result").set_index("value")
    unknown = result.loc[domain.UNKNOWN, "share"]
    if pd.isna(unknown):
        return text(
            "Hoe de meldingen in deze gemeente zijn opgevolgd, tonen wij niet: daarvoor zijn het "
            "er te weinig. Het beeld van het hele district staat hieronder."
        )
    confirmed = facts.registered_share(result.reset_index(), "bevestigd")
    return text(
        f"Van {words.percent(unknown)} van de meldingen is het resultaat niet bekend."
        + (
            f" Is het wel bekend, dan is {words.percent(confirmed)} bevestigd."
            if confirmed is not None
            else ""
        )
    )


def steps_chart(e: Evaluation) -> Block:
    """Status, disposition, result and usefulness, each cut into what is known and what is not."""
    area = e.area.slug if _is_shown(e, e.area.slug) else e.district.slug
    return _steps(e, area)


def disposition_chart(e: Evaluation) -> Block:
    """What gemeenten did with the tips of which that is registered."""
    rows = facts.breakdown(e, "per_follow_up", "disposition", e.area.slug)
    labels = domain.values("disposition")
    counts = {row["value"]: words.count_of(row) for _, row in rows.iterrows()}
    bars = [
        charts.Bar(
            label,
            counts[code].value,
            counts[code].text if counts[code].is_shown else "niet getoond",
        )
        for code, label in labels.items()
    ]
    return Chart(
        title=f"Wat er met de meldingen in {facts.name(e.area.slug)} is gedaan",
        unit="Aantal meldingen",
        figure=charts.bars(bars),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        caption="Onbekend betekent: niet geregistreerd. Het betekent niet dat er niets is gedaan.",
        table=Table(
            f"Afhandeling in {facts.name(e.area.slug)}",
            ["Afhandeling", "Meldingen", "Aandeel"],
            [
                [labels[row["value"]], words.count_of(row).text, words.share(row["share"])]
                for _, row in rows.iterrows()
            ],
        ),
    )


def duration_sentence(e: Evaluation) -> Block:
    """How soon meldingen are closed, with open ones counted as open."""
    table = e.table("own_time_to_close") if e.is_intern else e.table("time_to_close")
    where = f"In {e.area.name}" if e.is_intern else f"In heel {e.district.name}"
    if table.empty:
        return text(
            f"{where} registreren te weinig gemeenten wanneer een melding is afgesloten. Hoe lang "
            "de opvolging duurt, is niet vast te stellen."
        )
    row = table.iloc[0]
    median = (
        "De helft was op de peildatum nog niet afgesloten."
        if pd.isna(row["median_days"])
        else f"De helft is afgesloten binnen {words.number(row['median_days'])} dagen."
    )
    return Sure(
        f"{where} is {words.percent(row['closed_within_30'])} van de meldingen binnen 30 dagen "
        f"afgesloten en {words.percent(row['closed_within_90'])} binnen 90 dagen. {median} "
        "Meldingen die nog open staan, tellen mee als open. Dit gaat alleen over gemeenten die de datum van "
        "afsluiten registreren."
    )


def _steps(e: Evaluation, area: str) -> Block:
    rows, table = [], []
    for step, label in STEPS.items():
        counts = facts.breakdown(e, "per_follow_up", step, area)
        labels = domain.values(step)
        unknown = counts.set_index("value")["share"][domain.UNKNOWN]
        parts = None if pd.isna(unknown) else [100 * (1 - unknown), 100 * unknown]
        rows.append(charts.Stack(label, parts))
        table += [
            [
                f"{label}: {labels[row['value']].lower()}",
                words.count_of(row).text,
                words.share(row["share"]),
            ]
            for _, row in counts.iterrows()
        ]
    spoken = [
        f"{row.label}: {row.parts[0]:.0f}% bekend" if row.parts else f"{row.label}: niet getoond"
        for row in rows
    ]
    return Chart(
        title=f"Hoe verder in de opvolging, hoe minder er bekend is over {facts.name(area)}"
        if _decreases(rows)
        else f"Wat er bekend is over de opvolging in {facts.name(area)}",
        unit="Percentage van de meldingen waarvan de stap bekend is",
        figure=charts.stacks(rows, KEY),
        key=KEY,
        alt=words.listing(spoken) + ".",
        table=Table(f"Opvolging in {facts.name(area)}", ["Stap", "Meldingen", "Aandeel"], table),
    )


def _decreases(rows: list[charts.Stack]) -> bool:
    known = [row.parts[0] for row in rows if row.parts]
    return len(known) > 1 and all(a >= b for a, b in zip(known, known[1:], strict=False))


def _is_shown(e: Evaluation, area: str) -> bool:
    counts = facts.breakdown(e, "per_follow_up", "result", area).set_index("value")
    return bool(pd.notna(counts["share"][domain.UNKNOWN]))
