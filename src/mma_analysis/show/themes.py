"""Open answers: the themes that people found in them, and the quotes that somebody released."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, words
from mma_analysis.show.blocks import Block, Chart, Quotes, Table, text
from mma_analysis.show.questions import question

NAMES, NAME = "noemt dit", "noemen dit"


def finding(e: Evaluation, code: str) -> str:
    """What most gemeenten brought up in answer to one open question, or why that is not known."""
    counted = _themes(e, code)
    if counted.empty:
        return "De antwoorden in eigen woorden zijn niet in thema's verdeeld."
    if not counted["coded"].max():
        return "Welke thema's in de antwoorden in eigen woorden staan, is nog niet besloten."
    return f"{words.capital(_most(counted))}."


def chart(e: Evaluation, code: str) -> Block:
    """Counts of gemeenten per theme of one open question, most named first.

    A count out of those whose answer was decided, and no percentage: twelve gemeenten are too few
    for one.
    """
    counted = _themes(e, code)
    if counted.empty or not counted["coded"].max():
        return text(finding(e, code))
    bars = [
        charts.Bar(label, count, f"{count} van {coded}", words.gemeenten(count, coded, NAMES, NAME))
        for label, count, coded in zip(
            counted["label"], counted["count"], counted["coded"], strict=True
        )
    ]
    title = finding(e, code).removesuffix(".")
    return Chart(
        title=title,
        unit="Aantal gemeenten dat het thema noemt",
        figure=charts.bars(bars, whole=int(counted["coded"].max())),
        alt="Staafdiagram. " + " ".join(f"{bar.label}: {bar.hover}." for bar in bars),
        caption=_basis(counted),
        table=Table(
            title,
            ["Thema", "Gemeenten"],
            [[bar.label, bar.text] for bar in bars],
            sources=("survey_themes",),
        ),
    )


def quotes(e: Evaluation) -> Block:
    """The released quotes by question, in the order in which they were released."""
    table = e.table("survey_quotes") if e.has("survey_quotes") else pd.DataFrame()
    if table.empty:
        return text("Er zijn geen citaten vrijgegeven.")
    return Quotes(
        [
            (f"{_asked(e, str(code))} schreven gemeenten onder meer:", own["text"].to_list())
            for code, own in table.groupby("question", sort=False)
        ]
    )


def _themes(e: Evaluation, code: str) -> pd.DataFrame:
    if not e.has("survey_themes"):
        return pd.DataFrame()
    table = e.table("survey_themes")
    own = table[table["question"] == code]
    return own.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _most(counted: pd.DataFrame) -> str:
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


def _asked(e: Evaluation, code: str) -> str:
    asked = question(e, code)
    return f"Op de vraag ‘{asked.label}’" if asked else "In de vragenlijst"
