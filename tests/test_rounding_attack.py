"""What rounded counts give away, to an outsider and to who knows counts of its own."""

import numpy as np
import pandas as pd
import pytest

from lp_bounds import bounds
from mma_analysis import measure, protect
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import release

ENOUGH = 4  # a count may not be known to less than this


def attacked(cells: pd.DataFrame, relations: pd.DataFrame, off: int, own=()) -> pd.DataFrame:
    """Bounds of all counts that are not 0, for who knows its `own` and reads what is `shown`."""
    is_own = cells.index.isin(list(own))
    low = (cells["shown"] - off).clip(lower=0).fillna(0).where(~is_own, cells["count"])
    high = (cells["shown"] + off).fillna(np.inf).where(~is_own, cells["count"])
    asked = cells["count"].gt(0) & ~is_own
    return bounds(cells.assign(low=low, high=high, asked=asked), relations, ENOUGH)


def unsafe(found: pd.DataFrame) -> list[str]:
    """Counts of which the bounds are too near, or that are certainly a few."""
    is_near = found["high"] - found["low"] < ENOUGH - 1e-6
    is_few = (found["low"] >= 1 - 1e-6) & (found["high"] <= ENOUGH + 1e-6)
    return list(found.index[is_near | is_few])


def one_sum(base: int, **parts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts and their total as counts, rounded, with the sum that ties them."""
    counts = {**parts, "total": sum(parts.values())}
    cells = pd.DataFrame({"count": counts.values()}, index=pd.Index(counts, name="cell"))
    cells = cells.assign(published=True, is_total=False, is_district=False)
    terms = {"cell": list(counts), "coefficient": [*[1] * len(parts), -1]}
    relations = pd.DataFrame(terms).assign(relation="sum")
    shown = protect.rounded(cells, relations, base).astype("float64")
    return cells.assign(shown=shown), relations


@pytest.fixture(scope="module")
def example(workspace):
    """All counts of the example with what is shown of each, and the sums."""
    edition = workspace.edition("voorbeeld-2023")
    released = release(read_and_clean(edition), measure.frame(edition))
    counts = released.counts[released.counts["state"] == "shown"]
    names = counts["area"].str.cat(counts[["period", "breakdown", "value"]], sep="|")
    shown = pd.Series(counts["count"].astype("float64").to_numpy(), names)
    cells = released.exact.cells
    known = shown.reindex(cells.index).mask(cells["structural"].ne(""), 0.0)
    return cells.assign(shown=known), released.exact.relations


def test_every_shown_sum_of_the_example_adds_up_and_nothing_moved_by_a_basis(example):
    cells, relations = example
    shown = relations.assign(shown=relations["cell"].map(cells["shown"]))
    is_shown = shown.groupby("relation")["shown"].transform(lambda values: values.notna().all())
    sums = (shown["shown"] * shown["coefficient"])[is_shown].groupby(shown["relation"]).sum()
    is_told = cells["shown"].notna() & cells["structural"].eq("")
    moved = (cells["shown"] - cells["count"])[is_told].abs()
    whole = cells["breakdown"].eq("totaal") & cells["kind"].eq("whole")

    assert len(sums) > 250
    assert (sums == 0).all()
    assert moved.max() < 5
    assert (cells["shown"][is_told] % 5 == 0).all()
    assert moved[whole].max() <= 2
    assert (cells["count"][is_told & cells["count"].eq(0)] == 0).all()


def test_an_outsider_knows_no_count_of_the_example_to_less_than_four(example):
    cells, relations = example
    structural = cells["structural"].ne("")
    known = cells[structural].index

    found = attacked(cells, relations, off=4, own=known)

    assert len(found) > 1_500
    assert unsafe(found) == []


def test_who_is_one_organisation_learns_nothing_of_the_third():
    """Dinkelland 4 and Tubbergen 2 are one reader: of 9 it knows 6, and Hof van Twente has 3."""
    cells, relations = one_sum(5, hof=3, dinkelland=4, tubbergen=2)
    exact = cells.assign(shown=cells["count"].where(cells.index == "total").astype("float64"))
    together = ["dinkelland", "tubbergen"]

    as_two = unsafe(attacked(exact, relations, off=0, own=["dinkelland"]))
    as_one = unsafe(attacked(exact, relations, off=0, own=together))

    assert "hof" not in as_two
    assert "hof" in as_one
    assert unsafe(attacked(cells, relations, off=4, own=together)) == []


@pytest.mark.parametrize(("hengelo", "almelo"), [(16, 2), (22, 16)])
def test_a_participant_of_a_campaign_does_not_learn_the_other_ones_count(hengelo, almelo):
    """18 shown, of which Hengelo knows its 16: exact that is Almelo's 2; 38 = 22 + 16 as well."""
    cells, relations = one_sum(5, hengelo=hengelo, almelo=almelo)
    only_total = cells["shown"].where(cells.index == "total")

    rounded = attacked(cells.assign(shown=only_total), relations, off=4, own=["hengelo"])

    assert unsafe(rounded) == []
    assert rounded.loc["almelo", "high"] - rounded.loc["almelo", "low"] >= 4


def test_a_base_of_three_would_not_be_enough():
    cells, relations = one_sum(3, borne=1, losser=14)

    assert unsafe(attacked(cells, relations, off=2)) != []
