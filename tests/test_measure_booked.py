"""What is said of days that went out: to everybody never whether rows are otherwise now."""

import ast
import datetime as dt

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.measure.booked import closed_days, own_changed
from mma_analysis.protect import Book, Issued
from mma_analysis.protect.book import SAID
from mma_analysis.show import anders_geleverd, geboekt
from mma_analysis.show.text import plain
from released_tables import reading, released

PEILDATUM = pd.Timestamp("2023-06-30")


def issue(begin: str, peildatum: str, region: str) -> Issued:
    """What went out of these gemeenten and days; of no matter how many meldingen."""
    said = pd.DataFrame([{"region": region, "name": region}]).reindex(columns=list(SAID))
    days = dt.date.fromisoformat(begin), dt.date.fromisoformat(peildatum)
    return Issued("proef", *days, said, rows=None, deliveries=None)


def booked(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["area", "closed_until", "is_revised"])
    return table.astype({"closed_until": "datetime64[us]"})


# --- which days are booked ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("revising", "last", "revised"),
    [
        ((), {"borne": "2022-12-31", "losser": "2023-06-30"}, {"losser"}),
        (("borne",), {"borne": "2022-12-31", "losser": "2023-06-30"}, {"borne", "losser"}),
    ],
    ids=["as it went out", "and one is booked anew"],
)
def test_of_each_gemeente_the_last_day_that_went_out_is_known(revising, last, revised):
    # Almelo was in no issue. Losser went out once more, after the peildatum, and was revised.
    issues = (
        issue("2021-07-01", "2022-12-31", "borne,losser:2021-07-01/2022-12-31"),
        issue("2021-07-01", "2023-12-31", "losser#2:2021-07-01/2023-12-31"),
    )
    book = Book(issues, frozenset(revising))

    found = book.closed_until(["almelo", "borne", "losser"], dt.date(2023, 6, 30))

    days = found["closed_until"].dt.strftime("%Y-%m-%d")
    assert dict(zip(found["area"], days, strict=True)) == last
    assert set(found.loc[found["is_revised"], "area"]) == revised


def test_before_anything_went_out_no_day_is_booked():
    found = Book().closed_until(["borne"], dt.date(2023, 6, 30))

    assert (len(found), list(found)) == (0, ["area", "closed_until", "is_revised"])


# --- to everybody -------------------------------------------------------------------------


def test_the_same_days_once_more_say_nothing_and_later_days_or_a_revision_do():
    same, later = ("almelo", "2023-06-30", False), ("borne", "2022-12-31", False)
    revised = ("losser", "2023-06-30", True)

    found = closed_days(booked(same, later, revised), PEILDATUM)

    assert found["area"].to_list() == ["borne", "losser"]


@pytest.mark.parametrize(("rows", "until", "revised"), cases("closed_days"))
def test_everybody_reads_up_to_which_day_and_who_was_revised(rows, until, revised):
    columns = "area closed_until is_revised"
    table = released("closed_days", columns, *ast.literal_eval(rows))
    table["closed_until"] = table["closed_until"].astype("datetime64[us]")

    found = geboekt(reading(closed_days=table))

    assert (str(found.tot or ""), " ".join(found.herzien)) == (until, revised)


def test_without_the_table_nothing_is_said():
    assert geboekt(reading()).tot is None


# --- to one gemeente ----------------------------------------------------------------------


def test_a_gemeente_has_a_row_when_its_rows_are_otherwise():
    columns = ["area", "added", "gone", "changed", "is_revised"]
    rows = [("almelo", 0, 0, 0, False), ("borne", 2, 1, 3, False), ("losser", 0, 0, 1, True)]
    days = booked(("almelo", "2022-12-31", False), ("borne", "2022-12-31", False))

    found = own_changed(pd.DataFrame(rows, columns=columns), days)

    assert found["area"].to_list() == ["borne", "losser"]
    assert found["closed_until"].to_list() == [pd.Timestamp("2022-12-31"), pd.NaT]


@pytest.mark.parametrize(("added", "gone", "changed", "said"), cases("own_changed"))
def test_what_is_otherwise_is_said_in_words_and_of_nothing_nothing(added, gone, changed, said):
    row = ("borne", int(added), int(gone), int(changed))
    table = released("own_changed", "area added gone changed", row)

    found = anders_geleverd(reading("borne", "intern", own_changed=table))

    assert plain(found) == said


def test_a_page_for_everybody_says_nothing_of_it():
    assert anders_geleverd(reading("borne")) == ""
