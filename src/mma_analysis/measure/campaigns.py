"""The months of a campaign beside all others, in its topics and in other topics."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure import rates
from mma_analysis.measure.course import Floats
from mma_analysis.measure.gemeenten import Baseline
from mma_analysis.vocabulary.value import bound_of

FOUR = [
    ("target", "during"),
    ("target", "otherwise"),
    ("other", "during"),
    ("other", "otherwise"),
]
COUNTS_OF_FOUR = ["_".join(one) for one in FOUR]
FEWEST_MONTHS_BESIDE = 6  # beside those of the campaign


def campaign_effects(baseline: Baseline, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of each campaign with all others, in its topics and in all others.

    `cannot_tell` without topics or enough other months, or when a count is hidden or a
    rounded 0.
    """
    of = baseline.of
    free = baseline.course.free if baseline.course else np.inf
    is_around = counts["table"] == "campaign_counts"
    around = counts[is_around].set_index(["period", "value"])
    rows = []
    for campagne in of.edition.campagnes:
        row: dict[str, Any] = {
            "campaign": campagne.naam,
            "begin": pd.Timestamp(campagne.begin),
            "end": pd.Timestamp(campagne.eind),
            "topics": ", ".join(campagne.topics),
        }
        four = _four(around, campagne.naam)
        columns_of_four = zip(COUNTS_OF_FOUR, four["count"], four["off"], strict=True)
        for name, count, off in columns_of_four:
            row[name] = count
            row[bound_of(name)] = 0 if pd.isna(off) else off
        row |= _compared(baseline, campagne.naam, four)
        rows.append(row)

    types = {"compared": "str"}
    columns = ["campaign", "begin", "end", "topics"]
    for name in COUNTS_OF_FOUR:
        bound = bound_of(name)
        columns += [name, bound]
        types[name] = "Int64"
        types[bound] = "int64"
    table = pd.DataFrame(rows, columns=[*columns, "compared", "log", "error"])

    said = effects(table["log"], table["error"], free)
    peildatum = pd.Timestamp(of.edition.peildatum)
    is_later = table["begin"] > peildatum
    said["verdict"] = said["verdict"].mask(is_later, "not_started")
    columns += [*said, "compared"]
    return table.join(said)[columns].astype(types)


def _four(around: pd.DataFrame, name: str) -> pd.DataFrame:
    """The `count` and the bound `off` of a campaign, in the order of `FOUR`."""
    places = [(f"{side} {name}", topics) for topics, side in FOUR]
    return around[["count", "off"]].reindex(pd.MultiIndex.from_tuples(places))


def _compared(baseline: Baseline, name: str, four: pd.DataFrame) -> dict[str, Any]:
    """Which gemeenten are `compared`, the `log` of the ratio and its `error`, if any."""
    campaign = baseline.of.campaigns.get(name)
    if campaign is None:
        return {"compared": "", "log": np.nan, "error": np.nan}

    log = np.nan
    error = np.nan
    is_other_month = campaign.side_of == campaign.sides[-1]
    # A rounded 0 may be a few.
    is_few = (four["count"] == 0) & (four["off"] > 0)
    is_told = four["count"].notna() & ~is_few
    if is_other_month.sum() >= FEWEST_MONTHS_BESIDE and is_told.all():
        basis = baseline.of.edition.bescherming.basis
        phi = baseline.course.dispersion if baseline.course else 1.0
        log, error = cross_ratio(four["count"], four["off"], basis, phi)
    return {"compared": ", ".join(campaign.members), "log": log, "error": error}


def effects(logs: Any, errors: Any, free: float) -> pd.DataFrame:
    """What is said of ratios that are looked at together, by their logarithms and errors.

    `detectable`: the least ratio that would be seen in four of five: exp((t + z) · error).
    """
    log = np.asarray(logs, "float64")
    error = np.asarray(errors, "float64")

    def critical_value(level: float) -> float:
        return float(student.ppf((1 + level) / 2, free))

    def interval(level: float) -> tuple[Floats, Floats]:
        margin = critical_value(level) * error
        low = np.exp(log - margin)
        high = np.exp(log + margin)
        return low, high

    errors_from_none = np.abs(log) / error
    beyond = student.sf(errors_from_none, free)
    low, high, is_named = rates.of_family(2 * beyond, interval)
    said = rates.verdict(low.round(2), high.round(2), is_named)
    seen_from = critical_value(rates.LEVEL) + norm.ppf(rates.POWER)
    return pd.DataFrame(
        {
            "ratio": np.exp(log),
            "low": low,
            "high": high,
            "detectable": np.exp(seen_from * error),
            "verdict": pd.Series(said, dtype="str"),
        }
    )


def cross_ratio(four: Any, off: Any, basis: int, phi: float = 1.0) -> tuple[float, float]:
    """Logarithm of own : other topics, in a campaign and otherwise, and its standard error.

    log (a d / b c)    variance = Σ (φ / n + v / n²)

    a, b, c and d are the counts in the order of `FOUR`, each with half more; v is the
    variance of rounding.
    """
    n = np.array(four, dtype="float64") + 0.5
    a, b, c, d = n
    log = np.log(a * d / b / c)
    rounding = rates.rounding_variance(off, basis)
    by_chance = phi / n
    by_rounding = rounding / n**2
    variance = by_chance.sum() + by_rounding.sum()
    return float(log), float(np.sqrt(variance))
