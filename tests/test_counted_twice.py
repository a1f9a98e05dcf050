"""Drawn meldingen are counted by the package and, in a plainer way, by pandas alone.

The plain way shares with the package only what things are called: which months are a period, who
received a tip first, how long a gemeente was connected, and what stays of days that went out, it
finds by itself.
"""

import datetime as dt
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from counting import TWENTE, VOCABULARY, edition, melding, table
from mma_analysis import measure, protect
from mma_analysis.protect.book import OPEN, ROW_COLUMNS, Book, Issued
from mma_analysis.vocabulary import TOTAL

BEGIN = dt.date(2021, 7, 1)
END = dt.date(2023, 6, 30)
CONNECTED = {
    "almelo": dt.date(2021, 7, 1),
    "borne": dt.date(2021, 10, 15),
    "losser": dt.date(2022, 3, 1),
    "wierden": dt.date(2022, 9, 5),
}
# Borne and Losser know the rows of each other: they are one owner, by the first name.
TOGETHER = ("borne", "losser")
MONTHS = {"whole": 24, "year": 12, "half": 6, "quarter": 3, "month": 1}
FIELDS = ("result", "status", "usable", "disposition", "also_sent_to")
OF_TIME = {True: "ja", False: "nee", None: "onbekend"}
TOPICS = ("fraude", "drugsdelicten", "woonfraude", "onbekend")
RECEIVED, TWICE = "ontvangen", "dubbel"
# Of these breakdowns the pages of the district have each year.
PER_YEAR = ("topic_group", "has_time", "result")
SINCE = ("before", "1-3", "4-6", "7-12", "13-")
# What went out once: of three of them, up to this day. Wierden was not there yet.
HALFWAY = dt.date(2022, 6, 30)
WENT_OUT = ("almelo", "borne", "losser")
# After these of what came of a melding another may come; after any other never.
GOES_ON = {
    "status": ("onbekend", "ontvangen", "in_behandeling"),
    "usable": ("onbekend",),
    "disposition": ("onbekend",),
    "result": ("onbekend",),
    "fed_back": ("onbekend", "nee"),
}
BOOKED, NEW = 0, 1
# To shrink a table takes minutes, and its seed says enough.
FEW = settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
seeds = given(st.integers(0, 2**32 - 1), st.integers(0, 80))


@cache
def frame() -> measure.Frame:
    gemeenten = {slug: {"aangesloten": f"{day}"} for slug, day in CONNECTED.items()}
    return measure.frame(edition(gemeenten, bescherming={"samen": [list(TOGETHER)]}))


def drawn(seed: int, number: int) -> pd.DataFrame:
    """So many meldingen, at random; many came in at two gemeenten, some before the first day."""
    chance = np.random.default_rng(seed)
    rows = []
    for place in range(number):
        slug = str(chance.choice(list(CONNECTED)))
        day = BEGIN + dt.timedelta(days=int(chance.integers(0, 730)))
        fields = {name: str(chance.choice(list(VOCABULARY.values(name)))) for name in FIELDS}
        told = day + dt.timedelta(days=int(chance.integers(0, 400)))
        fields |= {
            "topic": str(chance.choice(TOPICS)),
            "has_time": chance.choice([True, False, None]),
            "fed_back_on": f"{told}" if chance.random() < 0.3 else None,
            "source_row": place,
        }
        rows.append(melding(f"{place}", slug, f"{day}", **fields))
        if chance.random() < 0.4:
            other = str(chance.choice([name for name in CONNECTED if name != slug]))
            later = min(END, day + dt.timedelta(days=int(chance.integers(0, 40))))
            again = {"gemeente": other, "received_on": f"{later}", "source_file": f"{other}.csv"}
            rows.append(rows[-1] | again)
    rows.append(melding("before", "almelo", "2021-06-30"))
    rows.append(melding("after", "almelo", "2023-07-01"))
    return table(*rows)


# --- the plain way --------------------------------------------------------------------------------


def periods_of(day: pd.Timestamp) -> list[str]:
    """The code of each period that a day is in."""
    month = (day.year - BEGIN.year) * 12 + day.month - BEGIN.month
    codes = []
    for kind, months in MONTHS.items():
        of_kind = frame().of_kind(kind)["period"]
        codes.append(of_kind[month // months])
    return codes


def since(gemeente: str, day: pd.Timestamp) -> str:
    """How many months a gemeente was connected, as these are counted together."""
    if day.date() < CONNECTED[gemeente]:
        return "before"
    gone = relativedelta(day.date(), CONNECTED[gemeente])
    months = gone.years * 12 + gone.months
    if months < 3:
        return "1-3"
    if months < 6:
        return "4-6"
    return "7-12" if months < 12 else "13-"


def plainly(meldingen: pd.DataFrame) -> Counter[tuple[str, str, str, str]]:
    """Area, period, breakdown, value → how many; `meldingen` may have who is `booked` first."""
    rows = meldingen[meldingen["received_on"].between(f"{BEGIN}", f"{END}")].copy()
    rows[TOTAL] = TOTAL
    rows["topic_group"] = rows["topic"].map(VOCABULARY.group_of_topic)
    acted = {row["disposition"]: row["acted"] for row in VOCABULARY.reference("acted")}
    rows["acted"] = rows["disposition"].map(acted)
    known = [None if pd.isna(value) else bool(value) for value in rows["has_time"]]
    rows["has_time"] = [OF_TIME[value] for value in known]
    if "fed_back" not in rows:
        rows["fed_back"] = told_back(rows, END)
    order = (
        ["booked", "received_on", "gemeente"] if "booked" in rows else ["received_on", "gemeente"]
    )
    first = rows.sort_values(order).drop_duplicates("melding_id").index
    rows["tip"] = [TWENTE if place in first else TWICE for place in rows.index]
    rows["all"] = RECEIVED
    rows["since"] = [since(*one) for one in zip(rows["gemeente"], rows["received_on"], strict=True)]
    rows["period"] = rows["received_on"].map(periods_of)

    counts: Counter[tuple[str, str, str, str]] = Counter()
    each = rows.explode("period")
    for area in ("gemeente", "tip", "all"):
        for breakdown in (TOTAL, "topic", "topic_group", "acted", "fed_back", "has_time", *FIELDS):
            counts += crossed(each, area, "period", breakdown)
        counts += crossed(rows, area, "since", TOTAL)
    return counts


def crossed(
    rows: pd.DataFrame, area: str, period: str, breakdown: str
) -> Counter[tuple[str, str, str, str]]:
    if rows.empty:
        return Counter()
    counted = pd.crosstab([rows[area], rows[period]], rows[breakdown])
    found = Counter()
    for (one, of), numbers in counted.iterrows():
        for value, number in numbers.items():
            found[one, of, breakdown, value] = int(number)
    return found


def told_back(rows: pd.DataFrame, by: dt.date) -> list[str]:
    """Whether M. was told by this day; unknown of a file in which nobody was."""
    is_told = rows["fed_back_on"] <= f"{by}"
    tells = {file for file, told in zip(rows["source_file"], is_told, strict=True) if told}
    said = []
    for file, told in zip(rows["source_file"], is_told, strict=True):
        said.append("onbekend" if file not in tells else "ja" if told else "nee")
    return said


def delivered_later(meldingen: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same gemeenten send again: rows are gone, late, about another day, and known better."""
    chance = np.random.default_rng(seed + 1)
    rows = []
    for row in meldingen.to_dict("records"):
        what = chance.choice(["same", "gone", "late", "day", "topic", "came"])
        if what == "gone":
            continue
        if what == "day":
            row["received_on"] = BEGIN + dt.timedelta(days=int(chance.integers(0, 730)))
        if what == "topic":
            row["topic"] = str(chance.choice(TOPICS))
        if what == "came":
            for name in ("status", "usable", "disposition", "result"):
                row[name] = str(chance.choice(list(VOCABULARY.values(name))))
            row["fed_back_on"] = chance.choice([None, HALFWAY, END])
        rows.append({str(name): value for name, value in row.items()})
        if what == "late":
            rows.append(rows[-1] | {"melding_id": f"late {row['melding_id']}"})
    return table(*rows)


def went_out(meldingen: pd.DataFrame) -> pd.DataFrame:
    """The rows that were counted when it was halfway, and whether M. was told by then."""
    rows = meldingen[meldingen["received_on"].between(f"{BEGIN}", f"{HALFWAY}")]
    rows = rows[rows["gemeente"].isin(WENT_OUT)].copy()
    rows["fed_back"] = pd.Series(told_back(rows, HALFWAY), rows.index, dtype="str")
    return rows


def book_of(rows: pd.DataFrame, revised: frozenset[str]) -> Book:
    """What went out of these rows; of what it said only where and when matters here."""
    region = f"{','.join(WENT_OUT)}:{BEGIN}/{HALFWAY}"
    said = pd.DataFrame({"family": [""], "region": [region]})
    issue = Issued("proef", BEGIN, HALFWAY, said, rows[ROW_COLUMNS], None)
    return Book((issue,), revised)


def kept_rows(before: pd.DataFrame, newest: pd.DataFrame, revised: frozenset[str]) -> pd.DataFrame:
    """Of days that went out the rows of then, with what is known now; of others the newest."""
    newest = newest.assign(fed_back=told_back(newest, END))
    now = {(row["gemeente"], row["melding_id"]): row for row in newest.to_dict("records")}
    then = {}
    for row in before.to_dict("records"):
        if row["gemeente"] not in revised:
            then[row["gemeente"], row["melding_id"]] = row

    rows = []
    for key, row in then.items():
        known = now.get(key, row)
        progress = {name: known[name] for name in GOES_ON if goes_on(name, row, known)}
        rows.append(row | progress | {"booked": BOOKED})
    for key, row in now.items():
        gemeente, _ = key
        is_closed = gemeente in WENT_OUT and row["received_on"] <= pd.Timestamp(HALFWAY)
        if gemeente in revised or (key not in then and not is_closed):
            rows.append(row | {"booked": NEW})
    return pd.DataFrame(rows, columns=[*newest.columns, "booked"])


def goes_on(name: str, then: dict, known: dict) -> bool:
    """Whether what came of a melding is what is known now, and not what went out."""
    return then[name] in GOES_ON[name] and known[name] != "onbekend"


def assert_same(counts: measure.Counts, plain: Counter[tuple[str, str, str, str]]) -> None:
    """Every count is the plain one, and none of the plain ones is passed over."""
    areas = {*CONNECTED, TWENTE, TWICE, RECEIVED}
    names = {breakdown for _, _, breakdown, _ in plain} | {TOTAL}
    ours = counts.cells[counts.cells["area"].isin(areas) & counts.cells["breakdown"].isin(names)]
    keys = list(ours[["area", "period", "breakdown", "value"]].itertuples(index=False, name=None))
    of_plain = [plain[key] for key in keys]
    off = {key: number for key, number in zip(keys, of_plain, strict=True)}
    expected = {key for key in plain if is_always_counted(*key[:3])}

    assert dict(zip(keys, ours["count"], strict=True)) == off
    assert expected <= {*keys}


def is_always_counted(area: str, period: str, breakdown: str) -> bool:
    """Whether this is counted in every edition; the rest nobody publishes, nor ties sums with.

    All meldingen of an area are counted in each period; months since a connection are those of a
    gemeente, and a tip has none. What they were about, or came to, is counted over all days, and
    of some breakdowns per year too, of tips alone: a year of one gemeente would be few.
    """
    is_of_tips = area in (TWENTE, TWICE)
    if breakdown == TOTAL:
        return not (is_of_tips and period in SINCE)
    is_year = period in list(frame().of_kind("year")["period"])
    return period == "whole" or (is_of_tips and is_year and breakdown in PER_YEAR)


# --- the same -------------------------------------------------------------------------------------


@FEW
@seeds
def test_every_count_is_what_a_plain_table_says(seed, number):
    meldingen = drawn(seed, number)

    found = measure.counted(meldingen, frame())

    assert_same(found, plainly(meldingen))


@FEW
@seeds
def test_a_tip_stays_with_who_had_it_when_it_was_booked(seed, number):
    meldingen = drawn(seed, number)
    chance = np.random.default_rng(seed)
    meldingen["booked"] = chance.choice([0, 1, OPEN], len(meldingen))
    meldingen["fed_back"] = chance.choice(["ja", "nee", "onbekend"], len(meldingen))

    found = measure.counted(meldingen, frame())

    assert_same(found, plainly(meldingen))


@FEW
@seeds
def test_days_that_went_out_stay_and_what_came_of_them_goes_on(seed, number):
    meldingen = drawn(seed, number)
    later = delivered_later(meldingen, seed)
    # In every second draw Almelo books all its rows anew.
    revised = frozenset({"almelo"}) if seed % 2 else frozenset[str]()
    before = went_out(meldingen)

    told = measure.with_fed_back(later, frame())
    rows = protect.public_rows(told, book_of(before, revised), BEGIN, END)
    found = measure.counted(rows, frame())

    assert_same(found, plainly(kept_rows(before, later, revised)))


@settings(FEW, max_examples=4)
@given(st.lists(st.permutations(list(CONNECTED)), max_size=3), st.integers(0, 40))
def test_each_count_belongs_to_who_knows_its_rows(orders, number):
    """Of each order the first two share their rows: who shares with one, shares with all of his."""
    samen = [order[:2] for order in orders]
    gemeenten = {slug: {"aangesloten": f"{day}"} for slug, day in CONNECTED.items()}
    of = measure.frame(edition(gemeenten, bescherming={"samen": samen}))

    cells = measure.counted(drawn(number, number), of).cells

    knows = {slug: {slug} for slug in CONNECTED}
    for one, other in samen:
        together = knows[one] | knows[other]
        knows |= dict.fromkeys(together, together)
    owners = cells.groupby("area")["owner"].agg(set).to_dict()
    for slug, together in knows.items():
        assert owners.pop(slug) == {min(together)}
    assert set().union(*owners.values()) == {""}
