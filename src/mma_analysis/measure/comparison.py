"""Do gemeenten differ more than chance? Observed beside expected, with exact Poisson limits."""

import numpy as np
import pandas as pd
from scipy.stats import chi2

# 95 % and 99.8 %: two and three standard deviations, the usual funnel limits (Spiegelhalter 2005).
INNER, OUTER = 0.05, 0.002


def comparison(
    counts: pd.Series, connected_months: pd.Series, inhabitants: pd.Series, receipts: float
) -> pd.DataFrame:
    """Compare each gemeente with what it would have at the district's own rate.

    Expected is the district's number of receipts, divided over the gemeenten by inhabitants ×
    connected months. A gemeente of which the count is hidden or the connection unknown has no row:
    it cannot be compared. A difference is not a judgement: it can come from publicity, from crime,
    or from how tips are passed on.

    Parameters
    ----------
    counts, connected_months, inhabitants
        Per gemeente slug, over the whole period; `counts` missing when hidden.
    receipts
        Receipts of all gemeenten together.

    Returns
    -------
    pd.DataFrame
        One row per gemeente: `area`, `count`, `expected`, `ratio`, `verdict` in `as_expected`,
        `differs` (outside 95 %), `differs_clearly` (outside 99,8 %).
    """
    exposure = (connected_months * inhabitants.reindex(connected_months.index)).astype("Float64")
    table = pd.DataFrame({"count": counts, "exposure": exposure}).dropna()
    table = table[table["exposure"] > 0]
    expected = receipts * table["exposure"].astype(float) / float(exposure.sum())
    observed = table["count"].astype(float)
    low, high = limits(expected.to_numpy(), INNER)
    lowest, highest = limits(expected.to_numpy(), OUTER)
    ratio = observed / expected
    verdict = np.select(
        [(ratio < lowest) | (ratio > highest), (ratio < low) | (ratio > high)],
        ["differs_clearly", "differs"],
        "as_expected",
    )
    return pd.DataFrame(
        {
            "area": table.index,
            "count": table["count"].astype("Int64").to_numpy(),
            "expected": expected.to_numpy(),
            "ratio": ratio.to_numpy(),
            "verdict": verdict,
        }
    ).sort_values("expected", ignore_index=True)


def limits(expected: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits of observed / expected under chance alone (chi-square quantiles, as PHE's funnels)."""
    low = chi2.ppf(alpha / 2, 2 * expected) / 2 / expected
    high = chi2.ppf(1 - alpha / 2, 2 * expected + 2) / 2 / expected
    return low, high


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
