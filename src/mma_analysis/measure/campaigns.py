"""What happened in the months of a campaign: its own topics beside all other topics."""

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure.categories import OTHERWISE, Windows
from mma_analysis.measure.course import fitted, totals
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.rates import rounding_variance
from mma_analysis.measure.released import campaign_counts
from mma_analysis.measure.verdicts import (
    LEVEL,
    level_of_named,
    named,
    verdict,
)

FOUR = ["target_during", "target_otherwise", "other_during", "other_otherwise"]
POWER = 0.8  # to see an effect that there is
FEWEST_MONTHS = 6  # beside those of the campaign
HALF = 0.5
ENDS = ["ratio", "low", "high", "detectable"]
NOT_STARTED = "not_started"


def campaign_effects(of: Frame, counts: pd.DataFrame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Compare the months of a campaign with all others, in its topics and in all other topics.

    The cross ratio of four counts (indicator `campaign_effect`); the two months after a campaign
    are left out.

    `counts`: released counts, of which table `campaign_counts` holds those around campaigns.

    One row per campaign: `campaign`, `begin`, `end`, `topics`, the four counts, `ratio`, `low`,
    `high`, `detectable` (the smallest ratio that had been seen with 80 % probability), `verdict` in
    `not_started`, `more`, `fewer`, `no_change`, `cannot_tell`, and `compared`: the gemeenten that
    count. Nothing but `cannot_tell` without topics or `FEWEST_MONTHS` other months, and when a
    count is not published or, rounded, 0.
    """
    given = totals(of, per_period)
    course = fitted(given, given.trend()) if given is not None else None
    phi, free = (course.dispersion, course.free) if course else (1.0, np.inf)
    windows, known = Windows.of(of), campaign_counts(counts)
    basis = int(counts["basis"].max()) if len(counts) else 1
    effects: dict[str, tuple[float, float]] = {}
    for name in windows.campaigns:
        four = [known.get(name, {}).get(one) for one in FOUR]
        numbers = [float(n) for n in four if n is not None and pd.notna(n) and (n or basis == 1)]
        if len(numbers) == 4 and windows.number_of_months(name).get(OTHERWISE, 0) >= FEWEST_MONTHS:
            effects[name] = cross_ratio(numbers, phi, basis)
    is_named = dict(zip(effects, named([chance(*e, free) for e in effects.values()]), strict=True))
    level = level_of_named(list(is_named.values()), len(is_named))
    rows = []
    for campaign in of.edition.campagnes:
        name, effect = campaign.naam, [np.nan] * 4
        if name in effects:
            effect = [*ends(*effects[name], free, level if is_named[name] else LEVEL)]
        said = verdict(round(effect[1], 2), round(effect[2], 2), is_named.get(name, False))
        rows.append(
            {
                "campaign": name,
                "begin": pd.Timestamp(campaign.begin),
                "end": pd.Timestamp(campaign.eind),
                "topics": ", ".join(campaign.topics),
                **{one: known.get(name, {}).get(one, pd.NA) for one in FOUR},
                **dict(zip(ENDS, effect, strict=True)),
                "verdict": NOT_STARTED if campaign.begin > of.edition.peildatum else said,
                "compared": ", ".join(windows.members(name)) if name in windows.known else "",
            }
        )
    columns = ["campaign", "begin", "end", "topics", *FOUR, *ENDS, "verdict", "compared"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({**dict.fromkeys(FOUR, "Int64"), "compared": "str"})


def cross_ratio(four: list[float], phi: float = 1.0, basis: int = 1) -> tuple[float, float]:
    """Logarithm of own : other topics, in the campaign and otherwise, and its standard error."""
    cells = np.array(four) + HALF
    rounding = float(rounding_variance(basis))
    log = np.log(cells[0] * cells[3] / cells[1] / cells[2])
    return float(log), float(np.sqrt((phi / cells + rounding / cells**2).sum()))


def chance(log: float, error: float, free: float) -> float:
    """How rare a cross ratio as far off is when nothing changed."""
    return float(2 * student.sf(abs(log) / error, free))


def ends(
    log: float, error: float, free: float, level: float = LEVEL
) -> tuple[float, float, float, float]:
    """The ratio with its interval, and what had been seen with 80 % probability.

    Examples
    --------
    >>> [round(end, 6) for end in ends(*cross_ratio([20, 10, 60, 60], 1.5), 18)]
    [1.952381, 0.661186, 5.76508, 4.556353]
    """
    reach = float(student.ppf((1 + level) / 2, free))
    detectable = np.exp((float(student.ppf((1 + LEVEL) / 2, free)) + norm.ppf(POWER)) * error)
    ratio, low, high = np.exp([log, log - reach * error, log + reach * error])
    return float(ratio), float(low), float(high), float(detectable)
