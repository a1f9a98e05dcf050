"""Rounded counts add up, stay near, and do not depend on how they are asked for."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import protect

BASIS = 5


def cells_of(counts: dict[str, int], **columns: object) -> pd.DataFrame:
    """All published and none of them dear to change, unless it is said otherwise."""
    table = pd.DataFrame({"count": counts}).rename_axis("cell")
    return table.assign(**{"published": True, "is_total": False, "is_district": False} | columns)


def sums(parts: dict[str, list[str]]) -> pd.DataFrame:
    """One relation per total: its parts add up to it."""
    rows = [(total, cell, 1) for total, cells in parts.items() for cell in cells]
    rows += [(total, total, -1) for total in parts]
    return pd.DataFrame(rows, columns=["relation", "cell", "coefficient"])


def crossed(inner: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with all its totals."""
    table = np.array(inner)
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    last = [size - 1 for size in table.shape]

    def name(*place: int) -> str:
        return "".join("T" if n == end else str(n) for n, end in zip(place, last, strict=True))

    relations = []
    for axis, end in enumerate(last):
        totals = [place for place in np.ndindex(table.shape) if place[axis] == end]
        parts = {
            name(*total): [name(*total[:axis], n, *total[axis + 1 :]) for n in range(end)]
            for total in totals
        }
        relations.append(sums(parts).assign(relation=lambda t, a=axis: f"{a} " + t["relation"]))
    counts = {name(*place): int(count) for place, count in np.ndenumerate(table)}
    return cells_of(counts), pd.concat(relations, ignore_index=True)


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


def test_a_total_that_cannot_be_near_is_all_the_same_less_than_the_basis_away():
    # Totals of 3, 3 and 3 are near at 5, and one of 9 at 10: all of these cannot be.
    cells = cells_of({"a": 3, "b": 3, "c": 3, "total": 9}, is_total=True)

    found = protect.rounded(cells, sums({"total": ["a", "b", "c"]}), BASIS)

    assert_is_near_and_adds_up(found, cells, sums({"total": ["a", "b", "c"]}), BASIS)


def test_whole_totals_are_changed_by_half_the_basis_at_most_where_that_can_be():
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


def test_of_what_went_out_as_few_move_as_can_be_when_the_sums_ask_for_it():
    # Said was 20 + 0 + 10 = 30. The first is 15 now, 5 away: it must change, and one more with it.
    cells = cells_of({"a": 15, "b": 4, "other": 12, "total": 31})
    cells = cells.assign(issued=[20.0, 0.0, 10.0, 30.0], least=np.nan)

    relations = sums({"total": ["a", "b", "other"]})

    stay = protect.staying(cells, relations, BASIS)
    held = cells.assign(issued=cells["issued"].where(stay))
    found = protect.rounded(held, relations, BASIS)

    assert protect.rounded(cells, relations, BASIS) is None
    assert stay.sum() == 2
    assert found["a"] == 15
    assert (found != cells["issued"]).sum() == 2  # and one of the others goes with it
    assert_is_near_and_adds_up(found, cells, relations, BASIS)


def test_of_many_that_went_out_none_moves_that_need_not():
    # 20 + 10 = 30 went out 51 times; one 20 is 15 now, and takes one other with it.
    cells = cells_of({"total": 26, "a": 15, "b": 11})
    cells = cells.assign(issued=[30.0, 20.0, 10.0], least=np.nan)
    fine = [cells_of({f"t{n}": 27, f"a{n}": 18, f"b{n}": 9}) for n in range(50)]
    fine = [one.assign(issued=[30.0, 20.0, 10.0], least=np.nan) for one in fine]
    adds = {"total": ["a", "b"]} | {f"t{n}": [f"a{n}", f"b{n}"] for n in range(50)}

    stay = protect.staying(pd.concat([cells, *fine]), sums(adds), BASIS)

    assert list(stay.index[~stay]) in (["a", "b"], ["total", "a"])


def test_what_must_go_the_other_way_need_not_stay():
    cells = cells_of({"a": 4, "b": 14, "total": 18})
    cells = cells.assign(issued=[5.0, 15.0, 20.0], least=np.nan)
    relations = sums({"total": ["a", "b"]})

    stay = protect.staying(cells, relations, BASIS, [([], ["a"])])

    assert not stay["a"]
    assert stay.sum() == 1
    assert protect.staying(cells, relations, BASIS, [([], ["a"]), (["a"], [])]) is None


def test_a_cut_sends_one_of_its_counts_the_other_way():
    cells, relations = cells_of({"a": 4, "b": 14, "total": 18}), sums({"total": ["a", "b"]})

    found = protect.rounded(cells, relations, BASIS, [([], ["a", "b"])])

    assert found.to_dict() in ({"a": 0, "b": 15, "total": 15}, {"a": 5, "b": 10, "total": 15})
    assert protect.rounded(cells, relations, BASIS, [([], ["a"]), ([], ["b"])]) is None


tables = st.tuples(st.integers(2, 5), st.integers(2, 5)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 12), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(tables, st.randoms())
def test_every_table_is_rounded_so_that_it_adds_up_in_whatever_order_it_stands(inner, chance):
    cells, relations = crossed(inner)
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
