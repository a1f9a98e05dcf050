"""Samenvatting: five findings with their figure, and what the DVO is asked."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Ask, Finding, Findings, Text
from mma_analysis.show.development import VERDICTS
from mma_analysis.show.survey import agree_sentence, question


def lead(e: Evaluation) -> Text:
    """The report in three sentences."""
    sentences = _district_lead(e) if e.area.is_district else _gemeente_lead(e)
    return Text([" ".join(sentences)], is_lead=True)


def findings(e: Evaluation) -> Findings:
    """The findings that can be told, most important first."""
    makers = (
        (_growth, _trend, _background, _survey, _cost)
        if e.area.is_district
        else (_own_count, _own_trend, _background, _result, _survey)
    )
    found = [maker(e) for maker in makers]
    return Findings([finding for finding in found if finding is not None])


def ask(e: Evaluation) -> Ask:
    """What the DVO is asked."""
    rows = question(e, "voortzetten")
    yes = rows[rows["value"].str.lower() == "ja"]["count"].sum() if len(rows) else 0
    continued = (
        f" {words.capital(words.in_words(int(yes)))} van de {int(rows['answered'].max())} "
        "gemeenten die antwoord gaven, willen zonder voorwaarde door."
        if len(rows)
        else ""
    )
    return Ask(
        "Gevraagd aan het DVO",
        [
            "Kennis te nemen van deze evaluatie.",
            f"Te besluiten of de gemeenten samen aangesloten blijven.{continued}",
            "Gemeenten te vragen het resultaat van een melding te registreren. Zonder resultaat is "
            "de opbrengst niet te evalueren.",
        ],
    )


def _district_lead(e: Evaluation) -> list[str]:
    count = facts.total(e)
    split = e.table("growth_split")
    sentences = [
        f"Van {facts.whole_span(e)} kregen de gemeenten in {e.area.name} samen {count.sentence} "
        "van Meld Misdaad Anoniem."
    ]
    if not split.empty and split.iloc[0]["count_to"] > split.iloc[0]["count_from"]:
        row = split.iloc[0]
        sentences.append("Het aantal stijgt.")
        share = (row["new"] + row["months"]) / (row["count_to"] - row["count_from"])
        if share >= 0.5:
            how = "bijna helemaal" if share >= 0.85 else "vooral"
            sentences.append(
                f"Dat komt {how} doordat meer gemeenten langer meldingen rechtstreeks ontvangen."
            )
    return sentences


def _gemeente_lead(e: Evaluation) -> list[str]:
    row = e.own("connection").iloc[0]
    since = (
        f"sinds {words.day(row['connected_on'])}"
        if pd.notna(row["connected_on"])
        else "sinds een onbekende datum"
    )
    count = facts.total(e)
    sentences = [f"{e.area.name} ontvangt {since} meldingen rechtstreeks van Meld Misdaad Anoniem."]
    if count.is_shown:
        sentences.append(f"Tot en met {words.day(e.peildatum)} waren dat er {count.text}.")
    elif count.state == "hidden":
        sentences.append(
            "Het aantal tonen wij niet, zodat melders onherkenbaar blijven. De cijfers van het "
            "district geven wel een beeld."
        )
    else:
        sentences.append("Voor deze evaluatie is geen bestand met meldingen ontvangen.")
    return sentences


def _growth(e: Evaluation) -> Finding | None:
    split = e.table("growth_split")
    if split.empty:
        return None
    row = split.iloc[0]
    growth = row["count_to"] - row["count_from"]
    verb = "steeg" if growth > 0 else "daalde" if growth < 0 else "bleef gelijk"
    return Finding(
        words.signed(growth),
        f"Het aantal ontvangen meldingen {verb} van {words.number(row['count_from'])} naar "
        f"{words.number(row['count_to'])} per jaar.",
        f"{words.signed(row['new'])} door nieuw aangesloten gemeenten en "
        f"{words.signed(row['months'])} doordat andere gemeenten langer meededen.",
    )


def _trend(e: Evaluation) -> Finding | None:
    trend = e.table("trend")
    if trend.empty:
        return None
    row = trend.iloc[0]
    claims = {
        "more": "Ook binnen dezelfde gemeenten stijgt het aantal.",
        "fewer": "Binnen dezelfde gemeenten daalt het aantal.",
        "no_change": "Binnen dezelfde gemeenten is er geen duidelijke verandering.",
    }
    return Finding(
        f"{words.signed(row['change'] * 100)}%",
        claims[row["verdict"]],
        f"De verandering per jaar ligt met 95% zekerheid tussen {words.signed(row['low'] * 100)}% "
        f"en {words.signed(row['high'] * 100)}%.",
    )


def _own_count(e: Evaluation) -> Finding | None:
    count = facts.total(e)
    if not count.is_shown:
        return None
    rate = e.own("per_period").query("kind == 'whole'").iloc[0]
    per_month = (
        f"Dat is {words.number(rate['per_month'], 1)} per aangesloten maand."
        if pd.notna(rate["per_month"])
        else "Per maand is dat niet te zeggen: de datum van aansluiting is niet bekend."
    )
    return Finding(count.text, f"{e.area.name} ontving {count.sentence} rechtstreeks.", per_month)


def _own_trend(e: Evaluation) -> Finding | None:
    rows = e.own("year_on_year")
    if rows.empty or rows.iloc[0]["verdict"] == "cannot_tell":
        return Finding(
            "?",
            VERDICTS["cannot_tell"],
            "De gemeente is te kort aangesloten, of de aantallen zijn te klein.",
        )
    row = rows.iloc[0]
    return Finding(
        f"× {words.number(row['ratio'], 1)}",
        "Per aangesloten maand, het laatste jaar vergeleken met het jaar ervoor.",
        f"Met 95% zekerheid tussen {words.number(row['low'], 1)} en {words.number(row['high'], 1)} "
        f"keer. {VERDICTS[row['verdict']]}",
    )


def _background(e: Evaluation) -> Finding | None:
    for area in (e.area, e.district):
        rows = facts.breakdown(e, "per_background", "has_time", area.slug)
        share = facts.registered_share(rows, "nee")
        if share is not None:
            return Finding(
                words.percent(share),
                f"Bij {words.percent(share)} van de meldingen in {area.name} ontbreekt het "
                "tijdstip.",
                "Geteld waar dat is bijgehouden. Gemeenten noemen tijdstip en plaats als "
                "verbeterpunt.",
            )
    return None


def _result(e: Evaluation) -> Finding | None:
    for area in (e.area, e.district):
        rows = facts.breakdown(e, "per_follow_up", "result", area.slug).set_index("value")
        share = rows.loc[domain.UNKNOWN, "share"]
        if pd.notna(share):
            return Finding(
                words.percent(share),
                f"Van {words.percent(share)} van de meldingen in {area.name} is het resultaat niet "
                "bekend.",
                "Zonder resultaat is niet te zeggen wat een melding heeft opgeleverd.",
            )
    return None


def _survey(e: Evaluation) -> Finding | None:
    found = agree_sentence(e, "informatiepositie")
    if found is None:
        return None
    agree, answered = found
    response = e.table("survey_response")
    young = int((response["state"] == "no_experience").sum())
    return Finding(
        words.out_of(agree, answered).replace(" de ", " "),
        "gemeenten zeggen dat hun informatiepositie sterker is geworden."
        if agree != 1
        else "gemeente zegt dat haar informatiepositie sterker is geworden.",
        f"{words.capital(words.in_words(young))} van de {len(response)} gemeenten konden nog niet "
        "oordelen: zij zijn net aangesloten."
        if young
        else "Alle gemeenten konden oordelen.",
    )


def _cost(e: Evaluation) -> Finding | None:
    table = e.table("costs")
    count = facts.total(e)
    if table.empty or not count.value:
        return None
    total = float(table["amount"].dropna().sum())
    return Finding(
        words.money(total / count.value),
        f"Een melding kost gemiddeld {words.money(total / count.value)}.",
        "Berekend uit het tarief van M. over de aangesloten tijd, zonder de uren van gemeenten.",
    )
