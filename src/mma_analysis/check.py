"""Which rules a sender's rows do not meet and what to do about it; the grade that follows.

Great Expectations tests a table, and only counts are kept of what it finds.
"""

import datetime as dt
import json
import logging
import os
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import inf
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd
from scipy.stats import binom

from mma_analysis.codebook import FILLED_IN, NOT_ANSWERED, QUESTION_KINDS, Codebook
from mma_analysis.days import WEEK
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import (
    UNKNOWN,
    DataError,
    Vocabulary,
    lines_of,
    message,
    numbers,
)
from mma_analysis.vocabulary.answers import AGREES, DISAGREES, sides
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import (
    MELDINGEN,
    RESPONSES,
    SOURCE,
    WORD_FIELDS,
    WORD_NOT_UNDERSTOOD,
    Column,
)

FINDINGS = {
    "gemeente": "str",
    "rule": "str",
    "column": "str",
    "severity": "str",
    "rows": "int64",
    "share": "float64",
    "sentence": "str",
}
# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90
# To a sender, whose counts are exact: of fewer meldingen a percentage looks too exact.
FEWEST_FOR_PERCENT = 20
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
GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
END_OF_SENTENCE = re.compile(r"(?<=\.) ")
# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It keeps the table that it looks at in the context of the process: threads would share it.
_ONE_AT_A_TIME = threading.Lock()


class Fault(NamedTuple):
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` of `total`
    break the rule, both 0 for a rule about the table; `words` go before these in its
    sentence.
    """

    gemeente: str
    rule: str
    column: str = ""
    rows: int = 0
    total: int = 0
    words: dict[str, Any] = {}


class Expectation(NamedTuple):
    """What Great Expectations tests, and the rule that is broken when it does not hold.

    `about` is the column at fault, when another is looked at.
    """

    rule: str
    kind: str
    arguments: dict[str, Any]
    about: str = ""


# --- meldingen ----------------------------------------------------------------------------


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
            faults.append(Fault(slug, "andere_periode", words=words))
        else:
            faults += _of_delivery(slug, edition, has_rows, empty)
        places = not_read.get(slug, [])
        if places:
            words = {"places": "; ".join(places)}
            faults.append(Fault(slug, "tabel_niet_gelezen", words=words))
        if slug in seen_to_end:
            words = {"date": numbers.day(seen_to_end[slug])}
            rule = "bestand_houdt_op"
            if edition.gemeente(slug).date_order("received_on") == WEEK and len(rows):
                rule = "weken_houden_op"
                words["week"] = _week_of(rows["received_on"].max())
            faults.append(Fault(slug, rule, "received_on", words=words))
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


def _of_rows(meldingen: pd.DataFrame, edition: Edition) -> list[Fault]:
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
) -> Iterator[Fault]:
    """What was sent at all, and when: nothing that a row can tell."""
    if _connected_on(slug, edition) > edition.peildatum:
        return
    sent = edition.gemeente(slug)
    if not has_rows:
        if not sent.levering:
            rule = "geen_levering"
            if sent.stuurde:
                rule = RULE_BY_SENT[sent.stuurde]
            yield Fault(slug, rule)
        elif empty.issuperset(sent.levering):
            yield Fault(slug, "geen_meldingen")
        else:
            yield Fault(slug, "geen_regels")

    day = edition.covered_until(slug)
    if sent.levering and day < edition.peildatum:
        yield Fault(slug, "geleverd_voor_peildatum", words={"date": numbers.day(day)})
    if sent.date_order("received_on") == WEEK:
        yield Fault(slug, "in_weken", "received_on")


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
) -> Iterator[Fault]:
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
        yield Fault(slug, "laatste_kwartaal_dun", "received_on", after, round(expected))


def _empty_months(
    slug: str,
    edition: Edition,
    received_on: pd.Series,
) -> Iterator[Fault]:
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
        yield Fault(slug, "maand_leeg", "received_on", words={"months": months})


def _same_words(slug: str, vocabulary: Vocabulary, rows: pd.DataFrame) -> Iterator[Fault]:
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
            yield Fault(slug, rule, field, number, len(rows), words)


def _climbing_days(slug: str, rows: pd.DataFrame) -> Iterator[Fault]:
    """Every melding is a day later than the one before: days may have been dragged down."""
    total = len(rows)
    days = rows.sort_values(list(SOURCE))["received_on"]
    steps = days.diff().iloc[1:]
    is_climbing = (steps == pd.Timedelta(days=1)).all()
    if total >= FEWEST_ALIKE and is_climbing:
        yield Fault(slug, "dag_loopt_op", "received_on", total, total)


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> pd.DataFrame:
    """Say per gemeente and field what is not filled in, not understood, not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    labels = vocabulary.by_code("breakdowns", "label")
    faults: list[Fault] = []
    for row in registration.to_dict("records"):
        field = row["field"]
        words = {"column": row["column"], "field": labels[field]}
        for rule, name in NUMBER_OF_RULE.items():
            number = row[name]
            total = row["meldingen"]
            is_never = name == "no_column" and number == total
            broken = NEVER_KEPT if is_never else rule
            if is_never and field == "topic":
                faults.append(Fault(row["gemeente"], NO_TOPIC, field, number, total))
            if number:
                faults.append(Fault(row["gemeente"], broken, field, number, total, words))
    return findings_of(vocabulary, faults)


# --- answers of the survey ----------------------------------------------------------------


def check_responses(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> pd.DataFrame:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too
    little experience; with both it is one too. A number outside its limits is kept and
    reported.
    """
    faults = [
        *_of_answers(responses, codebook, edition),
        *_outside_limits(responses, codebook),
        *_of_respondents(responses, edition),
    ]
    return findings_of(edition.vocabulary, faults)


def refuse_contradictions(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> None:
    """Refuse settings that say who takes part in a campaign, when answers say otherwise.

    A campaign for all that is still to come says who it is meant for, and not who takes
    part. Who has not decided, or did not answer, may be named or not. `DataError`.
    """
    questions = {question.code: question for question in codebook.named}
    for campaign in edition.campagnes:
        if not campaign.vraag:
            continue
        question = questions[campaign.vraag]
        of_option = sides(question.soort, question.opties)
        answers = responses[responses["question"] == question.code]
        said_yes = _who_said(answers, of_option.get(AGREES, []))
        said_no = _who_said(answers, of_option.get(DISAGREES, []))

        members = campaign.gemeenten
        if members == "alle":
            is_to_come = campaign.begin > edition.peildatum
            wrongly_in = [] if is_to_come else said_no
            wrongly_out: list[str] = []
        else:
            wrongly_in = [slug for slug in said_no if slug in members]
            wrongly_out = [slug for slug in said_yes if slug not in members]
        for slugs, says in ((wrongly_in, "takes_part"), (wrongly_out, "takes_no_part")):
            if not slugs:
                continue
            names = [edition.vocabulary.area(slug).name for slug in slugs]
            raise DataError.of(
                "campaign_contradicts",
                path=edition.folder / SETTINGS_FILE,
                name=campaign.naam,
                gemeenten=numbers.listing(names),
                question=question.code,
                says=message(says),
            )


def _who_said(answers: pd.DataFrame, options: Sequence[str]) -> list[str]:
    """The gemeenten that gave one of these answers, by the alphabet."""
    chose = answers.loc[answers["value"].isin(options), "gemeente"]
    return sorted(chose.unique())


def _of_answers(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> list[Fault]:
    """The rules that each answer must meet, or all answers together."""
    vocabulary = edition.vocabulary
    questions = {question.code: question for question in codebook.questions}
    answers = []
    for code, question in questions.items():
        options = question.opties or (FILLED_IN,)
        answers += [(value, code) for value in (NOT_ANSWERED, *options)]
    given = {
        "gemeenten": [area.slug for area in vocabulary.gemeenten],
        "questions": list(questions),
        "kinds": list(QUESTION_KINDS),
        "answers": answers,
    }

    # Only a multi answer may have more rows: one for each choice. A number is no option.
    is_multi = responses["kind"] == "multi"
    is_number = responses["kind"] == "number"
    table = responses.assign(
        choice=responses["value"].where(is_multi, ""),
        value=responses["value"].mask(is_number, NOT_ANSWERED),
    )
    return find_faults(vocabulary, table, suite("responses", RESPONSES, given))


def _outside_limits(responses: pd.DataFrame, codebook: Codebook) -> Iterator[Fault]:
    """Numbers below the lowest or above the highest that the code book allows."""
    questions = {question.code: question for question in codebook.questions}
    is_number = responses["kind"] == "number"
    is_given = is_number & (responses["value"] != NOT_ANSWERED)
    given = responses.loc[is_given, ["gemeente", "question", "value"]]
    for slug, code, value in given.itertuples(index=False):
        question = questions[code]
        lowest = -inf if question.laagste is None else question.laagste
        highest = inf if question.hoogste is None else question.hoogste
        if not lowest <= float(value) <= highest:
            total = int((given["gemeente"] == slug).sum())
            words = {"column": question.kort}
            yield Fault(slug, "antwoord_buiten_bereik", code, 1, total, words)


def _of_respondents(responses: pd.DataFrame, edition: Edition) -> Iterator[Fault]:
    """Who did not answer and should have, and who answered and could not have."""
    survey = edition.vragenlijst
    excused = survey.geen_ervaring if survey else ()
    answered = set(responses["gemeente"])
    for area in edition.vocabulary.gemeenten:
        slug = area.slug
        is_connected = _connected_on(slug, edition) <= edition.peildatum
        if slug in answered and slug in excused:
            yield Fault(slug, "vragenlijst_tegenstrijdig")
        if slug not in answered and slug not in excused and is_connected:
            yield Fault(slug, "vragenlijst_ontbreekt")


# --- Great Expectations -------------------------------------------------------------------


def suite(
    name: str,
    columns: Sequence[Column],
    given: Mapping[str, Any],
) -> list[Expectation]:
    """Required columns have a value in every row, and what `expectations.csv` expects.

    An argument `$name` in that table is the one of `given`.
    """
    expected = []
    for column in columns:
        if column.required:
            arguments = {"column": column.name}
            filled = Expectation("verplicht", "ColumnValuesToNotBeNull", arguments)
            expected.append(filled)

    for row in package_table("expectations"):
        if row["suite"] != name:
            continue
        arguments = json.loads(row["arguments"])
        for key, value in arguments.items():
            if isinstance(value, str) and value.startswith("$"):
                arguments[key] = given[value[1:]]
        one = Expectation(row["rule"], row["expectation"], arguments, row["about"])
        expected.append(one)
    return expected


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: Sequence[Expectation]
) -> list[Fault]:
    """The expectations that the rows of each gemeente do not meet.

    What is of no gemeente is a fault of the table, so of the district.
    """
    district = vocabulary.district.slug
    if not _faults(district, table, expected):  # whose it is takes a run per gemeente
        return []

    slugs = [area.slug for area in vocabulary.gemeenten]
    is_known = table["gemeente"].isin(slugs)
    owner = table["gemeente"].where(is_known, district)
    faults: list[Fault] = []
    for slug, rows in table.groupby(owner):
        faults += _faults(str(slug), rows, expected)
    return faults


def _faults(
    gemeente: str,
    table: pd.DataFrame,
    expected: Sequence[Expectation],
) -> list[Fault]:
    faults: list[Fault] = []
    for result in validate(table, expected).results:
        if result.success:
            continue
        config = result.expectation_config
        rule = config.meta["rule"]
        looked_at = config.kwargs.get("column") or config.kwargs.get("column_A") or ""
        column = config.meta["about"] or looked_at
        if not result.result:  # what the library says of it may hold a value
            raise DataError.of("rule_failed", rule=rule, column=column)
        broken = int(result.result["unexpected_count"])
        faults.append(Fault(gemeente, rule, column, broken, len(table)))
    return faults


def validate(table: pd.DataFrame, expected: Sequence[Expectation]) -> Any:
    """Test the expectations on the table; the result has counts, and no value of it."""
    gx, any_table = _great_expectations()
    tests = []
    for one in expected:
        test = getattr(gx.expectations, f"Expect{one.kind}")
        meta = {"rule": one.rule, "about": one.about}
        tests.append(test(meta=meta, **one.arguments))
    with _ONE_AT_A_TIME:
        batch = any_table.get_batch({"dataframe": table})
        rules = gx.ExpectationSuite(name="rules", expectations=tests)
        return batch.validate(rules, result_format=NO_VALUES)


@cache
def _great_expectations() -> tuple[ModuleType, Any]:
    """The library, and a place in memory for any table; it sends and prints nothing."""
    # Imported only when something is checked: it takes seconds. It reads this when it is.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # Its log lines may quote what it could not compute, and so a value.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return gx, asset.add_batch_definition_whole_dataframe("whole table")


# --- findings, and what follows from them -------------------------------------------------


def findings_of(vocabulary: Vocabulary, faults: Iterable[Fault]) -> pd.DataFrame:
    """What the rules say of these faults: by gemeente, and then as they stand in rules.csv.

    One row per fault (`FINDINGS`): `share` is 0–1, `sentence` is for the sender.
    """
    rules = {row["code"]: row for row in vocabulary.reference("rules")}
    order = list(rules)

    def reading_order(fault: Fault) -> tuple[str, int, str]:
        return fault.gemeente, order.index(fault.rule), fault.column

    rows: list[tuple[object, ...]] = []
    for fault in sorted(faults, key=reading_order):
        gemeente, code, column, broken, total, own_words = fault
        words = {
            "column": column,
            "rows": broken,
            "total": total,
            "days": LONGEST_DELAY_DAYS,
            "meldingen": of_meldingen(broken, total),
        }
        rule = rules[code]
        sentence = rule["sentence"].format(**(words | own_words))
        share = broken / total if broken else 0.0
        row = (gemeente, code, column, rule["severity"], broken, share, sentence)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(FINDINGS)).astype(FINDINGS)


def of_meldingen(rows: int, total: int) -> str:
    """How many of a gemeente's meldingen, to follow `bij`: `alle 9 meldingen`."""
    if rows == total:
        return "uw enige melding" if total == 1 else f"alle {total} meldingen"
    said = f"{rows} van de {total} meldingen"
    if total < FEWEST_FOR_PERCENT:
        return said
    return f"{said} ({numbers.percent(rows / total)})"


def blocked(vocabulary: Vocabulary, findings: pd.DataFrame) -> frozenset[str]:
    """The areas without a page: those with a critical finding; all if the district has."""
    is_critical = findings["severity"] == "critical"
    stopped = frozenset(findings.loc[is_critical, "gemeente"])
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def grade(
    vocabulary: Vocabulary,
    findings: pd.DataFrame,
    counted: int,
    rejected: int,
    doubtful: Collection[str],
    withdrawn: int = 0,
) -> tuple[str, str]:
    """The grade of one delivery and why, by the rows of `grade_reasons.csv` that hold.

    Doubles, and what is of another time or place, are neither `counted` nor `rejected`;
    `doubtful` are the reasons of what is wrong in rows that count, and `withdrawn` the
    rows that their sender took back.
    """
    rules = set(findings["rule"])
    severities = set(findings["severity"])
    total = counted + rejected
    # What is often not filled in never lowers it: a green one would say how often at most.
    holds = dict.fromkeys(rules, True) | {
        "fout": "critical" in severities,
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != WORD_NOT_UNDERSTOOD for reason in doubtful),
        WORD_NOT_UNDERSTOOD: WORD_NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severities,
        "geteld": withdrawn == 0,
        "teruggenomen": withdrawn > 0,
        "niets": not rules,
    }
    table = vocabulary.reference("grade_reasons")
    reasons = [row for row in table if holds.get(row["code"])]
    grades = {row["grade"] for row in reasons}
    worst = next(code for code in GRADES if code in grades)
    said = " ".join(row["sentence"] for row in reasons if row["grade"] == worst)
    # Two reasons may begin with one sentence: it is said once.
    sentences = dict.fromkeys(END_OF_SENTENCE.split(said))
    lines = lines_of(withdrawn)
    why = " ".join(sentences).format(rejected=rejected, total=total, lines=lines)
    return vocabulary.by_code("grades", "label")[worst], why
