"""Write the workbooks and archives of the corpus again: as they really come, and worse.

    python tests/corpus/make.py

Everything in them is invented. What each must become is counted by hand in `truth.toml`, and what a
file is for is said there too. The files are in git: another version of a library may write other
bytes. Text, web pages and XML are not written here: they are what they are in `files`. Nor are
files that begin with `libreoffice-`: see `README.md`.
"""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

FILES = Path(__file__).parent / "files"
MADE_ON = dt.datetime(2023, 7, 1)
HEADER = ["Meldnummer", "Datum ontvangst", "Onderwerp"]
TWO_TIPS = [["M1", "14-3-2022", "drugs"], ["M2", "3-4-2022", "fraude"]]
TABLE = [HEADER, *TWO_TIPS]
SHEET = "xl/worksheets/sheet1.xml"

Sheet = list[list[Any]]


# --- workbooks -----------------------------------------------------------------------------------


def workbook(
    sheets: dict[str, Sheet], then: Callable[..., None] | None = None, **options: Any
) -> bytes:
    """A workbook with these sheets; `then` may change it before it is saved."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": MADE_ON})
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    kind = (day,) if isinstance(cell, dt.date) else ()
                    sheet.write(number, column, cell, *kind)
        if then:
            then(book)
    return content.getvalue()


def workbooks() -> dict[str, bytes]:
    """Sheets, kinds of cells, and headers in a workbook."""
    march, april = dt.date(2022, 3, 14), dt.date(2022, 4, 3)
    real = [HEADER, ["M1", march, "drugs"], ["M2", april, "fraude"]]
    quarters = {
        "Voorblad": [["Registratie MMA"], ["Versie", "3-7-2023"]],
        "Q1": [HEADER, ["M1", march, "drugs"]],
        "Q2": [["Onderwerp", "Datum ontvangst"], ["fraude", april]],
        "Keuzes": [["Onderwerp", "Status"], ["drugs", "open"]],
    }
    merged = [
        ["Registratie", "", "", "", "", ""],
        ["Meldnummer", "Datum ontvangst", "Achtergrond", "", "", "Status"],
        ["", "", "Tijdstip bekend", "Persoon bekend", "Kenteken", ""],
        ["M1", march, "ja", "nee", "", "open"],
    ]
    return {
        "plain.xlsx": workbook({"Blad1": real}),
        "macro-name.xlsm": workbook({"Blad1": real}),
        "named-xls-but-xlsx.xls": workbook({"Blad1": real}),
        "from-row-five.xlsx": workbook({"Blad1": [[], [], [], [], *real]}),
        "quarters-and-cover.xlsx": workbook(quarters),
        "merged-two-row-header.xlsx": workbook({"Blad1": merged}, _merge_header),
        "merged-days.xlsx": workbook(
            {"Blad1": [HEADER, ["M1", march, "drugs"], ["M2", "", "fraude"]]}, _merge_days
        ),
        "hidden-old-copy.xlsx": workbook({"Nu": real, "Oud": real}, _hide("Oud")),
        "hidden-but-named.xlsx": workbook(
            {"Nu": [HEADER, ["M1", march, "drugs"]], "Oud": [HEADER, ["M2", april, "drugs"]]},
            _hide("Oud"),
        ),
        "hidden-list-of-choices.xlsx": workbook(
            {"Nu": real, "Keuzes": [["Onderwerp", "Status"], ["drugs", "open"]]}, _hide("Keuzes")
        ),
        "calendar-of-1904.xlsx": workbook({"Blad1": real}, date_1904=True),
        "serials-of-1904.xlsx": workbook(
            {"Blad1": [HEADER, ["M1", 44_634 - 1_462, "drugs"]]}, date_1904=True
        ),
        "numbers-as-text.xlsx": workbook(
            {"Blad1": [HEADER, ["20220001", "44634", "drugs"], [20220002, 44654, "fraude"]]}
        ),
        "text-day-among-real-days.xlsx": workbook(
            {"Blad1": [HEADER, ["M1", march, "drugs"], ["M2", "25-3-2022", "drugs"]]}
        ),
        "undecided-text-day-among-real-days.xlsx": workbook(
            {"Blad1": [HEADER, ["M1", march, "drugs"], ["M2", "5-3-2022", "drugs"]]}
        ),
        "one-day-on-two-sheets.xlsx": workbook(
            {
                "2022": [HEADER, ["M1", "25-3-2022", "drugs"]],
                "2023": [HEADER, ["M2", "5-3-2023", ""]],
            }
        ),
        "dates-without-header.xlsx": workbook(
            {"Goed": real, "Fout": [["Wanneer", "Wat"], *[["14-3-2022", "drugs"]] * 3]}
        ),
        "month-sheets-header-once.xlsx": workbook(
            {
                "jan": [HEADER, ["M1", dt.date(2022, 1, 14), "drugs"]],
                "feb": [["M2", dt.date(2022, 2, 14), "drugs"], ["M3", dt.date(2022, 2, 15), ""]],
                "mrt": [["M4", march, "fraude"]],
            }
        ),
        "weekdays-below-unknown-header.xlsx": workbook(
            {
                "2021": [
                    ["Meldnummer", "Binnen bij ons", "Onderwerp"],
                    ["M1", "ma 1 nov 2021", "drugs"],
                ],
                "2022": [HEADER, ["M2", march, "drugs"]],
            }
        ),
        "weekdays-without-header.xlsx": workbook(
            {
                "2021": [["M1", "ma 1 nov 2021", "drugs"], ["M2", "14:05 8-11-2021", "drugs"]],
                "2022": [HEADER, ["M3", march, "drugs"]],
            }
        ),
        "numbers-of-days-without-header.xlsx": workbook(
            {
                "2022": [HEADER, ["M1", march, "drugs"]],
                "2021": [[f"M{n}", 44_500 + n, "drugs"] for n in (2, 3, 4)],
            }
        ),
        "months-on-one-sheet.xlsx": workbook(
            {
                "2021": [["Meldnummer", "Maand", "Onderwerp"], ["M1", "nov 2021", "drugs"]],
                "2022": [HEADER, ["M2", march, "drugs"]],
            }
        ),
        "cover-pivot-and-legend.xlsx": workbook(
            {
                "Voorblad": [
                    ["Registratie MMA"],
                    ["Periode", dt.date(2021, 7, 1), "t/m", dt.date(2023, 6, 30)],
                    ["Contact", "Team Veiligheid", "0541-123456"],
                ],
                "Tips": real,
                "Draaitabel": [["Rijlabels", "Aantal van Onderwerp"], ["drugs", 1], ["fraude", 1]],
                "Inwoners": [["Losser", 22_900, 11_000], ["Almelo", 73_100, 44_500]],
                "Legenda": [["Status", "Onderwerp"], ["open", "drugs"], ["dicht", "fraude"]],
            }
        ),
        "numbers-too-long.xlsx": workbook(
            {"Blad1": [HEADER, [2022000000000011, march, "drugs"], [2022000000000012, march, ""]]}
        ),
        "fifteen-digits.xlsx": workbook(
            {"Blad1": [HEADER, [202200000000001, march, "drugs"], ["202200000000002", march, ""]]}
        ),
        "end-of-day.xlsx": workbook(
            {"Blad1": [HEADER, ["M1", dt.datetime(2022, 3, 14, 23, 59, 59, 997_000), "drugs"]]}
        ),
        "comment-protected-filtered.xlsx": workbook({"Blad1": real}, _comment_protect_filter),
        "rich-text.xlsx": workbook({"Blad1": real}, _rich_text),
        "table-with-total.xlsx": workbook({"Blad1": []}, _table_with_total),
        "chart-sheet.xlsx": workbook({"Blad1": real}, lambda book: book.add_chartsheet() and None),
        "very-hidden.xlsx": workbook({"Nu": real, "Oud": real}, _hide_well),
        "strict.xlsx": with_part(
            with_part(workbook({"Blad1": real}), SHEET, _strict), "xl/workbook.xml", _strict
        ),
        "carriage-returns.xlsx": workbook(
            {"Blad1": [["Meldnummer\r\n", "Datum\r\nontvangst"], ["M1\r\n", "14-3-2022\r\n"]]}
        ),
        "formulas.xlsx": with_part(workbook({"Blad1": TABLE}, _formulas), SHEET, _shows_nothing),
        "external-link.xlsx": workbook({"Blad1": TABLE}, _external_link),
        "error-values.xlsx": workbook({"Blad1": TABLE}, _error_value),
        "nothing-in-it.xlsx": workbook({"Blad1": []}),
        "by-hand.xls": old_workbook(TABLE),
        "open-document.ods": open_document(ods_table(TABLE)),
        "calendar-of-1904.ods": with_part(
            open_document(
                ods_table([HEADER])
                + '<table:table-row><table:table-cell/><table:table-cell office:value-type="float" '
                'office:value="43172"/></table:table-row>'
            ),
            "content.xml",
            lambda xml: xml.replace(
                b"<office:spreadsheet>",
                b"<office:spreadsheet><table:calculation-settings><table:null-date "
                b'table:date-value="1904-01-01"/></table:calculation-settings>',
            ),
        ),
        "open-document-trailing-blanks.ods": open_document(
            ods_table(TABLE)
            + '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row>'
        ),
    }


def _merge_header(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.merge_range(1, 0, 2, 0, "Meldnummer")
    sheet.merge_range(1, 1, 2, 1, "Datum ontvangst")
    sheet.merge_range(1, 2, 1, 4, "Achtergrond")
    sheet.merge_range(1, 5, 2, 5, "Status")


def _comment_protect_filter(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.write_comment(1, 0, "Wat hier staat gaat niemand aan", {"author": "A"})
    sheet.protect("geheim")
    sheet.autofilter(0, 0, 2, 2)
    sheet.filter_column(2, "x == drugs")
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(1, 1, None, None, {"hidden": True})


def _rich_text(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    bold = book.add_format({"bold": True})
    sheet.write_rich_string(0, 1, bold, "Datum", " ontvangst")
    sheet.write_rich_string(1, 2, bold, "dru", "gs")


def _table_with_total(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    columns: list[dict[str, str]] = [
        {"header": HEADER[0], "total_string": "Totaal"},
        {"header": HEADER[1]},
        {"header": HEADER[2], "total_function": "count"},
    ]
    sheet.add_table(0, 0, 3, 2, {"columns": columns, "data": TWO_TIPS, "total_row": True})


def _hide_well(book: xlsxwriter.Workbook) -> None:
    book.worksheets()[1].very_hidden()


def _strict(xml: bytes) -> bytes:
    """The other kind of Office Open XML: the same words in another name space."""
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return xml.replace(old, b"http://purl.oclc.org/ooxml/spreadsheetml/main")


def _merge_days(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.merge_range(1, 1, 2, 1, "14-3-2022")


def _hide(name: str) -> Callable[[xlsxwriter.Workbook], None]:
    return lambda book: book.get_worksheet_by_name(name).hide()


def _formulas(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.write_formula(1, 2, '=IF(A2="","","fraude")', None, "fraude")
    sheet.write_formula(3, 0, '=IF(B4="","","M3")', None, "")


def _shows_nothing(xml: bytes) -> bytes:
    """As Excel writes a formula that shows nothing: its value is an empty text, not no value."""
    return xml.replace(b'r="A4"', b'r="A4" t="str"')


def _external_link(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.write_formula(1, 2, "='[andere map.xlsx]Blad1'!$A$1", None, "fraude")
    sheet.write_url(2, 2, "external:c:\\geheim\\ander.xlsx", string="fraude")


def _error_value(book: xlsxwriter.Workbook) -> None:
    (sheet,) = book.worksheets()
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 1, "=NA()", None, "#N/A")


def old_workbook(rows: Sheet) -> bytes:
    """An .xls of Excel 97: one sheet of texts, in the least that a program reads."""
    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600)
    ahead = _record(0x0809, start) + _record(0x0042, struct.pack("<H", 1200))
    name = struct.pack("<IBBBB", 0, 0, 0, 5, 0) + b"Blad1"
    position = len(ahead) + 4 + len(name) + 4
    globals_ = (
        ahead + _record(0x0085, struct.pack("<I", position) + name[4:]) + _record(0x000A, b"")
    )
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(cell), 0) + cell.encode("latin-1"))
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    )
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    sheet = _record(0x0809, start[:2] + struct.pack("<H", 0x0010) + start[4:]) + size + cells
    return compound_file({"Workbook": globals_ + sheet + _record(0x000A, b"")})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def compound_file(streams: dict[str, bytes]) -> bytes:
    """The container of old Office files, in which an encrypted workbook is stored too."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    table, body, entries = [0xFFFFFFFD, end], b"", [_entry("Root Entry", 5, end, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        content = content.ljust(4_096, b"\0")
        sectors = -(-len(content) // 512)
        first = len(table)
        table += [*range(first + 1, first + sectors), end]
        body += content.ljust(sectors * 512, b"\0")
        right = number + 1 if number < len(streams) else free
        entries.append(_entry(name, 2, first, len(content), right=right))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    head += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head.ljust(512, b"\xff")[:512] + fat + b"".join(entries).ljust(512, b"\0") + body


def _entry(name: str, kind: int, first: int, size: int, child: int = -1, right: int = -1) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, right & 0xFFFFFFFF, child & 0xFFFFFFFF)
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links
    return head + b"\0" * 36 + struct.pack("<IQ", first, size)


SPACE = "urn:oasis:names:tc:opendocument:xmlns"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods_table(rows: Sheet) -> str:
    """Rows of texts for an OpenDocument sheet."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ["".join(cell.format(text) for text in row) for row in rows]
    return "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)


def open_document(rows: str, manifest: str = "") -> bytes:
    """An OpenDocument sheet with these rows."""
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{SPACE}:office:1.0" '
        f'xmlns:table="{SPACE}:table:1.0" xmlns:text="{SPACE}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Blad1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    listed = (
        f'<manifest:manifest xmlns:manifest="{SPACE}:manifest:1.0">{manifest}</manifest:manifest>'
    )
    return archive({"mimetype": ODS, "META-INF/manifest.xml": listed, "content.xml": content})


# --- hostile -------------------------------------------------------------------------------------


def archive(parts: dict[str, str | bytes]) -> bytes:
    """A zip with these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 9)
    return content.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {entry.filename: book.read(entry) for entry in book.infolist()}
    return archive(parts | {name: change(parts.get(name, b""))})


def others() -> dict[str, bytes]:
    """Files that are no table, whatever their name says."""
    return {
        "letter.xlsx": archive({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
        "old-letter.xls": compound_file({"WordDocument": b"x"}),
        "mail.xls": compound_file({"__properties_version1.0": b"x"}),
        "workbook-in-a-zip.xlsx": archive({"jan.xlsx": b"x", "piet.docx": b"x"}),
    }


def hostile() -> dict[str, bytes]:
    """What nobody sends by accident, and some that somebody does."""
    good = workbook({"Blad1": TABLE})
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    repeated = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="100" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>"
    )
    encrypted = {"EncryptionInfo": b"x", "EncryptedPackage": b"x"}
    return {
        "password.xlsx": compound_file(encrypted),
        "password.ods": open_document(
            "", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
        ),
        "truncated.xlsx": good[: len(good) // 2],
        "cut-in-a-part.xlsx": _cut_in_a_part(good),
        "bomb.xlsx": bomb(10_000_000),
        "bomb-that-lies.xlsx": bomb(10),
        "entities.xlsx": with_part(
            good, SHEET, lambda xml: xml.replace(b"?>", b"?>" + entities, 1)
        ),
        "entities.ods": with_part(
            open_document(ods_table(TABLE)),
            "content.xml",
            lambda x: x.replace(b"?>", b"?>" + entities),
        ),
        "last-cell.xlsx": workbook({"Blad1": TABLE}, _write(1_048_575, 16_383)),
        "million-rows.xlsx": workbook({"Blad1": TABLE}, _write(1_048_575, 0)),
        "five-thousand-columns.xlsx": workbook({"Blad1": TABLE}, _write(0, 4_999)),
        "formatted-to-the-last-cell.xlsx": workbook({"Blad1": TABLE}, _format(1_048_575, 16_383)),
        "million-rows-repeated.ods": open_document(ods_table(TABLE) + repeated),
        "never-calculated.xlsx": with_part(
            workbook({"Blad1": TABLE}, _formulas),
            SHEET,
            lambda xml: xml.replace(b"<v>fraude</v>", b""),
        ),
        "written-by-a-program.xlsx": with_part(
            workbook({"Blad1": TABLE}, _formulas),
            SHEET,
            lambda xml: xml.replace(b"<v>fraude</v>", b"<v/>").replace(b' t="str"', b""),
        ),
        "binary-workbook.xlsx": archive({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"}),
        "other-archive.xlsx": archive({"foto.txt": "geen werkmap"}),
        "path-in-part-name.xlsx": with_part(good, "../../etc/passwd", lambda _: b"x"),
        "sheet-name-with-a-path.xlsx": workbook({"..&'..": TABLE}),
    }


def _write(row: int, column: int) -> Callable[[xlsxwriter.Workbook], None]:
    return lambda book: book.worksheets()[0].write(row, column, "x") and None


def _format(row: int, column: int) -> Callable[[xlsxwriter.Workbook], None]:
    return lambda book: (
        book.worksheets()[0].write_blank(row, column, None, book.add_format({"bold": True}))
        and None
    )


def _cut_in_a_part(content: bytes) -> bytes:
    """The archive is whole, but the first part of it ends too soon."""
    damaged = bytearray(content)
    damaged[60:100] = b"\xff" * 40
    return bytes(damaged)


def bomb(declared: int) -> bytes:
    """Forty parts of ten megabytes in one place of the file, with this size declared for each."""
    packed = archive({"xl/part00.xml": b" " * 10_000_000})
    end = packed.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", packed, end + 16)[0]
    one = bytearray(packed[start:end])
    struct.pack_into("<I", one, 24, declared)
    listed = b"".join(bytes(one).replace(b"part00", b"part%02d" % n) for n in range(40))
    closing = struct.pack("<4s4xHHIIH", b"PK\x05\x06", 40, 40, len(listed), start, 0)
    return packed[:start] + listed + closing


def main() -> None:
    """Write every workbook and archive."""
    FILES.mkdir(exist_ok=True)
    for made in (workbooks, others, hostile):
        for name, content in made().items():
            (FILES / name).write_bytes(content)


if __name__ == "__main__":
    main()
