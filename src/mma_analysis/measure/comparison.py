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
from mma_analysis.vocabulary.value import bound_of

FEWEST_COMPARED = 5  # with fewer gemeenten, how much they usually differ cannot be estimated
MOST_PEERS = 12  # more are not read beside each other
SHARES = (-1.0, 2.0)  # of a growth: further away joining is not looked for
GROWTH = ["period_from", "period_to", "count_from", "count_from_off", "count_to", "count_to_off"]
GROWTH += ["new", "months", "same", "joined"]
GROWTH += ["same_low", "same_high", "joined_low", "joined_high", "share_low", "share_high"]
FOUR = [("target", "during"), ("target", "otherwise"), ("other", "during"), ("other", "otherwise")]
NAMES = ["_".join(one) for one in FOUR]
POWER = 0.8  # to see an effect that there is
FEWEST_MONTHS = 6  # beside those of the campaign


def comparison(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """Each gemeente beside what fits its inhabitants and time at the rate of the others.

    Ordered by size, never by rate. `more` and `fewer` are named, else `as_expected` or
    `cannot_tell`.
    """
    basis = baseline.of.edition.bescherming.basis
    own = compared(baseline, per_period)
    public = compared(baseline, baseline.per_period)
    chances = {slug: beside(public, str(slug), basis)[-1] for slug in public.index}
    rows = []
    for slug, row in own.iterrows():
        others = public.drop(slug, errors="ignore")
        *fits, chance = beside(pd.concat([others, own.loc[[slug]]]), str(slug), basis)
        (*_, is_named), level = rates.named([*(chances[other] for other in others.index), chance])
        level = level if is_named else rates.LEVEL
        rounding = rates.rounding_variance(row["off"], basis, row["count"])
        ends = rates.poisson_interval(row["count"], rounding, row["dispersion"], level)
        ratios = [float(n) / fits[0] for n in (row["count"], *ends)]
        said = (rates.MORE if ratios[0] > 1 else rates.FEWER) if is_named else "as_expected"
        rows.append((*fits, *ratios, rates.CANNOT_TELL if np.isnan(chance) else said))
    names = ["expected", "expected_low", "expected_high", "ratio", "low", "high", "verdict"]
    table = own.join(pd.DataFrame(rows, own.index, names))
    n = rates.none_or_a_few(table["count"], table["off"])
    rounding = rates.rounding_variance(table["off"], basis, n)
    ends = rates.poisson_interval(n, rounding, table["dispersion"])
    for end, numbers in zip(("", "_low", "_high"), (n, *ends), strict=True):
        table[f"per_10k{end}"] = numbers / (table["exposure"] / rates.PEOPLE / 12)
    table = table.sort_values("exposure", kind="stable").rename_axis("area").reset_index()
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
        off=whole["off"],
        exposure=people * whole["connected_months"],
        dispersion=baseline.noise.reindex(whole.index),
    )
    return table[table["exposure"] > 0]


def beside(table: pd.DataFrame, slug: str, basis: int) -> tuple[float, float, float, float]:
    """What one of `compared` would have at the rate of the others, the limits of that prediction,
    and the chance of its own; missing where nothing can be said."""
    others = table.drop(slug)
    if not others["exposure"].sum() or not others["count"].sum():
        return np.nan, np.nan, np.nan, np.nan
    expected = table["exposure"] * (others["count"].sum() / others["exposure"].sum())
    rounding = rates.rounding_variance(table["off"], basis)
    # On the scale of the root, on which the variance of a count does not depend on its size.
    root = np.sqrt(table["count"] / expected)
    variance = (table["dispersion"] + rounding / expected) / expected / 4
    is_judged = table["count"].gt(0) | table["off"].eq(0)  # a rounded 0 may be 0 to 4
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


def growth_split(baseline: Baseline, received: pd.DataFrame) -> pd.DataFrame:
    """Split the growth of what all gemeenten `received` between the last two years, by its causes.

    No row without two years, or when a count or date is missing.
    """
    years = baseline.of.complete_years[-2:]
    rows = baseline.per_period.set_index("area")
    is_later = rows["state"] == "not_applicable"
    count = rows["count"].mask(is_later, 0)
    rows = rows.assign(n=count.astype("float64"))
    wide = pd.DataFrame(index=list(baseline.of.delivered))
    for end, code in zip(("from", "to"), years, strict=False):
        of_year = rows[rows["period"] == code]
        wide[f"n_{end}"] = of_year["n"]
        wide[f"t_{end}"] = of_year["connected_months"]
        wide[f"off_{end}"] = of_year["off"]
    is_missing = wide.isna().any(axis=None)
    if len(years) < 2 or wide.empty or is_missing:
        return pd.DataFrame(columns=GROWTH)
    wide = wide.assign(dispersion=baseline.noise)
    basis = baseline.of.edition.bescherming.basis
    reach = baseline.course.reach if baseline.course else rates.Z
    causes = split(wide, basis, reach)
    row = pd.DataFrame([causes])
    # What they add up to may stand in a table as well, with its own bound.
    of_all = received[received["value"] == "all"]
    of_all = of_all.dropna(subset="count").set_index("period")["off"]
    for end, code in zip(("from", "to"), years, strict=True):
        bound = bound_of(f"count_{end}")
        of_each = wide[f"off_{end}"].sum()
        row[f"period_{end}"] = code
        row[bound] = int(of_all.get(code, of_each))
    return row[GROWTH]


def split(years: pd.DataFrame, basis: int, reach: float = rates.Z) -> dict[str, float]:
    """The causes of growth of these gemeenten together, and how sure they are (Kitagawa 1955).

    `years`: per gemeente counts, how far these may be off, and connected months (`n_from`,
    `off_from`, `t_from`, `n_to`, …), and `dispersion`. `joined`: `new` and `months`, and what part
    that is of a clear growth (Fieller 1954).
    """
    n, t, off = (
        years[[f"{of}_from", f"{of}_to"]].to_numpy("float64").T for of in ("n", "t", "off")
    )
    is_new, whole, nothing = t[0] == 0, np.ones_like(n), np.zeros_like(n)
    # What a melding of the first and of the last year counts for in each.
    growth = np.array([[-1.0], [1.0]]) * whole
    new = np.where(is_new, [[0.0], [1.0]], nothing)
    same = np.where(is_new, [[-1.0], [0.0]], growth * t.sum(axis=0) / 2 / np.where(is_new, 1, t))
    parts = {"new": new, "months": growth - new - same, "same": same, "joined": growth - same}
    noise = years["dispersion"].to_numpy() * n + rates.rounding_variance(off, basis)
    noise[0, is_new & (n[0] == 0)] = 0.0  # nothing, for certain

    def reached(one: Floats, other: Floats) -> float:
        """The covariance of two sums of counts, in squares of the reach."""
        return float(reach**2 * (one * other * noise).sum())

    found = dict(zip(("count_from", "count_to"), n.sum(axis=1).tolist(), strict=True))
    found |= {name: float((part * n).sum()) for name, part in parts.items()}
    for name in ("same", "joined"):
        reached_by = reached(parts[name], parts[name]) ** 0.5
        found[f"{name}_low"] = found[name] - reached_by
        found[f"{name}_high"] = found[name] + reached_by
    joined, chance = parts["joined"], reached(growth, growth)
    grown, ends = found["count_to"] - found["count_from"], [np.nan, np.nan]
    if grown > chance**0.5:
        least = found["joined"] ** 2 - reached(joined, joined)
        middle = found["joined"] * grown - reached(joined, growth)
        ends = np.sort(np.roots([grown**2 - chance, -2 * middle, least]).real).clip(*SHARES)
    return found | dict(zip(("share_low", "share_high"), ends, strict=True))


# --- the months of a campaign --------------------------------------------------------------------


def campaign_effects(baseline: Baseline, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of each campaign with all others, in its topics and in all other topics.

    `cannot_tell` without topics or enough other months, or when a count is hidden or a rounded 0.
    """
    of = baseline.of
    course = baseline.course
    phi, free = (course.dispersion, course.free) if course else (1.0, np.inf)
    basis = of.edition.bescherming.basis
    around = counts[counts["table"] == "campaign_counts"]
    around = around.set_index(["period", "value"])
    rows = []
    for one in of.edition.campagnes:
        places = [(f"{side} {one.naam}", what) for what, side in FOUR]
        four = around.reindex(pd.MultiIndex.from_tuples(places))
        row: dict[str, Any] = {
            "campaign": one.naam,
            "begin": pd.Timestamp(one.begin),
            "end": pd.Timestamp(one.eind),
            "topics": ", ".join(one.topics),
            "compared": "",
            "log": np.nan,
            "error": np.nan,
        }
        for name, n, off in zip(NAMES, four["count"], four["off"], strict=True):
            row[name] = n
            row[bound_of(name)] = 0 if pd.isna(off) else off
        campaign = of.campaigns.get(one.naam)
        if campaign is not None:
            row["compared"] = ", ".join(campaign.members)
            others = (campaign.side_of == campaign.sides[-1]).sum()
            # A rounded 0 may be a few.
            is_few = (four["count"] == 0) & (four["off"] > 0)
            is_told = four["count"].notna() & ~is_few
            if others >= FEWEST_MONTHS and is_told.all():
                log, error = cross_ratio(four["count"], four["off"], basis, phi)
                row["log"] = log
                row["error"] = error
        rows.append(row)
    types = {"compared": "str"}
    columns = ["campaign", "begin", "end", "topics"]
    for name in NAMES:
        bound = bound_of(name)
        columns += [name, bound]
        types[name] = "Int64"
        types[bound] = "int64"
    table = pd.DataFrame(rows, columns=[*columns, "compared", "log", "error"])
    said = effects(table["log"], table["error"], free)
    peildatum = pd.Timestamp(of.edition.peildatum)
    is_later = table["begin"] > peildatum
    said["verdict"] = said["verdict"].mask(is_later, "not_started")
    return table.join(said)[[*columns, *said, "compared"]].astype(types)


def effects(logs: Any, errors: Any, free: float) -> pd.DataFrame:
    """What is said of ratios that are looked at together, by their logarithms and errors."""
    log, error = (np.asarray(given, "float64") for given in (logs, errors))

    def interval(level: float) -> tuple[Floats, Floats]:
        off = student.ppf((1 + level) / 2, free) * error
        return np.exp(log - off), np.exp(log + off)

    low, high, is_named = rates.of_family(2 * student.sf(np.abs(log) / error, free), interval)
    reach = student.ppf((1 + rates.LEVEL) / 2, free) + norm.ppf(POWER)
    table = pd.DataFrame({"ratio": np.exp(log), "low": low, "high": high})
    said = pd.Series(rates.verdict(low.round(2), high.round(2), is_named), dtype="str")
    return table.assign(detectable=np.exp(reach * error), verdict=said)


def cross_ratio(four: Any, off: Any, basis: int, phi: float = 1.0) -> tuple[float, float]:
    """Logarithm of own : other topics, in the campaign and otherwise, and its standard error.

    log (a d / b c), of counts with half more    variance = Σ (φ / n + v / n²)
    """
    cells = np.array(four, dtype="float64") + 0.5
    target, target_otherwise, other, other_otherwise = cells
    ratio = target * other_otherwise / target_otherwise / other
    rounding = rates.rounding_variance(off, basis)
    by_chance = phi / cells
    by_rounding = rounding / cells**2
    error = np.sqrt((by_chance + by_rounding).sum())
    return float(np.log(ratio)), float(error)
