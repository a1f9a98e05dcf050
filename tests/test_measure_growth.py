"""Where growth comes from: split by hand, and always adding up."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.measure.growth import growth_between, growth_per_gemeente, growth_split
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
    return pd.DataFrame(rows, columns=columns).astype({"count": "Int64"})


def split(
    gemeenten: dict[str, Gemeente], peildatum: str = "2023-06-30", **others: Gemeente
) -> pd.DataFrame:
    """In all, of these gemeenten; others delivered nothing."""
    of = framed({slug: row[0] for slug, row in gemeenten.items()}, peildatum=peildatum)
    return growth_split(of, released(gemeenten | others))


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


def test_each_gemeente_that_delivered_has_its_own_growth_and_the_district_no_row():
    of = framed({slug: row[0] for slug, row in ALL.items()})

    found = growth_per_gemeente(of, released(ALL | {"wierden": ALMELO})).set_index("area")

    assert found[CAUSES].to_numpy().tolist() == [[0, 0, 12], [0, 12, 0], [5, 0, 0]]
    assert list(found.index) == list(ALL)


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
