"""The finished papers beside the pages: the same numbers everywhere, opened as a reader would."""

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl.workbook.workbook import Workbook

from mma_analysis.audit import audit
from mma_analysis.publish.around import ANNEX, PROPOSAL, PROPOSAL_PAGE
from mma_analysis.settings import EXAMPLE
from mma_analysis.show import words
from mma_analysis.storage import sha256

ROOT = Path(__file__).resolve().parent.parent
# Page's sign → annex's words.
SIGNS = {"·": "niet getoond", "–": "geen gegevens", "n.v.t.": "niet van toepassing"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(reports) -> Path:
    return reports.workspace.reports(EXAMPLE)


@pytest.fixture(scope="module")
def book(published) -> Workbook:
    return openpyxl.load_workbook(published / ANNEX)


@pytest.fixture(scope="module")
def district(published) -> BeautifulSoup:
    return page(published / "openbaar" / "district.html")


def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def tables_of(soup: BeautifulSoup) -> dict[str, list[list[str]]]:
    """Caption → rows of the tables of a page, the head first, as a reader sees them."""
    found = {}
    for table in soup.find_all("table"):
        for spoken in table.select(".spoken"):
            spoken.extract()
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table("tr")]
        found[table.caption.get_text()] = rows
    return found


def rows_of(book: Workbook, name: str) -> list[dict[str, object]]:
    """The rows of a sheet, each by its heads."""
    (table,) = book[name].tables.values()
    head, *rows = [[cell.value for cell in row] for row in book[name][table.ref]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def counted(text: str) -> object:
    """What the annex has where a page says this: a rounded 0 is a number, read as `0–4`."""
    return SIGNS[text] if text in SIGNS else int(text.split(" – ")[0].replace(".", ""))


# --- the same numbers ----------------------------------------------------------------------------


def test_every_number_in_the_text_of_the_proposal_is_on_the_page(published, district):
    told = re.sub(r"\s+", " ", district.get_text(" ").replace("\xa0", " "))
    paragraphs = docx.Document(str(published / PROPOSAL)).paragraphs
    start = [p.text for p in paragraphs].index("Advies aan het DVO")
    own = ("Voorstel aan", "Op de peildatum", "Alle 14 gemeenten leverden")

    missing = [
        (number, p.text)
        for p in paragraphs[start:]
        if not p.style.name.startswith("Heading")
        for number in re.findall(r"\d[\d.,]*\d%?|\d%?", p.text.replace("\xa0", " "))
        if number.rstrip(".,") not in told and not any(text in p.text for text in own)
    ]

    assert missing == []


def test_counts_per_month_and_background_are_the_same_in_page_and_annex(district, book):
    tables = tables_of(district)
    months = [
        row["Aantal"]
        for row in rows_of(book, "Per periode")
        if (row["Gebied"], row["Soort"]) == ("Twente", "maand")
    ]
    assert months == [counted(row[1]) for row in tables["Meldingen per maand"][1:]]
    background = {
        (row["Verdeling"], row["Waarde"]): row["Aantal"]
        for row in rows_of(book, "Achtergrond")
        if (row["Gebied"], row["Soort"]) == ("Twente", "hele periode")
    }
    for label, *counts in tables["Achtergrond in de meldingen van Twente"][1:]:
        found = [n for (field, _), n in background.items() if field == label]
        assert found == [counted(count) for count in counts]


def test_costs_and_answers_are_the_same_in_page_and_annex(district, book):
    tables = tables_of(district)
    costs = {row["Gebied"]: row for row in rows_of(book, "Kosten per gemeente")}
    (_, *rows) = tables["Kosten per gemeente over de evaluatieperiode"]
    for name, per_year, amount, *_ in rows:
        assert words.money(costs[name]["Tarief per jaar"]) == per_year
        assert words.money(costs[name]["Kosten in de periode"]) == amount
    answers = rows_of(book, "Antwoorden")
    _, *statements = tables["Antwoorden op de stellingen"]
    for label, *counts, _ in statements:
        assert counts == [str(row["Aantal"]) for row in answers if row["Vraag"] == label]


# --- from one to the other -----------------------------------------------------------------------


def test_every_table_of_every_page_names_sheets_that_are_there(published, book):
    named = re.compile(r"in bijlage\.xlsx, tabblad(?:en)? (.+)\.$")
    chapters = {row["Tabblad"]: row["Hoofdstuk"] for row in rows_of(book, "Inhoud")}
    for path in sorted((published / "openbaar").glob("*.html")):
        soup = page(path)
        headings = {heading.get_text() for heading in soup.find_all("h2")}
        for table in soup.find_all("table"):
            notes = [note.get_text() for note in notes_below(table)]
            (found,) = [match for note in notes if (match := named.search(note))]
            sheets = re.findall(r"‘(.+?)’", found[1])
            assert sheets
            assert set(sheets) <= set(book.sheetnames)
            if path.name == "district.html":
                assert {chapters[sheet] for sheet in sheets} <= headings


def notes_below(table: Tag) -> Iterator[Tag]:
    """The notes between a table and what comes after it."""
    below = table.find_parent("div")
    while below is not None:
        below = below.find_next_sibling()
        if below is None or below.name != "p" or "note" not in (below.get("class") or []):
            return
        yield below


def test_the_manifest_names_the_papers(published):
    manifest = json.loads((published / "openbaar" / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["papers"] == {
        path: sha256(published / path) for path in (ANNEX, PROPOSAL, PROPOSAL_PAGE)
    }


def test_the_index_tells_the_finding_of_the_district(published, district):
    index = page(published / "openbaar" / "index.html")

    assert district.h1 is not None
    assert index.select_one("a.district span").text == district.h1.text


# --- what leaks ----------------------------------------------------------------------------------


def an_exact_count_on_a_page(copy: Path) -> None:
    path = copy / "openbaar" / "losser.html"
    source = path.read_text(encoding="utf-8")
    assert source.count("<td>20</td>") > 1
    path.write_text(source.replace("<td>20</td>", "<td>19</td>", 1), encoding="utf-8")


def an_exact_count(copy: Path) -> None:
    of_wierden(copy, 3)  # as in tests/truth


def another_count_than_on_the_page(copy: Path) -> None:
    of_wierden(copy, 10)


def of_wierden(copy: Path, count: int) -> None:
    book = openpyxl.load_workbook(copy / ANNEX)
    sheet = book["Per periode"]
    head = next(row for row in sheet if row[0].value == "Gebied")
    (at,) = [cell.column - 1 for cell in head if cell.value == "Aantal"]
    wierden = [row for row in sheet.iter_rows() if row[0].value == "Wierden"]
    assert wierden[0][at].value == 5
    wierden[0][at].value = count
    book.save(copy / ANNEX)


def an_exact_count_in_words(copy: Path) -> None:
    document = docx.Document(str(copy / PROPOSAL))
    document.add_paragraph("Wierden kreeg 3 meldingen.")
    document.save(str(copy / PROPOSAL))


@pytest.mark.parametrize(
    ("plant", "file", "kinds"),
    [
        (an_exact_count_on_a_page, "openbaar/losser.html", {"unrounded"}),
        (an_exact_count, ANNEX, {"unrounded"}),
        (an_exact_count_in_words, PROPOSAL, {"unrounded"}),
        (another_count_than_on_the_page, "", {"contradiction"}),
    ],
)
def test_a_count_on_a_page_or_in_a_paper_that_should_not_be_there_is_found(
    published, reports, tmp_path, plant, file, kinds
):
    copy = Path(shutil.copytree(published / "openbaar", tmp_path / "reports" / "openbaar")).parent
    plant(copy)

    there = reports.workspace
    found = audit(there.edition(EXAMPLE), copy, there.processed(EXAMPLE))

    assert kinds & {f.kind for f in found if file in ("", f.file)}


# --- opened --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office() -> str:
    """The machine's LibreOffice; `make test` installs it otherwise."""
    names = runpy.run_path(str(ROOT / "tools" / "setup.py"))["OFFICES"]
    program = next((path for path in map(shutil.which, names) if path), None)
    assert program, f"none of {names} is on the PATH: `make test` installs LibreOffice"
    return program


def converted(office: str, paper: Path, form: str, folder: Path) -> Path:
    """What LibreOffice makes of a paper; it has nothing to complain of."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", form, "--outdir", str(folder)]
    ended = subprocess.run([*command, str(paper)], capture_output=True, text=True, encoding="utf-8")

    # Java is for wizards and databases: the tests do not install it.
    warnings = [line for line in ended.stderr.splitlines() if "javaldx" not in line]
    assert (ended.returncode, warnings) == (0, [])
    return folder / f"{paper.stem}.{form[:3]}"


@pytest.mark.parametrize(("paper", "fewest", "most"), [(ANNEX, 48, 130), (PROPOSAL, 2, 4)])
def test_libreoffice_opens_a_paper_without_a_warning_and_prints_it(
    published, office, tmp_path, paper, fewest, most
):
    printed = converted(office, published / paper, "pdf", tmp_path).read_bytes()

    assert printed.startswith(b"%PDF")
    assert fewest <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most


def test_what_libreoffice_reads_of_the_proposal_is_what_it_says(published, office, tmp_path):
    read = converted(office, published / PROPOSAL, "txt:Text (encoded):UTF8", tmp_path)

    text = read.read_text(encoding="utf-8-sig")
    assert "Advies aan het DVO" in text
    assert "De ontwikkeling van het aantal meldingen" in text
    assert "585 meldingen" in text
