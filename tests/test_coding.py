"""The coding workbook: what is in it, who can read it, and how it is read when filled in."""

import io
import stat
import sys
from pathlib import Path

import pytest
from conftest import delivered
from python_calamine import CalamineWorkbook

from mma_analysis.forms.workbooks import coding_workbook
from mma_analysis.pipeline.drafts import start_coding
from mma_analysis.read import read_codings
from mma_analysis.settings import EXAMPLE, Edition
from mma_analysis.vocabulary import DataError, UsageError
from planting import parts_of
from says import says
from small_edition import workbook, written
from test_open_answers import ANSWERS, BOOK, FRAME

# Texts that a workbook may take for something else.
NASTY = {
    "Meer TIJD en publiciteit.": "Meer tijd en publici's. <b>",
    "Niets; het zit mee.": '=HYPERLINK("http://x")',
    "Deeltijd & <b>capaciteit</b>.": "@" + "x" * 40_000,
}
TO_CODE = ANSWERS[::-1].replace(NASTY)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# --- what is in it -------------------------------------------------------------------------------


def test_each_coder_has_a_sheet_with_every_answer_once_and_so_has_what_they_agree_on():
    content = coding_workbook(TO_CODE, BOOK, FRAME, ["an", "bo"])
    found = sheets(content)

    assert content == coding_workbook(TO_CODE, BOOK, FRAME, ["an", "bo"])
    assert list(found) == ["Uitleg", "an", "bo", "besluit", "Keuzelijsten"]
    assert found["an"] == found["bo"] == found["besluit"]
    header, borne, losser, noaberkracht = found["an"]
    assert header[:4] == ["answer_id", "vraag", "antwoord", "voorstel van de computer"]
    # By number; a question without themes is not there.
    answer_ids = [row[0] for row in (borne, losser, noaberkracht)]
    assert answer_ids == ["borne-beter-1", "losser-beter-3", "noaberkracht-beter-2"]
    assert borne[1:4] == ["Wat kan beter?", "Meer tijd en publici's. <b>", "Tijd; Bekend & ja"]
    # Too long for a cell: it says that there is more.
    assert str(losser[2]).startswith("@xxx")
    assert str(losser[2]).endswith("x … (de rest staat in de export)")
    told = "\n".join(str(row[0]) for row in found["Uitleg"])
    for words in ("citaten.toml", "[[citaat]]", "Tijd: de computer let op tijd"):
        assert words in told


def test_an_answer_is_text_and_never_a_formula_and_a_theme_is_chosen_from_those_of_the_question():
    content = coding_workbook(TO_CODE, BOOK, FRAME, ["an"])
    parts = parts_of(content)
    sheet, styles = (parts[f"xl/{name}.xml"].decode() for name in ("worksheets/sheet2", "styles"))

    assert sheets(content)["an"][3][2] == '=HYPERLINK("http://x")'
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert 'quotePrefix="1"' in styles  # also when somebody edits it
    choices = [row[0] for row in sheets(content)["Keuzelijsten"]]
    assert choices == ["Tijd", "Bekend & ja", "geen van deze thema's"]
    for rule in ('<dataValidation type="list"', "Keuzelijsten!$A$1:$A$3", 'sqref="E2:H2"'):
        assert rule in sheet


@pytest.mark.parametrize(
    "coders", [["besluit"], ["Uitleg"], ["an", "An"], ["a/b"], [""], ["x" * 32], ["an'"]]
)
def test_a_name_that_cannot_be_a_sheet_is_refused(coders):
    with pytest.raises(UsageError, match="--coder"):
        coding_workbook(TO_CODE, BOOK, FRAME, coders)


# --- and back again ------------------------------------------------------------------------------


HEADER = ("answer_id", "antwoord", "Thema 1", "thema 2")


def test_what_was_chosen_is_read_and_the_answers_are_not(tmp_path):
    rows = [HEADER, ("a-1", "canary", "Tijd", "Geld"), ("a-2", "canary"), ("a-3", "", "", "Geld")]
    path = tmp_path / "c.xlsx"
    path.write_bytes(workbook({"Uitleg": [("hoi",)], "An": rows, "Blad1": []}))

    table = read_codings(path, "c.xlsx")

    assert table.to_numpy().tolist() == [
        ["c.xlsx", "An", 2, "an", "a-1", "Tijd"],
        ["c.xlsx", "An", 2, "an", "a-1", "Geld"],
        ["c.xlsx", "An", 4, "an", "a-3", "Geld"],
    ]


# A theme goes before the number of the answer, and the second row has no more than a theme.
WEB_PAGE = b"<table><tr><th>thema 1</th><th>answer_id</th></tr><tr><td>tijd</td></tr></table>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook({"an": [("antwoord", "thema 1"), ("a", "b")]}), says("no_coder", sheet="an")),
        (workbook({"an": [("answer_id", "canary"), ("a", "b")]}), says("no_coder", sheet="an")),
        (b"answer_id;thema\n", says("not_coded", file="c.xlsx")),
        (WEB_PAGE, says("not_coded", file="c.xlsx")),
    ],
)
def test_what_is_no_sheet_of_a_coder_is_refused(tmp_path, content, said):
    is_named_as_workbook = content.startswith((b"PK", b"<"))
    path = tmp_path / ("c.xls" if is_named_as_workbook else "c.csv")
    path.write_bytes(content)

    with pytest.raises(DataError, match=said):
        read_codings(path, "c.xlsx")


# --- in an edition -------------------------------------------------------------------------------


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """The example edition, as it was before anybody coded."""
    folder = delivered(tmp_path).raw(EXAMPLE)
    (folder / "vragenlijst" / "coderingen.xlsx").unlink()
    return without(folder, "coderingen", "citaten")


def without(folder: Path, *keys: str) -> Edition:
    """The edition without these lines in its settings."""
    lines = (folder / "evaluatie.toml").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith(keys))
    return written(folder, kept)


def test_the_workbook_stands_beside_the_export_and_is_never_overwritten_when_filled_in(edition):
    path = start_coding(edition, ["an", "bo"])

    assert path == edition.folder / "vragenlijst" / "coderingen.xlsx"
    assert read_codings(path, "x").empty
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600
    start_coding(edition, ["an"])  # nobody chose anything: it may be made again
    assert "bo" not in sheets(path.read_bytes())
    filled_in = workbook({"an": [HEADER, ("a-1", "", "Tijd")]})
    path.write_bytes(filled_in)
    with pytest.raises(UsageError, match=says("coding_filled", path="coderingen.xlsx")):
        start_coding(edition, ["an"])
    assert path.read_bytes() == filled_in


def test_without_themes_or_survey_there_is_nothing_to_code(edition):
    with pytest.raises(UsageError, match=says("no_themes")):
        start_coding(without(edition.folder, "themas "), ["an"])
    (edition.folder / "evaluatie.toml").unlink()
    with pytest.raises(UsageError, match=says("nothing_to_code")):
        start_coding(written(edition.folder), ["an"])
