"""What happened around a campaign: its own topics beside all other topics, before and after."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import hypergeom, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

from mma_analysis.measure.cells import BETWEEN, relation, with_identity
from mma_analysis.measure.crossings import RECEIPTS, receipt_cells, receipt_relations
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import MONTH, WINDOW
from mma_analysis.measure.rates import CANNOT_TELL, LEVEL, verdict
from mma_analysis.settings import Campagne
from mma_analysis.vocabulary import Vocabulary

WINDOW_MONTHS = 6
TARGET, OTHER, CONTROL = "target", "other", "control"
BEFORE, AFTER = "before", "after"
FOUR = ["target_before", "target_after", "other_before", "other_after"]
TWO = ["control_before", "control_after"]
POWER = 0.8  # to see an effect that there is
LARGEST_RATIO = 1e4  # a ratio that needs to be larger cannot be seen at all
NO_EFFECT = {"detectable": np.nan, "ratio": np.nan, "low": np.nan, "high": np.nan}
# Without a pair too: empty columns without a type make objects of millions of texts beside them.
TERMS = {"relation": "str", "cell": "str", "coefficient": "int64"}
NO_CONTROL = {"control_ratio": np.nan, "control_low": np.nan, "control_high": np.nan}


def campaign_cells(
    vocabulary: Vocabulary,
    meldingen: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Count receipts around each campaign, in the gemeenten that were connected all twelve months.

    `connected_on`: connection date of each gemeente that delivered: the others have no 0, but no
    count.

    Cells as in `cells.count_cells`: breakdown `campaign:<name>`, values `target_before`,
    `target_after`, `other_before`, `other_after`, and, when gemeenten did not take part,
    `control_before`, `control_after` (the campaign's topics there); none for a campaign that
    `_windows` leaves out. Never published, and in the system all the same: the receipts that tie
    them to all other cells, and what one campaign counts more than another (kind `BETWEEN`).
    """
    base = receipt_cells(vocabulary, meldingen, periods)
    every = [
        (_breakdown(campaign), value)
        for campaign in campaigns
        if _windows(campaign, periods)
        for value in [*FOUR, *(TWO if controls(campaign, connected_on, periods) else [])]
    ]
    if not every:
        return base.iloc[:0]
    keys = pd.MultiIndex.from_tuples(every, names=["breakdown", "value"])
    parts = _parts(base.reset_index(), campaigns, connected_on, periods)
    counts = parts.groupby(["breakdown", "value"])["count"].sum().reindex(keys, fill_value=0)
    district = vocabulary.district.slug
    cells = with_identity(
        vocabulary, counts.reset_index().assign(area=district, period=WINDOW, kind=WINDOW)
    )
    pairs = _pairs(vocabulary, campaigns, connected_on, periods)
    return pd.concat([cells, _difference_cells(vocabulary, pairs, cells["count"]), base])


def campaign_relations(
    vocabulary: Vocabulary,
    cells: pd.DataFrame,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """List of which receipts the cells of each campaign are the sum, as `cells.relations`.

    Its cells together may be a half year of the gemeenten that took part, and one campaign may
    count all that another does: a reader can subtract.
    """
    table = cells.reset_index()
    parts = _parts(table[table["breakdown"] == RECEIPTS], campaigns, connected_on, periods)
    own = table[table["kind"] == WINDOW]
    of_campaigns = relation(parts, own, ["breakdown", "value"], WINDOW)
    pairs = _pairs(vocabulary, campaigns, connected_on, periods)
    between = [_difference_relations(vocabulary, pairs)] if len(own) else []
    related = [of_campaigns, *between, receipt_relations(vocabulary, cells, periods)]
    return pd.concat(related, ignore_index=True)


def campaign_effects(
    counts: pd.DataFrame, campaigns: Sequence[Campagne], peildatum: pd.Timestamp
) -> pd.DataFrame:
    """Compare the change in a campaign's topics with the change in all other topics.

    The conditional odds ratio of the four counts (indicator `campaign_effect`), and as a check that
    of the same topics in gemeenten that did not take part.

    Protected `counts` has `breakdown`, `value`, `count` (missing when hidden).

    One row per campaign: `campaign`, `begin`, `end`, `topics`, the four counts, `detectable` (as
    `detectable_ratio`), `ratio`, `low`, `high`, `verdict` in `not_started`, `outside` (twelve
    months do not fit in the evaluation), `hidden`, `more`, `fewer`, `cannot_tell`; then the two
    counts of the control, `control_ratio`, `control_low`, `control_high` and `control_verdict`,
    which may be `none` (no such gemeenten). A ratio is missing without meldingen of one kind or on
    one side; infinite when its own topics had none before.

    Examples
    --------
    >>> four = {"target_before": 10, "target_after": 50, "other_before": 50, "other_after": 50}
    >>> counts = pd.DataFrame({"breakdown": "campaign:Proef", "value": four.keys(),
    ...                        "count": four.values()})
    >>> campaign = Campagne.model_validate({"naam": "Proef", "begin": "2022-06-01",
    ...                                     "eind": "2022-07-31", "topics": ["fraude"]})
    >>> found = campaign_effects(counts, [campaign], pd.Timestamp("2023-06-30"))
    >>> found[["detectable", "ratio", "verdict"]].round(1).to_numpy().tolist()
    [[2.7, 5.0, 'more']]
    """
    rows = [_effect(campaign, counts, peildatum) for campaign in campaigns]
    columns = ["campaign", "begin", "end", "topics", *FOUR, *NO_EFFECT, "verdict"]
    columns += [*TWO, *NO_CONTROL, "control_verdict"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys([*FOUR, *TWO], "Int64"))
    return described(table, "campaign_effect")


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


def comparable(campaign: Campagne, connected_on: pd.Series, periods: pd.DataFrame) -> list[str]:
    """The gemeenten that took part and were connected during the whole window."""
    return [slug for slug in _early(campaign, connected_on, periods) if took_part(campaign, slug)]


def controls(campaign: Campagne, connected_on: pd.Series, periods: pd.DataFrame) -> list[str]:
    """The gemeenten that did not take part and were connected during the whole window."""
    early = _early(campaign, connected_on, periods)
    return [slug for slug in early if not took_part(campaign, slug)]


def took_part(campaign: Campagne, slug: str) -> bool:
    """Whether a gemeente took part in a campaign."""
    return campaign.gemeenten == "alle" or slug in campaign.gemeenten


def _early(campaign: Campagne, connected_on: pd.Series, periods: pd.DataFrame) -> list[str]:
    windows = _windows(campaign, periods)
    if not windows:
        return []
    return list(connected_on.index[connected_on <= windows[BEFORE]["begin"].min()])


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
    for campaign in campaigns:
        is_target = base["value"].isin(campaign.topics)
        took_part = base["area"].isin(comparable(campaign, connected_on, periods))
        is_control = base["area"].isin(controls(campaign, connected_on, periods)) & is_target
        group = is_target.map({True: TARGET, False: OTHER}).mask(is_control, CONTROL)
        own = base.assign(breakdown=_breakdown(campaign), value=group)[took_part | is_control]
        for side, months in _windows(campaign, periods).items():
            named = own.assign(value=own["value"] + f"_{side}")
            parts.append(named[named["period"].isin(months["period"])])
    return pd.concat(parts, ignore_index=True)


class _Counted(NamedTuple):
    """What one count of a campaign, or its topics and all others together, is a count of."""

    district: str
    campaign: str
    values: tuple[str, ...]
    months: tuple[str, ...]
    gemeenten: frozenset[str]
    topics: frozenset[str]

    @property
    def name(self) -> str:
        """`campaign:name:target_before`, and what is counted with it."""
        return " + ".join(f"{self.campaign}:{value}" for value in self.values)

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of its cells."""
        return tuple(_cell(self.district, self.campaign, value) for value in self.values)

    def holds(self, other: "_Counted") -> bool:
        """Whether it counts all that the other does, and more."""
        mine, its = (self.gemeenten, self.topics), (other.gemeenten, other.topics)
        is_inside = its[0] <= mine[0] and its[1] <= mine[1]
        return self.months == other.months and is_inside and mine != its and all(its)


def _counted(
    vocabulary: Vocabulary,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> list[_Counted]:
    district, every = vocabulary.district.slug, frozenset(vocabulary.topics)
    found = []
    for campaign in campaigns:
        own = frozenset(comparable(campaign, connected_on, periods))
        others = frozenset(controls(campaign, connected_on, periods))
        topics = frozenset(campaign.topics)
        groups = [((TARGET,), own, topics), ((OTHER,), own, every - topics)]
        groups += [((TARGET, OTHER), own, every), ((CONTROL,), others, topics)]
        for side, months in _windows(campaign, periods).items():
            for names, gemeenten, about in groups:
                values = tuple(f"{name}_{side}" for name in names)
                named = (district, _breakdown(campaign), values, tuple(months["period"]))
                found.append(_Counted(*named, gemeenten, about))
    return found


def _breakdown(campaign: Campagne) -> str:
    """No two campaigns of an edition have one name; no breakdown of meldingen has such a name."""
    return f"campaign:{campaign.naam}"


def _cell(district: str, breakdown: str, value: str) -> str:
    return "|".join([district, WINDOW, breakdown, value])


def _pairs(
    vocabulary: Vocabulary,
    campaigns: Sequence[Campagne],
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> dict[str, tuple[_Counted, _Counted]]:
    """Every two counts of two campaigns of which the first holds the other, by their name."""
    every = permutations(_counted(vocabulary, campaigns, connected_on, periods), 2)
    pairs = [(a, b) for a, b in every if a.campaign != b.campaign and a.holds(b)]
    return {f"{large.name} - {small.name}": (large, small) for large, small in pairs}


def _difference_cells(
    vocabulary: Vocabulary, pairs: dict[str, tuple[_Counted, _Counted]], count: pd.Series
) -> pd.DataFrame:
    rows = [
        (name, count[list(large.cells)].sum() - count[list(small.cells)].sum())
        for name, (large, small) in pairs.items()
    ]
    table = pd.DataFrame(rows, columns=["value", "count"]).assign(
        area=vocabulary.district.slug, period=WINDOW, kind=BETWEEN, breakdown=BETWEEN
    )
    return with_identity(vocabulary, table.astype({"value": "str", "count": "int64"}))


def _difference_relations(
    vocabulary: Vocabulary, pairs: dict[str, tuple[_Counted, _Counted]]
) -> pd.DataFrame:
    terms = [
        (f"{BETWEEN}|{name}", cell, coefficient)
        for name, (large, small) in pairs.items()
        for cells, coefficient in (
            ((_cell(vocabulary.district.slug, BETWEEN, name), *small.cells), 1),
            (large.cells, -1),
        )
        for cell in cells
    ]
    return pd.DataFrame(terms, columns=list(TERMS)).astype(TERMS)


def _effect(campaign: Campagne, counts: pd.DataFrame, peildatum: pd.Timestamp) -> dict[str, object]:
    own = counts[counts["breakdown"] == _breakdown(campaign)].set_index("value")["count"]
    named = {name: own.get(name, pd.NA) for name in [*FOUR, *TWO]}
    begin, end = pd.Timestamp(campaign.begin), pd.Timestamp(campaign.eind)
    head = {"campaign": campaign.naam, "begin": begin, "end": end}
    head |= {"topics": ", ".join(campaign.topics)}
    if begin > peildatum:
        found = {**NO_EFFECT, "verdict": "not_started"}
    elif not campaign.topics:
        found = {**NO_EFFECT, "verdict": CANNOT_TELL}
    elif own.empty:
        found = {**NO_EFFECT, "verdict": "outside"}
    else:
        found = _ratio_of_changes([named[name] for name in FOUR])
    return {**head, **named, **found, **_control(own)}


def _control(own: pd.Series) -> dict[str, object]:
    """The campaign's topics, beside the same topics where there was no campaign."""
    if TWO[0] not in own.index:
        return {**NO_CONTROL, "control_verdict": "none"}
    found = _ratio_of_changes([own[name] for name in [*FOUR[:2], *TWO]])
    return {f"control_{key}": found[key] for key in ("ratio", "low", "high", "verdict")}


def _ratio_of_changes(counts: Sequence[Any]) -> dict[str, object]:
    """Own before and after, and of what it is compared with; any of them can be hidden."""
    if any(pd.isna(n) for n in counts):
        return {**NO_EFFECT, "verdict": "hidden"}
    own_before, own_after, other_before, other_after = (int(n) for n in counts)
    result = odds_ratio([[own_after, own_before], [other_after, other_before]])
    low, high = result.confidence_interval(LEVEL)
    return {
        "detectable": detectable_ratio(own_before, own_after, other_before, other_after),
        "ratio": result.statistic,
        "low": low,
        "high": high,
        "verdict": verdict(low, high, 1.0, CANNOT_TELL),
    }
