"""Where a number comes from, in words: the tab of the annex, the row and the column."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mma_analysis.evaluation import COUNT_CALL, Evaluation
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import KEYS_OF_TABLE, REGISTRY, headings, words_of
from mma_analysis.vocabulary.value import TOKEN_OF_SUM, Value, computed, unquoted

SIGN_IN_WORDS = {"+": "plus", "-": "min", "/": "gedeeld door"}
END_IN_WORDS = {"low": ", ondergrens van 95%", "high": ", bovengrens van 95%"}
TABLE_IN_SUM = re.compile(r"(?:^|[ (])([a-z]\w*)(?=[|#;)])")
TYPED = "vast|"
SETTING = "instelling|"
OWN = "own_"
FURTHER_OFF = "Hoogstens {} naast wat is geteld."
# Table → its tab.
SHEETS = {row["table"]: row["sheet"] for row in REGISTRY if row["sheet"]}
ANY = "named"  # words of codes that more columns have
MONTHS_SINCE = re.compile(r"(\d+)-(\d*)")  # since a connection
# Key → the tables that say what its codes are called.
LABELLED = {
    "question": ("survey_answers", "survey_named", "survey_numbers"),
    "theme": ("survey_themes",),
}


class Origin(NamedTuple):
    """What an id says: the keys of its row in words, and its column."""

    row: list[str]
    column: str


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
    """How far a number may be from the truth, if more than one rounding; else 0."""

    def looked_up(one: str) -> Value:
        if one.startswith((COUNT_CALL, SETTING, TYPED)):  # these are as they are
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
    tokens = TOKEN_OF_SUM.findall(expression)
    no_ids = {*SIGN_IN_WORDS, "(", ")"}
    ids = list(dict.fromkeys(token for token in tokens if token not in no_ids))
    if not ids:
        return "Hier hoort geen getal."
    place = _place(e, ids)
    all_said = [_said(e, one) for one in ids]
    if len(ids) == 1:
        row, column = all_said[0]
        return f"{place}: {', '.join(row)}; {column}."

    # What all have in common is said once; in the sum stand the numbers themselves.
    first = all_said[0]
    common = [key for key in first.row if all(key in said.row for said in all_said)]
    numbers = {}
    places = []
    for one, said in zip(ids, all_said, strict=True):
        own = [key for key in said.row if key not in common]
        name = ", ".join(own) or said.column
        number = _number(e, one)
        numbers[one] = number or f"‘{name}’"
        if number:
            places.append(f"{number} bij ‘{name}’")
    in_words = [numbers.get(token) or SIGN_IN_WORDS.get(token) or token for token in tokens]
    formula = " ".join(in_words).replace("( ", "(").replace(" )", ")")
    row = "; ".join([", ".join(common), *places])
    return f"{formula}. {place}: {row}."


def _number(e: Evaluation, one: str) -> str:
    """What an id in a sum says; empty when there is no such number."""
    if one.startswith(COUNT_CALL):
        table, *conditions = one.removeprefix(f"{COUNT_CALL}(").removesuffix(")").split(";")
        keys = {}
        for condition in conditions:
            key, _, quoted = condition.partition("=")
            keys[key] = unquoted(quoted)
        return str(e.tel(table, **keys))
    if one.startswith((SETTING, TYPED)):
        return ""
    try:
        return str(e.waarde(one))
    except LookupError:  # of a cell that there is not: the audit says so
        return ""


def _place(e: Evaluation, ids: list[str]) -> str:
    """The workbook and its tabs: of a gemeente, what is exact is in one of its own."""
    tables = tables_in(*ids)
    is_exact = e.own_tables.issuperset(tables)
    is_own = is_exact and all(f"|{e.area.slug}" in one for one in ids)
    workbook = "Eigen cijfers" if is_own else "Bijlage"
    return f"{workbook}, {tabs(tables)}"


def tables_in(*expressions: str) -> list[str]:
    """The tables that ids, or expressions of them, are about, in order."""
    found = TABLE_IN_SUM.findall(" ".join(expressions))
    return list(dict.fromkeys(found))


def tabs(tables: Iterable[str]) -> str:
    """Where released tables stand in a workbook: `tabblad ‘Per periode’`."""
    sheets = dict.fromkeys(SHEETS[table] for table in tables if table in SHEETS)
    names = [f"‘{sheet}’" for sheet in sheets]
    tab = "tabblad" if len(names) == 1 else "tabbladen"
    return f"{tab} {listing(names)}"


def _said(e: Evaluation, one: str) -> Origin:
    """One id in words."""
    if one.startswith(f"{COUNT_CALL}("):
        inside = one.removeprefix(f"{COUNT_CALL}(")[:-1]
        return _said_of_counted(e, inside)
    cell, _, column_and_end = one.rpartition("#")
    table, *codes = unquoted(cell).split("|")
    named = dict(zip(KEYS_OF_TABLE[table], codes, strict=False))
    row = []
    for key, code in named.items():
        if key != "kind":
            row.append(key_in_words(e, key, code, named))

    column, _, end = column_and_end.partition(":")
    heads = headings([table], [column])
    head = heads[column]["nl"] if column in heads else column
    end_in_words = END_IN_WORDS.get(end, "")
    return Origin(row, f"kolom {head}{end_in_words}")


def _said_of_counted(e: Evaluation, inside: str) -> Origin:
    """A number of rows in words: a table, and `key=code` of the rows that are counted."""
    _, *conditions = inside.split(";")
    named = {}
    for condition in conditions:
        key, _, quoted = condition.partition("=")
        named[key] = unquoted(quoted)
    row = [key_in_words(e, key, code, named) for key, code in named.items()]
    return Origin(row or ["alle rijen"], "aantal rijen")


def key_in_words(e: Evaluation, key: str, code: str, row: Mapping[str, str]) -> str:
    """A key of a row as a reader calls it."""
    if key.startswith("period"):
        return str(Value(code, "period"))
    if key == "begin":
        return f"vanaf {Value(code, 'day')}"
    months = MONTHS_SINCE.fullmatch(code)
    if key == "value" and months:
        until = f" tot en met {months[2]}" if months[2] else ""
        return f"vanaf maand {months[1]}{until}"
    kind = (key, row.get("breakdown", "topic_group"))
    if kind not in e.labels:
        e.labels[kind] = _labels(e, *kind)
    return e.labels[kind].get(code) or words_of(ANY).get(code, code)


def _labels(e: Evaluation, key: str, breakdown: str) -> Mapping[str, str]:
    """Code → what a reader calls it, of the codes that a key can have.

    `breakdown`: by what the codes of a `value` divide.
    """
    vocabulary = e.vocabulary
    if key in ("area", "peer"):
        return {area.slug: area.name for area in vocabulary.areas}
    if key == "size_class":
        return vocabulary.by_code("size_classes", "label")
    if key in ("breakdown", "field", "background"):
        return vocabulary.by_code("breakdowns", "label")
    if key == "value":
        return vocabulary.values(breakdown)
    if key not in LABELLED:
        return words_of(key)
    labels = {}
    for table in LABELLED[key]:
        if table in e:
            for code, label in e[table][[key, "label"]].to_numpy():
                labels[code] = f"‘{label}’"
    return labels
