"""The top of the page, the findings, what is asked, and what the page was made from."""

import pandas as pd

from mma_analysis import show
from mma_analysis.show import accountability, summary
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    GEMEENTEN,
    MISSING,
    NOT_APPLICABLE,
    SETTINGS,
    agreeing,
    answers,
    breakdown,
    cases,
    connection,
    evaluation,
    frame,
    per_period,
    received_twice,
    says,
    split,
    told,
    trend,
    year_on_year,
)


def of_district(*given, whole=None, **tables):
    counts = {} if whole is None else {"whole": whole}
    return evaluation(*given, area=DISTRICT, counts=counts, **tables)


def without(slug):
    """All gemeenten delivered, but for this one."""
    return {"connection": connection().assign(has_delivered=lambda table: table["area"] != slug)}


# --- the top -------------------------------------------------------------------------------------

CLEARLY, FEWER = trend(0.6, 0.2, 1.1, "more"), trend(-0.2, -0.3, -0.1, "fewer")
UNCHANGED = trend(0.1, -0.2, 0.4, "no_change")
MAINLY = "Meer meldingen, vooral doordat"


@cases(
    "whole tables title",
    (None, split(100, 200, 10, 85, 5), f"{MAINLY} gemeenten langer waren aangesloten"),
    (None, split(100, 200, 85, 10, 5), f"{MAINLY} er gemeenten bij kwamen"),
    (None, split(100, 200, 45, 45, 10), f"{MAINLY} er gemeenten bij kwamen of langer …"),
    (None, split(100, 200, 5, 5, 90) | CLEARLY, "Meer meldingen, vooral in dezelfde gemeenten"),
    (210, split(100, 110, 0, 0, 10) | UNCHANGED, "210 meldingen in Twente: geen duidelijke…"),
    (210, split(100, 90, 0, 0, -10), "210 meldingen in Twente: verandering niet vast te stellen"),
    (None, split(100, 100, 5, 5, -10), "Ongeveer evenveel meldingen als een jaar eerder"),
    # both counts may be off by 4
    (None, split(100, 105, 5, 0, 0), "Ongeveer evenveel meldingen als een jaar eerder"),
    (None, split(105, 100, 0, 0, -5) | FEWER, "Ongeveer evenveel meldingen als een jaar eerder"),
    (None, split(100, 90, 5, 5, -20) | FEWER, "Minder meldingen dan een jaar eerder"),
    (586, {}, "586 meldingen in Twente"),
    (1, {}, "1 melding in Twente"),
    (90, without("almelo"), "90 meldingen in Twente (13 van de 14 gemeenten)"),
)
def test_the_district_is_headed_by_its_main_finding(whole, tables, title):
    says(show.head(of_district(tables, whole=whole)).title, title)


@cases(
    "whole tables title",
    (9, {}, "9 meldingen in Borne sinds 1 juli 2021"),
    (1, {}, "1 melding in Borne sinds 1 juli 2021"),
    (0, {}, "Geen meldingen in Borne sinds 1 juli 2021"),
    (MISSING, {}, "Van Borne zijn geen meldingen ontvangen voor deze evaluatie"),
    (NOT_APPLICABLE, {}, "Borne was op de peildatum nog niet aangesloten"),
    # since when only when it is known and was during the evaluation
    (9, {"connection": connection(borne=None)}, "9 meldingen in Borne"),
    (9, {"connection": connection(borne="2020-03-01")}, "9 meldingen in Borne"),
    (9, year_on_year(1.5, 0.9, 2.0, "more"), "Meer meldingen per maand in Borne …"),
    (9, year_on_year(1.5, 0.9, 2.0, "fewer"), "Minder meldingen per maand in Borne …"),
    (9, year_on_year(1.5, 0.9, 2.0, "no_change"), "Geen duidelijke verandering …"),
)
def test_a_gemeente_is_headed_by_its_change_its_count_or_why_there_is_none(whole, tables, title):
    says(show.head(evaluation(tables, counts={"whole": whole})).title, title)


def test_only_an_intern_page_warns_not_to_pass_it_on():
    openbaar, intern = show.head(evaluation()), show.head(evaluation(audience="intern"))

    says(openbaar.notice, "Alle aantallen meldingen … veelvouden van 5: ze wijken hoogstens 4 af …")
    says(intern.notice, "Alleen voor de gemeente Borne. … De aantallen van anderen zijn afgerond…")
    assert ("Uitgave", "intern") in intern.facts


# --- the lead ------------------------------------------------------------------------------------


@cases(
    "whole tables said",
    (
        586,
        split(180, 420, 20, 205, 15),
        "Van juli 2021 tot en met juni 2023 kregen de gemeenten in Twente samen 586 meldingen van "
        "Meld Misdaad Anoniem (M.). In het laatste jaar waren het er meer dan in het jaar ervoor. "
        "Dat komt bijna helemaal doordat er gemeenten bij kwamen of langer waren aangesloten.",
    ),
    (1, without("borne"), "… kregen 13 van de 14 gemeenten in Twente samen 1 melding van …"),
)
def test_the_district_leads_with_the_total_of_whom_and_where_growth_comes_from(whole, tables, said):
    says(summary.lead(of_district(tables, whole=whole)), said)


LEAD = (
    "Dit rapport gaat over de meldingen die Meld Misdaad Anoniem (M.) doorgaf aan Borne. Borne "
    "ontvangt sinds 1 juli 2021 meldingen rechtstreeks."
)
INSTEAD = "De cijfers van heel Twente geven wel een beeld."


@cases(
    "whole said",
    (9, LEAD),
    (MISSING, f"{LEAD} Van Borne is geen bestand met meldingen ontvangen. {INSTEAD}"),
    (0, f"{LEAD} Borne ontving in deze periode geen meldingen. {INSTEAD}"),
)
def test_a_gemeente_leads_with_what_the_report_is_about(whole, said):
    says(summary.lead(evaluation(counts={"whole": whole})), said)


# --- findings ------------------------------------------------------------------------------------

FIELDS = {"per_background": "has_time", "per_follow_up": "result"}
SURVEYED = {
    "survey_answers": agreeing("informatiepositie", "Informatiepositie is sterker", 0, 0, 0, 8, 4),
    "survey_response": pd.DataFrame({"area": GEMEENTEN, "state": "no_answer"}),
}
GROWN = split(180, 420, 20, 206.8, 13.2) | trend(0.06, -0.13, 0.28, "no_change")
TIMES, RESULTS = {"nee": 60, "ja": 40}, {"onbekend": 54, "bevestigd": 46}
CERTAIN = {"bevestigd": 100, "onbekend": 0}


def fields(area, total, **cells):
    """The tables that the findings look in, for one area and the district."""
    tables = {}
    for name, field in FIELDS.items():
        own = breakdown(field, cells.get(field, {"onbekend": total}), total, area=area)
        other = breakdown(field, {"onbekend": 0}, 0, area=DISTRICT)
        tables[name] = own if area == DISTRICT else pd.concat([own, other])
    return tables


def asked_of_district(total, *given, has_time=None, result=None, **tables):
    """The district, with so many meldingen and these times and results."""
    cells = {"has_time": has_time, "result": result}
    known = fields(DISTRICT, total, **{field: of for field, of in cells.items() if of})
    return of_district(known, *given, whole=total, **tables)


def lines(e):
    return [told(f"{f.figure} {f.claim} {f.support}") for f in summary.findings(e).findings]


def test_the_findings_of_the_district_are_figure_and_claim_in_one_sentence():
    assert lines(asked_of_district(100, GROWN, SURVEYED, has_time=TIMES, result=RESULTS)) == [
        "+240 ontvangen meldingen in een jaar: van 180 naar 420. Door nieuwe gemeenten "
        "ongeveer +20, door langer aangesloten zijn +205, door een ander aantal meldingen per "
        "maand +15. Een melding bij twee gemeenten telt hier twee keer.",
        "+6% per jaar binnen dezelfde gemeenten: geen duidelijke verandering. Met 95% zekerheid "
        "ligt dit tussen 13% minder en 28% meer.",
        "60% van de meldingen in Twente heeft geen tijdstip. Dit gaat over de meldingen waarvan "
        "het bekend is.",
        "54% van de meldingen in Twente heeft geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
        "12 van 12 gemeenten zijn het eens met ‘Informatiepositie is sterker’. 2 gemeenten gaven "
        "geen antwoord.",
    ]


def test_of_more_than_five_findings_the_clearest_are_told():
    """Growth and trend always; then 12 of 12, 60% and 54%: for 1 of 10 there is no place."""
    verdicts = ["differs", *["as_expected"] * 9]
    compared = pd.DataFrame({"area": GEMEENTEN[:10], "verdict": verdicts})
    given = {"has_time": TIMES, "result": RESULTS, "comparison": compared}

    four, fifth = lines(asked_of_district(100, GROWN, **given))[:4], "1 van 10 gemeenten wijkt"
    assert [line.split()[0] for line in four] == ["+240", "+6%", "60%", "54%"]
    says(lines(asked_of_district(100, GROWN, **given))[4], f"{fifth} meer af dan gemeenten…")
    with_survey = lines(asked_of_district(100, GROWN, SURVEYED, **given))
    assert [line.split()[0] for line in with_survey] == ["+240", "+6%", "60%", "54%", "12"]


def costs_of(area, per_year, amount):
    table = frame("area per_year amount", (area, per_year, amount))
    return table.astype({"per_year": "Float64", "amount": "Float64"})


def test_that_a_gemeente_is_unusual_comes_before_what_is_told_of_the_district():
    known = {"per_background": TIMES, "per_follow_up": RESULTS}
    tables = {
        name: pd.concat(
            [fields("borne", 9)[name], breakdown(field, known[name], 100, area=DISTRICT)]
        )
        for name, field in FIELDS.items()
    }
    e = evaluation(
        tables,
        per_period=per_period({"borne": {"whole": 9}, DISTRICT: {"whole": 100}}),
        comparison=frame("area verdict ratio", ("borne", "differs", 0.375)),
        costs=costs_of("borne", 800.0, 1330.0),
    )

    says(
        lines(e)[2],
        "0,4 keer zoveel meldingen als past bij … Ook zonder bijzondere oorzaak wijkt ongeveer…",
    )


@cases(
    "amount support",
    (199.0, "Over de aangesloten tijd in deze evaluatie is dat € 199."),
    (None, "Over welke tijd in deze evaluatie dat is, is niet bekend."),
)
def test_what_a_gemeente_pays_fills_a_place_that_is_left(amount, support):
    (line,) = lines(evaluation(fields("borne", 0), costs=costs_of("borne", 800.0, amount)))

    assert line == f"€ 800 per jaar kost de aansluiting van Borne. {support}"


def test_the_findings_of_a_small_gemeente_are_counts():
    rate = {"per_month": 0.5, "per_month_low": 0.2, "per_month_high": 0.9}
    cells = {"has_time": {"nee": 1, "ja": 2}, "result": {"onbekend": 3}}
    counts = per_period({"borne": {"whole": 3}}, **rate)

    assert lines(evaluation(fields("borne", 3, **cells), per_period=counts)) == [
        "3 meldingen ontving Borne rechtstreeks. Gemiddeld 0,5 per maand dat de gemeente was "
        "aangesloten.",
        "? Of het aantal verandert, is niet vast te stellen. Daarvoor moeten hier in twee "
        "jaar samen minstens tien meldingen staan.",
        "1 van 3 meldingen in Borne heeft geen tijdstip. Dit gaat over de meldingen waarvan het "
        "bekend is.",
        "3 van 3 meldingen in Borne hebben geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
    ]


def test_what_may_be_none_is_no_finding():
    cells = {"has_time": {"ja": 20}, "result": {"onbekend": 20}}
    tables = {name: breakdown(field, cells[field], 20, basis=5) for name, field in FIELDS.items()}
    counts = per_period({"borne": {"whole": 20}}, basis=5)

    assert lines(evaluation(tables, per_period=counts))[2:] == [
        "20 van 20 meldingen in Borne hebben geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
    ]


def test_without_any_delivery_there_are_no_findings():
    says(summary.findings(evaluation(fields("borne", 0))), "…nog geen bevindingen…")


def test_one_melding_without_a_known_connection_is_told_in_the_singular():
    e = evaluation(fields("borne", 1), counts={"whole": 1}, connection=connection(borne=None))

    says(
        lines(e)[0],
        "1 melding ontving Borne rechtstreeks. … de datum van aansluiting is niet bekend.",
    )


@cases(
    "states support",
    ({}, "…Alle 14 gemeenten gaven antwoord."),
    ({"wierden": "no_experience"}, "…1 gemeente gaf geen antwoord: nog te kort aangesloten…"),
    ({"wierden": "no_experience", "borne": "no_answer"}, "…2 gemeenten gaven geen antwoord."),
)
def test_why_gemeenten_did_not_answer_is_told_when_it_is_one_reason(states, support):
    rows = [(slug, states.get(slug, "answered")) for slug in GEMEENTEN]
    agreed = agreeing("informatiepositie", "Sterker", 0, 0, 0, 13 - len(states), 1)
    response = frame("area state", *rows)
    e = evaluation(fields("borne", 0), survey_answers=agreed, survey_response=response)

    says(lines(e)[-1], support)


# --- what is asked -------------------------------------------------------------------------------


def test_what_is_asked_rests_on_what_gemeenten_want():
    survey = pd.concat(
        [
            answers("voortzetten", {"ja": 10, "ja, onder voorwaarden": 2, "nee": 0}, 12),
            answers("verdiepingsdag", {"ja": 1, "nee": 11}, 12),
            answers("wegingskader", {"ja": 0, "nee": 12}, 12),
        ]
    )

    assert summary.ask(asked_of_district(100, result=RESULTS, survey_answers=survey)).points == [
        "Kennis te nemen van deze evaluatie.",
        "Te besluiten of de gemeenten samen aangesloten blijven. Alle 12 gemeenten willen door; "
        "2 daarvan onder voorwaarden. 2 gemeenten antwoordden niet.",
        "Te besluiten over een verdiepingsdag: een dag over het werken met meldingen. 1 van de 12 "
        "gemeenten wil meedoen.",
        "Gemeenten te vragen het resultaat van elke melding te registreren. Bij 54% van de "
        "meldingen in Twente is dat niet bekend.",
    ]


@cases("absent is_asked", (51, True), (50, False))
def test_the_dvo_is_asked_to_talk_with_m_when_the_time_is_missing_more_often_than_not(
    absent, is_asked
):
    times = {"nee": absent, "ja": 100 - absent}
    points = summary.ask(asked_of_district(100, has_time=times, result=CERTAIN)).points

    asked = (
        "Met M. te bespreken hoe meldingen vaker een tijdstip krijgen. Voor zover bekend ontbreekt "
        "het bij 51% van de meldingen in Twente."
    )
    assert (asked in points) is is_asked


@cases(
    "yes under_conditions no said",
    (9, 0, 3, "…9 van de 12 gemeenten willen door. 2 gemeenten antwoordden niet."),
    (0, 1, 11, "…1 van de 12 gemeenten wil door, onder voorwaarden. 2 gemeenten antwoordden niet."),
    (5, 1, 6, "…6 van de 12 gemeenten willen door; 1 daarvan onder voorwaarden. 2 gemeenten…"),
)
def test_a_yes_under_conditions_is_told_as_such(yes, under_conditions, no, said):
    counts = {"ja": yes, "ja, onder voorwaarden": under_conditions, "nee": no}
    e = asked_of_district(0, survey_answers=answers("voortzetten", counts, 12))

    says(summary.ask(e).points[1], said)


def test_without_survey_or_meldingen_two_points_remain():
    assert len(summary.ask(asked_of_district(0)).points) == 2


# --- accountability ------------------------------------------------------------------------------


@cases(
    "counts said",
    (
        {"files": 13, "read": 1635, "clean": 1600, "rejected": 20, "duplicate": 15},
        "Er zijn 13 bestanden gelezen met samen 1.635 regels. Daarvan telden er 1.600 mee. 20 "
        "regels waren niet te tellen en 15 regels waren dubbel. Zo is van elke regel bekend wat "
        "ermee is gebeurd.",
    ),
    (
        {"files": 1, "read": 5, "rejected": 5},
        "… 1 bestand … 5 regels. … 0 – 4 mee. 5 regels waren … en hoogstens 4 regels waren …",
    ),
)
def test_all_delivered_rows_are_accounted_for(counts, said):
    none = dict.fromkeys(["files", "read", "clean", "rejected", "duplicate"], 0)
    e = evaluation(deliveries=pd.DataFrame([none | counts]))

    says(accountability.deliveries_sentence(e), said)


@cases("basis most", (5, 4), (10, 9))
def test_the_rule_of_protection_follows_the_basis(basis, most):
    e = evaluation(settings=f"{SETTINGS}[bescherming]\nbasis = {basis}\n")

    says(
        accountability.protection_sentence(e),
        f"… een veelvoud van {basis}, en wijkt hoogstens {most} af … Waar 0 – {most} staat, …",
    )


def test_an_intern_page_says_whose_figures_are_exact():
    e = evaluation(audience="intern")

    says(accountability.protection_sentence(e), "…uw eigen aantallen zoals ze zijn…")


def test_what_is_not_known_of_a_gemeente_is_said_in_its_row():
    table = connection(borne=None)
    table.loc[table["area"] == "almelo", ["has_delivered", "source"]] = [False, "krant"]
    table.loc[table["area"] == "losser", "delivered_on"] = pd.NaT
    graded = [(slug, None if slug == "almelo" else "Groen") for slug in GEMEENTEN]
    e = evaluation(connection=table, grades=frame("area grade", *graded))
    shown = accountability.connection_table(e)

    rows = {row[0]: [told(cell) for cell in row[1:]] for row in shown.rows}
    assert rows["Almelo"] == ["1 juli 2021", "krant", "niet ontvangen", "–"]
    assert rows["Borne"] == ["niet bekend", "niet opgegeven", "4 juli 2023", "Groen"]
    assert rows["Losser"][-2] == "ja, datum niet bekend"
    assert "Rood: wij kregen geen bestand" in shown.note


REFUSED = ("meldingen/borne.csv", "", 7, "Datum", "De datum ontbreekt.")


def own_quality(*refused, audience="intern", **tables):
    columns = "source_file source_sheet source_row column reason"
    e = evaluation(tables, audience=audience, own_rejected=frame(columns, *refused))
    return accountability.own_quality(e)


def test_refused_rows_are_listed_on_the_intern_page_only():
    assert own_quality(REFUSED).rows == [[str(cell) for cell in REFUSED]]
    assert isinstance(own_quality(REFUSED, audience="openbaar"), Text)


@cases(
    "tables said",
    ({}, "Alle regels uit uw bestand met meldingen konden worden geteld."),
    (without("borne"), "Van uw gemeente is geen bestand met meldingen ontvangen."),
)
def test_nothing_refused_and_nothing_delivered_are_two_sentences(tables, said):
    says(own_quality(**tables), said)


def test_the_colophon_names_version_edition_and_key():
    says(
        accountability.colophon(evaluation()),
        "Gemaakt met mma-analysis 1 uit de editie proef. Kenmerk van de openbare cijfers: "
        "abcdefghijkl.",
    )


@cases(
    "receipts tips said",
    (600, 585, "…ontvingen gemeenten 600 keer een melding; ongeveer 15 keer was dat een…"),
    # both totals may be off by 4
    (600, 600, "…In deze periode kwamen hoogstens 8 meldingen bij meer gemeenten binnen.…"),
    (pd.NA, pd.NA, "…bij meer gemeenten binnenkwam, één keer. Met 95%…"),
)
def test_how_many_meldingen_came_in_twice_is_said(receipts, tips, said):
    e = evaluation(received_twice=received_twice(receipts, tips))

    says(accountability.definitions(e), said)
