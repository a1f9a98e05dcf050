"""What the texts of the reports say of tables that are made up, counted by hand."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.show.claims import Groei
from mma_analysis.show.reading import Reading, Row
from mma_analysis.show.text import fill, plain, to_html
from mma_analysis.vocabulary.value import Value
from released_tables import distribution, reading, released, text_cells

DISTRICT, GEMEENTE = text_cells("district"), text_cells("gemeente")
NONE = Row({})


def says(template: str, **names: Any) -> str:
    return plain(to_html(fill(template, names))).replace("\xa0", " ")


def n(number: int | None, off: int = 4) -> Value:
    """A count, rounded to 5; or one that is hidden."""
    return Value(number, "count", "t#count", "shown" if number is not None else "hidden", off=off)


def row(name: str, **columns: Any) -> Row:
    """The only row of a table of which the other keys do not matter."""
    table = pd.DataFrame([{**columns, "cell": f"{name}|twente", "basis": 5}])
    return table.mma.een


def results(total: int, *counts: int | str, area: str = "twente") -> dict[str, Any]:
    """What the first cells of a notebook make: of confirmed, partly, not, and unknown."""
    codes = ("bevestigd", "deels_bevestigd", "niet_bevestigd", "onbekend")
    table = distribution("result", total, dict(zip(codes, counts, strict=True)), area)
    e = reading(area, per_follow_up=table)
    resultaat = e.verdeling("result").mma
    bekend = resultaat.bekend
    klopte = resultaat.som("bevestigd", "deels_bevestigd")
    return {
        **{"e": e, "resultaat": resultaat, "bekend": bekend, "onbekend": resultaat.onbekend},
        **{"totaal": n(total), "aandeel": klopte / bekend, "nu": NONE, "dicht": NONE},
        **{"alleen": NONE, "waarom": "", "houdt_bij": "sometimes", "leverden": n(14, 0)},
    }


def filled_in(without: int, **columns: Any) -> Row:
    ends = {"partly_low": 0.32, "partly_high": 0.85, "share": 0.46, "count": 270, "total": 585}
    return row("filling_in", without=without, **ends, **columns)


MANY = (585, 125, 60, 85, 315)


# --- the district --------------------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "may_say", "said"), cases("title_district"))
def test_the_title_of_the_district_says_first_what_is_not_known(counts, may_say, said):
    names = results(*map(int, counts.split()))

    assert says(DISTRICT["titel"], te_zeggen=may_say, **names) == said


@pytest.mark.parametrize(
    ("counts", "nu", "alleen", "said"),
    [
        (
            *(MANY, filled_in(162), row("bounds", count=120)),
            "69% klopte helemaal of deels Van 270 meldingen met een resultaat. "
            "Van alle 585: ten minste 32%, ten hoogste 85%. "
            "120 meldingen gingen alleen naar de gemeente "
            "Van 150 meldingen is niet opgeschreven wie ze nog kreeg. "
            "315 meldingen zonder resultaat Dat is 54% van de meldingen. "
            "Ten minste 162 daarvan zijn wel afgesloten.",
        ),
        (
            *((20, 5, 0, 0, 15), NONE, NONE),
            "15 meldingen zonder resultaat Dat is 15 van de 20 meldingen.",
        ),
        (
            (60, 30, 0, 30, 0),
            NONE,
            row("bounds", count=0),
            "50% klopte helemaal of deels Van 60 meldingen met een resultaat.",
        ),
    ],
)
def test_the_key_figures_are_there_as_far_as_they_are_known(counts, nu, alleen, said):
    names = results(*counts) | {"nu": nu, "alleen": alleen, "te_zeggen": "of_all"}
    ontvangers = SimpleNamespace(onbekend=n(150))

    assert says(DISTRICT["cijfers-resultaat"], ontvangers=ontvangers, **names) == said


def trend(verdict: str, qualifier: str = "") -> Row:
    numbers = {"change": 0.11, "low": -0.18, "high": 0.5}
    return row("trend", **numbers, verdict=verdict, qualifier=qualifier)


@pytest.mark.parametrize(("gezegd", "verdict", "qualifier", "said"), cases("growth_certain"))
def test_on_what_a_change_hangs_is_said_with_it(gezegd, verdict, qualifier, said):
    of = trend(verdict, qualifier) if verdict else NONE
    assert says(DISTRICT["groei-hoe-zeker"], gezegd=gezegd, trend=of, volgend=NONE) == said


SPLIT = row("growth_split", count_from=180, count_to=420)


@pytest.mark.parametrize(
    ("split", "of", "jaren", "said"),
    [
        (
            *(Groei(SPLIT, "vooral"), trend("no_change"), []),
            "In het eerste jaar ontvingen de gemeenten 180 meldingen, in het tweede 420. De groei "
            "komt vooral doordat gemeenten nieuw of langer waren aangesloten. Binnen dezelfde "
            "gemeenten is het +11% per jaar (−18% tot +50%): geen duidelijke verandering. "
            "Meer meldingen betekent niet dat er meer misdaad is.",
        ),
        (
            *(Groei(SPLIT, ""), NONE, []),
            "In het eerste jaar ontvingen de gemeenten 180 meldingen, in het tweede 420. "
            "Meer meldingen betekent niet dat er meer misdaad is.",
        ),
        (
            *(Groei(NONE, ""), NONE, [row("per_period", count=180), row("per_period", count=420)]),
            "Per jaar waren het er 180 en 420. Waar een verschil vandaan komt, is niet te zeggen. "
            "Meer meldingen betekent niet dat er meer misdaad is.",
        ),
    ],
)
def test_where_growth_comes_from_is_said_as_far_as_it_is_known(split, of, jaren, said):
    names = {"trend": of, "jaren": jaren, "totaal": n(585)}
    names["verandering"] = of.woord("verdict") if of else ""

    assert says(DISTRICT["groei-waardoor"], split=split, **names) == said


HELD = {"begin": "2022-06-15", "end": "2022-07-31", "target_during": 30, "target_otherwise": 215}
HELD |= {"other_during": 15, "other_otherwise": 130}
WAS = (
    "Tegels was van 15 juni 2022 tot en met 31 juli 2022. Over de onderwerpen van de campagne "
    "waren er toen 30 meldingen en in de andere maanden 215; over andere onderwerpen 15 en 130. "
)


OUTCOME = ("verdict", "ratio", "low", "high", "detectable")


@pytest.mark.parametrize((*OUTCOME, "said"), cases("campaign_outcomes"))
def test_each_outcome_of_a_campaign_has_its_sentence(verdict, ratio, low, high, detectable, said):
    numbers = {"ratio": ratio, "low": low, "high": high, "detectable": detectable}
    given = {name: float(number) if number else None for name, number in numbers.items()}
    held = [(row("campaigns", **HELD, verdict=verdict, **given), SimpleNamespace(naam="Tegels"))]

    assert says(DISTRICT["gehouden-campagne"], lopend=held) == WAS + said


@pytest.mark.parametrize(
    ("anders", "said"),
    [
        ([], "Geen gemeente springt eruit, gezien hoeveel zij gewoonlijk verschillen"),
        (["Borne"], "Borne wijkt af van wat te verwachten was"),
        (["Borne", "Losser"], "Borne en Losser wijken af van wat te verwachten was"),
    ],
)
def test_only_a_gemeente_that_differs_is_named(anders, said):
    assert says(DISTRICT["titel_gemeenten"], anders=anders) == said


def test_what_was_delivered_is_accounted_for_also_when_nothing_came_twice():
    read = {"files": 1, "read": 635, "clean": 600, "rejected": 20, "duplicate": 15}
    names = {"levering": row("deliveries", **read), "leverden": n(1, 0), "zonder": []}
    said = (
        "Één gemeente leverde haar registratie: 1 bestand met 635 regels. Daarvan telden er 600 "
        "mee; 20 waren niet te tellen en 15 stonden er dubbel in."
    )
    twice = row("received_twice", again=15, tips=585)

    assert says(DISTRICT["leveringen"], dubbel=NONE, **names) == said
    assert says(DISTRICT["leveringen"], dubbel=twice, **names) == (
        f"{said} 15 keer kreeg een tweede gemeente dezelfde melding; "
        "het district telt haar als een melding, dus 585."
    )


def test_an_earlier_edition_is_no_growth_by_itself():
    said = says(DISTRICT["vorige-editie"], vorige=row("changed_totals", count=1))

    assert said.startswith("De vorige editie ging over een andere tijd of telde anders.")
    assert says(DISTRICT["vorige-editie"], vorige=NONE) == ""


@pytest.mark.parametrize(("never", "said"), [
    (["borne"], "Één gemeente schrijft het resultaat nooit op: Borne."),
    (["borne", "losser"], "Twee gemeenten schrijven het resultaat nooit op: Borne en Losser."),
    ([], ""),
])  # fmt: skip
def test_who_never_writes_down_a_result_is_named(never, said):
    rows = [(area, "whole", "result", "never") for area in never]
    e = reading(completeness=released("completeness", "area period field registers", *rows))
    names = e.namen(never)

    assert says(DISTRICT["registratie"], e=e, nooit_resultaat=names, rooster=[]) == said


# --- a gemeente ----------------------------------------------------------------------------------


def may_say(e: Reading, of: str) -> Reading:
    e.te_zeggen = lambda field: of  # type: ignore[method-assign]
    return e


@pytest.mark.parametrize(("counts", "of", "houdt_bij", "waarom", "said"), cases("title_gemeente"))
def test_the_title_of_a_gemeente_says_what_is_known_of_its_own(counts, of, houdt_bij, waarom, said):
    names = results(*map(int, counts.split()), area="borne")
    names |= {"e": may_say(names["e"], of), "houdt_bij": houdt_bij, "waarom": waarom}

    assert says(GEMEENTE["titel"], **names) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"houdt_bij": "never"},
            "Actie: voeg het resultaat toe aan uw registratie, vóór de volgende melding. "
            "Gebruik het sjabloon; daar staan alle kolommen en woorden in.",
        ),
        (
            {"houdt_bij": "not_understood"},
            "Actie: spreek met de analist af wat uw woorden voor het resultaat betekenen. "
            "Gebruik het sjabloon; daar staan alle kolommen en woorden in.",
        ),
        (
            {"nu": filled_in(62), "dicht": row("filling_in", share=0.83, total=180)},
            "Actie: vul bij 100 meldingen het resultaat in. Ten minste 62 daarvan zijn al "
            "afgesloten; begin daar. Dan weet Borne van 83% wat eruit kwam, in plaats van 46%.",
        ),
        (
            {"nu": filled_in(0)},
            "Actie: schrijf bij het afsluiten op wat een melding bleek te zijn. "
            "Bij 100 meldingen staat het nog niet.",
        ),
        ({"onbekend": n(0)}, "Actie: schrijf het tijdstip op dat in de melding staat."),
        ({"onbekend": n(None), "totaal": n(None)}, ""),
    ],
)
def test_a_gemeente_is_asked_for_what_helps_it_most(more, said):
    names = results(180, 40, 15, 25, 100, area="borne") | more

    assert says(GEMEENTE["actie"], **names) == said


@pytest.mark.parametrize(
    ("regels", "zonder", "dun", "said"),
    [
        (
            *(1, 67, row("own_findings", rows=4)),
            "Wat u kunt herstellen 1 regel is niet te tellen. Ten minste 67 meldingen zijn "
            "afgesloten zonder resultaat. Het laatste kwartaal telt 4 meldingen: is uw bestand "
            "compleet? Waar u moet zijn, staat in uw brief.",
        ),
        (
            *(2, 0, NONE),
            "Wat u kunt herstellen 2 regels zijn niet te tellen. "
            "Waar u moet zijn, staat in uw brief.",
        ),
        (0, 0, NONE, ""),
    ],
)
def test_a_gemeente_reads_what_it_can_repair_and_where_that_stands(regels, zonder, dun, said):
    names = {"te_herstellen": n(regels, 0), "zonder_resultaat": n(zonder, 0), "dun": dun}

    assert says(GEMEENTE["herstellen"], **names) == said
