"""Where growth comes from: split by hand, and always adding up."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.measure.growth import growth_between, growth_split
from mma_analysis.measure.periods import periods
from mma_analysis.vocabulary import UsageError, Vocabulary

VOCABULARY = Vocabulary()

TWO_YEARS = periods(dt.date(2021, 7, 1), dt.date(2023, 6, 30))
FIRST, SECOND = "2021-07/2022-06", "2022-07/2023-06"

# slug: connected on, receipts in both years, connected months in both years
Gemeente = tuple[str | None, int | None, int | None, float, float]
ALMELO: Gemeente = ("2021-07-01", 24, 36, 12.0, 12.0)  # 2 a month, then 3
BORNE: Gemeente = ("2022-01-01", 12, 24, 6.0, 12.0)  # 2 a month, both years
LOSSER: Gemeente = ("2022-09-01", 0, 5, 0.0, 10.0)  # joined in the second year


def per_year(gemeenten: dict[str, Gemeente]) -> pd.DataFrame:
    rows = [
        (slug, code, n, "hidden" if n is None else "shown", months)
        for slug, (_, first, second, before, after) in gemeenten.items()
        for code, n, months in ((FIRST, first, before), (SECOND, second, after))
    ]
    columns = ["area", "period", "count", "state", "connected_months"]
    return pd.DataFrame(rows, columns=columns).astype({"count": "Int64"})


def connection(first: int | None, second: int | None, new: int | None) -> pd.DataFrame:
    existing = None if second is None or new is None else second - new
    rows = [
        (FIRST, "all", first),
        (SECOND, "all", second),
        (SECOND, "new", new),
        (SECOND, "existing", existing),
    ]
    return pd.DataFrame(rows, columns=["period", "value", "count"]).astype({"count": "Int64"})


def connected_on(gemeenten: dict[str, Gemeente]) -> pd.Series:
    return pd.Series({slug: row[0] for slug, row in gemeenten.items()}, dtype="datetime64[us]")


def split(
    gemeenten: dict[str, Gemeente], first: int | None, second: int | None, new: int | None
) -> pd.DataFrame:
    totals = connection(first, second, new)
    return growth_split(totals, per_year(gemeenten), connected_on(gemeenten), TWO_YEARS)


@pytest.mark.parametrize(
    ("gemeenten", "totals", "causes"),
    [
        # All of Losser; Borne: 6 months more at 2 a month; Almelo: 1 a month more in 12 months.
        ({"almelo": ALMELO, "borne": BORNE, "losser": LOSSER}, (36, 65, 5), [5, 12, 12]),
        # A large gemeente that joins halfway, with 10 a month in both years, is no higher rate.
        (
            {
                "almelo": ("2021-07-01", 12, 12, 12.0, 12.0),
                "enschede": ("2022-05-01", 20, 120, 2.0, 12.0),
            },
            (32, 132, 0),
            [0, 100, 0],
        ),
        # Gemeenten of which a year is hidden are taken together: they have 42 - 24 = 18 in 18
        # months, and 60 - 36 = 24 in 24 months: 1 a month. The rest is Almelo.
        (
            {
                "almelo": ALMELO,
                "borne": ("2022-01-01", None, None, 6.0, 12.0),
                "losser": ("2021-07-01", None, 12, 12.0, 12.0),
            },
            (42, 60, 0),
            [0, 6, 12],
        ),
        ({"losser": LOSSER}, (0, 5, 5), [5, 0, 0]),
    ],
)
def test_growth_is_split_into_new_gemeenten_more_months_and_more_per_month(
    gemeenten: dict[str, Gemeente], totals: tuple[int, int, int], causes: list[float]
):
    row = split(gemeenten, *totals).iloc[0]

    assert (row["period_from"], row["period_to"]) == (FIRST, SECOND)
    assert (row["count_from"], row["count_to"]) == totals[:2]
    assert row[["new", "months", "same"]].to_list() == pytest.approx(causes)


def test_a_gemeente_without_a_delivery_does_not_take_part():
    with_losser = {"almelo": ALMELO, "losser": ("2021-07-01", None, None, 6.0, 12.0)}
    table = per_year(with_losser)
    table["state"] = table["state"].mask(table["area"] == "losser", "missing")

    found = growth_split(connection(24, 36, 0), table, connected_on(with_losser), TWO_YEARS)

    assert found.iloc[0][["new", "months", "same"]].to_list() == pytest.approx([0, 0, 12])


@pytest.mark.parametrize("totals", [(None, 65, 5), (36, None, 5), (36, 65, None)])
def test_without_its_totals_there_is_no_split(totals: tuple[int | None, int | None, int | None]):
    assert split({"almelo": ALMELO, "borne": BORNE, "losser": LOSSER}, *totals).empty


def test_when_it_is_not_known_since_when_a_gemeente_is_connected_there_is_no_split():
    assert split({"almelo": ALMELO, "borne": (None, 12, 24, 0.0, 0.0)}, 36, 60, 0).empty


def test_one_complete_year_has_no_growth():
    year_and_a_bit = periods(dt.date(2021, 7, 1), dt.date(2023, 5, 31))
    gemeenten = {"almelo": ALMELO}

    found = growth_split(
        connection(24, 36, 0), per_year(gemeenten), connected_on(gemeenten), year_and_a_bit
    )

    assert found.empty


SMALL = st.integers(min_value=0, max_value=40)
DAYS = st.floats(min_value=1, max_value=365)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(SMALL, SMALL, DAYS, DAYS, st.booleans()), min_size=1, max_size=8), SMALL)
def test_the_three_causes_always_add_up_to_the_growth(
    existing: list[tuple[int, int, float, float, bool]], new: int
):
    gemeenten: dict[str, Gemeente] = {
        f"gemeente-{n}": (
            "2021-07-01",
            None if is_hidden else first,
            None if is_hidden else second,
            before / 30,
            after / 30,
        )
        for n, (first, second, before, after, is_hidden) in enumerate(existing)
    }
    n_first, n_second = (sum(row[place] for row in existing) for place in (0, 1))

    row = split(gemeenten, n_first, n_second + new, new).iloc[0]

    growth = row["count_to"] - row["count_from"]
    assert row["new"] + row["months"] + row["same"] == pytest.approx(growth)


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


CAUSES = ["new", "months", "same"]


def test_each_gemeente_and_the_district_have_their_causes():
    table = between(almelo=(24, 36, 12, 12), borne=(12, 24, 6, 12), losser=(0, 5, 0, 10))

    # Almelo: 1 a month more. Borne: 6 months more at 2 a month. Losser: not connected before.
    assert table.loc["almelo", CAUSES].to_list() == [0, 0, 12]
    assert table.loc["borne", CAUSES].to_list() == [0, 12, 0]
    assert table.loc["losser", CAUSES].to_list() == [5, 0, 0]
    assert table.loc["twente", ["count_from", "count_to", *CAUSES]].to_list() == [36, 65, 5, 12, 12]


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
    table = per_year({"almelo": ALMELO})

    with pytest.raises(UsageError, match="no counts of period '2020-07/2021-06'"):
        growth_between(VOCABULARY, table, "2020-07/2021-06", FIRST)


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
