"""The finished papers beside the pages: the same numbers everywhere, opened as a reader would."""

import csv
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from mma_analysis.publish.plan import ANNEX, ANNEX_DATA, PROPOSAL
from mma_analysis.settings import EXAMPLE
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary.value import unquoted

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(reports) -> Path:
    return reports.workspace.reports(EXAMPLE)


@pytest.fixture(scope="module")
def book(published) -> Workbook:
    return openpyxl.load_workbook(published / ANNEX)


def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def rows_of(sheet: Worksheet) -> Iterator[dict[str, object]]:
    """The rows of the tables of a sheet, each by its heads."""
    for table in sheet.tables.values():
        head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
        yield from (dict(zip(head, row, strict=True)) for row in rows)


# --- the same numbers ----------------------------------------------------------------------------


def test_the_same_id_is_the_same_number_on_page_paper_annex_and_file(published, book):
    lines = (published / ANNEX_DATA).read_text(encoding="utf-8-sig").splitlines()
    file = {(row["cell"], row["column"]): row for row in csv.DictReader(lines, delimiter=";")}
    rows = {row["Vindplaats"] for sheet in book for row in rows_of(sheet) if "Vindplaats" in row}
    told = 0
    for path in sorted((published / "openbaar").glob("*.html")):
        for one in page(path).select("data[data-cell]"):
            cell, _, column = unquoted(one["data-cell"]).rpartition("#")
            if " " in one["data-cell"] or not cell or ":" in column:
                continue  # computed, or given
            assert cell in rows, one
            keys = cell.split("|")
            if (cell, column) in file:
                value = file[cell, column]["value"].replace(",", ".")
                number = re.fullmatch(r"-?\d+(\.\d+)?", one["value"])
                same = abs(float(value) - float(one["value"])) < 0.6 if number else None
                assert same or value == one["value"], (one, keys)
                told += 1
    assert told > 300


# --- from one to the other -----------------------------------------------------------------------


def test_every_tab_that_a_page_names_is_there(published, book):
    for path in sorted((published / "openbaar").glob("*.html")):
        for source in page(path).select(".src"):
            named = re.findall(r"‘(.+?)’", source.get_text())
            assert set(named) <= set(book.sheetnames)


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


@pytest.mark.parametrize(
    ("paper", "fewest", "most"),
    [(ANNEX, 48, 130), (PROPOSAL, 2, 2), (f"intern/borne/{YEARLY_RETURN}", 1, 1)],
)
def test_libreoffice_opens_a_paper_without_a_warning_and_prints_it(
    published, office, tmp_path, paper, fewest, most
):
    printed = converted(office, published / paper, "pdf", tmp_path).read_bytes()

    assert printed.startswith(b"%PDF")
    assert fewest <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most
