"""The attack finds what a reader can work out, also where counting hidden cells sees nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import protect
from mma_analysis.vocabulary import DataError
from test_protect_plan import cells_of, linked, sums, with_double


def states_of(cells: pd.DataFrame, hidden: str) -> pd.Series:
    names = cells.index[cells["published"]]
    return pd.Series(np.where(names.isin(hidden.split()), "hidden", "shown"), names)


def bounds(derived: pd.DataFrame, cell: str) -> tuple[float, float]:
    lowest, highest = derived.loc[[cell], ["lowest", "highest"]].to_numpy()[0]
    return float(lowest), float(highest)


@pytest.mark.parametrize(
    ("counts", "hidden", "threshold", "known", "weak"),
    [
        ({"a": 3, "b": 9, "total": 12}, "a", 5, {"a": (3, 3)}, ["a"]),  # by subtraction
        # a + b = 5 and both are at least 1, so both are at most 4.
        ({"a": 2, "b": 3, "total": 5}, "a b", 5, {"a": (1, 4), "b": (1, 4)}, ["a", "b"]),
        ({"a": 2, "b": 3, "total": 5}, "a b", 4, {"a": (1, 4), "b": (1, 4)}, []),
        ({"a": 2}, "a", 5, {"a": (1, np.inf)}, []),  # nothing limits it
        # Zeros are printed: both are one.
        ({"a": 1, "b": 1, "c": 30, "total": 32}, "a b", 5, {"a": (1, 1), "b": (1, 1)}, ["a", "b"]),
    ],
)
def test_what_a_reader_works_out_is_a_weakness_below_the_threshold(
    counts: dict[str, int],
    hidden: str,
    threshold: int,
    known: dict[str, tuple[float, float]],
    weak: list[str],
) -> None:
    cells = cells_of(counts)
    relations = sums({"total": [cell for cell in counts if cell != "total"]})
    asked = (cells, relations if len(counts) > 1 else sums({}), states_of(cells, hidden))

    derived = protect.attack(*asked)

    assert {cell: bounds(derived, cell) for cell in derived.index} == known
    assert protect.weaknesses(*asked, threshold).index.tolist() == weak


def test_where_no_zero_is_printed_two_that_sum_to_two_may_be_none() -> None:
    cells = cells_of({"a": 1, "b": 1, "c": 30, "total": 32})
    asked = (cells, sums({"total": ["a", "b", "c"]}), states_of(cells, "a b"))

    silent = protect.attack(*asked, zeros_printed=False)

    assert bounds(silent, "a") == bounds(silent, "b") == (0, 2)


def test_a_reader_knows_that_counts_are_whole_and_that_an_unpublished_one_may_be_zero() -> None:
    # 2a + b = 7 with b at least 1: a is at most 3, not 3.0-something.
    cells = cells_of({"a": 2, "b": 4, "total": 8})
    relations = sums({"total": ["a", "b"]})
    relations.loc[0, "coefficient"] = 2
    # a + b - double = total, with a and double unknown.
    of_tips, tips = with_double(a=3, b=20, double=2, total=21)

    derived = protect.attack(cells, relations, states_of(cells, "a b"))
    of_unpublished = protect.attack(of_tips, tips, states_of(of_tips, "a"))

    assert bounds(derived, "a") == (1, 3)
    assert bounds(derived, "b") == (1, 6)
    assert of_unpublished.index.tolist() == ["a"]
    assert bounds(of_unpublished, "a") == (1, np.inf)


# Source: sdcTable 0.34.0, tests/testthat/test-simpleheuristic.R. In every row and column at least
# two counts are hidden, and still wb = (230+250)-(89+124+31) - ((1021+770)-(92+59+800+651)) = 47.
FOUR_BY_FOUR = {
    "w": {"a": 30, "b": 47, "c": 64, "d": 89},
    "x": {"a": 90, "b": 124, "c": 5, "d": 31},
    "y": {"a": 92, "b": 100, "c": 59, "d": 85},
    "z": {"a": 800, "b": 991, "c": 651, "d": 685},
}
TWO_IN_EVERY_LINE = "wa wb wc xa xc yb yd zb zd"


def four_by_four() -> tuple[pd.DataFrame, pd.DataFrame]:
    counts = {r + c: n for r, row in FOUR_BY_FOUR.items() for c, n in row.items()}
    parts = {r + "T": [r + c for c in "abcd"] for r in "wxyz"}
    parts |= {"T" + c: [r + c for r in "wxyz"] for c in "abcd"}
    totals = {total: sum(counts[cell] for cell in cells) for total, cells in parts.items()}
    return cells_of(counts | totals), sums(parts)


@pytest.mark.parametrize(("extra", "known"), [("", (47, 47)), ("xd", (0, 78)), ("xb", (0, 141))])
def test_counting_hidden_cells_per_line_is_blind_and_one_more_closes_the_trap(
    extra: str, known: tuple[int, int]
) -> None:
    cells, relations = four_by_four()
    states = states_of(cells, f"{TWO_IN_EVERY_LINE} {extra}")

    derived = protect.attack(cells, relations, states, zeros_printed=False)
    weak = protect.weaknesses(cells, relations, states, 0, zeros_printed=False)

    assert bounds(derived, "wb") == known
    assert weak.index.tolist() == ([] if extra else ["wb"])


@pytest.mark.parametrize("table", [("county1", "county2"), ("small", "big")])
def test_two_linked_tables_each_look_safe(table: tuple[str, ...]) -> None:
    cells, parts = linked()
    relations = sums({total: parts[total] for total in table})

    states = states_of(cells, "A B K L M")

    assert protect.weaknesses(cells, relations, states, 0, zeros_printed=False).empty


def test_two_linked_tables_together_give_a_count_away() -> None:
    # small - county1 = K + N = 10, and N = 7 is shown.
    cells, parts = linked()

    alone = protect.attack(cells, sums(parts), states_of(cells, "A B K L M"), False)
    repaired = protect.attack(cells, sums(parts), states_of(cells, "A B K L M N"), False)

    assert bounds(alone, "K") == (3, 3)
    assert bounds(repaired, "K") == (0, 10)


def test_states_that_cannot_be_are_named() -> None:
    cells = cells_of({"a": 0, "b": 9, "total": 9})

    with pytest.raises(DataError, match="'b' has no state"):
        protect.attack(cells, sums({}), pd.Series({"a": "hidden"}))
    with pytest.raises(DataError, match="Infeasible"):  # a hidden zero among printed zeros
        protect.attack(cells, sums({"total": ["a", "b"]}), states_of(cells, "a"))


def test_who_knows_his_own_count_finds_the_other_by_subtraction() -> None:
    # An outsider knows only that a + b = 12.
    cells = cells_of({"a": 3, "b": 9, "total": 12}).assign(owner=["", "b's owner", ""])
    asked = (cells, sums({"total": ["a", "b"]}), states_of(cells, "a b"))

    outside = protect.attack(*asked)
    inside = protect.attack(*asked, insider="b's owner")

    assert bounds(outside, "a") == (1, 11)
    assert inside.index.tolist() == ["a"]
    assert bounds(inside, "a") == (3, 3)
    assert protect.weaknesses(*asked, 5).empty
    assert protect.weaknesses(*asked, 5, insider="b's owner").index.tolist() == ["a"]


@pytest.mark.parametrize(("other", "learned"), [(0, []), (9, ["total"])])
def test_what_an_owner_knew_when_nothing_but_zeros_was_shown_is_not_learned(
    other: int, learned: list[str]
) -> None:
    # With b = 0 the sum is all his own; with b = 9 it is what is shown of b that tells him.
    cells = cells_of({"a": 3, "b": other, "total": 3 + other}).assign(owner=["a's owner", "", ""])
    asked = (cells, sums({"total": ["a", "b"]}), states_of(cells, "a total"))

    assert protect.weaknesses(*asked, 5, insider="a's owner").index.tolist() == learned
    assert protect.exposed(*asked, 5)["cell"].tolist() == learned


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    counts=st.lists(st.integers(1, 9), min_size=2, max_size=6),
    hidden=st.lists(st.booleans(), min_size=6, max_size=6),
    threshold=st.integers(2, 9),
)
def test_the_quick_answer_is_that_of_all_ranges(
    counts: list[int], hidden: list[bool], threshold: int
) -> None:
    names = [f"c{place}" for place in range(len(counts))]
    half = len(names) // 2
    cells = cells_of(
        dict(zip(names, counts, strict=True)) | {"front": sum(counts[:half]), "all": sum(counts)}
    )
    relations = sums({"front": names[:half], "all": names})
    secret = " ".join(name for name, is_hidden in zip(names, hidden, strict=False) if is_hidden)
    states = states_of(cells, secret)

    ranges = protect.attack(cells, relations, states)
    weak = protect.weaknesses(cells, relations, states, threshold)

    is_weak = (ranges["lowest"] == ranges["highest"]) | (ranges["highest"] < threshold)
    assert weak.to_dict("index") == ranges[is_weak].to_dict("index")
