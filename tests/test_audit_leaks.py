"""Leaks of every kind, planted in finished files: each is caught, and a clean set gives nothing."""

import json
import shutil
from typing import Any

import pytest

from audit_pages import (
    BY_HALF,
    FREE_TEXT,
    HALVES,
    OPEN_ANSWER,
    W,
    chart,
    edition_in,
    packed,
    reports_in,
    table,
    table_of_halves,
)
from audit_plants import (
    BOOK,
    BORNE,
    DISTRICT,
    INDEX,
    INTERN,
    adds,
    draws,
    in_book,
    in_letter,
    in_zip,
    instead,
    says,
    trace,
)
from mma_analysis.audit import audit

RUN = "Volgens de melder woont"


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    return edition_in(folder / "proef"), reports_in(folder / "reports")


def test_files_that_give_nothing_away_have_no_findings(clean):
    assert audit(*clean) == []


# --- what is planted -----------------------------------------------------------------------------


def hidden_sheet(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Werkblad")
    other.write(3, 2, FREE_TEXT)
    other.hide()


def hover(figure: dict[str, Any]) -> None:
    figure["data"][0]["hovertemplate"][0] = "Drugs: 6<extra></extra>"


def annotation(figure: dict[str, Any]) -> None:
    figure["layout"]["annotations"].append({"text": "<b>6</b>", "x": 6, "y": 0})


def note(part: str) -> str:
    return f'<w:{part} xmlns:w="{W}"><w:p><w:r><w:t>{RUN}</w:t></w:r></w:p></w:{part}>'


CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">{}</cp:coreProperties>'
)
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="attachedTemplate" TargetMode="External" Target="{}"/>'
    "</Relationships>"
)


def to_scale(factor: float) -> str:
    """The table of halves as bars, as high as the counts times a factor."""
    bars = {"type": "bar", "y": [n * factor for n in (17, 33, 3, 7, 4, 8, 0, 4)]}
    return chart({"data": [bars], "layout": {}}, table_of_halves(BY_HALF))


def received(*rows: list[str]) -> str:
    """What gemeenten received together, and those that joined in between."""
    return table("Herkomst van het verschil", ["", ""], [*rows, ["Nieuwe gemeenten", "+0"]])


def known_results(share: str) -> str:
    """How much is known of a field, beside the hidden count of what is not."""
    known = table("Volledigheid in Borne", ["Gegeven", "Borne"], [["Resultaat", share]])
    hidden = [["Resultaat: onbekend", "·"]]
    return known + table("Opvolging in Borne", ["Stap", "Meldingen"], hidden)


def costs(amount: str, price: str) -> str:
    head = ["Gemeente", "Kosten in de periode", "Per melding"]
    return table("Kosten per gemeente", head, [["Wierden", amount, price]])


def share_of_fraud(share: str) -> str:
    return table("Onderwerpen in Borne", ["Onderwerp", "Aandeel"], [["Fraude en geld", share]])


CELL = '<td><span aria-hidden="true">·</span><span class="spoken">niet getoond</span></td>'

WORDS = {
    "the number of a tip": ("number", says("<p>Zie M2021-014877.</p>")),
    "its number, written otherwise": ("number", says("<p>Zie m 2021014877</p>")),
    "its number in an attribute": ("number", says('<p data-id="M2021-014877">Zie.</p>')),
    "its number in a file name": ("number", says('<a href="M2021-014877.html">Meer</a>')),
    "its number in a manifest": ("number", adds("openbaar/lijst.json", b'["M2021-014877"]')),
    "words of a tip": ("run", says(f"<p>{RUN} iemand.</p>")),
    "in capitals, with other signs": ("run", says("<p>VOLGENS, DE MELDER: WOONT!</p>")),
    "with markup within the words": (
        "run",
        says("<p>Vol<b>gens</b> de&nbsp;melder <i>wo</i>ont</p>"),
    ),
    "with signs that nobody sees": ("run", says("<p>Vol&shy;gens de mel&#8203;der woont</p>")),
    "over two cells": (
        "run",
        says("<table><tr><td>Volgens de</td><td>melder woont</td></tr></table>"),
    ),
    "in a text for who cannot see": ("run", says(f'<p aria-label="{RUN}"></p>', INTERN)),
    "in a hover text": ("run", draws(trace("hovertext", [RUN] * 7))),
    "in a comment": ("run", says(f"<!-- {RUN} -->")),
    "in a hidden element": ("run", says(f'<p hidden style="display:none">{RUN}</p>')),
    "words of an open answer": ("run", says(f"<p>{OPEN_ANSWER}</p>")),
    "a whole short cell": ("run", says("<p>Kabouterstuwdijk 114</p>", INTERN)),
    "a name": ("name", says("<p>Overleg met pruimedoorn.</p>")),
    "the name of who answered": ("name", says("<p>Ingevuld door E. Knarsepoort</p>", INDEX)),
    "on a hidden sheet": ("run", in_book(hidden_sheet)),
    "in a comment in a workbook": (
        "run",
        in_book(lambda book, sheet: sheet.write_comment("B2", RUN)),
    ),
    "in a workbook's heading": ("run", in_book(lambda book, sheet: sheet.set_header(f"&L{RUN}"))),
    "in a name in a workbook": (
        *("name", in_book(lambda book, sheet: book.define_name("Piepzakroute", "=Aantallen!$A$1"))),
    ),
    "in a property of a workbook": (
        *("run", in_book(lambda book, sheet: book.set_custom_property("Noot", RUN))),
    ),
    "cut over runs in a document": (
        "run",
        in_letter("<w:p><w:r><w:t>Volgens de mel</w:t></w:r><w:r><w:t>der woont</w:t></w:r></w:p>"),
    ),
    "in a document's header": ("run", in_letter(header=note("hdr"))),
    "in a document's comments": ("run", in_letter(comments=note("comments"))),
}
PEOPLE = {
    "a plate": ("plate", says("<p>Een auto met kenteken 4-XKL-05.</p>")),
    "a telephone": ("phone", says("<p>Bel 06-12 34 56 78.</p>")),
    "a telephone from abroad": ("phone", says("<p>Bel +31 546 123456.</p>")),
    "an e-mail address": ("mail", says("<p>Mail naar iemand@voorbeeld.nl.</p>")),
    # The IBAN that the standard gives as its Dutch example, and a number that passes the test.
    "an account": ("account", says("<p>NL91 ABNA 0417 1643 00</p>")),
    "a citizen service number": ("citizen", says("<p>Nummer 111222333.</p>")),
    "a postcode": ("postcode", says("<p>Op 7591 AB.</p>")),
    "a street": ("address", says("<p>Bij Kerkstraat 12.</p>")),
}
TRACES = {
    "a path": ("path", says("<p>/home/anna/evaluatie</p>")),
    "a path on Windows": ("path", says(r'<p title="C:\Users\anna">Bron</p>')),
    "a path on a Mac": ("path", says("<p>/Volumes/evaluatie</p>")),
    "a user": ("machine", says("<p>Gemaakt door jdevries.</p>")),
    "a user of Windows": ("machine", says("<p>Gemaakt door Joke de Bruin.</p>")),
    "a moment": ("moment", says('<meta name="made" content="2022-07-03T09:12:40">')),
    "a notebook": ("notebook", says('<p data-meta="execution_count: 4">.</p>')),
    "an error": ("notebook", says("<pre>Traceback (most recent call last)</pre>")),
    "a comment": ("comment", says("<!-- nog nakijken -->")),
    "the author of a workbook": (
        *("property", in_book(lambda book, sheet: book.set_properties({"author": "Anna Jansen"}))),
    ),
    "the author of a document": (
        *("property", in_letter(core=CORE.format("<dc:creator>Anna Jansen</dc:creator>"))),
    ),
}
ACTIVE = {
    "a picture from elsewhere": ("external", says('<img alt="" src="//elders.nl/a.png">')),
    "an address in a text": ("external", says("<p>Zie https://elders.nl</p>")),
    "a link": ("external", says('<a href="https://elders.nl">x</a>')),
    "a style that fetches": ("external", says('<p style="background:url(//elders.nl/a)">x</p>')),
    "a style sheet with an import": ("style", says("<style>@import 'a.css';</style>")),
    "a style sheet from elsewhere": ("element", says('<link rel="stylesheet" href="a.css">')),
    "a script": ("script", says("<script>fetch('a')</script>")),
    "a script that is loaded": ("element", says('<script src="a.js"></script>')),
    "a handler": ("handler", says('<p onclick="x()">x</p>')),
    "a link that runs": ("handler", says('<a href="javascript:x()">x</a>')),
    "a link that holds a page": ("handler", says('<a href="data:text/html,x">x</a>')),
    "a frame": ("element", says('<iframe title="x"></iframe>')),
    "a form": ("element", says('<form action="a"></form>')),
    "another page after a while": ("element", says('<meta http-equiv="refresh" content="1">')),
    "a picture in the page": ("unread", says('<img alt="" src="data:image/png;base64,AA==">')),
    "a formula": ("formula", in_book(lambda book, sheet: sheet.write_formula("D1", "=1+1"))),
    "a macro": ("unread", in_zip(BOOK, "xl/vbaProject.bin", "x")),
    "a link in a workbook": (
        *("external", in_book(lambda book, sheet: sheet.write_url("D1", "https://elders.nl"))),
    ),
    "a template from elsewhere": (
        "external",
        in_letter(rels=RELATION.format("https://elders.nl/a")),
    ),
    "a file of another kind": ("unread", adds("openbaar/kaart.png", b"\x89PNG")),
}
SHOWN = "<td>{}</td>"
COUNTS = {
    "hidden here, shown there": (
        "twice",
        instead(table_of_halves(BY_HALF), table_of_halves(BY_HALF | {"Borne": ["3", "·"]}), BORNE),
    ),
    "hidden on pages, shown in the annex": (
        *("twice", in_book(lambda book, sheet: sheet.write("B3", 3))),
    ),
    "a small count in a sentence": ("below", says("<p>Er kwamen 3 meldingen.</p>")),
    "a small count in words": ("below", says("<p>Er kwamen drie meldingen.</p>")),
    "a hidden count in a sentence": (
        *("twice", says("<p>In jan – jun 2022 kreeg Borne 7 meldingen.</p>")),
    ),
    "beside its sign": ("beside", instead(CELL, CELL.replace("<td", '<td title="3"'), BORNE)),
    "in the data of its cell": ("beside", instead(CELL, CELL.replace("<td", '<td data-n="3"'))),
    "for who cannot see": ("beside", instead("niet getoond</span>", "3</span>", BORNE)),
    "drawn": ("drawn", draws(trace("x", [6, 0, None, None, 0, 0, 0]))),
    "drawn, packed": ("drawn", draws(trace("x", packed([6, 0, 2, 2, 0, 0, 0])))),
    "in the data of a bar": (
        "drawn",
        draws(trace("customdata", [[6], [0], [2], [2], [0], [0], [0]])),
    ),
    "in a bar's text": ("drawn", draws(trace("text", ["6", "0", "", "", "0", "0", "0"]))),
    "in a hover": ("drawn", draws(hover)),
    "in an annotation": ("drawn", draws(annotation)),
    "in a figure's description": (
        "drawn",
        draws(lambda figure: None, "Staaf. Drugs: 6. Overig: 0."),
    ),
    "by its rate": ("rate", says("<p>Wierden kreeg gemiddeld 0,3 per maand.</p>")),
    "by its price": ("rate", says("<p>In Wierden is dat € 240 per melding.</p>")),
    # Borne's halves are 10 together: who knows one, knows the other.
    "by subtraction": ("exact", instead(CELL, SHOWN.format(3))),
    "drawn to scale, for all gemeenten": ("drawn", says(to_scale(0.01))),
    # 24 - 17 is what Borne and Enschede have together: who knows that Borne has 3, knows the other.
    "to a gemeente, by what all received": ("insider", says(received([HALVES[0], "24"]), DISTRICT)),
    # Of 76 the others have 50, 10 and 12.
    "by what all received": (
        *("exact", says(received([HALVES[0], "24"], [HALVES[1], "52"]), DISTRICT)),
    ),
    # 200 euros, each melding 50: between 199.5 / 50.5 and 200.5 / 49.5.
    "by a price and the costs": ("exact", says(costs("€ 200", "€ 50"))),
    "by how much is known": ("exact", says(known_results("70%"))),
    "by a percentage of a total of 10": ("exact", says(share_of_fraud("20%"))),
    "by a percentage that is below another": ("small", says(share_of_fraud("<40%"))),
    "two values for one count": (
        "contradiction",
        instead(SHOWN.format(17), SHOWN.format(18), BORNE),
    ),
    "a sum that is wrong": ("sums", instead(SHOWN.format(73), SHOWN.format(74))),
    "another gemeente's count": ("foreign", instead(CELL, SHOWN.format(4), INTERN)),
    "another gemeente's count in words": (
        *("foreign", says("<p>In jul – dec 2021 kreeg Enschede 4 meldingen.</p>", INTERN)),
    ),
}
LEAKS = WORDS | PEOPLE | TRACES | ACTIVE | COUNTS


@pytest.mark.parametrize(("kind", "leak"), LEAKS.values(), ids=LEAKS.keys())
def test_a_planted_leak_is_caught(clean, tmp_path, monkeypatch, kind, leak):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    monkeypatch.setenv("USER", "jdevries")
    monkeypatch.setenv("USERNAME", "Joke de Bruin")
    file, plant = leak

    plant(copy)

    found = audit(edition, copy)
    # What follows by calculation is found where it is hidden, not where it is given away.
    worked_out = ("exact", "small", "insider", "sums")
    assert kind in {f.kind for f in found if f.file == file or kind in worked_out}


HARMLESS = {
    "a shown total, with a topic beside it": says(
        "<p>Borne kreeg 10 meldingen, vooral over drugs.</p>"
    ),
    "a shown count": says("<p>In jul – dec 2021 kreeg Almelo 17 meldingen.</p>"),
    "a hidden count without a number": says(
        "<p>Hoeveel meldingen Wierden kreeg, tonen wij niet.</p>"
    ),
    "the known ones of a hidden total": says(
        "<p>Van 6 meldingen in Wierden is bekend hoe ver zij zijn.</p>"
        "<p>Voor zover bekend ontbreekt de plaats bij geen van de 6 meldingen in Wierden.</p>"
    ),
    "words that are ours": says("<p>Niet getoond, om melders te beschermen.</p>"),
    "three words of a tip": says("<p>Volgens de melder</p>"),
    "a heading of a delivery": says("<p>Naam betrokkene</p>", INTERN),
    "nine digits that are no citizen service number": says("<p>Nummer 111222334.</p>"),
    "an account that fails its test": says("<p>NL92 ABNA 1417 1643 00</p>"),
    "a day on an axis": draws(trace("ids", ["2021-07-01T00:00:00"] * 7)),
    "an own exact count for the gemeente itself": says("<p>Borne kreeg 3 meldingen.</p>", INTERN),
    "marks of two sizes": draws(trace("marker", {"size": [7, 7, 11, 7, 7, 7, 7]})),
    "marks of two broken sizes": draws(trace("marker", {"size": [7.1] * 2 + [11.3] + [7.1] * 4})),
    # Borne knows its own 2, and that nobody else has any: so it knew the district's 2 already.
    "a count of the district in which one gemeente alone has a part": says(
        table(
            "Onderwerpen per gemeente",
            ["Onderwerp", "Almelo", "Enschede", "Wierden", "Twente"],
            [["Fraude en geld", "0", "0", "0", "·"]],
        ),
        DISTRICT,
    ),
    "a link within the files": says('<a href="index.html#inhoud">Alle rapporten</a>'),
}


@pytest.mark.parametrize("leak", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_harmless_is_let_through(clean, tmp_path, leak):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    _, plant = leak

    plant(copy)

    assert audit(edition, copy) == []


def test_there_are_at_least_forty_kinds_of_leaks():
    assert len(LEAKS) >= 40


def test_a_finding_never_holds_what_it_found(clean, tmp_path):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    says(f"<p>M2021-014877 {FREE_TEXT} Bel 06-12345678</p>")[1](copy)

    said = json.dumps([f.sentence for f in audit(edition, copy)])

    for secret in ("014877", "Pruimedoorn", "melder", "12345678"):
        assert secret not in said


def test_a_finding_says_where_the_words_came_from(clean, tmp_path):
    edition, reports = clean
    copy = shutil.copytree(reports, tmp_path / "reports")
    says("<p>Zie M2021-014877.</p>")[1](copy)

    (finding,) = audit(edition, copy)

    assert finding.source == "meldingen/borne.csv, row 2, column 1"
    assert finding.place.startswith("text, line ")
