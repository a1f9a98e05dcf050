"""The annex: which tables, what stands in their cells, and the workbook read back."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lacking_editions import LACKING, editions  # noqa: F401
from mma_analysis import evaluation
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.annex import annex_workbook
from mma_analysis.settings import EXAMPLE
from mma_analysis.show import annex
from mma_analysis.show.annex import Sheet
from mma_analysis.show.annex.cells import harmless, number
from mma_analysis.show.annex.sheets import NUMBERS
from mma_analysis.show.annex.sources import SHOWN_QUESTIONS
from mma_analysis.vocabulary import Vocabulary
from show_tables import HALVES, SETTINGS, breakdown, per_period
from show_tables import evaluation as made

VOCABULARY = Vocabulary()
ROOT = Path(__file__).resolve().parent.parent
TABLES = [row for row in VOCABULARY.reference("indicators") if row["sheet"] or row["reason"]]
AROUND = ["Voorblad", "Inhoud", "Toelichting", "Legenda", "Definities"]


@pytest.fixture(scope="module")
def district(workspace) -> Evaluation:
    return evaluation.load("twente", EXAMPLE, workspace=workspace)


@pytest.fixture(scope="module")
def content(district) -> bytes:
    return annex_workbook(district)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def read_back(sheet: Worksheet) -> list[list[object]]:
    """The head and the rows of the one table of a sheet."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def of_hand(tables: dict[str, pd.DataFrame], settings: str = SETTINGS) -> list[Sheet]:
    return annex.sheets(made(tables, area="twente", settings=settings))


def named(sheets: list[Sheet], name: str) -> Sheet:
    (found,) = [sheet for sheet in sheets if sheet.name == name]
    return found


def column(sheet: Sheet, head: str) -> list[object]:
    index = [column.head for column in sheet.columns].index(head)
    return [row[index] for row in sheet.rows]


# --- which tables --------------------------------------------------------------------------------


def test_every_released_table_is_in_the_annex_or_left_out_with_a_reason(workspace):
    made = {path.stem for path in (workspace.processed(EXAMPLE) / "measures").glob("*.parquet")}
    told = {row["table"]: row for row in TABLES}

    # Not measured, but on the page; or only of an edition that names an earlier one.
    not_here = {"national", "tariffs", "changed_totals", "changed_definitions"}
    assert set(told) - made == not_here
    assert made - set(told) == set()
    assert [name for name, row in told.items() if bool(row["sheet"]) == bool(row["reason"])] == []


def test_every_sheet_names_a_chapter_of_the_report_and_says_what_it_holds():
    notebook = nbformat.read(ROOT / "notebooks" / "district.ipynb", as_version=4)
    chapters = [match[1] for cell in notebook.cells if (match := re.match(r"## (.+)", cell.source))]
    sheets = [row for row in TABLES if row["sheet"]]

    assert [row["sheet"] for row in sheets if row["chapter"] not in chapters] == []
    assert [row["sheet"] for row in sheets if not (row["title"] and row["about"])] == []
    order = [chapters.index(row["chapter"]) for row in sheets]
    assert order == sorted(order)


def test_only_questions_that_a_page_shows_answer_by_answer_are_in_the_annex(district):
    kinds = district.table("survey_answers").groupby("label")["kind"].first()
    codes = district.table("survey_answers").groupby("label")["question"].first()

    asked = {*column(named(annex.sheets(district), "Antwoorden"), "Vraag")}

    assert {kinds[q] for q in asked} == {"likert", "single", "multi"}
    assert {codes[q] for q in asked if kinds[q] != "likert"} == set(SHOWN_QUESTIONS)
    assert "Meldingen in de afgelopen twaalf maanden" not in asked


def test_who_released_a_quote_is_not_told(district):
    assert district.table("survey_quotes")["released_by"].notna().all()

    quotes = named(annex.sheets(district), "Citaten")

    assert [column.head for column in quotes.columns] == ["Vraag", "Citaat"]


@pytest.mark.parametrize("lack", LACKING)
def test_what_an_edition_lacks_is_left_out_with_a_reason_and_never_fails(editions, lack):  # noqa: F811
    e = evaluation.load("twente", "proef", workspace=editions(*LACKING[lack]))

    sheets, left_out = annex.sheets(e), annex.left_out(e)
    read = openpyxl.load_workbook(io.BytesIO(annex_workbook(e)))

    assert len(sheets) + len(left_out) == len(TABLES)
    assert [out for out in left_out if not (out.title and out.reason)] == []
    assert read.sheetnames == AROUND + [sheet.name for sheet in sheets]


# --- what stands in a cell -----------------------------------------------------------------------


def test_zero_hidden_missing_never_and_not_applicable_are_different_things():
    values = {"ja": 0, "nee": "hidden", "onbekend": "missing"}
    period, cells = {"borne": {"whole": 9}}, breakdown("has_time", values, 9)
    never = breakdown("has_person", {"ja": "never", "nee": "not_applicable"}, 9)
    tables = {"per_background": pd.concat([cells, never]), "per_period": per_period(period)}

    sheet = named(of_hand(tables), "Achtergrond")

    counts, states = column(sheet, "Aantal"), column(sheet, "Toestand")
    assert counts[0] == 0
    assert states[0] == "getoond"
    words = ["niet getoond", "geen gegevens", "houdt dit niet bij", "niet van toepassing"]
    assert counts[1:5] == states[1:5] == words
    assert column(sheet, "Aandeel")[1:5] == words


def test_of_too_few_meldingen_there_is_no_share():
    shown = breakdown("topic_group", {"drugs": 10}, 20, basis=5)
    counts = per_period({"borne": {"whole": 20}}, basis=5)

    sheet = named(of_hand({"per_topic_group": shown, "per_period": counts}), "Per hoofdgroep")

    shares = dict(zip(column(sheet, "Waarde"), column(sheet, "Aandeel"), strict=True))
    assert shares["Drugs"] == "niet te bepalen"


def test_a_number_without_a_state_says_what_the_count_that_it_follows_from_says():
    rows = [("borne", pd.NA), ("losser", pd.NA)]
    costs = pd.DataFrame(rows, columns=["area", "per_melding"]).astype({"per_melding": "Float64"})
    counts = per_period({"borne": {"whole": "not_applicable"}, "losser": {"whole": 7}})

    sheet = named(of_hand({"costs": costs, "per_period": counts}), "Kosten per gemeente")

    assert column(sheet, "Per melding") == ["niet van toepassing", "niet te bepalen"]


# --- beside the edition before -------------------------------------------------------------------

YEAR, WHOLE = "2021-07-01/2022-06-30", "2021-07-01/2023-06-30"
WHEN = ["count_before", "state_before", "count_after", "state_after"]


def changed(columns: list[str], *rows: tuple[object, ...]) -> pd.DataFrame:
    kinds = {"count_before": "Int64", "count_after": "Int64"}
    return pd.DataFrame(rows, columns=columns + WHEN).astype(kinds)


@pytest.fixture
def compared() -> list[Sheet]:
    """The annex of an edition with an earlier one: Borne was in both, Losser was not."""
    tables = {
        "changed_totals": changed(
            ["area", "period_before", "period_after"],
            ("borne", YEAR, WHOLE, None, "hidden", 45, "shown"),
            ("losser", None, WHOLE, None, "absent", None, "missing"),
            ("elders", YEAR, None, 9, "shown", None, "absent"),
        ),
        "changed_definitions": pd.DataFrame(
            [("basis", "", "5", "10"), ("group", "fraude", "overig", None)],
            columns=["what", "of", "before", "after"],
        ),
    }
    return of_hand(tables)


def test_both_editions_stand_beside_each_other_and_are_not_subtracted(compared):
    sheet = named(compared, "Twee edities")

    assert [column.head for column in sheet.columns] == [
        *("Gebied", "Periode", "Eerste dag", "Laatste dag", "Aantal", "Toestand"),
        *("Periode van de vorige editie", "Aantal in de vorige editie"),
        "Toestand in de vorige editie",
    ]
    whole = ("jul 2021 – jun 2023", dt.date(2021, 7, 1), dt.date(2023, 6, 30))
    assert sheet.rows == [
        ["Borne", *whole, 45, "getoond", "jul 2021 – jun 2022", *["niet getoond"] * 2],
        ["Losser", *whole, *["geen gegevens"] * 2, *["niet van toepassing"] * 3],
    ]


def test_what_means_something_else_is_told_as_on_the_page(compared):
    assert named(compared, "Andere betekenis").rows == [
        ["Afronding van aantallen", "5", "10"],
        ["Hoofdgroep van fraude", "Overig", "niet opgegeven"],
    ]


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


@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n-1"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe_and_another_does_not(text):
    assert harmless(text) == f"'{text}"
    for other in ("Borne", "−3", "– onbekend", "a=b", "", "1 + 1"):
        assert harmless(other) == other


def read_of_hand(**tables: pd.DataFrame) -> Workbook:
    """The annex of an edition that is no example, with these tables, as a reader opens it."""
    e = made(area="twente", **tables)
    return openpyxl.load_workbook(io.BytesIO(annex_workbook(e)))


def test_a_campaign_that_is_named_as_a_formula_is_a_text_in_the_workbook():
    campaigns = pd.DataFrame(
        [{"campaign": '=HYPERLINK("x")', "ratio": 1.0, "low": 0.5, "high": 2.0}]
    ).assign(verdict="cannot_tell")

    read = read_of_hand(campaigns=campaigns)

    (found,) = [c for row in read["Campagnes"] for c in row if "HYPER" in str(c.value)]
    assert (found.value, found.data_type) == ('\'=HYPERLINK("x")', "s")


# --- the workbook, read back ---------------------------------------------------------------------


def test_each_sheet_holds_one_table_with_the_numbers_of_the_released_one(district, book):
    for sheet in annex.sheets(district):
        head, *rows = read_back(book[sheet.name])

        assert head == [column.head for column in sheet.columns]
        expected = [
            [dt.datetime(c.year, c.month, c.day) if isinstance(c, dt.date) else c for c in row]
            for row in sheet.rows
        ]
        assert rows == expected


def test_the_counts_in_the_workbook_are_those_of_the_released_tables(district, book):
    for name in ("per_period", "per_topic_group", "per_topic", "per_background", "per_follow_up"):
        table = district.table(name)
        (sheet,) = [row["sheet"] for row in TABLES if row["table"] == name]
        head, *rows = read_back(book[sheet])

        counts = [row[head.index("Aantal")] for row in rows]
        assert [c for c in counts if isinstance(c, int)] == table["count"].dropna().to_list()
        assert counts.count("houdt dit niet bij") == (table["state"] == "never").sum()
        assert counts.count("niet van toepassing") == (table["state"] == "not_applicable").sum()


def test_what_was_received_and_since_the_connection_stands_in_reading_order(district):
    received, since = (
        column(named(annex.sheets(district), name), "Waarde")
        for name in ("Ontvangen", "Sinds aansluiting")
    )

    assert received == [
        *["Alle gemeenten"] * 2,
        *("Alle gemeenten", "De andere gemeenten", "Gemeenten die in dit jaar aansloten"),
    ]
    assert since == [
        *("Voor de aansluiting", "Maand 1 tot en met 3", "Maand 4 tot en met 6"),
        *("Maand 7 tot en met 12", "Vanaf maand 13"),
    ]


def test_numbers_days_shares_and_money_are_what_they_are_in_the_dutch_way(book):
    formats = {
        "Gemeenten": "[$-413]#,##0",  # counted, and not rounded
        "Aantal": '[$-413]#,##0;-#,##0;"0 – 4"',
        "Eerste dag": "[$-413]d mmm yyyy",
        "Aandeel": "[$-413]0.0%",
        "Kosten in de periode": "[$€-413] #,##0",
    }
    found = {}
    for sheet in ("Per onderwerp", "Kosten per gemeente", "Kosten district"):
        (table,) = book[sheet].tables.values()
        head, *rows = book[sheet][table.ref]
        for row in rows:  # a count that is not shown is a text
            shown = zip(head, row, strict=True)
            found |= {h.value: c.number_format for h, c in shown if not isinstance(c.value, str)}

    assert formats.items() <= found.items()


def test_every_sheet_can_be_read_by_who_hears_it(book, content):
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert isinstance(sheet["A1"].value, str)
        assert sheet.sheet_state == "visible"
        if sheet.title == "Voorblad":
            continue
        (table,) = sheet.tables.values()
        first = int(re.sub(r"\D", "", table.ref.split(":")[0]))
        assert int(re.sub(r"\D", "", sheet.freeze_panes)) == first + 1
        assert sheet.print_title_rows == f"${first}:${first}"
        cells = [cell.value for row in sheet[table.ref] for cell in row]
        assert None not in cells
        assert "" not in cells
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        tables = [n for n in parts.namelist() if n.startswith("xl/tables/")]
        assert len(tables) == len(book.sheetnames) - 1
        assert [n for n in tables if b"altTextSummary=" not in parts.read(n)] == []


def test_links_lead_to_its_own_sheets_and_it_says_what_it_is(book):
    links = [c.hyperlink for sheet in book.worksheets for row in sheet for c in row if c.hyperlink]

    assert {link.location.split("!")[0].strip("'") for link in links} <= set(book.sheetnames)
    assert book.properties.language == "nl-NL"
    assert book.properties.title == "Bijlage met tabellen bij Evaluatie MMA 2023"


def test_the_contents_lead_to_every_sheet_and_every_sheet_back(book):
    head, *rows = read_back(book["Inhoud"])

    assert head == ["Tabblad", "Wat erin staat", "Hoofdstuk", "Rijen"]
    assert AROUND + [row[0] for row in rows] == book.sheetnames
    for name, _, chapter, length in rows:
        sheet = book[name]
        above = [str(sheet.cell(row, 1).value) for row in range(1, 6)]
        assert any(f"Hoofdstuk in het rapport: {chapter}." in line for line in above)
        assert "Fictieve voorbeelddata" in above[1]
        assert len(read_back(sheet)) == length + 1
        links = [cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink]
        assert "'Inhoud'!A1" in links


def test_the_legend_and_the_definitions_tell_every_word_and_every_figure(district, book):
    signs = [row[0] for row in read_back(book["Legenda"])[1:]]
    told = {
        str(cell)
        for sheet in annex.sheets(district)
        for row in sheet.rows
        for cell, column in zip(row, sheet.columns, strict=True)
        if column.form in (*NUMBERS, "date") and isinstance(cell, str)
    }
    defined = [row[0] for row in read_back(book["Definities"])[1:]]
    used = {name for sheet in annex.sheets(district) for name in sheet.indicators}

    assert told <= set(signs)
    assert "0 – 4" in signs
    assert len(set(signs)) == len(signs)
    assert set(defined) == used


def test_an_edition_that_is_no_example_says_nothing_of_invented_data():
    read = read_of_hand(per_period=per_period({"borne": {HALVES[0]: 7}}))

    texts = [str(cell.value) for sheet in read for row in sheet for cell in row]
    assert not [text for text in texts if "Fictieve" in text]
