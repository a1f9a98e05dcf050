"""Ontwikkeling: what is said of growth, and what is not when it cannot be known."""

import pandas as pd

from mma_analysis.show import development
from show_tables import (
    DISTRICT,
    FIRST,
    HALVES,
    LAST,
    MISSING,
    NOT_APPLICABLE,
    PERIODS,
    cases,
    connection,
    evaluation,
    frame,
    own_trend,
    per_period,
    periods,
    received_twice,
    says,
    split,
    trend,
)

NAN = float("nan")
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
        "één keer. Meer of minder meldingen betekent niet dat er meer of minder misdaad is.",
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


JOINING = "doordat er gemeenten bij kwamen of langer waren aangesloten"


@cases(
    "shares title",
    ((0.95, 1.3), f"De groei komt bijna helemaal {JOINING}"),
    ((0.9, 1.3), f"De groei komt bijna helemaal {JOINING}"),
    ((0.5, 0.8), f"De groei komt vooral {JOINING}"),
    ((0.1, 0.8), f"De groei komt mede {JOINING}"),
    # it may be none of it
    ((-0.1, 0.8), f"De groei komt misschien mede {JOINING}"),
    ((-0.1, 0.4), f"De groei komt voor minder dan de helft {JOINING}"),
    ((-0.4, -0.1), f"De groei komt niet {JOINING}"),
    # without clear growth it comes from nowhere
    ((None, None), "Het aantal meldingen groeide niet duidelijk"),
)
def test_the_title_of_the_growth_says_how_much_of_it_is_joining(shares, title):
    says(development.split_chart(district(split(100, 200, 60, 40, shares))), title)


def test_the_steps_of_the_growth_have_limits_and_are_drawn_as_rounded_as_the_counts():
    chart = development.split_chart(district(split(180, 420, 226.8, 13.2)))

    assert [row[1] for row in chart.table.rows] == [
        *("180", "+230 (+210 tot +250)", "+10 (−10 tot +30)", "420")
    ]
    assert list(chart.figure.data[0].x) == [180, 225, 15, 420]
    says(chart.caption, "De onderdelen zijn schattingen…grenzen van 95%.…")


def test_a_loss_has_a_true_minus():
    chart = development.split_chart(district(split(100, 90, 0, -10)))

    assert chart.table.rows[2] == ["Ander aantal per maand", "−10 (−30 tot +10)"]
    assert chart.figure.data[0].x[2] == -10


@cases(
    "tables reason",
    ({}, "…het is niet van elke gemeente bekend sinds wanneer zij is aangesloten."),
    (ONE_YEAR, "…daarvoor zijn twee volledige jaren nodig."),
)
def test_growth_that_cannot_be_split_has_its_own_reason(tables, reason):
    says(development.split_chart(district(**tables)), reason)


UNKNOWN = "is niet vast te stellen."


MORE, FEWER = (0.20, 0.05, 0.35, "more"), (-0.20, -0.35, -0.05, "fewer")


@cases(
    "tables said",
    (
        trend(0.06, -0.10, 0.26, "no_change"),
        "…6% meer … 10% minder en 26% meer. Minder en meer zijn …",
    ),
    (
        trend(*MORE),
        "…20% meer meldingen … 5% meer en 35% meer. Dat is een toename. Dat blijft zo met een …",
    ),
    (trend(*FEWER), "…20% minder … 35% minder en 5% minder. Dat is een afname. Dat blijft…"),
    # more or fewer that hangs on an assumption is not said
    (trend(*MORE, "start_up"), "… 35% meer. Maar de eerste maanden … weten wij dus niet."),
    (trend(*FEWER, "last_quarter"), "… 5% minder. Maar … laatste kwartaal. … weten wij dus niet."),
    (trend(*MORE, "own_courses"), "… Dat is een toename. Dat geldt voor deze gemeenten samen, …"),
    # without a trend the page says why
    ({}, f"Er zijn te weinig maanden of meldingen…{UNKNOWN}"),
    ({"connection": connection(losser=None)}, f"Van Losser weten wij niet sinds wanneer…{UNKNOWN}"),
    # an estimate that could not be made is no trend
    (trend(NAN, NAN, NAN, "cannot_tell"), f"…{UNKNOWN}"),
)
def test_the_change_within_gemeenten_has_its_interval_and_verdict(tables, said):
    says(development.district_trend(district(tables)), said)


def test_whether_the_change_stays_without_an_assumption_is_a_table():
    rows = ("base", *MORE), ("start_up", NAN, NAN, NAN, "cannot_tell")
    table = development.assumptions_table(
        district(trend_rows=frame("assumption change low high verdict", *rows))
    )

    assert table.rows == [
        ["zoals berekend", "+20% (+5% tot +35%)", "meer"],
        ["de eerste maanden na aansluiting anders zijn", "?", "niet vast te stellen"],
    ]
    says(development.assumptions_table(district()), "")


MONTHS = ["2023-01", "2023-02", "2023-03"]


def test_a_month_of_which_nothing_is_known_has_no_number():
    chart = development.months_chart(district(counts={"2023-01": 5, "2023-03": 10}))

    assert [row[1] for row in chart.table.rows] == ["5", "–", "10"]
    says(chart.alt, "…De aantallen gaan tot 10.…")


def test_a_month_without_meldingen_may_have_had_a_few():
    counts = per_period({DISTRICT: dict.fromkeys(MONTHS, 0)}, basis=5)
    chart = development.months_chart(district(per_period=counts))

    assert [row[1] for row in chart.table.rows] == ["0 – 4"] * 3
    assert chart.figure.data[0].hovertemplate[0].startswith("jan 2023: hoogstens 4 meldingen")


def test_when_as_many_gemeenten_are_connected_the_months_say_so():
    chart = development.months_chart(district())

    says(chart, "Het aantal aangesloten gemeenten bleef 14")


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
    says(development.gemeente_trend(rated()), "…ligt het gemiddelde per maand tussen 0,2 en 0,9.…")


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


@cases(
    "change said",
    ((0.8, 0.1, 1.9, "more"), "Dat is een toename. Per jaar … 80% meer … 10% meer en 190% meer."),
    ((-0.3, -0.5, -0.1, "fewer"), "Dat is een afname. … 50% minder en 10% minder."),
    # one that is not named leans on the others
    (
        (0.06, -0.34, 0.66, "no_change"),
        "Er is geen duidelijke verandering. … Dat is mede op grond van de andere gemeenten: …",
    ),
)
def test_the_change_of_a_gemeente_has_its_interval_and_says_what_it_rests_on(change, said):
    says(development.gemeente_trend(evaluation(own_trend(*change))), said)


SHOWN = {"whole": 9, FIRST: 5, LAST: 4}
ESTIMATED = {"trend_rows": frame("assumption change low high verdict", ("base", *MORE))}


@cases(
    "cells connected_on tables reason",
    ({"whole": MISSING}, "2021-07-01", {}, "…geen bestand…"),
    (SHOWN, None, {}, "…bekend zijn sinds wanneer…"),
    (SHOWN, "2021-07-01", {}, "…achttien maanden nodig, en van elke gemeente de dag …"),
    (SHOWN, "2021-07-01", ESTIMATED, "…sluiten een halvering of verdubbeling niet uit."),
)
def test_why_nothing_can_be_said_of_a_change_is_told(cells, connected_on, tables, reason):
    e = evaluation(tables, counts=cells, connection=connection(borne=connected_on))

    says(
        development.gemeente_trend(e), f"Of het aantal verandert, is niet vast te stellen. {reason}"
    )


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


def test_pandas_is_not_changed_by_showing():
    e = evaluation(counts={"whole": 9})
    before = e.table("per_period").copy()
    development.gemeente_sentence(e)

    pd.testing.assert_frame_equal(e.table("per_period"), before)
