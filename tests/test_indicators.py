"""Every figure has one row that says what it is, and the method page is written from those rows."""

from pathlib import Path

import pandas as pd
import pytest

from mma_analysis import measure
from mma_analysis.measure.indicators import indicator
from mma_analysis.measure.method_page import BEGIN, END, NO_TABLE, with_indicators
from mma_analysis.settings import EXAMPLE
from mma_analysis.vocabulary import UsageError, Vocabulary

VOCABULARY = Vocabulary()

PAGE = Path(__file__).resolve().parent.parent / "docs" / "methode.md"
INDICATORS = VOCABULARY.reference("indicators")
CODES = [row["code"] for row in INDICATORS]


def test_the_method_page_is_what_the_table_of_indicators_says():
    written = PAGE.read_text(encoding="utf-8")

    assert written == with_indicators(written), (
        "reference/indicators.csv was changed; write the page again with "
        "`python -m mma_analysis.measure.method_page docs/methode.md`"
    )


def test_the_page_names_every_indicator():
    written = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]

    assert [row["name"] for row in INDICATORS if f"**{row['name']}** (" not in written] == []


@pytest.mark.parametrize("page", ["nothing", BEGIN, END, f"{END}\n{BEGIN}"])
def test_a_page_without_both_marks_is_refused(page: str):
    with pytest.raises(UsageError, match="must have the line"):
        with_indicators(page)


def test_no_indicator_is_told_twice():
    assert sorted(set(CODES)) == sorted(CODES)


@pytest.mark.parametrize("row", INDICATORS, ids=CODES)
def test_an_indicator_is_wholly_told_and_made_by_a_function_of_measure(row):
    room, _, function = row["function"].partition(".")

    assert room == "measure"
    assert callable(getattr(measure, function))
    assert [key for key, value in row.items() if not value] == []
    assert int(row["smallest_n"]) >= 1


def released(workspace) -> dict[str, pd.DataFrame]:
    folder = workspace.processed(EXAMPLE) / "measures"
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


def test_every_table_of_an_indicator_is_released_and_names_it(workspace):
    tables = released(workspace)
    of_table = {row["table"]: set[str]() for row in INDICATORS}
    for row in INDICATORS:
        of_table[row["table"]].add(row["code"])

    of_table.pop(NO_TABLE)  # made by who asks for it

    assert set(of_table) - set(tables) == set()
    named = {name: tables[name].attrs.get("indicator") for name in of_table}
    assert {name: code for name, code in named.items() if code not in of_table[name]} == {}


def test_a_table_says_its_method_and_version_as_the_table_of_indicators_does(workspace):
    for table in released(workspace).values():
        if "indicator" in table.attrs:
            row = indicator(table.attrs["indicator"])
            assert table.attrs["method"] == row["method"]
            assert table.attrs["version"] == row["version"]
