"""Kosten, campagnes en vergelijking: what may be said of amounts, effects and differences."""

import pandas as pd

from mma_analysis.show import campaigns, comparison, costs, scenarios
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    EMPTY,
    GEMEENTEN,
    MISSING,
    SETTINGS,
    agreeing,
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
EURO = "per_year amount per_melding per_useful_low per_useful_high"


def amounts(**given: float | None) -> pd.DataFrame:
    """Each gemeente € 100, but for the amounts given; per melding only when it is given too."""
    rows = [
        (slug, 800.0, given.get(slug, 100.0), given.get(f"{slug}_each"))
        + (given.get(f"{slug}_useful"), given.get(f"{slug}_useful_most"))
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
    table = costs.per_gemeente_table(
        paid(each=each, counts={area: {"whole": count} for area, count in counts.items()})
    )

    by_name = {row[0]: [told(cell) for cell in row[1:]] for row in table.rows}
    assert by_name["Almelo"] == ["€ 800", "€ 100", "€ 5", "€ 8 tot € 20"]
    assert by_name["Borne"][-3:] == ["€ 100", "geen meldingen", "niet bekend"]
    assert by_name["Losser"][2] == "–"
    assert by_name["Enschede"][2] == "te weinig"
    assert by_name["Hengelo"][1] == "–"


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

SCENARIO = "scenario chosen_by whole_year meldingen_low meldingen_high tariff_low"
SCENARIO += " tariff_high amount_low amount_high per_melding_low per_melding_high"
AS_TREND = ("trend", "trend", 420, -0.13, 0.28, 0, 0, 15100, 15100, 28.02, 41.2)
FEWER = ("Minder", "", 443, -0.1, -0.1, 0, 0, 15100, 15100, 39.9, 39.9)


def scenario_table(*rows):
    return scenarios.table(paid(cost_scenarios=frame(SCENARIO, *rows)))


def test_a_scenario_tells_what_is_assumed_and_a_range():
    table = scenario_table(
        AS_TREND,
        ("Hoger tarief", "het DVO", 420, 0, 0, 0.05, 0.05, 15800, 15900, 37.6, 37.9),
        FEWER,
    )

    assert [[told(cell) for cell in row] for row in table.rows] == [
        [scenarios.AS_NOW, scenarios.FROM_TREND]
        + ["−13% tot +28%", "gelijk", "€ 15.100", "€ 28 tot € 41"],
        ["Hoger tarief", "het DVO", "gelijk", "+5%", "€ 15.800 tot € 15.900", "€ 38"],
        ["Minder", "niet opgegeven", "−10%", "gelijk", "€ 15.100", "€ 40"],
    ]
    says(table.note, "… begint bij ongeveer 420 meldingen: … De eerste regel trekt het verloop …")


def test_without_a_next_year_that_is_said_and_only_what_is_assumed_remains():
    says(
        scenario_table(FEWER).note,
        "… begint bij ongeveer 440 meldingen: … als het zo doorgaat, is niet te voorspellen.",
    )


def test_a_scenario_without_meldingen_has_no_price_each():
    table = scenario_table(("Niets", "", None, 0, 0, 0, 0, None, None, None, None))

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
NUMBERS = "target_during target_otherwise other_during other_otherwise ratio low high detectable"
NOTHING = (None,) * 8
UNCLEAR = (38, 40, 25, 22, 1.2, 0.5, 2.6, 3.04, "cannot_tell")
MORE = (9, 30, 30, 90, 11.0, 4.0, 33.0, 2.0, "more")
LESS = (30, 9, 9, 30, 0.1, 0.0, 0.3, 2.0, "fewer")
ALIKE = (9, 9, 9, 9, 1.0, 0.6, 1.7, 2.0, "no_change")
TO_COME = (*NOTHING, "not_started")
UNCOUNTED = (*NOTHING, "cannot_tell")
NO_TOPICS = CAMPAIGN.replace('topics = ["woonfraude", "fraude"]', "")
OF_ONE = CAMPAIGN.replace('"almelo", ', "")


def campaign(*row, settings=CAMPAIGN):
    """An evaluation with one campaign, these counts and outcome."""
    table = frame(f"campaign {NUMBERS} verdict", ("Vastgoed", *row))
    return evaluation(
        settings=SETTINGS + settings,
        campaigns=table.astype(dict.fromkeys(NUMBERS.split(), "Float64")),
    )


@cases(
    "e said",
    # a campaign tells when, who and about what; and what could have been seen
    (
        campaign(*UNCLEAR),
        "Vastgoed duurde van 15 juni tot en met 31 juli 2022. Almelo en Borne deden mee. De "
        "campagne ging over woonfraude en fraude. Of de campagne verschil maakte, is niet vast "
        "te stellen: een verschil was pas te zien geweest vanaf 3,0 keer zo vaak.",
    ),
    # a campaign that is to come is told as such
    (
        campaign(*TO_COME),
        "Vastgoed duurt van 15 juni tot en met 31 juli 2022. Zij is bedoeld voor Almelo en "
        "Borne. De campagne gaat over woonfraude en fraude. Deze campagne begint pas na de "
        "peildatum. Er is nog niets te zien.",
    ),
    (campaign(*UNCLEAR, settings=OF_ONE), "… Borne deed mee. …"),
    # a campaign without topics cannot be told from anything
    (campaign(*UNCOUNTED, settings=NO_TOPICS), "…Er zijn geen onderwerpen … vast te stellen."),
    (
        campaign(*MORE),
        "… 11,0 keer zo vaak … en 33,0 keer. … of doordat er minder meldingen …",
    ),
    (campaign(*LESS), "… 0,1 keer zo vaak … door de campagne …, of doordat er meer meldingen …"),
    (campaign(*ALIKE), "… In de campagnemaanden was er geen duidelijk verschil."),
    # without counts, or without months beside it
    (campaign(*UNCOUNTED), "… vast te stellen: daarvoor zijn er te weinig meldingen of andere …"),
)
def test_each_outcome_of_a_campaign_has_its_sentence(e, said):
    says(campaigns.sentences(e), said)


def test_the_counts_of_a_campaign_are_a_table_when_there_are_any():
    assert campaigns.counts_table(campaign(*MORE)).rows == [
        ["Vastgoed: onderwerpen van de campagne", "10", "30"],
        ["Vastgoed: andere onderwerpen", "30", "90"],
    ]
    assert isinstance(campaigns.counts_table(campaign(*UNCOUNTED)), Text)


# --- comparison ----------------------------------------------------------------------------------


FITS, FEW = "as_expected", "cannot_tell"


def compared(*rows, area="borne", whole=20, usual=0.33):
    """An evaluation in which these gemeenten are compared: slug, count and verdict.

    Each has a rate of a tenth of its count, and an interval from half of it to twice as much.
    """
    table = [
        {
            **{"area": slug, "size_class": "50_100" if slug == "almelo" else "20_50"},
            **{"count": n, "basis": 1, "expected": 20.0, "ratio": n / 20, "inhabitants": 25_000},
            **{"low": n / 40, "high": n / 10},
            **{"per_10k": n / 10, "per_10k_low": n / 20, "per_10k_high": n / 5},
            "verdict": verdict,
        }
        for slug, n, verdict in rows
    ]
    if len(rows) == 1:  # nothing to expect from
        table[0] |= dict.fromkeys(["expected", "ratio", "low", "high"])
    return evaluation(
        area=area,
        comparison=pd.DataFrame(table),
        overdispersion=frame("gemeenten usual", (9, usual)),
        per_period=per_period({"borne": {"whole": whole}}),
    )


@cases(
    "rows usual said",
    # who is named, and that the others are not
    (
        [("almelo", 80, "more"), ("borne", 20, FITS), ("losser", 19, FITS)],
        0.33,
        "3 gemeenten zijn te vergelijken. Almelo kreeg duidelijk meer meldingen dan bij de "
        "inwoners en de andere gemeenten past. In Borne kwamen 20 meldingen binnen; verwacht "
        "waren er ongeveer 20. Zo'n verschil is gewoon.",
    ),
    # one that is named itself
    (
        [("almelo", 21, FITS), ("borne", 1, "fewer")],
        0.33,
        "2 gemeenten … Borne kreeg duidelijk minder meldingen dan … In Borne kwam 1 melding "
        "binnen; verwacht waren er ongeveer 20. Dat is 0,1 keer zoveel: duidelijk minder dan past. "
        "Met 95% zekerheid … 0,0 en 0,1 keer.",
    ),
    # nobody is named, however far from what is expected
    (
        [(slug, n, FITS) for slug, n in zip(GEMEENTEN[:3], (20, 20, 90), strict=True)],
        0.33,
        "3 gemeenten zijn te vergelijken. Geen gemeente springt eruit: zij verschillen gewoonlijk "
        "ongeveer 33% van wat bij hen past. …",
    ),
    (
        [("borne", 20, FITS), ("losser", 20, FITS)],
        None,
        "2 gemeenten … te vergelijken. Geen gemeente springt eruit. …",
    ),
    # too few to say what is usual
    (
        [("borne", 20, FEW)],
        None,
        "1 gemeente is te vergelijken. Dat zijn er te weinig om te zeggen wat een gewoon "
        "verschil is. In Borne kwamen 20 meldingen binnen. Of dat gewoon is, is niet vast te …",
    ),
)
def test_a_comparison_names_nobody_but_who_is_more_or_fewer(rows, usual, said):
    says(comparison.sentence(compared(*rows, usual=usual)), said)


@cases(
    "whole reason",
    (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    (20, "Het is niet bekend sinds wanneer deze gemeente is aangesloten."),
)
def test_a_gemeente_that_is_not_compared_is_told_why(whole, reason):
    e = compared(("almelo", 20, FITS), whole=whole)

    says(comparison.sentence(e), f"… Borne staat er niet bij. {reason}")


def test_the_table_has_all_by_size_and_then_by_name_and_never_by_rate():
    rows = ("losser", 30, FITS), ("almelo", 40, "more"), ("borne", 20, FITS)
    e = compared(*rows, area=DISTRICT)
    *others, largest = comparison.peers_table(e).rows

    assert [row[0] for row in others] == ["Borne", "Losser"]
    numbers = ["25.000", "40", "20", "4,0 (2,0–8,0)"]
    assert largest == ["Almelo", *numbers, "duidelijk meer"]
    # beside one gemeente only those of its size
    assert [row[0] for row in comparison.peers_table(compared(*rows)).rows] == ["Borne", "Losser"]
