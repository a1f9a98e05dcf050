"""What each survey tool writes around the answers, and what of it is left out."""

from pathlib import Path

import pytest

from mma_analysis.read.survey import read_survey
from mma_analysis.vocabulary.schema import SurveyExport
from small_edition import surveyed

LIME_CODES = "id;submitdate;lastpage;startlanguage;seed;token;startdate;datestamp;ipaddr;refurl"
LIME_TEXTS = "Response ID;Date submitted;Last page;Start language;Seed;Access code;IP address"
MONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,"
    "Last Name,Custom Data 1"
)
GOOGLE = "Tijdstempel,E-mailadres"
CANARY = "kanarie@borne.invalid"


def read(folder: Path, content: str | bytes | None, file: str = "antwoorden.csv") -> SurveyExport:
    return read_survey(surveyed(folder, content, file))


def questions(export: SurveyExport) -> dict[str, list[str]]:
    ours = ["completed_on", "complete", "source_file", "source_sheet", "source_row"]
    return export.rows.drop(columns=ours).to_dict("list")


# --- who filled it in, per tool ------------------------------------------------------------------

FORMS_ROWS = [
    "ID;Start time;Completion time;Email;Name;Last modified time;Device;Latitude;Gemeente?",
    f"1;;2023-05-30 09:26:43;{CANARY};Kanarie;;Kanarie 7;52.kanarie;Borne",
]
DUTCH_ROWS = [
    "ID;Begintijd;Tijd van voltooien;E-mail;Naam;Tijd van laatste wijziging;Gemeente?;IP-adres;"
    "Apparaat",
    f"1;;2023-05-30 09:26:43;{CANARY};Kanarie;;Borne;kanarie;kanarie-toestel",
]
CODES_ROWS = [
    f"{LIME_CODES};firstname;email;Q1",
    f"1;2023-05-30 09:26:43;3;nl;8;kanarie;;;kanarie;kanarie;Kanarie;{CANARY};Borne",
]
TEXTS_ROWS = [
    f"{LIME_TEXTS};Voornaam;Locatie;Gemeente?",
    "1;2023-05-30 09:26:43;3;nl;8;kanarie;kanarie;Kanarie;kanarie;Borne",
]
MONKEY_ROWS = [
    f"{MONKEY},Gemeente?,Contact Information,",
    ",,,,,,,,,Response,Name,Email Address",
    f"11,kanarie,,05/30/2023 09:26:43 AM,kanarie,{CANARY},Kanarie,Kanarie,k,Borne,Kanarie,{CANARY}",
]
GOOGLE_ROWS = [
    f"{GOOGLE},Gemeente?,Uw naam",
    f"30-5-2023 9:26:43,{CANARY},Borne,Kanarie",
]


@pytest.mark.parametrize(
    "rows",
    [FORMS_ROWS, DUTCH_ROWS, CODES_ROWS, TEXTS_ROWS, MONKEY_ROWS, GOOGLE_ROWS],
    ids=lambda rows: rows[0],
)
def test_who_filled_it_in_and_from_where_does_not_get_past_reading(tmp_path, rows):
    export = read(tmp_path, "\n".join(rows))

    assert list(questions(export).values()) == [["Borne"]]
    assert "kanarie" not in (export.rows.to_json() + repr(export)).casefold()


SENT = "2023-05-30 09:26:43"
MONKEY_SENT = "11,,,05/30/2023 09:26:43 AM,,,,,,"


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        # LimeSurvey: its mask before `=`, and what it writes for a question that was not shown
        (["id;submitdate;Q1;Q2;Q3", f"1;{SENT};'=1+1;N/A;'s avonds"],
         {"Q1": ["=1+1"], "Q2": [""], "Q3": ["'s avonds"]}),
        # underscores for the spaces of every header
        (["Response_ID;Date_submitted;Waar_registreert_u?_[Excel]", f"1;{SENT};Ja"],
         {"Waar registreert u? [Excel]": ["Ja"]}),
        # sub-questions as Expression Manager names them
        (["id;submitdate;Q2_SQ001;Q2_other;vraag_een", f"1;{SENT};Y;Map;x"],
         {"Q2[SQ001]": ["Y"], "Q2[other]": ["Map"], "vraag_een": ["x"]}),
        # how long it took is no question
        (["id;submitdate;interviewtime;groupTime12;Q1Time;Q1", f"1;{SENT};9;4;5;x"],
         {"Q1": ["x"]}),
        # SurveyMonkey: an option that is called Nee, and a statement with the answer Nee
        ([f"{MONKEY},Plan?,,Vindt u?", ",,,,,,,,,Ja,Nee,Snel", f"{MONKEY_SENT},Nee,Nee"],
         {"Plan? [Ja]": [""], "Plan? [Nee]": ["Ja"], "Vindt u? [Snel]": ["Nee"]}),
        # without options there is no second row of headers
        ([f"{MONKEY},Gemeente?", f"{MONKEY_SENT}Borne"], {"Gemeente?": ["Borne"]}),
        # a question that is asked again keeps its options together
        ([f"{MONKEY},Keuze?,,Keuze?,", ",,,,,,,,,a,b,a,b", f"{MONKEY_SENT}a,,,b"],
         {"Keuze? [a]": ["Ja"], "Keuze? [b]": [""], "Keuze? 2 [a]": [""], "Keuze? 2 [b]": ["Ja"]}),
        # Google Forms: a column per row of a grid
        (["Tijdstempel,Wat vindt u? [Snel]", "30-5-2023 9:26:43,mee eens"],
         {"Wat vindt u? [Snel]": ["mee eens"]}),
        # MS Forms: the points of a quiz are no questions
        (["ID;Completion time;Total points;Quiz feedback;Cijfer?;Points - Cijfer?;Points - los",
          f"1;{SENT};9;goed;7;1;x"],
         {"Cijfer?": ["7"], "Points - los": ["x"]}),
    ],
)  # fmt: skip
def test_what_a_tool_does_to_headers_and_answers_is_undone(tmp_path, rows, asked):
    assert questions(read(tmp_path, "\n".join(rows))) == asked


def test_limesurvey_exports_what_was_begun_and_never_sent_and_marks_it(tmp_path):
    export = read(tmp_path, f"id;submitdate;Q1\n1;{SENT};Borne\n2;;Losser\n")

    assert export.tool == "LimeSurvey"
    assert export.rows["complete"].to_list() == [True, False]


# --- Google Forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "read_as"),
    [
        ("30-5-2023 9:26:43", "2023-05-30T09:26:43"),
        ("5/30/2023 9:26:43", "2023-05-30T09:26:43"),
        ("2023/05/30 9:26:43 p.m. CEST", "2023-05-30T21:26:43"),
        ("2023/05/30 9:26:43 AM GMT+2", "2023-05-30T09:26:43"),
    ],
)
def test_google_forms_writes_moments_in_its_own_ways(tmp_path, moment, read_as):
    export = read(tmp_path, f"Timestamp,Gemeente?\n{moment},Borne\n")

    assert export.tool == "Google Forms"
    assert export.rows["completed_on"].to_list() == [read_as]
