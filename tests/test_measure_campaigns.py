"""What happened around a campaign, and what a reader can know of its counts."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.campaigns import (
    campaign_cells,
    campaign_effects,
    detectable_ratio,
)
from mma_analysis.measure.cells import BETWEEN
from mma_analysis.measure.coarsening import coarsened, coarsening
from mma_analysis.measure.periods import periods
from mma_analysis.settings import Campagne
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

TWO_YEARS = periods(dt.date(2021, 7, 1), dt.date(2023, 6, 30))
PEILDATUM = pd.Timestamp("2023-06-30")
CONNECTED = pd.Series(
    {"almelo": "2021-07-01", "borne": "2021-12-02", "losser": "2021-07-01", "wierden": None},
    dtype="datetime64[us]",
)


def campaign(
    begin: str = "2022-06-15", topics: tuple[str, ...] = ("fraude",), **fields
) -> Campagne:
    settings = {"naam": "Proef", "begin": begin, "eind": "2024-01-31", "topics": topics}
    return Campagne.model_validate({**settings, **fields})


def meldingen(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["gemeente", "received_on", "topic"])
    return table.astype({"received_on": "datetime64[us]"})


def counted(table: pd.DataFrame, *campaigns: Campagne) -> dict[str, int]:
    cells = campaign_cells(VOCABULARY, table, campaigns, CONNECTED, TWO_YEARS)
    assert set(cells.loc[~cells["published"], "breakdown"]) <= {"receipts"}
    told = cells[cells["published"] & (cells["kind"] != BETWEEN)]
    return told.set_index("value")["count"].to_dict()


# --- counting ------------------------------------------------------------------------------------


def test_the_windows_are_six_months_before_and_six_from_the_first_month():
    table = meldingen(
        ("almelo", "2021-11-30", "fraude"),  # seven months before
        ("almelo", "2021-12-01", "fraude"),  # first day of the window
        ("almelo", "2022-05-31", "fraude"),
        ("almelo", "2022-06-01", "fraude"),  # same month as the begin
        ("almelo", "2022-11-30", "drugsdelicten"),  # last day of the window
        ("almelo", "2022-12-01", "fraude"),
    )

    assert counted(table, campaign()) == {
        "target_before": 2,
        "target_after": 1,
        "other_before": 0,
        "other_after": 1,
    }


def test_only_gemeenten_that_took_part_and_were_connected_all_the_time_count():
    table = meldingen(
        ("almelo", "2022-05-01", "fraude"),
        ("borne", "2022-05-01", "fraude"),  # connected a day after the window began
        ("losser", "2022-05-01", "fraude"),  # did not take part
        ("wierden", "2022-05-01", "fraude"),  # not known since when
    )
    took_part = campaign(gemeenten=["almelo", "borne", "wierden"])

    assert counted(table, took_part)["target_before"] == 1
    assert counted(table, took_part)["control_before"] == 1  # Losser
    assert counted(table, campaign())["target_before"] == 2  # all: Losser too


def test_the_control_is_the_same_topics_where_there_was_no_campaign():
    table = meldingen(
        ("losser", "2022-05-01", "fraude"),
        ("losser", "2022-06-01", "fraude"),
        ("losser", "2022-07-01", "fraude"),
        ("losser", "2022-07-01", "drugsdelicten"),  # another topic
        ("borne", "2022-07-01", "fraude"),  # connected a day after the window began
    )

    found = counted(table, campaign(gemeenten=["almelo"]))

    assert (found["control_before"], found["control_after"]) == (1, 2)
    assert found["other_after"] == 0


@pytest.mark.parametrize(
    "outside",
    [
        campaign(begin="2021-12-31"),  # five months before
        campaign(begin="2023-02-01"),  # five months from its month
        campaign(begin="2023-09-14"),
        campaign(topics=()),
    ],
)
def test_a_campaign_that_cannot_be_compared_has_no_cells(outside: Campagne):
    table = meldingen(("almelo", "2022-05-01", "fraude"))

    assert campaign_cells(VOCABULARY, table, [outside], CONNECTED, TWO_YEARS).empty


def test_the_first_and_last_campaign_that_fit_have_cells():
    table = meldingen(("almelo", "2022-05-01", "fraude"))

    cells = campaign_cells(
        VOCABULARY,
        table,
        [campaign(begin="2022-01-01", naam="een"), campaign(begin="2023-01-31", naam="twee")],
        CONNECTED,
        TWO_YEARS,
    )

    assert set(cells.loc[cells["published"], "breakdown"]) == {"campaign:een", "campaign:twee"}
    assert set(cells.loc[cells["published"], "area"]) == {VOCABULARY.district.slug}


# --- two campaigns -------------------------------------------------------------------------------

OF_ONE = campaign(naam="een", gemeenten=["almelo"])
OF_BOTH = campaign(naam="twee", gemeenten=["almelo", "losser"])
SINCE_2021 = CONNECTED[["almelo", "losser"]]


def received(almelo: int, losser: int) -> pd.DataFrame:
    """So many about fraud in both halves of the window, and thirty about drugs."""
    days = ("2022-05-01", "2022-07-01")
    rows = [("almelo", day, "fraude") for day in days] * almelo
    rows += [("losser", day, "fraude") for day in days] * losser
    for slug in ("almelo", "losser"):
        rows += [(slug, day, "drugsdelicten") for day in days] * 30
    return meldingen(*rows)


def between(table: pd.DataFrame, *campaigns: Campagne) -> dict[str, int]:
    cells = campaign_cells(VOCABULARY, table, campaigns, SINCE_2021, TWO_YEARS)
    return cells[cells["kind"] == BETWEEN].set_index("value")["count"].to_dict()


def test_what_one_campaign_counts_more_than_another_is_a_count_too():
    found = between(received(20, 1), OF_ONE, OF_BOTH)

    # Almelo and Losser, minus Almelo alone: 21 - 20, and 60 - 30 about drugs.
    assert found["campaign:twee:target_before - campaign:een:target_before"] == 1
    assert found["campaign:twee:other_before - campaign:een:other_before"] == 30
    # All of both, minus about fraud in Almelo (20), and in Losser, where there was no campaign (1).
    whole = "campaign:twee:target_after + campaign:twee:other_after"
    assert found[f"{whole} - campaign:een:target_after"] == 61
    assert found[f"{whole} - campaign:een:control_after"] == 80
    assert not any(name.startswith("campaign:een:target_before -") for name in found)


@pytest.mark.parametrize(
    "other",
    [
        campaign(naam="twee", gemeenten=["almelo"]),  # the same
        campaign(naam="twee", begin="2022-07-15", gemeenten=["almelo", "losser"]),  # other months
    ],
)
def test_the_topics_of_two_campaigns_that_do_not_differ_so_have_no_difference(other: Campagne):
    found = between(received(20, 1), OF_ONE, other)

    assert not {name for name in found if name.count("target") == 2 and "+" not in name}


def test_topics_that_only_one_of_two_campaigns_has_are_a_difference():
    wider = campaign(naam="twee", gemeenten=["almelo"], topics=("fraude", "drugsdelicten"))

    found = between(received(20, 1), OF_ONE, wider)

    assert found["campaign:twee:target_before - campaign:een:target_before"] == 30


def test_what_two_campaigns_differ_is_in_no_table():
    cells = campaign_cells(VOCABULARY, received(20, 1), [OF_ONE, OF_BOTH], SINCE_2021, TWO_YEARS)
    levels = coarsening(VOCABULARY, cells, 5).iloc[:0]

    found = coarsened(VOCABULARY, cells, levels)

    assert found.loc[found["kind"] == BETWEEN, ["published", "coarsened"]].all(axis=None)
    assert not found.loc[found["kind"] != BETWEEN, "coarsened"].any()


# --- effect --------------------------------------------------------------------------------------


def effect(of: Campagne, *counts: int | None) -> pd.Series:
    values = ["target_before", "target_after", "other_before", "other_after"]
    values += ["control_before", "control_after"]
    table = pd.DataFrame(
        {"breakdown": "campaign:Proef", "value": values[: len(counts)], "count": list(counts)}
    ).astype({"count": "Int64"})
    return campaign_effects(table, [of], PEILDATUM).iloc[0]


def test_the_effect_is_the_published_conditional_odds_ratio():
    # R, example of fisher.test (Convictions, Fisher 1962): 0.04693661 (0.003325764, 0.363182271);
    # its root finder stops at about 1e-5.
    row = effect(campaign(), 15, 2, 3, 10)

    assert row["ratio"] == pytest.approx(0.04693661, abs=2e-5)
    assert row["low"] == pytest.approx(0.003325764, abs=2e-5)
    assert row["high"] == pytest.approx(0.363182271, abs=2e-5)
    assert row["verdict"] == "fewer"


@pytest.mark.parametrize(
    ("counts", "verdict"), [((10, 50, 50, 50), "more"), ((20, 40, 30, 60), "cannot_tell")]
)
def test_a_campaign_whose_topics_grow_more_is_told_and_one_where_all_grow_alike_is_not(
    counts: tuple[int, ...], verdict: str
):
    row = effect(campaign(), *counts)

    assert row["detectable"] > 1
    assert (row["low"] > 1) == (verdict == "more")
    assert (row["ratio"] == pytest.approx(1)) == (verdict == "cannot_tell")
    assert row["verdict"] == verdict
    assert row[["target_before", "target_after"]].to_list() == list(counts[:2])


@pytest.mark.parametrize(
    ("of", "counts", "verdict"),
    [
        (campaign(begin="2023-09-14"), (), "not_started"),
        (campaign(begin="2023-05-01"), (), "outside"),
        (campaign(), (10, None, 50, 50), "hidden"),
        (campaign(topics=()), (), "cannot_tell"),  # no other topics to compare with
        (campaign(), (0, 0, 30, 40), "cannot_tell"),  # no meldingen on its topics at all
        (campaign(), (0, 0, 0, 0), "cannot_tell"),
    ],
)
def test_without_something_to_compare_there_is_no_ratio(
    of: Campagne, counts: tuple[int | None, ...], verdict: str
):
    row = effect(of, *counts)

    assert row["verdict"] == verdict
    assert np.isnan(row["ratio"])
    assert verdict != "hidden" or np.isnan(row["detectable"])


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((15, 2, 50, 50, 3, 10), "fewer"),  # the same published four, as target and control
        ((15, 2, None, 50, 3, 10), "fewer"),  # the control needs no other topics
        ((15, 2, 50, 50, None, 10), "hidden"),
        ((15, 2, 50, 50), "none"),
    ],
)
def test_the_control_has_its_own_ratio_and_verdict(counts: tuple[int | None, ...], verdict: str):
    row = effect(campaign(), *counts)

    assert row["control_verdict"] == verdict
    if verdict == "fewer":
        assert row["control_ratio"] == pytest.approx(0.04693661, abs=2e-5)
    else:
        assert np.isnan(row["control_ratio"])


# --- what could have been seen -------------------------------------------------------------------


def test_the_detectable_ratio_of_the_tea_tasting_solves_its_polynomial():
    # Fisher's eight cups, four of each: only 4 of 4 is rarer than 2.5 % (1/70). With odds ratio r
    # its probability is r⁴ / (1 + 16r + 36r² + 16r³ + r⁴), which is 0.8 where this is 0:
    roots = np.roots([0.2, -12.8, -28.8, -12.8, -0.8])

    assert detectable_ratio(2, 2, 2, 2) == pytest.approx(roots.max())


def test_with_many_meldingen_the_detectable_ratio_is_that_of_the_normal_formula():
    # exp((z₀.₉₇₅ + z₀.₈₀) × √(1/a + 1/b + 1/c + 1/d)), Woolf's standard error
    normal = np.exp((1.959964 + 0.841621) * np.sqrt(4 / 1000))

    assert detectable_ratio(1000, 1000, 1000, 1000) == pytest.approx(normal, rel=0.005)


@pytest.mark.parametrize("counts", [(0, 0, 5, 5), (1, 0, 3, 2), (0, 3, 0, 0), (0, 0, 0, 0)])
def test_with_too_few_meldingen_nothing_could_have_been_seen(counts: tuple[int, int, int, int]):
    assert detectable_ratio(*counts) == np.inf


def test_no_campaigns_give_no_rows():
    nothing = pd.DataFrame({"breakdown": [], "value": [], "count": []})

    assert campaign_effects(nothing, [], PEILDATUM).empty
