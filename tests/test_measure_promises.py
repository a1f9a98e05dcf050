"""What intervals and verdicts promise, held: the short form of benchmarks/coverage.py."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from mma_analysis.measure.growth import year_on_year
from mma_analysis.measure.rates import odds_interval, poisson_interval, share_of
from mma_analysis.measure.trend import trend_of
from mma_analysis.measure.within import Margins
from small_edition import framed

OF = framed({"almelo": "2021-07-01"})
YEARS, MONTHS = (dict(OF.by_kind)[kind]["period"].to_list() for kind in ("year", "month"))

# --- every possible count, with its chance -------------------------------------------------------


def test_an_exact_interval_of_a_count_covers_at_least_95_percent_at_1_to_40_a_year():
    counts, means = np.arange(150), np.arange(1, 40.01, 0.1)
    low, high = (
        limit.to_numpy(dtype="float64")[:, None] for limit in poisson_interval(pd.Series(counts))
    )

    covered = (poisson.pmf(counts[:, None], means) * ((low <= means) & (means <= high))).sum(axis=0)

    assert covered.min() >= 0.95
    assert covered.mean() < 0.98  # and not by being as wide as can be


def test_the_interval_of_a_share_covers_95_percent_over_shares_together():
    share = np.arange(0.02, 0.981, 0.01)
    for n in (10, 20, 40):
        counts = np.arange(n + 1)
        table = share_of(pd.DataFrame({"count": counts}), pd.Series(n, counts))
        low, high = (
            table[end].to_numpy(dtype="float64")[:, None] for end in ("share_low", "share_high")
        )
        chance = binom.pmf(counts[:, None], n, share)

        covered = (chance * ((low <= share) & (share <= high))).sum(axis=0)

        assert covered.mean() >= 0.94


@pytest.mark.parametrize("ratio", [0.67, 1.0, 1.5])
@pytest.mark.parametrize("mean", [5, 10, 40])
def test_the_exact_interval_of_two_years_covers_at_least_95_percent(mean: float, ratio: float):
    n_first, n_second = (grid.ravel() for grid in np.meshgrid(np.arange(110.0), np.arange(110.0)))
    chance = poisson.pmf(n_first, mean) * poisson.pmf(n_second, mean * ratio)
    chance = np.where(n_first + n_second >= 10, chance, 0)
    low, high = odds_interval(n_first, n_second)

    covered = (chance * ((low <= ratio) & (ratio <= high))).sum() / chance.sum()

    assert covered >= 0.95


# --- nothing changes, and gemeenten join ---------------------------------------------------------

PER_YEAR = np.array([12.0, 5, 8, 3, 10, 4, 35, 6, 30, 20, 6, 40, 13, 15])
JOINED = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 20])  # months after the begin
SERIES = 120


def trendless(chance: np.random.Generator) -> pd.DataFrame:
    """Counts of fourteen gemeenten that join one after the other, each at the same rate always."""
    month = np.arange(24)
    counts = chance.poisson(PER_YEAR[:, None] / 12, (14, 24))
    table = pd.DataFrame(
        {
            "area": np.repeat([f"g{n:02}" for n in range(14)], 24),
            "period": np.tile(MONTHS, 14),
            "count": counts.ravel(),
            "connected_months": 1.0,
            "years_since_begin": np.tile((month + 0.5) / 12, 14),
            "year": np.tile([YEARS[0]] * 12 + [YEARS[1]] * 12, 14),
        }
    )
    table = table[(month >= JOINED[:, None]).ravel()]
    return table[table.groupby("area")["count"].transform("sum") > 0]


def of_both_margins(table: pd.DataFrame) -> Margins:
    """Each month of the district, and each gemeente in all."""
    years = table.groupby("period")["years_since_begin"].first().to_numpy()
    time = table.pivot_table("connected_months", "area", "period", "sum", fill_value=0)
    return Margins(
        table.groupby("period")["count"].sum().to_numpy(dtype="float64"),
        pd.DataFrame({"years_since_begin": years}),
        table.groupby("area")["count"].sum().to_numpy(dtype="float64"),
        time.to_numpy(dtype="float64"),
    )


@pytest.mark.slow
def test_a_toename_is_said_of_nothing_in_at_most_one_of_forty_series():
    chance = np.random.default_rng(20230701)
    trend, gemeente, totals = 0, 0, 0
    for _ in range(SERIES):
        table = trendless(chance)
        years = table.groupby(["area", "year"], as_index=False)[["count", "connected_months"]].sum()
        trend += trend_of(of_both_margins(table))["verdict"].item() == "more"
        per_year = years.rename(columns={"year": "period"}).assign(basis=1)
        told = year_on_year(OF, per_year, per_year)["verdict"]
        gemeente += (told == "more").any()
        n = years.groupby("year")["count"].sum().to_numpy(dtype="float64")
        totals += odds_interval(n[:1], n[1:])[0].item() > 1

    # 2.5 % of 120 is three; with that chance more than this come in less than one in a hundred.
    most = binom.ppf(0.99, SERIES, 0.025)
    assert trend <= most
    assert gemeente <= most
    # Comparing the yearly totals says it of every one of them.
    assert totals == SERIES
