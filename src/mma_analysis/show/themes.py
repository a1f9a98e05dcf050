"""Open answers: the themes that people found in them, and the quotes that somebody released."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, words
from mma_analysis.show.blocks import Block, Chart, Quotes, Table, text
from mma_analysis.show.questions import question

DECISIONS = {"ja": "genoemd", "nee": "niet genoemd", "verdeeld": "nog niet besloten"}
NOT_DECIDED, NOT_ANSWERED = "nog niet besloten", "geen antwoord"


def chart(e: Evaluation, code: str, title: str) -> Block:
    """Counts of gemeenten per theme of one open question, most named first.

    A count out of those whose answer was decided, and no percentage: twelve gemeenten are too few
    for one. On its intern page a gemeente sees in the table what its own answer was taken for.
    """
    counted = _themes(e, code)
    if counted.empty:
        return text("De antwoorden in eigen woorden zijn niet in thema's verdeeld.")
    if not counted["coded"].max():
        return text("Welke thema's in de antwoorden in eigen woorden staan, is nog niet besloten.")
    bars = [
        charts.Bar(label, count, f"{count} van {coded}", _who(count, coded))
        for label, count, coded in zip(
            counted["label"], counted["count"], counted["coded"], strict=True
        )
    ]
    named = f"{title}: {_finding(counted)}"
    return Chart(
        title=named,
        unit="Aantal gemeenten dat het thema noemt",
        figure=charts.bars(bars, whole=int(counted["coded"].max())),
        alt="Staafdiagram. " + " ".join(f"{bar.label}: {bar.hover}." for bar in bars),
        caption=" ".join(filter(None, [_basis(counted), _agreement(e, code)])),
        table=_table(e, code, counted, named),
    )


def quotes(e: Evaluation) -> Block:
    """The released quotes by question, in the order in which they were released."""
    if not has_quotes(e):
        return text("Er zijn geen citaten vrijgegeven.")
    table = e.table("survey_quotes")
    return Quotes(
        [
            (f"{_asked(e, str(code))} schreven gemeenten onder meer:", own["text"].to_list())
            for code, own in table.groupby("question", sort=False)
        ]
    )


def has_quotes(e: Evaluation) -> bool:
    """Whether any words of a gemeente may be shown."""
    return e.has("survey_quotes") and len(e.table("survey_quotes")) > 0


def _themes(e: Evaluation, code: str) -> pd.DataFrame:
    if not e.has("survey_themes"):
        return pd.DataFrame()
    table = e.table("survey_themes")
    own = table[table["question"] == code]
    return own.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _who(count: int, coded: int) -> str:
    return words.gemeenten(count, coded, "noemt dit", "noemen dit")


def _finding(counted: pd.DataFrame) -> str:
    """What most gemeenten brought up; said so when no theme stands out."""
    count, coded = int(counted["count"][0]), int(counted["coded"][0])
    if not count:
        return "geen gemeente noemt een van deze thema's"
    if (counted["count"] == count).sum() > 1:
        return f"geen thema steekt erboven uit, elk hoogstens {words.in_words(count)} keer genoemd"
    return f"{words.gemeenten(count, coded, 'noemt', 'noemen')} ‘{counted['label'][0]}’"


def _basis(counted: pd.DataFrame) -> str:
    """Of how many answers this was decided, and by whom."""
    answered, coded = int(counted["answered"].max()), int(counted["coded"].min())
    several = "Een gemeente kan meer dan één thema noemen."
    if coded == answered:
        return f"Mensen lazen alle antwoorden en kozen de thema's. {several}"
    left = answered - coded
    who = words.plural(left, "gemeente", "gemeenten")
    return f"Nog niet af: over het antwoord van {who} is niet alles besloten. {several}"


def _agreement(e: Evaluation, code: str) -> str:
    """How often two people chose the same before they compared, in one plain sentence."""
    table = e.table("survey_agreement")
    own = table[table["question"] == code]
    judged, agreed = int(own["answers"].sum()), int(own["agreed"].sum())
    if not judged:
        return "Eén persoon koos ze; of een ander hetzelfde zou kiezen, is niet gemeten."
    if agreed == judged:
        return "Twee mensen deden dat los van elkaar en kozen steeds hetzelfde."
    return (
        f"Twee mensen deden dat los van elkaar; van de {words.number(judged)} keer dat zij zeiden "
        f"of een thema past, zeiden zij {words.number(agreed)} keer hetzelfde."
    )


def _table(e: Evaluation, code: str, counted: pd.DataFrame, title: str) -> Table:
    head = ["Thema", "Gemeenten"]
    rows = [
        [str(label), f"{count} van {coded}"]
        for label, count, coded in zip(
            counted["label"], counted["count"], counted["coded"], strict=True
        )
    ]
    if not (e.is_intern and e.has("own_themes")):
        return Table(title, head, rows, sources=("survey_themes",))
    own = e.table("own_themes")
    decisions = own[own["question"] == code].set_index("theme")["decision"]
    said = [
        DECISIONS.get(decisions[theme], NOT_DECIDED) if theme in decisions.index else NOT_ANSWERED
        for theme in counted["theme"]
    ]
    with_own = [[*row, word] for row, word in zip(rows, said, strict=True)]
    return Table(title, [*head, "Uw gemeente"], with_own, is_text=True, sources=("survey_themes",))


def _asked(e: Evaluation, code: str) -> str:
    asked = question(e, code)
    return f"Op de vraag ‘{asked.label}’" if asked else "In de vragenlijst"
