"""Each count carries how far it may be off: in every released table the truth is within that."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import TWENTE, VOCABULARY, edition, melding, table
from mma_analysis import measure, protect
from mma_analysis.measure.bounded import Bounded, put, summed, taken
from mma_analysis.vocabulary.rows import Rows
from mma_analysis.vocabulary.value import bound_of, is_bound

BASIS = 5
SENT = pd.DataFrame({"area": ["almelo", "borne"], "rejected": [3, 0], "duplicate": [1, 4]})
SINCE = {"almelo": {"aangesloten": "2021-07-01"}, "borne": {"aangesloten": "2022-01-01"}}
CHOICES = {
    field: list(VOCABULARY.values(field))
    for field in ("result", "status", "usable", "also_sent_to")
}
Tables = Mapping[str, pd.DataFrame]


@cache
def frame() -> measure.Frame:
    return measure.frame(edition(SINCE))


def meldingen(seed: int, number: int) -> pd.DataFrame:
    """So many, at random; of the first some came in at both gemeenten."""
    chance = np.random.default_rng(seed)
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2021-07-01", "2023-06-30", freq="17D")]
    rows = []
    for place in range(number):
        fields = {name: str(chance.choice(values)) for name, values in CHOICES.items()}
        slug = str(chance.choice(["almelo", "borne"]))
        topic = str(chance.choice(["fraude", "drugsdelicten", "woonfraude"]))
        fields |= {"topic": topic, "source_row": place}
        rows.append(melding(f"{place}", slug, str(chance.choice(days)), **fields))
    again = [row | {"gemeente": "borne", "source_file": "borne.csv"} for row in rows[: number // 9]]
    return table(*rows, *again)


def tables_of(counts: pd.DataFrame, fitted: bool = True) -> Tables:
    """Every table that follows from counts, by its cells; without those of the fitted course."""
    sent = {"files": 2, "warnings": 0}
    if fitted:
        given = measure.given_of(frame(), counts) | {"sent": sent}
    else:
        given = {"of": frame(), "district": TWENTE, "basis": BASIS, "counts": counts, "sent": sent}
        given["dispersion"] = pd.Series(1.0, [TWENTE, *SINCE])
    made = measure.made(given, "public")
    return {name: rows.set_index("cell") for name, rows in made.items()}


def assert_the_truth_is_within_the_bounds(released: Tables, exact: Tables) -> int:
    """And say of how many numbers."""
    seen = 0
    for name, rows in released.items():
        for bound in filter(is_bound, rows):
            column = bound.removesuffix("off").removesuffix("_") or "count"
            both = rows[[column, bound]].join(exact[name][column].rename("truth"), how="inner")
            both = both.dropna().astype("float64")
            assert ((both[column] - both["truth"]).abs() <= both[bound]).all(), (name, column)
            seen += len(both)
            # What is exact, is exact without.
            assert (exact[name][bound] == 0).all()
    return seen


def assert_what_is_certain_holds(released: Tables, exact: Tables) -> None:
    """The parts of bounds, and of what is filled in, hold those of the exact counts."""
    certain = [("bounds", "least", "most", released["bounds"])]
    for part in ("whole", "partly"):
        certain.append(("filling_in", f"{part}_low", f"{part}_high", released["filling_in"]))
    for name, low, high, rows in certain:
        truth = exact[name].reindex(rows.index)
        ends = [rows[low] - truth[low], truth[high] - rows[high]]
        for below in ends:
            assert (below.dropna() <= 1e-9).all(), (name, low)
    for column in ("without", "least"):
        least = released["filling_in"][column]
        truth = exact["filling_in"][column].reindex(least.index)
        assert (least <= truth + 1e-9).dropna().all(), column


def sums_of_parts(tables: Tables, name: str) -> dict[str, list]:
    """As pages make them: of each area and field the parts together, and without the first one."""
    found = {}
    rows = tables[name].reset_index()
    for keys, parts in rows.groupby(["area", "period", "breakdown"]):
        values = [row.count for row in Rows(parts)]
        total = sum(values, start=0)
        found["|".join(keys)] = [total, total - values[0], values[-1] - values[0]]
    return found


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1), number=st.integers(120, 400))
def test_of_counts_that_were_rounded_together_every_table_holds_the_truth(seed, number):
    of = frame()
    counted = measure.counted(meldingen(seed, number), of, SENT)
    cells = counted.cells
    is_public = cells["table"].ne("")
    is_whole_total = cells["kind"].eq("whole") & cells["breakdown"].eq("totaal")
    marked = cells.assign(
        published=is_public,
        is_total=(is_public & is_whole_total) | cells["table"].eq("received"),
        is_district=cells["area"].eq(TWENTE),
        set=cells.index,
        off=BASIS - 1,
        is_structural=cells["structural"].ne(""),
        is_forgotten=False,
        **dict.fromkeys(["kept", "kept_off", "held", "least", "most"], np.nan),
    )
    rounded = protect.rounded(marked, counted.relations, BASIS)
    off = pd.Series(BASIS - 1, rounded.index)

    released = tables_of(measure.public_counts(counted, rounded, off, of))
    exact = tables_of(measure.exact_counts(counted))

    assert assert_the_truth_is_within_the_bounds(released, exact) > 300
    assert {"growth_split", "deliveries", "received_twice", "completeness"} <= {*released}
    assert_what_is_certain_holds(released, exact)
    truth = sums_of_parts(exact, "per_follow_up")
    of_released = sums_of_parts(released, "per_follow_up")
    shown = 0
    for name, values in truth.items():
        for value, true in zip(of_released[name], values, strict=True):
            if value.shown:
                assert abs(value.raw - true.raw) <= value.off
                shown += 1
    assert shown > 20


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), number=st.integers(120, 400))
def test_whatever_the_bound_of_each_count_is_what_is_made_of_it_holds_the_truth(seed, number):
    """As of a later issue, of which some counts are sums of what went out."""
    of = frame()
    counted = measure.counted(meldingen(seed, number), of, SENT)
    truth = counted.cells["count"][counted.cells["table"] != ""]
    chance = np.random.default_rng(seed)
    off = pd.Series(chance.choice([0, 4, 8, 12], len(truth)), truth.index)
    moved = chance.integers(-off, off, endpoint=True)
    numbers = (truth + moved).clip(lower=0)

    # These do not add up, so a course is not fitted to them.
    released = tables_of(measure.public_counts(counted, numbers, off, of), fitted=False)
    exact = tables_of(measure.exact_counts(counted), fitted=False)

    assert assert_the_truth_is_within_the_bounds(released, exact) > 300
    assert {"deliveries", "received_twice", "completeness", "per_period"} <= {*released}
    assert set(released["per_follow_up"]["off"]) == {0, 4, 8, 12}
    assert_what_is_certain_holds(released, exact)


def test_where_nothing_could_be_and_where_there_is_no_number_nothing_is_off():
    of = frame()
    rows = table(melding("1", "almelo", "2022-02-01"), melding("2", "borne", "2022-02-01"))
    counted = measure.counted(rows, of)
    names = counted.cells.index[counted.cells["table"] != ""]
    told = names.drop("almelo|whole|totaal|totaal")

    found = measure.public_counts(counted, pd.Series(0, told), pd.Series(8, told), of)

    assert set(found["off"][found["state"] == "shown"]) == {8}
    others = found[found["state"] != "shown"]
    assert {"hidden", "missing", "never", "not_applicable"} == set(others["state"])
    assert set(others["off"]) == {0}


def test_bounds_add_up_in_a_sum_and_in_a_difference():
    one, two = (Bounded(pd.Series([n, 0]), pd.Series([off, 4])) for n, off in ((40, 4), (15, 8)))

    both, difference, three = one + two, one - two, summed([one, two, two])

    assert (both.count.to_list(), both.off.to_list()) == ([55, 0], [12, 8])
    assert (difference.count.to_list(), difference.off.to_list()) == ([25, 0], [12, 8])
    assert (three.count.to_list(), three.off.to_list()) == ([70, 0], [20, 12])
    assert (both.least.to_list(), both.most.to_list()) == ([43, 0], [67, 8])
    beside = put(put(pd.DataFrame(index=[0, 1]), "count", one), "total", both)
    assert list(beside) == ["count", "off", "total", "total_off"]
    assert taken(beside, "total").off.to_list() == [12, 8]
    assert [bound_of(name) for name in ("count", "count_from")] == ["off", "count_from_off"]
