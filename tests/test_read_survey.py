"""Reading the export of a survey tool: what it writes around the answers is left out."""

import pytest
from conftest import toml_cases

from mma_analysis.read import read_export
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says
from small_edition import workbook

OURS = ["completed_on", "complete", "source_file", "source_sheet", "source_row"]


@pytest.fixture
def read(tmp_path):
    """Read an export of these rows, or a workbook of these sheets."""

    def read_file(rows=(), sheets=None, **_):
        path = tmp_path / ("antwoorden.xlsx" if sheets else "antwoorden.csv")
        path.write_bytes(workbook(sheets) if sheets else "\n".join(rows).encode())
        return read_export(Vocabulary(), path, path.name)

    return read_file


def questions(export):
    return export.rows.drop(columns=OURS).to_dict("list")


@pytest.mark.parametrize("case", toml_cases("survey_tools", "undone"))
def test_what_a_tool_does_to_headers_and_answers_is_undone(read, case):
    export = read(**case)

    assert questions(export) == case["asked"]
    assert export.tool == case.get("tool", export.tool)
    for column, key in zip(OURS, ("moments", "complete", "", "", "numbers"), strict=True):
        assert export.rows[column].to_list() == case.get(key, export.rows[column].to_list())


@pytest.mark.parametrize("case", toml_cases("survey_tools", "who"))
def test_who_filled_it_in_and_from_where_does_not_get_past_reading(read, case):
    export = read(**case)

    assert list(questions(export).values()) == [["Borne"]]
    assert "kanarie" not in (export.rows.to_json() + repr(export)).casefold()


@pytest.mark.parametrize("case", toml_cases("survey_tools", "error"))
def test_an_export_that_cannot_be_read_is_an_error_without_an_answer(read, case):
    ((code, words),) = case["error"].items()

    with pytest.raises(DataError, match=says(code, **words)) as error:
        read(**case)

    assert "kanarie" not in str(error.value)
