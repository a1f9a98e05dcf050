"""The audit's attack finds what can be worked out, and nothing that cannot: traps and an oracle."""

import itertools
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.audit.attack import ContradictionError, weak_cells
from mma_analysis.audit.relations import Relation, adds_up


def total(parts: Iterable, whole) -> Relation:
    return adds_up(list(parts), whole)


# --- published traps -----------------------------------------------------------------------------

# sdcTable (github sdcTools/sdcTable), tests/testthat/test-simpleheuristic.R: at least two cells are
# hidden in every row and column, and w|b is 236 - 189 = 47 all the same.
COLUMNS = "abcd"
INNER = {
    **dict(zip(itertools.product("w", COLUMNS), (30, 47, 64, 89), strict=True)),
    **dict(zip(itertools.product("x", COLUMNS), (90, 124, 5, 31), strict=True)),
    **dict(zip(itertools.product("y", COLUMNS), (92, 100, 59, 85), strict=True)),
    **dict(zip(itertools.product("z", COLUMNS), (800, 991, 651, 685), strict=True)),
}
HIDDEN = [tuple(cell) for cell in ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"]]


def with_totals(inner: dict) -> dict:
    """All cells of a table with any number of sides: `+` in a place stands for all of that side."""
    sides = [dict.fromkeys(side) for side in zip(*inner, strict=True)]
    return {
        cell: sum(
            n for c, n in inner.items() if all(x in ("+", y) for x, y in zip(cell, c, strict=True))
        )
        for cell in itertools.product(*([*side, "+"] for side in sides))
    }


def sums_of(inner: Iterable[tuple]) -> list[Relation]:
    sides = [dict.fromkeys(side) for side in zip(*inner, strict=True)]
    return [
        total([(*cell[:place], x, *cell[place + 1 :]) for x in side], cell)
        for cell in itertools.product(*([*side, "+"] for side in sides))
        for place, side in enumerate(sides)
        if cell[place] == "+"
    ]


def seen(counts: dict, hidden: Iterable) -> dict:
    return {cell: float(count) for cell, count in counts.items() if cell not in set(hidden)}


def test_two_hidden_in_every_row_and_column_are_not_enough():
    known = seen(with_totals(INNER), HIDDEN)

    weak = weak_cells(known, HIDDEN, sums_of(INNER), threshold=5, floor=0)

    assert weak == {("w", "b"): "exact"}


def test_one_more_hidden_cell_saves_it():
    hidden = [*HIDDEN, ("x", "d")]
    known = seen(with_totals(INNER), hidden)

    assert weak_cells(known, hidden, sums_of(INNER), threshold=5, floor=0) == {}


# sdcTable, tests/testthat/test-linked-tables.r: both tables are safe; together K = 3.
LINKED = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
SUMS = {"small": 30, "BIG": 6, "county-1": 20, "county-2": 16}
BY_SIZE = [total("ABIJKN", "small"), total("LM", "BIG")]
BY_COUNTY = [total("ABIJ", "county-1"), total("KLMN", "county-2")]


@pytest.mark.parametrize(
    ("relations", "hidden", "expected"),
    [
        (BY_SIZE, "ABKLM", {}),
        (BY_COUNTY, "ABKLM", {}),
        (BY_SIZE + BY_COUNTY, "ABKLM", {"K": "exact"}),
        (BY_SIZE + BY_COUNTY, "ABKLMN", {}),
    ],
    ids=["by size", "by county", "both", "both, with N hidden as well"],
)
def test_tables_that_are_safe_apart_are_not_so_together(relations, hidden, expected):
    known = seen(LINKED | SUMS, hidden)

    assert weak_cells(known, list(hidden), relations, threshold=4, floor=0) == expected


# --- small cases, by hand ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "floor", "expected"),
    [
        (2, 0, "small"),  # 0 to 2
        (2, 1, "exact"),  # both are 1
        (4, 0, "small"),
        (5, 0, None),  # 5 and 0
        (5, 1, "small"),  # 1 to 4
        (6, 1, None),  # 5 and 1
    ],
)
def test_who_sees_zeros_knows_more(whole, floor, expected):
    relations = [total("ab", "t")]

    weak = weak_cells({"t": whole}, ["a", "b"], relations, threshold=5, floor=floor)

    assert weak == ({} if expected is None else {"a": expected, "b": expected})


def test_a_hidden_count_that_nothing_limits_is_safe():
    assert weak_cells({}, ["a"], [], threshold=5, floor=1) == {}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.5, 4.9, "small"),  # 1 to 4
        (0.5, 1.4, "exact"),  # 1
        (3.6, 5.0, None),  # 4 or 5
    ],
)
def test_a_bound_is_rounded_to_whole_counts(low, high, expected):
    share = [Relation((("a", 1.0),), low, high)]

    weak = weak_cells({}, ["a"], share, threshold=5, floor=0)

    assert weak == ({} if expected is None else {"a": expected})


def test_a_count_that_others_keep_down_when_all_are_raised_is_looked_at_alone():
    # All are largest together when x and w are 0; then x and w together when one of them is 1.
    whole = {"xa": 6, "xb": 6, "wc": 6, "wd": 6, "xwe": 7}

    weak = weak_cells(
        whole, list("xwabcde"), [total(parts, parts) for parts in whole], threshold=5, floor=0
    )

    assert weak == {}


@pytest.mark.parametrize("hidden", [[], ["a"]])
def test_counts_that_do_not_add_up_are_an_error(hidden):
    known = {"b": 7.0, "t": 5.0} | ({} if hidden else {"a": 1.0})

    with pytest.raises(ContradictionError):
        weak_cells(known, hidden, [total("ab", "t")], threshold=5, floor=0)


# --- against every possibility -------------------------------------------------------------------

THRESHOLD = 3
CELLS = list(itertools.product("pq", "abc"))


def every_filling(cells: list[tuple], whole: int) -> Iterator[dict]:
    """Every table with these cells that adds up to a number."""
    others = len(cells) - 1
    for bars in itertools.combinations(range(whole + others), others):
        ends = (-1, *bars, whole + others)
        yield with_totals({c: ends[i + 1] - ends[i] - 1 for i, c in enumerate(cells)})


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 2), min_size=6, max_size=6),
    extra=st.sets(st.sampled_from([*CELLS, ("p", "+"), ("+", "a"), ("+", "b")])),
    floor=st.sampled_from([0, 1]),
)
def test_it_finds_what_trying_every_table_finds(counts, extra, floor):
    # A two-way table with whole totals has whole extremes, so both must agree exactly.
    true = with_totals(dict(zip(CELLS, counts, strict=True)))
    hidden = [c for c, n in true.items() if n and (n < THRESHOLD or c in extra) and c != ("+", "+")]
    known = seen(true, hidden)

    weak = weak_cells(known, hidden, sums_of(CELLS), THRESHOLD, floor)

    assert weak == by_trying(true, CELLS, hidden, floor)


def by_trying(true: dict, cells: list, hidden: list, floor: int) -> dict:
    shown = [cell for cell in true if cell not in hidden]
    possible = [
        filled
        for filled in every_filling(cells, sum(true[c] for c in cells))
        if all(filled[c] == true[c] for c in shown) and all(filled[c] >= floor for c in hidden)
    ]
    verdicts = {}
    for cell in hidden:
        values = {filled[cell] for filled in possible}
        if len(values) == 1:
            verdicts[cell] = "exact"
        elif max(values) < THRESHOLD:
            verdicts[cell] = "small"
    return verdicts


# A cube of two areas, two topics and two years, with every total.
CUBE = list(itertools.product("pq", "ab", "12"))


@settings(max_examples=8, deadline=None)
@given(
    counts=st.lists(st.integers(0, 1), min_size=8, max_size=8).filter(lambda c: sum(c) < 6),
    floor=st.sampled_from([0, 1]),
)
def test_what_it_finds_in_a_cube_is_so_in_every_cube_that_fits(counts, floor):
    # In three ways a linear bound may be wider than the whole counts; it is never narrower.
    true = with_totals(dict(zip(CUBE, counts, strict=True)))
    hidden = [c for c, n in true.items() if 0 < n < THRESHOLD and c != ("+", "+", "+")]

    weak = weak_cells(seen(true, hidden), hidden, sums_of(CUBE), THRESHOLD, floor)

    tried = by_trying(true, CUBE, hidden, floor)
    assert weak.keys() <= tried.keys()
    assert {c for c in weak if weak[c] == "exact"} <= {c for c in tried if tried[c] == "exact"}
