"""`figuur` and `tabel`: plain plotly and pandas, with ids, words, a table, a file and a source."""

import base64
from types import SimpleNamespace
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

from mma_analysis.show import figure
from mma_analysis.show.drawings import Balk, punten, stapels, tussen, verloop, waterval
from mma_analysis.show.figure import PLOTLY, SVG, _raw, figuur, tabel
from mma_analysis.vocabulary.value import Value
from released_tables import distribution, reading, released, run
from says import says


@pytest.fixture
def displayed(monkeypatch) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What a cell of a notebook about Twente shows, in order: its data, and what the page knows."""
    shown: list[tuple[dict[str, Any], dict[str, Any]]] = []
    names = {"e": reading(), "aantal": Value(60, "count", "t#count")}
    shell = SimpleNamespace(user_ns=names)
    monkeypatch.setattr("mma_analysis.show.text.get_ipython", lambda: shell)

    def display(data, raw, metadata):
        shown.append((data, metadata["mma"]))

    monkeypatch.setattr("mma_analysis.show.text.display", display)
    return shown


def topics() -> pd.DataFrame:
    counts = {"drugs": 40, "fraude_en_geld": 15, "onbekend": 5}
    table = reading(per_topic_group=distribution("topic_group", 60, counts))
    return table.verdeling("topic_group").query("count > 0")


def ids(drawn: go.Figure) -> list[list[str]]:
    return [list(trace.customdata) for trace in drawn.data]


# --- ids -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "column", "axis"),
    [
        (lambda t, x, y: px.bar(t, x=x, y=y, color="value", custom_data="cell"), "count", "x"),
        (lambda t, x, y: px.scatter(t, x=y, y=x, custom_data=["cell", "value"]), "share", "y"),
        (lambda t, x, y: px.line(t, x=y, y=x, custom_data="cell"), "count", "y"),
    ],
    ids=["a colour per row", "dots with more data", "a line"],
)
def test_every_mark_of_plain_plotly_gets_the_id_of_the_number_that_it_draws(
    displayed, drawn, column, axis
):
    made = drawn(topics(), column, "label")
    figuur(made, topics(), titel="Drugs het meest")

    cells = [f"{cell}#{column}" for cell in topics()["cell"]]
    assert sum(ids(made), []) == cells
    assert {trace.meta["axis"] for trace in made.data} == {axis}
    said = [words for trace in made.data for words in trace.meta["words"]]
    assert said == [str(getattr(row, column)) for row in topics().mma]
    assert displayed[1][1]["remark"] == ""


def test_two_columns_with_the_same_numbers_are_told_apart_by_the_name_of_the_axis(displayed):
    columns = "area count expected expected_low expected_high"
    table = released("comparison", columns, ("borne", 15, 15.0, 5.0, 43.0))
    made = px.scatter(table, x="area", y="expected", custom_data="cell")
    figuur(made, table, titel="Verwacht")

    assert ids(made) == [["comparison|borne#expected"]]


def test_values_that_plotly_draws_are_their_numbers_with_their_ids(displayed):
    own = pd.DataFrame([("a", value(180, "t|a")), ("b", value(None, "t|b"))], columns=["deel", "n"])

    lying, standing = px.bar(own, x="n", y="deel"), px.bar(own, x="deel", y="n")
    for made in (lying, standing):
        figuur(made, own, titel="Een tabel van het notebook zelf")

    assert [made.data[0].orientation for made in (lying, standing)] == ["h", "v"]
    assert list(lying.data[0].x) == list(standing.data[0].y) == [180, None]
    assert ids(lying) == ids(standing) == [["t|a#count", "t|b#count"]]


def test_the_house_style_is_a_template_of_plotly_for_every_figure():
    made = px.bar(topics(), x="count", y="label", template="mma")

    assert made.layout.template.layout.separators == ",."
    assert made.data[0].marker.color == figure.COLOUR_YES


# --- what stands around it -----------------------------------------------------------------------


def test_a_figure_has_words_a_source_a_table_and_a_file(displayed):
    shown = topics().assign(share=[0.5, None, 0.25])
    figuur(
        px.bar(shown, x="count", y="label", custom_data="cell"),
        shown,
        titel="Van {{ aantal }} meldingen",
        eenheid="Alle {{ aantal }} meldingen",
        noot="Let op {{ aantal }}.",
        bron="registraties.",
        kolommen={"label": "Onderwerp", "count": "Meldingen", "share": "Aandeel"},
    )
    (top, about_top), (content, about), (bottom, about_bottom) = displayed

    number = '<data class="v" value="60" data-cell="t#count" data-form="count">60</data>'
    assert about["title"] == f"Van {number} meldingen"
    assert (about["unit"], about["note"]) == (f"Alle {number} meldingen", f"Let op {number}.")
    assert about["source"] == (
        'Bron: registraties. <a href="bijlage.xlsx">Bijlage</a>, tabblad ‘Per hoofdgroep’.'
    )
    drugs = "per_topic_group|twente|whole|topic_group|drugs#share"
    assert f'data-cell="{drugs}" data-form="share">50%</data>' in about["table"]
    assert '<th scope="row">Drugs</th>' in about["table"]
    assert (about_top["part"], about_bottom["part"]) == ("top", "bottom")
    assert (
        about["id"] == "fig-per-topic-group-staven"
    )  # of its table and kind, and not of its title
    assert about["table"] in bottom["text/html"]
    assert "<details>" in bottom["text/html"]
    assert content[PLOTLY]["config"]["showSendToCloud"] is False
    assert about["alt"] == "Drugs 40; Fraude en geld 15; Onderwerp onbekend 5."
    assert content[SVG].startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    text = base64.b64decode(about["csv"].removeprefix("data:text/csv;base64,")).decode()
    assert about["csv_name"] == "twente-per-topic-group-staven.csv"
    assert text == (
        "\ufeffOnderwerp;Meldingen;Aandeel\r\nDrugs;40;0,5\r\n"
        "Fraude en geld;15;niet te zeggen\r\nOnderwerp onbekend;5;0,25\r\n"
    )


def test_a_file_has_the_ends_of_an_interval_in_columns_of_their_own(displayed):
    figuur(
        px.bar(COMPARED, x="per_10000", y="area", custom_data="cell"),
        COMPARED,
        titel="X",
        kolommen={"area": "Gemeente", "per_10000": "Per 10.000"},
        vorm={"per_10000": "grenzen"},
    )

    csv = displayed[1][1]["csv"].removeprefix("data:text/csv;base64,")
    assert base64.b64decode(csv).decode("utf-8-sig").split("\r\n") == [
        "Gemeente;Per 10.000;Per 10.000 (ondergrens);Per 10.000 (bovengrens)",
        "Almelo;8,5;6,9;10,4",
        "Borne;4,4;2,2;7,5",
        "Losser;niet te zeggen;;",
        "",
    ]


def test_a_count_beside_nothing_is_a_whole_number_in_a_file(displayed):
    count = Value(0, "count", "t#count")
    beside = pd.DataFrame({"wat": ["een", "twee"], "aantal": [None, count]}, dtype="object")
    tabel(beside, "X", {"wat": "Wat", "aantal": "Aantal"})

    [(data, _)] = displayed
    _, packed = data["text/html"].split('href="data:text/csv;base64,')
    csv, *_ = packed.split('"')
    assert base64.b64decode(csv).decode("utf-8-sig") == "Wat;Aantal\r\neen;\r\ntwee;0\r\n"


def test_a_share_that_is_only_a_bound_is_one_in_a_file_too(displayed):
    every = Value(50, "count", "t|a#count", off=4)
    half = Value(25, "count", "t|b#count", off=4)
    beside = pd.DataFrame({"wat": ["alle", "half"], "deel": [every / every, half / every]})
    tabel(beside.astype(object), "X", {"wat": "Wat", "deel": "Deel"})

    [(data, _)] = displayed
    _, packed = data["text/html"].split('href="data:text/csv;base64,')
    csv, *_ = packed.split('"')
    # Of 50 that may be 54, 45 at least: 45 / 54 is 83%.
    assert base64.b64decode(csv).decode("utf-8-sig") == ("Wat;Deel\r\nalle;>83%\r\nhalf;0,5\r\n")


def test_of_nothing_there_is_no_figure_and_no_table(displayed):
    made = px.bar(topics(), x="count", y="label")
    figuur(made, topics().iloc[:0], titel="X")
    figuur(made, topics().assign(count=None), titel="X")
    figuur(made, pd.DataFrame({"count": [value(None, "t|a")]}), titel="X")
    tabel(topics().iloc[:0], "X")

    assert displayed == []


def test_a_share_of_few_has_no_bar_as_it_has_no_words_and_the_note_says_so(displayed):
    columns = "area count total share"
    rows = [("borne", 9, 12, 0.75), ("twente", 270, 540, 0.5)]  # of fewer than 50 no share
    table = pd.DataFrame(rows, columns=columns.split())
    table = table.assign(off=0, total_off=0, cell=[f"per_background|{row[0]}" for row in rows])
    figuur(px.bar(table, x="share", y="area", custom_data="cell"), table, titel="Met plaats")

    few = table.iloc[:1]
    figuur(px.bar(few, x="share", y="area", custom_data="cell"), few, titel="Met plaats")

    top, drawing, below = displayed
    assert drawing[1]["alt"] == "twente 50%."
    assert drawing[0][SVG].count("data-cell") == 1
    assert figure.NOT_DRAWN in below[0]["text/html"]
    assert "niet te zeggen" in drawing[1]["table"]
    assert "75%" not in drawing[1]["table"]


def test_a_figure_of_only_zeros_is_drawn_and_says_so(displayed):
    none = topics().assign(count=0)
    figuur(px.bar(none, x="count", y="label", text_auto=True, custom_data="cell"), none, titel="X")
    parts = [("ja", value(0, "a")), ("nee", value(0, "b"))]
    rows = pd.DataFrame(parts, columns=["deel", "count"])
    figuur(stapels([Balk("Klopte het?", parts)]), rows, titel="X")

    bars, pieces = displayed[1], displayed[4]
    # of a rounded 0 nobody knows more than that it is no 5
    assert bars[1]["alt"] == "Drugs 0–4; Fraude en geld 0–4; Onderwerp onbekend 0–4."
    assert bars[0][SVG].count(">0–4</text>") == 3
    assert pieces[1]["alt"] == "Klopte het? ja 0, nee 0."
    assert pieces[0][SVG].count(">0</text>") == 2


def test_what_a_page_cannot_draw_is_an_error_where_it_is_made(displayed):
    with pytest.raises(TypeError, match=says("figure_kind", kind="pie")):
        figuur(px.pie(topics(), names="label", values="count"), topics(), titel="X")

    assert displayed == []


def test_the_axis_of_a_share_has_percentages(displayed):
    made = px.bar(topics(), x="share", y="label", custom_data="cell")
    figuur(made, topics(), titel="X")

    assert made.layout.xaxis.tickformat == ".0%"


def test_a_table_says_of_every_cell_what_it_is(displayed):
    states = {"drugs": 60, "fraude_en_geld": "hidden", "overig": "missing"}
    table = reading(per_topic_group=distribution("topic_group", 100, states)).tabel(
        "per_topic_group", value=list(states)
    )
    tabel(table, "Een {{ aantal }}", {"value": "Code", "count": "Aantal", "share": "Deel"},
          noot="Noot", vorm={"share": "balk", "count": "stippen"}, naam="x")  # fmt: skip
    [(data, about)] = displayed
    html = data["text/html"]

    assert (about["id"], about["remark"]) == ("tab-x", "")
    assert '<span class="nr" data-nr="Tabel"></span>' in html
    # On a phone a cell says what it is.
    assert '<td data-label="Deel" class="bar" style="--deel:60.0%">' in html
    assert html.count('<td data-label="Aantal"') == len(states)
    assert f'<span aria-hidden="true">{"●" * 60}</span>' in html
    assert ('<span aria-hidden="true">·</span><span class="spoken">niet getoond</span>') in html
    assert 'data-state="missing"' in html
    assert 'href="bijlage.xlsx"' in html


# --- what stands bare in a cell ------------------------------------------------------------------

BARE = """
import pandas as pd, plotly.express as px
from mma_analysis.show.figure import show_as_a_page
show_as_a_page()
tabel = pd.DataFrame({"naam": ["a*", "<b>"], "n": [1, 2]})
"""


def test_what_stands_bare_is_shown_with_safe_defaults_and_a_remark():
    _, [table], drawn = run(BARE, "tabel", "px.bar(tabel, x='n', y='naam')")
    about = drawn[1].metadata["mma"]

    assert "Zonder titel" in table.data["text/html"]
    assert '<th scope="row">&lt;b&gt;</th>' in table.data["text/html"]
    assert table.metadata["mma"]["remark"] == "hier staan cijfers zonder vindplaats (kolom cell)"
    assert (about["remark"], about["title"]) == ("de figuur heeft geen titel", "Zonder titel")
    assert PLOTLY in drawn[1].data


# --- drawings ------------------------------------------------------------------------------------


def value(n: int | None, cell: str) -> Value:
    return Value(n, "count", f"{cell}#count", "shown" if n is not None else "hidden")


def test_a_bar_of_parts_has_a_mark_and_words_for_every_part_that_is_shown():
    parts = [("ja", value(60, "a")), ("deels <b>", value(30, "b")), ("te klein", value(None, "c"))]
    parts += [("nee", value(4, "d")), ("niet bekend", value(6, "e"))]
    made = stapels([Balk("Klopte het?", parts)])

    assert ids(made) == [["a#count"], ["b#count"], ["d#count"], ["e#count"]]
    assert [list(trace.x) for trace in made.data] == [[60], [30], [4], [6]]
    assert [trace.text[0] for trace in made.data] == ["60", "30", "4", "6"]
    colours = [trace.marker.color for trace in made.data]
    assert colours == [figure.COLOUR_YES, figure.COLOUR_PARTLY, figure.COLOUR_NO, "#ffffff"]
    assert made.data[3].marker.pattern.shape == "/"
    assert {trace.legendgrouptitle.text for trace in made.data} == {"Klopte het?"}
    assert made.data[1].name == "deels &lt;b&gt;"


def test_what_adds_up_begins_where_the_row_before_it_ends():
    names = ["eerst", "erbij", "eraf", "nu"]
    counts = [value(180, "a"), value(250, "b"), value(-10, "c"), value(420, "d")]
    made = waterval(pd.DataFrame({"deel": names, "count": counts}), "deel", "count")

    assert list(made.data[0].x) == [180, 250, -10, 420]
    assert list(made.data[0].base) == [0, 180, 430, 0]


def test_between_two_ends_goes_one_bar_with_both_its_numbers():
    columns = "area situation partly_low partly_high"
    ends = released(
        "filling_in", columns, ("twente", "now", 0.3, 0.86), ("twente", "all", None, 0.7)
    )
    made = tussen(ends, "situation", "partly_low", "partly_high")

    assert [list(trace.x) for trace in made.data] == [[0.3, 0.86]]
    assert list(made.data[0].text) == ["30%", "86%"]
    assert made.data[0].meta["words"] == ["ten minste 30%", "ten hoogste 86%"]


COMPARED = released(
    "comparison", "area per_10000 per_10000_low per_10000_high", ("almelo", 8.5, 6.9, 10.4),
    ("borne", 4.4, 2.2, 7.5), ("losser", None, None, None),
)  # fmt: skip


def test_a_period_that_not_everybody_delivered_whole_is_an_open_dot():
    average = Value(6.7, "rate", "g#r")
    borne = [row.woord("area") for row in COMPARED.mma if row.area == "borne"]

    whole = verloop(COMPARED, "area", "per_10000", average).data[-1]
    of_borne = verloop(COMPARED, "area", "per_10000", average, borne).data[-1]

    assert list(whole.marker.symbol) == ["circle", "circle"]
    assert list(of_borne.marker.symbol) == ["circle", "circle-open"]


USUAL = released(
    "comparison",
    "area per_10000 per_10000_low per_10000_high usual_low usual_high",
    ("almelo", 8.5, 6.9, 10.4, 1.7, 10.9),
    ("borne", 4.4, 2.2, 7.5, None, None),
    ("losser", None, None, None, 1.5, 12.5),
    ("wierden", None, None, None, 0.1, 19.8),
)


def beside(eigen: str = "") -> go.Figure:
    return punten(USUAL, "area", "per_10000", eigen=eigen, laag="usual_low", hoog="usual_high")


def test_behind_a_dot_lies_the_band_of_what_would_be_usual_with_the_ids_of_its_ends():
    band, dots = beside().data

    assert list(band.x) == [1.7, 10.9, None]
    assert list(band.y) == ["almelo", "almelo", None]
    ends = ["comparison|almelo#usual_low", "comparison|almelo#usual_high", None]
    assert list(band.customdata) == ends
    assert list(band.meta["words"]) == ["gewoon vanaf 1,7", "gewoon tot 10,9", ""]
    assert list(dots.y) == ["almelo", "borne"]


def test_the_row_of_the_page_is_bold_and_has_its_band_without_a_dot():
    made = beside("wierden")

    assert list(made.data[0].y[3:]) == ["<b>wierden</b>", "<b>wierden</b>", None]
    assert list(made.layout.yaxis.categoryarray) == ["almelo", "borne", "<b>wierden</b>"]
    assert list(made.data[1].y) == ["almelo", "borne"]


def test_a_figure_with_a_band_is_shown_as_any_other(displayed):
    figuur(beside("wierden"), USUAL, titel="Geen gemeente springt eruit")

    about = displayed[1][1]
    assert about["remark"] == ""
    assert about["alt"] == "almelo 8,5, tussen 6,9 en 10,4; borne 4,4, tussen 2,2 en 7,5."


COURSE = released(
    "comparison",
    "area per_10000 per_10000_low per_10000_high count",
    ("almelo", None, None, None, 3),
    ("borne", 4.4, 2.2, 7.5, 4),
    ("dinkelland", None, None, None, 5),
    ("losser", 8.5, 6.9, 10.4, 6),
    ("wierden", None, None, None, 7),
)


def test_a_line_is_broken_at_a_period_without_a_number_and_ends_with_the_last_that_has_one():
    average = Value(6.7, "rate", "g#r")
    line, below = verloop(COURSE, "area", "per_10000", average, onder="count").data[1:]

    assert list(line.x) == ["borne", "dinkelland", "losser"]
    assert list(line.y) == [4.4, None, 8.5]
    assert list(line.text) == ["4,4", "", "8,5"]
    assert [round(far, 6) for far in line.error_y.array] == [3.1, 0, 1.9]
    assert (list(below.text), list(below.y)) == (["4", "5", "6"], [0, 0, 0])
    assert below.customdata[0] == "comparison|borne#count"


def test_of_periods_without_any_number_there_is_no_line():
    made = verloop(COURSE.iloc[[0, 2]], "area", "per_10000", Value(6.7, "rate", "g#r"))

    assert [list(trace.x) for trace in made.data] == [[], []]


@pytest.mark.parametrize(
    ("made", "errors"),
    [
        (punten(COMPARED, "area", "per_10000", Value(6.7, "rate", "g#r")), "error_x"),
        (verloop(COMPARED, "area", "per_10000", Value(6.7, "rate", "g#r")), "error_y"),
    ],
)
def test_rows_with_an_interval_have_its_ends_as_errors_and_leave_out_what_is_not_there(
    made, errors
):
    marks = made.data[-1]

    assert list(marks.customdata) == ["comparison|almelo#per_10000", "comparison|borne#per_10000"]
    assert [round(far, 6) for far in marks[errors].array] == [1.9, 3.1]
    assert [round(far, 6) for far in marks[errors].arrayminus] == [1.6, 2.2]
    assert [list(trace.customdata) for trace in made.data[:-1]] in ([], [["g#r", "g#r"]])


def test_the_file_of_a_table_says_codes_in_words_and_numbers_as_numbers():
    values = [
        Value("no_change", "code", "trend|twente#verdict"),
        Value("2021-07/2021-09", "period"),
        Value(12, "count"),
    ]

    assert [_raw(value) for value in values] == [
        "geen duidelijke verandering",
        "jul – sep 2021",
        12,
    ]
