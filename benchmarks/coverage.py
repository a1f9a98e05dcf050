"""Do the rules hold: how often is something said of nothing, and how often do intervals cover?

    .venv/bin/python benchmarks/coverage.py             prints it, of 100: twelve minutes
    .venv/bin/python benchmarks/coverage.py --n 1000    writes benchmarks/coverage.md: takes hours
    .venv/bin/python benchmarks/coverage.py --kept DIR  goes on from what an earlier run kept there

Editions like the example (see editions.py) over two, three and four years, in worlds of which it is
known what changes. What is said of them is what the package says.
"""

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise, repeat
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
from editions import LATER, ROUNDED_TO, Edition, World, came, drawn, known
from scipy.special import expit, logit

from mma_analysis.measure import campaigns, comparison, growth, trend
from mma_analysis.measure.gemeenten import gemeente_trends
from mma_analysis.measure.rates import (
    CANNOT_TELL,
    FEWER,
    MORE,
    poisson_interval,
    rounding_variance,
    surviving,
)
from mma_analysis.vocabulary.value import TAKES_BACK

RESULTS = Path(__file__).with_name("coverage.md")
SEED, LENGTHS, OFF = 20261127, (24, 36, 48), ROUNDED_TO - 1
N = 100  # editions of a world
FEWEST_WRITTEN = 1000  # of fewer the page would say less than it does
CHUNK = 50  # of a task
SHARE = 0.62  # of topics of the campaign
MOSTLY, NEARLY_ALL = 0.5, 0.9  # the parts of a growth that have a word
Found = dict[str, float]
Question = Callable[[Edition, np.random.Generator], Found]
Results = dict[tuple[str, str, int], pd.DataFrame]  # question, world, months: a row per edition

# --- worlds --------------------------------------------------------------------------------------


def changing(percent: int) -> World:
    """So many percent more a year, everywhere."""
    return World(f"{percent:+} % a year", change=float(np.log1p(percent / 100)))


NULL, NB5, AR6 = World("nothing"), World("NB .5", noise=0.5), World("AR .6", wave=0.6)
START = World("start 6m 75 %", start=(0.75, 0.75))
SLOW = World("start 6m 40 80 %", start=(0.4, 0.8))
DELAY = World("delay 90/75/50", last=(0.9, 0.75, 0.5))
SAME = [
    *(NULL, World("season .3", season=0.3), World("NB .2", noise=0.2), NB5),
    *(World("NB1 φ 1.5", phi=1.5), World("NB1 φ 3", phi=3.0)),
    *(World("AR .3", wave=0.3), AR6, START, SLOW, World("start 3m 50 %", start=(0.5,))),
    *(World("novelty 6m 150 %", start=(1.5, 1.5)), DELAY),
    *(World("one gemeente ⅔", one=("enschede", 4.6)), World("tips twice 10 %", twice=0.1)),
]
OWN = [World("slopes .2", slopes=0.2), World("slopes .4", slopes=0.4)]
LONG = World("start 12m 75 %", start=(0.75, 0.75, 0.75))
YEAR = World("start 12m 55 70 88 %", start=(0.55, 0.7, 0.88))
EARLY = World("file of the largest ends 6m early", ends=("enschede", 6))
TRENDLESS = [*SAME, EARLY, *OWN, LONG, YEAR]
ROUNDED = [
    replace(one, name=f"{one.name}, rounded", off=OFF)
    for one in (NULL, START, SLOW, NB5, AR6, DELAY, EARLY, YEAR)
]
CHANGING = [changing(percent) for percent in (-20, 10, 20, 30, 50, 100)]
FIFTY = CHANGING[4]
SLOWLY_FIFTY = replace(SLOW, name="+50 % a year, start 6m 40 80 %", change=float(np.log(1.5)))
SEEN = [replace(one, name=f"{one.name}, rounded", off=OFF) for one in [*CHANGING, SLOWLY_FIFTY]]
NOISY = replace(NB5, name="NB .5, +50 %", change=float(np.log(1.5)))
GROWING = [NULL, CHANGING[2], FIFTY, CHANGING[5], NB5, NOISY, AR6]
ALIKE = [World("differ 0", apart=0.0), World("NB1 φ 2, differ 0", apart=0.0, phi=2.0)]
APART = [
    *(World(f"differ {sd}", apart=sd) for sd in (0.2, 0.35, 0.5)),
    World("NB1 φ 2, differ 0.35", apart=0.35, phi=2.0),
    World("differ 0.35, rounded", apart=0.35, off=OFF),
]
ONE = [
    *(World(f"Twenterand ×{by:g}", apart=0.2, one=("twenterand", by)) for by in (2, 3, 0.4)),
    World("Enschede ×2", apart=0.2, one=("enschede", 2.0)),
]
CAMPAIGNS = [
    *(NULL, SAME[2], NB5, AR6, World("shares differ .5", shares=0.5)),
    World("own topics +20 % a year", own=float(np.log(1.2))),
    *(World(f"×{by:g} during", campaign=by) for by in (1.5, 2, 3)),
]

# --- what is said of them ------------------------------------------------------------------------


def said(one: Edition) -> pd.Series:
    """What the page prints of the trend."""
    rows = trend.trend_rows(one.base)
    return trend.district_trend(one.base, rows).iloc[0]


def of_district(one: Edition, _: np.random.Generator) -> Found:
    """The trend, the year to come, and what each gemeente received."""
    of_all = said(one)
    qualifier = of_all["qualifier"]
    is_taken_back = qualifier in TAKES_BACK
    truth = np.expm1(one.change)
    row: Found = {"covers": of_all["low"] <= truth <= of_all["high"]}
    for which in (MORE, FEWER):
        is_it = of_all["verdict"] == which
        row[f"base {which}"] = is_it
        row[which] = is_it and not is_taken_back
    row["not so"] = bool((row[MORE] and truth <= 0) or (row[FEWER] and truth >= 0))
    ahead = trend.next_year(one.base, pd.DataFrame([of_all])).iloc[0]
    came = one.receipts[:, :, one.length :].sum()
    row["next"] = ahead["low"] <= came <= ahead["high"]
    row["next told"] = ahead["verdict"] != CANNOT_TELL
    row["next plain"] = np.nan if qualifier else row["next"]
    truth = one.expected[:, :, : one.length].sum(axis=(0, 2))
    counts = one.received.to_numpy()
    rounding = rounding_variance(one.world.off, ROUNDED_TO, counts)
    low, high = poisson_interval(counts, rounding, one.base.dispersion.to_numpy())
    covers = (low <= truth) & (truth <= high)
    return row | {"count": covers.mean(), "largest": covers[np.argmax(one.at.rates)]}


def of_gemeenten(one: Edition, _: np.random.Generator) -> Found:
    """Their own trends."""
    of_all = pd.DataFrame([said(one)])
    table = gemeente_trends(one.base, one.base.per_period, of_all).set_index("area")
    table, truth = table.loc[one.at.given.levels], np.expm1(one.changes)
    covers = table["low"].le(truth) & table["high"].ge(truth)
    return {
        "named": table["verdict"].isin([MORE, FEWER]).any(),
        "printed": covers[table["low"].notna()].mean(),
        "told": table["verdict"].ne(CANNOT_TELL).mean(),
    }


def of_growth(one: Edition, _: np.random.Generator) -> Found:
    """Where growth comes from: what is said, and the truth."""
    codes, year = one.at.of.complete_years[-2:], np.arange(one.length) // 12
    n = [one.numbers[one.at.rows(one.at.given.levels, [code])] for code in codes]
    in_year = [year == year.max() - 1, year == year.max()]
    t = [one.at.given.time[:, months].sum(axis=1) for months in in_year]
    table = dict(zip(("n_from", "n_to", "t_from", "t_to"), (*n, *t), strict=True))
    table |= dict.fromkeys(("off_from", "off_to"), one.world.off)
    table["dispersion"] = one.base.dispersion.to_numpy()
    course = one.base.course
    waves = growth.wave_covariance(course, one.at.given.levels, codes)
    found = growth.split(pd.DataFrame(table), ROUNDED_TO, course.critical_value, waves)
    # The truth: more or fewer per connected month, and all else.
    true = [one.expected[:, :, : one.length][:, :, months].sum(axis=(0, 2)) for months in in_year]
    was = t[0] > 0
    per_month = true[1][was] / t[1][was] - true[0][was] / t[0][was]
    same, whole = float(per_month @ (t[0] + t[1])[was] / 2), float((true[1] - true[0]).sum())
    return {
        "same": found["same_low"] <= same <= found["same_high"],
        "joined": found["joined_low"] <= whole - same <= found["joined_high"],
        "share": 1 - same / whole,
        "too much": found["share_low"] > 1 - same / whole,
        "nearly all": found["share_low"] >= NEARLY_ALL,
        "mostly": MOSTLY <= found["share_low"] < NEARLY_ALL,
    }


def of_levels(one: Edition, _: np.random.Generator) -> Found:
    """Whether the gemeente that differs is named beside the others, and whether another is."""
    table = one.at.compared.assign(
        count=one.received, dispersion=one.base.dispersion, off=one.world.off
    )
    chances = [comparison.beside(table, str(slug), ROUNDED_TO).chance for slug in table.index]
    return _named(chances, table.index == one.world.one[0])


def _named(chances: list[float], is_it: np.ndarray) -> Found:
    found, _ = surviving(chances)
    return {"other": found[~is_it].any(), "it": found[is_it].mean() if is_it.any() else np.nan}


def of_campaign(one: Edition, chance: np.random.Generator) -> Found:
    """What is said of the campaign of the example, when topics come as this world says."""
    world, at, campaign = one.world, one.at, next(iter(one.at.of.campaigns.values()))
    during, _, otherwise = campaign.sides
    sides = campaign.side_of.to_numpy()
    takes_part = np.isin(at.given.levels, campaign.members)
    share = expit(logit(SHARE) + world.shares * chance.standard_normal(len(takes_part)))[:, None]
    is_during = np.append(sides == during, np.zeros(LATER, dtype=bool))
    target = share * np.where(is_during & takes_part[:, None], world.campaign, 1.0)
    target = target * np.exp(world.own * (at.later.year - at.given.year.mean()))
    topics = [came(world, one.seen * part, chance) for part in (target, 1 - share)]
    *_, base = known(world, at, *(sum(both) for both in zip(*topics, strict=True)))
    four = [
        float(topic[:, takes_part][:, :, : one.length][:, :, sides == side].sum())
        for topic, _ in topics
        for side in (during, otherwise)
    ]
    log, error = campaigns.cross_ratio(four, 0, ROUNDED_TO, base.course.dispersion)
    said = campaigns.effects([log], [error], base.course.free).iloc[0]
    found = said["verdict"]
    told = {MORE: found == MORE, FEWER: found == FEWER, "told": found != CANNOT_TELL}
    return told | {"seen": said["detectable"]}


# --- all editions --------------------------------------------------------------------------------

# What is asked of which worlds and lengths, and of one in how many editions: less of what is slow.
RUNS: list[tuple[Question, list[World], tuple[int, ...], int]] = [
    (of_district, [*TRENDLESS, *ROUNDED, *CHANGING, *SEEN], LENGTHS[:1], 1),
    (of_district, [*TRENDLESS, *ROUNDED, *CHANGING, *SEEN], LENGTHS[1:], 10),
    (of_gemeenten, [*TRENDLESS, *ROUNDED, FIFTY], LENGTHS[:1], 8),
    (of_growth, GROWING, LENGTHS[:1], 8),
    (of_levels, [*ALIKE, *APART, *ONE], LENGTHS[:1], 8),
    (of_campaign, CAMPAIGNS, LENGTHS[:1], 2),
]


def asked(question: Question, world: World, months: int, numbers: range) -> list[Found]:
    """Ask a question of these editions of a world."""
    seeds = [[SEED, crc32(world.name.encode()), months, number] for number in numbers]
    chances = [np.random.default_rng(seed) for seed in seeds]
    return [question(drawn(world, months, chance), chance) for chance in chances]


def asked_or_kept(
    question: Question, world: World, months: int, numbers: range, kept: Path | None
) -> list[Found]:
    """The same, from a file when an earlier run wrote it there; else it is written."""
    if kept is None:
        return asked(question, world, months, numbers)
    name = f"{question.__name__}-{crc32(world.name.encode())}-{months}-{numbers.start}"
    path = kept / f"{name}-{numbers.stop}.json"
    if not path.is_file():
        rows = asked(question, world, months, numbers)
        as_numbers = [{key: float(value) for key, value in row.items()} for row in rows]
        path.write_text(json.dumps(as_numbers), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def results(n: int, kept: Path | None) -> Results:
    """Ask all questions, of `n` editions of each world at most."""
    tasks = [
        (question, world, months, range(*cut))
        for question, worlds, lengths, part in RUNS
        for number in [max(1, n // part)]
        for world in worlds
        for months in lengths
        for cut in pairwise([*range(0, number, CHUNK), number])
    ]
    found: dict[tuple[str, str, int], list[Found]] = {}
    with ProcessPoolExecutor(2) as pool:
        answers = pool.map(asked_or_kept, *zip(*tasks, strict=True), repeat(kept))
        for (question, world, months, _), rows in zip(tasks, answers, strict=True):
            found.setdefault((question.__name__, world.name, months), []).extend(rows)
    return {key: pd.DataFrame(rows).astype("float64") for key, rows in found.items()}


# --- the page ------------------------------------------------------------------------------------

BOTH = [*TRENDLESS, *ROUNDED]
SMALL = [one for one in BOTH if one.noise == 0 and one.wave is None]  # variance ≤ 3 times the mean
# What must hold: words, question, worlds, of what, and a limit (above a half: at least).
RULES: list[tuple[str, Question, list[World], str, float]] = [
    (
        "a trend is said without reserve that is not there",
        of_district,
        [*SAME, EARLY, *OWN, *ROUNDED[:-1]],
        "not so",
        0.05,
    ),
    (
        "a gemeente is named by its trend",
        of_gemeenten,
        [*SAME, EARLY, LONG, *ROUNDED],
        "named",
        0.05,
    ),
    ("a gemeente is named beside others", of_levels, ALIKE, "other", 0.05),
    ("the same where they differ", of_levels, APART, "other", 0.10),
    ("interval of the count of a gemeente covers", of_district, SMALL, "count", 0.93),
    ("the same of the largest", of_district, SMALL, "largest", 0.93),
    ("interval of the trend of a gemeente covers", of_gemeenten, BOTH, "printed", 0.93),
    (
        "interval of the trend covers",
        of_district,
        [*SAME, EARLY, *OWN, *ROUNDED[:-1], *CHANGING, *SEEN],
        "covers",
        0.9,
    ),
    ("interval of the next year covers", of_district, [*BOTH, *CHANGING], "next", 0.87),
]
SAID = "base=base more/base fewer, without reserve=more/fewer, interval covers=covers"
NEXT = "covers=next, without reserve=next plain, told=next told"
# Name in the page: question, worlds, and columns with what is in them.
TABLES: dict[str, tuple[Question, list[World], str]] = {
    "trend": (of_district, BOTH, SAID),
    "power": (of_district, [NULL, *CHANGING, *SEEN], SAID),
    "next": (of_district, [*BOTH, *CHANGING, *SEEN], NEXT),
    "counts": (of_district, BOTH, "all cover=count, Enschede=largest"),
    "trends": (of_gemeenten, [*BOTH, FIFTY], "named=named, covers=printed, told=told"),
    "levels": (of_levels, [*ALIKE, *APART, *ONE], "named=other, it=it"),
    "campaigns": (of_campaign, CAMPAIGNS, "more/fewer=more/fewer, told=told, seen=seen"),
    "growth": (
        *(of_growth, GROWING),
        "share=share, too much=too much, words=nearly all/mostly, joining=joined, within=same",
    ),
}


def rules(found: Results) -> str:
    """A row per rule with its worst world, and a line for each world in which it does not hold."""
    rows, lines = [], []
    for words, question, worlds, key, limit in RULES:
        sign, measured = 1 if limit < 0.5 else -1, []
        for (asked_of, name, months), table in found.items():
            if asked_of == question.__name__ and name in {world.name for world in worlds}:
                value, error = table[key].mean(), table[key].std() / len(table) ** 0.5
                beyond = sign * (value - limit)
                told = f"{value:.1%} in *{name}*, {months} months"
                measured.append((beyond, beyond > 2 * error, told))
        bound = f"{'≤' if sign > 0 else '≥'} {limit:.0%}"
        fails = [told for _, is_bad, told in sorted(measured, reverse=True) if is_bad]
        holds = f"**not in {len(fails)}**" if fails else "yes"
        rows.append(f"| {words} | {bound} | {max(measured)[-1]} | {holds} of {len(measured)} |")
        lines += [f"- {words} ({bound}): {told}." for told in fails]
    head = "| what | must be | worst | holds |\n|---|---|---|---|"
    return "\n".join([head, *rows, "", *(lines or ["Nothing fails."])])


def table(found: Results, question: Question, worlds: list[World], spec: str) -> str:
    """A row per world; per column a number, or more with a slash, of each length."""
    columns, rows, sizes = dict(pair.split("=") for pair in spec.split(", ")), [], set()
    for world in worlds:
        all_parts = [found.get((question.__name__, world.name, months)) for months in LENGTHS]
        parts = [part for part in all_parts if part is not None]
        sizes |= {len(part) for part in parts}
        cells = [
            " · ".join("/".join(_number(part, key) for key in keys.split("/")) for part in parts)
            for keys in columns.values()
        ]
        rows.append(f"| {world.name} | {' | '.join(cells)} |")
    off = [f"{200 * (0.05 * 0.95 / size) ** 0.5:.1f} (N = {size})" for size in sorted(sizes)]
    last = f"Chance (two standard errors at 5 %): {', '.join(off)} points."
    head = f"| % | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}"
    return "\n".join([head, *rows, "", last])


def _number(part: pd.DataFrame, key: str) -> str:
    if key not in part or part[key].isna().all():
        return "–"
    if key == "seen":
        return f"×{part[key].median():.1f}"
    percent = 100 * part[key].mean()
    return f"{percent:.1f}" if 0 < percent < 10 or 90 < percent < 99.95 else f"{percent:.0f}"


PAGE = """# Do the rules hold?

Made by [coverage.py](coverage.py) (`--n {n}`): what the package says of editions of which it is
known what changes. Each has the gemeenten, sizes and joining dates of the example, over
24 · 36 · 48 months (one number: 24), and comes from a world:

- *nothing*: a constant rate per gemeente, and chance; *season*: a wave a year of ±0.3 (logarithm);
- *NB α*: variance μ + αμ² of a gemeente and month; *NB1 φ*: φμ; *AR ρ*: a wave through the district
  of standard deviation 0.2, of which ρ is left a month later;
- *start*, *novelty*: months since the connection with that part of the rate; *delay*: of the last
  three months 90, 75 and 50 % is there; *one gemeente*: it has two thirds of all;
- *file ends early*: of the largest, which is known, as `prepare` asks about it;
- *tips twice*: at a second gemeente too (elsewhere 2.5 %); *slopes*: each gemeente has a change of
  its own, with that standard deviation per year;
- *rounded*: to multiples of 5, all totals together as they are released; elsewhere exact.

## What must hold

{rules}

## The trend

Toename/afname, by the printed interval (*base*), and *without reserve*: when all rows that decide
agree, as tiles and summaries say. The interval is the printed one, of which the first months after
a connection and the last quarter are expected to differ by a factor of which the logarithm is
N(0, 0.3²).

{trend}

No rule is set here for *start 12m* (two of these). A start-up of a year is not told from a trend
before there are 48 months: its row is on the page and does not decide. With *slopes* the truth is
what changes in these gemeenten together: the mean of their own changes, each weighted by what its
months tell of it. That is seldom nothing, and the page speaks of these gemeenten alone. So a trend
that is said there is wrong when it goes the other way.

{power}

## The next year

*Without reserve*: of editions in which the trend has none; of others the package tells no year.
*Told*: the interval is not wider than ×4.

{next}

## What a gemeente received

{counts}

## The trend of a gemeente

*Named*: any of the fourteen, which is right with slopes. *Told*: not "niet vast te stellen".

{trends}

## Gemeenten beside each other

Rates per inhabitant differ with that standard deviation (logarithm). *Named*: any but the one that
has so many times as much; *it*: that one.

{levels}

## A campaign

Of two months, after a year, of four gemeenten. *Seen*: the ratio seen in four of five.

{campaigns}

## Where growth comes from

*Share*: of joining, in truth. *Too much*: what is said at least is above it. *Words*: bijna
helemaal/vooral. Then how often both intervals cover.

{growth}
"""


def main() -> None:
    """Ask everything, and write the page when it is of enough editions; else print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=N, help="editions of each world, at most")
    help_kept = "a folder for what is answered: a run that was stopped goes on from there"
    parser.add_argument("--kept", type=Path, help=help_kept)
    arguments = parser.parse_args()
    n = arguments.n
    kept = arguments.kept
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    found = results(n, kept)
    tables = {name: table(found, *spec) for name, spec in TABLES.items()}
    page = PAGE.format(n=n, rules=rules(found), **tables)
    if n >= FEWEST_WRITTEN:
        RESULTS.write_text(page, encoding="utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main()
