"""What the clean meldingen of one gemeente must satisfy."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from babel.dates import format_date
from scipy.stats import binom

from mma_analysis.check.expectations import (
    LONGEST_DELAY_DAYS,
    agreed,
    expect,
    filled,
    find_faults,
    find_faults_by_gemeente,
    find_faults_of_table,
    in_sets,
)
from mma_analysis.check.findings import Finding, finding, in_reading_order
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

LAST_MONTHS, ONE_IN_TWENTY = 3, 0.05
FEWEST_ALIKE = 10  # meldingen: of fewer it is no wonder that they are alike

# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBERS = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "houdt_niet_bij": "no_column",
}

# Rule → later, earlier, and the column at fault when it is not the first.
ORDER_OF_DATES = {
    "gesloten_voor_ontvangst": ("closed_on", "received_on", ""),
    "terugkoppeling_voor_ontvangst": ("fed_back_on", "received_on", ""),
    "gemeld_na_ontvangst": ("received_on", "reported_on", ""),
    "lang_onderweg": ("latest_receipt", "received_on", "received_on"),
}

# Rule → the date that cannot be after the delivery.
BEFORE_DELIVERY = {
    "gesloten_na_levering": "closed_on",
    "terugkoppeling_na_levering": "fed_back_on",
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
    owned = [
        *in_sets({"gemeente": [area.slug for area in vocabulary.gemeenten]}),
        expect("ColumnValuesToNotBeNull", "verplicht", column="gemeente"),
    ]
    if broken := find_faults_of_table(vocabulary, meldingen, [*agreed(MELDINGEN), owned]):
        return broken
    findings = find_faults_by_gemeente(vocabulary, meldingen, promises(edition))
    longest = pd.Timedelta(days=LONGEST_DELAY_DAYS)
    for area in vocabulary.gemeenten:
        findings += _of_settings(area.slug, edition, meldingen, empty)
        own = meldingen[meldingen["gemeente"].eq(area.slug)]
        if not own.empty:
            told = own.assign(latest_receipt=own["reported_on"] + longest)
            findings += find_faults(vocabulary, told, of_sender(area.slug, edition), area.slug)
            findings += _thin_last_quarter(own["received_on"], area.slug, edition)
            findings += _always_the_same(own, area.slug, vocabulary)
    return in_reading_order(vocabulary, findings)


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> list[Finding]:
    """Say per gemeente and field what is not filled in, not understood, and not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    names = {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}
    findings: list[Finding] = []
    for row in registration.to_dict("records"):
        field, words = row["field"], {"column": row["column"], "field": names[row["field"]]}
        findings += [
            finding(vocabulary, row["gemeente"], code, field, rows, row["meldingen"], **words)
            for code, number in NUMBERS.items()
            if (rows := row[number])
        ]
    return in_reading_order(vocabulary, findings)


def _of_settings(
    slug: str, edition: Edition, meldingen: pd.DataFrame, empty: frozenset[str]
) -> list[Finding]:
    """What was sent at all, and when: nothing that a row can tell."""
    own = edition.gemeente(slug)
    if (own.aangesloten or edition.begin) > edition.peildatum:
        return []
    findings: list[Finding] = []
    # In a joint file with rows of another it may truly have none of its own.
    counted = meldingen["gemeente"].eq(slug) | meldingen["source_file"].isin(own.levering)
    if not counted.any():
        without_rows = "geen_meldingen" if empty.issuperset(own.levering) else "geen_regels"
        rule = without_rows if own.levering else "geen_levering"
        findings.append(finding(edition.vocabulary, slug, rule))
    if own.levering and own.geleverd_op and own.geleverd_op < edition.peildatum:
        day = format_date(own.geleverd_op, "d MMMM y", locale="nl")
        findings.append(finding(edition.vocabulary, slug, "geleverd_voor_peildatum", date=day))
    return findings


def _thin_last_quarter(received_on: pd.Series, slug: str, edition: Edition) -> list[Finding]:
    """Far fewer meldingen in the last three months than in those before: some may still be to come.

    Less than half of what the months before make expected, and rarer than one in twenty by chance.
    """
    begin = pd.Timestamp(max(edition.gemeente(slug).aangesloten or edition.begin, edition.begin))
    end = pd.Timestamp(edition.peildatum)
    last = end - pd.DateOffset(months=LAST_MONTHS)
    before, after = int((received_on <= last).sum()), int((received_on > last).sum())
    days = ((last - begin).days + 1, (end - last).days)
    if days[0] < days[1]:
        return []
    expected = before * days[1] / days[0]
    chance = binom.cdf(after, before + after, days[1] / sum(days))
    if chance >= ONE_IN_TWENTY or after >= expected / 2:
        return []
    words = {"rows": after, "total": round(expected)}
    code = "laatste_kwartaal_dun"
    return [finding(edition.vocabulary, slug, code, "received_on", **words)]


def _always_the_same(own: pd.DataFrame, slug: str, vocabulary: Vocabulary) -> list[Finding]:
    """Columns in which every melding has the same word, and days that were dragged down.

    Then the wrong column may have been taken for the field: only the sender can say.
    """
    labels = {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}
    findings: list[Finding] = []
    for field in ("topic", "also_sent_to", *FOLLOW_UP):
        known = own.loc[own[field].ne(UNKNOWN), field]
        if len(known) >= FEWEST_ALIKE and known.eq(known.iloc[0]).all():
            code = "onderwerp_steeds_gelijk" if field == "topic" else "steeds_gelijk"
            words = {"field": labels[field]}
            findings.append(finding(vocabulary, slug, code, field, len(known), len(own), **words))
    days = own.sort_values(["source_file", "source_sheet", "source_row"])["received_on"]
    if len(days) >= FEWEST_ALIKE and days.diff().iloc[1:].eq(pd.Timedelta(days=1)).all():
        findings.append(
            finding(vocabulary, slug, "dag_loopt_op", "received_on", len(own), len(own))
        )
    return findings


def promises(edition: Edition) -> "list[Expectation]":
    """What cleaning promises of every row: filled, agreed, counted once and in the period."""
    vocabulary = edition.vocabulary
    fields = ("topic", "also_sent_to", *FOLLOW_UP)
    groups = {"topic_group": vocabulary.topic_groups}
    pairs = [(group, topic) for topic, group in vocabulary.group_of_topic.items()]
    in_group = {"column_A": "topic_group", "column_B": "topic", "value_pairs_set": pairs}
    number = ["gemeente", "melding_id"]
    first, last = pd.Timestamp(edition.begin), pd.Timestamp(edition.peildatum)
    days: dict[str, Any] = {"min_value": first, "max_value": last}
    return [
        *filled(MELDINGEN),
        *in_sets(groups | {field: vocabulary.codes_of(field) for field in fields}),
        expect("ColumnPairValuesToBeInSet", "onderwerpgroep", **in_group),
        expect("CompoundColumnsToBeUnique", "nummer_dubbel", "melding_id", column_list=number),
        expect("ColumnValuesToBeBetween", "buiten_periode", column="received_on", **days),
    ]


def of_sender(slug: str, edition: Edition) -> "list[Expectation]":
    """What only the sender can repair: dates in order.

    What is closed between peildatum and delivery is no fault of the sender.
    """
    delivered_on = pd.Timestamp(edition.gemeente(slug).geleverd_op or edition.peildatum)
    kind, when = "ColumnPairValuesAToBeGreaterThanB", "either_value_is_missing"
    in_order = [
        expect(kind, rule, about, column_A=a, column_B=b, or_equal=True, ignore_row_if=when)
        for rule, (a, b, about) in ORDER_OF_DATES.items()
    ]
    return in_order + [
        expect("ColumnValuesToBeBetween", rule, column=column, max_value=delivered_on)
        for rule, column in BEFORE_DELIVERY.items()
    ]
