"""What being connected costs, by the tariffs of the edition, and what it may cost next year."""

import datetime as dt

import pandas as pd

from mma_analysis.measure.frame import WHOLE, Frame, connected_months
from mma_analysis.measure.rates import CANNOT_TELL, FEWEST_OF_SHARE
from mma_analysis.measure.released import whole_total
from mma_analysis.settings import Kosten, Scenario, Tarief
from mma_analysis.vocabulary import TOTAL, UNKNOWN, UsageError

EACH = ["per_melding", "per_useful_low", "per_useful_high", "per_1000_inhabitants_per_year"]
COLUMNS = {"area": "str", "inhabitants": "Int64"} | dict.fromkeys(
    ["per_year", "amount", *EACH], "Float64"
)
ONE_DAY = dt.timedelta(days=1)
CHANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
OUTCOMES = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
AS_NOW = "trend"


def costs_per_gemeente(of: Frame, counts: pd.DataFrame, basis: int) -> pd.DataFrame:
    """Compute what each gemeente's connection cost in the evaluated period, in euros.

    `amount` is missing when it depends on a count that is; `per_useful_low`, `per_useful_high`:
    when all, or none, of the unknown were useful; of rounded counts below `FEWEST_OF_SHARE` nothing
    is said per melding. A gemeente of a size without a tariff is a `UsageError`.
    """
    kosten, edition = of.edition.kosten or Kosten(), of.edition
    if not kosten.tarief:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    tariffs = _tariffs(of, kosten)
    whole = of.exposure[of.exposure["period"] == WHOLE].set_index("area")
    months = whole["connected_months"].reindex(tariffs.index).astype("Float64")
    first, last = pd.Timestamp(edition.begin), pd.Timestamp(edition.peildatum)
    is_joining = of.connected_on.reindex(tariffs.index).between(first, last)
    known, price = _useful(counts).reindex(tariffs.index), tariffs["per_melding"]
    variable = (price * known["count"].astype("Float64")).mask(price == 0, 0.0)
    table = tariffs[["inhabitants", "per_year"]].assign(
        amount=tariffs["per_year"] * months / 12 + tariffs["joining"] * is_joining + variable,
        per_1000_inhabitants_per_year=tariffs["per_year"] / tariffs["inhabitants"] * 1000,
    )
    table = _per_melding(table, known, basis).rename_axis("area").reset_index()
    return table[list(COLUMNS)].astype(COLUMNS)


def costs_of_district(
    of: Frame, costs: pd.DataFrame, counts: pd.DataFrame, basis: int
) -> pd.DataFrame:
    """Add up what the connections cost, and divide it by the meldingen of the same gemeenten.

    `gemeenten`: of which the amount is known; `counted_gemeenten`: that delivered, of these alone
    is what a melding costs, missing when one of their amounts is.
    """
    numbers = ["gemeenten", "amount", "counted_gemeenten", *EACH]
    if costs.empty:
        return pd.DataFrame(columns=["area", *numbers]).astype({"area": "str"})
    of_counted = costs.loc[costs["area"].isin(of.delivered), "amount"]
    known = costs["amount"].dropna()
    table = pd.DataFrame({"area": of.district, "amount": [of_counted.sum(skipna=False)]})
    table = _per_melding(table, _useful(counts).loc[[of.district]].reset_index(), basis).assign(
        gemeenten=len(known), amount=known.sum(), counted_gemeenten=len(of_counted)
    )
    table[EACH[-1]] = costs["per_year"].sum() / costs["inhabitants"].sum() * 1000
    return table[["area", *numbers]].astype(dict.fromkeys(["amount", *EACH], "Float64"))


def _per_melding(table: pd.DataFrame, counts: pd.DataFrame, basis: int) -> pd.DataFrame:
    """With the `amount` per melding, and per useful one at least and at most."""
    n, useful, unknown = (counts[name].astype("Float64") for name in ("count", "useful", "unknown"))
    is_enough = (n >= FEWEST_OF_SHARE).fillna(False) | (basis == 1)
    off = basis - 1  # each count may have been rounded down or up by so many
    of = {"per_melding": n, "per_useful_low": useful + unknown + 2 * off}
    of["per_useful_high"] = useful - off
    amounts = table["amount"].astype("Float64")
    return table.assign(**{name: amounts / n.where((n > 0) & is_enough) for name, n in of.items()})


def _useful(counts: pd.DataFrame) -> pd.DataFrame:
    """Per area: all meldingen, the useful ones, and those of which that is not known."""
    classes = {"count": (TOTAL, TOTAL), "useful": ("usable", "ja"), "unknown": ("usable", UNKNOWN)}
    return pd.DataFrame({name: whole_total(counts, *one) for name, one in classes.items()})


def _tariffs(of: Frame, kosten: Kosten) -> pd.DataFrame:
    """Per gemeente the tariff with the highest threshold that it reaches."""
    rows = {}
    for slug, people in of.people.items():
        reached = [tariff for tariff in kosten.tarief if people >= tariff.vanaf_inwoners]
        if not reached:
            raise UsageError.of("no_tariff", slug=slug, people=people)
        best: Tarief = max(reached, key=lambda tariff: tariff.vanaf_inwoners)
        rows[slug] = people, best.per_jaar, best.aansluiting, best.per_melding
    columns = ["inhabitants", "per_year", "joining", "per_melding"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def costs_per_phase(of: Frame) -> pd.DataFrame:
    """Compute what who paid for each gemeente, in each phase of the evaluation.

    Without a price per melding: meldingen are not counted per phase. `payer` is empty where no
    phase is, `amount` missing when it is not known since when the gemeente is connected.
    """
    columns = ["begin", "end", "payer", "area", "amount"]
    kosten = of.edition.kosten or Kosten()
    parts, day, last_day = [], of.edition.begin, of.edition.peildatum
    for phase in sorted(kosten.fase, key=lambda phase: phase.begin):
        first = max(phase.begin, of.edition.begin)
        last = min(phase.eind or last_day, last_day)
        if first > last:
            continue
        if first > day:
            parts.append((day, first - ONE_DAY, ""))
        parts.append((first, last, phase.betaler))
        day = last + ONE_DAY
    if not kosten.tarief or not parts:
        return pd.DataFrame(columns=columns)
    if day <= last_day:
        parts.append((day, last_day, ""))
    phases = pd.DataFrame(parts, columns=columns[:3]).rename_axis("period").reset_index()
    phases = phases.astype(dict.fromkeys(columns[:2], "datetime64[us]"))
    table = connected_months(of.connected_on, phases).merge(phases, on="period")
    tariffs = _tariffs(of, kosten)
    joined = table["area"].map(of.connected_on).between(table["begin"], table["end"])
    per_year, joining = (table["area"].map(tariffs[name]) for name in ("per_year", "joining"))
    table["amount"] = per_year * table["connected_months"] / 12 + joining * joined
    return table.sort_values(["begin", "area"])[columns]


def cost_scenarios(of: Frame, costs: pd.DataFrame, next_year: pd.DataFrame) -> pd.DataFrame:
    """Compute between which amounts the year after the peildatum may cost, in each scenario.

    The lowest amount goes with the fewest meldingen, the lowest amount per melding with the most.
    The first scenario (`trend`) is the interval of `next_year`, when that can be told.
    `whole_year`: meldingen of the last twelve months, had all been connected, when all delivered.
    """
    kosten, year = of.edition.kosten or Kosten(), next_year.iloc[0]
    is_known = len(of.delivered) == len(of.connected_on) and pd.notna(year["receipts"])
    whole_year = float(year["receipts"]) if is_known else None
    chosen = list(kosten.scenario)
    if is_known and year["verdict"] != CANNOT_TELL:
        change = [
            round(float(100 * (year[end] / year["receipts"] - 1)), 1) for end in ("low", "high")
        ]
        as_now = {"naam": AS_NOW, "gekozen_door": AS_NOW, "meldingen_procent": tuple(change)}
        chosen = [Scenario.model_validate(as_now), *chosen]
    prices, fixed = [tariff.per_melding for tariff in kosten.tarief], float(costs["per_year"].sum())
    rows, nothing = [], (pd.NA, pd.NA)
    for scenario in chosen if len(costs) else ():
        fewer, more = (1 + percent / 100 for percent in scenario.meldingen_procent)
        low, high = (1 + percent / 100 for percent in scenario.tarief_procent)
        amounts = (fixed * low, fixed * high) if not max(prices) else nothing
        each = nothing
        if whole_year is not None:
            fewest, most = whole_year * fewer, whole_year * more
            amounts = (fixed + min(prices) * fewest) * low, (fixed + max(prices) * most) * high
            if fewest:
                each = (fixed / most + min(prices)) * low, (fixed / fewest + max(prices)) * high
        percents = (*scenario.meldingen_procent, *scenario.tarief_procent)
        changes = [percent / 100 for percent in percents]
        head = (scenario.naam, scenario.gekozen_door, whole_year)
        rows.append((*head, *changes, *amounts, *each))
    names, numbers = ["scenario", "chosen_by"], ["whole_year", *CHANGES, *OUTCOMES]
    types = dict.fromkeys(names, "str") | dict.fromkeys(numbers, "Float64")
    return pd.DataFrame(rows, columns=[*names, *numbers]).astype(types)
