"""Numbers, dates and lists as a Dutch reader writes them."""

import datetime as dt

import pytest

from mma_analysis.vocabulary import numbers

START, MARCH = dt.date(2021, 7, 1), dt.date(2022, 3, 1)


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        # a number has dots for thousands and rounds a half up
        (numbers.number, (1234567.891, 2), "1.234.567,89"),
        (numbers.number, (0.5, 0), "1"),
        (numbers.number, (2.5, 0), "3"),
        (numbers.number, (2.05, 1), "2,1"),
        (numbers.number, (-0.04, 1), "0,0"),
        (numbers.number, (-1234, 0), "−1.234"),
        # a signed number has a true minus and nothing has no sign
        (numbers.signed, (0.04, 1), "0,0"),
        (numbers.signed, (-24.53, 1), "−24,5"),
        # money has its sign in front, without a line break after it, and cents on request
        (numbers.money, (1400.4,), "€\xa01.400"),
        # small numbers have words up to fourteen
        (numbers.in_words, (0,), "geen"),
        (numbers.in_words, (14,), "veertien"),
        (numbers.in_words, (15,), "15"),
        # a listing ends with 'en'
        (numbers.listing, ([],), ""),
        (numbers.listing, (["a"],), "a"),
        (numbers.listing, (["a", "b"],), "a en b"),
        (numbers.listing, (["a", "b", "c"],), "a, b en c"),
        # a label in a sentence keeps its abbreviations, a sentence begins with a capital
        (numbers.small, ("Geweld en wapens",), "geweld en wapens"),
        (numbers.small, ("RIEC",), "RIEC"),
        (numbers.small, ("",), ""),
        (numbers.capital, ("overgedragen aan het RIEC",), "Overgedragen aan het RIEC"),
        # a span names a year or month once
        (numbers.span, (START, dt.date(2022, 6, 30)), "jul 2021 – jun 2022"),
        (numbers.span, (START, dt.date(2021, 12, 31)), "jul – dec 2021"),
        (numbers.span, (MARCH, dt.date(2022, 3, 31)), "mrt 2022"),
        (numbers.span, (MARCH, dt.date(2023, 3, 31)), "mrt 2022 – mrt 2023"),
    ],
)
def test_a_number_reads_as_dutch(form, given, expected):
    assert form(*given) == expected


@pytest.mark.parametrize(
    ("share", "sentence", "table"),
    [
        (0.0, "0%", "0%"),
        (0.001, "minder dan 1%", "<1%"),
        (0.123, "12%", "12%"),
        (0.125, "13%", "13%"),
        (0.999, "meer dan 99%", ">99%"),
        (1.0, "100%", "100%"),
    ],
)
def test_a_share_is_0_or_100_percent_only_when_it_is_exactly_that(share, sentence, table):
    assert numbers.percent(share) == sentence
    assert numbers.short(numbers.percent(share)) == table
