"""Numbers, dates and counts as a Dutch reader writes them."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.show import words
from show_tables import HIDDEN, MISSING, NOT_APPLICABLE, cases


@cases(
    "value digits expected",
    (0, 0, "0"),
    (1234, 0, "1.234"),
    (1234567.891, 2, "1.234.567,89"),
    (0.5, 0, "1"),
    (2.5, 0, "3"),
    (2.05, 1, "2,1"),
    (-0.04, 1, "0,0"),
    (-1234, 0, "−1.234"),
)
def test_a_number_has_dots_for_thousands_and_rounds_a_half_up(value, digits, expected):
    assert words.number(value, digits) == expected


@cases(
    "value digits expected",
    (12, 0, "+12"),
    (-3, 0, "−3"),
    (0, 0, "0"),
    (0.04, 1, "0,0"),
    (-24.53, 1, "−24,5"),
)
def test_a_signed_number_has_a_true_minus_and_nothing_has_no_sign(value, digits, expected):
    assert words.signed(value, digits) == expected


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


@pytest.mark.parametrize("nothing", [None, pd.NA, float("nan")])
def test_a_share_that_is_not_shown_is_a_sign(nothing):
    assert words.share(nothing) == "·"


@cases(
    "change expected",
    (0.26, "26% meer"),
    (-0.1, "10% minder"),
    (0.0, "evenveel"),
    (-0.004, "evenveel"),
)
def test_a_change_is_more_or_fewer_and_not_a_sign(change, expected):
    assert words.change(change) == expected


def test_an_interval_without_an_end_says_at_least():
    assert words.between_times(0.52, 2.61) == "tussen 0,5 en 2,6 keer"
    assert words.between_times(0.52, float("inf")) == "op minstens 0,5 keer"


def test_money_has_its_sign_in_front_and_cents_on_request():
    assert words.money(1400.4) == "€\xa01.400"  # no line breaks after the sign
    assert words.money(12.5, cents=True) == "€\xa012,50"


@cases(
    "count expected",
    (0, "geen meldingen"),
    (1, "1 melding"),
    (2, "2 meldingen"),
    (1200, "1.200 meldingen"),
)
def test_a_count_has_its_noun_in_the_right_number(count, expected):
    assert words.meldingen(count) == expected


@cases(
    "count total expected",
    (0, 12, "geen van de 12 gemeenten zegt"),
    (1, 12, "1 van de 12 gemeenten zegt"),
    (9, 12, "9 van de 12 gemeenten zeggen"),
    (12, 12, "alle 12 gemeenten zeggen"),
    (1, 1, "1 gemeente zegt"),
    (0, 1, "geen gemeente zegt"),
)
def test_gemeenten_have_their_verb_in_the_right_number(count, total, expected):
    assert words.gemeenten(count, total, "zegt", "zeggen") == expected


@cases(
    "count total expected",
    (0, 1, "geen enkele melding"),
    (1, 1, "de enige melding"),
    (0, 9, "geen van de 9 meldingen"),
    (1, 9, "1 van de 9 meldingen"),
    (9, 9, "alle 9 meldingen"),
    (19, 19, "alle 19 meldingen"),
    (5, 20, "25% van de meldingen"),
    (1, 586, "minder dan 1% van de meldingen"),
    (0, 586, "geen van de 586 meldingen"),
)
def test_of_few_meldingen_the_counts_are_told_and_of_many_a_percentage(count, total, expected):
    assert words.of_meldingen(count, total) == expected


def test_a_large_figure_is_a_count_of_few_and_a_percentage_of_many():
    assert words.figure(6, 9) == "6 van 9"
    assert words.figure(5, 20) == "25%"


@cases("days expected", (0, "0"), (3, "<0,5"), (46, "1,5"), (181, "6"), (184, "6"), (365, "12"))
def test_months_are_told_to_the_nearest_half(days, expected):
    assert words.months(days / 30.4375) == expected


def test_small_numbers_have_words_up_to_fourteen():
    assert [words.in_words(n) for n in (0, 1, 14, 15)] == ["geen", "één", "veertien", "15"]


@cases(
    "begin end expected",
    ((2021, 7, 1), (2022, 6, 30), "jul 2021 – jun 2022"),
    ((2021, 7, 1), (2021, 12, 31), "jul – dec 2021"),
    ((2022, 3, 1), (2022, 3, 31), "mrt 2022"),
    ((2022, 3, 1), (2023, 3, 31), "mrt 2022 – mrt 2023"),
)
def test_a_span_names_a_year_or_month_once(begin, end, expected):
    assert words.span(dt.date(*begin), dt.date(*end)) == expected


def test_days_name_the_year_once_within_a_year():
    june, july, january = dt.date(2022, 6, 15), dt.date(2022, 7, 31), dt.date(2023, 1, 1)

    assert words.days(june, july) == "15 juni tot en met 31 juli 2022"
    assert words.days(june, january) == "15 juni 2022 tot en met 1 januari 2023"


@cases("names expected", ([], ""), (["a"], "a"), (["a", "b"], "a en b"), (list("abc"), "a, b en c"))
def test_a_listing_ends_with_en(names, expected):
    assert words.listing(names) == expected


@cases(
    "label expected",
    ("Geweld en wapens", "geweld en wapens"),
    ("RIEC", "RIEC"),
    ("M. zelf", "M. zelf"),
    ("", ""),
)
def test_a_label_in_a_sentence_keeps_its_abbreviations(label, expected):
    assert words.small(label) == expected


def test_a_sentence_begins_with_a_capital_and_the_rest_stays():
    assert words.capital("overgedragen aan het RIEC") == "Overgedragen aan het RIEC"


def test_zero_hidden_missing_and_not_applicable_are_four_different_things():
    counts = [
        words.Count(0, "shown"),
        *(words.Count(None, s) for s in (HIDDEN, MISSING, NOT_APPLICABLE)),
    ]

    assert [count.text for count in counts] == ["0", "·", "–", "n.v.t."]
    assert len({count.spoken for count in counts}) == 4
    assert len({count.sentence for count in counts}) == 4


def test_a_count_is_that_of_one_row_and_of_no_other_number_of_rows():
    rows = [{"count": 3, "state": "shown"}, {"count": pd.NA, "state": "hidden"}]

    assert words.only_count(rows[:1]) == words.Count(3, "shown")
    assert words.only_count(rows[1:]) == words.Count(None, "hidden")
    for wrong in ([], rows):
        with pytest.raises(KeyError, match=f"{len(wrong)} rows, expected one"):
            words.only_count(wrong)
