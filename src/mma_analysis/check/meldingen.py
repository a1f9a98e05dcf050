"""What the clean meldingen of one gemeente must satisfy."""

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
from babel.dates import format_date

from mma_analysis.check.expectations import (
    LONGEST_DELAY_DAYS,
    by_rule,
    columns_suite,
    dtypes_suite,
    filled,
    find_faults,
    find_faults_by_gemeente,
    find_faults_of_table,
    great_expectations,
    suite,
    tolerantly,
)
from mma_analysis.check.findings import Finding, in_reading_order, rules
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

# Rule → the field whose share `onbekend` it is about.
UNKNOWN_SHARES = {
    "onderwerp_onbekend": "topic",
    "afhandeling_onbekend": "disposition",
    "resultaat_onbekend": "result",
    "bruikbaar_onbekend": "usable",
}

# Rule → the field that a registration may not have filled at all.
BACKGROUND_SHARES = {
    "tijd_onbekend": "has_time",
    "plaats_onbekend": "has_location",
    "persoon_onbekend": "has_person",
    "voertuig_onbekend": "has_vehicle",
}

# Rule → (later, earlier).
ORDER_OF_DATES = {
    "gesloten_voor_ontvangst": ("closed_on", "received_on"),
    "terugkoppeling_voor_ontvangst": ("fed_back_on", "received_on"),
    "gemeld_na_ontvangst": ("received_on", "reported_on"),
}


def check_meldingen(
    meldingen: pd.DataFrame,
    edition: Edition,
    empty: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Say per gemeente which rules its clean meldingen do not meet.

    Critical is: a promise of our own is broken, or a delivery holds nothing that can be counted.
    When the table as a whole is not what was agreed, only that is said, as a finding for the
    district. A gemeente that connected after the peildatum has nothing to deliver and no finding;
    nor has one without rows in a joint file that does hold rows of another. A file with headers and
    no row below them (in `empty`) is a delivery of no meldingen: that is told, as it may have been
    sent too early. So is a delivery of a day before the peildatum: it cannot hold what came in
    after that day, and the gemeente would seem to have received less.
    """
    vocabulary = edition.vocabulary
    agreed = [
        columns_suite(MELDINGEN),
        dtypes_suite(MELDINGEN),
        owners_suite(vocabulary),
    ]
    broken = find_faults_of_table(vocabulary, meldingen, agreed)
    if broken:
        return broken
    findings = find_faults_by_gemeente(vocabulary, meldingen, promises_suite(edition))
    for area in vocabulary.gemeenten:
        own = meldingen[meldingen["gemeente"].eq(area.slug)]
        if own.empty:
            delivered = _delivered(meldingen, area.slug, edition)
            expected = presence_suite(area.slug, edition, empty)
            findings += find_faults(vocabulary, delivered, expected, area.slug)
        else:
            expected = delivery_suite(area.slug, edition)
            findings += find_faults(vocabulary, _with_latest_receipt(own), expected, area.slug)
        findings += _sent_early(area.slug, edition)
    return in_reading_order(vocabulary, findings)


def _delivered(meldingen: pd.DataFrame, slug: str, edition: Edition) -> pd.DataFrame:
    """All rows of the files of this gemeente: in a joint file it may truly have none of its own."""
    return meldingen[meldingen["source_file"].isin(edition.gemeente(slug).levering)]


def _with_latest_receipt(own: pd.DataFrame) -> pd.DataFrame:
    longest = pd.Timedelta(days=LONGEST_DELAY_DAYS)
    return own.assign(latest_receipt=own["reported_on"] + longest)


def owners_suite(vocabulary: Vocabulary) -> "ExpectationSuite":
    """Every melding belongs to a gemeente of the district."""
    expect = great_expectations().expectations
    slugs = [area.slug for area in vocabulary.gemeenten]
    owned = expect.ExpectColumnValuesToBeInSet(
        column="gemeente", value_set=slugs, **by_rule("waarde")
    )
    named = expect.ExpectColumnValuesToNotBeNull(column="gemeente", **by_rule("verplicht"))
    return suite("owners", [owned, named])


def presence_suite(slug: str, edition: Edition, empty: frozenset[str]) -> "ExpectationSuite":
    """A connected gemeente delivered, and its delivery holds something to count."""
    expect = great_expectations().expectations
    connected_on = edition.gemeente(slug).aangesloten
    if connected_on and connected_on > edition.peildatum:
        return suite("presence", [])
    rule = _rule_of_absence(frozenset(edition.gemeente(slug).levering), empty)
    rows = expect.ExpectTableRowCountToBeBetween(min_value=1, **by_rule(rule))
    return suite("presence", [rows])


def _rule_of_absence(delivered: frozenset[str], empty: frozenset[str]) -> str:
    """Nothing came, files without a row came, or there were rows and none of them counts."""
    if not delivered:
        return "geen_levering"
    return "geen_meldingen" if delivered <= empty else "geen_regels"


def _sent_early(slug: str, edition: Edition) -> list[Finding]:
    """A finding of the settings, and of no row: the day of delivery is before the peildatum."""
    own = edition.gemeente(slug)
    connected_on, sent_on = own.aangesloten or edition.begin, own.geleverd_op
    is_early = sent_on is not None and sent_on < edition.peildatum
    if not own.levering or not is_early or connected_on > edition.peildatum:
        return []
    rule = rules(edition.vocabulary)["geleverd_voor_peildatum"]
    day = format_date(sent_on, "d MMMM y", locale="nl")
    return [Finding(slug, rule.code, "", rule.severity, 0, 0.0, rule.sentence.format(date=day))]


def promises_suite(edition: Edition) -> "ExpectationSuite":
    """What cleaning promises of every row: filled, agreed, counted once and in the period."""
    agreed = _agreed_values(edition.vocabulary)
    return suite(
        "promises", [*filled(MELDINGEN), *agreed, *_counted_once_and_in_the_period(edition)]
    )


def delivery_suite(slug: str, edition: Edition) -> "ExpectationSuite":
    """What only the sender can repair."""
    return suite(
        f"delivery of {slug}",
        [
            *_dates_in_order(),
            *_dates_before_delivery(slug, edition),
            *_known_often_enough(edition.vocabulary),
        ],
    )


def _agreed_values(vocabulary: Vocabulary) -> "list[Expectation]":
    expect = great_expectations().expectations
    allowed = {
        "topic": list(vocabulary.topics),
        "topic_group": list(vocabulary.topic_groups),
        **{f: list(vocabulary.values(f)) for f in ("also_sent_to", *FOLLOW_UP)},
    }
    agreed = [
        expect.ExpectColumnValuesToBeInSet(column=column, value_set=codes, **by_rule("waarde"))
        for column, codes in allowed.items()
    ]
    group = expect.ExpectColumnPairValuesToBeInSet(
        column_A="topic_group",
        column_B="topic",
        value_pairs_set=[(group, topic) for topic, group in vocabulary.group_of_topic.items()],
        **by_rule("onderwerpgroep"),
    )
    return [*agreed, group]


def _counted_once_and_in_the_period(edition: Edition) -> "list[Expectation]":
    expect = great_expectations().expectations
    once = expect.ExpectCompoundColumnsToBeUnique(
        column_list=["gemeente", "melding_id"], **by_rule("nummer_dubbel", column="melding_id")
    )
    in_period = expect.ExpectColumnValuesToBeBetween(
        column="received_on",
        min_value=_midnight(edition.begin),
        max_value=_midnight(edition.peildatum),
        **by_rule("buiten_periode"),
    )
    return [once, in_period]


def _dates_in_order() -> "list[Expectation]":
    expect = great_expectations().expectations
    ordered = [
        expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=later,
            column_B=earlier,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            **by_rule(rule),
        )
        for rule, (later, earlier) in ORDER_OF_DATES.items()
    ]
    underway = expect.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="latest_receipt",
        column_B="received_on",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        **by_rule("lang_onderweg", column="received_on"),
    )
    return [*ordered, underway]


def _dates_before_delivery(slug: str, edition: Edition) -> "list[Expectation]":
    """What is closed between peildatum and delivery is no fault of the sender."""
    expect = great_expectations().expectations
    delivered_on = edition.gemeente(slug).geleverd_op or edition.peildatum
    return [
        expect.ExpectColumnValuesToBeBetween(
            column=column, max_value=_midnight(delivered_on), **by_rule(rule)
        )
        for column, rule in (
            ("closed_on", "gesloten_na_levering"),
            ("fed_back_on", "terugkoppeling_na_levering"),
        )
    ]


def _known_often_enough(vocabulary: Vocabulary) -> "list[Expectation]":
    expect = great_expectations().expectations
    known = [
        expect.ExpectColumnValuesToNotBeInSet(
            column=column, value_set=[UNKNOWN], **tolerantly(vocabulary, rule)
        )
        for rule, column in UNKNOWN_SHARES.items()
    ]
    registered = [
        expect.ExpectColumnValuesToNotBeNull(column=column, **tolerantly(vocabulary, rule))
        for rule, column in BACKGROUND_SHARES.items()
    ]
    return [*known, *registered]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
