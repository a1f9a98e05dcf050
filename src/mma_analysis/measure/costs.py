"""What being connected costs, by the tariffs of the edition, and what it may cost next year."""

from typing import Any

import pandas as pd

from mma_analysis.measure.frame import DAY, WHOLE, Frame
from mma_analysis.measure.rates import CANNOT_TELL, fewest
from mma_analysis.measure.released import values_of
from mma_analysis.settings.edition import Scenario, Tarief
from mma_analysis.vocabulary import TOTAL, UNKNOWN, UsageError

PER_MELDING = "per_melding"
PER_INHABITANTS = "per_1000_inhabitants_per_year"
EACH = [PER_MELDING, "per_useful_low", "per_useful_high", PER_INHABITANTS]
EUROS = ["per_year", "amount", "amount_covered", *EACH]
COLUMNS = {"area": "str", "inhabitants": "Int64"} | dict.fromkeys(EUROS, "Float64")
OF_PHASE = ["begin", "end", "payer", "area", "amount"]
NAMES = ["scenario", "chosen_by"]
CHANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
OF_SCENARIO = [*NAMES, "whole_year", *CHANGES]
AMOUNTS = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
AS_NOW = "trend"


def costs_per_gemeente(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """What each gemeente's connection cost in the evaluated period, in euros.

    `amount_covered`: in the days that its delivery covers; per melding it is of these.
    `per_useful_low`, `per_useful_high`: when all, or none, of the unknown were useful. A
    gemeente of a size without a tariff is a `UsageError`.
    """
    tariffs = _tariffs(of)
    whole = of.of_kind(WHOLE)
    # Of who did not deliver there is no number of meldingen to divide by.
    until = of.covered_until.fillna(whole["end"].iloc[0])
    fixed = _by_area(_fixed(of, tariffs, whole))
    covered = _by_area(_fixed(of, tariffs, whole, until))

    known = values_of(counts, TOTAL)[TOTAL].count.reindex(tariffs.index)
    price = tariffs["per_melding"]
    of_meldingen = (price * known).mask(price == 0, 0.0)
    per_inhabitant = tariffs["per_year"] / tariffs["inhabitants"]
    table = tariffs[["inhabitants", "per_year"]].assign(
        amount=fixed.reindex(tariffs.index) + of_meldingen,
        amount_covered=covered.reindex(tariffs.index) + of_meldingen,
        per_1000_inhabitants_per_year=per_inhabitant * 1000,
    )
    table = _per_melding(table, table["amount_covered"], counts)
    table = table.rename_axis("area").reset_index()
    return table[list(COLUMNS)].astype(COLUMNS)


def _by_area(table: pd.DataFrame) -> pd.Series:
    return table.set_index("area")["amount"].astype("Float64")


def costs_of_district(of: Frame, costs: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """One row: what connections cost together, and per melding of those that delivered.

    `gemeenten`: of which the `amount` is known; `counted_gemeenten`: those that delivered. Per
    melding it is missing when an amount of one of these is.
    """
    columns = ["area", "gemeenten", "amount", "counted_gemeenten", *EACH]
    if costs.empty:
        return pd.DataFrame(columns=columns).astype({"area": "str"})
    is_counted = costs["area"].isin(of.delivered)
    of_counted = costs.loc[is_counted, "amount_covered"]
    together = pd.Series([of_counted.sum(skipna=False)], [of.district])
    table = _per_melding(pd.DataFrame(index=together.index), together, counts)

    known = costs["amount"].dropna()
    table = table.rename_axis("area").reset_index()
    table = table.assign(
        gemeenten=len(known),
        amount=known.sum(),
        counted_gemeenten=len(of_counted),
    )
    per_inhabitant = costs["per_year"].sum() / costs["inhabitants"].sum()
    table[PER_INHABITANTS] = per_inhabitant * 1000
    return table[columns].astype(dict.fromkeys(["amount", *EACH], "Float64"))


def _per_melding(
    table: pd.DataFrame,
    amount: pd.Series,
    counts: pd.DataFrame,
) -> pd.DataFrame:
    """With this amount of each area per melding, and per useful one at least and most."""
    of_all = values_of(counts, TOTAL)[TOTAL]
    usable = values_of(counts, "usable")
    useful = usable["ja"]
    perhaps = useful + usable[UNKNOWN]
    # Of exact ones something may be said when it is not known of how many in all.
    is_exact = perhaps.off == 0
    is_enough = of_all.count >= fewest(of_all.off)
    is_enough = is_enough.fillna(is_exact).reindex(table.index)
    amounts = amount.astype("Float64")
    number_of = {
        "per_melding": of_all.count,
        "per_useful_low": perhaps.most,
        "per_useful_high": useful.least,
    }
    table = table.copy()
    for name, every in number_of.items():
        number = every.reindex(table.index)
        is_told = is_enough & (number > 0)
        table[name] = amounts / number.where(is_told)
    return table


# --- tariffs ------------------------------------------------------------------------------


def _tariffs(of: Frame) -> pd.DataFrame:
    """Per gemeente the tariff of the highest threshold that it reaches; no row without any."""
    rows = {}
    if of.edition.kosten.tarief:
        for slug, people in of.people.items():
            tariff = _tariff(of, str(slug), int(people))
            rows[slug] = (
                people,
                tariff.per_jaar,
                tariff.aansluiting,
                tariff.per_melding,
            )
    columns = ["inhabitants", "per_year", "joining", "per_melding"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _tariff(of: Frame, slug: str, people: int) -> Tarief:
    """The tariff of a gemeente of this size; a `UsageError` when there is none."""
    reached = []
    for tariff in of.edition.kosten.tarief:
        if tariff.vanaf_inwoners <= people:
            reached.append(tariff)
    if not reached:
        raise UsageError.of("no_tariff", slug=slug, people=people)
    return max(reached, key=lambda tariff: tariff.vanaf_inwoners)


def _fixed(
    of: Frame,
    tariffs: pd.DataFrame,
    spans: pd.DataFrame,
    until: pd.Series | None = None,
) -> pd.DataFrame:
    """The `amount` of each gemeente in each span, without a price per melding.

    Missing without a date of connection. `until`: the last day that counts, per gemeente.
    """
    table = of.connected_on.rename("since").rename_axis("area").reset_index()
    table = table.merge(spans, how="cross")
    if until is not None:
        last = table["area"].map(until)
        table["end"] = table["end"].where(table["end"] < last, last)
    first = table[["since", "begin"]].max(axis=1, skipna=False)
    months = _months(first, table["end"] + DAY)
    is_joining = table["since"].between(table["begin"], table["end"])
    per_year = table["area"].map(tariffs["per_year"])
    joining = table["area"].map(tariffs["joining"])
    return table.assign(amount=per_year * months / 12 + joining * is_joining)


def _months(first: pd.Series, after: pd.Series) -> pd.Series:
    """The months between two days; none when the second is the first, or before it.

    Of the calendar, as a bill is: half a year is six months, however many days it has.
    """
    years = after.dt.year - first.dt.year
    whole = 12 * years + after.dt.month - first.dt.month
    days = after.dt.day - first.dt.day
    months = whole + days / first.dt.days_in_month
    return months.clip(lower=0)


def costs_per_phase(of: Frame) -> pd.DataFrame:
    """What who paid for each gemeente in each phase of the evaluation, without meldingen."""
    tariffs = _tariffs(of)
    phases = _phases(of)
    if tariffs.empty or phases.empty:
        return pd.DataFrame(columns=OF_PHASE)
    return _fixed(of, tariffs, phases).sort_values(["begin", "area"])[OF_PHASE]


def _phases(of: Frame) -> pd.DataFrame:
    """Who pays from when to when, as far as it is in the evaluation."""
    rows = []
    for phase in of.edition.kosten.fase:
        begin = max(phase.begin, of.edition.begin)
        end = min(phase.eind or of.edition.peildatum, of.edition.peildatum)
        if begin <= end:
            rows.append((begin, end, phase.betaler))
    table = pd.DataFrame(rows, columns=["begin", "end", "payer"])
    return table.astype({"begin": "datetime64[us]", "end": "datetime64[us]"})


# --- next year ----------------------------------------------------------------------------


def cost_scenarios(of: Frame, costs: pd.DataFrame, next_year: pd.DataFrame) -> pd.DataFrame:
    """Between which amounts the year after the peildatum may cost, in each scenario.

    `whole_year`: meldingen of the last twelve months, had all been connected, when all
    delivered.
    """
    table = _scenarios(of, next_year.iloc[0]).iloc[: None if len(costs) else 0]
    fixed = float(costs["per_year"].sum())
    prices = [tariff.per_melding for tariff in of.edition.kosten.tarief] or [0]
    has_price = max(prices) > 0
    fewest_meldingen = table["whole_year"] * (1 + table["meldingen_low"])
    most_meldingen = table["whole_year"] * (1 + table["meldingen_high"])
    is_none = fewest_meldingen <= 0
    # The lowest amount goes with the fewest meldingen, the lowest per melding with the most.
    ends = {
        "low": (fewest_meldingen, most_meldingen, min(prices)),
        "high": (most_meldingen, fewest_meldingen, max(prices)),
    }
    for end, (number, others, price) in ends.items():
        tariff = 1 + table[f"tariff_{end}"]
        variable = price * number if has_price else 0.0
        per_melding = fixed / others.mask(is_none) + price
        table[f"amount_{end}"] = (fixed + variable) * tariff
        table[f"per_melding_{end}"] = per_melding * tariff
    return table[[*OF_SCENARIO, *AMOUNTS]]


def _scenarios(of: Frame, year: pd.Series) -> pd.DataFrame:
    """What each scenario assumes, as parts of one; first what the trend says, when it does."""
    receipts = year["receipts"] if len(of.delivered) == len(of.connected_on) else None
    rows: list[tuple[Any, ...]] = []
    if pd.notna(receipts) and year["verdict"] != CANNOT_TELL:
        low = _percent(year["low"] / receipts - 1)
        high = _percent(year["high"] / receipts - 1)
        rows.append((AS_NOW, AS_NOW, receipts, low, high, 0, 0))
    for scenario in of.edition.kosten.scenario:
        rows.append(_assumed(scenario, receipts))
    table = pd.DataFrame(rows, columns=OF_SCENARIO)
    numbers = dict.fromkeys(["whole_year", *CHANGES], "Float64")
    table = table.astype(dict.fromkeys(NAMES, "str") | numbers)
    table[CHANGES] = table[CHANGES] / 100
    return table


def _assumed(scenario: Scenario, receipts: Any) -> tuple[Any, ...]:
    """What one scenario assumes, in percents."""
    meldingen = scenario.meldingen_procent
    tariff = scenario.tarief_procent
    return (scenario.naam, scenario.gekozen_door, receipts, *meldingen, *tariff)


def _percent(share: Any) -> float:
    return round(float(100 * share), 1)
