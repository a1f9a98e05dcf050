"""Steps of the follow-up, how cases end, results by background, completeness and shifts."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.cells import acted_of_disposition, allowed_values, count_cells, steps
from mma_analysis.measure.completeness import (
    completeness,
    completeness_shift,
    topic_shift,
)
from mma_analysis.measure.crossings import (
    crossing_cells,
    crossing_relations,
)
from mma_analysis.measure.derived import concentration, result_by_background
from mma_analysis.measure.durations import (
    cumulative_incidence,
    outcomes_over_time,
    time_to_feedback,
)
from mma_analysis.measure.periods import periods
from mma_analysis.measure.rates import with_difference
from mma_analysis.vocabulary import Vocabulary
from test_measure_cells import melding, table
from test_measure_durations import MAINTAINED, meldingen

VOCABULARY = Vocabulary()

PEILDATUM = pd.Timestamp("2023-06-30")
PERIODS = periods(dt.date(2021, 7, 1), PEILDATUM.date())
TWENTE = VOCABULARY.district.slug
DAY = "2022-01-01"
FIRST, LAST = "2021-07/2022-06", "2022-07/2023-06"


# --- steps ---------------------------------------------------------------------------------------


def test_every_disposition_is_an_action_or_not():
    assert list(acted_of_disposition(VOCABULARY)) == list(VOCABULARY.values("disposition"))
    assert set(acted_of_disposition(VOCABULARY).values()) == set(VOCABULARY.values("acted"))


def test_a_melding_in_a_file_is_not_acted_on_and_what_nobody_registers_is_unknown():
    of_borne = table(
        melding("1", "borne", DAY, disposition="overgedragen_politie", fed_back_on="2022-03-01"),
        melding("2", "borne", DAY, disposition="toegevoegd_aan_dossier"),
        melding("3", "losser", DAY),
        melding("4", "wierden", DAY, fed_back_on="2023-07-01"),  # after the peildatum
    )

    found = steps(VOCABULARY, of_borne, PEILDATUM)

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
    day = pd.Timestamp("2022-01-01") + pd.Timedelta(days=days)
    row = melding("1", "borne", DAY, disposition=disposition, closed_on=day if days else pd.NaT)
    return table(*[row] * times).assign(area=TWENTE)


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

CROSSED = table(
    melding("1", "almelo", DAY, has_time=True, result="bevestigd"),
    melding("2", "almelo", DAY, has_time=False, result="bevestigd"),
    melding("3", "borne", DAY, result="niet_bevestigd"),
    melding("3", "losser", DAY, has_time=True, result="bevestigd"),  # the same tip, received twice
)


def crossed(area: str) -> dict[str, int]:
    cells = crossing_cells(VOCABULARY, CROSSED, PERIODS)
    own = cells[cells["area"].eq(area) & cells["breakdown"].eq("has_time+result")]
    return own[own["count"] > 0].set_index("value")["count"].to_dict()


def test_what_is_not_registered_is_crossed_as_without():
    assert crossed("almelo") == {"ja+bevestigd": 1, "anders+bevestigd": 1}
    assert crossed("borne") == {"anders+niet_bevestigd": 1}


def test_the_district_counts_a_tip_once_and_is_the_only_one_that_is_published():
    cells = crossing_cells(VOCABULARY, CROSSED, PERIODS)

    assert crossed(TWENTE) == {"ja+bevestigd": 1, "anders+bevestigd": 1, "anders+niet_bevestigd": 1}
    assert crossed("dubbel") == {"ja+bevestigd": 1}
    assert set(cells.loc[cells["published"], "area"]) == {TWENTE}
    assert len(cells[cells["published"]]) == 4 * 2 * len(allowed_values(VOCABULARY, "result"))


def test_crossed_counts_add_up_to_what_a_reader_knows():
    slugs = ["almelo", "borne", "losser"]
    counted = count_cells(VOCABULARY, CROSSED, slugs, PERIODS)
    cells = pd.concat([counted, crossing_cells(VOCABULARY, CROSSED, PERIODS)])

    related = crossing_relations(cells)

    sums = related["coefficient"].mul(related["cell"].map(cells["count"]))
    assert (sums.groupby(related["relation"]).sum() == 0).all()
    tied = set(related["cell"])
    assert {f"{TWENTE}|whole|has_time|ja", f"{TWENTE}|whole|result|bevestigd"} <= tied
    assert set(cells.index[cells["breakdown"].str.endswith("+result")]) <= tied


def test_a_hidden_count_gives_no_comparison_by_background():
    results = allowed_values(VOCABULARY, "result")
    values = [f"{has}+{result}" for has in ("anders", "ja") for result in results]
    counts = pd.DataFrame(
        {
            "area": TWENTE,
            "breakdown": "has_time+result",
            "value": values,
            "count": pd.array([20, 10, None, 60, 30, 10, 20, 40], dtype="Int64"),
        }
    )

    row = result_by_background(counts).iloc[0]

    assert row[["count_to", "total_to"]].to_list() == [40, 60]
    assert row[["count_from", "total_from", "share_from", "change"]].isna().all()
    assert row["verdict"] == "cannot_tell"


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


def results(area: str, total: object, *counts: object) -> pd.DataFrame:
    """A gemeente's results in the order of their codes; a text is the state of a hidden one."""
    cells = [("totaal", "totaal", total)]
    results = allowed_values(VOCABULARY, "result")
    cells += [("result", *of) for of in zip(results, counts, strict=True)]
    rows = [
        (area, "whole", breakdown, value, *((None, n) if isinstance(n, str) else (n, "shown")))
        for breakdown, value, n in cells
    ]
    columns = ["area", "period", "breakdown", "value", "count", "state"]
    return pd.DataFrame(rows, columns=columns).astype({"count": "Int64"})


HIDDEN = "hidden"


@pytest.mark.parametrize(
    ("total", "counts", "registers", "known", "state"),
    [
        (20, (10, 0, 5, 5), True, 15, "shown"),
        (20, (10, HIDDEN, HIDDEN, 5), True, 15, "shown"),  # the total less what is unknown
        (20, (15, HIDDEN, 0, HIDDEN), True, None, "hidden"),
        (HIDDEN, (0, 0, 0, HIDDEN), False, 0, "shown"),  # zeros are shown: nothing is given away
        (HIDDEN, (0, HIDDEN, 0, 0), True, None, "hidden"),
        (0, (0, 0, 0, 0), None, 0, "shown"),
        ("missing", ("missing",) * 4, None, None, "missing"),
    ],
)
def test_whether_a_field_is_registered_follows_from_what_is_shown(
    total, counts, registers, known, state
):
    row = completeness(results("borne", total, *counts)).iloc[0]

    assert (None if pd.isna(row["registers"]) else bool(row["registers"])) == registers
    assert (None if pd.isna(row["count"]) else int(row["count"])) == known
    assert row["state"] == state
    assert pd.isna(row["share"]) or row["share"] == known / total


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


def test_several_fields_are_looked_at_together():
    one = known((FIRST, 48, 80), (LAST, 56, 70))
    fields = ["usable", "result", "status", "has_time", "has_person", "topic_group"]
    six = pd.concat([one.assign(field=field) for field in fields])

    # Of six each interval is one of 99.2 %: z is 2.64, and 2.64 times the error of 0.073 is 0.19.
    assert completeness_shift(six, PERIODS)["low"].to_list() == pytest.approx([0.0] * 6, abs=0.02)


THREE = "drugs geweld fraude_en_geld"


@pytest.mark.parametrize(
    ("of_groups", "total", "named", "share"),
    [
        # The 4 that remain cannot be larger than the third.
        *[((20, 10, 6, fourth), 40, THREE, 0.9) for fourth in (4, None, 0)],
        ((20, 10, 6, None), 44, None, None),  # the hidden 8 may be one group, larger than the third
        # A tie for the third place
        ((12, 4, 4, 4), 24, None, 20 / 24),  # any two of three
        ((12, 4, 4, 3), 23, THREE, 20 / 23),  # which three they are is certain
        ((12, 5, 4, None), 25, None, 21 / 25),  # the hidden 4 may be one group
        ((12, 6, 0, 0), 18, None, 1),  # nobody says what the third is
    ],
)
def test_the_three_largest_topics_are_told_as_far_as_they_are_certain(
    of_groups, total, named, share
):
    codes = ("drugs", "geweld", "fraude_en_geld", "ondermijning")
    counts = per_year(
        (FIRST, "totaal", "totaal", total),
        *[(FIRST, "topic_group", code, n) for code, n in zip(codes, of_groups, strict=True)],
    ).query("period == @FIRST")

    row = concentration(counts).iloc[0]

    assert (None if pd.isna(row["groups"]) else row["groups"]) == named
    if share is None:
        assert pd.isna(row["share"])
    else:
        assert (row["count"], row["total"]) == (sum(of_groups[:3]), total)
        assert row["share"] == pytest.approx(share)
