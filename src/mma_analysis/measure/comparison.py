"""Do gemeenten differ more than chance? Observed beside expected, with exact Poisson limits."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import pdtrik

# 95 % and 99.8 %: two and three standard deviations, the usual funnel limits (Spiegelhalter 2005).
INNER, OUTER = 0.05, 0.002


def comparison(
    counts: pd.Series, connected_months: pd.Series, inhabitants: pd.Series, receipts: float
) -> pd.DataFrame:
    """Compare each gemeente with what it would have at the district's own rate.

    Expected is the number of receipts of these gemeenten together, divided over them by inhabitants
    × connected months. A gemeente of which the count is hidden has no row, but has its part in what
    is expected. A difference is not a judgement: it can come from publicity, from crime, or from
    how tips are passed on. The limits assume independent meldingen; real series vary more, so a
    gemeente just outside them is no news.

    Parameters
    ----------
    counts, connected_months, inhabitants
        Per gemeente slug, over the whole period; `counts` missing when hidden.
    receipts
        Receipts of all these gemeenten together, the hidden ones included.

    Returns
    -------
    pd.DataFrame
        One row per gemeente: `area`, `count`, `expected`, `ratio`, `verdict` in `as_expected`,
        `differs` (outside 95 %), `differs_clearly` (outside 99,8 %).
    """
    exposure = (connected_months * inhabitants.reindex(connected_months.index)).astype("float64")
    expected = receipts * exposure / exposure.sum()
    table = pd.DataFrame({"count": counts.astype("Int64"), "expected": expected})
    table = table[table["count"].notna() & (table["expected"] > 0)]
    ratio = table["count"].astype("float64") / table["expected"]
    low, high = limits(table["expected"].to_numpy(), INNER)
    lowest, highest = limits(table["expected"].to_numpy(), OUTER)
    verdict = np.select(
        [(ratio < lowest) | (ratio > highest), (ratio < low) | (ratio > high)],
        ["differs_clearly", "differs"],
        "as_expected",
    )
    return (
        table.assign(ratio=ratio, verdict=verdict)
        .rename_axis("area")
        .reset_index()
        .sort_values("expected", ignore_index=True)
    )


def limits(
    expected: NDArray[np.float64], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Limits of observed / expected under chance alone.

    A count is outside them exactly when its own Garwood interval leaves out the expected number
    (as the funnels of PHEindicatormethods): quantiles of the Poisson distribution, continued
    between whole numbers. There is no lower limit where even zero is not rare.
    """
    low = pdtrik(alpha / 2, expected)
    high = pdtrik(1 - alpha / 2, expected) + 1
    return low / expected, high / expected


def funnel(largest: float) -> pd.DataFrame:
    """The funnel itself: limits for a row of expected numbers up to `largest`.

    Returns
    -------
    pd.DataFrame
        One row per expected number: `expected`, `low`, `high` (95 %), `lowest`, `highest` (99,8 %).
    """
    expected = np.geomspace(1.0, max(largest * 1.1, 2.0), 60)
    low, high = limits(expected, INNER)
    lowest, highest = limits(expected, OUTER)
    return pd.DataFrame(
        {"expected": expected, "low": low, "high": high, "lowest": lowest, "highest": highest}
    )
