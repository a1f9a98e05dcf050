"""How soon meldingen come and are closed, against published series and by hand."""

import re

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.measure.durations import time_to_close, time_to_receive

PEILDATUM = pd.Timestamp("2023-06-30")
# R package survival, data set aml (Miller 1997); a day with + is censored.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
SPELL = re.compile(r"(?:(\d+)\*)?(\d+)(\+?)(?:@(-?\d+))?")


def meldingen(spells: str, gemeente: str = "almelo", area: str | None = None) -> pd.DataFrame:
    """How many × its day of closing @ how long ago it came in (200 days); + is still open."""
    rows = []
    for number, days, is_open, ago in SPELL.findall(spells):
        came_in = PEILDATUM - pd.Timedelta(days=int(days if is_open else ago or 200))
        closed_on = pd.NaT if is_open else came_in + pd.Timedelta(days=int(days))
        rows += [(came_in, closed_on)] * int(number or 1)
    table = pd.DataFrame(rows, columns=["received_on", "closed_on"]).astype("datetime64[us]")
    return table.assign(area=area or gemeente, gemeente=gemeente, status="onbekend")


@pytest.mark.parametrize(("spells", "expected"), cases("durations"))
def test_the_curve_is_the_published_one_and_that_worked_out_by_hand_or_too_few_for_one(
    spells: str, expected: str
):
    """The median with its limits, and which part is closed in 30 and 90 days; `?`: whatever."""
    found = time_to_close(meldingen(spells), PEILDATUM).drop(columns="area").to_numpy().tolist()

    numbers = [[None if pd.isna(number) else number for number in row] for row in found]
    told = [None if text == "-" else text for text in expected.split()]
    assert len(numbers) == bool(told)
    for number, text in zip(sum(numbers, []), told, strict=True):
        assert text == "?" or number == (text and float(text))


def later(day: int, **changed: object) -> pd.DataFrame:
    """One that was closed after so many days, but for what is changed."""
    return meldingen(str(day)).assign(**changed).astype({"closed_on": "datetime64[us]"})


@pytest.mark.parametrize(
    ("others", "median"),
    [
        # What was closed after the peildatum was open on it.
        ([later(9, closed_on=PEILDATUM + pd.Timedelta(days=1))] * 10, None),
        # Closed, but not known when; or before it came in.
        ([later(9, status="afgesloten", closed_on=pd.NaT)], 31),
        ([later(9, closed_on=PEILDATUM - pd.Timedelta(days=201))], 31),
        # A gemeente that registers no closing dates.
        ([meldingen("20*100+", "borne", area="almelo")], 31),
    ],
)
def test_only_a_melding_with_a_possible_duration_counts_as_closed(others, median):
    row = time_to_close(pd.concat([meldingen(MAINTAINED)] * 2 + others), PEILDATUM).iloc[0]

    assert (None if pd.isna(row["median_days"]) else row["median_days"]) == median


def closed_by(gemeente: str, dated: int, undated: int) -> pd.DataFrame:
    """So many that were closed on the first day, and so many on a day that nobody wrote down."""
    table = meldingen(f"{dated + undated}*1", gemeente, area="twente")
    has_day = [True] * dated + [False] * undated
    return table.assign(status="afgesloten", closed_on=table["closed_on"].where(has_day))


def test_a_gemeente_counts_when_it_wrote_down_nine_of_ten_closing_days_and_no_more_is_told():
    # 18 of 20 is nine of ten; 18 of 21 is not, and what it has may be the quick ones.
    others, found = meldingen(MAINTAINED, area="twente"), {}
    for undated in (0, 1, 2, 3):
        partly = closed_by("borne", 18, undated)
        found[undated] = time_to_close(partly, PEILDATUM)
        both = time_to_close(pd.concat([others, partly]), PEILDATUM)
        assert both["median_days"].to_list() == [1 if undated < 3 else 31]

    assert found[3].empty
    # Who knows how many are missing would work a count below five out of the share.
    pd.testing.assert_frame_equal(found[1], found[0])
    pd.testing.assert_frame_equal(found[2], found[0])


# By hand, of meldingen that came in 200 days ago: what 5% or 95% of all says, at least, is taken
# off from what all gemeenten closed. Who knows the rows of one is left with those of the others.
@pytest.mark.parametrize(("gemeenten", "expected"), cases("told_to_all"))
def test_what_everybody_reads_tells_nobody_of_fewer_than_five_meldingen(gemeenten, expected):
    parts = [part.strip().split(": ") for part in gemeenten.split(";")]
    table = pd.concat([meldingen(spells, slug, "twente") for slug, spells in parts])

    found = time_to_close(table.reset_index(drop=True), PEILDATUM, for_all=True)

    assert found["within_90"].to_list() == [float(share) for share in expected.split()]


# --- from M. to the gemeente ---------------------------------------------------------------------


@pytest.mark.parametrize(("days", "expected"), cases("received"))
def test_the_interval_of_the_median_is_that_of_its_order_statistics(days, expected):
    """How many × so many days after M. had it, or `-` when M.'s day is not registered."""
    first, rows = pd.Timestamp("2022-03-01"), []
    for times, day in (one.split("*") for one in days.split()):
        is_known = day != "-"
        came_in = first + pd.Timedelta(days=int(day) if is_known else 0)
        gemeente, reported = ("borne", first) if is_known else ("losser", pd.NaT)
        rows += [("twente", gemeente, came_in, reported)] * int(times)
    table = pd.DataFrame(rows, columns=["area", "gemeente", "received_on", "reported_on"])

    found = time_to_receive(table.astype(dict.fromkeys(list(table)[2:], "datetime64[us]")))

    numbers = found[["gemeenten", "median_days", "low", "high"]].to_numpy().ravel()
    assert numbers.tolist() == [int(n) for n in expected.split()]
