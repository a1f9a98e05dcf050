"""Do the intervals cover what they promise, and how often is "toename" said of nothing?

    .venv/bin/python benchmarks/coverage.py     writes benchmarks/coverage.md

Rates, shares and the comparison of two years are worked out exactly: every possible count, with its
chance. The trend and the months are simulated, with a fixed seed: fourteen made-up gemeenten with 3
to 40 meldingen a year that join one after the other, the large ones late.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binom, norm, poisson
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from mma_analysis.measure.frame import frame
from mma_analysis.measure.growth import FEWEST_MELDINGEN, timed_periods, year_on_year
from mma_analysis.measure.rates import odds_interval, poisson_interval, share_of
from mma_analysis.measure.trend import months_expected, trend_of
from mma_analysis.measure.within import Margins
from mma_analysis.settings import EXAMPLE, Workspace

RESULTS = Path(__file__).with_name("coverage.md")
SEED = 20261125
SERIES, MONTHS_SERIES = 1000, 100
Z = norm.ppf(0.975)
Interval = tuple[np.ndarray, np.ndarray]

# --- worked out exactly --------------------------------------------------------------------------


def rates() -> list[str]:
    """Coverage and width of intervals of a count, for 1 to 40 expected in a year."""
    counts = np.arange(0, 141)
    ways = {
        "**exact (Garwood), ours**": _ours(counts),
        "Byar from 10 on, exact below (PHE)": _byar(counts),
        "mid-P": _mid_p(counts),
        "Wald": confint_poisson(counts, 1, method="wald"),
    }
    means = np.arange(1, 40.01, 0.05)
    chance = poisson.pmf(counts[:, None], means)
    return [_row(name, *_of(way, chance, means)) for name, way in ways.items()]


def shares() -> list[str]:
    """The same for a share of 10, 20 or 40 meldingen."""
    ways: dict[str, Callable[[np.ndarray, int], Interval]] = {
        "**Wilson, ours**": _wilson,
        "Clopper–Pearson": lambda k, n: proportion_confint(k, n, method="beta"),
        "Wald": lambda k, n: proportion_confint(k, n, method="normal"),
    }
    share = np.arange(0.02, 0.9801, 0.005)
    rows = []
    for name, way in ways.items():
        found = []
        for n in (10, 20, 40):
            counts = np.arange(n + 1)
            found.append(_of(way(counts, n), binom.pmf(counts[:, None], n, share), share))
        smallest = min(one[0] for one in found)
        rows.append(_row(name, smallest, *np.mean([one[1:] for one in found], axis=0)))
    return rows


def two_years() -> list[str]:
    """The same for the ratio of two years of a gemeente, when there are ten in both together."""
    rows = []
    for name, way in (
        ("**exact, conditional, ours**", odds_interval),
        ("log-normal (Wald)", _wald),
    ):
        found = [
            _two_years(way, mean, ratio, months)
            for mean in (5, 10, 20, 40)
            for ratio in (0.67, 1.0, 1.5)
            for months in (6, 12)
        ]
        covered, widths = zip(*found, strict=True)
        rows.append(_row(name, min(covered), float(np.mean(covered)), float(np.mean(widths))))
    return rows


def _two_years(
    way: Callable[[np.ndarray, np.ndarray], Interval], mean: float, ratio: float, months: int
) -> tuple[float, float]:
    """Coverage, and mean width on the log scale where both ends are known."""
    first, last = mean * months / 12, mean * ratio
    most = [np.arange(poisson.ppf(1 - 1e-6, value) + 1) for value in (first, last)]
    n_first, n_last = (grid.ravel() for grid in np.meshgrid(*most))
    chance = poisson.pmf(n_first, first) * poisson.pmf(n_last, last)
    chance = np.where(n_first + n_last >= FEWEST_MELDINGEN, chance, 0.0)
    low, high = (limit * months / 12 for limit in way(n_first, n_last))
    covered = (chance * ((low <= ratio) & (ratio <= high))).sum() / chance.sum()
    bounded = (low > 0) & (high < np.inf)
    width = np.log(high[bounded] / low[bounded])
    return covered, (chance[bounded] * width).sum() / chance[bounded].sum()


def _ours(counts: np.ndarray) -> Interval:
    low, high = poisson_interval(pd.Series(counts))
    return low.to_numpy(dtype="float64"), high.to_numpy(dtype="float64")


def _byar(counts: np.ndarray) -> Interval:
    n = np.maximum(counts, 10)
    low = n * (1 - 1 / (9 * n) - Z / (3 * np.sqrt(n))) ** 3
    high = (n + 1) * (1 - 1 / (9 * (n + 1)) + Z / (3 * np.sqrt(n + 1))) ** 3
    exact_low, exact_high = _ours(counts)
    return np.where(counts < 10, exact_low, low), np.where(counts < 10, exact_high, high)


def _mid_p(counts: np.ndarray) -> Interval:
    found = [confint_poisson(int(n), 1, method="midp-c") for n in counts[1:]]
    low, high = np.array([[float(end) for end in ends] for ends in found]).T
    # Of none at all the mid-P upper end is where half the chance of none is 2.5 %.
    return np.insert(low, 0, 0.0), np.insert(high, 0, -np.log(2 * 0.025))


def _wilson(counts: np.ndarray, n: int) -> Interval:
    table = share_of(pd.DataFrame({"count": counts}), pd.Series(n, range(len(counts))))
    return tuple(table[end].to_numpy(dtype="float64") for end in ("share_low", "share_high"))


def _wald(n_first: np.ndarray, n_last: np.ndarray) -> Interval:
    a, b = (n + 0.5 * ((n_first == 0) | (n_last == 0)) for n in (n_first, n_last))
    error = Z * np.sqrt(1 / a + 1 / b)
    return b / a * np.exp(-error), b / a * np.exp(error)


def _of(way: Interval, chance: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Smallest and mean coverage over the truths, and mean width."""
    low, high = (np.asarray(limit)[:, None] for limit in way)
    covered = (chance * ((low <= truth) & (truth <= high))).sum(axis=0)
    return covered.min(), covered.mean(), (chance * (high - low)).sum(axis=0).mean()


def _row(name: str, smallest: float, mean: float, width: float) -> str:
    return f"| {name} | {smallest:.1%} | {mean:.1%} | {width:.3g} |"


# --- simulated -----------------------------------------------------------------------------------

OF = frame(Workspace.here().edition(EXAMPLE))
CUT = OF.periods  # two years, from July 2021
MONTHS = CUT[CUT["kind"] == "month"].reset_index(drop=True)
YEARS = CUT[CUT["kind"] == "year"]["period"].to_list()
PER_YEAR = np.array([12.0, 5, 8, 3, 10, 4, 35, 6, 30, 20, 6, 40, 13, 15])
JOINED = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 20])  # months after the begin


@dataclass(frozen=True)
class World:
    """How meldingen come: the true change per year, a season, and waves beside chance."""

    name: str
    change: float = 0.0
    season: float = 0.0  # height of the yearly wave on the log scale
    own_waves: float = 0.0  # variance of the factor of each gemeente and month
    shared_waves: float = 0.0  # standard deviation of the log factor of each month
    gemeenten: int = 14


WORLDS = [
    World("nothing changes"),
    World("a season of ±20 %", season=0.2),
    World("waves per gemeente and month (variance μ + 0.2 μ²)", own_waves=0.2),
    World("10 % more a year", change=0.1),
    World("one gemeente alone, 35 a year", gemeenten=1),
    World("waves through the whole district (±15 % a month)", shared_waves=0.15),
]


def series(world: World, chance: np.random.Generator) -> pd.DataFrame:
    """Counts per gemeente and connected month, of gemeenten with any."""
    month = np.arange(len(MONTHS))
    year = (month + 0.5) / 12
    log_rate = np.log1p(world.change) * year + world.season * np.sin(2 * np.pi * year)
    log_rate = log_rate + world.shared_waves * chance.standard_normal(len(month))
    per_year = PER_YEAR if world.gemeenten > 1 else PER_YEAR[[6]]
    joined = JOINED if world.gemeenten > 1 else np.zeros(len(per_year), dtype=int)
    mean = per_year[:, None] / 12 * np.exp(log_rate)
    if world.own_waves:
        mean = mean * chance.gamma(1 / world.own_waves, world.own_waves, mean.shape)
    table = pd.DataFrame(
        {
            "area": np.repeat([f"g{n:02}" for n in range(len(per_year))], len(month)),
            "period": np.tile(MONTHS["period"], len(per_year)),
            "count": chance.poisson(mean).ravel(),
            "connected_months": 1.0,
            "years_since_begin": np.tile(year, len(per_year)),
            "second": np.tile(month >= 12, len(per_year)),
        }
    )
    connected = (month >= joined[:, None]).ravel()
    heard = table["area"].isin(table.loc[connected & (table["count"] > 0), "area"])
    return table[connected & heard]


def of_both_margins(table: pd.DataFrame) -> Margins:
    """What is released of them: each month of the district, and each gemeente in all."""
    months = table.groupby("period", as_index=False)[["count", "years_since_begin"]].agg(
        {"count": "sum", "years_since_begin": "first"}
    )
    wide = table.pivot_table("connected_months", "area", "period", "sum", fill_value=0)
    return Margins(
        months["count"].to_numpy(dtype="float64"),
        months,
        table.groupby("area")["count"].sum().to_numpy(dtype="float64"),
        wide.to_numpy(dtype="float64"),
    )


def of_years(table: pd.DataFrame) -> pd.DataFrame:
    """The same per gemeente and year, as the released tables have them."""
    parts = []
    for code, of_year in zip(YEARS, (~table["second"], table["second"]), strict=True):
        own = table[["count", "connected_months"]].mul(of_year, axis=0).groupby(table["area"]).sum()
        parts.append(own.reset_index().assign(period=code))
    return pd.concat(parts, ignore_index=True)


def said_of(world: World, number: int = SERIES) -> dict[str, float]:
    """How often each way says "toename", and how often the interval of the trend covers."""
    chance = np.random.default_rng([SEED, WORLDS.index(world)])
    found = pd.DataFrame([_said(world, series(world, chance)) for _ in range(number)])
    return found.mean().to_dict()


def _said(world: World, table: pd.DataFrame) -> dict[str, float]:
    years = of_years(table)
    own = timed_periods(years, *YEARS)
    of_all = own.sum()
    low_of_all = odds_interval(of_all[["n_from"]].to_numpy(), of_all[["n_to"]].to_numpy())[0].item()
    own = own[own["n_from"] + own["n_to"] >= FEWEST_MELDINGEN]
    low = odds_interval(own["n_from"].to_numpy(), own["n_to"].to_numpy())[0]
    row = trend_of(of_both_margins(table)).iloc[0]
    return {
        "covers": row["low"] <= world.change <= row["high"],
        "width": row["high"] - row["low"],
        "trend": row["verdict"] == "more",
        "any": (said := year_on_year(OF, *[years.assign(basis=1)] * 2)["verdict"] == "more").any(),
        "each": said.mean(),
        "yearly": low_of_all > 1,
        "per_month": low_of_all * of_all["t_from"] / of_all["t_to"] > 1,
        "any_yearly": (low > 1).any(),
    }


def months_outside(number: int = MONTHS_SERIES) -> tuple[float, float, float]:
    """Of months in which nothing happens: the part outside the range, above it, and above 2 sd."""
    chance = np.random.default_rng([SEED, len(WORLDS)])
    outside, above, naive, told = 0, 0, 0, 0
    for _ in range(number):
        table = series(WORLDS[0], chance)
        people = table["area"].map(dict(zip(sorted(set(table["area"])), PER_YEAR, strict=False)))
        summed = table.assign(inhabitant_years=people).groupby("period", as_index=False)
        counts = summed[["count", "inhabitant_years"]].sum().assign(area="twente")
        found = months_expected(counts.assign(basis=1), CUT)
        known = found[found["verdict"] != "cannot_tell"]
        told += len(known)
        outside += (known["verdict"] != "no_change").sum()
        above += (known["verdict"] == "more").sum()
        limit = counts["count"].mean() + 2 * counts["count"].std()
        naive += (known["count"] > limit).sum()
    return outside / told, above / told, naive / told


# --- the page ------------------------------------------------------------------------------------

HEAD = "| interval | smallest coverage | mean coverage | mean width |\n|---|---:|---:|---:|"
SAID = [
    *("series", "interval of the trend covers", "its width", "**toename: trend**"),
    *("**each gemeente**", "any of fourteen", "yearly totals", "per connected month"),
    "any gemeente, totals",
]
PAGE = """# What the intervals cover

Made by [coverage.py](coverage.py). Every interval promises 95 %. "Toename" may be said in at most
2.5 % of all series in which nothing changes.

## A count of 1 to 40 a year

Worked out exactly, for every expected count from 1 to 40 in steps of 0.05. Counts are whole
numbers, so an interval that never covers too little is wider than need be at most counts.

{rates}

## A share of 10, 20 or 40 meldingen

For every true share from 2 % to 98 % in steps of 0.5 %. Wilson covers 95 % over shares together,
and less at some shares near 0 or 1. Clopper–Pearson never does, and is wider.

{shares}

## Two years of a gemeente

Exactly, for 5, 10, 20 and 40 expected in a year, true ratios of 0.67, 1 and 1.5, and 6 or 12
connected months in the first year; only where ten meldingen make a comparison allowed, as in
`year_on_year`. The width is that of the log ratio.

{two_years}

## "Toename" where nothing changes

{number} series per row, seed {seed}: fourteen gemeenten with 3 to 40 meldingen a year, over two
years, that join one after the other. The trend is that of `district_trend`, which reads the months
of the district and the total of each gemeente. Each gemeente: of which part of them `year_on_year`
says it, with its false discovery control; any: whether it says it of one of the fourteen at least.
Beside them is what a spreadsheet does: the two yearly totals compared, the same per connected
month, and any gemeente of which its own two totals differ (each with 2.5 % on that side).

{said}

With 10 % more a year "toename" is right. Waves that go through all gemeenten at once, and waves in
each gemeente and month, are known to the trend by how its months differ, but not to the exact
comparison of two years. A wave that lasts for months is a limit: no model here tells it from a
trend. With so many series 2.5 % is off by {off} by chance alone.

## Months outside what was to be expected

{months} series of two years in which nothing happens. Of the months that are told, {outside:.1%}
lie outside their range and {above:.1%} above it, where 5 % and 2.5 % are meant. Above the mean of
all months and two standard deviations lie {naive:.1%}.
"""


def _said_row(world: World, said: dict[str, float]) -> str:
    parts = ("covers", "width", "trend", "each", "any", "yearly", "per_month", "any_yearly")
    cells = [f"{said[part]:.2f}" if part == "width" else f"{said[part]:.1%}" for part in parts]
    return f"| {world.name} | {' | '.join(cells)} |"


def _off_by_chance(number: int) -> str:
    """Twice the standard error of 2.5 % of so many series."""
    return f"{2 * (0.025 * 0.975 / number) ** 0.5:.1%}"


def _table(rows: list[str]) -> str:
    line = "|".join(["---", *["---:"] * (len(SAID) - 1)])
    return "\n".join([f"| {' | '.join(SAID)} |", f"|{line}|", *rows])


def main() -> None:
    """Work everything out and write the page."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        outside = pool.submit(months_outside)
        ratios = pool.submit(two_years)
        said = list(pool.map(said_of, WORLDS))
        page = PAGE.format(
            rates="\n".join([HEAD, *rates()]),
            shares="\n".join([HEAD, *shares()]),
            two_years="\n".join([HEAD, *ratios.result()]),
            said=_table([_said_row(*pair) for pair in zip(WORLDS, said, strict=True)]),
            number=SERIES,
            seed=SEED,
            off=_off_by_chance(SERIES),
            months=MONTHS_SERIES,
            **dict(zip(("outside", "above", "naive"), outside.result(), strict=True)),
        )
    RESULTS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
