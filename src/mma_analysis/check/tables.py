"""What the clean tables of one gemeente must satisfy: meldingen, what it registers, responses."""

import pandas as pd
from babel.dates import format_date
from scipy.stats import binom

from mma_analysis.check.expectations import (
    agreed,
    expect,
    filled,
    find_faults,
    find_faults_by_gemeente,
    first_faults,
    suite,
)
from mma_analysis.check.findings import LONGEST_DELAY_DAYS, Finding, finding, in_reading_order
from mma_analysis.codebook import FILLED_IN, KINDS, NOT_ANSWERED, Codebook
from mma_analysis.days import WEEK
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN, RESPONSES

LAST_MONTHS, ONE_IN_TWENTY = 3, 0.05
FEWEST_ALIKE = 10  # meldingen: of fewer it is no wonder that they are alike
WORDS = ("topic", "also_sent_to", *FOLLOW_UP)
# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBERS = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "houdt_niet_bij": "no_column",
}


def check_meldingen(
    meldingen: pd.DataFrame, edition: Edition, empty: frozenset[str] = frozenset()
) -> list[Finding]:
    """Say per gemeente which rules its clean meldingen do not meet.

    Critical is a broken promise of our own, or a delivery of nothing that can be counted. A table
    that is not what was agreed is a finding for the district, and then the only one. `empty` are
    the files with headers and no row below them: they may have been sent too early.
    """
    vocabulary = edition.vocabulary
    gemeenten = [area.slug for area in vocabulary.gemeenten]
    owner = suite("owner", gemeenten=gemeenten)
    if broken := first_faults(vocabulary, meldingen, *agreed(MELDINGEN), owner):
        return broken
    promises = suite(
        "promises",
        topic_group=list(vocabulary.topic_groups),
        group_of_topic=[(group, topic) for topic, group in vocabulary.group_of_topic.items()],
        begin=pd.Timestamp(edition.begin),
        peildatum=pd.Timestamp(edition.peildatum),
        **{field: list(vocabulary.values(field)) for field in WORDS},
    )
    findings = find_faults_by_gemeente(vocabulary, meldingen, [*filled(MELDINGEN), *promises])
    latest = meldingen["reported_on"] + pd.Timedelta(days=LONGEST_DELAY_DAYS)
    dated = meldingen.assign(latest_receipt=latest)
    for slug in gemeenten:
        findings += _of_settings(slug, edition, meldingen, empty)
        rows = dated[dated["gemeente"].eq(slug)]
        if not rows.empty:
            # What is closed between peildatum and delivery is no fault of the sender.
            delivered_on = edition.gemeente(slug).geleverd_op or edition.peildatum
            sender = suite("sender", delivered_on=pd.Timestamp(delivered_on))
            findings += find_faults(vocabulary, rows, sender, slug)
            findings += _thin_last_quarter(rows["received_on"], slug, edition)
            findings += _always_the_same(rows, slug, vocabulary)
    return in_reading_order(vocabulary, findings)


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> list[Finding]:
    """Say per gemeente and field what is not filled in, not understood, and not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    labels = _labels(vocabulary)
    return in_reading_order(
        vocabulary,
        [
            finding(
                vocabulary,
                *(row["gemeente"], code, row["field"], row[number], row["meldingen"]),
                column=row["column"],
                field=labels[row["field"]],
            )
            for row in registration.to_dict("records")
            for code, number in NUMBERS.items()
            if row[number]
        ],
    )


def _labels(vocabulary: Vocabulary) -> dict[str, str]:
    return {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}


def _of_settings(
    slug: str, edition: Edition, meldingen: pd.DataFrame, empty: frozenset[str]
) -> list[Finding]:
    """What was sent at all, and when: nothing that a row can tell.

    What came before the peildatum cannot hold what was received after it.
    """
    sent = edition.gemeente(slug)
    if (sent.aangesloten or edition.begin) > edition.peildatum:
        return []
    findings: list[Finding] = []
    # In a joint file with rows of another it may truly have none of its own.
    counted = meldingen["gemeente"].eq(slug) | meldingen["source_file"].isin(sent.levering)
    if not counted.any():
        without_rows = "geen_meldingen" if empty.issuperset(sent.levering) else "geen_regels"
        rule = without_rows if sent.levering else "geen_levering"
        findings.append(finding(edition.vocabulary, slug, rule))
    if sent.levering and sent.geleverd_op and sent.geleverd_op < edition.peildatum:
        day = format_date(sent.geleverd_op, "d MMMM y", locale="nl")
        findings.append(finding(edition.vocabulary, slug, "geleverd_voor_peildatum", date=day))
    if sent.date_order("received_on") == WEEK:
        findings.append(finding(edition.vocabulary, slug, "in_weken", "received_on"))
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


def _always_the_same(rows: pd.DataFrame, slug: str, vocabulary: Vocabulary) -> list[Finding]:
    """Columns in which every melding has the same word, and days that were dragged down.

    Then the wrong column may have been taken for the field: only the sender can say.
    """
    total = len(rows)
    findings: list[Finding] = []
    for field in WORDS:
        words = rows.loc[rows[field].ne(UNKNOWN), field]
        if len(words) >= FEWEST_ALIKE and words.eq(words.iloc[0]).all():
            code = "onderwerp_steeds_gelijk" if field == "topic" else "steeds_gelijk"
            label = _labels(vocabulary)[field]
            findings += [finding(vocabulary, slug, code, field, len(words), total, field=label)]
    days = rows.sort_values(["source_file", "source_sheet", "source_row"])["received_on"]
    if total >= FEWEST_ALIKE and days.diff().iloc[1:].eq(pd.Timedelta(days=1)).all():
        findings += [finding(vocabulary, slug, "dag_loopt_op", "received_on", total, total)]
    return findings


def check_responses(responses: pd.DataFrame, codebook: Codebook, edition: Edition) -> list[Finding]:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too little
    experience; with both it is one too. A number outside its limits is kept and reported.
    """
    vocabulary, questions = edition.vocabulary, codebook.questions
    gemeenten = [area.slug for area in vocabulary.gemeenten]
    if broken := first_faults(vocabulary, responses, *agreed(RESPONSES)):
        return broken
    codes = [vraag.code for vraag in questions]
    words = suite("words", gemeenten=gemeenten, questions=codes, kinds=list(KINDS))
    # Only a multi answer may have more rows: one for each choice.
    choice = responses["value"].where(responses["kind"].eq("multi"), "")
    table = responses.assign(choice=choice)
    if broken := first_faults(vocabulary, table, [*words, *filled(RESPONSES)]):
        return broken
    answers = [
        (value, vraag.code)
        for vraag in questions
        for value in (NOT_ANSWERED, *(vraag.opties or (FILLED_IN,)))
    ]
    is_number = responses["kind"].eq("number")
    book = suite("book", answers=answers)
    findings = find_faults_by_gemeente(vocabulary, responses[~is_number], book)
    # One row per number given: the gemeente, and the number in the column of its question.
    given = responses[is_number & responses["value"].ne(NOT_ANSWERED)]
    numbers = given["value"].astype("float64")
    columns = {code: numbers.where(given["question"].eq(code)) for code in codes}
    kind, rule = "ColumnValuesToBeBetween", "antwoord_buiten_bereik"
    within = [
        expect(kind, rule, "", v.kort, column=v.code, min_value=v.laagste, max_value=v.hoogste)
        for v in questions
        if (v.laagste, v.hoogste) != (None, None)
    ]
    asked = given[["gemeente"]].assign(**columns)
    findings += find_faults_by_gemeente(vocabulary, asked, within)
    excused = edition.vragenlijst.geen_ervaring if edition.vragenlijst else ()
    for slug in gemeenten:
        has_answered = slug in set(responses["gemeente"])
        if has_answered == (slug in excused):
            code = "vragenlijst_tegenstrijdig" if has_answered else "vragenlijst_ontbreekt"
            findings.append(finding(vocabulary, slug, code))
    return in_reading_order(vocabulary, findings)
