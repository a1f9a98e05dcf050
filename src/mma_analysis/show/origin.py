"""Where a number comes from, in words: the tab of the annex, the row and the column."""

import re
from collections.abc import Iterable, Mapping

from mma_analysis.evaluation import COUNTED, Evaluation
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import REGISTRY, headings, words_of
from mma_analysis.vocabulary.value import TOKEN, Value, computed, unquoted

SIGNS = {"+": "plus", "-": "min", "/": "gedeeld door"}
ENDS = {"low": ", ondergrens van 95%", "high": ", bovengrens van 95%"}
TABLE = re.compile(r"(?:^|[ (])([a-z]\w*)(?=[|#;)])")
TYPED, SETTING, OWN = "vast|", "instelling|", "own_"
FURTHER_OFF = "Hoogstens {} naast wat is geteld."
SHEETS = {row["table"]: row["sheet"] for row in REGISTRY if row["sheet"]}  # table → its tab
ANY = "named"  # words of codes that more columns have
MONTHS = re.compile(r"(\d+)-(\d*)")  # since a connection
LABELLED = {"question": ("survey_answers", "survey_numbers"), "theme": ("survey_themes",)}


def origin(e: Evaluation, expression: str) -> str:
    """What an id of a number, or an expression of those, says to a reader.

    Examples
    --------
    >>> from mma_analysis import evaluation
    >>> origin(evaluation.load("twente"), "per_period|twente|whole#count")
    'Bijlage, tabblad ‘Per periode’: Twente, hele periode; kolom Aantal.'

    What is further off than one rounding, as a sum of two counts, says how far.
    """
    said = _origin(e, expression)
    bound = further_off(e, expression)
    if not bound:
        return said
    return f"{said} {FURTHER_OFF.format(bound)}"


def further_off(e: Evaluation, expression: str) -> int:
    """How far a number may be from the truth, when that is more than one rounding; else 0."""

    def looked_up(one: str) -> Value:
        if one.startswith((COUNTED, SETTING, TYPED)):  # these are as they are
            return Value(1, "count", one)
        return e.waarde(one)

    if expression.startswith((TYPED, SETTING, OWN)):
        return 0
    try:
        off = computed(expression, looked_up).off
    except (LookupError, ValueError):  # of a cell that there is not: the audit says so
        return 0
    usual = e.edition.bescherming.basis - 1
    return off if off > usual else 0


def _origin(e: Evaluation, expression: str) -> str:
    if expression.startswith(TYPED):
        return f"Vast getal: {expression.removeprefix(TYPED)}."
    if expression.startswith(OWN):
        return "Uit het bestand dat uw gemeente leverde."
    if expression.startswith(SETTING):
        return "Opgegeven voor deze evaluatie."
    tokens = TOKEN.findall(expression)
    ids = list(dict.fromkeys(token for token in tokens if token not in (*SIGNS, "(", ")")))
    if len(ids) == 1:
        row, column = _said(e, ids[0])
        return f"{_place(e, ids)}: {', '.join(row)}; {column}."
    if not ids:
        return "Hier hoort geen getal."
    rows = [_said(e, one) for one in ids]
    common = [word for word in rows[0][0] if all(word in row for row, _ in rows)]
    short = {
        one: "‘" + (", ".join(w for w in row if w not in common) or column) + "’"
        for one, (row, column) in zip(ids, rows, strict=True)
    }
    formula = " ".join(str(short.get(token) or SIGNS.get(token) or token) for token in tokens)
    formula = formula.replace("( ", "(").replace(" )", ")")
    return f"{_place(e, ids)}: {', '.join(common)}. Berekend: {formula}."


def _place(e: Evaluation, ids: list[str]) -> str:
    """The workbook and its tabs: what is exact of the own gemeente is in a workbook of its own."""
    tables = tables_in(*ids)
    is_own = {*tables} <= e.own_tables and all(f"|{e.area.slug}" in one for one in ids)
    return f"{'Eigen cijfers' if is_own else 'Bijlage'}, {tabs(tables)}"


def tables_in(*expressions: str) -> list[str]:
    """The tables that ids, or expressions of them, are about, in order."""
    return [*dict.fromkeys(TABLE.findall(" ".join(expressions)))]


def tabs(tables: Iterable[str]) -> str:
    """Where released tables stand in a workbook: `tabblad ‘Per periode’`."""
    each = [f"‘{name}’" for name in dict.fromkeys(SHEETS[t] for t in tables if t in SHEETS)]
    return f"{'tabblad' if len(each) == 1 else 'tabbladen'} {listing(each)}"


def _said(e: Evaluation, one: str) -> tuple[list[str], str]:
    """The keys of its row and the column of one id, in words."""
    if one.startswith(f"{COUNTED}("):
        _, *where = one[len(COUNTED) + 1 : -1].split(";")
        named = {key: unquoted(code) for key, _, code in (part.partition("=") for part in where)}
        said = [word(e, key, code, named) for key, code in named.items()]
        return said or ["alle rijen"], "aantal rijen"
    cell, _, column = one.rpartition("#")
    table, *codes = unquoted(cell).split("|")
    keys = next(row["keys"].split() for row in REGISTRY if row["table"] == table)
    named = dict(zip(keys, codes, strict=False))
    row = [word(e, key, code, named) for key, code in named.items() if key != "kind"]
    column, _, end = column.partition(":")
    heading = headings([table], [column]).get(column, {"nl": column})["nl"]
    return row, f"kolom {heading}{ENDS.get(end, '')}"


def word(e: Evaluation, key: str, code: str, row: Mapping[str, str]) -> str:
    """A key of a row as a reader calls it."""
    vocabulary = e.vocabulary
    if key.startswith("period"):
        return str(Value(code, "period"))
    if key == "begin":
        return f"vanaf {Value(code, 'day')}"
    if key == "value" and (months := MONTHS.fullmatch(code)):
        return f"vanaf maand {months[1]}" + (f" tot en met {months[2]}" if months[2] else "")
    if key in ("area", "peer"):
        labels = {area.slug: area.name for area in vocabulary.areas}
    elif key == "size_class":
        labels = vocabulary.by_code("size_classes", "label")
    elif key in ("breakdown", "field", "background"):
        labels = vocabulary.by_code("breakdowns", "label")
    elif key == "value":
        labels = vocabulary.values(row.get("breakdown", "topic_group"))
    elif key in LABELLED:
        asked = [e[table] for table in LABELLED[key] if table in e]
        labels = {of: f"‘{said}’" for one in asked for of, said in one[[key, "label"]].to_numpy()}
    else:
        labels = words_of(key)
    return labels.get(code) or words_of(ANY).get(code, code)
