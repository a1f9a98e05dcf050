"""Which rules a sender's rows do not meet and what to do about it; the grade that follows.

Great Expectations tests a table, and only counts are kept of what it finds.
"""

import json
import logging
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from math import inf
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd
from scipy.stats import binom

from mma_analysis.codebook import FILLED_IN, KINDS, NOT_ANSWERED, Codebook
from mma_analysis.days import WEEK
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, Vocabulary, numbers
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import MELDINGEN, RESPONSES, SOURCE, WORD_FIELDS, Column

# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90
# Of fewer meldingen than this a percentage looks more exact than it is.
FEW = 20
GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
NOT_UNDERSTOOD = "niet_begrepen"
FINDINGS = dict.fromkeys(("gemeente", "rule", "column", "severity"), "str")
FINDINGS |= {"rows": "int64", "share": "float64", "sentence": "str"}
# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It keeps the table that it looks at in the context of the process: two threads would share it.
_ONE_AT_A_TIME = threading.Lock()
LAST_MONTHS, ONE_IN_TWENTY = 3, 0.05
FEWEST_ALIKE = 10  # meldingen: of fewer it is no wonder that they are alike
# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBERS = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "houdt_niet_bij": "no_column",
}


class Fault(NamedTuple):
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` of `total` break
    the rule, both 0 for a rule about the table; `words` go before these in its sentence.
    """

    gemeente: str
    rule: str
    column: str = ""
    rows: int = 0
    total: int = 0
    words: dict[str, Any] = {}


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
    labels = vocabulary.by_code("breakdowns", "label")
    faults: list[Fault] = []
    for row in registration.to_dict("records"):
        slug, field, total = row["gemeente"], row["field"], row["meldingen"]
        words = {"column": row["column"], "field": labels[field]}
        broken = {rule: row[number] for rule, number in NUMBERS.items() if row[number]}
        faults += [Fault(slug, rule, field, n, total, words) for rule, n in broken.items()]
    return findings_of(vocabulary, faults)


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
        words = {"date": numbers.day(sent.geleverd_op)}
        yield Fault(slug, "geleverd_voor_peildatum", words=words)
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
            label = vocabulary.by_code("breakdowns", "label")[field]
            yield Fault(slug, rule, field, len(words), total, {"field": label})
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


def suite(name: str, columns: Sequence[Column], **given: Any) -> list[dict[str, Any]]:
    """Required columns have a value in every row, and the rows of `reference/expectations.csv`.

    One row per expectation, as there: `about` is the column at fault, when another is looked at. An
    argument `$name` is one of `given`.
    """
    not_null = {"rule": "verplicht", "expectation": "ColumnValuesToNotBeNull", "about": ""}
    rows = [not_null | {"arguments": {"column": one.name}} for one in columns if one.required]
    for row in package_table("expectations"):
        if row["suite"] == name:
            arguments = {
                key: given[value[1:]] if str(value).startswith("$") else value
                for key, value in json.loads(row["arguments"]).items()
            }
            rows.append(row | {"arguments": arguments})
    return rows


@cache
def _great_expectations() -> tuple[ModuleType, Any]:
    """The library, and a place in memory for any table; it sends nothing and prints nothing."""
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


def validate(table: pd.DataFrame, expected: Sequence[dict[str, Any]]) -> Any:
    """Test the expectations on the table; the result holds counts and no value of the table."""
    gx, any_table = _great_expectations()
    rules = [
        getattr(gx.expectations, f"Expect{row['expectation']}")(
            meta={"rule": row["rule"], "about": row["about"]}, **row["arguments"]
        )
        for row in expected
    ]
    with _ONE_AT_A_TIME:
        batch = any_table.get_batch({"dataframe": table})
        rules = gx.ExpectationSuite(name="rules", expectations=rules)
        return batch.validate(rules, result_format=NO_VALUES)


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: Sequence[dict[str, Any]]
) -> list[Fault]:
    """The expectations that the rows of each gemeente do not meet.

    What is of no gemeente is a fault of the table, so of the district.
    """
    district = vocabulary.district.slug
    if not _faults(district, table, expected):  # whose fault it is takes a run per gemeente
        return []
    slugs = [area.slug for area in vocabulary.gemeenten]
    owner = table["gemeente"].where(table["gemeente"].isin(slugs), district)
    each = (_faults(str(slug), rows, expected) for slug, rows in table.groupby(owner))
    return [fault for faults in each for fault in faults]


def _faults(gemeente: str, table: pd.DataFrame, expected: Sequence[dict[str, Any]]) -> list[Fault]:
    faults: list[Fault] = []
    for result in validate(table, expected).results:
        if not result.success:
            config = result.expectation_config
            looked_at = config.kwargs.get("column") or config.kwargs.get("column_A") or ""
            rule, column = config.meta["rule"], config.meta["about"] or looked_at
            if not result.result:  # what the library says of it may hold a value
                raise DataError.of("rule_failed", rule=rule, column=column)
            counts = int(result.result["unexpected_count"]), len(table)
            faults.append(Fault(gemeente, rule, column, *counts))
    return faults


def findings_of(vocabulary: Vocabulary, faults: Iterable[Fault]) -> pd.DataFrame:
    """What the rules say of these faults: by gemeente, and then as they stand in rules.csv.

    One row per fault (`FINDINGS`): `share` is 0–1, `sentence` is for the sender.
    """
    rules = {row["code"]: row for row in vocabulary.reference("rules")}
    order = list(rules)
    rows: list[tuple[object, ...]] = []
    for fault in sorted(faults, key=lambda one: (one.gemeente, order.index(one.rule), one.column)):
        gemeente, code, column, broken, total, words = fault
        said = {"column": column, "rows": broken, "total": total, "days": LONGEST_DELAY_DAYS}
        said |= {"meldingen": of_meldingen(broken, total)} | words
        severity, sentence = rules[code]["severity"], rules[code]["sentence"].format(**said)
        share = broken / total if broken else 0.0
        rows.append((gemeente, code, column, severity, broken, share, sentence))
    return pd.DataFrame(rows, columns=list(FINDINGS)).astype(FINDINGS)


def blocked(vocabulary: Vocabulary, findings: pd.DataFrame) -> frozenset[str]:
    """The areas that get no page: those with a critical finding; all, when the district has one."""
    stopped = frozenset(findings.loc[findings["severity"].eq("critical"), "gemeente"])
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def of_meldingen(rows: int, total: int) -> str:
    """How many of a gemeente's meldingen, to follow `bij`: `alle 9 meldingen`."""
    if rows == total:
        return "uw enige melding" if total == 1 else f"alle {total} meldingen"
    share = f" ({numbers.percent(rows / total)})" if total >= FEW else ""
    return f"{rows} van de {total} meldingen{share}"


def grade(
    vocabulary: Vocabulary,
    findings: pd.DataFrame,
    counted: int,
    rejected: int,
    doubtful: Collection[str],
) -> tuple[str, str]:
    """The grade of one delivery and why it has it, by the rows of `grade_reasons.csv` that hold.

    Doubles, and what is of another time or place, are neither `counted` nor `rejected`; `doubtful`
    are the reasons of what is wrong in rows that count.
    """
    rules, severities = set(findings["rule"]), set(findings["severity"])
    total = counted + rejected
    # What is often not filled in never lowers it: a green one would say how often at most.
    holds = {
        **dict.fromkeys(rules, True),
        "fout": "critical" in severities,
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != NOT_UNDERSTOOD for reason in doubtful),
        NOT_UNDERSTOOD: NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severities,
        "geteld": True,
        "niets": not rules,
    }
    reasons = [row for row in vocabulary.reference("grade_reasons") if holds.get(row["code"])]
    worst = next(code for code in GRADES if any(row["grade"] == code for row in reasons))
    sentences = " ".join(row["sentence"] for row in reasons if row["grade"] == worst)
    reason = sentences.format(rejected=rejected, total=total)
    return vocabulary.by_code("grades", "label")[worst], reason
