"""The survey: who answered, how many gemeenten chose what, and what that says of the others."""

import pandas as pd
import pytest

from mma_analysis.show import improvements, next_steps, questions, survey
from mma_analysis.show.blocks import Chart, Table
from show_tables import GEMEENTEN, agreeing, answers, cases, evaluation, frame, says

EVIL = "<script>alert(1)</script>"


def asked(*questions, audience="openbaar", **tables):
    """An evaluation with the answers to these questions."""
    given = {
        "survey_answers": pd.concat([answers("x", {}, 0), *questions]),
        "survey_numbers": frame("question label answered"),
    }
    return evaluation(given, tables, audience=audience)


def responded(**states: str | tuple[str, str]):
    """Everybody answered, but for the gemeenten given: a state, or a joint answer's name."""
    rows = []
    for slug in GEMEENTEN:
        state = states.get(slug, "answered")
        rows.append((slug, *(state if isinstance(state, tuple) else (state, ""))))
    return asked(survey_response=frame("area state answered_by", *rows))


# --- who answered --------------------------------------------------------------------------------

A, B, NOABERKRACHT = ("joint", "a"), ("joint", "b"), ("joint", "noaberkracht")


@cases(
    "states said",
    (
        {"dinkelland": NOABERKRACHT, "tubbergen": NOABERKRACHT}
        | {"hellendoorn": "no_experience", "wierden": "no_answer"},
        "12 van de 14 gemeenten hebben de vragenlijst beantwoord. Dinkelland en Tubbergen gaven "
        "samen één antwoord; dat telt voor elk van hen. Er zijn dus 11 ingevulde vragenlijsten. "
        "Hellendoorn is nog te kort aangesloten om te kunnen oordelen. Van Wierden is geen "
        "antwoord ontvangen.",
    ),
    # two joint answers are told apart
    (
        {"almelo": A, "borne": A, "losser": B, "wierden": B},
        "…Almelo en Borne gaven … en Losser en Wierden gaven samen één…12 ingevulde…",
    ),
    ({}, "Alle 14 gemeenten hebben de vragenlijst beantwoord.…"),
    (dict.fromkeys(GEMEENTEN, "no_answer"), "Geen van de 14 gemeenten heeft de vragenlijst…"),
)
def test_the_response_tells_who_answered_together_and_who_did_not(states, said):
    says(survey.response_sentence(responded(**states)), said)


# --- answers -------------------------------------------------------------------------------------


@cases(
    "answered said",
    # the most given first, and what nobody answered not at all
    (12, "Waar: Excel (7), zaaksysteem (4); 12 van de 14 gemeenten gaven antwoord."),
    (14, "…alle 14 gemeenten gaven antwoord."),
    (0, "Hierover is niets gevraagd, of er is geen antwoord gegeven."),
)
def test_every_answer_says_how_many_gemeenten_gave_it_and_how_many_answered(answered, said):
    counts = {"zaaksysteem": 4, "papier": 0, "Excel": 7}
    e = asked(answers("x", counts, answered, kind="multi", label="Waar"))

    says(survey.answers_sentence(e, ["x", "niet_gevraagd"]), said)


# --- statements ----------------------------------------------------------------------------------

FASTER, CLEAR = agreeing("a", "Sneller", 0, 1, 3, 8, 0), agreeing("b", "Duidelijk", 1, 10, 1, 0, 0)


def test_how_many_agree_is_told_of_each_statement():
    says(
        survey.agreement_sentence(asked(FASTER, CLEAR), ["a", "b", "c"]),
        "8 van de 12 gemeenten zijn het eens met ‘Sneller’. Geen van de 12 gemeenten is het eens …",
    )
    says(survey.agreement_sentence(asked(), ["a"]), "…geen stellingen beantwoord.")


def test_no_opinion_is_in_the_table_and_counts_as_answered():
    chart = survey.statements_chart(asked(agreeing("a", "Sneller", 0, 0, 1, 8, 2, no_opinion=1)))

    assert chart.table.rows == [["Sneller", "0", "0", "1", "8", "2", "1", "10 tot 12"]]
    assert chart.alt == "Staafdiagram. Sneller: 10 eens, 0 oneens, 1 weet niet, van 12."
    assert len(chart.key) == 5


def test_all_statements_tell_with_how_many_most_gemeenten_agree():
    half = agreeing("b", "B", 0, 6, 0, 6, 0)  # is not more than half
    e = asked(agreeing("a", "A", 0, 0, 0, 12, 0), half, agreeing("c", "C", 12, 0, 0, 0, 0))

    says(survey.statements_chart(e), "Met 1 van de 3 stellingen is meer dan de helft …")


FOUR = answers("b", {"--": 1, "-": 2, "+": 3, "++": 6}, 12, kind="likert", label="B")


def test_a_scale_of_three_has_colours_and_a_scale_of_four_becomes_a_table():
    three = answers("a", {"oneens": 1, "neutraal": 2, "eens": 9}, 12, kind="likert", label="A")
    shown = [survey.statements_chart(asked(*of)) for of in ([three], [FOUR], [three, FOUR])]

    assert [type(block) for block in shown] == [Chart, Table, Table]
    assert shown[1].rows == [["B", "--:\xa01; -:\xa02; +:\xa03; ++:\xa06"]]


def test_agreeing_is_the_upper_half_of_any_scale():
    four = questions.question(asked(FOUR), "b")

    assert (four.disagree, four.agree) == (3, 9)


# --- how sure ------------------------------------------------------------------------------------


# --- numbers, own answers, open answers ----------------------------------------------------------


def test_every_question_with_choices_is_told_also_one_that_no_chapter_knows():
    table = survey.choices_table(
        asked(
            answers("eigen_vraag", {"ja": 2, "nee": 7}, 9, label="Een eigen vraag"),
            answers("goed", {"oneens": 1, "eens": 8}, 9, kind="likert"),
            answers("themas", {"drugs": 9, "fraude": 3}, 9, kind="multi", label="Thema's"),
            answers("niemand", {"ja": 0}, 0, label="Door niemand beantwoord"),
        )
    )

    # of 14 gemeenten, so that 5 can still be added to every count
    assert table.rows == [
        ["Een eigen vraag", "ja:\xa02; nee:\xa07", "9 van 14"],
        ["Thema's", "drugs:\xa09; fraude:\xa03", "9 van 14"],
    ]
    assert table.note.endswith("kan elk aantal nog hoger worden.")


def test_when_all_gemeenten_answered_no_count_can_be_higher():
    table = survey.choices_table(asked(answers("vraag", {"ja": 4, "nee": 10}, 14, label="Vraag")))

    assert table.rows == [["Vraag", "ja:\xa04; nee:\xa010", "14 van 14"]]
    assert table.note == "Bij sommige vragen kon een gemeente meer dan één antwoord geven."


@pytest.mark.parametrize("e", [evaluation(), asked()])
def test_no_question_with_choices_or_no_survey_at_all_is_a_sentence(e):
    says(survey.choices_table(e), "In de vragenlijst zijn geen vragen met een keuze beantwoord.")


def own(*rows):
    return frame("question value answered_by", *((*row, "") for row in rows))


def test_own_answers_are_on_the_intern_page_without_the_open_ones():
    given = ("functie", "ja"), ("themas", "drugs"), ("themas", "fraude"), ("waardering", "7")
    e = asked(
        answers("themas", {"drugs": 1, "fraude": 1}, 1, kind="multi", label="Thema's"),
        answers("functie", {"ja": 1}, 1, kind="open", label="Functie"),
        audience="intern",
        survey_numbers=frame("question label answered", ("waardering", "Cijfer", 1)),
        own_responses=own(*given),
    )

    assert survey.own_table(e).rows == [["Thema's", "drugs en fraude"], ["Cijfer", "7"]]


def test_a_gemeente_sees_for_which_themes_its_own_words_were_taken():
    decided = ("ja", "Tijd"), ("verdeeld", "Geld"), ("nee", "Rust")
    e = asked(
        answers("verbeterpunten", {"ja": 12}, 12, kind="open", label="Wat kan beter?"),
        audience="intern",
        own_responses=own(),
        own_themes=frame(
            "question theme decision", *(("verbeterpunten", theme, how) for how, theme in decided)
        ),
        survey_themes=frame("theme label", *((theme, theme) for _, theme in decided)),
    )

    assert survey.own_table(e).rows == [["Thema's in uw antwoord: Wat kan beter?", "Tijd"]]


@cases(
    "audience said",
    ("intern", "Uw gemeente heeft de vragenlijst niet ingevuld."),
    ("openbaar", "…alleen in haar interne uitgave…"),
)
def test_who_did_not_answer_is_told_so_and_others_see_nothing(audience, said):
    e = asked(answers("x", {"ja": 1}, 1), audience=audience, own_responses=own())

    says(survey.own_table(e), said)


# --- themes and quotes ---------------------------------------------------------------------------


def themed(*rows):
    """The figure of themes as (label, gemeenten, of how many decided), of twelve answers."""
    counts = [("verbeterpunten", label, label, count, coded, 12) for label, count, coded in rows]
    given = {"survey_themes": frame("question theme label count coded answered", *counts)}
    return improvements.themes_chart(asked(**given))


def test_themes_are_counted_out_of_the_gemeenten_that_answered_most_named_first():
    chart = themed(("Geld", 2, 12), ("Tijd", 9, 12))

    assert chart.title == "9 van de 12 gemeenten noemen ‘Tijd’"
    assert chart.table.rows == [["Tijd", "9 van 12"], ["Geld", "2 van 12"]]
    assert chart.caption == (
        "Mensen lazen alle antwoorden en kozen de thema's. Een gemeente kan meer dan één thema "
        "noemen."
    )
    assert "%" not in chart.caption + chart.title + chart.alt


@cases(
    "money time title",
    (1, 0, "…1 van de 12 gemeenten noemt ‘Geld’…"),
    (12, 0, "Alle 12 gemeenten noemen ‘Geld’…"),
    (3, 3, "Geen thema steekt erboven uit, elk hoogstens drie…"),
    (0, 0, "Geen gemeente noemt een van deze thema's…"),
)
def test_the_title_of_themes_states_the_finding(money, time, title):
    says(themed(("Geld", money, 12), ("Tijd", time, 12)), title)


def test_themes_that_are_not_all_decided_say_so():
    chart = themed(("Geld", 2, 12), ("Tijd", 1, 11))

    says(chart.caption, "Nog niet af: over het antwoord van 1 gemeente is niet alles…")
    assert chart.table.rows[1] == ["Tijd", "1 van 11"]


def test_without_themes_or_decisions_there_is_a_sentence():
    says(improvements.themes_chart(asked()), "…niet in thema's verdeeld.")
    says(themed(("Geld", 0, 0)), "…is nog niet besloten.")


def quoted(*texts):
    rows = [("verbeterpunten", text, "De secretaris", "2023-07-06") for text in texts]
    table = frame("question text released_by released_on", *rows).astype("str")
    asked_for = answers("verbeterpunten", {"ja": 12}, 12, kind="open", label="Verbeterpunten")
    return asked(asked_for, survey_quotes=table)


def test_a_released_quote_is_shown_as_a_quote_of_nobody():
    e = quoted("Meer tijd.", EVIL)
    html = improvements.quotes(e)._repr_html_()

    assert "Op de vraag ‘Verbeterpunten’ schreven gemeenten onder meer:" in html
    assert "<blockquote><p>“Meer tijd.”</p></blockquote>" in html
    assert "De secretaris" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("e", [asked(), quoted()])
def test_without_released_quotes_there_is_a_sentence(e):
    says(improvements.quotes(e), "Er zijn geen citaten vrijgegeven.")


# --- next steps ----------------------------------------------------------------------------------


@cases(
    "counts said",
    (
        {"ja": 10, "ja, onder voorwaarden": 2, "nee": 0},
        "Op de vraag of de gemeente aangesloten wil blijven, antwoordden 12 gemeenten: 10 keer "
        "‘ja’ en 2 keer ‘ja, onder voorwaarden’. Van alle 14 gemeenten willen er dus "
        "minstens 12 en hoogstens 14 door…",
    ),
    ({"ja": 0, "nee": 1}, "…antwoordde 1 gemeente: 1 keer ‘nee’.…"),
    ({"zeker": 2, "nee": 1}, "…2 keer ‘zeker’ en 1 keer ‘nee’."),
    ({}, "…is niet bekend."),
)
def test_who_wants_to_continue_is_told_in_the_words_of_the_answers(counts, said):
    e = asked(answers("voortzetten", counts, sum(counts.values())))

    says(next_steps.sentence(e), said)
