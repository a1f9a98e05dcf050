"""The annex: the workbook and the tidy file, read back and held against the released tables."""

import csv
import datetime as dt
import io
import re
import runpy
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import PROJECT
from openpyxl.workbook.workbook import Workbook

from lacking_editions import LACKING, case, editions  # noqa: F401
from mma_analysis import evaluation
from mma_analysis.publish.annex import annex_csv, annex_workbook, harmless, number
from mma_analysis.publish.plan import ANNEX, PROPOSAL
from mma_analysis.settings import EXAMPLE
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary.reference import INDICATORS, headings
from mma_analysis.vocabulary.value import SPOKEN, value_of
from released_tables import NO_FOLDER, SETTINGS, VOCABULARY, InMemory, edition, released

IN_ANNEX = [row for row in INDICATORS if row["sheet"] and row["scope"] != "own"]
SHEETS = {row["table"]: row["sheet"] for row in IN_ANNEX}
AROUND = ["Leeswijzer", "Inhoud", "Codeboek", "Definities"]
NUMERIC = ("count", "rounded", "number", "share", "euro", "cents")
GIVEN = {"national", "tariffs"}  # their numbers are given, and are no released table
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def content(district) -> bytes:
    return annex_workbook(district)


@pytest.fixture(scope="module")
def book(content) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def tables(book: Workbook) -> Iterator[tuple[str, str, Rows]]:
    """Sheet, table and rows, each by its heads, of every table."""
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
            yield sheet.title, table.name, [dict(zip(head, row, strict=True)) for row in rows]


def rows_of(book: Workbook, table: str) -> Rows:
    (found,) = [rows for _, name, rows in tables(book) if name == f"tabel_{table}"]
    return found


def of_hand(**frames: pd.DataFrame) -> Workbook:
    """The annex of an edition that is no example, with these tables."""
    where = (VOCABULARY.district, edition(SETTINGS), "openbaar", NO_FOLDER)
    content = annex_workbook(InMemory(*where, frames=frames))
    return openpyxl.load_workbook(io.BytesIO(content))


# --- which tables --------------------------------------------------------------------------------


def test_a_gemeente_has_its_own_rows_as_they_are_and_its_own_answers(workspace):
    own = evaluation.load("enschede", EXAMPLE, "intern", workspace)

    book = openpyxl.load_workbook(io.BytesIO(annex_workbook(own)))

    periods = {row["Vindplaats"]: row["Aantal"] for row in rows_of(book, "per_period")}
    # 182 rows of its file were counted, of which everybody reads 180.
    assert periods["per_period|enschede|whole"] == 182
    assert {place.split("|")[1] for place in periods} == {"enschede"}
    answers = {row["Vraag"]: row["Waarde"] for row in rows_of(book, "own_responses")}
    assert answers["Informatiepositie is sterker geworden"] in ("mee eens", "helemaal mee eens")
    assert len(rows_of(book, "own_rejected")) == 4
    assert "own_return" not in {name.removeprefix("tabel_") for _, name, _ in tables(book)}
    guide = {row["Onderwerp"] for row in rows_of(book, "leeswijzer")}
    assert "Alleen voor u" in guide
    assert not {"Bescherming", "bijlage.csv", "0–4"} & guide


def test_the_contents_name_every_table_in_its_order_and_nothing_too_much_is_told(district, book):
    rows = rows_of(book, "inhoud")

    (who,) = set(district.table("survey_quotes")["released_by"])
    texts = [str(value) for _, _, rows in tables(book) for row in rows for value in row.values()]
    assert who not in texts  # who released a quote is not told
    assert max(row["Jaar"] for row in rows_of(book, "national")) <= district.edition.peildatum.year
    assert [*AROUND, *dict.fromkeys(row["Tabblad"] for row in rows)] == book.sheetnames
    assert [row["Rijen"] for row in rows] == [
        len(rows) for sheet, _, rows in tables(book) if sheet not in AROUND
    ]


@pytest.mark.parametrize("lack", [*map(case, LACKING)])
def test_what_an_edition_lacks_is_left_out_with_a_reason_and_never_fails(editions, lack):  # noqa: F811
    e = evaluation.load("twente", "proef", workspace=editions(*LACKING[lack]))

    read = openpyxl.load_workbook(io.BytesIO(annex_workbook(e)))

    told = {row["Wat erin staat"] for row in rows_of(read, "inhoud")}
    told |= {row["Onderwerp"].rpartition(": ")[2] for row in rows_of(read, "leeswijzer")}
    assert {row["title"] for row in IN_ANNEX} <= told
    assert annex_csv(e).count("\n") > len(e.table("per_period"))


# --- the same numbers ----------------------------------------------------------------------------


def test_every_number_of_the_workbook_is_that_of_the_released_table(district, book):
    checked = 0
    for _, name, rows in tables(book):
        table = name.removeprefix("tabel_")
        if table not in SHEETS or table in GIVEN:
            continue
        released = {row["cell"]: row for row in district.table(table).to_dict("records")}
        assert [row["Vindplaats"] for row in rows] == list(released)
        own = (table, *(row["code"] for row in INDICATORS if row["table"] == table))
        columns = headings(own, [c for c in district.table(table) if c != "cell"])
        for row in rows:
            for column, told in columns.items():
                if told["form"] in NUMERIC and column != "basis":
                    raw, cell = released[row["Vindplaats"]][column], row[told["nl"]]
                    if isinstance(cell, str):
                        assert not re.search(r"\d", cell)
                        assert not value_of(released[row["Vindplaats"]], column).shown
                    else:
                        near = 0.5 if told["form"] == "euro" else 1e-6
                        assert cell == pytest.approx(float(raw), abs=near)
                    checked += 1
    assert checked > 5000


def test_the_tidy_file_has_the_cells_and_the_numbers_of_the_workbook(district, book):
    text = io.StringIO(annex_csv(district).lstrip("\ufeff"))
    lines = list(csv.DictReader(text, delimiter=";"))

    by_id = {(line["cell"], line["column"]): line for line in lines}
    assert len(by_id) == len(lines)
    assert {line["cell"] for line in lines} <= {
        row["Vindplaats"] for _, _, rows in tables(book) for row in rows if "Vindplaats" in row
    }
    for row in rows_of(book, "per_follow_up"):
        line, share = (by_id[row["Vindplaats"], name] for name in ("count", "share"))
        whole = isinstance(row["Aantal"], int)
        assert line["value"] == (str(row["Aantal"]) if whole else "")
        if not isinstance(row["Aandeel"], str):
            assert float(share["value"].replace(",", ".")) == row["Aandeel"]
            assert share["text"].endswith("%")
    twente = by_id["per_period|twente|whole", "count"]
    assert (twente["value"], twente["text"]) == ("585", "585")  # tests/truth: 586


# --- what stands in a cell -----------------------------------------------------------------------


def test_zero_hidden_missing_never_and_not_applicable_are_different_things():
    states = ("shown", "hidden", "missing", "never", "not_applicable")
    rows = [
        ("borne", "whole", "whole", "has_time", code, None if number else 0, state, 1)
        for number, (code, state) in enumerate(zip("abcde", states, strict=True))
    ]
    columns = "area period kind breakdown value count state basis"
    read = of_hand(per_background=released("per_background", columns, *rows))

    found = rows_of(read, "per_background")

    assert [row["Aantal"] for row in found] == [0, *(SPOKEN[state] for state in states[1:])]
    assert len({row["Toestand"] for row in found}) == 5
    texts = [str(cell.value) for sheet in read for row in sheet for cell in row]
    assert not [text for text in texts if "Fictieve" in text]  # it is no example


def test_both_editions_stand_beside_each_other_each_with_its_reason():
    year, whole = "2021-07-01/2022-06-30", "2021-07-01/2023-06-30"
    columns = "area period_before period_after count_before state_before count_after state_after"
    frame = released(
        *("changed_totals", columns),
        ("borne", year, whole, None, "hidden", 45, "shown"),
        ("elders", year, None, 9, "shown", None, "absent"),
    )

    borne, elders = rows_of(of_hand(changed_totals=frame), "changed_totals")

    assert (borne["Gebied"], elders["Gebied"]) == ("Borne", "elders")
    assert borne["Periode van de vorige editie"] == "jul 2021 – jun 2022"
    assert borne["Aantal in de vorige editie"] == SPOKEN["hidden"]
    assert borne["Aantal in deze editie"] == 45
    assert elders["Aantal in deze editie"] == SPOKEN["not_applicable"]


def test_words_stand_beside_codes_the_code_book_has_both_and_each_figure_is_defined(book):
    (trend,) = rows_of(book, "trend")
    columns = {(row["Tabel"], row["Naam"]): row for row in rows_of(book, "codeboek")}
    verdict = columns["Verandering per jaar binnen dezelfde gemeenten", "verdict"]
    count = columns["Meldingen per gebied en periode", "count"]

    assert trend["Vindplaats"] == "trend|twente"
    assert trend["Oordeel"] == "geen duidelijke verandering"
    assert (verdict["Kolom"], verdict["Woorden"]) == (
        *("Oordeel", "no_change = geen duidelijke verandering"),
    )
    assert (count["Kolom"], count["Soort"]) == ("Aantal", "aantal, afgerond")
    used = {name.removeprefix("tabel_") for _, name, _ in tables(book)}
    defined = {row["Cijfer"] for row in rows_of(book, "definities")}
    assert defined == {row["name"] for row in INDICATORS if row["table"] in used}


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (3.0, "count", 3),
        (0.25, "share", 0.25),
        (22.5, "euro", 23),  # halves away from nothing, as on the pages
        (22.49, "euro", 22),
        (2.5, "cents", 2.5),
        (float("inf"), "number", "geen bovengrens"),
    ],
)
def test_a_number_stays_a_number_and_money_is_in_whole_euros(value, form, expected):
    assert number(value, form) == expected


def test_a_text_that_looks_like_a_formula_gets_an_apostrophe_and_another_does_not():
    formulas = ("=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n-1")
    others = ("Borne", "−3", "– onbekend", "a=b", "", "1 + 1")

    assert [*map(harmless, (*formulas, *others))] == [*(f"'{one}" for one in formulas), *others]


def test_a_campaign_that_is_named_as_a_formula_is_a_text_in_the_workbook():
    row = ('=HYPERLINK("x")', 1.0, 0.5, 2.0, "cannot_tell")

    read = of_hand(campaigns=released("campaigns", "campaign ratio low high verdict", row))

    (found,) = [c for row in read["Verandering"] for c in row if c.value == '\'=HYPERLINK("x")']
    assert found.data_type == "s"


# --- its form ------------------------------------------------------------------------------------


def test_numbers_days_shares_and_money_are_what_they_are_in_the_dutch_way(book):
    formats = {
        "Gemeenten": "[$-413]#,##0",  # counted, and not rounded
        "Aantal": '[$-413]#,##0;-#,##0;"0–4"',
        "Aangesloten sinds": "[$-413]d mmm yyyy",
        "Aandeel": "[$-413]0.0%",
        "Kosten in de periode": '[$-413]"€" #,##0',
    }
    found = {}
    for sheet in ("Per onderwerp", "Kosten", "Leveringen"):
        for table in book[sheet].tables.values():
            head, *rows = book[sheet][table.ref]
            for row in rows:
                shown = zip(head, row, strict=True)
                found |= {
                    h.value: c.number_format for h, c in shown if not isinstance(c.value, str)
                }

    assert formats.items() <= found.items()
    days = [row["Aangesloten sinds"] for row in rows_of(book, "connection")]
    assert days[0] == dt.datetime(2021, 9, 1)


def test_every_sheet_can_be_read_by_who_hears_it(book, content):
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert isinstance(sheet["A1"].value, str)
        assert "Fictieve voorbeelddata" in sheet["A3"].value
        refs = [table.ref for table in sheet.tables.values()]
        first = int(re.sub(r"\D", "", refs[0].split(":")[0]))
        if len(refs) == 1:  # the head stays in sight, and is on each page
            assert sheet.freeze_panes == f"B{first + 1}"
            assert sheet.print_title_rows == f"${first}:${first}"
        cells = [cell.value for ref in refs for row in sheet[ref] for cell in row]
        assert not {None, ""} & set(cells)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        described = [n for n in parts.namelist() if n.startswith("xl/tables/")]
        assert [n for n in described if b"altTextSummary=" not in parts.read(n)] == []


def test_links_lead_to_its_own_sheets_and_it_says_what_it_is(book):
    links = [c.hyperlink for sheet in book for row in sheet for c in row if c.hyperlink]

    named = {link.location.split("!")[0].strip("'") for link in links}
    assert named == {*book.sheetnames} - {"Codeboek", "Definities"} | {"Leeswijzer"}
    assert book.properties.language == "nl-NL"
    assert book.properties.title == "Bijlage met tabellen bij Evaluatie MMA 2023"


def test_the_same_tables_are_the_same_bytes(district, content):
    assert annex_workbook(district) == content


# --- opened --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("paper", "fewest", "most"),
    [(ANNEX, 48, 130), (PROPOSAL, 2, 2), (f"intern/borne/{YEARLY_RETURN}", 1, 1)],
)
def test_libreoffice_opens_a_paper_without_a_warning_and_prints_it(
    reports, tmp_path, paper, fewest, most
):
    names = runpy.run_path(str(PROJECT / "tools" / "setup.py"))["OFFICES"]
    office = next((path for path in map(shutil.which, names) if path), None)
    assert office, f"none of {names} is on the PATH: `make test` installs LibreOffice"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    command.append(str(reports.workspace.reports(EXAMPLE) / paper))

    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    # Java is for wizards and databases: the tests do not install it.
    warnings = [line for line in ended.stderr.splitlines() if "javaldx" not in line]
    assert (ended.returncode, warnings) == (0, [])
    printed = (tmp_path / f"{Path(paper).stem}.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert fewest <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most
