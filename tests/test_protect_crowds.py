"""Many owners are planned and attacked in crowds; what comes out holds for each of them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import protect
from mma_analysis.protect import attacker, planner
from mma_analysis.protect.solver import crowds
from test_protect_plan import THRESHOLD, crossed, hidden, no_weakness

READERS = 5


@pytest.fixture(autouse=True, scope="module")
def crowds_of_two() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "LARGEST", 2)
        patch.setattr(attacker, "LARGEST", 3)
        patch.setattr(attacker, "FEW", 2)
        yield


def of_owners(inner: list[list[int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with all its totals, of which each row is owned by somebody; `T` by nobody."""
    cells, relations = crossed(inner)
    is_row = ~cells.index.str.startswith("T")
    return cells.assign(owner=cells.index.str[0].where(is_row, "")), relations


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width),
        min_size=READERS,
        max_size=READERS,
    )
)


@pytest.mark.parametrize("number", range(12))
def test_everybody_is_in_one_crowd_and_no_crowd_is_too_large(number: int) -> None:
    dealt = crowds(list(range(number)), 5)

    assert sorted(owner for crowd in dealt for owner in crowd) == list(range(number))
    sizes = [len(crowd) for crowd in dealt]
    assert sizes == [] or (max(sizes) <= 5 and max(sizes) - min(sizes) <= 1)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(tables)
def test_a_plan_in_crowds_holds_against_everybody(inner: list[list[int]]) -> None:
    cells, relations = of_owners(inner)

    states = protect.plan(cells, relations, THRESHOLD)

    assert states[cells["count"].between(1, THRESHOLD - 1)].eq("hidden").all()
    assert states[cells["count"] == 0].eq("shown").all()
    assert no_weakness(cells, relations, states)
    pd.testing.assert_series_equal(states, protect.plan(cells[::-1], relations[::-1], THRESHOLD))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(tables, st.sets(st.integers(0, 23)), st.booleans())
def test_all_readers_at_once_learn_what_each_of_them_learns(
    inner: list[list[int]], open_cells: set[int], zeros_printed: bool
) -> None:
    cells, relations = of_owners(inner)
    states = protect.plan(cells, relations, THRESHOLD)
    # Some of the hidden counts shown after all, so that there is something to be found.
    places = [place % max(1, len(hidden(states))) for place in open_cells]
    shown = np.array(sorted(hidden(states)), dtype=object)[places] if hidden(states) else []
    states = states.mask(states.index.isin(shown), "shown")

    together = protect.exposed(cells, relations, states, THRESHOLD, zeros_printed)

    apart = {
        (reader, *row)
        for reader in cells["owner"].unique()
        for row in protect.weaknesses(
            cells, relations, states, THRESHOLD, zeros_printed, reader
        ).itertuples(name=None)
    }
    assert sorted(together.itertuples(index=False, name=None)) == sorted(apart)
