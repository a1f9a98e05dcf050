"""The letter of a gemeente about its delivery, `kwaliteit.html`: one request, and lists of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.show.booked import anders_geleverd
from mma_analysis.show.figure import Table
from mma_analysis.show.reading import refuse_more_words
from mma_analysis.vocabulary import UNKNOWN, numbers
from mma_analysis.vocabulary.reference import headings
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.schema import REDUCED

MOST_WORDS = 300  # one A4, without the list
MANY_REFUSED = 0.10  # as in the grade `rood`
MOST_CHOICES, ROWS_NAMED = 4, 100
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
LACKS = ("not_filled", "said_unknown", "not_understood", "no_column")
PLACE = ("source_file", "source_sheet", "source_row")
WRONG = (*PLACE, "column", "reason")
DOUBLE = (*PLACE, "kept_file", "kept_sheet", "kept_row")
ENDS_EARLY = ("bestand_houdt_op", "geleverd_voor_peildatum")
IN_FIELDS = (  # rules that the table tells
    "niet_ingevuld",
    "zegt_niet_bekend",
    "niet_begrepen",
    "houdt_niet_bij",
    "houdt_nooit_bij",
)
SURVEY = ("vragenlijst_", "antwoord_")  # begins a rule of the survey
NEVER = "nooit"  # of a field without a column: it is not that nothing was filled in
FIELDS = (
    "Kop in uw bestand",
    "Gelezen als",
    "Niet ingevuld",
    "Zegt: niet bekend",
    "Niet begrepen",
)


def letter_html(e: Evaluation) -> str:
    """Write the quality letter of one gemeente: its list never says what is in a melding.

    `DataError`: when the letter, without its list, is longer than one A4.
    """
    own = e.een("own_delivery", area=e.gebied)
    fields, findings = (list(e.tabel(name).mma) for name in ("own_fields", "own_findings"))
    kind, asked = _request(own, fields, findings, e)
    words = e.vocabulary.values(asked.read_as) if asked else {}
    choices = [
        code if asked and asked.read_as in REDUCED else numbers.small(label)
        for code, label in words.items()
        if code != UNKNOWN
    ]
    names = {"own": own, "kind": kind, "asked": asked, "tables": [*_tables(e)]}
    names |= {"choices": choices if len(choices) <= MOST_CHOICES else []}
    names |= {"findings": [one for one in findings if one.rule not in IN_FIELDS]}
    names["until"] = e.een("connection", area=e.gebied).woord("covered_until")
    names["changed"] = e.een("own_changed", area=e.gebied)
    names["otherwise"] = anders_geleverd(e)
    read = Table([*map(_read, fields)], dict(zip(FIELDS, FIELDS, strict=True)))
    names |= {"fields": read.html("Wat wij in uw bestand lazen")}
    names |= {"rows_named": ROWS_NAMED, "weekdays": WEEKDAYS}
    html = written("letter.html", e=e, edition=e.edition, **names)
    letter = html[html.index("<main") : html.index('<section id="lijst"')]
    refuse_more_words(letter, MOST_WORDS, f"{e.naam}, kwaliteit.html")
    return html


def _request(
    own: Row, fields: Sequence[Row], findings: Sequence[Row], e: Evaluation
) -> tuple[str, Row | None]:
    """The one thing that helps most, and its field: what is counted at all goes first."""
    if not own.file_names:
        connected = e.edition.gemeente(e.gebied).aangesloten
        is_later = connected is not None and connected > e.edition.peildatum
        return "later" if is_later else "stuur", None
    if any(one.rule == "andere_periode" for one in findings):
        return "periode", None
    if any(one.rule == "geen_meldingen" for one in findings):
        return "nakijken", None
    refused = own.rejected - own.outside
    # Of the survey it says so too, but the letter asks for the file.
    of_file = [
        one for one in findings if one.rule not in IN_FIELDS and not one.rule.startswith(SURVEY)
    ]
    severities = {one.severity for one in of_file}
    if "critical" in severities or float(refused) > MANY_REFUSED * float(refused + own.clean):
        return "herstel", None
    if any(one.rule in ENDS_EARLY for one in findings):
        return "vervolg", None
    lacking = {field.read_as: field for field in fields if _lacks(field)}
    is_doubtful = e.tabel("own_warnings")["reason_code"].ne("niet_begrepen").any()
    if "result" not in lacking and (refused or is_doubtful):
        return "herstel", None
    if "result" not in lacking and "warning" in severities:
        return "opviel", None
    first = lacking.get("result") or lacking.get("has_time")
    field = first or max(lacking.values(), key=_lacks, default=None)
    if field is None:
        return "niets", None
    if not field.header:
        return "kolom", field
    is_in_words = field.not_understood > field.not_filled + field.said_unknown
    return ("woorden" if is_in_words else "invullen"), field


def _lacks(field: Row) -> float:
    """Of how many meldingen it is not known; of a field that is not counted of none."""
    return sum(float(number) for name in LACKS if (number := getattr(field, name)))


def _read(field: Row) -> dict[str, Any]:
    """What a header was taken for, and of how many meldingen it is not known, and why."""
    if not field.header:
        cells = ("(geen kolom)", field.woord("read_as"), NEVER, None, None)
    else:
        lacks = (field.not_filled, field.said_unknown, field.not_understood)
        shown = (number if number.shown else None for number in lacks)
        cells = (field.woord("header"), field.woord("read_as"), *shown)
    return dict(zip(FIELDS, cells, strict=True))


def _tables(e: Evaluation) -> Iterator[dict[str, Any]]:
    """The rows of the registration first; the answers to the survey apart, as they are no tips."""
    names = ("own_rejected", "own_duplicates", "own_warnings")
    rejected, doubles, warnings = (e.tabel(name) for name in names)
    not_understood = warnings["reason_code"] == "niet_begrepen"
    survey = e.edition.vragenlijst.bestand if e.edition.vragenlijst else ""
    of_survey, double_answer = (rows["source_file"] == survey for rows in (rejected, doubles))
    effects = e.vocabulary.by_code("reasons", "effect")
    is_outside = rejected["reason_code"].map(effects).eq("outside")
    counted, answers = "Regels die wij telden, maar", "Antwoorden op de vragenlijst die"
    sent = e.edition.gemeente(e.gebied).levering
    needless = {"", *sent} if len(sent) == 1 else {""}  # the only file, nor a sheet of a text
    for caption, rows, columns in (
        ("Regels die wij niet konden tellen", rejected[~of_survey & ~is_outside], WRONG),
        (f"{counted} die niet kloppen", warnings[~not_understood], WRONG),
        (f"{counted} niet helemaal begrepen", warnings[not_understood], WRONG),
        ("Regels die wij al hadden geteld", doubles[~double_answer], DOUBLE),
        ("Regels die buiten deze evaluatie vallen: geen fout", rejected[is_outside], WRONG),
        (f"{answers} wij niet konden tellen", rejected[of_survey], WRONG),
        (f"{answers} u later verving", doubles[double_answer], DOUBLE),
    ):
        if len(rows):
            telling = [c for c in columns if not needless.issuperset(map(str, rows[c]))]
            heads = {name: row["nl"] for name, row in headings([], telling).items()}
            html = Table(rows.head(ROWS_NAMED), heads).html(caption)
            yield {"caption": caption, "html": html, "is_cut": len(rows) > ROWS_NAMED}
