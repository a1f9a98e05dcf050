"""What being connected costs, reckoned by hand."""

import json
from fractions import Fraction

import pandas as pd
import pytest
from conftest import cases

import counting
from counting import framed
from mma_analysis import measure
from mma_analysis.measure.costs import (
    EACH,
    cost_scenarios,
    costs_by_size,
    costs_of_district,
    costs_per_gemeente,
    costs_per_phase,
)
from mma_analysis.vocabulary import UsageError, Vocabulary

SLUGS = [area.slug for area in Vocabulary().gemeenten]
ENDS = "2022-06-30"  # of an evaluation of one year
PEOPLE = int(framed({"borne": None}, peildatum=ENDS).people["borne"])


def counts_of(area: str, *numbers: float | None, off: int = 0) -> pd.DataFrame:
    """All meldingen, the useful ones, and those of which that is not known; each so far off."""
    classes = [("totaal", "totaal"), ("usable", "ja"), ("usable", "onbekend")]
    table = pd.DataFrame(classes, columns=["breakdown", "value"])
    table = table.assign(area=area, kind="whole", state="shown", off=off)
    return table.assign(count=pd.array(numbers, dtype="Int64"))


def known(row: pd.Series, *names: str) -> list[float | None]:
    return [None if pd.isna(row[name]) else row[name] for name in names]


def number(text: str) -> float | None:
    return None if text == "-" else float(text)


def tariffs(of_large: int = PEOPLE, **tariff: float) -> list[dict]:
    """€ 1.200 a year for who is as large as Borne, and € 800 for others."""
    small = {"vanaf_inwoners": 0, "per_jaar": 800}
    return [small, {"vanaf_inwoners": of_large, "per_jaar": 1200, **tariff}]


@pytest.mark.parametrize(
    ("tariff", "since", "count", "useful", "unknown", "off", "amount", "each"), cases("costs")
)
def test_costs_follow_the_tariff_the_time_and_the_counts_as_far_as_these_are_known(
    tariff, since, count, useful, unknown, off, amount, each
):
    """`tariff`: per year, to join, per melding; `amount`: per year, months, and more."""
    per_year, joining, per_melding = (*map(float, tariff.split()), 0, 0)[:3]
    prices = {"aansluiting": joining, "per_melding": per_melding}
    kosten = {"tarief": tariffs(PEOPLE + (per_year == 800), **prices)}
    of = framed({"borne": None if since == "-" else since}, peildatum=ENDS, kosten=kosten)
    counts = counts_of("borne", *map(number, (count, useful, unknown)), off=int(off))

    row = costs_per_gemeente(of, counts).set_index("area").loc["borne"]

    price, months, more = (*map(number, amount.split()), 0.0, 0.0)[:3]
    whole = None if price is None else price * months / 12 + more
    expected = [whole, *(of and whole / of for of in map(number, each.split()))]
    assert known(row, "amount", *EACH[:3]) == pytest.approx(expected)
    assert row["per_year"] == per_year
    assert row["per_1000_inhabitants_per_year"] == pytest.approx(per_year / PEOPLE * 1000)


def test_a_melding_costs_what_the_days_that_were_delivered_cost():
    # Borne is connected all year and delivered half of it: 600 of 1.200, over 20 meldingen.
    gemeenten = {"borne": {"aangesloten": "2021-07-01", "geleverd_op": "2021-12-31"}}
    kosten = {"tarief": tariffs()}
    of = measure.frame(counting.edition(gemeenten, peildatum=ENDS, kosten=kosten))

    row = costs_per_gemeente(of, counts_of("borne", 20, None, None)).set_index("area").loc["borne"]

    assert known(row, "amount", "amount_covered", "per_melding") == [1200, 600, 30]


def test_a_gemeente_without_a_tariff_is_an_error_that_names_it():
    kosten = {"tarief": [{"vanaf_inwoners": PEOPLE + 1, "per_jaar": 1200}]}
    of = framed({"borne": None}, peildatum=ENDS, kosten=kosten)

    with pytest.raises(UsageError, match=rf"kosten\.tarief.*borne \({PEOPLE}"):
        costs_per_gemeente(of, counts_of("borne", None, None, None))


@pytest.mark.parametrize(("amounts", "delivered", "count", "expected"), cases("costs_of_district"))
def test_the_district_is_the_sum_and_its_meldingen_are_those_of_who_delivered(
    amounts, delivered, count, expected
):
    of = framed(dict.fromkeys(delivered.split()))
    table = pd.DataFrame({"area": ["almelo", "borne"], "inhabitants": 50000, "per_year": 500.0})
    table["amount"] = pd.array([*map(number, amounts.split())], dtype="Float64")
    table["amount_covered"] = table["amount"]

    row = costs_of_district(of, table, counts_of("twente", number(count), 4, 6)).iloc[0]

    names = ["gemeenten", "amount", "counted_gemeenten", *EACH[:3]]
    assert known(row, *names) == [*map(number, expected.split())]
    assert row["per_1000_inhabitants_per_year"] == 10  # 1000 over 100 thousand


@pytest.mark.parametrize(("phases", "since", "parts", "months", "joining"), cases("phases"))
def test_each_phase_is_paid_by_who_pays_then(phases, since, parts, months, joining):
    """`months`: of € 1.200 a year; `joining`: the phase in which € 100 for connecting is paid."""
    keys, words = ("betaler", "begin", "eind"), [one.split() for one in phases.split("; ") if one]
    named = [dict(zip(keys, own, strict=False)) for own in words]
    kosten = {"fase": named, "tarief": tariffs(aansluiting=100 if joining else 0)}
    of = framed({"borne": None if since == "-" else since}, peildatum=ENDS, kosten=kosten)

    table = costs_per_phase(of).query("area == 'borne'")

    told = table["payer"] + " " + table["begin"].astype("str") + " " + table["end"].astype("str")
    assert "; ".join(told) == parts
    amounts = [None if n == "-" else 100 * float(Fraction(n)) for n in months.split()]
    amounts = [n and n + 100 * (str(at) == joining) for at, n in enumerate(amounts)]
    assert [None if pd.isna(n) else n for n in table["amount"]] == pytest.approx(amounts)


# --- next year -----------------------------------------------------------------------------------

YEAR_TO_COME = {"whole_year": 100.0, "low": 90.0, "high": 125.0, "verdict": "no_change"}
AMOUNTS = ["whole_year", "amount_low", "amount_high", "per_melding_low", "per_melding_high"]
TWO = pd.DataFrame({"per_year": [450.0, 450.0]})


def scenarios(
    per_melding: float = 0, year: dict | None = None, absent: int = 0, **ranges
) -> pd.DataFrame:
    """Those for two gemeenten of € 450 a year; without ranges there is that of the trend alone."""
    kosten = {"tarief": [{"vanaf_inwoners": 0, "per_jaar": 450, "per_melding": per_melding}]}
    kosten |= {"scenario": [{"naam": "Proef", **ranges}]} if ranges else {}
    of = framed(dict.fromkeys(SLUGS[absent:]), kosten=kosten)
    return cost_scenarios(of, TWO, pd.DataFrame([YEAR_TO_COME | (year or {})]))


@pytest.mark.parametrize(("changed", "named", "whole_year", "amounts"), cases("scenarios"))
def test_amounts_follow_the_tariff_and_the_meldingen_as_far_as_these_are_known(
    changed, named, whole_year, amounts
):
    table = scenarios(**json.loads(changed))

    assert table["scenario"].to_list() == named.split()
    expected = [*map(number, [whole_year, *amounts.split()])]
    assert known(table.iloc[-1], *AMOUNTS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((60, 100), {"small": 2 * 800 / 60, "large": 2 * 1200 / 100}),
        ((40, 100), {}),  # of fewer than 50 meldingen no amount is said
    ],
)
def test_a_melding_costs_small_gemeenten_together_so_much_and_large_ones_so_much(counts, told):
    # Borne and Losser have fewer than 50,000 inhabitants, Almelo and Hengelo have more.
    kosten = {"tarief": tariffs(of_large=50_000)}
    since = dict.fromkeys(("almelo", "borne", "hengelo", "losser"), "2021-07-01")  # a whole year
    of = framed(since, peildatum=ENDS, kosten=kosten)
    each = pd.concat([counts_of(slug, 25, 10, 5, off=4) for slug in since])
    by_size = pd.DataFrame({"size": ["small", "large"], "gemeenten": 2, "count": counts, "off": 8})

    found = costs_by_size(of, costs_per_gemeente(of, each), by_size)

    assert dict(zip(found["size"], found["per_melding"], strict=True)) == pytest.approx(told)


def test_the_first_scenario_is_that_it_goes_on_like_this_and_others_are_chosen_by_somebody():
    first, other = scenarios(tarief_procent=[0, 10], gekozen_door="het DVO").to_dict("records")

    assert (first["chosen_by"], other["chosen_by"]) == ("trend", "het DVO")
    assert (first["meldingen_low"], first["meldingen_high"]) == pytest.approx((-0.1, 0.25))
    assert cost_scenarios(framed({"borne": None}), TWO[:0], pd.DataFrame([YEAR_TO_COME])).empty
