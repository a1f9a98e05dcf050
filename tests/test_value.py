"""A released number: what is computed with it, how it reads, and from which cell it comes."""

import datetime as dt
import json
import math
from operator import add, eq, ge, gt, le, lt, sub, truediv
from typing import Any

import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st

from mma_analysis.show.text import grenzen
from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.value import (
    SPOKEN,
    Value,
    columns_of_released,
    computed,
    quoted,
    value_of,
)

YES, NO = (Value(n, "count", f"t|enschede|{c}#count") for c, n in (("ja", 56), ("nee", 26)))
HIDDEN = Value(None, "count", "t|borne|ja#count", "hidden")


def rounded(number: int, cell: str = "a#count") -> Value:
    return Value(number, "count", cell, off=4)


def n(number: int | None) -> Value:
    return Value(number, "count", "a#count", "shown" if number is not None else "hidden")


ROW: dict[str, Any] = {
    "area": "borne",
    "count": 0,
    "total": 100,
    "share": 0.0,
    "share_low": 0.0,
    "share_high": 0.04,
    "off": 4,
    "total_off": 4,
    "state": "shown",
    "cell": "per_follow_up|borne|whole|result|bevestigd",
}


@pytest.mark.parametrize(("form", "given", "expected"), cases("dutch"))
def test_numbers_dates_and_lists_read_as_dutch(form, given, expected):
    values = json.loads(given)
    if form == "span":
        values = map(dt.date.fromisoformat, values)

    assert getattr(numbers, form)(*values) == expected


@pytest.mark.parametrize(("value", "said"), cases("values"))
def test_a_value_reads_as_dutch_and_says_no_more_than_holds(value, said):
    assert str(eval(value, globals())).replace("\xa0", " ") == said


# --- what is computed ----------------------------------------------------------------------------


def test_a_sum_a_difference_and_a_share_keep_how_they_were_computed():
    share = (YES - NO) / (YES + NO)

    assert str(share) == "37%"  # 30 of 82
    assert share.cell == (
        "(t|enschede|ja#count - t|enschede|nee#count) / "
        "(t|enschede|ja#count + t|enschede|nee#count)"
    )
    total = sum([rounded(5), rounded(0, "b#count"), rounded(10, "c#count")])
    assert (total.raw, total.off, total.cell) == (15, 12, "a#count + b#count + c#count")


LEAVES = [
    *(Value(n, "count", f"t|{n}|{off}#count", off=off) for n in (0, 3, 60, 240) for off in (0, 4)),
    *(Value(None, "count", f"t|{state}#count", state) for state in [*SPOKEN][1:]),
    Value(0.25, "share", "t|deel#share"),
    Value(-7.5, "rate", "t|tempo#per_month"),
    Value(12, "count", quoted("t|Hof (van) Twente +#x#count")),
]
leaves = st.sampled_from(LEAVES)


def computed_of(do, a, b):
    """A share and a count have no sum, but any two a ratio."""
    return do(a, b) if a.form == b.form else a / b


formulas = st.recursive(
    leaves,
    lambda inner: st.builds(
        computed_of,
        st.sampled_from([add, sub, truediv]),
        inner,
        inner,
    ),
    max_leaves=8,
)


@given(made=formulas)
def test_an_id_computed_again_gives_back_what_arithmetic_made(made):
    again = computed(made.cell, {value.cell: value for value in LEAVES}.__getitem__)

    for what in ("raw", "state", "form", "off", "cell"):
        assert getattr(again, what) == getattr(made, what), what
    assert (str(again), again.sign) == (str(made), made.sign)


@given(a=formulas, b=formulas)
def test_what_is_not_there_stays_not_there(a, b):
    worst = [*SPOKEN].index
    for do in (add, sub, truediv) if not (a.shown and b.shown) else ():
        result = computed_of(do, a, b)
        assert not result.shown
        assert worst(result.state) >= max(worst(a.state), worst(b.state))


def test_what_is_not_shown_is_never_more_less_or_the_same():
    for other in (YES, HIDDEN, 0, math.inf):
        assert not any(compare(HIDDEN, other) for compare in (lt, le, gt, ge, eq))
    assert YES > NO
    assert Value(3) == 3
    assert (bool(Value(0)), Value(0).shown, bool(HIDDEN)) == (False, True, False)
    assert len({Value(3), Value(3.0), Value(4), HIDDEN}) == 3


# --- its interval, and as HTML -------------------------------------------------------------------


def test_an_interval_stands_in_brackets_with_the_cells_of_its_ends():
    change = Value(0.11, "change", "trend|twente#change", low=-0.18, high=0.5)

    assert 'data-cell="trend|twente#change:low"' in grenzen(change)
    assert (HIDDEN.onder.state, YES.boven.state) == ("hidden", "unknown")


def test_the_ends_of_an_interval_are_named_after_their_column_or_right_after_it():
    row = {"change": 0.1, "low": -0.2, "high": 0.4, "verdict": "more", "cell": "trend|x"}
    months = {"median_days": 9, "median_low": 4, "median_high": 20, "cell": "time_to_close|x"}

    assert (value_of(row, "change").low, value_of(row, "change").high) == (-0.2, 0.4)
    assert (value_of(row, "verdict").form, value_of(row, "verdict").low) == ("code", None)
    assert (value_of(months, "median_days").low, value_of(ROW, "share").high) == (4, 0.04)
    assert columns_of_released("trend", tuple(row))["low"][0] == "share"


def test_a_number_carries_its_cell_and_what_is_not_there_its_state():
    cell = "t|enschede|ja#count"
    assert YES.__html__() == (
        f'<data class="v" value="56" data-cell="{cell}" data-form="count">56</data>'
    )
    assert HIDDEN.html(HIDDEN.sign) == (
        '<span class="v" data-state="hidden" data-cell="t|borne|ja#count">·</span>'
    )
    assert Value("<b>", "typed", 't|"x"').__html__() == (
        '<data class="v" value="&lt;b&gt;" data-cell="t|&#34;x&#34;" data-form="typed">'
        "&lt;b&gt;</data>"
    )
    assert Value(None, "count", state="missing").html("<") == "&lt;"


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression", ["", "(a#x", "a#x +", "+ a#x", "a#x b#x", "a#x)", "()", "a#x(b#x)"]
)
def test_what_is_no_expression_of_cells_is_refused(expression):
    with pytest.raises(ValueError, match="no expression of cells"):
        computed(expression, lambda cell: YES)


def test_a_form_that_does_not_exist_or_fit_is_refused():
    with pytest.raises(TypeError, match="past niet bij dit getal"):
        YES.as_form("share")
    with pytest.raises(TypeError, match="geen getallen van dezelfde soort"):
        YES + YES / (YES + NO)
    with pytest.raises(KeyError, match="‘percent’ is geen vorm; er zijn: count, word,"):
        YES.as_form("percent")
    with pytest.raises(TypeError, match=r"zet haken: \(a / b\) \| deel"):
        YES.as_form("part")
    with pytest.raises(KeyError, match="cuont"):
        value_of(ROW, "cuont")


@pytest.mark.parametrize(
    "made",
    [lambda n: 100 + n, lambda n: n + 5, lambda n: n / 4, lambda n: 100 * n, lambda n: n - 1],
)
def test_with_a_plain_number_nothing_is_computed(made):
    with pytest.raises(TypeError, match=r"vast\(getal, waarom\)"):
        made(YES)


def test_words_can_be_told_apart():
    quarters = [Value(f"2022-0{n}", "period", f"t#{n}") for n in (1, 4, 4)]

    assert len({*quarters}) == 2
    assert quarters[1] == quarters[2] != quarters[0]


def test_a_count_of_few_is_said_as_the_range_in_which_it_lies_and_no_more_than_the_total():
    # 20 known, 8 off at most, of a total of 16 to 24.
    known = {"cell": "completeness|borne", "count": 20, "off": 8, "total": 20, "total_off": 4}

    said = [value_of(row, "count").as_form("range") for row in (known, known | {"off": 0})]

    assert [str(one) for one in said] == ["12–24", "20"]
