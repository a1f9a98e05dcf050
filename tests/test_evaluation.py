"""What a notebook may know: the tables of one area, for one audience, and no row of a melding."""

import shutil

import pandas as pd
import pytest

from mma_analysis import evaluation
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.vocabulary import DataError, UsageError
from says import says


@pytest.fixture(autouse=True)
def _here(workspace, monkeypatch):
    """Notebooks find the workspace through the variable; so do these tests."""
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))


@pytest.fixture
def losser():
    return evaluation.load("losser", EXAMPLE, "openbaar")


@pytest.fixture
def losser_intern():
    return evaluation.load("losser", EXAMPLE, "intern")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("bornee",), says("no_area", slug="bornee", near="borne")),
        (("borne", "voorbeeld"), says("no_edition", near=EXAMPLE)),
        (("borne", EXAMPLE, "publiek"), says("no_audience", name="publiek")),
        (("borne", EXAMPLE, "Intern"), says("no_audience", near="intern")),
        (("twente", EXAMPLE, "intern"), says("district_intern")),
        ((7,), says("wants_a_text", name="gebied", value=7)),
        (("borne", 2023), says("wants_a_text", name="editie", value=2023)),
    ],
)
def test_an_unknown_or_mistyped_parameter_is_wrong_use(asked, message):
    with pytest.raises(UsageError, match=message):
        evaluation.load(*asked)


@pytest.mark.parametrize("name", ["comparison", "gemeente_trends"])
def test_of_the_others_a_gemeente_sees_what_everybody_sees(losser, losser_intern, name):
    tables = [e.table(name) for e in (losser, losser_intern)]

    public, own = (
        table[table["area"] != "losser"].sort_values("cell", ignore_index=True) for table in tables
    )

    assert len(public) > 10
    pd.testing.assert_frame_equal(public, own)


def test_rows_stand_in_reading_order_and_numbers_in_words_by_their_size(losser):
    since = losser.table("since_connection")["value"].to_list()

    assert since == ["before", "1-3", "4-6", "7-12", "13-"]


def test_in_which_order_rows_stand_in_a_file_says_nothing(workspace, losser, tmp_path, monkeypatch):
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    for path in (Workspace(tmp_path).processed(EXAMPLE) / "measures").iterdir():
        pd.read_parquet(path).sample(frac=1, random_state=1).to_parquet(path, index=False)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))

    shuffled = evaluation.load("losser", EXAMPLE, "openbaar")

    assert len(losser.tables) > 30
    for name in losser.tables:
        pd.testing.assert_frame_equal(shuffled.table(name), losser.table(name))


@pytest.mark.parametrize(
    "name",
    ["own_findings", "meldingen", "../clean/meldingen", "../measures_intern/losser/own_findings"],
)
def test_everybody_cannot_open_what_is_internal(losser, losser_intern, name):
    assert "own_findings" in losser_intern
    assert name not in losser
    with pytest.raises(DataError, match=says("no_such_table")):
        losser.table(name)


def test_an_unknown_table_names_the_nearest_and_what_to_do(losser):
    with pytest.raises(DataError, match=says("no_such_table", name="per_topix", near="per_topic")):
        losser.table("per_topix")
