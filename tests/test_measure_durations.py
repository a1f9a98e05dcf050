"""How soon meldingen come and are closed, against published series and by hand."""

import pandas as pd
import pytest

from mma_analysis.measure.durations import time_to_close, time_to_receive

PEILDATUM = pd.Timestamp("2023-06-30")
RECEIVED = PEILDATUM - pd.Timedelta(days=200)

# R package survival, data set aml (Miller 1997); a day with + is censored.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
NONMAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"


def meldingen(spells: str, gemeente: str = "almelo", area: str | None = None) -> pd.DataFrame:
    """One melding per spell: its day of closing, or with + how long it has been open so far."""
    rows = []
    for spell in spells.split():
        days = pd.Timedelta(days=int(spell.rstrip("+")))
        is_open = spell.endswith("+")
        received = PEILDATUM - days if is_open else RECEIVED
        rows.append((received, pd.NaT if is_open else RECEIVED + days))
    table = pd.DataFrame(rows, columns=["received_on", "closed_on"]).astype("datetime64[us]")
    return table.assign(area=area or gemeente, gemeente=gemeente, status="onbekend")


def estimate(table: pd.DataFrame) -> list[float | None]:
    found = time_to_close(table, PEILDATUM).drop(columns="area")
    assert len(found) == 1
    return [None if pd.isna(value) else float(value) for value in found.iloc[0]]


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        # survival tests/doaml.Rout.save: median 31 (18, NA). Only nine came in 30 days ago.
        (MAINTAINED, [31, 18, None, None, None]),
        # median 23 (8, NA); the curve is 0.292 at 30 days and 0 at 90.
        (NONMAINTAINED, [23, 8, None, 0.71, 1.0]),
        # The first, ten of each: the curve is 0.614 at 30 days and 0.184 at 90.
        (" ".join([MAINTAINED] * 10), [31, ..., ..., 0.39, 0.82]),
        # The median is the first day on which half is closed; of less than half there is none.
        ("20 " * 5 + "100+ " * 5, [20, ..., ..., 0.5, 0.5]),
        ("20 " * 5 + "100+ " * 6, [None, ..., None, 0.45, 0.45]),
        ("0 " * 10, [0, ..., ..., 1.0, 1.0]),  # closed on the day that it came in
    ],
)
def test_the_curve_is_the_published_one_and_that_worked_out_by_hand(spells: str, expected: list):
    found = estimate(meldingen(spells))

    for value, told in zip(found, expected, strict=True):
        assert told is ... or value == told


def later(day: int, **changed: object) -> pd.DataFrame:
    """One that was closed after so many days, but for what is changed."""
    return meldingen(str(day)).assign(**changed).astype({"closed_on": "datetime64[us]"})


@pytest.mark.parametrize(
    "table",
    [
        meldingen("1 2 3 4 5 6 7 8 9"),  # nine meldingen
        meldingen("1 2 3 4 50+ 60+ 70+ 80+ 90+ 100+"),  # four closed
        meldingen("1+ 2+ 3+ 4+ 5+ 6+ 7+ 8+ 9+ 10+"),
        meldingen(""),
        # 50 days before the peildatum: nothing is known of ninety.
        meldingen("1 2 3 4 5 6 7 8 9 10").assign(
            received_on=RECEIVED + pd.Timedelta(days=150),
            closed_on=lambda t: t["closed_on"] + pd.Timedelta(days=150),
        ),
        # The tenth came in after the peildatum.
        pd.concat([meldingen("20 " * 9), later(20, received_on=PEILDATUM + pd.Timedelta(days=1))]),
    ],
)
def test_too_few_or_too_recent_meldingen_are_not_released(table: pd.DataFrame):
    assert time_to_close(table, PEILDATUM).empty


@pytest.mark.parametrize(
    ("others", "median"),
    [
        # What was closed after the peildatum was open on it.
        ([later(9, closed_on=PEILDATUM + pd.Timedelta(days=1))] * 10, None),
        # Closed, but not known when; or before it came in.
        ([later(9, status="afgesloten", closed_on=pd.NaT)], 31),
        ([later(9, closed_on=RECEIVED - pd.Timedelta(days=1))], 31),
        # A gemeente that registers no closing dates.
        ([meldingen("100+ " * 20, "borne", area="almelo")], 31),
    ],
)
def test_only_a_melding_with_a_possible_duration_counts_as_closed(others, median):
    assert estimate(pd.concat([meldingen(MAINTAINED)] * 2 + others))[0] == median


def closed_by(gemeente: str, dated: int, undated: int) -> pd.DataFrame:
    """So many that were closed on the first day, and so many on a day that nobody wrote down."""
    table = meldingen("1 " * (dated + undated), gemeente, area="twente")
    has_day = [True] * dated + [False] * undated
    return table.assign(status="afgesloten", closed_on=table["closed_on"].where(has_day))


@pytest.mark.parametrize(("undated", "median"), [(2, 1), (3, 31)])
def test_a_gemeente_counts_when_it_wrote_down_nine_of_ten_closing_days(undated, median):
    # 18 of 20 is nine of ten; 18 of 21 is not, and what it has may be the quick ones.
    partly = closed_by("borne", 18, undated)

    assert estimate(pd.concat([meldingen(MAINTAINED, area="twente"), partly]))[0] == median
    assert time_to_close(partly, PEILDATUM).empty == (undated == 3)


def test_how_many_closing_days_are_missing_changes_nothing_that_is_told():
    # Of 19 and 20: who knows those would work a count below five out of the share.
    one, two, none = (
        time_to_close(closed_by("borne", 18, missing), PEILDATUM) for missing in (1, 2, 0)
    )

    pd.testing.assert_frame_equal(one, none)
    pd.testing.assert_frame_equal(two, none)


def spells_until(*parts: tuple[int, int, int | None]) -> pd.DataFrame:
    """So many meldingen that came in so many days before the peildatum, closed after so many."""
    rows = []
    for number, before, closed in parts:
        received = PEILDATUM - pd.Timedelta(days=before)
        ended = pd.NaT if closed is None else received + pd.Timedelta(days=closed)
        rows += [(received, ended)] * number
    table = pd.DataFrame(rows, columns=["received_on", "closed_on"]).astype("datetime64[us]")
    return table.assign(area="borne", gemeente="borne", status="onbekend")


def in_two(table: pd.DataFrame) -> pd.DataFrame:
    """The same meldingen in two gemeenten: who knows those of one is left with the table itself."""
    both = [table.assign(area="twente", gemeente=gemeente) for gemeente in ("borne", "losser")]
    return pd.concat(both, ignore_index=True)


def for_all(*parts: pd.DataFrame) -> list[float]:
    """What everybody may read of these: which part is closed within 90 days, if that."""
    table = pd.concat(parts, ignore_index=True).assign(area="twente")
    return time_to_close(table, PEILDATUM, for_all=True)["within_90"].to_list()


HUNDREDS = ["losser"] * 100 + ["wierden"] * 100


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Of 400 of which none wait, 5% says at least 0.025 × 0.975 × 400 = 9.75 and 95% at least
        # 360.75: who has what all gemeenten closed takes that off, and five must be left.
        ([in_two(spells_until((8, 200, 5), (192, 200, None)))], [0.05]),
        ([in_two(spells_until((7, 200, 5), (193, 200, None)))], []),
        ([in_two(spells_until((183, 200, 5), (17, 200, None)))], [0.9]),
        ([in_two(spells_until((186, 200, 5), (14, 200, None)))], [0.95]),
        # Of 200, 195 to 200 are 100%: five may be open. Of fewer, 98% would say that 2 are.
        ([in_two(spells_until((198, 200, 5), (2, 200, None)))], [1.0]),
        ([in_two(spells_until((98, 200, 5), (102, 200, None)))], [0.5]),  # 49%
        ([in_two(spells_until((110, 200, 5), (2, 200, None)))], []),
        ([in_two(spells_until((197, 200, 5), (2, 200, None)))], []),
        # Who knows all of the largest is left with two hundred of the others.
        (
            [
                spells_until((180, 200, 5), (120, 200, None)),
                spells_until((120, 200, 5), (80, 200, None)).assign(gemeente=HUNDREDS),
            ],
            [0.6],
        ),
        (
            [
                spells_until((180, 200, 5), (120, 200, None)),
                spells_until((120, 200, 5), (79, 200, None)).assign(gemeente=HUNDREDS[1:]),
            ],
            [],
        ),
        # And with five that ended; who closed most is not the one that has most.
        *(
            (
                [
                    spells_until((ended, 200, 5), (300 - ended, 200, None)),
                    spells_until((250, 200, 5)).assign(gemeente="losser"),
                ],
                expected,
            )
            for ended, expected in ((4, []), (5, [0.45]))
        ),
    ],
)
def test_what_everybody_reads_tells_nobody_of_fewer_than_five_meldingen(parts, expected):
    assert for_all(*parts) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # One melding alone came in 90 days ago: it would say that all are closed within 90.
        ([(5, 20, 2), (4, 20, None), (1, 95, 85)], [None, None]),
        ([(9, 95, 2), (9, 40, None)], [0.5, None]),
        # Ten did, of which six are closed on day 40: of 20 at risk, 6; (20 - 6) / 20 are open.
        ([(6, 95, 40), (4, 95, None), (10, 40, None)], [0.0, 0.3]),
        # All closed on day 2: nothing is open any more, and that is known of every melding.
        ([(10, 90, 2)], [1.0, 1.0]),
        ([(10, 89, 2), (1, 90, 2)], [1.0, None]),
    ],
)
def test_a_share_rests_on_ten_meldingen_that_were_followed_that_long(
    parts: list[tuple[int, int, int | None]], expected: list[float | None]
):
    assert estimate(spells_until(*parts))[3:] == expected


# --- from M. to the gemeente ---------------------------------------------------------------------


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
