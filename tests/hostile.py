"""Small files that would take any memory, and a program that opens each with a limit on it.

`python tests/hostile.py FOLDER` writes the files there, opens each in a process of its own that
may take no more than `MOST_MEMORY` beside what the program has, and says what came of each.
"""

import io
import json
import os
import resource
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from mma_analysis.read.grids import open_grids
from mma_analysis.vocabulary import DataError

MEGABYTE = 1_000_000
MOST_MEMORY = 1_500 * MEGABYTE
MOST_SECONDS = 120  # of the processor: then it hangs
KILLED, FAILED = "killed", "failed"
BOOK = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OF_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
XML_2003 = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def xlsx(
    rows: str = "",
    strings: str = "",
    styles: str = "",
    merged: str = "",
    sheets: int = 1,
    begin: str = "",
) -> bytes:
    """A workbook of which every sheet has these rows."""
    names, relations, kinds, parts = [], [], [], {}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheet = f'<worksheet xmlns="{BOOK}">{begin}<sheetData>{rows}</sheetData>{merged}</worksheet>'
    for at in range(1, sheets + 1):
        names.append(f'<sheet name="blad {at}" sheetId="{at}" r:id="rId{at}"/>')
        relations.append(
            f'<Relationship Id="rId{at}" Type="{OF_OFFICE}/worksheet" '
            f'Target="worksheets/sheet{at}.xml"/>'
        )
        kinds.append(
            f'<Override PartName="/xl/worksheets/sheet{at}.xml" '
            f'ContentType="{kind}.worksheet+xml"/>'
        )
        parts[f"xl/worksheets/sheet{at}.xml"] = sheet
    for name, content in (("sharedStrings", strings), ("styles", styles)):
        if content:
            relations.append(
                f'<Relationship Id="{name}" Type="{OF_OFFICE}/{name}" Target="{name}.xml"/>'
            )
            parts[f"xl/{name}.xml"] = content
    around = {
        "[Content_Types].xml": f'<Types xmlns="{OF_PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f"{''.join(kinds)}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{OF_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{OF_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{BOOK}" xmlns:r="{OF_OFFICE}">'
        f"<sheets>{''.join(names)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OF_PACKAGE}/relationships">'
        f"{''.join(relations)}</Relationships>",
    }
    return zipped(around | parts)


def shared(*texts: str) -> str:
    """The texts that cells share."""
    every = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="{BOOK}">{every}</sst>'


def ods(rows: str, sheets: int = 1) -> bytes:
    """An .ods of which every sheet has these rows."""
    every = "".join(
        f'<table:table table:name="blad {at}">{rows}</table:table>' for at in range(sheets)
    )
    content = (
        f"<office:document-content {ODS}><office:body><office:spreadsheet>{every}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def of_ods(across: int, down: int, text: str = "x", also: str = "") -> str:
    """A row of an .ods with one cell, that stands for many."""
    return (
        f'<table:table-row table:number-rows-repeated="{down}"><table:table-cell '
        f'office:value-type="string" {also} table:number-columns-repeated="{across}">'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
    )


def xls(sheets: int, row: int, column: int) -> bytes:
    """An old workbook, without its container, of which every sheet has one far number."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    def bound(at: int, place: int) -> bytes:
        name = f"b{at}".encode()
        about = struct.pack("<IBBBB", place, 0, 0, len(name), 0)
        return record(0x0085, about + name)

    number = record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0))
    sheet = begin(0x0010) + number + record(0x000A, b"")
    first = len(begin(0x0005)) + sum(len(bound(at, 0)) for at in range(sheets)) + 4
    book = begin(0x0005)
    for at in range(sheets):
        book += bound(at, first + at * len(sheet))
    return in_container(book + record(0x000A, b"") + sheet * sheets)


def in_container(stream: bytes) -> bytes:
    """A stream as the one of a compound file, in sectors of 512 bytes."""
    stream += bytes(-len(stream) % 512) if len(stream) > 4096 else bytes(4608 - len(stream))
    sectors = len(stream) // 512
    tables = 1
    while tables * 128 < sectors + 1 + tables:
        tables += 1
    assert tables <= 109
    chain = [*range(1, sectors), -2, -2, *[-3] * tables]
    chain += [-1] * (tables * 128 - len(chain))
    first_table = sectors + 1
    listed = [*range(first_table, first_table + tables)]
    listed += [-1] * (109 - tables)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIiIIiIiI", 62, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, sectors,
                          0, 4096, -2, 0, -2, 0)  # fmt: skip
    header += struct.pack("<109i", *listed)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        packed = (name + "\0").encode("utf-16-le")
        return (
            packed.ljust(64, b"\0")
            + struct.pack("<HBBiii", len(packed), kind, 1, -1, -1, child)
            + bytes(36)
            + struct.pack("<iII", start, size, 0)
        )

    folder = entry("Root Entry", 5, 1, -2, 0) + entry("Workbook", 2, -1, 0, len(stream))
    folder += bytes(512 - len(folder))
    return header + stream + folder + struct.pack(f"<{len(chain)}i", *chain)


def page(body: str) -> bytes:
    """A web page, as many a system saves an export."""
    return f"<html><body>{body}</body></html>".encode()


def xml_2003(rows: str, sheets: int = 1) -> bytes:
    """An XML Spreadsheet 2003 of which every sheet has these rows."""
    sheet = f'<Worksheet ss:Name="blad"><Table>{rows}</Table></Worksheet>'
    return f"{XML_2003}{sheet * sheets}</Workbook>".encode()


CELL = "<c><v>1</v></c>"
SPANNED = "<td rowspan=500 colspan=500>x</td>"
DATA = '<Cell ss:Index="499"><Data ss:Type="String">x</Data></Cell>'
WIDE = "".join(f"<td>{at}</td>" for at in range(400))
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    # rows and cells that do not say where they stand
    "rij ver weg, cel zonder plaats.xlsx": (
        "too_far",
        lambda: xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048000">' + CELL + "</row>"),
    ),
    "rij ver weg, 400 cellen zonder plaats.xlsx": (
        "too_far",
        lambda: xlsx('<row r="1048000">' + CELL * 400 + "</row>"),
    ),
    "cellen zonder plaats.xlsx": ("too_far", lambda: xlsx(f"<row>{CELL * 501}</row>")),
    "rijen zonder plaats.xlsx": ("too_far", lambda: xlsx(f"<row>{CELL}</row>" * 100_001)),
    "plaats met spaties.xlsx": (
        "too_far",
        lambda: xlsx('<row r="1"><c r = "XFD1048576"><v>1</v></c></row>'),
    ),
    "plaats achter een teken.xlsx": (
        "too_far",
        lambda: xlsx('<row r="1" spans=">"><c cm=">" r="XFD1048576"><v>1</v></c></row>'),
    ),
    "rij met een plus.xlsx": ("too_far", lambda: xlsx(f'<row r="+1048000">{CELL}</row>')),
    "cel na commentaar.xlsx": (
        "too_far",
        lambda: xlsx('<row r="1"><!-- <c a=" --><c r="XFD1048576"><v>1</v></c><!-- "> --></row>'),
    ),
    "breed en lang.xlsx": (
        "too_far",
        lambda: xlsx(
            '<row r="1"><c r="RZ1"><v>1</v></c></row>'
            '<row r="99999"><c r="A99999"><v>1</v></c></row>'
        ),
    ),
    "onschuldig, zonder plaats.xlsx": ("", lambda: xlsx(f"<row>{CELL * 40}</row>" * 1_000)),
    "onschuldig, breed.xlsx": (
        "",
        lambda: xlsx('<row r="1"><c r="SF1"><v>1</v></c></row><row r="9999">' + CELL + "</row>"),
    ),
    "duizend tabbladen.xlsx": (
        "too_much_together",
        lambda: xlsx('<row r="99999"><c r="Z99999"><v>1</v></c></row>', sheets=1_000),
    ),
    # what is built for each cell, or each element
    "gedeelde tekst.xlsx": (
        "too_much_text",
        lambda: xlsx(
            "".join(
                f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 50_001)
            ),
            strings=shared("x" * MEGABYTE),
        ),
    ),
    "lege gedeelde teksten.xlsx": (
        "too_many",
        lambda: xlsx(CELL, strings=f'<sst xmlns="{BOOK}">{"<si/>" * 40_000_000}</sst>'),
    ),
    "samengevoegd.xlsx": (
        "too_many",
        lambda: xlsx(
            f'<row r="1">{CELL}</row>',
            merged="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 600_000 + "</mergeCells>",
        ),
    ),
    "opmaak.xlsx": (
        "too_many",
        lambda: xlsx(
            f'<row r="1">{CELL}</row>',
            styles=f'<styleSheet xmlns="{BOOK}"><fills><fill><patternFill patternType="solid"/>'
            f"</fill></fills><cellXfs>{'<xf/>' * 5_000_000}</cellXfs></styleSheet>",
        ),
    ),
    "uitgepakt te groot.xlsx": (
        "unpacks",
        lambda: xlsx(f'<row r="1">{CELL}</row>', begin=" " * 301 * MEGABYTE),
    ),
    "uitgepakt net niet te groot.xlsx": (
        "",
        lambda: xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', begin=" " * 250 * MEGABYTE),
    ),
    "diep genest.xlsx": (
        "too_far",
        lambda: xlsx("<row>" * MEGABYTE + f"{CELL}<!-- -->"),
    ),
    "formule met veel plaatsen.xlsx": (
        "no_workbook",
        lambda: xlsx(
            '<row r="1"><c ' + " ".join(f'n{at}:r="A1"' for at in range(200_000)) + "><f>1</f>"
        ),
    ),
    # what one cell stands for, in an .ods
    "herhaalde tekst.ods": (
        "too_much_text",
        lambda: ods(of_ods(100, 1_000, "x" * MEGABYTE)),
    ),
    "herhaald.ods": ("too_far", lambda: ods(of_ods(16_384, 1_048_576))),
    "veel tabbladen.ods": ("too_much_together", lambda: ods(of_ods(50, 99_999), sheets=100)),
    "diep genest.ods": (
        "",
        lambda: ods(of_ods(1, 1, "<text:span>" * 100_000 + "x" + "</text:span>" * 100_000)),
    ),
    "fouten herhaald.ods": (
        "too_far",
        lambda: ods(of_ods(499, 99_999, "#N/B", 'calcext:value-type="error"')),
    ),
    # an old workbook
    "ver vak.xls": ("too_far", lambda: xls(1, 65_535, 255)),
    "veel tabbladen.xls": ("too_much_together", lambda: xls(100, 65_535, 3)),
    # web pages
    "overspannen.xls": ("too_far", lambda: page(f"<table><tr>{SPANNED * 20_000}</table>")),
    "overspannen onder elkaar.xls": (
        "too_far",
        lambda: page(f"<table>{f'<tr>{SPANNED}' * 20_000}</table>"),
    ),
    "rijen zonder cellen.xls": ("too_far", lambda: page(f"<table>{'<tr>' * 200_000}</table>")),
    "breed en lang.xls": (
        "too_far",
        lambda: page(f"<table><tr>{WIDE}</tr>{'<tr><td>x</td></tr>' * 20_000}</table>"),
    ),
    "tabellen in tabellen.xls": (
        "too_much_text",
        lambda: page("<table><tr><td>" * 400 + "x" * MEGABYTE),
    ),
    "diep genest.xls": ("too_deep", lambda: page("<table><tr><td>" + "<b>" * 100_000 + "x")),
    "te veel elementen.xls": ("too_many", lambda: page(f"<table>{'<td>' * 3_000_000}</table>")),
    "scripts.xls": ("", lambda: page("<table><tr><td>x</table>" + "<script></script>x" * 200_000)),
    # XML Spreadsheet 2003
    "index.xls": ("too_far", lambda: xml_2003(f"<Row>{DATA}</Row>" * 99_000)),
    "verre rij.xls": ("far_element", lambda: xml_2003(f'<Row ss:Index="9999999">{DATA}</Row>')),
    "over kolommen.xls": (
        "far_element",
        lambda: xml_2003('<Row><Cell ss:MergeAcross="999999999"/><Cell/></Row>'),
    ),
    "over rijen.xls": (
        "",
        lambda: xml_2003(
            '<Row><Cell ss:MergeDown="999999999"><Data ss:Type="String">x</Data></Cell></Row>'
        ),
    ),
    "veel tabbladen, elk ver.xls": (
        "too_much_together",
        lambda: xml_2003(f'<Row ss:Index="9999">{DATA}</Row>', sheets=50_000),
    ),
    "heel diep.xls": ("damaged_xml", lambda: f"{XML_2003}{'<a>' * MEGABYTE}".encode()),
    # text
    "lege regels.csv": ("too_far", lambda: b"a;b\n" + b"\r\n" * 24 * MEGABYTE),
    "regels van twee soorten.csv": ("too_far", lambda: b"\xe9;b\n" * 2 * MEGABYTE),
    "scheidingstekens.csv": ("too_far", lambda: b";" * 49 * MEGABYTE),
}


def opened(path: Path) -> str:
    """What came of opening a file: what was said, or nothing when it was read."""
    try:
        open_grids(path, path.name)
    except DataError as error:
        return str(error)
    return ""


def in_process_of_its_own(path: Path) -> str:
    """The same, with a limit on memory and on time of the processor."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        said = FAILED
        try:
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + MOST_MEMORY,) * 2)
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS,) * 2)
            said = opened(path)
        except BaseException as error:  # noqa: BLE001  # whatever it is: it must be said
            said = f"{FAILED}: {type(error).__name__}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, status, used = os.wait4(child, 0)
    if os.environ.get("HOSTILE_SAYS"):
        print(path.name, used.ru_maxrss // 1000, "MB", round(used.ru_utime, 1), "s", said[:70],
              file=sys.stderr, flush=True)  # fmt: skip
    return said if status == 0 else KILLED


def main(folder: Path, only: str = "") -> None:
    """Write, open and say what came of each."""
    said = {}
    for name, (_, content) in FILES.items():
        if only in name:
            path = folder / name
            path.write_bytes(content())
            said[name] = in_process_of_its_own(path)
            path.unlink()
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
