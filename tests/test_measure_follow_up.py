"""Steps of the follow-up, how cases end, results by background, completeness and shifts."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.categories import acted_of_disposition, steps
from mma_analysis.measure.completeness import completeness, completeness_shift, topic_shift
from mma_analysis.measure.derived import backlog, concentration, result_by_background
from mma_analysis.measure.durations import (
    cumulative_incidence,
    outcomes_over_time,
    time_to_feedback,
)
from mma_analysis.measure.periods import periods
from mma_analysis.measure.rates import with_difference
from mma_analysis.vocabulary import Vocabulary
from test_measure_durations import MAINTAINED, meldingen

VOCABULARY = Vocabulary()

PEILDATUM = pd.Timestamp("2023-06-30")
PERIODS = periods(dt.date(2021, 7, 1), PEILDATUM.date())
TWENTE = VOCABULARY.district.slug
RESULTS = list(VOCABULARY.values("result"))
FIRST, LAST = "2021-07/2022-06", "2022-07/2023-06"


# --- steps ---------------------------------------------------------------------------------------


def test_every_disposition_is_an_action_or_not():
    assert list(acted_of_disposition(VOCABULARY)) == list(VOCABULARY.values("disposition"))
    assert set(acted_of_disposition(VOCABULARY).values()) == set(VOCABULARY.values("acted"))


def test_a_melding_in_a_file_is_not_acted_on_and_what_nobody_registers_is_unknown():
    rows = [
        ("borne", "overgedragen_politie", "2022-03-01"),
        ("borne", "toegevoegd_aan_dossier", None),
        ("losser", "onbekend", None),
        ("wierden", "onbekend", "2023-07-01"),  # after the peildatum
    ]
    table = pd.DataFrame(rows, columns=["gemeente", "disposition", "fed_back_on"])

    found = steps(VOCABULARY, table.astype({"fed_back_on": "datetime64[us]"}), PEILDATUM)

    assert found["acted"].to_list() == ["ja", "nee", *["onbekend"] * 2]
    assert found["fed_back"].to_list() == ["ja", "nee", *["onbekend"] * 2]


# --- how cases end -------------------------------------------------------------------------------


def test_ways_of_ending_compete():
    # By hand (Aalen–Johansen), five cases: the first ends by 1 at day 1 (1/5); at day 2 one of the
    # four others is lost sight of; at day 3 one of three ends by 2 (4/5 × 1/3 = 4/15); at day 4 one
    # of two ends by 1 (4/5 × 2/3 × 1/2 = 4/15, together 7/15).
    days, cause = np.array([1.0, 2.0, 3.0, 4.0, 9.0]), np.array([1, 0, 2, 1, 0])

    assert cumulative_incidence(days, cause, at=0.5) == [0.0, 0.0]
    assert cumulative_incidence(days, cause, at=3) == pytest.approx([1 / 5, 4 / 15])
    assert cumulative_incidence(days, cause, at=30) == pytest.approx([7 / 15, 4 / 15])


def closed(disposition: str, days: int, times: int) -> pd.DataFrame:
    """Meldingen of the district that all take as long; with 0 days they are still open."""
    received = pd.Timestamp("2022-01-01")
    row = {"area": TWENTE, "status": "onbekend", "disposition": disposition, "fed_back_on": pd.NaT}
    ended = received + pd.Timedelta(days=days) if days else pd.NaT
    table = pd.DataFrame([row | {"received_on": received, "closed_on": ended}] * times)
    return table.astype(dict.fromkeys(["closed_on", "fed_back_on"], "datetime64[us]"))


def ways(*parts: pd.DataFrame) -> dict[str, list[float]]:
    """As these end in two gemeenten, that have as many of each."""
    both = [part.assign(gemeente=slug) for part in parts for slug in ("borne", "losser")]
    found = outcomes_over_time(VOCABULARY, pd.concat(both, ignore_index=True), PEILDATUM)
    return {row.acted: [row.within_30, row.within_90] for row in found.itertuples()}


def test_without_open_cases_the_ways_of_ending_are_plain_shares():
    found = ways(
        closed("actie_gemeente", 20, 92),
        closed("actie_gemeente", 60, 28),
        closed("onbekend", 0, 80),
    )

    # 92 and 120 of 200 meldingen of each, in steps of five percent
    assert found == {"ja": [0.45, 0.6], "nee": [0.0, 0.0], "onbekend": [0.0, 0.0]}


@pytest.mark.parametrize(
    "parts",
    [
        (closed("actie_gemeente", 20, 160), closed("onbekend", 0, 39)),  # 199 meldingen
        # Of 100, 95 to 100 in steps of five percent are at most two otherwise.
        (closed("actie_gemeente", 20, 98), closed("onbekend", 0, 2)),
        (closed("actie_gemeente", 20, 196), closed("niet_actiewaardig", 20, 4)),  # four of a kind
        (closed("onbekend", 0, 200),),  # nothing closed: nobody registers it
        (  # eight, of both, that came in ninety days before the peildatum
            closed("actie_gemeente", 20, 4),
            closed("actie_gemeente", 20, 196).assign(
                received_on=PEILDATUM - pd.Timedelta(days=89),
                closed_on=PEILDATUM - pd.Timedelta(days=69),
            ),
        ),
    ],
)
def test_ways_of_ending_are_not_released_when_a_count_could_follow(parts):
    assert ways(*parts) == {}


def test_the_time_to_feedback_is_the_same_curve():
    spells = meldingen(" ".join([MAINTAINED] * 20), area=TWENTE)
    told = spells.rename(columns={"closed_on": "fed_back_on"})

    # survival's curve of one of each: median 31, 0.614 at 30 days and 0.184 at 90
    row = time_to_feedback(told, PEILDATUM).iloc[0]
    assert row["median_days"] == 31
    assert [row["within_30"], row["within_90"]] == [0.4, 0.8]
    assert time_to_feedback(told.iloc[:199], PEILDATUM).empty


# --- results by background -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "basis", "verdict"),
    [
        # Of 50 without it 20 are confirmed, of 50 with it 30: Newcombe 0.0045 to 0.3955 alone, and
        # less sure of four backgrounds together.
        ([15, 5, 30, 5, 20, 10, 20, 5], 1, "no_change"),
        ([15, 5, 30, 5, 25, 15, 10, 5], 1, "more"),  # 20 and 40 of 50
        ([10, 0, 15, 5, 25, 15, 10, 5], 5, "cannot_tell"),  # 25 rounded ones are too few
    ],
)
def test_confirmed_in_part_is_confirmed_and_unknown_results_are_left_out(counts, basis, verdict):
    order = ("bevestigd", "deels_bevestigd", "niet_bevestigd", "onbekend")
    values = [f"{has}+{result}" for has in ("anders", "ja") for result in order]
    table = pd.DataFrame({"value": values, "count": pd.array(counts, "Int64")})

    row = result_by_background(table.assign(area=TWENTE, breakdown="has_time+result"), basis).iloc[
        0
    ]

    assert row[["area", "background"]].to_list() == [TWENTE, "has_time"]
    assert row[["count_from", "total_from"]].to_list() == [sum(counts[:2]), sum(counts[:3])]
    assert row[["count_to", "total_to"]].to_list() == [sum(counts[4:6]), sum(counts[4:7])]
    assert row["verdict"] == verdict


# --- what is still open --------------------------------------------------------------------------


# Wilson by hand: (0.3 + 1.96²/100 ∓ 1.96 √(0.3 × 0.7/50 + 1.96²/10000)) / (1 + 1.96²/50)
@pytest.mark.parametrize(
    ("status", "open_of", "share", "low", "high"),
    [
        ((10, 5, 35), [15, 50], 0.3, 0.1910, 0.4375),  # of the whole evaluation, and known
        ((None, 5, 35), [None, None], None, None, None),
        ((10, None, 35), [None, None], None, None, None),
        ((0, 0, 0), [0, 0], None, None, None),
    ],
)
def test_open_is_received_and_in_progress_of_those_whose_status_is_known(
    status, open_of, share, low, high
):
    values = ("ontvangen", "in_behandeling", "afgesloten", "onbekend")
    table = pd.DataFrame({"value": values, "count": pd.array([*status, 7], "Int64")})
    table = table.assign(area="borne", kind="whole", breakdown="status", state="shown")

    row = backlog(pd.concat([table, table.assign(kind="year", count=1)])).iloc[0]

    found = [None if pd.isna(value) else value for value in row]
    assert found == ["borne", *open_of, share, *(pytest.approx(x, abs=5e-5) for x in (low, high))]


# --- differences ---------------------------------------------------------------------------------


# Newcombe 1998 (Stat Med 17:873), table II, method 10.
@pytest.mark.parametrize(
    ("last", "first", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(last, first, low, high):
    counts = [*first, *last]
    names = ["count_from", "total_from", "count_to", "total_to"]

    row = with_difference(pd.DataFrame([counts], columns=names)).iloc[0]

    assert row["change"] == pytest.approx(last[0] / last[1] - first[0] / first[1])
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=5e-5)
    assert row["verdict"] == ("more" if low > 0 else "no_change")


def test_several_differences_together_have_wider_intervals():
    one = pd.DataFrame({"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70})

    alone, together = with_difference(one).iloc[0], with_difference(one, comparisons=7).iloc[0]

    assert together["low"] < 0 < alone["low"]
    assert (alone["verdict"], together["verdict"]) == ("more", "no_change")


# --- shifts between topics -----------------------------------------------------------------------


def per_year(*rows: tuple[str, str, str, int | None]) -> pd.DataFrame:
    """Period, breakdown, value and count of the district; all other topic groups are 0."""
    named = [*rows]
    named += [
        (year, "topic_group", value, 0)
        for year in (FIRST, LAST)
        for value in VOCABULARY.topic_groups
        if (year, value) not in {(r[0], r[2]) for r in rows}
    ]
    columns = ["period", "breakdown", "value", "count"]
    return (
        pd.DataFrame(named, columns=columns)
        .assign(area=TWENTE, kind="whole")
        .astype({"count": "Int64"})
    )


def test_a_shift_is_between_the_first_and_the_last_year():
    counts = per_year(
        *[(FIRST, "totaal", "totaal", 100), (LAST, "totaal", "totaal", 200)],
        *[(FIRST, "topic_group", "drugs", 60), (LAST, "topic_group", "drugs", 60)],
        (LAST, "topic_group", "geweld", None),
    )

    found = topic_shift(VOCABULARY, counts, PERIODS).set_index("value")

    drugs = found.loc["drugs"]
    assert (drugs["period_from"], drugs["period_to"]) == (FIRST, LAST)
    assert (drugs["share_from"], drugs["share_to"], drugs["verdict"]) == (0.6, 0.3, "fewer")
    assert found.loc["geweld", "verdict"] == "cannot_tell"
    assert found.loc["geweld", ["count_to", "share_to", "change", "low"]].isna().all()
    assert list(found.index) == list(VOCABULARY.topic_groups)
    rounded = topic_shift(VOCABULARY, counts, PERIODS, basis=5).set_index("value").loc["drugs"]
    assert rounded["low"] < drugs["low"] < drugs["high"] < rounded["high"]


@pytest.mark.parametrize(
    ("begin", "peildatum", "compared"),
    [
        (dt.date(2021, 1, 1), dt.date(2022, 3, 31), []),  # the second year has three months
        (dt.date(2021, 1, 15), dt.date(2022, 12, 31), []),  # the first began halfway a month
        (dt.date(2022, 1, 1), dt.date(2022, 9, 30), []),  # no year at all
        (dt.date(2021, 7, 1), dt.date(2022, 6, 30), []),  # a single one
        (dt.date(2020, 1, 1), dt.date(2022, 3, 31), ["2020-01/2020-12", "2021-01/2021-12"]),
    ],
)
def test_a_year_that_is_cut_short_takes_no_part_in_a_shift(
    begin: dt.date, peildatum: dt.date, compared: list[str]
):
    cut = periods(begin, peildatum)
    rows = [
        (year, *part)
        for year in cut.loc[cut["kind"] == "year", "period"]
        for n, total in [(60, 200) if year.startswith("2022") else (400, 800)]
        for part in [("totaal", "totaal", total), ("topic_group", "drugs", n)]
    ]
    counts = pd.DataFrame(rows, columns=["period", "breakdown", "value", "count"])
    table = counts.assign(area=TWENTE).astype({"count": "Int64"})
    of_field = counts[counts["value"] == "drugs"].assign(area=TWENTE, field="usable", total=800)

    found = topic_shift(VOCABULARY, table, cut)
    of_known = completeness_shift(of_field, cut)

    for shift in (found, of_known):
        assert sorted({*shift["period_from"], *shift["period_to"]}) == compared


# --- completeness --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "counts", "basis", "registers", "known", "state", "share"),
    [
        (20, (10, 0, 5, 5), 1, True, 15, "shown", 0.75),
        (60, (30, 0, 15, 15), 5, True, 45, "shown", 0.75),
        (20, (10, 0, 5, 5), 5, True, 15, "shown", None),  # too few to tell a share of
        (20, ("hidden",) * 4, 1, True, None, "hidden", None),  # all are alike
        (20, ("never", "never", "never", 20), 1, False, 0, "shown", 0),
        (0, (0, 0, 0, 0), 1, None, 0, "shown", None),
        ("missing", ("missing",) * 4, 5, None, None, "missing", None),
        ("not_applicable", ("not_applicable",) * 4, 1, None, None, "not_applicable", None),
    ],
)
def test_whether_a_field_is_registered_and_how_often(
    total, counts, basis, registers, known, state, share
):
    """Results in the order of their codes, unknown last; a text is why there is no number."""
    cells = [("totaal", "totaal", total)]
    cells += [("result", value, n) for value, n in zip(RESULTS, counts, strict=True)]
    rows = [
        (breakdown, value, *((None, n) if isinstance(n, str) else (n, "shown")))
        for breakdown, value, n in cells
    ]
    table = pd.DataFrame(rows, columns=["breakdown", "value", "count", "state"])
    table = table.assign(area="borne", period="whole", basis=basis).astype({"count": "Int64"})

    row = completeness(table, basis).iloc[0]

    found = [None if pd.isna(row[key]) else row[key] for key in ("registers", "count", "share")]
    assert found == [registers, known, share]
    assert row["state"] == state


# --- the same, in the first and the last year ----------------------------------------------------


def known(*counts: tuple[str, int | None, int | None]) -> pd.DataFrame:
    rows = [("twente", *row[:1], "usable", *row[1:]) for row in counts]
    columns = ["area", "period", "field", "count", "total"]
    return pd.DataFrame(rows, columns=columns).astype({"count": "Int64", "total": "Int64"})


def test_completeness_of_two_years_has_the_published_difference():
    row = completeness_shift(known((FIRST, 48, 80), (LAST, 56, 70)), PERIODS).iloc[0]
    hidden = completeness_shift(known((FIRST, None, 80), (LAST, 56, 70)), PERIODS)

    # Newcombe 1998, table II: 56/70 - 48/80 is 0.2000 (0.0524 to 0.3339).
    assert row[["change", "low", "high"]].to_list() == pytest.approx(
        [0.2, 0.0524, 0.3339], abs=5e-5
    )
    assert row["verdict"] == "more"
    assert hidden["verdict"].to_list() == ["cannot_tell"]
    rounded = completeness_shift(known((FIRST, 48, 80), (LAST, 56, 70)), PERIODS, basis=5)
    assert rounded["high"].item() == pytest.approx(0.3487, abs=1e-4)  # by hand: test_measure_rates


def test_several_fields_are_looked_at_together():
    one = known((FIRST, 48, 80), (LAST, 56, 70))
    fields = ["usable", "result", "status", "has_time", "has_person", "topic_group"]
    six = pd.concat([one.assign(field=field) for field in fields])

    # Of six each interval is one of 99.2 %: z is 2.64, and 2.64 times the error of 0.073 is 0.19.
    assert completeness_shift(six, PERIODS)["low"].to_list() == pytest.approx([0.0] * 6, abs=0.02)


THREE = "drugs geweld fraude_en_geld"


@pytest.mark.parametrize(
    ("of_groups", "total", "basis", "named", "share"),
    [
        ((20, 10, 6, 4), 40, 1, THREE, 0.9),
        ((12, 4, 4, 4), 24, 1, None, 20 / 24),  # a tie: any two of three
        ((12, 4, 4, 3), 23, 1, THREE, 20 / 23),  # which three they are is certain
        ((12, 6, 0, 0), 18, 1, None, 1),  # nobody says what the third is
        ((30, 20, 15, 10), 75, 5, None, 65 / 75),  # 15 may be 11, and 10 may be 14
        ((30, 20, 20, 10), 80, 5, THREE, 70 / 80),  # at least 16, and at most 14
        ((20, 10, 10, 0), 40, 5, THREE, None),  # no share of so few
    ],
)
def test_the_three_largest_topics_are_told_as_far_as_they_are_certain(
    of_groups, total, basis, named, share
):
    codes = ("drugs", "geweld", "fraude_en_geld", "ondermijning")
    counts = per_year(
        (FIRST, "totaal", "totaal", total),
        *[(FIRST, "topic_group", code, n) for code, n in zip(codes, of_groups, strict=True)],
    ).query("period == @FIRST")

    row = concentration(counts.assign(state="shown"), basis).iloc[0]

    assert (row["count"], row["total"]) == (sum(of_groups[:3]), total)
    found = [None if pd.isna(row[key]) else row[key] for key in ("groups", "share")]
    assert found == [named, pytest.approx(share)]


def test_of_an_area_of_which_no_topic_is_told_there_is_no_row():
    counts = per_year((FIRST, "totaal", "totaal", 40)).assign(state="hidden")
    counts["count"] = counts["count"].where(counts["breakdown"] == "totaal")

    assert concentration(counts.query("period == @FIRST")).empty
