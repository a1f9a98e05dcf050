"""Which rules the meldingen of a gemeente do not meet, and what it writes down of them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from scipy.stats import binom

from mma_analysis.check.findings import (
    LONGEST_DELAY_DAYS,
    BrokenRule,
    findings_of,
)
from mma_analysis.check.suite import find_faults, suite
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary, message, numbers
from mma_analysis.vocabulary.days import WEEK
from mma_analysis.vocabulary.schema import MELDINGEN, SOURCE, WORD_FIELDS

FEWEST_ALIKE = 10  # meldingen: of fewer it is no wonder that they are alike
LAST_MONTHS_COMPARED = 3
ONE_IN_TWENTY = 0.05
# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBER_OF_RULE = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "zegt_niet_bekend": "said_unknown",
    "houdt_niet_bij": "no_column",
}
NEVER_KEPT = "houdt_nooit_bij"  # the rule when no file has the column
# Field → the rule when all its words are alike; of another field that is no wonder.
RULE_WHEN_ALIKE = {"topic": "onderwerp_steeds_gelijk", "result": "resultaat_steeds_gelijk"}
NO_TOPIC = "geen_onderwerp"
# What was sent that is no delivery → the rule.
RULE_BY_SENT = {"totalen": "stuurde_totalen", "onleesbaar": "stuurde_onleesbaar"}


def check_meldingen(
    meldingen: pd.DataFrame,
    edition: Edition,
    empty: frozenset[str] = frozenset(),
    ends: Mapping[str, dt.date] | None = None,
    other_days: Mapping[str, tuple[dt.date, dt.date]] | None = None,
    second_tables: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Say per gemeente which rules its clean meldingen do not meet (`findings_of`).

    Critical is a broken promise of our own, or a delivery of nothing that can be counted.
    `empty` are the files with headers and no row below them: they may have been sent too
    early. `ends`: gemeente → the day on which its delivery is seen to end. `other_days`:
    gemeente of which the files are about other days → the first and the last of these.
    `second_tables`: gemeente → where a table begins that is not read.
    """
    seen_to_end = dict(ends or {})
    of_other_period = dict(other_days or {})
    not_read = dict(second_tables or {})
    vocabulary = edition.vocabulary
    faults = _of_rows(meldingen, edition)
    for area in vocabulary.gemeenten:
        slug = area.slug
        rows = meldingen[meldingen["gemeente"] == slug]
        # In a joint file with rows of another it may truly have none of its own.
        is_in_file = meldingen["source_file"].isin(edition.gemeente(slug).levering)
        has_rows = len(rows) > 0 or bool(is_in_file.any())
        if slug in of_other_period:
            first, last = of_other_period[slug]
            words = _period(edition)
            words["first"] = numbers.day(first)
            words["last"] = numbers.day(last)
            faults.append(BrokenRule(slug, "andere_periode", words=words))
        else:
            faults += _of_delivery(slug, edition, has_rows, empty)
        places = not_read.get(slug, [])
        if places:
            words = {"places": "; ".join(places)}
            faults.append(BrokenRule(slug, "tabel_niet_gelezen", words=words))
        if slug in seen_to_end:
            words = {"date": numbers.day(seen_to_end[slug])}
            rule = "bestand_houdt_op"
            if edition.gemeente(slug).date_order("received_on") == WEEK and len(rows):
                rule = "weken_houden_op"
                words["week"] = _week_of(rows["received_on"].max())
            faults.append(BrokenRule(slug, rule, "received_on", words=words))
        elif len(rows):
            faults += _thin_last_quarter(slug, edition, rows["received_on"])
        if len(rows):
            faults += _empty_months(slug, edition, rows["received_on"])
            faults += _same_words(slug, vocabulary, rows)
            faults += _climbing_days(slug, rows)
    return findings_of(vocabulary, faults)


def _week_of(day: pd.Timestamp) -> str:
    """The week of a day, as a sender writes it: `week 13 van 2023`."""
    year, week, _ = day.isocalendar()
    return message("week_of_year", week=week, year=year)


def _of_rows(meldingen: pd.DataFrame, edition: Edition) -> list[BrokenRule]:
    """The rules that each row must meet, or all rows together."""
    vocabulary = edition.vocabulary
    slugs = [area.slug for area in vocabulary.gemeenten]
    groups = [(group, topic) for topic, group in vocabulary.group_of_topic.items()]
    given = {
        "gemeenten": slugs,
        "topic_group": list(vocabulary.topic_groups),
        "group_of_topic": groups,
        "begin": pd.Timestamp(edition.begin),
        "peildatum": pd.Timestamp(edition.peildatum),
    }
    for field in WORD_FIELDS:
        given[field] = list(vocabulary.values(field))

    # What is closed between peildatum and delivery is no fault of the sender.
    delivered_on = {}
    for slug in slugs:
        delivered_on[slug] = edition.gemeente(slug).delivered_on or edition.peildatum
    longest_delay = pd.Timedelta(days=LONGEST_DELAY_DAYS)
    dated = meldingen.assign(
        latest_receipt=meldingen["reported_on"] + longest_delay,
        delivered_on=pd.to_datetime(meldingen["gemeente"].map(delivered_on)),
    )
    return find_faults(vocabulary, dated, suite("meldingen", MELDINGEN, given))


def _of_delivery(
    slug: str, edition: Edition, has_rows: bool, empty: frozenset[str]
) -> Iterator[BrokenRule]:
    """What was sent at all, and when: nothing that a row can tell."""
    if _connected_on(slug, edition) > edition.peildatum:
        return
    sent = edition.gemeente(slug)
    if not has_rows:
        if not sent.levering:
            rule = "geen_levering"
            if sent.stuurde:
                rule = RULE_BY_SENT[sent.stuurde]
            yield BrokenRule(slug, rule)
        elif empty.issuperset(sent.levering):
            yield BrokenRule(slug, "geen_meldingen")
        else:
            yield BrokenRule(slug, "geen_regels")

    day = edition.covered_until(slug)
    if sent.levering and day < edition.peildatum:
        yield BrokenRule(slug, "geleverd_voor_peildatum", words={"date": numbers.day(day)})
    if sent.date_order("received_on") == WEEK:
        yield BrokenRule(slug, "in_weken", "received_on")


def _period(edition: Edition) -> dict[str, Any]:
    return {
        "begin": numbers.day(edition.begin),
        "peildatum": numbers.day(edition.peildatum),
    }


def _connected_on(slug: str, edition: Edition) -> dt.date:
    return edition.gemeente(slug).aangesloten or edition.begin


def _thin_last_quarter(
    slug: str,
    edition: Edition,
    received_on: pd.Series,
) -> Iterator[BrokenRule]:
    """Far fewer meldingen in its last three months than before: some may be to come.

    after < expected / 2, and P(X ≤ after) < 1/20 for X ~ B(before + after, p), where p is
    the part of all days that is in the last months.
    """
    begin = pd.Timestamp(max(_connected_on(slug, edition), edition.begin))
    end = pd.Timestamp(edition.covered_until(slug))
    last = end - pd.DateOffset(months=LAST_MONTHS_COMPARED)
    days_before = (last - begin).days + 1
    days_after = (end - last).days
    if days_before < days_after:
        return

    before = int((received_on <= last).sum())
    after = int((received_on > last).sum())
    expected = before * days_after / days_before
    p = days_after / (days_before + days_after)
    chance = binom.cdf(after, before + after, p)
    if chance < ONE_IN_TWENTY and after < expected / 2:
        yield BrokenRule(
            slug, "laatste_kwartaal_dun", "received_on", after, round(expected)
        )


def _empty_months(
    slug: str,
    edition: Edition,
    received_on: pd.Series,
) -> Iterator[BrokenRule]:
    """Whole months without a melding between others, which is no chance.

    Of n meldingen over M months: M · (1 − 1/M)ⁿ < 1/20 for any one month.
    """
    first = pd.Timestamp(max(_connected_on(slug, edition), edition.begin))
    inside = received_on[received_on >= first]
    if inside.empty:
        return
    every = pd.period_range(first, inside.max(), freq="M")
    number = len(every)
    chance = number * (1 - 1 / number) ** len(inside)
    if chance >= ONE_IN_TWENTY:
        return
    there = set(inside.dt.to_period("M"))
    # The first month may be a part of one only.
    empty = [month for month in every[1:] if month not in there]
    # Where most months are empty it is no hole.
    if empty and len(empty) < number / 2:
        months = numbers.listing([numbers.month(month.start_time) for month in empty])
        yield BrokenRule(slug, "maand_leeg", "received_on", words={"months": months})


def _same_words(
    slug: str, vocabulary: Vocabulary, rows: pd.DataFrame
) -> Iterator[BrokenRule]:
    """Every melding has the same word: the wrong column may have been taken for a field."""
    labels = vocabulary.by_code("breakdowns", "label")
    for field in WORD_FIELDS:
        known = rows[rows[field] != UNKNOWN]
        number = len(known)
        if number < FEWEST_ALIKE:
            continue
        first = known[field].iloc[0]
        is_alike = (known[field] == first).all()
        # A case that has a day of closing is closed, without a column that says so.
        is_by_day = field == "status" and known["closed_on"].notna().all()
        if is_alike and not is_by_day:
            rule = RULE_WHEN_ALIKE.get(field, "steeds_gelijk")
            words = {"field": labels[field]}
            yield BrokenRule(slug, rule, field, number, len(rows), words)


def _climbing_days(slug: str, rows: pd.DataFrame) -> Iterator[BrokenRule]:
    """Every melding is a day later than the one before: days may have been dragged down."""
    total = len(rows)
    days = rows.sort_values(list(SOURCE))["received_on"]
    steps = days.diff().iloc[1:]
    is_climbing = (steps == pd.Timedelta(days=1)).all()
    if total >= FEWEST_ALIKE and is_climbing:
        yield BrokenRule(slug, "dag_loopt_op", "received_on", total, total)


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> pd.DataFrame:
    """Say per gemeente and field what is not filled in, not understood, not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    labels = vocabulary.by_code("breakdowns", "label")
    faults: list[BrokenRule] = []
    for row in registration.to_dict("records"):
        field = row["field"]
        words = {"column": row["column"], "field": labels[field]}
        for rule, name in NUMBER_OF_RULE.items():
            number = row[name]
            total = row["meldingen"]
            is_never = name == "no_column" and number == total
            broken = NEVER_KEPT if is_never else rule
            if is_never and field == "topic":
                faults.append(BrokenRule(row["gemeente"], NO_TOPIC, field, number, total))
            if number:
                faults.append(
                    BrokenRule(row["gemeente"], broken, field, number, total, words)
                )
    return findings_of(vocabulary, faults)
