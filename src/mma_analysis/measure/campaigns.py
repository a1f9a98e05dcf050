"""What happened around a campaign: its own topics beside all other topics, before and after."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats.contingency import odds_ratio

from mma_analysis import domain
from mma_analysis.edition import Campagne
from mma_analysis.measure.cells import with_identity
from mma_analysis.measure.periods import MONTH, WINDOW

WINDOW_MONTHS = 6
TARGET, OTHER, REST = "target", "other", "rest"
BEFORE, AFTER = "before", "after"


def campaign_cells(
    meldingen: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Count receipts around each campaign that has begun, in the gemeenten that can be compared.

    Only gemeenten that took part and were connected during all twelve months count; otherwise a
    newly joined gemeente looks like an effect. `rest` is everything else in those months: it is
    never published, it ties these cells to the district's months.

    Returns
    -------
    pd.DataFrame
        Cells as in `cells.count_cells`; breakdown `campaign_<n>` (place in the settings), values
        `target_before`, `target_after`, `other_…`, `rest_…`. Campaigns of which the twelve months
        are not all inside the evaluation have no cells.
    """
    rows = []
    for number, campaign in enumerate(campaigns):
        for side, months in _windows(campaign, periods).items():
            inside = meldingen[_in_months(meldingen, months)]
            takes_part = inside["gemeente"].isin(comparable(campaign, connected_on, periods))
            is_target = inside["topic"].isin(campaign.topics)
            counts = {
                TARGET: (takes_part & is_target).sum(),
                OTHER: (takes_part & ~is_target).sum(),
                REST: (~takes_part).sum(),
            }
            rows += [(f"campaign_{number}", f"{who}_{side}", n) for who, n in counts.items()]
    cells = pd.DataFrame(rows, columns=["breakdown", "value", "count"]).assign(
        area=domain.district().slug, period=WINDOW, kind=WINDOW
    )
    if cells.empty:
        return cells
    identified = with_identity(cells)
    return identified.assign(published=~identified["value"].str.startswith(REST))


def campaign_relations(
    cells: pd.DataFrame, campaigns: Sequence[Campagne], periods: pd.DataFrame
) -> pd.DataFrame:
    """Tie the cells of each campaign to the district's months: together they are the same rows."""
    table = cells.reset_index()
    total = table[(table["breakdown"] == domain.TOTAL) & (table["kind"] == MONTH)]
    parts = []
    for number, campaign in enumerate(campaigns):
        own = table[table["breakdown"] == f"campaign_{number}"]
        for side, months in _windows(campaign, periods).items():
            of_side = own[own["value"].str.endswith(side)].assign(coefficient=1)
            in_months = total[total["period"].isin(months["period"])].assign(coefficient=-1)
            name = f"campaign_{number}|{side}"
            parts.append(pd.concat([of_side, in_months]).assign(relation=name))
    if not parts:
        return pd.DataFrame(columns=["relation", "cell", "coefficient"])
    return pd.concat(parts, ignore_index=True)[["relation", "cell", "coefficient"]]


def campaign_effects(
    counts: pd.DataFrame, campaigns: Sequence[Campagne], peildatum: pd.Timestamp
) -> pd.DataFrame:
    """Compare the change in a campaign's topics with the change in all other topics.

    The ratio of the two changes is the odds ratio of the four counts; conditional maximum
    likelihood with the exact 95 % interval (scipy, `odds_ratio(kind="conditional")`). It assumes
    that without the campaign both kinds of topics would have changed alike.

    Parameters
    ----------
    counts
        Protected counts with `breakdown`, `value`, `count` (missing when hidden).

    Returns
    -------
    pd.DataFrame
        One row per campaign: `campaign`, `begin`, `end`, the four counts, `ratio`, `low`, `high`,
        `verdict` in `not_started`, `outside` (twelve months do not fit in the evaluation),
        `hidden`, `more`, `fewer`, `cannot_tell`.
    """
    return pd.DataFrame(
        [_effect(number, c, counts, peildatum) for number, c in enumerate(campaigns)],
        columns=[
            "campaign",
            "begin",
            "end",
            "topics",
            "target_before",
            "target_after",
            "other_before",
            "other_after",
            "ratio",
            "low",
            "high",
            "verdict",
        ],
    )


def comparable(campaign: Campagne, connected_on: pd.Series, periods: pd.DataFrame) -> list[str]:
    """The gemeenten that took part and were connected during the whole window."""
    window = _windows(campaign, periods)
    if not window:
        return []
    early = connected_on[connected_on <= window[BEFORE]["begin"].min()].index
    return [s for s in early if campaign.gemeenten == "alle" or s in campaign.gemeenten]


def _windows(campaign: Campagne, periods: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The months before and from the campaign's first month; empty when they do not fit."""
    months = periods[periods["kind"] == MONTH].reset_index(drop=True)
    at = months.index[
        (months["begin"] <= pd.Timestamp(campaign.begin))
        & (months["end"] >= pd.Timestamp(campaign.begin))
    ]
    if at.empty or at[0] < WINDOW_MONTHS or at[0] + WINDOW_MONTHS > len(months):
        return {}
    first = at[0]
    return {
        BEFORE: months.iloc[first - WINDOW_MONTHS : first],
        AFTER: months.iloc[first : first + WINDOW_MONTHS],
    }


def _in_months(meldingen: pd.DataFrame, months: pd.DataFrame) -> pd.Series:
    return meldingen["received_on"].between(
        months["begin"].min(), months["end"].max() + pd.Timedelta(hours=23)
    )


def _effect(
    number: int, campaign: Campagne, counts: pd.DataFrame, peildatum: pd.Timestamp
) -> tuple:
    own = counts[counts["breakdown"] == f"campaign_{number}"].set_index("value")["count"]
    sides = [f"{who}_{side}" for who in (TARGET, OTHER) for side in (BEFORE, AFTER)]
    four = [own.get(side, pd.NA) for side in sides]
    head = (
        campaign.naam,
        pd.Timestamp(campaign.begin),
        pd.Timestamp(campaign.eind),
        ", ".join(campaign.topics),
        *four,
    )
    if pd.Timestamp(campaign.begin) > peildatum:
        return (*head, np.nan, np.nan, np.nan, "not_started")
    if own.empty:
        return (*head, np.nan, np.nan, np.nan, "outside")
    if any(pd.isna(n) for n in four):
        return (*head, np.nan, np.nan, np.nan, "hidden")
    target_before, target_after, other_before, other_after = (int(n) for n in four)
    result = odds_ratio([[target_after, target_before], [other_after, other_before]])
    interval = result.confidence_interval(0.95)
    verdict = "more" if interval.low > 1 else "fewer" if interval.high < 1 else "cannot_tell"
    return (*head, result.statistic, interval.low, interval.high, verdict)
