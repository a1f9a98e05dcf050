"""What is booked stays, row by row: what a melding is, and what came of it by a peildatum."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest
from conftest import cases

from counting import melding, table
from mma_analysis import protect
from mma_analysis.protect import Book, Issued, public_rows
from mma_analysis.protect.book import ROW_COLUMNS, changes
from mma_analysis.vocabulary import DataError
from says import says

BEGIN = dt.date(2022, 7, 1)
JUNE, SEPTEMBER, DECEMBER = dt.date(2023, 6, 30), dt.date(2023, 9, 30), dt.date(2023, 12, 31)
DAY, LATER = pd.Timestamp("2022-08-01"), pd.Timestamp("2023-08-01")
DELIVERIES = pd.DataFrame({"area": ["borne", "twente"], "grade": ["goed", None]})


def row(number: str = "1", gemeente: str = "borne", day: object = DAY, **fields: object) -> dict:
    """A melding of which the feedback is worked out already."""
    return melding(number, gemeente, day) | {"fed_back": "onbekend"} | fields


def rows(*several: dict[str, object]) -> pd.DataFrame:
    fed_back = [one["fed_back"] for one in several]
    return table(*several).assign(fed_back=pd.Series(fed_back, dtype="str"))


def issued(
    peildatum: dt.date,
    booked: pd.DataFrame | None,
    begin: dt.date = BEGIN,
    gemeenten: str = "borne,losser",
) -> Issued:
    """What went out of these rows; of what it said only where and when matters here."""
    said = {"counted": "receipts", "family": "", "codes": "", "number": 5, "off": 4, "least": 0}
    region = f"{gemeenten}:{begin}/{peildatum}"
    said |= {"region": region, "name": f"receipts|||{region}", "state": "shown", "cell": ""}
    kept = None if booked is None else booked[ROW_COLUMNS]
    return Issued("proef", begin, peildatum, pd.DataFrame([said]), kept, DELIVERIES)


def made_of(newest: pd.DataFrame, *issues: Issued, peildatum: dt.date = JUNE) -> pd.DataFrame:
    """The rows that public numbers are made of, on their number."""
    made = public_rows(newest, Book(issues), BEGIN, peildatum)
    return made.set_index("melding_id")


# --- what a melding is ----------------------------------------------------------------------------


def test_without_an_issue_all_is_as_it_is_delivered():
    newest = rows(row("1"), row("2", day=LATER))

    assert made_of(newest).index.tolist() == ["1", "2"]


def test_an_issue_may_have_no_melding_on_the_days_that_it_closes():
    """Two editions have a month in common in which nothing came in, and it closes all the same."""
    first = issued(JUNE, rows(row("1", day="2022-08-01")))
    newest = rows(row("2", day="2023-06-09"), row("3", day=LATER))

    made = public_rows(newest, Book((first,)), dt.date(2023, 6, 1), SEPTEMBER)

    assert made["melding_id"].tolist() == ["3"]


ONE_BOOKED = rows(row("1"), row("2"))
NEWEST = {
    "gone": ([row("1")], JUNE, ["1", "2"]),
    "nothing delivered": ([], JUNE, ["1", "2"]),
    "late, of a closed day": ([row("1"), row("2"), row("3")], JUNE, ["1", "2"]),
    "of an open day": ([row("1"), row("2"), row("3", day=LATER)], SEPTEMBER, ["1", "2", "3"]),
    "moved to an open day": ([row("1"), row("2", day=LATER)], SEPTEMBER, ["1", "2"]),
    "of a gemeente that was not in it": ([row("3", "almelo")], JUNE, ["1", "2", "3"]),
    "the same number elsewhere": ([row("1", "almelo")], JUNE, ["1", "2", "1"]),
}


@pytest.mark.parametrize(("newest", "peildatum", "numbers"), NEWEST.values(), ids=NEWEST)
def test_closed_days_are_as_they_were_booked_and_open_days_as_they_are_delivered(
    newest, peildatum, numbers
):
    made = made_of(rows(*newest), issued(JUNE, ONE_BOOKED), peildatum=peildatum)

    assert made.index.tolist() == numbers


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": "woonfraude"},
        {"received_on": pd.Timestamp("2022-09-09")},
        {"reported_on": pd.Timestamp("2022-07-31")},
        {"has_time": True},
        {"also_sent_to": "politie"},
    ],
)
def test_what_a_melding_is_stays_as_it_was_booked(fields: Mapping[str, object]):
    newest = rows(row("1", **fields), row("2"))

    made = made_of(newest, issued(JUNE, ONE_BOOKED))

    same = made_of(ONE_BOOKED, issued(JUNE, ONE_BOOKED))
    pd.testing.assert_frame_equal(made, same)
    (name,) = fields
    assert made[name].equals(ONE_BOOKED.set_index("melding_id")[name])


def test_days_of_two_issues_are_as_the_first_of_them_booked_them():
    """The second begins later and ends later: what both have is of the first."""
    first = issued(JUNE, rows(row("1"), row("2", day="2023-03-01", topic="woonfraude")))
    second = issued(
        SEPTEMBER,
        rows(row("2", day="2023-03-01"), row("3", day=LATER, topic="drugsdelicten")),
        begin=dt.date(2023, 1, 1),
    )
    newest = rows(row("1", topic="mensenhandel"), row("3", day=LATER))

    made = made_of(newest, first, second, peildatum=SEPTEMBER)

    assert made["topic"].to_dict() == {"1": "fraude", "2": "woonfraude", "3": "drugsdelicten"}


def test_after_a_revision_all_rows_of_that_gemeente_are_the_newest():
    booked = rows(row("1"), row("2"), row("1", "losser"))
    newest = rows(row("1", topic="woonfraude"), row("3"), row("2", "losser"))
    book = Book((issued(JUNE, booked),), revising=frozenset({"borne"}))

    made = public_rows(newest, book, BEGIN, JUNE)

    found = made[["gemeente", "melding_id", "topic"]].to_numpy().tolist()
    assert sorted(found) == [
        ["borne", "1", "woonfraude"],
        ["borne", "3", "fraude"],
        ["losser", "1", "fraude"],
    ]
    assert book.version("borne") == "borne#2"
    assert book.version("losser") == "losser"


def test_a_second_revision_is_a_third_version():
    booked = rows(row("1"))
    first = issued(JUNE, booked)
    second = issued(JUNE, booked.assign(gemeente="borne#2"), gemeenten="borne#2,losser")

    assert Book((first, second)).version("borne") == "borne#2"
    assert Book((first, second), frozenset({"borne"})).version("borne") == "borne#3"


# --- what came of it ------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "booked", "newest", "later"), cases("progress"))
def test_what_came_of_a_melding_goes_on_and_never_back(field, booked, newest, later):
    first = issued(JUNE, rows(row("1", **{field: booked})))
    now = rows(row("1", **{field: newest}))

    same_day = made_of(now, first, peildatum=JUNE)
    next_time = made_of(now, first, peildatum=SEPTEMBER)

    assert same_day.loc["1", field] == booked
    assert next_time.loc["1", field] == later


def test_of_a_row_that_is_delivered_no_more_stays_what_was_known():
    first = issued(JUNE, rows(row("1", result="bevestigd", status="ontvangen")))

    made = made_of(rows(), first, peildatum=SEPTEMBER)

    assert made.loc["1", ["result", "status"]].tolist() == ["bevestigd", "ontvangen"]


def test_a_peildatum_between_two_that_went_out_says_what_was_booked_on_the_later():
    """Nothing of after the first is known by the day: what the second says was said by then too."""
    june = issued(JUNE, rows(row("1"), row("2", result="niet_bevestigd")))
    december = issued(
        DECEMBER, rows(row("1", result="bevestigd"), row("2", result="niet_bevestigd"))
    )
    newest = rows(row("1", result="deels_bevestigd"), row("2", result="bevestigd"))

    results = [
        made_of(newest, june, december, peildatum=day)["result"].tolist()
        for day in (JUNE, SEPTEMBER, DECEMBER)
    ]

    assert results == [
        ["onbekend", "niet_bevestigd"],
        ["bevestigd", "niet_bevestigd"],
        ["bevestigd", "niet_bevestigd"],
    ]


def test_a_closing_day_that_was_booked_stays_and_one_that_was_not_comes():
    closed, other = pd.Timestamp("2022-10-01"), pd.Timestamp("2022-11-11")
    first = issued(JUNE, rows(row("1", closed_on=closed), row("2")))
    newest = rows(row("1", closed_on=other), row("2", closed_on=other))

    same_day = made_of(newest, first, peildatum=JUNE)["closed_on"]
    next_time = made_of(newest, first, peildatum=SEPTEMBER)["closed_on"]

    assert same_day["1"] == closed
    assert pd.isna(same_day["2"])
    assert next_time.tolist() == [closed, other]


# --- what was said --------------------------------------------------------------------------------


def test_what_was_said_first_of_a_set_stays_and_a_number_that_was_lacking_can_come():
    first = issued(JUNE, None)
    said = first.said.assign(number=pd.array([None], "Int64"), state="hidden")
    hidden = Issued("proef", BEGIN, JUNE, said, None, None)
    other = Issued("proef", BEGIN, JUNE, first.said.assign(number=10), None, None)

    assert Book((first, other)).said["number"].tolist() == [5]
    assert Book((hidden, other)).said["number"].tolist() == [10]
    assert Book((first, hidden)).said["state"].tolist() == ["shown"]
    assert Book((hidden,)).said["state"].tolist() == ["hidden"]


def test_what_is_said_of_deliveries_is_that_of_the_first_issue_of_the_same_days():
    other = Issued("proef", BEGIN, JUNE, issued(JUNE, None).said, None, DELIVERIES.head(1))
    book = Book((issued(JUNE, None), other))

    assert book.first_deliveries(BEGIN, JUNE) is DELIVERIES
    assert book.first_deliveries(BEGIN, SEPTEMBER) is None


def test_what_was_forgotten_is_no_row_any_more():
    book = Book((issued(JUNE, None), issued(SEPTEMBER, ONE_BOOKED)))

    assert book.forgotten.empty  # of the same days rows are there
    assert len(Book((issued(JUNE, None),)).forgotten) > 0
    # What went out after it was forgotten has rows, but not of these days.
    after = replace(issued(SEPTEMBER, ONE_BOOKED), lacking=frozenset({"borne"}))
    assert set(Book((issued(JUNE, None), after)).forgotten["gemeente"]) == {"borne"}
    assert len(book.rows) == 2
    assert list(book.outcomes()) == [SEPTEMBER]


# --- what changed since ---------------------------------------------------------------------------


def test_what_changed_since_is_told_of_each_gemeente():
    booked = rows(row("1"), row("2"), row("3"), row("4"), row("5"), row("1", "losser"))
    newest = rows(
        row("1", result="bevestigd", closed_on=DAY),  # what came of it is no change
        row("2", topic="woonfraude"),
        row("3", has_time=False),
        # 4 and 5 are gone, 6 is of a closed day and 7 of an open one
        row("6"),
        row("7", day=LATER),
        row("1", "losser"),
    )

    book = Book((issued(JUNE, booked),))
    told = changes(newest, book, ["borne", "losser", "almelo"], BEGIN, SEPTEMBER)

    assert told.set_index("area").T.to_dict("list") == {
        "borne": [1, 2, 2],
        "losser": [0, 0, 0],
        "almelo": [0, 0, 0],
    }


def test_a_row_that_moved_to_an_open_day_is_a_change_of_what_was_booked():
    """It counts once, on the day that was booked: its gemeente and who signs hear of it."""
    booked = rows(row("1"), row("2"))
    newest = rows(row("1", day=LATER), row("2"))

    told = changes(newest, Book((issued(JUNE, booked),)), ["borne"], BEGIN, SEPTEMBER)

    assert told[["added", "gone", "changed"]].to_numpy().tolist() == [[0, 0, 1]]


def test_the_fewest_rows_of_a_revision_are_counted_of_each_gemeente():
    of = pd.DataFrame(
        {"area": ["borne", "losser"], "added": [2, 4], "gone": [2, 0], "changed": [1, 0]}
    )

    protect.refuse_small_revision(of, ["borne"])
    refusal = says("revision_too_small", slug="losser", number=4, fewest=5)
    with pytest.raises(DataError, match=refusal):
        protect.refuse_small_revision(of, ["borne", "losser"])
