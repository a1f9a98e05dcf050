"""How soon meldingen come and are closed, against published series and by hand."""

import re

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.measure.durations import time_to_close, time_to_receive

PEILDATUM = pd.Timestamp("2023-06-30")
UNTIL = pd.Series(PEILDATUM, ["almelo", "borne", "losser", "wierden", "enschede"])  # all deliver
# R package survival, data set aml (Miller 1997); a day with + is censored.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
SPELL = re.compile(r"(?:(\d+)\*)?(-?\d+)([+?~]?)(?:@(-?\d+))?")


def meldingen(spells: str, gemeente: str = "almelo", area: str | None = None) -> pd.DataFrame:
    """How many × its day of closing @ how long ago it came in (200 days).

    + is still open; ? was closed on a day that nobody wrote down; of ~ nothing is written.
    """
    rows = []
    for number, days, sign, ago in SPELL.findall(spells):
        waits = sign in ("+", "~")
        came_in = PEILDATUM - pd.Timedelta(days=int(days if waits else ago or 200))
        closed_on = pd.NaT if sign else came_in + pd.Timedelta(days=int(days))
        status = {"?": "afgesloten", "+": "in_behandeling"}.get(sign, "onbekend")
        rows += [(came_in, closed_on, status)] * int(number or 1)
    table = pd.DataFrame(rows, columns=["received_on", "closed_on", "status"])
    table = table.astype({"received_on": "datetime64[us]", "closed_on": "datetime64[us]"})
    return table.assign(area=area or gemeente, gemeente=gemeente)


def of_gemeenten(parts: str, area: str) -> pd.DataFrame:
    """Those of one area: `gemeente: spells; gemeente: spells`; of Almelo when there is no name."""
    named = [["almelo", *part.split(": ")][-2:] for part in parts.split("; ")]
    tables = [meldingen(spells, gemeente, area) for gemeente, spells in named]
    return pd.concat(tables).reset_index(drop=True)


@pytest.mark.parametrize(("spells", "expected"), cases("durations"))
def test_the_curve_is_the_published_one_and_that_worked_out_by_hand_or_too_few_for_one(
    spells: str, expected: str
):
    """The median with its limits, and which part is closed in 30 and 90 days; `?`: whatever."""
    table = time_to_close(of_gemeenten(spells, "almelo"), UNTIL)
    table = table.drop(columns=["area", "gemeenten"])

    found = table.to_numpy().tolist()
    numbers = [[None if pd.isna(number) else number for number in row] for row in found]
    told = [None if text == "-" else text for text in expected.split()]
    assert len(numbers) == bool(told)
    for number, text in zip(sum(numbers, []), told, strict=True):
        assert text == "?" or number == (text and float(text))


def test_a_gemeente_counts_when_it_wrote_down_nine_of_ten_closing_days_and_no_more_is_told():
    # 18 of 20 is nine of ten; 18 of 21 is not, and what it has may be the quick ones.
    found = {}
    for undated in (0, 1, 2, 3):
        partly = f"borne: 18*1 {undated}*1?"
        found[undated] = time_to_close(of_gemeenten(partly, "twente"), UNTIL)
        both = time_to_close(of_gemeenten(f"{MAINTAINED}; {partly}", "twente"), UNTIL)
        assert both["median_days"].to_list() == [1 if undated < 3 else 31]

    assert found[3].empty
    # Who knows how many are missing would work a count below five out of the share.
    pd.testing.assert_frame_equal(found[1], found[0])
    pd.testing.assert_frame_equal(found[2], found[0])


def test_a_gemeente_counts_when_it_tells_of_nine_of_ten_whether_it_is_closed():
    # Of 20 that were closed in a day nothing is written of 2, 3: of 22 and 23 that is 91 and 87%.
    for silent, gemeenten in ((2, 2), (3, 1)):
        partly = f"borne: 20*1 {silent}*150~"
        both = time_to_close(of_gemeenten(f"{MAINTAINED}; {partly}", "twente"), UNTIL)
        assert both["gemeenten"].to_list() == [gemeenten]
        assert both["median_days"].to_list() == [1 if gemeenten == 2 else 31]


def test_what_was_closed_and_not_written_down_does_not_make_it_seem_slow():
    # A hundred closed in 39 days; of thirty neither the day nor that they are closed is written.
    rows = of_gemeenten("70*39 30*150~", "twente")

    assert time_to_close(rows, UNTIL).empty


def test_what_is_open_when_a_delivery_ends_may_be_closed_later():
    # Of 20 half is closed in ten days. The delivery ends 50 days before the peildatum, of meldingen
    # of 200 days ago: all are followed for 150 days, and the other half waits that long.
    rows = of_gemeenten("10*10 10*200+", "almelo")
    until = UNTIL - pd.Timedelta(days=50)

    of_end = time_to_close(rows, until)

    assert of_end["within_90"].to_list() == [0.5]
    # Ends it before any was closed, then nothing is known of how soon that is.
    assert time_to_close(rows, UNTIL - pd.Timedelta(days=195)).empty


# By hand, of meldingen that came in 200 days ago: what 5% or 95% of all says, at least, is taken
# off from what all gemeenten closed. Who knows the rows of one is left with those of the others.
@pytest.mark.parametrize(("gemeenten", "expected"), cases("told_to_all"))
def test_what_everybody_reads_tells_nobody_of_fewer_than_five_meldingen(gemeenten, expected):
    found = time_to_close(of_gemeenten(gemeenten, "twente"), UNTIL, for_all=True)

    assert found["within_90"].to_list() == [float(share) for share in expected.split()]


# --- from M. to the gemeente ---------------------------------------------------------------------


@pytest.mark.parametrize(("days", "expected"), cases("received"))
def test_the_interval_of_the_median_is_that_of_its_order_statistics(days, expected):
    """How many × so many days after M. had it, or `-` when M.'s day is not registered."""
    first, rows = pd.Timestamp("2022-03-01"), []
    for times, day in (one.split("*") for one in days.split()):
        is_known = day != "-"
        came_in = first + pd.Timedelta(days=int(day) if is_known else 0)
        reported, three = first if is_known else pd.NaT, ("almelo", "borne", "wierden")
        for _ in range(int(times)):
            gemeente = three[len(rows) % 3] if is_known else "losser"
            rows.append(("twente", gemeente, came_in, reported))
    table = pd.DataFrame(rows, columns=["area", "gemeente", "received_on", "reported_on"])

    found = time_to_receive(table.astype(dict.fromkeys(list(table)[2:], "datetime64[us]")))

    numbers = found[["gemeenten", "median_days", "low", "high"]].to_numpy().ravel()
    assert numbers.tolist() == [int(n) for n in expected.split()]
