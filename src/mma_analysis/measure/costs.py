"""What being connected costs, from the tariffs and payers that the edition names."""

import pandas as pd

from mma_analysis.edition import Kosten

DAYS_PER_YEAR = 365.25


def costs_per_gemeente(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_months: pd.Series,
    counts: pd.Series,
) -> pd.DataFrame:
    """Compute what each gemeente's connection cost in the evaluated period.

    The yearly price counts for the connected part of the period. A price per melding is added only
    when the count may be shown; otherwise the amount is missing, because it would give the count.

    Parameters
    ----------
    inhabitants, connected_months, counts
        Per gemeente slug; `counts` and `connected_months` over the whole period, missing when
        hidden or unknown.

    Returns
    -------
    pd.DataFrame
        One row per gemeente: `area`, `inhabitants`, `per_year`, `amount`, `per_melding` (amount per
        counted melding; missing when the count is), `per_1000_inhabitants_per_year`.
    """
    tariffs = sorted(kosten.tarief, key=lambda t: t.vanaf_inwoners, reverse=True)
    rows = []
    for slug, people in inhabitants.items():
        tariff = next((t for t in tariffs if people >= t.vanaf_inwoners), None)
        if tariff is None:
            continue
        n = counts.get(slug, pd.NA)
        variable = 0.0 if tariff.per_melding == 0 else tariff.per_melding * n
        years = connected_months.get(slug, pd.NA) / 12
        amount = tariff.per_jaar * years + tariff.aansluiting + variable
        per_melding = amount / n if pd.notna(n) and n else pd.NA
        rows.append(
            (slug, people, tariff.per_jaar, amount, per_melding, tariff.per_jaar / people * 1000)
        )
    columns = [
        "area",
        "inhabitants",
        "per_year",
        "amount",
        "per_melding",
        "per_1000_inhabitants_per_year",
    ]
    table = pd.DataFrame(rows, columns=columns)
    floats = {c: "Float64" for c in columns[2:]}
    return table.astype({"inhabitants": "Int64", **floats})
