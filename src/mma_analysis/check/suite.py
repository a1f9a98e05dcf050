"""What Great Expectations tests of a table, by `reference/expectations.csv`."""

import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.check.findings import BrokenRule
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.schema import Column

# Any other format of Great Expectations repeats the failing values in its results.
NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It keeps the table that it looks at in the context of the process: threads would share it.
_ONE_AT_A_TIME = threading.Lock()


class Expectation(NamedTuple):
    """What Great Expectations tests, and the rule that is broken when it does not hold.

    `about` is the column at fault, when another is looked at.
    """

    rule: str
    kind: str
    arguments: dict[str, Any]
    about: str = ""


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
) -> list[BrokenRule]:
    """The expectations that the rows of each gemeente do not meet.

    What is of no gemeente is a fault of the table, so of the district.
    """
    district = vocabulary.district.slug
    if not _faults(district, table, expected):  # whose it is takes a run per gemeente
        return []

    slugs = [area.slug for area in vocabulary.gemeenten]
    is_known = table["gemeente"].isin(slugs)
    owner = table["gemeente"].where(is_known, district)
    faults: list[BrokenRule] = []
    for slug, rows in table.groupby(owner):
        faults += _faults(str(slug), rows, expected)
    return faults


def _faults(
    gemeente: str,
    table: pd.DataFrame,
    expected: Sequence[Expectation],
) -> list[BrokenRule]:
    faults: list[BrokenRule] = []
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
        faults.append(BrokenRule(gemeente, rule, column, broken, len(table)))
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
