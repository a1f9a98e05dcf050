"""Ontwikkeling: what is said of growth, and what is not when it cannot be known."""

import pandas as pd

from mma_analysis.measure import growth as measured
from mma_analysis.show import development
from mma_analysis.show.blocks import Text
from mma_analysis.show.development import gemeente
from show_tables import (
    DISTRICT,
    FIRST,
    HALVES,
    LAST,
    MISSING,
    NOT_APPLICABLE,
    PERIODS,
    QUARTERS,
    SETTINGS,
    SPLIT,
    cases,
    connection,
    evaluation,
    frame,
    per_period,
    periods,
    received_twice,
    says,
    split,
    told,
    trend,
    year_on_year,
)

NAN, INF = float("nan"), float("inf")
ONE_YEAR = {"periods": periods(PERIODS[:2])}


def district(*given, counts=None, **tables):
    return evaluation(*given, area=DISTRICT, counts=counts, **tables)


# --- the district --------------------------------------------------------------------------------


def undelivered(*slugs):
    table = connection()
    return {"connection": table.assign(has_delivered=~table["area"].isin(slugs))}


@cases(
    "counts tables said",
    # the total and each year
    (
        {"whole": 586, FIRST: 177, LAST: 409},
        {},
        "Per jaar kregen de gemeenten samen 177 meldingen (jul 2021 – jun 2022) en 409 meldingen "
        "(jul 2022 – jun 2023). Een melding die bij meer dan één gemeente binnenkwam, telt hier "
        "één keer.",
    ),
    # one year is not told twice
    ({"whole": 1, FIRST: 1}, ONE_YEAR, "…Samen kregen de gemeenten in Twente 1 melding. Een…"),
    # nobody delivered
    ({}, {}, "…een onbekend aantal meldingen (jul 2021…"),
    # gemeenten without a delivery are named
    (
        {"whole": 10},
        undelivered("borne", "wierden"),
        "…over 12 gemeenten: van Borne en Wierden is geen bestand…",
    ),
)
def test_the_district_tells_what_it_received(counts, tables, said):
    says(development.district_sentence(district(counts=counts, **tables)), said)


SAME = "De groei komt vooral uit dezelfde gemeenten"
NO_GROWTH = "Het aantal meldingen groeide niet duidelijk"
CONNECTED = "doordat er gemeenten bij kwamen of langer waren aangesloten"


@cases(
    "counts title",
    ((100, 200, 50, 45, 5), f"De groei komt bijna helemaal {CONNECTED}"),
    ((100, 200, 80, 30, -10), f"De groei komt bijna helemaal {CONNECTED}"),
    ((100, 200, 30, 30, 40), f"De groei komt vooral {CONNECTED}"),
    ((100, 200, 20, 10, 70), f"De groei komt voor een deel {CONNECTED}"),
    ((100, 200, 0, 0, 100), SAME),
    ((100, 200, 0, -5, 105), SAME),
    ((200, 200, 10, 5, -15), NO_GROWTH),
    ((200, 100, 10, 5, -115), NO_GROWTH),
    # both counts may be off by 4: 105 and 100 may be as many
    ((100, 105, 5, 0, 0), NO_GROWTH),
)
def test_the_title_of_the_growth_is_true_whatever_its_causes(counts, title):
    says(development.split_chart(district(split(*counts))), title)


def test_the_steps_of_the_growth_add_up_and_are_rounded_as_the_counts_are():
    chart = development.split_chart(district(split(180, 420, 20, 206.8, 13.2)))

    assert [row[1] for row in chart.table.rows] == ["180", "+20", "+205", "+15", "420"]
    assert 180 + 20 + 205 + 15 == 420
    assert "Langer aangesloten: +205." in chart.alt
    says(chart.caption, "De onderdelen zijn berekend uit afgeronde aantallen, en gelden dus …")


def test_a_loss_has_a_true_minus():
    chart = development.split_chart(district(split(100, 90, 0, 0, -10)))

    assert chart.table.rows[3] == ["Ander aantal per maand", "−10"]


@cases(
    "tables reason",
    ({}, "…het is niet van elke gemeente bekend sinds wanneer zij is aangesloten."),
    (ONE_YEAR, "…daarvoor zijn twee volledige jaren nodig."),
)
def test_growth_that_cannot_be_split_has_its_own_reason(tables, reason):
    says(development.split_chart(district(**tables)), reason)


UNKNOWN = "is niet vast te stellen."


@cases(
    "tables said",
    (
        trend(0.06, -0.10, 0.26, "no_change"),
        "…6% meer … 10% minder en 26% meer. Minder en meer zijn …",
    ),
    (
        trend(0.20, 0.05, 0.35, "more"),
        "…20% meer meldingen … 5% meer en 35% meer. Dat is een toename.…",
    ),
    (trend(-0.20, -0.35, -0.05, "fewer"), "…20% minder … 35% minder en 5% minder. … een afname.…"),
    # without a trend the page says why
    ({}, f"Er zijn te weinig maanden of meldingen…{UNKNOWN}"),
    ({"connection": connection(losser=None)}, f"Van Losser weten wij niet sinds wanneer…{UNKNOWN}"),
    # an estimate that could not be made is no trend
    (trend(NAN, NAN, NAN, "cannot_tell"), f"…{UNKNOWN}"),
)
def test_the_change_within_gemeenten_has_its_interval_and_verdict(tables, said):
    says(development.district_sure(district(tables)), said)


def test_growth_by_connection_says_who_takes_part_and_other_growth_does_not():
    connected, same = split(100, 200, 50, 45, 5), split(100, 200, 5, 5, 90)

    says(
        development.meaning(district(connected)), "…De groei zegt vooral hoeveel gemeenten meedoen…"
    )
    assert "De groei" not in told(development.meaning(district(same)))


MONTHS = ["2023-01", "2023-02", "2023-03"]
NO_RANGE = (None, None)


def months(*counts, ranges=(NO_RANGE,) * 3):
    """The figure of three months with these counts, and the ranges they are expected in."""
    rows = [(DISTRICT, month, *limits) for month, limits in zip(MONTHS, ranges, strict=True)]
    given = {month: count for month, count in zip(MONTHS, counts, strict=True) if count is not None}
    table = frame("area period low high", *rows)
    return development.months_chart(district(counts=given, expected_months=table))


def test_a_month_outside_its_range_is_marked_named_and_no_alarm():
    chart = months(5, 6, 20, ranges=(NO_RANGE, (2, 9), (3, 11)))

    assert list(chart.figure.data[0].marker.symbol) == ["circle", "circle", "diamond"]
    assert "Eén maand ligt daarbuiten (ruitje): maart 2023 (20)." in chart.caption
    assert "Het is informatie, geen alarm." in chart.caption
    assert [row[2] for row in chart.table.rows] == ["?", "2 – 9", "3 – 11"]
    assert [(shape.y0, shape.y1) for shape in chart.figure.layout.shapes] == [(2, 9), (3, 11)]


@cases(
    "counts ranges said",
    ((5, 6, 11), [(1, 9), (2, 9), (3, 11)], "…Geen enkele maand ligt daarbuiten."),
    # only months that can be judged: not the first
    ((50, 6, 11), [NO_RANGE, (2, 9), (3, 11)], "…Geen van de maanden met dit vlak ligt…"),
    # with too few months before them no month is told to stand out
    ((5, 6, 9), [NO_RANGE] * 3, "…Of een maand opvalt, is niet vast te stellen…"),
)
def test_when_no_month_lies_outside_nothing_is_named(counts, ranges, said):
    chart = months(*counts, ranges=ranges)

    says(chart.caption, said)
    assert "alarm" not in chart.caption


@cases("counts mean", ((5, 6, 10), [None, 7, None]), ((5, None, 10), [None, None, None]))
def test_the_running_mean_is_of_three_shown_months(counts, mean):
    assert list(months(*counts).figure.data[1].y) == mean


def test_a_month_of_which_nothing_is_known_has_no_number():
    chart = months(5, None, 10)

    assert [row[1] for row in chart.table.rows] == ["5", "–", "10"]
    says(chart.alt, "…De aantallen gaan tot 10.…")


def test_a_month_without_meldingen_may_have_had_a_few():
    counts = per_period({DISTRICT: dict.fromkeys(MONTHS, 0)}, basis=5)
    chart = development.months_chart(district(per_period=counts))

    assert [row[1] for row in chart.table.rows] == ["0 – 4"] * 3
    assert chart.figure.data[0].hovertemplate[0].startswith("jan 2023: hoogstens 4 meldingen")


def test_when_as_many_gemeenten_are_connected_the_months_say_so():
    chart = development.months_chart(district(split(100, 200, 50, 45, 5)))

    says(chart, "Het aantal aangesloten gemeenten bleef 14")


def test_a_campaign_in_the_months_has_a_band_with_its_name():
    campaign = """
    [[campagnes]]
    naam = "Vuurwerk <3"
    begin = 2023-02-10
    eind = 2023-04-01
    """
    chart = development.months_chart(evaluation(area=DISTRICT, settings=SETTINGS + campaign))

    assert "Een groen vlak is de tijd van een campagne." in chart.caption
    assert "Vuurwerk &lt;3" in [note.text for note in chart.figure.layout.annotations]


def test_every_gemeente_has_its_half_years_in_one_table():
    cells = dict(zip(HALVES, (NOT_APPLICABLE, 0, 5, 7), strict=True)) | {"whole": 12}
    table = per_period({"borne": cells, "losser": dict.fromkeys(HALVES, MISSING)})
    shown = development.halves_table(evaluation(per_period=table))

    assert shown.head[-1] == "Samen"
    assert ["Borne", "n.v.t.", "0", "5", "7", "12"] in shown.rows
    assert ["Losser", "–", "–", "–", "–", "–"] in shown.rows
    assert "– = geen gegevens ontvangen" in shown.legend


# --- a gemeente ----------------------------------------------------------------------------------

DURING = "Borne ontvangt sinds 1 februari 2022 meldingen rechtstreeks."
LATER = "Borne ontvangt vanaf 1 september 2023 meldingen rechtstreeks."


@cases(
    "connected_on whole said",
    ("2022-02-01", 9, f"{DURING} Tot en met 30 juni 2023 kreeg Borne 9 meldingen."),
    ("2022-02-01", 1, f"{DURING} Tot en met 30 juni 2023 kreeg Borne 1 melding."),
    ("2022-02-01", 0, f"{DURING} Tot en met 30 juni 2023 kreeg Borne geen meldingen."),
    ("2022-02-01", MISSING, f"{DURING} Van Borne is geen bestand met meldingen ontvangen."),
    # before the evaluation: the period is named
    ("2020-02-01", 9, "…Van juli 2021 tot en met juni 2023 kreeg Borne 9 meldingen.…"),
    (None, 9, "Het is niet bekend sinds wanneer…"),
    ("2023-09-01", NOT_APPLICABLE, f"{LATER} Borne was op de peildatum nog niet aangesloten."),
)
def test_a_gemeente_tells_since_when_and_how_many(connected_on, whole, said):
    e = evaluation(counts={"whole": whole}, connection=connection(borne=connected_on))

    says(development.gemeente_sentence(e), said)


def rated(own=None, of_district=None, **tables):
    """Borne with 9 meldingen, half a one per month, and these rates per 10.000 inhabitants."""
    table = per_period(
        {"borne": {"whole": 9}}, per_month=0.5, per_month_low=0.2, per_month_high=0.9
    )
    for area, rate in (("borne", own), (DISTRICT, of_district)):
        if rate:
            columns = ["per_10000", "per_10000_low", "per_10000_high"]
            table.loc[table["area"] == area, columns] = [rate, rate - 1, rate + 2]
    return evaluation(per_period=table, **tables)


def test_a_rate_per_month_is_told_with_its_limits():
    says(development.gemeente_sentence(rated()), "…Dat is gemiddeld 0,5 per maand.")
    says(development.gemeente_sure(rated()), "…ligt het gemiddelde per maand tussen 0,2 en 0,9.…")


@cases(
    "tables said",
    # the district's own rate is of tips, each counted once: no gemeente is laid beside it
    (
        {"received_twice": received_twice(20, 18, 6.9)},
        "…Per 10.000 inwoners (op 30 juni 2022) zijn het er in een jaar 4,0, voor alle gemeenten "
        "in Twente samen 6,9. Met 95% zekerheid ligt dat voor Borne tussen 3,0 en 6,0.",
    ),
    # what all received is not shown
    ({}, "…zijn het er in een jaar 4,0. Met 95% zekerheid…"),
)
def test_a_rate_per_inhabitant_stands_beside_what_all_gemeenten_received(tables, said):
    says(development.gemeente_sentence(rated(4.04, 6.5, **tables)), said)


def growing(growth, of, because):
    """Each gemeente with its growth, and the part of it that comes from longer connection."""
    rows = [(a, FIRST, LAST, 50.0, 50 + by, 0.0, because * by, 0.0) for a, by in of.items()]
    return district(
        split(100.0, 100.0 + growth, growth, 0.0, 0.0),
        counts={"whole": 500},
        growth_per_gemeente=frame(f"area {SPLIT}", *rows),
    )


MOST = "Meer dan de helft van de groei"
LONGER = "Dat komt vooral doordat die gemeente nieuw of langer was aangesloten. "
NOBODY = "Of er per aangesloten maand meer of minder meldingen kwamen, is van geen enkele…"
SPREAD = dict.fromkeys(["borne", "almelo", "losser", "wierden", "hengelo"], 40)
UNCLEAR = f"In welke gemeenten de meeste groei zit, is uit deze aantallen niet te zeggen. {NOBODY}"


@cases(
    "growth of because said",
    # each growth may be off by 8: 70 is at least 62, more than half of at most 108
    (
        100,
        {"borne": 20, "enschede": 70},
        1.0,
        f"{MOST} (ongeveer +70 van +100) zit in Enschede. {LONGER}{NOBODY}",
    ),
    (
        100,
        {"enschede": 70, "borne": 30},
        0.0,
        f"{MOST} (ongeveer +70 van +100) zit in Enschede. Of…",
    ),
    # of 60 that is not certain: it takes a second one, and 100 is at least 84
    (
        100,
        {"enschede": 60, "borne": 40, "losser": 10},
        1.0,
        f"{MOST} (ongeveer +100 van +100) zit in Borne en Enschede samen. Dat komt vooral doordat "
        f"zij nieuw of langer waren aangesloten. {NOBODY}",
    ),
    (
        20,
        {"enschede": 60, "borne": -40},
        0.0,
        "De groei zit in Enschede (ongeveer +60): in de andere gemeenten samen kwamen er minder "
        f"meldingen. {NOBODY}",
    ),
    # what is left of all growth is too little
    (100, {"enschede": 40, "borne": 10}, 1.0, UNCLEAR),
    # three are 140, at least 116, and half of it is at most 104
    (200, {**SPREAD, "borne": 50, "almelo": 50, "wierden": 30}, 0.0, f"{MOST} (ongeveer +140 …"),
    # of five with 40 each three are 120, at least 96: it takes four
    (200, SPREAD, 0.0, f"De groei is verspreid over veel gemeenten. {NOBODY}"),
    (-10, {"enschede": -10}, 0.0, NOBODY),
    (5, {"enschede": 5}, 0.0, NOBODY),
)
def test_where_the_growth_is_names_few_gemeenten_and_puts_none_in_order(growth, of, because, said):
    says(development.where_sentence(growing(growth, of, because)), said)


@cases(
    "verdicts said",
    (
        {"borne": "more", "almelo": "fewer", "losser": "no_change"},
        "Per aangesloten maand is er een toename in Borne en een afname in Almelo. In 1 gemeente "
        "is er geen duidelijke verandering. Van 11 andere gemeenten is het niet vast te stellen.",
    ),
    (
        {"borne": "no_change", "losser": "no_change", "almelo": "cannot_tell"},
        "In 2 gemeenten kwamen er per aangesloten maand niet duidelijk meer of minder meldingen "
        "dan een jaar eerder. Van 12 andere gemeenten is het niet vast te stellen.",
    ),
    ({"wierden": "more", "borne": "more"}, "… een toename in Borne en Wierden. Van 12 andere …"),
)
def test_where_there_is_more_per_month_is_said_of_what_is_clear(verdicts, said):
    e = district(counts={"whole": 500}, year_on_year=frame("area verdict", *verdicts.items()))

    says(development.where_sentence(e), said)


def causes(*numbers):
    return {"growth_per_gemeente": frame(f"area {SPLIT}", ("borne", FIRST, LAST, *numbers))}


GREW = "30 meldingen meer dan in jul 2021 – jun 2022."
MORE = year_on_year(1.8, 1.1, 3.0, "more")
OF_BOTH = "Langer aangesloten zijn telt daarin voor +18, het aantal meldingen per maand voor +12."
CAUSES = causes(20, 50, 0.0, 17.6, 12.4)
LONG = "De gemeente was in het laatste jaar langer aangesloten."


@cases(
    "audience tables said",
    # in whole meldingen
    ("intern", CAUSES | MORE, f"…In jul 2022 – jun 2023 kreeg Borne {GREW} {OF_BOTH}"),
    # without a comparison, or of what was rounded, they have no numbers
    ("intern", CAUSES, f"…kreeg Borne {GREW} {LONG}"),
    ("intern", causes(8, 9, 0.0, 1, 0.0), f"…kreeg Borne 1 melding meer dan in … {LONG}"),
    ("openbaar", CAUSES | MORE, f"…kreeg Borne ongeveer {GREW} {LONG}"),
    ("openbaar", causes(20, 25, 0.0, 5, 0.0), f"…ongeveer evenveel meldingen als in jul… {LONG}"),
)
def test_the_change_of_a_gemeente_has_its_causes(audience, tables, said):
    e = evaluation(tables, counts={"whole": 90}, audience=audience)

    says(development.gemeente_sentence(e), said)


@cases("new months same count", (0, 0, 30, 20), (50, 0, 0, 0), (None, None, None, None))
def test_a_change_with_one_cause_or_none_that_is_known_is_not_split(new, months, same, count):
    e = evaluation(causes(count, 50, new, months, same), counts={"whole": 90})

    assert "langer was aangesloten" not in told(development.gemeente_sentence(e))


@cases(
    "change said",
    ((1.8, 1.1, 3.0, "no_change"), "…1,1 en 3,0 keer. Maar wij vergelijken veel gemeenten…"),
    ((1.3, 0.8, 2.1, "no_change"), "…1,3 keer zoveel meldingen … tussen 0,8 en 2,1 keer.…"),
    ((1.04, 0.7, 1.5, "no_change"), "…ongeveer evenveel meldingen binnen als in het…"),
    ((INF, 1.2, INF, "more"), "…kwam er (bijna) geen … op minstens 1,2 keer. Dat is een toename.…"),
)
def test_two_years_are_compared_with_their_interval(change, said):
    says(development.gemeente_sure(evaluation(year_on_year(*change))), said)


def test_what_two_years_need_is_what_measure_asks():
    assert gemeente.FEWEST_MONTHS == measured.FEWEST_MONTHS
    assert gemeente.FEWEST_MELDINGEN == measured.FEWEST_MELDINGEN


SHOWN = {"whole": 9, FIRST: 5, LAST: 4}


@cases(
    "cells months tables reason",
    (SHOWN, 12.0, ONE_YEAR, "…twee volledige jaren…"),
    ({"whole": MISSING}, 12.0, {}, "…geen bestand…"),
    (SHOWN, None, {}, "…bekend zijn sinds wanneer…"),
    (
        SHOWN,
        1.7,
        {},
        "Of het aantal verandert, is niet vast te stellen. Borne was 1,5 maanden aangesloten in "
        "jul 2021 – jun 2022. Nodig zijn minstens zes maanden…",
    ),
    (SHOWN, 0.0, {}, "…nog niet aangesloten in jul 2021 – jun 2022…"),
    (SHOWN, 0.6, {}, "…was nog geen maand aangesloten in jul…"),
    # January to June is 181 days, 5.95 mean months: that is six, and not the reason.
    (SHOWN, 181 / 30.4375, {}, "…minstens tien meldingen…"),
    (SHOWN, 12.0, {}, "…minstens tien meldingen…"),
)
def test_why_two_years_cannot_be_compared_is_told(cells, months, tables, reason):
    counts = per_period({"borne": cells}, connected_months=months)

    says(" ".join(gemeente.no_change(evaluation(tables, per_period=counts))), reason)


@cases(
    "cells basis title",
    ((NOT_APPLICABLE,) * 3 + (3,), 1, "3 meldingen in jan – jun 2023 in Borne"),
    ((5, 6, 0, 1), 1, "1 melding in jan – jun 2023, 0 in het halfjaar ervoor"),
    ((NOT_APPLICABLE, 5, 5, 0), 1, "Geen meldingen in jan – jun 2023, 5 in het halfjaar ervoor"),
    ((5, 5, 0, 0), 5, "Hoogstens 4 meldingen in jan – jun 2023, 0 – 4 in het halfjaar ervoor"),
)
def test_half_years_are_a_figure_with_the_last_two_in_its_title(cells, basis, title):
    counts = {"whole": 90, **dict(zip(HALVES, cells, strict=True))}
    table = per_period({"borne": counts}, basis=basis)

    says(development.halves_chart(evaluation(per_period=table)), title)


def test_without_half_years_there_is_a_sentence():
    block = development.halves_chart(evaluation(counts={}))

    assert isinstance(block, Text)
    says(block, "Daarom staat hier geen figuur…")


# --- the national series -------------------------------------------------------------------------


def national(*change):
    columns = "year_from year_to change low high verdict national_change"
    return {"national_comparison": frame(columns, (2021, 2022, *change, 18857 / 24986 - 1))}


EARLY = SETTINGS.replace("2021-07-01", "2010-07-01").replace("2023-06-30", "2012-06-30")


@cases(
    "tables settings said",
    # more or fewer than the year before, and why the district is not put beside it
    (
        {},
        SETTINGS,
        "Landelijk gaf M. 24,5% minder meldingen door in 2022 dan in 2021. Dat gaat…"
        "en deze evaluatie telt er geen twee na elkaar.",
    ),
    # the district stands beside the country over the same calendar years
    (
        national(-0.12, -0.30, 0.10, "no_change"),
        SETTINGS,
        "…Van 2021 op 2022: Twente −12%, Nederland −24,5%. Voor Twente is dat binnen de gemeenten "
        "die in beide jaren waren aangesloten; met 95% zekerheid ligt het tussen 30% minder en 10% "
        "meer. Minder en meer zijn dus allebei mogelijk. Daarom zeggen wij: geen duidelijke "
        "verandering.",
    ),
    # where the district cannot be told only the country is
    (national(NAN, NAN, NAN, "cannot_tell"), SETTINGS, "…; voor Twente … niet vast te stellen."),
    # before the national series begins nothing is claimed
    ({}, EARLY, "…zijn niet bekend."),
)
def test_the_national_change_stands_beside_that_of_the_district(tables, settings, said):
    says(development.national_sentence(evaluation(tables, settings=settings)), said)


def test_the_national_table_ends_with_the_last_whole_year_before_the_peildatum():
    table = development.national_table(evaluation())

    assert table.rows[-1] == ["2022", "18.857", "−24,5%"]  # 2023 was not over
    assert table.rows[0][2] == ""
    says(development.national_table(evaluation(settings=EARLY)), "…zijn niet bekend.")


def test_pandas_is_not_changed_by_showing():
    e = evaluation(counts={"whole": 9})
    before = e.table("per_period").copy()
    development.gemeente_sentence(e)

    pd.testing.assert_frame_equal(e.table("per_period"), before)


# --- quarters ------------------------------------------------------------------------------------


def test_a_quarter_has_its_count_and_its_mean_per_connected_month():
    counts = per_period({DISTRICT: {QUARTERS[0]: 36}})
    first = (counts["area"] == DISTRICT) & (counts["period"] == QUARTERS[0])
    counts.loc[first, ["per_month", "per_month_low", "per_month_high"]] = [3.0, 2.1, 4.15]

    assert development.quarters_table(district(per_period=counts)).rows == [
        ["jan – mrt 2023", "36", "12", "3,0", "2,1 – 4,2"],
        ["apr – jun 2023", "–", "12", "–", "–"],
    ]


def test_without_connected_time_a_quarter_has_its_count_only():
    counts = per_period({DISTRICT: dict.fromkeys(QUARTERS, 36)}, connected_months=pd.NA)
    table = development.quarters_table(district(per_period=counts))

    assert table.rows[0] == ["jan – mrt 2023", "36", "–", "–", "–"]
