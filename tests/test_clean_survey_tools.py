"""The same twelve answers, whatever tool they were given in."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from mma_analysis import codebook, codebook_draft
from mma_analysis.clean.survey import CleanResponses, clean_responses
from mma_analysis.read.survey import read_survey
from mma_analysis.settings import Edition
from small_edition import surveyed, workbook

CASES = Path(__file__).parent / "cases"
CODEBOOK = (CASES / "codeboek.toml").read_text(encoding="utf-8")
# Gemeente, statement, overleg (option or own text), options of waar, own text of waar, grade, open.
with (CASES / "answers.csv").open(encoding="utf-8", newline="") as table:
    ANSWERS = [
        (name, eens, overleg, tuple(filter(None, options.split(";"))), own, cijfer, beter)
        for name, eens, overleg, options, own, cijfer, beter in list(csv.reader(table))[1:]
    ]

GRID = "Wat vindt u ervan?"
STATEMENT = "We krijgen informatie sneller."
SHEET = "Excel, of een ander rekenblad"
WAAR = ("zaaksysteem", "Excel", SHEET)
MOMENT = "2023-05-30 09:26:43"
US_MOMENT = "5/30/2023 9:26:43"

# Counted by hand in ANSWERS, without Losser, which answered nothing; "" is a gemeente without an
# answer to the question.
COUNTS = {
    "sneller": {"mee oneens": 2, "neutraal": 3, "mee eens": 6},
    "overleg": {"elke week": 4, "elke maand": 5, "Anders, namelijk": 2},
    "waar": {"zaaksysteem": 5, "Excel": 4, SHEET: 4, "anders": 2},
    "cijfer": {"8": 3, "7": 2, "7.5": 2, "5": 1, "6": 1, "9": 1, "4": 1},
    "beter": {"ja": 5, "": 6},
}
OLDENZAAL = [
    ("sneller", "mee eens"),
    ("overleg", "elke week"),
    ("waar", "zaaksysteem"),
    ("waar", "anders"),
    ("cijfer", "9"),
    ("beter", "ja"),
]
TEXTS = {
    "almelo": "Meer tijd.",
    "dinkelland": "Meer; veel meer",
    "enschede": "<b>Vet</b>",
    "oldenzaal": "=1+1",
    "rijssen-holten": "Regel een regel twee",
}


# --- how each tool writes them -------------------------------------------------------------------

Rows = list[list[str]]


def as_csv(rows: Iterable[list[str]], delimiter: str, **form: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, **form).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode("utf-8")


def forms(*standard: str) -> Rows:
    """All choices in one cell, the own text among them, a semicolon after each."""
    questions = ["Namens welke gemeente?", STATEMENT, "Hoe vaak is er overleg?\n",
                 "Waar registreert\u00a0u?", "Welk cijfer?", "Wat kan beter?"]  # fmt: skip
    rows = [[*standard, *questions]]
    for name, eens, overleg, options, own, cijfer, beter in ANSWERS:
        chosen = "".join(f"{choice};" for choice in (*options, own) if choice)
        rows.append(["1", "", MOMENT, "", "", name, eens, overleg, chosen, cijfer, beter])
    return rows


def forms_dutch_workbook() -> bytes:
    standard = ("ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam")
    return workbook({"Sheet1": forms(*standard)})


def forms_english_csv() -> bytes:
    return as_csv(forms("Id", "Start time", "Completion time", "Email", "Name"), ",")


def lime_codes() -> bytes:
    """Codes everywhere: Y for a choice, -oth- for an own text, a mark before `=`."""
    agree = {"mee oneens": "A1", "neutraal": "A2", "mee eens": "A3", "": ""}
    often = {"elke week": "A1", "elke maand": "A2", "": ""}
    rows = [["id", "submitdate", "ipaddr", "Q1", "Q2[SQ001]", "Q3", "Q3[other]", "Q4[SQ001]",
             "Q4[SQ002]", "Q4[SQ003]", "Q4[other]", "Q5", "Q6"]]  # fmt: skip
    for name, eens, overleg, options, own, cijfer, beter in ANSWERS:
        other = "" if overleg in often else overleg
        ticks = ["Y" if option in options else "" for option in WAAR]
        text = f"'{beter}" if beter.startswith("=") else beter
        gemeente = "A1" if name == "Almelo" else name
        rows.append(["1", MOMENT, "192.0.2.1", gemeente, agree[eens], often.get(overleg, "-oth-"),
                     other, *ticks, own, cijfer, text])  # fmt: skip
    return b"\xef\xbb\xbf" + as_csv(rows, ";", quoting=csv.QUOTE_ALL) + b"\r\n"


def lime_texts() -> bytes:
    """Full texts: Ja or Nee for a choice; N/A where the question was not shown."""
    rows = [["Response ID", "Date submitted", "IP address", "Namens welke gemeente?",
             f"{GRID} [{STATEMENT}]", "Hoe vaak is er overleg?", "Hoe vaak is er overleg? [Other]",
             *(f"Waar registreert u? [{option}]" for option in WAAR),
             "Waar registreert u? [Anders]", "Welk cijfer?", "Wat kan beter?"]]  # fmt: skip
    for name, eens, overleg, options, own, cijfer, beter in ANSWERS:
        known = overleg in ("elke week", "elke maand", "")
        ticks = ["Ja" if option in options else "Nee" for option in WAAR]
        rows.append(["1", MOMENT, "192.0.2.1", name, eens or "N/A", overleg if known else "Other",
                     "" if known else overleg, *ticks, own, cijfer, beter])  # fmt: skip
    return as_csv(rows, ";", quoting=csv.QUOTE_ALL)


def monkey() -> bytes:
    """Two rows of headers; in the column of an option stands the option."""
    standard = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address",
                "Email Address", "First Name", "Last Name", "Custom Data 1"]  # fmt: skip
    asked = ["Namens welke gemeente?", GRID, "Hoe vaak is er overleg?", "", "Waar registreert u?",
             "", "", "", "Welk cijfer?", "Wat kan beter?"]  # fmt: skip
    labels = ["Response", STATEMENT, "Response", "Other (please specify)", *WAAR,
              "Other (please specify)", "Open-Ended Response", "Open-Ended Response"]  # fmt: skip
    rows = [[*standard, *asked], [*[""] * 9, *labels]]
    for name, eens, overleg, options, own, cijfer, beter in ANSWERS:
        known = overleg in ("elke week", "elke maand", "")
        ticks = [option if option in options else "" for option in WAAR]
        often = [overleg, ""] if known else ["", overleg]
        rows.append(["11", "2", "", US_MOMENT, "192.0.2.1", "", "", "", "", name, eens, *often,
                     *ticks, own, cijfer, beter])  # fmt: skip
    return as_csv(rows, ",")


def google(separator: str, moment: str, first: str) -> bytes:
    """All choices in one cell, also when an option holds a comma."""
    rows = [[first, "E-mailadres", "Namens welke gemeente?", f"{GRID} [{STATEMENT}]",
             "Hoe vaak is er overleg?", "Waar registreert u?", "Welk cijfer?",
             "Wat kan beter?"]]  # fmt: skip
    for name, eens, overleg, options, own, cijfer, beter in ANSWERS:
        chosen = separator.join(choice for choice in (*options, own) if choice)
        rows.append([moment, "a@b.invalid", name, eens, overleg, chosen, cijfer, beter])
    return as_csv(rows, ",")


WRITERS = {
    "Forms, in Dutch": forms_dutch_workbook,
    "Forms, in English": forms_english_csv,
    "LimeSurvey, codes": lime_codes,
    "LimeSurvey, texts": lime_texts,
    "SurveyMonkey": monkey,
    "Google, sheet": lambda: google(", ", "30-5-2023 9:26:43", "Tijdstempel"),
    "Google, csv": lambda: google(";", "2023/05/30 9:26:43 AM GMT+2", "Timestamp"),
}


# --- what comes of them --------------------------------------------------------------------------


@pytest.fixture(params=WRITERS)
def edition(request: pytest.FixtureRequest, tmp_path: Path) -> Edition:
    file = "antwoorden.xlsx" if request.param == "Forms, in Dutch" else "antwoorden.csv"
    return surveyed(tmp_path, WRITERS[request.param](), file, CODEBOOK)


def cleaned_from(edition: Edition) -> tuple[codebook.Codebook, CleanResponses]:
    book = codebook.load(edition)
    assert book is not None
    return book, clean_responses(read_survey(edition), book, edition)


def test_the_same_twelve_answers_are_the_same_in_every_tool(edition):
    _, cleaned = cleaned_from(edition)

    rows = cleaned.responses
    assert rows["gemeente"].nunique() == 11
    assert cleaned.rejected[["gemeente", "reason_code"]].to_numpy().tolist() == [
        ["losser", "antwoord_leeg"]
    ]
    assert {q: Counter(own["value"]) for q, own in rows.groupby("question")} == COUNTS
    own = rows.loc[rows["gemeente"].eq("oldenzaal"), ["question", "value"]]
    assert list(own.itertuples(index=False, name=None)) == OLDENZAAL
    assert cleaned.open_answers.set_index("gemeente")["text"].to_dict() == TEXTS
    assert cleaned.unreadable.empty
    assert cleaned.superseded.empty


def test_a_code_book_made_from_an_export_loads_and_fits_it(edition, request):
    draft = codebook_draft.draft(edition.vocabulary, read_survey(edition))
    (edition.folder / "codeboek.toml").write_text(draft, encoding="utf-8")

    book, cleaned = cleaned_from(edition)

    has_codes = "codes" in request.node.name
    assert [vraag.soort for vraag in book.vraag] == [
        *("gemeente", "single" if has_codes else "likert"),
        *("single", "multi", "number", "open"),
    ]
    assert cleaned.responses["gemeente"].nunique() >= 10
