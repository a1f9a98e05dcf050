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

FOUR = [("target", "during"), ("target", "otherwise"), ("other", "during"), ("other", "otherwise")]
NAMES = ["_".join(one) for one in FOUR]
POWER = 0.8  # to see an effect that there is
FEWEST_MONTHS = 6  # beside those of the campaign


def campaign_effects(baseline: Baseline, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of each campaign with all others, in its topics and in all other topics.

    `cannot_tell` without topics or enough other months, or when a count is hidden or a rounded 0.
    """
    of = baseline.of
    course = baseline.course
    phi = course.dispersion if course else 1.0
    free = course.free if course else np.inf
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
    """What is said of ratios that are looked at together, by their logarithms and errors.

    `detectable`: the least ratio that would be seen in four of five: exp((t + z) · error).
    """
    log = np.asarray(logs, "float64")
    error = np.asarray(errors, "float64")

    def critical_value(level: float) -> float:
        return float(student.ppf((1 + level) / 2, free))

    def interval(level: float) -> tuple[Floats, Floats]:
        off = critical_value(level) * error
        low = np.exp(log - off)
        high = np.exp(log + off)
        return low, high

    beyond = student.sf(np.abs(log) / error, free)
    low, high, is_named = rates.of_family(2 * beyond, interval)
    said = rates.verdict(low.round(2), high.round(2), is_named)
    seen_from = critical_value(rates.LEVEL) + norm.ppf(POWER)
    table = pd.DataFrame({"ratio": np.exp(log)})
    table["low"] = low
    table["high"] = high
    table["detectable"] = np.exp(seen_from * error)
    table["verdict"] = pd.Series(said, dtype="str")
    return table


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
    variance = by_chance.sum() + by_rounding.sum()
    log = np.log(ratio)
    return float(log), float(np.sqrt(variance))
