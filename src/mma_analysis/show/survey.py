"""Vragenlijst: who answered, and how many gemeenten chose what."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text, text

NO_SURVEY = "Bij deze evaluatie hoort geen vragenlijst."
NO_OPINION = "weet niet"
STATES = {
    "answered": "beantwoord",
    "joint": "beantwoord, samen met een andere gemeente",
    "no_experience": "niet ingevuld: nog te kort aangesloten",
    "no_answer": "niet ingevuld",
}


def question(e: Evaluation, code: str) -> pd.DataFrame:
    """The counted answers to one question, in the order of its options; empty when not asked."""
    if not e.has("survey_answers"):
        return pd.DataFrame({"value": [], "count": [], "answered": [], "label": [], "kind": []})
    table = e.table("survey_answers")
    return table[table["question"] == code].sort_values("position")


def response_sentence(e: Evaluation) -> Text:
    """How many gemeenten answered, and why the others did not."""
    if not e.has("survey_response"):
        return text(NO_SURVEY)
    table = e.table("survey_response")
    answered = table[table["state"].isin(["answered", "joint"])]
    sheets = (answered["state"] == "answered").sum() + answered.loc[
        answered["state"] == "joint", "answered_by"
    ].nunique()
    parts = [
        f"{words.capital(words.in_words(len(answered)))} van de {len(table)} gemeenten hebben de "
        "vragenlijst beantwoord."
    ]
    joint = answered[answered["state"] == "joint"]["area"]
    if len(joint):
        parts.append(
            f"{facts.names(joint)} gaven samen een antwoord; dat telt voor elk van hen. Er zijn "
            f"dus {words.in_words(int(sheets))} ingevulde vragenlijsten."
        )
    young = table[table["state"] == "no_experience"]["area"]
    if len(young):
        parts.append(f"{facts.names(young)} zijn nog te kort aangesloten om te kunnen oordelen.")
    silent = table[table["state"] == "no_answer"]["area"]
    if len(silent):
        parts.append(f"Van {facts.names(silent)} is geen antwoord ontvangen.")
    return text(" ".join(parts))


def response_table(e: Evaluation) -> Block:
    """Per gemeente whether it answered."""
    if not e.has("survey_response"):
        return text(NO_SURVEY)
    table = e.table("survey_response")
    return Table(
        "Antwoord op de vragenlijst",
        ["Gemeente", "Antwoord"],
        [[facts.name(row["area"]), STATES[row["state"]]] for _, row in table.iterrows()],
        is_text=True,
    )


def statements_chart(e: Evaluation) -> Block:
    """All statements of the survey."""
    if not e.has("survey_answers"):
        return text(NO_SURVEY)
    codes = e.table("survey_answers").query("kind == 'likert'")["question"].drop_duplicates()
    return likert_chart(e, codes.to_list(), "Wat gemeenten vinden: alle stellingen")


def likert_chart(e: Evaluation, codes: Sequence[str], title: str) -> Block:
    """Counts of gemeenten per statement, around the middle of the scale."""
    asked = [(code, question(e, code)) for code in codes]
    asked = [(code, rows) for code, rows in asked if len(rows)]
    if not asked:
        return text("Over dit onderwerp zijn in de vragenlijst geen stellingen voorgelegd.")
    scale = [v for v in asked[0][1]["value"] if not v.lower().startswith(NO_OPINION)]
    key = list(zip(scale, charts.LIKERT_COLOURS, strict=True))
    rows = [_likert_row(rows, scale) for _, rows in asked]
    answered = int(max(rows["answered"].max() for _, rows in asked))
    spoken = [
        f"{row.label}: {sum(row.parts[3:]):.0f} eens, {sum(row.parts[:2]):.0f} oneens"
        for row in rows
        if row.parts
    ]
    return Chart(
        title=title,
        unit=f"Aantal gemeenten van de {answered} die antwoord gaven",
        figure=charts.diverging(rows, key),
        key=key,
        alt="; ".join(spoken) + ".",
        caption="Links van de stippellijn is oneens, rechts is eens. Wie het niet weet, staat "
        "alleen in de tabel.",
        table=Table(
            f"{title}: aantal gemeenten",
            ["Stelling", *[v.capitalize() for v in asked[0][1]["value"]]],
            [[rows["label"].iloc[0], *[str(int(n)) for n in rows["count"]]] for _, rows in asked],
        ),
    )


def agree_sentence(e: Evaluation, code: str) -> tuple[int, int] | None:
    """How many gemeenten agree with a statement, out of how many that answered it."""
    rows = question(e, code)
    if rows.empty:
        return None
    agree = rows[rows["value"].str.lower().isin(["mee eens", "helemaal mee eens"])]["count"].sum()
    return int(agree), int(rows["answered"].max())


def answers_chart(e: Evaluation, code: str, title: str) -> Block:
    """How many gemeenten chose each answer to one question."""
    rows = question(e, code)
    if rows.empty:
        return text(f"{title}: hier is in de vragenlijst niet naar gevraagd.")
    answered = int(rows["answered"].max())
    ordered = (
        rows.sort_values("count", ascending=False, kind="stable")
        if (rows["kind"].iloc[0] == "multi")
        else rows
    )
    bars = [
        charts.Bar(words.capital(row["value"]), float(row["count"]), str(int(row["count"])))
        for _, row in ordered.iterrows()
    ]
    more = (
        " Een gemeente kon meer dan een antwoord geven."
        if (rows["kind"].iloc[0] == "multi")
        else ""
    )
    return Chart(
        title=title,
        unit=f"Aantal gemeenten van de {answered} die antwoord gaven",
        figure=charts.bars(bars, hover_unit="gemeenten"),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        caption=f"Bron: vragenlijst onder alle gemeenten van het district.{more}",
        table=Table(title, ["Antwoord", "Gemeenten"], [[b.label, b.text] for b in bars]),
    )


def numbers_table(e: Evaluation) -> Block:
    """The questions that ask for a number."""
    if not e.has("survey_numbers") or e.table("survey_numbers").empty:
        return text("In de vragenlijst is niet naar cijfers gevraagd.")
    return Table(
        "Gevraagde cijfers",
        ["Vraag", "Laagste", "Middelste", "Hoogste", "Gemeenten"],
        [
            [
                row["label"],
                words.number(row["lowest"], 0),
                words.number(row["median"], 1),
                words.number(row["highest"], 0),
                str(int(row["answered"])),
            ]
            for _, row in e.table("survey_numbers").iterrows()
            if row["answered"]
        ],
    )


def sure(e: Evaluation) -> Block:
    """What twelve answers say about fourteen gemeenten."""
    found = agree_sentence(e, "informatiepositie")
    if found is None or not e.has("survey_response"):
        return Sure("Er zijn geen antwoorden om iets uit af te leiden.")
    agree, answered = found
    everyone = len(domain.gemeenten())
    return Sure(
        f"Alle {everyone} gemeenten zijn gevraagd; dit is geen steekproef. Zegt "
        f"{words.out_of(agree, answered)} gemeenten dat de informatiepositie sterker is, dan zijn "
        f"dat er van alle {everyone} minstens {agree} en hoogstens "
        f"{agree + everyone - answered}. Meer zekerheid dan dat is er niet, en minder ook niet."
    )


def own_table(e: Evaluation) -> Block:
    """The gemeente's own answers; only on its intern page."""
    if not e.is_intern or not e.has("own_responses"):
        return text("De antwoorden van een gemeente zelf staan alleen in haar interne uitgave.")
    own = e.table("own_responses")
    if own.empty:
        return text("Uw gemeente heeft de vragenlijst niet ingevuld.")
    labels = e.table("survey_answers").drop_duplicates("question").set_index("question")["label"]
    grouped = own[own["question"].isin(labels.index)].groupby("question", sort=False)["value"]
    return Table(
        "Uw eigen antwoorden",
        ["Vraag", "Antwoord"],
        [[labels[code], words.listing(list(values))] for code, values in grouped],
        is_text=True,
    )


def _likert_row(rows: pd.DataFrame, scale: Sequence[str]) -> charts.Stack:
    counts = rows.set_index("value")["count"]
    return charts.Stack(str(rows["label"].iloc[0]), [float(counts.get(v, 0)) for v in scale])
