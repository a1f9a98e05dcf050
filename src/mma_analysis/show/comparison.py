"""Vergelijking: do gemeenten differ more than chance?"""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text, text

VERDICTS = {
    "as_expected": "past bij toeval",
    "differs": "wijkt af",
    "differs_clearly": "wijkt duidelijk af",
}


def sentence(e: Evaluation) -> Text:
    """How many gemeenten differ, and whether this one does."""
    table = e.table("comparison")
    if table.empty:
        return text("Een vergelijking tussen gemeenten is niet te maken.")
    clear = table[table["verdict"] == "differs_clearly"]
    parts = [
        f"{words.capital(words.in_words(len(table)))} gemeenten zijn te vergelijken."
        + (
            f" Bij {facts.names(sorted(clear['area']))} is het verschil groter dan toeval."
            if len(clear)
            else " Bij geen daarvan is het verschil duidelijk groter dan toeval."
        )
    ]
    own = table[table["area"] == e.area.slug]
    if not e.area.is_district and own.empty:
        parts.append(f"{e.area.name} staat er niet bij: het aantal tonen wij niet.")
    elif not e.area.is_district:
        row = own.iloc[0]
        parts.append(
            f"In {e.area.name} kwamen {words.meldingen(int(row['count']))} binnen; verwacht waren "
            f"er ongeveer {words.number(row['expected'])}. Dat {VERDICTS[row['verdict']]}."
        )
    return text(" ".join(parts))


def funnel_chart(e: Evaluation) -> Block:
    """Observed against expected, within the limits of chance."""
    table, limits = e.table("comparison"), e.table("comparison_limits")
    if table.empty:
        return text("Daarom staat hier geen figuur.")
    inside = limits[limits["expected"] >= max(2.0, float(table["expected"].min()) * 0.6)]
    points = [
        charts.Point(
            facts.name(row["area"]),
            float(row["expected"]),
            float(row["ratio"]),
            f"{facts.name(row['area'])}: {int(row['count'])} meldingen, verwacht "
            f"{words.number(row['expected'])}",
            is_named=row["area"] == e.area.slug or row["verdict"] != "as_expected",
            is_marked=row["area"] == e.area.slug,
        )
        for _, row in table.iterrows()
    ]
    clear = int((table["verdict"] == "differs_clearly").sum())
    return Chart(
        title="De meeste verschillen tussen gemeenten passen bij toeval"
        if clear <= len(table) / 2
        else "Gemeenten verschillen meer dan door toeval te verklaren is",
        unit="Aantal meldingen, vergeleken met wat past bij inwoners en aangesloten tijd",
        figure=charts.funnel(
            points,
            inside["expected"].to_list(),
            (inside["low"].to_list(), inside["high"].to_list()),
            (inside["lowest"].to_list(), inside["highest"].to_list()),
        ),
        alt=f"Trechterfiguur van {len(table)} gemeenten. {clear} liggen buiten de grens van 99,8%.",
        caption="De lijnen geven aan hoeveel een gemeente door toeval kan afwijken. Hoe minder "
        "meldingen, hoe meer toeval. Alleen gemeenten die erbuiten vallen hebben een naam. "
        "Gemeenten waarvan het aantal niet getoond wordt, ontbreken.",
        table=Table(
            "Werkelijk en verwacht aantal meldingen",
            ["Gemeente", "Werkelijk", "Verwacht", "Verhouding", "Oordeel"],
            [
                [
                    facts.name(row["area"]),
                    words.number(int(row["count"])),
                    words.number(row["expected"]),
                    words.number(row["ratio"], 1),
                    VERDICTS[row["verdict"]],
                ]
                for _, row in table.sort_values("area").iterrows()
            ],
        ),
    )


def sure(e: Evaluation) -> Block:
    """What a difference does and does not mean."""
    return Sure(
        "Meer meldingen is niet beter of slechter. Het kan komen door bekendheid van M., door wat "
        "er in een gemeente speelt, of doordat niet alles is geregistreerd. Het verwachte aantal "
        "houdt alleen rekening met inwoners en met de tijd dat een gemeente is aangesloten."
    )
