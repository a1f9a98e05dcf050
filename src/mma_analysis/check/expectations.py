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

from mma_analysis.check.findings import (
    LONGEST_DELAY_DAYS,
    Finding,
    finding,
    in_reading_order,
)
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import Column

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
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

    `about` is the column at fault, when another is looked at; `label` is how a reader knows it.
    """
    meta = {"rule": rule, "column": about, "label": label}
    return getattr(great_expectations().expectations, f"Expect{kind}")(meta=meta, **arguments)


def suite(name: str, **given: Any) -> "list[Expectation]":
    """A suite of `reference/expectations.csv`: an argument `$name` there is one of `given`."""
    return [
        expect(
            row["expectation"],
            row["rule"],
            row["about"],
            **{
                key: given[value[1:]] if str(value).startswith("$") else value
                for key, value in json.loads(row["arguments"]).items()
            },
        )
        for row in package_table("expectations")
        if row["suite"] == name
    ]


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
        counts = int(result.result.get("unexpected_count", 0)), len(table)
        words = {"column": config.meta["label"] or column, "days": LONGEST_DELAY_DAYS}
        findings.append(finding(vocabulary, gemeente, rule, column, *counts, **words))
    return in_reading_order(vocabulary, findings)


def first_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, *suites: "Iterable[Expectation]"
) -> list[Finding]:
    """The faults of the first of these suites that is not met; the next make no sense then."""
    each = (find_faults(vocabulary, table, one, vocabulary.district.slug) for one in suites)
    return next(filter(None, each), [])


def find_faults_by_gemeente(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: "Sequence[Expectation]"
) -> list[Finding]:
    """The same for rules that are about single rows and equal for every gemeente.

    Whose fault it is is looked for only when there is one: that saves a run for every gemeente.
    """
    if not first_faults(vocabulary, table, expected):
        return []
    by_gemeente = table.groupby("gemeente")
    each = (find_faults(vocabulary, rows, expected, str(slug)) for slug, rows in by_gemeente)
    return [fault for faults in each for fault in faults]
