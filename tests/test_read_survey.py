"""Reading the export of a survey tool."""

import pytest
import xlsxwriter

from mma_analysis.read.survey import read_survey
from mma_analysis.vocabulary import DataError, UsageError
from small_edition import surveyed, written

DUTCH = "ID;Begintijd;Tijd van voltooien;E-mail;Naam;Tijd van laatste wijziging;Gemeente?;Cijfer?"
MOMENT = "2023-05-30 09:26:43"


def test_a_dutch_export_becomes_one_row_per_answer_sheet(tmp_path):
    export = f"{DUTCH}\n1;{MOMENT};{MOMENT};anonymous;;;Borne;7,5\n;;;;;;;\n2;{MOMENT};;;;;Losser;"

    survey = read_survey(surveyed(tmp_path, export))

    assert survey.tool == "MS Forms"
    assert survey.rows.to_dict("list") == {
        "Gemeente?": ["Borne", "Losser"],
        "Cijfer?": ["7,5", ""],
        "completed_on": ["2023-05-30T09:26:43", ""],
        "complete": [True, True],
        "source_file": ["antwoorden.csv", "antwoorden.csv"],
        "source_sheet": ["", ""],
        "source_row": [2, 4],  # row 3 is empty
    }


def test_a_workbook_is_read_with_its_own_moments(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "antwoorden.xlsx") as workbook:
        sheet = workbook.add_worksheet("Form1")
        moment = workbook.add_format({"num_format": "m/d/yy h:mm:ss"})
        sheet.write_row(0, 0, DUTCH.split(";"))
        sheet.write_row(1, 0, ["1", "", "", "anonymous", "", "", "Borne"])
        sheet.write_number(1, 2, 45076.5, moment)  # 30 May 2023, noon
        sheet.write_number(1, 7, 8)

    rows = read_survey(surveyed(tmp_path, None, "antwoorden.xlsx")).rows

    assert rows["completed_on"].to_list() == ["2023-05-30T12:00:00"]
    assert rows[["Gemeente?", "Cijfer?"]].to_numpy().tolist() == [["Borne", "8"]]
    assert rows["source_sheet"].to_list() == ["Form1"]


def test_headers_and_answers_are_tidied(tmp_path):
    header = DUTCH.replace("Cijfer?", '"Welk&nbsp;cijfer\ngeeft\u00a0u? "')
    row = f'1;{MOMENT};{MOMENT};;;;"Hof\u00a0van\n Twente";7'

    rows = read_survey(surveyed(tmp_path, f"{header}\n{row}\n")).rows

    assert "Welk cijfer geeft u?" in rows.columns
    assert rows["Gemeente?"].to_list() == ["Hof van Twente"]


@pytest.mark.parametrize(
    ("moments", "read"),
    [
        (["5/30/23 9:26:43", "6/1/23 9:05:00"], ["2023-05-30T09:26:43", "2023-06-01T09:05:00"]),
        (["6/1/23 9:05:00"], ["2023-06-01T09:05:00"]),  # Forms: month first
        (["30/5/2023 9:26", "1/6/2023 9:05"], ["2023-05-30T09:26:00", "2023-06-01T09:05:00"]),
        (["30-5-2023 9:26", "1-6-2023 9:05"], ["2023-05-30T09:26:00", "2023-06-01T09:05:00"]),
        (["2023-06-01", "2023-06-01T09:05:00"], ["2023-06-01T00:00:00", "2023-06-01T09:05:00"]),
    ],
)
def test_the_order_of_day_and_month_is_decided_for_the_file(tmp_path, moments, read):
    lines = [f"{n};;{moment};;;;Borne;7" for n, moment in enumerate(moments)]
    edition = surveyed(tmp_path, "\n".join([DUTCH, *lines]))

    assert read_survey(edition).rows["completed_on"].to_list() == read


def test_moments_that_contradict_each_other_are_an_error_with_the_row(tmp_path):
    lines = [f"{n};;{moment};;;;Borne;7" for n, moment in
             enumerate(["30/5/23 9:26:43", "5/31/23 9:00:00", "28/5/23 9:00:00"])]  # fmt: skip
    edition = surveyed(tmp_path, "\n".join([DUTCH, *lines]))

    with pytest.raises(DataError, match=r"antwoorden.csv, row 3, column 'Tijd van voltooien'"):
        read_survey(edition)


def test_the_export_of_another_tool_says_which_headers_were_expected(tmp_path):
    edition = surveyed(tmp_path, "ResultID,ResultDate,Vraag\n1,2023-05-30,canary\n")

    with pytest.raises(DataError) as error:
        read_survey(edition)

    message = str(error.value)
    assert message.startswith("antwoorden.csv: no row is the header of a survey tool that we know")
    assert "MS Forms: starts with ID, and has Tijd van voltooien or Completion time" in message
    assert "SurveyMonkey: starts with Respondent ID, and has End Date" in message
    assert "Google Forms: starts with Timestamp or Tijdstempel" in message
    assert "LimeSurvey: as csv, with the question codes as headings" in message
    assert "canary" not in message


def test_a_question_that_is_asked_again_gets_a_number(tmp_path):
    header = (
        f"{DUTCH};Cijfer? ;Cijfer? 2;complete"  # Forms itself wrote the 2; complete is our word
    )

    rows = read_survey(surveyed(tmp_path, f"{header}\n1;;{MOMENT};;;;Borne;7;8;9;x\n")).rows

    asked = rows[["Gemeente?", "Cijfer?", "Cijfer? 2", "Cijfer? 2 2", "complete 2"]]
    assert asked.to_numpy().tolist() == [["Borne", "7", "8", "9", "x"]]


def test_answers_without_a_header_are_an_error_and_an_empty_column_is_not(tmp_path):
    filled = surveyed(tmp_path, f"{DUTCH};;\n1;;{MOMENT};;;;Borne;7;;los antwoord\n")
    with pytest.raises(DataError, match="row 1: column 10 has answers but no header"):
        read_survey(filled)

    empty = surveyed(tmp_path, f"{DUTCH};;\n1;;{MOMENT};;;;Borne;7;;\n")
    assert "" not in read_survey(empty).rows.columns


def test_two_exports_in_one_workbook_are_an_error_also_when_they_are_of_two_tools(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "antwoorden.xlsx") as workbook:
        workbook.add_worksheet("2022").write_row(0, 0, DUTCH.split(";"))
        workbook.add_worksheet("2023").write_row(1, 0, ["ID", "Completion time"])
        workbook.add_worksheet("Google").write_row(2, 0, ["Timestamp", "Gemeente?"])
    edition = surveyed(tmp_path, None, "antwoorden.xlsx")

    with pytest.raises(DataError, match="'2022' row 1, sheet '2023' row 2, sheet 'Google' row 3"):
        read_survey(edition)


def test_an_edition_without_a_survey_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="no \\[vragenlijst\\]"):
        read_survey(written(tmp_path))
