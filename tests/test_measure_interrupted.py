"""The step in a series where a campaign begins, against the published smoking ban in Sicily."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mma_analysis.measure.interrupted import (
    campaign_series,
    controlled_series,
    interrupted_series,
)
from sicily import EPISODES, POPULATION
from small_edition import framed


def sicily() -> pd.DataFrame:
    month = np.arange(len(EPISODES))
    return pd.DataFrame(
        {
            "area": "sicily",
            "year": (month + 1) / 12,
            "count": EPISODES,
            "exposure": POPULATION,
            "is_after": month >= 36,
        }
    )


@pytest.mark.parametrize(
    ("waves", "expected"),
    [
        (0, (0.894, 0.839, 0.953, 3.559195)),  # published with three decimals
        (2, (0.8850715, 0.8394010, 0.9332270, 2.262186)),
    ],
)
def test_the_step_is_the_published_one(waves: int, expected: tuple[float, ...]):
    found = interrupted_series(sicily(), waves).iloc[0]

    tolerance = 5e-4 if waves == 0 else 5e-6  # R stops iterating a little earlier
    assert found.to_list() == pytest.approx(expected, abs=tolerance)


def test_less_spread_than_chance_does_not_make_the_interval_smaller():
    flat = sicily().assign(count=[10, 11] * 29 + [10], exposure=1.0)

    found = interrupted_series(flat).iloc[0]

    assert found["ratio"] == pytest.approx(1, abs=0.01)
    assert found["dispersion"] == 1
    assert found["low"] < 0.8


def two_series() -> pd.DataFrame:
    """Own and other series of three areas, with chance, small counts and one that joins late."""
    chance = np.random.default_rng(3)
    month = np.arange(24)
    parts = [
        pd.DataFrame(
            {
                "area": area,
                "year": month / 12,
                "count": chance.poisson(mean, 24),
                "exposure": 1.0 + month % 3,
                "is_after": month >= 12,
                "is_own": is_own,
            }
        )[month >= since]
        for area, mean, since in (("a", 5, 0), ("b", 2, 0), ("c", 9, 7))
        for is_own in (True, False)
    ]
    return pd.concat(parts, ignore_index=True)


def test_beside_another_series_the_step_is_that_of_statsmodels_with_every_month_a_column():
    series = two_series()
    own = series["is_own"].astype(float)
    columns = pd.get_dummies(series["area"] + series["is_own"].astype(str), dtype=float)
    months = pd.get_dummies(series["year"], dtype=float, drop_first=True).add_prefix("month_")
    columns = columns.join(months).assign(year=own * series["year"], step=own * series["is_after"])
    model = sm.GLM(
        series["count"], columns, family=sm.families.Poisson(), offset=np.log(series["exposure"])
    ).fit()
    error = model.bse["step"] * np.sqrt(max(1.0, model.pearson_chi2 / model.df_resid))

    found = controlled_series(series).iloc[0]

    expected = np.exp(model.params["step"] + np.array([0, -1.959964, 1.959964]) * error)
    assert found[["ratio", "low", "high"]].to_list() == pytest.approx(expected, rel=1e-5)


def test_a_month_and_an_area_without_any_count_change_nothing():
    series = two_series()
    empty_month = series["year"] == 3 / 12
    nothing = series[series["area"] == "a"].assign(area="d", count=0)

    found = controlled_series(
        pd.concat(
            [series.assign(count=series["count"].mask(empty_month, 0)), nothing], ignore_index=True
        )
    )

    pd.testing.assert_frame_equal(found, controlled_series(series[~empty_month]))


# --- around a campaign ---------------------------------------------------------------------------

CONNECTED = {"almelo": "2021-07-01", "borne": "2022-07-01", "losser": "2021-07-01"}
CONNECTED |= {"wierden": None, "hengelo": "2021-07-01"}
MONTHS = [f"{month:%Y-%m-15}" for month in pd.date_range("2021-07-01", periods=24, freq="MS")]


def every_month(gemeente: str, topic: str, before: int, after: int) -> pd.DataFrame:
    """As many meldingen in each of the first twelve months, and in each of the last."""
    days = [day for place, day in enumerate(MONTHS) for _ in range(before if place < 12 else after)]
    table = pd.DataFrame({"gemeente": gemeente, "received_on": days, "topic": topic})
    return table.astype({"received_on": "datetime64[us]"})


def series(
    *tables: pd.DataFrame,
    begin: str = "2022-07-01",
    gemeenten: object = "alle",
    peildatum: str = "2023-06-30",
) -> pd.Series:
    campaign = {"naam": "Proef", "begin": begin, "eind": "2024-01-01", "topics": ["fraude"]}
    of = framed(CONNECTED, peildatum=peildatum, campagnes=[campaign | {"gemeenten": gemeenten}])
    return campaign_series(of, pd.concat(tables)).iloc[0]


def test_twice_as_many_from_one_month_on_is_a_step_of_two():
    # Flat before and flat after at twice the level, each month alike: trend and season are nothing.
    row = series(every_month("almelo", "fraude", 40, 80))

    assert row["ratio"] == pytest.approx(2.0, abs=0.15)
    assert row["verdict"] == "more"
    assert row["months"] == 24


def test_a_gemeente_that_joins_at_the_campaign_is_no_step():
    row = series(every_month("almelo", "fraude", 40, 40), every_month("borne", "fraude", 0, 90))

    assert row["ratio"] == 1.0
    assert row["verdict"] == "cannot_tell"


def test_other_topics_and_gemeenten_that_stayed_out_do_not_count():
    row = series(
        every_month("almelo", "fraude", 40, 40),
        every_month("almelo", "drugsdelicten", 10, 90),
        every_month("losser", "fraude", 10, 90),
        every_month("wierden", "fraude", 10, 90),  # not known since when
        gemeenten=["almelo", "wierden"],
    )

    assert row["ratio"] == 1.0


@pytest.mark.parametrize(
    ("table", "begin"),
    [
        (every_month("almelo", "fraude", 1, 40), "2022-07-01"),  # 12 before
        (every_month("almelo", "fraude", 40, 1), "2022-07-01"),  # 12 after
        (every_month("almelo", "fraude", 40, 40), "2021-12-31"),  # five months before
        (every_month("almelo", "fraude", 40, 40), "2023-02-01"),  # five months after
        (every_month("almelo", "fraude", 40, 40), "2023-09-01"),  # not begun
        (every_month("borne", "fraude", 40, 40), "2023-01-01"),  # connected for twelve months
        (every_month("almelo", "drugsdelicten", 40, 40), "2022-07-01"),  # nothing on its topics
    ],
)
def test_with_too_little_on_a_side_nothing_can_be_told(table: pd.DataFrame, begin: str):
    row = series(table, begin=begin)

    assert row["verdict"] == "cannot_tell"
    assert row[["ratio", "low", "high"]].isna().all()
    assert row[["detectable", "other_ratio", "control_ratio"]].isna().all()
    assert (row[["other_verdict", "control_verdict"]] == "cannot_tell").all()


# Two in each of twelve months are 24: without the first or last four there are twenty, five 19.
@pytest.mark.parametrize(("left_out", "counts"), [(4, True), (5, False)])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_gemeente_counts_from_twenty_meldingen_on_each_side(
    side: str, left_out: int, counts: bool
):
    """What the few of one gemeente are, one who knows all the others could work out."""
    growing = every_month("losser", "fraude", 2, 40).iloc[left_out:]
    shrinking = every_month("losser", "fraude", 40, 2).iloc[:-left_out]

    row = series(
        every_month("almelo", "fraude", 40, 40), growing if side == "before" else shrinking
    )

    assert (row["ratio"] > 1.3 if side == "before" else row["ratio"] < 0.8) == counts
    assert (row["ratio"] != 1.0) == counts  # almelo alone is flat


def test_gemeenten_with_few_meldingen_are_not_enough_together():
    # Each twelve on both sides: together 36.
    small = [every_month(slug, "fraude", 1, 1) for slug in ("almelo", "losser", "hengelo")]

    assert series(*small)[["detectable", "ratio"]].isna().all()


def test_a_gemeente_with_few_meldingen_is_not_compared_with_either():
    row = series(
        every_month("almelo", "fraude", 40, 80),
        every_month("losser", "fraude", 20, 20),
        every_month("almelo", "drugsdelicten", 50, 50),
        every_month("losser", "drugsdelicten", 1, 90),  # twelve before
        every_month("hengelo", "fraude", 20, 40),
        every_month("borne", "fraude", 0, 90),
        gemeenten=["almelo", "losser"],
    )
    alone = series(
        every_month("almelo", "fraude", 40, 80),
        every_month("almelo", "drugsdelicten", 50, 50),
        every_month("hengelo", "fraude", 20, 40),
        gemeenten=["almelo"],
    )

    assert alone["other_ratio"] == 2.0  # topics that stay the same: the whole of the step
    assert alone["other_verdict"] == "more"
    assert alone["other_low"] > 1.2
    assert alone["control_ratio"] == 1.0
    # Own: 60 a month and then 100, beside 50 and 50, and beside 20 and 40.
    assert row["other_ratio"] == pytest.approx(100 / 60, abs=0.1)
    assert row["control_ratio"] == pytest.approx(100 / 60 / 2, abs=0.1)


@pytest.mark.parametrize(
    ("who", "months"),
    [
        ("alle", 24),
        (["almelo"], 24),
        (["borne"], 12),  # connected for half of the time
        (["borne", "losser"], 24),
        (["wierden"], 0),  # not known since when
    ],
)
@pytest.mark.parametrize(
    "table",
    [
        every_month("almelo", "fraude", 0, 0),
        every_month("borne", "fraude", 0, 1),
        every_month("losser", "fraude", 0, 1).iloc[:1],
        every_month("almelo", "fraude", 40, 40),
    ],
)
def test_how_many_months_there_are_says_nothing_of_meldingen(
    table: pd.DataFrame, who: object, months: int
):
    assert series(table, gemeenten=who)["months"] == months


def test_a_month_that_is_not_complete_is_not_told_as_one():
    rows = every_month("almelo", "fraude", 40, 40)

    assert series(rows, peildatum="2023-06-15")["months"] == 23


@pytest.mark.parametrize(
    ("beside", "who", "told", "other"),
    [
        (every_month("almelo", "drugsdelicten", 30, 60), "alle", "other", "control"),
        (every_month("losser", "fraude", 20, 40), ["almelo"], "control", "other"),
    ],
)
def test_when_what_is_beside_it_doubles_too_the_step_is_none(beside, who, told: str, other: str):
    row = series(every_month("almelo", "fraude", 40, 80), beside, gemeenten=who)

    assert row["ratio"] > 1.5
    assert row[f"{told}_ratio"] == 1.0
    assert (row[["other_verdict", "control_verdict"]] == "cannot_tell").all()
    assert pd.isna(row[f"{other}_ratio"])  # there is nothing to compare with


@pytest.mark.parametrize("few", [(1, 40), (40, 1)])
def test_with_too_little_to_compare_with_there_is_no_step_beside_it(few: tuple[int, int]):
    row = series(
        every_month("almelo", "fraude", 40, 80), every_month("almelo", "drugsdelicten", *few)
    )

    assert row["ratio"] > 1.5
    assert row["other_verdict"] == "cannot_tell"


def test_what_could_have_been_seen_follows_from_the_error_of_the_step():
    # 24 months of 40: trend, season and step have the error of weighted least squares.
    month = np.arange(24)
    turn = 2 * np.pi * month / 12
    step = (month >= 12).astype(float)
    design = np.column_stack([np.ones(24), month, np.sin(turn), np.cos(turn), step])
    error = np.sqrt(np.linalg.inv(40 * design.T @ design)[-1, -1])

    row = series(every_month("almelo", "fraude", 40, 40))

    # 97.5 % and 80 % points of the normal distribution; the connected time per month differs a day.
    assert row["detectable"] == pytest.approx(np.exp((1.959964 + 0.841621) * error), abs=0.06)


def test_meldingen_in_one_month_of_each_year_give_no_step():
    march = pd.concat(
        [every_month("almelo", topic, 20, 20) for topic in ("fraude", "drugsdelicten")]
    )
    march = march[march["received_on"].dt.month == 3]

    row = series(march)

    assert (row[["verdict", "other_verdict"]] == "cannot_tell").all()
    assert row[["detectable", "ratio", "low", "high"]].isna().all()
