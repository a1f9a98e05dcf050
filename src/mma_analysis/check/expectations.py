"""Great Expectations, and nothing else: test a table and keep only counts."""

import json
import logging
import os
import threading
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.check.findings import Fault
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import Column

# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It keeps the table that it looks at in the context of the process: two threads would share it.
_ONE_AT_A_TIME = threading.Lock()


class Expectation(NamedTuple):
    """`Expect{kind}` of Great Expectations with its arguments, and the rule that it tests.

    `about` is the column at fault, when another is looked at.
    """

    rule: str
    kind: str
    arguments: dict[str, Any]
    about: str = ""


def suite(name: str, columns: Sequence[Column], **given: Any) -> list[Expectation]:
    """Required columns have a value in every row, and the rows of `reference/expectations.csv`.

    An argument `$name` there is one of `given`.
    """
    required = [{"column": column.name} for column in columns if column.required]
    expected = [Expectation("verplicht", "ColumnValuesToNotBeNull", one) for one in required]
    for row in package_table("expectations"):
        if row["suite"] == name:
            arguments = {
                key: given[value[1:]] if str(value).startswith("$") else value
                for key, value in json.loads(row["arguments"]).items()
            }
            expected.append(Expectation(row["rule"], row["expectation"], arguments, row["about"]))
    return expected


@cache
def _great_expectations() -> tuple[ModuleType, Any]:
    """The library, and a place in memory for any table; it sends nothing and prints nothing.

    Imported only when something is checked: it takes seconds.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: it reads this then
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # Its log lines may quote what it could not compute, and so a value.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return gx, asset.add_batch_definition_whole_dataframe("whole table")


def validate(table: pd.DataFrame, expected: Sequence[Expectation]) -> Any:
    """Test the expectations on the table; the result holds counts and no value of the table."""
    gx, any_table = _great_expectations()
    rules = [
        getattr(gx.expectations, f"Expect{kind}")(meta={"rule": rule, "about": about}, **arguments)
        for rule, kind, arguments, about in expected
    ]
    with _ONE_AT_A_TIME:
        batch = any_table.get_batch({"dataframe": table})
        rules = gx.ExpectationSuite(name="rules", expectations=rules)
        return batch.validate(rules, result_format=NO_VALUES)


def find_faults(
    vocabulary: Vocabulary, table: pd.DataFrame, expected: Sequence[Expectation]
) -> list[Fault]:
    """The expectations that the rows of each gemeente do not meet.

    What is of no gemeente is a fault of the table, so of the district. Whose fault it is is looked
    for only when there is one: that saves a run for every gemeente.
    """
    district = vocabulary.district.slug
    if not _faults(district, table, expected):
        return []
    slugs = [area.slug for area in vocabulary.gemeenten]
    owner = table["gemeente"].where(table["gemeente"].isin(slugs), district)
    each = (_faults(str(slug), rows, expected) for slug, rows in table.groupby(owner))
    return [fault for faults in each for fault in faults]


def _faults(gemeente: str, table: pd.DataFrame, expected: Sequence[Expectation]) -> list[Fault]:
    """The message of a DataError names rule and column: what the library says may hold a value."""
    faults: list[Fault] = []
    for result in validate(table, expected).results:
        if not result.success:
            config = result.expectation_config
            looked_at = config.kwargs.get("column") or config.kwargs.get("column_A") or ""
            rule, column = config.meta["rule"], config.meta["about"] or looked_at
            if not result.result:
                raise DataError.of("rule_failed", rule=rule, column=column)
            counts = int(result.result["unexpected_count"]), len(table)
            faults.append(Fault(gemeente, rule, column, *counts))
    return faults
