"""Leaks of every kind, planted in finished files: each is caught, and a clean file gives nothing.

Also those that somebody hides: spelled, packed, turned, covered, or in a part nobody opens.
"""

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from mma_analysis.audit.search import passes_eleven_test, passes_mod97
from planting import (
    BOOK,
    BORNE,
    DATA,
    DISTRICT,
    INTERN,
    LETTER,
    MANIFEST,
    OPEN_ANSWER,
    PAPER,
    Change,
    Plant,
    World,
    in_part,
    instead,
    new_part,
    packed,
    says,
)

NAME, NUMBER, RUN = "Pruimedoorn", "M2021-994877", "Volgens de melder woont"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FILES = [BORNE, DISTRICT, INTERN, LETTER, BOOK, PAPER, DATA, MANIFEST, "openbaar/index.html"]


@pytest.fixture(scope="module")
def world(reports, tmp_path_factory) -> World:
    return World(reports.workspace, tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_example_has_no_findings(world, file):
    assert world.found(file) == []


# --- how it is written ---------------------------------------------------------------------------


def by_number(mark: str) -> str:
    """The name in signs by their number."""
    return "".join(f"{mark}#{ord(sign)};" for sign in NAME)


def in_cells(text: str) -> str:
    return f"<table><tr>{''.join(f'<td>{sign}</td>' for sign in text)}</tr></table>"


def figure(**trace: Any) -> str:
    drawn = json.dumps({"data": [trace], "layout": {}})
    return f'<figure><script type="application/json" class="drawing">{drawn}</script></figure>'


def later(file: str, change: Change) -> Plant:
    return file, change


def paper(body: str, part: str = "word/document.xml") -> Plant:
    return in_part(part, "(?=<w:sectPr|</w:hdr>|</w:ftr>)", body, PAPER)


def run_of(body: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr>{body}</w:r></w:p>"


def text_of(words: str) -> str:
    return run_of(f"<w:t>{words}</w:t>")


def sheet(old: str, new: str) -> Plant:
    return in_part("xl/worksheets/sheet5.xml", old, new)


def styles(old: str, new: str) -> Plant:
    return in_part("xl/styles.xml", old, new)


def string(words: str) -> Plant:
    """In the place of a title of a sheet."""
    return in_part("xl/sharedStrings.xml", "<t>Inhoud</t>", f"<t>{words}</t>")


def rezipped(content: bytes, **of_part: Any) -> bytes:
    """The same parts, with something else about them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(parts, **of_part)


def twice(content: bytes) -> bytes:
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(zipfile.ZipInfo("word/document.xml", (1980, 1, 1, 0, 0, 0)), "<a/>")
    return written.getvalue()


def with_note(content: bytes) -> bytes:
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a") as archive:
        archive.comment = RUN.encode()
    return written.getvalue()


def manifest(**content: Any) -> Plant:
    return MANIFEST, lambda old: json.dumps(json.loads(old) | content).encode()


def comments(words: str) -> str:
    return f'<w:comments xmlns:w="{W}"><w:comment>{text_of(words)}</w:comment></w:comments>'


WORDS: dict[str, str | Plant] = {
    "the number of a tip": f"<p>Zie {NUMBER}.</p>",
    "its number, written otherwise": "<p>Zie m 2021994877</p>",
    "its number with spaces in it": "<p>Zie 2021 99 48 77.</p>",
    "its number with dots in it": "<p>Zie M.2021.994.877</p>",
    "its number, with a digit in each cell": in_cells(NUMBER.replace("-", "")),
    "its number in an attribute": f'<p data-id="{NUMBER}">Zie.</p>',
    "its number in a file name": f'<a href="{NUMBER}.html">Bijlage</a>',
    "its number in a manifest": manifest(edition=NUMBER),
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
    "in base64 in an attribute": f'<p class="{base64.b64encode(RUN.encode()).decode()}">.</p>',
    "after the end of a page": later(BORNE, lambda b: b + RUN.encode()),
    "words of an open answer": f"<p>{OPEN_ANSWER}</p>",
    "a whole short cell": says("<p>Kabouterstuwdijk 114</p>", INTERN),
    "in the letter of another": says(f"<p>{RUN} iemand.</p>", LETTER),
    "a name": "<p>Overleg met pruimedoorn.</p>",
    "the name of who answered": says("<p>Ingevuld door E. Knarsepoort</p>", "openbaar/index.html"),
    "a name with a space between all letters": f"<p>{' '.join(NAME)}</p>",
    "a name with a letter in each cell": in_cells(NAME),
    "a name with a sign between all letters": f"<p>{'-'.join(NAME)}</p>",
    "a name in letters of another alphabet": "<p>\u0420ruim\u0435d\u043e\u043ern</p>",
    "a name in wide letters": f"<p>{''.join(chr(ord(sign) + 0xFEE0) for sign in NAME)}</p>",
    "a name with signs that join": f"<p>{chr(0x34F).join(NAME)}</p>",
    "a name with signs that turn": f"<p>{chr(0x2063).join(NAME)}</p>",
    "a name backwards": f"<p>&#x202e;{NAME[::-1]}</p>",
    "a name in signs by their number": f"<p>{by_number('&')}</p>",
    "a name by their number, in an attribute": f'<p title="{by_number("&")}">.</p>',
    "a name by their number, twice": f"<p>{by_number('&amp;')}</p>",
    "a name by their number, in a figure": figure(name=by_number("&")),
    "a name in base64": f"<p>{base64.b64encode(f'het was {NAME} zelf'.encode()).decode()}</p>",
    "a name, hexadecimal": f"<p>{NAME.encode().hex()}</p>",
    "a name as in an address": f'<a href="#{"".join(f"%{ord(s):02x}" for s in NAME)}">x</a>',
    "a name as css writes signs": "<p style=\"--a:'\\50 ruimedoorn'\">x</p>",
    "a name in a key of json": manifest(**{NAME: "1"}),
    "a name in the name of an attribute": f"<p data-{NAME}>x</p>",
    "a name in the name of an element": f"<{NAME}>x</{NAME}>",
    "a name in a drawing": "<svg><text>Prui<tspan>medoorn</tspan></text></svg>",
    "a name in a tag that does not end": later(BORNE, lambda b: b + f'<p title="{NAME}'.encode()),
    "a name in a class": f'<p class="{NAME}">x</p>',
    "a name in an id": f'<p id="{NAME}">x</p>',
    "a word of nobody": "<p>Het ging over zwemvliezen.</p>",
}
PEOPLE: dict[str, str | Plant] = {
    "a plate": "<p>Een auto met kenteken 4-XKL-05.</p>",
    "a plate with signs that nobody sees": "<p>4-X&#8203;KL-05</p>",
    "a telephone": "<p>Bel 06-12 34 56 78.</p>",
    "a telephone from abroad": "<p>Bel +31 546 123456.</p>",
    "a telephone with a hard space": "<p>Bel 06&nbsp;1234&nbsp;5678.</p>",
    "a telephone cut over elements": "<p>Bel 06<b>123</b>45<i>678</i>.</p>",
    "an e-mail address": "<p>Mail naar iemand@voorbeeld.nl.</p>",
    # The IBAN that the standard gives as its Dutch example, and a number that passes the test.
    "an account": "<p>NL91 ABNA 0417 1643 00</p>",
    "a citizen service number": "<p>Nummer 111222333.</p>",
    "a postcode": "<p>Op 7591 AB.</p>",
    "a street": "<p>Bij Kerkstraat 12.</p>",
    "a path": "<p>/home/anna/evaluatie</p>",
    "a path on Windows": r'<p title="C:\Users\anna">Bron</p>',
    "a path on a Mac": "<p>/Volumes/evaluatie</p>",
    "a user": "<p>Gemaakt door jdevries.</p>",
    "a moment": '<meta name="made" content="2022-07-03T09:12:40">',
    "a notebook": '<p data-meta="execution_count: 4">.</p>',
    "an error": "<pre>Traceback (most recent call last)</pre>",
    "a typed telephone": '<p><data class="v" value="06-12345678" data-cell="vast|nummer">'
    "06-12345678</data></p>",
}
ACTIVE: dict[str, str | Plant] = {
    "a picture from elsewhere": '<img alt="" src="//elders.nl/a.png">',
    "an address in a text": "<p>Zie https://elders.nl</p>",
    "a link": '<a href="https://elders.nl">x</a>',
    "a style that fetches": '<p style="background:url(//elders.nl/a)">x</p>',
    "a style sheet with an import": "<style>@import 'a.css';</style>",
    "a style sheet with a name": f"<style>p::after{{content:'{NAME}'}}</style>",
    "a style sheet from elsewhere": '<link rel="stylesheet" href="a.css">',
    "a script that is loaded": '<script src="a.js"></script>',
    "a frame": '<iframe title="x"></iframe>',
    "a form": '<form action="a"></form>',
    "another page after a while": '<meta http-equiv="refresh" content="1">',
    "a script": "<script>fetch('a')</script>",
    "a script that ours was added to": instead(
        "document.querySelector", "alert(3);document.querySelector"
    ),
    "a handler": '<p onclick="x()">x</p>',
    "a link that runs": '<a href="javascript:x()">x</a>',
    "a link that holds a page": '<a href="data:text/html,x">x</a>',
    "a picture in the page": '<img alt="" src="data:image/png;base64,AA==">',
    "data beside a figure": '<script type="application/json">{"borne": {"2021": 3}}</script>',
    "in a frame of a film": '<script type="application/json" class="drawing">'
    '{"data": [], "frames": [{"data": [{"x": [6, 0]}]}]}</script>',
    "a base": '<base href="//elders.nl">',
    "an element of another kind": "<meter></meter>",
    "an attribute that we do not write": '<p data-n="3">x</p>',
    "an attribute of a row": "<table><tr data-n='3'><td>x</td></tr></table>",
    "an attribute twice": '<p class="note" class="x">x</p>',
    "a tag that was not opened": "</section>",
    "a tag that stays open": "<section>",
    "an order of the page": instead("<!doctype html>", '<!doctype html "3">'),
}
NUMBERS: dict[str, str | Plant] = {
    "a bare cell": "<table><tr><td>3</td></tr></table>",
    "a number in a title": '<p title="17">x</p>',
    "a number in the number of a list": '<ol><li value="17">Drugs</li></ol>',
    "a number as text of a shape": "<p>³</p>",
    "a number in a ring": "<p>③</p>",
    "a Roman number": "<p>Het waren er XVII.</p>",
    "a tally": "<p>|||</p>",
    "morse": "<p>– – · · ·</p>",
    "dots": "<p>●●●</p>",
    "a list of nothing": "<ul><li></li><li></li><li></li></ul>",
    "one in words": "<p>Er kwam één melding.</p>",
    "twenty-one in words": "<p>Eenentwintig meldingen.</p>",
    "a half": "<p>De helft van de meldingen.</p>",
    "the fewest": "<p>Borne kreeg de minste meldingen.</p>",
    "few": "<p>Over drugs waren er weinig.</p>",
    "a number with a part that nobody sees": "<p>1&#8203;7</p>",
    "a share": "<p>Aandeel: 60%</p>",
    "an amount": "<p>Dat kost € 3.</p>",
    "a number in a class": '<p class="n3">x</p>',
    "a number in an id": '<p id="borne-3">x</p>',
    "a number in a style": '<td style="--deel:3.0%">x</td>',
    "how high a figure is, in a text": '<div style="width:3px">x</div>',
    "in the name of a file to save": '<a download="borne-3.csv" href="#inhoud">x</a>',
    "in what stands below on paper": instead("--running:'", "--running:'3 "),
    "a value within a value": '<p><data class="v" value="800.0" data-cell="costs|borne#per_year" '
    'data-form="euro">€ 800<data value="3" data-cell="vast|x">3</data></data></p>',
    "an empty place with a number": '<span class="v" data-state="hidden" data-cell="">3</span>',
    "a value of nobody": '<p><data class="v" value="3" data-cell="per_period|borne|2019-07#count">'
    "3</data></p>",
    "a value in another form": '<p><data class="v" value="800.0" data-cell="costs|borne#per_year" '
    'data-form="count">€ 800</data></p>',
    "an own value in public": '<p><data class="v" value="15" data-cell="own_delivery|borne#clean">'
    "15</data></p>",
    "a typed number without a reason": '<data class="v" value="3" data-cell="vast|">3</data>',
    "where numbers come from, with a number": instead("Bijlage, tabblad ", "Bijlage 17, tabblad "),
}
IN_BOOK: dict[str, Plant] = {
    "a hidden sheet": in_part("xl/workbook.xml", "(?<=<sheet )name", 'state="hidden" name'),
    "a very hidden sheet": in_part(
        "xl/workbook.xml", "(?<=<sheet )name", 'state="veryHidden" name'
    ),
    "a hidden row": sheet('<row r="7"', '<row r="7" hidden="1"'),
    "a hidden column": sheet('<col min="1"', '<col hidden="1" min="1"'),
    "the height of a row": sheet('<row r="7"', '<row r="7" ht="3" customHeight="1"'),
    "a column of no width": sheet(r'width="[\d.]+"', 'width="0.1"'),
    "white letters": styles("FF1B2430", "FFFFFFFF"),
    "letters that are nearly white": styles("FF1B2430", "FFFAFAFA"),
    "black on black": styles("FFDDE7EF", "FF000000"),
    "a colour of the theme": styles('color theme="1"', 'color theme="0"'),
    "another theme": in_part("xl/theme/theme1.xml", "1F497D", "000003"),
    "the smallest letters": styles('sz val="10"', 'sz val="1"'),
    "a name in a style": styles('cellStyle name="Normal"', f'cellStyle name="{NAME}"'),
    "a name in a number format": styles("0–4", NAME),
    "a format that covers a number": styles(r"#,##0\.00&quot;|#,##0.00", ";;;"),
    "a cell far below": sheet(
        "</sheetData>", '<row r="900"><c r="A900"><v>3</v></c></row></sheetData>'
    ),
    "a cell to the right": sheet("</row>", '<c r="ZZ1"><v>3</v></c></row>'),
    "a formula": sheet(r'(<c r="C6"[^>]*>)', r"\1<f>1+1</f>"),
    "another number": sheet(r"<v>115</v>", "<v>113</v>"),
    "a number where words stand": sheet(
        r'<c r="B6" s="\d+" t="s"><v>\d+</v>', '<c r="B6"><v>3</v>'
    ),
    "a row of another cell": sheet(r'(<c r="A6" s="\d+" t="s"><v>)\d+', r"\g<1>0"),
    "words of a tip in a cell": string(RUN),
    "a name in a cell": string(NAME),
    "a number in a cell of words": string("17 meldingen"),
    "a text on no sheet": in_part(
        "xl/sharedStrings.xml", "</sst>", "<si><t>Inhoud van</t></si></sst>"
    ),
    "words in the heading of a sheet": sheet(
        "<oddFooter>", f"<oddHeader>{RUN}</oddHeader><oddFooter>"
    ),
    "words at the foot of a sheet": sheet("Pagina ", f"{NAME} "),
    "a name for a number": in_part(
        "xl/workbook.xml",
        "</definedNames>",
        '<definedName name="Bron">3</definedName></definedNames>',
    ),
    "a number as the rows to repeat": in_part("xl/workbook.xml", r">Achtergrond!\$5:\$5<", ">3<"),
    "a colour on a condition": sheet(
        "<pageMargins", '<conditionalFormatting sqref="B2"/><pageMargins'
    ),
    "what may be filled in": sheet(
        "<pageMargins",
        f'<dataValidation sqref="F1"><formula1>"{NAME}"</formula1></dataValidation><pageMargins',
    ),
    "a link to elsewhere": sheet("location=", 'id="rId9" location='),
    "a comment of a cell": new_part("xl/comments1.xml", f"<comments><t>{RUN}</t></comments>"),
    "a chart": new_part("xl/charts/chart1.xml", "<chart><v>3</v></chart>"),
    "a pivot": new_part("xl/pivotCache/pivotCacheRecords1.xml", "<r><n v='3'/></r>"),
    "the order of formulas": new_part("xl/calcChain.xml", "<c><c r='B3'/></c>"),
    "a macro": new_part("xl/vbaProject.bin", "x"),
    "a picture": new_part("xl/media/image1.png", "x"),
    "a part of our own": new_part("customXml/item1.xml", f"<a><b>{NAME}</b></a>"),
    "the name of a part": new_part(f"customXml/{NAME}.xml"),
    "a part of another kind": in_part(
        "[Content_Types].xml", "spreadsheetml.styles", "spreadsheetml.pivotTable"
    ),
    "an own property": new_part("docProps/custom.xml", "<Properties><i4>3</i4></Properties>"),
    "the author": in_part(
        "docProps/core.xml",
        "<dc:creator></dc:creator>|<dc:creator/>",
        "<dc:creator>Anna</dc:creator>",
    ),
    "the moment": in_part("docProps/core.xml", "2000-01-01T00:00:00Z", "2023-07-03T09:12:40Z"),
    "a comment in a part": in_part("xl/workbook.xml", "<sheets>", f"<!-- {RUN} --><sheets>"),
    "an order in a part": in_part("xl/workbook.xml", "<sheets>", f"<?b {RUN}?><sheets>"),
    "words between elements": in_part("xl/workbook.xml", "<sheets>", f"{NAME}<sheets>"),
    "words behind a cell": sheet("</c>", f"</c>{NAME}"),
    "the name of a table": in_part("xl/tables/table1.xml", "tabel_leeswijzer", "tabel_3"),
    "an entity": in_part("xl/workbook.xml", "<workbook", '<!DOCTYPE a [<!ENTITY b "c">]><workbook'),
    "a number of rows": in_part("xl/worksheets/sheet2.xml", "<v>137</v>", "<v>17</v>"),
}
IN_PAPER: dict[str, Plant] = {
    "words of a tip": paper(text_of(RUN)),
    "words cut over runs": paper(
        "<w:p><w:r><w:t>Volgens de mel</w:t></w:r><w:r><w:t>der woont</w:t></w:r></w:p>"
    ),
    "a number": paper(text_of("Het waren er 17.")),
    "a number of the page elsewhere": paper(text_of("Het waren er 120 in Borne.")),
    "words at the head": paper(text_of(RUN), "word/header1.xml"),
    "comments": new_part("word/comments.xml", comments(RUN), PAPER),
    "a footnote": new_part("word/footnotes.xml", f"<a><!-- {RUN} --></a>", PAPER),
    "text that was taken out": paper(
        "<w:p><w:del><w:r><w:delText>3</w:delText></w:r></w:del></w:p>"
    ),
    "who changed it": paper('<w:p><w:ins w:author="A"><w:r/></w:ins></w:p>'),
    "about a picture": paper(run_of(f'<w:drawing><docPr descr="{RUN}"/></w:drawing>')),
    "a text that is not shown": paper(run_of("<w:t>x</w:t>", "<w:vanish/>")),
    "tiny letters": paper(run_of("<w:t>x</w:t>", '<w:sz w:val="2"/>')),
    "white letters": paper(run_of("<w:t>x</w:t>", '<w:color w:val="FFFFFF"/>')),
    "white letters by a style": in_part("word/styles.xml", "<w:style ", '<w:style w:x="3" ', PAPER),
    "a bookmark": paper('<w:p><w:bookmarkStart w:id="0" w:name="borne_3"/></w:p>'),
    "where a comment was": paper('<w:p><w:commentReference w:id="3"/></w:p>'),
    "a cell that was put in": paper("<w:tbl><w:tr><w:tc><w:cellMerge/></w:tc></w:tr></w:tbl>"),
    "a field": paper('<w:p><w:fldSimple w:instr="INCLUDETEXT a"/></w:p>'),
    "an edit's mark": in_part(
        "word/document.xml", 'w:rsidR="[0-9A-F]+"', 'w:rsidR="00000003"', PAPER
    ),
    "a variable": in_part("word/settings.xml", "</w:settings>", "<w:docVars/></w:settings>", PAPER),
    "a template from elsewhere": new_part(
        "word/_rels/settings.xml.rels", "<Relationships/>", PAPER
    ),
    "a property": new_part("docProps/custom.xml", "<Properties/>", PAPER),
    "the author": in_part(
        "docProps/core.xml",
        "(?=<dc:title>)",
        "<dc:creator>Anna</dc:creator>",
        PAPER,
    ),
    "a manager": in_part(
        "docProps/app.xml", "</Properties>", "<Manager>Anna</Manager></Properties>", PAPER
    ),
    "the note of a zip": later(PAPER, with_note),
    "the same part twice": later(PAPER, twice),
    "after the end of a zip": later(PAPER, lambda b: b + RUN.encode()),
    "before the beginning of a zip": later(PAPER, lambda b: RUN.encode() + b),
    "the moment of a part": later(PAPER, lambda b: rezipped(b, moment=(2022, 7, 3, 9, 12, 40))),
    "a damaged zip": later(PAPER, lambda b: b[: len(b) // 2]),
}
IN_DATA: dict[str, Plant] = {
    "another number in the lines": instead(";count;115;115", ";count;113;115", DATA),
    "another text in the lines": instead(";count;115;115", ";count;115;113", DATA),
    "a line of no cell": later(DATA, lambda b: b + b"per_period|enschede|2001;count;3;3\r\n"),
    "a ragged line": later(DATA, lambda b: b + b"3\r\n"),
    "a number in a manifest": manifest(version="3 meldingen"),
    "a count as a hash": manifest(files={"openbaar/bijlage.xlsx": "3"}),
    "a count as a path": manifest(files={"Borne: 3": ""}),
    "a part of a page that no page has": manifest(pages={BORNE: {"parts": {"borne": ""}}}),
    "a key of nobody": manifest(borne="drie"),
    "a reason that says too much": manifest(without_report={BORNE: f"{RUN} boven"}),
}
GROUPS = (WORDS, PEOPLE, ACTIVE, NUMBERS, IN_BOOK, IN_PAPER, IN_DATA)
PLANTS = [
    pytest.param(*(says(plant) if isinstance(plant, str) else plant), id=name)
    for group in GROUPS
    for name, plant in group.items()
]


@pytest.mark.parametrize(("file", "change"), PLANTS)
def test_a_planted_leak_is_caught_and_never_said(world, monkeypatch, file, change):
    monkeypatch.setattr(world.auditor._search, "_machine", {"jdevries"})

    found = world.found(file, change)

    assert found
    said = json.dumps([finding.sentence for finding in found], ensure_ascii=False).casefold()
    for secret in (NAME, "994877", "melder woont", "12345678", "piepzak"):
        assert secret.casefold() not in said


HARMLESS = {
    "words that are ours": "<p>Niet getoond, om melders te beschermen.</p>",
    "a link within the files": '<p><a href="index.html#inhoud">Alle rapporten</a></p>',
    "a value with its cell": '<p><data class="v" value="800.0" data-cell="costs|borne#per_year" '
    'data-form="euro">€ 800</data> per jaar</p>',
    "a typed number with its reason": '<p><data class="v" value="95%" data-cell="vast|zekerheid">'
    "95%</data></p>",
}


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_harmless_is_let_through(world, body):
    assert world.found(*says(body)) == []


def test_a_finding_says_where_it_is_and_where_the_words_came_from(world):
    found = world.found(*says(f"<p>Zie {NUMBER}.</p>"))

    (delivered,) = (finding for finding in found if finding.kind == "delivered")
    assert delivered.source == "meldingen/tip.csv, rij 2, kolom 1"
    assert delivered.place.startswith("onderdeel ")
    assert "Haal het weg (komt uit meldingen/tip.csv" in delivered.sentence


def test_numbers_of_citizens_and_accounts_are_told_from_others_by_their_test():
    assert [passes_eleven_test(one) for one in ("111222333", "111222334")] == [True, False]
    accounts = ("NL91 ABNA 0417 1643 00", "NL92 ABNA 0417 1643 00")
    assert [passes_mod97(one) for one in accounts] == [True, False]


# --- the own page in the place of the public one -------------------------------------------------


def test_no_line_of_an_own_page_passes_in_the_public_one_that_says_another_number(world):
    gemeenten = ["borne", "enschede", "wierden", "almelo"]
    tried, passed = 0, []
    for slug in gemeenten:
        public, own = f"openbaar/{slug}.html", f"intern/{slug}/{slug}.html"
        there = set((world.reports / public).read_text("utf-8").splitlines())
        lines = (world.reports / own).read_text("utf-8").splitlines()
        body = lines[lines.index("<body>") + 1 :]
        for line in dict.fromkeys(one for one in body if "data-cell" in one and one not in there):
            tried += 1
            if not world.found(*says(_closed(line), public)):
                passed.append((slug, line))
    assert tried > 20
    # What passes names only cells that say the same in both.
    assert [line for slug, line in passed if _says_more(world, slug, line)] == []


def _closed(line: str) -> str:
    """A line as a piece that opens and closes what it holds."""
    from bs4 import BeautifulSoup

    return str(BeautifulSoup(line, "html.parser"))


def _says_more(world: World, slug: str, line: str) -> bool:
    """Whether a line holds a value that the public tables do not have so."""
    from bs4 import BeautifulSoup

    readers = world.auditor._readers
    for tag in BeautifulSoup(line, "html.parser").select("[data-cell]"):
        cell = str(tag["data-cell"])
        if cell.startswith("vast|") or not cell:
            continue
        try:
            if str(readers[""].value(cell)) != str(readers[slug].value(cell)):
                return True
        except (LookupError, ValueError, TypeError):
            return True
    return False
