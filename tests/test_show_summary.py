"""The top of the page, the findings, what is asked, and what the page was made from."""

import pandas as pd
import pytest

from mma_analysis import show
from mma_analysis.show import accountability, summary
from mma_analysis.show.blocks import Table, Text
from show_tables import (
    DISTRICT,
    GEMEENTEN,
    HIDDEN,
    MISSING,
    NOT_APPLICABLE,
    SETTINGS,
    agreeing,
    answers,
    breakdown,
    connection,
    evaluation,
    per_period,
    received_twice,
    split,
    told,
    trend,
    year_on_year,
)

COUNTED = {"per_period": per_period({DISTRICT: {"whole": 210}})}

# --- the top -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "title"),
    [
        (
            split(100, 200, 10, 85, 5),
            "Meer meldingen, vooral doordat gemeenten langer waren aangesloten",
        ),
        (split(100, 200, 85, 10, 5), "Meer meldingen, vooral doordat er gemeenten bij kwamen"),
        (
            split(100, 200, 45, 45, 10),
            "Meer meldingen, vooral doordat er gemeenten bij kwamen of langer waren aangesloten",
        ),
        (
            split(100, 200, 5, 5, 90) | trend(0.6, 0.2, 1.1, "more"),
            "Meer meldingen, vooral in dezelfde gemeenten",
        ),
        (
            split(100, 110, 0, 0, 10) | trend(0.1, -0.2, 0.4, "no_change") | COUNTED,
            "210 meldingen in Twente: geen duidelijke verandering",
        ),
        (
            split(100, 90, 0, 0, -10) | COUNTED,
            "210 meldingen in Twente: verandering niet vast te stellen",
        ),
        (split(100, 100, 5, 5, -10), "Evenveel meldingen als een jaar eerder"),
        (
            split(100, 90, 5, 5, -20) | trend(-0.2, -0.3, -0.1, "fewer"),
            "Minder meldingen dan een jaar eerder",
        ),
        ({"per_period": per_period({DISTRICT: {"whole": 586}})}, "586 meldingen in Twente"),
        ({"per_period": per_period({DISTRICT: {"whole": 1}})}, "1 melding in Twente"),
        ({}, "Anonieme meldingen in Twente"),
    ],
)
def test_the_district_is_headed_by_its_main_finding(tmp_path, tables, title):
    assert show.head(evaluation(tmp_path, tables, area=DISTRICT)).title == title


def test_a_total_over_fewer_gemeenten_is_headed_by_how_many(tmp_path):
    table = connection()
    tables = {
        "connection": table.assign(has_delivered=table["area"] != "almelo"),
        "per_period": per_period({DISTRICT: {"whole": 90}}),
    }

    title = show.head(evaluation(tmp_path, tables, area=DISTRICT)).title

    assert title == "90 meldingen in Twente (13 van de 14 gemeenten)"


@pytest.mark.parametrize(
    ("whole", "title"),
    [
        (9, "9 meldingen in Borne sinds 1 juli 2021"),
        (1, "1 melding in Borne sinds 1 juli 2021"),
        (0, "Geen meldingen in Borne sinds 1 juli 2021"),
        (HIDDEN, "Meldingen in Borne: het aantal tonen wij niet"),
        (MISSING, "Van Borne zijn geen meldingen ontvangen voor deze evaluatie"),
        (NOT_APPLICABLE, "Borne was op de peildatum nog niet aangesloten"),
    ],
)
def test_a_gemeente_is_headed_by_its_count_or_why_there_is_none(tmp_path, whole, title):
    e = evaluation(tmp_path, {"per_period": per_period({"borne": {"whole": whole}})})

    assert show.head(e).title == title


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        ("more", "Meer meldingen per maand in Borne dan een jaar eerder"),
        ("fewer", "Minder meldingen per maand in Borne dan een jaar eerder"),
        ("no_change", "Geen duidelijke verandering van het aantal meldingen in Borne"),
    ],
)
def test_a_gemeente_of_which_the_change_is_known_is_headed_by_that(tmp_path, verdict, title):
    e = evaluation(tmp_path, year_on_year(1.5, 0.9, 2.0, verdict))

    assert show.head(e).title == title


def test_only_an_intern_page_warns_not_to_pass_it_on(tmp_path):
    openbaar, intern = evaluation(tmp_path), evaluation(tmp_path, audience="intern")

    assert show.head(openbaar).notice == ""
    assert show.head(intern).notice.startswith("Alleen voor de gemeente Borne.")
    assert ("Uitgave", "intern") in show.head(intern).facts


# --- the lead ------------------------------------------------------------------------------------


def test_the_district_leads_with_the_total_and_where_growth_comes_from(tmp_path):
    tables = split(180, 421, 19, 209, 13) | {"per_period": per_period({DISTRICT: {"whole": 586}})}

    assert told(summary.lead(evaluation(tmp_path, tables, area=DISTRICT))) == (
        "Van juli 2021 tot en met juni 2023 kregen de gemeenten in Twente samen 586 meldingen van "
        "Meld Misdaad Anoniem (M.). In het laatste jaar waren het er meer dan in het jaar ervoor. "
        "Dat komt bijna helemaal doordat er gemeenten bij kwamen of langer waren aangesloten."
    )


def test_the_lead_says_of_how_many_gemeenten_it_speaks(tmp_path):
    table = connection()
    table.loc[table["area"] == "borne", "has_delivered"] = False
    e = evaluation(
        tmp_path,
        {"connection": table, "per_period": per_period({DISTRICT: {"whole": 1}})},
        area=DISTRICT,
    )

    assert told(summary.lead(e)) == (
        "Van juli 2021 tot en met juni 2023 kregen 13 van de 14 gemeenten in Twente samen 1 "
        "melding van Meld Misdaad Anoniem (M.)."
    )


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (9, ""),
        (
            HIDDEN,
            " Hoeveel het er zijn, tonen wij niet. Zo blijven melders onherkenbaar. De cijfers "
            "van heel Twente geven wel een beeld.",
        ),
        (
            0,
            " Borne ontving in deze periode geen meldingen. De cijfers van heel Twente geven wel "
            "een beeld.",
        ),
    ],
)
def test_a_gemeente_leads_with_what_the_report_is_about(tmp_path, whole, expected):
    e = evaluation(tmp_path, {"per_period": per_period({"borne": {"whole": whole}})})

    assert told(summary.lead(e)) == (
        "Dit rapport gaat over de meldingen die Meld Misdaad Anoniem (M.) doorgaf aan Borne. Borne "
        f"ontvangt sinds 1 juli 2021 meldingen rechtstreeks.{expected}"
    )


# --- findings ------------------------------------------------------------------------------------


def fields(area, total, **cells):
    """The tables that the findings look in, for one area and the district."""
    tables = {}
    for name, field in (("per_background", "has_time"), ("per_follow_up", "result")):
        own = breakdown(field, cells.get(field, {"onbekend": total}), total, area=area)
        other = breakdown(field, {"onbekend": 0}, 0, area=DISTRICT)
        tables[name] = own if area == DISTRICT else pd.concat([own, other])
    return tables


def lines(e):
    return [f"{f.figure} {f.claim} {f.support}" for f in summary.findings(e).findings]


def test_the_findings_of_the_district_are_figure_and_claim_in_one_sentence(tmp_path):
    tables = {
        **split(180, 421, 19, 209, 13),
        **trend(0.06, -0.13, 0.28, "no_change"),
        **fields(
            DISTRICT, 100, has_time={"nee": 60, "ja": 40}, result={"onbekend": 54, "bevestigd": 46}
        ),
        "per_period": per_period({DISTRICT: {"whole": 100}}),
        "survey_answers": agreeing(
            "informatiepositie", "Informatiepositie is sterker", 0, 0, 0, 8, 4
        ),
        "survey_response": pd.DataFrame({"area": GEMEENTEN, "state": "no_answer"}),
    }

    assert lines(evaluation(tmp_path, tables, area=DISTRICT)) == [
        "+241 ontvangen meldingen in een jaar: van 180 naar 421. Door nieuwe gemeenten +19, door "
        "langer aangesloten zijn +209, door meer meldingen per maand +13. Een melding bij twee "
        "gemeenten telt hier twee keer.",
        "+6% per jaar binnen dezelfde gemeenten: geen duidelijke verandering. Met 95% zekerheid "
        "ligt dit tussen 13% minder en 28% meer.",
        "60% van de meldingen in Twente heeft geen tijdstip. Dit gaat over de meldingen waarvan "
        "het bekend is.",
        "54% van de meldingen in Twente heeft geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
        "12 van 12 gemeenten zijn het eens met ‘Informatiepositie is sterker’. 2 gemeenten gaven "
        "geen antwoord.",
    ]


def test_of_more_than_five_findings_the_clearest_are_told(tmp_path):
    """Growth and trend always; then 12 of 12, 60% and 54%: for 1 of 10 there is no place."""
    verdicts = ["differs", *["as_expected"] * 9]
    table = pd.DataFrame({"area": GEMEENTEN[:10], "verdict": verdicts})
    tables = {
        **split(180, 421, 19, 209, 13),
        **trend(0.06, -0.13, 0.28, "no_change"),
        **fields(
            DISTRICT, 100, has_time={"nee": 60, "ja": 40}, result={"onbekend": 54, "bevestigd": 46}
        ),
        "per_period": per_period({DISTRICT: {"whole": 100}}),
        "comparison": table,
    }
    without = lines(evaluation(tmp_path / "a", tables, area=DISTRICT))
    asked = agreeing("informatiepositie", "Sterker", 0, 0, 0, 8, 4)
    answered = {
        "survey_answers": asked,
        "survey_response": pd.DataFrame({"area": GEMEENTEN, "state": "no_answer"}),
    }
    with_survey = lines(evaluation(tmp_path / "b", tables | answered, area=DISTRICT))

    assert [line.split()[0] for line in without] == ["+241", "+6%", "60%", "54%", "1"]
    assert without[-1].startswith("1 van 10 gemeenten wijkt meer af dan gemeenten gewoonlijk doen.")
    assert [line.split()[0] for line in with_survey] == ["+241", "+6%", "60%", "54%", "12"]


def test_that_a_gemeente_is_unusual_comes_before_what_is_told_of_the_district(tmp_path):
    own = pd.DataFrame({"area": ["borne"], "verdict": ["differs"], "ratio": [0.375]})
    district = {
        "per_background": breakdown("has_time", {"nee": 60, "ja": 40}, 100, area=DISTRICT),
        "per_follow_up": breakdown("result", {"onbekend": 54, "bevestigd": 46}, 100, area=DISTRICT),
    }
    hidden = fields("borne", 9)
    tables = {
        **{name: pd.concat([hidden[name], district[name]]) for name in district},
        "per_period": per_period({"borne": {"whole": 9}, DISTRICT: {"whole": 100}}),
        "comparison": own,
        "costs": costs_of("borne", 800.0, 1330.0),
    }

    found = lines(evaluation(tmp_path, tables))

    assert found[2] == (
        "0,4 keer zoveel meldingen als past bij het aantal inwoners en de aangesloten tijd. Dat "
        "verschil is groter dan gemeenten gewoonlijk verschillen. Ook zonder bijzondere oorzaak "
        "wijkt ongeveer één op de tien gemeenten zo ver af."
    )


def costs_of(area, per_year, amount):
    table = pd.DataFrame({"area": [area], "per_year": [per_year], "amount": [amount]})
    return table.astype({"per_year": "Float64", "amount": "Float64"})


@pytest.mark.parametrize(
    ("amount", "support"),
    [
        (199.0, "Over de aangesloten tijd in deze evaluatie is dat € 199."),
        (None, "Over welke tijd in deze evaluatie dat is, is niet bekend."),
    ],
)
def test_what_a_gemeente_pays_fills_a_place_that_is_left(tmp_path, amount, support):
    tables = fields("borne", 0) | {
        "per_period": per_period(),
        "costs": costs_of("borne", 800.0, amount),
    }

    (line,) = lines(evaluation(tmp_path, tables))

    assert line.replace("\xa0", " ") == (f"€ 800 per jaar kost de aansluiting van Borne. {support}")


@pytest.mark.parametrize(
    "connected_on",
    [None, "2020-03-01"],  # not known, and before the evaluation
)
def test_since_when_is_in_the_title_only_when_it_was_during_the_evaluation(tmp_path, connected_on):
    tables = {
        "per_period": per_period({"borne": {"whole": 9}}),
        "connection": connection(borne=connected_on),
    }

    assert show.head(evaluation(tmp_path, tables)).title == "9 meldingen in Borne"


def test_the_findings_of_a_small_gemeente_are_counts(tmp_path):
    rate = {"per_month": 0.5, "per_month_low": 0.2, "per_month_high": 0.9}
    tables = {
        **fields("borne", 3, has_time={"nee": 1, "ja": 2}, result={"onbekend": 3}),
        "per_period": per_period({"borne": {"whole": 3}}, **rate),
    }

    assert lines(evaluation(tmp_path, tables)) == [
        "3 meldingen ontving Borne rechtstreeks. Gemiddeld 0,5 per maand dat de gemeente was "
        "aangesloten.",
        "? Of het aantal verandert, is niet vast te stellen. Daarvoor zijn in twee jaar samen "
        "minstens tien meldingen nodig.",
        "1 van 3 meldingen in Borne heeft geen tijdstip. Dit gaat over de meldingen waarvan het "
        "bekend is.",
        "3 van 3 meldingen in Borne hebben geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
    ]


def test_a_hidden_gemeente_in_a_hidden_district_has_no_findings(tmp_path):
    tables = fields("borne", 0) | {"per_period": per_period()}

    assert told(summary.findings(evaluation(tmp_path, tables))) == (
        "Voor dit rapport zijn er nog geen bevindingen die wij kunnen tonen."
    )


def test_one_melding_without_a_known_connection_is_told_in_the_singular(tmp_path):
    tables = {
        **fields("borne", 1),
        "per_period": per_period({"borne": {"whole": 1}}),
        "connection": connection(borne=None),
    }

    assert lines(evaluation(tmp_path, tables))[0] == (
        "1 melding ontving Borne rechtstreeks. Het gemiddelde per maand is niet te berekenen: de "
        "datum van aansluiting is niet bekend."
    )


@pytest.mark.parametrize(
    ("states", "support"),
    [
        ({}, "Alle 14 gemeenten gaven antwoord."),
        (
            {"wierden": "no_experience"},
            "1 gemeente gaf geen antwoord: nog te kort aangesloten om te oordelen.",
        ),
        ({"wierden": "no_experience", "borne": "no_answer"}, "2 gemeenten gaven geen antwoord."),
    ],
)
def test_why_gemeenten_did_not_answer_is_told_when_it_is_one_reason(tmp_path, states, support):
    rows = [(slug, states.get(slug, "answered")) for slug in GEMEENTEN]
    n = 14 - len(states)
    tables = {
        **fields("borne", 0),
        "survey_answers": agreeing("informatiepositie", "Sterker", 0, 0, 0, n - 1, 1),
        "survey_response": pd.DataFrame(rows, columns=["area", "state"]),
    }

    assert lines(evaluation(tmp_path, tables))[-1].endswith(support)


# --- what is asked -------------------------------------------------------------------------------


def test_what_is_asked_rests_on_what_gemeenten_want(tmp_path):
    tables = {
        **fields(DISTRICT, 100, result={"onbekend": 54, "bevestigd": 46}),
        "per_period": per_period({DISTRICT: {"whole": 100}}),
        "survey_answers": pd.concat(
            [
                answers("voortzetten", {"ja": 10, "ja, onder voorwaarden": 2, "nee": 0}, 12),
                answers("verdiepingsdag", {"ja": 1, "nee": 11}, 12),
                answers("wegingskader", {"ja": 0, "nee": 12}, 12),
            ]
        ),
    }

    assert summary.ask(evaluation(tmp_path, tables, area=DISTRICT)).points == [
        "Kennis te nemen van deze evaluatie.",
        "Te besluiten of de gemeenten samen aangesloten blijven. Alle 12 gemeenten willen door; "
        "2 daarvan onder voorwaarden. 2 gemeenten antwoordden niet.",
        "Te besluiten over een verdiepingsdag: een dag over het werken met meldingen. 1 van de 12 "
        "gemeenten wil meedoen.",
        "Gemeenten te vragen het resultaat van elke melding te registreren. Bij 54% van de "
        "meldingen in Twente is dat niet bekend.",
    ]


@pytest.mark.parametrize(("absent", "is_asked"), [(51, True), (50, False)])
def test_the_dvo_is_asked_to_talk_with_m_when_the_time_is_missing_more_often_than_not(
    tmp_path, absent, is_asked
):
    times = {"nee": absent, "ja": 100 - absent}
    tables = fields(DISTRICT, 100, has_time=times, result={"bevestigd": 100, "onbekend": 0}) | {
        "per_period": per_period({DISTRICT: {"whole": 100}})
    }
    points = summary.ask(evaluation(tmp_path, tables, area=DISTRICT)).points

    asked = (
        "Met M. te bespreken hoe meldingen vaker een tijdstip krijgen. Voor zover bekend ontbreekt "
        "het bij 51% van de meldingen in Twente."
    )
    assert (asked in points) is is_asked


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"ja": 9, "ja, onder voorwaarden": 0, "nee": 3},
            "9 van de 12 gemeenten willen door. 2 gemeenten antwoordden niet.",
        ),
        (
            {"ja": 0, "ja, onder voorwaarden": 1, "nee": 11},
            "1 van de 12 gemeenten wil door, onder voorwaarden. 2 gemeenten antwoordden niet.",
        ),
        (
            {"ja": 5, "ja, onder voorwaarden": 1, "nee": 6},
            "6 van de 12 gemeenten willen door; 1 daarvan onder voorwaarden. 2 gemeenten "
            "antwoordden niet.",
        ),
    ],
)
def test_a_yes_under_conditions_is_told_as_such(tmp_path, given, expected):
    tables = fields(DISTRICT, 0) | {
        "per_period": per_period({DISTRICT: {"whole": 0}}),
        "survey_answers": answers("voortzetten", given, 12),
    }

    assert summary.ask(evaluation(tmp_path, tables, area=DISTRICT)).points[1].endswith(expected)


def test_without_survey_or_meldingen_two_points_remain(tmp_path):
    tables = fields(DISTRICT, 0) | {"per_period": per_period({DISTRICT: {"whole": 0}})}

    assert len(summary.ask(evaluation(tmp_path, tables, area=DISTRICT)).points) == 2


# --- accountability ------------------------------------------------------------------------------


def rows_of(**counts):
    base = {"files": 0, "read": 0, "clean": 0, "rejected": 0, "duplicate": 0}
    return {"deliveries": pd.DataFrame([base | counts])}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (
            {"files": 13, "read": 1635, "clean": 1601, "rejected": 21, "duplicate": 13},
            "Er zijn 13 bestanden gelezen met samen 1.635 regels. Daarvan telden er 1.601 mee. 21 "
            "regels waren niet te tellen en 13 regels waren dubbel. Zo is van elke regel bekend "
            "wat ermee is gebeurd.",
        ),
        (
            {"files": 1, "read": 1, "rejected": 1},
            "Er is 1 bestand gelezen met samen 1 regel. Daarvan telden er 0 mee. 1 regel was niet "
            "te tellen en geen regels waren dubbel. Zo is van elke regel bekend wat ermee is "
            "gebeurd.",
        ),
        (
            {"files": 13, "read": pd.NA, "clean": pd.NA, "rejected": 1, "duplicate": 2},
            "Er zijn 13 bestanden gelezen. 1 regel was niet te tellen en 2 regels waren dubbel. "
            "Hoeveel regels meetelden, tonen wij niet: daarmee is een klein aantal uit te rekenen.",
        ),
        ({}, "Er zijn geen bestanden met meldingen ontvangen."),
    ],
)
def test_all_delivered_rows_are_accounted_for(tmp_path, counts, expected):
    e = evaluation(tmp_path, rows_of(**counts))

    assert told(accountability.deliveries_sentence(e)) == expected


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(5, "Aantallen van 1 tot en met 4 tonen"), (2, "Het aantal 1 tonen")],
)
def test_the_rule_of_protection_follows_the_threshold(tmp_path, threshold, expected):
    settings = SETTINGS + f"[bescherming]\ndrempel = {threshold}\n"
    e = evaluation(tmp_path, settings=settings)

    assert told(accountability.protection_sentence(e)).startswith(expected)


def test_an_intern_page_says_whose_figures_are_exact(tmp_path):
    e = evaluation(tmp_path, audience="intern")

    assert "uw eigen aantallen zoals ze zijn" in told(accountability.protection_sentence(e))


def test_what_is_not_known_of_a_gemeente_is_said_in_its_row(tmp_path):
    table = connection(borne=None)
    table.loc[table["area"] == "almelo", ["has_delivered", "source"]] = [False, "krant"]
    table.loc[table["area"] == "losser", "delivered_on"] = pd.NaT
    grades = pd.DataFrame({"area": GEMEENTEN, "grade": "Groen"})
    grades.loc[grades["area"] == "almelo", "grade"] = None
    tables = {"connection": table, "grades": grades}

    shown = accountability.connection_table(evaluation(tmp_path, tables))

    assert isinstance(shown, Table)
    rows = {row[0]: row[1:] for row in shown.rows}
    assert rows["Almelo"] == ["1\xa0juli\xa02021", "krant", "niet ontvangen", "–"]
    assert rows["Borne"] == ["niet bekend", "niet opgegeven", "4\xa0juli\xa02023", "Groen"]
    assert rows["Losser"][-2] == "ja, datum niet bekend"
    assert "Rood: wij kregen geen bestand" in shown.note


REJECTED = ["source_file", "source_sheet", "source_row", "column", "reason"]


def test_refused_rows_are_listed_on_the_intern_page_only(tmp_path):
    rows = [("meldingen/borne.csv", "", 7, "Datum", "De datum ontbreekt.")]
    tables = {"own_rejected": pd.DataFrame(rows, columns=REJECTED)}
    intern = accountability.own_quality(evaluation(tmp_path, tables, audience="intern"))

    assert isinstance(intern, Table)
    assert intern.rows == [["meldingen/borne.csv", "", "7", "Datum", "De datum ontbreekt."]]
    assert isinstance(accountability.own_quality(evaluation(tmp_path, tables)), Text)


def test_nothing_refused_and_nothing_delivered_are_two_sentences(tmp_path):
    tables = {"own_rejected": pd.DataFrame(columns=REJECTED)}
    absent = {**tables, "connection": connection().assign(has_delivered=False)}

    fine = accountability.own_quality(evaluation(tmp_path / "a", tables, audience="intern"))
    none = accountability.own_quality(evaluation(tmp_path / "b", absent, audience="intern"))

    assert told(fine) == "Alle regels uit uw bestand met meldingen konden worden geteld."
    assert told(none) == "Van uw gemeente is geen bestand met meldingen ontvangen."


def test_the_colophon_names_version_edition_and_key(tmp_path):
    e = evaluation(tmp_path)
    e.manifest.update(version="1.2", edition="proef", figures="abcdefghijklmnop")

    assert told(accountability.colophon(e)) == (
        "Gemaakt met mma-analysis 1.2 uit de editie proef. "
        "Kenmerk van de openbare cijfers: abcdefghijkl."
    )


@pytest.mark.parametrize(
    ("receipts", "tips", "expected"),
    [
        (601, 586, "ontvingen gemeenten 601 keer een melding; 15 keer was dat een melding die ook"),
        (601, 601, "In deze periode kwam geen melding bij meer gemeenten binnen."),
    ],
)
def test_how_many_meldingen_came_in_twice_is_said(tmp_path, receipts, tips, expected):
    tables = {"received_twice": received_twice(receipts, tips)}

    assert expected in told(accountability.definitions(evaluation(tmp_path, tables)))
