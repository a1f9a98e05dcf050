"""What can be said of one gemeente: its noise, its own course, and how it differs from others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from counting import framed
from mma_analysis.measure import Frame
from mma_analysis.measure.course import fitted
from mma_analysis.measure.gemeenten import (
    Cells,
    beside,
    comparison,
    dispersion,
    dispersions,
    gemeente_trends,
    overdispersion,
    peers,
    size_classes,
    slope,
)
from mma_analysis.measure.gemeenten import inhabitants as people_on
from mma_analysis.measure.rates import poisson_interval
from mma_analysis.measure.spread import SMALL_SCALE, Between, paule_mandel
from mma_analysis.vocabulary import Vocabulary
from totals import days_of, of_rows, per_period, since_connection

VOCABULARY = Vocabulary()
SLUGS = ["almelo", "borne", "enschede", "hengelo", "losser", "wierden"]

# --- published numbers ---------------------------------------------------------------------------

# metafor (R), method "PM" on the root, each time without one of six. Its root finder stops at
# 1.2e-4 of τ², ours at 1e-14: that much of τ², and of what follows from it, may differ.
OBSERVED, EXPECTED = [60, 30, 25, 12, 48, 22], [40, 34, 30, 24, 39, 30]
TAU2 = [0.01479095, 0.03348640, 0.03273303, 0.01541045, 0.02957715, 0.02966535]
CHANCE = [0.1108417, 0.9026488, 0.7998257, 0.1602296, 0.4380811, 0.5849480]
SIX = pd.DataFrame(
    {"count": OBSERVED, "exposure": EXPECTED, "basis": 1, "dispersion": 1.0}, SLUGS, dtype="float64"
)


@pytest.mark.parametrize("place", range(6))
def test_a_gemeente_is_as_rare_beside_the_others_as_published(place: int):
    others = SIX.drop(SLUGS[place])
    expected = others["exposure"] * others["count"].sum() / others["exposure"].sum()

    tau2, *_ = paule_mandel(
        np.sqrt(others["count"] / expected).to_numpy(), (1 / expected / 4).to_numpy()
    )

    assert tau2 == pytest.approx(TAU2[place], abs=1.2e-4)
    rate = others["count"].sum() / others["exposure"].sum()
    found = beside(SIX, SLUGS[place])
    assert found.expected == pytest.approx(EXPECTED[place] * rate)
    assert found.chance == pytest.approx(CHANCE[place], abs=5e-4)


# R's integrate on 0 … 1.5; ours is the trapezium rule over 61 points.
FOUR = np.array([0.1, 0.3, -0.2, 0.6]), np.array([0.02, 0.05, 0.08, 0.3])


def test_an_estimate_is_drawn_to_the_others_as_integration_says():
    tails = (0.025, 0.5, 0.975)
    first, last, nobody = (Between(*FOUR).shrunken(unit, tails) for unit in (0, 3, None))

    assert first == pytest.approx([-0.13470, 0.11273, 0.35604], abs=1e-3)
    assert last == pytest.approx([-0.27222, 0.17476, 0.87252], abs=1e-3)
    assert Between(*FOUR, SMALL_SCALE).mean_square() == pytest.approx(0.0375420, abs=1e-4)
    # Of whom nothing is known, what others have is said, and less sure.
    assert nobody[0] < first[0] < nobody[1] < first[2] < nobody[2]


@pytest.mark.parametrize(
    ("phi", "rounding", "variance"),
    [
        (1.0, 0.0, 0.385771**2),  # by hand: see below
        (2.0, 0.0, 2 * 0.385771**2),
        # Of each cell 3 more, at 20.5 / 31 before and 10.5 / 31 after the mean.
        (1.0, 3.0, 0.385771**2 + 3 * (20.5**2 + 10.5**2) / 31**2 / 6.943548**2),
    ],
)
def test_an_own_course_is_the_one_worked_out_by_hand(phi, rounding, variance):
    """10 and then 20, with half for each: ln(20.5 / 10.5); information 31 × 20.5 × 10.5 / 31²."""
    cells = Cells(np.array([10.0, 20.0]), np.eye(2), np.full(2, rounding))

    found = slope(cells, np.ones(2), np.array([0.0, 1.0]), phi)

    assert found == pytest.approx((0.669050, variance), rel=2e-6)


# --- how much counts vary ------------------------------------------------------------------------


# By hand: months of 10 and of 20; where they vary three times as much as by chance, the noise is
# 2 × 120 / (4 × 10² + 4 × 20²) = 0.12 of a month: 1 + 0.12 × 10 and 1 + 0.12 × 20.
@pytest.mark.parametrize(
    ("misfit", "cells", "rounding", "expected"),
    [
        (1.0, {}, 0, [1, 1]),
        (3.0, {}, 0, [2.2, 3.4]),
        (3.0, {0: [10, 10, 10, 10]}, 0, [2.2, 3.4]),  # three free cells are too few to go by
        # (20² + 20²) / 20 over six free cells
        (3.0, {0: [10, 10, 10, 10], 1: [40, 0, 20, 20]}, 0, [40 / 6, 40 / 6]),
        # Rounding varies as it does: 20 in (20² + 20²) / (20 + 20), of which chance is a part of
        # 4 × ¾ × 10 / 30 + 4 × ¾ × 20 / 40 = 2.5: 1 + (20 − 6) / 2.5.
        (3.0, {0: [10, 10, 10, 10], 1: [40, 0, 20, 20]}, 20, [6.6, 6.6]),
    ],
)
def test_counts_of_a_gemeente_vary_as_its_cells_show_and_at_least_as_months_do(
    misfit, cells, rounding, expected
):
    given = of_rows([10] * 8, [20] * 8)
    course = fitted(given, {"year": given.year})
    assert course is not None
    course = replace(course, misfit=misfit, free=1, means=np.array([[10.0] * 4, [20.0] * 4]))
    own = {
        f"level {n}": Cells(np.array(counts, dtype=float), np.eye(4), np.full(4, float(rounding)))
        for n, counts in cells.items()
    }

    assert list(dispersions(given, course, own).values()) == pytest.approx(expected)


def of_counts(of: Frame, table: pd.DataFrame) -> pd.DataFrame:
    counts = table.drop(columns=["connected_months", "inhabitant_years"])
    return dispersion(of, counts.assign(table="per_period"))


def test_the_noise_is_said_of_who_delivered_and_the_district_and_is_chance_without_a_date():
    restless = {"almelo": [5, 25] * 12, "borne": [10] * 24}
    found = {}
    for since in ("2021-07-01", None):
        of = framed(dict.fromkeys(restless, since))
        table = of_counts(of, per_period(days_of(of, **restless), of))
        found[since] = table.set_index("area")["dispersion"].to_dict()

    assert list(found["2021-07-01"]) == ["almelo", "borne", "twente"]
    assert min(found["2021-07-01"].values()) > 2
    assert found[None] == {"almelo": 1, "borne": 1, "twente": 1}


# --- its own course ------------------------------------------------------------------------------

OF = framed(dict.fromkeys(SLUGS, "2021-07-01"))
EVEN = dict.fromkeys(SLUGS, [20] * 24)
TWICE = [n for n in (10, 14, 20, 28) for _ in range(6)]  # twice as many in a year
HALF = TWICE[::-1]


def trends(
    numbers: dict[str, list[int]],
    own: dict[str, list[int]] | None = None,
    qualifier: str = "",
    of: Frame = OF,
    hidden: str = "",
) -> pd.DataFrame:
    """Of what everybody has; and, when it differs, of what gemeenten have themselves."""
    public, exact = (days_of(of, **days) for days in (numbers, own or numbers))
    table = per_period(public, of)
    its_own = per_period(exact, of)
    its_own["count"] = its_own["count"].mask(its_own["area"].eq(hidden))
    said = pd.DataFrame({"qualifier": [qualifier]})
    since, noise = since_connection(public, of), of_counts(of, table)
    return gemeente_trends(of, its_own, table, since, noise, said).set_index("area")


@pytest.mark.parametrize(
    ("almelo", "qualifier", "verdict", "change"),
    [
        (TWICE, "", "more", 1.0),
        (HALF, "", "fewer", -0.5),
        (TWICE, "last_quarter", "more", 1.0),
        # What the district cannot tell from its start-up no gemeente can; it may have doubled.
        (TWICE, "start_up", "cannot_tell", None),
        ([20] * 24, "", "no_change", 0.0),
        # 3 and then 6 are too few to be named, and are drawn to the others.
        ([1, 0] * 3 + [0] * 6 + [1, 0] * 6, "", "no_change", None),
    ],
)
def test_a_gemeente_is_named_by_its_own_counts_alone(almelo, qualifier, verdict, change):
    found = trends(EVEN | {"almelo": almelo}, qualifier=qualifier)

    row = found.loc["almelo"]
    assert row["verdict"] == verdict
    assert row["low"] <= row["change"] <= row["high"]
    assert change is None or row["change"] == pytest.approx(change, abs=0.06)
    assert set(found["verdict"].drop("almelo")) == {"no_change"}
    assert (
        row[["change", "low", "high"]].to_list()
        == row[["change", "low", "high"]].round(2).to_list()
    )


def test_a_gemeente_sees_its_own_counts_beside_what_everybody_has_of_the_others():
    alone = trends(EVEN, own=EVEN | {"almelo": TWICE})
    all_changed = trends(EVEN, own={slug: TWICE for slug in SLUGS} | {"almelo": [20] * 24})

    assert alone["verdict"].to_dict() == dict.fromkeys(SLUGS, "no_change") | {"almelo": "more"}
    assert all_changed.loc["almelo"].equals(trends(EVEN).loc["almelo"])


@pytest.mark.parametrize(
    ("numbers", "options"),
    [
        ({"almelo": [20] * 24, "borne": [0] * 24}, {}),  # of two: none to borrow from
        (EVEN, {"hidden": "borne"}),
        (
            {slug: [20] * 17 for slug in SLUGS},
            {"of": framed(dict.fromkeys(SLUGS, "2021-07-01"), peildatum="2022-11-30")},
        ),
    ],
)
def test_without_time_counts_or_others_nothing_is_said(numbers, options):
    row = trends(numbers, **options).loc["borne"]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()


# --- beside other gemeenten ----------------------------------------------------------------------


def whole(*counts: int | None, basis: int = 1, months: list[float] | None = None) -> pd.DataFrame:
    """Totals of gemeenten, of which inhabitants × time are alike unless it is said otherwise."""
    slugs = SLUGS[: len(counts)]
    people = people_on(VOCABULARY, pd.Timestamp("2022-06-30"))[slugs]
    time = months or list(1e6 / people)
    table = pd.DataFrame({"area": slugs, "count": counts, "connected_months": time})
    return table.assign(kind="whole", basis=basis).astype({"count": "Int64"})


def compared(own: pd.DataFrame, public: pd.DataFrame | None = None) -> pd.DataFrame:
    noise = pd.DataFrame({"area": SLUGS, "dispersion": 1.0})
    return comparison(OF, own, own if public is None else public, noise).set_index("area")


def test_expected_follows_inhabitants_and_connected_time_at_the_rate_of_the_others():
    found = compared(whole(30, 20, 10, months=[24.0, 24.0, 12.0]))

    people = found["inhabitants"]
    weight = {
        slug: people[slug] * months for slug, months in zip(SLUGS[:3], (24, 24, 12), strict=True)
    }
    rate = 30 / (weight["borne"] + weight["enschede"])
    assert found.loc["almelo", "expected"] == pytest.approx(rate * weight["almelo"])
    assert found["ratio"].to_list() == pytest.approx((found["count"] / found["expected"]).to_list())
    assert list(found.index) == sorted(weight, key=weight.__getitem__)  # by size, never by rate
    # Two years of 73,742 inhabitants: 30 / 14.7484 per 10,000 a year; Garwood 20.2409 to 42.8269.
    assert people["almelo"] == pytest.approx(73_742, abs=2)
    rates = found.loc["almelo", ["per_10k", "per_10k_low", "per_10k_high"]].to_list()
    assert rates == pytest.approx([30 / 14.7484, 20.2409 / 14.7484, 42.8269 / 14.7484], rel=1e-4)
    assert set(found["verdict"]) == {"cannot_tell"}  # of three


@pytest.mark.parametrize(
    ("counts", "basis", "verdicts"),
    [
        ((20, 25, 20, 15, 20, 100), 1, ["as_expected"] * 5 + ["more"]),
        ((20, 25, 20, 15, 20, 0), 1, ["as_expected"] * 5 + ["fewer"]),  # none at all counts too
        ((20, 25, 20, 15, 20, 0), 5, ["as_expected"] * 5 + ["cannot_tell"]),  # it may be 0 to 4
        ((20, 25, 20, 15, 0, 0), 5, ["cannot_tell"] * 6),  # four are left
        ((20, 25, 20, 100), 1, ["cannot_tell"] * 4),
        # Half of them are beyond chance where 30 is expected: they usually differ that much.
        ((15, 45, 15, 45, 30, 30), 1, ["as_expected"] * 6),
    ],
)
def test_who_is_far_out_is_named_and_of_few_or_of_a_rounded_0_nothing_is_said(
    counts, basis, verdicts
):
    found = compared(whole(*counts, basis=basis))

    assert found["verdict"].reindex(SLUGS[: len(counts)]).to_list() == verdicts


def test_what_is_expected_and_who_is_named_have_the_intervals_worked_out_by_hand():
    row = compared(whole(20, 20, 20, 20, 20, 100)).loc["wierden"]

    # On the root each varies by 1 / 80, their mean by 1 / 400: with four degrees of freedom t is
    # 2.7764, and 20 × (1 ∓ 2.7764 × √0.015)². One of six is named: of level 1 − 0.05 / 6.
    assert row[["expected_low", "expected_high"]].to_list() == pytest.approx(
        [8.711, 35.914], rel=1e-3
    )
    named = [float(end) / 20 for end in poisson_interval(100, level=1 - 0.05 / 6)]
    assert row[["expected", "ratio", "low", "high"]].to_list() == pytest.approx([20, 5, *named])


def test_a_gemeente_is_compared_by_its_own_count_and_what_everybody_has_of_the_others():
    public, own = whole(20, 25, 20, 15, 20, 20, basis=5), whole(500, 0, 0, 0, 0, 100)

    found = compared(own, public)

    assert found.loc["wierden", "verdict"] == "more"
    assert found.loc["wierden", "expected"] == pytest.approx(20)  # of the others as everybody sees
    assert (
        compared(whole(20, 25, 20, 15, 20, 22), public).loc["wierden", "verdict"] == "as_expected"
    )


def test_how_much_gemeenten_usually_differ_is_twice_what_their_roots_do():
    noise = pd.DataFrame({"area": SLUGS, "dispersion": 1.0})
    people = people_on(VOCABULARY, pd.Timestamp("2022-06-30"))[SLUGS]
    table = whole(*OBSERVED, months=list(np.array(EXPECTED) / people))

    five, four = (overdispersion(OF, table[n:], noise).iloc[0] for n in (1, 2))

    assert (five["gemeenten"], four["gemeenten"]) == (5, 4)
    assert five["usual"] == pytest.approx(2 * np.sqrt(TAU2[0]), abs=1e-3)  # metafor, as above
    assert np.isnan(four["usual"])


def test_peers_are_of_the_same_class_of_size_or_the_two_nearest():
    people = pd.Series({"borne": 23_686, "hellendoorn": 35_932, "hengelo": 81_057, "klein": 20_000})

    found = peers(OF).groupby("area")["peer"].agg(set)

    assert size_classes(VOCABULARY, people).to_list() == ["20_50", "20_50", "50_100", "20_50"]
    assert found["almelo"] == {"hengelo"}
    assert found["enschede"] == {"hengelo", "almelo"}  # no other has more than 100,000
