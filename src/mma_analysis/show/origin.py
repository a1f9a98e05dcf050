"""Where a number comes from, in words: the tab of the annex, the row and the column."""

import re

from mma_analysis.evaluation import Evaluation
from mma_analysis.show.reading import COUNTED
from mma_analysis.vocabulary.headings import headings, words_of
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import LABELS, REGISTRY
from mma_analysis.vocabulary.value import TOKEN, Value, unquoted

SIGNS = {"+": "plus", "-": "min", "/": "gedeeld door"}
ENDS = {"low": ", ondergrens van 95%", "high": ", bovengrens van 95%"}
TYPED, SETTING, OWN = "vast|", "instelling|", "own_"
NO_KEY = ("kind",)
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
    """
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
        return f"{_tabs(e, ids)}: {row}; {column}."
    if not ids:
        return "Hier hoort geen getal."
    rows = [_said(e, one) for one in ids]
    words = [row.split(", ") for row, _ in rows]
    common = [word for word in words[0] if all(word in row for row in words)]
    short = {
        one: "‘" + (", ".join(w for w in row.split(", ") if w not in common) or column) + "’"
        for one, (row, column) in zip(ids, rows, strict=True)
    }
    formula = " ".join(str(short.get(token) or SIGNS.get(token) or token) for token in tokens)
    formula = formula.replace("( ", "(").replace(" )", ")")
    return f"{_tabs(e, ids)}: {', '.join(common)}. Berekend: {formula}."


def _tabs(e: Evaluation, ids: list[str]) -> str:
    """The workbook and its tabs: what is exact of the own gemeente is in a workbook of its own."""
    tables = [table[1] for one in ids if (table := re.match(r"(?:tel\()?(\w+)", one))]
    sheets = {row["table"]: row["sheet"] for row in REGISTRY}
    named = dict.fromkeys(sheets.get(table, "") for table in tables)
    tabs = [f"‘{name}’" for name in named if name]
    is_own = {*tables} <= e.own_tables and all(f"|{e.area.slug}" in one for one in ids)
    book = "Eigen cijfers" if is_own else "Bijlage"
    return f"{book}, {'tabblad' if len(tabs) == 1 else 'tabbladen'} {listing(tabs)}"


def _said(e: Evaluation, one: str) -> tuple[str, str]:
    """The row and the column of one id, in words."""
    if one.startswith(f"{COUNTED}("):
        table, *where = one[len(COUNTED) + 1 : -1].split(";")
        pairs = [(part.partition("=")[0], part.partition("=")[2]) for part in where]
        said = [word(e, key, unquoted(code), dict(pairs)) for key, code in pairs]
        return ", ".join(said) or "alle rijen", "aantal rijen"
    cell, _, column = one.rpartition("#")
    table, *codes = unquoted(cell).split("|")
    keys = next(row["keys"].split() for row in REGISTRY if row["table"] == table)
    named = dict(zip(keys, codes, strict=False))
    row = [word(e, key, code, named) for key, code in named.items() if key not in NO_KEY]
    column, _, end = column.partition(":")
    heading = headings(LABELS, [table], [column]).get(column, {"nl": column})["nl"]
    return ", ".join(row), f"kolom {heading}{ENDS.get(end, '')}"


def word(e: Evaluation, key: str, code: str, row: dict[str, str]) -> str:
    """A key of a row as a reader calls it."""
    vocabulary = e.vocabulary
    if key in ("area", "peer"):
        return {area.slug: area.name for area in vocabulary.areas}.get(code, code)
    if key == "size_class":
        return {one["code"]: one["label"] for one in vocabulary.reference("size_classes")}[code]
    if key.startswith("period"):
        return str(Value(code, "period"))
    fields = {one["breakdown"]: one["label"] for one in vocabulary.reference("breakdowns")}
    if key in ("breakdown", "field", "background"):
        return fields.get(code, code)
    if key == "value":
        named = {"topic": vocabulary.topics, "topic_group": vocabulary.topic_groups}
        field = row.get("breakdown", "topic_group")
        labels = named.get(field) or (vocabulary.values(field) if field in fields else {})
        if months := MONTHS.fullmatch(code):
            return f"vanaf maand {months[1]}" + (f" tot en met {months[2]}" if months[2] else "")
        return labels.get(code) or words_of(ANY).get(code, code)
    if key == "begin":
        return f"vanaf {Value(code, 'day')}"
    if key in LABELLED:
        there = filter(e.has, LABELLED[key])
        labels = [one["label"] for table in there for one in e.rows(table, **{key: code})]
        return f"‘{labels[0]}’" if labels else code
    return words_of(key).get(code) or words_of(ANY).get(code, code)
