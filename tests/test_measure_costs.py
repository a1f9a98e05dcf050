"""What being connected costs, reckoned by hand."""

import datetime as dt

import pandas as pd
import pytest

from counting import framed
from mma_analysis.measure.costs import (
    cost_scenarios,
    costs_of,
    costs_together,
    paid_per_phase,
    scenarios,
)
from mma_analysis.settings import Kosten
from mma_analysis.vocabulary import UsageError, Vocabulary

SIZE_CLASSES = [
    {"vanaf_inwoners": 0, "per_jaar": 800},
    {"vanaf_inwoners": 30000, "per_jaar": 1200},
]


def costs(
    tarief: list[dict],
    people: int = 40000,
    months: float | None = 12.0,
    n: int | None = 24,
    is_joining: bool = False,
    useful: int | None = None,
    unknown: int | None = None,
    basis: int = 1,
) -> pd.Series:
    table = costs_of(
        Kosten.model_validate({"tarief": tarief}),
        inhabitants=pd.Series({"borne": people}),
        connected_months=pd.Series({"borne": months}, dtype="float64"),
        counts=pd.DataFrame(
            {"count": n, "useful": useful, "unknown": unknown}, index=["borne"], dtype="Int64"
        ),
        joined=["borne"] if is_joining else [],
        basis=basis,
    )
    assert len(table) == 1
    return table.iloc[0]


PER_MELDING = [{"vanaf_inwoners": 0, "per_jaar": 1200, "per_melding": 2.5}]
CONNECTING = [{"vanaf_inwoners": 0, "per_jaar": 1200, "aansluiting": 250}]


@pytest.mark.parametrize(
    ("tariff", "given", "per_year", "amount", "each"),
    [
        (SIZE_CLASSES, {"people": 29999}, 800, 800, 800 / 24),
        (SIZE_CLASSES, {"people": 30000}, 1200, 1200, 50),
        (SIZE_CLASSES, {"months": 18.0}, 1200, 1800, 75),  # for the connected time
        (CONNECTING, {"is_joining": True}, 1200, 1450, 1450 / 24),
        (CONNECTING, {}, 1200, 1200, 50),
        (PER_MELDING, {}, 1200, 1260, 52.5),  # 24 × 2.50
        (SIZE_CLASSES, {"n": None}, 1200, 1200, None),
        (PER_MELDING, {"n": None}, 1200, None, None),  # the amount would give the hidden count
        (SIZE_CLASSES, {"n": 0}, 1200, 1200, None),
        (SIZE_CLASSES, {"months": None}, 1200, None, None),  # not known since when
    ],
)
def test_costs_follow_the_tariff_the_time_and_the_count_as_far_as_these_are_known(
    tariff, given, per_year, amount, each
):
    row = costs(tariff, **given)

    found = [None if pd.isna(value) else value for value in row[["amount", "per_melding"]]]
    assert found == pytest.approx([amount, each])
    assert row["per_year"] == per_year
    people = given.get("people", 40000)
    assert row["per_1000_inhabitants_per_year"] == pytest.approx(per_year / people * 1000)


def test_a_gemeente_without_a_tariff_is_an_error_that_names_it():
    with pytest.raises(UsageError, match=r"kosten\.tarief.*borne.*5000"):
        costs([{"vanaf_inwoners": 10000, "per_jaar": 1200}], people=5000)


@pytest.mark.parametrize(
    ("n", "useful", "unknown", "basis", "each"),
    [
        (24, 10, 5, 1, [50, 80, 120]),  # 1200 over 15 at most, over 10 at least
        (24, 10, 0, 1, [50, 120, 120]),
        (24, 0, 10, 1, [50, 120, None]),  # perhaps none was useful
        (24, None, 5, 1, [50, None, None]),
        (24, 10, None, 1, [50, None, 120]),
        (24, 0, 0, 1, [50, None, None]),
        # As rounded counts 20 is 16 to 24 and 10 is 6 to 14; of less than 50 too little is known.
        (50, 20, 10, 5, [24, 1200 / 38, 75]),
        (50, 0, 10, 5, [24, 1200 / 18, None]),
        (45, 20, 10, 5, [None] * 3),
    ],
)
def test_a_useful_melding_costs_at_least_and_at_most(n, useful, unknown, basis, each):
    row = costs(SIZE_CLASSES, n=n, useful=useful, unknown=unknown, basis=basis)

    found = row[["per_melding", "per_useful_low", "per_useful_high"]]
    assert [None if pd.isna(one) else one for one in found] == pytest.approx(each)
    assert row["amount"] == 1200


# --- in all --------------------------------------------------------------------------------------


def in_all(amounts: list[float | None], delivered: list[str], **counts: int | None) -> pd.Series:
    table = pd.DataFrame(
        {"area": ["almelo", "borne"], "inhabitants": 50000, "per_year": 500.0, "amount": amounts}
    ).astype({"amount": "Float64"})
    given = {"count": 20, "useful": 4, "unknown": 6, **counts}
    return costs_together(table, delivered, given).iloc[0]


def test_the_district_is_the_sum_and_its_meldingen_are_those_of_who_delivered():
    both = in_all([100, 100], ["almelo", "borne"])
    one = in_all([100, 100], ["almelo"], count=10)

    assert both[["gemeenten", "amount", "per_melding"]].to_list() == [2, 200, 10]
    assert both[["per_useful_low", "per_useful_high"]].to_list() == [20, 50]
    assert both["per_1000_inhabitants_per_year"] == 10  # 1000 over 100 thousand
    assert one[["amount", "counted_gemeenten", "per_melding"]].to_list() == [200, 1, 10]
    not_known = in_all([100, None], ["almelo"], count=10)
    assert not_known[["gemeenten", "amount", "per_melding"]].to_list() == [1, 100, 10]


@pytest.mark.parametrize(
    ("amounts", "delivered", "count"),
    [
        ([100, None], ["almelo", "borne"], 20),  # whose meldingen are counted, but not the amount
        ([100, 100], ["almelo", "borne"], None),
        ([100, 100], [], 0),
    ],
)
def test_amounts_and_meldingen_of_different_gemeenten_give_no_mean(amounts, delivered, count):
    assert pd.isna(in_all(amounts, delivered, count=count)["per_melding"])


# --- per phase -----------------------------------------------------------------------------------

BEGIN, PEILDATUM = dt.date(2021, 7, 1), dt.date(2022, 6, 30)


def phases(*fase: dict, connected_on: str | None = "2021-07-01", fee: float = 0) -> list[list]:
    kosten = {"fase": fase, "tarief": [{"vanaf_inwoners": 0, "per_jaar": 1200, "aansluiting": fee}]}
    table = paid_per_phase(
        Kosten.model_validate(kosten),
        pd.Series({"borne": 20000}),
        pd.Series({"borne": connected_on}, dtype="datetime64[us]"),
        BEGIN,
        PEILDATUM,
    )
    days = table[["begin", "end"]].apply(lambda day: day.dt.strftime("%Y-%m-%d"))
    return table.assign(**days)[["begin", "end", "payer", "amount"]].to_numpy().tolist()


FIRST = {"begin": "2020-01-01", "eind": "2021-12-31", "betaler": "IVZ"}
THEN = {"begin": "2022-01-01", "betaler": "gemeente"}
BOTH = [("2021-07-01", "2021-12-31", "IVZ"), ("2022-01-01", "2022-06-30", "gemeente")]
PART = {"begin": "2021-09-01", "eind": "2022-04-30", "betaler": "IVZ"}


@pytest.mark.parametrize(
    ("fase", "connected_on", "parts", "amounts"),
    [
        # As far as it is evaluated: 184 and 181 days of € 1.200 a year.
        ([FIRST, THEN], "2021-07-01", BOTH, [1200 * 184 / 365.25, 1200 * 181 / 365.25]),
        # Connecting is paid in the phase of connecting.
        ([FIRST, THEN], "2022-06-30", BOTH, [0, 100 + 1200 / 365.25]),
        ([FIRST, THEN], None, BOTH, [None, None]),  # not known since when
        (  # what no phase covers has no payer: 62, 242 and 61 days
            *([PART], "2020-07-01"),
            [
                ("2021-07-01", "2021-08-31", ""),
                ("2021-09-01", "2022-04-30", "IVZ"),
                ("2022-05-01", "2022-06-30", ""),
            ],
            [1200 * days / 365.25 for days in (62, 242, 61)],
        ),
        ([], "2021-07-01", [], []),
        ([{"begin": "2023-01-01", "betaler": "gemeente"}], "2021-07-01", [], []),
    ],
)
def test_each_phase_is_paid_by_who_pays_then(fase, connected_on, parts, amounts):
    found = phases(*fase, connected_on=connected_on, fee=100 * (connected_on == "2022-06-30"))

    assert [tuple(row[:3]) for row in found] == parts
    told = [None if pd.isna(row[3]) else row[3] for row in found]
    assert told == pytest.approx(amounts)


# --- next year -----------------------------------------------------------------------------------

YEAR_TO_COME = {"receipts": 100.0, "low": 90.0, "high": 125.0, "verdict": "no_change"}
CHANGES = ["meldingen_low", "meldingen_high"]
AMOUNTS = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
TWO = pd.DataFrame({"per_year": [450.0, 450.0]})
PER_YEAR = {"vanaf_inwoners": 0, "per_jaar": 450}


def scenario(per_melding: float = 0, year: dict | None = None, **ranges) -> pd.Series:
    """The last scenario for two gemeenten of € 450 a year; without ranges that of the trend."""
    kosten = {"tarief": [PER_YEAR | {"per_melding": per_melding}]}
    if ranges:
        kosten["scenario"] = [{"naam": "Proef", **ranges}]
    to_come = pd.Series(YEAR_TO_COME | (year or {}))
    return scenarios(Kosten.model_validate(kosten), TWO, to_come).iloc[-1]


@pytest.mark.parametrize(
    ("changed", "amounts"),
    [
        ({}, [900, 900, 7.2, 10]),  # € 900, over 125 and over 90 meldingen
        ({"tarief_procent": [0, 10]}, [900, 990, 9, 9.9]),
        # 900 + 2 × 50 and 900 + 2 × 100; 900 / 100 + 2 and 900 / 50 + 2
        ({"per_melding": 2, "meldingen_procent": [-50, 0]}, [1000, 1100, 11, 20]),
        ({"year": {"receipts": None}, "tarief_procent": [0, 0]}, [900, 900, None, None]),
        ({"year": {"receipts": None}, "tarief_procent": [0, 0], "per_melding": 2}, [None] * 4),
        ({"meldingen_procent": [-100, 0]}, [900, 900, None, None]),
    ],
)
def test_amounts_follow_the_tariff_and_the_meldingen_as_far_as_these_are_known(changed, amounts):
    found = [None if pd.isna(value) else value for value in scenario(**changed)[AMOUNTS]]

    assert found == pytest.approx(amounts)


def test_the_first_scenario_is_that_it_goes_on_like_this_and_others_are_chosen_by_somebody():
    row = scenario()

    assert row[["scenario", "chosen_by"]].to_list() == ["trend", "trend"]
    assert row["whole_year"] == 100
    assert row[CHANGES].to_list() == pytest.approx([-0.1, 0.25])
    assert scenario(tarief_procent=[0, 10], gekozen_door="het DVO")["chosen_by"] == "het DVO"


@pytest.mark.parametrize("of_trend", [{"verdict": "cannot_tell"}, {"receipts": None}])
def test_when_next_year_cannot_be_told_there_is_no_scenario_of_it(of_trend: dict):
    kosten = Kosten.model_validate({"tarief": [PER_YEAR]})

    assert scenarios(kosten, TWO, pd.Series(YEAR_TO_COME | of_trend)).empty


@pytest.mark.parametrize("absent", [0, 1])
def test_meldingen_of_a_year_are_known_when_every_gemeente_that_pays_delivered(absent: int):
    slugs = [area.slug for area in Vocabulary().gemeenten][absent:]
    kosten = {"tarief": [PER_YEAR], "scenario": [{"naam": "Proef", "tarief_procent": [0, 0]}]}
    of = framed(dict.fromkeys(slugs, "2021-07-01"), kosten=kosten)

    found = cost_scenarios(of, TWO, pd.DataFrame([YEAR_TO_COME]))

    assert found["scenario"].to_list() == (["Proef"] if absent else ["trend", "Proef"])
    assert found["whole_year"].isna().all() == bool(absent)
    assert cost_scenarios(framed({"borne": None}), TWO[:0], pd.DataFrame([YEAR_TO_COME])).empty
