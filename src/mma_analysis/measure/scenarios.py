"""What the year after the peildatum may cost, under assumptions that are named."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.measure.cells import CONNECTION
from mma_analysis.measure.exposure import DAYS_PER_MONTH
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import YEAR
from mma_analysis.measure.tables import Frame
from mma_analysis.settings import Kosten, Scenario

KNOWN = ["receipts", "whole_year"]
RANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
OUTCOMES = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
NAMES = ["scenario", "chosen_by"]
AS_NOW = "trend"


@dataclass(frozen=True)
class LastYear:
    """What all gemeenten received in the last complete year; none when it is not known."""

    receipts: int | None = None
    whole_year: int | None = None  # had each of them been connected all year


def receipts_of_last_year(counts: pd.DataFrame, of: Frame) -> LastYear:
    """Count what came in in the last complete year, and what that is in a whole year of each.

    A price for a year is for twelve months of every gemeente. Those that joined within the year
    have fewer in the count: what they received together is stretched to the whole year, at their
    own pace per inhabitant. What they received before joining makes that pace too high.

    Parameters
    ----------
    counts
        Protected counts, as made by `tables.released_counts`.

    Returns
    -------
    LastYear
        Both are none unless all gemeenten delivered; `whole_year` also when a gemeente was not
        connected at all in the year, when it is not known since when, and when the receipts of
        those that joined are not shown or, in the first year, not counted apart.
    """
    years = of.periods[of.periods["kind"].eq(YEAR) & of.periods["is_complete"]].tail(1)
    own = counts[counts["breakdown"].eq(CONNECTION) & counts["period"].isin(years["period"])]
    shown = own.set_index("value")["count"].dropna()
    if len(of.delivered) < len(of.connected_on) or "all" not in shown:
        return LastYear()
    receipts, (_, year) = int(shown["all"]), next(years.iterrows())
    is_gemeente = of.exposure["area"] != of.vocabulary.district.slug
    time = of.exposure[is_gemeente & of.exposure["period"].eq(year["period"])]
    if not (time["connected_months"] > 0).all():
        return LastYear(receipts)
    joined = time[(time["area"].map(of.connected_on) >= year["begin"]).to_numpy()]
    if joined.empty:
        return LastYear(receipts, receipts)
    if "new" not in shown:
        return LastYear(receipts)
    months = ((year["end"] - year["begin"]).days + 1) / DAYS_PER_MONTH
    of_joined = joined["inhabitant_years"]
    stretched = (of_joined * months / joined["connected_months"]).sum() / of_joined.sum()
    return LastYear(receipts, round(receipts + int(shown["new"]) * (stretched - 1)))


def cost_scenarios(
    kosten: Kosten, costs: pd.DataFrame, last_year: LastYear, trend: pd.DataFrame
) -> pd.DataFrame:
    """Compute between which amounts the year after the peildatum may cost, in each scenario.

    A scenario names the least and the most that the number of meldingen and the tariffs may change;
    the first one has the 95 % interval of the district's trend. All gemeenten are connected the
    whole year, in what is paid and in what is received: meldingen change from the last complete
    year, had all been connected in the whole of it. The lowest amount goes with the fewest
    meldingen, the lowest amount per melding with the most.

    Parameters
    ----------
    costs
        As made by `costs_per_gemeente`.
    last_year
        As made by `receipts_of_last_year`.
    trend
        As made by `trend.district_trend`.

    Returns
    -------
    pd.DataFrame
        One row per scenario, none when there are no tariffs: `scenario` (its name; `trend` for the
        first), `chosen_by` (who assumes it; empty when the edition does not say; `trend` for the
        first), `receipts`, `whole_year`, the changes `meldingen_low`, `meldingen_high`,
        `tariff_low`, `tariff_high` (0.1 is +10 %), and in euros `amount_low`, `amount_high`,
        `per_melding_low`, `per_melding_high`. What depends on `whole_year` is missing when it is.

    Examples
    --------
    >>> tariffs = Kosten.model_validate({
    ...     "tarief": [{"vanaf_inwoners": 0, "per_jaar": 1000}],
    ...     "scenario": [{"naam": "Meer", "meldingen_procent": [0, 25], "tarief_procent": [0, 10]}],
    ... })
    >>> costs = pd.DataFrame({"per_year": [1000]})
    >>> found = cost_scenarios(tariffs, costs, LastYear(90, 100), pd.DataFrame())
    >>> found.loc[0, ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]].to_list()
    [1000.0, 1100.0, 8.0, 11.0]
    """
    numbers = [*KNOWN, *RANGES, *OUTCOMES]
    scenarios = [*_as_now(trend), *kosten.scenario] if len(costs) else []
    prices = [tariff.per_melding for tariff in kosten.tarief]
    rows = []
    for scenario in scenarios:
        changes = [p / 100 for p in (*scenario.meldingen_procent, *scenario.tarief_procent)]
        outcomes = _range(float(costs["per_year"].sum()), prices, last_year.whole_year, *changes)
        known = (last_year.receipts, last_year.whole_year)
        rows.append((scenario.naam, scenario.gekozen_door, *known, *changes, *outcomes))
    table = pd.DataFrame(rows, columns=[*NAMES, *numbers])
    types = dict.fromkeys(NAMES, "str") | dict.fromkeys(numbers, "Float64")
    return described(table.astype(types), "cost_scenarios")


def _range(
    fixed: float, prices: list[float], n: Any, fewer: float, more: float, low: float, high: float
) -> tuple[Any, Any, Any, Any]:
    """The lowest and highest amount in all, and per melding."""
    fewest, most = (pd.NA if n is None else n * (1 + change) for change in (fewer, more))
    variable = (min(prices) * fewest, max(prices) * most) if max(prices) else (0.0, 0.0)
    amounts = ((fixed + variable[0]) * (1 + low), (fixed + variable[1]) * (1 + high))
    if n is None or fewest == 0:
        return (*amounts, pd.NA, pd.NA)
    each = ((fixed / most + min(prices)) * (1 + low), (fixed / fewest + max(prices)) * (1 + high))
    return (*amounts, *each)


def _as_now(trend: pd.DataFrame) -> list[Scenario]:
    """The scenario in which the number of meldingen stays within the interval of its trend."""
    known = trend.dropna(subset=["low", "high"]) if len(trend) else trend
    return [
        Scenario(
            naam=AS_NOW,
            gekozen_door=AS_NOW,
            meldingen_procent=(100 * float(row["low"]), 100 * float(row["high"])),
        )
        for _, row in known.head(1).iterrows()
    ]
