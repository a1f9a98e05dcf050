"""What readers work out from rounded counts and from several issues: found when it is too much."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import cases

from counting import several
from mma_analysis import attack
from mma_analysis.attack.readers import _Attack, coalition, intervals
from mma_analysis.attack.system import System

FIRST, SECOND = "2021-07-01/2022-06-30", "2022-07-01/2023-06-30"
BOTH = "2021-07-01/2023-06-30"
LATER = time.process_time() + 36_000
RULES = ["rule", "name", "coefficient"]
REFUSED = ["gemeente", "family", "code", "count"]
DAYS_GONE = ["gemeente", "first", "last"]
OFF = 4


def said(
    of: str,
    number: int | None,
    off: int = OFF,
    days: str = BOTH,
    topics: str = "",
    counted: str = "receipts",
    family: str = "topic",
) -> dict[str, object]:
    """A count of these gemeenten, days and topics that there is, and what is known of it."""
    region = " ".join(f"{part}:{days}" for part in of.split())
    low, high = (None, None) if number is None else (max(number - off, 0), number + off)
    about = {"counted": counted, "family": family if topics else "", "codes": topics}
    return about | {"region": region, "low": low, "high": high}


def name(of: str, days: str = BOTH, topics: str = "", counted: str = "receipts") -> str:
    """The name of that count."""
    return "|".join([counted, "topic" if topics else "", topics, f"{of}:{days}"])


def rows_of(meldingen: pd.DataFrame) -> pd.DataFrame:
    """Meldingen as the attack takes them, in the order in which they came in."""
    columns = meldingen[["gemeente", "melding_id", "topic", "also_sent_to"]]
    return columns.assign(day=meldingen["received_on"], booked=0)


def system(
    meldingen: pd.DataFrame,
    *counts: dict[str, object],
    together: Sequence[str] = (),
    rules: Sequence[Mapping[str, float]] = (),
) -> System:
    """Every gemeente is an organisation, but for those `together`; and each has a total."""
    slugs = sorted(meldingen["gemeente"].unique())
    table = pd.DataFrame([*counts, *(said(slug, None) for slug in slugs)])
    table.index = pd.Index(table[["counted", "family", "codes", "region"]].agg("|".join, axis=1))
    ranges = table.dropna(subset="low").rename_axis("name").reset_index()
    table = table[~table.index.duplicated()].drop(columns=["low", "high"])
    owners = {slug: frozenset([slug]) for slug in slugs if slug not in together}
    owners |= {"samen": frozenset(together)} if together else {}
    terms = [(n, key, sign) for n, rule in enumerate(rules) for key, sign in rule.items()]
    knowledge = attack.Knowledge(
        said=ranges[["name", "low", "high"]].astype({"low": "float64", "high": "float64"}),
        rules=pd.DataFrame(terms, columns=RULES),
        none=frozenset(),
        final={},
    )
    refused = pd.DataFrame(columns=REFUSED)
    nothing_gone = pd.DataFrame(columns=DAYS_GONE)
    return System(table, rows_of(meldingen), refused, owners, nothing_gone, knowledge)


def received(first: Mapping[str, int], second: Mapping[str, int] = {}) -> pd.DataFrame:
    """So many meldingen of each gemeente in the first year and in the second."""
    rows = [(slug, "2021-08-01", times) for slug, times in first.items()]
    return several(*rows, *((slug, "2022-08-01", times) for slug, times in second.items()))


def disclosed(of: System) -> list[attack.Disclosure]:
    """All that some reader knows too well."""
    return attack.readers(of, LATER)[0]


def known(of: System) -> set[tuple[str, str]]:
    """Reader and gemeenten of every count that is known too well."""
    return {(one.reader, one.count.rpartition("|")[2].partition(":")[0]) for one in disclosed(of)}


def by_outsider(of: System) -> list[attack.Disclosure]:
    """What somebody works out who has no rows at all."""
    return [one for one in disclosed(of) if one.reader == attack.OUTSIDER]


# --- readers -------------------------------------------------------------------------------------


NOABER = {"dinkelland": 4, "hof-van-twente": 3, "tubbergen": 2}
SOUTH = {"haaksbergen": 9, "hellendoorn": 7, "wierden": 3}
NEIGHBOURS = ["dinkelland", "tubbergen"]
HOF, HAAKSBERGEN = "hof-van-twente", "haaksbergen + hellendoorn"
# What each has, a number of all within 4, and who knows of whom that it is 0 to 3 at most: of
# 5 ± 4 no more than 9 and of that 4 + 2 or 4 + 3 is known, of 15 ± 4 no more than 19, less 9 + 7.
TOTALS = {
    "by two together": (
        (NOABER, [], 5),
        {("dinkelland + tubbergen", HOF), (f"dinkelland + {HOF}", "tubbergen")},
    ),
    "by one organisation": ((NOABER, NEIGHBOURS, 5), {("samen", HOF)}),
    "of three larger ones": ((SOUTH, [], 15), {(HAAKSBERGEN, "wierden")}),
    "by nobody": ((NOABER, [], 10), set()),
    "by nobody of larger ones": ((SOUTH, [], 20), set()),
}


@pytest.mark.parametrize(("given", "expected"), TOTALS.values(), ids=TOTALS.keys())
def test_who_knows_all_others_knows_the_last_of_a_total(given, expected):
    has, together, number = given
    everybody = ",".join(has)

    found = known(system(received(has), said(everybody, number), together=together))

    # Of the total they know then as much as of the last.
    assert found == expected | {(reader, everybody) for reader, _ in expected}


def test_what_one_reader_may_take_each_count_of_others_for():
    """Of 1 to 9 two know that 4 + 3 are their own: 7 to 9 in all, and 0 to 2 of the last."""
    of = system(received(NOABER), said("dinkelland,hof-van-twente,tubbergen", 5))
    two = coalition(of, np.array([0, 1]))

    known_ends = intervals(of, two, LATER)

    assert known_ends.loc[name("dinkelland,hof-van-twente,tubbergen")].tolist() == [7, 9]
    assert known_ends.loc[name("tubbergen")].tolist() == [0, 2]
    assert name("dinkelland") not in known_ends.index


def test_what_somebody_knows_is_said_of_the_part_of_others():
    """Of 9 at most 6 are their own: of the others, and of all, 0 to 3 are left to know."""
    of = system(
        received(NOABER), said("dinkelland,hof-van-twente,tubbergen", 5), together=NEIGHBOURS
    )

    found = [(one.low, one.high) for one in disclosed(of) if one.reader == "samen"]

    assert found == [(0, 3), (0, 3)]


@pytest.mark.parametrize("counted", ["receipts", "tips"])
def test_one_knows_what_is_left_of_a_total_of_two(counted: str):
    """Of both together 9 at most, and 7 is its own: also when others are asked first."""
    has = {"borne": 7, "losser": 2, "wierden": 30, "almelo": 30}

    found = known(system(received(has), said("borne,losser", 5, counted=counted)))

    assert found == {("borne", "losser"), ("borne", "borne,losser")}


def test_tips_of_which_everybody_knows_that_two_got_them_are_receipts_of_both():
    """10 tips at least, of which 6 came to both: 16 receipts, and of each there are 8 at most."""
    meldingen = received({"borne": 8, "losser": 8, "wierden": 30})
    came_to_both = meldingen["melding_id"].head(6)
    of_losser = meldingen.index[meldingen["gemeente"] == "losser"]
    meldingen.loc[of_losser[:6], "melding_id"] = came_to_both.to_numpy()
    each = said("borne", 4), said("losser", 4)

    found = by_outsider(system(meldingen, *each, said("borne,losser", 14, counted="tips")))

    ends = {(one.count, one.low, one.high) for one in found}
    assert ends == {
        (name("borne"), 8, 8),
        (name("losser"), 8, 8),
        (name("borne,losser", counted="tips"), 10, 10),
    }
    assert by_outsider(system(meldingen, *each)) == []


def test_what_was_refused_of_its_own_rows_is_no_news_to_a_gemeente():
    """Of Borne 3 were refused, and 0 to 7 are said: that is wide to all but Borne, who sent it."""
    family = f"delivered {BOTH}"
    refused = said("borne", 3, topics="rejected", family=family)
    of = system(received({"borne": 30, "losser": 30}), refused)
    rows = pd.DataFrame([("borne", family, "rejected", 3)], columns=REFUSED)

    assert known(replace(of, refused=rows)) == set()
    exact = system(received({"borne": 30, "losser": 30}), refused | {"low": 3, "high": 3})
    assert by_outsider(replace(exact, refused=rows))


@pytest.mark.parametrize("most_owners", [40, 1], ids=["of few", "of many with coalitions"])
def test_who_has_all_of_a_count_shows_nobody_to_be_safe(monkeypatch, most_owners: int):
    """Almelo has 7 of 9 at most; who lacks only gemeenten without any has all 9 itself."""
    monkeypatch.setattr(sys.modules[attack.NotAttackedError.__module__], "MOST_OWNERS", most_owners)
    together = "almelo,borne,dinkelland"
    of = system(received({"almelo": 7, "borne": 2, "enschede": 30}), said(together, 5))
    without = ["dinkelland", "haaksbergen", "hengelo", "losser", "tubbergen", "wierden"]
    owners = {slug: frozenset([slug]) for slug in without}

    found = known(replace(of, owners=owners | of.owners))

    counts = {count for _, count in found}
    readers = {reader for reader, _ in found}
    assert counts == {"borne", together}
    if most_owners == 40:
        assert readers == {"almelo"}


def everything_is_left(self: _Attack, who: object, seen: object) -> np.ndarray:
    return self.asked


@pytest.mark.slow
@pytest.mark.parametrize("least", [0, 1], ids=["some have none", "all have some"])
def test_crowds_clear_no_count_that_one_or_two_would_know(monkeypatch, least: int):
    """Asked first or not: nobody knows another count; over editions with loose totals."""
    slugs, random = sorted(NOABER | SOUTH), np.random.default_rng(3)
    readers = set[int]()
    for _ in range(12):
        has = dict(zip(slugs, random.integers(least, 9, len(slugs)).tolist(), strict=True))
        sets = [sorted(random.choice(slugs, many, replace=False)) for many in (6, 3, 2, 2)]
        totals = [sum(has[slug] for slug in of) for of in sets]
        near = [max(total + int(random.integers(-4, 1)), 0) for total in totals]
        counts = [said(",".join(s), n) for s, n in zip(sets, near, strict=True)]
        of = system(received(has), *counts)
        of = replace(of, owners={slug: frozenset([slug]) for slug in slugs})
        crowds_first = {(one.reader, one.count) for one in disclosed(of)}
        with monkeypatch.context() as patch:
            patch.setattr(_Attack, "_left", everything_is_left)
            asked_all = {(one.reader, one.count) for one in disclosed(of)}
        assert crowds_first == asked_all
        for who, _ in asked_all:
            readers.add(0 if who in (attack.OUTSIDER, "politie") else 1 + who.count("+"))
        if not asked_all:
            readers.add(3)

    assert readers >= {2, 3}  # two (what one knows, two with it know), and nobody


@pytest.mark.parametrize(("truth", "low", "high", "is_found"), cases("near"))
def test_a_count_is_known_too_well_when_its_ends_are_less_than_four_apart(
    truth, low, high, is_found
):
    one = said("borne", None) | {"low": int(low), "high": int(high)}
    of = system(received({"borne": int(truth), "losser": 1}), one)

    assert ((attack.OUTSIDER, "borne") in known(of)) == bool(is_found)


@pytest.mark.parametrize("most_owners", [40, 1], ids=["alone", "of many with coalitions"])
def test_the_police_knows_every_tip_that_it_got(monkeypatch, most_owners: int):
    """Of 8, said to be 10 or more off by 4, it got 7: so 0 to 3 others when 10 at most."""
    monkeypatch.setattr(sys.modules[attack.NotAttackedError.__module__], "MOST_OWNERS", most_owners)
    rows = received({"borne": 8, "losser": 9})
    to_police = rows.assign(
        also_sent_to=["politie"] * 6 + ["politie_en_partner", "onbekend"] + ["onbekend"] * 9
    )

    found = known(system(to_police, said("borne", 6)))

    assert found == {("politie", "borne")}
    assert known(system(rows, said("borne", 6))) == set()
    assert known(system(to_police, said("borne", 10))) == set()


# --- several issues ------------------------------------------------------------------------------


def test_two_years_and_the_second_tell_the_first():
    """Tubbergen: 16 at most in two years and 13 at least in the second, so 3 at most before."""
    meldingen = received({"tubbergen": 3, "losser": 9}, {"tubbergen": 13})
    two_years = said("tubbergen", 12)
    second = said("tubbergen", 17, OFF, SECOND)

    assert by_outsider(system(meldingen, two_years)) == []
    assert by_outsider(system(meldingen, second)) == []
    found = by_outsider(system(meldingen, two_years, second))
    of = {one.count.partition("|")[0]: (one.low, one.high) for one in found}
    assert of == {"atom": (0, 3), "receipts": (13, 16)}
    assert by_outsider(system(meldingen, said("tubbergen", 15), second)) == []


def test_what_is_known_of_a_count_is_what_all_issues_say_of_it():
    """20 and then 15 of the same 18 meldingen: 16 up to 19, and no further."""
    meldingen = received({"borne": 18, "losser": 9})

    both = by_outsider(system(meldingen, said("borne", 20), said("borne", 15)))

    assert [(one.low, one.high) for one in both] == [(16, 19)]
    assert disclosed(system(meldingen, said("borne", 20), said("borne", 20))) == []


def test_a_part_is_never_more_than_the_whole():
    """Of a whole that reads 0 to 4 and a part of it that reads 5, the part is 1 to 4."""
    meldingen = received({"borne": 0, "losser": 9}, {"borne": 3})

    found = by_outsider(system(meldingen, said("borne", 0), said("borne", 5, OFF, SECOND)))

    assert {(one.low, one.high) for one in found} == {(1, 4)}


def test_a_class_in_a_part_of_the_days_is_a_part_of_the_whole_too():
    """0 to 4 in two years, of which 1 to 9 about fraude in the first: 1 to 4 of both are left."""
    meldingen = received({"borne": 3, "losser": 9}, {"borne": 1})
    fraude = said("borne", 5, OFF, FIRST, topics="fraude")
    of = system(meldingen, said("borne", 0), fraude)

    found = by_outsider(of)

    assert of.not_added_up() == []
    ends = {(one.count, one.low, one.high) for one in found if one.count.startswith("receipts|")}
    assert ends == {(name("borne"), 1, 4), (name("borne", FIRST, "fraude"), 1, 4)}


JUNE, SEPTEMBER = "2023-06-30", "2023-09-30"
STATUS = {"ontvangen": False, "afgesloten": True, "onbekend": False}
# The class, how many in June and what was said of that, the same in September, and what everybody
# knows of June then, when that is too much: a part of 0 to 4 in which 1 to 9 are is one of 1 to 4.
IN_TIME = {
    "the last word stays": ("afgesloten", (3, 5), (3, 0), (1, 4)),
    "unknown does not come back": ("onbekend", (3, 0), (3, 5), (1, 4)),
    "another class may become fewer": ("ontvangen", (3, 5), (3, 0), None),
    "of the last word more may come": ("afgesloten", (3, 0), (3, 5), None),
    "what is unknown may become known": ("onbekend", (3, 5), (3, 0), None),
}


@pytest.mark.parametrize(("code", "then", "now", "ends"), IN_TIME.values(), ids=IN_TIME)
def test_what_came_of_meldingen_on_two_days_is_tied_by_what_goes_on(code, then, now, ends):
    """Of 30 in one year, of which 3 are in this class on both days and the others in another."""
    rows = rows_of(received({"borne": 30, "losser": 9}))
    other = next(one for one in STATUS if one != code)
    for day, (count, _) in {JUNE: then, SEPTEMBER: now}.items():
        rows[f"status@{day}"] = [code] * count + [other] * (len(rows) - count)
    of = system(
        received({"borne": 30, "losser": 9}),
        said("borne", 30),
        said("borne", then[1], topics=code, family=f"status@{JUNE}"),
        said("borne", now[1], topics=code, family=f"status@{SEPTEMBER}"),
        said("borne", None, topics=other, family=f"status@{JUNE}"),
        said("borne", None, topics=other, family=f"status@{SEPTEMBER}"),
    )
    final = {"status": frozenset(one for one, is_final in STATUS.items() if is_final)}
    of = replace(of, rows=rows, knowledge=replace(of.knowledge, final=final))

    found = by_outsider(of)

    told = {(one.low, one.high) for one in found if f"|{code}|" in one.count}
    assert told == ({ends} if ends else set())
    if code == "afgesloten":
        assert by_outsider(replace(of, knowledge=replace(of.knowledge, final={}))) == []


# --- a revision ----------------------------------------------------------------------------------


def booked_anew(of: System, came: pd.DataFrame, went: pd.Index) -> System:
    """The same counts after Borne was booked anew: with rows that came, without those that went."""
    own = of.rows[of.rows["gemeente"] == "borne"]
    more = came.assign(melding_id=[f"new-{n}" for n in range(len(came))])
    after = pd.concat([own.drop(index=went), more]).assign(gemeente="borne#2", booked=1)
    revision = attack.Revision("borne", "borne#2", into=more, out=own.loc[went])
    return replace(
        of,
        rows=pd.concat([of.rows, after], ignore_index=True),
        owners=of.owners | {"borne": frozenset(["borne", "borne#2"])},
        knowledge=replace(of.knowledge, revisions=(revision,)),
    )


def revised(before: int, came: int, went: int, numbers: tuple[int, int]) -> System:
    """Borne when so many rows of it came and went, and what was said before and after."""
    rows = received({"borne": before, "losser": 9})
    of = system(rows, said("borne", numbers[0]), said("borne#2", numbers[1]))
    own = of.rows[of.rows["gemeente"] == "borne"]
    return booked_anew(of, own.head(came), own.index[:went])


def test_before_and_after_a_revision_are_tied_by_how_many_rows_came_and_went():
    """8 less 5 is 3: of 6 to 14 before and 0 to 4 after it, 6 to 9 and 1 to 4 are left."""
    of = revised(8, came=0, went=5, numbers=(10, 0))

    found = {one.count.partition("borne")[2][:2]: (one.low, one.high) for one in by_outsider(of)}

    assert found == {":2": (6, 9), "#2": (1, 4)}
    untied = replace(of, knowledge=replace(of.knowledge, revisions=()))
    assert by_outsider(untied) == []
    assert by_outsider(revised(8, came=0, went=5, numbers=(10, 5))) == []


def test_rows_that_came_in_the_place_of_others_are_known_by_their_number_only():
    """8 − 5 + 5 = 8: what is said before, 10, and after, 15, leaves 11 to 14 of both: 3 apart."""
    of = revised(12, came=5, went=5, numbers=(10, 15))

    assert {(one.low, one.high) for one in by_outsider(of)} == {(11, 14)}
    assert by_outsider(revised(12, came=5, went=5, numbers=(10, 10))) == []


def test_each_class_of_a_gemeente_is_tied_by_the_rows_that_went_out_of_it():
    """5 went: of fraude 6 to 14 are said and then 0 to 4, so 6 to 9 and 1 to 4; not of drugs."""
    rows = pd.concat(
        [
            several(("borne", "2021-08-01", 8), ("losser", "2021-08-01", 9)),
            several(("borne", "2021-08-01", 30), topic="drugsdelicten"),
        ],
        ignore_index=True,
    )
    classes = [
        said("borne", 10, topics="fraude"),
        said("borne", 30, topics="drugsdelicten"),
        said("borne#2", 0, topics="fraude"),
        said("borne#2", 30, topics="drugsdelicten"),
    ]
    of = system(rows, *classes, said("borne#2", None), said("losser", 9, topics="fraude"))
    own = of.rows[(of.rows["gemeente"] == "borne") & (of.rows["topic"] == "fraude")]

    of = booked_anew(of, own.head(0), own.index[:5])

    found = {(one.count, one.low, one.high) for one in by_outsider(of)}
    ends = {(count, *ends) for count, *ends in found if count.startswith("receipts|")}
    assert ends == {
        (name("borne", topics="fraude"), 6, 9),
        (name("borne#2", topics="fraude"), 1, 4),
    }
    assert of.not_added_up() == []


def test_a_year_of_a_revision_is_tied_to_the_same_year_before_it():
    """Nothing came in: of 0 to 4 in the first year are 1 to 4 left then, whatever went later."""
    rows = received({"borne": 3, "losser": 9}, {"borne": 30})
    of = system(
        rows,
        said("borne", 0, OFF, FIRST),
        said("borne", 30, OFF, SECOND),
        said("borne#2", 5, OFF, FIRST),
        said("borne#2", 25, OFF, SECOND),
    )
    own = of.rows[of.rows["gemeente"] == "borne"]
    later = own.index[own["day"] > "2022-07-01"]

    of = booked_anew(of, own.head(0), later[:5])

    found = {(one.count, one.low, one.high) for one in by_outsider(of)}
    ends = {(count, *ends) for count, *ends in found if count.startswith("receipts|")}
    assert ends == {(name("borne", FIRST), 1, 4), (name("borne#2", FIRST), 1, 4)}


# --- it fails closed -----------------------------------------------------------------------------


# 3 and 3 are said to be 1 to 9 each, and together 20 or more.
CONTRADICTION = [said("borne", 5), said("losser", 5), said("borne,losser", 24)]


@pytest.mark.parametrize(
    ("told", "until"), [([said("borne", 5)], 0), (CONTRADICTION, LATER)], ids=["time", "nothing"]
)
def test_when_the_time_is_up_or_what_is_said_cannot_be_nothing_was_shown_to_be_safe(told, until):
    of = system(received({"borne": 3, "losser": 3}), *told)

    with pytest.raises(attack.NotAttackedError):
        attack.readers(of, until)


def test_nothing_is_shown_to_be_safe_when_no_forgotten_rows_could_have_made_what_was_said():
    of = system(received({"borne": 3, "losser": 3}), *CONTRADICTION)
    gone = pd.DataFrame([("borne", "2021-07-01", "2022-06-30")], columns=DAYS_GONE)
    gone = gone.astype({"first": "datetime64[s]", "last": "datetime64[s]"})

    with pytest.raises(attack.NotAttackedError):
        attack.readers(replace(of, forgotten=gone), LATER)


@pytest.mark.parametrize("end", ["low", "high"])
def test_an_end_that_is_not_a_number_shows_nothing_to_be_safe(end: str):
    of = system(received({"borne": 3, "losser": 3}), said("borne", 3, 0))
    assert known(of)
    knowledge = replace(of.knowledge, said=of.knowledge.said.assign(**{end: np.nan}))

    with pytest.raises(attack.NotAttackedError):
        attack.readers(replace(of, knowledge=knowledge), LATER)


def test_what_was_said_and_is_not_so_is_named():
    of = system(received({"borne": 30, "losser": 3}), said("borne", 10), said("losser", 5))

    assert of.not_added_up() == [name("borne")]
