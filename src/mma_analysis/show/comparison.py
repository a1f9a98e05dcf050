"""Vergelijking: do gemeenten differ more than chance?"""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text

CLEARLY, AS_EXPECTED = "differs_clearly", "as_expected"
VERDICTS = {
    AS_EXPECTED: "past bij toeval",
    "differs": "wijkt af",
    CLEARLY: "wijkt duidelijk af",
}
LOWEST_DRAWN = 2.0  # below this the limits run off the figure


def sentence(e: Evaluation) -> Text:
    """How many gemeenten differ, and whether this one does."""
    table = e.table("comparison")
    if table.empty:
        return text("Gemeenten zijn niet te vergelijken: daarvoor ontbreken aantallen.")
    clear = sorted(str(area) for area in table.loc[table["verdict"] == CLEARLY, "area"])
    who = words.plural(len(table), "gemeente is", "gemeenten zijn")
    found = (
        f"Bij {facts.names(clear)} is het verschil groter dan door toeval te verklaren is."
        if clear
        else "Geen enkel verschil is zo groot dat het geen toeval kan zijn."
    )
    return text(f"{words.capital(who)} te vergelijken. {found}", _own_sentence(e, table))


def funnel_chart(e: Evaluation) -> Block:
    """Observed against expected, within the limits of chance."""
    table = e.table("comparison")
    if table.empty:
        return text("Daarom staat hier geen figuur.")
    return Chart(
        title=_title(table),
        unit="Werkelijk aantal meldingen, gedeeld door wat past bij inwoners en aangesloten tijd",
        figure=charts.funnel([_point(e, row) for _, row in table.iterrows()], *_limits(e, table)),
        alt=_alt(table),
        caption="Op de lijn bij 1,0 is het aantal precies zoals verwacht. Speelt alleen toeval "
        "mee, dan valt 95% van de gemeenten tussen de stippellijnen en 99,8% tussen de "
        f"doorgetrokken lijnen. {_named(e, table)}",
        table=Table(
            "Werkelijk en verwacht aantal meldingen",
            ["Gemeente", "Werkelijk", "Verwacht", "Verhouding", "Oordeel"],
            [
                [
                    facts.name(row["area"]),
                    words.number(row["count"]),
                    words.number(row["expected"]),
                    words.number(row["ratio"], 1),
                    VERDICTS[row["verdict"]],
                ]
                for _, row in table.sort_values("area").iterrows()
            ],
        ),
    )


def sure(e: Evaluation) -> Block:
    """What the comparison takes into account."""
    return Sure(
        "Het verwachte aantal houdt alleen rekening met inwoners en met de tijd dat een gemeente "
        "is aangesloten. Meldingen schommelen in het echt wat meer dan door toeval alleen: net "
        "buiten de lijnen is dus geen nieuws. Gemeenten waarvan het aantal niet getoond wordt of "
        "niet bekend is, doen niet mee."
    )


def meaning(e: Evaluation) -> Block:
    """What a difference does and does not mean."""
    return Meaning(
        "Meer meldingen is niet beter of slechter. Het kan komen door bekendheid van M., door wat "
        "er in een gemeente speelt, of doordat niet alles is geregistreerd."
    )


def _own_sentence(e: Evaluation, table: pd.DataFrame) -> str:
    if e.area.is_district:
        return ""
    own = table[table["area"] == e.area.slug]
    if own.empty:
        return f"{e.area.name} staat er niet bij. {_why_absent(e)}"
    row = own.iloc[0]
    verb = "kwam" if row["count"] == 1 else "kwamen"
    return (
        f"In {e.area.name} {verb} {words.meldingen(int(row['count']))} binnen; verwacht waren er "
        f"ongeveer {words.number(row['expected'])}. Dat {VERDICTS[row['verdict']]}."
    )


def _why_absent(e: Evaluation) -> str:
    if facts.total(e).is_shown:
        return "Het is niet bekend sinds wanneer deze gemeente is aangesloten."
    return facts.absence(e, "Het aantal meldingen")


def _title(table: pd.DataFrame) -> str:
    clear = int((table["verdict"] == CLEARLY).sum())
    who = words.gemeenten(clear, len(table), "wijkt", "wijken")
    return f"{words.capital(who)} duidelijk af van wat past bij inwoners en aangesloten tijd"


def _alt(table: pd.DataFrame) -> str:
    spoken = [
        f"{facts.name(row['area'])}: {words.number(row['ratio'], 1)} keer zoveel als verwacht, "
        f"{VERDICTS[row['verdict']]}."
        for _, row in table.iterrows()
    ]
    return "Trechterfiguur. " + " ".join(spoken)


def _point(e: Evaluation, row: pd.Series) -> charts.Point:
    name = facts.name(str(row["area"]))
    is_own = row["area"] == e.area.slug
    return charts.Point(
        name,
        float(row["expected"]),
        float(row["ratio"]),
        f"{name}: {words.meldingen(int(row['count']))}, verwacht {words.number(row['expected'])}",
        is_named=bool(is_own or row["verdict"] != AS_EXPECTED),
        is_marked=bool(is_own),
    )


def _named(e: Evaluation, table: pd.DataFrame) -> str:
    is_own = bool((table["area"] == e.area.slug).any())
    own = f" De ruit is {e.area.name}." if is_own else ""
    return f"Wie buiten de stippellijnen valt, heeft een naam.{own}"


def _limits(e: Evaluation, table: pd.DataFrame) -> tuple[list[float], list[charts.Limits]]:
    limits = e.table("comparison_limits")
    lowest = max(LOWEST_DRAWN, float(table["expected"].min()) * 0.6)
    drawn = limits[limits["expected"] >= lowest]
    column = {str(name): [facts.real(value) for value in drawn[name]] for name in drawn}
    return [float(value) for value in drawn["expected"]], [
        charts.Limits("95%", "dot", column["low"], column["high"]),
        charts.Limits("99,8%", "solid", column["lowest"], column["highest"]),
    ]
