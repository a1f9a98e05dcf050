"""What being connected costs, from the tariffs that the edition names."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from mma_analysis.measure.exposure import connected_months
from mma_analysis.measure.indicators import described
from mma_analysis.settings import Fase, Kosten, Tarief
from mma_analysis.vocabulary import UsageError

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


def costs_per_gemeente(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_months: pd.Series,
    counts: pd.DataFrame,
    joined: Collection[str],
) -> pd.DataFrame:
    """Compute what each gemeente's connection cost in the evaluated period.

    The yearly price counts for the connected part of the period, the price of connecting only when
    the gemeente joined in it. A price per melding is added only when the count may be shown;
    otherwise the amount is missing, because it would give the count. Of most meldingen it is not
    known whether they were useful: the price of a useful one lies between that when all of those
    were, and that when none was.

    Parameters
    ----------
    inhabitants, connected_months
        Per gemeente slug; months over the whole period, missing when unknown.
    counts
        Per gemeente slug over the whole period, missing when hidden: `count`, `useful`, `unknown`
        (of which it is not known whether they were useful).
    joined
        Slugs of the gemeenten that joined within the period.

    Returns
    -------
    pd.DataFrame
        One row per gemeente, none when there are no tariffs: `area`, `inhabitants`, and in euros
        `per_year`, `amount`, `per_melding` (amount per counted melding; missing when the count is),
        `per_useful_low`, `per_useful_high`, `per_1000_inhabitants_per_year`.

    Raises
    ------
    UsageError
        When there are tariffs, but none for a gemeente of this size.

    Examples
    --------
    >>> tariffs = Kosten.model_validate({"tarief": [{"vanaf_inwoners": 0, "per_jaar": 1200}]})
    >>> counts = pd.DataFrame({"count": 24, "useful": 10, "unknown": 5}, index=["borne"])
    >>> found = costs_per_gemeente(tariffs, pd.Series({"borne": 40000}),
    ...                            pd.Series({"borne": 12.0}), counts, [])
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
        rows.append((slug, people, tariff.per_jaar, amount, *_each(amount, own), per_1000))
    return described(pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS), "costs")


def costs_of_district(
    costs: pd.DataFrame, delivered: Collection[str], counts: Mapping[str, Any]
) -> pd.DataFrame:
    """Add up what the connections cost, and divide it by the meldingen of the same gemeenten.

    A gemeente without delivery paid, but its meldingen are in no count: what a melding costs is
    about the gemeenten that delivered, and is missing when the amount of one of those is.

    Parameters
    ----------
    costs
        As made by `costs_per_gemeente`.
    counts
        Of the district over the whole period, missing when hidden: `count`, `useful`, `unknown`.

    Returns
    -------
    pd.DataFrame
        One row, none when there are no tariffs: `gemeenten` (of which the amount is known),
        `amount`, `counted_gemeenten` (that delivered), `per_melding`, `per_useful_low`,
        `per_useful_high`, `per_1000_inhabitants_per_year`.

    Examples
    --------
    Both paid, one delivered; of its 20 meldingen 5 were useful and 5 unknown:

    >>> costs = pd.DataFrame({"area": ["borne", "losser"], "inhabitants": 20000,
    ...                       "per_year": 1000.0, "amount": [1000.0, 800.0]})
    >>> found = costs_of_district(costs, ["borne"], {"count": 20, "useful": 5, "unknown": 5})
    >>> found[["amount", "per_melding", "per_useful_low", "per_useful_high"]].iloc[0].to_list()
    [1800.0, 50.0, 100.0, 200.0]
    """
    if costs.empty:
        return described(pd.DataFrame(columns=list(IN_ALL)), "costs_of_district")
    of_counted = costs.loc[costs["area"].isin(delivered), "amount"]
    known = costs["amount"].dropna()
    per_1000 = costs["per_year"].sum() / costs["inhabitants"].sum() * 1000
    each = _each(of_counted.sum(skipna=False), counts)
    row = (len(known), known.sum(), len(of_counted), *each, per_1000)
    return described(pd.DataFrame([row], columns=list(IN_ALL)).astype(IN_ALL), "costs_of_district")


def costs_per_phase(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_on: pd.Series,
    begin: dt.date,
    peildatum: dt.date,
) -> pd.DataFrame:
    """Compute what who paid for each gemeente, in each phase of the evaluation.

    The yearly price counts for the connected part of the phase, and the price of connecting for the
    phase in which the gemeente joined. A price per melding is not in it: meldingen are not counted
    per phase. A part of the evaluation that no phase covers has an empty payer.

    Parameters
    ----------
    connected_on
        Connection date per gemeente slug; missing when unknown.

    Returns
    -------
    pd.DataFrame
        One row per phase and gemeente, none when there are no tariffs or no phases: `begin`, `end`
        (both included), `payer`, `area`, `amount` in euros (missing when it is not known since when
        the gemeente is connected).

    Examples
    --------
    Somebody else pays until halfway the year:

    >>> kosten = Kosten.model_validate({
    ...     "tarief": [{"vanaf_inwoners": 0, "per_jaar": 36525}],
    ...     "fase": [{"begin": "2022-01-01", "eind": "2022-06-30", "betaler": "Rijk"}],
    ... })
    >>> since = pd.Series({"borne": pd.Timestamp("2022-01-01")})
    >>> days = dt.date(2022, 1, 1), dt.date(2022, 12, 31)
    >>> found = costs_per_phase(kosten, pd.Series({"borne": 20000}), since, *days)
    >>> found[["payer", "amount"]].round(2).to_numpy().tolist()  # 181 and 184 days of a hundred
    [['Rijk', 18100.0], ['', 18400.0]]
    """
    phases = _phases(kosten.fase, begin, peildatum)
    if not kosten.tarief or not phases:
        return described(pd.DataFrame(columns=PHASE), "costs_per_phase")
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
    return described(table[PHASE], "costs_per_phase")


def _each(amount: Any, counts: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """The amount per melding, and per useful one at least and at most."""
    useful, unknown = counts["useful"], counts["unknown"]
    return _per(amount, counts["count"]), _per(amount, useful + unknown), _per(amount, useful)


def _per(amount: Any, n: Any) -> Any:
    return amount / n if pd.notna(n) and n else pd.NA


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
