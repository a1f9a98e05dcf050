"""Small drawn editions, issued one after the other, and what must be booked of them.

What is booked is worked out here once more, from the deliveries alone: row by row, in the words of
the promise. So a test can hold what went out against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from counting import VOCABULARY, edition, empty, melding, released, table
from mma_analysis.pipeline.released import Released
from mma_analysis.protect import Book, Issued
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN

TOPICS = ["drugsdelicten", "fraude", "woonfraude", "sociale_zekerheid", "diefstal_verduistering"]
BACKGROUND = ("has_time", "has_location", "has_person", "has_vehicle")
FOLLOW_UP = ("status", "disposition", "result", "usable")
# Classes of what came of a melding that are not the last word.
GOES_ON = {
    "status": ("ontvangen", "in_behandeling", UNKNOWN),
    "disposition": (UNKNOWN,),
    "result": (UNKNOWN,),
    "usable": (UNKNOWN,),
    "fed_back": ("nee", UNKNOWN),
}


def drawn(
    seed: int,
    numbers: Mapping[str, int],
    begin: str = "2022-07-01",
    until: str = "2023-12-31",
    since: Mapping[str, str] = {},
    twice: float = 0.05,
) -> pd.DataFrame:
    """So many clean meldingen of each gemeente, on days in this time, of which nothing is alike.

    `since`: the first day of some. Some of the tips came in at a second gemeente too.
    """
    chance = np.random.default_rng(seed)
    rows = []
    for slug, number in numbers.items():
        days = pd.date_range(since.get(slug, begin), until)
        for place in range(number):
            rows.append(_one(chance, f"M{seed}-{slug}-{place}", slug, chance.choice(days)))
    slugs = list(numbers)
    for row in [one for one in rows if chance.random() < twice]:
        other = slugs[slugs.index(row["gemeente"]) - 1]
        later = pd.Timestamp(row["received_on"]) + pd.Timedelta(days=3)
        is_open = f"{later:%Y-%m-%d}" >= since.get(other, begin) and later <= days[-1]
        if other != row["gemeente"] and is_open:
            fields = {"gemeente": other, "received_on": later, "source_file": f"{other}.csv"}
            rows.append(row | fields)
    return table(*rows)


def _one(chance: np.random.Generator, number: str, slug: str, day: object) -> dict[str, object]:
    received_on = pd.Timestamp(day)
    closed = received_on + pd.Timedelta(days=int(chance.integers(1, 60)))
    fields: dict[str, object] = {"topic": str(chance.choice(TOPICS))}
    for name in BACKGROUND:
        fields[name] = (True, False, None)[chance.integers(3)]
    for name in ("also_sent_to", *FOLLOW_UP):
        fields[name] = str(chance.choice(list(VOCABULARY.values(name))))
    fields["closed_on"] = closed if fields["status"] == "afgesloten" else pd.NaT
    fields["fed_back_on"] = closed if chance.random() < 0.4 else pd.NaT
    return melding(number, slug, received_on, **fields)


def of_days(
    begin: str,
    peildatum: str,
    since: Mapping[str, str],
    delivered: Mapping[str, str] | None = None,
    **parts: object,
) -> Edition:
    """An edition of gemeenten that are connected since these days, and some `delivered` early."""
    gemeenten = {slug: {"aangesloten": day} for slug, day in since.items()}
    for slug, day in (delivered or {}).items():
        gemeenten[slug]["geleverd_op"] = day
    return edition(gemeenten, begin=begin, peildatum=peildatum, **parts)


def last_day(slug: str, of: Edition) -> pd.Timestamp:
    """The last day that the delivery of a gemeente covers."""
    delivered = of.gemeenten[slug].geleverd_op
    end = pd.Timestamp(of.peildatum)
    return end if delivered is None else min(end, pd.Timestamp(str(delivered)))


def within(rows: pd.DataFrame, of: Edition) -> pd.DataFrame:
    """The meldingen that a delivery for this edition holds."""
    inside = rows[rows["gemeente"].isin(of.gemeenten)]
    last = inside["gemeente"].map({slug: last_day(slug, of) for slug in of.gemeenten})
    is_then = inside["received_on"].between(pd.Timestamp(of.begin), last)
    return inside[is_then].reset_index(drop=True)


# --- what is delivered later, of closed days too ------------------------------------------


def gone(rows: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
    """Without these rows."""
    return rows.drop(index=list(places)).reset_index(drop=True)


def changed(rows: pd.DataFrame, places: Sequence[int], **fields: object) -> pd.DataFrame:
    """With these fields in some rows."""
    rows = rows.copy()
    for name, value in fields.items():
        rows.loc[list(places), name] = value
    if "topic" in fields:
        rows["topic_group"] = rows["topic"].map(VOCABULARY.group_of_topic)
    return rows


def late(rows: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
    """With as many more rows, like these but with a number of their own."""
    more = rows.loc[list(places)].copy()
    more["melding_id"] = more["melding_id"] + "-late"
    return pd.concat([rows, more], ignore_index=True)


# --- issued -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """What was delivered for an edition when it went out; `revising`: of whom all is anew."""

    of: Edition
    rows: pd.DataFrame
    revising: frozenset[str] = frozenset()


@dataclass
class Sent:
    """Deliveries that went out one after the other, each beside all before it."""

    made: list[Released] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    issues: list[Issued] = field(default_factory=list)

    def then(self, of: Edition, rows: pd.DataFrame, *revising: str) -> "Sent":
        """What there is when this goes out too."""
        delivered = Delivered(of, rows, frozenset(revising))
        made = self.prepared(of, rows, *revising)
        return Sent([*self.made, made], [*self.delivered, delivered], [*self.issues, made.issued()])

    def prepared(self, of: Edition, rows: pd.DataFrame, *revising: str) -> Released:
        """What would be released next."""
        binding = []
        for before, issue in zip(self.delivered, self.issues, strict=True):
            has_days = before.of.begin <= of.peildatum and of.begin <= before.of.peildatum
            if has_days and before.of.gemeenten.keys() & of.gemeenten.keys():
                binding.append(issue)
        book = Book(tuple(binding), frozenset(revising))
        return quickly(released(of, within(rows, of), book=book))

    @property
    def last(self) -> Released:
        """What went out last."""
        return self.made[-1]


def quickly(made: Released) -> Released:
    """The same without the checks of rows, which take longest and of which nothing is asked."""
    columns = ["gemeente", "severity", "rule", "sentence", "count"]
    vars(made)["findings"] = empty(()).reindex(columns=columns)
    return made


def sent(of: Edition, rows: pd.DataFrame) -> Sent:
    """What went out first."""
    return Sent().then(of, rows)


def table_of(made: Released) -> pd.DataFrame:
    """What the next issue says."""
    return made.candidate.table().reset_index(drop=True)


# --- what must be booked ------------------------------------------------------------------


@dataclass(frozen=True)
class Booked:
    """The rows that each issue must have counted, with what had come of them by then.

    One table per issue; `gemeente` is `borne`, and `borne#2` after a revision of it.
    """

    tables: list[pd.DataFrame]
    moved: dict[str, tuple[pd.DataFrame, pd.DataFrame]]  # after → rows that came, rows that went


def booked(sent: Sent) -> Booked:
    """Book every delivery in its turn: closed days stay, open days are as they are delivered."""
    closed: list[tuple[str, pd.Timestamp, pd.Timestamp]] = []
    first: dict[tuple[str, str], dict[str, object]] = {}
    tables = []
    moved = {}
    label = {}
    for one in sent.delivered:
        rows = _with_fed_back(within(one.rows, one.of), one.of)
        for slug in sorted(one.revising):
            label[slug] = f"{slug}#2"
        days = pd.Timestamp(one.of.begin), pd.Timestamp(one.of.peildatum)
        newest = {}
        for row in rows.to_dict("records"):
            row["gemeente"] = label.get(row["gemeente"], row["gemeente"])
            newest[row["gemeente"], row["melding_id"]] = row
        for key, row in newest.items():
            day = row["received_on"]
            is_closed = any(key[0] == s and a <= day <= b for s, a, b in closed)
            if key not in first and not is_closed:
                first[key] = row
        mine = []
        for key, row in first.items():
            is_current = key[0] == label.get(key[0].partition("#")[0], key[0])
            if is_current and days[0] <= row["received_on"] <= days[1]:
                row = _went_on(row, newest.get(key))
                first[key] = row
                mine.append(row)
        for slug in one.of.gemeenten:
            closed.append((label.get(slug, slug), days[0], last_day(slug, one.of)))
        tables.append(pd.DataFrame(mine))
        for slug in one.revising:
            moved[label[slug]] = _moved(tables[:-1], tables[-1], slug, label[slug])
    return Booked(tables, moved)


def _with_fed_back(rows: pd.DataFrame, of: Edition) -> pd.DataFrame:
    """Who tells M. what came of one, tells of all the others that nobody did."""
    is_told = rows["fed_back_on"] <= pd.Timestamp(of.peildatum)
    of_somebody = is_told.groupby(rows["gemeente"]).transform("any")
    told = is_told.map({True: "ja", False: "nee"}).where(of_somebody, UNKNOWN)
    return rows.assign(fed_back=told)


def _went_on(row: dict[str, object], newest: dict[str, object] | None) -> dict[str, object]:
    """What came of a melding goes on, and never back to unknown."""
    if newest is None:
        return row
    row = dict(row)
    for name, open_classes in GOES_ON.items():
        if row[name] in open_classes and newest[name] != UNKNOWN:
            row[name] = newest[name]
    return row


def _moved(
    before: list[pd.DataFrame], now: pd.DataFrame, slug: str, label: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    old = pd.concat([t[t["gemeente"] == slug] for t in before]).drop_duplicates("melding_id")
    new = now[now["gemeente"] == label]
    compared = ["melding_id", "received_on", "topic", *BACKGROUND, "also_sent_to", *FOLLOW_UP]
    keys = []
    for frame in (old, new):
        records = frame[compared].itertuples(index=False)
        keys.append(pd.Series([str(tuple(one)) for one in records], frame.index))
    return new[~keys[1].isin(keys[0])], old[~keys[0].isin(keys[1])]
