"""Reading the export of a survey tool: what it writes around the answers is left out."""

import tomllib
from pathlib import Path

import pytest
import xlsxwriter

from mma_analysis.read import read_export
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says
from small_edition import workbook

DUTCH = "ID;Begintijd;Tijd van voltooien;E-mail;Naam;Tijd van laatste wijziging;Gemeente?;Cijfer?"
MOMENT = "2023-05-30 09:26:43"
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


def completed(export):
    return export.rows["completed_on"].to_list()


def test_a_dutch_export_becomes_one_row_per_answer_sheet(read):
    survey = read(
        DUTCH, f"1;{MOMENT};{MOMENT};anonymous;;;Borne;7,5", ";;;;;;;", f"2;{MOMENT};;;;;Losser;"
    )

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


def test_a_workbook_is_read_with_its_own_moments(tmp_path, read):
    with xlsxwriter.Workbook(tmp_path / "antwoorden.xlsx") as book:
        sheet = book.add_worksheet("Form1")
        sheet.write_row(0, 0, DUTCH.split(";"))
        sheet.write_row(1, 0, ["1", "", "", "anonymous", "", "", "Borne", 8])
        moment = book.add_format({"num_format": "m/d/yy h:mm:ss"})
        sheet.write_number(1, 2, 45076.5, moment)  # 30 May 2023, noon

    survey = read(file="antwoorden.xlsx")

    assert completed(survey) == ["2023-05-30T12:00:00"]
    assert questions(survey) == {"Gemeente?": ["Borne"], "Cijfer?": ["8"]}
    assert survey.rows["source_sheet"].to_list() == ["Form1"]


def test_headers_and_answers_are_tidied_and_a_question_that_is_asked_again_gets_a_number(read):
    header = DUTCH.replace("Cijfer?", '"Welk&nbsp;cijfer\ngeeft\u00a0u? "')
    # Forms itself wrote the 2; complete is our word.
    again = f"{header};Cijfer?;Cijfer? ;Cijfer? 2;complete"

    survey = read(again, f'1;{MOMENT};{MOMENT};;;;"Hof\u00a0van\n Twente";6;7;8;9;x')

    assert questions(survey) == {
        "Gemeente?": ["Hof van Twente"],
        "Welk cijfer geeft u?": ["6"],
        **{"Cijfer?": ["7"], "Cijfer? 2": ["8"], "Cijfer? 2 2": ["9"], "complete 2": ["x"]},
    }


@pytest.mark.parametrize(
    ("moments", "moments_read"),
    [
        (["5/30/23 9:26:43", "6/1/23 9:05:00"], ["2023-05-30T09:26:43", "2023-06-01T09:05:00"]),
        (["6/1/23 9:05:00"], ["2023-06-01T09:05:00"]),  # Forms: month first
        (["30/5/2023 9:26", "1/6/2023 9:05"], ["2023-05-30T09:26:00", "2023-06-01T09:05:00"]),
        (["30-5-2023 9:26", "1-6-2023 9:05"], ["2023-05-30T09:26:00", "2023-06-01T09:05:00"]),
        (["2023-06-01", "2023-06-01T09:05:00"], ["2023-06-01T00:00:00", "2023-06-01T09:05:00"]),
        (["2023/05/30 9:26:43 p.m. CEST"], ["2023-05-30T21:26:43"]),  # Google
        (["2023/05/30 9:26:43 AM GMT+2"], ["2023-05-30T09:26:43"]),
    ],
)
def test_the_order_of_day_and_month_is_decided_for_the_file(read, moments, moments_read):
    assert completed(read(DUTCH, *(f"1;;{one};;;;Borne;7" for one in moments))) == moments_read


def test_limesurvey_exports_what_was_begun_and_never_sent_and_marks_it(read):
    export = read("id;submitdate;Q1", f"1;{MOMENT};Borne", "2;;Losser")

    assert export.tool == "LimeSurvey"
    assert export.rows["complete"].to_list() == [True, False]


# --- what is wrong -------------------------------------------------------------------------------

FORMS_ROW = f"1;;{MOMENT};;;;Borne;7"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # Moments that contradict each other.
        (
            [DUTCH, *(f"1;;{day} 9:26:43;;;;Borne;7" for day in ("30/5/23", "5/31/23", "28/5/23"))],
            says("no_moment", row="3", column="Tijd van voltooien"),
        ),
        ([f"{DUTCH};;", f"{FORMS_ROW};;canary"], says("no_question", row="1", column="10")),
        (
            ["ResultID,ResultDate,Vraag", "1,2023-05-30,canary"],
            says("no_tool", file="antwoorden.csv", tools="SurveyMonkey"),
        ),
    ],
)
def test_an_export_that_cannot_be_read_is_an_error_without_an_answer(read, lines, said):
    with pytest.raises(DataError, match=said) as error:
        read(*lines)

    assert "canary" not in str(error.value)


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


# --- what each tool writes around the answers ----------------------------------------------------

CASES = Path(__file__).parent / "cases" / "survey_tools.toml"
TOOLS = tomllib.loads(CASES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TOOLS["who"], ids=lambda case: case["rows"][0])
def test_who_filled_it_in_and_from_where_does_not_get_past_reading(read, case):
    export = read(*case["rows"])

    assert list(questions(export).values()) == [["Borne"]]
    assert "kanarie" not in (export.rows.to_json() + repr(export)).casefold()


@pytest.mark.parametrize("case", TOOLS["undone"], ids=lambda case: case["why"])
def test_what_a_tool_does_to_headers_and_answers_is_undone(read, case):
    assert questions(read(*case["rows"])) == case["asked"]
