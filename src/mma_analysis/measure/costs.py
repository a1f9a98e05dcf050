"""What being connected costs, by the tariffs of the edition, and what it may cost next year."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from mma_analysis.measure.frame import Frame, connected_months
from mma_analysis.measure.periods import WHOLE, inhabitants, middle
from mma_analysis.measure.rates import FEWEST_OF_SHARE
from mma_analysis.measure.released import all_meldingen, whole_total
from mma_analysis.measure.verdicts import CANNOT_TELL
from mma_analysis.settings import Fase, Kosten, Scenario, Tarief
from mma_analysis.vocabulary import UNKNOWN, UsageError

COLUMNS = {
    "area": "str",
    "inhabitants": "Int64",
    "per_year": "Float64",
    "amount": "Float64",
    "per_melding": "Float64",
    "per_useful_low": "Float64",
    "per_useful_high": "Float64",
    "per_1000_inhabitants_per_year": "Float64",
}
EACH = {name: COLUMNS[name] for name in list(COLUMNS)[4:]}
IN_ALL = {"gemeenten": "int64", "amount": "Float64", "counted_gemeenten": "int64", **EACH}
PHASE = ["begin", "end", "payer", "area", "amount"]
ONE_DAY = dt.timedelta(days=1)


def costs_per_gemeente(of: Frame, counts: pd.DataFrame, basis: int) -> pd.DataFrame:
    """Compute what each gemeente's connection cost in the evaluated period.

    Of rounded counts below `FEWEST_OF_SHARE` nothing is said per melding.

    One row per gemeente, none when there are no tariffs: `area`, `inhabitants`, and in euros
    `per_year`, `amount` (missing when it depends on a count that is), `per_melding`,
    `per_useful_low`, `per_useful_high` (when all, or none, of the unknown were useful),
    `per_1000_inhabitants_per_year`.

    Raises
    ------
    UsageError
        When there are tariffs, but none for a gemeente of this size.
    """
    kosten, edition = of.edition.kosten or Kosten(), of.edition
    whole = of.exposure[of.exposure["period"] == WHOLE].set_index("area")
    first, last = pd.Timestamp(edition.begin), pd.Timestamp(edition.peildatum)
    joined = of.connected_on.index[of.connected_on.between(first, last)]
    return costs_of(kosten, people_of(of), whole["connected_months"], useful(counts), joined, basis)


def people_of(of: Frame) -> pd.Series:
    """Inhabitants per gemeente in the middle of the evaluation."""
    whole = of.periods[of.periods["kind"] == WHOLE]
    return inhabitants(of.vocabulary, middle(whole["begin"], whole["end"]).iloc[0])


def useful(counts: pd.DataFrame) -> pd.DataFrame:
    """Per area: all meldingen, the useful ones, and those of which that is not known."""
    names = {"useful": whole_total(counts, "usable", "ja")}
    names["unknown"] = whole_total(counts, "usable", UNKNOWN)
    return pd.DataFrame({"count": all_meldingen(counts), **names})


def costs_of(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_months: pd.Series,
    counts: pd.DataFrame,
    joined: Collection[str],
    basis: int = 1,
) -> pd.DataFrame:
    """The costs of each gemeente, as `costs_per_gemeente`, from what they follow from.

    `inhabitants` and `connected_months`: per gemeente slug; months over the whole period, missing
    when unknown.
    `counts`: per gemeente slug, as made by `useful`.
    `joined`: slugs of the gemeenten that joined within the period: these pay for connecting.

    Examples
    --------
    >>> tariffs = Kosten.model_validate({"tarief": [{"vanaf_inwoners": 0, "per_jaar": 1200}]})
    >>> counts = pd.DataFrame({"count": 24, "useful": 10, "unknown": 5}, index=["borne"])
    >>> found = costs_of(tariffs, pd.Series({"borne": 40000}), pd.Series({"borne": 12.0}),
    ...                  counts, [])
    >>> found[["amount", "per_melding", "per_useful_low", "per_useful_high"]].to_numpy().tolist()
    [[1200.0, 50.0, 80.0, 120.0]]
    """
    rows = []
    counted = counts.reindex(inhabitants.index).T
    for slug, people in inhabitants.items() if kosten.tarief else ():
        tariff = _tariff(kosten, str(slug), int(people))
        own = {str(name): n for name, n in counted[str(slug)].items()}
        fixed = tariff.per_jaar * connected_months.get(slug, pd.NA) / 12
        variable = tariff.per_melding * own["count"] if tariff.per_melding else 0.0
        amount = fixed + tariff.aansluiting * (slug in joined) + variable
        per_1000 = tariff.per_jaar / people * 1000
        each = _each(amount, own, basis)
        rows.append((slug, people, tariff.per_jaar, amount, *each, per_1000))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def costs_of_district(
    of: Frame, costs: pd.DataFrame, counts: pd.DataFrame, basis: int
) -> pd.DataFrame:
    """Add up what the connections cost, and divide it by the meldingen of the same gemeenten.

    One row, none when there are no tariffs: `area` (the district), `gemeenten` (of which the amount
    is known), `amount`, `counted_gemeenten` (that delivered: of these alone is what a melding
    costs, missing when one of their amounts is), `per_melding`, `per_useful_low`,
    `per_useful_high`, `per_1000_inhabitants_per_year`.
    """
    district = of.vocabulary.district.slug
    in_all = useful(counts).loc[district]
    table = costs_together(costs, of.delivered, dict(in_all), basis)
    return table.assign(area=district)[["area", *IN_ALL]]


def costs_together(
    costs: pd.DataFrame, delivered: Collection[str], counts: Mapping[str, Any], basis: int = 1
) -> pd.DataFrame:
    """The costs of all gemeenten, as `costs_of_district` without `area`.

    `counts`: of the district, as a row of `useful`.
    """
    if costs.empty:
        return pd.DataFrame(columns=list(IN_ALL))
    of_counted = costs.loc[costs["area"].isin(delivered), "amount"]
    known = costs["amount"].dropna()
    per_1000 = costs["per_year"].sum() / costs["inhabitants"].sum() * 1000
    each = _each(of_counted.sum(skipna=False), counts, basis)
    row = (len(known), known.sum(), len(of_counted), *each, per_1000)
    return pd.DataFrame([row], columns=list(IN_ALL)).astype(IN_ALL)


def costs_per_phase(of: Frame) -> pd.DataFrame:
    """Compute what who paid for each gemeente, in each phase of the evaluation.

    Without a price per melding: meldingen are not counted per phase.

    One row per phase and gemeente, none when there are no tariffs or no phases: `begin`, `end`
    (both included), `payer` (empty where no phase is), `area`, `amount` in euros (missing when it
    is not known since when the gemeente is connected).
    """
    edition = of.edition
    kosten = edition.kosten or Kosten()
    return paid_per_phase(kosten, people_of(of), of.connected_on, edition.begin, edition.peildatum)


def paid_per_phase(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_on: pd.Series,
    begin: dt.date,
    peildatum: dt.date,
) -> pd.DataFrame:
    """Who paid what, as `costs_per_phase`, from what it follows from.

    `connected_on`: connection date per gemeente slug; missing when unknown.
    """
    phases = _phases(kosten.fase, begin, peildatum)
    if not kosten.tarief or not phases:
        return pd.DataFrame(columns=PHASE)
    named = pd.DataFrame(phases, columns=PHASE[:3]).astype(
        dict.fromkeys(PHASE[:2], "datetime64[us]")
    )
    time = connected_months(connected_on, named.assign(period=named.index))
    table = time.merge(named, left_on="period", right_index=True)
    tariffs = {s: _tariff(kosten, str(s), int(n)) for s, n in inhabitants.items()}
    per_year = table["area"].map({slug: tariff.per_jaar for slug, tariff in tariffs.items()})
    joining = table["area"].map({slug: tariff.aansluiting for slug, tariff in tariffs.items()})
    joined = table["area"].map(connected_on).between(table["begin"], table["end"])
    amount = per_year * table["connected_months"] / 12 + joining * joined
    table = table.assign(amount=amount).sort_values(["begin", "area"], ignore_index=True)
    return table[PHASE]


def _each(amount: Any, counts: Mapping[str, Any], basis: int) -> tuple[Any, Any, Any]:
    """The amount per melding, and per useful one at least and at most."""
    if basis > 1 and not (pd.notna(counts["count"]) and counts["count"] >= FEWEST_OF_SHARE):
        return pd.NA, pd.NA, pd.NA
    useful, unknown = counts["useful"], counts["unknown"]
    off = basis - 1  # each count may have been rounded down or up by so many
    most, least = useful + unknown + 2 * off, useful - off
    return _per(amount, counts["count"]), _per(amount, most), _per(amount, least)


def _per(amount: Any, n: Any) -> Any:
    return amount / n if pd.notna(n) and n > 0 else pd.NA


def _phases(
    phases: tuple[Fase, ...], begin: dt.date, peildatum: dt.date
) -> list[tuple[dt.date, dt.date, str]]:
    """The parts of the evaluation by who paid, in order; what no phase covers has no payer."""
    parts, day = [], begin
    for phase in sorted(phases, key=lambda phase: phase.begin):
        first, last = max(phase.begin, begin), min(phase.eind or peildatum, peildatum)
        if first > last:
            continue
        if first > day:
            parts.append((day, first - ONE_DAY, ""))
        parts.append((first, last, phase.betaler))
        day = last + ONE_DAY
    return [*parts, (day, peildatum, "")] if parts and day <= peildatum else parts


def _tariff(kosten: Kosten, slug: str, people: int) -> Tarief:
    """The tariff with the highest threshold that the gemeente reaches."""
    reached = [tariff for tariff in kosten.tarief if people >= tariff.vanaf_inwoners]
    if not reached:
        raise UsageError(
            f"evaluatie.toml: kosten.tarief has no tariff for {slug} ({people} inhabitants); add "
            "one with a lower vanaf_inwoners, such as 0"
        )
    return max(reached, key=lambda tariff: tariff.vanaf_inwoners)


RANGES = ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
OUTCOMES = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
NAMES = ["scenario", "chosen_by"]
AS_NOW = "trend"


def cost_scenarios(of: Frame, costs: pd.DataFrame, next_year: pd.DataFrame) -> pd.DataFrame:
    """Compute what the year after the peildatum may cost, in each scenario: as `scenarios`.

    Without the meldingen unless all gemeenten delivered.
    """
    year = next_year.iloc[0]
    if len(of.delivered) < len(of.connected_on):
        year = year.mask(year.index.isin(["receipts", "low", "high"]))
    return scenarios(of.edition.kosten or Kosten(), costs, year)


def scenarios(kosten: Kosten, costs: pd.DataFrame, year: pd.Series) -> pd.DataFrame:
    """Compute between which amounts the year after the peildatum may cost, in each scenario.

    The lowest amount goes with the fewest meldingen, the lowest amount per melding with the most.

    `costs`: as made by `costs_per_gemeente`.
    `year`: a row as made by `trend.next_year`; its interval is the first scenario.

    One row per scenario, none when there are no tariffs: `scenario` and `chosen_by` (both `trend`
    for the first; empty when the edition does not say), `whole_year` (meldingen of the last twelve
    months, had all been connected), the changes `meldingen_low`, `meldingen_high`, `tariff_low`,
    `tariff_high` (0.1 is +10 %), and in euros `amount_low`, `amount_high`, `per_melding_low`,
    `per_melding_high`, missing where they depend on a `whole_year` that is.

    Examples
    --------
    >>> tariffs = Kosten.model_validate({
    ...     "tarief": [{"vanaf_inwoners": 0, "per_jaar": 1000}],
    ...     "scenario": [{"naam": "Meer", "meldingen_procent": [0, 25], "tarief_procent": [0, 10]}],
    ... })
    >>> costs = pd.DataFrame({"per_year": [1000]})
    >>> year = pd.Series({"receipts": 100.0, "low": 90, "high": 130, "verdict": "cannot_tell"})
    >>> found = scenarios(tariffs, costs, year)
    >>> found.loc[0, ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]].to_list()
    [1000.0, 1100.0, 8.0, 11.0]
    """
    numbers = ["whole_year", *RANGES, *OUTCOMES]
    named = [*_as_now(year), *kosten.scenario] if len(costs) else []
    prices = [tariff.per_melding for tariff in kosten.tarief]
    whole_year = None if pd.isna(year["receipts"]) else float(year["receipts"])
    rows = []
    for scenario in named:
        changes = [p / 100 for p in (*scenario.meldingen_procent, *scenario.tarief_procent)]
        outcomes = _range(float(costs["per_year"].sum()), prices, whole_year, *changes)
        rows.append((scenario.naam, scenario.gekozen_door, whole_year, *changes, *outcomes))
    table = pd.DataFrame(rows, columns=[*NAMES, *numbers])
    types = dict.fromkeys(NAMES, "str") | dict.fromkeys(numbers, "Float64")
    return table.astype(types)


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


def _as_now(year: pd.Series) -> list[Scenario]:
    """The scenario in which it goes on like this, when that can be told."""
    if pd.isna(year["receipts"]) or year["verdict"] == CANNOT_TELL:
        return []
    low, high = (
        round(float(100 * (year[end] / year["receipts"] - 1)), 1) for end in ("low", "high")
    )
    return [Scenario(naam=AS_NOW, gekozen_door=AS_NOW, meldingen_procent=(low, high))]
