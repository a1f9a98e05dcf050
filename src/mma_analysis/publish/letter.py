"""The letter of a gemeente about its delivery, `kwaliteit.html`: one request, and lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.show.booked import anders_geleverd
from mma_analysis.show.figure import Table
from mma_analysis.show.readability import refuse_more_words
from mma_analysis.vocabulary import UNKNOWN, numbers
from mma_analysis.vocabulary.reference import headings
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.schema import REDUCED, SOURCE, WORD_NOT_UNDERSTOOD

MOST_LETTER_WORDS = 330  # one A4, without the list
MANY_REFUSED = 0.10  # as in the grade `rood`
MOST_CHOICES = 6
ROWS_NAMED = 100
WEEKDAYS = (
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
)
LACKS = ("not_filled", "said_unknown", "not_understood", "no_column")
WRONG_COLUMNS = (*SOURCE, "column", "reason")
WRONG_ANSWER = ("column", "reason")  # the rows of the survey are in our file
# What MMA asks of each melding once a year.
OF_RETURN = ("disposition", "result", "usable")
DOUBLE_COLUMNS = (*SOURCE, "kept_file", "kept_sheet", "kept_row")
RULE_OTHER_PERIOD = "andere_periode"
WITHDRAWN_HEAD = "Regels die zijn doorgehaald of vervallen"
OUTSIDE_HEAD = "Regels die buiten deze evaluatie vallen: geen fout"
ENDS_IN_WEEK = "weken_houden_op"
ENDS_EARLY = ("bestand_houdt_op", ENDS_IN_WEEK, "geleverd_voor_peildatum")
IN_FIELDS = (  # rules that the table tells
    "niet_ingevuld",
    "zegt_niet_bekend",
    WORD_NOT_UNDERSTOOD,
    "houdt_niet_bij",
    "houdt_nooit_bij",
)
IN_CHOICES = ("in_weken",)  # rules that a choice tells
CHOICES_SECTION = ('<section class="keuzes"', "</section>")  # what a letter is longer by
SURVEY = ("vragenlijst_", "antwoord_")  # begins a rule of the survey
WHOLE_COLUMN = "de kolom"  # what lacks of a field that the file has no column for
NOTHING_LACKS = "niets"
HEADS_OF_FIELDS = ("Kop in uw bestand", "Gelezen als", "Wat ontbreekt")
# Why it is not known of a melding → so often, as a reader reads it.
SO_OFTEN = {
    "not_filled": "{} keer niet ingevuld",
    "said_unknown": "{} keer ‘niet bekend’",
    "not_understood": "{} keer niet begrepen",
}


class Request(NamedTuple):
    """What the letter asks, and the field that it is about, if it is about one.

    `columns`: the fields that the file has no column for, of those that are asked.
    """

    kind: str
    field: Row | None = None
    columns: Sequence[Row] = ()


class ListedRows(NamedTuple):
    """Rows of a delivery that the letter lists, and which of their columns."""

    caption: str
    rows: pd.DataFrame
    columns: Sequence[str]


def letter_html(e: Evaluation) -> str:
    """Write the quality letter of one gemeente: its list never says what is in a melding.

    `DataError`: when the letter, without its list, is longer than one A4.
    """
    own = e.een("own_delivery", area=e.gebied)
    fields = list(e.tabel("own_fields").mma)
    findings = list(e.tabel("own_findings").mma)
    chosen = list(e.tabel("own_choices", area=e.gebied).mma)
    request = _request(own, fields, findings, e)
    if chosen and _may_wait(request):
        request = Request("klopt")
    read = Table(
        [_read(field) for field in fields], {head: head for head in HEADS_OF_FIELDS}
    )
    connection = e.een("connection", area=e.gebied)
    about = {one.rule: one for one in findings}
    period = about.get(RULE_OTHER_PERIOD) if request.kind == "periode" else None
    told = (*IN_FIELDS, RULE_OTHER_PERIOD) if period else IN_FIELDS
    if chosen:
        told = (*told, *IN_CHOICES)
    tables = list(_tables(e))
    if period:  # the letter says it of all rows together
        tables = [one for one in tables if one["caption"] != OUTSIDE_HEAD]
    html = written(
        "letter.html",
        e=e,
        edition=e.edition,
        own=own,
        kind=request.kind,
        asked=request.field,
        columns=request.columns,
        are_warned=len(e.tabel("own_warnings")) > 0,
        no_more=e.verdeling("disposition").mma["niet_actiewaardig"].count,
        has_answered_again=_has_answered_again(e),
        choices=_choices(request, e),
        more_columns=_more_columns(request, fields),
        closed=e.tel("own_closed", area=e.gebied),
        chosen=chosen,
        last_week=about.get(ENDS_IN_WEEK),
        period=period,
        findings=[one for one in findings if one.rule not in told],
        fields=read.html("Wat wij in uw bestand lazen"),
        tables=tables,
        until=connection.woord("covered_until"),
        changed=e.een("own_changed", area=e.gebied),
        otherwise=anders_geleverd(e),
        rows_named=ROWS_NAMED,
        weekdays=WEEKDAYS,
    )
    letter = html[html.index("<main") : html.index('<section id="lijst"')]
    refuse_more_words(
        _without_choices(letter), MOST_LETTER_WORDS, f"{e.naam}, kwaliteit.html"
    )
    return html


def _may_wait(request: Request) -> bool:
    """Whether a wrong choice of ours spoils more than what is asked: all but a result."""
    field = request.field
    is_other_field = field is not None and field.read_as != "result"
    return request.kind == "niets" or is_other_field


def _without_choices(letter: str) -> str:
    """The letter but for what was chosen: it is as long as there are choices."""
    begin, end = CHOICES_SECTION
    before, _, rest = letter.partition(begin)
    _, _, after = rest.partition(end)
    return before + after


def _request(
    own: Row,
    fields: Sequence[Row],
    findings: Sequence[Row],
    e: Evaluation,
) -> Request:
    """The one thing that helps most: what is counted at all goes first."""
    if not own.file_names:
        return _without_file(e)
    rules = {one.rule for one in findings}
    if RULE_OTHER_PERIOD in rules:
        return Request("periode")
    if "geen_meldingen" in rules:
        return Request("nakijken")

    severities = _severities(findings)
    refused = own.rejected - own.outside
    most_refused = MANY_REFUSED * float(refused + own.clean)
    if "critical" in severities or float(refused) > most_refused:
        return Request("herstel")
    if rules.intersection(ENDS_EARLY):
        return Request("vervolg")

    lacking = {field.read_as: field for field in fields if _lacks(field)}
    if "result" not in lacking:
        reasons = e.tabel("own_warnings")["reason_code"]
        is_doubtful = (reasons != WORD_NOT_UNDERSTOOD).any()
        if refused or is_doubtful:
            return Request("herstel")
        if "warning" in severities:
            return Request("opviel")
    return _about_field(lacking)


def _severities(findings: Sequence[Row]) -> set[str]:
    """How grave findings of the file are; a letter asks nothing of the survey."""
    severities = set()
    for one in findings:
        if one.rule not in IN_FIELDS and not one.rule.startswith(SURVEY):
            severities.add(one.severity)
    return severities


def _without_file(e: Evaluation) -> Request:
    """What is asked of who sent nothing that can be counted."""
    gemeente = e.edition.gemeente(e.gebied)
    connected = gemeente.aangesloten
    if connected is not None and connected > e.edition.peildatum:
        return Request("later")
    return Request(gemeente.stuurde or "stuur")


def _about_field(lacking: Mapping[str, Row]) -> Request:
    """What helps most of the fields of which not all is known: the result, or the time."""
    if not lacking:
        return Request("niets")
    first = lacking.get("result") or lacking.get("has_time")
    field = first or max(lacking.values(), key=_lacks)
    if not field.header:
        return Request("kolom", field, _without_column(field, lacking))
    is_in_words = field.not_understood > field.not_filled + field.said_unknown
    return Request("woorden" if is_in_words else "invullen", field)


def _without_column(field: Row, lacking: Mapping[str, Row]) -> Sequence[Row]:
    """The field, or all that the yearly return asks when the file has none of these."""
    asked_by_mma = [lacking[name] for name in OF_RETURN if name in lacking]
    absent = [one for one in asked_by_mma if not one.header]
    if field not in absent:
        return [field]
    are_all_absent = len(absent) == len(OF_RETURN)
    return absent if are_all_absent else [field]


def _has_answered_again(e: Evaluation) -> bool:
    """Whether a later answer to the survey took the place of an earlier one."""
    doubles = e.tabel("own_duplicates")
    from_file = set(doubles["source_file"])
    return _survey_file(e) in from_file


def _survey_file(e: Evaluation) -> str:
    survey = e.edition.vragenlijst
    return survey.bestand if survey else ""


def _choices(request: Request, e: Evaluation) -> dict[str, list[str]]:
    """Column → the words that can be filled in; without one of which there are too many."""
    fields = list(request.columns)
    if not fields and request.field is not None:
        fields = [request.field]
    choices = {}
    for field in fields:
        words = _words_of(field, e)
        if len(words) <= MOST_CHOICES:
            name = str(field.woord("read_as"))
            choices[name] = words
    return choices


def _words_of(field: Row, e: Evaluation) -> list[str]:
    """Which words a field can have, as they are filled in."""
    words = []
    for code, label in e.vocabulary.values(field.read_as).items():
        if code != UNKNOWN:
            is_yes_or_no = field.read_as in REDUCED
            words.append(code if is_yes_or_no else numbers.small(label))
    return words


def _more_columns(request: Request, fields: Sequence[Row]) -> list[Row]:
    """Columns that the yearly return needs, the file has not, and the letter does not ask
    yet.
    """
    more = []
    for field in fields:
        is_of_return = field.read_as in OF_RETURN
        is_asked = field in request.columns or field == request.field
        if is_of_return and not field.header and not is_asked:
            more.append(field)
    return more


def _lacks(field: Row) -> float:
    """Of how many meldingen it is not known; of a field that is not counted of none."""
    lacks = 0.0
    for name in LACKS:
        number = getattr(field, name)
        if number:
            lacks += float(number)
    return lacks


def _read(field: Row) -> dict[str, Any]:
    """What a header was taken for, and of how many meldingen it is not known, and why."""
    header = field.woord("header") if field.header else "(geen kolom)"
    cells = [header, field.woord("read_as"), _what_lacks(field)]
    return dict(zip(HEADS_OF_FIELDS, cells, strict=True))


def _what_lacks(field: Row) -> str:
    """So many meldingen and why, in words; nothing of a field that is not counted."""
    if not field.header:
        return WHOLE_COLUMN
    is_counted = False
    reasons = []
    for name, so_often in SO_OFTEN.items():
        number = getattr(field, name)
        is_counted = is_counted or number.shown
        if number:
            reasons.append(Markup(so_often).format(number))  # noqa: S704  our own words
    if reasons:
        return Markup(", ").join(reasons)
    return NOTHING_LACKS if is_counted else ""


def _tables(e: Evaluation) -> Iterator[dict[str, Any]]:
    """What the letter lists, as HTML, of which there is any."""
    sent = e.edition.gemeente(e.gebied).levering
    # The name of the only file tells nothing, nor that a text has no sheets.
    needless = {"", *sent} if len(sent) == 1 else {""}
    for caption, rows, columns in _listed(e):
        if not len(rows):
            continue
        telling = []
        for name in columns:
            if not needless.issuperset(map(str, rows[name])):
                telling.append(name)
        words = headings([], telling)
        heads = {name: words[name]["nl"] for name in words}
        table = Table(rows.head(ROWS_NAMED), heads)
        yield {
            "caption": caption,
            "html": table.html(caption),
            "is_cut": len(rows) > ROWS_NAMED,
        }


def _listed(e: Evaluation) -> list[ListedRows]:
    """The rows of the registration first; answers to the survey apart: they are no tips."""
    rejected = e.tabel("own_rejected")
    doubles = e.tabel("own_duplicates")
    warnings = e.tabel("own_warnings")
    survey = _survey_file(e)
    is_answer = rejected["source_file"] == survey
    is_double_answer = doubles["source_file"] == survey
    is_not_understood = warnings["reason_code"] == WORD_NOT_UNDERSTOOD
    effects = e.vocabulary.by_code("reasons", "effect")
    effect = rejected["reason_code"].map(effects)
    is_outside = effect == "outside"
    is_withdrawn = effect == "withdrawn"
    is_wrong = ~is_answer & ~is_outside & ~is_withdrawn
    return [
        ListedRows("Regels die wij niet konden tellen", rejected[is_wrong], WRONG_COLUMNS),
        ListedRows(
            "Regels die wij telden, maar die niet kloppen",
            warnings[~is_not_understood],
            WRONG_COLUMNS,
        ),
        ListedRows(
            "Regels die wij telden, maar niet helemaal begrepen",
            warnings[is_not_understood],
            WRONG_COLUMNS,
        ),
        ListedRows(
            "Regels die wij al hadden geteld", doubles[~is_double_answer], DOUBLE_COLUMNS
        ),
        ListedRows(OUTSIDE_HEAD, rejected[is_outside], WRONG_COLUMNS),
        ListedRows(WITHDRAWN_HEAD, rejected[is_withdrawn], WRONG_COLUMNS),
        ListedRows(
            "Antwoorden op de vragenlijst die wij niet konden tellen",
            rejected[is_answer],
            WRONG_ANSWER,
        ),
    ]
