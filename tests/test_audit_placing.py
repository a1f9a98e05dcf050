"""Which count is which, read back from Dutch captions, heads and sentences."""

import pytest

from audit_pages import letter, page, table
from mma_analysis.audit.collecting.figures import figure_content
from mma_analysis.audit.collecting.opening import open_document
from mma_analysis.audit.collecting.pages import open_page
from mma_analysis.audit.placing.sentences import Said, said_counts
from mma_analysis.audit.placing.tables import Placed, placed_cells
from mma_analysis.audit.placing.vocabulary import Key, codes_of, periods_in
from mma_analysis.vocabulary import DataError, Vocabulary

VOCABULARY = Vocabulary()
WHOLE = "2021-07/2023-06"
DRUGS_AND_FRAUD = [{"topic_group": "drugs"}, {"topic_group": "fraude_en_geld"}]


def placed_in(body: str) -> list[Placed]:
    """Every count of a page, also two of one key."""
    return list(placed_cells(VOCABULARY, open_page(page(body), "openbaar/borne.html"), WHOLE))


def placed(body: str) -> dict:
    return {p.key: (p.measure, p.state, p.value) for p in placed_in(body)}


def said_in(body: str) -> list[Said]:
    return list(said_counts(VOCABULARY, open_page(page(body), "openbaar/borne.html"), WHOLE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("juli 2021", ["2021-07/2021-07"]),
        ("jul – dec 2021", ["2021-07/2021-12"]),
        ("jul 2021 – jun 2022", ["2021-07/2022-06"]),
        ("Van juli 2021 tot en met juni 2023 kwamen", [WHOLE]),
        ("177 in jul 2021 – jun 2022 en 409 in mrt 2023", ["2021-07/2022-06", "2023-03/2023-03"]),
        ("tot en met 30 juni 2023", []),  # a day
        ("in 2021", []),
    ],
)
def test_periods_are_read_as_pages_write_them(text, expected):
    assert periods_in(text) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["Drugs", "Overig"], [{"topic_group": "drugs"}, {"topic_group": "overig"}]),
        (["Drugsdelicten", "Overig"], [{"topic": "drugsdelicten"}, {"topic": "overig"}]),
        (["Bevestigd", "Onbekend"], [{"result": "bevestigd"}, {"result": "onbekend"}]),
        (["Resultaat: bevestigd"], [{"result": "bevestigd"}]),
        (["Hof van Twente", "Twente"], [{"area": "hof-van-twente"}, {"area": "twente"}]),
        (["Borne", "Totaal"], [{"area": "borne"}, {}]),
        (["Drugs", "Fraude en geld", "Iets anders"], [*DRUGS_AND_FRAUD, None]),
        (["Drugs", "Iets anders"], [None, None]),  # not more than half
        (["Excel", "Zaaksysteem"], [None, None]),
        ([], []),
    ],
)
def test_labels_of_one_kind_are_understood_together(labels, expected):
    assert codes_of(VOCABULARY, labels) == expected


@pytest.mark.parametrize(
    ("caption", "head", "row", "key", "value"),
    [
        (
            *("Onderwerpen in Hof van Twente", "Onderwerp", ["Drugs", "12"]),
            Key("hof-van-twente", WHOLE, "topic_group", "drugs"),
            ("count", "shown", 12),
        ),
        (  # without an area in the caption a table is about its file
            *("Meldingen per halfjaar", "Halfjaar", ["jul – dec 2021", "·"]),
            Key("borne", "2021-07/2021-12", "totaal", "totaal"),
            ("count", "hidden", 0),
        ),
    ],
)
def test_a_table_says_area_period_and_value_of_each_count(caption, head, row, key, value):
    assert placed(table(caption, [head, "Meldingen"], [row])) == {key: value}


@pytest.mark.parametrize(
    ("sign", "state"),
    [
        ("0", "shown"),
        ("0–4", "shown"),
        ("·", "hidden"),
        ("<5", "hidden"),
        ("–", "missing"),
        ("n.v.t.", "not_applicable"),
        ("niet getoond", "hidden"),
        ("geen gegevens", "missing"),
        ("niet van toepassing", "not_applicable"),
    ],
)
def test_a_zero_and_the_signs_are_five_different_things(sign, state):
    found = placed(table("Meldingen per gemeente", ["Gemeente", "Meldingen"], [["Wierden", sign]]))

    assert [value[1] for value in found.values()] == [state]


@pytest.mark.parametrize(
    ("sentence", "key", "count"),
    [
        ("Er kwamen 12 meldingen.", Key("borne", WHOLE, "totaal", "totaal"), 12),
        ("Er kwamen 12 nieuwe meldingen.", Key("borne", WHOLE, "totaal", "totaal"), 12),
        ("Enschede kreeg zeven meldingen.", Key("enschede", WHOLE, "totaal", "totaal"), 7),
        (
            "In juli 2021 waren het 1.234 meldingen.",
            Key("borne", "2021-07/2021-07", "totaal", "totaal"),
            1234,
        ),
        ("Over drugs kwamen 6 van de 9 meldingen.", Key("borne", WHOLE, "topic_group", "drugs"), 6),
        ("Almelo en Borne kregen samen 9 meldingen.", None, 9),
        (
            "6% van de meldingen betrof drugs.",
            Key("borne", WHOLE, "topic_group", "drugs"),
            None,
        ),
    ],
)
def test_a_count_in_a_sentence_is_about_what_the_sentence_names(sentence, key, count):
    (said,) = said_in(f"<p>{sentence}</p>")

    assert (said.key, said.count) == (key, count)


def test_other_numbers_in_sentences_are_no_counts():
    body = "<p>Aantallen van 1 tot en met 4 tonen wij niet. 3 van de 12 gemeenten melden zelf.</p>"
    body += "<p>In 3 gemeenten meldingen lezen. Wie zelf meldingen leest, meldt 2 keer.</p>"
    body += "<p>Borne ontvangt sinds 1 september 2022 meldingen rechtstreeks.</p>"

    assert said_in(body) == []


# --- tables of which each row names its area and period ------------------------------------------

YEAR = "2021-07/2022-06"
TIDY = ["Gebied", "Periode", "Verdeling", "Waarde", "Aantal", "Totaal", "Aandeel"]
TIME = ["Tijdstip", "Met tijdstip"]


def test_a_row_that_names_its_area_period_and_value_is_a_count():
    row = ["Borne", "jul 2021 – jun 2022", *TIME, "12", "48", "0.25"]

    found = placed_in(table("Achtergrond", TIDY, [row]))

    key = Key("borne", YEAR, "has_time", "ja")
    assert [(p.key, p.measure, p.value) for p in found] == [
        (key, "count", 12),
        (key, "share", 0.25),
    ]


def test_a_row_without_a_period_is_of_the_whole_evaluation():
    head = ["Gebied", "Verdeling", "Waarde", "Aantal", "Bekend", "Totaal"]

    (found,) = placed_in(table("Grenzen", head, [["Borne", *TIME, "12", "30", "48"]]))

    assert (found.key, found.value) == (Key("borne", WHOLE, "has_time", "ja"), 12)


@pytest.mark.parametrize("wrong", [("Rheine", 0), ("ooit", 1), ("Kleur", 2), ("Blauw", 3)])
def test_a_row_that_is_not_understood_is_left_alone(wrong):
    row = ["Borne", "jul 2021 – jun 2022", *TIME, "12", "48", "0.25"]
    row[wrong[1]] = wrong[0]

    assert placed_in(table("Achtergrond", TIDY, [row])) == []


@pytest.mark.parametrize(
    ("known", "share", "measure", "value"),
    [
        ("40", "0.833333", "count", 8),  # of 8 of the 48 it is not known
        ("niet getoond", "0.75", "share", 0.25),
    ],
)
def test_of_how_many_a_field_is_known_says_of_how_many_it_is_not(known, share, measure, value):
    head = ["Gebied", "Periode", "Gegeven", "Bekend", "Totaal", "Aandeel bekend"]
    row = ["Borne", "jul 2021 – jun 2022", "Resultaat", known, "48", share]

    (found,) = placed_in(table("Volledigheid", head, [row]))

    assert found.key == Key("borne", YEAR, "result", "onbekend")
    assert (found.measure, found.value) == (measure, value)


def test_two_periods_in_a_row_are_two_counts():
    head = ["Gebied", "Hoofdgroep", "Eerste periode", "Aantal in de eerste periode"]
    head += ["Laatste periode", "Aantal in de laatste periode"]
    row = ["Twente", "Drugs", "jul 2021 – jun 2022", "98", "jul 2022 – jun 2023", "208"]

    found = placed_in(table("Verschuiving", head, [row]))

    assert {p.key: p.value for p in found} == {
        Key("twente", YEAR, "topic_group", "drugs"): 98,
        Key("twente", "2022-07/2023-06", "topic_group", "drugs"): 208,
    }


# --- what an office file holds -------------------------------------------------------------------


def test_a_table_of_a_text_document_has_its_title(tmp_path):
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{t}</w:t></w:r></w:p></w:tc>" for t in ("A", "B"))
    title = '<w:tblPr><w:tblCaption w:val="Kosten per gemeente"/></w:tblPr>'
    letter(tmp_path / "v.docx", f"<w:tbl>{title}<w:tr>{cells}</w:tr></w:tbl>")

    (found,) = open_document(tmp_path / "v.docx", "openbaar/v.docx").tables

    assert (found.caption, found.head) == ("Kosten per gemeente", ("A", "B"))


# --- what a page holds ---------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["{", "[]", '{"x": {"dtype": "f8", "bdata": "geheim"}}'])
def test_a_figure_that_cannot_be_read_is_an_error_without_its_content(source):
    with pytest.raises(DataError) as error:
        figure_content(source, "borne.html, figure 1")

    assert "borne.html, figure 1" in str(error.value)
    assert "geheim" not in str(error.value)
