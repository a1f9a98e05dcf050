"""Figures say their numbers beside the marks, hide what is hidden, and carry plain data."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from mma_analysis.show import charts
from mma_analysis.show.charts import style
from mma_analysis.show.words import Count
from show_tables import cases

EVIL = "<b>vet</b> %{x} & <a href='x'>hier</a>"
KEY = [("oneens", "#b3541e"), (EVIL, "#d8dde1"), ("eens", "#154273")]


def count(value: int | str) -> Count:
    return Count(value, "shown") if isinstance(value, int) else Count(None, value)


def every_figure(label: str) -> dict[str, go.Figure]:
    """One of each kind, with a label that somebody else wrote and something that is not shown."""
    return {
        "bars": charts.bars([charts.Bar(label, 3, "3"), charts.Bar("b", None, "niet getoond")]),
        "waterfall": charts.waterfall(
            [charts.Step(label, 3, "3", is_total=True), charts.Step("b", -1, "−1")]
        ),
        "stacks": charts.stacks([charts.Stack(label, [0.2, 0.3, 0.5])], KEY),
        "diverging": charts.diverging([charts.Stack(label, [1, 2, 9])], KEY),
        "months": charts.months(
            [charts.Month("jan 2023", 7, 1), charts.Month("feb 2023", None, 2)],
        ),
    }


KINDS = list(every_figure("x"))


def strings(spec: Any) -> Iterator[str]:
    """Every text in a figure."""
    if isinstance(spec, str):
        yield spec
    elif isinstance(spec, dict):
        for value in spec.values():
            yield from strings(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from strings(value)


def as_json(figure: go.Figure) -> dict[str, Any]:
    return json.loads(str(figure.to_json()))


def texts(figure: go.Figure) -> list[str]:
    """What stands in a figure: annotations, and texts of marks."""
    spec = as_json(figure)
    notes = [note["text"] for note in spec["layout"].get("annotations", [])]
    return notes + [text for trace in spec["data"] for text in trace.get("text") or []]


# --- all figures ---------------------------------------------------------------------------------


def test_no_kind_of_figure_is_left_out_of_these_tests():
    assert set(KINDS) == {name for name in charts.__all__ if name.islower()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_carries_our_own_template_and_not_the_seven_kilobytes_of_plotly(kind):
    template = as_json(every_figure("a")[kind])["layout"]["template"]

    assert list(template["data"]) == ["bar"]
    assert len(json.dumps(template)) < 500


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_somebody_else_is_never_markup_or_a_template(kind):
    spec = as_json(every_figure(EVIL)[kind])

    for text in strings(spec):
        assert "<b>vet" not in text
        assert "<a " not in text
        assert "%{" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_has_plain_numbers_a_height_and_no_legend_or_tools(kind):
    figure = every_figure("x")[kind]
    layout, text = as_json(figure)["layout"], str(figure.to_json())

    assert [packed for packed in ("bdata", "NaN", "Infinity") if packed in text] == []
    assert layout["height"] > 50
    assert layout["showlegend"] is False
    assert layout["dragmode"] is False


def test_numbers_of_pandas_come_out_as_numbers():
    spec = as_json(charts.bars([charts.Bar("a", pd.Series([3], dtype="Int64").iloc[0], "3")]))

    assert spec["data"][0]["x"] == [3]


# --- each kind -----------------------------------------------------------------------------------


@cases(
    "bar said hover",
    (charts.Bar("Drugs", 12, "12"), "<b>12</b>", "Drugs: 12"),
    (charts.Bar("Drugs", 0, "0"), "0", "Drugs: 0"),
    # what is not shown has words and no bar
    (charts.Bar("Drugs", None, "niet getoond"), "niet getoond", "Drugs: niet getoond"),
    # a hover can say more than the text at the end
    (charts.Bar("Drugs", 1, "1", "1 gemeente"), "<b>1</b>", "Drugs: 1 gemeente"),
)
def test_a_bar_has_its_label_and_its_size_beside_it(bar, said, hover):
    figure = charts.bars([bar])
    (trace,) = as_json(figure)["data"]

    assert texts(figure) == ["Drugs", said]
    assert trace["x"] == [bar.length]
    assert trace["hovertemplate"] == [f"{hover}<extra></extra>"]


def test_a_bar_that_is_a_part_stands_in_front_of_the_whole():
    figure = charts.bars([charts.Bar("Excel", 7, "7"), charts.Bar("Niet", 0, "0")], whole=12)

    assert [list(bar.x) for bar in figure.data] == [[12, 12], [7, 0]]
    assert figure.layout.xaxis.range == (0, 12 * 1.24)
    assert figure.layout.barmode == "overlay"


def test_bars_without_any_length_still_draw():
    assert charts.bars([charts.Bar("a", 0, "0")]).layout.xaxis.range == (0, 1.24)
    assert charts.bars([]).layout.height > 0


def test_steps_begin_where_the_step_before_ended():
    between = charts.Step("erbij", 50, "+50"), charts.Step("eraf", -9, "−9")
    first, last = (charts.Step("samen", n, str(n), is_total=True) for n in (180, 221))
    (bar,) = as_json(charts.waterfall([first, *between, last]))["data"]

    assert bar["base"] == [0, 180, 230, 0]
    assert bar["x"] == [180, 50, -9, 221]


def test_a_part_has_its_share_in_it_when_there_is_room():
    figure = charts.stacks([charts.Stack("a", [0.05, 0.35, 0.6])], KEY)

    assert [trace["text"] for trace in as_json(figure)["data"]] == [[""], ["35%"], ["60%"]]


def test_answers_stand_around_the_middle_of_the_scale():
    # 1 disagrees, 2 are neutral, 9 agree: the middle of the neutral ones is nought
    traces = as_json(charts.diverging([charts.Stack("a", [1, 2, 9])], KEY))["data"]

    drawn = [(trace["base"], trace["x"]) for trace in traces]
    assert drawn == [([-2], [1]), ([-1], [2]), ([1], [9])]


def test_a_month_that_is_not_shown_has_no_dot():
    rows = [charts.Month("jan 2023", 7, 1), charts.Month("feb 2023", None, 2)]
    dots, connected = as_json(charts.months(rows))["data"]

    assert dots["y"] == [7, None]
    assert connected["text"] == ["1", "2"]


@cases("months ticks", (3, 3), (6, 2), (24, 4), (60, 5))
def test_months_have_at_most_five_names_on_the_axis(months, ticks):
    rows = [charts.Month("jan 2023", 1, 1)] * months

    assert len(charts.months(rows).layout.xaxis.tickvals) == ticks


@cases("highest last", (3, 3), (45, 40), (49, 50))
def test_lines_behind_the_months_are_round_numbers(highest, last):
    lines = charts.months([charts.Month("jan 2023", highest, 1)] * 3).layout.yaxis.tickvals

    assert list(lines) == list(range(0, last + 1, 1 if highest < 10 else 10))


def test_a_long_label_takes_two_lines_and_every_row_makes_room():
    short, long = (
        charts.bars([charts.Bar(label, 1, "1")])
        for label in ("kort", "een label dat langer is dan een telefoon breed is")
    )

    assert "<br>" in texts(long)[0]
    assert long.layout.height == short.layout.height + style.LABEL_LINE


@cases("colour dark", ("#154273", True), ("#d8dde1", False))
def test_text_is_white_on_dark_colours_only(colour, dark):
    assert style.is_dark(colour) is dark
