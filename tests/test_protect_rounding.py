"""Rounded counts add up, stay near, and do not depend on how they are asked for."""

from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mma_analysis import protect

BASIS = 5


def cells_of(counts: dict[str, int], **columns: object) -> pd.DataFrame:
    """All published and none of them dear to change, unless it is said otherwise."""
    table = pd.DataFrame({"count": counts}).rename_axis("cell")
    same = dict.fromkeys(["period", "breakdown", "value"], "all")
    return table.assign(
        **same, **{"published": True, "is_total": False, "is_district": False} | columns
    )


def sums(parts: dict[str, list[str]]) -> pd.DataFrame:
    """One relation per total: its parts add up to it."""
    rows = [(total, cell, 1) for total, cells in parts.items() for cell in cells]
    rows += [(total, total, -1) for total in parts]
    return pd.DataFrame(rows, columns=["relation", "cell", "coefficient"])


def crossed(inner: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with all its totals: `0T` is that of its first row, `T0` that of its first column."""
    table = pd.DataFrame(inner)
    rows, columns = [*table.index, "T"], [*table, "T"]
    table["T"] = table.sum(axis=1)
    table.loc["T"] = table.sum()
    down = sums({f"T{c}": [f"{r}{c}" for r in rows[:-1]] for c in columns})
    across = sums({f"{r}T": [f"{r}{c}" for c in columns[:-1]] for r in rows})
    across["relation"] = "across " + across["relation"]
    counts = {f"{r}{c}": int(table.loc[r, c]) for r in rows for c in columns}
    return cells_of(counts), pd.concat([down, across], ignore_index=True)


def assert_is_near_and_adds_up(
    found: pd.Series, cells: pd.DataFrame, relations: pd.DataFrame, basis: int
) -> None:
    terms = relations["coefficient"] * relations["cell"].map(found)
    assert (terms.groupby(relations["relation"]).sum() == 0).all()
    assert (found % basis == 0).all()
    assert ((found - cells["count"]).abs() < basis).all()
    assert (found[cells["count"] == 0] == 0).all()


@pytest.mark.parametrize(("counts", "is_total", "basis", "possible"), cases("rounded"))
def test_counts_go_to_the_next_multiple_and_add_up(counts, is_total, basis, possible):
    """The last is the sum of the others, and perhaps a total of the whole evaluation."""
    numbers = {f"n{place}": int(count) for place, count in enumerate(counts.split())}
    *parts, total = numbers
    cells = cells_of(numbers, is_total=[bool(is_total) and name == total for name in numbers])

    found = protect.rounded(cells, sums({total: parts}), int(basis))

    assert " ".join(map(str, found)) in possible.split(" or ")


def test_whole_totals_are_dear_to_change():
    cells, relations = crossed([[4, 4, 4], [3, 3, 7]])
    totals = ["0T", "1T", "TT"]  # of 12, 13 and 25

    found = protect.rounded(cells.assign(is_total=cells.index.isin(totals)), relations, BASIS)

    assert found[totals].to_list() == [10, 15, 25]
    assert_is_near_and_adds_up(found, cells, relations, BASIS)


def test_an_unpublished_count_lets_the_others_add_up():
    # 14 + 14 = 25 + 3: the tips that two gemeenten received are told nowhere.
    counts = {"a": 14, "b": 14, "double": 3, "total": 25}
    cells = cells_of(counts, published=[True, True, False, True])
    relations = sums({"total": ["a", "b", "double"]})
    relations.loc[relations["cell"] == "double", "coefficient"] = -1

    assert protect.rounded(cells, relations, BASIS).to_dict() == {"a": 15, "b": 15, "total": 25}


# --- beside what went out ------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "issued", "least", "number"), cases("issued"))
def test_what_went_out_stays_while_the_count_is_near(count, issued, least, number):
    held = {"issued": float(issued or "nan"), "least": float(least or "nan")}
    cells = cells_of({"one": int(count)}).assign(**held)

    assert protect.rounded(cells, sums({}), BASIS).to_dict() == {"one": int(number)}


@pytest.mark.parametrize(("issued", "numbers"), [(np.nan, [30, 30]), (35.0, [35, 30])])
def test_no_gemeente_reads_more_than_its_district_unless_that_went_out(issued, numbers):
    cells = cells_of({"borne": 33, "twente": 33}, is_district=[False, True], least=np.nan)

    assert protect.rounded(cells.assign(issued=[issued, 30]), sums({}), 5).to_list() == numbers


def test_of_all_that_went_out_as_few_move_as_can_be_when_the_sums_ask_for_it():
    # 20 + 10 = 30 went out 51 times; one 20 is 15 now, 5 away, and takes one other with it.
    of_each = {"t": 27, "a": 18, "b": 9}
    adds = {f"t{n}": [f"a{n}", f"b{n}"] for n in range(51)}
    counts = {f"{name}{n}": count for n in range(51) for name, count in of_each.items()}
    cells = cells_of(counts | {"t0": 26, "a0": 15, "b0": 11}, least=np.nan)
    cells, relations = cells.assign(issued=[30.0, 20.0, 10.0] * 51), sums(adds)

    stay = protect.staying(cells, relations, BASIS)
    found = protect.rounded(cells.assign(issued=cells["issued"].where(stay)), relations, BASIS)

    assert protect.rounded(cells, relations, BASIS) is None
    moved = [*stay.index[~stay]]
    assert moved in (["a0", "b0"], ["t0", "a0"])
    assert [*found.index[found != cells["issued"]]] == moved
    assert found["a0"] == 15
    assert_is_near_and_adds_up(found, cells, relations, BASIS)


def test_a_few_stay_as_they_went_out_when_anything_else_can_move():
    # 15 moves, 5 away; then 5 of 3 becomes 0, or the total of 18 becomes 20.
    cells = cells_of({"a": 3, "b": 15, "total": 18}, least=np.nan)

    stay = protect.staying(cells.assign(issued=[5.0, 10.0, 15.0]), sums({"total": ["a", "b"]}), 5)

    assert [*stay.index[~stay]] == ["b", "total"]


def test_a_cut_sends_one_of_its_counts_the_other_way_which_need_not_stay():
    cells, relations = cells_of({"a": 4, "b": 14, "total": 18}), sums({"total": ["a", "b"]})

    found = protect.rounded(cells, relations, BASIS, [([], ["a", "b"])])

    assert found.to_dict() in ({"a": 0, "b": 15, "total": 15}, {"a": 5, "b": 10, "total": 15})
    assert protect.rounded(cells, relations, BASIS, [([], ["a"]), ([], ["b"])]) is None
    held = cells.assign(issued=[5.0, 15.0, 20.0], least=np.nan)
    stay = protect.staying(held, relations, BASIS, [([], ["a"])])
    assert not stay["a"]
    assert stay.sum() == 1
    assert protect.staying(held, relations, BASIS, [([], ["a"]), (["a"], [])]) is None


sizes = array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5)
tables = arrays(np.int64, sizes, elements=st.integers(0, 12))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(tables, st.booleans(), st.randoms())
# Totals of 3, 3 and 3 are near at 5, and one of 9 at 10: all of these cannot be.
@example([[3, 3, 3], [0, 0, 0]], True, Random(1))
def test_every_table_is_rounded_so_that_it_adds_up_in_whatever_order_it_stands(
    inner, is_total, chance
):
    cells, relations = crossed(inner)
    cells["is_total"] = is_total
    before = cells.copy(), relations.copy()

    found = protect.rounded(cells, relations, BASIS)

    assert_is_near_and_adds_up(found, cells, relations, BASIS)
    pd.testing.assert_frame_equal(cells, before[0])
    pd.testing.assert_frame_equal(relations, before[1])
    places = list(range(len(relations)))
    chance.shuffle(places)
    turned = cells.sample(frac=1, random_state=chance.randrange(99))
    again = protect.rounded(turned, relations.iloc[places].reset_index(drop=True), BASIS)
    pd.testing.assert_series_equal(found, again[found.index])


# --- all meldingen alike -------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "value", "count", "total", "is_found"), cases("groups"))
def test_a_value_of_all_meldingen_of_an_area_is_found(table, value, count, total, is_found):
    place = {"area": "borne", "period": "whole", "kind": "whole"}
    of_all = {"table": "per_period", "breakdown": "totaal", "value": "totaal", "count": int(total)}
    group = place | {"breakdown": "topic_group", "value": value}
    cells = [place | of_all, group | {"table": table, "count": int(count)}]

    found = protect.group_disclosures(pd.DataFrame(cells))

    assert found.to_dict("records") == ([group] if is_found else [])
