"""What is laid beside each other: gemeenten, two years, and the months of a campaign and others."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure import rates
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
POWER = 0.8  # to see an effect that there is
FEWEST_MONTHS = 6  # beside those of the campaign


def comparison(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """Each gemeente beside what fits its inhabitants and time at the rate of the others.

    Ordered by size, never by rate. `more` and `fewer` are named, else `as_expected`, or
    `cannot_tell` with fewer than `FEWEST_COMPARED` or a rounded 0.
    """
    own, public = compared(baseline, per_period), compared(baseline, baseline.per_period)
    chances = {slug: beside(public, str(slug))[-1] for slug in public.index}
    rows = []
    for slug, row in own.iterrows():
        others = public.drop(slug, errors="ignore")
        *fits, chance = beside(pd.concat([others, own.loc[[slug]]]), str(slug))
        (*_, is_named), level = rates.named([*(chances[other] for other in others.index), chance])
        level = level if is_named else rates.LEVEL
        ends = rates.poisson_interval(row["count"], row["basis"], row["dispersion"], level)
        ratios = [float(n) / fits[0] for n in (row["count"], *ends)]
        said = (rates.MORE if ratios[0] > 1 else rates.FEWER) if is_named else "as_expected"
        rows.append((*fits, *ratios, rates.CANNOT_TELL if np.isnan(chance) else said))
    names = ["expected", "expected_low", "expected_high", "ratio", "low", "high", "verdict"]
    table = own.join(pd.DataFrame(rows, own.index, names))
    ends = rates.poisson_interval(table["count"], table["basis"], table["dispersion"])
    for end, numbers in zip(("", "_low", "_high"), (table["count"], *ends), strict=True):
        table[f"per_10k{end}"] = numbers / (table["exposure"] / rates.PEOPLE / 12)
    table = table.sort_values("exposure").rename_axis("area").reset_index()
    types = {"count": "Int64", "per_10k_low": "Float64", "per_10k_high": "Float64"}
    return table.drop(columns=["exposure", "dispersion"]).astype(types)


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
    """What a gemeente would have at the rate of the others, the limits of that prediction, and the
    chance of its own; missing where nothing can be said. `table`: as made by `compared`."""
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
    """How much gemeenten usually differ, beyond chance (0.2 is 20 %): one row, of the district."""
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

    No row without two years, or when a count or date is missing.
    """
    of, course, wide = baseline.of, baseline.course, pd.DataFrame(index=list(baseline.of.delivered))
    rows = baseline.per_period.set_index("area")
    rows = rows.assign(count=rows["count"].mask(rows["state"] == "not_applicable", 0))
    years = of.complete_years[-2:]
    for end, code in zip(("from", "to"), years, strict=False):
        year = rows[rows["period"] == code]
        wide[f"n_{end}"] = year["count"].astype("float64")
        wide[f"t_{end}"] = year["connected_months"]
    if len(years) < 2 or wide.empty or wide.isna().any(axis=None):
        return pd.DataFrame(columns=GROWTH)
    wide = wide.assign(basis=rows["basis"].max(), dispersion=baseline.noise)
    row = split(wide, course.reach if course else rates.Z)
    return pd.DataFrame([row]).assign(period_from=years[0], period_to=years[1])[GROWTH]


def split(years: pd.DataFrame, reach: float = rates.Z) -> dict[str, float]:
    """The causes of growth of these gemeenten together, and how sure they are (Kitagawa 1955).

    `years`: per gemeente counts and connected months (`n_from`, `n_to`, `t_from`, `t_to`), `basis`
    and `dispersion`. `new`: no time in the first year; `months`: more or less time; `same`: more or
    fewer per month; `joined`: the first two, with the part of a clear growth that they are
    (Fieller 1954).
    """
    n1, n2, t1, t2 = (years[name] for name in ("n_from", "n_to", "t_from", "t_to"))
    is_new = t1 == 0
    new = n2.where(is_new, 0.0)
    months = ((t2 - t1) * (n1 / t1 + n2 / t2) / 2).mask(is_new, 0.0)
    causes = {"new": new, "months": months, "same": n2 - n1 - new - months}
    found = {"count_from": n1.sum(), "count_to": n2.sum()}
    found |= {name: cause.sum() for name, cause in causes.items()}
    # What a melding of the first and of the last year counts for in each.
    same = (-(t1 + t2) / (2 * t1)).mask(is_new, -1.0), ((t1 + t2) / (2 * t2)).mask(is_new, 0.0)
    growth, joined = (-1.0, 1.0), (-1 - same[0], 1 - same[1])
    rounding = rates.rounding_variance(years["basis"])
    noise = [years["dispersion"] * n + rounding for n in (n1, n2)]
    noise[0] = noise[0].mask(is_new & n1.eq(0), 0.0)  # nothing, for certain

    def together(one: Any, other: Any) -> float:
        """The covariance of two sums of counts."""
        return sum((a * b * c).sum() for a, b, c in zip(one, other, noise, strict=True))

    found["joined"] = sum((a * n).sum() for a, n in zip(joined, (n1, n2), strict=True))
    for name, parts in (("same", same), ("joined", joined)):
        off = reach * np.sqrt(together(parts, parts))
        found |= {f"{name}_low": found[name] - off, f"{name}_high": found[name] + off}
    both, chance = together(joined, growth), reach**2 * together(growth, growth)
    grown, ends = found["count_to"] - found["count_from"], [np.nan, np.nan]
    if grown > np.sqrt(chance):
        least = found["joined"] ** 2 - reach**2 * together(joined, joined)
        middle = found["joined"] * grown - reach**2 * both
        ends = np.sort(np.roots([grown**2 - chance, -2 * middle, least]).real).clip(*SHARES)
    return found | dict(zip(("share_low", "share_high"), ends, strict=True))


# --- the months of a campaign --------------------------------------------------------------------


def campaign_effects(baseline: Baseline, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of each campaign with all others, in its topics and in all other topics.

    `cannot_tell` without topics or `FEWEST_MONTHS` other months, or when a count is not told or,
    rounded, 0.
    """
    of, course = baseline.of, baseline.course
    phi, free = (course.dispersion, course.free) if course else (1.0, np.inf)
    around = counts[counts["table"] == "campaign_counts"].set_index(["period", "value"])["count"]
    basis = int(counts["basis"].max()) if len(counts) else 1
    names, rows = ["_".join(one) for one in FOUR], []
    for one in of.edition.campagnes:
        four = [around.get((f"{side} {one.naam}", what), pd.NA) for what, side in FOUR]
        effect, members = (np.nan, np.nan), ""
        if (campaign := of.campaigns.get(one.naam)) is not None:
            members = ", ".join(campaign.members)
            others = campaign.side_of.eq(campaign.sides[-1]).sum()
            if others >= FEWEST_MONTHS and all(pd.notna(n) and (n or basis == 1) for n in four):
                effect = cross_ratio(four, phi, basis)
        head = (one.naam, pd.Timestamp(one.begin), pd.Timestamp(one.eind), ", ".join(one.topics))
        rows.append((*head, *four, *effect, members))
    columns = ["campaign", "begin", "end", "topics", *names, "log", "error", "compared"]
    table = pd.DataFrame(rows, columns=columns)
    compared = table.pop("compared").astype("str")
    table = table.join(effects(table.pop("log"), table.pop("error"), free))
    is_later = table["begin"] > pd.Timestamp(of.edition.peildatum)
    table["verdict"] = table["verdict"].mask(is_later, "not_started")
    return table.assign(compared=compared).astype(dict.fromkeys(names, "Int64"))


def effects(logs: Any, errors: Any, free: float) -> pd.DataFrame:
    """What is said of ratios that are looked at together, by their logarithms and errors.

    `detectable`: the smallest that had been seen with 80 % probability.
    """
    log, error = (np.asarray(given, "float64") for given in (logs, errors))

    def interval(level: float) -> tuple[Floats, Floats]:
        off = student.ppf((1 + level) / 2, free) * error
        return np.exp(log - off), np.exp(log + off)

    low, high, is_named = rates.of_family(2 * student.sf(np.abs(log) / error, free), interval)
    reach = student.ppf((1 + rates.LEVEL) / 2, free) + norm.ppf(POWER)
    table = pd.DataFrame({"ratio": np.exp(log), "low": low, "high": high})
    said = pd.Series(rates.verdict(low.round(2), high.round(2), is_named), dtype="str")
    return table.assign(detectable=np.exp(reach * error), verdict=said)


def cross_ratio(four: list[float], phi: float = 1.0, basis: int = 1) -> tuple[float, float]:
    """Logarithm of own : other topics, in the campaign and otherwise, and its standard error."""
    cells = np.array(four, dtype="float64") + 0.5
    rounding = float(rates.rounding_variance(basis))
    log = np.log(cells[0] * cells[3] / cells[1] / cells[2])
    return float(log), float(np.sqrt((phi / cells + rounding / cells**2).sum()))
