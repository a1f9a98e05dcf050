"""Rounded counts add up, stay near, and say nothing exactly."""

import pandas as pd
import pytest
from hypothesis import given, settings

from mma_analysis import protect
from test_protect_plan import cells_of, crossed, cube, sums, tables, with_double

BASE = 5


def adds_up(counts: pd.Series, relations: pd.DataFrame) -> bool:
    terms = relations["coefficient"] * relations["cell"].map(counts)
    return bool((terms.groupby(relations["relation"]).sum() == 0).all())


@pytest.mark.parametrize(
    ("counts", "dear", "possible"),
    [
        # Each 3 alone would go to 5; 10 is further from 6 than 5 is, so one of them goes to 0.
        ({"a": 3, "b": 3, "total": 6}, ["total"], [(0, 5, 5), (5, 0, 5)]),
        ({"a": 3, "b": 3, "total": 6}, ["a", "b"], [(5, 5, 10)]),  # what is dear is changed less
        ({"a": 10, "b": 25, "total": 35}, [], [(10, 25, 35)]),  # multiples stay when all are
        # 0 + 0 + 10 = 10 is nearest for all but the last part, but 4 may not become 10.
        (
            {"a": 2, "b": 2, "c": 4, "total": 8},
            ["a", "b", "total"],
            [(a, b, c, a + b + c) for a in (0, 5) for b in (0, 5) for c in (0, 5)],
        ),
    ],
)
def test_counts_go_to_the_next_multiple_and_add_up(
    counts: dict[str, int], dear: list[str], possible: list[tuple[int, ...]]
) -> None:
    cells = cells_of(counts, cost=dict.fromkeys(dear, 100.0))

    found = protect.rounded(cells, sums({"total": list(counts)[:-1]}), BASE)

    assert tuple(found[list(counts)]) in possible


def test_an_unpublished_count_lets_the_others_add_up() -> None:
    cells, relations = with_double(a=14, b=14, double=3, total=25)

    counts = protect.rounded(cells, relations, BASE)

    assert counts.to_dict() == {"a": 15, "b": 15, "total": 25}


def test_a_zero_stays_also_when_others_must_go_further_than_the_next_multiple() -> None:
    # Three equal parts of 2 become 0 or 15 together, and their sum of 6 should be 5 or 10. With 5
    # in the place of the zero it could be.
    cells = cells_of({"a": 2, "b": 2, "c": 2, "none": 0, "total": 6}, cost={"total": 100.0})
    terms = [("a is b", "a", 1), ("a is b", "b", -1), ("b is c", "b", 1), ("b is c", "c", -1)]
    equal = pd.DataFrame(terms, columns=["relation", "cell", "coefficient"])

    counts = protect.rounded(
        cells, pd.concat([sums({"total": ["a", "b", "c", "none"]}), equal], ignore_index=True), BASE
    )

    assert counts.to_dict() == {"a": 0, "b": 0, "c": 0, "none": 0, "total": 0}


@pytest.mark.parametrize("base", [3, 5])
def test_a_cube_is_rounded_to_the_next_multiple_everywhere(base: int) -> None:
    cells, relations = cube()

    counts = protect.rounded(cells, relations, base)

    assert adds_up(counts, relations)
    assert (counts % base == 0).all()
    assert ((counts - cells["count"]).abs() < base).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(tables)
def test_every_table_is_rounded_so_that_it_adds_up(inner: list[list[int]]) -> None:
    cells, relations = crossed(inner)

    counts = protect.rounded(cells, relations, BASE)

    assert adds_up(counts, relations)
    assert (counts % BASE == 0).all()
    assert (counts[cells["count"] == 0] == 0).all()
    assert set(counts[cells["count"].between(1, 4)]) <= {0, 5}
    again = protect.rounded(cells[::-1], relations[::-1].reset_index(drop=True), BASE)
    pd.testing.assert_series_equal(counts, again)


def test_the_input_is_left_alone() -> None:
    cells, relations = crossed([[3, 9], [7, 8]])
    before = cells.copy(), relations.copy()

    protect.rounded(cells, relations, BASE)

    pd.testing.assert_frame_equal(cells, before[0])
    pd.testing.assert_frame_equal(relations, before[1])
