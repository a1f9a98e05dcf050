"""The registry is executed: one row makes each table, gives it its place and says what it is."""

import inspect
import io
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from conftest import cases
from tools.method_page import BEGIN, END, with_indicators

from mma_analysis import measure
from mma_analysis.measure.released import with_cells
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import CODES, INDICATORS, LABELS, REGISTRY, headings
from planting import parts_of

PROJECT = Path(__file__).resolve().parent.parent
SOURCE, PAGE = PROJECT / "src" / "mma_analysis", PROJECT / "docs" / "methode.md"
SCOPE = {row["table"]: row["scope"] for row in REGISTRY}
PLACE = ("sheet", "chapter", "title", "about")
TOLD = ("name", "unit", "definition", "formula", "method", "assumption", "limit", "smallest_n")
TOLD += ("smallest_of", "version", "check", "source")
# Of a table as it is handed out: how to show it, and no figure.
FOR_PROGRAMS = {"cell", "position"}
FOR_NOBODY = {"released_by", "released_on"}  # who released a quote

Tables = dict[str, pd.DataFrame]


def tables_of(*scopes: str) -> set[str]:
    return {table for table, scope in SCOPE.items() if scope in scopes}


@pytest.fixture(scope="module")
def public(workspace: Workspace) -> Tables:
    folder = workspace.processed(EXAMPLE) / "measures"
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def own(workspace: Workspace) -> Tables:
    """The own tables of one gemeente that has them all."""
    path = workspace.processed(EXAMPLE) / "measures_intern" / "enschede" / "tables.zip"
    parts = parts_of(path.read_bytes())
    return {Path(name).stem: pd.read_parquet(io.BytesIO(part)) for name, part in parts.items()}


# --- what is made --------------------------------------------------------------------------------


def test_every_row_makes_its_table_for_who_may_read_it(public: Tables, own: Tables):
    assert set(public) == tables_of("public", "both")
    assert set(own) == tables_of("own", "both")


def test_rows_with_the_same_keys_are_an_error_that_names_them():
    (row,) = (row for row in REGISTRY if row["table"] == "grades")
    twice = pd.DataFrame({"area": ["borne", "borne"], "grade": ["groen", "geel"]})

    with pytest.raises(DataError, match=r"'grades' heeft twee keer de rij 'grades\|borne'"):
        with_cells(twice, row)


@pytest.mark.parametrize("row", INDICATORS, ids=[row["code"] for row in INDICATORS])
def test_an_indicator_is_wholly_told_and_made_by_a_function_of_measure(row):
    assert [key for key in TOLD if not row[key]] == []
    assert int(row["smallest_n"]) >= 1
    if row["function"]:
        module, name = row["function"].rsplit(".", 1)
        function = getattr(import_module(f"mma_analysis.measure.{module}"), name)
        if row["scope"]:
            inspect.signature(function).bind(*row["inputs"].split())  # as many as it takes


def test_no_indicator_and_no_table_is_told_twice():
    for names in ([row["code"] for row in INDICATORS], [row["table"] for row in REGISTRY]):
        assert sorted(set(names)) == sorted(names)


def test_a_table_says_what_it_is_as_the_registry_does(workspace: Workspace, public: Tables):
    for row in REGISTRY:
        attrs = public[row["table"]].attrs if row["table"] in public else None
        expected = {key: row[key] for key in ("method", "source", "version")}
        assert attrs in (None, {"indicator": row["code"], **expected})


@pytest.mark.parametrize("row", REGISTRY, ids=list(SCOPE))
def test_what_everybody_may_read_has_a_sheet_or_a_reason_why_not(row):
    is_public = row["scope"] != "own"

    assert is_public <= bool(row["sheet"]) + bool(row["reason"]) <= 1
    assert {bool(row[key]) for key in PLACE} == {bool(row["sheet"])}


# --- in words ------------------------------------------------------------------------------------


def test_every_column_that_everybody_reads_has_a_word_and_no_word_is_of_nothing(public: Tables):
    columns = {
        table: [str(c) for c in found if c not in FOR_PROGRAMS | FOR_NOBODY]
        for table, found in public.items()
    }
    # And what a gemeente reads of its own delivery.
    own = dict(row.values for row in cases("own_columns"))
    columns |= {table: names.split() for table, names in own.items()}
    # Columns of what was given, and those of what changed since an earlier edition.
    added = (SOURCE / "publish" / "annex.py").read_text(encoding="utf-8")
    added += (SOURCE / "pipeline" / "compare.py").read_text(encoding="utf-8")

    found = {table: headings([table], names) for table, names in columns.items()}

    assert [(t, c) for t, names in columns.items() for c in names if c not in found[t]] == []
    used = {(row["column"], row["table"]) for of in found.values() for row in of.values()}
    told = {(row["column"], row["table"]) for row in LABELS if row["form"]}
    needless = told - used
    assert [key for key in needless if f'"{key[0]}"' not in added] == []


def test_every_code_that_everybody_reads_has_a_word_and_no_word_is_of_nothing(public: Tables):
    known = {(row["column"], row["code"]) for row in CODES}
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))

    for table in public.values():
        for column in {row["column"] for row in CODES} & set(table):
            assert {(column, code) for code in table[column].dropna() if code} <= known
    assert [code for _, code in sorted(known) if f'"{code}"' not in source] == []


@pytest.mark.parametrize(
    ("column", "words"), [("months", "Langer aangesloten"), ("count", "Aantal")]
)
def test_an_indicator_has_its_own_word_for_a_column(column: str, words: str):
    table = pd.DataFrame({column: [3.0], "verdict": "more"})
    table.attrs["indicator"] = "growth_split"

    found = measure.labelled(table)

    assert (list(found)[0], found.iloc[0, 1]) == (words, "meer")
    assert found.attrs == table.attrs


def test_the_method_page_is_what_the_registry_says_and_tells_each_figure_once():
    written = PAGE.read_text(encoding="utf-8")
    entries = written.split(BEGIN)[1].split(END)[0]
    figures = [row["name"] for row in INDICATORS if row["function"] and row["scope"] != "own"]

    assert written == with_indicators(written), (
        "reference/indicators.csv was changed; write the page again with "
        "`python -m tools.method_page docs/methode.md`"
    )
    assert [name for name in figures if entries.count(f"**{name}** (") != 1] == []


def test_a_period_is_written_as_one_wherever_it_stands():
    forms = {row["column"]: row["form"] for row in LABELS if row["column"].startswith("period")}

    assert {"period", "period_before", "period_after"} <= set(forms)
    assert set(forms.values()) == {"period"}
