"""`kwaliteit.html`: what we received from one gemeente, what we counted, and what to repair."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.show.figure import table_html
from mma_analysis.vocabulary import numbers

# By how often it is wrong, so that one repair of a column comes before ten single rows.
ROWS_NAMED = 100
HEADS = {
    "source_file": "Bestand",
    "source_sheet": "Tabblad",
    "source_row": "Regel",
    "column": "Kolom",
    "reason": "Wat er aan de hand is",
    "kept_file": "Wel geteld: bestand",
    "kept_sheet": "Tabblad daarin",
    "kept_row": "Regel daarin",
}
PLACE = ("source_file", "source_sheet", "source_row")
WRONG = (*PLACE, "column", "reason")
DOUBLE = (*PLACE, "kept_file", "kept_sheet", "kept_row")


@dataclass(frozen=True)
class Listed:
    """Rows of a file, what is the matter with them, and what else there is to say."""

    caption: str
    html: Markup
    note: str


def letter_html(e: Evaluation) -> str:
    """Write the quality letter of one gemeente from its intern evaluation.

    Names file, sheet, row and column of what could not be counted, and never what is in it.
    """
    delivery = e.table("own_delivery").iloc[0]
    findings, day = e.table("own_findings"), delivery["delivered_on"]
    is_fault = findings["severity"] != "info"
    refused = int(delivery["rejected"] - delivery["outside"])
    replaced = e.edition.gemeente(e.area.slug).vervangt.items()
    return written(
        "letter.html",
        edition=e.edition,
        area=e.area,
        delivery=delivery,
        day="" if pd.isna(day) else numbers.day(day),
        files=numbers.listing([_file(name) for name in delivery["files"]]),
        replaced=[(_file(newer), _file(older)) for newer, older in replaced],
        counted=_meldingen(int(delivery["clean"])),
        refused=refused,
        period=f"{numbers.day(e.begin)} tot en met {numbers.day(e.peildatum)}",
        repairs=findings["sentence"][is_fault].to_list(),
        fill_in=findings["sentence"][~is_fault].to_list(),
        tables=_tables(e),
        rows_to_repair=bool(len(e.table("own_warnings")) or refused),
    )


def _tables(e: Evaluation) -> list[Listed]:
    """The rows of the registration first; the answers to the survey apart, as they are no tips."""
    rejected, doubles = e.table("own_rejected"), e.table("own_duplicates")
    warnings = e.table("own_warnings")
    not_understood = warnings["reason_code"] == "niet_begrepen"
    survey = e.edition.vragenlijst.bestand if e.edition.vragenlijst else ""
    of_survey, double_answer = (rows["source_file"] == survey for rows in (rejected, doubles))
    is_outside = rejected["reason_code"].map(e.vocabulary.reason_effects).eq("outside")
    no_fault = "Kloppen de datum en de plaats? Dan hoeft u niets te doen."
    counted = "Regels die wij telden, maar"
    tables = [
        _table(rejected[~of_survey & ~is_outside], WRONG, "Regels die wij niet konden tellen"),
        _table(warnings[~not_understood], WRONG, f"{counted} die niet kloppen"),
        _table(warnings[not_understood], WRONG, f"{counted} niet helemaal begrepen"),
        _table(doubles[~double_answer], DOUBLE, "Regels die er dubbel in stonden"),
        _table(rejected[is_outside], WRONG, "Regels die buiten deze evaluatie vallen", no_fault),
        _table(
            *(rejected[of_survey], WRONG),
            "Antwoorden op de vragenlijst die wij niet konden tellen",
        ),
        _table(
            *(doubles[double_answer], DOUBLE),
            "Antwoorden op de vragenlijst die u later verving",
        ),
    ]
    return [table for table in tables if table]


def _table(
    rows: pd.DataFrame, columns: Sequence[str], caption: str, note: str = ""
) -> Listed | None:
    """Where something is wrong and what; an empty cell says that it has no sheet or column."""
    if rows.empty:
        return None
    named = rows[[*columns]].head(ROWS_NAMED).fillna("").astype(str)
    if len(rows) > ROWS_NAMED:
        note += f" Dit zijn de eerste {ROWS_NAMED} van {numbers.number(len(rows))} regels."
    for name in columns:
        named[name] = named[name].map(_file) if "file" in name else named[name]
    heads = {name: HEADS[name] for name in columns}
    return Listed(caption, table_html(named, heads, {}, caption), note.strip())


def _meldingen(count: int) -> str:
    return f"{count or 'geen'} {'melding' if count == 1 else 'meldingen'}"


def _file(path: str) -> str:
    return path.rpartition("/")[2]
