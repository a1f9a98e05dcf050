"""What direct receipt brings: how fast."""

import pandas as pd
import pytest

from mma_analysis.measure.direct import time_to_receive


def received(*days: int | None, gemeente: str = "borne") -> pd.DataFrame:
    """Meldingen that came so many days after M. had them; none when M.'s day is not registered."""
    first = pd.Timestamp("2022-03-01")
    return pd.DataFrame(
        {
            "area": "twente",
            "gemeente": gemeente,
            "received_on": [first + pd.Timedelta(days=day or 0) for day in days],
            "reported_on": [pd.NaT if day is None else first for day in days],
        }
    ).astype({"received_on": "datetime64[us]", "reported_on": "datetime64[us]"})


def test_the_interval_of_the_median_is_that_of_its_order_statistics():
    # Of 15 observations the 4th to the 12th hold the median with 96.5 % (binomial, n = 15, p = ½:
    # 1 − 2 × 576/32768), the 5th to the 11th only with 88.2 %.
    row = time_to_receive(received(*range(15))).iloc[0]

    assert row[["median_days", "low", "high"]].to_list() == [7, 3, 11]


def test_only_rows_with_both_days_in_their_order_count():
    table = pd.concat(
        [received(*[2] * 10), received(*[None] * 9, gemeente="losser"), received(*[-5] * 20)]
    )

    row = time_to_receive(table).iloc[0]

    assert row[["gemeenten", "median_days", "low", "high"]].to_list() == [1, 2, 2, 2]


@pytest.mark.parametrize(("days", "rows"), [([1] * 9, 0), ([1] * 10, 1), ([], 0)])
def test_fewer_than_ten_have_no_median(days: list[int], rows: int):
    assert len(time_to_receive(received(*days))) == rows
