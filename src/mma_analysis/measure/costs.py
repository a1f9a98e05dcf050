"""What being connected costs by the tariffs of the edition, and may cost next year."""

from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.measure.comparison import LARGE
from mma_analysis.measure.frame import ONE_DAY, WHOLE, Frame
from mma_analysis.measure.rates import CANNOT_TELL, fewest
from mma_analysis.measure.released import values_of
from mma_analysis.settings.edition import Scenario, Tarief
from mma_analysis.vocabulary import TOTAL, UNKNOWN, UsageError

PER_MELDING = "per_melding"
PER_INHABITANTS = "per_1000_inhabitants_per_year"
EACH = [PER_MELDING, "per_useful_low", "per_useful_high", PER_INHABITANTS]
EUROS = ["per_year", "amount", "amount_covered", *EACH]
COST_COLUMNS = {"area": "str", "inhabitants": "Int64"} | dict.fromkeys(EUROS, "Float64")
OF_PHASE = ["begin", "end", "payer", "area", "amount"]
SCENARIO_COLUMNS = ["scenario", "chosen_by"]
TARIFF_RANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
AMOUNT_RANGES = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
AS_NOW = "trend"


class YearlyCosts(NamedTuple):
    """What a gemeente of this size pays, in euros: per year, once to join, per melding."""

    inhabitants: int
    per_year: float
    joining: float
    per_melding: float


class Assumption(NamedTuple):
    """What a scenario assumes of next year, in percents; `chosen_by` says who does.

    `whole_year`: the meldingen of the last twelve months, had all been connected.
    """

    scenario: str
    chosen_by: str
    whole_year: Any
    meldingen_low: float
    meldingen_high: float
    tariff_low: float
    tariff_high: float


# --- this evaluation ----------------------------------------------------------------------


def costs_per_gemeente(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """What each gemeente's connection cost in the evaluated period, in euros.

    One row per gemeente, as far as there are tariffs. `amount_covered`: in the days that
    its delivery covers; per melding it is of these. `per_useful_low`, `per_useful_high`:
    when all, or none, of the unknown were useful. A gemeente of a size without a tariff is
    a `UsageError`.
    """
    tariffs = _tariffs(of)
    whole = of.of_kind(WHOLE)
    # Of who did not deliver there is no number of meldingen to divide by.
    until = of.covered_until.fillna(whole["end"].iloc[0])
    fixed = _by_area(_fixed(of, tariffs, whole))
    fixed = fixed.reindex(tariffs.index)
    covered = _by_area(_fixed(of, tariffs, whole, until))
    covered = covered.reindex(tariffs.index)

    of_all = values_of(counts, TOTAL)[TOTAL]
    known = of_all.count.reindex(tariffs.index)
    price = tariffs["per_melding"]
    is_free = price == 0
    of_meldingen = (price * known).mask(is_free, 0.0)

    per_inhabitant = tariffs["per_year"] / tariffs["inhabitants"]
    table = tariffs[["inhabitants", "per_year"]].assign(
        amount=fixed + of_meldingen,
        amount_covered=covered + of_meldingen,
        per_1000_inhabitants_per_year=per_inhabitant * 1000,
    )
    table = _per_melding(table, table["amount_covered"], counts)
    table = table.rename_axis("area").reset_index()
    return table[list(COST_COLUMNS)].astype(COST_COLUMNS)


def _by_area(table: pd.DataFrame) -> pd.Series:
    """The `amount` of each gemeente, on its name."""
    amount = table.set_index("area")["amount"]
    return amount.astype("Float64")


def costs_of_district(of: Frame, costs: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """One row: what connections cost together, and per melding of those that delivered.

    `gemeenten`: of which the `amount` is known; `counted_gemeenten`: those that delivered.
    Per melding it is missing when an amount of one of these is. No row without tariffs.
    """
    columns = ["area", "gemeenten", "amount", "counted_gemeenten", *EACH]
    if costs.empty:
        return pd.DataFrame(columns=columns).astype({"area": "str"})
    is_counted = costs["area"].isin(of.delivered)
    of_counted = costs.loc[is_counted, "amount_covered"]
    sum_of_counted = of_counted.sum(skipna=False)
    amount = pd.Series([sum_of_counted], [of.district])
    table = _per_melding(pd.DataFrame(index=amount.index), amount, counts)

    known = costs["amount"].dropna()
    per_inhabitant = costs["per_year"].sum() / costs["inhabitants"].sum()
    table = table.rename_axis("area").reset_index()
    table = table.assign(
        gemeenten=len(known),
        amount=known.sum(),
        counted_gemeenten=len(of_counted),
        per_1000_inhabitants_per_year=per_inhabitant * 1000,
    )
    euros = dict.fromkeys(["amount", *EACH], "Float64")
    return table[columns].astype(euros)


def costs_by_size(of: Frame, costs: pd.DataFrame, by_size: pd.DataFrame) -> pd.DataFrame:
    """What a melding costs small gemeenten together, and large ones, in euros.

    Two rows, `small` and `large`, as in `by_size`: the `amount` of the days that their
    deliveries cover, and that per melding. None without tariffs, when an amount is not
    known, or where gemeenten have too few meldingen.
    """
    columns = ["size", "gemeenten", "amount", PER_MELDING]
    is_counted = costs["area"].isin(of.delivered)
    counted = costs[is_counted]
    is_large = counted["inhabitants"] >= LARGE
    rows = []
    for size, is_of_size in (("small", ~is_large), ("large", is_large)):
        together = by_size[by_size["size"] == size]
        amounts = counted.loc[is_of_size, "amount_covered"]
        amount = amounts.sum(skipna=False)
        if together.empty or pd.isna(amount):
            continue
        count = together["count"].item()
        off = together["off"].item()
        if len(amounts) != together["gemeenten"].item() or count < fewest(off):
            continue
        rows.append([size, len(amounts), amount, amount / count])
    if len(rows) < 2:
        return pd.DataFrame(columns=columns)
    euros = dict.fromkeys(["amount", PER_MELDING], "Float64")
    return pd.DataFrame(rows, columns=columns).astype(euros)


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
    # A useful one is no cheaper than one of all: the margins of two roundings would say so.
    useful_most = perhaps.most.clip(upper=of_all.count)

    # Of exact ones something may be said when it is not known of how many in all.
    is_exact = perhaps.off == 0
    is_enough = of_all.count >= fewest(of_all.off)
    is_enough = is_enough.fillna(is_exact).reindex(table.index)

    amounts = amount.astype("Float64")
    number_of = {
        "per_melding": of_all.count,
        "per_useful_low": useful_most,
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
    """Per gemeente the tariff of the highest threshold that it reaches.

    One row per gemeente, on its name; none when the edition has no tariffs.
    """
    rows = {}
    if of.edition.kosten.tarief:
        for slug, people in of.people.items():
            tariff = _tariff(of, str(slug), int(people))
            rows[slug] = YearlyCosts(
                inhabitants=people,
                per_year=tariff.per_jaar,
                joining=tariff.aansluiting,
                per_melding=tariff.per_melding,
            )
    columns = list(YearlyCosts._fields)
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

    One row per gemeente and span; missing without a date of connection. `until`: the last
    day that counts, per gemeente.
    """
    connections = of.connected_on.rename("since").rename_axis("area").reset_index()
    table = connections.merge(spans, how="cross")
    area = table["area"]
    end = table["end"]
    if until is not None:
        last = area.map(until)
        end = end.where(end < last, last)
    first = table[["since", "begin"]].max(axis=1, skipna=False)
    months = _months(first, end + ONE_DAY)
    is_joining = table["since"].between(table["begin"], end)

    of_months = area.map(tariffs["per_year"]) * months / 12
    of_joining = area.map(tariffs["joining"]) * is_joining
    return table.assign(end=end, amount=of_months + of_joining)


def _months(first: pd.Series, after: pd.Series) -> pd.Series:
    """The months between two days; none when the second is the first, or before it.

    Of the calendar, as a bill is: half a year is six months, however many days it has.
    """
    years = after.dt.year - first.dt.year
    months = after.dt.month - first.dt.month
    days = after.dt.day - first.dt.day
    of_days = days / first.dt.days_in_month
    between = 12 * years + months + of_days
    return between.clip(lower=0)


def costs_per_phase(of: Frame) -> pd.DataFrame:
    """What who paid in each phase of the evaluation, in euros, without a price per melding.

    One row per phase and gemeente; none without tariffs or phases.
    """
    tariffs = _tariffs(of)
    phases = _phases(of)
    if tariffs.empty or phases.empty:
        return pd.DataFrame(columns=OF_PHASE)
    table = _fixed(of, tariffs, phases)
    return table.sort_values(["begin", "area"])[OF_PHASE]


def _phases(of: Frame) -> pd.DataFrame:
    """Who pays from when to when, as far as it is in the evaluation."""
    peildatum = of.edition.peildatum
    rows = []
    for phase in of.edition.kosten.fase:
        last = phase.eind or peildatum
        begin = max(phase.begin, of.edition.begin)
        end = min(last, peildatum)
        if begin <= end:
            rows.append((begin, end, phase.betaler))
    table = pd.DataFrame(rows, columns=["begin", "end", "payer"])
    return table.astype({"begin": "datetime64[us]", "end": "datetime64[us]"})


# --- next year ----------------------------------------------------------------------------


def cost_scenarios(of: Frame, costs: pd.DataFrame, next_year: pd.DataFrame) -> pd.DataFrame:
    """Between which amounts the year after the peildatum may cost, in each scenario.

    One row per scenario, in euros; none without costs. `whole_year`: meldingen of the last
    twelve months, had all been connected, when all delivered. Its lowest and its highest:

    amount = (fixed + price · meldingen) · tariff    per melding = amount / meldingen
    """
    table = _scenarios(of, next_year.iloc[0])
    if costs.empty:
        table = table.head(0)
    fixed = float(costs["per_year"].sum())
    prices = [tariff.per_melding for tariff in of.edition.kosten.tarief] or [0]
    lowest_price = min(prices)
    highest_price = max(prices)
    fewest_meldingen = table["whole_year"] * (1 + table["meldingen_low"])
    most_meldingen = table["whole_year"] * (1 + table["meldingen_high"])
    lowest_tariff = 1 + table["tariff_low"]
    highest_tariff = 1 + table["tariff_high"]

    variable_low: Any = 0.0
    variable_high: Any = 0.0
    has_price = highest_price > 0
    if has_price:
        variable_low = lowest_price * fewest_meldingen
        variable_high = highest_price * most_meldingen
    table["amount_low"] = (fixed + variable_low) * lowest_tariff
    table["amount_high"] = (fixed + variable_high) * highest_tariff

    # The lowest amount is of the fewest meldingen, the lowest per melding of the most.
    may_be_none = fewest_meldingen <= 0
    fixed_low = fixed / most_meldingen.mask(may_be_none)
    fixed_high = fixed / fewest_meldingen.mask(may_be_none)
    table["per_melding_low"] = (fixed_low + lowest_price) * lowest_tariff
    table["per_melding_high"] = (fixed_high + highest_price) * highest_tariff
    return table[[*Assumption._fields, *AMOUNT_RANGES]]


def _scenarios(of: Frame, year: pd.Series) -> pd.DataFrame:
    """What each scenario assumes, as parts of one.

    First what the trend says of the `year` to come, when it says something.
    """
    receipts = None
    if len(of.delivered) == len(of.connected_on):
        receipts = year["whole_year"]
    rows: list[Assumption] = []
    if pd.notna(receipts) and year["verdict"] != CANNOT_TELL:
        rows.append(_as_now(year))
    for scenario in of.edition.kosten.scenario:
        rows.append(_assumed(scenario, receipts))

    names = dict.fromkeys(SCENARIO_COLUMNS, "str")
    numbers = dict.fromkeys(["whole_year", *TARIFF_RANGES], "Float64")
    table = pd.DataFrame(rows, columns=Assumption._fields).astype(names | numbers)
    table[TARIFF_RANGES] = table[TARIFF_RANGES] / 100
    return table


def _as_now(year: pd.Series) -> Assumption:
    """That meldingen change as the trend says, and the tariffs do not."""
    receipts = year["whole_year"]
    return Assumption(
        scenario=AS_NOW,
        chosen_by=AS_NOW,
        whole_year=receipts,
        meldingen_low=_percent(year["low"] / receipts - 1),
        meldingen_high=_percent(year["high"] / receipts - 1),
        tariff_low=0,
        tariff_high=0,
    )


def _assumed(scenario: Scenario, receipts: Any) -> Assumption:
    """What a scenario of the edition assumes."""
    meldingen_low, meldingen_high = scenario.meldingen_procent
    tariff_low, tariff_high = scenario.tarief_procent
    return Assumption(
        scenario=scenario.naam,
        chosen_by=scenario.gekozen_door,
        whole_year=receipts,
        meldingen_low=meldingen_low,
        meldingen_high=meldingen_high,
        tariff_low=tariff_low,
        tariff_high=tariff_high,
    )


def _percent(share: Any) -> float:
    return round(float(100 * share), 1)
