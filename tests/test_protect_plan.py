"""The plan hides enough, hides no more than that, and does not depend on how it is asked."""

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import protect
from mma_analysis.protect.moves import Part
from mma_analysis.vocabulary import DataError, Vocabulary

VOCABULARY = Vocabulary()

THRESHOLD = 5


def cells_of(counts: dict[str, int], cost: dict[str, float] | None = None) -> pd.DataFrame:
    table = pd.DataFrame({"count": counts, "published": True, "owner": ""}).rename_axis("cell")
    return table.assign(cost=pd.Series(cost or {}, dtype=float).reindex(table.index).fillna(1.0))


def sums(parts: dict[str, list[str]]) -> pd.DataFrame:
    """One relation per total: its parts add up to it."""
    rows = [(total, cell, 1) for total, cells in parts.items() for cell in cells]
    rows += [(total, total, -1) for total in parts]
    return pd.DataFrame(rows, columns=["relation", "cell", "coefficient"])


def crossed(inner: list[list[int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of rows and columns with all its totals."""
    table = np.array(inner)
    whole = np.block(
        [
            [table, table.sum(1, keepdims=True)],
            [table.sum(0, keepdims=True), np.array([[table.sum()]])],
        ]
    )
    rows, columns = [[*map(str, range(size)), "T"] for size in table.shape]
    counts = {r + c: int(whole[i, j]) for i, r in enumerate(rows) for j, c in enumerate(columns)}
    parts = {r + "T": [r + c for c in columns[:-1]] for r in rows}
    down = {"T" + c: [r + c for r in rows[:-1]] for c in columns}
    relations = [sums(parts), sums(down).assign(relation=lambda t: "down " + t["relation"])]
    return cells_of(counts), pd.concat(relations, ignore_index=True)


def cube() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gemeente × topic × year with all totals; the counts are arithmetic, a third below 5."""
    keys = ["ABCDEF", "uvwxyz", "123"]
    counts: dict[str, int] = {}
    parts: dict[str, list[str]] = {}
    for key in itertools.product(*keys):
        count = (ord(key[0]) * 7 + ord(key[1]) * 5 + ord(key[2]) * 11) % 17
        for cell in itertools.product(*[(value, "T") for value in key]):
            counts["".join(cell)] = counts.get("".join(cell), 0) + count
    for cell, (place, values) in itertools.product(counts, enumerate(keys)):
        if cell[place] == "T":
            parts[f"{cell}|{place}"] = [cell[:place] + one + cell[place + 1 :] for one in values]
    rows = [(name, cell, 1) for name, cells in parts.items() for cell in cells]
    rows += [(name, name.split("|")[0], -1) for name in parts]
    return cells_of(counts), pd.DataFrame(rows, columns=["relation", "cell", "coefficient"])


def linked() -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Table 1 is by county, table 2 by group; each alone needs nothing more than what is small.

    Source: sdcTable 0.34.0, tests/testthat/test-linked-tables.r. small - county1 = K + N gives K.
    """
    counts = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
    totals = {"county1": 20, "county2": 16, "small": 30, "big": 6}
    parts = {"county1": ["A", "B", "I", "J"], "county2": ["K", "L", "M", "N"]}
    parts |= {"small": ["A", "B", "I", "J", "K", "N"], "big": ["L", "M"]}
    return cells_of(counts | totals), parts


def with_double(**counts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two gemeenten, a + b = total + double, of which `double` is not published."""
    cells = cells_of(counts)
    cells.loc["double", "published"] = False
    terms = {"a": 1, "b": 1, "total": -1, "double": -1}
    return cells, pd.DataFrame(
        {"relation": "tips", "cell": terms.keys(), "coefficient": terms.values()}
    )


def hidden(states: pd.Series) -> set[str]:
    return set(states.index[states == "hidden"])


def no_weakness(cells: pd.DataFrame, relations: pd.DataFrame, states: pd.Series) -> bool:
    return all(
        protect.weaknesses(cells, relations, states, THRESHOLD, zeros, reader).empty
        for zeros in (True, False)
        for reader in cells["owner"].unique()
    )


def test_one_small_gemeente_takes_the_cheapest_other_with_it() -> None:
    counts = {area.slug: 10 for area in VOCABULARY.gemeenten} | {"borne": 3}
    cells = cells_of(counts | {"twente": 133, "alone": 4}, cost={"twente": 100.0, "losser": 0.9})
    relations = sums({"twente": list(counts)})

    states = protect.plan(cells, relations, THRESHOLD)

    assert len(counts) == 14
    assert hidden(states) == {"borne", "losser", "alone"}  # which is in no relation
    assert protect.plan(cells.iloc[:0], sums({}), THRESHOLD).empty


def test_an_unpublished_count_gets_no_state_and_can_be_protection_enough() -> None:
    # a + b = total + double: without `double` nobody can subtract.
    cells, relations = with_double(a=3, b=20, double=2, total=21)

    states = protect.plan(cells, relations, THRESHOLD)

    assert states.to_dict() == {"a": "hidden", "b": "shown", "total": "shown"}


def test_an_unpublished_count_between_two_tables_is_seen_through() -> None:
    # total = a + rest and rest = b + c: `rest` is printed nowhere, but b + c is.
    cells = cells_of({"a": 3, "rest": 30, "b": 10, "c": 20, "total": 33})
    cells.loc["rest", "published"] = False
    relations = sums({"total": ["a", "rest"], "rest": ["b", "c"]})

    states = protect.plan(cells, relations, THRESHOLD)

    assert len(hidden(states)) == 2
    assert no_weakness(cells, relations, states)


def test_linked_tables_are_protected_as_one() -> None:
    cells, parts = linked()

    states = protect.plan(cells, sums(parts), threshold=4)

    assert {"A", "B", "K", "L", "M"} < hidden(states)
    assert protect.weaknesses(cells, sums(parts), states, 4).empty


def test_a_plan_does_not_depend_on_the_order_of_rows() -> None:
    cells, relations = crossed([[3, 9, 8, 12], [7, 2, 0, 5], [11, 6, 4, 9]])
    first = protect.plan(cells, relations, THRESHOLD)

    turned = protect.plan(cells[::-1], relations[::-1].reset_index(drop=True), THRESHOLD)
    mixed = protect.plan(
        cells.sample(frac=1, random_state=1), relations.sample(frac=1, random_state=2), THRESHOLD
    )

    pd.testing.assert_series_equal(first, turned)
    pd.testing.assert_series_equal(first, mixed)


def test_the_input_is_left_alone() -> None:
    cells, relations = crossed([[3, 9], [7, 8]])
    before = cells.copy(), relations.copy()

    protect.attack(cells, relations, protect.plan(cells, relations, THRESHOLD))

    pd.testing.assert_frame_equal(cells, before[0])
    pd.testing.assert_frame_equal(relations, before[1])


@pytest.mark.parametrize(
    ("cells", "parts", "named"),
    [
        (cells_of({"a": 3, "b": 9, "total": 13}), ["a", "b"], "'total' does not add up.* by -1"),
        (cells_of({"a": 3, "total": 3}), ["a", "b"], "'total' names unknown cell 'b'"),
        (pd.concat([cells_of({"a": 3, "total": 3})] * 2), ["a"], "'a' occurs twice"),
    ],
)
def test_a_relation_that_cannot_hold_is_named(
    cells: pd.DataFrame, parts: list[str], named: str
) -> None:
    with pytest.raises(protect.RelationError, match=named) as error:
        protect.plan(cells, sums({"total": parts}), THRESHOLD)
    assert isinstance(error.value, DataError)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(("column", "value"), [("count", -1), ("cost", 0.0), ("cost", np.inf)])
def test_a_count_or_cost_that_cannot_be_is_named(column: str, value: float) -> None:
    cells = cells_of({"a": 3, "b": 4})
    cells.loc["b", column] = value

    with pytest.raises(DataError, match=f"cell 'b': {column} must be"):
        protect.plan(cells, sums({}), THRESHOLD)


tables = st.tuples(st.integers(2, 5), st.integers(2, 5)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 12), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@given(tables)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_after_the_plan_no_attack_succeeds(inner: list[list[int]]) -> None:
    cells, relations = crossed(inner)

    states = protect.plan(cells, relations, THRESHOLD)

    assert states[cells["count"].between(1, THRESHOLD - 1)].eq("hidden").all()
    assert states[cells["count"] == 0].eq("shown").all()
    assert no_weakness(cells, relations, states)


@given(tables)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_subtraction_gives_no_hidden_count_back(inner: list[list[int]]) -> None:
    cells, relations = crossed(inner)

    states = protect.plan(cells, relations, THRESHOLD)

    # A combination of relations in which one hidden count is left alone would give it away.
    unknown = sorted(hidden(states))
    matrix = relations.pivot_table("coefficient", "relation", "cell").fillna(0)
    left = matrix[unknown].to_numpy()
    for alone in np.eye(len(unknown)):
        rank = np.linalg.matrix_rank
        assert rank(np.vstack([left, alone])) > rank(left)


@given(tables)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_nothing_is_hidden_in_vain(inner: list[list[int]]) -> None:
    cells, relations = crossed(inner)
    states = protect.plan(cells, relations, THRESHOLD)

    for extra in hidden(states[cells["count"] >= THRESHOLD]):
        shown_again = states.where(states.index != extra, "shown")
        assert not no_weakness(cells, relations, shown_again)


def test_a_cube_with_all_its_totals_holds_against_the_attack() -> None:
    cells, relations = cube()

    states = protect.plan(cells, relations, THRESHOLD)

    assert len(cells) == 7 * 7 * 4
    assert no_weakness(cells, relations, states)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(tables)
def test_no_gemeente_learns_of_another_what_it_does_not_know(inner: list[list[int]]) -> None:
    """Rows are gemeenten that know all of their own row."""
    cells, relations = crossed(inner)
    is_row = ~cells.index.str.startswith("T")
    cells = cells.assign(owner=cells.index.str[0].where(is_row, ""))

    assert no_weakness(cells, relations, protect.plan(cells, relations, THRESHOLD))


def test_two_hidden_gemeenten_need_a_third_against_each_other() -> None:
    cells = cells_of({"a": 3, "b": 9, "c": 20, "total": 32}, cost={"c": 2.0, "total": 100.0})
    relations = sums({"total": ["a", "b", "c"]})

    without = protect.plan(cells, relations, THRESHOLD)
    within = protect.plan(cells.assign(owner=["a", "b", "c", ""]), relations, THRESHOLD)

    assert hidden(without) == {"a", "b"}
    assert hidden(within) == {"a", "b", "c"}


def test_the_search_ends_when_an_owner_learns_a_count_that_others_would_move_with(
    monkeypatch,
) -> None:
    # The owner of both sums, 5 and 7, knows that a and x are below the threshold: together they are
    # 5, and neither is 0. That w may be more than 4 then rests on x and a alone, that he has
    # learned: a move that needs them saves w from nobody, however often it is found.
    cells = cells_of({"a": 2, "x": 3, "w": 4, "sum": 5, "other": 7})
    cells = cells.assign(owner=["", "", "", "losser", "losser"])
    sought = itertools.count(1)
    saving_move = Part.saving_move

    def counted(part: Part, *asked: Any) -> Any:
        assert next(sought) <= 50, "the same move is found again and again"
        return saving_move(part, *asked)

    monkeypatch.setattr(Part, "saving_move", counted)

    states = protect.plan(cells, sums({"sum": ["a", "x"], "other": ["x", "w"]}), THRESHOLD)

    # Nobody else may see that a and x are 5 together; that x and w are 7 leaves both open.
    assert hidden(states) == {"a", "x", "w", "sum"}


def test_the_solver_prints_nothing() -> None:
    # It greets on standard output, where a machine may be reading.
    code = "from mma_analysis.protect.solver import Solver; Solver().run()"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert done.stdout == b""
    assert done.stderr == b""
