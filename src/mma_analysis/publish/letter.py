"""`kwaliteit.html`: what we received from one gemeente, what we counted, and what to repair."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.show import words
from mma_analysis.show.blocks import Table

# By how often it is wrong, so that one repair of a column comes before ten single rows.
ROWS_NAMED = 100


def letter_html(e: Evaluation) -> str:
    """Write the quality letter of one gemeente from its intern evaluation.

    Names file, sheet, row and column of what could not be counted, and never what is in it.
    """
    delivery = e.table("own_delivery").iloc[0]
    findings = e.table("own_findings")
    refused = int(delivery["rejected"] - delivery["outside"])
    names = [_file(str(name)) for name in delivery["files"]]
    return written(
        "letter.html",
        edition=e.edition,
        area=e.area,
        delivery=delivery,
        counted=words.meldingen(int(delivery["clean"])),
        rejected_sentence=_rejected_sentence(refused, bool(names)),
        outside_sentence=_outside_sentence(int(delivery["outside"])),
        duplicate_sentence=_duplicate_sentence(int(delivery["duplicate"])),
        received=_received(delivery, e.edition.gemeente(e.area.slug).vervangt),
        period=f"{words.day(e.begin)} tot en met {words.day(e.peildatum)}",
        repairs=findings[findings["severity"] != "info"]["sentence"].to_list(),
        fill_in=findings[findings["severity"] == "info"]["sentence"].to_list(),
        tables=_tables(e),
        rows_to_repair=bool(len(e.table("own_warnings")) or refused),
        has_delivered=bool(names),
    )


def _received(delivery: pd.Series, replaced: dict[str, str]) -> str:
    names = [_file(str(name)) for name in delivery["files"]]
    if not names:
        return "Wij hebben van u geen bestand met meldingen ontvangen."
    on = delivery["delivered_on"]
    when = "" if pd.isna(on) else f"Op {words.day(on)} "
    verb = "ontvingen wij" if when else "Wij ontvingen"
    instead = [
        f" Het bestand {_file(older)} telt niet mee: {_file(newer)} kwam ervoor in de plaats."
        for newer, older in replaced.items()
    ]
    return f"{when}{verb} van u {words.listing(names)}." + "".join(instead)


def _rejected_sentence(count: int, has_delivered: bool) -> str:
    if not count:
        return "Alle regels konden wij gebruiken." if has_delivered else ""
    how_many = "Eén regel" if count == 1 else f"{count} regels"
    return f"{how_many} konden wij niet tellen. Hieronder staat welke en waarom."


def _outside_sentence(count: int) -> str:
    """What is of another time or place is no fault."""
    if not count:
        return ""
    how_many = "Eén regel valt" if count == 1 else f"{count} regels vallen"
    return f"{how_many} buiten deze evaluatie. Dat is geen fout."


def _duplicate_sentence(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return "Eén regel stond er dubbel in. Die telden wij één keer."
    return f"{count} regels stonden er dubbel in. Die telden wij één keer."


def _tables(e: Evaluation) -> list[Table]:
    """The rows of the registration first; the answers to the survey apart, as they are no tips."""
    rejected, doubles = e.table("own_rejected"), e.table("own_duplicates")
    warnings = e.table("own_warnings")
    not_understood = warnings["reason_code"] == "niet_begrepen"
    survey = e.edition.vragenlijst.bestand if e.edition.vragenlijst else ""
    of_survey = rejected["source_file"] == survey
    is_outside = rejected["reason_code"].map(e.vocabulary.reason_effects).eq("outside")
    double_answer = doubles["source_file"] == survey
    return [
        *_places_table(rejected[~of_survey & ~is_outside], "Regels die wij niet konden tellen"),
        *_places_table(warnings[~not_understood], "Regels die wij telden, maar die niet kloppen"),
        *_places_table(
            warnings[not_understood], "Regels die wij telden, maar niet helemaal begrepen"
        ),
        *_duplicates_table(doubles[~double_answer], "Regels die er dubbel in stonden"),
        *_places_table(
            rejected[is_outside],
            "Regels die buiten deze evaluatie vallen",
            "Kloppen de datum en de plaats? Dan hoeft u niets te doen.",
        ),
        *_places_table(
            rejected[of_survey], "Antwoorden op de vragenlijst die wij niet konden tellen"
        ),
        *_duplicates_table(
            doubles[double_answer], "Antwoorden op de vragenlijst die u later verving"
        ),
    ]


def _places_table(rows: pd.DataFrame, caption: str, note: str = "") -> list[Table]:
    """Where something is wrong and what; no table when nothing is."""
    if rows.empty:
        return []
    return [
        Table(
            caption,
            ["Bestand", "Tabblad", "Regel", "Kolom", "Wat er aan de hand is"],
            [
                [
                    _file(row["source_file"]),
                    row["source_sheet"] or words.NOT_APPLICABLE,
                    str(row["source_row"]),
                    row["column"] or words.NOT_APPLICABLE,
                    row["reason"],
                ]
                for _, row in rows.head(ROWS_NAMED).iterrows()
            ],
            note=f"{note} {_more(len(rows))}".strip(),
            is_text=True,
        )
    ]


def _duplicates_table(doubles: pd.DataFrame, caption: str) -> list[Table]:
    if doubles.empty:
        return []
    return [
        Table(
            caption,
            [
                "Bestand",
                "Tabblad",
                "Regel",
                "Wel geteld: bestand",
                "Tabblad daarin",
                "Regel daarin",
            ],
            [
                [
                    _file(row["source_file"]),
                    row["source_sheet"] or words.NOT_APPLICABLE,
                    str(row["source_row"]),
                    _file(row["kept_file"]),
                    row["kept_sheet"] or words.NOT_APPLICABLE,
                    str(row["kept_row"]),
                ]
                for _, row in doubles.head(ROWS_NAMED).iterrows()
            ],
            note=_more(len(doubles)),
            is_text=True,
        )
    ]


def _file(path: str) -> str:
    return path.rpartition("/")[2]


def _more(rows: int) -> str:
    if rows <= ROWS_NAMED:
        return ""
    return f"Dit zijn de eerste {ROWS_NAMED} van {words.number(rows)} regels."
