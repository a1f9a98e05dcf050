"""What was released before stays as it is, and what is withheld is given back by nothing else."""

import numpy as np
import pandas as pd
import pytest

from mma_analysis import protect
from test_protect_plan import THRESHOLD, cells_of, crossed, hidden, no_weakness, sums


def test_a_released_count_stays_shown_and_another_is_hidden_instead() -> None:
    # Without an earlier release `b` is the cheapest to go with `a`.
    cells = cells_of({"a": 3, "b": 9, "c": 20, "total": 32}, cost={"c": 2.0, "total": 9.0})
    relations = sums({"total": ["a", "b", "c"]})

    first = protect.plan(cells, relations, THRESHOLD)
    second = protect.plan(
        cells.assign(released=cells.index.isin(["b", "total"])), relations, THRESHOLD
    )

    assert hidden(first) == {"a", "b"}
    assert hidden(second) == {"a", "c"}


def test_a_release_that_leaves_no_way_out_is_an_error_that_says_which() -> None:
    cells = cells_of({"a": 3, "b": 9, "total": 12}).assign(released=[False, True, True])

    with pytest.raises(protect.ReleasedError, match="'a' can be worked out.*'b'|'total'"):
        protect.plan(cells, sums({"total": ["a", "b"]}), THRESHOLD)


def test_a_withheld_count_is_hidden_however_large_and_cannot_be_worked_out() -> None:
    cells = cells_of({"a": 30, "b": 9, "c": 8, "total": 47}, cost={"total": 9.0})
    cells = cells.assign(withheld=[True, False, False, False])
    relations = sums({"total": ["a", "b", "c"]})

    states = protect.plan(cells, relations, THRESHOLD)

    assert "a" in hidden(states)
    assert len(hidden(states)) == 2
    assert no_weakness(cells, relations, states)


def test_two_halves_that_protect_only_each_other_are_shown_together() -> None:
    # The year is shown: with one half of it hidden the other would be known.
    cells = cells_of(
        {"a": 3, "b": 20, "b1": 9, "b2": 11, "c": 30, "total": 53},
        cost={"b": 5.0, "total": 50.0, "c": 6.0},
    )
    relations = sums({"total": ["a", "b", "c"], "b": ["b1", "b2"]})

    states = protect.plan(cells, relations, THRESHOLD)

    assert no_weakness(cells, relations, states)
    for pair in (["b1", "b2"],):
        shown = states.mask(states.index.isin([*pair, "b"]) & (states == "hidden"), "shown")
        assert (states[pair] == "shown").all() or not no_weakness(cells, relations, shown)


@pytest.mark.parametrize("seed", range(8))
def test_a_second_release_holds_together_with_the_first(seed: int) -> None:
    """Two editions of the same table, the second with another cost: the union is attacked."""
    chance = np.random.default_rng(seed)
    cells, relations = crossed(chance.integers(0, 15, (4, 4)).tolist())
    first = protect.plan(cells, relations, THRESHOLD)
    dearer = cells.assign(cost=chance.uniform(1, 9, len(cells)), released=first == "shown")

    second = protect.plan(dearer, relations, THRESHOLD)

    assert hidden(second) <= hidden(first)
    assert no_weakness(cells, relations, second)
    pd.testing.assert_series_equal(second, protect.plan(dearer[::-1], relations, THRESHOLD))
