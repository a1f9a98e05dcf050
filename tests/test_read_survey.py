"""Reading the export of a survey tool: what it writes around the answers is left out."""

import tomllib
from pathlib import Path

import pytest

from mma_analysis.read import read_export
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says
from small_edition import workbook

TOML = Path(__file__).parent / "cases" / "survey_tools.toml"
TOOLS = tomllib.loads(TOML.read_text(encoding="utf-8"))
DUTCH = "ID;Begintijd;Tijd van voltooien;E-mail;Naam;Tijd van laatste wijziging;Gemeente?;Cijfer?"
OURS = ["completed_on", "complete", "source_file", "source_sheet", "source_row"]


@pytest.fixture
def read(tmp_path):
    """Read an export: its lines, or a workbook that is there already."""

    def read_lines(*lines, file="antwoorden.csv"):
        if lines:
            (tmp_path / file).write_text("\n".join(lines), encoding="utf-8")
        return read_export(Vocabulary(), tmp_path / file, file)

    return read_lines


def questions(export):
    return export.rows.drop(columns=OURS).to_dict("list")


@pytest.mark.parametrize("case", TOOLS["undone"], ids=lambda case: case["why"])
def test_what_a_tool_does_to_headers_and_answers_is_undone(read, case):
    export = read(*case["rows"])

    assert questions(export) == case["asked"]
    assert export.tool == case.get("tool", export.tool)
    for column, key in zip(OURS, ("moments", "complete", "", "", "numbers"), strict=True):
        assert export.rows[column].to_list() == case.get(key, export.rows[column].to_list())


@pytest.mark.parametrize("case", TOOLS["who"], ids=lambda case: case["rows"][0])
def test_who_filled_it_in_and_from_where_does_not_get_past_reading(read, case):
    export = read(*case["rows"])

    assert list(questions(export).values()) == [["Borne"]]
    assert "kanarie" not in (export.rows.to_json() + repr(export)).casefold()


@pytest.mark.parametrize("case", TOOLS["error"], ids=lambda case: case["why"])
def test_an_export_that_cannot_be_read_is_an_error_without_an_answer(read, case):
    ((code, words),) = ((key, value) for key, value in case.items() if isinstance(value, dict))

    with pytest.raises(DataError, match=says(code, **words)) as error:
        read(*case["rows"])

    assert "kanarie" not in str(error.value)


def test_two_exports_in_one_workbook_are_an_error_also_when_they_are_of_two_tools(tmp_path, read):
    sheets = {
        "2022": [DUTCH.split(";")],
        "2023": [[], ["ID", "Completion time"]],
        "Google": [[], [], ["Timestamp", "Gemeente?"]],
    }
    (tmp_path / "antwoorden.xlsx").write_bytes(workbook(sheets))

    where = "'2022' rij 1, tabblad '2023' rij 2, tabblad 'Google' rij 3"
    with pytest.raises(DataError, match=says("two_tools", places=where)):
        read(file="antwoorden.xlsx")
