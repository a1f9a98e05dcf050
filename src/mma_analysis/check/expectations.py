"""Great Expectations, and nothing else: test a table and keep only counts."""

import logging
import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from mma_analysis.check.findings import Finding, finding, in_reading_order
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.schema import Column

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
    )
    from great_expectations.expectations.expectation import Expectation

# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}

# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90

# It keeps the table that it looks at in the context of the process: two threads would share it.
_ONE_AT_A_TIME = threading.Lock()

# Great Expectations calls a nullable dtype by the name of its numpy type.
NAMES_OF_DTYPES = {"boolean": "bool"}


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


def expect(
    kind: str, rule: str, about: str = "", label: str = "", **arguments: Any
) -> "Expectation":
    """An expectation, `Expect{kind}` of Great Expectations, tied to its rule.

    `about` is the column at fault, when it is not the one that the expectation looks at, and
    `label` is how a reader knows it.
    """
    meta = {"rule": rule, "column": about, "label": label}
    return getattr(great_expectations().expectations, f"Expect{kind}")(meta=meta, **arguments)


def agreed(columns: Sequence[Column]) -> "list[list[Expectation]]":
    """A table has exactly these columns, and then each of them the dtype that was agreed."""
    names = [column.name for column in columns]
    table = expect("TableColumnsToMatchSet", "kolommen", column_set=names, exact_match=True)
    dtypes = {column.name: NAMES_OF_DTYPES.get(column.dtype, column.dtype) for column in columns}
    of_type = "ColumnValuesToBeOfType"
    return [[table], [expect(of_type, "soort", column=c, type_=t) for c, t in dtypes.items()]]


def filled(columns: Iterable[Column]) -> "list[Expectation]":
    """Each required column has a value in every row."""
    required = [column.name for column in columns if column.required]
    return [expect("ColumnValuesToNotBeNull", "verplicht", column=name) for name in required]


def in_sets(allowed: Mapping[str, Collection[str]]) -> "list[Expectation]":
    """Each of these columns has no other values than these."""
    return [
        expect("ColumnValuesToBeInSet", "waarde", column=column, value_set=list(codes))
        for column, codes in allowed.items()
    ]


def validate(
    table: pd.DataFrame, expected: "Iterable[Expectation]"
) -> "ExpectationSuiteValidationResult":
    """Test the expectations on the table; the result holds counts and no value of the table."""
    suite = great_expectations().ExpectationSuite(name="rules", expectations=list(expected))
    with _ONE_AT_A_TIME:
        batch = _any_table().get_batch({"dataframe": table})
        return batch.validate(suite, result_format=NO_VALUES)


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Iterable[Expectation]", gemeente: str
) -> list[Finding]:
    """The rules that the table does not meet.

    What Great Expectations says about an expectation that could not be computed may hold a value,
    so the message of that DataError names only rule and column.
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
        counts = int(result.result.get("unexpected_count", 0)), len(table)
        words = {"column": config.meta["label"] or column, "days": LONGEST_DELAY_DAYS}
        findings.append(finding(vocabulary, gemeente, rule, column, *counts, **words))
    return in_reading_order(vocabulary, findings)


def find_faults_of_table(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Iterable[Iterable[Expectation]]"
) -> list[Finding]:
    """The faults of the first of these that are not met; the next make no sense then."""
    whole = vocabulary.district.slug
    found = (find_faults(vocabulary, table, each, whole) for each in expected)
    return next((faults for faults in found if faults), [])


def find_faults_by_gemeente(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Sequence[Expectation]"
) -> list[Finding]:
    """The same for rules that are about single rows and equal for every gemeente.

    Such rules hold for each gemeente when they hold for all rows together, so whose fault it is is
    looked for only when there is one: that saves a run for every gemeente.
    """
    if not find_faults(vocabulary, table, expected, vocabulary.district.slug):
        return []
    findings: list[Finding] = []
    for slug, own in table.groupby("gemeente"):
        findings += find_faults(vocabulary, own, expected, str(slug))
    return findings
