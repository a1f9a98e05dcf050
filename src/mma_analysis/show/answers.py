"""What gemeenten answered: the rows of one question, and every opinion in one table."""

import pandas as pd

from mma_analysis.show.reading import Reading
from mma_analysis.vocabulary.value import Value

NO_OPINION = "weet niet"  # begins an option that is not on the scale
YES, NO = "ja", "nee"
OPINIONS = ("oneens", "tussenin", "eens")


def antwoorden(e: Reading, vraag: str) -> pd.DataFrame:
    """The counted answers to one question, in the order of its options; empty when not asked."""
    table = e.tabel("survey_answers", question=vraag)
    return table if len(table) and table["answered"].iloc[0] else table.iloc[:0]


def meningen(e: Reading, vragen: list[str] | None = None) -> pd.DataFrame:
    """Per statement, and per question with *ja* and *nee*, how many gemeenten say what.

    Columns `label oneens tussenin eens van`, all but the first a Value; who agrees most on top.
    Who does not know is in between. Questions with other options are left out.
    """
    table = e.tabel("survey_answers", kind=["likert", "single"])
    rows = []
    for code in vragen or dict.fromkeys(table.get("question", [])):
        opinion = mening(e, code)
        if opinion is not None:
            rows.append(opinion)
    frame = pd.DataFrame(rows, columns=["label", *OPINIONS, "van"])
    order = frame["eens"].map(float) - frame["oneens"].map(float) / 100
    return frame.iloc[(-order).argsort(kind="stable")].reset_index(drop=True)


def mening(e: Reading, vraag: str) -> dict[str, object] | None:
    """The same of one question; none when it was not asked or has other options."""
    table = antwoorden(e, vraag)
    if table.empty or table["kind"].iloc[0] not in ("likert", "single"):
        return None
    rows = list(table.mma)
    scale = [row.value for row in rows if not row.value.lower().startswith(NO_OPINION)]
    half = len(scale) // 2
    if table["kind"].iloc[0] == "likert":
        agree, disagree = scale[len(scale) - half :], scale[:half]
    else:
        agree = [value for value in scale if value.lower().split(",")[0] == YES]
        disagree = [value for value in scale if value.lower() == NO]
        if not agree or not disagree:
            return None
    sides = {"oneens": disagree, "eens": agree}
    sides["tussenin"] = [row.value for row in rows if row.value not in (*agree, *disagree)]
    counts = {side: _total(table, values) for side, values in sides.items()}
    return {"label": rows[0].label, **counts, "van": rows[0].answered}


def _total(table: pd.DataFrame, values: list[str]) -> Value:
    """The answers with these options together; an empty place when the question has none."""
    return table.mma.som(*values) if values else Value(None, "count", state="missing")
