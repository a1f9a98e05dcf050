"""A released number: what is computed with it, how it reads, and from which cell it comes."""

import math
from operator import eq, ge, gt, le, lt
from typing import Any

import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st

from mma_analysis.show.text import grenzen, plain
from mma_analysis.vocabulary.value import (
    SPOKEN,
    WORDS,
    Value,
    columns_of,
    computed,
    quoted,
    unquoted,
    value_of,
)

YES, NO = (Value(n, "count", f"t|enschede|{c}#count") for c, n in (("ja", 56), ("nee", 26)))
HIDDEN = Value(None, "count", "t|borne|ja#count", "hidden")


def rounded(number: int, cell: str = "a#count") -> Value:
    return Value(number, "count", cell, off=4)


# --- what is computed ----------------------------------------------------------------------------


def test_a_sum_a_difference_and_a_share_keep_how_they_were_computed():
    share = (YES - NO) / (YES + NO)

    assert (YES + NO).raw == 82
    assert share.cell == (
        "(t|enschede|ja#count - t|enschede|nee#count) / "
        "(t|enschede|ja#count + t|enschede|nee#count)"
    )
    assert str(share) == "37%"  # 30 of 82
    total = sum([rounded(5), rounded(0, "b#count"), rounded(10, "c#count")])
    assert (total.raw, total.off, total.cell) == (15, 12, "a#count + b#count + c#count")
    assert (rounded(5) - rounded(5)).off == 8
    assert str(YES + HIDDEN) == "te klein om te publiceren"


LEAVES = [
    *(Value(n, "count", f"t|{n}|{off}#count", off=off) for n in (0, 3, 60, 240) for off in (0, 4)),
    *(Value(None, "count", f"t|{state}#count", state) for state in [*SPOKEN][1:]),
    Value(0.25, "share", "t|deel#share"),
    Value(-7.5, "rate", "t|tempo#per_month"),
    Value(12, "count", quoted("t|Hof (van) Twente +#x#count")),
]
leaves = st.sampled_from(LEAVES)
formulas = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda do, a, b: do(a, b),
        st.sampled_from([Value.__add__, Value.__sub__, Value.__truediv__]),
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
    for result in (a + b, a - b, a / b):
        if not (a.shown and b.shown):
            assert not result.shown
            worst = [*SPOKEN].index
            assert worst(result.state) >= max(worst(a.state), worst(b.state))


def test_by_nothing_there_is_no_share_and_no_exception():
    nothing = YES / Value(0, "count", "t|geen#count")

    assert (nothing.shown, nothing.state, str(nothing)) == (False, "unknown", "niet te zeggen")


@pytest.mark.parametrize(("total", "said"), [(49, "niet te zeggen"), (50, "60%")])
def test_a_share_is_only_told_of_50_or_more(total, said):
    assert str(Value(30, "count", "a#count") / Value(total, "count", "b#count")) == said


def test_what_is_not_shown_is_never_more_less_or_the_same():
    for other in (YES, HIDDEN, 0, math.inf):
        assert not any(compare(HIDDEN, other) for compare in (lt, le, gt, ge, eq))
    assert YES > NO
    assert Value(3) == 3
    assert (bool(Value(0)), Value(0).shown, bool(HIDDEN)) == (False, True, False)


# --- how it reads --------------------------------------------------------------------------------


@pytest.mark.parametrize(("raw", "form", "said"), cases("value_forms"))
def test_each_form_reads_as_dutch(raw, form, said):
    raw = raw if form in WORDS + ("typed", "month", "short_month") else float(raw)
    assert str(Value(raw, form, "t#x")).replace("\xa0", " ") == said


def test_a_code_reads_as_its_word():
    verdict = Value("no_change", "code", "trend|twente#verdict")

    assert str(verdict) == "geen duidelijke verandering"
    assert str(verdict.as_form("capital_code")) == "Geen duidelijke verandering"
    assert str(Value("onbekende_code", "code", "t#verdict")) == "onbekende_code"


@pytest.mark.parametrize(("count", "said"), cases("value_parts"))
def test_a_share_in_words(count, said):
    share = Value(int(count), "count", "a#count") / Value(100, "count", "b#count")

    assert str(share.as_form("part")) == said


@pytest.mark.parametrize(
    ("count", "total", "said", "sign"),
    [
        # at most 4 of at most 104; at least 56 of at most 64
        *((0, 100, "minder dan 5%", "<5%"), (60, 60, "meer dan 85%", ">85%")),
        (30, 60, "50%", "50%"),
    ],
)
def test_a_share_of_rounded_counts_says_no_more_than_holds(count, total, said, sign):
    share = rounded(count) / rounded(total, "b#count")

    assert (str(share), share.sign) == (said, sign)


def test_a_rounded_0_may_be_a_few_and_an_exact_one_is_none():
    assert (str(rounded(0)), str(Value(0))) == ("0–4", "0")
    assert str(rounded(0) + rounded(0, "b#count")) == "0–8"


def test_an_interval_stands_in_brackets_with_the_cells_of_its_ends():
    change = Value(0.11, "change", "trend|twente#change", low=-0.18, high=0.5)

    assert plain(grenzen(change)) == "(−18% tot +50%)"
    assert 'data-cell="trend|twente#change:low"' in grenzen(change)
    assert plain(grenzen(Value(13.1, "rate", "t#r", low=11.44, high=15.26))) == "(11,4–15,3)"
    assert grenzen(Value(0.11, "change", "t#change")) == ""
    assert (HIDDEN.onder.state, YES.boven.state) == ("hidden", "unknown")


# --- as HTML -------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("state", "sign"),
    [("never", "nooit"), ("not_understood", "niet begrepen"), ("hidden", "·"), ("missing", "")],
)
def test_a_table_has_a_sign_for_why_there_is_no_number(state, sign):
    assert Value(None, "count", "t#count", state).sign == sign


# --- the cells of a row --------------------------------------------------------------------------

ROW: dict[str, Any] = {
    **{"area": "borne", "count": 0, "total": 100, "share": 0.0, "share_low": 0.0},
    **{"share_high": 0.04, "state": "shown", "cell": "per_follow_up|borne|whole|result|bevestigd"},
}


def test_a_column_of_a_row_is_a_number_with_its_interval_rounding_and_parts():
    count, share = value_of(ROW, "count", 5), value_of(ROW, "share", 5)

    assert (str(count), count.off) == ("0–4", 4)
    assert (str(share), share.high) == ("minder dan 5%", 0.04)
    assert str(value_of(ROW, "share")) == "0%"
    assert str(value_of(ROW | {"total": 45}, "share", 5)) == "niet te zeggen"


@pytest.mark.parametrize(
    ("change", "state"),
    [({"count": None, "state": "hidden"}, "hidden"), ({"count": None}, "unknown")],
)
def test_an_empty_cell_says_why(change, state):
    assert value_of(ROW | change, "count").state == state


def test_what_a_gemeente_never_registers_has_no_share():
    row = ROW | {"registers": "never"}

    assert (value_of(row, "share").state, value_of(row, "count").state) == ("never", "shown")


def test_the_ends_without_a_name_belong_to_the_column_before_them():
    row = {
        "area": "x",
        "change": 0.1,
        "low": -0.2,
        "high": 0.4,
        "verdict": "more",
        "cell": "trend|x",
    }

    assert (value_of(row, "change").low, value_of(row, "change").high) == (-0.2, 0.4)
    assert value_of(row, "verdict").form == "code"
    assert columns_of("trend", tuple(row))["low"].kind == "share"


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression", ["", "(a#x", "a#x +", "+ a#x", "a#x b#x", "a#x)", "()", "a#x(b#x)"]
)
def test_what_is_no_expression_of_cells_is_refused(expression):
    with pytest.raises(ValueError, match="no expression of cells"):
        computed(expression, lambda cell: YES)


def test_a_form_that_does_not_exist_or_fit_is_refused():
    with pytest.raises(KeyError, match="no form 'percent'; there are count, word,"):
        YES.as_form("percent")
    with pytest.raises(TypeError, match=r"zet haken: \(a / b\) \| deel"):
        YES.as_form("part")
    with pytest.raises(KeyError, match="cuont"):
        value_of(ROW, "cuont")


@given(st.text())
def test_any_key_can_stand_in_an_id(text):
    cell = quoted(f"t|{text}")

    assert unquoted(cell) == f"t|{text}"
    again = computed(f"({cell}#count + {cell}#count) / a#x", lambda cell: Value(1, "count", cell))
    assert again.cell == f"({cell}#count + {cell}#count) / a#x"


def test_values_of_the_same_number_are_one_in_a_set():
    assert len({Value(3), Value(3.0), Value(4), Value(None, state="hidden")}) == 3
