"""What happened in the months of a campaign; the counts are in `test_measure_counts.py`."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from counting import framed
from mma_analysis.measure.campaigns import FOUR, campaign_effects, cross_ratio, ends
from totals import days_of, per_period

SINCE = {"almelo": "2019-07-01", "borne": "2019-07-01"}
CAMPAIGN = {"begin": "2022-06-15", "eind": "2022-07-31", "topics": ["fraude"]}
ENDS = ["ratio", "low", "high", "detectable"]


# Own topics during and otherwise, then others. The first is worked out by hand with Student's t of
# 18 degrees of freedom; the second is that of the example edition.
@pytest.mark.parametrize(
    ("four", "phi", "free", "expected", "tolerance"),
    [
        ([20, 10, 60, 60], 1.5, 18, [1.952381, 0.661186, 5.765080, 4.556353], 5e-7),
        ([28, 16, 214, 132], 1.0, 20, [1.07, 0.54, 2.13, 2.6], 0.05),
    ],
)
def test_the_ratio_and_what_had_been_seen_are_those_worked_out_by_hand(
    four, phi, free, expected, tolerance
):
    assert ends(*cross_ratio(four, phi), free) == pytest.approx(expected, abs=tolerance)


def test_rounding_and_noise_are_in_the_error():
    # Four counts of 40, each with half more: rounding adds 3 / 40.5² for each.
    exact, noisy, rounded = (
        cross_ratio([40] * 4, *of)[1] ** 2 for of in ((1.0, 1), (2.0, 1), (1.0, 5))
    )

    assert exact == pytest.approx(4 / 40.5)
    assert noisy == pytest.approx(8 / 40.5)
    assert rounded == pytest.approx(4 / 40.5 + 12 / 40.5**2)


def told(*campaigns: tuple[dict, list[int | None]], basis: int = 1) -> pd.DataFrame:
    """Of these campaigns and their counts, beside an even course of 24 months: t has 20 degrees of
    freedom."""
    named = [CAMPAIGN | {"naam": f"c{n}"} | changed for n, (changed, _) in enumerate(campaigns)]
    of = framed(SINCE, campagnes=named)
    rows = [
        ("campaign_counts", f"{side} c{n}", what, count, basis)
        for n, (_, counts) in enumerate(campaigns)
        for (what, side), count in zip((one.split("_") for one in FOUR), counts, strict=True)
    ]
    counts = pd.DataFrame(rows, columns=["table", "period", "value", "count", "basis"])
    even = days_of(of, **dict.fromkeys(SINCE, [20] * 24))
    return campaign_effects(of, counts.astype({"count": "Int64"}), per_period(even, of))


FITS = [60, 100, 100, 400]


@pytest.mark.parametrize(
    ("changed", "counts", "basis", "verdict", "is_compared"),
    [
        ({}, FITS, 1, "more", True),
        ({}, [20, 300, 200, 600], 1, "fewer", True),
        ({}, [100, 400, 100, 400], 1, "no_change", True),
        ({}, [10, 40, 10, 40], 1, "cannot_tell", True),  # a doubling is not excluded
        ({}, [0, 40, 100, 400], 1, "fewer", True),
        ({}, [0, 40, 100, 400], 5, "cannot_tell", False),  # it may be 0 to 4
        ({}, [10, None, 50, 50], 1, "cannot_tell", False),  # a count that is not published
        ({"topics": []}, FITS, 1, "cannot_tell", False),  # nothing to compare with
        ({"begin": "2023-09-14", "eind": "2023-10-01"}, FITS, 1, "not_started", False),
        # Of 24 months, 16 and the two after them leave six; 17 leave five.
        ({"begin": "2021-10-01", "eind": "2023-01-31"}, FITS, 1, "more", True),
        ({"begin": "2021-10-01", "eind": "2023-02-28"}, FITS, 1, "cannot_tell", False),
    ],
)
def test_what_is_said_of_a_campaign(changed, counts, basis, verdict, is_compared):
    row = told((changed, counts), basis=basis).iloc[0]

    assert row["verdict"] == verdict
    assert [None if pd.isna(n) else n for n in row[FOUR]] == counts
    assert row[ENDS].notna().to_list() == [is_compared] * 4


def test_campaigns_are_looked_at_together_and_who_took_part_is_said():
    even = [100, 400, 100, 400]
    both = told(({}, FITS), ({"gemeenten": ["borne"]}, even))
    # 1.6 times as many, with an error of 0.2: alone it is more, and not among five.
    doubtful = [50, 125, 100, 400]
    alone, among = told(({}, doubtful)), told(({}, doubtful), *[({}, even)] * 4)

    assert both["verdict"].to_list() == ["more", "no_change"]
    assert both["compared"].to_list() == ["almelo, borne", "borne"]
    # One of two is named: its interval is of level 1 − 0.05 / 2, the other's of 0.95.
    for counts, tail, row in ((FITS, 0.0125, both.iloc[0]), (even, 0.025, both.iloc[1])):
        log, error = cross_ratio(counts)
        reach = student.isf(tail, 20) * error
        assert row[["low", "high"]].to_list() == pytest.approx(np.exp([log - reach, log + reach]))
    assert alone["verdict"].item() == "more"
    assert among["verdict"].to_list() == ["cannot_tell", *["no_change"] * 4]
