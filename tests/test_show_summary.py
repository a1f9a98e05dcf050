"""The top of the page, the findings, what is asked, and what the page was made from."""

import pandas as pd

from mma_analysis import show
from mma_analysis.show import accountability, summary
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    EMPTY,
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
    own_trend,
    per_period,
    received_twice,
    says,
    split,
    told,
    trend,
)


def of_district(*given, whole=None, **tables):
    counts = {} if whole is None else {"whole": whole}
    return evaluation(*given, area=DISTRICT, counts=counts, **tables)


def without(slug):
    """All gemeenten delivered, but for this one."""
    return {"connection": connection().assign(has_delivered=lambda table: table["area"] != slug)}


# --- the top -------------------------------------------------------------------------------------

MORE, FEWER = (0.6, 0.2, 1.1, "more"), (-0.2, -0.3, -0.1, "fewer")
UNCHANGED = (0.1, -0.2, 0.4, "no_change")
JOINING = "doordat er gemeenten bij kwamen of langer waren aangesloten"
MAINLY, PARTLY = split(100, 200, 80, 20, (0.6, 1.1)), split(100, 200, 50, 50, (0.2, 0.7))
UNCLEAR = split(100, 110, 5, 5)
WITHIN = "Het aantal meldingen per maand binnen dezelfde gemeenten"
CANNOT = "210 meldingen in Twente: verandering niet vast te stellen"


@cases(
    "whole tables title",
    (None, MAINLY | trend(*MORE), f"Meer meldingen, vooral {JOINING}"),
    (None, PARTLY | trend(*MORE), f"{WITHIN} nam toe"),
    (None, UNCLEAR | trend(*FEWER, "own_courses"), f"{WITHIN} nam af"),
    (None, PARTLY | trend(*UNCHANGED), f"Meer meldingen, mede {JOINING}"),
    (210, UNCLEAR | trend(*UNCHANGED), "210 meldingen in Twente: geen duidelijke verandering"),
    # a direction that hangs on an assumption is no title
    (210, UNCLEAR | trend(*MORE, "start_up"), CANNOT),
    (210, UNCLEAR | trend(*FEWER, "last_quarter"), CANNOT),
    (210, UNCLEAR, CANNOT),
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
    (9, own_trend(*MORE), "Het aantal meldingen per maand in Borne nam toe"),
    (9, own_trend(*FEWER), "Het aantal meldingen per maand in Borne nam af"),
    (9, own_trend(*UNCHANGED), "9 meldingen in Borne sinds 1 juli 2021"),
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
        split(180, 420, 230, 10, (0.9, 1.2)),
        "Van juli 2021 tot en met juni 2023 kregen de gemeenten in Twente samen 586 meldingen van "
        "Meld Misdaad Anoniem (M.). In het laatste jaar waren het er meer dan in het jaar ervoor. "
        f"Dat komt bijna helemaal {JOINING}.",
    ),
    # without clear growth nothing is said of it
    (586, UNCLEAR, "… samen 586 meldingen van Meld Misdaad Anoniem (M.)."),
    (1, without("borne"), "… kregen 13 van de 14 gemeenten in Twente samen 1 melding van …"),
)
def test_the_district_leads_with_the_total_of_whom_and_where_growth_comes_from(whole, tables, said):
    says(summary.lead(of_district(tables, whole=whole)), said)


LEAD = (
    "Dit rapport gaat over de meldingen die Meld Misdaad Anoniem (M.) doorgaf aan Borne. Borne "
    "ontvangt sinds 1 juli 2021 meldingen rechtstreeks."
)


@cases(
    "whole said",
    (9, LEAD),
    (MISSING, f"{LEAD} Van Borne is geen bestand met meldingen ontvangen."),
    (0, f"{LEAD} Borne ontving in deze periode geen meldingen."),
)
def test_a_gemeente_leads_with_what_the_report_is_about(whole, said):
    says(summary.lead(evaluation(counts={"whole": whole})), said)


# --- findings ------------------------------------------------------------------------------------

FIELDS = {"per_background": "has_time", "per_follow_up": "result"}
SURVEYED = {
    "survey_answers": agreeing("informatiepositie", "Informatiepositie is sterker", 0, 0, 0, 8, 4),
    "survey_response": pd.DataFrame({"area": GEMEENTEN, "state": "no_answer"}),
}
GROWN = split(180, 420, 226.8, 13.2) | trend(0.06, -0.13, 0.28, "no_change")
TIMES, RESULTS = {"nee": 60, "ja": 40}, {"onbekend": 54, "bevestigd": 46}
CERTAIN = {"bevestigd": 100, "onbekend": 0}


def fields(area, total, **cells):
    """The tables that the findings look in, for one area and the district."""
    tables = {}
    for name, field in FIELDS.items():
        own = breakdown(field, cells.get(field, {"onbekend": total}), total, area=area)
        other = breakdown(field, {"onbekend": 0}, 0, area=DISTRICT)
        tables[name] = own if area == DISTRICT else pd.concat([own, other])
    return tables | may_say("of_all", area)


def may_say(said, area=DISTRICT):
    """What may be said of the time in meldingen, of one area and the district."""
    rows = [(slug, "whole", "has_time", True, "shown", said) for slug in {area, DISTRICT}]
    return {"completeness": frame(EMPTY["completeness"], *rows)}


def asked_of_district(total, *given, has_time=None, result=None, **tables):
    """The district, with so many meldingen and these times and results."""
    cells = {"has_time": has_time, "result": result}
    known = fields(DISTRICT, total, **{field: of for field, of in cells.items() if of})
    return of_district(known, *given, whole=total, **tables)


def lines(e):
    return [told(f"{f.figure} {f.claim} {f.support}") for f in summary.findings(e).findings]


def test_the_findings_of_the_district_are_figure_and_claim_in_one_sentence():
    assert lines(asked_of_district(100, GROWN, SURVEYED, has_time=TIMES, result=RESULTS)) == [
        "+240 ontvangen meldingen in een jaar: van 180 naar 420. Door nieuw of langer aangesloten "
        "zijn +230 (+210 tot +250), door een ander aantal meldingen per maand +10 (−10 tot +30). "
        "Een melding bij twee gemeenten telt hier twee keer.",
        "+6% per jaar binnen dezelfde gemeenten: geen duidelijke verandering. Met 95% zekerheid "
        "ligt dit tussen 13% minder en 28% meer.",
        "60% van de meldingen in Twente heeft geen tijdstip. Dit gaat over de meldingen waarvan "
        "het bekend is.",
        "54% van de meldingen in Twente heeft geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
        "12 van 12 gemeenten zijn het eens met ‘Informatiepositie is sterker’. 2 gemeenten gaven "
        "geen antwoord.",
    ]


@cases(
    "tables said",
    (trend(*MORE, "start_up"), "? Of het … niet vast te stellen. De eerste maanden na een …"),
    (trend(*FEWER, "last_quarter"), "? Of het … niet vast te stellen. Dit beeld hangt af van …"),
    (trend(*MORE, "own_courses"), "+60% per … duidelijk meer. … voor deze gemeenten samen, en …"),
)
def test_a_direction_that_hangs_on_an_assumption_is_no_finding(tables, said):
    says(lines(asked_of_district(100, tables))[0], said)


def test_the_change_of_a_gemeente_is_a_finding_that_says_what_it_rests_on():
    few, many = (
        lines(evaluation(fields("borne", n), own_trend(*UNCHANGED), counts={"whole": n}))
        for n in (49, 50)
    )

    assert not any("per jaar in Borne" in line for line in few)
    says(many[1], "+10% per jaar in Borne: geen duidelijke verandering. … de andere gemeenten: …")


def costs_of(area, per_year, amount):
    table = frame("area per_year amount", (area, per_year, amount))
    return table.astype({"per_year": "Float64", "amount": "Float64"})


@cases(
    "amount support",
    (199.0, "Over de aangesloten tijd in deze evaluatie is dat € 199."),
    (None, "Over welke tijd in deze evaluatie dat is, is niet bekend."),
)
def test_what_a_gemeente_pays_is_a_finding(amount, support):
    (line,) = lines(evaluation(fields("borne", 0), costs=costs_of("borne", 800.0, amount)))

    assert line == f"€ 800 per jaar kost de aansluiting van Borne. {support}"


def test_the_findings_of_a_small_gemeente_are_counts():
    rate = {"per_month": 0.5, "per_month_low": 0.2, "per_month_high": 0.9}
    cells = {"has_time": {"nee": 1, "ja": 2}, "result": {"onbekend": 3}}
    counts = per_period({"borne": {"whole": 3}}, **rate)

    assert lines(evaluation(fields("borne", 3, **cells), per_period=counts)) == [
        "3 meldingen ontving Borne rechtstreeks. Gemiddeld 0,5 per maand dat de gemeente was "
        "aangesloten.",
        "1 van 3 meldingen in Borne heeft geen tijdstip. Dit gaat over de meldingen waarvan het "
        "bekend is.",
        "3 van 3 meldingen in Borne hebben geen bekend resultaat. Zonder resultaat is niet te "
        "zeggen wat een melding heeft opgeleverd.",
    ]


def test_what_may_be_none_is_no_finding():
    cells = {"has_time": {"ja": 20}, "result": {"onbekend": 20}}
    tables = {name: breakdown(field, cells[field], 20, basis=5) for name, field in FIELDS.items()}
    counts = per_period({"borne": {"whole": 20}}, basis=5)

    assert lines(evaluation(tables, per_period=counts))[1:] == [
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
    e = asked_of_district(100, survey_answers=agreed, survey_response=response)

    says(lines(e)[-1], support)


# --- what is asked -------------------------------------------------------------------------------


def test_what_is_asked_is_what_the_figures_ask_for_and_no_decision():
    wished = answers("verdiepingsdag", {"ja": 1, "nee": 11}, 12)

    assert summary.ask(asked_of_district(100, result=RESULTS, survey_answers=wished)).points == [
        "Kennis te nemen van deze evaluatie.",
        "Gemeenten te vragen het resultaat van elke melding te registreren. Bij 54% van de "
        "meldingen in Twente is dat niet bekend.",
    ]


@cases(
    "absent said is_asked is_told",
    (51, "of_all", True, True),
    (50, "of_all", False, True),
    # of too few known ones nothing is said or asked
    (51, "unknown_first", False, False),
    (51, "only_known", False, False),
)
def test_the_time_that_is_missing_is_told_and_asked_for_as_far_as_may_be_said(
    absent, said, is_asked, is_told
):
    times = {"nee": absent, "ja": 100 - absent}
    e = asked_of_district(100, may_say(said), has_time=times, result=CERTAIN)

    asked = (
        "Met M. te bespreken hoe meldingen vaker een tijdstip krijgen. Voor zover bekend ontbreekt "
        "het bij 51% van de meldingen in Twente."
    )
    assert (asked in summary.ask(e).points) is is_asked
    assert any("geen tijdstip" in line for line in lines(e)) is is_told


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
