"""What being connected costs, by the tariffs of the edition, and what it may cost next year."""

from typing import Any

import pandas as pd

from mma_analysis.measure.frame import WHOLE, Frame
from mma_analysis.measure.rates import CANNOT_TELL, fewest
from mma_analysis.measure.released import values_of
from mma_analysis.vocabulary import TOTAL, UNKNOWN, UsageError

EACH = ["per_melding", "per_useful_low", "per_useful_high", "per_1000_inhabitants_per_year"]
COLUMNS = {"area": "str", "inhabitants": "Int64"} | dict.fromkeys(
    ["per_year", "amount", "amount_covered", *EACH], "Float64"
)
CHANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
NAMES, ENDS = ["scenario", "chosen_by"], ("low", "high")
AS_NOW, A_DAY = "trend", pd.Timedelta(days=1)


def costs_per_gemeente(of: Frame, counts: pd.DataFrame) -> pd.DataFrame:
    """What each gemeente's connection cost in the evaluated period, in euros.

    `amount_covered`: in the days that its delivery covers; per melding it is of these.
    `per_useful_low`, `per_useful_high`: when all, or none, of the unknown were useful. A gemeente
    of a size without a tariff is a `UsageError`.
    """
    tariffs = _tariffs(of)
    whole = of.of_kind(WHOLE)
    fixed = _fixed(of, tariffs, whole)
    # Of who did not deliver there is no number of meldingen to divide by.
    covered = _fixed(of, tariffs, whole, of.covered_until.fillna(whole["end"].iloc[0]))
    known = values_of(counts, TOTAL)[TOTAL].count.reindex(tariffs.index)
    price = tariffs["per_melding"]
    of_meldingen = (price * known).mask(price == 0, 0.0)
    table = tariffs[["inhabitants", "per_year"]].assign(
        amount=_by_area(fixed).reindex(tariffs.index) + of_meldingen,
        amount_covered=_by_area(covered).reindex(tariffs.index) + of_meldingen,
        per_1000_inhabitants_per_year=tariffs["per_year"] / tariffs["inhabitants"] * 1000,
    )
    table = _per_melding(table, table["amount_covered"], counts)
    table = table.rename_axis("area").reset_index()
    return table[list(COLUMNS)].astype(COLUMNS)


def _by_area(table: pd.DataFrame) -> pd.Series:
    return table.set_index("area")["amount"].astype("Float64")


def costs_of_district(of: Frame, costs: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """One row: what the connections of `gemeenten` cost, and per melding of those that delivered
    (`counted_gemeenten`), missing when one of their amounts is."""
    numbers = ["gemeenten", "amount", "counted_gemeenten", *EACH]
    if costs.empty:
        return pd.DataFrame(columns=["area", *numbers]).astype({"area": "str"})
    of_counted = costs.loc[costs["area"].isin(of.delivered), "amount_covered"]
    known = costs["amount"].dropna()
    amount = pd.Series([of_counted.sum(skipna=False)], [of.district])
    table = _per_melding(pd.DataFrame(index=amount.index), amount, counts)
    table = table.rename_axis("area").reset_index()
    table = table.assign(
        gemeenten=len(known), amount=known.sum(), counted_gemeenten=len(of_counted)
    )
    table[EACH[-1]] = costs["per_year"].sum() / costs["inhabitants"].sum() * 1000
    return table[["area", *numbers]].astype(dict.fromkeys(["amount", *EACH], "Float64"))


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
    table = table.copy()
    numbers = (of_all.count, perhaps.most, useful.least)
    for name, number in zip(EACH, numbers, strict=False):
        of = number.reindex(table.index)
        is_told = is_enough & (of > 0)
        table[name] = amounts / of.where(is_told)
    return table


def _tariffs(of: Frame) -> pd.DataFrame:
    """Per gemeente the tariff with the highest threshold that it reaches; no row without any."""
    tariffs, rows = of.edition.kosten.tarief, {}
    for slug, people in of.people.items() if tariffs else ():
        reached = [tariff for tariff in tariffs if people >= tariff.vanaf_inwoners]
        if not reached:
            raise UsageError.of("no_tariff", slug=slug, people=people)
        best = max(reached, key=lambda tariff: tariff.vanaf_inwoners)
        rows[slug] = people, best.per_jaar, best.aansluiting, best.per_melding
    columns = ["inhabitants", "per_year", "joining", "per_melding"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _fixed(
    of: Frame,
    tariffs: pd.DataFrame,
    spans: pd.DataFrame,
    until: pd.Series | None = None,
) -> pd.DataFrame:
    """The `amount` of each gemeente in each span, without a price per melding.

    Missing without a date of connection.

    `until`: the last day that counts, per gemeente.
    """
    table = of.connected_on.rename("since").rename_axis("area").reset_index()
    table = table.merge(spans, how="cross")
    if until is not None:
        last = table["area"].map(until)
        table["end"] = table["end"].where(table["end"] < last, last)
    first, after = table[["since", "begin"]].max(axis=1, skipna=False), table["end"] + A_DAY
    # Of the calendar, as a bill is: half a year is six months, however many days it has.
    months = 12 * (after.dt.year - first.dt.year) + after.dt.month - first.dt.month
    months = (months + (after.dt.day - first.dt.day) / first.dt.days_in_month).clip(lower=0)
    is_joining = table["since"].between(table["begin"], table["end"])
    per_year, joining = (table["area"].map(tariffs[name]) for name in ("per_year", "joining"))
    return table.assign(amount=per_year * months / 12 + joining * is_joining)


def costs_per_phase(of: Frame) -> pd.DataFrame:
    """What who paid for each gemeente, in each phase of the evaluation, but for its meldingen."""
    columns = ["begin", "end", "payer", "area", "amount"]
    first, last, tariffs = of.edition.begin, of.edition.peildatum, _tariffs(of)
    rows = [
        (max(phase.begin, first), min(phase.eind or last, last), phase.betaler)
        for phase in of.edition.kosten.fase
    ]
    phases = pd.DataFrame([row for row in rows if row[0] <= row[1]], columns=columns[:3])
    phases = phases.astype(dict.fromkeys(columns[:2], "datetime64[us]"))
    if tariffs.empty or phases.empty:
        return pd.DataFrame(columns=columns)
    return _fixed(of, tariffs, phases).sort_values(["begin", "area"])[columns]


def cost_scenarios(of: Frame, costs: pd.DataFrame, next_year: pd.DataFrame) -> pd.DataFrame:
    """Between which amounts the year after the peildatum may cost, in each scenario.

    `whole_year`: meldingen of the last twelve months, had all been connected, when all delivered.
    """
    kosten, year = of.edition.kosten, next_year.iloc[0]
    receipts = year["receipts"] if len(of.delivered) == len(of.connected_on) else None
    rows: list[tuple[Any, ...]] = [
        (one.naam, one.gekozen_door, receipts, *one.meldingen_procent, *one.tarief_procent)
        for one in kosten.scenario
    ]
    if pd.notna(receipts) and year["verdict"] != CANNOT_TELL:
        change = [round(float(100 * (year[end] / receipts - 1)), 1) for end in ("low", "high")]
        rows.insert(0, (AS_NOW, AS_NOW, receipts, *change, 0, 0))
    table = pd.DataFrame(rows if len(costs) else [], columns=[*NAMES, "whole_year", *CHANGES])
    table = table.astype(dict.fromkeys(NAMES, "str") | dict.fromkeys(table.columns[2:], "Float64"))
    table[CHANGES] = table[CHANGES] / 100
    prices = [tariff.per_melding for tariff in kosten.tarief] or [0]
    fixed, columns = float(costs["per_year"].sum()), list(table)
    number = {end: table["whole_year"] * (1 + table[f"meldingen_{end}"]) for end in ENDS}
    # The lowest amount goes with the fewest meldingen, the lowest per melding with the most.
    for end, other, price in zip(ENDS, ENDS[::-1], (min(prices), max(prices)), strict=True):
        tariff = 1 + table[f"tariff_{end}"]
        variable = price * number[end] if max(prices) else 0.0
        table[f"amount_{end}"] = (fixed + variable) * tariff
        table[f"per_melding_{end}"] = (
            fixed / number[other].mask(number["low"] <= 0) + price
        ) * tariff
    return table[[*columns, *(f"{name}_{end}" for name in ("amount", EACH[0]) for end in ENDS)]]
