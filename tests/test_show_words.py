"""Numbers, dates and counts as a Dutch reader writes them."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.show import words
from show_tables import HIDDEN, MISSING, NOT_APPLICABLE, cases, rounded

INF, NAN = float("inf"), float("nan")
JUNE, JULY, NEW_YEAR = dt.date(2022, 6, 15), dt.date(2022, 7, 31), dt.date(2023, 1, 1)
START, MARCH = dt.date(2021, 7, 1), dt.date(2022, 3, 1)


@cases(
    "form given expected",
    # a number has dots for thousands and rounds a half up
    (words.number, (0, 0), "0"),
    (words.number, (1234, 0), "1.234"),
    (words.number, (1234567.891, 2), "1.234.567,89"),
    (words.number, (0.5, 0), "1"),
    (words.number, (2.5, 0), "3"),
    (words.number, (2.05, 1), "2,1"),
    (words.number, (-0.04, 1), "0,0"),
    (words.number, (-1234, 0), "−1.234"),
    # a signed number has a true minus and nothing has no sign
    (words.signed, (12, 0), "+12"),
    (words.signed, (-3, 0), "−3"),
    (words.signed, (0, 0), "0"),
    (words.signed, (0.04, 1), "0,0"),
    (words.signed, (-24.53, 1), "−24,5"),
    # a change is more or fewer and not a sign
    (words.change, (0.26,), "26% meer"),
    (words.change, (-0.1,), "10% minder"),
    (words.change, (0.0,), "evenveel"),
    (words.change, (-0.004,), "evenveel"),
    # an interval without an end says at least
    (words.between_times, (0.52, 2.61), "tussen 0,5 en 2,6 keer"),
    (words.between_times, (0.52, INF), "op minstens 0,5 keer"),
    # money has its sign in front, without a line break after it, and cents on request
    (words.money, (1400.4,), "€\xa01.400"),
    (words.money, (12.5, True), "€\xa012,50"),
    # a large figure is a count of few and a percentage of many
    (words.figure, (6, 9), "6 van 9"),
    (words.figure, (25, 100), "25%"),
    # small numbers have words up to fourteen
    (words.in_words, (0,), "geen"),
    (words.in_words, (1,), "één"),
    (words.in_words, (14,), "veertien"),
    (words.in_words, (15,), "15"),
)
def test_a_number_reads_as_dutch(form, given, expected):
    assert form(*given) == expected


@cases(
    "share sentence table",
    (0.0, "0%", "0%"),
    (0.001, "minder dan 1%", "<1%"),
    (0.123, "12%", "12%"),
    (0.125, "13%", "13%"),
    (0.999, "meer dan 99%", ">99%"),
    (1.0, "100%", "100%"),
)
def test_a_share_is_0_or_100_percent_only_when_it_is_exactly_that(share, sentence, table):
    assert words.percent(share) == sentence
    assert words.share(share) == table


@pytest.mark.parametrize("nothing", [None, pd.NA, NAN])
def test_of_too_few_meldingen_there_is_no_share(nothing):
    assert words.share(nothing) == "te weinig"


@cases(
    "form given expected",
    # a count has its noun in the right number
    (words.meldingen, (0,), "geen meldingen"),
    (words.meldingen, (1,), "1 melding"),
    (words.meldingen, (2,), "2 meldingen"),
    (words.meldingen, (1200,), "1.200 meldingen"),
    # gemeenten have their verb in the right number
    (words.gemeenten, (0, 12, "zegt", "zeggen"), "geen van de 12 gemeenten zegt"),
    (words.gemeenten, (1, 12, "zegt", "zeggen"), "1 van de 12 gemeenten zegt"),
    (words.gemeenten, (9, 12, "zegt", "zeggen"), "9 van de 12 gemeenten zeggen"),
    (words.gemeenten, (12, 12, "zegt", "zeggen"), "alle 12 gemeenten zeggen"),
    (words.gemeenten, (1, 1, "zegt", "zeggen"), "1 gemeente zegt"),
    (words.gemeenten, (0, 1, "zegt", "zeggen"), "geen gemeente zegt"),
    # of few meldingen the counts are told and of many a percentage
    (words.of_meldingen, (0, 1), "geen enkele melding"),
    (words.of_meldingen, (1, 1), "de enige melding"),
    (words.of_meldingen, (0, 9), "geen van de 9 meldingen"),
    (words.of_meldingen, (1, 9), "1 van de 9 meldingen"),
    (words.of_meldingen, (9, 9), "alle 9 meldingen"),
    (words.of_meldingen, (19, 19), "alle 19 meldingen"),
    (words.of_meldingen, (5, 20), "5 van de 20 meldingen"),
    (words.of_meldingen, (25, 100), "25% van de meldingen"),
    (words.of_meldingen, (1, 586), "minder dan 1% van de meldingen"),
    (words.of_meldingen, (0, 586), "geen van de 586 meldingen"),
    # a listing ends with 'en'
    (words.listing, ([],), ""),
    (words.listing, (["a"],), "a"),
    (words.listing, (["a", "b"],), "a en b"),
    (words.listing, (["a", "b", "c"],), "a, b en c"),
    # a label in a sentence keeps its abbreviations, a sentence begins with a capital
    (words.small, ("Geweld en wapens",), "geweld en wapens"),
    (words.small, ("RIEC",), "RIEC"),
    (words.small, ("M. zelf",), "M. zelf"),
    (words.small, ("",), ""),
    (words.capital, ("overgedragen aan het RIEC",), "Overgedragen aan het RIEC"),
)
def test_words_agree_with_what_they_count(form, given, expected):
    assert form(*given) == expected


@cases("days expected", (0, "0"), (3, "<0,5"), (46, "1,5"), (181, "6"), (184, "6"), (365, "12"))
def test_months_are_told_to_the_nearest_half(days, expected):
    assert words.months(days / 30.4375) == expected


@cases(
    "form begin end expected",
    # a span names a year or month once
    (words.span, START, dt.date(2022, 6, 30), "jul 2021 – jun 2022"),
    (words.span, START, dt.date(2021, 12, 31), "jul – dec 2021"),
    (words.span, MARCH, dt.date(2022, 3, 31), "mrt 2022"),
    (words.span, MARCH, dt.date(2023, 3, 31), "mrt 2022 – mrt 2023"),
    # days name the year once within a year
    (words.days, JUNE, JULY, "15 juni tot en met 31 juli 2022"),
    (words.days, JUNE, NEW_YEAR, "15 juni 2022 tot en met 1 januari 2023"),
)
def test_a_time_names_nothing_twice(form, begin, end, expected):
    assert form(begin, end) == expected


# --- rounded counts ------------------------------------------------------------------------------

NOTHING, FIVE, NINETY, HUNDRED = (rounded(count) for count in (0, 5, 90, 100))


@cases(
    "form given expected",
    # a 0 may be a few, and neither all nor none is said
    (words.number, (NOTHING,), "0 – 4"),
    (words.number, (FIVE,), "5"),
    (words.meldingen, (NOTHING,), "hoogstens 4 meldingen"),
    (words.of_meldingen, (NOTHING, HUNDRED), "hoogstens 4 van de 100 meldingen"),
    (words.of_meldingen, (FIVE, FIVE), "5 van de 5 meldingen"),
    (words.of_meldingen, (0, FIVE), "geen van de 5 meldingen"),  # of a field that is never kept
    (words.of_meldingen, (HUNDRED, HUNDRED), "(bijna) alle 100 meldingen"),
    (words.of_meldingen, (NINETY, HUNDRED), "90% van de meldingen"),
    # 0 of 100 may be 4 of 96: 4,2%
    (words.share_of, (NOTHING, HUNDRED), "minder dan 5%"),
    (words.figure, (NOTHING, HUNDRED), "<5%"),
    (words.figure, (NOTHING, FIVE), "0 – 4 van 5"),
    # without known unknown ones there may be 4 of 96
    (words.known_share_of, (HUNDRED, NOTHING, HUNDRED), ">95%"),
    (words.known_share_of, (NINETY, rounded(10), HUNDRED), "90%"),
    # what is added or subtracted may be off by more
    (words.number, (HUNDRED - HUNDRED,), "0 – 8"),
    (words.meldingen, (sum([NOTHING, NOTHING, NOTHING]),), "hoogstens 12 meldingen"),
    (words.is_none, (NOTHING,), False),
    (words.is_none, (0,), True),
    # of few there are shares when they are exact
    (words.has_shares, (rounded(45),), False),
    (words.has_shares, (rounded(50),), True),
    (words.has_shares, (1,), True),
    (words.has_shares, (0,), False),
)
def test_of_a_rounded_count_only_that_is_said_which_holds_for_the_truth(form, given, expected):
    assert form(*given) == expected


def test_zero_hidden_missing_and_not_applicable_are_four_different_things():
    hidden = [words.Count(None, state) for state in (HIDDEN, MISSING, NOT_APPLICABLE)]
    counts = [words.Count(0, "shown"), words.Count(rounded(0), "shown"), *hidden]

    assert [count.text for count in counts] == ["0", "0 – 4", "·", "–", "n.v.t."]
    assert len({count.spoken for count in counts}) == 5
    assert len({count.sentence for count in counts}) == 5


def test_a_count_is_that_of_one_row_and_of_no_other_number_of_rows():
    rows = [
        {"count": 3, "state": "shown", "basis": 1},
        {"count": pd.NA, "state": "hidden", "basis": 5},
    ]

    assert words.only_count(rows[:1]) == words.Count(3, "shown")
    assert words.only_count(rows[1:]) == words.Count(None, "hidden")
    assert words.count_of(rows[1] | {"state": "never"}) == words.Count(0, "shown")
    assert words.off(words.count_of(rows[0] | {"basis": 5}).value) == 4
    for wrong in ([], rows):
        with pytest.raises(KeyError, match=f"{len(wrong)} rows, expected one"):
            words.only_count(wrong)
