"""What happened around a campaign: its own topics beside all other topics, before and after."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import hypergeom, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

from mma_analysis.measure.categories import comparable
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.rates import CANNOT_TELL, LEVEL, rounded_ratio, verdict
from mma_analysis.measure.released import campaign_counts
from mma_analysis.settings import Campagne

FOUR = ["target_before", "target_after", "other_before", "other_after"]
POWER = 0.8  # to see an effect that there is
LARGEST_RATIO = 1e4  # a ratio that needs to be larger cannot be seen at all
NO_EFFECT = {"detectable": np.nan, "ratio": np.nan, "low": np.nan, "high": np.nan}


def campaign_effects(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the change in a campaign's topics with the change in all other topics.

    The conditional odds ratio of the four counts (indicator `campaign_effect`).

    `counts`: released counts, of which table `campaign_counts` holds those around campaigns.

    One row per campaign: `campaign`, `begin`, `end`, `topics`, the four counts, `detectable` (as
    `detectable_ratio`), `ratio`, `low`, `high`, `verdict` in `not_started`, `outside` (twelve
    months do not fit in the evaluation), `more`, `fewer`, `cannot_tell`. A ratio is missing without
    meldingen of one kind or on one side, and when a count is not published; infinite when its own
    topics had none before. `compared`: the gemeenten that count.
    """
    known, basis = campaign_counts(counts), of.edition.bescherming.basis
    basis = basis if counts["basis"].eq(basis).any() else 1
    rows = [
        _effect(campaign, known.get(campaign.naam, {}), of, basis)
        for campaign in of.edition.campagnes
    ]
    columns = ["campaign", "begin", "end", "topics", *FOUR, *NO_EFFECT, "verdict", "compared"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({**dict.fromkeys(FOUR, "Int64"), "compared": "str"})


def detectable_ratio(
    target_before: int, target_after: int, other_before: int, other_after: int
) -> float:
    """The smallest odds ratio that the exact interval would call `more` with 80 % probability.

    Exact, given both totals of topics and both of time (Fisher's noncentral hypergeometric
    distribution). At least 1; infinite when no effect, however large, could be told from chance.

    Examples
    --------
    >>> round(detectable_ratio(38, 40, 25, 22), 1)
    3.0
    """
    target, after = target_before + target_after, target_after + other_after
    every = target + other_before + other_after
    possible = np.arange(min(target, after) + 1)
    seen = possible[hypergeom.sf(possible - 1, every, target, after) < (1 - LEVEL) / 2]
    if not len(seen):
        return np.inf

    def lacking(log_ratio: float) -> float:
        ratio = float(np.exp(log_ratio))
        return float(nchypergeom_fisher.sf(seen[0] - 1, every, target, after, ratio)) - POWER

    largest = float(np.log(LARGEST_RATIO))
    return float(np.exp(brentq(lacking, 0.0, largest))) if lacking(largest) > 0 else np.inf


def _effect(campaign: Campagne, known: dict[str, int], of: Frame, basis: int) -> dict[str, object]:
    four = {name: known.get(name, pd.NA) for name in FOUR}
    if campaign.begin > of.edition.peildatum:
        found = {**NO_EFFECT, "verdict": "not_started"}
    elif campaign.topics and not known:
        found = {**NO_EFFECT, "verdict": "outside"}
    else:
        found = _ratio_of_changes(list(four.values()), basis)
    return {
        "campaign": campaign.naam,
        "begin": pd.Timestamp(campaign.begin),
        "end": pd.Timestamp(campaign.eind),
        "topics": ", ".join(campaign.topics),
        "compared": ", ".join(comparable(campaign, of)),
        **four,
        **found,
    }


def _ratio_of_changes(counts: Sequence[Any], basis: int) -> dict[str, object]:
    """Own before and after, and of the other topics; a count that is missing tells nothing."""
    if any(pd.isna(n) for n in counts):
        return {**NO_EFFECT, "verdict": CANNOT_TELL}
    own_before, own_after, other_before, other_after = (int(n) for n in counts)
    result = odds_ratio([[own_after, own_before], [other_after, other_before]])
    low, high = rounded_ratio(*result.confidence_interval(LEVEL), counts, basis)
    return {
        "detectable": detectable_ratio(own_before, own_after, other_before, other_after),
        "ratio": result.statistic,
        "low": float(low),
        "high": float(high),
        "verdict": verdict(float(low), float(high), 1.0, CANNOT_TELL),
    }
