"""A book that went out is closed: nobody learns a count over the years, whatever is delivered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from counting import EVERY_FIELD, TWENTE
from drawing import (
    TOPICS,
    Sent,
    booked,
    changed,
    drawn,
    gone,
    late,
    of_days,
    sent,
    within,
)
from mma_analysis import measure, protect
from mma_analysis.attack import Disclosure
from mma_analysis.pipeline.candidate import _Rounding
from mma_analysis.protect import rounding
from mma_analysis.vocabulary import UNKNOWN, DataError
from says import says
from second_attack import SecondAttack

# Four that know nothing of each other, one of which joined later.
FOUR = dict.fromkeys(["borne", "losser", "wierden"], "2022-07-01") | {"almelo": "2022-10-01"}
NUMBERS = {"borne": 160, "losser": 120, "wierden": 200, "almelo": 260}
FIFTH = FOUR | {"enschede": "2023-08-01"}
LAST = "2024-06-30"
# Two that know each other's rows: an outsider and the police are all who can learn anything.
TWO = dict.fromkeys(["borne", "losser"], "2022-07-01")
TOGETHER = {"bescherming": {"samen": [["borne", "losser"]]}}
BEGIN, PEILDATUM = "2022-07-01", "2023-06-30"
FOLLOW_UP = ("status", "disposition", "result", "acted", "usable", "fed_back")


@cache
def rows_of(seed: int = 1) -> pd.DataFrame:
    """Meldingen of two years of all five."""
    return drawn(seed, NUMBERS | {"enschede": 90}, BEGIN, LAST, FIFTH)


@cache
def first() -> Sent:
    """What the four heard first, about one year."""
    return sent(of_days(BEGIN, PEILDATUM, FOUR), rows_of())


@cache
def of_two() -> Sent:
    """What the two heard first."""
    return sent(of_days(BEGIN, PEILDATUM, TWO, **TOGETHER), drawn(2, {"borne": 60, "losser": 50}))


def progressed(rows: pd.DataFrame) -> pd.DataFrame:
    """Later more is known of what came of every second melding of which nothing was."""
    rows = rows.copy()
    is_second = pd.Series(np.arange(len(rows)) % 2 == 0, rows.index)
    for name, value in {"result": "bevestigd", "usable": "ja", "status": "afgesloten"}.items():
        rows.loc[rows[name].eq(UNKNOWN) & is_second, name] = value
    return rows


# --- P1: what is delivered later of closed days ---------------------------------------------------

DAYS = [3, 8, 21, 34, 55]  # places of rows
OTHER_DAY = {"received_on": pd.Timestamp("2022-09-09")}
CHANGES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a row out": lambda rows: gone(rows, DAYS[:1]),
    "five rows out": lambda rows: gone(rows, DAYS),
    "rows in": lambda rows: late(rows, DAYS[:3]),
    "another topic": lambda rows: changed(rows, DAYS, topic=TOPICS[0]),
    "another day": lambda rows: changed(rows, DAYS, **OTHER_DAY),
    "a day after the end": lambda rows: changed(rows, DAYS, received_on=pd.Timestamp("2023-07-09")),
    "other closing days": lambda rows: changed(rows, DAYS, closed_on=pd.Timestamp("2023-02-02")),
    "more feedback": lambda rows: changed(rows, DAYS, fed_back_on=pd.Timestamp("2023-02-02")),
    "nothing known any more": lambda rows: changed(rows, DAYS, **EVERY_FIELD),
    "more known": progressed,
}


def public(made) -> dict[str, pd.DataFrame]:
    """All that is public of what is released."""
    return made.public | {"kandidaat": made.candidate.table()}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], obj=name)


@cache
def again():
    """The same delivery, prepared beside what went out."""
    return of_two().prepared(of_two().delivered[0].of, of_two().delivered[0].rows)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_count_of_closed_days_changes_with_any_row_of_these(change):
    one = of_two().delivered[0]

    now = of_two().prepared(one.of, change(one.rows))

    pd.testing.assert_frame_equal(now.rows, again().rows)
    pd.testing.assert_frame_equal(now.first_deliveries, of_two().last.first_deliveries)
    pd.testing.assert_frame_equal(now.counted.cells, of_two().last.counted.cells)


@pytest.mark.parametrize(
    ("begin", "until"),
    [("2022-10-01", PEILDATUM), (BEGIN, "2023-03-31"), ("2022-10-01", "2023-03-31")],
)
def test_what_went_out_of_other_days_is_not_gone_from_an_edition_that_has_them_not(begin, until):
    """It holds meldingen of its own days only."""
    one = of_two().delivered[0]
    of = of_days(begin, until, TWO, **TOGETHER)
    outside = one.rows[~one.rows["received_on"].between(begin, until)]
    assert len(outside) > 20

    now = of_two().prepared(of, one.rows)
    assert now.changed[["added", "gone", "changed"]].sum().tolist() == [0, 0, 0]

    inside = one.rows.index.difference(outside.index)
    corrected = of_two().prepared(of, gone(one.rows, inside[:3]))
    assert corrected.changed[["added", "gone", "changed"]].sum().tolist() == [0, 3, 0]


def test_all_of_it_at_once_changes_no_public_number_or_table():
    one = of_two().delivered[0]
    told = pd.Timestamp("2023-02-02")
    other = changed(late(one.rows, [1, 2]), [4, 9], topic=TOPICS[0], fed_back_on=told)
    other = changed(other, [11, 12], closed_on=told, **OTHER_DAY)

    now = of_two().prepared(one.of, gone(other, [5, 7]))

    assert_same(public(now), public(of_two().last))


MONTH_MORE = of_days(BEGIN, "2023-07-31", TWO, **TOGETHER)


@cache
def month_more() -> pd.DataFrame:
    """The counts of a month more, when nothing was corrected, beside what went out."""
    return of_two().prepared(MONTH_MORE, of_two().delivered[0].rows).candidate.given


@pytest.mark.parametrize("rows_out", range(1, 6))
def test_who_believes_that_a_few_rows_were_corrected_learns_nothing_of_them(rows_out: int):
    """Booked numbers do not move, so there is no difference that tells."""
    corrected = gone(of_two().delivered[0].rows, DAYS[:rows_out])

    later = of_two().prepared(MONTH_MORE, corrected)

    pd.testing.assert_frame_equal(later.candidate.given, month_more())


def test_on_a_later_peildatum_only_what_came_of_meldingen_shows_that_more_is_known():
    """Closed days are corrected, and of every second unknown result something is known now."""
    rows = of_two().delivered[0].rows
    corrected = progressed(gone(changed(rows, DAYS, topic=TOPICS[0]), [5, 7]))

    now = of_two().prepared(MONTH_MORE, corrected).candidate.given

    is_follow_up = now["breakdown"].isin(FOLLOW_UP)
    pd.testing.assert_frame_equal(now[~is_follow_up], month_more()[~is_follow_up])
    unknown = "twente|whole|result|onbekend"
    assert now.loc[unknown, "count"] < 0.7 * month_more().loc[unknown, "count"]
    # What went out of a set is what it is now; what came of meldingen by then is another set.
    numbers = of_two().issues[0].said.groupby("name")["number"].max()
    is_kept = now["kept"].notna()
    assert now.loc[is_kept, "kept"].tolist() == numbers[now.loc[is_kept, "set"]].tolist()
    assert is_kept.sum() > 30
    assert not (is_kept & is_follow_up).any()


# --- P2: what all issues tell together ------------------------------------------------------------

LATER = of_days("2023-01-01", "2023-12-31", FOUR)
MONTHS_MORE = of_days(BEGIN, "2023-09-30", FOUR)
# Of two the file ends early, in the middle of a month and at the end of a half year.
SHORT = of_days(BEGIN, PEILDATUM, FOUR, {"borne": "2023-04-12", "almelo": "2022-12-31"})
SHORT_LATER = of_days(BEGIN, "2023-09-30", FOUR, {"almelo": "2022-12-31", "losser": "2023-07-04"})
CAMPAIGN = {
    "naam": "c",
    "begin": "2023-02-01",
    "eind": "2023-03-31",
    "topics": ["drugsdelicten", "woonfraude"],
}

WITH_CAMPAIGN = of_days(BEGIN, PEILDATUM, FOUR, campagnes=[CAMPAIGN])


def now(rows: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows) -> pd.DataFrame:
    """What is delivered after the first issue: more is known of what came of meldingen."""
    return progressed(rows(rows_of()))


def corrected(rows: pd.DataFrame) -> pd.DataFrame:
    """One row of a closed day out, and one about something else."""
    return gone(changed(rows, [40], topic=TOPICS[0]), [7])


def with_late_rows(rows: pd.DataFrame) -> pd.DataFrame:
    return late(rows, [1, 50, 170, 300, 301, 302])


def in_turns() -> Sent:
    """An edition, a later one, the first with three months more, and the later one with more."""
    both = first().then(LATER, now()).then(MONTHS_MORE, now())
    return both.then(of_days("2023-01-01", "2024-03-31", FOUR), now(corrected))


CASES: dict[str, Callable[[], Sent]] = {
    "one issue": first,
    "three months more": lambda: first().then(MONTHS_MORE, now()),
    "a year more": lambda: first().then(of_days(BEGIN, LAST, FIFTH), now()),
    "a later begin": lambda: first().then(LATER, now()),
    "a later begin, corrected": lambda: first().then(LATER, now(corrected)),
    "late rows": lambda: first().then(MONTHS_MORE, now(with_late_rows)),
    "a campaign": lambda: first().then(WITH_CAMPAIGN, now()),
    "three issues": lambda: (
        first().then(MONTHS_MORE, now()).then(of_days(BEGIN, "2023-12-31", FOUR), now(corrected))
    ),
    "two editions in turns": in_turns,
    "files that ended early, then whole": lambda: sent(SHORT, rows_of()).then(
        of_days(BEGIN, PEILDATUM, FOUR), now()
    ),
    "files that ended early, then a quarter more of some": lambda: sent(SHORT, rows_of()).then(
        SHORT_LATER, now(corrected)
    ),
}


def assert_holds(after: Sent) -> SecondAttack:
    """Every number is as near as it says, one set has one number, and nobody learns a count."""
    every = SecondAttack(after, booked(after))
    assert len(every.numbers) > 250 * len(after.issues)
    assert every.further_than_said() == []
    assert every.sets_with_two_numbers() == []
    for made in after.made:
        attacked = made.candidate.attacked
        assert (attacked.is_attacked, attacked.disclosures) == (True, ())
    assert every.of_everybody() == {}
    return every


@pytest.mark.parametrize("case", list(CASES.values())[:2], ids=list(CASES)[:2])
def test_nobody_learns_a_count_of_what_went_out(case):
    assert_holds(case())


@pytest.mark.slow
@pytest.mark.parametrize("case", list(CASES.values())[2:], ids=list(CASES)[2:])
def test_nobody_learns_a_count_over_the_years(case):
    assert_holds(case())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 6))
def test_nobody_learns_a_count_of_other_draws(seed: int):
    rows = rows_of(seed)
    once = sent(of_days(BEGIN, PEILDATUM, FOUR), rows)

    assert_holds(once.then(LATER, progressed(rows)))


@pytest.mark.slow
def test_meldingen_of_before_a_connection_are_a_part_of_what_holds():
    rows = changed(rows_of(), [600, 601, 602], received_on=pd.Timestamp("2022-08-08"))
    assert set(rows.loc[[600, 601, 602], "gemeente"]) == {"almelo"}
    once = sent(of_days(BEGIN, PEILDATUM, FOUR), rows)

    assert_holds(once.then(MONTHS_MORE, progressed(rows)))


def test_the_second_attack_finds_what_two_issues_tell_together():
    """Two exact totals of Losser, so that of the three months between them too."""
    told = first().then(MONTHS_MORE, now())
    every = SecondAttack(told, booked(told))
    name = "per_period|losser|whole|totaal|totaal"
    for place, one in enumerate(every.numbers):
        if one.cell in (f"0|{name}", f"1|{name}"):
            every.numbers[place] = one.exactly(every.true_of(one))

    between = (pd.Timestamp("2023-07-01"), pd.Timestamp("2023-10-01"))
    every.numbers.append(every.numbers[0].unsaid("between", "losser", between))

    found = {cell: (low, high) for cell, low, high in every.found("buitenstaander")}

    exact = [every.true_of(one) for one in every.numbers if one.cell.endswith(name)]
    assert [found[f"{issue}|{name}"] for issue in (0, 1)] == [(true, true) for true in exact]
    assert found["between"] == (exact[1] - exact[0],) * 2


# --- P3: a revision -------------------------------------------------------------------------------


def test_a_booked_melding_that_moved_to_the_last_month_is_no_melding_of_that_month():
    """Of Borne one melding is of August now: it was booked in May, so of August are none."""
    rows = rows_of()
    is_later = rows["gemeente"].eq("borne") & rows["received_on"].gt(PEILDATUM)
    rows = rows[~is_later].reset_index(drop=True)
    is_of_may = rows["gemeente"].eq("borne") & rows["received_on"].between(
        "2023-05-01", "2023-05-31"
    )
    moved = changed(rows, rows.index[is_of_may][:1], received_on=pd.Timestamp("2023-08-10"))
    of_august = {"borne": measure.DeliveryEnd(dt.date(2023, 8, 31), fewest=30)}
    made = first().prepared(MONTHS_MORE, moved)

    made = replace(made, of=measure.frame(MONTHS_MORE, ends=of_august))

    table = made.candidate.table()
    is_of_august = table["region"].eq("borne:2023-08-01/2023-08-31") & table["family"].eq("")
    assert set(table.loc[is_of_august, "least"]) == {0}
    attacked = made.candidate.attacked
    assert (attacked.is_attacked, attacked.disclosures) == (True, ())


def of_borne(rows: pd.DataFrame) -> list[int]:
    """Places of rows of Borne in the first year."""
    inside = rows["gemeente"].eq("borne") & rows["received_on"].le(pd.Timestamp(PEILDATUM))
    return rows.index[inside].tolist()


REVISIONS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "five out": lambda rows: gone(rows, of_borne(rows)[:5]),
    "eight out": lambda rows: gone(rows, of_borne(rows)[:8]),
    "five in": lambda rows: late(rows, of_borne(rows)[:5]),
    "six of another topic": lambda rows: changed(rows, of_borne(rows)[:6], topic=TOPICS[0]),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", REVISIONS.values(), ids=REVISIONS)
def test_a_revision_tells_nobody_which_rows_came_or_went(change):
    """Everybody knows how many did, and in which gemeente."""
    rows = change(rows_of())
    after = first().then(of_days(BEGIN, PEILDATUM, FOUR), rows, "borne")

    every = assert_holds(after)

    came, went = every.booked.moved["borne#2"]
    assert len(came) + len(went) >= 5
    total = after.last.counted.cells.loc["borne|whole|totaal|totaal", "count"]
    assert total == len(within(rows, after.delivered[-1].of).query("gemeente == 'borne'"))


@pytest.mark.parametrize(("number", "is_refused"), [(0, True), (4, True), (5, False)])
def test_a_revision_of_fewer_than_five_rows_is_refused(number: int, is_refused: bool):
    of = of_two().delivered[0].of
    rows = of_two().delivered[0].rows
    inside = within(rows, of).query("gemeente == 'borne'")["melding_id"].head(number)
    fewer = rows[~(rows["melding_id"].isin(inside) & rows["gemeente"].eq("borne"))]

    made = of_two().prepared(of, fewer.reset_index(drop=True), "borne")

    if is_refused:
        refusal = says("revision_too_small", slug="borne", number=number, fewest=5)
        with pytest.raises(DataError, match=refusal):
            assert made.rows is None
    else:
        assert (
            made.rows["gemeente"].eq("borne").sum()
            == len(within(rows, of).query("gemeente == 'borne'")) - number
        )


def test_what_came_of_meldingen_is_no_reason_for_a_revision():
    of = of_two().delivered[0].of

    made = of_two().prepared(of, progressed(of_two().delivered[0].rows), "borne")

    assert made.changed[["added", "gone", "changed"]].to_numpy().sum() == 0
    with pytest.raises(DataError, match=says("revision_too_small", slug="borne", number=0)):
        assert made.rows is None


def test_a_revision_moves_the_numbers_of_that_gemeente_only_where_they_are_five_away():
    of = of_two().delivered[0].of
    rows = of_two().delivered[0].rows
    of_losser = within(rows, of).query("gemeente == 'losser'")["melding_id"].head(6)
    fewer = rows[~(rows["melding_id"].isin(of_losser) & rows["gemeente"].eq("losser"))]

    given = of_two().prepared(of, fewer.reset_index(drop=True), "losser").candidate.given

    before = of_two().last.candidate.attacked.rounded
    is_losser = given["area"].eq("losser") & given.index.isin(before.index)
    is_borne = given["area"].eq("borne") & given["published"]
    assert given.loc[is_borne & ~given["is_structural"], "kept"].notna().all()
    assert given.loc[is_losser, "kept"].isna().all()
    held = given.loc[is_losser & ~given["is_structural"], "held"]
    assert held.dropna().astype(int).tolist() == before[held.dropna().index].tolist()
    assert len(held.dropna()) > 20


# --- P4: one common day of connection -------------------------------------------------------------

EVERYBODY = [
    *("almelo", "borne", "dinkelland", "enschede", "haaksbergen", "hellendoorn", "hengelo"),
    *("hof-van-twente", "losser", "oldenzaal", "rijssen-holten", "tubbergen", "twenterand"),
    "wierden",
]


def joined_on_one_day(seed: int, most: int, years: int) -> Sent:
    """Some gemeenten that joined on one first of January, and their first issue."""
    chance = np.random.default_rng(seed)
    slugs = chance.choice(EVERYBODY, chance.integers(3, most + 1), replace=False).tolist()
    length = int(chance.integers(1, years + 1))
    since = dict.fromkeys(slugs, "2021-01-01")
    numbers = {slug: int(chance.integers(10, 120)) for slug in slugs}
    until = f"{2021 + length}-06-30"
    rows = drawn(seed, numbers, "2021-01-01", until)
    made = Sent().prepared(of_days("2020-07-01", until, since), rows)
    return Sent([made])


def assert_adds_up(made: Sent) -> None:
    """There is a table, no line is left out for it, and every sum of numbers in it holds."""
    candidate = made.last.candidate
    given = candidate.given
    rounded = protect.rounded(given, candidate.relations, 5)
    assert rounded is not None
    number = rounded.astype("float64")
    assert (number % 5 == 0).all()
    assert ((number - given.loc[number.index, "count"]).abs() < 5).all()
    terms = candidate.relations.assign(number=candidate.relations["cell"].map(number))
    is_whole = terms["number"].notna().groupby(terms["relation"]).transform("all")
    whole = terms[is_whole]
    sums = (whole["number"] * whole["coefficient"]).groupby(whole["relation"]).sum()
    assert len(sums) > 100
    assert (sums == 0).all()
    names = given.loc[number.index, "set"]
    assert number.groupby(names).nunique().eq(1).all()


@pytest.mark.parametrize("seed", range(3))
def test_an_edition_with_one_common_day_of_connection_can_be_made(seed: int):
    assert_adds_up(joined_on_one_day(seed, most=5, years=2))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 23))
def test_every_edition_with_one_common_day_of_connection_can_be_made(seed: int):
    assert_adds_up(joined_on_one_day(seed, most=14, years=6))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_of_a_common_day_of_connection_nobody_learns_a_count(seed: int):
    made = joined_on_one_day(seed, most=5, years=2).last

    attacked = made.candidate.attacked

    assert attacked.is_attacked
    assert attacked.disclosures == ()


def test_there_is_one_table_however_it_is_solved(monkeypatch):
    """Another way through the same program: of equally good tables no solver has to choose."""
    candidate = of_two().last.candidate
    solve = rounding.milp
    tables = [protect.rounded(candidate.given, candidate.relations, 5)]

    def otherwise(*given, options, **more):
        return solve(*given, options=options | {"presolve": False}, **more)

    monkeypatch.setattr(rounding, "milp", otherwise)
    turned = candidate.given.iloc[::-1]
    tables.append(protect.rounded(turned, candidate.relations.iloc[::-1], 5))

    pd.testing.assert_series_equal(tables[0], tables[1].reindex(tables[0].index))


# --- what goes when no rounding helps -------------------------------------------------------------


def test_of_each_proof_one_line_goes_first_the_one_that_is_in_most_proofs():
    areas = ["almelo", "borne", "losser", "wierden"]
    cells = pd.DataFrame({"area": areas, "period": "whole", "breakdown": "topic"}, areas)
    cells = cells.assign(set=areas, kept=np.nan, published=True, may_go=True)
    cells.loc["wierden", "kept"] = 10.0  # it went out before, so it stays
    work = _Rounding(SimpleNamespace(given=cells))
    found = []
    for upper in (["almelo", "borne"], ["borne", "wierden"], ["losser"], ["wierden"]):
        found.append(Disclosure("politie", "atom", 1.0, 3.0, tuple(upper), ()))

    assert work.left_out(found)
    assert [line[0] for line in work.left] == ["borne", "losser"]
    assert not work.left_out(found[-1:])


# --- P6: without the booked rows -----------------------------------------------------------------


@cache
def forgotten() -> Sent:
    """What the two heard first, of which the rows were forgotten since."""
    issue = replace(of_two().issues[0], rows=None, deliveries=None)
    return Sent(of_two().made, of_two().delivered, [issue])


def of_place(made, table: str, area: str, period: str, breakdown: str = "totaal") -> pd.DataFrame:
    """The counts of one area, period and breakdown, as everybody may read them."""
    keys = ["table", "area", "period", "breakdown"]
    return made.counts.set_index(keys).loc[[(table, area, period, breakdown)]]


def test_what_is_a_sum_of_what_went_out_is_made_and_anything_else_says_that_rows_are_gone():
    """A month more: the year that went out and July are the whole, of totals and of groups."""
    made = forgotten().prepared(MONTH_MORE, of_two().delivered[0].rows)

    july = of_place(made, "per_period", TWENTE, "2023-07")
    june = of_place(made, "per_period", TWENTE, "2023-06")
    whole = of_place(made, "per_period", "borne", "whole")
    assert [*july["state"], *june["state"], *whole["state"]] == ["shown"] * 3
    assert [*july["off"], *june["off"], *whole["off"]] == [4, 4, 8]
    # What came of it has the peildatum in its name: of the year nothing is out as of July.
    assert set(of_place(made, "per_follow_up", "borne", "whole", "result")["state"]) == {
        "forgotten"
    }
    assert set(made.counts["state"]) == {"shown", "missing", "forgotten"}
    assert made.not_made == ["time_to_close", "time_to_receive"]
    assert {*of_two().last.public} - {*made.public} == {*made.not_made}


def test_what_said_that_rows_are_gone_says_so_in_every_later_issue():
    rows = of_two().delivered[0].rows
    after = forgotten().then(MONTH_MORE, rows)

    again = after.prepared(MONTH_MORE, rows)

    one = after.last.candidate.table()
    other = again.candidate.table()
    assert one["state"].eq("forgotten").any()
    pd.testing.assert_frame_equal(one, other)


def test_what_is_the_sum_of_more_than_three_roundings_is_not_said():
    """Each month goes out by itself, and its rows are forgotten: the whole is further off."""
    rows = of_two().delivered[0].rows
    after = forgotten()
    wholes = []
    for peildatum in ("2023-07-31", "2023-08-31", "2023-09-30"):
        after = after.then(of_days(BEGIN, peildatum, TWO, **TOGETHER), rows)
        without_rows = [replace(one, rows=None, deliveries=None) for one in after.issues]
        after = replace(after, issues=without_rows)
        whole = of_place(after.last, "per_period", TWENTE, "whole")
        wholes.append((whole["state"].item(), whole["off"].item()))

    assert wholes == [("shown", 8), ("shown", 12), ("forgotten", 0)]
    assert after.last.counts["off"].max() == 12


def test_a_count_that_is_withheld_is_not_said_to_be_gone():
    """Of a breakdown in which all are alike, somebody decided that it is not shown."""
    made = forgotten().prepared(MONTH_MORE, of_two().delivered[0].rows)
    cells = made.candidate.cells
    is_result = cells["breakdown"] == "result"
    published = cells["published"] & ~is_result
    withheld = replace(made.candidate, cells=cells.assign(published=published))

    states = withheld.table().loc[is_result[is_result].index, "state"]

    assert set(states) == {"hidden", "unpublished"}


# --- P5: how far off ------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_two_editions_are_the_sum_of_reads_their_sum_and_is_at_most_8_off():
    """Two half years went out; the year of both, with these halves in it, is not rounded anew."""
    rows = rows_of()
    halves = [of_days(BEGIN, "2022-12-31", FOUR), of_days("2023-01-01", PEILDATUM, FOUR)]
    both = sent(halves[0], rows).then(halves[1], rows)
    after = both.then(of_days(BEGIN, PEILDATUM, FOUR), rows)

    whole = "per_period|borne|whole|totaal|totaal"
    numbers = [issue.said.set_index("cell").loc[whole] for issue in after.issues]

    assert [int(one["off"]) for one in numbers] == [4, 4, 8]
    assert int(numbers[2]["number"]) == int(numbers[0]["number"]) + int(numbers[1]["number"])
    every = SecondAttack(after, booked(after))
    assert every.further_than_said() == []
    assert max(one.high - one.low for one in every.numbers) == 16
    assert every.sets_with_two_numbers() == []
