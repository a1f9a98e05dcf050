"""What being connected costs, reckoned by hand."""

import pandas as pd
import pytest

from mma_analysis.domain import UsageError
from mma_analysis.edition import Kosten
from mma_analysis.measure.costs import costs_per_gemeente

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
) -> pd.Series:
    table = costs_per_gemeente(
        Kosten.model_validate({"tarief": tarief}),
        inhabitants=pd.Series({"borne": people}),
        connected_months=pd.Series({"borne": months}, dtype="float64"),
        counts=pd.Series({"borne": n}, dtype="Int64"),
        joined=["borne"] if is_joining else [],
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


def test_a_price_per_melding_is_added():
    tariff = [{"vanaf_inwoners": 0, "per_jaar": 1200, "per_melding": 2.5}]

    assert costs(tariff)["amount"] == 1260  # 24 × 2.50


def test_a_hidden_count_leaves_the_amount_only_when_it_does_not_depend_on_it():
    per_melding = [{"vanaf_inwoners": 0, "per_jaar": 1200, "per_melding": 2.5}]

    fixed, variable = costs(SIZE_CLASSES, n=None), costs(per_melding, n=None)

    assert fixed["amount"] == 1200
    assert pd.isna(fixed["per_melding"])
    assert pd.isna(variable["amount"])
    assert pd.isna(variable["per_melding"])


def test_no_meldingen_have_no_price_each():
    assert pd.isna(costs(SIZE_CLASSES, n=0)["per_melding"])


def test_when_it_is_not_known_since_when_the_amount_is_not_known():
    row = costs(SIZE_CLASSES, months=None)

    assert pd.isna(row["amount"])
    assert row["per_year"] == 1200


def test_a_gemeente_without_a_tariff_is_an_error_that_names_it():
    with pytest.raises(UsageError, match=r"kosten\.tarief.*borne.*5000"):
        costs([{"vanaf_inwoners": 10000, "per_jaar": 1200}], people=5000)
