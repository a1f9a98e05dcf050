"""Which part of the meldingen is still open: what is not known or not shown is no part of it."""

import pandas as pd
import pytest

from mma_analysis.measure.derived import backlog


def counts(received, in_progress, closed, unknown=7) -> pd.DataFrame:
    values = {"ontvangen": received, "in_behandeling": in_progress, "afgesloten": closed}
    values |= {"onbekend": unknown}
    table = pd.DataFrame({"value": list(values), "count": pd.array([*values.values()], "Int64")})
    return table.assign(area="borne", kind="whole", breakdown="status", state="shown")


def test_open_is_received_and_in_progress_of_those_whose_status_is_known():
    row = backlog(counts(10, 5, 35)).iloc[0]

    assert (row["area"], row["count"], row["total"], row["share"]) == ("borne", 15, 50, 0.3)
    # Wilson by hand: (0.3 + 1.96²/100 ∓ 1.96 √(0.3 × 0.7/50 + 1.96²/10000)) / (1 + 1.96²/50)
    assert row["share_low"] == pytest.approx(0.1910, abs=5e-5)
    assert row["share_high"] == pytest.approx(0.4375, abs=5e-5)


@pytest.mark.parametrize(
    ("given", "total"), [((None, 5, 35), None), ((10, None, 35), None), ((0, 0, 0), 0)]
)
def test_a_hidden_count_or_no_known_status_gives_no_share(given, total):
    row = backlog(counts(*given)).iloc[0]

    assert (None if pd.isna(row["total"]) else row["total"]) == total
    assert pd.isna(row["share"])


def test_only_the_whole_evaluation_and_the_status_count():
    more = pd.concat([counts(10, 5, 35), counts(1, 1, 1).assign(kind="year")])

    assert backlog(more)["total"].to_list() == [50]
