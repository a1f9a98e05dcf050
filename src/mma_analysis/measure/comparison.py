"""What is laid beside each other: gemeenten, two years, and the months of a campaign and others."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure import rates
from mma_analysis.measure.categories import campaigns
from mma_analysis.measure.course import Floats
from mma_analysis.measure.frame import WHOLE, Frame
from mma_analysis.measure.gemeenten import Baseline
from mma_analysis.vocabulary import Vocabulary

FEWEST_COMPARED = 5  # with fewer gemeenten, how much they usually differ cannot be estimated
MOST_PEERS = 12  # more are not read beside each other
SHARES = (-1.0, 2.0)  # of a growth: further away joining is not looked for
GROWTH = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same", "joined"]
GROWTH += ["same_low", "same_high", "joined_low", "joined_high", "share_low", "share_high"]
FOUR = [("target", "during"), ("target", "otherwise"), ("other", "during"), ("other", "otherwise")]
ENDS = ["ratio", "low", "high", "detectable"]
POWER = 0.8  # to see an effect that there is
FEWEST_MONTHS = 6  # beside those of the campaign


def comparison(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """Compare each gemeente with what fits its inhabitants and time at the rate of the others.

    Ordered by size, never by rate. `expected` with its limits is of the others alone; `more` and
    `fewer` are named, else `as_expected`, or `cannot_tell` with fewer than `FEWEST_COMPARED` or a
    rounded 0. `per_10k`: per 10,000 inhabitants per connected year.
    """
    own, public = compared(baseline, per_period), compared(baseline, baseline.per_period)
    chances = {slug: beside(public, slug)[-1] for slug in public.index}
    rows = []
    for slug, row in own.iterrows():
        others = public.drop(slug, errors="ignore")
        *fits, chance = beside(pd.concat([others, own.loc[[slug]]]), str(slug))
        is_named = rates.named([*(chances[other] for other in others.index), chance])
        level = rates.level_of_named(is_named, len(is_named)) if is_named[-1] else rates.LEVEL
        ends = rates.poisson_interval(row["count"], row["basis"], row["dispersion"], level)
        ratios = [n / fits[0] for n in (row["count"], *ends)]
        said = (rates.MORE if ratios[0] > 1 else rates.FEWER) if is_named[-1] else "as_expected"
        rows.append((*fits, *ratios, rates.CANNOT_TELL if np.isnan(chance) else said))
    names = ["expected", "expected_low", "expected_high", "ratio", "low", "high", "verdict"]
    table = own.join(pd.DataFrame(rows, own.index, names))
    low, high = rates.poisson_interval(table["count"], table["basis"], table["dispersion"])
    time = table["exposure"] / rates.PEOPLE / 12
    for end, numbers in (("", table["count"]), ("_low", low), ("_high", high)):
        table[f"per_10k{end}"] = numbers / time
    table = table.sort_values("exposure").rename_axis("area").reset_index()
    return table.drop(columns=["exposure", "dispersion"]).astype({"count": "Int64"})


def compared(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """What is compared, on the gemeente: its inhabitants, count, noise and inhabitants × time."""
    of = baseline.of
    whole = per_period[per_period["kind"].eq(WHOLE) & per_period["area"].isin(of.delivered)]
    whole = whole.set_index("area").dropna(subset=["connected_months", "count"])
    people = of.people.reindex(whole.index)
    table = pd.DataFrame({"inhabitants": people.astype("int64")}).assign(
        size_class=size_classes(of.vocabulary, people),
        count=whole["count"].astype("float64"),
        basis=whole["basis"],
        exposure=people * whole["connected_months"],
        dispersion=baseline.noise.reindex(whole.index),
    )
    return table[table["exposure"] > 0]


def at_one_rate(table: pd.DataFrame, rate: float) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Expected counts, and on the scale of the root, where chance is even, values and variances."""
    expected = table["exposure"] * rate
    rounding = rates.rounding_variance(table["basis"])
    variance = (table["dispersion"] + rounding / expected) / expected / 4
    return expected, np.sqrt(table["count"] / expected), variance


def beside(table: pd.DataFrame, slug: str) -> tuple[float, float, float, float]:
    """What a gemeente would have at the rate of the others, its limits, and the chance of its own.

    How much gemeenten usually differ is of the others; the interval is that of a prediction.
    Missing where nothing can be said. `table`: as made by `compared`.
    """
    others = table.drop(slug)
    if not others["exposure"].sum() or not others["count"].sum():
        return np.nan, np.nan, np.nan, np.nan
    expected, root, variance = at_one_rate(table, others["count"].sum() / others["exposure"].sum())
    is_judged = table["count"].gt(0) | table["basis"].eq(1)  # a rounded 0 may be 0 to 4
    known, fits = is_judged & (table.index != slug), float(expected[slug])
    if known.sum() < FEWEST_COMPARED - 1:
        return fits, np.nan, np.nan, np.nan
    tau2, mean, error = paule_mandel(root[known].to_numpy(), variance[known].to_numpy())
    free, off = int(known.sum()) - 1, np.sqrt(variance[slug] + tau2 + error**2)
    reach = student.ppf((1 + rates.LEVEL) / 2, free) * off
    low, high = max(mean - reach, 0.0) ** 2 * fits, (mean + reach) ** 2 * fits
    chance = 2 * student.sf(abs(root[slug] - mean) / off, free) if is_judged[slug] else np.nan
    return fits, float(low), float(high), float(chance)


def paule_mandel(values: Floats, variances: Floats) -> tuple[float, float, float]:
    """Variance between units (Paule and Mandel 1982), their mean, and its standard error."""

    def excess(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        mean = (weights * values).sum() / weights.sum()
        return float((weights * (values - mean) ** 2).sum()) - (len(values) - 1)

    most, tau2 = float(((values - values.mean()) ** 2).sum()) + 1.0, 0.0
    if excess(0.0) > 0:
        tau2 = float(brentq(excess, 0.0, most, xtol=1e-14, rtol=1e-12))
    weights = 1 / (variances + tau2)
    return tau2, float((weights * values).sum() / weights.sum()), float(weights.sum() ** -0.5)


def overdispersion(baseline: Baseline) -> pd.DataFrame:
    """Estimate how much gemeenten usually differ, beyond chance: one row, of the district.

    `usual`: 0.2 is 20 % more or less than fits inhabitants and time.
    """
    table = compared(baseline, baseline.per_period).query("count > 0")
    usual = np.nan
    if len(table) >= FEWEST_COMPARED:
        _, root, variance = at_one_rate(table, table["count"].sum() / table["exposure"].sum())
        # Twice as much on the scale itself as on that of its root.
        usual = 2 * np.sqrt(paule_mandel(root.to_numpy(), variance.to_numpy())[0])
    row = (baseline.of.district, len(table), usual)
    return pd.DataFrame([row], columns=["area", "gemeenten", "usual"])


def peers(of: Frame) -> pd.DataFrame:
    """Name per gemeente (`area`) the nearest in size of its class; without any, the two nearest."""
    sizes, rows = size_classes(of.vocabulary, of.people), []
    for slug in of.people.index:
        others = of.people.drop(slug)
        nearest = (others - of.people[slug]).abs().sort_values(kind="stable").index
        same = nearest[sizes[nearest] == sizes[slug]][:MOST_PEERS]
        chosen = same if len(same) else nearest[:2]
        rows += [(slug, peer) for peer in others.index[others.index.isin(chosen)]]
    return pd.DataFrame(rows, columns=["area", "peer"])


def size_classes(vocabulary: Vocabulary, inhabitants: pd.Series) -> pd.Series:
    """Size class of each gemeente, by `reference/size_classes.csv`: its size peers share one."""
    rows = vocabulary.reference("size_classes")
    edges = [*(float(row["from_inhabitants"]) for row in rows), np.inf]
    classes = pd.cut(inhabitants, edges, right=False, labels=[row["code"] for row in rows])
    return classes.astype("str")


# --- two years -----------------------------------------------------------------------------------


def growth_split(baseline: Baseline) -> pd.DataFrame:
    """Split the growth of what all gemeenten received between the last two years, by its causes.

    `new`: no connected time in the first year; then all that came in the last. `months`: more or
    less connected time. `same`: more or fewer per connected month (Kitagawa 1955). No row without
    two years, or when a count or date is missing.
    """
    of, course, wide = baseline.of, baseline.course, pd.DataFrame(index=list(baseline.of.delivered))
    rows = baseline.per_period[baseline.per_period["area"].isin(of.delivered)]
    rows = rows.assign(count=rows["count"].mask(rows["state"] == "not_applicable", 0))
    years = of.complete_years[-2:]
    for end, code in zip(("from", "to"), years, strict=False):
        year = rows[rows["period"] == code].set_index("area")
        wide[f"n_{end}"] = year["count"].astype("float64")
        wide[f"t_{end}"] = year["connected_months"]
    if len(years) < 2 or wide.empty or wide.isna().any(axis=None):
        return pd.DataFrame(columns=GROWTH)
    wide = wide.assign(basis=rows["basis"].max(), dispersion=baseline.noise)
    row = split(wide, course.reach if course else rates.Z)
    return pd.DataFrame([row]).assign(period_from=years[0], period_to=years[1])[GROWTH]


def split(years: pd.DataFrame, reach: float = rates.Z) -> dict[str, float]:
    """The causes of growth of these gemeenten together, and how sure they are.

    `years`: per gemeente counts and connected months of two years (`n_from`, `n_to`, `t_from`,
    `t_to`), and the `basis` and `dispersion` of its counts. `joined` is `new` and `months`;
    `share_low`, `share_high`: between which parts of the growth comes from it (missing when the
    growth itself is not clear). All are linear in the counts.
    """
    n1, n2, t1, t2 = (years[name] for name in ("n_from", "n_to", "t_from", "t_to"))
    is_new = t1 == 0
    new = n2.where(is_new, 0.0)
    months = ((t2 - t1) * (n1 / t1 + n2 / t2) / 2).mask(is_new, 0.0)
    causes = {"new": new, "months": months, "same": n2 - n1 - new - months}
    # `same` per melding of the first and of the last year; the rest of the growth is joining.
    same = (-(t1 + t2) / (2 * t1)).mask(is_new, -1.0), ((t1 + t2) / (2 * t2)).mask(is_new, 0.0)
    joined = -1 - same[0], 1 - same[1]
    rounding = rates.rounding_variance(years["basis"])
    noise = [years["dispersion"] * n + rounding for n in (n1, n2)]
    noise[0] = noise[0].mask(is_new & n1.eq(0), 0.0)  # nothing, for certain

    def of(first: pd.Series, last: pd.Series) -> tuple[float, float]:
        """A sum of counts with these coefficients, and its standard deviation."""
        variance = (first**2 * noise[0] + last**2 * noise[1]).sum()
        return float((first * n1 + last * n2).sum()), float(np.sqrt(variance))

    def beyond(share: float, side: float) -> float:
        """How many standard deviations joining is above this part of the growth, less a side."""
        value, deviation = of(joined[0] + share, joined[1] - share)
        return (value / deviation if deviation else np.inf * np.sign(value)) - side

    found = {"count_from": float(n1.sum()), "count_to": float(n2.sum())}
    found |= {name: float(cause.sum()) for name, cause in causes.items()}
    found["joined"] = of(*joined)[0]
    for name, parts in (("same", same), ("joined", joined)):
        value, deviation = of(*parts)
        found[f"{name}_low"] = value - reach * deviation
        found[f"{name}_high"] = value + reach * deviation
    growth, deviation = of(0 * n1 - 1, 0 * n1 + 1)
    for name, side in (("share_low", reach), ("share_high", -reach)):
        found[name] = np.nan
        if growth > reach * deviation:
            falls = [beyond(share, side) for share in SHARES]
            found[name] = SHARES[int(falls[0] > 0)]
            if falls[0] > 0 > falls[1]:
                found[name] = float(brentq(beyond, *SHARES, args=(side,)))
    return found


# --- the months of a campaign --------------------------------------------------------------------


def campaign_effects(baseline: Baseline, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of a campaign with all others, in its topics and in all other topics.

    The cross ratio of four released counts (indicator `campaign_effect`); the two months after it
    are left out. `detectable`: the smallest ratio that had been seen with 80 % probability.
    Nothing without topics or `FEWEST_MONTHS` other months, or when a count is not told or, rounded,
    0.
    """
    course, known = baseline.course, {one.name: one for one in campaigns(baseline.of)}
    phi, free = (course.dispersion, course.free) if course else (1.0, np.inf)
    around = counts[counts["table"] == "campaign_counts"].set_index(["period", "value"])["count"]
    basis = int(counts["basis"].max()) if len(counts) else 1
    settings = baseline.of.edition.campagnes
    numbers: list[list[Any]] = []
    effects: list[tuple[float, float]] = []
    for name in (one.naam for one in settings):
        four = [around.get((f"{side} {name}", what), pd.NA) for what, side in FOUR]
        is_compared = name in known and all(pd.notna(n) and (n or basis == 1) for n in four)
        if is_compared:
            is_other = known[name].side_of == known[name].sides[2]
            is_compared = is_other.sum() >= FEWEST_MONTHS
        effects.append(cross_ratio(four, phi, basis) if is_compared else (np.nan, np.nan))
        numbers.append(four)
    chances = [chance(*effect, free) for effect in effects]
    is_named = rates.named(chances)
    level = rates.level_of_named(is_named, int(np.isfinite(chances).sum()))
    rows = []
    for one, four, effect, is_one in zip(settings, numbers, effects, is_named, strict=True):
        found = ends(*effect, free, level if is_one else rates.LEVEL)
        said = rates.verdict(round(found[1], 2), round(found[2], 2), is_one)
        said = "not_started" if one.begin > baseline.of.edition.peildatum else said
        head = (one.naam, pd.Timestamp(one.begin), pd.Timestamp(one.eind), ", ".join(one.topics))
        members = known[one.naam].members if one.naam in known else []
        rows.append((*head, *four, *found, said, ", ".join(members)))
    names = ["_".join(one) for one in FOUR]
    columns = ["campaign", "begin", "end", "topics", *names, *ENDS, "verdict", "compared"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({**dict.fromkeys(names, "Int64"), "compared": "str"})


def cross_ratio(four: list[float], phi: float = 1.0, basis: int = 1) -> tuple[float, float]:
    """Logarithm of own : other topics, in the campaign and otherwise, and its standard error."""
    cells = np.array(four, dtype="float64") + 0.5
    rounding = float(rates.rounding_variance(basis))
    log = np.log(cells[0] * cells[3] / cells[1] / cells[2])
    return float(log), float(np.sqrt((phi / cells + rounding / cells**2).sum()))


def chance(log: float, error: float, free: float) -> float:
    """How rare a cross ratio as far off is when nothing changed."""
    return float(2 * student.sf(abs(log) / error, free))


def ends(log: float, error: float, free: float, level: float = rates.LEVEL) -> list[float]:
    """The ratio with its interval, and what had been seen with 80 % probability."""
    reach, seen = (float(student.ppf((1 + one) / 2, free)) for one in (level, rates.LEVEL))
    off = np.array([0, -reach, reach]) * error
    return np.exp(np.append(log + off, (seen + norm.ppf(POWER)) * error)).tolist()
