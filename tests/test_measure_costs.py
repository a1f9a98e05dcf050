"""What being connected costs, reckoned by hand."""

import pandas as pd
import pytest

from counting import framed
from mma_analysis.measure.costs import (
    cost_scenarios,
    costs_of_district,
    costs_per_gemeente,
    costs_per_phase,
)
from mma_analysis.vocabulary import UsageError, Vocabulary

SLUGS = [area.slug for area in Vocabulary().gemeenten]
EARLIER, ENDS = "2020-07-01", "2022-06-30"  # connected before the evaluation, of one year
YEAR = 365 / 365.25
PEOPLE = int(framed({"borne": EARLIER}, peildatum=ENDS).people["borne"])


def counts_of(area: str, *numbers: int | None) -> pd.DataFrame:
    """All meldingen, the useful ones, and those of which that is not known."""
    classes = [("totaal", "totaal"), ("usable", "ja"), ("usable", "onbekend")]
    table = pd.DataFrame(classes, columns=["breakdown", "value"])
    table = table.assign(area=area, kind="whole", state="shown")
    return table.assign(count=pd.array(numbers, dtype="Int64"))


def known(row: pd.Series, *names: str) -> list[float | None]:
    return [None if pd.isna(row[name]) else row[name] for name in names]


def costs(
    tarief: list[dict],
    since: str | None = EARLIER,
    n: int | None = 24,
    useful: int | None = None,
    unknown: int | None = None,
    basis: int = 1,
) -> pd.Series:
    of = framed({"borne": since}, peildatum=ENDS, kosten={"tarief": tarief})
    table = costs_per_gemeente(of, counts_of("borne", n, useful, unknown), basis)
    return table.set_index("area").loc["borne"]


def tariffs(of_large: int = PEOPLE, **tariff: float) -> list[dict]:
    """€ 1.200 a year for who is as large as Borne, and € 800 for others."""
    small = {"vanaf_inwoners": 0, "per_jaar": 800}
    return [small, {"vanaf_inwoners": of_large, "per_jaar": 1200, **tariff}]


@pytest.mark.parametrize(
    ("tariff", "given", "per_year", "amount", "n"),
    [
        (tariffs(PEOPLE + 1), {}, 800, 800 * YEAR, 24),
        (tariffs(), {}, 1200, 1200 * YEAR, 24),
        # For the connected time: 1 January to 30 June are 181 days.
        (tariffs(), {"since": "2022-01-01"}, 1200, 1200 * 181 / 365.25, 24),
        (tariffs(aansluiting=250), {"since": "2021-07-01"}, 1200, 1200 * YEAR + 250, 24),
        (tariffs(aansluiting=250), {}, 1200, 1200 * YEAR, 24),
        (tariffs(per_melding=2.5), {}, 1200, 1200 * YEAR + 60, 24),
        (tariffs(), {"n": None}, 1200, 1200 * YEAR, None),
        # The amount would give the hidden count.
        (tariffs(per_melding=2.5), {"n": None}, 1200, None, None),
        (tariffs(), {"n": 0}, 1200, 1200 * YEAR, None),
        (tariffs(), {"since": None}, 1200, None, None),  # not known since when
    ],
)
def test_costs_follow_the_tariff_the_time_and_the_count_as_far_as_these_are_known(
    tariff, given, per_year, amount, n
):
    row = costs(tariff, **given)

    expected = [amount, n and amount / n]
    assert known(row, "amount", "per_melding") == pytest.approx(expected)
    assert row["per_year"] == per_year
    assert row["per_1000_inhabitants_per_year"] == pytest.approx(per_year / PEOPLE * 1000)


def test_a_gemeente_without_a_tariff_is_an_error_that_names_it():
    with pytest.raises(UsageError, match=rf"kosten\.tarief.*borne \({PEOPLE}"):
        costs([{"vanaf_inwoners": PEOPLE + 1, "per_jaar": 1200}])


@pytest.mark.parametrize(
    ("n", "useful", "unknown", "basis", "of"),
    [
        (24, 10, 5, 1, [24, 15, 10]),
        (24, 10, 0, 1, [24, 10, 10]),
        (24, 0, 10, 1, [24, 10, None]),  # perhaps none was useful
        (24, None, 5, 1, [24, None, None]),
        (24, 10, None, 1, [24, None, 10]),
        (24, 0, 0, 1, [24, None, None]),
        # As rounded counts 20 is 16 to 24 and 10 is 6 to 14; of less than 50 too little is known.
        (50, 20, 10, 5, [50, 38, 16]),
        (50, 0, 10, 5, [50, 18, None]),
        (45, 20, 10, 5, [None] * 3),
    ],
)
def test_a_useful_melding_costs_at_least_and_at_most(n, useful, unknown, basis, of):
    row = costs(tariffs(), n=n, useful=useful, unknown=unknown, basis=basis)

    found = known(row, "per_melding", "per_useful_low", "per_useful_high")
    assert found == pytest.approx([number and 1200 * YEAR / number for number in of])


# --- in all --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "delivered", "count", "expected"),
    [
        # The sum, of how many; and what a melding and a useful one (4 of them, 6 unknown) cost.
        ([100, 100], ["almelo", "borne"], 20, [2, 200, 2, 10, 20, 50]),
        ([100, 100], ["almelo"], 10, [2, 200, 1, 10, 10, 25]),
        ([100, None], ["almelo"], 10, [1, 100, 1, 10, 10, 25]),
        # Amounts and meldingen of different gemeenten give no mean.
        ([100, None], ["almelo", "borne"], 20, [1, 100, 2, None, None, None]),
        ([100, 100], ["almelo"], None, [2, 200, 1, None, 10, 25]),
    ],
)
def test_the_district_is_the_sum_and_its_meldingen_are_those_of_who_delivered(
    amounts, delivered, count, expected
):
    of = framed(dict.fromkeys(delivered))
    table = pd.DataFrame({"area": ["almelo", "borne"], "inhabitants": 50000, "per_year": 500.0})
    table["amount"] = pd.array(amounts, dtype="Float64")

    row = costs_of_district(of, table, counts_of("twente", count, 4, 6), 1).iloc[0]

    names = ["gemeenten", "amount", "counted_gemeenten"]
    assert known(row, *names, "per_melding", "per_useful_low", "per_useful_high") == expected
    assert row["per_1000_inhabitants_per_year"] == 10  # 1000 over 100 thousand


# --- per phase -----------------------------------------------------------------------------------

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
        ([FIRST, THEN | {"eind": "2024-12-31"}], ENDS, BOTH, [0, 100 + 1200 / 365.25]),
        ([FIRST, THEN], None, BOTH, [None, None]),  # not known since when
        # What no phase covers nobody is said to pay: 242 days.
        (
            *([PART], "2020-07-01"),
            *([("2021-09-01", "2022-04-30", "IVZ")], [1200 * 242 / 365.25]),
        ),
        ([], "2021-07-01", [], []),
        ([{"begin": "2023-01-01", "betaler": "gemeente"}], "2021-07-01", [], []),
    ],
)
def test_each_phase_is_paid_by_who_pays_then(fase, connected_on, parts, amounts):
    tarief = tariffs(aansluiting=100 * (connected_on == ENDS))
    of = framed({"borne": connected_on}, peildatum=ENDS, kosten={"fase": fase, "tarief": tarief})

    table = costs_per_phase(of).query("area == 'borne'")

    days = [[f"{day:%Y-%m-%d}" for day in table[end]] for end in ("begin", "end")]
    assert list(zip(*days, table["payer"], strict=True)) == parts
    told = [None if pd.isna(amount) else amount for amount in table["amount"]]
    assert told == pytest.approx(amounts)


# --- next year -----------------------------------------------------------------------------------

YEAR_TO_COME = {"receipts": 100.0, "low": 90.0, "high": 125.0, "verdict": "no_change"}
AMOUNTS = ["amount_low", "amount_high", "per_melding_low", "per_melding_high"]
TWO = pd.DataFrame({"per_year": [450.0, 450.0]})


def scenarios(
    per_melding: float = 0, year: dict | None = None, absent: int = 0, **ranges
) -> pd.DataFrame:
    """Those for two gemeenten of € 450 a year; without ranges there is that of the trend alone."""
    kosten = {"tarief": [{"vanaf_inwoners": 0, "per_jaar": 450, "per_melding": per_melding}]}
    kosten |= {"scenario": [{"naam": "Proef", **ranges}]} if ranges else {}
    of = framed(dict.fromkeys(SLUGS[absent:]), kosten=kosten)
    return cost_scenarios(of, TWO, pd.DataFrame([YEAR_TO_COME | (year or {})]))


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
    assert known(scenarios(**changed).iloc[-1], *AMOUNTS) == pytest.approx(amounts)


def test_the_first_scenario_is_that_it_goes_on_like_this_and_others_are_chosen_by_somebody():
    first, other = scenarios(tarief_procent=[0, 10], gekozen_door="het DVO").to_dict("records")

    assert (first["scenario"], first["chosen_by"], first["whole_year"]) == ("trend", "trend", 100)
    assert (first["meldingen_low"], first["meldingen_high"]) == pytest.approx((-0.1, 0.25))
    assert (other["scenario"], other["chosen_by"]) == ("Proef", "het DVO")


@pytest.mark.parametrize(
    ("given", "whole_year"),
    [
        ({"year": {"verdict": "cannot_tell"}}, 100),
        ({"year": {"receipts": None}}, None),
        ({"absent": 1}, None),  # a gemeente that pays did not deliver
    ],
)
def test_when_next_year_cannot_be_told_there_is_no_scenario_of_it(given, whole_year):
    (row,) = scenarios(tarief_procent=[0, 0], **given).to_dict("records")

    assert row["scenario"] == "Proef"
    assert known(pd.Series(row), "whole_year") == [whole_year]
    assert cost_scenarios(framed({"borne": None}), TWO[:0], pd.DataFrame([YEAR_TO_COME])).empty
