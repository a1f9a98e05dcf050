"""Great Expectations, and nothing else: test a table and keep only counts."""

import json
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from mma_analysis.check.findings import LONGEST_DELAY_DAYS, Finding, finding
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import Column

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It keeps the table that it looks at in the context of the process: two threads would share it.
_ONE_AT_A_TIME = threading.Lock()


@cache
def great_expectations() -> ModuleType:
    """Import it once, and only when something is checked: it takes seconds."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: it reads this then
    import great_expectations as gx

    # Its log lines may quote what it could not compute, and so a value.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return gx


@cache
def _any_table() -> Any:
    """One context for the whole run, in memory, that sends nothing and prints nothing."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations().get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole table")


def expect(kind: str, rule: str, about: str = "", **arguments: Any) -> "Expectation":
    """An expectation, `Expect{kind}` of Great Expectations, tied to its rule.

    `about` is the column at fault, when another is looked at.
    """
    meta = {"rule": rule, "column": about}
    return getattr(great_expectations().expectations, f"Expect{kind}")(meta=meta, **arguments)


def suite(name: str, columns: Sequence[Column], **given: Any) -> "list[Expectation]":
    """Required columns have a value in every row, and the rows of `reference/expectations.csv`.

    An argument `$name` there is one of `given`.
    """
    required = [column.name for column in columns if column.required]
    expected = [expect("ColumnValuesToNotBeNull", "verplicht", column=one) for one in required]
    for row in package_table("expectations"):
        if row["suite"] == name:
            arguments = {
                key: given[value[1:]] if str(value).startswith("$") else value
                for key, value in json.loads(row["arguments"]).items()
            }
            expected.append(expect(row["expectation"], row["rule"], row["about"], **arguments))
    return expected


def validate(table: pd.DataFrame, expected: "Iterable[Expectation]") -> Any:
    """Test the expectations on the table; the result holds counts and no value of the table."""
    rules = great_expectations().ExpectationSuite(name="rules", expectations=list(expected))
    with _ONE_AT_A_TIME:
        batch = _any_table().get_batch({"dataframe": table})
        return batch.validate(rules, result_format=NO_VALUES)


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Iterable[Expectation]", gemeente: str
) -> list[Finding]:
    """The rules that the table does not meet.

    The message of a DataError names only rule and column: what the library says may hold a value.
    """
    findings: list[Finding] = []
    for result in validate(table, expected).results:
        if result.success:
            continue
        config: Any = result.expectation_config
        looked_at = config.kwargs.get("column") or config.kwargs.get("column_A") or ""
        rule, column = config.meta["rule"], config.meta["column"] or looked_at
        if not result.result:
            raise DataError.of("rule_failed", rule=rule, column=column)
        counts = int(result.result["unexpected_count"]), len(table)
        days = LONGEST_DELAY_DAYS
        findings.append(finding(vocabulary, gemeente, rule, column, *counts, days=days))
    return findings


def find_faults_by_gemeente(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Sequence[Expectation]"
) -> list[Finding]:
    """The same per gemeente; what is of none of them is a fault of the table, so of the district.

    Whose fault it is is looked for only when there is one: that saves a run for every gemeente.
    """
    district = vocabulary.district.slug
    if not find_faults(vocabulary, table, expected, district):
        return []
    slugs = [area.slug for area in vocabulary.gemeenten]
    owner = table["gemeente"].where(table["gemeente"].isin(slugs), district)
    each = (
        find_faults(vocabulary, rows, expected, str(slug)) for slug, rows in table.groupby(owner)
    )
    return [fault for faults in each for fault in faults]
