"""What happened around a campaign: its own topics beside all other topics, before and after."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats.contingency import odds_ratio

from mma_analysis import domain
from mma_analysis.edition import Campagne
from mma_analysis.measure.cells import relation, with_identity
from mma_analysis.measure.periods import MONTH, WINDOW
from mma_analysis.measure.receipts import RECEIPTS, receipt_cells, receipt_relations

WINDOW_MONTHS = 6
TARGET, OTHER = "target", "other"
BEFORE, AFTER = "before", "after"
FOUR = ["target_before", "target_after", "other_before", "other_after"]
NO_EFFECT = {"ratio": np.nan, "low": np.nan, "high": np.nan}


def campaign_cells(
    meldingen: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Count receipts around each campaign, in the gemeenten that can be compared.

    Only gemeenten that took part and were connected during all twelve months count; otherwise a
    newly joined gemeente looks like an effect.

    Returns
    -------
    pd.DataFrame
        Cells as in `cells.count_cells`: breakdown `campaign_<n>` (place in the settings), values
        `target_before`, `target_after`, `other_before`, `other_after`; and, never published, the
        receipts that tie them to all other cells. A campaign without topics, or of which the twelve
        months are not all inside the evaluation, has no cells.
    """
    base = receipt_cells(meldingen, periods)
    compared = [f"campaign_{n}" for n, c in enumerate(campaigns) if _windows(c, periods)]
    every = pd.MultiIndex.from_product([compared, FOUR], names=["breakdown", "value"])
    parts = _parts(base.reset_index(), campaigns, connected_on, periods)
    counts = parts.groupby(["breakdown", "value"])["count"].sum().reindex(every, fill_value=0)
    cells = with_identity(
        counts.reset_index().assign(area=domain.district().slug, period=WINDOW, kind=WINDOW)
    )
    return pd.concat([cells, base]) if compared else cells


def campaign_relations(
    cells: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """List of which receipts the cells of each campaign are the sum, as `cells.relations`.

    When a campaign begins with a half year, its cells together are a half year of the gemeenten
    that took part: a reader can subtract.
    """
    table = cells.reset_index()
    parts = _parts(table[table["breakdown"] == RECEIPTS], campaigns, connected_on, periods)
    own = table[table["kind"] == WINDOW]
    of_campaigns = relation(parts, own, ["breakdown", "value"], WINDOW)
    return pd.concat([of_campaigns, receipt_relations(cells, periods)], ignore_index=True)


def campaign_effects(
    counts: pd.DataFrame, campaigns: Sequence[Campagne], peildatum: pd.Timestamp
) -> pd.DataFrame:
    """Compare the change in a campaign's topics with the change in all other topics.

    The ratio of the two changes is the odds ratio of the four counts; conditional maximum
    likelihood with the exact 95 % interval (scipy, `odds_ratio(kind="conditional")`). It assumes
    that meldingen come independently, and that without the campaign both kinds of topics would have
    changed alike, the season included.

    Parameters
    ----------
    counts
        Protected counts with `breakdown`, `value`, `count` (missing when hidden).

    Returns
    -------
    pd.DataFrame
        One row per campaign: `campaign`, `begin`, `end`, `topics`, the four counts, `ratio`, `low`,
        `high`, `verdict` in `not_started`, `outside` (twelve months do not fit in the evaluation),
        `hidden`, `more`, `fewer`, `cannot_tell`. The ratio is missing when there were no meldingen
        of one kind, or on one side; infinite when its own topics had none before.
    """
    rows = [_effect(f"campaign_{n}", c, counts, peildatum) for n, c in enumerate(campaigns)]
    columns = ["campaign", "begin", "end", "topics", *FOUR, *NO_EFFECT, "verdict"]
    return pd.DataFrame(rows, columns=columns).astype({name: "Int64" for name in FOUR})


def comparable(campaign: Campagne, connected_on: pd.Series, periods: pd.DataFrame) -> list[str]:
    """The gemeenten that took part and were connected during the whole window."""
    windows = _windows(campaign, periods)
    if not windows:
        return []
    early = connected_on.index[connected_on <= windows[BEFORE]["begin"].min()]
    return [s for s in early if campaign.gemeenten == "alle" or s in campaign.gemeenten]


def _windows(campaign: Campagne, periods: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The whole months before and from the campaign's first; empty when it cannot be compared."""
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]].reset_index(drop=True)
    begin = pd.Timestamp(campaign.begin)
    inside = np.flatnonzero((months["begin"] <= begin) & (months["end"] >= begin))
    first = int(inside[0]) if len(inside) else 0
    if not campaign.topics or first < WINDOW_MONTHS or first + WINDOW_MONTHS > len(months):
        return {}
    return {
        BEFORE: months.iloc[first - WINDOW_MONTHS : first],
        AFTER: months.iloc[first : first + WINDOW_MONTHS],
    }


def _parts(
    base: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Each campaign's receipts: the rows of `base`, with breakdown and value of the campaign."""
    parts = [base.iloc[:0]]
    for number, campaign in enumerate(campaigns):
        own = base[base["area"].isin(comparable(campaign, connected_on, periods))]
        is_target = own["value"].isin(campaign.topics)
        for side, months in _windows(campaign, periods).items():
            value = is_target.map({True: f"{TARGET}_{side}", False: f"{OTHER}_{side}"})
            named = own.assign(breakdown=f"campaign_{number}", value=value)
            parts.append(named[own["period"].isin(months["period"])])
    return pd.concat(parts, ignore_index=True)


def _effect(
    breakdown: str, campaign: Campagne, counts: pd.DataFrame, peildatum: pd.Timestamp
) -> dict[str, object]:
    own = counts[counts["breakdown"] == breakdown].set_index("value")["count"]
    four = {name: own.get(name, pd.NA) for name in FOUR}
    begin, end = pd.Timestamp(campaign.begin), pd.Timestamp(campaign.eind)
    head = {"campaign": campaign.naam, "begin": begin, "end": end}
    head |= {"topics": ", ".join(campaign.topics)}
    if begin > peildatum:
        found = {**NO_EFFECT, "verdict": "not_started"}
    elif not campaign.topics:
        found = {**NO_EFFECT, "verdict": "cannot_tell"}
    elif own.empty:
        found = {**NO_EFFECT, "verdict": "outside"}
    elif any(pd.isna(n) for n in four.values()):
        found = {**NO_EFFECT, "verdict": "hidden"}
    else:
        found = _ratio_of_changes(*(int(n) for n in four.values()))
    return {**head, **four, **found}


def _ratio_of_changes(
    target_before: int, target_after: int, other_before: int, other_after: int
) -> dict[str, object]:
    result = odds_ratio([[target_after, target_before], [other_after, other_before]])
    low, high = result.confidence_interval(0.95)
    verdict = "more" if low > 1 else "fewer" if high < 1 else "cannot_tell"
    return {"ratio": result.statistic, "low": low, "high": high, "verdict": verdict}
