"""`nagaan.py`: what anybody can compute again of the public numbers, with Python alone."""

import base64
import json
import re
import shutil
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import Run

from mma_analysis.openbaar import nagaan
from mma_analysis.settings import EXAMPLE, Workspace
from outsider import checked, refit

ANNEX = "bijlage.csv"
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


def in_word(folder: Path) -> None:
    """Let the proposal in Word say another number than its page."""
    in_part(folder / WORD, "word/document.xml", "315", "351")


def in_package(folder: Path) -> None:
    """Let a table of the data package say another number than the annex."""
    row = "per_period|borne|whole,borne,whole,whole,"
    in_part(folder / PACKAGE, "per_period.csv", f"{row}15,", f"{row}20,")


def out_of_package(folder: Path) -> None:
    """Leave out of the data package what its row begins with."""
    row = "per_period|borne|whole,borne,"
    in_part(folder / PACKAGE, "per_period.csv", row, "per_period|borne|nooit,borne,")


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
    "the proposal in Word": (in_word, WORD, "351"),
    "the data package": (in_package, "per_period.csv", "15.0"),
    "a row of the data package": (out_of_package, PACKAGE, "per_period|borne|whole"),
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
def beside(reports: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of which the annex is read once, to plant sentences on."""
    openbaar = reports.workspace.reports(EXAMPLE) / "openbaar"
    folder = tmp_path_factory.mktemp("zinnen")
    for name in (ANNEX, DISTRICT):
        shutil.copy(openbaar / name, folder)
    return folder


def faults_of_page(folder: Path, planted: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program says of the page of the district with this planted in it."""
    monkeypatch.setattr(nagaan, "MAP", folder)
    monkeypatch.setattr(nagaan, "fouten", [])
    monkeypatch.setattr(nagaan, "geteld", Counter())
    monkeypatch.setattr(nagaan, "rijen", defaultdict(dict))
    nagaan.lees_bijlage()
    page = (folder / DISTRICT).read_text("utf-8")
    changed = page.replace("</main>", f"{planted}</main>", 1)
    (folder / "geplant.html").write_text(changed, encoding="utf-8")
    nagaan.kijk_pagina(nagaan.Pagina("geplant.html"))
    return nagaan.fouten


@pytest.mark.parametrize("what", LOOSE)
def test_a_number_without_a_name_is_found_wherever_it_can_be_read(
    beside: Path, what: str, monkeypatch: pytest.MonkeyPatch
):
    (fault,) = faults_of_page(beside, LOOSE[what], monkeypatch)

    assert "geen getal zonder naam" in fault


@pytest.mark.parametrize("sentence", FITTING)
def test_a_year_a_unit_or_a_number_of_a_figure_needs_no_name(
    beside: Path, sentence: str, monkeypatch: pytest.MonkeyPatch
):
    assert faults_of_page(beside, f"<p>{sentence}</p>", monkeypatch) == []


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


@pytest.mark.parametrize(("counted", "fits"), [("15", True), ("5.000", False)])
def test_a_sum_of_numbers_of_several_issues_may_be_off_by_what_they_are_rounded(
    public: Path, counted: str, fits: bool
):
    line = "per_topic|twente|whole|topic|diefstal_verduistering;count"
    raw = counted.replace(".", "")
    in_file(ANNEX, f"{line};10;10", f"{line};{raw};{counted}")(public)
    manifest = json.loads((public / "manifest.json").read_text("utf-8"))
    (public / "manifest.json").write_text(json.dumps(manifest | {"issue": 2}), encoding="utf-8")

    _, said = checked(public)

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
