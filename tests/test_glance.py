"""What JupyterLab shows of a thing at the end of a cell: small, Dutch, escaped, and warned."""

import pytest
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_notebook

import mma_analysis as mma
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.publish import page
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.glance import GLANCE, LONGEST_GLANCE, Line, glance, shortened
from mma_analysis.vocabulary.rows import Row, records_of
from mma_analysis.vocabulary.value import Value, is_own
from released_tables import run
from says import says

OF_THIS_GEMEENTE = "alleen voor de gemeente zelf"
SMALL = 6_000  # signs of HTML


@pytest.fixture(scope="module")
def opened(workspace) -> OpenEdition:
    return mma.edition(EXAMPLE, root=workspace.root)


def read(html: str) -> str:
    """What a person reads of it."""
    text = str(html).replace("<", " <")
    return " ".join(Markup(text).striptags().split())


def test_an_edition_says_what_can_be_asked_of_it(opened):
    said = read(opened._repr_html_())

    assert said.startswith("Evaluatie MMA 2023 Editie voorbeeld-2023")
    assert "Gebieden Twente en 14 gemeenten (.areas)" in said


def test_an_evaluation_names_each_table_with_its_rows_on_one_screen(opened):
    html = opened.evaluation("borne")._repr_html_()

    assert "trend Trend in het district 1 rij" in read(html)
    assert len(html) < SMALL
    assert OF_THIS_GEMEENTE not in html


def test_a_row_says_its_numbers_with_their_ends_and_its_codes_in_words(opened):
    said = read(opened.evaluation("enschede").meldingen()._repr_html_())

    assert said.startswith("per_period|enschede|whole")
    assert "count 180, hoogstens 4 ernaast Aantal" in said  # of 182
    assert "kind hele evaluatie (whole)" in said
    assert "per_month_low" not in said


def test_a_row_that_is_not_there_says_why(opened):
    row = opened.evaluation("enschede").een("per_period", area="enschede", kind="quarter")

    said = read(row._repr_html_())

    assert said.startswith("Geen rij per_period heeft geen rij met")


def test_a_value_says_its_number_its_interval_and_where_it_is_from(opened):
    count = opened.evaluation("enschede").meldingen().count

    assert read(count._repr_html_()) == "180, hoogstens 4 ernaast per_period|enschede|whole#count"
    assert read(Value(12, low=10.0, high=15.0)._repr_html_()) == "12, 95%: 10 tot 15"
    assert read(Value(None, state="never")._repr_html_()) == "niet in het bestand"


def test_what_is_typed_by_a_sender_is_text():
    row = Row({"name": "<script>alert(1)</script>", "cell": "x|<b>"})

    for html in (row._repr_html_(), glance("<i>", [Line("<b>", "<u>", "<s>")])):
        assert "<script>" not in html
        assert "<b>" not in html
    assert "&lt;u&gt;" in glance("", [Line("", "<u>")])


def test_a_long_text_ends_after_a_whole_word():
    assert shortened("een  twee\ndrie") == "een twee drie"
    assert shortened("woord " * 40).endswith("woord …")
    assert len(shortened("a" * 200)) <= LONGEST_GLANCE + 2


# --- what is exact --------------------------------------------------------------------------------


def test_what_is_exact_says_so_and_all_that_is_computed_from_it(opened):
    e = opened.evaluation("enschede", "intern")
    row = e.meldingen()

    exact = [row, row.count, row.per_month, row.count + row.count, row.count / row.count]
    exact += [row.per_month.onder, row.count.as_form("word")]
    for one in exact:
        assert OF_THIS_GEMEENTE in one._repr_html_()
    assert "alleen voor die gemeente" in e._repr_html_()


def test_nothing_that_everybody_may_have_says_that_it_is_exact(opened):
    for name in opened.measures:
        rows = records_of(opened.measures[name])
        assert [row["cell"] for row in rows if is_own(row)] == []


def test_of_another_gemeente_an_intern_evaluation_has_what_is_rounded(opened):
    e = opened.evaluation("enschede", "intern")

    other = e.een("per_period", area="almelo", period="whole")

    assert OF_THIS_GEMEENTE not in other._repr_html_()


# --- a page has none ------------------------------------------------------------------------------


@pytest.mark.parametrize("bare", ["e.meldingen()", "e.meldingen().count", "e"])
def test_what_a_notebook_shows_so_comes_on_no_page(workspace, monkeypatch, bare):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    opening = f"from mma_analysis.show import open_editie\ne = open_editie('borne', '{EXAMPLE}')"
    (outputs,) = run(f"{opening}\n{bare}")
    cell = new_code_cell(bare, outputs=outputs, execution_count=1)

    assert GLANCE in str(outputs)
    with pytest.raises(DataError, match=says("cell_glance", cell=1)):
        page.remarks(new_notebook(cells=[cell]))
