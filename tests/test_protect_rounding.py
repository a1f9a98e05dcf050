"""Rounded counts add up, stay near, and say nothing exactly."""

import pandas as pd
import pytest
from hypothesis import given, settings

from mma_analysis import protect
from test_protect_plan import cells_of, crossed, cube, sums, tables

BASE = 5


def adds_up(counts: pd.Series, relations: pd.DataFrame) -> bool:
    terms = relations["coefficient"] * relations["cell"].map(counts)
    return bool((terms.groupby(relations["relation"]).sum() == 0).all())


def test_three_and_three_become_five_together() -> None:
    # Each alone would go to 5; 10 is further from 6 than 5 is, so one of them goes to 0.
    cells = cells_of({"a": 3, "b": 3, "total": 6}, cost={"total": 100.0})

    counts = protect.rounded(cells, sums({"total": ["a", "b"]}), BASE)

    assert counts["total"] == 5
    assert sorted(counts[["a", "b"]]) == [0, 5]


def test_what_is_dear_is_changed_less() -> None:
    # 10 is further from 6 than 5 is, but then neither 3 has to become 0.
    cells = cells_of({"a": 3, "b": 3, "total": 6}, cost={"a": 100.0, "b": 100.0})

    counts = protect.rounded(cells, sums({"total": ["a", "b"]}), BASE)

    assert counts.to_dict() == {"a": 5, "b": 5, "total": 10}


def test_no_count_goes_further_than_the_next_multiple_to_spare_a_dear_one() -> None:
    # 0 + 0 + 10 = 10 is nearest for all but the last part, of which 4 would become 10.
    dear = {"a": 2, "b": 2, "total": 8}
    cells = cells_of(dear | {"c": 4}, cost=dict.fromkeys(dear, 100.0))

    counts = protect.rounded(cells, sums({"total": ["a", "b", "c"]}), BASE)

    assert counts["c"] in (0, 5)


def test_what_is_a_multiple_already_stays_when_all_are() -> None:
    cells = cells_of({"a": 10, "b": 25, "total": 35})

    counts = protect.rounded(cells, sums({"total": ["a", "b"]}), BASE)

    assert counts.to_dict() == {"a": 10, "b": 25, "total": 35}


def test_an_unpublished_count_lets_the_others_add_up() -> None:
    # a + b = total + double
    cells = cells_of({"a": 14, "b": 14, "double": 3, "total": 25})
    cells.loc["double", "published"] = False
    terms = {"a": 1, "b": 1, "total": -1, "double": -1}
    relations = pd.DataFrame(
        {"relation": "tips", "cell": terms.keys(), "coefficient": terms.values()}
    )

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
