"""Which rules a sender's rows do not meet and what to do about it; the grade that follows.

Great Expectations tests a table, and only counts are kept of what it finds.
"""

import json
import logging
import os
import threading
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import Column

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
    # `0%` and `100%` would be wrong of a share between them.
    share = f"{rows / total:.0%}"
    share = {"0%": "minder dan 1%", "100%": "meer dan 99%"}.get(share, share)
    return f"{rows} van de {total} meldingen{f' ({share})' if total >= FEW else ''}"


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
