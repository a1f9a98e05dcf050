"""Blocks show text as text, whoever wrote it, and figures with all that goes with them."""

import json

import plotly.graph_objects as go
import pytest

from mma_analysis.show import words
from mma_analysis.show.blocks import (
    PLOTLY,
    Ask,
    Chart,
    Finding,
    Findings,
    Head,
    Quotes,
    Table,
    slug,
    text,
)

EVIL = "<script>alert('x')</script> & <b>vet</b>"


@pytest.fixture
def chart():
    return Chart(
        title=f"Titel {EVIL}",
        unit="meldingen",
        figure=go.Figure(go.Bar(x=[1, 2], y=[3, 4])),
        alt="Staafdiagram. Drugs: 3.",
        table=Table("Tabel", ["Onderwerp", "Meldingen"], [["Drugs", "3"]]),
        caption=EVIL,
        key=[(EVIL, "#ffffff")],
    )


@pytest.fixture
def shown(chart, monkeypatch):
    """What JupyterLab would get to show for a chart: bundles and metadata, in order."""
    given = []

    def display(thing, **more):
        given.append((thing, more))

    monkeypatch.setattr("IPython.display.display", display)
    chart._ipython_display_()
    return given


@pytest.mark.parametrize(
    "block",
    [
        text(EVIL),
        Head(EVIL, EVIL, [(EVIL, EVIL)], EVIL),
        Findings([Finding(EVIL, EVIL, EVIL)]),
        Ask(EVIL, [EVIL]),
        Quotes([(EVIL, [EVIL])]),
        Table(EVIL, [EVIL, EVIL], [[EVIL, EVIL]], EVIL),
    ],
)
def test_markup_in_a_text_is_shown_and_never_run(block):
    html = block._repr_html_()

    assert "<script" not in html
    assert "<b>vet" not in html
    assert "&lt;script&gt;" in html


def test_a_figure_comes_with_title_picture_and_table_in_that_order(shown):
    (top, _), (bundle, more), (bottom, _) = shown

    assert "<h3" in top.data
    assert "<script" not in top.data
    assert set(bundle) == {PLOTLY}
    assert more["metadata"]["alt"] == "Staafdiagram. Drugs: 3."
    assert f'id="{more["metadata"]["labelled_by"]}"' in top.data
    assert "<table" in bottom.data
    assert "<script" not in bottom.data


def test_a_figure_is_handed_over_as_plain_json(shown):
    bundle = shown[1][0][PLOTLY]

    assert json.loads(json.dumps(bundle))["data"][0]["y"] == [3, 4]
    assert bundle["config"]["showSendToCloud"] is False


def test_a_table_explains_the_signs_that_occur_in_it_and_no_others():
    hidden = Table("T", ["a", "b"], [["x", words.HIDDEN]])
    numbers = Table("T", ["a", "b"], [["x", "0"]])

    assert len(hidden.legend) == 1
    assert "niet getoond" in hidden.legend[0]
    assert numbers.legend == []


def test_a_hidden_cell_says_so_to_who_hears_the_page():
    html = Table("T", ["a", "b", "c"], [["x", words.HIDDEN, words.MISSING]])._repr_html_()

    assert '<span class="spoken">niet getoond</span>' in html
    assert '<span class="spoken">geen gegevens</span>' in html


def test_the_first_cell_of_a_row_is_its_heading():
    html = Table("T", ["a", "b"], [["Drugs", "3"]])._repr_html_()

    assert '<th scope="row">Drugs</th>' in html
    assert "<td>3</td>" in html


def test_a_column_of_text_between_numbers_says_so_to_the_style_sheet():
    rows = [["Hoger", "het DVO", "3"]]
    html = Table("T", ["Als", "Wie", "Keer"], rows, text_columns=("Wie",))._repr_html_()

    assert '<th scope="col" class="is-word">Wie</th>' in html
    assert '<td class="is-word">het DVO</td>' in html
    assert "<td>3</td>" in html


def test_a_text_leaves_out_what_is_empty():
    assert text("Een.", "", "Twee.").plain == "Een. Twee."


def test_an_id_has_no_capitals_accents_or_signs():
    assert slug("Eén & twee – ‘drie’") == "een-twee-drie"
