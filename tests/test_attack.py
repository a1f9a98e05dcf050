"""What readers work out from rounded counts and from several issues: found when it is too much."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsmr

from counting import edition, several
from mma_analysis import attack, measure, protect
from mma_analysis.attack.readers import WIDE
from mma_analysis.measure.counts import DIMENSIONS, membership
from mma_analysis.pipeline.candidate import STRUCTURAL, Candidate
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.run import Released
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.storage import read_manifest

YEAR_1, YEAR_2 = "2021-07-01/2022-06-30", "2022-07-01/2023-06-30"
BOTH = "2021-07-01/2023-06-30"
LATER = time.process_time() + 3600


def said(of: str, number: int | None, off: int = 4, period: str = BOTH, codes: str = "") -> dict:
    """A count of these gemeenten and topics that there is, and what went out of it."""
    about = {"gemeenten": of, "counted": "receipts", "period": period, "since": "", "codes": codes}
    low, high = (None, None) if number is None else (number - off, number + off)
    return about | {"family": "topic" if codes else "", "low": low, "high": high}


def system(meldingen: pd.DataFrame, *counts: dict, together: Sequence[str] = ()) -> attack.System:
    """Every gemeente is an organisation, but for those `together`; and each has a total."""
    slugs = sorted(meldingen["gemeente"].unique())
    of = measure.frame(edition({slug: {} for slug in slugs}))
    table = pd.DataFrame([*counts, *(said(slug, None) for slug in slugs)])
    table.index = pd.Index(table[DIMENSIONS].agg("|".join, axis=1))
    ranges = table.dropna(subset="low").rename_axis("count").reset_index()
    table = table[~table.index.duplicated()].drop(columns=["low", "high"])
    owners = {slug: frozenset([slug]) for slug in slugs if slug not in together}
    owners |= {"samen": frozenset(together)} if together else {}

    def members(about: pd.DataFrame) -> csr_array:
        return membership(about, meldingen, of)

    counted = table.assign(count=members(table).sum(axis=1))
    return attack.System(counted, ranges[["count", "low", "high"]], owners, meldingen, members)


def received(first: Mapping[str, int], second: Mapping[str, int] = {}) -> pd.DataFrame:
    """So many meldingen of each gemeente in the first year and in the second."""
    rows = [(slug, "2021-08-01", times) for slug, times in first.items()]
    return several(*rows, *((slug, "2022-08-01", times) for slug, times in second.items()))


def learnt(of: attack.System) -> set[tuple[str, str]]:
    """Reader and gemeenten of every count that is known too well."""
    return {(one.reader, one.count.split("|")[0]) for one in of.learnt(LATER)}


def by_outsider(of: attack.System) -> list[attack.Learnt]:
    """What somebody learns who has no rows at all."""
    return [one for one in of.learnt(LATER) if one.reader == attack.OUTSIDER]


# --- readers -------------------------------------------------------------------------------------


NOABER = {"dinkelland": 4, "hof-van-twente": 3, "tubbergen": 2}
SOUTH = {"haaksbergen": 9, "hellendoorn": 7, "wierden": 3}
NEIGHBOURS = ["dinkelland", "tubbergen"]
# What each has, the exact total of all, and who then learns whom: of the rounded total nobody.
TOTALS = {
    "9 − 4 − 2 = 3, by two together": (NOABER, [], {("dinkelland + tubbergen", "hof-van-twente")}),
    "9 − 6 = 3, by one organisation": (NOABER, NEIGHBOURS, {("samen", "hof-van-twente")}),
    "19 − 9 − 7 = 3": (SOUTH, [], {("haaksbergen + hellendoorn", "wierden")}),
}


@pytest.mark.parametrize(("has", "together", "expected"), TOTALS.values(), ids=TOTALS.keys())
def test_who_knows_all_others_learns_the_last_of_an_exact_total(has, together, expected):
    everybody, total = ",".join(has), sum(has.values())
    exact = system(received(has), said(everybody, total, off=0), together=together)
    rounded = system(received(has), said(everybody, 5 * round(total / 5)), together=together)

    last = {of for _, of in expected}
    assert {(reader, of) for reader, of in learnt(exact) if of in last} == expected
    assert learnt(rounded) == set()


@pytest.mark.slow
def test_crowds_clear_no_count_that_one_or_two_would_learn(monkeypatch):
    """Asked first or not: nobody learns another count; over five editions with loose totals."""
    slugs, random = sorted(NOABER | SOUTH), np.random.default_rng(3)
    readers = set[int]()
    for off in (0, 2, 2, 4, 4):
        has = dict(zip(slugs, random.integers(1, 9, len(slugs)).tolist(), strict=True))
        sets = [random.choice(slugs, many, replace=False).tolist() for many in (6, 4, 3)]
        off_by = random.integers(-off, off + 1, 3).tolist()
        near = [sum(has[slug] for slug in s) + n for s, n in zip(sets, off_by, strict=True)]
        totals = [said(",".join(sorted(s)), n, off) for s, n in zip(sets, near, strict=True)]
        parts = [said(slug, 5 * round(has[slug] / 5)) for slug in slugs]
        of = system(received(has), *totals, *parts)
        crowds_first = {(one.reader, one.count) for one in of.learnt(LATER)}
        with monkeypatch.context() as patch:
            patch.setattr(attack.System, "_left_by_crowds", lambda of, _: (of.truth >= 0, {}))
            asked_all = {(one.reader, one.count) for one in of.learnt(LATER)}
        assert crowds_first == asked_all
        readers |= {who.count("+") + (who != attack.OUTSIDER) for who, _ in asked_all} or {3}

    assert readers == {0, 1, 2, 3}  # an outsider, one, two, and nobody


@pytest.mark.parametrize(("truth", "low", "high", "is_found"), cases("near"))
def test_a_count_is_known_too_well_when_it_is_less_than_four_wide_or_certainly_few(
    truth, low, high, is_found
):
    one = said("borne", None) | {"low": int(low), "high": int(high)}
    of = system(received({"borne": int(truth), "losser": 1}), one)

    assert ((attack.OUTSIDER, "borne") in learnt(of)) == bool(is_found)


# --- several issues ------------------------------------------------------------------------------


def test_two_years_and_the_second_tell_the_first():
    """Tubbergen: 20 in two years and 17 in the second, so 3 in the first."""
    meldingen = received({"tubbergen": 3, "losser": 1}, {"tubbergen": 17})
    two_years, second = said("tubbergen", 20, 0), said("tubbergen", 17, 0, YEAR_2)

    assert by_outsider(system(meldingen, two_years)) == []
    found = by_outsider(system(meldingen, two_years, second))
    assert [one.count for one in found] == [f"tubbergen|receipts|{YEAR_1}||"]
    assert found[0].low == pytest.approx(3)
    rounded = said("tubbergen", 20), said("tubbergen", 15, 4, YEAR_2)
    assert by_outsider(system(meldingen, *rounded)) == []


def test_what_is_known_of_a_count_is_what_all_issues_say_of_it():
    """20 and then 15 of the same 18 meldingen: 16 up to 19, and no further."""
    meldingen = received({"borne": 18, "losser": 1})

    both = system(meldingen, said("borne", 20), said("borne", 15))

    assert (attack.OUTSIDER, "borne") in learnt(both)
    assert learnt(system(meldingen, said("borne", 20), said("borne", 20))) == set()


# --- it fails closed -----------------------------------------------------------------------------


# 3 and 3 are said to be 1 to 9 each, and together 20 or more.
CONTRADICTION = [said("borne", 5), said("losser", 5), said("borne,losser", 24)]


@pytest.mark.parametrize(
    ("told", "until"), [([said("borne", 5)], 0), (CONTRADICTION, LATER)], ids=["time", "nothing"]
)
def test_when_the_time_is_up_or_what_is_said_cannot_be_nothing_was_shown_to_be_safe(told, until):
    of = system(received({"borne": 3, "losser": 3}), *told)

    with pytest.raises(attack.NotAttackedError):
        of.learnt(until)


# --- the example ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(workspace: Workspace) -> tuple[Candidate, pd.Series]:
    """The candidate of the example, and its counts as rounded when it was prepared."""
    edition = workspace.edition(EXAMPLE)
    candidate = Released(read_and_clean(edition), measure.frame(edition)).candidate
    said = pd.read_parquet(workspace.processed(EXAMPLE) / "kandidaat.parquet").query("cell != ''")
    number = said["number"].mask(said["state"].isin(STRUCTURAL), 0)
    return candidate, number.set_axis(said["cell"].str.partition("|")[2])


def test_no_reader_learns_a_count_of_the_example(example, workspace: Workspace):
    candidate, rounded = example
    found = read_manifest(workspace.processed(EXAMPLE))["attack"]
    told = rounded.dropna().astype("float64")
    of = candidate.cells.loc[told.index]
    moved = (told - of["count"]).abs()
    is_whole = of["breakdown"].eq("totaal") & of["kind"].eq("whole")

    assert (found["is_attacked"], found["learnt"], found["left_out"]) == (True, [], [])
    assert len(told) > 800
    assert (told % 5 == 0).all()
    assert moved.max() == 4
    assert moved[is_whole].max() <= 2
    assert (told[of["count"] == 0] == 0).all()
    assert candidate.system(rounded).not_added_up() == []


def test_counted_in_another_way_every_count_of_the_example_is_the_same(example):
    candidate, _ = example
    about, cells = candidate.about, candidate.cells
    members = membership(about, candidate.meldingen, candidate.of).sum(axis=1)
    is_counted = about["family"].ne("delivered")

    counts = cells.loc[about.index, "count"]

    assert is_counted.sum() > 2_000
    assert (pd.Series(members, about.index)[is_counted] == counts[is_counted]).all()


@pytest.mark.slow
def test_the_sums_that_follow_from_what_counts_are_about_hold_and_hold_all_that_counting_knows(
    example,
):
    candidate, rounded = example
    of = candidate.system(rounded)
    names = candidate.about["name"]
    is_whole = candidate.relations.groupby("relation")["cell"].agg(
        lambda c: c.isin(names.index).all()
    )
    declared = candidate.relations[candidate.relations["relation"].isin(is_whole.index[is_whole])]
    number, every = pd.factorize(declared["relation"])
    # All sums that counting declares, each a different number of times: that follows from the sums
    # of the attack only when each of them does. Else there is a hole in the attack.
    times = np.random.default_rng(1).normal(size=len(every))[number] * declared["coefficient"]
    together = times.groupby(declared["cell"].map(names)).sum().reindex(of.names, fill_value=0)

    left = lsmr(of.matrix.T, together, atol=1e-12, btol=1e-12, maxiter=20_000)[3]

    assert (of.matrix @ of.truth == 0).all()
    assert len(every) > 1_000
    assert left < 1e-6


def test_a_second_way_of_solving_gives_the_same_for_an_outsider(example):
    """Written down from the tables of counting alone, with its relations."""
    candidate, rounded = example
    cells, terms = candidate.cells, candidate.relations
    number, sums = pd.factorize(terms["relation"])
    place = cells.index.get_indexer(pd.Index(terms["cell"]))
    matrix = csr_array((terms["coefficient"], (number, place)), shape=(len(sums), len(cells)))
    shown = rounded.astype("float64").reindex(cells.index)
    known = cells["structural"].ne("")
    low = (shown - 4).clip(lower=0).fillna(0).mask(known, cells["count"])
    high = (shown + 4).fillna(np.inf).mask(known, cells["count"])
    near = cells["count"].gt(0).to_numpy() & ~known.to_numpy()
    assert near.sum() > 1_300

    random, found = np.random.default_rng(7), np.array([cells["count"]] * 2, dtype="float64")
    for _ in range(30):  # all that are near yet are pushed at once, until none is
        cost = near * random.choice([-1.0, 1.0], len(cells))
        solved = linprog(cost, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=np.c_[low, high])
        found = np.array([np.minimum(found[0], solved.x), np.maximum(found[1], solved.x)])
        near &= np.ptp(found, axis=0) < WIDE - 1e-6

    assert not near.any()


def test_a_sum_that_counting_forgot_is_found(example):
    """Rounded as if years had nothing to do with their months: it does not add up."""
    candidate, rounded = example
    is_of_days = candidate.relations["relation"].str.startswith(("year|", "half|", "quarter|"))
    forgetful = protect.rounded(candidate.given, candidate.relations[~is_of_days], candidate.basis)

    assert candidate.system(forgetful).not_added_up()
