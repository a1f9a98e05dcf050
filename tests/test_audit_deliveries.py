"""The audit searches for what is in a delivery, whatever kind of file it is and is called."""

import re
import shutil
from pathlib import Path

import pytest

from audit_pages import edition_in, reports_in
from audit_plants import says
from mma_analysis.audit import audit
from mma_analysis.audit.releasing import input_hashes
from mma_analysis.audit.searching.deliveries import delivered_cells
from mma_analysis.read.grids import open_grids
from mma_analysis.settings import Edition, load
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import REGISTRY

VOCABULARY = Vocabulary()
CORPUS = Path(__file__).parent / "corpus" / "files"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return reports_in(tmp_path_factory.mktemp("audit") / "reports")


def source_of(finished: Path, edition: Edition, folder: Path, printed: str) -> str:
    """Where the audit says that this text on a page came from; nothing when it is let through."""
    copy = Path(shutil.copytree(finished, folder / f"reports {printed}"))
    says(f"<p>Er staat {printed} hier.</p>")[1](copy)
    return next((finding.source for finding in audit(edition, copy, copy)), "")


def openable():
    for path in sorted(CORPUS.iterdir()):
        try:
            yield path, open_grids(path, path.name)
        except DataError:
            continue


def test_the_audit_sees_every_cell_that_reading_sees(tmp_path):
    opened = list(openable())
    for path, grids in opened:
        folder = tmp_path / path.name
        folder.mkdir()
        shutil.copy(path, folder)

        cells = delivered_cells(VOCABULARY, folder)
        seen = [(cell.sheet, cell.row, cell.column, cell.words) for cell in cells]

        assert seen == [
            (grid.sheet, row, column, words)
            for grid in grids
            for row, cells in enumerate(grid.rows, start=1)
            for column, words in enumerate(cells, start=1)
            if re.search(r"\w", words)
        ], path.name
    assert len(opened) > 100


# 44630 is 10 March 2022 in a spreadsheet; a page may have as many inhabitants.
@pytest.mark.parametrize(
    ("header", "cell", "printed", "is_leak"),
    [
        ("Datum ontvangst", "44630", "44.630 inwoners", False),
        ("Datum ontvangst", "44630.5833", "44630", False),
        ("Datum ontvangst", "20220310", "2022-03-10", False),
        ("Datum ontvangst", "10032022", "10-03-2022", False),
        ("Binnen bij ons", "44630", "44630", False),  # the settings say that it is a day
        ("Zaaknummer", "44630", "44.630", True),
        ("Zaaknummer", "20220310", "20220310", True),
        ("Datum ontvangst", "20221399", "20221399", True),  # digits that are no day
        ("Datum ontvangst", "64630", "64630", True),
    ],
)
def test_days_as_numbers_are_no_numbers_of_tips_and_other_numbers_are(
    finished, tmp_path, header, cell, printed, is_leak
):
    edition_in(tmp_path / "proef")
    with (tmp_path / "proef" / "evaluatie.toml").open("a", encoding="utf-8") as settings:
        settings.write('[gemeenten.borne.kolommen]\n"Binnen bij ons" = "received_on"\n')
    edition = load(tmp_path / "proef")
    (edition.folder / "meldingen" / "a.csv").write_text(f"{header};Soort\n{cell};fraude\n")

    found = source_of(finished, edition, tmp_path, printed)

    assert found.startswith("meldingen/a.csv, row 2") == is_leak


# 41873 is 22 August 2014 in a spreadsheet, and here the number of a case.
CASE = "Zaak 41873"
TITLED = (
    "Lijst van;Klaske Dotterbloem;werkblad;\n"
    "Datum ontvangst;Soort;Bijzondere plek;Nummer\n01-10-2021;drugs;x;7"
)


@pytest.mark.parametrize(
    ("lines", "printed", "is_leak"),
    [
        ("Datum;3 juli 2023\nZaaknr;Soort\n41873;drugs", CASE, True),
        ("Datum;\nZaaknr;Soort\n41873;drugs", CASE, True),
        ("Datum;3 juli 2023\n;Soort\n41873;drugs", CASE, True),  # a column without a heading
        ("Datum;3-7-2023\n#;Soort\n41873;drugs", CASE, True),
        ("Datum;Soort\n41870;drugs\n\nZaaknr;Soort\n41873;drugs", CASE, True),  # a second table
        ("Datum;3 juli 2023\nDatum;Soort\n41873;drugs", CASE, False),
        ("Datum;Soort\nonbekend;drugs\n3 juli 2023;drugs\n-;drugs\n41873;drugs", CASE, False),
        ("Datum;Soort\n41870;drugs\n\nDatum;Soort\n41873;drugs", CASE, False),
        (TITLED, "Klaske Dotterbloem", True),
        (TITLED, "Bijzondere plek", False),  # a heading
    ],
)
def test_a_line_above_a_table_is_no_heading_of_what_is_in_it(
    finished, tmp_path, lines, printed, is_leak
):
    edition = edition_in(tmp_path / "proef")
    (edition.folder / "meldingen" / "wierden.csv").write_text(f"{lines}\n", encoding="utf-8")

    found = source_of(finished, edition, tmp_path, printed)

    assert found.startswith("meldingen/wierden.csv") == is_leak


# Tabs and heads of the annex, months, headings and sentences of notebooks.
PRINTED = [
    *("Toelichting", "Inhoud", "Eenheid", "Uitleg", "April", "Augustus"),
    *("Verantwoording", "Werkwijze"),
    *(row["sheet"] for row in REGISTRY if row["sheet"]),
    *(row["nl"] for row in VOCABULARY.reference("labels")),
]


@pytest.mark.parametrize(("more", "is_leak"), [((), False), (("Dotterbloem",), True)])
def test_words_that_the_program_prints_itself_are_no_names(finished, tmp_path, more, is_leak):
    edition = edition_in(tmp_path / "proef")
    rows = [f"01-10-2021;drugs;{name}" for name in (*PRINTED, *more)]
    delivery = "\n".join(["Datum ontvangst;Soort;Naam", *rows, ""])
    (edition.folder / "meldingen" / "wierden.csv").write_text(delivery, encoding="utf-8")
    copy = Path(shutil.copytree(finished, tmp_path / "reports"))
    says("".join(f"<p>{name}</p>" for name in (*PRINTED, *more)))[1](copy)

    found = [finding.source for finding in audit(edition, copy, copy)]

    assert found == [f"meldingen/wierden.csv, row {len(rows) + 1}, column 3"] * is_leak


@pytest.mark.parametrize(
    "name", ["pdf.xlsx", "libreoffice-password.xls", "truncated.xlsx", "binary.csv", "bomb.xlsx"]
)
def test_a_file_that_nobody_can_open_stops_the_audit_and_says_why(tmp_path, name):
    shutil.copy(CORPUS / name, tmp_path)

    with pytest.raises(DataError) as error:
        delivered_cells(VOCABULARY, tmp_path)

    assert str(error.value).startswith(f"{name}: cannot be opened, so the reports cannot")
    assert f"\n{name}: " in str(error.value)


def test_what_is_kept_beside_deliveries_is_no_delivery_and_changes_nothing(tmp_path):
    before = input_hashes(tmp_path)
    (tmp_path / "notebooks").mkdir()
    left = ("~$losser.xlsx", ".~lock.losser.xlsx#", "._losser.xlsx", "desktop.ini")
    for name in (*left, "notebooks/gemeente.ipynb", "notebooks/tabel.csv"):
        (tmp_path / name).write_bytes(b"\x05Anna")

    assert delivered_cells(VOCABULARY, tmp_path) == []
    assert input_hashes(tmp_path) == before


@pytest.mark.parametrize("name", ["empty.csv", "nothing-in-it.xlsx", "only-delimiters.csv"])
def test_a_file_with_nothing_in_it_has_nothing_to_search_for(tmp_path, name):
    shutil.copy(CORPUS / name, tmp_path)

    assert delivered_cells(VOCABULARY, tmp_path) == []
