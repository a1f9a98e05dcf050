"""`nagaan.py`: what anybody can compute again of the public numbers, with Python alone."""

import base64
import datetime as dt
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from html import unescape
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from conftest import Run, mma

from mma_analysis.audit.released import ReleasedValues
from mma_analysis.openbaar import nagaan
from mma_analysis.pipeline import issued
from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Workspace
from mma_analysis.storage import CANDIDATE, write_json
from mma_analysis.storage.issues import ISSUES_FILE
from outsider import NAGAAN, checked, refit, sha256
from small_edition import TOGETHER

ANNEX = "bijlage.csv"
WORKBOOK = "bijlage.xlsx"
WORD = "voorstel-dvo.docx"
PACKAGE = "datapakket.zip"
BORNE = "borne.html"
DISTRICT = "district.html"
TEXT_OF_CLAIM = r'data-cell="(?!vast)[^"]*"[^>]*>([^<]*)</data>'
Change = Callable[[Path], None]


@pytest.fixture
def public(reports: Run, tmp_path: Path) -> Path:
    """The public files of the example, as a reader has them in a folder."""
    openbaar = reports.workspace.reports(EXAMPLE) / "openbaar"
    return Path(shutil.copytree(openbaar, tmp_path / "uitgepakt"))


def counts(said: str) -> dict[str, int]:
    """What was checked → how often."""
    lines = re.findall(r"^ *(\d+) keer nagegaan: (.*)$", said, re.M)
    return {what: int(times) for times, what in lines}


# --- as it was made -------------------------------------------------------------------------------


def test_every_public_number_of_the_example_is_computed_again_and_fits(public: Path):
    ended, said = checked(public)

    assert (ended, said.splitlines()[-1]) == (0, "Alles past.")
    times = counts(said)
    claims = 0
    marks = 0
    for path in public.glob("*.html"):
        page = path.read_text("utf-8")
        claims += len(re.findall(r"<(?:data|span)[^>]* data-cell=", page))
        marks += len(re.findall("<g data-cell=", page))
    assert times["getal"] + times["getypt getal"] + times["leeg getal"] == claims
    assert times["merk in een figuur"] >= marks > 500
    assert times["regel"] == (public / ANNEX).read_text("utf-8-sig").count("\n")
    assert times["bestand"] == len([*public.iterdir()]) - 1  # all but the manifest itself


def test_a_pack_for_the_dvo_is_checked_as_it_comes_out_of_its_zip(public: Path):
    """The pack has a guide and checksums beside the files of the manifest."""
    (public / "leeswijzer.txt").write_text("Voor wie", encoding="utf-8")
    (public / "controlegetallen.txt").write_text("", encoding="utf-8")

    assert checked(public)[0] == 0


# --- what it finds --------------------------------------------------------------------------------


def in_file(name: str, old: str, new: str) -> Change:
    """Put `new` in the place of the first `old` of a file."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return change


def in_mark(folder: Path) -> None:
    """Let a mark say another percentage: 95, that is also how sure an interval is."""
    said = "zoals nu: ten minste 26%"
    in_file(DISTRICT, f"<title>{said}<", "<title>zoals nu: ten minste 95%<")(folder)


def without_line(folder: Path) -> None:
    """Leave a line out of the annex."""
    in_file(ANNEX, "per_period|borne|whole;count;15;15\n", "")(folder)


def line_twice(folder: Path) -> None:
    line = "per_period|borne|whole;count;15;15\n"
    in_file(ANNEX, line, line + line)(folder)


def of_word(old: str, new: str) -> Change:
    """Put `new` in the place of the first `old` of the text of the proposal in Word."""

    def change(folder: Path) -> None:
        in_part(folder / WORD, "word/document.xml", old, new)

    return change


def with_two_rows_swapped(folder: Path) -> None:
    """Let two rows of a table in Word change their numbers."""
    for old, new in ((">250<", ">105.<"), (">105<", ">250<"), (">105.<", ">105<")):
        of_word(old, new)(folder)


def without_paragraph(folder: Path) -> None:
    """Leave out of Word a paragraph that has a number."""
    with zipfile.ZipFile(folder / WORD) as archive:
        text = archive.read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", text, re.S)
    (first, *_) = [one for one in paragraphs if "Veertien gemeenten" in one]
    of_word(first, "")(folder)


def with_header(folder: Path) -> None:
    """Put a number in a header of Word that no page has."""
    with zipfile.ZipFile(folder / WORD) as archive:
        header = archive.read("word/header1.xml").decode()
    told = re.sub(r"(<w:t[^>]*>)[^<]*", r"\g<1>Er waren 113 meldingen", header, count=1)
    with zipfile.ZipFile(folder / WORD, "a") as archive:
        archive.writestr("word/header9.xml", told)


def of_package(old: str, new: str, part: str = "per_period.csv") -> Change:
    """Put `new` in the place of the first `old` of a table of the data package."""

    def change(folder: Path) -> None:
        in_part(folder / PACKAGE, part, old, new)

    return change


def with_extra_table(folder: Path) -> None:
    with zipfile.ZipFile(folder / PACKAGE, "a") as archive:
        archive.writestr("geheim.csv", "cell,count\r\nborne,113\r\n")


def with_row_twice(folder: Path) -> None:
    """Let a row of the data package stand in it twice."""
    with zipfile.ZipFile(folder / PACKAGE) as archive:
        rows = archive.read("per_period.csv").decode().split("\r\n")
    of_package(rows[2], f"{rows[2]}\r\n{rows[2]}")(folder)


def of_sheet(old: str, new: str, sheet: str = "sheet5") -> Change:
    """Put `new` in the place of the first `old` on a sheet; the fifth has the periods."""

    def change(folder: Path) -> None:
        in_part(folder / WORKBOOK, f"xl/worksheets/{sheet}.xml", old, new)

    return change


def without_reason(folder: Path) -> None:
    """Leave out why the last box of a range is empty, of every gemeente."""
    left_out = "; Per bruikbare melding tot: niet te zeggen"
    in_part(folder / WORKBOOK, "xl/sharedStrings.xml", left_out, "")


def boxes_swapped(first: str, second: str) -> Change:
    """Let two boxes of a sheet change what stands in them."""

    def change(folder: Path) -> None:
        with zipfile.ZipFile(folder / WORKBOOK) as archive:
            text = archive.read("xl/worksheets/sheet5.xml").decode()
        found = {}
        for box in (first, second):
            (found[box],) = re.findall(rf'<c r="{box}"([^>]*><v>[^<]*)</v>', text)
        of_sheet(f'r="{first}"{found[first]}', f'r="{first}"{found[second]}')(folder)
        of_sheet(f'r="{second}"{found[second]}', f'r="{second}"{found[first]}')(folder)

    return change


def of_annex(*lines: tuple[str, str]) -> Change:
    """Let lines of the annex say another number: what stands there, and what comes there."""

    def change(folder: Path) -> None:
        for old, new in lines:
            in_file(ANNEX, old, new)(folder)

    return change


def in_part(path: Path, part: str, old: str, new: str) -> None:
    """Put `new` in the place of the first `old` of a part of a zip."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    assert old in text, old
    parts[part] = text.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def in_saved_file(old: str, new: str) -> Change:
    """Put `new` in the place of the first `old` in what a reader saves of a figure."""

    def change(folder: Path) -> None:
        page = (folder / DISTRICT).read_text("utf-8")
        packed = re.search(r"text/csv;base64,([^\"]+)", page)
        assert packed
        saved = base64.b64decode(packed[1]).decode()
        assert old in saved, saved
        changed = saved.replace(old, new, 1)
        again = base64.b64encode(changed.encode()).decode()
        in_file(DISTRICT, packed[1], again)(folder)

    return change


def of_district(old: str, new: str, form: str) -> Change:
    """Put `new` in the place of a count of the district, in another form."""
    said = 'data-form="{}" data-off="4"{}'
    return in_file(DISTRICT, said.format("count", old), said.format(form, new))


COUNT = 'value="15" data-cell="per_period|borne|whole#count"'
# What was changed → how, the file that is named, and what stands in the line that says so.
PLANTED: dict[str, tuple[Change, str, str]] = {
    "a value on a page": (in_file(BORNE, COUNT, COUNT.replace("15", "16", 1)), BORNE, "15"),
    "a digit that is read": (
        in_file(DISTRICT, ">585</data>", ">558</data>"),
        DISTRICT,
        "585",
    ),
    "tens of a count": (of_district(">585</data>", ">590</data>", form="tens"), DISTRICT, "590"),
    "more of what is no difference": (
        of_district(">585</data>", ">Meer</data>", form="capital_more"),
        DISTRICT,
        "Meer",
    ),
    "a word that says nothing of a count": (
        of_district(">585</data>", ">meer dan verwacht</data>", form="count"),
        DISTRICT,
        "meer dan verwacht",
    ),
    "a percentage as a count": (
        in_file(DISTRICT, 'data-form="share">46%</data>', 'data-form="count">0%</data>'),
        DISTRICT,
        "0%",
    ),
    "a percentage that is no count": (
        in_file(DISTRICT, 'data-form="share">69%</data>', 'data-form="count">1%</data>'),
        DISTRICT,
        "1%",
    ),
    "a percentage without its sign": (
        in_file(DISTRICT, 'data-form="share">46%</data>', 'data-form="share">46</data>'),
        DISTRICT,
        "46",
    ),
    "a bar in a figure": (
        in_file(DISTRICT, 'width="20.51%"', 'width="25.51%"'),
        DISTRICT,
        "figuur",
    ),
    "a name in a figure": (
        in_file(DISTRICT, "alleen de gemeente 120<", "alleen de gemeente 102<"),
        DISTRICT,
        "figuur",
    ),
    "a percentage in a mark": (in_mark, DISTRICT, "95%"),
    "two numbers of what is heard": (
        in_file(
            DISTRICT,
            "gemeente 120, ook politie of partner 315",
            "gemeente 315, ook politie of partner 120",
        ),
        DISTRICT,
        "wat een voorlezer hoort",
    ),
    "two names of what is heard": (
        in_file(
            DISTRICT,
            "Almelo 8,5, tussen 6,9 en 10,4; Enschede 9,8",
            "Enschede 8,5, tussen 6,9 en 10,4; Almelo 9,8",
        ),
        DISTRICT,
        "wat een voorlezer hoort",
    ),
    "a number of nothing that is heard": (
        in_file(DISTRICT, 'aria-label="Wie kreeg', 'aria-label="Drugs 113. Wie kreeg'),
        DISTRICT,
        "Drugs 113",
    ),
    "a file of a figure": (in_saved_file("120", "121"), DISTRICT, "121"),
    "two numbers in a file of a figure": (
        in_saved_file("gemeente;120", "gemeente;315"),
        DISTRICT,
        "315",
    ),
    "two names in a file of a figure": (
        in_saved_file("ook politie of partner;315", "niet bekend;315"),
        DISTRICT,
        "niet bekend",
    ),
    "a row out of a file of a figure": (
        in_saved_file("Wie kreeg de melding?;alleen de gemeente;120\r\n", ""),
        DISTRICT,
        "zoveel rijen als de tabel",
    ),
    "the proposal": (
        in_file("voorstel-dvo.html", ">€\xa015.100</data>", ">€\xa015.200</data>"),
        "voorstel-dvo.html",
        "15100",
    ),
    "the proposal in Word": (of_word("315", "351"), WORD, "351"),
    "two numbers of a table in Word": (with_two_rows_swapped, WORD, "in een dossier250"),
    "a paragraph out of Word": (without_paragraph, WORD, "ook in Word"),
    "a header of Word": (with_header, "voorstel-dvo.html", "113"),
    "the data package": (
        of_package("per_period|borne|whole,borne,whole,whole,15,",
                   "per_period|borne|whole,borne,whole,whole,20,"),
        PACKAGE,
        "15.0",
    ),
    "a row of the data package": (
        of_package("per_period|borne|whole,borne,", "per_period|borne|nooit,borne,"),
        PACKAGE,
        "elke rij één keer",
    ),
    "a row of the data package twice": (with_row_twice, PACKAGE, "elke rij één keer"),
    "two heads of the data package": (of_package("count,off", "off,count"), PACKAGE, "koppen"),
    "why a box of the data package is empty": (
        of_package("per_month: niet te zeggen;", "17 meldingen over drugs;"),
        PACKAGE,
        "17 meldingen over drugs",
    ),
    "a table more in the data package": (with_extra_table, PACKAGE, "bestanden in het pakket"),
    "a number of the workbook": (of_sheet("<v>180</v>", "<v>185</v>"), WORKBOOK, "180"),
    "a box more in the workbook": (
        of_sheet('<c r="A7" ', '<c r="Z7" s="8"><v>17</v></c><c r="A7" '),
        WORKBOOK,
        "geen vak meer",
    ),
    "two numbers of the workbook": (boxes_swapped("E6", "E9"), WORKBOOK, "per_period|almelo"),
    "two names of the workbook": (boxes_swapped("B7", "B9"), WORKBOOK, "Borne"),
    "where a row of the workbook is found": (boxes_swapped("A7", "A9"), WORKBOOK, "vindplaats"),
    "two heads of the workbook": (boxes_swapped("K5", "L5"), WORKBOOK, "koppen"),
    "why a box of the workbook is empty": (without_reason, WORKBOOK, "waarom een vak leeg is"),
    "a row of the workbook on another place": (
        of_sheet('<c r="A1" ', '<c r="B1" s="8"><v>17</v></c><c r="A1" '),
        WORKBOOK,
        "blad",
    ),
    "a number of no name": (
        in_file(BORNE, "</main>", "<p>Er waren 113 meldingen.</p></main>"),
        BORNE,
        "113",
    ),
    "a name of no line": (
        in_file(BORNE, 'data-cell="per_period|borne|whole#count"', 'data-cell="x|borne#count"'),
        BORNE,
        "een regel in de bijlage",
    ),
    "no multiple of five": (
        in_file(ANNEX, "per_topic|twente|whole|topic|diefstal_verduistering;count;10;10",
                "per_topic|twente|whole|topic|diefstal_verduistering;count;11;11"),
        ANNEX,
        "een veelvoud van 5",
    ),
    "a sum": (
        in_file(ANNEX, "per_topic|twente|whole|topic|diefstal_verduistering;count;10;10",
                "per_topic|twente|whole|topic|diefstal_verduistering;count;15;15"),
        ANNEX,
        "som",
    ),
    "what gemeenten received since they were connected": (
        of_annex(("since_connection|1-3;count;110;110", "since_connection|1-3;count;150;150")),
        ANNEX,
        "received|whole|all",
    ),
    "what gemeenten of a size received": (
        of_annex(("by_size|small;count;185;185", "by_size|small;count;190;190")),
        ANNEX,
        "received|whole|all",
    ),
    "what was received in a year": (
        of_annex(("received|2021-07/2022-06|all;count;180;180",
                  "received|2021-07/2022-06|all;count;480;480")),
        ANNEX,
        "received|whole|all",
    ),
    "what a melding costs": (
        of_annex(("costs|almelo;per_melding;22,", "costs|almelo;per_melding;12,")),
        ANNEX,
        "costs|almelo#per_melding",
    ),
    "a line out of the annex": (without_line, ANNEX, "per_period|borne|whole"),
    "a line twice": (line_twice, ANNEX, "per_period|borne|whole#count"),
}  # fmt: skip


# Numbers in a sentence, or in what is heard or shown of an element, that carry no name.
LOOSE = {
    "a percentage that is not how sure an interval is": "<p>95% leidde tot een aanhouding.</p>",
    "a count that looks like a year": "<p>Enschede kreeg 2011 meldingen.</p>",
    "a month that is no class": "<p>In maand 17 kwam er een.</p>",
    "a size of no file": "<p>17 MB meldingen</p>",
    "a number in words": "<p>Er waren zeventien meldingen uit Borne.</p>",
    "an annex that is not there": "<p>Bijlage 17 zegt het.</p>",
    "a figure that is not there": "<p>Figuur 113 zegt het.</p>",
    "a telephone number of nobody": "<p>Borne had 0174 811 22 meldingen</p>",
    "a name on what says no value": '<p data-cell="x">Er waren 113 meldingen.</p>',
    "a title": '<p title="113 meldingen">iets</p>',
    "a label to be heard": '<p aria-label="113 meldingen">iets</p>',
    "a description": '<meta name="description" content="113 meldingen in Borne">',
    "a style": '<style>p.x:after{content:"113 meldingen"}</style>',
    "a drawing": '<svg><g><text x="5%" y="9">113 tips</text></g></svg>',
}
FITTING = [
    "De grenzen van 95% laten zien hoe ver toeval het kan brengen.",
    "De Vastgoedcampagne 2022 begon in 2022.",
    "Meldingen per 10.000 inwoners per jaar",
    "Kies bijlage 2 of figuur 1.",
    "Er waren twee mensen nodig.",
]


@pytest.fixture(scope="module")
def opened(reports: Run, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The program beside the public files, which it has read."""
    openbaar = reports.workspace.reports(EXAMPLE) / "openbaar"
    folder = shutil.copytree(openbaar, tmp_path_factory.mktemp("gelezen") / "openbaar")
    there = spec_from_file_location("nagaan_beside", folder / NAGAAN)
    assert there is not None
    assert there.loader is not None
    program = module_from_spec(there)
    there.loader.exec_module(program)
    program.lees_alles()
    return program


def faults_of_page(program: ModuleType, planted: str) -> list[str]:
    """What the program says of the page of the district with this planted in it."""
    page = (program.MAP / DISTRICT).read_text("utf-8")
    changed = page.replace("</main>", f"{planted}</main>", 1)
    (program.MAP / "geplant.html").write_text(changed, encoding="utf-8")
    program.fouten.clear()
    program.kijk_pagina(program.Pagina("geplant.html"))
    return program.fouten


@pytest.mark.parametrize("what", LOOSE)
def test_a_number_without_a_name_is_found_wherever_it_can_be_read(opened: ModuleType, what: str):
    (fault,) = faults_of_page(opened, LOOSE[what])

    assert "geen getal zonder naam" in fault


@pytest.mark.parametrize("sentence", FITTING)
def test_a_year_a_unit_or_a_number_of_a_figure_needs_no_name(opened: ModuleType, sentence: str):
    assert faults_of_page(opened, f"<p>{sentence}</p>") == []


def test_what_a_number_may_be_said_as_is_the_same_for_the_audit_and_for_an_outsider(
    opened: ModuleType, reports: Run
):
    """Of every column of the annex, and of every sum, difference and ratio on a page."""
    named = {}
    for row, columns in opened.rijen.items():
        table = row.partition("|")[0]
        for column, (value, _) in columns.items():
            if value is not None and table not in ("vast", "instelling"):
                named.setdefault((table, column), opened.naam_van(row, column))
    names = set(named.values())
    for path in opened.MAP.glob("*.html"):
        for name in re.findall(r'data-cell="([^"]*)"', path.read_text("utf-8")):
            names.add(unescape(name))

    there = reports.workspace
    released = ReleasedValues(there.edition(EXAMPLE), there.processed(EXAMPLE))
    compared = []
    for name in names:
        if name.startswith("vast|") or opened.uitkomst(name) is None:
            continue
        compared.append(name)
        ours = set(released.forms(name, ""))
        assert set(opened.vormen_van(name)) == ours, name
    assert len(compared) > 1_000


@pytest.mark.parametrize("what", PLANTED)
def test_what_was_changed_is_found_and_said_although_the_manifest_fits(public: Path, what: str):
    change, file, words = PLANTED[what]
    change(public)
    refit(public)

    ended, said = checked(public)

    lines = said.splitlines()
    found = [line for line in lines if line.startswith(f"{file}") and "past niet" in line]
    assert ended == 1
    assert any(words in line for line in found), said[-2000:]
    assert lines[-1].endswith("keer past het niet.")


@pytest.mark.parametrize(("said", "fits"), [("Almelo 95%", True), ("Almelo 94%", False)])
def test_a_mark_may_say_the_percentage_that_is_also_that_of_intervals(said: str, fits: bool):
    assert nagaan.zegt_merk(said, "costs|x#share", [0.95]) == fits


CELLS = {"a#n": 12.0, "b#n": 3.0, "c#n": 0.0, "d#n": None, "e#n": "__import__('os').abort()"}


@pytest.mark.parametrize(
    ("named", "result"),
    [
        ("a#n", 12.0),
        ("e#n", "__import__('os').abort()"),  # by itself a text is what is said
        ("a#n + b#n", 15.0),
        ("a#n - b#n - b#n", 6.0),
        ("a#n / (a#n + b#n)", 0.8),
        ("(a#n - b#n) / b#n", 3.0),
        ("a#n / b#n / b#n", pytest.approx(4 / 3)),
        ("a#n + d#n", None),
        ("a#n + e#n", None),
        ("a#n / c#n", None),
        ("a#n +", None),
        ("(a#n", None),
        ("a#n b#n", None),
    ],
)
def test_a_sum_of_names_is_computed_and_a_text_in_it_is_never_run(monkeypatch, named, result):
    monkeypatch.setattr(nagaan, "cel", lambda name: (CELLS[name], ""))

    assert nagaan.uitkomst(named) == result


@pytest.mark.slow
def test_a_set_with_numbers_of_an_earlier_issue_says_so_and_its_sums_may_be_off_by_rounding(
    small: Workspace, tmp_path: Path
):
    """Another edition of the same days, begun later, beside what went out: its own first."""
    there = Workspace(shutil.copytree(small.root, tmp_path / "twee"))
    made_of = sha256(there.processed("proef") / f"{CANDIDATE}.parquet")
    write_json(there.reports("proef") / "openbaar" / "manifest.json", {"candidate": made_of})
    issued(there, there.edition("proef"), dt.date(2023, 9, 12))
    later = Path(shutil.copytree(there.raw("proef"), there.raw("later")))
    (later / ISSUES_FILE).unlink()
    settings = TOGETHER.replace("begin = 2021-07-01", "begin = 2022-01-01")
    (later / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    mma("run", "later", "--root", there.root)  # two people must sign: that is no matter here
    public = there.reports("later") / "openbaar"

    manifest = json.loads((public / "manifest.json").read_text("utf-8"))
    assert manifest["keeps_earlier"] is True
    assert "issue" not in manifest
    assert checked(public)[0] == 0
    for more, fits in ((5, True), (5_000, False)):
        folder = Path(shutil.copytree(public, tmp_path / f"{more}"))
        annex = (folder / ANNEX).read_text("utf-8")
        row, count = re.findall(r"^(per_topic_group\|[^;]*);count;(\d+);\2$", annex, re.M)[0]
        other = int(count) + more
        in_file(ANNEX, f"{row};count;{count};{count}", f"{row};count;{other};{other}")(folder)
        _, said = checked(folder)
        assert (": som past niet" not in said) == fits


def test_a_file_that_is_not_as_the_manifest_says_is_named(public: Path):
    with (public / BORNE).open("a", encoding="utf-8") as page:
        page.write("\n")
    (public / "erbij.html").write_text("<p>iets</p>", encoding="utf-8")

    ended, said = checked(public)

    assert ended == 1
    assert f"{BORNE}: bestand past niet; verwacht: zoals het manifest zegt" in said
    assert "erbij.html: bestand past niet" in said


# --- planted by chance ----------------------------------------------------------------------------

# In which files a digit is changed, and where it stands in them.
PLACES = {
    "text": ("html", TEXT_OF_CLAIM),
    "value": ("html", r'<data class="v" value="([^"]*)" data-cell="(?!vast)'),
    "bound": ("html", r'data-off="([^"]*)"'),
    "typed": ("html", r'data-cell="vast[^>]*>([^<]*)</data>'),
    "figure": ("html", r'<g data-cell="[^"]*"><title>[^<]*?(\d+)</title>'),
    "count": (ANNEX, r";count;(\d+);"),
    "text of the annex": (ANNEX, r";count;\d+;(\d+)"),
    "share": (ANNEX, r";share;(0,\d+);"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLACES)
def test_a_digit_changed_by_chance_is_found_although_the_manifest_fits(public: Path, kind: str):
    """Eight times each: 64 changes in all, the same at every run."""
    ending, pattern = PLACES[kind]
    drawn = Random(kind)
    for _ in range(8):
        files = sorted(path for path in public.iterdir() if path.name.endswith(ending))
        places = []
        while not places:
            path = drawn.choice(files)
            text = path.read_text("utf-8")
            places = [found for found in re.finditer(pattern, text) if re.search(r"\d", found[1])]
        place = drawn.choice(places)
        digits = [at for at in range(*place.span(1)) if text[at].isdigit()]
        at = drawn.choice(digits)
        other = drawn.choice([digit for digit in "0123456789" if digit != text[at]])
        path.write_text(text[:at] + other + text[at + 1 :], encoding="utf-8", newline="")
        refit(public)

        assert checked(public)[0] == 1, f"{path.name}: {text[at - 60 : at + 10]}"

        path.write_text(text, encoding="utf-8", newline="")


def test_it_runs_on_a_set_of_two_gemeenten(small: Workspace, tmp_path: Path):
    """Whatever an edition lacks: here are no survey, no campaigns, and no costs."""
    from mma_analysis.evaluation import load
    from mma_analysis.publish.set_files import write_papers, write_tidy_annex

    (tmp_path / "openbaar").mkdir()
    district = load("twente", "proef", workspace=small)
    write_papers(district, tmp_path, "")
    write_tidy_annex(district, tmp_path)
    folder = tmp_path / "openbaar"
    (folder / "manifest.json").write_text(
        json.dumps({"files": {path.name: "" for path in folder.iterdir()}, "pages": {}}),
        encoding="utf-8",
    )
    refit(folder)

    assert checked(folder) == (0, checked(folder)[1])
