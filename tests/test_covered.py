"""A gemeente counts for the days that its delivery covers: what came in later is not known."""

import datetime as dt

import pandas as pd
import pytest

import counting
from counting import table
from mma_analysis import measure
from mma_analysis.measure.frame import DAYS_PER_MONTH, DeliveryEnd
from mma_analysis.pipeline.run import frame_of
from mma_analysis.protect import Book
from mma_analysis.vocabulary import TOTAL, UsageError

# The evaluation of `counting` is of July 2021 to June 2023: 730 days.
SINCE = "2021-07-01"
LAST = dt.date(2023, 6, 30)
FILES = ["eerste.csv", "tweede.csv"]


def monthly(slug: str, last: str, number: int = 1) -> list[dict]:
    """So many meldingen in every month from July 2021 until this one."""
    rows = []
    for month in pd.period_range("2021-07", last, freq="M"):
        for n in range(number):
            rows.append(counting.melding(f"{slug}{month}{n}", slug, f"{month}-10"))
    return rows


def total(area: str, period: str) -> str:
    """The name of the count of all meldingen of an area in a period."""
    return f"{area}|{period}|{TOTAL}|{TOTAL}"


def edition(**borne):
    return counting.edition({"borne": {"aangesloten": SINCE} | borne, "losser": {}})


# --- until when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ({}, LAST),
        ({"geleverd_op": "2023-07-04"}, LAST),
        ({"geleverd_op": "2023-01-28"}, dt.date(2023, 1, 28)),
        ({"geleverd_op": "2023-01-28", "klopt": "Er kwam niets meer."}, LAST),
        (
            {
                "levering": FILES,
                "vult_aan": {"tweede.csv": "eerste.csv"},
                "geleverd_op": {"eerste.csv": "2022-07-04", "tweede.csv": "2023-04-04"},
            },
            dt.date(2023, 4, 4),
        ),
        # Of one of both nobody wrote it down: then it is not known.
        ({"levering": FILES, "geleverd_op": {"eerste.csv": "2022-07-04"}}, LAST),
    ],
)
def test_a_delivery_covers_the_days_until_its_last_file_came(given, until):
    of = edition(**given)

    assert of.covered_until("borne") == until
    assert measure.frame(of).covered_until["borne"] == pd.Timestamp(until)


def test_who_did_not_deliver_covers_no_day():
    of = measure.frame(counting.edition({"borne": {}, "losser": {"levering": []}}))

    assert pd.isna(of.covered_until["losser"])
    assert of.absent["losser"] == "no_file"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"klopt": ""}, "klopt"),
        (
            {
                "levering": FILES,
                "vult_aan": {"tweede.csv": "eerste.csv"},
                "geleverd_op": {"eerste.csv": "2023-04-04", "tweede.csv": "2022-07-04"},
            },
            "tweede.csv komt na eerste.csv, maar kwam eerder binnen",
        ),
        ({"geleverd_op": {"derde.csv": "2023-04-04"}}, "geleverd_op: 'derde.csv'"),
        ({"geleverd_op": "juli"}, "geleverd_op"),
    ],
)
def test_days_of_delivery_that_cannot_be_so_are_an_error(given, fault):
    with pytest.raises((UsageError, ValueError), match=fault):
        edition(**given)


# --- a delivery that is seen to end -------------------------------------------------------


def test_whole_months_of_silence_after_many_meldingen_are_an_end():
    # Twelve months with two each, then twelve of nothing: (365/730)²⁴ is no chance.
    rows = table(*monthly("borne", "2022-06", 2))

    ends = measure.ends_of(rows, edition())

    # A half to the fifth is 1/32, to the fourth 1/16.
    assert ends == {"borne": DeliveryEnd(dt.date(2022, 6, 30), fewest=5)}


@pytest.mark.parametrize(
    ("last", "number", "why"),
    [
        ("2023-06", 2, "it goes on"),
        ("2023-05", 1, "a month of nothing may be chance: (700/730)²³ is 0.38"),
    ],
)
def test_what_may_be_chance_is_no_end(last, number, why):
    rows = table(*monthly("borne", last, number))

    assert measure.ends_of(rows, edition()) == {}, why


def test_who_says_that_nothing_came_in_later_has_no_end():
    rows = table(*monthly("borne", "2022-06", 2))

    assert measure.ends_of(rows, edition(klopt="Gebeld: er kwam niets meer.")) == {}


def test_a_delivery_ends_before_the_day_that_it_came():
    # Until 31 December 2022 there are 549 days, of which 365 hold all 24: (365/549)²⁴.
    rows = table(*monthly("borne", "2022-06", 2))

    ends = measure.ends_of(rows, edition(geleverd_op="2022-12-31"))

    assert ends["borne"].day == dt.date(2022, 6, 30)
    assert ends["borne"].fewest == 8  # 0.6648⁸ is 0.038, 0.6648⁷ is 0.057


def test_of_who_went_out_until_a_day_it_stays_that_day_until_later_meldingen_come():
    # Of one melding no end is seen: without what went out there is none.
    rows = table(counting.melding("1", "borne", "2022-09-10"))
    went_out = pd.Series({"borne": pd.Timestamp("2022-12-31")})

    assert measure.ends_of(rows, edition()) == {}
    assert measure.ends_of(rows, edition(), went_out) == {
        "borne": DeliveryEnd(dt.date(2022, 12, 31))
    }
    later = table(*monthly("borne", "2023-06"))
    assert measure.ends_of(later, edition(), went_out) == {}
    assert measure.ends_of(rows, edition(klopt="Gebeld."), went_out) == {}


# --- what follows from it -----------------------------------------------------------------


@pytest.fixture(scope="module")
def short():
    """Borne covers a year of the two, Losser both."""
    of = counting.edition(
        {
            "borne": {"aangesloten": SINCE, "geleverd_op": "2022-06-30"},
            "losser": {"aangesloten": SINCE},
        }
    )
    return measure.frame(of)


def test_only_covered_days_are_time_to_receive(short):
    exposure = short.exposure.set_index(["area", "period"])

    of_borne = exposure.loc["borne"]["connected_months"]
    assert of_borne["whole"] == pytest.approx(365 / DAYS_PER_MONTH)
    assert of_borne["2022-07/2023-06"] == 0
    last_year = exposure.loc["twente", "2022-07/2023-06"]
    assert last_year["connected_gemeenten"] == 1
    assert last_year["connected_months"] == pytest.approx(365 / DAYS_PER_MONTH)


def test_periods_after_it_are_not_delivered_and_never_zero(short):
    rows = table(*monthly("borne", "2022-06", 2), *monthly("losser", "2023-06", 2))

    cells = measure.counted(rows, short).cells

    of_borne = cells[cells["breakdown"].eq(TOTAL) & cells["area"].eq("borne")]
    why = of_borne.set_index("period")["structural"]
    assert (why["whole"], why["2021-07/2022-06"]) == ("", "")
    assert why["2022-07/2023-06"] == "missing"
    assert why["2022-07"] == "missing"


def test_what_is_counted_is_named_by_the_days_that_are_covered(short):
    rows = table(*monthly("borne", "2022-06", 2), *monthly("losser", "2023-06", 2))

    sets = measure.sets_of(measure.counted(rows, short).cells, short)

    assert sets.loc[total("borne", "whole"), "region"] == "borne:2021-07-01/2022-06-30"
    district = "borne:2021-07-01/2022-06-30 losser:2021-07-01/2023-06-30"
    assert sets.loc[total("twente", "whole"), "region"] == district
    assert total("borne", "2022-07/2023-06") not in sets.index


def test_years_that_not_all_delivered_are_not_compared(short):
    assert short.complete_years == ["2021-07/2022-06"]


def test_what_went_out_of_a_gemeente_stays_covered(short):
    went_out = pd.Series({"borne": pd.Timestamp("2022-12-31")})

    covering = short.covering(went_out).covered_until

    assert covering["borne"] == pd.Timestamp("2022-12-31")
    assert covering["losser"] == pd.Timestamp(LAST)


def test_who_did_not_deliver_a_campaign_whole_is_not_compared():
    campaign = {"naam": "C", "begin": "2022-09-01", "eind": "2022-11-30", "topics": ["woonfraude"]}
    gemeenten = {"borne": {"geleverd_op": "2022-10-31"}, "losser": {}}
    of = measure.frame(counting.edition(gemeenten, [campaign]))

    assert of.campaigns["C"].members == ["losser"]


def test_an_end_that_is_seen_tells_that_there_are_some():
    of = measure.frame(edition(), ends={"borne": DeliveryEnd(dt.date(2022, 6, 30), fewest=5)})
    rows = table(*monthly("borne", "2022-06", 2))

    surely = measure.counted(rows, of).cells["surely"]

    # Who knows the program knows that June has one, and that there are five or more.
    assert surely[total("borne", "whole")] == 5
    assert surely[total("borne", "2022-06")] == 1
    assert surely[total("borne", "2022-05")] == 0
    assert surely[total("losser", "2022-06")] == 0


# --- what cannot be so --------------------------------------------------------------------


def test_a_peildatum_that_no_delivery_reaches_is_an_error_that_says_until_when_they_go():
    gemeenten = {
        "borne": {"geleverd_op": "2023-01-28"},
        "losser": {"geleverd_op": "2023-03-31"},
    }
    of = counting.edition(gemeenten)
    cleaned = counting.released(of, table(counting.melding("1", "borne", "2022-01-10"))).cleaned

    with pytest.raises(UsageError, match="peildatum 2023-06-30; de laatste is van 2023-03-31"):
        frame_of(of, cleaned, Book())


def test_a_file_that_is_said_to_have_come_before_all_its_meldingen_is_an_error():
    of = counting.edition({"borne": {"geleverd_op": "2021-08-01"}, "losser": {}})
    rows = pd.DataFrame({"gemeente": ["borne"], "reason_code": ["na_levering"]})
    refused = rows.assign(source_file="borne.csv", source_row=2)
    cleaned = counting.released(of, table(counting.melding("1", "losser", "2022-01-10")), refused)

    with pytest.raises(UsageError, match=r"borne op 2021-08-01.*van later.*\[gemeenten.borne\]"):
        frame_of(of, cleaned.cleaned, Book())
