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

import docx
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import PROJECT
from openpyxl.workbook.workbook import Workbook

from lacking_editions import LACKING, case, editions  # noqa: F401
from mma_analysis import evaluation
from mma_analysis.publish.annex import annex_csv, annex_workbook, cell_number, harmless
from mma_analysis.publish.papers import paper, proposal_document, proposal_html
from mma_analysis.publish.plan import ANNEX, PROPOSAL
from mma_analysis.settings import EXAMPLE
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary.reference import INDICATORS
from mma_analysis.vocabulary.value import SPOKEN, Value
from released_tables import reading, released
from test_proposal import POINTS, paragraphs


def named(figure: str) -> str:
    """`Verandering in een gemeente` → `tabel_verandering_in_een_gemeente`."""
    letters = re.sub(r"[^a-z]+", "_", figure.lower().replace("é", "e"))
    return f"tabel_{letters}".rstrip("_")


IN_ANNEX = [row for row in INDICATORS if row["sheet"] and row["scope"] != "own"]
RELEASED = {row["table"] for row in IN_ANNEX} - {"tariffs"}  # those are settings
AROUND = ["Leeswijzer", "Inhoud", "Codeboek", "Definities"]
# Table → what a spreadsheet calls it: its figure, in Dutch.
NAMES = {row["table"]: named(row["name"]) for row in INDICATORS if row["sheet"]}
# Figures of the district as a whole, each in one row.
IN_ONE_ROW = ["growth_split", "trend", "time_to_close", "time_to_receive"]
IN_ONE_ROW += ["costs_of_district", "next_year", "spread", "deliveries", "received_twice"]
NOTE = "Waarom een vak leeg is"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def content(district) -> bytes:
    return annex_workbook(district)


@pytest.fixture(scope="module")
def book(content) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def opened(e: evaluation.Evaluation) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(annex_workbook(e)))


def tables(book: Workbook) -> Iterator[tuple[str, str, Rows]]:
    """Sheet, table and rows, each by its heads, of every table."""
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
            yield sheet.title, table.name, [dict(zip(head, row, strict=True)) for row in rows]


def rows_of(book: Workbook, table: str) -> Rows:
    wanted = NAMES.get(table, f"tabel_{table}")
    (found,) = [rows for _, name, rows in tables(book) if name == wanted]
    return found


def of_hand(**frames: pd.DataFrame) -> Workbook:
    """The annex of an edition that is no example, with these tables."""
    return opened(reading(**frames))


# --- which tables --------------------------------------------------------------------------------


def test_a_gemeente_has_its_own_rows_as_they_are_and_its_own_answers(workspace):
    book = opened(evaluation.load("enschede", EXAMPLE, "intern", workspace))

    periods = {row["Vindplaats"]: row["Aantal"] for row in rows_of(book, "per_period")}
    # 182 rows of its file were counted, of which everybody reads 180.
    assert periods["Enschede, hele periode"] == 182
    assert {place.split(", ")[0] for place in periods} == {"Enschede"}
    answers = {row["Vraag"]: row["Waarde"] for row in rows_of(book, "own_responses")}
    assert answers["Wij zijn nu beter op de hoogte"] in ("mee eens", "helemaal mee eens")
    assert len(rows_of(book, "own_rejected")) == 4
    # tests/truth: 149 of its 182 are closed, and all 82 with a result are among them.
    assert len(rows_of(book, "own_closed")) == 67
    (regels,) = [row["table"] for row in INDICATORS if row["table"] == "own_return"]
    assert regels not in NAMES  # what MMA gets back has a paper of its own
    guide = {row["Onderwerp"] for row in rows_of(book, "leeswijzer")}
    assert "Alleen voor u" in guide
    assert not {"Bescherming", "bijlage.csv", "0–4"} & guide


def test_the_contents_name_every_table_in_its_order_and_nothing_too_much_is_told(district, book):
    rows = rows_of(book, "inhoud")

    (who,) = set(district["survey_quotes"]["released_by"])
    texts = [str(value) for _, _, rows in tables(book) for row in rows for value in row.values()]
    assert who not in texts  # who released a quote is not told
    # The number of 2023 was told in 2024: nobody knew it on the day of this report.
    assert max(row["Jaar"] for row in rows_of(book, "national")) == 2022
    assert [*AROUND, *dict.fromkeys(row["Tabblad"] for row in rows)] == book.sheetnames
    assert [row["Rijen"] for row in rows] == [
        len(rows) for sheet, _, rows in tables(book) if sheet not in AROUND
    ]


@pytest.mark.parametrize("lack", [*map(case, LACKING)])
def test_what_an_edition_lacks_is_said_in_its_papers_and_never_fails(editions, lack):  # noqa: F811
    e = evaluation.load("twente", "proef", workspace=editions(*LACKING[lack]))

    read, names = opened(e), paper(e)

    told = {row["Wat erin staat"] for row in rows_of(read, "inhoud")}
    told |= {row["Onderwerp"].rpartition(": ")[2] for row in rows_of(read, "leeswijzer")}
    assert {row["title"] for row in IN_ANNEX} <= told
    assert annex_csv(e).count("\n") > len(e["per_period"])
    page = BeautifulSoup(proposal_html(e, names), "html.parser")
    text = "\n".join(paragraphs(docx.Document(io.BytesIO(proposal_document(e, names)))))
    assert len(page.select("ol.punten > li")) <= len(POINTS)
    assert re.search(r"[{}<>]|\b(None|nan)\b| [.,;:]|\.\.", text) is None


# --- the same numbers ----------------------------------------------------------------------------


def test_every_row_of_the_released_tables_is_in_the_workbook_and_has_its_lines(district, book):
    """The audit computes the numbers in them again, each from its cell."""
    lines = list(csv.DictReader(io.StringIO(annex_csv(district)[1:]), delimiter=";"))

    there = {name for _, name, _ in tables(book)}
    rows = {}
    for table in RELEASED:
        if NAMES[table] in there:
            places = [row["Vindplaats"] for row in rows_of(book, table)]
            assert len(places) == len(district[table])
            assert len({*places}) == len(places)  # each says which row it is
            rows[table] = district[table]["cell"].to_list()
    assert len(rows) > 20
    by_id = {(line["cell"], line["column"]): line["value"] for line in lines}
    assert len(by_id) == len(lines)
    told = {cell for cell, _ in by_id}
    assert told <= {cell for own in rows.values() for cell in own}
    in_order = [row["table"] for row in IN_ANNEX if row["table"] in rows]
    assert [name for name in in_order if not told >= {*rows[name]}] == []
    assert by_id["per_period|twente|whole", "count"] == "585"  # tests/truth: 586


# --- what stands in a cell -----------------------------------------------------------------------


def test_zero_hidden_missing_never_and_not_applicable_are_different_things():
    states = ("shown", "hidden", "missing", "never", "not_applicable", "forgotten")
    rows = [
        ("borne", "whole", "whole", "has_time", code, None if number else 0, 0, state)
        for number, (code, state) in enumerate(zip("abcdef", states, strict=True))
    ]
    columns = "area period kind breakdown value count off state"
    read = of_hand(per_background=released("per_background", columns, *rows))

    found = rows_of(read, "per_background")

    assert [row["Aantal"] for row in found] == [0, *[None] * 5]
    whys = [f"Aantal: {SPOKEN[state]}" for state in states[1:]]
    assert [row[NOTE] for row in found] == ["–", *whys]
    assert len({row["Toestand"] for row in found}) == 6
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
    assert borne["Aantal in de vorige editie"] is None
    assert borne[NOTE] == f"Aantal in de vorige editie: {SPOKEN['hidden']}"
    assert borne["Aantal in deze editie"] == 45
    assert elders[NOTE] == f"Aantal in deze editie: {SPOKEN['not_applicable']}"


def test_words_stand_beside_codes_the_code_book_has_both_and_each_figure_is_defined(book):
    (trend,) = rows_of(book, "trend")
    columns = {
        (row["Tabel"], row["Kolom in bijlage.csv"]): row for row in rows_of(book, "codeboek")
    }
    verdict = columns["Verandering per jaar binnen dezelfde gemeenten", "verdict"]
    count = columns["Meldingen per gebied en periode", "count"]

    # Its interval holds a doubling.
    cannot_tell = "niet vast te stellen"
    assert (trend["Vindplaats"], trend["Oordeel"]) == ("Twente", cannot_tell)
    assert verdict["Tabel in bijlage.csv"] == "trend"
    assert (verdict["Kolom"], verdict["Woorden"]) == ("Oordeel", f"cannot_tell = {cannot_tell}")
    assert (count["Kolom"], count["Soort"]) == ("Aantal", "aantal, afgerond")
    there = {name for _, name, _ in tables(book)}
    used = [table for table, name in NAMES.items() if name in there]
    defined = {row["Cijfer"] for row in rows_of(book, "definities")}
    assert defined == {row["name"] for row in INDICATORS if row["table"] in used}


def test_a_number_stays_as_it_is_and_a_whole_one_has_no_comma():
    """Who has the annex computes each number of a page again: in euros it has its cents."""
    assert [cell_number(3.0), cell_number(0.25), cell_number(22.31884)] == [3, 0.25, 22.31884]
    assert isinstance(cell_number(3.0), int)


def test_the_tidy_file_calls_a_number_as_a_page_does_and_says_how_far_it_may_be_off(district):
    lines = list(csv.DictReader(io.StringIO(annex_csv(district)[1:]), delimiter=";"))
    of_borne = {line["column"]: line for line in lines if line["cell"] == "per_period|borne|whole"}

    assert of_borne["area"]["text"] == "Borne"
    assert (of_borne["count"]["value"], of_borne["off"]["value"]) == ("15", "4")
    assert {"per_month", "per_month:low", "per_month:high"} <= of_borne.keys()


def test_beside_the_tables_stand_settings_and_typed_numbers_that_pages_name(district):
    """For one reason more than one number may be typed: each has its line."""
    typed = [Value(text, "typed", "vast|zoveel regels") for text in ("20", "50")]
    beside = [district.instelling("peildatum"), *typed]

    last = annex_csv(district, beside).splitlines()[-3:]

    assert last == [
        "instelling|peildatum;;2023-06-30;30 juni 2023",
        "vast|zoveel regels;20;20;20",
        "vast|zoveel regels;50;50;50",
    ]


def test_of_a_change_without_an_upper_bound_the_box_is_empty_and_says_why():
    row = ("Campagne", 2.0, 0.5, float("inf"), "cannot_tell")

    read = of_hand(campaigns=released("campaigns", "campaign ratio low high verdict", row))

    (found,) = rows_of(read, "campaigns")
    assert (found["Verhouding"], found["Verhouding tot"]) == (2, None)
    assert found[NOTE] == "Verhouding tot: geen bovengrens"


def test_a_column_of_numbers_or_days_holds_nothing_else(book):
    """A filter or a sum then works; a text of a code is in a column of texts."""
    kinds: dict[tuple[str, str], set[bool]] = {}
    for sheet, name, rows in tables(book):
        for row in rows:
            for head, cell in row.items():
                if cell is not None:
                    kinds.setdefault((f"{sheet} {name}", head), set()).add(isinstance(cell, str))

    assert [place for place, found in kinds.items() if len(found) > 1] == []


def test_what_has_one_row_stands_together_and_no_other_table_there(book):
    alone = [name for sheet, name, _ in tables(book) if sheet == "Kerncijfers"]

    assert alone == [NAMES[table] for table in IN_ONE_ROW]
    one_row = [name for _, name, rows in tables(book) if len(rows) == 1]
    assert one_row == alone


ENGLISH = re.compile(r"\b[a-z]+\||\b(per_period|whole|topic_group|growth|trend_rows)\b")


def test_sheets_heads_names_of_tables_and_of_rows_are_in_dutch(book):
    for sheet, name, rows in tables(book):
        visible = [sheet, name, *rows[0]]
        visible += [str(row.get("Vindplaats", "")) for row in rows]
        assert [text for text in visible if ENGLISH.search(text)] == []
    first = rows_of(book, "per_topic_group")[0]
    assert first["Vindplaats"] == "Almelo, hele periode, Onderwerp (hoofdgroep), Drugs"


def test_a_gemeente_of_less_than_a_year_has_no_change_per_year_and_why(book):
    """Haaksbergen, Hellendoorn and Wierden joined after 1 July 2022."""
    rows = {row["Gebied"]: row for row in rows_of(book, "gemeente_trends")}

    without = [area for area, row in rows.items() if row["Verandering per jaar"] is None]
    assert without == ["Haaksbergen", "Hellendoorn", "Wierden"]
    for area in without:
        assert rows[area]["Oordeel"] == "korter dan een jaar aangesloten"
        assert rows[area][NOTE] == "Verandering per jaar: niet te zeggen"


def test_a_text_that_looks_like_a_formula_gets_an_apostrophe_and_another_does_not():
    formulas = ("=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n-1")
    others = ("Borne", "−3", "– onbekend", "a=b", "", "1 + 1")

    assert [*map(harmless, (*formulas, *others))] == [*(f"'{one}" for one in formulas), *others]


def test_a_campaign_that_is_named_as_a_formula_is_a_text_in_the_workbook():
    row = ('=HYPERLINK("x")', 1.0, 0.5, 2.0, "cannot_tell")

    read = of_hand(campaigns=released("campaigns", "campaign ratio low high verdict", row))

    found = [c for row in read["Verandering"] for c in row if c.value == '\'=HYPERLINK("x")']
    assert [cell.data_type for cell in found] == ["s", "s"]  # which row it is, and its name


# --- its form ------------------------------------------------------------------------------------


def test_numbers_days_shares_and_money_are_what_they_are_in_the_dutch_way(book):
    formats = {
        "Gemeenten": "[$-413]#,##0",  # counted, and not rounded
        "Aantal": '[$-413]#,##0;-#,##0;"0–4"',
        "Aangesloten sinds": "[$-413]d mmm yyyy",
        "Aandeel": "[$-413]0.0%",
        "Kosten in de periode": '[$-413]"€" #,##0',
    }
    found = {
        (head.value, cell.number_format)
        for sheet in (book[name] for name in ("Per onderwerp", "Kosten", "Leveringen"))
        for table in sheet.tables.values()
        for head, *cells in zip(*sheet[table.ref], strict=True)
        for cell in cells
        if cell.value is not None and not isinstance(cell.value, str)
    }

    assert formats.items() <= found
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
        for ref in refs:
            head, *rows = [[cell.value for cell in row] for row in sheet[ref]]
            for row in rows:
                is_explained = head[-1] == NOTE and row[-1] not in (None, "", "–")
                assert is_explained or not {None, ""} & set(row)
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
