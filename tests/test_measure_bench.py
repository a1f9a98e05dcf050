"""The research bench: volume on rows of one's own choice, and tables in words."""

import pandas as pd
import pytest

from counting import TWENTE
from counting import edition as edition_of
from mma_analysis import measure
from mma_analysis.settings import Edition


def edition() -> Edition:
    since = {"borne": "2022-01-01", "losser": "2022-07-01", "wierden": "2022-01-01"}
    gemeenten: dict[str, dict] = {slug: {"aangesloten": day} for slug, day in since.items()}
    gemeenten["almelo"] = {"aangesloten": "2022-01-01", "levering": []}
    return edition_of(gemeenten, begin="2022-01-01", peildatum="2022-12-31")


def tips(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["melding_id", "gemeente", "received_on"])
    table = table.assign(source_file="x.csv", source_sheet="", source_row=table.index)
    return table.astype({"received_on": "datetime64[us]"})


# Number 1 came in at two gemeenten, in two months; number 2 and 3 at one.
FOUR = tips(
    ("1", "borne", "2022-07-31"),
    ("1", "losser", "2022-08-01"),
    ("2", "borne", "2022-01-15"),
    ("3", "losser", "2022-12-31"),
)


def volume() -> pd.DataFrame:
    table = measure.volume(FOUR, measure.frame(edition()))
    return table.set_index(["area", "period", "counted"]).sort_index()


def test_receipts_and_tips_are_the_ones_counted_by_hand():
    counts = volume()["count"]

    assert counts[TWENTE, "whole", "receipts"] == 4
    assert counts[TWENTE, "whole", "tips"] == 3
    assert counts["borne", "2022-01/2022-12", "receipts"] == 2
    # The tip is on the day of its first receipt: in July, and in August it is a receipt only.
    assert counts[TWENTE, "2022-07", "tips"] == 1
    assert counts[TWENTE, "2022-08", "tips"] == 0
    assert counts[TWENTE, "2022-08", "receipts"] == 1
    assert counts["losser", "2022-07/2022-09", "receipts"] == 1


def test_who_delivered_and_received_nothing_has_zeros_and_who_did_not_deliver_no_rows():
    table = volume()

    assert (table.loc["wierden", "count"] == 0).all()
    # Of none in a year the exact upper limit is 3.688879 (any table of Garwood).
    assert table.loc[("wierden", "whole", "receipts"), "per_month_high"] == pytest.approx(
        3.688879 / (365 / 30.4375), rel=1e-6
    )
    assert "almelo" not in table.index.get_level_values("area")
