"""The survey: who answered, how many gemeenten chose what, and what that says of the others."""

import pandas as pd
import pytest

from mma_analysis.show import improvements, next_steps, questions, survey
from mma_analysis.show.blocks import Chart, Table, Text
from show_tables import GEMEENTEN, agreeing, answers, evaluation, told

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def asked(tmp_path):
    """Make an evaluation with the answers to these questions."""

    def make(*questions, audience="openbaar", **tables):
        columns = list(answers("x", {"ja": 1}, 1))
        given = {
            "survey_answers": pd.concat([pd.DataFrame(columns=columns), *questions]),
            "survey_numbers": pd.DataFrame(columns=["question", "label", "answered"]),
            **tables,
        }
        return evaluation(tmp_path, given, audience=audience)

    return make


def response(**states: str | tuple[str, str]) -> dict[str, pd.DataFrame]:
    """Everybody answered, but for the gemeenten given: a state, or a joint answer's name."""
    rows = []
    for slug in GEMEENTEN:
        state = states.get(slug, "answered")
        rows.append((slug, *(state if isinstance(state, tuple) else (state, ""))))
    return {"survey_response": pd.DataFrame(rows, columns=["area", "state", "answered_by"])}


# --- who answered --------------------------------------------------------------------------------


def test_the_response_tells_who_answered_together_and_who_did_not(asked):
    e = asked(
        **response(
            dinkelland=("joint", "noaberkracht"),
            tubbergen=("joint", "noaberkracht"),
            hellendoorn="no_experience",
            wierden="no_answer",
        )
    )

    assert told(survey.response_sentence(e)) == (
        "12 van de 14 gemeenten hebben de vragenlijst beantwoord. Dinkelland en Tubbergen gaven "
        "samen één antwoord; dat telt voor elk van hen. Er zijn dus 11 ingevulde vragenlijsten. "
        "Hellendoorn is nog te kort aangesloten om te kunnen oordelen. Van Wierden is geen "
        "antwoord ontvangen."
    )


def test_two_joint_answers_are_told_apart(asked):
    e = asked(
        **response(
            almelo=("joint", "a"),
            borne=("joint", "a"),
            losser=("joint", "b"),
            wierden=("joint", "b"),
        )
    )

    assert "Almelo en Borne gaven samen één antwoord en Losser en Wierden gaven samen één" in told(
        survey.response_sentence(e)
    )
    assert "12 ingevulde vragenlijsten" in told(survey.response_sentence(e))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("answered", "Alle 14 gemeenten hebben de vragenlijst beantwoord."),
        ("no_answer", "Geen van de 14 gemeenten heeft de vragenlijst beantwoord."),
    ],
)
def test_all_and_none_have_their_own_sentence(asked, state, expected):
    e = asked(**response(**dict.fromkeys(GEMEENTEN, state)))

    assert told(survey.response_sentence(e)).startswith(expected)


def test_the_response_table_says_it_in_words(asked):
    table = survey.response_table(asked(**response(wierden="no_experience")))

    assert isinstance(table, Table)
    assert table.rows[0] == ["Almelo", "beantwoord"]
    assert table.rows[-1] == ["Wierden", "niet ingevuld: nog te kort aangesloten"]


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "answered", "title"),
    [
        ({"ja": 9, "nee": 3}, 12, "Deelname: 9 van de 12 gemeenten zeggen ja"),
        (
            {"ja, lokaal": 3, "ja, regionaal": 7, "nee": 2},
            12,
            "Deelname: 10 van de 12 gemeenten zeggen ja",
        ),
        ({"ja": 1, "nee": 11}, 12, "Deelname: 1 van de 12 gemeenten zegt ja"),
        ({"ja": 0, "nee": 12}, 12, "Deelname: geen van de 12 gemeenten zegt ja"),
        ({"ja": 12, "nee": 0}, 12, "Deelname: alle 12 gemeenten zeggen ja"),
        ({"elke week": 7, "zelden": 5}, 12, "Deelname: 7 van de 12 gemeenten zeggen ‘elke week’"),
        ({"elke week": 6, "zelden": 6}, 12, "Deelname: geen antwoord steekt erboven uit"),
    ],
)
def test_the_title_of_answers_states_the_finding(asked, counts, answered, title):
    e = asked(answers("meedoen", counts, answered))

    assert told(survey.answers_chart(e, "meedoen", "Deelname")) == title


def test_choices_are_ordered_by_how_often_and_a_scale_is_not(asked):
    counts = {"zaaksysteem": 4, "Excel": 7}
    multi = survey.answers_chart(asked(answers("x", counts, 9, kind="multi")), "x", "Waar")
    single = survey.answers_chart(asked(answers("x", counts, 11)), "x", "Waar")

    assert isinstance(multi, Chart)
    assert isinstance(single, Chart)
    assert [row[0] for row in multi.table.rows] == ["Excel", "Zaaksysteem"]
    assert [row[0] for row in single.table.rows] == ["Zaaksysteem", "Excel"]
    assert "meer dan één antwoord" in multi.caption


@pytest.mark.parametrize(
    ("answered", "expected"), [(12, ["9 tot 11", "3 tot 5"]), (14, ["9", "3"])]
)
def test_every_answer_says_how_many_it_can_be_of_all_gemeenten(asked, answered, expected):
    e = asked(answers("x", {"zaaksysteem": 9, "Excel": 3}, answered, kind="multi"))

    chart = survey.answers_chart(e, "x", "Waar")

    assert isinstance(chart, Chart)
    assert [row[2] for row in chart.table.rows] == expected


@pytest.mark.parametrize("counts", [None, {"ja": 0, "nee": 0}])
def test_a_question_without_answers_is_a_sentence(asked, counts):
    e = asked(*([] if counts is None else [answers("meedoen", counts, 0)]))

    assert told(survey.answers_chart(e, "meedoen", "Deelname")) == (
        "Deelname: dit is niet gevraagd, of er is geen antwoord gegeven."
    )


def test_an_answer_with_markup_is_shown_as_text_everywhere(asked):
    e = asked(answers("x", {EVIL: 3, "nee": 1}, 4, label=EVIL), agreeing("y", EVIL, 0, 0, 1, 2, 9))

    for chart in (survey.answers_chart(e, "x", EVIL), survey.statements_chart(e)):
        assert isinstance(chart, Chart)
        assert "<script" not in str(chart.figure.to_json())
        assert "<script" not in chart.table._repr_html_()


# --- statements ----------------------------------------------------------------------------------


def test_a_figure_of_statements_is_named_after_its_clearest_outcome(asked):
    e = asked(agreeing("a", "Sneller", 0, 1, 3, 8, 0), agreeing("b", "Duidelijk", 1, 10, 1, 0, 0))

    assert told(survey.likert_chart(e, ["a", "b"])) == (
        "Duidelijk: 11 van de 12 gemeenten zijn het daarmee oneens"
    )
    assert told(survey.likert_chart(e, ["a"])) == (
        "Sneller: 8 van de 12 gemeenten zijn het daarmee eens"
    )


def test_no_opinion_is_in_the_table_and_counts_as_answered(asked):
    chart = survey.likert_chart(asked(agreeing("a", "Sneller", 0, 0, 1, 8, 2, no_opinion=1)), ["a"])

    assert isinstance(chart, Chart)
    assert chart.table.rows == [["Sneller", "0", "0", "1", "8", "2", "1", "10 tot 12"]]
    assert chart.alt == "Staafdiagram. Sneller: 10 eens, 0 oneens, 1 weet niet, van 12."
    assert len(chart.key) == 5


def test_all_statements_tell_with_how_many_most_gemeenten_agree(asked):
    e = asked(
        agreeing("a", "A", 0, 0, 0, 12, 0),
        agreeing("b", "B", 0, 6, 0, 6, 0),  # half is not more than half
        agreeing("c", "C", 12, 0, 0, 0, 0),
    )

    assert told(survey.statements_chart(e)) == (
        "Met 1 van de 3 stellingen is meer dan de helft van de gemeenten het eens"
    )


def test_a_scale_of_three_has_colours_and_a_scale_of_four_becomes_a_table(asked):
    three = answers("a", {"oneens": 1, "neutraal": 2, "eens": 9}, 12, kind="likert", label="A")
    four = answers("b", {"--": 1, "-": 2, "+": 3, "++": 6}, 12, kind="likert", label="B")
    e = asked(three, four)

    chart, table, both = (survey.likert_chart(e, codes) for codes in (["a"], ["b"], ["a", "b"]))

    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert table.rows == [["B", "--:\xa01; -:\xa02; +:\xa03; ++:\xa06"]]
    assert isinstance(both, Table)


def test_agreeing_is_the_upper_half_of_any_scale(asked):
    four = questions.question(asked(answers("b", {"--": 1, "-": 2, "+": 3, "++": 6}, 12)), "b")

    assert four is not None
    assert (four.disagree, four.agree) == (3, 9)


def test_statements_that_nobody_answered_are_a_sentence(asked):
    assert isinstance(survey.likert_chart(asked(), ["a"]), Text)


# --- how sure ------------------------------------------------------------------------------------


def test_what_the_others_think_is_bounded(asked):
    e = asked(agreeing("a", "Sneller", 0, 1, 2, 9, 0))

    assert told(survey.sure(e)) == (
        "Alle 14 gemeenten zijn gevraagd: dit is geen steekproef. Onzeker is wat de 2 "
        "andere gemeenten vinden. 9 van de 12 gemeenten zijn het eens met ‘Sneller’. Van alle 14 "
        "gemeenten zijn dat er dus minstens 9 en hoogstens 11."
    )


def test_when_all_answered_nothing_is_uncertain(asked):
    assert told(survey.sure(asked(agreeing("a", "Sneller", 0, 1, 2, 9, 2)))).endswith(
        "Van alle 14 gemeenten zijn dat er dus precies 11."
    )


@pytest.mark.parametrize(("silent", "expected"), [(1, "de 1 andere gemeente vindt")])
def test_a_single_gemeente_without_answer_has_its_verb(asked, silent, expected):
    assert expected in told(survey.sure(asked(agreeing("a", "Sneller", 0, 1, 2, 9, 2 - silent))))


def test_the_title_says_which_campaign_was_asked_about(asked):
    e = asked(answers("vastgoedcampagne", {"ja": 9, "nee": 3}, 12, label="Doet mee in 2023"))

    assert told(next_steps.campaign_chart(e)) == "Doet mee in 2023: 9 van de 12 gemeenten zeggen ja"
    assert told(next_steps.campaign_chart(asked())).startswith(
        "Deelname aan de vastgoedcampagne: dit is niet gevraagd"
    )


# --- numbers, own answers, open answers ----------------------------------------------------------


def test_every_question_with_choices_is_told_also_one_that_no_chapter_knows(asked):
    table = survey.choices_table(
        asked(
            answers("eigen_vraag", {"ja": 2, "nee": 7}, 9, label="Een eigen vraag"),
            answers("goed", {"oneens": 1, "eens": 8}, 9, kind="likert"),
            answers("themas", {"drugs": 9, "fraude": 3}, 9, kind="multi", label="Thema's"),
            answers("niemand", {"ja": 0}, 0, label="Door niemand beantwoord"),
        )
    )

    assert isinstance(table, Table)
    # of 14 gemeenten, so that 5 can still be added to every count
    assert table.rows == [
        ["Een eigen vraag", "ja:\xa02; nee:\xa07", "9 van 14"],
        ["Thema's", "drugs:\xa09; fraude:\xa03", "9 van 14"],
    ]
    assert table.note.endswith("kan elk aantal nog hoger worden.")


def test_when_all_gemeenten_answered_no_count_can_be_higher(asked):
    table = survey.choices_table(asked(answers("vraag", {"ja": 4, "nee": 10}, 14, label="Vraag")))

    assert isinstance(table, Table)
    assert table.rows == [["Vraag", "ja:\xa04; nee:\xa010", "14 van 14"]]
    assert table.note == "Bij sommige vragen kon een gemeente meer dan één antwoord geven."


def test_no_question_with_choices_or_no_survey_at_all_is_a_sentence(asked, tmp_path):
    assert told(survey.choices_table(evaluation(tmp_path, {}))) == (
        "In de vragenlijst zijn geen vragen met een keuze beantwoord."
    )
    assert told(survey.choices_table(asked())) == (
        "In de vragenlijst zijn geen vragen met een keuze beantwoord."
    )


def test_numbers_are_whole_unless_they_are_not(asked):
    columns = ["question", "label", "answered", "lowest", "median", "mean", "highest"]
    rows = [("cijfer", "Cijfer", 12, 6.0, 7.5, 7.21, 8.0), ("leeg", "Leeg", 0, *(None,) * 4)]
    table = survey.numbers_table(asked(survey_numbers=pd.DataFrame(rows, columns=columns)))

    assert isinstance(table, Table)
    assert table.rows == [["Cijfer", "6", "7,5", "8", "7,2", "12"]]


def own(*rows):
    return pd.DataFrame(rows, columns=["question", "value", "answered_by"])


def test_own_answers_are_on_the_intern_page_without_the_open_ones(asked):
    numbers = pd.DataFrame([("waardering", "Cijfer", 1)], columns=["question", "label", "answered"])
    e = asked(
        answers("themas", {"drugs": 1, "fraude": 1}, 1, kind="multi", label="Thema's"),
        answers("functie", {"ja": 1}, 1, kind="open", label="Functie"),
        audience="intern",
        survey_numbers=numbers,
        own_responses=own(
            ("functie", "ja", ""),
            ("themas", "drugs", ""),
            ("themas", "fraude", ""),
            ("waardering", "7", ""),
        ),
    )

    table = survey.own_table(e)

    assert isinstance(table, Table)
    assert table.rows == [["Thema's", "drugs en fraude"], ["Cijfer", "7"]]


def test_who_did_not_answer_is_told_so_and_others_see_nothing(asked):
    question = answers("x", {"ja": 1}, 1)
    intern = asked(question, audience="intern", own_responses=own())
    openbaar = asked(question)

    assert told(survey.own_table(intern)) == "Uw gemeente heeft de vragenlijst niet ingevuld."
    assert "alleen in haar interne uitgave" in told(survey.own_table(openbaar))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "Daarnaast schreef 1 gemeente in eigen woorden op wat beter kan."),
        (12, "Daarnaast schreven 12 gemeenten in eigen woorden op wat beter kan."),
        (0, "Verbeterpunten in eigen woorden zijn er niet."),
    ],
)
def test_open_answers_are_counted_and_not_shown(asked, count, expected):
    e = asked(answers("verbeterpunten", {"ja": count}, count, kind="open"))

    assert told(improvements.open_answers(e)).startswith(expected)


# --- themes and quotes ---------------------------------------------------------------------------


def themed(*rows, judged=0, agreed=0):
    """Themes as (label, gemeenten, of how many decided), of twelve answers."""
    counts = [("verbeterpunten", label, label, count, coded, 12) for label, count, coded in rows]
    return {
        "survey_themes": pd.DataFrame(
            counts, columns=["question", "theme", "label", "count", "coded", "answered"]
        ),
        "survey_agreement": pd.DataFrame(
            [("verbeterpunten", "Tijd", judged, agreed)] if judged else [],
            columns=["question", "theme", "answers", "agreed"],
        ),
    }


def test_themes_are_counted_out_of_the_gemeenten_that_answered_most_named_first(asked):
    e = asked(**themed(("Geld", 2, 12), ("Tijd", 9, 12), judged=22, agreed=20))

    chart = improvements.themes_chart(e)

    assert isinstance(chart, Chart)
    assert chart.title == "Verbeterpunten: 9 van de 12 gemeenten noemen ‘Tijd’"
    assert chart.table.rows == [["Tijd", "9 van 12"], ["Geld", "2 van 12"]]
    assert chart.caption == (
        "Mensen lazen alle antwoorden en kozen de thema's. Een gemeente kan meer dan één thema "
        "noemen. Twee mensen deden dat los van elkaar; van de 22 keer dat zij zeiden of een thema "
        "past, zeiden zij 20 keer hetzelfde."
    )
    assert "%" not in chart.caption + chart.title + chart.alt


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("Geld", 1, 12), ("Tijd", 0, 12)], "1 van de 12 gemeenten noemt ‘Geld’"),
        ([("Geld", 12, 12), ("Tijd", 0, 12)], "alle 12 gemeenten noemen ‘Geld’"),
        ([("Geld", 3, 12), ("Tijd", 3, 12)], "geen thema steekt erboven uit, elk hoogstens drie"),
        ([("Geld", 0, 12), ("Tijd", 0, 12)], "geen gemeente noemt een van deze thema's"),
    ],
)
def test_the_title_of_themes_states_the_finding(asked, rows, title):
    assert title in told(improvements.themes_chart(asked(**themed(*rows))))


@pytest.mark.parametrize(
    ("judged", "agreed", "said"),
    [
        (0, 0, "Eén persoon koos ze; of een ander hetzelfde zou kiezen, is niet gemeten."),
        (22, 22, "kozen steeds hetzelfde."),
    ],
)
def test_how_well_people_agreed_is_one_plain_sentence(asked, judged, agreed, said):
    chart = improvements.themes_chart(
        asked(**themed(("Geld", 2, 12), judged=judged, agreed=agreed))
    )

    assert isinstance(chart, Chart)
    assert chart.caption.endswith(said)


def test_themes_that_are_not_all_decided_say_so(asked):
    chart = improvements.themes_chart(asked(**themed(("Geld", 2, 12), ("Tijd", 1, 11))))

    assert isinstance(chart, Chart)
    assert chart.caption.startswith("Nog niet af: over het antwoord van 1 gemeente is niet alles")
    assert chart.table.rows[1] == ["Tijd", "1 van 11"]


def test_without_themes_or_decisions_there_is_a_sentence(asked):
    assert told(improvements.themes_chart(asked())).endswith("niet in thema's verdeeld.")
    assert told(improvements.themes_chart(asked(**themed(("Geld", 0, 0))))).endswith(
        "is nog niet besloten."
    )


def test_a_gemeente_sees_its_own_themes_on_its_intern_page_alone(asked):
    own = pd.DataFrame(
        [
            ("borne", "verbeterpunten", "Tijd", "ja"),
            ("borne", "verbeterpunten", "Geld", "verdeeld"),
        ],
        columns=["gemeente", "question", "theme", "decision"],
    )
    tables = themed(("Tijd", 9, 12), ("Geld", 2, 11), ("Rust", 0, 12))

    intern = improvements.themes_chart(asked(audience="intern", own_themes=own, **tables))
    openbaar = improvements.themes_chart(asked(own_themes=own, **tables))

    assert isinstance(intern, Chart)
    assert isinstance(openbaar, Chart)
    assert [row[-1] for row in intern.table.rows] == [
        "genoemd",
        "nog niet besloten",
        "geen antwoord",
    ]
    assert openbaar.table.head == ["Thema", "Gemeenten"]


def quoted(*texts):
    rows = [("verbeterpunten", text, "De secretaris", "2023-07-06") for text in texts]
    columns = ["question", "text", "released_by", "released_on"]
    return {"survey_quotes": pd.DataFrame(rows, columns=columns, dtype="str")}


def test_a_released_quote_is_shown_as_a_quote_of_nobody(asked):
    e = asked(
        answers("verbeterpunten", {"ja": 12}, 12, kind="open", label="Verbeterpunten"),
        **quoted("Meer tijd.", EVIL),
    )

    html = improvements.quotes(e)._repr_html_()

    assert "Op de vraag ‘Verbeterpunten’ schreven gemeenten onder meer:" in html
    assert "<blockquote><p>“Meer tijd.”</p></blockquote>" in html
    assert "De secretaris" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Alleen de citaten hieronder zijn vrijgegeven." in told(improvements.open_answers(e))


@pytest.mark.parametrize("tables", [{}, quoted()])
def test_without_released_quotes_there_is_a_sentence(asked, tables):
    assert told(improvements.quotes(asked(**tables))) == "Er zijn geen citaten vrijgegeven."


def test_markup_in_a_theme_is_shown_as_text(asked):
    chart = improvements.themes_chart(asked(**themed((EVIL, 9, 12))))

    assert isinstance(chart, Chart)
    assert "<script" not in chart.table._repr_html_()
    assert "<script" not in str(chart.figure.to_json())


# --- next steps ----------------------------------------------------------------------------------


def test_who_wants_to_continue_is_told_in_the_words_of_the_answers(asked):
    e = asked(answers("voortzetten", {"ja": 10, "ja, onder voorwaarden": 2, "nee": 0}, 12))

    assert told(next_steps.sentence(e)) == (
        "Op de vraag of de gemeente aangesloten wil blijven, antwoordden 12 gemeenten: 10 keer "
        "‘ja’ en 2 keer ‘ja, onder voorwaarden’."
    )
    assert told(next_steps.sure(e)).startswith(
        "Van alle 14 gemeenten willen er dus minstens 12 en hoogstens 14 door"
    )


def test_one_gemeente_has_its_verb(asked):
    e = asked(answers("voortzetten", {"ja": 0, "nee": 1}, 1))

    assert "antwoordde 1 gemeente: 1 keer ‘nee’." in told(next_steps.sentence(e))


def test_whether_gemeenten_continue_is_not_known_without_answers(asked):
    assert told(next_steps.sentence(asked())).endswith("is niet bekend.")
    assert told(next_steps.sure(asked())).endswith("is over het vervolg niets te zeggen.")
