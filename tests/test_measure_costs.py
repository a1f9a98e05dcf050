"""What being connected costs, reckoned by hand."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.costs import (
    cost_scenarios,
    costs_of,
    costs_together,
    paid_per_phase,
    scenarios,
)
from mma_analysis.settings import Kosten
from mma_analysis.vocabulary import UsageError, Vocabulary
from small_edition import framed

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


@pytest.mark.parametrize(("people", "per_year"), [(29999, 800), (30000, 1200), (30001, 1200)])
def test_the_tariff_is_that_of_the_size_class(people: int, per_year: float):
    assert costs(SIZE_CLASSES, people)["per_year"] == per_year


def test_the_yearly_price_counts_for_the_connected_time():
    row = costs(SIZE_CLASSES, months=18.0)

    assert row["amount"] == pytest.approx(1800)
    assert row["per_melding"] == pytest.approx(75)  # 1800 / 24
    assert row["per_1000_inhabitants_per_year"] == pytest.approx(30)  # 1200 / 40


@pytest.mark.parametrize(("is_joining", "amount"), [(True, 1450), (False, 1200)])
def test_connecting_is_paid_by_who_joins_in_the_period(is_joining: bool, amount: float):
    tariff = [{"vanaf_inwoners": 0, "per_jaar": 1200, "aansluiting": 250}]

    assert costs(tariff, is_joining=is_joining)["amount"] == amount


PER_MELDING = [{"vanaf_inwoners": 0, "per_jaar": 1200, "per_melding": 2.5}]


@pytest.mark.parametrize(
    ("tariff", "given", "amount", "each"),
    [
        (PER_MELDING, {}, 1260, 52.5),  # 24 × 2.50
        (SIZE_CLASSES, {"n": None}, 1200, None),
        (PER_MELDING, {"n": None}, None, None),  # the amount would give the hidden count
        (SIZE_CLASSES, {"n": 0}, 1200, None),
        (SIZE_CLASSES, {"months": None}, None, None),  # not known since when
    ],
)
def test_what_depends_on_an_unknown_count_or_time_is_not_known(tariff, given, amount, each):
    row = costs(tariff, **given)

    found = [None if pd.isna(value) else value for value in row[["amount", "per_melding"]]]
    assert found == [amount, each]
    assert row["per_year"] == 1200


def test_a_gemeente_without_a_tariff_is_an_error_that_names_it():
    with pytest.raises(UsageError, match=r"kosten\.tarief.*borne.*5000"):
        costs([{"vanaf_inwoners": 10000, "per_jaar": 1200}], people=5000)


@pytest.mark.parametrize(
    ("useful", "unknown", "low", "high"),
    [
        (10, 5, 80, 120),  # 1200 over 15 at most, over 10 at least
        (10, 0, 120, 120),
        (0, 10, 120, None),  # perhaps none was useful
        (None, 5, None, None),
        (10, None, None, 120),
        (0, 0, None, None),
    ],
)
def test_a_useful_melding_costs_at_least_and_at_most(useful, unknown, low, high):
    row = costs(SIZE_CLASSES, useful=useful, unknown=unknown)

    found = row[["per_useful_low", "per_useful_high"]]
    assert [None if pd.isna(value) else value for value in found] == [low, high]


@pytest.mark.parametrize(
    ("n", "useful", "unknown", "each"),
    [
        (50, 20, 10, [24, 1200 / 38, 75]),  # 20 is 16 to 24 and 10 is 6 to 14
        (50, 0, 10, [24, 1200 / 18, None]),
        (45, 20, 10, [None] * 3),  # a rounded count of less than 50 says too little
    ],
)
def test_of_rounded_counts_it_costs_what_it_does_whatever_they_were(n, useful, unknown, each):
    row = costs(SIZE_CLASSES, n=n, useful=useful, unknown=unknown, basis=5)

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
YEAR = 365 / 30.4375 / 12  # of 365 days, in mean months


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


def test_each_phase_is_paid_for_as_far_as_it_is_evaluated():
    found = phases(
        {"begin": "2020-01-01", "eind": "2021-12-31", "betaler": "IVZ"},
        {"begin": "2022-01-01", "betaler": "gemeente"},
    )

    assert [row[:3] for row in found] == [
        ["2021-07-01", "2021-12-31", "IVZ"],
        ["2022-01-01", "2022-06-30", "gemeente"],
    ]
    # 184 and 181 days of € 1.200 a year
    assert [row[3] for row in found] == pytest.approx([1200 * 184 / 365.25, 1200 * 181 / 365.25])


def test_connecting_is_paid_in_the_phase_of_connecting():
    found = phases(
        {"begin": "2021-07-01", "eind": "2021-12-31", "betaler": "IVZ"},
        {"begin": "2022-01-01", "betaler": "gemeente"},
        connected_on="2022-06-30",
        fee=100,
    )

    assert [row[3] for row in found] == pytest.approx([0, 100 + 1200 / 365.25])


def test_what_no_phase_covers_has_no_payer():
    found = phases({"begin": "2021-09-01", "eind": "2022-04-30", "betaler": "IVZ"})

    assert [row[:3] for row in found] == [
        ["2021-07-01", "2021-08-31", ""],
        ["2021-09-01", "2022-04-30", "IVZ"],
        ["2022-05-01", "2022-06-30", ""],
    ]
    assert sum(row[3] for row in found) == pytest.approx(1200 * YEAR)


def test_who_is_connected_since_an_unknown_day_paid_an_unknown_amount():
    (row,) = phases({"begin": "2021-07-01", "betaler": "IVZ"}, connected_on=None)

    assert pd.isna(row[3])


def test_without_phases_nobody_is_named():
    assert phases() == []
    assert phases({"begin": "2023-01-01", "betaler": "gemeente"}) == []


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
