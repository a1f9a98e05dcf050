"""What the texts of the reports say of tables that are made up, counted by hand."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.show.claims import Deelname, Groei
from mma_analysis.show.text import fill, text_of_html, to_html
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import Value, bound_of
from released_tables import distribution, reading, released, text_cells

NONE = Row({})


def n(number: int | None, off: int = 4) -> Value:
    """A count, rounded to 5; or one that is hidden."""
    return Value(number, "count", "t#count", "shown" if number is not None else "hidden", off=off)


def row(name: str, **columns: Any) -> Row:
    """The only row of a table of which the other keys do not matter."""
    bounds = {bound_of(column): 4 for column in ("count", "total") if column in columns}
    table = pd.DataFrame([{**columns, **bounds, "cell": f"{name}|twente"}])
    return table.mma.een


def results(
    total: int, *counts: int | str, area: str = "twente", may_say: str = "only_known"
) -> dict[str, Any]:
    """What the first cells of a notebook make: of confirmed, partly, not, and unknown."""
    codes = ("bevestigd", "deels_bevestigd", "niet_bevestigd", "onbekend")
    table = distribution("result", total, dict(zip(codes, counts, strict=True)), area)
    columns = "area period field may_say"
    known = released("completeness", columns, (area, "whole", "result", may_say))
    e = reading(area, per_follow_up=table, completeness=known)
    resultaat = e.verdeling("result").mma
    bekend = resultaat.bekend
    klopte = resultaat.som("bevestigd", "deels_bevestigd")
    return {
        "e": e,
        "resultaat": resultaat,
        "bekend": bekend,
        "onbekend": resultaat.onbekend,
        "totaal": n(total),
        "aandeel": klopte / bekend,
        "nu": NONE,
        "dicht": NONE,
        "alleen": NONE,
        "waarom": "",
        "houdt_bij": "sometimes",
        "leverden": n(14, 0),
        "erbij": None,
        "is_klein": total < 50,
        "pas_kort": False,
        "heel_klein": False,
        "klopten": "",
        "zonder_oordeel": "",
        "wie_doen_het": "",
        "toont_deel": False,
        "deel_gaf_resultaat": any(counts[:3]),
        "zonder_vervolg": n(0),
        "keuzes": "bevestigd, deels bevestigd of niet bevestigd",
        "klopte": (klopte / bekend).as_form("part"),
    }


def filled_in(without: int) -> Row:
    ends = {"partly_low": 0.32, "partly_high": 0.85, "share": 0.46, "count": 270, "total": 585}
    return row("filling_in", without=without, **ends)


def key_figures(nu: Row, alleen: Row) -> dict[str, Any]:
    winst = n(158) if nu else None
    names = {"nu": nu, "alleen": alleen, "te_zeggen": "of_all", "winst": winst}
    return names | {"ontvangers": SimpleNamespace(onbekend=n(150))}


def trend(verdict: str, qualifier: str = "") -> Row:
    numbers = {"change": 0.11, "low": -0.18, "high": 0.5, "visible": 0.6}
    return row("trend", **numbers, verdict=verdict, qualifier=qualifier)


def growth(woord: str, of: Row, tenzij: str = "") -> dict[str, Any]:
    split = Groei(
        row("growth_split", period_from="2021-07/2022-06", count_from=180, count_to=420), woord
    )
    names = {
        "split": split,
        "trend": of,
        "weet_niet": not of or of.verdict == "cannot_tell",
        "verandering": of.woord("verdict") if of else "",
        "tenzij": tenzij,
    }
    names["eerste"] = row("periods", begin="2021-07-01", end="2022-06-30")
    spans = {"2021-07/2022-06": 180, "2022-07/2022-12": 420}
    years = [row("per_period", period=span, count=count) for span, count in spans.items()]
    return names | {"totaal": n(585), "jaren": years, "nieuwe": n(20), "langer": n(210)}


def campaign(verdict: str, **numbers: float | None) -> dict[str, Any]:
    days = {"begin": "2022-06-15", "end": "2022-07-31"}
    held = row("campaigns", **days, compared="borne, losser", verdict=verdict, **numbers)
    return {"e": reading(), "lopend": [(held, SimpleNamespace(naam="Tegels"))]}


def taking_part() -> Deelname:
    return Deelname(
        eens=["Almelo", "Borne"],
        tussenin=["Hengelo"],
        oneens=["Losser"],
        stil=["Hellendoorn", "Wierden"],
        met_voorwaarden=[],
        doen_mee=n(2, 0),
        stellen_voorwaarden=n(0, 0),
    )


def own(area: str) -> SimpleNamespace:
    """The evaluation of a gemeente's own card: nothing in it is rounded."""
    return SimpleNamespace(naam=reading(area).naam, is_intern=True)


def delivered(dubbel: Row) -> dict[str, Any]:
    read = {"files": 1, "read": 635, "clean": 600, "rejected": 20, "duplicate": 15}
    names = {"levering": row("deliveries", **read), "leverden": n(1, 0)}
    names |= {"zonder": [], "stuurden": []}
    return names | {"dubbel": dubbel}


def never_kept(*never: str) -> dict[str, Any]:
    rows = [(area, "whole", "result", "never") for area in never]
    e = reading(completeness=released("completeness", "area period field registers", *rows))
    return {"e": e, "nooit_resultaat": e.namen(never), "verschilt": False}


@pytest.mark.parametrize(("notebook", "cell", "names", "said"), cases("sentences"))
def test_a_text_says_what_its_tables_hold_and_no_more(notebook, cell, names, said):
    template = text_cells(notebook)[cell]

    filled = fill(template, eval(names, globals()))

    assert text_of_html(to_html(filled)).replace("\xa0", " ") == said
