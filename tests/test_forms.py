"""The workbook that a gemeente can fill in."""

import datetime as dt
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from mma_analysis import check, clean, domain, forms, read
from mma_analysis.settings import Edition

COLUMNS = domain.reference("form_columns")


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    made = Edition.model_validate(
        {
            "evaluatie": {
                "titel": "Evaluatie",
                "district": "Twente",
                "begin": dt.date(2023, 1, 1),
                "peildatum": dt.date(2023, 12, 31),
            },
            "gemeenten": {
                "borne": {
                    "aangesloten": dt.date(2023, 1, 1),
                    "levering": ["borne.xlsx"],
                    "geleverd_op": dt.date(2024, 1, 5),
                }
            },
        }
    )
    made._folder = tmp_path
    return made


def fill_in(path: Path, rows: list[dict[str, object]]) -> None:
    """What a civil servant does: the same headers, a row per melding."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd-mm-yyyy"}) as book:
        sheet = book.add_worksheet(forms.SHEET)
        for index, column in enumerate(COLUMNS):
            sheet.write(0, index, column["header"])
            for number, row in enumerate(rows, start=1):
                if column["field"] in row:
                    sheet.write(number, index, row[column["field"]])


def test_every_header_of_the_form_is_recognised_as_its_field(edition: Edition, tmp_path: Path):
    fill_in(tmp_path / "borne.xlsx", [{"received_on": dt.date(2023, 2, 1)}])

    delivery = read.read_delivery(edition, "borne.xlsx")

    assert delivery.headers == {column["field"]: column["header"] for column in COLUMNS}


def test_a_form_that_is_filled_in_reads_without_any_finding(edition: Edition, tmp_path: Path):
    full = {
        "melding_id": "M2023-000001",
        "received_on": dt.date(2023, 2, 1),
        "reported_on": dt.date(2023, 1, 31),
        "place": "Zenderen",
        "closed_on": dt.date(2023, 3, 1),
        "fed_back_on": dt.date(2023, 3, 2),
    }
    chosen = {c["field"]: forms.choices(c)[0] for c in COLUMNS if forms.choices(c)}
    fill_in(tmp_path / "borne.xlsx", [full | chosen])

    tips = clean.clean_meldingen([read.read_delivery(edition, "borne.xlsx")], edition)
    findings = check.check_meldingen(tips.meldingen, edition)

    assert len(tips.meldingen) == 1
    assert [f.rule for f in findings if f.gemeente == "borne"] == []


@pytest.mark.parametrize(
    "column", [c for c in COLUMNS if forms.choices(c)], ids=lambda c: c["field"]
)
def test_every_choice_of_the_form_is_understood(
    column: dict[str, str], edition: Edition, tmp_path: Path
):
    words = forms.choices(column)
    rows = [{"received_on": dt.date(2023, 2, 1), column["field"]: word} for word in words]
    fill_in(tmp_path / "borne.xlsx", rows)

    tips = clean.clean_meldingen([read.read_delivery(edition, "borne.xlsx")], edition)

    values = tips.meldingen[column["field"]].to_list()
    if column["kind"] == "yes_no":
        assert values == [True, False]
    elif column["kind"] == "topic":
        assert values == list(domain.topics())
    else:
        assert values == list(domain.values(column["field"]))


def test_an_empty_form_has_no_rows(edition: Edition, tmp_path: Path):
    forms.write_form(tmp_path / "borne.xlsx", domain.area("borne"), edition)

    delivery = read.read_delivery(edition, "borne.xlsx")

    assert len(delivery.rows) == 0


def test_the_same_edition_gives_the_same_bytes(edition: Edition, tmp_path: Path):
    forms.write_form(tmp_path / "a.xlsx", domain.area("borne"), edition)
    forms.write_form(tmp_path / "b.xlsx", domain.area("borne"), edition)

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_text_of_the_form_is_a_formula(edition: Edition, tmp_path: Path):
    dangerous = Edition.model_validate(
        {
            "evaluatie": edition.evaluatie.model_dump() | {"titel": "=1+1"},
            "gemeenten": {"borne": {}},
        }
    )
    named = replace(domain.area("borne"), name="=cmd|' /C calc'!A0")

    forms.write_form(tmp_path / "borne.xlsx", named, dangerous)

    with zipfile.ZipFile(tmp_path / "borne.xlsx") as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets/" in name]
    assert len(sheets) == 3
    assert not any(b"<f>" in sheet for sheet in sheets)
