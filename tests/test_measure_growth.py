"""Where growth comes from: split by hand, and always adding up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.measure.growth import growth_between, growth_split, split_ends
from mma_analysis.vocabulary import UsageError, Vocabulary
from small_edition import framed

VOCABULARY = Vocabulary()

FIRST, SECOND = "2021-07/2022-06", "2022-07/2023-06"
CAUSES = ["new", "months", "same"]

# slug: connected on, receipts in both years (none: it was not yet connected), months in both years
Gemeente = tuple[str | None, int | None, int, float | None, float | None]
ALMELO: Gemeente = ("2021-07-01", 24, 36, 12.0, 12.0)  # 2 a month, then 3
BORNE: Gemeente = ("2022-01-01", 12, 24, 6.0, 12.0)  # 2 a month, both years
LOSSER: Gemeente = ("2022-09-01", None, 5, 0.0, 10.0)  # joined in the second year
ALL = {"almelo": ALMELO, "borne": BORNE, "losser": LOSSER}


def released(gemeenten: dict[str, Gemeente]) -> pd.DataFrame:
    rows = [
        (slug, code, n, "not_applicable" if n is None else "shown", months)
        for slug, (_, first, second, before, after) in gemeenten.items()
        for code, n, months in ((FIRST, first, before), (SECOND, second, after))
    ]
    columns = ["area", "period", "count", "state", "connected_months"]
    table = pd.DataFrame(rows, columns=columns).astype({"count": "Int64"})
    return table.assign(basis=1, kind="year")


def split(
    gemeenten: dict[str, Gemeente], peildatum: str = "2023-06-30", **others: Gemeente
) -> pd.DataFrame:
    """In all, of these gemeenten; others delivered nothing."""
    of = framed({slug: row[0] for slug, row in gemeenten.items()}, peildatum=peildatum)
    even = pd.DataFrame({"area": list(gemeenten), "dispersion": 1.0})
    return growth_split(of, released(gemeenten | others), even)


@pytest.mark.parametrize(
    ("gemeenten", "totals", "causes"),
    [
        # All of Losser; Borne: 6 months more at 2 a month; Almelo: 1 a month more in 12 months.
        (ALL, (36, 65), [5, 12, 12]),
        # A large gemeente that joins halfway, with 10 a month in both years, is no higher rate.
        (
            {
                "almelo": ("2021-07-01", 12, 12, 12.0, 12.0),
                "enschede": ("2022-05-01", 20, 120, 2.0, 12.0),
            },
            (32, 132),
            [0, 100, 0],
        ),
        # What Losser wrote down before it was connected lowers the rest.
        ({"losser": ("2022-09-01", 2, 5, 0.0, 10.0)}, (2, 5), [5, 0, -2]),
        ({"losser": LOSSER}, (0, 5), [5, 0, 0]),
    ],
)
def test_growth_is_split_into_new_gemeenten_more_months_and_more_per_month(
    gemeenten: dict[str, Gemeente], totals: tuple[int, int], causes: list[float]
):
    row = split(gemeenten, wierden=("2021-07-01", 7, 70, 12.0, 12.0)).iloc[0]

    assert (row["period_from"], row["period_to"]) == (FIRST, SECOND)
    assert (row["count_from"], row["count_to"]) == totals
    assert row[CAUSES].to_list() == pytest.approx(causes)


@pytest.mark.parametrize(
    ("gemeenten", "peildatum"),
    [
        ({"almelo": ALMELO, "borne": (None, 12, 24, None, None)}, "2023-06-30"),  # since when?
        ({"almelo": ALMELO}, "2023-05-31"),  # one complete year
    ],
)
def test_without_two_years_or_a_connection_date_there_is_no_split(gemeenten, peildatum: str):
    assert split(gemeenten, peildatum).empty


# --- how sure it is ------------------------------------------------------------------------------

# 2 a month for half a year and then 3 all year; 2 a month in both years; and one that joins.
YEARS = pd.DataFrame(
    {"n_from": [12, 24, 0], "n_to": [36, 24, 10], "t_from": [6, 12, 0], "t_to": 12, "basis": 1},
    dtype="float64",
)


# By hand: same 9, months 15 and new 10. In `same` the first counts -18 / 12 and 18 / 24 times, the
# second once: its variance is 12 × 1.5² + 36 × 0.75² + 24 + 24 = 95.25. In joining the first counts
# a half and a quarter, and the last once: 12 / 4 + 36 / 16 + 10 = 15.25.
@pytest.mark.parametrize(
    ("dispersion", "basis", "same", "joined"),
    [
        (1.0, 1, 95.25, 15.25),
        (2.0, 1, 190.5, 30.5),
        # Each count, also of who joined, varies by 3 more: 3 × (1.5² + 0.75² + 2), and joining too.
        (1.0, 5, 95.25 + 3 * (1.5**2 + 0.75**2 + 2 + 1), 15.25 + 3 * (0.25 + 0.0625 + 1)),
    ],
)
def test_how_sure_the_causes_are_is_worked_out_by_hand(dispersion, basis, same, joined):
    found = split_ends(YEARS.assign(dispersion=dispersion, basis=basis), 1.96)

    assert found["joined"] == pytest.approx(25)
    for name, middle, variance in (("same", 9, same), ("joined", 25, joined)):
        reach = 1.96 * np.sqrt(variance)
        ends = [found[f"{name}_low"], found[f"{name}_high"]]
        assert ends == pytest.approx([middle - reach, middle + reach])


def test_joining_has_at_least_the_part_of_growth_that_chance_leaves():
    found = split_ends(YEARS.assign(dispersion=1.0))

    assert found["share_low"] == pytest.approx(
        0.447842, abs=5e-6
    )  # by a bisection that stops there


@pytest.mark.parametrize(
    ("n_to", "is_clear"),
    [([36, 24, 10], True), ([12, 24, 5], False), ([6, 12, 0], False)],  # 5 more, or fewer
)
def test_of_growth_that_is_not_clear_no_part_is_said(n_to: list[int], is_clear: bool):
    found = split_ends(YEARS.assign(dispersion=1.0, n_to=n_to), 1.96)

    ends = [found["share_low"], found["share_high"]]
    assert np.isfinite(ends).all() if is_clear else np.isnan(ends).all()


SMALL = st.integers(min_value=0, max_value=40)
DAYS = st.floats(min_value=1, max_value=365)


# --- any two periods -----------------------------------------------------------------------------


def between(**gemeenten: tuple[int | None, int | None, float | None, float | None]) -> pd.DataFrame:
    """Counts in a first and a last period, then connected months in both."""
    rows = [
        (slug, code, n, t)
        for slug, (first, last, before, after) in gemeenten.items()
        for code, n, t in (("first", first, before), ("last", last, after))
    ]
    table = pd.DataFrame(rows, columns=["area", "period", "count", "connected_months"])
    table = table.astype({"count": "Int64"})
    return growth_between(VOCABULARY, table, "first", "last").set_index("area")


@pytest.mark.parametrize(
    ("gemeente", "causes"),
    [
        # A month beside a year: 11 months more at (3 + 2) / 2, and then 1 a month less.
        ((3, 24, 1, 12), [0, 27.5, -6.5]),
        ((2, 5, 0, 10), [5, 0, -2]),  # what came before a connection lowers the rest
    ],
)
def test_periods_may_be_of_unlike_length_or_before_the_connection(gemeente, causes):
    assert between(almelo=gemeente).loc["almelo", CAUSES].to_list() == pytest.approx(causes)


@pytest.mark.parametrize(
    "borne", [(None, 24, 6, 12), (12, None, 6, 12), (12, 24, None, 12), (None, 24, 0, 12)]
)
def test_a_hidden_count_or_unknown_time_has_no_causes_and_neither_has_the_district(
    borne: tuple[int | None, int | None, float | None, float | None],
):
    table = between(almelo=(24, 36, 12, 12), borne=borne)

    assert table.loc["borne", CAUSES].isna().all()
    assert table.loc["twente", CAUSES].isna().all()
    assert table.loc["almelo", CAUSES].to_list() == [0, 0, 12]


def test_a_period_that_is_not_there_is_an_error_that_names_it():
    with pytest.raises(UsageError, match="no counts of period '2020-07/2021-06'"):
        growth_between(VOCABULARY, released(ALL), "2020-07/2021-06", FIRST)


MONTHS = st.one_of(st.just(0.0), DAYS.map(lambda days: days / 30))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SMALL, SMALL, MONTHS, DAYS), min_size=1, max_size=14))
def test_between_any_periods_the_causes_add_up_for_every_gemeente_and_the_district(
    gemeenten: list[tuple[int, int, float, float]],
):
    table = between(**{f"g{n}": row for n, row in enumerate(gemeenten)})

    growth = table["count_to"] - table["count_from"]
    assert table[CAUSES].sum(axis=1).to_list() == pytest.approx(growth.to_list(), abs=1e-9)
    assert growth["twente"] == sum(last - first for first, last, *_ in gemeenten)
    parts = table.drop(index="twente")[CAUSES].sum()
    assert table.loc["twente", CAUSES].to_list() == pytest.approx(parts.to_list(), abs=1e-9)
