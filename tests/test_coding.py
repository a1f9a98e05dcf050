"""The coding workbook: what is in it, who can read it, and how it is read when filled in."""

import io
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from mma_analysis.codebook import CodeFrame
from mma_analysis.coding import coding_workbook, write_private
from mma_analysis.pipeline.beginning import start_coding
from mma_analysis.read import read_codings
from mma_analysis.settings import EXAMPLE, Edition, Workspace, load
from mma_analysis.vocabulary import DataError, UsageError
from mma_analysis.vocabulary.schema import OPEN_ANSWERS
from small_edition import codebook, workbook

PROJECT = Path(__file__).resolve().parent.parent
BOOK = codebook(
    beter={"soort": "open", "tekst": "Wat kan beter?"},
    overig={"soort": "open", "tekst": "Verder nog iets?"},
)
FRAME = CodeFrame.model_validate(
    {
        "thema": [
            {"code": "tijd", "label": "Meer tijd", "vraag": "beter", "woorden": ["tijd"]},
            {"code": "geld", "label": "Geld & goed", "vraag": "beter", "woorden": ["euro"]},
        ]
    }
)
ANSWERS = pd.DataFrame(
    [
        ("dinkelland", "beter", "noaberkracht-beter-2", '=HYPERLINK("http://x")'),
        ("tubbergen", "beter", "noaberkracht-beter-2", '=HYPERLINK("http://x")'),
        ("borne", "beter", "borne-beter-1", "Meer tijd en euro's. <b>"),
        ("borne", "overig", "borne-overig-4", "Nee hoor."),
        ("losser", "beter", "losser-beter-3", "@" + "x" * 40_000),
    ],
    columns=[column.name for column in OPEN_ANSWERS],
    dtype="str",
)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name).decode()


# --- what is in it -------------------------------------------------------------------------------


def test_each_coder_has_a_sheet_with_every_answer_once_and_so_has_what_they_agree_on():
    found = sheets(coding_workbook(ANSWERS, BOOK, FRAME, ["an", "bo"]))

    assert list(found) == ["Uitleg", "an", "bo", "besluit", "Keuzelijsten"]
    assert found["an"] == found["bo"] == found["besluit"]
    assert found["an"][0][:5] == [
        "answer_id",
        "vraag",
        "antwoord",
        "voorstel van de computer",
        "thema 1",
    ]
    # By number; a question without themes is not there.
    assert [row[0] for row in found["an"][1:]] == [
        "borne-beter-1",
        "losser-beter-3",
        "noaberkracht-beter-2",
    ]
    assert found["an"][1][1:5] == [
        "Wat kan beter?",
        "Meer tijd en euro's. <b>",
        "Meer tijd; Geld & goed",
        "",
    ]


def test_an_answer_is_text_and_never_a_formula_also_when_somebody_edits_it():
    content = coding_workbook(ANSWERS, BOOK, FRAME, ["an"])

    assert sheets(content)["an"][3][2] == '=HYPERLINK("http://x")'
    assert "<f>" not in part(content, "xl/worksheets/sheet2.xml")
    assert 'quotePrefix="1"' in part(content, "xl/styles.xml")
    assert "hyperlink" not in part(content, "xl/worksheets/sheet2.xml").lower()


def test_an_answer_that_is_too_long_for_a_cell_says_that_there_is_more():
    text = sheets(coding_workbook(ANSWERS, BOOK, FRAME, ["an"]))["an"][2][2]

    assert str(text).startswith("@xxx")
    assert str(text).endswith("x … (de rest staat in de export)")


def test_a_theme_is_chosen_from_those_of_the_question():
    content = coding_workbook(ANSWERS, BOOK, FRAME, ["an"])

    assert [row[0] for row in sheets(content)["Keuzelijsten"]] == [
        "Meer tijd",
        "Geld & goed",
        "geen van deze thema's",
    ]
    rules = part(content, "xl/worksheets/sheet2.xml")
    assert '<dataValidation type="list"' in rules
    assert "<formula1>Keuzelijsten!$A$1:$A$3</formula1>" in rules
    assert 'sqref="E2:H2"' in rules


def test_the_instructions_say_how_a_quote_is_listed():
    told = "\n".join(
        str(row[0]) for row in sheets(coding_workbook(ANSWERS, BOOK, FRAME, ["an"]))["Uitleg"]
    )

    assert "citaten.toml" in told
    assert "[[citaat]]" in told
    assert "Meer tijd: de computer let op tijd" in told


def test_the_same_answers_give_the_same_workbook():
    first, second = (coding_workbook(ANSWERS, BOOK, FRAME, ["an"]) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    "coders", [["besluit"], ["Uitleg"], ["an", "An"], ["a/b"], [""], ["x" * 32], ["an'"]]
)
def test_a_name_that_cannot_be_a_sheet_is_refused(coders):
    with pytest.raises(UsageError, match="--coder"):
        coding_workbook(ANSWERS, BOOK, FRAME, coders)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_the_owner_can_read_it_also_when_it_was_there(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"")
    (tmp_path / "a.xlsx").chmod(0o644)

    write_private(tmp_path / "a.xlsx", b"x")

    assert stat.S_IMODE((tmp_path / "a.xlsx").stat().st_mode) == 0o600


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


@pytest.mark.parametrize("header", [("antwoord", "thema 1"), ("answer_id", "canary")])
def test_a_sheet_without_the_headers_is_refused(tmp_path, header):
    (tmp_path / "c.xlsx").write_bytes(workbook({"an": [header, ("a", "b")]}))

    with pytest.raises(DataError, match=r"c.xlsx, sheet 'an', row 1: expected the headers"):
        read_codings(tmp_path / "c.xlsx", "c.xlsx")


def test_a_text_file_is_no_coding_workbook(tmp_path):
    (tmp_path / "c.csv").write_text("answer_id;thema\n", encoding="utf-8")

    with pytest.raises(DataError, match="not a workbook; code in the workbook that `mma code`"):
        read_codings(tmp_path / "c.csv", "c.csv")


# --- in an edition -------------------------------------------------------------------------------


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """The example edition, as it was before anybody coded."""
    folder = Workspace(tmp_path).raw(EXAMPLE)
    shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, folder)
    settings = (folder / "evaluatie.toml").read_text(encoding="utf-8")
    kept = [
        line for line in settings.splitlines() if not line.startswith(("coderingen", "citaten"))
    ]
    (folder / "evaluatie.toml").write_text("\n".join(kept), encoding="utf-8")
    (folder / "vragenlijst" / "coderingen.xlsx").unlink()
    return load(folder)


def test_the_workbook_stands_beside_the_export_and_reads_as_not_coded_yet(edition):
    path = start_coding(edition, ["an", "bo"])

    assert path == edition.folder / "vragenlijst" / "coderingen.xlsx"
    assert read_codings(path, "x").empty
    start_coding(edition, ["an"])  # nobody chose anything: it may be made again
    assert "bo" not in sheets(path.read_bytes())


def test_a_workbook_that_was_filled_in_is_never_overwritten(edition):
    path = edition.folder / "vragenlijst" / "coderingen.xlsx"
    before = workbook({"an": [HEADER, ("a-1", "", "Tijd")]})
    path.write_bytes(before)

    with pytest.raises(UsageError, match=r"coderingen.xlsx is filled in; nothing was changed"):
        start_coding(edition, ["an"])

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "said"), [("themas", "names no themas"), ("[vragenlijst", "there is no .vragenlijst.")]
)
def test_without_themes_or_survey_there_is_nothing_to_code(edition, line, said):
    path = edition.folder / "evaluatie.toml"
    parts = path.read_text(encoding="utf-8")
    if line == "themas":
        parts = "\n".join(row for row in parts.splitlines() if not row.startswith("themas "))
    else:
        parts = parts.partition("[vragenlijst]")[0]
    path.write_text(parts, encoding="utf-8")

    with pytest.raises(UsageError, match=said):
        start_coding(load(edition.folder), ["an"])
