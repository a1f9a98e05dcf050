"""What a page says of the edition before: same days only, every state its own word, no sum."""

import datetime as dt

from mma_analysis.compare import change_tables
from mma_analysis.show import changes
from show_tables import FIRST, cases, evaluation, frame, says, told

LONGER = "2021-07-01/2023-06-30"
YEAR = "2021-07-01/2022-06-30"


def compared(definitions=(), before=YEAR):
    """Borne with an earlier edition: its whole period, and what figures mean."""
    totals = ("borne", before, LONGER), ("losser", YEAR, LONGER)
    tables = {"changed_totals": frame("area period_before period_after", *totals)}
    if definitions is not None:
        tables["changed_definitions"] = frame("what of before after", *definitions)
    return evaluation(tables)


def test_without_an_earlier_edition_that_is_said_once():
    assert told(changes.sentence(evaluation())) == changes.NO_EARLIER
    assert told(changes.definitions_table(evaluation())) == ""


@cases(
    "before said",
    (YEAR, "De vorige editie ging over jul 2021 – jun 2022. Deze gaat over jul 2021 – jun…"),
    (LONGER, "De vorige editie ging over dezelfde tijd: jul 2021 – jun 2023.…"),
    (None, "In de vorige editie stond Borne nog niet.…"),
)
def test_the_times_of_both_editions_are_told(before, said):
    says(changes.sentence(compared(before=before)), said)


def test_a_definition_is_told_in_words_and_in_the_order_of_the_settings():
    e = compared(
        definitions=[
            ("basis", "", "5", "10"),
            ("peildatum", "", "2022-06-30", "2023-06-30"),
            ("connected", "almelo", None, "2021-09-01"),
            ("group", "fraude", "overig", "fraude_en_geld"),
            ("indicator", "costs", "1", "2"),
        ]
    )
    table = changes.definitions_table(e)

    assert [row[1:] for row in table.rows] == [
        ["30 juni 2022", "30 juni 2023"],
        ["5", "10"],
        ["niet opgegeven", "1 september 2021"],
        ["Overig", "Fraude en geld"],
        ["versie 1", "versie 2"],
    ]
    assert table.rows[2][0] == "Almelo aangesloten sinds"


@cases(
    "definitions said",
    ((), "…Alle cijfers betekenen hetzelfde…"),
    (None, "…is toen niet vastgelegd…"),
)
def test_the_same_meaning_and_an_unknown_one_are_told_apart(definitions, said):
    says(changes.definitions_table(compared(definitions=definitions)), said)


def test_the_tables_come_from_two_folders_of_released_tables(tmp_path):
    """Borne: 45 in the year of the first edition; the second finds 50."""
    for name, count, end in (("before", 45, "2022-06-30"), ("now", 50, "2023-06-30")):
        (tmp_path / name).mkdir()
        days = [
            ("whole", dt.date(2021, 7, 1), dt.date.fromisoformat(end)),
            (FIRST, dt.date(2021, 7, 1), dt.date(2022, 6, 30)),
        ]
        rows = [
            ("borne", period, kind, count, "shown")
            for period, kind in (("whole", "whole"), (FIRST, "year"))
        ]
        frame("period begin end", *days).to_parquet(tmp_path / name / "periods.parquet")
        counts = frame("area period kind count state", *rows)
        counts.to_parquet(tmp_path / name / "per_period.parquet")

    tables = change_tables(tmp_path / "now", tmp_path / "before", (None, None))

    assert set(tables) == {"changed_totals"}
    assert tables["changed_totals"]["period_after"].item() == LONGER
    assert tables["changed_totals"]["count_before"].item() == 45


# --- an edition that is sent again ---------------------------------------------------------------
