"""The workbook that a gemeente can fill in."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from conftest import delivered

import counting
from mma_analysis import check, clean, read
from mma_analysis.audit.examination import Auditor
from mma_analysis.forms import workbooks
from mma_analysis.settings import EXAMPLE, Edition, Workspace
from mma_analysis.settings.codebook import HELP_SHEET
from mma_analysis.vocabulary import Vocabulary
from planting import page, parts_of
from small_edition import workbook

VOCABULARY = Vocabulary()
COLUMNS = VOCABULARY.reference("form_columns")
BORNE = VOCABULARY.area("borne")


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    own = {"aangesloten": dt.date(2023, 1, 1), "geleverd_op": dt.date(2024, 1, 5)}
    of_2023 = {"begin": "2023-01-01", "peildatum": "2023-12-31"}
    made = counting.edition({"borne": own | {"levering": ["borne.xlsx"]}}, **of_2023)
    made._folder = tmp_path
    return made


def fill_in(path: Path, rows: list[dict[str, object]]) -> None:
    """What a civil servant does: the same headers, a row per melding."""
    headers = [column["header"] for column in COLUMNS]
    cells = [[row.get(column["field"]) for column in COLUMNS] for row in rows]
    path.write_bytes(workbook({workbooks.MELDINGEN_SHEET: [headers, *cells]}))


def test_a_form_that_is_filled_in_reads_by_its_headers_without_any_finding(
    edition: Edition, tmp_path: Path
):
    full = {
        "melding_id": "M2023-000001",
        "received_on": dt.date(2023, 2, 1),
        "reported_on": dt.date(2023, 1, 31),
        "place": "Zenderen",
        "closed_on": dt.date(2023, 3, 1),
        "fed_back_on": dt.date(2023, 3, 2),
    }
    words = {c["field"]: workbooks.choices(VOCABULARY, c) for c in COLUMNS}
    chosen = {field: choices[0] for field, choices in words.items() if choices}
    fill_in(tmp_path / "borne.xlsx", [full | chosen])

    delivery = read.read_delivery(edition, "borne.xlsx")
    tips = clean.clean_meldingen([delivery], edition)
    findings = check.check_meldingen(tips.meldingen, edition)

    assert delivery.headers == {column["field"]: column["header"] for column in COLUMNS}
    assert len(tips.meldingen) == 1
    assert "borne" not in set(findings["gemeente"])


@pytest.mark.parametrize(
    "column", [c for c in COLUMNS if workbooks.choices(VOCABULARY, c)], ids=lambda c: c["field"]
)
def test_every_choice_of_the_form_is_understood(
    column: dict[str, str], edition: Edition, tmp_path: Path
):
    words = workbooks.choices(VOCABULARY, column)
    rows = [{"received_on": dt.date(2023, 2, 1), column["field"]: word} for word in words]
    fill_in(tmp_path / "borne.xlsx", rows)

    tips = clean.clean_meldingen([read.read_delivery(edition, "borne.xlsx")], edition)

    values = tips.meldingen[column["field"]].to_list()
    of_kind = {"yes_no": [True, False], "topic": list(VOCABULARY.topics)}
    assert values == (of_kind.get(column["kind"]) or list(VOCABULARY.values(column["field"])))


def test_an_empty_form_is_the_same_to_the_byte_has_no_rows_and_only_texts_of_ours(
    edition: Edition, tmp_path: Path
):
    content = workbooks.delivery_form(BORNE, edition)
    (tmp_path / "borne.xlsx").write_bytes(content)

    assert workbooks.delivery_form(BORNE, edition) == content
    assert len(read.read_delivery(edition, "borne.xlsx").rows) == 0
    sheets = openpyxl.load_workbook(tmp_path / "borne.xlsx")
    cells = {cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert cells - {None} <= set(workbooks.form_texts(edition))


def test_no_text_of_the_form_is_a_formula(edition: Edition):
    about = edition.evaluatie.model_copy(update={"titel": "=1+1"})
    named = replace(BORNE, name="=cmd|' /C calc'!A0")

    content = workbooks.delivery_form(named, edition.model_copy(update={"evaluatie": about}))

    sheets = [part for name, part in parts_of(content).items() if "worksheets/" in name]
    assert len(sheets) == 3
    assert not any(b"<f>" in sheet for sheet in sheets)


# --- delivered, and not taken for what somebody wrote --------------------------------------------

FILE = "meldingen/borne.xlsx"


@pytest.fixture
def example(workspace: Workspace, tmp_path: Path) -> Workspace:
    """The example, of which Borne delivered our own workbook."""
    own = delivered(tmp_path, "borne", "losser", "twenterand")
    shutil.copytree(workspace.processed(EXAMPLE), own.processed(EXAMPLE))
    settings = own.edition(EXAMPLE)
    (settings.folder / FILE).write_bytes(workbooks.delivery_form(BORNE, settings))
    return own


PERIODS = ("1 juli 2021 tot en met 30 juni 2023", "juli 2021 tot en met juni 2023")


def taken_for_hers(example: Workspace, *sentences: str) -> list[bool]:
    """Whether the audit takes each of these sentences for what the gemeente wrote."""
    auditor = Auditor(example.edition(EXAMPLE), example.processed(EXAMPLE))
    path, found = example.root / "page.html", []
    for sentence in sentences:
        path.write_text(page(f"<p>{sentence}</p>"), encoding="utf-8")
        looked = auditor.look(auditor.open(path, "openbaar/borne.html"))
        found.append("delivered" in {finding.kind for finding in looked})
    return found


def type_in_help(example: Workspace, *words: str) -> None:
    """Below what the form itself says."""
    path = example.raw(EXAMPLE) / FILE
    book = openpyxl.load_workbook(path)
    for number, cell in enumerate(words):
        book[HELP_SHEET][f"A{40 + number}"] = cell
    book.save(path)


def test_the_period_among_words_of_a_gemeente_is_no_leak_and_what_she_typed_is(example):
    asked = [f"wij vroegen alles op {period} bij het loket aan de haven" for period in PERIODS]
    type_in_help(example, *asked)

    found = taken_for_hers(
        example,
        *(f"Dit gaat over de tijd {period}." for period in PERIODS),
        "Zoals wij vroegen alles op.",
        *(f"Men ging alles op {period} na." for period in PERIODS),
    )

    assert found == [False] * 2 + [True] * 3
    text = workbooks.form_texts(example.edition(EXAMPLE))[1]
    assert text.endswith("01-07-2021 tot en met 30-06-2023.")
    type_in_help(example, f"{text} Zie het zwarte schrift achter de kast.")
    assert taken_for_hers(example, "Zie het zwarte schrift achter de kast.") == [True]
