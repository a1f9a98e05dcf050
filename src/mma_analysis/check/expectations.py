"""Great Expectations, and nothing else: run a suite over a table and keep only counts."""

import logging
import os
import threading
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mma_analysis.check.findings import (
    Finding,
    Rule,
    in_reading_order,
    of_meldingen,
    rules,
)
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.schema import Column

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )

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
def _any_table() -> "BatchDefinition[Any]":
    """One context for the whole run, in memory, that sends nothing and prints nothing."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations().get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole table")


def suite(name: str, expectations: "Iterable[Expectation]") -> "ExpectationSuite":
    """Put expectations together under a name."""
    return great_expectations().ExpectationSuite(name=name, expectations=list(expectations))


def by_rule(code: str, column: str = "", label: str = "") -> dict[str, Any]:
    """The arguments that tie an expectation to its rule.

    `column` is the column at fault, when it is not the one that the expectation looks at, and
    `label` is how a reader knows it.
    """
    return {"meta": {"rule": code, "column": column, "label": label}}


def tolerantly(vocabulary: Vocabulary, code: str) -> dict[str, Any]:
    """The same for a rule that a share of the rows may break."""
    return {**by_rule(code), "mostly": 1 - rules(vocabulary)[code].tolerated}


def columns_suite(columns: Iterable[Column]) -> "ExpectationSuite":
    """A table has exactly these columns."""
    expect = great_expectations().expectations
    table = expect.ExpectTableColumnsToMatchSet(
        column_set=[column.name for column in columns], exact_match=True, **by_rule("kolommen")
    )
    return suite("columns", [table])


def dtypes_suite(columns: Iterable[Column]) -> "ExpectationSuite":
    """Each of these columns has the dtype that was agreed."""
    expect = great_expectations().expectations
    dtypes = [
        expect.ExpectColumnValuesToBeOfType(
            column=column.name,
            type_=NAMES_OF_DTYPES.get(column.dtype, column.dtype),
            **by_rule("soort"),
        )
        for column in columns
    ]
    return suite("dtypes", dtypes)


def filled(columns: Iterable[Column]) -> "list[Expectation]":
    """Each required column has a value in every row."""
    expect = great_expectations().expectations
    return [
        expect.ExpectColumnValuesToNotBeNull(column=column.name, **by_rule("verplicht"))
        for column in columns
        if column.required
    ]


def validate(
    table: pd.DataFrame, expected: "ExpectationSuite"
) -> "ExpectationSuiteValidationResult":
    """Run the suite over the table; the result holds counts and no value of the table."""
    with _ONE_AT_A_TIME:
        batch = _any_table().get_batch({"dataframe": table})
        return batch.validate(expected, result_format=NO_VALUES)


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "ExpectationSuite", gemeente: str
) -> list[Finding]:
    """The rules of this suite that the table does not meet.

    What Great Expectations says about an expectation that could not be computed may hold a value,
    so the message of that DataError names only rule and column.
    """
    failed = _failed(validate(table, expected))
    findings = [_finding(vocabulary, result, gemeente, len(table)) for result in failed]
    return in_reading_order(vocabulary, findings)


def find_faults_of_table(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Iterable[ExpectationSuite]"
) -> list[Finding]:
    """The faults of the first suite that is not met; the next make no sense then."""
    whole = vocabulary.district.slug
    found = (find_faults(vocabulary, table, each, whole) for each in expected)
    return next((faults for faults in found if faults), [])


def find_faults_by_gemeente(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "ExpectationSuite"
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


def _failed(results: "ExpectationSuiteValidationResult") -> "list[ExpectationValidationResult]":
    failed = [result for result in results.results if not result.success]
    for result in failed:
        if not result.result:
            raise DataError(
                f"check: rule '{_meta(result)['rule']}' could not be computed on column "
                f"'{_column(result)}'; this is a fault in the program, please report it"
            )
    return failed


def _config(result: "ExpectationValidationResult") -> "ExpectationConfiguration":
    # The type allows a result without its expectation; `validate` never gives one.
    return cast("ExpectationConfiguration", result.expectation_config)


def _meta(result: "ExpectationValidationResult") -> dict[str, str]:
    return _config(result).meta


def _column(result: "ExpectationValidationResult") -> str:
    looked_at = _config(result).kwargs
    named = _meta(result)["column"]
    return named or looked_at.get("column") or looked_at.get("column_A") or ""


def _finding(
    vocabulary: Vocabulary, result: "ExpectationValidationResult", gemeente: str, total: int
) -> Finding:
    rule = rules(vocabulary)[_meta(result)["rule"]]
    column = _column(result)
    rows = int(result.result.get("unexpected_count", 0))
    return Finding(
        gemeente=gemeente,
        rule=rule.code,
        column=column,
        severity=rule.severity,
        rows=rows,
        share=rows / total if rows else 0.0,
        sentence=_sentence(rule, _meta(result)["label"] or column, rows, total),
    )


def _sentence(rule: Rule, label: str, rows: int, total: int) -> str:
    return rule.sentence.format(
        column=label,
        rows=rows,
        total=total,
        meldingen=of_meldingen(rows, total),
        days=LONGEST_DELAY_DAYS,
    )
