"""Every released table has the columns that the schema says; one name is one type everywhere."""

import io
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

import mma_analysis as mma
from mma_analysis import measure
from mma_analysis.measure.released import typed
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import LABELS, REGISTRY
from mma_analysis.vocabulary.released import COLUMNS_OF, released_columns

TYPES = {"str", "Int64", "Float64", "bool", "datetime64[us]"}
KEYS = {row["table"]: row["keys"].split() for row in REGISTRY}


def tables_of(folder: Path) -> list[tuple[str, pd.DataFrame]]:
    """Every released table of an edition as its file has it, those of each gemeente too."""
    tables = []
    for path in sorted((folder / "measures").glob("*.parquet")):
        tables.append((path.stem, pd.read_parquet(path)))
    for path in sorted((folder / "measures_intern").glob("*/tables.zip")):
        with ZipFile(path) as packed:
            for name in packed.namelist():
                table = pd.read_parquet(io.BytesIO(packed.read(name)))
                tables.append((name.removesuffix(".parquet"), table))
    return tables


@pytest.mark.parametrize(("edition", "fewest"), [("example", 43), ("small", 20)])
def test_every_released_table_has_exactly_the_columns_and_types_of_the_schema(
    edition: str, fewest: int, workspace: Workspace, small: Workspace
):
    folder = workspace.processed(EXAMPLE) if edition == "example" else small.processed("proef")
    tables = tables_of(folder)

    assert len({name for name, _ in tables}) >= fewest
    for name, table in tables:
        found = {str(column): str(dtype) for column, dtype in table.dtypes.items()}
        said = {column.name: column.dtype for column in released_columns(name)}
        assert list(found.items()) == list(said.items()), name


def test_a_name_has_one_type_in_every_table():
    types: dict[str, set[str]] = {}
    for table in COLUMNS_OF:
        for column in released_columns(table):
            types.setdefault(column.name, set()).add(column.dtype)

    assert {name: sorted(found) for name, found in types.items() if len(found) > 1} == {}
    assert set.union(*types.values()) == TYPES


def test_a_column_says_in_two_languages_what_it_holds():
    for row in LABELS:
        assert all(row[key] for key in ("nl", "en", "meaning", "meaning_en")), row
    for table in COLUMNS_OF:
        for column in released_columns(table):
            assert "{" not in column.label + column.label_en + column.meaning_en


def test_no_column_and_no_meaning_is_there_twice():
    keys = [(row["column"], row["table"]) for row in LABELS]

    assert sorted(set(keys)) == sorted(keys)
    for table, names in COLUMNS_OF.items():
        assert sorted(set(names)) == sorted(names), table
        assert set(KEYS[table]) <= set(names)


@pytest.mark.parametrize(
    "table", [{"area": ["borne"]}, {"peer": ["losser"], "area": ["borne"]}, {"area": [], "x": []}]
)
def test_a_table_with_other_columns_is_an_error_that_says_which_are_expected(table):
    with pytest.raises(DataError, match=r"tabel 'peers' .* bij columns: area, peer\."):
        typed(pd.DataFrame(table), "peers")


def test_an_empty_table_has_its_types_too():
    table = typed(pd.DataFrame({"year": [], "forwarded": [], "source": []}), "national")

    assert [str(dtype) for dtype in table.dtypes] == ["Int64", "Int64", "str"]


def test_a_researcher_reads_what_each_column_of_a_table_holds(workspace: Workspace):
    told = mma.edition(EXAMPLE, workspace.root).measures.columns("comparison")
    rows = told.set_index("column")

    assert rows.loc["per_10000", "unit"] == "meldingen per 10.000 inwoners per jaar"
    assert rows.loc["per_10000_low", "label"] == "Per 10.000 inwoners per jaar van"
    assert rows.loc["per_10000_low", "label_en"] == "Per 10,000 inhabitants a year, from"
    assert rows.loc["off", "label_en"] == "Count, off by at most"
    assert rows.index[rows["is_key"]].to_list() == ["area"]
    assert rows.loc["cell", "dtype"] == "str"


def test_a_table_that_no_edition_has_is_an_error_that_says_which_was_meant(workspace: Workspace):
    measures = mma.edition(EXAMPLE, workspace.root).measures

    with pytest.raises(KeyError, match="per_period"):
        measures.columns("per_periode")


def test_what_has_an_order_is_an_ordered_category_for_a_researcher(workspace: Workspace):
    measures = mma.edition(EXAMPLE, workspace.root).measures

    kinds = measures["per_period"]["kind"]
    classes = measures["comparison"]["size_class"]
    grades = measures["grades"]["grade"]

    assert kinds.max() == "month"
    assert kinds.min() == "whole"
    assert classes.cat.categories[0] == "0_5"
    assert grades.cat.ordered
    # Every code has its place in the order.
    for name in measures:
        for column in measures[name].select_dtypes("category"):
            was_there = pd.read_parquet(measures.processed / "measures" / f"{name}.parquet")
            assert measures[name][column].notna().equals(was_there[column].notna())


def test_codes_in_words_keep_their_order(workspace: Workspace):
    table = mma.edition(EXAMPLE, workspace.root).measures["per_period"]

    kinds = measure.labelled(table)["Soort"]

    assert (kinds.min(), kinds.max()) == ("hele evaluatie", "maand")


def test_the_mark_of_a_released_table_stays(workspace: Workspace):
    table = mma.edition(EXAMPLE, workspace.root).measures["per_period"]

    assert table.attrs["released"]
    assert table.attrs["version"] == "2"
