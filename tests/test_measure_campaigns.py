"""What happened around a campaign, and what could have been seen; the counts are in
`test_measure_counts.py`."""

import numpy as np
import pandas as pd
import pytest

from counting import edition
from mma_analysis import measure
from mma_analysis.measure.campaigns import campaign_effects, detectable_ratio

NAMES = [(what, side) for what in ("target", "other") for side in ("before", "after")]
FITS = {"naam": "c", "begin": "2022-06-15", "eind": "2024-01-31", "topics": ["fraude"]}


def effect(*known: int | None, basis: int = 1, **changed: object) -> pd.Series:
    """Of these counts, in the order of `NAMES`; none when there is nothing to compare."""
    of = measure.frame(edition({"almelo": {"aangesloten": "2021-07-01"}}, [FITS | changed]))
    names = NAMES[: len(known)]
    counts = pd.DataFrame(
        {
            "table": "campaign_counts",
            "area": "deelnemers c",
            "period": [f"{side} c" for _, side in names],
            "value": [what for what, _ in names],
            "count": pd.array(known, dtype="Int64"),
            "basis": basis,
        }
    )
    return campaign_effects(of, counts).iloc[0]


def test_the_effect_is_the_published_conditional_odds_ratio():
    # R, example of fisher.test (Convictions, Fisher 1962): 0.04693661 (0.003325764, 0.363182271);
    # its root finder stops at about 1e-5.
    row = effect(15, 2, 3, 10)

    assert row["ratio"] == pytest.approx(0.04693661, abs=2e-5)
    assert row["low"] == pytest.approx(0.003325764, abs=2e-5)
    assert row["high"] == pytest.approx(0.363182271, abs=2e-5)
    assert row["verdict"] == "fewer"


def test_of_rounded_counts_the_interval_is_wider():
    # Each of four counts of 40 has a variance of (5² − 1) / 12 = 2 more: of the logarithm of the
    # ratio 4 × 2 / 40², beside a half width that is that of the exact counts.
    exact, rounded = effect(40, 40, 40, 40), effect(40, 40, 40, 40, basis=5)

    half = np.sqrt(np.log(exact["high"]) ** 2 + 1.959964**2 * 4 * 2 / 40**2)
    assert rounded["ratio"] == pytest.approx(exact["ratio"])
    assert [rounded["low"], rounded["high"]] == pytest.approx([np.exp(-half), np.exp(half)])


@pytest.mark.parametrize(
    ("counts", "verdict"), [((10, 50, 50, 50), "more"), ((20, 40, 30, 60), "cannot_tell")]
)
def test_a_campaign_whose_topics_grow_more_is_told_and_one_where_all_grow_alike_is_not(
    counts: tuple[int, ...], verdict: str
):
    row = effect(*counts)

    assert row["detectable"] > 1
    assert (row["low"] > 1) == (verdict == "more")
    assert (row["ratio"] == pytest.approx(1)) == (verdict == "cannot_tell")
    assert row["verdict"] == verdict
    assert row[["target_before", "target_after"]].to_list() == list(counts[:2])


@pytest.mark.parametrize(
    ("changed", "counts", "verdict"),
    [
        ({"begin": "2023-09-14"}, (), "not_started"),
        ({"begin": "2023-05-01"}, (), "outside"),
        ({}, (10, None, 50, 50), "cannot_tell"),  # a count that is not published
        ({"topics": []}, (), "cannot_tell"),  # no other topics to compare with
        ({}, (0, 0, 30, 40), "cannot_tell"),  # no meldingen on its topics at all
        ({}, (0, 0, 0, 0), "cannot_tell"),
    ],
)
def test_without_something_to_compare_there_is_no_ratio(
    changed: dict, counts: tuple[int | None, ...], verdict: str
):
    row = effect(*counts, **changed)

    assert row["verdict"] == verdict
    assert np.isnan(row["ratio"])


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
