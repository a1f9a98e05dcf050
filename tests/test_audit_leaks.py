"""Leaks of every kind, planted in finished files: each is caught, and a clean set gives nothing.

Also those that somebody hides: spelled, packed, turned, covered, or in a part nobody opens.
"""

import base64
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit_pages import (
    FREE_TEXT,
    HALVES,
    OPEN_ANSWER,
    W,
    edition_in,
    reports_in,
    table,
)
from audit_plants import (
    BOOK,
    BORNE,
    INDEX,
    INTERN,
    LETTER,
    Plant,
    adds,
    in_book,
    in_letter,
    in_zip,
    manifest,
    on_book,
    on_sheet,
    replaced,
    says,
)
from mma_analysis.audit import audit

NAME, NUMBER, RUN = "Pruimedoorn", "M2021-014877", "Volgens de melder woont"
Leak = str | tuple[str, Plant]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    return edition_in(folder / "proef"), reports_in(folder / "reports")


def found_in(clean, folder: Path, *leaks: Leak) -> list[Any]:
    """What the audit finds where something was planted; a text is put on the page of Borne."""
    edition, reports = clean
    copy = Path(shutil.copytree(reports, folder / "reports"))
    for leak in leaks:
        _, plant = says(leak) if isinstance(leak, str) else leak
        plant(copy)
    return audit(edition, copy, copy)


def test_files_that_give_nothing_away_have_no_findings(clean):
    edition, reports = clean
    assert audit(edition, reports, reports) == []


# --- how it is written ---------------------------------------------------------------------------


def packed_text(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def by_number(mark: str) -> str:
    """The name in signs by their number."""
    return "".join(f"{mark}#{ord(sign)};" for sign in NAME)


IN_ADDRESS = "".join(f"%{ord(sign):02x}" for sign in NAME)
IN_CSS = "".join(f"\\{ord(sign):x} " for sign in NAME)
IN_JSON = json.dumps({"a": [NAME]}).replace("P", "\\u0050").encode()
WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in NAME)
IN_CELLS, DIGITS_IN_CELLS = (
    "".join(f"<td>{sign}</td>" for sign in text) for text in (NAME, NUMBER.replace("-", ""))
)


# --- in a workbook -------------------------------------------------------------------------------


def hidden_sheet(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Werkblad")
    other.write(3, 2, FREE_TEXT)
    other.hide()


def hidden_row(book: Any, sheet: Any) -> None:
    sheet.write(9, 0, "Notitie")
    sheet.set_row(9, None, None, {"hidden": True})


def chart_in_book(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Bron")
    other.write_column(0, 0, EXACT)
    bars = book.add_chart({"type": "column"})
    bars.add_series({"values": "=Bron!$A$1:$A$7"})
    sheet.insert_chart("F2", bars)


def with_table(book: Any, sheet: Any) -> None:
    sheet.add_table("A1:C5", {"columns": [{"header": h} for h in ("Gemeente", *HALVES)]})
    sheet.write("B9", 3)


def formatted(where: str, number: int, **form: str) -> tuple[str, Plant]:
    """A number in a form that covers it."""
    return in_book(lambda book, sheet: sheet.write(where, number, book.add_format(form)))


# --- in a letter, or the bytes of a file ---------------------------------------------------------


def run_of(body: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr>{body}</w:r></w:p>"


def note(part: str, text: str = RUN) -> str:
    return f'<w:{part} xmlns:w="{W}">{run_of(f"<w:t>{text}</w:t>")}</w:{part}>'


def taken_out(text: str) -> str:
    return f"<w:p><w:del><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p>"


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
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(parts[0][0], note("document", NAME))
        for part, content in parts:
            archive.writestr(part, content)


def at_a_moment(reports: Path) -> None:
    with zipfile.ZipFile(reports / LETTER, "a") as archive:
        archive.writestr(zipfile.ZipInfo("word/extra.xml", (2022, 7, 3, 9, 12, 40)), "<a/>")


def with_note(reports: Path) -> None:
    with zipfile.ZipFile(reports / LETTER, "a") as archive:
        archive.comment = RUN.encode()


CUT = "<w:p><w:r><w:t>Volgens de mel</w:t></w:r><w:r><w:t>der woont</w:t></w:r></w:p>"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>Anna Jansen</dc:creator></cp:coreProperties>"
)
APP = "<Properties><Manager>Anna Jansen</Manager></Properties>"
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="attachedTemplate" TargetMode="External"'
    ' Target="https://elders.nl/a"/></Relationships>'
)
CUSTOM = "<Properties><property name='n'><i4>3</i4></property></Properties>"
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:styleId="Normal"><w:rPr><w:color w:val="FFFFFF"/></w:rPr>'
    "</w:style></w:styles>"
)
VARIABLE = '<settings><docVars><docVar val="3"/></docVars></settings>'
PIVOT = ("spreadsheetml.styles+xml", "spreadsheetml.pivotTable+xml")
ODD_PART = {"pages": {"openbaar/borne.html": {"parts": {"borne": ""}}}}


# --- counts --------------------------------------------------------------------------------------

# What the topics of Borne are, also those that its page hides.
EXACT = [6, 0, 2, 2, 0, 0, 0]
CELL = '<td><span aria-hidden="true">·</span><span class="spoken">niet getoond</span></td>'
SHOWN = "<td>{}</td>"
LIST = {"validate": "list"}
ON_CONDITION = {"type": "cell", "criteria": "=", "value": 3, "format": None}


# How much is known of a field, beside the hidden count of what is not.
KNOWN = table("Volledigheid in Borne", ["Gegeven", "Borne"], [["Resultaat", "70%"]]) + table(
    "Opvolging in Borne", ["Stap", "Meldingen"], [["Resultaat: onbekend", "·"]]
)


def share_of_fraud(share: str) -> str:
    return table("Onderwerpen in Borne", ["Onderwerp", "Aandeel"], [["Fraude en geld", share]])


DRUGS = table("Onderwerpen in Borne", ["Onderwerp", "Borne"], [["Drugs", "5"]])


OF_ENSCHEDE = table("Onderwerpen in Enschede", ["Onderwerp", "Aandeel"], [["Drugs", "40%"]])


def topics_in_book(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Onderwerpen")
    heads = ["Onderwerp", "Meldingen"]
    other.write_column(0, 0, ["Onderwerpen in Borne", "Elke rij telt.", heads[0], "Drugs"])
    other.write_column(2, 1, [heads[1], 5])
    other.add_table(2, 0, 3, 1, {"columns": [{"header": head} for head in heads]})


def figure(**trace: Any) -> str:
    """A figure with words in it."""
    drawn = json.dumps({"data": [trace], "layout": {}})
    return f'<figure><script type="application/json">{drawn}</script></figure>'


FILM = (
    '<script type="application/json">{"data": [], "frames": [{"data": [{"x": [6, 0]}]}]}</script>'
)

# --- what is found, by the kind of finding -------------------------------------------------------

WORDS: dict[str, dict[str, Leak]] = {
    "number": {
        "the number of a tip": f"<p>Zie {NUMBER}.</p>",
        "its number, written otherwise": "<p>Zie m 2021014877</p>",
        "its number with spaces in it": "<p>Zie 2021 01 48 77.</p>",
        "its number with dots in it": "<p>Zie M.2021.014.877</p>",
        "with a digit in each cell": f"<table><tr>{DIGITS_IN_CELLS}</tr></table>",
        "its number in an attribute": f'<p data-id="{NUMBER}">Zie.</p>',
        "its number in a file name": f'<a href="{NUMBER}.html">Meer</a>',
        "its number in a manifest": adds("openbaar/lijst.json", f'["{NUMBER}"]'.encode()),
    },
    "run": {
        "words of a tip": f"<p>{RUN} iemand.</p>",
        "in capitals, with other signs": "<p>VOLGENS, DE MELDER: WOONT!</p>",
        "with markup within the words": "<p>Vol<b>gens</b> de&nbsp;melder <i>wo</i>ont</p>",
        "with signs that nobody sees": "<p>Vol&shy;gens de mel&#8203;der woont</p>",
        "over two cells": "<table><tr><td>Volgens de</td><td>melder woont</td></tr></table>",
        "in a text for who cannot see": says(f'<p aria-label="{RUN}"></p>', INTERN),
        "in a hover text": figure(hovertext=[RUN] * 7),
        "in a comment": f"<!-- {RUN} -->",
        "in a comment that does not end": later(BORNE, lambda b: b + f"<!-- {RUN}".encode()),
        "in a hidden element": f'<p hidden style="display:none">{RUN}</p>',
        "in a description of a drawing": f"<svg><desc>{RUN}</desc></svg>",
        "in a template": f"<template><p>{RUN}</p></template>",
        "in a form field": f"<textarea>{RUN}</textarea>",
        "in a section of characters": f"<svg><![CDATA[{RUN}]]></svg>",
        "in an order to a program": f"<?xml {RUN}?>",
        "in a declaration": f"<!ELEMENT {RUN}>",
        "in base64 in an attribute": f'<p class="{packed_text(RUN)}">.</p>',
        "after the end of a page": later(BORNE, lambda b: b + RUN.encode()),
        "words of an open answer": f"<p>{OPEN_ANSWER}</p>",
        "a whole short cell": says("<p>Kabouterstuwdijk 114</p>", INTERN),
        "on a hidden sheet": in_book(hidden_sheet),
        "in a comment in a workbook": on_sheet("write_comment", "B2", RUN),
        "in a workbook's heading": on_sheet("set_header", f"&L{RUN}"),
        "in a property of a workbook": on_book("set_custom_property", "Noot", RUN),
        "cut over runs in a letter": in_letter(CUT),
        "in a letter's header": in_letter(header=note("hdr")),
        "in a letter's comments": in_letter(comments=note("comments")),
        "in an xml comment": in_zip(LETTER, "word/footnotes.xml", f"<a><!-- {RUN} --></a>"),
        "in an order in xml": in_zip(LETTER, "word/footnotes.xml", f"<a><?b {RUN}?></a>"),
        "in text that was taken out": in_letter(taken_out(RUN)),
        "about a picture": in_letter(run_of(f'<w:drawing><docPr descr="{RUN}"/></w:drawing>')),
        "in the note of a zip": (LETTER, with_note),
    },
    "name": {
        "a name": "<p>Overleg met pruimedoorn.</p>",
        "the name of who answered": says("<p>Ingevuld door E. Knarsepoort</p>", INDEX),
        "with a space between all letters": f"<p>{' '.join(NAME)}</p>",
        "with a letter in each cell": f"<table><tr>{IN_CELLS}</tr></table>",
        "with a sign between all letters": f"<p>{'-'.join(NAME)}</p>",
        "in letters of another alphabet": "<p>\u0420ruim\u0435d\u043e\u043ern</p>",
        "in wide letters": f"<p>{WIDE}</p>",
        "with signs that join": f"<p>{chr(0x34F).join(NAME)}</p>",
        "with signs that turn": f"<p>{chr(0x2063).join(NAME)}</p>",
        "backwards": f"<p>&#x202e;{NAME[::-1]}</p>",
        "in signs by their number": f"<p>{by_number('&')}</p>",
        "by their number, in an attribute": f'<p title="{by_number("&")}">.</p>',
        "by their number, twice": f"<p>{by_number('&amp;')}</p>",
        "by their number, in a figure": figure(name=by_number("&")),
        "base64 in a text": f"<p>{packed_text(f'het was {NAME} zelf')}</p>",
        "hexadecimal": f"<p>{NAME.encode().hex()}</p>",
        "as in an address": f'<a href="#{IN_ADDRESS}">x</a>',
        "as css writes signs": f"<p style=\"--a:'{IN_CSS}'\">x</p>",
        "as json writes signs": adds("openbaar/manifest.json", IN_JSON),
        "in a key of json": manifest({NAME: 1}),
        "in the name of an attribute": f"<p data-{NAME}>x</p>",
        "in the name of an element": f"<{NAME}>x</{NAME}>",
        "in a drawing": "<svg><text>Prui<tspan>medoorn</tspan></text></svg>",
        "in a tag that does not end": later(BORNE, lambda b: b + f'<p title="{NAME}'.encode()),
        "in the name of a file": adds(f"openbaar/{NAME}.json", b"{}"),
        "in a name in a workbook": on_book("define_name", "Piepzakroute", "=Aantallen!$A$1"),
        "in a number format": formatted("B3", 3, num_format=f'"{NAME}"0'),
        "in what may be chosen": on_sheet("data_validation", "B3", LIST | {"source": [NAME]}),
        "in a part of our own": in_zip(BOOK, "customXml/item1.xml", f"<a><b>{NAME}</b></a>"),
        "in the name of a part": in_zip(BOOK, f"customXml/{NAME}.xml", "<a/>"),
    },
}
PEOPLE: dict[str, dict[str, Leak]] = {
    "plate": {
        "a plate": "<p>Een auto met kenteken 4-XKL-05.</p>",
        "a plate with signs that nobody sees": "<p>4-X&#8203;KL-05</p>",
    },
    "phone": {
        "a telephone": "<p>Bel 06-12 34 56 78.</p>",
        "a telephone from abroad": "<p>Bel +31 546 123456.</p>",
        "a telephone with a hard space": "<p>Bel 06&nbsp;1234&nbsp;5678.</p>",
        "a telephone cut over elements": "<p>Bel 06<b>123</b>45<i>678</i>.</p>",
    },
    "mail": {"an e-mail address": "<p>Mail naar iemand@voorbeeld.nl.</p>"},
    # The IBAN that the standard gives as its Dutch example, and a number that passes the test.
    "account": {"an account": "<p>NL91 ABNA 0417 1643 00</p>"},
    "citizen": {"a citizen service number": "<p>Nummer 111222333.</p>"},
    "postcode": {"a postcode": "<p>Op 7591 AB.</p>"},
    "address": {"a street": "<p>Bij Kerkstraat 12.</p>"},
}
TRACES: dict[str, dict[str, Leak]] = {
    "path": {
        "a path": "<p>/home/anna/evaluatie</p>",
        "a path on Windows": r'<p title="C:\Users\anna">Bron</p>',
        "a path on a Mac": "<p>/Volumes/evaluatie</p>",
    },
    "machine": {
        "a user": "<p>Gemaakt door jdevries.</p>",
        "a user of Windows": "<p>Gemaakt door Joke de Bruin.</p>",
    },
    "moment": {
        "a moment": '<meta name="made" content="2022-07-03T09:12:40">',
        "the moment of a part": (LETTER, at_a_moment),
    },
    "notebook": {
        "a notebook": '<p data-meta="execution_count: 4">.</p>',
        "an error": "<pre>Traceback (most recent call last)</pre>",
    },
    "comment": {
        "a comment on a page": "<!-- nog nakijken -->",
        "a number in a comment": on_sheet("write_comment", "B3", "3"),
        "a comment with a number in a letter": in_letter(comments=note("comments", "3")),
    },
    "property": {
        "the author of a workbook": on_book("set_properties", {"author": "Anna Jansen"}),
        "the author of a letter": in_letter(core=CORE),
        "a name that a person gave a part": in_zip(LETTER, "docProps/app.xml", APP),
        "a word in a property that is empty": on_book("set_properties", {"keywords": "3"}),
    },
    "change": {
        "a number that was taken out": in_letter(taken_out("3")),
        "who changed it": in_letter('<w:p><w:ins w:author="A"><w:r/></w:ins></w:p>'),
    },
}
ACTIVE: dict[str, dict[str, Leak]] = {
    "external": {
        "a picture from elsewhere": '<img alt="" src="//elders.nl/a.png">',
        "an address in a text": "<p>Zie https://elders.nl</p>",
        "a link": '<a href="https://elders.nl">x</a>',
        "a style that fetches": '<p style="background:url(//elders.nl/a)">x</p>',
        "a link in a workbook": on_sheet("write_url", "D1", "https://elders.nl"),
        "a template from elsewhere": in_letter(rels=RELATION),
    },
    "style": {
        "a style sheet with an import": "<style>@import 'a.css';</style>",
        "a style sheet with a name": f"<style>p::after{{content:'{NAME}'}}</style>",
    },
    "element": {
        "a style sheet from elsewhere": '<link rel="stylesheet" href="a.css">',
        "a script that is loaded": '<script src="a.js"></script>',
        "a frame": '<iframe title="x"></iframe>',
        "a form": '<form action="a"></form>',
        "another page after a while": '<meta http-equiv="refresh" content="1">',
    },
    "script": {"a script": "<script>fetch('a')</script>"},
    "handler": {
        "a handler": '<p onclick="x()">x</p>',
        "a link that runs": '<a href="javascript:x()">x</a>',
        "a link that holds a page": '<a href="data:text/html,x">x</a>',
    },
    "formula": {"a formula": on_sheet("write_formula", "D1", "=1+1")},
    "unread": {
        "a picture in the page": '<img alt="" src="data:image/png;base64,AA==">',
        "a macro": in_zip(BOOK, "xl/vbaProject.bin", "x"),
        "a file of another kind": adds("openbaar/kaart.png", b"\x89PNG"),
        "data beside a figure": '<script type="application/json">{"borne": {"2021": 3}}</script>',
        "a file of data": adds("openbaar/cijfers.csv", b"gemeente;aantal\nBorne;3\n"),
        "json that is no manifest": adds("openbaar/cijfers.json", b'{"borne": 3}'),
        "a picture in a workbook": in_zip(BOOK, "xl/media/image1.png", "x"),
        "the same part twice": (LETTER, twice_in_zip),
        "after the end of a zip": later(LETTER, lambda b: b + RUN.encode()),
        "before the beginning of a zip": later(LETTER, lambda b: RUN.encode() + b),
        "in a frame of a film": FILM,
    },
}
COUNTS: dict[str, dict[str, Leak]] = {
    "attribute": {
        "an attribute that we do not write": '<p data-n="3">x</p>',
        "on a row of a table": f"<table><tr data-n='3'><td>{HALVES[0]}</td></tr></table>",
    },
    "unattacked": {"a set that was not attacked": manifest({"attacked": False})},
}
COVERED: dict[str, dict[str, Leak]] = {
    "unseen": {
        "a hidden row": in_book(hidden_row),
        "a hidden sheet": in_book(lambda book, sheet: book.add_worksheet("Uit").hide()),
        "a very hidden sheet": in_book(lambda book, sheet: book.add_worksheet("Uit").very_hidden()),
        "a hidden column": on_sheet("set_column", "F:F", 0, None, {"hidden": True}),
        "white letters": formatted("B7", 9, font_color="#FFFFFF"),
        "letters that are nearly white": formatted("B7", 9, font_color="#FAFAFA"),
        "black letters on black": formatted("B7", 9, bg_color="#000000"),
        "a colour of the theme": replaced("xl/styles.xml", 'color theme="1"', 'color theme="0"'),
        "the smallest letters": formatted("B7", 9, font_size="1"),
        "a row of no height": on_sheet("set_row", 2, 0.5),
        "a column of no width": on_sheet("set_column", "B:B", 0.1),
        "a cell far below": on_sheet("write", "A900", 3),
        "a cell far to the right": on_sheet("write", "ZZ2", 3),
        "a cell below the table": in_book(with_table),
        "a text that is not shown": in_letter(run_of("<w:t>3</w:t>", "<w:vanish/>")),
        "white letters by a style": in_zip(LETTER, "word/styles.xml", STYLES),
        "tiny letters in a letter": in_letter(run_of("<w:t>x</w:t>", '<w:sz w:val="2"/>')),
    },
    "strange": {
        "a part of our own": in_zip(BOOK, "customXml/item1.xml", "<borne><n>3</n></borne>"),
        "a chart in a workbook": in_book(chart_in_book),
        "a name for a number": on_book("define_name", "Bron", "=3"),
        "a number as the rows to repeat": on_book("define_name", "_xlnm.Print_Titles", "=3"),
        "a colour on a condition": on_sheet("conditional_format", "B2:B5", ON_CONDITION),
        "what may be filled in": on_sheet("data_validation", "F1", LIST | {"source": ["3"]}),
        "a pivot": in_zip(BOOK, "xl/pivotCache/pivotCacheRecords1.xml", "<r><n v='3'/></r>"),
        "the order of formulas": in_zip(BOOK, "xl/calcChain.xml", "<c><c r='B3'/></c>"),
        "a property of a workbook": on_book("set_custom_property", "n", 3),
        "a part of another kind": replaced("[Content_Types].xml", *PIVOT),
        "a property of a letter": in_zip(LETTER, "docProps/custom.xml", CUSTOM),
        "a comment in a letter": in_letter(comments=note("comments", "x")),
        "where a comment was": in_letter('<w:p><w:commentReference w:id="3"/></w:p>'),
        "a bookmark": in_letter('<w:p><w:bookmarkStart w:id="0" w:name="borne_3"/></w:p>'),
        "a cell that was put in": in_letter(
            "<w:tbl><w:tr><w:tc><w:cellMerge/></w:tc></w:tr></w:tbl>"
        ),
        "white in a letter": in_letter(run_of("<w:t>3</w:t>", '<w:color w:val="FFFFFF"/>')),
        "a variable of a letter": in_zip(LETTER, "word/settings.xml", VARIABLE),
        "a key in a manifest": manifest({"borne": "drie"}),
        "a number in a manifest": manifest({"version": 3}),
        "a count as a hash": manifest({"files": {"openbaar/bijlage.xlsx": "3"}}),
        "a count as a path": manifest({"files": {"Borne: 3": ""}}),
        "a part of a page that no page has": manifest(ODD_PART),
    },
}
LEAKS = [
    pytest.param(kind, leak, id=name)
    for group in (WORDS, PEOPLE, TRACES, ACTIVE, COUNTS, COVERED)
    for kind, leaks in group.items()
    for name, leak in leaks.items()
]


@pytest.mark.parametrize(("kind", "leak"), LEAKS)
def test_a_planted_leak_is_caught(clean, tmp_path, monkeypatch, kind, leak):
    monkeypatch.setenv("USER", "jdevries")
    monkeypatch.setenv("USERNAME", "Joke de Bruin")
    file = BORNE if isinstance(leak, str) else leak[0]

    found = found_in(clean, tmp_path, leak)

    assert kind in {f.kind for f in found if f.file in (file, "openbaar")}
    assert NAME.casefold() not in json.dumps([f.sentence for f in found]).casefold()


HARMLESS: dict[str, Leak] = {
    "a shown total, with a topic": "<p>Borne kreeg 10 meldingen, vooral over drugs.</p>",
    "a shown count": "<p>In jul – dec 2021 kreeg Almelo 15 meldingen.</p>",
    "a rounded zero": "<p>In jul – dec 2021 kreeg Wierden hoogstens 4 meldingen.</p>",
    "a hidden count": "<p>Hoeveel meldingen in Borne over drugs gingen, tonen wij niet.</p>",
    "a share of the known ones of a hidden topic": (
        "<p>Voor zover bekend ging in Borne 60% van de meldingen over drugs.</p>"
    ),
    "rounded shares beside their rounded counts": table(
        "Onderwerpen in Enschede",
        ["Onderwerp", "Enschede", "Aandeel Enschede"],
        [["Drugs", "5", "35%"], ["Overig", "10", "65%"]],
    ),
    "words that are ours": "<p>Niet getoond, om melders te beschermen.</p>",
    "three words of a tip": "<p>Volgens de melder</p>",
    "a heading of a delivery": says("<p>Naam betrokkene</p>", INTERN),
    "nine digits that are no citizen service number": "<p>Nummer 111222334.</p>",
    "an account that fails its test": "<p>NL92 ABNA 1417 1643 00</p>",
    "an own exact count": says("<p>Borne kreeg 3 meldingen.</p>", INTERN),
    "a public count of another": says("<p>Enschede kreeg 15 meldingen.</p>", INTERN),
    "a link within the files": '<a href="index.html#inhoud">Alle rapporten</a>',
}


@pytest.mark.parametrize("harmless", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_harmless_is_let_through(clean, tmp_path, harmless):
    assert found_in(clean, tmp_path, harmless) == []


def test_a_finding_never_holds_what_it_found(clean, tmp_path):
    found = found_in(
        clean,
        tmp_path,
        f"<p>{NUMBER} {FREE_TEXT} Bel 06-12345678</p>",
        on_book("define_name", "Wierden_4711", "=4711"),
        in_letter('<w:p><w:bookmarkStart w:id="0" w:name="borne_4711"/></w:p>'),
        manifest({"borne 4711": "4711"}),
    )

    said = json.dumps([finding.sentence for finding in found])
    assert said.count("never have") >= 3
    for secret in ("014877", "Pruimedoorn", "melder", "12345678", "4711"):
        assert secret not in said


def test_a_finding_says_where_the_words_came_from(clean, tmp_path):
    (finding,) = found_in(clean, tmp_path, f"<p>Zie {NUMBER}.</p>")

    assert finding.source == "meldingen/borne.csv, row 2, column 1"
    assert finding.place.startswith("text, line ")
