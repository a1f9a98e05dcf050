"""Where growth comes from: split by hand, how sure it is, and always adding up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import framed
from mma_analysis.measure.growth import growth_between, growth_split, split_ends
from mma_analysis.vocabulary import UsageError, Vocabulary

FIRST, SECOND = "2021-07/2022-06", "2022-07/2023-06"
CAUSES = ["new", "months", "same"]
Gemeente = tuple[int | None, int | None, float | None, float | None]


def released(**gemeenten: Gemeente) -> pd.DataFrame:
    """Counts in a first and a last period, then connected months in both."""
    rows = [
        (slug, code, n, t)
        for slug, (first, last, before, after) in gemeenten.items()
        for code, n, t in ((FIRST, first, before), (SECOND, last, after))
    ]
    table = pd.DataFrame(rows, columns=["area", "period", "count", "connected_months"])
    state = table["count"].isna().map({True: "not_applicable", False: "shown"})
    return table.astype({"count": "Int64"}).assign(state=state, kind="year", basis=1)


def between(**gemeenten: Gemeente) -> pd.DataFrame:
    return growth_between(Vocabulary(), released(**gemeenten), FIRST, SECOND).set_index("area")


# --- the causes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gemeente", "causes"),
    [
        ((24, 36, 12, 12), [0, 0, 12]),  # 1 a month more in 12 months
        ((12, 24, 6, 12), [0, 12, 0]),  # 6 months more at 2 a month
        ((20, 120, 2, 12), [0, 100, 0]),  # a large one that joins late is no higher rate
        ((0, 5, 0, 10), [5, 0, 0]),
        ((2, 5, 0, 10), [5, 0, -2]),  # what came before a connection lowers the rest
        # A month beside a year: 11 months more at (3 + 2) / 2, and then 1 a month less.
        ((3, 24, 1, 12), [0, 27.5, -6.5]),
        *[(gemeente, None) for gemeente in ((None, 24, 6, 12), (12, None, 6, 12))],  # not told
        *[(gemeente, None) for gemeente in ((12, 24, None, 12), (None, 24, 0, 12))],
    ],
)
def test_growth_is_new_gemeenten_more_months_and_more_per_month(gemeente, causes):
    table = between(almelo=gemeente, borne=(24, 36, 12, 12))

    if causes is None:  # then the district has none either
        assert table.loc[["almelo", "twente"], CAUSES].isna().all(axis=None)
    else:
        assert table.loc["almelo", CAUSES].to_list() == pytest.approx(causes)
        together = [sum(both) for both in zip(causes, (0, 0, 12), strict=True)]
        assert table.loc["twente", CAUSES].to_list() == pytest.approx(together)
    assert table.loc["borne", CAUSES].to_list() == [0, 0, 12]


@pytest.mark.parametrize(
    ("since", "peildatum", "is_split"),
    [
        ("2022-01-01", "2023-06-30", True),
        (None, "2023-06-30", False),
        ("2022-01-01", "2023-05-31", False),
    ],
)
def test_the_split_of_all_needs_two_years_and_connection_dates(since, peildatum, is_split):
    time = (6, 12) if since else (None, None)
    gemeenten = {"almelo": (24, 36, 12, 12), "borne": (12, 24, *time), "losser": (None, 5, 0, 10)}
    # A gemeente that delivered nothing has no part.
    table = released(**gemeenten, wierden=(7, 70, 12, 12)).assign(dispersion=1.0)
    dates = {"almelo": "2021-07-01", "borne": since, "losser": "2022-09-01"}
    of = framed(dates, peildatum=peildatum)

    found = growth_split(of, table, table[["area", "dispersion"]].drop_duplicates())

    names = ["period_from", "period_to", "count_from", "count_to", *CAUSES, "joined"]
    assert found[names].to_numpy().tolist() == (
        [[FIRST, SECOND, 36, 65, 5, 12, 12, 17]] if is_split else []
    )


def test_a_period_that_is_not_there_is_an_error_that_names_it():
    with pytest.raises(UsageError, match="no counts of period '2020-07/2021-06'"):
        growth_between(Vocabulary(), released(almelo=(1, 2, 3, 4)), "2020-07/2021-06", FIRST)


SMALL = st.integers(min_value=0, max_value=40)
DAYS = st.floats(min_value=1, max_value=365)
MONTHS = st.one_of(st.just(0.0), DAYS.map(lambda days: days / 30))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SMALL, SMALL, MONTHS, DAYS), min_size=1, max_size=14))
def test_between_any_periods_the_causes_add_up_for_every_gemeente_and_the_district(gemeenten):
    table = between(**{f"g{n}": row for n, row in enumerate(gemeenten)})

    growth = table["count_to"] - table["count_from"]
    assert table[CAUSES].sum(axis=1).to_list() == pytest.approx(growth.to_list(), abs=1e-9)
    assert growth["twente"] == sum(last - first for first, last, *_ in gemeenten)
    parts = table.drop(index="twente")[CAUSES].sum()
    assert table.loc["twente", CAUSES].to_list() == pytest.approx(parts.to_list(), abs=1e-9)


# --- how sure it is ------------------------------------------------------------------------------

# 2 a month for half a year and then 3 all year; 2 a month in both years; and one that joins.
YEARS = pd.DataFrame(
    {"n_from": [12, 24, 0], "n_to": [36, 24, 10], "t_from": [6, 12, 0], "t_to": 12.0, "basis": 1}
)


# By hand: same 9, months 15 and new 10. In `same` the first counts -18 / 12 and 18 / 24 times, the
# second once: its variance is 12 × 1.5² + 36 × 0.75² + 24 + 24 = 95.25. In joining the first counts
# a half and a quarter, and the last once: 12 / 4 + 36 / 16 + 10 = 15.25.
@pytest.mark.parametrize(
    ("dispersion", "basis", "same", "joined"),
    [
        (1.0, 1, 95.25, 15.25),
        (2.0, 1, 190.5, 30.5),
        # Each rounded count varies by 3 more; that nothing came before a connection is certain.
        (1.0, 5, 95.25 + 3 * (1.5**2 + 0.75**2 + 2), 15.25 + 3 * (0.25 + 0.0625 + 1)),
    ],
)
def test_how_sure_the_causes_are_is_worked_out_by_hand(dispersion, basis, same, joined):
    found = split_ends(YEARS.assign(dispersion=dispersion, basis=basis), 1.96)

    assert found["joined"] == pytest.approx(25)
    for name, middle, variance in (("same", 9, same), ("joined", 25, joined)):
        reach = 1.96 * np.sqrt(variance)
        ends = [found[f"{name}_low"], found[f"{name}_high"]]
        assert ends == pytest.approx([middle - reach, middle + reach])


# By a bisection that stops at 5e-6; of 5 more or of fewer it is not clear that there is growth.
@pytest.mark.parametrize(
    ("n_to", "low"), [([36, 24, 10], 0.447842), ([12, 24, 5], np.nan), ([6, 12, 0], np.nan)]
)
def test_joining_has_at_least_the_part_of_clear_growth_that_chance_leaves(n_to, low):
    found = split_ends(YEARS.assign(dispersion=1.0, n_to=n_to))

    assert found["share_low"] == pytest.approx(low, abs=5e-6, nan_ok=True)
    assert np.isnan(found["share_high"]) == np.isnan(low)
