"""Kosten, campagnes en vergelijking: what may be said of amounts, effects and differences."""

import pandas as pd
import pytest

from mma_analysis.show import campaigns, comparison, costs, scenarios
from mma_analysis.show.blocks import Chart, Table, Text
from show_tables import (
    DISTRICT,
    GEMEENTEN,
    HIDDEN,
    MISSING,
    SETTINGS,
    agreeing,
    breakdown,
    evaluation,
    per_period,
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


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


EURO = ["per_year", "amount", "per_melding", "per_useful_low", "per_useful_high"]
EURO += ["per_1000_inhabitants_per_year"]


def amounts(**given: float | None) -> pd.DataFrame:
    """Each gemeente € 100, but for the amounts given; per melding only when it is given too."""
    rows = [
        (slug, 800.0, given.get(slug, 100.0), given.get(f"{slug}_each"))
        + (given.get(f"{slug}_useful"), given.get(f"{slug}_useful_most"), 32.0)
        for slug in GEMEENTEN
    ]
    table = pd.DataFrame(rows, columns=["area", *EURO])
    return table.astype(dict.fromkeys(EURO, "Float64"))


def in_all(
    per_melding: float | None = 10.0, gemeenten: int = 14, useful: tuple = (None, None)
) -> pd.DataFrame:
    """What a melding costs in the district, over so many gemeenten."""
    row = (1400.0, gemeenten, per_melding, *useful)
    columns = ["amount", "counted_gemeenten", "per_melding", "per_useful_low", "per_useful_high"]
    return pd.DataFrame([row], columns=columns).astype({"per_melding": "Float64"})


@pytest.fixture
def paid(tmp_path):
    """Make an evaluation with these amounts, of 140 tips in the district."""

    def make(table, *, area=DISTRICT, settings=SETTINGS + TARIFFS + PHASES, counts=None, **tables):
        cells = {DISTRICT: {"whole": 140}, **(counts or {})}
        given = {"costs": table, "costs_of_district": in_all(), "per_period": per_period(cells)}
        given |= tables
        return evaluation(tmp_path, given, area=area, settings=settings)

    return make


# --- costs ---------------------------------------------------------------------------------------


def test_who_paid_is_in_the_past_and_who_will_pay_is_not(paid):
    assert told(costs.phases_sentence(paid(amounts()))) == (
        "Van 1 juli 2021 tot en met 30 juni 2023 betaalde het Platform IVZ. Vanaf 1 juli 2023 "
        "betaalt elke gemeente zelf."
    )


def test_the_district_tells_the_sum_the_mean_and_a_year(paid):
    # 14 gemeenten of € 100 are € 1.400, over 140 tips € 10 each; 14 × € 800 is a year
    assert plain(told(costs.district_sentence(paid(amounts())))) == (
        "De aansluiting van 14 gemeenten kostte in deze periode samen € 1.400, gerekend over de "
        "tijd dat zij waren aangesloten. Dat is gemiddeld € 10 per melding. Een heel jaar kost "
        "voor 14 gemeenten samen € 11.200, als tarieven en aantallen inwoners gelijk blijven."
    )


def test_without_a_mean_none_is_told(paid):
    e = paid(amounts(), costs_of_district=in_all(None))

    assert costs.per_melding(e) is None
    assert "per melding" not in told(costs.district_sentence(e))


def test_a_mean_without_all_gemeenten_says_over_how_many(paid):
    e = paid(amounts(), costs_of_district=in_all(10.0, gemeenten=13))

    assert "gemiddeld € 10 per melding, over 13 gemeenten die leverden." in plain(
        told(costs.district_sentence(e))
    )


@pytest.mark.parametrize(
    ("useful", "expected"),
    [
        ((38.2, 75.0), "Per bruikbare melding is dat € 38 tot € 75: van een deel van de meldingen"),
        ((38.2, 38.4), "Per bruikbare melding is dat € 38. Een heel jaar"),
    ],
)
def test_what_is_not_known_to_be_useful_makes_the_price_a_range(paid, useful, expected):
    e = paid(amounts(), costs_of_district=in_all(useful=useful))

    assert expected in plain(told(costs.district_sentence(e)))


def paid_amounts(*rows: tuple[str, str, str, str, float | None]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["begin", "end", "payer", "area", "amount"])
    return table.astype({"begin": "datetime64[us]", "end": "datetime64[us]", "amount": "Float64"})


def test_each_phase_has_its_amount_for_all_or_for_the_gemeente(paid):
    evaluated = ("2021-07-01", "2023-06-30", "het Platform IVZ")
    table = paid_amounts(
        *((*evaluated, "almelo", 100.0), (*evaluated, "borne", 50.0), (*evaluated, "losser", None)),
        ("2023-07-01", "2023-12-31", "gemeente", "borne", 9.0),
    )

    in_all_of_it = paid(amounts(), costs_per_phase=table)
    of_borne = paid(amounts(), area="borne", costs_per_phase=table)

    assert plain(told(costs.phases_sentence(in_all_of_it))) == (
        "Van 1 juli 2021 tot en met 30 juni 2023 betaalde het Platform IVZ. Volgens "
        "de opgegeven tarieven is dat in deze evaluatie samen € 150"
        ", over 2 van de 3 gemeenten. Vanaf 1 juli 2023 betaalt elke gemeente zelf. Volgens de "
        "opgegeven tarieven is dat in deze evaluatie samen € 9."
    )
    assert "in deze evaluatie voor Borne samen € 50. Vanaf" in plain(
        told(costs.phases_sentence(of_borne))
    )


def test_when_one_paid_for_everything_the_amount_is_told_once_below(paid):
    table = paid_amounts(("2021-07-01", "2023-06-30", "het Platform IVZ", "borne", 50.0))

    assert told(costs.phases_sentence(paid(amounts(), costs_per_phase=table))) == (
        "Van 1 juli 2021 tot en met 30 juni 2023 betaalde het Platform IVZ. Vanaf 1 juli 2023 "
        "betaalt elke gemeente zelf."
    )


def test_a_phase_that_began_before_the_evaluation_counts_from_its_begin(paid):
    early = PHASES.replace("begin = 2021-07-01", "begin = 2020-01-01")
    table = paid_amounts(
        ("2021-07-01", "2023-06-30", "het Platform IVZ", "borne", 50.0),
        ("2023-07-01", "2023-12-31", "gemeente", "borne", 9.0),
    )
    e = paid(amounts(), settings=SETTINGS + TARIFFS + early, costs_per_phase=table)

    assert (
        "betaalde het Platform IVZ. Volgens de opgegeven tarieven is dat in deze evaluatie samen "
        "€ 50."
    ) in plain(told(costs.phases_sentence(e)))


def test_who_paid_what_no_phase_covers_is_not_named(paid):
    table = paid_amounts(("2021-07-01", "2021-12-31", "", "borne", 50.0))

    assert told(costs.phases_sentence(paid(amounts(), costs_per_phase=table))).endswith(
        "Wie betaalde van 1 juli tot en met 31 december 2021, is niet opgegeven."
    )


def test_an_amount_for_a_hidden_count_is_hidden_and_for_no_meldingen_is_not(paid):
    chart = costs.per_gemeente_chart(
        paid(
            amounts(almelo_each=5.0, almelo_useful=8.0, almelo_useful_most=20.0, hengelo=None),
            counts={
                "almelo": {"whole": 20},
                "borne": {"whole": 0},
                "losser": {"whole": MISSING},
                "enschede": {"whole": HIDDEN},
            },
        )
    )

    assert isinstance(chart, Chart)
    by_name = {row[0]: [plain(cell) for cell in row[1:]] for row in chart.table.rows}
    assert by_name["Almelo"] == ["€ 800", "€ 32", "€ 100", "€ 5", "€ 8 tot € 20"]
    assert by_name["Borne"][-3:] == ["€ 100", "geen meldingen", "niet bekend"]
    assert by_name["Losser"][3] == "–"
    assert by_name["Enschede"][3] == "·"
    assert by_name["Hengelo"][2] == "–"
    assert "Enschede: niet getoond." in chart.alt
    assert "Borne: geen meldingen." in chart.alt
    assert chart.title == "Wat een melding in elke gemeente kost"


def test_what_a_melding_costs_is_a_range_when_gemeenten_differ(paid):
    e = paid(
        amounts(almelo_each=5.0, borne_each=12.4),
        counts={"almelo": {"whole": 20}, "borne": {"whole": 8}},
    )
    chart = costs.per_gemeente_chart(e)

    assert isinstance(chart, Chart)
    assert plain(chart.title) == "Wat een melding kost, verschilt per gemeente: van € 5 tot € 12"
    assert chart.figure.data[0].x[:2] == (5.0, 12.4)


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [(0, "De kosten zijn te wegen"), (9, "Dat is pas te wegen als van meer meldingen")],
)
def test_costs_are_weighed_against_results_when_those_are_known(paid, unknown, expected):
    result = breakdown("result", {"onbekend": unknown, "bevestigd": 9}, 18, area=DISTRICT)
    e = paid(amounts(), per_follow_up=result)

    assert expected in told(costs.meaning(e))


def test_a_gemeente_tells_its_tariff_amount_and_mean_as_far_as_known(paid):
    useful = {"borne_useful": 15.0, "borne_useful_most": 25.0}
    known = paid(amounts(borne_each=12.4, **useful), area="borne")

    assert plain(told(costs.gemeente_sentence(known))) == (
        "Borne valt onder het tarief van € 800 per jaar. Over de aangesloten tijd in deze "
        "evaluatie is dat € 100. Dat is gemiddeld € 12 per melding. Per bruikbare melding is dat "
        "€ 15 tot € 25."
    )


def test_a_gemeente_without_amount_tells_only_its_tariff(paid):
    e = paid(amounts(borne=None), area="borne")

    assert plain(told(costs.gemeente_sentence(e))) == (
        "Borne valt onder het tarief van € 800 per jaar."
    )


def test_the_tariffs_have_a_column_for_each_price_that_is_asked(paid):
    more = TARIFFS.replace("per_jaar = 800.0", "per_jaar = 800.0\nper_melding = 2.5")
    plain_table = costs.tariff_table(paid(amounts()))
    full_table = costs.tariff_table(paid(amounts(), settings=SETTINGS + more))

    assert isinstance(plain_table, Table)
    assert isinstance(full_table, Table)
    assert plain_table.head == ["Inwoners", "Per jaar"]
    assert [row[0] for row in plain_table.rows] == ["vanaf 30.000", "minder dan 30.000"]
    assert full_table.head == ["Inwoners", "Per jaar", "Per melding"]
    assert plain(full_table.rows[1][2]) == "€ 2,50"


def test_without_tariffs_every_part_says_that_costs_are_not_known(tmp_path):
    e = evaluation(tmp_path)

    for show in (
        costs.phases_sentence,
        costs.tariff_table,
        costs.district_sentence,
        costs.per_gemeente_chart,
        scenarios.table,
        costs.gemeente_sentence,
        costs.worth_sentence,
    ):
        assert isinstance(show(e), Text), show
    assert told(costs.sure(e)) == "Zonder tarieven is over de kosten niets te zeggen."


def test_whether_it_is_worth_the_money_is_what_gemeenten_say(paid):
    e = paid(amounts(), survey_answers=agreeing("waard_wat_het_kost", "Weegt op", 0, 1, 1, 9, 1))

    assert told(costs.worth_sentence(e)) == ("10 van de 12 gemeenten zijn het eens met ‘Weegt op’.")


# --- next year -----------------------------------------------------------------------------------

SCENARIO = ["scenario", "chosen_by", "receipts", "whole_year"]
SCENARIO += ["meldingen_low", "meldingen_high", "tariff_low", "tariff_high"]
SCENARIO += ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]


def note_of(block) -> str:
    assert isinstance(block, Table)
    return block.note


def test_a_scenario_tells_what_is_assumed_and_a_range(paid):
    rows = [
        ("trend", "trend", 421, 421, -0.13, 0.28, 0, 0, 15100, 15100, 28.02, 41.2),
        ("Hoger tarief", "het DVO", 421, 421, 0, 0, 0.05, 0.05, 15800, 15900, 37.6, 37.9),
        ("Minder", "", 421, 421, -0.1, -0.1, 0, 0, 15100, 15100, 39.9, 39.9),
    ]
    e = paid(amounts(), cost_scenarios=pd.DataFrame(rows, columns=SCENARIO))

    table = scenarios.table(e)

    assert isinstance(table, Table)
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        [scenarios.AS_NOW, scenarios.FROM_TREND]
        + ["−13% tot +28%", "gelijk", "€ 15.100", "€ 28 tot € 41"],
        ["Hoger tarief", "het DVO", "gelijk", "+5%", "€ 15.800 tot € 15.900", "€ 38"],
        ["Minder", "niet opgegeven", "−10%", "gelijk", "€ 15.100", "€ 40"],
    ]
    assert "bij de 421 ontvangen meldingen van het laatste volledige jaar" in table.note
    assert "geen voorspelling" in table.note


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("no_change", "van de trend: die laat geen duidelijke verandering zien, dus minder en"),
        ("more", "De eerste regel is het 95%-interval van de trend. Dit is geen voorspelling."),
    ],
)
def test_the_range_of_a_trend_that_is_not_clear_is_no_change_that_goes_on(paid, verdict, expected):
    rows = [("trend", "trend", 421, 421, -0.13, 0.28, 0, 0, 15100, 15100, 28.02, 41.2)]
    columns = ["change", "low", "high", "dispersion", "variance", "verdict"]
    trend = pd.DataFrame([(0.06, -0.13, 0.28, 1.0, "poisson", verdict)], columns=columns)
    e = paid(amounts(), cost_scenarios=pd.DataFrame(rows, columns=SCENARIO), trend=trend)

    assert expected in note_of(scenarios.table(e))


@pytest.mark.parametrize(
    ("whole_year", "expected"),
    [
        (443, "Het jaar begint bij 443 ontvangen meldingen. Dat zijn de 421 ontvangen meldingen"),
        (None, "In de 421 ontvangen meldingen van het laatste volledige jaar zit niet van elke"),
    ],
)
def test_meldingen_are_of_as_many_months_as_the_price(paid, whole_year, expected):
    rows = [("Niets", "", 421, whole_year, 0, 0, 0, 0, 15100, 15100, None, None)]
    e = paid(amounts(), cost_scenarios=pd.DataFrame(rows, columns=SCENARIO))

    assert expected in note_of(scenarios.table(e))


def test_a_scenario_without_meldingen_has_no_price_each(paid):
    rows = [("Niets", "", None, None, 0, 0, 0, 0, None, None, None, None)]
    e = paid(amounts(), cost_scenarios=pd.DataFrame(rows, columns=SCENARIO))

    table = scenarios.table(e)

    assert isinstance(table, Table)
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
EFFECT = ["campaign", "target_before", "target_after", "other_before", "other_after"]
EFFECT += ["ratio", "low", "high", "verdict"]
CONTROL = ["control_before", "control_after", "control_ratio", "control_low", "control_high"]
SERIES = ["months", "detectable", "ratio", "low", "high"]
SERIES += [f"{name}_{part}" for name in ("other", "control") for part in ("ratio", "low", "high")]


@pytest.fixture
def campaign(tmp_path):
    """Make an evaluation with one campaign, these counts and outcome, and what checks them."""

    def make(
        *row,
        settings=CAMPAIGN,
        detectable=None,
        control=(None,) * 5,
        verdict="none",
        series=None,
        compared="almelo, borne",
    ):
        table = pd.DataFrame(
            [("Vastgoed", *row, detectable, *control, verdict, compared)],
            columns=[*EFFECT, "detectable", *CONTROL, "control_verdict", "compared"],
        )
        numbers = dict.fromkeys([*EFFECT[1:-1], "detectable", *CONTROL], "Float64")
        checked = pd.DataFrame([series or (24, *[None] * 10)], columns=SERIES)
        checked = checked.assign(campaign="Vastgoed")
        tables = {"campaigns": table.astype(numbers), "campaign_series": checked}
        return evaluation(tmp_path, tables, settings=SETTINGS + settings)

    return make


def test_a_campaign_tells_when_who_and_about_what(campaign):
    assert told(campaigns.sentences(campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell"))) == (
        "Vastgoed duurde van 15 juni tot en met 31 juli 2022. Almelo en Borne deden mee. De "
        "campagne ging over woonfraude en fraude. Of de campagne verschil maakte, is niet vast te "
        "stellen: het kan ook toeval zijn."
    )


def test_a_campaign_that_is_to_come_is_told_as_such(campaign):
    e = campaign(None, None, None, None, None, None, None, "not_started")

    assert told(campaigns.sentences(e)) == (
        "Vastgoed duurt van 15 juni tot en met 31 juli 2022. Zij is bedoeld voor Almelo en Borne. "
        "De campagne gaat over woonfraude en fraude. Deze campagne begint pas na de peildatum. Er "
        "is nog niets te zien."
    )


def test_who_took_part_and_is_not_counted_is_named(campaign):
    e = campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell", compared="almelo")

    assert (
        "Almelo en Borne deden mee. De campagne ging over woonfraude en fraude. De telling van zes "
        "maanden ervoor en erna gaat alleen over Almelo: Borne was niet al die maanden aangesloten."
    ) in told(campaigns.sentences(e))


def test_the_size_of_an_effect_has_its_interval_and_is_no_proof(campaign):
    e = campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell", detectable=3.04)
    table, sure = campaigns.estimates_table(e), told(campaigns.sure(e))

    assert isinstance(table, Table)
    assert table.caption.startswith("Vastgoed: hoeveel keer zo groot")
    assert table.rows == [
        ["Zes maanden voor en na", "1,2", "0,5 – 2,6", "3,0 keer"],
    ]
    assert sure.startswith("Vastgoed: in de enige vergelijking is toeval niet uitgesloten.")
    assert "bewijst niet dat de campagne het deed" in sure


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ({}, "in de enige vergelijking is toeval uitgesloten."),
        (
            {"control": (12, 12, 1.05, 0.4, 2.9), "verdict": "cannot_tell"},
            "in één van de twee vergelijkingen is toeval uitgesloten.",
        ),
        (
            {"series": (22, 1.8, 1.9, 1.2, 3.0, *[None] * 6)},
            "in twee van de twee vergelijkingen is toeval uitgesloten.",
        ),
    ],
)
def test_in_how_many_comparisons_chance_is_ruled_out_is_counted(campaign, checks, expected):
    e = campaign(9, 30, 30, 9, 11.0, 4.0, 33.0, "more", **checks)

    assert f"Vastgoed: {expected}" in told(campaigns.sure(e))


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("more", "of het verschil terugkomt."), ("cannot_tell", "en ook niet dat zij niet werkt.")],
)
def test_a_campaign_means_no_more_than_was_seen(campaign, verdict, expected):
    assert expected in told(campaigns.meaning(campaign(9, 9, 9, 9, 1.0, 0.5, 2.0, verdict)))


@pytest.mark.parametrize(
    ("detectable", "expected"),
    [
        (3.04, "Bij deze aantallen hadden wij pas een verschil van 3,0 keer goed kunnen zien."),
        (float("inf"), "Bij deze aantallen hadden wij geen enkel verschil kunnen zien."),
    ],
)
def test_what_could_be_seen_is_told_before_what_was_seen(campaign, detectable, expected):
    e = campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell", detectable=detectable)

    assert f"{expected} Of de campagne verschil maakte, is niet vast te stellen" in told(
        campaigns.sentences(e)
    )


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        (
            {"control": (12, 12, 1.05, 0.4, 2.9), "verdict": "cannot_tell"},
            [["Hetzelfde, naast gemeenten die niet meededen", "1,1", "0,4 – 2,9", ""]],
        ),
        (
            {"series": (22, 1.8, 1.1, 0.6, 1.9, *[None] * 6)},
            [["Alle 22 maanden, los van trend en seizoen", "1,1", "0,6 – 1,9", "1,8 keer"]],
        ),
        (
            {"series": (22, 1.8, 1.1, 0.6, 1.9, 1.2, 0.7, 2.1, 1.3, 0.5, float("inf"))},
            [
                ["Alle 22 maanden, los van trend en seizoen", "1,1", "0,6 – 1,9", "1,8 keer"],
                ["Alle maanden, naast andere onderwerpen", "1,2", "0,7 – 2,1", ""],
                ["Alle maanden, naast gemeenten die niet meededen", "1,3", "vanaf 0,5", ""],
            ],
        ),
    ],
)
def test_the_checks_stand_below_the_size_of_the_effect(campaign, checks, expected):
    table = campaigns.estimates_table(
        campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell", **checks)
    )

    assert isinstance(table, Table)
    assert table.rows[1:] == expected


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ({}, "Er is geen gemeente die niet meedeed en al die maanden was aangesloten."),
        ({"verdict": "hidden"}, "Met gemeenten die niet meededen is het niet te vergelijken."),
        ({}, "Voor een controle met alle maanden zijn er te weinig maanden of meldingen."),
    ],
)
def test_a_check_that_could_not_be_made_is_told(campaign, checks, expected):
    e = campaign(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell", **checks)

    assert expected in told(campaigns.sure(e))


def test_the_control_is_a_row_of_the_table(campaign):
    e = campaign(
        *(38, 40, 25, 22, 1.2, 0.5, 2.6, "cannot_tell"),
        **{"control": (None, 12, None, None, None), "verdict": "hidden"},
    )
    table = campaigns.counts_table(e)

    assert isinstance(table, Table)
    assert table.rows[-1] == [
        "Onderwerpen van de campagne, in gemeenten die niet meededen",
        *("·", "12"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((9, 30, 30, 9, 11.0, 4.0, 33.0, "more"), "ging een groter deel van de meldingen"),
        ((30, 9, 9, 30, 0.1, 0.0, 0.3, "fewer"), "ging een kleiner deel van de meldingen"),
        ((None, 5, 5, 5, None, None, None, "hidden"), "een deel van de aantallen tonen wij niet."),
        ((None, None, None, None, None, None, None, "outside"), "vallen niet allemaal in de"),
        ((None, None, None, None, None, None, None, "not_started"), "Er is nog niets te zien."),
        ((0, 0, 0, 0, None, None, None, "cannot_tell"), "kwamen geen meldingen binnen"),
    ],
)
def test_each_outcome_of_a_campaign_has_its_sentence(campaign, row, expected):
    assert expected in told(campaigns.sentences(campaign(*row)))


def test_a_campaign_without_topics_cannot_be_told_from_anything(campaign):
    settings = CAMPAIGN.replace('topics = ["woonfraude", "fraude"]', "")
    e = campaign(None, None, None, None, None, None, None, "cannot_tell", settings=settings)

    assert told(campaigns.sentences(e)) == (
        "Vastgoed duurde van 15 juni tot en met 31 juli 2022. Almelo en Borne deden mee. Er zijn "
        "geen onderwerpen opgegeven. Wat de campagne deed, is niet vast te stellen."
    )


def test_an_effect_without_end_or_beginning_has_no_size(campaign):
    infinite = campaign(0, 9, 9, 9, float("inf"), 1.5, float("inf"), "more")
    unknown = campaign(0, 0, 9, 9, None, 0.0, float("inf"), "cannot_tell")

    for e in (infinite, unknown):
        assert told(campaigns.sure(e)) == "Er is geen campagne waarvan het effect te schatten is."


def test_hidden_counts_of_a_campaign_are_signs_in_the_table(campaign):
    table = campaigns.counts_table(campaign(None, 5, 5, 1200, None, None, None, "hidden"))

    assert isinstance(table, Table)
    assert [row[1:] for row in table.rows] == [["·", "5"], ["5", "1.200"]]


def test_campaigns_that_cannot_be_compared_have_no_table(campaign):
    nothing = (None,) * 7

    assert isinstance(campaigns.counts_table(campaign(*nothing, "not_started")), Text)
    assert isinstance(
        campaigns.counts_table(campaign(0, 0, 0, 0, *nothing[:3], "cannot_tell")), Text
    )


def test_without_campaigns_there_is_a_sentence(tmp_path):
    e = evaluation(tmp_path)

    assert told(campaigns.sentences(e)) == "Voor deze evaluatie zijn geen campagnes opgegeven."
    assert isinstance(campaigns.counts_table(e), Text)
    assert told(campaigns.sure(e)).startswith("Er is geen campagne")


# --- comparison ----------------------------------------------------------------------------------

CHANCE, USUAL, OUTER = ["chance_low", "chance_high"], ["low", "high"], ["lowest", "highest"]
LIMITS = pd.DataFrame(
    [(1.0, *[None, 5.0] * 3), (10.0, *[0.5, 1.8] * 3), (100.0, *[0.8, 1.2] * 3)],
    columns=["expected", *CHANCE, *USUAL, *OUTER],
).astype("float64")


@pytest.fixture
def compared(tmp_path):
    """Make an evaluation in which these gemeenten are compared: slug, count and verdict.

    Each has a rate of a tenth of its count; those that differ and `BEYOND` are beyond chance.
    """

    def make(*rows, area="borne", whole=20, phi=4.0, **tables):
        table = pd.DataFrame(
            [
                {
                    **{"area": slug, "size_class": "50_100" if slug == "almelo" else "20_50"},
                    **{"count": n, "expected": 20.0, "ratio": n / 20, "inhabitants": 25_000},
                    **{"per_10k": n / 10, "per_10k_low": n / 20, "per_10k_high": n / 5},
                    "per_10k_shrunken": n / 10 + 0.5,
                    "beyond_chance": verdict in (FAR, BEYOND),
                    "verdict": FITS if verdict == BEYOND else verdict,
                }
                for slug, n, verdict in rows
            ],
            columns=None if rows else ["area"],
        )
        given = {
            "comparison": table,
            "comparison_limits": LIMITS,
            "overdispersion": pd.DataFrame({"gemeenten": [9], "phi": [phi], "tau2": [0.01]}),
            "per_period": per_period({"borne": {"whole": whole}}),
            **tables,
        }
        return evaluation(tmp_path, given, area=area)

    return make


FITS, BEYOND, FAR, FEW = "as_expected", "beyond", "differs_clearly", "cannot_tell"


@pytest.mark.parametrize(
    ("rows", "sentence", "title"),
    [
        (
            [("almelo", 40, FAR), ("borne", 20, FITS), ("losser", 19, FITS)],
            "3 gemeenten zijn te vergelijken. Almelo kreeg meer meldingen dan verwacht, en "
            "dat verschil is groter dan gemeenten gewoonlijk verschillen. Ook zonder bijzondere "
            "oorzaak wijkt ongeveer één op de tien gemeenten zo ver af. In Borne kwamen 20 "
            "meldingen binnen; verwacht waren er ongeveer 20. Zo'n verschil is gewoon. Per "
            "10.000 inwoners zijn het er 2,0 per jaar. Bij 1 andere gemeente met 20.000 tot "
            "50.000 inwoners is dat 1,9.",
            "1 van de 3 gemeenten verschilt meer dan gemeenten gewoonlijk verschillen",
        ),
        (
            [("almelo", 21, BEYOND), ("borne", 1, FAR)],
            "2 gemeenten zijn te vergelijken. Borne kreeg minder meldingen dan verwacht, en dat "
            "verschil is groter dan gemeenten gewoonlijk verschillen. Ook zonder bijzondere "
            "oorzaak wijkt ongeveer één op de tien gemeenten zo ver af. Bij Almelo is het verschil "
            "groter dan door toeval alleen, maar niet groter dan gemeenten gewoonlijk verschillen. "
            "In Borne kwam 1 "
            "melding binnen; verwacht waren er ongeveer 20. Dat wijkt duidelijk af. "
            "Er is geen andere gemeente met 20.000 tot 50.000 inwoners om mee te vergelijken.",
            "1 van de 2 gemeenten verschilt meer dan gemeenten gewoonlijk verschillen",
        ),
        (
            [
                ("almelo", 20, FITS),
                ("borne", 20, FITS),
                ("losser", 10, FITS),
                ("wierden", 30, FITS),
            ],
            "4 gemeenten zijn te vergelijken. Geen daarvan verschilt meer dan gemeenten "
            "gewoonlijk verschillen. In Borne kwamen 20 meldingen binnen; verwacht waren er "
            "ongeveer 20. Zo'n verschil is gewoon. Per 10.000 inwoners zijn het er 2,0 per "
            "jaar. Bij 2 andere gemeenten met 20.000 tot 50.000 inwoners ligt dat tussen 1,0 en "
            "3,0.",
            "Geen van de 4 gemeenten verschilt meer dan gemeenten gewoonlijk verschillen",
        ),
        (
            [("almelo", 20, FEW)],
            "1 gemeente is te vergelijken. Dat zijn er te weinig om te zeggen wat een gewoon "
            "verschil is. Borne staat er niet bij. Het is niet bekend sinds wanneer deze gemeente "
            "is aangesloten.",
            "Werkelijk aantal naast wat past bij inwoners en aangesloten tijd",
        ),
    ],
)
def test_a_comparison_names_who_differs_more_than_usual(compared, rows, sentence, title):
    e = compared(*rows)

    assert told(comparison.sentence(e)) == sentence
    assert told(comparison.funnel_chart(e)) == title


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (HIDDEN, "Het aantal meldingen tonen wij niet."),
        (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
        (20, "Het is niet bekend sinds wanneer deze gemeente is aangesloten."),
    ],
)
def test_a_gemeente_that_is_not_compared_is_told_why(compared, whole, expected):
    e = compared(("almelo", 20, FITS), whole=whole)

    assert told(comparison.sentence(e)).endswith(f"Borne staat er niet bij. {expected}")


def test_the_figure_names_the_gemeente_and_who_is_beyond_chance(compared):
    chart = comparison.funnel_chart(
        compared(
            *[("losser", 19, FITS), ("almelo", 40, FAR)],
            *[("wierden", 9, BEYOND), ("borne", 20, FITS)],
        )
    )

    assert isinstance(chart, Chart)
    named = [note.text for note in chart.figure.layout.annotations]
    assert [name for name in named if "%" not in name] == [
        *("Almelo", "Borne", "Wierden"),
    ]
    assert "De ruit is Borne." in chart.caption
    assert "Almelo: 2,0 keer zoveel als verwacht, wijkt duidelijk af." in chart.alt


def test_on_the_page_of_the_district_who_differs_more_than_usual_is_marked(compared):
    chart = comparison.funnel_chart(
        compared(("losser", 19, FITS), ("almelo", 40, FAR), area=DISTRICT)
    )

    assert isinstance(chart, Chart)
    assert list(chart.figure.data[-1].marker.symbol) == ["diamond", "circle"]
    assert chart.caption.endswith(
        "die gemeente verschilt meer dan gemeenten gewoonlijk verschillen."
    )


def test_the_table_has_all_by_size_and_then_by_name_and_never_by_rate(compared):
    chart = comparison.funnel_chart(
        compared(("losser", 30, FITS), ("almelo", 40, FAR), ("borne", 20, FITS))
    )

    assert isinstance(chart, Chart)
    assert [row[0] for row in chart.table.rows] == ["Borne", "Losser", "Almelo"]
    assert chart.table.rows[-1] == [
        *("Almelo", "25.000", "40", "20", "4,0 (2,0–8,0)", "4,5"),
        "wijkt duidelijk af",
    ]


def test_the_lines_of_what_is_usual_are_explained_only_when_they_are_there(compared):
    few = comparison.funnel_chart(compared(("borne", 20, FEW)))
    many = comparison.funnel_chart(compared(("borne", 20, FITS)))

    assert isinstance(few, Chart)
    assert isinstance(many, Chart)
    assert "streepjeslijnen" not in few.caption
    assert "streepjeslijnen" in many.caption


@pytest.mark.parametrize(
    ("phi", "expected"),
    [
        (4.0, "Gemeenten lopen hier 2,0 keer zo ver uiteen als door toeval."),  # the root of phi
        (0.9, "Gemeenten verschillen hier niet meer dan door toeval."),
        (None, "is uit zo weinig gemeenten niet te zeggen."),
    ],
)
def test_how_far_gemeenten_usually_differ_is_told(compared, phi, expected):
    assert expected in told(comparison.sure(compared(("borne", 20, FITS), phi=phi)))


def test_without_counts_nothing_is_compared(compared):
    e = compared()

    assert told(comparison.sentence(e)).startswith("Gemeenten zijn niet te vergelijken")
    assert isinstance(comparison.funnel_chart(e), Text)


def test_more_meldingen_is_not_said_to_be_better_or_worse(compared):
    assert "is niet beter of slechter" in told(comparison.meaning(compared()))
    assert "rekening met inwoners" in told(comparison.sure(compared()))
