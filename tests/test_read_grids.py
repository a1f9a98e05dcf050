import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from mma_analysis.read.grids import open_grids
from mma_analysis.read.workbooks import refuse_harmful
from mma_analysis.vocabulary import DataError
from says import says


def test_every_cell_of_a_workbook_becomes_text(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        day, moment = (
            book.add_format({"num_format": shown}) for shown in ("dd-mm-yyyy", "dd-mm-yyyy hh:mm")
        )
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, dt.datetime(2022, 3, 3), day)
        sheet.write_datetime(0, 1, dt.datetime(2022, 3, 3, 14, 5), moment)
        sheet.write_row(0, 2, [2022.0, 1.5, True, "  0123 "])
        sheet.write_formula(0, 7, "=NA()", None, "#N/A")

    (grid,) = open_grids(tmp_path / "a.xlsx", "meldingen/a.xlsx")

    assert grid.rows == [
        ["2022-03-03", "2022-03-03T14:05:00", "2022", "1.5", "WAAR", "0123", "", "#N/A"]
    ]


def test_a_text_in_no_encoding_that_we_know_is_named(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a;b\r\n\x81;\xe9\r\n")

    with pytest.raises(DataError, match=says("encoding", file="meldingen/a.csv")):
        open_grids(tmp_path / "a.csv", "meldingen/a.csv")


def sheet_with_a_cell_at(place):
    """An archive with one part, in which there is one cell."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet1.xml", f'<row><c r="{place}"><v>1</v></c></row>')
    return content.getvalue()


# SG is column 501. Some programs read small letters too.
@pytest.mark.parametrize(
    ("beyond", "within"), [("A100001", "A100000"), ("sg1", "SF1"), ("AZ99999", "AX99999")]
)
def test_a_cell_beyond_the_limits_is_seen_before_a_program_lays_out_the_sheet(beyond, within):
    refuse_harmful(sheet_with_a_cell_at(within), "a.xlsx")
    with pytest.raises(DataError, match=says("too_far", place="a.xlsx")):
        refuse_harmful(sheet_with_a_cell_at(beyond), "a.xlsx")
