"""Vergelijking: do gemeenten differ more than gemeenten usually do?"""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text
from mma_analysis.vocabulary import Vocabulary, derived

AS_EXPECTED, CANNOT_TELL = "as_expected", "cannot_tell"
NAMED = ("more", "fewer")
VERDICTS = {
    AS_EXPECTED: "gewoon",
    "more": "duidelijk meer",
    "fewer": "duidelijk minder",
    CANNOT_TELL: "niet vast te stellen",
}
USUAL = "Zo'n verschil is gewoon."


def sentence(e: Evaluation) -> Text:
    """Which gemeenten differ more than usual, and how this one does."""
    table = e.table("comparison")
    if table.empty:
        return text("Gemeenten zijn niet te vergelijken: daarvoor ontbreken aantallen.")
    who = words.plural(len(table), "gemeente is", "gemeenten zijn")
    return text(
        f"{words.capital(who)} te vergelijken. {_found(e, table)}",
        _own_sentence(e, table),
    )


def peers_table(e: Evaluation) -> Block:
    """Observed against expected: of all gemeenten, or beside one those of its size."""
    table = e.table("comparison")
    if not e.area.is_district:
        table = table[table["size_class"].isin(e.own("comparison")["size_class"])]
    if table.empty:
        return text()
    return Table(
        "Gemeenten naast gemeenten van dezelfde grootte",
        [
            *("Gemeente", "Inwoners", "Werkelijk", "Verwacht"),
            *("Per 10.000 inwoners per jaar", "Verschil"),
        ],
        [_row(row) for _, row in _in_order(e, table).iterrows()],
        note="Eerst op grootteklasse (CBS), dan op alfabet: dit is geen ranglijst. Verwacht: wat "
        "past bij inwoners, aangesloten tijd en de andere gemeenten. Tussen haakjes staan de "
        "grenzen van 95%. Meer meldingen is niet beter of slechter.",
        sources=("comparison",),
    )


def _found(e: Evaluation, table: pd.DataFrame) -> str:
    """Who is beyond what is usual."""
    if (table["verdict"] == CANNOT_TELL).all():
        return "Dat zijn er te weinig om te zeggen wat een gewoon verschil is."
    far = table[table["verdict"].isin(NAMED)]
    sentences = [
        f"{facts.names(e, _names(rows))} {'kreeg' if len(rows) == 1 else 'kregen'} duidelijk {how} "
        "meldingen dan bij de inwoners en de andere gemeenten past."
        for how, rows in (("meer", far[far["ratio"] > 1]), ("minder", far[far["ratio"] <= 1]))
        if len(rows)
    ]
    return " ".join(sentences) or f"Geen gemeente springt eruit{_usual(e)}."


def _usual(e: Evaluation) -> str:
    """How much gemeenten usually differ, as the end of a sentence."""
    table = e.table("overdispersion")
    usual = facts.real(table["usual"].iloc[0]) if len(table) else None
    if usual is None or round(usual, 2) == 0:
        return ""
    return f": zij verschillen gewoonlijk ongeveer {words.percent(usual)} van wat bij hen past"


def limits(row: pd.Series) -> str:
    """Between which numbers the ratio of a gemeente lies."""
    return f"Met 95% zekerheid ligt dat {words.between_times(row['low'], row['high'])}."


def _names(rows: pd.DataFrame) -> list[str]:
    return sorted(str(area) for area in rows["area"])


def _own_sentence(e: Evaluation, table: pd.DataFrame) -> str:
    if e.area.is_district:
        return ""
    own = table[table["area"] == e.area.slug]
    if own.empty:
        return f"{e.area.name} staat er niet bij. {_why_absent(e)}"
    row = own.iloc[0]
    count = _count(row)
    verb = "kwam" if count == 1 else "kwamen"
    came_in = f"In {e.area.name} {verb} {words.meldingen(count)} binnen"
    expected = facts.real(row["expected"])
    if expected is None:
        return f"{came_in}. {_own_verdict(row)}"
    return f"{came_in}; verwacht waren er ongeveer {words.number(expected)}. {_own_verdict(row)}"


def _own_verdict(row: pd.Series) -> str:
    if row["verdict"] == AS_EXPECTED:
        return USUAL
    if row["verdict"] == CANNOT_TELL:
        return "Of dat gewoon is, is niet vast te stellen."
    times = words.number(row["ratio"], 1)
    return f"Dat is {times} keer zoveel: {VERDICTS[row['verdict']]} dan past. {limits(row)}"


@derived
def size_labels(vocabulary: Vocabulary) -> dict[str, str]:
    """Code of a class of size → its Dutch label, the smallest class first."""
    return {row["code"]: row["label"] for row in vocabulary.reference("size_classes")}


def _why_absent(e: Evaluation) -> str:
    if facts.total(e).is_shown:
        return "Het is niet bekend sinds wanneer deze gemeente is aangesloten."
    return facts.absence(e, "")


def _in_order(e: Evaluation, table: pd.DataFrame) -> pd.DataFrame:
    """By class of size, and within it by name."""
    order = {code: place for place, code in enumerate(size_labels(e.vocabulary))}
    names = {area.slug: area.name for area in e.vocabulary.areas}
    return table.assign(
        place=table["size_class"].map(order), name=table["area"].map(names)
    ).sort_values(["place", "name"])


def _row(row: pd.Series) -> list[str]:
    expected = facts.real(row["expected"])
    rate, low, high = (words.number(row[f"per_10k{end}"], 1) for end in ("", "_low", "_high"))
    return [
        str(row["name"]),
        words.number(row["inhabitants"]),
        words.number(_count(row)),
        words.CANNOT_TELL if expected is None else words.number(expected),
        f"{rate} ({low}–{high})",
        VERDICTS[row["verdict"]],
    ]


def _count(row: pd.Series) -> int:
    return words.Rounded(int(row["count"]), int(row["basis"]))
