"""Counting: what has a count, what is a zero, and that everything adds up."""

import datetime as dt
from functools import cache

import pandas as pd
import pytest
from conftest import cases

from counting import TWENTE, YEAR_2, edition, framed, melding, several, table
from mma_analysis import measure
from mma_analysis.measure import counts
from mma_analysis.measure.derived import completeness
from mma_analysis.measure.frame import DeliveryEnd
from mma_analysis.measure.sets import SET, membership
from mma_analysis.vocabulary import DataError
from says import says

# Wierden delivered a file without any melding; the other eleven gemeenten delivered none.
THREE = {
    "almelo": {"aangesloten": "2021-07-01"},
    "borne": {"aangesloten": "2022-08-01"},
    "wierden": {"aangesloten": "2021-07-01"},
}
MELDINGEN = table(
    melding("1", "almelo", "2021-07-01", has_time=True),
    melding("2", "almelo", "2022-06-30", has_time=False),
    melding("3", "almelo", "2022-07-01"),  # the second year
    melding("4", "borne", "2023-06-30"),
    melding("7", "almelo", "2022-01-03"),
    melding("7", "borne", "2022-01-01", topic="drugsdelicten"),  # the same tip, two days earlier
)
SENT = pd.DataFrame(
    {"area": ["almelo", "borne", "wierden"], "rejected": [2, 0, 0], "duplicate": [1, 3, 0]}
)


@cache
def counted() -> measure.Counts:
    return measure.counted(MELDINGEN, measure.frame(edition(THREE)), SENT)


@pytest.mark.parametrize(("cell", "count", "structural"), cases("counts"))
def test_a_count_is_the_one_made_by_hand_and_a_zero_by_its_nature_is_marked(
    cell: str, count: str, structural: str
):
    found = counted().cells.loc[cell]

    assert (found["count"], found["structural"]) == (int(count), structural)


@pytest.mark.parametrize("registers", ["not_understood", "never"])
def test_a_field_in_words_that_nobody_understood_is_not_one_that_is_never_filled_in(registers: str):
    rows = [("almelo", "usable", registers), ("almelo", "disposition", "always")]
    registration = pd.DataFrame(rows, columns=["gemeente", "field", "registers"])

    cells = measure.counted(MELDINGEN, measure.frame(edition(THREE)), SENT, registration).cells

    assert cells.loc["almelo|whole|usable|ja", "structural"] == registers
    assert cells.loc["almelo|whole|usable|onbekend", "structural"] == ""


@pytest.mark.parametrize("registers", ["not_understood", "never"])
def test_topics_without_a_column_are_never_kept_and_no_zeros(registers: str):
    rows = several(("borne", "2021-08-21", 40), topic="onbekend")
    registration = pd.DataFrame(
        [("borne", "topic", registers)], columns=["gemeente", "field", "registers"]
    )

    of = measure.frame(edition({"borne": {}}))
    found = measure.counted(rows, of, registration=registration)

    cells = found.cells
    assert cells.loc["borne|whole|topic_group|drugs", "structural"] == registers
    unknown = cells.loc["borne|whole|topic_group|onbekend"]
    assert (unknown["count"], unknown["structural"]) == (40, "")
    own = completeness(measure.exact_counts(found), 5, TWENTE)
    topics = own.query("area == 'borne' and field == 'topic_group' and period == 'whole'")
    assert topics["registers"].to_list() == [registers]


def test_a_field_of_two_of_two_that_delivered_may_be_told_of_all():
    """The other twelve of the district delivered nothing: they do not make the two too few."""
    rows = several(("borne", "2021-08-21", 40), ("losser", "2021-08-21", 40))
    of = measure.frame(edition({"borne": {}, "losser": {}}))

    found = completeness(measure.exact_counts(measure.counted(rows, of)), 5, TWENTE)

    topics = found.query("area == @TWENTE and field == 'topic_group' and period == 'whole'")
    assert topics[["count", "total", "gemeenten"]].to_numpy().tolist() == [[80, 80, 2]]
    assert topics["may_say"].to_list() == ["of_all"]


def test_counting_leaves_the_meldingen_alone_and_does_not_depend_on_their_order():
    before = MELDINGEN.copy()
    turned = measure.counted(MELDINGEN.iloc[::-1], measure.frame(edition(THREE)), SENT)

    pd.testing.assert_frame_equal(counted().cells, turned.cells)
    pd.testing.assert_frame_equal(MELDINGEN, before)


@pytest.mark.parametrize("fewest", [0, 5])
def test_a_delivery_that_is_seen_to_end_tells_the_least_of_its_last_month_and_of_all(fewest: int):
    """Almelo ends with November 2022, and has 5 meldingen at least, or nothing is told by it."""
    end = DeliveryEnd(dt.date(2022, 11, 30), fewest)
    of = measure.frame(edition(THREE), ends={"almelo": end})

    cells = measure.counted(MELDINGEN, of, SENT).cells

    totals = cells[(cells["area"] == "almelo") & (cells["breakdown"] == "totaal")]
    least = totals.set_index("period")["surely"]
    told = {"whole": 5, "2022-07/2023-06": 1, "2022-11": 1}
    assert least[["whole", "2022-07/2023-06", "2022-11"]].to_dict() == (
        told if fewest else dict.fromkeys(told, 0)
    )
    assert least[["2022-10", "2022-12"]].to_list() == [0, 0]


@pytest.mark.parametrize(
    ("counted_as", "number_of_them"),
    [("receipts", ["2", "3", "7"]), ("tips", ["2", "3"]), ("again", ["7"])],
)
def test_a_set_has_receipts_or_what_came_first_among_its_gemeenten_or_what_came_again(
    counted_as: str, number_of_them: list[str]
):
    """Of tip 7 Borne had the first receipt, on New Year; Almelo the second, two days later."""
    of = measure.frame(edition(THREE))
    region = "almelo,borne:2022-01-02/2022-07-01"
    table_of_sets = pd.DataFrame([(counted_as, "", "", region)], columns=SET)

    is_in_it = membership(table_of_sets, MELDINGEN, of).toarray()[0].astype(bool)

    assert sorted(MELDINGEN["melding_id"][is_in_it]) == number_of_them


def test_a_gemeente_that_joins_on_the_first_day_of_a_year_is_new_in_it():
    groups = framed({"almelo": "2022-07-01", "borne": "2022-06-30"}).groups

    assert groups[f"joined {YEAR_2}"].to_list() == [f"nieuw {YEAR_2}", f"bestaand {YEAR_2}"]


@pytest.mark.parametrize(("since", "bins"), cases("since_connection"))
def test_months_since_the_connection_that_few_gemeenten_reached_are_taken_together(since, bins):
    days = [None if day == "-" else day for day in since.split()]
    of = framed(dict(zip(THREE, days, strict=False)))

    assert list(of.days_since["value"].unique()) == bins.split()


# --- campaigns -----------------------------------------------------------------------------------

CAMPAIGN = {"begin": "2022-06-15", "eind": "2022-07-31", "topics": ["fraude"]}
CAMPAIGNS = [
    CAMPAIGN | {"naam": "alle"},
    CAMPAIGN | {"naam": "drie", "gemeenten": ["almelo", "borne", "wierden"]},
]
# Who took part counts, also before its connection or when that is not known.
FOUR = {
    "almelo": {"aangesloten": "2021-07-01"},
    "borne": {"aangesloten": "2021-12-02"},
    "losser": {"aangesloten": "2021-07-01"},
    "wierden": {},
}
ROWS = [row.values for row in cases("around_campaign")]
AROUND = table(*(melding(*row, topic=topic) for *row, topic in ROWS))


def test_in_the_months_of_a_campaign_and_in_others_who_took_part_is_counted_and_nobody_else():
    cells = measure.counted(AROUND, measure.frame(edition(FOUR, CAMPAIGNS))).cells

    told = cells.query("table == 'campaign_counts'").set_index(["period", "value"])["count"]
    assert told.to_dict() == {
        ("during alle", "target"): 4,
        ("otherwise alle", "target"): 3,
        ("during alle", "other"): 1,
        ("otherwise alle", "other"): 1,
        ("during drie", "target"): 3,  # without Losser
        ("otherwise drie", "target"): 3,
        ("during drie", "other"): 1,
        ("otherwise drie", "other"): 0,
    }


@pytest.mark.parametrize(("begin", "end", "topics", "months"), cases("campaign_months"))
def test_a_campaign_counts_in_every_month_that_it_touches_when_it_has_topics(
    begin, end, topics, months
):
    campaign = {"naam": "c", "begin": begin, "eind": end, "topics": topics.split()}
    of = measure.frame(edition(FOUR, [campaign]))

    found = [int((c.side_of == side).sum()) for c in of.campaigns.values() for side in c.sides]

    assert found == [int(number) for number in months.split()]


def test_a_sum_that_does_not_hold_stops_the_counting(monkeypatch):
    wrong = pd.DataFrame(
        [("class", "wrong", "topic:fraude", "totaal:totaal")],
        columns=["dimension", "name", "part", "whole"],
    )
    monkeypatch.setattr(counts, "hierarchies", lambda *_: wrong)

    # Sums are rounded in the order of their names: these may not differ from run to run.
    named = says("not_additive", sum="wrong|totaal:totaal|borne|whole")
    with pytest.raises(DataError, match=named):
        measure.counted(MELDINGEN, measure.frame(edition(THREE)))
