"""What readers work out from rounded counts and from several issues: found when it is too much."""

import numpy as np
import pandas as pd
import pytest

from lp_bounds import bounds
from mma_analysis import attack, measure
from mma_analysis.attack import bounds as bounds_module
from mma_analysis.measure.dimensions import DIMENSIONS, membership
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import release

YEAR_1, YEAR_2 = "2021-07-01/2022-06-30", "2022-07-01/2023-06-30"
BOTH = "2021-07-01/2023-06-30"


def count(gemeenten: str, truth: int, period: str = BOTH, shown=None, off=4, **about) -> dict:
    """One count, what went out of it (nothing: None) and how far the truth can be from that."""
    plain = {"counted": "receipts", "since": "", "family": "", "codes": ""}
    said = {
        "low": None if shown is None else shown - off,
        "high": None if shown is None else shown + off,
    }
    return {"gemeenten": gemeenten, "period": period, "count": truth, **plain, **about, **said}


def system(*counts: dict, together=()) -> attack.System:
    """Each gemeente is an organisation, but for those `together`; a part is what is their own."""
    table = pd.DataFrame(list(counts))
    table.index = pd.Index(table[DIMENSIONS].agg("|".join, axis=1))
    slugs = sorted({slug for names in table["gemeenten"] for slug in names.split(",")})
    owners = {slug: frozenset([slug]) for slug in slugs if slug not in together}
    owners |= {"+".join(together): frozenset(together)} if together else {}
    ranges = table.dropna(subset="low").rename_axis("name").reset_index()
    ranges = ranges.drop(columns="count").rename(columns={"name": "count"})

    def part_of(gemeenten: frozenset[str]) -> pd.Series:
        own = table[table["gemeenten"].isin(gemeenten)].groupby(["period", "codes"])["count"].sum()
        keys = pd.MultiIndex.from_frame(table[["period", "codes"]])
        of_each = own.reindex(keys, fill_value=0).to_numpy()
        is_in = [bool(gemeenten & set(names.split(","))) for names in table["gemeenten"]]
        return pd.Series(np.where(is_in, of_each, 0), table.index)

    return attack.System(table.drop(columns=["low", "high"]), ranges, owners, part_of)


def learnt(of: attack.System) -> set[tuple[str, str]]:
    """Reader and gemeenten of every count that is known too well."""
    until = attack.deadline(60)
    found = [*of.outsider(until), *of.insiders(until)]
    return {(one.reader, one.count.split("|")[0]) for one in found}


# --- readers -------------------------------------------------------------------------------------


NOABER = (count("hof", 3), count("dinkelland", 4), count("tubbergen", 2))


@pytest.mark.parametrize(("together", "who"), [((), None), (("dinkelland", "tubbergen"), "both")])
def test_who_is_one_organisation_learns_the_third_of_an_exact_total(together, who):
    """9 − 4 − 2 = 3: one organisation learns it alone, two only together."""
    total = count("dinkelland,hof,tubbergen", 9, shown=9, off=0)

    alone = {
        reader
        for reader, of in learnt(system(*NOABER, total, together=together))
        if of == "hof" and " + " not in reader
    }

    assert alone == ({"dinkelland+tubbergen"} if who else set())


def test_a_pair_learns_what_none_of_it_learns_alone():
    """Haaksbergen 9, Hellendoorn 7 and Wierden 3 are exactly 19 together."""
    of = [count("haaksbergen", 9), count("hellendoorn", 7), count("wierden", 3)]
    exact = system(*of, count("haaksbergen,hellendoorn,wierden", 19, shown=19, off=0))
    rounded = system(*of, count("haaksbergen,hellendoorn,wierden", 19, shown=20))

    assert ("haaksbergen + hellendoorn", "wierden") in learnt(exact)
    assert all(" + " in reader for reader, of in learnt(exact) if of == "wierden")
    assert learnt(rounded) == set()


@pytest.mark.parametrize(("hengelo", "is_found"), [(16, True), (22, True)])
def test_each_of_two_participants_learns_the_other_of_an_exact_total(hengelo, is_found):
    of = [count("hengelo", hengelo), count("almelo", 2 if hengelo == 16 else 16)]
    total = sum(one["count"] for one in of)
    exact = system(*of, count("almelo,hengelo", total, shown=total, off=0), count("borne", 0))
    rounded = system(*of, count("almelo,hengelo", total, shown=total + 2), count("borne", 0))

    assert (("hengelo", "almelo") in learnt(exact)) == is_found
    assert learnt(rounded) == set()


# --- how well ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("truth", "low", "high", "is_found"),
    [
        (3, 0, 4, False),
        (3, 1, 4, True),  # certainly a few
        (3, 1, 5, False),
        (3, 0, 3, True),  # nearer than four wide
        (7, 6, 9, True),
        (7, 5, 9, False),
        (7, 7, 7, False),  # known before anything is added up: nothing to learn
    ],
)
def test_a_count_is_known_too_well_when_it_is_less_than_four_wide_or_certainly_few(
    truth, low, high, is_found
):
    one = count("borne", truth, shown=(low + high) / 2, off=(high - low) / 2)

    assert (("buitenstaander", "borne") in learnt(system(one, count("losser", 0)))) == is_found


def test_two_holes_in_every_line_are_found_when_only_one_table_fits():
    # Of 4 × 4 counts two in every row and column are not told: eight, with eight sums of two. They
    # go round in one ring, so of one that is known exactly all follow.
    table = np.array([[9, 1, 8, 7], [6, 9, 2, 8], [7, 8, 9, 3], [4, 7, 6, 9]])
    hidden = {(n, n) for n in range(4)} | {(n, (n + 1) % 4) for n in range(4)}
    rows = [
        count(
            f"g{n}",
            int(table[n, m]),
            family="topic",
            codes=f"t{m}",
            shown=None if (n, m) in hidden else int(table[n, m]),
            off=0,
        )
        for n in range(4)
        for m in range(4)
    ]
    every = ",".join(f"g{n}" for n in range(4))
    rows += [
        count(f"g{n}", int(table[n].sum()), shown=int(table[n].sum()), off=0) for n in range(4)
    ]
    rows += [
        count(
            every,
            int(table[:, m].sum()),
            family="topic",
            codes=f"t{m}",
            shown=int(table[:, m].sum()),
            off=0,
        )
        for m in range(4)
    ]
    one_known = [
        row | ({"low": 9, "high": 9} if row["codes"] == "t0" and row["gemeenten"] == "g0" else {})
        for row in rows
    ]

    def outsider(of: list[dict]) -> set[str]:
        return {one.count for one in system(*of).outsider(attack.deadline(60))}

    # The ring can turn as far as its smallest count allows: 1 … 9 and 0 … 10, wide enough.
    assert outsider(rows) == set()
    assert len(outsider(one_known)) == 7


# --- several issues ------------------------------------------------------------------------------


def test_two_years_and_the_second_tell_the_first():
    """Tubbergen: 20 in two years and 17 in the second, so 3 in the first."""
    two_years = count("tubbergen", 20, shown=20, off=0)
    second = count("tubbergen", 17, YEAR_2, shown=17, off=0)

    assert learnt(system(two_years, count("hof", 0))) == set()
    found = system(two_years, second, count("hof", 0)).outsider(attack.deadline(60))
    assert [one.count for one in found] == [f"tubbergen|receipts|{YEAR_1}||"]
    assert found[0].low == pytest.approx(3)


def test_three_months_more_of_what_is_not_known_tell_one_tip():
    """15 of which nothing is known, and 16 three months later."""
    about = {"family": "topic", "codes": "onbekend"}
    before = count("borne", 15, BOTH, shown=15, off=0, **about)
    later = count("borne", 16, "2021-07-01/2023-09-30", shown=16, off=0, **about)

    found = system(before, later, count("hof", 0)).outsider(attack.deadline(60))

    assert [one.count for one in found] == ["borne|receipts|2023-07-01/2023-09-30|topic|onbekend"]


def test_what_is_known_of_a_count_is_what_all_issues_say_of_it():
    """20 and then 15 of the same 17 to 19 meldingen: 16 up to 19, and no further."""
    one = count("borne", 18, shown=20)
    table = system(one, count("losser", 0))
    both = pd.concat([table.ranges, table.ranges.assign(low=11, high=19)])

    found = attack.System(table.counts, both, table.owners, table.part_of)

    assert [x.count.split("|")[0] for x in found.outsider(attack.deadline(60))] == ["borne"]


# --- it fails closed -----------------------------------------------------------------------------


def test_when_the_time_is_up_nothing_was_shown_to_be_safe():
    of = system(count("borne", 3, shown=5), count("losser", 0))

    with pytest.raises(attack.TooLong):
        of.outsider(attack.deadline(-1))


def test_a_contradiction_is_no_answer():
    # 3 is said to be 20: no meldingen fit.
    of = system(
        count("borne", 3, shown=20), count("losser", 3, shown=5), count("borne,losser", 6, shown=5)
    )

    with pytest.raises(attack.TooLong):
        of.outsider(attack.deadline(60))


# --- the example ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(workspace):
    """The candidate of the example, and what came of the attack."""
    edition = workspace.edition("voorbeeld-2023")
    done = release(read_and_clean(edition), measure.frame(edition))
    return done.candidate, done.attacked


def test_no_reader_learns_a_count_of_the_example(example):
    candidate, attacked = example
    told = attacked.rounded.dropna().astype("float64")
    moved = (told - candidate.cells.loc[told.index, "count"]).abs()

    assert attacked.is_attacked
    assert attacked.learnt == () == attacked.left_out
    assert moved.max() == 4
    assert len(told) > 900


def test_counted_in_another_way_every_count_of_the_example_is_the_same(example):
    candidate, _ = example
    about, cells = candidate.about, candidate.cells
    members = membership(about, candidate.meldingen, candidate.of).sum(axis=1)
    is_counted = about["family"].ne("delivered") & ~about["period"].str.startswith("since")

    counts = cells.loc[about.index, "count"]

    assert is_counted.sum() > 2_600
    assert (pd.Series(members, about.index)[is_counted] == counts[is_counted]).all()


def test_the_sums_that_follow_from_what_counts_are_about_hold_and_hold_all_that_counting_knows(
    example,
):
    candidate, attacked = example
    of = candidate.system(attacked.rounded)
    terms = of.terms.assign(value=of.terms["count"].map(pd.Series(of.truth, of.names)))
    sums = (terms["value"] * terms["coefficient"]).groupby(terms["relation"]).sum()
    names = candidate.about["name"]
    # A sum that counting declares is one of these, or follows from them: a table that fulfils these
    # and not that one would be a hole in the attack.
    matrix = np.zeros((terms["relation"].max() + 1, len(of.names)))
    matrix[terms["relation"], of.names.get_indexer(pd.Index(terms["count"]))] = terms["coefficient"]
    declared = candidate.relations[candidate.relations["cell"].isin(names.index)]
    whole = candidate.relations.groupby("relation")["cell"].agg(lambda c: c.isin(names.index).all())
    declared = declared[declared["relation"].isin(whole.index[whole])]
    number, every = pd.factorize(declared["relation"])
    rows = np.zeros((len(every), len(of.names)))
    at = of.names.get_indexer(pd.Index(declared["cell"].map(names)))
    np.add.at(rows, (number, at), declared["coefficient"])

    left = rows - np.linalg.lstsq(matrix.T, rows.T, rcond=None)[0].T @ matrix

    assert (sums == 0).all()
    assert len(every) > 1_000
    assert np.abs(left).max() < 1e-6


def test_a_second_way_of_solving_gives_the_same_for_an_outsider(example):
    """Written down from the tables of counting alone, with its relations."""
    candidate, attacked = example
    cells = candidate.cells
    shown = attacked.rounded.astype("float64").reindex(cells.index)
    known = cells["structural"].ne("")
    low = (shown - 4).clip(lower=0).fillna(0).where(~known, cells["count"])
    high = (shown + 4).fillna(np.inf).where(~known, cells["count"])
    asked = cells["count"].gt(0) & ~known

    found = bounds(
        cells.assign(low=low, high=high, asked=asked), candidate.relations, bounds_module.WIDE
    )

    assert len(found) > 1_500
    assert (found["high"] - found["low"] > bounds_module.WIDE - 1e-6).all()


def test_a_sum_that_counting_forgot_is_found(example):
    """Rounded as if gemeenten and district had nothing to do with each other: readers see it."""
    candidate, _ = example
    is_of_areas = candidate.relations["relation"].str.startswith(("gemeenten|", "tips|"))
    forgetful = attack_free(candidate, candidate.relations[~is_of_areas])

    found = candidate.system(forgetful).outsider(attack.deadline(120))

    assert found


def attack_free(candidate, relations):
    """Every count to its own multiple, the largest away from the truth: nobody looks at sums."""
    from mma_analysis import protect

    return protect.rounded(candidate.given, relations, candidate.basis)
