"""Vragenlijst: who answered, and how many gemeenten chose what."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.questions import Question, agreement, of_all, question

MORE_TO_COME = " Met de antwoorden van andere gemeenten kan elk aantal nog hoger worden."
NO_SURVEY = "Bij deze evaluatie hoort geen vragenlijst."
# Scales that have a middle to put the answers around.
COLOURS = {3: charts.LIKERT_COLOURS[::2], 5: charts.LIKERT_COLOURS}
STATES = {
    "answered": "beantwoord",
    "joint": "beantwoord, samen met een andere gemeente",
    "no_experience": "niet ingevuld: nog te kort aangesloten",
    "no_answer": "niet ingevuld",
}


def response_sentence(e: Evaluation) -> Text:
    """How many gemeenten answered, and why the others did not."""
    if not e.has("survey_response"):
        return text(NO_SURVEY)
    table = e.table("survey_response")
    answered = table[table["state"].isin(["answered", "joint"])]
    who = words.gemeenten(len(answered), len(table), "heeft", "hebben")
    return text(
        f"{words.capital(who)} de vragenlijst beantwoord.",
        _joint_sentence(e, answered),
        _absent_sentence(e, table, "no_experience"),
        _absent_sentence(e, table, "no_answer"),
    )


def statements_chart(e: Evaluation) -> Block:
    """Counts of gemeenten per statement, around the middle of the scale."""
    asked = _of_kinds(e, "likert")
    if not asked:
        return text("In de vragenlijst zijn geen stellingen beantwoord.")
    scale = asked[0].scale
    if len(scale) not in COLOURS or any(q.scale != scale for q in asked):
        return _answers_table(asked)
    most = sum(q.agree > q.answered / 2 for q in asked)
    stellingen = words.plural(len(asked), "stelling", "stellingen")
    key = list(zip(scale, COLOURS[len(scale)], strict=True))
    rows = [charts.Stack(q.label, [float(q.answers[value]) for value in scale]) for q in asked]
    # All statements have the same options, but for no opinion.
    options = list(dict.fromkeys(value for q in asked for value in q.answers))
    title = f"Met {most} van de {stellingen} is meer dan de helft van de gemeenten het eens"
    return Chart(
        title=title,
        unit=f"Aantal gemeenten van de {max(q.answered for q in asked)} die antwoord gaven",
        figure=charts.diverging(rows, key),
        key=key,
        alt="Staafdiagram. " + " ".join(f"{q.label}: {_opinion(q)}." for q in asked),
        caption="Links van de stippellijn is oneens, rechts is eens. Wie geen mening heeft, staat "
        "alleen in de tabel.",
        table=Table(
            "Antwoorden op de stellingen",
            ["Stelling", *[words.capital(value) for value in options], "Eens, van alle gemeenten"],
            [
                [
                    q.label,
                    *[str(q.answers.get(value, 0)) for value in options],
                    of_all(e, q.agree, q.answered),
                ]
                for q in asked
            ],
            note="Van alle gemeenten: zoveel zijn het er minstens en hoogstens, wat de gemeenten "
            "zonder antwoord ook vinden.",
            sources=("survey_answers",),
        ),
    )


def answers_sentence(e: Evaluation, codes: Sequence[str]) -> Text:
    """How many gemeenten chose each answer to each of these questions, as far as asked."""
    asked = _asked(e, codes)
    if not asked:
        return text("Hierover is niets gevraagd, of er is geen antwoord gegeven.")
    return text(*[_counted(e, one) for one in asked])


def agreement_sentence(e: Evaluation, codes: Sequence[str]) -> Text:
    """How many gemeenten agree with each of these statements, as far as asked."""
    asked = _asked(e, codes)
    if not asked:
        return text("Hierover zijn in de vragenlijst geen stellingen beantwoord.")
    return text(" ".join(agreement(one) for one in asked))


def choices_table(e: Evaluation) -> Block:
    """The questions with one or more choices: also those that no chapter has a figure of."""
    asked = _of_kinds(e, "single", "multi")
    if not asked:
        return text("In de vragenlijst zijn geen vragen met een keuze beantwoord.")
    everyone = len(e.vocabulary.gemeenten)
    return Table(
        "Antwoorden op alle vragen met een keuze",
        ["Vraag", "Hoeveel gemeenten elk antwoord gaven", "Gaven antwoord"],
        [[q.label, _each(q), f"{q.answered} van {everyone}"] for q in asked],
        note="Bij sommige vragen kon een gemeente meer dan één antwoord geven."
        + (MORE_TO_COME if any(q.answered < everyone for q in asked) else ""),
        is_text=True,
        is_folded=True,
        sources=("survey_answers",),
    )


def own_table(e: Evaluation) -> Block:
    """The gemeente's own answers; only on its intern page.

    Without those to open questions and to questions that are intern: the released tables, from
    which a question has its label, do not have these.
    """
    if not e.has("survey_answers"):
        return text(NO_SURVEY)
    if not e.is_intern:
        return text("De antwoorden van een gemeente zelf staan alleen in haar interne uitgave.")
    own = e.table("own_responses")
    labels = _labels(e)
    grouped = own[own["question"].isin(labels)].groupby("question", sort=False)["value"]
    rows = [[labels[str(code)], words.listing([str(v) for v in given])] for code, given in grouped]
    rows += _own_themes(e)
    if not rows:
        return text("Uw gemeente heeft de vragenlijst niet ingevuld.")
    return Table("Uw eigen antwoorden", ["Vraag", "Antwoord"], rows, is_text=True)


def _own_themes(e: Evaluation) -> list[list[str]]:
    """For which themes its own words were taken, by question; what is not decided is left out."""
    if not e.has("own_themes"):
        return []
    own, themes = e.table("own_themes"), e.table("survey_themes")
    labels = dict(zip(themes["theme"], themes["label"], strict=True))
    found = own[own["decision"].eq("ja")].groupby("question", sort=False)["theme"]
    return [
        [f"Thema's in uw antwoord: {one.label}", words.listing([labels[theme] for theme in given])]
        for code, given in found
        if (one := question(e, str(code)))
    ]


def _counted(e: Evaluation, asked: Question) -> str:
    """`Vraag: Excel (7), zaaksysteem (4); 12 van de 14 gemeenten gaven antwoord.`"""
    given = sorted(asked.answers.items(), key=lambda answer: -answer[1])
    told = ", ".join(f"{value} ({count})" for value, count in given if count)
    who = words.gemeenten(asked.answered, len(e.vocabulary.gemeenten), "gaf", "gaven")
    return f"{asked.label}: {told}; {who} antwoord."


def _opinion(asked: Question) -> str:
    unknown = f", {asked.no_opinion} weet niet" if asked.no_opinion else ""
    return f"{asked.agree} eens, {asked.disagree} oneens{unknown}, van {asked.answered}"


def _of_kinds(e: Evaluation, *kinds: str) -> list[Question]:
    """The questions of these kinds that somebody answered, in the order of the survey."""
    if not e.has("survey_answers"):
        return []
    table = e.table("survey_answers")
    return _asked(e, [str(code) for code in table[table["kind"].isin(kinds)]["question"].unique()])


def _asked(e: Evaluation, codes: Sequence[str]) -> list[Question]:
    found = (question(e, code) for code in codes)
    return [asked for asked in found if asked is not None]


def _joint_sentence(e: Evaluation, answered: pd.DataFrame) -> str:
    joint = answered[answered["state"] == "joint"]
    groups = [list(group["area"]) for _, group in joint.groupby("answered_by", sort=True)]
    if not groups:
        return ""
    sheets = len(answered) - len(joint) + len(groups)
    together = [f"{facts.names(e, group)} gaven samen één antwoord" for group in groups]
    return (
        f"{words.listing(together)}; dat telt voor elk van hen. Er zijn dus "
        f"{words.plural(sheets, 'ingevulde vragenlijst', 'ingevulde vragenlijsten')}."
    )


def _absent_sentence(e: Evaluation, table: pd.DataFrame, state: str) -> str:
    absent = table.loc[table["state"] == state, "area"].to_list()
    if not absent:
        return ""
    if state == "no_answer":
        return f"Van {facts.names(e, absent)} is geen antwoord ontvangen."
    verb = "is" if len(absent) == 1 else "zijn"
    return f"{facts.names(e, absent)} {verb} nog te kort aangesloten om te kunnen oordelen."


def _answers_table(asked: Sequence[Question]) -> Table:
    """For statements that have no common scale with a middle."""
    return Table(
        "Antwoorden op de stellingen",
        ["Stelling", "Aantal gemeenten per antwoord"],
        [[q.label, _each(q)] for q in asked],
        is_text=True,
        sources=("survey_answers",),
    )


def _each(asked: Question) -> str:
    """The answers to one question, each with how many gemeenten gave it."""
    return "; ".join(f"{value}:\xa0{count}" for value, count in asked.answers.items())


def _labels(e: Evaluation) -> dict[str, str]:
    """Question code → label, for the questions whose answers may be repeated."""
    answers = e.table("survey_answers")
    tables = [answers[answers["kind"] != "open"], e.table("survey_numbers")]
    return {
        str(row["question"]): str(row["label"]) for table in tables for _, row in table.iterrows()
    }
