"""Cases that others published: what they hide is held against both attacks, and beside our plan."""

import pandas as pd
import pytest

from mma_analysis import protect
from mma_analysis.audit.attack import weak_cells
from mma_analysis.audit.relations import Relation, adds_up
from test_protect_attack import bounds, states_of
from test_protect_plan import cells_of, hidden, sums

# sdcTable 0.34.0, tests/testthat/test-protectTable.r: `microdata1`, persons by region and gender.
MICRODATA = {
    "male": {"A": 18, "B": 14, "C": 12, "D": 11},
    "female": {"A": 2, "B": 19, "C": 10, "D": 14},
}
# Cells 5, 6, 11, 12 and 5, 6, 14, 15 of what it prints: what its methods hide with A's 2 women.
OPTIMAL = "A_male A_female C_male C_female"
GAUSS = "A_male A_female D_male D_female"
# GaussSuppression 1.2.3, tests/testthat/test-GaussSuppressionFromData.R, on `z1` of SSBtools:
# persons by region and main income. Up to 3 is too small; it hides cells 12, 13, 22, 23, 42 and 43.
Z1 = {
    "annet": dict(zip("ABCDEFGH", (11, 7, 5, 13, 9, 12, 6, 9), strict=True)),
    "arbeid": dict(zip("ABCDEFGH", (11, 1, 8, 2, 14, 9, 4, 3), strict=True)),
    "soshjelp": dict(zip("ABCDEFGH", (55, 29, 35, 17, 63, 24, 22, 38), strict=True)),
    "trygd": dict(zip("ABCDEFGH", (36, 18, 25, 13, 52, 22, 8, 15), strict=True)),
}
SMALL = ["B_arbeid", "D_arbeid", "H_arbeid"]
IN_Z1 = " ".join([*SMALL, "B_annet", "D_annet", "H_annet"])


def table(columns: dict[str, dict[str, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with all its totals; what a count is worth is its size."""
    rows, names = list(next(iter(columns.values()))), list(columns)
    inner = {f"{row}_{name}": columns[name][row] for row in rows for name in names}
    parts = {f"{row}_T": [f"{row}_{name}" for name in names] for row in rows}
    parts |= {f"T_{name}": [f"{row}_{name}" for row in rows] for name in names}
    totals = {total: sum(inner[cell] for cell in cells) for total, cells in parts.items()}
    whole = {"T_T": sum(inner.values())}
    down = sums({"T_T": [f"{row}_T" for row in rows]})
    across = sums({"T_T": [f"T_{name}" for name in names]}).assign(relation="across")
    counts = inner | totals | whole
    cells = cells_of(counts, cost={cell: float(count) for cell, count in counts.items()})
    return cells, pd.concat([sums(parts), down, across], ignore_index=True)


def weak_to_audit(
    cells: pd.DataFrame, relations: pd.DataFrame, unknown: str, threshold: int, floor: int
) -> dict[str, str]:
    """What the audit's attack, which shares no code with the other, says of hidden counts."""
    known = cells["count"].drop(unknown.split()).astype("float64").to_dict()
    related: list[Relation] = []
    for _, terms in relations.groupby("relation"):
        is_part = terms["coefficient"] == 1
        whole = terms.loc[~is_part, "cell"].item()
        related.append(adds_up(terms.loc[is_part, "cell"].tolist(), whole))
    return weak_cells(known, unknown.split(), related, threshold, floor)


def test_the_totals_are_those_that_were_published() -> None:
    of_persons, of_income = table(MICRODATA)[0]["count"], table(Z1)[0]["count"]

    assert of_persons["T_T"] == 100
    totals = {"A_T": 113, "B_T": 55, "T_annet": 72, "T_arbeid": 52, "T_trygd": 189, "T_T": 596}
    assert of_income[list(totals)].to_dict() == totals


@pytest.mark.parametrize(
    ("pattern", "highest"),
    [(OPTIMAL, 12), (GAUSS, 16)],  # 2 + 10 and 2 + 14 women together
)
def test_what_sdctable_hides_is_safe_and_one_count_less_is_not(pattern: str, highest: int) -> None:
    cells, relations = table(MICRODATA)

    derived = protect.attack(cells, relations, states_of(cells, pattern), zeros_printed=False)

    assert bounds(derived, "A_female") == (0, highest)
    assert weak_to_audit(cells, relations, pattern, threshold=3, floor=0) == {}
    for shown in set(pattern.split()) - {"A_female"}:
        fewer = " ".join(cell for cell in pattern.split() if cell != shown)
        weak = protect.weaknesses(cells, relations, states_of(cells, fewer), 3)
        assert set(weak.index) == set(fewer.split())
        assert weak_to_audit(cells, relations, fewer, 3, 1) == dict.fromkeys(fewer.split(), "exact")


@pytest.mark.parametrize("released", [[], ["D_male"]], ids=["free", "D_male is out already"])
def test_our_plan_hides_what_sdctable_calls_optimal(released: list[str]) -> None:
    cells, relations = table(MICRODATA)
    cells = cells.assign(released=cells.index.isin(released))

    assert hidden(protect.plan(cells, relations, threshold=3)) == set(OPTIMAL.split())


@pytest.mark.parametrize(
    ("zeros_printed", "of_arbeid", "of_annet"),
    [
        # 1 + 2 + 3 = 6 of work: each is what the two others leave; with 8, 15 and 12 per region.
        (True, (1, 4), {"B_annet": (4, 7), "D_annet": (11, 14), "H_annet": (8, 11)}),
        (False, (0, 6), {"B_annet": (2, 8), "D_annet": (9, 15), "H_annet": (6, 12)}),
    ],
)
def test_what_gausssuppression_hides_leaves_what_can_be_worked_out_by_hand(
    zeros_printed: bool, of_arbeid: tuple[int, int], of_annet: dict[str, tuple[int, int]]
) -> None:
    cells, relations = table(Z1)

    derived = protect.attack(cells, relations, states_of(cells, IN_Z1), zeros_printed)

    assert {cell: bounds(derived, cell) for cell in SMALL} == dict.fromkeys(SMALL, of_arbeid)
    assert {cell: bounds(derived, cell) for cell in of_annet} == of_annet


@pytest.mark.parametrize(("threshold", "weak"), [(4, []), (5, SMALL)])
def test_what_gausssuppression_hides_is_enough_up_to_three_and_not_up_to_four(
    threshold: int, weak: list[str]
) -> None:
    # Who sees zeros knows that none of the three is more than 4.
    cells, relations = table(Z1)

    found = protect.weaknesses(cells, relations, states_of(cells, IN_Z1), threshold)

    assert found.index.tolist() == weak
    audited = weak_to_audit(cells, relations, IN_Z1, threshold, floor=1)
    assert audited == dict.fromkeys(weak, "small")


def test_our_plan_hides_as_few_as_gausssuppression() -> None:
    # Three at least: each of the three needs one beside it in its own row.
    cells, relations = table(Z1)

    states = protect.plan(cells, relations, threshold=4)

    assert set(SMALL) < hidden(states)
    assert len(hidden(states)) == len(IN_Z1.split()) == 6
    assert protect.weaknesses(cells, relations, states, 4).empty
