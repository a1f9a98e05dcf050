"""What the clean tables of one gemeente must satisfy: meldingen, what it registers, responses."""

from collections.abc import Iterator
from math import inf

import pandas as pd
from babel.dates import format_date
from scipy.stats import binom

from mma_analysis.check.findings import LONGEST_DELAY_DAYS, Fault, find_faults, findings_of, suite
from mma_analysis.codebook import FILLED_IN, KINDS, NOT_ANSWERED, Codebook
from mma_analysis.days import WEEK
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import MELDINGEN, RESPONSES, SOURCE, WORD_FIELDS

LAST_MONTHS, ONE_IN_TWENTY = 3, 0.05
FEWEST_ALIKE = 10  # meldingen: of fewer it is no wonder that they are alike
# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBERS = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "houdt_niet_bij": "no_column",
}


def check_meldingen(
    meldingen: pd.DataFrame, edition: Edition, empty: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Say per gemeente which rules its clean meldingen do not meet (`findings_of`).

    Critical is a broken promise of our own, or a delivery of nothing that can be counted. `empty`
    are the files with headers and no row below them: they may have been sent too early.
    """
    vocabulary = edition.vocabulary
    slugs = [area.slug for area in vocabulary.gemeenten]
    # What is closed between peildatum and delivery is no fault of the sender.
    delivered_on = {slug: edition.gemeente(slug).geleverd_op or edition.peildatum for slug in slugs}
    dated = meldingen.assign(
        latest_receipt=meldingen["reported_on"] + pd.Timedelta(days=LONGEST_DELAY_DAYS),
        delivered_on=pd.to_datetime(meldingen["gemeente"].map(delivered_on)),
    )
    expected = suite(
        "meldingen",
        MELDINGEN,
        gemeenten=slugs,
        topic_group=list(vocabulary.topic_groups),
        group_of_topic=[(group, topic) for topic, group in vocabulary.group_of_topic.items()],
        begin=pd.Timestamp(edition.begin),
        peildatum=pd.Timestamp(edition.peildatum),
        **{field: list(vocabulary.values(field)) for field in WORD_FIELDS},
    )
    faults = find_faults(vocabulary, dated, expected)
    for slug in slugs:
        rows = meldingen[meldingen["gemeente"].eq(slug)]
        # In a joint file with rows of another it may truly have none of its own.
        is_in_file = meldingen["source_file"].isin(edition.gemeente(slug).levering)
        faults += _of_delivery(slug, edition, bool(len(rows) or is_in_file.any()), empty)
        if len(rows):
            faults += _thin_last_quarter(slug, edition, rows["received_on"])
            faults += _always_the_same(slug, vocabulary, rows)
    return findings_of(vocabulary, faults)


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> pd.DataFrame:
    """Say per gemeente and field what is not filled in, not understood, and not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    labels = _labels(vocabulary)
    faults: list[Fault] = []
    for row in registration.to_dict("records"):
        slug, field, total = row["gemeente"], row["field"], row["meldingen"]
        words = {"column": row["column"], "field": labels[field]}
        broken = {rule: row[number] for rule, number in NUMBERS.items() if row[number]}
        faults += [Fault(slug, rule, field, n, total, words) for rule, n in broken.items()]
    return findings_of(vocabulary, faults)


def _labels(vocabulary: Vocabulary) -> dict[str, str]:
    return {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}


def _of_delivery(
    slug: str, edition: Edition, has_rows: bool, empty: frozenset[str]
) -> Iterator[Fault]:
    """What was sent at all, and when: nothing that a row can tell."""
    sent = edition.gemeente(slug)
    if (sent.aangesloten or edition.begin) > edition.peildatum:
        return
    if not has_rows:
        without_rows = "geen_meldingen" if empty.issuperset(sent.levering) else "geen_regels"
        yield Fault(slug, without_rows if sent.levering else "geen_levering")
    if sent.levering and sent.geleverd_op and sent.geleverd_op < edition.peildatum:
        day = format_date(sent.geleverd_op, "d MMMM y", locale="nl")
        yield Fault(slug, "geleverd_voor_peildatum", words={"date": day})
    if sent.date_order("received_on") == WEEK:
        yield Fault(slug, "in_weken", "received_on")


def _thin_last_quarter(slug: str, edition: Edition, received_on: pd.Series) -> Iterator[Fault]:
    """Far fewer meldingen in the last three months than in those before: some may be to come."""
    begin = pd.Timestamp(max(edition.gemeente(slug).aangesloten or edition.begin, edition.begin))
    end = pd.Timestamp(edition.peildatum)
    last = end - pd.DateOffset(months=LAST_MONTHS)
    before, after = int((received_on <= last).sum()), int((received_on > last).sum())
    days = ((last - begin).days + 1, (end - last).days)
    if days[0] < days[1]:
        return
    expected = before * days[1] / days[0]
    chance = binom.cdf(after, before + after, days[1] / sum(days))
    if chance < ONE_IN_TWENTY and after < expected / 2:
        yield Fault(slug, "laatste_kwartaal_dun", "received_on", after, round(expected))


def _always_the_same(slug: str, vocabulary: Vocabulary, rows: pd.DataFrame) -> Iterator[Fault]:
    """The wrong column may have been taken for a field, and days may have been dragged down."""
    total = len(rows)
    for field in WORD_FIELDS:
        words = rows.loc[rows[field].ne(UNKNOWN), field]
        # A case that has a day of closing is closed, without a column that says so.
        follows = field == "status" and rows.loc[words.index, "closed_on"].notna().all()
        if len(words) >= FEWEST_ALIKE and words.eq(words.iloc[0]).all() and not follows:
            rule = "onderwerp_steeds_gelijk" if field == "topic" else "steeds_gelijk"
            label = {"field": _labels(vocabulary)[field]}
            yield Fault(slug, rule, field, len(words), total, label)
    days = rows.sort_values([*SOURCE])["received_on"]
    if total >= FEWEST_ALIKE and days.diff().iloc[1:].eq(pd.Timedelta(days=1)).all():
        yield Fault(slug, "dag_loopt_op", "received_on", total, total)


def check_responses(responses: pd.DataFrame, codebook: Codebook, edition: Edition) -> pd.DataFrame:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too little
    experience; with both it is one too. A number outside its limits is kept and reported.
    """
    vocabulary, questions = edition.vocabulary, {v.code: v for v in codebook.questions}
    gemeenten = [area.slug for area in vocabulary.gemeenten]
    is_number = responses["kind"].eq("number")
    expected = suite(
        "responses",
        RESPONSES,
        gemeenten=gemeenten,
        questions=list(questions),
        kinds=list(KINDS),
        answers=[
            (value, code)
            for code, vraag in questions.items()
            for value in (NOT_ANSWERED, *(vraag.opties or (FILLED_IN,)))
        ],
    )
    # Only a multi answer may have more rows: one for each choice. A number is none of the options.
    table = responses.assign(
        choice=responses["value"].where(responses["kind"].eq("multi"), ""),
        value=responses["value"].mask(is_number, NOT_ANSWERED),
    )
    faults = find_faults(vocabulary, table, expected)
    given = responses[is_number & responses["value"].ne(NOT_ANSWERED)]
    for slug, code, value in given[["gemeente", "question", "value"]].itertuples(index=False):
        vraag = questions[code]
        lowest, highest = vraag.laagste, vraag.hoogste
        least, most = -inf if lowest is None else lowest, inf if highest is None else highest
        if not least <= float(value) <= most:
            total, words = int(given["gemeente"].eq(slug).sum()), {"column": vraag.kort}
            faults.append(Fault(slug, "antwoord_buiten_bereik", code, 1, total, words))
    excused = edition.vragenlijst.geen_ervaring if edition.vragenlijst else ()
    for slug in gemeenten:
        has_answered = slug in set(responses["gemeente"])
        is_later = (edition.gemeente(slug).aangesloten or edition.begin) > edition.peildatum
        if has_answered == (slug in excused) and not (is_later and not has_answered):
            rule = "vragenlijst_tegenstrijdig" if has_answered else "vragenlijst_ontbreekt"
            faults.append(Fault(slug, rule))
    return findings_of(vocabulary, faults)
