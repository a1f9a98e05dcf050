"""Counting: what has a count, what is a zero, and that everything adds up."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import cases

from counting import TWENTE, VOCABULARY, YEAR_1, YEAR_2, edition, framed, melding, table
from mma_analysis import measure
from mma_analysis.measure import counts
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


@pytest.mark.parametrize(("registers", "state"), [("not_understood",) * 2, ("never",) * 2])
def test_a_field_in_words_that_nobody_understood_is_not_one_that_is_never_filled_in(
    registers: str, state: str
):
    rows = [("almelo", "usable", registers), ("almelo", "disposition", "always")]
    registration = pd.DataFrame(rows, columns=["gemeente", "field", "registers"])

    cells = measure.counted(MELDINGEN, measure.frame(edition(THREE)), SENT, registration).cells

    assert cells.loc["almelo|whole|usable|ja", "structural"] == state
    assert cells.loc["almelo|whole|usable|onbekend", "structural"] == ""


def test_counting_leaves_the_meldingen_alone_and_does_not_depend_on_their_order():
    before = MELDINGEN.copy()
    turned = measure.counted(MELDINGEN.iloc[::-1], measure.frame(edition(THREE)), SENT)

    pd.testing.assert_frame_equal(counted().cells, turned.cells)
    pd.testing.assert_frame_equal(MELDINGEN, before)


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
AROUND = table(
    melding("1", "almelo", "2022-05-31"),  # the last day before its first month
    melding("2", "almelo", "2022-06-01"),
    melding("3", "almelo", "2022-07-31"),  # the last day of its last
    melding("4", "almelo", "2022-08-01"),  # of the two months after it nothing is said
    melding("5", "almelo", "2022-09-30"),
    melding("6", "almelo", "2022-10-01"),
    melding("7", "almelo", "2022-06-10", topic="drugsdelicten"),
    melding("8", "borne", "2021-08-01"),
    melding("9", "losser", "2022-07-01"),
    melding("10", "losser", "2023-01-01", topic="drugsdelicten"),
    melding("11", "wierden", "2022-06-30"),
)


@cache
def around() -> measure.Counts:
    return measure.counted(AROUND, measure.frame(edition(FOUR, CAMPAIGNS)))


def test_in_the_months_of_a_campaign_and_in_others_who_took_part_is_counted_and_nobody_else():
    told = (
        around().cells.query("table == 'campaign_counts'").set_index(["period", "value"])["count"]
    )

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


# --- what adds up --------------------------------------------------------------------------------

Sum = dict[str, int]


def follow(sums_to_zero: list[Sum], of: measure.Counts) -> list[bool]:
    """Of each of these coefficients × counts: do the relations say that it is always 0?"""
    cells, relations = of.cells, of.relations
    known = np.zeros((len(cells), relations["relation"].nunique()))
    places = cells.index.get_indexer(pd.Index(relations["cell"]))
    known[places, pd.factorize(relations["relation"])[0]] = relations["coefficient"]
    asked = np.zeros((len(cells), len(sums_to_zero)))
    for column, terms in enumerate(sums_to_zero):
        asked[cells.index.get_indexer(pd.Index(terms)), column] = list(terms.values())
    combination, *_ = np.linalg.lstsq(known, asked, rcond=None)
    return list(np.abs(known @ combination - asked).max(axis=0) < 1e-9)


def both_sides(rest: str, *gemeenten: str) -> Sum:
    """Gemeenten together, less the district and what came in twice."""
    return {f"{slug}|{rest}": 1 for slug in gemeenten} | {
        f"{area}|{rest}": -1 for area in (TWENTE, "dubbel")
    }


def test_the_relations_know_what_a_reader_can_add_up():
    usable = {f"almelo|whole|usable|{value}": 1 for value in VOCABULARY.values("usable")}
    crossed = {f"twente|whole|has_time+result|ja+{v}": 1 for v in VOCABULARY.values("result")}
    joined = {f"{name} {YEAR_2}|{YEAR_2}|totaal|totaal": 1 for name in ("nieuw", "bestaand")}
    since = {f"ontvangen|{months}|totaal|totaal": 1 for months in ("before", "1-3", "4-6", "7-")}
    halves = {f"almelo|{h}|totaal|totaal": 1 for h in ("2022-07/2022-12", "2023-01/2023-06")}
    rest = ("whole|totaal|totaal", "2021-07/2021-12|totaal|totaal", "whole|status|onbekend")
    rest += ("whole|topic|fraude", "whole|has_time+result|ja+onbekend")
    true = [both_sides(one, *THREE) for one in rest] + [
        {"twente|whole|topic|drugsdelicten": 1, "twente|whole|topic_group|drugs": -1},
        joined | {f"ontvangen|{YEAR_2}|totaal|totaal": -1},
        halves | {f"almelo|{YEAR_1}|totaal|totaal": 1, "almelo|whole|totaal|totaal": -1},
        usable | {"almelo|whole|totaal|totaal": -1},
        crossed | {"twente|whole|has_time|ja": -1},
        since | {"ontvangen|whole|totaal|totaal": -1},
    ]
    untrue = [{"almelo|whole|totaal|totaal": 1, "twente|whole|totaal|totaal": -1}]

    assert follow(true + untrue, counted()) == [True] * len(true) + [False]


def test_the_relations_know_of_whom_the_counts_around_a_campaign_are():
    target = "during drie|campaign:drie|target"
    together = {f"deelnemers drie|{target}": 1}
    parts: Sum = together | {f"{slug}|{target}": -1 for slug in ("almelo", "borne", "wierden")}
    months = {f"almelo|2022-{month:02}|totaal|totaal": 1 for month in (6, 7)}
    during: Sum = {f"almelo|during drie|campaign:drie|{v}": -1 for v in ("target", "other")}
    # The months after it follow from all the others.
    after = {f"almelo|2022-{month:02}|totaal|totaal": -1 for month in (8, 9)}
    after |= {
        f"almelo|{side} drie|campaign:drie|{v}": -1
        for side in ("during", "otherwise")
        for v in ("target", "other")
    }
    sides: Sum = {f"almelo|{s} drie|campaign:drie|target": 1 for s in ("during", "afterwards")}
    sides |= {"almelo|otherwise drie|campaign:drie|target": 1}
    of_another: Sum = together | {f"losser|{target}": -1}

    found = follow(
        [
            *(parts, months | during, after | {"almelo|whole|totaal|totaal": 1}),
            *(sides | {"almelo|whole|campaign:drie|target": -1}, of_another),
        ],
        around(),
    )

    assert found == [True] * 4 + [False]


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
