"""`%%tekst`: Markdown and Jinja with a notebook's values, and errors that say what was meant."""

import pytest
from conftest import cases

from mma_analysis.settings import ROOT_VARIABLE, Workspace
from mma_analysis.show.text import TekstFout, fill, text_of_html, to_html
from mma_analysis.vocabulary import message
from mma_analysis.vocabulary.value import Value
from planting import write
from released_tables import distribution, reading, run

BEGIN = """
from mma_analysis.show.figure import show_as_a_page
from mma_analysis.vocabulary.value import Value
show_as_a_page()
aantal = Value(20, "count", "t#count")
niets, verborgen = Value(0, "count", "n#count"), Value(None, "count", "h#count", "hidden")
"""


def says(template: str, **names: object) -> str:
    return text_of_html(to_html(fill(template, names)))


# --- the cell ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "html"),
    [
        ("", "", '<div class="tekst"><p>Het'),
        ("", "opbrengst", '<div class="tekst opbrengst"><p>Het'),
        ("kern", "cijfers", '<div class="tekst kern cijfers"><p>Het'),
        ("sectie", "groei", '<div class="tekst sectie groei"><h2>Het'),
    ],
)
def test_a_cell_has_a_kind_and_a_name(kind, name, html):
    [_, [output]] = run(BEGIN, f"%%tekst {kind} {name}\nHet waren er {{{{ aantal }}}}.")
    about = output.metadata["mma"]

    assert output.data["text/html"].startswith(html)
    assert output.data["text/plain"] == "Het waren er 20."
    assert (about["kind"], about["name"]) == (kind, name)
    number = '<data class="v" value="20" data-cell="t#count" data-form="count">20</data>'
    assert number in output.data["text/html"]
    assert about.get("title", "") == (f"Het waren er {number}." if kind == "sectie" else "")


def test_a_text_is_kept_under_a_name_and_used_in_another():
    titel = "%%tekst als titel\nEr waren **{{ aantal }}**"
    _, kept, used = run(BEGIN, titel, "%%tekst kop\n# {{ titel }}")

    assert kept[0].metadata["mma"] == {"part": "top"}
    assert "<h1>Er waren <strong><data" in used[0].data["text/html"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Het waren er 17.", "‘17’"),
        ("In 2024 steeg het naar ruim driehonderd.", "‘2024’, ‘steeg’, ‘driehonderd’"),
        ("{% if aantal %}\nIn Borne zijn er meer dan 5.\n{% endif %}", "‘meer’, ‘5’"),
    ],
)
def test_a_number_or_comparison_that_was_typed_is_remarked_below_its_cell(typed, words):
    [_, outputs] = run(BEGIN, f"%%tekst\n{typed}")

    assert [output.metadata["mma"].get("part") for output in outputs] == ["top", None]
    remark = outputs[0].metadata["mma"]["remark"]
    assert remark == message("typed_in_text", words=words)
    assert "{{ … }}" in outputs[0].data["text/plain"]


@pytest.mark.parametrize(
    "fine",
    [
        "Het waren er {{ aantal }}, {{ 'meer' if niets else 'minder' }} dan {{ vast(5, 'x') }}.",
        "Meldingen per 10.000 inwoners, met de grenzen van 95%.",
        "Kijk in [de bijlage](bijlage.xlsx#tabblad2).",
        "{# 5 keer gelezen #}Zo gaat het.",
    ],
)
def test_what_a_table_says_and_our_fixed_phrases_are_not_remarked(fine):
    [_, outputs] = run(f"{BEGIN}\nfrom mma_analysis.show.text import vast", f"%%tekst\n{fine}")

    assert ["remark" in output.metadata["mma"] for output in outputs] == [False]


def test_what_says_nothing_shows_nothing():
    _, *empty = run(
        BEGIN,
        "%%tekst\n{% if niets %}\nEr waren er {{ niets }}.\n{% endif %}",
        "%%tekst als titel\n{% if verborgen %}x{% endif %}",
        "%%tekst\n\n",
        "titel",
    )

    assert empty[:3] == [[], [], []]
    assert empty[3][0].data["text/plain"] == "Markup('')"


# --- filling -------------------------------------------------------------------------------------


def test_a_line_of_only_tags_is_no_line_and_a_space_between_sentences_stays():
    template = """
{% if a %}
- een
{% endif %}
{% if a %}- twee {% endif %}
{% if a %}{% if a %}
Zin. {% if a %}Nog een.{% endif %} Slot.
{% endif %}{% endif %}
"""

    assert fill(template, {"a": 1}) == "- een\n- twee \nZin. Nog een. Slot."


@pytest.mark.parametrize(
    "label",
    ["a*b*c", "_x_", "<b>x</b>", "[x](http://y)", "# x", "`x`", "<script>", "A & B", "a\\*b"],
)
def test_a_label_is_shown_letter_for_letter(label):
    html = to_html(fill("Zin {{ label }}.", {"label": label}))

    assert text_of_html(html) == f"Zin {label}."
    assert html.count("<") == 2  # the paragraph alone


@pytest.mark.parametrize(("template", "said"), cases("text_filters"))
def test_filters_and_macros_put_words_around_a_value(template, said):
    n = {"een": Value(1, "count", "a#n"), "meer": Value(12, "count", "b#n")}
    n |= {"totaal": Value(60, "count", "t#n"), "hidden": Value(None, "count", "h#n", "hidden")}
    assert says(template, **n) == said


def test_an_edition_has_sentences_of_its_own(tmp_path):
    e = reading("borne")
    e.processed = Workspace(tmp_path).processed("proef")
    own = Workspace(tmp_path).raw("proef") / "notebooks" / "sentences.j2"
    write(own, "{% macro van(a, b) %}eigen {{ a }}{% endmacro %}")

    assert says("{{ van(3, 4) }}", e=e) == "eigen 3"
    assert says("{{ van(a, a) }}", e=reading(), a=Value(3)) == "3 van de 3 meldingen"
    with pytest.raises(TekstFout, match="‘tussenin’ bestaat hier niet"):
        fill("{{ tussenin(1) }}", {"e": e})


# --- what is wrong is said -----------------------------------------------------------------------


@pytest.mark.parametrize(("template", "told"), cases("text_wrong"))
def test_what_is_wrong_is_said_with_its_cell_line_and_what_was_meant(template, told):
    table = distribution("topic_group", 60, {"drugs": 60})
    names = {"bekend": Value(60, "count", "b#n"), "t": table, "e": reading(per_topic_group=table)}

    with pytest.raises(TekstFout) as error:
        fill(template, names, "cel [4], %%tekst kern")

    assert str(error.value).startswith("cel [4], %%tekst kern, regel ")
    assert told in str(error.value)


AT_MOST = ": zet achter %%tekst hoogstens een soort en één naam"
MEANT = ", regel 3: ‘aantl’ bestaat hier niet; bedoelde u 'aantal'?\n    Er zijn {{ aantl }}."


@pytest.mark.parametrize(
    ("line", "said"),
    [("kern cijfers", MEANT), ("kop een twee", AT_MOST), ("sectie", AT_MOST), ("als", AT_MOST)],
)
def test_a_notebook_shows_the_words_and_not_forty_lines_of_jinja(line, said):
    text = "{% if aantal %}\nEr zijn {{ aantl }}.\n{% endif %}"
    [_, [output]] = run(BEGIN, f"%%tekst {line}\n{text}")

    told = f"cel [2], %%tekst {line}{said}"
    assert (output.ename, output.evalue) == ("TekstFout", told)
    assert output.traceback == [f"TekstFout: {told}"]


# --- two evaluations in one notebook -------------------------------------------------------------

TWO = """
import pandas as pd
import plotly.express as px
from mma_analysis.show import figuur, open_editie, tabel
e = open_editie("enschede", "voorbeeld-2023")
b = open_editie("borne", "voorbeeld-2023")
kosten = b.tabel("costs", area="borne")
"""
WHICH = "e (Enschede, voorbeeld-2023, openbaar) en b (Borne, voorbeeld-2023, openbaar)"
SHOWN_BY_B = [
    "b.tekst('# {{ e.naam }} kreeg {{ e.meldingen().count }} meldingen', 'kop')",
    "b.toon(kosten, 'Kosten van {{ e.naam }}', {'area': 'Gemeente', 'per_year': 'Per jaar'})",
    "b.figuur(px.bar(kosten, x='per_year', y='area', custom_data='cell'), kosten,"
    " titel='Wat {{ e.naam }} betaalt', naam='kosten')",
]


@pytest.fixture
def example(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))


def test_what_an_evaluation_shows_is_of_that_one_whatever_else_is_open(example):
    _, [text], [table], [_, drawn, _] = run(TWO, *SHOWN_BY_B)

    assert text.data["text/plain"].startswith("Borne kreeg ")
    assert "<h1>Borne kreeg <data" in text.data["text/html"]
    assert "Kosten van Borne" in table.data["text/html"]
    assert '<th scope="row">Borne</th>' in table.data["text/html"]
    assert 'download="borne-kosten-van-borne.csv"' in table.data["text/html"]
    about = drawn.metadata["mma"]
    assert (about["title"], about["name"]) == ("Wat Borne betaalt", "borne-kosten")


def test_alone_it_shows_what_it_shows_beside_another(example):
    alone = TWO.replace('e = open_editie("enschede", "voorbeeld-2023")\n', "")

    assert run(alone, *SHOWN_BY_B)[1:] == run(TWO, *SHOWN_BY_B)[1:]


@pytest.mark.parametrize(
    "cell",
    [
        "%%tekst kop\n# {{ e.naam }}",
        "tabel(kosten, 'Kosten')",
        "figuur(px.bar(kosten, x='per_year', y='area', custom_data='cell'), kosten, titel='X')",
    ],
)
def test_with_two_open_it_is_not_guessed_which_is_meant(example, cell):
    [_, [output]] = run(TWO, cell)

    assert output.ename == "TekstFout"
    assert output.evalue.startswith(f"cel [2]: in dit notebook zijn meer evaluaties open: {WHICH}.")
    assert "e.figuur(…), e.toon(…) of e.tekst(…)" in output.evalue


def test_with_two_open_a_bare_table_is_of_neither_and_shows_what_it_has(example):
    [_, [table]] = run(TWO, "kosten")

    assert 'id="tab-costs"' in table.data["text/html"]
    assert 'download="tab-costs.csv"' in table.data["text/html"]
    assert '<th scope="row">borne</th>' in table.data["text/html"]


def test_the_same_evaluation_under_two_names_is_one(example):
    _, [text] = run(TWO + "e = b\n", "%%tekst kop\n# {{ e.naam }}")

    assert text.data["text/plain"] == "Borne"
