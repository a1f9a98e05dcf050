"""The attack knows what readers know: every sum that counting makes, the program's rules."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from counting import released, several
from drawing import drawn, of_days, quickly
from mma_analysis import attack, measure, protect
from mma_analysis.attack.system import System
from mma_analysis.measure.counts import AGAIN
from mma_analysis.pipeline import knowledge
from mma_analysis.pipeline.candidate import Candidate, is_certain
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.protect.book import SAID_TYPES
from mma_analysis.settings import EXAMPLE
from mma_analysis.storage import read_manifest
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.schema import PROGRESS
from says import says
from test_attack import LATER, RULES, rows_of

# --- two gemeenten, with everything that can be counted -------------------------------------------

SINCE = {"borne": "2022-07-01", "losser": "2022-10-01"}
CAMPAIGN = {
    "naam": "c",
    "begin": "2023-02-01",
    "eind": "2023-02-28",
    "topics": ["drugsdelicten"],
}


@cache
def candidate() -> Candidate:
    """Tips that both got, rows of before a connection, refused ones and a campaign."""
    of = of_days("2022-07-01", "2023-08-31", SINCE, campagnes=[CAMPAIGN])
    rows = drawn(7, {"borne": 90, "losser": 70}, "2022-07-01", "2023-08-31", twice=0.2)
    refused = pd.DataFrame({"source_file": ["borne.csv"] * 3 + ["losser.csv"], "gemeente": ""})
    refused["reason_code"] = "no_date"
    return quickly(released(of, rows, refused)).candidate


@cache
def system() -> System:
    """All that is known when it goes out, rounded once."""
    of = candidate()
    return of.system(protect.rounded(of.given, of.relations, of.basis))


def test_what_is_counted_has_all_that_can_be_counted():
    cells = candidate().cells

    is_early = candidate().rows["received_on"] < candidate().rows["gemeente"].map(SINCE)
    assert set(candidate().rows.loc[is_early, "gemeente"]) == {"losser"}
    assert cells.loc["dubbel|whole|totaal|totaal", "count"] > 5
    assert cells.loc["ontvangen|whole|delivered|rejected", "count"] == 4
    assert cells.loc["deelnemers c|during c|campaign:c|target", "table"] == "campaign_counts"
    assert {"since_connection", "received", "deliveries"} <= set(cells["table"])


def test_the_attack_counts_every_set_as_counting_does():
    sets = candidate().sets
    truth = pd.Series(system().truth[: len(system().counts)], system().counts.index)

    counted = candidate().cells.loc[sets.index, "count"]

    assert len(sets) > 500
    assert truth[sets["name"]].tolist() == counted.tolist()
    # What has no set is of no day at all.
    others = candidate().cells.index.difference(sets.index)
    assert (candidate().cells.loc[others, "count"] == 0).all()


def declared() -> np.ndarray:
    """Every sum that counting declares, as a row over the atoms; a count of `again` is known."""
    relations = candidate().relations
    sets = candidate().sets
    name = relations["cell"].map(sets["name"])
    place = pd.Series(range(len(system().counts)), system().counts.index)
    of_atoms = system().atoms.of_counts.toarray()
    of_atoms[(system().counts["counted"] == AGAIN).to_numpy()] = 0.0
    number, every = pd.factorize(relations["relation"])
    rows = np.zeros((len(every), of_atoms.shape[1]))
    for at, key, coefficient in zip(number, name, relations["coefficient"], strict=True):
        if isinstance(key, str):  # of no day at all: 0
            rows[at] += coefficient * of_atoms[place[key]]
    return rows


def left_of(rows: np.ndarray, sums: np.ndarray) -> float:
    """How much of some rows no combination of these sums makes."""
    if not len(sums):
        return float(np.abs(rows).max())
    found = np.linalg.lstsq(sums.T, rows.T, rcond=None)[0]
    return float(np.abs(sums.T @ found - rows.T).max())


def test_every_sum_that_counting_makes_holds_in_the_attack_too():
    sums = system().atoms.sums.toarray()
    rows = declared()

    assert len(rows) > 400
    assert np.abs(rows).max() > 0
    assert left_of(rows, sums) < 1e-6
    assert np.abs(system().atoms.sums @ system().of_atoms).max() == 0


def test_a_sum_of_a_family_that_the_attack_forgets_is_missed():
    sums = system().atoms.sums.toarray()
    rows = declared()

    for name, family in system().atoms.families.items():
        # What was refused is in no sum.
        if name and not name.startswith("delivered"):
            is_own = np.abs(sums[:, family.first : family.first + family.size]).sum(axis=1) > 0
            assert is_own.any(), name
            assert left_of(rows, sums[~is_own]) > 0.5, name


def test_numbers_that_do_not_add_up_are_a_fault_of_the_program(monkeypatch):
    def each_for_itself(cells, relations, basis, cuts=()):
        published = cells[cells["published"].astype(bool)]
        return (published["count"] / basis).round().mul(basis).astype("Int64")

    monkeypatch.setattr(protect, "rounded", each_for_itself)
    of = replace(candidate())

    with pytest.raises(DataError, match=says("ours")):
        assert of.attacked is None


def test_every_end_of_what_is_known_is_a_number():
    _, low, high, _ = system().bounds

    assert not np.isnan(low).any()
    assert not np.isnan(high).any()
    assert np.isfinite(low).all()
    assert system().not_added_up() == []


KINDS = ["whole", "year", "half", "quarter", "month", "window", "since"]
FAMILIES = [
    *("", "topic", "has_time", "has_location", "has_person", "has_vehicle", "also_sent_to"),
    *("status", "disposition", "result", "usable", "fed_back", "delivered"),
]


@cache
def planted() -> pd.DataFrame:
    """One public count of every family and kind of period that there is, to be told exactly."""
    cells = candidate().cells.loc[candidate().sets.index]
    stem = candidate().sets["family"].str.partition("@")[0].str.partition(" ")[0]
    there = cells.assign(family=stem, name=candidate().sets["name"])
    there = there[there["table"].ne("") & there["count"].gt(0)]
    return there.drop_duplicates(["family", "kind"])


def test_there_is_a_count_to_tell_of_every_family_and_kind_of_period():
    assert set(planted()["family"]) == set(FAMILIES)
    assert set(planted()["kind"]) == set(KINDS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_leak_that_is_planted_is_found(family: str):
    """A count that is told exactly is known to everybody: of no family and no days is it missed."""
    own = planted()[planted()["family"] == family]
    said = system().knowledge.said.set_index("name")
    for row in own.itertuples():
        said.loc[row.name] = float(row.count)
    leaking = replace(system().knowledge, said=said.reset_index())

    found = attack.readers(replace(system(), knowledge=leaking), LATER)[0]

    by_outsider = {one.count: (one.low, one.high) for one in found if one.reader == attack.OUTSIDER}
    for row in own.itertuples():
        assert by_outsider[row.name] == (row.count, row.count), row.name


# --- the rules of the program ---------------------------------------------------------------------

REGION = "borne:2022-07-01/2023-06-30"


def line(family: str, **numbers: object) -> pd.DataFrame:
    """What is said of one family of Borne: class → number, or a number and how far it is off."""
    said = []
    for code, number in numbers.items():
        state = "shown"
        off = 4
        if isinstance(number, str):
            number, state = None, number
        if isinstance(number, tuple):
            number, off = number
        codes = "" if code == "totaal" else code
        name = "|".join(["receipts", "" if code == "totaal" else family, codes, REGION])
        of_set = {"counted": "receipts", "family": family if codes else "", "codes": codes}
        of_set |= {"region": REGION, "name": name, "number": number, "off": off}
        said.append(of_set | {"least": 0, "state": state})
    return pd.DataFrame(said)[list(SAID_TYPES)].astype(SAID_TYPES)


def told(said: pd.DataFrame, classes: Mapping[str, int], family: str) -> System:
    """What everybody knows of it, and how many there are of each class."""
    meldingen = several(("borne", "2022-08-01", sum(classes.values())))
    rows = rows_of(meldingen)
    rows[family] = [code for code, number in classes.items() for _ in range(number)]
    indexed = said.set_index("name")
    refused = pd.DataFrame(columns=["gemeente", "family", "code", "count"])
    everybody = knowledge.of_everybody(indexed, rows)
    owners = {"borne": frozenset(["borne"])}
    nothing_gone = pd.DataFrame(columns=["gemeente", "first", "last"])
    sets = indexed[["counted", "family", "codes", "region"]]
    return System(sets, rows, refused, owners, nothing_gone, everybody)


def ends_of(of: System) -> dict[str, tuple[float, float]]:
    """Class → between which ends an outsider knows it, where that is too near."""
    found = attack.readers(of, LATER)[0]
    own = [one for one in found if one.reader == attack.OUTSIDER and "atom" not in one.count]
    return {one.count.split("|")[2]: (one.low, one.high) for one in own}


def without_rules(of: System) -> System:
    none = pd.DataFrame(columns=RULES)
    return replace(of, knowledge=replace(of.knowledge, rules=none, none=frozenset()))


# Family, what is said, what there is, and what everybody knows then.
RULED = {
    "feedback is shown, so there was one at least": (
        "fed_back",
        {"totaal": 20, "ja": 0, "nee": 20, "onbekend": 0},
        {"ja": 1, "nee": 19},
        {"ja": (1, 4)},
    ),
    "of a field that is kept something is known": (
        "has_time",
        {"totaal": 20, "ja": 0, "nee": (0, 0), "onbekend": 20},
        {"ja": 2, "onbekend": 18},
        {"ja": (1, 4)},
    ),
    "what is shown is not of all alike": (
        "topic",
        {"totaal": (20, 0), "fraude": 20, "woonfraude": 0},
        {"fraude": 18, "woonfraude": 2},
        {"fraude": (16, 19), "woonfraude": (1, 4), "": (20, 20)},
    ),
    "five or more of each tell nothing": (
        "fed_back",
        {"totaal": 20, "ja": 5, "nee": 15, "onbekend": 0},
        {"ja": 6, "nee": 14},
        {},
    ),
    "of a field that is never kept nothing is told": (
        "has_time",
        {"totaal": 20, "ja": "never", "nee": "never", "onbekend": 20},
        {"onbekend": 20},
        {},
    ),
}


@pytest.mark.parametrize(("family", "numbers", "classes", "ends"), RULED.values(), ids=RULED)
def test_what_the_rules_of_the_program_tell_is_known_to_everybody(family, numbers, classes, ends):
    is_progress = family in PROGRESS
    name = f"{family}@2023-06-30" if is_progress else family
    of = told(line(name, **numbers), classes, name)

    assert of.not_added_up() == []
    assert ends_of(of) == ends
    exact = {key: found for key, found in ends.items() if found[0] == found[1]}
    assert ends_of(without_rules(of)) == exact


def test_what_is_not_so_nobody_can_know():
    """All alike were shown once by a decision: no rule says then that they were not."""
    of = told(
        line("topic", totaal=20, fraude=20, woonfraude=0), {"fraude": 20, "woonfraude": 0}, "topic"
    )

    assert ends_of(of) == {}
    assert of.not_added_up() == []


# --- a part of what went out ----------------------------------------------------------------------

YEAR, HALF = "borne:2022-07-01/2023-06-30", "borne:2022-07-01/2022-12-31"
LONGER, BESIDE = "borne:2022-07-01/2023-09-30", "losser:2022-07-01/2022-12-31"
THEN, NOW = "result@2023-06-30", "result@2023-09-30"
# What went out (5), what comes, the least and the most that this may be told as.
NESTED = {
    "a part of its days": (("", "", HALF), ("", "", YEAR), 5, None),
    "more days": (("", "", LONGER), ("", "", YEAR), None, 5),
    "the same": (("", "", YEAR), ("", "", YEAR), None, None),
    "another gemeente": (("", "", BESIDE), ("", "", YEAR), None, None),
    "another class": (("topic", "fraude", HALF), ("topic", "woonfraude", YEAR), None, None),
    "a last word of before": ((THEN, "bevestigd", YEAR), (NOW, "bevestigd", YEAR), 5, None),
    "a last word of later": ((NOW, "bevestigd", YEAR), (THEN, "bevestigd", YEAR), None, 5),
    "unknown before": ((THEN, "onbekend", YEAR), (NOW, "onbekend", YEAR), None, 5),
    "unknown later": ((NOW, "onbekend", YEAR), (THEN, "onbekend", YEAR), 5, None),
    "what goes on": (
        ("status@2023-06-30", "ontvangen", YEAR),
        ("status@2023-09-30", "ontvangen", YEAR),
        None,
        None,
    ),
}


@pytest.mark.parametrize(("out", "comes", "least", "most"), NESTED.values(), ids=NESTED)
def test_what_comes_is_no_less_than_a_part_of_it_and_no_more_than_what_it_is_a_part_of(
    out, comes, least, most
):
    columns = ["family", "codes", "region"]
    one = pd.DataFrame([comes], columns=columns, index=["new"]).assign(counted="receipts")
    other = pd.DataFrame([out], columns=columns).assign(counted="receipts", number=5)
    for table in (one, other):
        table["name"] = table[["counted", *columns]].agg("|".join, axis=1)

    ends = knowledge.nested(one, other.set_index("name"))

    found = [None if np.isnan(end["new"]) else end["new"] for end in ends]
    assert found == [least, most]


# --- who knows what -------------------------------------------------------------------------------


def test_an_organisation_knows_its_rows_in_all_versions():
    owners = candidate().owners

    assert owners == {"borne": frozenset(["borne"]), "losser": frozenset(["losser"])}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [((3, 3), True), ((1, 4), True), ((0, 3), False), ((1, 5), False), ((6, 9), False)],
)
def test_what_is_exact_or_a_few_cannot_be_signed_for(ends, expected: bool):
    assert is_certain(attack.Disclosure("borne", "losser", *ends)) == expected


# --- the example ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(workspace):
    """What an issue of the example says, and its exact counts."""
    edition = workspace.edition(EXAMPLE)
    made = Released(read_and_clean(edition), measure.frame(edition))
    said = pd.read_parquet(workspace.processed(EXAMPLE) / "kandidaat.parquet").query("cell != ''")
    return made, said.set_index(said["cell"].str.partition("|")[2])


def test_no_reader_knows_a_count_of_the_example(example, workspace):
    made, said = example
    found = read_manifest(workspace.processed(EXAMPLE))
    cells = made.counted.cells
    shown = said[said["state"] == "shown"]
    number = shown["number"].astype("float64")
    moved = (number - cells.loc[number.index, "count"]).abs()
    is_total = cells.loc[number.index, "breakdown"].eq("totaal")
    is_whole = is_total & cells.loc[number.index, "kind"].eq("whole")

    attacked = found["attack"]
    assert (attacked["is_attacked"], attacked["known"], attacked["left_out"]) == (True, [], [])
    assert len(number) > 700
    assert (number % 5 == 0).all()
    assert moved.max() == 4
    assert moved[is_whole].max() <= 2
    structural = said.index[~said["state"].isin(["shown", "hidden"])]
    assert (cells.loc[structural, "count"] == 0).all()
    # What who signs reads of it is what is so.
    rows = {row["table"]: row for row in found["evidence"]}
    assert sum(row["counts"] for row in rows.values()) == len(number)
    assert sum(row["zero"] for row in rows.values()) == (number == 0).sum()
    assert max(row["most"] for row in rows.values()) == 4
    assert min(row["narrowest"] for row in rows.values() if row["narrowest"]) >= 4
    assert {row["kept"] for row in rows.values()} == {0}


def test_the_attack_counts_every_set_of_the_example_as_counting_does(example):
    made, said = example
    of = made.candidate
    number = said["number"].astype("float64")

    system = of.system(number)

    truth = pd.Series(system.truth[: len(system.counts)], system.counts.index)
    assert len(of.sets) > 1_500
    assert truth[of.sets["name"]].tolist() == of.cells.loc[of.sets.index, "count"].tolist()
    assert system.not_added_up() == []
