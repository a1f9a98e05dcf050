"""Leaks that somebody hides: spelled, packed, turned, covered, or in a part nobody opens."""

import base64
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit_pages import HALVES, W, edition_in, reports_in, table
from audit_plants import (
    BOOK,
    BORNE,
    LETTER,
    Plant,
    adds,
    draws,
    in_book,
    in_letter,
    in_zip,
    instead,
    manifest,
    replaced,
    says,
    trace,
)
from mma_analysis.audit import audit

NAME, NUMBER, RUN = "Pruimedoorn", "M2021-014877", "Volgens de melder woont"
# What the topics of Borne are, also those that its page hides.
EXACT = [6, 0, 2, 2, 0, 0, 0]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    return edition_in(folder / "proef"), reports_in(folder / "reports")


def packed_text(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_layout(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda figure: figure["layout"].__setitem__(name, value)


def with_frames(figure: dict[str, Any]) -> None:
    figure["frames"] = [{"data": [{"type": "bar", "x": EXACT}]}]


def number_with_format(form: str) -> tuple[str, Plant]:
    """A number in the place of the sign for hidden, and a format that covers it."""
    return in_book(lambda book, sheet: sheet.write(2, 1, 3, book.add_format({"num_format": form})))


def chart_in_book(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Bron")
    other.write_column(0, 0, EXACT)
    bars = book.add_chart({"type": "column"})
    bars.add_series({"values": "=Bron!$A$1:$A$7"})
    sheet.insert_chart("F2", bars)


def hidden_row(book: Any, sheet: Any) -> None:
    sheet.write(9, 0, "Notitie")
    sheet.set_row(9, None, None, {"hidden": True})


def run_of(body: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr>{body}</w:r></w:p>"


def later(file: str, change: Callable[[bytes], bytes]) -> tuple[str, Plant]:
    """Change the bytes of a finished file."""

    def plant(reports: Path) -> None:
        (reports / file).write_bytes(change((reports / file).read_bytes()))

    return file, plant


def twice_in_zip(reports: Path) -> None:
    """The same part two times: a program that takes the last one does not see the first."""
    path = reports / LETTER
    with zipfile.ZipFile(path) as archive:
        parts = [(part, archive.read(part)) for part in archive.infolist()]
    leak = f'<w:document xmlns:w="{W}">{run_of(f"<w:t>{NAME}</w:t>")}</w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(parts[0][0], leak)
        for part, content in parts:
            archive.writestr(part, content)


def at_a_moment(reports: Path) -> None:
    with zipfile.ZipFile(reports / LETTER, "a") as archive:
        archive.writestr(zipfile.ZipInfo("word/extra.xml", (2022, 7, 3, 9, 12, 40)), "<a/>")


def with_note(reports: Path) -> None:
    with zipfile.ZipFile(reports / LETTER, "a") as archive:
        archive.comment = RUN.encode()


SPELLED = {
    "a name with a space between all letters": ("name", says(f"<p>{' '.join(NAME)}</p>")),
    "a name with a letter in each cell": (
        "name",
        says(f"<table><tr>{''.join(f'<td>{s}</td>' for s in NAME)}</tr></table>"),
    ),
    "a name with a sign between all letters": ("name", says(f"<p>{'-'.join(NAME)}</p>")),
    "a name in letters of another alphabet": (
        "name",
        says("<p>\u0420ruim\u0435d\u043e\u043ern</p>"),
    ),
    "a name in wide letters": (
        *("name", says(f"<p>{''.join(chr(ord(s) + 0xFEE0) for s in NAME)}</p>")),
    ),
    "a name with signs that join": ("name", says(f"<p>{chr(0x34F).join(NAME)}</p>")),
    "a name with signs that turn": ("name", says(f"<p>{chr(0x2063).join(NAME)}</p>")),
    "a name backwards": ("name", says(f"<p>&#x202e;{NAME[::-1]}</p>")),
    "a number with spaces in it": ("number", says("<p>Zie 2021 01 48 77.</p>")),
    "a number with dots in it": ("number", says("<p>Zie M.2021.014.877</p>")),
    "a plate with signs that nobody sees": ("plate", says("<p>4-X&#8203;KL-05</p>")),
    "a telephone with a hard space": ("phone", says("<p>Bel 06&nbsp;1234&nbsp;5678.</p>")),
    "a telephone cut over elements": ("phone", says("<p>Bel 06<b>123</b>45<i>678</i>.</p>")),
}
PACKED = {
    "a name in signs by their number": (
        "name",
        says(f"<p>{''.join(f'&#{ord(s)};' for s in NAME)}</p>"),
    ),
    "in signs by their number, in an attribute": (
        "name",
        says(f'<p title="{"".join(f"&#x{ord(s):x};" for s in NAME)}">.</p>'),
    ),
    "in signs by their number, twice": (
        *("name", says(f"<p>{''.join(f'&amp;#{ord(s)};' for s in NAME)}</p>")),
    ),
    "in signs by their number, in a figure": (
        "name",
        draws(trace("name", "".join(f"&#{ord(s)};" for s in NAME))),
    ),
    "base64 in a text": ("name", says(f"<p>{packed_text(f'het was {NAME} zelf')}</p>")),
    "base64 in an attribute": ("run", says(f'<p class="{packed_text(RUN)}">.</p>')),
    "hexadecimal": ("name", says(f"<p>{NAME.encode().hex()}</p>")),
    "as in an address": (
        "name",
        says(f'<a href="#{"".join(f"%{ord(s):02x}" for s in NAME)}">x</a>'),
    ),
    "in a style, as css writes signs": (
        "name",
        says(f"<p style=\"--a:'{''.join(f'{chr(92)}{ord(s):x} ' for s in NAME)}'\">x</p>"),
    ),
    "in a style sheet": ("style", says(f"<style>p::after{{content:'{NAME}'}}</style>")),
    "in json, as it writes signs": (
        "name",
        adds("openbaar/manifest.json", json.dumps({"a": [NAME]}).replace("P", "\\u0050").encode()),
    ),
    "in a key of json": ("name", adds("openbaar/manifest.json", json.dumps({NAME: 1}).encode())),
}
UNUSUAL = {
    "in the name of an attribute": ("name", says(f"<p data-{NAME}>x</p>")),
    "in the name of an element": ("name", says(f"<{NAME}>x</{NAME}>")),
    "in an attribute that we do not write": ("attribute", says('<p data-n="3">x</p>')),
    "in a text in a drawing": ("name", says("<svg><text>Prui<tspan>medoorn</tspan></text></svg>")),
    "in a description of a drawing": ("run", says(f"<svg><desc>{RUN}</desc></svg>")),
    "in a template": ("run", says(f"<template><p>{RUN}</p></template>")),
    "in a form field": ("run", says(f"<textarea>{RUN}</textarea>")),
    "in a section of characters": ("run", says(f"<svg><![CDATA[{RUN}]]></svg>")),
    "in an order to a program": ("run", says(f"<?xml {RUN}?>")),
    "in a declaration": ("run", says(f"<!ELEMENT {RUN}>")),
    "after the end of a page": ("run", later(BORNE, lambda b: b + RUN.encode())),
    "in a tag that does not end": (
        "name",
        later(BORNE, lambda b: b + f'<p title="{NAME}'.encode()),
    ),
    "in a comment that does not end": ("run", later(BORNE, lambda b: b + f"<!-- {RUN}".encode())),
    "in the name of a file": ("name", adds(f"openbaar/{NAME}.json", b"{}")),
    "a data file beside a figure": (
        "unread",
        says('<script type="application/json">{"borne": {"2021": 3}}</script>'),
    ),
    "in a file of data": ("unread", adds("openbaar/cijfers.csv", b"gemeente;aantal\nBorne;3\n")),
    "in json that is no manifest": ("unread", adds("openbaar/cijfers.json", b'{"borne": 3}')),
}
OFFICE = {
    "in a number format": ("name", number_with_format(f'"{NAME}"0')),
    "under a number format that shows nothing": ("beside", number_with_format(";;;")),
    "under a number format with the sign": ("beside", number_with_format('"·"')),
    "on a hidden row": ("unseen", in_book(hidden_row)),
    "on a hidden sheet": ("unseen", in_book(lambda b, s: b.add_worksheet("Uit").hide())),
    "on a sheet that cannot be shown": (
        "unseen",
        in_book(lambda b, s: b.add_worksheet("Uit").very_hidden()),
    ),
    "in a column without width": (
        "unseen",
        in_book(lambda b, s: s.set_column("F:F", 0, None, {"hidden": True})),
    ),
    "a number in a comment": ("comment", in_book(lambda b, s: s.write_comment("B3", "3"))),
    "a list to choose from": (
        "name",
        in_book(lambda b, s: s.data_validation("B3", {"validate": "list", "source": [NAME]})),
    ),
    "in a chart of a workbook": ("unread", in_book(chart_in_book)),
    "a picture in a workbook": ("unread", in_zip(BOOK, "xl/media/image1.png", "x")),
    "in a part of our own": (
        "name",
        in_zip(BOOK, "customXml/item1.xml", f"<a><b>{NAME}</b></a>"),
    ),
    "a number in a part of our own": (
        "unread",
        in_zip(BOOK, "customXml/item1.xml", "<borne><n>3</n></borne>"),
    ),
    "in the name of a part": ("name", in_zip(BOOK, f"customXml/{NAME}.xml", "<a/>")),
    "in an xml comment": ("run", in_zip(LETTER, "word/footnotes.xml", f"<a><!-- {RUN} --></a>")),
    "in an order in xml": ("run", in_zip(LETTER, "word/footnotes.xml", f"<a><?b {RUN}?></a>")),
    "in a name that a person gave a part": (
        "property",
        in_zip(
            LETTER, "docProps/app.xml", "<Properties><Manager>Anna Jansen</Manager></Properties>"
        ),
    ),
    "in text that was taken out": (
        "run",
        in_letter(f"<w:p><w:del><w:r><w:delText>{RUN}</w:delText></w:r></w:del></w:p>"),
    ),
    "a number that was taken out": (
        "change",
        in_letter("<w:p><w:del><w:r><w:delText>3</w:delText></w:r></w:del></w:p>"),
    ),
    "a text that is not shown": ("unseen", in_letter(run_of("<w:t>3</w:t>", "<w:vanish/>"))),
    "a comment with a number": (
        "comment",
        in_letter(comments=f'<w:comments xmlns:w="{W}">{run_of("<w:t>3</w:t>")}</w:comments>'),
    ),
    "who changed it": ("change", in_letter('<w:p><w:ins w:author="A"><w:r/></w:ins></w:p>')),
    "a description of a picture": (
        "run",
        in_letter(run_of(f'<w:drawing><docPr descr="{RUN}"/></w:drawing>')),
    ),
    "the same part twice": ("unread", (LETTER, twice_in_zip)),
    "after the end of a zip": ("unread", later(LETTER, lambda b: b + RUN.encode())),
    "before the beginning of a zip": ("unread", later(LETTER, lambda b: RUN.encode() + b)),
    "in the note of a zip": ("run", (LETTER, with_note)),
    "the moment of a part": ("moment", (LETTER, at_a_moment)),
}
DRAWN = {
    "in the shade of a bar": ("drawn", draws(trace("marker", {"color": EXACT}))),
    "in the width of a bar": ("drawn", draws(trace("width", EXACT))),
    "in how clear a bar is": (
        "drawn",
        draws(trace("marker", {"opacity": [n / 10 for n in EXACT]})),
    ),
    "in the name of a point": ("drawn", draws(trace("ids", [str(n) for n in EXACT]))),
    "in a frame of a film": ("unread", draws(with_frames)),
    "in drawn lines": (
        "drawn",
        draws(in_layout("shapes", [{"type": "rect", "x0": 0, "x1": n} for n in EXACT])),
    ),
    "in the rows of a grid": (
        "drawn",
        draws(lambda f: f["data"].append({"type": "heatmap", "z": [EXACT, EXACT]})),
    ),
    "in the ticks of an axis": (
        "drawn",
        draws(in_layout("xaxis", {"tickvals": EXACT, "ticktext": [""] * 7})),
    ),
    "in a figure's own note": ("drawn", draws(in_layout("meta", EXACT))),
    "in the order of bars in a text": ("drawn", draws(trace("hovertext", [f"{n}" for n in EXACT]))),
    "a share of a hidden topic": (
        "rate",
        says("<p>In Borne ging 60% van de meldingen over drugs.</p>"),
    ),
    "a small count of tips": ("below", says("<p>Er kwamen 3 tips.</p>")),
    "on a row of a table": (
        "attribute",
        says(f"<table><tr data-n='3'><td>{HALVES[0]}</td></tr></table>"),
    ),
    "a column of a table that is not shown": (
        "twice",
        says(
            table("Onderwerpen in Borne", ["Onderwerp", "Borne"], [["Drugs", "6"]]).replace(
                "<table", "<table hidden"
            )
        ),
    ),
}


def font(**fields: str) -> Plant:
    return in_book(lambda book, sheet: sheet.write("B7", 9, book.add_format(fields)))[1]


def with_table(book: Any, sheet: Any) -> None:
    sheet.add_table("A1:C5", {"columns": [{"header": h} for h in ("Gemeente", *HALVES)]})
    sheet.write("B9", 3)


GREY = "#FAFAFA"
CUSTOM = "<Properties><property name='n'><i4>3</i4></property></Properties>"
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:styleId="Normal"><w:rPr><w:color w:val="FFFFFF"/></w:rPr>'
    "</w:style></w:styles>"
)
STRANGE = {
    "a name for a number": (
        "strange",
        in_book(lambda book, sheet: book.define_name("Bron", "=3")),
    ),
    "a number as the rows to repeat": (
        "strange",
        in_book(lambda book, sheet: book.define_name("_xlnm.Print_Titles", "=3")),
    ),
    "a colour on a condition": (
        "strange",
        in_book(
            lambda book, sheet: sheet.conditional_format(
                "B2:B5", {"type": "cell", "criteria": "=", "value": 3, "format": None}
            )
        ),
    ),
    "a list of what may be filled in": (
        "strange",
        in_book(lambda b, s: s.data_validation("F1", {"validate": "list", "source": ["3"]})),
    ),
    "the memory of a pivot": (
        "strange",
        in_zip(BOOK, "xl/pivotCache/pivotCacheRecords1.xml", "<r><n v='3'/></r>"),
    ),
    "the order of formulas": ("strange", in_zip(BOOK, "xl/calcChain.xml", "<c><c r='B3'/></c>")),
    "a property of a workbook that we do not give": (
        "strange",
        in_book(lambda book, sheet: book.set_custom_property("n", 3)),
    ),
    "a word in a property that is empty": (
        "property",
        in_book(lambda b, s: b.set_properties({"keywords": "3"})),
    ),
    "a part of another kind": (
        "strange",
        replaced("[Content_Types].xml", "spreadsheetml.styles+xml", "spreadsheetml.pivotTable+xml"),
    ),
    "white letters": ("unseen", (BOOK, font(font_color="#FFFFFF"))),
    "letters that are nearly white": ("unseen", (BOOK, font(font_color=GREY))),
    "black letters on black": ("unseen", (BOOK, font(bg_color="#000000"))),
    "letters in a colour of the theme": (
        "unseen",
        replaced("xl/styles.xml", '<color theme="1"/>', '<color theme="0"/>'),
    ),
    "the smallest letters": ("unseen", (BOOK, font(font_size="1"))),
    "a row of no height": ("unseen", in_book(lambda b, s: s.set_row(2, 0.5))),
    "a column of no width": ("unseen", in_book(lambda b, s: s.set_column("B:B", 0.1))),
    "a cell far below": ("unseen", in_book(lambda book, sheet: sheet.write("A900", 3))),
    "a cell far to the right": ("unseen", in_book(lambda book, sheet: sheet.write("ZZ2", 3))),
    "a cell below the table": ("unseen", in_book(with_table)),
    "a property of a letter that we do not give": (
        "strange",
        in_zip(LETTER, "docProps/custom.xml", CUSTOM),
    ),
    "a comment in a letter": (
        "strange",
        in_letter(comments=f'<w:comments xmlns:w="{W}">{run_of("<w:t>x</w:t>")}</w:comments>'),
    ),
    "where a comment was": ("strange", in_letter('<w:p><w:commentReference w:id="3"/></w:p>')),
    "a bookmark by the name of a count": (
        "strange",
        in_letter('<w:p><w:bookmarkStart w:id="0" w:name="borne_3"/></w:p>'),
    ),
    "a cell that was put in": (
        "strange",
        in_letter("<w:tbl><w:tr><w:tc><w:cellMerge/></w:tc></w:tr></w:tbl>"),
    ),
    "white letters in a letter": (
        "strange",
        in_letter(run_of("<w:t>3</w:t>", '<w:color w:val="FFFFFF"/>')),
    ),
    "white letters by a style": ("unseen", in_zip(LETTER, "word/styles.xml", STYLES)),
    "tiny letters in a letter": ("unseen", in_letter(run_of("<w:t>x</w:t>", '<w:sz w:val="2"/>'))),
    "a variable of a letter": (
        "strange",
        in_zip(
            LETTER, "word/settings.xml", '<settings><docVars><docVar val="3"/></docVars></settings>'
        ),
    ),
    "a key in a manifest": ("strange", manifest({"borne": "drie"})),
    "a number in a manifest": ("strange", manifest({"version": 3})),
    "a count as a hash": ("strange", manifest({"papers": {"openbaar/bijlage.xlsx": "3"}})),
    "a count as a path": ("strange", manifest({"papers": {"Borne: 3": ""}})),
    "a part of a page that no page has": (
        "strange",
        manifest({"pages": {"openbaar/borne.html": {"parts": {"borne": ""}}}}),
    ),
}
BESIDE = {
    "beside the name of its gemeente": ("twice", says("<p>Wierden: 4.</p>")),
    "in words, beside the name": ("twice", says("<p>In Wierden (vier)</p>")),
    "in a title of a page": ("twice", instead("<title>Proef", "<title>Wierden = 4", BORNE)),
    "after a noun, in a list": ("twice", says("<ul><li>Aantal meldingen in Wierden: 4</li></ul>")),
    "in a paragraph of a letter": ("twice", in_letter(run_of("<w:t>Wierden: 4</w:t>"))),
    "in words, in the description of a figure": (
        "drawn",
        draws(lambda figure: None, "Staafdiagram. Drugs: zes."),
    ),
    "in brackets, in the title of a figure": (
        "drawn",
        draws(in_layout("title", {"text": "Drugs (6)"})),
    ),
    "along the axis of a trace that nobody sees": (
        "drawn",
        draws(lambda figure: figure["data"].append({"type": "bar", "x": EXACT, "visible": False})),
    ),
    "in where bars begin": ("drawn", draws(trace("base", EXACT))),
}
LEAKS = SPELLED | PACKED | UNUSUAL | OFFICE | DRAWN | STRANGE | BESIDE


@pytest.mark.parametrize(("kind", "leak"), LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_that_is_hidden_is_caught(clean, tmp_path, kind, leak):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    file, plant = leak

    plant(copy)

    found = audit(edition, copy)
    assert kind in {f.kind for f in found if f.file in (file, "openbaar")}
    assert NAME.casefold() not in json.dumps([f.sentence for f in found]).casefold()


def test_a_finding_about_what_is_strange_does_not_say_what_it_is(clean, tmp_path):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    in_book(lambda book, sheet: book.define_name("Wierden_4711", "=4711"))[1](copy)
    in_letter('<w:p><w:bookmarkStart w:id="0" w:name="borne_4711"/></w:p>')[1](copy)
    manifest({"borne 4711": "4711"})[1](copy)

    said = json.dumps([f.sentence for f in audit(edition, copy)])

    assert said.count("never have") >= 3
    assert "4711" not in said
