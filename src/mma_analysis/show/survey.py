"""Vragenlijst: who answered, and how many gemeenten chose what."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.questions import Question, agreement, at_least, of_all, question

OF_ALL = (
    "Van alle gemeenten: zoveel zijn het er minstens en hoogstens, wat de gemeenten zonder "
    "antwoord ook vinden."
)
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


def response_table(e: Evaluation) -> Block:
    """Per gemeente whether it answered."""
    if not e.has("survey_response"):
        return text("Daarom staat hier niet welke gemeenten antwoord gaven.")
    table = e.table("survey_response")
    return Table(
        "Antwoord op de vragenlijst",
        ["Gemeente", "Antwoord"],
        [
            [e.vocabulary.area(row["area"]).name, STATES[row["state"]]]
            for _, row in table.iterrows()
        ],
        is_text=True,
        is_folded=True,
        sources=("survey_response",),
    )


def statements_chart(e: Evaluation) -> Block:
    """All statements of the survey."""
    if not e.has("survey_answers"):
        return text("Daarom staan hier geen stellingen.")
    asked = _of_kinds(e, "likert")
    most = sum(q.agree > q.answered / 2 for q in asked)
    stellingen = words.plural(len(asked), "stelling", "stellingen")
    return likert_chart(
        e,
        [q.code for q in asked],
        f"Met {most} van de {stellingen} is meer dan de helft van de gemeenten het eens",
    )


def likert_chart(e: Evaluation, codes: Sequence[str], title: str = "") -> Block:
    """Counts of gemeenten per statement, around the middle of the scale.

    Without a title the figure is named after its clearest outcome.
    """
    asked = _asked(e, codes)
    if not asked:
        return text("Over dit onderwerp zijn in de vragenlijst geen stellingen beantwoord.")
    scale = asked[0].scale
    if len(scale) not in COLOURS or any(q.scale != scale for q in asked):
        return _answers_table(asked)
    key = list(zip(scale, COLOURS[len(scale)], strict=True))
    rows = [charts.Stack(q.label, [float(q.answers[value]) for value in scale]) for q in asked]
    return Chart(
        title=title or _clearest(asked),
        unit=_unit(max(q.answered for q in asked)),
        figure=charts.diverging(rows, key),
        key=key,
        alt="Staafdiagram. " + " ".join(f"{q.label}: {_opinion(q)}." for q in asked),
        caption="Links van de stippellijn is oneens, rechts is eens. Wie geen mening heeft, staat "
        "alleen in de tabel.",
        table=_counts_table(e, title or _clearest(asked), asked),
    )


def answers_chart(e: Evaluation, code: str, title: str) -> Block:
    """How many gemeenten chose each answer to one question."""
    asked = question(e, code)
    if asked is None:
        return text(f"{title}: dit is niet gevraagd, of er is geen antwoord gegeven.")
    answers = list(asked.answers.items())
    if asked.kind == "multi":
        answers = sorted(answers, key=lambda answer: -answer[1])
    bars = [
        charts.Bar(
            words.capital(value), count, str(count), words.plural(count, "gemeente", "gemeenten")
        )
        for value, count in answers
    ]
    more = " Een gemeente kon meer dan één antwoord geven." if asked.kind == "multi" else ""
    return Chart(
        title=f"{title}: {_finding(asked)}",
        unit=_unit(asked.answered),
        figure=charts.bars(bars, whole=asked.answered),
        alt="Staafdiagram. " + " ".join(f"{bar.label}: {bar.text}." for bar in bars),
        caption=f"Bron: vragenlijst onder de gemeenten.{more}",
        table=Table(
            title,
            ["Antwoord", "Gemeenten", "Van alle gemeenten"],
            [
                [words.capital(value), str(count), of_all(e, count, asked.answered)]
                for value, count in answers
            ],
            note=OF_ALL,
            sources=("survey_answers",),
        ),
    )


def numbers_table(e: Evaluation) -> Block:
    """The questions that ask for a number."""
    table = e.table("survey_numbers") if e.has("survey_numbers") else pd.DataFrame()
    rows = [
        [
            str(row["label"]),
            *[_short_number(float(row[column])) for column in ("lowest", "median", "highest")],
            words.number(float(row["mean"]), 1),
            str(int(row["answered"])),
        ]
        for _, row in table.iterrows()
        if row["answered"]
    ]
    if not rows:
        return text("In de vragenlijst staan geen antwoorden in cijfers.")
    return Table(
        "Gevraagde cijfers",
        ["Vraag", "Laagste", "Middelste", "Hoogste", "Gemiddelde", "Gemeenten"],
        rows,
        note="Middelste: zet alle antwoorden op volgorde, dan is dit het antwoord in het midden.",
        sources=("survey_numbers",),
    )


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


def sure(e: Evaluation) -> Block:
    """What the answers say about all gemeenten, of which some did not answer."""
    asked = _of_kinds(e, "likert")
    if not asked:
        return Sure("Er zijn geen antwoorden om iets uit af te leiden.")
    first = asked[0]
    everyone = len(e.vocabulary.gemeenten)
    return Sure(
        f"Alle {everyone} gemeenten zijn gevraagd: dit is geen steekproef. {_others(e, first)} "
        f"{agreement(first)} Van alle {everyone} gemeenten zijn dat er dus "
        f"{at_least(e, first.agree, first.answered)}."
    )


def meaning(e: Evaluation) -> Block:
    """What an opinion says, and what it does not."""
    if not e.has("survey_answers"):
        return Meaning("Zonder vragenlijst is niet bekend wat gemeenten zelf vinden.")
    return Meaning(
        "Dit is wat gemeenten vinden. Of een melding ook iets opleverde, staat bij Opvolging: dat "
        "komt uit de registratie."
    )


def own_table(e: Evaluation) -> Block:
    """The gemeente's own answers; only on its intern page.

    Without those to open questions and to questions that are intern: the released tables, from
    which a question has its label, do not have these.
    """
    if not e.has("survey_answers"):
        return text("Daarom staan hier ook geen eigen antwoorden.")
    if not e.is_intern:
        return text("De antwoorden van een gemeente zelf staan alleen in haar interne uitgave.")
    own = e.table("own_responses")
    labels = _labels(e)
    grouped = own[own["question"].isin(labels)].groupby("question", sort=False)["value"]
    rows = [[labels[str(code)], words.listing([str(v) for v in given])] for code, given in grouped]
    if not rows:
        return text("Uw gemeente heeft de vragenlijst niet ingevuld.")
    return Table("Uw eigen antwoorden", ["Vraag", "Antwoord"], rows, is_text=True)


def _others(e: Evaluation, asked: Question) -> str:
    silent = len(e.vocabulary.gemeenten) - asked.answered
    if not silent:
        return "En alle antwoorden zijn binnen."
    who = words.plural(silent, "andere gemeente", "andere gemeenten")
    return f"Onzeker is wat de {who} {'vindt' if silent == 1 else 'vinden'}."


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


def _unit(answered: int) -> str:
    if answered == 1:
        return "Antwoord van de enige gemeente die antwoord gaf"
    return f"Aantal gemeenten van de {answered} die antwoord gaven"


def _finding(asked: Question) -> str:
    """What most gemeenten answered; said so when no answer stands out."""
    if asked.yes is not None:
        return f"{words.gemeenten(asked.yes, asked.answered, 'zegt', 'zeggen')} ja"
    if asked.top is None:
        return "geen antwoord steekt erboven uit"
    count = asked.answers[asked.top]
    who = words.gemeenten(count, asked.answered, "zegt", "zeggen")
    return f"{who} ‘{asked.top}’"


def _clearest(asked: Sequence[Question]) -> str:
    """The statement on which gemeenten agree or disagree most."""
    first = max(asked, key=lambda q: max(q.agree, q.disagree) / q.answered)
    opinion, count = (
        ("eens", first.agree) if first.agree >= first.disagree else ("oneens", first.disagree)
    )
    who = words.gemeenten(count, first.answered, "is", "zijn")
    return f"{first.label}: {who} het daarmee {opinion}"


def _opinion(asked: Question) -> str:
    unknown = f", {asked.no_opinion} weet niet" if asked.no_opinion else ""
    return f"{asked.agree} eens, {asked.disagree} oneens{unknown}, van {asked.answered}"


def _counts_table(e: Evaluation, title: str, asked: Sequence[Question]) -> Table:
    """All statements have the same options, but for no opinion."""
    options = list(dict.fromkeys(value for q in asked for value in q.answers))
    return Table(
        title,
        ["Stelling", *[words.capital(value) for value in options], "Eens, van alle gemeenten"],
        [
            [
                q.label,
                *[str(q.answers.get(value, 0)) for value in options],
                of_all(e, q.agree, q.answered),
            ]
            for q in asked
        ],
        note=OF_ALL,
        sources=("survey_answers",),
    )


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


def _short_number(value: float) -> str:
    return words.number(value, 0 if value == round(value) else 1)
