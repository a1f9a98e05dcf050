"""What being connected costs, from the tariffs that the edition names."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from mma_analysis.domain import UsageError
from mma_analysis.edition import Kosten, Tarief

COLUMNS = {
    "area": "str",
    "inhabitants": "Int64",
    "per_year": "Float64",
    "amount": "Float64",
    "per_melding": "Float64",
    "per_1000_inhabitants_per_year": "Float64",
}


def costs_per_gemeente(
    kosten: Kosten,
    inhabitants: pd.Series,
    connected_months: pd.Series,
    counts: pd.Series,
    joined: Collection[str],
) -> pd.DataFrame:
    """Compute what each gemeente's connection cost in the evaluated period.

    The yearly price counts for the connected part of the period, the price of connecting only when
    the gemeente joined in it. A price per melding is added only when the count may be shown;
    otherwise the amount is missing, because it would give the count.

    Parameters
    ----------
    inhabitants, connected_months, counts
        Per gemeente slug; `counts` and `connected_months` over the whole period, missing when
        hidden or unknown.
    joined
        Slugs of the gemeenten that joined within the period.

    Returns
    -------
    pd.DataFrame
        One row per gemeente, none when there are no tariffs: `area`, `inhabitants`, `per_year`,
        `amount`, `per_melding` (amount per counted melding; missing when the count is),
        `per_1000_inhabitants_per_year`.

    Raises
    ------
    UsageError
        When there are tariffs, but none for a gemeente of this size.
    """
    rows = []
    for slug, people in inhabitants.items() if kosten.tarief else ():
        tariff = _tariff(kosten, str(slug), int(people))
        n = counts.get(slug, pd.NA)
        fixed = tariff.per_jaar * connected_months.get(slug, pd.NA) / 12
        amount = fixed + tariff.aansluiting * (slug in joined) + _variable(tariff, n)
        per_melding = amount / n if pd.notna(n) and n else pd.NA
        per_1000 = tariff.per_jaar / people * 1000
        rows.append((slug, people, tariff.per_jaar, amount, per_melding, per_1000))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _tariff(kosten: Kosten, slug: str, people: int) -> Tarief:
    """The tariff with the highest threshold that the gemeente reaches."""
    reached = [tariff for tariff in kosten.tarief if people >= tariff.vanaf_inwoners]
    if not reached:
        raise UsageError(
            f"evaluatie.toml: kosten.tarief has no tariff for {slug} ({people} inhabitants); add "
            "one with a lower vanaf_inwoners, such as 0"
        )
    return max(reached, key=lambda tariff: tariff.vanaf_inwoners)


def _variable(tariff: Tarief, n: Any) -> Any:
    return tariff.per_melding * n if tariff.per_melding else 0.0
