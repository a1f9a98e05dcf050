import csv
import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.read.container import refuse_harmful
from mma_analysis.read.grid import Grid
from mma_analysis.read.grids import open_grids
from mma_analysis.vocabulary import DataError


@pytest.fixture
def delivered(tmp_path):
    """Write bytes under a name and open them."""

    def open_file(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return open_grids(path, f"meldingen/{name}")

    return open_file


def workbook(write):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        write(book)
    return content.getvalue()


def test_a_workbook_keeps_its_row_numbers_when_it_begins_with_blank_rows(delivered):
    content = workbook(lambda book: book.add_worksheet("2022").write(3, 1, "Datum"))

    (grid,) = delivered("a.xlsx", content)

    assert grid.sheet == "2022"
    assert grid.rows[3] == ["", "Datum"]  # row 4 in Excel


def test_every_cell_of_a_workbook_becomes_text(delivered):
    def write(book):
        day, moment = (
            book.add_format({"num_format": shown}) for shown in ("dd-mm-yyyy", "dd-mm-yyyy hh:mm")
        )
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, dt.datetime(2022, 3, 3), day)
        sheet.write_datetime(0, 1, dt.datetime(2022, 3, 3, 14, 5), moment)
        sheet.write_number(0, 2, 2022.0)
        sheet.write_number(0, 3, 1.5)
        sheet.write_boolean(0, 4, True)
        sheet.write_string(0, 5, "  0123 ")
        sheet.write_formula(0, 7, "=NA()", None, "#N/A")

    (grid,) = delivered("a.xlsx", workbook(write))

    assert grid.rows == [
        ["2022-03-03", "2022-03-03T14:05:00", "2022", "1.5", "WAAR", "0123", "", "#N/A"]
    ]


@pytest.mark.parametrize("name", ["a.xlsx", "is-xlsx.xls"])  # the content decides what it is
def test_every_sheet_is_a_grid(delivered, name):
    def write(book):
        book.add_worksheet("2021").write(0, 0, "a")
        book.add_worksheet("leeg")

    assert delivered(name, workbook(write)) == [Grid("2021", [["a"]]), Grid("leeg", [])]


def test_an_open_document_sheet_is_read(delivered):
    assert delivered("a.ods", open_document()) == [Grid("Blad1", [["Datum", "2022-03-03"]])]


def open_document():
    space = "urn:oasis:names:tc:opendocument:xmlns"
    sheet = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="Blad1"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>Datum</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2022-03-03">'
        "<text:p>3-3-2022</text:p></table:table-cell>"
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", sheet)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_is_decoded_as_it_was_written(delivered, encoding):
    content = "Datum;Reden\r\n3-3-2022;café – zoëven\r\n".encode(encoding)

    assert delivered("a.csv", content) == [
        Grid("", [["Datum", "Reden"], ["3-3-2022", "café – zoëven"]], delimited=True)
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_all_rows_alike(delivered, delimiter):
    header = delimiter.join(["Datum", "Onderwerp", "Tekst"])
    row = delimiter.join(["3-3-2022", "drugs", '"een, twee; drie"'])

    (grid,) = delivered("a.txt", f"Registratie van Goor\n{header}\n{row}\n".encode())

    assert grid.rows[1:] == [
        ["Datum", "Onderwerp", "Tekst"],
        ["3-3-2022", "drugs", "een, twee; drie"],
    ]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        # A row keeps its number after blank lines and quoted line breaks.
        (b'a;b\r\n\r\n"1\r\n2";3\r\n4;5', [["a", "b"], [], ["1\r\n2", "3"], ["4", "5"]]),
        (b"sep=|\r\na|b\r\n", [["a", "b"]]),  # the line that names the delimiter is no row
        (b"a;b\r\n1\x00;2\r\n", [["a", "b"], ["1", "2"]]),  # NUL bytes are dropped
    ],
)
def test_what_a_program_writes_around_rows_is_no_row(delivered, content, rows):
    assert delivered("a.csv", content)[0].rows == rows


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF", r"meldingen/a\.pdf: '\.pdf' is not a kind of file.*\.xlsx"),
        ("a.xlsx", b"%PDF-1.7", r"meldingen/a\.xlsx: this is not a registration but a PDF"),
        ("a.csv", b"\r\n;;\r\n", r"meldingen/a\.csv: the file is empty"),
        ("a.csv", b'a;b\r\n1;2\r\n3;"4\r\n5;6\r\n', r"meldingen/a\.csv, row 3: a quotation mark"),
        ("a.csv", b"a;b\r\n\x81;\xe9\r\n", r"meldingen/a\.csv: not text in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(delivered, name, content, told):
    with pytest.raises(DataError, match=told):
        delivered(name, content)


cells = st.sampled_from(["", "M1", "3-3-2022", "café", "een, twee", 'zei "ja"', "a;b", "x|y\nz"])


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=6),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_a_table_is_the_same_however_it_was_saved(tmp_path_factory, rows, delimiter, encoding):
    header = ("Nummer", "Datum", "Onderwerp", "Tekst")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    path = tmp_path_factory.mktemp("delivery") / "a.csv"
    path.write_bytes(text.getvalue().encode(encoding))

    (grid,) = open_grids(path, "a.csv")

    assert grid.rows == [list(row) for row in (header, *rows)]


def sheet_with_a_cell_at(place):
    """An archive with one part, in which there is one cell."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet1.xml", f'<row><c r="{place}"><v>1</v></c></row>')
    return content.getvalue()


BEYOND = ["A100001", "A1048576", "SG1", "XFD1", "xfd1", "AZ99999"]


# XFD is the last column of a workbook, 16,384; SG is 501. Some programs read small letters too.
@pytest.mark.parametrize("place", BEYOND)
def test_a_cell_beyond_the_limits_is_seen_before_a_program_lays_out_the_sheet(place):
    with pytest.raises(DataError, match="filled cells reach to row"):
        refuse_harmful(sheet_with_a_cell_at(place), "a.xlsx")


@pytest.mark.parametrize("place", ["A100000", "AX99999", "SF1", "B2"])
def test_a_cell_on_the_limits_is_no_harm(place):
    refuse_harmful(sheet_with_a_cell_at(place), "a.xlsx")
