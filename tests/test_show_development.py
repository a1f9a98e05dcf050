"""Ontwikkeling: what is said of growth, and what is not when it cannot be known."""

import pandas as pd
import pytest

from mma_analysis.measure import growth as measured
from mma_analysis.show import development
from mma_analysis.show.blocks import Chart, Table, Text
from mma_analysis.show.development import gemeente
from show_tables import (
    DISTRICT,
    FIRST,
    HALVES,
    HIDDEN,
    LAST,
    MISSING,
    NOT_APPLICABLE,
    PERIODS,
    QUARTERS,
    SETTINGS,
    connection,
    evaluation,
    per_period,
    periods,
    received_twice,
    split,
    told,
    trend,
    year_on_year,
)


@pytest.fixture
def district(tmp_path):
    """Make an evaluation of the district with these counts per period and more tables."""

    def make(cells, **tables):
        given = {"per_period": per_period({DISTRICT: cells}), **tables}
        return evaluation(tmp_path, given, area=DISTRICT)

    return make


@pytest.fixture
def borne(tmp_path):
    """Make an evaluation of Borne with these counts per period and more tables."""

    def make(cells, rate=None, **tables):
        columns = ["per_month", "per_month_low", "per_month_high"]
        rates = dict(zip(columns, rate, strict=True)) if rate else {}
        return evaluation(tmp_path, {"per_period": per_period({"borne": cells}, **rates), **tables})

    return make


# --- the district --------------------------------------------------------------------------------


def test_the_district_tells_its_total_and_each_year(district):
    e = district({"whole": 586, FIRST: 177, LAST: 409})

    assert told(development.district_sentence(e)) == (
        "Per jaar kregen de gemeenten samen 177 meldingen (jul 2021 – jun 2022) en 409 meldingen "
        "(jul 2022 – jun 2023). Een melding die bij meer dan één gemeente binnenkwam, telt hier "
        "één keer."
    )


def test_one_year_is_not_told_twice(district):
    e = district({"whole": 1, FIRST: 1}, periods=periods([PERIODS[0], PERIODS[1]]))

    assert "Samen kregen de gemeenten in Twente 1 melding. Een" in told(
        development.district_sentence(e)
    )


def test_a_hidden_year_is_said_to_be_hidden(district):
    e = district({"whole": 586, LAST: 409})

    assert "een aantal meldingen dat wij niet tonen (jul 2021" in told(
        development.district_sentence(e)
    )


def test_gemeenten_without_a_delivery_are_named(district):
    table = connection()
    table.loc[table["area"].isin(["borne", "wierden"]), "has_delivered"] = False
    e = district({"whole": 10, FIRST: 5, LAST: 5}, connection=table)

    assert told(development.district_sentence(e)).endswith(
        "Dit gaat over 12 gemeenten: van Borne en Wierden is geen bestand ontvangen."
    )


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        (
            (100, 200, 50, 45, 5),
            "Bijna de hele groei komt doordat er gemeenten bij kwamen of langer waren aangesloten",
        ),
        (
            (100, 200, 80, 30, -10),
            "De hele groei komt doordat er gemeenten bij kwamen of langer waren aangesloten",
        ),
        ((100, 200, 0, 0, 100), "De groei komt uit dezelfde gemeenten"),
        ((100, 200, 0, -5, 105), "De groei komt uit dezelfde gemeenten"),
        ((200, 200, 10, 5, -15), "Het aantal meldingen groeide niet"),
        ((200, 100, 10, 5, -115), "Het aantal meldingen groeide niet"),
    ],
)
def test_the_title_of_the_growth_is_true_whatever_its_causes(district, counts, title):
    assert told(development.split_chart(district({}, **split(*counts)))) == title


def test_the_steps_of_the_growth_add_up_in_figure_table_and_words(district):
    chart = development.split_chart(district({}, **split(180, 421, 19.4, 208.6, 13.0)))

    assert isinstance(chart, Chart)
    assert [row[1] for row in chart.table.rows] == ["180", "+19", "+209", "+13", "421"]
    assert 180 + 19 + 209 + 13 == 421
    assert "Langer aangesloten: +209." in chart.alt


def test_a_loss_has_a_true_minus(district):
    chart = development.split_chart(district({}, **split(100, 90, 0, 0, -10)))

    assert isinstance(chart, Chart)
    assert chart.table.rows[3] == ["Minder per maand", "−10"]


def test_growth_without_two_years_or_with_hidden_counts_has_its_own_reason(district):
    hidden = told(development.split_chart(district({})))
    short = told(development.split_chart(district({}, periods=periods(PERIODS[:2]))))

    assert hidden.endswith("een deel van de aantallen die daarvoor nodig zijn, tonen wij niet.")
    assert short.endswith("daarvoor zijn twee volledige jaren nodig.")


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (
            (0.06, -0.10, 0.26, "no_change"),
            "6% meer meldingen binnen. Met 95% zekerheid ligt dat tussen 10% minder "
            "en 26% meer. Minder en meer zijn dus allebei mogelijk.",
        ),
        (
            (0.20, 0.05, 0.35, "more"),
            "20% meer meldingen binnen. Met 95% zekerheid ligt dat tussen 5% meer en 35% meer. "
            "Dat is een toename.",
        ),
        (
            (-0.20, -0.35, -0.05, "fewer"),
            "20% minder meldingen binnen. Met 95% zekerheid ligt dat tussen 35% minder "
            "en 5% minder. Dat is een afname.",
        ),
    ],
)
def test_the_change_within_gemeenten_has_its_interval_and_verdict(district, estimate, expected):
    assert expected in told(development.district_sure(district({}, **trend(*estimate))))


def test_without_a_trend_it_is_not_known_whether_it_changes(district):
    assert told(development.district_sure(district({}))).endswith("is niet vast te stellen.")


def test_without_a_trend_the_page_says_why(district):
    few = told(development.district_sure(district({})))
    undated = told(development.district_sure(district({}, connection=connection(losser=None))))

    assert few.startswith("Er zijn te weinig maanden of meldingen")
    assert undated.startswith("Van Losser weten wij niet sinds wanneer")


def test_growth_by_connection_says_who_takes_part_and_other_growth_does_not(district):
    connected = told(development.meaning(district({}, **split(100, 200, 50, 45, 5))))
    same = told(development.meaning(district({}, **split(100, 200, 5, 5, 90))))

    assert connected.endswith("De groei zegt vooral hoeveel gemeenten meedoen, en hoe lang al.")
    assert "De groei" not in same


@pytest.mark.parametrize(
    ("variance", "expected"),
    [
        ("poisson", "schommelen niet duidelijk meer dan door toeval."),
        ("quasi_poisson", "Daarom zijn deze grenzen ruimer."),
    ],
)
def test_the_test_of_overdispersion_is_told(district, variance, expected):
    assert expected in told(
        development.district_sure(district({}, **trend(0.06, -0.1, 0.3, "no_change", variance)))
    )


def test_an_estimate_that_could_not_be_made_is_no_trend(district):
    e = district({}, **trend(float("nan"), float("nan"), float("nan"), "cannot_tell"))

    assert told(development.district_sure(e)).endswith("is niet vast te stellen.")


MONTHS = ["2023-01", "2023-02", "2023-03"]


def expected_months(*ranges):
    """Ranges of the three months, of which the first ones are not known."""
    known = ranges or [(None, None)] * 3
    rows = [(DISTRICT, month, *limits) for month, limits in zip(MONTHS, known, strict=True)]
    return {"expected_months": pd.DataFrame(rows, columns=["area", "period", "low", "high"])}


def test_a_month_outside_its_range_is_marked_named_and_no_alarm(district):
    e = district(
        dict(zip(MONTHS, (5, 6, 20), strict=True)),
        **expected_months((None, None), (2, 9), (3, 11)),
    )

    chart = development.months_chart(e)

    assert isinstance(chart, Chart)
    assert list(chart.figure.data[0].marker.symbol) == ["circle", "circle", "diamond"]
    assert "Eén maand ligt daarbuiten (ruitje): maart 2023 (20)." in chart.caption
    assert "Het is informatie, geen alarm." in chart.caption
    assert [row[2] for row in chart.table.rows] == ["?", "2 – 9", "3 – 11"]
    assert [(shape.y0, shape.y1) for shape in chart.figure.layout.shapes] == [(2, 9), (3, 11)]


def test_when_no_month_lies_outside_nothing_is_named(district):
    cells = dict(zip(MONTHS, (5, 6, 11), strict=True))

    chart = development.months_chart(district(cells, **expected_months((1, 9), (2, 9), (3, 11))))

    assert isinstance(chart, Chart)
    assert chart.caption.endswith("Geen enkele maand ligt daarbuiten.")
    assert "alarm" not in chart.caption


def test_that_no_month_lies_outside_is_said_only_of_months_that_can_be_judged(district):
    cells = dict(zip(MONTHS, (50, 6, 11), strict=True))
    limits = ((None, None), (2, 9), (3, 11))

    chart = development.months_chart(district(cells, **expected_months(*limits)))

    assert isinstance(chart, Chart)
    assert chart.caption.endswith("Geen van de maanden met dit vlak ligt daarbuiten.")


def test_with_too_few_months_before_them_no_month_is_told_to_stand_out(district):
    chart = development.months_chart(district(dict(zip(MONTHS, (5, 6, 9), strict=True))))

    assert isinstance(chart, Chart)
    assert "Of een maand opvalt, is niet vast te stellen" in chart.caption


def test_the_running_mean_is_of_three_shown_months(district):
    shown = development.months_chart(district(dict(zip(MONTHS, (5, 6, 10), strict=True))))
    hidden = development.months_chart(district({MONTHS[0]: 5, MONTHS[2]: 10}))

    assert isinstance(shown, Chart)
    assert isinstance(hidden, Chart)
    assert list(shown.figure.data[1].y) == [None, 7, None]
    assert list(hidden.figure.data[1].y) == [None, None, None]


def test_only_hidden_months_are_said_to_be_without_a_dot(district):
    zero = development.months_chart(district(dict(zip(MONTHS, (5, 0, 10), strict=True))))
    hidden = development.months_chart(district({MONTHS[0]: 5, MONTHS[2]: 10}))

    assert isinstance(zero, Chart)
    assert isinstance(hidden, Chart)
    assert "zonder stip" not in zero.caption
    assert "zonder stip" in hidden.caption
    assert [row[1] for row in hidden.table.rows] == ["5", "·", "10"]


def test_the_highest_month_is_said_to_be_the_highest_that_is_shown(district):
    chart = development.months_chart(district({MONTHS[0]: 5, MONTHS[2]: 10}))

    assert isinstance(chart, Chart)
    assert "Het hoogste getoonde aantal is 10, in maart 2023." in chart.alt


def test_when_as_many_gemeenten_are_connected_the_months_say_so(district):
    chart = development.months_chart(district({}, **split(100, 200, 50, 45, 5)))

    assert told(chart) == "Het aantal aangesloten gemeenten bleef 14"


def test_a_campaign_in_the_months_has_a_band_with_its_name(tmp_path):
    campaign = """
    [[campagnes]]
    naam = "Vuurwerk <3"
    begin = 2023-02-10
    eind = 2023-04-01
    """
    e = evaluation(tmp_path, area=DISTRICT, settings=SETTINGS + campaign)

    chart = development.months_chart(e)

    assert isinstance(chart, Chart)
    assert "Een groen vlak is de tijd van een campagne." in chart.caption
    assert "Vuurwerk &lt;3" in [note.text for note in chart.figure.layout.annotations]


# --- the map -------------------------------------------------------------------------------------


def totals(**counts):
    shown = {slug.replace("_", "-"): {"whole": count} for slug, count in counts.items()}
    return {"per_period": per_period(shown)}


SIX = {"almelo": 50, "hengelo": 60, "enschede": 90, "borne": 9, "losser": 8, "wierden": 7}


def test_the_map_names_the_highest_of_what_is_shown(tmp_path):
    assert told(development.tile_map(evaluation(tmp_path, totals(**SIX)))) == (
        "Van de getoonde aantallen zijn die van Enschede, Hengelo en Almelo het hoogst"
    )


def test_the_map_claims_the_most_meldingen_only_when_all_are_shown(tmp_path):
    others = dict.fromkeys(
        ["dinkelland", "haaksbergen", "hellendoorn", "hof_van_twente", "oldenzaal"], 5
    ) | dict.fromkeys(["rijssen_holten", "tubbergen", "twenterand"], 6)

    assert told(development.tile_map(evaluation(tmp_path, totals(**SIX, **others)))) == (
        "Enschede, Hengelo en Almelo ontvingen de meeste meldingen"
    )


@pytest.mark.parametrize("counts", [{**SIX, "borne": 50}, {"almelo": 50}])
def test_with_a_tie_or_too_few_counts_the_map_names_nobody(tmp_path, counts):
    chart = development.tile_map(evaluation(tmp_path, totals(**counts)))

    assert told(chart) == "Meldingen per gemeente"


def test_the_map_shows_in_its_table_what_stands_in_its_tiles(tmp_path):
    cells = dict(zip(HALVES, (NOT_APPLICABLE, 0, HIDDEN, 7), strict=True)) | {"whole": 12}
    chart = development.tile_map(
        evaluation(
            tmp_path,
            {"per_period": per_period({"borne": cells, "losser": {h: MISSING for h in HALVES}})},
        )
    )

    assert isinstance(chart, Chart)
    assert chart.table.head[-1] == "Samen"
    assert ["Borne", "n.v.t.", "0", "·", "7", "12"] in chart.table.rows
    assert ["Losser", "–", "–", "–", "–", "·"] in chart.table.rows
    assert "Een streepje (–): geen gegevens ontvangen." in chart.caption


# --- a gemeente ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (9, "Tot en met 30 juni 2023 kreeg Borne 9 meldingen."),
        (1, "Tot en met 30 juni 2023 kreeg Borne 1 melding."),
        (0, "Tot en met 30 juni 2023 kreeg Borne geen meldingen."),
        (HIDDEN, "Hoeveel het er zijn, tonen wij niet. Zo blijven melders onherkenbaar."),
        (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    ],
)
def test_a_gemeente_tells_since_when_and_how_many(borne, whole, expected):
    e = borne({"whole": whole}, connection=connection(borne="2022-02-01"))

    assert told(development.gemeente_sentence(e)) == (
        f"Borne ontvangt sinds 1 februari 2022 meldingen rechtstreeks. {expected}"
    )


def test_a_gemeente_that_was_connected_before_the_evaluation_names_the_period(borne):
    e = borne({"whole": 9}, connection=connection(borne="2020-02-01"))

    assert "Van juli 2021 tot en met juni 2023 kreeg Borne 9 meldingen." in told(
        development.gemeente_sentence(e)
    )


def test_a_gemeente_of_which_the_connection_is_unknown_says_so(borne):
    e = borne({"whole": 9}, connection=connection(borne=None))

    assert told(development.gemeente_sentence(e)).startswith("Het is niet bekend sinds wanneer")


def test_a_gemeente_that_joins_later_says_from_when(borne):
    e = borne({"whole": NOT_APPLICABLE}, connection=connection(borne="2023-09-01"))

    assert told(development.gemeente_sentence(e)) == (
        "Borne ontvangt vanaf 1 september 2023 meldingen rechtstreeks. Borne was op de peildatum "
        "nog niet aangesloten."
    )


def test_a_rate_per_month_is_told_with_its_limits(borne):
    e = borne({"whole": 9}, rate=(0.5, 0.2, 0.9))

    assert told(development.gemeente_sentence(e)).endswith("Dat is gemiddeld 0,5 per maand.")
    assert "ligt het gemiddelde per maand tussen 0,2 en 0,9." in told(development.gemeente_sure(e))


def test_a_rate_per_inhabitant_stands_beside_what_all_gemeenten_received(tmp_path):
    table = per_period(
        {"borne": {"whole": 9}}, per_month=0.5, per_month_low=0.2, per_month_high=0.9
    )
    # The district's own rate is of tips, each counted once: no gemeente is laid beside it.
    for area, rate in (("borne", 4.04), (DISTRICT, 6.5)):
        rates = [rate, rate - 1, rate + 2]
        table.loc[table["area"] == area, ["per_10000", "per_10000_low", "per_10000_high"]] = rates
    twice = received_twice(20, 18, 6.9)
    e = evaluation(tmp_path, {"per_period": table, "received_twice": twice})

    assert told(development.gemeente_sentence(e)).endswith(
        "Per 10.000 inwoners (op 30 juni 2022) zijn het er in een jaar 4,0, voor alle gemeenten in "
        "Twente samen 6,9. Met 95% zekerheid ligt dat voor Borne tussen 3,0 en 6,0."
    )


def test_a_rate_per_inhabitant_stands_alone_when_what_all_received_is_not_shown(tmp_path):
    table = per_period(
        {"borne": {"whole": 9}}, per_month=0.5, per_month_low=0.2, per_month_high=0.9
    )
    rates = ["per_10000", "per_10000_low", "per_10000_high"]
    table.loc[table["area"].isin(["borne", DISTRICT]), rates] = [4.04, 3.0, 6.0]

    assert "zijn het er in een jaar 4,0. Met 95% zekerheid" in told(
        development.gemeente_sentence(evaluation(tmp_path, {"per_period": table}))
    )


def causes(count_from, count_to, new, months, same):
    columns = [
        "area",
        "period_from",
        "period_to",
        "count_from",
        "count_to",
        "new",
        "months",
        "same",
    ]
    row = ("borne", FIRST, LAST, count_from, count_to, new, months, same)
    return {"growth_per_gemeente": pd.DataFrame([row], columns=columns)}


def split_of(growth: float) -> pd.DataFrame:
    columns = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same"]
    row = (FIRST, LAST, 100.0, 100.0 + growth, growth, 0.0, 0.0)
    return pd.DataFrame([row], columns=columns)


def grown(of: dict[str, float], because: float = 1.0) -> pd.DataFrame:
    """Each gemeente with its growth, and the part of it that comes from longer connection."""
    columns = ["area", "period_from", "period_to", "count_from", "count_to", "new", "months"]
    rows = [(a, FIRST, LAST, 50.0, 50 + by, 0.0, because * by) for a, by in of.items()]
    return pd.DataFrame(rows, columns=columns)


NAN = float("nan")
LONGER = " Dat komt vooral doordat die gemeente nieuw of langer was aangesloten."
NOBODY = " Of er per aangesloten maand meer of minder meldingen kwamen, is van geen enkele"
SPREAD = dict.fromkeys(["borne", "almelo", "losser", "wierden", "hengelo"], 20.0)


@pytest.mark.parametrize(
    ("growth", "of", "because", "expected"),
    [
        # 60 of 100 is more than half
        (
            100,
            {"borne": 20.0, "enschede": 60.0, "wierden": NAN},
            1.0,
            f"Meer dan de helft van de groei (+60 van +100) zit in Enschede.{LONGER}{NOBODY}",
        ),
        (
            100,
            {"enschede": 60.0, "borne": 40.0},
            0.0,
            f"Meer dan de helft van de groei (+60 van +100) zit in Enschede.{NOBODY}",
        ),
        (
            100,
            {"enschede": 40.0, "borne": 30.0, "losser": 10.0},
            1.0,
            "Meer dan de helft van de groei (+70 van +100) zit in Borne en Enschede samen. Dat "
            f"komt vooral doordat zij nieuw of langer waren aangesloten.{NOBODY}",
        ),
        (
            20,
            {"enschede": 60.0, "borne": -40.0},
            0.0,
            "De groei zit in Enschede (+60): in de andere gemeenten samen kwamen er minder "
            f"meldingen.{NOBODY}",
        ),
        (
            100,
            {"enschede": 40.0, "borne": NAN},
            1.0,
            "In welke gemeenten de meeste groei zit, is niet te zeggen: een deel van de aantallen "
            f"is er niet of tonen wij niet.{NOBODY}",
        ),
        # of five with 20 of the 100 each it takes three to be more than half
        (
            100,
            SPREAD,
            0.0,
            "Meer dan de helft van de groei (+60 van +100) zit in Almelo, Borne en Hengelo samen."
            + NOBODY,
        ),
        (
            120,
            {**SPREAD, "enschede": 20.0},
            0.0,
            f"De groei is verspreid over veel gemeenten.{NOBODY}",
        ),
        (-10, {"enschede": -10.0}, 0.0, NOBODY.strip()),
        (0, {"enschede": 0.0}, 0.0, NOBODY.strip()),
    ],
)
def test_where_the_growth_is_names_few_gemeenten_and_puts_none_in_order(
    district, growth, of, because, expected
):
    tables = {"growth_split": split_of(growth), "growth_per_gemeente": grown(of, because)}

    assert told(development.where_sentence(district({"whole": 500}, **tables))).startswith(expected)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (
            {"borne": "more", "almelo": "fewer", "losser": "no_change"},
            "Per aangesloten maand is er een toename in Borne en een afname in Almelo. In 1 "
            "gemeente is er geen duidelijke verandering. Van 11 andere gemeenten is het niet vast "
            "te stellen.",
        ),
        (
            {"borne": "no_change", "losser": "no_change", "almelo": "cannot_tell"},
            "In 2 gemeenten kwamen er per aangesloten maand niet duidelijk meer of minder "
            "meldingen dan een jaar eerder. Van 12 andere gemeenten is het niet vast te stellen.",
        ),
        (
            {"wierden": "more", "borne": "more"},
            "Per aangesloten maand is er een toename in Borne en Wierden. Van 12 andere gemeenten "
            "is het niet vast te stellen.",
        ),
    ],
)
def test_where_there_is_more_per_month_is_said_of_what_is_clear(district, verdicts, expected):
    table = pd.DataFrame({"area": list(verdicts), "verdict": list(verdicts.values())})

    assert (
        told(development.where_sentence(district({"whole": 500}, year_on_year=table))) == expected
    )


def test_the_change_of_a_gemeente_has_its_causes_in_whole_meldingen(borne):
    change = year_on_year(1.8, 1.1, 3.0, "more")
    e = borne({"whole": 90}, **causes(20, 50, 0.0, 17.6, 12.4), **change)

    assert told(development.gemeente_sentence(e)).endswith(
        "In jul 2022 – jun 2023 waren het er 30 meer dan in jul 2021 – jun 2022. Doordat de "
        "gemeente langer was aangesloten +18, en door meer meldingen per maand +12."
    )


def test_without_a_comparison_the_causes_have_no_numbers(borne):
    e = borne({"whole": 90}, **causes(20, 50, 0.0, 17.6, 12.4))

    assert told(development.gemeente_sentence(e)).endswith(
        "In jul 2022 – jun 2023 waren het er 30 meer dan in jul 2021 – jun 2022. De gemeente was "
        "toen langer aangesloten."
    )


@pytest.mark.parametrize(
    "numbers", [(20, 50, 0, 0, 30), (0, 50, 50, 0, 0), (None, 50, None, None, None)]
)
def test_a_change_with_one_cause_or_none_that_is_known_is_not_split(borne, numbers):
    assert "langer was aangesloten" not in told(
        development.gemeente_sentence(borne({"whole": 90}, **causes(*numbers)))
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            (1.8, 1.1, 3.0, "no_change"),
            "tussen 1,1 en 3,0 keer. Maar wij vergelijken veel gemeenten",
        ),
        (
            (1.3, 0.8, 2.1, "no_change"),
            "1,3 keer zoveel meldingen binnen als in het jaar ervoor. "
            "Met 95% zekerheid ligt dat tussen 0,8 en 2,1 keer.",
        ),
        (
            (1.04, 0.7, 1.5, "no_change"),
            "Per aangesloten maand kwamen er in het laatste jaar ongeveer evenveel meldingen "
            "binnen als in het jaar ervoor.",
        ),
        (
            (float("inf"), 1.2, float("inf"), "more"),
            "In het eerste jaar kwam er geen enkele "
            "melding binnen, in het laatste jaar wel. Met 95% zekerheid ligt dat op minstens 1,2 "
            "keer. Dat is een toename.",
        ),
    ],
)
def test_two_years_are_compared_with_their_interval(borne, change, expected):
    assert expected in told(development.gemeente_sure(borne({}, **year_on_year(*change))))


def test_what_two_years_need_is_what_measure_asks():
    assert gemeente.FEWEST_MONTHS == measured.FEWEST_MONTHS
    assert gemeente.FEWEST_MELDINGEN == measured.FEWEST_MELDINGEN


def test_why_two_years_cannot_be_compared_is_told(tmp_path):
    def reason(name, cells, months=12.0, **tables):
        given = {"per_period": per_period({"borne": cells}, connected_months=months), **tables}
        return " ".join(gemeente.no_change(evaluation(tmp_path / name, given)))

    shown = {"whole": 9, FIRST: 5, LAST: 4}

    assert "twee volledige jaren" in reason("a", shown, periods=periods(PERIODS[:2]))
    assert "geen bestand" in reason("b", {"whole": MISSING})
    assert "bekend zijn sinds wanneer" in reason("c", shown, months=None)
    assert reason("d", shown, months=1.7).startswith(
        "Of het aantal verandert, is niet vast te stellen. Borne was 1,5 maanden aangesloten in "
        "jul 2021 – jun 2022. Nodig zijn minstens zes maanden"
    )
    assert "nog niet aangesloten in jul 2021 – jun 2022" in reason("e", shown, months=0.0)
    assert "was nog geen maand aangesloten in jul" in reason("h", shown, months=0.6)
    # January to June is 181 days, 5.95 mean months: that is six, and not the reason.
    assert "minstens tien meldingen" in reason("i", shown, months=181 / 30.4375)
    assert reason("f", {"whole": 12, FIRST: 5, LAST: HIDDEN}) == (
        "Of het aantal verandert, tonen wij niet. Daarvoor moeten de aantallen van beide jaren "
        "getoond worden."
    )
    assert "minstens tien meldingen" in reason("g", shown)


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ((NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, 3), "3 meldingen in jan – jun 2023"),
        ((5, 1, HIDDEN, HIDDEN), "1 melding in jan – jun 2022, 5 in het halfjaar ervoor"),
        ((6, HIDDEN, HIDDEN, HIDDEN), "6 meldingen in jul – dec 2021"),
        ((HIDDEN, HIDDEN, HIDDEN, 0), "Geen meldingen in jan – jun 2023"),
    ],
)
def test_the_title_of_half_years_is_about_the_last_one_that_is_shown(borne, cells, title):
    of = dict(zip(HALVES, cells, strict=True))
    where = "" if "ervoor" in title else " in Borne"

    assert told(development.halves_chart(borne({"whole": 90, **of}))) == title + where


def test_half_years_are_a_figure_when_anything_is_shown(borne):
    cells = dict(zip(HALVES, (NOT_APPLICABLE, HIDDEN, 1, 87), strict=True))
    chart = development.halves_chart(borne({"whole": 90, **cells}))

    assert isinstance(chart, Chart)
    assert chart.title == "87 meldingen in jan – jun 2023, 1 in het halfjaar ervoor"
    assert [row[1] for row in chart.table.rows] == ["n.v.t.", "·", "1", "87"]
    assert "jan – jun 2022: niet getoond." in chart.alt


def test_half_years_that_are_not_shown_are_a_sentence(tmp_path):
    with_total = evaluation(tmp_path / "a", {"per_period": per_period({"borne": {"whole": 9}})})
    without = evaluation(tmp_path / "b")

    assert isinstance(development.halves_chart(with_total), Text)
    assert told(development.halves_chart(with_total)).startswith("De aantallen per halfjaar")
    assert told(development.halves_chart(without)).startswith("Daarom staat hier geen figuur")


# --- the national series -------------------------------------------------------------------------


def test_the_national_change_is_more_or_fewer_than_the_year_before(tmp_path):
    assert told(development.national_sentence(evaluation(tmp_path))).startswith(
        "Landelijk gaf M. 24,5% minder meldingen door in 2022 dan in 2021. Dat gaat"
    )


def national_comparison(change, low, high, verdict):
    columns = ["year_from", "year_to", "change", "low", "high", "verdict", "national_change"]
    row = (2021, 2022, change, low, high, verdict, 18857 / 24986 - 1)
    return {"national_comparison": pd.DataFrame([row], columns=columns)}


def test_the_district_stands_beside_the_country_over_the_same_calendar_years(tmp_path):
    e = evaluation(tmp_path, national_comparison(-0.12, -0.30, 0.10, "no_change"))

    assert told(development.national_sentence(e)).endswith(
        "Van 2021 op 2022: Twente −12%, Nederland −24,5%. Voor Twente is dat binnen de gemeenten "
        "die in beide jaren waren aangesloten; met 95% zekerheid ligt het tussen 30% minder en 10% "
        "meer. Minder en meer zijn dus allebei mogelijk. Daarom zeggen wij: geen duidelijke "
        "verandering."
    )


def test_where_the_district_cannot_be_told_only_the_country_is(tmp_path):
    nan = float("nan")
    e = evaluation(tmp_path, national_comparison(nan, nan, nan, "cannot_tell"))

    assert told(development.national_sentence(e)).endswith(
        "Van 2021 op 2022: Nederland −24,5%; voor Twente is de verandering niet vast te stellen."
    )


def test_without_two_calendar_years_the_district_is_not_put_beside_the_country(tmp_path):
    assert told(development.national_sentence(evaluation(tmp_path))).endswith(
        "en deze evaluatie telt er geen twee na elkaar."
    )


def test_before_the_national_series_begins_nothing_is_claimed(tmp_path):
    settings = SETTINGS.replace("2021-07-01", "2010-07-01").replace("2023-06-30", "2012-06-30")
    e = evaluation(tmp_path, settings=settings)

    assert told(development.national_sentence(e)).endswith("zijn niet bekend.")
    assert told(development.national_table(e)).endswith("zijn niet bekend.")


def test_the_national_table_ends_with_the_last_whole_year_before_the_peildatum(tmp_path):
    table = development.national_table(evaluation(tmp_path))

    assert isinstance(table, Table)
    assert table.rows[-1] == ["2022", "18.857", "−24,5%"]  # 2023 was not over
    assert table.rows[0][2] == ""


def test_pandas_is_not_changed_by_showing(tmp_path):
    e = evaluation(tmp_path, {"per_period": per_period({"borne": {"whole": 9}})})
    before = e.table("per_period").copy()
    development.gemeente_sentence(e)

    pd.testing.assert_frame_equal(e.table("per_period"), before)


# --- quarters ------------------------------------------------------------------------------------


def test_a_quarter_has_its_count_and_its_mean_per_connected_month(tmp_path):
    counts = per_period({DISTRICT: {QUARTERS[0]: 36, QUARTERS[1]: HIDDEN}})
    first = (counts["area"] == DISTRICT) & (counts["period"] == QUARTERS[0])
    counts.loc[first, ["per_month", "per_month_low", "per_month_high"]] = [3.0, 2.1, 4.15]

    shown = development.quarters_table(evaluation(tmp_path, {"per_period": counts}, area=DISTRICT))

    assert shown.rows == [
        ["jan – mrt 2023", "36", "12", "3,0", "2,1 – 4,2"],
        ["apr – jun 2023", "·", "12", "·", "·"],
    ]


def test_without_connected_time_a_quarter_has_its_count_only(tmp_path):
    counts = per_period({DISTRICT: dict.fromkeys(QUARTERS, 36)}, connected_months=pd.NA)

    shown = development.quarters_table(evaluation(tmp_path, {"per_period": counts}, area=DISTRICT))

    assert shown.rows[0] == ["jan – mrt 2023", "36", "–", "–", "–"]
