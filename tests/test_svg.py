"""A plotly figure drawn as SVG: where marks stand, what is written, what is refused."""

import json
import re
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from bs4 import BeautifulSoup, Tag
from plotly.io.json import to_json_plotly

from mma_analysis.show import svg
from mma_analysis.show.svg.lettering import dutch, months_between, round_numbers, wrapped
from says import says

NAMES = ["Almelo", "Borne", "Losser"]


def content(figure: go.Figure, **layout: Any) -> dict[str, Any]:
    """A figure as a notebook keeps it."""
    figure.update_layout(template=None, **layout)
    return json.loads(str(to_json_plotly({"data": figure.data, "layout": figure.layout})))


def drawn(figure: go.Figure, **layout: Any) -> Tag:
    """The drawing for a screen, as elements."""
    made = str(svg.draw(content(figure, **layout), "fig"))
    return BeautifulSoup(made, "html.parser").select_one("svg.wide")


def bars(*values: float, **more: Any) -> go.Figure:
    """Lying bars, one for each of the names."""
    return go.Figure(go.Bar(x=list(values), y=NAMES[: len(values)], orientation="h", **more))


def percents(shape: Tag, *names: str) -> list[float]:
    return [float(str(shape[name]).removesuffix("%")) for name in names]


def texts(drawing: Tag) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in drawing.select("text")]


# --- where marks stand -----------------------------------------------------------------


def test_a_bar_is_as_long_as_its_number_on_an_axis_that_says_so():
    made = drawn(bars(10, 40, 20, customdata=["t|a#n", "t|b#n", "t|c#n"]))

    axis = (made["data-axis"], made["data-low"], made["data-high"])
    assert axis == ("x", "0.0", "40.0")
    marks = made.select("g[data-cell]:has(rect)")
    lengths = {mark["data-cell"]: percents(mark.rect, "x", "width") for mark in marks}
    assert lengths == {"t|a#n": [0, 25], "t|b#n": [0, 100], "t|c#n": [0, 50]}


def test_names_stand_in_the_order_of_plotly_from_below_or_as_they_are_turned():
    usual = texts(drawn(bars(1, 2, 3)))
    turned = texts(drawn(bars(1, 2, 3).update_yaxes(autorange="reversed")))
    with_room = texts(drawn(bars(1, 2, 3).update_yaxes(range=[2.5, -0.5])))

    assert [one for one in usual if one in NAMES] == NAMES[::-1]
    assert [one for one in turned if one in NAMES] == NAMES
    assert [one for one in with_room if one in NAMES] == NAMES


def test_pieces_of_a_bar_stand_one_behind_the_other_and_those_below_nothing_apart():
    figure = go.Figure()
    for value in (30, 10, -20):
        figure.add_bar(x=[value], y=["a"], orientation="h")
    made = drawn(figure, barmode="relative")

    # from −20 to 40: 60 numbers over the whole width
    assert made["data-low"] == "-20.0"
    places = [percents(one, "x", "width") for one in made.select("g:has(title) rect")]
    assert places == [[33.33, 50], [83.33, 16.67], [0, 33.33]]


def test_a_bar_that_goes_down_goes_to_the_other_side():
    made = drawn(bars(-10, 30))

    assert percents(made.select("g:has(title) rect")[0], "x", "width") == [0, 25]


def test_an_interval_goes_from_end_to_end():
    error = {"type": "data", "array": [10, 0], "arrayminus": [5, 0]}
    made = drawn(bars(20, 50, error_x=error))

    # of a bar of 20 on an axis of 50
    lines = made.select("g:has(title) line")
    assert [percents(one, "x1", "x2") for one in lines] == [[30, 60], [30, 60]]


@pytest.mark.parametrize(
    ("places", "middles"),
    [
        (["a", "b", "c"], [16.67, 50, 83.33]),
        (["2021-01", "2021-02", "2021-05"], [0, 25, 100]),
        (["2021-01-01", "2021-01-11", "2021-01-21"], [0, 50, 100]),
        ([2000, 2001, 2004], [0, 25, 100]),
    ],
    ids=["names", "months", "days", "numbers"],
)
def test_a_line_goes_through_names_months_days_and_numbers(places, middles):
    table = pd.DataFrame({"x": places, "y": [0, 5, 10]})
    made = drawn(px.line(table, x="x", y="y", markers=True))

    assert (made["data-axis"], made["data-low"], made["data-high"]) == ("y", "0.0", "10.0")
    dots = made.select("circle")
    assert [percents(dot, "cx")[0] for dot in dots] == middles
    top, bottom = float(str(made["data-top"])), float(str(made["data-bottom"]))
    halfway = (top + bottom) / 2
    assert [percents(dot, "cy")[0] for dot in dots] == [bottom, halfway, top]


def test_a_line_is_broken_where_there_is_no_number():
    figure = go.Figure(go.Scatter(x=["a", "b", "c", "d", "e"], y=[1, 2, None, 3, 4]))

    assert len(drawn(figure).select("path")) == 2


def test_bars_with_long_names_lie_on_a_phone_and_stand_on_a_screen():
    names = ["Hof van Twente", "Rijssen-Holten", "Haaksbergen", "Dinkelland", "Tubbergen"]
    figure = go.Figure(go.Bar(x=names, y=[1, 2, 3, 4, 5]))
    made = BeautifulSoup(str(svg.draw(content(figure), "fig")), "html.parser")

    axes = {one["class"][0]: one["data-axis"] for one in made.select("svg[data-axis]")}
    assert axes == {"narrow": "x", "wide": "y"}


# --- what is written -------------------------------------------------------------------


def test_the_key_names_every_series_and_one_alone_needs_none():
    table = pd.DataFrame({"x": ["a", "b"] * 2, "n": [1, 2, 3, 4], "wie": [*"ppqq"]})

    assert [
        one.get_text() for one in drawn(px.bar(table, x="x", y="n", color="wie")).select(".key")
    ] == ["p", "q"]
    assert drawn(px.bar(table, x="x", y="n")).select(".key") == []


def test_a_mark_says_what_it_is_with_the_words_of_its_number_and_so_does_who_reads_it_out():
    figure = bars(1.25, 2.5, meta={"axis": "x", "words": ["1,3", "2,5, tussen 2,1 en 3,2"]})
    made = BeautifulSoup(str(svg.draw(content(figure), "fig")), "html.parser")

    titles = [one.get_text() for one in made.select(".wide title")]
    assert titles == ["Almelo: 1,3", "Borne: 2,5, tussen 2,1 en 3,2"]
    heard = made.select_one("[role=img]")["aria-label"]
    assert heard == "Almelo 1,3; Borne 2,5, tussen 2,1 en 3,2."


def test_nothing_is_heard_twice_what_is_drawn_is_left_out_of_what_is_heard():
    made = BeautifulSoup(str(svg.draw(content(bars(10, 40)), "fig")), "html.parser")

    assert [one["aria-hidden"] for one in made.select(".plot > svg")] == ["true", "true"]


def test_of_many_marks_the_table_says_what_they_are():
    figure = go.Figure(go.Bar(y=list("abcdefghijklmnopqrstu"), x=[1] * 21, orientation="h"))
    made = BeautifulSoup(str(svg.draw(content(figure), "fig")), "html.parser")

    assert made.select_one(".plot")["aria-label"] == svg.HEARD_IN_TABLE


def test_a_text_cannot_become_markup_and_plotlys_own_markup_is_left_out():
    sign = "<script>alert(1)</script> & <b>vet</b>"
    made = str(svg.draw(content(bars(1).update_traces(y=[sign], text=[sign])), "fig"))

    assert "<script" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; vet" in made


def test_what_is_not_known_is_hatched_with_a_pattern_of_this_figure_alone():
    figure = bars(1, marker={"pattern": {"shape": "/"}})
    made = drawn(figure)

    assert made.pattern["id"] == "fig-wide"
    assert made.select_one("g:has(title) rect")["fill"] == "url(#fig-wide)"


def test_the_same_figure_is_always_the_same_text_and_a_picture_by_itself_says_what_it_is():
    figure = content(bars(1.5, 2.5, text=["a", "b"]))

    assert svg.draw(figure, "fig") == svg.draw(figure, "fig")
    assert svg.alone(figure).startswith('<svg xmlns="http://www.w3.org/2000/svg" width="680"')


@pytest.mark.parametrize(
    ("value", "form", "step", "written"),
    [
        (1234.0, "", 0.0, "1.234"),
        (0.5, ".0%", 0.0, "50%"),
        (-3.0, "", 1.0, "−3"),
        (2.5, "", 0.5, "2,5"),
        (12.0, "+d", 0.0, "+12"),
        (0.125, ".1%", 0.0, "12,5%"),
    ],
)
def test_numbers_are_dutch(value, form, step, written):
    assert dutch(value, form, step) == written


def test_round_numbers_months_and_lines_are_as_many_as_fit():
    assert round_numbers(0, 585, 5) == [0, 200, 400]
    assert round_numbers(-0.2, 0.3, 6) == [-0.2, -0.1, 0, 0.1, 0.2, 0.3]
    # from November 2021 to April 2022, every second month
    first = 2021 * 12 + 10
    found = [lines for _, lines in months_between(first, first + 5, 3)]
    assert found == [["nov", "2021"], ["jan", "2022"], ["mrt"]]
    assert wrapped("Rijssen-Holten en Hof van Twente", 120) == [
        "Rijssen-Holten",
        "en Hof van",
        "Twente",
    ]


# --- what is refused -------------------------------------------------------------------

TABLE = pd.DataFrame({"x": ["a", "b"], "n": [1.0, 2.0], "wie": ["p", "q"]})
MANY = pd.DataFrame({"x": [f"rij {n}" for n in range(500)], "n": range(500)})
TEN = pd.DataFrame({"x": ["a"] * 10, "n": range(10), "wie": [*"abcdefghij"]})
TWO_AXES = go.Figure(
    [go.Scatter(x=["a"], y=[1]), go.Scatter(x=["a"], y=[2], yaxis="y2")],
    {"yaxis2": {"side": "right"}},
)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure(), "figure_empty"),
        (bars(), "figure_empty"),
        (px.histogram(TABLE, x="n"), "figure_kind"),
        (px.scatter(TABLE, x="n", y="n").add_pie(values=[1]), "figure_kind"),
        (px.bar(TABLE.iloc[:0], x="x", y="n"), "figure_empty"),
        (px.line(TABLE.assign(n=None), x="x", y="n"), "figure_empty"),
        (px.pie(TABLE, names="x", values="n"), "figure_kind"),
        (px.bar(TABLE, x="x", y="n", facet_col="wie"), "figure_axes"),
        (TWO_AXES, "figure_axes"),
        (px.bar(TEN, x="x", y="n", color="wie"), "figure_series"),
        (px.bar(MANY, x="n", y="x"), "figure_rows"),
        (px.scatter(MANY, x="n", y="n"), "figure_marks"),
        (px.scatter(TABLE, x="x", y="n", size="n"), "figure_sizes"),
        (px.bar(TABLE, x="x", y="n", color="n"), "figure_sizes"),
        (px.bar(TABLE, x="x", y="n", log_y=True), "figure_log"),
        (px.bar(TABLE, x="x", y="n", animation_frame="wie"), "figure_moves"),
        (
            px.bar(TABLE, x="x", y="n").add_annotation(
                x=0.5, y=0.5, xref="paper", yref="paper", text="a"
            ),
            "figure_notes",
        ),
        (go.Figure(go.Bar(x=["a"], y=["b"])), "figure_numbers"),
    ],
)
def test_what_a_page_cannot_show_is_refused_with_what_can_be_done(figure, said):
    with pytest.raises(TypeError, match=says(said)):
        svg.draw(content(figure), "fig")


@pytest.mark.parametrize(
    "figure",
    [
        px.bar(TABLE, x="x", y="n", color="wie", barmode="group", text_auto=True),
        px.bar(TABLE, x="n", y="x", color="wie", pattern_shape="wie"),
        px.bar(TABLE.assign(n=[-1.0, -2.0]), x="n", y="x"),
        px.scatter(TABLE, x="n", y="x", error_x="n"),
        px.scatter(TABLE, x="n", y="n"),
        px.line(TABLE.assign(x=["2021-07-01", "2022-01-01"]), x="x", y="n", error_y="n"),
        px.bar(TABLE, x="x", y="n").add_hline(1.5, annotation_text="doel"),
        px.bar(TABLE, x="n", y="x").add_vrect(0.5, 1.5),
        px.bar(TABLE.assign(n=[0.0, 0.0]), x="n", y="x"),
        px.bar(TABLE.iloc[:1], x="x", y="n"),
    ],
)
def test_what_an_analyst_usually_draws_is_drawn_within_its_place(figure):
    made = str(svg.draw(content(figure), "fig"))

    assert not re.search(r"\bnan\b|\binf\b", made)
    assert BeautifulSoup(made, "html.parser").select("svg.wide g:has(title)")


@pytest.mark.parametrize("value", [0.0, -3.0, 3.0])
@pytest.mark.parametrize("axes", [("n", "x"), ("x", "n")])
def test_a_bar_that_is_too_small_for_its_number_has_it_beside_it(axes, value):
    table = pd.DataFrame({"x": ["a", "b"], "n": [value, 400.0]})
    figure = px.bar(table, x=axes[0], y=axes[1], text_auto=True)

    assert {dutch(value), "400"} <= {*texts(drawn(figure))}


def test_bars_below_nothing_have_their_numbers_before_them():
    made = drawn(bars(-10, 30, text=["−10", "30"], textposition="outside"))

    lengths = [percents(mark.rect, "x", "width") for mark in made.select("g:has(> rect)")]
    assert lengths == [[0, 25], [25, 75]]
    anchors = {one.get_text(): one.get("text-anchor") for one in made.select("g > text")}
    assert (anchors["−10"], anchors["30"]) == ("end", None)


def test_a_thick_line_is_a_bar_from_end_to_end_and_a_name_of_bold_letters_is_bold():
    band = {"color": "#c9dceb", "width": 14}
    figure = go.Figure(
        go.Scatter(
            x=[10, 30, None, 20, 40, None],
            y=["Almelo", "Almelo", None, "<b>Borne</b>", "<b>Borne</b>", None],
            mode="lines",
            line=band,
            customdata=["t|a#low", "t|a#high", None, "t|b#low", "t|b#high", None],
        )
    )
    made = drawn(figure)

    boxes = made.select("svg > rect[fill='#c9dceb']")
    assert [percents(box, "x", "width") for box in boxes] == [[25, 50], [50, 50]]
    ends = {mark["data-cell"]: percents(mark.line, "x1") for mark in made.select("g[data-cell]")}
    assert ends == {"t|a#low": [25], "t|a#high": [75], "t|b#low": [50], "t|b#high": [100]}
    bold = [one.get_text() for one in made.select("text[font-weight='600']")]
    assert bold == ["Borne"]


def test_the_dot_of_a_period_that_was_not_delivered_whole_is_open():
    symbols = ["circle", "circle-open", "circle"]
    trace = go.Scatter(
        x=["een", "twee", "drie"],
        y=[1, 2, 3],
        mode="lines+markers",
        marker={"symbol": symbols},
        customdata=["t|een#count", "t|twee#count", "t|drie#count"],
    )

    drawn = svg.alone(go.Figure(trace).to_plotly_json())

    dots = re.findall("<circle[^>]*>", drawn)
    paper = [dot for dot in dots if 'fill="#fefefe"' in dot]
    assert (len(dots), paper) == (3, [dots[1]])
