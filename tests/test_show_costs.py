"""Kosten, campagnes en vergelijking: what may be said of amounts, effects and differences."""

import pandas as pd
import pytest

from mma_analysis.show import campaigns, comparison, costs, scenarios
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    EMPTY,
    GEMEENTEN,
    MISSING,
    SETTINGS,
    agreeing,
    breakdown,
    cases,
    evaluation,
    frame,
    per_period,
    says,
    told,
)

TARIFFS = """
[[kosten.tarief]]
vanaf_inwoners = 30000
per_jaar = 1100.0
[[kosten.tarief]]
vanaf_inwoners = 0
per_jaar = 800.0
"""
PHASES = """
[[kosten.fase]]
begin = 2021-07-01
eind = 2023-06-30
betaler = "het Platform IVZ"
[[kosten.fase]]
begin = 2023-07-01
betaler = "gemeente"
"""
PRICED = SETTINGS + TARIFFS + PHASES
EURO = "per_year amount per_melding per_useful_low per_useful_high per_1000_inhabitants_per_year"


def amounts(**given: float | None) -> pd.DataFrame:
    """Each gemeente € 100, but for the amounts given; per melding only when it is given too."""
    rows = [
        (slug, 800.0, given.get(slug, 100.0), given.get(f"{slug}_each"))
        + (given.get(f"{slug}_useful"), given.get(f"{slug}_useful_most"), 32.0)
        for slug in GEMEENTEN
    ]
    return frame(f"area {EURO}", *rows).astype(dict.fromkeys(EURO.split(), "Float64"))


def in_all(
    per_melding: float | None = 10.0, gemeenten: int = 14, useful: tuple = (None, None)
) -> pd.DataFrame:
    """What a melding costs in the district, over so many gemeenten."""
    columns = "amount counted_gemeenten per_melding per_useful_low per_useful_high"
    table = frame(columns, (1400.0, gemeenten, per_melding, *useful))
    return table.astype({"per_melding": "Float64"})


def paid(*phases, area=DISTRICT, settings=PRICED, counts=None, each=None, **tables):
    """An evaluation with these amounts and those per phase, of 140 tips in the district."""
    amount = {"begin": "datetime64[us]", "end": "datetime64[us]", "amount": "Float64"}
    given = {
        "costs": amounts(**(each or {})),
        "costs_of_district": in_all(),
        "per_period": per_period({DISTRICT: {"whole": 140}, **(counts or {})}),
        "costs_per_phase": frame(EMPTY["costs_per_phase"], *phases).astype(amount),
    }
    return evaluation(given, tables, area=area, settings=settings)


# --- costs ---------------------------------------------------------------------------------------

EVALUATED = ("2021-07-01", "2023-06-30", "het Platform IVZ")
OF_ALMELO, OF_BORNE = (*EVALUATED, "almelo", 100.0), (*EVALUATED, "borne", 50.0)
NOBODY = ("2021-07-01", "2021-12-31", "", "borne", 50.0)
LATER = ("2023-07-01", "2023-12-31", "gemeente", "borne", 9.0)
EARLY = PRICED.replace("begin = 2021-07-01\neind", "begin = 2020-01-01\neind")
IN_TURN = (
    "Van 1 juli 2021 tot en met 30 juni 2023 betaalde het Platform IVZ. Vanaf 1 juli 2023 betaalt "
    "elke gemeente zelf."
)


@cases(
    "e said",
    # who paid is in the past and who will pay is not
    (paid(), IN_TURN),
    # when one paid for everything the amount is told once, below
    (paid(OF_BORNE), IN_TURN),
    # each phase has its amount for all
    (
        paid(OF_ALMELO, OF_BORNE, LATER),
        "… in deze evaluatie samen € 150. Vanaf 1 juli 2023 … samen € 9.",
    ),
    # an amount that is not known of all says of how many it is
    (paid(OF_BORNE, (*EVALUATED, "losser", None), LATER), "… € 50, over 1 van de 2 gemeenten. …"),
    # each phase has its amount for the gemeente
    (paid(OF_ALMELO, OF_BORNE, LATER, area="borne"), "… voor Borne samen € 50. Vanaf …"),
    # a phase that began before the evaluation counts from its begin
    (paid(OF_BORNE, LATER, settings=EARLY), "… het Platform IVZ. … samen € 50. …"),
    # who paid what no phase covers is not named
    (paid(NOBODY), "… Wie betaalde van 1 juli tot en met 31 december 2021, is niet opgegeven."),
)
def test_who_pays(e, said):
    says(costs.phases_sentence(e), said)


@cases(
    "total said",
    # 14 gemeenten of € 100 are € 1.400, over 140 tips € 10 each; 14 × € 800 is a year
    # the district tells the sum, the mean and a year
    (
        {},
        "De aansluiting van 14 gemeenten kostte in deze periode samen € 1.400, gerekend over "
        "de tijd dat zij waren aangesloten. Dat is gemiddeld € 10 per melding. Een heel jaar "
        "kost voor 14 gemeenten samen € 11.200, als tarieven en aantallen inwoners gelijk "
        "blijven.",
    ),
    # without a mean none is told
    ({"per_melding": None}, "… dat zij waren aangesloten. Een heel jaar kost …"),
    # a mean without all gemeenten says over how many
    ({"gemeenten": 13}, "… € 10 per melding, over 13 gemeenten die leverden. …"),
    # what is not known to be useful makes the price a range
    ({"useful": (38.2, 75.0)}, "… bruikbare melding is dat € 38 tot € 75: hoeveel meldingen …"),
    # when all is known the price of a useful melding is one
    ({"useful": (38.2, 38.4)}, "… Per bruikbare melding is dat € 38. Een heel jaar …"),
)
def test_the_costs_of_the_district(total, said):
    says(costs.district_sentence(paid(costs_of_district=in_all(**total))), said)


@cases(
    "each said",
    # a gemeente tells its tariff, amount and mean as far as known
    (
        {"borne_each": 12.4, "borne_useful": 15.0, "borne_useful_most": 25.0},
        "Borne valt onder het tarief van € 800 per jaar. Over de aangesloten tijd in deze "
        "evaluatie is dat € 100. Dat is gemiddeld € 12 per melding. Per bruikbare melding is "
        "dat € 15 tot € 25.",
    ),
    # a gemeente without amount tells only its tariff
    ({"borne": None}, "Borne valt onder het tarief van € 800 per jaar."),
)
def test_the_costs_of_a_gemeente(each, said):
    says(costs.gemeente_sentence(paid(area="borne", each=each)), said)


def test_why_there_is_no_amount_per_melding_is_said_in_its_place():
    counts = {"almelo": 20, "borne": 0, "losser": MISSING, "enschede": 9}
    each = {"almelo_each": 5.0, "almelo_useful": 8.0, "almelo_useful_most": 20.0, "hengelo": None}
    chart = costs.per_gemeente_chart(
        paid(each=each, counts={area: {"whole": count} for area, count in counts.items()})
    )

    by_name = {row[0]: [told(cell) for cell in row[1:]] for row in chart.table.rows}
    assert by_name["Almelo"] == ["€ 800", "€ 32", "€ 100", "€ 5", "€ 8 tot € 20"]
    assert by_name["Borne"][-3:] == ["€ 100", "geen meldingen", "niet bekend"]
    assert by_name["Losser"][3] == "–"
    assert by_name["Enschede"][3] == "te weinig"
    assert by_name["Hengelo"][2] == "–"
    assert chart.alt == "Staafdiagram. Almelo: €\xa05."
    assert chart.title == "Wat een melding in elke gemeente kost"


def test_what_a_melding_costs_is_a_range_when_gemeenten_differ():
    counts = {"almelo": {"whole": 20}, "borne": {"whole": 8}}
    chart = costs.per_gemeente_chart(
        paid(each={"almelo_each": 5.0, "borne_each": 12.4}, counts=counts)
    )

    says(chart, "Een melding kost per gemeente ongeveer € 5 tot € 12 (van 2 is het te zeggen)")
    assert chart.figure.data[0].x[:2] == (5.0, 12.4)


@cases(
    "unknown said",
    (0, "… De kosten zijn te wegen …"),
    (9, "… pas te wegen als van meer meldingen …"),
)
def test_costs_are_weighed_against_results_when_those_are_known(unknown, said):
    result = breakdown("result", {"onbekend": unknown, "bevestigd": 9}, 18, area=DISTRICT)

    says(costs.meaning(paid(per_follow_up=result)), said)


def test_the_tariffs_have_a_column_for_each_price_that_is_asked():
    more = TARIFFS.replace("per_jaar = 800.0", "per_jaar = 800.0\nper_melding = 2.5")
    plain, full = (costs.tariff_table(paid(settings=SETTINGS + of)) for of in (TARIFFS, more))

    assert plain.head == ["Inwoners", "Per jaar"]
    assert [row[0] for row in plain.rows] == ["vanaf 30.000", "minder dan 30.000"]
    assert full.head == ["Inwoners", "Per jaar", "Per melding"]
    assert told(full.rows[1][2]) == "€ 2,50"


def test_whether_it_is_worth_the_money_is_what_gemeenten_say():
    e = paid(survey_answers=agreeing("waard_wat_het_kost", "Weegt op", 0, 1, 1, 9, 1))

    says(costs.worth_sentence(e), "10 van de 12 gemeenten zijn het eens met ‘Weegt op’.")


# --- next year -----------------------------------------------------------------------------------

SCENARIO = "scenario chosen_by receipts whole_year meldingen_low meldingen_high tariff_low"
SCENARIO += " tariff_high amount_low amount_high per_melding_low per_melding_high"
AS_TREND = ("trend", "trend", 420, 420, -0.13, 0.28, 0, 0, 15100, 15100, 28.02, 41.2)


def scenario_table(*rows, **tables):
    return scenarios.table(paid(cost_scenarios=frame(SCENARIO, *rows), **tables))


def test_a_scenario_tells_what_is_assumed_and_a_range():
    table = scenario_table(
        AS_TREND,
        ("Hoger tarief", "het DVO", 420, 420, 0, 0, 0.05, 0.05, 15800, 15900, 37.6, 37.9),
        ("Minder", "", 420, 420, -0.1, -0.1, 0, 0, 15100, 15100, 39.9, 39.9),
    )

    assert [[told(cell) for cell in row] for row in table.rows] == [
        [scenarios.AS_NOW, scenarios.FROM_TREND]
        + ["−13% tot +28%", "gelijk", "€ 15.100", "€ 28 tot € 41"],
        ["Hoger tarief", "het DVO", "gelijk", "+5%", "€ 15.800 tot € 15.900", "€ 38"],
        ["Minder", "niet opgegeven", "−10%", "gelijk", "€ 15.100", "€ 40"],
    ]
    assert "bij de 420 ontvangen meldingen van het laatste volledige jaar" in table.note
    assert "geen voorspelling" in table.note


@cases(
    "verdict said",
    ("no_change", "…die laat geen duidelijke verandering zien, dus minder en…"),
    ("more", "…is het 95%-interval van de trend. Dit is geen voorspelling.…"),
)
def test_the_range_of_a_trend_that_is_not_clear_is_no_change_that_goes_on(verdict, said):
    trend = frame(EMPTY["trend"], (0.06, -0.13, 0.28, verdict)).assign(dispersion=1.0)

    says(scenario_table(AS_TREND, trend=trend).note, said)


@cases(
    "whole_year said",
    # an estimate from rounded counts is rounded as they are
    (443, "…begint bij ongeveer 445 ontvangen meldingen. Dat zijn de 420 ontvangen meldingen…"),
    (None, "…In de 420 ontvangen meldingen van het laatste volledige jaar zit niet van elke…"),
)
def test_meldingen_are_of_as_many_months_as_the_price(whole_year, said):
    row = ("Niets", "", 420, whole_year, 0, 0, 0, 0, 15100, 15100, None, None)

    says(scenario_table(row).note, said)


def test_a_scenario_without_meldingen_has_no_price_each():
    table = scenario_table(("Niets", "", None, None, 0, 0, 0, 0, None, None, None, None))

    assert table.rows[0][-2:] == ["niet bekend", "niet bekend"]
    assert "is niet bekend" in table.note


# --- campaigns -----------------------------------------------------------------------------------

CAMPAIGN = """
[[campagnes]]
naam = "Vastgoed"
begin = 2022-06-15
eind = 2022-07-31
gemeenten = ["almelo", "borne"]
topics = ["woonfraude", "fraude"]
"""
NUMBERS = "target_before target_after other_before other_after ratio low high"
INF = float("inf")
FITS, FAR, FEW = "as_expected", "differs", "cannot_tell"


def campaign(*row, settings=CAMPAIGN, detectable=None, compared="almelo, borne"):
    """An evaluation with one campaign, these counts and outcome."""
    columns = f"campaign {NUMBERS} verdict detectable compared"
    table = frame(columns, ("Vastgoed", *row, detectable, compared))
    numbers = dict.fromkeys(f"{NUMBERS} detectable".split(), "Float64")
    return evaluation(
        settings=SETTINGS + settings,
        campaigns=table.astype(numbers),
    )


UNCLEAR = (38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell")
NOTHING = (None,) * 7
MORE = (9, 30, 30, 9, 11.0, 4.0, 33.0, "more")
NO_TOPICS = CAMPAIGN.replace('topics = ["woonfraude", "fraude"]', "")
SEEN = "Bij deze aantallen hadden wij"


@cases(
    "e said",
    # a campaign tells when, who and about what
    (
        campaign(*UNCLEAR),
        "Vastgoed duurde van 15 juni tot en met 31 juli 2022. Almelo en Borne deden mee. De "
        "campagne ging over woonfraude en fraude. Of de campagne verschil maakte, is niet vast "
        "te stellen: het kan ook toeval zijn.",
    ),
    # a campaign that is to come is told as such
    (
        campaign(*NOTHING, "not_started"),
        "Vastgoed duurt van 15 juni tot en met 31 juli 2022. Zij is bedoeld voor Almelo en "
        "Borne. De campagne gaat over woonfraude en fraude. Deze campagne begint pas na de "
        "peildatum. Er is nog niets te zien.",
    ),
    # who took part and is not counted is named
    (campaign(*UNCLEAR, compared="almelo"), "… gaat alleen over Almelo: Borne was niet al …"),
    # what could be seen is told before what was seen
    (campaign(*UNCLEAR, detectable=3.04), f"… {SEEN} pas een verschil van 3,0 keer … Of de …"),
    # that nothing could be seen is told before what was seen
    (campaign(*UNCLEAR, detectable=INF), f"… {SEEN} geen enkel verschil kunnen zien. Of de …"),
    # a campaign without topics cannot be told from anything
    (
        campaign(*NOTHING, FEW, settings=NO_TOPICS),
        "…Er zijn geen onderwerpen … niet vast te stellen.",
    ),
    # more
    (campaign(*MORE), "… ging een groter deel van de meldingen …"),
    # fewer
    (campaign(30, 9, 9, 30, 0.1, 0.0, 0.3, "fewer"), "… ging een kleiner deel van de meldingen …"),
    # outside
    (campaign(*NOTHING, "outside"), "… vallen niet allemaal in de …"),
    # none came in
    (campaign(0, 0, 0, 0, None, None, None, "cannot_tell"), "… kwamen (bijna) geen meldingen …"),
    # a count that is not published
    (campaign(None, 9, 9, 9, None, None, None, "cannot_tell"), "… niet elk aantal is getoond."),
)
def test_each_outcome_of_a_campaign_has_its_sentence(e, said):
    says(campaigns.sentences(e), said)


NO_SIZE = "Er is geen campagne waarvan het effect te schatten is."
SIZE = "het aantal over de onderwerpen van de campagne werd"


@cases(
    "e said",
    # the size of an effect is no proof
    (
        campaign(*UNCLEAR),
        f"Vastgoed: {SIZE} 1,2 keer zo groot, … tussen 0,5 en 2,6 keer: toeval is niet "
        "uitgesloten. …bewijst niet dat…",
    ),
    # an effect beyond chance
    (campaign(*MORE), f"Vastgoed: {SIZE} 11,0 keer … en 33,0 keer: toeval is uitgesloten.…"),
    # without end it has no size
    (campaign(0, 9, 9, 9, INF, 1.5, INF, "more"), NO_SIZE),
    # without begin neither
    (campaign(0, 0, 9, 9, None, 0.0, INF, "cannot_tell"), NO_SIZE),
)
def test_how_sure_the_effect_of_a_campaign_is(e, said):
    says(campaigns.sure(e), said)


@cases(
    "verdict said",
    ("more", "… verschil terugkomt.…"),
    ("cannot_tell", "… ook niet dat zij niet werkt.…"),
)
def test_a_campaign_means_no_more_than_was_seen(verdict, said):
    says(campaigns.meaning(campaign(9, 9, 9, 9, 1.0, 0.5, 2.0, verdict)), said)


@pytest.mark.parametrize(
    "row",
    [
        (*NOTHING, "not_started"),
        (0, 0, 0, 0, None, None, None, "cannot_tell"),
        (None, 9, 9, 9, None, None, None, "cannot_tell"),
    ],
)
def test_campaigns_that_cannot_be_compared_have_no_table(row):
    assert isinstance(campaigns.counts_table(campaign(*row)), Text)


# --- comparison ----------------------------------------------------------------------------------


def compared(*rows, area="borne", whole=20, phi=4.0):
    """An evaluation in which these gemeenten are compared: slug, count and verdict.

    Each has a rate of a tenth of its count.
    """
    table = [
        {
            **{"area": slug, "size_class": "50_100" if slug == "almelo" else "20_50"},
            **{"count": n, "basis": 1, "expected": 20.0, "ratio": n / 20, "inhabitants": 25_000},
            **{"per_10k": n / 10, "per_10k_low": n / 20, "per_10k_high": n / 5},
            "verdict": verdict,
        }
        for slug, n, verdict in rows
    ]
    return evaluation(
        area=area,
        comparison=pd.DataFrame(table),
        overdispersion=frame("gemeenten phi tau2", (9, phi, 0.01)),
        per_period=per_period({"borne": {"whole": whole}}),
    )


@cases(
    "rows said",
    # who differs more than usual is named, and that some always do
    (
        [("almelo", 40, FAR), ("borne", 20, FITS), ("losser", 19, FITS)],
        "3 gemeenten zijn te vergelijken. Almelo kreeg meer meldingen dan verwacht, en dat "
        "verschil is groter dan gemeenten gewoonlijk verschillen. Ook zonder bijzondere "
        "oorzaak wijkt ongeveer één op de tien gemeenten zo ver af. In Borne kwamen 20 "
        "meldingen binnen; verwacht waren er ongeveer 20. Zo'n verschil is gewoon. Per 10.000 "
        "inwoners zijn het er 2,0 per jaar. Bij 1 andere gemeente met 20.000 tot 50.000 "
        "inwoners is dat 1,9.",
    ),
    # one that differs itself, without another of its size
    (
        [("almelo", 21, FITS), ("borne", 1, FAR)],
        "2 gemeenten … Borne kreeg minder meldingen dan verwacht, en … In Borne kwam 1 melding "
        "binnen; verwacht waren er ongeveer 20. Dat wijkt af. Er is geen andere gemeente met "
        "20.000 tot 50.000 inwoners om mee te vergelijken.",
    ),
    # nobody differs
    (
        [(slug, n, FITS) for slug, n in zip(GEMEENTEN[:3], (20, 20, 30), strict=True)],
        "3 gemeenten zijn te vergelijken. Geen daarvan verschilt meer dan gemeenten gewoonlijk "
        "verschillen. …",
    ),
    # gemeenten of the same size have their range
    (
        [("borne", 20, FITS), ("losser", 10, FITS), ("wierden", 30, FITS)],
        "… Bij 2 andere gemeenten met 20.000 tot 50.000 inwoners … tussen 1,0 en 3,0.",
    ),
    # too few to say what is usual
    (
        [("almelo", 20, FEW)],
        "1 gemeente is te vergelijken. Dat zijn er te weinig om te zeggen wat een gewoon "
        "verschil is. Borne staat er niet bij. …",
    ),
)
def test_a_comparison_names_who_differs_more_than_usual(rows, said):
    says(comparison.sentence(compared(*rows)), said)


@cases(
    "whole reason",
    (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    (20, "Het is niet bekend sinds wanneer deze gemeente is aangesloten."),
)
def test_a_gemeente_that_is_not_compared_is_told_why(whole, reason):
    e = compared(("almelo", 20, FITS), whole=whole)

    says(comparison.sentence(e), f"… Borne staat er niet bij. {reason}")


def test_the_table_has_all_by_size_and_then_by_name_and_never_by_rate():
    e = compared(("losser", 30, FITS), ("almelo", 40, FAR), ("borne", 20, FITS))
    *others, largest = comparison.peers_table(e).rows

    assert [row[0] for row in others] == ["Borne", "Losser"]
    numbers = ["25.000", "40", "20", "4,0 (2,0–8,0)"]
    assert largest == ["Almelo", *numbers, "wijkt af"]


@cases(
    "phi said",
    (4.0, "…Gemeenten lopen hier 2,0 keer zo ver uiteen als door toeval.…"),  # its root
    (0.9, "…Gemeenten verschillen hier niet meer dan door toeval.…"),
    (None, "…is uit zo weinig gemeenten niet te zeggen.…"),
)
def test_how_far_gemeenten_usually_differ_is_told(phi, said):
    says(comparison.sure(compared(("borne", 20, FITS), phi=phi)), said)


def test_more_meldingen_is_not_said_to_be_better_or_worse():
    says(comparison.meaning(compared(("borne", 20, FITS))), "…is niet beter of slechter…")
    says(comparison.sure(compared(("borne", 20, FITS))), "…rekening met inwoners…")
